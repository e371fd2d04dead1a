//! The hospital that searches: what it finds, who may, once.

use super::*;
use crate::{
	chain::fake::Trouble,
	index::{LOCATE_REQUESTS, OPENINGS, OUTBOX},
	outbox,
};
use codec::Encode;
use salus_client::wire::{
	codes,
	emergency::{LocateStatement, SignedLocate},
	Receipt, ReceiptKind, NOBODY,
};
use salus_primitives::{Act, AuditChain, Moment, DAY, HOUR, MINUTE};

fn last_receipt(ground: &Ground, institution: u32) -> Receipt {
	let row = ground.league.service(institution).receipts.from(0, 1_000).unwrap().pop().unwrap();
	serde_json::from_slice(&row.bytes.0).unwrap()
}

#[tokio::test]
async fn a_patient_is_found_by_name_with_a_guardian_away() {
	let ground = Ground::with_one_away().await;
	let handle = ground.entered(9).await;
	let physician = ground.physician();
	for (family, given) in [("ROSSI", "ada"), ("Rossi", "Ada-Maria")] {
		let search = ground.search(&physician, family, given);
		ground.ask(&physician, &search).await;
		ground.attend(&THERE).await;
		let found = ground.look_up(&physician, &search).await.unwrap();
		assert_eq!((found.asked, found.answered), (5, 4));
		assert_eq!(ground.open(&search, &found), [FoundPatient { handle, custodian: CUSTODIAN }]);
		let session = format!("session {}", search.id());
		for (institution, kind) in [(REQUESTER.0, ReceiptKind::LocateQuery), (2, ReceiptKind::LocateAnswer)] {
			let receipt = last_receipt(&ground, institution);
			assert_eq!((receipt.kind, receipt.handle, receipt.institution), (kind, NOBODY, REQUESTER));
			assert_eq!(receipt.practitioner, Some(physician.key.id));
			assert!(receipt.basis.contains(&session), "{}", receipt.basis);
		}
	}
	let other = ground.physician();
	let search = ground.search(&other, "Rossi", "Eva");
	ground.ask(&other, &search).await;
	ground.attend(&THERE).await;
	let found = ground.look_up(&other, &search).await.unwrap();
	assert_eq!((found.entries.len(), found.answered), (0, 4));
}

#[tokio::test]
async fn guardians_enter_and_search_as_well_with_the_answers_of_the_others() {
	let mut ground = Ground::new().await;
	let members = [1, 2, 3, CUSTODIAN.0, REQUESTER.0];
	ground.committee = Ground::form(&ground.league, 1, &members).await;
	let handle = ground.league.patient(9);
	ground.league.ingest(handle, ROSSI).await;
	ground.settle(&members).await;
	let physician = ground.physician();
	let search = ground.search(&physician, "Rossi", "Ada");
	physician.gateway.request_locate(search.form()).await.unwrap();
	for guardian in [1, 2, 3, CUSTODIAN.0] {
		let service = ground.league.service(guardian);
		let are_there = || service.index.get(&LOCATE_OPENINGS, search.id().0).unwrap().is_some();
		eventually("the words arrive", are_there).await;
	}
	ground.attend(&[REQUESTER.0, CUSTODIAN.0, 1]).await;
	assert_eq!(ground.session(&search.id()).parts.len(), 2, "who asks has no part");
	ground.attend(&[2]).await;
	let found = ground.look_up(&physician, &search).await.unwrap();
	assert_eq!((found.asked, found.answered), (5, 5));
	assert_eq!(ground.open(&search, &found), [FoundPatient { handle, custodian: CUSTODIAN }]);
	assert_eq!(ground.entries(CUSTODIAN.0, &handle).len(), 2);
}

#[tokio::test]
async fn two_patients_of_one_name_are_both_found() {
	let ground = Ground::new().await;
	let handles = [ground.entered(9).await, ground.entered(10).await];
	let physician = ground.physician();
	let search = ground.evaluated(&physician).await;
	let found = ground.look_up(&physician, &search).await.unwrap();
	let mut found: Vec<_> = ground.open(&search, &found).into_iter().map(|found| found.handle).collect();
	found.sort_unstable();
	assert_eq!(found, handles);
}

