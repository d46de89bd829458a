//! What the page weighs.
//!
//! Rule: the weight that counts is what a reader downloads, compressed with brotli as hosts send it. A weight over its budget
//! fails the build. What a reader waits for to see the first lesson is index.html and the files it names (lessons are
//! compiled in).

use crate::addresses::loaded_by_html;
use crate::error::{Error, Result};
use crate::node;
use crate::offline::list;
use crate::single;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// What the first lesson waits for, together, bytes.
const FIRST_LESSON: u64 = 250_000;

/// The most that a file may weigh, bytes: as it is sent, and for the one that is opened from a disk, as it is.
const FILES: [(Named, u64, Measure); 3] = [
    (|name| name == "embed.js", 4_000, Measure::Sent),
    (|name| name.starts_with("pictures/") && name.ends_with(".svg"), 15_000, Measure::Sent),
    (|name| name == single::NAME, 3_000_000, Measure::Raw),
];

/// Is a file meant that has this name?
type Named = fn(&str) -> bool;

enum Measure {
    Sent,
    Raw,
}

struct File {
    /// Relative to the page.
    name: String,
    raw: u64,
    brotli: u64,
    /// Whether the first lesson waits for it.
    first: bool,
}

/// Compresses every file of the page in `folder`, prints the weights, and fails if one is over its budget.
pub fn report(folder: &Path) -> Result<()> {
    let files = weigh(folder)?;
    let first = first_lesson(&files);
    print!("{}", table(&files, first));
    let over = over_budget(&files);
    if over.is_empty() { Ok(()) } else { Err(Error::Refused(over.join("; "))) }
}

fn first_lesson(files: &[File]) -> u64 {
    files.iter().filter(|f| f.first).map(|f| f.brotli).sum()
}

/// What is too heavy, a sentence each.
fn over_budget(files: &[File]) -> Vec<String> {
    let limits = |file: &File| {
        let (name, found) = (file.name.clone(), FILES.iter().find(|(covers, ..)| covers(&file.name)));
        found.map(|(_, budget, measure)| match measure {
            Measure::Sent => (name, file.brotli, *budget),
            Measure::Raw => (name, file.raw, *budget),
        })
    };
    let first = ("the first lesson".to_owned(), first_lesson(files), FIRST_LESSON);
    let all = files.iter().filter_map(limits).chain([first]);
    let over = all.filter(|(_, weight, budget)| weight > budget);
    over.map(|(what, weight, budget)| {
        format!("{what} weighs {weight} bytes, {} over its budget of {budget}", weight - budget)
    })
    .collect()
}

fn weigh(folder: &Path) -> Result<Vec<File>> {
    let mut paths = BTreeSet::new();
    list(folder, &mut paths)?;
    let brotli = node::compress(&paths)?;

    let index = folder.join("index.html");
    let html = std::fs::read_to_string(&index).map_err(|e| Error::file(&index, e))?;
    let first: BTreeSet<PathBuf> = loaded_by_html(&html)
        .into_iter()
        // It is read when the page is installed.
        .filter(|address| !address.ends_with(".webmanifest"))
        .map(|address| folder.join(address.trim_start_matches("./")))
        .chain([index])
        .collect();

    let weighed = paths.iter().zip(brotli).map(|(path, brotli)| {
        let raw = path.metadata().map_err(|e| Error::file(path, e))?.len();
        let name = path.strip_prefix(folder).unwrap_or(path).display().to_string();
        Ok(File { name, raw, brotli, first: first.contains(path) })
    });
    weighed.collect()
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
    let percent = first * 100 / FIRST_LESSON;
    let sum = format!("* the first lesson: {percent} % of its budget of {FIRST_LESSON} bytes");
    row("", "", &first.to_string(), &sum);
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, raw: u64, brotli: u64, first: bool) -> File {
        File { name: name.into(), raw, brotli, first }
    }

    #[test]
    fn what_is_over_its_budget_is_named() {
        let files = |embed, picture, first, single| {
            [
                file("embed.js", 9_000, embed, false),
                file("pictures/chains.svg", 50_000, picture, false),
                file("page_bg.wasm", 900_000, first, true),
                file("replscope.html", single, 900_000, false),
            ]
        };
        assert!(over_budget(&files(4_000, 15_000, 250_000, 3_000_000)).is_empty());
        for (weights, said) in [
            (files(4_001, 1, 1, 1), "embed.js weighs 4001 bytes, 1 over its budget of 4000"),
            (files(1, 16_000, 1, 1), "pictures/chains.svg weighs 16000 bytes, 1000 over its budget of 15000"),
            (files(1, 1, 250_010, 1), "the first lesson weighs 250010 bytes, 10 over its budget of 250000"),
            (files(1, 1, 1, 3_000_001), "replscope.html weighs 3000001 bytes, 1 over its budget of 3000000"),
        ] {
            assert_eq!(over_budget(&weights), [said]);
        }
    }

    #[test]
    fn the_table_marks_what_the_first_lesson_waits_for() {
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
