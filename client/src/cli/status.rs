//! `salus status`.

use super::{
	context::Context,
	error::{CliError, UNREACHABLE},
	output::{mark, moment, plain, table, Report},
};
use clap::Args;
use salus_client::{chain::ChainError, gateway::Gateway, wire::GatewayStatus};
use serde::Serialize;
use serde_json::json;

/// The status command.
#[derive(Debug, Args)]
pub struct Status {
	/// Further gateways to ask
	#[arg(value_name = "GATEWAY URL")]
	gateways: Vec<String>,
}

/// What a node says.
#[derive(Debug, Serialize)]
struct NodeStatus {
	url: String,
	genesis: salus_client::wire::Bytes32,
	spec_version: u32,
	best: salus_client::wire::BlockId,
	finalized: salus_client::wire::BlockId,
	finalized_at: u64,
	/// By this machine's clock.
	head_age_ms: u64,
	peers: usize,
	syncing: bool,
}

/// Asks node and gateways; one that does not answer is shown, and gives the exit code.
pub async fn run(command: Status, context: &Context) -> Result<Report, CliError> {
	let mut urls = command.gateways;
	urls.extend(context.gateway_url().map(ToOwned::to_owned).filter(|url| !urls.contains(url)));
	let progress = context.waiting("asking");
	let node = node(context).await;
	let mut gateways = Vec::new();
	for url in urls {
		let status = Gateway::status_of(&url).await;
		gateways.push((url, status));
	}
	drop(progress);
	// Another chain or a stale runtime is more than an absent node.
	let node = match node {
		Err(error) if error.exit_code() != UNREACHABLE => return Err(error),
		node => node,
	};

	let node_text = match &node {
		Ok(node) => format!(
			"Node {}: {}\n  runtime    {}\n  genesis    {}\n  best       {}\n  finalized  {} at {} ({} s ago)\n  peers      {}{}",
			node.url,
			mark(true, "answers"),
			node.spec_version,
			node.genesis,
			node.best.number,
			node.finalized.number,
			moment(node.finalized_at),
			node.head_age_ms / 1_000,
			node.peers,
			if node.syncing { ", syncing" } else { "" }
		),
		Err(error) => mark(false, &error.to_string()),
	};
	let rows = gateways.iter().map(|(url, status)| match status {
		Ok(status) => [url.clone(), status.institution.to_string(), ready(status), head(status)],
		Err(error) => [url.clone(), String::new(), mark(false, &error.to_string()), String::new()],
	});
	let concerns = gateways.iter().filter_map(|(_, status)| status.as_ref().ok()).flat_map(concerns);
	let text = format!(
		"{node_text}\n\n{}{}",
		table(["Gateway", "Institution", "State", "Finalized head"], rows),
		concerns.collect::<String>()
	);
	let all_answer = node.is_ok() && gateways.iter().all(|(_, status)| status.is_ok());
	let json_gateways: Vec<_> = gateways
		.iter()
		.map(|(url, status)| match status {
			Ok(status) => json!({ "url": url, "status": status }),
			Err(error) => json!({ "url": url, "error": error.to_string() }),
		})
		.collect();
	let json_node = match &node {
		Ok(node) => json!(node),
		Err(error) => json!({ "url": context.node_url(), "error": error.to_string() }),
	};
	let report = Report::new(&json!({ "node": json_node, "gateways": json_gateways }), text)?;
	Ok(if all_answer { report } else { report.with_exit(UNREACHABLE) })
}

async fn node(context: &Context) -> Result<NodeStatus, CliError> {
	let chain = context.chain().await?;
	let identity = chain.identity().await?;
	let (best, finalized) = (chain.best_head().await?, chain.finalized_head().await?);
	let finalized_at = chain.time_at(&finalized).await.or_else(|error| match error {
		ChainError::Pruned(_) => Ok(0),
		other => Err(other),
	})?;
	let (syncing, peers) = chain.node_health().await?;
	Ok(NodeStatus {
		url: chain.url().to_owned(),
		genesis: identity.genesis,
		spec_version: identity.spec_version,
		best,
		finalized,
		finalized_at,
		head_age_ms: salus_client::now().saturating_sub(finalized_at),
		peers,
		syncing,
	})
}

fn ready(status: &GatewayStatus) -> String {
	match status.ready {
		true => mark(true, "ready"),
		false => mark(false, "not ready"),
	}
}

/// What the operator has to look after, a line each.
fn concerns(status: &GatewayStatus) -> impl Iterator<Item = String> + '_ {
	status
		.concerns
		.iter()
		.map(|concern| format!("\n{}", mark(false, &format!("institution {}: {}", status.institution, plain(concern)))))
}

fn head(status: &GatewayStatus) -> String {
	let age = status.head_age_ms.map(|age| format!(" ({} s ago)", age / 1_000)).unwrap_or_default();
	status.finalized.map_or("none".to_owned(), |block| format!("{}{age}", block.number))
}
