//! What requests, parts and masks are bound to, computed a second time from the protocol: a field that is left out of a transcript
//! fails here even where another check would still refuse what lacks it.

use crate::fixture::{context, Committee, Guardians, Request, SampleRng};
use codec::Encode;
use curve25519_dalek::{ristretto::CompressedRistretto, RistrettoPoint, Scalar};
use salus_threshold::{
	committee::Threshold,
	dealing::{Dealing, DealingContext, MASK_TAG},
	envelope::EnvelopeLabel,
	group::{generator, Point, SecretScalar},
	locate::{self, Blinded, LocateContext, LocatePart},
	part::{self, DecryptionPart},
	proof::{DleqProof, EqualLogs},
	request::{self, RequestContext, RequestPoint},
	share::Share,
};
use sha2::{Digest, Sha256, Sha512};

fn requested() -> (Committee, Request) {
	let committee = Committee::sample();
	let request = committee.request(0, &mut SampleRng::new("request"));
	(committee, request)
}

fn decompress(bytes: &[u8; 32]) -> RistrettoPoint {
	CompressedRistretto(*bytes).decompress().expect("a point")
}

fn scalar(bytes: &[u8; 32]) -> Scalar {
	Scalar::from_canonical_bytes(*bytes).expect("canonical")
}

/// SHA-512 over the encoding, modulo the group order.
fn hashed(transcript: &impl Encode) -> Scalar {
	Scalar::from_bytes_mod_order_wide(&Sha512::digest(transcript.encode()).into())
}

/// The challenge of a member's answer: whoever made `proof` committed to what it leads back to.
fn challenge_of_answer(
	tag: &str,
	transcript: [u8; 32],
	index: u16,
	[base, key, value]: [&[u8; 32]; 3],
	proof: &DleqProof,
) -> Scalar {
	let (e, f) = (scalar(&proof.e), scalar(&proof.f));
	let of_key = RistrettoPoint::mul_base(&f) - decompress(key) * e;
	let of_value = decompress(base) * f - decompress(value) * e;
	let commitments = [of_key, of_value].map(|point| point.compress().to_bytes());
	hashed(&(tag, (transcript, index), (generator().to_bytes(), key), (base, value), commitments))
}

#[test]
fn request_is_bound_to_its_id_its_context_and_its_point() {
	// A tier and a number other than zero: one that is left out would look like zero.
	let (committee, Request { context, shared, .. }) = requested();
	let context = RequestContext { label: EnvelopeLabel { scope: 1, ..committee.label(3) }, ..context };
	let Request { q_point, proof, .. } = Request::new(context, shared, &mut SampleRng::new("other request"));
	let (e, f) = (scalar(&proof.e), scalar(&proof.f));
	let commitment = (RistrettoPoint::mul_base(&f) - decompress(&q_point) * e).compress().to_bytes();
	assert_eq!(e, hashed(&(request::PROOF_TAG, (context.id(&q_point), context), q_point, commitment)));
}

#[test]
fn part_is_bound_to_the_request_its_context_and_its_index() {
	let (committee, request) = requested();
	let Request { context, q_point, .. } = &request;
	let RequestPoint { base, transcript } = RequestPoint::new(context, q_point).expect("points");
	let expected = Sha256::digest((request::TRANSCRIPT_TAG, context.id(q_point), context, q_point).encode());
	assert_eq!(transcript[..], expected[..]);
	let DecryptionPart { value, proof } = request.part(&committee, 2);
	let points = [&base, &committee.keys.members[1], &value];
	assert_eq!(scalar(&proof.e), challenge_of_answer(part::PART_TAG, transcript, 2, points, &proof));
}

#[test]
fn evaluation_is_bound_to_its_session_its_element_and_its_index() {
	let committee = Committee::sample();
	let mut rng = SampleRng::new("evaluation");
	let blinded = Blinded::new(b"name", &mut rng).expect("short input").element();
	let context = LocateContext {
		genesis: committee.context.genesis,
		key_id: committee.key_id,
		committee: committee.context.committee,
		version: committee.context.version,
		requester: 9,
		key_hash: [5; 32],
	};
	let made = LocatePart::make(&context, &blinded, 2, committee.share(2), &mut rng).expect("a good element");
	let transcript = Sha256::digest((locate::TRANSCRIPT_TAG, context, blinded).encode()).into();
	let points = [&blinded, &committee.keys.members[1], &made.value];
	assert_eq!(scalar(&made.proof.e), challenge_of_answer(locate::PART_TAG, transcript, 2, points, &made.proof));
	assert_ne!(locate::PART_TAG, part::PART_TAG);
}

/// A proof for such an index can be made by who writes its own software; no member has one.
#[test]
fn part_is_refused_when_its_index_is_none_that_a_member_can_have() {
	let (committee, request) = requested();
	let RequestPoint { base, transcript } = RequestPoint::new(&request.context, &request.q_point).expect("points");
	let (share, base) = (committee.share(1), Point::from_bytes(&base).expect("a point"));
	let value = decompress(&base.to_bytes()) * scalar(&share.to_bytes());
	let value = Point::from_bytes(&value.compress().to_bytes()).expect("not the identity");
	let logs = EqualLogs { left: (generator(), share.public()), right: (base, value) };
	let verifies = |index: u16| {
		let mut rng = SampleRng::new("any index");
		let proof = DleqProof::prove(part::PART_TAG, &(transcript, index), &logs, share.secret(), &mut rng);
		let part = DecryptionPart { value: value.to_bytes(), proof };
		part.verify(&request.context, &request.q_point, index, &share.public().to_bytes())
	};
	assert!(verifies(1) && verifies(16));
	for index in [0, 17, u16::MAX] {
		assert!(!verifies(index), "{index}");
	}
}

/// One mask for each member, committee, version and dealer: two sealed shares under one mask would give their difference away.
#[test]
fn mask_is_bound_to_dealing_index_and_shared_point() {
	let mut rng = SampleRng::new("mask");
	let guardians = Guardians::new(5, &mut rng);
	let context = DealingContext { committee: context(), dealer: 1, threshold: Threshold { n: 5, k: 3 } };
	let secret = SecretScalar::random(&mut rng);
	let dealing = Dealing::deal(&context, &secret, &guardians.points(), &mut rng).expect("lengths fit");
	for (index, sealing) in (1u16..).zip(&guardians.secrets) {
		let part = dealing.open(&context, index, sealing).expect("a good share");
		let share = Share::combine_dealt(&[part]).expect("not zero");
		let shared = decompress(&dealing.ephemeral) * scalar(&sealing.to_bytes());
		let mask = hashed(&(MASK_TAG, context, index, dealing.ephemeral, shared.compress().to_bytes()));
		assert_eq!(scalar(&dealing.sealed[usize::from(index) - 1]) - scalar(&share.to_bytes()), mask);
	}
}
