//! The custodian's part: entering own patients with the guardians, under each of their names.
//!
//! The names are read from the newest `Patient` records each time, so that nothing personal is kept twice. What is kept is how far each name is:
//!
//! | In the index | On chain | Then |
//! |---|---|---|
//! | waiting | a committee for it | guardians are asked, under a fresh blind |
//! | asked | complete | what they answered names a place and seals an entry |
//! | asked | over, or never there | it waits again |
//! | evaluated | complete | the entry is left with each guardian that does not have it |
//! | evaluated | over | it is entered with those who have it |
//! | entered with too few that are still guardians | | it waits again |
//! | anything | the patient is not to be found any more | every guardian forgets the patient |

use super::{entries, session::guardians};
use crate::{
	chain::{Head, Transaction},
	control::{is_kept_by, is_provisional},
	emergency::{
		packages::{contents, current_records, Current},
		Due,
	},
	failure::Failure,
	index::{
		AskedName, EnrolledName, EnrolmentRow, EnrolmentStage, Index, IndexError, Key, LOCATE_ENROLMENTS, OPENINGS,
		PATIENTS,
	},
	openings::{self, opening_key},
	reading,
	service::{blocking, Service},
};
use codec::Encode;
use futures::{future::join_all, stream, StreamExt};
use salus_client::{
	chain::{calls::LocateRequest, ChainError},
	emergency::locate::{evaluate, LocateInput},
	wire::{
		codes,
		emergency::{LocateDeposit, LocateRemoval},
		Account, Bytes32, EntryOpening, FoundPatient,
	},
};
use salus_fhir::Demographics;
use salus_primitives::{
	Act, AuditChain, CommitteeId, CommitteePurpose, EmergencyRequestId, EmergencyTier, InstitutionId, Moment,
	PatientHandle, DAY, HOUR, MINUTE, SECOND,
};
use salus_runtime_api::{CommitteeInfo, CommitteeStatus, EmergencyStatus, LocateSessionInfo};
use salus_threshold::request::request_id;
use sha2::{Digest, Sha256};
use std::{
	collections::BTreeSet,
	sync::{Arc, Mutex, MutexGuard, PoisonError},
	time::Duration,
};
use tokio::sync::OnceCell;
use zeroize::Zeroizing;

/// Names of one patient: the chain has custodians enter no more.
const MAX_NAMES: usize = 3;
/// With fewer guardians that have it, a name is entered again.
const FEWEST: usize = 2;
/// Patients that are looked through in one round, whether anything is left to do, after a start and for another committee.
const PAGE: usize = 256;
/// Patients that are worked on at a time: each may take 64 MiB for a moment.
const AT_A_TIME: usize = 4;
/// How long after a change a patient is looked at: further ones usually follow.
const DEBOUNCE: Moment = 2 * SECOND;
/// When it is looked again what guardians answered.
const SOON: Moment = 2 * SECOND;
/// When a patient is looked at again after something failed.
const RETRY: Moment = 10 * SECOND;
/// When guardians that did not answer are tried again.
const LATER: Moment = MINUTE;
/// When a name is tried again that guardians did not evaluate in time. It may have used up one of the few times that the chain grants.
const AFTER_A_MISS: Moment = HOUR;
/// How long a request that broke off may still come.
const IN_FLIGHT: Moment = 5 * MINUTE;
/// How long one guardian may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Whose turn it is. In memory: after a restart everybody is looked at again whose entries are not complete.
#[derive(Default)]
pub struct Enrolment(Mutex<State>);

#[derive(Default)]
struct State {
	due: Due,
	/// The committee at the last round, with the version of its members.
	committee: Option<(CommitteeId, u32)>,
	/// Whether all patients are being looked through, and after which of them it goes on.
	passing: bool,
	passed: Option<Key>,
	/// The chain takes nothing more before this.
	full_until: Moment,
}

