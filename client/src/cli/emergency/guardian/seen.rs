//! What a guardian looks at before it votes.

use super::{Post, ON_THEIR_WAY};
use crate::cli::error::CliError;
use salus_client::{
	emergency::guardian::{standing, SessionCase},
	primitives::{EmergencyRequestId, Moment},
	wire::{
		codes,
		emergency::{EmergencyOpening, OpeningQuery},
		Account,
	},
};
use salus_runtime_api::{CommitteeInfo, EmergencySessionInfo, HandleInfo, InstitutionInfo, PractitionerInfo};

/// What the chain shows about a session at one finalized block.
pub(super) struct Seen {
	now: Moment,
	pub(super) session: Option<EmergencySessionInfo>,
	committee: Option<CommitteeInfo<Account>>,
	handle: Option<HandleInfo<Account>>,
	requester: Option<InstitutionInfo<Account>>,
	opening: Option<EmergencyOpening>,
	/// Whether the custodian's gateway answered that it has no words.
	pub(super) has_no_words: bool,
	practitioner: Option<PractitionerInfo>,
}

impl Seen {
	/// Whether the words behind the request may still be on their way.
	pub(super) fn is_fresh(&self) -> bool {
		self.session.as_ref().is_some_and(|session| self.now.saturating_sub(session.requested_at) < ON_THEIR_WAY)
	}

	pub(super) fn case<'a>(&'a self, post: &'a Post<'_>, id: EmergencyRequestId) -> SessionCase<'a> {
		SessionCase {
			genesis: &post.genesis,
			now: self.now,
			own: &post.own,
			id,
			session: self.session.as_ref(),
			committee: self.committee.as_ref(),
			handle: self.handle.as_ref(),
			requester: self.requester.as_ref(),
			opening: self.opening.as_ref(),
			practitioner: self.practitioner.as_ref(),
		}
	}
}

impl Post<'_> {
	/// Everything about a session at the newest finalized block.
	pub(super) async fn look(&self, id: EmergencyRequestId) -> Result<Seen, CliError> {
		let head = self.chain.finalized_head().await?;
		let now = self.chain.time_at(&head).await?.max(salus_client::now());
		let session = self.chain.emergency_session_at(&head, &id).await?;
		let mut seen = Seen {
			now,
			session,
			committee: None,
			handle: None,
			requester: None,
			opening: None,
			has_no_words: false,
			practitioner: None,
		};
		let Some(session) = &seen.session else { return Ok(seen) };
		seen.committee = self.chain.committee_at(&head, session.committee).await?;
		seen.handle = self.chain.handle_at(&head, &session.handle).await?;
		seen.requester = self.chain.institution_at(&head, session.institution).await?;
		// Who may not vote asks nobody for anything.
		if standing(&seen.case(self, id)).is_err() {
			return Ok(seen);
		}
		match self.gateway.emergency_opening(&OpeningQuery { id }).await {
			Ok(opening) => seen.opening = Some(opening),
			Err(error) => seen.has_no_words = error.code() == Some(codes::NOT_FOUND),
		}
		let asking = seen.opening.as_ref().and_then(EmergencyOpening::request);
		if let Some(asking) = asking {
			seen.practitioner = self.chain.practitioner_at(&head, &asking.statement.practitioner).await?;
		}
		Ok(seen)
	}
}
