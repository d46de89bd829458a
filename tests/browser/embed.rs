//! The embedded form: it fits every frame, does what its address and its embedder say, and leaves everything else alone.

use crate::embedder::Embedder;
use crate::layout::is_faultless;
use crate::server::{Server, Wasm};
use crate::window::{NOWHERE, Window, open, visit};
use serde_json::{Value, json};
use std::time::Duration;

const LESSON: &str = "#/lesson/losing-the-link?at=5.8s";
/// A control for a mouse, CSS pixels.
const MOUSE: u32 = 24;

/// A lesson that a page brings along.
pub const OWN_LESSON: &str = "title Ours\nnode a 6379\nnode b 6380 replicaof a\nconfig * repl-diskless-sync no\n\
    at 2s a> SET k v\nend 3s\nnote set when a runs SET k v\n  Our own words\n  It is written.\n";

/// Elements that scroll, or whose content is cut off though it could be scrolled to.
const SCROLLS: &str = "return [document.documentElement, ...document.querySelectorAll('body *')].filter(e => { \
    const style = getComputedStyle(e); \
    const may = e === document.documentElement || /auto|scroll/.test(style.overflowX + style.overflowY); \
    return may && (e.scrollHeight > e.clientHeight + 1 || e.scrollWidth > e.clientWidth + 1); \
    }).map(e => e.className || e.tagName)";

#[test]
fn every_frame_holds_the_lesson_and_nothing_scrolls() {
    visit((720, 440), &format!("?embed{LESSON}"), Wasm::Serve, async |window| {
        for width in [320, 360, 414, 480, 560, 600, 720, 900, 1200] {
            for (height, theme) in [(240, "light"), (300, "dark"), (360, "dark"), (440, "light"), (640, "dark")] {
                window.resize((width, height)).await;
                window.prefer("prefers-color-scheme", theme).await;
                let what = format!("embedded, {width} × {height}, {theme}");
                is_faultless(window, &what, 3, MOUSE).await;
                assert_eq!(window.run(SCROLLS).await, json!([]), "{what}");
                let shown = "return ['Previous step', 'Play', 'Next step'].every(name => \
                    document.querySelector(`[aria-label='${name}']`).checkVisibility()) && \
                    document.querySelector('.count').checkVisibility() && document.querySelector('.caption p').checkVisibility()";
                assert_eq!(window.run(shown).await, json!(true), "{what}");
            }
        }
    });
}

#[test]
fn every_lesson_fits_a_small_frame() {
    visit((320, 240), "?embed#/lesson/first-synchronization", Wasm::Serve, async |window| {
        for lesson in replscope::story::builtin() {
            window.set_hash(&format!("#/lesson/{}?at=end", lesson.name)).await;
            let there = format!("return document.querySelector('.player')?.dataset.lesson === {}", json!(lesson.name));
            window.until("the lesson is there", &there).await;
            assert_eq!(window.run(SCROLLS).await, json!([]), "{}", lesson.name);
            let cut = "const room = document.querySelector('.picture').getBoundingClientRect(); \
                return [...document.querySelectorAll('[data-node]')].map(e => e.getBoundingClientRect()) \
                    .filter(r => r.left < room.left - 1 || r.right > room.right + 1 || r.top < room.top - 1 || r.bottom > room.bottom + 1).length";
            window.until("nothing is cut off", &cut.replace(".length", ".length === 0")).await;
        }
    });
}

#[test]
fn the_address_says_what_is_shown() {
    let caption = "return !!document.querySelector('.caption p')";
    let transport = "return document.querySelector('.transport').checkVisibility()";
    let cases = [
        ("controls=off", transport, json!(false)),
        ("controls=on", transport, json!(true)),
        ("panels=none", caption, json!(false)),
        (
            "panels=narration,tape",
            "return !!document.querySelector('.caption p') && !!document.querySelector('.tape')",
            json!(true),
        ),
        (
            "panels=wire,node",
            "return [...document.querySelectorAll('[role=tab]')].map(e => e.textContent)",
            json!(["Wire", "Node"]),
        ),
        ("text=large", "return getComputedStyle(document.querySelector('.caption')).fontSize", json!("18.125px")),
        ("text=small", "return getComputedStyle(document.querySelector('.caption')).fontSize", json!("13.05px")),
        ("theme=dark", "return getComputedStyle(document.body).colorScheme", json!("dark")),
        ("theme=light", "return getComputedStyle(document.body).colorScheme", json!("light")),
    ];
    for (switch, script, wanted) in cases {
        visit((900, 560), &format!("?embed&{switch}{LESSON}"), Wasm::Serve, async |window| {
            let script = format!("return JSON.stringify((() => {{ {script} }})()) === {}", json!(wanted.to_string()));
            window.until(switch, &script).await;
        });
    }
}

