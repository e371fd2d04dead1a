//! The index at guardians: who leaves an entry, who looks one up, and what a guardian could do with it.

use super::*;
use crate::{
	index::{LOCATE_PATIENTS, LOCATE_REQUESTS, LOCATE_USED},
	locate::retention::sweep,
};
use salus_client::{
	emergency::locate::LocateKeys,
	wire::{
		codes,
		emergency::{LocateDeposit, LocateRemoval, LocateTag, SealedLocateEntry},
		Account, HexBytes,
	},
};
use salus_primitives::{Commitment, DAY, HOUR};
use salus_runtime_api::{HandleInfo, HandleStatus};
use salus_threshold::{group::SecretScalar, rand_core::OsRng};

const ENTRY: SealedLocateEntry = HexBytes([7; 64]);

fn tag(number: u8) -> LocateTag {
	[number; 32].into()
}

/// Puts a complete session on the chain, as if guardians had answered.
fn complete(
	ground: &Ground,
	number: u8,
	institution: InstitutionId,
	enrol: Option<PatientHandle>,
) -> EmergencyRequestId {
	let id = EmergencyRequestId([number; 32]);
	let now = salus_client::now();
	let session = LocateSessionInfo {
		id,
		committee: ground.committee,
		version: 1,
		institution,
		blinded: [number; 32],
		key_hash: [0; 32],
		shift_tag: [0; 16],
		enrol,
		status: EmergencyStatus::Active,
		required: 3,
		parts: vec![(1, [1; 32]), (2, [2; 32]), (3, [3; 32])],
		refused: Vec::new(),
		requested_at: now,
		expires_at: now + 60_000,
		entry: Commitment([0; 32]),
	};
	ground.league.emergency(|emergency| emergency.locate.sessions.insert(id, session));
	id
}

/// Leaves an entry with guardian 1, under a session of its own.
async fn leave(ground: &Ground, number: u8, handle: PatientHandle, tag: LocateTag) -> Result<u32, GatewayError> {
	let custodian = ground.league.chain().world().handles[&handle].custodian;
	let session = complete(ground, number, custodian, Some(handle));
	let deposit = LocateDeposit { session, tag, entry: ENTRY };
	ground.as_gateway(custodian, 1).deposit_locate(&deposit).await.map(|indexed| indexed.entries)
}

#[tokio::test]
async fn an_entry_is_left_by_the_custodian_once_for_a_session_about_its_patient() {
	let ground = Ground::new().await;
	let handle = ground.league.patient(9);
	let session = complete(&ground, 1, CUSTODIAN, Some(handle));
	let deposit = LocateDeposit { session, tag: tag(1), entry: ENTRY };
	let refused = |from, to, deposit: LocateDeposit| {
		let gateway = ground.as_gateway(from, to);
		async move { gateway.deposit_locate(&deposit).await.unwrap_err().code().unwrap().to_owned() }
	};
	assert_eq!(refused(REQUESTER, 1, deposit).await, codes::NOT_ENTITLED, "another's session");
	assert_eq!(refused(CUSTODIAN, REQUESTER.0, deposit).await, codes::NOT_ENTITLED, "no guardian");
	let unknown = LocateDeposit { session: EmergencyRequestId([9; 32]), ..deposit };
	assert_eq!(refused(CUSTODIAN, 1, unknown).await, codes::CONFLICT, "no session");
	let searching = LocateDeposit { session: complete(&ground, 2, CUSTODIAN, None), ..deposit };
	assert_eq!(refused(CUSTODIAN, 1, searching).await, codes::NOT_ENTITLED, "a search");
	ground.change_session(&session, |session| session.parts.truncate(2));
	assert_eq!(refused(CUSTODIAN, 1, deposit).await, codes::CONFLICT, "not complete");
	let early = complete(&ground, 1, CUSTODIAN, Some(handle));
	ground.change_session(&early, |session| session.expires_at = 1);
	assert_eq!(refused(CUSTODIAN, 1, deposit).await, codes::EXPIRED, "over");
	complete(&ground, 1, CUSTODIAN, Some(handle));
	let changes: [(&str, fn(&mut HandleInfo<Account>)); 2] =
		[("moved", |info| info.custodian = REQUESTER), ("closed", |info| info.status = HandleStatus::Retired)];
	for (what, change) in changes {
		change(ground.league.chain().world().handles.get_mut(&handle).unwrap());
		assert_eq!(refused(CUSTODIAN, 1, deposit).await, codes::NOT_ENTITLED, "{what}");
		ground.league.patient(9);
	}
	assert!(ground.entries(1, &handle).is_empty());

	let custodian = ground.as_gateway(CUSTODIAN, 1);
	assert_eq!(custodian.deposit_locate(&deposit).await.unwrap().entries, 1);
	assert_eq!(custodian.deposit_locate(&deposit).await.unwrap().entries, 1, "the answer was lost");
	let another = LocateDeposit { tag: tag(2), ..deposit };
	assert_eq!(refused(CUSTODIAN, 1, another).await, codes::CONFLICT, "a second name for one session");
	let another = LocateDeposit { entry: HexBytes([8; 64]), ..deposit };
	assert_eq!(refused(CUSTODIAN, 1, another).await, codes::CONFLICT, "another entry");
	assert_eq!(ground.entries(1, &handle), [IndexedEntry { handle, entry: ENTRY }]);
}

