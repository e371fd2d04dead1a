//! The decision about a release, and how it is carried out.

use super::{find_set, open_half, package_store, reviews};
use crate::{
	chain::Head,
	emergency::scope::label,
	enforcement::is_valid,
	failure::Failure,
	index::{deposit_key, DepositRow, DepositSet, PackageRow, ReceiptRow, EMERGENCY_DEPOSITS},
	receipts::Draft,
	service::{blocking, Service, CATCH_UP_FOR_PEOPLE},
};
use salus_client::{
	emergency::{may_ask, release::half_context},
	wire::{
		emergency::{
			EmergencyChallenge, EmergencyRelease, EmergencyReleaseRequest, ReleasedHalf, SignedEmergency,
			SignedHandover, EMERGENCY_CHALLENGE_TAG,
		},
		Blob, ReceiptKind,
	},
};
use salus_envelope::{wrap, OneTimePublic};
use salus_policy::Purpose;
use salus_primitives::{Act, EmergencyTier, InstitutionId, Moment, PractitionerId};
use salus_runtime_api::{EmergencySessionInfo, EmergencyStatus, PractitionerInfo};
use std::sync::Arc;

/// Why nothing is released.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs)]
pub enum Refusal {
	#[error("there is no such session")]
	NoSession,
	#[error("the session is not active: the guardians did not approve yet, or it is over")]
	NotActive,
	#[error("the session is over")]
	Over,
	#[error("the session belongs to another institution")]
	OtherInstitution,
	#[error("a holder never releases to its own house")]
	OwnHouse,
	#[error("the audit entry that was opened is not that of this session")]
	OtherOpening,
	#[error("the practitioner's statement is about another patient, tier or session")]
	OtherStatement,
	#[error("the practitioner is not in the staff registry")]
	UnknownPractitioner,
	#[error("the practitioner belongs to another institution than the session")]
	PractitionerElsewhere,
	#[error("the practitioner's registry entry is not valid now")]
	PractitionerNotValid,
	#[error("the practitioner is not authorised for emergencies")]
	NotAuthorised,
	#[error("the statement was not signed by the practitioner it names")]
	StatementSignature,
	#[error("the session was not handed over like this")]
	BadHandover,
	#[error("the one-time keys are not those that the session is bound to")]
	KeysNotBound,
	#[error("the challenge was not signed by the one-time key")]
	ChallengeSignature,
	#[error("nothing is held here for the envelope that this session opened")]
	NotHeld,
}

/// Everything that a release is decided on. What is of the chain was read at one finalized head.
#[derive(Clone, Copy)]
pub struct ReleaseCase<'a> {
	/// Hash of the genesis block.
	pub genesis: &'a [u8; 32],
	/// The holder.
	pub own: InstitutionId,
	/// Time of the decision.
	pub now: Moment,
	/// The institution whose gateway asks.
	pub caller: InstitutionId,
	/// The session.
	pub session: Option<&'a EmergencySessionInfo>,
	/// Registry entry of the practitioner who asked.
	pub practitioner: Option<&'a PractitionerInfo>,
	/// Registry entry of the practitioner to whom the session was handed over.
	pub receiver: Option<&'a PractitionerInfo>,
	/// What is asked. Its challenge was drawn here, for this session and caller, and is used now for the first time.
	pub request: &'a EmergencyReleaseRequest,
	/// What is held for the session's scope and epoch.
	pub deposit: Option<&'a DepositRow>,
}

/// What may be released, and to whom.
#[derive(Debug)]
pub struct Granted<'a> {
	/// The session.
	pub session: &'a EmergencySessionInfo,
	/// The one-time keys that it is bound to.
	pub keys: OneTimePublic,
	/// Who reads: who asked, or to whom the session was handed over.
	pub reader: PractitionerId,
	/// Who handed the session over to the reader.
	pub handed_by: Option<PractitionerId>,
	/// The deposit.
	pub deposit: &'a DepositRow,
	/// The package inside.
	pub package: &'a PackageRow,
	/// The committee's envelopes.
	pub set: &'a DepositSet,
	/// When the session ends.
	pub until: Moment,
}

/// Decides about a release.
///
/// # Errors
/// [`Refusal`]: the first thing that forbids it.
pub fn decide<'a>(case: &ReleaseCase<'a>) -> Result<Granted<'a>, Refusal> {
	let (session, until) = case.live_session()?;
	let request = case.statement(session)?;
	let reader = case.reader(session, &request)?;
	let keys = case.bound_keys(session, &request)?;
	let deposit = case.deposit.ok_or(Refusal::NotHeld)?;
	let (package, set) = find_set(deposit, session).ok_or(Refusal::NotHeld)?;
	let handed_by = case.request.handover.as_ref().map(|handover| handover.statement.from);
	Ok(Granted { session, keys, reader, handed_by, deposit, package, set, until })
}

