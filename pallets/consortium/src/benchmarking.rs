//! Benchmarks, which also pass as tests.

use super::*;
use alloc::{vec, vec::Vec};
use frame_benchmarking::{account, v2::*, BenchmarkError};
use frame_support::{
	traits::{EnsureOrigin, Get},
	weights::{Weight, WeightMeter},
	BoundedVec,
};
use frame_system::{pallet_prelude::BlockNumberFor, RawOrigin};
use salus_primitives::{
	AccountRoles as _, Handles as _, InstitutionId, InstitutionKind, NodeId, PatientHandle, PractitionerId, StaffRole,
	MAX_DEPARTMENTS, MAX_DEPARTMENT_LEN,
};
use sp_runtime::traits::Zero;
use sp_staking::offence::{OffenceDetails, OnOffenceHandler};

fn admission<T: Config>() -> Result<T::RuntimeOrigin, BenchmarkError> {
	T::AdmissionOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)
}

fn name() -> InstitutionName {
	BoundedVec::truncate_from(vec![b'n'; MAX_NAME_LEN as usize])
}

/// A member with this number, its operator and `gateways` gateways.
fn member<T: Config>(number: u32, gateways: u32) -> Result<(InstitutionId, T::AccountId), BenchmarkError> {
	let operator: T::AccountId = account("operator", number, 1);
	let id = Pallet::<T>::insert_institution(InstitutionKind::Hospital, name(), &operator)?;
	Pallet::<T>::change_seats(Some(&operator), None)?;
	for at in 0..gateways {
		Pallet::<T>::insert_gateway(id, &account("gateway", number, at))?;
	}
	Ok((id, operator))
}

/// Two members: one that the benchmark is about, one that keeps the council alive.
fn pair<T: Config>(gateways: u32) -> Result<(InstitutionId, T::AccountId), BenchmarkError> {
	member::<T>(1_000, 0)?;
	member::<T>(1_001, gateways)
}

/// Fills the list of validators up to `count` with those of one hospital.
fn validators<T: Config>(institution: InstitutionId, count: u32) -> Result<Vec<T::AccountId>, BenchmarkError> {
	let room = count.saturating_sub(Validators::<T>::get().len() as u32);
	(0..room)
		.map(|at| {
			let validator = account("validator", at, 2);
			Pallet::<T>::insert_validator(institution, &validator)?;
			Ok(validator)
		})
		.collect()
}

/// Lists so many nodes of an institution.
fn nodes<T: Config>(institution: InstitutionId, count: u32) {
	let all = (1..=count as u8).map(|at| NodeId([at; 32])).collect();
	let all: BoundedVec<NodeId, T::MaxNodes> = BoundedVec::truncate_from(all);
	Nodes::<T>::insert(institution, all);
}

/// Makes offenders of these.
fn offenders<T: Config>(accounts: Vec<T::AccountId>) {
	let all: BoundedVec<T::AccountId, T::MaxValidators> = BoundedVec::truncate_from(accounts);
	Offenders::<T>::put(all);
}

fn record<T: Config>() -> PractitionerRecord {
	use frame_support::traits::Time;
	let departments = (0..MAX_DEPARTMENTS as u8).map(|at| {
		let mut code = vec![b'a'; MAX_DEPARTMENT_LEN as usize];
		code[0] = b'a' + at;
		BoundedVec::truncate_from(code)
	});
	use StaffRole::*;
	let roles =
		vec![Physician, Nurse, Pharmacist, LaboratoryTechnician, Paramedic, Registrar, PrivacyOfficer, Researcher];
	PractitionerRecord {
		signing_key: [7; 32],
		encryption_key_hash: [8; 32],
		roles: BoundedVec::truncate_from(roles),
		departments: BoundedVec::truncate_from(departments.collect()),
		valid_from: 0,
		valid_until: T::Time::now().saturating_add(1_000_000),
		emergency_authorised: true,
	}
}

