//! The custodian: whom it enters with the guardians, under which names, and what it does when something is in the way.

use super::*;
use crate::{api, chain::fake::Trouble, index::EnrolledName};
use salus_client::wire::Account;
use salus_policy::DefaultPolicy;
use salus_primitives::{Act, AuditChain, DAY, HOUR, MINUTE};
use salus_runtime_api::{ControllerOf, HandleInfo, HandleStatus};
use tokio::net::TcpListener;

impl Ground {
	/// A patient whose records were just taken in.
	async fn taken_in(&self, number: u8) -> PatientHandle {
		let handle = self.league.patient(number);
		self.league.ingest(handle, ROSSI).await;
		handle
	}

	/// One round of the custodian.
	async fn round(&self) {
		enter_now(self.custodian()).await.unwrap();
	}

	/// A patient about whom guardians were asked, one name after the other.
	async fn asked_about(&self, number: u8) -> PatientHandle {
		let handle = self.taken_in(number).await;
		self.round().await;
		assert_eq!(self.asked_for(), 1, "what they answer does not wait for the next name");
		self.round().await;
		assert_eq!(self.asked_for(), 2);
		handle
	}

	/// Lets the time be over for which the names of a patient wait.
	fn let_wait_be_over(&self, handle: &PatientHandle) {
		let mut row = self.row(handle).unwrap();
		for EnrolledName { stage, .. } in &mut row.names {
			if let EnrolmentStage::Waiting { from } = stage {
				*from = 0;
			}
		}
		self.custodian().index.put(&LOCATE_ENROLMENTS, handle.0, &row).unwrap();
	}
}

fn is_entered(stage: &EnrolmentStage) -> bool {
	matches!(stage, EnrolmentStage::Entered { .. })
}

#[tokio::test]
async fn a_patient_is_entered_with_every_guardian_under_every_name() {
	let ground = Ground::new().await;
	let handle = ground.entered(9).await;
	let with = GUARDIANS.map(InstitutionId).to_vec();
	assert_eq!(ground.stages(&handle), [(); 2].map(|()| EnrolmentStage::Entered { with: with.clone() }));
	for guardian in GUARDIANS {
		assert_eq!(ground.entries(guardian, &handle).len(), 2);
	}
	// The custodian's log has it, without anybody who searched.
	let entries = ground.league.chain().world().entries[&AuditChain::Institution(CUSTODIAN)].clone();
	let asked = entries.iter().find(|entry| entry.act == Act::Locate).unwrap();
	let openings = ground.custodian().index.scan(&crate::index::OPENINGS, []).unwrap();
	let opening = &openings.iter().find(|(_, one)| one.commitment == asked.commitment).unwrap().1;
	let full = opening.full_entry().unwrap();
	assert_eq!((full.patient, full.request, full.actor.practitioner), (Some(handle), None, None));
	assert_eq!(opening.sequence, Some(asked.sequence));
	// Neither another round nor a restart begins anew, and an ingest of the same changes nothing.
	let submitted = ground.asked_for();
	ground.league.ingest(handle, ROSSI).await;
	ground.settle(&THERE).await;
	assert_eq!((ground.asked_for(), submitted), (2, 2));
}

#[tokio::test]
async fn an_ingest_is_noticed_without_anybodys_turn() {
	let ground = Ground::new().await;
	crate::locate::enter(ground.custodian()).await.unwrap();
	let handle = ground.taken_in(9).await;
	crate::emergency::keep(ground.custodian()).await.unwrap();
	let due = || ground.custodian().enrolment.is_due(&handle);
	for _ in 0..250 {
		if due() {
			break;
		}
		tokio::time::sleep(Duration::from_millis(20)).await;
		crate::emergency::keep(ground.custodian()).await.unwrap();
	}
	assert!(due());
}

