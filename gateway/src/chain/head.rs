//! The finalized head that a decision rests on.

use super::ChainPort;
use crate::failure::Failure;
use salus_client::wire::BlockId;
use salus_primitives::Moment;

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
	/// 503 when the node does not answer, or only knows an old head.
	pub async fn fresh(chain: &dyn ChainPort, max_age: Moment) -> Result<Self, Failure> {
		let head = Self::any(chain).await?;
		match head.age(salus_client::now()) <= max_age {
			true => Ok(head),
			false => Err(Failure::head_too_old()),
		}
	}

	/// Its age, milliseconds.
	pub fn age(&self, now: Moment) -> Moment {
		now.saturating_sub(self.time)
	}
}
