//! The laboratory, as a learner uses it.
//!
//! - here: what is typed and done, branches, what would come of it, the text and its file;
//! - `stage`: menus, dragging, the keyboard alone, fifty nodes, a phone;
//! - `panel`: completion, settings, loads, break points.

mod panel;
mod stage;

use crate::server::Wasm;
use crate::window::{Window, visit};
use replscope::story::{At, Carried, Lesson, Page};
use serde_json::json;

async fn open(window: &Window) {
    window.until("the laboratory is there", "return !!document.querySelector('.console input')").await;
}

/// Types a command into the console of the node that is chosen.
async fn type_command(window: &Window, text: &str) {
    // What was done before gives the focus back a moment later (`focus_soon`).
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    window.focus(".console input").await;
    window.keys(text).await;
    window.key("Enter").await;
}

async fn console_says(window: &Window, text: &str) {
    let last = "[...document.querySelectorAll('.console-lines pre')].at(-1)?.textContent";
    window.until(text, &format!("return {last} === {}", json!(text))).await;
}

/// The text of the laboratory, as the address carries it, has this line.
async fn has_line(window: &Window, line: &str) {
    window.click("#tab-Text").await;
    let script = format!("return document.querySelector('.editor textarea')?.value.includes({})", json!(line));
    window.until(line, &script).await;
}

/// Presses the button with these words.
async fn press(window: &Window, within: &str, words: &str) {
    let found = format!(
        "[...document.querySelectorAll({} + ' button')].find(b => b.textContent === {})",
        json!(within),
        json!(words)
    );
    window.until(words, &format!("return !!{found}")).await;
    window.run(&format!("{found}.click()")).await;
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
        console_says(window, "Invalid argument(s)").await;
        type_command(window, "NOPE x").await;
        console_says(window, "(error) ERR unknown command 'NOPE', with args beginning with: 'x' ").await;
        // What was typed before is at hand.
        window.key("ArrowUp").await;
        window
            .until("the last command is back", "return document.querySelector('.console input').value === 'NOPE x'")
            .await;
        // The address carries all of it: opened anew, it is the same.
        window.until("the address has it", "return location.hash.startsWith('#v1:z:')").await;
        // It is written a moment after the last change.
        tokio::time::sleep(std::time::Duration::from_millis(600)).await;
        let hash = window.text("return location.hash").await;
        window.set_hash("#/").await;
        window.until("the start page is there", "return !!document.querySelector('.course')").await;
        window.set_hash(&hash).await;
        open(window).await;
        console_says(window, "(error) ERR unknown command 'NOPE', with args beginning with: 'x' ").await;
    });
}

#[test]
fn an_act_in_the_past_begins_a_branch_and_branches_are_compared() {
    visit((1440, 900), "#/lab/one-replica?at=8s", Wasm::Serve, async |window| {
        open(window).await;
        type_command(window, "SET k 1").await;
        console_says(window, "OK").await;
        window.focus_player().await;
        window.key("Home").await;
        window
            .until("it is at the beginning", "return document.querySelector('.clock').textContent === '00:00.000'")
            .await;
        type_command(window, "SET k 2").await;
        window.until("there is a branch", "return document.querySelectorAll('.twig').length === 2").await;
        let shown = "return document.querySelector('.twig.shown').dataset.branch";
        assert_eq!(window.text(shown).await, "branch 2");
        assert!(
            window.text("return document.querySelector('#lab-said').textContent").await.contains("This began branch 2")
        );
        // The picture still measures its room after it has grown.
        window.focus_player().await;
        window.key("End").await;
        // Side by side at the same moment: another value, another offset.
        press(window, ".branches", "Compare …").await;
        window
            .until("the difference is listed", "return [...document.querySelectorAll('.comparison tr')].some(row => /^(node-a)?k\"2\"\"1\"$/.test(row.textContent.replaceAll(' ', '')))")
            .await;
        assert_eq!(window.number("return document.querySelectorAll('.comparison .stage').length").await, 2.0);
        press(window, ".comparison", "Close").await;
        window.until("it is closed", "return !document.querySelector('.comparison')").await;
        // By keyboard to the trunk, which is as it was.
        window.focus(".twig:not(.shown)").await;
        window.key("Enter").await;
        window
            .until(
                "the trunk is shown",
                "return document.querySelector('.twig.shown').dataset.branch === 'One replica'",
            )
            .await;
        // A name of its own, and gone again.
        window.focus(".twig:not(.shown)").await;
        window.key("Enter").await;
        window
            .until("the branch is shown", "return document.querySelector('.twig.shown').dataset.branch === 'branch 2'")
            .await;
        window.run("const f = document.querySelector('.branch-tools input'); f.value = 'another value'; f.dispatchEvent(new Event('change', { bubbles: true }))").await;
        window
            .until(
                "it has another name",
                "return document.querySelector('.twig.shown').dataset.branch === 'another value'",
            )
            .await;
        window.click(".branch-tools button").await;
        window.until("it is gone", "return document.querySelectorAll('.twig').length === 1").await;
    });
}

