//! SIGTERM and SIGINT, as something to read in the event loop.
//!
//! Rule: the handler only writes a byte to a pipe; the loop does the rest. Mirrors `sigShutdownHandler` (server.c).

use mio::net::UnixStream;
use signal_hook::consts::{SIGINT, SIGTERM};
use std::io;

/// The end of a pipe that becomes readable when one of the signals has come.
pub fn pipe() -> io::Result<UnixStream> {
    let (reader, writer) = std::os::unix::net::UnixStream::pair()?;
    reader.set_nonblocking(true)?;
    signal_hook::low_level::pipe::register(SIGINT, writer.try_clone()?)?;
    signal_hook::low_level::pipe::register(SIGTERM, writer)?;
    Ok(UnixStream::from_std(reader))
}
