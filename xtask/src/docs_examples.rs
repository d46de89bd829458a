//! Real documentation builds with replscope in them, made of the pages that tell how.
//!
//! Rule: a page in `docs/embedding` holds every file of its example, and the build takes them from there: what a reader
//! copies is what is built and then opened in a browser. The tools have exact versions, which the pages name.

use crate::build;
use crate::command::run;
use crate::error::{Error, Result};
use crate::path;
use crate::test::{Browser, browser_with};
use crate::tools;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// One example.
struct Example {
    /// Its name on the command line, and of its page in `docs/embedding`.
    name: &'static str,
    /// As the page names it; empty where there is no tool.
    version: &'static str,
    /// Where the page says that the folder `dist` is to be copied.
    copied_to: &'static str,
    build: fn(&Path) -> Result<()>,
    /// Where the site then is.
    site: &'static str,
    /// The page of the site that has the embeds, as an address.
    page: &'static str,
}

const EXAMPLES: [Example; 6] = [
    Example {
        name: "plain-html",
        version: "",
        copied_to: "replscope",
        build: |_| Ok(()),
        site: ".",
        page: "index.html",
    },
    Example {
        name: "mdbook",
        version: "mdBook 0.5.4",
        copied_to: "src/replscope",
        build: |folder| {
            let path = tools::ensure(&[tools::mdbook()])?;
            run(Command::new("mdbook").arg("build").arg(folder).env("PATH", path))
        },
        site: "book",
        page: "replication.html",
    },
    Example {
        name: "mkdocs-material",
        version: "mkdocs-material 9.8.2",
        copied_to: "docs/replscope",
        build: |folder| {
            let path = python(folder, "mkdocs-material==9.8.2")?;
            // It fails for what it would only warn of.
            run(Command::new("mkdocs").args(["build", "--strict"]).current_dir(folder).env("PATH", path))
        },
        site: "site",
        page: "replication/",
    },
    Example {
        name: "sphinx",
        version: "Sphinx 9.0.4",
        copied_to: "extra/replscope",
        build: |folder| {
            let path = python(folder, "sphinx==9.0.4")?;
            run(Command::new("sphinx-build").args(["-W", ".", "_build"]).current_dir(folder).env("PATH", path))
        },
        site: "_build",
        page: "index.html",
    },
    Example {
        name: "vitepress",
        version: "VitePress 1.6.4",
        copied_to: "docs/public/replscope",
        build: |folder| {
            let path = npm(folder, &["vitepress@1.6.4"])?;
            run(Command::new("vitepress").args(["build", "docs"]).current_dir(folder).env("PATH", path))
        },
        site: "docs/.vitepress/dist",
        page: "index.html",
    },
    Example {
        name: "docusaurus",
        version: "Docusaurus 3.10.2",
        copied_to: "static/replscope",
        build: |folder| {
            let packages =
                ["@docusaurus/core@3.10.2", "@docusaurus/preset-classic@3.10.2", "react@19.2.0", "react-dom@19.2.0"];
            let path = npm(folder, &packages)?;
            run(Command::new("docusaurus").arg("build").current_dir(folder).env("PATH", path))
        },
        site: "build",
        page: "index.html",
    },
];

/// The names that are accepted.
pub fn names() -> impl Iterator<Item = &'static str> {
    EXAMPLES.iter().map(|example| example.name)
}

/// Builds the examples with these names, or all, and opens each in a browser.
pub fn docs_examples(wanted: &[String]) -> Result<()> {
    let dist = build::dist()?;
    if !dist.join("index.html").is_file() {
        build::build(&dist)?;
    }
    let home = std::env::temp_dir().join(format!("replscope-docs-{}", std::process::id()));
    let mut sites = String::new();
    for example in EXAMPLES.iter().filter(|e| wanted.is_empty() || wanted.iter().any(|name| name == e.name)) {
        eprintln!("\ndocs-examples: {}", example.name);
        let folder = home.join(example.name);
        lay_out(example, &folder, &dist)?;
        (example.build)(&folder)?;
        sites += &format!("{}\t{}\t{}\n", example.name, folder.join(example.site).display(), example.page);
    }
    let list = home.join("sites.txt");
    std::fs::write(&list, sites).map_err(|e| Error::file(&list, e))?;
    browser_with(Browser::Chromium, &[], &["--ignored", "sites"], &[("REPLSCOPE_SITES", &list)])?;
    std::fs::remove_dir_all(&home).map_err(|e| Error::file(&home, e))
}

