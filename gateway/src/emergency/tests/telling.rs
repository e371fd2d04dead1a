//! What patients are told, and what happens afterwards.

use super::*;
use crate::{
	emergency::{holder, notices, openings},
	index::{OutboxRow, OUTBOX},
	outbox,
};
use salus_client::wire::{
	codes,
	emergency::{Notice, NoticeKind, ReleaseNotice, ReviewForm},
	Receipt, ReceiptKind,
};
use salus_policy::Purpose;
use salus_primitives::{Act, AuditChain, PractitionerId, ReviewVerdict, DAY, SECOND};

/// What the patient was told so far, with the numbers.
fn told(ground: &Ground, handle: &PatientHandle) -> Vec<Notice> {
	let notices = notices::after(&ground.custodian().index, handle, 0).unwrap();
	assert!(notices.iter().map(|notice| notice.number).eq(1..=notices.len() as u64), "{notices:?}");
	notices
}

fn kinds(ground: &Ground, handle: &PatientHandle) -> Vec<&'static str> {
	told(ground, handle).iter().map(|notice| name(&notice.kind)).collect()
}

fn name(kind: &NoticeKind) -> &'static str {
	match kind {
		NoticeKind::Requested { .. } => "requested",
		NoticeKind::Approved { .. } => "approved",
		NoticeKind::PartRefused { .. } => "part refused",
		NoticeKind::Rejected { .. } => "rejected",
		NoticeKind::Opened { .. } => "opened",
		NoticeKind::Refused => "refused",
		NoticeKind::Expired => "expired",
		NoticeKind::Cancelled => "cancelled",
		NoticeKind::Closed => "closed",
		NoticeKind::Released { .. } => "released",
		NoticeKind::Disputed => "disputed",
		NoticeKind::Suspended => "suspended",
		NoticeKind::ReviewDue { .. } => "review due",
		NoticeKind::ReviewOverdue => "review overdue",
		NoticeKind::Reviewed { .. } => "reviewed",
	}
}

async fn watch(ground: &Ground) {
	ground.league.chain().world().number += 1;
	notices::watch(ground.custodian()).await.unwrap();
}

#[tokio::test]
async fn the_patient_is_told_of_every_step_with_names() {
	let ground = Ground::new().await;
	let handle = ground.sealed(9).await;
	let physician = ground.physician(REQUESTER);
	let asked = ground.ask(&physician, &handle, EmergencyTier::Summary).await;
	watch(&ground).await;
	assert_eq!(kinds(&ground, &handle), ["requested"]);
	ground.approved(&asked).await;
	watch(&ground).await;
	watch(&ground).await;
	asked.fetch(&physician).await.unwrap();
	ground.close(&physician, &asked).await;
	watch(&ground).await;
	let expected = ["requested", "approved", "approved", "approved", "opened", "released", "closed", "review due"];
	assert_eq!(kinds(&ground, &handle), expected);
	let notices = told(&ground, &handle);
	let NoticeKind::Requested { institution, tier, practitioner, reason } = &notices[0].kind else { panic!() };
	assert_eq!((*institution, *tier), (REQUESTER, EmergencyTier::Summary));
	assert_eq!((*practitioner, reason.as_deref()), (Some(physician.key.id), Some("unconscious, no relatives")));
	let approved = NoticeKind::Approved { guardian: "Hospital 3".into(), parts: 2, required: 3 };
	assert_eq!(notices[2].kind, approved);
	assert!(notices.iter().all(|notice| notice.id == asked.id && !notice.drill));
	assert_eq!(notices::after(&ground.custodian().index, &handle, 6).unwrap().len(), 2);
}

