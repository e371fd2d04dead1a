//! What custodians seal for emergencies.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use salus_primitives::{Commitment, CommitteeId, InstitutionId, Moment};
use salus_threshold::committee::KeyId;
use scale_info::TypeInfo;

/// Most envelopes of one scope epoch for one committee: each has a bit in [`SealedSet::consumed`].
pub const MAX_ENVELOPES: u32 = 8;
/// Sets of envelopes of one scope: for a committee of the consortium, and for the patient's own.
pub const MAX_SEALED_SETS: u32 = 2;
/// Envelopes of a set that one institution may use up, within twice the time in which guardians have to answer, for requests that
/// come to nothing: a second and a third try have to be possible at once, and emptying the set has not.
pub const MAX_SPENT: usize = 3;
/// The last envelopes of a set are for institutions that have used up none in that time.
pub const RESERVED: usize = 2;

/// Commitments to one-time envelopes, by number from 0.
pub type Envelopes = BoundedVec<Commitment, ConstU32<MAX_ENVELOPES>>;

/// What is sealed for one patient and tier.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Scope {
	/// Epoch of the scope's secret. Each session that ends also ends the epoch in which it began.
	pub epoch: u32,
	/// Whether it is test data. Fixed by the first sealing for the patient, but test data may become real ones.
	pub drill: bool,
	/// What is sealed in this epoch, at most one set for a committee of the consortium and one for the patient's own.
	pub sealed: BoundedVec<SealedSet, ConstU32<MAX_SEALED_SETS>>,
}

impl Scope {
	/// The set for a committee, when there is one in this epoch.
	pub fn sealed_to(&self, committee: CommitteeId) -> Option<&SealedSet> {
		self.sealed.iter().find(|set| set.committee == committee)
	}
}

/// The envelopes of one epoch for one committee.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct SealedSet {
	/// Which committee.
	pub committee: CommitteeId,
	/// Whether it is the patient's own.
	pub personal: bool,
	/// The key that they are sealed to.
	pub key_id: KeyId,
	/// Salted commitments to the headers, by number. Empty when they were withdrawn.
	pub envelopes: Envelopes,
	/// Which numbers requests have used up in this epoch, bit 0 for number 0. Survives a withdrawal.
	pub consumed: u8,
	/// Who used them up, as far as no session became active by it. No number twice.
	pub spent: BoundedVec<Spent, ConstU32<MAX_ENVELOPES>>,
}

/// An envelope that was used up, and so far for nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Spent {
	/// Its number.
	pub number: u8,
	/// Who asked.
	pub institution: InstitutionId,
	/// When.
	pub at: Moment,
}

impl SealedSet {
	/// Whether a request has used this number up.
	pub fn is_consumed(&self, number: u8) -> bool {
		self.consumed & bit(number) != 0
	}

	/// Uses a number up; an error for a number that has no room, which only one that is used up already can lack.
	pub(crate) fn consume(&mut self, number: u8, institution: InstitutionId, now: Moment) -> Result<(), ()> {
		self.consumed |= bit(number);
		self.spent.try_push(Spent { number, institution, at: now }).map_err(|_| ())
	}

	/// Forgets who used a number up: guardians found that it was needed. The number stays used up.
	pub(crate) fn forgive(&mut self, number: u8) {
		self.spent.retain(|spent| spent.number != number);
	}

	/// Whether an institution may use up another envelope: it has not had too many for nothing since this moment, and leaves enough to
	/// those who had none. Else one stolen gateway could empty every patient's set, or keep the custodian beginning new epochs.
	pub(crate) fn leaves_enough(&self, institution: InstitutionId, since: Moment) -> bool {
		let lately = |spent: &&Spent| spent.institution == institution && since < spent.at;
		let spent = self.spent.iter().filter(lately).count();
		let numbers = (0u8..).take(self.envelopes.len());
		let unused = numbers.filter(|number| !self.is_consumed(*number)).count();
		spent == 0 || (spent < MAX_SPENT && unused > RESERVED)
	}
}

/// No bit for a number that no envelope can have.
fn bit(number: u8) -> u8 {
	1u8.checked_shl(number.into()).unwrap_or(0)
}
