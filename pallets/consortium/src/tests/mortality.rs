//! Transactions that would outlive their account.

use crate::{mock::*, *};
use codec::Encode;
use frame_support::{assert_ok, dispatch::DispatchInfo};
use frame_system::CheckEra;
use scale_info::TypeInfo;
use sp_runtime::{
	generic::Era,
	traits::{DispatchTransaction, TransactionExtension},
	transaction_validity::{InvalidTransaction, TransactionSource::External, TransactionValidityError},
};

fn call() -> RuntimeCall {
	RuntimeCall::System(frame_system::Call::remark { remark: vec![] })
}

fn validate(era: Era) -> Result<u64, TransactionValidityError> {
	CheckMortal::<Test>::from(era)
		.validate_only(signed(operator(0)), &call(), &DispatchInfo::default(), 0, External, 0)
		.map(|(validity, ..)| validity.longevity)
}

#[test]
fn transaction_is_admitted_when_it_dies_within_the_longest_era() {
	run(|| {
		frame_system::BlockHash::<Test>::insert(1, <Test as frame_system::Config>::Hash::default());
		assert_eq!(validate(Era::mortal(32, 1)), Ok(32));
	});
}

#[test]
fn transaction_is_refused_when_it_is_immortal() {
	run(|| {
		// The frame's own extension takes it.
		let info = DispatchInfo::default();
		assert_ok!(CheckEra::<Test>::from(Era::Immortal).validate_only(
			signed(operator(0)),
			&call(),
			&info,
			0,
			External,
			0
		));
		assert_eq!(validate(Era::Immortal), Err(InvalidTransaction::AncientBirthBlock.into()));
	});
}

#[test]
fn transaction_is_refused_when_it_lives_longer_than_an_account_without_roles() {
	run(|| {
		// Born with the chain, whose first hash is kept for ever; the longest era is 50 blocks.
		for period in [64, 65_536] {
			assert_eq!(validate(Era::mortal(period, 0)), Err(InvalidTransaction::AncientBirthBlock.into()), "{period}");
		}
	});
}

#[test]
fn extension_looks_like_the_frames_own_to_clients() {
	for era in [Era::Immortal, Era::mortal(64, 42)] {
		assert_eq!(CheckMortal::<Test>::from(era).encode(), CheckEra::<Test>::from(era).encode());
	}
	assert_eq!(CheckMortal::<Test>::IDENTIFIER, "CheckMortality");
	assert_eq!(CheckMortal::<Test>::type_info(), CheckEra::<Test>::type_info());
	assert_eq!(
		CheckMortal::<Test>::metadata().into_iter().map(|item| (item.identifier, item.implicit)).collect::<Vec<_>>(),
		CheckEra::<Test>::metadata().into_iter().map(|item| (item.identifier, item.implicit)).collect::<Vec<_>>()
	);
}

#[test]
fn extension_fits_into_a_transaction_beside_the_others() {
	fn usable<Extension: TransactionExtension<RuntimeCall> + scale_info::StaticTypeInfo>() -> Vec<&'static str> {
		Extension::metadata().into_iter().map(|item| item.identifier).collect()
	}
	let names = usable::<(frame_system::CheckGenesis<Test>, CheckMortal<Test>, CheckMember<Test>)>();
	assert_eq!(names, ["CheckGenesis", "CheckMortality", "CheckMember"]);
}
