//! Appending an entry to its hash chain and to the block.

use crate::{Config, Entries, Error, Event, Heads, Pallet};
use codec::Encode;
use frame_support::{traits::Time, weights::Weight};
use salus_primitives::{
	Act, AuditChain, AuditEntry, AuditLog, ChainHead, Commitment, InstitutionId, OutcomeClass, Recorded,
};
use salus_threshold::{chain_head, tree};
use sp_runtime::DispatchError;

impl<T: Config> AuditLog for Pallet<T> {
	/// Both checks come before the first write, so that a caller without a storage layer of its own leaves nothing behind.
	fn record(
		chain: AuditChain,
		act: Act,
		outcome: OutcomeClass,
		actor: Option<InstitutionId>,
		custodian: Option<InstitutionId>,
		commitment: Commitment,
	) -> Result<Recorded, DispatchError> {
		let ChainHead { head, count: sequence } = Heads::<T>::get(chain);
		let count = sequence.checked_add(1).ok_or(Error::<T>::ChainExhausted)?;
		let at = T::Time::now();

		let entry = AuditEntry { chain, sequence, act, outcome, actor, custodian, at, commitment };
		let leaf_hash = entry.using_encoded(tree::leaf_hash);
		Entries::<T>::try_append(entry).map_err(|()| Error::<T>::BlockFull)?;
		Heads::<T>::insert(chain, ChainHead { head: chain_head::next(&head, &leaf_hash), count });

		Self::deposit_event(Event::EntryRecorded { chain, sequence, act, outcome, commitment });
		Ok(Recorded { sequence, at })
	}

	fn record_weight() -> Weight {
		Pallet::<T>::record_weight()
	}
}
