//! The hospital that asks: who may, for whom, once, and to whom it is handed over.

use super::*;
use crate::index::{Parcel, EMERGENCY_OPENINGS, EMERGENCY_REQUESTS, OUTBOX};
use salus_client::{
	emergency::{
		handover::{hand_over, take_over, SessionFacts},
		shift_tag,
	},
	wire::{
		codes,
		emergency::{EmergencyRequestForm, OpeningQuery, ReceiverKey},
		FullEntry, Receipt,
	},
};
use salus_primitives::{Act, AuditChain, Moment, DAY, HOUR, MINUTE};

#[tokio::test]
async fn the_words_behind_a_request_reach_guardians_and_custodian() {
	let ground = Ground::new().await;
	let handle = ground.sealed(9).await;
	let physician = ground.physician(REQUESTER);
	let asked = ground.ask(&physician, &handle, EmergencyTier::Summary).await;
	let session = ground.session(&asked);
	for institution in [1, 2, 3, 4, 5, CUSTODIAN.0] {
		let service = ground.league.service(institution);
		let is_there = || service.index.get(&EMERGENCY_OPENINGS, asked.id.0).unwrap().is_some();
		eventually("the opening arrives", is_there).await;
		let opening = service.index.get(&EMERGENCY_OPENINGS, asked.id.0).unwrap().unwrap();
		assert_eq!(opening.opening.commitment, session.entry);
		assert_eq!(opening.request().unwrap().statement.practitioner, physician.key.id);
		// Whoever was told the key of the day can tell whose request it is; the chain cannot.
		assert_eq!(shift_tag(&opening.shift_key.0, &physician.key.id), session.shift_tag);
	}
	// The custodian has it for the patient's log as well, and the outbox is empty.
	let openings = || ground.custodian().index.scan(&crate::index::OPENINGS, handle.0).unwrap();
	eventually("the log", || openings().iter().any(|(_, opening)| opening.commitment == session.entry)).await;
	let service = ground.league.service(REQUESTER.0);
	eventually("the outbox", || service.index.scan(&OUTBOX, []).unwrap().is_empty()).await;
	let entry = openings().into_iter().find(|(_, opening)| opening.commitment == session.entry).unwrap().1;
	let full = entry.full_entry().unwrap();
	assert_eq!((full.event.act, full.emergency), (Act::EmergencyRequest, Some(asked.id)));
}

#[tokio::test]
async fn a_practitioners_day_has_one_tag() {
	let ground = Ground::new().await;
	let handle = ground.sealed(9).await;
	let (one, other) = (ground.physician(REQUESTER), ground.physician(REQUESTER));
	let mut tags = Vec::new();
	for person in [&one, &one, &other] {
		let asked = ground.ask(person, &handle, EmergencyTier::Summary).await;
		tags.push(ground.session(&asked).shift_tag);
	}
	assert_eq!(tags[0], tags[1]);
	assert_ne!(tags[0], tags[2]);
}

#[tokio::test]
async fn only_staff_that_is_authorised_for_emergencies_asks() {
	let ground = Ground::new().await;
	let handle = ground.sealed(9).await;
	let physician = ground.physician(REQUESTER);
	let file = physician.gateway.emergency_file(&handle, CUSTODIAN).await.unwrap();
	for person in [
		ground.staff(REQUESTER, &[StaffRole::Physician]),
		ground.staff(REQUESTER, &[StaffRole::Registrar]),
		ground.staff(REQUESTER, &[StaffRole::Administrator]),
	] {
		let (_, prepared) = ground.prepare(&person, &file, EmergencyTier::Summary).await;
		let error = person.gateway.emergency_file(&handle, CUSTODIAN).await.unwrap_err();
		assert_eq!(error.code(), Some(codes::NOT_ENTITLED));
		let error = person.gateway.request_emergency(&prepared.form).await.unwrap_err();
		assert_eq!(error.code(), Some(codes::NOT_ENTITLED));
	}
	// Authorised, in a role that does not treat.
	let registrar = ground.staff(REQUESTER, &[StaffRole::Registrar]);
	ground.league.chain().world().staff.get_mut(&registrar.key.id).unwrap().emergency_authorised = true;
	let error = registrar.gateway.emergency_file(&handle, CUSTODIAN).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::NOT_ENTITLED));
	// Of another hospital.
	let stranger = ground.physician(InstitutionId(4));
	let stranger = ground.gateway(REQUESTER, stranger.key.http_signer());
	let error = stranger.emergency_file(&handle, CUSTODIAN).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::NOT_ENTITLED));
	assert!(ground.league.emergency(|emergency| emergency.sessions.is_empty()));
}

