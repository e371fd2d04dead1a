//! Sessions against a model: random requests, votes good and bad, ends and hours, with real parts, and after each step every
//! session stands where the model has it. The model is written from the README, with sets and maps, and shares no code with the
//! pallet.

use super::{stage::*, *};
use frame_support::{traits::Hooks, weights::Weight};
use proptest::prelude::*;
use salus_primitives::{EmergencyRequestId, ReviewVerdict};
use std::collections::{BTreeMap, BTreeSet};

/// Hospitals that ask; number 3 guards as well.
const ASKERS: [u32; 3] = [9, 10, 3];
const GUARDIANS: u32 = 5;
const OF_SHIFT: u32 = 2;
const OF_INSTITUTION: u32 = 4;
const OPEN: u32 = 3;
const REQUEST: Moment = 2 * HOUR;
const SESSION: Moment = 3 * HOUR;
const REVIEW: Moment = 20 * HOUR;

#[derive(Clone, Debug)]
enum Step {
	Ask { asker: usize, number: u8, tag: u8 },
	Approve { session: usize, guardian: u32, honest: bool },
	Reject { session: usize, guardian: u32 },
	Cancel { session: usize },
	Close { session: usize },
	Dispute { session: usize },
	Confirm { session: usize, guardian: u32 },
	Review { session: usize },
	Escalate { session: usize },
	Expire { session: usize },
	Reseal { next: bool },
	SetActive { guardian: u32, active: bool },
	Wait { hours: u64 },
	Idle,
}

fn step() -> impl Strategy<Value = Step> {
	let session = || 0..6usize;
	let guardian = || 1..=GUARDIANS + 1;
	prop_oneof![
		16 => (0..3usize, 0..5u8, 0..3u8).prop_map(|(asker, number, tag)| Step::Ask { asker, number, tag }),
		36 => (session(), guardian(), prop::bool::weighted(0.85))
			.prop_map(|(session, guardian, honest)| Step::Approve { session, guardian, honest }),
		8 => (session(), guardian()).prop_map(|(session, guardian)| Step::Reject { session, guardian }),
		3 => session().prop_map(|session| Step::Cancel { session }),
		5 => session().prop_map(|session| Step::Close { session }),
		4 => session().prop_map(|session| Step::Dispute { session }),
		6 => (session(), guardian()).prop_map(|(session, guardian)| Step::Confirm { session, guardian }),
		4 => session().prop_map(|session| Step::Review { session }),
		5 => session().prop_map(|session| Step::Escalate { session }),
		4 => session().prop_map(|session| Step::Expire { session }),
		8 => any::<bool>().prop_map(|next| Step::Reseal { next }),
		3 => (1..=GUARDIANS, any::<bool>()).prop_map(|(guardian, active)| Step::SetActive { guardian, active }),
		9 => (1..8u64).prop_map(|hours| Step::Wait { hours }),
		3 => Just(Step::Idle),
	]
}

/// A session as one would keep it in a notebook.
struct Entry {
	id: EmergencyRequestId,
	asker: u32,
	epoch: u32,
	manual: bool,
	required: usize,
	approvals: BTreeSet<u32>,
	against: BTreeSet<u32>,
	asked_at: Moment,
	active_since: Option<Moment>,
	/// How it ended, by what somebody did or said on chain.
	ended: Option<EmergencyStatus>,
	review_due: Option<Moment>,
	disputed: bool,
	confirmed: BTreeSet<u32>,
	overdue: bool,
	overdue_since: Option<Moment>,
	reviewed: bool,
}

impl Entry {
	fn stands(&self, now: Moment) -> EmergencyStatus {
		match (self.ended, self.active_since) {
			(Some(ended), _) => ended,
			(None, Some(since)) if now < since + SESSION => EmergencyStatus::Active,
			(None, Some(_)) => EmergencyStatus::Closed,
			(None, None) if now < self.asked_at + REQUEST => EmergencyStatus::Requested,
			(None, None) => EmergencyStatus::Expired,
		}
	}
}

struct Model {
	committee: CommitteeId,
	sessions: Vec<Entry>,
	epoch: u32,
	/// Numbers that are sealed in this epoch and used up.
	sealed: bool,
	used: BTreeSet<u8>,
	automatic: BTreeMap<(u32, u64), u32>,
	automatic_of_shift: BTreeMap<(u32, u8, u64), u32>,
	inactive: BTreeSet<u32>,
}

