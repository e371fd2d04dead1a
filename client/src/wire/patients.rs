//! Registration, claim and care relationships.

use super::{Account, BlockId, Bytes32, Bytes64};
use codec::Encode;
use salus_policy::{ControllerStatement, PolicyDocument};
use salus_primitives::{Commitment, InstitutionId, Moment, PatientHandle, PractitionerId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Domain tag of the commitment to paper evidence.
pub const EVIDENCE_TAG: &str = "salus/evidence/v1";
/// Domain tag of what a witness signs.
pub const WITNESS_TAG: &str = "salus/witness/v1";
/// Domain tag of the hash of a policy document that a witness signs.
pub const WITNESSED_DOCUMENT_TAG: &str = "salus/witnessed-document/v1";

/// Body of `POST /v1/patients`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisterPatient {
	/// Who controls the handle.
	pub control: PatientControl,
}

/// Who controls a new handle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PatientControl {
	/// The custodian, on behalf of the patient; the gateway draws the handle.
	Custodial {
		/// The paper that custody rests on.
		evidence: PaperEvidence,
	},
	/// The patient; the patient's device drew the handle.
	SelfHeld {
		/// 32 random bytes.
		handle: PatientHandle,
		/// The patient's account for this handle alone.
		controller: Account,
		/// Proof that the patient holds its key.
		proof: ProofOfControl,
	},
	/// Nobody: the patient could not be identified. The gateway draws the handle.
	Provisional,
}

/// Proof of possession of a controller's key. The signed message is
/// `SCALE(b"salus/control/v1", genesis, custodian, handle, controller, expires_at)` ([`crate::patient::control_message`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProofOfControl {
	/// From when on the proof is void.
	pub expires_at: Moment,
	/// sr25519 signature by the controller.
	pub signature: Bytes64,
}

/// Signed paper, known to the chain as a salted commitment only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperEvidence {
	/// SHA-256 of the scan.
	pub scan_sha256: Bytes32,
	/// 32 random bytes: without them a known form could be recognised by its hash.
	pub salt: Bytes32,
	/// The second person who saw the signature on the paper. The registrar signs the request itself.
	pub witness: WitnessStatement,
}

/// The act that a paper is for. A witness signs under this act and no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WitnessedAct {
	/// Custody of a new handle, which the gateway draws afterwards.
	#[codec(index = 0)]
	Register,
	/// The patient takes a custodial handle over.
	#[codec(index = 1)]
	Claim {
		/// The handle.
		handle: PatientHandle,
		/// The patient's account that controls it from then on.
		controller: Account,
	},
	/// A grant on the patient's behalf.
	#[codec(index = 2)]
	Consent {
		/// The handle.
		handle: PatientHandle,
		/// [`witnessed_document_hash`] of the policy document.
		document_hash: Bytes32,
		/// How often the grantee may pass it on: the document does not say.
		delegation_depth: u8,
	},
}

impl WitnessedAct {
	/// A grant by this document.
	pub fn consent(document: &PolicyDocument, delegation_depth: u8) -> Self {
		let document_hash = witnessed_document_hash(document).into();
		Self::Consent { handle: PatientHandle(document.handle), document_hash, delegation_depth }
	}
}

/// What a witness signs of a policy document: `SHA-256(SCALE("salus/witnessed-document/v1", canonical bytes))` of the document as given on
/// behalf of the patient on evidence of zeros. The evidence commits to the witness's signature, so the signature cannot stand over it.
pub fn witnessed_document_hash(document: &PolicyDocument) -> [u8; 32] {
	let given_by = ControllerStatement::CustodianOnBehalf { evidence: [0; 32] };
	let document = PolicyDocument { given_by, ..document.clone() };
	Sha256::digest((WITNESSED_DOCUMENT_TAG, document.canonical_bytes()).encode()).into()
}

/// A witness's signature under paper evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WitnessStatement {
	/// Staff of the same institution, another person than the registrar.
	pub practitioner: PractitionerId,
	/// The act that the paper is for.
	pub about: WitnessedAct,
	/// When it was witnessed.
	pub at: Moment,
	/// Ed25519 signature over [`evidence_message`].
	pub signature: Bytes64,
}

/// What the witness signs: `SCALE("salus/witness/v1", genesis, institution, about, scan_sha256, salt, practitioner, at)`.
pub fn evidence_message(
	genesis: &[u8; 32],
	institution: InstitutionId,
	about: &WitnessedAct,
	scan_sha256: &[u8; 32],
	salt: &[u8; 32],
	practitioner: &PractitionerId,
	at: Moment,
) -> Vec<u8> {
	(WITNESS_TAG, genesis, institution, about, scan_sha256, salt, practitioner, at).encode()
}

impl PaperEvidence {
	/// The commitment that stands on chain: salted over scan, witness, act and time.
	pub fn commitment(&self) -> Commitment {
		let WitnessStatement { practitioner, about, at, signature } = &self.witness;
		let content = (self.scan_sha256, practitioner, about, at, signature).encode();
		Commitment(salus_envelope::commit::salted(EVIDENCE_TAG, &self.salt.0, &content))
	}
}

/// Answer to [`RegisterPatient`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisteredPatient {
	/// The patient's handle at this institution.
	pub handle: PatientHandle,
	/// This institution.
	pub custodian: InstitutionId,
	/// The finalized block with the registration.
	pub block: BlockId,
}

/// Body of `POST /v1/patients/{handle}/claim`: the patient, in person, takes a custodial handle over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimHandle {
	/// The patient's account.
	pub controller: Account,
	/// Proof that the patient holds its key.
	pub proof: ProofOfControl,
	/// The paper on which the patient was identified.
	pub evidence: PaperEvidence,
}

/// Answer to [`ClaimHandle`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandleClaimed {
	/// The handle.
	pub handle: PatientHandle,
	/// When the custodian's rights end; the patient's began with the block.
	pub custodian_until: Moment,
	/// The finalized block with the claim.
	pub block: BlockId,
}

/// Why staff of the own institution treat the patient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CareKind {
	/// An out-patient encounter.
	Encounter,
	/// An in-patient stay.
	Admission,
	/// A referral to somebody in the house.
	Referral,
}

/// Body of `POST /v1/patients/{handle}/care-relationships`. Exactly one of practitioner and department is named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CareRelationshipRequest {
	/// One person who treats.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub practitioner: Option<PractitionerId>,
	/// Or a department, by its code.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub department: Option<String>,
	/// Why.
	pub kind: CareKind,
	/// First moment after it.
	pub until: Moment,
}

/// Answer to [`CareRelationshipRequest`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CareRelationshipRecorded {
	/// The handle.
	pub handle: PatientHandle,
	/// Since when it counts.
	pub from: Moment,
	/// First moment after it.
	pub until: Moment,
}
