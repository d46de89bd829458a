//! Before the program arrives, the page is already worth looking at.

use crate::server::Wasm;
use crate::window::visit;
use replscope::story::builtin;

#[test]
fn the_first_lesson_is_there_before_the_program() {
    let first = builtin().remove(0);
    for size in [(1440, 900), (390, 844)] {
        visit(size, "#/lesson/first-synchronization", Wasm::Withhold, async |window| {
            let seen = window.text("return document.body.innerText").await;
            assert!(seen.contains(&first.title), "{size:?}: {seen}");
            assert!(seen.contains(&first.notes[0].title), "{size:?}: {seen}");
            let nodes = window
                .number("return [...document.querySelectorAll('[data-node]')].filter(e => e.getBoundingClientRect().width > 0).length")
                .await;
            assert!(nodes >= 2.0, "{size:?}: {nodes} nodes are visible");
            let overflow = window.number("return document.documentElement.scrollWidth - innerWidth").await;
            assert!(overflow <= 0.0, "{size:?}: {overflow} px stick out");
            let styles = window.number("return document.querySelectorAll('#app [style]').length").await;
            assert_eq!(styles, 0.0, "inline styles do not work under the strict policy");
        });
    }
}

#[test]
fn nothing_but_the_page_is_asked_for_and_nothing_is_refused() {
    visit((1440, 900), "#/lesson/losing-the-link", Wasm::Serve, async |window| {
        let asked = window.server.asked();
        assert!(asked.iter().all(|line| line.starts_with("200 ")), "{asked:?}");
        assert!(asked.iter().any(|line| line.ends_with(".wasm")), "{asked:?}");
        let entries = window.run("return performance.getEntriesByType('resource').map(e => e.name)").await;
        for entry in entries.as_array().unwrap() {
            let address = entry.as_str().unwrap();
            assert!(address.starts_with(&window.server.base), "{address} is not of this page");
        }
    });
}
