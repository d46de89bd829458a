//! Links: they open what they name, and those that cannot be opened say why and leave everything as it was.

use crate::server::Wasm;
use crate::window::visit;
use replscope::story::{At, Carried, Lesson, Page};

#[test]
fn a_link_opens_its_moment_paused_and_a_reload_keeps_it() {
    visit((1440, 900), "#/lesson/losing-the-link?at=5.8s", Wasm::Serve, async |window| {
        let before = window.eyebrow().await;
        assert!(before.starts_with("link lost"), "{before}");
        assert_eq!(window.run("return !!document.querySelector('[aria-label=Pause]')").await, false);
        window.click("[aria-label='Next step']").await;
        window.until("the address follows", "return !location.hash.endsWith('at=5.8s')").await;
        let (hash, eyebrow) = (window.text("return location.hash").await, window.eyebrow().await);
        window.client.refresh().await.unwrap();
        window.until("the program has taken over", "return !!document.querySelector('[data-ready]')").await;
        assert_eq!((window.text("return location.hash").await, window.eyebrow().await), (hash, eyebrow));
    });
}

#[test]
fn moments_have_names_and_an_end() {
    visit((1440, 900), "#/lesson/losing-the-link?at=slides", Wasm::Serve, async |window| {
        let title = window.text("return document.querySelector('h1').textContent").await;
        assert_eq!(title, "The backlog slides");
        window.run("location.hash = '#/lesson/losing-the-link?at=end'").await;
        window
            .until(
                "the end is shown",
                "return /step (\\d+) of \\1$/i.test(document.querySelector('.eyebrow').textContent)",
            )
            .await;
    });
}

#[test]
fn links_that_cannot_be_opened_leave_the_page_as_it_is() {
    visit((1440, 900), "#/lesson/losing-the-link?at=5.8s", Wasm::Serve, async |window| {
        let title = window.text("return document.querySelector('h1').textContent").await;
        let bad = [
            ("#v9:p:AAAA", "version"),
            ("#v1:p:BQ", "damaged"),
            ("#/lesson/nosuch", "nosuch"),
            ("#/nowhere", "nowhere"),
            ("#/lesson/losing-the-link?at=!!", "moment"),
        ];
        for (hash, word) in bad {
            window.run(&format!("location.hash = '{hash}'")).await;
            let script = format!("return !!document.querySelector('[role=alert]')?.textContent.includes('{word}')");
            window.until(&format!("{hash} is explained"), &script).await;
            assert_eq!(window.text("return document.querySelector('h1').textContent").await, title, "{hash}");
        }
        window.run("location.hash = '#/lesson/losing-the-link?at=99s'").await;
        window
            .until(
                "the end is named",
                "return !!document.querySelector('[role=alert]')?.textContent.includes('ends at')",
            )
            .await;
    });
}

#[test]
fn a_link_can_carry_a_lesson() {
    let text = "title  Two nodes\nnode a 6379\nnode b 6380\nconfig * repl-diskless-sync no\nat 1s b> REPLICAOF 127.0.0.1 6379\nend 3s\n";
    let lesson = Box::new(Carried {
        file: "two.txt".into(),
        text: text.into(),
        lesson: Lesson::parse("two.txt", text).unwrap(),
    });
    let hash = Page::Carried { lesson, at: Some(At::End) }.hash();
    visit((1440, 900), &hash, Wasm::Serve, async |window| {
        let offers =
            window.run("return [...document.querySelectorAll('[data-node]')].map(e => e.dataset.role).sort()").await;
        assert_eq!(offers, serde_json::json!(["master", "replica"]));
        assert!(window.text("return document.body.innerText").await.contains("Two nodes"));
    });
}
