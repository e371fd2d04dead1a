//! Which resources an emergency is told of.

use super::{describe::Substances, Section};
use crate::{
	concept::coding,
	json::{Tape, Value},
	time_of::{self, DAY},
	FhirError,
};
use salus_policy::Moment;
use std::collections::{BTreeMap, BTreeSet};

const LOINC: &str = "http://loinc.org";
/// ABO and Rh group, ABO group, Rh type (LOINC).
const BLOOD_GROUP: [&str; 3] = ["882-1", "883-9", "10331-7"];

/// How long a dispensed package lasts at most: the largest ones are for three months, and are not always begun at once.
const DISPENSED_LATELY: Moment = 180 * DAY;
/// How long what was administered once is told of: most depot preparations work for up to three months.
const ADMINISTERED_LATELY: Moment = 90 * DAY;

/// What goes into a summary, by position in the list of resources.
pub(super) struct Selection {
	/// The patient.
	pub patient: usize,
	/// The entries of each section, newest first.
	pub sections: Vec<(Section, Vec<usize>)>,
	/// What entries refer to and cannot be understood without: the substances of medications.
	pub supporting: Vec<usize>,
}

impl Selection {
	pub(super) fn of(tapes: &[Tape<'_>], now: Moment) -> Result<Self, FhirError> {
		let newest = newest(tapes);
		let is = |at: &usize, wanted: &str| kind(tapes[*at].root()) == wanted;
		// After a change of name there may be two: the newest version was taken in last.
		let patient = newest.iter().rev().copied().find(|at| is(at, "Patient")).ok_or(FhirError::NoPatient)?;
		let substances = Substances::of(newest.iter().map(|at| tapes[*at].root()));
		let sections: Vec<_> = Section::ALL
			.into_iter()
			.map(|section| {
				let members = newest.iter().copied().filter(|at| section_of(tapes[*at].root()) == Some(section));
				let members = members.filter(|at| is_current(section, tapes[*at].root(), now)).collect();
				(section, sorted(section, tapes, &substances, members))
			})
			.collect();
		let medications = sections.iter().filter(|(section, _)| *section == Section::Medications);
		let meant: BTreeSet<String> = medications
			.flat_map(|(_, members)| members)
			.filter_map(|at| {
				let target = tapes[*at].root().get("medicationReference")?.text_of("reference")?;
				medication_id(&target).map(str::to_owned)
			})
			.collect();
		let supporting = newest.iter().copied().filter(|at| {
			let id = tapes[*at].root().text_of("id").unwrap_or_default();
			is(at, "Medication") && meant.contains(id.as_ref())
		});
		Ok(Self { patient, supporting: supporting.collect(), sections })
	}
}

/// Which `Medication` a reference means: `Medication/id`, the same behind a server's address or with a version, or `urn:uuid:id`.
/// `None` for one inside the resource (`#id`), and for what names something else.
pub(super) fn medication_id(reference: &str) -> Option<&str> {
	let unversioned = reference.split_once("/_history/").map_or(reference, |(before, _)| before);
	if let Some(id) = unversioned.strip_prefix("urn:uuid:") {
		return Some(id);
	}
	let (before, id) = unversioned.rsplit_once('/')?;
	(before == "Medication" || before.ends_with("/Medication")).then_some(id)
}

pub(super) fn kind(resource: Value<'_, '_>) -> String {
	resource.text_of("resourceType").unwrap_or_default().into_owned()
}

/// Of resources with one type and id, the one that was written last; by the order of taking in where they do not say. A resource
/// without id stands for itself, and so does every allergy: sources that count their ids from 1 meet in one chart, and an entry too
/// many harms less than one that is missing.
pub(super) fn newest(tapes: &[Tape<'_>]) -> Vec<usize> {
	let mut best: BTreeMap<(String, String), (Option<Moment>, usize)> = BTreeMap::new();
	let mut kept = BTreeSet::new();
	for (at, tape) in tapes.iter().enumerate() {
		let root = tape.root();
		let id = root.text_of("id").filter(|_| kind(root) != "AllergyIntolerance");
		let Some(id) = id else {
			kept.insert(at);
			continue;
		};
		let version = (time_of::last_updated(root), at);
		let known = best.entry((kind(root), id.into_owned())).or_insert(version);
		// A version without time is compared by its place alone.
		let newer = match (known.0, version.0) {
			(Some(known), Some(offered)) => offered >= known,
			_ => true,
		};
		if newer {
			*known = version;
		}
	}
	kept.extend(best.into_values().map(|(_, at)| at));
	kept.into_iter().collect()
}

pub(super) fn section_of(resource: Value<'_, '_>) -> Option<Section> {
	Section::of(&kind(resource), is_blood_group(resource))
}

fn is_blood_group(observation: Value<'_, '_>) -> bool {
	let Some(code) = observation.get("code") else { return false };
	code.descendants().filter_map(coding).any(|coding| {
		coding.system.as_deref() == Some(LOINC)
			&& coding.code.as_deref().is_some_and(|code| BLOOD_GROUP.contains(&code))
	})
}

/// The first code of a CodeableConcept, e.g. a status.
pub(super) fn code_of(resource: Value<'_, '_>, element: &str) -> Option<String> {
	let concept = resource.get(element)?;
	concept.get("coding")?.children().find_map(|coding| coding.text_of("code")).map(|code| code.into_owned())
}

/// Whether it is so now, as far as it says. What does not say is taken: an allergy that is left out kills, one that is over does not.
fn is_current(section: Section, resource: Value<'_, '_>, now: Moment) -> bool {
	let status = resource.text_of("status");
	let status = status.as_deref();
	match section {
		Section::Problems | Section::Allergies => {
			let verification = code_of(resource, "verificationStatus");
			let wrong = matches!(verification.as_deref(), Some("refuted" | "entered-in-error"));
			let is_over = match code_of(resource, "clinicalStatus").as_deref() {
				Some(status) => matches!(status, "inactive" | "remission" | "resolved"),
				None => ["abatementDateTime", "abatementPeriod", "abatementAge", "abatementRange", "abatementString"]
					.iter()
					.any(|element| resource.get(element).is_some()),
			};
			!wrong && !is_over
		}
		Section::Medications if given(resource).is_some() => {
			let was_not = matches!(
				status,
				Some("preparation" | "not-done" | "cancelled" | "declined" | "stopped" | "entered-in-error")
			);
			// One that was broken off was given in part.
			let in_part = status == Some("stopped") && given(resource) == Some(Given::Administered);
			(!was_not || in_part) && is_late(resource, now)
		}
		Section::Medications => {
			let intent = resource.text_of("intent");
			let is_idea = matches!(intent.as_deref(), Some("proposal" | "option"));
			let is_over = matches!(
				status,
				Some("completed" | "stopped" | "cancelled" | "entered-in-error" | "draft" | "not-taken")
			);
			!is_idea && !is_over
		}
		// A blood group that somebody may still correct is none to rely on.
		Section::Results => matches!(status, Some("final" | "amended" | "corrected")),
	}
}

/// How a medication got to the patient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Given {
	/// Made ready, and not known to be collected.
	Prepared,
	/// Handed over, for the patient to take.
	Dispensed,
	/// Given by somebody.
	Administered,
}

/// How the medication got to the patient, in a resource that tells of that and not of what is to be taken.
pub(super) fn given(resource: Value<'_, '_>) -> Option<Given> {
	match kind(resource).as_str() {
		"MedicationDispense" => {
			let is_prepared = resource.get("whenHandedOver").is_none() && resource.get("whenPrepared").is_some();
			Some(if is_prepared { Given::Prepared } else { Given::Dispensed })
		}
		"MedicationAdministration" => Some(Given::Administered),
		_ => None,
	}
}

/// Elements that state when a medication was given, the closest first.
pub(super) const WHEN_GIVEN: [&str; 4] = ["whenHandedOver", "whenPrepared", "effectiveDateTime", "effectivePeriod"];

fn when_given<'t, 'a>(resource: Value<'t, 'a>) -> Option<Value<'t, 'a>> {
	WHEN_GIVEN.iter().find_map(|element| resource.get(element))
}

/// Whether what was given may still have an effect, or be taken. What does not say when it ended is taken, and so is an
/// administration that goes on, whenever it began.
fn is_late(resource: Value<'_, '_>, now: Moment) -> bool {
	let (lately, goes_on) = match given(resource) {
		Some(Given::Administered) => {
			(ADMINISTERED_LATELY, resource.text_of("status").as_deref() == Some("in-progress"))
		}
		_ => (DISPENSED_LATELY, false),
	};
	goes_on || when_given(resource).and_then(time_of::ended).is_none_or(|at| now.saturating_sub(at) <= lately)
}

/// Newest first. Of blood groups that agree the newest stays; those that disagree all stay, because one of them is wrong. Of a
/// medication that was given again and again in the same way the last time stays; one that is not named is like no other.
fn sorted<'t, 'a>(
	section: Section,
	tapes: &'t [Tape<'a>],
	substances: &Substances<'t, 'a>,
	mut members: Vec<usize>,
) -> Vec<usize> {
	let time = |at: &usize| {
		let resource = tapes[*at].root();
		let over = given(resource).and(when_given(resource)).and_then(time_of::ended);
		over.or_else(|| time_of::stated(resource)).unwrap_or(0)
	};
	members.sort_by_key(|at| std::cmp::Reverse((time(at), *at)));
	let (mut findings, mut medications) = (BTreeSet::new(), BTreeSet::new());
	members.retain(|at| {
		let resource = tapes[*at].root();
		match (section, given(resource), substances.meant_by(resource)) {
			(Section::Results, ..) => findings.insert(finding(resource)),
			(_, Some(given), Some(substance)) => {
				let status = resource.text_of("status");
				// A year does not hide a day in it, nor a period one of its days.
				let precision = when_given(resource).and_then(Value::text).map_or(0, |text| text.len().min(10));
				medications.insert((given, status, precision, substance.raw()))
			}
			_ => true,
		}
	});
	members
}

/// Code and value of an observation as written: equal texts mean equal findings.
fn finding(observation: Value<'_, '_>) -> (String, String) {
	let value = observation.children().find(|member| member.key().starts_with("value"));
	let value = value.map(|value| match value.get("coding") {
		Some(codings) if codings.children().any(|coding| coding.get("code").is_some()) => {
			codings.children().filter_map(|coding| coding.text_of("code")).collect()
		}
		_ => value.raw().to_owned(),
	});
	(code_of(observation, "code").unwrap_or_default(), value.unwrap_or_default())
}
