//! What a hand does on the stage: it presses a card, carries it, and lets it go on another one.
//!
//! Rule: a mouse carries once it has moved; a finger has to rest on a card first, or it could not scroll. What is carried
//! is dropped by letting go, and put back by Escape.

use crate::sim::NodeId;

/// How far a mouse moves before it carries, px.
const SLACK: f64 = 6.0;
/// How far a finger may move while it rests, px.
const TREMBLE: f64 = 10.0;
/// How long a finger rests before it carries, ms.
pub const REST_MS: u32 = 420;

/// What is under the hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    Nothing,
    Stage,
    Node(NodeId),
    /// Where nodes are taken away.
    Bin,
}

/// What is carried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carried {
    Node(NodeId),
    /// One that would join.
    New,
}

/// Something being carried, for the picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Carrying {
    pub what: Carried,
    /// Where the hand is, px of the window.
    pub at: (f64, f64),
    pub over: Over,
}

/// What comes of letting go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dropped {
    Follow {
        node: NodeId,
        master: NodeId,
    },
    Join {
        master: Option<NodeId>,
    },
    Remove(NodeId),
    /// A finger rested and did not move: it wants the menu.
    Menu(NodeId),
    Nothing,
}

/// The hand.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hand {
    pressed: Option<Press>,
    carrying: Option<Carrying>,
}

#[derive(Clone, Copy, Debug)]
struct Press {
    what: Carried,
    from: (f64, f64),
    is_finger: bool,
    has_moved: bool,
}

impl Hand {
    pub fn press(&mut self, what: Carried, from: (f64, f64), is_finger: bool) {
        *self = Hand { pressed: Some(Press { what, from, is_finger, has_moved: false }), carrying: None };
    }

    /// The finger has rested long enough: it carries now.
    pub fn rest(&mut self) {
        if let Some(press) = self.pressed.filter(|press| press.is_finger) {
            self.carrying = Some(Carrying { what: press.what, at: press.from, over: Over::Nothing });
        }
    }

    /// Moves; true if something is carried now.
    pub fn go(&mut self, at: (f64, f64), over: impl FnOnce() -> Over) -> bool {
        let Some(press) = &mut self.pressed else { return false };
        let (x, y) = (at.0 - press.from.0, at.1 - press.from.1);
        let far = (x * x + y * y).sqrt();
        if self.carrying.is_none() {
            if press.is_finger {
                // It scrolls.
                if far > TREMBLE {
                    self.pressed = None;
                }
                return false;
            }
            if far < SLACK {
                return false;
            }
        }
        press.has_moved |= far >= SLACK;
        self.carrying = Some(Carrying { what: press.what, at, over: over() });
        true
    }

    pub fn carrying(&self) -> Option<Carrying> {
        self.carrying
    }

    /// Lets go.
    pub fn release(&mut self) -> Option<Dropped> {
        let press = self.pressed.take();
        let carrying = self.carrying.take()?;
        let has_moved = press.is_some_and(|press| press.has_moved);
        Some(match (carrying.what, carrying.over) {
            (Carried::Node(node), _) if !has_moved => Dropped::Menu(node),
            (Carried::Node(node), Over::Node(master)) if node != master => Dropped::Follow { node, master },
            (Carried::Node(node), Over::Bin) => Dropped::Remove(node),
            (Carried::New, Over::Node(master)) => Dropped::Join { master: Some(master) },
            (Carried::New, Over::Stage) => Dropped::Join { master: None },
            _ => Dropped::Nothing,
        })
    }

    /// Puts back what is carried; true if something was.
    pub fn put_back(&mut self) -> bool {
        self.pressed = None;
        self.carrying.take().is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: NodeId = NodeId(0);
    const B: NodeId = NodeId(1);

    #[test]
    fn a_mouse_carries_once_it_has_moved() {
        let mut hand = Hand::default();
        hand.press(Carried::Node(B), (10.0, 10.0), false);
        assert!(!hand.go((13.0, 12.0), || Over::Stage));
        assert_eq!(hand.release(), None);
        hand.press(Carried::Node(B), (10.0, 10.0), false);
        assert!(hand.go((40.0, 12.0), || Over::Node(A)));
        assert_eq!(hand.release(), Some(Dropped::Follow { node: B, master: A }));
    }

    #[test]
    fn a_finger_rests_first() {
        let mut hand = Hand::default();
        hand.press(Carried::Node(B), (10.0, 10.0), true);
        // It scrolls.
        assert!(!hand.go((10.0, 40.0), || Over::Node(A)));
        hand.rest();
        assert_eq!(hand.release(), None);
        hand.press(Carried::Node(B), (10.0, 10.0), true);
        hand.rest();
        assert_eq!(hand.release(), Some(Dropped::Menu(B)));
        hand.press(Carried::Node(B), (10.0, 10.0), true);
        hand.rest();
        assert!(hand.go((60.0, 10.0), || Over::Bin));
        assert_eq!(hand.release(), Some(Dropped::Remove(B)));
    }

    #[test]
    fn what_is_put_back_or_dropped_beside_does_nothing() {
        let mut hand = Hand::default();
        hand.press(Carried::Node(B), (0.0, 0.0), false);
        hand.go((90.0, 0.0), || Over::Node(A));
        assert!(hand.put_back() && !hand.put_back());
        assert_eq!(hand.release(), None);
        hand.press(Carried::Node(B), (0.0, 0.0), false);
        hand.go((90.0, 0.0), || Over::Stage);
        assert_eq!(hand.release(), Some(Dropped::Nothing));
        hand.press(Carried::New, (0.0, 0.0), false);
        hand.go((90.0, 0.0), || Over::Stage);
        assert_eq!(hand.release(), Some(Dropped::Join { master: None }));
    }
}
