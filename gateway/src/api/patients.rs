//! Registration and claim.

use super::{params, params::Params, to_the_end, Verified};
use crate::{
	chain::Transaction,
	control::{has_own_key, is_custodial, is_kept_by, is_provisional, is_self_held_by},
	evidence,
	failure::Failure,
	index::{PatientRow, OPENINGS, PATIENTS},
	openings::{self, opening_key},
	service::Service,
	staff::Staff,
};
use axum::{extract::State, Json};
use salus_client::{
	chain::calls::{Control, Proof},
	wire::{
		Account, ClaimHandle, HandleClaimed, PaperEvidence, PatientControl, RegisterPatient, RegisteredPatient,
		WitnessedAct,
	},
};
use salus_envelope::HandleSecret;
use salus_primitives::{Act, AuditChain, PatientHandle, StaffRole};
use std::sync::Arc;

/// `POST /v1/patients`.
///
/// # Errors
/// 403 for others than registrars; what is wrong with the evidence; 422 when the chain refuses.
pub async fn register(
	State(service): State<Arc<Service>>,
	request: Verified,
) -> Result<Json<RegisteredPatient>, Failure> {
	let registrar = request.caller.clone().staff(service.own, &[StaffRole::Registrar])?;
	let RegisterPatient { control } = params::body(&request.body)?;
	to_the_end(async move {
		let registered = match control {
			PatientControl::Custodial { evidence } => custodial(&service, &registrar, evidence).await?,
			PatientControl::SelfHeld { handle, controller, proof } => {
				self_held(&service, &registrar, handle, controller, proof.into()).await?
			}
			PatientControl::Provisional => provisional(&service, &registrar).await?,
		};
		drop(request);
		Ok(Json(registered))
	})
	.await
}

async fn custodial(
	service: &Arc<Service>,
	registrar: &Staff,
	paper: PaperEvidence,
) -> Result<RegisteredPatient, Failure> {
	let head = service.head().await?;
	evidence::check(service, &head, registrar, &WitnessedAct::Register, &paper).await?;
	let handle = salus_client::patient::new_handle();
	let commitment = paper.commitment();
	evidence::spend(service, &handle, &paper)?;
	let mut entry = service.entry(Act::Register, Some(registrar), "custody on the patient's signed paper");
	entry.evidence = Some(commitment);
	entry.actor.on_behalf = true;
	submit(service, handle, entry, Control::Custodial { evidence: commitment }, None).await
}

async fn provisional(service: &Arc<Service>, registrar: &Staff) -> Result<RegisteredPatient, Failure> {
	service.head().await?;
	let handle = salus_client::patient::new_handle();
	let entry = service.entry(Act::Register, Some(registrar), "the patient could not be identified");
	submit(service, handle, entry, Control::Provisional, None).await
}

async fn self_held(
	service: &Arc<Service>,
	registrar: &Staff,
	handle: PatientHandle,
	controller: Account,
	proof: Proof,
) -> Result<RegisteredPatient, Failure> {
	let _turn = service.lock(&handle).await;
	if let Some(done) = registered_before(service, &handle, &controller).await? {
		return Ok(done);
	}
	let entry = service.entry(Act::Register, Some(registrar), "the patient holds the key and was at the desk");
	submit(service, handle, entry, Control::SelfHeld { controller, proof }, Some(controller)).await
}

/// A registration that broke off after it reached the chain is answered as if it had not.
async fn registered_before(
	service: &Service,
	handle: &PatientHandle,
	controller: &Account,
) -> Result<Option<RegisteredPatient>, Failure> {
	let Some(mut row) = service.index.get(&PATIENTS, handle.0)? else { return Ok(None) };
	let head = service.head().await?;
	let info = service.chain.handle(&head.block, handle).await?;
	let same = row.self_held == Some(*controller)
		&& info.is_some_and(|info| {
			is_kept_by(&info, service.own) && is_self_held_by(&info, controller, head.now().max(info.registered_at))
		});
	if !same {
		return Ok(None);
	}
	let block = row.registered.unwrap_or(head.block);
	row.registered = Some(block);
	service.index.put(&PATIENTS, handle.0, &row)?;
	Ok(Some(RegisteredPatient { handle: *handle, custodian: service.own, block }))
}

