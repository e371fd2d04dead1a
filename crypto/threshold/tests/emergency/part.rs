//! Parts: what a member answers, what the chain verifies, what the requester gets.

use crate::fixture::{other_contexts, with_order_added, Committee, Request, SampleRng, IDENTITY, NOT_CANONICAL};
use codec::{DecodeAll, Encode, MaxEncodedLen};
use curve25519_dalek::{ristretto::CompressedRistretto, RistrettoPoint, Scalar};
use salus_threshold::{
	group::SecretScalar,
	part::{combine, CombineError, DecryptionPart, PartError},
	proof::{DleqProof, SchnorrProof},
	request::{verify_request, RequestContext, RequestError},
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
fn any_k_parts_open_the_envelope() {
	let (committee, request) = requested();
	for indices in [[1, 2, 3], [3, 2, 1], [1, 3, 5], [5, 4, 2], [2, 3, 4]] {
		let opened = combine(3, &request.parts(&committee, &indices), &request.q, &committee.keys.group);
		assert_eq!(*opened.expect("good parts"), request.shared, "{indices:?}");
	}
	let all = request.parts(&committee, &[4, 1, 5, 2, 3]);
	for k in 3..=5 {
		assert_eq!(*combine(k, &all, &request.q, &committee.keys.group).expect("good parts"), request.shared);
	}
}

#[test]
fn largest_committee_opens_an_envelope() {
	let committee = Committee::generate(16, 14, &mut SampleRng::new("large"));
	let request = committee.request(0, &mut SampleRng::new("request"));
	let indices: Vec<_> = (3..=16).collect();
	let parts = request.parts(&committee, &indices);
	assert_eq!(*combine(14, &parts, &request.q, &committee.keys.group).expect("good parts"), request.shared);
}

#[test]
fn part_is_96_bytes_without_trailing_ones() {
	let (committee, request) = requested();
	let bytes = request.part(&committee, 1).encode();
	assert_eq!((bytes.len(), DecryptionPart::max_encoded_len()), (96, 96));
	assert!(DecryptionPart::decode_all(&mut &bytes[..]).is_ok());
	assert!(DecryptionPart::decode_all(&mut &[&bytes[..], &[0]].concat()[..]).is_err());
}

#[test]
fn fewer_than_k_parts_open_nothing() {
	let (committee, request) = requested();
	let two = request.parts(&committee, &[1, 2]);
	assert_eq!(combine(3, &two, &request.q, &committee.keys.group).err(), Some(CombineError::TooFew));
	// Nor when the requester pretends that two are enough.
	assert_ne!(*combine(2, &two, &request.q, &committee.keys.group).expect("points"), request.shared);
}

/// The parts are on chain for everybody; without q they are useless.
#[test]
fn parts_open_nothing_without_the_requester_s_secret() {
	let (committee, request) = requested();
	let other = SecretScalar::random(&mut SampleRng::new("other q"));
	let parts = request.parts(&committee, &[1, 2, 3]);
	assert_ne!(*combine(3, &parts, &other, &committee.keys.group).expect("points"), request.shared);
}

/// k - 1 parts in one session and one in another: the other session has another envelope.
#[test]
fn parts_of_two_sessions_open_nothing() {
	let (committee, request) = requested();
	let other = committee.request(1, &mut SampleRng::new("other session"));
	let unmasked = |request: &Request, index: u16| {
		let q = Scalar::from_canonical_bytes(*request.q.to_bytes()).expect("canonical");
		let key = decompress(&committee.keys.members[usize::from(index) - 1]);
		let value = decompress(&request.part(&committee, index).value) - key * q;
		(index, value.compress().to_bytes())
	};
	let open = |parts: &[(u16, [u8; 32])]| {
		// q is subtracted already; a q of one and its effect taken away leave the parts as they are.
		let one = SecretScalar::from_bytes(&Scalar::ONE.to_bytes()).expect("not zero");
		let opened = combine(3, parts, &one, &committee.keys.group).expect("points");
		(decompress(&opened) + decompress(&committee.keys.group)).compress().to_bytes()
	};
	let own = [unmasked(&request, 1), unmasked(&request, 2), unmasked(&request, 3)];
	assert_eq!(open(&own), request.shared);
	let mixed = [own[0], own[1], unmasked(&other, 3)];
	assert_ne!(open(&mixed), request.shared);
	assert_ne!(open(&mixed), other.shared);
	// Why an envelope is used up by its first request: two sessions over one envelope do add up.
	let again = Request::new(request.context, request.shared, &mut SampleRng::new("again"));
	assert_eq!(open(&[own[0], own[1], unmasked(&again, 3)]), request.shared);
}

#[test]
fn verify_holds_for_index_and_key_of_the_member_only() {
	let (committee, request) = requested();
	let part = request.part(&committee, 2);
	let verify = |index, key: &[u8; 32]| part.verify(&request.context, &request.q_point, index, key);
	let keys = &committee.keys.members;
	assert!(verify(2, &keys[1]));
	assert!(!verify(3, &keys[1]));
	assert!(!verify(2, &keys[2]));
	assert!(!verify(0, &keys[1]));
	assert!(!verify(17, &keys[1]));
	assert!(!verify(2, &IDENTITY));
	assert!(!verify(2, &NOT_CANONICAL));
}

#[test]
fn answers_says_the_same_as_verify() {
	let (committee, request) = requested();
	let point = verify_request(&request.context, &request.q_point, &request.proof).expect("a good request");
	let part = request.part(&committee, 2);
	assert!(part.answers(&point, 2, &committee.keys.members[1]));
	assert!(!part.answers(&point, 3, &committee.keys.members[2]));
}

/// Another patient, epoch, envelope, chain, requester, one-time key, member set.
#[test]
fn verify_refuses_part_when_it_is_of_another_request() {
	let (committee, request) = requested();
	let part = request.part(&committee, 1);
	let key = &committee.keys.members[0];
	assert!(part.verify(&request.context, &request.q_point, 1, key));
	for (what, other) in other_contexts(&request.context) {
		assert!(!part.verify(&other, &request.q_point, 1, key), "another {what}");
	}
	let other = committee.request(1, &mut SampleRng::new("other"));
	assert!(!part.verify(&other.context, &other.q_point, 1, key));
	assert!(!part.verify(&request.context, &other.q_point, 1, key));
}

#[test]
fn verify_refuses_part_when_it_is_bad() {
	let (committee, request) = requested();
	let (part, other) = (request.part(&committee, 1), request.part(&committee, 2));
	let DleqProof { e, f } = part.proof;
	let proof = |e, f| DecryptionPart { proof: DleqProof { e, f }, ..part };
	for (what, bad) in [
		("value of another member", DecryptionPart { value: other.value, ..part }),
		("identity", DecryptionPart { value: IDENTITY, ..part }),
		("not canonical", DecryptionPart { value: NOT_CANONICAL, ..part }),
		("proof of another member", DecryptionPart { proof: other.proof, ..part }),
		("zero proof", proof([0; 32], [0; 32])),
		("order added to e", proof(with_order_added(&e), f)),
		("order added to f", proof(e, with_order_added(&f))),
		("e not canonical", proof(NOT_CANONICAL, f)),
		("f not canonical", proof(e, NOT_CANONICAL)),
	] {
		assert!(!bad.verify(&request.context, &request.q_point, 1, &committee.keys.members[0]), "{what}");
	}
}

/// A member who answers with another share than the one behind its key is found at once, and any other k suffice.
#[test]
fn bad_part_is_refused_and_the_others_suffice() {
	let (committee, request) = requested();
	let bad = request.part(&Committee { shares: vec![committee.share(4).clone(); 5], ..Committee::sample() }, 2);
	assert!(!bad.verify(&request.context, &request.q_point, 2, &committee.keys.members[1]));
	let mut parts = request.parts(&committee, &[1, 3]);
	parts.push((2, bad.value));
	assert_ne!(*combine(3, &parts, &request.q, &committee.keys.group).expect("points"), request.shared);
	parts[2] = (5, request.part(&committee, 5).value);
	assert_eq!(*combine(3, &parts, &request.q, &committee.keys.group).expect("good parts"), request.shared);
}

/// The node that shows a request may lie: a guardian's own software checks before it touches the share.
#[test]
fn make_fails_when_the_request_does_not_verify() {
	let (committee, request) = requested();
	let make = |context: &RequestContext, q_point, proof, index| {
		let mut rng = SampleRng::new("make");
		DecryptionPart::make(context, q_point, proof, index, committee.share(1), &mut rng).err()
	};
	let Request { context, q_point, proof, .. } = &request;
	assert_eq!(make(context, q_point, proof, 1), None);
	assert_eq!(make(context, q_point, proof, 0), Some(PartError::Index));
	assert_eq!(make(context, q_point, proof, 17), Some(PartError::Index));
	let other = RequestContext { label: committee.label(1), ..*context };
	assert_eq!(make(&other, q_point, proof, 1), Some(PartError::Request(RequestError::Envelope)));
	let forged = SchnorrProof { e: proof.f, f: proof.e };
	assert_eq!(make(context, q_point, &forged, 1), Some(PartError::Request(RequestError::Proof)));
	assert_eq!(make(context, &IDENTITY, proof, 1), Some(PartError::Request(RequestError::Point)));
}

#[test]
fn combine_fails_when_parts_or_key_are_malformed() {
	let (committee, request) = requested();
	let good = request.parts(&committee, &[1, 2, 3]);
	let combined = |k, parts: &[(u16, [u8; 32])], key| combine(k, parts, &request.q, key).err();
	let key = &committee.keys.group;
	let third = |part| [good[0], good[1], part];
	assert_eq!(combined(3, &good, key), None);
	for (what, error, expected) in [
		("no parts", combined(3, &[], key), CombineError::TooFew),
		("threshold 0", combined(0, &good, key), CombineError::TooFew),
		("index 0", combined(3, &third((0, good[2].1)), key), CombineError::Index),
		("index beyond", combined(3, &third((17, good[2].1)), key), CombineError::Index),
		("index twice", combined(3, &third((1, good[2].1)), key), CombineError::Index),
		("index twice in excess", combined(2, &third((2, good[1].1)), key), CombineError::Index),
		("part identity", combined(3, &third((3, IDENTITY)), key), CombineError::Part),
		("part not canonical", combined(3, &third((3, NOT_CANONICAL)), key), CombineError::Part),
		("key identity", combined(3, &good, &IDENTITY), CombineError::GroupKey),
		("key not canonical", combined(3, &good, &NOT_CANONICAL), CombineError::GroupKey),
	] {
		assert_eq!(error, Some(expected), "{what}");
	}
}

/// `x·u` cannot be the identity for a u that is not; parts that come to it are not of one request.
#[test]
fn combine_fails_when_the_parts_cancel_out() {
	let (committee, _) = requested();
	let q = SecretScalar::from_bytes(&Scalar::from(5u64).to_bytes()).expect("not zero");
	// The values of a request for u = 0·G: U_i = q·Y_i.
	let value = |index: u16| {
		let key = decompress(&committee.keys.members[usize::from(index) - 1]);
		(index, (key * Scalar::from(5u64)).compress().to_bytes())
	};
	let parts = [value(1), value(2), value(3)];
	assert_eq!(combine(3, &parts, &q, &committee.keys.group).err(), Some(CombineError::Result));
}
