//! The custodian: packages, envelopes, deposits, epochs, refusals.

use super::{super::scope::ENVELOPES, *};
use crate::{
	chain::fake::Trouble,
	granting::policy_commitment,
	index::{PolicyRow, POLICIES},
	outbox,
	testing::WITHOUT_RESTRICTED,
};
use salus_policy::{
	Category, ControllerStatement, DefaultPolicy, DenyRule, Grantee, LabelClass, PolicyDocument, Purpose,
};
use salus_primitives::{CapabilityId, PurposeClass, PurposeClasses, DAY, HOUR};
use salus_runtime_api::CapabilityInfo;

const ALL: usize = ENVELOPES as usize;

#[tokio::test]
async fn both_tiers_are_sealed_and_left_with_the_holders() {
	let ground = Ground::new().await;
	let handle = ground.sealed(9).await;
	for tier in TIERS {
		let scope = ground.scope(&handle, tier);
		assert_eq!((scope.epoch, scope.drill, scope.sealed.len()), (0, false, 1));
		assert_eq!((scope.sealed[0].committee, scope.sealed[0].envelopes.len()), (ground.committee, ALL));
		let own = ground.deposit(CUSTODIAN, &handle, tier).unwrap();
		for holder in HOLDERS {
			let held = ground.deposit(holder, &handle, tier).unwrap();
			assert_eq!((held.custodian, held.epoch, &held.package), (CUSTODIAN, 0, &own.package));
			assert_eq!(held.sets[0].envelopes, own.sets[0].envelopes);
			assert_eq!(held.own, None, "a holder does not know the secret");
		}
		assert_eq!(ground.deposit(InstitutionId(3), &handle, tier), None);
	}
	// Another round has nothing to do.
	let submitted = ground.league.chain().world().submitted.len();
	ground.settle().await;
	assert_eq!(ground.league.chain().world().submitted.len(), submitted);
}

#[tokio::test]
async fn a_new_record_makes_a_new_package_under_the_same_envelopes() {
	let ground = Ground::new().await;
	let handle = ground.sealed(9).await;
	let tier = EmergencyTier::Summary;
	let before = ground.deposit(CUSTODIAN, &handle, tier).unwrap();
	let old = before.package.as_ref().unwrap().content;
	let more = String::from_utf8(WITH_RESTRICTED.to_vec()).unwrap();
	let more = more.replace("Allergy to penicillin (finding)", "Allergy to latex (finding)");
	ground.ingest(handle, more.as_bytes()).await;
	ground.settle().await;
	let after = ground.deposit(CUSTODIAN, &handle, tier).unwrap();
	assert_eq!(after.package.as_ref().map(|package| package.version), Some(2));
	assert_eq!((after.epoch, &after.sets), (before.epoch, &before.sets));
	assert!(!ground.custodian().vault.exists(&old).unwrap(), "the package before is gone");
	for holder in HOLDERS {
		assert_eq!(ground.deposit(holder, &handle, tier).unwrap().package, after.package);
		assert!(!ground.league.service(holder.0).vault.exists(&old).unwrap());
	}
	let physician = ground.physician(REQUESTER);
	let asked = ground.active(&physician, &handle, tier).await;
	let release = asked.fetch(&physician).await.unwrap();
	let rows = asked.open(&ground.session(&asked), &release);
	assert!(of(&rows, "Allergies").iter().any(|what| what.contains("latex")));
}

