//! Light and dark: as the system says, as the address says, as the reader says.

use crate::server::Wasm;
use crate::window::{Window, visit};

const LIGHT: &str = "rgb(251, 250, 247)";
const DARK: &str = "rgb(15, 17, 21)";
const LESSON: &str = "#/lesson/losing-the-link";

async fn is_shown_in(window: &Window, colour: &str) {
    let script = format!("return getComputedStyle(document.body).backgroundColor === '{colour}'");
    window.until(&format!("the page is {colour}"), &script).await;
}

#[test]
fn the_page_follows_the_system_until_the_reader_chooses() {
    visit((1440, 900), LESSON, Wasm::Serve, async |window| {
        for (theme, colour) in [("dark", DARK), ("light", LIGHT), ("dark", DARK)] {
            window.prefer("prefers-color-scheme", theme).await;
            is_shown_in(window, colour).await;
        }
        for colour in [LIGHT, DARK, LIGHT] {
            window.click("[aria-label='Light or dark']").await;
            is_shown_in(window, colour).await;
        }
        window.prefer("prefers-color-scheme", "dark").await;
        is_shown_in(window, LIGHT).await;
    });
}

#[test]
fn an_address_can_choose() {
    for (query, system, colour) in
        [("?theme=dark", "light", DARK), ("?theme=light", "dark", LIGHT), ("?embed&theme=auto", "dark", DARK)]
    {
        visit((720, 440), &format!("{query}{LESSON}"), Wasm::Serve, async |window| {
            window.prefer("prefers-color-scheme", system).await;
            is_shown_in(window, colour).await;
        });
    }
}
