//! A committee in memory, as the chain would show it: steps are applied without public checks, so that tests can cheat.
#![allow(missing_docs)]

use super::{
	formation::{next_step, FormationCase, FormationError, Step, FIRST_VERSION},
	shift_tag,
};
use crate::{
	keystore::PractitionerKey,
	wire::{
		emergency::{EmergencyEvidence, EmergencyOpening, EmergencyStatement, SignedEmergency},
		Account, Actor, Blob, FullEntry,
	},
};
use salus_envelope::OneTimeKeys;
use salus_primitives::{
	Act, AuditChain, CommitteeId, CommitteePurpose, EmergencyRequestId, EmergencyTier, Guardian, InstitutionId,
	InstitutionKind, MemberStatus, Moment, PatientHandle, StaffRole, DAY, MINUTE,
};
use salus_runtime_api::{
	CommitteeInfo, CommitteeKind, CommitteeMemberInfo, CommitteeStatus, EmergencySessionInfo, EmergencyStatus,
	HandleInfo, HandleStatus, InstitutionInfo, PendingSetInfo, PractitionerInfo, QuotaInfo,
};
use salus_threshold::{
	committee::{key_id, public_keys_of_dealings, public_keys_of_resharing, PublicKeys},
	dealing::Dealing,
	envelope::{EnvelopeLabel, EnvelopeSeal},
	group::{Point, SecretScalar},
	rand_core::OsRng,
	request::{prove_request, request_id, RequestContext},
};

pub const GENESIS: [u8; 32] = [0x11; 32];
pub const NOW: Moment = 1_000 * DAY;

/// A guardian of these tests.
#[derive(Clone)]
pub struct Member {
	pub guardian: Guardian<Account>,
	pub sealing: SecretScalar,
}

impl Member {
	pub fn institution(number: u32) -> Self {
		let guardian = Guardian::Institution(InstitutionId(number));
		Self { guardian, sealing: SecretScalar::random(&mut OsRng) }
	}

	fn info(&self, index: u16) -> CommitteeMemberInfo<Account> {
		CommitteeMemberInfo {
			index,
			guardian: self.guardian.clone(),
			affiliation: None,
			sealing: self.sealing.public().to_bytes(),
			public_share: None,
			dealt: false,
			confirmed: false,
			counts: true,
		}
	}
}

fn infos(members: &[Member]) -> Vec<CommitteeMemberInfo<Account>> {
	(1..).zip(members).map(|(index, member)| member.info(index)).collect()
}

fn show(members: &mut [CommitteeMemberInfo<Account>], keys: &PublicKeys) {
	for member in members {
		member.public_share = keys.member(member.index).copied();
	}
}

/// What the chain has of one committee.
pub struct Board {
	pub committee: CommitteeInfo<Account>,
	pub dealings: Vec<(u16, Dealing)>,
	pub reshared: Vec<(u16, Dealing)>,
	pub now: Moment,
}

impl Board {
	pub fn new(members: &[Member], k: u16) -> Self {
		let committee = CommitteeInfo {
			id: CommitteeId(7),
			kind: CommitteeKind::Consortium,
			purpose: CommitteePurpose::Release,
			status: CommitteeStatus::Dealing,
			n: members.len() as u16,
			k,
			version: FIRST_VERSION,
			key_id: None,
			group_key: None,
			members: infos(members),
			valid_until: NOW + 100 * DAY,
			fallback_after: None,
			deadline: NOW + DAY,
			pending: None,
		};
		Self { committee, dealings: Vec::new(), reshared: Vec::new(), now: NOW }
	}

	/// A committee whose key was made by everybody.
	pub fn active(members: &[Member], k: u16) -> Self {
		let mut board = Self::new(members, k);
		board.run(members);
		board
	}

	pub fn reshare(&mut self, members: &[Member], k: u16) {
		self.committee.pending = Some(PendingSetInfo {
			version: self.committee.version + 1,
			n: members.len() as u16,
			k,
			members: infos(members),
			dealers: Vec::new(),
			valid_until: NOW + 100 * DAY,
			deadline: NOW + DAY,
		});
	}

	pub fn case<'a>(&'a self, member: &'a Member) -> FormationCase<'a> {
		FormationCase {
			genesis: &GENESIS,
			now: self.now,
			committee: &self.committee,
			dealings: &self.dealings,
			reshared: &self.reshared,
			own: &member.guardian,
			sealing: &member.sealing,
		}
	}

