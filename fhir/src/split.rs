//! The reversible split: a de-identified body that refers to the handle, and a persona that turns it back into the original bytes.

use crate::{
	deidentify::{patches, Patch},
	identity::PatientIdentity,
	json::Tape,
	FhirError, RejoinError,
};
use codec::{Compact, Decode, DecodeAll, Encode};

const VERSION: u8 = 1;

/// The two parts of a resource. They belong into separate stores under separate keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Split {
	/// De-identified JSON. Patient references are `Patient/<64 hexadecimal digits of the handle>`, texts that were taken out
	/// `masked`, values `null`. Not valid by the FHIR schema, and not meant to be validated.
	pub body: Vec<u8>,
	/// What was taken out, and where it belongs.
	pub persona: Vec<u8>,
}

#[derive(Encode, Decode)]
struct Persona {
	version: u8,
	body_length: Compact<u32>,
	/// Of the original: tells a body and a persona that do not belong together. Authenticity is the business of the encryption.
	checksum: u64,
	pieces: Vec<Piece>,
}

#[derive(Encode, Decode)]
struct Piece {
	/// Bytes of the body since the piece before.
	gap: Compact<u32>,
	/// Length of the placeholder in the body.
	placeholder: Compact<u32>,
	/// What stands there in the original.
	original: Vec<u8>,
}

/// Splits one resource. `original` is its exact bytes; the patient is the one of `identity`, called `handle` in the body.
///
/// Fails when the bytes are no JSON. Whether the resource is about this patient is for [`crate::Bundle::parse`] or
/// [`crate::parse_resource`] to say.
pub fn split(original: &[u8], identity: &PatientIdentity, handle: &[u8; 32]) -> Result<Split, FhirError> {
	let tape = Tape::parse(original)?;
	Ok(apply(original, 0, &patches(tape.root(), identity, handle)))
}

/// Cuts the patches out of the original, whose first byte has the position `base` in their tape.
pub(crate) fn apply(original: &[u8], base: usize, patches: &[Patch]) -> Split {
	let mut body = Vec::with_capacity(original.len());
	let mut pieces = Vec::with_capacity(patches.len());
	let mut done = 0;
	let mut last_end = 0;
	for patch in patches {
		let (start, end) = (patch.start - base, patch.end - base);
		body.extend_from_slice(&original[done..start]);
		pieces.push(Piece {
			gap: Compact((body.len() - last_end) as u32),
			placeholder: Compact(patch.placeholder.len() as u32),
			original: original[start..end].to_vec(),
		});
		body.extend_from_slice(patch.placeholder.as_bytes());
		(done, last_end) = (end, body.len());
	}
	body.extend_from_slice(&original[done..]);
	let body_length = Compact(body.len() as u32);
	let persona = Persona { version: VERSION, body_length, checksum: checksum(original), pieces };
	Split { body, persona: persona.encode() }
}

/// Puts the two parts together again, byte for byte.
pub fn rejoin(body: &[u8], persona: &[u8]) -> Result<Vec<u8>, RejoinError> {
	let persona = Persona::decode_all(&mut &*persona).map_err(|_| RejoinError::BadPersona)?;
	if persona.version != VERSION {
		return Err(RejoinError::BadPersona);
	}
	if usize::try_from(persona.body_length.0) != Ok(body.len()) {
		return Err(RejoinError::Mismatch);
	}
	let taken: usize = persona.pieces.iter().map(|piece| piece.original.len()).sum();
	let mut original = Vec::with_capacity(body.len() + taken);
	let mut rest = body;
	for piece in &persona.pieces {
		let (kept, after) = rest.split_at_checked(piece.gap.0 as usize).ok_or(RejoinError::Mismatch)?;
		original.extend_from_slice(kept);
		original.extend_from_slice(&piece.original);
		rest = after.get(piece.placeholder.0 as usize..).ok_or(RejoinError::Mismatch)?;
	}
	original.extend_from_slice(rest);
	if checksum(&original) == persona.checksum {
		Ok(original)
	} else {
		Err(RejoinError::Mismatch)
	}
}

/// FNV-1a, 64 bits.
fn checksum(bytes: &[u8]) -> u64 {
	bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}
