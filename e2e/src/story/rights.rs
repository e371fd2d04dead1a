//! Steps 10 and 12: the patient takes back what she gave, and takes over what was kept for her.

use super::{
	consent::{ask, covered, fetch},
	members::witnessed_paper,
	stage::institution,
	Stage, Telling,
};
use crate::{
	network::{ALPHA, BETA, DELTA},
	person::{block, exit, list, number},
	waiting::until,
};
use anyhow::{ensure, Context, Result};
use futures::future::try_join;
use salus_client::{
	chain::{calls, Chain},
	primitives::{Commitment, Moment, MINUTE},
};
use serde_json::Value;
use std::time::Duration;

/// The longest delay that the story can wait for. A local consortium has 20 seconds.
const MAX_DELAY: Moment = 2 * MINUTE;
/// How long the claim may take to get into a block.
const CLAIM_LIMIT: Duration = Duration::from_secs(120);

pub(super) async fn revoke(stage: &mut Stage<'_>, telling: &mut Telling) -> Result<()> {
	let cast = stage.cast.clone();
	let handle = stage.selma()?;
	let capability = stage.facts.capability.context("nothing was granted")?;
	let permit = number(&ask(&cast.cardiologist, handle).await?.done()?, "/permit")?;
	let before = fetch(&cast.cardiologist, permit, "before").await?.done()?;
	let wanted = covered(&stage.facts.selma_records).len();
	telling.expect_equal("before it, a fresh permit releases the records", list(&before, "/records")?.len(), wanted);

	let (patient, grantee, id) = (handle.to_string(), institution(BETA).to_string(), capability.to_string());
	let revoked = cast.selma.does(&["consent", "revoke", &patient, "--to", &grantee, "--capability", &id]).await?;
	telling.say_in_block(block(&revoked)?, "Selma revokes.");
	let live = stage.chain().await?.capabilities(&handle).await?;
	telling.expect_equal("the chain holds no capability of Beta any more", live.len(), 0);

	let after = fetch(&cast.cardiologist, permit, "after").await?;
	let released = after.json["records"].as_array().map_or(0, Vec::len);
	let outcome = format!("exit code {}, {released} records", after.exit);
	telling.expect("the same permit releases nothing", after.exit == exit::EMPTY && released == 0, outcome);
	let again = ask(&cast.cardiologist, handle).await?;
	telling.expect("a new request is answered empty", again.exit == exit::EMPTY, format!("exit code {}", again.exit));
	Ok(())
}

pub(super) async fn claim(stage: &mut Stage<'_>, telling: &mut Telling) -> Result<()> {
	let cast = stage.cast.clone();
	let handle = stage.clara()?;
	let (patient, custodian) = (handle.to_string(), institution(ALPHA).to_string());
	cast.clara.make_keys("patient").await?;
	let offer = cast.clara.does(&["patient", "prepare", "--custodian", &custodian, "--handle", &patient]).await?;
	let seen = cast.witness.hand_over("clara-offer.json", &offer)?;
	let offer = cast.registrar.hand_over("clara-offer.json", &offer)?;
	let words = "Clara came in person with her passport.";
	let paper = witnessed_paper(&cast.witness, &cast.registrar, words, &["claim", "--offer", &seen]).await?;
	// The custodian's own key, outside its gateway: it acts while it still may, and tells nobody what it did. As soon as the claim is in a block: how
	// long finality takes is not to use the delay up.
	let custodian_key = cast.custodian_key.identity()?.account(&cast.custodian_key.name)?.pair().clone();
	let chain = stage.chain().await?;
	let acting = async {
		until("the claim in a block", CLAIM_LIMIT, || async {
			let info = chain.handle_at(&chain.best_head().await?, &handle).await?;
			Ok(info.is_some_and(|info| info.controllers.len() > 1).then_some(()))
		})
		.await?;
		let entry = Commitment(salus_client::random_bytes());
		let call = calls::consent::revoke_grantee(handle, institution(BETA), entry);
		anyhow::Ok(chain.submit_finalized(&custodian_key, &call).await)
	};
	let claim = ["patient", "claim", &patient, "--offer", &offer, "--evidence", &paper];
	let (claimed, acted) = try_join(cast.registrar.does(&claim), acting).await?;
	let until_then = number(&claimed, "/custodian_until")?;
	telling.say_in_block(block(&claimed)?, "Clara claims her handle at the desk.");
	let outcome = acted.as_ref().map_or_else(ToString::to_string, |acted| format!("block {}", acted.block.number));
	telling.expect("until the delay is over, the custodian's key still works", acted.is_ok(), outcome);
	stage.facts.withheld = acted.ok().and_then(|acted| acted.events.entry_recorded()).map(|(_, sequence)| sequence);

	let grantee = institution(DELTA).to_string();
	let granted = cast.clara.does(&["consent", "grant", &patient, "--to", &grantee, "--category", "laboratory"]).await;
	let outcome =
		granted.as_ref().map_or_else(|error| format!("{error:#}"), |granted| granted["block"]["number"].to_string());
	telling.expect("Clara's own key works at once: she grants Delta her laboratory", granted.is_ok(), outcome);

	telling.busy("waiting for the end of the delay");
	wait_for(&chain, until_then).await?;
	let call = calls::consent::revoke_grantee(handle, institution(DELTA), Commitment(salus_client::random_bytes()));
	let refused = chain.submit_finalized(&custodian_key, &call).await;
	let outcome = refused.as_ref().map_or_else(ToString::to_string, |acted| format!("block {}", acted.block.number));
	telling.expect("after the delay the custodian's key does not work any more", refused.is_err(), outcome);
	let by_gateway = cast.registrar.salus(&["consent", "revoke-all", &patient, "--to", &grantee]).await?;
	telling.expect("nor does its gateway act for her", by_gateway.exit != exit::DONE, by_gateway.message());
	let live = chain.capabilities(&handle).await?;
	telling.expect_equal("what Clara granted is still there", live.len(), 1);

	let handles = cast.clara.does(&["patient", "handles"]).await?;
	let standing = handles.pointer("/handles/0/standing").and_then(Value::as_str).unwrap_or_default().to_owned();
	telling.expect_equal("she controls her handle alone", standing.as_str(), "controlled by you");
	Ok(())
}

/// Waits until the chain's time has reached a moment.
async fn wait_for(chain: &Chain, moment: Moment) -> Result<()> {
	let left = moment.saturating_sub(salus_client::now());
	ensure!(left <= MAX_DELAY, "the delay ends in {} minutes only: the story cannot wait so long", left / MINUTE);
	let limit = Duration::from_millis(left) + Duration::from_secs(60);
	until("the end of the custodian's rights", limit, || async {
		let head = chain.finalized_head().await?;
		Ok((chain.time_at(&head).await? >= moment).then_some(()))
	})
	.await
}
