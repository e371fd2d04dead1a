//! Sessions of one committee, from the request to the plaintext.

use crate::APART;
use anyhow::{ensure, Result};
use futures::future::try_join_all;
use indicatif::ProgressBar;
use salus_client::primitives::CommitteeId;
use salus_e2e::emergency::{Responder, Subject};
use std::{
	sync::atomic::{AtomicUsize, Ordering},
	time::{Duration, Instant},
};
use tokio::sync::{Mutex, Semaphore};

/// How long guardians may take.
const LIMIT: Duration = Duration::from_secs(120);

/// A patient and the committee that decides about her.
#[derive(Clone, Copy, Debug)]
pub struct Lane {
	/// About whom.
	pub subject: Subject,
	/// Who decides.
	pub committee: CommitteeId,
}

/// What is measured: sessions about some patients at the same time, one after another for each.
pub struct Trial<'a> {
	/// Who asks.
	pub responder: &'a Responder,
	/// About whom.
	pub lanes: &'a [Lane],
	/// How many of them have a session at the same time; the others wait for their turn.
	pub at_a_time: usize,
	/// Words that stand in the plaintext.
	pub words: &'a str,
}

/// How long sessions took.
#[derive(Debug, Default)]
pub struct Measured {
	/// From the question for envelopes until the request was final.
	pub requested: Vec<Duration>,
	/// Until enough parts were final.
	pub approved: Vec<Duration>,
	/// Until the plaintext was there.
	pub opened: Vec<Duration>,
	/// Sessions in which the chain refused the liar's part, and named it.
	pub liar_named: usize,
}

impl Trial<'_> {
	/// So many sessions, each closed before the next one about the same patient.
	///
	/// # Errors
	/// When one does not open, or opens something else.
	pub async fn run(&self, count: usize, progress: &ProgressBar, title: &str) -> Result<Measured> {
		let measured = Mutex::new(Measured::default());
		let begun = AtomicUsize::new(0);
		let turns = Semaphore::new(self.at_a_time);
		let lanes = self.lanes.iter().enumerate().map(|(position, lane)| {
			let (measured, begun, turns) = (&measured, &begun, &turns);
			async move {
				tokio::time::sleep(APART * u32::try_from(position)?).await;
				while begun.fetch_add(1, Ordering::Relaxed) < count {
					let _turn = turns.acquire().await?;
					self.one(lane, measured).await?;
					let done = measured.lock().await.opened.len();
					progress.set_message(format!("{title}: {done} of {count} sessions"));
				}
				anyhow::Ok(())
			}
		});
		try_join_all(lanes).await?;
		Ok(measured.into_inner())
	}

	async fn one(&self, lane: &Lane, measured: &Mutex<Measured>) -> Result<()> {
		let responder = self.responder;
		responder.wait_target(&lane.subject, lane.committee).await?;
		let began = Instant::now();
		let target = responder.target(&lane.subject, false).await?;
		ensure!(target.committee == lane.committee, "the envelopes are another committee's");
		let asked = responder.prepare(&lane.subject, target)?;
		let id = responder.send(&asked).await?;
		let requested = began.elapsed();
		let session = responder.wait_active(id, LIMIT).await?;
		let approved = began.elapsed();
		let release = responder.fetch(id, &asked.prepared.secrets).await?;
		let plaintext = Responder::open(&asked, &session, &release)?;
		let opened = began.elapsed();
		let found = plaintext.windows(self.words.len()).any(|window| window == self.words.as_bytes());
		ensure!(found, "the plaintext does not name {}", self.words);
		responder.close(id).await?;
		let mut measured = measured.lock().await;
		measured.requested.push(requested);
		measured.approved.push(approved);
		measured.opened.push(opened);
		measured.liar_named += usize::from(!session.refused.is_empty());
		Ok(())
	}
}