#[tokio::test]
async fn a_form_is_refused_before_it_costs_an_envelope() {
	let ground = Ground::new().await;
	let handle = ground.sealed(9).await;
	let (physician, colleague) = (ground.physician(REQUESTER), ground.physician(REQUESTER));
	let file = physician.gateway.emergency_file(&handle, CUSTODIAN).await.unwrap();
	let (_, prepared) = ground.prepare(&physician, &file, EmergencyTier::Summary).await;
	type Change = fn(&mut EmergencyRequestForm);
	let changes: [(&str, &str, Change); 9] = [
		("no reason", codes::BAD_REQUEST, |form| form.request.statement.reason = " ".into()),
		("no evidence", codes::BAD_REQUEST, |form| {
			form.request.statement.evidence = EmergencyEvidence::Encounter(String::new());
		}),
		("too long", codes::BAD_REQUEST, |form| form.request.statement.reason = "x".repeat(2_001)),
		("old", codes::BAD_REQUEST, |form| form.request.statement.at -= HOUR),
		("one-time key", codes::BAD_REQUEST, |form| form.request.statement.xwing_key = vec![1].into()),
		("tier", codes::BAD_REQUEST, |form| form.request.statement.tier = EmergencyTier::Wider),
		("envelope", codes::BAD_REQUEST, |form| form.envelope = 1),
		("another's patient", codes::NOT_FOUND, |form| form.request.statement.custodian = InstitutionId(4)),
		("own patient", codes::CONFLICT, |form| form.request.statement.custodian = REQUESTER),
	];
	for (what, code, change) in changes {
		let mut form = prepared.form.clone();
		change(&mut form);
		form.request = form.request.statement.sign(&GENESIS, physician.key.signing_key());
		let error = physician.gateway.request_emergency(&form).await.unwrap_err();
		assert_eq!(error.code(), Some(code), "{what}: {error}");
	}
	let error = colleague.gateway.request_emergency(&prepared.form).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::BAD_REQUEST), "signed by another");
	let mut forged = prepared.form.clone();
	forged.request.signature = [0; 64].into();
	let error = physician.gateway.request_emergency(&forged).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::BAD_REQUEST), "not signed");
	let mut late = prepared.form.clone();
	late.epoch = 1;
	let error = physician.gateway.request_emergency(&late).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::CONFLICT), "another epoch");
	let error = physician.gateway.emergency_file(&handle, REQUESTER).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::CONFLICT), "own patient");
	assert_eq!(ground.scope(&handle, EmergencyTier::Summary).sealed[0].consumed, 0);
	assert!(ground.league.service(REQUESTER.0).index.scan(&EMERGENCY_REQUESTS, []).unwrap().is_empty());
}

#[tokio::test]
async fn the_same_form_sent_again_asks_once() {
	let ground = Ground::new().await;
	let handle = ground.sealed(9).await;
	let physician = ground.physician(REQUESTER);
	let file = physician.gateway.emergency_file(&handle, CUSTODIAN).await.unwrap();
	let (_, prepared) = ground.prepare(&physician, &file, EmergencyTier::Summary).await;
	ground.league.chain().world().trouble = crate::chain::fake::Trouble::LostAfter;
	physician.gateway.request_emergency(&prepared.form).await.unwrap_err();
	let requested = physician.gateway.request_emergency(&prepared.form).await.unwrap();
	assert_eq!(requested.id, prepared.id);
	assert_eq!(ground.league.emergency(|emergency| emergency.sessions.len()), 1);
	// What the chain refuses leaves nothing behind.
	let (_, second) = ground.prepare(&physician, &file, EmergencyTier::Summary).await;
	let mut used = second.form.clone();
	(used.envelope, used.header, used.salt) = (prepared.form.envelope, prepared.form.header, prepared.form.salt);
	physician.gateway.request_emergency(&used).await.unwrap_err();
	let service = ground.league.service(REQUESTER.0);
	assert!(service.index.get(&EMERGENCY_REQUESTS, second.id.0).unwrap().is_none());
}

