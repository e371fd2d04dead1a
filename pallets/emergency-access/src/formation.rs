//! How a set of members comes about: dealings, disputes about them, proofs of the shares. All of it is on chain, so that a
//! guardian that was down goes on where it stopped.

use crate::{
	CommitteeKind, CommitteeOf, CommitteeStatus, Committees, Config, ConsortiumCommittee, Dealings, Error, Event,
	GuardianKeys, MaxMembers, Member, MemberSetOf, NextCommittee, Pallet, PersonalCommittee, PersonalFormation,
	Resharing,
};
use alloc::vec::Vec;
use frame_support::{ensure, BoundedVec};
use salus_primitives::{CommitteeId, CommitteePurpose, Guardian, InstitutionId, Members, Moment, PatientHandle};
use salus_threshold::{
	committee::{key_id, public_keys_of_dealings, public_keys_of_resharing, verify_possession},
	dealing::{Dealing, DealingContext, DealingDispute},
	proof::SchnorrProof,
};
use sp_runtime::{DispatchError, DispatchResult};

/// A set of members that is coming about: the first one of a committee, or the one that is to take over its key.
pub(crate) struct Formation<T: Config> {
	id: CommitteeId,
	committee: CommitteeOf<T>,
	/// The set of a resharing.
	next: Option<MemberSetOf<T>>,
}

/// A dealing that was accepted.
pub(crate) struct Posted {
	committee: CommitteeId,
	version: u32,
	dealer: u16,
	/// Dealings that are there now.
	pub count: u32,
	/// Whether no more is needed.
	pub complete: bool,
}

impl<T: Config> From<Posted> for Event<T> {
	fn from(posted: Posted) -> Self {
		let Posted { committee, version, dealer, complete, .. } = posted;
		Self::DealingPosted { committee, version, dealer, complete }
	}
}

impl<T: Config> Formation<T> {
	/// What is coming about of this committee, in time or not.
	fn any(id: CommitteeId) -> Result<Self, DispatchError> {
		let committee = Pallet::<T>::committee(id)?;
		let next = Resharing::<T>::get(id);
		ensure!(committee.is_forming() || next.is_some(), Error::<T>::NotForming);
		Ok(Self { id, committee, next })
	}

	/// What is coming about of this committee and still may.
	pub(crate) fn open(id: CommitteeId) -> Result<Self, DispatchError> {
		let formation = Self::any(id)?;
		ensure!(!formation.is_over(), Error::<T>::FormationOver);
		Ok(formation)
	}

	fn is_over(&self) -> bool {
		Pallet::<T>::now() >= self.set().deadline
	}

	/// The set that is coming about.
	pub(crate) fn set(&self) -> &MemberSetOf<T> {
		self.next.as_ref().unwrap_or(&self.committee.set)
	}

	fn set_mut(&mut self) -> &mut MemberSetOf<T> {
		self.next.as_mut().unwrap_or(&mut self.committee.set)
	}

	/// How many dealings give the key: those of all members, or of as many old ones as hold the key together.
	fn dealings_needed(&self) -> usize {
		let of_dealers = self.committee.set.threshold;
		let needed = if self.next.is_some() { of_dealers.k } else { of_dealers.n };
		needed.into()
	}

	fn dealing_context(&self, dealer: u16) -> DealingContext {
		let set = self.set();
		DealingContext { committee: Pallet::<T>::context(self.id, set.version), dealer, threshold: set.threshold }
	}

	fn dealing(&self, dealer: u16) -> Result<Dealing, DispatchError> {
		let key = (self.id, self.set().version);
		Dealings::<T>::get(key, dealer).ok_or_else(|| Error::<T>::UnknownDealing.into())
	}

	/// The committee's key and those of the shares, from the dealings that are there.
	pub(crate) fn derive_keys(&mut self) -> DispatchResult {
		let dealers = &self.set().dealers;
		let dealings = dealers.iter().map(|dealer| self.dealing(*dealer)).collect::<Result<Vec<_>, _>>()?;
		let n = self.set().threshold.n;
		let keys = if self.next.is_some() {
			let commitments: Vec<_> =
				dealers.iter().zip(&dealings).map(|(dealer, dealing)| (*dealer, &dealing.commitments[..])).collect();
			public_keys_of_resharing(n, &commitments).filter(|keys| Some(keys.group) == self.committee.group_key())
		} else {
			let commitments: Vec<_> = dealings.iter().map(|dealing| &dealing.commitments[..]).collect();
			public_keys_of_dealings(n, &commitments)
		};
		let keys = keys.ok_or(Error::<T>::DegenerateKey)?;
		if self.next.is_none() {
			self.committee.key_id = Some(key_id(&Pallet::<T>::genesis(), self.id.0, &keys.group));
			self.committee.status = CommitteeStatus::Confirming;
		}
		self.set_mut().keys = Some(keys);
		Ok(())
	}

	fn store(self) {
		match self.next {
			Some(next) => Resharing::<T>::insert(self.id, next),
			None => Committees::<T>::insert(self.id, self.committee),
		}
	}

