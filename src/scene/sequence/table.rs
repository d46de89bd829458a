//! The messages around a moment as a table: what the diagram shows, in words.

use super::super::ledger::{Flight, Ledger};
use super::super::nodes::name_of;
use super::super::text;
use crate::sim::World;
use crate::time::Time;

/// A message in words.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub segment: u64,
    pub sent: Time,
    pub clock: String,
    pub from: String,
    pub to: String,
    pub what: String,
    pub bytes: String,
    /// `arrived 20 ms later`, `lost 7 ms later`, `on its way`.
    pub fate: String,
    pub is_ahead: bool,
    pub is_selected: bool,
}

/// Some of the run's messages.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    pub rows: Vec<Row>,
    /// Messages that are not shown, before and behind.
    pub earlier: usize,
    pub later: usize,
}

/// The messages around `at`: so many before it and behind it. `start`: when the run began.
pub fn table(
    ledger: &Ledger,
    world: &World,
    (start, at): (Time, Time),
    selected: Option<u64>,
    (before, behind): (usize, usize),
) -> Table {
    let flights = ledger.flights();
    let now = flights.partition_point(|flight| flight.sent <= at);
    let (first, last) = (now.saturating_sub(before), (now + behind).min(flights.len()));
    let row = |flight: &Flight| Row {
        segment: flight.id,
        sent: flight.sent,
        clock: text::clock(flight.sent.since(start).as_micros() as u64),
        from: name_of(world, flight.from),
        to: name_of(world, flight.to),
        what: flight.label.clone(),
        bytes: text::bytes(flight.bytes),
        fate: fate(flight, at),
        is_ahead: flight.sent > at,
        is_selected: selected == Some(flight.id),
    };
    Table { rows: flights[first..last].iter().map(row).collect(), earlier: first, later: flights.len() - last }
}

fn fate(flight: &Flight, at: Time) -> String {
    let after = |time: Time| text::duration(time.since(flight.sent).as_micros() as u64);
    match (flight.lost, flight.arrived) {
        (Some(lost), _) => format!("lost after {}", after(lost)),
        (None, Some(arrived)) => format!("arrived after {}", after(arrived)),
        (None, None) if flight.due <= at => "held by a silent link".to_owned(),
        (None, None) => "on its way".to_owned(),
    }
}
