//! Openings of audit entries, and the access log of a patient.

use super::{
	params::{self, Params},
	policies::{own_patient, patient_or_officer},
	Caller, Verified,
};
use crate::{
	failure::Failure,
	finding::merges::handles_of,
	index::PATIENTS,
	openings,
	receipts::{receipts_about, Draft},
	service::{blocking, Service},
};
use axum::{extract::State, Json};
use salus_client::wire::{Account, EntryOpening, FullEntry, Openings, OpeningsAccepted, OpeningsDelivery, ReceiptKind};
use salus_policy::Purpose;
use salus_primitives::{Act, AuditChain, CommitteeId, InstitutionId, PatientHandle};
use salus_runtime_api::CommitteeKind;
use std::{collections::BTreeSet, sync::Arc};

/// Openings of one delivery.
const MAX_OPENINGS: usize = 1_000;

/// `POST /v1/audit/openings`: by the gateway of the institution that acted, or by the person who voted as a patient's guardian.
///
/// # Errors
/// 403 for others, and for entries of other institutions; 400 for openings that open nothing; 404 for handles that are not kept
/// here.
pub async fn accept_from_gateway(
	State(service): State<Arc<Service>>,
	request: Verified,
) -> Result<Json<OpeningsAccepted>, Failure> {
	let mut openings = read(&request.body)?;
	if let Caller::Guardian(account, committees) = &request.caller {
		return accept_from_guardian(service, *account, committees, openings).await;
	}
	let sender = request.caller.gateway()?;
	let mut handles = BTreeSet::new();
	for (opening, entry) in &mut openings {
		if entry.actor.institution != Some(sender) {
			return Err(Failure::not_entitled(
				"an institution opens entries of its own acts only",
				"Let the institution that acted send the opening.",
			));
		}
		let Some(AuditChain::Patient(handle)) = opening.chain else {
			return Err(Failure::bad_request("an opening for a custodian belongs to a patient's chain"));
		};
		check_patient(entry, &handle)?;
		service.index.get(&PATIENTS, handle.0)?.ok_or_else(Failure::not_found)?;
		// Where the entry stands is for the chain to say: a claimed place would push what broke off here out of the patient's log.
		opening.sequence = None;
		handles.insert(handle);
	}
	for handle in handles {
		check_room(&service, &handle, Some(sender), &openings).await?;
	}
	keep(service, openings).await
}

/// A person has no gateway: the votes of a patient's guardians are opened by themselves.
async fn accept_from_guardian(
	service: Arc<Service>,
	account: Account,
	committees: &[CommitteeId],
	mut openings: Vec<(EntryOpening, FullEntry)>,
) -> Result<Json<OpeningsAccepted>, Failure> {
	const VOTES: [Act; 4] =
		[Act::EmergencyApproval, Act::EmergencyRejection, Act::EmergencyDispute, Act::EmergencySuspension];
	let head = service.head().await?;
	let mut guarded = BTreeSet::new();
	for id in committees {
		if let Some(CommitteeKind::Personal(handle)) =
			service.chain.committee(&head.block, *id).await?.map(|committee| committee.kind)
		{
			guarded.insert(handle);
		}
	}
	for (opening, entry) in &mut openings {
		let handle = entry.patient.filter(|handle| guarded.contains(handle));
		let own = entry.actor.account == account && entry.actor.practitioner.is_none();
		let Some(handle) = handle.filter(|_| own && VOTES.contains(&entry.event.act)) else {
			return Err(Failure::not_entitled(
				"a guardian opens the own votes about the patient who chose it",
				"Send only those.",
			));
		};
		service.index.get(&PATIENTS, handle.0)?.ok_or_else(Failure::not_found)?;
		(opening.chain, opening.sequence) = (Some(AuditChain::Patient(handle)), None);
	}
	for (opening, entry) in &openings {
		let Some(AuditChain::Patient(handle)) = opening.chain else { continue };
		check_room(&service, &handle, entry.actor.institution, &openings).await?;
	}
	keep(service, openings).await
}

