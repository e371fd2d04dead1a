//! A call of the runtime with its arguments, not yet signed.

use subxt::{
	dynamic::Value,
	ext::scale_value::Composite,
	tx::{DynamicPayload, StaticPayload},
};

/// A call with its arguments by name. Made by the functions of [`super::calls`].
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
	pallet: &'static str,
	name: &'static str,
	arguments: Vec<(&'static str, Value)>,
}

impl Call {
	pub(super) fn new(pallet: &'static str, name: &'static str, arguments: Vec<(&'static str, Value)>) -> Self {
		Self { pallet, name, arguments }
	}

	/// Name of the pallet in the runtime.
	pub fn pallet(&self) -> &'static str {
		self.pallet
	}

	/// Name of the call.
	pub fn name(&self) -> &'static str {
		self.name
	}

	/// Names of its arguments.
	pub(super) fn argument_names(&self) -> impl Iterator<Item = &str> {
		self.arguments.iter().map(|(name, _)| *name)
	}

	/// As subxt takes it.
	pub fn payload(&self) -> DynamicPayload<Composite<()>> {
		StaticPayload::new(self.pallet, self.name, Composite::named(self.arguments.clone()))
	}
}
