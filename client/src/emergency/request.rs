//! The requester's side of an emergency: which envelope to ask for, the request itself, and what the guardians' parts open.
//!
//! Nothing here talks to anybody. What the chain says comes from the caller's own node at a finalized block; what the custodian or a holder
//! says (the envelopes) is believed only as far as it opens the chain's commitments.

use super::is_unused;
use crate::{
	keystore::PractitionerKey,
	wire::{
		emergency::{EmergencyEvidence, EmergencyFile, EmergencyRequestForm, EmergencyStatement, SealedEnvelope},
		Account, Bytes32,
	},
};
use codec::{Decode, Encode};
use salus_envelope::{
	emergency::{open_half, EmergencyError, ScopeHalf},
	NoRandomness, OneTimeKeys,
};
use salus_primitives::{CommitteeId, EmergencyRequestId, EmergencyTier, InstitutionId, Moment, PatientHandle};
use salus_runtime_api::{CommitteeInfo, CommitteeStatus, EmergencyScopeInfo, SealedSetInfo};
use salus_threshold::{
	committee,
	envelope::{envelope_commitment, Envelope, EnvelopeLabel},
	group::SecretScalar,
	part::{combine, CombineError},
	rand_core::OsRng,
	request::{prove_request, RequestContext},
};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// Bytes of [`SessionSecrets::to_bytes`].
pub const SECRETS_LEN: usize = 96;

/// What an envelope is chosen from.
#[derive(Clone, Copy, Debug)]
pub struct Choice<'a> {
	/// Hash of the genesis block.
	pub genesis: &'a [u8; 32],
	/// The patient.
	pub handle: &'a PatientHandle,
	/// How much is asked for.
	pub tier: EmergencyTier,
	/// What the custodian or a holder handed out.
	pub file: &'a EmergencyFile,
	/// What the chain has for this patient and tier.
	pub scope: &'a EmergencyScopeInfo,
	/// The committees that something is sealed to.
	pub committees: &'a [CommitteeInfo<Account>],
	/// The patient's own committee, which comes first.
	pub personal: Option<CommitteeId>,
	/// Whether the consortium's committee is asked although the patient has an own one: it did not answer in the time that the patient set.
	pub fall_back: bool,
}

/// Why there is no envelope to ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoEnvelope {
	/// Nothing.
	#[error("nothing is sealed for this patient at this tier. Treat without, or ask for the other tier")]
	NothingSealed,
	/// Not to that committee.
	#[error(
		"nothing is sealed to that committee for this patient; ask the patient's own committee, without falling back"
	)]
	OtherCommittee,
	/// No committee is there.
	#[error("the committee that the records are sealed to cannot approve now. Tell the custodian's emergency desk")]
	CommitteeNotUsable,
	/// All used.
	#[error("every envelope of this patient was used by earlier requests. The custodian seals new ones at once: try again in a minute")]
	AllUsed,
	/// The file is of another epoch than the chain's.
	#[error("the envelopes handed out are of an epoch that is over. Try again in a minute")]
	OldEpoch,
	/// The envelopes are not those of the chain.
	#[error("the envelopes handed out are not those that the custodian sealed on chain. Report it to both privacy officers, and ask another holder")]
	NotCommitted,
}

/// What a request is about, and what its parts will open. Public; kept with the notes of the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Target {
	/// The committee that is asked.
	pub committee: CommitteeId,
	/// Version of its members.
	pub version: u32,
	/// Parts that open an envelope. The chain may ask for more before the session is active.
	pub k: u16,
	/// The committee's key.
	pub group_key: Bytes32,
	/// What the envelope is for.
	pub label: EnvelopeLabel,
	/// The envelope.
	pub envelope: Envelope,
	/// Opens its commitment on chain.
	pub salt: Bytes32,
	/// Whether it is test data.
	pub drill: bool,
}

