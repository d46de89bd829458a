//! A published page works under any path of any static host, and asks no other host for anything.
//!
//! Rule: whatever the page loads is named relative to it. A link to read elsewhere (`<a href>`) is
//! not loading.

use crate::error::{Error, Result};
use std::path::Path;

/// Fails if the page in `folder`, or a style sheet beside it, loads from an address that is not relative.
pub fn check(folder: &Path) -> Result<()> {
    let mut wrong = Vec::new();
    let entries = std::fs::read_dir(folder).map_err(|e| Error::file(folder, e))?;
    for file in entries.flatten().map(|entry| entry.path()) {
        let loads = match file.extension().and_then(|e| e.to_str()) {
            Some("html") => loaded_by_html,
            Some("css") => loaded_by_css,
            _ => continue,
        };
        let text = std::fs::read_to_string(&file).map_err(|e| Error::file(&file, e))?;
        let found = loads(&text).into_iter().filter(|address| !is_relative(address));
        wrong.extend(found.map(|address| format!("{} loads `{address}`", file.display())));
    }
    if wrong.is_empty() {
        return Ok(());
    }
    Err(Error::Refused(format!("an address must be relative to the page:\n  {}", wrong.join("\n  "))))
}

/// `data:` and `#id` bring what they name with them.
fn is_relative(address: &str) -> bool {
    if address.starts_with("data:") || address.starts_with('#') {
        return true;
    }
    let scheme = address
        .split_once(':')
        .is_some_and(|(scheme, _)| scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c)));
    !address.starts_with('/') && !scheme
}

/// The addresses a browser asks for when it shows `html`: in tags other than `<a>`, in the scripts
/// and in the styles between them.
pub fn loaded_by_html(html: &str) -> Vec<&str> {
    let mut addresses = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        let (tag, after) = split_at_end(&rest[start + 1..], ">");
        rest = after;
        let name = tag.split_whitespace().next().unwrap_or_default();
        if name != "a" {
            addresses.extend(attribute(tag, "href="));
            addresses.extend(attribute(tag, "src="));
        }
        if name == "script" {
            let (script, after) = split_at_end(rest, "</script");
            rest = after;
            addresses.extend(SCRIPT_LOADS.iter().flat_map(|key| after_each(script, key)));
        }
    }
    addresses.extend(loaded_by_css(html));
    addresses
}

/// What stands before an address in the scripts that Trunk and this project write.
const SCRIPT_LOADS: [&str; 6] = ["from ", "import ", "import(", "fetch(", "register(", "module_or_path: "];

fn split_at_end<'a>(text: &'a str, end: &str) -> (&'a str, &'a str) {
    text.split_at(text.find(end).unwrap_or(text.len()))
}

/// The quoted value of an attribute, `name` being written with its equals sign.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let whole = |at: &usize| tag[..*at].ends_with(char::is_whitespace);
    let (at, _) = tag.match_indices(name).find(|(at, _)| whole(at))?;
    after_each(&tag[at..], name).next()
}

/// The addresses in `url(...)` and `@import`.
fn loaded_by_css(css: &str) -> Vec<&str> {
    let bare = css.split("url(").skip(1).filter_map(|text| text.split_once(')'));
    let bare = bare.map(|(address, _)| address.trim_matches(['"', '\'', ' ']));
    bare.chain(after_each(css, "@import ")).collect()
}

/// The quoted strings that directly follow `key` in `text`.
fn after_each<'a>(text: &'a str, key: &str) -> impl Iterator<Item = &'a str> {
    text.split(key).skip(1).filter_map(|rest| {
        let quote = rest.chars().next().filter(|c| "\"'`".contains(*c))?;
        rest[1..].split_once(quote).map(|(address, _)| address)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_means_no_slash_first_and_no_scheme() {
        for relative in ["./page.js", "page.css", "../x", "a/b:c", "?embed", "data:,x", "#id", ""] {
            assert!(is_relative(relative), "{relative}");
        }
        for absolute in ["/page.js", "//cdn.example/x", "https://example.org/", "blob:x"] {
            assert!(!is_relative(absolute), "{absolute}");
        }
    }

    #[test]
    fn what_a_page_loads_is_found_in_tags_scripts_and_styles() {
        let html = r##"<!doctype html><link rel="icon" href="./icon.svg">
            <script type="module">import init from './page.js';
            await init({ module_or_path: './page_bg.wasm' }); if (1 < 2) navigator.x("no");</script>
            <script async
              src="/old.js"></script><link data-src="no" rel=x>
            <style>body { background: url(bg.svg) } @import "more.css";</style>
            <a href="https://redis.io/">read</a><img alt="" src='pic.png'>"##;
        assert_eq!(
            loaded_by_html(html),
            ["./icon.svg", "./page.js", "./page_bg.wasm", "/old.js", "pic.png", "bg.svg", "more.css"]
        );
    }

    #[test]
    fn text_that_is_cut_off_is_not_trouble() {
        for html in ["<", "<link href=", "<link href=\"x", "<script>import 'é", "<script", "url(", ""] {
            loaded_by_html(html);
        }
    }
}
