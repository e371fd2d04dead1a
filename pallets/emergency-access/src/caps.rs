//! How many requests of a day guardians' servers may answer without a person, how many sessions one institution may have open, and
//! how many it may stop alone.
//!
//! A stolen account that opens patients at machine speed meets people after a few of them. A request over a cap is not
//! refused: it may be the next patient of a disaster. It needs one more approval, by people, and is not counted, so that one
//! account cannot use up what its hospital has for the day.

use crate::{
	Config, DayUse, EmergencyLimits, EmergencyUse, Enrolment, EnrolmentUse, Enrolments, Error, LocateSession,
	LocateUse, OpenCount, OverdueReviews, OverdueUntil, Pallet, ShiftTag, SuspensionUse, MAX_ENROLMENTS,
};
use frame_support::ensure;
use salus_primitives::{CommitteeId, InstitutionId, Moment, PatientHandle};
use sp_runtime::{DispatchError, DispatchResult};

/// How many times the sessions of `open_sessions` an institution may have open at most: what no disaster needs, and a machine
/// reaches within a block.
pub(crate) const OPEN_WALL: u32 = 4;
/// The tag of what is counted by institution alone.
const NO_SHIFT: ShiftTag = [0; 16];

impl<T: Config> Pallet<T> {
	/// The use of the day with this request; `None` when people have to decide on it.
	pub(crate) fn automatic_use(
		institution: InstitutionId,
		tag: &ShiftTag,
		limits: &EmergencyLimits,
		now: Moment,
	) -> Option<DayUse> {
		let used = EmergencyUse::<T>::get(institution).at(now);
		used.with_one_more(tag, limits.shift_requests, limits.institution_requests)
	}

	/// Counts a locate session. Unlike a request for one known patient, a search can be repeated over a dictionary of names: here
	/// the cap is a wall. What a custodian enters into the index is counted apart, by institution and by patient: whoever sees the
	/// index could test names by it as well.
	pub(crate) fn count_locate(session: &LocateSession, limits: &EmergencyLimits, now: Moment) -> DispatchResult {
		let institution = session.institution;
		let counted = |used: DayUse, tag, of_shift, of_institution| {
			used.at(now).with_one_more(tag, of_shift, of_institution).ok_or(Error::<T>::LocatesExhausted)
		};
		if let Some(handle) = session.enrol {
			let used = counted(EnrolmentUse::<T>::get(institution), &NO_SHIFT, limits.enrolments, limits.enrolments)?;
			EnrolmentUse::<T>::insert(institution, used);
			Self::count_enrolment(session.committee, &handle, institution)?;
		} else {
			let (of_shift, of_institution) = (limits.shift_locates, limits.institution_locates);
			let used = counted(LocateUse::<T>::get(institution), &session.shift_tag, of_shift, of_institution)?;
			LocateUse::<T>::insert(institution, used);
		}
		Ok(())
	}

	/// Counts that a custodian enters a patient into the index of a committee.
	fn count_enrolment(committee: CommitteeId, handle: &PatientHandle, custodian: InstitutionId) -> DispatchResult {
		let before = Enrolments::<T>::get(committee, handle).filter(|before| before.custodian == custodian);
		let times = before.map_or(0, |before| before.times);
		ensure!(times < MAX_ENROLMENTS, Error::<T>::EnrolmentsExhausted);
		Enrolments::<T>::insert(committee, handle, Enrolment { custodian, times: times.saturating_add(1) });
		Ok(())
	}

	/// Takes back what was counted for an enrolment that no guardian answered: nothing was learnt by it, and the patient is not in
	/// the index yet.
	pub(crate) fn uncount_enrolment(session: &LocateSession) {
		let Some(handle) = session.enrol.filter(|_| session.parts.is_empty()) else { return };
		Enrolments::<T>::mutate_exists(session.committee, handle, |enrolment| {
			let Some(counted) = enrolment.filter(|counted| counted.custodian == session.institution) else { return };
			let times = counted.times.saturating_sub(1);
			*enrolment = (times > 0).then_some(Enrolment { times, ..counted });
		});
	}

	/// The use of the day with one more session that the institution stops alone; `None` when it has stopped as many as it may.
	pub(crate) fn one_more_suspension(institution: InstitutionId) -> Option<DayUse> {
		let most = Self::limits().suspensions;
		SuspensionUse::<T>::get(institution).at(Self::now()).with_one_more(&NO_SHIFT, most, most)
	}

	/// Approvals that a request needs beyond the threshold. Each is an obstacle and none a wall.
	pub(crate) fn extra_approvals(institution: InstitutionId, manual: bool) -> u16 {
		u16::from(manual).saturating_add(u16::from(Self::now() < OverdueUntil::<T>::get(institution)))
	}

	/// Whether the institution may open another session without people deciding on it. An error when it may open none at all,
	/// which is far above that.
	pub(crate) fn has_room(institution: InstitutionId, limits: &EmergencyLimits) -> Result<bool, DispatchError> {
		let open = OpenCount::<T>::get(institution);
		ensure!(open < limits.open_sessions.saturating_mul(OPEN_WALL), Error::<T>::TooManyOpen);
		Ok(open < limits.open_sessions)
	}

	/// Counts a session of the institution as open.
	pub(crate) fn count_open(institution: InstitutionId) {
		// Cannot overflow: it is below another u32, by `has_room`.
		OpenCount::<T>::mutate(institution, |count| *count = count.saturating_add(1));
	}

	/// Counts a session of the institution as ended. No item is left for an institution without open sessions.
	pub(crate) fn count_ended(institution: InstitutionId) {
		OpenCount::<T>::mutate_exists(institution, |count| *count = one_less(*count));
	}

	/// Counts a review of the institution as overdue.
	pub(crate) fn count_overdue(institution: InstitutionId) {
		// Not reached: each is a session of its own that guardians approved.
		OverdueReviews::<T>::mutate(institution, |count| *count = count.saturating_add(1));
		OverdueUntil::<T>::insert(institution, Self::now().saturating_add(Self::limits().review_period));
	}

	/// Counts an overdue review as done.
	pub(crate) fn count_caught_up(institution: InstitutionId) {
		OverdueReviews::<T>::mutate_exists(institution, |count| *count = one_less(*count));
		if !OverdueReviews::<T>::contains_key(institution) {
			OverdueUntil::<T>::remove(institution);
		}
	}
}

/// One less, and nothing instead of zero.
pub(crate) fn one_less(count: Option<u32>) -> Option<u32> {
	count.and_then(|count| count.checked_sub(1)).filter(|count| *count > 0)
}
