//! Messages to those who listen: SUBSCRIBE and its relatives, PUBLISH, PUBSUB.
//!
//! Rule: a message changes no data and goes down the stream all the same, so that whoever listens at a replica hears it.
//! Mirrors pubsub.c.

use super::{Answer, array, help, int};
use crate::node::Node;
use crate::node::call::{Call, CommandError};
use crate::node::client::Subscriptions;
use crate::node::glob;
use crate::wire::{Bytes, Reply};
use std::collections::BTreeMap;

/// The three kinds of names that can be listened to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Channel,
    Pattern,
    Shard,
}

impl Kind {
    fn of(self, all: &mut Subscriptions) -> &mut Vec<Bytes> {
        match self {
            Kind::Channel => &mut all.channels,
            Kind::Pattern => &mut all.patterns,
            Kind::Shard => &mut all.shard_channels,
        }
    }

    /// The count that comes with every change: channels and patterns are counted together.
    fn count(self, all: &Subscriptions) -> usize {
        match self {
            Kind::Shard => all.shard_channels.len(),
            _ => all.channels.len() + all.patterns.len(),
        }
    }
}

pub fn subscribe(call: &mut Call) -> Answer {
    add(call, Kind::Channel, "subscribe")
}

pub fn psubscribe(call: &mut Call) -> Answer {
    add(call, Kind::Pattern, "psubscribe")
}

pub fn ssubscribe(call: &mut Call) -> Answer {
    add(call, Kind::Shard, "ssubscribe")
}

pub fn unsubscribe(call: &mut Call) -> Answer {
    drop_some(call, Kind::Channel, "unsubscribe")
}

pub fn punsubscribe(call: &mut Call) -> Answer {
    drop_some(call, Kind::Pattern, "punsubscribe")
}

pub fn sunsubscribe(call: &mut Call) -> Answer {
    drop_some(call, Kind::Shard, "sunsubscribe")
}

fn add(call: &mut Call, kind: Kind, word: &str) -> Answer {
    let Some(client) = call.node.clients.get_mut(call.conn) else { return Ok(None) };
    let mut told = vec![];
    for name in &call.args[1..] {
        let known = kind.of(&mut client.subscriptions);
        if !known.contains(name) {
            known.push(name.clone());
        }
        told.push(changed(word, Some(name), kind.count(&client.subscriptions)));
    }
    Ok(Some(Reply::Several(told)))
}

/// Without names: all of the kind.
fn drop_some(call: &mut Call, kind: Kind, word: &str) -> Answer {
    let Some(client) = call.node.clients.get_mut(call.conn) else { return Ok(None) };
    let names = match call.args.len() {
        1 => kind.of(&mut client.subscriptions).clone(),
        _ => call.args[1..].to_vec(),
    };
    let mut told = vec![];
    for name in &names {
        kind.of(&mut client.subscriptions).retain(|known| known != name);
        told.push(changed(word, Some(name), kind.count(&client.subscriptions)));
    }
    if told.is_empty() {
        told.push(changed(word, None, kind.count(&client.subscriptions)));
    }
    Ok(Some(Reply::Several(told)))
}

fn changed(word: &str, name: Option<&Bytes>, count: usize) -> Reply {
    let name = name.map_or(Reply::NullBulk, |name| Reply::Bulk(name.clone()));
    Reply::Array(vec![Reply::bulk(word), name, Reply::int(count as i64)])
}

pub fn publish(call: &mut Call) -> Answer {
    tell(call, false)
}

pub fn spublish(call: &mut Call) -> Answer {
    tell(call, true)
}

fn tell(call: &mut Call, to_shard: bool) -> Answer {
    let receivers = call.node.deliver(&call.arg(1), &call.arg(2), to_shard);
    let args = call.args.clone();
    call.propagate_also(&args.iter().map(|arg| &arg[..]).collect::<Vec<_>>());
    int(receivers)
}

