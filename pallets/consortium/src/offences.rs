//! What happens when a validator is proven to have equivocated.
//!
//! The session pallet disables the offender at once, up to its limit, and it leaves the set as soon as the guards let
//! it: see `validators`. While they hold it there it stays disabled; a new set would enable it again, and its owner
//! makes one by new session keys. It comes back when the council, which is told by an event, names it anew. What it did
//! in sessions before that does not take it out again: evidence stays good for weeks, and who kept some could undo
//! every pardon.

use crate::{Config, Event, NamedIn, Offenders, Pallet, PlannedKeys, Sessions, Validators, WeightInfo};
use frame_support::weights::Weight;
use sp_runtime::Perbill;
use sp_staking::{
	offence::{OffenceDetails, OffenceSeverity, OnOffenceHandler},
	SessionIndex,
};

impl<T: Config> OnOffenceHandler<T::AccountId, (T::AccountId, ()), Weight> for Pallet<T> {
	fn on_offence(
		offenders: &[OffenceDetails<T::AccountId, (T::AccountId, ())>],
		severities: &[Perbill],
		session: SessionIndex,
	) -> Weight {
		let mut weight = Weight::zero();
		for (at, OffenceDetails { offender: (validator, ()), .. }) in offenders.iter().enumerate() {
			// Without a figure the worst is assumed.
			let severity = severities.get(at).map_or_else(OffenceSeverity::default, |share| OffenceSeverity(*share));
			T::Sessions::report_offence(validator.clone(), severity);
			let institution = Self::validator_of(validator);
			if institution.is_some() && NamedIn::<T>::get(validator) <= session {
				Self::note_offender(validator);
			}
			Self::deposit_event(Event::OffenceReported {
				validator: validator.clone(),
				institution,
				session,
				severity: severity.0,
			});
			weight = weight.saturating_add(T::WeightInfo::on_offence());
		}
		weight
	}
}

impl<T: Config> Pallet<T> {
	/// Remembers one of the named validators as an offender.
	fn note_offender(validator: &T::AccountId) {
		Offenders::<T>::mutate(|all| {
			// Room for as many as can be named. Removed ones take some of it, until the set does without them.
			if !all.contains(validator) && all.try_push(validator.clone()).is_err() {
				log::error!(target: crate::LOG_TARGET, "no room for an offender: it stays in the set");
			}
		});
	}

	/// Forgets what a validator did: the council names it anew. Returns whether there was anything.
	pub(crate) fn pardon(validator: &T::AccountId) -> bool {
		let mut offenders = Offenders::<T>::get();
		let Some(at) = offenders.iter().position(|account| account == validator) else { return false };
		offenders.remove(at);
		Offenders::<T>::put(offenders);
		// The session pallet enables the disabled when it is given a set: make the next plan give it, be it the same.
		PlannedKeys::<T>::kill();
		true
	}

	/// Forgets the offenders that were removed and that the set does without.
	pub(crate) fn forget_offenders() {
		let named = Validators::<T>::get();
		let is_named = |account: &T::AccountId| named.iter().any(|(validator, _)| validator == account);
		Offenders::<T>::mutate(|all| all.retain(|account| is_named(account) || T::Sessions::is_in_use(account)));
	}

	/// Disables the offenders that are still in the set.
	pub(crate) fn disable_offenders() {
		for validator in Offenders::<T>::get() {
			T::Sessions::report_offence(validator, OffenceSeverity::default());
		}
	}
}
