//! The staff registry: who signs requests at an institution, in which roles, until when.

use crate::{Config, Error, Gateways, Operators, Pallet, Practitioner, PractitionerRecord, Practitioners};
use frame_support::{ensure, traits::Time};
use salus_primitives::{InstitutionId, Moment, PractitionerId};
use sp_runtime::{DispatchError, DispatchResult};

impl<T: Config> Pallet<T> {
	/// The active institution for which this account keeps the staff registry: as gateway or as operator.
	pub(crate) fn registrar_of(account: &T::AccountId) -> Result<InstitutionId, DispatchError> {
		let id = Gateways::<T>::get(account).or_else(|| Operators::<T>::get(account)).ok_or(Error::<T>::NotAMember)?;
		Self::active(id).map(|_| id)
	}

	/// Whether a practitioner may act now: the entry covers now and was not ended, the institution is active.
	pub(crate) fn is_valid(entry: &Practitioner) -> bool {
		entry.covers(T::Time::now()) && Self::institution_is_active(entry.institution)
	}

	/// Whether what a practitioner stated at this time counts, as known now. For auditors: the keys are those of now.
	pub fn practitioner_statements_count(id: &PractitionerId, at: Moment) -> bool {
		Practitioners::<T>::get(id)
			.is_some_and(|entry| entry.covers(at) && Self::statements_count(entry.institution, at))
	}

	/// Writes a new entry.
	pub(crate) fn insert_practitioner(
		institution: InstitutionId,
		id: PractitionerId,
		record: PractitionerRecord,
	) -> DispatchResult {
		ensure!(!Practitioners::<T>::contains_key(id), Error::<T>::PractitionerExists);
		Self::ensure_sound(&record)?;
		Practitioners::<T>::insert(id, Practitioner::new(institution, record));
		Ok(())
	}

	/// Replaces what an entry of this institution says. An entry that was ended stays as it is: whoever comes back
	/// gets a new one.
	pub(crate) fn replace_practitioner(
		institution: InstitutionId,
		id: PractitionerId,
		record: PractitionerRecord,
	) -> DispatchResult {
		let entry = Self::own_practitioner(institution, &id)?;
		ensure!(entry.invalid_from.is_none(), Error::<T>::PractitionerEnded);
		Self::ensure_sound(&record)?;
		Practitioners::<T>::insert(id, Practitioner::new(institution, record));
		Ok(())
	}

	/// Marks from when statements do not count. The time may lie in the past or in the future and only ever moves back.
	pub(crate) fn end(institution: InstitutionId, id: PractitionerId, invalid_from: Moment) -> DispatchResult {
		let mut entry = Self::own_practitioner(institution, &id)?;
		ensure!(entry.invalid_from.is_none_or(|before| invalid_from < before), Error::<T>::InvalidFromNotEarlier);
		entry.invalid_from = Some(invalid_from);
		Practitioners::<T>::insert(id, entry);
		Ok(())
	}

	fn own_practitioner(institution: InstitutionId, id: &PractitionerId) -> Result<Practitioner, DispatchError> {
		let entry = Practitioners::<T>::get(id).ok_or(Error::<T>::UnknownPractitioner)?;
		ensure!(entry.institution == institution, Error::<T>::NotYourPractitioner);
		Ok(entry)
	}

	fn ensure_sound(record: &PractitionerRecord) -> DispatchResult {
		// All zeros is what an uninitialised buffer holds, and as an Ed25519 point it has a small order: anyone signs
		// for it.
		let keys = [record.signing_key, record.encryption_key_hash];
		ensure!(keys.iter().all(|key| *key != [0; 32]), Error::<T>::InvalidKey);
		ensure!(!record.roles.is_empty() && is_set(&record.roles), Error::<T>::InvalidRoles);
		let sound = record.departments.iter().all(|code| is_department(code));
		ensure!(sound && is_set(&record.departments), Error::<T>::InvalidDepartments);
		ensure!(record.valid_from < record.valid_until, Error::<T>::InvalidValidity);
		ensure!(record.valid_until > T::Time::now(), Error::<T>::InvalidValidity);
		Ok(())
	}
}

/// Whether nothing is in the list twice. The lists hold eight at most.
fn is_set<Item: PartialEq>(list: &[Item]) -> bool {
	list.iter().enumerate().all(|(at, item)| !list[..at].contains(item))
}

/// Lower-case ASCII letters, digits and hyphens: one way to write a code, so that two gateways compare alike.
fn is_department(code: &[u8]) -> bool {
	!code.is_empty() && code.iter().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
}
