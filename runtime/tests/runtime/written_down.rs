//! What clients and stored data rest on is written down in `metadata.txt`: calls, events, storage and the types of Salus. A change of
//! it shows in review, and says which version has to grow.
//!
//! After raising the version, write it anew: `SALUS_WRITE_METADATA=1 cargo test -p salus-runtime --test runtime written_down`.

use crate::support::metadata;
use frame_metadata::v14::StorageEntryType;
use salus_runtime::VERSION;
use scale_info::{form::PortableForm, Field, PortableRegistry, TypeDef};
use std::{collections::BTreeSet, path::Path};

/// A type where it is used: its path with parameters, or what it is made of.
fn named(types: &PortableRegistry, id: u32) -> String {
	let ty = types.resolve(id).unwrap();
	let list = |ids: &mut dyn Iterator<Item = u32>| ids.map(|id| named(types, id)).collect::<Vec<_>>().join(", ");
	match &ty.type_def {
		TypeDef::Sequence(sequence) => format!("[{}]", named(types, sequence.type_param.id)),
		TypeDef::Array(array) => format!("[{}; {}]", named(types, array.type_param.id), array.len),
		TypeDef::Tuple(tuple) => format!("({})", list(&mut tuple.fields.iter().map(|field| field.id))),
		TypeDef::Compact(compact) => format!("Compact<{}>", named(types, compact.type_param.id)),
		TypeDef::Primitive(primitive) => format!("{primitive:?}").to_lowercase(),
		_ => {
			let parameters = list(&mut ty.type_params.iter().filter_map(|parameter| parameter.ty).map(|ty| ty.id));
			let path = ty.path.segments.join("::");
			if parameters.is_empty() {
				path
			} else {
				format!("{path}<{parameters}>")
			}
		}
	}
}

fn fields(types: &PortableRegistry, fields: &[Field<PortableForm>]) -> String {
	let field = |field: &Field<PortableForm>| match &field.name {
		Some(name) => format!("{name}: {}", named(types, field.ty.id)),
		None => named(types, field.ty.id),
	};
	fields.iter().map(field).collect::<Vec<_>>().join(", ")
}

/// What a type is made of, a line for each variant.
fn definition(types: &PortableRegistry, id: u32) -> Vec<String> {
	match &types.resolve(id).unwrap().type_def {
		TypeDef::Composite(composite) => vec![fields(types, &composite.fields)],
		TypeDef::Variant(variant) => variant
			.variants
			.iter()
			.map(|variant| format!("{} {}({})", variant.index, variant.name, fields(types, &variant.fields)))
			.collect(),
		_ => vec![],
	}
}

fn is_ours(path: &str) -> bool {
	let frame = ["pallet_collective", "pallet_session", "pallet_timestamp", "pallet_utility", "pallet_grandpa"];
	let other = ["pallet_aura", "pallet_authorship", "pallet_offences"];
	(path.starts_with("pallet_") || path.starts_with("salus_"))
		&& !frame.iter().chain(&other).any(|name| path.starts_with(name))
}

fn written_down() -> String {
	let metadata = metadata();
	let types = &metadata.types;
	let mut lines =
		vec![format!("spec_version {}, transaction_version {}", VERSION.spec_version, VERSION.transaction_version)];
	for pallet in &metadata.pallets {
		lines.push(format!("\npallet {} {}", pallet.index, pallet.name));
		for call in pallet.calls.iter().flat_map(|calls| definition(types, calls.ty.id)) {
			lines.push(format!("  call {call}"));
		}
		for event in pallet.event.iter().flat_map(|event| definition(types, event.ty.id)) {
			lines.push(format!("  event {event}"));
		}
		for entry in pallet.storage.iter().flat_map(|storage| &storage.entries) {
			lines.push(match &entry.ty {
				StorageEntryType::Plain(value) => format!("  storage {}: {}", entry.name, named(types, value.id)),
				StorageEntryType::Map { hashers, key, value } => {
					let (key, value) = (named(types, key.id), named(types, value.id));
					format!("  storage {}: {hashers:?} {key} -> {value}", entry.name)
				}
			});
		}
	}
	let extensions: Vec<_> = metadata.extrinsic.signed_extensions.iter().map(|item| item.identifier.clone()).collect();
	lines.push(format!("\nextensions {}\n", extensions.join(", ")));
	let ours: BTreeSet<String> = (0..types.types.len() as u32)
		.filter(|id| {
			let name = types.resolve(*id).unwrap().path.segments.last().cloned().unwrap_or_default();
			is_ours(&named(types, *id))
				&& !["Call", "Event", "Error", "RuntimeCall", "RuntimeEvent"].contains(&&name[..])
		})
		.map(|id| format!("type {} = {}", named(types, id), definition(types, id).join(" | ")))
		.collect();
	lines.extend(ours);
	lines.join("\n") + "\n"
}

#[test]
fn the_metadata_is_as_written_down() {
	let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/metadata.txt");
	let now = written_down();
	if std::env::var_os("SALUS_WRITE_METADATA").is_some() {
		std::fs::write(&path, &now).unwrap();
	}
	let before = std::fs::read_to_string(&path).unwrap();
	let (old, new): (BTreeSet<_>, BTreeSet<_>) = (before.lines().collect(), now.lines().collect());
	let gone: String = old.difference(&new).map(|line| format!("- {line}\n")).collect();
	let come: String = new.difference(&old).map(|line| format!("+ {line}\n")).collect();
	assert!(
		before == now,
		"the metadata has changed:\n{gone}{come}\nRaise `spec_version` (and `transaction_version` when a call's encoding or an \
		 extension changed), migrate what is stored, and write it down as the head of this file says."
	);
}
