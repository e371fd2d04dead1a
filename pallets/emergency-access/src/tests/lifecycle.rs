//! Random acts of guardians, consortium and patient in any order: every invariant holds after each of them, a committee never
//! changes its key, and whoever is in a set that decides restores its share from the chain and its sealing key.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// Numbers of hospitals from 1 to 8.
type Hospital = u32;

#[derive(Clone, Copy, Debug)]
enum Step {
	Form,
	Reshare { first: Hospital, n: u32 },
	Deal(Hospital),
	DealAll,
	Confirm(Hospital),
	ConfirmAll,
	ReplaceKey(Hospital),
	Suspend(Hospital),
	Reinstate(Hospital),
	Wait(Moment),
	Abandon,
	Retire,
	SetPersonal(u32),
	ConfirmPersonal(u16),
	RemovePersonal,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
	let one = || 1u32..=8;
	let step = prop_oneof![
		3 => Just(Step::Form),
		3 => (1u32..=3, 5u32..=6).prop_map(|(first, n)| Step::Reshare { first, n }),
		3 => one().prop_map(Step::Deal),
		6 => Just(Step::DealAll),
		3 => one().prop_map(Step::Confirm),
		6 => Just(Step::ConfirmAll),
		1 => one().prop_map(Step::ReplaceKey),
		1 => one().prop_map(Step::Suspend),
		2 => one().prop_map(Step::Reinstate),
		1 => (0..10 * DAY).prop_map(Step::Wait),
		1 => Just(Step::Abandon),
		1 => Just(Step::Retire),
		2 => (0u32..4).prop_map(Step::SetPersonal),
		6 => (1u16..=5).prop_map(Step::ConfirmPersonal),
		1 => Just(Step::RemovePersonal),
	];
	prop::collection::vec(step, 1..32)
}

/// The consortium's committee that was proposed last, when there is one.
fn last() -> Option<CommitteeId> {
	NextCommittee::<Test>::get().0.checked_sub(1).map(CommitteeId).filter(|id| !is_gone(*id))
}

/// Takes the step when it is possible. What is refused leaves everything as it was.
fn take(step: Step) -> Option<DispatchResult> {
	let until = Clock::now() + 60 * DAY;
	let members = |first: u32, n: u32| bounded(hospitals(first..first + n));
	Some(match step {
		Step::Form => EmergencyAccess::form_committee(root(), RELEASE, members(1, 5), 3, until),
		Step::Reshare { first, n } => {
			let k = (n / 2 + 1) as u16;
			EmergencyAccess::reshare_committee(root(), last()?, members(first, n), k, until)
		}
		Step::Deal(number) => try_deal(last()?, hospital(number))?,
		Step::DealAll => {
			// Each one on its own: one that is refused does not keep the others.
			let id = last()?;
			let results: Vec<_> = (1..=8).filter_map(|number| try_deal(id, hospital(number))).collect();
			results.iter().any(Result::is_ok).then_some(Ok(()))?
		}
		Step::Confirm(number) => try_confirm(last()?, hospital(number))?,
		Step::ConfirmAll => {
			let id = last()?;
			let results: Vec<_> = (1..=8).filter_map(|number| try_confirm(id, hospital(number))).collect();
			results.iter().any(Result::is_ok).then_some(Ok(()))?
		}
		Step::ReplaceKey(number) => {
			let version = GuardianKeys::<Test>::get(hospital(number))?.version;
			register_key(hospital(number), version + 1)
		}
		Step::Suspend(number) => {
			Consortium::<AccountId>::suspend(hospital(number));
			Ok(())
		}
		Step::Reinstate(number) => {
			Consortium::<AccountId>::reinstate(hospital(number));
			Ok(())
		}
		Step::Wait(time) => {
			Clock::advance(time);
			Ok(())
		}
		Step::Abandon => EmergencyAccess::abandon_formation(signed(gateway(hospital(18))), last()?),
		Step::Retire => EmergencyAccess::retire_committee(root(), last()?),
		Step::SetPersonal(number) => {
			let id = CommitteeId(FIRST_PERSONAL_COMMITTEE.0 + number);
			let setup = PersonalSetup { valid_until: until, ..setup(id, persons(), 3) };
			set_personal(ANA_KEY, ANA, id, setup)
		}
		Step::ConfirmPersonal(index) => {
			let id = PersonalFormation::<Test>::get(ANA)?;
			confirm_personal(id, index)
		}
		Step::RemovePersonal => EmergencyAccess::remove_personal_committee(signed(ANA_KEY), ANA, ENTRY),
	})
}

fn persons() -> Vec<PersonalMember<AccountId>> {
	(1..=5).map(|number| named_person(number, None)).collect()
}

/// An honest hospital deals when it has something to deal.
fn try_deal(id: CommitteeId, institution: InstitutionId) -> Option<DispatchResult> {
	let dealers = committee(id).set;
	let dealer = dealers.index_of(&Guardian::Institution(institution))?;
	let constant_term = match Resharing::<Test>::contains_key(id) {
		true => share::<Test>(id, dealers.version, dealer, &current_sealing(institution))?.secret().clone(),
		false => secret(&("constant term", id, institution)),
	};
	Some(post(id, institution, dealing_of(id, dealer, &constant_term)))
}

/// An honest hospital proves its share when it has one.
fn try_confirm(id: CommitteeId, institution: InstitutionId) -> Option<DispatchResult> {
	let set = forming(id);
	let index = set.index_of(&Guardian::Institution(institution))?;
	set.keys?;
	let share = share::<Test>(id, set.version, index, &current_sealing(institution))?;
	let proof = possession::<Test>(id, set.version, index, &share);
	Some(EmergencyAccess::confirm_share(signed(gateway(institution)), id, proof))
}

/// Every member of a deciding set that has the key it was taken in with restores its share.
fn shares_are_restored() {
	for (id, committee) in Committees::<Test>::iter() {
		if !matches!(committee.status, CommitteeStatus::Active | CommitteeStatus::Superseded) {
			continue;
		}
		let keys = committee.set.keys.expect("it decides");
		for (index, member) in (1..).zip(&committee.set.members) {
			let sealing = match member.guardian {
				Guardian::Institution(institution) => sealing_secret(institution, member.key_version),
				Guardian::Person(account) => person_sealing(account),
			};
			let share = share::<Test>(id, committee.set.version, index, &sealing).expect("dealt rightly");
			assert!(share.verifies(keys.member(index).expect("a key for each member")));
		}
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(24))]

	#[test]
	fn committees_stay_consistent_whatever_happens(steps in steps()) {
		new_test_ext().execute_with(|| {
			with_keys(&hospitals(1..=8));
			let mut keys = BTreeMap::new();
			for step in steps {
				let before = frame_support::__private::storage_root(sp_runtime::StateVersion::V1);
				if let Some(Err(_)) = take(step) {
					let after = frame_support::__private::storage_root(sp_runtime::StateVersion::V1);
					prop_assert_eq!(before, after, "{:?} was refused", step);
				}
				check();
				for (id, committee) in Committees::<Test>::iter() {
					if let Some(key_id) = committee.key_id {
						let known = *keys.entry(id).or_insert((key_id, committee.group_key()));
						prop_assert_eq!(known, (key_id, committee.group_key()), "a committee keeps its key");
					}
				}
			}
			shares_are_restored();
			Ok(())
		})?;
	}
}
