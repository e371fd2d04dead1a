//! Weights of `pallet_emergency_access`.
//!
//! ESTIMATES by hand, until the benchmark machine writes this file, on the high side: storage reads and writes as the code
//! makes them, and CPU time of the group operations in wasm, at least five times the native one. A multiplication of a point
//! counts 0.1 ms, a decoded point 0.03 ms, a Schnorr proof 0.2 ms, a proof of equal logarithms 0.35 ms. The audit entry is not in
//! them: calls add `AuditLog::record_weight`. Proof size is left at zero: this chain has no relay chain that would need a proof.

use core::marker::PhantomData;
use frame_support::{
	traits::Get,
	weights::{constants::RocksDbWeight, RuntimeDbWeight, Weight},
};

/// Weight functions needed for `pallet_emergency_access`.
pub trait WeightInfo {
	/// Replacing a guardian key.
	fn register_guardian_key() -> Weight;
	/// Proposing a committee of `n` institutions.
	fn form_committee(n: u32) -> Weight;
	/// Checking and storing a dealing to `n` members, of whom as many are needed as may be.
	fn post_dealing(n: u32) -> Weight;
	/// Deriving the keys of `n` members, of whom as many are needed as may be, from `d` dealings.
	fn derive_keys(d: u32, n: u32) -> Weight;
	/// A founded dispute in the largest committee, when all dealings were there.
	fn dispute_dealing() -> Weight;
	/// The last proof of the largest committee, which takes the place of another one.
	fn confirm_share() -> Weight;
	/// Giving up the largest committee when all dealings were there.
	fn abandon_formation() -> Weight;
	/// Proposing a set of `n` institutions for a committee that has a key.
	fn reshare_committee(n: u32) -> Weight;
	/// Checking the dealing of a patient to `n` guardians, who take the place of others that are coming about.
	fn set_personal_committee(n: u32) -> Weight;
	/// Ending the largest personal committee and the largest one that is coming about.
	fn remove_personal_committee() -> Weight;
	/// Ending the largest committee during a resharing with all dealings.
	fn retire_committee() -> Weight;
	/// Setting the limits.
	fn set_limits() -> Weight;
	/// Sealing `e` envelopes in place of others, for a personal committee.
	fn seal_envelopes(e: u32) -> Weight;
	/// A request to the consortium's committee of the largest size, after one to the patient's own, on an institution's
	/// fullest day.
	fn request_emergency() -> Weight;
	/// A part that does not verify, after which too few guardians are left: all of the largest committee are looked at.
	fn approve_request() -> Weight;
	/// A rejection after which too few guardians of the largest committee are left.
	fn reject_request() -> Weight;
	/// Taking a request back.
	fn cancel_request() -> Weight;
	/// Closing a session.
	fn close_session() -> Weight;
	/// Closing a session whose time ran out.
	fn expire_session() -> Weight;
	/// Contradicting a session.
	fn dispute_session() -> Weight;
	/// The confirmation that suspends.
	fn confirm_dispute() -> Weight;
	/// Suspending a session.
	fn suspend_in_person() -> Weight;
	/// Reviewing a session whose review was overdue.
	fn review_session() -> Weight;
	/// Finding a review overdue.
	fn escalate_review() -> Weight;
	/// A request to the largest locate committee.
	fn request_locate() -> Weight;
	/// The part that completes.
	fn evaluate_locate() -> Weight;
	/// Ending `s` active sessions and dropping `l` locate sessions at the end of a block.
	fn expire_some(s: u32, l: u32) -> Weight;
}

