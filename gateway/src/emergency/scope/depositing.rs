//! Leaving with the holders what a requester will need: now, or when the holder is back.

use super::{commitments, label, own_rows, Scope};
use crate::{
	failure::Failure,
	index::{deposit_key, DepositRow, HeldHalf, OutboxRow, Parcel, EMERGENCY_DEPOSITS, OUTBOX},
	outbox,
	service::{blocking, Service},
	vault::BlobStore,
};
use codec::Encode;
use futures::future::join_all;
use salus_client::{
	emergency::release::half_context,
	wire::{
		emergency::{DepositedSet, EmergencyDeposit, SealedHalf},
		Blob, Bytes32,
	},
};
use salus_envelope::{emergency::ScopeHalf, wrap, XWingPublic};
use salus_primitives::{EmergencyTier, InstitutionId, Moment, PatientHandle, MINUTE};
use sha2::{Digest, Sha256};
use std::time::Duration;

/// How long a deposit is waited for before its envelopes are sealed.
const PATIENCE: Duration = Duration::from_secs(5);
/// When the outbox tries a deposit again of whose first try nothing was heard.
const FIRST_TRY: Moment = 2 * MINUTE;

impl Scope<'_> {
	/// Leaves the deposit with every holder that does not have it in this state. One that is away is told later.
	pub(super) async fn tell(&self, row: &DepositRow) -> Result<bool, Failure> {
		let digest = digest(row);
		let told = row.own.as_ref().map(|own| own.told.as_slice()).unwrap_or_default();
		let missing: Vec<InstitutionId> = holders(self.service)
			.filter(|holder| !told.iter().any(|(to, state)| to == holder && *state == digest))
			.collect();
		let deliveries = missing.into_iter().map(|holder| self.tell_one(holder));
		let outcomes: Result<Vec<bool>, Failure> = join_all(deliveries).await.into_iter().collect();
		Ok(outcomes?.contains(&true))
	}

	async fn tell_one(&self, to: InstitutionId) -> Result<bool, Failure> {
		let key = self.parcel_key(to);
		// On its way already: the outbox goes on with it, at its own pace.
		if self.service.index.get(&OUTBOX, key)?.is_some() {
			return Ok(false);
		}
		let parcel = Parcel::Deposit { handle: *self.handle, tier: self.tier };
		let next_at = salus_client::now().saturating_add(FIRST_TRY);
		let row = OutboxRow { to, parcel, attempts: 0, next_at };
		self.service.index.put(&OUTBOX, key, &row)?;
		let service = self.service.clone();
		let delivery = tokio::spawn(async move { outbox::deliver(&service, &key, row).await });
		// A holder that is slow, or a chart that is large, does not keep the envelopes from being sealed.
		match tokio::time::timeout(PATIENCE, delivery).await {
			Ok(Ok(outcome)) => outcome.map(|_| true),
			Ok(Err(error)) => Err(Failure::internal(error)),
			Err(_) => Ok(true),
		}
	}

	/// The same for the same deposit, so that it waits in the outbox once.
	fn parcel_key(&self, holder: InstitutionId) -> [u8; 16] {
		let parts: [&[u8]; 3] = [&holder.0.to_be_bytes(), &self.handle.0, &[self.tier.scope()]];
		let long = self.service.index.pseudonym("salus/deposit-parcel/v1", &parts);
		let mut key = [0; 16];
		key.copy_from_slice(&long[..16]);
		key
	}
}

/// The other institutions that hold what is sealed here.
pub(super) fn holders(service: &Service) -> impl Iterator<Item = InstitutionId> + '_ {
	service.config.emergency.holders.iter().copied().filter(|holder| *holder != service.own)
}

/// Names a state of a deposit: a holder that acknowledged it has nothing to learn.
fn digest(row: &DepositRow) -> Bytes32 {
	let package = row.package.as_ref().map(|package| (package.version, package.content.0));
	let sets: Vec<_> = row.sets.iter().map(|set| (set.committee, set.key_id, commitments(set))).collect();
	let digest: [u8; 32] = Sha256::digest((row.epoch, package, sets).encode()).into();
	digest.into()
}

/// Sends a holder what it is to hold now. Called by the outbox until it succeeds.
///
/// # Errors
/// The holder, the chain, the vault or the index.
pub async fn deposit_at(
	service: &Service,
	holder: InstitutionId,
	handle: &PatientHandle,
	tier: EmergencyTier,
) -> Result<(), Failure> {
	// Later epochs stand behind earlier ones.
	let Some(row) = own_rows(service, handle, tier)?.pop() else { return Ok(()) };
	let state = digest(&row);
	let peer = service.peers.gateway(holder)?;
	let head = service.head().await?;
	let registered = service.chain.guardian_key(&head.block, holder).await?;
	let registered = registered.ok_or_else(|| no_key(holder))?;
	// The key is believed because the chain names it, not because the gateway says so.
	let key = peer.emergency_key().await?.checked(&registered.kem_hash).map_err(|_| no_key(holder))?;
	let genesis = service.genesis().await?;
	let (vault, packed) = (service.vault.clone(), row.clone());
	let deposit = blocking(move || deposit(vault.as_ref(), &packed, &genesis, &key)).await?;
	peer.deposit_emergency(&deposit).await?;
	service.index.write(|batch| {
		let key = deposit_key(handle, tier, row.epoch);
		let Some(mut row) = batch.get(&EMERGENCY_DEPOSITS, &key)? else { return Ok(()) };
		if let Some(own) = &mut row.own {
			own.told.retain(|(to, _)| *to != holder);
			own.told.push((holder, state));
		}
		batch.put(&EMERGENCY_DEPOSITS, &key, &row)?;
		Ok::<_, Failure>(())
	})
}

fn no_key(holder: InstitutionId) -> Failure {
	Failure::conflict(
		format!("institution {holder} has no key on the chain, or its gateway another one: nothing is deposited there"),
		"Have its operator register the key, or take it out of `emergency.holders`.",
	)
}

/// A deposit for one holder: the second halves are wrapped to its key.
fn deposit(
	vault: &dyn BlobStore,
	row: &DepositRow,
	genesis: &[u8; 32],
	key: &XWingPublic,
) -> Result<EmergencyDeposit, Failure> {
	let sets = row.sets.iter().map(|set| {
		let halves = set.envelopes.iter().zip(&set.halves).map(|(sealed, half)| {
			let HeldHalf::Own(half) = half else { return Err(Failure::internal("another custodian's half")) };
			let half = ScopeHalf::from_bytes(half.0);
			let label = label(row, genesis, &set.key_id.0, sealed.number);
			let context = half_context(&label, key, Moment::MAX, half.commitment());
			let wrap = wrap::wrap(key, half.expose(), genesis, &context)?;
			Ok(SealedHalf { number: sealed.number, commitment: half.commitment().into(), wrap: Blob(wrap) })
		});
		Ok(DepositedSet {
			committee: set.committee,
			key_id: set.key_id,
			envelopes: set.envelopes.clone(),
			halves: halves.collect::<Result<_, Failure>>()?,
		})
	});
	let sets = sets.collect::<Result<_, Failure>>()?;
	let package = match &row.package {
		Some(package) => Some(package.with_blob(vault.get(&package.content)?)),
		None => None,
	};
	let DepositRow { handle, custodian, tier, epoch, drill, .. } = *row;
	Ok(EmergencyDeposit { handle, custodian, tier, epoch, drill, package, sets })
}
