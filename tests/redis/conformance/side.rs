//! What a scenario is done to: real servers, or the model.
//!
//! Rule: both offer the same few acts, and both have a clock of their own: the machine's, or the simulator's.

use super::scenario::ProcessFault;
use crate::network::{Connection, Id, LinkFault};
use std::time::Duration;

pub trait Side {
    /// The port at which a node's replicas find it.
    fn port(&self, node: Id) -> u16;
    fn send(&mut self, node: Id, client: u8, args: &[Vec<u8>]);
    /// The next reply to this client; `None` when the node closed the connection.
    fn receive(&mut self, node: Id, client: u8) -> Result<Option<Vec<u8>>, String>;
    fn hang_up(&mut self, node: Id, client: u8);
    fn link(&mut self, a: Id, b: Id, fault: LinkFault);
    fn process(&mut self, node: Id, fault: ProcessFault);
    /// All of INFO; `None` if there is no process.
    fn info(&mut self, node: Id) -> Option<String>;
    fn is_running(&mut self, node: Id) -> bool;
    /// A little time passes, so that something can happen.
    fn pass(&mut self);
    fn sleep(&mut self, time: Duration);
    /// Time since the scenario began.
    fn elapsed(&self) -> Duration;
    /// Unix time at which the scenario began, milliseconds.
    fn began_ms(&self) -> i64;
    /// Every connection so far, in the order in which they were made.
    fn connections(&mut self) -> Vec<Connection>;
}
