//! The journal of votes: what was decided stands in it before it is submitted, and is carried on after a crash.

use super::{ByOfficer, Seen};
use crate::{
	chain::Transaction,
	emergency::{holder, InWork, Why},
	failure::Failure,
	index::{OutboxRow, Parcel, VoteRow, VoteStage, OPENINGS, OUTBOX, VOTES},
	openings::opening_key,
	outbox,
	service::Service,
};
use salus_client::{
	emergency::guardian::has_voted,
	wire::{Blob, BlockId, FullEntry, Purposes},
};
use salus_policy::Purpose;
use salus_primitives::{
	Act, AuditChain, EmergencyRequestId, InstitutionId, Moment, PractitionerId, PurposeClass, SECOND,
};
use salus_runtime_api::{EmergencySessionInfo, EmergencyStatus};
use salus_threshold::part::DecryptionPart;
use std::sync::Arc;

/// First pause after a submission that came to nothing; doubles up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Moment = SECOND;
const LONGEST_PAUSE: Moment = 30 * SECOND;

/// The audit entry of an act of this institution as a guardian.
pub(super) fn entry_about(
	service: &Service,
	session: &EmergencySessionInfo,
	act: Act,
	by: Option<&ByOfficer<'_>>,
	basis: &str,
) -> Result<FullEntry, Failure> {
	let mut entry = service.entry(act, by.map(|by| by.staff), basis);
	entry.patient = Some(session.handle);
	entry.custodian = Some(session.custodian);
	entry.purpose = Some(Purposes { code: Purpose::EmergencyTreatment, class: PurposeClass::Emergency });
	entry.emergency = Some(session.id);
	if let Some(by) = by {
		entry.request = Some(Blob(serde_json::to_vec(by.decision)?));
	}
	Ok(entry)
}

/// A vote about to be written down.
pub(super) struct Draft<'a> {
	/// The session.
	pub session: &'a EmergencySessionInfo,
	/// The own index in its committee.
	pub index: u16,
	/// Who asks, as far as it is known.
	pub practitioner: Option<PractitionerId>,
	/// What the entry says that was done.
	pub act: Act,
	/// The person who decided; `None` for the server's rules.
	pub by: Option<&'a ByOfficer<'a>>,
	/// On what it rests, in words.
	pub basis: &'a str,
}

impl Draft<'_> {
	/// Writes the vote with its audit entry into the journal.
	pub fn write(&self, service: &Service, part: Option<DecryptionPart>) -> Result<VoteRow, Failure> {
		let session = self.session;
		let mut opening = entry_about(service, session, self.act, self.by, self.basis)?.seal()?;
		opening.chain = Some(AuditChain::Patient(session.handle));
		let row = VoteRow {
			id: session.id,
			committee: session.committee,
			index: self.index,
			handle: session.handle,
			custodian: session.custodian,
			requester: session.institution,
			practitioner: self.practitioner,
			drill: session.drill,
			part,
			officer: self.by.map(|by| by.staff.id),
			opening,
			at: salus_client::now(),
			stage: VoteStage::Submitting,
			tries: 0,
			next_at: 0,
		};
		service.index.write(|batch| {
			batch.put(&OPENINGS, opening_key(&row.opening), &row.opening)?;
			batch.put(&VOTES, row.id.0, &row)
		})?;
		service.desk.tally.add(&row);
		Ok(row)
	}
}

