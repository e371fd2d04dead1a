//! Each invariant fails when it is broken: one that cannot fail says nothing.

use super::*;
use frame_support::assert_err;
use sp_runtime::TryRuntimeError;

/// A committee that decides, one in a resharing, one that is coming about, and Ana's two.
fn scene() -> (CommitteeId, CommitteeId, CommitteeId) {
	let deciding = active(5, 3);
	let reshared = active_for(CommitteePurpose::Locate, 5, 3);
	resharing(reshared, hospitals(2..=6), 3);
	assert_ok!(deal(reshared, hospital(1)));
	let forming = proposed(5, 3);
	assert_ok!(deal(forming, hospital(1)));
	personal(OWN, five(), 3);
	assert_ok!(set_personal(ANA_KEY, ANA, OTHER, setup(OTHER, five(), 3)));
	(deciding, reshared, forming)
}

fn broken(expected: &'static str, break_it: impl FnOnce(CommitteeId, CommitteeId, CommitteeId)) {
	new_test_ext().execute_with(|| {
		let (deciding, reshared, forming) = scene();
		check();
		break_it(deciding, reshared, forming);
		assert_err!(EmergencyAccess::do_try_state(), TryRuntimeError::Other(expected));
	});
}

fn change(id: CommitteeId, change: impl FnOnce(&mut CommitteeOf<Test>)) {
	Committees::<Test>::mutate_extant(id, change);
}

fn change_next(id: CommitteeId, change: impl FnOnce(&mut MemberSetOf<Test>)) {
	Resharing::<Test>::mutate_extant(id, change);
}

#[test]
fn try_state_fails_when_a_number_is_broken() {
	broken("no period and no cap is zero, and none outlasts every committee", |_, _, _| {
		set_limits(|limits| limits.formation = 0);
	});
	broken("versions of guardian keys begin at 1", |_, _, _| {
		GuardianKeys::<Test>::mutate_extant(hospital(1), |key| key.version = 0);
	});
	broken("ids of consortium committees are below the next id", |_, _, _| NextCommittee::<Test>::put(CommitteeId(1)));
	broken("ids of personal committees are in the upper half", |deciding, _, _| {
		change(deciding, |committee| committee.kind = CommitteeKind::Personal(BEN));
	});
	broken("no set has a version above the last one", |deciding, _, _| {
		change(deciding, |committee| committee.last_version = 0);
	});
	broken("a consortium committee acts on behalf of nobody and falls back to none", |deciding, _, _| {
		change(deciding, |committee| committee.fallback_after = Some(1));
	});
}

#[test]
fn try_state_fails_when_a_status_contradicts_keys_and_proofs() {
	broken("a committee has a key id when it has a key", |deciding, _, _| {
		change(deciding, |committee| committee.key_id = None);
	});
	let sentence = "keys and proofs of a committee are those of its status";
	broken(sentence, |deciding, _, _| change(deciding, |committee| committee.set.members[0].confirmed = false));
	broken(sentence, |deciding, _, _| change(deciding, |committee| committee.status = CommitteeStatus::Confirming));
	broken(sentence, |_, _, forming| change(forming, |committee| committee.status = CommitteeStatus::Active));
	broken(sentence, |deciding, _, _| change(deciding, |committee| committee.status = CommitteeStatus::Dealing));
	broken(sentence, |_, _, forming| change(forming, |committee| committee.status = CommitteeStatus::Failed));
	broken(sentence, |_, _, forming| change(forming, |committee| committee.status = CommitteeStatus::Retired));
}

#[test]
fn try_state_fails_when_a_resharing_is_broken() {
	broken("a resharing belongs to a committee", |_, reshared, _| {
		let next = Resharing::<Test>::get(reshared).expect("coming about");
		Resharing::<Test>::insert(CommitteeId(99), next);
	});
	broken("only a committee that has a key is reshared", |_, reshared, _| {
		change(reshared, |committee| committee.status = CommitteeStatus::Retired);
	});
	broken("no personal committee is reshared", |_, reshared, _| {
		let next = Resharing::<Test>::get(reshared).expect("coming about");
		Resharing::<Test>::insert(OWN, next);
	});
	broken("a resharing has a version of its own", |_, reshared, _| change_next(reshared, |next| next.version = 1));
	broken("a complete resharing has taken over", |_, reshared, _| {
		let keys = committee(reshared).set.keys;
		change_next(reshared, |next| {
			next.keys = keys;
			next.members.iter_mut().for_each(|member| member.confirmed = true);
		});
	});
	broken("a resharing keeps the key", |deciding, reshared, _| {
		let keys = committee(deciding).set.keys;
		change_next(reshared, |next| next.keys = keys);
	});
}

