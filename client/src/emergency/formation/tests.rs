use super::*;
use crate::emergency::testing::{Board, Member, GENESIS};
use salus_primitives::{CommitteeId, PatientHandle, DAY};
use salus_threshold::{committee::verify_possession, rand_core::OsRng};

fn members(count: u32) -> Vec<Member> {
	(1..=count).map(Member::institution).collect()
}

fn index_of(board: &Board, member: &Member) -> u16 {
	board.committee.members.iter().find(|info| info.guardian == member.guardian).unwrap().index
}

#[test]
fn members_make_a_key_and_each_finds_its_share_again() {
	let members = members(5);
	let board = Board::active(&members, 3);
	assert_eq!(board.committee.status, CommitteeStatus::Active);
	for member in &members {
		let own = recover_share(&board.case(member)).unwrap();
		assert_eq!(own.index, index_of(&board, member));
		let key = board.committee.members[usize::from(own.index) - 1].public_share.unwrap();
		assert!(own.share.verifies(&key));
		assert_eq!(board.next(member), Ok(None), "nothing is left to do");
	}
}

#[test]
fn whoever_was_interrupted_deals_once_and_confirms_once() {
	let members = members(5);
	let mut board = Board::new(&members, 3);
	// A step that never got to the chain is made again; one that got there is not.
	assert!(matches!(board.next(&members[0]), Ok(Some(Step::Deal(_)))));
	let step = board.next(&members[0]).unwrap().unwrap();
	board.apply(&members[0], step);
	assert_eq!(board.next(&members[0]), Ok(None), "it waits for the others");
	for member in &members[1..] {
		let step = board.next(member).unwrap().unwrap();
		board.apply(member, step);
	}
	let Ok(Some(Step::Confirm(proof))) = board.next(&members[0]) else { panic!("a share to confirm") };
	let context = CommitteeContext { genesis: GENESIS, committee: 7, version: FIRST_VERSION };
	assert!(verify_possession(&context, 1, &board.committee.members[0].public_share.unwrap(), &proof));
	board.apply(&members[0], Step::Confirm(proof));
	assert_eq!(board.next(&members[0]), Ok(None));
}

#[test]
fn a_dealer_who_cheats_is_accused_and_one_who_does_not_is_not() {
	let members = members(5);
	let mut board = Board::new(&members, 3);
	for member in &members[..4] {
		let step = board.next(member).unwrap().unwrap();
		board.apply(member, step);
	}
	assert_eq!(board.next(&members[0]), Ok(None), "four good dealings");
	// The fifth seals the first member's share to a key of its own.
	let mut others = members.clone();
	others[0].sealing = SecretScalar::random(&mut OsRng);
	let Ok(Some(Step::Deal(bad))) = Board::new(&others, 3).next(&others[4]) else { panic!("a dealing") };
	board.apply(&members[4], Step::Deal(bad));
	let Ok(Some(Step::Dispute { dealer, dispute })) = board.next(&members[0]) else { panic!("a dispute") };
	assert_eq!(dealer, 5);
	let context = DealingContext {
		committee: CommitteeContext { genesis: GENESIS, committee: 7, version: FIRST_VERSION },
		dealer,
		threshold: Threshold::new(5, 3).unwrap(),
	};
	let recipient = members[0].sealing.public().to_bytes();
	assert!(dispute.is_founded(&context, &board.dealings[4].1, 1, &recipient));
	assert!(matches!(board.next(&members[1]), Ok(Some(Step::Confirm(_)))), "the others got good shares");
	assert_eq!(recover_share(&board.case(&members[0])).unwrap_err(), FormationError::BadDealing(5));
}

#[test]
fn a_resharing_keeps_the_key_and_gives_other_members_other_shares() {
	let mut all = members(7);
	let mut board = Board::active(&all[..5], 3);
	let (group, before) = (board.committee.group_key, recover_share(&board.case(&all[2])).unwrap());
	// Members 1 and 2 leave, 6 and 7 come; 5 has replaced its key.
	let replaced = Member { guardian: all[4].guardian.clone(), sealing: SecretScalar::random(&mut OsRng) };
	all[4] = replaced;
	let new = [all[2].clone(), all[3].clone(), all[4].clone(), all[5].clone(), all[6].clone()];
	board.reshare(&new, 3);
	assert_eq!(board.next(&all[4]), Ok(None), "it has no share to deal on");
	for member in &all[..4] {
		if let Some(step) = board.next(member).unwrap() {
			board.apply(member, step);
		}
	}
	assert_eq!(board.reshared.len(), 3, "no more than the old threshold");
	board.run(&new);
	assert_eq!((board.committee.version, board.committee.group_key), (2, group));
	let keys = public_keys_of_resharing(
		5,
		&board.dealings.iter().map(|(dealer, dealing)| (*dealer, dealing.commitments.as_slice())).collect::<Vec<_>>(),
	);
	assert_eq!(keys.map(|keys| keys.group), group);
	for member in &new {
		recover_share(&board.case(member)).unwrap();
	}
	let after = recover_share(&board.case(&all[2])).unwrap();
	assert_ne!(before.share, after.share);
	assert_eq!(recover_share(&board.case(&all[0])).unwrap_err(), FormationError::NotAMember);
}

