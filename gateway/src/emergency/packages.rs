//! What an emergency may open: which records of a patient go into which package, and the packages themselves.
//!
//! - Summary: the HL7 IPS over what is current: allergies, medication, blood group, problems. Guardians' servers may open it without a person,
//!   therefore without diagnoses that carry a named sensitivity (HIV, psychiatry, ...). Medication stays whole, because what is left out of it
//!   can kill.
//! - Wider: the newest version of every record. People decide about it.
//!
//! A package is made before anybody asks, so it is the same for everybody. What the patient denies for emergencies is left out for everybody.

use crate::{
	chain::Head,
	failure::Failure,
	finding::merges::handles_of,
	granting::policy_commitment,
	index::{Index, IndexError, PolicyRow, RecordRow, PATIENTS, POLICIES, RECORDS},
	reading,
	service::Service,
};
use codec::Encode;
use salus_fhir::summary::{collection, summary, Made};
use salus_policy::{
	evaluate, Basis, Category, Context, DefaultPolicy, LabelClass, PolicyDocument, Purpose, RecordLabels, Role,
	UNKNOWN_TIME,
};
use salus_primitives::{EmergencyTier, Moment, PatientHandle};
use salus_runtime_api::CapabilityInfo;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// Changes when other records are taken for the same tier: every package is made anew then.
const SELECTION: u8 = 2;
/// Roles that may ask in an emergency.
const EMERGENCY_ROLES: [Role; 3] = [Role::Physician, Role::Nurse, Role::Paramedic];
/// Types of resources that a summary is made from.
const SUMMARY_KINDS: [&str; 9] = [
	"Patient",
	"Condition",
	"AllergyIntolerance",
	"MedicationRequest",
	"MedicationStatement",
	"MedicationDispense",
	"MedicationAdministration",
	"Medication",
	"Observation",
];
/// Categories that a summary is about. Blood groups are laboratory findings.
const SUMMARY_CATEGORIES: [Category; 4] =
	[Category::Conditions, Category::Medications, Category::Allergies, Category::Laboratory];

/// A record that no newer version replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Current {
	/// The handle whose keys it is under.
	pub of: PatientHandle,
	/// The record.
	pub row: RecordRow,
}

/// The newest version of every record of a patient, the oldest first, those of provisional handles that turned out to be the patient's included.
/// Who the patient is, is what is known under the patient's own handle.
///
/// # Errors
/// [`IndexError`].
pub fn current_records(index: &Index, handle: &PatientHandle) -> Result<Vec<Current>, IndexError> {
	let mut current: Vec<Current> = Vec::new();
	for of in handles_of(index, handle)? {
		let known = current.iter().any(|one| one.row.kind == "Patient");
		let rows = index.scan(&RECORDS, of.0)?.into_iter().map(|(_, row)| row);
		let newest = rows.filter(|row| row.superseded_by.is_none() && !(known && row.kind == "Patient"));
		current.extend(newest.map(|row| Current { of, row }));
	}
	current.sort_by_key(|one| (one.row.recorded_at, one.row.version, one.row.record));
	Ok(current)
}

/// The records of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contents {
	records: Vec<Current>,
	/// The same for the same records under the same rules.
	pub fingerprint: [u8; 32],
}

/// What goes into a package by what is in force now. `None`: nothing may be opened, because the patient refuses it, the institution declares
/// that nothing is, or nothing is there that says who the patient is.
///
/// # Errors
/// [`IndexError`].
pub fn contents(
	service: &Service,
	handle: &PatientHandle,
	tier: EmergencyTier,
	capabilities: &[CapabilityInfo],
	now: Moment,
) -> Result<Option<Contents>, IndexError> {
	// Implicit 4 denies also in an emergency, and none declared means deny.
	if matches!(service.config.default_policy, DefaultPolicy::NotDeclared | DefaultPolicy::DenyAll) {
		return Ok(None);
	}
	let policies: Vec<PolicyRow> = service.index.scan(&POLICIES, handle.0)?.into_iter().map(|(_, row)| row).collect();
	let denied = denied_in_emergencies(&policies, capabilities, now);
	Ok(select(current_records(&service.index, handle)?, tier, &denied))
}

/// When the next of these documents comes into force or ends.
pub fn next_change(capabilities: &[CapabilityInfo], now: Moment) -> Option<Moment> {
	let edges = capabilities.iter().flat_map(|capability| [capability.valid_from, capability.valid_until]);
	edges.filter(|at| *at > now).min()
}

