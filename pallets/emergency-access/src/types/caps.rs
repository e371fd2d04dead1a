//! Counts of a day, against which caps are held.

use super::ShiftTag;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use salus_primitives::{Moment, DAY};
use scale_info::TypeInfo;

/// Practitioners of one institution whose requests of a day are told apart; those of further ones are left to people.
pub const MAX_SHIFTS: u32 = 256;

/// Requests of one kind that an institution made on one day (UTC), as far as they are counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct DayUse {
	/// Days since 1970-01-01.
	pub day: u64,
	/// Of the whole institution.
	pub requests: u32,
	/// Of each practitioner that asked.
	pub shifts: BoundedVec<(ShiftTag, u32), ConstU32<MAX_SHIFTS>>,
}

impl DayUse {
	/// The use as it stands at this time: a new day begins at zero.
	pub(crate) fn at(self, now: Moment) -> Self {
		let day = now / DAY;
		if self.day == day {
			self
		} else {
			Self { day, ..Default::default() }
		}
	}

	/// With one more request of this practitioner; `None` when a cap is reached, or there is no room to tell another
	/// practitioner apart.
	pub(crate) fn with_one_more(mut self, tag: &ShiftTag, shift_cap: u32, institution_cap: u32) -> Option<Self> {
		if self.requests >= institution_cap || shift_cap == 0 {
			return None;
		}
		match self.shifts.iter_mut().find(|(shift, _)| shift == tag) {
			Some((_, requests)) if *requests >= shift_cap => return None,
			Some((_, requests)) => *requests = requests.checked_add(1)?,
			None => self.shifts.try_push((*tag, 1)).ok()?,
		}
		self.requests = self.requests.checked_add(1)?;
		Some(self)
	}
}
