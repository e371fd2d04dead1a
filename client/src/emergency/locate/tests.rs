//! Five guardians, three of whom evaluate: who is found, by whom, and what a name shows on the way.

use super::*;
use crate::emergency::{
	formation::recover_share,
	testing::{Board, Member, GENESIS, NOW, REQUESTER},
};
use base64::{engine::general_purpose::STANDARD, Engine};
use salus_envelope::locate::SEALED_ENTRY_LEN;
use salus_primitives::{Commitment, MINUTE};
use std::sync::LazyLock;

const PATIENT: FoundPatient = FoundPatient { handle: PatientHandle([3; 32]), custodian: InstitutionId(8) };
const FAMILY: &str = "Abdurrahmanzadeh";
const GIVEN: &str = "Wilhelmine";

static INPUT: LazyLock<LocateInput> = LazyLock::new(|| input(FAMILY, GIVEN, "1961-02-03"));

fn input(family: &str, given: &str, birth_date: &str) -> LocateInput {
	LocateInput::derive(&Demographics::new(family, given, birth_date).unwrap(), &GENESIS)
}

/// Guardians with their shares.
struct Guardians {
	members: Vec<Member>,
	board: Board,
}

impl Guardians {
	fn new() -> Self {
		let members: Vec<_> = (1..=5).map(Member::institution).collect();
		let mut board = Board::active(&members, 3);
		board.committee.purpose = CommitteePurpose::Locate;
		Self { members, board }
	}

	fn search(&self) -> Search {
		let reasons = Reasons {
			institution: REQUESTER,
			committee: self.board.committee.id,
			evidence: EmergencyEvidence::Encounter("E-1".into()),
			reason: "unconscious".into(),
		};
		Search::prepare(&INPUT, &GENESIS, reasons, &PractitionerKey::generate(), NOW).unwrap()
	}

	/// The session that the chain opens on an element.
	fn session(&self, blinded: [u8; 32], key_hash: [u8; 32]) -> LocateSessionInfo {
		LocateSessionInfo {
			id: EmergencyRequestId(request_id(&GENESIS, REQUESTER.0, &blinded)),
			committee: self.board.committee.id,
			version: self.board.committee.version,
			institution: REQUESTER,
			blinded,
			key_hash,
			shift_tag: [0; 16],
			enrol: None,
			status: EmergencyStatus::Requested,
			required: self.board.committee.k,
			parts: Vec::new(),
			refused: Vec::new(),
			requested_at: NOW,
			expires_at: NOW + 10 * MINUTE,
			entry: Commitment([0; 32]),
		}
	}

	fn own_share(&self, index: u16) -> OwnShare {
		recover_share(&self.board.case(&self.members[usize::from(index) - 1])).unwrap()
	}

	fn member_key(&self, index: u16) -> [u8; 32] {
		self.board.committee.members[usize::from(index) - 1].public_share.unwrap()
	}

	fn part(&self, session: &LocateSessionInfo, index: u16) -> Result<LocatePart, VoteError> {
		let context = context(&GENESIS, session, &self.board.committee).unwrap();
		part(&context, &session.blinded, &self.own_share(index), &self.member_key(index), &mut OsRng)
	}

	/// Lets guardians answer, and the chain complete the session as it does.
	fn answer(&self, session: &mut LocateSessionInfo, indices: &[u16]) {
		for index in indices {
			session.parts.push((*index, self.part(session, *index).unwrap().value));
		}
		if session.parts.len() >= usize::from(session.required) {
			session.status = EmergencyStatus::Active;
		}
	}

	/// The keys that these guardians give for an input.
	fn keys(&self, input: &LocateInput, indices: &[u16]) -> LocateKeys {
		let blinded = input.blind();
		let mut session = self.session(blinded.element(), [0; 32]);
		self.answer(&mut session, indices);
		evaluate(&blinded, &session).unwrap()
	}
}

