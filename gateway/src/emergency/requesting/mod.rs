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
use std::time::Duration;

/// How long one other gateway may take before the next is asked.
const PATIENCE: Duration = Duration::from_secs(3);

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
