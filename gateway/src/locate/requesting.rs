//! The searcher's part: own staff has guardians evaluate a blinded name, and looks up what came of it.

use super::{
	entries::{self, draft, not_signed, require_complete, used_up},
	session::{find, guardians},
};
use crate::{
	chain::{Head, Transaction},
	emergency::requesting::{another_request, shift_key},
	failure::Failure,
	index::{OutboxRow, OwnLocateRow, Parcel, LOCATE_REQUESTS, OPENINGS, OUTBOX},
	openings::{self, opening_key},
	outbox,
	service::{blocking, Service, CATCH_UP_FOR_PEOPLE},
	staff::Staff,
};
use futures::future::join_all;
use salus_client::{
	chain::{calls::LocateRequest, ChainError},
	emergency::shift_tag,
	wire::{
		emergency::{
			EmergencyOpening, EmergencyRequested, LocateEntries, LocateFound, LocateLookup, LocateStatement,
			SignedLocate, MAX_EMERGENCY_TEXT,
		},
		Account, Blob, EntryOpening, Purposes, ReceiptKind,
	},
};
use salus_policy::Purpose;
use salus_primitives::{
	Act, AuditChain, CommitteePurpose, EmergencyRequestId, InstitutionId, Moment, PurposeClass, MINUTE,
};
use salus_runtime_api::{CommitteeInfo, EmergencyStatus, LocateSessionInfo};
use salus_threshold::{locate::is_blinded_element, request::request_id};
use std::{collections::BTreeSet, sync::Arc, time::Duration};

/// How far the statement's time may lie from ours.
const STATEMENT_TOLERANCE: Moment = 5 * MINUTE;
/// How long a guardian may take to answer a look-up.
const PATIENCE: Duration = Duration::from_secs(10);

/// Asks the guardians.
///
/// # Errors
/// 400 when the statement is not the caller's or not signed; 409 for a committee of another purpose and for the blinded element of another
/// search; 422 when the chain refuses. After 503 the same statement may be sent again: it asks once.
pub async fn ask(service: &Arc<Service>, staff: &Staff, request: SignedLocate) -> Result<EmergencyRequested, Failure> {
	let genesis = service.genesis().await?;
	let statement = &request.statement;
	check_statement(service, staff, &request, &genesis)?;
	let id = EmergencyRequestId(request_id(&genesis, service.own.0, &statement.blinded.0));
	// When the answer to the first try was lost, the second one waits until the first is through, and finds what it did.
	let _turn = service.locate_desk.turn(id).await;
	let head = service.head().await?;
	let known = service.index.get(&LOCATE_REQUESTS, id.0)?;
	if known.as_ref().is_some_and(|known| known.request != request) {
		return Err(another_request());
	}
	if let Some(known) = &known {
		if let Some(session) = standing(service, &id, known, &head).await? {
			return Ok(requested(&session, &head));
		}
	}
	let committee = service.chain.committee(&head.block, statement.committee).await?.ok_or_else(Failure::not_found)?;
	if committee.purpose != CommitteePurpose::Locate {
		return Err(Failure::conflict("the committee opens records and finds nobody", "Ask the one for searches."));
	}
	let keys =
		statement.one_time_keys().map_err(|_| Failure::bad_request("the one-time encryption key is not valid"))?;
	let row = match known {
		// A try that broke off may still be on its way: what it committed to must not be replaced.
		Some(known) => known,
		None => OwnLocateRow {
			opening: opened_entry(service, staff, &request, id)?,
			shift_key: shift_key(service, &staff.id, salus_client::now())?,
			looked_up: None,
			request,
		},
	};
	let request = LocateRequest {
		committee: committee.id,
		blinded: row.request.statement.blinded.0,
		key_hash: keys.binding(),
		shift_tag: shift_tag(&row.shift_key.0, &staff.id),
		enrol: None,
	};
	submit(service, id, row, request, &committee).await
}

