//! Where the sealed envelopes of a patient are found.

use super::{own_patient, LONGEST, PATIENCE};
use crate::{
	chain::Head,
	emergency::{
		holder,
		scope::{unused, TIERS},
	},
	failure::Failure,
	index::{deposit_key, EMERGENCY_DEPOSITS},
	service::Service,
};
use futures::stream::{FuturesUnordered, StreamExt};
use salus_client::wire::emergency::{EmergencyFile, EnvelopesRequest, ScopeEnvelopes};
use salus_primitives::{EmergencyTier, InstitutionId, PatientHandle};
use salus_runtime_api::EmergencyScopeInfo;
use std::sync::Arc;
use tokio::time::{timeout_at, Instant};

/// The envelopes of a patient that requests may use now: from what is held here, from the custodian, who may be asleep, and from whoever else holds
/// them, until everything is there that the chain has unused.
///
/// # Errors
/// 404 when nobody who answers has any of them; 409 for an own patient.
pub async fn file(
	service: &Arc<Service>,
	handle: PatientHandle,
	custodian: InstitutionId,
) -> Result<EmergencyFile, Failure> {
	if custodian == service.own {
		return Err(own_patient());
	}
	let head = service.head().await?;
	let mut sought = Sought::read(service, &head, &handle).await?;
	sought.take(sought.own(service, &handle)?);
	let request = EnvelopesRequest { handle };
	let request = &request;
	let ask =
		|peer: InstitutionId| async move { service.peers.gateway(peer).ok()?.emergency_envelopes(request).await.ok() };
	let mut others = Some(service.peers.institutions().filter(|peer| *peer != custodian));
	let mut asked: FuturesUnordered<_> = [ask(custodian)].into_iter().collect();
	let (deadline, mut until) = (Instant::now() + LONGEST, Instant::now() + PATIENCE);
	while !sought.is_complete() {
		match timeout_at(until, asked.next()).await {
			Ok(Some(answer)) => sought.take(answer.map(|file| file.scopes).unwrap_or_default()),
			// The custodian has said what it has, or takes its time.
			_ if others.is_some() => {
				asked.extend(others.take().into_iter().flatten().map(ask));
				until = Instant::now() + PATIENCE;
			}
			// Nothing to ask with yet: one that is busy is better than none.
			Err(_) if sought.found.is_empty() && until < deadline => until = deadline,
			_ => break,
		}
	}
	match sought.found.is_empty() {
		true => Err(Failure::not_found()),
		false => Ok(EmergencyFile { handle, custodian, scopes: sought.found }),
	}
}

/// What the chain says is sealed for a patient, and what of it was found.
struct Sought {
	scopes: Vec<(EmergencyTier, EmergencyScopeInfo)>,
	found: Vec<ScopeEnvelopes>,
}

impl Sought {
	async fn read(service: &Service, head: &Head, handle: &PatientHandle) -> Result<Self, Failure> {
		let mut scopes = Vec::new();
		for tier in TIERS {
			scopes.push((tier, service.chain.emergency_scope(&head.block, handle, tier).await?));
		}
		Ok(Self { scopes, found: Vec::new() })
	}

	/// What is held here itself.
	fn own(&self, service: &Service, handle: &PatientHandle) -> Result<Vec<ScopeEnvelopes>, Failure> {
		let mut own = Vec::new();
		for (tier, scope) in &self.scopes {
			let row = service.index.get(&EMERGENCY_DEPOSITS, deposit_key(handle, *tier, scope.epoch))?;
			own.extend(row.iter().flat_map(|row| holder::usable(row, scope)));
		}
		Ok(own)
	}

	/// Takes of an answer what stands on chain and is not there yet. Whoever answers first does not decide alone: what is not sealed like this is
	/// passed over, and whoever lacks something is completed by others.
	fn take(&mut self, offered: Vec<ScopeEnvelopes>) {
		for offer in offered {
			let scope = self.scopes.iter().find(|(tier, scope)| *tier == offer.tier && scope.epoch == offer.epoch);
			let Some((_, scope)) = scope else { continue };
			let standing = holder::standing(scope, offer.committee, &offer.key_id, &offer.envelopes);
			let set = |one: &&mut ScopeEnvelopes| (one.tier, one.committee) == (offer.tier, offer.committee);
			match self.found.iter_mut().find(set) {
				Some(known) => {
					let is_new = |number: u8| known.envelopes.iter().all(|one| one.number != number);
					let more: Vec<_> = standing.into_iter().filter(|one| is_new(one.number)).collect();
					known.envelopes.extend(more);
				}
				// The chain says whether it is a drill.
				None if !standing.is_empty() => {
					self.found.push(ScopeEnvelopes { drill: scope.drill, envelopes: standing, ..offer });
				}
				None => {}
			}
		}
	}

	/// Whether every envelope was found that the chain has unused.
	fn is_complete(&self) -> bool {
		let sought: u32 = self.scopes.iter().flat_map(|(_, scope)| &scope.sealed).map(unused).sum();
		let found: usize = self.found.iter().map(|set| set.envelopes.len()).sum();
		found as u64 >= sought.into()
	}
}
