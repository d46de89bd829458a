//! Conformance: each scenario of `tests/scenarios` is done to real servers and to the model, and what was seen is the
//! same: every byte of every replication link, every reply, INFO, ROLE and digests.
//!
//! Rule: nothing is skipped; what the model cannot do fails. `normal` says what may differ, and nothing else may.
//!
//! - `scenario`: the language; `run`: a scenario being done; `side`: what it is done to;
//! - `real`: servers, with `network` between them; `modelled`: the model in the simulator;
//! - `normal`: what was seen, in comparable lines; `report`: differences and the table.

mod modelled;
mod normal;
mod real;
mod report;
mod run;
mod scenario;
mod side;

use modelled::Modelled;
use normal::Seen;
use real::Real;
use report::Compared;
use scenario::Scenario;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// Scenarios at once: they mostly wait.
const AT_ONCE: usize = 6;

/// How many differences of one scenario are shown when there are several.
const SHOWN: usize = 25;

/// What is compared with real servers.
#[derive(Clone, Copy, PartialEq)]
enum Against {
    Model,
    /// Real servers again: what differs is no difference of the model, so it must be normalized or avoided.
    Itself,
}

/// Every scenario, or those that `REPLSCOPE_SCENARIOS` names.
fn scenarios() -> Vec<Scenario> {
    let wanted = std::env::var("REPLSCOPE_SCENARIOS").unwrap_or_default();
    let wanted: Vec<&str> = wanted.split_whitespace().collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios");
    let mut paths: Vec<_> = std::fs::read_dir(&folder)
        .expect("there are scenarios")
        .map(|entry| entry.expect("an entry of the folder").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .collect();
    paths.sort();
    let named = paths.iter().filter_map(|path| {
        let name = path.file_stem()?.to_str()?;
        let is_wanted = wanted.is_empty() || wanted.iter().any(|part| name.contains(part));
        is_wanted.then(|| Scenario::parse(name, &std::fs::read_to_string(path).expect("a scenario can be read")))
    });
    let found: Vec<Scenario> = named.collect();
    assert!(!found.is_empty(), "no scenario is named {wanted:?}");
    found
}

/// A side that fails in the middle is a side that said so.
fn seen(what: impl FnOnce() -> Result<Seen, String>) -> Seen {
    let failed = |why: String| Seen { failed: Some(why), ..Seen::default() };
    match catch_unwind(AssertUnwindSafe(what)) {
        Ok(Ok(seen)) => seen,
        Ok(Err(why)) => failed(why),
        Err(panic) => failed(match panic.downcast_ref::<String>() {
            Some(text) => text.clone(),
            None => panic.downcast_ref::<&str>().copied().unwrap_or("a panic").into(),
        }),
    }
}

fn on_real_servers(scenario: &Scenario) -> Seen {
    seen(|| Ok(run::run(scenario, &mut Real::new(scenario))))
}

fn compare(scenario: &Scenario, against: Against) -> Compared {
    let expected = on_real_servers(scenario);
    let found = match against {
        Against::Model => seen(|| Ok(run::run(scenario, &mut Modelled::new(scenario)?))),
        Against::Itself => on_real_servers(scenario),
    };
    let mut differences = report::differences(&expected, &found);
    let failures = [("-", &expected.failed), ("+", &found.failed)];
    let failures =
        failures.into_iter().filter_map(|(side, why)| Some(format!("{side} comes to a halt: {}", why.as_ref()?)));
    differences.splice(0..0, failures);
    Compared { name: scenario.name.clone(), about: scenario.about.clone(), expected, differences }
}

/// Real servers run on a machine that others use too, and a cron that ticks late is no difference of theirs. What is
/// different is so again: a scenario that differs is done once more, alone, and says so.
fn compare_twice(scenario: &Scenario, against: Against) -> Compared {
    static ALONE: Mutex<()> = Mutex::new(());
    let first = compare(scenario, against);
    if first.differences.is_empty() {
        return first;
    }
    let _alone = ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    println!("{} differs and is done once more: {}", scenario.name, first.differences[0]);
    compare(scenario, against)
}

fn compare_all(against: Against) -> Vec<Compared> {
    let scenarios = scenarios();
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<Compared>> = Mutex::default();
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE.min(scenarios.len()) {
            scope.spawn(|| {
                while let Some(scenario) = scenarios.get(next.fetch_add(1, Ordering::Relaxed)) {
                    // Compared before the results are locked, or the others would wait for this one.
                    let compared = compare_twice(scenario, against);
                    done.lock().expect("results").push(compared);
                }
            });
        }
    });
    let mut done = done.into_inner().expect("results");
    done.sort_by(|a, b| a.name.cmp(&b.name));
    done
}

fn check(against: Against, second: &str) {
    let rows = compare_all(against);
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    print!("{}", report::table(&rows, is_set("REPLSCOPE_MARKDOWN")));
    let longest: Option<(Duration, &str)> = rows.iter().map(|row| (row.expected.took, &*row.name)).max();
    if let Some((time, name)) = longest {
        println!("the longest: {name}, {:.1} s", time.as_secs_f64());
    }
    let mut failed = vec![];
    for row in rows.iter().filter(|row| !row.differences.is_empty()) {
        println!("\n{}: {} differences; - a real server, + {second}", row.name, row.differences.len());
        // Of many scenarios, the beginning: one alone tells everything.
        let shown = if rows.len() == 1 { usize::MAX } else { SHOWN };
        row.differences.iter().take(shown).for_each(|line| println!("  {line}"));
        if row.differences.len() > shown {
            println!("  … and {} more: cargo xtask conformance {}", row.differences.len() - shown, row.name);
        }
        failed.push(&*row.name);
    }
    assert!(failed.is_empty(), "differences in {}", failed.join(", "));
}

#[test]
fn the_model_does_what_real_servers_do() {
    check(Against::Model, "the model");
}

/// What is normalized suffices, and the scenarios do not depend on their timing.
#[test]
fn real_servers_do_the_same_again() {
    check(Against::Itself, "real servers again");
}
