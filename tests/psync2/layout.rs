//! How nodes are arranged anew, in an order that asks for no full synchronization.
//!
//! Rule: at first a node follows only one that already belongs to the tree, so that it synchronizes once. Later a node may
//! follow another once that one has heard of the history that the node is in: after a promotion it is attached to one of
//! the new tree, or within the old tree, never from a tree that knows the new history to one that does not. After Redis'
//! own `tests/integration/psync2.tcl`.

use replscope::rng::Rng;

/// Who follows whom; the top master nobody.
pub type Masters = Vec<Option<usize>>;

/// The next arrangement: who is promoted, and then who follows whom, in this order.
pub struct Layout {
    pub top: usize,
    pub attach: Vec<(usize, usize)>,
}

impl Layout {
    /// Draws the next arrangement of nodes that follow each other as `masters` says.
    pub fn draw(masters: &Masters, is_first: bool, rng: &mut Rng) -> Layout {
        let mut pick = |n: usize| rng.below(n as u64) as usize;
        let top = pick(masters.len());
        let mut used = vec![top];
        let mut wanted = vec![];
        while used.len() < masters.len() {
            let node = pick(masters.len());
            if !used.contains(&node) {
                wanted.push((node, used[pick(used.len())]));
                used.push(node);
            }
        }
        let mut now = masters.clone();
        now[top] = None;
        let mut attach = vec![];
        while !wanted.is_empty() {
            let may = |&(node, master): &(usize, usize)| {
                let knows = |n| follows(&now, n, top);
                (knows(master) || !(is_first || knows(node))) && !follows(&now, master, node)
            };
            let allowed: Vec<usize> = (0..wanted.len()).filter(|n| may(&wanted[*n])).collect();
            let (node, master) = wanted.remove(allowed[pick(allowed.len())]);
            now[node] = Some(master);
            attach.push((node, master));
        }
        Layout { top, attach }
    }

    pub fn masters(&self, nodes: usize) -> Masters {
        let mut masters = vec![None; nodes];
        self.attach.iter().for_each(|(node, master)| masters[*node] = Some(*master));
        masters
    }
}

/// Is `node` this node, or does it follow it, directly or through others?
pub fn follows(masters: &Masters, node: usize, above: usize) -> bool {
    let mut at = Some(node);
    // A chain is no longer than there are nodes; a circle never ends.
    for _ in 0..masters.len() {
        match at {
            Some(n) if n == above => return true,
            Some(n) => at = masters[n],
            None => return false,
        }
    }
    false
}