#[tokio::test]
async fn what_a_request_on_its_way_needs_is_kept_when_the_pool_takes_no_second_one() {
	use crate::chain::fake::Trouble;
	let ground = Ground::new().await;
	let handle = ground.sealed(9).await;
	let physician = ground.physician(REQUESTER);
	let file = physician.gateway.emergency_file(&handle, CUSTODIAN).await.unwrap();
	let (_, prepared) = ground.prepare(&physician, &file, EmergencyTier::Summary).await;
	let kept = || ground.league.service(REQUESTER.0).index.get(&EMERGENCY_REQUESTS, prepared.id.0).unwrap();
	let fail = async |trouble| {
		ground.league.chain().world().trouble = trouble;
		physician.gateway.request_emergency(&prepared.form).await.unwrap_err()
	};
	fail(Trouble::NotAccepted).await;
	assert!(kept().is_none(), "nothing is on its way");
	fail(Trouble::LostBefore).await;
	let first = kept().unwrap();
	let error = fail(Trouble::NotAccepted).await;
	assert_eq!((error.code(), kept()), (Some(codes::TOO_MANY), Some(first.clone())));
	physician.gateway.request_emergency(&prepared.form).await.unwrap();
	let session = ground.league.session(&prepared.id);
	assert_eq!(session.entry, first.opening.commitment);
}

#[tokio::test]
async fn the_words_go_out_at_once_when_a_form_is_sent_again_after_its_answer_was_lost() {
	let ground = Ground::new().await;
	let handle = ground.sealed(9).await;
	let physician = ground.physician(REQUESTER);
	let file = physician.gateway.emergency_file(&handle, CUSTODIAN).await.unwrap();
	let (_, prepared) = ground.prepare(&physician, &file, EmergencyTier::Summary).await;
	ground.league.chain().world().trouble = crate::chain::fake::Trouble::LostAfter;
	physician.gateway.request_emergency(&prepared.form).await.unwrap_err();
	let service = ground.league.service(REQUESTER.0);
	let waiting = service.index.scan(&OUTBOX, []).unwrap();
	let urgent = waiting.iter().filter(|(_, row)| matches!(row.parcel, Parcel::EmergencyOpening(_)));
	let due: Vec<_> = urgent.map(|(_, row)| row.next_at).collect();
	assert_eq!(due.len(), 6);
	let soon = salus_client::now() + MINUTE;
	assert!(due.iter().all(|at| *at <= soon), "also when nobody sends it again");
	physician.gateway.request_emergency(&prepared.form).await.unwrap();
	for institution in [1, 2, 3, 4, 5, CUSTODIAN.0] {
		let index = &ground.league.service(institution).index;
		eventually("the words", || index.get(&EMERGENCY_OPENINGS, prepared.id.0).unwrap().is_some()).await;
	}
	eventually("the outbox", || service.index.scan(&OUTBOX, []).unwrap().is_empty()).await;
	let log = ground.custodian().index.scan(&crate::index::OPENINGS, handle.0).unwrap();
	let entry = ground.league.session(&prepared.id).entry;
	assert!(log.iter().any(|(_, opening)| opening.commitment == entry), "and for the patient's log");
}

#[tokio::test]
async fn a_colleagues_statement_about_the_same_point_is_refused_and_changes_nothing() {
	let ground = Ground::new().await;
	let handle = ground.sealed(9).await;
	let (physician, colleague) = (ground.physician(REQUESTER), ground.physician(REQUESTER));
	let file = physician.gateway.emergency_file(&handle, CUSTODIAN).await.unwrap();
	let (_, prepared) = ground.prepare(&physician, &file, EmergencyTier::Summary).await;
	physician.gateway.request_emergency(&prepared.form).await.unwrap();
	let row = || ground.league.service(REQUESTER.0).index.get(&EMERGENCY_REQUESTS, prepared.id.0).unwrap();
	let known = row();
	assert!(known.is_some());
	let mut form = prepared.form.clone();
	form.request.statement.practitioner = colleague.key.id;
	form.request = form.request.statement.sign(&GENESIS, colleague.key.signing_key());
	let error = colleague.gateway.request_emergency(&form).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::CONFLICT));
	assert_eq!(row().map(|row| row.request), known.map(|row| row.request));
}

