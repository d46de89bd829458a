//! A story of five nodes to whom things happen, as the text of a lesson.
//!
//! Rule: the text is the whole story, so a story that fails can be cut down, linked to and opened in the page.

use super::layout::{Layout, Masters, follows};
use replscope::rng::Rng;
use replscope::story::{Carried, Lesson, Page};

pub const NODES: usize = 5;
/// Rounds of a story; after each, what is broken is mended, and then all must agree.
const ROUNDS: u64 = 3;
/// From the mending to the moment at which all must agree: longer than the longest `repl-timeout`.
const PEACE_MS: u64 = 40_000;

/// One line of the script: when, and what.
pub type Act = (u64, String);

#[derive(Clone)]
pub struct Story {
    head: String,
    pub acts: Vec<Act>,
    /// Moments at which every node must hold what its master holds, ms.
    pub checkpoints: Vec<u64>,
    /// Full synchronizations that the story must come to, if that is known.
    pub full: Option<usize>,
}

pub fn name(n: usize) -> char {
    char::from(b'a' + n as u8)
}

pub fn port(n: usize) -> usize {
    6379 + n
}

impl Story {
    pub fn text(&self) -> String {
        let acts = self.acts.iter().map(|(ms, act)| format!("at {ms}ms {act}\n"));
        let last_ms = self.checkpoints.last().copied().unwrap_or(0);
        format!("{}{}end {last_ms}ms\n", self.head, acts.collect::<String>())
    }

    /// The page's address of this story.
    pub fn link(&self) -> String {
        let (file, text) = ("story.txt".to_string(), self.text());
        let lesson = Lesson::parse(&file, &text).expect("a story is a lesson");
        Page::Carried { lesson: Box::new(Carried { file, text, lesson }), at: None }.hash()
    }

    /// Nodes are rearranged in good order, and links break for a moment while writes go on: only the first
    /// synchronization of each replica is a full one.
    pub fn orderly(seed: u64) -> Story {
        let mut writing =
            Writing::new(seed, "config * repl-diskless-sync no\nconfig * repl-ping-replica-period 3600\n");
        writing.expires = false;
        for round in 0..ROUNDS {
            writing.new_layout(round == 0);
            for _ in 0..writing.rng.below(19) {
                writing.write();
                writing.pause(30);
                if writing.rng.below(4) == 0 {
                    writing.break_a_link();
                }
            }
            writing.peace(3_000);
        }
        Story { full: Some(NODES - 1), ..writing.story }
    }

    /// Everything may happen at any time.
    pub fn wild(seed: u64) -> Story {
        let mut rng = Rng::new(seed ^ 0x77);
        let mut head = String::new();
        // Half of the clusters have backlogs that are soon too small, and connections that take a few bytes at a time,
        // so that commands and snapshots are cut in the middle.
        if rng.below(2) == 0 {
            head += &format!("scale backlog 300 block 64 chunk {} buffer {}\n", 11 + rng.below(60), 7 + rng.below(30));
        }
        for n in 0..NODES {
            let diskless = if rng.below(3) == 0 { "yes" } else { "no" };
            head += &format!("config {} repl-diskless-sync {diskless}\n", name(n));
            head += &format!("config {} repl-diskless-sync-delay {}\n", name(n), rng.below(3));
            head += &format!("config {} repl-timeout {}\n", name(n), 10 + rng.below(25));
        }
        let mut writing = Writing::new(seed, &head);
        for n in 1..NODES {
            let master = writing.rng.below(n as u64) as usize;
            writing.follow(n, master);
        }
        for _ in 0..ROUNDS {
            for _ in 0..6 + writing.rng.below(10) {
                writing.something_happens();
                let most_ms = [0, 1, 5, 200, 3_000][writing.rng.below(5) as usize];
                writing.pause(most_ms);
            }
            writing.mend();
            writing.peace(PEACE_MS);
        }
        writing.story
    }
}

/// A story being made up.
struct Writing {
    story: Story,
    rng: Rng,
    now_ms: u64,
    masters: Masters,
    writes: u64,
    /// Keys may expire. A master that has been replaced and does not know it yet deletes them as well as the new one,
    /// and from then on is in a history of its own.
    expires: bool,
    /// What is to be said to mend what is broken.
    broken: Vec<String>,
}

impl Writing {
    fn new(seed: u64, settings: &str) -> Writing {
        let nodes: String = (0..NODES).map(|n| format!("node {} {}\n", name(n), port(n))).collect();
        let head = format!("title Five nodes\nsummary A random story.\nseed {seed}\n{nodes}{settings}");
        let story = Story { head, acts: vec![], checkpoints: vec![], full: None };
        let rng = Rng::new(seed);
        Writing { story, rng, now_ms: 100, masters: vec![None; NODES], writes: 0, expires: true, broken: vec![] }
    }

    fn act(&mut self, act: String) {
        self.story.acts.push((self.now_ms, act));
    }

    fn pause(&mut self, most_ms: u64) {
        self.now_ms += self.rng.below(most_ms + 1);
    }

    /// Until then all must agree. The crons of the nodes tick in the first 600 ms of a second, so at this moment no ping
    /// is under way.
    fn peace(&mut self, ms: u64) {
        self.now_ms = (self.now_ms + ms) / 1_000 * 1_000 + 950;
        self.story.checkpoints.push(self.now_ms);
        self.now_ms += 1;
    }

