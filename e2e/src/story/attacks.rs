//! Steps 9 and 11: records that were altered, accounts that nobody knows, a pool that is full.

use super::{
	consent::{ask, covered, fetch},
	stage::{gateway_as, institution, Kept},
	Stage, Telling,
};
use crate::{
	asking::Asking,
	flood::{pending, pending_of, Flood},
	network::{ALPHA, BETA, DELTA, GAMMA},
	person::{block, exit, number, text, Answer},
	rpc::Rpc,
	samples::GRANTED,
	validators::POOL_LIMIT,
	vault::{file_of, Tampered},
	waiting::until,
};
use anyhow::{ensure, Context, Result};
use salus_client::{
	chain::{calls, Call, Chain, InBlock, Keypair},
	gateway::Gateway,
	primitives::{Act, AuditChain, CapabilityId, Moment, PatientHandle, RecordId, SECOND},
	records::{open_released, ReaderContext, RecordFault},
	wire::{Account, Actor, EntryOpening, FullEntry, OpeningsDelivery, Release, ReleasedRecord},
};
use salus_envelope::OneTimeKeys;
use std::{fs, path::PathBuf, time::Duration};

/// How long the pool may take to empty once the flooding account is removed.
const DRAIN_LIMIT: Duration = Duration::from_secs(300);
/// Transactions of the flood: the pool twice, as blocks take from it while it is filled.
const FLOOD: usize = 2 * POOL_LIMIT;
/// How long a transaction may take from one pool to the others: a slot.
const GOSSIP: Moment = 2 * SECOND;
/// How long the next block may take.
const BLOCK_LIMIT: Duration = Duration::from_secs(60);

pub(super) async fn altered_records(stage: &mut Stage<'_>, telling: &mut Telling) -> Result<()> {
	let handle = stage.selma()?;
	let records: Vec<Kept> = covered(&stage.facts.selma_records).into_iter().cloned().collect();
	let [first, second, ..] = records.as_slice() else { anyhow::bail!("two ordinary records are needed") };
	altered_vault(stage, handle, first.record, second.record, telling).await?;

	telling.say("A custodian that lies about what it releases:");
	let (release, keys) = release_to_cardiologist(stage, handle).await?;
	let genesis = stage.chain().await?.genesis().await?;
	let reader =
		ReaderContext { genesis: &genesis, custodian: institution(ALPHA), handle: &handle, one_time_key: keys.xwing() };
	let of = |record: RecordId| release.records.iter().find(|one| one.record == record).context("it was not released");
	let (one, other) = (of(first.record)?, of(second.record)?);
	let honest = open_released(one, &reader);
	telling.expect("an untouched record opens", honest.is_ok(), words(honest));

	let mut flipped = one.clone();
	flip(&mut flipped.body.blob.0);
	let found = open_released(&flipped, &reader);
	telling.expect("a bit flipped on the way is detected", matches!(found, Err(RecordFault::Content(_))), words(found));
	let swapped = ReleasedRecord { body: other.body.clone(), persona: other.persona.clone(), ..one.clone() };
	let found = open_released(&swapped, &reader);
	telling.expect("another record's content is detected", matches!(found, Err(RecordFault::Content(_))), words(found));

	let clara = stage.clara()?;
	let elsewhere = ReaderContext { handle: &clara, ..reader };
	let found = open_released(one, &elsewhere);
	telling.expect(
		"a record shown under another handle is detected",
		matches!(found, Err(RecordFault::OtherHandle)),
		words(found),
	);
	let id = salus_threshold::record_id(institution(ALPHA).0, &clara.0, &one.opening.commitment.0);
	let moved = ReleasedRecord { record: RecordId(id), ..one.clone() };
	let found = open_released(&moved, &elsewhere);
	telling.expect("also when its id is made to fit", matches!(found, Err(RecordFault::Commitment)), words(found));
	Ok(())
}

fn flip(bytes: &mut [u8]) {
	let middle = bytes.len() / 2;
	if let Some(byte) = bytes.get_mut(middle) {
		*byte ^= 1;
	}
}

fn words<T>(found: Result<T, RecordFault>) -> String {
	found.map_or_else(|fault| fault.to_string(), |_| "it opens".to_owned())
}

