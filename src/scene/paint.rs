//! The colours of the picture, as words that the style sheet knows.
//!
//! Rule: a colour never carries meaning alone; whatever is painted also has a word or a shape.

/// The colour of one node, and of the replication ids it drew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hue {
    /// The node declared first: as a rule the master.
    First,
    Second,
    Third,
    /// The fourth node and all after it.
    Other,
    /// Belongs to no node on screen.
    None,
}

impl Hue {
    /// The colour of the node with this index.
    pub fn of(node: usize) -> Hue {
        [Hue::First, Hue::Second, Hue::Third].get(node).copied().unwrap_or(Hue::Other)
    }

    pub fn class(self) -> &'static str {
        match self {
            Hue::First => "hue-a",
            Hue::Second => "hue-b",
            Hue::Third => "hue-c",
            Hue::Other => "hue-d",
            Hue::None => "hue-x",
        }
    }
}

/// How a node or a link is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Good,
    /// A snapshot is under way.
    Busy,
    Trouble,
    /// Crashed, or not in use.
    Off,
}

impl Tone {
    pub fn class(self) -> &'static str {
        match self {
            Tone::Good => "tone-good",
            Tone::Busy => "tone-busy",
            Tone::Trouble => "tone-trouble",
            Tone::Off => "tone-off",
        }
    }
}

/// What kind of message it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Handshake,
    Reply,
    Snapshot,
    Stream,
    Ack,
}

impl Kind {
    pub fn class(self) -> &'static str {
        match self {
            Kind::Handshake => "kind-handshake",
            Kind::Reply => "kind-reply",
            Kind::Snapshot => "kind-snapshot",
            Kind::Stream => "kind-stream",
            Kind::Ack => "kind-ack",
        }
    }
}
