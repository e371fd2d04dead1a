//! Every message reads back as it was written, and what is signed is signed for one chain, key and session.

use super::*;
use crate::wire::{Account, Blob, BlockId, Bytes32, EntryOpening, FullEntry};
use codec::Encode;
use salus_primitives::{
	Act, Commitment, CommitteeId, EmergencyRequestId, EmergencyTier, Guardian, InstitutionId, PatientHandle,
	PractitionerId, ReviewVerdict,
};
use salus_runtime_api::{EmergencySessionInfo, EmergencyStatus};
use salus_threshold::{
	envelope::{Envelope, EnvelopeHeader},
	proof::SchnorrProof,
};
use serde::{de::DeserializeOwned, Serialize};
use std::fmt::Debug;

const ID: EmergencyRequestId = EmergencyRequestId([7; 32]);
const HANDLE: PatientHandle = PatientHandle([1; 32]);
const PRACTITIONER: PractitionerId = PractitionerId([4; 32]);
const GENESIS: [u8; 32] = [0; 32];

fn reads_back<T: Serialize + DeserializeOwned + PartialEq + Debug>(message: T) {
	let bytes = serde_json::to_vec(&message).unwrap();
	assert_eq!(serde_json::from_slice::<T>(&bytes).unwrap(), message);
}

fn block() -> BlockId {
	BlockId { hash: [9; 32].into(), number: 7 }
}

fn key() -> ed25519_dalek::SigningKey {
	ed25519_dalek::SigningKey::from_bytes(&[1; 32])
}

fn public() -> [u8; 32] {
	key().verifying_key().to_bytes()
}

fn header() -> EnvelopeHeader {
	EnvelopeHeader { u: [1; 32], ubar: [2; 32], e: [3; 32], f: [4; 32], ct_hash: [5; 32] }
}

fn sealed() -> SealedEnvelope {
	let envelope = Envelope { u: [1; 32], ubar: [2; 32], e: [3; 32], f: [4; 32], ct: [5; 48] };
	SealedEnvelope { number: 3, envelope, salt: [6; 32].into() }
}

fn statement() -> EmergencyStatement {
	EmergencyStatement {
		practitioner: PRACTITIONER,
		handle: HANDLE,
		custodian: InstitutionId(1),
		tier: EmergencyTier::Summary,
		point: [2; 32].into(),
		proof: SchnorrProof { e: [3; 32], f: [4; 32] },
		signing_key: [5; 32].into(),
		xwing_key: Blob(vec![6; 1216]),
		evidence: EmergencyEvidence::Encounter("E-17".into()),
		reason: "unconscious".into(),
		caller: Some("neighbour, 555-0100".into()),
		at: 1_790_000_000_000,
	}
}

fn signed() -> SignedEmergency {
	statement().sign(&GENESIS, &key())
}

fn opening() -> EntryOpening {
	let actor = crate::wire::Actor {
		institution: Some(InstitutionId(2)),
		account: Account([8; 32]),
		practitioner: Some(PRACTITIONER),
		roles: Vec::new(),
		departments: Vec::new(),
		on_behalf: false,
	};
	let mut entry = FullEntry::new(Act::EmergencyRequest, 5, actor, "statement");
	entry.emergency = Some(ID);
	entry.request = Some(Blob(serde_json::to_vec(&signed()).unwrap()));
	entry.seal().unwrap()
}

fn session() -> EmergencySessionInfo {
	EmergencySessionInfo {
		id: ID,
		handle: HANDLE,
		tier: EmergencyTier::Wider,
		epoch: 1,
		envelope: 2,
		committee: CommitteeId(0),
		version: 1,
		institution: InstitutionId(2),
		custodian: InstitutionId(1),
		header: header(),
		point: [1; 32],
		key_hash: [2; 32],
		proof: SchnorrProof { e: [3; 32], f: [4; 32] },
		shift_tag: [5; 16],
		status: EmergencyStatus::Requested,
		manual: true,
		required: 3,
		parts: vec![(1, [6; 32])],
		refused: vec![2],
		rejected: vec![3],
		requested_at: 10,
		expires_at: 20,
		active_until: None,
		disputed: false,
		review_due: None,
		overdue: false,
		verdict: None,
		entry: Commitment([9; 32]),
		drill: true,
	}
}

