//! The attributes of a record under one RFC 9162 root. Each is salted, so that one opens and the others stay unreadable.
//!
//! The root goes into the message of the record's commitment ([`crate::pedersen::anchor_message`]): whoever opens the
//! commitment and one attribute shows that the record was anchored for that handle with exactly that author, label or time.

use crate::{
	hex_bytes,
	tree::{self, Hash, InclusionProof, Tree, TreeHead},
};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode};
use core::fmt;
use rand_core_chain::{CryptoRng, RngCore};
use serde::{Deserialize, Serialize};

/// Domain tag of an attribute's leaf.
pub const ATTRIBUTE_TAG: &str = "salus/attr/v1";

/// Number of attributes of every record.
pub const ATTRIBUTE_COUNT: usize = AttributeName::ALL.len();

/// What an attribute says. The order is fixed: it is the position of the leaf.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Hash,
	Encode,
	Decode,
	DecodeWithMemTracking,
	Serialize,
	Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub enum AttributeName {
	/// Who wrote the record.
	Author,
	/// The clinical category.
	Category,
	/// Confidentiality and sensitivity labels.
	Labels,
	/// When it was recorded.
	RecordedAt,
	/// Counts the versions of one record.
	Version,
	/// The record that this one amends, marks as entered in error or erases; empty when none.
	Supersedes,
	/// Hash of the ciphertext.
	ContentId,
	/// Hash of the ciphertext's header, and through it the key commitment.
	Header,
}

impl AttributeName {
	/// All names in the order of their leaves.
	pub const ALL: [Self; 8] = [
		Self::Author,
		Self::Category,
		Self::Labels,
		Self::RecordedAt,
		Self::Version,
		Self::Supersedes,
		Self::ContentId,
		Self::Header,
	];

	/// Position of its leaf.
	pub const fn index(self) -> usize {
		self as usize
	}
}

/// The plain values of a record's attributes. They are opaque bytes here; an absent one is empty.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct AttributeValues {
	/// See [`AttributeName::Author`].
	pub author: Vec<u8>,
	/// See [`AttributeName::Category`].
	pub category: Vec<u8>,
	/// See [`AttributeName::Labels`].
	pub labels: Vec<u8>,
	/// See [`AttributeName::RecordedAt`].
	pub recorded_at: Vec<u8>,
	/// See [`AttributeName::Version`].
	pub version: Vec<u8>,
	/// See [`AttributeName::Supersedes`].
	pub supersedes: Vec<u8>,
	/// See [`AttributeName::ContentId`].
	pub content_id: Vec<u8>,
	/// See [`AttributeName::Header`].
	pub header: Vec<u8>,
}

impl AttributeValues {
	fn in_order(self) -> [Vec<u8>; ATTRIBUTE_COUNT] {
		let Self { author, category, labels, recorded_at, version, supersedes, content_id, header } = self;
		[author, category, labels, recorded_at, version, supersedes, content_id, header]
	}
}

/// One attribute with the salt that hides it. Its value is not printed by `Debug`.
#[derive(Clone, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attribute {
	/// Which attribute.
	pub name: AttributeName,
	/// 32 random bytes, fresh for each attribute of each version.
	#[serde(with = "hex_bytes")]
	pub salt: [u8; 32],
	/// What it says; `0x…` in JSON.
	#[serde(with = "hex_bytes::string")]
	pub value: Vec<u8>,
}

impl Attribute {
	/// Hash of the leaf `SCALE("salus/attr/v1", name, salt, value)`.
	pub fn leaf_hash(&self) -> Hash {
		tree::leaf_hash(&(ATTRIBUTE_TAG, self).encode())
	}
}

impl fmt::Debug for Attribute {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "Attribute({:?}, ..)", self.name)
	}
}

/// All attributes of one version of a record, with their salts: its keeper stores them beside the blinding.
#[derive(Clone, Debug, PartialEq, Eq, Encode, DecodeWithMemTracking, Serialize, Deserialize)]
#[serde(try_from = "Vec<Attribute>", into = "Vec<Attribute>")]
pub struct Attributes([Attribute; ATTRIBUTE_COUNT]);

impl Attributes {
	/// Salts the values with fresh random bytes.
	pub fn salted<R: RngCore + CryptoRng>(values: AttributeValues, rng: &mut R) -> Self {
		let mut salts = [[0u8; 32]; ATTRIBUTE_COUNT];
		salts.iter_mut().for_each(|salt| rng.fill_bytes(salt));
		Self::with_salts(values, salts)
	}

	/// The attributes with these salts, for callers with another generation of random number traits. A salt must be 32
	/// uniform random bytes and serve once.
	pub fn with_salts(values: AttributeValues, salts: [[u8; 32]; ATTRIBUTE_COUNT]) -> Self {
		let mut values = values.in_order();
		Self(AttributeName::ALL.map(|name| Attribute {
			name,
			salt: salts[name.index()],
			value: core::mem::take(&mut values[name.index()]),
		}))
	}

	/// Value of one attribute.
	pub fn value(&self, name: AttributeName) -> &[u8] {
		&self.0[name.index()].value
	}

	/// The root over all attributes, for [`crate::pedersen::anchor_message`].
	pub fn root(&self) -> Hash {
		self.tree().head().root
	}

	/// Opens one attribute; the proof discloses nothing about the others.
	pub fn open(&self, name: AttributeName) -> OpenedAttribute {
		let proof = self.tree().prove_inclusion(name.index() as u64);
		OpenedAttribute {
			attribute: self.0[name.index()].clone(),
			proof: proof.expect("the tree has a leaf for every name; qed"),
		}
	}

	fn tree(&self) -> Tree {
		Tree::new(self.0.iter().map(Attribute::leaf_hash).collect())
	}
}

/// The attributes are not all eight, each once, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WrongAttributes;

impl fmt::Display for WrongAttributes {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str("expected all attributes of a record, each once, in their fixed order")
	}
}

impl core::error::Error for WrongAttributes {}

impl TryFrom<Vec<Attribute>> for Attributes {
	type Error = WrongAttributes;

	fn try_from(attributes: Vec<Attribute>) -> Result<Self, Self::Error> {
		let attributes: [Attribute; ATTRIBUTE_COUNT] = attributes.try_into().map_err(|_| WrongAttributes)?;
		let in_order = attributes.iter().map(|attribute| attribute.name).eq(AttributeName::ALL);
		in_order.then_some(Self(attributes)).ok_or(WrongAttributes)
	}
}

impl From<Attributes> for Vec<Attribute> {
	fn from(attributes: Attributes) -> Self {
		attributes.0.into()
	}
}

impl Decode for Attributes {
	fn decode<I: codec::Input>(input: &mut I) -> Result<Self, codec::Error> {
		let attributes = <[Attribute; ATTRIBUTE_COUNT]>::decode(input)?;
		Vec::from(attributes).try_into().map_err(|_| "attributes out of order".into())
	}
}

/// One attribute and the proof that it stands under a record's attribute root.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenedAttribute {
	/// The attribute.
	pub attribute: Attribute,
	/// Its place.
	pub proof: InclusionProof,
}

impl OpenedAttribute {
	/// Whether the root holds this attribute at the place of its name.
	pub fn verify(&self, root: &Hash) -> bool {
		let head = TreeHead { root: *root, size: ATTRIBUTE_COUNT as u64 };
		self.proof.index == self.attribute.name.index() as u64
			&& head.includes(&self.attribute.leaf_hash(), &self.proof)
	}
}
