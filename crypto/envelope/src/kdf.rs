//! The one way in which keys are derived here, and the table of domain tags.

use hkdf::Hkdf;
use sha2::{Digest, Sha256, Sha512};
use zeroize::Zeroizing;

/// Domain tags. None is the beginning of another, so `tag || fixed-size fields` never means two things.
pub(crate) mod tag {
	pub const RECORD: &[u8] = b"salus/rec/v1";
	pub const HEADER: &[u8] = b"salus/rec-header/v1";
	pub const WRAP: &[u8] = b"salus/wrap/v1";
	pub const X_WING_SEED: &[u8] = b"salus/x-wing/v1";
	pub const CLASS: &[u8] = b"salus/class/v1";
	pub const CLASS_COMMITMENT: &[u8] = b"salus/class-commitment/v1";
	pub const DEK_WRAP: &[u8] = b"salus/dek-wrap/v1";
	pub const SCOPE_TAG_KEY: &[u8] = b"salus/scope-tag-key/v1";
	pub const SCOPE_TAG: &[u8] = b"salus/scope-tag/v1";
	pub const REQUESTER: &[u8] = b"salus/requester/v1";
	pub const KEYFILE: &[u8] = b"salus/keyfile/v1";
	pub const KEYFILE_SUM: &[u8] = b"salus/keyfile-sum/v1";
	pub const ONE_TIME_SIGNATURE: &[u8] = b"salus/one-time-signature/v1";
	pub const ENVELOPE_KEY: &[u8] = b"salus/envelope/key/v1";
	pub const SCOPE_HALF: &[u8] = b"salus/scope-half/v1";
	pub const PACKAGE_WRAP: &[u8] = b"salus/package-wrap/v1";
	pub const LOCATE_INPUT: &[u8] = b"salus/locate/v1";
	pub const LOCATE_ENTRY: &[u8] = b"salus/locate/entry/v1";

	#[cfg(test)]
	pub const ALL: &[&[u8]] = &[
		RECORD,
		HEADER,
		WRAP,
		X_WING_SEED,
		CLASS,
		CLASS_COMMITMENT,
		DEK_WRAP,
		SCOPE_TAG_KEY,
		SCOPE_TAG,
		REQUESTER,
		KEYFILE,
		KEYFILE_SUM,
		ONE_TIME_SIGNATURE,
		ENVELOPE_KEY,
		SCOPE_HALF,
		PACKAGE_WRAP,
		LOCATE_INPUT,
		LOCATE_ENTRY,
	];
}

/// HKDF-SHA256 (RFC 5869) with `info = tag || fields`. Every field has a fixed size or carries its length.
pub(crate) fn derive<const N: usize>(
	key_material: &[u8],
	salt: Option<&[u8]>,
	tag: &[u8],
	fields: &[&[u8]],
) -> Zeroizing<[u8; N]> {
	const { assert!(N <= 255 * 32, "HKDF-SHA256 gives at most 255 blocks") };
	let mut info = vec![tag];
	info.extend_from_slice(fields);
	let mut output = Zeroizing::new([0; N]);
	Hkdf::<Sha256>::new(salt, key_material)
		.expand_multi_info(&info, output.as_mut_slice())
		.expect("the length is below the limit of HKDF, checked when compiled; qed");
	output
}

/// HKDF-SHA512 without salt, with `info = tag || path`: seeds of the encryption keys that a patient's root gives, the key of an entry of the
/// index of patients.
pub(crate) fn derive_sha512(key_material: &[u8], tag: &[u8], path: &str) -> Zeroizing<[u8; 32]> {
	let mut key = Zeroizing::new([0; 32]);
	Hkdf::<Sha512>::new(None, key_material)
		.expand_multi_info(&[tag, path.as_bytes()], key.as_mut_slice())
		.expect("32 bytes are below the limit of HKDF; qed");
	key
}

/// SHA-256 of `tag || fields`, under the same rule for the fields as [`derive()`].
pub(crate) fn hash(tag: &[u8], fields: &[&[u8]]) -> [u8; 32] {
	let mut hasher = Sha256::new();
	hasher.update(tag);
	fields.iter().for_each(|field| hasher.update(field));
	hasher.finalize().into()
}

/// BLAKE2b with 32 bytes of output: the hash of the runtime for ids (`blake2_256`).
pub(crate) fn blake2_256(parts: &[&[u8]]) -> [u8; 32] {
	use blake2::{digest::consts::U32, Blake2b, Digest as _};
	let mut hasher = Blake2b::<U32>::new();
	parts.iter().for_each(|part| hasher.update(part));
	hasher.finalize().into()
}
