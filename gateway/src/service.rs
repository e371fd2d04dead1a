//! What the parts of the gateway share.

use crate::{
	chain::{ChainPort, Head, Included, Transaction},
	concerns::Concerns,
	config::Config,
	emergency::{Desk, Policy, Rounds, Sessions},
	enforcement::Challenges,
	failure::Failure,
	index::{Index, IndexError, Meta, META, META_KEY, OPENINGS},
	keys::GuardianKeys,
	limits::Limiter,
	locate::Enrolment,
	openings::{self, opening_key},
	peers::Peers,
	receipts::ReceiptLog,
	staff::{Staff, StaffRegistry},
	vault::{BlobStore, Deposits},
};
use salus_client::{
	chain::Keypair,
	signature::SeenNonces,
	wire::{Account, Actor, EntryOpening, FullEntry},
};
use salus_envelope::XWingPublic;
use salus_primitives::{Act, AuditChain, EmergencyRequestId, InstitutionId, PatientHandle, SECOND};
use std::{
	collections::HashMap,
	future::Future,
	sync::{atomic::AtomicBool, Arc, Mutex, PoisonError},
	time::Duration,
};
use tokio::{
	sync::{OwnedMutexGuard, Semaphore},
	time::{sleep, Instant},
};

/// Nonces of requests that are remembered at a time: five minutes at three hundred requests a second.
const NONCES: usize = 100_000;
/// How long what the sender saw in its own node is waited for in ours, when the sender tries again by itself: made-up things must not hold the
/// slots that others need.
pub const CATCH_UP: Duration = Duration::from_secs(if cfg!(test) { 1 } else { 4 });
/// The same where nobody tries again, and a person waits for the answer.
pub const CATCH_UP_FOR_PEOPLE: Duration = Duration::from_secs(if cfg!(test) { 2 } else { 12 });
/// How often it is looked for.
const POLL: Duration = Duration::from_millis(200);

/// One hospital's gateway. Shared by everything that runs in it.
pub struct Service {
	/// The configuration.
	pub config: Config,
	/// The institution it acts for.
	pub own: InstitutionId,
	/// Its account on the chain.
	pub account: Account,
	/// The chain.
	pub chain: Arc<dyn ChainPort>,
	/// What it knows.
	pub index: Arc<Index>,
	/// The blobs.
	pub vault: Arc<dyn BlobStore>,
	/// The packages that are kept for other custodians.
	pub deposits: Deposits,
	/// The gateways of other institutions.
	pub peers: Peers,
	/// The institution's retention key.
	pub retention: XWingPublic,
	/// Challenges that were drawn and not used.
	pub challenges: Challenges,
	/// Challenges for emergency sessions.
	pub emergency_challenges: Challenges<EmergencyRequestId>,
	/// What the operator has to look after.
	pub concerns: Concerns,
	/// Which patients' emergency packages are looked at, and when.
	pub rounds: Rounds,
	/// The emergency sessions about own patients that are watched.
	pub sessions: Sessions,
	/// The keys with which it guards emergency access; `None` when it guards nothing.
	pub guardian: Option<GuardianKeys>,
	/// The rules by which it votes without a person.
	pub policy: Policy,
	/// Sessions and committees in work.
	pub desk: Desk,
	/// Searches by name in work.
	pub locate_desk: Desk,
	/// Which patients are entered with the guardians, and when.
	pub enrolment: Enrolment,
	/// Receipts.
	pub receipts: ReceiptLog,
	/// The staff registry, cached.
	pub staff: StaffRegistry,
	/// Requests that were seen.
	pub nonces: Mutex<SeenNonces>,
	/// How much each caller may ask.
	pub limiter: Limiter,
	/// Whether the vault took a blob when it was last tried.
	pub vault_writable: AtomicBool,
	/// How many requests are in work.
	pub slots: Arc<Semaphore>,
	handles: Mutex<HashMap<PatientHandle, Arc<tokio::sync::Mutex<()>>>>,
	genesis: tokio::sync::OnceCell<[u8; 32]>,
}

