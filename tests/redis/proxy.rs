//! A link that can be cut: it stands between a replica and its master, passes bytes on, and records them.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

/// What went over one connection.
#[derive(Clone, Debug, Default)]
pub struct Recording {
    pub from_replica: Vec<u8>,
    pub from_master: Vec<u8>,
}

/// A listening port that leads to a master.
pub struct Proxy {
    pub port: u16,
    shared: Arc<Shared>,
}

struct Shared {
    target: u16,
    is_cut: AtomicBool,
    has_ended: AtomicBool,
    streams: Mutex<Vec<TcpStream>>,
    recordings: Mutex<Vec<Recording>>,
}

impl Proxy {
    pub fn to(target: u16) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").expect("the system has a free port");
        let port = listener.local_addr().expect("a listener has an address").port();
        let shared = Arc::new(Shared {
            target,
            is_cut: AtomicBool::new(false),
            has_ended: AtomicBool::new(false),
            streams: Mutex::default(),
            recordings: Mutex::default(),
        });
        let accepting = shared.clone();
        thread::spawn(move || accept(&listener, &accepting));
        Proxy { port, shared }
    }

    pub fn address(&self) -> String {
        format!("127.0.0.1 {}", self.port)
    }

    /// Resets what stands, and refuses what comes.
    pub fn cut(&self) {
        self.shared.is_cut.store(true, Ordering::SeqCst);
        self.shared.close_all();
    }

    pub fn heal(&self) {
        self.shared.is_cut.store(false, Ordering::SeqCst);
    }

    /// What went over the connections so far, in the order in which they were made.
    pub fn recordings(&self) -> Vec<Recording> {
        self.shared.recordings.lock().expect("recording").clone()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.has_ended.store(true, Ordering::SeqCst);
        self.shared.close_all();
        // Wakes the thread that waits for a connection.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

impl Shared {
    fn close_all(&self) {
        for stream in self.streams.lock().expect("streams").drain(..) {
            // The other side may have closed it.
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    /// Connects both ways, unless the link is cut.
    fn join(self: &Arc<Shared>, replica: TcpStream) -> std::io::Result<()> {
        let mut streams = self.streams.lock().expect("streams");
        if self.is_cut.load(Ordering::SeqCst) {
            return Ok(());
        }
        let master = TcpStream::connect(("127.0.0.1", self.target))?;
        let number = {
            let mut recordings = self.recordings.lock().expect("recording");
            recordings.push(Recording::default());
            recordings.len() - 1
        };
        streams.extend([replica.try_clone()?, master.try_clone()?]);
        let ends = [(replica.try_clone()?, master.try_clone()?, true), (master, replica, false)];
        for (from, to, is_replica) in ends {
            let shared = self.clone();
            thread::spawn(move || shared.pass_on(from, to, number, is_replica));
        }
        Ok(())
    }

    fn pass_on(&self, mut from: TcpStream, mut to: TcpStream, number: usize, is_replica: bool) {
        let mut buffer = [0; 16 * 1024];
        while let Ok(len @ 1..) = from.read(&mut buffer) {
            {
                let mut recordings = self.recordings.lock().expect("recording");
                let recording = &mut recordings[number];
                let side = if is_replica { &mut recording.from_replica } else { &mut recording.from_master };
                side.extend_from_slice(&buffer[..len]);
            }
            if to.write_all(&buffer[..len]).is_err() {
                break;
            }
        }
        let _ = from.shutdown(Shutdown::Both);
        let _ = to.shutdown(Shutdown::Both);
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    while let Ok((replica, _)) = listener.accept() {
        if shared.has_ended.load(Ordering::SeqCst) {
            return;
        }
        // A master that cannot be reached closes the replica's connection, as a real network would.
        let _ = shared.join(replica);
    }
}
