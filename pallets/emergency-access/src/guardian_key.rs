//! The keys with which institutions take part in committees, and whether a guardian's vote counts.

use crate::{Config, Error, GuardianKey, GuardianKeys, Member, MemberSetOf, Pallet};
use codec::Encode;
use frame_support::ensure;
use salus_primitives::{Guardian, InstitutionId, Members};
use salus_threshold::{committee::verify_sealing_key, proof::SchnorrProof};
use sp_runtime::DispatchError;

impl<T: Config> Pallet<T> {
	/// Registers or replaces the keys of an institution, and returns the version of its sealing key.
	pub(crate) fn store_guardian_key(
		institution: InstitutionId,
		sealing: [u8; 32],
		kem_hash: [u8; 32],
		proof: &SchnorrProof,
	) -> Result<u32, DispatchError> {
		let version = match GuardianKeys::<T>::get(institution) {
			None => 1,
			// Shares are sealed to the first key alone: with another X-Wing key they stay where they are.
			Some(known) if known.sealing == sealing => {
				ensure!(known.kem_hash != kem_hash, Error::<T>::KeyUnchanged);
				known.version
			}
			Some(known) => known.version.checked_add(1).ok_or(Error::<T>::IdsExhausted)?,
		};
		let holds = verify_sealing_key(&Self::genesis(), &institution.encode(), &sealing, proof);
		ensure!(holds, Error::<T>::BadKeyProof);
		GuardianKeys::<T>::insert(institution, GuardianKey { sealing, kem_hash, version });
		Ok(version)
	}

	/// Whether a guardian's vote counts now: a person's always; an institution's while it is active and has the key with
	/// which it was taken into the set. Who replaced a key may have lost the old one to somebody else.
	pub fn counts(member: &Member<T::AccountId>) -> bool {
		match member.guardian {
			Guardian::Person(_) => true,
			Guardian::Institution(institution) => {
				T::Members::is_active(institution) && Self::has_same_key(member, institution)
			}
		}
	}

	/// The index of the signer in a set of members.
	///
	/// # Errors
	/// [`Error::NotGuardian`], and that of membership for a gateway whose institution is not active.
	pub(crate) fn seat_of(set: &MemberSetOf<T>, who: &T::AccountId) -> Result<u16, DispatchError> {
		if let Some(index) = set.index_of(&Guardian::Person(who.clone())) {
			return Ok(index);
		}
		ensure!(T::Members::institution_of(who).is_some(), Error::<T>::NotGuardian);
		let institution = T::Members::active_institution(who)?;
		set.index_of(&Guardian::Institution(institution)).ok_or_else(|| Error::<T>::NotGuardian.into())
	}

	/// The index of the signer, whose vote counts now.
	///
	/// # Errors
	/// Those of [`Self::seat_of`], and [`Error::GuardianKeyChanged`].
	pub(crate) fn voting_seat(set: &MemberSetOf<T>, who: &T::AccountId) -> Result<u16, DispatchError> {
		let index = Self::seat_of(set, who)?;
		let counts = set.member(index).is_some_and(Self::counts);
		ensure!(counts, Error::<T>::GuardianKeyChanged);
		Ok(index)
	}

	fn has_same_key(member: &Member<T::AccountId>, institution: InstitutionId) -> bool {
		GuardianKeys::<T>::get(institution).is_some_and(|key| key.version == member.key_version)
	}
}
