//! A committee of five with real keys: what is chosen, what the guardians verify, what their parts open.

use super::*;
use crate::wire::emergency::ScopeEnvelopes;
use salus_envelope::emergency::{seal_half, ScopeSecret};
use salus_primitives::{Commitment, CommitteePurpose, Guardian};
use salus_runtime_api::CommitteeKind;
use salus_threshold::{
	committee::{public_keys_of_dealings, CommitteeContext, PublicKeys, Threshold},
	dealing::{Dealing, DealingContext},
	envelope::EnvelopeSeal,
	group::Point,
	part::DecryptionPart,
	request::verify_request,
	share::Share,
};
use std::sync::LazyLock;

pub const GENESIS: [u8; 32] = [1; 32];
pub const HANDLE: PatientHandle = PatientHandle([2; 32]);
pub const CUSTODIAN: InstitutionId = InstitutionId(3);
const REQUESTER: InstitutionId = InstitutionId(4);
const CONSORTIUM: CommitteeId = CommitteeId(0);
const PERSONAL: CommitteeId = CommitteeId(1 << 31);
const TIER: EmergencyTier = EmergencyTier::Summary;
const EPOCH: u32 = 6;
const K: u16 = 3;

/// A committee with its shares.
struct Committee {
	info: CommitteeInfo<Account>,
	keys: PublicKeys,
	shares: Vec<Share>,
}

fn committee(id: CommitteeId) -> Committee {
	let sealing: Vec<SecretScalar> = (0..5).map(|_| SecretScalar::random(&mut OsRng)).collect();
	let recipients: Vec<Point> = sealing.iter().map(SecretScalar::public).collect();
	let threshold = Threshold::new(5, K).unwrap();
	let committee = CommitteeContext { genesis: GENESIS, committee: id.0, version: 1 };
	let context = DealingContext { committee, dealer: 0, threshold };
	let dealing = Dealing::deal(&context, &SecretScalar::random(&mut OsRng), &recipients, &mut OsRng).unwrap();
	let keys = public_keys_of_dealings(5, &[&dealing.commitments]).unwrap();
	let share = |(index, secret): (u16, &SecretScalar)| {
		Share::combine_dealt(&[dealing.open(&context, index, secret).unwrap()]).unwrap()
	};
	let shares: Vec<Share> = (1..).zip(&sealing).map(share).collect();
	let member = |index: u16| salus_runtime_api::CommitteeMemberInfo {
		index,
		guardian: Guardian::Institution(InstitutionId(10 + u32::from(index))),
		affiliation: None,
		sealing: recipients[usize::from(index) - 1].to_bytes(),
		public_share: keys.member(index).copied(),
		dealt: true,
		confirmed: true,
		counts: true,
	};
	let kind = match id {
		PERSONAL => CommitteeKind::Personal(HANDLE),
		_ => CommitteeKind::Consortium,
	};
	let info = CommitteeInfo {
		id,
		kind,
		purpose: CommitteePurpose::Release,
		status: CommitteeStatus::Active,
		n: 5,
		k: K,
		version: 1,
		key_id: Some(committee::key_id(&GENESIS, id.0, &keys.group)),
		group_key: Some(keys.group),
		members: (1..=5).map(member).collect(),
		valid_until: u64::MAX,
		fallback_after: None,
		deadline: 0,
		pending: None,
	};
	Committee { info, keys, shares }
}

/// What the custodian sealed, and what it keeps to itself.
struct Sealed {
	committees: Vec<Committee>,
	secret: ScopeSecret,
	/// The second halves by committee and number.
	halves: Vec<Vec<ScopeHalf>>,
	scope: EmergencyScopeInfo,
	file: EmergencyFile,
}

