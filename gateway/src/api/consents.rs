//! Consent on paper: the custodian grants and revokes on behalf of patients who hold no key.

use super::{
	params::{self, Params},
	policies::{own_patient, patient_or_staff},
	to_the_end, Verified,
};
use crate::{
	chain::Transaction,
	evidence,
	failure::Failure,
	granting::{check_count, check_document, keep_policy, policy_commitment, purpose_classes, tags},
	index::{compose, PendingGrant, PENDING_GRANTS, POLICIES},
	openings,
	service::Service,
	staff::Staff,
};
use axum::{extract::State, Json};
use salus_client::{
	chain::calls::Grant,
	wire::{ConsentGranted, ConsentRequest, ConsentRevoked, WitnessedAct},
};
use salus_envelope::wrap::wrap_hash;
use salus_policy::ControllerStatement;
use salus_primitives::{Act, CapabilityId, InstitutionId, Moment, PatientHandle, StaffRole, HOUR};
use salus_runtime_api::CapabilityInfo;
use std::sync::Arc;

/// A grant that is on its way longer than this never got there.
const PENDING_FOR: Moment = HOUR;

/// `POST /v1/patients/{handle}/consents`.
///
/// # Errors
/// 403 for others than registrars, or when the patient holds the handle; 400 for what is wrong with document or evidence; 422 when the chain
/// refuses.
pub async fn grant(
	State(service): State<Arc<Service>>,
	Params(handle): Params<PatientHandle>,
	request: Verified,
) -> Result<Json<ConsentGranted>, Failure> {
	let consent: ConsentRequest = params::body(&request.body)?;
	let registrar = registrar_for(&service, &request, &handle).await?;
	to_the_end(async move {
		let granted = grant_for(&service, &registrar, handle, consent).await?;
		drop(request);
		Ok(Json(granted))
	})
	.await
}

/// A registrar, for a handle that the custodian alone controls.
async fn registrar_for(service: &Service, request: &Verified, handle: &PatientHandle) -> Result<Staff, Failure> {
	patient_or_staff(service, request.caller.clone(), handle, &[StaffRole::Registrar]).await?.ok_or_else(|| {
		Failure::not_entitled(
			"only a registrar acts on paper",
			"With an own key, grant and revoke on the chain itself.",
		)
	})
}

async fn grant_for(
	service: &Arc<Service>,
	registrar: &Staff,
	handle: PatientHandle,
	consent: ConsentRequest,
) -> Result<ConsentGranted, Failure> {
	let ConsentRequest { document, delegation_depth, evidence: paper } = consent;
	let patient = own_patient(service, &handle)?;
	check_document(&document, service.own, &handle)?;
	let paper_commitment = paper.commitment();
	if document.given_by != (ControllerStatement::CustodianOnBehalf { evidence: paper_commitment.0 }) {
		return Err(Failure::bad_request(
			"the document does not say that it is given on behalf of the patient on this paper",
		));
	}
	let _turn = service.lock(&handle).await;
	let head = service.head().await?;
	let act = WitnessedAct::consent(&document, delegation_depth);
	evidence::check(service, &head, registrar, &act, &paper).await?;
	let tags = tags(&patient, document.categories.iter().copied(), &document.classes);
	check_count(&tags)?;

	// A paper may be handed in again after a grant that broke off, but not after one that came about: it would outlive a revocation.
	let served =
		service.index.scan(&POLICIES, handle.0)?.into_iter().any(|(_, row)| row.document.given_by == document.given_by);
	if served {
		return Err(Failure::conflict(
			"this paper was granted on already",
			"To grant again, have the patient sign anew and the new paper witnessed.",
		));
	}
	evidence::spend(service, &handle, &paper)?;
	let salt = salus_client::random_bytes();
	let policy = policy_commitment(&document, &salt);
	let grantee = InstitutionId(document.grantee.institution);
	let mut entry = service.entry(Act::Grant, Some(registrar), "the patient's signed paper");
	entry.actor.on_behalf = true;
	entry.patient = Some(handle);
	entry.grantee = Some(grantee);
	entry.policy = Some(policy);
	entry.evidence = Some(paper_commitment);
	entry.categories = document.categories.iter().copied().collect();
	entry.tags = tags.iter().map(|meaning| meaning.tag).collect();
	let mut opening = service.seal(&entry, &handle)?;
	let pending = PendingGrant {
		document: document.clone(),
		salt: salt.into(),
		tags: tags.clone(),
		opening: opening.clone(),
		evidence: paper,
		at: salus_client::now(),
	};
	let pending_key = compose(&[&handle.0, &policy.0]);
	service.index.put(&PENDING_GRANTS, &pending_key, &pending)?;
	let grant = Grant {
		grantee,
		tags: entry.tags,
		purposes: purpose_classes(&document.purposes),
		valid_from: document.valid_from,
		valid_until: document.valid_until,
		delegation_depth,
		policy,
		// No key leaves the custodian with a grant: its key service re-wraps at release. The hash of the empty set says so.
		wraps: wrap_hash(&[]),
	};
	let transaction = Transaction::GrantCapability { handle, grant: grant.clone(), entry: opening.commitment };
	let included = match service.act(transaction, &mut opening).await {
		Ok(included) => included,
		Err(failure) => {
			if !is_kept(service, &opening)? {
				service.index.remove(&PENDING_GRANTS, &pending_key)?;
				evidence::give_back(service, &pending.evidence)?;
			}
			return Err(failure);
		}
	};
	let capability =
		included.capability.ok_or_else(|| Failure::internal("the block holds no CapabilityGranted event"))?;
	let info = CapabilityInfo {
		id: capability,
		grantee,
		tags: grant.tags,
		purposes: grant.purposes,
		valid_from: grant.valid_from,
		valid_until: grant.valid_until,
		delegation_depth,
		policy,
		wraps: grant.wraps,
	};
	let grantee_told = keep_policy(service, &patient, &handle, &info, document, salt).await?;
	service.index.remove(&PENDING_GRANTS, &pending_key)?;
	Ok(ConsentGranted { capability, grantee, grantee_told, block: included.block })
}

