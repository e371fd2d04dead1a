//! What the chain shows to everybody must name nothing clinical, and nothing that Salus must not have.

use codec::Decode;
use frame_metadata::{v14::RuntimeMetadataV14, RuntimeMetadata, RuntimeMetadataPrefixed};
use salus_runtime::Runtime;
use scale_info::{form::PortableForm, PortableRegistry, Type, TypeDef};
use std::collections::BTreeSet;

/// The pallets whose calls, events and storage concern patients.
const ABOUT_PATIENTS: [&str; 5] = ["PatientRegistry", "RecordAnchors", "Consent", "EmergencyAccess", "AuditTrail"];

/// Words of a chart, a label, a role or an identity: none may appear in a name of a type, a field or a variant there.
const CLINICAL: [&str; 34] = [
	"category",
	"sensitivity",
	"diagnos",
	"condition",
	"medication",
	"allerg",
	"laborator",
	"observation",
	"immuniz",
	"procedure",
	"encounter",
	"hiv",
	"psych",
	"opioid",
	"ethud",
	"department",
	"role",
	"practitioner",
	"staff",
	"physician",
	"nurse",
	"name",
	"birth",
	"gender",
	"address",
	"national",
	"mrn",
	"ssn",
	"phone",
	"email",
	"icd",
	"loinc",
	"snomed",
	"label",
];

fn metadata() -> RuntimeMetadataV14 {
	let bytes: Vec<u8> = Runtime::metadata().into();
	match RuntimeMetadataPrefixed::decode(&mut &bytes[..]).unwrap().1 {
		RuntimeMetadata::V14(metadata) => metadata,
		_ => panic!("the runtime's default metadata has another version"),
	}
}

/// Names of the type and of everything it is made of.
fn names_within(registry: &PortableRegistry, id: u32, seen: &mut BTreeSet<u32>, names: &mut BTreeSet<String>) {
	if !seen.insert(id) {
		return;
	}
	let ty: &Type<PortableForm> = registry.resolve(id).unwrap();
	names.extend(ty.path.segments.iter().map(|segment| segment.to_string()));
	let mut field = |field: &scale_info::Field<PortableForm>| {
		names.extend(field.name.as_ref().map(|name| name.to_string()));
		field.ty.id
	};
	let inner: Vec<u32> = match &ty.type_def {
		TypeDef::Composite(composite) => composite.fields.iter().map(&mut field).collect(),
		TypeDef::Variant(variant) => {
			let ids: Vec<u32> = variant.variants.iter().flat_map(|v| v.fields.iter()).map(&mut field).collect();
			names.extend(variant.variants.iter().map(|v| v.name.to_string()));
			ids
		}
		TypeDef::Sequence(sequence) => vec![sequence.type_param.id],
		TypeDef::Array(array) => vec![array.type_param.id],
		TypeDef::Tuple(tuple) => tuple.fields.iter().map(|field| field.id).collect(),
		TypeDef::Compact(compact) => vec![compact.type_param.id],
		_ => vec![],
	};
	for id in inner {
		names_within(registry, id, seen, names);
	}
}

fn clinical_among(names: &BTreeSet<String>) -> Vec<&String> {
	names.iter().filter(|name| CLINICAL.iter().any(|word| name.to_lowercase().contains(word))).collect()
}

#[test]
fn nothing_about_a_patient_names_a_clinical_type() {
	let metadata = metadata();
	for pallet in metadata.pallets.iter().filter(|pallet| ABOUT_PATIENTS.contains(&pallet.name.as_str())) {
		let mut names = BTreeSet::new();
		let mut seen = BTreeSet::new();
		// The types of a call's arguments, not the runtime-wide enum around them.
		let mut roots: Vec<u32> = Vec::new();
		roots.extend(pallet.calls.as_ref().map(|calls| calls.ty.id));
		roots.extend(pallet.event.as_ref().map(|event| event.ty.id));
		for item in pallet.storage.iter().flat_map(|storage| &storage.entries) {
			names.insert(item.name.to_string());
			match &item.ty {
				frame_metadata::v14::StorageEntryType::Plain(value) => roots.push(value.id),
				frame_metadata::v14::StorageEntryType::Map { key, value, .. } => roots.extend([key.id, value.id]),
			}
		}
		assert!(!roots.is_empty(), "{} has calls, events or storage", pallet.name);
		for root in roots {
			names_within(&metadata.types, root, &mut seen, &mut names);
		}
		assert_eq!(clinical_among(&names), Vec::<&String>::new(), "in {}", pallet.name);
	}
}