/// Weights for `pallet_emergency_access` with the database weights of the runtime.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	fn register_guardian_key() -> Weight {
		estimate::register_guardian_key(T::DbWeight::get())
	}
	fn form_committee(n: u32) -> Weight {
		estimate::form_committee(n, T::DbWeight::get())
	}
	fn post_dealing(n: u32) -> Weight {
		estimate::post_dealing(n, T::DbWeight::get())
	}
	fn derive_keys(d: u32, n: u32) -> Weight {
		estimate::derive_keys(d, n, T::DbWeight::get())
	}
	fn dispute_dealing() -> Weight {
		estimate::dispute_dealing(T::DbWeight::get())
	}
	fn confirm_share() -> Weight {
		estimate::confirm_share(T::DbWeight::get())
	}
	fn abandon_formation() -> Weight {
		estimate::abandon_formation(T::DbWeight::get())
	}
	fn reshare_committee(n: u32) -> Weight {
		estimate::reshare_committee(n, T::DbWeight::get())
	}
	fn set_personal_committee(n: u32) -> Weight {
		estimate::set_personal_committee(n, T::DbWeight::get())
	}
	fn remove_personal_committee() -> Weight {
		estimate::remove_personal_committee(T::DbWeight::get())
	}
	fn retire_committee() -> Weight {
		estimate::retire_committee(T::DbWeight::get())
	}
	fn set_limits() -> Weight {
		estimate::set_limits(T::DbWeight::get())
	}
	fn seal_envelopes(e: u32) -> Weight {
		estimate::seal_envelopes(e, T::DbWeight::get())
	}
	fn request_emergency() -> Weight {
		estimate::request_emergency(T::DbWeight::get())
	}
	fn approve_request() -> Weight {
		estimate::approve_request(T::DbWeight::get())
	}
	fn reject_request() -> Weight {
		estimate::reject_request(T::DbWeight::get())
	}
	fn cancel_request() -> Weight {
		estimate::cancel_request(T::DbWeight::get())
	}
	fn close_session() -> Weight {
		estimate::close_session(T::DbWeight::get())
	}
	fn expire_session() -> Weight {
		estimate::expire_session(T::DbWeight::get())
	}
	fn dispute_session() -> Weight {
		estimate::dispute_session(T::DbWeight::get())
	}
	fn confirm_dispute() -> Weight {
		estimate::confirm_dispute(T::DbWeight::get())
	}
	fn suspend_in_person() -> Weight {
		estimate::suspend_in_person(T::DbWeight::get())
	}
	fn review_session() -> Weight {
		estimate::review_session(T::DbWeight::get())
	}
	fn escalate_review() -> Weight {
		estimate::escalate_review(T::DbWeight::get())
	}
	fn request_locate() -> Weight {
		estimate::request_locate(T::DbWeight::get())
	}
	fn evaluate_locate() -> Weight {
		estimate::evaluate_locate(T::DbWeight::get())
	}
	fn expire_some(s: u32, l: u32) -> Weight {
		estimate::expire_some(s, l, T::DbWeight::get())
	}
}

// For tests and other runtimes.
impl WeightInfo for () {
	fn register_guardian_key() -> Weight {
		estimate::register_guardian_key(RocksDbWeight::get())
	}
	fn form_committee(n: u32) -> Weight {
		estimate::form_committee(n, RocksDbWeight::get())
	}
	fn post_dealing(n: u32) -> Weight {
		estimate::post_dealing(n, RocksDbWeight::get())
	}
	fn derive_keys(d: u32, n: u32) -> Weight {
		estimate::derive_keys(d, n, RocksDbWeight::get())
	}
	fn dispute_dealing() -> Weight {
		estimate::dispute_dealing(RocksDbWeight::get())
	}
	fn confirm_share() -> Weight {
		estimate::confirm_share(RocksDbWeight::get())
	}
	fn abandon_formation() -> Weight {
		estimate::abandon_formation(RocksDbWeight::get())
	}
	fn reshare_committee(n: u32) -> Weight {
		estimate::reshare_committee(n, RocksDbWeight::get())
	}
	fn set_personal_committee(n: u32) -> Weight {
		estimate::set_personal_committee(n, RocksDbWeight::get())
	}
	fn remove_personal_committee() -> Weight {
		estimate::remove_personal_committee(RocksDbWeight::get())
	}
	fn retire_committee() -> Weight {
		estimate::retire_committee(RocksDbWeight::get())
	}
	fn set_limits() -> Weight {
		estimate::set_limits(RocksDbWeight::get())
	}
	fn seal_envelopes(e: u32) -> Weight {
		estimate::seal_envelopes(e, RocksDbWeight::get())
	}
	fn request_emergency() -> Weight {
		estimate::request_emergency(RocksDbWeight::get())
	}
	fn approve_request() -> Weight {
		estimate::approve_request(RocksDbWeight::get())
	}
	fn reject_request() -> Weight {
		estimate::reject_request(RocksDbWeight::get())
	}
	fn cancel_request() -> Weight {
		estimate::cancel_request(RocksDbWeight::get())
	}
	fn close_session() -> Weight {
		estimate::close_session(RocksDbWeight::get())
	}
	fn expire_session() -> Weight {
		estimate::expire_session(RocksDbWeight::get())
	}
	fn dispute_session() -> Weight {
		estimate::dispute_session(RocksDbWeight::get())
	}
	fn confirm_dispute() -> Weight {
		estimate::confirm_dispute(RocksDbWeight::get())
	}
	fn suspend_in_person() -> Weight {
		estimate::suspend_in_person(RocksDbWeight::get())
	}
	fn review_session() -> Weight {
		estimate::review_session(RocksDbWeight::get())
	}
	fn escalate_review() -> Weight {
		estimate::escalate_review(RocksDbWeight::get())
	}
	fn request_locate() -> Weight {
		estimate::request_locate(RocksDbWeight::get())
	}
	fn evaluate_locate() -> Weight {
		estimate::evaluate_locate(RocksDbWeight::get())
	}
	fn expire_some(s: u32, l: u32) -> Weight {
		estimate::expire_some(s, l, RocksDbWeight::get())
	}
}

