//! SIGTERM and SIGINT, as something to read.
//!
//! Rule: the handler only writes a byte to a pipe; whoever reads it does the rest. Mirrors `sigShutdownHandler`
//! (server.c).

use signal_hook::consts::{SIGINT, SIGTERM};
use std::io;
use std::os::unix::net::UnixStream;

/// The end of a pipe that becomes readable in an event loop when one of the signals has come.
pub fn pipe() -> io::Result<mio::net::UnixStream> {
    let reader = blocking()?;
    reader.set_nonblocking(true)?;
    Ok(mio::net::UnixStream::from_std(reader))
}

/// The end of a pipe from which reading waits for one of the signals.
pub fn blocking() -> io::Result<UnixStream> {
    let (reader, writer) = UnixStream::pair()?;
    signal_hook::low_level::pipe::register(SIGINT, writer.try_clone()?)?;
    signal_hook::low_level::pipe::register(SIGTERM, writer)?;
    Ok(reader)
}