#[test]
fn the_text_is_the_laboratory() {
    visit((1440, 900), "#/lab/two-levels", Wasm::Serve, async |window| {
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
                json!(text)
            )
        };
        window.run(&set("title T\nlaboratory\nnodes a 6379\n")).await;
        window
            .until(
                "the mistake is said with its place",
                "return document.querySelector('.editor [role=alert]')?.textContent.includes('line 3, column 1')",
            )
            .await;
        assert_eq!(window.text("return document.querySelector('.numbers .wrong').textContent").await, "✕ 3");
        press(window, ".editor", "Go to line 3").await;
        let marked = "const a = document.activeElement; return a.value.slice(a.selectionStart, a.selectionEnd)";
        assert_eq!(window.text(marked).await, "nodes a 6379");
        window
            .run(&set(
                "title Mine\nlaboratory\nseed 1\nnode a 6379\nnode b 6380 replicaof a\nnode c 6381 replicaof b\n",
            ))
            .await;
        window.until("it is well", "return document.querySelector('.editor [role=alert]').textContent === ''").await;
        press(window, ".editor", "Run this text").await;
        window.until("it is opened", "return document.querySelector('.place')?.textContent.includes('Mine')").await;
        assert_eq!(window.number("return document.querySelectorAll('.board .card').length").await, 3.0);
    });
}

#[test]
fn a_laboratory_is_saved_and_opened() {
    const CATCH: &str = "const make = URL.createObjectURL; \
        URL.createObjectURL = blob => { blob.text().then(text => window.saved = text); return make.call(URL, blob) }";
    visit((1440, 900), "#/lab/a-chain?at=8s", Wasm::Serve, async |window| {
        open(window).await;
        type_command(window, "SET mine 1").await;
        console_says(window, "OK").await;
        window.click("#tab-Text").await;
        window.run(CATCH).await;
        press(window, ".editor", "Save as a file").await;
        window.until("it is saved", "return !!window.saved?.includes('at 8s a> SET mine 1')").await;
        // The same file, chosen.
        window.set_hash("#/").await;
        window.until("the start page is there", "return !!document.querySelector('.course')").await;
        let file = "const files = new DataTransfer(); files.items.add(new File([window.saved], 'mine.txt')); ";
        let choose = format!(
            "{file} const f = document.querySelector('#recording-file'); f.files = files.files; f.dispatchEvent(new Event('change', {{ bubbles: true }}))"
        );
        window.run(&choose).await;
        open(window).await;
        window.until("it has what was done", "return document.querySelectorAll('.board .card').length === 3").await;
        // And dropped, with a mistake in it: what is on screen stays.
        let wrong = "const files = new DataTransfer(); files.items.add(new File(['title T\\nnodes a'], 'wrong.txt')); \
            window.dispatchEvent(new DragEvent('drop', { dataTransfer: files, cancelable: true }))";
        window.run(wrong).await;
        window
            .until("the mistake is said", "return document.querySelector('.banner')?.textContent.includes('line 2')")
            .await;
        assert_eq!(window.number("return document.querySelectorAll('.board .card').length").await, 3.0);
    });
}

#[test]
fn a_lesson_goes_on_in_the_laboratory() {
    visit((1440, 900), "#/lesson/losing-the-link?at=5s", Wasm::Serve, async |window| {
        let way = "[...document.querySelectorAll('.header a')].find(a => a.textContent === 'Experiment')";
        window.until("the way there is there", &format!("return !!{way}")).await;
        window.run(&format!("{way}.click()")).await;
        open(window).await;
        assert_eq!(window.text("return document.querySelector('.clock').textContent").await, "00:05.000");
        type_command(window, "SET mine 1").await;
        console_says(window, "OK").await;
        window.until("a branch has begun", "return document.querySelectorAll('.twig').length === 2").await;
    });
}

#[test]
fn a_lesson_that_a_link_brings_goes_on_in_the_laboratory_too() {
    let text = "title Mine\nsummary None.\nnode a 6379\nnode b 6380 replicaof a\nconfig * repl-diskless-sync no\n\
                at 2s a> SADD colours red\nend 4s\n";
    let (file, text) = ("mine.txt".to_string(), text.to_string());
    let lesson = Lesson::parse(&file, &text).expect("it is a lesson");
    let page = Page::Carried { lesson: Box::new(Carried { file, text, lesson }), at: At::parse("3s") };
    visit((1440, 900), &page.hash(), Wasm::Serve, async |window| {
        let way = "[...document.querySelectorAll('.header a')].find(a => a.textContent === 'Experiment')";
        window.until("the way there is there", &format!("return !!{way}")).await;
        window.run(&format!("{way}.click()")).await;
        open(window).await;
        assert_eq!(window.text("return document.querySelector('.clock').textContent").await, "00:03.000");
        type_command(window, "SMEMBERS colours").await;
        console_says(window, "1) \"red\"").await;
        has_line(window, "at 2s a> SADD colours red").await;
    });
}

#[test]
fn an_empty_laboratory_says_how_to_begin() {
    visit((1440, 900), "#/lab", Wasm::Serve, async |window| {
        window.until("the ways are there", "return document.querySelectorAll('.board .beginning').length === 5").await;
        press(window, ".board", "Add a node").await;
        window.until("there is a node", "return document.querySelectorAll('.board .card').length === 1").await;
        // Another beginning is never far.
        press(window, ".header", "Begin …").await;
        window
            .until(
                "the ways are there again",
                "return !!document.querySelector('.beginning-dialog[open] [data-topology=a-chain]')",
            )
            .await;
        window.click(".beginning-dialog [data-topology=a-chain]").await;
        window.until("it is a chain", "return document.querySelector('.place').textContent.includes('A chain')").await;
        window.until("it has three nodes", "return document.querySelectorAll('.board .card').length === 3").await;
    });
}
