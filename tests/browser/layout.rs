//! From a projector to a small phone: nothing sticks out, nothing overlaps, everything can be read, reached and named.

use crate::server::Wasm;
use crate::window::{Window, visit};
use serde_json::Value;
use std::time::Duration;

const LESSON: &str = "#/lesson/losing-the-link?at=5.8s";

/// Pairs of node cards that overlap, and texts that are too small.
const FAULTS: &str = r#"
    const faults = [];
    if (document.documentElement.scrollWidth > innerWidth) { faults.push(`${document.documentElement.scrollWidth - innerWidth} px stick out`); for (const e of document.querySelectorAll('body *')) if (e.getBoundingClientRect().right > innerWidth + 1) faults.push(`${e.tagName}.${e.getAttribute('class')} ends at ${e.getBoundingClientRect().right}`) }
    const cards = [...document.querySelectorAll('[data-node]')].map(e => [e.dataset.node, e.getBoundingClientRect()]).filter(([, r]) => r.width > 0);
    for (const [a, p] of cards) for (const [b, q] of cards)
        if (a < b && p.left < q.right && q.left < p.right && p.top < q.bottom && q.top < p.bottom) faults.push(`${a} overlaps ${b}`);
    if (cards.length !== 3) faults.push(`${cards.length} nodes are shown`);
    const walk = document.createTreeWalker(document.querySelector('#app'), NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
        const element = walk.currentNode.parentElement, box = element.getBoundingClientRect();
        if (walk.currentNode.data.trim() && box.width > 1 && parseFloat(getComputedStyle(element).fontSize) < 12)
            faults.push(`“${walk.currentNode.data.trim().slice(0, 30)}” is ${getComputedStyle(element).fontSize}`);
    }
    for (const element of document.querySelectorAll('button, a[href], select, [tabindex="0"], [role=slider], [role=tab]')) {
        const name = element.getAttribute('aria-label') || element.getAttribute('aria-labelledby') || element.textContent.trim() || element.title;
        if (!name) faults.push(`no name: ${element.outerHTML.slice(0, 80)}`);
    }
    return faults;
"#;

/// The page measures itself once it is there, so the first look may come too early.
async fn faultless(window: &Window, size: (u32, u32)) {
    let mut faults = window.run(FAULTS).await;
    for _ in 0..50 {
        if faults == Value::Array(vec![]) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        faults = window.run(FAULTS).await;
    }
    panic!("{size:?}: {faults}");
}

#[test]
fn every_size_holds_the_lesson() {
    let sizes = [(1920, 1080), (1440, 900), (1024, 768), (768, 1024), (390, 844), (360, 740), (320, 640)];
    for size in sizes {
        visit(size, LESSON, Wasm::Serve, async |window| {
            faultless(window, size).await;
        });
    }
}

#[test]
fn the_embedded_form_holds_it_too() {
    for size in [(720, 440), (320, 400), (1200, 600)] {
        let address = format!("?embed&theme=dark{LESSON}");
        visit(size, &address, Wasm::Serve, async |window| {
            faultless(window, size).await;
            let scrolls = window.number("return document.documentElement.scrollHeight - innerHeight").await;
            assert!(scrolls <= 0.0, "{size:?}: {scrolls} px to scroll");
            assert_eq!(window.text("return document.documentElement.dataset.theme").await, "dark");
        });
    }
}

#[test]
fn controls_are_large_enough_for_a_thumb() {
    visit((390, 844), LESSON, Wasm::Serve, async |window| {
        for name in ["Previous step", "Play", "Next step"] {
            let script = format!(
                "const r = document.querySelector('[aria-label=\"{name}\"]').getBoundingClientRect(); return Math.min(r.width, r.height)"
            );
            let side = window.number(&script).await;
            assert!(side >= 44.0, "{name}: {side} px");
        }
    });
}

#[test]
fn the_controls_have_their_names() {
    visit((1440, 900), LESSON, Wasm::Serve, async |window| {
        for name in ["Play", "Next step", "Previous step", "Next phase", "Previous phase"] {
            let found = window
                .number(&format!("return document.querySelectorAll('button[aria-label=\"{name}\"]').length"))
                .await;
            assert_eq!(found, 1.0, "{name}");
        }
        let slider = window.text("const s = document.querySelector('[role=slider]'); return s.getAttribute('aria-label') + '|' + s.getAttribute('aria-valuetext')").await;
        let title = window.text("return document.querySelector('h1').textContent").await;
        assert!(slider.starts_with("Timeline|") && slider.contains(&title), "{slider}");
    });
}