/// Whether the act behind an opening may still come: [`Service::act`] drops the opening of a refused one.
fn is_kept(service: &Service, opening: &salus_client::wire::EntryOpening) -> Result<bool, Failure> {
	Ok(service.index.get(&crate::index::OPENINGS, openings::opening_key(opening))?.is_some())
}

/// Finds the capabilities of grants that broke off after they reached the chain.
///
/// # Errors
/// The first error of the chain or the index. One grant's trouble holds no other up; what failed is tried again next time.
pub async fn recover_grants(service: &Arc<Service>) -> Result<(), Failure> {
	let mut first_failure = None;
	for (key, pending) in service.index.scan(&PENDING_GRANTS, [])? {
		if let Err(failure) = recover_grant(service, &key, pending).await {
			first_failure = first_failure.or(Some(failure));
		}
	}
	first_failure.map_or(Ok(()), Err)
}

async fn recover_grant(service: &Service, key: &[u8], pending: PendingGrant) -> Result<(), Failure> {
	let handle = PatientHandle(pending.document.handle);
	let _turn = service.lock(&handle).await;
	let head = service.head().await?;
	let policy = policy_commitment(&pending.document, &pending.salt.0);
	let capabilities = service.chain.capabilities(&head.block, &handle).await?;
	let found = capabilities.into_iter().find(|capability| capability.policy == policy);
	match found {
		Some(capability) => {
			let patient = own_patient(service, &handle)?;
			keep_policy(service, &patient, &handle, &capability, pending.document, pending.salt.0).await?;
			service.index.remove(&PENDING_GRANTS, key)?;
		}
		None if salus_client::now().saturating_sub(pending.at) > PENDING_FOR => {
			service.index.remove(&PENDING_GRANTS, key)?;
		}
		None => {}
	}
	Ok(())
}

/// `DELETE /v1/patients/{handle}/consents/{grantee}`.
///
/// # Errors
/// As [`grant`]; 404 when nothing is granted to that institution.
pub async fn revoke_all(
	State(service): State<Arc<Service>>,
	Params((handle, grantee)): Params<(PatientHandle, InstitutionId)>,
	request: Verified,
) -> Result<Json<ConsentRevoked>, Failure> {
	revoke(service, handle, grantee, None, request).await
}

/// `DELETE /v1/patients/{handle}/consents/{grantee}/{capability}`.
///
/// # Errors
/// As [`revoke_all`].
pub async fn revoke_one(
	State(service): State<Arc<Service>>,
	Params((handle, grantee, capability)): Params<(PatientHandle, InstitutionId, CapabilityId)>,
	request: Verified,
) -> Result<Json<ConsentRevoked>, Failure> {
	revoke(service, handle, grantee, Some(capability), request).await
}

async fn revoke(
	service: Arc<Service>,
	handle: PatientHandle,
	grantee: InstitutionId,
	capability: Option<CapabilityId>,
	request: Verified,
) -> Result<Json<ConsentRevoked>, Failure> {
	let registrar = registrar_for(&service, &request, &handle).await?;
	to_the_end(async move {
		let _turn = service.lock(&handle).await;
		let head = service.head().await?;
		let capabilities = service.chain.capabilities(&head.block, &handle).await?;
		let ended: Vec<CapabilityId> = capabilities
			.iter()
			.filter(|live| live.grantee == grantee && capability.is_none_or(|id| id == live.id))
			.map(|live| live.id)
			.collect();
		if ended.is_empty() {
			return Err(Failure::not_found());
		}
		let mut entry = service.entry(Act::Revoke, Some(&registrar), "revoked at the desk on behalf of the patient");
		entry.actor.on_behalf = true;
		entry.patient = Some(handle);
		entry.grantee = Some(grantee);
		entry.capability = capability;
		let mut opening = service.seal(&entry, &handle)?;
		let entry = opening.commitment;
		let transaction = match capability {
			Some(id) => Transaction::RevokeCapability { handle, grantee, id, entry },
			None => Transaction::RevokeGrantee { handle, grantee, entry },
		};
		let included = service.act(transaction, &mut opening).await?;
		drop(request);
		Ok(Json(ConsentRevoked { ended, block: included.block }))
	})
	.await
}
