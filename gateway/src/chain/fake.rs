//! A chain in memory: the rules of the pallets as far as a gateway meets them. Every submission is final at once.
#![allow(missing_docs)]

pub mod emergency;
pub mod locate;

use super::{ChainPort, Included, Transaction};
use async_trait::async_trait;
use emergency::EmergencyWorld;
use salus_client::{
	chain::{calls::Control, AccessDecided, ChainError, ChainIdentity, PalletError, ReceiptBatch},
	wire::{Account, BlockId},
};
use salus_primitives::{
	Act, AuditChain, AuditEntry, CapabilityId, ChainHead, Commitment, InstitutionId, InstitutionKind, MemberStatus,
	Moment, OutcomeClass, PatientHandle, PermitId, PractitionerId, RecordId, StaffRole, DAY, HOUR,
};
use salus_runtime_api::{
	AnchorInfo, CapabilityInfo, ControllerInfo, ControllerOf, HandleInfo, HandleStatus, InstitutionInfo, MergeInfo,
	PermitInfo, PractitionerInfo, QuotaInfo,
};
use std::{
	collections::BTreeMap,
	sync::{Arc, Mutex, MutexGuard},
};

pub const GENESIS: [u8; 32] = [0x11; 32];

/// How much later it becomes final with [`Trouble::Late`].
const LATE: std::time::Duration = std::time::Duration::from_millis(200);

/// How the next submission ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Trouble {
	#[default]
	None,
	/// The node goes away before it gets there.
	LostBefore,
	/// It becomes final, and the answer is lost.
	LostAfter,
	/// It becomes final some time after it was sent.
	Late,
	/// The pool does not take it.
	NotAccepted,
}

/// The state of the chain.
pub struct World {
	pub number: u32,
	pub head_age: Moment,
	/// How far the chain's time is ahead of this machine's clock.
	pub head_ahead: Moment,
	pub down: bool,
	/// Takes questions and does not answer.
	pub hangs: bool,
	/// How long it takes to say what its head is.
	pub slow: std::time::Duration,
	pub trouble: Trouble,
	pub institutions: BTreeMap<InstitutionId, InstitutionInfo<Account>>,
	pub gateways: BTreeMap<Account, InstitutionId>,
	pub staff: BTreeMap<PractitionerId, PractitionerInfo>,
	pub handles: BTreeMap<PatientHandle, HandleInfo<Account>>,
	pub merges: BTreeMap<PatientHandle, MergeInfo>,
	pub anchors: BTreeMap<PatientHandle, Vec<(RecordId, AnchorInfo)>>,
	pub capabilities: BTreeMap<PatientHandle, Vec<CapabilityInfo>>,
	pub permits: BTreeMap<PermitId, PermitInfo>,
	pub entries: BTreeMap<AuditChain, Vec<AuditEntry>>,
	pub receipts: BTreeMap<InstitutionId, Vec<ReceiptBatch>>,
	pub emergency: EmergencyWorld,
	pub submitted: Vec<Transaction>,
}

/// The chain as one gateway sees it.
#[derive(Clone)]
pub struct FakeChain {
	world: Arc<Mutex<World>>,
	account: Account,
}

impl FakeChain {
	/// A chain with these hospitals and their gateway accounts.
	pub fn new(hospitals: &[(u32, Account)]) -> Vec<Self> {
		let now = salus_client::now();
		let institution = |id: u32| InstitutionInfo {
			kind: InstitutionKind::Hospital,
			name: format!("Hospital {id}"),
			operator: Account([id as u8; 32]),
			status: MemberStatus::Active,
			admitted_at: now - DAY,
			invalid_from: None,
			quota: QuotaInfo::default(),
		};
		let world = World {
			number: 100,
			head_age: 0,
			head_ahead: 0,
			down: false,
			hangs: false,
			slow: std::time::Duration::ZERO,
			trouble: Trouble::None,
			institutions: hospitals.iter().map(|(id, _)| (InstitutionId(*id), institution(*id))).collect(),
			gateways: hospitals.iter().map(|(id, account)| (*account, InstitutionId(*id))).collect(),
			staff: BTreeMap::new(),
			handles: BTreeMap::new(),
			merges: BTreeMap::new(),
			anchors: BTreeMap::new(),
			capabilities: BTreeMap::new(),
			permits: BTreeMap::new(),
			entries: BTreeMap::new(),
			receipts: BTreeMap::new(),
			emergency: EmergencyWorld::default(),
			submitted: Vec::new(),
		};
		let world = Arc::new(Mutex::new(world));
		hospitals.iter().map(|(_, account)| Self { world: world.clone(), account: *account }).collect()
	}