#[test]
fn without_controls_keys_do_it_and_only_its_own() {
    visit((720, 440), &format!("?embed&controls=off{LESSON}"), Wasm::Serve, async |window| {
        let body = "const player = document.querySelector('.player'), step = () => +player.dataset.step, before = step(); \
            const press = key => player.dispatchEvent(new KeyboardEvent('keydown', { ...key, bubbles: true, cancelable: true })); \
            const others = [{ key: 'ArrowDown' }, { key: 'PageDown' }, { key: 'Tab' }, { key: 'Enter' }, { key: 'a' }, \
                { key: 'ArrowRight', ctrlKey: true }, { key: 'ArrowRight', altKey: true }, { key: ' ', metaKey: true }]; \
            const left = others.every(press), still = step() === before; \
            const taken = !press({ key: 'ArrowRight' }); \
            for (let i = 0; i < 3; i++) await new Promise(requestAnimationFrame); \
            return { left, still, taken, went: step() - before, focus: document.activeElement === document.body }";
        let seen = window.run_async(body, Value::Null).await;
        assert_eq!(seen, json!({ "left": true, "still": true, "taken": true, "went": 1, "focus": true }));
    });
}

/// Opens an embedder's page with this body, `PLAYER` being the player's address, and sees that nothing goes wrong.
fn embedded(body: &str, test: impl AsyncFnOnce(&Window, &Embedder)) {
    let server = Server::start(Wasm::Serve);
    let embedder = Embedder::start(&body.replace("PLAYER", &server.base), &server);
    open(server, (900, 700), NOWHERE, &[], async |window| {
        window.client.goto(&embedder.url()).await.unwrap();
        window.until("the page is there", "return !!window.heard").await;
        test(window, &embedder).await;
        window.nothing_went_wrong().await;
    });
}

fn frame(more: &str) -> String {
    format!("<iframe src=\"PLAYER?embed{LESSON}\" title=\"A lesson\" width=\"720\" height=\"440\" {more}></iframe>")
}

async fn is_ready(window: &Window) {
    window.until("the player is ready", "return !!window.last?.('ready')").await;
}

/// Tells the frame something, and waits until a script returns true.
async fn told(window: &Window, order: &str, what: &str, script: &str) {
    window.run(order).await;
    window.until(what, &format!("return !!({script})")).await;
}

#[test]
fn a_page_without_the_element_talks_to_the_frame() {
    embedded(&frame(""), async |window, _| {
        is_ready(window).await;
        let ready = window.run("return last('ready')").await;
        assert_eq!(
            (&ready["lesson"], &ready["at"], &ready["playing"]),
            (&json!("losing-the-link"), &json!("5.8s"), &json!(false))
        );
        let step = ready["step"].as_u64().unwrap();
        told(window, "tell('next')", "a step on", &format!("last('step')?.step === {}", step + 1)).await;
        told(window, "tell('previous')", "a step back", &format!("last('step').step === {step}")).await;
        told(window, "tell('play')", "it plays", "last('step').playing").await;
        told(window, "tell('pause')", "it stands", "!last('step').playing").await;
        told(
            window,
            "tell('seek', { at: 'slides' })",
            "the note's moment",
            "last('step').title === 'The backlog slides'",
        )
        .await;
        told(window, "tell('seek', { at: 2.5 })", "a time", "last('step').at === '2.5s'").await;
        told(window, "tell('seek', { at: 'nosuch' })", "it is said", "/nosuch/.test(last('error')?.message)").await;
        told(window, "tell('seek', { at: 'end' })", "the end", "last('end')?.ended && last('step').ended").await;
        let own = json!({ "text": OWN_LESSON, "at": "set" });
        told(window, &format!("tell('load', {own})"), "our lesson", "last('step')?.title === 'Our own words'").await;
        assert_eq!(window.number("return count('ready')").await, 2.0);
        told(window, "tell('load', { lesson: 'chains' })", "another lesson", "last('ready').lesson === 'chains'").await;
        let bad = "tell('load', { text: 'title x\\nnonsense' })";
        told(window, bad, "what is wrong with it", "/nonsense/.test(last('error').message)").await;
        told(window, "tell('next')", "the one before stays", "last('step').lesson === 'chains'").await;
        told(window, "tell('hello')", "it says again where it is", "count('ready') >= 4").await;
    });
}