impl Model {
	fn new() -> Self {
		let committee = ready();
		set_limits(|limits| {
			limits.shift_requests = OF_SHIFT;
			limits.institution_requests = OF_INSTITUTION;
			limits.open_sessions = OPEN;
			limits.request_validity = REQUEST;
			limits.session_validity = SESSION;
			limits.review_period = REVIEW;
		});
		Self {
			committee,
			sessions: Vec::new(),
			epoch: 0,
			sealed: true,
			used: BTreeSet::new(),
			automatic: BTreeMap::new(),
			automatic_of_shift: BTreeMap::new(),
			inactive: BTreeSet::new(),
		}
	}

	/// The `back`th session from the last one.
	fn pick(&self, back: usize) -> Option<usize> {
		self.sessions.len().checked_sub(back + 1)
	}

	/// Guardians who could vote on a request of this hospital.
	fn electorate(&self, asker: u32) -> BTreeSet<u32> {
		(1..=GUARDIANS).filter(|guardian| *guardian != asker && !self.inactive.contains(guardian)).collect()
	}

	fn end_epoch(&mut self, of: u32) {
		if self.epoch == of {
			self.epoch += 1;
			self.sealed = false;
			self.used.clear();
		}
	}

	/// What becomes of a session when its time is found to be over on chain.
	fn run_out(&mut self, index: usize) {
		let now = EmergencyAccess::now();
		let entry = &mut self.sessions[index];
		let stands = entry.stands(now);
		if entry.ended.is_none() && matches!(stands, EmergencyStatus::Closed | EmergencyStatus::Expired) {
			entry.ended = Some(stands);
			if stands == EmergencyStatus::Closed {
				entry.review_due = Some(now + REVIEW);
				let epoch = entry.epoch;
				self.end_epoch(epoch);
			}
		}
	}