#[tokio::test]
async fn a_tag_is_looked_up_once_for_a_complete_search_of_the_asker() {
	let ground = Ground::new().await;
	let handle = ground.entered(9).await;
	let physician = ground.physician();
	let search = ground.asked(&physician).await;
	let keys_of = || search.evaluate(&ground.session(&search.id())).unwrap();
	let refused = |from, to, lookup| {
		let gateway = ground.as_gateway(from, to);
		async move { gateway.locate_entries(&lookup).await.unwrap_err().code().unwrap().to_owned() }
	};
	assert_eq!(refused(REQUESTER, 1, search.lookup(tag(1))).await, codes::CONFLICT, "not complete");
	ground.attend(&THERE).await;
	let lookup = search.lookup(keys_of().tag());
	assert_eq!(refused(CUSTODIAN, 1, lookup.clone()).await, codes::NOT_ENTITLED, "another's search");
	assert_eq!(refused(REQUESTER, CUSTODIAN.0, lookup.clone()).await, codes::NOT_ENTITLED, "no guardian");
	let mut other = lookup.clone();
	other.tag = tag(1);
	assert_eq!(refused(REQUESTER, 1, other).await, codes::NOT_ENTITLED, "not signed by who asked");
	let mut other = lookup.clone();
	other.id = complete(&ground, 1, REQUESTER, None);
	assert_eq!(refused(REQUESTER, 1, other).await, codes::NOT_ENTITLED, "for another search");
	// Who enters patients cannot look anybody up by that.
	ground.change_session(&search.id(), |session| session.enrol = Some(handle));
	assert_eq!(refused(REQUESTER, 1, lookup.clone()).await, codes::NOT_ENTITLED, "it enters a patient");
	ground.change_session(&search.id(), |session| session.enrol = None);
	let receipts = ground.league.service(1).receipts.state().unwrap().next;

	let requester = ground.as_gateway(REQUESTER, 1);
	let found = requester.locate_entries(&lookup).await.unwrap().entries;
	assert_eq!(found.iter().map(|entry| keys_of().open(entry).unwrap().handle).collect::<Vec<_>>(), [handle]);
	assert_eq!(ground.league.service(1).receipts.state().unwrap().next, receipts + 1);
	assert_eq!(requester.locate_entries(&lookup).await.unwrap().entries, found, "the answer was lost");
	assert_eq!(refused(REQUESTER, 1, search.lookup(tag(1))).await, codes::CONFLICT, "a second tag");
	ground.change_session(&search.id(), |session| session.expires_at = 1);
	assert_eq!(refused(REQUESTER, 1, lookup).await, codes::EXPIRED);
}

#[tokio::test]
async fn a_tag_that_nobody_has_is_answered_with_nothing() {
	let ground = Ground::new().await;
	let physician = ground.physician();
	let search = ground.evaluated(&physician).await;
	let lookup = search.lookup(tag(1));
	let answer = ground.as_gateway(REQUESTER, 1).locate_entries(&lookup).await.unwrap();
	assert!(answer.entries.is_empty());
}

#[tokio::test]
async fn what_a_guardian_keeps_opens_with_the_parts_of_k_alone() {
	let ground = Ground::new().await;
	let handle = ground.entered(9).await;
	let physician = ground.physician();
	let search = ground.evaluated(&physician).await;
	let session = ground.session(&search.id());
	let keys = search.evaluate(&session).unwrap();
	let entry = ground.entries(1, &handle).into_iter().find(|one| keys.open(&one.entry).is_some()).unwrap().entry;

	// A guardian that knows name, share, and the parts of one other is one short.
	let person = Demographics::new("Rossi", "Ada", "1961-02-03").unwrap();
	let blinded = LocateInput::derive(&person, &GENESIS).blind();
	assert!(blinded.finalize(3, &session.parts[..2]).is_err());
	let mut short = session.clone();
	short.parts.truncate(2);
	assert!(search.evaluate(&short).is_err());
	// Nor does it help to make the missing part up, or to pretend that two are enough.
	let made_up = SecretScalar::random(&mut OsRng).public().to_bytes();
	short.parts.push((4, made_up));
	assert_eq!(search.evaluate(&short).unwrap().open(&entry), None);
	(short.required, short.parts) = (2, session.parts[..2].to_vec());
	assert_eq!(search.evaluate(&short).unwrap().open(&entry), None);
	assert_eq!(LocateKeys::from_output(&[0; 64]).open(&entry), None);
	assert_eq!(keys.open(&entry).map(|found| found.handle), Some(handle));
}

