//! Commitments against frozen vectors of an independent implementation, and against malformed input.

mod common;

use common::{vectors, Bytes};
use proptest::prelude::*;
use rand_core_chain::OsRng;
use salus_threshold::{
	pedersen::{anchor_message, commit, is_canonical, second_generator, verify, Blinding, Commitment, Scalar},
	record_id,
};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Vectors {
	second_generator: Bytes,
	anchors: Vec<Anchor>,
	refused_points: Vec<RefusedPoint>,
	refused_blindings: Vec<RefusedBlinding>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Anchor {
	genesis: Bytes,
	institution: u32,
	handle: Bytes,
	attribute_root: Bytes,
	message: Bytes,
	blinding: Bytes,
	commitment: Bytes,
	record_id: Bytes,
}

impl Anchor {
	fn message(&self) -> Scalar {
		anchor_message(&self.genesis.fixed(), self.institution, &self.handle.fixed(), &self.attribute_root.fixed())
	}
}

#[derive(Deserialize)]
struct RefusedPoint {
	why: String,
	point: Bytes,
}

#[derive(Deserialize)]
struct RefusedBlinding {
	why: String,
	scalar: Bytes,
}

fn frozen() -> Vectors {
	vectors(include_str!("vectors/pedersen.json"))
}

#[test]
fn second_generator_equals_its_vector() {
	assert_eq!(second_generator().compress().to_bytes(), frozen().second_generator.fixed());
}

#[test]
fn anchors_equal_their_vectors() {
	let anchors = frozen().anchors;
	assert!(!anchors.is_empty());
	for anchor in anchors {
		let message = anchor.message();
		let blinding = Blinding::from_canonical_bytes(&anchor.blinding.fixed()).expect("canonical and not zero");
		let commitment = anchor.commitment.fixed();
		assert_eq!(message.to_bytes(), anchor.message.fixed());
		assert_eq!(*blinding.to_bytes(), anchor.blinding.fixed());
		assert_eq!(commit(&message, blinding.as_scalar()), commitment);
		assert_eq!(record_id(anchor.institution, &anchor.handle.fixed(), &commitment), anchor.record_id.fixed());
		assert!(is_canonical(&commitment));
		assert!(verify(&commitment, &message, &anchor.blinding.fixed()));
	}
}

#[test]
fn is_canonical_refuses_every_malformed_point() {
	let refused = frozen().refused_points;
	assert!(refused.len() >= 14);
	for RefusedPoint { why, point } in refused {
		assert!(!is_canonical(&point.fixed()), "{why}");
		assert_eq!(Commitment::from_canonical_bytes(&point.fixed()), None, "{why}");
	}
}

#[test]
fn verify_refuses_every_malformed_point() {
	let anchor = &frozen().anchors[1];
	for RefusedPoint { why, point } in frozen().refused_points {
		assert!(!verify(&point.fixed(), &anchor.message(), &anchor.blinding.fixed()), "{why}");
	}
}

#[test]
fn blinding_is_refused_when_zero_or_not_canonical() {
	for RefusedBlinding { why, scalar } in frozen().refused_blindings {
		assert!(Blinding::from_canonical_bytes(&scalar.fixed()).is_none(), "{why}");
	}
}

/// A second encoding of the right blinding would let one opening be shown as two.
#[test]
fn verify_refuses_blinding_when_group_order_is_added() {
	// A blinding small enough that the sum still fits 32 bytes.
	let blinding = Scalar::from(5u64);
	let message = frozen().anchors[0].message();
	let commitment = commit(&message, &blinding);
	let order_and_five = hex_literal::hex!("f2d3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
	assert_eq!(Scalar::from_bytes_mod_order(order_and_five), blinding);
	assert!(verify(&commitment, &message, &blinding.to_bytes()));
	assert!(!verify(&commitment, &message, &order_and_five));
}

/// `0·G + 0·H` is the identity and would open.
#[test]
fn verify_refuses_identity_when_message_and_blinding_are_zero() {
	assert!(!verify(&[0; 32], &Scalar::ZERO, &[0; 32]));
	assert_eq!(commit(&Scalar::ZERO, &Scalar::ZERO), [0; 32]);
}

/// The commitment stays as it is and one part of its context is exchanged: another chain, custodian, patient or content.
#[test]
fn verify_refuses_commitment_when_context_is_another() {
	let anchor = &frozen().anchors[1];
	let (genesis, handle, root) = (anchor.genesis.fixed(), anchor.handle.fixed(), anchor.attribute_root.fixed());
	let institution = anchor.institution;
	let other = [7u8; 32];
	for (what, message) in [
		("genesis", anchor_message(&other, institution, &handle, &root)),
		("institution", anchor_message(&genesis, institution + 1, &handle, &root)),
		("handle", anchor_message(&genesis, institution, &other, &root)),
		("attribute root", anchor_message(&genesis, institution, &handle, &other)),
		("handle and root exchanged", anchor_message(&genesis, institution, &root, &handle)),
	] {
		assert!(!verify(&anchor.commitment.fixed(), &message, &anchor.blinding.fixed()), "{what}");
	}
}

#[test]
fn record_id_differs_when_institution_handle_or_commitment_is_another() {
	let id = record_id(1, &[2; 32], &[3; 32]);
	for other in [
		record_id(2, &[2; 32], &[3; 32]),
		record_id(1, &[3; 32], &[3; 32]),
		record_id(1, &[2; 32], &[2; 32]),
		record_id(1, &[3; 32], &[2; 32]),
	] {
		assert_ne!(id, other);
	}
}

#[test]
fn blinding_is_fresh_and_not_printed() {
	let (one, two) = (Blinding::random(&mut OsRng), Blinding::random(&mut OsRng));
	assert_ne!(one.to_bytes(), two.to_bytes());
	assert_eq!(format!("{one:?}"), "Blinding(..)");
}

#[test]
fn blinding_from_uniform_bytes_is_none_when_they_reduce_to_zero() {
	let mut group_order = [0u8; 64];
	group_order[..32]
		.copy_from_slice(&hex_literal::hex!("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010"));
	assert!(Blinding::from_uniform_bytes(&[0; 64]).is_none());
	assert!(Blinding::from_uniform_bytes(&group_order).is_none());
	assert!(Blinding::from_uniform_bytes(&[1; 64]).is_some());
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(64))]

	#[test]
	fn commitment_opens_with_its_own_message_and_blinding_only(m: [u8; 32], n: [u8; 32], seed: Vec<u8>) {
		let (message, other) = (Scalar::from_bytes_mod_order(m), Scalar::from_bytes_mod_order(n));
		let mut uniform = [1u8; 64];
		uniform.iter_mut().zip(&seed).for_each(|(to, from)| *to = *from);
		prop_assume!(message != other);
		let Some(blinding) = Blinding::from_uniform_bytes(&uniform) else { return Ok(()) };
		let commitment = commit(&message, blinding.as_scalar());
		prop_assert!(is_canonical(&commitment));
		prop_assert!(verify(&commitment, &message, &blinding.to_bytes()));
		prop_assert!(!verify(&commitment, &other, &blinding.to_bytes()));
		let moved = (blinding.as_scalar() + Scalar::ONE).to_bytes();
		prop_assert!(!verify(&commitment, &message, &moved));
	}

	#[test]
	fn one_encoding_for_each_commitment(bytes: [u8; 32]) {
		if let Some(commitment) = Commitment::from_canonical_bytes(&bytes) {
			prop_assert_eq!(commitment.to_bytes(), bytes);
		}
	}
}
