//! What is stored about a handle, and the proof that a controller holds its key.

use crate::Config;
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{BoundedVec, CloneNoBound, DebugNoBound, EqNoBound, PartialEqNoBound};
use salus_primitives::{Commitment, InstitutionId, Moment, PatientHandle};
use scale_info::TypeInfo;

/// Whether a handle is in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum HandleStatus {
	/// Somebody controls it.
	Active,
	/// Nobody controls it, for good.
	Retired,
	/// It was provisional and is another handle's now: nothing is done with it until that is taken back.
	Merged,
}

/// Who acts for the patient.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum ControllerOf<AccountId> {
	/// Any gateway of the custodian, on behalf of the patient.
	Custodian,
	/// The patient, with an own key.
	SelfHeld(AccountId),
	/// Nobody: the custodian treats a person whom nobody could identify, and decides nothing for that person.
	Provisional,
}

/// A controller and its time.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Controller<AccountId> {
	/// Who it is.
	pub kind: ControllerOf<AccountId>,
	/// First moment of its control.
	pub valid_from: Moment,
	/// First moment after its control; `None` while no end is set.
	pub valid_until: Option<Moment>,
}

impl<AccountId> Controller<AccountId> {
	/// Whether it controls the handle at this moment.
	pub fn is_live(&self, now: Moment) -> bool {
		self.valid_from <= now && self.valid_until.is_none_or(|until| now < until)
	}
}

/// What the chain knows of a handle.
///
/// An active handle has exactly one controller without an end, no account twice, and at most one entry of the custodian.
/// A retired handle has no controllers, a merged one is provisional.
#[derive(
	CloneNoBound,
	DebugNoBound,
	PartialEqNoBound,
	EqNoBound,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
#[scale_info(skip_type_params(T))]
pub struct HandleRecord<T: Config> {
	/// The institution that keeps the records. It stays the same when control changes.
	pub custodian: InstitutionId,
	/// Time of the registration.
	pub registered_at: Moment,
	/// Whether it is in use.
	pub status: HandleStatus,
	/// Who controls it, and who did so lately.
	pub controllers: BoundedVec<Controller<T::AccountId>, T::MaxControllers>,
	/// Hiding commitment to the paper behind the control: the consent to custody, later the identification at the claim.
	pub evidence: Option<Commitment>,
}

/// How a new handle is controlled.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Control<AccountId, Signature> {
	/// The custodian acts on behalf of the patient.
	Custodial {
		/// Hiding commitment to the patient's consent on paper.
		evidence: Commitment,
	},
	/// The patient has an own key.
	SelfHeld {
		/// Its account.
		controller: AccountId,
		/// That the patient holds it.
		proof: ControlProof<Signature>,
	},
	/// Nobody could identify the patient.
	Provisional,
}

/// Whose handle a provisional one turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct MergeRecord {
	/// The patient's handle.
	pub into: PatientHandle,
	/// Time of the block.
	pub at: Moment,
	/// Hiding commitment to how the patient was recognised.
	pub statement: Commitment,
}

/// That a controller holds its key and agrees to control this handle.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct ControlProof<Signature> {
	/// First moment at which the proof no longer holds.
	pub expires_at: Moment,
	/// Over [`control_message`], by the controller.
	pub signature: Signature,
}

/// Keeps a signature of this protocol from meaning anything in another one.
const CONTROL_DOMAIN: [u8; 16] = *b"salus/control/v1";

/// What a controller signs: the SCALE encoding of (domain, genesis hash, custodian, handle, controller, expiry).
///
/// Every part has a fixed length (16, 32, 4, 32, 32 and 8 bytes with 32-byte accounts), so no two tuples share a message.
/// It names the one chain, custodian, handle and account for which it can be used.
pub fn control_message<Hash: Encode, AccountId: Encode>(
	genesis: &Hash,
	custodian: InstitutionId,
	handle: &PatientHandle,
	controller: &AccountId,
	expires_at: Moment,
) -> Vec<u8> {
	(CONTROL_DOMAIN, genesis, custodian, handle, controller, expires_at).encode()
}
