//! The codes in a resource.

use crate::json::{Kind, Value};
use std::borrow::Cow;

/// A code as it stands in a resource.
pub(crate) struct Coding<'a> {
	pub(crate) system: Option<Cow<'a, str>>,
	/// Missing when a coding has only a display text or a system.
	pub(crate) code: Option<Cow<'a, str>>,
}

/// Reads an object as a FHIR Coding; `None` for everything else, quantities among it.
pub(crate) fn coding<'a>(object: Value<'_, 'a>) -> Option<Coding<'a>> {
	if object.kind() != Kind::Object {
		return None;
	}
	let code = object.text_of("code");
	let in_concept = object.element_name() == "coding";
	if !in_concept && (code.is_none() || object.get("value").is_some()) {
		return None;
	}
	// A unit of a quantity without number, a currency, or the code of an element that is no coding.
	let system = object.text_of("system");
	if !in_concept && system.is_none() && !object.element_name().ends_with("Coding") {
		return None;
	}
	Some(Coding { system, code })
}

/// Elements that are a CodeableConcept with clinical meaning: with a text only, nothing can be said about them.
const CLINICAL_CONCEPTS: &[&str] = &[
	"code",
	"conclusionCode",
	"condition",
	"description",
	"diagnosisCodeableConcept",
	"manifestation",
	"medicationCodeableConcept",
	"procedureCodeableConcept",
	"productOrService",
	"reasonCode",
	"substance",
	"vaccineCode",
	"valueCodeableConcept",
];

/// Whether this is a clinical concept without any coding.
pub(crate) fn is_uncoded_concept(object: Value<'_, '_>) -> bool {
	object.kind() == Kind::Object
		&& CLINICAL_CONCEPTS.contains(&object.element_name())
		&& object.get("text").is_some_and(Value::is_string)
		&& object.get("coding").is_none_or(|codings| codings.children().next().is_none())
}