impl<'a> ReleaseCase<'a> {
	fn live_session(&self) -> Result<(&'a EmergencySessionInfo, Moment), Refusal> {
		let session = self.session.filter(|session| session.id == self.request.id).ok_or(Refusal::NoSession)?;
		// First of all: what is said about others' sessions does not depend on their state.
		if session.institution != self.caller {
			return Err(Refusal::OtherInstitution);
		}
		if session.institution == self.own {
			return Err(Refusal::OwnHouse);
		}
		if session.status != EmergencyStatus::Active {
			return Err(Refusal::NotActive);
		}
		match session.active_until {
			Some(until) if self.now < until => Ok((session, until)),
			_ => Err(Refusal::Over),
		}
	}

	/// The commitment on chain is the one thing in the opening that the requester cannot choose now.
	fn statement(&self, session: &EmergencySessionInfo) -> Result<SignedEmergency, Refusal> {
		let entry = self.request.opening.full_entry().ok_or(Refusal::OtherOpening)?;
		let same = self.request.opening.commitment == session.entry
			&& entry.event.act == Act::EmergencyRequest
			&& entry.actor.institution == Some(session.institution)
			&& entry.patient == Some(session.handle);
		let bytes = entry.request.filter(|_| same).ok_or(Refusal::OtherOpening)?;
		let request: SignedEmergency = serde_json::from_slice(&bytes.0).map_err(|_| Refusal::OtherOpening)?;
		let statement = &request.statement;
		let about = (statement.handle, statement.custodian, statement.tier, statement.point.0);
		match about == (session.handle, session.custodian, session.tier, session.point)
			&& entry.actor.practitioner == Some(statement.practitioner)
		{
			true => Ok(request),
			false => Err(Refusal::OtherStatement),
		}
	}

	fn reader(&self, session: &EmergencySessionInfo, request: &SignedEmergency) -> Result<PractitionerId, Refusal> {
		let asked = self.practitioner.ok_or(Refusal::UnknownPractitioner)?;
		if !request.is_signed_by(self.genesis, &asked.signing_key) {
			return Err(Refusal::StatementSignature);
		}
		let Some(handover) = &self.request.handover else {
			self.check_standing(session, asked)?;
			return Ok(request.statement.practitioner);
		};
		let receiver = self.receiver.ok_or(Refusal::UnknownPractitioner)?;
		// Who gave the session away need not be on duty any more; who received it must.
		if asked.institution != session.institution || !is_handed_over(handover, session, request, self.genesis, asked)
		{
			return Err(Refusal::BadHandover);
		}
		self.check_standing(session, receiver)?;
		Ok(handover.statement.to)
	}

	fn check_standing(&self, session: &EmergencySessionInfo, info: &PractitionerInfo) -> Result<(), Refusal> {
		if info.institution != session.institution {
			return Err(Refusal::PractitionerElsewhere);
		}
		if !is_valid(info, self.now) {
			return Err(Refusal::PractitionerNotValid);
		}
		match may_ask(info) {
			true => Ok(()),
			false => Err(Refusal::NotAuthorised),
		}
	}

	/// Who fetches now is who asked then: the session is bound to the one-time keys, and the signing one signs the challenge.
	fn bound_keys(&self, session: &EmergencySessionInfo, request: &SignedEmergency) -> Result<OneTimePublic, Refusal> {
		let keys = request.statement.one_time_keys().map_err(|_| Refusal::KeysNotBound)?;
		if keys.binding() != session.key_hash {
			return Err(Refusal::KeysNotBound);
		}
		let message = EmergencyChallenge::message(self.genesis, self.own, &session.id, &self.request.nonce);
		let verified = keys.verify(EMERGENCY_CHALLENGE_TAG, &message, &self.request.signature.0);
		verified.map(|()| keys).map_err(|_| Refusal::ChallengeSignature)
	}
}

fn is_handed_over(
	handover: &SignedHandover,
	session: &EmergencySessionInfo,
	request: &SignedEmergency,
	genesis: &[u8; 32],
	giver: &PractitionerInfo,
) -> bool {
	let statement = &handover.statement;
	statement.id == session.id
		&& statement.from == request.statement.practitioner
		&& handover.is_signed_by(genesis, &giver.signing_key)
}

