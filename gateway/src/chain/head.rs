//! The finalized head that a decision rests on.

use super::ChainPort;
use crate::failure::Failure;
use salus_client::wire::BlockId;
use salus_primitives::{Moment, SECOND};

/// How far a head's time may lie ahead of this machine's clock. A validator can shift slot time only within the limits of Aura: beyond that, it
/// is this clock that is slow, and every age that it tells is too low.
const MAX_AHEAD: Moment = 30 * SECOND;

/// A finalized block that is young enough to decide on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
	/// The block.
	pub block: BlockId,
	/// Its slot time.
	pub time: Moment,
}

impl Head {
	/// The finalized head, whatever its age.
	///
	/// # Errors
	/// 503 when the node does not answer.
	pub async fn any(chain: &dyn ChainPort) -> Result<Self, Failure> {
		let block = chain.finalized_head().await?;
		Ok(Self { block, time: chain.time_at(&block).await? })
	}

	/// The finalized head, when it is at most `max_age` milliseconds old by this machine's clock: what was revoked since may not be
	/// in an older one.
	///
	/// # Errors
	/// 503 when the node does not answer, or only knows an old head, or one that lies further in the future than clocks differ.
	pub async fn fresh(chain: &dyn ChainPort, max_age: Moment) -> Result<Self, Failure> {
		let head = Self::any(chain).await?;
		let now = salus_client::now();
		if head.time > now.saturating_add(MAX_AHEAD) {
			return Err(Failure::head_in_future());
		}
		match head.age(now) <= max_age {
			true => Ok(head),
			false => Err(Failure::head_too_old()),
		}
	}

	/// The moment to compare ends and beginnings with: what the chain says is over is over, also when this machine's clock is behind.
	pub fn now(&self) -> Moment {
		self.time.max(salus_client::now())
	}

	/// Its age, milliseconds.
	pub fn age(&self, now: Moment) -> Moment {
		now.saturating_sub(self.time)
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::testing::Ward;
	use salus_client::wire::codes;

	#[tokio::test]
	async fn a_head_is_refused_when_it_is_too_old_or_lies_in_the_future() {
		let ward = Ward::new();
		let fresh =
			|| async { Head::fresh(&ward.chain, 60 * SECOND).await.map_err(|failure| failure.code().to_owned()) };
		ward.chain.world().head_ahead = MAX_AHEAD / 2;
		let head = fresh().await.unwrap();
		assert_eq!(head.now(), head.time, "the chain is ahead of this clock");
		ward.chain.world().head_ahead = 2 * MAX_AHEAD;
		assert_eq!(fresh().await, Err(codes::HEAD_TOO_OLD.to_owned()));
		let any = Head::any(&ward.chain).await.unwrap();
		assert!(any.time > salus_client::now(), "what decides nothing is still told");
		ward.chain.world().head_ahead = 0;
		let head = fresh().await.unwrap();
		assert!(head.now() >= head.time);
		ward.chain.world().head_age = 120 * SECOND;
		assert_eq!(fresh().await, Err(codes::HEAD_TOO_OLD.to_owned()));
	}
}
