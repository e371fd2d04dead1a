#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod consortium;
mod emergency;
mod hex;
mod info;

pub use consortium::{ParameterInfo, PauseInfo, SessionInfo, UpgradeInfo, ValidatorInfo};
pub use emergency::{
	CommitteeInfo, CommitteeKind, CommitteeMemberInfo, CommitteeStatus, EmergencyScopeInfo, EmergencySessionInfo,
	EmergencyStatus, GuardianKeyInfo, LocateSessionInfo, PendingSetInfo, SealedSetInfo,
};
pub use info::{
	AnchorInfo, BatchInfo, CapabilityInfo, ControllerInfo, ControllerOf, HandleInfo, HandleStatus, InstitutionInfo,
	MergeInfo, PermitInfo, PractitionerInfo, QuotaInfo,
};

use alloc::vec::Vec;
use codec::Codec;
use salus_primitives::{
	AuditChain, AuditEntry, ChainHead, CommitteeId, CommitteePurpose, EmergencyRequestId, EmergencyTier, InstitutionId,
	Moment, NodeId, PatientHandle, PermitId, PractitionerId, RecordId,
};
use salus_threshold::dealing::Dealing;

sp_api::decl_runtime_apis! {
	/// Queries of the Salus chain, answered for the block at which they are asked.
	pub trait SalusApi<AccountId>
	where
		AccountId: Codec,
	{
		/// A member of the consortium, whatever its status.
		fn institution(id: InstitutionId) -> Option<InstitutionInfo<AccountId>>;

		/// Every institution that was ever admitted, in the order of admission.
		fn institutions() -> Vec<(InstitutionId, InstitutionInfo<AccountId>)>;

		/// An entry of the staff registry.
		fn practitioner(id: PractitionerId) -> Option<PractitionerInfo>;

		/// A patient handle, retired ones included.
		fn handle(handle: PatientHandle) -> Option<HandleInfo<AccountId>>;

		/// The records anchored one by one with the handle. Those inside batches do not show here.
		fn anchors(handle: PatientHandle) -> Vec<(RecordId, AnchorInfo)>;

		/// The batches that the institution anchored, by their number.
		fn batches(institution: InstitutionId) -> Vec<(u32, BatchInfo)>;

		/// The live capabilities of the handle, for every grantee.
		fn capabilities(handle: PatientHandle) -> Vec<CapabilityInfo>;

		/// The permit when it is live, reduced to the tags that a live capability still backs.
		fn permit(id: PermitId) -> Option<PermitInfo>;

		/// Head and length of an audit chain; zeros when nothing was written to it.
		fn audit_head(chain: AuditChain) -> ChainHead;

		/// The audit entries written in this block, in the order of the leaves of its RFC 9162 tree.
		fn block_entries() -> Vec<AuditEntry>;
	}

	/// Queries about how the consortium governs itself, answered for the block at which they are asked. Version 2 came with
	/// `spec_version` 4: `nodes`, `session` and `offenders`.
	#[api_version(2)]
	pub trait ConsortiumApi<AccountId>
	where
		AccountId: Codec,
	{
		/// Every parameter that the council can set, in a fixed order.
		fn parameters() -> Vec<ParameterInfo>;

		/// Every call that can be paused, in a fixed order.
		fn pauses() -> Vec<PauseInfo>;

		/// The validators that the council has named, with what keeps them in or out of the set.
		fn validators() -> Vec<ValidatorInfo<AccountId>>;

		/// When memberships end, milliseconds; the permanent ones do not show here.
		fn membership_ends() -> Vec<(InstitutionId, Moment)>;

		/// The upgrade that the council has authorized and nobody has applied yet.
		fn authorized_upgrade() -> Option<UpgradeInfo>;

		/// The nodes that belong on the network, sorted: those of active members, and of others while the set needs their
		/// validators. One that several members list stands there for each.
		fn nodes() -> Vec<(NodeId, InstitutionId)>;

		/// The session that runs.
		fn session() -> SessionInfo;

		/// The named validators that were proven to have equivocated: out of the set as soon as the guards let them, until
		/// the council has removed them and named them anew.
		fn offenders() -> Vec<AccountId>;
	}

	/// Queries about patients whom nobody could identify at first, answered for the block at which they are asked.
	pub trait MergesApi {
		/// The provisional handles that count as this patient's, or the one merge that this provisional handle is in.
		fn merges(handle: PatientHandle) -> Vec<MergeInfo>;
	}

	/// Queries about emergency access, answered for the block at which they are asked.
	pub trait EmergencyApi<AccountId>
	where
		AccountId: Codec,
	{
		/// The keys with which an institution takes part in committees.
		fn guardian_key(institution: InstitutionId) -> Option<GuardianKeyInfo>;

		/// A committee, whatever its status.
		fn committee(id: CommitteeId) -> Option<CommitteeInfo<AccountId>>;

		/// The consortium's committees that have neither failed nor retired, by number.
		fn committees() -> Vec<CommitteeId>;

		/// The committee to which the consortium's envelopes are sealed now.
		fn consortium_committee(purpose: CommitteePurpose) -> Option<CommitteeId>;

		/// The patient's own committee.
		fn personal_committee(handle: PatientHandle) -> Option<CommitteeId>;

		/// The committee that is to become the patient's own once each of its members has proven its share.
		fn personal_formation(handle: PatientHandle) -> Option<CommitteeId>;

		/// The personal committees, active or in formation, in which a person is a guardian.
		fn committees_of_guardian(account: AccountId) -> Vec<CommitteeId>;

		/// The committees, personal ones included, in whose present or pending set of members the institution stands.
		fn committees_of_institution(institution: InstitutionId) -> Vec<CommitteeId>;

		/// The dealings for one version of a committee's members, by the index of the dealer; 0 is the patient's own.
		fn dealings(id: CommitteeId, version: u32) -> Vec<(u16, Dealing)>;

		/// What is sealed for a patient and a tier; nothing, in epoch 0, for an unknown one.
		fn scope(handle: PatientHandle, tier: EmergencyTier) -> EmergencyScopeInfo;

		/// A session, with its status as of this block.
		fn session(id: EmergencyRequestId) -> Option<EmergencySessionInfo>;

		/// Every session on a patient's data that the chain still keeps, by the time of the request.
		fn sessions(handle: PatientHandle) -> Vec<EmergencyRequestId>;

		/// The sessions before a committee that are requested or active, at most 1,024.
		fn open_sessions(committee: CommitteeId) -> Vec<EmergencyRequestId>;

		/// A locate session, with its status as of this block.
		fn locate_session(id: EmergencyRequestId) -> Option<LocateSessionInfo>;

		/// The locate sessions before a committee that lack parts, at most 1,024.
		fn open_locate_sessions(committee: CommitteeId) -> Vec<EmergencyRequestId>;
	}
}
