//! What may stand in the stage's place, and that what is chosen is chosen everywhere.

use crate::server::Wasm;
use crate::window::{Window, visit};
use replscope::story::{Carried, Lesson, Page};
use serde_json::json;

const LESSON: &str = "?questions=off&view=sequence#/lesson/losing-the-link?at=5.8s";

async fn press(window: &Window, name: &str) {
    let found = format!(
        "[...document.querySelectorAll('button')].find(b => b.checkVisibility() && b.textContent === {})",
        json!(name)
    );
    window.until(name, &format!("return !!{found}")).await;
    window.run(&format!("{found}.click()")).await;
}

async fn is(window: &Window, what: &str, css: &str) {
    window.until(what, &format!("return !!document.querySelector({})", json!(css))).await;
}

#[test]
fn the_address_says_which_view_and_the_switch_writes_it() {
    visit((1440, 900), LESSON, Wasm::Serve, async |window| {
        is(window, "the sequence is there", ".picture .sequence").await;
        let moment = "const now = document.querySelector('.sequence .now line').getBoundingClientRect(); \
                      const room = document.querySelector('.scroller').getBoundingClientRect(); \
                      return now.top > room.top && now.bottom < room.bottom";
        window.until("the moment is in sight", moment).await;
        press(window, "Offsets").await;
        is(window, "the chart is there", ".picture .chart").await;
        assert_eq!(window.text("return location.search").await, "?questions=off&view=offsets");
        press(window, "Stage").await;
        is(window, "the stage is there", ".picture .stage").await;
        assert_eq!(window.text("return location.search").await, "?questions=off");
    });
}

#[test]
fn what_is_chosen_is_chosen_in_every_view() {
    visit((1440, 900), LESSON, Wasm::Serve, async |window| {
        is(window, "the sequence is there", ".picture .arrow").await;
        let stream =
            "[...document.querySelectorAll('.arrow.kind-stream')].find(a => a.textContent.includes('SET hits 40'))";
        window.until("the message is drawn", &format!("return !!{stream}")).await;
        let label = window.text(&format!("return {stream}.getAttribute('aria-label')")).await;
        window.run(&format!("{stream}.dispatchEvent(new MouseEvent('click', {{ bubbles: true }}))")).await;
        is(window, "the arrow is chosen", ".arrow.selected[aria-pressed=true]").await;
        press(window, "Stage").await;
        is(window, "so is the message", ".message.selected").await;
        window
            .until(
                "so are its commands on the tape",
                "return document.querySelector('.tape .segment.selected')?.textContent.includes('SET hits 40')",
            )
            .await;
        window.until_text(".wire-row:last-child .field.value", "40").await;
        // A node, in the chart.
        press(window, "Offsets").await;
        is(window, "the chart is there", ".line-of.hue-c .key").await;
        window
            .run("document.querySelector('.line-of.hue-c .key').dispatchEvent(new MouseEvent('click', { bubbles: true }))")
            .await;
        is(window, "its line is chosen", ".line-of.hue-c.selected").await;
        press(window, "Stage").await;
        is(window, "so is its card", "[data-node=node-c].selected").await;
        is(window, "so is its name at the tape", "[data-caret=node-c].selected").await;
        assert!(!label.is_empty());
    });
}

#[test]
fn the_arrows_are_walked_by_key_and_the_picture_leads_to_its_moments() {
    visit((1440, 900), LESSON, Wasm::Serve, async |window| {
        is(window, "the sequence is there", ".picture .arrow").await;
        window.focus(".arrow[tabindex='0']").await;
        let focused = "return document.activeElement.dataset.segment ?? ''";
        let first = window.text(focused).await;
        window.press("\u{E013}").await;
        let before = window.text(focused).await;
        assert!(!first.is_empty() && !before.is_empty() && first != before, "{first} {before}");
        window.press("\u{E007}").await;
        window
            .until(
                "it is chosen",
                &format!("return document.querySelector('.arrow.selected')?.dataset.segment === '{before}'"),
            )
            .await;
        let clock = "document.querySelector('.clock').textContent";
        let was = window.text(&format!("return {clock}")).await;
        let click = "const svg = document.querySelector('svg.sequence'), box = svg.getBoundingClientRect(); \
            svg.dispatchEvent(new PointerEvent('click', { bubbles: true, clientX: box.left + 60, clientY: box.top + 60 }))";
        window.run(click).await;
        window.until("it went there", &format!("return {clock} !== '{was}'")).await;
    });
}

#[test]
fn thousands_of_messages_scroll_smoothly() {
    let text = "title Many\nsummary x\nseed 1\nnode a 6379\nnode b 6380 replicaof a\nlatency 5ms\n\
        config * repl-diskless-sync no\nload a 200 from 2s to 22s\nend 23s\n";
    let lesson = Lesson::parse("many.txt", text).unwrap();
    let carried = Carried { file: "many.txt".into(), text: text.into(), lesson };
    let hash = Page::Carried { lesson: Box::new(carried), at: None }.hash();
    visit((1440, 900), &format!("?view=sequence{hash}"), Wasm::Serve, async |window| {
        is(window, "the sequence is there", ".picture .arrow").await;
        let scroll = "const box = document.querySelector('.scroller'); \
            const frame = () => new Promise(requestAnimationFrame); \
            const gaps = []; let most = 0, last = performance.now(), bare = 0; \
            for (let n = 0; n < 120; n++) { \
                box.scrollTop += 400; await frame(); \
                gaps.push(performance.now() - last); last = performance.now(); \
                const drawn = document.querySelectorAll('.arrow').length; \
                most = Math.max(most, drawn); if (drawn === 0) bare++; \
            } \
            gaps.sort((a, b) => a - b); \
            return { height: box.scrollHeight, most, bare, median: gaps[60] }";
        let seen = window.run_async(scroll, json!({})).await;
        assert!(seen["height"].as_f64() > Some(80_000.0), "{seen}");
        assert!(seen["most"].as_f64() < Some(250.0) && seen["bare"].as_f64() == Some(0.0), "{seen}");
        // A frame and a half of a slow machine that does other things too.
        assert!(seen["median"].as_f64() < Some(100.0), "{seen}");
    });
}

#[test]
fn the_calculator_takes_the_readers_numbers() {
    visit((1440, 900), "#/glossary", Wasm::Serve, async |window| {
        is(window, "the calculator is there", ".calculator[open] input").await;
        let fill = |n: usize, text: &str| {
            format!(
                "const f = document.querySelectorAll('.calculator input')[{n}]; f.value = {}; \
                 f.dispatchEvent(new Event('input', {{ bubbles: true }}))",
                json!(text)
            )
        };
        let said = "document.querySelector('.sizing').innerText";
        window.run(&fill(0, "2000")).await;
        window.run(&fill(2, "90")).await;
        window.until("it is computed", &format!("return {said}.includes('repl-backlog-size 35mb')")).await;
        window.run(&fill(1, "many")).await;
        window
            .until("the mistake is said", "return document.querySelector('.calculator [aria-invalid]') !== null")
            .await;
        window.until("nothing is computed", &format!("return !{said}.includes('repl-backlog-size')")).await;
    });
}