impl Enrolment {
	fn state(&self) -> MutexGuard<'_, State> {
		// A poisoned lock holds complete collections: no code that can panic runs under it.
		self.0.lock().unwrap_or_else(PoisonError::into_inner)
	}

	/// Something about the patient may have changed.
	pub fn touch(&self, handle: &PatientHandle, now: Moment) {
		self.look_at(handle, now.saturating_add(DEBOUNCE));
	}

	fn look_at(&self, handle: &PatientHandle, at: Moment) {
		self.state().due.by(handle, at);
	}

	/// Another committee than at the last round: everybody is looked at. Without one there is nothing to look at.
	fn note_committee(&self, committee: Option<(CommitteeId, u32)>) {
		let mut state = self.state();
		if state.committee != committee {
			(state.committee, state.passing, state.passed) = (committee, committee.is_some(), None);
		}
		if committee.is_none() {
			state.due = Due::default();
		}
	}

	/// The next patients while all are looked through.
	fn take_page(&self, index: &Index) -> Result<Vec<PatientHandle>, IndexError> {
		let mut state = self.state();
		if !state.passing {
			return Ok(Vec::new());
		}
		let keys = index.keys_after(&PATIENTS, state.passed.as_deref(), PAGE)?;
		(state.passing, state.passed) = (keys.len() == PAGE, keys.last().cloned());
		Ok(keys.into_iter().filter_map(|key| Some(PatientHandle(key.try_into().ok()?))).collect())
	}
}

/// One round over the own patients whose turn it is.
///
/// # Errors
/// The first error. One patient's trouble holds no other's work up; what failed is tried again soon.
pub async fn enter(service: &Arc<Service>) -> Result<(), Failure> {
	let head = service.head().await?;
	let committee = match service.config.emergency.enrol {
		true => committee(service, &head).await?,
		false => None,
	};
	service.enrolment.note_committee(committee.as_ref().map(|committee| (committee.id, committee.version)));
	let Some(committee) = committee else { return Ok(()) };
	let now = salus_client::now();
	let round =
		Round { service, head, members: guardians(&committee).collect(), committee, answering: OnceCell::new() };
	for handle in service.enrolment.take_page(&service.index)? {
		let row = service.index.get(&LOCATE_ENROLMENTS, handle.0)?;
		if !row.is_some_and(|row| round.is_settled(&row)) {
			service.enrolment.look_at(&handle, now);
		}
	}
	let due = service.enrolment.state().due.take(now);
	let outcomes = stream::iter(due)
		.map(|handle| {
			let round = &round;
			async move { (handle, round.settle(&handle).await) }
		})
		.buffer_unordered(AT_A_TIME)
		.collect::<Vec<_>>()
		.await;
	let mut first_failure = None;
	for (handle, outcome) in outcomes {
		match outcome {
			Ok(Some(at)) => service.enrolment.look_at(&handle, at),
			Ok(None) => {}
			Err(failure) => {
				service.enrolment.look_at(&handle, now.saturating_add(RETRY));
				first_failure = first_failure.or(Some(failure));
			}
		}
	}
	first_failure.map_or(Ok(()), Err)
}

async fn committee(service: &Service, head: &Head) -> Result<Option<CommitteeInfo<Account>>, Failure> {
	let Some(id) = service.chain.consortium_committee(&head.block, CommitteePurpose::Locate).await? else {
		return Ok(None);
	};
	let committee = service.chain.committee(&head.block, id).await?;
	Ok(committee.filter(|one| one.status == CommitteeStatus::Active && head.now() < one.valid_until))
}

/// A round at one head.
struct Round<'a> {
	service: &'a Arc<Service>,
	head: Head,
	committee: CommitteeInfo<Account>,
	members: BTreeSet<InstitutionId>,
	/// Whether enough guardians answer, once somebody asked.
	answering: OnceCell<bool>,
}

