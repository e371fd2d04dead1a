//! Recognising the patient of a provisional handle, and taking that back.

use crate::{Config, Error, HandleStatus, Handles, MergeRecord, MergedInto, Merges, Pallet};
use frame_support::{ensure, traits::Time};
use salus_primitives::{Act, AuditChain, AuditLog, Commitment, InstitutionId, OutcomeClass, PatientHandle};
use sp_runtime::{DispatchError, DispatchResult};

impl<T: Config> Pallet<T> {
	/// Makes a provisional handle another handle's. Both are this custodian's.
	pub(crate) fn merge(
		custodian: InstitutionId,
		provisional: PatientHandle,
		into: PatientHandle,
		statement: Commitment,
	) -> DispatchResult {
		let mut record = Self::active_record(&provisional)?;
		let target = Self::active_record(&into)?;
		ensure!(record.custodian == custodian && target.custodian == custodian, Error::<T>::NotCustodian);
		ensure!(record.is_provisional(), Error::<T>::NotProvisional);
		// Also keeps a handle from being merged into itself, and merges from forming chains.
		ensure!(!target.is_provisional(), Error::<T>::IntoProvisional);
		Merges::<T>::try_mutate(into, |merged| merged.try_push(provisional)).map_err(|_| Error::<T>::TooManyMerges)?;
		record.status = HandleStatus::Merged;
		Handles::<T>::insert(provisional, record);
		MergedInto::<T>::insert(provisional, MergeRecord { into, at: T::Time::now(), statement });
		Ok(())
	}

	/// Takes a merge back, also when the other handle was retired since. Tells which one it was.
	pub(crate) fn unmerge(
		custodian: InstitutionId,
		provisional: PatientHandle,
	) -> Result<PatientHandle, DispatchError> {
		let mut record = Handles::<T>::get(provisional).ok_or(Error::<T>::UnknownHandle)?;
		ensure!(record.custodian == custodian, Error::<T>::NotCustodian);
		let MergeRecord { into, .. } = MergedInto::<T>::take(provisional).ok_or(Error::<T>::NotMerged)?;
		Merges::<T>::mutate_exists(into, |merged| {
			let mut left = merged.take().unwrap_or_default();
			left.retain(|handle| *handle != provisional);
			*merged = (!left.is_empty()).then_some(left);
		});
		record.status = HandleStatus::Active;
		Handles::<T>::insert(provisional, record);
		Ok(into)
	}

	/// Writes an act about two handles of one custodian to both of their chains.
	pub(crate) fn record_both(
		act: Act,
		custodian: InstitutionId,
		one: (PatientHandle, Commitment),
		other: (PatientHandle, Commitment),
	) -> DispatchResult {
		for (handle, entry) in [one, other] {
			let (by, of) = (Some(custodian), Some(custodian));
			T::Audit::record(AuditChain::Patient(handle), act, OutcomeClass::Permitted, by, of, entry)?;
		}
		Ok(())
	}
}
