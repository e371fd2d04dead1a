//! The decision: which of the requested tags are permitted, on which capabilities, until when.

use crate::{Capabilities, Capability, Config, Error, Hash, NextPermit, Pallet, Permits, Refusals, Tags};
use alloc::vec::Vec;
use frame_support::{
	ensure,
	traits::{Get, Time},
};
use salus_primitives::{
	Act, AuditChain, AuditLog, CapabilityId, Commitment, Handles, InstitutionId, Members, Moment, OutcomeClass,
	PatientHandle, PermitId, PurposeClass,
};
use sp_runtime::DispatchError;

/// What is asked, by whom.
pub(crate) struct Request {
	/// Whose records.
	pub handle: PatientHandle,
	/// Who asks; active, as the call has checked.
	pub institution: InstitutionId,
	/// Hash of the one-time keys.
	pub requester: Hash,
	/// For what.
	pub tags: Tags,
	/// To which end.
	pub purpose: PurposeClass,
}

/// How a request ended, in the same form whatever the outcome.
pub(crate) struct Answer {
	/// Whether anything was permitted.
	pub outcome: OutcomeClass,
	/// The permit, when something was.
	pub permit: Option<PermitId>,
	/// Position of the audit entry in its chain.
	pub sequence: u64,
}

/// What a permit rests on. Never without tags or capabilities.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Basis {
	/// The requested tags that are permitted, in the order of the request.
	pub tags: Tags,
	/// Every capability that permits at least one of them, oldest first.
	pub capabilities: Vec<CapabilityId>,
	/// The earliest end of those capabilities.
	pub valid_until: Moment,
}

/// Compares a request with capabilities of the right handle and institution. `None` when nothing is permitted.
pub(crate) fn decide<'a>(
	requested: &Tags,
	purpose: PurposeClass,
	now: Moment,
	capabilities: impl IntoIterator<Item = &'a Capability>,
) -> Option<Basis> {
	let used: Vec<_> = capabilities
		.into_iter()
		.filter(|capability| capability.is_live(now) && capability.purposes.contains(purpose))
		.filter(|capability| requested.iter().any(|tag| capability.tags.contains(tag)))
		.collect();
	let valid_until = used.iter().map(|capability| capability.valid_until).min()?;
	let mut tags = requested.clone();
	tags.retain(|tag| used.iter().any(|capability| capability.tags.contains(tag)));
	Some(Basis { tags, capabilities: used.iter().map(|capability| capability.id).collect(), valid_until })
}

impl<T: Config> Pallet<T> {
	/// Decides and records. A request about an unknown or retired handle goes to the chain of the institution that asks:
	/// otherwise anyone could open chains for patients who do not exist.
	pub(crate) fn answer(request: Request, entry: Commitment) -> Result<Answer, DispatchError> {
		let custodian = T::Handles::custodian(&request.handle);
		let chain = match custodian {
			Some(_) => AuditChain::Patient(request.handle),
			None => AuditChain::Institution(request.institution),
		};
		let record =
			|outcome| T::Audit::record(chain, Act::Request, outcome, Some(request.institution), custodian, entry);

		match custodian.and_then(|_| Self::basis(&request)) {
			Some(basis) => {
				let id = NextPermit::<T>::get();
				let next = PermitId(id.0.checked_add(1).ok_or(Error::<T>::IdsExhausted)?);
				let recorded = record(OutcomeClass::Permitted)?;
				NextPermit::<T>::put(next);
				Permits::<T>::insert(id, Self::permit(request, basis, entry));
				Ok(Answer { outcome: OutcomeClass::Permitted, permit: Some(id), sequence: recorded.sequence })
			}
			None => {
				let mut refusals = Refusals::<T>::get(request.institution).at(Self::now());
				ensure!(refusals.count < T::MaxRefusalsPerDay::get(), Error::<T>::RefusalsExhausted);
				let recorded = record(OutcomeClass::Empty)?;
				// Cannot overflow: it is below another u32.
				refusals.count = refusals.count.saturating_add(1);
				Refusals::<T>::insert(request.institution, refusals);
				Ok(Answer { outcome: OutcomeClass::Empty, permit: None, sequence: recorded.sequence })
			}
		}
	}

	/// What a permit for this request would rest on now; the handle is active.
	fn basis(request: &Request) -> Option<Basis> {
		if !T::Members::may_claim(request.institution, request.purpose) {
			return None;
		}
		let capabilities = Capabilities::<T>::get(request.handle, request.institution);
		decide(&request.tags, request.purpose, Self::now(), &capabilities)
	}

	/// Slot time of the block.
	pub(crate) fn now() -> Moment {
		T::Time::now()
	}
}
