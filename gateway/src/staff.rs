//! The staff registry of the chain, cached briefly, and remembered for the time in which the node is away.

use crate::{
	chain::{ChainPort, Head},
	enforcement::is_valid,
	failure::Failure,
	index::{Index, StaffRow, STAFF},
};
use salus_primitives::{InstitutionId, Moment, PractitionerId, StaffRole, SECOND};
use salus_runtime_api::PractitionerInfo;
use std::{
	collections::HashMap,
	sync::{
		atomic::{AtomicU64, Ordering},
		Arc, Mutex, PoisonError,
	},
	time::Duration,
};

/// Entries in memory at a time.
const MAX_CACHED: usize = 10_000;
/// How long a node may take before own staff reads by what is remembered: a node that hangs must not hold the ward up.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long after a failed look no reader who is remembered waits for the node again.
const PAUSE: Moment = 5 * SECOND;

/// A member of staff by the registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Staff {
	/// The registry id.
	pub id: PractitionerId,
	/// The entry.
	pub info: PractitionerInfo,
	/// The entry was read some time ago, because the node does not answer now: it serves for own reads alone.
	pub remembered: bool,
}

impl Staff {
	/// Whether the entry names one of these roles.
	pub fn has_role(&self, roles: &[StaffRole]) -> bool {
		self.info.roles.iter().any(|role| roles.contains(role))
	}
}

/// Looks practitioners up.
pub struct StaffRegistry {
	index: Arc<Index>,
	own: InstitutionId,
	cache_for: Moment,
	remember_for: Moment,
	cached: Mutex<HashMap<PractitionerId, StaffRow>>,
	/// When a look at the node last failed.
	failed_at: AtomicU64,
}

impl StaffRegistry {
	/// The registry for the gateway of `own`, with entries that count for `cache_for` milliseconds, and for `remember_for` while the node is away.
	pub fn new(index: Arc<Index>, own: InstitutionId, cache_for: Moment, remember_for: Moment) -> Self {
		Self { index, own, cache_for, remember_for, cached: Mutex::default(), failed_at: AtomicU64::new(0) }
	}

	/// A practitioner whose entry is valid now; `None` when there is none, or it is not valid. The node may take as long as a read may: an act is not
	/// refused because the node is busy.
	///
	/// # Errors
	/// 503 when the node does not answer, or has not heard from the others for too long, and nothing is remembered.
	pub async fn find(
		&self,
		chain: &dyn ChainPort,
		id: &PractitionerId,
		now: Moment,
	) -> Result<Option<Staff>, Failure> {
		match self.fresh(id, now) {
			Some(row) => Ok(valid(*id, row, now, false)),
			None => self.settle(id, self.ask(chain, id, now).await, self.remembered(id, now)?, now),
		}
	}

	/// The same for reading in the own house, which goes on while the node is away: who is remembered does not wait for it.
	///
	/// # Errors
	/// As [`Self::find`].
	pub async fn find_for_reading(
		&self,
		chain: &dyn ChainPort,
		id: &PractitionerId,
		now: Moment,
	) -> Result<Option<Staff>, Failure> {
		if let Some(row) = self.fresh(id, now) {
			return Ok(valid(*id, row, now, false));
		}
		let remembered = self.remembered(id, now)?;
		let asked = match &remembered {
			None => self.ask(chain, id, now).await,
			Some(_) if now.saturating_sub(self.failed_at.load(Ordering::Relaxed)) < PAUSE => {
				Err(Failure::node_unreachable())
			}
			Some(_) => {
				let asked = tokio::time::timeout(PATIENCE, self.ask(chain, id, now)).await;
				let asked = asked.unwrap_or_else(|_| Err(Failure::node_unreachable()));
				self.failed_at.store(if asked.is_err() { now } else { 0 }, Ordering::Relaxed);
				asked
			}
		};
		self.settle(id, asked, remembered, now)
	}

	/// What came of a look at the node, or what is remembered when nothing did.
	fn settle(
		&self,
		id: &PractitionerId,
		asked: Result<Option<StaffRow>, Failure>,
		remembered: Option<StaffRow>,
		now: Moment,
	) -> Result<Option<Staff>, Failure> {
		match (asked, remembered) {
			(Ok(Some(row)), _) => {
				self.remember(id, &row)?;
				Ok(valid(*id, row, now, false))
			}
			(Ok(None), _) => Ok(None),
			(Err(_), Some(row)) => Ok(valid(*id, row, now, true)),
			(Err(failure), None) => Err(failure),
		}
	}

	/// The entry in memory, while it counts.
	fn fresh(&self, id: &PractitionerId, now: Moment) -> Option<StaffRow> {
		self.cached(id).filter(|row| now.saturating_sub(row.seen_at) < self.cache_for)
	}

	/// The entry on disk, while it counts.
	fn remembered(&self, id: &PractitionerId, now: Moment) -> Result<Option<StaffRow>, Failure> {
		let known = self.index.get(&STAFF, id.0)?;
		Ok(known.filter(|row| now.saturating_sub(row.seen_at) < self.remember_for))
	}

