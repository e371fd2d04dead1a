//! Guardians come together by a key that nobody holds, and open a summary for a hospital elsewhere.

use super::Verdict;
use anyhow::{ensure, Context, Result};
use futures::future::{try_join, try_join_all};
use salus_client::{
	chain::Chain,
	emergency::request::Target,
	primitives::{CommitteePurpose, EmergencyRequestId, InstitutionId, StaffRole},
};
use salus_e2e::{
	bedside::{card, decide_on_duty, notices_with, opens, physician, request_active, wait_sealed, LIMIT},
	council::decide_at_desks,
	emergency::{Responder, Subject},
	gateways::{GatewayProcess, TEST_PATIENT},
	ground::{institution, Ground},
	guardians::{are_members, index_of, wait_for, wait_for_keys, wait_liar_named, Liar, ENOUGH, GUARDIANS},
	measure::stored,
	network::{ALPHA, BETA, DELTA, EPSILON, GAMMA, ZETA},
	person::{exit, list, number, text},
	samples::Samples,
	vault::leaks,
	waiting::until,
};
use salus_fhir::Bundle;
use salus_runtime_api::{CommitteeStatus, EmergencySessionInfo, EmergencyStatus};
use serde_json::Value;
use std::collections::BTreeSet;

pub async fn a_committee_forms_although_a_gateway_is_killed_in_the_middle(ground: &Ground<'_>) -> Result<Verdict> {
	let chain = ground.chain(ALPHA);
	wait_for_keys(&chain, &GUARDIANS).await?;
	let zeta = InstitutionId(u32::try_from(ZETA)?);
	let position = GUARDIANS.iter().position(|member| *member == ZETA).context("Zeta is a guardian")?;
	ground.network.gateways[ZETA].stop().await?;
	let id = ground.form(CommitteePurpose::Release).await?;
	ground.network.gateways[ZETA].start()?;
	{
		let (chain, gateway) = (&chain, &ground.network.gateways[ZETA]);
		// The best block, not the finalized one: it has dealt, and cannot know yet that everybody has.
		until("Zeta's dealing", LIMIT, || async move {
			let best = chain.best_head().await?;
			let dealings = chain.dealings_at(&best, id, 1).await?;
			Ok(dealings.iter().any(|(dealer, _)| usize::from(*dealer) == position + 1).then_some(()))
		})
		.await?;
		gateway.kill();
	}
	let confirming = wait_for(&chain, id, CommitteeStatus::Confirming).await.context("without Zeta")?;
	let others = until("the others' confirmations", LIMIT, || async {
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

pub async fn a_summary_opens_with_one_guardian_down_and_one_lying(ground: &Ground<'_>) -> Result<Verdict> {
	let committee = ground.committee().await?;
	let ward = ground.ward(ALPHA).await?;
	let (_, subject) = ground.patient_with_records(&ward).await?;
	let responder = ground.responder(BETA).await?;
	let target = responder.wait_target(&subject, committee).await?;
	let account = ground.network.gateways[ZETA].account_key()?;
	let away = [DELTA, EPSILON, ZETA];
	away.iter().for_each(|member| ground.network.gateways[*member].kill());
	let mut liar = Liar::start(ground.chain(ZETA), account, committee);
	let opened = open(ground, &responder, &subject, target).await;
	let spoken = liar.check().await;
	drop(liar);
	back(ground, &away).await?;
	spoken?;
	opened?;
	nobody_else_can_read_it(ground)?;
	Ok(Verdict::Passed)
}

async fn back(ground: &Ground<'_>, away: &[usize]) -> Result<()> {
	let gateways = || away.iter().map(|member| &ground.network.gateways[*member]);
	gateways().try_for_each(GatewayProcess::start)?;
	try_join_all(gateways().map(GatewayProcess::wait_ready)).await?;
	Ok(())
}

/// What was opened at Beta stands readable in no gateway's files, custodian and holders included, and in no node's.
fn nobody_else_can_read_it(ground: &Ground<'_>) -> Result<()> {
	let words = Samples::own()?.other.telling_words()?;
	let gateways = ground.network.gateways.iter().map(|gateway| gateway.home());
	// What one node has, all have.
	for folder in gateways.chain([ground.network.validators[BETA].data()]) {
		let found = leaks(&folder, &words)?;
		ensure!(found.is_empty(), "{}", found.join("; "));
	}
	Ok(())
}

/// The third honest guardian comes when the liar's vote is in: else there might be enough before.
async fn open(ground: &Ground<'_>, responder: &Responder, subject: &Subject, target: Target) -> Result<()> {
	let epoch = target.label.scope_epoch;
	let liar = index_of(ZETA)?;
	let asked = responder.prepare(subject, target)?;
	let id = responder.send(&asked).await?;
	wait_liar_named(&responder.chain, &subject.handle, liar).await?;
	ground.network.gateways[DELTA].start()?;
	let session = responder.wait_active(id, LIMIT).await?;
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

pub async fn a_dispute_is_confirmed_and_suspends(ground: &Ground<'_>) -> Result<Verdict> {
	ground.committee().await?;
	let allergy = Samples::own()?.other.allergy()?;
	let ward = ground.ward(ALPHA).await?;
	let (patient, Subject { handle, .. }) = ground.patient_with_records_at_a_desk(&ward, "contradicting").await?;
	let rescuer = physician(ground, BETA, "mistaken-rescuer").await?;
	let officers =
		try_join(physician(ground, GAMMA, "gamma-officer"), physician(ground, DELTA, "delta-officer")).await?;
	let chain = ground.chain(ALPHA);
	// Where it is asked for.
	let epoch = wait_sealed(&ground.chain(BETA), &handle, 0).await?;
	let id = request_active(&rescuer, &card(&patient, &handle).await?, &[]).await?;
	opens(&rescuer, id, &allergy).await?;

	let number = id.to_string();
	patient.does(&["emergency", "dispute", &handle.to_string(), &number]).await?;
	for (officer, status) in [(officers.0, EmergencyStatus::Active), (officers.1, EmergencyStatus::Suspended)] {
		let disputed = session(&chain, id).await?;
		ensure!(disputed.disputed && disputed.status == EmergencyStatus::Active, "it is {:?}", disputed.status);
		decide_on_duty(&officer, id, "stop").await?;
		until("the officer's word", LIMIT, || async {
			Ok((session(&chain, id).await?.status == status).then_some(()))
		})
		.await?;
	}
	let late = rescuer.salus(&["emergency", "open", &number]).await?;
	ensure!(late.exit != exit::DONE, "it opens although it was stopped");
	notices_with(&patient, &handle, "suspended").await?;
	wait_sealed(&chain, &handle, epoch + 1).await.context("the next epoch")?;
	Ok(Verdict::Passed)
}

async fn session(chain: &Chain, id: EmergencyRequestId) -> Result<EmergencySessionInfo> {
	chain.emergency_session(&id).await?.context("the session is not there")
}

pub async fn a_drill_is_marked_and_counts_nowhere(ground: &Ground<'_>) -> Result<Verdict> {
	ground.committee().await?;
	let ward = &ground.ward(ALPHA).await?;
	let of = |handle| async move {
		let patient = ground.patient_with(ward, handle).await?;
		ground.take_in(ward, patient.handle, &Samples::own()?.other).await
	};
	let (test, real) = try_join(of(TEST_PATIENT), of(salus_client::patient::new_handle())).await?;
	// Nobody else asks from there, so that what is counted is theirs.
	let rescuer = physician(ground, DELTA, "practising-rescuer").await?;
	let officer =
		ground.staff_at_a_desk(ALPHA, "alpha-privacy-officer", vec![StaffRole::PrivacyOfficer], false).await?;
	let chain = ground.chain(ALPHA);
	let own = ground.chain(DELTA);
	try_join(wait_sealed(&own, &test.handle, 0), wait_sealed(&own, &real.handle, 0)).await?;

	let refused = rescuer.salus(&["emergency", "drill", &real.handle.to_string()]).await?;
	ensure!(refused.exit == exit::USAGE, "a drill on a patient: {}", refused.message());
	ensure!(chain.emergency_sessions(&real.handle).await?.is_empty(), "a drill asked for a patient's records");

	let before = counted(ground, DELTA).await?;
	let drill = rescuer.does(&["emergency", "drill", &test.handle.to_string()]).await?;
	ensure!(drill["drill"] == true && number(&drill, "/rows")? > 0, "{drill}");
	let id: EmergencyRequestId = text(&drill, "/id")?.parse().map_err(anyhow::Error::msg)?;
	// Delta's node has it; Alpha's may be a block behind.
	let on_chain = until("the drill's end at Alpha's node", LIMIT, || async {
		let there = chain.emergency_session(&id).await?;
		Ok(there.filter(|session| session.status == EmergencyStatus::Closed))
	})
	.await?;
	ensure!(on_chain.drill, "{on_chain:?}");
	ensure!(counted(ground, DELTA).await? == before, "the drill was counted");

	let handle = real.handle.to_string();
	let asked = rescuer.does(&["emergency", "request", &handle, "--encounter", "E-1", "--reason", "Fell"]).await?;
	let real_id = text(&asked, "/id")?.to_owned();
	until("the emergency among what is counted", LIMIT, || async {
		Ok((counted(ground, DELTA).await? != before).then_some(()))
	})
	.await?;
	rescuer.does(&["emergency", "close", &real_id]).await?;
	let waiting = until("the emergency among those to be judged", LIMIT, || async {
		let reviews = officer.does(&["emergency", "reviews", "list"]).await?;
		let ids = list(&reviews, "/reviews")?.iter().filter_map(|one| one["session"]["id"].as_str());
		let ids: Vec<String> = ids.map(ToOwned::to_owned).collect();
		Ok(ids.contains(&real_id).then_some(ids))
	})
	.await?;
	ensure!(!waiting.contains(&id.to_string()), "the drill waits for a verdict");
	Ok(Verdict::Passed)
}

/// What the chain has counted of an institution's requests, as it stores it.
async fn counted(ground: &Ground<'_>, member: usize) -> Result<Option<String>> {
	let institution = hex::encode(institution(member)?.0.to_le_bytes());
	let used = stored(&ground.network.validators[ALPHA], "EmergencyAccess", "EmergencyUse").await?;
	Ok(used.into_iter().find(|(key, _)| key.ends_with(&institution)).map(|(_, value)| value))
}

pub async fn an_attendant_hands_over(ground: &Ground<'_>) -> Result<Verdict> {
	ground.committee().await?;
	let allergy = Samples::own()?.other.allergy()?;
	let ward = ground.ward(ALPHA).await?;
	let (patient, Subject { handle, .. }) = ground.patient_with_records_at_a_desk(&ward, "called-for").await?;
	let attendant = physician(ground, BETA, "attendant").await?;
	let (colleague, other) =
		try_join(physician(ground, BETA, "on-the-way"), physician(ground, BETA, "somewhere-else")).await?;
	let ready = colleague.does(&["emergency", "ready"]).await?;
	wait_sealed(&ground.chain(BETA), &handle, 0).await?;
	let caller = ["--for-caller", "A neighbour, 555-0100"];
	let id = request_active(&attendant, &card(&patient, &handle).await?, &caller).await?.to_string();
	attendant.does(&["emergency", "handover", &id, "--to", text(&ready, "/practitioner")?]).await?;

	let refused = other.salus(&["emergency", "take-over", &id]).await?;
	ensure!(refused.exit != exit::DONE, "somebody else took it over");
	colleague.does(&["emergency", "take-over", &id]).await?;
	opens(&colleague, id.parse().map_err(anyhow::Error::msg)?, &allergy).await?;
	colleague.does(&["emergency", "close", &id, "--reason", "Treated"]).await?;
	for person in [&attendant, &colleague] {
		let late = person.salus(&["emergency", "open", &id]).await?;
		ensure!(late.exit != exit::DONE, "{} opens it after its end", person.name);
	}
	Ok(Verdict::Passed)
}

pub async fn shares_are_dealt_anew_to_other_members(ground: &Ground<'_>) -> Result<Verdict> {
	/// Beta for Epsilon.
	const OTHERS: [usize; 5] = [ALPHA, BETA, GAMMA, DELTA, ZETA];
	let id = ground.committee().await?;
	let chain = ground.chain(ALPHA);
	let before = chain.committee(id).await?.context("the committee is gone")?;
	let ward = ground.ward(ALPHA).await?;
	let (_, subject) = ground.patient_with_records(&ward).await?;
	let responder = ground.responder(EPSILON).await?;
	let sealed = responder.wait_target(&subject, id).await?;

	wait_for_keys(&chain, &OTHERS).await?;
	let operators = ground.operators_at_desks("reshare")?;
	let members = OTHERS.map(|member| member.to_string()).join(",");
	let (committee, k) = (id.to_string(), ENOUGH.to_string());
	let reshare = ["emergency", "committee", "reshare", &committee, "--members", &members, "--threshold", &k];
	decide_at_desks(&operators, &reshare).await?;
	let after = until("the new members' proofs", LIMIT, || async {
		let now = chain.committee(id).await?.context("the committee is gone")?;
		Ok((now.version > before.version && now.pending.is_none()).then_some(now))
	})
	.await?;
	ensure!(after.status == CommitteeStatus::Active && are_members(&after, &OTHERS)?, "{after:?}");
	ensure!(after.group_key.is_some() && after.group_key == before.group_key, "the key is another one now");
	ensure!(after.members.iter().all(|member| member.confirmed && member.counts), "{:?}", after.members);

	// What was sealed before opens with the shares dealt since, Beta's among them: without two of the others it takes all three.
	let target = responder.target(&subject, false).await?;
	ensure!(target.envelope == sealed.envelope, "it was sealed anew");
	let away = [DELTA, ZETA];
	away.iter().for_each(|member| ground.network.gateways[*member].kill());
	let opened = responder.run(&subject, target, LIMIT).await;
	back(ground, &away).await?;
	let (asked, plaintext) = opened?;
	ensure!(String::from_utf8(plaintext)?.contains(&Samples::own()?.other.allergy()?), "the summary lacks the allergy");
	let parts = session(&chain, asked.prepared.id).await?.parts;
	let voters: BTreeSet<u16> = parts.iter().map(|(index, _)| *index).collect();
	ensure!(voters == [1, 2, 3].into(), "{voters:?} gave their parts");
	responder.close(asked.prepared.id).await?;
	Ok(Verdict::Passed)
}
