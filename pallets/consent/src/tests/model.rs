//! The whole pallet against a model: random acts of patients, custodian, askers, consortium and time, and after each of them
//! every answer of the pallet must be the one that the model gives. The model is written from the README, with sets and
//! maps, and shares no code with the pallet.

use super::*;
use proptest::prelude::*;
use salus_primitives::HOUR;
use std::collections::{BTreeMap, BTreeSet};

const HANDLES: [PatientHandle; 3] = [ANA, CUSTODIAL, PatientHandle([0; 32])];
const ASKERS: [InstitutionId; 5] = [ASKER, OTHER, LABORATORY, RESEARCH, CUSTODIAN];

#[derive(Clone, Debug)]
enum Step {
	Grant { handle: usize, grantee: usize, tags: BTreeSet<u8>, purposes: u8, from: u64, hours: u64 },
	Revoke { handle: usize, grantee: usize, id: u64 },
	RevokeAll { handle: usize, grantee: usize },
	Ask { handle: usize, asker: usize, tags: BTreeSet<u8>, purpose: usize },
	SetActive { institution: usize, active: bool },
	Retire { handle: usize },
	Wait { hours: u64 },
	Clean,
}

fn step() -> impl Strategy<Value = Step> {
	let tags = || prop::collection::btree_set(0u8..6, 1..5);
	prop_oneof![
		24 => (0..3usize, 0..5usize, tags(), 1u8..64, 0u64..6, 1u64..40).prop_map(
			|(handle, grantee, tags, purposes, from, hours)| Step::Grant { handle, grantee, tags, purposes, from, hours }
		),
		8 => (0..3usize, 0..5usize, 0u64..12).prop_map(|(handle, grantee, id)| Step::Revoke { handle, grantee, id }),
		4 => (0..3usize, 0..5usize).prop_map(|(handle, grantee)| Step::RevokeAll { handle, grantee }),
		32 => (0..3usize, 0..5usize, tags(), 0..6usize)
			.prop_map(|(handle, asker, tags, purpose)| Step::Ask { handle, asker, tags, purpose }),
		4 => (0..4usize, any::<bool>()).prop_map(|(institution, active)| Step::SetActive { institution, active }),
		1 => (0..2usize).prop_map(|handle| Step::Retire { handle }),
		12 => (1u64..9).prop_map(|hours| Step::Wait { hours }),
		4 => Just(Step::Clean),
	]
}

struct ModelGrant {
	handle: PatientHandle,
	grantee: InstitutionId,
	tags: BTreeSet<u8>,
	purposes: u8,
	from: Moment,
	until: Moment,
	revoked: bool,
}

struct ModelPermit {
	handle: PatientHandle,
	asker: InstitutionId,
	purpose: PurposeClass,
	tags: BTreeSet<u8>,
	rests_on: BTreeSet<u64>,
	expires: Moment,
}

#[derive(Default)]
struct Model {
	grants: Vec<ModelGrant>,
	permits: BTreeMap<u64, ModelPermit>,
	issued: u64,
	refused: BTreeMap<(InstitutionId, u64), u32>,
	inactive: BTreeSet<InstitutionId>,
	retired: BTreeSet<PatientHandle>,
	entries: usize,
}

impl Model {
	fn known(&self, handle: PatientHandle) -> bool {
		handle != HANDLES[2] && !self.retired.contains(&handle)
	}

	fn may_claim(&self, institution: InstitutionId, purpose: PurposeClass) -> bool {
		use PurposeClass::*;
		let of_kind: &[PurposeClass] = match institution {
			LABORATORY => &[Treatment, OperationsAndPayment],
			RESEARCH => &[Research],
			_ => &[Treatment, Emergency, Patient, OperationsAndPayment, Research],
		};
		!self.inactive.contains(&institution) && of_kind.contains(&purpose)
	}

