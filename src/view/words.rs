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

pub const EMBED: &str = "Embed";
pub const OPEN_FULL: &str = "open in replscope";
pub const OPEN_FILE: &str = "Open a lesson or a recording";
pub const NEW_VERSION: &str = "A new version of this page is ready.";
pub const RELOAD: &str = "Reload";

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
    pub const CLOSE: &str = "Close";
    pub const CANNOT_COPY: &str = "The browser does not let this page copy. Select the text and copy it by key.";

    /// What a frame is called for those who do not see it.
    pub fn embedded_title(lesson: &str) -> String {
        format!("Redis replication: {lesson}")
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
