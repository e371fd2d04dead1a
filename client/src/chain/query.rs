//! Reads through the runtime's typed queries, at the finalized head unless a block is named.

use super::{Chain, ChainError};
use crate::wire::{Account, BlockId, Bytes32};
use codec::{Compact, Decode, DecodeAll, Encode};
use salus_primitives::{
	AuditChain, AuditEntry, ChainHead, CommitteeId, CommitteePurpose, EmergencyRequestId, EmergencyTier, InstitutionId,
	Moment, NodeId, PatientHandle, PermitId, PractitionerId, RecordId,
};
use salus_runtime_api::{
	AnchorInfo, BatchInfo, CapabilityInfo, CommitteeInfo, EmergencyScopeInfo, EmergencySessionInfo, GuardianKeyInfo,
	HandleInfo, InstitutionInfo, LocateSessionInfo, MergeInfo, ParameterInfo, PauseInfo, PermitInfo, PractitionerInfo,
	SessionInfo, UpgradeInfo, ValidatorInfo,
};
use salus_threshold::dealing::Dealing;
use serde::Serialize;
use subxt::{
	config::substrate::H256,
	dynamic::{constant, storage},
};

/// A filed batch of receipts as the chain keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Decode, Serialize)]
pub struct ReceiptBatch {
	/// RFC 9162 root over the receipts.
	pub root: Bytes32,
	/// Number of receipts.
	pub count: u32,
	/// Time of the first.
	pub from: Moment,
	/// Time of the last.
	pub until: Moment,
	/// When it was filed.
	pub filed_at: Moment,
}

/// Storage key of `Timestamp.Now`: `twox_128("Timestamp") ++ twox_128("Now")`.
const TIMESTAMP_NOW: [u8; 32] = [
	0xf0, 0xc3, 0x65, 0xc3, 0xcf, 0x59, 0xd6, 0x71, 0xeb, 0x72, 0xda, 0x0e, 0x7a, 0x41, 0x13, 0xc4, 0x9f, 0x1f, 0x05,
	0x15, 0xf4, 0x62, 0xcd, 0xcf, 0x84, 0xe0, 0xf1, 0xd6, 0x04, 0x5d, 0xfc, 0xbb,
];

macro_rules! queries {
	($($doc:literal $method:ident / $method_at:ident = $function:literal ($($argument:ident: $kind:ty),*) -> $answer:ty;)+) => {
		impl Chain {
			$(
				#[doc = concat!($doc, ", at the finalized head.")]
				///
				/// # Errors
				/// [`ChainError::NotInRuntime`] when the runtime is of a version without it; [`ChainError::Unreachable`],
				/// [`ChainError::Node`], [`ChainError::Unreadable`].
				pub async fn $method(&self, $($argument: $kind),*) -> Result<$answer, ChainError> {
					let head = self.finalized_head().await?;
					self.$method_at(&head, $($argument),*).await
				}

				#[doc = concat!($doc, ", at a block.")]
				///
				/// # Errors
				/// Those of the query at the finalized head; [`ChainError::Pruned`].
				pub async fn $method_at(&self, at: &BlockId, $($argument: $kind),*) -> Result<$answer, ChainError> {
					self.state_call($function, ($($argument,)*).encode(), at).await
				}
			)+
		}
	};
}

