//! What transactions weigh: bytes of signed transactions in blocks, by call.

use anyhow::Result;
use std::collections::BTreeMap;
use subxt::{OnlineClient, SubstrateConfig};

/// Transactions of one call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Weighed {
	/// How many.
	pub count: u64,
	/// Their bytes, signatures included.
	pub bytes: u64,
}

/// The transactions of a pallet in blocks, by call, both ends included.
///
/// # Errors
/// When the node does not answer, or has a block no more.
pub async fn weigh(
	client: &OnlineClient<SubstrateConfig>,
	pallet: &str,
	blocks: std::ops::RangeInclusive<u64>,
) -> Result<BTreeMap<String, Weighed>> {
	let mut found: BTreeMap<String, Weighed> = BTreeMap::new();
	for number in blocks {
		let extrinsics = client.at_block(number).await?.extrinsics().fetch().await?.into_owned();
		for extrinsic in extrinsics.iter() {
			let extrinsic = extrinsic?;
			if extrinsic.pallet_name() == pallet {
				let weighed = found.entry(extrinsic.call_name().to_owned()).or_default();
				weighed.count += 1;
				weighed.bytes += u64::try_from(extrinsic.bytes().len())?;
			}
		}
	}
	Ok(found)
}
