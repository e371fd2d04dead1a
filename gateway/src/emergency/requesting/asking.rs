//! Asking the guardians.

use super::{another_request, own_patient};
use crate::{
	chain::{Head, Transaction},
	failure::Failure,
	index::{compose, OutboxRow, OwnRequestRow, Parcel, EMERGENCY_REQUESTS, OPENINGS, OUTBOX, SHIFT_KEYS},
	openings::{self, opening_key},
	outbox,
	service::Service,
	staff::Staff,
};
use salus_client::{
	chain::{calls::EmergencyRequest, ChainError},
	emergency::shift_tag,
	wire::{
		emergency::{
			EmergencyOpening, EmergencyRequestForm, EmergencyRequested, EmergencyStatement, MAX_EMERGENCY_TEXT,
		},
		Account, Blob, Bytes32, EntryOpening, Purposes,
	},
};
use salus_policy::Purpose;
use salus_primitives::{
	Act, AuditChain, EmergencyRequestId, EmergencyTier, Guardian, InstitutionId, Moment, PractitionerId, PurposeClass,
	DAY, MINUTE,
};
use salus_runtime_api::{CommitteeInfo, EmergencySessionInfo};
use salus_threshold::{
	envelope::EnvelopeLabel,
	request::{request_id, verify_request, RequestContext},
};
use std::{collections::BTreeSet, sync::Arc};

/// How far the statement's time may lie from ours.
const STATEMENT_TOLERANCE: Moment = 5 * MINUTE;

/// Asks the guardians.
///
/// # Errors
/// 400 when statement and request differ or the statement is not signed; 409 for own patients, for envelopes that are over and for the one-time
/// point of another request; 422 when the chain refuses. After 503 the same form may be sent again: it asks once.
pub async fn ask(
	service: &Arc<Service>,
	staff: &Staff,
	form: EmergencyRequestForm,
) -> Result<EmergencyRequested, Failure> {
	let genesis = service.genesis().await?;
	let statement = &form.request.statement;
	check_statement(service, staff, &form, &genesis)?;
	let id = EmergencyRequestId(request_id(&genesis, service.own.0, &statement.point.0));
	// When the answer to the first try was lost, the second one waits until the first is through, and finds what it did.
	let _turn = service.lock(&statement.handle).await;
	let head = service.head().await?;
	let known = service.index.get(&EMERGENCY_REQUESTS, id.0)?;
	if known.as_ref().is_some_and(|known| known.request != form.request) {
		return Err(another_request());
	}
	if let Some(known) = &known {
		if let Some(requested) = standing(service, known, &head).await? {
			return Ok(requested);
		}
	}
	let info = service.chain.handle(&head.block, &statement.handle).await?;
	if info.map(|info| info.custodian) != Some(statement.custodian) {
		return Err(Failure::not_found());
	}
	let committee = service.chain.committee(&head.block, form.committee).await?.ok_or_else(Failure::not_found)?;
	let scope = service.chain.emergency_scope(&head.block, &statement.handle, statement.tier).await?;
	if scope.epoch != form.epoch {
		return Err(Failure::conflict("the envelope is of an epoch that is over", "Get the patient's file again."));
	}
	let keys =
		statement.one_time_keys().map_err(|_| Failure::bad_request("the one-time encryption key is not valid"))?;
	let context = request_context(&genesis, service.own, &form, &committee, keys.binding())?;
	verify_request(&context, &statement.point.0, &statement.proof)
		.map_err(|error| Failure::bad_request(error.to_string()))?;

	let row = match known {
		// A try that broke off may still be on its way: what it committed to must not be replaced.
		Some(known) => OwnRequestRow { committee: committee.id, ..known },
		None => OwnRequestRow {
			id,
			request: form.request.clone(),
			opening: opened_entry(service, staff, &form, id)?,
			shift_key: shift_key(service, &staff.id, salus_client::now())?,
			committee: committee.id,
		},
	};
	let request = EmergencyRequest {
		handle: statement.handle,
		tier: statement.tier,
		committee: form.committee,
		envelope: form.envelope,
		salt: form.salt.0,
		header: form.header,
		point: statement.point.0,
		key_hash: keys.binding(),
		proof: statement.proof,
		shift_tag: shift_tag(&row.shift_key.0, &staff.id),
	};
	submit(service, row, Box::new(request), &committee).await
}

