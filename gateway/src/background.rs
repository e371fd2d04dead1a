//! What runs beside the requests: filing receipts, carrying broken-off work on, telling other gateways, guarding emergency access.

use crate::{
	api,
	emergency::{self, guardian, holder, member, notices},
	failure::Failure,
	finding::merges,
	ingest,
	locate::{self, evaluating, retention},
	outbox,
	receipts::{self, Filed},
	service::{blocking, Service},
};
use std::{
	future::Future,
	sync::{atomic::Ordering, Arc},
	time::Duration,
};
use tokio::{sync::watch, task::JoinSet, time::MissedTickBehavior};

/// How often broken-off work is looked for.
const RECOVERY_PERIOD: Duration = Duration::from_secs(20);
/// How often the outbox is looked through.
const OUTBOX_PERIOD: Duration = Duration::from_secs(2);
/// How often it is looked whether there is a new head to vote at, or to evaluate names at.
const VOTES_PERIOD: Duration = Duration::from_millis(500);
/// How often it is looked which patients are to be entered with the guardians.
const ENTERING_PERIOD: Duration = Duration::from_secs(1);
/// How often it is looked what committees wait for.
const COMMITTEES_PERIOD: Duration = Duration::from_secs(3);
/// How often it is looked which emergency packages have to be made, sealed or deposited.
const PACKAGES_PERIOD: Duration = Duration::from_secs(1);
/// How often it is looked what happens in emergency sessions about own patients.
const SESSIONS_PERIOD: Duration = Duration::from_secs(1);
/// How often it is looked which searches by name are over.
const SWEEP_PERIOD: Duration = Duration::from_secs(3_600);
/// How often overdue reviews are looked for.
const REVIEWS_PERIOD: Duration = Duration::from_secs(60);
/// How often the vault is tried.
const PROBE_PERIOD: Duration = Duration::from_secs(30);

/// Starts the tasks. They end when `stop` turns true.
pub fn start(service: &Arc<Service>, stop: &watch::Receiver<bool>) -> JoinSet<()> {
	let mut tasks = JoinSet::new();
	let filing = Duration::from_secs(service.config.receipts_period_seconds);
	tasks.spawn(repeat("filing of receipts", filing, stop.clone(), {
		let service = service.clone();
		move || file(service.clone())
	}));
	tasks.spawn(repeat("recovery", RECOVERY_PERIOD, stop.clone(), {
		let service = service.clone();
		move || recover(service.clone())
	}));
	tasks.spawn(repeat("outbox", OUTBOX_PERIOD, stop.clone(), {
		let service = service.clone();
		move || deliver(service.clone())
	}));
	tasks.spawn(repeat("deposits", OUTBOX_PERIOD, stop.clone(), {
		let service = service.clone();
		move || deposit(service.clone())
	}));
	tasks.spawn(repeat("votes in emergencies", VOTES_PERIOD, stop.clone(), {
		let service = service.clone();
		move || attend(service.clone())
	}));
	tasks.spawn(repeat("searches by name", VOTES_PERIOD, stop.clone(), {
		let service = service.clone();
		move || evaluate(service.clone())
	}));
	tasks.spawn(repeat("entering of patients", ENTERING_PERIOD, stop.clone(), {
		let service = service.clone();
		move || enter(service.clone())
	}));
	tasks.spawn(repeat("searches that are over", SWEEP_PERIOD, stop.clone(), {
		let service = service.clone();
		move || forget_searches(service.clone())
	}));
	tasks.spawn(repeat("part in committees", COMMITTEES_PERIOD, stop.clone(), {
		let service = service.clone();
		move || take_part(service.clone())
	}));
	tasks.spawn(repeat("emergency packages", PACKAGES_PERIOD, stop.clone(), {
		let service = service.clone();
		move || keep_packages(service.clone())
	}));
	tasks.spawn(repeat("emergency sessions", SESSIONS_PERIOD, stop.clone(), {
		let service = service.clone();
		move || watch_sessions(service.clone())
	}));
	tasks.spawn(repeat("overdue reviews", REVIEWS_PERIOD, stop.clone(), {
		let service = service.clone();
		move || escalate_reviews(service.clone())
	}));
	tasks.spawn(repeat("probe of the vault", PROBE_PERIOD, stop.clone(), {
		let service = service.clone();
		move || probe(service.clone())
	}));
	tasks
}