/// Somebody changes files of Alpha's vault.
async fn altered_vault(
	stage: &Stage<'_>,
	handle: PatientHandle,
	first: RecordId,
	second: RecordId,
	telling: &mut Telling,
) -> Result<()> {
	let cast = &stage.cast;
	let (one, other) = (blob_of(stage, handle, first).await?, blob_of(stage, handle, second).await?);
	let ward = |record: RecordId| async move {
		cast.physician.salus(&["record", "get", &handle.to_string(), &record.to_string()]).await
	};
	let permit = number(&ask(&cast.cardiologist, handle).await?.done()?, "/permit")?;

	let tampered = Tampered::flip_one_bit(&one)?;
	let read = ward(first).await?;
	telling.expect("a flipped bit in the vault is detected at the ward", finding(&read), read.message());
	let fetched = fetch(&cast.cardiologist, permit, "altered").await?;
	telling.expect("and by who fetches", fetched.exit == exit::FINDING, fetched.message());
	drop(tampered);

	let theirs = fs::read(&other).with_context(|| format!("cannot read {}", other.display()))?;
	let mine = Tampered::with(&one, |_| Some(theirs))?;
	let swapped = Tampered::with(&other, |_| Some(mine.original().to_vec()))?;
	let reads = [ward(first).await?, ward(second).await?];
	let message = reads.iter().map(Answer::message).collect::<Vec<_>>().join("; ");
	telling.expect("two swapped blobs are detected", reads.iter().all(finding), message);
	drop((mine, swapped));

	let restored = ward(first).await?;
	telling.expect(
		"with the blobs put back the ward reads again",
		restored.exit == exit::DONE,
		format!("exit code {}", restored.exit),
	);
	Ok(())
}

fn finding(answer: &Answer) -> bool {
	answer.exit == exit::FINDING && answer.error_code() == "blob_altered"
}

async fn blob_of(stage: &Stage<'_>, handle: PatientHandle, record: RecordId) -> Result<PathBuf> {
	let gateway = gateway_as(stage.network, ALPHA, &stage.cast.physician)?;
	let listed = gateway.records(&handle).await?;
	let summary = listed.records.iter().find(|one| one.record == record).context("the ward's list lacks a record")?;
	file_of(&stage.network.gateways[ALPHA].vault(), &summary.content.0)
}

/// A fresh permit and what it releases, as it comes over the wire.
async fn release_to_cardiologist(stage: &Stage<'_>, handle: PatientHandle) -> Result<(Release, OneTimeKeys)> {
	let cast = &stage.cast;
	let gateway = gateway_as(stage.network, BETA, &cast.cardiologist)?;
	let identity = cast.cardiologist.identity()?;
	let asking = Asking {
		gateway: &gateway,
		key: identity.practitioner(&cast.cardiologist.name)?,
		genesis: stage.chain().await?.genesis().await?,
		handle,
		custodian: institution(ALPHA),
	};
	let (answer, keys) = asking.request(&GRANTED, "Second opinion").await?;
	let release = asking.fetch(answer.permit.context("there is no permit")?, &keys).await?;
	Ok((release, keys))
}

pub(super) async fn stranger_and_flood(stage: &mut Stage<'_>, telling: &mut Telling) -> Result<()> {
	let stranger = &stage.cast.stranger;
	let own = text(&stranger.public().await?, "/account/account")?.to_owned();
	let answer = stranger.salus(&["member", "add-gateway", &own]).await?;
	let refused = answer.exit == exit::FAILED && answer.error_code() == "not_accepted";
	telling.expect("a transaction of an account that nobody admitted dies in the pool", refused, answer.message());
	let rpc = stage.network.validators[ALPHA].rpc()?;
	let identity = stranger.identity()?;
	let key = identity.account(&stranger.name)?.account().0;
	telling.expect_equal("nothing of it waits there", pending_of(&rpc, &key).await?, 0);

	// Something to revoke.
	let (handle, grantee) = (stage.selma()?, institution(GAMMA).to_string());
	let arguments = ["consent", "grant", &handle.to_string(), "--to", &grantee, "--category", "laboratory"];
	let granted = stage.cast.selma.does(&arguments).await?;
	let capability = CapabilityId(number(&granted, "/capability")?);
	telling.say_in_block(block(&granted)?, "Selma grants Gamma her laboratory, and thinks better of it.");

	telling.busy("signing a flood");
	let operator = &stage.cast.operators[DELTA];
	let operator_key = operator.identity()?.account(&operator.name)?.pair().clone();
	let delta = stage.network.chain(DELTA).await?;
	let mut flood = Flood::prepare(&delta, &operator_key, rpc.clone(), FLOOD).await?;
	telling.busy("filling the pool");
	let revoked = revoke_in_full_pool(stage, &mut flood, handle, capability).await?;
	let outcome = format!("{} of {POOL_LIMIT} transactions, of 64 anchors each", revoked.waiting);
	telling.expect("Alpha's pool is full of Delta's anchors", revoked.waiting >= POOL_LIMIT * 9 / 10, outcome);
	let included = revoked.included.block.number;
	let outcome = format!("taken after block {}, included in block {included}", revoked.accepted_at);
	telling.expect(
		"it takes a revocation, which is in the next block that was begun",
		revoked.passed_over == 0,
		outcome,
	);

	telling.busy("waiting for the pool to empty");
	let removed = flood.end(&delta, &operator_key).await?;
	telling.say_in_block(removed, "Delta's operator removes the flooding accounts.");
	let emptied =
		until("an empty pool", DRAIN_LIMIT, || async { Ok((pending(&rpc).await? < POOL_LIMIT / 10).then_some(())) });
	telling.expect("the pool empties", emptied.await.is_ok(), format!("{} wait", pending(&rpc).await?));
	Ok(())
}

