//! The main screens, as pictures to look at. Ignored by default: `cargo xtask screenshots` takes them.
//!
//! Nothing is compared: a picture that changed is not a mistake. What must hold at every size is in `layout`.

use crate::server::{Server, Wasm};
use crate::window::{Size, Window, open};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A phone is touched, and its browser shows the page at its own width.
const DEVICES: [(&str, Size, bool); 3] =
    [("desktop", (1440, 900), false), ("phone", (390, 844), true), ("projector", (1920, 1080), false)];
const THEMES: [&str; 2] = ["light", "dark"];

/// A screen: its name, its address, and what is done there before the picture is taken.
struct Screen {
    name: &'static str,
    address: &'static str,
    then: &'static str,
    wasm: Wasm,
}

const fn screen(name: &'static str, address: &'static str, then: &'static str) -> Screen {
    Screen { name, address, then, wasm: Wasm::Serve }
}

/// Presses a tab of the inspector, then brings it into sight where the page scrolls.
const NODE: &str = "tab('Node')";
const INFO: &str = "tab('INFO')";
const DECISION: &str = "tab('Decision')";
const SEQUENCE: &str = "tab('Sequence')";

const SCREENS: [Screen; 32] = [
    screen("start", "#/", "pause(1200)"),
    screen("start-below", "#/", "pause(1200).then(() => scrollTo(0, 700))"),
    screen("lesson-first", "#/lesson/first-synchronization?at=1.1s", ""),
    screen("lesson", "#/lesson/losing-the-link?at=5.8s", ""),
    screen("lesson-wire", "#/lesson/losing-the-link?at=4.01s", "pick('.message')"),
    screen("question", "#/lesson/losing-the-link?at=6.9s", "key('ArrowRight', 3)"),
    screen("answered", "#/lesson/losing-the-link?at=6.9s", "key('ArrowRight', 3).then(answer)"),
    screen("ending", "?questions=on#/lesson/losing-the-link?at=end", ""),
    screen("tab-node", "#/lesson/losing-the-link?at=partial", NODE),
    screen("tab-info", "#/lesson/losing-the-link?at=partial", INFO),
    screen("tab-decision", "#/lesson/losing-the-link?at=partial", DECISION),
    screen("tab-sequence", "#/lesson/losing-the-link?at=partial", SEQUENCE),
    screen("failover", "?questions=off#/lesson/the-old-master-returns?at=end", DECISION),
    screen("sequence", "?questions=off&view=sequence#/lesson/losing-the-link?at=5.8s", "pause(300)"),
    screen("sequence-table", "?questions=off&view=sequence#/lesson/losing-the-link?at=5.8s", "press('Table')"),
    screen(
        "sequence-failover",
        "?questions=off&view=sequence#/lesson/failover-and-the-world-before-psync?at=end",
        "pause(300)",
    ),
    screen("offsets", "?questions=off&view=offsets#/lesson/the-backlog-is-too-small?at=end", "pause(300)"),
    screen("offsets-table", "?questions=off&view=offsets#/lesson/losing-the-link?at=5.8s", "press('Table')"),
    screen("glossary", "#/glossary", ""),
    screen("calculator", "?questions=off#/lesson/the-backlog-is-too-small?at=end", "bring('.calculator')"),
    screen("laboratory", "#/lab/losing-the-link?at=5.8s", "pause(400)"),
    screen("laboratory-empty", "#/lab", "pause(400)"),
    screen("laboratory-levels", "#/lab/two-levels?at=8s", "pause(400)"),
    screen("laboratory-menu", "#/lab/three-replicas?at=8s", "press('Faults')"),
    screen("share", "#/lesson/losing-the-link?at=5.8s", "press('Share').then(() => pause(2500))"),
    screen("share-laboratory", "#/lab/three-replicas?at=8s", "press('Share')"),
    screen("embedding", "#/lesson/losing-the-link?at=5.8s", "press('Embed').then(() => pause(3500))"),
    screen("embed", "?embed#/lesson/losing-the-link?at=5.8s", ""),
    screen("help", "#/lesson/losing-the-link?at=5.8s", "key('?', 1)"),
    screen("unreadable", "#/lesson/no-such-lesson", ""),
    Screen { name: "waiting", address: "#/lesson/losing-the-link", then: "", wasm: Wasm::Withhold },
    Screen { name: "first-paint", address: "#/", then: "", wasm: Wasm::Withhold },
];

