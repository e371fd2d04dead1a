//! When a session ends: `SessionLength` blocks after it began. The council tunes the length, and a changed one counts for the
//! session that runs. A test network may begin with shorter ones than any council can set.

use crate::{Config, Pallet, SessionBegan, ShortSessions};
use frame_support::{
	traits::{EstimateNextSessionRotation, Get},
	weights::Weight,
};
use frame_system::pallet_prelude::BlockNumberFor;
use pallet_session::ShouldEndSession;
use sp_runtime::{
	traits::{One, Saturating},
	Permill,
};

impl<T: Config> Pallet<T> {
	/// Blocks from the begin of a session to its end.
	pub fn session_length() -> BlockNumberFor<T> {
		ShortSessions::<T>::get().unwrap_or_else(T::SessionLength::get)
	}

	/// The first block of the next session, as far as known in block `now`.
	pub fn next_session_at(now: BlockNumberFor<T>) -> BlockNumberFor<T> {
		// A length that was just shortened may lie behind already.
		Self::session_end().max(now.saturating_add(One::one()))
	}

	fn session_end() -> BlockNumberFor<T> {
		SessionBegan::<T>::get().saturating_add(Self::session_length())
	}
}

impl<T: Config> ShouldEndSession<BlockNumberFor<T>> for Pallet<T> {
	fn should_end_session(now: BlockNumberFor<T>) -> bool {
		Self::session_end() <= now
	}
}

impl<T: Config> EstimateNextSessionRotation<BlockNumberFor<T>> for Pallet<T> {
	fn average_session_length() -> BlockNumberFor<T> {
		Self::session_length()
	}

	fn estimate_current_session_progress(now: BlockNumberFor<T>) -> (Option<Permill>, Weight) {
		// The block itself counts as over, as the session pallet has it: the last block of a session is all of it.
		let passed = now.saturating_sub(SessionBegan::<T>::get()).saturating_add(One::one());
		(Some(Permill::from_rational(passed, Self::session_length())), T::DbWeight::get().reads(3))
	}

	fn estimate_next_session_rotation(now: BlockNumberFor<T>) -> (Option<BlockNumberFor<T>>, Weight) {
		(Some(Self::next_session_at(now)), T::DbWeight::get().reads(3))
	}
}
