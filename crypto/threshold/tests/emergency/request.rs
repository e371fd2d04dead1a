//! Requests: who proves to know q, and for what.

use crate::fixture::{other_contexts, with_order_added, Committee, Request, SampleRng, IDENTITY, NOT_CANONICAL};
use curve25519_dalek::{ristretto::CompressedRistretto, RistrettoPoint, Scalar};
use salus_threshold::{
	group::SecretScalar,
	proof::SchnorrProof,
	request::{prove_request, request_id, verify_request, RequestContext, RequestError, RequestPoint},
};

fn requested() -> (Committee, Request) {
	let committee = Committee::sample();
	let request = committee.request(0, &mut SampleRng::new("request"));
	(committee, request)
}

fn decompress(bytes: &[u8; 32]) -> RistrettoPoint {
	CompressedRistretto(*bytes).decompress().expect("a point")
}

#[test]
fn verify_request_gives_u_plus_q() {
	let (_, Request { context, q_point, proof, .. }) = requested();
	let point = verify_request(&context, &q_point, &proof).expect("a good request");
	assert_eq!(decompress(&point.base), decompress(&context.header.u) + decompress(&q_point));
	assert_eq!(RequestPoint::new(&context, &q_point), Ok(point));
}

#[test]
fn verify_request_refuses_proof_when_anything_in_the_context_is_another() {
	let (_, Request { context, q_point, proof, .. }) = requested();
	for (what, other) in other_contexts(&context) {
		assert!(verify_request(&other, &q_point, &proof).is_err(), "another {what}");
	}
	// Where the envelope stays good it is the proof of q that fails.
	for other in [
		RequestContext { requester: 10, ..context },
		RequestContext { version: 2, ..context },
		RequestContext { committee: 4, ..context },
		RequestContext { key_hash: [6; 32], ..context },
	] {
		assert_eq!(verify_request(&other, &q_point, &proof), Err(RequestError::Proof));
	}
}

#[test]
fn verify_request_refuses_envelope_when_its_own_proof_fails() {
	let (committee, Request { mut context, q, q_point, .. }) = requested();
	context.label = committee.label(1);
	let proof = prove_request(&context, &q, &mut SampleRng::new("proof"));
	assert_eq!(verify_request(&context, &q_point, &proof), Err(RequestError::Envelope));
}

/// With `Q = u' - u` the members' answers would be `x_i·u'`, the parts of the victim's envelope.
#[test]
fn verify_request_refuses_point_when_it_is_a_rogue_difference() {
	let (committee, Request { context, q, proof, .. }) = requested();
	let victim = committee.request(1, &mut SampleRng::new("victim"));
	let rogue = decompress(&victim.context.header.u) - decompress(&context.header.u);
	let rogue = rogue.compress().to_bytes();
	assert_eq!(RequestPoint::new(&context, &rogue).expect("points").base, victim.context.header.u);
	assert_eq!(verify_request(&context, &rogue, &proof), Err(RequestError::Proof));
	assert_eq!(verify_request(&context, &rogue, &victim.proof), Err(RequestError::Proof));
	let made_up = prove_request(&context, &q, &mut SampleRng::new("made up"));
	assert_eq!(verify_request(&context, &rogue, &made_up), Err(RequestError::Proof));
}

#[test]
fn verify_request_refuses_point_when_it_is_malformed() {
	let (_, Request { context, proof, .. }) = requested();
	for point in [IDENTITY, NOT_CANONICAL] {
		assert_eq!(verify_request(&context, &point, &proof), Err(RequestError::Point));
	}
}

/// `u + Q` would be the identity, every part too, and no member's answer would prove anything.
#[test]
fn verify_request_refuses_point_when_it_cancels_out_the_envelope() {
	let (_, Request { context, proof, .. }) = requested();
	let minus = (-decompress(&context.header.u)).compress().to_bytes();
	assert_eq!(verify_request(&context, &minus, &proof), Err(RequestError::Base));
}

#[test]
fn verify_request_refuses_proof_when_a_scalar_is_malformed() {
	let (_, Request { context, q_point, proof: SchnorrProof { e, f }, .. }) = requested();
	for (what, e, f) in [
		("order added to e", with_order_added(&e), f),
		("order added to f", e, with_order_added(&f)),
		("e not canonical", NOT_CANONICAL, f),
		("f not canonical", e, NOT_CANONICAL),
		("zero", [0; 32], [0; 32]),
		("exchanged", f, e),
	] {
		assert_eq!(verify_request(&context, &q_point, &SchnorrProof { e, f }), Err(RequestError::Proof), "{what}");
	}
}

/// A proof of another kind over the same key: each kind has its own tag.
#[test]
fn verify_request_refuses_proof_when_it_is_of_another_kind() {
	let (_, Request { context, q, q_point, .. }) = requested();
	let id = context.id(&q_point);
	let proof = SchnorrProof::prove("salus/possession/v1", &(id, context), &q, &mut SampleRng::new("kind"));
	assert_eq!(verify_request(&context, &q_point, &proof), Err(RequestError::Proof));
}

#[test]
fn request_id_differs_when_chain_requester_or_point_is_another() {
	let id = request_id(&[1; 32], 2, &[3; 32]);
	for other in
		[request_id(&[3; 32], 2, &[3; 32]), request_id(&[1; 32], 3, &[3; 32]), request_id(&[1; 32], 2, &[1; 32])]
	{
		assert_ne!(id, other);
	}
}

#[test]
fn transcript_differs_when_anything_in_the_context_is_another() {
	let (_, Request { context, q_point, .. }) = requested();
	let transcript = RequestPoint::new(&context, &q_point).expect("points").transcript;
	for (what, other) in other_contexts(&context) {
		let other = RequestPoint::new(&other, &q_point).expect("points").transcript;
		assert_ne!(other, transcript, "another {what}");
	}
	let other = SecretScalar::random(&mut SampleRng::new("other")).public().to_bytes();
	assert_ne!(RequestPoint::new(&context, &other).expect("points").transcript, transcript);
}

/// Two proofs with the same generator output differ in their nonces, because these depend on what is proved: otherwise two
/// equations in the secret and one nonce would give the secret away.
#[test]
fn proofs_share_no_nonce_when_the_generator_repeats() {
	let (_, Request { context, q, .. }) = requested();
	let other = RequestContext { requester: 10, ..context };
	let nonce = |context: &RequestContext| {
		let SchnorrProof { e, f } = prove_request(context, &q, &mut SampleRng::new("repeats"));
		let [e, f, q] = [e, f, *q.to_bytes()].map(|bytes| Scalar::from_canonical_bytes(bytes).expect("canonical"));
		f - e * q
	};
	assert_eq!(nonce(&context), nonce(&context));
	assert_ne!(nonce(&context), nonce(&other));
}
