#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

#[cfg(feature = "std")]
mod blob {
	// The builder writes more constants than are needed, without documentation.
	#![allow(missing_docs, dead_code)]
	include!(concat!(env!("OUT_DIR"), "/wasm_binary.rs"));
}
#[cfg(feature = "std")]
pub use blob::WASM_BINARY;

use alloc::vec::Vec;
use codec::{Decode, Encode};
use salus_threshold::{
	committee::{
		public_keys_of_dealings, public_keys_of_resharing, verify_possession, verify_sealing_key, CommitteeContext,
		PublicKeys,
	},
	dealing::{Dealing, DealingContext, DealingDispute},
	envelope::{EnvelopeHeader, EnvelopeLabel},
	locate::{LocateContext, LocatePart},
	part::DecryptionPart,
	proof::SchnorrProof,
	request::{verify_request, RequestContext},
};

/// Something that the chain checks, with all that it needs for that.
#[derive(Clone, Debug, Encode, Decode)]
#[allow(clippy::large_enum_variant)]
pub enum Check {
	/// An institution holds the secret of its sealing key.
	SealingKey {
		/// Hash of the first block.
		genesis: [u8; 32],
		/// SCALE of the institution's id.
		owner: Vec<u8>,
		/// The key.
		key: [u8; 32],
		/// The proof.
		proof: SchnorrProof,
	},
	/// A dealing is well made.
	Dealing {
		/// Of whom and for whom.
		context: DealingContext,
		/// The dealing.
		dealing: Dealing,
		/// Sealing keys of the recipients.
		recipients: Vec<[u8; 32]>,
	},
	/// A member was dealt a wrong share.
	Dispute {
		/// Of whom and for whom.
		context: DealingContext,
		/// The dealing.
		dealing: Dealing,
		/// Index of the member.
		index: u16,
		/// What it shows.
		dispute: DealingDispute,
		/// Its sealing key.
		key: [u8; 32],
	},
	/// These are the keys of a committee whose members all dealt.
	Keys {
		/// Commitments of each dealing.
		dealings: Vec<Vec<[u8; 32]>>,
		/// The keys.
		keys: PublicKeys,
	},
	/// These are the keys after a resharing.
	KeysOfResharing {
		/// Index among the old members and commitments of each dealing.
		dealings: Vec<(u16, Vec<[u8; 32]>)>,
		/// The keys.
		keys: PublicKeys,
	},
	/// A member holds its share.
	Possession {
		/// Which committee.
		committee: CommitteeContext,
		/// Index of the member.
		index: u16,
		/// The public key of its share.
		key: [u8; 32],
		/// The proof.
		proof: SchnorrProof,
	},
	/// An envelope's header was made for its label.
	Envelope {
		/// The label.
		label: EnvelopeLabel,
		/// The header.
		header: EnvelopeHeader,
	},
	/// A request is its requester's own, and its envelope good.
	Request {
		/// What is requested.
		request: RequestContext,
		/// The requester's one-time point.
		point: [u8; 32],
		/// The proof.
		proof: SchnorrProof,
	},
	/// A part of the decryption is the guardian's, for this request.
	Part {
		/// What was requested.
		request: RequestContext,
		/// The requester's one-time point.
		point: [u8; 32],
		/// Index of the guardian.
		index: u16,
		/// The public key of its share.
		key: [u8; 32],
		/// The part.
		part: DecryptionPart,
	},
	/// A part of an evaluation is the guardian's, for this blinded element.
	LocatePart {
		/// What is evaluated for whom.
		context: LocateContext,
		/// The blinded element.
		blinded: [u8; 32],
		/// Index of the guardian.
		index: u16,
		/// The public key of its share.
		key: [u8; 32],
		/// The part.
		part: LocatePart,
	},
}

impl Check {
	/// Whether it holds.
	pub fn holds(&self) -> bool {
		match self {
			Self::SealingKey { genesis, owner, key, proof } => verify_sealing_key(genesis, owner, key, proof),
			Self::Dealing { context, dealing, recipients } => dealing.verify(context, recipients).is_ok(),
			Self::Dispute { context, dealing, index, dispute, key } => {
				dispute.is_founded(context, dealing, *index, key)
			}
			Self::Keys { dealings, keys } => {
				let dealings: Vec<_> = dealings.iter().map(Vec::as_slice).collect();
				public_keys_of_dealings(keys.members.len() as u16, &dealings).as_ref() == Some(keys)
			}
			Self::KeysOfResharing { dealings, keys } => {
				let dealings: Vec<_> = dealings.iter().map(|(index, list)| (*index, list.as_slice())).collect();
				public_keys_of_resharing(keys.members.len() as u16, &dealings).as_ref() == Some(keys)
			}
			Self::Possession { committee, index, key, proof } => verify_possession(committee, *index, key, proof),
			Self::Envelope { label, header } => header.verify(label),
			Self::Request { request, point, proof } => verify_request(request, point, proof).is_ok(),
			Self::Part { request, point, index, key, part } => part.verify(request, point, *index, key),
			Self::LocatePart { context, blinded, index, key, part } => part.verify(context, blinded, *index, key),
		}
	}

	/// Whether it holds, each time of so many.
	pub fn holds_each_time(&self, times: u32) -> bool {
		(0..times).all(|_| core::hint::black_box(self).holds())
	}
}

#[cfg(not(feature = "std"))]
mod exports {
	// The macro generates items of its own without documentation.
	#![allow(missing_docs)]

	use super::Check;
	// The allocator and the panic handler of the blob.
	use sp_io as _;

	sp_core::wasm_export_functions! {
		fn check(check: Check, times: u32) -> bool {
			check.holds_each_time(times)
		}
	}
}
