//! The one file that holds everything: it opens from a disk, without a server and without a network.

use crate::model::{nodes, telling};
use crate::server::{Server, Wasm};
use crate::window::{NOWHERE, READY, Window, open};
use serde_json::{Value, json};

/// Opens the file at an address; the only host there is answers nothing, and is not asked.
fn visit_file(hash: &str, test: impl AsyncFnOnce(&Window)) {
    let file = Server::dist().join("replscope.html");
    let alone = std::env::temp_dir().join(format!("replscope-single-{}.html", std::process::id()));
    std::fs::copy(&file, &alone).unwrap_or_else(|why| panic!("{}: {why}", file.display()));
    open(Server::start(Wasm::Serve), (1440, 900), NOWHERE, &[], async |window| {
        window.server.leave();
        let asked = window.server.asked();
        window.client.goto(&format!("file://{}{hash}", alone.display())).await.unwrap();
        window.until("the program is there", READY).await;
        test(window).await;
        assert_eq!(window.server.asked(), asked);
        let loaded = window.run("return performance.getEntriesByType('resource').map(e => e.name)").await;
        let loaded = loaded.as_array().unwrap().iter().filter_map(Value::as_str);
        assert!(loaded.clone().all(|address| address.starts_with("data:")), "{:?}", loaded.collect::<Vec<_>>());
        window.nothing_went_wrong().await;
    });
    let _ = std::fs::remove_file(&alone);
}

/// Goes on to the last step, and answers what is asked on the way; how many questions that were.
const WALK: &str = "const frame = () => new Promise(requestAnimationFrame); \
    const find = css => document.querySelector(css); \
    let asked = 0; \
    const isLast = () => /step (\\d+) of \\1$/i.test(find('.eyebrow')?.textContent ?? ''); \
    for (let n = 0; n < 400 && (find('.question') || !isLast()); n++) { \
        if (!find('.question')) find(\"[aria-label='Next step']\").click(); \
        else { \
            if (!find('.verdict').textContent) { asked++; find('.choice input')?.click(); } \
            await frame(); \
            find('.question-buttons button').click(); \
        } \
        await frame(); await frame(); \
    } \
    return asked;";

#[test]
fn a_lesson_is_taught_from_one_file() {
    let telling = telling("losing-the-link");
    visit_file("#/lesson/losing-the-link", async |window| {
        let asked = window.run_async(WALK, Value::Null).await;
        assert_eq!(asked, telling.questions().len(), "questions");
        window.focus_player().await;
        window.press("\u{E010}").await;
        let said = "return document.querySelector('.panel').innerText.includes('You predicted')";
        window.until("it is said what was predicted", said).await;
        let wanted = nodes(telling.timeline.last_world()).to_string();
        let shown = format!("return JSON.stringify({}) === {}", crate::model::NODES, json!(wanted));
        window.until("the nodes are where the model's are", &shown).await;
        // The course and its pictures are drawn from what is in the file.
        window.set_hash("#/").await;
        window.until("the course is there", "return document.querySelectorAll('.lesson svg').length > 4").await;
    });
}

#[test]
fn the_laboratory_is_in_it_too() {
    visit_file("#/lab/two-levels", async |window| {
        window.until("the laboratory is there", "return !!document.querySelector('.console input')").await;
        window.focus(".console input").await;
        window.press("SET order:17 paid\u{E007}").await;
        window.until("it is answered", "return document.querySelector('.console').textContent.includes('OK')").await;
    });
}
