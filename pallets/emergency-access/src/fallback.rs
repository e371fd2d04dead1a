//! The patient's own committee comes first.

use crate::{
	CommitteeStatus, Committees, Config, EmergencyStatus, Error, Pallet, PersonalAttempts, PersonalCommittee, Scope,
	Sessions,
};
use frame_support::ensure;
use salus_primitives::{EmergencyTier, InstitutionId, PatientHandle};
use sp_runtime::DispatchResult;

impl<T: Config> Pallet<T> {
	/// The consortium's committee may be asked about this patient: there is no committee of the patient's own, or this
	/// institution has asked it for the same tier and waited for as long as the patient wants.
	///
	/// An attempt counts for a while: that of last year opens nothing today. One that was rejected or taken back never
	/// does. When the custodian has sealed nothing to the patient's committee in this epoch, nobody can ask it; when too few of it
	/// have a vote on this institution's requests, because they were suspended, have new keys or work there, none could be
	/// answered. A life does not wait for that. But envelopes that were used up do not count as missing, or whoever uses them up
	/// goes past the patient's guardians.
	pub(crate) fn ensure_own_committee_asked(
		handle: &PatientHandle,
		tier: EmergencyTier,
		institution: InstitutionId,
		scope: &Scope,
	) -> DispatchResult {
		let now = Self::now();
		let own = PersonalCommittee::<T>::get(handle).and_then(|id| Committees::<T>::get(id).map(|own| (id, own)));
		let Some((id, own)) = own.filter(|(_, own)| own.status_at(now) == CommitteeStatus::Active) else {
			return Ok(());
		};
		let wait = own.fallback_after.ok_or(Error::<T>::PatientOptedOut)?;
		let can_decide = Self::eligible(&own.set, institution).count() >= usize::from(own.set.threshold.k);
		if !can_decide || scope.sealed_to(id).is_none() {
			return Ok(());
		}

		let attempt = PersonalAttempts::<T>::get(handle, (institution, tier)).and_then(Sessions::<T>::get);
		let attempt = attempt.filter(|attempt| attempt.committee == id).ok_or(Error::<T>::PersonalCommitteeFirst)?;
		let unanswered = matches!(attempt.status_at(now), EmergencyStatus::Requested | EmergencyStatus::Expired);
		let from = attempt.requested_at.saturating_add(wait);
		let until = from.saturating_add(Self::limits().fallback_window);
		ensure!(unanswered && (from..until).contains(&now), Error::<T>::PersonalCommitteeFirst);
		Ok(())
	}
}
