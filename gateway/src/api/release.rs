//! Releases to other institutions.

use super::{params, to_the_end, Verified};
use crate::{
	chain::Head,
	enforcement::{decide, Decision, RecordView, Refusal, ReleaseCase, Withheld},
	failure::Failure,
	finding::merges::handles_of,
	index::{PatientRow, PolicyRow, RecordRow, PATIENTS, POLICIES, RECORDS},
	openings,
	reading::{self, Reader},
	receipts::Draft,
	service::{blocking, Service, CATCH_UP_FOR_PEOPLE},
};
use axum::{extract::State, Json};
use salus_client::wire::{
	Account, ReceiptKind, Release, ReleaseChallenge, ReleaseChallengeRequest, ReleaseRequest, ReleasedRecord,
};
use salus_policy::RecordLabels;
use salus_primitives::{AuditChain, InstitutionId, Moment, PatientHandle, RecordId};
use salus_runtime_api::{CapabilityInfo, HandleInfo, PermitInfo, PractitionerInfo};
use std::{
	collections::BTreeSet,
	sync::Arc,
	time::{Duration, Instant},
};

/// `POST /v1/release/challenge`.
///
/// # Errors
/// 403 for others than gateways; 429 with too many open challenges.
pub async fn challenge(
	State(service): State<Arc<Service>>,
	request: Verified,
) -> Result<Json<ReleaseChallenge>, Failure> {
	let institution = request.caller.gateway()?;
	let ReleaseChallengeRequest { permit } = params::body(&request.body)?;
	let drawn = service.challenges.draw(permit, institution, salus_client::now());
	drawn.map(Json).ok_or_else(Failure::too_many)
}

/// `POST /v1/release`. Whatever forbids a record or all of them, the answer is a list without them: same status, same fields, and a time that is
/// a multiple of the configured quantum.
///
/// # Errors
/// 403 for others than gateways; 410 for a challenge that is not good; 503; 500 when a blob of a granted record is missing or altered.
pub async fn release(State(service): State<Arc<Service>>, request: Verified) -> Result<Json<Release>, Failure> {
	let started = Instant::now();
	let caller = request.caller.gateway()?;
	let body: ReleaseRequest = params::body(&request.body)?;
	let quantum = Duration::from_millis(service.config.answer_quantum_ms);
	let answer = to_the_end(async move {
		let release = release_to(&service, caller, body).await?;
		drop(request);
		Ok(release)
	})
	.await;
	hold_until_multiple(started, quantum).await;
	answer.map(Json)
}

async fn hold_until_multiple(started: Instant, quantum: Duration) {
	if quantum.is_zero() {
		return;
	}
	let over = started.elapsed().as_nanos() % quantum.as_nanos();
	tokio::time::sleep(quantum.saturating_sub(Duration::from_nanos(u64::try_from(over).unwrap_or(0)))).await;
}

/// What the chain says, all at one finalized head.
struct OnChain {
	permit: Option<PermitInfo>,
	handle: Option<HandleInfo<Account>>,
	practitioner: Option<PractitionerInfo>,
	capabilities: Vec<CapabilityInfo>,
	/// Length of the patient's audit chain.
	entries: u64,
}

impl OnChain {
	async fn read(service: &Service, head: Head, body: &ReleaseRequest) -> Result<Self, Failure> {
		let (chain, at, statement) = (&service.chain, &head.block, &body.request.statement);
		let (permit, handle, practitioner, capabilities, audit) = futures::try_join!(
			chain.permit(at, body.permit),
			chain.handle(at, &statement.handle),
			chain.practitioner(at, &statement.practitioner),
			chain.capabilities(at, &statement.handle),
			chain.audit_head(at, AuditChain::Patient(statement.handle)),
		)?;
		Ok(Self { permit, handle, practitioner, capabilities, entries: audit.count })
	}
}

