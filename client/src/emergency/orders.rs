//! What a personal guardian lets its own machine answer.

use super::guardian::VerifiedSession;
use crate::wire::emergency::EmergencyEvidence;
use salus_primitives::{EmergencyTier, InstitutionId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A guardian's standing instructions: a JSON file. What they do not cover waits for the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StandingOrders {
	/// What may be approved without asking. `Wider` is a person's business and not taken here.
	pub approve: BTreeSet<EmergencyTier>,
	/// For which institutions; for all when it is left out.
	#[serde(default)]
	pub institutions: Option<BTreeSet<InstitutionId>>,
	/// Whether the requester has to name an encounter.
	#[serde(default)]
	pub encounter_needed: bool,
	/// How many requests a day (24 hours back) are approved without asking.
	pub per_day: u32,
}

/// Why the machine does not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotCovered {
	/// The tier.
	#[error("this tier is for a person to decide")]
	Tier,
	/// A cap was reached.
	#[error("the requester is over its cap: only people may approve")]
	Manual,
	/// The patient's dispute.
	#[error("the patient contradicts this request")]
	Disputed,
	/// The institution.
	#[error("the orders do not name this institution")]
	Institution,
	/// The evidence.
	#[error("the request names no encounter")]
	NoEncounter,
	/// The number of the day.
	#[error("as many requests as the orders allow in a day were approved")]
	DailyNumber,
}

impl StandingOrders {
	/// Whether the machine may approve, after this many approvals in the last 24 hours.
	///
	/// # Errors
	/// [`NotCovered`]: ask the person.
	pub fn cover(&self, session: &VerifiedSession, approved: u32) -> Result<(), NotCovered> {
		if session.session().disputed {
			return Err(NotCovered::Disputed);
		}
		let evidence = &session.statement().evidence;
		self.cover_facts(session.tier(), session.is_manual(), session.session().institution, evidence, approved)
	}

	fn cover_facts(
		&self,
		tier: EmergencyTier,
		manual: bool,
		institution: InstitutionId,
		evidence: &EmergencyEvidence,
		approved: u32,
	) -> Result<(), NotCovered> {
		if tier != EmergencyTier::Summary || !self.approve.contains(&tier) {
			return Err(NotCovered::Tier);
		}
		if manual {
			return Err(NotCovered::Manual);
		}
		if self.institutions.as_ref().is_some_and(|named| !named.contains(&institution)) {
			return Err(NotCovered::Institution);
		}
		if self.encounter_needed && !matches!(evidence, EmergencyEvidence::Encounter(_)) {
			return Err(NotCovered::NoEncounter);
		}
		(approved < self.per_day).then_some(()).ok_or(NotCovered::DailyNumber)
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::emergency::{
		guardian::{verify_session, SessionCase},
		testing::{Scene, GENESIS, NOW},
	};

	const HOSPITAL: InstitutionId = InstitutionId(2);

	fn orders() -> StandingOrders {
		serde_json::from_str(
			r#"{ "approve": ["Summary"], "institutions": [2], "encounter_needed": true, "per_day": 3 }"#,
		)
		.unwrap()
	}

	fn encounter() -> EmergencyEvidence {
		EmergencyEvidence::Encounter("E-1".into())
	}

	#[test]
	fn what_the_orders_name_is_covered() {
		assert_eq!(orders().cover_facts(EmergencyTier::Summary, false, HOSPITAL, &encounter(), 2), Ok(()));
		let anybody = StandingOrders { institutions: None, ..orders() };
		assert_eq!(anybody.cover_facts(EmergencyTier::Summary, false, InstitutionId(9), &encounter(), 0), Ok(()));
	}

	#[test]
	fn everything_else_waits_for_the_person() {
		let cover = |tier, manual, institution, evidence: EmergencyEvidence, approved| {
			orders().cover_facts(tier, manual, institution, &evidence, approved)
		};
		let words = EmergencyEvidence::Words("on the street".into());
		let (summary, wider) = (EmergencyTier::Summary, EmergencyTier::Wider);
		assert_eq!(cover(wider, false, HOSPITAL, encounter(), 0), Err(NotCovered::Tier));
		assert_eq!(cover(summary, true, HOSPITAL, encounter(), 0), Err(NotCovered::Manual));
		assert_eq!(cover(summary, false, InstitutionId(3), encounter(), 0), Err(NotCovered::Institution));
		assert_eq!(cover(summary, false, HOSPITAL, words, 0), Err(NotCovered::NoEncounter));
		assert_eq!(cover(summary, false, HOSPITAL, encounter(), 3), Err(NotCovered::DailyNumber));
		let wide = StandingOrders { approve: [wider].into(), ..orders() };
		assert_eq!(wide.cover_facts(wider, false, HOSPITAL, &encounter(), 0), Err(NotCovered::Tier));
	}

	#[test]
	fn what_the_patient_contradicts_waits_for_the_person() {
		let mut scene = Scene::new();
		let orders = StandingOrders { institutions: None, ..orders() };
		for (disputed, expected) in [(false, Ok(())), (true, Err(NotCovered::Disputed))] {
			scene.session.disputed = disputed;
			let case = SessionCase {
				genesis: &GENESIS,
				now: NOW,
				own: &scene.members[0].guardian,
				id: scene.session.id,
				session: Some(&scene.session),
				committee: Some(&scene.board.committee),
				handle: Some(&scene.handle),
				requester: Some(&scene.requester),
				opening: Some(&scene.opening),
				practitioner: Some(&scene.registered),
			};
			assert_eq!(orders.cover(&verify_session(&case).unwrap(), 0), expected);
		}
	}

	#[test]
	fn orders_with_unknown_words_are_refused() {
		for text in
			[r#"{ "approve": [], "per_day": 1, "always": true }"#, r#"{ "approve": ["All"], "per_day": 1 }"#, "{}"]
		{
			assert!(serde_json::from_str::<StandingOrders>(text).is_err(), "{text}");
		}
	}
}