#[tokio::test]
async fn a_closed_session_ends_the_epoch_and_the_next_one_is_sealed_at_once() {
	let ground = Ground::new().await;
	let handle = ground.sealed(9).await;
	let (physician, tier) = (ground.physician(REQUESTER), EmergencyTier::Summary);
	let first = ground.active(&physician, &handle, tier).await;
	let old = ground.deposit(HOLDERS[0], &handle, tier).unwrap();
	let release = first.fetch(&physician).await.unwrap();
	ground.close(&physician, &first).await;
	ground.settle().await;
	let scope = ground.scope(&handle, tier);
	assert_eq!((scope.epoch, scope.sealed[0].envelopes.len(), scope.sealed[0].consumed), (1, ALL, 0));
	for at in [CUSTODIAN, HOLDERS[0]] {
		let held = ground.deposit(at, &handle, tier).unwrap();
		assert_eq!((held.epoch, held.package.as_ref().map(|package| package.version)), (1, Some(1)));
	}
	assert_eq!(ground.scope(&handle, EmergencyTier::Wider).epoch, 0, "the other tier goes on");

	// What was learnt in the epoch before opens nothing of the next.
	let second = ground.active(&physician, &handle, tier).await;
	let newer = second.fetch(&physician).await.unwrap();
	let first_half = first_half(&first.target, &first.secrets, &ground.session(&first).parts).unwrap();
	let mut mixed = release.clone();
	mixed.package = newer.package.clone();
	let key = first.secrets.keys().xwing();
	assert!(open_release(key, &first.target.label, &first_half, &release).is_ok());
	assert!(open_release(key, &first.target.label, &first_half, &mixed).is_err());
	// And nothing of the old one stays with a holder.
	keep_now(ground.league.service(HOLDERS[0].0)).await.unwrap();
	let service = ground.league.service(HOLDERS[0].0);
	assert_eq!(service.index.scan(&EMERGENCY_DEPOSITS, handle.0).unwrap().len(), 2);
	assert!(!service.vault.exists(&old.package.unwrap().content).unwrap());
}

/// Asks and takes it back.
async fn ask_in_vain(ground: &Ground, person: &Person, handle: &PatientHandle) {
	let asked = ground.ask(person, handle, EmergencyTier::Summary).await;
	let act = SessionAct { reason: "wrong patient".into() };
	person.gateway.cancel_emergency(&asked.id, &act).await.unwrap();
}

#[tokio::test]
async fn requests_that_come_to_nothing_do_not_use_a_patients_envelopes_up() {
	let ground = Ground::new().await;
	let handle = ground.sealed(9).await;
	let (physician, tier) = (ground.physician(REQUESTER), EmergencyTier::Summary);
	let others = [3, 4].map(|id| ground.physician(InstitutionId(id)));
	// All but one.
	let in_vain = [&physician, &physician, &physician, &others[0], &others[0], &others[0], &others[1]];
	for (count, person) in (1..).zip(in_vain) {
		ask_in_vain(&ground, person, &handle).await;
		assert_eq!(ground.scope(&handle, tier).sealed[0].consumed.count_ones(), count);
		assert_eq!(ground.scope(&handle, tier).epoch, 0);
	}
	ground.settle().await;
	let scope = ground.scope(&handle, tier);
	assert_eq!((scope.epoch, scope.sealed[0].envelopes.len(), scope.sealed[0].consumed), (1, ALL, 0));
	ground.active(&physician, &handle, tier).await.fetch(&physician).await.unwrap();
}

#[tokio::test]
async fn one_hospital_that_asks_in_vain_is_refused_and_leaves_enough_for_the_others() {
	let ground = Ground::new().await;
	let handle = ground.sealed(9).await;
	let (physician, tier) = (ground.physician(REQUESTER), EmergencyTier::Summary);
	for _ in 0..3 {
		ask_in_vain(&ground, &physician, &handle).await;
	}
	let file = physician.gateway.emergency_file(&handle, CUSTODIAN).await.unwrap();
	let (_, prepared) = ground.prepare(&physician, &file, tier).await;
	let error = physician.gateway.request_emergency(&prepared.form).await.unwrap_err();
	assert_eq!(error.code(), Some(salus_client::wire::codes::CHAIN_REFUSED));
	assert!(error.to_string().contains("EnvelopesUsedUp"), "{error}");
	ground.ask(&ground.physician(InstitutionId(4)), &handle, tier).await;
	// Sessions that became active are not counted.
	let other = ground.sealed(10).await;
	for _ in 0..2 {
		ground.active(&physician, &other, tier).await;
	}
	for _ in 0..3 {
		ask_in_vain(&ground, &physician, &other).await;
	}
}

#[tokio::test]
async fn a_session_goes_on_when_another_one_of_its_epoch_is_closed() {
	let ground = Ground::new().await;
	let handle = ground.sealed(9).await;
	let (physician, tier) = (ground.physician(REQUESTER), EmergencyTier::Summary);
	let (one, other) = (ground.active(&physician, &handle, tier).await, ground.active(&physician, &handle, tier).await);
	ground.close(&physician, &one).await;
	ground.settle().await;
	for holder in HOLDERS {
		keep_now(ground.league.service(holder.0)).await.unwrap();
	}
	let release = other.fetch(&physician).await.unwrap();
	assert_eq!(release.epoch, 0);
	assert!(!other.open(&ground.session(&other), &release).is_empty());
	one.fetch(&physician).await.unwrap_err();
}

