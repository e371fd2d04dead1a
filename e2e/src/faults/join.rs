//! A fifth hospital joins while the others work: from the motion that admits it to blocks and votes of its own, on a network that
//! keeps unlisted nodes off. By command, as the operations manual tells it.

use super::{
	sets::{takes_new_keys, wait_for_block_by, wait_for_set, wait_for_vote_by},
	Bench, Figures, Load, Watch, ALL,
};
use crate::{
	council::decide_at_desks,
	network::{ALPHA, HOSPITALS},
	person::{number, text, Person},
	rpc::Rpc,
	validators::{Node, Part},
	waiting::until,
};
use anyhow::{ensure, Context, Result};
use futures::future::try_join_all;
use serde_json::json;
use std::time::{Duration, Instant};

/// Blocks during which a node that is not on the list has to stay alone.
const ALONE: u64 = 6;
/// How long it may take until the others have read that a node is on the list, and until it has caught up.
const CONNECT_LIMIT: Duration = Duration::from_secs(180);

pub async fn join(bench: &Bench) -> Result<Figures> {
	let mut figures = Figures::default();
	let alpha = &bench.validators[ALPHA];
	let rpc = &alpha.rpc()?;
	list_founders(bench).await?;
	let load = Load::start(bench, &ALL).await?;
	let watch = Watch::start(&bench.validators)?;
	bench.progress.set_message("join: the council admits a hospital");
	let (began, height) = (Instant::now(), rpc.finalized_height().await?);
	let operator = newcomer(bench, "omega-operator", alpha)?;
	let account = new_account(&operator).await?;
	let admit = ["consortium", "propose", "admit", "--kind", "hospital", "--name", "Omega Hospital"];
	let admitted = decide_at_desks(&bench.operators, &[&admit[..], &["--operator", &account]].concat()).await?;
	let institution = number(&admitted, "/institution")?.to_string();
	figures.seconds("from the motion to the membership", began.elapsed());

	bench.progress.set_message("join: its node is not on the list");
	let omega = bench.spare("omega", Part::Validator)?;
	omega.start()?;
	omega.wait_answers().await?;
	stays_alone(&omega, rpc).await?;
	let started = Instant::now();
	// Its own node hears nobody yet: a member that is in lends its node for this one command.
	operator.does(&["consortium", "add-node", &omega.peer_id]).await?;
	bench.progress.set_message("join: its node catches up");
	caught_up(&omega, rpc).await?;
	figures.seconds("from the entry in the list to the newest finalized block", started.elapsed());

	bench.progress.set_message("join: the council names its validator");
	let validator = newcomer(bench, "omega-validator", &omega)?;
	let account = new_account(&validator).await?;
	decide_at_desks(&bench.operators, &["consortium", "propose", "add-validator", &institution, &account]).await?;
	let keys = takes_new_keys(&validator, &omega).await?;

	bench.progress.set_message("join: its validator comes into the set");
	let before = rpc.finalized_height().await?;
	let set = wait_for_set(rpc, "a set with the new validator", |set| set.has(&keys)).await?;
	ensure!(set.voters.len() == HOSPITALS + 1, "{} vote", set.voters.len());
	let first = wait_for_block_by(rpc, &keys.aura, before).await?;
	figures.seconds("from the motion to the first own block", began.elapsed());
	figures.count("from the motion to the first own block", first - height, "blocks");
	let voters = wait_for_vote_by(rpc, &keys.grandpa).await?;
	ensure!(voters == set.voters.len() as u64, "{voters} voters are counted");

	bench.progress.set_message("join: every node is asked for every transaction");
	let finalized = rpc.finalized_height().await?;
	watch.wait_finalized(finalized + 4, CONNECT_LIMIT).await?;
	figures.seconds("longest time without finality", watch.longest_without_finality());
	figures.load(&load.finish(bench.validators.iter().chain([&omega])).await?);
	let nodes: Vec<&Node> = bench.validators.iter().chain([&omega]).collect();
	bench.agree(&nodes).await?;
	Ok(figures)
}

/// The founders' nodes are put on the list of nodes, and the council keeps all others off the network.
async fn list_founders(bench: &Bench) -> Result<()> {
	bench.progress.set_message("join: the founders put their nodes on the list");
	let listing = bench
		.operators
		.iter()
		.zip(&bench.validators)
		.map(|(operator, node)| async move { operator.does(&["consortium", "add-node", &node.peer_id]).await });
	try_join_all(listing).await?;
	decide_at_desks(&bench.operators, &["consortium", "propose", "set-parameter", "OnlyListedNodes", "1"]).await?;
	// The nodes close every connection once, and open those to one another again.
	let height = bench.validators[ALPHA].rpc()?.best_height().await?;
	try_join_all(bench.validators.iter().map(|node| node.wait_finalized(height + 4))).await?;
	Ok(())
}

/// Somebody without keys, at a desk with a node.
fn newcomer(bench: &Bench, name: &str, node: &Node) -> Result<Person> {
	Person::new(&bench.binaries.salus, &bench.folder.join("desks"), name, &node.url(), None)
}

async fn new_account(person: &Person) -> Result<String> {
	person.make_keys("account").await?;
	Ok(text(&person.public().await?, "/account/account")?.to_owned())
}

/// Fails unless the node has neither a peer nor a block while others make some.
async fn stays_alone(node: &Node, others: &Rpc) -> Result<()> {
	let own = &node.rpc()?;
	let enough = others.finalized_height().await? + ALONE;
	until("blocks of the others", CONNECT_LIMIT, || async move {
		let health = own.call("system_health", json!([])).await?;
		let peers = health["peers"].as_u64().context("a node counts its peers")?;
		ensure!(peers == 0, "{peers} nodes talk to one that is not on the list");
		Ok((others.finalized_height().await? >= enough).then_some(()))
	})
	.await?;
	ensure!(own.best_height().await? == 0, "a node that is not on the list got blocks");
	Ok(())
}

/// Waits until a node has finalized what another one has.
async fn caught_up(node: &Node, other: &Rpc) -> Result<()> {
	let (own, height) = (&node.rpc()?, other.finalized_height().await?);
	until("the newest finalized block", CONNECT_LIMIT, || async move {
		Ok((own.finalized_height().await? >= height).then_some(()))
	})
	.await
}