/// The estimates themselves, the same for every database.
mod estimate {
	use super::*;

	const MICROSECOND: u64 = 1_000_000;
	/// Members of the largest committee.
	const MOST: u64 = 16;

	fn micros(micros: u64) -> Weight {
		Weight::from_parts(micros.saturating_mul(MICROSECOND), 0)
	}

	/// Storage: `Consortium::Gateways`, `Consortium::Institutions`, `EmergencyAccess::GuardianKeys` (r:1 w:1),
	/// `System::BlockHash`
	pub fn register_guardian_key(db: RuntimeDbWeight) -> Weight {
		micros(300).saturating_add(db.reads_writes(4, 1))
	}

	/// Storage: `EmergencyAccess::Limits`, `NextCommittee` (r:1 w:1), `Committees` (w:1); per member
	/// `Consortium::Institutions`, `EmergencyAccess::GuardianKeys` (r:1), `GuardianDuties` (w:1)
	pub fn form_committee(n: u32, db: RuntimeDbWeight) -> Weight {
		let n = u64::from(n);
		micros(60 + 10 * n).saturating_add(db.reads_writes(3 + 2 * n, 2 + n))
	}

	/// Storage: `Consortium::Gateways`, `Consortium::Institutions`, `EmergencyAccess::Committees` (r:1 w:1), `Resharing`
	/// (r:1 w:1), `GuardianKeys`, `System::BlockHash`, `EmergencyAccess::Dealings` (w:1)
	pub fn post_dealing(n: u32, db: RuntimeDbWeight) -> Weight {
		micros(500 + 45 * u64::from(n)).saturating_add(db.reads_writes(8, 3))
	}

	/// Storage: per dealing `EmergencyAccess::Dealings` (r:1)
	pub fn derive_keys(d: u32, n: u32, db: RuntimeDbWeight) -> Weight {
		let (d, n) = (u64::from(d), u64::from(n));
		micros(100 + 40 * d * n + 12 * n * n + 40 * n).saturating_add(db.reads(d))
	}

	/// Storage: as for posting, `EmergencyAccess::Dealings` (r:1 w:16), `GuardianDuties` (w:16), pointers (r:2 w:2), and the roles
	/// of 16 persons
	pub fn dispute_dealing(db: RuntimeDbWeight) -> Weight {
		micros(1_500 + 40 * MOST).saturating_add(ending(db)).saturating_add(db.reads_writes(8, 2))
	}

	/// Storage: as for posting, and what ends with the set or committee before
	pub fn confirm_share(db: RuntimeDbWeight) -> Weight {
		micros(400).saturating_add(ending(db)).saturating_add(db.reads_writes(10, 5))
	}

	/// Storage: `EmergencyAccess::Committees` (r:1 w:1), `Resharing` (r:1 w:1), and what ends
	pub fn abandon_formation(db: RuntimeDbWeight) -> Weight {
		micros(60).saturating_add(ending(db)).saturating_add(db.reads_writes(6, 2))
	}

	/// Storage: as for forming, `EmergencyAccess::Committees` (r:1 w:1), `Resharing` (r:1 w:1)
	pub fn reshare_committee(n: u32, db: RuntimeDbWeight) -> Weight {
		form_committee(n, db).saturating_add(micros(20)).saturating_add(db.reads_writes(2, 1))
	}

