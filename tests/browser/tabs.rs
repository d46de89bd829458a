//! The panel's tabs: what they hold is what the model holds, and they are reached by key as tabs are.

use crate::model::{frame_at, hash_of, telling};
use crate::server::Wasm;
use crate::window::{Window, visit};
use replscope::node::{PsyncDecision, PsyncVerdict};
use replscope::sim::{Segment, What};
use replscope::story::{Frame, Telling, builtin, display_name};
use replscope::wire::printable;
use serde_json::{Value, json};

const RIGHT: &str = "\u{E014}";
const LEFT: &str = "\u{E012}";
const HOME: &str = "\u{E011}";
const END: &str = "\u{E010}";

async fn open(window: &Window, tab: &str) {
    // Perhaps the whole program is still on its way.
    window.until("the tab is there", &format!("return !!document.querySelector('#tab-{tab}')")).await;
    window.click(&format!("#tab-{tab}")).await;
    window.until(&format!("{tab} is chosen"), &format!("return {CHOSEN} === '{tab}'")).await;
}

const CHOSEN: &str = "document.querySelector('[role=tab][aria-selected=true]').textContent";

#[test]
fn tabs_are_tabs() {
    visit((1440, 900), "#/lesson/losing-the-link?at=5.8s", Wasm::Serve, async |window| {
        let roles = "const tabs = [...document.querySelectorAll('[role=tablist] > [role=tab]')]; \
                     return [tabs.map(t => t.textContent), tabs.map(t => t.tabIndex), \
                     tabs.map(t => document.getElementById(t.getAttribute('aria-controls')).getAttribute('role'))]";
        let wanted = json!([["Wire", "Node", "INFO", "Decision"], [0, -1, -1, -1], vec!["tabpanel"; 4]]);
        assert_eq!(window.run(roles).await, wanted);
        window.focus("#tab-Wire").await;
        let eyebrow = window.eyebrow().await;
        let keys = [
            (RIGHT, "Node"),
            (RIGHT, "INFO"),
            (LEFT, "Node"),
            (END, "Decision"),
            (RIGHT, "Wire"),
            (LEFT, "Decision"),
            (HOME, "Wire"),
        ];
        for (key, wanted) in keys {
            window.press(key).await;
            let script = format!(
                "return {CHOSEN} === '{wanted}' && document.activeElement.id === 'tab-{wanted}' && \
                 document.querySelector('[role=tabpanel]').getAttribute('aria-labelledby') === 'tab-{wanted}'"
            );
            window.until(&format!("{wanted} is chosen and has the focus"), &script).await;
        }
        assert_eq!(window.eyebrow().await, eyebrow, "the keys are the tabs', not the player's");
    });
}

/// The lines of INFO as they are shown, without what they were before.
const INFO: &str = "return [...document.querySelectorAll('.info p')].map(p => \
                    p.textContent.replace(p.querySelector('.was')?.textContent ?? '', ''))";

#[test]
fn info_is_what_the_node_answers() {
    visit((1440, 900), "?questions=off#/", Wasm::Serve, async |window| {
        for lesson in builtin() {
            let mut telling = Telling::new(lesson);
            for at in ["0s", "2.7s", "end"] {
                let frame = frame_at(&mut telling, at);
                window.set_hash(&hash_of(&telling.lesson, at)).await;
                window.until_text(".eyebrow", &telling.narration(&frame).eyebrow).await;
                for host in frame.now.hosts().iter().filter(|host| host.node.is_some()) {
                    let name = display_name(&host.name);
                    // Clicked in its corner: its middle may be under a message.
                    window
                        .run(&format!("document.querySelector('[data-node={name}]').dispatchEvent(new MouseEvent('click', {{ bubbles: true }}))"))
                        .await;
                    open(window, "INFO").await;
                    window
                        .until(
                            &name,
                            &format!(
                                "return document.querySelector('[role=tabpanel]').textContent.startsWith('{name} ')"
                            ),
                        )
                        .await;
                    let info = host.node.as_ref().unwrap().info(frame.now.now(), "replication");
                    let lines: Vec<&str> = info.lines().filter(|line| !line.is_empty()).collect();
                    assert_eq!(window.run(INFO).await, json!(lines), "{} at {at}: {name}", telling.lesson.name);
                }
            }
        }
    });
}

/// The segments that a step sent or received, or that are on their way.
fn segments(frame: &Frame) -> Vec<&Segment> {
    let carried = frame.entries.iter().filter_map(|entry| match &entry.what {
        What::Sent(segment) | What::Arrived(segment) | What::Lost(segment) => Some(segment),
        _ => None,
    });
    carried.chain(frame.now.in_flight()).collect()
}

