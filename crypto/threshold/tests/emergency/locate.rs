//! The oblivious function against the vectors of its RFC and against another implementation.

use crate::fixture::{Committee, SampleRng, IDENTITY, NOT_CANONICAL};
use hex_literal::hex;
use proptest::prelude::*;
use salus_threshold::{
	group::SecretScalar,
	locate::{is_blinded_element, Blinded, LocateContext, LocatePart},
	part::{CombineError, PartError},
	share::Share,
};
use voprf::{BlindedElement, OprfClient, OprfServer, Ristretto255};

fn context(committee: &Committee) -> LocateContext {
	LocateContext {
		genesis: committee.context.genesis,
		key_id: committee.key_id,
		committee: committee.context.committee,
		version: committee.context.version,
		requester: 9,
		key_hash: [5; 32],
	}
}

fn secret(bytes: [u8; 32]) -> SecretScalar {
	SecretScalar::from_bytes(&bytes).expect("canonical and not zero")
}

fn answers(committee: &Committee, blinded: &[u8; 32], indices: &[u16]) -> Vec<(u16, [u8; 32])> {
	let mut rng = SampleRng::new("answers");
	let mut answer = |index: &u16| {
		let part = LocatePart::make(&context(committee), blinded, *index, committee.share(*index), &mut rng);
		(*index, part.expect("a good element").value)
	};
	indices.iter().map(&mut answer).collect()
}

/// RFC 9497 appendix A.1.1, evaluated by one member who holds the whole key.
#[test]
fn outputs_equal_the_vectors_of_the_rfc() {
	let key = hex!("5ebcea5ee37023ccb9fc2d2019f9d7737be85591ae8652ffa9ef0f4d37063b0e");
	let blind = hex!("64d37aed22a27f5191de1c1d69fadb899d8862b58eb4220029e036ec4c1f6706");
	for (input, blinded, evaluated, output) in [
		(
			&hex!("00")[..],
			hex!("609a0ae68c15a3cf6903766461307e5c8bb2f95e7e6550e1ffa2dc99e412803c"),
			hex!("7ec6578ae5120958eb2db1745758ff379e77cb64fe77b0b2d8cc917ea0869c7e"),
			hex!(
				"527759c3d9366f277d8c6020418d96bb393ba2afb20ff90df23fb7708264e2f3"
				"ab9135e3bd69955851de4b1f9fe8a0973396719b7912ba9ee8aa7d0b5e24bcf6"
			),
		),
		(
			&hex!("5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a")[..],
			hex!("da27ef466870f5f15296299850aa088629945a17d1f5b7f5ff043f76b3c06418"),
			hex!("b4cbf5a4f1eeda5a63ce7b77c7d23f461db3fcab0dd28e4e17cecb5c90d02c25"),
			hex!(
				"f4a74c9c592497375e796aa837e907b1a045d34306a749db9f34221f7e750cb4"
				"f2a6413a6bf6fa5e19ba6348eb673934a722a7ede2e7621306d18951e7cf2c73"
			),
		),
	] {
		let state = Blinded::with_blind(input, secret(blind)).expect("short input");
		assert_eq!(state.element(), blinded);
		let share = Share::from_bytes(&key).expect("canonical");
		let context = context(&Committee::sample());
		let part = LocatePart::make(&context, &blinded, 1, &share, &mut SampleRng::new("rfc")).expect("a good element");
		assert_eq!(part.value, evaluated);
		assert_eq!(*state.finalize(1, &[(1, part.value)]).expect("one part"), output);
	}
}

#[test]
fn any_k_members_give_the_same_output_for_every_blind() {
	let committee = Committee::sample();
	let mut rng = SampleRng::new("blind");
	let mut output = |input: &[u8], indices: &[u16]| {
		let state = Blinded::new(input, &mut rng).expect("short input");
		let parts = answers(&committee, &state.element(), indices);
		*state.finalize(3, &parts).expect("good parts")
	};
	let one = output(b"Ruiz|Ana|1961-04-02", &[1, 2, 3]);
	assert_eq!(output(b"Ruiz|Ana|1961-04-02", &[5, 3, 1]), one);
	assert_ne!(output(b"Ruiz|Ana|1961-04-03", &[1, 2, 3]), one);
}

#[test]
fn blinded_is_restored_from_its_blind() {
	let state = Blinded::new(b"name", &mut SampleRng::new("blind")).expect("short input");
	let restored = Blinded::with_blind(b"name", state.blind().clone()).expect("short input");
	assert_eq!(restored.element(), state.element());
	assert_eq!(format!("{state:?}"), "Blinded(..)");
}

#[test]
fn blinded_is_none_when_the_input_is_too_long() {
	let blind = |length| Blinded::new(&vec![0; length], &mut SampleRng::new("blind")).is_some();
	assert!(blind(65_535));
	assert!(!blind(65_536));
}

