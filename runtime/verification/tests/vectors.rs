//! What the vectors say holds natively and in wasm, and so is refused what they refuse.
#![allow(missing_docs, clippy::unwrap_used)]

mod executor;

use codec::{Decode, DecodeAll, Encode};
use executor::InWasm;
use salus_threshold::{
	committee::{CommitteeContext, PublicKeys, Threshold},
	dealing::{Dealing, DealingContext},
	request::RequestContext,
};
use salus_verification::Check;
use serde_json::Value;

fn vectors() -> Value {
	serde_json::from_str(include_str!("../../../crypto/threshold/tests/vectors/emergency.json")).unwrap()
}

fn read<T: serde::de::DeserializeOwned>(value: &Value) -> T {
	serde_json::from_value(value.clone()).unwrap()
}

fn bytes(value: &Value) -> Vec<u8> {
	hex::decode(value.as_str().unwrap().strip_prefix("0x").unwrap()).unwrap()
}

fn fixed(value: &Value) -> [u8; 32] {
	bytes(value).try_into().unwrap()
}

fn scale<T: Decode>(value: &Value) -> T {
	T::decode_all(&mut &bytes(value)[..]).unwrap()
}

fn list<T>(value: &Value, read: impl Fn(&Value) -> T) -> Vec<T> {
	value.as_array().unwrap().iter().map(read).collect()
}

fn commitments(dealings: &Value) -> Vec<Vec<[u8; 32]>> {
	list(dealings, |dealing| read::<Dealing>(dealing).commitments)
}

/// Every vector that is a check of the chain, with its name and whether it holds.
fn checks() -> Vec<(String, Check, bool)> {
	let all = vectors();
	let committee: CommitteeContext = scale(&all["committeeContext"]);
	let recipients = list(&all["sealingKeys"], fixed);
	let keys: PublicKeys = read(&all["keys"]);
	let context = |dealer| DealingContext { committee, dealer, threshold: Threshold { n: 5, k: 3 } };
	let mut checks = Vec::new();
	let mut add = |name: String, check, holds| checks.push((name, check, holds));

	let (owner, proof) = (7u32.encode(), read(&all["sealingProof"]));
	let key = Check::SealingKey { genesis: committee.genesis, owner, key: recipients[0], proof };
	add("sealing key".into(), key, true);
	for (dealer, dealing) in (1..).zip(list(&all["dealings"], read)) {
		let recipients = recipients.clone();
		add(format!("dealing {dealer}"), Check::Dealing { context: context(dealer), dealing, recipients }, true);
	}
	add("keys".into(), Check::Keys { dealings: commitments(&all["dealings"]), keys: keys.clone() }, true);
	for (index, proof) in (1..).zip(list(&all["possession"], read)) {
		let key = *keys.member(index).unwrap();
		add(format!("possession {index}"), Check::Possession { committee, index, key, proof }, true);
		let another = index % 5 + 1;
		add("possession of another".into(), Check::Possession { committee, index: another, key, proof }, false);
	}
	let dispute = |dealing, index: u16| Check::Dispute {
		context: context(4),
		dealing,
		index,
		dispute: read(&all["dispute"]),
		key: recipients[usize::from(index) - 1],
	};
	add("dispute".into(), dispute(read(&all["badDealing"]), 2), true);
	add("dispute of another member".into(), dispute(read(&all["badDealing"]), 3), false);
	add("dispute about a good dealing".into(), dispute(read(&all["dealings"][3]), 2), false);

	let resharing = &all["resharing"];
	let context_of_resharing = |dealer| DealingContext {
		committee: scale(&resharing["committeeContext"]),
		dealer,
		threshold: Threshold { n: 6, k: 4 },
	};
	let dealers: Vec<u16> = read(&resharing["dealers"]);
	for (dealer, dealing) in dealers.iter().zip(list(&resharing["dealings"], read)) {
		let recipients = list(&resharing["sealingKeys"], fixed);
		let check = Check::Dealing { context: context_of_resharing(*dealer), dealing, recipients };
		add(format!("resharing {dealer}"), check, true);
	}
	let dealings = dealers.into_iter().zip(commitments(&resharing["dealings"])).collect();
	let check = Check::KeysOfResharing { dealings, keys: read(&resharing["keys"]) };
	add("keys of a resharing".into(), check, true);

	add("envelope".into(), Check::Envelope { label: scale(&all["label"]), header: scale(&all["header"]) }, true);
	let (request, point): (RequestContext, _) = (scale(&all["request"]), fixed(&all["point"]));
	let proof = read(&all["requestProof"]);
	add("request".into(), Check::Request { request, point, proof }, true);
	for (index, part) in (1..).zip(list(&all["parts"], read)) {
		let key = *keys.member(index).unwrap();
		let check = Check::Part { request, point, index, key, part };
		add(format!("part {index}"), check, true);
	}
	let locate = &all["locate"];
	for (index, part) in (1..).zip(list(&locate["parts"], read)) {
		let (context, blinded) = (scale(&locate["context"]), fixed(&locate["element"]));
		let key = *keys.member(index).unwrap();
		add(format!("locate part {index}"), Check::LocatePart { context, blinded, index, key, part }, true);
	}

	let refused = &all["refused"];
	let why = |vector: &Value| format!("refused: {}", vector["why"].as_str().unwrap());
	for vector in refused["requests"].as_array().unwrap() {
		let (request, point) = (scale(&vector["request"]), fixed(&vector["point"]));
		add(why(vector), Check::Request { request, point, proof: read(&vector["proof"]) }, false);
	}
	for vector in refused["parts"].as_array().unwrap() {
		let index: u16 = read(&vector["index"]);
		let key = *keys.member(index.max(1)).unwrap();
		let part = read(&vector["part"]);
		add(why(vector), Check::Part { request, point, index, key, part }, false);
	}
	for vector in refused["dealings"].as_array().unwrap() {
		let (dealing, recipients) = (read(&vector["dealing"]), recipients.clone());
		add(why(vector), Check::Dealing { context: context(2), dealing, recipients }, false);
	}
	checks
}

#[test]
fn vectors_hold_or_are_refused_natively_as_they_say() {
	for (name, check, holds) in checks() {
		assert_eq!(check.holds(), holds, "{name}");
	}
}

#[test]
fn vectors_hold_or_are_refused_in_wasm_as_they_say() {
	let wasm = InWasm::new();
	let checks = checks();
	assert!(checks.iter().filter(|(.., holds)| *holds).count() > 20);
	assert!(checks.iter().filter(|(.., holds)| !*holds).count() > 25);
	for (name, check, holds) in checks {
		assert_eq!(wasm.holds(&check, 1), holds, "{name}");
	}
}