#[test]
fn what_is_told_may_be_anything_and_only_the_embedder_is_obeyed() {
    let named = frame("").replace("?embed", "?embed&amp;origin=https://docs.example");
    let body = format!(
        "{}{}<iframe id=\"other\" src=\"other.html\"></iframe>",
        frame(""),
        named.replace("<iframe", "<iframe id=\"named\"")
    );
    let server = Server::start(Wasm::Serve);
    let embedder = Embedder::start(&body.replace("PLAYER", &server.base), &server);
    open(server, (900, 1200), NOWHERE, &[], async |window| {
        // Of one site, so that what the frame says on the console is heard here.
        window.client.goto(&embedder.near_url()).await.unwrap();
        is_ready(window).await;
        let before = window.run("return last('ready').at").await;
        let garbage = "const to = document.querySelector('iframe').contentWindow; \
            const circle = {}; circle.data = circle; \
            for (const junk of [1, null, 'play', [], {}, circle, new ArrayBuffer(1e7), { type: 'play' }, { type: 'play', version: 2 }, \
                { type: '__proto__', version: 1 }, { type: 'constructor', version: 1 }, { type: {}, version: 1 }, \
                { type: 'seek', data: { at: {} }, version: 1 }, { type: 'seek', data: { at: '1s&x' }, version: 1 }, \
                { type: 'seek', data: { at: NaN }, version: 1 }, { type: 'theme', data: { theme: 'x' }, version: 1 }, \
                { type: 'load', data: { text: 'x'.repeat(3e6) }, version: 1 }, { type: 'load', data: { lesson: '../x' }, version: 1 }]) \
                to.postMessage(junk, '*'); \
            for (let n = 0; n < 1000; n++) to.postMessage('x'.repeat(1000), '*')";
        window.run(garbage).await;
        // By a frame beside it, which is not its embedder.
        window
            .until("it is there too", "return document.querySelector('#other').contentDocument?.scripts.length === 1")
            .await;
        window.run("document.querySelector('#other').contentWindow.postMessage('go on', '*')").await;
        window.run("tell('hello')").await;
        window.until("it answers", "return count('ready') === 2").await;
        assert_eq!(window.run("return last('ready').at").await, before);
        assert_eq!(window.number("return count('step') + count('error')").await, 0.0);
        let mut warned = vec![];
        while warned.len() < 2 {
            warned.extend(window.warnings().await);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
        warned.extend(window.warnings().await);
        warned.sort();
        assert_eq!(warned.len(), 2, "one in each frame: {warned:#?}");
        for wanted in ["it is no object of type, data and version", "it is not from the page around this one"] {
            assert!(warned.iter().any(|line| line.contains(wanted)), "{warned:#?}");
        }
        let from_named = "return heard.filter(m => m.from === document.querySelector('#named').contentWindow).length";
        assert_eq!(window.number(from_named).await, 0.0, "who is not named is told nothing");
    });
}

#[test]
fn an_unknown_switch_is_said_once_with_what_is_accepted() {
    let address = format!("?embed&theme=blue&panels=wire,nonsense&colour=red{LESSON}");
    visit((720, 440), &address, Wasm::Serve, async |window| {
        window.until("the player is there", "return !!document.querySelector('.player[data-at]')").await;
        let warned = window.warnings().await;
        assert_eq!(warned.len(), 1, "{warned:#?}");
        for part in ["theme=blue", "nonsense", "colour=red", "theme=auto|light|dark"] {
            assert!(warned[0].contains(part), "{part} in {warned:?}");
        }
        let tabs = "return [...document.querySelectorAll('[role=tab]')].map(e => e.textContent).join() === 'Wire'";
        window.until("what is known is done", tabs).await;
    });
}

#[test]
fn focus_and_scroll_of_the_page_around_stay() {
    let body = format!("<p><input id=\"field\" autofocus></p>{}<p>{}</p>", frame(""), "Words.<br>".repeat(60));
    embedded(&body, async |window, _| {
        window.run("document.querySelector('#field').focus(); scrollTo(0, 120)").await;
        is_ready(window).await;
        let own = json!({ "text": OWN_LESSON });
        told(window, &format!("tell('load', {own})"), "our lesson", "count('ready') === 2").await;
        told(window, "tell('seek', { at: 'end' })", "the end", "last('end')").await;
        let seen = window.run("return [document.activeElement.id, scrollY, history.length]").await;
        assert_eq!((&seen[0], &seen[1]), (&json!("field"), &json!(120)));
        told(window, "tell('seek', { at: 0 })", "the start", "last('step').at === '0s'").await;
        assert_eq!(window.run("return history.length").await, seen[2], "nothing to go back to was added");
    });
}

#[test]
fn it_works_in_a_sandbox_with_an_origin_and_without() {
    for sandbox in ["allow-scripts allow-same-origin", "allow-scripts"] {
        for lesson in ["losing-the-link", "chains"] {
            let frame = frame(&format!("sandbox=\"{sandbox}\"")).replace("losing-the-link", lesson);
            // In one process with the page around it, so that a complaint on its console is heard here.
            let switches = ["--disable-features=IsolateSandboxedIframes"];
            let server = Server::start(Wasm::Serve);
            let embedder = Embedder::start(&frame.replace("PLAYER", &server.base), &server);
            open(server, (900, 700), NOWHERE, &switches, async |window| {
                window.client.goto(&embedder.near_url()).await.unwrap();
                window.until("the page is there", "return !!window.heard").await;
                is_ready(window).await;
                told(window, "tell('next')", "a step on", "last('step')").await;
                told(window, "tell('seek', { at: 'end' })", "the end", "last('end')").await;
                window.nothing_went_wrong().await;
            });
        }
    }
}

#[test]
fn the_element_shows_a_picture_then_the_player_and_does_what_it_is_told() {
    let body = "<script src=\"PLAYERembed.js\"></script>\
        <repl-scope id=\"one\" lesson=\"losing-the-link\" at=\"5.8s\" theme=\"dark\" title=\"Losing it\"><a href=\"x\">A lesson</a></repl-scope>";
    embedded(body, async |window, _| {
        let size = "const r = one.getBoundingClientRect(); return [Math.round(r.width), Math.round(r.height)]";
        let before = window.run(size).await;
        is_ready_event(window).await;
        assert_eq!(window.run(size).await, before, "nothing moves when it is loaded");
        assert_eq!(window.run("return one.shadowRoot.querySelector('iframe').title").await, json!("Losing it"));
        assert_eq!(window.number("return one.shadowRoot.children.length").await, 1.0, "the picture is gone");
        told(window, "one.next()", "a step on", "last('event step')?.step > last('event ready').step").await;
        told(window, "one.previous()", "a step back", "last('event step').step === last('event ready').step").await;
        told(window, "one.play()", "it plays", "last('event step').playing").await;
        told(window, "one.pause()", "it stands", "!last('event step').playing").await;
        told(window, "one.seek('slides')", "a note", "last('event step').title === 'The backlog slides'").await;
        told(
            window,
            "one.at = '2.5s'",
            "the attribute",
            "last('event step').at === '2.5s' && one.getAttribute('at') === '2.5s'",
        )
        .await;
        told(window, "one.seek('end')", "the end", "last('event end')").await;
        told(window, "one.seek('nosuch')", "an error", "last('event error')").await;
        told(
            window,
            &format!("one.load({})", json!(OWN_LESSON)),
            "our lesson",
            "last('event ready').lesson.startsWith('text-')",
        )
        .await;
        told(window, "one.lesson = 'chains'", "another", "last('event ready').lesson === 'chains'").await;
        told(
            window,
            "one.setAttribute('src', 'lesson.txt')",
            "a file",
            "last('event ready').lesson.startsWith('text-')",
        )
        .await;
        let all = window
            .run_async("return await Promise.all([one.play(), one.pause()]).then(() => 'done')", Value::Null)
            .await;
        assert_eq!(all, json!("done"));
        assert_eq!(window.run("return document.activeElement === document.body && scrollY === 0").await, json!(true));
    });
}

async fn is_ready_event(window: &Window) {
    window.until("the element is ready", "return !!window.last?.('event ready')").await;
}

#[test]
fn the_element_waits_for_a_click_if_it_is_to() {
    let body = "<script src=\"PLAYERembed.js\"></script>\
        <repl-scope id=\"one\" lesson=\"chains\" theme=\"light\" load=\"click\"></repl-scope>";
    embedded(body, async |window, _| {
        let picture =
            "const img = one.shadowRoot.querySelector('img'); return !!img && img.complete && img.naturalWidth > 100";
        window.until("the picture is there", picture).await;
        assert_eq!(window.run("return !!one.shadowRoot.querySelector('iframe')").await, json!(false));
        let asked = window.server.asked();
        assert!(!asked.iter().any(|line| line.ends_with(".wasm")), "{asked:?}");
        window.run("one.shadowRoot.querySelector('button').click()").await;
        is_ready_event(window).await;
        assert_eq!(window.run("return last('event ready').lesson").await, json!("chains"));
    });
}

/// Ten of them, one below the other; the first two can be seen.
fn ten() -> String {
    let lessons = ["losing-the-link", "first-synchronization"];
    let one = |n: usize| format!("<repl-scope id=\"e{n}\" lesson=\"{}\" theme=\"light\"></repl-scope>", lessons[n % 2]);
    "<script src=\"PLAYERembed.js\"></script>".to_owned() + &(0..10).map(one).collect::<String>()
}

#[test]
fn ten_share_what_they_load_and_only_those_in_sight_move() {
    embedded(&ten(), async |window, _| {
        // Those further down are loaded only now.
        window.run("for (const e of document.querySelectorAll('repl-scope')) e.play()").await;
        window.until("all ten are there", "return count('event ready') === 10").await;
        let asked = window.server.asked();
        let wasm: Vec<_> = asked.iter().filter(|line| line.ends_with(".wasm")).collect();
        assert_eq!(wasm.len(), 1, "{wasm:?}");
        let from = |n: u32| format!("heard.filter(m => m.type === 'event step' && m.from.id === 'e{n}').length");
        window.until("the first one plays", &format!("return {} > 3", from(0))).await;
        let unseen = window.number(&format!("return {}", from(9))).await;
        assert!(unseen <= 2.0, "the last one went on for {unseen} steps unseen");
        // Each has a place of its own.
        window.run("e0.pause(); e1.pause(); e0.seek('end')").await;
        window
            .until(
                "only one is at its end",
                "return heard.filter(m => m.type === 'event end').every(m => m.from === e0) && count('event end') > 0",
            )
            .await;
        window.run("e9.scrollIntoView()").await;
        window.until("the last one goes on when it is seen", &format!("return {} > {}", from(9), unseen + 2.0)).await;
    });
}

#[test]
fn the_dialog_writes_what_to_put_into_a_page() {
    let address = "#/lesson/chains?at=end";
    visit((1440, 900), address, Wasm::Serve, async |window| {
        window
            .until(
                "the lesson is there",
                "return document.title.startsWith('Chains') && !!document.querySelector('[aria-label=Embed]')",
            )
            .await;
        window.click("[aria-label=Embed]").await;
        window
            .until(
                "the preview is there",
                "return !!document.querySelector('dialog.embedding[open] .preview .player[data-at]')",
            )
            .await;
        let text = "return document.querySelector('.snippet').value";
        let html = window.text(text).await;
        assert!(
            html.starts_with("<iframe src=\"http://127.0.0.1:")
                && html.contains("?embed&amp;theme=auto#/lesson/chains?at="),
            "{html}"
        );
        let choose = "const list = document.querySelector('.embed-form select'); list.selectedIndex = given; \
            list.dispatchEvent(new Event('change', { bubbles: true }))";
        for (tool, part) in
            [(1, "<repl-scope lesson=\"chains\""), (6, ".. raw:: html"), (7, "pictures/chains-light.svg")]
        {
            window.run_async(choose, json!(tool)).await;
            window
                .until(part, &format!("return document.querySelector('.snippet').value.includes({})", json!(part)))
                .await;
        }
        let widen = "const range = document.querySelector('.embed-form input[type=range]'); range.value = 400; \
            range.dispatchEvent(new Event('input', { bubbles: true }))";
        window.run(widen).await;
        window
            .until(
                "the preview is narrower",
                "return Math.round(document.querySelector('.preview').getBoundingClientRect().width) === 400",
            )
            .await;
        let hash = window.text("return location.hash").await;
        window.click(".preview [aria-label='Previous step']").await;
        window.until("the preview moves", "return !document.querySelector('.preview .player').dataset.ended").await;
        assert_eq!(window.text("return location.hash").await, hash, "the page itself stays where it is");
        window.press("\u{E00C}").await;
        window.until("it is closed", "return !document.querySelector('dialog.embedding')").await;
        window
            .until("the focus is back", "return document.activeElement?.getAttribute('aria-label') === 'Embed'")
            .await;
    });
}

#[test]
fn a_frame_shows_its_lesson_before_the_program_arrives() {
    for (address, theme) in [("?embed#/lesson/chains", "light"), ("?embed&theme=dark#/lesson/losing-the-link", "dark")]
    {
        visit((720, 440), address, Wasm::Withhold, async |window| {
            let picture = format!(
                "const img = document.querySelector('.before'); \
                 return !!img && img.complete && img.naturalWidth > 100 && img.src.endsWith('-{theme}.svg') && \
                 img.checkVisibility() && !document.querySelector('.player').checkVisibility()"
            );
            window.until("the picture is there", &picture).await;
            let painted = "return performance.getEntriesByName('first-contentful-paint').length > 0";
            window.until("it is painted", painted).await;
        });
    }
}
