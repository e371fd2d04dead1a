#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod hex;
mod info;

pub use info::{
	AnchorInfo, BatchInfo, CapabilityInfo, ControllerInfo, ControllerOf, HandleInfo, HandleStatus, InstitutionInfo,
	PermitInfo, PractitionerInfo, QuotaInfo,
};

use alloc::vec::Vec;
use codec::Codec;
use salus_primitives::{
	AuditChain, AuditEntry, ChainHead, InstitutionId, PatientHandle, PermitId, PractitionerId, RecordId,
};

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
}
