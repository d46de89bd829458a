//! What ten lessons on one page cost. Ignored by default: `cargo xtask bench` runs it.
//!
//! Rule: memory and processor time are those of all processes of the browser, as Linux counts them.

use crate::embedder::Embedder;
use crate::server::{Server, Wasm};
use crate::window::{NOWHERE, Window, open};
use serde_json::Value;
use std::fs;
use std::time::{Duration, Instant};

/// Processor time is told in hundredths of a second.
const TICKS_PER_SECOND: f64 = 100.0;
const WATCHED: Duration = Duration::from_secs(10);

#[test]
#[ignore = "measures; `cargo xtask bench` runs it"]
fn bench_ten_embeds() {
    let lessons = ["losing-the-link", "first-synchronization", "chains", "promotion", "the-snapshot"];
    let frame = |n: usize| {
        format!(
            "<iframe src=\"PLAYER?embed#/lesson/{}\" title=\"{n}\" width=\"720\" height=\"440\"></iframe>",
            lessons[n % 5]
        )
    };
    let server = Server::start(Wasm::Serve);
    let frames = (0..10).map(frame).collect::<String>().replace("PLAYER", &server.base);
    let embedder = Embedder::start(&frames, &server);
    let empty = Embedder::start("", &server);
    open(server, (900, 700), NOWHERE, &[], async |window| {
        window.client.goto(&empty.url()).await.unwrap();
        tokio::time::sleep(Duration::from_secs(3)).await;
        let (before, idle) = (memory(), processor(window).await);
        let begun = Instant::now();
        window.client.goto(&embedder.url()).await.unwrap();
        window.until("all ten are there", "return window.count?.('ready') >= 10").await;
        println!(
            "| ten embeds of five lessons on one page: until all are ready | {:.1} s |",
            begun.elapsed().as_secs_f64()
        );
        tokio::time::sleep(Duration::from_secs(3)).await;
        let each = (memory() - before) / 10.0;
        println!("| ten embeds: memory of the browser, each | {each:.0} MB |");
        let wasm = window.server.asked().iter().filter(|line| line.ends_with(".wasm")).count();
        println!("| ten embeds: programs downloaded (a small and a whole one) | {wasm} |");
        let all = "for (const f of document.querySelectorAll('iframe')) f.contentWindow.postMessage({ type: 'play', version: 1 }, '*')";
        window.run("scrollTo(0, document.body.scrollHeight)").await;
        window.run(all).await;
        tokio::time::sleep(Duration::from_secs(2)).await;
        let unseen = processor(window).await;
        println!(
            "| ten embeds that play and are not seen: processor | {unseen:.1} % of a core; an empty page {idle:.1} % |"
        );
        window.run("scrollTo(0, 0)").await;
        one_plays(window).await;
    });
}

/// The frames of the one that plays and is seen.
async fn one_plays(window: &Window) {
    window.client.clone().enter_frame(0).await.unwrap();
    window.until("it plays", "return !!document.querySelector('[aria-label=Pause]')").await;
    let look = "window.gaps = []; let last = performance.now(); \
                (function look(now) { if (now) { window.gaps.push(now - last); last = now } requestAnimationFrame(look) })()";
    window.run(look).await;
    tokio::time::sleep(WATCHED).await;
    let gaps = window.run("return window.gaps.slice(1).sort((a, b) => a - b)").await;
    let gaps: Vec<f64> = gaps.as_array().unwrap().iter().filter_map(Value::as_f64).collect();
    let at = |part: f64| gaps[((gaps.len() - 1) as f64 * part) as usize];
    println!(
        "| ten embeds, one or two in sight and playing: frame gap | median {:.1} ms, p99 {:.1} ms |",
        at(0.5),
        at(0.99)
    );
}

/// What the browser's processes use of a core, percent, watched for a while in which nothing is asked of them.
async fn processor(_window: &Window) -> f64 {
    let before = ticks();
    tokio::time::sleep(WATCHED).await;
    (ticks() - before) / TICKS_PER_SECOND / WATCHED.as_secs_f64() * 100.0
}

fn ticks() -> f64 {
    let used = |pid: &u32| {
        let fields = stat(*pid)?;
        // utime and stime; the first field here is the third of the file.
        Some(fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?)
    };
    family().iter().filter_map(used).sum()
}

/// MB; what processes share is counted once.
fn memory() -> f64 {
    let of = |pid: &u32| {
        let text = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?;
        text.lines().find_map(|line| line.strip_prefix("Pss:")?.trim().strip_suffix(" kB")?.parse::<f64>().ok())
    };
    family().iter().filter_map(of).sum::<f64>() / 1024.0
}

/// The fields of `/proc/PID/stat` after the name, which may have spaces in it.
fn stat(pid: u32) -> Option<Vec<String>> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    Some(text.rsplit_once(") ")?.1.split(' ').map(str::to_owned).collect())
}

/// The processes that this test started, and those that they did.
fn family() -> Vec<u32> {
    let pids = fs::read_dir("/proc").unwrap().flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let parents: Vec<(u32, u32)> = pids.filter_map(|pid| Some((pid, stat(pid)?.get(1)?.parse().ok()?))).collect();
    let mut family = vec![std::process::id()];
    let mut at = 0;
    while at < family.len() {
        let this = family[at];
        family.extend(parents.iter().filter(|(_, parent)| *parent == this).map(|(pid, _)| *pid));
        at += 1;
    }
    family.split_off(1)
}
