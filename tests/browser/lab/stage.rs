//! The laboratory's stage: menus on the things themselves, dragging, the keyboard alone, fifty nodes, a phone.

use super::{has_line, open, press};
use crate::layout::is_faultless;
use crate::server::Wasm;
use crate::window::{Window, visit};
use replscope::story::{Carried, Lesson, Page, Topology};
use serde_json::json;
use std::time::Duration;

const ITEMS: &str = "return [...document.querySelectorAll('[role=menuitem] span')].map(s => s.textContent).join()";
const FOCUSED: &str = "const e = document.activeElement; return e.dataset.between ?? e.dataset.node ?? e.textContent";

/// The middle of an element, px of the window.
async fn middle(window: &Window, css: &str) -> (f64, f64) {
    let script = format!(
        "const r = document.querySelector({}).getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]",
        json!(css)
    );
    let place = window.run(&script).await;
    (place[0].as_f64().unwrap(), place[1].as_f64().unwrap())
}

/// Presses on one thing and moves to another, without letting go.
async fn carry(window: &Window, from: &str, to: (f64, f64)) {
    let start = middle(window, from).await;
    window.press_at(start).await;
    window.move_to((start.0 + 12.0, start.1)).await;
    window.move_to(to).await;
}

async fn notes(window: &Window, words: &str) {
    let script = format!("return document.querySelector('.carry-note').textContent.includes({})", json!(words));
    window.until(words, &script).await;
}

async fn menu_is_open(window: &Window) {
    window.until("a menu is open", "return document.activeElement.matches('[role=menuitem]')").await;
}

#[test]
fn everything_has_a_menu() {
    visit((1440, 900), "#/lab/three-replicas?at=8s", Wasm::Serve, async |window| {
        open(window).await;
        // A link, pressed; a letter chooses, and the focus is back where it was.
        window.click("[data-between=a-b] .line").await;
        menu_is_open(window).await;
        assert_eq!(window.text(ITEMS).await, "Cut,Slow …,Black hole");
        window.key("c").await;
        window.until("the link is cut", "return !!document.querySelector('[data-between=a-b].cut')").await;
        window.until("the focus is back", "return document.activeElement.dataset.between === 'a-b'").await;
        // Enter opens it, arrow keys go round, Escape closes.
        window.key("Enter").await;
        menu_is_open(window).await;
        assert_eq!(window.text(ITEMS).await, "Heal,Slow …,Black hole");
        window.key("ArrowUp").await;
        assert_eq!(window.text(FOCUSED).await, "Black holeB");
        window.key("ArrowDown").await;
        assert_eq!(window.text(FOCUSED).await, "HealH");
        window.key("Escape").await;
        window.until("the focus is back", "return document.activeElement.dataset.between === 'a-b'").await;
        // A letter on the thing itself needs no menu.
        window.key("h").await;
        window.until("the link is whole", "return !document.querySelector('.link.cut')").await;
        // How slow is asked.
        window.key("s").await;
        menu_is_open(window).await;
        window.key("s").await;
        window.until("it is asked", "return document.activeElement.name === 'latency'").await;
        window.key("Enter").await;
        has_line(window, "at 8s slow a b latency 0.5s").await;
        // A node, with the other button of the mouse.
        let node = middle(window, "[data-node=node-c]").await;
        window.press_right(node).await;
        menu_is_open(window).await;
        let items = window.text(ITEMS).await;
        assert_eq!(
            items,
            "Replicate from …,Promote to master,Add a replica,Let it stand still,Crash,Load …,Settings …,Type a command …,Remove"
        );
        // What each choice would cost is said before it is made.
        window.key("f").await;
        window
            .until("the nodes are listed", "return document.querySelectorAll('[role=menuitem] small').length === 2")
            .await;
        window.key("Escape").await;
        window.until("the focus is back", "return document.activeElement.dataset.node === 'node-c'").await;
        window.key("z").await;
        has_line(window, "at 8s pause c").await;
        // All faults at once.
        window.click(".faults").await;
        menu_is_open(window).await;
        press(window, "[role=menu]", "Link node-a – node-b1").await;
        window
            .until(
                "its menu is open",
                "return document.querySelector('[role=menu]').ariaLabel === 'Link node-a – node-b'",
            )
            .await;
    });
}

