//! The holder: what it takes, and every reason not to release.

use super::*;
use crate::{
	emergency::holder::{decide, Refusal, ReleaseCase},
	index::{deposit_key, HeldHalf},
};
use salus_client::wire::{
	codes,
	emergency::{EmergencyDeposit, EmergencyReleaseRequest, HandoverStatement, SealedHalf},
	Receipt,
};
use salus_primitives::{PractitionerId, MINUTE, SECOND};
use salus_runtime_api::PractitionerInfo;

#[tokio::test]
async fn a_summary_is_opened_by_who_asked_when_enough_guardians_approved() {
	let ground = Ground::new().await;
	let handle = ground.sealed(9).await;
	let physician = ground.physician(REQUESTER);
	let asked = ground.active(&physician, &handle, EmergencyTier::Summary).await;
	let release = asked.fetch(&physician).await.unwrap();
	assert_eq!((release.holder, release.tier, release.handle), (CUSTODIAN, EmergencyTier::Summary, handle));
	let rows = asked.open(&ground.session(&asked), &release);
	assert!(of(&rows, "Allergies").iter().any(|what| what.contains("penicillin")));
	// What is given depends on it; the diagnosis itself is left to people.
	assert!(of(&rows, "Medications").contains(&"dolutegravir"));
	assert!(!rows.iter().any(|row| row.section == "Problems" && row.what.contains("immunodeficiency")));

	// The receipt was there before the answer, and names who reads.
	let receipt = ground.custodian().receipts.from(0, 100).unwrap().pop().unwrap();
	use sha2::Digest;
	let hash: [u8; 32] = sha2::Sha256::digest(&receipt.bytes.0).into();
	assert_eq!(release.receipt.0, hash);
	let receipt: Receipt = serde_json::from_slice(&receipt.bytes.0).unwrap();
	assert_eq!((receipt.practitioner, receipt.institution), (Some(physician.key.id), REQUESTER));
	assert!(receipt.basis.contains("summary") && receipt.basis.contains("3 guardians"));
}

#[tokio::test]
async fn the_wider_tier_holds_the_newest_version_of_every_record() {
	let ground = Ground::new().await;
	let handle = ground.sealed(9).await;
	let physician = ground.physician(REQUESTER);
	let asked = ground.active(&physician, &handle, EmergencyTier::Wider).await;
	let release = asked.fetch(&physician).await.unwrap();
	let rows = asked.open(&ground.session(&asked), &release);
	assert!(of(&rows, "Problems").iter().any(|what| what.contains("immunodeficiency")));
	let records = salus_fhir::Bundle::parse(WITH_RESTRICTED).unwrap().resources().count();
	assert_eq!(rows.len(), records);
}

#[tokio::test]
async fn another_holder_releases_while_the_custodian_is_away() {
	let ground = Ground::with(|config| {
		if config.institution == REQUESTER {
			let away = config.peers.iter_mut().find(|peer| peer.institution == CUSTODIAN).unwrap();
			away.url = "http://127.0.0.1:1".into();
		}
	})
	.await;
	let handle = ground.sealed(9).await;
	let physician = ground.physician(REQUESTER);
	let asked = ground.active(&physician, &handle, EmergencyTier::Summary).await;
	let release = asked.fetch(&physician).await.unwrap();
	assert_eq!(release.holder, HOLDERS[0]);
	assert!(!asked.open(&ground.session(&asked), &release).is_empty());
	// The custodian is told, and the patient by it.
	let told = || {
		let notices = crate::emergency::notices::after(&ground.custodian().index, &handle, 0).unwrap();
		notices.iter().any(|notice| {
			matches!(notice.kind, salus_client::wire::emergency::NoticeKind::Released { holder, practitioner }
				if holder == HOLDERS[0] && practitioner == physician.key.id)
		})
	};
	eventually("the release is told", told).await;
	let rows = ground.custodian().receipts.from(0, 100).unwrap();
	let receipt: Receipt = serde_json::from_slice(&rows.last().unwrap().bytes.0).unwrap();
	let told = ["institution 1", "its receipt says: emergency session", "3 guardians"];
	assert!(told.iter().all(|part| receipt.basis.contains(part)), "{}", receipt.basis);
}

