//! What holds in every state; checked after each test and by try-runtime.

use crate::{
	AccountRoles, Config, Departing, Gateways, GatewaysOf, Institutions, MemberCount, NamedIn, NextInstitution, Nodes,
	Offenders, Operators, Pallet, PauseRequests, PlannedValidators, Practitioners, RetirementBounds, RetirementQueue,
	Retiring, Seats, SessionBegan, Sessions, Validators, VoidPeriods,
};
use alloc::{collections::BTreeMap, vec::Vec};
use frame_support::ensure;
use salus_primitives::{InstitutionId, InstitutionKind, MemberStatus};
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
	/// Checks every invariant of the pallet.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		Self::try_institutions()?;
		Self::try_accounts()?;
		Self::try_validators()?;
		Self::try_nodes()?;
		Self::try_pauses()?;
		Self::try_staff()
	}

	fn present_ids() -> Vec<InstitutionId> {
		Institutions::<T>::iter().filter(|(_, m)| m.status != MemberStatus::Deactivated).map(|(id, _)| id).collect()
	}

	fn try_institutions() -> Result<(), TryRuntimeError> {
		let mut seats = Vec::new();
		for (id, member) in Institutions::<T>::iter() {
			ensure!(id < NextInstitution::<T>::get(), "an institution has an id that was never given");
			let active = member.status == MemberStatus::Active;
			ensure!(
				active == member.invalid_from.is_none(),
				"invalid_from is set exactly while a member is not active"
			);
			let operates = Operators::<T>::get(&member.operator) == Some(id);
			ensure!(
				operates == (member.status != MemberStatus::Deactivated),
				"an operator is known exactly while its institution is not deactivated"
			);
			let ends = member.until.is_none_or(|until| member.admitted_at < until);
			ensure!(ends, "a membership does not end before it begins");
			if active {
				seats.push(member.operator);
			}
		}
		seats.sort();
		ensure!(Seats::<T>::get().into_inner() == seats, "the seats are the operators of active institutions, sorted");
		let present = Self::present_ids();
		ensure!(MemberCount::<T>::get() as usize == present.len(), "the member count is the number of present members");
		ensure!(Operators::<T>::iter().count() == present.len(), "each present member has one operator");
		for (id, gateways) in GatewaysOf::<T>::iter() {
			ensure!(gateways.is_empty() || present.contains(&id), "only present members have gateways");
			ensure!(gateways.iter().all(|g| Gateways::<T>::get(g) == Some(id)), "a listed gateway is known as such");
		}
		let listed: usize = GatewaysOf::<T>::iter_values().map(|gateways| gateways.len()).sum();
		ensure!(Gateways::<T>::iter().count() == listed, "a known gateway is listed once");
		for (_, periods) in VoidPeriods::<T>::iter() {
			ensure!(periods.iter().all(|p| p.from <= p.until), "a void period does not end before it begins");
		}
		Ok(())
	}

	fn try_accounts() -> Result<(), TryRuntimeError> {
		let mut roles: BTreeMap<T::AccountId, u32> = BTreeMap::new();
		let mut served: BTreeMap<T::AccountId, InstitutionId> = BTreeMap::new();
		let holders = Operators::<T>::iter().chain(Gateways::<T>::iter()).chain(Validators::<T>::get());
		for (account, id) in holders {
			*roles.entry(account.clone()).or_default() += 1;
			ensure!(served.insert(account, id).is_none_or(|before| before == id), "an account serves one institution");
		}
		for (account, count) in roles {
			ensure!(AccountRoles::<T>::get(&account) >= count, "each function of an account is counted as a role");
		}
		for (account, count) in AccountRoles::<T>::iter() {
			ensure!(count > 0, "an account without roles has no count");
			ensure!(!Retiring::<T>::contains_key(&account), "an account with roles does not retire");
			ensure!(frame_system::Pallet::<T>::providers(&account) > 0, "an account with roles exists");
		}
		let (first, end) = RetirementBounds::<T>::get();
		ensure!(RetirementQueue::<T>::iter().count() as u64 == end - first, "the queue has no gaps");
		let entries: Vec<_> = RetirementQueue::<T>::iter_values().map(|entry| (entry.account, entry.due)).collect();
		for retiring in Retiring::<T>::iter() {
			ensure!(frame_system::Pallet::<T>::providers(&retiring.0) > 0, "a retiring account still exists");
			ensure!(entries.contains(&retiring), "a retiring account is in the queue");
		}
		Ok(())
	}

	fn try_validators() -> Result<(), TryRuntimeError> {
		let validators = Validators::<T>::get();
		for (at, (account, id)) in validators.iter().enumerate() {
			ensure!(validators[..at].iter().all(|(other, _)| other != account), "a validator is listed once");
			let hospital = Institutions::<T>::get(id)
				.is_some_and(|m| m.kind == InstitutionKind::Hospital && m.status != MemberStatus::Deactivated);
			ensure!(hospital, "a validator belongs to a present hospital");
		}
		let is_named = |account: &T::AccountId| validators.iter().any(|(validator, _)| validator == account);
		ensure!(
			NamedIn::<T>::iter_keys().all(|account| is_named(&account)),
			"who was named in a session is a validator"
		);
		ensure!(PlannedValidators::<T>::get().windows(2).all(|pair| pair[0] < pair[1]), "the planned set is sorted");
		let offenders = Offenders::<T>::get();
		for (at, account) in offenders.iter().enumerate() {
			ensure!(!offenders[..at].contains(account), "an offender is remembered once");
			ensure!(
				is_named(account) || T::Sessions::is_in_use(account),
				"an offender is a named validator, or still in the set"
			);
		}
		let now = frame_system::Pallet::<T>::block_number();
		ensure!(SessionBegan::<T>::get() <= now, "the session that runs has begun");
		Ok(())
	}

	fn try_nodes() -> Result<(), TryRuntimeError> {
		let present = Self::present_ids();
		for (id, nodes) in Nodes::<T>::iter() {
			for (at, node) in nodes.iter().enumerate() {
				ensure!(!nodes[..at].contains(node), "an institution lists a node once");
			}
			let known = present.contains(&id) || Departing::<T>::contains_key(id);
			ensure!(nodes.is_empty() || known, "who lists nodes is a member, or one whose validators are still needed");
		}
		for validators in Departing::<T>::iter_values() {
			ensure!(!validators.is_empty(), "an institution without departing validators has no list of them");
			for (at, account) in validators.iter().enumerate() {
				ensure!(!validators[..at].contains(account), "a departing validator is remembered once");
			}
		}
		Ok(())
	}

	fn try_pauses() -> Result<(), TryRuntimeError> {
		for (call, requests) in PauseRequests::<T>::iter() {
			ensure!(Self::paused_until(call).is_none(), "nobody asks to pause what is paused");
			for (at, (id, _)) in requests.iter().enumerate() {
				ensure!(Institutions::<T>::contains_key(id), "who asks for a pause is or was a member");
				ensure!(requests[..at].iter().all(|(other, _)| other != id), "a member asks for a pause once");
			}
		}
		Ok(())
	}

	fn try_staff() -> Result<(), TryRuntimeError> {
		for entry in Practitioners::<T>::iter_values() {
			ensure!(Institutions::<T>::contains_key(entry.institution), "a practitioner's institution exists");
			ensure!(entry.valid_from < entry.valid_until, "an entry's validity does not end before it begins");
			ensure!(!entry.roles.is_empty(), "a practitioner has a role");
		}
		Ok(())
	}
}