	pub fn world(&self) -> MutexGuard<'_, World> {
		self.world.lock().unwrap()
	}

	/// Enters staff into the registry.
	pub fn register_staff(&self, institution: u32, id: PractitionerId, signing_key: [u8; 32], roles: &[StaffRole]) {
		let now = salus_client::now();
		let info = PractitionerInfo {
			institution: InstitutionId(institution),
			signing_key,
			encryption_key_hash: [0; 32],
			roles: roles.to_vec(),
			departments: vec!["cardiology".into()],
			valid_from: now - DAY,
			valid_until: now + DAY,
			emergency_authorised: false,
			invalid_from: None,
			valid: true,
		};
		self.world().staff.insert(id, info);
	}

	fn up(&self) -> Result<MutexGuard<'_, World>, ChainError> {
		let world = self.world();
		match world.down {
			true => Err(lost()),
			false => Ok(world),
		}
	}
}

fn lost() -> ChainError {
	ChainError::Unreachable { url: "fake".into(), reason: "away".into() }
}

fn refused(name: &str) -> ChainError {
	ChainError::Refused(PalletError { pallet: "Fake".into(), name: name.into(), docs: String::new() })
}

impl World {
	fn block(&self) -> BlockId {
		let mut hash = [0; 32];
		hash[..4].copy_from_slice(&self.number.to_be_bytes());
		BlockId { hash: hash.into(), number: self.number }
	}

	fn included(&self, place: (AuditChain, u64)) -> Included {
		Included { entry: Some(place), ..Included::without_events(self.block()) }
	}

	fn record(
		&mut self,
		chain: AuditChain,
		act: Act,
		outcome: OutcomeClass,
		actor: InstitutionId,
		commitment: Commitment,
	) -> Included {
		let entries = self.entries.entry(chain).or_default();
		let sequence = entries.len() as u64;
		let custodian = match chain {
			AuditChain::Patient(handle) => self.handles.get(&handle).map(|info| info.custodian),
			AuditChain::Institution(_) => None,
		};
		let at = salus_client::now();
		entries.push(AuditEntry { chain, sequence, act, outcome, actor: Some(actor), custodian, at, commitment });
		self.included((chain, sequence))
	}

	/// The audit chain's head as the pallet computes it.
	pub fn head(&self, chain: AuditChain) -> ChainHead {
		let entries = self.entries.get(&chain).cloned().unwrap_or_default();
		let leaves: Vec<_> =
			entries.iter().map(|entry| salus_threshold::tree::leaf_hash(&codec::Encode::encode(entry))).collect();
		let head = salus_threshold::chain_head::replay(salus_threshold::chain_head::GENESIS, &leaves);
		ChainHead { head, count: leaves.len() as u64 }
	}

	fn is_custodial(&self, handle: &PatientHandle, institution: InstitutionId) -> bool {
		self.handles.get(handle).is_some_and(|info| {
			info.custodian == institution && crate::control::is_custodial(info, salus_client::now())
		})
	}

	fn is_provisional(&self, handle: &PatientHandle, institution: InstitutionId) -> bool {
		self.handles.get(handle).is_some_and(|info| {
			info.custodian == institution && crate::control::is_provisional(info, salus_client::now())
		})
	}

	fn record_both(
		&mut self,
		act: Act,
		actor: InstitutionId,
		one: (PatientHandle, Commitment),
		other: (PatientHandle, Commitment),
	) -> Included {
		let mut record =
			|(handle, entry)| self.record(AuditChain::Patient(handle), act, OutcomeClass::Permitted, actor, entry);
		let first = record(one);
		let second_entry = record(other).entry;
		Included { second_entry, ..first }
	}

