//! A client that meets a runtime of another release.

use super::Verdict;
use anyhow::{ensure, Context, Result};
use salus_client::wire::Account;
use salus_e2e::{ground::Ground, network::ALPHA, person::exit, ports};
use tokio::{
	io::{AsyncReadExt, AsyncWriteExt},
	net::{
		tcp::{OwnedReadHalf, OwnedWriteHalf},
		TcpListener, TcpStream,
	},
	task::JoinHandle,
};

/// The name of an argument as it stands in the metadata, and one of the same length that no release knows.
const ARGUMENT: [&str; 2] = ["leaf_count", "leaf_counz"];
/// The same for a call that only operators make.
const CALL: [&str; 2] = ["register_gateway", "register_gatewaz"];

pub async fn a_client_refuses_a_runtime_when_a_call_has_other_arguments(ground: &Ground<'_>) -> Result<Verdict> {
	let person = ground.newcomer(ALPHA, "outdated")?;
	let node = Altered::start(ground, ARGUMENT).await?;
	let answer = person.at_node(&node.url).salus(&["member", "list"]).await?;
	ensure!(answer.exit == exit::FAILED && answer.error_code() == "stale_runtime", "{}", answer.message());
	let message = answer.message();
	ensure!(message.contains("RecordAnchors.anchor_batch") && message.contains("release"), "{message}");
	Ok(Verdict::Passed)
}

pub async fn a_client_works_with_a_runtime_that_lacks_a_call_until_it_is_made(ground: &Ground<'_>) -> Result<Verdict> {
	let operator = ground.operators_at_desks("outdated")?.swap_remove(ALPHA);
	let node = Altered::start(ground, CALL).await?;
	let operator = operator.at_node(&node.url);
	let members = operator.salus(&["member", "list"]).await?;
	ensure!(members.exit == exit::DONE, "{}", members.message());
	let account = Account([7; 32]).to_string();
	let refused = operator.salus(&["member", "add-gateway", &account]).await?;
	ensure!(refused.exit == exit::FAILED && refused.error_code() == "not_in_runtime", "{}", refused.message());
	let message = refused.message();
	ensure!(message.contains("Consortium.register_gateway") && message.contains("propose upgrade"), "{message}");
	Ok(Verdict::Passed)
}

/// A node whose metadata has another name in it.
struct Altered {
	url: String,
	proxy: JoinHandle<Result<()>>,
}

impl Altered {
	async fn start(ground: &Ground<'_>, [known, unknown]: [&'static str; 2]) -> Result<Self> {
		let listener = TcpListener::bind(("127.0.0.1", ports::free(1)?[0])).await?;
		let url = format!("ws://{}", listener.local_addr()?);
		let node = ground.network.validators[ALPHA].rpc_port;
		Ok(Self { url, proxy: tokio::spawn(serve(listener, node, known, unknown)) })
	}
}

impl Drop for Altered {
	fn drop(&mut self) {
		self.proxy.abort();
	}
}

/// Passes bytes to the node and back: with the node's port in what goes (it looks at the `Host` header), with the name replaced in what
/// comes back. Lengths stay, so no frame changes.
async fn serve(listener: TcpListener, node: u16, known: &str, unknown: &str) -> Result<()> {
	let own = format!("127.0.0.1:{}", listener.local_addr()?.port());
	let nodes = format!("127.0.0.1:{node}");
	ensure!(own.len() == nodes.len(), "the ports have different lengths");
	loop {
		let (client, _) = listener.accept().await?;
		let server = TcpStream::connect(("127.0.0.1", node)).await.context("the node")?;
		let (from_client, to_client) = client.into_split();
		let (from_server, to_server) = server.into_split();
		tokio::spawn(pass(from_client, to_server, own.clone(), nodes.clone()));
		tokio::spawn(pass(from_server, to_client, hex::encode(known), hex::encode(unknown)));
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