fn sealed(ids: &[CommitteeId], count: u8) -> Sealed {
	let committees: Vec<Committee> = ids.iter().map(|id| committee(*id)).collect();
	let secret = ScopeSecret::generate().unwrap();
	let mut halves = Vec::new();
	let mut scope = EmergencyScopeInfo { epoch: EPOCH, drill: true, sealed: Vec::new() };
	let mut file = EmergencyFile { handle: HANDLE, custodian: CUSTODIAN, scopes: Vec::new() };
	for committee in &committees {
		let key_id = committee.info.key_id.unwrap();
		let (mut seconds, mut envelopes, mut commitments) = (Vec::new(), Vec::new(), Vec::new());
		for number in 0..count {
			let label = EnvelopeLabel {
				genesis: GENESIS,
				key_id,
				handle: HANDLE.0,
				scope: TIER.scope(),
				scope_epoch: EPOCH,
				number: number.into(),
			};
			let (first, second) = secret.split().unwrap();
			let seal = EnvelopeSeal::begin(&Point::from_bytes(&committee.keys.group).unwrap(), &mut OsRng);
			let ct = seal_half(seal.shared(), &label.to_bytes(), &first);
			let envelope = seal.finish(&label, ct, &mut OsRng);
			let salt = crate::random_bytes();
			commitments.push(Commitment(envelope_commitment(&salt, &envelope.header())));
			envelopes.push(SealedEnvelope { number, envelope, salt: salt.into() });
			seconds.push(second);
		}
		halves.push(seconds);
		scope.sealed.push(SealedSetInfo { committee: committee.info.id, key_id, envelopes: commitments, consumed: 0 });
		file.scopes.push(ScopeEnvelopes {
			tier: TIER,
			epoch: EPOCH,
			committee: committee.info.id,
			key_id: key_id.into(),
			drill: true,
			envelopes,
		});
	}
	Sealed { committees, secret, halves, scope, file }
}

impl Sealed {
	fn pick(&self, personal: Option<CommitteeId>, fall_back: bool) -> Result<Target, NoEnvelope> {
		let committees: Vec<_> = self.committees.iter().map(|committee| committee.info.clone()).collect();
		let choice = Choice {
			genesis: &GENESIS,
			handle: &HANDLE,
			tier: TIER,
			file: &self.file,
			scope: &self.scope,
			committees: &committees,
			personal,
			fall_back,
		};
		choice.pick()
	}
}

/// A target that other tests can hand around.
pub fn target() -> Target {
	static TARGET: LazyLock<Target> = LazyLock::new(|| sealed(&[CONSORTIUM], 1).pick(None, false).unwrap());
	*TARGET
}

fn words() -> Words {
	let evidence = EmergencyEvidence::Encounter("E-17".into());
	Words { evidence, reason: "unconscious after a fall".into(), caller: None }
}

fn prepared(target: &Target, key: &PractitionerKey) -> Prepared {
	prepare(target, CUSTODIAN, TIER, REQUESTER, key, words(), 1_790_000_000_000).unwrap()
}

/// The context as a guardian makes it from the chain.
fn context(target: &Target, form: &EmergencyRequestForm) -> RequestContext {
	RequestContext {
		label: target.label,
		committee: form.committee.0,
		version: target.version,
		requester: REQUESTER.0,
		key_hash: form.request.statement.one_time_keys().unwrap().binding(),
		header: form.header,
	}
}

fn parts(committee: &Committee, target: &Target, form: &EmergencyRequestForm, indices: &[u16]) -> Vec<(u16, [u8; 32])> {
	let (context, statement) = (context(target, form), &form.request.statement);
	let part = |index: &u16| {
		let share = &committee.shares[usize::from(*index) - 1];
		let part =
			DecryptionPart::make(&context, &statement.point.0, &statement.proof, *index, share, &mut OsRng).unwrap();
		assert!(part.verify(&context, &statement.point.0, *index, committee.keys.member(*index).unwrap()));
		(*index, part.value)
	};
	indices.iter().map(part).collect()
}

#[test]
fn any_k_guardians_and_the_holder_open_what_was_sealed() {
	let sealed = sealed(&[CONSORTIUM], 2);
	let key = PractitionerKey::generate();
	let target = sealed.pick(None, false).unwrap();
	assert!(target.drill);
	let Prepared { id, form, secrets } = prepared(&target, &key);
	assert!(form.request.is_signed_by(&GENESIS, &key.signing_key().verifying_key().to_bytes()));
	let statement = &form.request.statement;
	assert!(verify_request(&context(&target, &form), &statement.point.0, &statement.proof).is_ok());
	assert_eq!(id.0, salus_threshold::request::request_id(&GENESIS, REQUESTER.0, &statement.point.0));
	for indices in [[1, 2, 3], [5, 1, 4]] {
		let parts = parts(&sealed.committees[0], &target, &form, &indices);
		let first = first_half(&target, &secrets, &parts).unwrap();
		assert_eq!(ScopeSecret::join(&first, &sealed.halves[0][0]), sealed.secret);
		assert_ne!(ScopeSecret::join(&first, &sealed.halves[0][1]), sealed.secret, "the half of another envelope");
	}
}