	/// The grants that permit this tag, now.
	fn backing(&self, handle: PatientHandle, asker: InstitutionId, purpose: PurposeClass, tag: u8) -> BTreeSet<u64> {
		let now = Clock::now();
		let mut backing = BTreeSet::new();
		for (id, grant) in (0..).zip(&self.grants) {
			let names = grant.handle == handle && grant.grantee == asker && grant.tags.contains(&tag);
			let holds = !grant.revoked && grant.from <= now && now < grant.until;
			let for_purpose = (grant.purposes >> purpose as u8) & 1 == 1;
			if names && holds && for_purpose && self.known(handle) && self.may_claim(asker, purpose) {
				backing.insert(id);
			}
		}
		backing
	}

	fn live_tags(&self, permit: &ModelPermit) -> BTreeSet<u8> {
		let backed = |tag: &u8| {
			let backing = self.backing(permit.handle, permit.asker, permit.purpose, *tag);
			!backing.is_disjoint(&permit.rests_on)
		};
		if Clock::now() < permit.expires {
			permit.tags.iter().copied().filter(backed).collect()
		} else {
			BTreeSet::new()
		}
	}

	/// Whether the signer that the tests use for a handle controls it.
	fn controls(&self, handle: PatientHandle) -> bool {
		self.known(handle) && (handle == ANA || !self.inactive.contains(&CUSTODIAN))
	}

	/// Does the step in the pallet and in the model, and compares the two.
	fn apply(&mut self, step: Step) {
		match step {
			Step::Grant { handle, grantee, tags: numbers, purposes, from, hours } => {
				let (handle, grantee) = (HANDLES[handle], ASKERS[grantee]);
				let (from, until) = (Clock::now() + from * HOUR, Clock::now() + (from + hours) * HOUR);
				let mut grant = grant_of(grantee, &numbers.iter().copied().collect::<Vec<_>>());
				(grant.purposes, grant.valid_from, grant.valid_until) = (PurposeClasses(purposes), from, until);
				let claims = PurposeClass::ALL.into_iter().filter(|class| (purposes >> *class as u8) & 1 == 1);
				let room = self.held(handle, grantee, true) < CAPABILITIES as usize;
				let expected = self.controls(handle)
					&& grantee != CUSTODIAN
					&& claims.into_iter().all(|class| self.may_claim(grantee, class))
					&& room;
				assert_eq!(grant_by(signer(handle), handle, grant).is_ok(), expected);
				if expected {
					self.entries += 1;
					self.grants.push(ModelGrant {
						handle,
						grantee,
						tags: numbers,
						purposes,
						from,
						until,
						revoked: false,
					});
				}
			}
			Step::Revoke { handle, grantee, id } => {
				let (handle, grantee) = (HANDLES[handle], ASKERS[grantee]);
				let stored = Capabilities::<Test>::get(handle, grantee).iter().any(|held| held.id.0 == id);
				let ok = revoke_by(signer(handle), handle, grantee, CapabilityId(id)).is_ok();
				assert_eq!(ok, stored && self.controls(handle));
				if ok {
					self.entries += 1;
					self.grants[id as usize].revoked = true;
				}
			}
			Step::RevokeAll { handle, grantee } => {
				let (handle, grantee) = (HANDLES[handle], ASKERS[grantee]);
				let origin = RuntimeOrigin::signed(signer(handle));
				let ok = Consent::revoke_grantee(origin, handle, grantee, ENTRY).is_ok();
				assert!(ok || !self.controls(handle) || self.held(handle, grantee, true) == 0);
				if ok {
					self.entries += 1;
					let all = self.grants.iter_mut().filter(|grant| grant.handle == handle && grant.grantee == grantee);
					all.for_each(|grant| grant.revoked = true);
				}
			}
			Step::Ask { handle, asker, tags, purpose } => {
				self.ask(HANDLES[handle], ASKERS[asker], tags, PurposeClass::ALL[purpose])
			}
			Step::SetActive { institution, active } => {
				let institution = [ASKER, OTHER, LABORATORY, CUSTODIAN][institution];
				if active {
					Registry::reinstate(institution);
					self.inactive.remove(&institution);
				} else {
					Registry::suspend(institution);
					self.inactive.insert(institution);
				}
			}
			Step::Retire { handle } => {
				Patients::retire(HANDLES[handle]);
				self.retired.insert(HANDLES[handle]);
			}
			Step::Wait { hours } => wait(hours * HOUR),
			Step::Clean => {
				let expired: Vec<_> = self
					.permits
					.iter()
					.filter(|(_, permit)| permit.expires <= Clock::now())
					.map(|(id, _)| *id)
					.collect();
				let ids: Vec<_> = expired.iter().copied().map(PermitId).take(64).collect();
				let origin = RuntimeOrigin::signed(gateway(PAYER));
				let result = Consent::remove_expired_permits(origin, ids.clone().try_into().expect("few enough"));
				assert_eq!(result.is_ok(), !ids.is_empty());
				ids.iter().for_each(|id| drop(self.permits.remove(&id.0)));
			}
		}
		self.compare();
	}

