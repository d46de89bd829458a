//! The program's own crash: the page says so, links to the moment, and goes on from the last good step.

use crate::server::{Server, Wasm};
use crate::window::open;

const RIGHT: &str = "\u{E014}";

/// Makes the program stop in the middle of its work: a function of the browser that it calls when play begins is a
/// WebAssembly function whose whole body is `unreachable`. (One that a driver's script throws from would be another
/// origin's to the page: its error has no content.)
const TRAP: &str = "const code = [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 102, 0, 0, 10, 5, \
                    1, 3, 0, 0, 11]; \
                    const page = window.wrappedJSObject ?? window; const trap = new page.WebAssembly.Instance(new page.WebAssembly.Module(new page.Uint8Array(code))); \
                    page.Performance.prototype.now = trap.exports.f";

#[test]
fn a_crash_is_said_and_the_last_good_step_is_one_press_away() {
    open(Server::start(Wasm::Serve), (1440, 900), "?questions=off#/lesson/losing-the-link", &[], async |window| {
        window.until("the program is there", "return !!document.querySelector('[data-ready]')").await;
        window.focus_player().await;
        for _ in 0..8 {
            window.press(RIGHT).await;
        }
        let eyebrow = window.eyebrow().await;
        window.run(TRAP).await;
        window.press(" ").await;
        window.until("the crash is said", "return !!document.querySelector('dialog.stopped[open]')").await;
        let said = window.text("return document.querySelector('dialog.stopped').innerText").await;
        assert!(said.contains("This page has stopped") && said.contains("/lesson/losing-the-link?at="), "{said}");
        // Escape does not lead back into what is dead.
        window.press("\u{E00C}").await;
        window.until("it stays", "return !!document.querySelector('dialog.stopped[open]')").await;
        window.run("window.isOld = true").await;
        window.click(".crash-on").await;
        window
            .until(
                "the page is there again",
                "return !window.isOld && !!document.querySelector('[data-ready] .eyebrow')",
            )
            .await;
        assert_eq!(window.eyebrow().await, eyebrow);
        assert_eq!(window.run("return !document.querySelector('dialog.stopped')").await.as_bool(), Some(true));
    });
}

#[test]
fn a_program_that_does_not_start_is_said_too() {
    open(Server::start(Wasm::Lose), (1440, 900), "#/", &[], async |window| {
        window.until("it is said", "return !!document.querySelector('dialog.stopped[open]')").await;
        let said = window.text("return document.querySelector('dialog.stopped').innerText").await;
        assert!(said.contains("could not start") && said.contains("Try again"), "{said}");
        // What was rendered beforehand is still there to be read.
        assert!(window.number("return document.querySelectorAll('h1').length").await >= 1.0);
    });
}
