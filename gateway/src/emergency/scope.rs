//! The custodian's part: keeping a package for each tier of each patient, sealing its secret to the committees, leaving what a requester will need with
//! the holders, and beginning anew after each session.
//!
//! Everything follows from two states, the chain's and the deposit's in the index, so that a round that broke off is repeated by the next one:
//!
//! | On chain | In the index | Then |
//! |---|---|---|
//! | an epoch that nothing is held for | | a new secret, package and envelopes |
//! | nothing sealed for the committee | envelopes | they are sealed |
//! | envelopes that are not ours, or hardly any left | | the next epoch begins |
//! | | a package of other records than there are now | the package is made anew under the same secret |
//! | something sealed | the patient refuses it | it is withdrawn |
//! | test data | a patient whom the operator does not list as one | the next epoch begins, with real data |

mod depositing;

pub use depositing::deposit_at;

use super::{
	notices,
	packages::{self, Contents},
};
use crate::{
	chain::{Head, Transaction},
	concerns::Concern,
	failure::Failure,
	index::{
		compose, deposit_key, DepositRow, DepositSet, HeldHalf, OwnScope, PackageRow, EMERGENCY_COMMITTEES,
		EMERGENCY_DEPOSITS,
	},
	service::{blocking, Service},
};
use depositing::holders;
use futures::future::join_all;
use salus_client::{
	emergency::{is_unused, release::package_context},
	wire::{emergency::SealedEnvelope, Blob},
};
use salus_envelope::{
	emergency::{seal_half, ScopeSecret},
	record, Dek,
};
use salus_primitives::{Commitment, CommitteeId, CommitteePurpose, EmergencyTier, PatientHandle};
use salus_runtime_api::{CapabilityInfo, CommitteeStatus, EmergencyScopeInfo, HandleStatus, SealedSetInfo};
use salus_threshold::{
	envelope::{envelope_commitment, EnvelopeLabel, EnvelopeSeal},
	group::Point,
	rand_core::OsRng,
};
use std::sync::Arc;

/// Both tiers.
pub(super) const TIERS: [EmergencyTier; 2] = [EmergencyTier::Summary, EmergencyTier::Wider];
/// Envelopes of an epoch for one committee: requests that came to nothing use one up each.
pub(super) const ENVELOPES: u8 = 8;
/// With fewer left than this the next epoch begins, so that nobody comes to a patient without envelopes.
const FEWEST: u32 = 2;

/// A committee to which envelopes are sealed now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
	id: CommitteeId,
	key_id: [u8; 32],
	group_key: [u8; 32],
}

#[cfg(test)]
impl Target {
	/// Any.
	pub fn example() -> Self {
		Self { id: CommitteeId(1), key_id: [1; 32], group_key: [2; 32] }
	}
}

/// The committee that a patient's envelopes go to when there is none of the patient's own.
///
/// # Errors
/// The chain.
pub async fn consortium(service: &Service, head: &Head) -> Result<Option<Target>, Failure> {
	match service.chain.consortium_committee(&head.block, CommitteePurpose::Release).await? {
		Some(id) => target(service, head, id).await,
		None => Ok(None),
	}
}

async fn target(service: &Service, head: &Head, id: CommitteeId) -> Result<Option<Target>, Failure> {
	let committee = service.chain.committee(&head.block, id).await?;
	let usable = committee.filter(|one| one.status == CommitteeStatus::Active && head.now() < one.valid_until);
	Ok(usable.and_then(|one| Some(Target { id, key_id: one.key_id?, group_key: one.group_key? })))
}