#[test]
fn try_state_fails_when_a_set_is_broken() {
	broken("a set has an allowed threshold and as many members as it says", |deciding, _, _| {
		change(deciding, |committee| committee.set.threshold.k = 4);
	});
	broken("no guardian stands twice and no institution has two votes", |deciding, _, _| {
		change(deciding, |committee| committee.set.members[0].guardian = Guardian::Institution(hospital(2)));
	});
	broken("a set comes about before its validity ends", |deciding, _, _| {
		change(deciding, |committee| committee.set.valid_until = START);
	});
	broken("each member has the key of its share", |deciding, _, _| {
		change(deciding, |committee| committee.set.keys.iter_mut().for_each(|keys| keys.members.truncate(4)));
	});
	broken("nobody proves a share before there is one", |_, reshared, _| {
		change_next(reshared, |next| next.members[0].confirmed = true);
	});
}

#[test]
fn try_state_fails_when_dealings_are_broken() {
	broken("nobody deals twice for a set", |_, _, forming| {
		change(forming, |committee| committee.set.dealers.force_push(1));
	});
	broken("dealings stay as long as their set", |deciding, _, _| Dealings::<Test>::remove((deciding, 1), 2));
	broken("dealings stay as long as their set", |deciding, _, _| {
		let dealing = Dealings::<Test>::get((deciding, 1), 2).expect("dealt");
		Dealings::<Test>::insert((deciding, 9), 2, dealing);
	});
}

#[test]
fn try_state_fails_when_a_pointer_is_broken() {
	broken("the consortium's committee for a purpose is an active one", |_, _, forming| {
		ConsortiumCommittee::<Test>::insert(RELEASE, forming);
	});
	broken("an active committee is the one that its pointer names", |_, _, _| {
		ConsortiumCommittee::<Test>::remove(RELEASE);
	});
	broken("an active committee is the one that its pointer names", |_, _, _| PersonalCommittee::<Test>::remove(ANA));
	broken("a patient's committee is one of this patient that stands as it should", |_, _, _| {
		PersonalFormation::<Test>::insert(BEN, OTHER);
	});
}

#[test]
fn try_state_fails_when_duties_are_broken() {
	broken("an institution has the duties of its sets", |deciding, _, _| {
		GuardianDuties::<Test>::remove(hospital(1), deciding);
	});
	broken("an institution has the duties of its sets", |deciding, _, _| {
		GuardianDuties::<Test>::insert(hospital(12), deciding, ());
	});
	broken("a person guards one patient", |_, _, _| {
		change(OTHER, |committee| {
			committee.kind = CommitteeKind::Personal(BEN);
			committee.set.members[0].confirmed = true;
		});
		PersonalFormation::<Test>::remove(ANA);
		PersonalFormation::<Test>::insert(BEN, OTHER);
	});
	broken("a person is listed as long as it guards", |_, _, _| PersonalGuardians::<Test>::remove(person(1)));
}

#[test]
fn try_state_fails_when_namings_are_broken() {
	let named = Guardian::Person(person(1));
	broken("a guardian is listed as named until it confirms", |_, _, _| Unconfirmed::<Test>::remove(&named, OTHER));
	broken("a guardian is listed as named until it confirms", |_, _, _| {
		let naming = Naming { patient: ANA, custodian: CUSTODIAN };
		Unconfirmed::<Test>::insert(Guardian::Institution(hospital(12)), OTHER, naming);
	});
	broken("namings are counted by custodian", |_, _, _| UnconfirmedCount::<Test>::insert(&named, CUSTODIAN, 2));
}
