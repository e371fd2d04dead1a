//! The evaluator against a reference that is written as plainly as possible, on random inputs.

#![allow(clippy::unwrap_used)]

mod common;

use common::*;
use proptest::{collection::btree_set, option, prelude::*, sample::select};
use salus_policy::*;
use std::collections::BTreeSet;

/// Straight from the rules in the README, with lists and without early ends.
fn reference(document: &PolicyDocument, context: &Context, record: &RecordLabels) -> bool {
	let grantee = &document.grantee;
	let mut classes: Vec<LabelClass> = record.classes.iter().copied().collect();
	if classes.is_empty() {
		classes.push(LabelClass::Restricted);
	}
	let any_role = |roles: &BTreeSet<Role>| roles.is_empty() || context.roles.iter().any(|role| roles.contains(role));
	let any_department = |departments: &BTreeSet<Department>| {
		departments.is_empty() || context.departments.iter().any(|department| departments.contains(department))
	};
	let any_practitioner =
		|practitioners: &BTreeSet<[u8; 32]>| practitioners.is_empty() || practitioners.contains(&context.practitioner);
	let mut permit = true;
	permit &= document.version == 1;
	permit &= document.valid_from <= context.now && context.now < document.valid_until;
	permit &= grantee.institution == context.institution;
	permit &= any_role(&grantee.roles);
	permit &= any_department(&grantee.departments);
	permit &= any_practitioner(&grantee.practitioners);
	permit &= document.purposes.contains(&context.purpose);
	permit &= document.categories.contains(&record.category);
	for class in classes {
		permit &= document.classes.contains(&class);
	}
	if let Some(from) = document.data_from {
		permit &= record.recorded_at != 0 && record.recorded_at >= from;
	}
	if let Some(until) = document.data_until {
		permit &= record.recorded_at != 0 && record.recorded_at < until;
	}
	for rule in &document.deny {
		let category = rule.categories.is_empty() || rule.categories.contains(&record.category);
		let applies = any_practitioner(&rule.practitioners)
			&& any_role(&rule.roles)
			&& any_department(&rule.departments)
			&& category;
		permit &= !applies;
	}
	permit
}

fn practitioner() -> impl Strategy<Value = [u8; 32]> {
	(7u8..10).prop_map(|byte| [byte; 32])
}

fn role() -> impl Strategy<Value = Role> {
	select(&Role::ALL[..4])
}

fn department() -> impl Strategy<Value = Department> {
	select(vec!["cardiology", "surgery", "icu"]).prop_map(Department::new)
}

fn category() -> impl Strategy<Value = Category> {
	select(&Category::ALL[..4])
}

fn class() -> impl Strategy<Value = LabelClass> {
	select(&LabelClass::ALL[..4])
}

fn time() -> impl Strategy<Value = Moment> {
	0u64..12
}

fn rule() -> impl Strategy<Value = DenyRule> {
	(
		btree_set(practitioner(), 0..2),
		btree_set(role(), 0..2),
		btree_set(department(), 0..2),
		btree_set(category(), 0..3),
	)
		.prop_map(|(practitioners, roles, departments, categories)| DenyRule {
			practitioners,
			roles,
			departments,
			categories,
		})
}

fn any_document() -> impl Strategy<Value = PolicyDocument> {
	let grantee = (1u32..3, btree_set(role(), 0..3), btree_set(department(), 0..3), btree_set(practitioner(), 0..3));
	let granted = (btree_set(select(&Purpose::ALL[..3]), 0..4), btree_set(category(), 0..5), btree_set(class(), 0..5));
	let times = (option::of(time()), option::of(time()), time(), time());
	let rules = prop::collection::vec(rule(), 0..3);
	(grantee, granted, times, rules, 1u8..=1).prop_map(|(grantee, granted, times, deny, version)| PolicyDocument {
		version,
		grantee: Grantee { institution: grantee.0, roles: grantee.1, departments: grantee.2, practitioners: grantee.3 },
		purposes: granted.0,
		categories: granted.1,
		classes: granted.2,
		data_from: times.0,
		data_until: times.1,
		valid_from: times.2,
		valid_until: times.3 + 4,
		deny,
		..document()
	})
}