#[tokio::test]
async fn a_guardian_that_was_away_gets_the_entry_when_it_is_back() {
	let place = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
	let address = place.local_addr().unwrap();
	drop(place);
	let ground = Ground::with(RULES, |config| {
		let away = config.peers.iter_mut().filter(|peer| peer.institution == AWAY);
		away.for_each(|peer| peer.url = format!("http://{address}"));
	})
	.await;
	let handle = ground.entered(9).await;
	for stage in ground.stages(&handle) {
		let EnrolmentStage::Evaluated { owed, with, .. } = stage else { panic!("not evaluated: {stage:?}") };
		assert_eq!((owed, with.len()), (vec![AWAY], 4));
	}
	assert!(ground.entries(AWAY.0, &handle).is_empty());
	let listener = TcpListener::bind(address).await.unwrap();
	let router = api::router(ground.league.service(AWAY.0).clone());
	tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
	ground.round().await;
	assert!(ground.stages(&handle).iter().all(is_entered));
	assert_eq!(ground.entries(AWAY.0, &handle).len(), 2);
}

#[tokio::test]
async fn what_a_guardian_missed_until_the_session_was_over_lies_with_the_others() {
	let ground = Ground::with_one_away().await;
	let handle = ground.entered(9).await;
	let others: Vec<InstitutionId> = THERE.map(InstitutionId).to_vec();
	ground.league.emergency(|emergency| {
		emergency.locate.sessions.values_mut().for_each(|session| session.expires_at = 1);
	});
	ground.round().await;
	assert_eq!(ground.stages(&handle), [(); 2].map(|()| EnrolmentStage::Entered { with: others.clone() }));
	let submitted = ground.asked_for();
	ground.settle(&THERE).await;
	assert_eq!(ground.asked_for(), submitted, "four are enough");
}

#[tokio::test]
async fn nobody_is_entered_who_is_unknown_gone_or_refuses() {
	let changes: [(&str, fn(&mut HandleInfo<Account>)); 3] = [
		("provisional", |info| info.controllers[0].controller = ControllerOf::Provisional),
		("closed", |info| info.status = HandleStatus::Retired),
		("another's", |info| info.custodian = REQUESTER),
	];
	let ground = Ground::new().await;
	for ((what, change), number) in changes.into_iter().zip(7..) {
		let handle = ground.taken_in(number).await;
		change(ground.league.chain().world().handles.get_mut(&handle).unwrap());
		ground.settle(&THERE).await;
		assert_eq!((ground.asked_for(), ground.row(&handle)), (0, None), "{what}");
	}
	let refusing = Ground::with(RULES, |config| config.default_policy = DefaultPolicy::DenyAll).await;
	refusing.entered(9).await;
	let disabled = Ground::with(RULES, |config| config.emergency.enrol = false).await;
	disabled.entered(9).await;
	assert_eq!((refusing.asked_for(), disabled.asked_for()), (0, 0));
}

#[tokio::test]
async fn guardians_forget_a_patient_who_is_not_to_be_found_any_more() {
	let ground = Ground::new().await;
	let handle = ground.entered(9).await;
	ground.league.chain().world().handles.get_mut(&handle).unwrap().status = HandleStatus::Retired;
	ground.custodian().enrolment.touch(&handle, 0);
	ground.round().await;
	for guardian in GUARDIANS {
		assert!(ground.entries(guardian, &handle).is_empty());
	}
	assert_eq!(ground.row(&handle), None);
}

#[tokio::test]
async fn a_guardian_that_is_away_is_told_to_forget_until_it_is_back() {
	let ground = Ground::with_one_away().await;
	let handle = ground.entered(9).await;
	ground.league.chain().world().handles.get_mut(&handle).unwrap().status = HandleStatus::Retired;
	ground.custodian().enrolment.touch(&handle, 0);
	ground.round().await;
	assert_eq!(ground.row(&handle).unwrap().leaving, [AWAY]);
	assert!(ground.entries(1, &handle).is_empty());
	// The handle is open again before that guardian was told: it must not forget what is entered next.
	ground.league.chain().world().handles.get_mut(&handle).unwrap().status = HandleStatus::Active;
	ground.custodian().enrolment.touch(&handle, 0);
	ground.settle(&THERE).await;
	assert_eq!((ground.row(&handle).unwrap().names, ground.asked_for()), (Vec::new(), 2));
}

