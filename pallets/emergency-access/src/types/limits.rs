//! Periods and caps that a consortium sets for itself.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use salus_primitives::{Moment, DAY, HOUR, MINUTE};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// Periods in milliseconds, caps per day (UTC). All of them are above zero, and what guardians have to do ends within the longest
/// validity of a committee.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EmergencyLimits {
	/// Time in which a committee or a resharing has to come about.
	pub formation: Moment,
	/// Longest validity of a set of members.
	pub committee_validity: Moment,
	/// Longest time that a patient may reserve for the own guardians before the consortium's committee is asked.
	pub fallback: Moment,
	/// For how long after that the consortium's committee may be asked. Then the own guardians come first again.
	pub fallback_window: Moment,
	/// Time in which guardians have to answer a request.
	pub request_validity: Moment,
	/// How long an approved session stays open.
	pub session_validity: Moment,
	/// Time in which an ended session has to be reviewed.
	pub review_period: Moment,
	/// Time in which guardians have to answer a locate request.
	pub locate_validity: Moment,
	/// Requests of one practitioner in a day; what exceeds them needs people and one more approval.
	pub shift_requests: u32,
	/// Requests of one institution in a day; as above.
	pub institution_requests: u32,
	/// Sessions of one institution that wait or are open at the same time; further ones need people and one more approval, and
	/// four times as many are a wall.
	pub open_sessions: u32,
	/// Locate requests of one practitioner in a day.
	pub shift_locates: u32,
	/// Locate requests of one institution in a day.
	pub institution_locates: u32,
	/// Patients that one custodian enters into the locate index in a day.
	pub enrolments: u32,
	/// Guardians that have to confirm a patient's dispute before it suspends a session.
	pub dispute_quorum: u32,
	/// Sessions that one institution suspends in a day alone, because the patient is there in person.
	pub suspensions: u32,
}

impl EmergencyLimits {
	/// Whether none is zero and the periods go together: else there would be no emergency access, or none that a patient's own
	/// guardians did not grant.
	pub fn is_valid(&self) -> bool {
		let of_guardians = [
			self.formation,
			self.fallback,
			self.fallback_window,
			self.request_validity,
			self.session_validity,
			self.locate_validity,
		];
		let caps = [
			self.shift_requests,
			self.institution_requests,
			self.open_sessions,
			self.shift_locates,
			self.institution_locates,
			self.enrolments,
			self.dispute_quorum,
			self.suspensions,
		];
		of_guardians.iter().all(|period| (1..self.committee_validity).contains(period))
			&& self.review_period > 0
			&& caps.iter().all(|cap| *cap > 0)
	}
}

impl Default for EmergencyLimits {
	fn default() -> Self {
		Self {
			formation: 7 * DAY,
			committee_validity: 400 * DAY,
			fallback: 30 * MINUTE,
			fallback_window: HOUR,
			request_validity: 30 * MINUTE,
			session_validity: HOUR,
			review_period: 7 * DAY,
			locate_validity: 10 * MINUTE,
			shift_requests: 10,
			institution_requests: 100,
			open_sessions: 64,
			shift_locates: 10,
			institution_locates: 50,
			enrolments: 1_000,
			dispute_quorum: 2,
			suspensions: 3,
		}
	}
}
