//! Every text of the interface that is not about one run: a translation is this file, with the laboratory's part
//! (`words/bench.rs`).
//!
//! Rule: sentences stand here whole; where a number or a name goes in, a function puts it there.

pub const PREDICT: &str = "Predict";
pub const CHECK: &str = "Check";
pub const SKIP: &str = "Skip and watch";
pub const GO_ON: &str = "Continue";
pub const RIGHT: &str = "Right.";
pub const WRONG: &str = "Not so.";
pub const NONE_FITS: &str = "After what was changed on this branch, none of these is what happens. Watch what does.";
pub const POINT_AT_NODE: &str = "Point at a node, or choose it here.";
pub const MOVE_CARET: &str = "Move the caret to a byte of the stream.";
pub const BYTE: &str = "byte";

pub const EMBED: &str = "Embed";
pub const OPEN_FILE: &str = "Open a lesson or a recording";
pub const NEW_VERSION: &str = "A new version of this page is ready.";
pub const FETCHING: &str = "The rest of the program is on its way …";
pub const RELOAD: &str = "Reload";
pub const TITLE: &str = "replscope: how Redis replication works";
pub const NO_RECORDING: &str =
    "This address is a moment of a recording, and a recording is only in its file: open the file again to see it.";
pub const GLOSSARY: &str = "Glossary";
pub const LABORATORY: &str = "Laboratory";

pub const DECISION: &str = "Decision";
pub const KEYS: &str = "Keys";
pub const KEYS_WORK: &str = "They work while the player has the focus; click it, or reach it with tab.";
pub const ITS_LINK: &str = "Link to its master";
pub const ITS_REPLICAS: &str = "Its replicas";
pub const ITS_BACKLOG: &str = "Its backlog";
pub const UNREADABLE: &str = "the browser cannot read it";
pub const WHAT_HAPPENS: &str = "What happens";
pub const SHELF_LAB: &str = "Laboratory / ";
pub const SHELF_LESSONS: &str = "Lessons / ";
pub const SHELF_RECORDINGS: &str = "Recordings / ";
pub const STAGE: &str = "Nodes and links";
pub const START_COURSE: &str = "Start with lesson 1";
pub const INSPECTOR: &str = "Inspector";
pub const STREAM_EMPTY: &str = "the stream is empty";
pub const TIMELINE: &str = "Timeline";
pub const OPEN_FULL: &str = "open in replscope";
pub const PLAY: &str = "Play";
pub const PAUSE_PLAY: &str = "Pause";
pub const PLAYBACK: &str = "Playback";
pub const PREVIOUS_PHASE: &str = "Previous phase";
pub const PREVIOUS_STEP: &str = "Previous step";
pub const NEXT_STEP: &str = "Next step";
pub const NEXT_PHASE: &str = "Next phase";
pub const BYTES_OF_MESSAGE: &str = "Bytes of the message";
pub const POINT_AT_FIELD: &str = "point at a field to see what it means";
pub const NO_WHOLE: &str = "The rest of the program could not be loaded. Try again when there is a network.";
pub const LIGHT_OR_DARK: &str = "Light or dark";
pub const DISMISS: &str = "Dismiss";
pub const HEADLINE: &str = "See what Redis replication really sends.";
pub const LEAD: &str = "Step through the handshake, the snapshot, every propagated command and every byte of catch-up. The nodes on this \
    page are a working implementation: put one on a socket, and a real redis-server replicates from it.";
pub const OWN: &str = "Look at a link of your own: record it with replscope record, then open the file, or drop it here. It is \
    rebuilt on this page and never leaves your device. ";
pub const STREAM: &str = "Replication stream";
pub const BY_OFFSET: &str = "by offset";

pub const HELP_KEYS: [(&str, &str); 9] = [
    ("space", "play or pause"),
    ("← →", "one step back, one step on"),
    ("shift ← →", "one phase back, one phase on"),
    (", .", "a quarter of a step back or on, to see messages on their way"),
    ("Home End", "the first moment, the last moment"),
    ("0 – 9", "tenths of the whole"),
    ("tab enter", "go to a node, a message or a command of the stream, and choose it"),
    ("?", "this list"),
    ("esc", "close it"),
];
pub const CLOSE: &str = "Close";
pub const SHARE: &str = "Share";
/// Below the stream, where there is room and where there is little.
pub const HINTS: [&str; 2] = [
    "point at a command for its bytes · click it to jump to the step that wrote it",
    "choose a command to go to the step that wrote it",
];

