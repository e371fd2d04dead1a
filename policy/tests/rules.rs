//! The rules one by one, after IHE PCF: Basic (agents, purpose, time limit, data time frame, named departments), Advanced
//! (confidentiality and sensitivity), Implicit (institution defaults).

#![allow(clippy::unwrap_used)]

mod common;

use common::*;
use salus_policy::*;

const HIV: LabelClass = LabelClass::Sensitive(Sensitivity::Hiv);
const PSY: LabelClass = LabelClass::Sensitive(Sensitivity::Psychiatry);

fn basis(change: impl FnOnce(&mut PolicyDocument, &mut Context, &mut RecordLabels)) -> Basis {
	let (mut document, mut context, mut record) = (document(), cardiologist(), laboratory());
	change(&mut document, &mut context, &mut record);
	let verdict = evaluate(&document, &context, &record);
	assert_eq!(verdict.permit, verdict.basis == Basis::Consent);
	verdict.basis
}

#[test]
fn basic_consent_permits_what_it_names() {
	assert_eq!(basis(|_, _, _| {}), Basis::Consent);
	assert_eq!(basis(|_, _, record| record.category = Category::Conditions), Basis::Consent);
}

#[test]
fn basic_consent_time_limit_is_half_open() {
	assert_eq!(basis(|document, context, _| context.now = document.valid_from - 1), Basis::NotYetValid);
	assert_eq!(basis(|document, context, _| context.now = document.valid_from), Basis::Consent);
	assert_eq!(basis(|document, context, _| context.now = document.valid_until - 1), Basis::Consent);
	assert_eq!(basis(|document, context, _| context.now = document.valid_until), Basis::Expired);
}

#[test]
fn basic_consent_permits_named_agents_only() {
	assert_eq!(basis(|_, context, _| context.institution = 3), Basis::OtherInstitution);
	assert_eq!(basis(|_, context, _| context.institution = CUSTODIAN), Basis::OtherInstitution);
	assert_eq!(basis(|document, _, _| document.grantee.practitioners = [[8; 32]].into()), Basis::OtherPractitioner);
	assert_eq!(basis(|document, _, _| document.grantee.practitioners = [[8; 32], CARDIOLOGIST].into()), Basis::Consent);
	assert_eq!(basis(|document, _, _| document.grantee.roles = [Role::Nurse].into()), Basis::OtherRole);
	assert_eq!(basis(|document, _, _| document.grantee.roles = [Role::Nurse, Role::Physician].into()), Basis::Consent);
}

#[test]
fn a_nurse_outside_cardiology_gets_nothing() {
	let elsewhere = |_: &mut PolicyDocument, context: &mut Context, _: &mut RecordLabels| {
		context.roles = [Role::Nurse].into();
		context.departments = [Department::new("surgery")].into();
	};
	assert_eq!(basis(elsewhere), Basis::OtherDepartment);
	assert_eq!(basis(|_, context, _| context.departments.clear()), Basis::OtherDepartment);
}

#[test]
fn basic_consent_is_bound_to_the_purpose_of_use() {
	for purpose in Purpose::ALL {
		let expected = if *purpose == Purpose::Treatment { Basis::Consent } else { Basis::OtherPurpose };
		assert_eq!(basis(|_, context, _| context.purpose = *purpose), expected, "{purpose}");
	}
}

#[test]
fn basic_consent_names_categories() {
	for category in Category::ALL {
		let granted = matches!(category, Category::Laboratory | Category::Conditions);
		let expected = if granted { Basis::Consent } else { Basis::OtherCategory };
		assert_eq!(basis(|_, _, record| record.category = *category), expected, "{category}");
	}
}

#[test]
fn basic_consent_data_time_frame_is_half_open() {
	let window = |at: Moment| {
		basis(|document, _, record| {
			(document.data_from, document.data_until) = (Some(NOW - 10 * DAY), Some(NOW - 5 * DAY));
			record.recorded_at = at;
		})
	};
	assert_eq!(window(NOW - 10 * DAY - 1), Basis::OutsideDataWindow);
	assert_eq!(window(NOW - 10 * DAY), Basis::Consent);
	assert_eq!(window(NOW - 5 * DAY - 1), Basis::Consent);
	assert_eq!(window(NOW - 5 * DAY), Basis::OutsideDataWindow);
}