#[tokio::test]
async fn the_name_leaves_the_house_in_no_message() {
	let ground = Ground::new().await;
	ground.entered(9).await;
	let physician = ground.physician();
	let search = ground.evaluated(&physician).await;
	let keys = search.evaluate(&ground.session(&search.id())).unwrap();
	let mut sent = vec![
		serde_json::to_vec(search.form()).unwrap(),
		serde_json::to_vec(&search.lookup(keys.tag())).unwrap(),
		search.form().statement.encode(),
	];
	for transaction in ground.league.chain().world().submitted.clone() {
		sent.push(format!("{transaction:?}").into_bytes());
	}
	for guardian in GUARDIANS {
		let index = &ground.league.service(guardian).index;
		for (_, opening) in index.scan(&LOCATE_OPENINGS, []).unwrap() {
			sent.push(opening.opening.entry.0.clone());
		}
		for (key, row) in index.scan(&LOCATE_INDEX, []).unwrap() {
			sent.extend([key, serde_json::to_vec(&row).unwrap()]);
		}
	}
	assert!(sent.len() > 20);
	for bytes in sent {
		let text = String::from_utf8_lossy(&bytes).to_lowercase();
		for name in ["rossi", "1961-02-03", &hex::encode("rossi"), "114, 111, 115, 115, 105"] {
			assert!(!text.contains(name), "{name} in {text}");
		}
	}
}

#[tokio::test]
async fn only_staff_that_is_authorised_for_emergencies_searches() {
	let ground = Ground::new().await;
	let registrar = ground.staff(&[StaffRole::Registrar]);
	ground.league.chain().world().staff.get_mut(&registrar.key.id).unwrap().emergency_authorised = true;
	for person in [ground.staff(&[StaffRole::Physician]), registrar] {
		let search = ground.search(&person, "Rossi", "Ada");
		let error = person.gateway.request_locate(search.form()).await.unwrap_err();
		assert_eq!(error.code(), Some(codes::NOT_ENTITLED));
		let error = person.gateway.look_up(&search.lookup([1; 32].into())).await.unwrap_err();
		assert_eq!(error.code(), Some(codes::NOT_ENTITLED));
	}
	assert_eq!(ground.asked_for(), 0);
}

#[tokio::test]
async fn a_statement_that_is_not_right_costs_no_quota() {
	let ground = Ground::new().await;
	let (physician, colleague) = (ground.physician(), ground.physician());
	let search = ground.search(&physician, "Rossi", "Ada");
	let signed = |change: &dyn Fn(&mut LocateStatement)| {
		let mut statement = search.form().statement.clone();
		change(&mut statement);
		statement.sign(&GENESIS, physician.key.signing_key())
	};
	let release = CommitteeId(7);
	ground.league.emergency(|emergency| {
		let mut committee = emergency.committees[&ground.committee].clone();
		(committee.id, committee.purpose) = (release, CommitteePurpose::Release);
		emergency.committees.insert(release, committee);
	});
	let unsigned = SignedLocate { signature: [0; 64].into(), ..search.form().clone() };
	let wrong = [
		("another practitioner", signed(&|one| one.practitioner = colleague.key.id), codes::BAD_REQUEST),
		("another institution", signed(&|one| one.institution = CUSTODIAN), codes::BAD_REQUEST),
		("no element", signed(&|one| one.blinded = [0; 32].into()), codes::BAD_REQUEST),
		("no reason", signed(&|one| one.reason = " ".into()), codes::BAD_REQUEST),
		("no key", signed(&|one| one.xwing_key = Vec::new().into()), codes::BAD_REQUEST),
		("of yesterday", signed(&|one| one.at -= 24 * HOUR), codes::BAD_REQUEST),
		("not signed", unsigned, codes::BAD_REQUEST),
		("one that opens records", signed(&|one| one.committee = release), codes::CONFLICT),
		("no committee", signed(&|one| one.committee = CommitteeId(9)), codes::NOT_FOUND),
	];
	for (what, form, code) in wrong {
		let error = physician.gateway.request_locate(&form).await.unwrap_err();
		assert_eq!(error.code(), Some(code), "{what}");
	}
	assert_eq!(ground.asked_for(), 0);
}

