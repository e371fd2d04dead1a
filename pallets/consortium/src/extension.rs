//! The transaction extension that admits members' transactions instead of a fee.

use crate::{ClassifyCall, Config, Debit, WeightInfo};
use codec::{Decode, DecodeWithMemTracking, Encode};
use core::marker::PhantomData;
use frame_support::{
	dispatch::{DispatchInfo, PostDispatchInfo},
	pallet_prelude::Weight,
	CloneNoBound, DefaultNoBound, EqNoBound, PartialEqNoBound,
};
use frame_system::RawOrigin;
use scale_info::TypeInfo;
use sp_runtime::{
	traits::{
		AsSystemOriginSigner, DispatchInfoOf, DispatchOriginOf, Dispatchable, Implication, PostDispatchInfoOf,
		TransactionExtension, ValidateResult,
	},
	transaction_validity::{InvalidTransaction, TransactionSource, TransactionValidityError, ValidTransaction},
	DispatchResult,
};

/// Blocks for which the pool may believe an admission before it asks again.
pub const LONGEVITY: u64 = 64;

/// Admits a signed transaction when its signer may sign this call now and has quota left.
///
/// Zero-sized, nothing implicit: clients need no code for it. Belongs after `CheckNonce` and before `CheckWeight`. It
/// looks at signed origins only: bare extrinsics do not pass extensions, and an authorised call carries its own
/// check.
#[derive(
	Encode, Decode, DecodeWithMemTracking, CloneNoBound, DefaultNoBound, EqNoBound, PartialEqNoBound, TypeInfo,
)]
#[scale_info(skip_type_params(T))]
pub struct CheckMember<T>(PhantomData<T>);

impl<T> CheckMember<T> {
	/// The extension; there is nothing to choose.
	pub fn new() -> Self {
		Self(PhantomData)
	}
}

impl<T> core::fmt::Debug for CheckMember<T> {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		f.write_str("CheckMember")
	}
}

impl<T> TransactionExtension<T::RuntimeCall> for CheckMember<T>
where
	T: Config + Send + Sync,
	T::RuntimeCall: Dispatchable<Info = DispatchInfo, PostInfo = PostDispatchInfo>,
	T::RuntimeOrigin: AsSystemOriginSigner<T::AccountId>,
{
	const IDENTIFIER: &'static str = "CheckMember";
	type Implicit = ();
	/// What to charge; nothing for an origin that is not signed.
	type Val = Option<Debit>;
	/// Weight that was reserved and not needed.
	type Pre = Weight;

	fn weight(&self, _: &T::RuntimeCall) -> Weight {
		T::WeightInfo::check_member()
	}

	fn validate(
		&self,
		origin: DispatchOriginOf<T::RuntimeCall>,
		call: &T::RuntimeCall,
		info: &DispatchInfoOf<T::RuntimeCall>,
		_len: usize,
		_implicit: (),
		_implication: &impl Implication,
		_source: TransactionSource,
	) -> ValidateResult<Self::Val, T::RuntimeCall> {
		let Some(signer) = origin.as_system_origin_signer() else {
			// A general transaction: its call has authorised it in an extension before this one, or nobody has.
			return match origin.clone().into() {
				Ok(RawOrigin::Authorized) => Ok((ValidTransaction::default(), None, origin)),
				_ => Err(InvalidTransaction::BadSigner.into()),
			};
		};
		let admission = T::Admission::classify(call).ok_or(InvalidTransaction::Call)?;
		let payer = admission.payer::<T>(signer)?;
		let debit = Debit::new::<T>(payer, admission.lane, info.total_weight().ref_time());
		debit.check::<T>()?;
		let validity = ValidTransaction {
			priority: admission.lane.priority(),
			longevity: LONGEVITY,
			..ValidTransaction::default()
		};
		Ok((validity, Some(debit), origin))
	}

	fn prepare(
		self,
		debit: Self::Val,
		_origin: &DispatchOriginOf<T::RuntimeCall>,
		_call: &T::RuntimeCall,
		_info: &DispatchInfoOf<T::RuntimeCall>,
		_len: usize,
	) -> Result<Self::Pre, TransactionValidityError> {
		match debit {
			Some(debit) => debit.apply::<T>().map(|()| Weight::zero()),
			None => Ok(T::WeightInfo::check_member()),
		}
	}

	fn post_dispatch_details(
		unneeded: Self::Pre,
		_info: &DispatchInfoOf<T::RuntimeCall>,
		_post_info: &PostDispatchInfoOf<T::RuntimeCall>,
		_len: usize,
		_result: &DispatchResult,
	) -> Result<Weight, TransactionValidityError> {
		Ok(unneeded)
	}
}