async fn release_to(service: &Arc<Service>, caller: InstitutionId, body: ReleaseRequest) -> Result<Release, Failure> {
	// A head that is too old answers nothing, and does not use the challenge up.
	service.head().await?;
	let genesis = service.genesis().await?;
	if !service.challenges.take(&body.nonce, body.permit, caller, salus_client::now()) {
		return Err(Failure::expired(
			"the challenge is over, was used, or was never drawn",
			"Ask for a new challenge.",
		));
	}
	// A head without the request's entry knows nothing of its permit either: the asking house saw both in its own node.
	let is_there = |on_chain: &OnChain| body.opening.sequence.is_none_or(|sequence| sequence < on_chain.entries);
	let read = |head| OnChain::read(service, head, &body);
	let (head, on_chain) = service.catch_up(CATCH_UP_FOR_PEOPLE, is_there, read).await?;
	// The later of both clocks: neither may keep a permit alive.
	let now = salus_client::now().max(head.time);
	let shared = service.clone();
	blocking(move || decide_and_release(&shared, &genesis, caller, now, &body, &on_chain)).await
}

fn decide_and_release(
	service: &Service,
	genesis: &[u8; 32],
	caller: InstitutionId,
	now: Moment,
	body: &ReleaseRequest,
	on_chain: &OnChain,
) -> Result<Release, Failure> {
	let handle = body.request.statement.handle;
	let patient = service.index.get(&PATIENTS, handle.0)?;
	let mut rows: Vec<(PatientHandle, RecordRow)> = Vec::new();
	for of in handles_of(&service.index, &handle)? {
		rows.extend(service.index.scan(&RECORDS, of.0)?.into_iter().map(|(_, row)| (of, row)));
	}
	let policies: Vec<PolicyRow> = service.index.scan(&POLICIES, handle.0)?.into_iter().map(|(_, row)| row).collect();
	let labels: Vec<RecordLabels> = rows.iter().map(|(_, row)| row.labels()).collect();
	let views: Vec<RecordView<'_>> = rows
		.iter()
		.zip(&labels)
		.map(|((_, row), labels)| RecordView { record: row.record, labels, current: row.superseded_by.is_none() })
		.collect();
	// A handle without secret here has no records here either: any tag serves.
	let no_tag = salus_primitives::ScopeTag([0; 16]);
	let tag_of = |category, class| patient.as_ref().map_or(no_tag, |patient: &PatientRow| patient.tag(category, class));
	let outcome = decide(&ReleaseCase {
		genesis,
		own: service.own,
		now,
		caller,
		permit_id: body.permit,
		permit: on_chain.permit.as_ref(),
		handle: on_chain.handle.as_ref(),
		practitioner: on_chain.practitioner.as_ref(),
		request: &body.request,
		opening: &body.opening,
		nonce: &body.nonce,
		signature: &body.signature,
		capabilities: &on_chain.capabilities,
		policies: &policies,
		records: &views,
		tag_of: &tag_of,
	});
	let records = match (&outcome, &on_chain.permit) {
		(Ok(decision), Some(permit)) => seal_all(service, genesis, body, permit, &rows, decision)?,
		_ => Vec::new(),
	};
	if outcome.is_ok() {
		keep_opening(service, caller, body, on_chain.entries)?;
	}
	let signed = on_chain
		.practitioner
		.as_ref()
		.is_some_and(|info| info.institution == caller && body.request.is_signed_by(genesis, &info.signing_key));
	let receipt = service.receipts.append(&draft(caller, body, &outcome, signed, &records), now)?;
	Ok(Release { permit: body.permit, handle, custodian: service.own, records, receipt })
}

fn seal_all(
	service: &Service,
	genesis: &[u8; 32],
	body: &ReleaseRequest,
	permit: &PermitInfo,
	rows: &[(PatientHandle, RecordRow)],
	decision: &Decision,
) -> Result<Vec<ReleasedRecord>, Failure> {
	let keys = body.request.statement.one_time_keys()?;
	let reader = Reader {
		permit: permit.id,
		key: &keys.xwing,
		purpose: permit.purpose as u8,
		expires_at: permit.expires_at,
		genesis,
	};
	let mut released = Vec::with_capacity(decision.granted.len());
	for granted in &decision.granted {
		let Some((of, row)) = rows.iter().find(|(_, row)| row.record == granted.record) else { continue };
		let Some(patient) = service.index.get(&PATIENTS, of.0)? else { continue };
		let record = reading::release(service.vault.as_ref(), &patient, row, granted.persona, &reader)?;
		let provisional = (*of != body.request.statement.handle).then_some(*of);
		released.push(ReleasedRecord { provisional, ..record });
	}
	Ok(released)
}

