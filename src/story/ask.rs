//! A question: the page asks before it shows, because who predicts understands more, even who predicts wrongly.
//!
//! Rule: no answer is written down as right. Each choice says under which claim it is right, and the model decides by
//! running ahead on the branch the reader is on; so the key is right after any fault that a learner injected. The small
//! program reads of a question only when it comes: the whole one asks it.
//!
//! ```text
//! ask [NAME] before CONDITION
//!   c reconnects now. What does the master answer?
//!   - +FULLRESYNC and a snapshot          is full
//!     The byte it lacks is still in the backlog.
//!   - +CONTINUE and the missing bytes     if c resyncs partial
//!     Its id is known, and the byte is there.
//! ask before b is promoted
//!   Which node is promoted best?
//!   point node ahead                      # or: point offset of b at 5s, point byte a sends
//!   The one that has most of the stream loses least.
//! ```

use super::claim::{Claim, When, when};
use super::condition::Condition;
use super::lesson::slug;
use super::source::{LessonError, Word, Words, problem, said};
use crate::node::COMPLETE;
use crate::sim::NodeId;

/// The most choices of a question.
const CHOICES_MAX: usize = 8;
const KEYS: &str = "two spaces, then `if CLAIM`, `is full` or `is partial`";
const POINTS: &str = "point node ahead, point offset of NODE at TIME, or point byte NODE sends";

type FindNode<'a> = &'a dyn Fn(&Words, &Word) -> Result<NodeId, LessonError>;

/// A question of a lesson.
#[derive(Clone, Debug, PartialEq)]
pub struct Ask {
    /// For links and for the reader's record: given, or made of the question.
    pub name: String,
    /// It is asked at the last step before this.
    pub before: Condition,
    /// Inline markup, as in notes.
    pub text: String,
    pub kind: AskKind,
    /// Said after the answer to a question that points; choices have reasons of their own.
    pub why: String,
}

/// How a question is answered.
#[derive(Clone, Debug, PartialEq)]
pub enum AskKind {
    Choices(Vec<Choice>),
    /// By pointing at the replica that has most of the stream.
    NodeAhead,
    /// By moving a caret to where the node will be.
    OffsetOf {
        node: NodeId,
        when: When,
    },
    /// By moving a caret to the first byte of the stream that the node sends next.
    ByteSent {
        node: NodeId,
    },
}

/// One of the answers to choose from.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    pub text: String,
    pub key: Key,
    /// Why it is right, or wrong.
    pub why: String,
}

/// When a choice is right.
#[derive(Clone, Debug, PartialEq)]
pub enum Key {
    If(Claim),
    /// The PSYNC that the question is about is answered so.
    Partial(bool),
}

/// What a reader answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The choice of this number, from 0.
    Choice(usize),
    Node(NodeId),
    /// A byte of the stream.
    Byte(u64),
}

/// A question whose indented lines are being read.
#[derive(Clone, Debug)]
pub(super) struct AskReading {
    ask: Ask,
    line: u32,
}

impl AskReading {
    /// `ask [NAME] before CONDITION`, without its first word.
    pub fn begin(mut words: Words, line: u32, node: FindNode) -> Result<AskReading, LessonError> {
        let first = words.expect("before, or a name for the question")?;
        let mut name = String::new();
        if first.text != "before" {
            let before = words.expect("before")?;
            if before.text != "before" {
                return Err(words.unexpected(&before, "before"));
            }
            name = first.text;
        }
        let before = Condition::parse(&mut words, node)?;
        let ask = Ask { name, before, text: String::new(), kind: AskKind::Choices(vec![]), why: String::new() };
        Ok(AskReading { ask, line })
    }

