//! How fast the model and the page are.
//!
//! Rule: release builds only, and the browser measures the page that is published. Every figure is a row of one table,
//! as README shows it.

use crate::build;
use crate::command::{cargo, run};
use crate::error::{Error, Result};
use crate::system;
use crate::test::{self, Browser};
use crate::tools;
use std::path::{Path, PathBuf};
use std::process::Command;

pub fn bench() -> Result<()> {
    eprintln!("bench: the model, natively; then the published page in a browser (about 5 minutes the first time)");
    cargo("run --release --bin replscope -- bench")?;
    system::REDIS.ensure()?;
    cargo("test --release --test redis -- --ignored bench --nocapture")?;
    system::CHROMIUM.ensure()?;
    build::build(&build::dist()?)?;
    // Read by the browser's test, which serves this folder beside the page.
    let folder = measuring_page()?;
    test::browser_with(
        Browser::Chromium,
        &["--release"],
        &["--ignored", "bench", "--nocapture"],
        &[("REPLSCOPE_BENCH", &folder)],
    )
}

/// Builds `examples/bench_page.rs` for the browser, with the page's own profile.
fn measuring_page() -> Result<PathBuf> {
    let path = tools::ensure(&[tools::wasm_bindgen()?])?;
    cargo("build --example bench_page --target wasm32-unknown-unknown --profile page")?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from);
    let folder = std::path::absolute(target.join("bench")).map_err(|e| Error::file(&target, e))?;
    let wasm = target.join("wasm32-unknown-unknown/page/examples/bench_page.wasm");
    let mut bindgen = Command::new("wasm-bindgen");
    bindgen.args(["--target", "web", "--no-typescript", "--out-dir"]).arg(&folder).arg(wasm).env("PATH", path);
    run(&mut bindgen)?;
    write(&folder.join("index.html"), "<!doctype html><script type=\"module\" src=\"./start.js\"></script>\n")?;
    write(&folder.join("start.js"), "import init from './bench_page.js';\nawait init();\n")?;
    Ok(folder)
}

fn write(file: &Path, text: &str) -> Result<()> {
    std::fs::write(file, text).map_err(|e| Error::file(file, e))
}
