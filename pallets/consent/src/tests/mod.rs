//! Tests, one file per call or concept, and what they share.

mod decision;
mod grant_capability;
mod invariants;
mod model;
mod permit;
mod remove_expired_permits;
mod request_access;
mod revoke_capability;
mod revoke_grantee;
mod sweep_permits;
mod weight;

use crate::{mock::*, *};
use salus_primitives::{
	Act, AuditChain, AuditEntry, CapabilityId, Commitment, InstitutionId, Moment, OutcomeClass, PatientHandle,
	PermitId, PurposeClass, PurposeClasses, ScopeTag, DAY,
};
use sp_runtime::DispatchResult;

pub const TREATMENT: PurposeClasses = PurposeClasses::of(&[PurposeClass::Treatment]);
pub const ENTRY: Commitment = Commitment([9; 32]);
pub const KEY: Hash = [3; 32];

pub fn tags(numbers: &[u8]) -> Tags {
	Tags::try_from(numbers.iter().map(|number| ScopeTag([*number; 16])).collect::<Vec<_>>()).expect("few enough")
}

/// Tags for treatment for a day from now.
pub fn grant_of(grantee: InstitutionId, numbers: &[u8]) -> Grant {
	Grant {
		grantee,
		tags: tags(numbers),
		purposes: TREATMENT,
		valid_from: Clock::now(),
		valid_until: Clock::now().saturating_add(DAY),
		delegation_depth: 0,
		policy: Commitment([1; 32]),
		wraps: [2; 32],
	}
}

pub fn grant_by(who: u64, handle: PatientHandle, grant: Grant) -> DispatchResult {
	Consent::grant_capability(RuntimeOrigin::signed(who), handle, grant, ENTRY)
}

/// Ana grants, and it works.
pub fn granted(grant: Grant) -> CapabilityId {
	let id = NextCapability::<Test>::get();
	frame_support::assert_ok!(grant_by(ANA_KEY, ANA, grant));
	id
}

pub fn revoke_by(who: u64, handle: PatientHandle, grantee: InstitutionId, id: CapabilityId) -> DispatchResult {
	Consent::revoke_capability(RuntimeOrigin::signed(who), handle, grantee, id, ENTRY)
}

pub fn request_by(who: u64, handle: PatientHandle, numbers: &[u8], purpose: PurposeClass) -> DispatchResult {
	Consent::request_access(RuntimeOrigin::signed(who), handle, tags(numbers), purpose, KEY, ENTRY)
}

/// An institution asks for tags of a handle; fails unless the call is `Ok` with one event of the one shape.
pub fn ask_for(
	institution: InstitutionId,
	handle: PatientHandle,
	numbers: &[u8],
	purpose: PurposeClass,
) -> Option<PermitId> {
	System::reset_events();
	frame_support::assert_ok!(request_by(gateway(institution), handle, numbers, purpose));
	let events: Vec<_> = System::events().into_iter().map(|record| record.event).collect();
	let [RuntimeEvent::Consent(Event::AccessDecided { institution: who, handle: whose, outcome, permit, .. })] =
		&events[..]
	else {
		panic!("one event of the one shape: {events:?}");
	};
	assert_eq!((*who, *whose), (institution, handle));
	assert_eq!(permit.is_some(), *outcome == OutcomeClass::Permitted);
	*permit
}

/// The asking hospital asks about Ana, to treat her.
pub fn ask(numbers: &[u8]) -> Option<PermitId> {
	ask_for(ASKER, ANA, numbers, PurposeClass::Treatment)
}

/// The permitted tags of such a request, by number; none when the answer is empty.
pub fn permitted(numbers: &[u8]) -> Vec<u8> {
	ask(numbers).map(|id| numbers_of(&Permits::<Test>::get(id).expect("issued").tags)).unwrap_or_default()
}

pub fn numbers_of(tags: &[ScopeTag]) -> Vec<u8> {
	tags.iter().map(|tag| tag.0[0]).collect()
}

/// What still holds of a permit, by tag number.
pub fn live_tags(id: PermitId) -> Vec<u8> {
	Consent::live_permit(id).map(|permit| numbers_of(&permit.tags)).unwrap_or_default()
}

/// The entry that was recorded last.
pub fn last_entry() -> AuditEntry {
	Trail::last().expect("something was recorded")
}

/// Time passes.
pub fn wait(duration: Moment) {
	Clock::advance(duration);
}
