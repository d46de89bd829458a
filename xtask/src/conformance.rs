//! The model beside a real Redis, scenario by scenario.
//!
//! Rule: the comparison is a test; this runs it alone and shows its table.

use crate::command::run;
use crate::error::Result;
use crate::system;
use std::process::Command;

/// Compares the scenarios whose names have one of these parts; without parts, all. `real` compares real servers with
/// themselves, which shows that nothing but the model can differ.
pub fn conformance(names: &[String], markdown: bool, real: bool) -> Result<()> {
    system::REDIS.ensure()?;
    let which = if real { "real_servers_do_the_same_again" } else { "the_model_does_what_real_servers_do" };
    let mut command = Command::new("cargo");
    command.args(["test", "--test", "redis", "--no-default-features", "--features", "complete", "--"]);
    command.args([&format!("conformance::{which}"), "--exact", "--nocapture"]);
    command.env("REPLSCOPE_SCENARIOS", names.join(" "));
    command.env("REPLSCOPE_MARKDOWN", if markdown { "1" } else { "" });
    run(&mut command)
}
