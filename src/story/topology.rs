//! Ready-made laboratories to begin with.
//!
//! Rule: what is ready is a text as any other; nothing is known of it that the text does not say.

/// Ready-made laboratories.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topology {
    /// No node yet.
    Empty,
    OneReplica,
    ThreeReplicas,
    /// A replica of a replica.
    Chain,
    /// One, two, and two below each.
    TwoLevels,
}

impl Topology {
    pub const ALL: [Topology; 5] =
        [Topology::Empty, Topology::OneReplica, Topology::ThreeReplicas, Topology::Chain, Topology::TwoLevels];

    /// What it is called.
    pub fn title(self) -> &'static str {
        match self {
            Topology::Empty => "Empty",
            Topology::OneReplica => "One replica",
            Topology::ThreeReplicas => "Three replicas",
            Topology::Chain => "A chain",
            Topology::TwoLevels => "Two levels",
        }
    }

    /// As it is called in links.
    pub fn name(self) -> String {
        self.title().to_ascii_lowercase().replace(' ', "-")
    }

    /// The ready one that is called so in links.
    pub fn named(name: &str) -> Option<Topology> {
        Topology::ALL.into_iter().find(|topology| topology.name() == name)
    }

    /// The master of each node, by number.
    pub fn masters(self) -> &'static [Option<u8>] {
        match self {
            Topology::Empty => &[],
            Topology::OneReplica => &[None, Some(0)],
            Topology::ThreeReplicas => &[None, Some(0), Some(0), Some(0)],
            Topology::Chain => &[None, Some(0), Some(1)],
            Topology::TwoLevels => &[None, Some(0), Some(0), Some(1), Some(1), Some(2), Some(2)],
        }
    }

    /// The text of the laboratory. Its nodes do not wait before they write a snapshot; everything else is as in Redis.
    pub fn text(self) -> String {
        let nodes = self.masters().iter().enumerate().map(|(n, master)| {
            let letter = |n: u8| char::from(b'a' + n);
            let of = master.map(|master| format!(" replicaof {}", letter(master))).unwrap_or_default();
            format!("node {} {}{of}\n", letter(n as u8), 6379 + n)
        });
        let nodes: String = nodes.collect();
        format!("title {}\nlaboratory\nseed 1\n{nodes}config * repl-diskless-sync-delay 0\n", self.title())
    }
}