/// Brings everything about a patient up to date. Tells whether there was something to do.
///
/// # Errors
/// The chain, the vault or the index. What was done stays; the next round goes on.
pub async fn settle(
	service: &Arc<Service>,
	head: &Head,
	handle: &PatientHandle,
	consortium: Option<&Target>,
) -> Result<bool, Failure> {
	let info = service.chain.handle(&head.block, handle).await?;
	if !info.is_some_and(|info| info.custodian == service.own && info.status == HandleStatus::Active) {
		return Ok(false);
	}
	notices::catch_up(service, head, handle).await?;
	let capabilities = service.chain.capabilities(&head.block, handle).await?;
	if let Some(at) = packages::next_change(&capabilities, head.now()) {
		service.rounds.look_by(handle, at);
	}
	let mut scopes = Vec::new();
	for tier in TIERS {
		scopes.push((tier, service.chain.emergency_scope(&head.block, handle, tier).await?));
	}
	let is_real = |scope: &EmergencyScopeInfo| !scope.drill && (scope.epoch > 0 || !scope.sealed.is_empty());
	let drill = service.config.emergency.drill_handles.contains(handle) && !scopes.iter().any(|(_, it)| is_real(it));
	// The patient's own committee first: that order is the one in which the chain takes them.
	let mut targets = Vec::new();
	if let Some(id) = service.chain.personal_committee(&head.block, handle).await? {
		targets.extend(target(service, head, id).await?);
	}
	targets.extend(consortium.cloned());
	// Side by side, so that both stand in the same block.
	let settled = scopes.iter().map(|(tier, on_chain)| {
		let scope = Scope { service, head, handle, tier: *tier, on_chain, capabilities: &capabilities, drill };
		let targets = &targets;
		async move { scope.settle(targets).await }
	});
	join_all(settled).await.into_iter().try_fold(false, |changed, outcome| Ok(changed | outcome?))
}

/// One tier of one patient.
struct Scope<'a> {
	service: &'a Arc<Service>,
	head: &'a Head,
	handle: &'a PatientHandle,
	tier: EmergencyTier,
	on_chain: &'a EmergencyScopeInfo,
	capabilities: &'a [CapabilityInfo],
	/// Whether what is sealed is test data: the operator says so, and the chain has nothing real of this patient. A mark that only the chain has
	/// is one that a former custodian left, or that was taken back here: the patient is real, and sessions about it count.
	drill: bool,
}

