//! The nodes that belong on the network.

use crate::cli::{
	context::Context,
	error::CliError,
	member,
	output::{table, Report},
};
use salus_client::chain::{calls, PeerId};
use salus_runtime_api::ParameterInfo;
use serde_json::json;

/// Lists them.
pub(super) async fn list(context: &Context) -> Result<Report, CliError> {
	let chain = context.chain().await?;
	let head = chain.finalized_head().await?;
	let (nodes, members) = (chain.nodes_at(&head).await?, chain.institutions_at(&head).await?);
	let only_listed = are_kept_apart(&chain.parameters_at(&head).await?);
	let rows = nodes.iter().map(|(node, institution)| {
		let name = members.iter().find(|(id, _)| id == institution).map(|(_, info)| info.name.clone());
		[PeerId(*node).to_string(), institution.to_string(), name.unwrap_or_default()]
	});
	let listed = table(["Peer id", "Institution", "Name"], rows);
	let text = match nodes.len() {
		0 => words(0, only_listed),
		count => format!("{}\n{listed}", words(count, only_listed)),
	};
	let json: Vec<_> =
		nodes.iter().map(|(node, institution)| json!({ "peer": PeerId(*node), "institution": institution })).collect();
	Report::new(&json!({ "nodes": json, "only_listed": only_listed }), text)
}

/// Whether the council keeps nodes that nobody lists off the network.
pub(super) fn are_kept_apart(parameters: &[ParameterInfo]) -> bool {
	parameters.iter().any(|info| info.name == "OnlyListedNodes" && info.value == 1)
}

/// What the list means for others.
pub(super) fn words(count: usize, only_listed: bool) -> String {
	match (count, only_listed) {
		(0, _) => "none listed: any may connect".to_owned(),
		(_, true) => format!("{count} listed: no others may connect"),
		(_, false) => format!("{count} listed; others may connect, too, while OnlyListedNodes is 0"),
	}
}

/// Enters a node.
pub(super) async fn add(context: &Context, peer: PeerId) -> Result<Report, CliError> {
	member::direct(context, calls::consortium::register_node(peer.0), format!("{peer} is on the list")).await
}

/// Takes a node off.
pub(super) async fn remove(context: &Context, peer: PeerId) -> Result<Report, CliError> {
	member::direct(context, calls::consortium::remove_node(peer.0), format!("{peer} is off the list")).await
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn a_list_keeps_others_off_when_the_council_says_so_and_somebody_is_on_it() {
		let (name, unit) = ("OnlyListedNodes".to_owned(), "0 or 1".to_owned());
		let info =
			|value| [ParameterInfo { name: name.clone(), unit: unit.clone(), value, default: 0, least: 0, most: 1 }];
		assert!(are_kept_apart(&info(1)) && !are_kept_apart(&info(0)) && !are_kept_apart(&[]));
		assert!(words(4, true).contains("no others"));
		assert!(words(4, false).contains("others may connect"));
		assert!(words(0, true).contains("any may connect"));
	}
}
