//! Telling patients at once: what happens in sessions about the own patients, as the difference between what the chain says now and what it said when
//! it was last looked at. Nothing depends on having seen every block.

use super::{holder::watch_review, openings, view::Guardians};
use crate::{
	chain::Head,
	failure::Failure,
	index::{
		compose, deposit_key, number_key, CaseRow, Index, IndexError, Key, EMERGENCY_CASES, EMERGENCY_COMMITTEES,
		EMERGENCY_DEPOSITS, EMERGENCY_NOTICES,
	},
	receipts::Draft,
	service::Service,
};
use salus_client::wire::{
	emergency::{Notice, NoticeKind, ReleaseNotice},
	Receipt, ReceiptKind,
};
use salus_policy::Purpose;
use salus_primitives::{CommitteeId, EmergencyRequestId, InstitutionId, Moment, PatientHandle, MINUTE};
use salus_runtime_api::{EmergencySessionInfo, EmergencyStatus};
use std::{
	collections::{BTreeMap, BTreeSet},
	sync::{Mutex, MutexGuard, PoisonError},
};

/// Committees whose open sessions are asked for at one head: the consortium's are few, personal ones take turns.
const COMMITTEES_AT_ONCE: usize = 32;
/// How often a session that is over and not reviewed is looked at.
const UNREVIEWED_LOOK: Moment = MINUTE;
/// Releases of one session by one holder that the patient is told of one by one. Further ones stand in the log alone.
const MAX_RELEASES: usize = 64;
/// How much of a holder's receipt is quoted, characters.
const MAX_QUOTE: usize = 400;
/// Two gateways' clocks are at most this far apart.
const CLOCKS: Moment = 5 * MINUTE;

/// The sessions about own patients that something may still happen in, with when to look. In memory: made from the index at the start.
#[derive(Default)]
pub struct Sessions(Mutex<State>);

#[derive(Default)]
struct State {
	loaded: bool,
	watched: BTreeMap<EmergencyRequestId, Moment>,
	/// The committees that envelopes of own patients were sealed to.
	committees: BTreeSet<CommitteeId>,
	/// Open sessions about others' patients, with the committees before which they are.
	foreign: BTreeMap<EmergencyRequestId, CommitteeId>,
	/// The committee after which the next turn begins.
	after: Option<CommitteeId>,
}

impl Sessions {
	fn state(&self) -> MutexGuard<'_, State> {
		// A poisoned lock holds complete collections: no code that can panic runs under it.
		self.0.lock().unwrap_or_else(PoisonError::into_inner)
	}

	fn load(&self, index: &Index) -> Result<(), IndexError> {
		if self.state().loaded {
			return Ok(());
		}
		let cases = index.scan(&EMERGENCY_CASES, [])?;
		let committees = index.keys_after(&EMERGENCY_COMMITTEES, None, usize::MAX)?;
		let mut state = self.state();
		let number = |key: Key| Some(CommitteeId(u32::from_be_bytes(key.try_into().ok()?)));
		state.committees.extend(committees.into_iter().filter_map(number));
		let unfinished = cases.into_iter().filter(|(_, case)| !is_settled(&case.session));
		state.watched.extend(unfinished.map(|(_, case)| (case.session.id, 0)));
		state.loaded = true;
		Ok(())
	}

	/// Envelopes of own patients go to these committees.
	pub(super) fn watch_committees(&self, committees: impl Iterator<Item = CommitteeId>) {
		self.state().committees.extend(committees);
	}

	/// The committees whose turn it is.
	fn turn(&self, known: &[CommitteeId]) -> Vec<CommitteeId> {
		let mut state = self.state();
		let begin = state.after.map_or(0, |after| known.partition_point(|id| *id <= after));
		let turn: Vec<_> = known[begin..].iter().chain(&known[..begin]).take(COMMITTEES_AT_ONCE).copied().collect();
		state.after = turn.last().copied();
		turn
	}

	/// Takes what is open before the committees of a turn; tells what has to be read. Foreign sessions that are over are forgotten.
	fn unread(
		&self,
		known: &[CommitteeId],
		turn: &[CommitteeId],
		open: &BTreeMap<EmergencyRequestId, CommitteeId>,
	) -> BTreeSet<EmergencyRequestId> {
		let mut state = self.state();
		let is_over =
			|id: &EmergencyRequestId, committee: &CommitteeId| turn.contains(committee) && !open.contains_key(id);
		state.foreign.retain(|id, committee| known.contains(committee) && !is_over(id, committee));
		open.keys().filter(|id| !state.foreign.contains_key(id)).copied().collect()
	}

	/// Not about an own patient, or not any more.
	fn pass_over(&self, id: &EmergencyRequestId, committee: Option<&CommitteeId>) {
		let mut state = self.state();
		state.watched.remove(id);
		state.foreign.extend(committee.map(|committee| (*id, *committee)));
	}

	fn due(&self, now: Moment) -> Vec<EmergencyRequestId> {
		self.state().watched.iter().filter(|(_, at)| **at <= now).map(|(id, _)| *id).collect()
	}

	fn put_aside(&self, session: &EmergencySessionInfo, now: Moment) {
		let mut state = self.state();
		if is_settled(session) {
			state.watched.remove(&session.id);
		} else {
			let at = if is_open(session) { 0 } else { now.saturating_add(UNREVIEWED_LOOK) };
			state.watched.insert(session.id, at);
		}
	}
}

