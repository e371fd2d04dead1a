//! Every role in every status against every answer of the classification.

use crate::{mock::*, *};
use frame_support::assert_ok;
use salus_primitives::{AccountRoles as _, ControllerKind, InstitutionId, PatientHandle};
use sp_runtime::transaction_validity::{InvalidTransaction, TransactionValidityError};

const HANDLE: PatientHandle = PatientHandle([5; 32]);
const PATIENT: AccountId = 60;

fn may(who: Who, signer: AccountId) -> bool {
	let payer = Admission { lane: Lane::Governance, who }.payer::<Test>(&signer);
	assert!(matches!(payer, Ok(_) | Err(TransactionValidityError::Invalid(InvalidTransaction::BadSigner))));
	payer.is_ok()
}

fn classes() -> [Who; 7] {
	use Who::*;
	[Gateway, GatewayOrOperator, Operator, Validator, CouncilMember, Controller(HANDLE), AnyMember]
}

/// Rows: signer, then one letter per class in the order above: `y` admitted, `-` refused.
fn check(rows: &[(&str, AccountId, &str)]) {
	for (name, signer, row) in rows {
		let found: String = classes().into_iter().map(|who| if may(who, *signer) { 'y' } else { '-' }).collect();
		assert_eq!(&found, row, "{name}");
	}
}

fn with_patient() {
	assert_ok!(Consortium::add_role(&PATIENT));
	control(HANDLE, PATIENT, ControllerKind::SelfHeld);
	control(HANDLE, gateway(0), ControllerKind::Custodian(H[0]));
}

#[test]
fn signer_is_admitted_as_its_role_says_when_its_institution_is_active() {
	run(|| {
		with_patient();
		check(&[
			("operator", operator(0), "-yyyy-y"),
			("gateway", gateway(0), "yy---yy"),
			("another's gateway", gateway(1), "yy----y"),
			("validator", validator(0), "---y--y"),
			("patient", PATIENT, "-----yy"),
			("stranger", 7, "-------"),
			("council's origin as an account", TWO_THIRDS, "-------"),
		]);
	});
}

#[test]
fn signer_is_refused_when_its_institution_is_suspended() {
	run(|| {
		with_patient();
		assert_ok!(Consortium::suspend_institution(signed(TWO_THIRDS), H[0], None));
		check(&[
			("operator", operator(0), "-------"),
			("gateway", gateway(0), "-------"),
			("validator", validator(0), "-------"),
			("patient", PATIENT, "-----yy"),
			("another's operator", operator(1), "-yyyy-y"),
		]);
	});
}

#[test]
fn signer_is_refused_when_its_institution_is_gone() {
	run(|| {
		with_patient();
		assert_ok!(Consortium::deactivate_institution(signed(TWO_THIRDS), H[0], None));
		check(&[
			("operator", operator(0), "-------"),
			("gateway", gateway(0), "-------"),
			("validator", validator(0), "-------"),
			("patient", PATIENT, "-----yy"),
		]);
	});
}

#[test]
fn signer_is_admitted_again_when_its_institution_is_reinstated() {
	run(|| {
		with_patient();
		assert_ok!(Consortium::suspend_institution(signed(TWO_THIRDS), H[0], None));
		assert_ok!(Consortium::reinstate_institution(signed(TWO_THIRDS), H[0]));
		check(&[("operator", operator(0), "-yyyy-y"), ("gateway", gateway(0), "yy---yy")]);
	});
}

#[test]
fn signer_is_refused_when_it_is_retiring() {
	run(|| {
		with_patient();
		assert_ok!(Consortium::remove_gateway(signed(operator(1)), gateway(1)));
		assert_eq!(System::providers(&gateway(1)), 1);
		check(&[("former gateway", gateway(1), "-------")]);
	});
}

#[test]
fn payer_is_the_patients_own_bucket_when_the_key_is_self_held() {
	run(|| {
		with_patient();
		let admission = Admission { lane: Lane::PatientRights, who: Who::Controller(HANDLE) };
		assert_eq!(admission.payer::<Test>(&PATIENT), Ok(Payer::Patient(HANDLE)));
		assert_eq!(admission.payer::<Test>(&gateway(0)), Ok(Payer::Institution(H[0], Lane::PatientRights)));
	});
}

#[test]
fn payer_is_the_shared_bucket_when_an_account_has_no_institution() {
	run(|| {
		with_patient();
		let admission = Admission { lane: Lane::Bulk, who: Who::AnyMember };
		assert_eq!(admission.payer::<Test>(&PATIENT), Ok(Payer::Shared));
		assert_eq!(admission.payer::<Test>(&operator(2)), Ok(Payer::Institution(H[2], Lane::Bulk)));
	});
}

#[test]
fn admission_is_refused_when_the_lane_of_patients_names_no_handle() {
	run(|| {
		for who in classes().into_iter().filter(|who| !matches!(who, Who::Controller(_))) {
			let payer = Admission { lane: Lane::PatientRights, who }.payer::<Test>(&operator(0));
			assert_eq!(payer, Err(InvalidTransaction::Call.into()));
		}
	});
}

#[test]
fn custodian_is_refused_when_the_registry_names_an_inactive_one() {
	run(|| {
		control(HANDLE, 70, ControllerKind::Custodian(InstitutionId(9)));
		assert!(!may(Who::Controller(HANDLE), 70));
	});
}
