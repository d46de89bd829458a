//! Settings that are kept for whoever reads them, and change nothing that a node does.
//!
//! Rule: `kept.txt` has a line for each: the name, `!` if it cannot be changed while the server runs, `,` and its other
//! name, what it takes, and its default. Values are refused with Redis' words. Mirrors the rest of `standardConfigs`
//! (config.c).

use super::settings::{integer, memory, yes_or_no};

#[cfg(feature = "complete")]
static TEXT: &str = include_str!("kept.txt");
/// The small program of the page keeps none.
#[cfg(not(feature = "complete"))]
static TEXT: &str = "";

/// One setting that is only kept.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kept {
    pub name: &'static str,
    /// Empty if there is none.
    pub old_name: &'static str,
    pub is_fixed: bool,
    kind: &'static str,
    pub default: &'static str,
}

impl Kept {
    pub fn all() -> impl Iterator<Item = Kept> {
        TEXT.lines().map(|line| {
            let (names, rest) = line.split_once(' ').unwrap_or((line, ""));
            let (kind, default) = rest.split_once(' ').unwrap_or((rest, ""));
            let (name, old_name) = names.split_once(',').unwrap_or((names, ""));
            let (name, is_fixed) = name.strip_suffix('!').map_or((name, false), |name| (name, true));
            Kept { name, old_name, is_fixed, kind, default }
        })
    }

    /// By either name, whatever its case.
    pub fn find(name: &str) -> Option<Kept> {
        Kept::all().find(|kept| kept.names().any(|known| known.eq_ignore_ascii_case(name)))
    }

    pub fn names(self) -> impl Iterator<Item = &'static str> {
        [self.name, self.old_name].into_iter().filter(|name| !name.is_empty())
    }

    /// The value as CONFIG GET will show it. The error is the second half of Redis' message.
    pub fn read(&self, value: &str) -> Result<String, String> {
        let mut parts = self.kind.split(':');
        let kind = parts.next().unwrap_or_default();
        match kind {
            "bool" => yes_or_no(value).map(|on| if on { "yes".into() } else { "no".into() }),
            "int" => {
                let mut bound = || parts.next().and_then(|bound| bound.parse().ok()).unwrap_or(i64::MAX);
                let (min, max) = (bound(), bound());
                let number = integer(value, min, max)?;
                // As `updateHZ` has it.
                Ok(if self.name == "hz" { number.clamp(1, 500) } else { number }.to_string())
            }
            "memory" => {
                let bytes = memory(value).ok_or("argument must be a memory value")?;
                let min = parts.next().and_then(|min| min.parse().ok()).unwrap_or(0);
                let max = parts.next().and_then(|max| max.parse().ok()).unwrap_or(u64::MAX);
                if bytes < min || bytes > max {
                    return Err(format!("argument must be between {min} and {max} inclusive"));
                }
                Ok(bytes.to_string())
            }
            "one" => {
                let choices = parts.next().unwrap_or_default();
                match choices.split('|').find(|choice| choice.eq_ignore_ascii_case(value)) {
                    Some(choice) => Ok(choice.into()),
                    None => Err(format!("argument(s) must be one of the following: {}", choices.replace('|', ", "))),
                }
            }
            // Several words, of which two exclude each other.
            "some" => {
                let choices = parts.next().unwrap_or_default();
                let is_known = |word: &str| choices.split('|').any(|choice| choice == word);
                let words: Vec<String> = value.split_whitespace().map(str::to_ascii_lowercase).collect();
                let says = |word: &str| words.iter().any(|other| other == word);
                if words.is_empty() || !words.iter().all(|word| is_known(word)) {
                    return Err(format!("argument(s) must be one of the following: {}", choices.replace('|', ", ")));
                }
                if says("save") && says("nosave") {
                    return Err("shutdown options SAVE and NOSAVE can't be used simultaneously".into());
                }
                Ok(words.join(" "))
            }
            _ => Ok(value.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_is_a_value_that_is_taken() {
        for kept in Kept::all() {
            assert_eq!(kept.read(kept.default).as_deref(), Ok(kept.default), "{}", kept.name);
        }
    }
}