#[tokio::test]
async fn gateways_that_hang_keep_no_words_from_the_others() {
	// It takes connections, and never answers.
	let hanging = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
	let url = format!("http://{}", hanging.local_addr().unwrap());
	let ground = Ground::with(|config| {
		if config.institution == REQUESTER {
			config.peers.iter_mut().filter(|peer| peer.institution < CUSTODIAN).for_each(|peer| peer.url = url.clone());
		}
	})
	.await;
	let handle = ground.sealed(9).await;
	let asked = ground.ask(&ground.physician(REQUESTER), &handle, EmergencyTier::Summary).await;
	let service = ground.league.service(REQUESTER.0);
	let told = || openings::of(&ground.custodian().index, &asked.id).unwrap().is_some();
	eventually("the words at the custodian", told).await;
	// All of it is due again, the custodian's last.
	let key = |to: u32| [to as u8; 16];
	let (_, row) = service.index.scan(&OUTBOX, []).unwrap().into_iter().next().unwrap();
	for to in 1..=CUSTODIAN.0 {
		let row = OutboxRow { to: InstitutionId(to), next_at: 0, ..row.clone() };
		service.index.put(&OUTBOX, key(to), &row).unwrap();
	}
	let delivering = tokio::spawn({
		let service = service.clone();
		async move { outbox::deliver_due(&service).await }
	});
	let arrived = || service.index.get(&OUTBOX, key(CUSTODIAN.0)).unwrap().is_none();
	eventually("the custodian's parcel", arrived).await;
	delivering.abort();
}

#[tokio::test]
async fn what_happened_while_the_gateway_was_away_is_told_afterwards() {
	let ground = Ground::new().await;
	let handle = ground.sealed(9).await;
	let physician = ground.physician(REQUESTER);
	// As if the words behind it never reached the custodian.
	let session = {
		let asked = ground.active(&physician, &handle, EmergencyTier::Summary).await;
		ground.close(&physician, &asked).await;
		let mut session = ground.session(&asked);
		session.id = EmergencyRequestId([7; 32]);
		session
	};
	ground.league.emergency(|emergency| emergency.sessions.insert(session.id, session));
	ground.settle().await;
	let of_it: Vec<_> = told(&ground, &handle)
		.iter()
		.filter(|notice| notice.id == EmergencyRequestId([7; 32]))
		.map(|notice| name(&notice.kind))
		.collect();
	assert_eq!(of_it, ["requested", "approved", "approved", "approved", "opened", "closed", "review due"]);
}

#[tokio::test]
async fn votes_against_wrong_parts_disputes_and_ends_are_told() {
	let ground = Ground::new().await;
	let handle = ground.sealed(9).await;
	let physician = ground.physician(REQUESTER);
	let asked = ground.ask(&physician, &handle, EmergencyTier::Wider).await;
	let steps: [(&str, fn(&mut EmergencySessionInfo)); 5] = [
		("part refused", |session| session.refused.push(2)),
		("rejected", |session| session.rejected.push(4)),
		("disputed", |session| session.disputed = true),
		("suspended", |session| session.status = EmergencyStatus::Suspended),
		("review overdue", |session| session.overdue = true),
	];
	watch(&ground).await;
	for (expected, change) in steps {
		ground.change_session(&asked, change);
		// One that is over is looked at less often: the next look comes with the words or the turn.
		let at = crate::chain::Head::any(ground.custodian().chain.as_ref()).await.unwrap();
		ground.league.chain().world().number += 1;
		notices::note(ground.custodian(), &at, &ground.session(&asked)).await.unwrap();
		assert_eq!(kinds(&ground, &handle).last(), Some(&expected));
	}
	for (status, expected) in [
		(EmergencyStatus::Rejected, "refused"),
		(EmergencyStatus::Expired, "expired"),
		(EmergencyStatus::Cancelled, "cancelled"),
	] {
		let asked = ground.ask(&physician, &handle, EmergencyTier::Summary).await;
		watch(&ground).await;
		ground.change_session(&asked, |session| session.status = status);
		watch(&ground).await;
		let last = told(&ground, &handle).into_iter().rfind(|notice| notice.id == asked.id).unwrap();
		assert_eq!(name(&last.kind), expected);
		ground.settle().await;
	}
}