/// What a [`Service`] is made of.
pub struct Parts {
	/// The configuration.
	pub config: Config,
	/// The gateway's account key.
	pub signer: Keypair,
	/// The chain.
	pub chain: Arc<dyn ChainPort>,
	/// The index.
	pub index: Index,
	/// The vault.
	pub vault: Arc<dyn BlobStore>,
	/// The packages that are kept for other custodians.
	pub deposits: Deposits,
	/// The institution's retention key.
	pub retention: XWingPublic,
	/// The guardian keys.
	pub guardian: Option<GuardianKeys>,
	/// The rules of voting.
	pub policy: Policy,
}

impl Service {
	/// Puts the parts together.
	///
	/// # Errors
	/// [`IndexError::Foreign`] when the data folder belongs to another institution; an address of a peer that is none.
	pub fn new(parts: Parts) -> anyhow::Result<Self> {
		let Parts { config, signer, chain, index, vault, deposits, retention, guardian, policy } = parts;
		let own = config.institution;
		let index = Arc::new(index);
		match index.get(&META, META_KEY)? {
			Some(meta) if meta.institution != own => {
				return Err(IndexError::Foreign(format!("institution {}", meta.institution)).into());
			}
			Some(_) => {}
			None => index.put(&META, META_KEY, &Meta { institution: own, genesis: None })?,
		}
		let staff = StaffRegistry::new(
			index.clone(),
			own,
			config.staff_cache_seconds.saturating_mul(SECOND),
			config.staff_downtime_seconds.saturating_mul(SECOND),
		);
		Ok(Self {
			own,
			account: Account(signer.public_key().0),
			peers: Peers::new(config.peer_urls(), signer)?,
			receipts: ReceiptLog::new(index.clone(), own),
			challenges: Challenges::default(),
			emergency_challenges: Challenges::default(),
			concerns: Concerns::default(),
			rounds: Rounds::default(),
			sessions: Sessions::default(),
			nonces: Mutex::new(SeenNonces::new(salus_client::now() / SECOND, NONCES)),
			limiter: Limiter::new(config.limits.requests_per_minute, config.limits.burst),
			slots: Arc::new(Semaphore::new(config.limits.concurrent_requests)),
			vault_writable: AtomicBool::new(vault.is_writable()),
			handles: Mutex::default(),
			genesis: tokio::sync::OnceCell::new(),
			desk: Desk::default(),
			locate_desk: Desk::default(),
			enrolment: Enrolment::default(),
			guardian,
			policy,
			staff,
			config,
			chain,
			index,
			vault,
			deposits,
			retention,
		})
	}

	/// Hash of the genesis block. Known from the index once the chain was seen, so that own reads do not need the node.
	///
	/// # Errors
	/// 503 when it was never seen and the node does not answer; 500 when the node runs another chain than the one the data belongs to.
	pub async fn genesis(&self) -> Result<[u8; 32], Failure> {
		let read = async {
			let mut meta = self.index.get(&META, META_KEY)?.unwrap_or(Meta { institution: self.own, genesis: None });
			match (meta.genesis, self.chain.identity().await) {
				(Some(known), Ok(identity)) if known != identity.genesis => {
					Err(Failure::internal("the node runs another chain than the one that this data folder belongs to"))
				}
				(Some(known), _) => Ok(known.0),
				(None, Ok(identity)) => {
					meta.genesis = Some(identity.genesis);
					self.index.put(&META, META_KEY, &meta)?;
					Ok(identity.genesis.0)
				}
				(None, Err(error)) => Err(error.into()),
			}
		};
		self.genesis.get_or_try_init(|| read).await.copied()
	}

	/// A finalized head that is young enough to decide on.
	///
	/// # Errors
	/// 503.
	pub async fn head(&self) -> Result<Head, Failure> {
		// The genesis is compared at the first contact: on another chain nothing is decided.
		self.genesis().await?;
		Head::fresh(self.chain.as_ref(), self.config.max_head_age()).await
	}

