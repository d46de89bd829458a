//! The words for the states of a link to a master.

use crate::node::LinkState;
#[cfg(feature = "complete")]
use crate::node::ReplicaState;

/// Redis' name of the state, without `REPL_STATE_`.
pub fn name(state: LinkState) -> &'static str {
    match state {
        LinkState::None => "NONE",
        LinkState::Connect => "CONNECT",
        LinkState::Connecting => "CONNECTING",
        LinkState::ReceivePingReply => "RECEIVE_PING_REPLY",
        LinkState::SendHandshake => "SEND_HANDSHAKE",
        LinkState::ReceiveAuthReply => "RECEIVE_AUTH_REPLY",
        LinkState::ReceivePortReply => "RECEIVE_PORT_REPLY",
        LinkState::ReceiveIpReply => "RECEIVE_IP_REPLY",
        LinkState::ReceiveCapaReply => "RECEIVE_CAPA_REPLY",
        LinkState::SendPsync => "SEND_PSYNC",
        LinkState::ReceivePsyncReply => "RECEIVE_PSYNC_REPLY",
        LinkState::Transfer => "TRANSFER",
        LinkState::Connected => "CONNECTED",
    }
}

/// What a replica in this state waits for.
pub fn waits_for(state: LinkState) -> &'static str {
    match state {
        LinkState::None => "has no master",
        LinkState::Connect => "dials at the next second",
        LinkState::Connecting => "waits for the connection",
        LinkState::ReceivePingReply => "waits for +PONG",
        LinkState::SendHandshake => "sends who it is",
        LinkState::ReceiveAuthReply => "waits for +OK to AUTH",
        LinkState::ReceivePortReply => "waits for +OK to its port",
        LinkState::ReceiveIpReply => "waits for +OK to its address",
        LinkState::ReceiveCapaReply => "waits for +OK to its capabilities",
        LinkState::SendPsync => "sends PSYNC",
        LinkState::ReceivePsyncReply => "waits for the answer to PSYNC",
        LinkState::Transfer => "receives the snapshot",
        LinkState::Connected => "follows the stream",
    }
}

/// The states of a replica on its master's side, in order.
#[cfg(feature = "complete")]
pub const ON_MASTER: [ReplicaState; 4] =
    [ReplicaState::WaitBgsaveStart, ReplicaState::WaitBgsaveEnd, ReplicaState::SendBulk, ReplicaState::Online];

/// Redis' name of the state, without `SLAVE_STATE_`.
#[cfg(feature = "complete")]
pub fn name_on_master(state: ReplicaState) -> &'static str {
    match state {
        ReplicaState::WaitBgsaveStart => "WAIT_BGSAVE_START",
        ReplicaState::WaitBgsaveEnd => "WAIT_BGSAVE_END",
        ReplicaState::SendBulk => "SEND_BULK",
        ReplicaState::Online => "ONLINE",
    }
}
