//! Whatever bytes arrive, verification answers, and a changed bit makes it refuse.

use crate::fixture::{commitments, flipped, Committee, Request, SampleRng};
use codec::{Decode, DecodeAll};
use proptest::prelude::*;
use salus_threshold::{
	committee::{
		public_keys_of_dealings, public_keys_of_resharing, verify_possession, verify_sealing_key, CommitteeContext,
		Threshold,
	},
	dealing::{Dealing, DealingContext, DealingDispute},
	envelope::{EnvelopeHeader, EnvelopeLabel},
	group::{Point, SecretScalar},
	locate::{LocateContext, LocatePart},
	part::{combine, DecryptionPart},
	proof::SchnorrProof,
	request::{verify_request, RequestContext, RequestPoint},
};
use std::{fmt::Debug, sync::OnceLock};

fn sample() -> &'static (Committee, Request) {
	static SAMPLE: OnceLock<(Committee, Request)> = OnceLock::new();
	SAMPLE.get_or_init(|| {
		let committee = Committee::sample();
		let request = committee.request(0, &mut SampleRng::new("request"));
		(committee, request)
	})
}

/// A value from random bytes, as many as it needs.
fn any_of<T: Decode + Debug>(size: usize) -> impl Strategy<Value = T> {
	prop::collection::vec(any::<u8>(), size)
		.prop_filter_map("not every discriminant exists", |bytes| T::decode(&mut &bytes[..]).ok())
}

/// Bytes that are often an encoding of a point.
fn point() -> impl Strategy<Value = [u8; 32]> {
	let encoded = any::<u64>().prop_map(|low| {
		let mut bytes = [0; 32];
		bytes[..8].copy_from_slice(&low.to_le_bytes());
		SecretScalar::from_bytes(&bytes).map_or([0; 32], |secret| secret.public().to_bytes())
	});
	prop_oneof![4 => encoded, 1 => any::<[u8; 32]>(), 1 => Just([0; 32])]
}

fn dealing() -> impl Strategy<Value = Dealing> {
	let list = || prop::collection::vec(prop_oneof![point(), any_of::<[u8; 32]>(32)], 0..=16);
	(list(), point(), list(), any_of(96)).prop_map(|(commitments, ephemeral, sealed, proof)| Dealing {
		commitments,
		ephemeral,
		sealed,
		proof,
	})
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(256))]

	#[test]
	fn verification_refuses_random_bytes(
		(label, mut header) in (any_of::<EnvelopeLabel>(105), any_of::<EnvelopeHeader>(160)),
		mut request in any_of::<RequestContext>(309),
		(u, ubar, q, value, key) in (point(), point(), point(), point(), point()),
		proof in any_of::<SchnorrProof>(64),
		mut part in any_of::<DecryptionPart>(96),
		locate in any_of::<LocateContext>(108),
		committee in any_of::<CommitteeContext>(40),
		index: u16,
		owner: Vec<u8>,
	) {
		(header.u, header.ubar, request.header, part.value) = (u, ubar, header, value);
		prop_assert!(!header.verify(&label));
		prop_assert!(verify_request(&request, &q, &proof).is_err());
		prop_assert!(!part.verify(&request, &q, index, &key));
		let point = RequestPoint { base: q, transcript: u };
		prop_assert!(!part.answers(&point, index, &key));
		let part = LocatePart { value, proof: part.proof };
		prop_assert!(!part.verify(&locate, &q, index, &key));
		prop_assert!(!verify_possession(&committee, index, &key, &proof));
		prop_assert!(!verify_sealing_key(&committee.genesis, &owner, &key, &proof));
	}

	#[test]
	fn dealings_of_random_bytes_are_refused(
		dealing in dealing(),
		(n, k, dealer) in (0u16..20, 0u16..20, any::<u16>()),
		committee in any_of::<CommitteeContext>(40),
		dispute in any_of::<DealingDispute>(96),
		(shared, key) in (point(), point()),
		recipients in prop::collection::vec(point(), 0..17),
		index: u16,
	) {
		let context = DealingContext { committee, dealer, threshold: Threshold { n, k } };
		prop_assert!(dealing.verify(&context, &recipients).is_err());
		let dispute = DealingDispute { shared, ..dispute };
		prop_assert!(!dispute.is_founded(&context, &dealing, index, &key));
		prop_assert!(dealing.open(&context, index, &SecretScalar::random(&mut SampleRng::new("open"))).is_err());
	}

	/// Keys that are derived from any commitments are points, as many as asked for.
	#[test]
	fn derived_keys_are_points(n in 0u16..20, dealings in prop::collection::vec(dealing(), 0..4), old: u16) {
		let indices = (0..).map(|at| old.wrapping_add(at));
		let indexed: Vec<_> = indices.zip(commitments(&dealings)).collect();
		let keys = [public_keys_of_dealings(n, &commitments(&dealings)), public_keys_of_resharing(n, &indexed)];
		for keys in keys.into_iter().flatten() {
			prop_assert_eq!(keys.members.len(), usize::from(n));
			prop_assert!(keys.members.iter().chain([&keys.group]).all(|key| Point::from_bytes(key).is_some()));
		}
	}

	#[test]
	fn combine_gives_no_panic_and_nothing_from_other_parts(
		k in 0u16..20,
		parts in prop::collection::vec((0u16..20, point()), 0..20),
	) {
		let (committee, request) = sample();
		if let Ok(opened) = combine(k, &parts, &request.q, &committee.keys.group) {
			prop_assert_ne!(*opened, request.shared);
		}
	}

	#[test]
	fn request_with_a_flipped_bit_is_refused(bit in 0usize..(309 + 32 + 64) * 8) {
		let (_, Request { context, q_point, proof, .. }) = sample();
		let bytes = flipped(&(context, q_point, proof), bit);
		let decoded = <(RequestContext, [u8; 32], SchnorrProof)>::decode_all(&mut &bytes[..]);
		let (context, q_point, proof) = decoded.expect("every bit pattern decodes");
		prop_assert!(verify_request(&context, &q_point, &proof).is_err());
	}

	#[test]
	fn part_with_a_flipped_bit_is_refused(bit in 0usize..(309 + 32 + 2 + 32 + 96) * 8) {
		let (committee, request) = sample();
		let part = request.part(committee, 1);
		let bytes = flipped(&(request.context, request.q_point, 1u16, committee.keys.members[0], part), bit);
		let decoded = <(RequestContext, [u8; 32], u16, [u8; 32], DecryptionPart)>::decode_all(&mut &bytes[..]);
		let (context, q_point, index, key, part) = decoded.expect("every bit pattern decodes");
		prop_assert!(!part.verify(&context, &q_point, index, &key));
	}
}
