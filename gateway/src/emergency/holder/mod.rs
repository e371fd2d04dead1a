//! The holder's part: keeping second halves and packages of others' patients and of the own ones, and releasing them to the bound requester of an
//! active session, never to the own house.

mod deposits;
mod release;
mod reviews;

pub use deposits::{accept, clear, sweep};
pub use release::{decide, release, Granted, Refusal, ReleaseCase};
pub use reviews::{escalate, watch_review};

use super::scope::{commitment, TIERS};
use crate::{
	failure::Failure,
	index::{deposit_key, DepositRow, DepositSet, HeldHalf, PackageRow, EMERGENCY_DEPOSITS},
	service::Service,
	vault::{BlobStore, VaultError},
};
use salus_client::{
	emergency::{is_unused, release::half_context},
	wire::{
		emergency::{EmergencyFile, ScopeEnvelopes, SealedEnvelope},
		Bytes32,
	},
};
use salus_envelope::{emergency::ScopeHalf, wrap};
use salus_primitives::{Commitment, CommitteeId, EmergencyRequestId, InstitutionId, Moment, PatientHandle};
use salus_runtime_api::{EmergencyScopeInfo, EmergencySessionInfo};
use salus_threshold::envelope::EnvelopeLabel;
use std::sync::Arc;

/// The envelopes that requests may use now. The chain says which those are.
///
/// # Errors
/// The chain, or the index.
pub async fn envelopes(service: &Service, handle: &PatientHandle) -> Result<EmergencyFile, Failure> {
	let head = service.head().await?;
	let mut custodian = None;
	let mut scopes = Vec::new();
	for tier in TIERS {
		let scope = service.chain.emergency_scope(&head.block, handle, tier).await?;
		let Some(row) = service.index.get(&EMERGENCY_DEPOSITS, deposit_key(handle, tier, scope.epoch))? else {
			continue;
		};
		custodian = Some(row.custodian);
		scopes.extend(usable(&row, &scope));
	}
	// Asked by handle alone: whoever knows none learns nothing.
	let custodian = custodian.ok_or_else(Failure::not_found)?;
	Ok(EmergencyFile { handle: *handle, custodian, scopes })
}

/// What of a deposit requests may use now.
pub(super) fn usable<'a>(
	row: &'a DepositRow,
	scope: &'a EmergencyScopeInfo,
) -> impl Iterator<Item = ScopeEnvelopes> + 'a {
	row.sets.iter().filter_map(move |set| {
		let envelopes = standing(scope, set.committee, &set.key_id, &set.envelopes);
		(!envelopes.is_empty()).then_some(ScopeEnvelopes {
			tier: row.tier,
			epoch: row.epoch,
			committee: set.committee,
			key_id: set.key_id,
			drill: row.drill,
			envelopes,
		})
	})
}

/// Of these envelopes those that stand on chain for the committee and are unused, each once.
pub(super) fn standing(
	scope: &EmergencyScopeInfo,
	committee: CommitteeId,
	key_id: &Bytes32,
	offered: &[SealedEnvelope],
) -> Vec<SealedEnvelope> {
	let Some(sealed) = scope.sealed.iter().find(|one| one.committee == committee && one.key_id == key_id.0) else {
		return Vec::new();
	};
	let on_chain = (0u8..).zip(&sealed.envelopes).filter(|(number, _)| is_unused(sealed, *number));
	let stands = |(number, expected): (u8, &Commitment)| {
		offered.iter().find(|one| one.number == number && commitment(one) == *expected).cloned()
	};
	on_chain.filter_map(stands).collect()
}

/// Refuses to draw challenges for what is not held here: the requester then asks another holder.
///
/// # Errors
/// 404, also for a session of another institution.
pub async fn require_held(service: &Service, caller: InstitutionId, id: &EmergencyRequestId) -> Result<(), Failure> {
	let head = service.head().await?;
	let session = service.chain.emergency_session(&head.block, id).await?;
	let session = session.filter(|session| session.institution == caller).ok_or_else(Failure::not_found)?;
	let key = deposit_key(&session.handle, session.tier, session.epoch);
	let row = service.index.get(&EMERGENCY_DEPOSITS, key)?;
	// What a release would find, so that no requester is sent back here in vain.
	row.filter(|row| find_set(row, &session).is_some()).map(drop).ok_or_else(Failure::not_found)
}

/// What is held for the envelope that a session opened: the package, and the set of the session's committee.
fn find_set<'a>(deposit: &'a DepositRow, session: &EmergencySessionInfo) -> Option<(&'a PackageRow, &'a DepositSet)> {
	let about = (deposit.handle, deposit.tier, deposit.epoch, deposit.custodian);
	if about != (session.handle, session.tier, session.epoch, session.custodian) {
		return None;
	}
	let mine = |set: &&DepositSet| {
		let sealed = set.envelopes.get(usize::from(session.envelope));
		set.committee == session.committee && sealed.is_some_and(|one| one.envelope.header() == session.header)
	};
	Some((deposit.package.as_ref()?, deposit.sets.iter().find(mine)?))
}

/// Where the package of a deposit lies: with the own records, or with what its custodian left here.
fn package_store(service: &Service, deposit: &DepositRow) -> Result<Arc<dyn BlobStore>, VaultError> {
	match &deposit.own {
		Some(_) => Ok(service.vault.clone()),
		None => service.deposits.of(deposit.custodian),
	}
}

/// A second half in clear.
fn open_half(service: &Service, label: &EnvelopeLabel, held: &HeldHalf) -> Result<ScopeHalf, Failure> {
	let sealed = match held {
		HeldHalf::Own(half) => return Ok(ScopeHalf::from_bytes(half.0)),
		HeldHalf::Sealed(sealed) => sealed,
	};
	let keys = service.guardian.as_ref().ok_or_else(|| {
		Failure::conflict("this gateway has no guardian key: it keeps nothing for others", "Ask another institution.")
	})?;
	let key = keys.kem();
	let context = half_context(label, key.public(), Moment::MAX, sealed.commitment.0);
	let half = wrap::unwrap(key, &sealed.wrap.0, &label.genesis, &context);
	let half = half.map_err(|_| Failure::bad_request("a second half is not wrapped to this gateway's key"))?;
	let half = ScopeHalf::from_bytes(*half);
	match half.commitment() == sealed.commitment.0 {
		true => Ok(half),
		false => Err(Failure::bad_request("a second half is another one than it names")),
	}
}
