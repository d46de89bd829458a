//! Who the servers of a recording are.
//!
//! Rule: a link names both ends, by names (`B->A`) or by addresses (`10.0.0.2->10.0.0.1:6379`). A replica calls from a
//! port that means nothing; an address without a port becomes the server that announces itself with `listening-port`.
//! So the same server is the same node as a replica and as a master, and when it comes back.

use crate::node::Config;
use crate::sim::{HostSetup, NodeId};

/// One connection: its link, and the port that the replica announced.
pub struct Sighting<'a> {
    pub link: &'a str,
    pub port: Option<u16>,
}

/// The servers, in the order in which they were seen; masters before their replicas.
#[derive(Debug, Default)]
pub struct Servers {
    names: Vec<(String, Option<u16>)>,
    /// Replica and master of each connection.
    ends: Vec<(NodeId, NodeId)>,
    links: Vec<String>,
}

impl Servers {
    pub fn of(sightings: Vec<Sighting>) -> Servers {
        let mut servers = Servers::default();
        for Sighting { link, port } in sightings {
            let (replica, master) = link.split_once("->").unwrap_or((link, ""));
            let master = servers.add(master.into(), port_of(master));
            let is_address = replica.parse::<std::net::IpAddr>().is_ok();
            let replica = match port.filter(|_| is_address) {
                Some(port) if replica.contains(':') => servers.add(format!("[{replica}]:{port}"), Some(port)),
                Some(port) => servers.add(format!("{replica}:{port}"), Some(port)),
                // It was turned away before it could say its port: the last one that called from there.
                None if is_address && servers.caller(link).is_some() => servers.caller(link).unwrap_or(NodeId(0)),
                None => servers.add(replica.into(), port.or(port_of(replica))),
            };
            servers.ends.push((replica, master));
            servers.links.push(link.into());
        }
        servers
    }

    /// The replica of the last connection of this link.
    fn caller(&self, link: &str) -> Option<NodeId> {
        let last = self.links.iter().rposition(|known| known == link)?;
        self.ends.get(last).map(|(replica, _)| *replica)
    }

    fn add(&mut self, name: String, port: Option<u16>) -> NodeId {
        let n = self.names.iter().position(|(known, _)| *known == name).unwrap_or_else(|| {
            self.names.push((name, None));
            self.names.len() - 1
        });
        let is_free = self.names.iter().all(|(_, known)| *known != port);
        let known = &mut self.names[n].1;
        *known = known.or(port.filter(|_| is_free));
        NodeId(u8::try_from(n).unwrap_or(u8::MAX))
    }

    pub fn len(&self) -> usize {
        self.names.len()
    }

    pub fn ids(&self) -> impl Iterator<Item = NodeId> + use<> {
        (0..self.names.len().min(usize::from(u8::MAX)) as u8).map(NodeId)
    }

    /// Replica and master of a connection.
    pub fn ends(&self, connection: usize) -> (NodeId, NodeId) {
        self.ends.get(connection).copied().unwrap_or((NodeId(0), NodeId(0)))
    }

    /// The server that an end of a link names; without its port, the last one of that address.
    pub fn find(&self, name: &str) -> NodeId {
        let is_it = |known: &str| known == name || known.strip_prefix(name).is_some_and(|rest| rest.starts_with(':'));
        let n = self.names.iter().rposition(|(known, _)| is_it(known)).unwrap_or(0);
        NodeId(u8::try_from(n).unwrap_or(u8::MAX))
    }

    /// The nodes of the picture. Where all servers share one address, their ports say enough.
    pub fn hosts(&self) -> Vec<HostSetup> {
        let host_of = |name: &str| name.rsplit_once(':').map(|(host, _)| host.to_owned());
        let shared = self.names.first().and_then(|(name, _)| host_of(name));
        let is_shared = shared.is_some() && self.names.iter().all(|(name, _)| host_of(name) == shared);
        let setup = |(n, (name, port)): (usize, &(String, Option<u16>))| {
            // Nodes find each other by their ports; a number that is no server's stands for one that was not told.
            let port = port.unwrap_or(n as u16 + 1);
            let short = name.rsplit_once(':').map(|(_, port)| format!("redis-{port}"));
            let lower = if name.len() == 1 { name.to_lowercase() } else { name.clone() };
            HostSetup {
                name: short.filter(|_| is_shared).unwrap_or(lower),
                config: Config { port, ..Config::default() },
            }
        };
        self.names.iter().enumerate().map(setup).collect()
    }
}

/// The port of `HOST:PORT`.
fn port_of(name: &str) -> Option<u16> {
    name.rsplit_once(':')?.1.parse().ok().filter(|port| *port > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(links: &[(&str, Option<u16>)]) -> Vec<String> {
        let servers = Servers::of(links.iter().map(|(link, port)| Sighting { link, port: *port }).collect());
        let hosts = servers.hosts().into_iter().map(|host| format!("{} {}", host.name, host.config.port));
        let ends = (0..links.len()).map(|n| format!("{}>{}", servers.ends(n).0.0, servers.ends(n).1.0));
        hosts.chain(ends).collect()
    }

    #[test]
    fn a_server_is_one_node_whatever_it_does() {
        assert_eq!(names(&[("B->A", Some(17002)), ("A->B", None)]), ["a 1", "b 17002", "1>0", "0>1"]);
        assert_eq!(
            names(&[("127.0.0.1->127.0.0.1:6379", Some(6380)), ("127.0.0.1->127.0.0.1:6380", Some(6381))]),
            ["redis-6379 6379", "redis-6380 6380", "redis-6381 6381", "1>0", "2>1"]
        );
        assert_eq!(
            names(&[("10.0.0.2->10.0.0.1:6379", Some(6379)), ("10.0.0.2->10.0.0.1:6379", Some(6379))]),
            ["10.0.0.1:6379 6379", "10.0.0.2:6379 2", "1>0", "1>0"]
        );
    }
}
