//! Guardians come together by a key that nobody holds, and open a summary for a hospital elsewhere.

use super::Verdict;
use anyhow::{ensure, Context, Result};
use salus_client::primitives::{CommitteePurpose, InstitutionId};
use salus_e2e::{
	emergency::Responder,
	ground::Ground,
	guardians::{form, index_of, wait_for, wait_for_keys, wait_liar_named, Liar, ENOUGH, GUARDIANS},
	network::{ALPHA, BETA, DELTA, EPSILON, ZETA},
	samples::Samples,
	vault::leaks,
	waiting::until,
};
use salus_fhir::Bundle;
use salus_runtime_api::CommitteeStatus;
use serde_json::Value;
use std::time::Duration;

/// How long guardians may take on a busy machine.
pub const VOTES_LIMIT: Duration = Duration::from_secs(90);

pub async fn a_committee_forms_although_a_gateway_is_killed_in_the_middle(ground: &mut Ground<'_>) -> Result<Verdict> {
	let chain = ground.chain(ALPHA).await?;
	wait_for_keys(&chain, &GUARDIANS).await?;
	let zeta = InstitutionId(u32::try_from(ZETA)?);
	let position = GUARDIANS.iter().position(|member| *member == ZETA).context("Zeta is a guardian")?;
	ground.network.gateways[ZETA].stop();
	let id = form(&chain, CommitteePurpose::Release, &GUARDIANS, ENOUGH).await?;
	ground.network.gateways[ZETA].start()?;
	{
		let (chain, gateway) = (&chain, &mut ground.network.gateways[ZETA]);
		// The best block, not the finalized one: it has dealt, and cannot know yet that everybody has.
		until("Zeta's dealing", VOTES_LIMIT, || async move {
			let best = chain.best_head().await?;
			let dealings = chain.dealings_at(&best, id, 1).await?;
			Ok(dealings.iter().any(|(dealer, _)| usize::from(*dealer) == position + 1).then_some(()))
		})
		.await?;
		gateway.kill();
	}
	let confirming = wait_for(&chain, id, CommitteeStatus::Confirming).await.context("without Zeta")?;
	let others = until("the others' confirmations", VOTES_LIMIT, || async {
		let info = chain.committee(id).await?.context("the committee is gone")?;
		Ok((info.members.iter().filter(|member| member.confirmed).count() == GUARDIANS.len() - 1).then_some(info))
	})
	.await?;
	ensure!(
		others.status == CommitteeStatus::Confirming,
		"it is {:?} although Zeta's share is not proven",
		others.status
	);
	ensure!(!others.members[position].confirmed, "institution {zeta} was killed too late: nothing was tried");
	ground.network.gateways[ZETA].start()?;
	let active = wait_for(&chain, id, CommitteeStatus::Active).await.context("with Zeta again")?;
	ensure!(active.group_key.is_some() && active.group_key == confirming.group_key, "the key is another one now");
	ensure!(active.members.iter().all(|member| member.confirmed && member.counts), "{:?}", active.members);
	ensure!(chain.consortium_committee(CommitteePurpose::Release).await? == Some(id), "it is not the consortium's");
	ground.network.gateways[ZETA].wait_ready().await?;
	Ok(Verdict::Passed)
}

pub async fn a_summary_opens_with_one_guardian_down_and_one_lying(ground: &mut Ground<'_>) -> Result<Verdict> {
	let committee = ground.committee().await?;
	let ward = ground.ward(ALPHA).await?;
	let (_, subject) = ground.patient_with_records(&ward).await?;
	let responder = ground.responder(BETA).await?;
	let target = responder.wait_target(&subject, committee).await?;
	let account = ground.network.gateways[ZETA].account_key()?;
	let away = [DELTA, EPSILON, ZETA];
	away.iter().for_each(|member| ground.network.gateways[*member].kill());
	let mut liar = Liar::start(ground.chain(ZETA).await?, account, committee);
	let opened = open(ground, &responder, &subject, target).await;
	let spoken = liar.check().await;
	drop(liar);
	for member in away {
		ground.network.gateways[member].start()?;
		ground.network.gateways[member].wait_ready().await?;
	}
	spoken?;
	opened?;
	nobody_else_can_read_it(ground)?;
	Ok(Verdict::Passed)
}

/// What was opened at Beta stands readable in no gateway's files, custodian and holders included, and in no node's.
fn nobody_else_can_read_it(ground: &Ground<'_>) -> Result<()> {
	let words = [Samples::own()?.other.allergy()?];
	let gateways = ground.network.gateways.iter().map(|gateway| gateway.home());
	// What one node has, all have.
	for folder in gateways.chain([ground.network.validators[BETA].data()]) {
		let found = leaks(&folder, &words)?;
		ensure!(found.is_empty(), "{}", found.join("; "));
	}
	Ok(())
}

/// The third honest guardian comes when the liar's vote is in: else there might be enough before.
async fn open(
	ground: &mut Ground<'_>,
	responder: &Responder,
	subject: &salus_e2e::emergency::Subject,
	target: salus_client::emergency::request::Target,
) -> Result<()> {
	let epoch = target.label.scope_epoch;
	let liar = index_of(ZETA)?;
	let asked = responder.prepare(subject, target)?;
	let id = responder.send(&asked).await?;
	wait_liar_named(&responder.chain, &subject.handle, liar).await?;
	ground.network.gateways[DELTA].start()?;
	let session = responder.wait_active(id, VOTES_LIMIT).await?;
	ensure!(session.parts.len() == usize::from(ENOUGH), "{} parts", session.parts.len());
	ensure!(session.parts.iter().all(|(index, _)| *index != liar), "the lying guardian's part was taken");
	ensure!(session.refused == [liar], "the chain names {:?} and not the guardian that lied", session.refused);
	let release = responder.fetch(id, &asked.prepared.secrets).await?;
	let plaintext = Responder::open(&asked, &session, &release)?;
	let summary = Bundle::parse(&plaintext);
	ensure!(summary.is_ok() || serde_json::from_slice::<Value>(&plaintext).is_ok(), "it is no FHIR bundle");
	let text = String::from_utf8(plaintext).context("a bundle is text")?;
	let allergy = Samples::own()?.other.allergy()?;
	ensure!(text.contains(&allergy), "the summary does not name {allergy}");
	responder.close(id).await?;
	let next = responder.wait_target(subject, session.committee).await.context("the next epoch")?;
	ensure!(next.label.scope_epoch == epoch + 1, "the next envelopes are of epoch {}", next.label.scope_epoch);
	Ok(())
}