#[tokio::test]
async fn an_older_look_does_not_undo_a_newer_one() {
	let ground = Ground::new().await;
	let handle = ground.sealed(9).await;
	let physician = ground.physician(REQUESTER);
	let asked = ground.ask(&physician, &handle, EmergencyTier::Summary).await;
	watch(&ground).await;
	let before = crate::chain::Head::any(ground.custodian().chain.as_ref()).await.unwrap();
	let old = ground.session(&asked);
	ground.approved(&asked).await;
	watch(&ground).await;
	let count = told(&ground, &handle).len();
	notices::note(ground.custodian(), &before, &old).await.unwrap();
	watch(&ground).await;
	assert_eq!(told(&ground, &handle).len(), count);
}

#[tokio::test]
async fn notices_are_for_the_patient_and_the_custodians_privacy_officer() {
	let ground = Ground::new().await;
	let handle = ground.sealed(9).await;
	let physician = ground.physician(REQUESTER);
	ground.ask(&physician, &handle, EmergencyTier::Summary).await;
	watch(&ground).await;
	let officer = ground.staff(CUSTODIAN, &[StaffRole::PrivacyOfficer]);
	assert_eq!(officer.gateway.notices(&handle, 0).await.unwrap().notices.len(), 1);
	assert!(officer.gateway.notices(&handle, 1).await.unwrap().notices.is_empty());
	for person in [ground.physician(CUSTODIAN), ground.staff(CUSTODIAN, &[StaffRole::Registrar])] {
		let error = person.gateway.notices(&handle, 0).await.unwrap_err();
		assert_eq!(error.code(), Some(codes::NOT_ENTITLED));
	}
	// Once the patient holds the handle, nobody but the patient.
	let patient = salus_client::chain::Keypair::from_secret_key([31; 32]).unwrap();
	let account = Account(patient.public_key().0);
	ground.league.chain().world().handles.get_mut(&handle).unwrap().controllers.push(ControllerInfo {
		controller: ControllerOf::SelfHeld(account),
		valid_from: 0,
		valid_until: None,
	});
	let error = officer.gateway.notices(&handle, 0).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::NOT_ENTITLED));
	let signer = HttpSigner::Controller(handle, patient);
	assert_eq!(ground.gateway(CUSTODIAN, signer).notices(&handle, 0).await.unwrap().notices.len(), 1);
}

#[tokio::test]
async fn a_release_is_told_only_by_who_released_and_once() {
	let ground = Ground::new().await;
	let handle = ground.sealed(9).await;
	let physician = ground.physician(REQUESTER);
	let asked = ground.active(&physician, &handle, EmergencyTier::Summary).await;
	let body = salus_client::wire::emergency::EmergencyChallengeRequest { id: asked.id };
	let holder = ground.as_gateway(REQUESTER, HOLDERS[0]);
	let challenge = holder.emergency_release_challenge(&body).await.unwrap();
	physician.gateway.emergency_fetch(&asked.id, &asked.answer(&asked.secrets, &challenge)).await.unwrap();
	eventually("the notice", || kinds(&ground, &handle).contains(&"released")).await;
	let receipt = ground.league.service(HOLDERS[0].0).receipts.from(0, 9).unwrap().pop().unwrap().bytes;
	let notice = ReleaseNotice { id: asked.id, receipt };
	let count = told(&ground, &handle).len();
	assert!(!ground.as_gateway(HOLDERS[0], CUSTODIAN).notify_release(&notice).await.unwrap().new);
	let error = ground.as_gateway(HOLDERS[1], CUSTODIAN).notify_release(&notice).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::BAD_REQUEST), "another's receipt");
	let other = ReleaseNotice { id: EmergencyRequestId([9; 32]), ..notice.clone() };
	let error = ground.as_gateway(HOLDERS[0], CUSTODIAN).notify_release(&other).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::NOT_FOUND));
	let broken = ReleaseNotice { receipt: vec![b'{'].into(), ..notice };
	let error = ground.as_gateway(HOLDERS[0], CUSTODIAN).notify_release(&broken).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::BAD_REQUEST));
	assert_eq!(told(&ground, &handle).len(), count);
}

