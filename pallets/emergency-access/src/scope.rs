//! What custodians seal: commitments to one-time envelopes, by patient, tier and epoch.
//!
//! An envelope's label names its epoch and its number. Neither is ever given to a second envelope that a request could use: a
//! number that was used up stays so until the epoch ends, and an epoch that ended does not come back.

use crate::{
	Committee, CommitteeKind, CommitteeOf, CommitteeStatus, Config, Envelopes, Error, Pallet, Scope, Scopes, SealedSet,
	Session, SessionOf,
};
use frame_support::ensure;
use salus_primitives::{
	Commitment, CommitteeId, CommitteePurpose, EmergencyTier, Handles, InstitutionId, Members, PatientHandle,
};
use salus_threshold::{
	committee::KeyId,
	envelope::{envelope_commitment, EnvelopeHeader, EnvelopeLabel},
};
use sp_runtime::{DispatchError, DispatchResult};

const TIERS: [EmergencyTier; 2] = [EmergencyTier::Summary, EmergencyTier::Wider];

impl<T: Config> Pallet<T> {
	/// What is sealed for a patient and a tier; nothing, in epoch 0, for a handle of which the chain knows nothing.
	pub fn scope(handle: &PatientHandle, tier: EmergencyTier) -> Scope {
		Scopes::<T>::get(handle, tier).unwrap_or_default()
	}

	/// The signer is a gateway of the custodian. Unknown handles and those of others fail alike.
	pub(crate) fn ensure_custodian(handle: &PatientHandle, who: &T::AccountId) -> DispatchResult {
		let institution = T::Members::active_institution(who)?;
		ensure!(T::Handles::custodian(handle) == Some(institution), Error::<T>::NotCustodian);
		Ok(())
	}

	/// A committee that decides now, and for this purpose: under the key for envelopes nobody evaluates chosen elements.
	pub(crate) fn committee_for(id: CommitteeId, purpose: CommitteePurpose) -> Result<CommitteeOf<T>, DispatchError> {
		let committee = Self::deciding_committee(id)?;
		ensure!(committee.purpose == purpose, Error::<T>::WrongPurpose);
		Ok(committee)
	}

	/// The scope as it is after this sealing. `epoch` is the one that runs, or the next: that ends the one that runs.
	///
	/// Test data become real ones with the next epoch, and [`Self::make_real`]. Real ones never become test data: that would take
	/// a patient out of caps and reviews.
	pub(crate) fn scope_with(
		handle: &PatientHandle,
		tier: EmergencyTier,
		epoch: u32,
		committee: CommitteeId,
		envelopes: Envelopes,
		drill: bool,
	) -> Result<Scope, DispatchError> {
		let was_drill = TIERS.iter().find_map(|tier| Scopes::<T>::get(handle, tier)).map(|scope| scope.drill);
		ensure!(all_distinct(&envelopes), Error::<T>::DuplicateEnvelopes);

		let mut scope = Self::scope(handle, tier);
		let begins = scope.epoch.checked_add(1) == Some(epoch);
		let may_be = was_drill.is_none_or(|was_drill| was_drill == drill || (was_drill && begins));
		ensure!(may_be, Error::<T>::DrillIsFixed);
		scope.drill = drill;
		if begins {
			scope = Scope { epoch, drill, ..Default::default() };
		}
		ensure!(scope.epoch == epoch, Error::<T>::WrongEpoch);
		if !envelopes.is_empty() {
			let set = Self::sealed_set(handle, committee, envelopes)?;
			place(&mut scope, set).map_err(|()| Error::<T>::EnvelopesInUse)?;
		} else if !withdraw(&mut scope, committee) {
			// The next epoch may begin with nothing.
			ensure!(begins, Error::<T>::NothingSealed);
		}
		Ok(scope)
	}

	/// Ends the epoch of the other tier too when what was test data becomes real: nothing that was sealed for drills is left.
	pub(crate) fn make_real(handle: &PatientHandle, sealed: EmergencyTier) {
		for tier in TIERS.into_iter().filter(|tier| *tier != sealed) {
			let drill = Scopes::<T>::get(handle, tier).filter(|scope| scope.drill);
			if let Some(Scope { epoch, .. }) = drill {
				// Not reached, as in `end_epoch`.
				let epoch = epoch.saturating_add(1);
				Scopes::<T>::insert(handle, tier, Scope { epoch, ..Default::default() });
			}
		}
	}

	/// The set, for a committee to which this patient's envelopes may be sealed now.
	fn sealed_set(handle: &PatientHandle, id: CommitteeId, envelopes: Envelopes) -> Result<SealedSet, DispatchError> {
		let committee = Self::committee_for(id, CommitteePurpose::Release)?;
		// One that was superseded still decides on what was sealed to it, and gets nothing new.
		ensure!(committee.status == CommitteeStatus::Active, Error::<T>::CommitteeNotActive);
		ensure!(serves(&committee, handle), Error::<T>::CommitteeOfAnother);
		let key_id = committee.key_id.ok_or(Error::<T>::CommitteeNotActive)?;
		let personal = is_personal(&committee);
		Ok(SealedSet { committee: id, personal, key_id, envelopes, consumed: 0, spent: Default::default() })
	}

