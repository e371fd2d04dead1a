//! Somebody who has everything that is public to members, the disk of a hospital that keeps packages, and even the second half that it gave out.

use super::Verdict;
use anyhow::{ensure, Context, Result};
use futures::{stream, StreamExt, TryStreamExt};
use salus_client::emergency::{
	release::{open_release, ReleaseError},
	request::first_half,
};
use salus_e2e::{
	bedside::LIMIT,
	emergency::Responder,
	ground::Ground,
	network::{ALPHA, BETA, DELTA, GAMMA},
	rpc::Rpc,
	samples::Samples,
	vault::{leaks, words_in},
};
use salus_envelope::emergency::ScopeHalf;
use serde_json::{json, Value};
use std::collections::BTreeSet;

/// Blocks that are fetched at the same time.
const BLOCKS_AT_A_TIME: usize = 4;

pub async fn all_of_the_chain_one_vault_and_a_second_half_open_nothing(ground: &Ground<'_>) -> Result<Verdict> {
	let committee = ground.committee().await?;
	let sample = Samples::own()?.other.of("Sanddornweg", "1929-08-30")?;
	let words = sample.telling_words()?;
	let ward = ground.ward(ALPHA).await?;
	let patient = ground.patient(&ward).await?;
	let subject = ground.take_in(&ward, patient.handle, &sample).await?;
	let responder = ground.responder(BETA).await?;
	let asked = responder.prepare(&subject, responder.wait_target(&subject, committee).await?)?;
	let id = responder.send(&asked).await?;
	let session = responder.wait_active(id, LIMIT).await?;
	let release = responder.fetch(id, &asked.prepared.secrets).await?;
	let plaintext = Responder::open(&asked, &session, &release)?;
	ensure!(!words_in(&plaintext, &words).is_empty(), "nothing was opened in which the words could be found");

	// The second half as its holder knows it, the package, and the parts of every guardian that voted: in place of the first half, whatever an
	// observer can make of those.
	let stranger = responder.prepare(&subject, asked.target)?.prepared.secrets;
	let (one_time, label) = (asked.prepared.secrets.keys().xwing(), &asked.target.label);
	let mut halves: Vec<ScopeHalf> = session.parts.iter().map(|(_, part)| ScopeHalf::from_bytes(*part)).collect();
	halves.push(ScopeHalf::from_bytes(release.half.commitment.0));
	halves.push(ScopeHalf::from_bytes([0; 32]));
	halves.extend(first_half(&asked.target, &stranger, &session.parts));
	for half in &halves {
		match open_release(one_time, label, half, &release) {
			Err(ReleaseError::Key(_) | ReleaseError::Package(_)) => {}
			Err(other) => return Err(other).context("the second half itself did not open"),
			Ok(_) => anyhow::bail!("the package opens without the guardians' half"),
		}
	}

	let rpc = ground.network.validators[GAMMA].rpc()?;
	let (values, blocks) = nothing_on_chain(&rpc, &words).await?;
	for holder in [GAMMA, DELTA] {
		let found = leaks(&ground.network.gateways[holder].home(), &words)?;
		ensure!(found.is_empty(), "{}", found.join("; "));
	}
	responder.close(id).await?;
	Ok(Verdict::Told(format!("{} words in none of {values} values, {blocks} blocks, two vaults", words.len())))
}

/// Neither the state of the newest finalized block nor any block up to it holds one of the words. How many values and blocks were searched.
async fn nothing_on_chain(rpc: &Rpc, words: &BTreeSet<String>) -> Result<(usize, u32)> {
	let at = rpc.finalized().await?;
	let state = rpc.state("0x", &at).await?;
	for (key, value) in &state {
		for part in [key, value] {
			let found = words_in(&hex::decode(part.trim_start_matches("0x"))?, words);
			ensure!(found.is_empty(), "{found:?} in the state under {key}");
		}
	}
	let header = rpc.call("chain_getHeader", json!([at])).await?;
	let height = header["number"].as_str().context("a header has a number")?;
	let height = u32::from_str_radix(height.trim_start_matches("0x"), 16)?;
	stream::iter(0..=height)
		.map(|number| async move {
			let hash = rpc.call("chain_getBlockHash", json!([number])).await?;
			let block = rpc.call("chain_getBlock", json!([hash])).await?;
			for extrinsic in block.pointer("/block/extrinsics").and_then(Value::as_array).into_iter().flatten() {
				let bytes = hex::decode(extrinsic.as_str().unwrap_or_default().trim_start_matches("0x"))?;
				let found = words_in(&bytes, words);
				ensure!(found.is_empty(), "{found:?} in block {number}");
			}
			Ok(())
		})
		.buffer_unordered(BLOCKS_AT_A_TIME)
		.try_for_each(|()| async { anyhow::Ok(()) })
		.await?;
	Ok((state.len(), height + 1))
}