async fn file(service: Arc<Service>) -> Result<(), Failure> {
	// Until nothing is left: a long absence of the node leaves more than one batch.
	loop {
		let now = salus_client::now();
		match receipts::file_pending(&service.receipts, service.chain.as_ref(), service.account, now).await? {
			Filed::Nothing => return Ok(()),
			Filed::Batch { number, count } => tracing::info!(number, count, "receipts were filed"),
		}
	}
}

async fn recover(service: Arc<Service>) -> Result<(), Failure> {
	let ingests = ingest::recover(&service).await;
	let grants = api::recover_grants(&service).await;
	let merges = merges::recover(&service).await;
	ingests.and(grants).and(merges)
}

async fn deliver(service: Arc<Service>) -> Result<(), Failure> {
	outbox::deliver_due(&service).await
}

async fn deposit(service: Arc<Service>) -> Result<(), Failure> {
	outbox::deposit_due(&service).await
}

async fn attend(service: Arc<Service>) -> Result<(), Failure> {
	// Votes that wait for their block run on; what is cut off at the end is in the journal.
	let mut votes = JoinSet::new();
	let outcome = guardian::attend(&service, &mut votes).await;
	votes.detach_all();
	outcome
}

async fn evaluate(service: Arc<Service>) -> Result<(), Failure> {
	// As with votes: what is cut off at the end is made again.
	evaluating::attend(&service).await?.detach_all();
	Ok(())
}

async fn enter(service: Arc<Service>) -> Result<(), Failure> {
	locate::enter(&service).await
}

async fn forget_searches(service: Arc<Service>) -> Result<(), Failure> {
	blocking(move || retention::sweep(&service, salus_client::now())).await
}

async fn take_part(service: Arc<Service>) -> Result<(), Failure> {
	member::take_part(&service).await
}

async fn keep_packages(service: Arc<Service>) -> Result<(), Failure> {
	emergency::keep(&service).await
}

async fn watch_sessions(service: Arc<Service>) -> Result<(), Failure> {
	notices::watch(&service).await
}

async fn escalate_reviews(service: Arc<Service>) -> Result<(), Failure> {
	let head = service.head().await?;
	holder::escalate(&service, &head).await
}

async fn probe(service: Arc<Service>) -> Result<(), Failure> {
	let vault = service.vault.clone();
	let writable = blocking(move || Ok::<_, Failure>(vault.is_writable())).await?;
	if !writable && service.vault_writable.load(Ordering::Relaxed) {
		tracing::error!("the vault takes no blobs: full disk or wrong permissions");
	}
	service.vault_writable.store(writable, Ordering::Relaxed);
	Ok(())
}

/// Runs work again and again. A failure is logged once until the work succeeds again.
async fn repeat<F, W>(name: &'static str, period: Duration, mut stop: watch::Receiver<bool>, work: F)
where
	F: Fn() -> W,
	W: Future<Output = Result<(), Failure>>,
{
	let mut ticks = tokio::time::interval(period);
	ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
	let mut failing = false;
	loop {
		tokio::select! {
			_ = ticks.tick() => {}
			_ = stop.wait_for(|stop| *stop) => return,
		}
		// Work that is cut off here is carried on after the next start: it is made for that.
		let outcome = tokio::select! {
			outcome = work() => outcome,
			_ = stop.wait_for(|stop| *stop) => return,
		};
		match outcome {
			Ok(()) if failing => {
				tracing::info!(name, "works again");
				failing = false;
			}
			Err(failure) if !failing => {
				tracing::warn!(name, %failure, "failed; it is tried again");
				failing = true;
			}
			_ => {}
		}
	}
}