fn check_statement(
	service: &Service,
	staff: &Staff,
	form: &EmergencyRequestForm,
	genesis: &[u8; 32],
) -> Result<(), Failure> {
	let statement = &form.request.statement;
	if statement.custodian == service.own {
		return Err(own_patient());
	}
	if statement.practitioner != staff.id {
		return Err(Failure::bad_request("the statement names another practitioner than the one who sends it"));
	}
	if !statement.texts_are_sound() {
		return Err(Failure::bad_request(format!(
			"reason and evidence are needed, at most {MAX_EMERGENCY_TEXT} bytes each: patient, guardians and custodian read them"
		)));
	}
	if statement.at.abs_diff(salus_client::now()) > STATEMENT_TOLERANCE {
		return Err(Failure::bad_request("the statement was signed more than five minutes ago, or in the future"));
	}
	match form.request.is_signed_by(genesis, &staff.info.signing_key) {
		true => Ok(()),
		false => Err(Failure::bad_request("the statement is not signed by your registered key")),
	}
}

/// What the chain will check the request against: what is wrong with it costs no quota here.
fn request_context(
	genesis: &[u8; 32],
	own: InstitutionId,
	form: &EmergencyRequestForm,
	committee: &CommitteeInfo<Account>,
	key_hash: [u8; 32],
) -> Result<RequestContext, Failure> {
	let statement = &form.request.statement;
	let no_key = || Failure::conflict("the committee has no key yet", "Ask a committee that is active.");
	let label = EnvelopeLabel {
		genesis: *genesis,
		key_id: committee.key_id.ok_or_else(no_key)?,
		handle: statement.handle.0,
		scope: statement.tier.scope(),
		scope_epoch: form.epoch,
		number: form.envelope.into(),
	};
	let (committee, version) = (committee.id.0, committee.version);
	Ok(RequestContext { label, committee, version, requester: own.0, key_hash, header: form.header })
}

/// The key of a practitioner's day: the same tag all day, another one tomorrow.
pub(crate) fn shift_key(service: &Service, practitioner: &PractitionerId, now: Moment) -> Result<Bytes32, Failure> {
	let day = now / DAY;
	service.index.write(|batch| {
		let key = compose(&[&practitioner.0, &day.to_be_bytes()]);
		if let Some(known) = batch.get(&SHIFT_KEYS, &key)? {
			return Ok(known);
		}
		// Older keys stand in the openings that were made with them.
		for (old, _) in batch.scan(&SHIFT_KEYS, practitioner.0)? {
			batch.remove(&SHIFT_KEYS, &old)?;
		}
		let drawn = Bytes32::from(salus_client::random_bytes());
		batch.put(&SHIFT_KEYS, &key, &drawn)?;
		Ok::<_, Failure>(drawn)
	})
}

fn opened_entry(
	service: &Service,
	staff: &Staff,
	form: &EmergencyRequestForm,
	id: EmergencyRequestId,
) -> Result<EntryOpening, Failure> {
	let statement: &EmergencyStatement = &form.request.statement;
	let mut entry = service.entry(Act::EmergencyRequest, Some(staff), "the practitioner's signed emergency request");
	entry.custodian = Some(statement.custodian);
	entry.patient = Some(statement.handle);
	let code = match statement.tier {
		EmergencyTier::Summary => Purpose::EmergencyTreatment,
		EmergencyTier::Wider => Purpose::BreakGlass,
	};
	entry.purpose = Some(Purposes { code, class: PurposeClass::Emergency });
	entry.request = Some(Blob(serde_json::to_vec(&form.request)?));
	entry.emergency = Some(id);
	let mut opening = entry.seal()?;
	opening.chain = Some(AuditChain::Patient(statement.handle));
	Ok(opening)
}

