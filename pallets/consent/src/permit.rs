//! Permits: issuing, what of one still holds, dropping those that have ended.

use crate::{
	decision::{decide, Basis, Request},
	Capabilities, Config, Error, Event, NextPermit, OldestPermit, Pallet, Permit, PermitOf, Permits, WeightInfo,
	MAX_SWEEP,
};
use alloc::collections::BTreeSet;
use frame_support::{ensure, traits::Get, weights::WeightMeter, BoundedVec};
use salus_primitives::{Commitment, Handles, Members, PermitId};
use sp_runtime::DispatchError;

impl<T: Config> Pallet<T> {
	/// The permit that answers a request: for one shift, and never longer than any capability that it rests on.
	pub(crate) fn permit(request: Request, basis: Basis, entry: Commitment) -> PermitOf<T> {
		let issued_at = Self::now();
		Permit {
			handle: request.handle,
			institution: request.institution,
			requester: request.requester,
			tags: basis.tags,
			purpose: request.purpose,
			// Truncates nothing: they come from a list with the same bound.
			capabilities: BoundedVec::truncate_from(basis.capabilities),
			entry,
			issued_at,
			expires_at: issued_at.saturating_add(T::MaxPermitValidity::get()).min(basis.valid_until),
		}
	}

	/// What of a permit holds at this state: it has not expired, the handle is active, the institution is active and may claim
	/// the purpose, and the tags and capabilities are reduced to those of its capabilities that are still live.
	/// `None` when no tag is left.
	///
	/// A capability that was granted after the permit does not count, even for the same tags: it commits to another policy
	/// document, under which nobody has asked yet.
	pub fn live_permit(id: PermitId) -> Option<PermitOf<T>> {
		let mut permit = Permits::<T>::get(id)?;
		let now = Self::now();
		if permit.expires_at <= now || !T::Members::may_claim(permit.institution, permit.purpose) {
			return None;
		}
		T::Handles::custodian(&permit.handle)?;

		let all = Capabilities::<T>::get(permit.handle, permit.institution);
		let own = all.iter().filter(|capability| permit.capabilities.contains(&capability.id));
		let basis = decide(&permit.tags, permit.purpose, now, own)?;
		permit.capabilities.retain(|id| basis.capabilities.contains(id));
		permit.tags = basis.tags;
		Some(permit)
	}

	/// Whether anything of the permit holds at this state.
	pub fn permit_is_live(id: PermitId) -> bool {
		Self::live_permit(id).is_some()
	}

	/// Drops the permits that exist and have ended, and returns how many. Fails before the first write when one has not ended:
	/// time only grows, so that whoever read it as ended has read it wrongly.
	pub(crate) fn drop_expired(ids: &[PermitId]) -> Result<u32, DispatchError> {
		let now = Self::now();
		let mut ended = BTreeSet::new();
		for id in ids {
			if let Some(permit) = Permits::<T>::get(id) {
				ensure!(permit.expires_at <= now, Error::<T>::PermitNotExpired);
				ended.insert(id);
			}
		}
		ensure!(!ended.is_empty(), Error::<T>::NothingToRemove);
		for id in &ended {
			Permits::<T>::remove(id);
		}
		// Exact: no more than the call's bounded list.
		Ok(ended.len() as u32)
	}
	/// Drops ended permits in the order of their ids, at most [`MAX_SWEEP`] per block and as the weight permits.
	///
	/// A permit ends one shift after it was issued at the latest: when one has not ended, hardly any that was issued later has.
	/// Those few, whose capability ended first, wait for their turn.
	pub(crate) fn sweep_permits(meter: &mut WeightMeter) {
		let now = Self::now();
		let mut count = 0;
		for _ in 0..MAX_SWEEP {
			if meter.try_consume(T::WeightInfo::sweep_permit()).is_err() {
				break;
			}
			let id = OldestPermit::<T>::get();
			if id >= NextPermit::<T>::get() {
				break;
			}
			match Permits::<T>::get(id) {
				Some(permit) if permit.expires_at > now => break,
				Some(_) => {
					Permits::<T>::remove(id);
					count += 1;
				}
				// A call was faster.
				None => {}
			}
			// Below the next id, so there is a successor.
			OldestPermit::<T>::put(PermitId(id.0.saturating_add(1)));
		}
		if count > 0 {
			Self::deposit_event(Event::PermitsRemoved { count });
		}
	}
}
