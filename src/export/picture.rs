//! A drawing as a picture that stands alone: SVG that looks the same in a browser, in an office program, on paper.
//!
//! Rule: nothing of the page's style sheet is needed any more. What the sheet says of an element becomes its presentation
//! attributes, with colours in place of custom properties, because most programs that read SVG know neither. So the
//! picture looks as the page does: both read `static/picture.css`.

use super::sheet::Sheet;
use super::tree::{Element, Node};
use super::xml;
use std::collections::BTreeMap;

const STYLES: &str = include_str!("../../static/picture.css");

/// Faces with the widths that the picture was laid out for (`scene/text.rs`), then what every system has.
const FACES: [(&str, &str); 2] = [
    ("--sans", "DejaVu Sans, Verdana, Segoe UI, Roboto, Helvetica, Arial, sans-serif"),
    ("--mono", "DejaVu Sans Mono, Menlo, Consolas, Liberation Mono, Courier New, monospace"),
];

/// Properties that an element hands on to those inside of it.
const INHERITED: [&str; 12] = [
    "fill",
    "stroke",
    "stroke-width",
    "stroke-dasharray",
    "stroke-linecap",
    "stroke-linejoin",
    "font-family",
    "font-size",
    "font-weight",
    "text-anchor",
    "fill-opacity",
    "stroke-opacity",
];

/// Attributes that say where something stands, and how large it is.
const GEOMETRY: [&str; 14] =
    ["viewBox", "x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "rx", "width", "height", "transform"];

/// Properties that only make sense on the page.
const OF_THE_PAGE: [&str; 7] =
    ["cursor", "outline", "flex", "color-scheme", "pointer-events", "text-decoration", "text-decoration-thickness"];

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Colours {
    #[default]
    Light,
    Dark,
}

/// What is behind the drawing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Backdrop {
    /// The page's background.
    #[default]
    Opaque,
    /// Whatever the picture is put on.
    Transparent,
}

/// A drawing, and what is said of it to those who do not see it.
#[derive(Clone, Debug)]
pub struct Picture {
    /// The `svg` element, as the page draws it.
    pub drawing: Element,
    pub title: String,
    pub description: String,
}

impl Picture {
    /// Width and height, px.
    pub fn size(&self) -> (f64, f64) {
        let length = |name| self.drawing.get(name).and_then(|value| value.parse().ok()).unwrap_or(0.0);
        (length("width"), length("height"))
    }

