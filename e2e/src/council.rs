//! Motions of the council, carried out by the members' operators.

use crate::{
	ground::operator,
	network::OPERATORS,
	person::{number, text, Person},
};
use anyhow::{bail, ensure, Context, Result};
use futures::future::try_join_all;
use salus_client::chain::{Call, Chain, InBlock, Keypair, MotionState};
use serde_json::Value;

/// Proposes a call, lets two thirds of the council agree by the genesis' operators, and closes the motion: the block in which the call ran,
/// with its events.
///
/// # Errors
/// Those of [`decide_by`].
pub async fn decide(chain: &Chain, call: &Call) -> Result<InBlock> {
	let operators = (0..OPERATORS.len()).map(operator).collect::<Result<Vec<_>>>()?;
	decide_by(&operators, chain, call).await
}

/// The same by these seats.
///
/// # Errors
/// When the chain refuses, the call fails, or it takes more seats than these.
pub async fn decide_by(seats: &[Keypair], chain: &Chain, call: &Call) -> Result<InBlock> {
	let threshold = chain.two_thirds_of_council().await?;
	let voters = seats.get(..usize::try_from(threshold)?);
	let voters = voters.with_context(|| format!("a motion takes {threshold} votes, here are {}", seats.len()))?;
	let proposer = voters.first().context("a motion takes votes")?;
	let (motion, _) = chain.propose(proposer, call, threshold).await.context("proposing")?;
	try_join_all(voters.iter().map(|voter| chain.vote(voter, &motion, true))).await.context("voting")?;
	let (state, closed) = chain.close(proposer, &motion).await.context("closing")?;
	match state {
		MotionState::Executed { failed: None } => Ok(closed),
		MotionState::Executed { failed: Some(reason) } => bail!("the motion's call failed: {reason}"),
		state => bail!("the motion ended as {state:?}"),
	}
}

/// The same by command line: the first of these operators proposes with a command, as many of the others vote as it takes, the first closes. What
/// `salus member close` printed.
///
/// # Errors
/// When a command fails.
pub async fn decide_at_desks(operators: &[Person], command: &[&str]) -> Result<Value> {
	let (proposer, others) = operators.split_first().context("a motion takes votes")?;
	let proposed = proposer.does(command).await?;
	let motion = text(&proposed, "/motion/hash")?;
	let needed = usize::try_from(number(&proposed, "/motion/state/open/threshold")?)?;
	let voters = others.get(..needed.saturating_sub(1));
	let voters = voters.with_context(|| format!("a motion takes {needed} votes, here are {}", operators.len()))?;
	try_join_all(voters.iter().map(|voter| async move { voter.does(&["member", "vote", motion]).await })).await?;
	proposer.does(&["member", "close", motion]).await
}

/// The same for a motion that is agreed on and fails when it is carried out: with this error of the chain.
///
/// # Errors
/// When it is carried out, or fails otherwise.
pub async fn refused_at_desks(operators: &[Person], command: &[&str], error: &str) -> Result<()> {
	let command_line = command.join(" ");
	let failed = decide_at_desks(operators, command).await.err();
	let said = format!("{:#}", failed.with_context(|| format!("`{command_line}` was carried out"))?);
	ensure!(said.contains("member close") && said.contains(error), "`{command_line}` failed otherwise: {said}");
	Ok(())
}
