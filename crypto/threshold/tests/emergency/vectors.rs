//! Everything about emergency key release against frozen vectors of an independent implementation.
//!
//! Proofs are compared byte by byte too: their nonces depend on a stream that both draw from.

use crate::{
	common::{vectors, Bytes},
	fixture::{commitments, SampleRng},
};
use codec::{Decode, DecodeAll, Encode};
use salus_threshold::{
	committee::{
		key_id, prove_possession, prove_sealing_key, public_keys_of_dealings, public_keys_of_resharing,
		verify_possession, verify_sealing_key, CommitteeContext, PublicKeys, Threshold,
	},
	dealing::{Dealing, DealingContext, DealingDispute},
	envelope::{envelope_commitment, EnvelopeHeader, EnvelopeLabel, EnvelopeSeal},
	group::{gbar, Point, SecretScalar},
	locate::{Blinded, LocateContext, LocatePart},
	part::{combine, DecryptionPart},
	proof::SchnorrProof,
	request::{prove_request, request_id, verify_request, RequestContext},
	share::Share,
};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Vectors {
	gbar: Bytes,
	committee_context: Bytes,
	sealing_secrets: Vec<Bytes>,
	sealing_keys: Vec<Bytes>,
	sealing_proof: SchnorrProof,
	dealings: Vec<Dealing>,
	shares: Vec<Bytes>,
	keys: PublicKeys,
	key_id: Bytes,
	possession: Vec<SchnorrProof>,
	bad_dealing: Dealing,
	dispute: DealingDispute,
	resharing: Resharing,
	label: Bytes,
	ct: Bytes,
	shared: Bytes,
	header: Bytes,
	salt: Bytes,
	commitment: Bytes,
	request: Bytes,
	q: Bytes,
	point: Bytes,
	request_id: Bytes,
	request_proof: SchnorrProof,
	base: Bytes,
	transcript: Bytes,
	parts: Vec<DecryptionPart>,
	locate: Locate,
	refused: Refused,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Resharing {
	committee_context: Bytes,
	dealers: Vec<u16>,
	sealing_keys: Vec<Bytes>,
	dealings: Vec<Dealing>,
	shares: Vec<Bytes>,
	keys: PublicKeys,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Locate {
	context: Bytes,
	input: Bytes,
	blind: Bytes,
	element: Bytes,
	parts: Vec<LocatePart>,
	output: Bytes,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Refused {
	requests: Vec<RefusedRequest>,
	parts: Vec<RefusedPart>,
	dealings: Vec<RefusedDealing>,
}

#[derive(Deserialize)]
struct RefusedRequest {
	why: String,
	request: Bytes,
	point: Bytes,
	proof: SchnorrProof,
}

#[derive(Deserialize)]
struct RefusedPart {
	why: String,
	index: u16,
	part: DecryptionPart,
}

#[derive(Deserialize)]
struct RefusedDealing {
	why: String,
	dealing: Dealing,
}

const THRESHOLD: Threshold = Threshold { n: 5, k: 3 };

fn frozen() -> Vectors {
	vectors(include_str!("../vectors/emergency.json"))
}

fn decoded<T: Decode>(bytes: &Bytes) -> T {
	T::decode_all(&mut &bytes.0[..]).expect("an encoding without trailing bytes")
}

fn rng(label: &str, index: u16) -> SampleRng {
	SampleRng::new(format!("{label} {index}"))
}

impl Vectors {
	fn committee(&self) -> CommitteeContext {
		decoded(&self.committee_context)
	}

	fn dealer(&self, dealer: u16) -> DealingContext {
		DealingContext { committee: self.committee(), dealer, threshold: THRESHOLD }
	}

	fn sealing_secrets(&self) -> Vec<SecretScalar> {
		self.sealing_secrets.iter().map(secret).collect()
	}

	fn share(&self, index: u16) -> Share {
		Share::from_bytes(&self.shares[usize::from(index) - 1].fixed()).expect("canonical")
	}
}

fn secret(bytes: &Bytes) -> SecretScalar {
	SecretScalar::from_bytes(&bytes.fixed()).expect("canonical and not zero")
}

fn fixed(list: &[Bytes]) -> Vec<[u8; 32]> {
	list.iter().map(Bytes::fixed).collect()
}

fn points(keys: &[Bytes]) -> Vec<Point> {
	keys.iter().map(|key| Point::from_bytes(&key.fixed()).expect("a point")).collect()
}

#[test]
fn second_generator_of_envelopes_equals_its_vector() {
	assert_eq!(gbar().to_bytes(), frozen().gbar.fixed());
}

#[test]
fn sealing_keys_equal_their_vectors() {
	let frozen = frozen();
	let mut drawn = SampleRng::new("guardians");
	for (secret, key) in frozen.sealing_secrets().iter().zip(&frozen.sealing_keys) {
		assert_eq!(*secret, SecretScalar::random(&mut drawn));
		assert_eq!(secret.public().to_bytes(), key.fixed());
	}
	let (genesis, owner) = (frozen.committee().genesis, 7u32.encode());
	let proof = prove_sealing_key(&genesis, &owner, &frozen.sealing_secrets()[0], &mut SampleRng::new("sealing"));
	assert_eq!(proof, frozen.sealing_proof);
	assert!(verify_sealing_key(&genesis, &owner, &frozen.sealing_keys[0].fixed(), &proof));
}

#[test]
fn key_generation_equals_its_vectors() {
	let frozen = frozen();
	let recipients = points(&frozen.sealing_keys);
	for (dealer, expected) in (1..).zip(&frozen.dealings) {
		let (context, mut rng) = (frozen.dealer(dealer), rng("dealing", dealer));
		let secret = SecretScalar::random(&mut rng);
		assert_eq!(Dealing::deal(&context, &secret, &recipients, &mut rng).as_ref(), Ok(expected));
		assert_eq!(expected.verify(&context, &fixed(&frozen.sealing_keys)), Ok(()));
	}
	let keys = public_keys_of_dealings(5, &commitments(&frozen.dealings)).expect("good dealings");
	assert_eq!(keys, frozen.keys);
	let committee = frozen.committee();
	assert_eq!(key_id(&committee.genesis, committee.committee, &keys.group), frozen.key_id.fixed());
	for (index, secret) in (1..).zip(&frozen.sealing_secrets()) {
		let open = |(dealer, dealing): (u16, &Dealing)| dealing.open(&frozen.dealer(dealer), index, secret);
		let parts: Result<Vec<_>, _> = (1..).zip(&frozen.dealings).map(open).collect();
		let share = Share::combine_dealt(&parts.expect("good shares")).expect("not zero");
		assert_eq!(share, frozen.share(index));
		let proof = frozen.possession[usize::from(index) - 1];
		assert_eq!(prove_possession(&committee, index, &share, &mut rng("possession", index)), proof);
		assert!(verify_possession(&committee, index, &keys.members[usize::from(index) - 1], &proof));
	}
}

#[test]
fn dispute_equals_its_vector() {
	let frozen = frozen();
	let (context, dealing) = (frozen.dealer(4), &frozen.bad_dealing);
	assert_eq!(dealing.verify(&context, &fixed(&frozen.sealing_keys)), Ok(()));
	let secret = &frozen.sealing_secrets()[1];
	let raised = DealingDispute::raise(&context, dealing, 2, secret, &mut SampleRng::new("dispute"));
	assert_eq!(raised, Some(frozen.dispute));
	assert!(frozen.dispute.is_founded(&context, dealing, 2, &frozen.sealing_keys[1].fixed()));
}

#[test]
fn resharing_equals_its_vectors() {
	let frozen = frozen();
	let Resharing { committee_context, dealers, sealing_keys, dealings, shares, keys } = &frozen.resharing;
	let context =
		|dealer| DealingContext { committee: decoded(committee_context), dealer, threshold: Threshold { n: 6, k: 4 } };
	for (dealer, expected) in dealers.iter().zip(dealings) {
		let share = frozen.share(*dealer);
		let mut rng = rng("resharing", *dealer);
		let dealing = Dealing::deal(&context(*dealer), share.secret(), &points(sealing_keys), &mut rng);
		assert_eq!(dealing.as_ref(), Ok(expected));
		assert_eq!(expected.verify(&context(*dealer), &fixed(sealing_keys)), Ok(()));
		assert_eq!(expected.commitments.first(), frozen.keys.member(*dealer));
	}
	let indexed: Vec<_> = dealers.iter().copied().zip(commitments(dealings)).collect();
	assert_eq!(public_keys_of_resharing(6, &indexed).as_ref(), Some(keys));
	assert_eq!(keys.group, frozen.keys.group);
	// The new members are the old guardians from the last to the first, and the first once more.
	for (index, guardian) in (1..).zip([4, 3, 2, 1, 0, 0]) {
		let secret = &frozen.sealing_secrets()[guardian];
		let open = |(dealer, dealing): (&u16, &Dealing)| {
			(*dealer, dealing.open(&context(*dealer), index, secret).expect("a good share"))
		};
		let parts: Vec<_> = dealers.iter().zip(dealings).map(open).collect();
		let share = Share::combine_reshared(&parts).expect("not zero");
		assert_eq!(*share.to_bytes(), shares[usize::from(index) - 1].fixed());
	}
}

#[test]
fn envelope_equals_its_vector() {
	let frozen = frozen();
	let label: EnvelopeLabel = decoded(&frozen.label);
	let header: EnvelopeHeader = decoded(&frozen.header);
	let mut rng = SampleRng::new("envelope");
	let group_key = Point::from_bytes(&frozen.keys.group).expect("a point");
	let seal = EnvelopeSeal::begin(&group_key, &mut rng);
	assert_eq!(**seal.shared(), frozen.shared.fixed());
	let ct = frozen.ct.0.as_slice().try_into().expect("48 bytes");
	assert_eq!(seal.finish(&label, ct, &mut rng).header(), header);
	assert!(header.verify(&label));
	assert_eq!(envelope_commitment(&frozen.salt.fixed(), &header), frozen.commitment.fixed());
}

#[test]
fn request_and_parts_equal_their_vectors() {
	let frozen = frozen();
	let context: RequestContext = decoded(&frozen.request);
	let (point, proof) = (frozen.point.fixed(), frozen.request_proof);
	let mut rng_of_request = SampleRng::new("request");
	let q = SecretScalar::random(&mut rng_of_request);
	assert_eq!((*q.to_bytes(), q.public().to_bytes()), (frozen.q.fixed(), point));
	assert_eq!(prove_request(&context, &q, &mut rng_of_request), proof);
	assert_eq!(request_id(&context.label.genesis, context.requester, &point), frozen.request_id.fixed());
	let request = verify_request(&context, &point, &proof).expect("a good request");
	assert_eq!((request.base, request.transcript), (frozen.base.fixed(), frozen.transcript.fixed()));
	for (index, expected) in (1..).zip(&frozen.parts) {
		let share = frozen.share(index);
		let part = DecryptionPart::make(&context, &point, &proof, index, &share, &mut rng("part", index));
		assert_eq!(part.as_ref(), Ok(expected));
		assert!(expected.verify(&context, &point, index, &frozen.keys.members[usize::from(index) - 1]));
	}
	let values: Vec<_> = (1..).zip(&frozen.parts).map(|(index, part)| (index, part.value)).collect();
	assert_eq!(*combine(3, &values[2..], &q, &frozen.keys.group).expect("good parts"), frozen.shared.fixed());
}

#[test]
fn locate_session_equals_its_vectors() {
	let frozen = frozen();
	let Locate { context, input, blind, element, parts, output } = &frozen.locate;
	let context: LocateContext = decoded(context);
	let state = Blinded::new(&input.0, &mut SampleRng::new("locate")).expect("short input");
	assert_eq!((*state.blind().to_bytes(), state.element()), (blind.fixed(), element.fixed()));
	for (index, expected) in (1..).zip(parts) {
		let share = frozen.share(index);
		let part = LocatePart::make(&context, &element.fixed(), index, &share, &mut rng("locate part", index));
		assert_eq!(part.as_ref(), Ok(expected));
		assert!(expected.verify(&context, &element.fixed(), index, &frozen.keys.members[usize::from(index) - 1]));
	}
	let values: Vec<_> = (1..).zip(parts).map(|(index, part)| (index, part.value)).collect();
	assert_eq!(state.finalize(3, &values[1..]).expect("good parts").as_slice(), output.0);
}

#[test]
fn every_negative_vector_is_refused() {
	let frozen = frozen();
	let Refused { requests, parts, dealings } = &frozen.refused;
	assert!(requests.len() >= 11 && parts.len() >= 9 && dealings.len() >= 7);
	for RefusedRequest { why, request, point, proof } in requests {
		assert!(verify_request(&decoded(request), &point.fixed(), proof).is_err(), "{why}");
	}
	let (context, point) = (decoded(&frozen.request), frozen.point.fixed());
	for RefusedPart { why, index, part } in parts {
		let key = &frozen.keys.members[usize::from((*index).max(1)) - 1];
		assert!(!part.verify(&context, &point, *index, key), "{why}");
	}
	for RefusedDealing { why, dealing } in dealings {
		assert!(dealing.verify(&frozen.dealer(2), &fixed(&frozen.sealing_keys)).is_err(), "{why}");
	}
}