/// Writes the files of an example's page into `folder`, and the built page where it says.
fn lay_out(example: &Example, folder: &Path, dist: &Path) -> Result<()> {
    let page = PathBuf::from(format!("docs/embedding/{}.md", example.name));
    let text = std::fs::read_to_string(&page).map_err(|e| Error::file(&page, e))?;
    let told = format!("cp -r path/to/dist {}\n", example.copied_to);
    for said in [example.version, &told] {
        if !text.contains(said) {
            return Err(Error::Refused(format!("{} does not say `{}`", page.display(), said.trim())));
        }
    }
    for (name, content) in files_in(&text) {
        let file = folder.join(name);
        let parent = file.parent().unwrap_or(folder);
        std::fs::create_dir_all(parent).map_err(|e| Error::file(parent, e))?;
        std::fs::write(&file, content).map_err(|e| Error::file(&file, e))?;
    }
    let copy = folder.join(example.copied_to);
    let parent = copy.parent().unwrap_or(folder);
    std::fs::create_dir_all(parent).map_err(|e| Error::file(parent, e))?;
    run(Command::new("cp").arg("-r").arg(dist).arg(copy))
}

/// The files that a page shows: a fenced block whose first line ends with `file=NAME` is the file NAME.
fn files_in(text: &str) -> Vec<(&str, String)> {
    let mut files: Vec<(&str, String)> = vec![];
    let mut open = false;
    for line in text.lines() {
        match line.strip_prefix("```") {
            Some(_) if open => open = false,
            Some(info) => {
                if let Some((_, name)) = info.split_once(" file=") {
                    files.push((name.trim(), String::new()));
                    open = true;
                }
            }
            None => {
                if let Some((_, content)) = files.last_mut().filter(|_| open) {
                    content.push_str(line);
                    content.push('\n');
                }
            }
        }
    }
    files
}

/// A Python with a package and all that it needs, beside the example, where no tool takes it for a page; the PATH with its
/// programs.
fn python(folder: &Path, package: &str) -> Result<OsString> {
    let home = folder.with_extension("python");
    run(Command::new("python3").args(["-m", "venv"]).arg(&home))?;
    run(Command::new(home.join("bin/pip")).args(["install", "--quiet", "--disable-pip-version-check", package]))?;
    path::prepend(&home.join("bin"), &path::current())
}

/// Packages of npm beside the example; the PATH with their programs.
fn npm(folder: &Path, packages: &[&str]) -> Result<OsString> {
    let manifest = folder.join("package.json");
    std::fs::write(&manifest, "{ \"private\": true }\n").map_err(|e| Error::file(&manifest, e))?;
    let mut npm = Command::new("npm");
    npm.args(["install", "--no-audit", "--no-fund", "--ignore-scripts", "--save-exact"]).args(packages);
    run(npm.current_dir(folder))?;
    path::prepend(&folder.join("node_modules/.bin"), &path::current())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_of_a_page_are_its_blocks_with_names() {
        let text = "# T\n```sh\ncp\n```\nand\n```md file=src/a.md\n# A\n\ntext\n```\n```js file=b.js\nx\n```\n";
        assert_eq!(files_in(text), [("src/a.md", "# A\n\ntext\n".to_owned()), ("b.js", "x\n".to_owned())]);
    }

    #[test]
    fn every_example_has_its_page_and_the_page_what_is_needed() {
        let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        for example in &EXAMPLES {
            let text = std::fs::read_to_string(checkout.join(format!("docs/embedding/{}.md", example.name))).unwrap();
            assert!(text.contains(example.version) && text.contains(example.copied_to), "{}", example.name);
            let files = files_in(&text);
            assert!(files.iter().any(|(_, content)| content.contains("<iframe src=")), "{}", example.name);
            assert!(files.iter().any(|(_, content)| content.contains("<repl-scope ")), "{}", example.name);
        }
    }
}
