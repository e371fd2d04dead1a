//! Committees as other parts of the pallet see them, and how they end.

use crate::{
	CommitteeKind, CommitteeOf, CommitteeStatus, Committees, Config, ConsortiumCommittee, Dealings, EmergencyLimits,
	Error, Event, Limits, MemberSetOf, Pallet, PersonalCommittee, PersonalFormation, Resharing,
};
use alloc::vec::Vec;
use frame_support::{ensure, traits::Time};
use frame_system::pallet_prelude::BlockNumberFor;
use salus_primitives::{
	Act, AuditChain, AuditLog, Commitment, CommitteeId, Handles, InstitutionId, Moment, OutcomeClass, PatientHandle,
};
use salus_threshold::{committee::CommitteeContext, dealing::Dealing};
use sp_runtime::{traits::Zero, DispatchError, DispatchResult};

impl<T: Config> Pallet<T> {
	/// Hash of the chain's first block, to which every proof is bound.
	pub(crate) fn genesis() -> [u8; 32] {
		frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero()).0
	}

	/// Slot time of the block.
	pub(crate) fn now() -> Moment {
		T::Time::now()
	}

	/// The periods and caps that hold now.
	pub(crate) fn limits() -> EmergencyLimits {
		Limits::<T>::get()
	}

	/// The set of members that a proof of one of them is about.
	pub(crate) fn context(id: CommitteeId, version: u32) -> CommitteeContext {
		CommitteeContext { genesis: Self::genesis(), committee: id.0, version }
	}

	/// A committee, whatever became of it.
	pub(crate) fn committee(id: CommitteeId) -> Result<CommitteeOf<T>, DispatchError> {
		Committees::<T>::get(id).ok_or_else(|| Error::<T>::UnknownCommittee.into())
	}

	/// A committee that decides now, perhaps only on what was sealed to it before it was superseded.
	///
	/// # Errors
	/// [`Error::UnknownCommittee`], [`Error::CommitteeNotActive`], [`Error::CommitteeExpired`].
	pub(crate) fn deciding_committee(id: CommitteeId) -> Result<CommitteeOf<T>, DispatchError> {
		let committee = Self::committee(id)?;
		ensure!(
			matches!(committee.status, CommitteeStatus::Active | CommitteeStatus::Superseded),
			Error::<T>::CommitteeNotActive
		);
		ensure!(Self::now() < committee.set.valid_until, Error::<T>::CommitteeExpired);
		Ok(committee)
	}

	/// The dealings of a set in the order in which they count: all members' after a key generation, k old members' after a
	/// resharing, the patient's for a personal committee. Those that are there while it comes about.
	pub fn dealings_of(id: CommitteeId, version: u32) -> Vec<(u16, Dealing)> {
		let of_set = |set: &MemberSetOf<T>| {
			let dealing = |dealer: &u16| Dealings::<T>::get((id, version), dealer).map(|dealing| (*dealer, dealing));
			set.dealers.iter().filter_map(dealing).collect()
		};
		let current = Committees::<T>::get(id).map(|committee| committee.set);
		let mut sets = current.into_iter().chain(Resharing::<T>::get(id));
		sets.find(|set| set.version == version).as_ref().map(of_set).unwrap_or_default()
	}

	/// Ends a committee of the consortium, or one whose time is over or whose patient is no more.
	pub(crate) fn retire(id: CommitteeId, by_consortium: bool) -> DispatchResult {
		let committee = Self::committee(id)?;
		ensure!(committee.is_alive(), Error::<T>::CommitteeNotActive);
		let ended = committee.status_at(Self::now()) == CommitteeStatus::Retired;
		let may_end = match committee.kind {
			CommitteeKind::Consortium => by_consortium || ended,
			CommitteeKind::Personal(handle) => ended || T::Handles::custodian(&handle).is_none(),
		};
		ensure!(may_end, Error::<T>::CommitteeInUse);
		Self::end(id)?;
		Self::deposit_event(Event::CommitteeRetired { committee: id });
		Ok(())
	}

	/// Ends a committee for good, and with it what is coming about in its place: pointers, dealings and duties go. Of one that
	/// never decided anything nothing is left.
	pub(crate) fn end(id: CommitteeId) -> DispatchResult {
		let mut committee = Self::committee(id)?;
		if committee.is_forming() {
			Committees::<T>::remove(id);
		} else {
			committee.status = CommitteeStatus::Retired;
			Committees::<T>::insert(id, &committee);
		}
		let strike = |pointer: &mut Option<CommitteeId>| *pointer = pointer.filter(|other| *other != id);
		match committee.kind {
			CommitteeKind::Consortium => ConsortiumCommittee::<T>::mutate_exists(committee.purpose, strike),
			CommitteeKind::Personal(handle) => {
				PersonalCommittee::<T>::mutate_exists(handle, strike);
				PersonalFormation::<T>::mutate_exists(handle, strike);
			}
		}
		for set in [Some(committee.set), Resharing::<T>::take(id)].into_iter().flatten() {
			Self::forget(id, committee.kind, &set)?;
		}
		Ok(())
	}

	/// Drops the dealings and duties of a set that has ended. The caller has stored what is left.
	pub(crate) fn forget(id: CommitteeId, kind: CommitteeKind, set: &MemberSetOf<T>) -> DispatchResult {
		for dealer in &set.dealers {
			Dealings::<T>::remove((id, set.version), dealer);
		}
		Self::let_go(id, kind, set)
	}

	/// Writes an act to the patient's audit chain.
	pub(crate) fn record(
		handle: PatientHandle,
		act: Act,
		actor: Option<InstitutionId>,
		entry: Commitment,
	) -> DispatchResult {
		let custodian = T::Handles::custodian(&handle);
		T::Audit::record(AuditChain::Patient(handle), act, OutcomeClass::Permitted, actor, custodian, entry)?;
		Ok(())
	}
}
