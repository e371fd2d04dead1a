//! This institution as a member of committees: its guardian key on chain, and its part in the making of keys.
//!
//! Nothing is kept between two rounds. What has to be done follows from the chain and the guardian key, so that a crash at any point costs a
//! round and nothing else.

use crate::{
	chain::{Head, Transaction},
	config::KeyRegistration,
	failure::Failure,
	keys::GuardianKeys,
	service::Service,
};
use codec::Encode;
use salus_client::{
	chain::ChainError,
	emergency::formation::{next_step, recover_share, FormationCase, FormationError, OwnShare, Step},
	wire::Account,
};
use salus_primitives::{CommitteeId, Guardian};
use salus_runtime_api::CommitteeInfo;
use salus_threshold::{committee::prove_sealing_key, dealing::Dealing, rand_core::OsRng};
use std::sync::Arc;

/// One round: registers the guardian key when the configuration says so, then does what is missing in each committee.
///
/// # Errors
/// The chain. What one committee lacks does not keep the others waiting.
pub async fn take_part(service: &Arc<Service>) -> Result<(), Failure> {
	let Some(keys) = &service.guardian else { return Ok(()) };
	let head = service.head().await?;
	register_key(service, &head, keys).await?;
	let mut first_failure = Ok(());
	for id in service.chain.committees_of_institution(&head.block, service.own).await? {
		let outcome = step(service, &head, keys, id).await;
		first_failure = first_failure.and(outcome);
	}
	first_failure
}

async fn register_key(service: &Service, head: &Head, keys: &GuardianKeys) -> Result<(), Failure> {
	let (sealing, kem_hash) = (keys.sealing().public().to_bytes(), keys.kem().public().hash());
	let known = service.chain.guardian_key(&head.block, service.own).await?;
	let is_wanted = match (known, service.config.emergency.register_key) {
		(Some(known), _) if (known.sealing, known.kem_hash) == (sealing, kem_hash) => false,
		(Some(_), KeyRegistration::Replace) => true,
		// Replacing it would void this institution's votes: that is for the operator to say.
		(Some(_), _) | (None, KeyRegistration::Never) => false,
		(None, _) => true,
	};
	if !is_wanted {
		return Ok(());
	}
	let genesis = service.genesis().await?;
	let proof = prove_sealing_key(&genesis, &service.own.encode(), keys.sealing(), &mut OsRng);
	service.chain.submit(Transaction::RegisterGuardianKey { sealing, kem_hash, proof }).await?;
	tracing::info!("the guardian key was registered");
	Ok(())
}

/// What is missing in one committee.
async fn step(service: &Service, head: &Head, keys: &GuardianKeys, id: CommitteeId) -> Result<(), Failure> {
	let genesis = service.genesis().await?;
	let Some(seen) = Seen::read(service, head, id).await? else { return Ok(()) };
	let own = Guardian::Institution(service.own);
	let step = match next_step(&seen.case(&genesis, head, &own, keys), &mut OsRng) {
		Ok(Some(step)) => step,
		Ok(None) => return Ok(()),
		Err(error) => {
			if service.desk.is_first(id, error) {
				tracing::error!(committee = %id, %error, "this institution cannot take part in a committee");
			}
			return Ok(());
		}
	};
	let (what, transaction) = match step {
		Step::Deal(dealing) => ("dealt", Transaction::PostDealing { committee: id, dealing }),
		Step::Dispute { dealer, dispute } => {
			tracing::error!(committee = %id, dealer, "a dealer gave this institution a wrong share: it is disputed");
			("disputed", Transaction::DisputeDealing { committee: id, dealer, dispute })
		}
		Step::Confirm(proof) => ("confirmed its share", Transaction::ConfirmShare { committee: id, proof }),
		Step::Abandon => ("ended a formation whose time is over", Transaction::AbandonFormation { committee: id }),
	};
	match service.chain.submit(transaction).await {
		Ok(_) => tracing::info!(committee = %id, "this institution {what}"),
		// Others did it first, or the last submission of a run that broke off got there: the next head shows.
		Err(error @ (ChainError::Refused(_) | ChainError::NotAccepted { .. })) => {
			tracing::warn!(committee = %id, %error, "the chain did not take a step in a committee");
		}
		Err(error) => return Err(error.into()),
	}
	Ok(())
}

/// A committee with its dealings, at one head.
struct Seen {
	committee: CommitteeInfo<Account>,
	dealings: Vec<(u16, Dealing)>,
	reshared: Vec<(u16, Dealing)>,
}

impl Seen {
	async fn read(service: &Service, head: &Head, id: CommitteeId) -> Result<Option<Self>, Failure> {
		match service.chain.committee(&head.block, id).await? {
			Some(committee) => Self::with_dealings(service, head, committee).await.map(Some),
			None => Ok(None),
		}
	}

	async fn with_dealings(service: &Service, head: &Head, committee: CommitteeInfo<Account>) -> Result<Self, Failure> {
		let dealings = service.chain.dealings(&head.block, committee.id, committee.version).await?;
		let reshared = match &committee.pending {
			Some(pending) => service.chain.dealings(&head.block, committee.id, pending.version).await?,
			None => Vec::new(),
		};
		Ok(Self { committee, dealings, reshared })
	}

	fn case<'a>(
		&'a self,
		genesis: &'a [u8; 32],
		head: &Head,
		own: &'a Guardian<Account>,
		keys: &'a GuardianKeys,
	) -> FormationCase<'a> {
		FormationCase {
			genesis,
			now: head.time,
			committee: &self.committee,
			dealings: &self.dealings,
			reshared: &self.reshared,
			own,
			sealing: keys.sealing(),
		}
	}
}

/// This institution's share in a committee, found again from its dealings on chain.
///
/// # Errors
/// The chain; 500 when the share cannot be found, with the reason in the log.
pub async fn share(
	service: &Service,
	head: &Head,
	keys: &GuardianKeys,
	committee: &CommitteeInfo<Account>,
) -> Result<OwnShare, Failure> {
	let genesis = service.genesis().await?;
	let seen = Seen::with_dealings(service, head, committee.clone()).await?;
	let own = Guardian::Institution(service.own);
	let recovered = recover_share(&seen.case(&genesis, head, &own, keys));
	recovered
		.map_err(|error: FormationError| Failure::internal(format!("the share of committee {}: {error}", committee.id)))
}

#[cfg(test)]
mod tests;