fn is_open(session: &EmergencySessionInfo) -> bool {
	matches!(session.status, EmergencyStatus::Requested | EmergencyStatus::Active)
}

/// Nothing happens in it any more: it was judged, or nothing could be read in it. That the review is due stands on chain a little later than that
/// the time is over.
fn is_settled(session: &EmergencySessionInfo) -> bool {
	let readable = session.active_until.is_some() && !session.drill;
	session.verdict.is_some() || (!is_open(session) && !readable)
}

/// Looks at the sessions about own patients in which something may have happened.
///
/// # Errors
/// The chain, or the index. What was not written down is found at the next look.
pub async fn watch(service: &Service) -> Result<(), Failure> {
	service.sessions.load(&service.index)?;
	let head = service.head().await?;
	let known: Vec<CommitteeId> = service.sessions.state().committees.iter().copied().collect();
	let mut ids: BTreeSet<EmergencyRequestId> = service.sessions.due(head.now()).into_iter().collect();
	let turn = service.sessions.turn(&known);
	let mut open = BTreeMap::new();
	for committee in &turn {
		let ids = service.chain.open_emergency_sessions(&head.block, *committee).await?;
		open.extend(ids.into_iter().map(|id| (id, *committee)));
	}
	ids.extend(service.sessions.unread(&known, &turn, &open));
	for id in ids {
		match service.chain.emergency_session(&head.block, &id).await? {
			Some(session) if session.custodian == service.own => note(service, &head, &session).await?,
			_ => service.sessions.pass_over(&id, open.get(&id)),
		}
	}
	Ok(())
}

/// Every session about one patient: finds those that began and ended while nobody looked.
///
/// # Errors
/// As [`watch`].
pub async fn catch_up(service: &Service, head: &Head, handle: &PatientHandle) -> Result<(), Failure> {
	for id in service.chain.emergency_sessions(&head.block, handle).await? {
		if service.index.get(&EMERGENCY_CASES, case_key(handle, &id))?.is_none() {
			if let Some(session) = service.chain.emergency_session(&head.block, &id).await? {
				note(service, head, &session).await?;
			}
		}
	}
	Ok(())
}

pub(super) fn case_key(handle: &PatientHandle, id: &EmergencyRequestId) -> Vec<u8> {
	compose(&[&handle.0, &id.0])
}