/// A holder's receipt about a release at some time.
fn receipt(asked: &Asked, holder: InstitutionId, practitioner: PractitionerId, at: u64) -> ReleaseNotice {
	let receipt = Receipt {
		sequence: 0,
		previous: [0; 32].into(),
		salt: [0; 32].into(),
		kind: ReceiptKind::Release,
		custodian: holder,
		handle: asked.handle,
		practitioner: Some(practitioner),
		institution: REQUESTER,
		purpose: Purpose::BreakGlass,
		permit: None,
		records: Vec::new(),
		basis: "emergency session".into(),
		at,
		acted_at: None,
	};
	ReleaseNotice { id: asked.id, receipt: serde_json::to_vec(&receipt).unwrap().into() }
}

#[tokio::test]
async fn releases_are_told_by_holders_about_sessions_that_were_active() {
	let ground = Ground::new().await;
	let handle = ground.sealed(9).await;
	let physician = ground.physician(REQUESTER);
	let asked = ground.ask(&physician, &handle, EmergencyTier::Summary).await;
	let (now, reader) = (salus_client::now(), physician.key.id);
	let holder = ground.as_gateway(HOLDERS[0], CUSTODIAN);
	let refused = |error: GatewayError, why: &str| {
		assert!(error.code() == Some(codes::BAD_REQUEST) && error.to_string().contains(why), "{why}: {error}");
	};
	refused(holder.notify_release(&receipt(&asked, HOLDERS[0], reader, now)).await.unwrap_err(), "not active");
	ground.approved(&asked).await;
	let session = ground.session(&asked);
	for at in [session.requested_at - DAY, session.active_until.unwrap() + DAY] {
		refused(holder.notify_release(&receipt(&asked, HOLDERS[0], reader, at)).await.unwrap_err(), "not active");
	}
	for nobody in [PractitionerId([1; 32]), ground.physician(InstitutionId(4)).key.id] {
		refused(holder.notify_release(&receipt(&asked, HOLDERS[0], nobody, now)).await.unwrap_err(), "practitioner");
	}
	// A hospital that holds nothing of the patient, though it says the right things.
	let stranger = ground.as_gateway(InstitutionId(4), CUSTODIAN);
	let error = stranger.notify_release(&receipt(&asked, InstitutionId(4), reader, now)).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::NOT_ENTITLED));
	assert!(!kinds(&ground, &handle).contains(&"released"));
	// A colleague of that house, to whom it was handed over, is told of.
	let colleague = ground.physician(REQUESTER).key.id;
	assert!(holder.notify_release(&receipt(&asked, HOLDERS[0], colleague, now)).await.unwrap().new);
	// Afterwards as well: a holder may have been cut off.
	ground.close(&physician, &asked).await;
	assert!(holder.notify_release(&receipt(&asked, HOLDERS[0], reader, now)).await.unwrap().new);
}

#[tokio::test]
async fn no_holder_keeps_another_ones_release_from_the_patient() {
	let ground = Ground::new().await;
	let handle = ground.sealed(9).await;
	let physician = ground.physician(REQUESTER);
	let asked = ground.active(&physician, &handle, EmergencyTier::Summary).await;
	let now = salus_client::now();
	let (custodian, reader) = (ground.custodian(), physician.key.id);
	let tell = |holder, at| notices::released(custodian, holder, receipt(&asked, holder, reader, at));
	for at in 0..70 {
		assert!(tell(HOLDERS[0], now + at).await.unwrap());
	}
	let count = || kinds(&ground, &handle).iter().filter(|kind| **kind == "released").count();
	assert_eq!(count(), 64, "bounded");
	assert!(tell(HOLDERS[1], now).await.unwrap());
	assert_eq!(count(), 65);
	// What the patient is not told of one by one stands in the log all the same.
	let receipts = custodian.receipts.from(0, 1_000).unwrap();
	let logged =
		receipts.iter().filter(|row| String::from_utf8_lossy(&row.bytes.0).contains("released by institution 1"));
	assert_eq!(logged.count(), 70);
}

