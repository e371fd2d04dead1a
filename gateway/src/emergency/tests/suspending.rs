//! Patients who stand before another hospital, and regulators.

use super::*;
use crate::{emergency::notices, index::OPENINGS};
use salus_client::wire::{
	codes,
	emergency::{NoticeKind, PresenceEvidence, ReviewForm, SuspensionForm, MAX_EMERGENCY_TEXT},
};
use salus_primitives::{Act, AuditChain, InstitutionKind, ReviewVerdict};

/// The hospital before which the patient stands, or a regulator.
const THIRD: InstitutionId = InstitutionId(4);

fn form() -> SuspensionForm {
	SuspensionForm { evidence: "passport seen at the desk".into(), reason: "I am not there".into() }
}

async fn refused(person: &Person, asked: &Asked, form: &SuspensionForm) -> String {
	let error = person.gateway.suspend_emergency(&asked.id, form).await.unwrap_err();
	error.code().unwrap().to_owned()
}

#[tokio::test]
async fn a_patient_who_stands_elsewhere_has_a_session_stopped() {
	let ground = Ground::new().await;
	let handle = ground.sealed(9).await;
	let physician = ground.physician(REQUESTER);
	let asked = ground.active(&physician, &handle, EmergencyTier::Summary).await;
	let registrar = ground.staff(THIRD, &[StaffRole::Registrar]);
	let recorded = registrar.gateway.suspend_emergency(&asked.id, &form()).await.unwrap();
	assert_eq!((recorded.id, recorded.status), (asked.id, EmergencyStatus::Suspended));
	assert!(asked.fetch(&physician).await.is_err(), "nothing is released any more");
	let entry = ground.league.chain().world().entries[&AuditChain::Patient(handle)].last().unwrap().clone();
	assert_eq!((entry.act, entry.actor), (Act::EmergencySuspension, Some(THIRD)));
	// The custodian has the words for the patient, and the opening of the evidence with them.
	let kept = || {
		let kept = ground.custodian().index.scan(&OPENINGS, handle.0).unwrap();
		kept.into_iter().map(|(_, opening)| opening).find(|opening| opening.commitment == entry.commitment)
	};
	eventually("the words", || kept().is_some()).await;
	let full = kept().unwrap().full_entry().unwrap();
	assert_eq!((full.basis.as_str(), full.emergency), ("I am not there", Some(asked.id)));
	assert_eq!((full.patient, full.custodian), (Some(handle), Some(CUSTODIAN)));
	assert_eq!(full.actor.practitioner, Some(registrar.key.id));
	let evidence: PresenceEvidence = serde_json::from_slice(&full.request.unwrap().0).unwrap();
	assert_eq!(evidence.words, "passport seen at the desk");
	assert_eq!(full.evidence, Some(evidence.commitment()));
	let submitted = ground.league.chain().world().submitted.clone();
	assert!(submitted.iter().any(|transaction| matches!(transaction,
		crate::chain::Transaction::SuspendInPerson { id, evidence: committed, .. }
			if *id == asked.id && *committed == evidence.commitment())));
	assert_eq!(refused(&registrar, &asked, &form()).await, codes::CONFLICT, "it is over");
}

#[tokio::test]
async fn nobody_else_says_that_a_patient_is_there() {
	let ground = Ground::new().await;
	let handle = ground.sealed(9).await;
	let physician = ground.physician(REQUESTER);
	let asked = ground.ask(&physician, &handle, EmergencyTier::Summary).await;
	let clerk = ground.staff(THIRD, &[StaffRole::PrivacyOfficer]);
	assert_eq!(refused(&clerk, &asked, &form()).await, codes::NOT_ENTITLED);
	let mut foreign = ground.staff(THIRD, &[StaffRole::Registrar]);
	foreign.gateway = ground.gateway(InstitutionId(5), foreign.key.http_signer());
	assert_eq!(refused(&foreign, &asked, &form()).await, codes::NOT_ENTITLED, "another house's staff");
	let doctor = ground.physician(THIRD);
	for text in ["  ".to_owned(), "x".repeat(MAX_EMERGENCY_TEXT + 1)] {
		let silent = SuspensionForm { evidence: text.clone(), ..form() };
		assert_eq!(refused(&doctor, &asked, &silent).await, codes::BAD_REQUEST);
		let silent = SuspensionForm { reason: text, ..form() };
		assert_eq!(refused(&doctor, &asked, &silent).await, codes::BAD_REQUEST);
	}
	assert_eq!(refused(&ground.physician(REQUESTER), &asked, &form()).await, codes::CONFLICT, "the requester's house");
	let custodian = ground.physician(CUSTODIAN);
	assert_eq!(refused(&custodian, &asked, &form()).await, codes::CONFLICT, "the patient's key has not spoken");
	let unknown = doctor.gateway.suspend_emergency(&EmergencyRequestId([0; 32]), &form()).await.unwrap_err();
	assert_eq!(unknown.code(), Some(codes::NOT_FOUND));
	assert_eq!(ground.session(&asked).status, EmergencyStatus::Requested);
	ground.change_session(&asked, |session| session.disputed = true);
	custodian.gateway.suspend_emergency(&asked.id, &form()).await.unwrap();
	assert_eq!(ground.session(&asked).status, EmergencyStatus::Suspended);
}