	/// Storage: handle and controller (r:4), `EmergencyAccess::Committees` (r:3 w:2), pointers (r:2 w:2), `Dealings` (w:1); per
	/// guardian its institution, key or role; and what ends of those that were coming about
	pub fn set_personal_committee(n: u32, db: RuntimeDbWeight) -> Weight {
		let guardians = u64::from(n);
		post_dealing(n, db)
			.saturating_add(micros(60 * guardians))
			.saturating_add(ending(db))
			.saturating_add(db.reads_writes(8 + 5 * guardians, 4 + 4 * guardians))
	}

	/// Storage: handle and controller (r:4), `EmergencyAccess::Committees` (r:2 w:2), pointers, and what ends of two
	pub fn remove_personal_committee(db: RuntimeDbWeight) -> Weight {
		micros(60).saturating_add(ending(db).saturating_mul(2)).saturating_add(db.reads_writes(8, 2))
	}

	/// Storage: `EmergencyAccess::Committees` (r:1 w:1), pointers, and what ends of two sets
	pub fn retire_committee(db: RuntimeDbWeight) -> Weight {
		micros(60).saturating_add(ending(db).saturating_mul(2)).saturating_add(db.reads_writes(6, 2))
	}

	/// Storage: `EmergencyAccess::Limits` (w:1)
	pub fn set_limits(db: RuntimeDbWeight) -> Weight {
		micros(10).saturating_add(db.writes(1))
	}

	/// Storage: `Consortium::Gateways`, `Consortium::Institutions`, handle (r:1), `Timestamp::Now`, `EmergencyAccess::Scopes`
	/// (r:2 w:2), `Committees` (r:1)
	pub fn seal_envelopes(e: u32, db: RuntimeDbWeight) -> Weight {
		micros(35 + u64::from(e)).saturating_add(db.reads_writes(8, 2))
	}

	/// Storage: `Consortium::Gateways`, `Consortium::Institutions` (r:2), handle (r:1), `System::BlockHash`, `Timestamp::Now`,
	/// `EmergencyAccess::Committees` (r:2), `PersonalCommittee` (r:1), `PersonalAttempts` (r:1), `Sessions` (r:2 w:1),
	/// `OpenSessions` (w:1), `SessionsOf` (w:1), `Scopes` (r:1 w:1), `EmergencyUse` (r:1 w:1), `OpenCount` (r:1 w:1),
	/// `OverdueUntil` (r:1), `Limits` (r:2); per guardian of either committee what says that it
	/// counts. Three proofs.
	pub fn request_emergency(db: RuntimeDbWeight) -> Weight {
		micros(1_100).saturating_add(standing(db).saturating_mul(2)).saturating_add(db.reads_writes(19, 7))
	}

	/// Storage: `Consortium::Gateways`, `Consortium::Institutions` (r:2), `System::BlockHash`, `Timestamp::Now`,
	/// `EmergencyAccess::Sessions` (r:1 w:1), `Committees` (r:1), `GuardianKeys` (r:1), `Limits` (r:1), `OpenSessions` (w:1),
	/// `OpenCount` (r:1 w:1), handle (r:1), `Scopes` (r:1 w:1); per guardian what says that it counts. One proof of equal logarithms.
	pub fn approve_request(db: RuntimeDbWeight) -> Weight {
		micros(610).saturating_add(reject_request(db)).saturating_add(db.reads_writes(1, 1))
	}

	/// Storage: as for an approval, without the scope
	pub fn reject_request(db: RuntimeDbWeight) -> Weight {
		micros(60).saturating_add(standing(db)).saturating_add(db.reads_writes(11, 3))
	}

	/// Storage: `Consortium::Gateways`, `Consortium::Institutions`, `Timestamp::Now`, handle (r:1), `EmergencyAccess::Sessions`
	/// (r:1 w:1), `OpenSessions` (w:1), `OpenCount` (r:1 w:1)
	pub fn cancel_request(db: RuntimeDbWeight) -> Weight {
		micros(40).saturating_add(db.reads_writes(6, 3))
	}

	/// Storage: as for taking it back, `EmergencyAccess::Limits` (r:1), `Scopes` (r:1 w:1)
	pub fn close_session(db: RuntimeDbWeight) -> Weight {
		micros(50).saturating_add(db.reads_writes(8, 4))
	}

