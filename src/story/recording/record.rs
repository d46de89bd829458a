//! One record: what happened to one connection at one moment.
//!
//! The fields, and which records have them, are listed in `docs/recordings.md`. Rule: a field that the format does not
//! know is left aside, an event that it does not know is not: it could change what the bytes behind it mean.

use super::json::{Field, JsonError, Value, object};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::borrow::Cow;
use std::time::Duration;

/// The latest moment: a year.
const SECONDS_MAX: f64 = 366.0 * 86_400.0;
/// The longest name of a link, bytes.
const LINK_MAX: usize = 256;

/// One line of a recording.
#[derive(Clone, Debug, PartialEq)]
pub struct Record<'a> {
    /// Since the recording began.
    pub at: Duration,
    /// `None`: it concerns the recording as a whole.
    pub connection: Option<Connection<'a>>,
    pub what: What,
}

/// Which connection: links have names, and their connections numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Connection<'a> {
    /// `REPLICA->MASTER`, each by a name or an address.
    pub link: Cow<'a, str>,
    pub number: u64,
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// The recording begins.
    Start,
    /// The replica's call was answered.
    Open,
    /// The master could not be reached.
    Refused,
    /// Bytes passed; `at` is the position of the first one in this direction of the connection.
    Data {
        from_replica: bool,
        at: u64,
        bytes: Vec<u8>,
    },
    Close,
}

/// Reads one line. An error has the column of what is wrong.
pub fn record(line: &[u8]) -> Result<Record<'_>, JsonError> {
    let fields = Fields(object(line)?);
    let (seconds, column) = fields.number("t", "a record must have a time, \"t\", in seconds")?;
    if !(0.0..=SECONDS_MAX).contains(&seconds) {
        return Err(JsonError { column, what: "a time must be from 0 seconds to a year" });
    }
    let at = Duration::from_micros((seconds * 1e6).round() as u64);
    let (event, column) = fields.text("ev", "a record must say what happened, \"ev\"")?;
    let what = match &**event {
        "start" => return Ok(Record { at, connection: None, what: What::Start }),
        "open" => What::Open,
        "refused" => What::Refused,
        "data" => data(&fields)?,
        // Who closed ("by") is for people: both sides learn of it.
        "close" => What::Close,
        _ => return Err(JsonError { column, what: "\"ev\" must be start, open, data, close or refused" }),
    };
    Ok(Record { at, connection: Some(connection(&fields)?), what })
}

fn connection<'a>(fields: &Fields<'a>) -> Result<Connection<'a>, JsonError> {
    let (link, column) = fields.text("link", "a record must name its link, \"link\"")?;
    let ends = link.split_once("->").filter(|(replica, master)| !replica.is_empty() && !master.is_empty());
    if ends.is_none() || link.len() > LINK_MAX {
        return Err(JsonError { column, what: "a link is called REPLICA->MASTER, in at most 256 bytes" });
    }
    let number = fields.count("conn", "a record must have the number of its connection, \"conn\"")?;
    Ok(Connection { link: link.clone(), number })
}

fn data(fields: &Fields) -> Result<What, JsonError> {
    let (direction, column) = fields.text("dir", "data must have a direction, \"dir\"")?;
    let from_replica = match &**direction {
        "r2m" => true,
        "m2r" => false,
        _ => return Err(JsonError { column, what: "\"dir\" must be r2m or m2r" }),
    };
    let at = fields.count("at", "data must have its position, \"at\"")?;
    let length = fields.count("len", "data must have its length, \"len\"")?;
    let (text, column) = fields.text("b64", "data must have its bytes, \"b64\"")?;
    let bytes = STANDARD.decode(text.as_bytes());
    let bytes = bytes.map_err(|_| JsonError { column, what: "\"b64\" is not base64 with padding" })?;
    if bytes.is_empty() || bytes.len() as u64 != length {
        return Err(JsonError { column, what: "\"b64\" must hold as many bytes as \"len\" says, at least one" });
    }
    Ok(What::Data { from_replica, at, bytes })
}

/// The fields of a line. What is missing is reported at the line's beginning.
struct Fields<'a>(Vec<Field<'a>>);

