//! The page starts as a small program; what asks for more gets the whole one, and nobody notices.

use crate::server::{Server, Wasm};
use crate::window::{Window, open, visit};
use replscope::story::{Carried, Lesson, Page};

/// A lesson with a command that the small program leaves out.
fn needs_more() -> String {
    let file = "more.txt".to_string();
    let text = "title More than strings\nsummary None.\nnode a 6379\nnode b 6380 replicaof a\n\
                config * repl-diskless-sync no\nat 2s a> SADD colours red green\nend 4s\n\
                note added when a runs SADD colours red green\n  A set\n  It has two members.\n"
        .to_string();
    let lesson = Lesson::parse(&file, &text).expect("it is a lesson");
    Page::Carried { lesson: Box::new(Carried { file, text, lesson }), at: None }.hash()
}

fn asked_for_whole(window: &Window) -> bool {
    window.server.asked().iter().any(|line| line.contains("/whole-") && line.ends_with(".wasm"))
}

#[test]
fn lessons_start_without_the_whole_program() {
    visit((1440, 900), "#/lesson/losing-the-link", Wasm::Serve, async |window| {
        window.until("the lesson is there", "return document.title.startsWith('Losing the link')").await;
        assert!(!asked_for_whole(window), "{:?}", window.server.asked());
    });
}

#[test]
fn the_whole_program_takes_over_in_its_place() {
    visit((1440, 900), "#/lesson/losing-the-link", Wasm::Serve, async |window| {
        window.set_hash(&needs_more()).await;
        window.until("the lesson is there", "return document.title.startsWith('More than strings')").await;
        assert!(asked_for_whole(window));
        window.click("[aria-label='Next step']").await;
        window.run("document.querySelector('.player').dispatchEvent(new KeyboardEvent('keydown', { key: 'End', bubbles: true }))").await;
        window
            .until(
                "the set is on the replica",
                "return document.querySelector('[data-role=replica]')?.textContent.includes('{green, red}')",
            )
            .await;
        assert_eq!(window.number("return document.querySelectorAll('#app').length").await, 1.0);
        assert_eq!(window.number("return document.querySelectorAll('.player').length").await, 1.0);
        // It goes on with everything, the small program's lessons too.
        window.set_hash("#/lesson/losing-the-link?at=slides").await;
        window.until("the other lesson is there", "return document.title.startsWith('Losing the link')").await;
    });
}

#[test]
fn the_whole_program_goes_on_where_the_small_one_was() {
    let address = "#/lesson/losing-the-link?at=end";
    open(Server::start(Wasm::HoldWhole), (1440, 900), address, &[], async |window| {
        window.until("the small program is there", "return !!document.querySelector('[data-ready] .eyebrow')").await;
        // The end of a lesson is told by the whole program. Meanwhile the reader goes elsewhere, and plays.
        let last = window.eyebrow().await;
        window.run("window.first = document.querySelector('.player')").await;
        window.click("[aria-label='Previous step']").await;
        window.click("[aria-label='Previous step']").await;
        let eyebrow = window.eyebrow().await;
        assert_ne!(eyebrow, last);
        window.server.let_whole();
        window
            .until(
                "the whole program is there",
                "return !window.first.isConnected && !!document.querySelector('.player')",
            )
            .await;
        window
            .until_text(".eyebrow", &window.text("return document.querySelector('.eyebrow').textContent").await)
            .await;
        assert_eq!(window.eyebrow().await, eyebrow);
        window.nothing_went_wrong().await;
    });
}

#[test]
fn the_whole_program_plays_if_the_small_one_did() {
    let address = "#/lesson/losing-the-link?at=end";
    open(Server::start(Wasm::HoldWhole), (1440, 900), address, &[], async |window| {
        window.until("the small program is there", "return !!document.querySelector('[data-ready] .eyebrow')").await;
        window.run("window.first = document.querySelector('.player')").await;
        window.click("[aria-label=Play]").await;
        window.until("it plays", "return !!document.querySelector('[aria-label=Pause]')").await;
        window.server.let_whole();
        window
            .until(
                "the whole program is there",
                "return !window.first.isConnected && !!document.querySelector('.player')",
            )
            .await;
        window.until("it plays on", "return !!document.querySelector('[aria-label=Pause]')").await;
        window.nothing_went_wrong().await;
    });
}

#[test]
fn without_the_whole_program_the_page_stays_and_says_so() {
    open(Server::start(Wasm::LoseWhole), (1440, 900), "#/lesson/losing-the-link", &[], async |window| {
        window.until("the program is there", "return !!document.querySelector('[data-ready]')").await;
        window.set_hash(&needs_more()).await;
        window
            .until(
                "it is said",
                "return !!document.querySelector('[role=alert]')?.textContent.includes('could not be loaded')",
            )
            .await;
        assert_eq!(window.text("return document.title").await, "Losing the link · replscope");
        window.click("[aria-label='Next step']").await;
        window.until("the page goes on", "return location.hash.includes('at=')").await;
    });
}