#[test]
fn a_record_without_time_lies_in_no_window() {
	let unknown = |from: Option<Moment>, until: Option<Moment>| {
		basis(|document, _, record| {
			(document.data_from, document.data_until) = (from, until);
			record.recorded_at = UNKNOWN_TIME;
		})
	};
	assert_eq!(unknown(None, None), Basis::Consent);
	assert_eq!(unknown(Some(0), None), Basis::OutsideDataWindow);
	assert_eq!(unknown(None, Some(NOW)), Basis::OutsideDataWindow);
}

#[test]
fn advanced_consent_needs_every_class_of_a_record() {
	let labelled = |granted: &[LabelClass], classes: &[LabelClass]| {
		basis(|document, _, record| {
			document.classes = granted.iter().copied().collect();
			record.classes = classes.iter().copied().collect();
		})
	};
	assert_eq!(labelled(&[LabelClass::Normal], &[HIV]), Basis::WithheldClass(HIV));
	assert_eq!(labelled(&[LabelClass::Normal, HIV], &[HIV]), Basis::Consent);
	assert_eq!(labelled(&[LabelClass::Normal, HIV], &[HIV, PSY]), Basis::WithheldClass(PSY));
	assert_eq!(labelled(&[LabelClass::Normal, HIV, PSY], &[HIV, PSY]), Basis::Consent);
	assert_eq!(labelled(&[LabelClass::Normal, LabelClass::Restricted], &[HIV]), Basis::WithheldClass(HIV));
}

#[test]
fn an_unlabelled_record_counts_as_restricted() {
	assert_eq!(basis(|_, _, record| record.classes.clear()), Basis::WithheldClass(LabelClass::Restricted));
	let granted = |document: &mut PolicyDocument, _: &mut Context, record: &mut RecordLabels| {
		document.classes.insert(LabelClass::Restricted);
		record.classes.clear();
	};
	assert_eq!(basis(granted), Basis::Consent);
}

#[test]
fn a_deny_rule_wins_over_the_grant() {
	let with = |rule: DenyRule| basis(|document, _, _| document.deny = vec![rule]);
	let rule = DenyRule::default;
	assert_eq!(with(DenyRule { practitioners: [CARDIOLOGIST].into(), ..rule() }), Basis::DenyRule(0));
	assert_eq!(with(DenyRule { roles: [Role::Physician].into(), ..rule() }), Basis::DenyRule(0));
	assert_eq!(with(DenyRule { departments: [Department::new("cardiology")].into(), ..rule() }), Basis::DenyRule(0));
	assert_eq!(with(DenyRule { categories: [Category::Laboratory].into(), ..rule() }), Basis::DenyRule(0));
	assert_eq!(with(rule()), Basis::DenyRule(0), "a rule without parts fails closed");
}

#[test]
fn a_deny_rule_applies_only_when_all_its_parts_do() {
	let rule = DenyRule {
		practitioners: [CARDIOLOGIST].into(),
		categories: [Category::Conditions].into(),
		..Default::default()
	};
	assert_eq!(basis(|document, _, _| document.deny = vec![rule.clone()]), Basis::Consent);
	let both = |document: &mut PolicyDocument, _: &mut Context, record: &mut RecordLabels| {
		document.deny = vec![DenyRule { practitioners: [[8; 32]].into(), ..Default::default() }, rule];
		record.category = Category::Conditions;
	};
	assert_eq!(basis(both), Basis::DenyRule(1));
}

#[test]
fn a_document_of_another_version_grants_nothing() {
	assert_eq!(basis(|document, _, _| document.version = 2), Basis::UnknownVersion);
}

#[test]
fn a_break_glass_claim_is_no_treatment_and_needs_its_own_grant() {
	assert_eq!(basis(|_, context, _| context.purpose = Purpose::BreakGlass), Basis::OtherPurpose);
	let granted = |document: &mut PolicyDocument, context: &mut Context, _: &mut RecordLabels| {
		document.purposes.insert(Purpose::BreakGlass);
		context.purpose = Purpose::BreakGlass;
	};
	assert_eq!(basis(granted), Basis::Consent);
}

