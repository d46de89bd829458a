//! The player's keys.
//!
//! Rule: no key with a modifier but shift; what has the focus comes first: a button owns space and enter, a list or a
//! field owns everything.

use super::browser;
use super::playback::Action;
use web_sys::KeyboardEvent;

/// What a key asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Key {
    Act(Action),
    Toggle,
    /// To this many tenths of the whole.
    Tenth(u8),
    Help,
}

/// Reads a key; None if it is not the player's.
pub fn read(event: &KeyboardEvent) -> Option<Key> {
    if event.ctrl_key() || event.alt_key() || event.meta_key() || event.default_prevented() {
        return None;
    }
    let key = event.key();
    let target = event.target().and_then(browser::element);
    let within = |selector: &str| target.as_ref().and_then(|t| t.closest(selector).ok().flatten()).is_some();
    if within("input, select, textarea, dialog") || (key == " " && within("button, a, [role=button], [role=tab]")) {
        return None;
    }
    meaning(&key, event.shift_key())
}

fn meaning(key: &str, shift: bool) -> Option<Key> {
    Some(match (key, shift) {
        (" ", false) => Key::Toggle,
        ("ArrowRight", false) => Key::Act(Action::NextStep),
        ("ArrowLeft", false) => Key::Act(Action::PreviousStep),
        ("ArrowRight", true) => Key::Act(Action::NextPhase),
        ("ArrowLeft", true) => Key::Act(Action::PreviousPhase),
        ("Home", false) => Key::Act(Action::First),
        ("End", false) => Key::Act(Action::Last),
        (".", false) => Key::Act(Action::Nudge { forwards: true }),
        (",", false) => Key::Act(Action::Nudge { forwards: false }),
        // On some keyboards shift is needed for it, on others not.
        ("?", _) => Key::Help,
        (digit, false) if digit.len() == 1 && digit.as_bytes()[0].is_ascii_digit() => {
            Key::Tenth(digit.as_bytes()[0] - b'0')
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_mean_what_the_help_says() {
        assert_eq!(meaning(" ", false), Some(Key::Toggle));
        assert_eq!(meaning("ArrowRight", true), Some(Key::Act(Action::NextPhase)));
        assert_eq!(meaning("7", false), Some(Key::Tenth(7)));
        assert_eq!(meaning("?", true), Some(Key::Help));
        assert_eq!(meaning("a", false), None);
        assert_eq!(meaning("é", false), None);
    }
}
