//! The page as text: what stands in `index.html` until the program has been loaded, and what the tests look at.

use super::{App, AppProps};
use crate::story::{Page, builtin};
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use yew::LocalServerRenderer;

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
fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}
