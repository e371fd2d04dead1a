//! Envelopes hold for one label and one ciphertext.

use crate::fixture::{other_labels, with_order_added, Committee, SampleRng, IDENTITY, NOT_CANONICAL};
use codec::{DecodeAll, Encode, MaxEncodedLen};
use curve25519_dalek::{ristretto::CompressedRistretto, RistrettoPoint, Scalar};
use salus_threshold::envelope::{envelope_commitment, Envelope, EnvelopeHeader, EnvelopeLabel, EnvelopeSeal};

fn sealed() -> (Envelope, EnvelopeLabel) {
	let committee = Committee::sample();
	let label = committee.label(0);
	(committee.seal(&label, &mut SampleRng::new("envelope")).0, label)
}

#[test]
fn sizes_do_not_depend_on_the_committee() {
	let (envelope, label) = sealed();
	assert_eq!(envelope.encode().len(), 176);
	assert_eq!(EnvelopeHeader::max_encoded_len(), 160);
	assert_eq!(label.to_bytes().len(), 105);
	assert_eq!(label.to_bytes(), label.encode());
}

#[test]
fn verify_holds_for_its_own_label_only() {
	let (envelope, label) = sealed();
	assert!(envelope.header().verify(&label));
	for (what, other) in other_labels(&label) {
		assert!(!envelope.header().verify(&other), "another {what}");
	}
}

#[test]
fn verify_refuses_header_when_a_part_of_it_is_another() {
	let (envelope, label) = sealed();
	let header = envelope.header();
	let other = Committee::sample().seal(&label, &mut SampleRng::new("other")).0.header();
	for (what, header) in [
		("u", EnvelopeHeader { u: other.u, ..header }),
		("ubar", EnvelopeHeader { ubar: other.ubar, ..header }),
		("u and ubar", EnvelopeHeader { u: other.u, ubar: other.ubar, ..header }),
		("u and ubar exchanged", EnvelopeHeader { u: header.ubar, ubar: header.u, ..header }),
		("e", EnvelopeHeader { e: other.e, ..header }),
		("f", EnvelopeHeader { f: other.f, ..header }),
		("e and f", EnvelopeHeader { e: other.e, f: other.f, ..header }),
		("ct hash", EnvelopeHeader { ct_hash: [0xee; 32], ..header }),
		("zero proof", EnvelopeHeader { e: [0; 32], f: [0; 32], ..header }),
		("u identity", EnvelopeHeader { u: IDENTITY, ..header }),
		("ubar identity", EnvelopeHeader { ubar: IDENTITY, ..header }),
		("both identity", EnvelopeHeader { u: IDENTITY, ubar: IDENTITY, ..header }),
		("u not canonical", EnvelopeHeader { u: NOT_CANONICAL, ..header }),
		("ubar not canonical", EnvelopeHeader { ubar: NOT_CANONICAL, ..header }),
		("e not canonical", EnvelopeHeader { e: NOT_CANONICAL, ..header }),
		("f not canonical", EnvelopeHeader { f: NOT_CANONICAL, ..header }),
	] {
		assert!(!header.verify(&label), "{what}");
	}
}

/// A second encoding of the right scalars would be a second envelope with the same u.
#[test]
fn verify_refuses_header_when_the_group_order_is_added_to_a_scalar() {
	let (envelope, label) = sealed();
	let header = envelope.header();
	let e = with_order_added(&header.e);
	let f = with_order_added(&header.f);
	assert!(!EnvelopeHeader { e, ..header }.verify(&label));
	assert!(!EnvelopeHeader { f, ..header }.verify(&label));
}

/// The attack that plain ElGamal allows: `u + t·G` of somebody else's envelope under a label of one's own, opened by the
/// committee, gives the victim's point after `t·Y` is subtracted.
#[test]
fn verify_refuses_header_when_it_is_mauled_from_another_envelope() {
	let (victim, label) = sealed();
	let own = EnvelopeLabel { handle: [9; 32], ..label };
	let header = victim.header();
	let t = Scalar::from(1_234u64);
	let moved = |point: &[u8; 32], by: RistrettoPoint| {
		(CompressedRistretto(*point).decompress().expect("a point") + by).compress().to_bytes()
	};
	let gbar = salus_threshold::group::gbar().to_bytes();
	let gbar = CompressedRistretto(gbar).decompress().expect("a point");
	let mauled = EnvelopeHeader {
		u: moved(&header.u, RistrettoPoint::mul_base(&t)),
		ubar: moved(&header.ubar, gbar * t),
		..header
	};
	assert!(!mauled.verify(&own));
	// The response that would fit if the challenge did not cover u and the label.
	let e = Scalar::from_canonical_bytes(header.e).expect("canonical");
	let f = Scalar::from_canonical_bytes(header.f).expect("canonical");
	let shifted = EnvelopeHeader { f: (f + e * t).to_bytes(), ..mauled };
	assert!(!shifted.verify(&own));
	assert!(!shifted.verify(&label));
}

#[test]
fn seal_gives_another_point_each_time() {
	let committee = Committee::sample();
	let mut rng = SampleRng::new("twice");
	let (one, other) =
		(EnvelopeSeal::begin(&committee.group_key(), &mut rng), EnvelopeSeal::begin(&committee.group_key(), &mut rng));
	assert_ne!(one.shared(), other.shared());
	assert_eq!(format!("{one:?}"), "EnvelopeSeal(..)");
}

#[test]
fn commitment_differs_when_salt_or_header_is_another() {
	let header = sealed().0.header();
	let commitment = envelope_commitment(&[1; 32], &header);
	assert_ne!(envelope_commitment(&[2; 32], &header), commitment);
	assert_ne!(envelope_commitment(&[1; 32], &EnvelopeHeader { ct_hash: [0; 32], ..header }), commitment);
}

#[test]
fn decode_refuses_envelope_when_bytes_trail_or_are_missing() {
	let bytes = sealed().0.encode();
	assert!(Envelope::decode_all(&mut &bytes[..]).is_ok());
	assert!(Envelope::decode_all(&mut &bytes[..175]).is_err());
	assert!(Envelope::decode_all(&mut &[&bytes[..], &[0]].concat()[..]).is_err());
	assert!(EnvelopeHeader::decode_all(&mut &bytes[..]).is_err());
}

#[test]
fn envelope_in_json_is_read_back() {
	let (envelope, label) = sealed();
	let json = serde_json::to_string(&(envelope, label)).expect("writes");
	assert_eq!(serde_json::from_str::<(Envelope, EnvelopeLabel)>(&json).expect("reads"), (envelope, label));
	let longer = json.replacen("0x", "0x00", 1);
	assert!(serde_json::from_str::<(Envelope, EnvelopeLabel)>(&longer).is_err());
}