impl Scope<'_> {
	async fn settle(&self, targets: &[Target]) -> Result<bool, Failure> {
		let Self { service, head, handle, tier, .. } = *self;
		let Some(contents) = packages::contents(service, handle, tier, self.capabilities, head.now())? else {
			return self.withdraw().await;
		};
		if targets.is_empty() {
			return Ok(false);
		}
		let epoch = self.epoch(targets)?;
		let held = service.index.get(&EMERGENCY_DEPOSITS, deposit_key(handle, tier, epoch))?;
		let goes_on = |row: &DepositRow| row.own.is_some() && row.package.is_some() && row.drill == self.drill;
		let mut row = match held.clone().filter(goes_on) {
			Some(row) => row,
			None => self.begin(epoch)?,
		};
		self.fill(&mut row, &contents, targets).await?;
		service.concerns.set(Concern::NoHolders, holders(service).next().is_none());
		let mut changed = held.as_ref() != Some(&row);
		if changed {
			self.keep(&row, held.as_ref()).await?;
		}
		changed |= self.tell(&row).await?;
		for target in targets {
			changed |= self.seal(&row, target).await?;
		}
		Ok(changed)
	}

	/// The epoch to seal for: the running one, or the next when requests could not find an envelope in the running one, or it is one of test data that
	/// became real.
	fn epoch(&self, targets: &[Target]) -> Result<u32, Failure> {
		let on_chain = self.on_chain;
		let key = deposit_key(self.handle, self.tier, on_chain.epoch);
		let held = self.service.index.get(&EMERGENCY_DEPOSITS, key)?;
		let is_spent = |target: &Target| {
			let Some(set) = on_chain.sealed.iter().find(|set| set.committee == target.id) else { return false };
			let ours = held.as_ref().and_then(|row| set_of(row, target)).map(commitments);
			ours.as_ref() != Some(&set.envelopes) || unused(set) < FEWEST
		};
		match (on_chain.drill && !self.drill) || targets.iter().any(is_spent) {
			true => on_chain.epoch.checked_add(1).ok_or_else(|| Failure::internal("a scope ran out of epochs")),
			false => Ok(on_chain.epoch),
		}
	}

	fn begin(&self, epoch: u32) -> Result<DepositRow, Failure> {
		let secret = ScopeSecret::generate().map_err(Failure::internal)?;
		Ok(DepositRow {
			handle: *self.handle,
			custodian: self.service.own,
			tier: self.tier,
			epoch,
			drill: self.drill,
			package: None,
			sets: Vec::new(),
			own: Some(OwnScope::new(&secret)),
		})
	}

	/// Makes what is missing: the package of these records, envelopes for these committees.
	async fn fill(&self, row: &mut DepositRow, contents: &Contents, targets: &[Target]) -> Result<(), Failure> {
		let genesis = self.service.genesis().await?;
		let own = row.own.as_ref().ok_or_else(|| Failure::internal("a deposit without its secret"))?;
		if row.package.is_none() || own.made_of.0 != contents.fingerprint {
			let (secret, version) = (own.secret(), row.package.as_ref().map_or(0, |package| package.version));
			row.package = Some(self.package(&secret, &label(row, &genesis, &[0; 32], 0), version + 1, contents).await?);
			if let Some(own) = &mut row.own {
				own.made_of = contents.fingerprint.into();
			}
		}
		for target in targets {
			if set_of(row, target).is_none() {
				let set = envelopes(row, &genesis, target)?;
				row.sets.push(set);
			}
		}
		Ok(())
	}

	async fn package(
		&self,
		secret: &ScopeSecret,
		label: &EnvelopeLabel,
		version: u32,
		contents: &Contents,
	) -> Result<PackageRow, Failure> {
		let key = Dek::generate().map_err(Failure::internal)?;
		let wrap = secret.wrap(&package_context(label, version), &key).map_err(Failure::internal)?;
		let name = service_name(self.service, self.head).await?;
		let contents = packages::in_order(self.service, self.head, contents.clone()).await?;
		let (service, tier) = (self.service.clone(), self.tier);
		let now = self.head.now();
		let content = blocking(move || {
			let bundle = packages::bundle(&service, tier, &contents, &name, now)?;
			let sealed = record::seal(&key, &bundle)?;
			Ok::<_, Failure>(service.vault.put(&sealed)?)
		})
		.await?;
		Ok(PackageRow { version, content, wrap: Blob(wrap) })
	}

	/// Writes a deposit down before anybody is told of it, and removes the blob that it replaces.
	async fn keep(&self, row: &DepositRow, before: Option<&DepositRow>) -> Result<(), Failure> {
		self.service.sessions.watch_committees(row.sets.iter().map(|set| set.committee));
		let (service, row) = (self.service.clone(), row.clone());
		let old = before.and_then(|before| before.package.as_ref()).map(|package| package.content);
		blocking(move || {
			service.index.write(|batch| {
				for set in &row.sets {
					batch.put(&EMERGENCY_COMMITTEES, set.committee.0.to_be_bytes(), &())?;
				}
				batch.put(&EMERGENCY_DEPOSITS, deposit_key(&row.handle, row.tier, row.epoch), &row)
			})?;
			match old.filter(|old| row.package.as_ref().map(|package| package.content) != Some(*old)) {
				Some(old) => Ok::<_, Failure>(service.vault.delete(&old)?),
				None => Ok(()),
			}
		})
		.await
	}

	async fn seal(&self, row: &DepositRow, target: &Target) -> Result<bool, Failure> {
		let Some(set) = set_of(row, target) else { return Ok(false) };
		let on_chain = self.on_chain;
		let envelopes = commitments(set);
		let stands = on_chain.epoch == row.epoch
			&& on_chain.sealed.iter().any(|sealed| sealed.committee == target.id && sealed.envelopes == envelopes);
		if stands {
			return Ok(false);
		}
		self.submit(row.epoch, target.id, envelopes, row.drill).await?;
		Ok(true)
	}

	/// Takes back what was sealed, here, on chain and at the holders.
	async fn withdraw(&self) -> Result<bool, Failure> {
		let mut changed = false;
		let mut rows = own_rows(self.service, self.handle, self.tier)?;
		for row in rows.iter_mut().filter(|row| row.package.is_some()) {
			let before = row.clone();
			(row.package, row.sets) = (None, Vec::new());
			row.own.iter_mut().for_each(OwnScope::forget);
			self.keep(row, Some(&before)).await?;
			changed = true;
		}
		// The last one speaks for those before it: no other is sent.
		if let Some(row) = rows.last() {
			changed |= self.tell(row).await?;
		}
		let on_chain = self.on_chain;
		for sealed in on_chain.sealed.iter().filter(|sealed| !sealed.envelopes.is_empty()) {
			self.submit(on_chain.epoch, sealed.committee, Vec::new(), on_chain.drill).await?;
			changed = true;
		}
		Ok(changed)
	}

	async fn submit(
		&self,
		epoch: u32,
		committee: CommitteeId,
		envelopes: Vec<Commitment>,
		drill: bool,
	) -> Result<(), Failure> {
		let (handle, tier) = (*self.handle, self.tier);
		let transaction = Transaction::SealEnvelopes { handle, tier, epoch, committee, envelopes, drill };
		self.service.chain.submit(transaction).await?;
		Ok(())
	}
}

