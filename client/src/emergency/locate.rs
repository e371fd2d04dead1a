//! Finding a patient who cannot speak, by name and birth date: what guardians evaluate, what comes of it, and a practitioner's search.
//!
//! The name leaves the machine blinded and in no other form; what comes back opens entries of this name alone. Nothing here talks to anybody.
//! Sessions come from the caller's own node at a finalized block: the runtime has verified the proof of each part that it took, and keeps the
//! part without its proof.

use super::{formation::OwnShare, guardian::VoteError};
use crate::{
	keystore::PractitionerKey,
	wire::{
		emergency::{EmergencyEvidence, LocateLookup, LocateStatement, LocateTag, SealedLocateEntry, SignedLocate},
		Account, FoundPatient,
	},
};
use codec::Encode;
use salus_envelope::{locate, NoRandomness, OneTimeKeys};
use salus_fhir::Demographics;
use salus_primitives::{CommitteeId, CommitteePurpose, EmergencyRequestId, InstitutionId, Moment, PatientHandle};
use salus_runtime_api::{CommitteeInfo, EmergencyStatus, LocateSessionInfo};
use salus_threshold::{
	committee::key_id,
	group::SecretScalar,
	locate::{Blinded, LocateContext, LocatePart},
	part::CombineError,
	rand_core::{CryptoRng, OsRng, RngCore},
	request::request_id,
};
use std::fmt;
use zeroize::Zeroizing;

/// What the committee's function is evaluated on, derived from a name and birth date. Wiped when dropped; not printable.
pub struct LocateInput(Zeroizing<[u8; 32]>);

impl LocateInput {
	/// Derives it. Takes 64 MiB and a tenth of a second or more: not for a thread that others wait for.
	pub fn derive(person: &Demographics, genesis: &[u8; 32]) -> Self {
		let person = Zeroizing::new(person.parts().encode());
		Self(locate::input(&person, genesis))
	}

	/// Blinds it afresh, for one session.
	pub fn blind(&self) -> Blinded {
		self.blind_with(SecretScalar::random(&mut OsRng))
	}

	/// The same again, for who kept [`Blinded::blind`] while guardians answered.
	pub fn blind_with(&self, blind: SecretScalar) -> Blinded {
		Blinded::with_blind(&*self.0, blind)
			.expect("32 bytes are short enough, and nobody finds an input that maps to the identity; qed")
	}
}

impl fmt::Debug for LocateInput {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str("LocateInput(..)")
	}
}

/// What an evaluation opens: the place of a name in the index, and the key of what lies there. Wiped when dropped.
#[derive(Debug)]
pub struct LocateKeys(locate::LocateKeys);

impl LocateKeys {
	/// From the function's output ([`Blinded::finalize`]).
	pub fn from_output(output: &[u8; 64]) -> Self {
		Self(locate::LocateKeys::from_output(output))
	}

	/// Under what the entry lies.
	pub fn tag(&self) -> LocateTag {
		(*self.0.tag()).into()
	}

	/// Seals an entry.
	///
	/// # Errors
	/// [`NoRandomness`].
	pub fn seal(&self, patient: &FoundPatient) -> Result<SealedLocateEntry, NoRandomness> {
		Ok(self.0.seal(&patient.handle.0, patient.custodian.0)?.into())
	}

	/// The patient of an entry. `None` for entries of other names and for what was altered. Whether the handle is open and who its custodian is
	/// now, the chain says.
	pub fn open(&self, entry: &SealedLocateEntry) -> Option<FoundPatient> {
		let (handle, custodian) = self.0.open(&entry.0)?;
		Some(FoundPatient { handle: PatientHandle(handle), custodian: InstitutionId(custodian) })
	}
}

/// Why a session gives no keys.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EvaluateError {
	/// It is another session than the one that was asked for.
	#[error("the session on chain is not about what was sent")]
	OtherElement,
	/// Guardians have not answered, or it is over.
	#[error("the session is not complete, or over")]
	NotComplete,
	/// Parts.
	#[error("the guardians' parts cannot be put together: {0}")]
	Combine(CombineError),
}

/// What a complete session gives for the element that was blinded for it.
///
/// # Errors
/// [`EvaluateError`].
pub fn evaluate(blinded: &Blinded, session: &LocateSessionInfo) -> Result<LocateKeys, EvaluateError> {
	if session.blinded != blinded.element() {
		return Err(EvaluateError::OtherElement);
	}
	if session.status != EmergencyStatus::Active {
		return Err(EvaluateError::NotComplete);
	}
	let output = blinded.finalize(session.required, &session.parts).map_err(EvaluateError::Combine)?;
	Ok(LocateKeys::from_output(&output))
}