struct Revoked {
	/// Transactions in the pool just before.
	waiting: usize,
	/// Height of the best block when the pool had taken the transaction.
	accepted_at: u32,
	/// Blocks without it that were begun when its author could know of it.
	passed_over: usize,
	included: InBlock,
}

/// Selma revokes by her key when the pool is full, early in a slot.
async fn revoke_in_full_pool(
	stage: &Stage<'_>,
	flood: &mut Flood,
	handle: PatientHandle,
	capability: CapabilityId,
) -> Result<Revoked> {
	let selma = &stage.cast.selma;
	let identity = selma.identity()?;
	let root = identity.patient(&selma.name)?;
	let index = selma.handle_index(&handle)?;
	let key = root.handle_key(index);
	let (chain, grantee) = (stage.chain().await?, institution(GAMMA));
	let actor = Actor {
		institution: None,
		account: Account(key.public_key().0),
		practitioner: None,
		roles: Vec::new(),
		departments: Vec::new(),
		on_behalf: false,
	};
	let mut entry =
		FullEntry::new(Act::Revoke, salus_client::now(), actor, "the patient's own decision, by the patient's key");
	(entry.patient, entry.custodian) = (Some(handle), Some(institution(ALPHA)));
	(entry.grantee, entry.capability) = (Some(grantee), Some(capability));
	let mut opening = entry.seal()?;
	let call = calls::consent::revoke_capability(handle, grantee, capability, opening.commitment);

	let revoked = submit_when_full(&chain, &stage.network.validators[ALPHA].rpc()?, flood, &key, &call).await?;
	place(&mut opening, handle, &revoked.included)?;
	let url = stage.network.gateways[ALPHA].url();
	let gateway = Gateway::new(&url, institution(ALPHA), Some(root.http_signer(handle, index)))?;
	gateway.deliver_own_openings(&handle, &OpeningsDelivery { openings: vec![opening] }).await?;
	Ok(revoked)
}

fn place(opening: &mut EntryOpening, handle: PatientHandle, included: &InBlock) -> Result<()> {
	let (chain, sequence) = included.events.entry_recorded().context("the act left no entry")?;
	ensure!(chain == AuditChain::Patient(handle), "the entry stands in another chain");
	(opening.chain, opening.sequence) = (Some(chain), Some(sequence));
	Ok(())
}

/// Fills the pool after a block, and submits before the next one. What a block took out meanwhile is filled up after the next.
async fn submit_when_full(chain: &Chain, rpc: &Rpc, flood: &mut Flood, key: &Keypair, call: &Call) -> Result<Revoked> {
	let mut expected = 0;
	loop {
		let before = chain.best_head().await?.number;
		let block = until("the next block", BLOCK_LIMIT, || async {
			let best = chain.best_head().await?.number;
			Ok((best > before).then_some(best))
		})
		.await?;
		// The pool is sorted anew after a block; until then it seems empty.
		let waiting = until("the pool's view of the block", BLOCK_LIMIT, || async {
			let waiting = pending(rpc).await?;
			Ok((waiting >= expected / 2 || waiting > 0).then_some(waiting))
		})
		.await?;
		let (taken, refusal) = flood.send(POOL_LIMIT.saturating_sub(waiting)).await?;
		if let Some(refusal) = refusal {
			anyhow::bail!("the pool refused the flood before it was full, with {waiting} and {taken} in it: {refusal}");
		}
		expected = pending(rpc).await?;
		if expected >= POOL_LIMIT * 9 / 10 && chain.best_head().await?.number == block {
			let submission = chain.submit(key, call).await?;
			let (accepted, accepted_at) = (salus_client::now(), chain.best_head().await?.number);
			let included = submission.finalized().await?;
			let mut passed_over = 0;
			for number in accepted_at + 1..included.block.number {
				let begun = chain.time_at(&chain.block_at(number).await?).await?;
				passed_over += usize::from(begun > accepted + GOSSIP);
			}
			return Ok(Revoked { waiting: expected, accepted_at, passed_over, included });
		}
	}
}