/// Writes down what is new about a session, for the patient.
///
/// # Errors
/// The chain, or the index.
pub(super) async fn note(service: &Service, head: &Head, session: &EmergencySessionInfo) -> Result<(), Failure> {
	let guardians = Guardians::of(service, head, session).await?;
	let involved = session.parts.iter().map(|(index, _)| *index).chain(session.refused.iter().copied());
	let mut names = BTreeMap::new();
	for index in involved.chain(session.rejected.iter().copied()) {
		names.insert(index, guardians.name(service, head, index).await?);
	}
	let is_new = service.index.write(|batch| {
		let key = case_key(&session.handle, &session.id);
		let old = batch.get(&EMERGENCY_CASES, &key)?;
		// Two looks may cross: the one at the older head has nothing to say.
		let is_known = |old: &CaseRow| old.session == *session || head.block.number < old.seen_at;
		if old.as_ref().is_some_and(is_known) {
			return Ok(false);
		}
		let kinds = differences(old.as_ref().map(|old| &old.session), session, &names);
		let mut number = batch.scan(&EMERGENCY_NOTICES, session.handle.0)?.len() as u64;
		for kind in kinds {
			number += 1;
			let at = match &kind {
				NoticeKind::Requested { .. } => session.requested_at,
				_ => head.time,
			};
			let notice = Notice { number, at, id: session.id, drill: session.drill, kind };
			batch.put(&EMERGENCY_NOTICES, notice_key(&session.handle, number), &notice)?;
		}
		let released_at = old.map(|old| old.released_at).unwrap_or_default();
		batch.put(
			&EMERGENCY_CASES,
			&key,
			&CaseRow { session: session.clone(), seen_at: head.block.number, released_at },
		)?;
		Ok::<_, IndexError>(true)
	})?;
	service.sessions.put_aside(session, head.now());
	if is_new {
		// An envelope was used up, or an epoch ended.
		service.rounds.hurry(&session.handle);
	}
	Ok(())
}

fn notice_key(handle: &PatientHandle, number: u64) -> Vec<u8> {
	compose(&[&handle.0, &number_key(number)])
}

/// What happened between two looks at a session, in the order in which it can have happened.
fn differences(
	old: Option<&EmergencySessionInfo>,
	new: &EmergencySessionInfo,
	names: &BTreeMap<u16, String>,
) -> Vec<NoticeKind> {
	let mut kinds = Vec::new();
	if old.is_none() {
		let (institution, tier) = (new.institution, new.tier);
		kinds.push(NoticeKind::Requested { institution, tier, practitioner: None, reason: None });
	}
	let name = |index: u16| names.get(&index).cloned().unwrap_or_else(|| format!("guardian {index}"));
	let before = old.map_or(0, |old| old.parts.len());
	for (count, (index, _)) in (1u16..).zip(&new.parts).skip(before) {
		kinds.push(NoticeKind::Approved { guardian: name(*index), parts: count, required: new.required });
	}
	let refused = new.refused.iter().skip(old.map_or(0, |old| old.refused.len()));
	kinds.extend(refused.map(|index| NoticeKind::PartRefused { guardian: name(*index) }));
	let rejected = new.rejected.iter().skip(old.map_or(0, |old| old.rejected.len()));
	kinds.extend(rejected.map(|index| NoticeKind::Rejected { guardian: name(*index) }));
	if let (Some(until), None) = (new.active_until, old.and_then(|old| old.active_until)) {
		kinds.push(NoticeKind::Opened { until });
	}
	if new.disputed && !old.is_some_and(|old| old.disputed) {
		kinds.push(NoticeKind::Disputed);
	}
	if old.map(|old| old.status) != Some(new.status) {
		kinds.extend(match new.status {
			EmergencyStatus::Requested | EmergencyStatus::Active => None,
			EmergencyStatus::Closed => Some(NoticeKind::Closed),
			EmergencyStatus::Expired => Some(NoticeKind::Expired),
			EmergencyStatus::Rejected => Some(NoticeKind::Refused),
			EmergencyStatus::Cancelled => Some(NoticeKind::Cancelled),
			EmergencyStatus::Suspended => Some(NoticeKind::Suspended),
		});
	}
	if let (Some(at), None) = (new.review_due, old.and_then(|old| old.review_due)) {
		kinds.push(NoticeKind::ReviewDue { at });
	}
	if new.overdue && !old.is_some_and(|old| old.overdue) {
		kinds.push(NoticeKind::ReviewOverdue);
	}
	if let (Some(verdict), None) = (new.verdict, old.and_then(|old| old.verdict)) {
		kinds.push(NoticeKind::Reviewed { verdict });
	}
	kinds
}