#[test]
fn verify_holds_for_session_index_and_key_of_the_member_only() {
	let committee = Committee::sample();
	let mut rng = SampleRng::new("verify");
	let blinded = Blinded::new(b"name", &mut rng).expect("short input").element();
	let other = Blinded::new(b"name", &mut rng).expect("short input").element();
	let own = context(&committee);
	let part = LocatePart::make(&own, &blinded, 2, committee.share(2), &mut rng).expect("a good element");
	let keys = &committee.keys.members;
	assert!(part.verify(&own, &blinded, 2, &keys[1]));
	for (what, context, blinded, index, key) in [
		("index", own, blinded, 3, keys[1]),
		("index 0", own, blinded, 0, keys[1]),
		("key", own, blinded, 2, keys[2]),
		("key identity", own, blinded, 2, IDENTITY),
		("element", own, other, 2, keys[1]),
		("element identity", own, IDENTITY, 2, keys[1]),
		("element not canonical", own, NOT_CANONICAL, 2, keys[1]),
		("chain", LocateContext { genesis: [2; 32], ..own }, blinded, 2, keys[1]),
		("committee key", LocateContext { key_id: [2; 32], ..own }, blinded, 2, keys[1]),
		("committee", LocateContext { committee: 8, ..own }, blinded, 2, keys[1]),
		("version", LocateContext { version: 8, ..own }, blinded, 2, keys[1]),
		("requester", LocateContext { requester: 8, ..own }, blinded, 2, keys[1]),
		("one-time key", LocateContext { key_hash: [2; 32], ..own }, blinded, 2, keys[1]),
	] {
		assert!(!part.verify(&context, &blinded, index, &key), "another {what}");
	}
	let bad = LocatePart { value: keys[0], ..part };
	assert!(!bad.verify(&own, &blinded, 2, &keys[1]));
}

/// The proof of an evaluation is none of a key release, even over the same points.
#[test]
fn part_of_a_key_release_is_none_of_a_locate_session() {
	let committee = Committee::sample();
	let request = committee.request(0, &mut SampleRng::new("request"));
	let released = request.part(&committee, 1);
	let base = salus_threshold::request::RequestPoint::new(&request.context, &request.q_point).expect("points").base;
	let part = LocatePart { value: released.value, proof: released.proof };
	assert!(!part.verify(&context(&committee), &base, 1, &committee.keys.members[0]));
}

#[test]
fn make_fails_when_element_or_index_are_malformed() {
	let committee = Committee::sample();
	let blinded = Blinded::new(b"name", &mut SampleRng::new("blind")).expect("short input").element();
	let make = |blinded: &[u8; 32], index| {
		let mut rng = SampleRng::new("make");
		LocatePart::make(&context(&committee), blinded, index, committee.share(1), &mut rng).err()
	};
	assert_eq!(make(&blinded, 1), None);
	assert_eq!(make(&blinded, 0), Some(PartError::Index));
	assert_eq!(make(&blinded, 17), Some(PartError::Index));
	for malformed in [IDENTITY, NOT_CANONICAL] {
		assert_eq!(make(&malformed, 1), Some(PartError::Element));
		assert!(!is_blinded_element(&malformed));
	}
	assert!(is_blinded_element(&blinded));
}

#[test]
fn finalize_fails_when_parts_are_malformed() {
	let committee = Committee::sample();
	let state = Blinded::new(b"name", &mut SampleRng::new("blind")).expect("short input");
	let parts = answers(&committee, &state.element(), &[1, 2, 3]);
	let finalized = |parts: &[(u16, [u8; 32])]| state.finalize(3, parts).err();
	assert_eq!(finalized(&parts), None);
	assert_eq!(finalized(&parts[..2]), Some(CombineError::TooFew));
	assert_eq!(finalized(&[parts[0], parts[1], (0, parts[2].1)]), Some(CombineError::Index));
	assert_eq!(finalized(&[parts[0], parts[1], parts[1]]), Some(CombineError::Index));
	assert_eq!(finalized(&[parts[0], parts[1], (3, IDENTITY)]), Some(CombineError::Part));
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(32))]

	/// Element, evaluation and output of the crate `voprf` for the same key and blind.
	#[test]
	fn output_equals_voprf_s(key in 1u64.., blind in 1u64.., input in prop::collection::vec(any::<u8>(), 0..200)) {
		let widened = |low: u64| {
			let mut bytes = [0x3a; 32];
			bytes[..8].copy_from_slice(&low.to_le_bytes());
			bytes[31] = 0x07;
			bytes
		};
		let (key, blind) = (widened(key), widened(blind));
		let scalar = |bytes| curve25519_dalek::Scalar::from_canonical_bytes(bytes).expect("canonical");
		let theirs = OprfClient::<Ristretto255>::deterministic_blind_unchecked(&input, scalar(blind)).expect("short input");
		let server = OprfServer::<Ristretto255>::new_with_key(&key).expect("a key");
		let evaluated = server.blind_evaluate(&theirs.message);

		let state = Blinded::with_blind(&input, secret(blind)).expect("short input");
		prop_assert_eq!(&state.element()[..], &theirs.message.serialize()[..]);
		prop_assert!(BlindedElement::<Ristretto255>::deserialize(&state.element()).is_ok());
		let share = Share::from_bytes(&key).expect("canonical");
		let context = context(&Committee::sample());
		let part = LocatePart::make(&context, &state.element(), 1, &share, &mut SampleRng::new("voprf")).expect("element");
		prop_assert_eq!(&part.value[..], &evaluated.serialize()[..]);
		let output = state.finalize(1, &[(1, part.value)]).expect("one part");
		let expected = theirs.state.finalize(&input, &evaluated).expect("short input");
		prop_assert_eq!(&output[..], &expected[..]);
	}
}
