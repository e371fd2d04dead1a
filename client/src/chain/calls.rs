//! Every call that Salus' people and gateways sign, as a function.
//!
//! The names of pallets, calls and arguments are the runtime's. [`super::Chain::connect`] compares them with the node's metadata, so
//! that a runtime which changed says so at once and not in the middle of an act.

use super::{Call, ToValue};
use crate::wire::{Account, Bytes64};
use salus_primitives::{
	CapabilityId, Commitment, InstitutionId, InstitutionKind, Moment, PatientHandle, PermitId, PractitionerId,
	PurposeClass, PurposeClasses, ScopeTag, StaffRole,
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
		/// Sets how much of the blocks an institution may use. By a motion of half of the council.
		set_quota(institution: InstitutionId, quota: Quota);
		/// Registers a gateway account. By the operator.
		register_gateway(gateway: Account);
		/// Removes a gateway account. By the operator.
		remove_gateway(gateway: Account);
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

	/// Weight of a call.
	Weight {
		/// Picoseconds.
		ref_time: u64,
		/// Bytes.
		proof_size: u64,
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
}

impl ToValue for Control {
	fn to_value(&self) -> Value {
		match self {
			Self::Custodial { evidence } => Value::named_variant("Custodial", [("evidence", evidence.to_value())]),
			Self::SelfHeld { controller, proof } => {
				Value::named_variant("SelfHeld", [("controller", controller.to_value()), ("proof", proof.to_value())])
			}
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
