//! The main screens at desktop, phone and projector, light and dark: for people to look at.
//!
//! Rule: of the page that is published, in a real browser, by the tests' own driver; they are kept in an ignored folder and
//! compared with nothing.

use crate::build;
use crate::error::{Error, Result};
use crate::test::{self, Browser};
use std::path::PathBuf;

/// Takes the screens whose names have one of these parts; without parts, all.
pub fn screenshots(names: &[String]) -> Result<()> {
    build::build(&build::dist()?)?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from);
    let folder = std::path::absolute(target.join("screenshots")).map_err(|e| Error::file(&target, e))?;
    std::fs::create_dir_all(&folder).map_err(|e| Error::file(&folder, e))?;
    let parts = PathBuf::from(names.join(","));
    let told = [("REPLSCOPE_SCREENSHOTS", folder.as_path()), ("REPLSCOPE_SCREENS", parts.as_path())];
    test::browser_with(Browser::Chromium, &[], &["--ignored", "screenshots", "--nocapture"], &told)?;
    eprintln!("screenshots: look at {}", folder.display());
    Ok(())
}