#[tokio::test]
async fn a_holder_whose_node_is_behind_waits_for_the_last_approval() {
	let ground = Ground::new().await;
	let handle = ground.sealed(9).await;
	let physician = ground.physician(REQUESTER);
	let asked = ground.active(&physician, &handle, EmergencyTier::Summary).await;
	let session = ground.session(&asked);
	ground.change_session(&asked, |session| session.status = EmergencyStatus::Requested);
	let later = async {
		tokio::time::sleep(Duration::from_millis(500)).await;
		ground.change_session(&asked, |session| session.status = EmergencyStatus::Active);
	};
	let (release, ()) = futures::join!(asked.fetch(&physician), later);
	assert!(!asked.open(&session, &release.unwrap()).is_empty());
}

#[tokio::test]
async fn gateways_that_are_busy_still_serve_who_asks() {
	let ground = Ground::new().await;
	let handle = ground.sealed(9).await;
	let physician = ground.physician(REQUESTER);
	let asked = ground.active(&physician, &handle, EmergencyTier::Summary).await;
	// Two looks at the head for each answer: longer than one gateway is waited for alone.
	ground.league.chain().world().slow = Duration::from_millis(400);
	asked.fetch(&physician).await.unwrap();
	let file = physician.gateway.emergency_file(&handle, CUSTODIAN).await.unwrap();
	assert!(!file.scopes.is_empty());
}

/// A release that would be granted, in its parts.
struct Case {
	session: EmergencySessionInfo,
	practitioner: PractitionerInfo,
	receiver: Option<PractitionerInfo>,
	deposit: DepositRow,
	request: EmergencyReleaseRequest,
	own: InstitutionId,
	caller: InstitutionId,
	now: u64,
	colleague: Person,
	physician: Person,
	secrets: SessionSecrets,
}

impl Case {
	async fn new() -> Self {
		let ground = Ground::new().await;
		let handle = ground.sealed(9).await;
		let (physician, colleague) = (ground.physician(REQUESTER), ground.physician(REQUESTER));
		let asked = ground.active(&physician, &handle, EmergencyTier::Summary).await;
		let (session, nonce, own) = (ground.session(&asked), [4; 32].into(), HOLDERS[0]);
		let message = EmergencyChallenge::message(&GENESIS, own, &asked.id, &nonce);
		let signature = asked.secrets.keys().sign(EMERGENCY_CHALLENGE_TAG, &message).into();
		let opening = crate::emergency::openings::of(&ground.custodian().index, &asked.id);
		let mut opening = opening.unwrap();
		for _ in 0..250 {
			if opening.is_some() {
				break;
			}
			tokio::time::sleep(Duration::from_millis(20)).await;
			opening = crate::emergency::openings::of(&ground.custodian().index, &asked.id).unwrap();
		}
		let opening = opening.unwrap().opening;
		let practitioner = ground.league.chain().world().staff[&physician.key.id].clone();
		Self {
			deposit: ground.deposit(HOLDERS[0], &handle, EmergencyTier::Summary).unwrap(),
			request: EmergencyReleaseRequest { id: asked.id, opening, handover: None, nonce, signature },
			session,
			practitioner,
			receiver: None,
			own,
			caller: REQUESTER,
			now: salus_client::now(),
			colleague,
			physician,
			secrets: asked.secrets,
		}
	}

	fn decide(&self) -> Result<PractitionerId, Refusal> {
		self.granted().map(|(reader, _)| reader)
	}

	/// Who reads, and from whom.
	fn granted(&self) -> Result<(PractitionerId, Option<PractitionerId>), Refusal> {
		let case = ReleaseCase {
			genesis: &GENESIS,
			own: self.own,
			now: self.now,
			caller: self.caller,
			session: Some(&self.session),
			practitioner: Some(&self.practitioner),
			receiver: self.receiver.as_ref(),
			request: &self.request,
			deposit: Some(&self.deposit),
		};
		decide(&case).map(|granted| (granted.reader, granted.handed_by))
	}

