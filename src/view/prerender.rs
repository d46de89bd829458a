//! The page as text: what stands in `index.html` until the program has been loaded, and what the tests look at.

use super::run::Run;
use super::stage::stage;
use super::start::stamp;
use super::{App, AppProps};
use crate::story::{Lesson, Page, builtin};
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use yew::{Callback, Html, LocalServerRenderer, Properties, component};

/// The first picture: the first lesson at its first moment, for wide and for narrow windows.
pub fn prerender() -> String {
    let first = builtin().into_iter().next();
    let page = first.map_or(Page::Start, |lesson| Page::Lesson { name: lesson.name, at: None });
    render(AppProps { query: String::new(), hash: page.hash(), still: true })
}

/// The page at an address (query and hash), before any browser has measured it.
pub fn page(query: &str, hash: &str) -> String {
    render(AppProps { query: query.to_owned(), hash: hash.to_owned(), still: false })
}

fn render(props: AppProps) -> String {
    block_on(LocalServerRenderer::<App>::with_props(props).hydratable(false).render())
}

/// Nothing in the page waits for anything, so polling is all it takes.
pub(super) fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}

/// The small pictures of the course's lessons, a line each: its name, a tab, and SVG.
pub fn pictures() -> String {
    builtin().into_iter().map(|lesson| lesson.name.clone() + "\t" + &picture(lesson) + "\n").collect()
}

fn picture(lesson: Lesson) -> String {
    #[derive(Properties, PartialEq)]
    struct Props {
        run: std::rc::Rc<Run>,
    }
    #[component]
    fn Picture(props: &Props) -> Html {
        let (picture, at) = stamp(&props.run);
        stage(&picture, at, &Callback::noop()).into()
    }
    let props = Props { run: std::rc::Rc::new(Run::new(lesson)) };
    block_on(LocalServerRenderer::<Picture>::with_props(props).hydratable(false).render())
}