#[test]
fn parts_open_nothing_when_they_are_too_few_or_anothers() {
	let sealed = sealed(&[CONSORTIUM], 2);
	let target = sealed.pick(None, false).unwrap();
	let one = prepared(&target, &PractitionerKey::generate());
	let two = prepared(&target, &PractitionerKey::generate());
	let committee = &sealed.committees[0];
	let good = parts(committee, &target, &one.form, &[1, 2, 3]);
	assert_eq!(first_half(&target, &one.secrets, &good[..2]), Err(OpenError::Combine(CombineError::TooFew)));
	assert!(matches!(first_half(&target, &two.secrets, &good), Err(OpenError::Envelope(_))), "other one-time secrets");
	let mixed = [&good[..2], &parts(committee, &target, &two.form, &[3])].concat();
	assert!(matches!(first_half(&target, &one.secrets, &mixed), Err(OpenError::Envelope(_))), "of two sessions");
	let twice = [good[0], good[1], good[1]];
	assert_eq!(first_half(&target, &one.secrets, &twice), Err(OpenError::Combine(CombineError::Index)));
	let mut wrong = good.clone();
	wrong[0].1 = wrong[1].1;
	assert!(matches!(first_half(&target, &one.secrets, &wrong), Err(OpenError::Envelope(_))));
}

#[test]
fn a_request_is_good_for_one_institution_and_one_envelope() {
	let sealed = sealed(&[CONSORTIUM], 2);
	let target = sealed.pick(None, false).unwrap();
	let Prepared { form, .. } = prepared(&target, &PractitionerKey::generate());
	let statement = &form.request.statement;
	let verifies = |context: &RequestContext| verify_request(context, &statement.point.0, &statement.proof).is_ok();
	let good = context(&target, &form);
	assert!(verifies(&good));
	assert!(!verifies(&RequestContext { requester: 5, ..good }));
	assert!(!verifies(&RequestContext { version: 2, ..good }));
	assert!(!verifies(&RequestContext { key_hash: [0; 32], ..good }));
	assert!(!verifies(&RequestContext { label: EnvelopeLabel { number: 1, ..good.label }, ..good }));
	let other = sealed.file.scopes[0].envelopes[1].envelope.header();
	assert!(!verifies(&RequestContext { header: other, ..good }));
}

#[test]
fn the_first_unused_envelope_is_taken() {
	let mut sealed = sealed(&[CONSORTIUM], 3);
	assert_eq!(sealed.pick(None, false).unwrap().label.number, 0);
	sealed.scope.sealed[0].consumed = 0b011;
	assert_eq!(sealed.pick(None, false).unwrap().label.number, 2);
	sealed.scope.sealed[0].consumed = 0b111;
	assert_eq!(sealed.pick(None, false), Err(NoEnvelope::AllUsed));
}

#[test]
fn the_patients_own_committee_comes_first() {
	let sealed = sealed(&[CONSORTIUM, PERSONAL], 1);
	assert_eq!(sealed.pick(None, false).unwrap().committee, CONSORTIUM);
	assert_eq!(sealed.pick(Some(PERSONAL), false).unwrap().committee, PERSONAL);
	assert_eq!(sealed.pick(Some(PERSONAL), true).unwrap().committee, CONSORTIUM);
}

#[test]
fn a_patients_own_committee_without_envelopes_is_passed_over() {
	let sealed = sealed(&[CONSORTIUM], 1);
	assert_eq!(sealed.pick(Some(PERSONAL), false).unwrap().committee, CONSORTIUM);
	let only = self::sealed(&[PERSONAL], 1);
	assert_eq!(only.pick(Some(PERSONAL), true), Err(NoEnvelope::OtherCommittee));
}