	fn sign(&mut self) {
		let message = EmergencyChallenge::message(&GENESIS, self.own, &self.session.id, &self.request.nonce);
		self.request.signature = self.secrets.keys().sign(EMERGENCY_CHALLENGE_TAG, &message).into();
	}

	/// The words behind the request, changed and committed to anew: what a dishonest gateway could have done from the start.
	fn reword(&mut self, change: impl Fn(&mut salus_client::wire::FullEntry)) {
		let mut entry = self.request.opening.full_entry().unwrap();
		change(&mut entry);
		self.request.opening = entry.seal().unwrap();
		self.session.entry = self.request.opening.commitment;
	}

	fn restate(&mut self, change: impl Fn(&mut salus_client::wire::emergency::EmergencyStatement)) {
		let key = self.physician.key.signing_key().clone();
		self.reword(|entry| {
			let bytes = entry.request.as_ref().unwrap();
			let signed: salus_client::wire::emergency::SignedEmergency = serde_json::from_slice(&bytes.0).unwrap();
			let mut statement = signed.statement;
			change(&mut statement);
			let signed = statement.sign(&GENESIS, &key);
			entry.request = Some(serde_json::to_vec(&signed).unwrap().into());
		});
	}
}

#[tokio::test]
async fn nothing_is_released_when_any_condition_fails() {
	type Change = fn(&mut Case);
	let mut case = Case::new().await;
	assert_eq!(case.decide(), Ok(case.physician.key.id));
	let fresh =
		|case: &Case| (case.session.clone(), case.practitioner.clone(), case.deposit.clone(), case.request.clone());
	let kept = fresh(&case);
	let (own, caller, now) = (case.own, case.caller, case.now);
	let changes: [(Refusal, &str, Change); 34] = [
		(Refusal::NoSession, "another session", |case| case.request.id = EmergencyRequestId([9; 32])),
		(Refusal::NotActive, "before the guardians", |case| case.session.status = EmergencyStatus::Requested),
		(Refusal::NotActive, "closed", |case| case.session.status = EmergencyStatus::Closed),
		(Refusal::NotActive, "expired", |case| case.session.status = EmergencyStatus::Expired),
		(Refusal::NotActive, "rejected", |case| case.session.status = EmergencyStatus::Rejected),
		(Refusal::NotActive, "cancelled", |case| case.session.status = EmergencyStatus::Cancelled),
		(Refusal::NotActive, "suspended", |case| case.session.status = EmergencyStatus::Suspended),
		(Refusal::Over, "time", |case| case.now = case.session.active_until.unwrap()),
		(Refusal::Over, "no time", |case| case.session.active_until = None),
		(Refusal::OtherInstitution, "another hospital", |case| case.caller = InstitutionId(4)),
		(Refusal::OwnHouse, "own house", |case| {
			case.own = REQUESTER;
			case.sign();
		}),
		(Refusal::OtherOpening, "other words", |case| {
			let entry = case.request.opening.full_entry().unwrap();
			case.request.opening = entry.seal().unwrap();
		}),
		(Refusal::OtherOpening, "opens nothing", |case| case.request.opening.salt = [1; 32].into()),
		(Refusal::OtherOpening, "another act", |case| {
			case.reword(|entry| entry.event = salus_client::wire::AuditEvent::of(salus_primitives::Act::Request));
		}),
		(Refusal::OtherOpening, "another actor", |case| {
			case.reword(|entry| entry.actor.institution = Some(InstitutionId(4)));
		}),
		(Refusal::OtherOpening, "another patient", |case| {
			case.reword(|entry| entry.patient = Some(PatientHandle([1; 32])));
		}),
		(Refusal::OtherOpening, "no statement", |case| case.reword(|entry| entry.request = None)),
		(Refusal::OtherStatement, "another name outside", |case| {
			case.reword(|entry| entry.actor.practitioner = Some(PractitionerId([1; 32])));
		}),
		(Refusal::OtherStatement, "another handle", |case| {
			case.restate(|statement| statement.handle = PatientHandle([1; 32]));
		}),
		(Refusal::OtherStatement, "another custodian", |case| {
			case.restate(|statement| statement.custodian = InstitutionId(3));
		}),
		(Refusal::OtherStatement, "another tier", |case| {
			case.restate(|statement| statement.tier = EmergencyTier::Wider);
		}),
		(Refusal::OtherStatement, "another session's point", |case| {
			case.restate(|statement| statement.point = [1; 32].into());
		}),
		(Refusal::PractitionerElsewhere, "moved", |case| case.practitioner.institution = InstitutionId(4)),
		(Refusal::PractitionerNotValid, "left", |case| case.practitioner.valid = false),
		(Refusal::PractitionerNotValid, "entry over", |case| case.practitioner.valid_until = case.now),
		(Refusal::NotAuthorised, "authorisation gone", |case| case.practitioner.emergency_authorised = false),
		(Refusal::NotAuthorised, "role gone", |case| case.practitioner.roles = vec![StaffRole::Registrar]),
		(Refusal::StatementSignature, "another key", |case| case.practitioner.signing_key = [7; 32]),
		(Refusal::KeysNotBound, "other one-time keys in the statement", |case| {
			case.restate(|statement| statement.signing_key = [7; 32].into());
		}),
		(Refusal::KeysNotBound, "no key at all", |case| {
			case.restate(|statement| statement.xwing_key = vec![1].into());
		}),
		(Refusal::ChallengeSignature, "another holder's challenge", |case| case.own = HOLDERS[1]),
		(Refusal::ChallengeSignature, "a colleague's key", |case| case.request.signature = [0; 64].into()),
		(Refusal::NotHeld, "another epoch", |case| case.session.epoch = 1),
		(Refusal::NotHeld, "another envelope", |case| case.session.envelope = 1),
	];
	for (expected, what, change) in changes {
		change(&mut case);
		assert_eq!(case.decide(), Err(expected), "{what}");
		(case.session, case.practitioner, case.deposit, case.request) = kept.clone();
		(case.own, case.caller, case.now) = (own, caller, now);
		assert!(case.decide().is_ok(), "the change is undone: {what}");
	}
	let changes: [(&str, Change); 5] = [
		("another patient's", |case| case.deposit.handle = PatientHandle([1; 32])),
		("another tier's", |case| case.deposit.tier = EmergencyTier::Wider),
		("another custodian's", |case| case.deposit.custodian = InstitutionId(3)),
		("withdrawn", |case| case.deposit.package = None),
		("another committee's", |case| case.deposit.sets[0].committee = CommitteeId(9)),
	];
	for (what, change) in changes {
		change(&mut case);
		assert_eq!(case.decide(), Err(Refusal::NotHeld), "{what}");
		case.deposit = kept.2.clone();
	}
	// A dispute alone stops nothing.
	case.session.disputed = true;
	assert!(case.decide().is_ok());
}

