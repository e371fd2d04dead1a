//! Transactions that outlive their account are refused.
//!
//! An account goes `LongestEra` blocks after its last role, and its nonce with it. Should it come back, the nonce begins
//! at zero again, and anybody could send its old transactions once more, unless they have died meanwhile. So each
//! transaction must be mortal, for no more than `LongestEra` blocks. The frame's own extension also admits immortal ones,
//! and those of up to 65,536 blocks while the chain is younger than that, because the hash of its first block is kept.

use crate::Config;
use codec::{Decode, DecodeWithMemTracking, Encode};
use frame_support::{pallet_prelude::Weight, traits::Get};
use frame_system::CheckEra;
use scale_info::{Type, TypeInfo};
use sp_runtime::{
	generic::Era,
	impl_tx_ext_default,
	traits::{
		DispatchInfoOf, DispatchOriginOf, Implication, TransactionExtension, UniqueSaturatedInto, ValidateResult,
	},
	transaction_validity::{InvalidTransaction, TransactionSource, TransactionValidityError},
};

/// `frame_system::CheckEra` for mortal transactions only. Clients see no difference: same name, same bytes, same type.
#[derive(Encode, Decode, DecodeWithMemTracking, Clone, Eq, PartialEq)]
pub struct CheckMortal<T: Config + Send + Sync>(CheckEra<T>);

impl<T: Config + Send + Sync> CheckMortal<T> {
	/// For a transaction of this era.
	pub fn from(era: Era) -> Self {
		Self(CheckEra::from(era))
	}

	fn is_mortal_enough(&self) -> bool {
		let longest: u64 = T::LongestEra::get().unique_saturated_into();
		matches!(self.0 .0, Era::Mortal(period, _) if period <= longest)
	}
}

impl<T: Config + Send + Sync> core::fmt::Debug for CheckMortal<T> {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		self.0.fmt(f)
	}
}

impl<T: Config + Send + Sync> TypeInfo for CheckMortal<T>
where
	CheckEra<T>: TypeInfo,
{
	type Identity = <CheckEra<T> as TypeInfo>::Identity;

	fn type_info() -> Type {
		CheckEra::<T>::type_info()
	}
}

impl<T: Config + Send + Sync> TransactionExtension<T::RuntimeCall> for CheckMortal<T> {
	const IDENTIFIER: &'static str = <CheckEra<T> as TransactionExtension<T::RuntimeCall>>::IDENTIFIER;
	type Implicit = <CheckEra<T> as TransactionExtension<T::RuntimeCall>>::Implicit;
	type Val = ();
	type Pre = ();

	fn implicit(&self) -> Result<Self::Implicit, TransactionValidityError> {
		self.0.implicit()
	}

	fn weight(&self, call: &T::RuntimeCall) -> Weight {
		self.0.weight(call)
	}

	fn validate(
		&self,
		origin: DispatchOriginOf<T::RuntimeCall>,
		call: &T::RuntimeCall,
		info: &DispatchInfoOf<T::RuntimeCall>,
		len: usize,
		implicit: Self::Implicit,
		implication: &impl Implication,
		source: TransactionSource,
	) -> ValidateResult<Self::Val, T::RuntimeCall> {
		// An immortal transaction is born with the chain, which is too long ago.
		if !self.is_mortal_enough() {
			return Err(InvalidTransaction::AncientBirthBlock.into());
		}
		self.0.validate(origin, call, info, len, implicit, implication, source)
	}

	impl_tx_ext_default!(T::RuntimeCall; prepare);
}
