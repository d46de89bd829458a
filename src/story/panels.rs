//! Which panels an embedded page shows beside its picture.

/// A set of panels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Panels(u8);

impl Panels {
    pub const NARRATION: Panels = Panels(1);
    pub const TAPE: Panels = Panels(1 << 1);
    /// As they are called in addresses; the place of a name is that of its bit.
    pub const NAMES: [&'static str; 7] = ["narration", "tape", "wire", "node", "info", "decision", "sequence"];
    /// Reads names with commas between them; what is no name is left aside.
    pub fn parse(list: &str) -> Panels {
        let places = list.split(',').filter_map(|name| Panels::NAMES.iter().position(|known| *known == name));
        Panels(places.fold(0, |set, place| set | 1 << place))
    }

    pub fn has(self, other: Panels) -> bool {
        self.0 & other.0 == other.0
    }

    /// Those that are tabs: the first of these is the lowest bit.
    pub fn tabs(self) -> u8 {
        self.0 >> 2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_and_others_left_aside() {
        let panels = Panels::parse("sequence,tape,nonsense,wire");
        assert!(panels.has(Panels::TAPE) && !panels.has(Panels::NARRATION));
        assert_eq!(panels.tabs(), 0b10001);
        assert_eq!(Panels::parse("none"), Panels::default());
    }
}
