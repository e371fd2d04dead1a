//! One use per signature.

use super::{SignatureError, VerifiedRequest};
use std::collections::HashMap;

/// Remembers the nonces of accepted requests until they expire.
///
/// The memory does not survive a restart; instead, requests signed before the start are refused, so that none of them can be used twice.
#[derive(Debug)]
pub struct SeenNonces {
	started_at: u64,
	capacity: usize,
	seen: HashMap<(String, String), u64>,
}

impl SeenNonces {
	/// `now` in seconds since the Unix epoch. At `capacity` live nonces further requests are refused, never forgotten ones accepted.
	pub fn new(now: u64, capacity: usize) -> Self {
		Self { started_at: now, capacity, seen: HashMap::new() }
	}

	/// How many nonces are remembered.
	pub fn len(&self) -> usize {
		self.seen.len()
	}

	/// Whether none is.
	pub fn is_empty(&self) -> bool {
		self.seen.is_empty()
	}

	/// Accepts a verified request once.
	///
	/// # Errors
	/// [`SignatureError::Replayed`] for a second use, or when the memory is full; [`SignatureError::Expired`] for a request that was signed
	/// before this process started.
	pub fn accept(&mut self, request: &VerifiedRequest, now: u64) -> Result<(), SignatureError> {
		if request.created < self.started_at {
			return Err(SignatureError::Expired);
		}
		if self.seen.len() >= self.capacity {
			self.seen.retain(|_, expires| *expires >= now);
		}
		let key = (request.key_id.to_string(), request.nonce.clone());
		if self.seen.contains_key(&key) || self.seen.len() >= self.capacity {
			return Err(SignatureError::Replayed);
		}
		self.seen.insert(key, request.expires);
		Ok(())
	}
}
