//! What other gateways have to be told: kept until they acknowledge it.

use crate::{
	failure::Failure,
	index::{compose, OutboxRow, Parcel, OUTBOX, POLICIES},
	service::Service,
};
use salus_client::wire::{EntryOpening, GrantNotice, OpeningsDelivery};
use salus_primitives::{InstitutionId, Moment, DAY, MINUTE, SECOND};
use std::time::Duration;

/// How long one delivery may take before the answer to the caller goes on without it.
const DELIVERY_TIMEOUT: Duration = Duration::from_secs(5);
/// First pause after a failed delivery; doubles up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Moment = 2 * SECOND;
const LONGEST_PAUSE: Moment = 10 * MINUTE;
/// An opening that was never acknowledged is given up after this. It stays in the own index.
const OPENING_LIFETIME_TRIES: u32 = 5_000;

/// A fresh key for the outbox.
pub fn new_key() -> [u8; 16] {
	let mut key = [0; 16];
	key.copy_from_slice(&salus_client::random_bytes()[..16]);
	key
}

/// Tells another institution's gateway, now if it answers, later if not. Whether it was told now.
///
/// # Errors
/// The index.
pub async fn tell(service: &Service, to: InstitutionId, parcel: Parcel) -> Result<bool, Failure> {
	let key = new_key();
	let row = OutboxRow { to, parcel, attempts: 0, next_at: 0 };
	service.index.put(&OUTBOX, key, &row)?;
	deliver(service, &key, row).await
}

/// Delivers whatever is due.
///
/// # Errors
/// The index.
pub async fn deliver_due(service: &Service) -> Result<(), Failure> {
	let now = salus_client::now();
	for (key, row) in service.index.scan(&OUTBOX, [])? {
		if row.next_at <= now {
			deliver(service, &key, row).await?;
		}
	}
	Ok(())
}

/// Tries one delivery.
///
/// # Errors
/// The index.
pub async fn deliver(service: &Service, key: &[u8], mut row: OutboxRow) -> Result<bool, Failure> {
	let attempt = async {
		match &row.parcel {
			Parcel::Notice(notice) => send_notice(service, row.to, notice).await,
			Parcel::Opening(opening) => send_opening(service, row.to, opening).await,
		}
	};
	let outcome = tokio::time::timeout(DELIVERY_TIMEOUT, attempt).await;
	if let Ok(Ok(())) = outcome {
		service.index.remove(&OUTBOX, key)?;
		return Ok(true);
	}
	let now = salus_client::now();
	if is_over(&row, now) {
		tracing::warn!(to = %row.to, "a delivery was given up");
		service.index.remove(&OUTBOX, key)?;
		return Ok(false);
	}
	row.attempts = row.attempts.saturating_add(1);
	let pause = FIRST_PAUSE.saturating_mul(1 << row.attempts.min(12)).min(LONGEST_PAUSE);
	row.next_at = now.saturating_add(pause);
	service.index.put(&OUTBOX, key, &row)?;
	Ok(false)
}

fn is_over(row: &OutboxRow, now: Moment) -> bool {
	match &row.parcel {
		// A grant that has ended needs no notice.
		Parcel::Notice(notice) => notice.valid_until.saturating_add(DAY) <= now,
		Parcel::Opening(_) => row.attempts >= OPENING_LIFETIME_TRIES,
	}
}

async fn send_notice(service: &Service, to: InstitutionId, notice: &GrantNotice) -> Result<(), Failure> {
	service.peers.gateway(to)?.notify_grant(notice).await?;
	let key = compose(&[&notice.handle.0, &notice.capability.0.to_be_bytes()]);
	service.index.write(|batch| {
		if let Some(mut policy) = batch.get(&POLICIES, &key)? {
			policy.told = true;
			batch.put(&POLICIES, &key, &policy)?;
		}
		Ok::<_, Failure>(())
	})
}

async fn send_opening(service: &Service, to: InstitutionId, opening: &EntryOpening) -> Result<(), Failure> {
	let delivery = OpeningsDelivery { openings: vec![opening.clone()] };
	service.peers.gateway(to)?.deliver_openings(&delivery).await?;
	Ok(())
}