/// Whether own patients' packages were left with an institution: nobody else has anything to release.
fn is_holder(service: &Service, holder: InstitutionId, session: &EmergencySessionInfo) -> Result<bool, Failure> {
	if holder == service.own || service.config.emergency.holders.contains(&holder) {
		return Ok(true);
	}
	// One that was taken out of the configuration still holds what it was given.
	let row = service.index.get(&EMERGENCY_DEPOSITS, deposit_key(&session.handle, session.tier, session.epoch))?;
	let own = row.and_then(|row| row.own);
	Ok(own.is_some_and(|own| own.told.iter().any(|(to, _)| *to == holder)))
}

/// Whether something could be released at a time.
fn was_active(session: &EmergencySessionInfo, at: Moment) -> bool {
	let begin = session.requested_at.saturating_sub(CLOCKS);
	session.active_until.is_some_and(|until| begin <= at && at <= until.saturating_add(CLOCKS))
}

/// Writes down that a holder gave the data of an own patient out. Tells whether it is new.
///
/// # Errors
/// 400 when the receipt is not about this session, or names a time or a practitioner that cannot be; 403 for who holds nothing; 404 for a session
/// that is not about an own patient.
pub async fn released(service: &Service, holder: InstitutionId, notice: ReleaseNotice) -> Result<bool, Failure> {
	let head = service.head().await?;
	let session = service.chain.emergency_session(&head.block, &notice.id).await?;
	let session = session.filter(|session| session.custodian == service.own).ok_or_else(Failure::not_found)?;
	if !is_holder(service, holder, &session)? {
		return Err(Failure::not_entitled(
			"nothing of this patient was left with your institution",
			"Only holders tell of releases.",
		));
	}
	let receipt: Receipt =
		serde_json::from_slice(&notice.receipt.0).map_err(|_| Failure::bad_request("the receipt cannot be read"))?;
	let about = receipt.kind == ReceiptKind::Release
		&& receipt.purpose == Purpose::BreakGlass
		&& receipt.custodian == holder
		&& (receipt.handle, receipt.institution) == (session.handle, session.institution);
	let practitioner = receipt.practitioner.filter(|_| about);
	let practitioner =
		practitioner.ok_or_else(|| Failure::bad_request("the receipt is not one of this holder about this session"))?;
	if !was_active(&session, receipt.at) {
		return Err(Failure::bad_request("the session was not active when the receipt says that it was used"));
	}
	let registered = service.chain.practitioner(&head.block, &practitioner).await?;
	// Who asked is known by name, even when the registry has that person elsewhere by now.
	let asked = openings::statement(&service.index, &session.id)?;
	let is_theirs = registered.is_some_and(|info| info.institution == session.institution)
		|| asked.is_some_and(|request| request.statement.practitioner == practitioner);
	if !is_theirs {
		return Err(Failure::bad_request("the receipt names a practitioner who is not one of that institution"));
	}
	// The case and what came before stand first.
	note(service, &head, &session).await?;
	let at = receipt.at;
	let is_new = service.index.write(|batch| {
		let key = case_key(&session.handle, &session.id);
		let mut case = batch.get(&EMERGENCY_CASES, &key)?;
		let notices = batch.scan(&EMERGENCY_NOTICES, session.handle.0)?;
		let kind = NoticeKind::Released { holder, practitioner };
		let is_known = notices.iter().any(|(_, known)| (known.id, known.at, &known.kind) == (session.id, at, &kind));
		if is_known {
			return Ok(false);
		}
		let by_holder = |known: &Notice| {
			known.id == session.id && matches!(known.kind, NoticeKind::Released { holder: one, .. } if one == holder)
		};
		// Counted for each holder: none of them can keep another's from the patient.
		if notices.iter().filter(|(_, known)| by_holder(known)).count() >= MAX_RELEASES {
			tracing::error!(session = %session.id, %holder, "more releases of one session than the patient is told of one by one");
			return Ok(true);
		}
		if let Some(case) = &mut case {
			case.released_at.push(at);
			batch.put(&EMERGENCY_CASES, &key, case)?;
		}
		let number = notices.len() as u64 + 1;
		let notice = Notice { number, at, id: session.id, drill: session.drill, kind };
		batch.put(&EMERGENCY_NOTICES, notice_key(&session.handle, number), &notice)?;
		Ok::<_, IndexError>(true)
	})?;
	if is_new && !session.drill {
		watch_review(service, &session.id, head.now())?;
	}
	if is_new && holder != service.own {
		// In the patient's log every release stands with the custodian's receipts, which are filed on chain.
		let draft = Draft {
			kind: ReceiptKind::Release,
			handle: session.handle,
			practitioner: Some(practitioner),
			institution: session.institution,
			purpose: Purpose::BreakGlass,
			permit: None,
			records: Vec::new(),
			// Who handed the session over, and how many approved, stand in the holder's words.
			basis: format!(
				"released by institution {holder}, which holds it, for emergency session {}; its receipt says: {}",
				session.id,
				receipt.basis.chars().filter(|letter| !letter.is_control()).take(MAX_QUOTE).collect::<String>()
			),
		};
		service.receipts.append(&draft, salus_client::now())?;
	}
	Ok(is_new)
}

