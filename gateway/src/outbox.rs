//! What other gateways have to be told: kept until they acknowledge it.

use crate::{
	chain::{Included, Transaction},
	concerns::Concern,
	emergency::scope,
	failure::Failure,
	index::{compose, IndexError, Key, OutboxRow, Parcel, OPENINGS, OUTBOX, POLICIES},
	openings::opening_key,
	service::Service,
};
use futures::future::join_all;
use salus_client::wire::{EntryOpening, GrantNotice, OpeningsDelivery};
use salus_primitives::{InstitutionId, Moment, DAY, MINUTE, SECOND};
use std::{
	collections::BTreeMap,
	sync::Arc,
	time::{Duration, Instant},
};

/// How long one delivery may take before the answer to the caller goes on without it.
const DELIVERY_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a deposit may take: it holds the whole record of a patient.
const DEPOSIT_TIMEOUT: Duration = Duration::from_secs(90);
/// First pause after a failed delivery; doubles up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Moment = 2 * SECOND;
const LONGEST_PAUSE: Moment = 10 * MINUTE;
/// The same for the words behind what guardians decide: they wait minutes for them.
const LONGEST_PAUSE_OF_WORDS: Moment = 30 * SECOND;
/// After so many tries, about an hour, nobody waits for such words any more.
const URGENT_TRIES: u32 = 120;
/// When the opening of an act is delivered that broke off in the middle. A custodian takes it also when the act never came.
pub const BROKEN_OFF_AFTER: Moment = 10 * MINUTE;
/// The same for the words behind what guardians decide. Before the act is final they are refused, and sent again.
pub const WORDS_AFTER: Moment = MINUTE;
/// An opening that was never acknowledged is given up after this. It stays in the own index.
const OPENING_LIFETIME_TRIES: u32 = 5_000;
/// The same for the words behind a search by name, which is over within minutes: a quarter of an hour.
const SEARCH_LIFETIME_TRIES: u32 = 30;

/// Failures of one deposit after which its holder is a concern: about a quarter of a minute.
const OVERDUE: u32 = 3;
/// Of the failures of one deposit the first is said, and then each of so many.
const SAID_EVERY: u32 = 10;

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

/// Writes a parcel down and delivers it beside, for who cannot wait. It is tried again until it arrives.
///
/// # Errors
/// The index.
pub fn post(service: &Arc<Service>, to: InstitutionId, parcel: Parcel) -> Result<(), Failure> {
	let key = new_key();
	let row = OutboxRow { to, parcel, attempts: 0, next_at: 0 };
	service.index.put(&OUTBOX, key, &row)?;
	deliver_beside(service, vec![(key, row)]);
	Ok(())
}

/// Delivers parcels that are written down, each beside: nobody waits for a gateway that is down.
pub fn deliver_beside<K>(service: &Arc<Service>, parcels: Vec<(K, OutboxRow)>)
where
	K: AsRef<[u8]> + Send + Sync + 'static,
{
	for (key, row) in parcels {
		let service = service.clone();
		tokio::spawn(async move {
			if let Err(failure) = deliver(&service, key.as_ref(), row).await {
				tracing::warn!(%failure, "a parcel stays in the outbox");
			}
		});
	}
}

/// Delivers beside what was to wait and does not have to any more: its act is known to have come.
///
/// # Errors
/// The index.
pub fn hurry(service: &Arc<Service>, is_due: impl Fn(&Parcel) -> bool) -> Result<(), IndexError> {
	let due = service.index.write(|batch| {
		let mut due: Vec<(Key, OutboxRow)> = batch.scan(&OUTBOX, [])?;
		due.retain(|(_, row)| is_due(&row.parcel));
		for (key, row) in &mut due {
			row.next_at = 0;
			batch.put(&OUTBOX, key, row)?;
		}
		Ok::<_, IndexError>(due)
	})?;
	deliver_beside(service, due);
	Ok(())
}

/// Submits an act whose opening is kept, and tells the patient's custodian what its entry says. The parcel is put down before the act: when this
/// gateway stops in between, the patient still reads why.
///
/// # Errors
/// The chain, or the index.
pub async fn act_and_tell(
	service: &Service,
	transaction: Transaction,
	mut opening: EntryOpening,
	custodian: InstitutionId,
) -> Result<Included, Failure> {
	if custodian == service.own {
		return service.act(transaction, &mut opening).await;
	}
	let key = new_key();
	let parcel = |opening: &EntryOpening, next_at| OutboxRow {
		to: custodian,
		parcel: Parcel::Opening(opening.clone()),
		attempts: 0,
		next_at,
	};
	let later = salus_client::now().saturating_add(BROKEN_OFF_AFTER);
	service.index.put(&OUTBOX, key, &parcel(&opening, later))?;
	let kept = opening_key(&opening);
	match service.act(transaction, &mut opening).await {
		Ok(included) => {
			deliver(service, &key, parcel(&opening, 0)).await?;
			Ok(included)
		}
		Err(failure) => {
			// What the chain refused has no opening any more. Anything else may still come.
			if service.index.get(&OPENINGS, kept)?.is_none() {
				service.index.remove(&OUTBOX, key)?;
			}
			Err(failure)
		}
	}
}

/// Delivers what is due and no deposit: notices and words that people wait for.
///
/// # Errors
/// The index.
pub async fn deliver_due(service: &Service) -> Result<(), Failure> {
	let mut rows = service.index.scan(&OUTBOX, [])?;
	rows.retain(|(_, row)| !is_deposit(row));
	deliver_all(service, rows).await
}