#[tokio::test]
async fn a_session_is_released_to_whom_it_was_handed_over() {
	type Change = fn(&mut Case);
	let mut case = Case::new().await;
	let hand_over = |case: &mut Case, change: &dyn Fn(&mut HandoverStatement)| {
		let (from, to) = (case.physician.key.id, case.colleague.key.id);
		let mut statement = HandoverStatement { id: case.session.id, from, to, at: case.now };
		change(&mut statement);
		case.request.handover = Some(statement.sign(&GENESIS, case.physician.key.signing_key()));
		case.receiver = Some(case.practitioner.clone());
	};
	assert_eq!(case.granted(), Ok((case.physician.key.id, None)));
	hand_over(&mut case, &|_| {});
	assert_eq!(case.granted(), Ok((case.colleague.key.id, Some(case.physician.key.id))));
	// Who gave it away need not be on duty any more.
	case.practitioner.emergency_authorised = false;
	assert_eq!(case.decide(), Ok(case.colleague.key.id));
	case.practitioner.emergency_authorised = true;

	hand_over(&mut case, &|statement| statement.id = EmergencyRequestId([9; 32]));
	assert_eq!(case.decide(), Err(Refusal::BadHandover), "another session");
	hand_over(&mut case, &|statement| statement.from = statement.to);
	assert_eq!(case.decide(), Err(Refusal::BadHandover), "not by who asked");
	let receivers: [(Refusal, Change); 4] = [
		(Refusal::UnknownPractitioner, |case| case.receiver = None),
		(Refusal::PractitionerElsewhere, |case| {
			case.receiver.as_mut().unwrap().institution = InstitutionId(4);
		}),
		(Refusal::PractitionerNotValid, |case| case.receiver.as_mut().unwrap().valid = false),
		(Refusal::NotAuthorised, |case| case.receiver.as_mut().unwrap().emergency_authorised = false),
	];
	for (expected, change) in receivers {
		hand_over(&mut case, &|_| {});
		change(&mut case);
		assert_eq!(case.decide(), Err(expected));
	}
	hand_over(&mut case, &|_| {});
	let forged = case.request.handover.as_mut().unwrap();
	*forged = forged.statement.sign(&GENESIS, case.colleague.key.signing_key());
	assert_eq!(case.decide(), Err(Refusal::BadHandover), "signed by who receives");
}

