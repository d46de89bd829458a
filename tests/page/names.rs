//! Names, roles and values: the page as it is heard, and as a test in a browser finds its way.

use crate::html::{Tag, tags};
use replscope::view::page;

const LESSON: &str = "#/lesson/losing-the-link?at=5s";

fn names(tags: &[Tag], role: &str) -> Vec<String> {
    let has_role = |t: &&Tag| t.name == role || t.get("role") == Some(role);
    tags.iter().filter(has_role).filter_map(|t| t.get("aria-label")).map(str::to_owned).collect()
}

#[test]
fn the_players_buttons_have_their_names() {
    let tags = tags(&page("", LESSON));
    let buttons = names(&tags, "button");
    for name in ["Play", "Next step", "Previous step", "Next phase", "Previous phase", "Share"] {
        assert_eq!(buttons.iter().filter(|b| *b == name).count(), 1, "{name} in {buttons:?}");
    }
}

#[test]
fn every_control_has_a_name() {
    for (query, hash) in [("", "#/"), ("", LESSON), ("?embed", LESSON), ("", "#/nowhere")] {
        for tag in tags(&page(query, hash)) {
            let role = tag.get("role").unwrap_or_default();
            if ["button", "select", "a"].contains(&tag.name.as_str()) || ["button", "slider", "tab"].contains(&role) {
                let named = tag.get("aria-label").is_some_and(|n| !n.is_empty()) || !tag.text.trim().is_empty();
                // A link to a lesson holds its title in an element of its own.
                let holds = tag.name == "a" || tag.get("class").is_some_and(|c| c.contains("hint"));
                assert!(named || holds, "{tag:?} at {hash}");
            }
        }
    }
}

#[test]
fn the_timeline_is_a_slider_that_says_the_step() {
    let tags = tags(&page("", LESSON));
    let slider = tags.iter().find(|t| t.get("role") == Some("slider")).expect("there is a slider");
    assert_eq!(slider.get("aria-label"), Some("Timeline"));
    assert_eq!(slider.get("tabindex"), Some("0"));
    let value: usize = slider.get("aria-valuenow").unwrap().parse().unwrap();
    let most: usize = slider.get("aria-valuemax").unwrap().parse().unwrap();
    assert!(0 < value && value <= most);
    let title = "The master keeps writing; the backlog remembers";
    assert!(slider.get("aria-valuetext").unwrap().contains(title), "{slider:?}");
}

#[test]
fn tabs_point_at_their_panel() {
    let tags = tags(&page("", LESSON));
    let tabs: Vec<&Tag> = tags.iter().filter(|t| t.get("role") == Some("tab")).collect();
    assert_eq!(
        tabs.iter().map(|t| t.text.as_str()).collect::<Vec<_>>(),
        ["Wire", "Node", "INFO", "Decision", "Sequence"]
    );
    assert_eq!(tabs.iter().filter(|t| t.get("aria-selected") == Some("true")).count(), 1);
    assert_eq!(tabs.iter().filter(|t| t.get("tabindex") == Some("0")).count(), 1);
    let panel = tags.iter().find(|t| t.get("role") == Some("tabpanel")).expect("there is a panel");
    assert!(tabs.iter().all(|t| t.get("aria-controls") == panel.get("id")));
}

#[test]
fn nodes_and_links_can_be_found_by_what_they_are() {
    let tags = tags(&page("", LESSON));
    let cards: Vec<_> = tags.iter().filter(|t| t.get("data-node").is_some()).collect();
    let seen: Vec<_> = cards.iter().map(|c| (c.get("data-node").unwrap(), c.get("data-role").unwrap())).collect();
    assert_eq!(seen, [("node-a", "master"), ("node-b", "replica"), ("node-c", "replica")]);
    for card in cards {
        assert!(card.get("data-offset").unwrap().parse::<u64>().is_ok());
        assert_eq!(card.get("data-replid").unwrap().len(), 40);
    }
    let links: Vec<_> = tags.iter().filter_map(|t| Some((t.get("data-between")?, t.get("class")?))).collect();
    assert_eq!(links, [("a-b", "link open"), ("a-c", "link cut")]);
}

#[test]
fn a_link_that_cannot_be_read_says_so() {
    for (hash, word) in [
        ("#/nowhere", "nowhere"),
        ("#/lesson/none", "none"),
        ("#v9:x:y", "v9"),
        ("#/lesson/losing-the-link?at=99s", "99"),
    ] {
        let html = page("", hash);
        let alert = html.split_once("role=\"alert\"").unwrap_or_else(|| panic!("no message for {hash}")).1;
        assert!(alert.contains(word), "{hash}");
    }
}

#[test]
fn the_embedded_form_has_a_caption_and_no_panel() {
    let html = page("?embed&theme=dark", LESSON);
    assert!(!html.contains("role=\"tablist\"") && !html.contains("<header"));
    assert!(html.contains("class=\"caption\"") && html.contains("open in replscope"));
}
