//! What custodians leave here: taken, kept and destroyed.

use super::{open_half, package_store};
use crate::{
	chain::Head,
	emergency::scope::label,
	failure::Failure,
	index::{
		compose, deposit_key, read_deposit_key, DepositRow, DepositSet, HeldHalf, Index, Key, PackageRow,
		EMERGENCY_DEPOSITS,
	},
	service::{blocking, Service},
	vault::Deposits,
};
use salus_client::wire::emergency::{DepositAccepted, EmergencyDeposit};
use salus_envelope::{record, ContentId};
use salus_primitives::{EmergencyTier, InstitutionId, PatientHandle};
use salus_runtime_api::{EmergencyStatus, HandleStatus};
use std::{
	collections::{BTreeMap, BTreeSet},
	sync::Arc,
};

/// Committees in one deposit: the consortium's, the patient's, and those that they replaced within an epoch.
const MAX_SETS: usize = 8;
/// Rows that are read at a time.
const PAGE: usize = 1_000;
/// Envelopes for one committee: the chain takes no more.
const MAX_ENVELOPES: usize = 8;

/// Takes what another custodian leaves here.
///
/// # Errors
/// 403 for others than the custodian, and for custodians that nothing is kept for; 507 when what is kept for this one fills its quota; 409 for an epoch that is over, and without a guardian key; 400 when envelopes or halves are not what they
/// should be: now, and not when they are needed.
pub async fn accept(
	service: &Arc<Service>,
	sender: InstitutionId,
	deposit: EmergencyDeposit,
) -> Result<DepositAccepted, Failure> {
	let head = service.head().await?;
	let genesis = service.genesis().await?;
	let info = service.chain.handle(&head.block, &deposit.handle).await?;
	let is_custodian = info.is_some_and(|info| info.custodian == sender && info.status == HandleStatus::Active);
	if sender != deposit.custodian || !is_custodian {
		return Err(Failure::not_entitled("only the custodian of a handle deposits for it", "Check the handle."));
	}
	// What was agreed on before can still be taken back.
	if deposit.package.is_some() && !service.config.emergency.holds_for.contains(&sender) {
		return Err(Failure::not_entitled(
			"this gateway keeps nothing for your institution: it is not in its `emergency.holds_for`",
			"Agree on it with that hospital's operator, or take it out of `emergency.holders`.",
		));
	}
	let scope = service.chain.emergency_scope(&head.block, &deposit.handle, deposit.tier).await?;
	// The next one is deposited before it begins. A withdrawal is late when its epoch ended on the way, and counts all the same.
	if deposit.package.is_some() && deposit.epoch != scope.epoch && scope.epoch.checked_add(1) != Some(deposit.epoch) {
		return Err(Failure::conflict("the chain is in another epoch of this scope", "Deposit what is sealed now."));
	}
	let shared = service.clone();
	blocking(move || keep(&shared, &genesis, deposit)).await
}

fn keep(service: &Service, genesis: &[u8; 32], deposit: EmergencyDeposit) -> Result<DepositAccepted, Failure> {
	let EmergencyDeposit { handle, custodian, tier, epoch, drill, package, sets } = deposit;
	let mut row = DepositRow { handle, custodian, tier, epoch, drill, package: None, sets: Vec::new(), own: None };
	if sets.len() > MAX_SETS || (package.is_none() && !sets.is_empty()) {
		return Err(Failure::bad_request("a deposit has a package and at most 8 sets, or neither"));
	}
	for set in sets {
		let numbers = (0..).zip(&set.envelopes).zip(&set.halves);
		let in_order = set.envelopes.len() == set.halves.len()
			&& set.envelopes.len() <= MAX_ENVELOPES
			&& numbers.clone().all(|((number, envelope), half)| (envelope.number, half.number) == (number, number));
		if !in_order {
			return Err(Failure::bad_request("envelopes and halves are numbered from 0, at most 8 of each"));
		}
		for ((_, envelope), half) in numbers {
			let label = label(&row, genesis, &set.key_id.0, envelope.number);
			if !envelope.envelope.header().verify(&label) {
				return Err(Failure::bad_request("an envelope is not sealed for this patient, tier and epoch"));
			}
			open_half(service, &label, &HeldHalf::Sealed(half.clone()))?;
		}
		let halves = set.halves.into_iter().map(HeldHalf::Sealed).collect();
		row.sets.push(DepositSet { committee: set.committee, key_id: set.key_id, envelopes: set.envelopes, halves });
	}
	if let Some(package) = package {
		record::header_hash(&package.blob.0)
			.map_err(|_| Failure::bad_request("the package is not an encrypted record"))?;
		let content = service.deposits.of(custodian)?.put(&package.blob.0)?;
		row.package = Some(PackageRow { version: package.version, content, wrap: package.wrap });
	}
	let accepted =
		DepositAccepted { handle, tier, epoch, version: row.package.as_ref().map_or(0, |package| package.version) };
	replace(service, row)?;
	Ok(accepted)
}

