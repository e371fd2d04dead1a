//! Whether it was an emergency, judged afterwards by somebody else than who said so.

use crate::{Config, EmergencyStatus, Error, Pallet, SessionOf, Sessions};
use frame_support::ensure;
use salus_primitives::{
	Act, Commitment, EmergencyRequestId, Handles, InstitutionId, InstitutionKind, Members, ReviewVerdict,
};
use sp_runtime::{DispatchError, DispatchResult};

impl<T: Config> Pallet<T> {
	/// The session, for an institution that may judge it: the custodian, or a regulator; never who asked.
	pub(crate) fn reviewable(
		id: EmergencyRequestId,
		institution: InstitutionId,
	) -> Result<SessionOf<T>, DispatchError> {
		let session = Self::stored_session(id)?;
		let custodian = T::Handles::custodian(&session.handle).unwrap_or(session.custodian);
		let regulates = T::Members::kind(institution) == Some(InstitutionKind::Regulator);
		let may_judge = custodian == institution || regulates;
		ensure!(may_judge && session.institution != institution, Error::<T>::NotReviewer);
		use EmergencyStatus::*;
		ensure!(matches!(session.status, Closed | Expired | Rejected | Suspended), Error::<T>::NotReviewable);
		ensure!(session.verdict.is_none(), Error::<T>::AlreadyReviewed);
		Ok(session)
	}

	/// Stores the verdict. An institution that was held up for an overdue review no longer is for this one.
	pub(crate) fn review(
		id: EmergencyRequestId,
		mut session: SessionOf<T>,
		reviewer: InstitutionId,
		verdict: ReviewVerdict,
		entry: Commitment,
	) -> DispatchResult {
		Self::record(session.handle, Act::EmergencyReview, Some(reviewer), entry)?;
		if session.overdue {
			Self::count_caught_up(session.institution);
		}
		session.verdict = Some(verdict);
		Sessions::<T>::insert(id, session);
		Ok(())
	}

	/// Marks a review as overdue. The requester's next requests need one more approval until it is done; care goes on.
	pub(crate) fn escalate(id: EmergencyRequestId) -> Result<InstitutionId, DispatchError> {
		let mut session = Self::stored_session(id)?;
		ensure!(session.verdict.is_none(), Error::<T>::AlreadyReviewed);
		ensure!(session.review_due.is_some_and(|due| due <= Self::now()), Error::<T>::ReviewNotDue);
		ensure!(!session.overdue, Error::<T>::AlreadyOverdue);

		let institution = session.institution;
		session.overdue = true;
		Self::count_overdue(institution);
		Sessions::<T>::insert(id, session);
		Ok(institution)
	}
}
