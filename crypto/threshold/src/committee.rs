//! A committee of guardians: its size and threshold, its public keys, and the proofs by which its members join.

use crate::{
	bounded,
	group::{Point, SecretScalar},
	hex_bytes, polynomial,
	proof::SchnorrProof,
	share::Share,
};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, Input, MaxEncodedLen};
use curve25519_dalek::{ristretto::RistrettoPoint, traits::VartimeMultiscalarMul};
use rand_core_chain::{CryptoRng, RngCore};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_io::hashing::blake2_256;

/// Domain tag of [`key_id`].
pub const KEY_ID_TAG: &str = "salus/key-id/v1";
/// Domain tag of [`prove_possession`].
pub const POSSESSION_TAG: &str = "salus/possession/v1";
/// Domain tag of [`prove_sealing_key`].
pub const SEALING_KEY_TAG: &str = "salus/sealing-key/v1";

/// Fewest members of a committee.
pub const MIN_MEMBERS: u16 = 5;
/// Most members of a committee.
pub const MAX_MEMBERS: u16 = 16;

/// How many members there are, and how many of them are needed.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct Threshold {
	/// Number of members, with indices 1 to n.
	pub n: u16,
	/// Number of members whose parts give the key.
	pub k: u16,
}

impl Threshold {
	/// `None` unless [`Self::is_valid`].
	pub fn new(n: u16, k: u16) -> Option<Self> {
		let threshold = Self { n, k };
		threshold.is_valid().then_some(threshold)
	}

	/// Whether there are [`MIN_MEMBERS`] to [`MAX_MEMBERS`] members, more than half of them are needed, and two of them may
	/// be missing.
	pub fn is_valid(&self) -> bool {
		(MIN_MEMBERS..=MAX_MEMBERS).contains(&self.n) && self.k > self.n / 2 && self.k <= self.n - 2
	}

	/// Whether a member has this index.
	pub fn has_member(&self, index: u16) -> bool {
		(1..=self.n).contains(&index)
	}
}

/// Which committee, in which composition.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct CommitteeContext {
	/// Hash of the chain's first block.
	#[serde(with = "hex_bytes")]
	pub genesis: [u8; 32],
	/// Number of the committee.
	pub committee: u32,
	/// Version of its member set; a resharing counts on.
	pub version: u32,
}

/// Names a committee key, through all versions of the member set.
pub type KeyId = [u8; 32];

/// `blake2_256(SCALE("salus/key-id/v1", genesis, committee, group_key))`.
pub fn key_id(genesis: &[u8; 32], committee: u32, group_key: &[u8; 32]) -> KeyId {
	blake2_256(&(KEY_ID_TAG, genesis, committee, group_key).encode())
}

/// The public keys of a committee. None of them is the identity when they come from this module.
#[derive(Clone, Debug, PartialEq, Eq, Encode, DecodeWithMemTracking, TypeInfo, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublicKeys {
	/// The committee's key Y.
	#[serde(with = "hex_bytes")]
	pub group: [u8; 32],
	/// The members' keys Y_1 to Y_n.
	#[serde(with = "hex_bytes::list")]
	pub members: Vec<[u8; 32]>,
}

impl PublicKeys {
	/// Key of the member with this index, from 1.
	pub fn member(&self, index: u16) -> Option<&[u8; 32]> {
		self.members.get(usize::from(index).checked_sub(1)?)
	}

	/// The keys that these commitments to one polynomial give.
	fn of_commitments(n: u16, commitments: &[RistrettoPoint]) -> Option<Self> {
		if n > MAX_MEMBERS {
			return None;
		}
		// Without its last coefficient, the polynomial would need one member less than agreed.
		let (constant_term, last) = (commitments.first()?, commitments.last()?);
		Point::from_element(*last)?;
		let key = |element| Point::from_element(element).map(|point| point.to_bytes());
		let members = (1..=n).map(|index| key(polynomial::evaluate(commitments, index))).collect::<Option<_>>()?;
		Some(Self { group: key(*constant_term)?, members })
	}
}

