//! A laboratory, or a lesson, out of a text file.

use super::super::browser;
use crate::story::{Carried, Lesson, Page};
use web_sys::File;
use yew::Callback;

/// The largest text that is read, bytes: what a link carries is less.
const MOST: f64 = 512.0 * 1024.0;

/// Is this file a text, and not a recording?
pub fn is_text(file: &File) -> bool {
    file.name().ends_with(".txt")
}

/// Opens it: the address then carries its text. What is wrong with it is said with its place.
pub fn open(file: &File, complain: Callback<String>) {
    let name = file.name();
    let size = file.size();
    if size > MOST {
        return complain.emit(format!("{name} cannot be opened: it is larger than {MOST} bytes. What is on screen stays."));
    }
    browser::read_slice(file, 0, size as u64, move |bytes| {
        let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
        let read = text.ok_or_else(|| "it is no text".to_owned()).and_then(|text| {
            let lesson = Lesson::parse(&name, &text).map_err(|error| error.to_string())?;
            Ok(Carried { file: name.clone(), text, lesson })
        });
        match read {
            Ok(carried) => browser::set_hash(&Page::Carried { lesson: Box::new(carried), at: None }.hash()),
            Err(why) => complain.emit(format!("{name} cannot be opened: {why}. What is on screen stays.")),
        }
    });
}
