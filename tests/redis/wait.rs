//! Waiting for a state, with a deadline.

use super::server::Server;
use std::time::{Duration, Instant};

/// Long enough for a slow machine; a test that passes never takes it.
pub const DEADLINE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(15);

/// Asks until there is an answer; fails with what was waited for.
pub fn until<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let begin = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(begin.elapsed() < DEADLINE, "waited {DEADLINE:?} in vain until {what}");
        std::thread::sleep(PAUSE);
    }
}

/// Waits until the replica follows its master and both say the same of their offset and their dataset.
pub fn until_equal(master: &Server, replica: &Server) {
    let state = |server: &Server| (server.info("master_repl_offset"), server.info("master_replid"), server.digest());
    let mut last = (state(master), state(replica));
    let begin = Instant::now();
    while replica.info("master_link_status") != "up" || last.0 != last.1 {
        assert!(begin.elapsed() < DEADLINE, "the replica does not come to its master's state: {last:?}");
        std::thread::sleep(PAUSE);
        last = (state(master), state(replica));
    }
}
