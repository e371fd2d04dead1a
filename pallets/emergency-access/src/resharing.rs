//! Another set of members and another threshold for the same key.

use crate::{CommitteeKind, CommitteeStatus, Committees, Config, Error, Pallet, Resharing};
use frame_support::ensure;
use salus_primitives::{CommitteeId, InstitutionId, Moment};
use sp_runtime::DispatchResult;

impl<T: Config> Pallet<T> {
	/// Proposes the next set of members of a consortium committee that has a key. One whose validity is over has it as well: what
	/// is sealed to it opens again.
	pub(crate) fn propose_resharing(
		id: CommitteeId,
		institutions: &[InstitutionId],
		k: u16,
		valid_until: Moment,
	) -> DispatchResult {
		let mut committee = Self::committee(id)?;
		ensure!(committee.kind == CommitteeKind::Consortium, Error::<T>::NotConsortium);
		ensure!(
			matches!(committee.status, CommitteeStatus::Active | CommitteeStatus::Superseded),
			Error::<T>::CommitteeNotActive
		);
		ensure!(!Resharing::<T>::contains_key(id), Error::<T>::ResharingUnderWay);
		// A version of which shares were dealt never comes back, not even when its set failed.
		let version = committee.last_version.checked_add(1).ok_or(Error::<T>::IdsExhausted)?;
		let set = Self::institution_set(version, institutions, k, valid_until)?;
		committee.last_version = version;
		Self::take_on(id, committee.kind, &set)?;
		Self::announce(id, &committee, &set);
		Committees::<T>::insert(id, committee);
		Resharing::<T>::insert(id, set);
		Ok(())
	}
}