/// `POST /v1/patients/{handle}/audit/openings`.
///
/// # Errors
/// 403 for others than the controller, and for entries of acts that the patient did not sign.
pub async fn accept_from_patient(
	State(service): State<Arc<Service>>,
	Params(handle): Params<PatientHandle>,
	request: Verified,
) -> Result<Json<OpeningsAccepted>, Failure> {
	request.caller.controller(&handle)?;
	own_patient(&service, &handle)?;
	let openings = read(&request.body)?;
	for (opening, entry) in &openings {
		if entry.actor.institution.is_some() || opening.chain != Some(AuditChain::Patient(handle)) {
			return Err(Failure::not_entitled(
				"a patient opens the entries of own acts on the own handle",
				"Send only those.",
			));
		}
		check_patient(entry, &handle)?;
	}
	check_room(&service, &handle, None, &openings).await?;
	keep(service, openings).await
}

async fn check_room(
	service: &Service,
	handle: &PatientHandle,
	sender: Option<InstitutionId>,
	opened: &[(EntryOpening, FullEntry)],
) -> Result<(), Failure> {
	let chain = AuditChain::Patient(*handle);
	let head = service.head().await?;
	let count = service.chain.audit_head(&head.block, chain).await?.count;
	let of_handle = opened.iter().map(|(opening, _)| opening).filter(|opening| opening.chain == Some(chain));
	let offered: Vec<EntryOpening> = of_handle.cloned().collect();
	match openings::has_room(&service.index, handle, sender, count, &offered)? {
		true => Ok(()),
		false => Err(Failure::conflict(
			"these are longer, or more, than the chain has entries for",
			"Send openings of entries that are final, each once.",
		)),
	}
}

fn read(body: &[u8]) -> Result<Vec<(EntryOpening, FullEntry)>, Failure> {
	let OpeningsDelivery { openings } = params::body(body)?;
	if openings.len() > MAX_OPENINGS {
		return Err(Failure::bad_request(format!("at most {MAX_OPENINGS} openings at once")));
	}
	let opened = openings.into_iter().map(|opening| {
		let entry = opening.full_entry();
		let entry = entry.ok_or_else(|| Failure::bad_request("an opening does not open its commitment"))?;
		Ok((opening, entry))
	});
	opened.collect()
}

fn check_patient(entry: &FullEntry, handle: &PatientHandle) -> Result<(), Failure> {
	match entry.patient == Some(*handle) {
		true => Ok(()),
		false => Err(Failure::bad_request("an entry is about another patient than its chain")),
	}
}

async fn keep(
	service: Arc<Service>,
	opened: Vec<(EntryOpening, FullEntry)>,
) -> Result<Json<OpeningsAccepted>, Failure> {
	let accepted = blocking(move || {
		let mut accepted = 0u32;
		for (opening, _) in &opened {
			accepted = accepted.saturating_add(u32::from(openings::keep(&service.index, opening)?));
		}
		Ok::<_, Failure>(accepted)
	})
	.await?;
	Ok(Json(OpeningsAccepted { accepted }))
}

/// `GET /v1/patients/{handle}/audit/openings`: the reading itself is written down first.
///
/// # Errors
/// 403 for others than the controller or, for a custodial handle, a privacy officer; 503.
pub async fn show(
	State(service): State<Arc<Service>>,
	Params(handle): Params<PatientHandle>,
	request: Verified,
) -> Result<Json<Openings>, Failure> {
	let officer = patient_or_officer(&service, request.caller.clone(), &handle).await?;
	own_patient(&service, &handle)?;
	let head = service.head().await?;
	let mut opened = Vec::new();
	for of in handles_of(&service.index, &handle)? {
		opened.push((of, openings::of_patient(&service.index, service.chain.as_ref(), &head, &of).await?));
	}
	let (purpose, basis) = match officer {
		Some(_) => (Purpose::Operations, "review of the access log by the privacy officer"),
		None => (Purpose::PatientRequest, "the patient reads the own access log"),
	};
	let draft = Draft {
		kind: ReceiptKind::LogRead,
		handle,
		practitioner: officer.map(|officer| officer.id),
		institution: service.own,
		purpose,
		permit: None,
		records: Vec::new(),
		basis: basis.to_owned(),
	};
	let shown = blocking(move || {
		service.receipts.append(&draft, salus_client::now())?;
		let shown = opened.into_iter().map(|(handle, openings)| {
			let receipts = receipts_about(&service.receipts, &handle)?;
			Ok(Openings { handle, openings, receipts, merged: Vec::new() })
		});
		let mut shown = shown.collect::<Result<Vec<_>, Failure>>()?.into_iter();
		// The own handle comes first, and is always there.
		let own = shown.next().ok_or_else(Failure::not_found)?;
		Ok::<_, Failure>(Openings { merged: shown.collect(), ..own })
	})
	.await?;
	Ok(Json(shown))
}
