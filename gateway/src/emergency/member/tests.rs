use super::*;
use crate::{
	chain::fake::Trouble,
	config::PersonalDuties,
	emergency::testing::{League, GUARDIANS},
};
use salus_primitives::{CommitteePurpose, InstitutionId, PatientHandle};
use salus_runtime_api::CommitteeStatus;
use salus_threshold::{
	committee::{CommitteeContext, Threshold},
	dealing::DealingContext,
	group::SecretScalar,
};

fn submitted(league: &League, what: fn(&Transaction) -> bool) -> usize {
	league.chain().world().submitted.iter().filter(|transaction| what(transaction)).count()
}

fn is_dealing(transaction: &Transaction) -> bool {
	matches!(transaction, Transaction::PostDealing { .. })
}

#[tokio::test]
async fn gateways_register_their_keys_and_make_a_committees_key_together() {
	let league = League::new();
	let id = league.committee().await;
	{
		let world = league.chain().world();
		assert_eq!(world.emergency.consortium[&CommitteePurpose::Release], id);
		assert_eq!(world.emergency.guardian_keys.len(), GUARDIANS.len());
	}
	assert_eq!(submitted(&league, is_dealing), 5);
	// Every one of them finds its share again, from the chain and its keyfile.
	for guardian in GUARDIANS {
		let service = league.service(guardian);
		let head = service.head().await.unwrap();
		let committee = service.chain.committee(&head.block, id).await.unwrap().unwrap();
		let own = share(service, &head, service.guardian.as_ref().unwrap(), &committee).await.unwrap();
		assert!(own.share.verifies(&committee.members[usize::from(own.index) - 1].public_share.unwrap()));
	}
	let before = league.chain().world().submitted.len();
	league.round().await;
	assert_eq!(league.chain().world().submitted.len(), before, "nothing is left to do");
}

#[tokio::test]
async fn a_formation_goes_on_after_crashes_and_lost_answers() {
	let mut league = League::new();
	league.round().await;
	let id = league.emergency(|emergency| emergency.form_committee(0, &GUARDIANS, 3));
	league.chain().world().trouble = Trouble::LostBefore;
	assert!(take_part(league.service(1)).await.is_err(), "its dealing did not get there");
	league.restart(1);
	league.chain().world().trouble = Trouble::LostAfter;
	assert!(take_part(league.service(1)).await.is_err(), "it got there, and nobody said so");
	league.restart(1);
	take_part(league.service(1)).await.unwrap();
	assert_eq!(submitted(&league, is_dealing), 1, "it is not dealt twice");
	league.round().await;
	league.chain().world().trouble = Trouble::LostAfter;
	assert!(take_part(league.service(2)).await.is_err(), "its confirmation got there, and nobody said so");
	league.restart(2);
	league.round().await;
	assert_eq!(league.emergency(|emergency| emergency.committees[&id].status), CommitteeStatus::Active);
	let confirmations = submitted(&league, |transaction| matches!(transaction, Transaction::ConfirmShare { .. }));
	assert_eq!((submitted(&league, is_dealing), confirmations), (5, 5));
}

#[tokio::test]
async fn one_institution_that_is_away_does_not_lose_what_the_others_did() {
	let league = League::new();
	league.round().await;
	let id = league.emergency(|emergency| emergency.form_committee(0, &GUARDIANS, 3));
	for guardian in [1, 2, 3, 4, 1, 2, 3, 4] {
		take_part(league.service(guardian)).await.unwrap();
	}
	assert_eq!(league.emergency(|emergency| emergency.committees[&id].status), CommitteeStatus::Dealing);
	take_part(league.service(5)).await.unwrap();
	league.round().await;
	assert_eq!(league.emergency(|emergency| emergency.committees[&id].status), CommitteeStatus::Active);
}