#[tokio::test]
async fn the_same_statement_sent_again_asks_once() {
	let ground = Ground::new().await;
	let physician = ground.physician();
	let search = ground.search(&physician, "Rossi", "Ada");
	ground.league.chain().world().trouble = Trouble::LostAfter;
	physician.gateway.request_locate(search.form()).await.unwrap_err();
	let requested = physician.gateway.request_locate(search.form()).await.unwrap();
	assert_eq!((requested.id, requested.required, ground.asked_for()), (search.id(), 3, 1));
	// The entry stands on the chain of who asks, and its opening is kept.
	let entry = ground.league.chain().world().entries[&AuditChain::Institution(REQUESTER)].last().unwrap().clone();
	let service = ground.league.service(REQUESTER.0);
	let openings = service.index.scan(&OPENINGS, []).unwrap();
	let opening = openings.into_iter().find(|(_, opening)| opening.commitment == entry.commitment).unwrap().1;
	let full = opening.full_entry().unwrap();
	assert_eq!((entry.act, full.patient, full.emergency), (Act::Locate, None, Some(search.id())));
	assert_eq!(full.actor.practitioner, Some(physician.key.id));
	// What the chain refuses leaves nothing behind.
	ground.league.emergency(|emergency| emergency.locate.exhausted = true);
	let second = ground.search(&physician, "Rossi", "Ada");
	let error = physician.gateway.request_locate(second.form()).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::CHAIN_REFUSED));
	assert!(service.index.get(&LOCATE_REQUESTS, second.id().0).unwrap().is_none());
	assert_eq!(service.index.scan(&OPENINGS, []).unwrap().len(), 1);
}

#[tokio::test]
async fn the_words_go_out_at_once_when_a_search_is_sent_again_after_its_answer_was_lost() {
	let ground = Ground::new().await;
	let physician = ground.physician();
	let search = ground.search(&physician, "Rossi", "Ada");
	ground.league.chain().world().trouble = Trouble::LostAfter;
	physician.gateway.request_locate(search.form()).await.unwrap_err();
	let index = &ground.league.service(REQUESTER.0).index;
	let waiting = index.scan(&OUTBOX, []).unwrap();
	let soon = salus_client::now() + MINUTE;
	assert_eq!(waiting.len(), GUARDIANS.len());
	assert!(waiting.iter().all(|(_, row)| row.next_at <= soon), "also when nobody sends it again");
	// Asks again, and waits for the words.
	ground.ask(&physician, &search).await;
	eventually("the outbox", || index.scan(&OUTBOX, []).unwrap().is_empty()).await;
}

#[tokio::test]
async fn a_search_that_is_sent_again_while_the_first_is_on_its_way_is_asked_once() {
	let ground = Ground::new().await;
	let physician = ground.physician();
	let search = ground.search(&physician, "Rossi", "Ada");
	ground.league.chain().world().trouble = Trouble::Late;
	// Whoever sent it heard nothing in time.
	let unheard = physician.gateway.request_locate(search.form());
	tokio::time::timeout(Duration::from_millis(100), unheard).await.unwrap_err();
	let (second, third) =
		tokio::join!(physician.gateway.request_locate(search.form()), physician.gateway.request_locate(search.form()));
	assert_eq!([second.unwrap().id, third.unwrap().id], [search.id(); 2]);
	assert_eq!(ground.asked_for(), 1);
}

