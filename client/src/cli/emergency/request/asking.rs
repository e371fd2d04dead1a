//! Sending a request, once, until the chain has it or refuses it.

use super::is_passing;
use crate::cli::{
	context::Context,
	emergency::notes::{Held, Practitioner, SessionNotes, Sessions},
	error::CliError,
};
use salus_client::{
	chain::Chain,
	emergency::{
		handover::SessionFacts,
		request::{prepare, Choice, NoEnvelope, Prepared, Target, Words},
	},
	gateway::{Gateway, GatewayError},
	primitives::{EmergencyRequestId, EmergencyTier, InstitutionId, Moment, PatientHandle},
	wire::{
		codes,
		emergency::{EmergencyRequestForm, EmergencyRequested, SessionView},
	},
};
use serde_json::{json, Value};
use std::time::Duration;

/// How often an envelope is looked for when there is none just now: a custodian seals new ones within seconds, within a minute when blocks are slow.
const ATTEMPTS: u32 = 60;
/// How often the same request is sent when no answer comes.
const SENDINGS: u32 = 3;
/// Between two attempts.
const PAUSE: Duration = Duration::from_secs(1);

/// Somebody who asks about one patient.
pub struct Asker<'a> {
	/// The command's surroundings.
	pub context: &'a Context,
	/// The own node.
	pub chain: &'a Chain,
	/// The own gateway.
	pub gateway: Gateway,
	/// Who asks.
	pub practitioner: Practitioner,
	/// About whom.
	pub handle: PatientHandle,
	/// Who keeps the records.
	pub custodian: InstitutionId,
	/// How much is asked for.
	pub tier: EmergencyTier,
	/// What is stated.
	pub words: Words,
}

/// A request on chain.
pub struct Asked {
	/// What it is about.
	pub target: Target,
	/// The gateway's answer.
	pub answer: EmergencyRequested,
	/// Milliseconds after which the consortium's committee may be asked instead.
	pub(super) fall_back_after: Option<Moment>,
}

impl Asked {
	pub(super) fn json(&self, view: Option<&SessionView>) -> Value {
		json!({
			"id": self.answer.id, "block": self.answer.block, "required": self.answer.required, "expires_at": self.answer.expires_at,
			"committee": self.target.committee, "drill": self.target.drill, "session": view,
		})
	}
}

/// Why no request was made.
enum NotAsked {
	/// It can be tried again at once.
	InAMoment(CliError),
	/// It cannot.
	AtAll(CliError),
}

impl From<CliError> for NotAsked {
	fn from(error: CliError) -> Self {
		Self::AtAll(error)
	}
}

/// `epoch` is that of the scope: after the first one, envelopes are missing while new ones are sealed.
fn no_envelope(error: NoEnvelope, epoch: u32) -> NotAsked {
	let text = error.to_string();
	match error {
		NoEnvelope::NothingSealed if epoch > 0 => NotAsked::InAMoment(CliError::NotThere(text)),
		NoEnvelope::NothingSealed => NotAsked::AtAll(CliError::NotThere(text)),
		NoEnvelope::AllUsed | NoEnvelope::OldEpoch => NotAsked::InAMoment(CliError::Failed(text)),
		NoEnvelope::NotCommitted => NotAsked::AtAll(CliError::Finding(text)),
		NoEnvelope::OtherCommittee | NoEnvelope::CommitteeNotUsable => NotAsked::AtAll(CliError::Failed(text)),
	}
}

