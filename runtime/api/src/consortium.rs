//! What the queries about the consortium's own affairs answer.

use alloc::{string::String, vec::Vec};
use codec::{Decode, Encode};
use salus_primitives::InstitutionId;
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// A parameter that the council can set.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ParameterInfo {
	/// Its name, as `consortium::enact` takes it.
	pub name: String,
	/// What it is counted in.
	pub unit: String,
	/// The value in force.
	pub value: u64,
	/// The value until the council sets another.
	pub default: u64,
	/// The smallest value that can be set.
	pub least: u64,
	/// The largest value that can be set.
	pub most: u64,
}

/// A call that can be paused.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PauseInfo {
	/// Its name, as `consortium::enact` takes it.
	pub call: String,
	/// First block in which it runs again; `None` when it runs.
	pub until: Option<u32>,
	/// Members that ask for a pause at once, and the first block in which that counts no more.
	pub requests: Vec<(InstitutionId, u32)>,
	/// First block in which a third of the seats may pause it again; zero when it may.
	pub third_may_from: u32,
}

/// An account that the council has named as a validator.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ValidatorInfo<AccountId> {
	/// The account.
	pub account: AccountId,
	/// Whose it is.
	pub institution: InstitutionId,
	/// Whether it has set session keys.
	pub has_keys: bool,
	/// Whether it validates in this session.
	pub in_set: bool,
	/// Whether it validates in the next session.
	pub in_next_set: bool,
	/// Whether it was disabled in this session, because it was proven to have equivocated.
	pub disabled: bool,
}

/// The session that runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionInfo {
	/// Its number.
	pub index: u32,
	/// Its first block.
	pub began: u32,
	/// How many blocks it takes.
	pub length: u32,
	/// The first block of the next session, unless the length changes or a change of GRANDPA's authorities by force waits.
	pub next: u32,
	/// Whether the next session has other validators, or another key of one.
	pub set_changes: bool,
}

/// Runtime code that may be applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UpgradeInfo {
	/// `blake2_256` of the code as it is sent.
	#[serde(with = "crate::hex")]
	pub code_hash: [u8; 32],
	/// Whether code of another name or of no higher version is refused.
	pub check_version: bool,
}
