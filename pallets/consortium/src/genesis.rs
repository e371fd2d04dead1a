//! The consortium that a chain starts with.

use crate::{Config, Institutions, Pallet, ParameterValues, Quota, Seats, ShortSessions, Tunable};
use alloc::{string::String, vec::Vec};
use frame_support::{traits::InitializeMembers, BoundedVec};
use frame_system::pallet_prelude::BlockNumberFor;
use salus_primitives::{InstitutionKind, NodeId};
use serde::{Deserialize, Serialize};
use sp_runtime::{traits::One, DispatchResult};

/// A member from the first block on.
///
/// In JSON:
/// `{"kind": "Hospital", "name": "…", "operator": "5…", "gateways": ["5…"], "validators": ["5…"], "nodes": ["0x…"]}`;
/// gateways, validators, nodes and quota may be left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GenesisInstitution<AccountId> {
	/// What it is.
	pub kind: InstitutionKind,
	/// Its public name, 1 to 64 bytes of UTF-8.
	pub name: String,
	/// Who administers it and sits on the council.
	pub operator: AccountId,
	/// Its gateway accounts.
	#[serde(default = "Vec::new")]
	pub gateways: Vec<AccountId>,
	/// Its validator accounts; hospitals only. Their session keys belong into the genesis of the session pallet.
	#[serde(default = "Vec::new")]
	pub validators: Vec<AccountId>,
	/// The nodes that it runs. Not written when there are none: runtimes before `spec_version` 4 refuse the field.
	#[serde(default, skip_serializing_if = "Vec::is_empty")]
	pub nodes: Vec<NodeId>,
	/// Its quota, when it is not the default.
	#[serde(default)]
	pub quota: Option<Quota>,
}

/// Sets the parameters that are not at their defaults: first, since members get what these say.
///
/// # Panics
/// When a value lies outside of its range, or a parameter stands there twice.
pub(crate) fn set_parameters<T: Config>(parameters: &[(T::Parameter, u64)]) {
	for (parameter, value) in parameters {
		assert!(!ParameterValues::<T>::contains_key(parameter), "genesis names {parameter:?} twice");
		if Pallet::<T>::set_parameter(*parameter, *value).is_err() {
			let range = parameter.range();
			panic!("genesis sets {parameter:?} to {value}: it goes from {} to {}", range.least, range.most);
		}
	}
}

/// Gives a test network its short sessions.
///
/// # Panics
/// When they are shorter than two blocks: the set of a session is announced before it begins.
pub(crate) fn shorten_sessions<T: Config>(length: Option<BlockNumberFor<T>>) {
	if let Some(length) = length {
		assert!(length > One::one(), "genesis has sessions of {length:?} blocks: two are the least");
	}
	ShortSessions::<T>::set(length);
}

/// Writes the members, and their operators as the council. Ids are given in order, beginning with 0.
///
/// # Panics
/// When a member breaks a rule that the calls enforce: a chain must not start from such a file.
pub(crate) fn build<T: Config>(members: &[GenesisInstitution<T::AccountId>]) {
	for member in members {
		if let Err(error) = insert::<T>(member) {
			panic!("genesis of institution {:?}: {error:?}", member.name);
		}
	}
	let mut seats: Vec<_> = members.iter().map(|member| member.operator.clone()).collect();
	seats.sort();
	T::Council::initialize_members(&seats);
	// One per member, and there are no more members than seats: nothing is cut off.
	Seats::<T>::put(BoundedVec::truncate_from(seats));
}

fn insert<T: Config>(member: &GenesisInstitution<T::AccountId>) -> DispatchResult {
	let name = member.name.as_bytes().to_vec().try_into().map_err(|_| crate::Error::<T>::InvalidName)?;
	let id = Pallet::<T>::insert_institution(member.kind, name, &member.operator)?;
	if let Some(quota) = member.quota {
		Institutions::<T>::mutate(id, |entry| entry.iter_mut().for_each(|entry| entry.quota = quota));
	}
	member.gateways.iter().try_for_each(|gateway| Pallet::<T>::insert_gateway(id, gateway))?;
	member.nodes.iter().try_for_each(|node| Pallet::<T>::insert_node(id, *node))?;
	member.validators.iter().try_for_each(|validator| Pallet::<T>::insert_validator(id, validator))
}