/// The entry's opening also comes with the request, in case it did not arrive before.
fn keep_opening(service: &Service, caller: InstitutionId, body: &ReleaseRequest, entries: u64) -> Result<(), Failure> {
	let handle = body.request.statement.handle;
	let mut opening = body.opening.clone();
	(opening.chain, opening.sequence) = (Some(AuditChain::Patient(handle)), None);
	if openings::has_room(&service.index, &handle, Some(caller), entries, std::slice::from_ref(&opening))? {
		openings::keep(&service.index, &opening)?;
	}
	Ok(())
}

/// The receipt, also of an empty answer. Its words are for the patient.
fn draft(
	caller: InstitutionId,
	body: &ReleaseRequest,
	outcome: &Result<Decision, Refusal>,
	signed: bool,
	records: &[ReleasedRecord],
) -> Draft {
	let statement = &body.request.statement;
	let basis = match outcome {
		Err(refusal) if signed => format!("nothing was released: {refusal}"),
		// Another institution's gateway can name whom it likes in a request that is refused.
		Err(refusal) => {
			format!(
				"nothing was released: {refusal}; the practitioner was named by institution {caller} and did not sign"
			)
		}
		Ok(decision) => {
			let capabilities: BTreeSet<_> = decision.granted.iter().map(|granted| granted.capability).collect();
			let capabilities: Vec<String> = capabilities.iter().map(ToString::to_string).collect();
			let withheld =
				decision.withheld.iter().filter(|(_, why)| matches!(why, Withheld::Policy(_) | Withheld::TagMissing));
			match (capabilities.is_empty(), withheld.count()) {
				(true, _) => "nothing was released: no record is covered".to_owned(),
				(false, withheld) => {
					format!("capability {}; {withheld} record(s) withheld by your consent", capabilities.join(", "))
				}
			}
		}
	};
	Draft {
		kind: ReceiptKind::Release,
		handle: statement.handle,
		practitioner: Some(statement.practitioner),
		institution: caller,
		purpose: statement.purpose,
		permit: Some(body.permit),
		records: records.iter().map(|record| record.record).collect::<Vec<RecordId>>(),
		basis,
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use salus_client::wire::{Blob, RequestStatement};
	use salus_policy::Purpose;
	use salus_primitives::{PatientHandle, PermitId, PractitionerId};

	#[test]
	fn a_receipt_says_when_the_practitioner_it_names_did_not_sign() {
		let statement = RequestStatement {
			practitioner: PractitionerId([1; 32]),
			handle: PatientHandle([2; 32]),
			custodian: InstitutionId(1),
			categories: Vec::new(),
			purpose: Purpose::Treatment,
			signing_key: [0; 32].into(),
			xwing_key: Blob::default(),
			reason: String::new(),
			at: 5,
		};
		let request = statement.sign(&[0; 32], &ed25519_dalek::SigningKey::from_bytes(&[3; 32]));
		let opening = salus_client::wire::EntryOpening {
			chain: None,
			sequence: None,
			salt: [0; 32].into(),
			entry: Blob::default(),
			commitment: salus_primitives::Commitment([0; 32]),
		};
		let (nonce, signature) = ([0; 32].into(), [0; 64].into());
		let body = ReleaseRequest { permit: PermitId(1), request, opening, nonce, signature };
		let basis = |signed| draft(InstitutionId(2), &body, &Err(Refusal::PermitNotLive), signed, &[]).basis;
		assert!(basis(false).contains("named by institution 2 and did not sign"));
		assert!(!basis(true).contains("did not sign"));
	}
}
