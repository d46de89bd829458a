//! The dialog for links and files: what it offers is what the model made, and it is used as dialogs are.

use crate::server::Wasm;
use crate::window::{Window, visit};
use serde_json::{Value, json};

const ESCAPE: &str = "\u{E00C}";

/// A lesson that only the whole program has: there the dialog is at hand at once.
const AT: &str = "#/lesson/the-old-master-returns?at=8s";

/// Keeps what is given to the browser to save.
const CATCH: &str = "window.saved = []; const make = URL.createObjectURL; \
    URL.createObjectURL = blob => { window.saved.push(blob); return make.call(URL, blob); }; \
    HTMLAnchorElement.prototype.click = function () { window.savedAs = this.download; };";

async fn open(window: &Window) {
    window.until("the lesson is there", "return !!document.querySelector('.share')").await;
    window.run(CATCH).await;
    window.click(".share").await;
    window.until("the dialog is open", "return document.querySelector('dialog.sharing')?.open").await;
}

async fn choose(window: &Window, label: &str, option: &str) {
    window
        .run_async(
            "const [label, option] = given; \
             const list = [...document.querySelectorAll('.sharing-fields label')].find(l => l.firstChild.textContent === label).querySelector('select'); \
             list.selectedIndex = [...list.options].findIndex(o => o.textContent === option); \
             list.dispatchEvent(new Event('change', { bubbles: true })); \
             await new Promise(done => setTimeout(done, 50)); return true",
            json!([label, option]),
        )
        .await;
}

/// Presses Save, and gives the file's name, its type, and its text.
async fn save(window: &Window) -> (String, String, String) {
    window.run("window.saved.length = 0; window.savedAs = null").await;
    window.click(".sharing .ways .first:not(:has(.copy-word))").await;
    window.until("a file was made", "return window.saved.length > 0 && !!window.savedAs").await;
    let text = window.run_async("return await window.saved[0].slice(0, 200000).text()", Value::Null).await;
    let said = |value: Value| value.as_str().unwrap_or_default().to_owned();
    (said(window.run("return window.savedAs").await), said(window.run("return window.saved[0].type").await), said(text))
}

#[test]
fn the_page_can_be_taken_along_in_one_file() {
    visit((1440, 900), AT, Wasm::Serve, async |window| {
        open(window).await;
        let fetched = "const link = [...document.querySelectorAll('dialog.sharing a')].find(a => a.hasAttribute('download')); \
                       const answer = await fetch(link.href); return [answer.status, (await answer.text()).length]";
        let fetched = window.run_async(fetched, json!(null)).await;
        assert_eq!(fetched[0], 200, "{fetched}");
        let size = fetched[1].as_u64().unwrap_or_default();
        assert!((2_000_000..3_000_000).contains(&size), "{size} characters");
        let said = window.text("return document.querySelector('dialog.sharing').innerText").await;
        let megabytes = format!("{:.1} MB", size as f64 / 1e6);
        assert!(said.contains(&megabytes), "{megabytes} in {said}");
    });
}

#[test]
fn a_link_is_shown_copied_and_drawn_for_phones() {
    visit((1440, 900), AT, Wasm::Serve, async |window| {
        open(window).await;
        let link = window.run("return document.querySelector('.sharing-link').value").await;
        let link = link.as_str().unwrap();
        assert!(link.starts_with(&window.server.base) && link.ends_with(AT), "{link}");
        let squares = window.number("return document.querySelector('.qr-squares').getAttribute('d').length").await;
        assert!(squares > 1_000.0);
        // The focus is in the dialog, its keys are not the player's, and it goes back where it came from.
        let eyebrow = window.eyebrow().await;
        assert_eq!(
            window.run("return document.querySelector('dialog.sharing').contains(document.activeElement)").await,
            true
        );
        window.focus(".sharing select").await;
        window.press("\u{E014}").await;
        assert_eq!(window.eyebrow().await, eyebrow);
        window.press(ESCAPE).await;
        window.until("the dialog is closed", "return !document.querySelector('dialog.sharing')").await;
        assert_eq!(window.run("return document.activeElement.classList.contains('share')").await, true);
    });
}

#[test]
fn a_link_keeps_the_tab_that_is_looked_at() {
    visit((1440, 900), AT, Wasm::Serve, async |window| {
        window.until("the tab is there", "return !!document.querySelector('#tab-INFO')").await;
        window.click("#tab-INFO").await;
        open(window).await;
        let link = window.run("return document.querySelector('.sharing-link').value").await;
        assert!(link.as_str().unwrap().contains("?tab=info#/lesson/"), "{link}");
    });
    visit((1440, 900), &format!("?tab=info{AT}"), Wasm::Serve, async |window| {
        window
            .until(
                "INFO is chosen",
                "return document.querySelector('[role=tab][aria-selected=true]')?.textContent === 'INFO'",
            )
            .await;
    });
}

#[test]
fn files_are_made_of_the_moment_and_of_the_run() {
    visit((390, 844), AT, Wasm::Serve, async |window| {
        open(window).await;
        choose(window, "Format", "SVG picture").await;
        choose(window, "Colours", "Dark").await;
        choose(window, "View", "Replication stream").await;
        let (name, media, text) = save(window).await;
        assert_eq!((name.as_str(), media.as_str()), ("the-old-master-returns-8s-tape.svg", "image/svg+xml"));
        assert!(
            text.starts_with("<svg xmlns=") && text.contains("#0f1115") && text.contains("Replication stream"),
            "{text}"
        );
        choose(window, "Format", "Sequence diagram (Mermaid)").await;
        let (name, _, text) = save(window).await;
        assert!(name.ends_with(".mmd") && text.contains("sequenceDiagram"), "{name}: {text}");
        choose(window, "Format", "The wire, for Wireshark (pcap)").await;
        let (name, media, _) = save(window).await;
        assert_eq!((name.as_str(), media.as_str()), ("the-old-master-returns.pcap", "application/vnd.tcpdump.pcap"));
        choose(window, "Format", "PNG picture").await;
        let (name, media, _) = save(window).await;
        assert_eq!((name.as_str(), media.as_str()), ("the-old-master-returns-8s-tape.png", "image/png"));
        let size = window
            .run_async("const p = await createImageBitmap(window.saved[0]); return [p.width, p.height]", Value::Null)
            .await;
        assert_eq!(size[0], 1_920, "two pixels for each of CSS: {size}");
        window
            .until(
                "it is said",
                "return /was given to the browser/.test(document.querySelector('.sharing [role=status]').textContent)",
            )
            .await;
    });
}

#[test]
fn a_damaged_or_hostile_link_is_said_to_be_so_on_the_start_page() {
    for hash in ["#v1:z:AAAA", "#v1:z:%3Cscript%3E", "#v1:q:AA", "#v7:z:AA"] {
        visit((1440, 900), hash, Wasm::Serve, async |window| {
            window
                .until(
                    "it is said",
                    "return /^This link/.test(document.querySelector('[role=alert]')?.textContent ?? '')",
                )
                .await;
            window.until("the start page is there", "return !!document.querySelector('.start h1')").await;
        });
    }
}