	/// What `ask` finds at a fresh finalized head. Nodes make blocks final one after the other, and the caller may have seen in its own what ours
	/// does not show yet: what is not there is waited for, at most so long. The last answer is given whatever it is.
	///
	/// # Errors
	/// Those of `ask`; 503.
	pub async fn catch_up<T, A: Future<Output = Result<T, Failure>>>(
		&self,
		within: Duration,
		is_there: impl Fn(&T) -> bool,
		ask: impl Fn(Head) -> A,
	) -> Result<(Head, T), Failure> {
		let deadline = Instant::now() + within;
		loop {
			let head = self.head().await?;
			let found = ask(head).await?;
			if is_there(&found) || Instant::now() >= deadline {
				return Ok((head, found));
			}
			sleep(POLL).await;
		}
	}

	/// Waits for the turn to change a handle: one ingest, grant or claim at a time.
	pub async fn lock(&self, handle: &PatientHandle) -> OwnedMutexGuard<()> {
		let lock = {
			// A poisoned lock holds a complete map: no code that can panic runs under it.
			let mut handles = self.handles.lock().unwrap_or_else(PoisonError::into_inner);
			handles.retain(|_, lock| Arc::strong_count(lock) > 1);
			handles.entry(*handle).or_default().clone()
		};
		lock.lock_owned().await
	}

	/// The full entry of an act of this institution.
	pub fn entry(&self, act: Act, by: Option<&Staff>, basis: impl Into<String>) -> FullEntry {
		let actor = Actor {
			institution: Some(self.own),
			account: self.account,
			practitioner: by.map(|staff| staff.id),
			roles: by.map(|staff| staff.info.roles.clone()).unwrap_or_default(),
			departments: by.map(|staff| staff.info.departments.clone()).unwrap_or_default(),
			on_behalf: false,
		};
		let mut entry = FullEntry::new(act, salus_client::now(), actor, basis);
		entry.custodian = Some(self.own);
		entry
	}

	/// Seals the entry of an act on a patient's chain and keeps its opening, before the act is submitted: an entry that nobody can open is
	/// a finding against this institution.
	///
	/// # Errors
	/// The index.
	pub fn seal(&self, entry: &FullEntry, handle: &PatientHandle) -> Result<EntryOpening, Failure> {
		let mut opening = entry.seal()?;
		opening.chain = Some(AuditChain::Patient(*handle));
		openings::keep(&self.index, &opening)?;
		Ok(opening)
	}

	/// Submits an act whose opening is kept, and keeps the place of its entry. An opening whose act the chain refused is dropped.
	///
	/// # Errors
	/// The chain, or the index.
	pub async fn act(&self, transaction: Transaction, opening: &mut EntryOpening) -> Result<Included, Failure> {
		match self.chain.submit(transaction).await {
			Ok(included) => {
				self.index.remove(&OPENINGS, opening_key(opening))?;
				if let Some((chain, sequence)) = included.entry {
					(opening.chain, opening.sequence) = (Some(chain), Some(sequence));
				}
				openings::keep(&self.index, opening)?;
				Ok(included)
			}
			Err(error) => {
				// In any other case the act may still come.
				if error.is_refusal() {
					self.index.remove(&OPENINGS, opening_key(opening))?;
				}
				Err(error.into())
			}
		}
	}
}

/// Runs work that blocks (disk, long computations) where that holds nobody up.
///
/// # Errors
/// Those of the work; 500 when it panicked.
pub async fn blocking<T, E>(work: impl FnOnce() -> Result<T, E> + Send + 'static) -> Result<T, Failure>
where
	T: Send + 'static,
	E: Into<Failure> + Send + 'static,
{
	match tokio::task::spawn_blocking(work).await {
		Ok(result) => result.map_err(Into::into),
		Err(error) => Err(Failure::internal(error)),
	}
}
