//! Every call that Salus' people and gateways sign, as a function.
//!
//! The names of pallets, calls and arguments are the runtime's. [`super::Chain::connect`] compares them with the node's metadata, so
//! that arguments which changed show at once and not in the middle of an act. A call that an earlier runtime does not have yet shows
//! when it is made.

use super::{Call, ToValue};
use crate::wire::{Account, Bytes64};
use salus_primitives::{
	CapabilityId, Commitment, CommitteeId, CommitteePurpose, EmergencyRequestId, EmergencyTier, Guardian,
	InstitutionId, InstitutionKind, Moment, NodeId, PatientHandle, PermitId, PractitionerId, PurposeClass,
	PurposeClasses, ReviewVerdict, ScopeTag, StaffRole,
};
use salus_threshold::{
	dealing::{Dealing, DealingDispute},
	envelope::EnvelopeHeader,
	locate::LocatePart,
	part::DecryptionPart,
	proof::SchnorrProof,
};
use subxt::dynamic::Value;

/// What the client expects of one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expected {
	/// Name of the pallet.
	pub pallet: &'static str,
	/// Name of the call.
	pub call: &'static str,
	/// Names of its arguments, in any order.
	pub arguments: &'static [&'static str],
}

macro_rules! calls {
	($(
		$(#[$pallet_doc:meta])* $module:ident, $pallet:literal {
			$($(#[$doc:meta])* $call:ident($($argument:ident: $kind:ty),* $(,)?);)+
		}
	)+) => {
		$(
			$(#[$pallet_doc])*
			pub mod $module {
				use super::*;

				$(
					$(#[$doc])*
					#[allow(clippy::too_many_arguments)]
					pub fn $call($($argument: $kind),*) -> Call {
						Call::new($pallet, stringify!($call), vec![$((stringify!($argument), $argument.to_value())),*])
					}
				)+
			}
		)+

		/// Every call of this module.
		pub const EXPECTED: &[Expected] = &[
			$($(Expected { pallet: $pallet, call: stringify!($call), arguments: &[$(stringify!($argument)),*] },)+)+
		];
	};
}

calls! {
	/// Members, staff, validators.
	consortium, "Consortium" {
		/// Admits an institution. By a motion of two thirds of the council.
		admit_institution(kind: InstitutionKind, name: String, operator: Account);
		/// Suspends an institution; with a time, its statements from then on do not count.
		suspend_institution(institution: InstitutionId, invalid_from: Option<Moment>);
		/// Ends a suspension.
		reinstate_institution(institution: InstitutionId);
		/// Ends a membership for good.
		deactivate_institution(institution: InstitutionId, invalid_from: Option<Moment>);
		/// Sets how much of the blocks an institution may use. By a motion of two thirds of the council.
		set_quota(institution: InstitutionId, quota: Quota);
		/// Does what only the council may. By a motion.
		enact(action: Action);
		/// Asks to pause a call at once. By an operator.
		request_pause(call: Named);
		/// Sets when a membership ends; `None` makes it permanent. By a motion of two thirds of the council.
		set_membership_end(institution: InstitutionId, until: Option<Moment>);
		/// Writes down that the time of a membership is over. By any member.
		expire_membership(institution: InstitutionId);
		/// Registers a gateway account. By the operator.
		register_gateway(gateway: Account);
		/// Removes a gateway account. By the operator.
		remove_gateway(gateway: Account);
		/// Enters a node of the institution on the list of those that may connect. By the operator.
		register_node(node: NodeId);
		/// Takes a node of the institution off that list. By the operator.
		remove_node(node: NodeId);
		/// Enters a practitioner into the staff registry. By a gateway or the operator.
		register_practitioner(practitioner: PractitionerId, record: StaffRecord);
		/// Replaces what the staff registry says. By a gateway or the operator.
		update_practitioner(practitioner: PractitionerId, record: StaffRecord);
		/// Ends an entry of the staff registry from a time on. By a gateway or the operator.
		end_practitioner(practitioner: PractitionerId, invalid_from: Moment);
		/// Adds a validator. By a motion of two thirds of the council.
		add_validator(institution: InstitutionId, validator: Account);
		/// Removes a validator. By a motion of two thirds of the council.
		remove_validator(validator: Account);
		/// Gives an institution another operator. By a motion of two thirds of the council.
		replace_operator(institution: InstitutionId, operator: Account);
	}

	/// Handles and who controls them.
	patient_registry, "PatientRegistry" {
		/// Registers a patient. By a gateway of the custodian.
		register_patient(handle: PatientHandle, control: Control, entry: Commitment);
		/// Gives a custodial handle to the patient. By a gateway of the custodian, the patient present.
		claim_handle(handle: PatientHandle, controller: Account, proof: Proof, evidence: Commitment, entry: Commitment);
		/// Replaces the patient's key. By the patient.
		rotate_controller(handle: PatientHandle, new_controller: Account, proof: Proof, entry: Commitment);
		/// Closes a handle for good. By its controller.
		retire_handle(handle: PatientHandle, entry: Commitment);
		/// Says whose handle a provisional one is. By a gateway of the custodian.
		merge_handle(
			provisional: PatientHandle,
			into: PatientHandle,
			statement: Commitment,
			entry: Commitment,
			into_entry: Commitment,
		);
		/// Takes a merge back. By a gateway of the custodian.
		unmerge_handle(
			provisional: PatientHandle,
			statement: Commitment,
			entry: Commitment,
			into_entry: Commitment,
		);
	}

	/// Anchors of records.
	record_anchors, "RecordAnchors" {
		/// Anchors up to 64 records of a handle. By a gateway of its custodian.
		anchor_records(handle: PatientHandle, commitments: Vec<Commitment>, entry: Commitment);
		/// Anchors any number of records under an RFC 9162 root. By a gateway.
		anchor_batch(root: [u8; 32], leaf_count: u32);
	}

	/// Capabilities and decisions.
	consent, "Consent" {
		/// Grants. By the handle's controller.
		grant_capability(handle: PatientHandle, grant: Grant, entry: Commitment);
		/// Ends one capability. By the handle's controller.
		revoke_capability(handle: PatientHandle, grantee: InstitutionId, id: CapabilityId, entry: Commitment);
		/// Ends everything granted to an institution. By the handle's controller.
		revoke_grantee(handle: PatientHandle, grantee: InstitutionId, entry: Commitment);
		/// Asks. By a gateway; succeeds whatever the decision.
		request_access(handle: PatientHandle, tags: Vec<ScopeTag>, purpose: PurposeClass, requester: [u8; 32], entry: Commitment);
		/// Cleans up. By any member.
		remove_expired_permits(ids: Vec<PermitId>);
	}

	/// Receipts.
	audit_trail, "AuditTrail" {
		/// Files a batch of receipts. By a gateway.
		file_receipts(root: [u8; 32], count: u32, from: Moment, until: Moment, entry: Commitment);
	}

	/// Committees of guardians, and the sessions in which they open a patient's records.
	emergency_access, "EmergencyAccess" {
		/// Registers the keys with which an institution takes part in committees. By a gateway.
		register_guardian_key(sealing: [u8; 32], kem_hash: [u8; 32], proof: SchnorrProof);
		/// Begins the formation of a committee of the consortium. By a motion of two thirds of the council.
		form_committee(purpose: CommitteePurpose, members: Vec<InstitutionId>, k: u16, valid_until: Moment);
		/// Deals. By a member, in a resharing by a member of the present set.
		post_dealing(committee: CommitteeId, dealing: Dealing);
		/// Shows that a dealer gave the signer a wrong share. By a member.
		dispute_dealing(committee: CommitteeId, dealer: u16, dispute: DealingDispute);
		/// Proves that the signer holds its share. By a member, an institution or a person.
		confirm_share(committee: CommitteeId, proof: SchnorrProof);
		/// Gives up a formation whose time is over. By a member.
		abandon_formation(committee: CommitteeId);
		/// Begins to deal the shares of a committee anew. By a motion of two thirds of the council.
		reshare_committee(committee: CommitteeId, members: Vec<InstitutionId>, k: u16, valid_until: Moment);
		/// Deals the shares of a patient's own committee. By the handle's controller, who draws the number of the committee.
		set_personal_committee(handle: PatientHandle, committee: CommitteeId, setup: PersonalSetup, entry: Commitment);
		/// Dissolves a patient's own committee. By the handle's controller.
		remove_personal_committee(handle: PatientHandle, entry: Commitment);
		/// Ends a committee. By a motion of two thirds of the council; by any member once its validity is over.
		retire_committee(committee: CommitteeId);
		/// Says which envelopes are sealed for an epoch of a scope. By a gateway of the custodian.
		seal_envelopes(
			handle: PatientHandle,
			tier: EmergencyTier,
			epoch: u32,
			committee: CommitteeId,
			envelopes: Vec<Commitment>,
			drill: bool,
		);
		/// Asks the guardians. By a gateway of the requester.
		request_emergency(request: EmergencyRequest, entry: Commitment);
		/// Approves with a part of the decryption. By a guardian.
		approve_request(id: EmergencyRequestId, part: DecryptionPart, entry: Commitment);
		/// Refuses. By a guardian.
		reject_request(id: EmergencyRequestId, entry: Commitment);
		/// Takes a request back. By a gateway of the requester.
		cancel_request(id: EmergencyRequestId, entry: Commitment);
		/// Ends a session and its epoch. By a gateway of the requester.
		close_session(id: EmergencyRequestId, entry: Commitment);
		/// Writes down that a session has run out. By any member.
		expire_session(id: EmergencyRequestId);
		/// Contradicts a session. By the patient.
		dispute_session(handle: PatientHandle, id: EmergencyRequestId, entry: Commitment);
		/// Confirms the patient's dispute. By a guardian.
		confirm_dispute(id: EmergencyRequestId, entry: Commitment);
		/// Stops a session before whose patient the signer stands. By a gateway.
		suspend_in_person(id: EmergencyRequestId, evidence: Commitment, entry: Commitment);
		/// Judges a session that is over. By a gateway of the custodian or of a regulator.
		review_session(id: EmergencyRequestId, verdict: ReviewVerdict, entry: Commitment);
		/// Says that a review is overdue. By any member.
		escalate_review(id: EmergencyRequestId);
		/// Asks the guardians to evaluate a blinded search term. By a gateway.
		request_locate(request: LocateRequest, entry: Commitment);
		/// Evaluates a search term in part. By a guardian.
		evaluate_locate(id: EmergencyRequestId, part: LocatePart, entry: Commitment);
		/// Sets periods and caps. By a motion of two thirds of the council.
		set_limits(limits: EmergencyLimits);
	}

	/// Keys of validators.
	session, "Session" {
		/// Sets the session keys of the signer, with the proof that it holds them.
		set_keys(keys: SessionKeys, proof: Vec<u8>);
	}

	/// Motions of the members.
	council, "Council" {
		/// Proposes a call. By an operator; with a threshold of 1 it runs at once.
		propose(threshold: u32, proposal: Call, length_bound: u32);
		/// Votes. By an operator.
		vote(proposal: [u8; 32], index: u32, approve: bool);
		/// Closes a motion that is decided or whose time is over. By anybody with an account.
		close(proposal_hash: [u8; 32], index: u32, proposal_weight_bound: Weight, length_bound: u32);
	}
}

macro_rules! named_values {
	($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $kind:ty,)+ })+) => {
		$(
			$(#[$doc])*
			#[derive(Clone, Debug, PartialEq, Eq)]
			pub struct $name {
				$($(#[$field_doc])* pub $field: $kind,)+
			}

			impl ToValue for $name {
				fn to_value(&self) -> Value {
					Value::named_composite([$((stringify!($field), self.$field.to_value())),+])
				}
			}
		)+
	};
}

named_values! {
	/// How much of the blocks an institution may use, picoseconds of reference time per block.
	Quota {
		/// For anchors and receipts.
		bulk: u64,
		/// For access requests.
		decisions: u64,
	}

	/// What an institution says about a practitioner.
	StaffRecord {
		/// Ed25519 key that signs requests.
		signing_key: [u8; 32],
		/// `blake2_256` of the X-Wing public key.
		encryption_key_hash: [u8; 32],
		/// Roles, at least one.
		roles: Vec<StaffRole>,
		/// Department codes.
		departments: Vec<String>,
		/// First moment of validity.
		valid_from: Moment,
		/// First moment after validity.
		valid_until: Moment,
		/// Whether the person may open a record in an emergency.
		emergency_authorised: bool,
	}

	/// What is granted.
	Grant {
		/// Who may ask.
		grantee: InstitutionId,
		/// For which tags, at most 32.
		tags: Vec<ScopeTag>,
		/// For which purposes.
		purposes: PurposeClasses,
		/// First moment of validity.
		valid_from: Moment,
		/// First moment after validity.
		valid_until: Moment,
		/// How often it may be passed on.
		delegation_depth: u8,
		/// Salted commitment to the policy document.
		policy: Commitment,
		/// Hash of the set of key wraps.
		wraps: [u8; 32],
	}

	/// A guardian whom a patient chose.
	PersonalMember {
		/// An institution, or a person's account.
		guardian: Guardian<Account>,
		/// The institution that a person works for: the two have one vote together.
		affiliation: Option<InstitutionId>,
		/// Ristretto255 key that the share is sealed to.
		sealing: [u8; 32],
	}

	/// A patient's own guardians and the key dealt to them.
	PersonalSetup {
		/// The guardians; the first one gets index 1.
		members: Vec<PersonalMember>,
		/// How many of them open an envelope.
		k: u16,
		/// Dealing of dealer 0 for version 1 of the committee.
		dealing: Dealing,
		/// Milliseconds that a request waits for them before the consortium's committee may be asked; `None`: it never may.
		fallback_after: Option<Moment>,
		/// First moment at which they no longer decide.
		valid_until: Moment,
	}

	/// Periods in milliseconds, caps per day (UTC). All of them are above zero.
	EmergencyLimits {
		/// Time in which a committee or a resharing has to come about.
		formation: Moment,
		/// Longest validity of a set of members.
		committee_validity: Moment,
		/// Longest time that a patient may reserve for the own guardians.
		fallback: Moment,
		/// For how long after that the consortium's committee may be asked.
		fallback_window: Moment,
		/// Time in which guardians have to answer a request.
		request_validity: Moment,
		/// How long an approved session stays open.
		session_validity: Moment,
		/// Time in which an ended session has to be reviewed.
		review_period: Moment,
		/// Time in which guardians have to answer a locate request.
		locate_validity: Moment,
		/// Requests of one practitioner in a day that guardians' servers may answer.
		shift_requests: u32,
		/// Requests of one institution in a day, as above.
		institution_requests: u32,
		/// Sessions of one institution that wait or are open at the same time and that guardians' servers may answer.
		open_sessions: u32,
		/// Locate requests of one practitioner in a day.
		shift_locates: u32,
		/// Locate requests of one institution in a day.
		institution_locates: u32,
		/// Patients that one custodian enters into the locate index in a day.
		enrolments: u32,
		/// Guardians that have to confirm a patient's dispute.
		dispute_quorum: u32,
		/// Sessions that one institution suspends in a day alone.
		suspensions: u32,
	}

	/// What is asked of the guardians of an envelope.
	EmergencyRequest {
		/// Whose data.
		handle: PatientHandle,
		/// How much of them.
		tier: EmergencyTier,
		/// Whose envelope.
		committee: CommitteeId,
		/// Its number.
		envelope: u8,
		/// Opens its commitment.
		salt: [u8; 32],
		/// Its header.
		header: EnvelopeHeader,
		/// The one-time point that parts are re-encrypted to.
		point: [u8; 32],
		/// `blake2_256` over the one-time keys.
		key_hash: [u8; 32],
		/// That the requester knows the secret of the point.
		proof: SchnorrProof,
		/// The practitioner on one day, by a keyed hash of the institution.
		shift_tag: [u8; 16],
	}

	/// A blinded search term.
	LocateRequest {
		/// Who is to evaluate.
		committee: CommitteeId,
		/// The blinded element.
		blinded: [u8; 32],
		/// `blake2_256` over the one-time keys.
		key_hash: [u8; 32],
		/// The practitioner on one day, by a keyed hash of the institution.
		shift_tag: [u8; 16],
		/// The patient whom the custodian enters into the index; `None` when somebody is looked for.
		enrol: Option<PatientHandle>,
	}

	/// The keys of a validator, in the order in which a node prints them.
	SessionKeys {
		/// sr25519 key that authors blocks.
		aura: [u8; 32],
		/// Ed25519 key that votes on finality.
		grandpa: [u8; 32],
	}

	/// Weight of a call.
	Weight {
		/// Picoseconds.
		ref_time: u64,
		/// Bytes.
		proof_size: u64,
	}
}

impl From<Bytes64> for SessionKeys {
	fn from(keys: Bytes64) -> Self {
		let (mut aura, mut grandpa) = ([0; 32], [0; 32]);
		aura.copy_from_slice(&keys.0[..32]);
		grandpa.copy_from_slice(&keys.0[32..]);
		Self { aura, grandpa }
	}
}

/// The name of something that the runtime lists: a parameter, or a call that can be paused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named(pub String);

impl ToValue for Named {
	fn to_value(&self) -> Value {
		Value::unnamed_variant(self.0.clone(), [])
	}
}

/// What the council can enact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
	/// Lets runtime code be applied. Two thirds of the council.
	AuthorizeUpgrade {
		/// Its [`super::code_hash`].
		code_hash: [u8; 32],
		/// Refuse code of another name or of no higher version.
		check_version: bool,
	},
	/// Lets GRANDPA's authorities change without a finalized block. Two thirds of the council.
	NoteStalled {
		/// Blocks from the next session to the change.
		delay: u32,
		/// The block that was finalized last.
		best_finalized: u32,
	},
	/// Sets a parameter. More than half of the council.
	SetParameter {
		/// Which one.
		parameter: Named,
		/// Its value.
		value: u64,
	},
	/// Stops a call. More than half of the council.
	PauseCall {
		/// Which one.
		call: Named,
		/// For how many blocks.
		blocks: u32,
	},
	/// Ends a pause. More than half of the council.
	ResumeCall {
		/// Of which call.
		call: Named,
	},
}

impl Action {
	/// Whether it takes two thirds of the council, or more than half.
	pub fn takes_two_thirds(&self) -> bool {
		matches!(self, Self::AuthorizeUpgrade { .. } | Self::NoteStalled { .. })
	}
}

impl ToValue for Action {
	fn to_value(&self) -> Value {
		let (name, fields) = match self {
			Self::AuthorizeUpgrade { code_hash, check_version } => (
				"AuthorizeUpgrade",
				vec![("code_hash", code_hash.to_value()), ("check_version", check_version.to_value())],
			),
			Self::NoteStalled { delay, best_finalized } => {
				("NoteStalled", vec![("delay", delay.to_value()), ("best_finalized", best_finalized.to_value())])
			}
			Self::SetParameter { parameter, value } => {
				("SetParameter", vec![("parameter", parameter.to_value()), ("value", value.to_value())])
			}
			Self::PauseCall { call, blocks } => {
				("PauseCall", vec![("call", call.to_value()), ("blocks", blocks.to_value())])
			}
			Self::ResumeCall { call } => ("ResumeCall", vec![("call", call.to_value())]),
		};
		Value::named_variant(name, fields)
	}
}

/// Who controls a new handle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Control {
	/// The custodian.
	Custodial {
		/// Commitment to the paper.
		evidence: Commitment,
	},
	/// The patient.
	SelfHeld {
		/// The patient's account.
		controller: Account,
		/// Proof that the patient holds its key.
		proof: Proof,
	},
	/// Nobody: the patient could not be identified.
	Provisional,
}

impl ToValue for Control {
	fn to_value(&self) -> Value {
		match self {
			Self::Custodial { evidence } => Value::named_variant("Custodial", [("evidence", evidence.to_value())]),
			Self::SelfHeld { controller, proof } => {
				Value::named_variant("SelfHeld", [("controller", controller.to_value()), ("proof", proof.to_value())])
			}
			Self::Provisional => Value::unnamed_variant("Provisional", []),
		}
	}
}

/// Proof that a controller holds its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
	/// First moment at which it is void.
	pub expires_at: Moment,
	/// sr25519 signature over [`crate::patient::control_message`].
	pub signature: Bytes64,
}

impl From<crate::wire::ProofOfControl> for Proof {
	fn from(proof: crate::wire::ProofOfControl) -> Self {
		Self { expires_at: proof.expires_at, signature: proof.signature }
	}
}

impl ToValue for Proof {
	fn to_value(&self) -> Value {
		let signature = Value::unnamed_variant("Sr25519", [Value::from_bytes(self.signature.0)]);
		Value::named_composite([("expires_at", self.expires_at.to_value()), ("signature", signature)])
	}
}