pub const END: &str = "The end of this lesson";
pub const FINISHED: &str = "The end of the course";
pub const NEXT_LESSON: &str = "Next";
pub const CONTINUE_HERE: &str = "Continue";
pub const BEGUN: &str = "begun";
pub const CLEAR: &str = "Clear my progress";
pub const EXPERIMENT: &str = "Experiment";
pub const OPEN_LAB: &str = "Open the laboratory";
pub const COURSE: &str = "The course";
pub const BACK_TO_COURSE: &str = "To the course";
pub const PREDICTED_RIGHT: &str = "predicted";
pub const PREDICTED_WRONG: &str = "predicted otherwise";
pub const SKIPPED: &str = "skipped";

/// The player's name.
pub fn lesson(title: &str) -> String {
    format!("Lesson: {title}")
}

pub fn at_this_moment(number: u32, title: &str) -> String {
    format!("Lesson {number}: {title}, at this moment")
}

pub fn earlier_commands(count: usize) -> String {
    format!("{count} earlier commands")
}

/// What choosing a command of the stream does.
pub fn go_to_writer(said: &str) -> String {
    format!("{said}: go to the step that wrote it")
}

pub fn opening(file: &str) -> String {
    format!("Opening {file}")
}

pub fn too_large(most: u64) -> String {
    format!("it is larger than {most} bytes, the most that is opened")
}

/// What a caret question has for its answer.
pub fn it_is_byte(byte: u64, said: u64) -> String {
    format!("It is byte {byte}; you said {said}.")
}

pub fn it_is_node(name: &str) -> String {
    format!("It is {name}.")
}

pub fn predicted(right: usize, asked: usize) -> String {
    format!("You predicted {right} of {asked}.")
}

/// What the model was compared with.
pub fn compared(bytes: u64, differences: u64) -> String {
    let (millions, tenth) = (bytes / 1_000_000, bytes / 100_000 % 10);
    format!("{millions}.{tenth} million bytes compared with redis-server 7.0.15 · {differences} differences")
}

/// What a lesson's card says when it was seen to its end.
pub fn done(right: u32, asked: u32) -> String {
    if asked == 0 { "done".into() } else { format!("done · predicted {right} of {asked}") }
}

pub fn repeat(title: &str) -> String {
    format!("Worth another look: {title}")
}

/// How long a lesson takes.
pub fn minutes(count: u32) -> String {
    count.to_string() + " min"
}

pub fn lessons(count: usize) -> String {
    format!("{count} lessons · each asks before it shows")
}

/// What the dialog for links and files says.
#[cfg(feature = "complete")]
pub mod sharing {
    pub const LINK: &str = "Link to this moment";
    pub const COPY_LINK: &str = "Copy link";
    /// Where it is said, what, and what stands there afterwards.
    pub const COPIED: [(&str, &str, &str); 2] =
        [(".copy-word", "Link copied", COPY_LINK), (".copy-told", "Link copied", "")];
    pub const NOT_COPIED: [(&str, &str, &str); 2] = [
        (".copy-word", "Copy it by hand", COPY_LINK),
        (".copy-told", "The browser does not let this page copy. Copy the link by hand.", ""),
    ];
    pub const HAND_ON: &str = "Send to …";
    pub const QR: &str = "The link as a QR code";

