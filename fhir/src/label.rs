//! Labels: category by resource type, classes by the value sets.
//!
//! Every doubt ends in [`LabelClass::Restricted`]: a code of an unknown system, a code that cannot exist, a clinical concept
//! without code, content that cannot be looked into, a diagnosis that is referred to and not there.

use crate::{
	concept::{coding, is_uncoded_concept, Coding},
	json::{Kind, Value},
	kinds::{category_of_kind, coded_members, holds_free_content},
	valueset::{security_label, value_sets, Standing},
};
use salus_policy::{Category, LabelClass, Sensitivity};
use std::collections::BTreeSet;

/// A set of label classes, one bit for each code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ClassBits(u16);

impl ClassBits {
	pub(crate) fn insert(&mut self, class: LabelClass) {
		self.0 |= 1 << class.code();
	}

	fn insert_all(&mut self, sensitivities: impl IntoIterator<Item = Sensitivity>) {
		sensitivities.into_iter().for_each(|sensitivity| self.insert(LabelClass::Sensitive(sensitivity)));
	}

	/// Adds what another resource lends this one; `true` when that is new.
	pub(crate) fn absorb(&mut self, other: Self) -> bool {
		let before = self.0;
		self.0 |= other.0;
		before != self.0
	}

	/// Normal stands alone or not at all.
	pub(crate) fn classes(self) -> BTreeSet<LabelClass> {
		let closer = self.0 & !(1 << LabelClass::Normal.code());
		let bits = if closer == 0 { 1 << LabelClass::Normal.code() } else { closer };
		LabelClass::ALL.iter().copied().filter(|class| bits & (1 << class.code()) != 0).collect()
	}
}

/// The classes that a resource has by itself.
pub(crate) fn own_classes(kind: &str, resource: Value<'_, '_>) -> ClassBits {
	let mut bits = ClassBits::default();
	let explicit = security_labels(resource, &mut bits);
	let end = resource.next();
	let mut attachment = false;
	let mut at = resource.index();
	while at < end {
		let value = resource.at(at);
		if says_nothing(value, resource) {
			at = value.next();
			continue;
		}
		attachment |= is_attachment(kind, value);
		judge(value, &mut bits);
		at += 1;
	}
	let expected = coded_members(kind);
	let labelled = expected.is_empty() || expected.iter().any(|name| has_known_code(resource, name));
	let opaque = (holds_free_content(kind) || attachment) && !explicit;
	if !labelled || opaque || category_of_kind(kind).is_none() {
		bits.insert(LabelClass::Restricted);
	}
	bits
}

/// Reads `meta.security`; `true` when a confidentiality code says how to keep the resource.
fn security_labels(resource: Value<'_, '_>, bits: &mut ClassBits) -> bool {
	let mut explicit = false;
	let labels = resource.get("meta").and_then(|meta| meta.get("security"));
	for label in labels.into_iter().flat_map(Value::each) {
		let (system, code) = (label.text_of("system").unwrap_or_default(), label.text_of("code").unwrap_or_default());
		match security_label(&system, &code) {
			Some(class) => {
				explicit |= system.ends_with("v3-Confidentiality");
				bits.insert(class);
			}
			None => bits.insert(LabelClass::Restricted),
		}
	}
	explicit
}

/// Parts whose codes are about the resource and not about health: `meta`, business identifiers.
fn says_nothing(value: Value<'_, '_>, resource: Value<'_, '_>) -> bool {
	match value.key() {
		"identifier" => true,
		"meta" => value.parent().is_some_and(|parent| parent.index() == resource.index()),
		_ => false,
	}
}

fn is_attachment(kind: &str, value: Value<'_, '_>) -> bool {
	match value.key() {
		"data" => kind == "Binary" || value.parent().is_some_and(|parent| parent.get("contentType").is_some()),
		"url" => value.parent().is_some_and(|parent| parent.get("contentType").is_some()),
		_ => matches!(value.element_name(), "attachment" | "presentedForm" | "valueAttachment"),
	}
}

/// Adds what one value says.
fn judge(value: Value<'_, '_>, bits: &mut ClassBits) {
	match value.kind() {
		Kind::Object => {
			if is_uncoded_concept(value) {
				bits.insert(LabelClass::Restricted);
			}
			if let Some(coding) = coding(value) {
				judge_coding(&coding, bits);
			}
		}
		Kind::Plain | Kind::Escaped if is_for_people(value.element_name()) => {
			if let Some(text) = value.text() {
				bits.insert_all(value_sets().of_text(&text));
			}
		}
		_ => {}
	}
}

