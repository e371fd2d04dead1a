//! Benchmarks of the calls, each in its most expensive state.

mod committees;
mod sessions;

use crate::{enactment::*, formation::Formation, rehearsal::*, session::MAX_EXPIRIES, *};
use alloc::vec::Vec;
use committees::*;
use frame_benchmarking::v2::*;
use frame_support::{
	traits::{EnsureOrigin, Time},
	BoundedVec,
};
use frame_system::RawOrigin;
use salus_primitives::{
	CommitteeId, CommitteePurpose, EmergencyRequestId, EmergencyTier, InstitutionId, InstitutionKind, Members,
	PatientHandle, ReviewVerdict,
};
use salus_threshold::{committee::PublicKeys, dealing::DealingDispute};
use sessions::*;

fn committee_origin<T: Config>() -> Result<T::RuntimeOrigin, BenchmarkError> {
	T::CommitteeOrigin::try_successful_origin().map_err(|()| BenchmarkError::Weightless)
}

fn bounded(institutions: Vec<InstitutionId>) -> BoundedVec<InstitutionId, MaxMembers> {
	BoundedVec::truncate_from(institutions)
}

#[benchmarks]
mod benches {
	use super::*;

	#[benchmark]
	fn register_guardian_key() {
		let institution = guardians::<T>(1)[0];
		let sealing = sealing_secret(institution, 2);
		let proof = key_proof::<T>(institution, &sealing);

		#[extrinsic_call]
		_(RawOrigin::Signed(guardian_gateway::<T>(1)), sealing.public().to_bytes(), [2; 32], proof);

		assert_eq!(GuardianKeys::<T>::get(institution).map(|key| key.version), Some(2));
	}

	#[benchmark]
	fn form_committee(n: Linear<5, MOST>) -> Result<(), BenchmarkError> {
		let members = bounded(guardians::<T>(n));
		let origin = committee_origin::<T>()?;

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, CommitteePurpose::Release, members, threshold(n), valid_until::<T>());