/// Decides about a release, writes it down and carries it out. The receipt comes with the answer, for the custodian.
///
/// # Errors
/// 403 with the reason: it is about a session of the caller's own house, and the chain says the same; 410 for a challenge that is not good; 503; 500
/// when the package is missing or altered.
pub async fn release(
	service: &Arc<Service>,
	caller: InstitutionId,
	request: EmergencyReleaseRequest,
) -> Result<(EmergencyRelease, ReceiptRow), Failure> {
	// A head that is too old answers nothing, and does not use the challenge up.
	service.head().await?;
	let genesis = service.genesis().await?;
	if !service.emergency_challenges.take(&request.nonce, request.id, caller, salus_client::now()) {
		return Err(Failure::expired(
			"the challenge is over, was used, or was never drawn",
			"Ask for a new challenge.",
		));
	}
	// The asking house saw enough approvals in its own node.
	let is_decided = |session: &Option<EmergencySessionInfo>| {
		session.as_ref().is_some_and(|one| one.institution != caller || one.status != EmergencyStatus::Requested)
	};
	let id = request.id;
	let look = |head: Head| async move { Ok(service.chain.emergency_session(&head.block, &id).await?) };
	let (head, session) = service.catch_up(CATCH_UP_FOR_PEOPLE, is_decided, look).await?;
	let asked = named_practitioner(&request);
	let receiver = request.handover.map(|handover| handover.statement.to);
	let practitioner = find(service, &head, asked).await?;
	let receiver = find(service, &head, receiver).await?;
	let (shared, now) = (service.clone(), head.now());
	blocking(move || {
		let deposit = match &session {
			Some(session) => {
				let key = deposit_key(&session.handle, session.tier, session.epoch);
				shared.index.get(&EMERGENCY_DEPOSITS, key)?
			}
			None => None,
		};
		let case = ReleaseCase {
			genesis: &genesis,
			own: shared.own,
			now,
			caller,
			session: session.as_ref(),
			practitioner: practitioner.as_ref(),
			receiver: receiver.as_ref(),
			request: &request,
			deposit: deposit.as_ref(),
		};
		match decide(&case) {
			Ok(granted) => hand_out(&shared, &genesis, &granted, now),
			Err(refusal) => Err(refused(&shared, &case, asked, refusal)?),
		}
	})
	.await
}

/// Whom the request names; what that is worth is decided later.
fn named_practitioner(request: &EmergencyReleaseRequest) -> Option<PractitionerId> {
	let bytes = request.opening.full_entry()?.request?;
	let signed: SignedEmergency = serde_json::from_slice(&bytes.0).ok()?;
	Some(signed.statement.practitioner)
}

async fn find(service: &Service, head: &Head, id: Option<PractitionerId>) -> Result<Option<PractitionerInfo>, Failure> {
	match id {
		Some(id) => Ok(service.chain.practitioner(&head.block, &id).await?),
		None => Ok(None),
	}
}

fn hand_out(
	service: &Service,
	genesis: &[u8; 32],
	granted: &Granted<'_>,
	now: Moment,
) -> Result<(EmergencyRelease, ReceiptRow), Failure> {
	let Granted { session, keys, reader, handed_by, deposit, package, set, until } = granted;
	let label = label(deposit, genesis, &set.key_id.0, session.envelope);
	let held = set.halves.get(usize::from(session.envelope));
	let half = open_half(service, &label, held.ok_or_else(|| Failure::internal("a deposit lacks a half"))?)?;
	let context = half_context(&label, &keys.xwing, *until, half.commitment());
	let wrap = wrap::wrap(&keys.xwing, half.expose(), genesis, &context)?;
	let blob = package_store(service, deposit)?.get(&package.content)?;
	// No receipt, no release.
	let draft = Draft {
		kind: ReceiptKind::Release,
		handle: session.handle,
		practitioner: Some(*reader),
		institution: session.institution,
		purpose: Purpose::BreakGlass,
		permit: None,
		records: Vec::new(),
		basis: format!(
			"{}emergency session {}: the {} of institution {}'s patient, approved by {} guardians{}",
			if session.drill { "DRILL: " } else { "" },
			session.id,
			tier_words(session.tier),
			session.custodian,
			session.parts.len(),
			handed_by.map(|by| format!(", handed over by practitioner {by}")).unwrap_or_default()
		),
	};
	let (receipt, row) = service.receipts.append_row(&draft, now)?;
	if !session.drill {
		reviews::watch_review(service, &session.id, now)?;
	}
	let release = EmergencyRelease {
		id: session.id,
		handle: session.handle,
		custodian: session.custodian,
		holder: service.own,
		tier: session.tier,
		epoch: session.epoch,
		half: ReleasedHalf { commitment: half.commitment().into(), expires_at: *until, wrap: Blob(wrap) },
		package: package.with_blob(blob),
		receipt,
	};
	Ok((release, row))
}

/// How much a tier opens, for a sentence.
fn tier_words(tier: EmergencyTier) -> &'static str {
	match tier {
		EmergencyTier::Summary => "summary",
		EmergencyTier::Wider => "whole record",
	}
}

/// The attempt is written down as well, where it is about a session of the caller.
fn refused(
	service: &Service,
	case: &ReleaseCase<'_>,
	named: Option<PractitionerId>,
	refusal: Refusal,
) -> Result<Failure, Failure> {
	if let Some(session) = case.session.filter(|session| session.institution == case.caller) {
		let draft = Draft {
			kind: ReceiptKind::Release,
			handle: session.handle,
			practitioner: named,
			institution: case.caller,
			purpose: Purpose::BreakGlass,
			permit: None,
			records: Vec::new(),
			basis: format!("nothing was released for emergency session {}: {refusal}", session.id),
		};
		service.receipts.append(&draft, case.now)?;
	}
	let advice = match refusal {
		Refusal::NotActive => "Wait until enough guardians approved. If the session is over, ask anew.",
		Refusal::Over => "Ask anew.",
		Refusal::NotHeld => "Ask another holder, or the custodian.",
		_ => "Check the session's number, and that you sign with its keys.",
	};
	Ok(Failure::not_entitled(refusal.to_string(), advice))
}
