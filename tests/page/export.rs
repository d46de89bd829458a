//! Pictures that stand alone: every moment of every lesson, in both themes, read back as XML and painted.

use replscope::export::{Backdrop, Colours, unread_styles};
use replscope::story::{Lesson, builtin};
use replscope::view::{Part, Run, Shot, picture};
use roxmltree::{Document, Node};

const SHAPES: [&str; 5] = ["rect", "circle", "path", "line", "text"];

/// What an element is painted with: its own attribute, or that of one around it.
fn painted<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    node.ancestors().find_map(|around| around.attribute(name))
}

/// Holds a picture to its rules.
fn check(svg: &str, place: &str) {
    let document = Document::parse(svg).unwrap_or_else(|error| panic!("{error} at {place}: {svg}"));
    let root = document.root_element();
    let said: Vec<&str> = root.children().take(2).map(|node| node.tag_name().name()).collect();
    assert_eq!(said, ["title", "desc"], "{place}");
    assert!(root.children().take(2).all(|node| node.text().is_some_and(|text| text.len() > 5)), "{place}");
    for node in document.descendants().filter(Node::is_element) {
        let tag = node.tag_name().name();
        assert!(matches!(tag, "svg" | "g" | "title" | "desc") || SHAPES.contains(&tag), "{tag} at {place}");
        for attribute in node.attributes() {
            let (name, value) = (attribute.name(), attribute.value());
            assert!(!matches!(name, "class" | "style" | "tabindex") && !name.starts_with("on"), "{name} at {place}");
            assert!(
                !["var(", "currentColor", "px"].iter().any(|rest| value.contains(rest)),
                "{name}={value} at {place}"
            );
            if matches!(name, "fill" | "stroke") {
                let is_colour = value.strip_prefix('#').is_some_and(|hex| matches!(hex.len(), 6 | 8));
                assert!(is_colour || value == "none", "{name}={value} at {place}");
            }
        }
        let (fill, stroke) = (painted(node, "fill"), painted(node, "stroke"));
        match tag {
            "line" => assert!(stroke.is_some_and(|s| s != "none"), "{node:?} at {place}"),
            "rect" | "circle" | "path" => {
                // Nothing is black because nobody said what it is.
                assert!(fill.is_some() || tag == "path" && stroke.is_some(), "{node:?} at {place}");
                assert!([fill, stroke].iter().flatten().any(|paint| *paint != "none"), "{node:?} at {place}");
            }
            "text" => {
                let size: f64 = painted(node, "font-size").unwrap().parse().unwrap();
                assert!(size >= 12.0 && fill.is_some_and(|f| f != "none"), "{node:?} at {place}");
                assert!(painted(node, "font-family").unwrap().contains("DejaVu"), "{node:?} at {place}");
            }
            _ => {}
        }
    }
}

#[test]
fn every_picture_stands_alone() {
    for lesson in builtin() {
        let name = lesson.name.clone();
        let run = Run::new(lesson);
        let steps = run.moments.steps.clone();
        for at in steps.iter().step_by(5).copied().chain([run.moments.end]) {
            for part in Part::ALL {
                let picture = picture(&run, &Shot::new(part, at));
                for colours in [Colours::Light, Colours::Dark] {
                    check(&picture.svg(colours, Backdrop::Opaque), &format!("{name} {} {at}", part.name()));
                }
            }
        }
    }
}

#[test]
fn all_that_a_picture_is_drawn_by_is_written_into_it() {
    let states = [":hover", ":focus", ":focus-visible"];
    let rest: Vec<_> = unread_styles().into_iter().filter(|style| !states.iter().any(|s| style.contains(s))).collect();
    assert_eq!(rest, [""; 0]);
}

#[test]
fn the_same_drawing_is_light_dark_or_without_ground() {
    let run = Run::new(builtin().remove(4));
    let picture = picture(&run, &Shot::new(Part::Stage, run.showpiece()));
    let [light, dark] = [Colours::Light, Colours::Dark].map(|colours| picture.svg(colours, Backdrop::Opaque));
    assert!(light.contains("fill=\"#fbfaf7\"") && light.contains("#c4352c") && !light.contains("#ff6b61"));
    assert!(dark.contains("fill=\"#0f1115\"") && dark.contains("#ff6b61") && !dark.contains("#c4352c"));
    let bare = picture.svg(Colours::Light, Backdrop::Transparent);
    assert!(light.contains("<rect width=\"960\" height=\"480\"") && !bare.contains("<rect width=\"960\""));
    assert!(light.len() < 15_000, "{} bytes", light.len());
}

#[test]
fn what_a_run_holds_cannot_become_markup() {
    let text = "title  <script>alert(1)</script> & \"co\"\nnode a 6379\nnode b 6380 replicaof a\n\
                at 2s a> SET <script>x</script> \"]]>\\r\\n--><g onload='x'>\"\nend 3s\n";
    let run = Run::new(Lesson::parse("hostile.txt", text).unwrap());
    for at in run.moments.steps.iter().copied() {
        for part in Part::ALL {
            let svg = picture(&run, &Shot::new(part, at)).svg(Colours::Light, Backdrop::Opaque);
            check(&svg, "hostile");
            let document = Document::parse(&svg).unwrap();
            assert!(document.root_element().first_child().unwrap().text().unwrap().starts_with("<script>alert(1)"));
        }
    }
}
