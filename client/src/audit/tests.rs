use super::*;
use crate::wire::{Account, Actor, Purposes};
use salus_policy::{Category, Purpose};
use salus_primitives::{Act, InstitutionId, OutcomeClass, PatientHandle, PractitionerId, PurposeClass, StaffRole};

const HANDLE: PatientHandle = PatientHandle([1; 32]);
const CHAIN: AuditChain = AuditChain::Patient(HANDLE);
const AT: Moment = 1_790_000_000_000;

fn full(act: Act, institution: Option<InstitutionId>) -> FullEntry {
	let actor = Actor {
		institution,
		account: Account([9; 32]),
		practitioner: institution.map(|_| PractitionerId([3; 32])),
		roles: vec![StaffRole::Physician],
		departments: vec!["cardiology".into()],
		on_behalf: false,
	};
	let mut entry = FullEntry::new(act, AT + 1_000, actor, "treatment");
	entry.patient = Some(HANDLE);
	entry.custodian = Some(InstitutionId(1));
	entry.categories = vec![Category::Laboratory];
	entry.purpose = Some(Purposes { code: Purpose::Treatment, class: PurposeClass::Treatment });
	entry.grantee = Some(InstitutionId(2));
	entry
}

/// A chain of four acts with all openings and the right head.
struct Trail {
	openings: Vec<EntryOpening>,
	entries: Vec<AuditEntry>,
	head: ChainHead,
}

impl Trail {
	fn new() -> Self {
		let acts = [
			(Act::Register, Some(InstitutionId(1)), OutcomeClass::Permitted),
			(Act::Request, Some(InstitutionId(2)), OutcomeClass::Empty),
			(Act::Grant, None, OutcomeClass::Permitted),
			(Act::Request, Some(InstitutionId(2)), OutcomeClass::Permitted),
		];
		let (mut openings, mut entries) = (Vec::new(), Vec::new());
		for (sequence, (act, actor, outcome)) in (0u64..).zip(acts) {
			let mut opening = full(act, actor).seal().unwrap();
			(opening.chain, opening.sequence) = (Some(CHAIN), Some(sequence));
			entries.push(AuditEntry {
				chain: CHAIN,
				sequence,
				act,
				outcome,
				actor,
				custodian: Some(InstitutionId(1)),
				at: AT,
				commitment: opening.commitment,
			});
			openings.push(opening);
		}
		let leaves: Vec<_> = entries.iter().map(|entry| tree::leaf_hash(&entry.encode())).collect();
		let head = ChainHead { head: chain_head::replay(chain_head::GENESIS, &leaves), count: entries.len() as u64 };
		Self { openings, entries, head }
	}

	fn verify(&self) -> ChainReport {
		verify_chain(CHAIN, &self.openings, &self.entries, &self.head)
	}
}

#[test]
fn a_whole_trail_has_no_findings() {
	let report = Trail::new().verify();
	assert!(report.complete);
	assert_eq!(report.findings, []);
	assert!(report.lines.iter().all(|line| line.full.is_some()));
}

#[test]
fn openings_may_come_in_any_order() {
	let mut trail = Trail::new();
	trail.openings.reverse();
	assert_eq!(trail.verify().findings, []);
}

#[test]
fn a_withheld_opening_is_a_finding() {
	let mut trail = Trail::new();
	trail.openings.remove(1);
	let report = trail.verify();
	assert_eq!(report.findings, [Finding::OpeningMissing { sequence: 1 }]);
	assert!(report.complete, "the chain itself is whole");
	assert!(report.lines[1].full.is_none());
}

#[test]
fn an_altered_opening_is_a_finding() {
	let mut trail = Trail::new();
	let text = String::from_utf8(trail.openings[3].entry.0.clone()).unwrap().replace("cardiology", "oncology");
	trail.openings[3].entry = text.into_bytes().into();
	assert_eq!(trail.verify().findings, [Finding::OpeningAltered { sequence: 3 }]);

	// Also when the commitment in it was recomputed to match: then it opens nothing here.
	let opening = &mut trail.openings[3];
	opening.commitment = Commitment(salus_threshold::entry_commitment(&opening.salt.0, &opening.entry.0));
	let commitment = opening.commitment;
	assert_eq!(
		trail.verify().findings,
		[Finding::OpeningMissing { sequence: 3 }, Finding::OpeningSurplus { commitment }]
	);
}

