//! Ports that the node will listen on.

use super::report::Finding;
use std::net::{IpAddr, Ipv4Addr, TcpListener};

/// Whether nobody listens on them yet.
pub(super) fn check(network: u16, rpc: u16, metrics: u16) -> Vec<Finding> {
	let [everywhere, here] = [Ipv4Addr::UNSPECIFIED, Ipv4Addr::LOCALHOST];
	vec![
		free("network port", everywhere, network, "--port"),
		free("JSON-RPC port", here, rpc, "--rpc-port"),
		free("metrics port", here, metrics, "--prometheus-port"),
	]
}

fn free(check: &'static str, address: Ipv4Addr, port: u16, flag: &str) -> Finding {
	match TcpListener::bind((IpAddr::V4(address), port)) {
		Ok(_) => Finding::fine(check, format!("{port} is free")),
		Err(why) => Finding::fault(
			check,
			format!("{port} cannot be listened on: {why}"),
			format!("end what listens there (a node that runs already?), or choose another one with {flag}"),
		),
	}
}

#[cfg(test)]
mod tests {
	use super::{super::report::Outcome, *};

	#[test]
	fn a_port_is_free_until_somebody_listens_and_again_afterwards() {
		let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
		let port = taken.local_addr().unwrap().port();
		let outcome = || free("port", Ipv4Addr::LOCALHOST, port, "--port").outcome;
		assert_eq!(outcome(), Outcome::Fault);
		drop(taken);
		assert_eq!(outcome(), Outcome::Fine);
	}
}
