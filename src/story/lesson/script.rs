//! The lines of a lesson's text that say what is done, and when.
//!
//! Rule: in a branch they belong to the branch; whom they name must be there by then.

use super::super::load::Load;
use super::super::scenario::ScriptLine;
use super::super::source::{LessonError, Word, Words, problem};
use super::Reading;
use crate::sim::{Action, LinkSetup};

#[cfg(feature = "complete")]
const MIX: &str =
    "commands of SET, GET, INCR, LPUSH, DEL and EXPIRE, with weights from 1 to 1000, such as SET:6,INCR:3";
const ACTS: &str = "NODE> COMMAND, cut A B, heal A B, blackhole A B, slow A B latency TIME bandwidth BYTES, pause A, resume A, crash A, restart A [empty], add A PORT [replicaof B], or remove A";

impl Reading {
    /// `at TIME ACT`
    pub(super) fn at(&mut self, mut words: Words) -> Result<(), LessonError> {
        let after = words.duration()?;
        let act = words.expect(ACTS)?;
        #[cfg(feature = "complete")]
        self.is_mine(after, &words, &act)?;
        let action = match act.text.strip_suffix('>') {
            Some(name) => {
                let node = self.node_named(&words, &Word { text: name.into(), column: act.column })?;
                let args = words.rest().into_iter().map(|word| word.text.into_bytes().into()).collect::<Vec<_>>();
                if args.is_empty() {
                    words.expect("a command")?;
                }
                Action::Command { node, args }
            }
            #[cfg(feature = "complete")]
            None if act.text == "add" => self.add(after, &mut words)?,
            None => self.fault(&act, &mut words)?,
        };
        words.finish("the end of the line")?;
        #[cfg(feature = "complete")]
        action.nodes().into_iter().try_for_each(|node| self.is_there(node, after, &words, &act))?;
        let script = &mut self.lesson.scenario.script;
        #[cfg(feature = "complete")]
        let script = self.lesson.branches.last_mut().map_or(script, |branch| &mut branch.script);
        script.push(ScriptLine { after, action });
        Ok(())
    }

    /// `load NODE RATE [keys N] [size BYTES] [mix COMMAND:WEIGHT,…] [from TIME] [to TIME]`
    pub(super) fn load(&mut self, mut words: Words) -> Result<(), LessonError> {
        const ACCEPTED: &str = "keys N, size BYTES, mix SET:6,INCR:3, from TIME, to TIME";
        let name = words.expect("a node's name, then commands a second")?;
        let node = self.node_named(&words, &name)?;
        let mut load = Load::new(node, words.number("commands a second, a whole number")?);
        let mut to = None;
        while let Some(word) = words.next() {
            match word.text.as_str() {
                "keys" => load.keys = words.number("a number of keys")?,
                "size" => load.value_bytes = words.bytes()?.min(Load::VALUE_MAX),
                #[cfg(feature = "complete")]
                "mix" => {
                    let mix = words.expect(MIX)?;
                    load.mix = Load::parse_mix(&mix.text)
                        .ok_or_else(|| words.wrong(&mix, problem!("'{}' is no mix of commands", mix.text), MIX))?;
                }
                "from" => load.from = words.duration()?,
                "to" => to = Some(words.duration()?),
                other => return Err(words.wrong(&word, problem!("'{other}' is no property of a load"), ACCEPTED)),
            }
        }
        load.to = to.unwrap_or(if load.rate == 0 { load.from } else { load.from + load.to });
        if load.held_bytes() > Load::HELD_MAX {
            let accepted = problem!("keys and values of at most {} bytes together", Load::HELD_MAX);
            return Err(words.wrong(&name, "the load would hold too much", accepted));
        }
        #[cfg(feature = "complete")]
        self.is_mine(load.from, &words, &name)?;
        #[cfg(feature = "complete")]
        self.is_there(node, load.from, &words, &name)?;
        let loads = &mut self.lesson.scenario.loads;
        #[cfg(feature = "complete")]
        let loads = self.lesson.branches.last_mut().map_or(loads, |branch| &mut branch.loads);
        loads.push(load);
        Ok(())
    }

    fn fault(&self, act: &Word, words: &mut Words) -> Result<Action, LessonError> {
        let pair = |words: &mut Words| self.pair(words);
        let one = |words: &mut Words| {
            let word = words.expect("a node's name")?;
            self.node_named(words, &word)
        };
        Ok(match act.text.as_str() {
            "cut" => pair(words).map(|(a, b)| Action::Cut { a, b })?,
            "heal" => pair(words).map(|(a, b)| Action::Heal { a, b })?,
            "blackhole" => pair(words).map(|(a, b)| Action::BlackHole { a, b })?,
            "slow" => {
                let (a, b) = pair(words)?;
                let LinkSetup { latency, bandwidth } = self.link_setup(words)?;
                Action::Slow { a, b, latency, bandwidth }
            }
            "pause" => Action::Pause { node: one(words)? },
            "resume" => Action::Resume { node: one(words)? },
            "crash" => Action::Crash { node: one(words)? },
            #[cfg(feature = "complete")]
            "remove" => Action::Remove { node: one(words)? },
            "restart" => Action::Restart { node: one(words)?, keep_rdb: !words.take_if("empty") },
            other => {
                return Err(words.wrong(act, problem!("'{other}' is not something that can be done"), ACTS));
            }
        })
    }
}