#[test]
fn cards_are_dragged() {
    visit((1440, 900), "#/lab/three-replicas?at=8s", Wasm::Serve, async |window| {
        open(window).await;
        let to = middle(window, "[data-node=node-b]").await;
        // What will happen is said; Escape puts it back.
        carry(window, "[data-node=node-d]", to).await;
        notes(window, "node-d would replicate from node-b: partial").await;
        window.key("Escape").await;
        window.until("it is put back", "return !document.querySelector('.carry')").await;
        window.let_go().await;
        assert_eq!(window.number("return document.querySelectorAll('[role=menu]').length").await, 0.0);
        // Let go, it is done.
        carry(window, "[data-node=node-d]", to).await;
        notes(window, "node-d would replicate from node-b").await;
        window.let_go().await;
        window.until("it hangs on the other", "return !!document.querySelector('[data-between=b-d]')").await;
        // A master below its own replica: a ring is announced.
        let below = middle(window, "[data-node=node-d]").await;
        carry(window, "[data-node=node-b]", below).await;
        notes(window, "nobody would be the master").await;
        window.key("Escape").await;
        window.let_go().await;
        // A new one is dropped on its master.
        let master = middle(window, "[data-node=node-c]").await;
        carry(window, "[data-new-node]", master).await;
        notes(window, "A new replica of node-c would join.").await;
        window.let_go().await;
        window.until("it has joined", "return !!document.querySelector('[data-node=node-e]')").await;
        // And one is taken away.
        let start = middle(window, "[data-node=node-e]").await;
        window.press_at(start).await;
        window.move_to((start.0 - 30.0, start.1)).await;
        window.until("there is where to drop it", "return !!document.querySelector('[data-bin]')").await;
        let bin = middle(window, "[data-bin]").await;
        window.move_to(bin).await;
        notes(window, "node-e would be taken away").await;
        window.let_go().await;
        window.until("it is gone", "return !document.querySelector('[data-node=node-e]')").await;
        has_line(window, "at 8s d> REPLICAOF 127.0.0.1 6380\nat 8s add e 6383 replicaof c\nat 8s remove e").await;
    });
}

/// Goes on with Tab until something has the focus.
async fn tab_to(window: &Window, css: &str) {
    for _ in 0..120 {
        if window.run(&format!("return document.activeElement.matches({})", json!(css))).await == json!(true) {
            return;
        }
        window.key("Tab").await;
    }
    panic!("{css} is not reached by Tab");
}

#[test]
fn the_keyboard_is_enough() {
    visit((1440, 900), "#/lab", Wasm::Serve, async |window| {
        window.until("the ways are there", "return !!document.querySelector('.beginning')").await;
        tab_to(window, "[data-topology=one-replica]").await;
        window.key("Enter").await;
        window.until("two nodes are there", "return document.querySelectorAll('.board .card').length === 2").await;
        window.focus_player().await;
        window.key("End").await;
        // A node joins, and is told to follow another.
        tab_to(window, "[data-node=node-b]").await;
        window.key("a").await;
        window.until("it has joined", "return !!document.querySelector('[data-node=node-c]')").await;
        tab_to(window, "[data-node=node-c]").await;
        window.key("Enter").await;
        menu_is_open(window).await;
        window.key("f").await;
        window.until("the nodes are listed", "return document.activeElement.textContent.startsWith('node-a')").await;
        window.key("Enter").await;
        window.until("it follows", "return !!document.querySelector('[data-between=a-c]')").await;
        window.until("it has the focus", "return document.activeElement.dataset.node === 'node-c'").await;
        // A link is cut, the console is used and left, a node goes.
        tab_to(window, "[data-between=a-c]").await;
        window.key("b").await;
        window.until("it is silent", "return !!document.querySelector('[data-between=a-c].black-hole')").await;
        window.until("it has the focus still", "return document.activeElement.dataset.between === 'a-c'").await;
        tab_to(window, ".console input").await;
        window.keys("dbsi").await;
        window.key("Tab").await;
        window.until("it is completed", "return document.querySelector('.console input').value === 'DBSIZE'").await;
        window.key("Enter").await;
        super::console_says(window, "(integer) 0").await;
        window.key("Tab").await;
        window.until("Tab leaves the console", "return !document.activeElement.closest('.console')").await;
        window.focus("[data-node=node-c]").await;
        window.key("Delete").await;
        window.until("it is gone", "return !document.querySelector('[data-node=node-c]')").await;
        window.until("it is said", "return document.querySelector('#lab-said').textContent.includes('remove c')").await;
    });
}

/// A master, four replicas, and 45 below those.
fn fifty() -> String {
    let below = |n: usize| match n {
        0 => String::new(),
        1..=4 => " replicaof n0".into(),
        _ => format!(" replicaof n{}", 1 + n % 4),
    };
    let nodes: String = (0..50).map(|n| format!("node n{n} {}{}\n", 6_379 + n, below(n))).collect();
    let text = format!("title Fifty\nlaboratory\n{nodes}config * repl-diskless-sync-delay 0\nat 8s cut n1 n8\n");
    let lesson = Lesson::parse("fifty.txt", &text).unwrap();
    Page::Carried { lesson: Box::new(Carried { file: "fifty.txt".into(), text, lesson }), at: None }.hash()
}

