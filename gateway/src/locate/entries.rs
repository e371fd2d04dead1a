//! The index that a guardian keeps: which sealed entries lie under which tag.
//!
//! Custodians leave an entry for each session in which guardians evaluated a name of their patient, searchers look one tag up for each session of
//! theirs. The guardian cannot read what it hands out; it learns the tag, and whose entries lie there.

use super::session::{find, require_guardian};
use crate::{
	chain::Head,
	control::is_kept_by,
	failure::Failure,
	index::{
		Batch, IndexError, IndexedEntry, IndexedPatient, UsedRow, LOCATE_INDEX, LOCATE_OPENINGS, LOCATE_PATIENTS,
		LOCATE_USED,
	},
	receipts::Draft,
	service::{blocking, Service, CATCH_UP},
};
use salus_client::wire::{
	emergency::{EmergencyOpening, LocateDeposit, LocateEntries, LocateIndexed, LocateLookup, LocateTag},
	ReceiptKind, NOBODY,
};
use salus_policy::Purpose;
use salus_primitives::{EmergencyRequestId, InstitutionId, PatientHandle, PractitionerId};
use salus_runtime_api::{EmergencyStatus, LocateSessionInfo};
use std::sync::Arc;

/// Patients of one name and birth date. More are not told apart by them.
const MAX_PATIENTS: usize = 16;
/// Those of one custodian: it must not fill a name up with patients of its own making, so that nobody else's are found.
const MAX_OF_CUSTODIAN: usize = 4;
/// Names of one patient: the chain has custodians enter no more.
const MAX_NAMES: usize = 3;

/// Takes an entry from a patient's custodian. The same entry again changes nothing.
///
/// # Errors
/// 403 for others than the custodian, for sessions of others or before other guardians, and for those that search; 409 while the session is not
/// complete, after another entry for it, and when too many patients have that name; 410 when it is over.
pub async fn accept(
	service: &Arc<Service>,
	custodian: InstitutionId,
	deposit: LocateDeposit,
) -> Result<LocateIndexed, Failure> {
	let LocateDeposit { session: id, tag, entry } = deposit;
	let (head, session) = complete(service, custodian, &id).await?;
	let handle =
		session.enrol.ok_or_else(|| other_session("the session searches for somebody: nobody is entered by it"))?;
	let info = service.chain.handle(&head.block, &handle).await?;
	if !info.is_some_and(|info| is_kept_by(&info, custodian)) {
		return Err(not_custodian());
	}
	service.index.write(|batch| {
		use_session(batch, &id, UsedRow { tag, entry: Some(entry), until: session.expires_at })?;
		enter(batch, custodian, &tag, IndexedEntry { handle, entry })
	})
}

/// Forgets a patient.
///
/// # Errors
/// 403 for others than the custodian; 503.
pub async fn remove(
	service: &Service,
	custodian: InstitutionId,
	handle: PatientHandle,
) -> Result<LocateIndexed, Failure> {
	let head = service.head().await?;
	let info = service.chain.handle(&head.block, &handle).await?;
	if info.map(|info| info.custodian) != Some(custodian) {
		return Err(not_custodian());
	}
	service.index.write(|batch| forget(batch, &handle))?;
	Ok(LocateIndexed { handle, entries: 0 })
}

/// What lies under a tag. Nothing looks the same as a tag that nobody ever had.
///
/// # Errors
/// 403 for sessions of others or before other guardians, for those that enter a patient, and without the signature of who asked in the session;
/// 409 while the session is not complete, and after another tag was looked up with it; 410 when it is over.
pub async fn look_up(
	service: &Arc<Service>,
	searcher: InstitutionId,
	lookup: LocateLookup,
) -> Result<LocateEntries, Failure> {
	let LocateLookup { id, tag, .. } = lookup;
	let (_, session) = complete(service, searcher, &id).await?;
	if session.enrol.is_some() {
		return Err(other_session("the session enters a patient: nobody is found by it"));
	}
	let genesis = service.genesis().await?;
	let service = service.clone();
	blocking(move || {
		if !lookup.is_signed_for(&genesis, &session.key_hash) {
			return Err(not_signed());
		}
		let used = UsedRow { tag, entry: None, until: session.expires_at };
		service.index.write(|batch| use_session(batch, &id, used))?;
		// No receipt, no answer.
		let who = service.index.get(&LOCATE_OPENINGS, id.0)?.as_ref().and_then(EmergencyOpening::locate);
		let practitioner = who.map(|request| request.statement.practitioner);
		let receipt = draft(ReceiptKind::LocateAnswer, &id, practitioner, searcher);
		service.receipts.append(&receipt, salus_client::now())?;
		let found = service.index.get(&LOCATE_INDEX, tag)?.unwrap_or_default();
		Ok(LocateEntries { entries: found.into_iter().map(|one| one.entry).collect() })
	})
	.await
}