    /// One of its lines, as it stands in the text.
    pub fn line(&mut self, raw: &str, line: u32, node: FindNode) -> Result<(), LessonError> {
        if !COMPLETE {
            return Ok(());
        }
        let text = raw.trim();
        if let Some(choice) = text.strip_prefix("- ") {
            return self.choice(raw, choice, line, node);
        }
        if text.starts_with("point ") && self.choices().is_some_and(|choices| choices.is_empty()) {
            let mut words = Words::split(raw, line)?;
            words.next();
            self.ask.kind = point(&mut words, node)?;
            return words.finish("the end of the line");
        }
        let target = match &mut self.ask.kind {
            AskKind::Choices(choices) => choices.last_mut().map_or(&mut self.ask.text, |choice| &mut choice.why),
            _ => &mut self.ask.why,
        };
        if !target.is_empty() {
            target.push(' ');
        }
        target.push_str(text);
        Ok(())
    }

    fn choices(&mut self) -> Option<&mut Vec<Choice>> {
        match &mut self.ask.kind {
            AskKind::Choices(choices) => Some(choices),
            _ => None,
        }
    }

    /// `- TEXT  KEY`
    fn choice(&mut self, raw: &str, text: &str, line: u32, node: FindNode) -> Result<(), LessonError> {
        let wrong = |problem: &str, accepted: String| LessonError {
            line,
            column: raw.chars().take_while(|c| c.is_whitespace()).count() as u32 + 1,
            problem: said(problem),
            accepted,
        };
        let (words_of, key) =
            text.rsplit_once("  ").ok_or_else(|| wrong("this choice does not say when it is right", said(KEYS)))?;
        // Blanks in the place of the words before it, so that columns are those of the line.
        let before = raw.chars().count() - key.chars().count();
        let mut words = Words::split(&(" ".repeat(before) + key), line)?;
        let key = key_of(&mut words, node)?;
        let choice = Choice { text: words_of.trim().into(), key, why: String::new() };
        match self.choices() {
            None => Err(wrong("this question is answered by pointing", said("no choices"))),
            Some(choices) if choices.len() == CHOICES_MAX => {
                Err(wrong("there are too many choices", problem!("at most {CHOICES_MAX}")))
            }
            Some(choices) => {
                choices.push(choice);
                Ok(())
            }
        }
    }

    /// The whole question.
    pub fn end(mut self) -> Result<Ask, LessonError> {
        if !COMPLETE {
            return Ok(self.ask);
        }
        let wrong = |problem: &str, accepted: &str| {
            Err(LessonError { line: self.line, column: 1, problem: said(problem), accepted: said(accepted) })
        };
        if self.ask.text.is_empty() {
            return wrong("this question has no words", "an indented line with the question");
        }
        if matches!(&self.ask.kind, AskKind::Choices(choices) if choices.len() < 2) {
            return wrong(
                "this question has nothing to choose from",
                &problem!("two lines `- TEXT`, {KEYS}; or {POINTS}"),
            );
        }
        if self.ask.name.is_empty() {
            self.ask.name = slug(&self.ask.text);
        }
        Ok(self.ask)
    }
}

fn key_of(words: &mut Words, node: FindNode) -> Result<Key, LessonError> {
    let first = words.expect(KEYS)?;
    match first.text.as_str() {
        "if" => Claim::parse(words, node).map(Key::If),
        "is" => {
            let how = words.expect("full or partial")?;
            words.finish("the end of the line")?;
            match how.text.as_str() {
                "full" => Ok(Key::Partial(false)),
                "partial" => Ok(Key::Partial(true)),
                _ => Err(words.unexpected(&how, "full or partial")),
            }
        }
        _ => Err(words.unexpected(&first, KEYS)),
    }
}

fn point(words: &mut Words, find: FindNode) -> Result<AskKind, LessonError> {
    let what = words.expect(POINTS)?;
    match what.text.as_str() {
        "node" if words.take_if("ahead") => Ok(AskKind::NodeAhead),
        "offset" => {
            words.take_if("of");
            let name = words.expect("a node's name")?;
            Ok(AskKind::OffsetOf { node: find(words, &name)?, when: when(words)? })
        }
        "byte" => {
            let name = words.expect("a node's name")?;
            let node = find(words, &name)?;
            words.take_if("sends");
            Ok(AskKind::ByteSent { node })
        }
        _ => Err(words.unexpected(&what, POINTS)),
    }
}