	/// The permit with what still backs it.
	pub fn live_permit(&self, id: PermitId) -> Option<PermitInfo> {
		let now = salus_client::now();
		let mut permit = self.permits.get(&id).filter(|permit| now < permit.expires_at)?.clone();
		let live: Vec<&CapabilityInfo> = self
			.capabilities
			.get(&permit.handle)?
			.iter()
			.filter(|capability| permit.capabilities.contains(&capability.id))
			.filter(|capability| capability.valid_from <= now && now < capability.valid_until)
			.collect();
		permit.capabilities = live.iter().map(|capability| capability.id).collect();
		permit.tags.retain(|tag| live.iter().any(|capability| capability.tags.contains(tag)));
		(!permit.tags.is_empty()).then_some(permit)
	}

	/// Adds a capability as its patient would.
	pub fn grant(&mut self, handle: PatientHandle, mut capability: CapabilityInfo) -> CapabilityId {
		let id = CapabilityId(1 + self.capabilities.values().map(|held| held.len() as u64).sum::<u64>());
		capability.id = id;
		self.capabilities.entry(handle).or_default().push(capability);
		id
	}

	fn apply(&mut self, own: InstitutionId, transaction: Transaction) -> Result<Included, ChainError> {
		let now = salus_client::now();
		self.number += 1;
		let patient = AuditChain::Patient;
		use OutcomeClass::Permitted;
		match transaction {
			Transaction::RegisterPatient { handle, control, entry } => {
				if self.handles.contains_key(&handle) {
					return Err(refused("HandleTaken"));
				}
				let (controller, evidence) = match control {
					Control::Custodial { evidence } => (ControllerOf::Custodian, Some(evidence)),
					Control::SelfHeld { proof, .. } if proof.expires_at <= now => return Err(refused("ProofExpired")),
					Control::SelfHeld { controller, .. } => (ControllerOf::SelfHeld(controller), None),
					Control::Provisional => (ControllerOf::Provisional, None),
				};
				let controllers = vec![ControllerInfo { controller, valid_from: now, valid_until: None }];
				let status = HandleStatus::Active;
				let info = HandleInfo { custodian: own, registered_at: now, status, controllers, evidence };
				self.handles.insert(handle, info);
				Ok(self.record(patient(handle), Act::Register, Permitted, own, entry))
			}
			Transaction::ClaimHandle { handle, controller, proof, entry, .. } => {
				if proof.expires_at <= now {
					return Err(refused("ProofExpired"));
				}
				let provisional = self.is_provisional(&handle, own);
				if !self.is_custodial(&handle, own) && !provisional {
					return Err(refused("NotCustodial"));
				}
				let until = if provisional { now } else { now + HOUR };
				let info = self.handles.get_mut(&handle).unwrap();
				info.controllers[0].valid_until = Some(until);
				let controller = ControllerOf::SelfHeld(controller);
				info.controllers.push(ControllerInfo { controller, valid_from: now, valid_until: None });
				let mut included = self.record(patient(handle), Act::Claim, Permitted, own, entry);
				included.custodian_until = Some(until);
				Ok(included)
			}
			Transaction::MergeHandle { provisional, into, statement, entry, into_entry } => {
				let kept = self.handles.get(&into).is_some_and(|info| crate::control::is_kept_by(info, own));
				if !self.is_provisional(&provisional, own) || !kept || self.is_provisional(&into, own) {
					return Err(refused("NotProvisional"));
				}
				self.handles.get_mut(&provisional).unwrap().status = HandleStatus::Merged;
				self.merges.insert(provisional, MergeInfo { provisional, into, at: now, statement });
				Ok(self.record_both(Act::Merge, own, (provisional, entry), (into, into_entry)))
			}
			Transaction::UnmergeHandle { provisional, entry, into_entry, .. } => {
				if self.handles.get(&provisional).map(|info| info.custodian) != Some(own) {
					return Err(refused("NotCustodian"));
				}
				let Some(merge) = self.merges.remove(&provisional) else { return Err(refused("NotMerged")) };
				self.handles.get_mut(&provisional).unwrap().status = HandleStatus::Active;
				Ok(self.record_both(Act::Unmerge, own, (provisional, entry), (merge.into, into_entry)))
			}
			Transaction::AnchorRecords { handle, commitments, entry } => {
				assert!((1..=64).contains(&commitments.len()), "the chain cannot decode more than 64");
				match self.handles.get(&handle) {
					Some(info) if info.status == HandleStatus::Merged => return Err(refused("HandleNotActive")),
					Some(info) if info.custodian == own => {}
					_ => return Err(refused("NotCustodian")),
				}
				let records: Vec<RecordId> = commitments
					.iter()
					.map(|commitment| {
						assert!(salus_threshold::pedersen::is_canonical(&commitment.0));
						RecordId(salus_threshold::record_id(own.0, &handle.0, &commitment.0))
					})
					.collect();
				let anchored = self.anchors.entry(handle).or_default();
				if anchored.iter().any(|(record, _)| records.contains(record)) {
					return Err(refused("AlreadyAnchored"));
				}
				anchored.extend(records.into_iter().map(|id| (id, AnchorInfo { custodian: own, anchored_at: now })));
				Ok(self.record(patient(handle), Act::Anchor, Permitted, own, entry))
			}
			Transaction::GrantCapability { handle, grant, entry } => {
				if !self.is_custodial(&handle, own) {
					return Err(refused("NotController"));
				}
				let capability = CapabilityInfo {
					id: CapabilityId(0),
					grantee: grant.grantee,
					tags: grant.tags,
					purposes: grant.purposes,
					valid_from: grant.valid_from,
					valid_until: grant.valid_until,
					delegation_depth: grant.delegation_depth,
					policy: grant.policy,
					wraps: grant.wraps,
				};
				let id = self.grant(handle, capability);
				let mut included = self.record(patient(handle), Act::Grant, Permitted, own, entry);
				included.capability = Some(id);
				Ok(included)
			}
			Transaction::RevokeCapability { handle, grantee, id, entry } => {
				let held = self.capabilities.entry(handle).or_default();
				held.retain(|capability| capability.grantee != grantee || capability.id != id);
				Ok(self.record(patient(handle), Act::Revoke, Permitted, own, entry))
			}
			Transaction::RevokeGrantee { handle, grantee, entry } => {
				self.capabilities.entry(handle).or_default().retain(|capability| capability.grantee != grantee);
				Ok(self.record(patient(handle), Act::Revoke, Permitted, own, entry))
			}
			Transaction::RequestAccess { handle, tags, purpose, requester, entry } => {
				let used: Vec<&CapabilityInfo> = self
					.capabilities
					.get(&handle)
					.into_iter()
					.flatten()
					.filter(|held| held.grantee == own && held.purposes.contains(purpose))
					.filter(|held| held.valid_from <= now && now < held.valid_until)
					.filter(|held| held.tags.iter().any(|tag| tags.contains(tag)))
					.collect();
				let permitted: Vec<_> =
					tags.iter().filter(|tag| used.iter().any(|held| held.tags.contains(tag))).copied().collect();
				let capabilities: Vec<CapabilityId> = used.iter().map(|held| held.id).collect();
				let ends = used.iter().map(|held| held.valid_until).min().unwrap_or(u64::MAX);
				let chain = match self.handles.contains_key(&handle) {
					true => patient(handle),
					false => AuditChain::Institution(own),
				};
				let permit = (!permitted.is_empty()).then(|| PermitId(1 + self.permits.len() as u64));
				let outcome = if permit.is_some() { Permitted } else { OutcomeClass::Empty };
				if let Some(id) = permit {
					let info = PermitInfo {
						id,
						handle,
						institution: own,
						requester,
						tags: permitted,
						purpose,
						capabilities,
						entry,
						issued_at: now,
						expires_at: ends.min(now + 12 * HOUR),
					};
					self.permits.insert(id, info);
				}
				let mut included = self.record(chain, Act::Request, outcome, own, entry);
				let sequence = included.entry.unwrap().1;
				included.decided = Some(AccessDecided { outcome, permit, sequence });
				Ok(included)
			}
			Transaction::FileReceipts { root, count, from, until, entry } => {
				if until > now {
					return Err(refused("PeriodInFuture"));
				}
				let filed = self.receipts.entry(own).or_default();
				let number = filed.len() as u32;
				filed.push(ReceiptBatch { root: root.into(), count, from, until, filed_at: now });
				let mut included = self.record(AuditChain::Institution(own), Act::Receipts, Permitted, own, entry);
				included.receipts = Some(number);
				Ok(included)
			}
			Transaction::RequestLocate { request, entry } => self.request_locate(own, *request, entry),
			Transaction::EvaluateLocate { id, part, entry } => self.evaluate_locate(own, &id, &part, entry),
			emergency => self.apply_emergency(own, emergency),
		}
	}
}