#[tokio::test]
async fn a_new_name_is_entered_as_well_up_to_three() {
	let ground = Ground::new().await;
	let handle = ground.entered(9).await;
	let married = String::from_utf8(ROSSI.to_vec()).unwrap().replace("Rossi", "Bianchi");
	ground.league.ingest(handle, married.as_bytes()).await;
	ground.custodian().enrolment.touch(&handle, 0);
	ground.settle(&THERE).await;
	assert_eq!(ground.stages(&handle).iter().filter(|stage| is_entered(stage)).count(), 3);
	let physician = ground.physician();
	let search = ground.search(&physician, "Bianchi", "Ada");
	ground.ask(&physician, &search).await;
	ground.attend(&THERE).await;
	let found = ground.look_up(&physician, &search).await.unwrap();
	assert_eq!(ground.open(&search, &found), [FoundPatient { handle, custodian: CUSTODIAN }]);
}

#[tokio::test]
async fn another_committee_has_everybody_entered_anew() {
	let mut ground = Ground::new().await;
	let handle = ground.entered(9).await;
	let before = ground.entries(1, &handle);
	ground.committee = Ground::form(&ground.league, 1, &GUARDIANS).await;
	ground.settle(&THERE).await;
	assert_eq!(ground.row(&handle).unwrap().committee, ground.committee);
	assert!(ground.stages(&handle).iter().all(is_entered));
	let physician = ground.physician();
	let search = ground.evaluated(&physician).await;
	let found = ground.look_up(&physician, &search).await.unwrap();
	assert_eq!(ground.open(&search, &found), [FoundPatient { handle, custodian: CUSTODIAN }]);
	let after = ground.entries(1, &handle);
	assert_eq!((before.len(), after.len()), (2, 3), "the oldest gave way");
}

#[tokio::test]
async fn a_name_that_too_few_guardians_have_now_is_entered_again() {
	let ground = Ground::new().await;
	let handle = ground.entered(9).await;
	let mut row = ground.row(&handle).unwrap();
	row.names[0].stage = EnrolmentStage::Entered { with: vec![InstitutionId(1), InstitutionId(66)] };
	ground.custodian().index.put(&LOCATE_ENROLMENTS, handle.0, &row).unwrap();
	ground.settle(&THERE).await;
	assert_eq!(ground.asked_for(), 3);
	assert!(ground.stages(&handle).iter().all(is_entered));
}

#[tokio::test]
async fn nothing_is_asked_while_too_few_guardians_answer() {
	let ground = Ground::with(RULES, |config| {
		let away = config.peers.iter_mut().filter(|peer| [3, 4, 5].contains(&peer.institution.0));
		away.for_each(|peer| peer.url = "http://127.0.0.1:1".into());
	})
	.await;
	let handle = ground.entered(9).await;
	assert_eq!((ground.asked_for(), ground.stages(&handle).len()), (0, 2));
}

#[tokio::test]
async fn what_the_chain_has_no_room_for_waits_for_the_next_day() {
	let ground = Ground::new().await;
	ground.league.emergency(|emergency| emergency.locate.exhausted = true);
	let handle = ground.entered(9).await;
	assert_eq!(ground.stages(&handle), [(); 2].map(|()| EnrolmentStage::Waiting { from: 0 }));
	assert_eq!(ground.asked_for(), 1, "the others do not ask on that day");
	let tomorrow = (salus_client::now() / DAY + 1) * DAY;
	assert_eq!(ground.custodian().enrolment.full_until(), tomorrow);
	ground.league.emergency(|emergency| emergency.locate.exhausted = false);
	ground.custodian().enrolment.begin_day();
	ground.settle(&THERE).await;
	assert!(ground.stages(&handle).iter().all(is_entered));
}

