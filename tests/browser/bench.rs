//! Figures that only a browser has. Ignored by default: `cargo xtask bench` runs it.

use crate::server::{Server, Wasm};
use crate::window::{DEADLINE, Window, open, visit};
use replscope::story::{At, Carried, Lesson, Page};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

#[test]
#[ignore = "measures; `cargo xtask bench` runs it"]
fn bench() {
    model();
    first_paint();
    first_step();
    frames();
}

/// The model's own figures, in Wasm.
fn model() {
    let folder = std::env::var("REPLSCOPE_BENCH").expect("`cargo xtask bench` builds the measuring page and sets this");
    open(Server::of(folder.into(), Wasm::Serve), (800, 600), "", &[], async |window| {
        let begun = Instant::now();
        while !window.client.title().await.unwrap().contains("memory") {
            assert!(begun.elapsed() < DEADLINE * 10, "the measuring page says nothing");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        // A title has no line breaks.
        println!("{}", window.client.title().await.unwrap().replace(" | | ", " |\n| "));
    });
}

/// What is painted while the program has not come.
fn first_paint() {
    visit((1440, 900), "", Wasm::Withhold, async |window| {
        let script = "return performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0";
        let begun = Instant::now();
        while window.number(script).await == 0.0 && begun.elapsed() < DEADLINE {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        println!("| first contentful paint, the program withheld | {:.0} ms |", window.number(script).await);
    });
}

/// Takes the first step as soon as the page can, and notes when things happened, ms since the address was opened.
const FIRST_STEP: &str = "(() => { \
    const said = () => document.querySelector('.eyebrow, .caption')?.textContent; \
    const painted = () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime; \
    let before, ready; \
    (function look() { \
        if (!ready && document.querySelector('[data-ready]')) { \
            ready = performance.now(); \
            before = said(); \
            document.querySelector('[aria-label=\"Next step\"]').click(); \
        } \
        if (!ready || said() === before || !painted()) return requestAnimationFrame(look); \
        window.figures = [painted(), ready, performance.now()]; \
    })(); })()";

/// From the address to the first picture and to the first step, the processor slowed to a quarter: in a new browser, and
/// again once the page is kept.
fn first_step() {
    for (what, address) in
        [("lesson 1", "#/lesson/first-synchronization"), ("lesson 5, embedded", "?embed#/lesson/losing-the-link")]
    {
        open(Server::start(Wasm::Serve), (1440, 900), "icon-192.png", &[], async |window| {
            let source = json!({ "source": FIRST_STEP });
            window.session.devtools("Page.addScriptToEvaluateOnNewDocument", source);
            window.session.devtools("Emulation.setCPUThrottlingRate", json!({ "rate": 4 }));
            for state in ["cold", "warm"] {
                window.client.goto("about:blank").await.unwrap();
                window.client.goto(&format!("{}{address}", window.server.base)).await.unwrap();
                window.until("the first step is taken", "return !!window.figures").await;
                let figures = window.run("return window.figures").await;
                let ms = |n: usize| figures[n].as_f64().unwrap_or(f64::NAN);
                println!(
                    "| {what}, {state}, 4x slower processor | first picture {:.0} ms, program {:.0} ms, first step {:.0} ms |",
                    ms(0),
                    ms(1),
                    ms(2)
                );
                // What is kept is kept after the program has started; within another page, nothing is.
                let kept = "return location.search.includes('embed') || !!navigator.serviceWorker.controller";
                window.until("the page is kept", kept).await;
            }
        });
    }
}

/// A master with 20 replicas and 200 writes a second, at normal play, the processor slowed to a quarter.
fn frames() {
    let mut text = String::from("title  Twenty replicas\nseed 1\nlatency 20ms\nnode a 6379\n");
    for n in 0..20 {
        text.push_str(&format!("node r{n} {} replicaof a\n", 6400 + n));
    }
    text.push_str("config * repl-diskless-sync no\nload a 200 from 2s to 8s\nend 9s\n");
    let lesson = Lesson::parse("twenty.txt", &text).unwrap();
    let carried = Carried { file: "twenty.txt".into(), text, lesson };
    let at = At::After(Duration::from_secs(3));
    let hash = Page::Carried { lesson: Box::new(carried), at: Some(at) }.hash();
    visit((1440, 900), &hash, Wasm::Serve, async |window| {
        window.session.devtools("Emulation.setCPUThrottlingRate", json!({ "rate": 4 }));
        let mut gaps = gaps_while_playing(window).await;
        gaps.sort_by(f64::total_cmp);
        let at = |part: f64| gaps[((gaps.len() - 1) as f64 * part) as usize];
        println!(
            "| frame gap, 20 replicas, 200 writes/s, 4x slower processor | median {:.1} ms, p99 {:.1} ms, {} frames |",
            at(0.5),
            at(0.99),
            gaps.len()
        );
    });
}

async fn gaps_while_playing(window: &Window) -> Vec<f64> {
    window.focus_player().await;
    window.press(" ").await;
    window.until("it plays", "return !!document.querySelector('[aria-label=Pause]')").await;
    let look = "window.gaps = []; let last = performance.now(); \
                (function look(now) { if (now) { window.gaps.push(now - last); last = now } requestAnimationFrame(look) })()";
    window.run(look).await;
    tokio::time::sleep(Duration::from_secs(10)).await;
    let gaps = window.run("return window.gaps.slice(1)").await;
    gaps.as_array().unwrap().iter().filter_map(Value::as_f64).collect()
}