/// What the patient was told after a notice. A request is completed by the words behind it, once they are here.
///
/// # Errors
/// [`IndexError`].
pub fn after(index: &Index, handle: &PatientHandle, after: u64) -> Result<Vec<Notice>, IndexError> {
	let rows = index.scan(&EMERGENCY_NOTICES, handle.0)?.into_iter().map(|(_, notice)| notice);
	let mut notices: Vec<Notice> = rows.filter(|notice| notice.number > after).collect();
	for notice in &mut notices {
		if let NoticeKind::Requested { practitioner, reason, .. } = &mut notice.kind {
			if let Some(request) = openings::statement(index, &notice.id)? {
				*practitioner = Some(request.statement.practitioner);
				*reason = Some(request.statement.reason);
			}
		}
	}
	Ok(notices)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn foreign_sessions_are_forgotten_when_they_are_over_whoever_s_turn_it_is() {
		let (sessions, known) = (Sessions::default(), (0..40).map(CommitteeId).collect::<Vec<_>>());
		let id = |number| EmergencyRequestId([number; 32]);
		let open: BTreeMap<_, _> = [(id(1), CommitteeId(1)), (id(2), CommitteeId(35))].into();
		let (first, second) = (&known[..32], &known[32..]);
		assert_eq!(sessions.unread(&known, first, &open), open.keys().copied().collect());
		open.iter().for_each(|(id, committee)| sessions.pass_over(id, Some(committee)));
		assert!(sessions.unread(&known, first, &open).is_empty(), "read once");
		// Both ended. What is not in the turn stays for its own.
		sessions.unread(&known, first, &BTreeMap::new());
		assert_eq!(sessions.state().foreign.keys().copied().collect::<Vec<_>>(), [id(2)]);
		sessions.unread(&known, second, &BTreeMap::new());
		assert!(sessions.state().foreign.is_empty());
		sessions.pass_over(&id(3), Some(&CommitteeId(99)));
		sessions.unread(&known, first, &BTreeMap::new());
		assert!(sessions.state().foreign.is_empty(), "a committee that is not known any more");
	}
}