	pub fn next(&self, member: &Member) -> Result<Option<Step>, FormationError> {
		next_step(&self.case(member), &mut OsRng)
	}

	/// Lets everybody act until nobody has anything to do.
	pub fn run(&mut self, members: &[Member]) {
		loop {
			let mut is_idle = true;
			for member in members {
				if let Some(step) = self.next(member).unwrap() {
					self.apply(member, step);
					is_idle = false;
				}
			}
			if is_idle {
				return;
			}
		}
	}

	/// Applies a step as the chain would.
	pub fn apply(&mut self, member: &Member, step: Step) {
		let index = |members: &[CommitteeMemberInfo<Account>]| {
			members.iter().find(|info| info.guardian == member.guardian).unwrap().index
		};
		match step {
			Step::Deal(dealing) => {
				let dealer = index(&self.committee.members);
				let dealt = match self.committee.pending {
					Some(_) => &mut self.reshared,
					None => &mut self.dealings,
				};
				dealt.push((dealer, *dealing));
				self.show_keys();
			}
			Step::Confirm(_) => {
				let members = match &mut self.committee.pending {
					Some(pending) => &mut pending.members,
					None => &mut self.committee.members,
				};
				let position = usize::from(index(members)) - 1;
				members[position].confirmed = true;
				if members.iter().all(|info| info.confirmed) {
					self.take_over();
				}
			}
			step => panic!("not in these tests: {step:?}"),
		}
	}

	fn show_keys(&mut self) {
		let committee = &mut self.committee;
		match &mut committee.pending {
			Some(pending) if self.reshared.len() == usize::from(committee.k) => {
				let commitments: Vec<_> =
					self.reshared.iter().map(|(dealer, dealing)| (*dealer, dealing.commitments.as_slice())).collect();
				show(&mut pending.members, &public_keys_of_resharing(pending.n, &commitments).unwrap());
			}
			None if self.dealings.len() == usize::from(committee.n) => {
				let commitments: Vec<_> =
					self.dealings.iter().map(|(_, dealing)| dealing.commitments.as_slice()).collect();
				let keys = public_keys_of_dealings(committee.n, &commitments).unwrap();
				show(&mut committee.members, &keys);
				committee.group_key = Some(keys.group);
				committee.key_id = Some(key_id(&GENESIS, committee.id.0, &keys.group));
				committee.status = CommitteeStatus::Confirming;
			}
			_ => {}
		}
	}

	fn take_over(&mut self) {
		let committee = &mut self.committee;
		if let Some(pending) = committee.pending.take() {
			(committee.version, committee.n, committee.k) = (pending.version, pending.n, pending.k);
			committee.members = pending.members;
			self.dealings = std::mem::take(&mut self.reshared);
		}
		committee.status = CommitteeStatus::Active;
	}
}

/// Institution 9 asks for a patient of institution 8, before guardians 1 to 5.
pub struct Scene {
	pub members: Vec<Member>,
	pub board: Board,
	pub practitioner: PractitionerKey,
	pub q: SecretScalar,
	pub session: EmergencySessionInfo,
	pub statement: EmergencyStatement,
	pub opening: EmergencyOpening,
	pub registered: PractitionerInfo,
	pub handle: HandleInfo<Account>,
	pub requester: InstitutionInfo<Account>,
	pub shared: [u8; 32],
}

pub const HANDLE: PatientHandle = PatientHandle([3; 32]);
pub const CUSTODIAN: InstitutionId = InstitutionId(8);
pub const REQUESTER: InstitutionId = InstitutionId(9);
pub const SHIFT_KEY: [u8; 32] = [6; 32];