#[tokio::test]
async fn a_release_ends_with_its_session() {
	let ground = Ground::new().await;
	let handle = ground.sealed(9).await;
	let (physician, tier) = (ground.physician(REQUESTER), EmergencyTier::Summary);
	let asked = ground.ask(&physician, &handle, tier).await;
	let error = asked.fetch(&physician).await.unwrap_err();
	assert!(error.to_string().contains("not active"), "{error}");
	ground.approved(&asked).await;
	asked.fetch(&physician).await.unwrap();
	// Time alone ends it.
	ground.change_session(&asked, |session| session.active_until = Some(salus_client::now() - SECOND));
	asked.fetch(&physician).await.unwrap_err();
	ground.change_session(&asked, |session| session.active_until = Some(salus_client::now() + MINUTE));
	asked.fetch(&physician).await.unwrap();
	ground.close(&physician, &asked).await;
	asked.fetch(&physician).await.unwrap_err();
	// What was tried is written down for the patient.
	let rows = ground.custodian().receipts.from(0, 100).unwrap();
	let bases: Vec<String> = rows
		.iter()
		.map(|row| serde_json::from_slice::<Receipt>(&row.bytes.0).unwrap().basis)
		.filter(|basis| basis.starts_with("nothing was released"))
		.collect();
	assert_eq!(bases.len(), 3, "{bases:?}");
}

#[tokio::test]
async fn a_challenge_is_good_once_and_with_the_sessions_keys() {
	let ground = Ground::new().await;
	let handle = ground.sealed(9).await;
	let physician = ground.physician(REQUESTER);
	let asked = ground.active(&physician, &handle, EmergencyTier::Summary).await;
	let thief = SessionSecrets::generate().unwrap();
	let error = asked.fetch_with(&physician, &thief).await.unwrap_err();
	assert!(error.to_string().contains("one-time key"), "{error}");
	let challenge = physician.gateway.emergency_challenge(&asked.id).await.unwrap();
	let answer = asked.answer(&asked.secrets, &challenge);
	physician.gateway.emergency_fetch(&asked.id, &answer).await.unwrap();
	let again = physician.gateway.emergency_fetch(&asked.id, &answer).await.unwrap_err();
	assert_eq!(again.code(), Some(codes::EXPIRED));
	// Another holder did not draw it.
	let challenge = physician.gateway.emergency_challenge(&asked.id).await.unwrap();
	let elsewhere = EmergencyFetch { holder: HOLDERS[0], ..asked.answer(&asked.secrets, &challenge) };
	let error = physician.gateway.emergency_fetch(&asked.id, &elsewhere).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::EXPIRED));
	// A colleague of the same hospital opens nothing with it.
	let colleague = ground.physician(REQUESTER);
	let error = colleague.gateway.emergency_challenge(&asked.id).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::NOT_FOUND));
}