/// Submits a vote of the journal.
pub(super) async fn cast(service: &Arc<Service>, mut row: VoteRow, _in_work: &InWork) -> Result<BlockId, Failure> {
	let (id, entry) = (row.id, row.opening.commitment);
	let transaction = match row.part {
		Some(part) => Transaction::ApproveRequest { id, part: Box::new(part), entry },
		None => Transaction::RejectRequest { id, entry },
	};
	row.tries = row.tries.saturating_add(1);
	let pause = FIRST_PAUSE.saturating_mul(1 << row.tries.min(8)).min(LONGEST_PAUSE);
	row.next_at = salus_client::now().saturating_add(pause);
	service.index.put(&VOTES, id.0, &row)?;
	// When this fails, whatever the chain said: the same vote may have got there before. The next look at the session tells.
	let included = service.chain.submit(transaction).await?;
	row.stage = VoteStage::Cast;
	if included.part_refused {
		tracing::error!(session = %id, "the chain found this institution's part wrong: compare its guardian key");
		row.stage = VoteStage::Void;
	}
	if let Some((chain, sequence)) = included.entry {
		(row.opening.chain, row.opening.sequence) = (Some(chain), Some(sequence));
	}
	finish(service, &row).await?;
	Ok(included.block)
}

/// Carries on a vote that broke off: looks whether it got there, and submits the same vote again if not.
pub(super) async fn carry_on(service: &Arc<Service>, id: EmergencyRequestId) -> Result<(), Failure> {
	let Some(in_work) = service.desk.take(id) else { return Ok(()) };
	let row = service.index.get(&VOTES, id.0)?;
	let Some(mut row) = row.filter(|row| row.stage == VoteStage::Submitting) else { return Ok(()) };
	let seen = Seen::read(service, id).await?;
	match &seen.session {
		Some(session) if has_voted(session, row.index) => {
			row.stage = if session.refused.contains(&row.index) { VoteStage::Void } else { VoteStage::Cast };
			finish(service, &row).await
		}
		Some(session) if session.status == EmergencyStatus::Requested => match still_right(&seen, session, &row) {
			Ok(()) => cast(service, row, &in_work).await.map(|_| ()),
			Err(why) => {
				tracing::warn!(session = %id, why, "a vote that broke off is not submitted again");
				row.next_at = salus_client::now().saturating_add(LONGEST_PAUSE);
				Ok(service.index.put(&VOTES, id.0, &row)?)
			}
		},
		_ => {
			row.stage = VoteStage::Lapsed;
			finish(service, &row).await
		}
	}
}

/// Whether a vote that broke off would be given today, or why not.
fn still_right(seen: &Seen, session: &EmergencySessionInfo, row: &VoteRow) -> Result<(), String> {
	// The patient may have spoken since: a server never approves what the patient contradicts. A person has weighed more than rules.
	if row.is_automatic() && session.disputed {
		return Err(Why::Disputed.to_string());
	}
	let checked = match row.part {
		Some(_) => seen.verify().map(|_| ()),
		None => seen.standing().map(|_| ()),
	};
	checked.map_err(|refusal| refusal.to_string())
}

/// Ends a vote in the journal. The custodian is told what its entry says.
async fn finish(service: &Arc<Service>, row: &VoteRow) -> Result<(), Failure> {
	let key = outbox::new_key();
	let parcel = parcel_for(service.own, row);
	service.index.write(|batch| {
		batch.put(&VOTES, row.id.0, row)?;
		match row.stage {
			VoteStage::Cast => batch.put(&OPENINGS, opening_key(&row.opening), &row.opening)?,
			_ => batch.remove(&OPENINGS, opening_key(&row.opening))?,
		}
		match &parcel {
			Some(parcel) => batch.put(&OUTBOX, key, parcel),
			None => Ok(()),
		}
	})?;
	if row.stage == VoteStage::Cast && row.part.is_some() {
		// A custodian that keeps silent about what it should review is seen by those who approved.
		holder::watch_review(service, &row.id, salus_client::now())?;
	}
	if let Some(parcel) = parcel {
		outbox::deliver(service, &key, parcel).await?;
	}
	Ok(())
}

fn parcel_for(own: InstitutionId, row: &VoteRow) -> Option<OutboxRow> {
	let is_told = row.stage == VoteStage::Cast && row.custodian != own;
	let parcel = || Parcel::Opening(row.opening.clone());
	is_told.then(|| OutboxRow { to: row.custodian, parcel: parcel(), attempts: 0, next_at: 0 })
}