/// What the screens' steps are made of.
const STEPS: &str = r"
    const pause = ms => new Promise(done => setTimeout(done, ms));
    const all = css => [...document.querySelectorAll(css)];
    const bring = async css => { await pause(200); document.querySelector(css)?.scrollIntoView({ block: 'center' }); };
    const tab = async name => {
        for (let n = 0; n < 100 && !document.getElementById('tab-' + name); n++) await pause(50);
        document.getElementById('tab-' + name)?.click();
        await pause(300);
        if (innerWidth < 900) document.querySelector('.tabs')?.scrollIntoView();
    };
    const press = async name => {
        for (let n = 0; n < 100; n++) {
            const found = all('button').find(b => (b.ariaLabel ?? b.textContent) === name || b.textContent === name);
            if (found) { found.click(); break; }
            await pause(50);
        }
        await pause(200);
    };
    const pick = async css => { all(css)[0]?.dispatchEvent(new MouseEvent('click', { bubbles: true })); await pause(200); };
    const key = async (key, times) => {
        for (let n = 0; n < times; n++) {
            document.querySelector('.player')?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
            await pause(150);
        }
        await pause(600);
        if (innerWidth < 900) document.querySelector('.question')?.scrollIntoView({ block: 'center' });
    };
    const answer = async () => {
        all('.choice input')[0]?.click();
        await pause(100);
        all('.question-buttons button')[0]?.click();
        await pause(200);
        if (innerWidth < 900) document.querySelector('.question')?.scrollIntoView({ block: 'center' });
    };
";

#[test]
#[ignore = "takes pictures; `cargo xtask screenshots` runs it"]
fn screenshots() {
    let folder = std::env::var("REPLSCOPE_SCREENSHOTS").expect("`cargo xtask screenshots` names a folder");
    let parts = std::env::var("REPLSCOPE_SCREENS").unwrap_or_default();
    let parts: Vec<&str> = parts.split(',').filter(|part| !part.is_empty()).collect();
    let folder = PathBuf::from(folder);
    let wanted = |screen: &&Screen| parts.is_empty() || parts.iter().any(|part| screen.name.contains(part));
    let mut taken = 0;
    for wasm in [Wasm::Serve, Wasm::Withhold] {
        open(Server::start(wasm), DEVICES[0].1, "#/", &[], async |window| {
            for screen in SCREENS.iter().filter(|screen| screen.wasm == wasm).filter(wanted) {
                for (device, size, is_touched) in DEVICES {
                    for theme in THEMES {
                        let file = folder.join(format!("{}-{device}-{theme}.png", screen.name));
                        take(window, screen, (size, is_touched, theme), &file).await;
                        taken += 1;
                    }
                }
            }
        });
    }
    assert!(taken > 0, "no screen has one of these parts in its name: {parts:?}");
    println!("{taken} pictures in {}", folder.display());
}

async fn take(window: &Window, screen: &Screen, (size, is_touched, theme): (Size, bool, &str), file: &Path) {
    let (width, height) = size;
    let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": is_touched });
    window.session.devtools("Emulation.setDeviceMetricsOverride", metrics);
    window.session.devtools("Emulation.setTouchEmulationEnabled", json!({ "enabled": is_touched }));
    window.prefer("prefers-color-scheme", theme).await;
    window.client.goto("about:blank").await.unwrap();
    window.client.goto(&format!("{}{}", window.server.base, screen.address)).await.unwrap();
    let ready = match screen.wasm {
        Wasm::Withhold => "return !!document.querySelector('#app')?.firstElementChild",
        _ => "return !!document.querySelector('[data-ready]')",
    };
    window.until("the page is there", ready).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    window
        .run_async(
            &format!("{STEPS}; await ({});", if screen.then.is_empty() { "pause(50)" } else { screen.then }),
            json!({}),
        )
        .await;
    std::fs::write(file, window.client.screenshot().await.unwrap()).unwrap();
    // So that what one screen keeps on the device is not on the next.
    window.run("localStorage.clear()").await;
}
