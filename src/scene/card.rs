//! One node as a card: what its process would say of itself at this moment.
//!
//! Rule: every word and number is read from the node; the card only chooses how much of it fits.

use super::geometry::Rect;
use super::layout::Detail;
use super::paint::{Hue, Tone};
use crate::sim::NodeId;

/// A card, ready to be drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Card {
    pub node: NodeId,
    /// `node-a`.
    pub name: String,
    /// `:6379`.
    pub port: String,
    pub role: CardRole,
    pub hue: Hue,
    /// `master_repl_offset`; None while the process is down.
    pub offset: Option<u64>,
    pub id: Option<IdChip>,
    /// Of a replica: `up` or `down`, as `master_link_status`.
    pub link: Option<&'static str>,
    pub keys: Vec<KeyRow>,
    /// Keys that found no room.
    pub more_keys: usize,
    /// What it is doing, in as many words as fit.
    pub status: String,
    pub tone: Tone,
    /// The share of a snapshot that has arrived, 0..=1.
    pub progress: Option<f64>,
    pub rect: Rect,
    pub detail: Detail,
    /// The node that the panel speaks of.
    pub selected: bool,
    /// Those that stand together on this card; empty for the card of one node.
    #[cfg(feature = "complete")]
    pub members: Vec<NodeId>,
}

/// What the process is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CardRole {
    Master,
    Replica,
    Down,
}

impl CardRole {
    /// The word in the card's corner.
    pub fn word(self) -> &'static str {
        match self {
            CardRole::Master => "MASTER",
            CardRole::Replica => "REPLICA",
            CardRole::Down => "DOWN",
        }
    }

    /// The value of `data-role`.
    pub fn data(self) -> &'static str {
        match self {
            CardRole::Master => "master",
            CardRole::Replica => "replica",
            CardRole::Down => "down",
        }
    }
}

/// A replication id: a square in its owner's colour, and its two ends.
#[derive(Clone, Debug, PartialEq)]
pub struct IdChip {
    /// `8371…b09f`.
    pub short: String,
    /// All 40 characters.
    pub full: String,
    pub hue: Hue,
}

/// A key and its value, shortened to the card.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyRow {
    pub name: String,
    pub value: String,
    /// This step wrote it.
    pub changed: bool,
}

/// Where the parts of a card stand, in px from its upper left corner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Anatomy {
    pub pad: f64,
    pub name_size: f64,
    pub name_y: f64,
    pub label_y: Option<f64>,
    pub offset_size: f64,
    pub offset_y: f64,
    pub rule_y: f64,
    pub first_key_y: f64,
    pub key_pitch: f64,
    /// Rows of keys that have room.
    pub key_rows: usize,
    /// Of the state's text, from the lower edge.
    pub status_up: f64,
}

impl Detail {
    /// The anatomy of a card of this detail and height.
    pub fn anatomy(self, height: f64) -> Anatomy {
        let base = match self {
            Detail::Full => Anatomy {
                pad: 18.0,
                name_size: 16.0,
                name_y: 28.0,
                label_y: Some(57.0),
                offset_size: 22.0,
                offset_y: 82.0,
                rule_y: 100.0,
                first_key_y: 121.0,
                key_pitch: 21.0,
                key_rows: 0,
                status_up: 17.0,
            },
            Detail::Small => Anatomy {
                pad: 14.0,
                name_size: 14.0,
                name_y: 22.0,
                label_y: Some(41.0),
                offset_size: 18.0,
                offset_y: 61.0,
                rule_y: 71.0,
                first_key_y: 88.0,
                key_pitch: 17.0,
                key_rows: 0,
                status_up: 13.0,
            },
            Detail::Compact => Anatomy {
                pad: 16.0,
                name_size: 14.0,
                name_y: 25.0,
                label_y: None,
                offset_size: 20.0,
                offset_y: 57.0,
                rule_y: 0.0,
                first_key_y: 0.0,
                key_pitch: 0.0,
                key_rows: 0,
                status_up: 15.0,
            },
            Detail::Tiny | Detail::Line | Detail::Mark => Anatomy {
                pad: 12.0,
                name_size: 13.0,
                name_y: if self == Detail::Line { 19.5 } else { 22.0 },
                label_y: None,
                offset_size: 13.0,
                offset_y: if self == Detail::Line { 19.5 } else { 22.0 },
                rule_y: 0.0,
                first_key_y: 0.0,
                key_pitch: 0.0,
                key_rows: 0,
                status_up: if self == Detail::Line { 11.0 } else { 15.0 },
            },
        };
        let below = height - base.status_up - 18.0 - base.first_key_y;
        let rows = if base.key_pitch > 0.0 { (below / base.key_pitch).floor().max(-1.0) + 1.0 } else { 0.0 };
        Anatomy { key_rows: rows as usize, ..base }
    }
}
