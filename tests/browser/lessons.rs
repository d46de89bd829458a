//! What the page shows at every step of every lesson is what the model computes natively.

use crate::server::Wasm;
use crate::window::{Window, visit};
use replscope::node::{LinkState, Role};
use replscope::sim::World;
use replscope::story::{Telling, builtin, display_name};
use serde_json::{Value, json};

/// What the elements of the nodes say of themselves.
const NODES: &str = "return [...document.querySelectorAll('[data-node]')].map(e => \
                     [e.dataset.node, e.dataset.role, e.dataset.offset, e.dataset.replid, e.dataset.link ?? null]).sort()";

fn expected(world: &World) -> Value {
    let mut nodes: Vec<Value> = world
        .hosts()
        .iter()
        .filter_map(|host| {
            let node = host.node.as_ref()?;
            let role = if node.role() == Role::Master { "master" } else { "replica" };
            let link = node.master_link().map(|link| if link.state == LinkState::Connected { "up" } else { "down" });
            Some(json!([
                display_name(&host.name),
                role,
                node.offset().to_string(),
                node.history().id.to_string(),
                link
            ]))
        })
        .collect();
    nodes.sort_by_key(|node| node[0].to_string());
    Value::Array(nodes)
}

async fn eyebrow_is(window: &Window, wanted: &str) {
    let script = format!("return document.querySelector('.eyebrow')?.textContent.toLowerCase() === {}", json!(wanted));
    window.until(&format!("the step is “{wanted}”"), &script).await;
}

#[test]
fn every_step_shows_the_model() {
    let start = format!("#/lesson/{}", builtin()[0].name);
    visit((1440, 900), &start, Wasm::Serve, async |window| {
        for lesson in builtin() {
            let name = lesson.name.clone();
            let mut telling = Telling::new(lesson);
            window.run(&format!("location.hash = '#/lesson/{name}'")).await;
            for step in telling.timeline.steps().to_vec() {
                let frame = telling.timeline.frame(step.at);
                eyebrow_is(window, &telling.narration(&frame).eyebrow).await;
                let shown = window.run(NODES).await;
                assert_eq!(shown, expected(&frame.now), "{name}, step {}", frame.step + 1);
                window.run("document.querySelector('[aria-label=\"Next step\"]').click()").await;
            }
        }
    });
}

#[test]
fn a_manual_step_is_told_and_back_leads_back() {
    visit((1440, 900), "#/lesson/losing-the-link?at=5s", Wasm::Serve, async |window| {
        let before = window.eyebrow().await;
        let mut telling = Telling::new(replscope::story::find_lesson("losing-the-link").unwrap());
        let at = telling.timeline.start() + std::time::Duration::from_secs(5);
        let next = telling.timeline.steps()[telling.timeline.step_at(at) + 1].at;
        let frame = telling.timeline.frame(next);
        let title = telling.narration(&frame).title;
        window.click("[aria-label='Next step']").await;
        let said = "return [...document.querySelectorAll('[aria-live=polite]')].map(e => e.textContent).join(' ')";
        window
            .until("the step is told", &format!("{said}.includes({})", json!(title)).replace("return [", "return ["))
            .await;
        window.click("[aria-label='Previous step']").await;
        eyebrow_is(window, &before).await;
    });
}

#[test]
fn the_tabs_tell_what_the_model_holds() {
    visit((1440, 900), "#/lesson/losing-the-link?at=5.8s", Wasm::Serve, async |window| {
        let mut telling = Telling::new(replscope::story::find_lesson("losing-the-link").unwrap());
        let at = telling.timeline.start() + std::time::Duration::from_millis(5_800);
        let frame = telling.timeline.frame(at);
        let wire = window.text("return document.querySelector('[role=tabpanel]').textContent").await;
        assert!(wire.contains("user:7") && wire.contains("\\r\\n"), "{wire}");
        window.run("[...document.querySelectorAll('[role=tab]')].find(t => t.textContent === 'INFO').focus(); document.activeElement.click()").await;
        window
            .until("INFO is open", "return document.querySelector('[role=tabpanel]').textContent.includes('role:')")
            .await;
        let shown = window.text("return document.querySelector('[role=tabpanel]').textContent").await;
        let master = frame.now.hosts()[0].node.as_ref().unwrap();
        for line in master.info(frame.at, "replication").lines().filter(|line| line.contains("master_replid:")) {
            assert!(shown.contains(line), "{line} in {shown}");
        }
        window.press("\u{E014}").await;
        window
            .until(
                "the arrow moves on",
                "return document.querySelector('[role=tab][aria-selected=true]').textContent !== 'INFO'",
            )
            .await;
    });
}
