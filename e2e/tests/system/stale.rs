//! A client that meets a runtime of another release.

use super::Verdict;
use anyhow::{ensure, Context, Result};
use salus_e2e::ground::Ground;
use salus_e2e::{network::ALPHA, person::exit, ports};
use tokio::{
	io::{AsyncReadExt, AsyncWriteExt},
	net::{
		tcp::{OwnedReadHalf, OwnedWriteHalf},
		TcpListener, TcpStream,
	},
};

/// A call's name as it stands in the metadata, and a name of the same length that no release knows.
const KNOWN: &str = "request_access";
const UNKNOWN: &str = "request_accezz";

pub async fn a_client_says_which_release_when_the_runtime_is_another(ground: &Ground<'_>) -> Result<Verdict> {
	let person = ground.newcomer(ALPHA, "outdated")?;
	let listener = TcpListener::bind(("127.0.0.1", ports::free(1)?[0])).await?;
	let port = listener.local_addr()?.port();
	let node = ground.network.validators[ALPHA].rpc_port;
	let proxy = tokio::spawn(async move { serve(listener, node).await });
	let answer = person.at_node(&format!("ws://127.0.0.1:{port}")).salus(&["member", "list"]).await;
	proxy.abort();
	let answer = answer?;
	ensure!(answer.exit == exit::FAILED && answer.error_code() == "stale_runtime", "{}", answer.message());
	let message = answer.message();
	ensure!(message.contains("Consent.request_access") && message.contains("release"), "{message}");
	Ok(Verdict::Passed)
}

/// Passes bytes to the node and back: with the node's port in what goes (it looks at the `Host` header), with the call renamed in what
/// comes back. Lengths stay, so no frame changes.
async fn serve(listener: TcpListener, node: u16) -> Result<()> {
	let own = format!("127.0.0.1:{}", listener.local_addr()?.port());
	let nodes = format!("127.0.0.1:{node}");
	ensure!(own.len() == nodes.len(), "the ports have different lengths");
	loop {
		let (client, _) = listener.accept().await?;
		let server = TcpStream::connect(("127.0.0.1", node)).await.context("the node")?;
		let (from_client, to_client) = client.into_split();
		let (from_server, to_server) = server.into_split();
		tokio::spawn(pass(from_client, to_server, own.clone(), nodes.clone()));
		tokio::spawn(pass(from_server, to_client, hex::encode(KNOWN), hex::encode(UNKNOWN)));
	}
}

async fn pass(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, known: String, unknown: String) -> std::io::Result<()> {
	let (mut held, mut buffer) = (Vec::new(), vec![0; 64 * 1024]);
	loop {
		let count = from.read(&mut buffer).await?;
		if count == 0 {
			return to.write_all(&held).await;
		}
		held.extend_from_slice(&buffer[..count]);
		let ready = rename(&mut held, known.as_bytes(), unknown.as_bytes());
		to.write_all(&ready).await?;
	}
}

/// Replaces each occurrence and takes out what can be passed on: all but an end that may be the beginning of an occurrence.
fn rename(held: &mut Vec<u8>, known: &[u8], unknown: &[u8]) -> Vec<u8> {
	let mut at = 0;
	while at + known.len() <= held.len() {
		if held[at..].starts_with(known) {
			held[at..at + known.len()].copy_from_slice(unknown);
			at += known.len();
		} else {
			at += 1;
		}
	}
	let open = (1..known.len()).rev().find(|length| *length <= held.len() && held.ends_with(&known[..*length]));
	let rest = held.split_off(held.len() - open.unwrap_or(0));
	std::mem::replace(held, rest)
}
