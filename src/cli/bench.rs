//! `replscope bench`: the figures of the model, natively. `cargo xtask bench` adds those of the browser.

use crate::measure;
use std::time::Instant;

/// Prints a table: seek at two sizes of run, and propagation.
pub fn run() {
    let begun = Instant::now();
    let now_ms = || begun.elapsed().as_secs_f64() * 1000.0;
    println!("| figure | value |\n| --- | --- |");
    for inputs in [1_000, 1_000_000] {
        let before = resident_mb();
        let seek = measure::seek(inputs, 1_000, now_ms);
        let memory =
            resident_mb().zip(before).map_or_else(String::new, |(after, before)| format!(", {:.0} MB", after - before));
        println!(
            "| seek in {} inputs, native | median {:.2} ms, p99 {:.2} ms (run computed in {:.1} s{memory}) |",
            seek.inputs,
            seek.median_ms,
            seek.p99_ms,
            seek.build_ms / 1000.0
        );
    }
    println!("| propagation, native | {:.0} commands/s |", measure::propagation(500_000, now_ms));
}

/// The most memory this process has held so far, where the system tells.
fn resident_mb() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").trim().parse::<f64>().ok().map(|kb| kb / 1024.0)
}
