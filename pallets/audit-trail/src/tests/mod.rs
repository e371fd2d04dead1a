//! Tests, one file per call or concept, and what they share.

mod block_log;
mod file_receipts;
mod invariants;
mod record;

use crate::{mock::*, *};
use codec::{Decode, Encode};
use salus_primitives::{
	Act, AuditChain, AuditEntry, AuditLog, ChainHead, Commitment, InstitutionId, OutcomeClass, PatientHandle, Recorded,
	AUDIT_ENGINE_ID,
};
use sp_io::hashing::sha2_256;
use sp_runtime::{DigestItem, DispatchError};

pub fn patient(number: u8) -> AuditChain {
	AuditChain::Patient(PatientHandle([number; 32]))
}

/// Records an entry of which nothing matters but the chain and the commitment.
pub fn note(chain: AuditChain, commitment: u8) -> Result<Recorded, DispatchError> {
	let commitment = Commitment([commitment; 32]);
	AuditTrail::record(chain, Act::Request, OutcomeClass::Empty, Some(A), Some(B), commitment)
}

/// What the header says about the audit trail; fails unless it says it exactly once.
pub fn digest_of(header: &frame_system::pallet_prelude::HeaderFor<Test>) -> AuditDigest {
	let items = header.digest.logs.iter().filter_map(|item| match item {
		DigestItem::Consensus(AUDIT_ENGINE_ID, bytes) => Some(bytes),
		_ => None,
	});
	let [bytes] = items.collect::<Vec<_>>()[..] else { panic!("one digest item a block") };
	AuditDigest::decode(&mut &bytes[..]).expect("the digest item decodes")
}

// What an outsider would write from the README alone, without the code under test.

pub fn plain_leaf(content: &[u8]) -> [u8; 32] {
	sha2_256(&[&[0], content].concat())
}

/// RFC 9162 §2.1.1, word for word.
pub fn plain_root(leaves: &[[u8; 32]]) -> [u8; 32] {
	match leaves {
		[] => sha2_256(b""),
		[leaf] => *leaf,
		_ => {
			let mut split = 1;
			while split * 2 < leaves.len() {
				split *= 2;
			}
			let (left, right) = leaves.split_at(split);
			sha2_256(&[&[1], &plain_root(left)[..], &plain_root(right)[..]].concat())
		}
	}
}

/// The head after these entries.
pub fn plain_head(entries: &[AuditEntry]) -> ChainHead {
	let mut head = [0; 32];
	for entry in entries {
		head = sha2_256(&("salus/head/v1", head, plain_leaf(&entry.encode())).encode());
	}
	ChainHead { head, count: entries.len() as u64 }
}

/// Root over the entries of one block.
pub fn plain_entries_root(entries: &[AuditEntry]) -> [u8; 32] {
	plain_root(&entries.iter().map(|entry| plain_leaf(&entry.encode())).collect::<Vec<_>>())
}
