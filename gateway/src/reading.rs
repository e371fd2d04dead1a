//! Opening stored records: from the vault, through the key service, to bytes or to a reader's key.

use crate::{
	failure::Failure,
	index::{PartRow, PatientRow, RecordRow},
	ingest::class_secrets,
	vault::BlobStore,
};
use salus_client::{
	records::RELEASED_ATTRIBUTES,
	wire::{AnchorOpening, Blob, ReleasedPart, ReleasedRecord, ReleasedWrap},
};
use salus_envelope::{key_service::unwrap_dek, record, wrap::wrap, Dek, WrapContext, XWingPublic};
use salus_policy::Category;
use salus_primitives::{Moment, PermitId};

/// The original bytes of a record.
///
/// # Errors
/// A blob that is missing or altered; 500 when a key does not open, which altered index or vault alone can cause.
pub fn original(vault: &dyn BlobStore, patient: &PatientRow, row: &RecordRow) -> Result<Vec<u8>, Failure> {
	let (key, blob) = open_part(vault, patient, row, &row.body, row.category)?;
	let body = record::open(&key, &blob)?;
	let (key, blob) = open_part(vault, patient, row, &row.persona, Category::Persona)?;
	let persona = record::open(&key, &blob)?;
	Ok(salus_fhir::rejoin(&body, &persona)?)
}

/// The verified blob of a part and its key.
fn open_part(
	vault: &dyn BlobStore,
	patient: &PatientRow,
	row: &RecordRow,
	part: &PartRow,
	category: Category,
) -> Result<(Dek, Vec<u8>), Failure> {
	let blob = vault.get(&part.content)?;
	let key = unwrap_dek(&class_secrets(patient, row, category), &row.record.0, &part.wrap.0)?;
	Ok((key, blob))
}

/// To whom a record is released.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
	/// The permit it rests on.
	pub permit: PermitId,
	/// The one-time key.
	pub key: &'a XWingPublic,
	/// Purpose class, as its index.
	pub purpose: u8,
	/// End of the permit.
	pub expires_at: Moment,
	/// The chain.
	pub genesis: &'a [u8; 32],
}

/// A record for a reader: the sealed parts as they lie in the vault, their keys wrapped to the reader's one-time key, and the opening of the
/// anchor.
///
/// # Errors
/// As [`original`].
pub fn release(
	vault: &dyn BlobStore,
	patient: &PatientRow,
	row: &RecordRow,
	persona: bool,
	reader: &Reader<'_>,
) -> Result<ReleasedRecord, Failure> {
	let part = |part: &PartRow, category| {
		let (key, blob) = open_part(vault, patient, row, part, category)?;
		rewrapped(row, key, blob, reader)
	};
	let opening = AnchorOpening {
		commitment: row.commitment,
		blinding: row.blinding,
		attribute_root: row.attributes.root().into(),
		attributes: RELEASED_ATTRIBUTES.iter().map(|name| row.attributes.open(*name)).collect(),
	};
	Ok(ReleasedRecord {
		record: row.record,
		provisional: None,
		kind: row.kind.clone(),
		category: row.category,
		classes: row.classes.iter().copied().collect(),
		body: part(&row.body, row.category)?,
		persona: persona.then(|| part(&row.persona, Category::Persona)).transpose()?,
		opening,
	})
}

fn rewrapped(row: &RecordRow, key: Dek, blob: Vec<u8>, reader: &Reader<'_>) -> Result<ReleasedPart, Failure> {
	let context = WrapContext {
		subject: row.record.0,
		epoch: row.key_epoch,
		recipient: reader.key.hash(),
		purpose: reader.purpose,
		expires_at: reader.expires_at,
		key_commitment: record::key_commitment(&blob)?,
	};
	let wrap = wrap(reader.key, key.expose(), reader.genesis, &context)?;
	let wrap =
		ReleasedWrap { epoch: row.key_epoch, purpose: reader.purpose, expires_at: reader.expires_at, wrap: Blob(wrap) };
	Ok(ReleasedPart { blob: Blob(blob), wrap })
}