#[async_trait]
impl ChainPort for FakeChain {
	async fn identity(&self) -> Result<ChainIdentity, ChainError> {
		drop(self.up()?);
		Ok(ChainIdentity { genesis: GENESIS.into(), spec_version: 1 })
	}

	async fn finalized_head(&self) -> Result<BlockId, ChainError> {
		if self.world().hangs {
			return std::future::pending().await;
		}
		let slow = self.world().slow;
		if !slow.is_zero() {
			tokio::time::sleep(slow).await;
		}
		Ok(self.up()?.block())
	}

	async fn time_at(&self, _: &BlockId) -> Result<Moment, ChainError> {
		let world = self.up()?;
		Ok(salus_client::now() - world.head_age + world.head_ahead)
	}

	async fn institution(
		&self,
		_: &BlockId,
		id: InstitutionId,
	) -> Result<Option<InstitutionInfo<Account>>, ChainError> {
		Ok(self.up()?.institutions.get(&id).cloned())
	}

	async fn gateway_institution(&self, account: &Account) -> Result<Option<InstitutionId>, ChainError> {
		Ok(self.up()?.gateways.get(account).copied())
	}

	async fn practitioner(&self, _: &BlockId, id: &PractitionerId) -> Result<Option<PractitionerInfo>, ChainError> {
		Ok(self.up()?.staff.get(id).cloned())
	}

