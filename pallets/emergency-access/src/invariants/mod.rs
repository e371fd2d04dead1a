//! What must hold in every state.

mod committees;
mod sessions;

use crate::{Config, Pallet};
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
	/// Fails with the sentence of the first invariant that does not hold.
	pub(crate) fn do_try_state() -> Result<(), TryRuntimeError> {
		Self::try_state_committees()?;
		Self::try_state_sessions()
	}
}
