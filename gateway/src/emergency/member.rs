//! This institution as a member of committees: its guardian key on chain, and its part in the making of keys.
//!
//! Nothing is kept between two rounds. What has to be done follows from the chain and the guardian key, so that a crash at any point costs a
//! round and nothing else.

use super::seats::by_kind;
use crate::{
	chain::{Head, Transaction},
	concerns::Concern,
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
use salus_runtime_api::{CommitteeInfo, CommitteeStatus};
use salus_threshold::{committee::prove_sealing_key, dealing::Dealing, rand_core::OsRng};
use std::{collections::BTreeSet, sync::Arc};

/// One round: registers the guardian key when the configuration says so, then does what is missing in each committee: in all of the consortium's, and
/// in the next of those that patients chose.
///
/// # Errors
/// The chain. What one committee lacks does not keep the others waiting.
pub async fn take_part(service: &Arc<Service>) -> Result<(), Failure> {
	let Some(keys) = &service.guardian else { return Ok(()) };
	let head = service.head().await?;
	register_key(service, &head, keys).await?;
	let (consortium, personal) = by_kind(service.chain.committees_of_institution(&head.block, service.own).await?);
	let mut first_failure = Ok(());
	let mut crippled = BTreeSet::new();
	for id in consortium {
		let Some(committee) = service.chain.committee(&head.block, id).await? else { continue };
		if lacks_votes(&committee) {
			crippled.insert(Concern::TooFewVotes(id));
		}
		first_failure = first_failure.and(step(service, &head, keys, committee).await.map(drop));
	}
	service.concerns.replace(|concern| matches!(concern, Concern::TooFewVotes(_)), crippled);
	first_failure.and(take_seats(service, &head, keys, &personal).await)
}

/// Whether too many of its guardians have another key than it was formed with, or are suspended.
fn lacks_votes(committee: &CommitteeInfo<Account>) -> bool {
	let lost = committee.members.iter().filter(|member| !member.counts).count();
	committee.status == CommitteeStatus::Active && lost > usize::from(committee.n.saturating_sub(committee.k))
}

/// A round in the committees of patients. Seats are taken within the bound of the configuration; which are taken has to be known first.
async fn take_seats(
	service: &Arc<Service>,
	head: &Head,
	keys: &GuardianKeys,
	personal: &[CommitteeId],
) -> Result<(), Failure> {
	let seats = &service.desk.seats;
	let mut forming = Vec::new();
	for id in seats.turn(personal) {
		let committee = service.chain.committee(&head.block, id).await?;
		let is_named = committee.as_ref().is_some_and(|committee| !has_confirmed(service, committee));
		let is_over = committee
			.as_ref()
			.is_none_or(|committee| matches!(committee.status, CommitteeStatus::Failed | CommitteeStatus::Retired));
		seats.note(id, !is_named && !is_over);
		let is_open = |committee: &CommitteeInfo<Account>| is_named && !is_over || has_failed(committee);
		forming.extend(committee.filter(is_open));
	}
	let (mut first_failure, mut declined) = (Ok(()), false);
	let bound = service.config.emergency.personal_duties;
	for committee in forming {
		let Some(taken) = seats.taken(personal) else { break };
		if !bound.has_room(taken) && !has_failed(&committee) {
			declined = true;
			continue;
		}
		let id = committee.id;
		match step(service, head, keys, committee).await {
			Ok(has_confirmed) => seats.note(id, has_confirmed),
			Err(failure) => first_failure = first_failure.and(Err(failure)),
		}
	}
	// Who takes no seat at all has decided so.
	service.concerns.set(Concern::SeatsDeclined, declined && bound.has_room(0));
	first_failure
}

/// Whether it ran out unfinished, and nobody has ended it yet.
fn has_failed(committee: &CommitteeInfo<Account>) -> bool {
	committee.status == CommitteeStatus::Failed
}

/// Whether this institution holds a share of the committee's key, or proved to.
fn has_confirmed(service: &Service, committee: &CommitteeInfo<Account>) -> bool {
	let own = Guardian::Institution(service.own);
	committee.members.iter().any(|member| member.guardian == own && member.confirmed)
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

/// Does what is missing in one committee. Tells whether this institution confirmed its share.
async fn step(
	service: &Service,
	head: &Head,
	keys: &GuardianKeys,
	committee: CommitteeInfo<Account>,
) -> Result<bool, Failure> {
	let is_forming = matches!(committee.status, CommitteeStatus::Dealing | CommitteeStatus::Confirming);
	if !is_forming && !has_failed(&committee) && committee.pending.is_none() {
		return Ok(false);
	}
	let genesis = service.genesis().await?;
	let id = committee.id;
	let seen = Seen::with_dealings(service, head, committee).await?;
	let own = Guardian::Institution(service.own);
	let step = match next_step(&seen.case(&genesis, head, &own, keys), &mut OsRng) {
		Ok(Some(step)) => step,
		Ok(None) => return Ok(false),
		Err(error) => {
			if service.desk.is_first(id, error) {
				tracing::error!(committee = %id, %error, "this institution cannot take part in a committee");
			}
			return Ok(false);
		}
	};
	let is_confirmation = matches!(step, Step::Confirm(_));
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
		Ok(_) => {
			tracing::info!(committee = %id, "this institution {what}");
			Ok(is_confirmation)
		}
		// Others did it first, or the last submission of a run that broke off got there: the next head shows.
		Err(error @ (ChainError::Refused(_) | ChainError::NotAccepted { .. })) => {
			tracing::warn!(committee = %id, %error, "the chain did not take a step in a committee");
			Ok(false)
		}
		Err(error) => Err(error.into()),
	}
}

/// A committee with its dealings, at one head.
struct Seen {
	committee: CommitteeInfo<Account>,
	dealings: Vec<(u16, Dealing)>,
	reshared: Vec<(u16, Dealing)>,
}

impl Seen {
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
