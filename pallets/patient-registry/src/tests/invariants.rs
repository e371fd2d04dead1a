//! Random acts by random people leave a consistent registry, and control is where a plain model says it is.

use super::*;
use crate::Handles;
use frame_support::assert_err;
use proptest::prelude::*;
use salus_primitives::{ControllerKind, Handles as _, Moment, HOUR};
use sp_runtime::{DispatchResult, TryRuntimeError};

/// The custodian of the model has no key; people have numbers.
#[derive(Clone, Copy, Debug)]
enum Step {
	RegisterCustodial,
	RegisterSelfHeld(u8),
	Claim(u8),
	Rotate(u8, u8),
	RetireByPatient(u8),
	RetireByCustodian,
	Wait(Moment),
	Suspend,
	Reinstate,
}

/// What the rules of the README say.
#[derive(Debug, Default)]
struct Model {
	registered: bool,
	retired: bool,
	patient: Option<u8>,
	/// Keys that were given up, and when.
	given_up: Vec<(u8, Moment)>,
	/// `Some(None)`: custody without an end.
	custody_until: Option<Option<Moment>>,
	suspended: bool,
}

impl Model {
	fn is_used(&self, key: u8, now: Moment) -> bool {
		let remembered = |(given_up, at): &(u8, Moment)| *given_up == key && now < at + PROOF_VALIDITY;
		self.patient == Some(key) || self.given_up.iter().any(remembered)
	}

	fn custodian_controls(&self, now: Moment) -> bool {
		let in_time = self.custody_until.is_some_and(|until| until.is_none_or(|until| now < until));
		!self.suspended && !self.retired && in_time
	}

	/// Whether the step is allowed; when it is, takes it.
	fn take(&mut self, step: Step, now: Moment) -> bool {
		let active = self.registered && !self.retired;
		let allowed = match step {
			Step::RegisterCustodial | Step::RegisterSelfHeld(_) => !self.registered && !self.suspended,
			Step::Claim(key) => {
				active && !self.suspended && self.custody_until == Some(None) && !self.is_used(key, now)
			}
			Step::Rotate(old, new) => active && self.patient == Some(old) && !self.is_used(new, now),
			Step::RetireByPatient(key) => active && self.patient == Some(key),
			Step::RetireByCustodian => active && self.custodian_controls(now) && self.patient.is_none(),
			Step::Wait(_) | Step::Suspend | Step::Reinstate => true,
		};
		if allowed {
			self.apply(step, now);
		}
		allowed
	}

	fn apply(&mut self, step: Step, now: Moment) {
		match step {
			Step::RegisterCustodial => (self.registered, self.custody_until) = (true, Some(None)),
			Step::RegisterSelfHeld(key) => (self.registered, self.patient) = (true, Some(key)),
			Step::Claim(key) => (self.patient, self.custody_until) = (Some(key), Some(Some(now + CLAIM_DELAY))),
			Step::Rotate(old, new) => {
				self.given_up.push((old, now));
				self.patient = Some(new);
			}
			Step::RetireByPatient(_) | Step::RetireByCustodian => (self.retired, self.patient) = (true, None),
			Step::Suspend => self.suspended = true,
			Step::Reinstate => self.suspended = false,
			Step::Wait(_) => (),
		}
	}
}

