//! What a record's anchor says, and what a reader checks before it believes a record.
//!
//! The anchor is a Pedersen commitment over chain, custodian, handle and the root of salted attributes. This module fixes how the
//! facts of a record become attribute values, so that the custodian who anchors and the reader who verifies agree.

use crate::wire::{AnchorOpening, ReleasedPart, ReleasedRecord};
use codec::{Decode, DecodeAll, Encode};
use salus_envelope::{record, Dek, RecordError, WrapContext, WrapError, XWingSecret};
use salus_policy::{Category, LabelClass};
use salus_primitives::{Commitment, InstitutionId, Moment, PatientHandle, PractitionerId, RecordId};
use salus_threshold::{
	attributes::{AttributeName, AttributeValues, Attributes, ATTRIBUTE_COUNT},
	pedersen,
};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use zeroize::Zeroizing;

/// The hashes of one sealed part of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct PartFacts {
	/// SHA-256 of the sealed bytes: the hash inside their CID.
	pub content: [u8; 32],
	/// Hash of their header, which holds the key commitment.
	pub header: [u8; 32],
}

impl PartFacts {
	/// The hashes of sealed bytes.
	///
	/// # Errors
	/// When the bytes have no readable header.
	pub fn of(blob: &[u8]) -> Result<Self, RecordError> {
		Ok(Self { content: Sha256::digest(blob).into(), header: record::header_hash(blob)? })
	}
}

/// Everything that a record's attributes say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordFacts {
	/// Who ingested it. Value: the 32 bytes.
	pub author: PractitionerId,
	/// Its category. Value: one byte, [`Category::code`].
	pub category: Category,
	/// Its label classes. Value: SCALE of the codes in ascending order.
	pub classes: BTreeSet<LabelClass>,
	/// Clinical time. Value: SCALE of the number.
	pub recorded_at: Moment,
	/// Version, from 1. Value: SCALE of the number.
	pub version: u32,
	/// The record it replaces. Value: its 32 bytes, or none.
	pub supersedes: Option<RecordId>,
	/// The de-identified body.
	pub body: PartFacts,
	/// What was taken out of it. Content ids and headers of both parts are SCALE of (body, option of persona).
	pub persona: Option<PartFacts>,
}

impl RecordFacts {
	/// The values under the attribute root.
	pub fn attribute_values(&self) -> AttributeValues {
		AttributeValues {
			author: self.author.encode(),
			category: vec![self.category.code()],
			labels: self.classes.encode(),
			recorded_at: self.recorded_at.encode(),
			version: self.version.encode(),
			supersedes: self.supersedes.map(|record| record.0.to_vec()).unwrap_or_default(),
			content_id: (self.body.content, self.persona.map(|part| part.content)).encode(),
			header: (self.body.header, self.persona.map(|part| part.header)).encode(),
		}
	}

	/// Salts the attributes and commits to them. What it returns beside id and commitment is the opening: the custodian keeps it.
	pub fn anchor(&self, genesis: &[u8; 32], custodian: InstitutionId, handle: &PatientHandle) -> NewAnchor {
		let salts: [[u8; 32]; ATTRIBUTE_COUNT] = std::array::from_fn(|_| crate::random_bytes());
		let attributes = Attributes::with_salts(self.attribute_values(), salts);
		let message = pedersen::anchor_message(genesis, custodian.0, &handle.0, &attributes.root());
		let blinding = loop {
			let mut wide = Zeroizing::new([0u8; 64]);
			wide[..32].copy_from_slice(&crate::random_bytes());
			wide[32..].copy_from_slice(&crate::random_bytes());
			if let Some(blinding) = pedersen::Blinding::from_uniform_bytes(&wide) {
				break blinding;
			}
		};
		let commitment = Commitment(pedersen::commit(&message, blinding.as_scalar()));
		let record = RecordId(salus_threshold::record_id(custodian.0, &handle.0, &commitment.0));
		NewAnchor { record, commitment, blinding: blinding.to_bytes(), attributes }
	}
}

/// A fresh commitment and its opening.
pub struct NewAnchor {
	/// Id of the record.
	pub record: RecordId,
	/// What goes on chain.
	pub commitment: Commitment,
	/// Secret blinding of the commitment, canonical.
	pub blinding: Zeroizing<[u8; 32]>,
	/// The attributes with their salts.
	pub attributes: Attributes,
}

