//! A whole lesson with its questions, and a fault, by those who have only one way in: the keyboard, or the words.

use crate::server::Wasm;
use crate::window::{Window, visit};
use replscope::story::find_lesson;
use serde_json::json;
use std::time::Duration;

const TAB: &str = "\u{E004}";
const RIGHT: &str = "\u{E014}";
const DOWN: &str = "\u{E015}";
const ENTER: &str = "\u{E007}";
const SPACE: &str = " ";
const ADDRESS: &str = "#/lesson/losing-the-link";

async fn is_true(window: &Window, script: &str) -> bool {
    window.run(script).await.as_bool() == Some(true)
}

/// Goes on by tab until what has the focus is called so.
async fn tab_to(window: &Window, name: &str) {
    let script = format!(
        "const e = document.activeElement; return (e.getAttribute('aria-label') ?? e.textContent).trim() === {}",
        json!(name)
    );
    for _ in 0..200 {
        if is_true(window, &script).await {
            return;
        }
        window.press(TAB).await;
    }
    panic!("{name} is not reached by tab");
}

#[test]
fn a_whole_lesson_and_a_fault_with_the_keyboard_alone() {
    visit((1440, 900), ADDRESS, Wasm::Serve, async |window| {
        window.until("the player has the focus", "return document.activeElement.className === 'player'").await;
        let mut answered = 0;
        for _ in 0..300 {
            if is_true(window, "return document.activeElement.type === 'range'").await {
                // The caret: as far as it goes.
                window.press("\u{E010}").await;
                window.press(ENTER).await;
            } else if is_true(window, "return document.activeElement.type === 'radio'").await {
                window.press(SPACE).await;
                window.press(ENTER).await;
            } else if is_true(window, "return document.activeElement.textContent === 'Continue'").await {
                answered += 1;
                window.press(ENTER).await;
            } else if is_true(window, "return !!document.querySelector('.lesson-end')").await {
                break;
            } else {
                window.press(RIGHT).await;
            }
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
        window.until("the end is told", "return !!document.querySelector('.lesson-end')").await;
        assert_eq!(answered, find_lesson("losing-the-link").unwrap().asks.len(), "every question was answered");
        // From here to the laboratory, and there a process is killed.
        window.focus_player().await;
        tab_to(window, "Experiment").await;
        window.press(ENTER).await;
        window.until("the laboratory is there", "return !!document.querySelector('.console input')").await;
        tab_to(window, "Faults").await;
        window.press(ENTER).await;
        for _ in 0..20 {
            if is_true(window, "return document.activeElement.textContent.startsWith('Crash')").await {
                break;
            }
            window.press(DOWN).await;
        }
        window.press(ENTER).await;
        window.until("the node is down", "return !!document.querySelector('[data-role=down]')").await;
    });
}

/// What a reader of names and words has: everything but the pictures.
const WORDS: &str = r#"
    const pause = ms => new Promise(done => setTimeout(done, ms));
    const inSight = e => !e.closest('svg') && e.checkVisibility();
    const nameOf = e => (e.getAttribute('aria-label') ?? e.textContent).trim();
    const byName = (css, name) => [...document.querySelectorAll(css)].filter(inSight).find(e => nameOf(e) === name);
    const until = async (what, found) => {
        for (let n = 0; n < 300; n++, await pause(20)) { const it = found(); if (it) return it; }
        throw `no ${what}: ${told()} | ${document.body.innerText.slice(0, 200)}`;
    };
    const button = name => until(name, () => byName('button, a', name));
    const told = () => document.querySelector('aside[aria-label="What happens"]').innerText;
"#;

#[test]
fn a_whole_lesson_and_a_fault_by_names_and_words_alone() {
    let lesson = find_lesson("losing-the-link").unwrap();
    visit((1440, 900), ADDRESS, Wasm::Serve, async |window| {
        let body = format!(
            "{WORDS} {}",
            r#"
            const verdicts = [], titles = new Set();
            for (let n = 0; n < 300; n++) {
                titles.add(document.querySelector('h1').textContent);
                if (byName('h2', 'The end of this lesson')) break;
                const question = [...document.querySelectorAll('fieldset')].filter(inSight)[0];
                const check = question && byName('button', 'Check');
                if (check) {
                    // Without a picture the words must do: the first choice, or the byte where it stands.
                    question.querySelector('input[type=radio]')?.click();
                    await pause(60);
                    const range = question.querySelector('input[type=range]');
                    if (range) { range.value = range.max; range.dispatchEvent(new Event('input', { bubbles: true })); await pause(60); }
                    (await button('Check')).click();
                    const verdict = await until('verdict', () => document.querySelector('[role=status]')?.textContent.trim());
                    verdicts.push(verdict);
                    (await button('Continue')).click();
                } else {
                    (await button('Next step')).click();
                }
                await pause(40);
            }
            const end = told();
            // What went over the wire, as a table.
            (await button('Sequence')).click();
            (await button('Table')).click();
            const table = (await until('table', () => [...document.querySelectorAll('table')].filter(inSight)[0])).innerText;
            // A fault: the process of a node is killed, and INFO says so.
            (await button('Experiment')).click();
            (await button('Faults')).click();
            const crash = () => [...document.querySelectorAll('[role=menuitem]')].find(e => e.textContent.startsWith('Crash'));
            (await until('Crash', crash)).click();
            (await button('INFO')).click();
            await until('a node that is not running', () => told().includes('is not running'));
            return { verdicts, titles: titles.size, end, table };
            "#
        );
        let seen = window.run_async(&body, json!({})).await;
        let verdicts = seen["verdicts"].as_array().unwrap_or_else(|| panic!("{seen}"));
        assert_eq!(verdicts.len(), lesson.asks.len(), "{seen:#}");
        assert!(verdicts.iter().all(|said| said.as_str().is_some_and(|said| said.len() > 20)), "{seen:#}");
        assert!(seen["titles"].as_u64() >= Some(lesson.notes.len() as u64), "{seen:#}");
        assert!(seen["end"].as_str().unwrap().contains("You predicted"), "{seen:#}");
        let table = seen["table"].as_str().unwrap();
        assert!(table.contains("+CONTINUE") && table.contains("arrived after 20 ms"), "{table}");
    });
}