#[tokio::test]
async fn a_head_that_is_too_old_releases_nothing() {
	let ground = Ground::new().await;
	let handle = ground.sealed(9).await;
	let physician = ground.physician(REQUESTER);
	let asked = ground.active(&physician, &handle, EmergencyTier::Summary).await;
	let holder = ground.as_gateway(REQUESTER, HOLDERS[0]);
	let body = salus_client::wire::emergency::EmergencyChallengeRequest { id: asked.id };
	let challenge = holder.emergency_release_challenge(&body).await.unwrap();
	let fetch = asked.answer(&asked.secrets, &challenge);
	let opening = ground.league.service(REQUESTER.0).index.get(&crate::index::EMERGENCY_REQUESTS, asked.id.0);
	let opening = opening.unwrap().unwrap().opening;
	let request = EmergencyReleaseRequest {
		id: asked.id,
		opening,
		handover: None,
		nonce: fetch.nonce,
		signature: fetch.signature,
	};
	ground.league.chain().world().head_age = 2 * MINUTE;
	let error = holder.emergency_release(&request).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::HEAD_TOO_OLD));
	// The challenge was not used up by it.
	ground.league.chain().world().head_age = 0;
	holder.emergency_release(&request).await.unwrap();
	// Another hospital's gateway gets neither challenge nor data.
	let error = ground.as_gateway(InstitutionId(4), HOLDERS[0]).emergency_release_challenge(&body).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::NOT_FOUND));
}

fn halves(row: &DepositRow) -> Vec<SealedHalf> {
	let sealed = row.sets[0].halves.iter().filter_map(|half| match half {
		HeldHalf::Sealed(half) => Some(half.clone()),
		HeldHalf::Own(_) => None,
	});
	sealed.collect()
}

/// The deposit that a row of a holder came from.
fn left_with(ground: &Ground, holder: InstitutionId, row: &DepositRow) -> EmergencyDeposit {
	let package = row.package.clone().unwrap();
	let blob = ground.league.service(holder.0).deposits.of(CUSTODIAN).unwrap().get(&package.content).unwrap();
	EmergencyDeposit {
		handle: row.handle,
		custodian: CUSTODIAN,
		tier: row.tier,
		epoch: row.epoch,
		drill: false,
		package: Some(package.with_blob(blob)),
		sets: vec![salus_client::wire::emergency::DepositedSet {
			committee: row.sets[0].committee,
			key_id: row.sets[0].key_id,
			envelopes: row.sets[0].envelopes.clone(),
			halves: halves(row),
		}],
	}
}

fn withdrawal(deposit: &EmergencyDeposit) -> EmergencyDeposit {
	EmergencyDeposit { package: None, sets: Vec::new(), ..deposit.clone() }
}

#[tokio::test]
async fn a_deposit_never_destroys_what_is_not_its_custodians() {
	let ground = Ground::new().await;
	let handle = ground.sealed(9).await;
	let holder = ground.league.service(HOLDERS[0].0);
	let row = ground.deposit(HOLDERS[0], &handle, EmergencyTier::Summary).unwrap();
	let mut deposit = left_with(&ground, HOLDERS[0], &row);
	// A record of the holder's own patient, and a package of a third custodian, of which the custodian has the sealed bytes.
	let record = salus_envelope::record::seal(&salus_envelope::Dek::generate().unwrap(), b"a record").unwrap();
	let content = holder.vault.put(&record).unwrap();
	let third = holder.deposits.of(InstitutionId(3)).unwrap();
	third.put(&record).unwrap();
	deposit.package.as_mut().unwrap().blob = record.clone().into();
	let custodian = ground.as_gateway(CUSTODIAN, HOLDERS[0]);
	custodian.deposit_emergency(&deposit).await.unwrap();
	custodian.deposit_emergency(&withdrawal(&deposit)).await.unwrap();
	assert!(ground.deposit(HOLDERS[0], &handle, EmergencyTier::Summary).is_none());
	assert!(!holder.deposits.of(CUSTODIAN).unwrap().exists(&content).unwrap(), "the withdrawal destroyed its own");
	assert_eq!(holder.vault.get(&content).unwrap(), record);
	assert_eq!(third.get(&content).unwrap(), record);
	// Nor when it is replaced.
	custodian.deposit_emergency(&deposit).await.unwrap();
	custodian.deposit_emergency(&left_by_custodian(&ground, &handle, &deposit)).await.unwrap();
	assert_eq!(holder.vault.get(&content).unwrap(), record);
}

