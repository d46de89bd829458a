//! The laboratory's console and tabs: completion, settings, loads, what would come of it, break points.

use super::{console_says, has_line, open, press, type_command};
use crate::server::Wasm;
use crate::window::visit;
use serde_json::json;

#[test]
fn the_console_helps() {
    visit((1440, 900), "#/lab/one-replica?at=8s", Wasm::Serve, async |window| {
        open(window).await;
        window.focus(".console input").await;
        let hint = "document.querySelector('.ghost span:last-child').textContent";
        window.keys("set k").await;
        window.until("it says what follows", &format!("return {hint}.startsWith(' value [NX|XX]')")).await;
        window.key("Escape").await;
        window.run("const f = document.querySelector('.console input'); f.value = ''; f.dispatchEvent(new InputEvent('input', { bubbles: true }))").await;
        // Completions: listed, walked through with Tab, both ways.
        window.keys("repl").await;
        window.until("they are listed", "return [...document.querySelectorAll('.offers li')].map(o => o.textContent).join() === 'REPLCONF,REPLICAOF'").await;
        let value = "return document.querySelector('.console input').value";
        for wanted in ["REPLCONF", "REPLICAOF", "REPLCONF"] {
            window.key("Tab").await;
            window.until(wanted, &format!("{value} === {}", json!(wanted))).await;
        }
        window.until("the chosen one is told", "return document.querySelector('.offers [aria-selected=true]').id === document.querySelector('.console input').getAttribute('aria-activedescendant')").await;
        window.run("const f = document.querySelector('.console input'); f.value = ''; f.dispatchEvent(new InputEvent('input', { bubbles: true }))").await;
        type_command(window, "help wait").await;
        console_says(window, "WAIT numreplicas timeout\nsummary: Waits until replicas have what this connection wrote\nsince: 3.0.0\ngroup: generic").await;
        // A command that waits has no reply before its time.
        type_command(window, "WAIT 5 700").await;
        console_says(window, "(no reply yet)").await;
        // Help is no part of the laboratory.
        has_line(window, "at 8s a> WAIT 5 700").await;
        assert_eq!(
            window.run("return document.querySelector('.editor textarea').value.includes('help')").await,
            json!(false)
        );
        // Another node, and one that is down.
        press(window, ".console-heading", "node-b").await;
        window.until("it is the other's", "return document.querySelector('.prompt').textContent === 'b:6380>'").await;
        window.focus("[data-node=node-b]").await;
        window.key("c").await;
        window.until("it is down", "return document.querySelector('[data-node=node-b]').dataset.role === 'down'").await;
        type_command(window, "PING").await;
        console_says(window, "Could not connect to Redis at 127.0.0.1:6380: Connection refused").await;
    });
}

#[test]
fn settings_are_asked_of_the_node() {
    visit((1440, 900), "#/lab/one-replica?at=8s", Wasm::Serve, async |window| {
        open(window).await;
        window.click("#tab-Settings").await;
        let set = |name: &str, value: &str| {
            format!(
                "const f = document.querySelector('[name={name}]'); f.value = {}; f.dispatchEvent(new Event('change', {{ bubbles: true }}))",
                json!(value)
            )
        };
        window.until("they are there", "return document.querySelector('[name=repl-timeout]')?.value === '60'").await;
        window.run(&set("repl-timeout", "0")).await;
        window
            .until("the node's own words", "return document.querySelector('#note-repl-timeout').textContent === \"(error) ERR CONFIG SET failed (possibly related to argument 'repl-timeout') - argument must be between 1 and 2147483647 inclusive\"")
            .await;
        assert_eq!(window.text("return document.querySelector('[name=repl-timeout]').value").await, "0");
        window.run(&set("repl-timeout", "7")).await;
        window
            .until(
                "it is changed",
                "return !!document.querySelector('[name=repl-timeout]').closest('.setting.changed')",
            )
            .await;
        assert_eq!(window.text("return document.querySelector('#note-repl-timeout').textContent").await, "default: 60");
        window.run("const f = document.querySelector('[type=search]'); f.value = 'hash-max'; f.dispatchEvent(new InputEvent('input', { bubbles: true }))").await;
        window
            .until("others are found", "return !!document.querySelector('details [name=hash-max-listpack-entries]')")
            .await;
        has_line(window, "at 8s a> CONFIG SET repl-timeout 7").await;
    });
}

#[test]
fn loads_are_changed_while_they_run() {
    visit((1440, 900), "#/lab/one-replica?at=8s", Wasm::Serve, async |window| {
        open(window).await;
        window.focus("[data-node=node-a]").await;
        window.key("l").await;
        window
            .until("its load is shown", "return document.querySelector('.load-tab')?.ariaLabel === 'Load of node-a'")
            .await;
        let fill =
            |name: &str, value: u32| format!("document.querySelector('.load-tab [name={name}]').value = '{value}';");
        window.run(&[fill("rate", 50), fill("keys", 7), fill("size", 20), fill("INCR", 3)].concat()).await;
        press(window, ".load-tab", "Start").await;
        window.until("it runs", "return document.querySelector('.loads')?.textContent.includes('50 a second')").await;
        window.run(&fill("rate", 60)).await;
        press(window, ".load-tab", "Change").await;
        window
            .until("it is changed", "return document.querySelector('.loads')?.textContent.includes('60 a second')")
            .await;
        press(window, ".load-tab", "Stop").await;
        window.until("nothing runs", "return !document.querySelector('.loads')").await;
        has_line(window, "load a 50 keys 7 size 20 mix SET:1,INCR:3 from 8s to 3600s\nload a 0 from 8s to 8s\nload a 60 keys 7 size 20 mix SET:1,INCR:3 from 8s to 3600s\nload a 0 from 8s to 8s").await;
        // What a load sends does not fill the console.
        assert_eq!(window.number("return document.querySelectorAll('.console-lines pre').length").await, 0.0);
    });
}

#[test]
fn returns_promotions_and_break_points() {
    visit((1440, 900), "#/lab/three-replicas?at=8s", Wasm::Serve, async |window| {
        open(window).await;
        window
            .until("each return has its cost", "return document.querySelectorAll('.what-card dl > div').length >= 6")
            .await;
        window.focus("[data-between=a-b]").await;
        window.key("c").await;
        type_command(window, "SET lost 1").await;
        console_says(window, "OK").await;
        window
            .until("a promotion would lose it", "return [...document.querySelectorAll('.what-card details li')].some(li => li.textContent === 'SET lost 1')")
            .await;
        // A node's offset.
        let clock = window.text("return document.querySelector('.clock').textContent").await;
        window.run("document.querySelectorAll('[name=until]')[3].click()").await;
        window.until("it is asked which", "return !!document.querySelector('[name=offset]')").await;
        window.run("const list = document.querySelector('.offset-fields select'); list.selectedIndex = 2; list.dispatchEvent(new Event('change', { bubbles: true })); document.querySelector('[name=offset]').value = '30'").await;
        window.run("document.querySelector('.run-until [type=submit]').click()").await;
        window
            .until("it was reached", &format!("return document.querySelector('.clock').textContent > {}", json!(clock)))
            .await;
        // Something of the lessons' grammar, and a mistake in it.
        window.run("document.querySelectorAll('[name=until]')[4].click()").await;
        window.until("it is asked what", "return !!document.querySelector('[name=condition]')").await;
        window.run("document.querySelector('[name=condition]').value = 'a answers nobody'; document.querySelector('.run-until [type=submit]').click()").await;
        window
            .until(
                "the mistake is said",
                "return document.querySelector('.run-until [role=status]').textContent.includes('accepted')",
            )
            .await;
    });
}