impl NewAnchor {
	/// The opening for a reader, with these attributes.
	pub fn open(&self, names: &[AttributeName]) -> AnchorOpening {
		AnchorOpening {
			commitment: self.commitment,
			blinding: (*self.blinding).into(),
			attribute_root: self.attributes.root().into(),
			attributes: names.iter().map(|name| self.attributes.open(*name)).collect(),
		}
	}
}

/// The attributes that every release opens.
pub const RELEASED_ATTRIBUTES: [AttributeName; 6] = [
	AttributeName::Category,
	AttributeName::Labels,
	AttributeName::RecordedAt,
	AttributeName::Version,
	AttributeName::ContentId,
	AttributeName::Header,
];

/// What a reader knows from elsewhere than the release: the chain, whom it asked, about whom, and its one-time key.
#[derive(Clone, Copy, Debug)]
pub struct ReaderContext<'a> {
	/// Hash of the genesis block.
	pub genesis: &'a [u8; 32],
	/// Who was asked.
	pub custodian: InstitutionId,
	/// About whom.
	pub handle: &'a PatientHandle,
	/// The key that the request named.
	pub one_time_key: &'a XWingSecret,
}

/// A released record that is what it says it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenedRecord {
	/// Its id: compare with the chain's anchors.
	pub record: RecordId,
	/// FHIR resource type, as the custodian says.
	pub kind: String,
	/// Its category, proven.
	pub category: Category,
	/// Its label classes, proven.
	pub classes: BTreeSet<LabelClass>,
	/// Clinical time, proven.
	pub recorded_at: Moment,
	/// Its version, proven.
	pub version: u32,
	/// The original bytes; without the persona part, the de-identified ones.
	pub bytes: Vec<u8>,
	/// Whether the persona part was there.
	pub rejoined: bool,
}

