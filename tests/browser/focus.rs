//! The page by keyboard and by ear: everything is reached by tab, seen when it is, and called by its name.

use crate::server::Wasm;
use crate::window::visit;
use serde_json::Value;

const TAB: &str = "\u{E004}";

/// What can be reached now: all that can take the focus and is shown.
const CAN_BE_REACHED: &str = "window.reached = new Set(); \
    window.wanted = [...document.querySelectorAll('a[href], button, select, input, [tabindex]')] \
        .filter(e => e.tabIndex >= 0 && e.checkVisibility() && !e.closest('dialog:not([open])')); \
    const first = document.createElement('span'); first.tabIndex = -1; document.body.prepend(first); first.focus(); \
    return wanted.length";

/// Notes what has the focus; says whether it is seen to have it.
const LOOK: &str = "const e = document.activeElement; \
    if (!e || e === document.body || !document.hasFocus()) return 'none'; \
    if (reached.has(e)) return 'again'; \
    reached.add(e); \
    const box = e.getBoundingClientRect(); \
    if (box.bottom <= 0 || box.top >= innerHeight || box.right <= 0 || box.left >= innerWidth) return 'out of sight: ' + e.outerHTML.slice(0, 120); \
    const marks = s => `${s.outlineStyle === 'none' || parseFloat(s.outlineWidth) === 0 ? '' : s.outlineColor + s.outlineWidth}|${s.stroke}|${s.strokeWidth}|${s.backgroundColor}|${s.boxShadow}`; \
    const looks = () => [e, ...e.children, ...e.querySelectorAll('rect')].map(x => marks(getComputedStyle(x))).join(); \
    const focused = looks(); \
    e.blur(); const plain = looks(); e.focus(); \
    return focused === plain ? 'not seen to have the focus: ' + e.outerHTML.slice(0, 120) : 'seen'";

#[test]
fn everything_is_reached_by_tab_and_seen() {
    for (size, address) in [
        ((1440, 900), "#/lesson/losing-the-link?at=5.8s"),
        ((390, 844), "#/lesson/losing-the-link?at=5.8s"),
        ((720, 440), "?embed#/lesson/losing-the-link?at=5.8s"),
        ((1440, 900), "#/"),
    ] {
        visit(size, address, Wasm::Serve, async |window| {
            window
                .until(
                    "all is drawn",
                    "return !document.querySelector('.start') || document.querySelectorAll('.lesson svg').length > 4",
                )
                .await;
            let wanted = window.number(CAN_BE_REACHED).await as usize;
            assert!(wanted > 6, "{wanted} things can be reached");
            let mut faults = vec![];
            for _ in 0..wanted + 5 {
                window.press(TAB).await;
                match window.text(LOOK).await.as_str() {
                    "seen" | "none" => {}
                    "again" => break,
                    fault => faults.push(fault.to_owned()),
                }
            }
            let missed =
                window.run("return wanted.filter(e => !reached.has(e)).map(e => e.outerHTML.slice(0, 120))").await;
            assert_eq!((faults, missed), (vec![], Value::Array(vec![])), "{size:?} {address}");
        });
    }
}

/// Everything that is shown and has a role of its own.
const ALL_WITH_ROLES: &str = "return [...document.querySelectorAll('a[href], button, select, input, [role], [tabindex]')] \
    .filter(e => e.checkVisibility() && !e.closest('dialog:not([open]), .unseen'))";

/// Role and name of everything that can be used, as a screen reader is told.
#[test]
fn a_screen_reader_is_told_what_everything_is() {
    visit((1440, 900), "#/lesson/losing-the-link?at=5.8s", Wasm::Serve, async |window| {
        let elements = window.run(ALL_WITH_ROLES).await;
        let ids = elements.as_array().unwrap().iter().flat_map(|element| element.as_object().unwrap().values());
        let told: Vec<(String, String)> = ids
            .map(|id| ["computedrole", "computedlabel"].map(|what| window.session.told(id.as_str().unwrap(), what)))
            .map(|[role, name]| (role, name))
            .collect();
        let has = |role: &str, name: &str| told.iter().filter(|(r, n)| r == role && n == name).count();
        for name in ["Play", "Next step", "Previous step", "Next phase", "Previous phase", "Share", "Light or dark"] {
            assert_eq!(has("button", name), 1, "{name} in {told:?}");
        }
        for (role, name) in [
            ("slider", "Timeline"),
            ("region", "Lesson: Losing the link"),
            ("tablist", "Inspector"),
            ("tabpanel", "Wire"),
        ] {
            assert_eq!(has(role, name), 1, "{role} “{name}” in {told:?}");
        }
        for node in ["node-a, master", "node-b, replica", "node-c, replica"] {
            let is = |(role, name): &&(String, String)| role == "button" && name.starts_with(node);
            assert_eq!(told.iter().filter(is).count(), 1, "{node} in {told:?}");
        }
        let nameless: Vec<_> = told
            .iter()
            .filter(|(role, name)| {
                ["button", "link", "slider", "combobox", "tab"].contains(&role.as_str()) && name.is_empty()
            })
            .collect();
        assert!(nameless.is_empty(), "{nameless:?}");
        let value = window.text("return document.querySelector('[role=slider]').getAttribute('aria-valuetext')").await;
        let eyebrow = window.text("return document.querySelector('.eyebrow').textContent").await;
        let title = window.text("return document.querySelector('h1').textContent").await;
        assert_eq!(value, format!("{eyebrow}: {title}"));
    });
}