#[tokio::test]
async fn what_broke_off_before_the_chain_is_sealed_as_it_was() {
	let ground = Ground::new().await;
	let handle = ground.patient(9);
	ground.ingest(handle, WITH_RESTRICTED).await;
	ground.league.chain().world().trouble = Trouble::LostBefore;
	keep_now(ground.custodian()).await.unwrap_err();
	let planned = TIERS.map(|tier| ground.deposit(CUSTODIAN, &handle, tier).unwrap());
	let unsealed = TIERS.into_iter().filter(|tier| ground.scope(&handle, *tier).sealed.is_empty()).count();
	assert_eq!(unsealed, 1, "the other tier does not wait for it");
	ground.settle().await;
	for (tier, planned) in TIERS.into_iter().zip(planned) {
		let after = ground.deposit(CUSTODIAN, &handle, tier).unwrap();
		assert_eq!((&after.sets, &after.package), (&planned.sets, &planned.package));
		let on_chain = ground.scope(&handle, tier).sealed[0].envelopes.clone();
		let planned: Vec<_> = planned.sets[0].envelopes.iter().map(super::super::scope::commitment).collect();
		assert_eq!(on_chain, planned);
	}
}

#[tokio::test]
async fn envelopes_that_are_not_the_own_ones_are_left_behind() {
	let ground = Ground::new().await;
	let handle = ground.sealed(9).await;
	let tier = EmergencyTier::Summary;
	// As after an index that was restored from an old copy.
	ground.league.emergency(|emergency| {
		let scope = emergency.scopes.get_mut(&(handle, tier)).unwrap();
		scope.sealed[0].envelopes[0] = Commitment([9; 32]);
	});
	ground.settle().await;
	let scope = ground.scope(&handle, tier);
	assert_eq!((scope.epoch, scope.sealed[0].envelopes.len()), (1, ALL));
	let physician = ground.physician(REQUESTER);
	ground.active(&physician, &handle, tier).await.fetch(&physician).await.unwrap();
}

#[tokio::test]
async fn a_holder_that_was_away_is_told_later() {
	let ground = Ground::with(|config| {
		if config.institution == CUSTODIAN {
			let away = config.peers.iter_mut().find(|peer| peer.institution == HOLDERS[1]).unwrap();
			away.url = "http://127.0.0.1:1".into();
		}
	})
	.await;
	let handle = ground.sealed(9).await;
	let tier = EmergencyTier::Summary;
	assert!(ground.deposit(HOLDERS[0], &handle, tier).is_some());
	assert_eq!(ground.scope(&handle, tier).sealed.len(), 1, "sealing does not wait for it");
	// It waits once, however many rounds there are, and goes out as things are then.
	let parcels = ground.custodian().index.scan(&crate::index::OUTBOX, []).unwrap();
	let waiting: Vec<_> = parcels.iter().filter(|(_, row)| row.to == HOLDERS[1]).collect();
	assert_eq!(waiting.len(), TIERS.len());
	outbox::deposit_due(ground.custodian()).await.unwrap();
	assert_eq!(ground.deposit(HOLDERS[1], &handle, tier), None);
}

#[tokio::test]
async fn a_holder_whose_key_is_not_the_chains_gets_nothing() {
	let ground = Ground::new().await;
	ground.league.emergency(|emergency| {
		emergency.guardian_keys.get_mut(&HOLDERS[0]).unwrap().kem_hash = [9; 32];
		emergency.guardian_keys.remove(&HOLDERS[1]);
	});
	let handle = ground.sealed(9).await;
	for holder in HOLDERS {
		assert_eq!(ground.deposit(holder, &handle, EmergencyTier::Summary), None);
	}
}

