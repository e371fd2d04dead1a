//! An emergency by library: what `salus emergency` does, with every message in hand.

use crate::{ground::Ward, waiting::until};
use anyhow::{bail, Context, Result};
use salus_client::{
	chain::Chain,
	emergency::{
		personal::FIRST_PERSONAL_COMMITTEE,
		release::open_release,
		request::{first_half, prepare, Choice, Prepared, SessionSecrets, Target, Words},
	},
	gateway::GatewayError,
	primitives::{CommitteeId, EmergencyRequestId, EmergencyTier, InstitutionId, PatientHandle},
	wire::emergency::{
		EmergencyChallenge, EmergencyClosed, EmergencyEvidence, EmergencyFetch, EmergencyRelease, SessionAct,
		EMERGENCY_CHALLENGE_TAG,
	},
};
use salus_runtime_api::{EmergencySessionInfo, EmergencyStatus};
use std::{cell::RefCell, time::Duration};

/// How long a custodian may take until envelopes lie where requesters find them.
pub const SEALED_LIMIT: Duration = Duration::from_secs(240);

/// Somebody at a hospital who may open records in emergencies.
pub struct Responder {
	/// The person, and the own gateway.
	pub ward: Ward,
	/// The chain as the own node shows it.
	pub chain: Chain,
	genesis: [u8; 32],
}

/// Whose data are asked for, and how much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subject {
	/// The handle, as a card names it.
	pub handle: PatientHandle,
	/// Who keeps the records, as a card names it.
	pub custodian: InstitutionId,
	/// How much.
	pub tier: EmergencyTier,
}

/// A request on its way.
pub struct Asked {
	/// The envelope that it uses up.
	pub target: Target,
	/// The request and its secrets.
	pub prepared: Prepared,
}

impl Responder {
	/// Somebody of a ward.
	///
	/// # Errors
	/// When the node does not answer.
	pub async fn new(ward: Ward, chain: Chain) -> Result<Self> {
		let genesis = chain.genesis().await?;
		Ok(Self { ward, chain, genesis })
	}

	/// Hash of the genesis block.
	pub fn genesis(&self) -> [u8; 32] {
		self.genesis
	}

	/// An envelope that can be asked for: of the patient's own committee when there is one, unless `fall_back`.
	///
	/// # Errors
	/// When there is none, or the custodian and the holders do not answer.
	pub async fn target(&self, patient: &Subject, fall_back: bool) -> Result<Target> {
		self.target_besides(patient, fall_back, 0).await
	}

	/// The same, and none of those that requests on their way will use up: one bit each.
	///
	/// # Errors
	/// As [`Self::target`].
	pub async fn target_besides(&self, patient: &Subject, fall_back: bool, taken: u8) -> Result<Target> {
		let Subject { handle, custodian, tier } = patient;
		let file = self.ward.gateway.emergency_file(handle, *custodian).await?;
		let mut scope = self.chain.emergency_scope(handle, *tier).await?;
		scope.sealed.iter_mut().for_each(|set| set.consumed |= taken);
		let mut committees = Vec::new();
		for set in &scope.sealed {
			committees.extend(self.chain.committee(set.committee).await?);
		}
		let personal = self.chain.personal_committee(handle).await?;
		let (genesis, file, scope) = (&self.genesis, &file, &scope);
		let choice = Choice { genesis, handle, tier: *tier, file, scope, committees: &committees, personal, fall_back };
		Ok(choice.pick()?)
	}

	/// Waits until there is an envelope of a committee to ask for.
	///
	/// # Errors
	/// The last thing that was missing.
	pub async fn wait_target(&self, patient: &Subject, committee: CommitteeId) -> Result<Target> {
		let consortium = !is_personal(committee);
		let last = RefCell::new(String::new());
		let found = until("envelopes to ask for", SEALED_LIMIT, || async {
			let missing = match self.target(patient, consortium).await {
				Ok(target) if target.committee == committee => return Ok(Some(target)),
				Ok(target) => format!("they are sealed to committee {}", target.committee),
				Err(error) => format!("{error:#}"),
			};
			last.replace(missing);
			Ok(None)
		});
		found.await.with_context(|| last.take())
	}

