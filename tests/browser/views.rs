//! What may stand in the stage's place, and that what is chosen is chosen everywhere.

use crate::server::Wasm;
use crate::window::{Window, visit};
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
        window.until("nothing is computed", &format!("return !{said}.includes('mb')")).await;
    });
}
