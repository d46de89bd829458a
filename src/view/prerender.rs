//! The page as text: what stands in `index.html` until the program has been loaded, and what the tests look at.

use super::{App, AppProps};
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use yew::LocalServerRenderer;

/// The first picture of the start page.
pub fn prerender() -> String {
    page("", "#/")
}

/// The page at an address (query and hash), before any browser has measured it.
pub fn page(query: &str, hash: &str) -> String {
    let props = AppProps { query: query.to_owned().into(), hash: hash.to_owned().into() };
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
