//! Committees of guardians: how the council forms one, and a guardian that lies.

use crate::{
	council::decide,
	ground::institution,
	network::{ALPHA, DELTA, EPSILON, GAMMA, ZETA},
	waiting::until,
};
use anyhow::{ensure, Context, Result};
use salus_client::{
	chain::{calls, Chain, ChainError, Keypair},
	primitives::{Commitment, CommitteeId, CommitteePurpose, EmergencyRequestId, Guardian, PatientHandle, DAY},
	wire::{Account, BlockId},
};
use salus_runtime_api::{CommitteeInfo, CommitteeStatus, EmergencySessionInfo, EmergencyStatus};
use salus_threshold::{
	envelope::EnvelopeLabel, part::DecryptionPart, rand_core::OsRng, request::RequestContext, share::Share,
};
use std::{collections::BTreeSet, time::Duration};
use tokio::task::JoinHandle;

/// The members that form the consortium's committee. Beta is none of them: it is where emergencies happen.
pub const GUARDIANS: [usize; 5] = [ALPHA, GAMMA, DELTA, EPSILON, ZETA];
/// How many of them open an envelope.
pub const ENOUGH: u16 = 3;
/// How long a committee of the local consortium is valid.
const VALIDITY_DAYS: u64 = 365;
/// How long a formation may take: a motion's call, dealings and confirmations, each a block or two.
pub const FORMATION_LIMIT: Duration = Duration::from_secs(180);
/// How often the liar looks for sessions to spoil.
const LOOK: Duration = Duration::from_millis(250);

/// The council decides that these members form a committee of which k are enough. Its number; the formation has only begun.
///
/// # Errors
/// When the council or the chain refuses.
pub async fn form(chain: &Chain, purpose: CommitteePurpose, members: &[usize], k: u16) -> Result<CommitteeId> {
	let members = members.iter().map(|member| institution(*member)).collect::<Result<Vec<_>>>()?;
	let until = chain.now().await? + VALIDITY_DAYS * DAY;
	let decided = decide(chain, &calls::emergency_access::form_committee(purpose, members, k, until)).await?;
	decided.events.committee_proposed().context("no committee was proposed")
}

/// Whether a committee consists of these members.
///
/// # Errors
/// Never for members of the consortium.
pub fn are_members(committee: &CommitteeInfo<Account>, members: &[usize]) -> Result<bool> {
	let wanted = members.iter().map(|member| Ok(Guardian::Institution(institution(*member)?)));
	let wanted = wanted.collect::<Result<Vec<Guardian<Account>>>>()?;
	Ok(committee.members.iter().map(|member| &member.guardian).eq(&wanted))
}

/// Waits until these members' gateways have registered their guardian keys.
///
/// # Errors
/// When one does not.
pub async fn wait_for_keys(chain: &Chain, members: &[usize]) -> Result<()> {
	for member in members {
		let institution = institution(*member)?;
		until(&format!("the guardian key of institution {institution}"), FORMATION_LIMIT, || async {
			Ok(chain.guardian_key(institution).await?.map(drop))
		})
		.await?;
	}
	Ok(())
}

/// Waits until a committee stands at this status.
///
/// # Errors
/// When it fails instead, or takes too long.
pub async fn wait_for(chain: &Chain, id: CommitteeId, wanted: CommitteeStatus) -> Result<CommitteeInfo<Account>> {
	until(&format!("committee {id} to be {wanted:?}"), FORMATION_LIMIT, || async {
		let info = chain.committee(id).await?.context("there is no such committee")?;
		ensure!(info.status == wanted || info.status != CommitteeStatus::Failed, "the committee failed: {info:?}");
		Ok((info.status == wanted).then_some(info))
	})
	.await
}

/// A guardian that answers each request with a part of another key, with a proof that is sound for that key. Dropping it ends it.
#[derive(Debug)]
pub struct Liar(JoinHandle<Result<()>>);

impl Liar {
	/// Votes with a guardian's account, in every session of a committee.
	pub fn start(chain: Chain, account: Keypair, committee: CommitteeId) -> Self {
		Self(tokio::spawn(async move { lie(&chain, &account, committee).await }))
	}

