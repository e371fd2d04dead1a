//! The requester's part: own staff asks in an emergency, fetches, ends, and hands over.

mod asking;
mod file;
mod handover;
mod session;

pub use asking::ask;
pub(crate) use asking::shift_key;
pub use file::file;
pub use handover::{hand_over, handed_over, leave_key, receiver_key};
pub use session::{challenge, end, fetch, view, Ending, OwnSession};

use crate::{failure::Failure, staff::Staff};
use futures::stream::{FuturesUnordered, StreamExt};
use salus_primitives::InstitutionId;
use std::{future::Future, time::Duration};
use tokio::time::{timeout_at, Instant};

/// How long one other gateway may take before the next is asked as well.
const PATIENCE: Duration = Duration::from_millis(if cfg!(test) { 300 } else { 3_000 });
/// How long they may take altogether. One that is busy is better than none.
const LONGEST: Duration = Duration::from_secs(20);

/// Asks one gateway after the other, the next one when the last said no or let [`PATIENCE`] pass, until one has an answer. Those that were asked
/// before may still give it.
async fn first<T, A: Future<Output = Option<T>>>(
	gateways: impl Iterator<Item = InstitutionId>,
	ask: impl Fn(InstitutionId) -> A,
) -> Option<T> {
	let (mut gateways, mut asked) = (gateways.peekable(), FuturesUnordered::new());
	let deadline = Instant::now() + LONGEST;
	loop {
		asked.extend(gateways.next().map(&ask));
		let is_last = gateways.peek().is_none();
		let until = if is_last { deadline } else { Instant::now() + PATIENCE };
		match timeout_at(until, asked.next()).await {
			Ok(Some(Some(answer))) => return Some(answer),
			Ok(None) | Err(_) if is_last => return None,
			_ => {}
		}
	}
}

/// Refuses staff that may not ask in an emergency.
///
/// # Errors
/// 403.
pub fn authorised(staff: Staff) -> Result<Staff, Failure> {
	match salus_client::emergency::may_ask(&staff.info) {
		true => Ok(staff),
		false => Err(Failure::not_entitled(
			"only physicians, nurses and paramedics whom the staff registry authorises for emergencies may do this",
			"Ask your emergency desk.",
		)),
	}
}

fn own_patient() -> Failure {
	Failure::conflict(
		"the patient's records are kept by this institution",
		"Read them in the own system: record the encounter as a care relationship.",
	)
}

/// Another statement with a one-time element that stands on chain for everybody to read. It must not take the place of the one that was asked with.
pub(crate) fn another_request() -> Failure {
	Failure::conflict("another statement was made with the same one-time element", "Begin anew, with one of your own.")
}