#[test]
fn the_search_for_clinical_types_finds_them_where_they_may_stand() {
	let metadata = metadata();
	let consortium = metadata.pallets.iter().find(|pallet| pallet.name == "Consortium").unwrap();
	let mut names = BTreeSet::new();
	names_within(&metadata.types, consortium.calls.as_ref().unwrap().ty.id, &mut BTreeSet::new(), &mut names);
	assert!(names.iter().any(|name| name == "StaffRole"), "the staff registry names roles: the search must see them");
	assert!(!clinical_among(&names).is_empty());
}

#[test]
fn the_audit_trail_closes_the_block_after_every_other_pallet() {
	// The order of hooks is not in the metadata.
	use frame_support::traits::PalletsInfoAccess;
	let names: Vec<&str> = salus_runtime::AllPalletsWithSystem::infos().iter().map(|info| info.name).collect();
	assert_eq!(names.last(), Some(&"AuditTrail"), "{names:?}");
}

#[test]
fn the_queries_that_clients_ask_are_in_the_metadata() {
	use frame_metadata::RuntimeMetadata::V15;
	let bytes = Runtime::metadata_at_version(15).expect("the runtime knows version 15");
	let V15(metadata) = RuntimeMetadataPrefixed::decode(&mut &bytes[..]).unwrap().1 else { panic!("version 15") };
	let methods = |api: &str| -> BTreeSet<String> {
		let api = metadata.apis.iter().find(|listed| listed.name == api).unwrap_or_else(|| panic!("no {api}"));
		api.methods.iter().map(|method| method.name.to_string()).collect()
	};
	assert!(methods("SalusApi").contains("permit"));
	let own_affairs = [
		"authorized_upgrade",
		"membership_ends",
		"nodes",
		"offenders",
		"parameters",
		"pauses",
		"session",
		"validators",
	];
	assert_eq!(methods("ConsortiumApi"), own_affairs.map(String::from).into());
	let expected = [
		"committee",
		"committees",
		"committees_of_guardian",
		"committees_of_institution",
		"consortium_committee",
		"dealings",
		"guardian_key",
		"locate_session",
		"open_locate_sessions",
		"open_sessions",
		"personal_committee",
		"personal_formation",
		"scope",
		"session",
		"sessions",
	];
	assert_eq!(methods("EmergencyApi"), expected.map(String::from).into());
}

#[test]
fn there_is_no_money_and_no_sudo() {
	let metadata = metadata();
	let names: Vec<&str> = metadata.pallets.iter().map(|pallet| pallet.name.as_str()).collect();
	for absent in ["Sudo", "Balances", "TransactionPayment", "Assets"] {
		assert!(!names.contains(&absent), "{absent} does not belong into this runtime");
	}
	for pallet in ABOUT_PATIENTS {
		assert!(names.contains(&pallet), "{pallet} is part of this runtime");
	}
}

#[test]
fn the_extensions_of_a_transaction_stand_in_their_order() {
	let names: Vec<String> =
		metadata().extrinsic.signed_extensions.iter().map(|extension| extension.identifier.to_string()).collect();
	let position = |name: &str| names.iter().position(|n| n == name).unwrap_or_else(|| panic!("{name} in {names:?}"));
	assert!(position("CheckNonce") < position("CheckMember"));
	assert!(position("CheckMember") < position("CheckWeight"));
}