#[tokio::test]
async fn a_form_that_is_sent_again_while_the_first_is_on_its_way_asks_once() {
	let ground = Ground::new().await;
	let handle = ground.sealed(9).await;
	let physician = ground.physician(REQUESTER);
	let file = physician.gateway.emergency_file(&handle, CUSTODIAN).await.unwrap();
	let (_, prepared) = ground.prepare(&physician, &file, EmergencyTier::Summary).await;
	ground.league.chain().world().trouble = crate::chain::fake::Trouble::Late;
	// Whoever sent it heard nothing in time.
	let unheard = physician.gateway.request_emergency(&prepared.form);
	tokio::time::timeout(Duration::from_millis(100), unheard).await.unwrap_err();
	let (second, third) = tokio::join!(
		physician.gateway.request_emergency(&prepared.form),
		physician.gateway.request_emergency(&prepared.form)
	);
	assert_eq!([second.unwrap().id, third.unwrap().id], [prepared.id; 2]);
	let submitted = ground.league.chain().world().submitted.clone();
	let asked =
		submitted.iter().filter(|one| matches!(one, crate::chain::Transaction::RequestEmergency { .. })).count();
	assert_eq!(asked, 1);
	// The words that are kept, and that the guardians get, are those that the chain committed to.
	let entry = ground.league.session(&prepared.id).entry;
	let row = ground.league.service(REQUESTER.0).index.get(&EMERGENCY_REQUESTS, prepared.id.0).unwrap().unwrap();
	assert_eq!(row.opening.commitment, entry);
	let guardian = ground.league.service(1);
	let words = || guardian.index.get(&EMERGENCY_OPENINGS, prepared.id.0).unwrap();
	eventually("the words", || words().is_some_and(|words| words.opening.commitment == entry)).await;
}

#[tokio::test]
async fn the_file_comes_from_a_holder_when_the_custodian_sleeps() {
	let ground = Ground::with(|config| {
		if config.institution == REQUESTER {
			let away = config.peers.iter_mut().find(|peer| peer.institution == CUSTODIAN).unwrap();
			away.url = "http://127.0.0.1:1".into();
		}
	})
	.await;
	let handle = ground.sealed(9).await;
	let physician = ground.physician(REQUESTER);
	let file = physician.gateway.emergency_file(&handle, CUSTODIAN).await.unwrap();
	assert_eq!((file.custodian, file.scopes.len()), (CUSTODIAN, 2));
	// Envelopes that were used up are not handed out.
	let asked = ground.ask(&physician, &handle, EmergencyTier::Summary).await;
	let file = physician.gateway.emergency_file(&handle, CUSTODIAN).await.unwrap();
	let left = file.scopes.iter().find(|scope| scope.tier == EmergencyTier::Summary).unwrap();
	assert_eq!(left.envelopes.len(), usize::from(super::super::scope::ENVELOPES) - 1);
	assert!(left.envelopes.iter().all(|one| u32::from(one.number) != asked.target.label.number));
	let error = physician.gateway.emergency_file(&PatientHandle([77; 32]), CUSTODIAN).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::NOT_FOUND));
}