#[test]
fn wire_shows_the_bytes_of_the_message() {
    let mut telling = telling("losing-the-link");
    visit((1440, 900), &format!("?questions=off{}", hash_of(&telling.lesson, "0s")), Wasm::Serve, async |window| {
        open(window, "Wire").await;
        let (mut messages, mut alone) = (0, 0);
        for step in telling.timeline.steps().to_vec() {
            let frame = telling.timeline.frame(step.at);
            window.until_text(".eyebrow", &telling.narration(&frame).eyebrow).await;
            let shown = "return [[...document.querySelectorAll('.wire-fields')].map(e => e.textContent).join(''), \
                         document.querySelector('.wire-hidden')?.textContent ?? '', \
                         document.querySelector('.wire-offset')?.textContent ?? '']";
            let shown = window.run(shown).await;
            let (text, hidden) = (shown[0].as_str().unwrap(), shown[1].as_str().unwrap());
            if !text.is_empty() && hidden.is_empty() {
                messages += 1;
                let segments = segments(&frame);
                // A whole message; or several that were sent together, or a piece of a snapshot by its lines.
                alone += usize::from(segments.iter().any(|s| printable(&s.bytes) == text));
                let holds = segments.iter().any(|s| {
                    let bytes = printable(&s.bytes);
                    text.contains(&bytes) || text.contains('…') || bytes.contains(text)
                });
                assert!(holds, "step {}: “{text}” is no message of this step", frame.step + 1);
            }
            window.run("document.querySelector('[aria-label=\"Next step\"]').click()").await;
        }
        assert!(messages > 20 && alone * 10 > messages * 8, "{messages} messages shown, {alone} of one segment");
    });
}

#[test]
fn a_message_that_is_pointed_at_shows_its_bytes_and_what_they_mean() {
    let mut telling = telling("losing-the-link");
    let frame = frame_at(&mut telling, "slides");
    visit((1440, 900), &hash_of(&telling.lesson, "slides"), Wasm::Serve, async |window| {
        let pills =
            window.run("return [...document.querySelectorAll('[data-segment]')].map(e => +e.dataset.segment)").await;
        let pills: Vec<u64> = pills.as_array().unwrap().iter().filter_map(Value::as_u64).collect();
        assert!(!pills.is_empty(), "messages are on their way");
        for pill in pills {
            window
                .run(&format!("document.querySelector('[data-segment=\"{pill}\"]').dispatchEvent(new MouseEvent('click', {{ bubbles: true }}))"))
                .await;
            let segment = frame.now.in_flight().find(|s| s.id == pill).expect("it is on its way in the model too");
            let script = format!(
                "return [...document.querySelectorAll('.wire-fields')].map(e => e.textContent).join('') === {}",
                json!(printable(&segment.bytes))
            );
            window.until("its bytes are shown", &script).await;
            window.focus(".field.value").await;
            let said = "return document.querySelector('.meaning').textContent === document.querySelector('.field.value').title";
            window.until("the field is explained", said).await;
        }
    });
}

/// The last decision before the end of the run.
fn last_decision(telling: &Telling) -> PsyncDecision {
    let mut telling = telling.clone();
    let steps = telling.timeline.steps().to_vec();
    let decisions = steps.iter().rev().flat_map(|step| {
        let frame = telling.timeline.frame(step.at);
        let decided = frame.entries.iter().rev().filter_map(|entry| match &entry.what {
            What::Event(replscope::node::Event::PsyncDecided(decision)) => Some((**decision).clone()),
            _ => None,
        });
        decided.collect::<Vec<_>>()
    });
    decisions.into_iter().next().expect("a master decided")
}

#[test]
fn the_decision_is_told_with_its_numbers() {
    for (name, partial) in [("losing-the-link", true), ("the-backlog-is-too-small", false)] {
        let telling = telling(name);
        let decision = last_decision(&telling);
        assert_eq!(matches!(decision.verdict, PsyncVerdict::Partial { .. }), partial, "{name}");
        // The notes of these names speak when the answer is given.
        let note = if partial { "partial" } else { "full" };
        visit((1440, 900), &hash_of(&telling.lesson, note), Wasm::Serve, async |window| {
            open(window, "Decision").await;
            let shown = window.text("return document.querySelector('.decision').textContent").await;
            let (first, len) = decision.backlog.unwrap();
            let (asked, truth) = (decision.asked_offset, if partial { "true" } else { "false" });
            assert!(shown.contains(&format!("{asked} ≥ {first} is {truth}")), "{shown}");
            assert!(shown.contains(&format!("{asked} ≤ {}", first + len)), "{shown}");
            let answer = if partial { "+CONTINUE" } else { "+FULLRESYNC" };
            assert!(shown.contains(answer), "{shown}");
            let dimmed = window.number("return document.querySelectorAll('.decision .not-reached').length").await;
            assert_eq!(dimmed, if partial { 0.0 } else { 1.0 }, "conditions that were not reached");
        });
    }
}

#[test]
fn the_sequence_leads_to_its_messages() {
    // A question brings the whole program, which has this tab.
    visit((1440, 900), "?questions=off#/lesson/the-snapshot?at=3s", Wasm::Serve, async |window| {
        open(window, "Sequence").await;
        window.until("messages are drawn", "return document.querySelectorAll('.sequence .arrow').length > 5").await;
        let before = window.eyebrow().await;
        window
            .run("document.querySelector('.sequence .arrow').dispatchEvent(new MouseEvent('click', { bubbles: true }))")
            .await;
        window
            .until(
                "it went there",
                &format!("return document.querySelector('.eyebrow').textContent !== {}", json!(before)),
            )
            .await;
    });
}
