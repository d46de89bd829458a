//! The laboratory: acts, console, branches, what-if and text, as a learner uses them.

use crate::server::Wasm;
use crate::window::{Window, visit};

const ENTER: &str = "\u{E007}";
const UP: &str = "\u{E013}";

async fn open(window: &Window) {
    window.until("the laboratory is there", "return !!document.querySelector('.console input')").await;
}

/// Types a command into the console of the node that is chosen.
async fn type_command(window: &Window, text: &str) {
    window.click(".console input").await;
    window.press(text).await;
    window.press(ENTER).await;
}

async fn console_says(window: &Window, text: &str) {
    let last = "[...document.querySelectorAll('.console-lines pre')].at(-1)?.textContent";
    window.until(text, &format!("return {last} === {}", serde_json::json!(text))).await;
}

#[test]
fn what_is_typed_is_answered_and_the_link_carries_it() {
    visit((1440, 900), "#/lab/one-replica?at=8s", Wasm::Serve, async |window| {
        open(window).await;
        type_command(window, "SET order:17 \"not paid\"").await;
        console_says(window, "OK").await;
        type_command(window, "GET order:17").await;
        console_says(window, "\"not paid\"").await;
        type_command(window, "GET \"open").await;
        window
            .until(
                "the quote is complained of",
                "return document.querySelector('.console [role=alert]')?.textContent.includes('quote')",
            )
            .await;
        // What was typed before is at hand.
        window.run("document.querySelector('.console input').value = ''").await;
        window.press(UP).await;
        window
            .until(
                "the last command is back",
                "return document.querySelector('.console input').value === 'GET order:17'",
            )
            .await;
        // The address carries all of it: opened anew, it is the same.
        window.until("the address has it", "return location.hash.startsWith('#v1:p:')").await;
        // It is written a moment after the last change.
        tokio::time::sleep(std::time::Duration::from_millis(600)).await;
        let hash = window.text("return location.hash").await;
        window.set_hash("#/").await;
        window.until("the start page is there", "return !!document.querySelector('.course')").await;
        window.set_hash(&hash).await;
        open(window).await;
        console_says(window, "\"not paid\"").await;
    });
}

#[test]
fn an_act_in_the_past_begins_a_branch() {
    visit((1440, 900), "#/lab/one-replica?at=8s", Wasm::Serve, async |window| {
        open(window).await;
        type_command(window, "SET k 1").await;
        console_says(window, "OK").await;
        window.run("document.querySelector('.player').dispatchEvent(new KeyboardEvent('keydown', { key: 'Home', bubbles: true }))").await;
        window
            .until("it is at the beginning", "return document.querySelector('.clock').textContent === '00:00.000'")
            .await;
        type_command(window, "SET k 2").await;
        window.until("there is a branch", "return document.querySelectorAll('.branch').length === 2").await;
        assert!(window.text("return document.querySelector('.branch.shown').textContent").await.contains("branch 2"));
        // The trunk is as it was.
        window.click(".branch:not(.shown)").await;
        window
            .until(
                "the trunk is shown",
                "return document.querySelector('.branch.shown').textContent === 'the beginning'",
            )
            .await;
    });
}

#[test]
fn faults_returns_and_promotions() {
    visit((1440, 900), "#/lab/three-replicas?at=8s", Wasm::Serve, async |window| {
        open(window).await;
        window.click("[data-node=node-b]").await;
        window
            .until("node-b is chosen", "return document.querySelector('.tools-row strong').textContent === 'node-b'")
            .await;
        let press = |word: &str| {
            format!("[...document.querySelectorAll('.tools-row button')].find(b => b.textContent === '{word}').click()")
        };
        window.run(&press("Cut")).await;
        window.until("the link is cut", "return !!document.querySelector('.link.cut')").await;
        window.click("#tab-What-if").await;
        window
            .until("each return has its cost", "return document.querySelectorAll('.what-card dl > div').length === 6")
            .await;
        window.run(&press("Heal")).await;
        window.until("the link is whole", "return !document.querySelector('.link.cut')").await;
        window.run(&press("+ Node")).await;
        window.until("a node has joined", "return document.querySelectorAll('.card').length === 5").await;
        // Run until it is synchronized.
        window.run("[...document.querySelectorAll('.run-until button')].at(-1).click()").await;
        window.until("it was found", "return document.querySelector('.clock').textContent > '00:08.000'").await;
    });
}

#[test]
fn the_text_is_the_laboratory() {
    visit((1440, 900), "#/lab", Wasm::Serve, async |window| {
        open(window).await;
        window.click("#tab-Text").await;
        window
            .until(
                "the text is there",
                "return document.querySelector('.editor textarea')?.value.includes('laboratory')",
            )
            .await;
        let set = |text: &str| {
            format!(
                "const area = document.querySelector('.editor textarea'); area.value = {}; area.dispatchEvent(new InputEvent('input', {{ bubbles: true }}))",
                serde_json::json!(text)
            )
        };
        window.run(&set("title T\nlaboratory\nnodes a 6379\n")).await;
        window
            .until(
                "the mistake is said with its place",
                "return document.querySelector('.editor [role=alert]')?.textContent.includes('line 3, column 1')",
            )
            .await;
        window
            .run(&set(
                "title Mine\nlaboratory\nseed 1\nnode a 6379\nnode b 6380 replicaof a\nnode c 6381 replicaof b\n",
            ))
            .await;
        window.until("it is well", "return document.querySelector('.editor [role=alert]').textContent === ''").await;
        window.run("document.querySelector('.editor button').click()").await;
        window.until("it is opened", "return document.querySelector('.place')?.textContent.includes('Mine')").await;
        assert_eq!(window.number("return document.querySelectorAll('.card').length").await, 3.0);
    });
}

#[test]
fn a_lesson_goes_on_in_the_laboratory() {
    visit((1440, 900), "#/lesson/losing-the-link?at=5s", Wasm::Serve, async |window| {
        window
            .until(
                "the way there is there",
                "return [...document.querySelectorAll('.header a')].some(a => a.textContent === 'Experiment')",
            )
            .await;
        window
            .run("[...document.querySelectorAll('.header a')].find(a => a.textContent === 'Experiment').click()")
            .await;
        open(window).await;
        assert_eq!(window.text("return document.querySelector('.clock').textContent").await, "00:05.000");
        type_command(window, "SET mine 1").await;
        console_says(window, "OK").await;
        window.until("a branch has begun", "return document.querySelectorAll('.branch').length === 2").await;
    });
}