fn judge_coding(coding: &Coding<'_>, bits: &mut ClassBits) {
	match known_code(coding) {
		Some((Standing::Clinical(system), code)) => bits.insert_all(value_sets().of_code(system, code)),
		Some(_) => {}
		None => bits.insert(LabelClass::Restricted),
	}
}

/// The code and its system, when the system is known and the code can exist in it.
fn known_code<'c>(coding: &'c Coding<'_>) -> Option<(Standing, &'c str)> {
	let (system, code) = (coding.system.as_ref()?, coding.code.as_ref()?);
	match value_sets().standing(system) {
		Standing::Unknown => None,
		Standing::Clinical(system) if !crate::valueset::is_well_formed(system, code) => None,
		standing => Some((standing, code)),
	}
}

/// Whether the member holds a code of a clinical system, or refers to the resource that does.
fn has_known_code(resource: Value<'_, '_>, name: &str) -> bool {
	let Some(member) = resource.get(name) else { return false };
	let clinical = |coding: Coding<'_>| matches!(known_code(&coding), Some((Standing::Clinical(_), _)));
	member.descendants().any(|value| {
		coding(value).is_some_and(clinical)
			|| (value.key() == "reference" && matches!(name, "medicationReference" | "addresses"))
	})
}

/// Elements written for people, where a phrase gives away what the codes may not.
fn is_for_people(name: &str) -> bool {
	matches!(
		name,
		"display"
			| "text" | "div"
			| "valueString"
			| "conclusion"
			| "title" | "description"
			| "comment"
			| "patientInstruction"
			| "contentString"
			| "summary"
			| "name"
	)
}

/// The category: by type, and for observations and reports by their own category.
pub(crate) fn category(kind: &str, resource: Value<'_, '_>) -> Category {
	let by_type = category_of_kind(kind).unwrap_or(Category::Other);
	if !matches!(kind, "Observation" | "DiagnosticReport") {
		return by_type;
	}
	let codings =
		resource.get("category").into_iter().flat_map(Value::each).filter_map(|concept| concept.get("coding"));
	let stated =
		codings.flat_map(Value::each).filter_map(|coding| coding.text_of("code")).find_map(|code| section(&code));
	stated.or_else(|| vital_sign(resource).then_some(Category::VitalSigns)).unwrap_or(by_type)
}

/// A code of observation-category or of HL7 v2 table 0074 (diagnostic service sections).
fn section(code: &str) -> Option<Category> {
	match code {
		"vital-signs" | "vital-sign" => Some(Category::VitalSigns),
		"laboratory" | "LAB" | "BG" | "BLB" | "CG" | "CH" | "CP" | "CTH" | "GE" | "HM" | "ICU" | "IMM" | "MB"
		| "MCB" | "MYC" | "OSL" | "SP" | "SR" | "TX" | "VR" | "PAR" | "PHR" => Some(Category::Laboratory),
		"imaging" | "RAD" | "RX" | "RUS" | "CUS" | "OUS" | "VUS" | "CT" | "NMR" | "NMS" | "XRC" | "RT" | "MG" => {
			Some(Category::Imaging)
		}
		"procedure" | "therapy" => Some(Category::Procedures),
		_ => None,
	}
}

/// The vital signs of the FHIR profile, for observations that state no category.
fn vital_sign(resource: Value<'_, '_>) -> bool {
	const VITAL_SIGNS: &[&str] = &[
		"85353-1", "9279-1", "8867-4", "2708-6", "59408-5", "8310-5", "8302-2", "9843-4", "8287-5", "29463-7",
		"39156-5", "85354-9", "55284-4", "8480-6", "8462-4", "8478-0", "8289-1",
	];
	let codings = resource.get("code").and_then(|code| code.get("coding"));
	codings.into_iter().flat_map(Value::each).any(|coding| {
		coding.text_of("system").as_deref() == Some("http://loinc.org")
			&& coding.text_of("code").is_some_and(|code| VITAL_SIGNS.contains(&code.as_ref()))
	})
}
