//! What the consortium stores, with its invariants.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use salus_primitives::{
	Department, InstitutionId, InstitutionKind, MemberStatus, Moment, StaffRole, MAX_DEPARTMENTS, MAX_ROLES,
};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// Longest name of an institution, bytes of UTF-8.
pub const MAX_NAME_LEN: u32 = 64;
/// Largest number of past suspensions that an institution remembers.
pub const MAX_PERIODS: u32 = 16;

/// The public name of an institution: UTF-8, not empty.
pub type InstitutionName = BoundedVec<u8, ConstU32<MAX_NAME_LEN>>;

/// How much weight the signers of an institution may use, in picoseconds of reference time per block.
///
/// What is not used is not saved up beyond the burst (`BurstBlocks` blocks' worth). Zero stops the lane.
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
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
pub struct Quota {
	/// For the bulk lane: anchors and receipts.
	pub bulk: u64,
	/// For the lane of decisions.
	pub decisions: u64,
}

/// A member of the consortium.
///
/// `invalid_from` is set exactly while the status is not active.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Institution<AccountId> {
	/// What it is; decides which purposes it may claim. Never changes.
	pub kind: InstitutionKind,
	/// Its public name.
	pub name: InstitutionName,
	/// The account that administers it and holds its council seat while it is active. The last one after deactivation.
	pub operator: AccountId,
	/// Whether it may act.
	pub status: MemberStatus,
	/// When it joined, milliseconds.
	pub admitted_at: Moment,
	/// First millisecond at which it is no member any more, milliseconds; `None` for a permanent one.
	pub until: Option<Moment>,
	/// Statements of its staff and accounts from this time on do not count, milliseconds.
	pub invalid_from: Option<Moment>,
	/// What its transactions may use.
	pub quota: Quota,
}

impl<AccountId> Institution<AccountId> {
	/// Whether it may act, unless its time is over. Both fields must say so: a state that contradicts itself counts as
	/// inactive.
	pub fn is_active(&self) -> bool {
		self.status == MemberStatus::Active && self.invalid_from.is_none()
	}
}

/// A time in the past during which an institution's statements do not count: `from` included, `until` not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Period {
	/// First millisecond that does not count.
	pub from: Moment,
	/// First millisecond that counts again.
	pub until: Moment,
}

impl Period {
	/// Whether the time lies in the period.
	pub fn contains(&self, at: Moment) -> bool {
		self.from <= at && at < self.until
	}
}

/// What an institution says about a practitioner when it writes the entry.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct PractitionerRecord {
	/// Ed25519 key (RFC 8032) that signs requests.
	pub signing_key: [u8; 32],
	/// `blake2_256` of the X-Wing public key under which records are wrapped.
	pub encryption_key_hash: [u8; 32],
	/// What the person does there: at least one, none twice.
	pub roles: BoundedVec<StaffRole, ConstU32<MAX_ROLES>>,
	/// Where the person works: lower-case codes, none twice.
	pub departments: BoundedVec<Department, ConstU32<MAX_DEPARTMENTS>>,
	/// First millisecond at which the entry is valid.
	pub valid_from: Moment,
	/// First millisecond at which it is valid no more.
	pub valid_until: Moment,
	/// Whether the person may open a record in an emergency.
	pub emergency_authorised: bool,
}

/// An entry of the staff registry. A person at two institutions has two.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Practitioner {
	/// Where the entry belongs. Never changes.
	pub institution: InstitutionId,
	/// Ed25519 key (RFC 8032) that signs requests.
	pub signing_key: [u8; 32],
	/// `blake2_256` of the X-Wing public key under which records are wrapped.
	pub encryption_key_hash: [u8; 32],
	/// What the person does there.
	pub roles: BoundedVec<StaffRole, ConstU32<MAX_ROLES>>,
	/// Where the person works.
	pub departments: BoundedVec<Department, ConstU32<MAX_DEPARTMENTS>>,
	/// First millisecond at which the entry is valid.
	pub valid_from: Moment,
	/// First millisecond at which it is valid no more.
	pub valid_until: Moment,
	/// Whether the person may open a record in an emergency.
	pub emergency_authorised: bool,
	/// Statements of the person from this time on do not count, milliseconds. Set once the entry was ended; only ever
	/// moves to an earlier time.
	pub invalid_from: Option<Moment>,
}

impl Practitioner {
	/// The entry that an institution's record makes.
	pub fn new(institution: InstitutionId, record: PractitionerRecord) -> Self {
		let PractitionerRecord {
			signing_key,
			encryption_key_hash,
			roles,
			departments,
			valid_from,
			valid_until,
			emergency_authorised,
		} = record;
		Self {
			institution,
			signing_key,
			encryption_key_hash,
			roles,
			departments,
			valid_from,
			valid_until,
			emergency_authorised,
			invalid_from: None,
		}
	}

	/// Whether the entry itself covers this time; its institution's state is another question.
	pub fn covers(&self, at: Moment) -> bool {
		self.valid_from <= at && at < self.valid_until && self.invalid_from.is_none_or(|from| at < from)
	}
}

/// The part of the pool and of the quotas that a transaction belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Lane {
	/// What a patient is entitled to: grant, revoke, rotate, retire.
	PatientRights,
	/// Access requests and emergencies.
	Decisions,
	/// Anchors, receipts, registration.
	Bulk,
	/// Council, keys, staff and housekeeping.
	Governance,
}

impl Lane {
	/// Every lane.
	pub const ALL: [Self; 4] = [Self::PatientRights, Self::Decisions, Self::Bulk, Self::Governance];

	/// Priority in the pool. The steps are so far apart that nothing a lower lane adds reaches the next one.
	pub const fn priority(self) -> u64 {
		match self {
			Self::PatientRights => 1 << 48,
			Self::Decisions => 1 << 40,
			Self::Governance => 1 << 32,
			Self::Bulk => 1 << 24,
		}
	}
}

/// A leaky bucket: what was used and has not leaked back yet.
#[derive(
	Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Bucket<BlockNumber> {
	/// Picoseconds of reference time in use at block `at`.
	pub level: u64,
	/// The block of the last debit.
	pub at: BlockNumber,
}

/// An account on its way out.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Retirement<AccountId, BlockNumber> {
	/// Who.
	pub account: AccountId,
	/// The block from which it may go.
	pub due: BlockNumber,
}