/// The same deposit with the custodian's real package.
fn left_by_custodian(ground: &Ground, handle: &PatientHandle, deposit: &EmergencyDeposit) -> EmergencyDeposit {
	let package = ground.deposit(CUSTODIAN, handle, EmergencyTier::Summary).unwrap().package.unwrap();
	let blob = ground.custodian().vault.get(&package.content).unwrap();
	EmergencyDeposit { package: Some(package.with_blob(blob)), ..deposit.clone() }
}

#[tokio::test]
async fn deposits_are_taken_from_agreed_custodians_within_their_quota() {
	let ground = Ground::with(|config| {
		match config.institution {
			InstitutionId(1) => config.emergency.holds_for.clear(),
			InstitutionId(2) => config.emergency.quota_bytes = 1024 * 1024,
			_ => {}
		};
	})
	.await;
	let handle = ground.sealed(9).await;
	let tier = EmergencyTier::Summary;
	assert!(ground.deposit(HOLDERS[0], &handle, tier).is_none(), "not agreed on");
	let deposit = left_with(&ground, HOLDERS[1], &ground.deposit(HOLDERS[1], &handle, tier).unwrap());
	let refused = ground.as_gateway(CUSTODIAN, HOLDERS[0]);
	let error = refused.deposit_emergency(&deposit).await.unwrap_err();
	assert!(error.code() == Some(codes::NOT_ENTITLED) && error.to_string().contains("holds_for"), "{error}");
	// What was agreed on before can be taken back, also when its epoch ended meanwhile.
	refused.deposit_emergency(&EmergencyDeposit { epoch: 7, ..withdrawal(&deposit) }).await.unwrap();

	let custodian = ground.as_gateway(CUSTODIAN, HOLDERS[1]);
	let mut large = deposit.clone();
	let sealed = salus_envelope::record::seal(&salus_envelope::Dek::generate().unwrap(), &[7; 1025 * 1024]).unwrap();
	large.package.as_mut().unwrap().blob = sealed.into();
	let error = custodian.deposit_emergency(&large).await.unwrap_err();
	assert!(error.code() == Some(codes::DISK_FULL) && error.to_string().contains("quota"), "{error}");
	let kept = ground.deposit(HOLDERS[1], &handle, tier).unwrap().package.unwrap();
	assert_eq!(kept.content, salus_envelope::ContentId::of(&deposit.package.unwrap().blob.0), "nothing was replaced");
}

#[tokio::test]
async fn challenges_are_drawn_only_where_the_release_would_be_found() {
	let ground = Ground::new().await;
	let handle = ground.sealed(9).await;
	let physician = ground.physician(REQUESTER);
	let asked = ground.active(&physician, &handle, EmergencyTier::Summary).await;
	let body = salus_client::wire::emergency::EmergencyChallengeRequest { id: asked.id };
	let holder = ground.as_gateway(REQUESTER, HOLDERS[0]);
	holder.emergency_release_challenge(&body).await.unwrap();
	// The package is there, the committee's envelopes are not.
	let mut row = ground.deposit(HOLDERS[0], &handle, EmergencyTier::Summary).unwrap();
	row.sets[0].committee = CommitteeId(9);
	let key = deposit_key(&handle, EmergencyTier::Summary, row.epoch);
	ground.league.service(HOLDERS[0].0).index.put(&EMERGENCY_DEPOSITS, key, &row).unwrap();
	let error = holder.emergency_release_challenge(&body).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::NOT_FOUND));
}