fn session_of(guardians: &Guardians, search: &Search) -> LocateSessionInfo {
	let statement = &search.form().statement;
	guardians.session(statement.blinded.0, statement.one_time_keys().unwrap().binding())
}

#[test]
fn any_three_of_five_guardians_find_whom_three_others_entered() {
	let guardians = Guardians::new();
	let entered = guardians.keys(&INPUT, &[1, 2, 3]);
	let entry = entered.seal(&PATIENT).unwrap();
	for answering in [[3, 4, 5], [5, 1, 2]] {
		let search = guardians.search();
		let mut session = session_of(&guardians, &search);
		assert_eq!(session.id, search.id());
		guardians.answer(&mut session, &answering);
		let keys = search.evaluate(&session).unwrap();
		assert_eq!(keys.tag(), entered.tag());
		assert_eq!(keys.open(&entry), Some(PATIENT));
		assert!(search.lookup(keys.tag()).is_signed_for(&GENESIS, &session.key_hash));
	}
}

#[test]
fn a_search_gives_nothing_when_fewer_than_three_answered() {
	let guardians = Guardians::new();
	let search = guardians.search();
	let mut session = session_of(&guardians, &search);
	guardians.answer(&mut session, &[1, 2]);
	assert_eq!(search.evaluate(&session).unwrap_err(), EvaluateError::NotComplete);
	session.status = EmergencyStatus::Active;
	assert_eq!(search.evaluate(&session).unwrap_err(), EvaluateError::Combine(CombineError::TooFew));
	session.parts.push(session.parts[0]);
	assert_eq!(search.evaluate(&session).unwrap_err(), EvaluateError::Combine(CombineError::Index));
	session.parts[2] = (3, [0xff; 32]);
	assert_eq!(search.evaluate(&session).unwrap_err(), EvaluateError::Combine(CombineError::Part));
}

#[test]
fn a_session_that_is_over_or_about_another_element_gives_nothing() {
	let guardians = Guardians::new();
	let search = guardians.search();
	let mut session = session_of(&guardians, &search);
	guardians.answer(&mut session, &[1, 2, 3]);
	assert_eq!(guardians.search().evaluate(&session).unwrap_err(), EvaluateError::OtherElement);
	for other in [
		LocateSessionInfo { committee: CommitteeId(9), ..session.clone() },
		LocateSessionInfo { key_hash: [9; 32], ..session.clone() },
		LocateSessionInfo { blinded: [9; 32], ..session.clone() },
	] {
		assert_eq!(search.evaluate(&other).unwrap_err(), EvaluateError::OtherElement);
	}
	for status in [EmergencyStatus::Closed, EmergencyStatus::Expired, EmergencyStatus::Requested] {
		session.status = status;
		assert_eq!(search.evaluate(&session).unwrap_err(), EvaluateError::NotComplete);
	}
}

#[test]
fn fewer_than_three_guardians_cannot_open_what_lies_in_their_index() {
	let guardians = Guardians::new();
	let entered = guardians.keys(&INPUT, &[1, 2, 3]);
	let entry = entered.seal(&PATIENT).unwrap();
	for colluding in [&[1][..], &[1, 2][..]] {
		let blinded = INPUT.blind();
		let mut session = guardians.session(blinded.element(), [0; 32]);
		// As far as they can take it by themselves: with the right name, and a threshold of their own.
		session.required = colluding.len() as u16;
		guardians.answer(&mut session, colluding);
		let keys = evaluate(&blinded, &session).unwrap();
		assert_ne!(keys.tag(), entered.tag());
		assert_eq!(keys.open(&entry), None);
	}
}