#[tokio::test]
async fn a_patient_has_three_names_and_the_oldest_gives_way() {
	let ground = Ground::new().await;
	let handle = ground.league.patient(9);
	for number in 1..=4 {
		assert_eq!(leave(&ground, number, handle, tag(number)).await.unwrap(), u32::from(number.min(3)));
	}
	let index = &ground.league.service(1).index;
	assert_eq!(index.get(&LOCATE_PATIENTS, handle.0).unwrap().unwrap().tags, [tag(2), tag(3), tag(4)]);
	assert_eq!((ground.entries(1, &handle).len(), index.get(&LOCATE_INDEX, tag(1)).unwrap()), (3, None));
	// The same name again is one name.
	assert_eq!(leave(&ground, 5, handle, tag(3)).await.unwrap(), 3);
	assert_eq!(ground.entries(1, &handle).len(), 3);
	// Another custodian begins anew: what the former one left names the wrong house.
	ground.league.chain().world().handles.get_mut(&handle).unwrap().custodian = REQUESTER;
	assert_eq!(leave(&ground, 6, handle, tag(3)).await.unwrap(), 1);
	assert_eq!(ground.entries(1, &handle).len(), 1);
}

#[tokio::test]
async fn sixteen_patients_have_one_name_and_no_more() {
	let ground = Ground::new().await;
	// Of four custodians: a fifth patient of one would leave no room for those of others.
	let patient = |number: u8, custodian: u32| {
		let handle = ground.league.patient(number);
		ground.league.chain().world().handles.get_mut(&handle).unwrap().custodian = InstitutionId(custodian);
		handle
	};
	for (number, custodian) in (1..=16).zip((2..=5).cycle()) {
		leave(&ground, number, patient(number, custodian), tag(1)).await.unwrap();
	}
	let error = leave(&ground, 17, patient(17, 6), tag(1)).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::CONFLICT));
	let index = &ground.league.service(1).index;
	assert_eq!(index.get(&LOCATE_INDEX, tag(1)).unwrap().unwrap().len(), 16);
	assert!(index.get(&LOCATE_USED, [17; 32]).unwrap().is_none(), "nothing is written when a part fails");
}

#[tokio::test]
async fn a_custodian_leaves_room_for_the_patients_of_others() {
	let ground = Ground::new().await;
	for number in 1..=4 {
		leave(&ground, number, ground.league.patient(number), tag(1)).await.unwrap();
	}
	let fifth = ground.league.patient(5);
	let error = leave(&ground, 5, fifth, tag(1)).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::CONFLICT));
	assert_eq!(leave(&ground, 6, PatientHandle([1; 32]), tag(1)).await.unwrap(), 1, "one that is there, anew");
	assert_eq!(leave(&ground, 7, fifth, tag(2)).await.unwrap(), 1, "under another name");
	let other = ground.league.patient(6);
	ground.league.chain().world().handles.get_mut(&other).unwrap().custodian = REQUESTER;
	assert_eq!(leave(&ground, 8, other, tag(1)).await.unwrap(), 1, "another's");
}

#[tokio::test]
async fn a_patient_is_forgotten_by_word_of_the_custodian_alone() {
	let ground = Ground::new().await;
	let (handle, other) = (ground.league.patient(9), ground.league.patient(10));
	for (number, handle) in [(1, handle), (2, other)] {
		leave(&ground, number, handle, tag(1)).await.unwrap();
	}
	let removal = LocateRemoval { handle };
	let error = ground.as_gateway(REQUESTER, 1).remove_locate(&removal).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::NOT_ENTITLED));
	assert_eq!(ground.entries(1, &handle).len(), 1);
	// Also of a handle that is closed.
	ground.league.chain().world().handles.get_mut(&handle).unwrap().status = HandleStatus::Retired;
	assert_eq!(ground.as_gateway(CUSTODIAN, 1).remove_locate(&removal).await.unwrap().entries, 0);
	assert_eq!((ground.entries(1, &handle).len(), ground.entries(1, &other).len()), (0, 1));
	assert!(ground.league.service(1).index.get(&LOCATE_PATIENTS, handle.0).unwrap().is_none());
}

#[tokio::test]
async fn what_sessions_were_used_for_is_forgotten_a_day_after_them_and_words_a_month_later() {
	let ground = Ground::new().await;
	let physician = ground.physician();
	let search = ground.asked(&physician).await;
	leave(&ground, 1, ground.league.patient(9), tag(1)).await.unwrap();
	let (guardian, requester) = (ground.league.service(1), ground.league.service(REQUESTER.0));
	let left = || {
		let used = guardian.index.get(&LOCATE_USED, [1; 32]).unwrap().is_some();
		let words = guardian.index.get(&LOCATE_OPENINGS, search.id().0).unwrap().is_some();
		let own = requester.index.get(&LOCATE_REQUESTS, search.id().0).unwrap().is_some();
		(used, words, own)
	};
	let now = salus_client::now();
	for (later, expected) in [
		(0, (true, true, true)),
		(DAY, (true, true, true)),
		(DAY + HOUR, (false, true, true)),
		(29 * DAY, (false, true, true)),
		(31 * DAY, (false, false, false)),
	] {
		sweep(guardian, now + later).unwrap();
		sweep(requester, now + later).unwrap();
		assert_eq!(left(), expected, "{later}");
	}
}