async fn submit(
	service: &Arc<Service>,
	handle: PatientHandle,
	mut entry: salus_client::wire::FullEntry,
	control: Control,
	self_held: Option<Account>,
) -> Result<RegisteredPatient, Failure> {
	entry.patient = Some(handle);
	let mut opening = entry.seal()?;
	opening.chain = Some(AuditChain::Patient(handle));
	// Before the chain knows the handle, so that no registered handle is without its secret.
	let secret = HandleSecret::generate().map_err(Failure::internal)?;
	let mut row = PatientRow::new(&secret, opening.clone(), self_held);
	let known = service.index.get(&PATIENTS, handle.0)?;
	if known.as_ref().is_some_and(|known| known.registered.is_some()) {
		return Err(Failure::conflict("the handle is registered here already", "Draw another handle."));
	}
	service.index.put(&PATIENTS, handle.0, &row)?;
	openings::keep(&service.index, &opening)?;
	let transaction = Transaction::RegisterPatient { handle, control, entry: opening.commitment };
	let included = match service.act(transaction, &mut opening).await {
		Ok(included) => included,
		Err(failure) => {
			// What the chain refused does not exist. When it is not known how it ended, the row stays for the next try.
			if service.index.get(&OPENINGS, opening_key(&opening))?.is_none() {
				service.index.remove(&PATIENTS, handle.0)?;
			}
			return Err(failure);
		}
	};
	row.opening = opening;
	row.registered = Some(included.block);
	service.index.put(&PATIENTS, handle.0, &row)?;
	Ok(RegisteredPatient { handle, custodian: service.own, block: included.block })
}

/// `POST /v1/patients/{handle}/claim`.
///
/// # Errors
/// 403 for others than registrars; 404 for a handle that is not kept here; 409 for one that its patient holds already; 422 when the chain
/// refuses, e.g. an expired proof.
pub async fn claim(
	State(service): State<Arc<Service>>,
	Params(handle): Params<PatientHandle>,
	request: Verified,
) -> Result<Json<HandleClaimed>, Failure> {
	let registrar = request.caller.clone().staff(service.own, &[StaffRole::Registrar])?;
	let claim: ClaimHandle = params::body(&request.body)?;
	to_the_end(async move {
		let claimed = claim_for(&service, &registrar, handle, claim).await?;
		drop(request);
		Ok(Json(claimed))
	})
	.await
}

async fn claim_for(
	service: &Arc<Service>,
	registrar: &Staff,
	handle: PatientHandle,
	claim: ClaimHandle,
) -> Result<HandleClaimed, Failure> {
	let _turn = service.lock(&handle).await;
	let head = service.head().await?;
	let info = service.chain.handle(&head.block, &handle).await?;
	let info = info.filter(|info| is_kept_by(info, service.own)).ok_or_else(Failure::not_found)?;
	let now = head.now();
	if has_own_key(&info, now) || !(is_custodial(&info, now) || is_provisional(&info, now)) {
		return Err(Failure::conflict("the patient holds the handle already", "Rotate it with the patient's key."));
	}
	let act = WitnessedAct::Claim { handle, controller: claim.controller };
	evidence::check(service, &head, registrar, &act, &claim.evidence).await?;
	let evidence = claim.evidence.commitment();
	evidence::spend(service, &handle, &claim.evidence)?;
	let mut entry = service.entry(Act::Claim, Some(registrar), "the patient was at the desk and identified on paper");
	entry.patient = Some(handle);
	entry.evidence = Some(evidence);
	let mut opening = service.seal(&entry, &handle)?;
	let transaction = Transaction::ClaimHandle {
		handle,
		controller: claim.controller,
		proof: claim.proof.into(),
		evidence,
		entry: opening.commitment,
	};
	let included = match service.act(transaction, &mut opening).await {
		Ok(included) => included,
		Err(failure) => {
			// Refused, as with an expired proof: the paper is good for the next try, also with another key.
			if service.index.get(&OPENINGS, opening_key(&opening))?.is_none() {
				evidence::give_back(service, &claim.evidence)?;
			}
			return Err(failure);
		}
	};
	let custodian_until =
		included.custodian_until.ok_or_else(|| Failure::internal("the block holds no HandleClaimed event"))?;
	Ok(HandleClaimed { handle, custodian_until, block: included.block })
}