	/// Storage: as for closing
	pub fn expire_session(db: RuntimeDbWeight) -> Weight {
		close_session(db)
	}

	/// Storage: handle and controller (r:4), `EmergencyAccess::Sessions` (r:1 w:1)
	pub fn dispute_session(db: RuntimeDbWeight) -> Weight {
		micros(40).saturating_add(db.reads_writes(5, 1))
	}

	/// Storage: as for closing, `EmergencyAccess::Committees` (r:1), `GuardianKeys` (r:1)
	pub fn confirm_dispute(db: RuntimeDbWeight) -> Weight {
		close_session(db).saturating_add(db.reads(2))
	}

	/// Storage: as for closing, `EmergencyAccess::SuspensionUse` (r:1 w:1), `Committees` (r:1)
	pub fn suspend_in_person(db: RuntimeDbWeight) -> Weight {
		close_session(db).saturating_add(micros(20)).saturating_add(db.reads_writes(3, 1))
	}

	/// Storage: `Consortium::Gateways`, `Consortium::Institutions` (r:2), handle (r:1), `EmergencyAccess::Sessions` (r:1 w:1),
	/// `OverdueReviews` (r:1 w:1), `OverdueUntil` (w:1)
	pub fn review_session(db: RuntimeDbWeight) -> Weight {
		micros(40).saturating_add(db.reads_writes(7, 3))
	}

	/// Storage: the signer's roles (r:3), `Timestamp::Now`, `EmergencyAccess::Sessions` (r:1 w:1), `OverdueReviews` (r:1 w:1),
	/// `OverdueUntil` (w:1), `Limits` (r:1)
	pub fn escalate_review(db: RuntimeDbWeight) -> Weight {
		micros(40).saturating_add(db.reads_writes(7, 3))
	}

	/// Storage: `Consortium::Gateways`, `Consortium::Institutions`, `System::BlockHash`, `Timestamp::Now`, handle (r:1),
	/// `EmergencyAccess::Committees` (r:1), `LocateSessions` (r:1 w:1), `OpenLocates` (w:1), `EnrolmentUse` (r:1 w:1), `Enrolments`
	/// (r:1 w:1), `Limits` (r:1); per guardian what says that it counts
	pub fn request_locate(db: RuntimeDbWeight) -> Weight {
		micros(100).saturating_add(standing(db)).saturating_add(db.reads_writes(11, 4))
	}

	/// Storage: `Consortium::Gateways`, `Consortium::Institutions` (r:2), `System::BlockHash`, `Timestamp::Now`,
	/// `EmergencyAccess::LocateSessions` (r:1 w:1), `OpenLocates` (w:1), `Committees` (r:1), `GuardianKeys` (r:1), `Limits` (r:1).
	/// One proof of equal logarithms.
	pub fn evaluate_locate(db: RuntimeDbWeight) -> Weight {
		micros(600).saturating_add(db.reads_writes(9, 2))
	}

	/// Storage: the two cursors (r:2 w:2); per session the next key and what closing takes; per locate session the next key
	/// (r:1), `EmergencyAccess::LocateSessions` (r:1 w:1), `OpenLocates` (w:1), `Enrolments` (r:1 w:1)
	pub fn expire_some(s: u32, l: u32, db: RuntimeDbWeight) -> Weight {
		let session = close_session(db).saturating_add(db.reads(1));
		let locate = micros(25).saturating_add(db.reads_writes(3, 3));
		micros(20)
			.saturating_add(db.reads_writes(4, 2))
			.saturating_add(session.saturating_mul(s.into()))
			.saturating_add(locate.saturating_mul(l.into()))
	}

	/// Whether each guardian of the largest committee counts: `Consortium::Institutions` (r:16), `EmergencyAccess::GuardianKeys`
	/// (r:16)
	fn standing(db: RuntimeDbWeight) -> Weight {
		micros(3 * MOST).saturating_add(db.reads(2 * MOST))
	}

	/// What ends with a set of the largest size: its dealings, its duties, its persons' references, the pointers to it.
	/// A person's role takes `Consortium::AccountRoles`, `Retiring`, `RetirementBounds`, `RetirementQueue`, and that a person
	/// serves elsewhere is looked up once.
	fn ending(db: RuntimeDbWeight) -> Weight {
		micros(15 * MOST).saturating_add(db.reads_writes(6 + 4 * MOST, 4 + 7 * MOST))
	}
}