    pub const ALL_OF_IT: &str = "All of replscope";
    pub const IN_ONE_FILE: &str =
        "One file with every lesson and the laboratory. It opens from a disk, without a network. ";
    pub const TAKE_IT: &str = "Download replscope.html, 2.5 MB";
    pub const AS_FILE: &str = "Save as a file";
    pub const FORMAT: &str = "Format";
    pub const FORMAT_PNG: &str = "PNG picture";
    pub const FORMAT_SVG: &str = "SVG picture";
    pub const FORMAT_HTML: &str = "Handout to print (HTML)";
    pub const FORMAT_MARKDOWN: &str = "Steps as Markdown";
    pub const FORMAT_MERMAID: &str = "Sequence diagram (Mermaid)";
    pub const FORMAT_CSV: &str = "Steps as a table (CSV)";
    pub const FORMAT_JSON: &str = "Steps as JSON";
    pub const FORMAT_PCAP: &str = "The wire, for Wireshark (pcap)";
    pub const PART: &str = "View";
    pub const PART_STAGE: &str = "Nodes and links";
    pub const PART_TAPE: &str = "Replication stream";
    pub const PART_SEQUENCE: &str = "Sequence diagram";
    pub const THEME: &str = "Colours";
    pub const AS_SHOWN: &str = "As on this page";
    pub const LIGHT: &str = "Light";
    pub const DARK: &str = "Dark";
    pub const BEHIND: &str = "Background";
    pub const GROUND: &str = "Filled";
    pub const NO_GROUND: &str = "Transparent";
    pub const OF_THE_MOMENT: &str = "A picture of this moment.";
    pub const OF_THE_RUN: &str = "The whole run, from its first step to its last.";
    pub const SAVE: &str = "Save";
    pub const NOT_SAVED: &str = "The browser does not let this page save a file.";

    pub fn saved(name: &str, size: &str) -> String {
        format!("{name}, {size}, was given to the browser.")
    }

    pub fn link_names(length: usize) -> String {
        format!("It names the lesson and the moment. {length} characters.")
    }

    pub fn link_carries(length: usize) -> String {
        format!(
            "It carries everything: nodes, seed, branches, all that was done, and the moment. Nothing is stored on a server. {length} characters."
        )
    }

    pub fn no_qr(length: usize, most: usize) -> String {
        format!("For a QR code this link is too long: {length} characters, and phones read at most {most} from a wall.")
    }
}

/// What only the Embed dialog says.
#[cfg(feature = "complete")]
pub use embedding::*;

#[cfg(feature = "complete")]
mod embedding {
    pub const TOOL: &str = "For";
    pub const THEME: &str = "Colours";
    pub const THEME_AUTO: &str = "as the reader's system";
    pub const THEME_LIGHT: &str = "light";
    pub const THEME_DARK: &str = "dark";
    pub const WIDTH: &str = "Width";
    pub const HEIGHT: &str = "Height";
    pub const ASK_THERE: &str = "Ask before it shows";
    pub const SNIPPET: &str = "What to write into the page";
    pub const PREVIEW: &str = "Preview";
    pub const COPY: &str = "Copy";
    pub const COPIED: &str = "Copied";
    pub const CANNOT_COPY: &str = "The browser does not let this page copy. Select the text and copy it by key.";

    /// What a frame is called for those who do not see it.
    pub fn embedded_title(lesson: &str) -> String {
        format!("Redis replication: {lesson}")
    }
}

/// What stands in the page for the case that its program stops, or does not start.
#[cfg(not(target_arch = "wasm32"))]
pub mod stopped {
    pub const CRASHED: &str = "This page has stopped";
    pub const CRASHED_WHY: &str = "A mistake in the page's own program ended it; nothing that you did was wrong. What you \
        had done up to the last step is in the address.";
    pub const CRASHED_LINK: &str =
        "This link leads to the moment at which it happened. Send it along if you report it: ";
    pub const GO_ON: &str = "Go on from the last good step";
    pub const TO_START: &str = "To the start page";
    pub const NOT_STARTED: &str = "This page could not start";
    pub const NOT_STARTED_WHY: &str = "It runs Redis nodes in your browser and needs WebAssembly for that. Either the \
        program did not arrive, because the network failed, or this browser is too old or has WebAssembly turned off.";
    pub const TRY_AGAIN: &str = "Try again";
}

/// What only the whole program says of a lesson.
#[cfg(feature = "complete")]
pub use views::*;

#[cfg(feature = "complete")]
mod views {
    pub const VIEWS: &str = "What to look at";
    pub const STAGE_VIEW: &str = "Stage";
    pub const SEQUENCE_VIEW: &str = "Sequence";
    pub const OFFSETS_VIEW: &str = "Offsets";

