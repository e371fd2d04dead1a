//! Memberships for a time. When the time is over the member acts no more, whether anybody writes that down or not:
//! the end is compared on read. Writing it down makes a suspension of it, which takes the seat and the validators, and which
//! the council ends as any other once it has set a later end.

use crate::{Config, Error, Institution, Institutions, Operators, Pallet, Seats};
use frame_support::{ensure, traits::Time};
use salus_primitives::{InstitutionId, MemberStatus, Moment};
use sp_runtime::{DispatchError, DispatchResult};

impl<T: Config> Pallet<T> {
	/// Whether a member may act now: as written down, and its time is not over.
	pub fn may_act(member: &Institution<T::AccountId>) -> bool {
		member.is_active() && !Self::is_over(member)
	}

	pub(crate) fn is_over(member: &Institution<T::AccountId>) -> bool {
		member.until.is_some_and(|until| until <= T::Time::now())
	}

	/// Sets when a membership ends, or that it does not. One that has ended is written down as such first, so that what was
	/// stated after the end never counts.
	pub(crate) fn change_end(id: InstitutionId, until: Option<Moment>) -> DispatchResult {
		let mut member = Self::present(id)?;
		ensure!(until.is_none_or(|until| T::Time::now() < until), Error::<T>::EndInPast);
		ensure!(member.status != MemberStatus::Active || !Self::is_over(&member), Error::<T>::MembershipOver);
		ensure!(until.is_none() || Self::leaves_a_council(id), Error::<T>::TooManyTimed);
		if Self::is_over(&member) {
			// Suspended later than its end: what it stated in between does not count either.
			member.invalid_from = member.invalid_from.min(member.until);
		}
		member.until = until;
		Institutions::<T>::insert(id, member);
		Ok(())
	}

	/// Whether two thirds of the seats stay when every membership for a time is over, this one's too. Else ends that pass
	/// would leave the council to a few, or to nobody who could set later ones.
	fn leaves_a_council(id: InstitutionId) -> bool {
		let is_timed = |member: &InstitutionId| {
			*member == id || Institutions::<T>::get(member).is_some_and(|member| member.until.is_some())
		};
		let seats = Seats::<T>::get();
		let timed = seats.iter().filter_map(Operators::<T>::get).filter(is_timed).count();
		timed.saturating_mul(3) <= seats.len()
	}

	/// Suspends a member from the end of its membership on. Returns that end.
	pub(crate) fn expire(id: InstitutionId) -> Result<Moment, DispatchError> {
		let member = Self::present(id)?;
		let until = member.until.filter(|_| Self::is_over(&member)).ok_or(Error::<T>::MembershipNotOver)?;
		Self::suspend(id, Some(until))
	}
}