#[tokio::test]
async fn a_session_shows_to_those_who_take_part_in_it() {
	let ground = Ground::new().await;
	let handle = ground.sealed(9).await;
	let (physician, colleague) = (ground.physician(REQUESTER), ground.physician(REQUESTER));
	let officer = ground.staff(REQUESTER, &[StaffRole::PrivacyOfficer]);
	let asked = ground.active(&physician, &handle, EmergencyTier::Summary).await;
	for person in [&physician, &officer] {
		let view = person.gateway.emergency_session(&asked.id).await.unwrap();
		assert_eq!((view.status, view.practitioner), (EmergencyStatus::Active, Some(physician.key.id)));
		let guardians: Vec<&str> = view.parts.iter().map(|part| part.guardian.as_str()).collect();
		assert_eq!(guardians, ["Hospital 1", "Hospital 3", "Hospital 5"]);
		assert_eq!(view.institution_name, "Hospital 7");
	}
	let error = colleague.gateway.emergency_session(&asked.id).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::NOT_FOUND));
	// Nor does the colleague end it.
	let act = SessionAct { reason: "x".into() };
	let error = colleague.gateway.close_emergency(&asked.id, &act).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::NOT_FOUND));
	let error = physician.gateway.close_emergency(&asked.id, &SessionAct { reason: " ".into() }).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::BAD_REQUEST));
	let error = physician.gateway.cancel_emergency(&asked.id, &act).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::CHAIN_REFUSED), "it is active");
	ground.close(&physician, &asked).await;
	// The end stands in the patient's chain, and the custodian can open it.
	let world = ground.league.chain().world();
	let entry = world.entries[&AuditChain::Patient(handle)].last().unwrap().clone();
	assert_eq!((entry.act, entry.actor), (Act::EmergencyClose, Some(REQUESTER)));
	drop(world);
	let openings = ground.custodian().index.scan(&crate::index::OPENINGS, handle.0).unwrap();
	let opened = openings.iter().find(|(_, opening)| opening.commitment == entry.commitment).unwrap();
	assert_eq!(opened.1.full_entry().unwrap().basis, "patient stable");
}

#[tokio::test]
async fn an_attendant_hands_a_session_over_to_the_physician_who_arrives() {
	let ground = Ground::new().await;
	let handle = ground.sealed(9).await;
	let (attendant, physician, other) =
		(ground.physician(REQUESTER), ground.physician(REQUESTER), ground.physician(REQUESTER));
	let asked = ground.active(&attendant, &handle, EmergencyTier::Summary).await;

	// The key to which it is handed over is the registered one.
	let error = attendant.gateway.receiver_key(&physician.key.id).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::NOT_FOUND));
	let public = physician.key.encryption_key().public();
	let key = ReceiverKey { practitioner: physician.key.id, xwing_key: public.as_bytes().to_vec().into() };
	let error = physician.gateway.leave_receiver_key(&key).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::BAD_REQUEST));
	ground.league.chain().world().staff.get_mut(&physician.key.id).unwrap().encryption_key_hash = public.hash();
	let error = other.gateway.leave_receiver_key(&key).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::BAD_REQUEST), "somebody else's");
	physician.gateway.leave_receiver_key(&key).await.unwrap();
	let left = attendant.gateway.receiver_key(&physician.key.id).await.unwrap();
	let left = left.checked(&public.hash()).unwrap();

	let (tier, now) = (EmergencyTier::Summary, salus_client::now());
	let facts = SessionFacts { id: asked.id, handle, custodian: CUSTODIAN, tier, target: asked.target };
	let handover = hand_over(&facts, &asked.secrets, &attendant.key, physician.key.id, &left, now).unwrap();
	let error = other.gateway.hand_over(&asked.id, &handover).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::NOT_FOUND));
	let to_nobody =
		hand_over(&facts, &asked.secrets, &attendant.key, salus_primitives::PractitionerId([1; 32]), &left, now);
	let error = attendant.gateway.hand_over(&asked.id, &to_nobody.unwrap()).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::NOT_ENTITLED));
	let mut forged = handover.clone();
	forged.statement = forged.statement.statement.sign(&GENESIS, physician.key.signing_key());
	let error = attendant.gateway.hand_over(&asked.id, &forged).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::BAD_REQUEST));

	let kept = attendant.gateway.hand_over(&asked.id, &handover).await.unwrap();
	assert_eq!(kept.to, physician.key.id);
	let to_another = hand_over(&facts, &asked.secrets, &attendant.key, other.key.id, &left, now).unwrap();
	let error = attendant.gateway.hand_over(&asked.id, &to_another).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::CONFLICT), "one name in the patient's log");
	let error = other.gateway.handed_over(&asked.id).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::NOT_FOUND));

	let received = physician.gateway.handed_over(&asked.id).await.unwrap();
	let giver = attendant.key.signing_key().verifying_key().to_bytes();
	let (facts, secrets) = take_over(&received, &asked.id, &GENESIS, &giver, &physician.key, now).unwrap();
	assert_eq!(facts.target, asked.target);
	let release = asked.fetch_with(&physician, &secrets).await.unwrap();
	assert!(!asked.open(&ground.session(&asked), &release).is_empty());
	let receipt = ground.custodian().receipts.from(0, 100).unwrap().pop().unwrap();
	let receipt: Receipt = serde_json::from_slice(&receipt.bytes.0).unwrap();
	assert_eq!(receipt.practitioner, Some(physician.key.id), "the patient reads who opened it");
	let giver = format!("handed over by practitioner {}", attendant.key.id);
	assert!(receipt.basis.contains(&giver), "and from whom it came: {}", receipt.basis);
	assert_eq!(physician.gateway.emergency_session(&asked.id).await.unwrap().handed_to, Some(physician.key.id));
	ground.close(&physician, &asked).await;
}