#[test]
fn among_documents_one_grant_is_enough_and_one_denial_too_much() {
	let (context, record) = (cardiologist(), laboratory());
	let expired = PolicyDocument { valid_until: NOW, ..document() };
	let denying = PolicyDocument {
		deny: vec![DenyRule { practitioners: [CARDIOLOGIST].into(), ..Default::default() }],
		..document()
	};
	let denying_once = PolicyDocument { valid_until: NOW, ..denying.clone() };
	let of = |documents: &[PolicyDocument]| evaluate_all(documents, &context, &record).basis;
	assert_eq!(of(&[]), Basis::NoPolicy);
	assert_eq!(of(std::slice::from_ref(&expired)), Basis::Expired);
	assert_eq!(of(&[expired.clone(), document()]), Basis::Consent);
	assert_eq!(of(&[document(), expired]), Basis::Consent);
	assert_eq!(of(&[document(), denying.clone()]), Basis::DenyRule(0));
	assert_eq!(of(&[denying, document()]), Basis::DenyRule(0));
	assert_eq!(of(&[denying_once, document()]), Basis::Consent, "a denial ends with its document");
}

fn relationship(partner: CarePartner) -> CareRelationship {
	CareRelationship { kind: RelationshipKind::Admission, partner, from: NOW - DAY, until: NOW + DAY }
}

/// A physician of the custodian's own ward with a care relationship, after a change.
fn own(
	default: DefaultPolicy,
	change: impl FnOnce(&mut Context, &mut Vec<CareRelationship>, &mut RecordLabels, &mut bool),
) -> Basis {
	let mut context = Context { institution: CUSTODIAN, ..cardiologist() };
	let mut relationships = vec![relationship(CarePartner::Department(Department::new("cardiology")))];
	let (mut record, mut emergency_authorised) = (laboratory(), false);
	change(&mut context, &mut relationships, &mut record, &mut emergency_authorised);
	let access = OwnAccess { custodian: CUSTODIAN, default, relationships: &relationships, emergency_authorised };
	let verdict = evaluate_own(&access, &context, &record);
	let permits = [Basis::CareRelationship, Basis::InstitutionDefault, Basis::BreakGlass];
	assert_eq!(verdict.permit, permits.contains(&verdict.basis));
	verdict.basis
}

#[test]
fn no_default_declared_means_deny() {
	assert_eq!(DefaultPolicy::default(), DefaultPolicy::NotDeclared);
	assert_eq!(own(DefaultPolicy::NotDeclared, |_, _, _, _| {}), Basis::NoDefaultDeclared);
}

#[test]
fn implicit_1_permits_clinicians_in_care_of_the_patient() {
	let policy = DefaultPolicy::CliniciansForTreatment;
	assert_eq!(own(policy, |_, _, _, _| {}), Basis::CareRelationship);
	assert_eq!(own(policy, |_, _, record, _| record.classes = [HIV].into()), Basis::CareRelationship);
	assert_eq!(
		own(policy, |context, _, _, _| context.purpose = Purpose::EmergencyRoomTreatment),
		Basis::CareRelationship
	);
	assert_eq!(own(policy, |_, relationships, _, _| relationships.clear()), Basis::NoCareRelationship);
	assert_eq!(own(policy, |_, relationships, _, _| relationships[0].until = NOW), Basis::NoCareRelationship);
	assert_eq!(own(policy, |_, relationships, _, _| relationships[0].from = NOW + 1), Basis::NoCareRelationship);
	assert_eq!(own(policy, |context, _, _, _| context.departments.clear()), Basis::NoCareRelationship);
	assert_eq!(own(policy, |context, _, _, _| context.institution = GRANTEE), Basis::OtherInstitution);
	assert_eq!(
		own(policy, |context, _, _, _| context.roles = [Role::Administrator].into()),
		Basis::NotCoveredByDefault
	);
	assert_eq!(own(policy, |context, _, _, _| context.purpose = Purpose::Operations), Basis::NotCoveredByDefault);
	assert_eq!(own(policy, |context, _, _, _| context.purpose = Purpose::BreakGlass), Basis::NotCoveredByDefault);
	let named = |_: &mut Context, relationships: &mut Vec<CareRelationship>, _: &mut RecordLabels, _: &mut bool| {
		*relationships = vec![relationship(CarePartner::Practitioner(CARDIOLOGIST))];
	};
	assert_eq!(own(policy, named), Basis::CareRelationship);
	let another = |_: &mut Context, relationships: &mut Vec<CareRelationship>, _: &mut RecordLabels, _: &mut bool| {
		*relationships = vec![relationship(CarePartner::Practitioner([8; 32]))];
	};
	assert_eq!(own(policy, another), Basis::NoCareRelationship);
}