    fn node(&mut self) -> usize {
        self.rng.below(NODES as u64) as usize
    }

    fn top(&self) -> usize {
        self.masters.iter().position(Option::is_none).expect("there is always one")
    }

    fn follow(&mut self, n: usize, master: usize) {
        self.masters[n] = Some(master);
        self.act(format!("{}> REPLICAOF 127.0.0.1 {}", name(n), port(master)));
    }

    fn new_layout(&mut self, is_first: bool) {
        let layout = Layout::draw(&self.masters, is_first, &mut self.rng);
        self.act(format!("{}> REPLICAOF NO ONE", name(layout.top)));
        self.now_ms += 1_500;
        for (node, master) in &layout.attach {
            self.follow(*node, *master);
            self.now_ms += 1_500;
        }
        self.masters = layout.masters(NODES);
    }

    fn break_a_link(&mut self) {
        let node = self.node();
        if let Some(master) = self.masters[node] {
            let (a, b) = (name(node), name(master));
            self.act(format!("cut {a} {b}"));
            self.now_ms += 3;
            self.act(format!("heal {a} {b}"));
        }
    }

    fn something_happens(&mut self) {
        let (n, other) = (self.node(), self.node());
        let (a, b) = (name(n), name(other));
        let are_two = n != other;
        match self.rng.below(13) {
            0..=3 => (0..=self.rng.below(4)).for_each(|_| self.write()),
            4 if !follows(&self.masters, other, n) && self.masters[n].is_some() => self.follow(n, other),
            5 if are_two => self.break_until_mended(format!("cut {a} {b}"), format!("heal {a} {b}")),
            6 if are_two => self.break_until_mended(format!("blackhole {a} {b}"), format!("heal {a} {b}")),
            7 if are_two => self.act(format!("heal {a} {b}")),
            8 if are_two => {
                let latency_ms = self.rng.below(50);
                let bandwidth = ["", " bandwidth 2000"][n % 2];
                self.act(format!("slow {a} {b} latency {latency_ms}ms{bandwidth}"));
            }
            9 => self.break_until_mended(format!("pause {a}"), format!("resume {a}")),
            10 => self.act(format!("resume {a}")),
            11 => self.restart(n),
            12 => self.promote(n),
            _ => {}
        }
    }

    fn break_until_mended(&mut self, act: String, mend: String) {
        self.act(act);
        self.broken.push(mend);
    }

    fn mend(&mut self) {
        for act in std::mem::take(&mut self.broken) {
            self.act(act);
        }
    }

    fn promote(&mut self, n: usize) {
        let top = self.top();
        self.act(format!("{}> REPLICAOF NO ONE", name(n)));
        self.masters[n] = None;
        if n != top {
            self.follow(top, n);
        }
    }

    /// Killed, and started again after a while; whom it followed it must be told again.
    fn restart(&mut self, n: usize) {
        self.act(format!("crash {}", name(n)));
        self.now_ms += self.rng.below(2) * self.rng.below(3_000);
        // So that its cron ticks with the others'.
        self.now_ms += if self.now_ms % 1_000 < 600 { 0 } else { 400 };
        let how = if self.rng.below(2) == 0 { "" } else { " empty" };
        self.act(format!("restart {}{how}", name(n)));
        if let Some(master) = self.masters[n] {
            self.follow(n, master);
        }
    }

    fn write(&mut self) {
        self.writes += 1;
        let (key, number) = (self.rng.below(6), self.writes);
        let text = match self.rng.below(19) {
            0 | 1 => format!("SELECT {}", self.rng.below(3)),
            2 if self.expires => format!("SET key:{key} {number} PX {}", 1 + self.rng.below(5_000)),
            3 => format!("APPEND key:{key} {number},"),
            4 => format!("DEL key:{key} list:{key} set:{key}"),
            5 => format!("INCR counter:{key}"),
            6 => "FLUSHDB".into(),
            7 => format!("SET key:{key} {number}"),
            8 => format!("RPUSH list:{key} {number} {key}"),
            9 => format!("LPOP list:{key}"),
            10 => format!("SADD set:{key} {number} m{key}"),
            11 => format!("SPOP set:{key} {}", self.rng.below(3)),
            12 => format!("ZADD ranks {number} m{key} 1.5 n{number}"),
            13 => format!("ZPOPMIN ranks {}", self.rng.below(3)),
            14 => format!("HSET hash:{key} f{number} {number}"),
            15 => format!("HINCRBYFLOAT hash:{key} sum 0.1"),
            16 => format!("RPOPLPUSH list:{key} list:0"),
            17 if self.expires => format!("PEXPIRE list:{key} {}", self.rng.below(3_000)),
            _ => format!("SETRANGE key:{key} 3 {number}"),
        };
        let top = name(self.top());
        if self.rng.below(8) == 0 {
            self.act(format!("{top}> MULTI"));
            self.act(format!("{top}> {text}"));
            self.act(format!("{top}> INCR counter:{key}"));
            self.act(format!("{top}> EXEC"));
        } else {
            self.act(format!("{top}> {text}"));
        }
    }
}
