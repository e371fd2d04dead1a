//! The staff registry of the chain, cached briefly, and remembered for the time in which the node is away.

use crate::{
	chain::{ChainPort, Head},
	enforcement::is_valid,
	failure::Failure,
	index::{Index, StaffRow, STAFF},
};
use salus_primitives::{InstitutionId, Moment, PractitionerId, StaffRole};
use salus_runtime_api::PractitionerInfo;
use std::{
	collections::HashMap,
	sync::{Arc, Mutex, PoisonError},
};

/// Entries in memory at a time.
const MAX_CACHED: usize = 10_000;

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
}

impl StaffRegistry {
	/// The registry for the gateway of `own`, with entries that count for `cache_for` milliseconds, and for `remember_for` while the node is away.
	pub fn new(index: Arc<Index>, own: InstitutionId, cache_for: Moment, remember_for: Moment) -> Self {
		Self { index, own, cache_for, remember_for, cached: Mutex::default() }
	}

	/// A practitioner whose entry is valid now; `None` when there is none, or it is not valid.
	///
	/// # Errors
	/// 503 when the node does not answer, or has not heard from the others for too long, and nothing is remembered.
	pub async fn find(
		&self,
		chain: &dyn ChainPort,
		id: &PractitionerId,
		now: Moment,
	) -> Result<Option<Staff>, Failure> {
		if let Some(row) = self.cached(id).filter(|row| now.saturating_sub(row.seen_at) < self.cache_for) {
			return Ok(valid(*id, row, now, false));
		}
		let asked = async {
			let head = Head::any(chain).await?;
			let age = head.age(now);
			// A node that is cut off answers for ever by what it knew: that counts no longer than what is remembered without it.
			if age >= self.remember_for.max(self.cache_for) {
				return Err(Failure::head_too_old());
			}
			Ok::<_, Failure>((chain.practitioner(&head.block, id).await?, age))
		};
		match asked.await {
			Ok((Some(info), age)) => {
				let row = StaffRow { info, seen_at: now.saturating_sub(age) };
				self.remember(id, &row)?;
				Ok(valid(*id, row, now, false))
			}
			Ok((None, _)) => Ok(None),
			Err(failure) => match self.index.get(&STAFF, id.0)? {
				Some(row) if now.saturating_sub(row.seen_at) < self.remember_for => Ok(valid(*id, row, now, true)),
				_ => Err(failure),
			},
		}
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
