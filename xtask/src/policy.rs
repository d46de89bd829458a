//! The published page runs under a strict Content-Security-Policy, its own and that of whoever hosts it.
//!
//! Rule: no inline script and no inline style. Trunk starts the program from an inline script; here `start.js` takes its
//! place, as a file, and the page states the policy it keeps. `cargo xtask serve` leaves Trunk's page as it is, because reloading on a
//! change needs more than the policy allows.

use crate::error::{Error, Result};
use std::path::Path;

/// What the page needs, and nothing else.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
                      connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'";

const START: &str = include_str!("start.js");

const INLINE: &str = "<script type=\"module\">";

/// What the start script fetches later.
pub struct Names<'a> {
    /// The program that is fetched when the one that Trunk made does not do, without `.js`.
    pub whole: &'a str,
    /// The lessons' small pictures.
    pub pictures: &'a str,
    /// What keeps the page on the reader's device.
    pub offline: &'a str,
}

/// Puts a start script into a file beside `folder/index.html`, in the place of the inline one, and states the policy.
pub fn apply(folder: &Path, names: &Names) -> Result<()> {
    let index = folder.join("index.html");
    let html = std::fs::read_to_string(&index).map_err(|e| Error::file(&index, e))?;
    let (html, script) = without_inline_script(&html, names)
        .ok_or_else(|| Error::Refused(format!("{} has no inline `{INLINE}`", index.display())))?;
    let file = folder.join(file_name(&script));
    std::fs::write(&file, &script).map_err(|e| Error::file(&file, e))?;
    std::fs::write(&index, html).map_err(|e| Error::file(&index, e))
}

/// The page with the script as a file, and the script.
fn without_inline_script(html: &str, names: &Names) -> Option<(String, String)> {
    let (before, rest) = html.split_once(INLINE)?;
    let (inline, after) = rest.split_once("</script>")?;
    let (_, first) = inline.split_once(" from './")?;
    let (first, _) = first.split_once(".js'")?;
    let script = START.replace("FIRST", first).replace("WHOLE", names.whole);
    let script = script.replace("PICTURES", names.pictures).replace("OFFLINE", names.offline);
    let name = file_name(&script);
    let named = format!("{before}<script type=\"module\" src=\"./{name}\"></script>{after}");
    let policy = format!("<meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">");
    let (head, body) = named.split_once("<head>")?;
    Some((format!("{head}<head>\n  {policy}{body}"), script))
}

/// Named after what is in it, so that it can be cached for ever.
fn file_name(script: &str) -> String {
    format!("start-{:016x}.js", hash(script.as_bytes()))
}

/// FNV-1a.
pub fn hash(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xCBF2_9CE4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01B3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_becomes_a_file_and_the_policy_is_stated() {
        let page = "<html><head><title>t</title></head><body><script type=\"module\">\nimport init from './page-1.js';\n</script></body></html>";
        let names = Names { whole: "whole-2", pictures: "pictures-3.txt", offline: "offline-4.js" };
        let (html, script) = without_inline_script(page, &names).expect("it has an inline script");
        assert!(script.contains("import(\"./page-1.js\")") && script.contains("import(\"./whole-2.js\")"), "{script}");
        assert!(script.contains("./page-1_bg.wasm") && script.contains("./whole-2_bg.wasm"), "{script}");
        assert!(script.contains("fetch(\"./pictures-3.txt\")"), "{script}");
        assert!(script.contains("import(\"./offline-4.js\")"), "{script}");
        assert!(!html.contains("import init"));
        assert!(html.contains(&format!("src=\"./{}\"", file_name(&script))));
        assert!(html.contains("<head>\n  <meta http-equiv=\"Content-Security-Policy\""));
        assert!(without_inline_script("<html><head></head></html>", &names).is_none());
    }
}