	/// The request's envelope is one that was sealed for this committee in the running epoch, and unused, and the institution may
	/// use it up. The caller has not shown yet that it is well made.
	pub(crate) fn ensure_sealed(
		scope: &Scope,
		institution: InstitutionId,
		committee: CommitteeId,
		number: u8,
		salt: &[u8; 32],
		header: &EnvelopeHeader,
	) -> DispatchResult {
		let set = scope.sealed_to(committee).ok_or(Error::<T>::NothingSealed)?;
		let sealed = set.envelopes.get(usize::from(number)).ok_or(Error::<T>::UnknownEnvelope)?;
		ensure!(!set.is_consumed(number), Error::<T>::EnvelopeConsumed);
		ensure!(*sealed == Commitment(envelope_commitment(salt, header)), Error::<T>::EnvelopeMismatch);
		// Who asks again whenever nobody has answered in time is not held up.
		let window = Self::limits().request_validity.saturating_mul(2);
		// Test data have no patient whose envelopes would be missed.
		let may_use = scope.drill || set.leaves_enough(institution, Self::now().saturating_sub(window));
		ensure!(may_use, Error::<T>::EnvelopesUsedUp);
		Ok(())
	}

	/// Uses the envelope of a session up, which [`Self::ensure_sealed`] has found.
	pub(crate) fn consume_envelope(session: &SessionOf<T>) -> DispatchResult {
		Scopes::<T>::mutate(session.handle, session.tier, |scope| {
			let sets = scope.iter_mut().flat_map(|scope| scope.sealed.iter_mut());
			let (number, institution, now) = (session.envelope, session.institution, session.requested_at);
			let mut of_committee = sets.filter(|set| set.committee == session.committee);
			of_committee
				.try_for_each(|set| set.consume(number, institution, now))
				.map_err(|()| DispatchError::Exhausted)
		})
	}

	/// The envelope of a session was not used up for nothing: the session became active.
	pub(crate) fn forgive_envelope(session: &SessionOf<T>) {
		let Session { handle, tier, epoch, committee, envelope, .. } = *session;
		let mut scope = Self::scope(&handle, tier);
		let set = scope.sealed.iter_mut().find(|set| set.committee == committee);
		// In a later epoch the same number is another envelope.
		if let Some(set) = set.filter(|_| scope.epoch == epoch) {
			set.forgive(envelope);
			Scopes::<T>::insert(handle, tier, scope);
		}
	}

	/// Ends an epoch, if it is the one that runs: whoever read the scope's secret in it learns nothing of the next. Returns the
	/// epoch that runs now.
	pub(crate) fn end_epoch(handle: &PatientHandle, tier: EmergencyTier, epoch: u32) -> u32 {
		let mut scope = Self::scope(handle, tier);
		if scope.epoch == epoch {
			// Not reached: each step takes a call, of which a custodian or k guardians would have to make 2^32.
			scope.epoch = scope.epoch.saturating_add(1);
			scope.sealed.clear();
			Scopes::<T>::insert(handle, tier, &scope);
		}
		scope.epoch
	}

	/// What the proofs of an envelope and of everything about it are bound to.
	pub(crate) fn label(
		key_id: KeyId,
		handle: &PatientHandle,
		tier: EmergencyTier,
		epoch: u32,
		number: u8,
	) -> EnvelopeLabel {
		EnvelopeLabel {
			genesis: Self::genesis(),
			key_id,
			handle: handle.0,
			scope: tier.scope(),
			scope_epoch: epoch,
			number: number.into(),
		}
	}
}

/// Whether the committee is a patient's own.
pub(crate) fn is_personal<AccountId>(committee: &Committee<AccountId>) -> bool {
	matches!(committee.kind, CommitteeKind::Personal(_))
}

/// Whether the committee decides for this patient: the consortium's for everybody, a patient's own for that one.
pub(crate) fn serves<AccountId>(committee: &Committee<AccountId>, handle: &PatientHandle) -> bool {
	match &committee.kind {
		CommitteeKind::Consortium => true,
		CommitteeKind::Personal(owner) => owner == handle,
	}
}

/// Puts a set into the place for its kind of committee. Fails when that would make a number that was used up usable again.
fn place(scope: &mut Scope, set: SealedSet) -> Result<(), ()> {
	match scope.sealed.iter_mut().find(|other| other.personal == set.personal) {
		Some(other) if other.committee == set.committee && other.consumed != 0 => Err(()),
		Some(other) => {
			*other = set;
			Ok(())
		}
		None => scope.sealed.try_push(set).map_err(|_| ()),
	}
}

/// Takes back what was sealed to a committee. What of it was used up is not forgotten before the epoch ends.
fn withdraw(scope: &mut Scope, committee: CommitteeId) -> bool {
	let Some(position) = scope.sealed.iter().position(|set| set.committee == committee) else { return false };
	if scope.sealed[position].consumed == 0 {
		scope.sealed.remove(position);
	} else {
		scope.sealed[position].envelopes.clear();
	}
	true
}

/// At most 28 comparisons.
fn all_distinct(envelopes: &[Commitment]) -> bool {
	envelopes.iter().enumerate().all(|(i, envelope)| !envelopes[..i].contains(envelope))
}
