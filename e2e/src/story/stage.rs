//! What the steps of the story share: the network, the people, and what earlier steps brought about.

use super::Cast;
use crate::{
	network::{Network, ALPHA},
	person::Person,
	samples::{Expected, Samples},
};
use anyhow::{Context, Result};
use salus_client::{
	chain::Chain,
	gateway::Gateway,
	primitives::{AuditChain, InstitutionId, PatientHandle, RecordId},
};

/// A record that Alpha keeps, beside the resource it was made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
	/// Its id.
	pub record: RecordId,
	/// What it was made from.
	pub resource: Expected,
}

/// What the steps brought about.
#[derive(Clone, Debug, Default)]
pub struct Facts {
	/// The handle of the patient with a key of her own.
	pub selma: Option<PatientHandle>,
	/// The handle of the patient in custody.
	pub clara: Option<PatientHandle>,
	/// Selma's records.
	pub selma_records: Vec<Kept>,
	/// Clara's records.
	pub clara_records: Vec<Kept>,
	/// Selma's grant to Beta.
	pub capability: Option<u64>,
	/// The emergency session about Selma.
	pub emergency: Option<String>,
	/// The entry of Clara's log whose opening the custodian never produced.
	pub withheld: Option<u64>,
}

/// The stage.
pub struct Stage<'a> {
	/// What runs.
	pub network: &'a Network,
	/// Who acts.
	pub cast: Cast,
	/// The bundles.
	pub samples: Samples,
	/// What is so far.
	pub facts: Facts,
}

impl<'a> Stage<'a> {
	pub(super) fn new(network: &'a Network, samples: Samples) -> Result<Self> {
		let cast = Cast::new(network)?;
		Ok(Self { network, cast, samples, facts: Facts::default() })
	}

	/// Selma's handle.
	pub(super) fn selma(&self) -> Result<PatientHandle> {
		self.facts.selma.context("the patient with a key of her own was not registered")
	}

	/// Clara's handle.
	pub(super) fn clara(&self) -> Result<PatientHandle> {
		self.facts.clara.context("the patient in custody was not registered")
	}

	/// Alpha's view of the chain.
	pub(super) async fn chain(&self) -> Result<Chain> {
		self.network.chain(ALPHA).await
	}

	/// How many entries the finalized log of a handle has.
	pub(super) async fn entries(&self, handle: PatientHandle) -> Result<u64> {
		Ok(self.chain().await?.audit_head(AuditChain::Patient(handle)).await?.count)
	}

	/// The same after something that was done through another node than Alpha's.
	///
	/// # Errors
	/// When Alpha's node does not make the block final in which it was done.
	pub(super) async fn entries_since(&self, handle: PatientHandle, block: u64) -> Result<u64> {
		self.cast.registrar.sees(block).await?;
		self.entries(handle).await
	}
}

/// The number of a hospital on the chain.
pub(crate) fn institution(hospital: usize) -> InstitutionId {
	// Four hospitals: the position fits.
	InstitutionId(u32::try_from(hospital).unwrap_or(u32::MAX))
}

/// A hospital's gateway, as a member of staff uses it without the command line.
pub(crate) fn gateway_as(network: &Network, hospital: usize, staff: &Person) -> Result<Gateway> {
	let identity = staff.identity()?;
	let signer = identity.practitioner(&staff.name)?.http_signer();
	Ok(Gateway::new(&network.gateways[hospital].url(), institution(hospital), Some(signer))?)
}
