//! The council: one seat per active institution, held by its operator.

use crate::{Config, Error, Pallet, Seats};
use alloc::vec::Vec;
use frame_support::{ensure, traits::ChangeMembers, BoundedVec};
use sp_runtime::DispatchResult;

impl<T: Config> Pallet<T> {
	/// Whether this account holds a seat.
	pub fn has_seat(account: &T::AccountId) -> bool {
		Seats::<T>::get().binary_search(account).is_ok()
	}

	/// Gives a seat to one account, takes that of another, or both. The council keeps its members sorted, and so do we.
	///
	/// # Errors
	/// The last seat cannot go: nobody could admit anyone any more.
	pub(crate) fn change_seats(incoming: Option<&T::AccountId>, outgoing: Option<&T::AccountId>) -> DispatchResult {
		let mut seats = Seats::<T>::get().into_inner();
		let (mut joined, mut left) = (Vec::new(), Vec::new());
		if let Some(account) = outgoing {
			if let Ok(at) = seats.binary_search(account) {
				left.push(seats.remove(at));
			}
		}
		if let Some(account) = incoming {
			if let Err(at) = seats.binary_search(account) {
				seats.insert(at, account.clone());
				joined.push(account.clone());
			}
		}
		ensure!(!seats.is_empty(), Error::<T>::LastCouncilSeat);
		let bounded = BoundedVec::try_from(seats).map_err(|_| Error::<T>::TooManyInstitutions)?;
		T::Council::change_members_sorted(&joined, &left, &bounded);
		Seats::<T>::put(bounded);
		Ok(())
	}
}