queries! {
	"A member of the consortium, whatever its status"
	institution / institution_at = "SalusApi_institution"(id: InstitutionId) -> Option<InstitutionInfo<Account>>;
	"Every institution that was ever admitted"
	institutions / institutions_at = "SalusApi_institutions"() -> Vec<(InstitutionId, InstitutionInfo<Account>)>;
	"An entry of the staff registry"
	practitioner / practitioner_at = "SalusApi_practitioner"(id: &PractitionerId) -> Option<PractitionerInfo>;
	"A patient handle, retired ones included"
	handle / handle_at = "SalusApi_handle"(handle: &PatientHandle) -> Option<HandleInfo<Account>>;
	"Every parameter that the council can set"
	parameters / parameters_at = "ConsortiumApi_parameters"() -> Vec<ParameterInfo>;
	"Every call that can be paused"
	pauses / pauses_at = "ConsortiumApi_pauses"() -> Vec<PauseInfo>;
	"The validators that the council has named"
	validators / validators_at = "ConsortiumApi_validators"() -> Vec<ValidatorInfo<Account>>;
	"When memberships end that are not permanent"
	membership_ends / membership_ends_at = "ConsortiumApi_membership_ends"() -> Vec<(InstitutionId, Moment)>;
	"The upgrade that the council has authorized and nobody has applied yet"
	authorized_upgrade / authorized_upgrade_at = "ConsortiumApi_authorized_upgrade"() -> Option<UpgradeInfo>;
	"The nodes that belong on the network, each with the member that lists it"
	nodes / nodes_at = "ConsortiumApi_nodes"() -> Vec<(NodeId, InstitutionId)>;
	"The session of the validators that runs"
	session / session_at = "ConsortiumApi_session"() -> SessionInfo;
	"The named validators that were proven to have equivocated"
	offenders / offenders_at = "ConsortiumApi_offenders"() -> Vec<Account>;
	"Milliseconds from one block to the next"
	slot_duration / slot_duration_at = "AuraApi_slot_duration"() -> Moment;
	"The provisional handles that count as a patient's, or the one merge that a provisional handle is in"
	merges / merges_at = "MergesApi_merges"(handle: &PatientHandle) -> Vec<MergeInfo>;
	"The records anchored one by one with a handle"
	anchors / anchors_at = "SalusApi_anchors"(handle: &PatientHandle) -> Vec<(RecordId, AnchorInfo)>;
	"The batches of anchors of an institution"
	batches / batches_at = "SalusApi_batches"(institution: InstitutionId) -> Vec<(u32, BatchInfo)>;
	"The live capabilities of a handle"
	capabilities / capabilities_at = "SalusApi_capabilities"(handle: &PatientHandle) -> Vec<CapabilityInfo>;
	"A permit when it is live, reduced to the tags that a live capability still backs"
	permit / permit_at = "SalusApi_permit"(id: PermitId) -> Option<PermitInfo>;
	"Head and length of an audit chain"
	audit_head / audit_head_at = "SalusApi_audit_head"(chain: AuditChain) -> ChainHead;
	"The keys with which an institution takes part in committees"
	guardian_key / guardian_key_at = "EmergencyApi_guardian_key"(institution: InstitutionId) -> Option<GuardianKeyInfo>;
	"A committee of guardians, whatever its status"
	committee / committee_at = "EmergencyApi_committee"(id: CommitteeId) -> Option<CommitteeInfo<Account>>;
	"The consortium's committees that have neither failed nor retired"
	committees / committees_at = "EmergencyApi_committees"() -> Vec<CommitteeId>;
	"The committee to which the consortium's envelopes are sealed"
	consortium_committee / consortium_committee_at =
		"EmergencyApi_consortium_committee"(purpose: CommitteePurpose) -> Option<CommitteeId>;
	"The patient's own committee"
	personal_committee / personal_committee_at =
		"EmergencyApi_personal_committee"(handle: &PatientHandle) -> Option<CommitteeId>;
	"The committee that is to become the patient's own"
	personal_formation / personal_formation_at =
		"EmergencyApi_personal_formation"(handle: &PatientHandle) -> Option<CommitteeId>;
	"The personal committees, active or in formation, in which a person is a guardian"
	committees_of_guardian / committees_of_guardian_at =
		"EmergencyApi_committees_of_guardian"(account: &Account) -> Vec<CommitteeId>;
	"The committees, personal ones included, in which an institution is a guardian"
	committees_of_institution / committees_of_institution_at =
		"EmergencyApi_committees_of_institution"(institution: InstitutionId) -> Vec<CommitteeId>;
	"The dealings for one version of a committee's members, by the index of the dealer"
	dealings / dealings_at = "EmergencyApi_dealings"(id: CommitteeId, version: u32) -> Vec<(u16, Dealing)>;
	"The emergency envelopes of a patient and tier"
	emergency_scope / emergency_scope_at =
		"EmergencyApi_scope"(handle: &PatientHandle, tier: EmergencyTier) -> EmergencyScopeInfo;
	"An emergency session, with its status as of the block"
	emergency_session / emergency_session_at =
		"EmergencyApi_session"(id: &EmergencyRequestId) -> Option<EmergencySessionInfo>;
	"Every emergency session on a patient's data"
	emergency_sessions / emergency_sessions_at =
		"EmergencyApi_sessions"(handle: &PatientHandle) -> Vec<EmergencyRequestId>;
	"The sessions before a committee that are requested or active, at most 1,024"
	open_emergency_sessions / open_emergency_sessions_at =
		"EmergencyApi_open_sessions"(committee: CommitteeId) -> Vec<EmergencyRequestId>;
	"A locate session, with its status as of the block"
	locate_session / locate_session_at =
		"EmergencyApi_locate_session"(id: &EmergencyRequestId) -> Option<LocateSessionInfo>;
	"The locate sessions before a committee that lack parts, at most 1,024"
	open_locate_sessions / open_locate_sessions_at =
		"EmergencyApi_open_locate_sessions"(committee: CommitteeId) -> Vec<EmergencyRequestId>;
}