#[test]
fn exchanged_openings_are_a_finding() {
	let mut trail = Trail::new();
	(trail.openings[1].sequence, trail.openings[3].sequence) = (Some(3), Some(1));
	assert_eq!(
		trail.verify().findings,
		[Finding::OpeningMisplaced { sequence: 1, claimed: 3 }, Finding::OpeningMisplaced { sequence: 3, claimed: 1 }]
	);
}

#[test]
fn a_missing_entry_is_a_finding() {
	let mut trail = Trail::new();
	trail.entries.remove(1);
	let report = trail.verify();
	assert!(!report.complete);
	assert!(report.findings.contains(&Finding::OutOfOrder { position: 1, sequence: 2 }));
	assert!(report.findings.contains(&Finding::CountDiffers { listed: 3, finalized: 4 }));
	assert!(report.findings.iter().any(|finding| matches!(finding, Finding::HeadDiffers { .. })));
}

#[test]
fn the_last_entry_missing_is_a_finding() {
	let mut trail = Trail::new();
	trail.entries.pop();
	trail.openings.pop();
	let report = trail.verify();
	assert!(report.findings.contains(&Finding::CountDiffers { listed: 3, finalized: 4 }));
}

#[test]
fn reordered_entries_are_a_finding() {
	let mut trail = Trail::new();
	trail.entries.swap(1, 3);
	let report = trail.verify();
	assert!(report.findings.contains(&Finding::OutOfOrder { position: 1, sequence: 3 }));
	// Renumbering them does not help.
	(trail.entries[1].sequence, trail.entries[3].sequence) = (1, 3);
	assert!(trail.verify().findings.iter().any(|finding| matches!(finding, Finding::HeadDiffers { .. })));
}

#[test]
fn an_altered_entry_is_a_finding() {
	let mut trail = Trail::new();
	trail.entries[1].outcome = OutcomeClass::Permitted;
	let report = trail.verify();
	assert!(matches!(report.findings[..], [Finding::HeadDiffers { .. }]));
}

#[test]
fn an_entry_of_another_chain_is_a_finding() {
	let mut trail = Trail::new();
	trail.entries[2].chain = AuditChain::Patient(PatientHandle([2; 32]));
	assert!(trail.verify().findings.contains(&Finding::OtherChain { position: 2 }));
}

#[test]
fn an_opening_that_contradicts_the_chain_is_a_finding() {
	let mut lying = full(Act::Request, Some(InstitutionId(2)));
	lying.actor.institution = Some(InstitutionId(5));
	lying.recorded = AT + TIME_TOLERANCE + 1;
	lying.patient = None;
	let opening = lying.seal().unwrap();
	let mut trail = Trail::new();
	trail.entries[3].commitment = opening.commitment;
	trail.openings[3] = opening;
	let fields: Vec<_> = trail
		.verify()
		.findings
		.into_iter()
		.filter_map(|finding| match finding {
			Finding::Contradicts { sequence: 3, field } => Some(field),
			_ => None,
		})
		.collect();
	assert_eq!(fields, ["actor", "patient", "time"]);
}

#[test]
fn an_empty_trail_is_whole() {
	let report = verify_chain(CHAIN, &[], &[], &ChainHead::default());
	assert!(report.complete && report.findings.is_empty());
}

#[test]
fn a_request_inside_an_entry_has_to_be_signed() {
	use crate::wire::{Blob, RequestStatement};
	let key = ed25519_dalek::SigningKey::from_bytes(&[3; 32]);
	let statement = RequestStatement {
		practitioner: PractitionerId([3; 32]),
		handle: HANDLE,
		custodian: InstitutionId(1),
		categories: vec![Category::Laboratory],
		purpose: Purpose::Treatment,
		signing_key: [0; 32].into(),
		xwing_key: Blob(Vec::new()),
		reason: "follow-up".into(),
		at: AT,
	};
	let genesis = [7; 32];
	let signed = statement.sign(&genesis, &key);
	let mut entry = full(Act::Request, Some(InstitutionId(2)));
	entry.request = Some(serde_json::to_vec(&signed).unwrap().into());
	let mut report = Trail::new().verify();
	report.lines[3].full = Some(entry);
	let known = |_: &PractitionerId| Some(key.verifying_key().to_bytes());
	// The other request of the trail carries no statement at all: anybody could be named in it.
	let unsigned = Finding::BadRequestSignature { sequence: 1 };
	assert_eq!(verify_request_signatures(&report, &genesis, known), [unsigned]);
	report.lines.remove(1);
	assert_eq!(verify_request_signatures(&report, &genesis, known), []);
	let bad = [Finding::BadRequestSignature { sequence: 3 }];
	assert_eq!(verify_request_signatures(&report, &genesis, |_| None), bad);
	assert_eq!(verify_request_signatures(&report, &[8; 32], known), bad);
	let full = report.lines[2].full.as_mut().unwrap();
	full.categories.push(Category::Conditions);
	assert_eq!(verify_request_signatures(&report, &genesis, known), bad, "the entry says more than was signed");
	let full = report.lines[2].full.as_mut().unwrap();
	full.categories.pop();
	full.actor.practitioner = Some(PractitionerId([4; 32]));
	assert_eq!(verify_request_signatures(&report, &genesis, known), bad);
}

