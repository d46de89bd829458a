//! How fast the model and the page are.
//!
//! Rule: release builds only, and the browser measures the page that is published.

use crate::build;
use crate::command::cargo;
use crate::error::Result;
use crate::system;
use crate::test;

pub fn bench() -> Result<()> {
    eprintln!("bench: the model, natively; then the published page in a browser (about 5 minutes the first time)");
    cargo("run --release --bin replscope -- bench")?;
    system::BROWSER.ensure()?;
    build::build(&build::dist()?)?;
    test::browser(&["--release"], &["--ignored", "bench", "--nocapture"])
}
