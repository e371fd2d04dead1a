//! Answers of the `EmergencyApi` runtime API. Whatever runs out is compared with the time of the block.

use alloc::vec::Vec;
use pallet_emergency_access::{
	CommitteeKind, CommitteeStatus, Committees, ConsortiumCommittee, EmergencyStatus, GuardianKeys, LocateSession,
	MemberSetOf, NextCommittee, PersonalCommittee, PersonalFormation, Resharing, SealedSet,
};
use salus_primitives::{
	CommitteeId, CommitteePurpose, EmergencyRequestId, EmergencyTier, InstitutionId, Moment, PatientHandle,
};
use salus_runtime_api as api;
use salus_runtime_api::{
	CommitteeInfo, CommitteeMemberInfo, EmergencyScopeInfo, EmergencySessionInfo, GuardianKeyInfo, LocateSessionInfo,
	PendingSetInfo, SealedSetInfo,
};
use salus_threshold::dealing::Dealing;

use crate::{AccountId, EmergencyAccess, Runtime};

fn now() -> Moment {
	pallet_timestamp::Now::<Runtime>::get()
}

pub fn guardian_key(institution: InstitutionId) -> Option<GuardianKeyInfo> {
	let key = GuardianKeys::<Runtime>::get(institution)?;
	Some(GuardianKeyInfo { sealing: key.sealing, kem_hash: key.kem_hash, version: key.version })
}

pub fn committee(id: CommitteeId) -> Option<CommitteeInfo<AccountId>> {
	let committee = Committees::<Runtime>::get(id)?;
	// After a resharing the dealers were members of another set: they are not marked in this one.
	let dealers = committee.set.version == FIRST_VERSION;
	Some(CommitteeInfo {
		id,
		kind: match committee.kind {
			CommitteeKind::Consortium => api::CommitteeKind::Consortium,
			CommitteeKind::Personal(handle) => api::CommitteeKind::Personal(handle),
		},
		purpose: committee.purpose,
		status: committee_status(committee.status_at(now())),
		n: committee.set.threshold.n,
		k: committee.set.threshold.k,
		version: committee.set.version,
		key_id: committee.key_id,
		group_key: committee.group_key(),
		members: members(&committee.set, dealers),
		valid_until: committee.set.valid_until,
		fallback_after: committee.fallback_after,
		deadline: committee.set.deadline,
		pending: Resharing::<Runtime>::get(id).map(|set| PendingSetInfo {
			version: set.version,
			n: set.threshold.n,
			k: set.threshold.k,
			members: members(&set, false),
			dealers: set.dealers.to_vec(),
			valid_until: set.valid_until,
			deadline: set.deadline,
		}),
	})
}

/// Version of the set with which a committee begins; later ones come from resharings.
const FIRST_VERSION: u32 = 1;

fn committee_status(status: CommitteeStatus) -> api::CommitteeStatus {
	match status {
		CommitteeStatus::Dealing => api::CommitteeStatus::Dealing,
		CommitteeStatus::Confirming => api::CommitteeStatus::Confirming,
		CommitteeStatus::Active => api::CommitteeStatus::Active,
		CommitteeStatus::Superseded => api::CommitteeStatus::Superseded,
		CommitteeStatus::Failed => api::CommitteeStatus::Failed,
		CommitteeStatus::Retired => api::CommitteeStatus::Retired,
	}
}

/// The members by index. `dealers` are among them exactly when the set generated its key itself.
fn members(set: &MemberSetOf<Runtime>, dealers: bool) -> Vec<CommitteeMemberInfo<AccountId>> {
	let public_share = |index: u16| set.keys.as_ref()?.members.get(usize::from(index).checked_sub(1)?).copied();
	(1..)
		.zip(&set.members)
		.map(|(index, member)| CommitteeMemberInfo {
			index,
			guardian: member.guardian.clone(),
			affiliation: member.affiliation,
			sealing: member.sealing,
			public_share: public_share(index),
			dealt: dealers && set.dealers.contains(&index),
			confirmed: member.confirmed,
			counts: EmergencyAccess::counts(member),
		})
		.collect()
}

pub fn committees() -> Vec<CommitteeId> {
	let now = now();
	let lives = |id: &CommitteeId| {
		Committees::<Runtime>::get(id).is_some_and(|committee| {
			!matches!(committee.status_at(now), CommitteeStatus::Failed | CommitteeStatus::Retired)
		})
	};
	(0..NextCommittee::<Runtime>::get().0).map(CommitteeId).filter(lives).collect()
}

pub fn consortium_committee(purpose: CommitteePurpose) -> Option<CommitteeId> {
	ConsortiumCommittee::<Runtime>::get(purpose)
}