/// The categories that the patient's documents in force deny to everybody in an emergency: documents that name emergency treatment or break-glass
/// among their purposes. A rule about certain practitioners, departments or roles is not one about everybody.
fn denied_in_emergencies(policies: &[PolicyRow], capabilities: &[CapabilityInfo], now: Moment) -> BTreeSet<Category> {
	let live = capabilities.iter().filter(|capability| capability.valid_from <= now && now < capability.valid_until);
	let documents = live.filter_map(|capability| {
		let row = policies.iter().find(|row| row.capability == capability.id)?;
		let opens = policy_commitment(&row.document, &row.salt.0) == capability.policy;
		let speaks = row.document.purposes.iter().any(|purpose| is_emergency(*purpose));
		(opens && speaks).then_some(&row.document)
	});
	documents
		.flat_map(|document| Category::ALL.iter().filter(move |category| denies(document, **category, now)))
		.copied()
		.collect()
}

fn is_emergency(purpose: Purpose) -> bool {
	matches!(purpose, Purpose::EmergencyTreatment | Purpose::BreakGlass)
}

fn denies(document: &PolicyDocument, category: Category, now: Moment) -> bool {
	let record = RecordLabels { category, classes: [LabelClass::Normal].into(), recorded_at: UNKNOWN_TIME };
	EMERGENCY_ROLES.into_iter().all(|role| {
		let anybody = Context {
			institution: document.grantee.institution,
			practitioner: [0; 32],
			roles: [role].into(),
			departments: BTreeSet::new(),
			purpose: Purpose::BreakGlass,
			now,
		};
		matches!(evaluate(document, &anybody, &record).basis, Basis::DenyRule(_))
	})
}

fn select(current: Vec<Current>, tier: EmergencyTier, denied: &BTreeSet<Category>) -> Option<Contents> {
	let refused = match tier {
		EmergencyTier::Summary => SUMMARY_CATEGORIES.iter().all(|category| denied.contains(category)),
		EmergencyTier::Wider => {
			Category::ALL.iter().all(|category| *category == Category::Persona || denied.contains(category))
		}
	};
	// Records of nobody in particular treat nobody.
	if refused || denied.contains(&Category::Persona) || !current.iter().any(|one| one.row.kind == "Patient") {
		return None;
	}
	let taken = |row: &RecordRow| match tier {
		EmergencyTier::Wider => true,
		EmergencyTier::Summary => {
			let named = row.classes.iter().any(|class| matches!(class, LabelClass::Sensitive(_)));
			SUMMARY_KINDS.contains(&row.kind.as_str()) && !(row.kind == "Condition" && named)
		}
	};
	let records: Vec<Current> =
		current.into_iter().filter(|one| !denied.contains(&one.row.category) && taken(&one.row)).collect();
	let ids: Vec<_> = records.iter().map(|one| one.row.record).collect();
	let fingerprint = Sha256::digest((SELECTION, tier.scope(), ids).encode()).into();
	Some(Contents { records, fingerprint })
}

/// Puts the records into the order in which they were taken in, as the chain dates it: of two versions of a resource that do not date themselves,
/// the later one counts.
///
/// # Errors
/// The chain.
pub async fn in_order(service: &Service, head: &Head, mut contents: Contents) -> Result<Contents, Failure> {
	let handles: BTreeSet<PatientHandle> = contents.records.iter().map(|one| one.of).collect();
	let mut taken_in = BTreeMap::new();
	for handle in handles {
		let anchors = service.chain.anchors(&head.block, &handle).await?;
		taken_in.extend(anchors.into_iter().map(|(record, anchor)| (record, anchor.anchored_at)));
	}
	// Stable: those of one block stay as they are.
	contents.records.sort_by_key(|one| taken_in.get(&one.row.record).copied());
	Ok(contents)
}

/// The bundle of a package. Reads and decrypts every record: it blocks.
///
/// # Errors
/// A blob that is missing or altered: a package without it would look like a healthier patient.
pub fn bundle(
	service: &Service,
	tier: EmergencyTier,
	contents: &Contents,
	custodian: &str,
	now: Moment,
) -> Result<zeroize::Zeroizing<Vec<u8>>, Failure> {
	let mut originals = Vec::with_capacity(contents.records.len());
	for Current { of, row } in &contents.records {
		let patient = service.index.get(&PATIENTS, of.0)?.ok_or_else(Failure::not_found)?;
		originals.push(zeroize::Zeroizing::new(reading::original(service.vault.as_ref(), &patient, row)?));
	}
	let slices: Vec<&[u8]> = originals.iter().map(|original| original.as_slice()).collect();
	let mut id = [0; 16];
	id.copy_from_slice(&salus_client::random_bytes()[..16]);
	let made = Made { by: custodian, at: now, id };
	let bytes = match tier {
		EmergencyTier::Summary => summary(&slices, &made).map(|summary| summary.bytes),
		EmergencyTier::Wider => collection(&slices, &made),
	};
	// What was taken in is JSON with a patient.
	bytes.map(zeroize::Zeroizing::new).map_err(Failure::internal)
}

