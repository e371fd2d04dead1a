//! Keys of the tables: fixed-length parts, one after the other.

/// A key as it stands in the file.
pub type Key = Vec<u8>;

/// A key of parts. Every table has parts of fixed length, so no two lists of parts share a key.
pub fn compose(parts: &[&[u8]]) -> Key {
	parts.concat()
}

/// A number as a key that sorts by it.
pub fn number_key(number: u64) -> [u8; 8] {
	number.to_be_bytes()
}
