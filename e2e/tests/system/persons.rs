//! Patients who chose their guardians themselves.

use super::Verdict;
use anyhow::{ensure, Context, Result};
use salus_client::primitives::SECOND;
use salus_e2e::{
	bedside::LIMIT,
	emergency::Responder,
	ground::Ground,
	guardians::{wait_liar_named, Liar, ENOUGH},
	network::{ALPHA, BETA},
	persons::{PersonalGuardians, Wishes},
	samples::Samples,
	waiting::until,
};

/// How long the patient's own guardians have to answer, seconds.
const FALLBACK_SECONDS: u64 = 20;

pub async fn a_patients_own_guardians_decide_and_the_consortium_follows_when_they_do_not_answer(
	ground: &Ground<'_>,
) -> Result<Verdict> {
	let allergy = Samples::own()?.other.allergy()?;
	let consortium = ground.committee().await?;
	let ward = ground.ward(ALPHA).await?;
	let (patient, subject) = ground.patient_with_records_at_a_desk(&ward, "careful").await?;
	let wishes = Wishes { n: 5, k: 3, fallback_after: FALLBACK_SECONDS };
	let mut guardians = PersonalGuardians::set_up(ground.network, &patient, &subject.handle, wishes).await?;
	let responder = ground.responder(BETA).await?;

	// One down, one lying: three are enough.
	let target = responder.wait_target(&subject, guardians.committee).await?;
	(2..5).for_each(|position| guardians.kill(position));
	let mut liar = Liar::start(ground.chain(BETA), guardians.account_key(4)?, guardians.committee);
	let asked = responder.prepare(&subject, target)?;
	let id = responder.send(&asked).await?;
	// The third honest one comes when the liar's vote is in: else there might be enough before.
	wait_liar_named(&responder.chain, &subject.handle, 5).await?;
	guardians.start(2)?;
	let session = responder.wait_active(id, LIMIT).await?;
	liar.check().await?;
	drop(liar);
	ensure!(session.refused == [5], "the chain names {:?} and not the guardian that lied", session.refused);
	let release = responder.fetch(id, &asked.prepared.secrets).await?;
	let text = String::from_utf8(Responder::open(&asked, &session, &release)?).context("a bundle is text")?;
	ensure!(text.contains(&allergy), "the summary does not name the allergy");
	responder.close(id).await?;

	// Nobody answers.
	(0..3).for_each(|position| guardians.kill(position));
	let sealed = responder.wait_target(&subject, guardians.committee).await?;
	let early = responder.wait_target(&subject, consortium).await.context("the consortium's envelope")?;
	let past = responder.prepare(&subject, early)?;
	let refused = responder.send(&past).await.err().context("the consortium was asked past the patient's guardians")?;
	ensure!(refused.to_string().contains("guardians"), "{refused}");
	let own = responder.prepare(&subject, sealed)?;
	let unanswered = responder.send(&own).await?;
	until_over(&responder, FALLBACK_SECONDS).await?;
	let session = responder.chain.emergency_session(&unanswered).await?.context("the session is gone")?;
	ensure!(session.parts.is_empty(), "somebody answered");
	let (asked, plaintext) = responder
		.run(&subject, responder.wait_target(&subject, consortium).await?, LIMIT)
		.await
		.context("falling back")?;
	ensure!(asked.target.committee == consortium && asked.target.k == ENOUGH, "{:?}", asked.target.committee);
	ensure!(String::from_utf8(plaintext)?.contains(&allergy), "the summary does not name the allergy");
	responder.close(asked.prepared.id).await?;
	Ok(Verdict::Passed)
}

/// Waits until so many seconds have gone by on the chain's clock.
async fn until_over(responder: &Responder, seconds: u64) -> Result<()> {
	let chain = &responder.chain;
	let end = chain.now().await? + seconds * SECOND;
	until("the end of the guardians' time", LIMIT, || async { Ok((chain.now().await? > end).then_some(())) }).await
}