	/// Draws the one-time secrets and signs the request. Nothing is sent.
	///
	/// # Errors
	/// When there is no randomness.
	pub fn prepare(&self, patient: &Subject, target: Target) -> Result<Asked> {
		let words = Words {
			evidence: EmergencyEvidence::Encounter("E-0312".to_owned()),
			reason: "Found unconscious at home, no relatives".to_owned(),
			caller: None,
		};
		let (key, requester) = (&self.ward.key, self.ward.institution()?);
		let at = salus_client::now();
		let prepared = prepare(&target, patient.custodian, patient.tier, requester, key, words, at)
			.ok()
			.context("there is no randomness")?;
		Ok(Asked { target, prepared })
	}

	/// Sends a request, and waits until it is final.
	///
	/// # Errors
	/// What the own gateway says.
	pub async fn send(&self, asked: &Asked) -> Result<EmergencyRequestId, GatewayError> {
		Ok(self.ward.gateway.request_emergency(&asked.prepared.form).await?.id)
	}

	/// Waits until enough guardians have approved.
	///
	/// # Errors
	/// When the session ends instead, or it takes too long.
	pub async fn wait_active(&self, id: EmergencyRequestId, limit: Duration) -> Result<EmergencySessionInfo> {
		until("the guardians' approval", limit, || async {
			let session = self.chain.emergency_session(&id).await?.context("the session is not there")?;
			match session.status {
				EmergencyStatus::Active => Ok(Some(session)),
				EmergencyStatus::Requested => Ok(None),
				status => bail!("the session is {status:?}"),
			}
		})
		.await
	}

	/// Lets a holder release the second half and the package to one-time keys.
	///
	/// # Errors
	/// What the own gateway or the holder says.
	pub async fn fetch(
		&self,
		id: EmergencyRequestId,
		secrets: &SessionSecrets,
	) -> Result<EmergencyRelease, GatewayError> {
		let challenge = self.ward.gateway.emergency_challenge(&id).await?;
		self.answer(&challenge, secrets).await
	}

	/// Answers a holder's challenge.
	///
	/// # Errors
	/// What the own gateway or the holder says.
	pub async fn answer(
		&self,
		challenge: &EmergencyChallenge,
		secrets: &SessionSecrets,
	) -> Result<EmergencyRelease, GatewayError> {
		let message = EmergencyChallenge::message(&self.genesis, challenge.holder, &challenge.id, &challenge.nonce);
		let signature = secrets.keys().sign(EMERGENCY_CHALLENGE_TAG, &message).into();
		let answer = EmergencyFetch { holder: challenge.holder, nonce: challenge.nonce, signature };
		self.ward.gateway.emergency_fetch(&challenge.id, &answer).await
	}

	/// Puts the parts together and opens what was released: the bytes of a FHIR bundle.
	///
	/// # Errors
	/// When any of it is not what it should be.
	pub fn open(asked: &Asked, session: &EmergencySessionInfo, release: &EmergencyRelease) -> Result<Vec<u8>> {
		let first = first_half(&asked.target, &asked.prepared.secrets, &session.parts)?;
		Ok(open_release(asked.prepared.secrets.keys().xwing(), &asked.target.label, &first, release)?)
	}

	/// From the envelope to the plaintext.
	///
	/// # Errors
	/// Those of the steps.
	pub async fn run(&self, patient: &Subject, target: Target, limit: Duration) -> Result<(Asked, Vec<u8>)> {
		let asked = self.prepare(patient, target)?;
		let id = self.send(&asked).await?;
		let session = self.wait_active(id, limit).await?;
		let release = self.fetch(id, &asked.prepared.secrets).await?;
		let plaintext = Self::open(&asked, &session, &release)?;
		Ok((asked, plaintext))
	}

	/// Ends a session.
	///
	/// # Errors
	/// What the own gateway says.
	pub async fn close(&self, id: EmergencyRequestId) -> Result<EmergencyClosed, GatewayError> {
		self.ward.gateway.close_emergency(&id, &SessionAct { reason: "Treated".to_owned() }).await
	}
}

/// Whether a committee is a patient's own, by its number.
pub fn is_personal(committee: CommitteeId) -> bool {
	committee.0 >= FIRST_PERSONAL_COMMITTEE
}