impl Chain {
	/// The audit entries written in a block.
	///
	/// # Errors
	/// [`ChainError::Pruned`], [`ChainError::Unreachable`], [`ChainError::Node`], [`ChainError::Unreadable`].
	pub async fn block_entries_at(&self, at: &BlockId) -> Result<Vec<AuditEntry>, ChainError> {
		self.state_call("SalusApi_block_entries", Vec::new(), at).await
	}

	/// Slot time of a block.
	///
	/// # Errors
	/// [`ChainError::Pruned`], [`ChainError::Unreachable`], [`ChainError::Node`], [`ChainError::Unreadable`].
	pub async fn time_at(&self, at: &BlockId) -> Result<Moment, ChainError> {
		let connection = self.connected().await?;
		let bytes = connection
			.rpc
			.state_get_storage(&TIMESTAMP_NOW, Some(H256(at.hash.0)))
			.await
			.map_err(|error| self.node_error(error))?;
		// The genesis block has no time.
		bytes.map_or(Ok(0), |bytes| decode("Timestamp.Now", &bytes))
	}

	/// Slot time of the finalized head: the clock that the chain compares with. A few seconds behind the wall's.
	///
	/// # Errors
	/// [`ChainError::Unreachable`], [`ChainError::Node`], [`ChainError::Unreadable`].
	pub async fn now(&self) -> Result<Moment, ChainError> {
		self.time_at(&self.finalized_head().await?).await
	}

	/// Picoseconds in which a block may execute.
	///
	/// # Errors
	/// [`ChainError::Unreachable`], [`ChainError::Node`], [`ChainError::Unreadable`].
	pub async fn block_capacity(&self) -> Result<u64, ChainError> {
		let at_block = self.client_at_head().await?;
		let address = constant::<subxt::dynamic::Value>("System", "BlockWeights");
		let bytes = at_block.constants().entry_bytes(address).map_err(|error| ChainError::Node(error.to_string()))?;
		block_capacity(&bytes).map_err(|error| ChainError::Unreadable {
			what: "System.BlockWeights".to_owned(),
			reason: error.to_string(),
		})
	}

	/// A filed batch of receipts, at the finalized head.
	///
	/// # Errors
	/// [`ChainError::Unreachable`], [`ChainError::Node`], [`ChainError::Unreadable`].
	pub async fn receipt_batch(
		&self,
		institution: InstitutionId,
		number: u32,
	) -> Result<Option<ReceiptBatch>, ChainError> {
		let at_block = self.client_at_head().await?;
		let address = storage::<(u32, u32), subxt::dynamic::Value>("AuditTrail", "ReceiptBatches");
		let value = at_block
			.storage()
			.try_fetch(address, (institution.0, number))
			.await
			.map_err(|error| ChainError::Node(error.to_string()))?;
		value.map(|value| decode("AuditTrail.ReceiptBatches", value.bytes())).transpose()
	}

