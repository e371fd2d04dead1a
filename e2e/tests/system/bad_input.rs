//! Input that is wrong gets an error that says what is wrong, and changes nothing.

use super::Verdict;
use anyhow::{ensure, Context, Result};
use salus_client::{
	chain::{calls, ChainError},
	patient::{new_handle, PROOF_VALIDITY},
	primitives::{Commitment, PurposeClass, PurposeClasses, ScopeTag, DAY},
	wire::codes,
};
use salus_e2e::ground::{ensure_refused, institution, Ground, Patient, Ward};
use salus_e2e::{
	network::{ALPHA, BETA},
	person::exit,
	samples::Samples,
};
use salus_policy::LabelClass;
use serde_json::Value;

pub async fn ingest_refuses_a_bundle_when_it_is_truncated_or_not_fhir_or_of_two_patients(
	ground: &Ground<'_>,
) -> Result<Verdict> {
	let ward = ground.ward(ALPHA).await?;
	let patient = ground.patient(&ward).await?;
	let samples = Samples::own()?;
	let bytes = &samples.other.bytes;

	let truncated = bytes[..bytes.len() / 2].to_vec();
	ensure_refused(ward.gateway.ingest(&patient.handle, truncated).await, codes::BAD_BUNDLE, "")?;
	let other_json = br#"{"hello":"world"}"#.to_vec();
	ensure_refused(ward.gateway.ingest(&patient.handle, other_json).await, codes::BAD_BUNDLE, "")?;
	let two = two_patients(&samples)?;
	ensure_refused(ward.gateway.ingest(&patient.handle, two).await, codes::BAD_BUNDLE, "entry")?;
	ensure_refused(ward.gateway.ingest(&patient.handle, Vec::new()).await, codes::BAD_BUNDLE, "")?;
	ensure!(ground.anchors(&ward, &patient.handle).await? == 0, "something was anchored");
	ensure!(ward.gateway.records(&patient.handle).await?.records.is_empty(), "something was kept");

	let report = ward.gateway.ingest(&patient.handle, bytes.clone()).await?;
	ensure!(report.records.len() == samples.other.resources()?.len(), "the good bundle is not taken afterwards");
	Ok(Verdict::Passed)
}

fn two_patients(samples: &Samples) -> Result<Vec<u8>> {
	let mut bundle: Value = serde_json::from_slice(&samples.other.bytes)?;
	let other: Value = serde_json::from_slice(&samples.with_restricted.bytes)?;
	let second =
		other["entry"].as_array().into_iter().flatten().find(|entry| entry["resource"]["resourceType"] == "Patient");
	let second = second.cloned().context("the sample has a patient")?;
	bundle["entry"].as_array_mut().context("a bundle has entries")?.push(second);
	Ok(serde_json::to_vec(&bundle)?)
}

pub async fn ingest_restricts_a_record_when_its_codes_are_unknown(ground: &Ground<'_>) -> Result<Verdict> {
	let ward = ground.ward(ALPHA).await?;
	let patient = ground.patient(&ward).await?;
	let text = String::from_utf8(Samples::own()?.other.bytes)?;
	let unknown = text.replace("http://loinc.org", "http://codes.invalid/house");
	let report = ward.gateway.ingest(&patient.handle, unknown.into_bytes()).await?;
	let observations: Vec<_> = report.records.iter().filter(|record| record.kind == "Observation").collect();
	ensure!(!observations.is_empty(), "there is no observation");
	for record in observations {
		ensure!(
			record.classes.contains(&LabelClass::Restricted),
			"{} has the classes {:?}",
			record.record,
			record.classes
		);
	}
	Ok(Verdict::Passed)
}

pub async fn a_key_stays_closed_when_the_passphrase_is_wrong(ground: &Ground<'_>) -> Result<Verdict> {
	let person = ground.newcomer(ALPHA, "forgetful")?;
	person.write("passphrase", "another passphrase")?;
	let answer = person.salus(&["record", "list", &new_handle().to_string()]).await?;
	ensure!(answer.exit == exit::FAILED && answer.error_code() == "wrong_passphrase", "{}", answer.message());
	ensure!(answer.message().contains("passphrase"), "{}", answer.message());
	Ok(Verdict::Passed)
}