prop_compose! {
	fn any_context()(
		institution in 1u32..3, practitioner in practitioner(), roles in btree_set(role(), 0..3),
		departments in btree_set(department(), 0..3), purpose in select(&Purpose::ALL[..3]), now in time(),
	) -> Context {
		Context { institution, practitioner, roles, departments, purpose, now }
	}
}

prop_compose! {
	fn any_record()(category in category(), classes in btree_set(class(), 0..3), recorded_at in time()) -> RecordLabels {
		RecordLabels { category, classes, recorded_at }
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(4096))]

	#[test]
	fn the_evaluator_decides_as_the_reference(document in any_document(), context in any_context(), record in any_record()) {
		let verdict = evaluate(&document, &context, &record);
		prop_assert_eq!(verdict.permit, reference(&document, &context, &record));
		prop_assert_eq!(verdict.permit, verdict.basis == Basis::Consent);
	}

	/// Random parts seldom fit together: here all but one do.
	#[test]
	fn the_evaluator_decides_as_the_reference_near_a_permit(other in any_document(), context in any_context(), record in any_record(), part in 0..9) {
		let mut document = PolicyDocument {
			grantee: Grantee { institution: context.institution, roles: Default::default(), departments: Default::default(), practitioners: Default::default() },
			purposes: [context.purpose].into(),
			categories: [record.category].into(),
			classes: LabelClass::ALL.iter().copied().collect(),
			valid_from: 0,
			valid_until: 100,
			..document()
		};
		match part {
			0 => document.grantee = other.grantee,
			1 => document.purposes = other.purposes,
			2 => document.categories = other.categories,
			3 => document.classes = other.classes,
			4 => (document.data_from, document.data_until) = (other.data_from, other.data_until),
			5 => (document.valid_from, document.valid_until) = (other.valid_from, other.valid_until),
			6 => document.deny = other.deny,
			7 => document.version = 2,
			_ => prop_assert!(evaluate(&document, &context, &record).permit),
		}
		prop_assert_eq!(evaluate(&document, &context, &record).permit, reference(&document, &context, &record));
	}

	#[test]
	fn all_documents_together_permit_what_one_grants_and_none_in_force_denies(
		documents in prop::collection::vec(any_document(), 0..5), context in any_context(), record in any_record(),
	) {
		let each: Vec<_> = documents.iter().map(|document| evaluate(document, &context, &record)).collect();
		let denied = each.iter().any(|verdict| matches!(verdict.basis, Basis::DenyRule(_)));
		let granted = each.iter().any(|verdict| verdict.permit);
		prop_assert_eq!(evaluate_all(&documents, &context, &record).permit, granted && !denied);
	}

	#[test]
	fn narrowing_a_document_never_permits_more(document in any_document(), rule in rule(), context in any_context(), record in any_record()) {
		let mut narrower = document.clone();
		narrower.deny.push(rule);
		narrower.classes.remove(&LabelClass::Restricted);
		let (wide, narrow) = (evaluate(&document, &context, &record), evaluate(&narrower, &context, &record));
		prop_assert!(wide.permit || !narrow.permit);
	}

	#[test]
	fn bytes_and_json_read_back(document in any_document()) {
		let bytes = document.canonical_bytes();
		prop_assert_eq!(&PolicyDocument::from_canonical_bytes(&bytes).unwrap(), &document);
		let json = serde_json::to_string(&document).unwrap();
		prop_assert_eq!(&serde_json::from_str::<PolicyDocument>(&json).unwrap(), &document);
	}

	#[test]
	fn any_bytes_are_a_document_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
		drop(PolicyDocument::from_canonical_bytes(&bytes));
	}
}