fn view() -> SessionView {
	SessionView {
		id: ID,
		handle: HANDLE,
		custodian: InstitutionId(1),
		institution: InstitutionId(2),
		institution_name: "St. Mary".into(),
		tier: EmergencyTier::Summary,
		epoch: 4,
		envelope: 1,
		committee: CommitteeId(u32::MAX),
		status: EmergencyStatus::Active,
		manual: false,
		drill: false,
		required: 3,
		parts: vec![PartView { index: 5, guardian: "City".into(), value: [1; 32].into() }],
		rejected: vec!["North".into()],
		refused: Vec::new(),
		requested_at: u64::MAX,
		expires_at: 2,
		active_until: Some(3),
		disputed: true,
		review_due: Some(4),
		overdue: false,
		verdict: Some(ReviewVerdict::Justified),
		practitioner: Some(PRACTITIONER),
		handed_to: None,
		block: block(),
	}
}

fn handover() -> SignedHandover {
	HandoverStatement { id: ID, from: PRACTITIONER, to: PractitionerId([5; 32]), at: 9 }.sign(&GENESIS, &key())
}

#[test]
fn messages_of_a_request_read_back() {
	reads_back(EnvelopesRequest { handle: HANDLE });
	let scope = ScopeEnvelopes {
		tier: EmergencyTier::Wider,
		epoch: u32::MAX,
		committee: CommitteeId(1),
		key_id: [2; 32].into(),
		drill: true,
		envelopes: vec![sealed()],
	};
	reads_back(EmergencyFile { handle: HANDLE, custodian: InstitutionId(1), scopes: vec![scope] });
	let form = EmergencyRequestForm {
		request: signed(),
		committee: CommitteeId(1),
		epoch: 2,
		envelope: 3,
		header: header(),
		salt: [4; 32].into(),
	};
	reads_back(form);
	reads_back(EmergencyRequested { id: ID, block: block(), required: 3, expires_at: u64::MAX });
	reads_back(SessionAct { reason: "over".into() });
	reads_back(EmergencyClosed { id: ID, block: block() });
	reads_back(view());
}

#[test]
fn messages_of_a_release_read_back() {
	reads_back(EmergencyChallengeRequest { id: ID });
	reads_back(EmergencyChallenge { id: ID, holder: InstitutionId(3), nonce: [1; 32].into(), expires_at: u64::MAX });
	reads_back(EmergencyFetch { holder: InstitutionId(3), nonce: [1; 32].into(), signature: [2; 64].into() });
	for handover in [None, Some(handover())] {
		let (nonce, signature) = ([1; 32].into(), [2; 64].into());
		reads_back(EmergencyReleaseRequest { id: ID, opening: opening(), handover, nonce, signature });
	}
	let package = SealedPackage { version: u32::MAX, blob: Blob(vec![1, 2]), wrap: Blob(vec![3]) };
	let release = EmergencyRelease {
		id: ID,
		handle: HANDLE,
		custodian: InstitutionId(1),
		holder: InstitutionId(3),
		tier: EmergencyTier::Summary,
		epoch: 4,
		half: ReleasedHalf { commitment: [5; 32].into(), expires_at: u64::MAX, wrap: Blob(vec![6]) },
		package: package.clone(),
		receipt: [7; 32].into(),
	};
	reads_back(release);
	reads_back(ReleaseNotice { id: ID, receipt: Blob(vec![1]) });
	let half = SealedHalf { number: 3, commitment: [1; 32].into(), wrap: Blob(vec![2]) };
	let set = DepositedSet {
		committee: CommitteeId(1),
		key_id: [2; 32].into(),
		envelopes: vec![sealed()],
		halves: vec![half],
	};
	for package in [None, Some(package)] {
		let deposit = EmergencyDeposit {
			handle: HANDLE,
			custodian: InstitutionId(1),
			tier: EmergencyTier::Summary,
			epoch: 4,
			drill: false,
			package,
			sets: vec![set.clone()],
		};
		reads_back(deposit);
	}
	reads_back(DepositAccepted { handle: HANDLE, tier: EmergencyTier::Wider, epoch: 4, version: 0 });
}