/// What every part of a session is bound to. `None` unless this is the session's committee, with the members it was asked with and its key.
pub fn context(
	genesis: &[u8; 32],
	session: &LocateSessionInfo,
	committee: &CommitteeInfo<Account>,
) -> Option<LocateContext> {
	let is_asked = committee.id == session.committee
		&& committee.version == session.version
		&& committee.purpose == CommitteePurpose::Locate;
	let key = committee.key_id.filter(|_| is_asked)?;
	let is_right = key == key_id(genesis, committee.id.0, &committee.group_key?);
	is_right.then_some(LocateContext {
		genesis: *genesis,
		key_id: key,
		committee: committee.id.0,
		version: committee.version,
		requester: session.institution.0,
		key_hash: session.key_hash,
	})
}

/// A guardian's part of the evaluation, verified as the chain will. `member_key` is the guardian's public share on chain.
///
/// # Errors
/// [`VoteError`].
pub fn part<R: RngCore + CryptoRng>(
	context: &LocateContext,
	blinded: &[u8; 32],
	own: &OwnShare,
	member_key: &[u8; 32],
	rng: &mut R,
) -> Result<LocatePart, VoteError> {
	if !own.share.verifies(member_key) {
		return Err(VoteError::OtherShare);
	}
	let part = LocatePart::make(context, blinded, own.index, &own.share, rng).map_err(VoteError::Part)?;
	// A wrong part would put this guardian's name on it.
	part.verify(context, blinded, own.index, member_key).then_some(part).ok_or(VoteError::OtherShare)
}

/// Who searches, where, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reasons {
	/// The practitioner's institution, whose gateway sends the request.
	pub institution: InstitutionId,
	/// Whose guardians are asked.
	pub committee: CommitteeId,
	/// What it rests on.
	pub evidence: EmergencyEvidence,
	/// Why, without the name.
	pub reason: String,
}

/// A practitioner's search for one person. Its blind and its one-time keys serve one session; wiped when dropped.
pub struct Search {
	id: EmergencyRequestId,
	form: SignedLocate,
	genesis: [u8; 32],
	blinded: Blinded,
	keys: OneTimeKeys,
}

impl Search {
	/// Prepares it: a fresh blind, fresh one-time keys, the signed statement.
	///
	/// # Errors
	/// [`NoRandomness`].
	pub fn prepare(
		input: &LocateInput,
		genesis: &[u8; 32],
		reasons: Reasons,
		key: &PractitionerKey,
		at: Moment,
	) -> Result<Self, NoRandomness> {
		// First, because it asks for randomness in a way that can fail; the blind's generator panics.
		let keys = OneTimeKeys::generate()?;
		let (public, blinded) = (keys.public(), input.blind());
		let Reasons { institution, committee, evidence, reason } = reasons;
		let statement = LocateStatement {
			practitioner: key.id,
			institution,
			committee,
			blinded: blinded.element().into(),
			signing_key: public.signing.into(),
			xwing_key: public.xwing.as_bytes().to_vec().into(),
			evidence,
			reason,
			at,
		};
		let id = EmergencyRequestId(request_id(genesis, institution.0, &statement.blinded.0));
		let form = statement.sign(genesis, key.signing_key());
		Ok(Self { id, form, genesis: *genesis, blinded, keys })
	}

	/// The session that it will be.
	pub fn id(&self) -> EmergencyRequestId {
		self.id
	}

	/// What is sent.
	pub fn form(&self) -> &SignedLocate {
		&self.form
	}

	/// What the complete session gives. A gateway that had others evaluate it, or under keys of its own, is found out.
	///
	/// # Errors
	/// [`EvaluateError`].
	pub fn evaluate(&self, session: &LocateSessionInfo) -> Result<LocateKeys, EvaluateError> {
		let is_asked = session.committee == self.form.statement.committee && session.key_hash == self.keys.binding();
		match is_asked {
			true => evaluate(&self.blinded, session),
			false => Err(EvaluateError::OtherElement),
		}
	}

	/// The look-up of what came out.
	pub fn lookup(&self, tag: LocateTag) -> LocateLookup {
		LocateLookup::sign(&self.genesis, self.id, tag, &self.keys)
	}
}

#[cfg(test)]
mod tests;