	/// The entry by the node, as of the time of its finalized head.
	async fn ask(&self, chain: &dyn ChainPort, id: &PractitionerId, now: Moment) -> Result<Option<StaffRow>, Failure> {
		let head = Head::any(chain).await?;
		let age = head.age(now);
		// A node that is cut off answers for ever by what it knew: that counts no longer than what is remembered without it.
		if age >= self.remember_for.max(self.cache_for) {
			return Err(Failure::head_too_old());
		}
		let info = chain.practitioner(&head.block, id).await?;
		Ok(info.map(|info| StaffRow { info, seen_at: now.saturating_sub(age) }))
	}

	fn cached(&self, id: &PractitionerId) -> Option<StaffRow> {
		// A poisoned lock holds a complete map: no code that can panic runs under it.
		self.cached.lock().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
	}

	fn remember(&self, id: &PractitionerId, row: &StaffRow) -> Result<(), Failure> {
		// Own staff alone read without the chain, and they are few: the write happens once per person and cache time. This comes before
		// any signature is verified, so that for others a stranger who knows the registry could keep the disk busy.
		if row.info.institution == self.own {
			self.index.put(&STAFF, id.0, row)?;
		}
		let mut cached = self.cached.lock().unwrap_or_else(PoisonError::into_inner);
		if cached.len() >= MAX_CACHED {
			cached.clear();
		}
		cached.insert(*id, row.clone());
		Ok(())
	}
}

fn valid(id: PractitionerId, row: StaffRow, now: Moment, remembered: bool) -> Option<Staff> {
	is_valid(&row.info, now).then_some(Staff { id, info: row.info, remembered })
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::testing::Ward;
	use salus_client::wire::codes;
	use salus_primitives::{HOUR, MINUTE};

	#[tokio::test]
	async fn a_node_that_is_cut_off_vouches_for_staff_no_longer_than_memory_does() {
		let ward = Ward::new();
		let service = ward.open();
		let now = salus_client::now();
		let find = |now| service.staff.find(service.chain.as_ref(), &ward.physician.id, now);
		// The registry is remembered for an hour in tests.
		ward.chain.world().head_age = 50 * MINUTE;
		assert!(find(now).await.unwrap().is_some());
		ward.chain.world().head_age = HOUR + MINUTE;
		assert!(find(now).await.unwrap().is_some_and(|staff| staff.remembered));
		assert!(find(now + 5 * MINUTE).await.unwrap().is_some());
		let failure = find(now + 15 * MINUTE).await.unwrap_err();
		assert_eq!(failure.code(), codes::HEAD_TOO_OLD);
	}

	#[tokio::test]
	async fn a_ward_does_not_wait_for_a_node_that_hangs() {
		let ward = Ward::new();
		let service = ward.open();
		let now = salus_client::now();
		let find = |now| service.staff.find_for_reading(service.chain.as_ref(), &ward.physician.id, now);
		assert!(find(now).await.unwrap().is_some_and(|staff| !staff.remembered));
		ward.chain.world().hangs = true;
		let started = std::time::Instant::now();
		assert!(find(now).await.unwrap().is_some_and(|staff| staff.remembered));
		// The first look waits for its second of patience; those after it do not look.
		for _ in 0..20 {
			assert!(find(now + SECOND).await.unwrap().is_some_and(|staff| staff.remembered));
		}
		assert!(started.elapsed() < 3 * PATIENCE);
		ward.chain.world().hangs = false;
		assert!(find(now + PAUSE).await.unwrap().is_some_and(|staff| !staff.remembered));
	}

	#[tokio::test]
	async fn an_act_waits_for_a_node_that_is_busy_and_reading_does_not() {
		let ward = Ward::new();
		let service = ward.open();
		let now = salus_client::now();
		let (staff, chain, id) = (&service.staff, service.chain.as_ref(), &ward.physician.id);
		assert!(staff.find(chain, id, now).await.unwrap().is_some());
		ward.chain.world().slow = PATIENCE + PATIENCE / 4;
		assert!(staff.find_for_reading(chain, id, now).await.unwrap().is_some_and(|staff| staff.remembered));
		// Also right after somebody was read for by memory.
		assert!(staff.find(chain, id, now).await.unwrap().is_some_and(|staff| !staff.remembered));
	}

	#[tokio::test]
	async fn only_own_staff_is_remembered_on_disk() {
		let ward = Ward::new();
		let service = ward.open();
		let stranger = PractitionerId([9; 32]);
		ward.chain.register_staff(2, stranger, [1; 32], &[]);
		let now = salus_client::now();
		for (id, kept) in [(ward.physician.id, true), (stranger, false)] {
			assert!(service.staff.find(service.chain.as_ref(), &id, now).await.unwrap().is_some());
			assert_eq!(service.index.get(&STAFF, id.0).unwrap().is_some(), kept);
		}
	}
}
