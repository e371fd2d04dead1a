//! Paper evidence: a scan's hash with the signature of a witness.

use crate::{
	chain::Head,
	failure::Failure,
	index::{compose, EvidenceUse, EVIDENCE, EVIDENCE_USES, PATIENTS},
	service::Service,
	staff::Staff,
};
use codec::Encode;
use salus_client::wire::{evidence_message, PaperEvidence, WitnessedAct};
use salus_primitives::{Moment, PatientHandle, DAY, MINUTE};

/// How old a witness's signature may be.
const MAX_AGE: Moment = 30 * DAY;
/// How far the witness's clock may run ahead.
const SKEW: Moment = 5 * MINUTE;

/// Checks that the paper was witnessed for this act, by another member of the own staff than the registrar who hands it in.
///
/// # Errors
/// 403 for a witness who is the registrar, of another house, or not valid; 409 for a paper of another act; 400 for a signature that does not
/// verify or a time that cannot be.
pub async fn check(
	service: &Service,
	head: &Head,
	registrar: &Staff,
	act: &WitnessedAct,
	evidence: &PaperEvidence,
) -> Result<(), Failure> {
	let witness = &evidence.witness;
	if witness.practitioner == registrar.id {
		return Err(Failure::not_entitled(
			"the registrar is the witness: two people are needed",
			"Let another member of staff witness the paper.",
		));
	}
	if witness.about != *act {
		return Err(Failure::conflict(
			"the paper was witnessed for another act",
			"Have the paper of this act witnessed: the same kind of act, patient, key and document.",
		));
	}
	let now = salus_client::now();
	if witness.at > now.saturating_add(SKEW) || now.saturating_sub(witness.at) > MAX_AGE {
		return Err(Failure::bad_request("the paper was witnessed in the future, or more than 30 days ago"));
	}
	let genesis = service.genesis().await?;
	let info = service.chain.practitioner(&head.block, &witness.practitioner).await?;
	let info = info.filter(|info| info.institution == service.own && crate::enforcement::is_valid(info, now));
	let Some(info) = info else {
		return Err(Failure::not_entitled(
			"the witness is not a valid member of this institution's staff",
			"Let a registered member of staff witness the paper.",
		));
	};
	let PaperEvidence { scan_sha256, salt, .. } = evidence;
	let message =
		evidence_message(&genesis, service.own, act, &scan_sha256.0, &salt.0, &witness.practitioner, witness.at);
	match is_signed(&info.signing_key, &message, &witness.signature.0) {
		true => Ok(()),
		false => Err(Failure::bad_request("the witness's signature does not stand under this paper")),
	}
}

/// Keeps the paper's opening and uses the paper up: a registration that was witnessed once is no second patient. What was begun for the
/// same handle may be tried again.
///
/// # Errors
/// 409 for a paper that served before.
pub fn spend(service: &Service, handle: &PatientHandle, paper: &PaperEvidence) -> Result<(), Failure> {
	let commitment = paper.commitment().0;
	let about = &paper.witness.about;
	let act = service.index.pseudonym("salus/evidence-use/v1", &[&about.encode()]).into();
	let now = EvidenceUse { handle: *handle, act };
	service.index.write(|batch| {
		if let Some(before) = batch.get(&EVIDENCE_USES, commitment)? {
			// The handle of a registration that never got there is drawn anew when it is tried again.
			let never_there = || match batch.get(&PATIENTS, before.handle.0)? {
				Some(row) => Ok::<_, Failure>(row.registered.is_none()),
				None => Ok(true),
			};
			let again = before == now || (*about == WitnessedAct::Register && before.act == now.act && never_there()?);
			if !again {
				return Err(Failure::conflict(
					"this paper was handed in for another act already",
					"Have the paper of this act witnessed, and hand that in.",
				));
			}
		}
		batch.put(&EVIDENCE_USES, commitment, &now)?;
		Ok(batch.put(&EVIDENCE, compose(&[&handle.0, &commitment]), paper)?)
	})
}

/// Gives a paper back whose act the chain refused.
///
/// # Errors
/// The index.
pub fn give_back(service: &Service, paper: &PaperEvidence) -> Result<(), Failure> {
	Ok(service.index.remove(&EVIDENCE_USES, paper.commitment().0)?)
}

/// Strict Ed25519, as everywhere.
fn is_signed(key: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> bool {
	ed25519_dalek::VerifyingKey::from_bytes(key)
		.is_ok_and(|key| key.verify_strict(message, &ed25519_dalek::Signature::from_bytes(signature)).is_ok())
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::testing::Ward;
	use salus_client::wire::{codes, Account, WitnessStatement};
	use salus_primitives::PractitionerId;

	fn paper(number: u8, about: WitnessedAct) -> PaperEvidence {
		let witness =
			WitnessStatement { practitioner: PractitionerId([1; 32]), about, at: 5, signature: [2; 64].into() };
		PaperEvidence { scan_sha256: [number; 32].into(), salt: [4; 32].into(), witness }
	}

	#[test]
	fn a_paper_serves_one_act() {
		let ward = Ward::new();
		let service = ward.open();
		let (one, two) = (ward.patient(&service, 1), ward.patient(&service, 2));
		let paper = paper(1, WitnessedAct::Claim { handle: one, controller: Account([5; 32]) });
		let spend = |handle| spend(&service, &handle, &paper).map_err(|failure| failure.code().to_owned());
		spend(one).unwrap();
		spend(one).unwrap();
		assert_eq!(spend(two), Err(codes::CONFLICT.to_owned()), "another patient");
		give_back(&service, &paper).unwrap();
		spend(two).unwrap();
	}

	#[test]
	fn a_paper_registers_one_patient() {
		let ward = Ward::new();
		let service = ward.open();
		let spend = |handle| spend(&service, &handle, &paper(2, WitnessedAct::Register)).is_ok();
		assert!(spend(PatientHandle([7; 32])), "never gets to the chain");
		let registered = ward.patient(&service, 8);
		assert!(spend(registered));
		assert!(!spend(PatientHandle([9; 32])));
	}
}
