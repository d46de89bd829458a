//! What stands in the middle of a lesson: a part of the address' query.

/// What stands in the middle of a lesson.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum View {
    /// Nodes, links, and the stream below.
    #[default]
    Stage,
    /// The sequence diagram.
    Sequence,
    /// Everybody's offset over time.
    Offsets,
}

impl View {
    pub const ALL: [View; 3] = [View::Stage, View::Sequence, View::Offsets];

    /// Its name in an address.
    pub fn word(self) -> &'static str {
        match self {
            View::Stage => "stage",
            View::Sequence => "sequence",
            View::Offsets => "offsets",
        }
    }

    /// The view that a switch of a query asks for.
    pub fn named(switch: &str) -> Option<View> {
        let word = switch.strip_prefix("view=")?;
        View::ALL.into_iter().find(|view| view.word() == word)
    }

    /// A query that says what this one says, and the view.
    #[cfg(feature = "complete")]
    pub fn in_query(self, query: &str) -> String {
        let others = query.trim_start_matches('?').split('&').filter(|s| !s.is_empty() && !s.starts_with("view="));
        let view = (self != View::Stage).then(|| format!("view={}", self.word()));
        let switches: Vec<String> = others.map(str::to_owned).chain(view).collect();
        if switches.is_empty() { String::new() } else { format!("?{}", switches.join("&")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_keeps_what_else_it_says() {
        for (query, view, wanted) in [
            ("", View::Sequence, "?view=sequence"),
            ("?embed&view=sequence", View::Offsets, "?embed&view=offsets"),
            ("?view=offsets&theme=dark", View::Stage, "?theme=dark"),
            ("?view=offsets", View::Stage, ""),
        ] {
            assert_eq!(view.in_query(query), wanted);
        }
        assert_eq!([View::named("view=sequence"), View::named("view=moon")], [Some(View::Sequence), None]);
    }
}
