//! How arguments become values that subxt encodes by the runtime's own metadata.

use super::Call;
use crate::wire::Account;
use salus_primitives::{
	CapabilityId, Commitment, CommitteeId, CommitteePurpose, EmergencyRequestId, EmergencyTier, Guardian,
	InstitutionId, InstitutionKind, NodeId, PatientHandle, PermitId, PractitionerId, PurposeClass, PurposeClasses,
	RecordId, ReviewVerdict, ScopeTag, StaffRole,
};
use salus_threshold::{
	dealing::{Dealing, DealingDispute, DealingProof},
	envelope::EnvelopeHeader,
	locate::LocatePart,
	part::DecryptionPart,
	proof::{DleqProof, SchnorrProof},
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

macro_rules! structures {
	($($kind:ty { $($field:ident),+ })+) => {
		$(impl ToValue for $kind {
			fn to_value(&self) -> Value {
				Value::named_composite([$((stringify!($field), self.$field.to_value())),+])
			}
		})+
	};
}

numbers!(u8, u16, u32, u64);
numbered!(InstitutionId, CapabilityId, PermitId, CommitteeId, PurposeClasses);
byte_ids!(PatientHandle, PractitionerId, RecordId, ScopeTag, Commitment, EmergencyRequestId, NodeId, Account);
unit_variants!(InstitutionKind, StaffRole, PurposeClass, EmergencyTier, CommitteePurpose, ReviewVerdict);
structures! {
	SchnorrProof { e, f }
	DleqProof { e, f }
	DealingProof { e, constant_term, ephemeral }
	Dealing { commitments, ephemeral, sealed, proof }
	DealingDispute { shared, proof }
	EnvelopeHeader { u, ubar, e, f, ct_hash }
	DecryptionPart { value, proof }
	LocatePart { value, proof }
}

impl ToValue for Guardian<Account> {
	fn to_value(&self) -> Value {
		match self {
			Self::Institution(institution) => Value::unnamed_variant("Institution", [institution.to_value()]),
			Self::Person(account) => Value::unnamed_variant("Person", [account.to_value()]),
		}
	}
}

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
		assert_eq!(encoded_as::<NodeId>(NodeId([7; 32]).to_value()), NodeId([7; 32]).encode());
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
	fn what_guardians_post_encodes_as_the_chain_decodes_it() {
		let bytes = |seed: u8| [seed; 32];
		let schnorr = SchnorrProof { e: bytes(1), f: bytes(2) };
		assert_eq!(encoded_as::<SchnorrProof>(schnorr.to_value()), schnorr.encode());
		let dleq = DleqProof { e: bytes(3), f: bytes(4) };
		for k in [0, 1, 3] {
			let dealing = Dealing {
				commitments: vec![bytes(5); k],
				ephemeral: bytes(6),
				sealed: vec![bytes(7); k + 2],
				proof: DealingProof { e: bytes(8), constant_term: bytes(9), ephemeral: bytes(10) },
			};
			assert_eq!(encoded_as::<Dealing>(dealing.to_value()), dealing.encode(), "{k} commitments");
		}
		let dispute = DealingDispute { shared: bytes(11), proof: dleq };
		assert_eq!(encoded_as::<DealingDispute>(dispute.to_value()), dispute.encode());
		let header = EnvelopeHeader { u: bytes(1), ubar: bytes(2), e: bytes(3), f: bytes(4), ct_hash: bytes(5) };
		assert_eq!(encoded_as::<EnvelopeHeader>(header.to_value()), header.encode());
		let part = DecryptionPart { value: bytes(12), proof: dleq };
		assert_eq!(encoded_as::<DecryptionPart>(part.to_value()), part.encode());
		let part = LocatePart { value: bytes(13), proof: dleq };
		assert_eq!(encoded_as::<LocatePart>(part.to_value()), part.encode());
	}

	#[test]
	fn committees_guardians_and_verdicts_encode_as_the_chain_decodes_them() {
		let institution = Guardian::<Account>::Institution(InstitutionId(7));
		let person = Guardian::Person(Account([8; 32]));
		for guardian in [institution, person] {
			let encoded = match &guardian {
				Guardian::Institution(institution) => (0u8, institution).encode(),
				Guardian::Person(account) => (1u8, account.0).encode(),
			};
			assert_eq!(encoded_as::<Guardian<[u8; 32]>>(guardian.to_value()), encoded);
		}
		let id = EmergencyRequestId([9; 32]);
		assert_eq!(encoded_as::<EmergencyRequestId>(id.to_value()), id.encode());
		assert_eq!(encoded_as::<CommitteeId>(CommitteeId(1 << 31).to_value()), CommitteeId(1 << 31).encode());
		for tier in [EmergencyTier::Summary, EmergencyTier::Wider] {
			assert_eq!(encoded_as::<EmergencyTier>(tier.to_value()), tier.encode());
		}
		for verdict in [ReviewVerdict::Justified, ReviewVerdict::Unjustified, ReviewVerdict::Inconclusive] {
			assert_eq!(encoded_as::<ReviewVerdict>(verdict.to_value()), verdict.encode());
		}
		assert_eq!(encoded_as::<[u8; 16]>([6u8; 16].to_value()), [6u8; 16].encode());
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
