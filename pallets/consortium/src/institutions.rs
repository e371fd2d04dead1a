//! Members: how they join, stop, come back and go, and which accounts act for them.
//!
//! `invalid_from` marks from when an institution's statements do not count. It may lie before the suspension, when a
//! compromise is found late, and may move to an earlier time, never to a later one. A reinstatement closes the
//! period; it stays void.

use crate::{
	Buckets, Config, Error, Gateways, GatewaysOf, Institution, InstitutionName, Institutions, Lane, MemberCount,
	NextInstitution, Operators, Pallet, Period, VoidPeriods,
};
use frame_support::{
	ensure,
	traits::{Get, Time},
	BoundedVec,
};
use salus_primitives::{AccountRoles, InstitutionId, InstitutionKind, MemberStatus, Moment};
use sp_runtime::{DispatchError, DispatchResult};

impl<T: Config> Pallet<T> {
	/// Whether the institution exists and may act now.
	pub fn institution_is_active(id: InstitutionId) -> bool {
		Institutions::<T>::get(id).is_some_and(|member| Self::may_act(&member))
	}

	/// Whether what an institution stated at this time counts, as known now.
	pub fn statements_count(id: InstitutionId, at: Moment) -> bool {
		Institutions::<T>::get(id).is_some_and(|member| {
			member.admitted_at <= at
				&& member.until.is_none_or(|until| at < until)
				&& member.invalid_from.is_none_or(|from| at < from)
				&& !VoidPeriods::<T>::get(id).iter().any(|period| period.contains(at))
		})
	}

	/// The institution that this account serves as gateway, operator or validator, whatever its status.
	pub fn serves(account: &T::AccountId) -> Option<InstitutionId> {
		Gateways::<T>::get(account).or_else(|| Operators::<T>::get(account)).or_else(|| Self::validator_of(account))
	}

	/// An account acts for one institution only: nobody could otherwise tell on whose behalf it signed.
	pub(crate) fn ensure_free_for(account: &T::AccountId, institution: InstitutionId) -> DispatchResult {
		let served = [Gateways::<T>::get(account), Operators::<T>::get(account), Self::validator_of(account)];
		ensure!(served.into_iter().flatten().all(|id| id == institution), Error::<T>::AccountServesAnother);
		Ok(())
	}

	/// The institution, when it is active.
	pub(crate) fn active(id: InstitutionId) -> Result<Institution<T::AccountId>, DispatchError> {
		let member = Institutions::<T>::get(id).ok_or(Error::<T>::UnknownInstitution)?;
		ensure!(Self::may_act(&member), Error::<T>::InstitutionNotActive);
		Ok(member)
	}

	/// The institution, unless it is gone for good.
	pub(crate) fn present(id: InstitutionId) -> Result<Institution<T::AccountId>, DispatchError> {
		let member = Institutions::<T>::get(id).ok_or(Error::<T>::UnknownInstitution)?;
		ensure!(member.status != MemberStatus::Deactivated, Error::<T>::InstitutionDeactivated);
		Ok(member)
	}

	/// The active institution of an operator.
	pub(crate) fn operated_by(operator: &T::AccountId) -> Result<InstitutionId, DispatchError> {
		let id = Operators::<T>::get(operator).ok_or(Error::<T>::NotAnOperator)?;
		Self::active(id).map(|_| id)
	}

	/// Writes a new member without its seat, which genesis gives to all at once.
	pub(crate) fn insert_institution(
		kind: InstitutionKind,
		name: InstitutionName,
		operator: &T::AccountId,
	) -> Result<InstitutionId, DispatchError> {
		ensure!(!name.is_empty() && core::str::from_utf8(&name).is_ok(), Error::<T>::InvalidName);
		ensure!(Self::serves(operator).is_none(), Error::<T>::AccountServesAnother);
		let count = MemberCount::<T>::get();
		ensure!(count < T::MaxInstitutions::get(), Error::<T>::TooManyInstitutions);
		let id = NextInstitution::<T>::get();
		NextInstitution::<T>::put(InstitutionId(id.0.checked_add(1).ok_or(Error::<T>::IdsExhausted)?));
		MemberCount::<T>::put(count.saturating_add(1));
		let member = Institution {
			kind,
			name,
			operator: operator.clone(),
			status: MemberStatus::Active,
			admitted_at: T::Time::now(),
			until: None,
			invalid_from: None,
			quota: T::DefaultQuota::get(),
		};
		Institutions::<T>::insert(id, member);
		Operators::<T>::insert(operator, id);
		Self::add_role(operator)?;
		Ok(id)
	}

