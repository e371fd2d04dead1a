//! Ends of sessions, and what of them is kept.

use super::*;
use crate::{
	chain::fake::Trouble,
	emergency::retention,
	index::{Parcel, EMERGENCY_HANDOVERS, EMERGENCY_OPENINGS, OPENINGS, OUTBOX},
};
use salus_client::{
	emergency::handover::{hand_over, SessionFacts},
	wire::{codes, emergency::ReceiverKey},
};
use salus_primitives::{Act, Moment, DAY, HOUR};

async fn sweep(ground: &Ground, at: InstitutionId, later: Moment) {
	let service = ground.league.service(at.0);
	let head = service.head().await.unwrap();
	retention::sweep(service, &head, salus_client::now() + later).await.unwrap();
}

#[tokio::test]
async fn the_words_of_an_end_whose_answer_was_lost_are_on_their_way() {
	let ground = Ground::new().await;
	let handle = ground.sealed(9).await;
	let physician = ground.physician(REQUESTER);
	let asked = ground.active(&physician, &handle, EmergencyTier::Summary).await;
	ground.league.chain().world().trouble = Trouble::LostAfter;
	let act = SessionAct { reason: "patient stable".into() };
	physician.gateway.close_emergency(&asked.id, &act).await.unwrap_err();
	assert_eq!(ground.session(&asked).status, EmergencyStatus::Closed);
	let chain = salus_primitives::AuditChain::Patient(handle);
	let entry = ground.league.chain().world().entries[&chain].last().unwrap().clone();
	assert_eq!(entry.act, Act::EmergencyClose);
	let waiting = ground.league.service(REQUESTER.0).index.scan(&OUTBOX, []).unwrap();
	let is_told =
		|parcel: &Parcel| matches!(parcel, Parcel::Opening(opening) if opening.commitment == entry.commitment);
	assert!(waiting.iter().any(|(_, row)| row.to == CUSTODIAN && is_told(&row.parcel)));
}

#[tokio::test]
async fn words_stay_with_guardians_for_a_month_and_with_the_custodian_for_good() {
	let ground = Ground::new().await;
	let handle = ground.sealed(9).await;
	let physician = ground.physician(REQUESTER);
	let asked = ground.active(&physician, &handle, EmergencyTier::Summary).await;
	let kept = |at: u32| ground.league.service(at).index.get(&EMERGENCY_OPENINGS, asked.id.0).unwrap().is_some();
	for at in [1, CUSTODIAN.0] {
		eventually("the words arrive", || kept(at)).await;
	}
	sweep(&ground, InstitutionId(1), 31 * DAY).await;
	assert!(kept(1), "the session is open");
	ground.close(&physician, &asked).await;
	sweep(&ground, InstitutionId(1), 29 * DAY).await;
	assert!(kept(1));
	let openings = ground.league.service(1).index.scan(&OPENINGS, handle.0).unwrap();
	for at in [InstitutionId(1), CUSTODIAN] {
		sweep(&ground, at, 31 * DAY).await;
	}
	assert!(!kept(1) && kept(CUSTODIAN.0), "the patient reads them");
	assert_eq!(ground.league.service(1).index.scan(&OPENINGS, handle.0).unwrap(), openings, "the audit's stay");
}

#[tokio::test]
async fn one_time_secrets_that_were_left_for_a_colleague_go_with_the_session() {
	let ground = Ground::new().await;
	let handle = ground.sealed(9).await;
	let (attendant, physician) = (ground.physician(REQUESTER), ground.physician(REQUESTER));
	let public = physician.key.encryption_key().public();
	ground.league.chain().world().staff.get_mut(&physician.key.id).unwrap().encryption_key_hash = public.hash();
	let key = ReceiverKey { practitioner: physician.key.id, xwing_key: public.as_bytes().to_vec().into() };
	physician.gateway.leave_receiver_key(&key).await.unwrap();
	let (tier, service) = (EmergencyTier::Summary, ground.league.service(REQUESTER.0));
	let left = || service.index.scan(&EMERGENCY_HANDOVERS, []).unwrap();
	let (ended, ran_out) =
		(ground.active(&attendant, &handle, tier).await, ground.active(&attendant, &handle, tier).await);
	for asked in [&ended, &ran_out] {
		let facts = SessionFacts { id: asked.id, handle, custodian: CUSTODIAN, tier, target: asked.target };
		let now = salus_client::now();
		let handover = hand_over(&facts, &asked.secrets, &attendant.key, physician.key.id, public, now).unwrap();
		attendant.gateway.hand_over(&asked.id, &handover).await.unwrap();
	}
	sweep(&ground, REQUESTER, HOUR).await;
	assert!(left().iter().all(|(_, handover)| !handover.secrets.0.is_empty()), "both are open");
	ground.close(&attendant, &ended).await;
	assert_eq!(left().iter().filter(|(_, handover)| handover.secrets.0.is_empty()).count(), 1);
	ground.change_session(&ran_out, |session| session.active_until = Some(1));
	sweep(&ground, REQUESTER, HOUR).await;
	assert!(left().iter().all(|(_, handover)| handover.secrets.0.is_empty() && handover.wrap.0.is_empty()));
	for asked in [&ended, &ran_out] {
		let error = physician.gateway.handed_over(&asked.id).await.unwrap_err();
		assert_eq!(error.code(), Some(codes::NOT_FOUND));
		let view = physician.gateway.emergency_session(&asked.id).await.unwrap();
		assert_eq!(view.handed_to, Some(physician.key.id), "who it was handed to is still known");
	}
	sweep(&ground, REQUESTER, 31 * DAY).await;
	assert!(left().is_empty());
}
