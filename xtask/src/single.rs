//! The whole page in one HTML file: it opens from a disk, without a server and without a network.
//!
//! Rule: it is the published page, with everything that the page would ask for put into it: the whole program as base64, the
//! scripts, the style sheet, the icon. Its policy lets only these scripts run, and asks nobody for anything.

use crate::error::{Error, Result};
use crate::node;
use std::path::{Path, PathBuf};

/// What it is called beside the page.
pub const NAME: &str = "replscope.html";

/// Starts the program that stands in the page.
const START: &str = "const program = document.getElementById('program').textContent;\n\
    await START({ module_or_path: Uint8Array.from(atob(program), c => c.charCodeAt(0)) });\n";

/// Writes it beside the page in `out`; `whole` is the name of the whole program.
pub fn write(out: &Path, whole: &str) -> Result<()> {
    let index = read(&out.join("index.html"))?;
    let script = read(&out.join(format!("{whole}.js")))?;
    let script = started(&script).ok_or_else(|| Error::Refused(format!("{whole}.js has no default export")))?;
    let program = node::base64(&out.join(format!("{whole}_bg.wasm")))?;
    let html = put_together(&index, |name| read(&out.join(name)), &|name| node::base64(&out.join(name)), &script)?;
    let digest = |texts: &[&str]| digests(out, texts);
    let html = with_policy(&html, digest)?;
    let end = format!("<script id=\"program\" type=\"text/plain\">{program}</script>\n</head>");
    let path = out.join(NAME);
    std::fs::write(&path, html.replacen("</head>", &end, 1)).map_err(|e| Error::file(&path, e))
}

/// The program's script as one that starts it: what it would export is used instead.
fn started(script: &str) -> Option<String> {
    let (before, exports) = script.rsplit_once("export {")?;
    let (exports, after) = exports.split_once("};").or_else(|| exports.split_once('}'))?;
    let init = exports.split(',').find_map(|export| export.trim().strip_suffix(" as default"))?;
    Some(format!("{before}{after}\n{}", START.replace("START", init)))
}

/// The page with what it loads in the place of the tags that load it.
fn put_together(
    index: &str,
    text: impl Fn(&str) -> Result<String>,
    base64: &dyn Fn(&str) -> Result<String>,
    script: &str,
) -> Result<String> {
    let mut html = String::new();
    let mut rest = index;
    while let Some((before, tag, after)) = next_tag(rest) {
        html.push_str(before);
        rest = after;
        let address = |name: &str| attribute(tag, name).map(|address| address.trim_start_matches("./").to_owned());
        match (tag_name(tag), address("href"), address("src")) {
            ("meta", ..) if tag.contains("Content-Security-Policy") => html.push_str(POLICY_HERE),
            ("link", Some(name), _) => match attribute(tag, "rel") {
                Some("stylesheet") => html += &format!("<style>{}</style>", closed(&text(&name)?, "</style")?),
                Some("icon") => {
                    html += &format!("<link rel=\"icon\" href=\"data:image/svg+xml;base64,{}\">", base64(&name)?);
                }
                // Promises of what comes later, and the way to install it.
                _ => {}
            },
            ("script", _, Some(name)) => {
                rest = rest.split_once("</script>").map_or("", |(_, rest)| rest);
                match attribute(tag, "type") {
                    Some("module") => {
                        html += &format!("<script type=\"module\">{}</script>", closed(script, "</script")?)
                    }
                    _ => html += &format!("<script>{}</script>", closed(&text(&name)?, "</script")?),
                }
            }
            _ => html.push_str(tag),
        }
    }
    Ok(html + rest)
}

const POLICY_HERE: &str = "<meta POLICY>";

/// States a policy under which nothing but the page's own scripts and styles is run.
fn with_policy(html: &str, digests: impl Fn(&[&str]) -> Result<Vec<String>>) -> Result<String> {
    let scripts = digests(&between(html, "<script", "</script>"))?;
    let styles = digests(&between(html, "<style", "</style>"))?;
    let quoted = |digests: &[String]| digests.iter().map(|digest| format!(" '{digest}'")).collect::<String>();
    let policy = format!(
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src 'wasm-unsafe-eval'{}; \
         style-src{}; img-src data:; base-uri 'none'; form-action 'none'\">",
        quoted(&scripts),
        quoted(&styles)
    );
    Ok(html.replacen(POLICY_HERE, &policy, 1))
}