	fn apply(&mut self, step: Step) {
		let now = EmergencyAccess::now();
		match step {
			Step::Ask { asker, number, tag } => self.ask(ASKERS[asker], number, tag, now),
			Step::Approve { session, guardian, honest } => {
				let Some(index) = self.pick(session) else { return };
				let id = self.sessions[index].id;
				// A right part of somebody else is a wrong one of this guardian.
				let author = if honest && guardian <= GUARDIANS { guardian } else { 1 + guardian % GUARDIANS };
				let taken = vote_as(gateway(hospital(guardian)), id, part_of(id, hospital(author)));
				let may = self.may_vote(index, guardian, now);
				assert_eq!(taken.is_ok(), may, "{taken:?}");
				if may {
					let asker = self.sessions[index].asker;
					let entry = &mut self.sessions[index];
					if honest {
						entry.approvals.insert(guardian);
						if entry.approvals.len() == entry.required {
							entry.active_since = Some(now);
						}
					} else {
						entry.against.insert(guardian);
					}
					let electorate = self.electorate(asker);
					self.count_out(index, &electorate, honest);
				}
			}
			Step::Reject { session, guardian } => {
				let Some(index) = self.pick(session) else { return };
				let may = self.may_vote_at_all(index, guardian, now);
				assert_eq!(reject(self.sessions[index].id, hospital(guardian)).is_ok(), may);
				if may {
					self.sessions[index].against.insert(guardian);
					let electorate = self.electorate(self.sessions[index].asker);
					self.count_out(index, &electorate, false);
				}
			}
			Step::Cancel { session } => {
				let Some(index) = self.pick(session) else { return };
				let may = self.sessions[index].stands(now) == EmergencyStatus::Requested && self.asker_acts(index);
				assert_eq!(cancel(self.sessions[index].id).is_ok(), may);
				if may {
					self.sessions[index].ended = Some(EmergencyStatus::Cancelled);
				}
			}
			Step::Close { session } => {
				let Some(index) = self.pick(session) else { return };
				let may = self.sessions[index].stands(now) == EmergencyStatus::Active && self.asker_acts(index);
				assert_eq!(close(self.sessions[index].id).is_ok(), may);
				if may {
					self.end_readable(index, EmergencyStatus::Closed, now);
				}
			}
			Step::Dispute { session } => {
				let Some(index) = self.pick(session) else { return };
				let entry = &mut self.sessions[index];
				let may = !entry.disputed && !entry.reviewed;
				let disputed = EmergencyAccess::dispute_session(signed(ANA_KEY), ANA, entry.id, ENTRY);
				assert_eq!(disputed.is_ok(), may);
				entry.disputed |= may;
			}
			Step::Confirm { session, guardian } => {
				let Some(index) = self.pick(session) else { return };
				let entry = &self.sessions[index];
				let runs = matches!(entry.stands(now), EmergencyStatus::Requested | EmergencyStatus::Active);
				let may = runs
					&& entry.disputed
					&& self.electorate(entry.asker).contains(&guardian)
					&& !entry.confirmed.contains(&guardian);
				let confirmed = EmergencyAccess::confirm_dispute(signed(gateway(hospital(guardian))), entry.id, ENTRY);
				assert_eq!(confirmed.is_ok(), may);
				if may {
					self.sessions[index].confirmed.insert(guardian);
					if self.sessions[index].confirmed.len() == 2 {
						self.end_readable(index, EmergencyStatus::Suspended, now);
					}
				}
			}
			Step::Review { session } => {
				let Some(index) = self.pick(session) else { return };
				let entry = &mut self.sessions[index];
				let may = !entry.reviewed && entry.ended.is_some_and(|end| end != EmergencyStatus::Cancelled);
				let reviewer = signed(gateway(REGULATOR));
				let reviewed = EmergencyAccess::review_session(reviewer, entry.id, ReviewVerdict::Inconclusive, ENTRY);
				assert_eq!(reviewed.is_ok(), may);
				entry.reviewed |= may;
			}
			Step::Escalate { session } => {
				let Some(index) = self.pick(session) else { return };
				let entry = &mut self.sessions[index];
				let may = !entry.reviewed && !entry.overdue && entry.review_due.is_some_and(|due| due <= now);
				let escalated = EmergencyAccess::escalate_review(signed(gateway(CUSTODIAN)), entry.id);
				assert_eq!(escalated.is_ok(), may);
				entry.overdue |= may;
				entry.overdue_since = may.then_some(now).or(entry.overdue_since);
			}
			Step::Expire { session } => {
				let Some(index) = self.pick(session) else { return };
				let entry = &self.sessions[index];
				let over = matches!(entry.stands(now), EmergencyStatus::Closed | EmergencyStatus::Expired);
				assert_eq!(expire(entry.id).is_ok(), entry.ended.is_none() && over);
				self.run_out(index);
			}
			Step::Reseal { next } => {
				let epoch = self.epoch + u32::from(next);
				let may = next || self.used.is_empty();
				assert_eq!(seal_for(ANA, SUMMARY, epoch, self.committee).is_ok(), may);
				if may {
					(self.epoch, self.sealed) = (epoch, true);
					self.used.clear();
				}
			}
			Step::SetActive { guardian, active } => {
				if active {
					Consortium::<AccountId>::reinstate(hospital(guardian));
					self.inactive.remove(&guardian);
				} else {
					Consortium::<AccountId>::suspend(hospital(guardian));
					self.inactive.insert(guardian);
				}
			}
			Step::Wait { hours } => Clock::advance(hours * HOUR),
			Step::Idle => {
				EmergencyAccess::on_idle(1, Weight::MAX);
				(0..self.sessions.len()).for_each(|index| self.run_out(index));
			}
		}
		self.compare();
	}

	fn ask(&mut self, asker: u32, number: u8, tag: u8, now: Moment) {
		// Which number 4 is not among the four.
		let request = crate::enactment::request::<Test>(hospital(asker), self.committee, ANA, SUMMARY, number);
		let request = EmergencyRequest { shift_tag: [tag; 16], ..request.expect("the committee has a key") };
		let id = crate::enactment::id_of::<Test>(hospital(asker), &request);
		let open = self.sessions.iter().filter(|entry| entry.asker == asker && entry.ended.is_none()).count();
		let electorate = self.electorate(asker).len();
		// What this hospital has used up of the four for nothing lately; the last two are for others.
		let is_wasted = |entry: &&Entry| {
			(entry.asker, entry.epoch) == (asker, self.epoch)
				&& entry.active_since.is_none()
				&& now < entry.asked_at + 2 * REQUEST
		};
		let wasted = self.sessions.iter().filter(is_wasted).count();
		let may = !self.inactive.contains(&asker)
			&& self.sealed
			&& number < 4
			&& !self.used.contains(&number)
			&& open < 4 * OPEN as usize
			&& (wasted == 0 || (wasted < 3 && self.used.len() < 2))
			&& electorate >= 3;
		assert_eq!(ask_as(gateway(hospital(asker)), request).is_ok(), may);
		if !may {
			return;
		}
		let day = now / DAY;
		let of_day = self.automatic.entry((asker, day)).or_default();
		let of_shift = self.automatic_of_shift.entry((asker, tag, day)).or_default();
		let manual = open >= OPEN as usize || *of_day == OF_INSTITUTION || *of_shift == OF_SHIFT;
		if !manual {
			*of_day += 1;
			*of_shift += 1;
		}
		let late = self.sessions.iter().any(|entry| entry.asker == asker && entry.overdue && !entry.reviewed);
		let last =
			self.sessions.iter().filter(|entry| entry.asker == asker).filter_map(|entry| entry.overdue_since).max();
		let late = late && last.is_some_and(|last| now < last + REVIEW);
		let required = (3 + usize::from(manual) + usize::from(late)).min(electorate);
		self.used.insert(number);
		self.sessions.push(Entry {
			id,
			asker,
			epoch: self.epoch,
			manual,
			required,
			approvals: BTreeSet::new(),
			against: BTreeSet::new(),
			asked_at: now,
			active_since: None,
			ended: None,
			review_due: None,
			disputed: false,
			confirmed: BTreeSet::new(),
			overdue: false,
			overdue_since: None,
			reviewed: false,
		});
	}