#[cfg(test)]
mod tests {
	use super::*;
	use salus_client::wire::Bytes32;
	use salus_policy::{ControllerStatement, DenyRule, Grantee};
	use salus_primitives::{CapabilityId, InstitutionId, PurposeClass, PurposeClasses, DAY};

	const NOW: Moment = 1_795_000_000_000;
	const HANDLE: [u8; 32] = [1; 32];

	fn document(purpose: Purpose, deny: Vec<DenyRule>) -> PolicyDocument {
		PolicyDocument {
			version: PolicyDocument::VERSION,
			handle: HANDLE,
			custodian: 1,
			grantee: Grantee {
				institution: 2,
				roles: Default::default(),
				departments: Default::default(),
				practitioners: Default::default(),
			},
			purposes: [purpose].into(),
			categories: [Category::Laboratory].into(),
			classes: [LabelClass::Normal].into(),
			data_from: None,
			data_until: None,
			valid_from: NOW - DAY,
			valid_until: NOW + DAY,
			deny,
			given_by: ControllerStatement::Patient,
		}
	}

	/// What this document denies when the chain holds its capability.
	fn denied_by(document: PolicyDocument, change: impl Fn(&mut CapabilityInfo)) -> BTreeSet<Category> {
		let salt: Bytes32 = [7; 32].into();
		let commitment = policy_commitment(&document, &salt.0);
		let mut capability = CapabilityInfo {
			id: CapabilityId(1),
			grantee: InstitutionId(2),
			tags: Vec::new(),
			purposes: PurposeClasses::of(&[PurposeClass::Emergency]),
			valid_from: document.valid_from,
			valid_until: document.valid_until,
			delegation_depth: 0,
			policy: commitment,
			wraps: [0; 32],
		};
		change(&mut capability);
		let row = PolicyRow {
			capability: CapabilityId(1),
			grantee: InstitutionId(2),
			commitment,
			document,
			salt,
			tags: Vec::new(),
			purposes: capability.purposes,
			told: true,
		};
		denied_in_emergencies(&[row], &[capability], NOW)
	}

	fn rule(categories: &[Category]) -> DenyRule {
		DenyRule { categories: categories.iter().copied().collect(), ..Default::default() }
	}

	#[test]
	fn a_document_in_force_that_speaks_about_emergencies_denies_categories() {
		let allergies = [Category::Allergies];
		for (purpose, denied) in [
			(Purpose::EmergencyTreatment, true),
			(Purpose::BreakGlass, true),
			(Purpose::Treatment, false),
			(Purpose::Research, false),
		] {
			let found = denied_by(document(purpose, vec![rule(&allergies)]), |_| {});
			assert_eq!(found == allergies.into(), denied, "{purpose:?}");
		}
		let speaks = || document(Purpose::BreakGlass, vec![rule(&allergies)]);
		assert!(denied_by(speaks(), |capability| capability.valid_until = NOW).is_empty(), "over");
		assert!(denied_by(speaks(), |capability| capability.valid_from = NOW + 1).is_empty(), "not yet");
		assert!(denied_by(speaks(), |capability| capability.id = CapabilityId(9)).is_empty(), "revoked");
		let other = |capability: &mut CapabilityInfo| capability.policy = salus_primitives::Commitment([0; 32]);
		assert!(denied_by(speaks(), other).is_empty(), "another document than the chain's");
	}

	#[test]
	fn a_rule_about_somebody_is_not_a_rule_about_everybody() {
		let about = |change: fn(&mut DenyRule)| {
			let mut rule = rule(&[Category::Allergies]);
			change(&mut rule);
			denied_by(document(Purpose::BreakGlass, vec![rule]), |_| {})
		};
		assert!(about(|rule| rule.practitioners = [[9; 32]].into()).is_empty());
		assert!(about(|rule| rule.departments = [salus_policy::Department::new("cardiology")].into()).is_empty());
		assert!(about(|rule| rule.roles = [Role::Nurse].into()).is_empty());
		assert!(!about(|rule| rule.roles = EMERGENCY_ROLES.into()).is_empty(), "everybody who may ask");
		// Without categories a rule is about all of them.
		let everything = DenyRule { roles: EMERGENCY_ROLES.into(), ..Default::default() };
		let found = denied_by(document(Purpose::BreakGlass, vec![everything]), |_| {});
		assert_eq!(found.len(), Category::ALL.len());
	}