impl Asker<'_> {
	/// Sends one request. When somebody else was faster, or the custodian is just sealing new envelopes, it is tried again for a while.
	pub async fn ask(&self, fall_back: bool) -> Result<Asked, CliError> {
		let mut attempt = 1;
		loop {
			match self.try_ask(fall_back).await {
				Ok(asked) => return Ok(asked),
				Err(NotAsked::InAMoment(_)) if attempt < ATTEMPTS => attempt += 1,
				Err(NotAsked::InAMoment(error) | NotAsked::AtAll(error)) => return Err(error),
			}
			tokio::time::sleep(PAUSE).await;
		}
	}

	async fn try_ask(&self, fall_back: bool) -> Result<Asked, NotAsked> {
		let (target, wait) = self.target(fall_back).await?;
		let (custodian, tier, requester) = (self.custodian, self.tier, self.gateway.institution());
		let now = salus_client::now();
		let prepared = prepare(&target, custodian, tier, requester, &self.practitioner.key, self.words.clone(), now)
			.map_err(|error| CliError::Failed(error.to_string()))?;
		let Prepared { id, form, secrets } = prepared;
		let sessions = Sessions::of(self.context);
		let facts = SessionFacts { id, handle: self.handle, custodian, tier, target };
		let identity = self.practitioner.name.clone();
		let notes = SessionNotes { facts, identity, since: now, held: Held::Secrets };
		// First on disk, then on chain: an approved session without its secrets would help nobody.
		sessions.keep(&notes, &secrets, &self.practitioner.passphrase)?;
		match self.send(&form).await {
			Ok(answer) if answer.id == id => Ok(Asked { target, answer, fall_back_after: wait }),
			Ok(answer) => Err(NotAsked::AtAll(CliError::Finding(format!(
				"the gateway answered for the session {}, not for {id} that was asked for",
				answer.id
			)))),
			Err(error) => {
				if let Some(answer) = self.standing(&id).await {
					return Ok(Asked { target, answer, fall_back_after: wait });
				}
				// A refusal ends it. Without an answer the request may still get into a block.
				if error.code().is_some_and(is_final) {
					sessions.forget(&id)?;
				}
				Err(match is_taken(&error) {
					true => NotAsked::InAMoment(error.into()),
					false => NotAsked::AtAll(error.into()),
				})
			}
		}
	}

	/// A request that the chain has although the last answer says otherwise: that of an earlier sending was lost. Nobody else can make a
	/// session of this id.
	async fn standing(&self, id: &EmergencyRequestId) -> Option<EmergencyRequested> {
		let block = self.chain.finalized_head().await.ok()?;
		let session = self.chain.emergency_session_at(&block, id).await.ok()??;
		Some(EmergencyRequested { id: *id, block, required: session.required, expires_at: session.expires_at })
	}

	/// Sends the form, and again when no answer came: the gateway takes the same one once.
	async fn send(&self, form: &EmergencyRequestForm) -> Result<EmergencyRequested, GatewayError> {
		let mut attempt = 1;
		loop {
			match self.gateway.request_emergency(form).await {
				Err(error) if attempt < SENDINGS && is_passing(&error) => attempt += 1,
				answer => return answer,
			}
			tokio::time::sleep(PAUSE).await;
		}
	}

	/// The envelope to ask for, and how long the patient's own guardians may take, when it is theirs.
	async fn target(&self, fall_back: bool) -> Result<(Target, Option<Moment>), NotAsked> {
		let head = self.chain.finalized_head().await.map_err(CliError::from)?;
		let genesis = self.chain.genesis().await.map_err(CliError::from)?;
		let scope = self.chain.emergency_scope_at(&head, &self.handle, self.tier).await.map_err(CliError::from)?;
		if scope.sealed.iter().all(|set| set.envelopes.is_empty()) {
			return Err(no_envelope(NoEnvelope::NothingSealed, scope.epoch));
		}
		let personal = self.chain.personal_committee_at(&head, &self.handle).await.map_err(CliError::from)?;
		let mut committees = Vec::new();
		for set in &scope.sealed {
			committees.extend(self.chain.committee_at(&head, set.committee).await.map_err(CliError::from)?);
		}
		let file = self.gateway.emergency_file(&self.handle, self.custodian).await.map_err(|error| {
			match error.code() {
				// Sealed on chain, and on its way to the holders.
				Some(codes::NOT_FOUND) => NotAsked::InAMoment(error.into()),
				_ => NotAsked::AtAll(error.into()),
			}
		})?;
		let choice = Choice {
			genesis: &genesis,
			handle: &self.handle,
			tier: self.tier,
			file: &file,
			scope: &scope,
			committees: &committees,
			personal,
			fall_back,
		};
		let target = choice.pick().map_err(|error| no_envelope(error, scope.epoch))?;
		let asked = committees.iter().find(|committee| committee.id == target.committee);
		Ok((target, asked.and_then(|committee| committee.fallback_after)))
	}
}

/// Codes of gateways after which nothing of the request is on its way any more.
fn is_final(code: &str) -> bool {
	!matches!(code, codes::INTERNAL | codes::NODE_UNREACHABLE | codes::PEER_UNREACHABLE | codes::HEAD_TOO_OLD)
}

/// Whether somebody else used the envelope up, or its epoch ended, between the look at the chain and the request.
fn is_taken(error: &GatewayError) -> bool {
	let GatewayError::Refused { error, .. } = error else { return false };
	let says = |part: &&str| error.message.contains(part);
	match error.error.as_str() {
		codes::CHAIN_REFUSED => ["EnvelopeConsumed", "EnvelopeMismatch"].iter().any(says),
		codes::CONFLICT => says(&"epoch that is over"),
		_ => false,
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use salus_client::wire::ApiError;

	#[test]
	fn only_a_lost_race_for_an_envelope_or_against_its_epochs_end_is_tried_again() {
		let refused = |code: &str, message: &str| GatewayError::Refused {
			status: codes::http_status(code),
			error: ApiError::new(code, message, "w"),
		};
		assert!(is_taken(&refused(codes::CHAIN_REFUSED, "EmergencyAccess.EnvelopeConsumed: used")));
		assert!(is_taken(&refused(codes::CHAIN_REFUSED, "EmergencyAccess.EnvelopeMismatch: other")));
		assert!(is_taken(&refused(codes::CONFLICT, "the envelope is of an epoch that is over")));
		assert!(!is_taken(&refused(codes::CHAIN_REFUSED, "EmergencyAccess.OwnPatient: own")));
		assert!(!is_taken(&refused(codes::CONFLICT, "EnvelopeConsumed")));
	}

	#[test]
	fn what_the_custodian_is_about_to_mend_is_waited_for() {
		let again = |error, epoch| matches!(no_envelope(error, epoch), NotAsked::InAMoment(_));
		assert!(again(NoEnvelope::AllUsed, 0) && again(NoEnvelope::OldEpoch, 3) && again(NoEnvelope::NothingSealed, 1));
		assert!(!again(NoEnvelope::NothingSealed, 0) && !again(NoEnvelope::CommitteeNotUsable, 1));
		let NotAsked::AtAll(finding) = no_envelope(NoEnvelope::NotCommitted, 1) else { panic!("not tried again") };
		assert_eq!(finding.exit_code(), crate::cli::error::FINDING);
	}

	#[test]
	fn a_request_that_may_still_come_through_is_not_forgotten() {
		for code in [codes::INTERNAL, codes::NODE_UNREACHABLE, codes::HEAD_TOO_OLD] {
			assert!(!is_final(code), "{code}");
		}
		for code in [codes::CHAIN_REFUSED, codes::NOT_ENTITLED, codes::BAD_REQUEST, codes::TOO_MANY] {
			assert!(is_final(code), "{code}");
		}
	}
}
