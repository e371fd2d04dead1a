#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

pub mod attributes;
mod bounded;
pub mod chain_head;
pub mod committee;
pub mod dealing;
pub mod envelope;
pub mod group;
mod hex_bytes;
pub mod locate;
pub mod part;
pub mod pedersen;
mod polynomial;
pub mod proof;
pub mod request;
pub mod share;
pub mod tree;

/// The generation of random number traits that this crate takes; with `std` its `OsRng` is the operating system's.
pub use rand_core_chain as rand_core;

use codec::Encode;
use sp_io::hashing::{blake2_256, sha2_256};

/// Domain tag of [`entry_commitment`].
pub const ENTRY_TAG: &str = "salus/entry/v1";

/// The id of a record: `blake2_256(SCALE(institution, handle, commitment))`.
///
/// It names who anchored the commitment and for whom, so that nobody else can claim or transplant it.
pub fn record_id(institution: u32, handle: &[u8; 32], commitment: &[u8; 32]) -> [u8; 32] {
	blake2_256(&(institution, handle, commitment).encode())
}

/// Commitment to a full audit entry: `sha256(SCALE("salus/entry/v1", salt, full_entry))`.
///
/// `salt` is 32 fresh random bytes per entry: what an entry says is guessable without it.
pub fn entry_commitment(salt: &[u8; 32], full_entry: &[u8]) -> [u8; 32] {
	sha2_256(&(ENTRY_TAG, salt, full_entry).encode())
}
