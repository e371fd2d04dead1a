//! A committee after its key generation and a request to it, from a generator that repeats.

use codec::Encode;
use salus_threshold::{
	committee::{key_id, public_keys_of_dealings, CommitteeContext, KeyId, PublicKeys, Threshold},
	dealing::{Dealing, DealingContext},
	envelope::{Envelope, EnvelopeLabel, EnvelopeSeal},
	group::{Point, SecretScalar},
	part::DecryptionPart,
	proof::SchnorrProof,
	rand_core::{impls, CryptoRng, Error, RngCore},
	request::{prove_request, RequestContext},
	share::Share,
};
use sha2::{Digest, Sha256};

/// Encoding of the identity.
pub const IDENTITY: [u8; 32] = [0; 32];

/// Not the canonical encoding of a point (the field element is negative), nor of a scalar.
pub const NOT_CANONICAL: [u8; 32] = [0xff; 32];

/// SHA-256 in counter mode over a label: the stream that `vectors/reference.py` draws from too.
pub struct SampleRng {
	label: String,
	position: usize,
}

impl SampleRng {
	pub fn new(label: impl Into<String>) -> Self {
		Self { label: label.into(), position: 0 }
	}
}

impl RngCore for SampleRng {
	fn next_u32(&mut self) -> u32 {
		impls::next_u32_via_fill(self)
	}

	fn next_u64(&mut self) -> u64 {
		impls::next_u64_via_fill(self)
	}

	fn fill_bytes(&mut self, bytes: &mut [u8]) {
		for byte in bytes {
			let block = Sha256::new()
				.chain_update("salus/sample-stream/")
				.chain_update(&self.label)
				.chain_update((self.position as u64 / 32).to_le_bytes())
				.finalize();
			*byte = block[self.position % 32];
			self.position += 1;
		}
	}

	fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Error> {
		self.fill_bytes(bytes);
		Ok(())
	}
}

impl CryptoRng for SampleRng {}

/// Guardians with their sealing keys.
pub struct Guardians {
	pub secrets: Vec<SecretScalar>,
	pub keys: Vec<[u8; 32]>,
}

impl Guardians {
	pub fn new(n: u16, rng: &mut SampleRng) -> Self {
		let secrets: Vec<_> = (0..n).map(|_| SecretScalar::random(rng)).collect();
		let keys = secrets.iter().map(|secret| secret.public().to_bytes()).collect();
		Self { secrets, keys }
	}

	pub fn points(&self) -> Vec<Point> {
		self.secrets.iter().map(SecretScalar::public).collect()
	}
}

/// A committee whose members have their shares.
pub struct Committee {
	pub context: CommitteeContext,
	pub keys: PublicKeys,
	pub key_id: KeyId,
	pub shares: Vec<Share>,
}

pub fn context() -> CommitteeContext {
	CommitteeContext { genesis: [1; 32], committee: 3, version: 1 }
}

pub fn commitments(dealings: &[Dealing]) -> Vec<&[[u8; 32]]> {
	dealings.iter().map(|dealing| dealing.commitments.as_slice()).collect()
}

impl Committee {
	/// Generates a key as the members of a consortium do, all of them dealing.
	pub fn generate(n: u16, k: u16, rng: &mut SampleRng) -> Self {
		let guardians = Guardians::new(n, rng);
		let threshold = Threshold::new(n, k).expect("a possible threshold");
		let contexts: Vec<_> =
			(1..=n).map(|dealer| DealingContext { committee: context(), dealer, threshold }).collect();
		let dealings: Vec<_> = contexts
			.iter()
			.map(|context| {
				let secret = SecretScalar::random(rng);
				Dealing::deal(context, &secret, &guardians.points(), rng).expect("lengths fit")
			})
			.collect();
		for (context, dealing) in contexts.iter().zip(&dealings) {
			assert_eq!(dealing.verify(context, &guardians.keys), Ok(()));
		}
		let shares = (1..=n)
			.map(|index| {
				let secret = &guardians.secrets[usize::from(index) - 1];
				let open =
					|(context, dealing): (_, &Dealing)| dealing.open(context, index, secret).expect("good share");
				let parts: Vec<_> = contexts.iter().zip(&dealings).map(open).collect();
				Share::combine_dealt(&parts).expect("not zero")
			})
			.collect();
		let keys = public_keys_of_dealings(n, &commitments(&dealings)).expect("dealings are good");
		let key_id = key_id(&context().genesis, context().committee, &keys.group);
		Self { context: context(), keys, key_id, shares }
	}

	/// The committee of most tests: 3 of 5.
	pub fn sample() -> Self {
		Self::generate(5, 3, &mut SampleRng::new("committee"))
	}

	pub fn group_key(&self) -> Point {
		Point::from_bytes(&self.keys.group).expect("a key is a point")
	}