		assert!(Committees::<T>::contains_key(CommitteeId(0)));
		Ok(())
	}

	/// One that is not the last.
	#[benchmark]
	fn post_dealing(n: Linear<5, MOST>) {
		let id = proposed::<T>(n, threshold(n));
		let dealing = honest_dealing::<T>(id, 1);

		#[extrinsic_call]
		_(RawOrigin::Signed(guardian_gateway::<T>(1)), id, dealing);

		assert!(Dealings::<T>::contains_key((id, 1), 1));
	}

	/// After a resharing, which weighs the dealings. All dealers share one secret, so that any number of them gives its key.
	#[benchmark]
	fn derive_keys(d: Linear<3, 14>, n: Linear<5, MOST>) {
		let id = proposed::<T>(n, threshold(n));
		let mut next = Committees::<T>::get(id).expect("proposed").set;
		let recipients = next.recipients();
		let mut group = [0; 32];
		for dealer in 1..=d as u16 {
			let context = dealing_context::<T>(id, &next, dealer);
			let dealing = dealing(&context, &secret(&"shared"), &recipients).expect("well-formed keys");
			group = dealing.commitments[0];
			Dealings::<T>::insert((id, next.version), dealer, dealing);
			next.dealers.try_push(dealer).expect("no more than the largest committee has");
		}
		Committees::<T>::mutate_extant(id, |committee| {
			committee.status = CommitteeStatus::Active;
			committee.set.keys = Some(PublicKeys { group, members: Vec::new() });
		});
		Resharing::<T>::insert(id, next);
		let mut formation = Formation::<T>::open(id).expect("coming about");

		#[block]
		{
			formation.derive_keys().expect("they give the key");
		}

		assert!(formation.set().keys.is_some());
	}

	/// In a patient's committee: the references of its guardians go.
	#[benchmark]
	fn dispute_dealing() {
		let id = personal_proposed::<T>(&patient::<T>(), 1);
		let set = Committees::<T>::get(id).expect("proposed").set;
		let mut dealing = Dealings::<T>::get((id, 1), 0).expect("dealt");
		dealing.sealed[0] = *secret(&"nonsense").to_bytes();
		Dealings::<T>::insert((id, 1), 0, &dealing);
		let context = dealing_context::<T>(id, &set, 0);
		let sealing = sealing_of::<T>(&set, 1);
		let dispute = DealingDispute::raise(&context, &dealing, 1, &sealing, &mut Rng::new(&"dispute"));
		let dispute = dispute.expect("the share is wrong");

		#[extrinsic_call]
		_(RawOrigin::Signed(person::<T>(1, 1)), id, 0, dispute);

		assert!(!Committees::<T>::contains_key(id));
	}

	/// The last proof in a patient's committee, which ends another one.
	#[benchmark]
	fn confirm_share() {
		let patient = patient::<T>();
		personal_active::<T>(&patient, 1);
		let id = personal_proposed::<T>(&patient, 2);
		all_but_first_confirmed::<T>(id);
		let proof = proof_of::<T>(id, 1);

		#[extrinsic_call]
		_(RawOrigin::Signed(person::<T>(2, 1)), id, proof);

		assert_eq!(PersonalCommittee::<T>::get(HANDLE), Some(id));
	}

	/// Of a patient: the references of its guardians go.
	#[benchmark]
	fn abandon_formation() {
		let caller = whitelisted_caller();
		T::Members::benchmark_member(&caller, InstitutionKind::Hospital);
		let id = personal_proposed::<T>(&patient::<T>(), 1);
		Committees::<T>::mutate_extant(id, |committee| committee.set.deadline = T::Time::now());

		#[extrinsic_call]
		_(RawOrigin::Signed(caller), id);

		assert!(!Committees::<T>::contains_key(id));
	}

	#[benchmark]
	fn reshare_committee(n: Linear<5, MOST>) -> Result<(), BenchmarkError> {
		let id = active::<T>(5, 3);
		let members = bounded(guardians::<T>(n));
		let origin = committee_origin::<T>()?;

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, id, members, threshold(n), valid_until::<T>());

		assert!(Resharing::<T>::contains_key(id));
		Ok(())
	}

	/// In place of one that was coming about.
	#[benchmark]
	fn set_personal_committee(n: Linear<5, MOST>) {
		let patient = patient::<T>();
		personal_proposed::<T>(&patient, 1);
		let setup = personal_setup::<T>(2, n);

		#[extrinsic_call]
		_(RawOrigin::Signed(patient), HANDLE, personal_id(2), setup, ENTRY);

		assert_eq!(PersonalFormation::<T>::get(HANDLE), Some(personal_id(2)));
	}

	#[benchmark]
	fn remove_personal_committee() {
		let patient = patient::<T>();
		personal_active::<T>(&patient, 1);
		personal_proposed::<T>(&patient, 2);

		#[extrinsic_call]
		_(RawOrigin::Signed(patient), HANDLE, ENTRY);

		assert!(!PersonalCommittee::<T>::contains_key(HANDLE));
	}

	/// During a resharing, when all dealings but the last are there.
	#[benchmark]
	fn retire_committee() -> Result<(), BenchmarkError> {
		let id = active::<T>(MOST, threshold(MOST));
		resharing::<T>(id);
		dealt::<T>(id, 3);
		let origin = committee_origin::<T>()?;

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, id);

		assert!(!Resharing::<T>::contains_key(id));
		Ok(())
	}

	#[benchmark]
	fn set_limits() -> Result<(), BenchmarkError> {
		let limits = EmergencyLimits { dispute_quorum: 3, ..EmergencyLimits::default() };
		let origin = committee_origin::<T>()?;

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, limits);

		assert_eq!(Limits::<T>::get(), limits);
		Ok(())
	}

	/// By which test data become real ones, on both tiers.
	#[benchmark]
	fn seal_envelopes(e: Linear<1, MAX_ENVELOPES>) {
		let committee = personal_active::<T>(&patient::<T>(), 1);
		with_envelopes::<T>(committee);
		let drill = Scope { drill: true, ..Pallet::<T>::scope(&HANDLE, TIER) };
		for tier in [TIER, EmergencyTier::Wider] {
			Scopes::<T>::insert(HANDLE, tier, &drill);
		}
		let envelopes = envelopes::<T>(committee, e as u8);

		#[extrinsic_call]
		_(RawOrigin::Signed(custodian_gateway::<T>()), HANDLE, TIER, 1, committee, envelopes, false);

		assert_eq!(Pallet::<T>::scope(&HANDLE, TIER).sealed[0].envelopes.len(), e as usize);
	}

	/// To the consortium's committee of the largest size after one to the patient's own, on an institution's fullest day.
	#[benchmark]
	fn request_emergency() {
		let (caller, institution) = requester::<T>();
		let own = personal_active::<T>(&patient::<T>(), 1);
		Committees::<T>::mutate_extant(own, |own| own.fallback_after = Some(0));
		let committee = active::<T>(MOST, threshold(MOST));
		with_envelopes::<T>(own);
		with_envelopes::<T>(committee);
		requested::<T>(institution, own, 0);
		busy::<T>(institution);
		let request = request::<T>(institution, committee, HANDLE, TIER, 7).expect("sealed");
		let id = id_of::<T>(institution, &request);

		#[extrinsic_call]
		_(RawOrigin::Signed(caller), request, ENTRY);

		assert!(Sessions::<T>::contains_key(id));
	}

	/// With a part that does not verify, after which too few guardians are left.
	#[benchmark]
	fn approve_request() {
		let id = on_the_brink::<T>(requester::<T>().1);
		let part = part_of::<T>(id, true);

		#[extrinsic_call]
		_(RawOrigin::Signed(guardian_gateway::<T>(1)), id, part, ENTRY);

		assert_eq!(Sessions::<T>::get(id).map(|session| session.status), Some(EmergencyStatus::Rejected));
	}

	/// After which too few guardians are left.
	#[benchmark]
	fn reject_request() {
		let id = on_the_brink::<T>(requester::<T>().1);

		#[extrinsic_call]
		_(RawOrigin::Signed(guardian_gateway::<T>(1)), id, ENTRY);

		assert_eq!(Sessions::<T>::get(id).map(|session| session.status), Some(EmergencyStatus::Rejected));
	}

	#[benchmark]
	fn cancel_request() {
		let (caller, institution) = requester::<T>();
		let id = requested_anew::<T>(institution);

		#[extrinsic_call]
		_(RawOrigin::Signed(caller), id, ENTRY);

		assert_eq!(Sessions::<T>::get(id).map(|session| session.status), Some(EmergencyStatus::Cancelled));
	}

	#[benchmark]
	fn close_session() {
		let (caller, institution) = requester::<T>();
		let id = opened::<T>(institution);

		#[extrinsic_call]
		_(RawOrigin::Signed(caller), id, ENTRY);

		assert_eq!(Sessions::<T>::get(id).map(|session| session.status), Some(EmergencyStatus::Closed));
	}

	/// Of a session that was active.
	#[benchmark]
	fn expire_session() {
		let (caller, institution) = requester::<T>();
		let id = opened::<T>(institution);
		change::<T>(id, |session| session.active_until = Some(T::Time::now()));

		#[extrinsic_call]
		_(RawOrigin::Signed(caller), id);

		assert_eq!(Sessions::<T>::get(id).map(|session| session.status), Some(EmergencyStatus::Closed));
	}

	#[benchmark]
	fn dispute_session() {
		let id = opened::<T>(requester::<T>().1);

		#[extrinsic_call]
		_(RawOrigin::Signed(account("patient", 0, 0)), HANDLE, id, ENTRY);

		assert!(Sessions::<T>::get(id).is_some_and(|session| session.disputed));
	}

	/// The confirmation that suspends.
	#[benchmark]
	fn confirm_dispute() {
		let id = opened::<T>(requester::<T>().1);
		change::<T>(id, |session| session.disputed = true);
		Limits::<T>::mutate(|limits| limits.dispute_quorum = 1);

		#[extrinsic_call]
		_(RawOrigin::Signed(guardian_gateway::<T>(1)), id, ENTRY);

		assert_eq!(Sessions::<T>::get(id).map(|session| session.status), Some(EmergencyStatus::Suspended));
	}

	#[benchmark]
	fn suspend_in_person() {
		let id = opened::<T>(requester::<T>().1);

		#[extrinsic_call]
		_(RawOrigin::Signed(guardian_gateway::<T>(1)), id, ENTRY, ENTRY);

		assert_eq!(Sessions::<T>::get(id).map(|session| session.status), Some(EmergencyStatus::Suspended));
	}

	/// Of a session whose review was overdue.
	#[benchmark]
	fn review_session() {
		let (_, institution) = requester::<T>();
		let id = opened::<T>(institution);
		change::<T>(id, |session| (session.status, session.overdue) = (EmergencyStatus::Closed, true));
		OverdueReviews::<T>::insert(institution, 1);

		#[extrinsic_call]
		_(RawOrigin::Signed(custodian_gateway::<T>()), id, ReviewVerdict::Justified, ENTRY);

		assert!(!OverdueReviews::<T>::contains_key(institution));
	}

	#[benchmark]
	fn escalate_review() {
		let (caller, institution) = requester::<T>();
		let id = opened::<T>(institution);
		change::<T>(id, |session| {
			(session.status, session.review_due) = (EmergencyStatus::Closed, Some(T::Time::now()));
		});

		#[extrinsic_call]
		_(RawOrigin::Signed(caller), id);

		assert_eq!(OverdueReviews::<T>::get(institution), 1);
	}

	/// To enter a patient into the index, before the largest committee. As much is read of the day as for a search on an
	/// institution's fullest day, which reads nothing of a patient.
	#[benchmark]
	fn request_locate() -> Result<(), BenchmarkError> {
		patient::<T>();
		let caller = custodian_gateway::<T>();
		let committee = locate_committee::<T>();
		busy::<T>(T::Members::active_institution(&caller)?);

		#[extrinsic_call]
		_(RawOrigin::Signed(caller), locate_request(committee, 1, Some(HANDLE)), ENTRY);

		assert_eq!(LocateSessions::<T>::iter().count(), 1);
		Ok(())
	}

	/// The part that completes.
	#[benchmark]
	fn evaluate_locate() {
		let (_, institution) = requester::<T>();
		let id = located::<T>(institution, locate_committee::<T>(), 1);
		let part = last_evaluation::<T>(id);

		#[extrinsic_call]
		_(RawOrigin::Signed(guardian_gateway::<T>(1)), id, part, ENTRY);

		assert!(LocateSessions::<T>::get(id).is_some_and(|session| session.is_complete()));
	}

	#[benchmark]
	fn expire_some(s: Linear<0, MAX_EXPIRIES>, l: Linear<0, MAX_EXPIRIES>) {
		let (_, institution) = requester::<T>();
		let id = opened::<T>(institution);
		change::<T>(id, |session| session.active_until = Some(T::Time::now()));
		let session = Sessions::<T>::get(id).expect("opened");
		OpenSessions::<T>::remove(session.committee, id);
		for number in 0..s {
			let (id, handle) = (EmergencyRequestId([number as u8; 32]), PatientHandle([100 + number as u8; 32]));
			OpenSessions::<T>::insert(session.committee, id, ());
			Sessions::<T>::insert(id, SessionOf::<T> { handle, ..session.clone() });
			Scopes::<T>::insert(handle, TIER, Pallet::<T>::scope(&HANDLE, TIER));
		}
		let committee = locate_committee::<T>();
		for number in 0..l {
			let id = located::<T>(institution, committee, number);
			let handle = PatientHandle([100 + number as u8; 32]);
			Enrolments::<T>::insert(committee, handle, Enrolment { custodian: institution, times: MAX_ENROLMENTS });
			LocateSessions::<T>::mutate_extant(id, |session| {
				(session.expires_at, session.enrol) = (T::Time::now(), Some(handle));
			});
			LocateUse::<T>::remove(institution);
		}

		#[block]
		{
			Pallet::<T>::expire_some(MAX_EXPIRIES);
			Pallet::<T>::drop_some_locates(MAX_EXPIRIES);
		}

		assert_eq!(OpenSessions::<T>::iter().count() + LocateSessions::<T>::iter().count(), 0);
	}

	impl_benchmark_test_suite!(Pallet, mock::new_test_ext(), mock::Test);
}
