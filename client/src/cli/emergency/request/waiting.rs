//! Waiting for the guardians.

use super::{is_passing, Asked, Asker};
use crate::cli::{
	emergency::{
		notes::Sessions,
		words::{approvals, drill_mark, is_over, status_name},
	},
	error::{CliError, EMPTY},
	output::{moment, plain, short, Report},
};
use salus_client::{
	gateway::GatewayError,
	primitives::EmergencyRequestId,
	wire::emergency::{SessionAct, SessionView},
};
use salus_runtime_api::EmergencyStatus;
use serde_json::json;
use std::time::Duration;

/// How often the session is looked at while it is waited for.
const POLL: Duration = Duration::from_millis(300);
/// How many looks in a row may fail before it is given up: about half a minute. The request itself lives on.
const PATIENCE: u32 = 100;

/// Where the waiting ended.
pub struct Outcome {
	/// The last request.
	pub asked: Asked,
	/// Its session.
	pub view: SessionView,
	/// The request to the patient's own guardians that came before, when they did not answer.
	fell_back_from: Option<EmergencyRequestId>,
}

impl Outcome {
	/// Whether the record can be opened.
	pub fn is_active(&self) -> bool {
		self.view.status == EmergencyStatus::Active
	}

	/// What to tell.
	pub fn report(&self) -> Result<Report, CliError> {
		let view = &self.view;
		let mut json = self.asked.json(Some(view));
		json["fell_back_from"] = json!(self.fell_back_from);
		let drill = drill_mark(view.drill);
		if !self.is_active() {
			let text = format!(
				"{drill}Session {}: {}. Approved: {}.{}\nTreat without the record, or ask again with more reason.",
				short(&view.id),
				status_name(view.status),
				approvals(view),
				refusals(view)
			);
			return Ok(Report::new(&json, text)?.with_exit(EMPTY));
		}
		let until = view.active_until.map(|until| format!(" until {}", moment(until))).unwrap_or_default();
		let text = format!(
			"{drill}Active{until}: {} approved.\nSession {}\nRead with `salus emergency open`; when you are done, `salus emergency close`.",
			approvals(view),
			view.id
		);
		Report::new(&json, text)
	}
}

fn refusals(view: &SessionView) -> String {
	match view.rejected.is_empty() {
		true => String::new(),
		false => format!(" Refused: {}.", plain(&view.rejected.join(", "))),
	}
}

impl Asker<'_> {
	/// Asks, and waits until a session is active or all are over. When the patient's own guardians let the time pass that the patient set, the
	/// consortium's are asked as well; whoever approves first counts.
	pub async fn ask_and_wait(&self, fall_back: bool) -> Result<Outcome, CliError> {
		let progress = self.context.waiting("sending the request");
		let mut asked = vec![self.ask(fall_back).await?];
		let mut failures = 0;
		loop {
			let views = match self.look(&asked).await {
				Ok(views) => views,
				Err(error) if failures < PATIENCE && is_passing(&error) => {
					failures += 1;
					tokio::time::sleep(POLL).await;
					continue;
				}
				Err(error) => return Err(error.into()),
			};
			failures = 0;
			let all_over = views.iter().all(|view| is_over(view.status));
			let active = views.iter().position(|view| view.status == EmergencyStatus::Active);
			if let [first] = views.as_slice() {
				if active.is_none() && self.may_fall_back(&asked[0], first).await {
					progress.say("the patient's own guardians did not answer: asking the consortium's".to_owned());
					match self.ask(true).await {
						Ok(next) => {
							asked.push(next);
							continue;
						}
						Err(error) if all_over => return Err(error),
						Err(error) => {
							progress.say(format!("the consortium's guardians cannot be asked yet: {error}"));
							tokio::time::sleep(POLL * 10).await;
							continue;
						}
					}
				}
			}
			if active.is_some() || all_over {
				let chosen = active.unwrap_or(asked.len() - 1);
				return self.settle(asked, views, chosen).await;
			}
			let waited: Vec<String> = views.iter().map(approvals).collect();
			progress.say(format!("approved: {}; session {}", waited.join(" / "), short(&views[views.len() - 1].id)));
			tokio::time::sleep(POLL).await;
		}
	}

	async fn look(&self, asked: &[Asked]) -> Result<Vec<SessionView>, GatewayError> {
		let mut views = Vec::new();
		for one in asked {
			views.push(self.gateway.emergency_session(&one.answer.id).await?);
		}
		Ok(views)
	}

	/// Ends the waiting with one of the sessions: the others are taken back, and the secrets of those that are over wiped.
	async fn settle(
		&self,
		mut asked: Vec<Asked>,
		mut views: Vec<SessionView>,
		chosen: usize,
	) -> Result<Outcome, CliError> {
		let fell_back_from = (chosen > 0).then(|| views[0].id);
		let sessions = Sessions::of(self.context);
		for (number, view) in views.iter().enumerate() {
			if is_over(view.status) {
				sessions.wipe(&sessions.load(&view.id)?)?;
			} else if number != chosen {
				self.take_back(&view.id).await;
			}
		}
		let (asked, view) = (asked.swap_remove(chosen), views.swap_remove(chosen));
		Ok(Outcome { asked, view, fell_back_from })
	}

	/// Whether the time is over that the patient's own guardians have, by this machine's clock and then by the chain's.
	async fn may_fall_back(&self, asked: &Asked, view: &SessionView) -> bool {
		let Some(wait) = asked.fall_back_after else { return false };
		let waits = matches!(view.status, EmergencyStatus::Requested | EmergencyStatus::Expired);
		let at = view.requested_at.saturating_add(wait);
		waits && salus_client::now() >= at && self.chain.now().await.is_ok_and(|now| now >= at)
	}

	/// Takes the request back that is not needed any more. It is no harm when that fails: it runs out by itself.
	async fn take_back(&self, id: &EmergencyRequestId) {
		let act = SessionAct { reason: "other guardians approved first".to_owned() };
		if self.gateway.cancel_emergency(id, &act).await.is_ok() {
			let sessions = Sessions::of(self.context);
			// The next `salus emergency sessions` wipes what could not be wiped now.
			let _ = sessions.load(id).and_then(|notes| sessions.wipe(&notes));
		}
	}
}