pub async fn register_refuses_a_proof_when_it_has_expired(ground: &Ground<'_>) -> Result<Verdict> {
	let ward = ground.ward(ALPHA).await?;
	let Patient { key, .. } = ground.patient(&ward).await?;
	let handle = new_handle();
	let long_ago = salus_client::now() - PROOF_VALIDITY - DAY / 24;
	let proof = ground.proof(&ward, &handle, &key, long_ago)?;
	let refused = ground.register(&ward, handle, &key, proof).await.err().context("an expired proof was accepted")?;
	let text = refused.to_string();
	ensure!(text.to_lowercase().contains("expired"), "the error does not say that the proof has expired: {text}");
	ensure!(ground.chain(ALPHA).handle(&handle).await?.is_none(), "the handle was registered");
	Ok(Verdict::Passed)
}

pub async fn grant_is_refused_when_it_ends_before_it_begins_or_has_33_tags(ground: &Ground<'_>) -> Result<Verdict> {
	let ward = ground.ward(ALPHA).await?;
	let patient = ground.patient(&ward).await?;
	let now = salus_client::now();
	let grant = |tags: usize, valid_from, valid_until| -> Result<calls::Grant> {
		Ok(calls::Grant {
			grantee: institution(BETA)?,
			tags: (0..tags)
				.map(|_| ScopeTag(salus_client::random_bytes()[..16].try_into().unwrap_or_default()))
				.collect(),
			purposes: PurposeClasses::of(&[PurposeClass::Treatment]),
			valid_from,
			valid_until,
			delegation_depth: 0,
			policy: Commitment(salus_client::random_bytes()),
			wraps: salus_client::random_bytes(),
		})
	};
	let backwards = submit(ground, &ward, &patient, grant(1, now + DAY, now)?).await;
	let error = backwards.err().context("a capability that ends before it begins was granted")?;
	ensure!(error.pallet_error().is_some(), "no error of the pallet: {error}");
	let many = submit(ground, &ward, &patient, grant(33, now, now + DAY)?).await;
	let error = many.err().context("33 tags were granted")?;
	ensure!(!error.to_string().is_empty(), "the error says nothing");
	submit(ground, &ward, &patient, grant(32, now, now + DAY)?).await.context("32 tags are allowed")?;
	let live = ground.chain(ALPHA).capabilities(&patient.handle).await?;
	ensure!(live.len() == 1, "{} capabilities", live.len());
	at_the_desk(ground).await
}

async fn submit(ground: &Ground<'_>, ward: &Ward, patient: &Patient, grant: calls::Grant) -> Result<(), ChainError> {
	let call = calls::consent::grant_capability(patient.handle, grant, Commitment(salus_client::random_bytes()));
	ground.chain(ward.hospital).submit_finalized(&patient.key, &call).await.map(drop)
}

/// The command line says the same before anything is sent.
async fn at_the_desk(ground: &Ground<'_>) -> Result<Verdict> {
	let ward = ground.ward(ALPHA).await?;
	let (patient, handle) = ground.patient_at_a_desk(&ward, "impatient").await?;
	let handle = handle.to_string();
	let grant = ["consent", "grant", &handle, "--to", "1", "--category", "laboratory"];
	let backwards = patient.salus(&[&grant[..], &["--from", "10d", "--until", "5d"]].concat()).await?;
	ensure!(backwards.exit == exit::USAGE, "ended with {}: {}", backwards.exit, backwards.message());
	let mut many = grant.to_vec();
	for category in ["conditions", "medications", "procedures"] {
		many.extend(["--category", category]);
	}
	for class in LabelClass::ALL {
		many.extend(["--class", class.name()]);
	}
	let many = patient.salus(&many).await?;
	ensure!(many.exit == exit::USAGE && many.message().contains("32"), "ended with {}: {}", many.exit, many.message());
	Ok(Verdict::Passed)
}