#[test]
fn messages_of_guardians_and_reviewers_read_back() {
	reads_back(OpeningQuery { id: ID });
	reads_back(OpeningAccepted { new: true });
	let vote = |index, guardian| GuardianVote {
		index,
		guardian,
		institution: None,
		name: String::new(),
		vote: Vote::of(index, &session()),
	};
	let votes = vec![vote(1, Guardian::Institution(InstitutionId(1))), vote(4, Guardian::Person(Account([1; 32])))];
	for request in [None, Some(signed())] {
		let case = DutyCase {
			session: session(),
			institution_name: "St. Mary".into(),
			request,
			why: "the wider tier".into(),
			votes: votes.clone(),
		};
		reads_back(DutyList { cases: vec![case] });
	}
	reads_back(DutyRecorded { id: ID, decision: Decision::Reject, block: block() });
	for statement in [None, Some(statement())] {
		let item = ReviewItem { session: view(), statement, released_at: vec![u64::MAX] };
		reads_back(Reviews { reviews: vec![item] });
	}
	reads_back(ReviewForm { verdict: ReviewVerdict::Inconclusive, reason: "lost".into() });
	reads_back(Reviewed { id: ID, verdict: ReviewVerdict::Unjustified, block: block() });
	reads_back(SuspensionForm { evidence: "passport seen".into(), reason: "I am not there".into() });
	reads_back(SuspensionRecorded { id: ID, block: block(), status: EmergencyStatus::Suspended });
	reads_back(Handover { statement: handover(), wrap: Blob(vec![1]), secrets: Blob(vec![2]) });
	reads_back(HandoverKept { id: ID, to: PRACTITIONER });
	reads_back(ReceiverKey { practitioner: PRACTITIONER, xwing_key: Blob(vec![1; 1216]) });
	reads_back(GatewayKey { institution: InstitutionId(1), xwing_key: Blob(vec![1; 1216]) });
}

fn locate_statement() -> LocateStatement {
	LocateStatement {
		practitioner: PRACTITIONER,
		institution: InstitutionId(2),
		committee: CommitteeId(1),
		blinded: [2; 32].into(),
		signing_key: [5; 32].into(),
		xwing_key: Blob(vec![6; 1216]),
		evidence: EmergencyEvidence::Words("found at the station".into()),
		reason: "unconscious".into(),
		at: 1_790_000_000_000,
	}
}

#[test]
fn messages_about_finding_a_patient_read_back() {
	reads_back(locate_statement().sign(&GENESIS, &key()));
	let keys = salus_envelope::OneTimeKeys::generate().unwrap();
	reads_back(LocateLookup::sign(&GENESIS, ID, [1; 32].into(), &keys));
	let entries = vec![SealedLocateEntry::from([3; salus_envelope::locate::SEALED_ENTRY_LEN])];
	reads_back(LocateEntries { entries: entries.clone() });
	reads_back(LocateDeposit { session: ID, tag: [1; 32].into(), entry: entries[0] });
	reads_back(LocateFound { entries, asked: 5, answered: u32::MAX });
	reads_back(LocateRemoval { handle: HANDLE });
	reads_back(LocateIndexed { handle: HANDLE, entries: 3 });
}

#[test]
fn a_locate_statement_verifies_for_its_chain_and_key_and_as_it_was_signed() {
	let signed = || locate_statement().sign(&GENESIS, &key());
	assert!(signed().is_signed_by(&GENESIS, &public()));
	assert!(!signed().is_signed_by(&[1; 32], &public()));
	assert!(!signed().is_signed_by(&GENESIS, &[0; 32]));
	let alter: [fn(&mut LocateStatement); 9] = [
		|statement| statement.practitioner = PractitionerId([5; 32]),
		|statement| statement.institution = InstitutionId(3),
		|statement| statement.committee = CommitteeId(2),
		|statement| statement.blinded = [9; 32].into(),
		|statement| statement.signing_key = [9; 32].into(),
		|statement| statement.xwing_key.0[0] = 0,
		|statement| statement.evidence = EmergencyEvidence::Encounter("found at the station".into()),
		|statement| statement.reason.push('!'),
		|statement| statement.at += 1,
	];
	for (number, alter) in alter.into_iter().enumerate() {
		let mut altered = signed();
		alter(&mut altered.statement);
		assert!(!altered.is_signed_by(&GENESIS, &public()), "{number}");
	}
}

#[test]
fn a_signature_of_one_kind_of_statement_is_none_of_another() {
	let signed = locate_statement().sign(&GENESIS, &key());
	assert!(!verifies(&public(), &(EMERGENCY_TAG, &GENESIS, &signed.statement).encode(), &signed.signature));
}