#[tokio::test]
async fn a_dealer_who_cheats_is_disputed() {
	let league = League::new();
	league.round().await;
	let id = league.emergency(|emergency| emergency.form_committee(0, &GUARDIANS, 3));
	for guardian in [1, 2, 3, 4] {
		take_part(league.service(guardian)).await.unwrap();
	}
	// Dealer 5 seals the share of member 2 to another key.
	league.emergency(|emergency| {
		let genesis = crate::chain::fake::GENESIS;
		let context = DealingContext {
			committee: CommitteeContext { genesis, committee: id.0, version: 1 },
			dealer: 5,
			threshold: Threshold::new(5, 3).unwrap(),
		};
		let keys = emergency.committees[&id].members.iter().map(|member| member.sealing);
		let mut keys: Vec<_> = keys.map(|key| salus_threshold::group::Point::from_bytes(&key).unwrap()).collect();
		keys[1] = SecretScalar::random(&mut OsRng).public();
		let bad = Dealing::deal(&context, &SecretScalar::random(&mut OsRng), &keys, &mut OsRng).unwrap();
		emergency.dealings.get_mut(&(id, 1)).unwrap().push((5, bad));
		emergency.set_keys(id, 1);
	});
	take_part(league.service(1)).await.unwrap();
	take_part(league.service(2)).await.unwrap();
	assert!(league.emergency(|emergency| emergency.committee(id).is_none()));
	assert_eq!(submitted(&league, |one| matches!(one, Transaction::DisputeDealing { dealer: 5, .. })), 1);
}

#[tokio::test]
async fn a_formation_whose_time_is_over_is_ended() {
	let league = League::new();
	league.round().await;
	let id = league.emergency(|emergency| {
		let id = emergency.form_committee(0, &GUARDIANS, 3);
		emergency.committees.get_mut(&id).unwrap().deadline = salus_client::now() - 1;
		assert_eq!(emergency.committee(id).unwrap().status, CommitteeStatus::Failed);
		id
	});
	league.round().await;
	assert_eq!(submitted(&league, is_dealing), 0, "nothing is dealt for it");
	assert!(league.emergency(|emergency| emergency.committee(id).is_none()), "somebody ends it");
}

#[tokio::test]
async fn a_resharing_brings_an_institution_back_that_replaced_its_key() {
	let mut league = League::new();
	let id = league.committee().await;
	let group_key = league.emergency(|emergency| emergency.committees[&id].group_key);
	// Hospital 5 lost its keyfile.
	std::fs::remove_file(league.folder(5).join("guardian.json")).unwrap();
	league.configure(5, |config| config.emergency.register_key = KeyRegistration::Replace);
	league.restart(5);
	take_part(league.service(5)).await.unwrap();
	let key = league.emergency(|emergency| emergency.guardian_keys[&InstitutionId(5)]);
	assert_eq!(key.version, 2);
	assert!(!league.emergency(|emergency| emergency.committee(id).unwrap().members[4].counts));
	league.emergency(|emergency| emergency.reshare_committee(id, &GUARDIANS, 3));
	for _ in 0..3 {
		league.round().await;
	}
	let committee = league.emergency(|emergency| emergency.committee(id).unwrap());
	assert_eq!((committee.version, committee.group_key), (2, group_key));
	assert!(committee.members.iter().all(|member| member.confirmed && member.counts));
}

#[tokio::test]
async fn the_guardian_key_is_registered_once_and_not_replaced_unasked() {
	let mut league = League::new();
	let registrations =
		|league: &League| submitted(league, |one| matches!(one, Transaction::RegisterGuardianKey { .. }));
	for _ in 0..3 {
		take_part(league.service(1)).await.unwrap();
	}
	assert_eq!(registrations(&league), 1);
	std::fs::remove_file(league.folder(1).join("guardian.json")).unwrap();
	league.restart(1);
	take_part(league.service(1)).await.unwrap();
	assert_eq!(registrations(&league), 1, "another key would void its votes");
	league.configure(2, |config| config.emergency.register_key = KeyRegistration::Never);
	league.restart(2);
	take_part(league.service(2)).await.unwrap();
	assert_eq!(registrations(&league), 1);
}

#[tokio::test]
async fn nothing_is_done_at_a_head_that_is_too_old() {
	let league = League::new();
	league.round().await;
	league.emergency(|emergency| emergency.form_committee(0, &GUARDIANS, 3));
	league.chain().world().head_age = 120_000;
	assert!(take_part(league.service(1)).await.is_err());
	assert_eq!(submitted(&league, is_dealing), 0);
}