/// The name under which the institution stands on chain.
pub(super) async fn service_name(service: &Service, head: &Head) -> Result<String, Failure> {
	super::view::institution_name(service, head, service.own).await
}

fn own_rows(service: &Service, handle: &PatientHandle, tier: EmergencyTier) -> Result<Vec<DepositRow>, Failure> {
	let rows = service.index.scan(&EMERGENCY_DEPOSITS, compose(&[&handle.0, &[tier.scope()]]))?;
	Ok(rows.into_iter().map(|(_, row)| row).filter(|row| row.own.is_some()).collect())
}

fn set_of<'a>(row: &'a DepositRow, target: &Target) -> Option<&'a DepositSet> {
	row.sets.iter().find(|set| set.committee == target.id && set.key_id.0 == target.key_id)
}

fn commitments(set: &DepositSet) -> Vec<Commitment> {
	set.envelopes.iter().map(commitment).collect()
}

/// What stands on chain for an envelope.
pub(super) fn commitment(sealed: &SealedEnvelope) -> Commitment {
	Commitment(envelope_commitment(&sealed.salt.0, &sealed.envelope.header()))
}

/// How many envelopes of a set are left.
pub(super) fn unused(set: &SealedSetInfo) -> u32 {
	(0u8..).zip(&set.envelopes).map(|(number, _)| u32::from(is_unused(set, number))).sum()
}

/// What the envelope with this number is for.
pub(super) fn label(row: &DepositRow, genesis: &[u8; 32], key_id: &[u8; 32], number: u8) -> EnvelopeLabel {
	EnvelopeLabel {
		genesis: *genesis,
		key_id: *key_id,
		handle: row.handle.0,
		scope: row.tier.scope(),
		scope_epoch: row.epoch,
		number: number.into(),
	}
}

/// Splits the secret anew for each envelope and seals the first halves to the committee.
fn envelopes(row: &DepositRow, genesis: &[u8; 32], target: &Target) -> Result<DepositSet, Failure> {
	let own = row.own.as_ref().ok_or_else(|| Failure::internal("a deposit without its secret"))?;
	let group_key =
		Point::from_bytes(&target.group_key).ok_or_else(|| Failure::internal("a committee without a key"))?;
	let mut set =
		DepositSet { committee: target.id, key_id: target.key_id.into(), envelopes: Vec::new(), halves: Vec::new() };
	for number in 0..ENVELOPES {
		let (first, second) = own.secret().split().map_err(Failure::internal)?;
		let label = label(row, genesis, &target.key_id, number);
		let seal = EnvelopeSeal::begin(&group_key, &mut OsRng);
		let sealed = seal_half(seal.shared(), &label.to_bytes(), &first);
		let envelope = seal.finish(&label, sealed, &mut OsRng);
		set.envelopes.push(SealedEnvelope { number, envelope, salt: salus_client::random_bytes().into() });
		set.halves.push(HeldHalf::Own((*second.expose()).into()));
	}
	Ok(set)
}