    pub const NODES: &str = "Nodes";
    pub const SEQUENCE: &str = "Messages between the nodes, time downwards";
    pub const SEQUENCE_TOOLS: &str = "How the messages are shown";
    pub const SEQUENCE_COLUMNS: [&str; 6] = ["left at", "from", "to", "what", "size", "what became of it"];
    pub const ZOOM_IN: &str = "Zoom in";
    pub const ZOOM_OUT: &str = "Zoom out";
    pub const AS_TABLE: &str = "Table";

    pub const PLOTS: [&str; 2] = ["Offset, bytes of the stream", "Behind its master, bytes"];
    pub const CHART: &str = "Offsets over time, and how far each replica is behind";
    pub const CHART_TABLE: &str = "Every node's offset, and how many bytes a replica is behind its master";
    pub const MOMENT: &str = "at";

    pub const TITLE_LAB: &str = "Laboratory · replscope";
    pub const TITLE_GLOSSARY: &str = "Glossary · replscope";
    pub const GLOSSARY_LEAD: &str = "What the words of the course mean, and where each is explained first.";
    pub const ALL_TERMS: &str = "All terms";

    pub const CALCULATOR: &str = "How large must the backlog be?";
    pub const MEASURE_IT: &str = "With your own numbers. How much is written you can measure: read master_repl_offset in \
        INFO twice, and divide the difference by the seconds between.";
    pub const WRITES_A_SECOND: &str = "Writes a second";
    pub const BYTES_A_WRITE: &str = "Bytes of a write in the stream";
    pub const OUTAGE: &str = "Longest outage, seconds";
    pub const RESERVE: &str = "Times as much, to be safe";
    pub const NOTHING_COMPUTED: &str = "Nothing is computed until all four are numbers that make sense.";

    pub fn accepted(from: u64, to: u64) -> String {
        format!("A whole number from {from} to {to}.")
    }

    /// The formula with the numbers put in; a ping every ten seconds is 1.4 bytes a second.
    pub fn formula([rate, bytes, outage, reserve]: [String; 4], result: &str) -> String {
        format!("({rate} × {bytes} + 1.4) B/s × {outage} s × {reserve} = {result} B")
    }

    pub fn in_blocks(blocks: u64, size: &str, most: &str) -> String {
        format!(
            "It is kept in {blocks} blocks of 20,440 B. The oldest leaves when the size is left without it: the backlog \
            holds {size} B at least and {most} B at most."
        )
    }

    pub fn usual_lasts(duration: &str) -> String {
        format!("Redis' own 1mb would last for an outage of {duration}.")
    }

    pub fn first_in(number: u32, title: &str) -> String {
        format!("Lesson {number}: {title}")
    }

    pub const DECISIONS: &str = "Decisions of the run";
    pub const PREVIOUS_DECISION: &str = "Previous decision";
    pub const NEXT_DECISION: &str = "Next decision";
    pub const COSTS: &str = "What each return costs now";
    pub const PATH_TAKEN: &str = "The path taken";
    pub const BLOCKS_IN_WORDS: &str = "The blocks in words";

    pub fn how_it_sees(name: &str) -> String {
        format!("how it sees {name}")
    }

    pub fn blocks(heading: &str) -> String {
        format!("The backlog's blocks: {heading}")
    }

    pub fn silence(duration: &str) -> String {
        format!("{duration} later")
    }

    pub fn earlier_messages(count: usize) -> String {
        format!("{count} earlier messages")
    }

    pub fn later_messages(count: usize) -> String {
        format!("{count} later messages")
    }

    pub fn earlier_moments(count: usize) -> String {
        format!("{count} earlier moments")
    }

    pub fn later_moments(count: usize) -> String {
        format!("{count} later moments")
    }

    /// Above what terms mean.
    pub fn terms(names: &[&str]) -> String {
        format!("What is meant by {}?", names.join(", "))
    }

    /// A node's line in the chart.
    pub fn line_of(name: &str, value: &str) -> String {
        format!("{name}: {value} now")
    }

    pub fn behind(bytes: &str) -> String {
        format!("{bytes} behind")
    }
}

/// What only the laboratory says.
#[cfg(feature = "complete")]
mod bench;
#[cfg(feature = "complete")]
pub use bench::*;