/// A document for hospital 2 with this purpose and these denied categories.
fn refuse(ground: &Ground, handle: &PatientHandle, purpose: Purpose, categories: &[Category]) {
	let now = salus_client::now();
	let document = PolicyDocument {
		version: PolicyDocument::VERSION,
		handle: handle.0,
		custodian: CUSTODIAN.0,
		grantee: Grantee {
			institution: 2,
			roles: Default::default(),
			departments: Default::default(),
			practitioners: Default::default(),
		},
		purposes: [purpose].into(),
		categories: [Category::Laboratory].into(),
		classes: [LabelClass::Normal].into(),
		data_from: None,
		data_until: None,
		valid_from: now - HOUR,
		valid_until: now + DAY,
		deny: vec![DenyRule { categories: categories.iter().copied().collect(), ..Default::default() }],
		given_by: ControllerStatement::Patient,
	};
	let commitment = policy_commitment(&document, &[3; 32]);
	let purposes = PurposeClasses::of(&[PurposeClass::Emergency]);
	let capability = CapabilityInfo {
		id: CapabilityId(0),
		grantee: InstitutionId(2),
		tags: Vec::new(),
		purposes,
		valid_from: document.valid_from,
		valid_until: document.valid_until,
		delegation_depth: 0,
		policy: commitment,
		wraps: [0; 32],
	};
	let id = ground.league.chain().world().grant(*handle, capability);
	let row = PolicyRow {
		capability: id,
		grantee: InstitutionId(2),
		commitment,
		document,
		salt: [3; 32].into(),
		tags: Vec::new(),
		purposes,
		told: true,
	};
	let key = crate::granting::capability_key(handle, id);
	ground.custodian().index.put(&POLICIES, key, &row).unwrap();
}

#[tokio::test]
async fn nothing_is_sealed_for_a_patient_who_refuses_emergency_access() {
	let ground = Ground::new().await;
	let handle = ground.patient(9);
	refuse(&ground, &handle, Purpose::BreakGlass, Category::ALL);
	ground.ingest(handle, WITH_RESTRICTED).await;
	ground.settle().await;
	for tier in TIERS {
		assert!(ground.scope(&handle, tier).sealed.is_empty());
		assert_eq!(ground.deposit(CUSTODIAN, &handle, tier), None);
		assert_eq!(ground.deposit(HOLDERS[0], &handle, tier), None);
	}
	let physician = ground.physician(REQUESTER);
	physician.gateway.emergency_file(&handle, CUSTODIAN).await.unwrap_err();
}

#[tokio::test]
async fn a_refusal_of_research_is_none_of_emergencies() {
	let ground = Ground::new().await;
	let handle = ground.patient(9);
	refuse(&ground, &handle, Purpose::Research, Category::ALL);
	ground.ingest(handle, WITH_RESTRICTED).await;
	ground.settle().await;
	assert_eq!(ground.scope(&handle, EmergencyTier::Summary).sealed.len(), 1);
}

#[tokio::test]
async fn what_was_sealed_is_taken_back_when_the_patient_refuses_it() {
	let ground = Ground::new().await;
	let handle = ground.sealed(9).await;
	let (physician, tier) = (ground.physician(REQUESTER), EmergencyTier::Summary);
	let asked = ground.active(&physician, &handle, tier).await;
	let content = ground.deposit(HOLDERS[0], &handle, tier).unwrap().package.unwrap().content;
	refuse(&ground, &handle, Purpose::EmergencyTreatment, Category::ALL);
	ground.settle().await;
	for tier in TIERS {
		assert!(ground.scope(&handle, tier).sealed.iter().all(|set| set.envelopes.is_empty()));
		for holder in HOLDERS {
			assert_eq!(ground.deposit(holder, &handle, tier), None);
		}
		let own = ground.deposit(CUSTODIAN, &handle, tier).unwrap();
		assert!(own.package.is_none() && own.sets.is_empty());
	}
	for at in [CUSTODIAN, HOLDERS[0], HOLDERS[1]] {
		assert!(!ground.league.service(at.0).vault.exists(&content).unwrap());
	}
	asked.fetch(&physician).await.unwrap_err();

	// When the refusal ends, everything is made anew.
	ground.league.chain().world().capabilities.remove(&handle);
	ground.settle().await;
	let again = ground.active(&physician, &handle, tier).await;
	assert!(!again.open(&ground.session(&again), &again.fetch(&physician).await.unwrap()).is_empty());
}

