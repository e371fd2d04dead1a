//! What the council decides and only Root may do elsewhere: a closed list. Nobody is Root, and no motion carries a call as
//! Root; a council that could write storage could rewrite the audit trail.

use crate::{Config, Error, Pallet};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{ensure, traits::EnsureOrigin};
use frame_system::pallet_prelude::BlockNumberFor;
use scale_info::TypeInfo;
use sp_runtime::{traits::Zero, DispatchError, DispatchResult};

/// Carries out what needs Root outside of this pallet. Written by the runtime; it must do no more than each method says.
pub trait Enactment<Hash, BlockNumber> {
	/// Lets the runtime code with this hash be applied, by whoever sends it. With `check_version` only when it is of the
	/// same name and a higher version.
	fn authorize_upgrade(code_hash: Hash, check_version: bool) -> DispatchResult;
	/// Tells GRANDPA that finality has stalled.
	fn note_stalled(delay: BlockNumber, best_finalized: BlockNumber) -> DispatchResult;
}

/// What the council can enact.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Action<Hash, BlockNumber, Parameter, Pausable> {
	/// Lets runtime code with this hash be applied; then anybody may send it. Two thirds of the council.
	AuthorizeUpgrade {
		/// `blake2_256` of the code, as it will be sent.
		code_hash: Hash,
		/// Refuse code that has another name or no higher version. Without it an older runtime can come back.
		check_version: bool,
	},
	/// Tells GRANDPA that finality has stalled: its authorities change with the next session without waiting for a
	/// finalized block. For when a third of the validators is gone for good: nodes that sync by warp proof cannot cross
	/// such a change. Two thirds of the council.
	NoteStalled {
		/// Blocks from the next session to the change: longer than it takes a block to reach everybody, shorter than a
		/// session.
		delay: BlockNumber,
		/// The block that was finalized last, as everybody sees it.
		best_finalized: BlockNumber,
	},
	/// Sets a parameter. More than half of the council.
	SetParameter {
		/// Which one.
		parameter: Parameter,
		/// Its value, in the unit that the parameter's description names.
		value: u64,
	},
	/// Stops a call, for everybody and in batches and motions too. More than half of the council.
	PauseCall {
		/// Which one.
		call: Pausable,
		/// For how many blocks.
		blocks: BlockNumber,
	},
	/// Ends a pause. More than half of the council.
	ResumeCall {
		/// Of which call.
		call: Pausable,
	},
}

/// An action of this runtime.
pub type ActionOf<T> =
	Action<<T as frame_system::Config>::Hash, BlockNumberFor<T>, <T as Config>::Parameter, <T as Config>::Pausable>;

impl<T: Config> Pallet<T> {
	/// Whether the origin may enact this.
	pub(crate) fn ensure_may_enact(origin: T::RuntimeOrigin, action: &ActionOf<T>) -> Result<(), DispatchError> {
		match action {
			Action::AuthorizeUpgrade { .. } | Action::NoteStalled { .. } => {
				T::AdmissionOrigin::ensure_origin(origin)?;
			}
			Action::SetParameter { .. } | Action::PauseCall { .. } | Action::ResumeCall { .. } => {
				T::ParameterOrigin::ensure_origin(origin)?;
			}
		}
		Ok(())
	}

	/// Does it.
	pub(crate) fn carry_out(action: ActionOf<T>) -> DispatchResult {
		match action {
			Action::AuthorizeUpgrade { code_hash, check_version } => {
				T::Enactment::authorize_upgrade(code_hash, check_version)
			}
			Action::NoteStalled { delay, best_finalized } => {
				// GRANDPA checks nothing: with a wrong figure its authorities would never change again.
				// While a change by force waits, others are lost: it must not outlast the session.
				let sound = !delay.is_zero() && delay < Self::session_length();
				let past = best_finalized <= frame_system::Pallet::<T>::block_number();
				ensure!(sound && past, Error::<T>::InvalidStall);
				// The change by force takes what was planned one session ago: lost keys, if new ones wait for their plan.
				ensure!(Self::is_planned(), Error::<T>::NotPlanned);
				T::Enactment::note_stalled(delay, best_finalized)
			}
			Action::SetParameter { parameter, value } => Self::set_parameter(parameter, value),
			Action::PauseCall { call, blocks } => Self::pause_for(call, blocks),
			Action::ResumeCall { call } => Self::resume(call),
		}
	}
}
