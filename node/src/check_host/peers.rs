//! Whether other members' nodes can be reached from here: names resolve, the firewall lets connections out.

use super::report::Finding;
use sc_network::{
	config::MultiaddrWithPeerId,
	multiaddr::{Multiaddr, Protocol},
};
use std::{
	io,
	net::{TcpStream, ToSocketAddrs},
	time::Duration,
};

const CHECK: &str = "boot nodes";
/// How long one of them may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Connects to each of them, and says nothing when there is none to try.
pub(super) fn check(boot_nodes: &[MultiaddrWithPeerId]) -> Option<Finding> {
	let tried: Vec<_> = boot_nodes.iter().map(|node| (node, connect(&node.multiaddr))).collect();
	let failed: Vec<_> = tried
		.iter()
		.filter_map(|(node, result)| Some(format!("{}: {}", node.multiaddr, result.as_ref().err()?)))
		.collect();
	let mend = "let this host resolve and reach the members' nodes: name service, firewall, VPN";
	let found = || format!("{} of {} cannot be reached: {}", failed.len(), tried.len(), failed.join("; "));
	match (tried.len(), failed.len()) {
		(0, _) => None,
		(all, 0) => Some(Finding::fine(CHECK, format!("{all} can be reached"))),
		// One is enough to find the others.
		(all, some) if some < all => Some(Finding::warning(CHECK, found(), mend)),
		_ => Some(Finding::fault(CHECK, found(), mend)),
	}
}

fn connect(address: &Multiaddr) -> io::Result<()> {
	let unusable = || io::Error::new(io::ErrorKind::InvalidInput, "not an address with a TCP port");
	let mut parts = address.iter();
	let host = match parts.next() {
		Some(Protocol::Ip4(ip)) => ip.to_string(),
		Some(Protocol::Ip6(ip)) => ip.to_string(),
		Some(Protocol::Dns(name) | Protocol::Dns4(name) | Protocol::Dns6(name)) => name.into_owned(),
		_ => return Err(unusable()),
	};
	let Some(Protocol::Tcp(port)) = parts.next() else { return Err(unusable()) };
	let mut last = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
	for address in (host.as_str(), port).to_socket_addrs()? {
		match TcpStream::connect_timeout(&address, PATIENCE) {
			Ok(_) => return Ok(()),
			Err(error) => last = error,
		}
	}
	Err(last)
}

#[cfg(test)]
mod tests {
	use super::{super::report::Outcome, *};
	use std::net::{Ipv4Addr, TcpListener};

	const PEER: &str = "12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp";

	fn node(address: &str) -> MultiaddrWithPeerId {
		format!("{address}/p2p/{PEER}").parse().unwrap()
	}

	#[test]
	fn one_that_answers_is_enough_and_none_is_a_fault() {
		let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
		let port = listener.local_addr().unwrap().port();
		let there = [node(&format!("/ip4/127.0.0.1/tcp/{port}")), node(&format!("/dns/localhost/tcp/{port}"))];
		// Port 1 is reserved and closed.
		let gone = node("/ip4/127.0.0.1/tcp/1");
		let outcome = |nodes: &[MultiaddrWithPeerId]| check(nodes).map(|finding| finding.outcome);
		assert_eq!(outcome(&there), Some(Outcome::Fine));
		assert_eq!(outcome(&[there[0].clone(), gone.clone()]), Some(Outcome::Warning));
		assert_eq!(outcome(&[gone]), Some(Outcome::Fault));
		assert_eq!(outcome(&[]), None);
	}

	#[test]
	fn an_address_without_a_tcp_port_is_named() {
		let found = check(&[node("/ip4/127.0.0.1/udp/30333")]).unwrap();
		assert!(found.found.contains("/ip4/127.0.0.1/udp/30333") && found.found.contains("TCP"), "{}", found.found);
	}
}
