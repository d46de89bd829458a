//! One line of a recording: a flat JSON object of strings and numbers.
//!
//! Rule: strict, as RFC 8259 has it, and nothing deeper than the format needs: no arrays, no objects inside, no name
//! twice. What is wrong is said with its column. A string without escapes is not copied, because most of a recording is
//! one long string after the other.

use std::borrow::Cow;

/// The most fields of an object.
const FIELDS_MAX: usize = 32;

/// What a field holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    Text(Cow<'a, str>),
    Number(f64),
}

/// A field with the column of its value, counted in bytes from 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Field<'a> {
    pub name: Cow<'a, str>,
    pub value: Value<'a>,
    pub column: u64,
}

/// What is wrong, and the column of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JsonError {
    pub column: u64,
    pub what: &'static str,
}

/// The fields of the object that is the whole line.
pub fn object(line: &[u8]) -> Result<Vec<Field<'_>>, JsonError> {
    let mut reader = Reader { line, at: 0 };
    let mut fields: Vec<Field> = vec![];
    reader.expect(b'{', "a line must be a JSON object, {…}")?;
    if reader.peek() != Some(b'}') {
        loop {
            reader.skip_space();
            let named_at = reader.at;
            let name = reader.string("a field must begin with its name in quotes")?;
            if fields.iter().any(|field| field.name == name) {
                return Err(JsonError { column: named_at as u64 + 1, what: "this field is named twice" });
            }
            if fields.len() == FIELDS_MAX {
                return Err(JsonError { column: named_at as u64 + 1, what: "an object has at most 32 fields" });
            }
            reader.expect(b':', "a colon must follow the name of a field")?;
            reader.skip_space();
            let column = reader.at as u64 + 1;
            let value = reader.value()?;
            fields.push(Field { name, value, column });
            if reader.peek() != Some(b',') {
                break;
            }
            reader.at += 1;
        }
    }
    reader.expect(b'}', "a comma or } must follow a field")?;
    match reader.peek() {
        None => Ok(fields),
        Some(_) => Err(reader.wrong("nothing may follow the object")),
    }
}