#[tokio::test]
async fn a_colleagues_statement_about_the_same_element_is_refused_and_changes_nothing() {
	let ground = Ground::new().await;
	let handle = ground.entered(9).await;
	let (physician, colleague) = (ground.physician(), ground.physician());
	let search = ground.evaluated(&physician).await;
	let mut statement = search.form().statement.clone();
	statement.practitioner = colleague.key.id;
	let form = statement.sign(&GENESIS, colleague.key.signing_key());
	let error = colleague.gateway.request_locate(&form).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::CONFLICT));
	let found = ground.look_up(&physician, &search).await.unwrap();
	assert_eq!(ground.open(&search, &found), [FoundPatient { handle, custodian: CUSTODIAN }]);
}

#[tokio::test]
async fn a_parcel_that_was_taken_back_stays_away_when_its_delivery_fails() {
	let ground = Ground::with_one_away().await;
	let physician = ground.physician();
	ground.asked(&physician).await;
	let service = ground.league.service(REQUESTER.0);
	let waiting = || service.index.scan(&OUTBOX, []).unwrap();
	eventually("one is away", || waiting().len() == 1 && waiting()[0].1.attempts == 1).await;
	let (key, row) = waiting().remove(0);
	service.index.remove(&OUTBOX, &key).unwrap();
	assert!(!outbox::deliver(service, &key, row).await.unwrap());
	assert!(waiting().is_empty());
}

#[tokio::test]
async fn words_of_another_time_than_their_search_are_refused() {
	let ground = Ground::new().await;
	let physician = ground.physician();
	let search = ground.asked(&physician).await;
	let words = ground.league.service(1).index.get(&LOCATE_OPENINGS, search.id().0).unwrap().unwrap();
	let requester = ground.as_gateway(REQUESTER, 1);
	for recorded in [0, salus_client::now() + 2 * DAY, Moment::MAX] {
		let mut entry = words.opening.full_entry().unwrap();
		entry.recorded = recorded;
		let mut changed = words.clone();
		changed.opening = entry.seal().unwrap();
		ground.change_session(&search.id(), |session| session.entry = changed.opening.commitment);
		let error = requester.deliver_locate_opening(&changed).await.unwrap_err();
		assert_eq!(error.code(), Some(codes::BAD_REQUEST), "written at {recorded}");
	}
	ground.change_session(&search.id(), |session| session.entry = words.opening.commitment);
	assert!(!requester.deliver_locate_opening(&words).await.unwrap().new, "as it was written");
}

#[tokio::test]
async fn one_tag_is_looked_up_for_one_search_of_ones_own() {
	let ground = Ground::new().await;
	let handle = ground.entered(9).await;
	let (physician, colleague) = (ground.physician(), ground.physician());
	let search = ground.asked(&physician).await;
	let early = physician.gateway.look_up(&search.lookup([1; 32].into())).await.unwrap_err();
	assert_eq!(early.code(), Some(codes::CONFLICT), "the guardians have not answered");
	ground.attend(&THERE).await;
	let keys = search.evaluate(&ground.session(&search.id())).unwrap();
	let lookup = search.lookup(keys.tag());
	let error = colleague.gateway.look_up(&lookup).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::NOT_FOUND), "a colleague");
	let mut forged = lookup.clone();
	forged.tag = [1; 32].into();
	let error = physician.gateway.look_up(&forged).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::NOT_ENTITLED), "another tag than the one-time key signed");
	let other = ground.search(&physician, "Rossi", "Ada");
	let mut foreign = other.lookup(keys.tag());
	foreign.id = search.id();
	let error = physician.gateway.look_up(&foreign).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::NOT_ENTITLED), "keys of another search");

	let found = physician.gateway.look_up(&lookup).await.unwrap();
	assert_eq!(ground.open(&search, &found), [FoundPatient { handle, custodian: CUSTODIAN }]);
	assert_eq!(physician.gateway.look_up(&lookup).await.unwrap(), found, "the answer was lost");
	let error = physician.gateway.look_up(&search.lookup([1; 32].into())).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::CONFLICT), "a second name");
	ground.change_session(&search.id(), |session| session.expires_at = 1);
	let error = physician.gateway.look_up(&lookup).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::EXPIRED));
}