#[test]
fn what_is_left_of_an_own_committee_that_ended_is_passed_over() {
	let mut sealed = sealed(&[PERSONAL, CONSORTIUM], 1);
	sealed.committees[0].info.status = CommitteeStatus::Retired;
	for personal in [None, Some(PERSONAL), Some(CommitteeId(PERSONAL.0 + 1))] {
		assert_eq!(sealed.pick(personal, false).unwrap().committee, CONSORTIUM, "{personal:?}");
	}
	sealed.committees[1].info.status = CommitteeStatus::Failed;
	assert_eq!(sealed.pick(None, false), Err(NoEnvelope::CommitteeNotUsable));
}

#[test]
fn an_envelope_is_refused_when_it_is_not_the_one_on_chain() {
	let mut other = sealed(&[CONSORTIUM], 1);
	other.file = sealed(&[CONSORTIUM], 1).file;
	assert_eq!(other.pick(None, false), Err(NoEnvelope::NotCommitted));

	let mut moved = sealed(&[CONSORTIUM], 2);
	moved.file.scopes[0].envelopes.remove(0);
	moved.file.scopes[0].envelopes[0].number = 0;
	moved.scope.sealed[0].consumed = 0b10;
	assert_eq!(moved.pick(None, false), Err(NoEnvelope::NotCommitted), "another envelope under its number");

	let mut resalted = sealed(&[CONSORTIUM], 1);
	resalted.file.scopes[0].envelopes[0].salt = [9; 32].into();
	assert_eq!(resalted.pick(None, false), Err(NoEnvelope::NotCommitted));
}

#[test]
fn an_envelope_of_another_epoch_or_key_is_refused() {
	let mut old = sealed(&[CONSORTIUM], 1);
	old.scope.epoch += 1;
	assert_eq!(old.pick(None, false), Err(NoEnvelope::OldEpoch));
	let mut relabelled = sealed(&[CONSORTIUM], 1);
	(relabelled.scope.epoch, relabelled.file.scopes[0].epoch) = (EPOCH + 1, EPOCH + 1);
	assert_eq!(relabelled.pick(None, false), Err(NoEnvelope::NotCommitted), "sealed under another label");
	let mut rekeyed = sealed(&[CONSORTIUM], 1);
	rekeyed.committees[0].info.group_key = Some(SecretScalar::random(&mut OsRng).public().to_bytes());
	assert_eq!(rekeyed.pick(None, false), Err(NoEnvelope::CommitteeNotUsable));
}

#[test]
fn nothing_is_asked_for_when_nothing_is_sealed_or_nobody_can_approve() {
	let mut empty = sealed(&[CONSORTIUM], 1);
	empty.scope.sealed[0].envelopes.clear();
	assert_eq!(empty.pick(None, false), Err(NoEnvelope::NothingSealed));
	let mut retired = sealed(&[CONSORTIUM], 1);
	retired.committees[0].info.status = CommitteeStatus::Retired;
	assert_eq!(retired.pick(None, false), Err(NoEnvelope::CommitteeNotUsable));
	retired.committees[0].info.status = CommitteeStatus::Superseded;
	assert!(retired.pick(None, false).is_ok());
	retired.committees.clear();
	assert_eq!(retired.pick(None, false), Err(NoEnvelope::CommitteeNotUsable));
}

#[test]
fn secrets_read_back_and_other_bytes_do_not() {
	let secrets = SessionSecrets::generate().unwrap();
	let bytes = secrets.to_bytes();
	let again = SessionSecrets::from_bytes(bytes.as_slice()).unwrap();
	assert_eq!((again.point(), again.keys().binding()), (secrets.point(), secrets.keys().binding()));
	assert!(SessionSecrets::from_bytes(&bytes[..95]).is_none());
	assert!(SessionSecrets::from_bytes(&[bytes.as_slice(), &[0]].concat()).is_none());
	assert!(SessionSecrets::from_bytes(&[0; SECRETS_LEN]).is_none(), "q is not zero");
	assert!(SessionSecrets::from_bytes(&[0xff; SECRETS_LEN]).is_none(), "q is below the group order");
}
