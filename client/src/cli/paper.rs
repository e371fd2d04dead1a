//! Acts on paper: what a patient without a key signs, a witness confirms for one act, and a registrar carries out.

use super::{
	consent::{describe, GrantArguments},
	context::Context,
	error::CliError,
	output::{moment, Report},
	patient::Offer,
	state::read_json,
};
use clap::Subcommand;
use ed25519_dalek::Signer;
use salus_client::{
	primitives::PatientHandle,
	wire::{self, ConsentRequest, PaperEvidence, WitnessStatement, WitnessedAct},
};
use salus_policy::{ControllerStatement, PolicyDocument};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::{
	fs,
	path::{Path, PathBuf},
};

/// What a paper is for. The witness's signature counts for this alone.
#[derive(Debug, Subcommand)]
pub enum PaperPurpose {
	/// The hospital keeps control of a new patient's records
	Register,
	/// The patient was identified and takes the handle over
	Claim {
		/// What `salus patient prepare --handle` printed as JSON on the patient's device: names handle and key
		#[arg(long, value_name = "FILE")]
		offer: PathBuf,
	},
	/// The patient permits an institution to read
	Consent {
		/// What `salus consent draft` printed as JSON: has to say what the paper says
		#[arg(long, value_name = "FILE")]
		draft: PathBuf,
	},
}

/// A grant that a paper asks for, as it goes from desk to desk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentDraft {
	/// The document. The evidence in it is zeros until the paper is witnessed.
	pub document: PolicyDocument,
	/// How often the grantee may pass it on.
	pub delegation_depth: u8,
}

impl ConsentDraft {
	/// Reads a draft, and refuses one that cannot mean something.
	fn read(path: &Path) -> Result<Self, CliError> {
		let draft: Self = read_json(path, "a draft of `salus consent draft --json`")?;
		draft.document.check().map_err(|error| CliError::Usage(error.to_string()))?;
		Ok(draft)
	}

	/// What it permits, for people who compare it with a paper.
	fn words(&self) -> String {
		let document = &self.document;
		let mut words = format!(
			"For the patient {}\nof institution {}: institution {} may read {}\nfrom {} until {}.",
			PatientHandle(document.handle),
			document.custodian,
			document.grantee.institution,
			describe(document),
			moment(document.valid_from),
			moment(document.valid_until)
		);
		if document.data_from.is_some() || document.data_until.is_some() {
			let edge = |edge: Option<u64>| edge.map_or("any time".to_owned(), moment);
			words += &format!("\nOnly records from {} until {}.", edge(document.data_from), edge(document.data_until));
		}
		for rule in &document.deny {
			let list = |names: Vec<String>| names.join(", ");
			let parts = [
				list(rule.practitioners.iter().map(|id| format!("0x{}", hex::encode(id))).collect()),
				list(rule.roles.iter().map(ToString::to_string).collect()),
				list(rule.departments.iter().map(ToString::to_string).collect()),
				list(rule.categories.iter().map(ToString::to_string).collect()),
			];
			let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
			words += &format!("\nNot: {}.", parts.join("; "));
		}
		if self.delegation_depth > 0 {
			words += &format!("\nIt may be passed on {} time(s).", self.delegation_depth);
		}
		words
	}
}

impl PaperPurpose {
	/// The act to be signed, and what it is in words.
	fn act(&self) -> Result<(WitnessedAct, String), CliError> {
		Ok(match self {
			Self::Register => {
				(WitnessedAct::Register, "The hospital keeps control of a new patient's records.".to_owned())
			}
			Self::Claim { offer } => {
				let Offer { handle, controller, .. } = read_json(offer, "an offer of `salus patient prepare --json`")?;
				let words = format!("The patient takes {handle}\nover with the key {controller}.");
				(WitnessedAct::Claim { handle, controller }, words)
			}
			Self::Consent { draft } => {
				let draft = ConsentDraft::read(draft)?;
				(WitnessedAct::consent(&draft.document, draft.delegation_depth), draft.words())
			}
		})
	}
}

/// `salus patient witness`.
pub async fn witness(context: &Context, scan: &Path, purpose: &PaperPurpose) -> Result<Report, CliError> {
	let (about, words) = purpose.act()?;
	let (name, identity) = context.unlock()?;
	let key = identity.practitioner(&name)?;
	let chain = context.chain().await?;
	let entry = chain.practitioner(&key.id).await?;
	let institution = entry
		.ok_or_else(|| {
			CliError::NotThere(format!("the staff registry has no entry of `{name}`: `salus staff register` makes one"))
		})?
		.institution;
	let bytes = fs::read(scan).map_err(|error| CliError::File(scan.into(), error))?;
	let scan_sha256: [u8; 32] = Sha256::digest(&bytes).into();
	let (salt, at) = (salus_client::random_bytes(), chain.now().await?);
	let genesis = chain.genesis().await?;
	let message = wire::evidence_message(&genesis, institution, &about, &scan_sha256, &salt, &key.id, at);
	let signature = key.signing_key().sign(&message).to_bytes().into();
	let evidence = PaperEvidence {
		scan_sha256: scan_sha256.into(),
		salt: salt.into(),
		witness: WitnessStatement { practitioner: key.id, about, at, signature },
	};
	let text = format!(
		"Witnessed the paper {}\nwith SHA-256 {} for this act alone:\n{words}\nHand the output of this command with --json to the registrar.",
		scan.display(),
		evidence.scan_sha256
	);
	Report::new(&evidence, text)
}