#[tokio::test]
async fn words_that_are_not_the_chains_are_refused() {
	let ground = Ground::new().await;
	let handle = ground.sealed(9).await;
	let physician = ground.physician(REQUESTER);
	let asked = ground.ask(&physician, &handle, EmergencyTier::Summary).await;
	let opening = || ground.league.service(3).index.get(&EMERGENCY_OPENINGS, asked.id.0).unwrap();
	eventually("the opening", || opening().is_some()).await;
	let opening = opening().unwrap();
	let requester = ground.as_gateway(REQUESTER, InstitutionId(3));
	assert!(!requester.deliver_emergency_opening(&opening).await.unwrap().new);
	let error = ground.as_gateway(InstitutionId(4), InstitutionId(3)).deliver_emergency_opening(&opening).await;
	assert_eq!(error.unwrap_err().code(), Some(codes::NOT_ENTITLED), "by another hospital");
	let mut other = opening.clone();
	other.id = EmergencyRequestId([9; 32]);
	let error = requester.deliver_emergency_opening(&other).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::BAD_REQUEST), "another session");
	let mut reworded = opening.clone();
	let mut entry = opening.opening.full_entry().unwrap();
	entry.basis = "another basis".into();
	reworded.opening = entry.seal().unwrap();
	let error = requester.deliver_emergency_opening(&reworded).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::CONFLICT), "other words than the chain's");
	// Words are kept for so long after the time in them, and by the custodian that they name.
	let refused_for = |change: &dyn Fn(&mut FullEntry)| {
		let mut entry = opening.opening.full_entry().unwrap();
		change(&mut entry);
		let mut changed = opening.clone();
		changed.opening = entry.seal().unwrap();
		ground.league.emergency(|emergency| {
			emergency.sessions.get_mut(&asked.id).unwrap().entry = changed.opening.commitment;
		});
		let requester = &requester;
		async move { requester.deliver_emergency_opening(&changed).await.unwrap_err().code().map(str::to_owned) }
	};
	for recorded in [0, salus_client::now() + 2 * DAY, Moment::MAX] {
		let code = refused_for(&|entry| entry.recorded = recorded).await;
		assert_eq!(code.as_deref(), Some(codes::BAD_REQUEST), "written at {recorded}");
	}
	let code = refused_for(&|entry| entry.custodian = Some(InstitutionId(3))).await;
	assert_eq!(code.as_deref(), Some(codes::BAD_REQUEST), "another custodian");
	ground.change_session(&asked, |session| session.entry = opening.opening.commitment);
	let mut other_day = opening.clone();
	other_day.shift_key = [0; 32].into();
	let error = requester.deliver_emergency_opening(&other_day).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::BAD_REQUEST), "the key of another day");
	let registered = ground.league.chain().world().staff[&physician.key.id].signing_key;
	ground.league.chain().world().staff.get_mut(&physician.key.id).unwrap().signing_key = [7; 32];
	let error = requester.deliver_emergency_opening(&opening).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::BAD_REQUEST), "not signed by whom it names");
	ground.league.chain().world().staff.get_mut(&physician.key.id).unwrap().signing_key = registered;
	let mut broken = opening.clone();
	broken.opening.salt = [0; 32].into();
	let error = requester.deliver_emergency_opening(&broken).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::BAD_REQUEST), "opens nothing");
	// A hospital that has no part in it does not keep it; a personal guardian of nobody gets nothing.
	let error = ground.as_gateway(REQUESTER, REQUESTER).deliver_emergency_opening(&opening).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::NOT_ENTITLED));
	let query = OpeningQuery { id: asked.id };
	let error = ground.as_gateway(InstitutionId(4), CUSTODIAN).emergency_opening(&query).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::NOT_ENTITLED));
}

