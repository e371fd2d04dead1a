//! Figures that the council tunes. The runtime lists them with the range of each; what was never set has its default, and
//! whatever is stored counts only within the range, which a later runtime may have narrowed.

use crate::{Config, Error, Pallet, ParameterValues};
use codec::MaxEncodedLen;
use frame_support::{ensure, Parameter};
use sp_runtime::{traits::MaybeSerializeDeserialize, DispatchResult};

/// The list of parameters. Written by the runtime.
pub trait Tunable: Parameter + MaxEncodedLen + Copy + MaybeSerializeDeserialize {
	/// Default and bounds.
	fn range(&self) -> ParameterRange;
}

/// What a parameter may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParameterRange {
	/// Its value until the council sets another.
	pub default: u64,
	/// The smallest value.
	pub least: u64,
	/// The largest value.
	pub most: u64,
}

impl<T: Config> Pallet<T> {
	/// The value in force.
	pub fn parameter(parameter: T::Parameter) -> u64 {
		let range = parameter.range();
		ParameterValues::<T>::get(parameter).map_or(range.default, |value| value.max(range.least).min(range.most))
	}

	/// Sets a value within the range.
	pub(crate) fn set_parameter(parameter: T::Parameter, value: u64) -> DispatchResult {
		let range = parameter.range();
		ensure!(range.least <= value && value <= range.most, Error::<T>::ParameterOutOfRange);
		ParameterValues::<T>::insert(parameter, value);
		Ok(())
	}
}