#[test]
fn a_locate_statement_without_words_or_with_too_many_is_not_sound() {
	assert!(locate_statement().texts_are_sound());
	for text in ["", "  \n", "x".repeat(MAX_EMERGENCY_TEXT + 1).as_str()] {
		assert!(!LocateStatement { reason: text.into(), ..locate_statement() }.texts_are_sound());
		let evidence = EmergencyEvidence::Encounter(text.into());
		assert!(!LocateStatement { evidence, ..locate_statement() }.texts_are_sound());
	}
}

#[test]
fn a_lookup_is_of_its_session_tag_and_keys() {
	let keys = salus_envelope::OneTimeKeys::generate().unwrap();
	let lookup = LocateLookup::sign(&GENESIS, ID, [1; 32].into(), &keys);
	let own = keys.binding();
	assert!(lookup.is_signed_for(&GENESIS, &own));
	assert!(!lookup.is_signed_for(&[1; 32], &own), "another chain");
	let another = LocateLookup { tag: [2; 32].into(), ..lookup.clone() };
	assert!(!another.is_signed_for(&GENESIS, &own), "another tag");
	let another = LocateLookup { id: EmergencyRequestId([8; 32]), ..lookup.clone() };
	assert!(!another.is_signed_for(&GENESIS, &own), "another session");
	let gateway = salus_envelope::OneTimeKeys::generate().unwrap();
	let another = LocateLookup::sign(&GENESIS, ID, [2; 32].into(), &gateway);
	assert!(!another.is_signed_for(&GENESIS, &own), "keys of somebody else");
	let cut = LocateLookup { xwing_key: Blob(vec![0; 32]), ..lookup };
	assert!(!cut.is_signed_for(&GENESIS, &own));
}

#[test]
fn the_words_behind_a_locate_request_are_read_from_the_committed_entry_alone() {
	let signed = locate_statement().sign(&GENESIS, &key());
	let mut entry = opening().full_entry().unwrap();
	entry.request = Some(Blob(serde_json::to_vec(&signed).unwrap()));
	let mut opening = EmergencyOpening { id: ID, opening: entry.seal().unwrap(), shift_key: [1; 32].into() };
	assert_eq!(opening.locate(), Some(signed));
	assert_eq!(opening.request(), None, "it is no request for a record");
	opening.opening.entry.0.push(b' ');
	assert_eq!(opening.locate(), None);
}

#[test]
fn every_notice_reads_back() {
	let guardian = || "City".to_owned();
	let requested = |practitioner, reason| NoticeKind::Requested {
		institution: InstitutionId(2),
		tier: EmergencyTier::Summary,
		practitioner,
		reason,
	};
	let kinds = [
		requested(None, None),
		requested(Some(PRACTITIONER), Some("unconscious".into())),
		NoticeKind::Approved { guardian: guardian(), parts: 1, required: 3 },
		NoticeKind::PartRefused { guardian: guardian() },
		NoticeKind::Rejected { guardian: guardian() },
		NoticeKind::Opened { until: u64::MAX },
		NoticeKind::Refused,
		NoticeKind::Expired,
		NoticeKind::Cancelled,
		NoticeKind::Closed,
		NoticeKind::Released { holder: InstitutionId(3), practitioner: PRACTITIONER },
		NoticeKind::Disputed,
		NoticeKind::Suspended,
		NoticeKind::ReviewDue { at: u64::MAX },
		NoticeKind::ReviewOverdue,
		NoticeKind::Reviewed { verdict: ReviewVerdict::Justified },
	];
	let notice = |(number, kind)| Notice { number, at: u64::MAX, id: ID, drill: true, kind };
	reads_back(Notices { handle: HANDLE, notices: (1..).zip(kinds).map(notice).collect() });
}

#[test]
fn votes_are_told_apart() {
	let votes: Vec<_> = (1..=4).map(|index| Vote::of(index, &session())).collect();
	assert_eq!(votes, [Vote::Approved, Vote::BadPart, Vote::Rejected, Vote::None]);
}