#[test]
fn implicit_2_adds_payment_and_operations_for_normal_records() {
	let policy = DefaultPolicy::AllAuthorised;
	assert_eq!(own(policy, |_, _, _, _| {}), Basis::CareRelationship);
	assert_eq!(own(policy, |_, relationships, _, _| relationships.clear()), Basis::NoCareRelationship);
	for purpose in [Purpose::Payment, Purpose::Operations] {
		assert_eq!(own(policy, |context, _, _, _| context.purpose = purpose), Basis::InstitutionDefault);
		let sensitive =
			|context: &mut Context, _: &mut Vec<CareRelationship>, record: &mut RecordLabels, _: &mut bool| {
				context.purpose = purpose;
				record.classes = [PSY].into();
			};
		assert_eq!(own(policy, sensitive), Basis::WithheldClass(PSY));
	}
	assert_eq!(own(policy, |context, _, _, _| context.purpose = Purpose::Research), Basis::NotCoveredByDefault);
	let nobody = |context: &mut Context, _: &mut Vec<CareRelationship>, _: &mut RecordLabels, _: &mut bool| {
		context.purpose = Purpose::Payment;
		context.roles.clear();
	};
	assert_eq!(own(policy, nobody), Basis::NotCoveredByDefault);
}

#[test]
fn implicit_3_denies_all_but_break_glass_by_those_authorised() {
	let policy = DefaultPolicy::DenyExceptBreakGlass;
	assert_eq!(own(policy, |_, _, _, _| {}), Basis::NotCoveredByDefault);
	assert_eq!(own(policy, |context, _, _, _| context.purpose = Purpose::BreakGlass), Basis::NotEmergencyAuthorised);
	for purpose in [Purpose::BreakGlass, Purpose::EmergencyTreatment] {
		let authorised =
			|context: &mut Context, _: &mut Vec<CareRelationship>, _: &mut RecordLabels, authorised: &mut bool| {
				context.purpose = purpose;
				*authorised = true;
			};
		assert_eq!(own(policy, authorised), Basis::BreakGlass);
	}
}

#[test]
fn implicit_4_denies_all() {
	for purpose in Purpose::ALL {
		let any =
			|context: &mut Context, _: &mut Vec<CareRelationship>, _: &mut RecordLabels, authorised: &mut bool| {
				context.purpose = *purpose;
				*authorised = true;
			};
		assert_eq!(own(DefaultPolicy::DenyAll, any), Basis::NotCoveredByDefault);
	}
}

#[test]
fn a_document_that_can_mean_nothing_is_refused() {
	let check = |change: fn(&mut PolicyDocument)| {
		let mut document = document();
		change(&mut document);
		document.check()
	};
	assert_eq!(check(|_| {}), Ok(()));
	assert_eq!(check(|document| document.version = 0), Err(DocumentError::UnknownVersion(0)));
	assert_eq!(check(|document| document.purposes.clear()), Err(DocumentError::NothingGranted("purpose")));
	assert_eq!(check(|document| document.categories.clear()), Err(DocumentError::NothingGranted("category")));
	assert_eq!(check(|document| document.classes.clear()), Err(DocumentError::NothingGranted("label class")));
	let ends = check(|document| document.valid_until = document.valid_from);
	assert_eq!(ends, Err(DocumentError::EndsBeforeItBegins("validity")));
	let window = check(|document| (document.data_from, document.data_until) = (Some(5), Some(5)));
	assert_eq!(window, Err(DocumentError::EndsBeforeItBegins("data window")));
	let department = Department::new("Kardiologie");
	let wrong = check(|document| document.grantee.departments = [Department::new("Kardiologie")].into());
	assert_eq!(wrong, Err(DocumentError::BadDepartment(department)));
	let empty = check(|document| document.deny = vec![DenyRule::default()]);
	assert_eq!(empty, Err(DocumentError::EmptyDenyRule(0)));
	assert_eq!(check(|document| document.custodian = GRANTEE), Err(DocumentError::GranteeIsCustodian));
}