#[tokio::test]
async fn a_patient_is_not_entered_oftener_than_the_chain_takes() {
	let ground = Ground::new().await;
	let handle = ground.taken_in(9).await;
	ground.league.emergency(|emergency| {
		emergency.locate.enrolments.insert((ground.committee, handle), (CUSTODIAN, 2));
	});
	ground.settle(&THERE).await;
	let stages = ground.stages(&handle);
	assert!(is_entered(&stages[0]));
	assert_eq!((&stages[1], ground.asked_for()), (&EnrolmentStage::Exhausted, 2));
	ground.settle(&THERE).await;
	assert_eq!(ground.asked_for(), 2);
}

#[tokio::test]
async fn a_session_that_guardians_missed_is_asked_for_again_after_an_hour() {
	let ground = Ground::new().await;
	let handle = ground.asked_about(9).await;
	ground.attend(&[1, 2]).await;
	ground.league.emergency(|emergency| {
		emergency.locate.sessions.values_mut().for_each(|session| session.expires_at = 1);
	});
	ground.settle(&THERE).await;
	let soon = salus_client::now() + HOUR - MINUTE;
	let waits = |stage: &EnrolmentStage| matches!(stage, EnrolmentStage::Waiting { from } if *from > soon);
	assert!(ground.stages(&handle).iter().all(waits), "{:?}", ground.stages(&handle));
	assert_eq!(ground.asked_for(), 2);
	ground.let_wait_be_over(&handle);
	ground.settle(&THERE).await;
	assert!(is_entered(&ground.stages(&handle)[0]));
}

#[tokio::test]
async fn a_request_whose_answer_was_lost_is_gone_on_with() {
	let ground = Ground::new().await;
	let handle = ground.taken_in(9).await;
	ground.league.chain().world().trouble = Trouble::LostAfter;
	enter_now(ground.custodian()).await.unwrap_err();
	assert!(matches!(ground.stages(&handle)[0], EnrolmentStage::Asked(_)));
	ground.settle(&THERE).await;
	assert!(ground.stages(&handle).iter().all(is_entered));
	assert_eq!(ground.asked_for(), 2, "one for each name");
}

#[tokio::test]
async fn a_request_that_never_got_there_is_made_anew() {
	let ground = Ground::new().await;
	let handle = ground.taken_in(9).await;
	ground.league.chain().world().trouble = Trouble::LostBefore;
	enter_now(ground.custodian()).await.unwrap_err();
	let mut row = ground.row(&handle).unwrap();
	let EnrolmentStage::Asked(asked) = &mut row.names[0].stage else { panic!("not asked") };
	// As long as it may still come, nothing is asked in its place.
	let lost = asked.id;
	asked.at -= 10 * MINUTE;
	ground.settle(&THERE).await;
	assert!(matches!(&ground.stages(&handle)[0], EnrolmentStage::Asked(asked) if asked.id == lost));
	row.names[1] = ground.row(&handle).unwrap().names[1].clone();
	ground.custodian().index.put(&LOCATE_ENROLMENTS, handle.0, &row).unwrap();
	ground.settle(&THERE).await;
	assert!(ground.stages(&handle).iter().all(is_entered));
	assert_eq!(ground.asked_for(), 2);
}

#[tokio::test]
async fn a_session_that_ran_out_while_nobody_looked_is_asked_for_anew() {
	let ground = Ground::new().await;
	let handle = ground.asked_about(9).await;
	let mut row = ground.row(&handle).unwrap();
	for EnrolledName { stage, .. } in &mut row.names {
		let EnrolmentStage::Asked(asked) = stage else { panic!("not asked") };
		asked.at -= DAY;
		ground.league.emergency(|emergency| emergency.locate.drop_session(&asked.id));
	}
	ground.custodian().index.put(&LOCATE_ENROLMENTS, handle.0, &row).unwrap();
	ground.settle(&THERE).await;
	assert!(ground.stages(&handle).iter().all(is_entered));
	let counted = ground.league.emergency(|emergency| emergency.locate.enrolments[&(ground.committee, handle)]);
	assert_eq!(counted, (CUSTODIAN, 2), "what nobody answered is not counted");
}