/// `salus consent draft`.
pub async fn draft(context: &Context, arguments: &GrantArguments) -> Result<Report, CliError> {
	let chain = context.chain().await?;
	let info = chain.handle(&arguments.handle).await?;
	let custodian =
		info.ok_or_else(|| CliError::NotThere(format!("the chain has no handle {}", arguments.handle)))?.custodian;
	let given_by = ControllerStatement::CustodianOnBehalf { evidence: [0; 32] };
	let document = arguments.document(custodian, given_by, chain.now().await?)?;
	let draft = ConsentDraft { document, delegation_depth: arguments.delegation_depth };
	let text =
		format!("{}\nHand the output of this command with --json to the witness and the registrar.", draft.words());
	Report::new(&draft, text)
}

/// `salus consent grant-on-paper`.
pub async fn grant(context: &Context, draft: &Path, evidence: &Path) -> Result<Report, CliError> {
	let ConsentDraft { mut document, delegation_depth } = ConsentDraft::read(draft)?;
	let evidence: PaperEvidence = read_json(evidence, "evidence of `salus patient witness --json`")?;
	if evidence.witness.about != WitnessedAct::consent(&document, delegation_depth) {
		return Err(CliError::Usage("the witness signed for something else than this draft".to_owned()));
	}
	document.given_by = ControllerStatement::CustodianOnBehalf { evidence: evidence.commitment().0 };
	let handle = PatientHandle(document.handle);
	let gateway = context.gateway(context.staff_signer()?).await?;
	let request = ConsentRequest { document: document.clone(), delegation_depth, evidence };
	let _progress = context.waiting("waiting for finality");
	let granted = gateway.grant_consent(&handle, &request).await?;
	let text = format!(
		"Granted institution {} on behalf of the patient until {}: capability {}, block {}.",
		granted.grantee,
		moment(document.valid_until),
		granted.capability,
		granted.block.number
	);
	let json = json!({
		"handle": handle, "capability": granted.capability, "grantee": granted.grantee, "document": document,
		"valid_until": document.valid_until, "block": granted.block, "policy_delivered": true, "grantee_told": granted.grantee_told,
	});
	Report::new(&json, text)
}

#[cfg(test)]
mod tests {
	use super::*;
	use clap::Parser;
	use salus_client::primitives::InstitutionId;

	#[derive(Parser)]
	struct Line {
		#[command(flatten)]
		grant: GrantArguments,
	}

	fn draft(line: &str) -> ConsentDraft {
		let handle = PatientHandle([1; 32]).to_string();
		let arguments = Line::parse_from(["x", &handle].into_iter().chain(line.split_whitespace())).grant;
		let given_by = ControllerStatement::CustodianOnBehalf { evidence: [0; 32] };
		let document = arguments.document(InstitutionId(1), given_by, 1_000).unwrap();
		ConsentDraft { document, delegation_depth: arguments.delegation_depth }
	}

	#[test]
	fn a_witness_reads_every_part_of_a_draft() {
		let draft = draft(
			"--to 2 --category laboratory --department cardiology --not-department radiology --data-from 2020-01-01 --delegation-depth 1",
		);
		let words = draft.words();
		for part in ["institution 2", "laboratory", "only cardiology", "Not: radiology", "2020-01-01", "passed on 1"] {
			assert!(words.contains(part), "{part}: {words}");
		}
	}

	#[test]
	fn a_draft_is_witnessed_as_it_is_written_and_granted_with_its_evidence() {
		let folder = tempfile::tempdir().unwrap();
		let (path, draft) = (folder.path().join("draft.json"), draft("--to 2 --category laboratory"));
		fs::write(&path, serde_json::to_vec(&draft).unwrap()).unwrap();
		let (about, _) = PaperPurpose::Consent { draft: path.clone() }.act().unwrap();
		let mut granted = ConsentDraft::read(&path).unwrap();
		assert_eq!(granted, draft);
		granted.document.given_by = ControllerStatement::CustodianOnBehalf { evidence: [7; 32] };
		assert_eq!(about, WitnessedAct::consent(&granted.document, granted.delegation_depth));
		granted.document.valid_until += 1;
		assert_ne!(about, WitnessedAct::consent(&granted.document, granted.delegation_depth));
		granted.document.valid_until = 0;
		fs::write(&path, serde_json::to_vec(&granted).unwrap()).unwrap();
		assert!(ConsentDraft::read(&path).is_err(), "ends before it begins");
	}
}