#[tokio::test]
async fn a_holder_takes_only_what_it_can_release() {
	let ground = Ground::new().await;
	let handle = ground.sealed(9).await;
	let tier = EmergencyTier::Summary;
	let row = ground.deposit(HOLDERS[0], &handle, tier).unwrap();
	let deposit = left_with(&ground, HOLDERS[0], &row);
	let custodian = ground.as_gateway(CUSTODIAN, HOLDERS[0]);
	custodian.deposit_emergency(&deposit).await.unwrap();
	type Change = fn(&mut EmergencyDeposit);
	let changes: [(&str, &str, Change); 10] = [
		("another handle", codes::NOT_ENTITLED, |deposit| deposit.handle = PatientHandle([8; 32])),
		("another custodian", codes::NOT_ENTITLED, |deposit| deposit.custodian = InstitutionId(3)),
		("an epoch to come", codes::CONFLICT, |deposit| deposit.epoch = 2),
		("another tier", codes::BAD_REQUEST, |deposit| deposit.tier = EmergencyTier::Wider),
		("envelopes of this epoch for the next", codes::BAD_REQUEST, |deposit| deposit.epoch = 1),
		("not in order", codes::BAD_REQUEST, |deposit| deposit.sets[0].envelopes.swap(0, 1)),
		("a half missing", codes::BAD_REQUEST, |deposit| drop(deposit.sets[0].halves.pop())),
		("another half", codes::BAD_REQUEST, |deposit| deposit.sets[0].halves[0].commitment = [1; 32].into()),
		("no package", codes::BAD_REQUEST, |deposit| deposit.package = None),
		("no record", codes::BAD_REQUEST, |deposit| deposit.package.as_mut().unwrap().blob = vec![1].into()),
	];
	for (what, code, change) in changes {
		let mut changed = deposit.clone();
		change(&mut changed);
		let error = custodian.deposit_emergency(&changed).await.unwrap_err();
		assert_eq!(error.code(), Some(code), "{what}: {error}");
	}
	// Wrapped to another holder's key, and sent by another hospital.
	let mut other = deposit.clone();
	other.sets[0].halves = halves(&ground.deposit(HOLDERS[1], &handle, tier).unwrap());
	let error = custodian.deposit_emergency(&other).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::BAD_REQUEST));
	let error = ground.as_gateway(InstitutionId(3), HOLDERS[0]).deposit_emergency(&deposit).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::NOT_ENTITLED));
	assert_eq!(ground.deposit(HOLDERS[0], &handle, tier).unwrap().sets, row.sets, "nothing of it was kept");
}

#[tokio::test]
async fn deposits_of_closed_handles_are_destroyed() {
	let ground = Ground::new().await;
	let handle = ground.sealed(9).await;
	let holder = ground.league.service(HOLDERS[0].0);
	let content = ground.deposit(HOLDERS[0], &handle, EmergencyTier::Summary).unwrap().package.unwrap().content;
	assert!(holder.deposits.of(CUSTODIAN).unwrap().exists(&content).unwrap());
	ground.league.chain().world().handles.get_mut(&handle).unwrap().status = HandleStatus::Retired;
	keep_now(holder).await.unwrap();
	let left = holder.deposits.of(CUSTODIAN).unwrap();
	assert!(holder.index.get(&EMERGENCY_DEPOSITS, deposit_key(&handle, EmergencyTier::Summary, 0)).unwrap().is_none());
	assert!(!left.exists(&content).unwrap());
}

#[tokio::test]
async fn packages_that_no_deposit_names_are_destroyed_at_the_start() {
	let ground = Ground::new().await;
	let handle = ground.sealed(9).await;
	let service = ground.league.service(HOLDERS[0].0);
	let stores = [CUSTODIAN, InstitutionId(3)].map(|custodian| service.deposits.of(custodian).unwrap());
	let strays = stores.each_ref().map(|store| store.put(b"cut off before its row was written").unwrap());
	assert_eq!(crate::emergency::holder::sweep(&service.index, &service.deposits).unwrap(), 2);
	for (store, stray) in stores.iter().zip(strays) {
		assert!(!store.exists(&stray).unwrap());
	}
	for tier in TIERS {
		let package = ground.deposit(HOLDERS[0], &handle, tier).unwrap().package.unwrap();
		assert!(stores[0].exists(&package.content).unwrap());
	}
	assert_eq!(crate::emergency::holder::sweep(&service.index, &service.deposits).unwrap(), 0);
	// Own packages are none of others'.
	let own = ground.custodian();
	assert_eq!(crate::emergency::holder::sweep(&own.index, &own.deposits).unwrap(), 0);
	let package = ground.deposit(CUSTODIAN, &handle, EmergencyTier::Summary).unwrap().package.unwrap();
	assert!(own.vault.exists(&package.content).unwrap());
}
