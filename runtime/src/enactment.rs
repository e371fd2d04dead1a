//! What Root is needed for, done for the council. These two functions are all that ever acts as Root on this chain.

use frame_support::dispatch::RawOrigin;
use pallet_consortium::Enactment;
use sp_runtime::DispatchResult;

use crate::{BlockNumber, Grandpa, Hash, System};

/// See the module's documentation.
pub struct ByCouncil;

impl Enactment<Hash, BlockNumber> for ByCouncil {
	fn authorize_upgrade(code_hash: Hash, check_version: bool) -> DispatchResult {
		System::do_authorize_upgrade(code_hash, check_version);
		Ok(())
	}

	fn note_stalled(delay: BlockNumber, best_finalized: BlockNumber) -> DispatchResult {
		Grandpa::note_stalled(RawOrigin::Root.into(), delay, best_finalized)
	}
}
