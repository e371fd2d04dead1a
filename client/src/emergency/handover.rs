//! A session changes hands: its one-time secrets, sealed to a colleague's registered key.
//!
//! The gateway in between keeps the message and cannot read it. Both persons stay in the record: the giver in the request, the receiver in the
//! signed statement that goes with each release.

use super::request::{SessionSecrets, Target, SECRETS_LEN};
use crate::{
	keystore::PractitionerKey,
	wire::emergency::{Handover, HandoverStatement},
};
use codec::{DecodeAll, Encode};
use salus_envelope::{record, wrap, Dek, NoRandomness, RecordError, WrapContext, WrapError, XWingPublic};
use salus_primitives::{
	EmergencyRequestId, EmergencyTier, InstitutionId, Moment, PatientHandle, PractitionerId, PurposeClass, HOUR,
};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// How long a session waits for the colleague. A session is active for no longer.
pub const HANDOVER_VALIDITY: Moment = HOUR;

/// Why a session cannot change hands.
#[derive(Debug, thiserror::Error)]
pub enum HandoverError {
	/// The message is for somebody else, or says another thing inside than outside.
	#[error("this handover is for somebody else, or was altered")]
	NotForYou,
	/// The giver did not sign it.
	#[error("this handover is not signed by the practitioner whose session it was")]
	Signature,
	/// Too late.
	#[error("this handover is over: ask the colleague for a new one, or make a request of your own")]
	Over,
	/// The key.
	#[error("the handover's key does not open: {0}")]
	Wrap(#[from] WrapError),
	/// The secrets.
	#[error("the handover's secrets do not open: {0}")]
	Sealed(#[from] RecordError),
	/// See [`NoRandomness`].
	#[error(transparent)]
	NoRandomness(#[from] NoRandomness),
}

/// What everybody who works on a session has to know of it. Public.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, codec::Decode, Serialize, Deserialize)]
pub struct SessionFacts {
	/// The session.
	pub id: EmergencyRequestId,
	/// Whose data.
	pub handle: PatientHandle,
	/// Who keeps them.
	pub custodian: InstitutionId,
	/// How much of them.
	pub tier: EmergencyTier,
	/// What its parts open.
	pub target: Target,
}

/// Seals a session to a colleague.
///
/// # Errors
/// [`HandoverError::Wrap`], [`HandoverError::Sealed`], [`HandoverError::NoRandomness`].
pub fn hand_over(
	facts: &SessionFacts,
	secrets: &SessionSecrets,
	from: &PractitionerKey,
	to: PractitionerId,
	to_key: &XWingPublic,
	at: Moment,
) -> Result<Handover, HandoverError> {
	let genesis = &facts.target.label.genesis;
	let statement = HandoverStatement { id: facts.id, from: from.id, to, at };
	let plain = Zeroizing::new((statement, facts, *secrets.to_bytes()).encode());
	let dek = Dek::generate()?;
	let sealed = record::seal(&dek, &plain)?;
	let wrap = wrap::wrap(to_key, dek.expose(), genesis, &context(&statement, to_key.hash(), &sealed)?)?;
	Ok(Handover { statement: statement.sign(genesis, from.signing_key()), wrap: wrap.into(), secrets: sealed.into() })
}

/// Opens a session that a colleague sealed to `receiver`. `giver_key` is the giver's signing key in the staff registry, `now` the time of the chain.
///
/// # Errors
/// [`HandoverError`].
pub fn take_over(
	handover: &Handover,
	id: &EmergencyRequestId,
	genesis: &[u8; 32],
	giver_key: &[u8; 32],
	receiver: &PractitionerKey,
	now: Moment,
) -> Result<(SessionFacts, SessionSecrets), HandoverError> {
	let statement = handover.statement.statement;
	if statement.id != *id || statement.to != receiver.id {
		return Err(HandoverError::NotForYou);
	}
	if !handover.statement.is_signed_by(genesis, giver_key) {
		return Err(HandoverError::Signature);
	}
	if now >= statement.at.saturating_add(HANDOVER_VALIDITY) {
		return Err(HandoverError::Over);
	}
	let key = receiver.encryption_key();
	let context = context(&statement, key.public().hash(), &handover.secrets.0)?;
	let dek = wrap::unwrap(key, &handover.wrap.0, genesis, &context)?;
	let plain = Zeroizing::new(record::open(&Dek::from_bytes(*dek), &handover.secrets.0)?);
	// Signed outside, sealed inside: both have to say the same.
	let (inside, facts, secrets) =
		<(HandoverStatement, SessionFacts, [u8; SECRETS_LEN])>::decode_all(&mut plain.as_slice())
			.map_err(|_| HandoverError::NotForYou)?;
	let secrets = Zeroizing::new(secrets);
	if inside != statement || facts.id != *id || facts.target.label.genesis != *genesis {
		return Err(HandoverError::NotForYou);
	}
	let secrets = SessionSecrets::from_bytes(secrets.as_slice()).ok_or(HandoverError::NotForYou)?;
	Ok((facts, secrets))
}

fn context(statement: &HandoverStatement, recipient: [u8; 32], sealed: &[u8]) -> Result<WrapContext, RecordError> {
	Ok(WrapContext {
		subject: statement.id.0,
		epoch: 0,
		recipient,
		purpose: PurposeClass::Emergency as u8,
		expires_at: statement.at.saturating_add(HANDOVER_VALIDITY),
		key_commitment: record::key_commitment(sealed)?,
	})
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::emergency::request::tests::{target, CUSTODIAN, GENESIS, HANDLE};

	const ID: EmergencyRequestId = EmergencyRequestId([7; 32]);
	const NOW: Moment = 1_790_000_000_000;

	fn facts() -> SessionFacts {
		SessionFacts { id: ID, handle: HANDLE, custodian: CUSTODIAN, tier: EmergencyTier::Summary, target: target() }
	}

	fn handed(from: &PractitionerKey, to: &PractitionerKey) -> (Handover, SessionSecrets) {
		let secrets = SessionSecrets::generate().unwrap();
		let key = to.encryption_key().public();
		(hand_over(&facts(), &secrets, from, to.id, key, NOW).unwrap(), secrets)
	}

	fn taken(
		handover: &Handover,
		from: &PractitionerKey,
		to: &PractitionerKey,
	) -> Result<(SessionFacts, SessionSecrets), HandoverError> {
		let giver = from.signing_key().verifying_key().to_bytes();
		take_over(handover, &ID, &GENESIS, &giver, to, NOW + 1)
	}

	#[test]
	fn a_colleague_gets_the_whole_session() {
		let (from, to) = (PractitionerKey::generate(), PractitionerKey::generate());
		let (handover, secrets) = handed(&from, &to);
		let (facts_there, secrets_there) = taken(&handover, &from, &to).unwrap();
		assert_eq!(facts_there, facts());
		assert_eq!(*secrets_there.to_bytes(), *secrets.to_bytes());
		let json = serde_json::to_vec(&handover).unwrap();
		assert_eq!(serde_json::from_slice::<Handover>(&json).unwrap(), handover);
	}

	#[test]
	fn nobody_else_can_take_a_session_over() {
		let (from, to, other) = (PractitionerKey::generate(), PractitionerKey::generate(), PractitionerKey::generate());
		let (mut handover, _) = handed(&from, &to);
		assert!(matches!(taken(&handover, &from, &other), Err(HandoverError::NotForYou)));
		assert!(matches!(taken(&handover, &other, &to), Err(HandoverError::Signature)));
		// Not even when the gateway in between turns the address round.
		handover.statement.statement.to = other.id;
		assert!(matches!(taken(&handover, &from, &other), Err(HandoverError::Signature)));
		let forged = HandoverStatement { to: other.id, ..handover.statement.statement };
		handover.statement = forged.sign(&GENESIS, from.signing_key());
		assert!(matches!(taken(&handover, &from, &other), Err(HandoverError::Wrap(_))));
	}

	#[test]
	fn a_handover_is_for_one_session_on_one_chain_for_an_hour() {
		let (from, to) = (PractitionerKey::generate(), PractitionerKey::generate());
		let (handover, _) = handed(&from, &to);
		let giver = from.signing_key().verifying_key().to_bytes();
		let take = |id: &EmergencyRequestId, genesis: &[u8; 32], now| {
			take_over(&handover, id, genesis, &giver, &to, now).err()
		};
		assert!(matches!(take(&EmergencyRequestId([8; 32]), &GENESIS, NOW), Some(HandoverError::NotForYou)));
		assert!(matches!(take(&ID, &[9; 32], NOW), Some(HandoverError::Signature)));
		assert!(matches!(take(&ID, &GENESIS, NOW + HANDOVER_VALIDITY), Some(HandoverError::Over)));
		assert!(take(&ID, &GENESIS, NOW + HANDOVER_VALIDITY - 1).is_none());
	}

	#[test]
	fn altered_secrets_do_not_open() {
		let (from, to) = (PractitionerKey::generate(), PractitionerKey::generate());
		let (mut handover, _) = handed(&from, &to);
		let last = handover.secrets.0.len() - 1;
		handover.secrets.0[last] ^= 1;
		assert!(matches!(taken(&handover, &from, &to), Err(HandoverError::Sealed(_))));
	}
}