#[test]
fn a_statement_verifies_for_its_chain_and_key_and_as_it_was_signed() {
	assert!(signed().is_signed_by(&GENESIS, &public()));
	assert!(!signed().is_signed_by(&[1; 32], &public()));
	assert!(!signed().is_signed_by(&GENESIS, &[0; 32]));
	let alter: [fn(&mut EmergencyStatement); 8] = [
		|statement| statement.handle = PatientHandle([2; 32]),
		|statement| statement.custodian = InstitutionId(2),
		|statement| statement.tier = EmergencyTier::Wider,
		|statement| statement.point = [9; 32].into(),
		|statement| statement.xwing_key.0[0] = 0,
		|statement| statement.evidence = EmergencyEvidence::Words("E-17".into()),
		|statement| statement.reason.push('!'),
		|statement| statement.caller = None,
	];
	for (number, alter) in alter.into_iter().enumerate() {
		let mut altered = signed();
		alter(&mut altered.statement);
		assert!(!altered.is_signed_by(&GENESIS, &public()), "{number}");
	}
}

#[test]
fn a_statement_without_words_or_with_too_many_is_not_sound() {
	assert!(statement().texts_are_sound());
	let long = "x".repeat(MAX_EMERGENCY_TEXT + 1);
	for text in ["", "  \n", long.as_str()] {
		let unsound = [
			EmergencyStatement { reason: text.into(), ..statement() },
			EmergencyStatement { evidence: EmergencyEvidence::Words(text.into()), ..statement() },
			EmergencyStatement { caller: Some(text.into()), ..statement() },
		];
		assert!(unsound.iter().all(|statement| !statement.texts_are_sound()), "{text:?}");
	}
}

#[test]
fn the_words_behind_a_request_are_read_from_the_committed_entry_alone() {
	let opening = EmergencyOpening { id: ID, opening: opening(), shift_key: [1; 32].into() };
	assert_eq!(opening.request(), Some(signed()));
	reads_back(opening.clone());
	let mut altered = opening;
	altered.opening.entry.0.push(b' ');
	assert_eq!(altered.request(), None);
}

#[test]
fn a_handover_verifies_for_its_persons_and_session() {
	assert!(handover().is_signed_by(&GENESIS, &public()));
	let mut other = handover();
	other.statement.to = PRACTITIONER;
	assert!(!other.is_signed_by(&GENESIS, &public()));
	let mut other = handover();
	other.statement.id = EmergencyRequestId([8; 32]);
	assert!(!other.is_signed_by(&GENESIS, &public()));
}

#[test]
fn a_key_is_taken_when_its_hash_is_the_registered_one() {
	let secret = salus_envelope::XWingSecret::generate().unwrap();
	let (bytes, hash): (Blob, [u8; 32]) = (secret.public().as_bytes().to_vec().into(), secret.public().hash());
	let receiver = ReceiverKey { practitioner: PRACTITIONER, xwing_key: bytes.clone() };
	assert_eq!(receiver.checked(&hash).unwrap().hash(), hash);
	assert!(receiver.checked(&[0; 32]).is_err());
	let gateway = GatewayKey { institution: InstitutionId(1), xwing_key: bytes };
	assert!(gateway.checked(&hash).is_ok() && gateway.checked(&[0; 32]).is_err());
	let short = GatewayKey { institution: InstitutionId(1), xwing_key: Blob(vec![0; 32]) };
	assert!(short.checked(&hash).is_err());
}

#[test]
fn the_challenge_is_for_one_holder_and_session() {
	let nonce = Bytes32::from([1; 32]);
	let message = |genesis, holder, id| EmergencyChallenge::message(genesis, InstitutionId(holder), id, &nonce);
	let good = message(&GENESIS, 3, &ID);
	assert_ne!(message(&GENESIS, 4, &ID), good);
	assert_ne!(message(&[1; 32], 3, &ID), good);
	assert_ne!(message(&GENESIS, 3, &EmergencyRequestId([8; 32])), good);
}

#[test]
fn evidence_of_presence_is_hidden_and_binds() {
	let evidence = PresenceEvidence { words: "passport seen".into(), salt: [1; 32].into() };
	reads_back(evidence.clone());
	for other in [
		PresenceEvidence { salt: [2; 32].into(), ..evidence.clone() },
		PresenceEvidence { words: "passport".into(), ..evidence.clone() },
	] {
		assert_ne!(other.commitment(), evidence.commitment());
	}
	let twice = [PresenceEvidence::new("passport seen"), PresenceEvidence::new("passport seen")];
	assert_ne!(twice[0].commitment(), twice[1].commitment(), "a fresh salt each time");
}