const ID: PractitionerId = PractitionerId([3; 32]);

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn admit_institution() -> Result<(), BenchmarkError> {
		let origin = admission::<T>()?;
		let operator: T::AccountId = account("operator", 0, 3);

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, InstitutionKind::Hospital, name(), operator.clone());

		assert!(Operators::<T>::contains_key(operator));
		Ok(())
	}

	#[benchmark]
	fn suspend_institution() -> Result<(), BenchmarkError> {
		let origin = admission::<T>()?;
		let (id, _) = pair::<T>(0)?;

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, id, None);

		assert!(!Pallet::<T>::institution_is_active(id));
		Ok(())
	}

	#[benchmark]
	fn reinstate_institution() -> Result<(), BenchmarkError> {
		let origin = admission::<T>()?;
		let (id, _) = pair::<T>(0)?;
		for _ in 1..MAX_PERIODS {
			Pallet::<T>::suspend(id, None)?;
			Pallet::<T>::reinstate(id)?;
		}
		Pallet::<T>::suspend(id, None)?;

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, id);

		assert!(Pallet::<T>::institution_is_active(id));
		Ok(())
	}

	/// Validators without session keys: the same reads as with them, and no guard in the way.
	#[benchmark]
	fn deactivate_institution(
		g: Linear<0, { T::MaxGateways::get() }>,
		v: Linear<0, { T::MaxValidators::get() }>,
	) -> Result<(), BenchmarkError> {
		let origin = admission::<T>()?;
		let (id, operator) = pair::<T>(g)?;
		let named = validators::<T>(id, v)?;
		offenders::<T>(named);
		nodes::<T>(id, T::MaxNodes::get());

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, id, None);

		assert!(!Operators::<T>::contains_key(operator));
		assert!(GatewaysOf::<T>::get(id).is_empty());
		Ok(())
	}

	#[benchmark]
	fn set_quota() -> Result<(), BenchmarkError> {
		let origin = T::ParameterOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
		let (id, _) = pair::<T>(0)?;
		let quota = Quota { bulk: 1, decisions: 2 };

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, id, quota);

		assert_eq!(Institutions::<T>::get(id).map(|member| member.quota), Some(quota));
		Ok(())
	}

	#[benchmark]
	fn register_gateway() -> Result<(), BenchmarkError> {
		let (id, operator) = pair::<T>(T::MaxGateways::get().saturating_sub(1))?;
		let gateway: T::AccountId = account("gateway", 0, 3);

		#[extrinsic_call]
		_(RawOrigin::Signed(operator), gateway.clone());

		assert_eq!(Gateways::<T>::get(gateway), Some(id));
		Ok(())
	}

	#[benchmark]
	fn remove_gateway() -> Result<(), BenchmarkError> {
		let (id, operator) = pair::<T>(T::MaxGateways::get())?;
		let gateway = GatewaysOf::<T>::get(id).pop().ok_or("a member with gateways")?;

		#[extrinsic_call]
		_(RawOrigin::Signed(operator), gateway.clone());

		assert!(!Gateways::<T>::contains_key(gateway));
		Ok(())
	}

	#[benchmark]
	fn register_practitioner() -> Result<(), BenchmarkError> {
		let (_, operator) = pair::<T>(0)?;

		#[extrinsic_call]
		_(RawOrigin::Signed(operator), ID, record::<T>());

		assert!(Practitioners::<T>::contains_key(ID));
		Ok(())
	}

	#[benchmark]
	fn update_practitioner() -> Result<(), BenchmarkError> {
		let (id, operator) = pair::<T>(0)?;
		Pallet::<T>::insert_practitioner(id, ID, record::<T>())?;

		#[extrinsic_call]
		_(RawOrigin::Signed(operator), ID, PractitionerRecord { signing_key: [9; 32], ..record::<T>() });

		assert_eq!(Practitioners::<T>::get(ID).map(|entry| entry.signing_key), Some([9; 32]));
		Ok(())
	}

	#[benchmark]
	fn end_practitioner() -> Result<(), BenchmarkError> {
		let (id, operator) = pair::<T>(0)?;
		Pallet::<T>::insert_practitioner(id, ID, record::<T>())?;

		#[extrinsic_call]
		_(RawOrigin::Signed(operator), ID, 5);

		assert_eq!(Practitioners::<T>::get(ID).and_then(|entry| entry.invalid_from), Some(5));
		Ok(())
	}

	#[benchmark]
	fn add_validator(v: Linear<1, { T::MaxValidators::get() }>) -> Result<(), BenchmarkError> {
		let origin = admission::<T>()?;
		let (id, _) = pair::<T>(0)?;
		validators::<T>(id, v - 1)?;
		// The chain may begin with more validators than the component says.
		if Validators::<T>::get().len() as u32 >= T::MaxValidators::get() {
			Validators::<T>::mutate(|all| all.pop());
		}
		let validator: T::AccountId = account("validator", 0, 3);

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, id, validator.clone());

		assert_eq!(Pallet::<T>::validator_of(&validator), Some(id));
		Ok(())
	}

	#[benchmark]
	fn remove_validator(v: Linear<1, { T::MaxValidators::get() }>) -> Result<(), BenchmarkError> {
		let origin = admission::<T>()?;
		let (id, _) = pair::<T>(0)?;
		let started_with = Validators::<T>::get().len() as u32;
		let added = validators::<T>(id, v.max(started_with.saturating_add(1)))?;
		let validator = added.last().cloned().ok_or("room for a validator")?;

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, validator.clone());

		assert_eq!(Pallet::<T>::validator_of(&validator), None);
		Ok(())
	}

	#[benchmark]
	fn replace_operator() -> Result<(), BenchmarkError> {
		let origin = admission::<T>()?;
		let (id, old) = pair::<T>(0)?;
		let new: T::AccountId = account("operator", 0, 3);

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, id, new.clone());

		assert!(!Operators::<T>::contains_key(old));
		assert_eq!(Operators::<T>::get(new), Some(id));
		Ok(())
	}

	/// The action that reads and writes most of those that stay here; what Root does elsewhere is as little.
	#[benchmark]
	fn enact() -> Result<(), BenchmarkError> {
		let origin = T::ParameterOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
		let call = T::Pausable::any();

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, Action::PauseCall { call, blocks: T::MaxPause::get() });

		assert!(Pallet::<T>::paused_until(call).is_some());
		Ok(())
	}

	/// With as many requests before it as there can be, none of a regulator.
	#[benchmark]
	fn request_pause() -> Result<(), BenchmarkError> {
		let (_, operator) = member::<T>(1_000, 0)?;
		let call = T::Pausable::any();
		let until = frame_system::Pallet::<T>::block_number() + T::EmergencyPause::get();
		let room = T::MaxInstitutions::get().saturating_sub(MemberCount::<T>::get());
		let mut requests = BoundedVec::default();
		for number in 0..room {
			let (id, _) = member::<T>(number, 0)?;
			requests.try_push((id, until)).map_err(|_| "as many requests as members")?;
		}
		PauseRequests::<T>::insert(call, requests);

		#[extrinsic_call]
		_(RawOrigin::Signed(operator), call);

		assert!(PauseRequests::<T>::get(call).len() > room as usize);
		Ok(())
	}

	#[benchmark]
	fn set_membership_end() -> Result<(), BenchmarkError> {
		use frame_support::traits::Time;
		let origin = admission::<T>()?;
		let (id, _) = pair::<T>(0)?;
		let until = Some(T::Time::now().saturating_add(1));

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, id, until);

		assert_eq!(Institutions::<T>::get(id).and_then(|member| member.until), until);
		Ok(())
	}

	#[benchmark]
	fn expire_membership() -> Result<(), BenchmarkError> {
		let (id, operator) = pair::<T>(0)?;
		let caller: T::AccountId = account("caller", 0, 3);
		Pallet::<T>::add_role(&caller)?;
		Institutions::<T>::mutate(id, |member| member.iter_mut().for_each(|member| member.until = Some(0)));

		#[extrinsic_call]
		_(RawOrigin::Signed(caller), id);

		assert!(!Pallet::<T>::has_seat(&operator));
		Ok(())
	}

	#[benchmark]
	fn register_node() -> Result<(), BenchmarkError> {
		let (id, operator) = pair::<T>(0)?;
		nodes::<T>(id, T::NodesPerMember::get().saturating_sub(1));
		let node = NodeId([255; 32]);

		#[extrinsic_call]
		_(RawOrigin::Signed(operator), node);

		assert!(Nodes::<T>::get(id).contains(&node));
		Ok(())
	}

	#[benchmark]
	fn remove_node() -> Result<(), BenchmarkError> {
		let (id, operator) = pair::<T>(0)?;
		nodes::<T>(id, T::MaxNodes::get());
		let node = Nodes::<T>::get(id).pop().ok_or("a member with nodes")?;

		#[extrinsic_call]
		_(RawOrigin::Signed(operator), node);

		assert!(!Nodes::<T>::get(id).contains(&node));
		Ok(())
	}

	/// The check that reads most: that any member may sign, for the last of the validators.
	#[benchmark]
	fn check_member() -> Result<(), BenchmarkError> {
		let (id, _) = pair::<T>(0)?;
		let signer = validators::<T>(id, T::MaxValidators::get())?.pop().ok_or("room for a validator")?;
		let admission = Admission { lane: Lane::Governance, who: Who::AnyMember };
		let charged;

		#[block]
		{
			charged = admission.payer::<T>(&signer).and_then(|payer| {
				let debit = Debit::new::<T>(payer, admission.lane, 1, 1);
				debit.priority::<T>()?;
				debit.apply::<T>()
			});
		}

		assert!(charged.is_ok());
		Ok(())
	}

	/// A patient with an own key.
	#[benchmark]
	fn check_patient() -> Result<(), BenchmarkError> {
		let (custodian, _) = pair::<T>(0)?;
		let signer: T::AccountId = account("patient", 0, 0);
		let handle = PatientHandle([7; 32]);
		T::Handles::benchmark_handle(handle, custodian, &signer);
		let admission = Admission { lane: Lane::PatientRights, who: Who::Controller(handle) };
		let charged;

		#[block]
		{
			charged = admission.payer::<T>(&signer).and_then(|payer| {
				let debit = Debit::new::<T>(payer, admission.lane, 1, 1);
				debit.priority::<T>()?;
				debit.apply::<T>()
			});
		}

		assert!(charged.is_ok());
		assert!(PatientBuckets::<T>::contains_key(handle));
		Ok(())
	}

	#[benchmark]
	fn retire_account() -> Result<(), BenchmarkError> {
		let gone: T::AccountId = account("gone", 0, 0);
		Pallet::<T>::add_role(&gone)?;
		Pallet::<T>::remove_role(&gone)?;
		let due = Retiring::<T>::get(&gone).ok_or("the account is on its way out")?;
		// Enough for this one account only.
		let mut meter = WeightMeter::with_limit(T::WeightInfo::retire_account());

		#[block]
		{
			Pallet::<T>::retire_due(due, &mut meter);
		}

		assert!(!Retiring::<T>::contains_key(gone));
		Ok(())
	}

	#[benchmark]
	fn sweep_bucket() -> Result<(), BenchmarkError> {
		let handle = PatientHandle([5; 32]);
		PatientBuckets::<T>::insert(handle, Bucket { level: 0, at: BlockNumberFor::<T>::zero() });
		let mut meter = WeightMeter::with_limit(T::WeightInfo::sweep_bucket());

		#[block]
		{
			crate::quota::sweep::<T>(&mut meter);
		}

		assert!(!PatientBuckets::<T>::contains_key(handle));
		Ok(())
	}

	#[benchmark]
	fn on_offence() -> Result<(), BenchmarkError> {
		let (id, _) = pair::<T>(0)?;
		let mut named = validators::<T>(id, T::MaxValidators::get())?;
		let offender = named.pop().ok_or("room for a validator")?;
		offenders::<T>(named);
		let session = T::Sessions::current_index();
		let details = [OffenceDetails { offender: (offender, ()), reporters: vec![] }];
		let weight: Weight;

		#[block]
		{
			weight = Pallet::<T>::on_offence(&details, &[], session);
		}

		assert!(!weight.is_zero());
		Ok(())
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::bench_ext(), crate::mock::Test);
}