fn check_statement(
	service: &Service,
	staff: &Staff,
	request: &SignedLocate,
	genesis: &[u8; 32],
) -> Result<(), Failure> {
	let statement: &LocateStatement = &request.statement;
	if (statement.practitioner, statement.institution) != (staff.id, service.own) {
		return Err(Failure::bad_request("the statement names another practitioner or institution than who sends it"));
	}
	if !is_blinded_element(&statement.blinded.0) {
		return Err(Failure::bad_request("`blinded` is no element that guardians could evaluate"));
	}
	if !statement.texts_are_sound() {
		return Err(Failure::bad_request(format!(
			"reason and evidence are needed, at most {MAX_EMERGENCY_TEXT} bytes each: guardians and auditors read them"
		)));
	}
	if statement.at.abs_diff(salus_client::now()) > STATEMENT_TOLERANCE {
		return Err(Failure::bad_request("the statement was signed more than five minutes ago, or in the future"));
	}
	match request.is_signed_by(genesis, &staff.info.signing_key) {
		true => Ok(()),
		false => Err(Failure::bad_request("the statement is not signed by your registered key")),
	}
}

fn opened_entry(
	service: &Service,
	staff: &Staff,
	request: &SignedLocate,
	id: EmergencyRequestId,
) -> Result<EntryOpening, Failure> {
	let mut entry = service.entry(Act::Locate, Some(staff), "the practitioner's signed search by name and birth date");
	entry.custodian = None;
	entry.purpose = Some(Purposes { code: Purpose::EmergencyTreatment, class: PurposeClass::Emergency });
	entry.request = Some(Blob(serde_json::to_vec(request)?));
	entry.emergency = Some(id);
	let mut opening = entry.seal()?;
	opening.chain = Some(AuditChain::Institution(service.own));
	Ok(opening)
}

/// The session that the chain opened on this very request. The words that waited for it go out: it is over within minutes.
async fn standing(
	service: &Arc<Service>,
	id: &EmergencyRequestId,
	row: &OwnLocateRow,
	head: &Head,
) -> Result<Option<LocateSessionInfo>, Failure> {
	let session = service.chain.locate_session(&head.block, id).await?;
	let session = session.filter(|session| session.entry == row.opening.commitment);
	if session.is_some() {
		outbox::hurry(service, |parcel| matches!(parcel, Parcel::LocateOpening(words) if words.id == *id))?;
	}
	Ok(session)
}

async fn submit(
	service: &Arc<Service>,
	id: EmergencyRequestId,
	mut row: OwnLocateRow,
	request: LocateRequest,
	committee: &CommitteeInfo<Account>,
) -> Result<EmergencyRequested, Failure> {
	let words = EmergencyOpening { id, opening: row.opening.clone(), shift_key: row.shift_key };
	// Before the act: when we break off after this, guardians still learn what the entry says.
	let next_at = salus_client::now().saturating_add(outbox::WORDS_AFTER);
	let parcel = |to| OutboxRow { to, parcel: Parcel::LocateOpening(words.clone()), attempts: 0, next_at };
	let others = guardians(committee).filter(|guardian| *guardian != service.own);
	let parcels: Vec<([u8; 16], OutboxRow)> = others.map(|to| (outbox::new_key(), parcel(to))).collect();
	let is_first = service.index.get(&LOCATE_REQUESTS, id.0)?.is_none();
	service.index.write(|batch| {
		batch.put(&LOCATE_REQUESTS, id.0, &row)?;
		batch.put(&OPENINGS, opening_key(&row.opening), &row.opening)?;
		parcels.iter().try_for_each(|(key, parcel)| batch.put(&OUTBOX, key, parcel))
	})?;
	let transaction = Transaction::RequestLocate { request: Box::new(request), entry: row.opening.commitment };
	let included = match service.chain.submit(transaction).await {
		Ok(included) => included,
		Err(error) => {
			// In any other case the act may still come.
			if error.is_refusal() {
				let head = service.head().await?;
				// A try before this one may have got there: its id serves once.
				if let Some(session) = standing(service, &id, &row, &head).await? {
					return Ok(requested(&session, &head));
				}
				// Or it is on its way still, when this one got into no block: then it needs all that is kept for it.
				let is_over = is_first || matches!(error, ChainError::Refused(_));
				service.index.write(|batch| {
					if is_over {
						batch.remove(&LOCATE_REQUESTS, id.0)?;
						batch.remove(&OPENINGS, opening_key(&row.opening))?;
					}
					parcels.iter().try_for_each(|(key, _)| batch.remove(&OUTBOX, key))
				})?;
			}
			return Err(error.into());
		}
	};
	if let Some((chain, sequence)) = included.entry {
		(row.opening.chain, row.opening.sequence) = (Some(chain), Some(sequence));
	}
	openings::keep(&service.index, &row.opening)?;
	service.index.put(&LOCATE_REQUESTS, id.0, &row)?;
	outbox::deliver_beside(service, parcels);
	let head = Head { block: included.block, time: service.chain.time_at(&included.block).await? };
	let session = service.chain.locate_session(&included.block, &id).await?;
	let session = session.ok_or_else(|| Failure::internal("the chain took a search and does not know its session"))?;
	Ok(requested(&session, &head))
}

