//! The running gateway: put together from a configuration, served until it is told to end.

use crate::{
	api, background,
	chain::LiveChain,
	config::{read_passphrase, Config},
	emergency::{holder, Policy},
	index::Index,
	keys,
	service::{Parts, Service},
	vault::{Deposits, FolderStore},
};
use anyhow::Context;
use salus_client::keystore::make_private_folder;
use std::{sync::Arc, time::Duration};
use tokio::{
	net::TcpListener,
	signal::unix::{signal, Signal, SignalKind},
	sync::watch,
};

/// How long requests in work and tasks have to come to an end.
const GRACE: Duration = Duration::from_secs(30);

/// Opens keys, index and vault.
///
/// # Errors
/// Whatever is wrong with them, with the file's name.
pub fn open(config: Config) -> anyhow::Result<Service> {
	let passphrase = read_passphrase(&config.passphrase_file)?;
	let signer = keys::load_account(&config.gateway_key, &passphrase)?;
	let storage_key = keys::load_storage_key(&config.storage_key, &passphrase)?;
	let retention = keys::load_retention_key(&config.retention_key)?;
	make_private_folder(&config.data).with_context(|| format!("making {}", config.data.display()))?;
	let index = Index::open(&config.data.join("index.redb"), storage_key)
		.with_context(|| format!("opening the index in {}", config.data.display()))?;
	let guardian = match &config.emergency.guardian_key {
		Some(path) => Some(keys::load_guardian_keys(path, &passphrase)?),
		None => None,
	};
	let policy = Policy::of_config(config.emergency.policy_file.as_deref())?;
	let folder = config.data.join("vault");
	let vault =
		FolderStore::open(&folder).with_context(|| format!("opening the vault in {}", config.data.display()))?;
	let deposits = Deposits::new(folder.join("deposits"), config.emergency.quota_bytes);
	match holder::sweep(&index, &deposits) {
		Ok(0) => {}
		Ok(count) => tracing::info!(count, "packages of others that nothing names any more were destroyed"),
		// They take room and nothing else.
		Err(failure) => tracing::warn!(%failure, "packages of others that nothing names any more were not destroyed"),
	}
	let chain = Arc::new(LiveChain::new(&config.node, signer.clone()));
	let vault = Arc::new(vault);
	Service::new(Parts { config, signer, chain, index, vault, deposits, retention, guardian, policy })
}

/// Serves until SIGTERM or SIGINT, then lets what is in work come to an end.
///
/// # Errors
/// When it cannot listen, or cannot be put together.
pub async fn run(config: Config) -> anyhow::Result<()> {
	let listen = config.listen;
	// Before anybody can know that it runs: until then, a signal to end is the system's to answer, and kills.
	let mut end = EndSignal::new()?;
	// Argon2id takes a moment, and it blocks.
	let service = Arc::new(tokio::task::spawn_blocking(move || open(config)).await??);
	let listener = TcpListener::bind(listen).await.with_context(|| format!("listening on {listen}"))?;
	let address = listener.local_addr()?;
	announce(&service, address);
	let (stop, stopped) = watch::channel(false);
	let mut tasks = background::start(&service, &stopped);
	let mut finish = stopped.clone();
	let server = axum::serve(listener, api::router(service.clone())).with_graceful_shutdown(async move {
		// An error says that the sender is gone, which ends the process as well.
		finish.wait_for(|stop| *stop).await.ok();
	});
	let server = tokio::spawn(async move { server.await });
	let server_abort = server.abort_handle();
	end.received().await;
	tracing::info!("ending: requests in work come to an end first");
	stop.send_replace(true);
	let ended = tokio::time::timeout(GRACE, async {
		server.await??;
		while tasks.join_next().await.is_some() {}
		anyhow::Ok(())
	});
	match ended.await {
		Ok(result) => result?,
		Err(_) => {
			tracing::warn!(
				"requests were still in work after the time of grace; the journal carries them on at the next start"
			);
			server_abort.abort();
			tasks.abort_all();
		}
	}
	tracing::info!("ended");
	Ok(())
}

/// Told on standard output, so that programs can wait for it.
fn announce(service: &Service, address: std::net::SocketAddr) {
	let line = serde_json::json!({
		"listening": format!("http://{address}"), "institution": service.own, "gateway": service.account.to_string(),
	});
	println!("{line}");
	tracing::info!(%address, institution = %service.own, "listening");
	if service.config.default_policy == salus_policy::DefaultPolicy::NotDeclared {
		tracing::warn!("no default_policy is declared: own staff can read nothing");
	}
	if service.guardian.is_some() && service.policy.is_closed() {
		tracing::warn!("no emergency policy is there: every emergency session waits for a duty officer");
	}
	if service.guardian.is_some() && service.policy.evaluates() != (true, true) {
		tracing::warn!(
			"the emergency policy has no `locate` or no `enrol`: this guardian does not help to find patients by name"
		);
	}
}

/// SIGTERM and SIGINT. What arrives from its creation on is kept until it is asked for.
struct EndSignal {
	terminate: Signal,
	interrupt: Signal,
}

impl EndSignal {
	fn new() -> std::io::Result<Self> {
		Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
	}

	async fn received(&mut self) {
		tokio::select! {
			_ = self.terminate.recv() => {}
			_ = self.interrupt.recv() => {}
		}
	}
}