/// Hashes of texts, by way of files that are gone afterwards.
fn digests(out: &Path, texts: &[&str]) -> Result<Vec<String>> {
    let files: Vec<PathBuf> = (0..texts.len()).map(|n| out.join(format!(".single-{n}"))).collect();
    for (file, text) in files.iter().zip(texts) {
        std::fs::write(file, text).map_err(|e| Error::file(file, e))?;
    }
    let digests = node::digests(&files);
    for file in &files {
        std::fs::remove_file(file).map_err(|e| Error::file(file, e))?;
    }
    digests
}

/// The texts of all elements that begin so.
fn between<'a>(html: &'a str, begin: &str, end: &str) -> Vec<&'a str> {
    let elements = html.split(begin).skip(1).filter_map(|rest| rest.split_once('>')?.1.split_once(end));
    elements.map(|(text, _)| text).collect()
}

/// A text that may stand in an element, because it does not end it.
fn closed<'a>(text: &'a str, end: &str) -> Result<&'a str> {
    if text.contains(end) {
        return Err(Error::Refused(format!("what is put into one file contains `{end}`, which would end it")));
    }
    Ok(text)
}

/// What stands before the next tag, the tag with its brackets, and what follows.
fn next_tag(html: &str) -> Option<(&str, &str, &str)> {
    let start = html.find('<')?;
    let end = start + html[start..].find('>')? + 1;
    Some((&html[..start], &html[start..end], &html[end..]))
}

fn tag_name(tag: &str) -> &str {
    tag.trim_start_matches('<').split(|c: char| c.is_whitespace() || c == '>').next().unwrap_or_default()
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = tag.split_once(&format!(" {name}="))?;
    let quote = rest.chars().next().filter(|c| "\"'".contains(*c))?;
    rest[1..].split_once(quote).map(|(value, _)| value)
}

fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).map_err(|e| Error::file(path, e))
}

#[cfg(test)]
mod tests {
    use super::*;

    const INDEX: &str = r#"<head><meta http-equiv="Content-Security-Policy" content="x">
<link rel="icon" type="image/svg+xml" href="./icon.svg"><link rel="manifest" href="./m"><link rel="modulepreload" href="./p.js">
<script src="./opens.js"></script><link rel="stylesheet" href="./s.css" integrity="x"/></head><body><a href="/x">x</a>
<script type="module" src="./start.js"></script></body>"#;

    fn single() -> String {
        let text = |name: &str| Ok(format!("text of {name}"));
        let base64 = |name: &str| Ok(format!("bytes of {name}"));
        put_together(INDEX, text, &base64, "run()").unwrap()
    }

    #[test]
    fn what_is_loaded_stands_in_the_page() {
        let html = single();
        for part in [
            "<style>text of s.css</style>",
            "<script>text of opens.js</script>",
            "<script type=\"module\">run()</script>",
            "base64,bytes of icon.svg\">",
            "<a href=\"/x\">x</a>",
        ] {
            assert!(html.contains(part), "{part} in {html}");
        }
        assert!(!html.contains("./"), "{html}");
        assert_eq!(html.matches("</script>").count(), 2);
    }

    #[test]
    fn the_policy_names_every_script_and_style() {
        let html = with_policy(&single(), |texts| Ok(texts.iter().map(|text| format!("hash of {text}")).collect()));
        let html = html.unwrap();
        let policy = "script-src 'wasm-unsafe-eval' 'hash of text of opens.js' 'hash of run()'; \
                      style-src 'hash of text of s.css'";
        assert!(html.contains(policy), "{html}");
    }

    #[test]
    fn a_script_starts_what_it_would_export() {
        let script = "function init() {}\nexport { initSync, init as default };\n";
        let started = started(script).unwrap();
        assert!(!started.contains("export") && started.contains("await init({ module_or_path"), "{started}");
        assert!(super::started("let x = 1;").is_none());
    }

    #[test]
    fn a_text_that_would_end_its_element_is_refused() {
        assert!(put_together(INDEX, |_| Ok("</script>".into()), &|_| Ok(String::new()), "").is_err());
    }
}
