//! Recordings of real replication links: read, rebuilt by model nodes, and held against what these would have said.
//!
//! Rule: a file comes from anywhere. It is read line by line, within limits, bit by bit so that a page stays alive; a
//! fault ends the reading, and what came before it is shown. The format is described in `docs/recordings.md`.
//!
//! - `json`, `record`, `error`: one line of the file, and what can be wrong with it;
//! - `conversation`, `units`: what was said on one connection, in pieces, and the stream in it;
//! - `servers`, `plan`: who spoke, and a scenario that plays all of it back (`sim/world/playback.rs`);
//! - `report`: what was compared, what was believed, what differs.

mod conversation;
mod error;
mod json;
mod plan;
mod record;
mod report;
mod servers;
mod units;

pub use error::{FILE_MAX, RecordingError, RecordingErrorKind};
pub use report::{ConnectionReport, Report, ServerReport};

use super::Telling;
use super::lesson::Lesson;
use super::scenario::Scenario;
use super::timeline::Timeline;
use crate::sim::{Entry, World};
use error::LINE_MAX;
use plan::Plan;

/// How much of a file is read at a time between two looks at the clock, bytes.
pub const READ_SIZE: usize = 64 * 1024;

/// A recording being read: give it the file's bytes in order.
#[derive(Debug, Default)]
pub struct Opening {
    plan: Plan,
    /// The beginning of a line whose end has not come.
    unread: Vec<u8>,
    lines: u64,
    bytes: u64,
    fault: Option<RecordingError>,
}

/// A recording that was read, being rebuilt.
#[derive(Debug)]
pub struct Rebuilding {
    title: String,
    timeline: Timeline,
    report: Report,
}

impl Opening {
    /// Takes the next bytes of the file. After a fault nothing more is taken.
    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        if self.bytes > FILE_MAX {
            self.fail(RecordingErrorKind::TooLarge);
        }
        let mut rest = bytes;
        while self.fault.is_none()
            && let Some(end) = rest.iter().position(|byte| *byte == b'\n')
        {
            let (line, behind) = rest.split_at(end);
            rest = &behind[1..];
            if self.unread.is_empty() {
                self.line(line);
            } else {
                self.unread.extend_from_slice(line);
                let line = std::mem::take(&mut self.unread);
                self.line(&line);
            }
        }
        if self.fault.is_none() {
            self.unread.extend_from_slice(rest);
            if self.unread.len() > LINE_MAX {
                self.lines += 1;
                self.fail(RecordingErrorKind::TooLongLine);
            }
        }
    }

    /// What ended the reading before the file did.
    pub fn fault(&self) -> Option<&RecordingError> {
        self.fault.as_ref()
    }

    fn fail(&mut self, kind: RecordingErrorKind) {
        self.fault.get_or_insert(RecordingError::new(self.lines, kind));
    }

    fn line(&mut self, line: &[u8]) {
        self.lines += 1;
        if line.len() > LINE_MAX {
            return self.fail(RecordingErrorKind::TooLongLine);
        }
        if line.trim_ascii().is_empty() {
            return;
        }
        match record::record(line) {
            Ok(record) => {
                if let Err(kind) = self.plan.take(record) {
                    self.fail(kind);
                }
            }
            Err(error) => self.fault = Some(RecordingError::json(self.lines, error)),
        }
    }

    /// The file has ended. `name` is how it is called. Fails if nothing of it can be shown.
    pub fn end(mut self, name: &str) -> Result<Rebuilding, RecordingError> {
        if self.fault.is_none() && !self.unread.is_empty() {
            // A last line without its end may be whole all the same.
            let line = std::mem::take(&mut self.unread);
            self.line(&line);
            if let Some(fault) = &mut self.fault {
                fault.kind = RecordingErrorKind::CutLine;
            }
        }
        if let Some(fault) = self.fault.take_if(|fault| fault.refuses_all()) {
            return Err(fault);
        }
        let (lines, fault) = (self.lines, self.fault);
        let (scenario, sources) =
            self.plan.finish().map_err(|kind| fault.clone().unwrap_or(RecordingError::new(lines, kind)))?;
        let report = Report::new(&scenario, &sources, fault);
        Ok(Rebuilding { title: name.into(), timeline: Timeline::begin(scenario), report })
    }
}

impl Rebuilding {
    /// Rebuilds a bit more: about so many records. `see` is shown what happened. True when all is rebuilt.
    pub fn advance(&mut self, records: u64, mut see: impl FnMut(&[Entry], &World)) -> bool {
        let report = &mut self.report;
        self.timeline.compute(records, &mut |entries, world| {
            see(entries, world);
            entries.iter().for_each(|entry| report.note(entry, world));
            false
        })
    }

    /// How much of it is rebuilt, 0 to 1.
    pub fn progress(&self) -> f64 {
        let acts = self.timeline.scenario().script.len().max(1);
        // An act of passing has two inputs: it leaves, and it arrives.
        (self.timeline.inputs() as f64 / (2 * acts) as f64).min(1.0)
    }

    /// The run, to be visited like a lesson's, and what was found in it.
    pub fn finish(self) -> (Telling, Report) {
        let Rebuilding { title, timeline, mut report } = self;
        report.finish(&timeline);
        let lesson = Lesson {
            name: String::new(),
            number: 0,
            summary: report.summary(),
            title,
            scenario: Scenario::default(),
            notes: vec![],
            #[cfg(feature = "complete")]
            is_laboratory: false,
            #[cfg(feature = "complete")]
            branches: vec![],
            asks: vec![],
            claims: vec![],
        };
        (Telling::of_recording(lesson, timeline, report.remarks()), report)
    }
}
