//! Own staff ask other institutions.

use super::{
	params::{self, Params},
	to_the_end, Verified,
};
use crate::{
	asking,
	chain::Transaction,
	failure::Failure,
	index::{OutboxRow, Parcel, RequestRow, NOTICES, OUTBOX, REQUESTS},
	openings, outbox,
	service::Service,
	staff::Staff,
};
use axum::{extract::State, Json};
use salus_client::wire::{
	AccessAnswer, AccessRequest, Blob, ChallengeAnswer, EntryOpening, FetchRequest, Purposes, Release,
	ReleaseChallengeRequest, ReleaseRequest, EMERGENCY_HINT,
};
use salus_primitives::{Act, AuditChain, Moment, PermitId, PurposeClass, MINUTE};
use std::sync::Arc;

/// How far the statement's time may lie from ours.
const STATEMENT_TOLERANCE: Moment = 5 * MINUTE;
/// Longest reason, bytes: it goes into the audit entry.
const MAX_REASON: usize = 2_000;

/// `POST /v1/access-requests`.
///
/// # Errors
/// 403 for others than own staff; 400 when statement and request differ or the statement is not signed; 422 when the chain refuses, e.g. over
/// the cap of empty answers. A decision against the request is no error.
pub async fn request(State(service): State<Arc<Service>>, request: Verified) -> Result<Json<AccessAnswer>, Failure> {
	let staff = request.caller.clone().staff(service.own, &[])?;
	let asked: AccessRequest = params::body(&request.body)?;
	to_the_end(async move {
		let answer = ask(&service, &staff, asked).await?;
		drop(request);
		Ok(Json(answer))
	})
	.await
}

async fn ask(service: &Arc<Service>, staff: &Staff, asked: AccessRequest) -> Result<AccessAnswer, Failure> {
	let head = service.head().await?;
	let genesis = service.genesis().await?;
	let now = salus_client::now();
	check(&asked, staff, &genesis, now)?;
	let AccessRequest { handle, custodian, categories, purpose, request } = asked;
	let class = PurposeClass::ALL
		.into_iter()
		.find(|class| *class as u8 == purpose.class_code())
		.ok_or_else(|| Failure::internal("a purpose without a class"))?;
	let keys = request
		.statement
		.one_time_keys()
		.map_err(|_| Failure::bad_request("the one-time encryption key is not valid"))?;
	let notices: Vec<_> = service.index.scan(&NOTICES, handle.0)?.into_iter().map(|(_, notice)| notice).collect();
	let tags = asking::tags(&service.index, &notices, &handle, custodian, &categories, class, now);

	let mut entry = service.entry(Act::Request, Some(staff), "the practitioner's signed request");
	entry.custodian = Some(custodian);
	entry.patient = Some(handle);
	entry.purpose = Some(Purposes { code: purpose, class });
	entry.categories = categories;
	entry.tags = tags.clone();
	entry.request = Some(Blob(serde_json::to_vec(&request)?));
	// The chain decides which custodian the entry names; a wrong one in the entry would contradict it.
	let real_custodian = service.chain.handle(&head.block, &handle).await?.map(|info| info.custodian);
	if real_custodian.is_some_and(|real| real != custodian) {
		entry.custodian = real_custodian;
	}
	let mut opening = entry.seal()?;
	opening.chain = Some(AuditChain::Patient(handle));
	let parcel_key = outbox::new_key();
	if let Some(to) = real_custodian.filter(|to| *to != service.own) {
		// When we break off after this, the custodian still learns what the entry says.
		let next_at = now.saturating_add(outbox::BROKEN_OFF_AFTER);
		let row = OutboxRow { to, parcel: Parcel::Opening(opening.clone()), attempts: 0, next_at };
		service.index.put(&OUTBOX, parcel_key, &row)?;
	}
	let requester = keys.binding();
	let entry = opening.commitment;
	let transaction = Transaction::RequestAccess { handle, tags, purpose: class, requester, entry };
	let included = match service.chain.submit(transaction).await {
		Ok(included) => included,
		Err(error) => {
			if error.is_refusal() {
				service.index.remove(&OUTBOX, parcel_key)?;
			}
			return Err(error.into());
		}
	};
	if let Some((chain, sequence)) = included.entry {
		(opening.chain, opening.sequence) = (Some(chain), Some(sequence));
	}
	openings::keep(&service.index, &opening)?;
	let permit = included.decided.and_then(|decided| decided.permit);
	let expires_at = match permit {
		Some(permit) => {
			let row = RequestRow { permit, custodian, request, opening: opening.clone() };
			service.index.put(&REQUESTS, permit.0.to_be_bytes(), &row)?;
			service.chain.permit(&included.block, permit).await?.map(|info| info.expires_at)
		}
		None => None,
	};
	deliver_opening(service, &parcel_key, opening).await?;
	Ok(AccessAnswer { permit, expires_at, hint: EMERGENCY_HINT.to_owned(), block: included.block })
}