#[tokio::test]
async fn a_person_who_guards_gets_the_words_from_the_custodian() {
	let ground = Ground::new().await;
	let handle = ground.sealed(9).await;
	let physician = ground.physician(REQUESTER);
	let asked = ground.ask(&physician, &handle, EmergencyTier::Summary).await;
	let there = || ground.custodian().index.get(&EMERGENCY_OPENINGS, asked.id.0).unwrap().is_some();
	eventually("the opening", there).await;
	let [guardian, stranger] =
		[21u8, 22].map(|seed| salus_client::chain::Keypair::from_secret_key([seed; 32]).unwrap());
	let other = CommitteeId(1 << 31);
	ground.league.emergency(|emergency| {
		let person =
			|key: &salus_client::chain::Keypair| salus_primitives::Guardian::Person(Account(key.public_key().0));
		let mut committee = emergency.committees[&ground.committee].clone();
		committee.id = other;
		committee.members[0].guardian = person(&stranger);
		emergency.committees.insert(other, committee);
		emergency.committees.get_mut(&ground.committee).unwrap().members[0].guardian = person(&guardian);
	});
	let query = OpeningQuery { id: asked.id };
	let opening = ground.gateway(CUSTODIAN, HttpSigner::Guardian(guardian)).emergency_opening(&query).await.unwrap();
	assert_eq!(opening.request().unwrap().statement.practitioner, physician.key.id);
	let error = ground.gateway(CUSTODIAN, HttpSigner::Guardian(stranger)).emergency_opening(&query).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::NOT_FOUND), "guards somebody else");
}

#[tokio::test]
async fn a_person_who_guards_opens_the_own_votes_and_nothing_else() {
	use salus_client::wire::{Actor, OpeningsDelivery};
	let ground = Ground::new().await;
	let (handle, other) = (ground.patient(9), ground.patient(10));
	let key = salus_client::chain::Keypair::from_secret_key([21; 32]).unwrap();
	let account = Account(key.public_key().0);
	let personal = CommitteeId(1 << 31);
	ground.league.emergency(|emergency| {
		let mut committee = emergency.committees[&ground.committee].clone();
		(committee.id, committee.kind) = (personal, salus_runtime_api::CommitteeKind::Personal(handle));
		committee.members[0].guardian = salus_primitives::Guardian::Person(account);
		emergency.committees.insert(personal, committee);
	});
	let actor = Actor {
		institution: None,
		account,
		practitioner: None,
		roles: Vec::new(),
		departments: Vec::new(),
		on_behalf: false,
	};
	let guardian = ground.gateway(CUSTODIAN, HttpSigner::Guardian(key));
	let send = |act: Act, change: &dyn Fn(&mut FullEntry)| {
		let mut entry = FullEntry::new(act, salus_client::now(), actor.clone(), "I know her");
		entry.patient = Some(handle);
		change(&mut entry);
		let mut opening = entry.seal().unwrap();
		opening.chain = Some(AuditChain::Patient(handle));
		let guardian = &guardian;
		async move { guardian.deliver_openings(&OpeningsDelivery { openings: vec![opening] }).await }
	};
	assert_eq!(send(Act::EmergencyApproval, &|_| {}).await.unwrap().accepted, 1);
	let refused: [(&str, Act, fn(&mut FullEntry)); 3] = [
		("another act", Act::Grant, |_| {}),
		("another account", Act::EmergencyApproval, |entry| entry.actor.account = Account([1; 32])),
		("in a practitioner's name", Act::EmergencyApproval, |entry| {
			entry.actor.practitioner = Some(salus_primitives::PractitionerId([1; 32]));
		}),
	];
	for (what, act, change) in refused {
		let error = send(act, &change).await.unwrap_err();
		assert_eq!(error.code(), Some(codes::NOT_ENTITLED), "{what}");
	}
	let error = send(Act::EmergencyApproval, &|entry| entry.patient = Some(other)).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::NOT_ENTITLED), "another patient");
	assert_eq!(ground.custodian().index.scan(&crate::index::OPENINGS, handle.0).unwrap().len(), 1);
}