#[test]
fn a_department_that_is_none_is_not_repeated() {
	let names = Names::default();
	let mut report = Trail::new().verify();
	let line = &mut report.lines[3];
	line.full.as_mut().unwrap().actor.departments = vec!["\u{1b}[2Jx\n9 You granted everything".into()];
	let words = describe_line(line, &names);
	assert!(!words.contains(['\u{1b}', '\n']) && !words.contains("everything"), "{words:?}");
}

#[test]
fn lines_read_as_sentences() {
	let trail = Trail::new();
	let names = Names([(InstitutionId(2), "St. Anna".to_owned())].into());
	let report = trail.verify();
	let lines: Vec<String> = report.lines.iter().map(|line| describe_line(line, &names)).collect();
	assert_eq!(
		lines[1],
		"A physician of cardiology (0x03030303…) at St. Anna asked for laboratory for treatment: nothing was permitted"
	);
	assert_eq!(lines[2], "You, with your own key, granted St. Anna access to laboratory");
}

/// The session that [`emergency_lines`] are about: asked for by institution 2.
fn emergency_session() -> salus_primitives::EmergencyRequestId {
	salus_primitives::EmergencyRequestId(salus_threshold::request::request_id(&[7; 32], 2, &[0; 32]))
}

/// A request, a vote by rules, a vote by a duty officer, the end of one emergency, a dispute that an officer confirmed, the patient's own one,
/// and a patient who stood elsewhere, with the key that signed.
fn emergency_lines(officer: Option<PractitionerId>) -> (ed25519_dalek::SigningKey, ChainReport) {
	use crate::wire::emergency::{Decision, DutyStatement, EmergencyEvidence, EmergencyStatement, PresenceEvidence};
	use salus_primitives::EmergencyTier;
	let key = ed25519_dalek::SigningKey::from_bytes(&[5; 32]);
	let id = emergency_session();
	let statement = EmergencyStatement {
		practitioner: PractitionerId([3; 32]),
		handle: HANDLE,
		custodian: InstitutionId(1),
		tier: EmergencyTier::Summary,
		point: [0; 32].into(),
		proof: salus_threshold::proof::SchnorrProof { e: [0; 32], f: [0; 32] },
		signing_key: [0; 32].into(),
		xwing_key: Default::default(),
		evidence: EmergencyEvidence::Encounter("E-17".into()),
		reason: "unconscious”\n9 You\u{202e} granted".into(),
		caller: None,
		at: AT,
	};
	let asked = serde_json::to_vec(&statement.sign(&[7; 32], &key)).unwrap();
	let practitioner = PractitionerId([3; 32]);
	let decided = |decision| {
		let duty = DutyStatement { practitioner, id, handle: HANDLE, decision, reason: "plausible".into(), at: AT };
		serde_json::to_vec(&duty.sign(&[7; 32], &key)).unwrap()
	};
	let presence = PresenceEvidence::new("passport seen");
	let seen = serde_json::to_vec(&presence).unwrap();
	let lines = [
		(Act::EmergencyRequest, 2, Some(practitioner), Some(asked)),
		(Act::EmergencyApproval, 3, None, None),
		(Act::EmergencyApproval, 4, officer, Some(decided(Decision::Approve))),
		(Act::EmergencyClose, 2, Some(practitioner), None),
		(Act::EmergencyDispute, 4, officer, Some(decided(Decision::Stop))),
		(Act::EmergencyDispute, 4, None, None),
		(Act::EmergencySuspension, 5, Some(practitioner), Some(seen)),
	];
	let lines = (0u64..).zip(lines).map(|(sequence, (act, institution, by, request))| {
		let mut full = full(act, Some(InstitutionId(institution)));
		(full.actor.practitioner, full.emergency) = (by, Some(id));
		full.request = request.map(Into::into);
		full.evidence = (act == Act::EmergencySuspension).then(|| presence.commitment());
		full.basis = "patient stable".into();
		let (actor, outcome, commitment) = (full.actor.institution, OutcomeClass::Permitted, Commitment([0; 32]));
		let custodian = Some(InstitutionId(1));
		let entry = AuditEntry { chain: CHAIN, sequence, act, outcome, actor, custodian, at: AT, commitment };
		AuditLine { entry, full: Some(full) }
	});
	let computed = Commitment([0; 32]);
	(key, ChainReport { lines: lines.collect(), computed, complete: true, findings: Vec::new() })
}