impl Round<'_> {
	/// Whether nothing is left to do, as far as the index tells.
	fn is_settled(&self, row: &EnrolmentRow) -> bool {
		let done = |name: &EnrolledName| match &name.stage {
			EnrolmentStage::Entered { with } => self.is_enough(with),
			EnrolmentStage::Exhausted => true,
			_ => false,
		};
		row.committee == self.committee.id && row.leaving.is_empty() && row.names.iter().all(done)
	}

	/// Whether enough of those who have an entry are guardians now.
	fn is_enough(&self, with: &[InstitutionId]) -> bool {
		with.iter().filter(|guardian| self.members.contains(guardian)).count() >= FEWEST.min(self.members.len())
	}

	/// Brings everything about a patient up to date. Tells when to look again.
	async fn settle(&self, handle: &PatientHandle) -> Result<Option<Moment>, Failure> {
		let wanted = self.records(handle).await?;
		let mut row = self.row(handle)?;
		if wanted.is_none() {
			row.leave(|_| true);
		}
		let left = self.leave(handle, &mut row).await?;
		let Some(records) = wanted else {
			let is_known = self.service.index.get(&LOCATE_ENROLMENTS, handle.0)?.is_some();
			if is_known && row.leaving.is_empty() {
				self.service.index.remove(&LOCATE_ENROLMENTS, handle.0)?;
			}
			return Ok(left);
		};
		// A guardian that is to forget the patient first would forget the new entries as well.
		if row.leaving.iter().any(|guardian| self.members.contains(guardian)) {
			return Ok(left);
		}
		let people = self.read_names(handle, &mut row, records).await?;
		let now = salus_client::now();
		let due = row.names.iter().position(|name| name.stage.waits_until().is_some_and(|from| from <= now));
		let answered = row.names.iter().enumerate().filter(|(_, name)| name.stage.waits_until().is_none());
		let answered: Vec<usize> = answered.map(|(at, _)| at).collect();
		let mut next =
			row.names.iter().filter_map(|name| name.stage.waits_until()).filter(|from| now < *from).chain(left).min();
		// One name is asked about in a look, behind the others: that takes a block, and what guardians answered does not wait for it.
		for at in answered.into_iter().chain(due) {
			let again = self.step(handle, &mut row, at, &people).await?;
			next = next.into_iter().chain(again).min();
		}
		Ok(next)
	}

	/// What says who the patient is; `None` when the patient is not to be found: unknown, gone, or refusing emergency access.
	async fn records(&self, handle: &PatientHandle) -> Result<Option<Vec<Current>>, Failure> {
		let Self { service, head, .. } = self;
		let info = service.chain.handle(&head.block, handle).await?;
		let is_known = |info: &_| is_kept_by(info, service.own) && !is_provisional(info, head.now());
		if !info.is_some_and(|info| is_known(&info)) {
			return Ok(None);
		}
		let capabilities = service.chain.capabilities(&head.block, handle).await?;
		let is_kept_for = |tier| contents(service, handle, tier, &capabilities, head.now());
		if is_kept_for(EmergencyTier::Summary)?.is_none() && is_kept_for(EmergencyTier::Wider)?.is_none() {
			return Ok(None);
		}
		let mut records = current_records(&service.index, handle)?;
		records.retain(|one| one.row.kind == "Patient");
		Ok(Some(records))
	}

	/// How far the patient is, with this committee.
	fn row(&self, handle: &PatientHandle) -> Result<EnrolmentRow, Failure> {
		let known = self.service.index.get(&LOCATE_ENROLMENTS, handle.0)?;
		let committee = self.committee.id;
		let nothing = || EnrolmentRow { committee, made_of: [0; 32].into(), names: Vec::new(), leaving: Vec::new() };
		let mut row = known.unwrap_or_else(nothing);
		if row.committee != committee {
			// Under another key it is another index. Guardians of both drop the older entries for the new ones.
			row.leave(|guardian| !self.members.contains(guardian));
			row.committee = committee;
		}
		Ok(row)
	}

	fn keep(&self, handle: &PatientHandle, row: &EnrolmentRow) -> Result<(), IndexError> {
		self.service.index.put(&LOCATE_ENROLMENTS, handle.0, row)
	}

	/// Has guardians forget the patient.
	async fn leave(&self, handle: &PatientHandle, row: &mut EnrolmentRow) -> Result<Option<Moment>, Failure> {
		if row.leaving.is_empty() {
			return Ok(None);
		}
		self.keep(handle, row)?;
		let outcomes = join_all(row.leaving.iter().map(|guardian| self.forgets(*guardian, handle))).await;
		let mut gone = outcomes.into_iter();
		row.leaving.retain(|_| !gone.next().unwrap_or(false));
		self.keep(handle, row)?;
		Ok((!row.leaving.is_empty()).then(|| salus_client::now().saturating_add(LATER)))
	}

	async fn forgets(&self, guardian: InstitutionId, handle: &PatientHandle) -> bool {
		let service = self.service;
		let removal = async {
			match guardian == service.own {
				true => entries::remove(service, service.own, *handle).await,
				false => Ok(service.peers.gateway(guardian)?.remove_locate(&LocateRemoval { handle: *handle }).await?),
			}
		};
		match tokio::time::timeout(PATIENCE, removal).await {
			Ok(Ok(_)) => true,
			// Another custodian has the patient, and the say.
			Ok(Err(failure)) => failure.code() == codes::NOT_ENTITLED,
			Err(_) => false,
		}
	}

	/// The names as the records have them now. New ones take their place behind the others; what is entered already stays, because people may
	/// still be looked for by it.
	async fn read_names(
		&self,
		handle: &PatientHandle,
		row: &mut EnrolmentRow,
		records: Vec<Current>,
	) -> Result<People, Failure> {
		let ids: Vec<_> = records.iter().map(|one| one.row.record).collect();
		let made_of: [u8; 32] = Sha256::digest(ids.encode()).into();
		if row.made_of.0 == made_of && self.is_settled(row) {
			return Ok(People::default());
		}
		let service = self.service.clone();
		let people = blocking(move || People::read(&service, &records)).await?;
		if row.made_of.0 != made_of {
			row.names.retain(|name| !name.stage.needs_name() || people.get(&name.name).is_some());
			for (name, _) in &people.0 {
				if row.names.len() < MAX_NAMES && row.names.iter().all(|known| known.name != *name) {
					row.names.push(EnrolledName { name: *name, stage: EnrolmentStage::Waiting { from: 0 } });
				}
			}
			row.made_of = made_of.into();
			self.keep(handle, row)?;
		}
		Ok(people)
	}

	/// Does for one name what is to be done next, and writes down what was done. Tells when to look again.
	async fn step(
		&self,
		handle: &PatientHandle,
		row: &mut EnrolmentRow,
		at: usize,
		people: &People,
	) -> Result<Option<Moment>, Failure> {
		let Some(EnrolledName { name, stage }) = row.names.get(at).cloned() else { return Ok(None) };
		let person = people.get(&name);
		let mut place = Place { round: self, handle, row, at };
		match stage {
			EnrolmentStage::Waiting { .. } => place.ask(person).await,
			EnrolmentStage::Asked(asked) => place.evaluate(&asked, person).await,
			EnrolmentStage::Evaluated { id, .. } => place.deposit(&id).await,
			EnrolmentStage::Entered { with } if !self.is_enough(&with) => place.wait_until(salus_client::now()),
			EnrolmentStage::Entered { .. } | EnrolmentStage::Exhausted => Ok(None),
		}
	}

	/// Whether enough guardians answer: a session that runs out may use up one of the few times that the chain grants.
	async fn enough_answer(&self) -> bool {
		let count = || async {
			let others = self.members.iter().filter(|guardian| **guardian != self.service.own);
			let answers = join_all(others.map(|guardian| async move {
				let status = self.service.peers.gateway(*guardian).ok()?.status();
				let status = tokio::time::timeout(PATIENCE, status).await.ok()?.ok()?;
				status.ready.then_some(())
			}));
			answers.await.into_iter().flatten().count() >= usize::from(self.committee.k)
		};
		*self.answering.get_or_init(count).await
	}
}