/// What is wrong with a released record. Each is a finding: report it to both privacy officers.
#[derive(Debug, thiserror::Error)]
pub enum RecordFault {
	/// The id is not made from custodian, handle and commitment.
	#[error("the record does not belong to this handle at this custodian")]
	OtherHandle,
	/// The chain has no such anchor.
	#[error("the chain holds no anchor for the record")]
	NotAnchored,
	/// The opening is wrong.
	#[error("the opening does not open the record's commitment")]
	Commitment,
	/// An attribute was not opened.
	#[error("the attribute {0:?} was not opened")]
	AttributeMissing(AttributeName),
	/// An attribute does not stand under the root.
	#[error("the attribute {0:?} is not the one that was anchored")]
	Attribute(AttributeName),
	/// An attribute does not say what the release says.
	#[error("the release states another {0:?} than was anchored")]
	Misstated(AttributeName),
	/// The sealed bytes are not the anchored ones.
	#[error("the {0} was altered or exchanged: its content id is not the anchored one")]
	Content(&'static str),
	/// The header is not the anchored one.
	#[error("the header of the {0} is not the anchored one")]
	Header(&'static str),
	/// The key does not unwrap.
	#[error("the key of the {0} does not unwrap: {1}")]
	Wrap(&'static str, WrapError),
	/// The bytes do not decrypt.
	#[error("the {0} does not decrypt: {1}")]
	Sealed(&'static str, RecordError),
	/// Body and persona do not fit together.
	#[error("body and persona do not fit together: {0}")]
	Rejoin(String),
}

/// Verifies a released record against its anchor's opening, decrypts and rejoins it. Whether the chain holds the anchor is the
/// caller's to check, by [`OpenedRecord::record`].
///
/// # Errors
/// [`RecordFault`]: the first thing that is wrong.
pub fn open_released(released: &ReleasedRecord, context: &ReaderContext<'_>) -> Result<OpenedRecord, RecordFault> {
	let opening = &released.opening;
	let record = RecordId(salus_threshold::record_id(context.custodian.0, &context.handle.0, &opening.commitment.0));
	if record != released.record {
		return Err(RecordFault::OtherHandle);
	}
	let message =
		pedersen::anchor_message(context.genesis, context.custodian.0, &context.handle.0, &opening.attribute_root.0);
	if !pedersen::verify(&opening.commitment.0, &message, &opening.blinding.0) {
		return Err(RecordFault::Commitment);
	}

	let category: [u8; 1] = attribute(opening, AttributeName::Category)?;
	let classes: BTreeSet<LabelClass> = attribute(opening, AttributeName::Labels)?;
	if category != [released.category.code()] {
		return Err(RecordFault::Misstated(AttributeName::Category));
	}
	if classes != released.classes.iter().copied().collect() {
		return Err(RecordFault::Misstated(AttributeName::Labels));
	}
	let contents: ([u8; 32], Option<[u8; 32]>) = attribute(opening, AttributeName::ContentId)?;
	let headers: ([u8; 32], Option<[u8; 32]>) = attribute(opening, AttributeName::Header)?;

	let body_facts = PartFacts { content: contents.0, header: headers.0 };
	let body = open_part("body", &released.body, &body_facts, record, context)?;
	let persona = match (&released.persona, contents.1, headers.1) {
		(Some(part), Some(content), Some(header)) => {
			Some(open_part("persona", part, &PartFacts { content, header }, record, context)?)
		}
		(Some(_), ..) => return Err(RecordFault::Content("persona")),
		(None, ..) => None,
	};
	let rejoined = persona.is_some();
	let bytes = match persona {
		Some(persona) => salus_fhir::rejoin(&body, &persona).map_err(|error| RecordFault::Rejoin(error.to_string()))?,
		None => body,
	};
	Ok(OpenedRecord {
		record,
		kind: released.kind.clone(),
		category: released.category,
		classes,
		recorded_at: attribute(opening, AttributeName::RecordedAt)?,
		version: attribute(opening, AttributeName::Version)?,
		bytes,
		rejoined,
	})
}

/// The value of an opened attribute, when it stands under the root.
fn attribute<T: Decode>(opening: &AnchorOpening, name: AttributeName) -> Result<T, RecordFault> {
	let opened = opening
		.attributes
		.iter()
		.find(|opened| opened.attribute.name == name)
		.ok_or(RecordFault::AttributeMissing(name))?;
	if !opened.verify(&opening.attribute_root.0) {
		return Err(RecordFault::Attribute(name));
	}
	T::decode_all(&mut &opened.attribute.value[..]).map_err(|_| RecordFault::Attribute(name))
}

fn open_part(
	name: &'static str,
	part: &ReleasedPart,
	facts: &PartFacts,
	record: RecordId,
	context: &ReaderContext<'_>,
) -> Result<Vec<u8>, RecordFault> {
	// The content id first: it says that somebody exchanged the bytes, where the cipher could only say that it fails.
	let content: [u8; 32] = Sha256::digest(&part.blob.0).into();
	if content != facts.content {
		return Err(RecordFault::Content(name));
	}
	let sealed = |error| RecordFault::Sealed(name, error);
	if record::header_hash(&part.blob.0).map_err(sealed)? != facts.header {
		return Err(RecordFault::Header(name));
	}
	let wrap_context = WrapContext {
		subject: record.0,
		epoch: part.wrap.epoch,
		recipient: context.one_time_key.public().hash(),
		purpose: part.wrap.purpose,
		expires_at: part.wrap.expires_at,
		key_commitment: record::key_commitment(&part.blob.0).map_err(sealed)?,
	};
	let key = salus_envelope::wrap::unwrap(context.one_time_key, &part.wrap.wrap.0, context.genesis, &wrap_context)
		.map_err(|error| RecordFault::Wrap(name, error))?;
	record::open(&Dek::from_bytes(*key), &part.blob.0).map_err(sealed)
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::wire::ReleasedWrap;

	const GENESIS: [u8; 32] = [1; 32];
	const CUSTODIAN: InstitutionId = InstitutionId(3);
	const HANDLE: PatientHandle = PatientHandle([7; 32]);

	fn part(plain: &[u8], record: RecordId, dek: &Dek, blob: &[u8], reader: &XWingSecret) -> ReleasedPart {
		assert_eq!(record::open(dek, blob).unwrap(), plain);
		let context = WrapContext {
			subject: record.0,
			epoch: 0,
			recipient: reader.public().hash(),
			purpose: 0,
			expires_at: 9,
			key_commitment: record::key_commitment(blob).unwrap(),
		};
		let wrap = salus_envelope::wrap::wrap(reader.public(), dek.expose(), &GENESIS, &context).unwrap();
		ReleasedPart {
			blob: blob.to_vec().into(),
			wrap: ReleasedWrap { epoch: 0, purpose: 0, expires_at: 9, wrap: wrap.into() },
		}
	}

	/// A release of one body without persona part.
	fn released(reader: &XWingSecret) -> ReleasedRecord {
		let (dek, plain) = (Dek::generate().unwrap(), br#"{"resourceType":"Observation"}"#);
		let blob = record::seal(&dek, plain).unwrap();
		let facts = RecordFacts {
			author: PractitionerId([2; 32]),
			category: Category::Laboratory,
			classes: [LabelClass::Normal].into(),
			recorded_at: 1_600_000_000_000,
			version: 1,
			supersedes: None,
			body: PartFacts::of(&blob).unwrap(),
			persona: None,
		};
		let anchor = facts.anchor(&GENESIS, CUSTODIAN, &HANDLE);
		ReleasedRecord {
			record: anchor.record,
			provisional: None,
			kind: "Observation".into(),
			category: Category::Laboratory,
			classes: vec![LabelClass::Normal],
			body: part(plain, anchor.record, &dek, &blob, reader),
			persona: None,
			opening: anchor.open(&RELEASED_ATTRIBUTES),
		}
	}

	fn open(record: &ReleasedRecord, reader: &XWingSecret) -> Result<OpenedRecord, RecordFault> {
		let context = ReaderContext { genesis: &GENESIS, custodian: CUSTODIAN, handle: &HANDLE, one_time_key: reader };
		open_released(record, &context)
	}

	#[test]
	fn a_release_opens_to_what_was_sealed() {
		let reader = XWingSecret::generate().unwrap();
		let opened = open(&released(&reader), &reader).unwrap();
		assert_eq!(opened.bytes, br#"{"resourceType":"Observation"}"#);
		assert_eq!((opened.version, opened.recorded_at, opened.rejoined), (1, 1_600_000_000_000, false));
	}

	#[test]
	fn a_release_is_refused_when_a_bit_was_flipped() {
		let reader = XWingSecret::generate().unwrap();
		let mut record = released(&reader);
		let last = record.body.blob.0.len() - 1;
		record.body.blob.0[last] ^= 1;
		assert!(matches!(open(&record, &reader), Err(RecordFault::Content("body"))));
	}

	#[test]
	fn a_release_is_refused_when_the_body_is_another_records() {
		let reader = XWingSecret::generate().unwrap();
		let (mut first, second) = (released(&reader), released(&reader));
		first.body = second.body;
		assert!(matches!(open(&first, &reader), Err(RecordFault::Content("body"))));
	}

	#[test]
	fn a_release_is_refused_under_another_handle() {
		let reader = XWingSecret::generate().unwrap();
		let record = released(&reader);
		let other = PatientHandle([8; 32]);
		let context = ReaderContext { genesis: &GENESIS, custodian: CUSTODIAN, handle: &other, one_time_key: &reader };
		assert!(matches!(open_released(&record, &context), Err(RecordFault::OtherHandle)));

		// A custodian that also changes the id does not get further: the commitment binds the handle.
		let mut moved = record;
		moved.record = RecordId(salus_threshold::record_id(CUSTODIAN.0, &other.0, &moved.opening.commitment.0));
		assert!(matches!(open_released(&moved, &context), Err(RecordFault::Commitment)));
	}

	#[test]
	fn a_release_is_refused_when_it_states_a_lower_label() {
		let reader = XWingSecret::generate().unwrap();
		let mut record = released(&reader);
		record.classes = vec![LabelClass::Restricted];
		assert!(matches!(open(&record, &reader), Err(RecordFault::Misstated(AttributeName::Labels))));
		let mut record = released(&reader);
		record.category = Category::Conditions;
		assert!(matches!(open(&record, &reader), Err(RecordFault::Misstated(AttributeName::Category))));
	}

	#[test]
	fn a_release_is_refused_when_an_attribute_is_altered_or_missing() {
		let reader = XWingSecret::generate().unwrap();
		let mut record = released(&reader);
		record.opening.attributes[0].attribute.value = vec![Category::Conditions.code()];
		record.category = Category::Conditions;
		assert!(matches!(open(&record, &reader), Err(RecordFault::Attribute(AttributeName::Category))));
		record.opening.attributes.remove(0);
		assert!(matches!(open(&record, &reader), Err(RecordFault::AttributeMissing(AttributeName::Category))));
	}

	#[test]
	fn a_release_does_not_open_for_another_key() {
		let reader = XWingSecret::generate().unwrap();
		let record = released(&reader);
		let other = XWingSecret::generate().unwrap();
		assert!(matches!(open(&record, &other), Err(RecordFault::Wrap("body", _))));
	}
}
