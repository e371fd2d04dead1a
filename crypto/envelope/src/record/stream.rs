//! The stream of chunks: STREAM (Hoang, Reyhanitabar, Rogaway, Vizár 2015) in its BE32 form over AES-256-GCM.

use super::RecordError;
use aead_stream::{NewStream, StreamBE32, StreamPrimitive};
use aes_gcm::{Aes256Gcm, KeyInit};

/// Encrypts and decrypts one chunk at its position. Nonce: prefix (7) || position (u32 BE) || last-chunk flag (1).
pub(super) struct ChunkCipher {
	stream: StreamBE32<Aes256Gcm>,
	header_hash: [u8; 32],
}

impl ChunkCipher {
	pub fn new(key: &[u8; 32], prefix: &[u8; 7], header_hash: [u8; 32]) -> Self {
		Self { stream: StreamBE32::from_aead(Aes256Gcm::new(key.into()), prefix.into()), header_hash }
	}

	/// Encrypts in place and appends the tag.
	pub fn encrypt(&self, position: u32, last: bool, chunk: &mut Vec<u8>) -> Result<(), RecordError> {
		self.stream.encrypt_in_place(position, last, &self.header_hash, chunk).map_err(|_| RecordError::TooLarge)
	}

	/// Verifies the tag, decrypts in place and removes the tag.
	pub fn decrypt(&self, position: u32, last: bool, chunk: &mut Vec<u8>) -> Result<(), RecordError> {
		self.stream
			.decrypt_in_place(position, last, &self.header_hash, chunk)
			.map_err(|_| RecordError::Altered { chunk: position })
	}
}