	/// Stops a member, or moves the start of what does not count back. Returns that start.
	pub(crate) fn suspend(id: InstitutionId, invalid_from: Option<Moment>) -> Result<Moment, DispatchError> {
		let mut member = Institutions::<T>::get(id).ok_or(Error::<T>::UnknownInstitution)?;
		let earlier = invalid_from.zip(member.invalid_from).is_some_and(|(new, old)| new < old);
		match member.status {
			MemberStatus::Active => {}
			MemberStatus::Suspended => ensure!(earlier, Error::<T>::AlreadySuspended),
			// A compromise can be found after the membership is over.
			MemberStatus::Deactivated => ensure!(earlier, Error::<T>::InstitutionDeactivated),
		}
		let from = Self::disown(&mut member, invalid_from)?;
		if member.status == MemberStatus::Active {
			member.status = MemberStatus::Suspended;
			Self::change_seats(None, Some(&member.operator))?;
		}
		Institutions::<T>::insert(id, member);
		Ok(from)
	}

	/// Lets a suspended member act again. What it said in between stays void.
	pub(crate) fn reinstate(id: InstitutionId) -> DispatchResult {
		let mut member = Self::present(id)?;
		ensure!(member.status == MemberStatus::Suspended, Error::<T>::NotSuspended);
		ensure!(!Self::is_over(&member), Error::<T>::MembershipOver);
		if let Some(from) = member.invalid_from.take() {
			let period = Period { from, until: T::Time::now() };
			VoidPeriods::<T>::try_append(id, period).map_err(|_| Error::<T>::TooManySuspensions)?;
		}
		member.status = MemberStatus::Active;
		Self::change_seats(Some(&member.operator), None)?;
		Institutions::<T>::insert(id, member);
		Ok(())
	}

	/// Ends a membership for good: its accounts lose their roles, its validators go when the guards permit, its entry
	/// stays so that records remain attributed.
	pub(crate) fn deactivate(id: InstitutionId, invalid_from: Option<Moment>) -> Result<Moment, DispatchError> {
		let mut member = Self::present(id)?;
		let from = Self::disown(&mut member, invalid_from)?;
		Self::drop_validators(&Self::validators_of(id))?;
		if member.status == MemberStatus::Active {
			Self::change_seats(None, Some(&member.operator))?;
		}
		member.status = MemberStatus::Deactivated;
		for gateway in GatewaysOf::<T>::take(id) {
			Gateways::<T>::remove(&gateway);
			Self::remove_role(&gateway)?;
		}
		Operators::<T>::remove(&member.operator);
		Self::remove_role(&member.operator)?;
		Lane::ALL.into_iter().for_each(|lane| Buckets::<T>::remove(id, lane));
		MemberCount::<T>::mutate(|count| *count = count.saturating_sub(1));
		Institutions::<T>::insert(id, member);
		Self::release_nodes(id);
		Ok(from)
	}

	/// From when statements do not count: the given time, or now, but never later than what was said before.
	fn disown(member: &mut Institution<T::AccountId>, given: Option<Moment>) -> Result<Moment, DispatchError> {
		let now = T::Time::now();
		let from = given.unwrap_or(now);
		// The member stops now: a later time would say that what it states afterwards counts.
		ensure!(from <= now, Error::<T>::InvalidFromInFuture);
		let from = member.invalid_from.map_or(from, |before| before.min(from));
		member.invalid_from = Some(from);
		Ok(from)
	}

	/// Puts another account in the operator's place, seat included. Returns the old one.
	pub(crate) fn change_operator(id: InstitutionId, new: &T::AccountId) -> Result<T::AccountId, DispatchError> {
		let mut member = Self::present(id)?;
		ensure!(member.operator != *new, Error::<T>::AlreadyOperator);
		Self::ensure_free_for(new, id)?;
		let old = core::mem::replace(&mut member.operator, new.clone());
		Operators::<T>::remove(&old);
		Operators::<T>::insert(new, id);
		Self::add_role(new)?;
		Self::remove_role(&old)?;
		if member.status == MemberStatus::Active {
			Self::change_seats(Some(new), Some(&old))?;
		}
		Institutions::<T>::insert(id, member);
		Ok(old)
	}

	/// Changes what the institution's transactions may use.
	pub(crate) fn change_quota(id: InstitutionId, quota: crate::Quota) -> DispatchResult {
		let mut member = Self::present(id)?;
		member.quota = quota;
		Institutions::<T>::insert(id, member);
		Ok(())
	}

	/// Adds a gateway account.
	pub(crate) fn insert_gateway(id: InstitutionId, gateway: &T::AccountId) -> DispatchResult {
		Self::ensure_free_for(gateway, id)?;
		ensure!(!Gateways::<T>::contains_key(gateway), Error::<T>::AlreadyGateway);
		GatewaysOf::<T>::try_append(id, gateway).map_err(|_| Error::<T>::TooManyGateways)?;
		Gateways::<T>::insert(gateway, id);
		Self::add_role(gateway)
	}

	/// Removes a gateway account of this institution.
	pub(crate) fn drop_gateway(id: InstitutionId, gateway: &T::AccountId) -> DispatchResult {
		ensure!(Gateways::<T>::get(gateway) == Some(id), Error::<T>::NotAGateway);
		GatewaysOf::<T>::mutate(id, |all: &mut BoundedVec<_, _>| all.retain(|account| account != gateway));
		Gateways::<T>::remove(gateway);
		Self::remove_role(gateway)
	}
}