	/// Gives the set up. A committee that has a key keeps the members that it has.
	fn fail(self) -> DispatchResult {
		match self.next {
			Some(next) => {
				Resharing::<T>::remove(self.id);
				Pallet::<T>::forget(self.id, self.committee.kind, &next)
			}
			None => Pallet::<T>::end(self.id),
		}
	}

	/// Makes the set the one that decides.
	fn complete(self) -> DispatchResult {
		let Self { id, mut committee, next } = self;
		let kind = committee.kind;
		match next {
			Some(next) => {
				let former = core::mem::replace(&mut committee.set, next);
				let (version, threshold) = (committee.set.version, committee.set.threshold);
				Committees::<T>::insert(id, committee);
				Resharing::<T>::remove(id);
				Pallet::<T>::forget(id, kind, &former)?;
				Pallet::<T>::deposit_event(Event::CommitteeReshared {
					committee: id,
					version,
					n: threshold.n,
					k: threshold.k,
				});
			}
			None => {
				committee.status = CommitteeStatus::Active;
				let purpose = committee.purpose;
				let key_id = committee.key_id.ok_or(Error::<T>::DealingsIncomplete)?;
				Committees::<T>::insert(id, committee);
				match kind {
					CommitteeKind::Consortium => Pallet::<T>::succeed_consortium(id, purpose),
					CommitteeKind::Personal(handle) => Pallet::<T>::succeed_personal(id, handle)?,
				}
				Pallet::<T>::deposit_event(Event::CommitteeActivated { committee: id, kind, purpose, key_id });
			}
		}
		Ok(())
	}
}

impl<T: Config> Pallet<T> {
	/// A set of institutions that is to come about within the time that the limits give.
	pub(crate) fn institution_set(
		version: u32,
		institutions: &[InstitutionId],
		k: u16,
		valid_until: Moment,
	) -> Result<MemberSetOf<T>, DispatchError> {
		let member = |institution: &InstitutionId| -> Result<_, DispatchError> {
			ensure!(T::Members::is_active(*institution), Error::<T>::MemberNotActive);
			let key = GuardianKeys::<T>::get(institution).ok_or(Error::<T>::NoGuardianKey)?;
			Ok(Member {
				guardian: Guardian::Institution(*institution),
				affiliation: None,
				sealing: key.sealing,
				key_version: key.version,
				confirmed: false,
			})
		};
		let members = institutions.iter().map(member).collect::<Result<_, _>>()?;
		Self::new_set(version, members, k, valid_until)
	}

	/// A set of members that is to come about within the time that the limits give.
	pub(crate) fn new_set(
		version: u32,
		members: Vec<Member<T::AccountId>>,
		k: u16,
		valid_until: Moment,
	) -> Result<MemberSetOf<T>, DispatchError> {
		let (now, limits) = (Self::now(), Self::limits());
		let deadline = now.saturating_add(limits.formation);
		let latest = now.saturating_add(limits.committee_validity);
		ensure!(valid_until > deadline && valid_until <= latest, Error::<T>::BadValidity);
		let set = MemberSetOf::<T>::new(version, k, members, valid_until, deadline).ok_or(Error::<T>::BadThreshold)?;
		ensure!(set.is_distinct(), Error::<T>::DuplicateGuardian);
		Ok(set)
	}

	/// Proposes a committee of the consortium.
	pub(crate) fn propose_consortium(purpose: CommitteePurpose, set: MemberSetOf<T>) -> DispatchResult {
		let id = NextCommittee::<T>::get();
		ensure!(id < crate::FIRST_PERSONAL_COMMITTEE, Error::<T>::IdsExhausted);
		NextCommittee::<T>::put(CommitteeId(id.0.saturating_add(1)));
		let kind = CommitteeKind::Consortium;
		Self::take_on(id, kind, &set)?;
		let committee = CommitteeOf::<T> {
			kind,
			purpose,
			status: CommitteeStatus::Dealing,
			last_version: set.version,
			set,
			key_id: None,
			on_behalf: None,
			fallback_after: None,
		};
		Self::announce(id, &committee, &committee.set);
		Committees::<T>::insert(id, committee);
		Ok(())
	}

	/// Tells that a set of members is to come about.
	pub(crate) fn announce(id: CommitteeId, committee: &CommitteeOf<T>, set: &MemberSetOf<T>) {
		Self::deposit_event(Event::CommitteeProposed {
			committee: id,
			kind: committee.kind,
			purpose: committee.purpose,
			version: set.version,
			n: set.threshold.n,
			k: set.threshold.k,
			deadline: set.deadline,
		});
	}

