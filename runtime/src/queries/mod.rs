//! Answers of the runtime APIs, from the state of the block at which they are asked.

pub mod consortium;
pub mod emergency;

use alloc::{string::String, vec::Vec};
use pallet_consortium::{Institution, Institutions, Practitioners};
use pallet_patient_registry::{ControllerOf, HandleStatus, Handles, MergedInto, Merges};
use salus_primitives::{
	AuditChain, AuditEntry, ChainHead, InstitutionId, MemberStatus, Members, PatientHandle, PermitId, PractitionerId,
	RecordId,
};
use salus_runtime_api as api;
use salus_runtime_api::{
	AnchorInfo, BatchInfo, CapabilityInfo, ControllerInfo, HandleInfo, InstitutionInfo, MergeInfo, PermitInfo,
	PractitionerInfo, QuotaInfo,
};

use crate::{AccountId, AuditTrail, Consent, Consortium, Runtime};

/// Names and codes are UTF-8 by the checks of `consortium`; anything else is shown as far as it can be.
fn text(bytes: &[u8]) -> String {
	String::from_utf8_lossy(bytes).into_owned()
}

/// A membership whose time is over shows as the suspension that it becomes once somebody writes it down.
fn institution_info(member: Institution<AccountId>) -> InstitutionInfo<AccountId> {
	let over = member.is_active() && !Consortium::may_act(&member);
	InstitutionInfo {
		kind: member.kind,
		name: text(&member.name),
		operator: member.operator,
		status: if over { MemberStatus::Suspended } else { member.status },
		admitted_at: member.admitted_at,
		invalid_from: if over { member.until } else { member.invalid_from },
		quota: QuotaInfo { bulk: member.quota.bulk, decisions: member.quota.decisions },
	}
}

pub fn institution(id: InstitutionId) -> Option<InstitutionInfo<AccountId>> {
	Institutions::<Runtime>::get(id).map(institution_info)
}

pub fn institutions() -> Vec<(InstitutionId, InstitutionInfo<AccountId>)> {
	let mut all: Vec<_> = Institutions::<Runtime>::iter().map(|(id, member)| (id, institution_info(member))).collect();
	all.sort_by_key(|(id, _)| *id);
	all
}

pub fn practitioner(id: PractitionerId) -> Option<PractitionerInfo> {
	let entry = Practitioners::<Runtime>::get(id)?;
	let valid = <Consortium as Members<AccountId>>::practitioner(&id).is_some_and(|summary| summary.valid);
	Some(PractitionerInfo {
		institution: entry.institution,
		signing_key: entry.signing_key,
		encryption_key_hash: entry.encryption_key_hash,
		roles: entry.roles.into_inner(),
		departments: entry.departments.iter().map(|code| text(code)).collect(),
		valid_from: entry.valid_from,
		valid_until: entry.valid_until,
		emergency_authorised: entry.emergency_authorised,
		invalid_from: entry.invalid_from,
		valid,
	})
}

pub fn handle(handle: PatientHandle) -> Option<HandleInfo<AccountId>> {
	let record = Handles::<Runtime>::get(handle)?;
	Some(HandleInfo {
		custodian: record.custodian,
		registered_at: record.registered_at,
		status: match record.status {
			HandleStatus::Active => api::HandleStatus::Active,
			HandleStatus::Retired => api::HandleStatus::Retired,
			HandleStatus::Merged => api::HandleStatus::Merged,
		},
		controllers: record
			.controllers
			.into_iter()
			.map(|controller| ControllerInfo {
				controller: match controller.kind {
					ControllerOf::Custodian => api::ControllerOf::Custodian,
					ControllerOf::SelfHeld(account) => api::ControllerOf::SelfHeld(account),
					ControllerOf::Provisional => api::ControllerOf::Provisional,
				},
				valid_from: controller.valid_from,
				valid_until: controller.valid_until,
			})
			.collect(),
		evidence: record.evidence,
	})
}

pub fn merges(handle: PatientHandle) -> Vec<MergeInfo> {
	let info = |provisional: PatientHandle| {
		let merge = MergedInto::<Runtime>::get(provisional)?;
		Some(MergeInfo { provisional, into: merge.into, at: merge.at, statement: merge.statement })
	};
	Merges::<Runtime>::get(handle).into_iter().filter_map(info).chain(info(handle)).collect()
}

pub fn anchors(handle: PatientHandle) -> Vec<(RecordId, AnchorInfo)> {
	pallet_record_anchors::Anchors::<Runtime>::iter_prefix(handle)
		.map(|(id, anchor)| (id, AnchorInfo { custodian: anchor.custodian, anchored_at: anchor.anchored_at }))
		.collect()
}

pub fn batches(institution: InstitutionId) -> Vec<(u32, BatchInfo)> {
	let mut all: Vec<_> = pallet_record_anchors::Batches::<Runtime>::iter_prefix(institution)
		.map(|(number, batch)| {
			(number, BatchInfo { root: batch.root, leaf_count: batch.leaf_count, anchored_at: batch.anchored_at })
		})
		.collect();
	all.sort_by_key(|(number, _)| *number);
	all
}

pub fn capabilities(handle: PatientHandle) -> Vec<CapabilityInfo> {
	let now = pallet_timestamp::Now::<Runtime>::get();
	Consent::capabilities_of(&handle)
		.into_iter()
		.filter(|(_, capability)| capability.is_live(now))
		.map(|(grantee, capability)| CapabilityInfo {
			id: capability.id,
			grantee,
			tags: capability.tags.into_inner(),
			purposes: capability.purposes,
			valid_from: capability.valid_from,
			valid_until: capability.valid_until,
			delegation_depth: capability.delegation_depth,
			policy: capability.policy,
			wraps: capability.wraps,
		})
		.collect()
}

pub fn permit(id: PermitId) -> Option<PermitInfo> {
	let permit = Consent::live_permit(id)?;
	Some(PermitInfo {
		id,
		handle: permit.handle,
		institution: permit.institution,
		requester: permit.requester,
		tags: permit.tags.into_inner(),
		purpose: permit.purpose,
		capabilities: permit.capabilities.into_inner(),
		entry: permit.entry,
		issued_at: permit.issued_at,
		expires_at: permit.expires_at,
	})
}

pub fn audit_head(chain: AuditChain) -> ChainHead {
	AuditTrail::head(chain)
}

pub fn block_entries() -> Vec<AuditEntry> {
	AuditTrail::entries_of_block()
}
