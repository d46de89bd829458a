//! Documentation made by real tools, with replscope in it. Ignored by default: `cargo xtask docs-examples` builds it and runs
//! this.

use crate::server::Server;
use crate::window::{READY, Window, open};
use fantoccini::Locator;
use serde_json::json;

#[test]
#[ignore = "`cargo xtask docs-examples` builds the sites"]
fn sites() {
    let list = std::env::var("REPLSCOPE_SITES").expect("`cargo xtask docs-examples` builds the sites and sets this");
    let list = std::fs::read_to_string(list).unwrap();
    for line in list.lines() {
        let [name, folder, page] = *line.split('\t').collect::<Vec<_>>() else { panic!("three columns: {line}") };
        println!("{name}: {page}");
        open(Server::site(folder.into()), (1200, 800), page, &[], async |window| {
            window.until("the page is there", "return document.readyState === 'complete'").await;
            iframe_plays(window, name).await;
            element_steps(window, name).await;
        });
    }
}

/// The frame opens at its moment, plays, and leaves the page around it as it is.
async fn iframe_plays(window: &Window, name: &str) {
    window.until("there is a frame", "return !!document.querySelector('iframe[src*=embed]')").await;
    window.run("document.querySelector('iframe[src*=embed]').scrollIntoView()").await;
    let place = "return JSON.stringify([scrollY, document.activeElement.tagName])";
    let before = window.text(place).await;
    let frame = window.client.find(Locator::Css("iframe[src*=embed]")).await.unwrap();
    frame.enter_frame().await.unwrap();
    window.until(&format!("{name}: the program is there"), READY).await;
    window.until("it is the lesson", "return document.title.startsWith('Losing the link')").await;
    window.until_text(".clock", "00:05.800").await;
    window.run("document.querySelector('[aria-label=Play]').click()").await;
    let goes_on = "return document.querySelector('.clock').textContent.trim() > '00:05.800'";
    window.until(&format!("{name}: it plays"), goes_on).await;
    window.run("document.querySelector('[aria-label=Pause]')?.click()").await;
    let scrolls = window.number("return document.documentElement.scrollHeight - innerHeight").await;
    assert!(scrolls <= 0.0, "{name}: a scrollbar inside a scrollbar, {scrolls} px");
    window.client.clone().enter_parent_frame().await.unwrap();
    assert_eq!(window.text(place).await, before, "{name}: the page around it moved, or lost the focus");
    let over = window.run("return document.documentElement.scrollWidth - innerWidth").await;
    assert_eq!(over, json!(0), "{name}: the page is too wide");
}

/// The element loads the player when it comes near, does what it is told, and tells of it.
async fn element_steps(window: &Window, name: &str) {
    let listen = "const element = document.querySelector('repl-scope'); element.scrollIntoView(); window.told = []; \
                  element.addEventListener('step', event => told.push(event.detail)); element.next()";
    window.run(listen).await;
    let stepped = "return told.some(is => is.lesson === 'the-backlog-is-too-small' && is.step === 2)";
    window.until(&format!("{name}: the element tells of its step"), stepped).await;
}
