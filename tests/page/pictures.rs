//! Every moment of every lesson can be drawn, and what is drawn keeps to the rules of the page.

use crate::html::tags;
use replscope::story::builtin;
use replscope::view::page;

/// Moments of a lesson: its beginning, seconds of it, its end.
fn moments() -> impl Iterator<Item = String> {
    (0..12).map(|s| format!("{s}.013s")).chain(["end".to_owned()])
}

fn every_page(mut check: impl FnMut(&str, &str)) {
    check("#/", &page("", "#/"));
    for lesson in builtin() {
        for at in moments() {
            let hash = format!("#/lesson/{}?at={at}", lesson.name);
            check(&hash, &page("", &hash));
        }
    }
}

#[test]
fn nothing_is_styled_inline_and_no_id_is_used_twice() {
    every_page(|hash, html| {
        let mut ids = Vec::new();
        for tag in tags(html) {
            assert!(tag.get("style").is_none(), "{tag:?} at {hash}");
            assert!(!matches!(tag.name.as_str(), "style" | "script"), "{tag:?} at {hash}");
            ids.extend(tag.get("id").map(str::to_owned));
        }
        let count = ids.len();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), count, "{hash}");
    });
}

#[test]
fn no_number_of_a_picture_is_broken() {
    every_page(|hash, html| {
        for tag in tags(html) {
            for name in ["x", "y", "x1", "y1", "x2", "y2", "width", "height", "cx", "cy", "font-size"] {
                let Some(value) = tag.get(name) else { continue };
                let number: f64 = value.parse().unwrap_or_else(|_| panic!("{name}={value} at {hash}"));
                assert!(number.abs() < 10_000.0, "{tag:?} at {hash}");
                assert!(!matches!(name, "width" | "height") || number >= 0.0, "{tag:?} at {hash}");
            }
        }
    });
}

#[test]
fn text_is_at_least_twelve_pixels() {
    every_page(|hash, html| {
        for size in tags(html).iter().filter_map(|t| t.get("font-size")) {
            assert!(size.parse::<f64>().unwrap() >= 12.0, "{size} at {hash}");
        }
    });
    let sheet = concat!(
        include_str!("../../static/style.css"),
        include_str!("../../static/picture.css"),
        include_str!("../../static/whole.css")
    );
    for size in sheet.split("font-size:").skip(1).chain(sheet.split("font:").skip(1)) {
        let size = size.split(';').next().unwrap().trim();
        let px = size.split("px").next().unwrap().rsplit(' ').next().unwrap();
        let Ok(px) = px.parse::<f64>() else { continue };
        assert!(px >= 12.0, "{size}");
    }
}

#[test]
fn a_lesson_that_scales_redis_down_says_so() {
    let said = |name: &str| page("", &format!("#/lesson/{name}")).contains("Scaled down to fit the picture");
    assert!(said("losing-the-link"));
    assert!(!said("first-synchronization"));
}
