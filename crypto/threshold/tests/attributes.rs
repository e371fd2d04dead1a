//! Attribute roots and openings against frozen vectors, and attempts to show another attribute than the one committed to.

mod common;

use codec::{Decode, Encode};
use common::{vectors, Bytes};
use rand_core_chain::OsRng;
use salus_threshold::{
	attributes::{
		Attribute, AttributeName, AttributeValues, Attributes, OpenedAttribute, WrongAttributes, ATTRIBUTE_COUNT,
	},
	tree::Tree,
};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Vectors {
	attributes: Attributes,
	encoded: Bytes,
	leaf_hashes: Vec<Bytes>,
	root: Bytes,
	opened: Vec<OpenedAttribute>,
	refused: Vec<Refused>,
}

#[derive(Deserialize)]
struct Refused {
	why: String,
	opened: OpenedAttribute,
}

fn frozen() -> Vectors {
	vectors(include_str!("vectors/attributes.json"))
}

fn listed() -> Vec<Attribute> {
	frozen().attributes.into()
}

#[test]
fn leaves_and_root_equal_their_vectors() {
	let frozen = frozen();
	assert_eq!(frozen.attributes.root(), frozen.root.fixed());
	assert_eq!(frozen.leaf_hashes.len(), ATTRIBUTE_COUNT);
	for (attribute, expected) in listed().iter().zip(&frozen.leaf_hashes) {
		assert_eq!(attribute.leaf_hash(), expected.fixed());
	}
	assert_eq!(frozen.attributes.encode(), frozen.encoded.0);
	assert_eq!(Attributes::decode(&mut frozen.encoded.0.as_slice()), Ok(frozen.attributes));
}

#[test]
fn each_attribute_opens_alone_as_its_vector_says() {
	let frozen = frozen();
	assert_eq!(frozen.opened.len(), ATTRIBUTE_COUNT);
	for (name, expected) in AttributeName::ALL.into_iter().zip(&frozen.opened) {
		let opened = frozen.attributes.open(name);
		assert_eq!(&opened, expected);
		assert_eq!(opened.attribute.value, frozen.attributes.value(name));
		assert!(opened.verify(&frozen.root.fixed()));
	}
}

/// What an opening discloses: its own attribute and hashes, no other salt or value.
#[test]
fn opening_discloses_no_other_attribute() {
	let attributes = frozen().attributes;
	for name in AttributeName::ALL {
		let shown = attributes.open(name).encode();
		let holds = |secret: &[u8]| shown.windows(secret.len()).any(|window| window == secret);
		for other in listed().into_iter().filter(|other| other.name != name) {
			assert!(!holds(&other.salt), "{name:?} {other:?}");
			// A shorter value can stand in any encoding by chance.
			assert!(other.value.len() < 8 || !holds(&other.value), "{name:?} {other:?}");
		}
	}
}

#[test]
fn verify_refuses_every_negative_vector() {
	let frozen = frozen();
	assert!(frozen.refused.len() >= 6);
	for Refused { why, opened } in frozen.refused {
		assert!(!opened.verify(&frozen.root.fixed()), "{why}");
	}
}

#[test]
fn verify_refuses_opening_when_the_root_is_of_another_record() {
	let other = Attributes::salted(AttributeValues::default(), &mut OsRng).root();
	for opened in frozen().opened {
		assert!(!opened.verify(&other));
	}
}

/// A custodian commits to two labels, the true one at its place and a lower one elsewhere, to open whichever suits.
#[test]
fn verify_refuses_opening_when_it_stands_at_another_name_s_place() {
	let mut doubled = listed();
	doubled[1] = Attribute { value: b"N".to_vec(), ..doubled[2].clone() };
	let tree = Tree::new(doubled.iter().map(Attribute::leaf_hash).collect());
	let open = |index: usize| OpenedAttribute {
		attribute: doubled[index].clone(),
		proof: tree.prove_inclusion(index as u64).expect("one of eight"),
	};
	let head = tree.head();
	assert!(head.includes(&doubled[1].leaf_hash(), &open(1).proof));
	assert!(!open(1).verify(&head.root));
	assert!(open(2).verify(&head.root));
}

#[test]
fn salted_gives_another_root_when_values_are_the_same() {
	let values = AttributeValues { category: b"laboratory".to_vec(), ..Default::default() };
	let one = Attributes::salted(values.clone(), &mut OsRng);
	let two = Attributes::salted(values, &mut OsRng);
	assert_eq!(one.value(AttributeName::Category), two.value(AttributeName::Category));
	assert_ne!(one.root(), two.root());
	let mut salts: Vec<_> = Vec::from(one).into_iter().chain(Vec::from(two)).map(|attribute| attribute.salt).collect();
	salts.sort_unstable();
	salts.dedup();
	assert_eq!(salts.len(), 2 * ATTRIBUTE_COUNT);
}

#[test]
fn with_salts_puts_each_value_under_its_name() {
	let value = |name: AttributeName| vec![name.index() as u8];
	let values = AttributeValues {
		author: value(AttributeName::Author),
		category: value(AttributeName::Category),
		labels: value(AttributeName::Labels),
		recorded_at: value(AttributeName::RecordedAt),
		version: value(AttributeName::Version),
		supersedes: value(AttributeName::Supersedes),
		content_id: value(AttributeName::ContentId),
		header: value(AttributeName::Header),
	};
	let attributes = Attributes::with_salts(values, core::array::from_fn(|i| [i as u8; 32]));
	for attribute in Vec::from(attributes) {
		assert_eq!(attribute.value, value(attribute.name));
		assert_eq!(attribute.salt, [attribute.name.index() as u8; 32]);
	}
}

#[test]
fn attributes_are_refused_when_one_is_missing_doubled_or_out_of_order() {
	let mut swapped = listed();
	swapped.swap(1, 2);
	let mut doubled = listed();
	doubled[1] = doubled[0].clone();
	let mut longer = listed();
	longer.push(longer[7].clone());
	for wrong in [listed()[..7].to_vec(), swapped, doubled, longer, vec![]] {
		assert_eq!(Attributes::try_from(wrong.clone()), Err(WrongAttributes));
		let json = serde_json::to_string(&wrong).expect("writes");
		assert!(serde_json::from_str::<Attributes>(&json).is_err());
		if let Ok(eight) = <[Attribute; ATTRIBUTE_COUNT]>::try_from(wrong) {
			assert!(Attributes::decode(&mut eight.encode().as_slice()).is_err());
		}
	}
}

#[test]
fn debug_prints_no_value() {
	let printed = format!("{:?}", frozen().attributes);
	assert!(printed.contains("Category") && !printed.contains("salt") && !printed.contains("108, 97"), "{printed}");
}