#[tokio::test]
async fn a_denied_category_is_in_no_package() {
	let ground = Ground::new().await;
	let handle = ground.patient(9);
	refuse(&ground, &handle, Purpose::BreakGlass, &[Category::Medications]);
	ground.ingest(handle, WITHOUT_RESTRICTED).await;
	ground.settle().await;
	let physician = ground.physician(REQUESTER);
	let asked = ground.active(&physician, &handle, EmergencyTier::Summary).await;
	let rows = asked.open(&ground.session(&asked), &asked.fetch(&physician).await.unwrap());
	assert_eq!(of(&rows, "Medications"), ["No current medication on record. That does not mean that there is none."]);
	assert!(of(&rows, "Allergies").iter().any(|what| what.contains("penicillin")));
}

#[tokio::test]
async fn an_institution_that_declares_deny_all_or_nothing_seals_nothing() {
	for default in [DefaultPolicy::DenyAll, DefaultPolicy::NotDeclared] {
		let ground = Ground::with(|config| config.default_policy = default).await;
		let handle = ground.sealed(9).await;
		assert!(ground.scope(&handle, EmergencyTier::Summary).sealed.is_empty(), "{default:?}");
	}
	let ground = Ground::with(|config| config.default_policy = DefaultPolicy::DenyExceptBreakGlass).await;
	let handle = ground.sealed(9).await;
	assert_eq!(ground.scope(&handle, EmergencyTier::Summary).sealed.len(), 1);
}

#[tokio::test]
async fn a_patient_without_records_has_no_package() {
	let ground = Ground::new().await;
	let handle = ground.patient(9);
	ground.settle().await;
	assert!(ground.scope(&handle, EmergencyTier::Summary).sealed.is_empty());
}

#[tokio::test]
async fn test_patients_are_sealed_as_drills() {
	let ground = Ground::with(|config| config.emergency.drill_handles = vec![PatientHandle([9; 32])]).await;
	let (test, real) = (ground.sealed(9).await, ground.sealed(10).await);
	assert!(ground.scope(&test, EmergencyTier::Summary).drill);
	assert!(!ground.scope(&real, EmergencyTier::Summary).drill);
	let physician = ground.physician(REQUESTER);
	let file = physician.gateway.emergency_file(&test, CUSTODIAN).await.unwrap();
	assert!(file.scopes.iter().all(|scope| scope.drill));
}

#[tokio::test]
async fn envelopes_go_to_the_patients_own_committee_as_well_and_it_comes_first() {
	let ground = Ground::new().await;
	let handle = ground.patient(9);
	// The same guardians under another number: the shares are those of the consortium's committee.
	let personal = CommitteeId(1 << 31);
	ground.league.emergency(|emergency| {
		let mut committee = emergency.committees[&ground.committee].clone();
		committee.id = personal;
		let key = committee.group_key.unwrap();
		committee.key_id = Some(salus_threshold::committee::key_id(&GENESIS, personal.0, &key));
		emergency.committees.insert(personal, committee);
		emergency.personal.insert(handle, personal);
	});
	ground.ingest(handle, WITH_RESTRICTED).await;
	ground.settle().await;
	let scope = ground.scope(&handle, EmergencyTier::Summary);
	let committees: Vec<_> = scope.sealed.iter().map(|set| set.committee).collect();
	assert_eq!(committees, [personal, ground.committee]);
	let own = ground.deposit(CUSTODIAN, &handle, EmergencyTier::Summary).unwrap();
	assert_eq!(own.sets.len(), 2);
	assert_ne!(own.sets[0].envelopes, own.sets[1].envelopes);
}

#[tokio::test]
async fn a_mark_of_test_data_that_a_former_custodian_left_does_not_stay_on_a_patient() {
	let ground = Ground::with(|config| config.emergency.drill_handles = vec![PatientHandle([10; 32])]).await;
	let (taken_over, listed) = (PatientHandle([9; 32]), PatientHandle([10; 32]));
	let left = |drill| EmergencyScopeInfo { epoch: 3, drill, sealed: Vec::new() };
	ground.league.emergency(|emergency| {
		for tier in TIERS {
			emergency.scopes.insert((taken_over, tier), left(true));
			emergency.scopes.insert((listed, tier), left(false));
		}
	});
	for number in [9, 10] {
		ground.sealed(number).await;
	}
	for handle in [taken_over, listed] {
		for tier in TIERS {
			let scope = ground.scope(&handle, tier);
			assert_eq!((scope.drill, scope.sealed.len()), (false, 1), "{handle} {tier:?}");
			assert!(!ground.deposit(HOLDERS[0], &handle, tier).unwrap().drill);
		}
	}
	let physician = ground.physician(REQUESTER);
	let asked = ground.active(&physician, &taken_over, EmergencyTier::Summary).await;
	assert!(!ground.session(&asked).drill, "it counts, and is reviewed");
	asked.fetch(&physician).await.unwrap();
}