impl Scene {
	pub fn new() -> Self {
		let members: Vec<_> = (1..=5).map(Member::institution).collect();
		let board = Board::active(&members, 3);
		let committee = &board.committee;
		let label = EnvelopeLabel {
			genesis: GENESIS,
			key_id: committee.key_id.unwrap(),
			handle: HANDLE.0,
			scope: EmergencyTier::Summary.scope(),
			scope_epoch: 4,
			number: 1,
		};
		let seal = EnvelopeSeal::begin(&Point::from_bytes(&committee.group_key.unwrap()).unwrap(), &mut OsRng);
		let shared = **seal.shared();
		let header = seal.finish(&label, [0; 48], &mut OsRng).header();
		let practitioner = PractitionerKey::generate();
		let (q, keys) = (SecretScalar::random(&mut OsRng), OneTimeKeys::generate().unwrap());
		let context = RequestContext {
			label,
			committee: committee.id.0,
			version: committee.version,
			requester: REQUESTER.0,
			key_hash: keys.binding(),
			header,
		};
		let point = q.public().to_bytes();
		let proof = prove_request(&context, &q, &mut OsRng);
		let public = keys.public();
		let statement = EmergencyStatement {
			practitioner: practitioner.id,
			handle: HANDLE,
			custodian: CUSTODIAN,
			tier: EmergencyTier::Summary,
			point: point.into(),
			proof,
			signing_key: public.signing.into(),
			xwing_key: public.xwing.as_bytes().to_vec().into(),
			evidence: EmergencyEvidence::Encounter("E-1".into()),
			reason: "unconscious".into(),
			caller: None,
			at: NOW,
		};
		let session = EmergencySessionInfo {
			id: EmergencyRequestId(request_id(&GENESIS, REQUESTER.0, &point)),
			handle: HANDLE,
			tier: EmergencyTier::Summary,
			epoch: label.scope_epoch,
			envelope: 1,
			committee: committee.id,
			version: committee.version,
			institution: REQUESTER,
			custodian: CUSTODIAN,
			header,
			point,
			key_hash: context.key_hash,
			proof,
			shift_tag: shift_tag(&SHIFT_KEY, &practitioner.id),
			status: EmergencyStatus::Requested,
			manual: false,
			required: 3,
			parts: Vec::new(),
			refused: Vec::new(),
			rejected: Vec::new(),
			requested_at: NOW,
			expires_at: NOW + 30 * MINUTE,
			active_until: None,
			disputed: false,
			review_due: None,
			overdue: false,
			verdict: None,
			entry: salus_primitives::Commitment([0; 32]),
			drill: false,
		};
		let registered = PractitionerInfo {
			institution: REQUESTER,
			signing_key: practitioner.signing_key().verifying_key().to_bytes(),
			encryption_key_hash: [0; 32],
			roles: vec![StaffRole::Physician],
			departments: vec!["emergency".into()],
			valid_from: NOW - DAY,
			valid_until: NOW + DAY,
			emergency_authorised: true,
			invalid_from: None,
			valid: true,
		};
		let handle = HandleInfo {
			custodian: CUSTODIAN,
			registered_at: 0,
			status: HandleStatus::Active,
			controllers: Vec::new(),
			evidence: None,
		};
		let requester = InstitutionInfo {
			kind: InstitutionKind::Hospital,
			name: "Hospital 9".into(),
			operator: Account([9; 32]),
			status: MemberStatus::Active,
			admitted_at: 0,
			invalid_from: None,
			quota: QuotaInfo::default(),
		};
		let opening = opening_of(&statement.clone().sign(&GENESIS, practitioner.signing_key()), &session);
		let mut scene = Self {
			members,
			board,
			practitioner,
			q,
			session,
			statement,
			opening,
			registered,
			handle,
			requester,
			shared,
		};
		scene.session.entry = scene.opening.opening.commitment;
		scene
	}

	/// Lets the practitioner state another thing, and the chain commit to it.
	pub fn restate(&mut self, change: impl FnOnce(&mut EmergencyStatement)) {
		change(&mut self.statement);
		let request = self.statement.clone().sign(&GENESIS, self.practitioner.signing_key());
		self.commit(&request);
	}

	/// Lets the chain commit to a request.
	pub fn commit(&mut self, request: &SignedEmergency) {
		self.opening = opening_of(request, &self.session);
		self.session.entry = self.opening.opening.commitment;
	}
}

/// The opened entry of a request.
pub fn opening_of(request: &SignedEmergency, session: &EmergencySessionInfo) -> EmergencyOpening {
	let actor = Actor {
		institution: Some(session.institution),
		account: Account([9; 32]),
		practitioner: Some(request.statement.practitioner),
		roles: vec![StaffRole::Physician],
		departments: Vec::new(),
		on_behalf: false,
	};
	let mut entry = FullEntry::new(Act::EmergencyRequest, NOW, actor, "the practitioner's signed request");
	entry.patient = Some(session.handle);
	entry.custodian = Some(session.custodian);
	entry.request = Some(Blob(serde_json::to_vec(request).unwrap()));
	let mut opening = entry.seal().unwrap();
	opening.chain = Some(AuditChain::Patient(session.handle));
	EmergencyOpening { id: session.id, opening, shift_key: SHIFT_KEY.into() }
}
