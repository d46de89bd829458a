//! The program's own crash: the page says so, links to the moment, and goes on from the last good step.

use crate::server::{Server, Wasm};
use crate::window::open;

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