impl Decode for PublicKeys {
	/// Refuses more than [`MAX_MEMBERS`] members.
	fn decode<I: Input>(input: &mut I) -> Result<Self, codec::Error> {
		Ok(Self { group: Decode::decode(input)?, members: bounded::decode(input)? })
	}
}

impl MaxEncodedLen for PublicKeys {
	fn max_encoded_len() -> usize {
		32 + bounded::MAX_ENCODED_LEN
	}
}

/// The keys of a committee of `n` whose secret is the sum of what these dealings shared; a personal committee has one dealing.
///
/// `None` when there is no dealing, the dealings have different numbers of commitments, one of these is not canonical or
/// the identity, a key would be the identity, `n` is above [`MAX_MEMBERS`], or the last coefficients cancel out.
pub fn public_keys_of_dealings(n: u16, dealings: &[&[[u8; 32]]]) -> Option<PublicKeys> {
	let polynomials = decode_equally_long(dealings.iter().copied())?;
	let sum = |j: usize| polynomials.iter().map(|commitments| commitments[j]).sum::<RistrettoPoint>();
	PublicKeys::of_commitments(n, &(0..polynomials.first()?.len()).map(sum).collect::<Vec<_>>())
}

/// The keys of the `n` new members after old members, named by their old index, dealt their shares anew.
///
/// The constant term of each dealing has to be the old member's key and there have to be at least as many as the old
/// threshold: then `group` is the old key. The caller compares both. `None` as for [`public_keys_of_dealings`], and when an
/// index is 0 or there twice.
pub fn public_keys_of_resharing(n: u16, dealings: &[(u16, &[[u8; 32]])]) -> Option<PublicKeys> {
	let polynomials = decode_equally_long(dealings.iter().map(|(_, commitments)| *commitments))?;
	let weights = polynomial::lagrange(&dealings.iter().map(|(index, _)| *index).collect::<Vec<_>>())?;
	let sum = |j: usize| {
		RistrettoPoint::vartime_multiscalar_mul(&weights, polynomials.iter().map(|commitments| commitments[j]))
	};
	PublicKeys::of_commitments(n, &(0..polynomials.first()?.len()).map(sum).collect::<Vec<_>>())
}

fn decode_equally_long<'a>(dealings: impl Iterator<Item = &'a [[u8; 32]]> + Clone) -> Option<Vec<Vec<RistrettoPoint>>> {
	let length = dealings.clone().next()?.len();
	let acceptable =
		(1..=usize::from(MAX_MEMBERS)).contains(&length) && dealings.clone().all(|one| one.len() == length);
	acceptable.then(|| dealings.map(polynomial::decode).collect())?
}

/// A member's proof that it has its share: a committee is usable when all of them gave it. A share that was never delivered
/// is found now, not when it is needed.
pub fn prove_possession<R: RngCore + CryptoRng>(
	context: &CommitteeContext,
	index: u16,
	share: &Share,
	rng: &mut R,
) -> SchnorrProof {
	SchnorrProof::prove(POSSESSION_TAG, &(context, index), share.secret(), rng)
}

/// Whether the member with this index and key has its share. False for a malformed key.
pub fn verify_possession(context: &CommitteeContext, index: u16, member_key: &[u8; 32], proof: &SchnorrProof) -> bool {
	Point::from_bytes(member_key).is_some_and(|key| proof.verify(POSSESSION_TAG, &(context, index), &key))
}

/// Proof of a guardian that it knows the secret of the key to which its shares are masked. `owner` is the encoded id of the
/// institution or account.
pub fn prove_sealing_key<R: RngCore + CryptoRng>(
	genesis: &[u8; 32],
	owner: &[u8],
	secret: &SecretScalar,
	rng: &mut R,
) -> SchnorrProof {
	SchnorrProof::prove(SEALING_KEY_TAG, &(genesis, owner), secret, rng)
}

/// Whether the owner knows the secret of this sealing key. False for a malformed key.
pub fn verify_sealing_key(genesis: &[u8; 32], owner: &[u8], sealing_key: &[u8; 32], proof: &SchnorrProof) -> bool {
	Point::from_bytes(sealing_key).is_some_and(|key| proof.verify(SEALING_KEY_TAG, &(genesis, owner), &key))
}