    /// The picture as an SVG document.
    pub fn svg(&self, colours: Colours, backdrop: Backdrop) -> String {
        let sheet = Sheet::parse(STYLES);
        let tokens = sheet.tokens(colours == Colours::Dark).chain(FACES);
        let mut around = Surroundings {
            tokens: tokens.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            colour: String::new(),
            inherited: BTreeMap::new(),
            has_ground: backdrop == Backdrop::Opaque,
        };
        let mut out = String::from(r#"<svg xmlns="http://www.w3.org/2000/svg" role="img""#);
        let style = around.enter(&self.drawing, &sheet, &[]);
        push_attributes(&mut out, &style);
        out.push_str("><title>");
        xml::push(&mut out, &self.title);
        out.push_str("</title><desc>");
        xml::push(&mut out, &self.description);
        out.push_str("</desc>");
        if backdrop == Backdrop::Opaque {
            let (ground, (width, height)) = (around.value("var(--bg)"), self.size());
            out.push_str(&format!(r#"<rect width="{width}" height="{height}" fill="{ground}"/>"#));
        }
        for child in &self.drawing.children {
            write(&mut out, child, &sheet, &around, &mut vec![&self.drawing]);
        }
        out.push_str("</svg>\n");
        out
    }
}

/// What an element finds where it stands.
#[derive(Clone)]
struct Surroundings {
    /// Custom properties.
    tokens: BTreeMap<String, String>,
    /// What `currentColor` is.
    colour: String,
    inherited: BTreeMap<&'static str, String>,
    has_ground: bool,
}

/// Attributes of an element, as they are written.
type Style = BTreeMap<String, String>;

impl Surroundings {
    /// Goes into an element: what it is written with, and what those inside of it will find.
    fn enter(&mut self, element: &Element, sheet: &Sheet, around: &[&Element]) -> Style {
        let mut style = Style::new();
        let attributes = element.attributes.iter().filter(|(name, _)| is_written(name));
        style.extend(attributes.cloned());
        let declared: Vec<_> = sheet.declarations(element, around).collect();
        for (name, value) in declared.iter().filter(|(name, _)| name.starts_with("--")) {
            let value = self.value(value);
            self.tokens.insert((*name).to_owned(), value);
        }
        for (_, value) in declared.iter().filter(|(name, _)| *name == "color") {
            self.colour = self.value(value);
        }
        for (name, value) in declared {
            match name {
                "font" => style.extend(font(&self.value(value))),
                _ if is_written(name) => drop(style.insert(name.to_owned(), self.value(value))),
                _ => {}
            }
        }
        for name in INHERITED {
            let Some(value) = style.get(name) else { continue };
            if self.inherited.get(name) == Some(value) {
                style.remove(name);
            } else {
                self.inherited.insert(name, value.clone());
            }
        }
        style
    }

    /// Is a shape here painted with nothing?
    fn is_invisible(&self) -> bool {
        let paint = |name| self.inherited.get(name).map(String::as_str);
        paint("fill") == Some("none") && matches!(paint("stroke"), None | Some("none"))
    }

    /// A value with colours and lengths in the place of names and units.
    fn value(&self, value: &str) -> String {
        let mut text = value.to_owned();
        // A token may be made of others, and none of itself.
        for _ in 0..4 {
            let Some((before, rest)) = text.split_once("var(") else { break };
            let Some((name, after)) = rest.split_once(')') else { break };
            text = format!("{before}{}{after}", self.tokens.get(name).map_or("none", String::as_str));
        }
        if text == "transparent" {
            // Not every program knows that colour; what only reacts to the pointer is not painted at all.
            return "none".into();
        }
        if text == "currentColor" {
            return self.colour.clone();
        }
        text.strip_suffix("px").filter(|number| number.parse::<f64>().is_ok()).unwrap_or(&text).to_owned()
    }
}

fn is_written(name: &str) -> bool {
    GEOMETRY.contains(&name) || INHERITED.contains(&name) || matches!(name, "d" | "opacity" | "paint-order")
}

/// `700 12px serif` taken apart.
fn font(value: &str) -> Vec<(String, String)> {
    let (weight, rest) = match value.split_once(' ') {
        Some((weight, rest)) if weight.parse::<u32>().is_ok() => (weight, rest),
        _ => ("400", value),
    };
    let (size, family) = rest.split_once(' ').unwrap_or((rest, ""));
    let size = size.split('/').next().unwrap_or(size).trim_end_matches("px");
    [("font-weight", weight), ("font-size", size), ("font-family", family)]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
}

fn write<'a>(out: &mut String, node: &'a Node, sheet: &Sheet, around: &Surroundings, path: &mut Vec<&'a Element>) {
    let element = match node {
        Node::Text(text) => return xml::push(out, text),
        // It has arrived.
        Node::Element(element) if element.get("display") == Some("none") => return,
        Node::Element(element) => element,
    };
    let mut inside = around.clone();
    let mut style = inside.enter(element, sheet, path);
    if inside.is_invisible() && matches!(element.tag.as_str(), "rect" | "circle" | "path" | "line") {
        return;
    }
    // Not every program paints a line below its text: there it is a text of its own.
    if style.remove("paint-order").is_some() {
        let mut halo = style.clone();
        halo.extend(style.get("stroke").map(|stroke| ("fill".to_owned(), stroke.clone())));
        // It is of the ground's colour, so without a ground there is none.
        if around.has_ground {
            push_element(out, element, &halo, |out| element.children.iter().for_each(|child| push_text(out, child)));
        }
        style.retain(|name, _| !name.starts_with("stroke"));
        for name in INHERITED.iter().filter(|name| name.starts_with("stroke")) {
            inside.inherited.remove(name);
        }
    }
    path.push(element);
    push_element(out, element, &style, |out| {
        for child in &element.children {
            write(out, child, sheet, &inside, path);
        }
    });
    path.pop();
}

fn push_element(out: &mut String, element: &Element, style: &Style, content: impl FnOnce(&mut String)) {
    out.push('<');
    out.push_str(&element.tag);
    push_attributes(out, style);
    if element.children.is_empty() {
        out.push_str("/>");
        return;
    }
    out.push('>');
    content(out);
    out.push_str("</");
    out.push_str(&element.tag);
    out.push('>');
}

fn push_text(out: &mut String, node: &Node) {
    if let Node::Text(text) = node {
        xml::push(out, text);
    }
}

fn push_attributes(out: &mut String, style: &Style) {
    for (name, value) in style {
        out.push(' ');
        out.push_str(name);
        out.push_str("=\"");
        xml::push(out, value);
        out.push('"');
    }
}

/// What of the style sheet no picture is drawn by: selectors, and properties.
pub fn unread_styles() -> Vec<String> {
    let sheet = Sheet::parse(STYLES);
    let known = |name: &str| {
        is_written(name) || OF_THE_PAGE.contains(&name) || matches!(name, "color" | "font") || name.starts_with("--")
    };
    let properties = STYLES.lines().flat_map(|line| line.split(['{', ';'])).filter_map(|part| part.split_once(": "));
    let properties = properties
        .map(|(name, _)| name.trim())
        .filter(|name| !known(name) && !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'));
    sheet.unread.iter().map(|selector| (*selector).to_owned()).chain(properties.map(str::to_owned)).collect()
}
