//! How long each verification takes on this machine, native code: `cargo bench -p salus-threshold`.
//!
//! The runtime executes them as wasm, where each takes several times as long; the benchmarks of the pallets measure that.

use salus_threshold::{
	committee::{
		key_id, prove_possession, public_keys_of_dealings, public_keys_of_resharing, verify_possession,
		CommitteeContext, Threshold,
	},
	dealing::{Dealing, DealingContext},
	envelope::{EnvelopeLabel, EnvelopeSeal},
	group::{Point, SecretScalar},
	locate::{Blinded, LocateContext, LocatePart},
	part::{combine, DecryptionPart},
	rand_core::OsRng,
	request::{prove_request, verify_request, RequestContext},
	share::Share,
};
use std::{
	hint::black_box,
	time::{Duration, Instant},
};

/// The largest committee.
const THRESHOLD: Threshold = Threshold { n: 16, k: 14 };

/// Runs for a fifth of a second and prints the median of the single runs.
fn measure<T>(what: &str, mut run: impl FnMut() -> T) {
	let (started, mut took) = (Instant::now(), Vec::new());
	while started.elapsed() < Duration::from_millis(200) {
		let begun = Instant::now();
		black_box(run());
		took.push(begun.elapsed());
	}
	took.sort();
	println!("{what:<52} {:>9.1} us", took[took.len() / 2].as_secs_f64() * 1e6);
}

fn main() {
	let mut rng = OsRng;
	let committee = CommitteeContext { genesis: [1; 32], committee: 3, version: 1 };
	let context = DealingContext { committee, dealer: 0, threshold: THRESHOLD };
	let sealing: Vec<_> = (0..THRESHOLD.n).map(|_| SecretScalar::random(&mut rng)).collect();
	let recipients: Vec<_> = sealing.iter().map(SecretScalar::public).collect();
	let recipient_keys: Vec<_> = recipients.iter().map(Point::to_bytes).collect();
	let dealing = Dealing::deal(&context, &SecretScalar::random(&mut rng), &recipients, &mut rng).expect("lengths fit");
	let keys = public_keys_of_dealings(THRESHOLD.n, &[&dealing.commitments]).expect("a good dealing");
	let group_key = Point::from_bytes(&keys.group).expect("a key is a point");
	let shares: Vec<_> = (1..)
		.zip(&sealing)
		.map(|(index, secret)| dealing.open(&context, index, secret).expect("a good share"))
		.map(|part| Share::combine_dealt(&[part]).expect("not zero"))
		.collect();
	let possession = prove_possession(&committee, 1, &shares[0], &mut rng);

	let key_id = key_id(&committee.genesis, committee.committee, &keys.group);
	let label =
		EnvelopeLabel { genesis: committee.genesis, key_id, handle: [4; 32], scope: 0, scope_epoch: 0, number: 0 };
	let header = EnvelopeSeal::begin(&group_key, &mut rng).finish(&label, [7; 48], &mut rng).header();
	let q = SecretScalar::random(&mut rng);
	let q_point = q.public().to_bytes();
	let request = RequestContext { label, committee: 3, version: 1, requester: 9, key_hash: [5; 32], header };
	let proof = prove_request(&request, &q, &mut rng);
	let point = verify_request(&request, &q_point, &proof).expect("a good request");
	let parts: Vec<_> = (1..)
		.zip(&shares)
		.map(|(index, share)| {
			let part = DecryptionPart::make(&request, &q_point, &proof, index, share, &mut rng);
			(index, part.expect("a good request"))
		})
		.collect();
	let values: Vec<_> = parts.iter().map(|(index, part)| (*index, part.value)).collect();

	let blinded = Blinded::new(b"name", &mut rng).expect("short input").element();
	let locate =
		LocateContext { genesis: committee.genesis, key_id, committee: 3, version: 1, requester: 9, key_hash: [5; 32] };
	let located = LocatePart::make(&locate, &blinded, 1, &shares[0], &mut rng).expect("a good element");

	let commitments = dealing.commitments.as_slice();
	let resharing: Vec<_> = (1..=THRESHOLD.k).map(|index| (index, commitments)).collect();
	println!("committee of {}, {} needed", THRESHOLD.n, THRESHOLD.k);
	println!("on chain");
	measure("  possession of a share", || verify_possession(&committee, 1, &keys.members[0], &possession));
	measure("  dealing", || dealing.verify(&context, &recipient_keys));
	measure("  public keys of 16 dealings", || public_keys_of_dealings(THRESHOLD.n, &[commitments; 16]));
	measure("  public keys of a resharing", || public_keys_of_resharing(THRESHOLD.n, &resharing));
	measure("  envelope header", || header.verify(&label));
	measure("  request, with its envelope", || verify_request(&request, &q_point, &proof));
	measure("  part", || parts[0].1.answers(&point, 1, &keys.members[0]));
	measure("  part of a locate session", || located.verify(&locate, &blinded, 1, &keys.members[0]));
	println!("in clients");
	measure("  deal", || Dealing::deal(&context, &q, &recipients, &mut OsRng));
	measure("  open a share", || dealing.open(&context, 1, &sealing[0]));
	measure("  seal an envelope", || EnvelopeSeal::begin(&group_key, &mut OsRng).finish(&label, [7; 48], &mut OsRng));
	measure("  make a part, verifying the request", || {
		DecryptionPart::make(&request, &q_point, &proof, 1, &shares[0], &mut OsRng)
	});
	measure("  combine", || combine(THRESHOLD.k, &values, &q, &keys.group));
}