#[tokio::test]
async fn the_privacy_officer_judges_what_is_over() {
	let ground = Ground::new().await;
	let handle = ground.sealed(9).await;
	let physician = ground.physician(REQUESTER);
	let officer = ground.staff(CUSTODIAN, &[StaffRole::PrivacyOfficer]);
	let asked = ground.active(&physician, &handle, EmergencyTier::Summary).await;
	asked.fetch(&physician).await.unwrap();
	let form = ReviewForm { verdict: ReviewVerdict::Justified, reason: "admission on record".into() };
	let error = officer.gateway.review_emergency(&asked.id, &form).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::CHAIN_REFUSED), "it is not over");
	watch(&ground).await;
	assert!(officer.gateway.emergency_reviews(false).await.unwrap().reviews.is_empty());
	assert_eq!(officer.gateway.emergency_reviews(true).await.unwrap().reviews.len(), 1);
	ground.close(&physician, &asked).await;
	watch(&ground).await;
	let mut waiting = officer.gateway.emergency_reviews(false).await.unwrap().reviews;
	let item = waiting.pop().unwrap();
	assert!(waiting.is_empty());
	assert_eq!((item.session.id, item.released_at.len()), (asked.id, 1));
	assert_eq!(item.statement.unwrap().reason, "unconscious, no relatives");
	assert!(item.session.review_due.is_some());

	for person in [ground.physician(CUSTODIAN), ground.staff(CUSTODIAN, &[StaffRole::Registrar])] {
		let error = person.gateway.review_emergency(&asked.id, &form).await.unwrap_err();
		assert_eq!(error.code(), Some(codes::NOT_ENTITLED));
		assert_eq!(person.gateway.emergency_reviews(true).await.unwrap_err().code(), Some(codes::NOT_ENTITLED));
	}
	// The requester's own officer has nothing to judge.
	let theirs = ground.staff(REQUESTER, &[StaffRole::PrivacyOfficer]);
	let error = theirs.gateway.review_emergency(&asked.id, &form).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::NOT_FOUND));
	let silent = ReviewForm { reason: " ".into(), ..form.clone() };
	let error = officer.gateway.review_emergency(&asked.id, &silent).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::BAD_REQUEST));

	officer.gateway.review_emergency(&asked.id, &form).await.unwrap();
	assert!(officer.gateway.emergency_reviews(false).await.unwrap().reviews.is_empty());
	let last = told(&ground, &handle).pop().unwrap();
	assert_eq!(last.kind, NoticeKind::Reviewed { verdict: ReviewVerdict::Justified });
	let entry = ground.league.chain().world().entries[&AuditChain::Patient(handle)].last().unwrap().clone();
	assert_eq!((entry.act, entry.actor), (Act::EmergencyReview, Some(CUSTODIAN)));
	let openings = ground.custodian().index.scan(&crate::index::OPENINGS, handle.0).unwrap();
	let opened = openings.iter().find(|(_, opening)| opening.commitment == entry.commitment).unwrap();
	let full = opened.1.full_entry().unwrap();
	assert_eq!((full.basis.as_str(), full.emergency), ("admission on record", Some(asked.id)));
}

#[tokio::test]
async fn a_holder_publishes_an_overdue_review() {
	let ground = Ground::new().await;
	let handle = ground.sealed(9).await;
	let physician = ground.physician(REQUESTER);
	let asked = ground.active(&physician, &handle, EmergencyTier::Summary).await;
	let body = salus_client::wire::emergency::EmergencyChallengeRequest { id: asked.id };
	let gateway = ground.as_gateway(REQUESTER, HOLDERS[0]);
	let challenge = gateway.emergency_release_challenge(&body).await.unwrap();
	physician.gateway.emergency_fetch(&asked.id, &asked.answer(&asked.secrets, &challenge)).await.unwrap();
	ground.close(&physician, &asked).await;
	let service = ground.league.service(HOLDERS[0].0);
	let look = |ahead: u64| {
		let service = service.clone();
		async move {
			let mut head = service.head().await.unwrap();
			head.time += ahead;
			holder::escalate(&service, &head).await.unwrap();
		}
	};
	look(DAY).await;
	assert!(!ground.session(&asked).overdue, "not before it is due");
	ground.change_session(&asked, |session| session.review_due = Some(salus_client::now() - SECOND));
	look(8 * DAY).await;
	assert!(ground.session(&asked).overdue);
	look(9 * DAY).await;
	assert!(service.index.scan(&crate::index::EMERGENCY_RELEASED, []).unwrap().is_empty());
}