	fn record(number: u8, kind: &str, category: Category, class: LabelClass) -> Current {
		let part = || crate::index::PartRow {
			content: salus_envelope::ContentId([0; 32]),
			header: [0; 32].into(),
			wrap: Default::default(),
			retention: Default::default(),
		};
		let row = RecordRow {
			record: salus_primitives::RecordId([number; 32]),
			kind: kind.into(),
			category,
			classes: [class].into(),
			recorded_at: number.into(),
			author: salus_primitives::PractitionerId([0; 32]),
			version: 1,
			supersedes: None,
			superseded_by: None,
			key_epoch: 0,
			body: part(),
			persona: part(),
			commitment: salus_primitives::Commitment([0; 32]),
			blinding: [0; 32].into(),
			attributes: salus_client::records::RecordFacts {
				author: salus_primitives::PractitionerId([0; 32]),
				category,
				classes: [class].into(),
				recorded_at: 1,
				version: 1,
				supersedes: None,
				body: salus_client::records::PartFacts { content: [0; 32], header: [0; 32] },
				persona: None,
			}
			.anchor(&[0; 32], InstitutionId(1), &PatientHandle(HANDLE))
			.attributes,
			fingerprint: [0; 32].into(),
		};
		Current { of: PatientHandle(HANDLE), row }
	}

	fn chart() -> Vec<Current> {
		use salus_policy::Sensitivity;
		let hiv = LabelClass::Sensitive(Sensitivity::Hiv);
		vec![
			record(1, "Patient", Category::Persona, LabelClass::Normal),
			record(2, "Condition", Category::Conditions, LabelClass::Normal),
			record(3, "Condition", Category::Conditions, hiv),
			record(4, "Condition", Category::Conditions, LabelClass::Restricted),
			record(5, "MedicationRequest", Category::Medications, hiv),
			record(6, "AllergyIntolerance", Category::Allergies, LabelClass::Restricted),
			record(7, "Encounter", Category::Encounters, LabelClass::Normal),
		]
	}

	fn taken(tier: EmergencyTier, denied: &[Category]) -> Option<Vec<u8>> {
		let denied = denied.iter().copied().collect();
		let contents = select(chart(), tier, &denied)?;
		Some(contents.records.iter().map(|one| one.row.record.0[0]).collect())
	}

	#[test]
	fn the_summary_leaves_diagnoses_with_a_named_sensitivity_to_people() {
		assert_eq!(taken(EmergencyTier::Summary, &[]).unwrap(), [1, 2, 4, 5, 6]);
		assert_eq!(taken(EmergencyTier::Wider, &[]).unwrap(), [1, 2, 3, 4, 5, 6, 7]);
	}

	#[test]
	fn what_the_patient_denies_is_in_no_package() {
		assert_eq!(taken(EmergencyTier::Summary, &[Category::Conditions]).unwrap(), [1, 5, 6]);
		assert_eq!(taken(EmergencyTier::Wider, &[Category::Conditions, Category::Encounters]).unwrap(), [1, 5, 6]);
	}

	#[test]
	fn nothing_is_opened_when_the_patient_refuses_all_of_it() {
		assert_eq!(taken(EmergencyTier::Summary, &SUMMARY_CATEGORIES), None);
		assert!(taken(EmergencyTier::Wider, &SUMMARY_CATEGORIES).is_some(), "encounters are left");
		assert_eq!(taken(EmergencyTier::Wider, Category::ALL), None);
		for tier in [EmergencyTier::Summary, EmergencyTier::Wider] {
			assert_eq!(taken(tier, &[Category::Persona]), None);
			assert_eq!(select(chart().split_off(1), tier, &BTreeSet::new()), None, "nobody knows who it is");
		}
	}

	#[test]
	fn a_package_is_made_anew_when_other_records_are_taken() {
		let of = |chart: Vec<Current>, tier| select(chart, tier, &BTreeSet::new()).unwrap().fingerprint;
		let (summary, wider) = (EmergencyTier::Summary, EmergencyTier::Wider);
		assert_eq!(of(chart(), summary), of(chart(), summary));
		assert_ne!(of(chart(), summary), of(chart(), wider));
		let mut more = chart();
		more.push(record(8, "Encounter", Category::Encounters, LabelClass::Normal));
		assert_eq!(of(more.clone(), summary), of(chart(), summary));
		assert_ne!(of(more, wider), of(chart(), wider));
	}
}