	pub fn share(&self, index: u16) -> &Share {
		&self.shares[usize::from(index) - 1]
	}

	pub fn label(&self, number: u32) -> EnvelopeLabel {
		EnvelopeLabel {
			genesis: self.context.genesis,
			key_id: self.key_id,
			handle: [4; 32],
			scope: 0,
			scope_epoch: 7,
			number,
		}
	}

	/// Seals an envelope; also gives its shared point.
	pub fn seal(&self, label: &EnvelopeLabel, rng: &mut SampleRng) -> (Envelope, [u8; 32]) {
		let seal = EnvelopeSeal::begin(&self.group_key(), rng);
		let shared = **seal.shared();
		(seal.finish(label, [0xc7; 48], rng), shared)
	}

	/// A request for the envelope of this number.
	pub fn request(&self, number: u32, rng: &mut SampleRng) -> Request {
		let label = self.label(number);
		let (envelope, shared) = self.seal(&label, rng);
		let context = RequestContext {
			label,
			committee: self.context.committee,
			version: self.context.version,
			requester: 9,
			key_hash: [5; 32],
			header: envelope.header(),
		};
		Request::new(context, shared, rng)
	}
}

/// A request with the requester's secret, and the shared point of its envelope.
pub struct Request {
	pub context: RequestContext,
	pub q: SecretScalar,
	pub q_point: [u8; 32],
	pub proof: SchnorrProof,
	pub shared: [u8; 32],
}

impl Request {
	pub fn new(context: RequestContext, shared: [u8; 32], rng: &mut SampleRng) -> Self {
		let q = SecretScalar::random(rng);
		let proof = prove_request(&context, &q, rng);
		Self { context, q_point: q.public().to_bytes(), q, proof, shared }
	}

	pub fn part(&self, committee: &Committee, index: u16) -> DecryptionPart {
		let mut rng = SampleRng::new("part");
		DecryptionPart::make(&self.context, &self.q_point, &self.proof, index, committee.share(index), &mut rng)
			.expect("the request verifies")
	}

	/// Values of these members' parts.
	pub fn parts(&self, committee: &Committee, indices: &[u16]) -> Vec<(u16, [u8; 32])> {
		indices.iter().map(|index| (*index, self.part(committee, *index).value)).collect()
	}
}

/// Every request that differs from this one in one field of its context.
pub fn other_contexts(context: &RequestContext) -> Vec<(&'static str, RequestContext)> {
	let changed = |what, change: &dyn Fn(&mut RequestContext)| {
		let mut other = *context;
		change(&mut other);
		(what, other)
	};
	let mut others: Vec<_> = other_labels(&context.label)
		.into_iter()
		.map(|(what, label)| (what, RequestContext { label, ..*context }))
		.collect();
	others.extend([
		changed("committee", &|other| other.committee += 1),
		changed("version", &|other| other.version += 1),
		changed("requester", &|other| other.requester += 1),
		changed("key hash", &|other| other.key_hash[0] ^= 1),
		changed("u", &|other| {
			other.header.u = SecretScalar::random(&mut SampleRng::new("other u")).public().to_bytes()
		}),
		changed("ubar", &|other| other.header.ubar = other.header.u),
		changed("e", &|other| other.header.e[0] ^= 1),
		changed("f", &|other| other.header.f[0] ^= 1),
		changed("ct hash", &|other| other.header.ct_hash[0] ^= 1),
	]);
	others
}

/// Every label that differs from this one in one field.
pub fn other_labels(label: &EnvelopeLabel) -> Vec<(&'static str, EnvelopeLabel)> {
	vec![
		("chain", EnvelopeLabel { genesis: [0xee; 32], ..*label }),
		("committee key", EnvelopeLabel { key_id: [0xee; 32], ..*label }),
		("patient", EnvelopeLabel { handle: [0xee; 32], ..*label }),
		("scope", EnvelopeLabel { scope: label.scope + 1, ..*label }),
		("epoch", EnvelopeLabel { scope_epoch: label.scope_epoch + 1, ..*label }),
		("envelope", EnvelopeLabel { number: label.number + 1, ..*label }),
	]
}

/// The scalar of these bytes plus the group order: a second encoding of the same scalar.
pub fn with_order_added(scalar: &[u8; 32]) -> [u8; 32] {
	let order = hex_literal::hex!("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
	let mut sum = [0; 32];
	let mut carry = 0;
	for ((to, a), b) in sum.iter_mut().zip(scalar).zip(order) {
		carry += u16::from(*a) + u16::from(b);
		*to = carry as u8;
		carry >>= 8;
	}
	sum
}

/// Flips one bit of an encoding.
pub fn flipped(value: &impl Encode, bit: usize) -> Vec<u8> {
	let mut bytes = value.encode();
	let length = bytes.len();
	bytes[bit / 8 % length] ^= 1 << (bit % 8);
	bytes
}