/// One name of one patient.
struct Place<'a> {
	round: &'a Round<'a>,
	handle: &'a PatientHandle,
	row: &'a mut EnrolmentRow,
	at: usize,
}

impl Place<'_> {
	fn set(&mut self, stage: EnrolmentStage) -> Result<(), IndexError> {
		if let Some(name) = self.row.names.get_mut(self.at) {
			name.stage = stage;
		}
		self.round.keep(self.handle, self.row)
	}

	fn wait_until(&mut self, from: Moment) -> Result<Option<Moment>, Failure> {
		self.set(EnrolmentStage::Waiting { from })?;
		Ok(Some(from))
	}

	async fn session(&self, id: &EmergencyRequestId) -> Result<Option<LocateSessionInfo>, Failure> {
		let Round { service, head, .. } = self.round;
		Ok(service.chain.locate_session(&head.block, id).await?)
	}

	/// Asks guardians to evaluate the name.
	async fn ask(&mut self, person: Option<&Demographics>) -> Result<Option<Moment>, Failure> {
		let service = self.round.service;
		let now = salus_client::now();
		let full_until = service.enrolment.state().full_until;
		if now < full_until {
			return Ok(Some(full_until));
		}
		let Some(person) = person.cloned() else { return Ok(None) };
		if !self.round.enough_answer().await {
			return Ok(Some(now.saturating_add(LATER)));
		}
		let genesis = service.genesis().await?;
		let blinded = blocking(move || Ok::<_, Failure>(LocateInput::derive(&person, &genesis).blind())).await?;
		let id = EmergencyRequestId(request_id(&genesis, service.own.0, &blinded.element()));
		let opening = self.opened_entry(id)?;
		openings::keep(&service.index, &opening)?;
		self.set(EnrolmentStage::Asked(AskedName::new(id, now, blinded.blind())))?;
		let request = LocateRequest {
			committee: self.round.committee.id,
			blinded: blinded.element(),
			// No person asks, and nothing is looked up with this session.
			key_hash: [0; 32],
			shift_tag: [0; 16],
			enrol: Some(*self.handle),
		};
		self.submit(request, opening).await
	}

	fn opened_entry(&self, id: EmergencyRequestId) -> Result<EntryOpening, Failure> {
		let service = self.round.service;
		let basis = "the custodian enters the patient with the guardians, to be found by name and birth date";
		let mut entry = service.entry(Act::Locate, None, basis);
		entry.patient = Some(*self.handle);
		entry.emergency = Some(id);
		let mut opening = entry.seal()?;
		opening.chain = Some(AuditChain::Institution(service.own));
		Ok(opening)
	}

	async fn submit(&mut self, request: LocateRequest, mut opening: EntryOpening) -> Result<Option<Moment>, Failure> {
		let service = self.round.service;
		let transaction = Transaction::RequestLocate { request: Box::new(request), entry: opening.commitment };
		let error = match service.chain.submit(transaction).await {
			Ok(included) => {
				if let Some((chain, sequence)) = included.entry {
					(opening.chain, opening.sequence) = (Some(chain), Some(sequence));
				}
				openings::keep(&service.index, &opening)?;
				return Ok(Some(salus_client::now().saturating_add(SOON)));
			}
			Err(error) => error,
		};
		let now = salus_client::now();
		let refused = match &error {
			ChainError::Refused(refused) => refused.name.as_str(),
			ChainError::NotAccepted { .. } => "",
			// It may still come.
			_ => return Err(error.into()),
		};
		service.index.remove(&OPENINGS, opening_key(&opening))?;
		match refused {
			"EnrolmentsExhausted" => {
				tracing::warn!("a patient has been entered with the guardians as often as the chain allows");
				self.set(EnrolmentStage::Exhausted)?;
				// Another name may wait behind this one.
				Ok(Some(now))
			}
			"LocatesExhausted" => {
				let tomorrow = (now / DAY).saturating_add(1).saturating_mul(DAY);
				service.enrolment.state().full_until = tomorrow;
				self.set(EnrolmentStage::Waiting { from: 0 })?;
				Ok(Some(tomorrow))
			}
			_ => {
				self.wait_until(now.saturating_add(LATER))?;
				Err(error.into())
			}
		}
	}

	/// Takes what guardians answered.
	async fn evaluate(&mut self, asked: &AskedName, person: Option<&Demographics>) -> Result<Option<Moment>, Failure> {
		let service = self.round.service;
		let now = salus_client::now();
		let session = match self.session(&asked.id).await? {
			Some(session) if session.status == EmergencyStatus::Active => session,
			Some(session) if session.status == EmergencyStatus::Requested => return Ok(Some(now.saturating_add(SOON))),
			Some(_) => return self.wait_until(now.saturating_add(AFTER_A_MISS)),
			None if now < asked.at.saturating_add(IN_FLIGHT) => return Ok(Some(now.saturating_add(SOON))),
			// It never got there, or it ran out while nobody looked.
			None => return self.wait_until(now),
		};
		let (Some(person), Some(blind)) = (person.cloned(), asked.blind()) else { return self.wait_until(now) };
		let genesis = service.genesis().await?;
		let keys = blocking(move || {
			let blinded = LocateInput::derive(&person, &genesis).blind_with(blind);
			evaluate(&blinded, &session).map_err(Failure::internal)
		})
		.await?;
		let patient = FoundPatient { handle: *self.handle, custodian: service.own };
		let entry = keys.seal(&patient).map_err(Failure::internal)?;
		let owed = self.round.members.iter().copied().collect();
		self.set(EnrolmentStage::Evaluated { id: asked.id, tag: keys.tag(), entry, owed, with: Vec::new() })?;
		self.deposit(&asked.id).await
	}

	/// Leaves the entry with every guardian that does not have it.
	async fn deposit(&mut self, id: &EmergencyRequestId) -> Result<Option<Moment>, Failure> {
		let stage = self.row.names.get(self.at).map(|name| name.stage.clone());
		let Some(EnrolmentStage::Evaluated { tag, entry, mut owed, mut with, .. }) = stage else { return Ok(None) };
		let now = salus_client::now();
		let is_active = self.session(id).await?.is_some_and(|session| session.status == EmergencyStatus::Active);
		if !is_active {
			// No guardian takes it any more.
			match with.is_empty() {
				true => return self.wait_until(now.saturating_add(AFTER_A_MISS)),
				false => self.set(EnrolmentStage::Entered { with })?,
			}
			return Ok(None);
		}
		let deposit = LocateDeposit { session: *id, tag, entry };
		let outcomes = join_all(owed.iter().map(|guardian| self.takes(*guardian, &deposit))).await;
		let is_first = with.is_empty();
		with.extend(owed.iter().zip(&outcomes).filter(|(_, taken)| **taken).map(|(guardian, _)| *guardian));
		owed.retain(|guardian| !with.contains(guardian));
		if is_first && !with.is_empty() {
			tracing::info!(guardians = with.len(), "a patient can be found by name");
		}
		if owed.is_empty() {
			self.set(EnrolmentStage::Entered { with })?;
			return Ok(None);
		}
		self.set(EnrolmentStage::Evaluated { id: *id, tag, entry, owed, with })?;
		Ok(Some(now.saturating_add(LATER)))
	}

	async fn takes(&self, guardian: InstitutionId, deposit: &LocateDeposit) -> bool {
		let service = self.round.service;
		let taking = async {
			match guardian == service.own {
				true => entries::accept(service, service.own, *deposit).await,
				false => Ok(service.peers.gateway(guardian)?.deposit_locate(deposit).await?),
			}
		};
		matches!(tokio::time::timeout(PATIENCE, taking).await, Ok(Ok(_)))
	}
}

