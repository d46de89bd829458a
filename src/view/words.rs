//! Every text of the interface that is not about one run: a translation is this file.
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

/// What a lesson's card says when it was seen to its end.
pub fn done(right: u32, asked: u32) -> String {
    if asked == 0 { "done".into() } else { format!("done · predicted {right} of {asked}") }
}

pub fn repeat(title: &str) -> String {
    format!("Worth another look: {title}")
}

pub fn lessons(count: usize) -> String {
    format!("{count} lessons · each asks before it shows")
}

/// What the dialog for links and files says.
#[cfg(feature = "complete")]
pub use sharing::*;

#[cfg(feature = "complete")]
mod sharing {
    pub const SHARE: &str = "Share";
    pub const CLOSE: &str = "Close";
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

/// What only the laboratory says.
#[cfg(feature = "complete")]
pub use laboratory::*;

#[cfg(feature = "complete")]
mod laboratory {
    pub const ACTS: &str = "What can be done now";
    pub const ADD_NODE: &str = "+ Node";
    pub const OTHER_NODE: &str = "The other node";
    pub const AND: &str = "and";
    pub const FOLLOW: &str = "Follow it";
    pub const LOAD: &str = "writes/s";
    pub const RATE: &str = "Writes a second";
    pub const START: &str = "Start";
    pub const STOP: &str = "Stop";
    pub const RESTART: &str = "Restart";
    pub const RESTART_EMPTY: &str = "Restart empty";
    pub const REMOVE: &str = "Remove";
    pub const RESUME: &str = "Resume";
    pub const PAUSE: &str = "Pause";
    pub const CRASH: &str = "Crash";
    pub const PROMOTE: &str = "Promote";
    pub const HEAL: &str = "Heal";
    pub const CUT: &str = "Cut";
    pub const BLACK_HOLE: &str = "Black hole";
    pub const SLOW: &str = "Slow";

    pub const CONSOLE: &str = "Console";
    pub const TRY: &str = "SET order:17 paid";
    pub const UNBALANCED: &str = "Invalid argument(s): a quote is not closed.";

    pub const BRANCHES: &str = "Branches";
    pub const RENAME: &str = "Another name for this branch";
    pub const TRUNK: &str = "the beginning";
    pub const COMPARE: &str = "Compare with the branch it left";
    pub const NODE: &str = "node";
    pub const WHAT: &str = "what";
    pub const HERE: &str = "here";
    pub const THERE: &str = "there";

    pub const RUN_AHEAD: &str = "Computed by running each return ahead on this branch.";
    pub const RETURNS: &str = "Each replica's return";
    pub const PROMOTIONS: &str = "Promote, and lose";
    pub const NO_REPLICA: &str = "There is no replica now.";
    pub const WHICH: &str = "which";
    pub const RUN_UNTIL: &str = "Run until";
    pub const UNTIL: [&str; 4] = [
        "a full resynchronization starts",
        "a replica takes a write of its own",
        "an acknowledged write is lost",
        "something else happens …",
    ];
    pub const CONDITION: &str = "What is to happen";
    pub const CONDITION_LIKE: &str = "a answers PSYNC from b full";
    pub const RUN: &str = "Run";

    pub const TEXT: &str = "The laboratory's text";
    pub const TEXT_IS_ALL: &str = "This text is the whole laboratory: copy it to save it, change it, or paste another one. `claim` and `note` lines make a lesson of it.";
    pub const OPEN_TEXT: &str = "Open this text";
    pub const TOPOLOGY: &str = "Begin with …";

    pub const SEQUENCE: &str = "Messages between the nodes, time downwards";
    pub const AS_A_LIST: &str = "As a list";

    pub fn earlier_messages(count: usize) -> String {
        format!("{count} earlier messages")
    }

    pub fn later_messages(count: usize) -> String {
        format!("{count} later messages")
    }

    /// Above what terms mean.
    pub fn terms(names: &[&str]) -> String {
        format!("What is meant by {}?", names.join(", "))
    }

    pub fn console_of(prompt: &str) -> String {
        format!("Command for {}", prompt.trim_end_matches('>'))
    }

    pub fn remove_branch(name: &str) -> String {
        format!("Remove {name} and what leaves it")
    }

    pub fn differences(count: usize) -> String {
        match count {
            0 => "the same".into(),
            1 => "1 difference".into(),
            _ => format!("{count} differences"),
        }
    }

    pub fn loses(count: usize) -> String {
        match count {
            0 => "nothing".into(),
            1 => "1 acknowledged write".into(),
            _ => format!("{count} acknowledged writes"),
        }
    }
}
