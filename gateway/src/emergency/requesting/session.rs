//! The sessions of own staff, from the first challenge to the end.

use super::first;
use crate::{
	chain::{Head, Transaction},
	emergency::{retention, view::session_view},
	failure::Failure,
	index::{OwnRequestRow, EMERGENCY_HANDOVERS, EMERGENCY_REQUESTS},
	outbox,
	service::Service,
	staff::Staff,
};
use salus_client::wire::{
	codes,
	emergency::{
		EmergencyChallenge, EmergencyChallengeRequest, EmergencyClosed, EmergencyFetch, EmergencyRelease,
		EmergencyReleaseRequest, Handover, SessionAct, SessionView, MAX_EMERGENCY_TEXT,
	},
};
use salus_primitives::{Act, EmergencyRequestId, PractitionerId, StaffRole};
use salus_runtime_api::EmergencySessionInfo;
use std::sync::Arc;

/// A request of own staff, with whoever it was handed over to.
pub struct OwnSession {
	pub(super) row: OwnRequestRow,
	handover: Option<Handover>,
}

impl OwnSession {
	/// The session, for the practitioner who asked or to whom it was handed over.
	///
	/// # Errors
	/// 404 for everybody else: a colleague opens nothing with it either.
	pub fn of(service: &Service, staff: &Staff, id: &EmergencyRequestId) -> Result<Self, Failure> {
		let session = Self::find(service, id)?;
		match session.row.practitioner() == staff.id || session.receiver() == Some(staff.id) {
			true => Ok(session),
			false => Err(Failure::not_found()),
		}
	}

	fn find(service: &Service, id: &EmergencyRequestId) -> Result<Self, Failure> {
		let row = service.index.get(&EMERGENCY_REQUESTS, id.0)?.ok_or_else(Failure::not_found)?;
		Ok(Self { row, handover: service.index.get(&EMERGENCY_HANDOVERS, id.0)? })
	}

	fn receiver(&self) -> Option<PractitionerId> {
		self.handover.as_ref().map(|handover| handover.statement.statement.to)
	}

	async fn on_chain(&self, service: &Service, head: &Head) -> Result<EmergencySessionInfo, Failure> {
		let session = service.chain.emergency_session(&head.block, &self.row.id).await?;
		session.ok_or_else(|| {
			Failure::conflict("the request did not reach the finalized chain", "Send the same request again.")
		})
	}
}

/// A session of own staff, for those who take part in it and for the own privacy officer.
///
/// # Errors
/// 404 for others.
pub async fn view(service: &Service, staff: &Staff, id: &EmergencyRequestId) -> Result<SessionView, Failure> {
	let session = match staff.has_role(&[StaffRole::PrivacyOfficer]) {
		true => OwnSession::find(service, id)?,
		false => OwnSession::of(service, staff, id)?,
	};
	let head = service.head().await?;
	let on_chain = session.on_chain(service, &head).await?;
	session_view(service, &head, &on_chain, Some(session.row.practitioner()), session.receiver()).await
}

/// A challenge of the first holder that has what the session opens: the custodian, or another one when the custodian does not answer.
///
/// # Errors
/// 404 for others than the practitioner of the session; 502 when nobody who answers holds it.
pub async fn challenge(
	service: &Arc<Service>,
	staff: &Staff,
	id: EmergencyRequestId,
) -> Result<EmergencyChallenge, Failure> {
	let session = OwnSession::of(service, staff, &id)?;
	let custodian = session.row.request.statement.custodian;
	let others = service.peers.institutions().filter(|peer| *peer != custodian);
	let ask = |holder| async move {
		let peer = service.peers.gateway(holder).ok()?;
		let challenge = peer.emergency_release_challenge(&EmergencyChallengeRequest { id }).await.ok()?;
		((challenge.id, challenge.holder) == (id, holder)).then_some(challenge)
	};
	first([custodian].into_iter().chain(others), ask).await.ok_or_else(|| {
		Failure::new(
			codes::PEER_UNREACHABLE,
			"no gateway that holds the second half answers",
			"Try again in a minute. Tell the custodian's emergency desk.",
		)
	})
}

/// Fetches second half and package from the holder whose challenge is answered.
///
/// # Errors
/// As [`challenge`]; 410 when the challenge is over; the holder's reason when it refuses.
pub async fn fetch(
	service: &Arc<Service>,
	staff: &Staff,
	id: EmergencyRequestId,
	fetch: EmergencyFetch,
) -> Result<EmergencyRelease, Failure> {
	let session = OwnSession::of(service, staff, &id)?;
	// Who asked may still read after handing over: the keys are on that device as well. The receipt names who does.
	let handover = session.handover.as_ref().filter(|_| session.receiver() == Some(staff.id));
	let body = EmergencyReleaseRequest {
		id,
		opening: session.row.opening.clone(),
		handover: handover.map(|handover| handover.statement),
		nonce: fetch.nonce,
		signature: fetch.signature,
	};
	let release = service.peers.gateway(fetch.holder)?.emergency_release(&body).await?;
	let statement = &session.row.request.statement;
	let expected = (id, statement.handle, statement.custodian, fetch.holder, statement.tier);
	if (release.id, release.handle, release.custodian, release.holder, release.tier) != expected {
		return Err(Failure::new(
			codes::PEER_UNREACHABLE,
			"the holder's gateway answered for another session, patient or institution",
			"Nothing of it was handed on. Tell the privacy officers.",
		));
	}
	Ok(release)
}

/// How a requester ends a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
	/// An active one.
	Close,
	/// One that was not approved yet.
	Cancel,
}

/// Ends a session or takes a request back.
///
/// # Errors
/// 404 for others than the practitioner of the session; 400 without a reason; 422 when the chain refuses: the session is in another state.
pub async fn end(
	service: &Arc<Service>,
	staff: &Staff,
	id: EmergencyRequestId,
	ending: Ending,
	act: SessionAct,
) -> Result<EmergencyClosed, Failure> {
	let session = OwnSession::of(service, staff, &id)?;
	if act.reason.trim().is_empty() || act.reason.len() > MAX_EMERGENCY_TEXT {
		return Err(Failure::bad_request(format!("a reason is needed, at most {MAX_EMERGENCY_TEXT} bytes")));
	}
	let statement = &session.row.request.statement;
	let kind = match ending {
		Ending::Close => Act::EmergencyClose,
		Ending::Cancel => Act::EmergencyCancel,
	};
	let mut entry = service.entry(kind, Some(staff), act.reason);
	entry.custodian = Some(statement.custodian);
	entry.patient = Some(statement.handle);
	entry.emergency = Some(id);
	let opening = service.seal(&entry, &statement.handle)?;
	let transaction = match ending {
		Ending::Close => Transaction::CloseSession { id, entry: opening.commitment },
		Ending::Cancel => Transaction::CancelRequest { id, entry: opening.commitment },
	};
	let included = outbox::act_and_tell(service, transaction, opening, statement.custodian).await?;
	retention::forget_secrets(service, &id)?;
	Ok(EmergencyClosed { id, block: included.block })
}
