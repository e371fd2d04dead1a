//! The same decision by counting approvals, without any part of a key: what most break-glass systems do. A comparison only; nothing is released.

use anyhow::{Context, Result};
use futures::stream::{FuturesUnordered, StreamExt};
use salus_client::{
	chain::{calls, Chain, Keypair},
	primitives::InstitutionKind,
	wire::Account,
};
use salus_e2e::{council, ground::operator, network::OPERATORS};
use std::time::{Duration, Instant};

/// The seats that decide, and the threshold.
pub struct Counting {
	chain: Chain,
	voters: Vec<Keypair>,
	threshold: u32,
}

impl Counting {
	/// So many seats of the council, of which two do not vote, as one guardian is down and one sends garbage on the other side of the
	/// comparison. Members are admitted until there are seats enough.
	///
	/// # Errors
	/// When the chain refuses.
	pub async fn prepare(chain: Chain, seats: usize, threshold: u32) -> Result<Self> {
		let mut voters = (0..OPERATORS.len().min(seats)).map(operator).collect::<Result<Vec<_>>>()?;
		while voters.len() < seats {
			let key = Keypair::from_secret_key(salus_client::random_bytes())?;
			let name = format!("Counting Clinic {}", hex::encode(&key.public_key().0[..4]));
			let call = calls::consortium::admit_institution(InstitutionKind::Clinic, name, Account(key.public_key().0));
			council::decide_by(&voters, &chain, &call).await.context("one more seat")?;
			voters.push(key);
		}
		voters.truncate(seats - 2);
		Ok(Self { chain, voters, threshold })
	}

	/// One decision by the seat with this number: from its proposal until enough votes for it are final.
	///
	/// # Errors
	/// When the chain refuses.
	pub async fn decide(&self, proposer: usize) -> Result<Duration> {
		let proposer = &self.voters[proposer % self.voters.len()];
		// As many bytes as a request's id. When the motion is carried out the call fails, as it is not the council's to make.
		let call = calls::record_anchors::anchor_batch(salus_client::random_bytes(), 1);
		let began = Instant::now();
		let (motion, _) = self.chain.propose(proposer, &call, self.threshold).await?;
		let mut votes: FuturesUnordered<_> =
			self.voters.iter().map(|voter| self.chain.vote(voter, &motion, true)).collect();
		for _ in 0..self.threshold {
			votes.next().await.context("there are fewer votes than it takes")??;
		}
		let took = began.elapsed();
		while let Some(vote) = votes.next().await {
			vote?;
		}
		// Makes room for the next motion of this seat.
		self.chain.close(proposer, &motion).await?;
		Ok(took)
	}
}
