//! The requester's part: own staff asks in an emergency, fetches, ends, and hands over.

use super::{holder, view::session_view};
use crate::{
	chain::{Head, Transaction},
	failure::Failure,
	index::{
		compose, OutboxRow, OwnRequestRow, Parcel, EMERGENCY_HANDOVERS, EMERGENCY_RECEIVERS, EMERGENCY_REQUESTS,
		OPENINGS, OUTBOX, SHIFT_KEYS,
	},
	openings::{self, opening_key},
	outbox,
	service::Service,
	staff::Staff,
};
use futures::{future::join_all, stream::FuturesUnordered, StreamExt};
use salus_client::{
	chain::{calls::EmergencyRequest, ChainError},
	emergency::shift_tag,
	wire::{
		codes,
		emergency::{
			EmergencyChallenge, EmergencyChallengeRequest, EmergencyClosed, EmergencyFetch, EmergencyFile,
			EmergencyOpening, EmergencyRelease, EmergencyReleaseRequest, EmergencyRequestForm, EmergencyRequested,
			EmergencyStatement, EnvelopesRequest, Handover, HandoverKept, ReceiverKey, SessionAct, SessionView,
			MAX_EMERGENCY_TEXT,
		},
		Account, Blob, Bytes32, EntryOpening, Purposes,
	},
};
use salus_policy::Purpose;
use salus_primitives::{
	Act, AuditChain, EmergencyRequestId, EmergencyTier, Guardian, InstitutionId, Moment, PatientHandle, PractitionerId,
	PurposeClass, StaffRole, DAY, MINUTE,
};
use salus_runtime_api::{CommitteeInfo, EmergencySessionInfo};
use salus_threshold::{
	envelope::EnvelopeLabel,
	request::{request_id, verify_request, RequestContext},
};
use std::{collections::BTreeSet, sync::Arc, time::Duration};

/// How far the statement's time may lie from ours.
const STATEMENT_TOLERANCE: Moment = 5 * MINUTE;
/// How long one other gateway may take before the next is asked.
const PATIENCE: Duration = Duration::from_secs(3);

/// Refuses staff that may not ask in an emergency.
///
/// # Errors
/// 403.
pub fn authorised(staff: Staff) -> Result<Staff, Failure> {
	match salus_client::emergency::may_ask(&staff.info) {
		true => Ok(staff),
		false => Err(Failure::not_entitled(
			"only physicians, nurses and paramedics whom the staff registry authorises for emergencies may do this",
			"Ask your emergency desk.",
		)),
	}
}

/// The envelopes of a patient: from what is held here, from the custodian, or from whoever holds them. The custodian may be asleep.
///
/// # Errors
/// 404 when nobody who answers has any; 409 for an own patient.
pub async fn file(
	service: &Arc<Service>,
	handle: PatientHandle,
	custodian: InstitutionId,
) -> Result<EmergencyFile, Failure> {
	if custodian == service.own {
		return Err(own_patient());
	}
	match holder::envelopes(service, &handle).await {
		Ok(file) if !file.scopes.is_empty() => return Ok(file),
		Ok(_) => {}
		Err(failure) if failure.code() == codes::NOT_FOUND => {}
		Err(failure) => return Err(failure),
	}
	let request = EnvelopesRequest { handle };
	let ask = |peer: InstitutionId| async move {
		let asked = service.peers.gateway(peer).ok()?.emergency_envelopes(&request);
		let file = tokio::time::timeout(PATIENCE, asked).await.ok()?.ok()?;
		(file.handle == handle && !file.scopes.is_empty()).then_some(file)
	};
	if let Some(file) = ask(custodian).await {
		return Ok(file);
	}
	let mut others: FuturesUnordered<_> =
		service.peers.institutions().filter(|peer| *peer != custodian).map(ask).collect();
	while let Some(answer) = others.next().await {
		if let Some(file) = answer {
			return Ok(file);
		}
	}
	Err(Failure::not_found())
}

fn own_patient() -> Failure {
	Failure::conflict(
		"the patient's records are kept by this institution",
		"Read them in the own system: record the encounter as a care relationship.",
	)
}

