//! What stands at the end of a lesson: what was predicted well, what to look at again, and the way on.

use super::element::{El, el};
use super::playback::Moments;
use super::question::Outcome;
use super::record::Record;
use super::run::Run;
use super::words;
use crate::story::{Heading, Page, Progress, course, markup};

/// A lesson of which less than this part was predicted right is worth another look.
const WELL: f64 = 0.67;

/// The end of the lesson that is open.
pub fn ending(run: &Run, moments: &Moments, record: &Record, progress: &Progress) -> El {
    let lessons = course();
    let next = lessons.iter().find(|other| other.number == run.lesson.number + 1);
    let title = el("h2").text(if next.is_some() { words::END } else { words::FINISHED });
    let asked = moments.gates.len();
    let predicted = (asked > 0).then(|| el("p").text(words::predicted(record.right(), asked)));
    let rows = moments.gates.iter().filter_map(|gate| Some((run.question(gate.question)?, record.of(gate.question))));
    let rows = rows.map(|(ask, outcome)| {
        let (sign, said) = match outcome {
            Some(Outcome::Answered { right: true, .. }) => ("✓", words::PREDICTED_RIGHT),
            Some(Outcome::Answered { right: false, .. }) => ("✗", words::PREDICTED_WRONG),
            Some(Outcome::Skipped) | None => ("–", words::SKIPPED),
        };
        let sign = el("span").class("sign").attr("aria-hidden", "true").text(sign);
        el("li").child(sign).child(el("span").prose(&markup(&ask.text))).child(el("em").text(said))
    });
    let list = (asked > 0).then(|| el("ul").children(rows));
    let way = |class: &'static str, heading: &Heading, text: String| {
        let page = Page::Lesson { name: heading.name.clone(), at: None };
        el("a").class(class).attr("href", page.hash()).text(text)
    };
    let next =
        next.map(|next| way("tool first", next, format!("{}: {} {}", words::NEXT_LESSON, next.number, next.title)));
    let ways = el("p").class("ways").children(next).children(
        weakest(&lessons, run.lesson.number, progress).map(|weak| way("again", weak, words::repeat(&weak.title))),
    );
    let ways = ways.child(el("a").class("back").attr("href", Page::Start.hash()).text(words::BACK_TO_COURSE));
    el("section")
        .class("lesson-end")
        .attr("aria-label", words::END)
        .child(title)
        .children(predicted)
        .children(list)
        .child(ways)
}

/// The lesson up to this one that was predicted worst, if any was not predicted well.
fn weakest<'a>(lessons: &'a [Heading], up_to: u32, progress: &Progress) -> Option<&'a Heading> {
    let part = |heading: &&Heading| {
        let mark = progress.of(&heading.name);
        (mark.asked > 0).then(|| f64::from(mark.right) / f64::from(mark.asked))
    };
    let seen = lessons.iter().filter(|heading| heading.number <= up_to);
    let weak = seen.filter_map(|heading| Some((heading, part(&heading)?))).filter(|(_, part)| *part < WELL);
    weak.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(heading, _)| heading)
}