	async fn handle(&self, _: &BlockId, handle: &PatientHandle) -> Result<Option<HandleInfo<Account>>, ChainError> {
		Ok(self.up()?.handles.get(handle).cloned())
	}

	async fn merges(&self, _: &BlockId, handle: &PatientHandle) -> Result<Vec<MergeInfo>, ChainError> {
		let world = self.up()?;
		let about = |merge: &&MergeInfo| merge.into == *handle || merge.provisional == *handle;
		Ok(world.merges.values().filter(about).copied().collect())
	}

	async fn capabilities(&self, _: &BlockId, handle: &PatientHandle) -> Result<Vec<CapabilityInfo>, ChainError> {
		Ok(self.up()?.capabilities.get(handle).cloned().unwrap_or_default())
	}

	async fn permit(&self, _: &BlockId, id: PermitId) -> Result<Option<PermitInfo>, ChainError> {
		Ok(self.up()?.live_permit(id))
	}

	async fn anchors(&self, _: &BlockId, handle: &PatientHandle) -> Result<Vec<(RecordId, AnchorInfo)>, ChainError> {
		Ok(self.up()?.anchors.get(handle).cloned().unwrap_or_default())
	}

	async fn audit_head(&self, _: &BlockId, chain: AuditChain) -> Result<ChainHead, ChainError> {
		Ok(self.up()?.head(chain))
	}

	async fn receipt_batch(&self, institution: InstitutionId, number: u32) -> Result<Option<ReceiptBatch>, ChainError> {
		Ok(self.up()?.receipts.get(&institution).and_then(|filed| filed.get(number as usize)).copied())
	}

	async fn submit(&self, transaction: Transaction) -> Result<Included, ChainError> {
		let trouble = std::mem::take(&mut self.up()?.trouble);
		if trouble == Trouble::Late {
			tokio::time::sleep(LATE).await;
		}
		let mut world = self.up()?;
		match trouble {
			Trouble::LostBefore => return Err(lost()),
			Trouble::NotAccepted => {
				return Err(ChainError::NotAccepted { reason: "exhausted".to_owned(), advice: "Wait." });
			}
			_ => {}
		}
		let own = *world.gateways.get(&self.account).ok_or_else(|| refused("BadSigner"))?;
		world.submitted.push(transaction.clone());
		let included = world.apply(own, transaction)?;
		match trouble {
			Trouble::LostAfter => Err(lost()),
			_ => Ok(included),
		}
	}
}
