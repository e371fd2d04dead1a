//! Upgrades of the runtime: the council says which code, anybody sends it.

use super::{submit::Submission, Chain, ChainError, Events, InBlock};
use subxt::{error::DispatchError, tx::StaticPayload};

/// How WebAssembly begins.
const WASM: [u8; 4] = *b"\0asm";
/// How compressed code of a runtime begins (`sp-maybe-compressed-blob`).
const COMPRESSED: [u8; 8] = [82, 188, 83, 118, 70, 219, 142, 5];

/// What a motion names code by: blake2b-256 over the file.
pub fn code_hash(code: &[u8]) -> [u8; 32] {
	salus_envelope::wrap::wrap_hash(code)
}

/// Whether the bytes begin as the code of a runtime does. What they are beyond that the chain says when they are applied.
pub fn begins_like_code(code: &[u8]) -> bool {
	code.starts_with(&WASM) || code.starts_with(&COMPRESSED)
}

impl Chain {
	/// Sends the code that the council has authorized, without a signature, and waits as [`Chain::submit_finalized`] does. `Err` within the
	/// result: the runtime refused it for what it is, and it takes another motion.
	///
	/// # Errors
	/// [`ChainError::NotAccepted`] when no motion has authorized this code; those of [`Chain::submit_finalized`].
	pub async fn apply_upgrade(&self, code: Vec<u8>) -> Result<(InBlock, Result<(), String>), ChainError> {
		let head = self.signing_head().await?;
		let payload = StaticPayload::new("System", "apply_authorized_upgrade", (code,));
		let transaction = head.tx().create_unsigned(&payload).map_err(|error| ChainError::Key(error.to_string()))?;
		let progress = transaction.submit_and_watch().await.map_err(|error| self.submit_error(error))?;
		let included = Submission::unsigned(self, progress).settled().await?;
		let refused = refused(&included.events).map(|error| match DispatchError::decode_from(error, head.metadata()) {
			Ok(error) => ChainError::from_dispatch(&error).to_string(),
			Err(error) => error.to_string(),
		});
		Ok((included, refused.map_or(Ok(()), Err)))
	}
}

/// The error in the event that tells of a refusal: its fields are (hash of the code, error).
fn refused(events: &Events) -> Option<&[u8]> {
	let event = events.find("System", "RejectedInvalidAuthorizedUpgrade")?;
	event.bytes.split_at_checked(32).map(|(_, error)| error)
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::chain::Event;
	use subxt::dynamic::Value;

	#[test]
	fn code_is_told_apart_from_other_files() {
		assert!(begins_like_code(b"\0asm\x01\0\0\0"));
		assert!(begins_like_code(&[82, 188, 83, 118, 70, 219, 142, 5, 1]));
		for other in [&b""[..], b"\0as", b"#!/bin/sh", b"0x0061736d"] {
			assert!(!begins_like_code(other));
		}
	}

	#[test]
	fn a_refusal_is_read_from_its_event_and_no_other() {
		let event = |name: &str| Event {
			pallet: "System".to_owned(),
			name: name.to_owned(),
			bytes: [vec![7; 32], vec![3, 0]].concat(),
			fields: Value::bool(true),
		};
		assert_eq!(refused(&Events(vec![event("CodeUpdated")])), None);
		let refusal = Events(vec![event("RejectedInvalidAuthorizedUpgrade")]);
		assert_eq!(refused(&refusal), Some(&[3, 0][..]));
	}
}