#[test]
fn a_document_that_takes_long_to_look_through_is_refused() {
	let check = |change: &dyn Fn(&mut PolicyDocument)| {
		let mut document = document();
		change(&mut document);
		document.check()
	};
	let rule = DenyRule { roles: [Role::Nurse].into(), ..DenyRule::default() };
	let rules = |count: usize| check(&|document| document.deny = vec![rule.clone(); count]);
	assert_eq!(rules(PolicyDocument::MAX_DENY_RULES), Ok(()));
	assert_eq!(rules(PolicyDocument::MAX_DENY_RULES + 1), Err(DocumentError::TooLong("deny rules")));
	let people = |count: u16| -> std::collections::BTreeSet<[u8; 32]> {
		(0..count).map(|number| std::array::from_fn(|at| number.to_le_bytes()[at % 2])).collect()
	};
	let most = u16::try_from(PolicyDocument::MAX_LISTED).unwrap();
	assert_eq!(check(&|document| document.grantee.practitioners = people(most)), Ok(()));
	let denied = |document: &mut PolicyDocument| {
		document.deny = vec![DenyRule { practitioners: people(most + 1), ..DenyRule::default() }];
	};
	assert_eq!(check(&denied), Err(DocumentError::TooLong("practitioners")));
	let everywhere = |document: &mut PolicyDocument| {
		document.grantee.departments = (0..=most).map(|number| Department::new(format!("d{number}"))).collect();
	};
	assert_eq!(check(&everywhere), Err(DocumentError::TooLong("departments")));
}

#[test]
fn only_the_canonical_bytes_are_read() {
	let document = PolicyDocument { purposes: [Purpose::Treatment, Purpose::Payment].into(), ..document() };
	let bytes = document.canonical_bytes();
	assert_eq!(PolicyDocument::from_canonical_bytes(&bytes).unwrap(), document);
	let trailing = [&bytes[..], &[0]].concat();
	assert_eq!(PolicyDocument::from_canonical_bytes(&trailing), Err(DocumentError::NotCanonical));
	assert_eq!(PolicyDocument::from_canonical_bytes(&bytes[..bytes.len() - 1]), Err(DocumentError::NotCanonical));
	let sorted = [2 << 2, Purpose::Treatment.code(), Purpose::Payment.code()];
	let at = bytes.windows(3).position(|window| window == sorted).unwrap();
	let mut unsorted = bytes.clone();
	unsorted.swap(at + 1, at + 2);
	assert_eq!(PolicyDocument::from_canonical_bytes(&unsorted), Err(DocumentError::NotCanonical));
}

/// Commitments on a chain outlive programs: these bytes may never change for version 1.
#[test]
fn the_canonical_bytes_are_frozen() {
	let mut document = document();
	document.grantee.roles = [Role::Physician, Role::Nurse].into();
	document.classes.insert(HIV);
	document.data_from = Some(1);
	document.given_by = ControllerStatement::CustodianOnBehalf { evidence: [3; 32] };
	document.deny = vec![DenyRule { categories: [Category::Documents].into(), ..Default::default() }];
	let hex: String = document.canonical_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
	let times: String = [NOW - DAY, NOW + 29 * DAY]
		.iter()
		.flat_map(|time| time.to_le_bytes())
		.map(|byte| format!("{byte:02x}"))
		.collect();
	let expected = [
		"01",
		&"09".repeat(32),
		"01000000",
		// Grantee: institution, physician and nurse, `cardiology`, no practitioner.
		"02000000",
		"080001",
		"0428",
		"63617264696f6c6f6779",
		"00",
		// Treatment; laboratory and conditions; normal and HIV.
		"0400",
		"080002",
		"080007",
		// From 1, no end.
		"010100000000000000",
		"00",
		&times,
		// One rule against documents.
		"040000000409",
		"01",
		&"03".repeat(32),
	];
	assert_eq!(hex, expected.concat());
}

#[test]
fn json_reads_back_and_refuses_what_it_does_not_know() {
	let mut document = document();
	document.grantee.practitioners = [CARDIOLOGIST].into();
	document.given_by = ControllerStatement::CustodianOnBehalf { evidence: [3; 32] };
	let json = serde_json::to_value(&document).unwrap();
	assert_eq!(json["categories"], serde_json::json!(["laboratory", "conditions"]));
	assert_eq!(json["purposes"], serde_json::json!(["TREAT"]));
	assert_eq!(serde_json::from_value::<PolicyDocument>(json.clone()).unwrap(), document);
	let mut unknown = json.clone();
	unknown["except"] = serde_json::json!([]);
	assert!(
		serde_json::from_value::<PolicyDocument>(unknown).is_err(),
		"a part that is not understood may be a restriction"
	);
	let mut short = json;
	short["handle"] = serde_json::json!("0x00");
	assert!(serde_json::from_value::<PolicyDocument>(short).is_err());
}