	/// Accepts the dealing of a member, and derives the keys when it was the last one needed.
	pub(crate) fn accept_dealing(
		who: &T::AccountId,
		id: CommitteeId,
		dealing: Dealing,
	) -> Result<Posted, DispatchError> {
		let mut formation = Formation::<T>::open(id)?;
		let dealers = &formation.committee.set;
		let dealer = Self::voting_seat(dealers, who)?;
		let set = formation.set();
		ensure!(set.keys.is_none(), Error::<T>::DealingsComplete);
		ensure!(!set.dealers.contains(&dealer), Error::<T>::AlreadyDealt);
		dealing.verify(&formation.dealing_context(dealer), &set.recipients()).map_err(|_| Error::<T>::BadDealing)?;
		if formation.next.is_some() {
			let share_key = dealers.keys.as_ref().and_then(|keys| keys.member(dealer));
			ensure!(share_key.is_some() && dealing.commitments.first() == share_key, Error::<T>::NotOldShare);
		}

		let (version, needed) = (set.version, formation.dealings_needed());
		Dealings::<T>::insert((id, version), dealer, dealing);
		let dealers = &mut formation.set_mut().dealers;
		dealers.try_push(dealer).map_err(|_| Error::<T>::DealingsComplete)?;
		let count = dealers.len();
		let complete = count >= needed;
		if complete {
			formation.derive_keys()?;
		}
		formation.store();
		// Exact: no more dealers than members.
		Ok(Posted { committee: id, version, dealer, count: count as u32, complete })
	}

	/// Accepts a founded dispute of a recipient: the set fails. Returns its version and the dealer.
	pub(crate) fn settle_dispute(
		who: &T::AccountId,
		id: CommitteeId,
		dealer: u16,
		dispute: &DealingDispute,
	) -> Result<(u32, Option<Guardian<T::AccountId>>), DispatchError> {
		let formation = Formation::<T>::open(id)?;
		let set = formation.set();
		let index = Self::seat_of(set, who)?;
		let recipient = set.member(index).ok_or(Error::<T>::NotGuardian)?;
		let dealing = formation.dealing(dealer)?;
		let context = formation.dealing_context(dealer);
		ensure!(dispute.is_founded(&context, &dealing, index, &recipient.sealing), Error::<T>::DisputeUnfounded);
		let guardian = formation.committee.set.member(dealer).map(|member| member.guardian.clone());
		let version = set.version;
		formation.fail()?;
		Ok((version, guardian))
	}

	/// Accepts a member's proof that it holds its share; with the last one the set decides.
	pub(crate) fn accept_possession(who: &T::AccountId, id: CommitteeId, proof: &SchnorrProof) -> DispatchResult {
		let mut formation = Formation::<T>::open(id)?;
		let set = formation.set_mut();
		let index = Self::voting_seat(set, who)?;
		let share_key = set.keys.as_ref().and_then(|keys| keys.member(index)).copied();
		let share_key = share_key.ok_or(Error::<T>::DealingsIncomplete)?;
		let version = set.version;
		let member = set.member_mut(index).ok_or(Error::<T>::NotGuardian)?;
		ensure!(!member.confirmed, Error::<T>::AlreadyConfirmed);
		let holds = verify_possession(&Self::context(id, version), index, &share_key, proof);
		ensure!(holds, Error::<T>::BadPossession);
		member.confirmed = true;
		Self::engage(id, &member.guardian)?;
		let confirmed = set.is_confirmed();
		Self::deposit_event(Event::ShareConfirmed { committee: id, version, guardian: index });
		if confirmed {
			formation.complete()
		} else {
			formation.store();
			Ok(())
		}
	}

	/// Gives up a set whose time is over. Returns its version and who is missing.
	pub(crate) fn give_up(id: CommitteeId) -> Result<(u32, BoundedVec<u16, MaxMembers>), DispatchError> {
		let formation = Formation::<T>::any(id)?;
		ensure!(formation.is_over(), Error::<T>::FormationNotOver);
		let set = formation.set();
		let missing: Vec<u16> = match set.keys {
			Some(_) => {
				(1..).zip(&set.members).filter(|(_, member)| !member.confirmed).map(|(index, _)| index).collect()
			}
			None => {
				let dealers = 1..=formation.committee.set.threshold.n;
				dealers.filter(|dealer| !set.dealers.contains(dealer)).collect()
			}
		};
		let version = set.version;
		formation.fail()?;
		// Truncates nothing: they are members of a set with the same bound.
		Ok((version, BoundedVec::truncate_from(missing)))
	}

	/// Lets a committee of the consortium take the place of the one before, which still decides on what was sealed to it.
	fn succeed_consortium(id: CommitteeId, purpose: CommitteePurpose) {
		if let Some(former) = ConsortiumCommittee::<T>::get(purpose) {
			Committees::<T>::mutate_extant(former, |committee| committee.status = CommitteeStatus::Superseded);
		}
		ConsortiumCommittee::<T>::insert(purpose, id);
	}

	/// Lets a patient's guardians take the place of those before, who end at once: the patient may distrust them.
	fn succeed_personal(id: CommitteeId, handle: PatientHandle) -> DispatchResult {
		let former = PersonalCommittee::<T>::get(handle);
		PersonalFormation::<T>::remove(handle);
		PersonalCommittee::<T>::insert(handle, id);
		if let Some(former) = former {
			Self::end(former)?;
			Self::deposit_event(Event::CommitteeRetired { committee: former });
		}
		Ok(())
	}
}