/// Delivers the deposits that are due.
///
/// # Errors
/// The index.
pub async fn deposit_due(service: &Service) -> Result<(), Failure> {
	let mut rows = service.index.scan(&OUTBOX, [])?;
	rows.retain(|(_, row)| is_deposit(row));
	let overdue = rows.iter().filter(|(_, row)| row.attempts >= OVERDUE);
	let overdue = overdue.map(|(_, row)| Concern::NotDeposited(row.to)).collect();
	service.concerns.replace(|concern| matches!(concern, Concern::NotDeposited(_)), overdue);
	deliver_all(service, rows).await
}

fn is_deposit(row: &OutboxRow) -> bool {
	matches!(row.parcel, Parcel::Deposit { .. })
}

/// Delivers what is due of these, to all receivers side by side: one that hangs keeps nothing from the others. It is tried once in a round.
async fn deliver_all(service: &Service, rows: Vec<(Key, OutboxRow)>) -> Result<(), Failure> {
	let now = salus_client::now();
	let mut due: BTreeMap<InstitutionId, Vec<(Key, OutboxRow)>> = BTreeMap::new();
	for (key, row) in rows.into_iter().filter(|(_, row)| row.next_at <= now) {
		due.entry(row.to).or_default().push((key, row));
	}
	let to_each = due.into_values().map(|parcels| async move {
		for (key, row) in parcels {
			let (began, limit) = (Instant::now(), timeout_of(&row));
			deliver(service, &key, row).await?;
			if began.elapsed() >= limit {
				break;
			}
		}
		Ok::<_, Failure>(())
	});
	join_all(to_each).await.into_iter().collect()
}

fn timeout_of(row: &OutboxRow) -> Duration {
	if is_deposit(row) {
		DEPOSIT_TIMEOUT
	} else {
		DELIVERY_TIMEOUT
	}
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
			Parcel::EmergencyOpening(opening) => {
				service.peers.gateway(row.to)?.deliver_emergency_opening(opening).await?;
				Ok(())
			}
			Parcel::LocateOpening(opening) => {
				service.peers.gateway(row.to)?.deliver_locate_opening(opening).await?;
				Ok(())
			}
			Parcel::Deposit { handle, tier } => scope::deposit_at(service, row.to, handle, *tier).await,
			Parcel::Released(notice) => {
				service.peers.gateway(row.to)?.notify_release(notice).await?;
				Ok(())
			}
		}
	};
	let failure = match tokio::time::timeout(timeout_of(&row), attempt).await {
		Ok(Ok(())) => {
			service.index.remove(&OUTBOX, key)?;
			return Ok(true);
		}
		Ok(Err(failure)) => failure.to_string(),
		Err(_) => "no answer in time".to_owned(),
	};
	if is_deposit(&row) && row.attempts.is_multiple_of(SAID_EVERY) {
		tracing::warn!(to = %row.to, attempt = row.attempts + 1, %failure, "a deposit was not taken; it is tried again");
	}
	let now = salus_client::now();
	if is_over(&row, now) {
		tracing::warn!(to = %row.to, "a delivery was given up");
		service.index.remove(&OUTBOX, key)?;
		return Ok(false);
	}
	row.attempts = row.attempts.saturating_add(1);
	row.next_at = now.saturating_add(pause(&row));
	service.index.write(|batch| match batch.get(&OUTBOX, key)? {
		Some(_) => batch.put(&OUTBOX, key, &row),
		// It arrived by another try meanwhile, or was taken back with its act.
		None => Ok(()),
	})?;
	Ok(false)
}

fn pause(row: &OutboxRow) -> Moment {
	let longest = match row.parcel {
		Parcel::EmergencyOpening(_) | Parcel::LocateOpening(_) if row.attempts <= URGENT_TRIES => {
			LONGEST_PAUSE_OF_WORDS
		}
		_ => LONGEST_PAUSE,
	};
	FIRST_PAUSE.saturating_mul(1 << row.attempts.min(12)).min(longest)
}

fn is_over(row: &OutboxRow, now: Moment) -> bool {
	match &row.parcel {
		// A grant that has ended needs no notice.
		Parcel::Notice(notice) => notice.valid_until.saturating_add(DAY) <= now,
		Parcel::Opening(_) | Parcel::EmergencyOpening(_) | Parcel::Released(_) => {
			row.attempts >= OPENING_LIFETIME_TRIES
		}
		Parcel::LocateOpening(_) => row.attempts >= SEARCH_LIFETIME_TRIES,
		// What the holder should have is needed for as long as there is a patient.
		Parcel::Deposit { .. } => false,
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

#[cfg(test)]
mod tests {
	use super::*;
	use salus_client::wire::emergency::EmergencyOpening;
	use salus_primitives::{Commitment, EmergencyRequestId};

	#[test]
	fn words_are_tried_each_half_minute_while_guardians_wait_for_them() {
		let commitment = Commitment([0; 32]);
		let entry = Vec::new().into();
		let opening = EntryOpening { chain: None, sequence: None, salt: [0; 32].into(), entry, commitment };
		let id = EmergencyRequestId([1; 32]);
		let words = EmergencyOpening { id, opening: opening.clone(), shift_key: [0; 32].into() };
		let pause_of = |parcel: &Parcel, attempts| {
			pause(&OutboxRow { to: InstitutionId(1), parcel: parcel.clone(), attempts, next_at: 0 })
		};
		for urgent in [Parcel::EmergencyOpening(words.clone()), Parcel::LocateOpening(words)] {
			assert_eq!(pause_of(&urgent, 1), 4 * SECOND);
			assert_eq!([pause_of(&urgent, 9), pause_of(&urgent, URGENT_TRIES)], [30 * SECOND; 2]);
			assert_eq!(pause_of(&urgent, URGENT_TRIES + 1), 10 * MINUTE);
		}
		assert_eq!(pause_of(&Parcel::Opening(opening), 9), 10 * MINUTE);
	}
}