struct Reader<'a> {
    line: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn wrong(&self, what: &'static str) -> JsonError {
        JsonError { column: self.at as u64 + 1, what }
    }

    fn skip_space(&mut self) {
        while self.line.get(self.at).is_some_and(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    /// The next byte that is no space.
    fn peek(&mut self) -> Option<u8> {
        self.skip_space();
        self.line.get(self.at).copied()
    }

    fn expect(&mut self, byte: u8, what: &'static str) -> Result<(), JsonError> {
        if self.peek() != Some(byte) {
            return Err(self.wrong(what));
        }
        self.at += 1;
        Ok(())
    }

    fn value(&mut self) -> Result<Value<'a>, JsonError> {
        let what = "a value must be a string or a number";
        match self.line.get(self.at) {
            Some(b'"') => self.string(what).map(Value::Text),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => Err(self.wrong(what)),
        }
    }

    fn digits(&mut self) -> usize {
        let from = self.at;
        while self.line.get(self.at).is_some_and(u8::is_ascii_digit) {
            self.at += 1;
        }
        self.at - from
    }

    fn number(&mut self) -> Result<Value<'a>, JsonError> {
        let from = self.at;
        let what = "this is no number";
        self.at += usize::from(self.line.get(self.at) == Some(&b'-'));
        let leads_with_zero = self.line.get(self.at) == Some(&b'0');
        let whole = self.digits();
        if whole == 0 || (leads_with_zero && whole > 1) {
            return Err(self.wrong(what));
        }
        if self.line.get(self.at) == Some(&b'.') {
            self.at += 1;
            if self.digits() == 0 {
                return Err(self.wrong(what));
            }
        }
        if matches!(self.line.get(self.at), Some(b'e' | b'E')) {
            self.at += 1;
            self.at += usize::from(matches!(self.line.get(self.at), Some(b'+' | b'-')));
            if self.digits() == 0 {
                return Err(self.wrong(what));
            }
        }
        let text = std::str::from_utf8(&self.line[from..self.at]).ok();
        let number = text.and_then(|text| text.parse::<f64>().ok()).filter(|number| number.is_finite());
        number.map(Value::Number).ok_or(JsonError { column: from as u64 + 1, what: "this number is too large" })
    }

    fn string(&mut self, what: &'static str) -> Result<Cow<'a, str>, JsonError> {
        if self.line.get(self.at) != Some(&b'"') {
            return Err(self.wrong(what));
        }
        self.at += 1;
        let mut unescaped = String::new();
        let mut has_escapes = false;
        loop {
            let from = self.at;
            let rest = self.line.get(from..).unwrap_or_default();
            let Some(length) = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f)) else {
                self.at = self.line.len();
                return Err(self.wrong("this string does not end"));
            };
            let piece = std::str::from_utf8(&rest[..length]);
            let piece = piece.map_err(|error| JsonError {
                column: (from + error.valid_up_to()) as u64 + 1,
                what: "a string must be UTF-8",
            })?;
            self.at = from + length;
            match rest[length] {
                b'"' => {
                    self.at += 1;
                    if !has_escapes {
                        return Ok(Cow::Borrowed(piece));
                    }
                    unescaped.push_str(piece);
                    return Ok(Cow::Owned(unescaped));
                }
                b'\\' => {
                    has_escapes = true;
                    unescaped.push_str(piece);
                    unescaped.push(self.escape()?);
                }
                _ => return Err(self.wrong("a control character in a string must be written as \\u and four digits")),
            }
        }
    }

    /// What a backslash and the characters behind it stand for.
    fn escape(&mut self) -> Result<char, JsonError> {
        let what = "a backslash must be followed by one of \" \\ / b f n r t, or u and four digits";
        let kind = self.line.get(self.at + 1).copied();
        let plain = match kind {
            Some(byte @ (b'"' | b'\\' | b'/')) => Some(char::from(byte)),
            Some(b'b') => Some('\u{8}'),
            Some(b'f') => Some('\u{c}'),
            Some(b'n') => Some('\n'),
            Some(b'r') => Some('\r'),
            Some(b't') => Some('\t'),
            _ => None,
        };
        if let Some(plain) = plain {
            self.at += 2;
            return Ok(plain);
        }
        let first = self.unit().ok_or(self.wrong(what))?;
        if !(0xd800..0xdc00).contains(&first) {
            return char::from_u32(first).ok_or(self.wrong("half of a surrogate pair"));
        }
        let second = self.unit().filter(|unit| (0xdc00..0xe000).contains(unit));
        let joined = second.map(|second| 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00));
        joined.and_then(char::from_u32).ok_or(self.wrong("half of a surrogate pair"))
    }

    /// `\u` and four hexadecimal digits.
    fn unit(&mut self) -> Option<u32> {
        let text = self.line.get(self.at..self.at + 6)?;
        let digits = text.strip_prefix(b"\\u")?;
        let number = digits.iter().try_fold(0, |number, digit| Some(number * 16 + char::from(*digit).to_digit(16)?))?;
        self.at += 6;
        Some(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn said(line: &str) -> String {
        match object(line.as_bytes()) {
            Ok(fields) => {
                let fields = fields.iter().map(|field| match &field.value {
                    Value::Text(text) => format!("{}={text:?}@{}", field.name, field.column),
                    Value::Number(number) => format!("{}={number}@{}", field.name, field.column),
                });
                fields.collect::<Vec<_>>().join(" ")
            }
            Err(error) => format!("{}: {}", error.column, error.what),
        }
    }

    #[test]
    fn an_object_is_read_or_refused_at_its_column() {
        let cases = [
            ("{}", ""),
            (r#" { "t" : 0.0571 , "ev" : "data" } "#, r#"t=0.0571@10 ev="data"@26"#),
            (r#"{"a":-1.5e3,"b":0}"#, "a=-1500@6 b=0@17"),
            (r#"{"a":"\"\\\/\b\f\n\r\tA\u00e9\ud83d\ude00"}"#, "a=\"\\\"\\\\/\\u{8}\\u{c}\\n\\r\\tAé😀\"@6"),
            ("", "1: a line must be a JSON object, {…}"),
            ("[1]", "1: a line must be a JSON object, {…}"),
            (r#"{"a":1"#, "7: a comma or } must follow a field"),
            (r#"{"a":1,}"#, "8: a field must begin with its name in quotes"),
            (r#"{"a" 1}"#, "6: a colon must follow the name of a field"),
            (r#"{"a":[1]}"#, "6: a value must be a string or a number"),
            (r#"{"a":true}"#, "6: a value must be a string or a number"),
            (r#"{"a":01}"#, "8: this is no number"),
            (r#"{"a":1.}"#, "8: this is no number"),
            (r#"{"a":1e}"#, "8: this is no number"),
            (r#"{"a":1e999}"#, "6: this number is too large"),
            (r#"{"a":"x}"#, "9: this string does not end"),
            (r#"{"a":1,"a":2}"#, "8: this field is named twice"),
            (r#"{"a":"\x"}"#, "7: a backslash must be followed by one of \" \\ / b f n r t, or u and four digits"),
            (r#"{"a":"\ud83d"}"#, "13: half of a surrogate pair"),
            ("{\"a\":\"\t\"}", "7: a control character in a string must be written as \\u and four digits"),
            ("{} x", "4: nothing may follow the object"),
        ];
        for (line, expected) in cases {
            assert_eq!(said(line), expected, "{line}");
        }
        let error = object(b"{\"a\":\"x\xff\"}").unwrap_err();
        assert_eq!((error.column, error.what), (8, "a string must be UTF-8"));
    }

    proptest! {
        #[test]
        fn any_line_is_read_as_another_reader_reads_it(line in prop_oneof![
            "\\PC{0,40}",
            r#"\{("[a-c]" ?: ?(-?[0-9]{1,3}(\.[0-9]{1,2})?(e[0-9])?|"[ -~]{0,6}"),?){0,3}\}"#,
        ]) {
            let theirs = serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(&line);
            match object(line.as_bytes()) {
                Ok(fields) => {
                    let theirs = theirs.expect("what is read here is JSON");
                    prop_assert_eq!(fields.len(), theirs.len());
                    for field in fields {
                        match field.value {
                            Value::Text(text) => prop_assert_eq!(theirs[&*field.name].as_str(), Some(&*text)),
                            Value::Number(number) => prop_assert_eq!(theirs[&*field.name].as_f64(), Some(number)),
                        }
                    }
                }
                Err(error) => {
                    prop_assert!(error.column <= line.len() as u64 + 1);
                    let is_flat = |map: &serde_json::Map<_, serde_json::Value>| map.values().all(|v| v.is_string() || v.is_number());
                    let is_twice = error.what == "this field is named twice";
                    prop_assert!(is_twice || theirs.as_ref().map_or(true, |map| !is_flat(map)), "{:?}", error);
                }
            }
        }
    }
}
