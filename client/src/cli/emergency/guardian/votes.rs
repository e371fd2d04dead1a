//! A guardian's votes on their way to the chain, and the openings of their audit entries on their way to the custodian.

use super::{Post, Seat};
use crate::cli::{
	emergency::words::{drill_mark, is_over},
	error::CliError,
	output::short,
};
use salus_client::{
	chain::{Call, ChainError, InBlock},
	primitives::{Act, AuditChain, Commitment, EmergencyRequestId},
	wire::{Actor, BlockId, EntryOpening, FullEntry, OpeningsDelivery},
};
use salus_runtime_api::{EmergencySessionInfo, EmergencyStatus};
use serde_json::json;
use tokio::task::JoinError;

/// How the chain refuses a second vote of the same guardian.
const ALREADY_VOTED: &str = "AlreadyVoted";

/// How a vote ended.
pub(super) struct VoteOutcome {
	id: EmergencyRequestId,
	kind: Act,
	drill: bool,
	entry: Commitment,
	outcome: Result<InBlock, ChainError>,
}

impl Post<'_> {
	/// The audit entry of an act in a session. A vote whose answer was lost may still get there: a second attempt says the same, so that
	/// whichever of them does is opened.
	pub(super) fn entry(
		&self,
		act: Act,
		session: &EmergencySessionInfo,
		seat: &Seat,
		basis: &str,
	) -> Result<EntryOpening, CliError> {
		let first = self.unanswered().find(|(_, of, id)| (*of, *id) == (act, session.id));
		if let Some((opening, ..)) = first {
			return Ok(opening.clone());
		}
		let actor = Actor {
			institution: seat.votes_for,
			account: self.account(),
			practitioner: None,
			roles: Vec::new(),
			departments: Vec::new(),
			on_behalf: false,
		};
		let mut entry = FullEntry::new(act, salus_client::now(), actor, basis);
		entry.patient = Some(session.handle);
		entry.custodian = Some(session.custodian);
		entry.emergency = Some(session.id);
		let mut opening = entry.seal().map_err(|error| CliError::Failed(error.to_string()))?;
		opening.chain = Some(AuditChain::Patient(session.handle));
		Ok(opening)
	}

	/// Openings of votes of which it is not known whether the chain has them, with act and session.
	fn unanswered(&self) -> impl Iterator<Item = (&EntryOpening, Act, EmergencyRequestId)> {
		let openings = self.notes.openings.iter().filter(|opening| opening.sequence.is_none());
		openings.filter_map(|opening| {
			let entry = opening.full_entry()?;
			Some((opening, entry.event.act, entry.emergency?))
		})
	}

	/// Sends a vote on its way. The opening of its entry is kept until the custodian has it.
	pub(super) fn cast(
		&mut self,
		id: EmergencyRequestId,
		kind: Act,
		drill: bool,
		vote: Call,
		entry: EntryOpening,
	) -> Result<(), CliError> {
		// First on disk, then on chain: an entry whose opening is lost would be a finding.
		let commitment = entry.commitment;
		if self.notes.openings.iter().all(|known| known.commitment != commitment) {
			self.notes.openings.push(entry);
		}
		self.notes.save(self.context.home(), &self.name)?;
		self.voting.insert(id);
		let (chain, pair) = (self.chain.clone(), self.key.pair().clone());
		self.votes.spawn(async move {
			let outcome = chain.submit_finalized(&pair, &vote).await;
			VoteOutcome { id, kind, drill, entry: commitment, outcome }
		});
		Ok(())
	}

	/// Writes down and tells how a vote ended.
	pub(super) fn vote_ended(&mut self, ended: Result<VoteOutcome, JoinError>) -> Result<(), CliError> {
		let VoteOutcome { id, kind, drill, entry, outcome } =
			ended.map_err(|error| CliError::Failed(format!("a vote broke off: {error}")))?;
		// The session is looked at again: the patient may contradict it later.
		self.voting.remove(&id);
		match outcome {
			Ok(included) => {
				if included.events.part_refused() {
					self.forget_opening(entry)?;
					return self
						.say_once(id, "the chain refused your part: your vote in this session is void. Report it");
				}
				for opening in self.notes.openings.iter_mut().filter(|opening| opening.commitment == entry) {
					opening.sequence = included.events.entry_recorded().map(|(_, sequence)| sequence);
				}
				self.notes.save(self.context.home(), &self.name)?;
				let (word, done) = match kind {
					Act::EmergencyApproval => ("approved", "Approved"),
					Act::EmergencyRejection => ("rejected", "Refused"),
					_ => ("stopped", "Voted to stop"),
				};
				let block = included.block;
				let text = format!("{}{done} session {} (block {}).", drill_mark(drill), short(&id), block.number);
				self.tell(json!({ "event": word, "id": id, "block": block, "drill": drill }), text)
			}
			Err(error) => {
				// A refusal leaves no entry; others were faster, or the session ended. In any other case it may still come, or is there already.
				let is_refused = error.pallet_error().is_some_and(|name| name != ALREADY_VOTED)
					|| matches!(error, ChainError::NotAccepted { .. });
				if is_refused {
					self.forget_opening(entry)?;
				}
				self.say_once(id, &error.to_string())
			}
		}
	}

	fn forget_opening(&mut self, entry: Commitment) -> Result<(), CliError> {
		self.notes.openings.retain(|opening| opening.commitment != entry);
		self.notes.save(self.context.home(), &self.name)
	}

	/// Looks what became of votes whose answer was lost: those that the chain has are opened, those that cannot come any more are forgotten.
	pub(super) async fn settle(&mut self, head: &BlockId) -> Result<(), CliError> {
		let unanswered: Vec<_> = self
			.unanswered()
			.filter(|(_, _, id)| !self.voting.contains(id))
			.map(|(opening, act, id)| (opening.commitment, act, id))
			.collect();
		for (entry, act, id) in unanswered {
			let Some(session) = self.chain.emergency_session_at(head, &id).await? else { continue };
			let committee = self.chain.committee_at(head, session.committee).await?;
			// After a resharing the same index is somebody else.
			let committee = committee.filter(|committee| committee.version == session.version);
			let members = committee.iter().flat_map(|committee| &committee.members);
			let own = members.into_iter().find(|member| member.guardian == self.own).map(|member| member.index);
			if own.is_some_and(|own| is_on_chain(&session, act, own)) {
				self.landed.insert(entry);
			} else if is_over(session.status) {
				self.forget_opening(entry)?;
			}
		}
		Ok(())
	}

	/// Hands the openings of own votes to the custodian. What it does not take now, it is given with the next block.
	pub(super) async fn deliver(&mut self) -> Result<(), CliError> {
		let is_there =
			|opening: &&EntryOpening| opening.sequence.is_some() || self.landed.contains(&opening.commitment);
		let openings: Vec<_> = self.notes.openings.iter().filter(is_there).cloned().collect();
		if openings.is_empty() {
			return Ok(());
		}
		if self.gateway.deliver_openings(&OpeningsDelivery { openings: openings.clone() }).await.is_ok() {
			self.notes.openings.retain(|opening| openings.iter().all(|sent| sent.commitment != opening.commitment));
			self.notes.save(self.context.home(), &self.name)?;
		}
		Ok(())
	}
}

/// Whether the chain has this act of a guardian. Of confirmed disputes it shows only what came of them.
fn is_on_chain(session: &EmergencySessionInfo, act: Act, own: u16) -> bool {
	match act {
		Act::EmergencyApproval => session.parts.iter().any(|(index, _)| *index == own),
		Act::EmergencyRejection => session.rejected.contains(&own),
		_ => session.status == EmergencyStatus::Suspended,
	}
}