#[tokio::test]
async fn a_regulator_judges_any_session_by_its_id() {
	let ground = Ground::new().await;
	let handle = ground.sealed(9).await;
	let physician = ground.physician(REQUESTER);
	let asked = ground.active(&physician, &handle, EmergencyTier::Summary).await;
	ground.close(&physician, &asked).await;
	let officer = ground.staff(THIRD, &[StaffRole::PrivacyOfficer]);
	let form = ReviewForm { verdict: ReviewVerdict::Unjustified, reason: "nobody was ill".into() };
	let error = officer.gateway.review_emergency(&asked.id, &form).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::NOT_FOUND), "a hospital judges its own patients' sessions");
	let set = |institution: InstitutionId, kind| {
		ground.league.chain().world().institutions.get_mut(&institution).unwrap().kind = kind;
	};
	set(THIRD, InstitutionKind::Regulator);
	let error = ground.physician(THIRD).gateway.review_emergency(&asked.id, &form).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::NOT_ENTITLED));
	officer.gateway.review_emergency(&asked.id, &form).await.unwrap();
	assert_eq!(ground.session(&asked).verdict, Some(ReviewVerdict::Unjustified));
	let entry = ground.league.chain().world().entries[&AuditChain::Patient(handle)].last().unwrap().clone();
	assert_eq!((entry.act, entry.actor), (Act::EmergencyReview, Some(THIRD)));
	eventually("the words", || {
		let kept = ground.custodian().index.scan(&OPENINGS, handle.0).unwrap();
		kept.iter().any(|(_, opening)| {
			opening.commitment == entry.commitment
				&& opening.full_entry().is_some_and(|full| full.basis == "nobody was ill")
		})
	})
	.await;
	// Who asked does not judge, whatever it is.
	set(REQUESTER, InstitutionKind::Regulator);
	let theirs = ground.staff(REQUESTER, &[StaffRole::PrivacyOfficer]);
	let error = theirs.gateway.review_emergency(&asked.id, &form).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::CHAIN_REFUSED));
}

#[tokio::test]
async fn a_hospital_that_stopped_enough_today_is_one_voice_among_others() {
	let ground = Ground::new().await;
	let physician = ground.physician(REQUESTER);
	let registrar = ground.staff(THIRD, &[StaffRole::Registrar]);
	let mut last = None;
	for number in 9..13 {
		let handle = ground.sealed(number).await;
		let asked = ground.ask(&physician, &handle, EmergencyTier::Summary).await;
		let recorded = registrar.gateway.suspend_emergency(&asked.id, &form()).await.unwrap();
		assert_eq!(recorded.status == EmergencyStatus::Suspended, number < 12, "{number}");
		last = Some(asked);
	}
	// It goes on, and the patient is told that it is contradicted.
	let asked = last.unwrap();
	notices::watch(ground.custodian()).await.unwrap();
	let told = notices::after(&ground.custodian().index, &asked.handle, 0).unwrap();
	assert!(told.iter().any(|notice| notice.kind == NoticeKind::Disputed));
	// With another one it is stopped.
	let other = ground.staff(InstitutionId(5), &[StaffRole::Registrar]);
	ground.league.emergency(|emergency| emergency.suspensions.insert(InstitutionId(5), 3));
	let recorded = other.gateway.suspend_emergency(&asked.id, &form()).await.unwrap();
	assert_eq!(recorded.status, EmergencyStatus::Suspended);
}