#[tokio::test]
async fn test_data_that_the_operator_does_not_list_any_more_become_real_with_the_next_epoch() {
	let ground = Ground::new().await;
	let handle = ground.sealed(9).await;
	ground.league.emergency(|emergency| emergency.scopes.values_mut().for_each(|scope| scope.drill = true));
	ground.settle().await;
	for tier in TIERS {
		let scope = ground.scope(&handle, tier);
		assert_eq!((scope.drill, scope.epoch, scope.sealed.len()), (false, 1, 1));
		assert!(!ground.deposit(CUSTODIAN, &handle, tier).unwrap().drill);
	}
}

#[tokio::test]
async fn a_withdrawal_is_told_once_however_many_epochs_are_held() {
	let ground = Ground::new().await;
	let handle = ground.sealed(9).await;
	let (physician, tier) = (ground.physician(REQUESTER), EmergencyTier::Summary);
	let (one, _other) =
		(ground.active(&physician, &handle, tier).await, ground.active(&physician, &handle, tier).await);
	ground.close(&physician, &one).await;
	ground.settle().await;
	let prefix = [&handle.0[..], &[tier.scope()]].concat();
	let held = ground.custodian().index.scan(&EMERGENCY_DEPOSITS, prefix).unwrap();
	assert_eq!(held.len(), 2, "the epoch of the session that is open, and the next");
	refuse(&ground, &handle, Purpose::BreakGlass, Category::ALL);
	ground.settle().await;
	let head = ground.custodian().head().await.unwrap();
	let changed = super::super::scope::settle(ground.custodian(), &head, &handle, None).await.unwrap();
	assert!(!changed, "nothing is left to tell");
	assert!(ground.custodian().index.scan(&crate::index::OUTBOX, []).unwrap().is_empty());
}

#[tokio::test]
async fn documents_that_begin_or_end_later_are_looked_at_then() {
	let ground = Ground::new().await;
	let handle = ground.patient(9);
	refuse(&ground, &handle, Purpose::BreakGlass, Category::ALL);
	let ends = {
		let mut world = ground.league.chain().world();
		let capability = &mut world.capabilities.get_mut(&handle).unwrap()[0];
		capability.valid_until = salus_client::now() + 1_500;
		capability.valid_until
	};
	ground.ingest(handle, WITH_RESTRICTED).await;
	ground.settle().await;
	assert!(ground.scope(&handle, EmergencyTier::Summary).sealed.is_empty());
	while salus_client::now() < ends {
		tokio::time::sleep(Duration::from_millis(100)).await;
	}
	// An ordinary round: nobody's turn, and nothing was touched.
	super::super::keep(ground.custodian()).await.unwrap();
	assert_eq!(ground.scope(&handle, EmergencyTier::Summary).sealed.len(), 1);
}

#[tokio::test]
async fn the_operator_is_told_when_nobody_holds_what_is_sealed() {
	let concerns = |ground: &Ground| ground.custodian().concerns.words();
	let ground = Ground::with(|config| config.emergency.holders.clear()).await;
	assert!(concerns(&ground).is_empty(), "nothing is sealed yet");
	ground.sealed(9).await;
	assert!(concerns(&ground)[0].contains("no institution holds them"));
	let status = Gateway::status_of(&ground.urls[CUSTODIAN.0 as usize - 1]).await.unwrap();
	assert_eq!(status.concerns, concerns(&ground));

	// One that takes nothing.
	let ground = Ground::with(|config| {
		if config.institution == HOLDERS[1] {
			config.emergency.holds_for.clear();
		}
	})
	.await;
	ground.sealed(9).await;
	for _ in 0..3 {
		for (key, mut row) in ground.custodian().index.scan(&crate::index::OUTBOX, []).unwrap() {
			row.next_at = 0;
			ground.custodian().index.put(&crate::index::OUTBOX, key, &row).unwrap();
		}
		outbox::deposit_due(ground.custodian()).await.unwrap();
	}
	let told = concerns(&ground);
	assert_eq!(told.len(), 1);
	assert!(told[0].starts_with("institution 2 does not take"), "{told:?}");
}
