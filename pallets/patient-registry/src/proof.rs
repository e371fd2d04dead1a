//! Proof of possession: nobody becomes controller of a handle without holding the key and agreeing to it.

use crate::{control_message, Config, ControlProof, Error, Pallet};
use frame_support::{
	ensure,
	traits::{Get, Time},
};
use frame_system::pallet_prelude::BlockNumberFor;
use salus_primitives::{InstitutionId, PatientHandle};
use sp_runtime::{
	traits::{Verify, Zero},
	DispatchResult,
};

impl<T: Config> Pallet<T> {
	/// Fails unless the proof is the controller's, for this chain, custodian and handle, and holds now.
	///
	/// The expiry is bounded on both sides: a proof found years later must be worth nothing. The signature comes last, as
	/// it costs most.
	pub(crate) fn ensure_possession(
		custodian: InstitutionId,
		handle: &PatientHandle,
		controller: &T::AccountId,
		proof: &ControlProof<T::Signature>,
	) -> DispatchResult {
		let now = T::Time::now();
		ensure!(proof.expires_at > now, Error::<T>::ProofExpired);
		ensure!(proof.expires_at <= now.saturating_add(T::MaxProofValidity::get()), Error::<T>::ProofTooLong);
		let genesis = frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero());
		let message = control_message(&genesis, custodian, handle, controller, proof.expires_at);
		ensure!(proof.signature.verify(message.as_slice(), controller), Error::<T>::BadProof);
		Ok(())
	}
}