/// Asks the guardians.
///
/// # Errors
/// 400 when statement and request differ or the statement is not signed; 409 for own patients and for envelopes that are over; 422 when
/// the chain refuses. After 503 the same form may be sent again: it asks once.
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
	let known = service.index.get(&EMERGENCY_REQUESTS, id.0)?.filter(|known| known.request == form.request);
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
fn shift_key(service: &Service, practitioner: &PractitionerId, now: Moment) -> Result<Bytes32, Failure> {
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

/// The session that the chain opened on this very request.
async fn standing(service: &Service, row: &OwnRequestRow, head: &Head) -> Result<Option<EmergencyRequested>, Failure> {
	let session = service.chain.emergency_session(&head.block, &row.id).await?;
	Ok(session.filter(|session| session.entry == row.opening.commitment).map(|session| requested(&session, head)))
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
	let later = salus_client::now().saturating_add(outbox::BROKEN_OFF_AFTER);
	let parcels: Vec<([u8; 16], OutboxRow)> =
		parcels(&row, custodian, &receivers, later).into_iter().map(|parcel| (outbox::new_key(), parcel)).collect();
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
			if matches!(error, ChainError::Refused(_) | ChainError::NotAccepted { .. } | ChainError::Key(_)) {
				// A try before this one may have got there: its id serves once.
				if let Some(requested) = standing(service, &row, &service.head().await?).await? {
					return Ok(requested);
				}
				service.index.write(|batch| {
					batch.remove(&EMERGENCY_REQUESTS, id.0)?;
					batch.remove(&OPENINGS, opening_key(&row.opening))?;
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
	let shared = service.clone();
	tokio::spawn(async move {
		let deliveries = parcels.into_iter().map(|(key, parcel)| {
			let (shared, row) = (shared.clone(), OutboxRow { next_at: 0, ..parcel });
			async move { outbox::deliver(&shared, &key, row).await }
		});
		for outcome in join_all(deliveries).await {
			if let Err(failure) = outcome {
				tracing::warn!(%failure, "the words behind an emergency request stay in the outbox");
			}
		}
	});
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
	next_at: Moment,
) -> Vec<OutboxRow> {
	let words = EmergencyOpening { id: row.id, opening: row.opening.clone(), shift_key: row.shift_key };
	let to_each = receivers.iter().map(|to| (*to, Parcel::EmergencyOpening(words.clone())));
	// The same words for the patient's log.
	let to_custodian = (custodian, Parcel::Opening(row.opening.clone()));
	to_each.chain([to_custodian]).map(|(to, parcel)| OutboxRow { to, parcel, attempts: 0, next_at }).collect()
}

fn requested(session: &EmergencySessionInfo, at: &Head) -> EmergencyRequested {
	let EmergencySessionInfo { id, required, expires_at, .. } = *session;
	EmergencyRequested { id, block: at.block, required, expires_at }
}

/// A request of own staff, with whoever it was handed over to.
pub struct OwnSession {
	row: OwnRequestRow,
	handover: Option<Handover>,
}

impl OwnSession {
	/// The session, for the practitioner who asked or to whom it was handed over.
	///
	/// # Errors
	/// 404 for everybody else: a colleague opens nothing with it either.
	pub fn of(service: &Service, staff: &Staff, id: &EmergencyRequestId) -> Result<Self, Failure> {
		let session = Self::find(service, id)?;
		match session.row.practitioner() == staff.id || session.receiver() == Some(staff.id) {
			true => Ok(session),
			false => Err(Failure::not_found()),
		}
	}

	fn find(service: &Service, id: &EmergencyRequestId) -> Result<Self, Failure> {
		let row = service.index.get(&EMERGENCY_REQUESTS, id.0)?.ok_or_else(Failure::not_found)?;
		Ok(Self { row, handover: service.index.get(&EMERGENCY_HANDOVERS, id.0)? })
	}

	fn receiver(&self) -> Option<PractitionerId> {
		self.handover.as_ref().map(|handover| handover.statement.statement.to)
	}

	async fn on_chain(&self, service: &Service, head: &Head) -> Result<EmergencySessionInfo, Failure> {
		let session = service.chain.emergency_session(&head.block, &self.row.id).await?;
		session.ok_or_else(|| {
			Failure::conflict("the request did not reach the finalized chain", "Send the same request again.")
		})
	}
}

/// A session of own staff, for those who take part in it and for the own privacy officer.
///
/// # Errors
/// 404 for others.
pub async fn view(service: &Service, staff: &Staff, id: &EmergencyRequestId) -> Result<SessionView, Failure> {
	let session = match staff.has_role(&[StaffRole::PrivacyOfficer]) {
		true => OwnSession::find(service, id)?,
		false => OwnSession::of(service, staff, id)?,
	};
	let head = service.head().await?;
	let on_chain = session.on_chain(service, &head).await?;
	session_view(service, &head, &on_chain, Some(session.row.practitioner()), session.receiver()).await
}

/// A challenge of the first holder that has what the session opens: the custodian, or another one when the custodian does not answer.
///
/// # Errors
/// 404 for others than the practitioner of the session; 502 when nobody who answers holds it.
pub async fn challenge(
	service: &Arc<Service>,
	staff: &Staff,
	id: EmergencyRequestId,
) -> Result<EmergencyChallenge, Failure> {
	let session = OwnSession::of(service, staff, &id)?;
	let custodian = session.row.request.statement.custodian;
	let others = service.peers.institutions().filter(|peer| *peer != custodian);
	for holder in [custodian].into_iter().chain(others) {
		let Ok(peer) = service.peers.gateway(holder) else { continue };
		let body = EmergencyChallengeRequest { id };
		match tokio::time::timeout(PATIENCE, peer.emergency_release_challenge(&body)).await {
			Ok(Ok(challenge)) if (challenge.id, challenge.holder) == (id, holder) => return Ok(challenge),
			_ => {}
		}
	}
	Err(Failure::new(
		codes::PEER_UNREACHABLE,
		"no gateway that holds the second half answers",
		"Try again in a minute. Tell the custodian's emergency desk.",
	))
}

/// Fetches second half and package from the holder whose challenge is answered.
///
/// # Errors
/// As [`challenge`]; 410 when the challenge is over; the holder's reason when it refuses.
pub async fn fetch(
	service: &Arc<Service>,
	staff: &Staff,
	id: EmergencyRequestId,
	fetch: EmergencyFetch,
) -> Result<EmergencyRelease, Failure> {
	let session = OwnSession::of(service, staff, &id)?;
	// Who asked may still read after handing over: the keys are on that device as well. The receipt names who does.
	let handover = session.handover.as_ref().filter(|_| session.receiver() == Some(staff.id));
	let body = EmergencyReleaseRequest {
		id,
		opening: session.row.opening.clone(),
		handover: handover.map(|handover| handover.statement),
		nonce: fetch.nonce,
		signature: fetch.signature,
	};
	let release = service.peers.gateway(fetch.holder)?.emergency_release(&body).await?;
	let statement = &session.row.request.statement;
	let expected = (id, statement.handle, statement.custodian, fetch.holder, statement.tier);
	if (release.id, release.handle, release.custodian, release.holder, release.tier) != expected {
		return Err(Failure::new(
			codes::PEER_UNREACHABLE,
			"the holder's gateway answered for another session, patient or institution",
			"Nothing of it was handed on. Tell the privacy officers.",
		));
	}
	Ok(release)
}

/// How a requester ends a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
	/// An active one.
	Close,
	/// One that was not approved yet.
	Cancel,
}

/// Ends a session or takes a request back.
///
/// # Errors
/// 404 for others than the practitioner of the session; 400 without a reason; 422 when the chain refuses: the session is in another state.
pub async fn end(
	service: &Arc<Service>,
	staff: &Staff,
	id: EmergencyRequestId,
	ending: Ending,
	act: SessionAct,
) -> Result<EmergencyClosed, Failure> {
	let session = OwnSession::of(service, staff, &id)?;
	if act.reason.trim().is_empty() || act.reason.len() > MAX_EMERGENCY_TEXT {
		return Err(Failure::bad_request(format!("a reason is needed, at most {MAX_EMERGENCY_TEXT} bytes")));
	}
	let statement = &session.row.request.statement;
	let kind = match ending {
		Ending::Close => Act::EmergencyClose,
		Ending::Cancel => Act::EmergencyCancel,
	};
	let mut entry = service.entry(kind, Some(staff), act.reason);
	entry.custodian = Some(statement.custodian);
	entry.patient = Some(statement.handle);
	entry.emergency = Some(id);
	let mut opening = service.seal(&entry, &statement.handle)?;
	let transaction = match ending {
		Ending::Close => Transaction::CloseSession { id, entry: opening.commitment },
		Ending::Cancel => Transaction::CancelRequest { id, entry: opening.commitment },
	};
	let included = service.act(transaction, &mut opening).await?;
	outbox::tell(service, statement.custodian, Parcel::Opening(opening)).await?;
	Ok(EmergencyClosed { id, block: included.block })
}

/// Keeps a session for a colleague. The gateway cannot read what is in it.
///
/// # Errors
/// 404 for others than the practitioner who asked; 400 when the statement is not that practitioner's about this session; 403 when the colleague may not
/// ask in emergencies; 409 when it was handed to somebody else already.
pub async fn hand_over(
	service: &Arc<Service>,
	staff: &Staff,
	id: EmergencyRequestId,
	handover: Handover,
) -> Result<HandoverKept, Failure> {
	let session = OwnSession::of(service, staff, &id)?;
	let statement = handover.statement.statement;
	let genesis = service.genesis().await?;
	let sound = statement.id == id
		&& statement.from == staff.id
		&& session.row.practitioner() == staff.id
		&& handover.statement.is_signed_by(&genesis, &staff.info.signing_key);
	if !sound {
		return Err(Failure::bad_request("the statement is not yours about this session"));
	}
	let receiver = service.staff.find(service.chain.as_ref(), &statement.to, salus_client::now()).await?;
	let receiver = receiver.filter(|receiver| receiver.info.institution == service.own && !receiver.remembered);
	if !receiver.is_some_and(|receiver| salus_client::emergency::may_ask(&receiver.info)) {
		return Err(Failure::not_entitled(
			"the colleague is not authorised for emergencies at this institution",
			"Hand it over to somebody who is.",
		));
	}
	service.index.write(|batch| {
		let known = batch.get(&EMERGENCY_HANDOVERS, id.0)?;
		// One name in the patient's log, not whoever asked last.
		if known.is_some_and(|known| known.statement.statement.to != statement.to) {
			return Err(Failure::conflict("the session was handed over to somebody else", "Ask anew."));
		}
		batch.put(&EMERGENCY_HANDOVERS, id.0, &handover)?;
		Ok(())
	})?;
	Ok(HandoverKept { id, to: statement.to })
}

/// A session that was left for the caller.
///
/// # Errors
/// 404 for others.
pub fn handed_over(service: &Service, staff: &Staff, id: &EmergencyRequestId) -> Result<Handover, Failure> {
	let handover = service.index.get(&EMERGENCY_HANDOVERS, id.0)?;
	handover.filter(|handover| handover.statement.statement.to == staff.id).ok_or_else(Failure::not_found)
}

/// Keeps the key to which sessions can be handed over to its owner.
///
/// # Errors
/// 400 when it is another's, or not the registered one.
pub fn leave_key(service: &Service, staff: &Staff, key: ReceiverKey) -> Result<ReceiverKey, Failure> {
	if key.practitioner != staff.id || key.checked(&staff.info.encryption_key_hash).is_err() {
		return Err(Failure::bad_request("the key is not the one that the staff registry holds for you"));
	}
	service.index.put(&EMERGENCY_RECEIVERS, staff.id.0, &key)?;
	Ok(key)
}

/// A colleague's key.
///
/// # Errors
/// 404 when none was left.
pub fn receiver_key(service: &Service, practitioner: &PractitionerId) -> Result<ReceiverKey, Failure> {
	service.index.get(&EMERGENCY_RECEIVERS, practitioner.0)?.ok_or_else(Failure::not_found)
}
