//! Pictures of a few telling moments, as text: what stands where, in words.
//!
//! Rule: one line for each thing that has a name or a text. A picture that changes on purpose is written anew with
//! `UPDATE_EXPECT=1 cargo test --test page snapshots`.

use crate::html::tags;
use expect_test::expect_file;
use replscope::view::page;

/// The part of a page that begins with `from` and ends before `to`.
fn part<'a>(html: &'a str, from: &str, to: &str) -> &'a str {
    let start = html.find(from).unwrap_or_else(|| panic!("no {from}"));
    let rest = &html[start..];
    &rest[..rest.find(to).unwrap_or_else(|| panic!("no {to} behind {from}"))]
}

/// What is in it: class, place, name and text of everything that has one of the last two.
fn outline(html: &str) -> String {
    let mut lines = String::new();
    for tag in tags(html) {
        let text = tag.text.trim();
        let name = tag.get("aria-label").unwrap_or_default();
        if text.is_empty() && name.is_empty() {
            continue;
        }
        let class = tag.get("class").unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(".");
        let mut line = format!("{}.{class}", tag.name);
        if let (Some(x), Some(y)) = (tag.get("x"), tag.get("y")) {
            line += &format!(" at {x},{y}");
        }
        if let Some(place) = tag.get("transform") {
            line += &format!(" {place}");
        }
        if !name.is_empty() {
            line += &format!(" [{name}]");
        }
        if !text.is_empty() {
            line += &format!(" “{text}”");
        }
        lines += &line;
        lines.push('\n');
    }
    lines
}

fn svg(html: &str, class: &str) -> String {
    outline(part(html, &format!("<svg class=\"{class}\""), "</svg>"))
}

#[test]
fn the_link_is_lost_and_the_master_goes_on() {
    let html = page("?questions=off", "#/lesson/losing-the-link?at=5.8s");
    expect_file!["snapshots/stage.txt"].assert_eq(&svg(&html, "stage"));
    expect_file!["snapshots/tape.txt"].assert_eq(&svg(&html, "tape"));
    expect_file!["snapshots/track.txt"].assert_eq(&svg(&html, "track"));
    expect_file!["snapshots/panel.txt"].assert_eq(&outline(part(&html, "<aside class=\"panel\"", "</aside>")));
}

#[test]
fn two_histories_part() {
    let html = page("?questions=off", "#/lesson/the-old-master-returns?at=decides");
    expect_file!["snapshots/fork.txt"].assert_eq(&svg(&html, "tape"));
}

#[test]
fn the_messages_of_a_cut_link() {
    let html = page("?questions=off&view=sequence", "#/lesson/losing-the-link?at=3.4s");
    expect_file!["snapshots/sequence.txt"].assert_eq(&svg(&html, "sequence"));
}

#[test]
fn offsets_over_time() {
    let html = page("?questions=off&view=offsets", "#/lesson/the-backlog-is-too-small?at=end");
    expect_file!["snapshots/chart.txt"].assert_eq(&svg(&html, "chart"));
}
