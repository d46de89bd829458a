//! What the page weighs.
//!
//! Rule: the weight that counts is what a reader downloads to see the first lesson: index.html and
//! the files it names (lessons are compiled in), compressed with brotli as hosts send them.

use crate::addresses::loaded_by_html;
use crate::command::output;
use crate::error::{Error, Result};
use crate::path;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// In bytes.
const BUDGET: u64 = 250_000;

/// Prints the size in brotli of each file named, at the highest quality, in node's own words.
const NODE_BROTLI: &str = "for (const f of process.argv.slice(1)) \
    console.log(require('zlib').brotliCompressSync(require('fs').readFileSync(f)).length)";

struct File {
    /// Relative to the page.
    name: String,
    raw: u64,
    brotli: u64,
    /// Whether the first lesson waits for it.
    first: bool,
}

/// Brotli is node's: compiling one takes longer than all of this task, and wasm-opt needs node anyway.
pub fn require_node() -> Result<()> {
    if path::has("node") {
        return Ok(());
    }
    Err(Error::Missing {
        what: "node, which compresses the page to weigh it".into(),
        remedy: "Install Node.js (https://nodejs.org)".into(),
    })
}

/// Prints every file of the page in `folder`, and fails if the first lesson is over budget.
pub fn report(folder: &Path) -> Result<()> {
    let files = weigh(folder)?;
    let first = files.iter().filter(|f| f.first).map(|f| f.brotli).sum();
    print!("{}", table(&files, first));
    if first <= BUDGET {
        return Ok(());
    }
    Err(Error::Refused(format!(
        "the first lesson weighs {first} bytes, {} over its budget of {BUDGET}",
        first - BUDGET
    )))
}

fn weigh(folder: &Path) -> Result<Vec<File>> {
    let mut paths = BTreeSet::new();
    list(folder, &mut paths)?;
    let brotli = output(Command::new("node").args(["-e", NODE_BROTLI, "--"]).args(&paths))?;

    let index = folder.join("index.html");
    let html = std::fs::read_to_string(&index).map_err(|e| Error::file(&index, e))?;
    let first: BTreeSet<PathBuf> = loaded_by_html(&html)
        .into_iter()
        .map(|address| folder.join(address.trim_start_matches("./")))
        .chain([index])
        .collect();

    let weighed = paths.iter().zip(brotli.lines()).map(|(path, brotli)| {
        let raw = path.metadata().map_err(|e| Error::file(path, e))?.len();
        Ok(File {
            name: path.strip_prefix(folder).unwrap_or(path).display().to_string(),
            raw,
            // A picture is compressed already; a host sends it as it is.
            brotli: brotli.parse().map_or(raw, |brotli: u64| brotli.min(raw)),
            first: first.contains(path),
        })
    });
    weighed.collect()
}

fn list(folder: &Path, paths: &mut BTreeSet<PathBuf>) -> Result<()> {
    for entry in std::fs::read_dir(folder).map_err(|e| Error::file(folder, e))? {
        let path = entry.map_err(|e| Error::file(folder, e))?.path();
        if path.is_dir() {
            list(&path, paths)?;
        } else {
            paths.insert(path);
        }
    }
    Ok(())
}

fn table(files: &[File], first: u64) -> String {
    let mut table = String::new();
    let mut row = |mark: &str, raw: &str, brotli: &str, name: &str| {
        let _ = writeln!(table, "{mark:1} {raw:>9} {brotli:>9}  {name}");
    };
    row("", "raw", "brotli", "");
    for File { name, raw, brotli, first } in files {
        row(if *first { "*" } else { "" }, &raw.to_string(), &brotli.to_string(), name);
    }
    let percent = first * 100 / BUDGET;
    let sum = format!("* the first lesson: {percent} % of its budget of {BUDGET} bytes");
    row("", "", &first.to_string(), &sum);
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_marks_what_the_first_lesson_waits_for() {
        let file = |name: &str, raw, brotli, first| File { name: name.into(), raw, brotli, first };
        let files = [
            file("index.html", 9_000, 3_000, true),
            file("page_bg.wasm", 400_000, 122_000, true),
            file("embed.js", 700, 300, false),
        ];
        assert_eq!(
            table(&files, 125_000).lines().collect::<Vec<_>>(),
            [
                "        raw    brotli  ",
                "*      9000      3000  index.html",
                "*    400000    122000  page_bg.wasm",
                "        700       300  embed.js",
                "               125000  * the first lesson: 50 % of its budget of 250000 bytes",
            ]
        );
    }
}