	/// Fails when it has stopped lying.
	///
	/// # Errors
	/// Why it stopped.
	pub async fn check(&mut self) -> Result<()> {
		match self.0.is_finished() {
			true => (&mut self.0).await?.context("the lying guardian stopped"),
			false => Ok(()),
		}
	}
}

impl Drop for Liar {
	fn drop(&mut self) {
		self.0.abort();
	}
}

/// Waits until the chain has named this guardian as one that lied, and no other, in a session about a patient.
///
/// # Errors
/// When it does not.
pub async fn wait_liar_named(chain: &Chain, handle: &PatientHandle, index: u16) -> Result<EmergencyRequestId> {
	until("the liar's name on chain", FORMATION_LIMIT, || async {
		for id in chain.emergency_sessions(handle).await? {
			let refused = chain.emergency_session(&id).await?.context("the session is gone")?.refused;
			ensure!(refused.iter().all(|refused| *refused == index), "the chain names {refused:?}");
			if !refused.is_empty() {
				return Ok(Some(id));
			}
		}
		Ok(None)
	})
	.await
}

/// The index of a member in the consortium's committee.
///
/// # Errors
/// When it is no guardian.
pub fn index_of(member: usize) -> Result<u16> {
	let position = GUARDIANS.iter().position(|guardian| *guardian == member);
	Ok(u16::try_from(position.context("the member is no guardian")? + 1)?)
}

async fn lie(chain: &Chain, account: &Keypair, committee: CommitteeId) -> Result<()> {
	let genesis = chain.genesis().await?;
	let mut answered = BTreeSet::new();
	loop {
		// Without waiting for finality: before the honest ones.
		let best = chain.best_head().await?;
		for id in chain.open_emergency_sessions_at(&best, committee).await? {
			if answered.insert(id) && !spoil(chain, &genesis, account, &best, id).await? {
				answered.remove(&id);
			}
		}
		tokio::time::sleep(LOOK).await;
	}
}

/// Whether nothing is left to do about a session.
async fn spoil(
	chain: &Chain,
	genesis: &[u8; 32],
	account: &Keypair,
	best: &BlockId,
	id: EmergencyRequestId,
) -> Result<bool> {
	let Some(session) = chain.emergency_session_at(best, &id).await? else { return Ok(true) };
	if session.status != EmergencyStatus::Requested {
		return Ok(true);
	}
	let key_id = chain.committee(session.committee).await?.and_then(|info| info.key_id).context("there is no key")?;
	let part = part_of_another_key(genesis, key_id, &session)?;
	let call = calls::emergency_access::approve_request(id, part, Commitment(salus_client::random_bytes()));
	match chain.submit_finalized(account, &call).await {
		// Too late: the honest ones were enough.
		Err(ChainError::Refused(_)) | Ok(_) => Ok(true),
		Err(error) if error.is_transient() => Ok(false),
		Err(error) => Err(error.into()),
	}
}

/// A part that a member could make who holds another share than its own.
///
/// # Errors
/// When the session's request does not verify.
pub fn part_of_another_key(
	genesis: &[u8; 32],
	key_id: [u8; 32],
	session: &EmergencySessionInfo,
) -> Result<DecryptionPart> {
	let mut bytes: [u8; 32] = salus_client::random_bytes();
	// Below the order of the group.
	bytes[31] &= 0x0f;
	let share = Share::from_bytes(&bytes).context("a share of zero")?;
	let part =
		DecryptionPart::make(&context(genesis, key_id, session), &session.point, &session.proof, 1, &share, &mut OsRng);
	part.map_err(|error| anyhow::anyhow!("the session's request is refused: {error:?}"))
}

/// What a session's proofs are bound to.
pub fn context(genesis: &[u8; 32], key_id: [u8; 32], session: &EmergencySessionInfo) -> RequestContext {
	RequestContext {
		label: EnvelopeLabel {
			genesis: *genesis,
			key_id,
			handle: session.handle.0,
			scope: session.tier.scope(),
			scope_epoch: session.epoch,
			number: u32::from(session.envelope),
		},
		committee: session.committee.0,
		version: session.version,
		requester: session.institution.0,
		key_hash: session.key_hash,
		header: session.header,
	}
}