impl Node {
    /// Gives a message to all who listen, those to the channel first, and counts them (`pubsubPublishMessageInternal`).
    fn deliver(&mut self, channel: &Bytes, message: &Bytes, to_shard: bool) -> i64 {
        let mut receivers = 0;
        let word = if to_shard { "smessage" } else { "message" };
        for (_, client) in self.clients.iter_mut() {
            let heard = if to_shard { &client.subscriptions.shard_channels } else { &client.subscriptions.channels };
            if heard.contains(channel) {
                receivers += 1;
                let parts = vec![Reply::bulk(word), Reply::Bulk(channel.clone()), Reply::Bulk(message.clone())];
                Reply::Array(parts).encode(&mut client.out);
            }
        }
        if to_shard {
            return receivers;
        }
        for (_, client) in self.clients.iter_mut() {
            for pattern in client.subscriptions.patterns.iter().filter(|pattern| glob::matches(pattern, channel)) {
                receivers += 1;
                let names = [pattern, channel, message].map(|name| Reply::Bulk(name.clone()));
                let parts = [Reply::bulk("pmessage")].into_iter().chain(names).collect();
                Reply::Array(parts).encode(&mut client.out);
            }
        }
        receivers
    }

    /// Names with the number of those who listen to them.
    fn listeners(&self, of: fn(&Subscriptions) -> &Vec<Bytes>) -> BTreeMap<Bytes, i64> {
        let mut count = BTreeMap::new();
        for name in self.clients.values().flat_map(|client| of(&client.subscriptions)) {
            *count.entry(name.clone()).or_default() += 1;
        }
        count
    }

    /// Channels and patterns that somebody listens to, as INFO counts them.
    pub(in crate::node) fn listened(&self) -> [usize; 3] {
        [
            self.listeners(|all| &all.channels).len(),
            self.listeners(|all| &all.patterns).len(),
            self.listeners(|all| &all.shard_channels).len(),
        ]
    }
}

pub fn channels(call: &mut Call) -> Answer {
    list(call, |all| &all.channels)
}

pub fn shardchannels(call: &mut Call) -> Answer {
    list(call, |all| &all.shard_channels)
}

fn list(call: &mut Call, of: fn(&Subscriptions) -> &Vec<Bytes>) -> Answer {
    if call.args.len() > 3 {
        let shown = String::from_utf8_lossy(&call.arg(1)).into_owned();
        return Err(CommandError::new(format!(
            "ERR unknown subcommand or wrong number of arguments for '{shown}'. Try PUBSUB HELP."
        )));
    }
    let pattern = call.args.get(2);
    let names = call.node.listeners(of).into_keys();
    array(names.filter(|name| pattern.is_none_or(|pattern| glob::matches(pattern, name))).collect())
}

pub fn numsub(call: &mut Call) -> Answer {
    count(call, |all| &all.channels)
}

pub fn shardnumsub(call: &mut Call) -> Answer {
    count(call, |all| &all.shard_channels)
}

fn count(call: &mut Call, of: fn(&Subscriptions) -> &Vec<Bytes>) -> Answer {
    let listeners = call.node.listeners(of);
    let names = call.args.iter().skip(2);
    let pairs = names
        .flat_map(|name| [Reply::Bulk(name.clone()), Reply::int(listeners.get(name).copied().unwrap_or_default())]);
    Ok(Some(Reply::Array(pairs.collect())))
}

pub fn numpat(call: &mut Call) -> Answer {
    int(call.node.listeners(|all| &all.patterns).len() as i64)
}

pub fn pubsub_help(_: &mut Call) -> Answer {
    help(
        "PUBSUB",
        &[
            "CHANNELS [<pattern>]",
            "    Return the currently active channels matching a <pattern> (default: '*').",
            "NUMPAT",
            "    Return number of subscriptions to patterns.",
            "NUMSUB [<channel> ...]",
            "    Return the number of subscribers for the specified channels, excluding",
            "    pattern subscriptions(default: no channels).",
            "SHARDCHANNELS [<pattern>]",
            "    Return the currently active shard level channels matching a <pattern> (default: '*').",
            "SHARDNUMSUB [<shardchannel> ...]",
            "    Return the number of subscribers for the specified shard level channel(s)",
        ],
    )
}
