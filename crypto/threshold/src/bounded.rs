//! Lists of 32-byte values that are no longer than a committee has members, so that they have a greatest size in storage.

use crate::committee::MAX_MEMBERS;
use alloc::vec::Vec;
use codec::{Decode, Input};

/// Bytes of the longest list: its length in compact form is one byte.
pub(crate) const MAX_ENCODED_LEN: usize = 1 + 32 * MAX_MEMBERS as usize;

/// Reads a list, refusing a longer one.
pub(crate) fn decode<I: Input>(input: &mut I) -> Result<Vec<[u8; 32]>, codec::Error> {
	let list = Vec::<[u8; 32]>::decode(input)?;
	(list.len() <= usize::from(MAX_MEMBERS)).then_some(list).ok_or_else(|| "more than a committee has members".into())
}
