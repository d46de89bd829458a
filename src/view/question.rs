//! A question: the page asks before it shows.
//!
//! Rule: what is right is asked of the run when the answer is given. A question can be skipped; until it is settled,
//! time does not go on by itself (`playback`). What was answered stays to be read as long as the reader stays.

use super::asking::Guess;
use super::browser;
use super::element::{El, el};
use super::run::Run;
use super::words;
use crate::sim::NodeId;
use crate::story::{Answer, Ask, AskKind, Choice, Truth, display_name, markup};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlInputElement, KeyboardEvent};
use yew::prelude::*;
use yew::virtual_dom::ListenerKind;

/// What came of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Skipped,
    Answered { answer: Answer, right: bool },
}

#[derive(Properties, PartialEq)]
pub struct QuestionProps {
    pub run: Rc<Run>,
    /// Which of the run's questions.
    pub number: usize,
    /// The caret, if a byte of the stream is the answer.
    pub guess: Option<Guess>,
    /// The node that the reader points at on the stage.
    pub pointed: Option<NodeId>,
    pub outcome: Option<Outcome>,
    /// How often the reader was held by it.
    pub held: u32,
    pub settle: Callback<Outcome>,
    pub go_on: Callback<()>,
}

#[component]
pub fn Question(props: &QuestionProps) -> Html {
    let chosen = use_state_eq(|| None::<Answer>);
    let root = use_node_ref();
    let asked = use_memo((props.run.clone(), props.number), |(run, number)| run.question(*number));
    {
        let (chosen, pointed) = (chosen.clone(), props.pointed);
        let points = asked.as_ref().as_ref().is_some_and(|ask| ask.kind == AskKind::NodeAhead);
        let root = root.clone();
        use_effect_with(pointed, move |pointed| {
            if let Some(node) = pointed.filter(|_| points) {
                chosen.set(Some(Answer::Node(node)));
                check_radio(&root, node.index());
            }
        });
    }
    use_focus(&root, props.held, props.outcome.is_some());
    let Some(ask) = asked.as_ref() else { return Html::default() };
    let truth = props.outcome.and_then(|_| props.run.truth(props.number));
    let form = Form { props, ask, chosen: &chosen, truth: truth.as_ref() };
    let text = el("legend").child(el("span").class("predict").text(words::PREDICT)).prose(&markup(&ask.text));
    let fields = el("fieldset").child(text).children(form.fields());
    el("form")
        .class("question")
        .attr("aria-label", words::PREDICT)
        .reference(&root)
        .on(ListenerKind::onsubmit, form.check())
        .on(ListenerKind::onkeydown, form.check())
        .child(fields)
        .child(form.verdict())
        .child(form.buttons())
        .into()
}

/// A question being drawn.
struct Form<'a> {
    props: &'a QuestionProps,
    ask: &'a Ask,
    chosen: &'a UseStateHandle<Option<Answer>>,
    /// Known once it is answered.
    truth: Option<&'a Truth>,
}

