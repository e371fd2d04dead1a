//! The hash chain of one patient or institution: its head and a count prove a list of entries complete and in order.

use codec::Encode;
use sp_io::hashing::sha2_256;

/// Domain tag of [`next`].
pub const HEAD_TAG: &str = "salus/head/v1";

/// The head of a chain without entries.
pub const GENESIS: [u8; 32] = [0; 32];

/// The head after one more entry: `sha256(SCALE("salus/head/v1", head, leaf_hash))`.
///
/// `leaf_hash` is [`crate::tree::leaf_hash`] of the SCALE-encoded entry, the same leaf that stands in the block's tree.
pub fn next(head: &[u8; 32], leaf_hash: &[u8; 32]) -> [u8; 32] {
	sha2_256(&(HEAD_TAG, head, leaf_hash).encode())
}

/// The head after all of these entries, from an earlier head ([`GENESIS`] for a whole chain).
pub fn replay<'a>(head: [u8; 32], leaf_hashes: impl IntoIterator<Item = &'a [u8; 32]>) -> [u8; 32] {
	leaf_hashes.into_iter().fold(head, |head, leaf| next(&head, leaf))
}