/// The custodian gets the opening before the practitioner gets the answer, when it is there.
async fn deliver_opening(service: &Service, key: &[u8], opening: EntryOpening) -> Result<(), Failure> {
	let Some(mut row) = service.index.get(&OUTBOX, key)? else { return Ok(()) };
	// An entry about a handle that the chain did not know then stands on our own chain: it is nobody else's.
	if matches!(opening.chain, Some(AuditChain::Institution(_))) {
		return Ok(service.index.remove(&OUTBOX, key)?);
	}
	row.parcel = Parcel::Opening(opening);
	row.next_at = 0;
	outbox::deliver(service, key, row).await?;
	Ok(())
}

fn check(asked: &AccessRequest, staff: &Staff, genesis: &[u8; 32], now: Moment) -> Result<(), Failure> {
	let statement = &asked.request.statement;
	let same = statement.practitioner == staff.id
		&& statement.handle == asked.handle
		&& statement.custodian == asked.custodian
		&& statement.categories == asked.categories
		&& statement.purpose == asked.purpose;
	if !same {
		return Err(Failure::bad_request("the signed statement says another thing than the request"));
	}
	if asked.categories.is_empty() {
		return Err(Failure::bad_request("name at least one category"));
	}
	if statement.reason.trim().is_empty() || statement.reason.len() > MAX_REASON {
		return Err(Failure::bad_request(format!(
			"a reason is needed, at most {MAX_REASON} bytes: the patient reads it"
		)));
	}
	if statement.at.abs_diff(now) > STATEMENT_TOLERANCE {
		return Err(Failure::bad_request("the statement was signed more than five minutes ago, or in the future"));
	}
	match asked.request.is_signed_by(genesis, &staff.info.signing_key) {
		true => Ok(()),
		false => Err(Failure::bad_request("the statement is not signed by your registered key")),
	}
}

/// `POST /v1/access-requests/{permit}/challenge`.
///
/// # Errors
/// 404 for others than the practitioner who asked; 502 when the custodian's gateway does not answer.
pub async fn challenge(
	State(service): State<Arc<Service>>,
	Params(permit): Params<PermitId>,
	request: Verified,
) -> Result<Json<ChallengeAnswer>, Failure> {
	let row = own_request(&service, &request, permit)?;
	let custodian = service.peers.gateway(row.custodian)?;
	let challenge = custodian.release_challenge(&ReleaseChallengeRequest { permit }).await?;
	Ok(Json(ChallengeAnswer { permit, nonce: challenge.nonce, expires_at: challenge.expires_at }))
}

/// `POST /v1/access-requests/{permit}/fetch`.
///
/// # Errors
/// As [`challenge`]; 410 when the challenge is over.
pub async fn fetch(
	State(service): State<Arc<Service>>,
	Params(permit): Params<PermitId>,
	request: Verified,
) -> Result<Json<Release>, Failure> {
	let row = own_request(&service, &request, permit)?;
	let FetchRequest { nonce, signature } = params::body(&request.body)?;
	let handle = row.request.statement.handle;
	let body = ReleaseRequest { permit, request: row.request, opening: row.opening, nonce, signature };
	let release = service.peers.gateway(row.custodian)?.release(&body).await?;
	if (release.permit, release.handle, release.custodian) != (permit, handle, row.custodian) {
		return Err(Failure::new(
			salus_client::wire::codes::PEER_UNREACHABLE,
			"the custodian's gateway answered for another permit, patient or institution",
			"Nothing of it was handed on. Tell both privacy officers.",
		));
	}
	Ok(Json(release))
}

/// The request behind a permit, for the practitioner who made it.
fn own_request(service: &Service, request: &Verified, permit: PermitId) -> Result<RequestRow, Failure> {
	let staff = request.caller.clone().staff(service.own, &[])?;
	let row = service.index.get(&REQUESTS, permit.0.to_be_bytes())?;
	row.filter(|row| row.request.statement.practitioner == staff.id).ok_or_else(Failure::not_found)
}