fn take(step: Step) -> DispatchResult {
	let custodian = || origin(gateway(HOSPITAL_A));
	match step {
		Step::RegisterCustodial => {
			let control = Control::Custodial { evidence: EVIDENCE };
			PatientRegistry::register_patient(custodian(), HANDLE, control, ENTRY)
		}
		Step::RegisterSelfHeld(key) => {
			let control = Control::SelfHeld { controller: account(key), proof: proof(key) };
			PatientRegistry::register_patient(custodian(), HANDLE, control, ENTRY)
		}
		Step::Claim(key) => {
			PatientRegistry::claim_handle(custodian(), HANDLE, account(key), proof(key), EVIDENCE, ENTRY)
		}
		Step::Rotate(old, new) => {
			PatientRegistry::rotate_controller(origin(account(old)), HANDLE, account(new), proof(new), ENTRY)
		}
		Step::RetireByPatient(key) => PatientRegistry::retire_handle(origin(account(key)), HANDLE, ENTRY),
		Step::RetireByCustodian => PatientRegistry::retire_handle(custodian(), HANDLE, ENTRY),
		Step::Wait(time) => {
			advance(time);
			Ok(())
		}
		Step::Suspend => {
			suspend(HOSPITAL_A);
			Ok(())
		}
		Step::Reinstate => {
			reinstate(HOSPITAL_A);
			Ok(())
		}
	}
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
	let key = || 1u8..=3;
	// Three keys and the custodian fill the list without exceeding it.
	let step = prop_oneof![
		2 => Just(Step::RegisterCustodial),
		1 => key().prop_map(Step::RegisterSelfHeld),
		4 => key().prop_map(Step::Claim),
		6 => (key(), key()).prop_map(|(old, new)| Step::Rotate(old, new)),
		1 => key().prop_map(Step::RetireByPatient),
		1 => Just(Step::RetireByCustodian),
		4 => (0..2 * HOUR).prop_map(Step::Wait),
		1 => Just(Step::Wait(CLAIM_DELAY)),
		1 => Just(Step::Suspend),
		2 => Just(Step::Reinstate),
	];
	prop::collection::vec(step, 1..40)
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(64))]

	#[test]
	fn control_is_where_the_model_says(steps in steps()) {
		new_test_ext().execute_with(|| {
			let mut model = Model::default();
			for step in steps {
				let allowed = model.take(step, Clock::now());
				prop_assert_eq!(take(step).is_ok(), allowed, "{:?} in {:?}", step, model);
				check();
				let now = Clock::now();
				for key in 1..=3 {
					let expected = (model.patient == Some(key)).then_some(ControllerKind::SelfHeld);
					prop_assert_eq!(PatientRegistry::controller(&HANDLE, &account(key)), expected);
				}
				let expected = model.custodian_controls(now).then_some(ControllerKind::Custodian(HOSPITAL_A));
				prop_assert_eq!(PatientRegistry::controller(&HANDLE, &gateway(HOSPITAL_A)), expected);
			}
			Ok(())
		})?;
	}
}

#[test]
fn try_state_fails_when_an_invariant_is_broken() {
	fn broken(expected: &'static str, break_it: impl FnOnce(&mut crate::HandleRecord<Test>)) {
		new_test_ext().execute_with(|| {
			register_custodial();
			claim(1);
			let mut record = record();
			break_it(&mut record);
			Handles::<Test>::insert(HANDLE, record);
			assert_err!(PatientRegistry::do_try_state(), TryRuntimeError::Other(expected));
		});
	}
	broken("the custodian of a handle exists", |record| record.custodian.0 = 99);
	broken("no handle was registered in the future", |record| record.registered_at = START + 1);
	broken("a retired handle has no controllers", |record| record.status = crate::HandleStatus::Retired);
	broken("an active handle has exactly one controller without an end", |record| {
		record.controllers[0].valid_until = None;
	});
	broken("no controller is listed twice", |record| record.controllers[0].kind = record.controllers[1].kind.clone());
	broken("no control ends before it begins", |record| record.controllers[0].valid_until = Some(START - 1));
	broken("custody rests on evidence", |record| record.evidence = None);
	broken("either the patient holds a key, or the custodian's part has no end", |record| {
		record.controllers[1].valid_from = START + 1;
	});
}

#[test]
fn try_state_fails_when_a_merge_is_not_the_same_from_all_sides() {
	use crate::{HandleStatus, MergedInto, Merges};
	fn broken(expected: &'static str, break_it: impl FnOnce()) {
		new_test_ext().execute_with(|| {
			register_provisional(HANDLE);
			register_other();
			let signer = origin(gateway(HOSPITAL_A));
			assert_ok!(PatientRegistry::merge_handle(signer, HANDLE, OTHER_HANDLE, ENTRY, ENTRY, ENTRY));
			check();
			break_it();
			assert_err!(PatientRegistry::do_try_state(), TryRuntimeError::Other(expected));
		});
	}
	let change = |break_it: fn(&mut crate::HandleRecord<Test>)| {
		let mut record = record();
		break_it(&mut record);
		Handles::<Test>::insert(HANDLE, record);
	};
	broken("a handle is merged when it is known whose it is", || change(|record| record.status = HandleStatus::Active));
	broken("a merged handle is provisional", || change(|record| record.controllers[0].valid_until = Some(START)));
	broken("merged handles have the same custodian", || change(|record| record.custodian = HOSPITAL_B));
	broken("a merge is known from both sides", || MergedInto::<Test>::remove(HANDLE));
	broken("a merge is listed once", || Merges::<Test>::remove(OTHER_HANDLE));
	broken("no empty list of merges is kept", || {
		Merges::<Test>::insert(OTHER_HANDLE, frame_support::BoundedVec::new())
	});
}

#[test]
fn integrity_test_fails_when_a_claim_has_no_room() {
	let integrity_test = || <PatientRegistry as frame_support::traits::Hooks<u64>>::integrity_test();
	integrity_test();
	MaxControllers::set(1);
	let outcome = std::panic::catch_unwind(integrity_test);
	MaxControllers::set(4);
	assert!(outcome.is_err());
}
