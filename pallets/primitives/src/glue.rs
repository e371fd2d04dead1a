//! Traits through which one pallet asks another, so that no pallet depends on another pallet's crate. The runtime wires them.

use crate::{
	Act, AuditChain, Commitment, CommitteeId, InstitutionId, InstitutionKind, Moment, OutcomeClass, PatientHandle,
	PractitionerId, PurposeClass,
};
use sp_runtime::{DispatchError, DispatchResult, Weight};

/// Membership, answered by `consortium`.
pub trait Members<AccountId> {
	/// The institution for which this account is a registered gateway, whatever its status.
	fn institution_of(gateway: &AccountId) -> Option<InstitutionId>;
	/// The institution of a gateway account that may act now: registered, and its institution active.
	fn active_institution(gateway: &AccountId) -> Result<InstitutionId, DispatchError>;
	/// Fails unless the account holds a role now: it serves an active institution, or serves none and has a role of another
	/// kind, as the controller of a handle has.
	fn ensure_member(account: &AccountId) -> DispatchResult;
	/// Whether the institution exists and is active.
	fn is_active(institution: InstitutionId) -> bool;
	/// Its kind, when it exists.
	fn kind(institution: InstitutionId) -> Option<InstitutionKind>;
	/// Whether an institution of its kind may claim this purpose; `false` for an unknown or inactive one.
	fn may_claim(institution: InstitutionId, purpose: PurposeClass) -> bool;
	/// The state of a practitioner's entry, when there is one.
	fn practitioner(id: &PractitionerId) -> Option<PractitionerSummary>;
	/// Makes an active institution with this gateway account exist, for benchmarks.
	#[cfg(feature = "runtime-benchmarks")]
	fn benchmark_member(gateway: &AccountId, kind: InstitutionKind) -> InstitutionId;
}

/// What another pallet may know of a practitioner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PractitionerSummary {
	/// Where the entry belongs.
	pub institution: InstitutionId,
	/// Ed25519 key that signs requests.
	pub signing_key: [u8; 32],
	/// Valid now: within its validity, not ended, institution active.
	pub valid: bool,
}

/// References to accounts: one provider reference however many roles an account holds, answered by `consortium`.
pub trait AccountRoles<AccountId> {
	/// Counts one more role; the first one makes the account exist.
	fn add_role(account: &AccountId) -> DispatchResult;
	/// Counts one role less. The account outlives its last role by the longest era of a transaction, so that nothing replays.
	fn remove_role(account: &AccountId) -> DispatchResult;
}

/// How an account controls a handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ControllerKind {
	/// The patient, with an own key.
	SelfHeld,
	/// A gateway of the custodian, on behalf of the patient.
	Custodian(InstitutionId),
}

/// Patient handles, answered by `patient-registry`.
pub trait Handles<AccountId> {
	/// The custodian of a handle that is registered and not retired.
	fn custodian(handle: &PatientHandle) -> Option<InstitutionId>;
	/// How the account controls the handle now; `None` when it does not, or the handle is unknown or retired. A custodian
	/// controls only while it is active; a patient's own key does not depend on the custodian's status.
	fn controller(handle: &PatientHandle, who: &AccountId) -> Option<ControllerKind>;
	/// Makes a handle of this custodian, controlled by this account with an own key, exist, for benchmarks.
	#[cfg(feature = "runtime-benchmarks")]
	fn benchmark_handle(handle: PatientHandle, custodian: InstitutionId, controller: &AccountId);
}

/// A chain without patients, for tests of what does not concern them.
pub struct NoHandles;

impl<AccountId> Handles<AccountId> for NoHandles {
	fn custodian(_: &PatientHandle) -> Option<InstitutionId> {
		None
	}
	fn controller(_: &PatientHandle, _: &AccountId) -> Option<ControllerKind> {
		None
	}
	#[cfg(feature = "runtime-benchmarks")]
	fn benchmark_handle(_: PatientHandle, _: InstitutionId, _: &AccountId) {}
}

/// Guardians whom patients chose, answered by `emergency-access`.
pub trait Guardians<AccountId> {
	/// The handle for whose patient this account guards: it has proved its share in the live or the forming personal committee.
	fn personal_handle(account: &AccountId) -> Option<PatientHandle>;
	/// The handle whose patient named this account as a guardian in this committee, until it has proved its share there.
	fn named_handle(account: &AccountId, committee: CommitteeId) -> Option<PatientHandle>;
}

/// A chain without personal guardians, for tests of what does not concern them.
pub struct NoGuardians;

impl<AccountId> Guardians<AccountId> for NoGuardians {
	fn personal_handle(_: &AccountId) -> Option<PatientHandle> {
		None
	}
	fn named_handle(_: &AccountId, _: CommitteeId) -> Option<PatientHandle> {
		None
	}
}

/// The audit trail, answered by `audit-trail`. An act that cannot be written there does not happen.
pub trait AuditLog {
	/// Appends an entry to the chain and to the block, at the time of the block. Fails when the block holds no more entries.
	fn record(
		chain: AuditChain,
		act: Act,
		outcome: OutcomeClass,
		actor: Option<InstitutionId>,
		custodian: Option<InstitutionId>,
		commitment: Commitment,
	) -> Result<Recorded, DispatchError>;
	/// What one entry costs at the end of the block. A call that records an entry adds this to its own weight: its benchmark sees
	/// the writing, and not this.
	fn record_weight() -> Weight {
		Weight::zero()
	}
}

/// Where an entry went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recorded {
	/// Position in its chain.
	pub sequence: u64,
	/// Slot time of the block.
	pub at: Moment,
}