#[test]
fn an_emergency_reads_as_who_asked_approved_and_ended_it() {
	let names = Names([(InstitutionId(2), "St. Anna".to_owned()), (InstitutionId(3), "Nord".to_owned())].into());
	let (_, report) = emergency_lines(Some(PractitionerId([3; 32])));
	let lines: Vec<String> = report.lines.iter().map(|line| describe_line(line, &names)).collect();
	let id = format!("{}…", &emergency_session().to_string()[..10]);
	assert_eq!(
		lines[..5],
		[
			format!(
				"A physician of cardiology (0x03030303…) at St. Anna asked for your emergency summary in an emergency {id}: \
				 “unconscious' 9 You  granted” (“encounter E-17”)"
			),
			format!("Nord approved the emergency request {id} by its server's rules, without a person"),
			format!(
				"A physician of cardiology (0x03030303…) at institution 4 approved the emergency request {id}: “patient stable”"
			),
			format!("A physician of cardiology (0x03030303…) at St. Anna ended the emergency session {id}: “patient stable”"),
			format!("A physician of cardiology (0x03030303…) at institution 4 disputed the emergency session {id}"),
		]
	);
}

#[test]
fn nobody_is_named_in_an_emergency_without_a_signature() {
	let (key, report) = emergency_lines(Some(PractitionerId([3; 32])));
	let known = |_: &PractitionerId| Some(key.verifying_key().to_bytes());
	assert_eq!(verify_request_signatures(&report, &[7; 32], known), []);
	let bad = |sequences: &[u64]| -> Vec<Finding> {
		sequences.iter().map(|sequence| Finding::BadRequestSignature { sequence: *sequence }).collect()
	};
	assert_eq!(verify_request_signatures(&report, &[8; 32], known), bad(&[0, 2, 4]), "another chain");
	assert_eq!(verify_request_signatures(&report, &[7; 32], |_| None), bad(&[0, 2, 4]));
	let (_, somebody_else) = emergency_lines(Some(PractitionerId([4; 32])));
	assert_eq!(verify_request_signatures(&somebody_else, &[7; 32], known), bad(&[2, 4]));
	let mut changed = report.clone();
	let edit = |report: &mut ChainReport, line: usize, change: fn(&mut FullEntry)| {
		change(report.lines[line].full.as_mut().unwrap());
	};
	edit(&mut changed, 0, |full| full.request = None);
	edit(&mut changed, 1, |full| full.actor.practitioner = Some(PractitionerId([3; 32])));
	edit(&mut changed, 2, |full| full.event.act = Act::EmergencyRejection);
	edit(&mut changed, 4, |full| full.event.act = Act::EmergencyApproval);
	edit(&mut changed, 5, |full| full.actor.practitioner = Some(PractitionerId([3; 32])));
	edit(&mut changed, 6, |full| full.evidence = None);
	assert_eq!(verify_request_signatures(&changed, &[7; 32], known), bad(&[0, 1, 2, 4, 5, 6]));
	let mut elsewhere = report.clone();
	edit(&mut elsewhere, 0, |full| full.emergency = Some(salus_primitives::EmergencyRequestId([9; 32])));
	assert_eq!(verify_request_signatures(&elsewhere, &[7; 32], known), bad(&[0]), "another session");
	edit(&mut elsewhere, 0, |full| {
		(full.emergency, full.actor.institution) = (Some(emergency_session()), Some(InstitutionId(4)));
	});
	assert_eq!(verify_request_signatures(&elsewhere, &[7; 32], known), bad(&[0]), "another institution's session");
	edit(&mut elsewhere, 0, |full| full.emergency = None);
	assert_eq!(verify_request_signatures(&elsewhere, &[7; 32], known), []);
	let mut moved = report;
	edit(&mut moved, 0, |full| full.patient = Some(PatientHandle([2; 32])));
	edit(&mut moved, 2, |full| full.emergency = None);
	assert_eq!(verify_request_signatures(&moved, &[7; 32], known), bad(&[0, 2]));
}