pub fn personal_committee(handle: PatientHandle) -> Option<CommitteeId> {
	PersonalCommittee::<Runtime>::get(handle)
}

pub fn personal_formation(handle: PatientHandle) -> Option<CommitteeId> {
	PersonalFormation::<Runtime>::get(handle)
}

pub fn committees_of_guardian(account: AccountId) -> Vec<CommitteeId> {
	EmergencyAccess::committees_of_guardian(&account)
}

pub fn committees_of_institution(institution: InstitutionId) -> Vec<CommitteeId> {
	let mut ids = EmergencyAccess::committees_of_institution(institution);
	ids.sort_unstable();
	ids
}

pub fn dealings(id: CommitteeId, version: u32) -> Vec<(u16, Dealing)> {
	EmergencyAccess::dealings_of(id, version)
}

pub fn scope(handle: PatientHandle, tier: EmergencyTier) -> EmergencyScopeInfo {
	let scope = EmergencyAccess::scope(&handle, tier);
	let sealed = |set: SealedSet| SealedSetInfo {
		committee: set.committee,
		key_id: set.key_id,
		envelopes: set.envelopes.into_inner(),
		consumed: set.consumed,
	};
	EmergencyScopeInfo {
		epoch: scope.epoch,
		drill: scope.drill,
		sealed: scope.sealed.into_iter().map(sealed).collect(),
	}
}

pub fn session(id: EmergencyRequestId) -> Option<EmergencySessionInfo> {
	let session = EmergencyAccess::session(id)?;
	Some(EmergencySessionInfo {
		id,
		handle: session.handle,
		tier: session.tier,
		epoch: session.epoch,
		envelope: session.envelope,
		committee: session.committee,
		version: session.version,
		institution: session.institution,
		custodian: session.custodian,
		header: session.header,
		point: session.point,
		key_hash: session.key_hash,
		proof: session.proof,
		shift_tag: session.shift_tag,
		status: session_status(session.status),
		manual: session.manual,
		required: session.required,
		parts: session.parts.into_inner(),
		refused: session.refused.into_inner(),
		rejected: session.rejected.into_inner(),
		requested_at: session.requested_at,
		expires_at: session.expires_at,
		active_until: session.active_until,
		disputed: session.disputed,
		review_due: session.review_due,
		overdue: session.overdue,
		verdict: session.verdict,
		entry: session.entry,
		drill: session.drill,
	})
}

fn session_status(status: EmergencyStatus) -> api::EmergencyStatus {
	match status {
		EmergencyStatus::Requested => api::EmergencyStatus::Requested,
		EmergencyStatus::Active => api::EmergencyStatus::Active,
		EmergencyStatus::Closed => api::EmergencyStatus::Closed,
		EmergencyStatus::Expired => api::EmergencyStatus::Expired,
		EmergencyStatus::Rejected => api::EmergencyStatus::Rejected,
		EmergencyStatus::Cancelled => api::EmergencyStatus::Cancelled,
		EmergencyStatus::Suspended => api::EmergencyStatus::Suspended,
	}
}

pub fn sessions(handle: PatientHandle) -> Vec<EmergencyRequestId> {
	EmergencyAccess::sessions_of(&handle)
}

pub fn open_sessions(committee: CommitteeId) -> Vec<EmergencyRequestId> {
	EmergencyAccess::open_sessions(committee)
}

pub fn locate_session(id: EmergencyRequestId) -> Option<LocateSessionInfo> {
	let session = EmergencyAccess::locate_session(id)?;
	Some(LocateSessionInfo {
		id,
		committee: session.committee,
		version: session.version,
		institution: session.institution,
		blinded: session.blinded,
		key_hash: session.key_hash,
		shift_tag: session.shift_tag,
		enrol: session.enrol,
		status: locate_status(&session),
		required: session.required,
		parts: session.parts.into_inner(),
		refused: session.refused.into_inner(),
		requested_at: session.requested_at,
		expires_at: session.expires_at,
		entry: session.entry,
	})
}

fn locate_status(session: &LocateSession) -> api::EmergencyStatus {
	match (session.is_complete(), session.expires_at <= now()) {
		(false, false) => api::EmergencyStatus::Requested,
		(false, true) => api::EmergencyStatus::Expired,
		(true, false) => api::EmergencyStatus::Active,
		(true, true) => api::EmergencyStatus::Closed,
	}
}

pub fn open_locate_sessions(committee: CommitteeId) -> Vec<EmergencyRequestId> {
	EmergencyAccess::open_locates(committee)
}