/// The session that the chain opened on this very request. The words that waited for it go out: guardians do not wait long for them.
async fn standing(
	service: &Arc<Service>,
	row: &OwnRequestRow,
	head: &Head,
) -> Result<Option<EmergencyRequested>, Failure> {
	let session = service.chain.emergency_session(&head.block, &row.id).await?;
	let Some(session) = session.filter(|session| session.entry == row.opening.commitment) else { return Ok(None) };
	outbox::hurry(service, |parcel| match parcel {
		Parcel::EmergencyOpening(words) => words.id == row.id,
		Parcel::Opening(opening) => opening.commitment == row.opening.commitment,
		_ => false,
	})?;
	Ok(Some(requested(&session, head)))
}

async fn submit(
	service: &Arc<Service>,
	mut row: OwnRequestRow,
	request: Box<EmergencyRequest>,
	committee: &CommitteeInfo<Account>,
) -> Result<EmergencyRequested, Failure> {
	let (id, custodian) = (row.id, row.request.statement.custodian);
	let receivers = receivers(service.own, custodian, committee);
	// Before the act: when we break off after this, guardians and custodian still learn what the entry says.
	let now = salus_client::now();
	let parcels: Vec<([u8; 16], OutboxRow)> =
		parcels(&row, custodian, &receivers, now).into_iter().map(|parcel| (outbox::new_key(), parcel)).collect();
	let is_first = service.index.get(&EMERGENCY_REQUESTS, id.0)?.is_none();
	service.index.write(|batch| {
		batch.put(&EMERGENCY_REQUESTS, id.0, &row)?;
		batch.put(&OPENINGS, opening_key(&row.opening), &row.opening)?;
		parcels.iter().try_for_each(|(key, parcel)| batch.put(&OUTBOX, key, parcel))
	})?;
	let transaction = Transaction::RequestEmergency { request, entry: row.opening.commitment };
	let included = match service.chain.submit(transaction).await {
		Ok(included) => included,
		Err(error) => {
			// In any other case the act may still come.
			if error.is_refusal() {
				// A try before this one may have got there: its id serves once.
				if let Some(requested) = standing(service, &row, &service.head().await?).await? {
					return Ok(requested);
				}
				// Or it is on its way still, when this one got into no block: then it needs all that is kept for it.
				let is_over = is_first || matches!(error, ChainError::Refused(_));
				service.index.write(|batch| {
					if is_over {
						batch.remove(&EMERGENCY_REQUESTS, id.0)?;
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
	service.index.put(&EMERGENCY_REQUESTS, id.0, &row)?;
	// Nobody waits here for a guardian that is down: the others decide meanwhile.
	outbox::deliver_beside(service, parcels);
	let at = Head { block: included.block, time: service.chain.time_at(&included.block).await? };
	let session = service.chain.emergency_session(&included.block, &id).await?;
	let session = session.ok_or_else(|| Failure::internal("the chain took a request and does not know its session"))?;
	Ok(requested(&session, &at))
}

/// Who decides or has to know: the guardians that are institutions, and the custodian.
fn receivers(
	own: InstitutionId,
	custodian: InstitutionId,
	committee: &CommitteeInfo<Account>,
) -> BTreeSet<InstitutionId> {
	let guardians = committee.members.iter().filter_map(|member| match member.guardian {
		Guardian::Institution(id) => Some(id),
		Guardian::Person(_) => None,
	});
	guardians.chain([custodian]).filter(|id| *id != own).collect()
}

fn parcels(
	row: &OwnRequestRow,
	custodian: InstitutionId,
	receivers: &BTreeSet<InstitutionId>,
	now: Moment,
) -> Vec<OutboxRow> {
	let words = EmergencyOpening { id: row.id, opening: row.opening.clone(), shift_key: row.shift_key };
	let to_each = receivers.iter().map(|to| (*to, Parcel::EmergencyOpening(words.clone()), outbox::WORDS_AFTER));
	// The same words for the patient's log.
	let to_custodian = (custodian, Parcel::Opening(row.opening.clone()), outbox::BROKEN_OFF_AFTER);
	let in_outbox = |(to, parcel, wait)| OutboxRow { to, parcel, attempts: 0, next_at: now.saturating_add(wait) };
	to_each.chain([to_custodian]).map(in_outbox).collect()
}

fn requested(session: &EmergencySessionInfo, at: &Head) -> EmergencyRequested {
	let EmergencySessionInfo { id, required, expires_at, .. } = *session;
	EmergencyRequested { id, block: at.block, required, expires_at }
}
