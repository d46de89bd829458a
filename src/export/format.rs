//! What a moment or a run can be carried away as.

/// A format of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Svg,
    Png,
    Gif,
    Mermaid,
    Markdown,
    Csv,
    Json,
    Pcap,
    Html,
}

impl Format {
    pub const ALL: [Format; 9] = [
        Format::Svg,
        Format::Png,
        Format::Gif,
        Format::Mermaid,
        Format::Markdown,
        Format::Csv,
        Format::Json,
        Format::Pcap,
        Format::Html,
    ];

    /// Its name, file ending and media type.
    fn facts(self) -> [&'static str; 3] {
        match self {
            Format::Svg => ["svg", "svg", "image/svg+xml"],
            Format::Png => ["png", "png", "image/png"],
            Format::Gif => ["gif", "gif", "image/gif"],
            Format::Mermaid => ["mermaid", "mmd", "text/plain;charset=utf-8"],
            Format::Markdown => ["markdown", "md", "text/markdown;charset=utf-8"],
            Format::Csv => ["csv", "csv", "text/csv;charset=utf-8"],
            Format::Json => ["json", "json", "application/json"],
            Format::Pcap => ["pcap", "pcap", "application/vnd.tcpdump.pcap"],
            Format::Html => ["html", "html", "text/html;charset=utf-8"],
        }
    }

    pub fn name(self) -> &'static str {
        self.facts()[0]
    }

    /// The ending of a file's name, without the dot.
    pub fn ending(self) -> &'static str {
        self.facts()[1]
    }

    pub fn media_type(self) -> &'static str {
        self.facts()[2]
    }

    pub fn named(name: &str) -> Option<Format> {
        Format::ALL.into_iter().find(|format| format.name() == name)
    }

    /// Is it one moment's picture?
    pub fn is_picture(self) -> bool {
        matches!(self, Format::Svg | Format::Png)
    }
}
