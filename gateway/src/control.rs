//! Who controls a handle now, by what the chain says.

use salus_client::wire::Account;
use salus_primitives::{InstitutionId, Moment};
use salus_runtime_api::{ControllerOf, HandleInfo, HandleStatus};

/// Whether the handle is open and kept by this institution.
pub fn is_kept_by(info: &HandleInfo<Account>, institution: InstitutionId) -> bool {
	info.custodian == institution && info.status == HandleStatus::Active
}

/// Whether the custodian acts for the patient at this moment.
pub fn is_custodial(info: &HandleInfo<Account>, now: Moment) -> bool {
	controls(info, &ControllerOf::Custodian, now)
}

/// Whether nobody has identified the patient at this moment.
pub fn is_provisional(info: &HandleInfo<Account>, now: Moment) -> bool {
	controls(info, &ControllerOf::Provisional, now)
}

/// Whether this account of the patient controls the handle at this moment.
pub fn is_self_held_by(info: &HandleInfo<Account>, account: &Account, now: Moment) -> bool {
	controls(info, &ControllerOf::SelfHeld(*account), now)
}

/// Whether the patient holds an own key for the handle: then nobody of the house answers for the patient any more, also not while the
/// custodian's rights run out.
pub fn has_own_key(info: &HandleInfo<Account>, now: Moment) -> bool {
	info.controllers.iter().any(|entry| {
		matches!(entry.controller, ControllerOf::SelfHeld(_))
			&& entry.valid_from <= now
			&& entry.valid_until.is_none_or(|until| now < until)
	})
}

fn controls(info: &HandleInfo<Account>, who: &ControllerOf<Account>, now: Moment) -> bool {
	info.status == HandleStatus::Active
		&& info.controllers.iter().any(|entry| {
			entry.controller == *who && entry.valid_from <= now && entry.valid_until.is_none_or(|until| now < until)
		})
}

#[cfg(test)]
mod tests {
	use super::*;
	use salus_runtime_api::ControllerInfo;

	const PATIENT: Account = Account([5; 32]);

	/// Claimed at 10, the custodian's rights end at 20.
	fn claimed() -> HandleInfo<Account> {
		HandleInfo {
			custodian: InstitutionId(1),
			registered_at: 0,
			status: HandleStatus::Active,
			controllers: vec![
				ControllerInfo { controller: ControllerOf::Custodian, valid_from: 0, valid_until: Some(20) },
				ControllerInfo { controller: ControllerOf::SelfHeld(PATIENT), valid_from: 10, valid_until: None },
			],
			evidence: None,
		}
	}

	#[test]
	fn control_is_compared_with_the_time() {
		let info = claimed();
		for (now, custodial, own) in [(9, true, false), (10, true, true), (19, true, true), (20, false, true)] {
			assert_eq!((is_custodial(&info, now), is_self_held_by(&info, &PATIENT, now)), (custodial, own), "{now}");
			assert_eq!(has_own_key(&info, now), own);
		}
		assert!(!is_self_held_by(&info, &Account([6; 32]), 10));
	}

	#[test]
	fn nobody_controls_a_closed_handle() {
		let info = HandleInfo { status: HandleStatus::Retired, ..claimed() };
		assert!(!is_custodial(&info, 12) && !is_self_held_by(&info, &PATIENT, 12));
		assert!(!is_kept_by(&info, InstitutionId(1)) && is_kept_by(&claimed(), InstitutionId(1)));
	}
}