impl Choice<'_> {
	/// The envelope to ask for: the unused one with the lowest number, of the patient's own committee when there is one. Committees that ended are
	/// passed over: what was sealed to them stays on chain until the epoch ends.
	///
	/// # Errors
	/// [`NoEnvelope`].
	pub fn pick(&self) -> Result<Target, NoEnvelope> {
		let is_own = |set: &SealedSetInfo| Some(set.committee) == self.personal;
		let sealed = || self.scope.sealed.iter().filter(|set| !set.envelopes.is_empty());
		let usable = || sealed().filter_map(|set| Some((set, self.committee_of(set)?)));
		let own = usable().find(|(set, _)| is_own(set) && !self.fall_back);
		match own.or_else(|| usable().find(|(set, _)| !is_own(set))) {
			Some((set, committee)) => self.target(set, committee),
			None if sealed().next().is_none() => Err(NoEnvelope::NothingSealed),
			None if self.fall_back && sealed().all(is_own) => Err(NoEnvelope::OtherCommittee),
			None => Err(NoEnvelope::CommitteeNotUsable),
		}
	}

	/// The committee of a set, when it can approve.
	fn committee_of(&self, set: &SealedSetInfo) -> Option<&CommitteeInfo<Account>> {
		let committee = self.committees.iter().find(|committee| committee.id == set.committee);
		committee.filter(|committee| matches!(committee.status, CommitteeStatus::Active | CommitteeStatus::Superseded))
	}

	fn target(&self, set: &SealedSetInfo, committee: &CommitteeInfo<Account>) -> Result<Target, NoEnvelope> {
		let group_key = committee.group_key.ok_or(NoEnvelope::CommitteeNotUsable)?;
		if committee::key_id(self.genesis, committee.id.0, &group_key) != set.key_id {
			return Err(NoEnvelope::CommitteeNotUsable);
		}
		let numbers = (0u8..).zip(&set.envelopes).filter(|(number, _)| is_unused(set, *number));
		let unused: Vec<_> = numbers.collect();
		if unused.is_empty() {
			return Err(NoEnvelope::AllUsed);
		}
		let offered: Vec<&SealedEnvelope> = self
			.file
			.scopes
			.iter()
			.filter(|scope| scope.tier == self.tier && scope.committee == set.committee)
			.filter(|scope| scope.epoch == self.scope.epoch)
			.flat_map(|scope| &scope.envelopes)
			.collect();
		if offered.is_empty() {
			return Err(NoEnvelope::OldEpoch);
		}
		let fitting = unused.iter().find_map(|(number, commitment)| {
			let label = self.label(set.key_id, *number);
			let sealed = offered.iter().find(|sealed| sealed.number == *number)?;
			let header = sealed.envelope.header();
			let committed = envelope_commitment(&sealed.salt.0, &header) == commitment.0;
			(committed && header.verify(&label)).then_some((label, *sealed))
		});
		let (label, sealed) = fitting.ok_or(NoEnvelope::NotCommitted)?;
		Ok(Target {
			committee: committee.id,
			version: committee.version,
			k: committee.k,
			group_key: group_key.into(),
			label,
			envelope: sealed.envelope,
			salt: sealed.salt,
			drill: self.scope.drill,
		})
	}

	fn label(&self, key_id: [u8; 32], number: u8) -> EnvelopeLabel {
		EnvelopeLabel {
			genesis: *self.genesis,
			key_id,
			handle: self.handle.0,
			scope: self.tier.scope(),
			scope_epoch: self.scope.epoch,
			number: number.into(),
		}
	}
}

/// The one-time secrets of a session: q, to which the guardians' parts are re-encrypted, and the keys of [`OneTimeKeys`]. Whoever has them can
/// open what the session opens.
pub struct SessionSecrets {
	q: SecretScalar,
	keys: OneTimeKeys,
}

impl SessionSecrets {
	/// Fresh secrets.
	///
	/// # Errors
	/// [`NoRandomness`].
	pub fn generate() -> Result<Self, NoRandomness> {
		// The one-time keys first: they ask for randomness in a way that can fail, the scalar's generator panics.
		let keys = OneTimeKeys::generate()?;
		Ok(Self { q: SecretScalar::random(&mut OsRng), keys })
	}

