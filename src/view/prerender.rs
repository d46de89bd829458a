//! The page as text: what stands in `index.html` until the program has been loaded, and what the tests look at.

use super::run::Run;
use super::stage::stage;
use super::start::stamp;
use super::{App, AppProps, Part, Shot, picture};
use crate::export::{Backdrop, Colours};
use crate::story::{Lesson, Page, builtin};
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use yew::{Callback, Html, LocalServerRenderer, Properties, component};

/// Width and height of the picture that stands for a lesson in a page that embeds it, px: as the player's own stage there.
const STILL: (f64, f64) = (720.0, 360.0);

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

/// A picture of every lesson of the course that stands alone, light and dark, and the name of its file: what an embedded
/// lesson shows until it is loaded.
pub fn stills() -> impl Iterator<Item = (String, String)> {
    builtin().into_iter().flat_map(|lesson| {
        let run = Run::new(lesson);
        let (width, height) = STILL;
        let shot = Shot { width, height, ..Shot::new(Part::Stage, run.showpiece()) };
        let picture = picture(&run, &shot);
        [("light", Colours::Light), ("dark", Colours::Dark)].map(|(colours, as_painted)| {
            (format!("{}-{colours}.svg", run.lesson.name), picture.svg(as_painted, Backdrop::Opaque))
        })
    })
}

/// The small pictures of the course's lessons, a line each: its name, a tab, and SVG.
pub fn pictures() -> String {
    builtin().into_iter().map(|lesson| lesson.name.clone() + "\t" + &small(lesson) + "\n").collect()
}

fn small(lesson: Lesson) -> String {
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