impl EnrolmentRow {
	/// Forgets the entries. Those of the guardians among `who` that may have one are to forget them as well.
	fn leave(&mut self, who: impl Fn(&InstitutionId) -> bool) {
		let had = self.names.drain(..).flat_map(|name| match name.stage {
			EnrolmentStage::Evaluated { owed, with, .. } => [owed, with].concat(),
			EnrolmentStage::Entered { with } => with,
			_ => Vec::new(),
		});
		let leaving: BTreeSet<_> = had.filter(who).chain(self.leaving.drain(..)).collect();
		(self.leaving, self.made_of) = (leaving.into_iter().collect(), [0; 32].into());
	}
}

impl EnrolmentStage {
	/// Before when a name that waits is not asked about; `None` for one that does not wait.
	fn waits_until(&self) -> Option<Moment> {
		match self {
			Self::Waiting { from } => Some(*from),
			_ => None,
		}
	}

	/// Whether the name itself is still needed.
	fn needs_name(&self) -> bool {
		matches!(self, Self::Waiting { .. } | Self::Asked(_))
	}
}

/// Names with their keyed hashes: the first given name by itself comes first.
#[derive(Default)]
struct People(Vec<(Bytes32, Demographics)>);

impl People {
	/// Those of these records. Reads the vault: it blocks.
	fn read(service: &Service, records: &[Current]) -> Result<Self, Failure> {
		let mut people = Vec::new();
		for Current { of, row } in records {
			let patient = service.index.get(&PATIENTS, of.0)?.ok_or_else(Failure::not_found)?;
			let original = Zeroizing::new(reading::original(service.vault.as_ref(), &patient, row)?);
			people.extend(Demographics::of_patient(&original)?);
		}
		people.sort_by(|one, other| {
			let [[_, one_given, _], [_, other_given, _]] = [one.parts(), other.parts()];
			one_given.len().cmp(&other_given.len()).then_with(|| one.cmp(other))
		});
		people.dedup();
		Ok(Self(people.into_iter().map(|person| (keyed(&service.index, &person), person)).collect()))
	}

	fn get(&self, name: &Bytes32) -> Option<&Demographics> {
		self.0.iter().find(|(known, _)| known == name).map(|(_, person)| person)
	}
}

fn keyed(index: &Index, person: &Demographics) -> Bytes32 {
	index.pseudonym("salus/locate-name/v1", &person.parts().map(str::as_bytes)).into()
}

/// A round in which nobody waits for a turn.
#[cfg(test)]
pub async fn enter_now(service: &Arc<Service>) -> Result<(), Failure> {
	{
		let mut state = service.enrolment.state();
		let waiting: Vec<PatientHandle> = state.due.at.keys().copied().collect();
		waiting.iter().for_each(|handle| state.due.by(handle, 0));
		(state.passing, state.passed) = (true, None);
	}
	enter(service).await
}

#[cfg(test)]
impl Enrolment {
	/// Whether the patient waits for a look.
	pub fn is_due(&self, handle: &PatientHandle) -> bool {
		self.state().due.at.contains_key(handle)
	}

	/// Until when the chain takes nothing more.
	pub fn full_until(&self) -> Moment {
		self.state().full_until
	}

	/// The chain takes more again.
	pub fn begin_day(&self) {
		self.state().full_until = 0;
	}
}