impl Form<'_> {
    fn answered(&self) -> Option<(Answer, bool)> {
        match self.props.outcome {
            Some(Outcome::Answered { answer, right }) => Some((answer, right)),
            _ => None,
        }
    }

    fn fields(&self) -> Vec<El> {
        match &self.ask.kind {
            AskKind::Choices(choices) => {
                let radios = choices.iter().enumerate();
                radios.map(|(n, choice)| self.radio(n, Answer::Choice(n), &choice.text)).collect()
            }
            AskKind::NodeAhead => {
                let hosts = self.props.run.lesson.scenario.setup.hosts.iter().enumerate();
                let hint = el("p").class("how").text(words::POINT_AT_NODE);
                let radios =
                    hosts.map(|(n, host)| self.radio(n, Answer::Node(NodeId(n as u8)), &display_name(&host.name)));
                std::iter::once(hint).chain(radios).collect()
            }
            AskKind::OffsetOf { .. } | AskKind::ByteSent { .. } => vec![self.caret()],
        }
    }

    fn radio(&self, n: usize, answer: Answer, text: &str) -> El {
        let chosen = self.chosen.clone();
        let pick = Callback::from(move |_: Event| chosen.set(Some(answer)));
        let given = self.answered().map(|(answer, _)| answer);
        let is_right = self.truth.is_some_and(|truth| truth.is_met_by(answer));
        let class = match (given, is_right) {
            (None, _) => "choice",
            (_, true) => "choice is-right",
            (Some(given), false) if given == answer => "choice is-wrong",
            _ => "choice is-other",
        };
        let input = el("input")
            .attr("type", "radio")
            .attr("name", format!("question-{}", self.props.number))
            .attr("value", n.to_string())
            .maybe("checked", (given == Some(answer)).then_some(""))
            .maybe("disabled", given.map(|_| ""))
            .on(ListenerKind::onchange, pick);
        let sign = match class {
            "choice is-right" => "✓",
            "choice is-wrong" => "✗",
            _ => "",
        };
        let sign = el("span").class("sign").attr("aria-hidden", "true").text(sign);
        el("label").class(class).child(input).child(el("span").prose(&markup(text))).child(sign)
    }

    /// A caret that is moved along the stream.
    fn caret(&self) -> El {
        let Some(Guess { byte, most, moved, .. }) = self.props.guess.clone() else { return el("div") };
        let moved = moved.unwrap_or_default();
        let moved = Callback::from(move |event: Event| {
            let field = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
            field.and_then(|field| field.value().parse().ok()).into_iter().for_each(|byte| moved.emit(byte));
        });
        let input = el("input")
            .attr("type", "range")
            .attr("min", "0")
            .attr("max", most.to_string())
            .value(byte.to_string())
            .attr("aria-label", words::MOVE_CARET)
            .maybe("disabled", self.answered().map(|_| ""))
            .on(ListenerKind::oninput, moved);
        let shown = el("output").child(el("span").text(format!("{} ", words::BYTE))).text(byte.to_string());
        let how = el("p").class("how").text(words::MOVE_CARET);
        el("div").class("caret-question").child(how).child(input).child(shown)
    }

    /// Whether it was right, and why; an empty status before.
    fn verdict(&self) -> El {
        let said = el("div").class("verdict").attr("role", "status");
        let (Some((answer, right)), Some(truth)) = (self.answered(), self.truth) else { return said };
        let word = el("strong").class(if right { "good" } else { "bad" });
        let word = word.text(if right { words::RIGHT } else { words::WRONG });
        let first = el("p").child(word).text(" ");
        match (&self.ask.kind, answer, truth) {
            (AskKind::Choices(choices), Answer::Choice(n), Truth::Choices(keys)) => {
                let why = |choice: &Choice| markup(&choice.why);
                let first = choices.get(n).map(why).map_or(el("p"), |why| first.prose(&why));
                let other = (!right).then(|| keys.iter().position(|right| *right));
                let other = match other {
                    None => None,
                    Some(None) => Some(el("p").text(words::NONE_FITS)),
                    Some(Some(n)) => choices.get(n).map(|choice| {
                        el("p").child(el("strong").prose(&markup(&choice.text))).text(". ").prose(&why(choice))
                    }),
                };
                said.child(first).children(other)
            }
            (_, _, Truth::Nodes(nodes)) => {
                let hosts = &self.props.run.lesson.scenario.setup.hosts;
                let names = nodes.iter().filter_map(|id| hosts.get(id.index())).map(|host| display_name(&host.name));
                let names: Vec<String> = names.collect();
                let first = first.text(words::it_is_node(&names.join(", "))).text(" ");
                said.child(first.prose(&markup(&self.ask.why)))
            }
            (_, Answer::Byte(byte), Truth::Byte(Some(truth))) => {
                let first = first.text(words::it_is_byte(*truth, byte)).text(" ");
                said.child(first.prose(&markup(&self.ask.why)))
            }
            _ => said.child(el("p").text(words::NONE_FITS)),
        }
    }

    /// What the reader has chosen by now; a caret always stands somewhere.
    fn answer(&self) -> Option<Answer> {
        self.props.guess.as_ref().map(|guess| Answer::Byte(guess.byte)).or(**self.chosen)
    }

    /// Holds the answer against the run.
    fn check(&self) -> Callback<Event> {
        let (settle, run, number) = (self.props.settle.clone(), self.props.run.clone(), self.props.number);
        let answer = self.answer().filter(|_| self.answered().is_none());
        Callback::from(move |event: Event| {
            // Enter in a field that is no text does not submit in every browser.
            if event.dyn_ref::<KeyboardEvent>().is_some_and(|key| key.key() != "Enter" || !browser::is_field(&event)) {
                return;
            }
            event.prevent_default();
            if let (Some(answer), Some(truth)) = (answer, run.truth(number)) {
                settle.emit(Outcome::Answered { answer, right: truth.is_met_by(answer) });
            }
        })
    }

    fn buttons(&self) -> El {
        let row = el("div").class("question-buttons");
        let button = |class: &'static str, words: &'static str, pressed: Callback<Event>| {
            el("button").class(class).attr("type", "button").on(ListenerKind::onclick, pressed).text(words)
        };
        if self.answered().is_some() {
            let go_on = self.props.go_on.reform(|_: Event| ());
            return row.child(button("tool first", words::GO_ON, go_on));
        }
        let check = el("button").class("tool first").attr("type", "submit").text(words::CHECK);
        let check = check.maybe("disabled", self.answer().is_none().then_some(""));
        let skip = self.props.settle.reform(|_: Event| Outcome::Skipped);
        row.child(check).child(button("tool", words::SKIP, skip))
    }
}

/// A reader who is held is led to the question, and one who has answered to the way on; nobody else is moved.
#[hook]
fn use_focus(root: &NodeRef, held: u32, is_answered: bool) {
    let root = root.clone();
    let was = use_mut_ref(|| (held, is_answered));
    use_effect_with((held, is_answered), move |&now| {
        let before = was.replace(now);
        let wanted = match (before, now) {
            ((_, false), (_, true)) => ".question-buttons button",
            ((before, _), (now, false)) if before != now => "input",
            ((before, _), (now, true)) if before != now => ".question-buttons button",
            _ => return,
        };
        let found = root.cast::<Element>().and_then(|root| root.query_selector(wanted).ok().flatten());
        found.iter().for_each(browser::focus);
    });
}

fn check_radio(root: &NodeRef, n: usize) {
    let found = root
        .cast::<Element>()
        .and_then(|root| root.query_selector(&format!("input[value=\"{n}\"]")).ok().flatten())
        .and_then(|input| input.dyn_into::<HtmlInputElement>().ok());
    if let Some(input) = found {
        input.set_checked(true);
    }
}
