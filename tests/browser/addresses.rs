//! Links: they open what they name, and those that cannot be opened say why and leave everything as it was.

use crate::model::{clock, frame_at, telling};
use crate::server::Wasm;
use crate::window::{Window, visit};
use replscope::story::{At, Carried, Lesson, Page};
use serde_json::json;

/// Waits until the page shows this moment of the lesson, paused.
async fn shows(window: &Window, lesson: &str, at: &str) {
    let mut telling = telling(lesson);
    let frame = frame_at(&mut telling, at);
    let moment = telling.moment(&At::parse(at).unwrap()).unwrap();
    window.until_text(".eyebrow", &telling.narration(&frame).eyebrow).await;
    window.until_text("h1", &telling.narration(&frame).title).await;
    window.until_text(".clock", &clock(&telling, moment)).await;
    assert_eq!(window.run("return !!document.querySelector('[aria-label=Pause]')").await, false);
}

#[test]
fn a_link_opens_its_moment_paused_and_a_reload_keeps_it() {
    visit((1440, 900), "#/lesson/losing-the-link?at=5.8s", Wasm::Serve, async |window| {
        shows(window, "losing-the-link", "5.8s").await;
        window.click("[aria-label='Next step']").await;
        window.until("the address follows", "return !location.hash.endsWith('at=5.8s')").await;
        let hash = window.text("return location.hash").await;
        window.reload().await;
        assert_eq!(window.text("return location.hash").await, hash);
        shows(window, "losing-the-link", hash.split_once("at=").unwrap().1).await;
    });
}

#[test]
fn moments_have_names_and_an_end() {
    visit((1440, 900), "#/lesson/losing-the-link?at=slides", Wasm::Serve, async |window| {
        for at in ["slides", "end", "start", "7.21s", "slides", "0s"] {
            window.set_hash(&format!("#/lesson/losing-the-link?at={at}")).await;
            shows(window, "losing-the-link", at).await;
        }
    });
}

#[test]
fn back_leads_back() {
    visit((1440, 900), "#/", Wasm::Serve, async |window| {
        window.until("the course is there", "return document.querySelectorAll('.lesson a').length > 3").await;
        window.click(".lesson a[href='#/lesson/first-synchronization']").await;
        shows(window, "first-synchronization", "0s").await;
        window.click("[aria-label='Next step']").await;
        window.until("the address follows", "return location.hash.includes('at=')").await;
        let left_at = window.text("return location.hash.split('at=')[1]").await;
        window.set_hash("#/lesson/losing-the-link?at=slides").await;
        shows(window, "losing-the-link", "slides").await;
        window.client.back().await.unwrap();
        shows(window, "first-synchronization", &left_at).await;
        window.client.back().await.unwrap();
        window.until("the start page is back", "return !!document.querySelector('.start')").await;
    });
}

/// Waits for a message with this word in it.
async fn is_told(window: &Window, hash: &str, word: &str) {
    let script = format!("return !!document.querySelector('[role=alert]')?.textContent.includes({})", json!(word));
    window.until(&format!("{hash} is explained"), &script).await;
}

#[test]
fn links_that_cannot_be_opened_leave_the_page_as_it_is() {
    visit((1440, 900), "#/lesson/losing-the-link?at=5.8s", Wasm::Serve, async |window| {
        let bad = [
            ("#v9:p:AAAA", "version"),
            ("#v1:q:AAAA", "codec"),
            ("#v1:p:BQ", "damaged"),
            ("#/lesson/nosuch", "nosuch"),
            ("#/nowhere", "nowhere"),
            ("#/lesson/losing-the-link?at=!!", "moment"),
        ];
        for (hash, word) in bad {
            window.set_hash(hash).await;
            is_told(window, hash, word).await;
            shows(window, "losing-the-link", "5.8s").await;
        }
        window.click("[aria-label=Dismiss]").await;
        window.until("it is dismissed", "return !document.querySelector('[role=alert]')").await;
        shows(window, "losing-the-link", "5.8s").await;
        window.set_hash("#/lesson/losing-the-link?at=nosuchnote").await;
        is_told(window, "an unknown note", "nosuchnote").await;
        shows(window, "losing-the-link", "0s").await;
        window.set_hash("#/lesson/losing-the-link?at=99s").await;
        is_told(window, "a moment past the end", "ends at").await;
        shows(window, "losing-the-link", "end").await;
    });
}

#[test]
fn a_link_that_was_cut_off_is_explained_on_the_start_page() {
    let carried = two_nodes();
    visit((1440, 900), &carried[..carried.len() / 2], Wasm::Serve, async |window| {
        is_told(window, "a cut link", "cut off").await;
        window.until("the start page is there", "return !!document.querySelector('.start')").await;
    });
}

/// A link that carries a lesson.
fn two_nodes() -> String {
    let text = "title  Two nodes\nnode a 6379\nnode b 6380\nconfig * repl-diskless-sync no\nat 1s b> REPLICAOF 127.0.0.1 6379\nend 3s\n";
    let lesson = Lesson::parse("two.txt", text).unwrap();
    let carried = Box::new(Carried { file: "two.txt".into(), text: text.into(), lesson });
    Page::Carried { lesson: carried, at: Some(At::End) }.hash()
}

#[test]
fn a_link_can_carry_a_lesson() {
    visit((1440, 900), &two_nodes(), Wasm::Serve, async |window| {
        let roles =
            window.run("return [...document.querySelectorAll('[data-node]')].map(e => e.dataset.role).sort()").await;
        assert_eq!(roles, json!(["master", "replica"]));
        assert!(window.text("return document.body.innerText").await.contains("Two nodes"));
        window.click("[aria-label='Previous step']").await;
        window
            .until(
                "the address follows",
                "return location.hash.startsWith('#v1:z:') && !location.hash.endsWith('=end')",
            )
            .await;
        let hash = window.text("return location.hash").await;
        let eyebrow = window.eyebrow().await;
        window.reload().await;
        window.until_text(".eyebrow", &eyebrow).await;
        assert_eq!(window.text("return location.hash").await, hash);
    });
}
