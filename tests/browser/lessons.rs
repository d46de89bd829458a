//! What the page shows at every step of every lesson, on the way there and back, is what the model computes natively.

use crate::model::{NODES, hash_of, nodes};
use crate::server::Wasm;
use crate::window::{Window, visit};
use replscope::story::{Telling, builtin};
use serde_json::{Value, json};

/// What the page shows at each of `given.steps` steps, walked with the button `given.button`.
const WALK: &str = r#"
    const frame = () => new Promise(requestAnimationFrame);
    const eyebrow = () => document.querySelector('.eyebrow').textContent;
    const told = () => document.querySelector('p.unseen[aria-live=polite]').textContent;
    const look = () => [eyebrow(), NODES, document.querySelector('h1').textContent, told()];
    const seen = [look()];
    while (seen.length < given.steps) {
        const before = eyebrow();
        document.querySelector(`[aria-label="${given.button}"]`).click();
        for (let frames = 0; eyebrow() === before; await frame())
            if (frames++ > 200) return `${given.button} does not lead on from “${before}”`;
        seen.push(look());
    }
    return seen;
"#;

/// What it must show.
fn steps(telling: &mut Telling) -> Vec<Value> {
    let moments: Vec<_> = telling.timeline.steps().iter().map(|step| step.at).collect();
    let step = |at| {
        let frame = telling.timeline.frame(at);
        let narration = telling.narration(&frame);
        let told = format!("{}: {}", narration.eyebrow, narration.title);
        json!([narration.eyebrow, nodes(&frame.now), narration.title, told])
    };
    moments.into_iter().map(step).collect()
}

async fn walks(window: &Window, lesson: &str, button: &str, mut wanted: Vec<Value>) {
    let walk = WALK.replace("NODES", NODES);
    let seen = window.run_async(&walk, json!({ "button": button, "steps": wanted.len() })).await;
    let mut seen = seen.as_array().unwrap_or_else(|| panic!("{lesson}: {seen}")).clone();
    // Only steps that the reader asked for are told to those who listen.
    seen[0][3].take();
    wanted[0][3].take();
    for (seen, wanted) in seen.iter().zip(&wanted) {
        assert_eq!(seen, wanted, "{lesson}, {button}");
    }
}

#[test]
fn every_step_shows_the_model() {
    visit((1440, 900), "?questions=off#/lesson/the-snapshot", Wasm::Serve, async |window| {
        for lesson in builtin() {
            let name = lesson.name.clone();
            window.set_hash(&hash_of(&lesson, "0s")).await;
            let mut steps = steps(&mut Telling::new(lesson));
            window.until_text(".eyebrow", steps[0][0].as_str().unwrap()).await;
            walks(window, &name, "Next step", steps.clone()).await;
            steps.reverse();
            walks(window, &name, "Previous step", steps).await;
        }
    });
}
