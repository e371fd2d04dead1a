//! How arguments become values that subxt encodes by the runtime's own metadata.

use super::Call;
use crate::wire::Account;
use salus_primitives::{
	CapabilityId, Commitment, InstitutionId, InstitutionKind, PatientHandle, PermitId, PractitionerId, PurposeClass,
	PurposeClasses, RecordId, ScopeTag, StaffRole,
};
use subxt::dynamic::Value;

/// Something that can stand as an argument of a call.
pub trait ToValue {
	/// The dynamic value.
	fn to_value(&self) -> Value;
}

macro_rules! numbers {
	($($number:ty),+) => {
		$(impl ToValue for $number {
			fn to_value(&self) -> Value {
				Value::u128(u128::from(*self))
			}
		})+
	};
}

macro_rules! numbered {
	($($id:ty),+) => {
		$(impl ToValue for $id {
			fn to_value(&self) -> Value {
				self.0.to_value()
			}
		})+
	};
}

macro_rules! byte_ids {
	($($id:ty),+) => {
		$(impl ToValue for $id {
			fn to_value(&self) -> Value {
				Value::from_bytes(self.0)
			}
		})+
	};
}

macro_rules! unit_variants {
	($($kind:ty),+) => {
		$(impl ToValue for $kind {
			fn to_value(&self) -> Value {
				// `Debug` of a variant without fields is its name, which is what metadata knows it by.
				Value::unnamed_variant(format!("{self:?}"), [])
			}
		})+
	};
}

numbers!(u8, u32, u64);
numbered!(InstitutionId, CapabilityId, PermitId, PurposeClasses);
byte_ids!(PatientHandle, PractitionerId, RecordId, ScopeTag, Commitment, Account);
unit_variants!(InstitutionKind, StaffRole, PurposeClass);

impl ToValue for bool {
	fn to_value(&self) -> Value {
		Value::bool(*self)
	}
}

impl<const N: usize> ToValue for [u8; N] {
	fn to_value(&self) -> Value {
		Value::from_bytes(self)
	}
}

/// Text as its UTF-8 bytes: the chain keeps bounded byte vectors.
impl ToValue for String {
	fn to_value(&self) -> Value {
		Value::from_bytes(self)
	}
}

impl<T: ToValue> ToValue for Vec<T> {
	fn to_value(&self) -> Value {
		Value::unnamed_composite(self.iter().map(ToValue::to_value))
	}
}

impl<T: ToValue> ToValue for Option<T> {
	fn to_value(&self) -> Value {
		match self {
			Some(value) => Value::unnamed_variant("Some", [value.to_value()]),
			None => Value::unnamed_variant("None", []),
		}
	}
}

/// A call inside another call.
impl ToValue for Call {
	fn to_value(&self) -> Value {
		self.payload().into_value()
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use codec::Encode;
	use scale_info::{MetaType, PortableRegistry, Registry, TypeInfo};
	use subxt::ext::scale_encode::EncodeAsType;

	/// Encodes a value as a type of the chain, as subxt does with metadata.
	fn encoded_as<T: TypeInfo + 'static>(value: Value) -> Vec<u8> {
		let mut registry = Registry::new();
		let id = registry.register_type(&MetaType::new::<T>()).id;
		value.encode_as_type(id, &PortableRegistry::from(registry)).unwrap()
	}

	/// Stands for `BoundedVec`, which metadata describes as a newtype around a vector.
	#[derive(TypeInfo, Encode)]
	struct Bounded<T>(Vec<T>);

	#[test]
	fn ids_encode_as_the_chain_decodes_them() {
		let handle = PatientHandle([7; 32]);
		assert_eq!(encoded_as::<PatientHandle>(handle.to_value()), handle.encode());
		let institution = InstitutionId(70_000);
		assert_eq!(encoded_as::<InstitutionId>(institution.to_value()), institution.encode());
		let purposes = PurposeClasses::of(&[PurposeClass::Treatment, PurposeClass::Research]);
		assert_eq!(encoded_as::<PurposeClasses>(purposes.to_value()), purposes.encode());
		assert_eq!(encoded_as::<PurposeClass>(PurposeClass::Research.to_value()), PurposeClass::Research.encode());
		assert_eq!(
			encoded_as::<InstitutionKind>(InstitutionKind::ResearchBody.to_value()),
			InstitutionKind::ResearchBody.encode()
		);
	}

	#[test]
	fn lists_of_none_one_and_two_encode_as_bounded_vectors() {
		for count in 0..3u8 {
			let tags: Vec<ScopeTag> = (0..count).map(|i| ScopeTag([i; 16])).collect();
			assert_eq!(encoded_as::<Bounded<ScopeTag>>(tags.to_value()), tags.encode(), "{count} tags");
			let commitments: Vec<Commitment> = (0..count).map(|i| Commitment([i; 32])).collect();
			assert_eq!(encoded_as::<Bounded<Commitment>>(commitments.to_value()), commitments.encode());
			let roles = vec![StaffRole::Nurse; usize::from(count)];
			assert_eq!(encoded_as::<Bounded<StaffRole>>(roles.to_value()), roles.encode());
			let departments = vec!["cardiology".to_owned(); usize::from(count)];
			let expected: Vec<Vec<u8>> = departments.iter().map(|text| text.clone().into_bytes()).collect();
			assert_eq!(encoded_as::<Bounded<Bounded<u8>>>(departments.to_value()), expected.encode());
			let permits: Vec<PermitId> = (0..count).map(|i| PermitId(i.into())).collect();
			assert_eq!(encoded_as::<Bounded<PermitId>>(permits.to_value()), permits.encode());
		}
	}

	#[test]
	fn one_letter_departments_encode_too() {
		let departments = vec!["a".to_owned()];
		assert_eq!(encoded_as::<Bounded<Bounded<u8>>>(departments.to_value()), vec![b"a".to_vec()].encode());
	}

	#[test]
	fn options_encode_as_options() {
		assert_eq!(encoded_as::<Option<u64>>(Some(5u64).to_value()), Some(5u64).encode());
		assert_eq!(encoded_as::<Option<u64>>(None::<u64>.to_value()), None::<u64>.encode());
	}
}