#[test]
fn a_resharing_to_another_key_is_not_confirmed() {
	let members = members(5);
	let mut board = Board::active(&members, 3);
	board.reshare(&members, 3);
	for member in &members[..3] {
		let step = board.next(member).unwrap().unwrap();
		board.apply(member, step);
	}
	board.committee.group_key = Some(SecretScalar::random(&mut OsRng).public().to_bytes());
	assert_eq!(board.next(&members[0]), Err(FormationError::OtherKeys));
}

#[test]
fn a_patients_guardians_confirm_what_the_patient_dealt() {
	let members = members(5);
	let mut board = Board::new(&members, 3);
	board.committee.id = CommitteeId(1 << 31);
	board.committee.kind = CommitteeKind::Personal(PatientHandle([1; 32]));
	board.committee.status = CommitteeStatus::Confirming;
	let context = DealingContext {
		committee: CommitteeContext { genesis: GENESIS, committee: 1 << 31, version: FIRST_VERSION },
		dealer: PATIENT,
		threshold: Threshold::new(5, 3).unwrap(),
	};
	let recipients: Vec<_> = members.iter().map(|member| member.sealing.public()).collect();
	let secret = SecretScalar::random(&mut OsRng);
	let dealing = Dealing::deal(&context, &secret, &recipients, &mut OsRng).unwrap();
	let keys = public_keys_of_dealings(5, &[&dealing.commitments]).unwrap();
	for member in &mut board.committee.members {
		member.public_share = keys.member(member.index).copied();
	}
	board.dealings.push((PATIENT, dealing));
	board.run(&members);
	assert_eq!(board.committee.status, CommitteeStatus::Active);
	recover_share(&board.case(&members[3])).unwrap();
	// A dealing of the patient is not one of a member, whatever the node says.
	board.dealings[0].0 = 1;
	assert!(recover_share(&board.case(&members[3])).is_err());
}

#[test]
fn a_formation_whose_time_is_over_is_ended_by_its_members_alone() {
	let members = members(6);
	let mut board = Board::new(&members[..5], 3);
	board.now = board.committee.deadline;
	assert_eq!(board.next(&members[0]), Ok(Some(Step::Abandon)));
	assert_eq!(board.next(&members[5]), Ok(None), "a stranger has no say");
	board.now -= 1;
	assert!(matches!(board.next(&members[0]), Ok(Some(Step::Deal(_)))));
	let mut board = Board::active(&members[..5], 3);
	board.reshare(&members[..5], 3);
	board.now += DAY;
	assert_eq!(board.next(&members[0]), Ok(Some(Step::Abandon)));
}

#[test]
fn a_guardian_with_another_keyfile_is_told() {
	let members = members(5);
	let board = Board::active(&members, 3);
	let other = Member { guardian: members[0].guardian.clone(), sealing: SecretScalar::random(&mut OsRng) };
	assert_eq!(recover_share(&board.case(&other)).unwrap_err(), FormationError::OtherSealingKey);
	assert_eq!(Board::new(&members, 3).next(&other), Err(FormationError::OtherSealingKey));
}

#[test]
fn a_share_is_not_used_under_keys_that_its_dealings_do_not_give() {
	let members = members(5);
	let mut board = Board::active(&members, 3);
	let other = Board::active(&members, 3);
	board.committee.members[0].public_share = other.committee.members[0].public_share;
	assert_eq!(recover_share(&board.case(&members[0])).unwrap_err(), FormationError::OtherKeys);
	board.dealings.pop();
	assert_eq!(recover_share(&board.case(&members[1])).unwrap_err(), FormationError::Incomplete);
	board.dealings.clear();
	assert_eq!(recover_share(&board.case(&members[1])).unwrap_err(), FormationError::Incomplete);
	let mut board = other;
	board.committee.k = 2;
	assert_eq!(recover_share(&board.case(&members[1])).unwrap_err(), FormationError::BadThreshold);
}