#[tokio::test]
async fn a_guardian_that_approved_publishes_what_custodian_and_requester_keep_quiet_about() {
	let ground = Ground::new().await;
	let handle = ground.sealed(9).await;
	let physician = ground.physician(REQUESTER);
	let asked = ground.active(&physician, &handle, EmergencyTier::Summary).await;
	let is_watched = |id: InstitutionId| {
		ground.league.service(id.0).index.get(&crate::index::EMERGENCY_RELEASED, asked.id.0).unwrap().is_some()
	};
	assert!(!is_watched(CUSTODIAN));
	// The custodian releases, and no other holder is asked.
	asked.fetch(&physician).await.unwrap();
	assert!(is_watched(CUSTODIAN), "the custodian is reminded as well");
	ground.close(&physician, &asked).await;
	ground.change_session(&asked, |session| session.review_due = Some(salus_client::now() - SECOND));
	// 5 approved, and holds nothing.
	let guardian = ground.league.service(5).clone();
	let mut head = guardian.head().await.unwrap();
	head.time += 8 * DAY;
	holder::escalate(&guardian, &head).await.unwrap();
	assert!(ground.session(&asked).overdue);
	head.time += DAY;
	holder::escalate(&guardian, &head).await.unwrap();
	assert!(!is_watched(InstitutionId(5)));
}

#[tokio::test]
async fn sessions_in_which_nothing_can_have_been_read_are_not_watched_for_a_review() {
	let ground = Ground::new().await;
	let handle = ground.sealed(9).await;
	let physician = ground.physician(REQUESTER);
	let asked = ground.ask(&physician, &handle, EmergencyTier::Summary).await;
	let service = ground.custodian().clone();
	holder::watch_review(&service, &asked.id, 0).unwrap();
	let watched = || service.index.scan(&crate::index::EMERGENCY_RELEASED, []).unwrap().len();
	let head = service.head().await.unwrap();
	holder::escalate(&service, &head).await.unwrap();
	assert_eq!(watched(), 1, "the guardians may still approve");
	ground.change_session(&asked, |session| session.status = EmergencyStatus::Rejected);
	let mut head = service.head().await.unwrap();
	head.time += DAY;
	holder::escalate(&service, &head).await.unwrap();
	assert_eq!(watched(), 0);
}

#[tokio::test]
async fn a_drill_is_marked_and_leaves_no_review() {
	let ground = Ground::with(|config| config.emergency.drill_handles = vec![PatientHandle([9; 32])]).await;
	let handle = ground.sealed(9).await;
	let physician = ground.physician(REQUESTER);
	let officer = ground.staff(CUSTODIAN, &[StaffRole::PrivacyOfficer]);
	let asked = ground.active(&physician, &handle, EmergencyTier::Summary).await;
	asked.fetch(&physician).await.unwrap();
	ground.close(&physician, &asked).await;
	watch(&ground).await;
	let notices = told(&ground, &handle);
	assert!(!notices.is_empty() && notices.iter().all(|notice| notice.drill));
	assert!(!kinds(&ground, &handle).contains(&"review due"));
	assert!(officer.gateway.emergency_reviews(false).await.unwrap().reviews.is_empty());
	let rows = ground.custodian().receipts.from(0, 100).unwrap();
	let receipt: salus_client::wire::Receipt = serde_json::from_slice(&rows.last().unwrap().bytes.0).unwrap();
	assert!(receipt.basis.starts_with("DRILL"));
}
