//! What each check costs on this machine, natively and as the node executes it: `cargo bench -p salus-verification`.

#[path = "../tests/executor/mod.rs"]
mod executor;

use executor::InWasm;
use rand_core_chain::OsRng;
use salus_threshold::{
	committee::{key_id, prove_possession, prove_sealing_key, public_keys_of_dealings, CommitteeContext, Threshold},
	dealing::{Dealing, DealingContext},
	envelope::{EnvelopeLabel, EnvelopeSeal},
	group::{Point, SecretScalar},
	locate::{Blinded, LocateContext, LocatePart},
	part::DecryptionPart,
	request::{prove_request, RequestContext},
	share::Share,
};
use salus_verification::Check;
use std::{hint::black_box, time::Instant};

/// 8 of 15.
const THRESHOLD: Threshold = Threshold { n: 15, k: 8 };
/// Checks within one call, so that the call itself does not count.
const TIMES: u32 = 20;
/// Calls whose median is shown.
const CALLS: usize = 21;

/// The median over calls, in microseconds per check.
fn median(mut call: impl FnMut() -> bool) -> f64 {
	assert!(call(), "the check holds");
	let mut micros: Vec<f64> = (0..CALLS)
		.map(|_| {
			let begun = Instant::now();
			black_box(call());
			begun.elapsed().as_secs_f64() * 1e6 / f64::from(TIMES)
		})
		.collect();
	micros.sort_by(f64::total_cmp);
	micros[CALLS / 2]
}

/// One check of each kind, as a committee of this size makes them.
fn checks() -> Vec<(&'static str, Check)> {
	let mut rng = OsRng;
	let committee = CommitteeContext { genesis: [1; 32], committee: 3, version: 1 };
	let secrets: Vec<_> = (0..THRESHOLD.n).map(|_| SecretScalar::random(&mut rng)).collect();
	let points: Vec<_> = secrets.iter().map(SecretScalar::public).collect();
	let recipients: Vec<_> = points.iter().map(Point::to_bytes).collect();
	let context = |dealer| DealingContext { committee, dealer, threshold: THRESHOLD };
	let dealings: Vec<_> = (1..=THRESHOLD.n)
		.map(|dealer| {
			let secret = SecretScalar::random(&mut rng);
			Dealing::deal(&context(dealer), &secret, &points, &mut rng).expect("lengths fit")
		})
		.collect();
	let commitments: Vec<_> = dealings.iter().map(|dealing| dealing.commitments.clone()).collect();
	let slices: Vec<_> = commitments.iter().map(Vec::as_slice).collect();
	let keys = public_keys_of_dealings(THRESHOLD.n, &slices).expect("good dealings");
	let open =
		|(dealer, dealing): (u16, &Dealing)| dealing.open(&context(dealer), 1, &secrets[0]).expect("a good share");
	let parts: Vec<_> = (1..).zip(&dealings).map(open).collect();
	let share = Share::combine_dealt(&parts).expect("not zero");
	let key = keys.members[0];

	let key_id = key_id(&committee.genesis, committee.committee, &keys.group);
	let label =
		EnvelopeLabel { genesis: committee.genesis, key_id, handle: [4; 32], scope: 0, scope_epoch: 0, number: 0 };
	let group_key = Point::from_bytes(&keys.group).expect("a key is a point");
	let header = EnvelopeSeal::begin(&group_key, &mut rng).finish(&label, [7; 48], &mut rng).header();
	let q = SecretScalar::random(&mut rng);
	let point = q.public().to_bytes();
	let request = RequestContext { label, committee: 3, version: 1, requester: 9, key_hash: [5; 32], header };
	let proof = prove_request(&request, &q, &mut rng);
	let part = DecryptionPart::make(&request, &point, &proof, 1, &share, &mut rng).expect("a good request");

	let blinded = Blinded::new(b"name", &mut rng).expect("short input").element();
	let locate =
		LocateContext { genesis: committee.genesis, key_id, committee: 3, version: 1, requester: 9, key_hash: [5; 32] };
	let located = LocatePart::make(&locate, &blinded, 1, &share, &mut rng).expect("a good element");
	let genesis = committee.genesis;
	let sealing = prove_sealing_key(&genesis, b"owner", &secrets[0], &mut rng);
	let possession = prove_possession(&committee, 1, &share, &mut rng);
	vec![
		("guardian key", Check::SealingKey { genesis, owner: b"owner".to_vec(), key: recipients[0], proof: sealing }),
		("dealing", Check::Dealing { context: context(1), dealing: dealings[0].clone(), recipients }),
		("keys of all dealings", Check::Keys { dealings: commitments, keys }),
		("possession of a share", Check::Possession { committee, index: 1, key, proof: possession }),
		("envelope header", Check::Envelope { label, header }),
		("request, with its envelope", Check::Request { request, point, proof }),
		("decryption part", Check::Part { request, point, index: 1, key, part }),
		("part of a locate session", Check::LocatePart { context: locate, blinded, index: 1, key, part: located }),
	]
}

fn main() {
	let wasm = InWasm::new();
	println!("committee of {}, {} needed; microseconds, median of {CALLS}", THRESHOLD.n, THRESHOLD.k);
	println!("{:<30} {:>10} {:>10} {:>7}", "", "native", "wasm", "ratio");
	for (what, check) in checks() {
		let native = median(|| check.holds_each_time(TIMES));
		let in_wasm = median(|| wasm.holds(&check, TIMES));
		println!("{what:<30} {native:>10.1} {in_wasm:>10.1} {:>7.1}", in_wasm / native);
	}
}
