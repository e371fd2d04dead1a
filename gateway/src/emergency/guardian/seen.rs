//! A session as one finalized head shows it, with the words behind it.

use crate::{chain::Head, failure::Failure, index::EMERGENCY_OPENINGS, service::Service};
use salus_client::{
	emergency::guardian::{standing, verify_session, Refusal, SessionCase, Standing, VerifiedSession},
	wire::{
		emergency::{EmergencyOpening, SignedEmergency},
		Account,
	},
};
use salus_primitives::{EmergencyRequestId, Guardian};
use salus_runtime_api::{
	CommitteeInfo, EmergencySessionInfo, EmergencyStatus, HandleInfo, InstitutionInfo, PractitionerInfo,
};

/// Everything about a session at one finalized head.
pub struct Seen {
	/// The head.
	pub head: Head,
	genesis: [u8; 32],
	own: Guardian<Account>,
	id: EmergencyRequestId,
	/// The session.
	pub session: Option<EmergencySessionInfo>,
	/// Its committee.
	pub committee: Option<CommitteeInfo<Account>>,
	handle: Option<HandleInfo<Account>>,
	/// The institution that asks.
	pub requester: Option<InstitutionInfo<Account>>,
	opening: Option<EmergencyOpening>,
	practitioner: Option<PractitionerInfo>,
}

impl Seen {
	/// Reads it, at a head that is fresh.
	///
	/// # Errors
	/// The chain, or the index.
	pub async fn read(service: &Service, id: EmergencyRequestId) -> Result<Self, Failure> {
		let head = service.head().await?;
		let genesis = service.genesis().await?;
		let (chain, at) = (&service.chain, &head.block);
		let opening = service.index.get(&EMERGENCY_OPENINGS, id.0)?;
		let mut seen = Self {
			head,
			genesis,
			own: Guardian::Institution(service.own),
			id,
			session: chain.emergency_session(at, &id).await?,
			committee: None,
			handle: None,
			requester: None,
			opening,
			practitioner: None,
		};
		if let Some(session) = &seen.session {
			seen.committee = chain.committee(at, session.committee).await?;
			seen.handle = chain.handle(at, &session.handle).await?;
			seen.requester = chain.institution(at, session.institution).await?;
		}
		if let Some(request) = seen.opening.as_ref().and_then(EmergencyOpening::request) {
			seen.practitioner = chain.practitioner(at, &request.statement.practitioner).await?;
		}
		Ok(seen)
	}

	fn case(&self) -> SessionCase<'_> {
		SessionCase {
			genesis: &self.genesis,
			now: self.head.now(),
			own: &self.own,
			id: self.id,
			session: self.session.as_ref(),
			committee: self.committee.as_ref(),
			handle: self.handle.as_ref(),
			requester: self.requester.as_ref(),
			opening: self.opening.as_ref(),
			practitioner: self.practitioner.as_ref(),
		}
	}

	/// Whether this institution may vote at all.
	///
	/// # Errors
	/// [`Refusal`].
	pub fn standing(&self) -> Result<Standing<'_>, Refusal> {
		standing(&self.case())
	}

	/// The session, when this institution may confirm that the patient contradicts it.
	///
	/// # Errors
	/// [`Refusal`].
	pub fn may_stop(&self) -> Result<&EmergencySessionInfo, Refusal> {
		let session = self.session.as_ref().ok_or(Refusal::UnknownSession)?;
		if !matches!(session.status, EmergencyStatus::Requested | EmergencyStatus::Active) || !session.disputed {
			return Err(Refusal::NotDisputed);
		}
		let members = self.committee.iter().flat_map(|committee| &committee.members);
		let member = members.into_iter().find(|member| member.guardian == self.own).ok_or(Refusal::NotAMember)?;
		match member.guardian == Guardian::Institution(session.institution) {
			true => Err(Refusal::OwnRequest),
			false => member.counts.then_some(session).ok_or(Refusal::VoteDoesNotCount),
		}
	}

	/// What the practitioner signed, when it is what the chain commits to.
	pub fn committed_request(&self) -> Option<SignedEmergency> {
		let (session, opening) = (self.session.as_ref()?, self.opening.as_ref()?);
		opening.request().filter(|_| opening.opening.commitment == session.entry)
	}

	/// Whether everything about the session is right.
	///
	/// # Errors
	/// [`Refusal`].
	pub fn verify(&self) -> Result<VerifiedSession, Refusal> {
		verify_session(&self.case())
	}
}