	/// Every entry of the staff registry, at the finalized head.
	///
	/// # Errors
	/// [`ChainError::Unreachable`], [`ChainError::Node`], [`ChainError::Unreadable`].
	pub async fn practitioners(&self) -> Result<Vec<(PractitionerId, PractitionerInfo)>, ChainError> {
		const PAGE: u32 = 512;
		let connection = self.connected().await?;
		let at_block = self.client_at_head().await?;
		let head = self.block_of(at_block.block_hash()).await?;
		let address = storage::<([u8; 32],), subxt::dynamic::Value>("Consortium", "Practitioners");
		let entry = at_block.storage().entry(address).map_err(|error| ChainError::Node(error.to_string()))?;
		let prefix = entry.key_prefix();
		let mut found = Vec::new();
		let mut last: Option<Vec<u8>> = None;
		loop {
			let keys = connection
				.rpc
				.state_get_keys_paged(&prefix, PAGE, last.as_deref(), Some(at_block.block_hash()))
				.await
				.map_err(|error| self.node_error(error))?;
			for key in &keys {
				// The hasher keeps the id at the end of the key.
				let id =
					key.last_chunk::<32>().map(|id| PractitionerId(*id)).ok_or_else(|| ChainError::Unreadable {
						what: "Consortium.Practitioners".to_owned(),
						reason: "a key is too short".to_owned(),
					})?;
				found.extend(self.practitioner_at(&head, &id).await?.map(|info| (id, info)));
			}
			if keys.len() < PAGE as usize {
				return Ok(found);
			}
			last = keys.into_iter().last();
		}
	}

	/// Whether the node is syncing, and how many peers it has.
	///
	/// # Errors
	/// [`ChainError::Unreachable`], [`ChainError::Node`].
	pub async fn node_health(&self) -> Result<(bool, usize), ChainError> {
		let health = self.connected().await?.rpc.system_health().await.map_err(|error| self.node_error(error))?;
		Ok((health.is_syncing, health.peers))
	}

	async fn state_call<T: Decode>(&self, function: &str, arguments: Vec<u8>, at: &BlockId) -> Result<T, ChainError> {
		let connection = self.connected().await?;
		let block = Some(H256(at.hash.0));
		let error = match connection.rpc.state_call(function, Some(&arguments), block).await {
			Ok(bytes) => return decode(function, &bytes),
			Err(error) => self.node_error(error),
		};
		if !lacks_function(&error) {
			return Err(error);
		}
		let version = connection.rpc.state_get_runtime_version(block).await.map_err(|error| self.node_error(error))?;
		Err(ChainError::NotInRuntime { spec_version: version.spec_version, what: function.to_owned() })
	}
}

/// `BlockWeights` begins with the weights of an empty and of a full block, each (picoseconds, bytes).
fn block_capacity(mut weights: &[u8]) -> Result<u64, codec::Error> {
	let [_, _, Compact(capacity), _] = <[Compact<u64>; 4]>::decode(&mut weights)?;
	Ok(capacity)
}

/// Whether a call of the runtime failed because there is no such function: in the words of the node's executor.
fn lacks_function(error: &ChainError) -> bool {
	matches!(error, ChainError::Node(reason) if reason.contains("Exported method ") && reason.contains(" is not found"))
}

pub(super) fn decode<T: Decode>(what: &str, bytes: &[u8]) -> Result<T, ChainError> {
	T::decode_all(&mut &*bytes)
		.map_err(|error| ChainError::Unreadable { what: what.to_owned(), reason: error.to_string() })
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn the_capacity_of_a_block_is_that_of_a_full_one() {
		let weights = [1, 2, 666_000_000_000, u64::MAX].map(Compact);
		assert_eq!(block_capacity(&[&weights.encode()[..], b"and more"].concat()), Ok(666_000_000_000));
		assert!(block_capacity(&weights.encode()[..3]).is_err());
	}

	#[test]
	fn a_function_that_the_runtime_lacks_is_told_apart_from_one_that_fails() {
		let said = |reason: &str| ChainError::Node(reason.to_owned());
		let lacking = "Client error: Execution failed: Other: Exported method ConsortiumApi_nodes is not found";
		assert!(lacks_function(&said(lacking)));
		assert!(!lacks_function(&said("Client error: Execution failed: Execution aborted due to trap")));
		assert!(!lacks_function(&said("Client error: UnknownBlock: header is not found")));
		assert!(!lacks_function(&ChainError::Pruned(lacking.to_owned())));
	}
}
