//! What the council has decided so far, to be compared: a refused motion, or an upgrade, changes nothing of it.

use crate::{measure::stored, validators::Node};
use anyhow::Result;
use salus_client::{
	chain::Chain,
	primitives::{InstitutionId, Moment},
	wire::Account,
};
use salus_runtime_api::{InstitutionInfo, ParameterInfo, UpgradeInfo, ValidatorInfo};

/// Members, seats, validators with their session keys, parameters, and the upgrade that may be applied; in a finalized block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
	institutions: Vec<(InstitutionId, InstitutionInfo<Account>)>,
	ends: Vec<(InstitutionId, Moment)>,
	seats: Vec<Account>,
	validators: Vec<ValidatorInfo<Account>>,
	session_keys: Vec<(String, String)>,
	parameters: Vec<ParameterInfo>,
	upgrade: Option<UpgradeInfo>,
}

impl Standing {
	/// As a node's newest finalized block has it.
	///
	/// # Errors
	/// When it does not answer.
	pub async fn at(node: &Node) -> Result<Self> {
		let chain = Chain::connect(&node.url()).await?;
		Ok(Self {
			institutions: chain.institutions().await?,
			ends: chain.membership_ends().await?,
			seats: chain.council_members().await?,
			validators: chain.validators().await?,
			session_keys: stored(node, "Session", "NextKeys").await?,
			parameters: chain.parameters().await?,
			upgrade: chain.authorized_upgrade().await?,
		})
	}
}
