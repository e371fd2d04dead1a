//! The transaction extension that admits members' transactions instead of a fee.

use crate::{Admission, ClassifyCall, Config, Debit, Lane, Pallet, PausableCall, WeightInfo, Who};
use codec::{Decode, DecodeWithMemTracking, Encode};
use core::marker::PhantomData;
use frame_support::{
	dispatch::{DispatchInfo, PostDispatchInfo},
	ensure,
	pallet_prelude::Weight,
	traits::Get,
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
	/// What was charged, and the weight that was reserved and not needed.
	type Pre = (Option<Debit>, Weight);

	fn weight(&self, call: &T::RuntimeCall) -> Weight {
		let check = match T::Admission::classify(call) {
			// A personal guardian is looked up and charged as a patient is.
			Some(
				Admission { lane: Lane::PatientRights, .. } | Admission { who: Who::Guardian | Who::GuardianIn(_), .. },
			) => T::WeightInfo::check_patient(),
			_ => T::WeightInfo::check_member(),
		};
		let pauses = u64::from(T::Pausable::of(call).is_some());
		check.saturating_add(T::DbWeight::get().reads(pauses))
	}

	fn validate(
		&self,
		origin: DispatchOriginOf<T::RuntimeCall>,
		call: &T::RuntimeCall,
		info: &DispatchInfoOf<T::RuntimeCall>,
		len: usize,
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
		// It could only fail, and take up room that the rest needs.
		ensure!(!Pallet::<T>::is_paused(call), InvalidTransaction::Call);
		let payer = admission.payer::<T>(signer)?;
		let debit = Debit::new::<T>(payer, admission.lane, block_time::<T>(info, info.total_weight()), len);
		let validity =
			ValidTransaction { priority: debit.priority::<T>()?, longevity: LONGEVITY, ..ValidTransaction::default() };
		Ok((validity, Some(debit), origin))
	}

	fn prepare(
		self,
		debit: Self::Val,
		_origin: &DispatchOriginOf<T::RuntimeCall>,
		call: &T::RuntimeCall,
		_info: &DispatchInfoOf<T::RuntimeCall>,
		_len: usize,
	) -> Result<Self::Pre, TransactionValidityError> {
		match debit {
			Some(debit) => debit.apply::<T>().map(|()| (Some(debit), Weight::zero())),
			None => Ok((None, self.weight(call))),
		}
	}

	/// The quota counts what was used, as the block does: a call may name a bound far above what it needs.
	fn post_dispatch_details(
		(debit, unneeded): Self::Pre,
		info: &DispatchInfoOf<T::RuntimeCall>,
		post_info: &PostDispatchInfoOf<T::RuntimeCall>,
		len: usize,
		_result: &DispatchResult,
	) -> Result<Weight, TransactionValidityError> {
		if let Some(debit) = debit {
			let used = block_time::<T>(info, post_info.calc_actual_weight(info));
			debit.settle::<T>(Debit::new::<T>(debit.payer, debit.lane, used, len).cost);
		}
		Ok(unneeded)
	}
}

/// Picoseconds of a block for a transaction of this weight: with what each one costs before its call, its signature
/// above all.
fn block_time<T: Config>(info: &DispatchInfo, weight: Weight) -> u64 {
	T::BlockWeights::get().get(info.class).base_extrinsic.saturating_add(weight).ref_time()
}