	/// Capabilities of the grantee that were not revoked; those that ended do not count when `unended`.
	fn held(&self, handle: PatientHandle, grantee: InstitutionId, unended: bool) -> usize {
		let of =
			self.grants.iter().filter(|grant| grant.handle == handle && grant.grantee == grantee && !grant.revoked);
		of.filter(|grant| !unended || Clock::now() < grant.until).count()
	}

	fn ask(&mut self, handle: PatientHandle, asker: InstitutionId, tags: BTreeSet<u8>, purpose: PurposeClass) {
		let numbers: Vec<_> = tags.iter().copied().collect();
		let backing: BTreeMap<u8, _> = tags
			.iter()
			.map(|tag| (*tag, self.backing(handle, asker, purpose, *tag)))
			.filter(|(_, ids)| !ids.is_empty())
			.collect();
		let day = (asker, Clock::now() / DAY);
		let refused = self.refused.get(&day).copied().unwrap_or_default();
		if self.inactive.contains(&asker) || (backing.is_empty() && refused == RefusalsPerDay::get()) {
			assert!(request_by(gateway(asker), handle, &numbers, purpose).is_err());
			return;
		}
		self.entries += 1;
		let answer = ask_for(asker, handle, &numbers, purpose);
		let chain = if self.known(handle) { AuditChain::Patient(handle) } else { AuditChain::Institution(asker) };
		assert_eq!(last_entry().chain, chain);
		if backing.is_empty() {
			assert_eq!(answer, None);
			self.refused.insert(day, refused + 1);
			return;
		}
		assert_eq!(answer, Some(PermitId(self.issued)));
		let rests_on: BTreeSet<u64> = backing.values().flatten().copied().collect();
		let ends = rests_on.iter().map(|id| self.grants[*id as usize].until).chain([Clock::now() + SHIFT]);
		let expires = ends.min().expect("one at least");
		let tags = backing.keys().copied().collect();
		self.permits.insert(self.issued, ModelPermit { handle, asker, purpose, tags, rests_on, expires });
		self.issued += 1;
	}

	/// Everything that can be asked of the pallet is as the model has it.
	fn compare(&self) {
		assert_eq!(Trail::entries().len(), self.entries, "one entry for each act, and none for what failed");
		assert_eq!(Permits::<Test>::iter().count(), self.permits.len());
		for (id, permit) in &self.permits {
			let live: BTreeSet<u8> = live_tags(PermitId(*id)).into_iter().collect();
			assert_eq!(live, self.live_tags(permit), "permit {id}");
		}
		for handle in HANDLES {
			let held: usize = ASKERS.iter().map(|asker| self.held(handle, *asker, true)).sum();
			assert_eq!(Consent::capabilities_of(&handle).len(), held);
		}
		Consent::do_try_state().expect("the invariants hold");
	}
}

fn signer(handle: PatientHandle) -> u64 {
	if handle == ANA {
		ANA_KEY
	} else {
		gateway(CUSTODIAN)
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(256))]

	#[test]
	fn every_answer_is_that_of_the_model(steps in prop::collection::vec(step(), 1..80)) {
		new_test_ext().execute_with(|| {
			let mut model = Model::default();
			for step in steps {
				model.apply(step);
			}
		});
	}
}
