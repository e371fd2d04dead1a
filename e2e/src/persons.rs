//! A patient's own guardians: people, each with an own desk and an own process of `salus emergency serve`.

use crate::{
	guardians::wait_for,
	network::{Network, HOSPITALS},
	person::{number, Person},
	process::Process,
};
use anyhow::{Context, Result};
use futures::{stream, StreamExt, TryStreamExt};
use salus_client::{
	chain::{Chain, Keypair},
	primitives::{CommitteeId, PatientHandle},
};
use salus_runtime_api::CommitteeStatus;
use serde_json::json;
use std::time::{Duration, Instant};

/// Acceptances at a time: each derives a key from a passphrase, as people's do.
const ACCEPTING: usize = 2;

/// What the patient wishes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wishes {
	/// How many guardians.
	pub n: usize,
	/// How many of them open an envelope.
	pub k: u16,
	/// After how many seconds without an answer the consortium's committee may be asked.
	pub fallback_after: u64,
}

/// The guardians. Dropping them ends their processes.
#[derive(Debug)]
pub struct PersonalGuardians {
	/// Their committee.
	pub committee: CommitteeId,
	/// From the block with the shares until every guardian had proven its own.
	pub took: Duration,
	guardians: Vec<(Person, Option<Process>)>,
}

impl PersonalGuardians {
	/// Invites people, who accept; sets them up; starts them, and waits until they are a committee.
	///
	/// # Errors
	/// When a command fails, or somebody does not confirm.
	pub async fn set_up(network: &Network, patient: &Person, handle: &PatientHandle, wishes: Wishes) -> Result<Self> {
		let desks = network.folder.join("guardians").join(&patient.name);
		let invitation = patient.home.join("invitation.json").display().to_string();
		let words = "Please be one of those who decide when I cannot speak.";
		patient.does(&["emergency", "invite", &handle.to_string(), "--words", words, "--out", &invitation]).await?;
		let invited: Vec<(Person, String)> = stream::iter(0..wishes.n)
			.map(|position| {
				let (desks, invitation) = (&desks, &invitation);
				async move {
					let node = network.validators[position % HOSPITALS].url();
					let name = format!("guardian-{}", position + 1);
					let person = Person::new(&network.binaries.salus, desks, &name, &node, None)?;
					let answer = person.home.join("answer.json").display().to_string();
					let accept = ["emergency", "accept", &name, "--invitation", invitation, "--answer", &answer];
					person.does(&accept).await?;
					anyhow::Ok((person, answer))
				}
			})
			.buffered(ACCEPTING)
			.try_collect()
			.await?;

		let (handle, threshold) = (handle.to_string(), wishes.k.to_string());
		let fallback = format!("{}s", wishes.fallback_after);
		let mut arguments =
			vec!["emergency", "setup", &handle, "--threshold", &threshold, "--fallback-after", &fallback];
		for (_, answer) in &invited {
			arguments.extend(["--guardian", answer.as_str()]);
		}
		let set_up = patient.does(&arguments).await?;
		let committee = CommitteeId(u32::try_from(number(&set_up, "/committee")?)?);
		let began = Instant::now();
		let mut guardians = Vec::new();
		for (person, _) in invited {
			guardians.push((person, None));
		}
		let mut all = Self { committee, took: Duration::ZERO, guardians };
		for position in 0..wishes.n {
			all.start(position)?;
		}
		let chain = Chain::connect(&patient.node).await?;
		wait_for(&chain, committee, CommitteeStatus::Active).await.with_context(|| all.last_words())?;
		all.took = began.elapsed();
		Ok(all)
	}

	/// Starts one, by standing orders that approve every summary.
	///
	/// # Errors
	/// When the program cannot be started.
	pub fn start(&mut self, position: usize) -> Result<()> {
		let (person, process) = self.guardians.get_mut(position).context("there is no such guardian")?;
		if process.is_none() {
			let orders = json!({ "approve": ["Summary"], "per_day": 100_000 });
			let orders = person.write("orders.json", orders.to_string())?.display().to_string();
			*process = Some(person.starts(&["emergency", "serve", "--orders", &orders])?);
		}
		Ok(())
	}

	/// Kills one.
	pub fn kill(&mut self, position: usize) {
		if let Some(mut process) = self.guardians.get_mut(position).and_then(|(_, process)| process.take()) {
			process.kill();
		}
	}

	/// The account of one, as a thief of its machine has it.
	///
	/// # Errors
	/// When its key cannot be opened.
	pub fn account_key(&self, position: usize) -> Result<Keypair> {
		let (person, _) = self.guardians.get(position).context("there is no such guardian")?;
		Ok(person.identity()?.account(&person.name)?.pair().clone())
	}

	/// Resident memory of those that run, bytes.
	pub fn resident_bytes(&self) -> Vec<u64> {
		self.guardians.iter().filter_map(|(_, process)| process.as_ref()?.resident_bytes()).collect()
	}

	fn last_words(&self) -> String {
		let tails = self.guardians.iter().filter_map(|(_, process)| process.as_ref());
		tails.map(|process| format!("{}: {}", process.name(), process.tail())).collect::<Vec<_>>().join("\n")
	}
}