#[test]
fn a_wrong_part_is_not_made_and_does_not_verify() {
	let guardians = Guardians::new();
	let search = guardians.search();
	let session = session_of(&guardians, &search);
	let bound = context(&GENESIS, &session, &guardians.board.committee).unwrap();
	let make = |share: u16, key: u16| {
		part(&bound, &session.blinded, &guardians.own_share(share), &guardians.member_key(key), &mut OsRng)
	};
	assert_eq!(make(1, 2).unwrap_err(), VoteError::OtherShare);
	let misplaced = OwnShare { index: 2, ..guardians.own_share(1) };
	let made = part(&bound, &session.blinded, &misplaced, &guardians.member_key(2), &mut OsRng);
	assert_eq!(made.unwrap_err(), VoteError::OtherShare);
	let good = make(1, 1).unwrap();
	let another = guardians.part(&session_of(&guardians, &guardians.search()), 1).unwrap();
	let verifies = |part: &LocatePart| part.verify(&bound, &session.blinded, 1, &guardians.member_key(1));
	assert!(verifies(&good));
	assert!(!verifies(&another), "a part of another session");
	assert!(!verifies(&LocatePart { value: another.value, ..good }), "another value under this proof");
}

#[test]
fn a_wrong_value_finds_nobody_rather_than_somebody_else() {
	let guardians = Guardians::new();
	let entered = guardians.keys(&INPUT, &[1, 2, 3]);
	let entry = entered.seal(&PATIENT).unwrap();
	let search = guardians.search();
	let mut session = session_of(&guardians, &search);
	guardians.answer(&mut session, &[1, 2, 3]);
	session.parts[2].1 = session.parts[1].1;
	let keys = search.evaluate(&session).unwrap();
	assert_ne!(keys.tag(), entered.tag());
	assert_eq!(keys.open(&entry), None);
}

#[test]
fn parts_are_bound_to_the_session_s_committee_as_the_chain_has_it() {
	let guardians = Guardians::new();
	let session = session_of(&guardians, &guardians.search());
	let committee = &guardians.board.committee;
	assert!(context(&GENESIS, &session, committee).is_some());
	assert!(context(&[0; 32], &session, committee).is_none(), "another chain");
	let changed = |change: fn(&mut CommitteeInfo<Account>)| {
		let mut committee = committee.clone();
		change(&mut committee);
		context(&GENESIS, &session, &committee)
	};
	assert!(changed(|committee| committee.id = CommitteeId(8)).is_none());
	assert!(changed(|committee| committee.version += 1).is_none());
	assert!(changed(|committee| committee.purpose = CommitteePurpose::Release).is_none());
	assert!(changed(|committee| committee.key_id = None).is_none());
	assert!(changed(|committee| committee.group_key = None).is_none());
	assert!(changed(|committee| committee.group_key = Some([9; 32])).is_none(), "another key");
}

#[test]
fn a_person_has_one_tag_however_the_name_is_written_and_others_have_others() {
	let guardians = Guardians::new();
	let tag = |input: &LocateInput| guardians.keys(input, &[2, 3, 4]).tag();
	let own = tag(&INPUT);
	assert_eq!(tag(&input("ABDURRAHMAN-ZADEH", "wilhélmine", "1961-02-03")), own);
	assert_ne!(tag(&input(FAMILY, GIVEN, "1961-02-04")), own);
	assert_ne!(tag(&input(GIVEN, FAMILY, "1961-02-03")), own);
	let elsewhere = LocateInput::derive(&Demographics::new(FAMILY, GIVEN, "1961-02-03").unwrap(), &[0; 32]);
	assert_ne!(tag(&elsewhere), own, "another chain");
	assert_ne!(Guardians::new().keys(&INPUT, &[2, 3, 4]).tag(), own, "another committee");
}

#[test]
fn an_entry_opens_under_its_own_name_and_as_it_was_sealed() {
	let [keys, others] = [1, 2].map(|byte| LocateKeys::from_output(&[byte; 64]));
	let entry = keys.seal(&PATIENT).unwrap();
	assert_eq!(keys.open(&entry), Some(PATIENT));
	assert_ne!(keys.seal(&PATIENT).unwrap(), entry, "a fresh nonce each time");
	assert_eq!(others.open(&entry), None);
	for at in 0..SEALED_ENTRY_LEN {
		let mut altered = entry;
		altered.0[at] ^= 1;
		assert_eq!(keys.open(&altered), None, "byte {at}");
	}
}

