//! What happens when a validator is proven to have equivocated.
//!
//! The session pallet disables the offender at once, up to its limit. It stays out of authorship until the set
//! changes: whether the hospital stays is for the council, which is told by an event.

use crate::{Config, Event, Pallet, Sessions, WeightInfo};
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
			Self::deposit_event(Event::OffenceReported {
				validator: validator.clone(),
				institution: Self::validator_of(validator),
				session,
				severity: severity.0,
			});
			weight = weight.saturating_add(T::WeightInfo::on_offence());
		}
		weight
	}
}
