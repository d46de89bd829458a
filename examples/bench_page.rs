//! The model's figures in a browser: `cargo xtask bench` builds this for wasm32 and opens it beside the page.
//!
//! Rule: the same measurements as `replscope bench`, with the browser's clock. What was measured becomes the title.

#[cfg(target_arch = "wasm32")]
fn main() {
    use replscope::measure;
    let Some(window) = web_sys::window() else { return };
    let (Some(clock), Some(document)) = (window.performance(), window.document()) else { return };
    let now_ms = || clock.now();
    let rows = [1_000, 1_000_000].map(|inputs| {
        let seek = measure::seek(inputs, 1_000, now_ms);
        format!(
            "| seek in {} inputs, Wasm | median {:.2} ms, p99 {:.2} ms (computed in {:.1} s) |",
            seek.inputs,
            seek.median_ms,
            seek.p99_ms,
            seek.build_ms / 1000.0
        )
    });
    let propagation = format!("| propagation, Wasm | {:.0} commands/s |", measure::propagation(200_000, now_ms));
    let memory_mb = core::arch::wasm32::memory_size(0) as f64 * 65_536.0 / 1e6;
    let memory = format!("| memory of all that, Wasm | {memory_mb:.0} MB |");
    document.set_title(&format!("{}\n{}\n{propagation}\n{memory}", rows[0], rows[1]));
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    println!("This measures the model in a browser; `cargo xtask bench` does that.");
}