#[test]
fn a_kept_blind_brings_the_session_back() {
	let guardians = Guardians::new();
	let blinded = INPUT.blind();
	let kept = SecretScalar::from_bytes(&blinded.blind().to_bytes()).unwrap();
	let mut session = guardians.session(blinded.element(), [0; 32]);
	guardians.answer(&mut session, &[1, 3, 5]);
	assert_eq!(evaluate(&INPUT.blind_with(kept), &session).unwrap().tag(), evaluate(&blinded, &session).unwrap().tag());
	let other = evaluate(&INPUT.blind(), &session).unwrap_err();
	assert_eq!(other, EvaluateError::OtherElement, "a fresh blind is another session's");
}

#[test]
fn the_statement_names_what_the_session_is_and_is_signed() {
	let guardians = Guardians::new();
	let key = PractitionerKey::generate();
	let reasons = Reasons {
		institution: REQUESTER,
		committee: CommitteeId(7),
		evidence: EmergencyEvidence::Words("found at the station".into()),
		reason: "unconscious".into(),
	};
	let search = Search::prepare(&INPUT, &GENESIS, reasons, &key, NOW).unwrap();
	let form = search.form();
	assert!(form.is_signed_by(&GENESIS, &key.signing_key().verifying_key().to_bytes()));
	let LocateStatement { practitioner, institution, committee, blinded, at, .. } = &form.statement;
	assert_eq!((*practitioner, *institution, *committee, *at), (key.id, REQUESTER, CommitteeId(7), NOW));
	assert_eq!(guardians.session(blinded.0, [0; 32]).id, search.id());
}

#[test]
fn no_message_carries_the_name_and_no_two_searches_look_alike() {
	let guardians = Guardians::new();
	let (one, two) = (guardians.search(), guardians.search());
	assert_ne!(one.form().statement.blinded, two.form().statement.blinded);
	assert_ne!(one.form().statement.signing_key, two.form().statement.signing_key);
	let mut session = session_of(&guardians, &one);
	guardians.answer(&mut session, &[1, 2, 3]);
	let keys = one.evaluate(&session).unwrap();
	let sent = [
		serde_json::to_string(one.form()).unwrap(),
		serde_json::to_string(&one.lookup(keys.tag())).unwrap(),
		serde_json::to_string(&keys.seal(&PATIENT).unwrap()).unwrap(),
		format!("{:?} {:?} {keys:?}", one.form(), *INPUT),
	];
	let person = Demographics::new(FAMILY, GIVEN, "1961-02-03").unwrap();
	for told in person.parts().into_iter().chain([FAMILY, GIVEN]).map(str::as_bytes).chain([INPUT.0.as_slice()]) {
		// In base64 a text looks differently at each of three places.
		let base64 = (0..3).map(|before| {
			let shifted = [&[0; 2][..before], told].concat();
			let text = STANDARD.encode(&shifted);
			text[4..text.len() - 4].to_owned()
		});
		let forms: Vec<String> =
			base64.chain([hex::encode(told), String::from_utf8_lossy(told).into_owned()]).collect();
		for message in &sent {
			assert!(forms.iter().all(|form| !message.contains(form.as_str())), "{message}");
		}
	}
}

/// `crypto/envelope/tests/vectors/locate.json`, from the name as it is typed.
#[test]
fn the_input_of_a_name_is_frozen() {
	let bytes = |text: &str| -> [u8; 32] { hex::decode(text).unwrap().try_into().unwrap() };
	let genesis = bytes("c4fbcd18bb749f9527651adcc369f913253ec12f60dd5db7ac05884949611e08");
	let person = Demographics::new("Rossi", "Ada Maria", "1961-02-03").unwrap();
	let expected = bytes("e7917b06d530195ba5dd993c9c99ea478fca557b732b18109343e59c238cdb4c");
	assert_eq!(*LocateInput::derive(&person, &genesis).0, expected);
}
