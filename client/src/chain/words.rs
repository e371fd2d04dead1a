//! What a proposed call says, for those who vote on it.

use crate::wire::Account;
use subxt::{
	dynamic::Value,
	ext::scale_value::{Composite, Primitive, ValueDef},
	tx::Payload,
};

/// Arguments of the council's calls that are accounts.
const ACCOUNTS: [&str; 2] = ["operator", "validator"];

/// A call in words: `Consortium.admit_institution(kind: Hospital, name: "Echo", operator: 5F…)`.
pub(super) fn call_words(payload: &impl Payload<CallData = Composite<()>>) -> String {
	let arguments = match payload.call_data() {
		Composite::Named(fields) => named(fields),
		Composite::Unnamed(values) => listed(values),
	};
	format!("{}.{}({arguments})", payload.pallet_name(), payload.call_name())
}

fn named(fields: &[(String, Value)]) -> String {
	let words = fields.iter().map(|(name, value)| match bytes_of(value).map(<[u8; 32]>::try_from) {
		Some(Ok(account)) if ACCOUNTS.contains(&name.as_str()) => format!("{name}: {}", Account(account)),
		_ => format!("{name}: {}", words(value)),
	});
	words.collect::<Vec<_>>().join(", ")
}

fn listed(values: &[Value]) -> String {
	values.iter().map(words).collect::<Vec<_>>().join(", ")
}

fn words(value: &Value) -> String {
	if let Some(bytes) = bytes_of(value) {
		return match String::from_utf8(bytes) {
			Ok(text) if !text.chars().any(char::is_control) => format!("{text:?}"),
			Ok(text) => format!("0x{}", hex::encode(text)),
			Err(error) => format!("0x{}", hex::encode(error.into_bytes())),
		};
	}
	match &value.value {
		ValueDef::Composite(Composite::Unnamed(values)) => match values.as_slice() {
			// A newtype.
			[inner] => words(inner),
			values => format!("[{}]", listed(values)),
		},
		ValueDef::Composite(Composite::Named(fields)) => format!("{{{}}}", named(fields)),
		ValueDef::Variant(variant) => match &variant.values {
			fields if fields.is_empty() => variant.name.clone(),
			Composite::Named(fields) => format!("{}({})", variant.name, named(fields)),
			Composite::Unnamed(values) => format!("{}({})", variant.name, listed(values)),
		},
		ValueDef::BitSequence(bits) => format!("{bits:?}"),
		ValueDef::Primitive(Primitive::Bool(value)) => value.to_string(),
		ValueDef::Primitive(Primitive::Char(value)) => format!("{value:?}"),
		ValueDef::Primitive(Primitive::String(value)) => format!("{value:?}"),
		ValueDef::Primitive(Primitive::U128(value)) => value.to_string(),
		ValueDef::Primitive(Primitive::I128(value)) => value.to_string(),
		ValueDef::Primitive(Primitive::U256(value) | Primitive::I256(value)) => format!("0x{}", hex::encode(value)),
	}
}

/// The bytes of a value that is nothing but bytes, at least two, newtypes around them aside. A single number is a number: the shape of a
/// value does not tell it from a list of one byte.
fn bytes_of(value: &Value) -> Option<Vec<u8>> {
	let ValueDef::Composite(Composite::Unnamed(values)) = &value.value else { return None };
	match values.as_slice() {
		[] => None,
		[inner] => bytes_of(inner),
		bytes => bytes
			.iter()
			.map(|byte| match byte.value {
				ValueDef::Primitive(Primitive::U128(byte)) => u8::try_from(byte).ok(),
				_ => None,
			})
			.collect(),
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::chain::{
		calls::{
			consortium::{admit_institution, deactivate_institution, enact, register_node},
			Action, Named,
		},
		Call,
	};
	use salus_primitives::{InstitutionId, InstitutionKind, NodeId};
	use subxt::tx::StaticPayload;

	fn said(call: Call) -> String {
		call_words(&call.payload())
	}

	#[test]
	fn those_who_vote_read_whom_they_admit() {
		let operator = Account([9; 32]);
		let words = said(admit_institution(InstitutionKind::Hospital, "Klinikum Ä".into(), operator));
		let expected =
			format!("Consortium.admit_institution(kind: Hospital, name: \"Klinikum Ä\", operator: {operator})");
		assert_eq!(words, expected);
	}

	#[test]
	fn actions_options_and_lists_are_told() {
		let action = Action::SetParameter { parameter: Named("MaxPause".into()), value: 43_200 };
		assert_eq!(said(enact(action)), "Consortium.enact(action: SetParameter(parameter: MaxPause, value: 43200))");
		let ended = said(deactivate_institution(InstitutionId(3), Some(7)));
		assert_eq!(ended, "Consortium.deactivate_institution(institution: 3, invalid_from: Some(7))");
	}

	#[test]
	fn newtypes_of_the_chain_do_not_show() {
		let newtype = |inner| Value::unnamed_composite([inner]);
		let members = newtype(Value::unnamed_composite([1, 2, 3].map(|id| newtype(Value::u128(id)))));
		let arguments = [
			("purpose", Value::unnamed_variant("Locate", [])),
			("members", members),
			("k", Value::u128(2)),
			("operator", newtype(Value::from_bytes([9; 32]))),
		];
		let call = StaticPayload::new("EmergencyAccess", "form_committee", Composite::named(arguments));
		let operator = Account([9; 32]);
		let expected =
			format!("EmergencyAccess.form_committee(purpose: Locate, members: [1, 2, 3], k: 2, operator: {operator})");
		assert_eq!(call_words(&call), expected);
	}

	#[test]
	fn bytes_that_are_no_text_are_hexadecimal_and_forge_no_lines() {
		let node = said(register_node(NodeId([0xee; 32])));
		assert_eq!(node, format!("Consortium.register_node(node: 0x{})", "ee".repeat(32)));
		let forged = said(admit_institution(InstitutionKind::Clinic, "a\n5 of 5 ayes".into(), Account([9; 32])));
		assert!(forged.contains("name: 0x610a35") && !forged.contains('\n'), "{forged}");
	}
}