	fn asker_acts(&self, index: usize) -> bool {
		!self.inactive.contains(&self.sessions[index].asker)
	}

	fn may_vote_at_all(&self, index: usize, guardian: u32, now: Moment) -> bool {
		let entry = &self.sessions[index];
		entry.stands(now) == EmergencyStatus::Requested
			&& self.electorate(entry.asker).contains(&guardian)
			&& !entry.approvals.contains(&guardian)
			&& !entry.against.contains(&guardian)
	}

	/// An approval also needs a requester who could ask now.
	fn may_vote(&self, index: usize, guardian: u32, now: Moment) -> bool {
		self.may_vote_at_all(index, guardian, now) && self.asker_acts(index)
	}

	/// After a vote against it, a request that cannot come through any more is over.
	fn count_out(&mut self, index: usize, electorate: &BTreeSet<u32>, in_favour: bool) {
		let entry = &mut self.sessions[index];
		let silent = electorate.iter().filter(|one| !entry.approvals.contains(one) && !entry.against.contains(one));
		if !in_favour && entry.approvals.len() + silent.count() < entry.required {
			entry.ended = Some(EmergencyStatus::Rejected);
		}
	}

	/// Ends a session in which something may have been read, and with it the epoch.
	fn end_readable(&mut self, index: usize, end: EmergencyStatus, now: Moment) {
		let entry = &mut self.sessions[index];
		entry.ended = Some(end);
		if entry.active_since.is_some() {
			entry.review_due = Some(now + REVIEW);
		}
		let epoch = entry.epoch;
		self.end_epoch(epoch);
	}

	/// Every session, and the scope, are as the model has them; and what is active is open, what is not is shut.
	fn compare(&self) {
		let now = EmergencyAccess::now();
		let mut open = BTreeSet::new();
		for entry in &self.sessions {
			let session = stored(entry.id);
			assert_eq!(stands(entry.id), entry.stands(now));
			assert_eq!((session.manual, usize::from(session.required)), (entry.manual, entry.required));
			assert_eq!((session.review_due, session.overdue), (entry.review_due, entry.overdue));
			assert_eq!(session.parts.len(), entry.approvals.len());
			assert_eq!(session.refused.len() + session.rejected.len(), entry.against.len());
			if matches!(entry.stands(now), EmergencyStatus::Requested | EmergencyStatus::Active) {
				open.insert(entry.id);
			}
		}
		let listed: BTreeSet<_> = EmergencyAccess::open_sessions(self.committee).into_iter().collect();
		assert_eq!(listed, open);
		let scope = EmergencyAccess::scope(&ANA, SUMMARY);
		assert_eq!((scope.epoch, !scope.sealed.is_empty()), (self.epoch, self.sealed));
		let used = (0..8).filter(|number| scope.sealed.first().is_some_and(|set| set.is_consumed(*number)));
		assert_eq!(used.collect::<BTreeSet<_>>(), self.used);
	}

	/// Parts of a session open its envelope when there are k of them, and only then.
	fn open_all(&self) {
		for entry in &self.sessions {
			assert_eq!(opens(entry.id), entry.approvals.len() >= 3);
		}
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(96))]

	#[test]
	fn every_session_stands_where_the_model_has_it(steps in prop::collection::vec(step(), 1..70)) {
		new_test_ext().execute_with(|| {
			let mut model = Model::new();
			for step in steps {
				model.apply(step);
			}
			model.open_all();
			check();
		});
	}
}