#[test]
fn fifty_nodes_stay_readable() {
    visit((1440, 900), &fifty(), Wasm::Serve, async |window| {
        open(window).await;
        window.focus_player().await;
        window.key("End").await;
        window.until("they stand together", "return document.querySelectorAll('[data-group]').length === 4").await;
        let count = "return [...document.querySelectorAll('.board .card')].reduce((n, c) => n + Number(c.dataset.group ?? 1), 0)";
        assert_eq!(window.number(count).await, 50.0);
        // The one whose link is cut stands out.
        is_faultless(window, "fifty nodes", 6, 24).await;
        assert!(window.run("return !!document.querySelector('[data-node=n8]')").await == json!(true));
        window.click("[data-group] .face:not(.below)").await;
        window.until("a group is open", "return document.querySelectorAll('[data-group]').length === 1").await;
        assert_eq!(window.number(count).await, 50.0);
        press(window, ".spreads", "Together").await;
        window.until("they stand together again", "return !!document.querySelector('[data-node=n8]')").await;
        window.click("[data-node=n8] .face").await;
        window.key("Escape").await;
        press(window, ".spreads", "Around n8").await;
        window
            .until("it is looked around", "return document.querySelectorAll('.board [data-node]').length === 3")
            .await;
        is_faultless(window, "around one of fifty", 3, 24).await;
        press(window, ".spreads", "One by one").await;
        window.until("each has its card", "return document.querySelectorAll('.board [data-node]').length === 50").await;
        press(window, ".spreads", "Together").await;
        window.resize((390, 844)).await;
        tokio::time::sleep(Duration::from_millis(400)).await;
        is_faultless(window, "fifty nodes on a phone", 6, 44).await;
    });
}

#[test]
fn every_topology_fits_every_screen() {
    for (size, theme) in [((1440, 900), "dark"), ((390, 844), "light"), ((360, 740), "dark")] {
        let target = if size.0 < 500 { 44 } else { 24 };
        visit(size, "#/lab/one-replica?at=8s", Wasm::Serve, async |window| {
            window.prefer("prefers-color-scheme", theme).await;
            for topology in Topology::ALL {
                window.set_hash(&format!("#/lab/{}?at=8s", topology.name())).await;
                let nodes = topology.masters().len();
                let there = format!(
                    "return document.querySelectorAll('.board .card').length === {nodes} && document.querySelector('.place').textContent.includes('{}')",
                    topology.title()
                );
                window.until(topology.title(), &there).await;
                is_faultless(window, &format!("{size:?} {theme}, {}", topology.title()), nodes, target).await;
            }
            for tab in ["What-if", "Settings", "Load", "Text"] {
                window.click(&format!("#tab-{tab}")).await;
                is_faultless(window, &format!("{size:?} {theme}, {tab}"), 7, target).await;
            }
            window.run("document.querySelector('[data-node=node-b]').focus()").await;
            window.key("Enter").await;
            menu_is_open(window).await;
            let low = "return Math.min(...[...document.querySelectorAll('[role=menuitem]')].map(i => i.getBoundingClientRect().height))";
            assert!(window.number(low).await >= f64::from(target), "{size:?}: a menu's item is too low");
            let out = "const r = document.querySelector('[role=menu]').getBoundingClientRect(); return r.left < 0 || r.top < 0 || r.right > innerWidth || r.bottom > innerHeight";
            assert_eq!(window.run(out).await, json!(false), "{size:?}: the menu sticks out");
        });
    }
}

#[test]
fn a_finger_rests_to_drag_and_taps_for_the_menu() {
    visit((390, 844), "#/lab/one-replica?at=8s", Wasm::Serve, async |window| {
        open(window).await;
        let node = middle(window, "[data-node=node-b]").await;
        window.tap(node).await;
        window.until("a tap opens the menu", "return !!document.querySelector('[role=menu]')").await;
        window.key("Escape").await;
        window.until("it is closed", "return !document.querySelector('[role=menu]')").await;
        let (node, master) = (middle(window, "[data-node=node-b]").await, middle(window, "[data-node=node-a]").await);
        // What is said while it is carried.
        window
            .run(
                "window.said = new Set(); new MutationObserver(() => said.add(document.querySelector('.carry-note')?.textContent)) \
                 .observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true })",
            )
            .await;
        window.rest_and_drag(node, master).await;
        window
            .until(
                "it was said",
                "return [...said].some(text => text?.includes('node-b replicates from node-a already'))",
            )
            .await;
        window.until("it is let go", "return !document.querySelector('.board.carrying')").await;
    });
}