/// The receipt of a look-up: who is found, if anybody, is sealed.
pub(super) fn draft(
	kind: ReceiptKind,
	id: &EmergencyRequestId,
	practitioner: Option<PractitionerId>,
	institution: InstitutionId,
) -> Draft {
	Draft {
		kind,
		handle: NOBODY,
		practitioner,
		institution,
		purpose: Purpose::EmergencyTreatment,
		permit: None,
		records: Vec::new(),
		basis: format!("a search by name and birth date for somebody who could not speak, session {id}"),
	}
}

/// A complete session of this sender before this guardian.
async fn complete(
	service: &Service,
	sender: InstitutionId,
	id: &EmergencyRequestId,
) -> Result<(Head, LocateSessionInfo), Failure> {
	let (head, session) = find(service, CATCH_UP, id, |session| session.status != EmergencyStatus::Requested).await?;
	if session.institution != sender {
		return Err(other_session("the session is another institution's"));
	}
	require_guardian(service, &head, &session).await?;
	require_complete(&head, &session)?;
	Ok((head, session))
}

/// Refuses a session that guardians have not answered, or that is over.
///
/// # Errors
/// 409, 410.
pub(super) fn require_complete(head: &Head, session: &LocateSessionInfo) -> Result<(), Failure> {
	match session.status {
		EmergencyStatus::Active if head.now() < session.expires_at => Ok(()),
		EmergencyStatus::Requested => Err(Failure::conflict(
			"the guardians have not answered in this session yet",
			"Wait until enough of them did.",
		)),
		_ => Err(Failure::expired("the session is over", "Ask the guardians anew.")),
	}
}

/// Once a session was used for one thing, it serves no other.
fn use_session(batch: &mut Batch<'_>, id: &EmergencyRequestId, used: UsedRow) -> Result<(), Failure> {
	match batch.get(&LOCATE_USED, id.0)? {
		Some(known) if known != used => Err(used_up()),
		Some(_) => Ok(()),
		None => Ok(batch.put(&LOCATE_USED, id.0, &used)?),
	}
}

fn enter(
	batch: &mut Batch<'_>,
	custodian: InstitutionId,
	tag: &LocateTag,
	new: IndexedEntry,
) -> Result<LocateIndexed, Failure> {
	let handle = new.handle;
	let known = batch.get(&LOCATE_PATIENTS, handle.0)?;
	if known.as_ref().is_some_and(|known| known.custodian != custodian) {
		// What a former custodian left names the wrong one.
		forget(batch, &handle)?;
	}
	let known = known.filter(|known| known.custodian == custodian);
	let mut tags = known.map(|known| known.tags).unwrap_or_default();
	let mut entries = batch.get(&LOCATE_INDEX, tag)?.unwrap_or_default();
	entries.retain(|one| one.handle != handle);
	let mut own = 0;
	for one in &entries {
		let left_by = batch.get(&LOCATE_PATIENTS, one.handle.0)?.map(|patient| patient.custodian);
		own += usize::from(left_by == Some(custodian));
	}
	if entries.len() >= MAX_PATIENTS || own >= MAX_OF_CUSTODIAN {
		return Err(Failure::conflict("too many patients have that name and birth date", "Nothing is left to do."));
	}
	entries.push(new);
	batch.put(&LOCATE_INDEX, tag, &entries)?;
	tags.retain(|known| known != tag);
	tags.push(*tag);
	while tags.len() > MAX_NAMES {
		drop_entry(batch, &tags.remove(0), &handle)?;
	}
	let count = tags.len();
	batch.put(&LOCATE_PATIENTS, handle.0, &IndexedPatient { custodian, tags })?;
	Ok(LocateIndexed { handle, entries: u32::try_from(count).unwrap_or(u32::MAX) })
}

fn forget(batch: &mut Batch<'_>, handle: &PatientHandle) -> Result<(), IndexError> {
	let Some(known) = batch.get(&LOCATE_PATIENTS, handle.0)? else { return Ok(()) };
	known.tags.iter().try_for_each(|tag| drop_entry(batch, tag, handle))?;
	batch.remove(&LOCATE_PATIENTS, handle.0)
}

fn drop_entry(batch: &mut Batch<'_>, tag: &LocateTag, handle: &PatientHandle) -> Result<(), IndexError> {
	let mut entries = batch.get(&LOCATE_INDEX, tag)?.unwrap_or_default();
	entries.retain(|one| one.handle != *handle);
	match entries.is_empty() {
		true => batch.remove(&LOCATE_INDEX, tag),
		false => batch.put(&LOCATE_INDEX, tag, &entries),
	}
}

fn other_session(message: &str) -> Failure {
	Failure::not_entitled(message, "Name a session of your own that is about this.")
}

fn not_custodian() -> Failure {
	Failure::not_entitled("only the patient's custodian says by which names the patient is found", "Ask the custodian.")
}

/// What is not signed by whoever asked in the session.
pub(super) fn not_signed() -> Failure {
	Failure::not_entitled(
		"the look-up is not signed by the one-time key of the session",
		"Look up from where the search was begun.",
	)
}

/// A second thing for a session that served.
pub(super) fn used_up() -> Failure {
	Failure::conflict("the session was used for something else", "Ask the guardians anew.")
}