/// Puts a deposit in the place of the one before. A withdrawal takes those of earlier epochs with it.
fn replace(service: &Service, row: DepositRow) -> Result<(), Failure> {
	let key = deposit_key(&row.handle, row.tier, row.epoch);
	let replaced = service.index.write(|batch| {
		let mut replaced = Vec::new();
		for (old_key, old) in batch.scan(&EMERGENCY_DEPOSITS, compose(&[&row.handle.0, &[row.tier.scope()]]))? {
			if old_key == key || row.package.is_none() {
				replaced.push(old);
				batch.remove(&EMERGENCY_DEPOSITS, &old_key)?;
			}
		}
		if row.package.is_some() {
			batch.put(&EMERGENCY_DEPOSITS, &key, &row)?;
		}
		Ok::<_, Failure>(replaced)
	})?;
	replaced.iter().filter(|old| !same_blob(old, &row)).try_for_each(|old| destroy(service, old))
}

/// Whether both are the same file.
fn same_blob(one: &DepositRow, other: &DepositRow) -> bool {
	let place = |row: &DepositRow| {
		let own = row.own.is_some();
		row.package.as_ref().map(|package| (own, (!own).then_some(row.custodian), package.content))
	};
	place(one) == place(other)
}

/// Destroys the packages of others that no deposit names: a crash fell between a package and its row. For the start, while nothing is taken in.
///
/// # Errors
/// The vault or the index.
pub fn sweep(index: &Index, deposits: &Deposits) -> Result<usize, Failure> {
	let mut named: BTreeMap<InstitutionId, BTreeSet<ContentId>> = BTreeMap::new();
	let mut after: Option<Key> = None;
	loop {
		// A row holds eight envelopes and halves for each committee: not all of them at once.
		let keys = index.keys_after(&EMERGENCY_DEPOSITS, after.as_deref(), PAGE)?;
		for key in &keys {
			let row = index.get(&EMERGENCY_DEPOSITS, key)?.filter(|row| row.own.is_none());
			if let Some(DepositRow { custodian, package: Some(package), .. }) = row {
				named.entry(custodian).or_default().insert(package.content);
			}
		}
		after = keys.last().cloned();
		if keys.len() < PAGE {
			return Ok(deposits.keep_only(&named)?);
		}
	}
}

/// Destroys the package of a deposit whose row is gone.
fn destroy(service: &Service, row: &DepositRow) -> Result<(), Failure> {
	match &row.package {
		Some(package) => Ok(package_store(service, row)?.delete(&package.content)?),
		None => Ok(()),
	}
}

/// Removes of these deposits what nobody can ask for any more: those of epochs that are over, once no session of theirs is open, and those of handles
/// that are closed.
///
/// # Errors
/// The chain, the vault or the index.
pub async fn clear(service: &Arc<Service>, head: &Head, keys: &[Key]) -> Result<(), Failure> {
	let mut scopes: BTreeMap<(PatientHandle, EmergencyTier), BTreeSet<u32>> = BTreeMap::new();
	for (handle, tier, epoch) in keys.iter().filter_map(|key| read_deposit_key(key)) {
		scopes.entry((handle, tier)).or_default().insert(epoch);
	}
	for ((handle, tier), epochs) in scopes {
		let info = service.chain.handle(&head.block, &handle).await?;
		let status = info.map(|info| info.status);
		// A patient who is recognised in the middle of an emergency is still in it.
		let closed = !matches!(status, Some(HandleStatus::Active | HandleStatus::Merged));
		let unused = status != Some(HandleStatus::Active);
		let current = service.chain.emergency_scope(&head.block, &handle, tier).await?.epoch;
		let over: Vec<u32> = epochs.into_iter().filter(|epoch| unused || *epoch < current).collect();
		if over.is_empty() {
			continue;
		}
		let open = open_epochs(service, head, &handle, tier).await?;
		for epoch in over.into_iter().filter(|epoch| closed || !open.contains(epoch)) {
			let shared = service.clone();
			blocking(move || {
				let key = deposit_key(&handle, tier, epoch);
				let Some(row) = shared.index.get(&EMERGENCY_DEPOSITS, &key)? else { return Ok(()) };
				shared.index.remove(&EMERGENCY_DEPOSITS, &key)?;
				destroy(&shared, &row)
			})
			.await?;
		}
	}
	Ok(())
}

/// The epochs in which a session is still open: closing one of them does not break the others.
async fn open_epochs(
	service: &Service,
	head: &Head,
	handle: &PatientHandle,
	tier: EmergencyTier,
) -> Result<BTreeSet<u32>, Failure> {
	let mut epochs = BTreeSet::new();
	for id in service.chain.emergency_sessions(&head.block, handle).await? {
		let session = service.chain.emergency_session(&head.block, &id).await?;
		let open = session.filter(|session| {
			session.tier == tier && matches!(session.status, EmergencyStatus::Requested | EmergencyStatus::Active)
		});
		epochs.extend(open.map(|session| session.epoch));
	}
	Ok(epochs)
}
