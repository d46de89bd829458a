//! A recording opened from a file: its steps appear as a lesson's do, and what is on screen stays where it cannot be.

use crate::model;
use crate::server::Wasm;
use crate::window::{Window, visit};
use replscope::scene::text;
use replscope::story::Telling;
use replscope::story::recording::Opening;
use serde_json::json;

const PROMOTION: &str = include_str!("../recordings/promotion.jsonl");

/// The recording, rebuilt natively.
fn rebuilt(text: &str) -> Telling {
    let mut opening = Opening::default();
    opening.push(text.as_bytes());
    let mut rebuilding = opening.end("promotion.jsonl").unwrap();
    while !rebuilding.advance(1_000, |_, _| {}) {}
    rebuilding.finish().0
}

/// Gives a file to the page: chosen in its field, or dropped on it.
async fn give(window: &Window, name: &str, content: &str, how: &str) {
    let script = format!(
        "const files = new DataTransfer(); files.items.add(new File([{}], {}));
         if ({} === 'drop') return dispatchEvent(Object.assign(new DragEvent('drop', {{ dataTransfer: files, cancelable: true }})));
         const field = document.getElementById('recording-file');
         field.files = files.files; field.dispatchEvent(new Event('change', {{ bubbles: true }}));",
        json!(content),
        json!(name),
        json!(how)
    );
    window.run(&script).await;
}

async fn until_shown(window: &Window, title: &str) {
    let script =
        format!("return document.querySelector('[role=region]')?.ariaLabel === {}", json!(format!("Lesson: {title}")));
    window.until("the recording is open", &script).await;
}

#[test]
fn a_recording_shows_its_steps() {
    for how in ["choose", "drop"] {
        visit((1400, 900), "#/", Wasm::Serve, async |window| {
            give(window, "promotion.jsonl", PROMOTION, how).await;
            until_shown(window, "promotion.jsonl").await;
            let telling = rebuilt(PROMOTION);
            let steps = telling.timeline.steps();
            window.focus_player().await;
            for _ in 0..10 {
                window.press("\u{e014}").await;
            }
            let at = text::clock(steps[10].at.since(telling.timeline.start()).as_micros() as u64);
            window.until_text(".clock", &at).await;
            window.press("\u{e010}").await;
            let nodes = model::nodes(telling.timeline.last_world());
            window
                .until(
                    "the nodes stand where the recording ends",
                    &format!("return JSON.stringify({}) === {}", model::NODES, json!(nodes.to_string())),
                )
                .await;
            let said = window.text("return document.querySelector('.panel').innerText").await;
            assert!(said.contains("as it would send it"), "{said}");
            assert!(window.eyebrow().await.contains(&format!("of {}", steps.len())));
            // Its address leads back to it while the page is open, and says why not afterwards.
            window.set_hash("#/lesson/first-synchronization").await;
            window.until("the lesson is open", "return !document.title.includes('promotion')").await;
            window.set_hash("#/recording?at=1s").await;
            until_shown(window, "promotion.jsonl").await;
            window.reload().await;
            window
                .until(
                    "it is said that the file is needed",
                    "return document.querySelector('.banner')?.innerText.includes('open the file again') ?? false",
                )
                .await;
        });
    }
}

#[test]
fn a_file_that_is_no_recording_changes_nothing() {
    visit((1400, 900), "#/lesson/losing-the-link?at=3s", Wasm::Serve, async |window| {
        let title = window.text("return document.title").await;
        give(window, "notes.txt", "These are no records.\n", "drop").await;
        window
            .until(
                "it is said what is wrong",
                "return document.querySelector('.banner')?.innerText.includes('line 1, column 1') ?? false",
            )
            .await;
        assert_eq!(window.text("return document.title").await, title);
        give(window, "cut.jsonl", &PROMOTION[..PROMOTION.len() - 20], "choose").await;
        until_shown(window, "cut.jsonl").await;
        let said = window.text("return document.querySelector('.panel').innerText").await;
        assert!(said.contains("could not be read to its end"), "{said}");
    });
}

#[test]
fn opening_can_be_cancelled() {
    visit((1400, 900), "#/lesson/losing-the-link?at=3s", Wasm::Serve, async |window| {
        // The whole program first, so that there is something to cancel at once.
        give(window, "promotion.jsonl", PROMOTION, "choose").await;
        until_shown(window, "promotion.jsonl").await;
        // Long enough to be caught at it.
        let body = "const parts = [given];
             for (let n = 0; n < 300000; n++) parts.push(`{\"t\":${n + 4},\"link\":\"C->A\",\"conn\":7,\"ev\":\"refused\"}\n`);
             const files = new DataTransfer(); files.items.add(new File(parts, 'long.jsonl'));
             const field = document.getElementById('recording-file');
             field.files = files.files; field.dispatchEvent(new Event('change', { bubbles: true }));
             for (let n = 0; n < 1000; n++) {
               const cancel = document.querySelector('.banner progress ~ button');
               if (cancel) { cancel.click(); return 'cancelled'; }
               await new Promise(requestAnimationFrame);
             }";
        assert_eq!(window.run_async(body, json!(PROMOTION)).await, "cancelled");
        window.until("it is gone", "return !document.querySelector('.banner progress')").await;
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        until_shown(window, "promotion.jsonl").await;
    });
}