impl<'a> Fields<'a> {
    fn find(&self, name: &str, missing: &'static str) -> Result<&Field<'a>, JsonError> {
        self.0.iter().find(|field| field.name == name).ok_or(JsonError { column: 1, what: missing })
    }

    fn text(&self, name: &str, missing: &'static str) -> Result<(&Cow<'a, str>, u64), JsonError> {
        let field = self.find(name, missing)?;
        match &field.value {
            Value::Text(text) => Ok((text, field.column)),
            Value::Number(_) => Err(JsonError { column: field.column, what: "this must be a string" }),
        }
    }

    fn number(&self, name: &str, missing: &'static str) -> Result<(f64, u64), JsonError> {
        let field = self.find(name, missing)?;
        match field.value {
            Value::Number(number) => Ok((number, field.column)),
            Value::Text(_) => Err(JsonError { column: field.column, what: "this must be a number" }),
        }
    }

    /// A whole number that a float holds exactly.
    fn count(&self, name: &str, missing: &'static str) -> Result<u64, JsonError> {
        let (number, column) = self.number(name, missing)?;
        let is_count = number >= 0.0 && number.fract() == 0.0 && number < (1_u64 << 53) as f64;
        if is_count { Ok(number as u64) } else { Err(JsonError { column, what: "this must be a whole number" }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(line: &str) -> String {
        match record(line.as_bytes()) {
            Ok(Record { at, connection, what }) => {
                let connection = connection.map_or_else(String::new, |c| format!("{}/{} ", c.link, c.number));
                format!("{at:?} {connection}{what:?}")
            }
            Err(error) => format!("{}: {}", error.column, error.what),
        }
    }

    #[test]
    fn every_kind_of_record_is_read() {
        let cases = [
            (r#"{"t": 0, "ev": "start", "format": 1}"#, "0ns Start"),
            (r#"{"t": 0.0559, "link": "B->A", "conn": 1, "ev": "open"}"#, "55.9ms B->A/1 Open"),
            (
                r#"{"t": 1.5, "link": "B->A", "conn": 1, "ev": "data", "dir": "m2r", "len": 7, "at": 0, "b64": "K1BPTkcNCg=="}"#,
                "1.5s B->A/1 Data { from_replica: false, at: 0, bytes: [43, 80, 79, 78, 71, 13, 10] }",
            ),
            (r#"{"t": 7, "link": "B->A", "conn": 1, "ev": "close", "by": "master"}"#, "7s B->A/1 Close"),
            (r#"{"t": 7, "link": "B->A", "conn": 2, "ev": "refused", "note": "x"}"#, "7s B->A/2 Refused"),
        ];
        for (line, expected) in cases {
            assert_eq!(said(line), expected);
        }
    }

    #[test]
    fn what_is_no_record_is_refused_at_its_column() {
        let cases = [
            ("{}", "1: a record must have a time, \"t\", in seconds"),
            (r#"{"t":"1"}"#, "6: this must be a number"),
            (r#"{"t":-1,"ev":"open"}"#, "6: a time must be from 0 seconds to a year"),
            (r#"{"t":1}"#, "1: a record must say what happened, \"ev\""),
            (r#"{"t":1,"ev":"dance"}"#, "13: \"ev\" must be start, open, data, close or refused"),
            (r#"{"t":1,"ev":"open"}"#, "1: a record must name its link, \"link\""),
            (r#"{"t":1,"ev":"open","link":"B"}"#, "27: a link is called REPLICA->MASTER, in at most 256 bytes"),
            (r#"{"t":1,"ev":"open","link":"B->A","conn":1.5}"#, "41: this must be a whole number"),
            (
                r#"{"t":1,"ev":"data","link":"B->A","conn":1,"dir":"m2r","at":0,"len":2,"b64":"QQ=="}"#,
                "76: \"b64\" must hold as many bytes as \"len\" says, at least one",
            ),
            (
                r#"{"t":1,"ev":"data","link":"B->A","conn":1,"dir":"m2r","at":0,"len":1,"b64":"QQ"}"#,
                "76: \"b64\" is not base64 with padding",
            ),
        ];
        for (line, expected) in cases {
            assert_eq!(said(line), expected);
        }
    }
}