	/// q, then both seeds: for an encrypted store, or a handover.
	pub fn to_bytes(&self) -> Zeroizing<[u8; SECRETS_LEN]> {
		let mut bytes = Zeroizing::new([0; SECRETS_LEN]);
		bytes[..32].copy_from_slice(self.q.to_bytes().as_slice());
		bytes[32..].copy_from_slice(self.keys.to_seeds().as_slice());
		bytes
	}

	/// Reads what [`Self::to_bytes`] wrote. `None` for other bytes.
	pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
		let (q, seeds) = bytes.split_first_chunk::<32>()?;
		let seeds: &[u8; 64] = seeds.try_into().ok()?;
		Some(Self { q: SecretScalar::from_bytes(q)?, keys: OneTimeKeys::from_seeds(seeds) })
	}

	/// The keys that answer the holder's challenge and open the second half.
	pub fn keys(&self) -> &OneTimeKeys {
		&self.keys
	}

	/// The point Q.
	pub fn point(&self) -> [u8; 32] {
		self.q.public().to_bytes()
	}
}

/// What the practitioner says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
	/// What it rests on.
	pub evidence: EmergencyEvidence,
	/// Why.
	pub reason: String,
	/// Who called, when it is on a caller's word.
	pub caller: Option<String>,
}

/// A request that is ready to be sent, with the secrets to keep.
pub struct Prepared {
	/// The session that it will be.
	pub id: EmergencyRequestId,
	/// What is sent.
	pub form: EmergencyRequestForm,
	/// What is kept.
	pub secrets: SessionSecrets,
}

/// Makes the request for an envelope: fresh secrets, the proof of q, the signed statement.
///
/// `requester` is the practitioner's institution, whose gateway will send it; the guardians' parts are good for it alone.
///
/// # Errors
/// [`NoRandomness`].
pub fn prepare(
	target: &Target,
	custodian: InstitutionId,
	tier: EmergencyTier,
	requester: InstitutionId,
	key: &PractitionerKey,
	words: Words,
	at: Moment,
) -> Result<Prepared, NoRandomness> {
	let secrets = SessionSecrets::generate()?;
	let public = secrets.keys.public();
	let context = RequestContext {
		label: target.label,
		committee: target.committee.0,
		version: target.version,
		requester: requester.0,
		key_hash: public.binding(),
		header: target.envelope.header(),
	};
	let point = secrets.point();
	let statement = EmergencyStatement {
		practitioner: key.id,
		handle: PatientHandle(target.label.handle),
		custodian,
		tier,
		point: point.into(),
		proof: prove_request(&context, &secrets.q, &mut OsRng),
		signing_key: public.signing.into(),
		xwing_key: public.xwing.as_bytes().to_vec().into(),
		evidence: words.evidence,
		reason: words.reason,
		caller: words.caller,
		at,
	};
	let form = EmergencyRequestForm {
		request: statement.sign(&target.label.genesis, key.signing_key()),
		committee: target.committee,
		epoch: target.label.scope_epoch,
		// Made from eight bits above.
		envelope: u8::try_from(target.label.number).unwrap_or(u8::MAX),
		header: context.header,
		salt: target.salt,
	};
	Ok(Prepared { id: EmergencyRequestId(context.id(&point)), form, secrets })
}

/// Why the guardians' parts do not open an envelope.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
	/// The parts.
	#[error("the guardians' parts cannot be put together: {0}")]
	Combine(CombineError),
	/// The envelope.
	#[error("the guardians' parts do not open the envelope: {0}. Read them from another node, or ask again")]
	Envelope(#[from] EmergencyError),
}

/// The first half of the scope's secret: puts k of the guardians' parts together and opens the envelope.
///
/// # Errors
/// [`OpenError`].
pub fn first_half(
	target: &Target,
	secrets: &SessionSecrets,
	parts: &[(u16, [u8; 32])],
) -> Result<ScopeHalf, OpenError> {
	let shared = combine(target.k, parts, &secrets.q, &target.group_key.0).map_err(OpenError::Combine)?;
	Ok(open_half(&shared, &target.label.to_bytes(), &target.envelope.ct)?)
}

#[cfg(test)]
pub(super) mod tests;
