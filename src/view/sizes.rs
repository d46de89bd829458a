//! How large an element is on screen.

use super::browser::Sizes;
use crate::scene::geometry::Size;
use yew::prelude::*;

/// A reference to put on an element, and its inner size; `first` until the browser has measured it.
#[hook]
pub fn use_size(first: Size) -> (NodeRef, Size) {
    let node = use_node_ref();
    let size = use_state_eq(|| first);
    {
        let (node, size) = (node.clone(), size.setter());
        use_effect_with((), move |()| {
            let sizes = Sizes::watch(&node, move |measured| size.set(measured));
            move || drop(sizes)
        });
    }
    (node, *size)
}