/// A search, an enrolment and an evaluation on the chain of institution 2, with the key that signed.
fn locate_lines() -> (ed25519_dalek::SigningKey, ChainReport) {
	use crate::wire::emergency::{EmergencyEvidence, LocateStatement};
	let key = ed25519_dalek::SigningKey::from_bytes(&[5; 32]);
	let practitioner = PractitionerId([3; 32]);
	let statement = LocateStatement {
		practitioner,
		institution: InstitutionId(2),
		committee: salus_primitives::CommitteeId(1),
		blinded: [0; 32].into(),
		signing_key: [0; 32].into(),
		xwing_key: Default::default(),
		evidence: EmergencyEvidence::Encounter("E-17".into()),
		reason: "unconscious”\n9 You granted".into(),
		at: AT,
	};
	let asked = serde_json::to_vec(&statement.sign(&[7; 32], &key)).unwrap();
	// The blinded element names a locate session as the point names one about a record.
	let id = emergency_session();
	let lines = [
		(Act::Locate, 2, Some(practitioner), Some(asked), None),
		(Act::Locate, 2, None, None, Some(HANDLE)),
		(Act::LocateEvaluation, 3, None, None, None),
	];
	let chain = AuditChain::Institution(InstitutionId(2));
	let lines = (0u64..).zip(lines).map(|(sequence, (act, institution, by, request, patient))| {
		let mut full = full(act, Some(InstitutionId(institution)));
		(full.actor.practitioner, full.emergency, full.patient, full.custodian) = (by, Some(id), patient, None);
		full.request = request.map(Into::into);
		let (actor, outcome, commitment) = (full.actor.institution, OutcomeClass::Permitted, Commitment([0; 32]));
		let entry = AuditEntry { chain, sequence, act, outcome, actor, custodian: None, at: AT, commitment };
		AuditLine { entry, full: Some(full) }
	});
	let computed = Commitment([0; 32]);
	(key, ChainReport { lines: lines.collect(), computed, complete: true, findings: Vec::new() })
}

#[test]
fn a_search_by_name_reads_as_who_asked_why_and_who_helped() {
	let names = Names([(InstitutionId(2), "St. Anna".to_owned()), (InstitutionId(3), "Nord".to_owned())].into());
	let (_, report) = locate_lines();
	let lines: Vec<String> = report.lines.iter().map(|line| describe_line(line, &names)).collect();
	let id = format!("{}…", &emergency_session().to_string()[..10]);
	assert_eq!(
		lines,
		[
			format!(
				"A physician of cardiology (0x03030303…) at St. Anna asked to find a patient by name and birth date {id}: \
				 “unconscious' 9 You granted” (“encounter E-17”)"
			),
			format!("St. Anna entered a patient into the index by name and birth date {id}"),
			"Nord helped to find a patient by name and birth date".to_owned(),
		]
	);
}

#[test]
fn nobody_is_looked_for_without_a_signature() {
	let (key, report) = locate_lines();
	let known = |_: &PractitionerId| Some(key.verifying_key().to_bytes());
	assert_eq!(verify_request_signatures(&report, &[7; 32], known), []);
	let bad = |sequence| [Finding::BadRequestSignature { sequence }];
	assert_eq!(verify_request_signatures(&report, &[8; 32], known), bad(0), "another chain");
	assert_eq!(verify_request_signatures(&report, &[7; 32], |_| None), bad(0));
	let changes: [(usize, fn(&mut FullEntry)); 9] = [
		(0, |full| full.request = None),
		(0, |full| full.actor.practitioner = Some(PractitionerId([4; 32]))),
		(0, |full| full.actor.practitioner = None),
		(0, |full| full.actor.institution = Some(InstitutionId(4))),
		(0, |full| full.patient = Some(HANDLE)),
		(0, |full| full.emergency = Some(salus_primitives::EmergencyRequestId([9; 32]))),
		(1, |full| full.patient = None),
		(1, |full| full.actor.practitioner = Some(PractitionerId([3; 32]))),
		(2, |full| full.actor.practitioner = Some(PractitionerId([3; 32]))),
	];
	for (number, (line, change)) in changes.into_iter().enumerate() {
		let mut changed = report.clone();
		change(changed.lines[line].full.as_mut().unwrap());
		assert_eq!(verify_request_signatures(&changed, &[7; 32], known), bad(line as u64), "{number}");
	}
}