/// Whether an institution has confirmed its share in each of these committees.
fn confirmed(league: &League, institution: u32, committees: &[CommitteeId]) -> Vec<bool> {
	let own = Guardian::Institution(InstitutionId(institution));
	league.emergency(|emergency| {
		let members = |id: &CommitteeId| emergency.committees[id].members.iter();
		committees.iter().map(|id| members(id).any(|member| member.guardian == own && member.confirmed)).collect()
	})
}

/// Patients' own committees of the five, being formed.
fn named(league: &League, patients: std::ops::Range<u8>) -> Vec<CommitteeId> {
	let form = |number| {
		league.emergency(|emergency| emergency.form_personal_committee(PatientHandle([number; 32]), &GUARDIANS, 3))
	};
	patients.map(form).collect()
}

#[tokio::test]
async fn seats_in_patients_own_committees_are_taken_up_to_the_bound() {
	let mut league = League::new();
	league.configure(1, |config| config.emergency.personal_duties = PersonalDuties::AtMost(2));
	league.configure(2, |config| config.emergency.personal_duties = PersonalDuties::Accept(false));
	(1..=2).for_each(|id| league.restart(id));
	league.committee().await;
	let first = named(&league, 1..4);
	league.round().await;
	let taken = |committees: &[CommitteeId]| confirmed(&league, 1, committees).into_iter().filter(|it| *it).count();
	assert_eq!(taken(&first), 2);
	assert_eq!(confirmed(&league, 2, &first), [false; 3]);
	assert_eq!(confirmed(&league, 3, &first), [true; 3]);
	assert_eq!(league.service(1).concerns.words().len(), 1, "the operator is told");
	assert!(league.service(2).concerns.words().is_empty(), "it was decided so");
	// Nor after a restart, which forgets which are taken.
	league.restart(1);
	let later = named(&league, 4..5);
	league.round().await;
	assert_eq!(confirmed(&league, 1, &later), [false]);
	// One of them ends: there is room again.
	let over = first.iter().find(|id| confirmed(&league, 1, &[**id]) == [true]).copied().unwrap();
	league.emergency(|emergency| emergency.committees.remove(&over));
	league.round().await;
	let all: Vec<_> = first.into_iter().chain(later).filter(|id| *id != over).collect();
	assert_eq!(confirmed(&league, 1, &all).into_iter().filter(|it| *it).count(), 2);
}

#[tokio::test]
async fn no_seat_is_taken_before_it_is_known_which_are() {
	let mut league = League::new();
	league.configure(1, |config| config.emergency.personal_duties = PersonalDuties::AtMost(1));
	league.restart(1);
	league.committee().await;
	let named = named(&league, 1..3);
	let service = league.service(1);
	let (head, keys) = (service.head().await.unwrap(), service.guardian.as_ref().unwrap());
	// As if there were more of them than a round reads.
	let more: Vec<_> = named.iter().copied().chain((0..200).map(|number| CommitteeId(u32::MAX - number))).collect();
	take_seats(service, &head, keys, &more).await.unwrap();
	assert_eq!(confirmed(&league, 1, &named), [false; 2]);
	take_seats(service, &head, keys, &more).await.unwrap();
	assert_eq!(confirmed(&league, 1, &named).into_iter().filter(|it| *it).count(), 1);
}

#[tokio::test]
async fn the_operator_is_told_when_a_committee_lost_more_keys_than_it_can_miss() {
	let league = League::new();
	league.committee().await;
	let replace = |institution: u32| {
		league.emergency(|emergency| {
			let key = emergency.guardian_keys.get_mut(&InstitutionId(institution)).unwrap();
			key.sealing = [institution as u8; 32];
		});
	};
	for (institution, concerns) in [(3, 0), (4, 0), (5, 1)] {
		replace(institution);
		take_part(league.service(1)).await.unwrap();
		assert_eq!(league.service(1).concerns.words().len(), concerns, "{institution}");
	}
}