fn requested(session: &LocateSessionInfo, at: &Head) -> EmergencyRequested {
	let LocateSessionInfo { id, required, expires_at, .. } = *session;
	EmergencyRequested { id, block: at.block, required, expires_at }
}

/// Looks a tag up with every guardian of a complete session.
///
/// # Errors
/// 404 for others than the practitioner who asked; 400 for the look-up of another session; 403 without the signature of its one-time key; 409
/// while the guardians have not answered, and after another tag was looked up with it; 410 when it is over.
pub async fn look_up(
	service: &Arc<Service>,
	staff: &Staff,
	id: EmergencyRequestId,
	lookup: LocateLookup,
) -> Result<LocateFound, Failure> {
	let row = service.index.get(&LOCATE_REQUESTS, id.0)?;
	let own = row.filter(|row| row.request.statement.practitioner == staff.id);
	own.ok_or_else(Failure::not_found)?;
	if lookup.id != id {
		return Err(Failure::bad_request("the look-up is that of another session"));
	}
	// Who looks up has seen it complete in another node than ours, perhaps.
	let is_answered = |session: &LocateSessionInfo| session.status != EmergencyStatus::Requested;
	let (head, session) = find(service, CATCH_UP_FOR_PEOPLE, &id, is_answered).await?;
	require_complete(&head, &session)?;
	if !lookup.is_signed_for(&service.genesis().await?, &session.key_hash) {
		return Err(not_signed());
	}
	let committee = service.chain.committee(&head.block, session.committee).await?.ok_or_else(Failure::not_found)?;
	let (shared, practitioner, tag) = (service.clone(), staff.id, lookup.tag);
	blocking(move || {
		shared.index.write(|batch| {
			let mut row = batch.get(&LOCATE_REQUESTS, id.0)?.ok_or_else(Failure::not_found)?;
			match row.looked_up.replace(tag) {
				Some(known) if known != tag => Err(used_up()),
				_ => Ok(batch.put(&LOCATE_REQUESTS, id.0, &row)?),
			}
		})?;
		let receipt = draft(ReceiptKind::LocateQuery, &id, Some(practitioner), shared.own);
		Ok::<_, Failure>(shared.receipts.append(&receipt, salus_client::now())?)
	})
	.await?;
	let asked: Vec<InstitutionId> = guardians(&committee).collect();
	let answers = join_all(asked.iter().map(|guardian| ask_one(service, *guardian, &lookup))).await;
	let answers: Vec<LocateEntries> = answers.into_iter().flatten().collect();
	let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
	let (asked, answered) = (count(asked.len()), count(answers.len()));
	let entries: BTreeSet<_> = answers.into_iter().flat_map(|answer| answer.entries).collect();
	Ok(LocateFound { entries: entries.into_iter().collect(), asked, answered })
}

/// What one guardian has. `None` when it does not answer, or refuses: the others have the same.
async fn ask_one(service: &Arc<Service>, guardian: InstitutionId, lookup: &LocateLookup) -> Option<LocateEntries> {
	if guardian == service.own {
		return entries::look_up(service, service.own, lookup.clone()).await.ok();
	}
	let asked = service.peers.gateway(guardian).ok()?.locate_entries(lookup);
	tokio::time::timeout(PATIENCE, asked).await.ok()?.ok()
}
