//! The page while working on it: built unoptimized, served, and built again after every change.
//!
//! Rule: it needs nothing but rustup. What is served is not what is published: no wasm-opt, no
//! prerendered first picture; that is [`crate::build`].

use crate::command::run;
use crate::error::{Error, Result};
use crate::tools;
use std::net::{Ipv4Addr, TcpListener};

/// Serves the page until interrupted.
pub fn serve(port: u16) -> Result<()> {
    eprintln!("serve: the page, unoptimized, on http://127.0.0.1:{port}/ (the first build takes a minute)");
    require_free(port)?;
    tools::ensure_wasm_target()?;
    let path = tools::ensure(&[tools::trunk(), tools::wasm_bindgen()?])?;

    let mut trunk = tools::trunk_command(&path, "serve");
    trunk.args(["--port", &port.to_string()]);
    // Not dist/: that is for what is published.
    run(trunk.args(["--dist", "target/serve"]))
}

/// Says so now, and not after a minute of building.
fn require_free(port: u16) -> Result<()> {
    match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
        Ok(_) => Ok(()),
        Err(why) => Err(Error::Refused(format!("cannot serve on port {port}: {why}; `--port P` takes another"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_is_said_before_building() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        let error = require_free(port).unwrap_err().to_string();
        assert!(error.starts_with(&format!("cannot serve on port {port}: ")), "{error}");
        drop(taken);
        assert!(require_free(port).is_ok());
    }
}
