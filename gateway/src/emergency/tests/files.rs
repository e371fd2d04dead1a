//! Where the hospital that asks finds a patient's envelopes: whoever answers first does not decide alone.

use super::*;
use axum::{Json, Router};
use salus_client::wire::{codes, emergency::ScopeEnvelopes};
use std::sync::Mutex;
use tokio::net::TcpListener;

/// A gateway that answers whatever it was told to.
struct Liar {
	url: String,
	says: Arc<Mutex<Option<EmergencyFile>>>,
}

impl Liar {
	async fn new() -> Self {
		let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
		let url = format!("http://{}", listener.local_addr().unwrap());
		let says: Arc<Mutex<Option<EmergencyFile>>> = Arc::default();
		let answer = says.clone();
		let router = Router::new().fallback(move || async move { Json(answer.lock().unwrap().clone()) });
		tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
		Self { url, says }
	}

	/// The hospitals, and this one in the custodian's place as far as the requester can see.
	async fn ground(&self) -> Ground {
		Ground::with(|config| {
			if config.institution == REQUESTER {
				let custodian = config.peers.iter_mut().find(|peer| peer.institution == CUSTODIAN).unwrap();
				custodian.url = self.url.clone();
			}
		})
		.await
	}

	fn say(&self, file: &EmergencyFile, change: impl FnOnce(&mut Vec<ScopeEnvelopes>)) {
		let mut file = file.clone();
		change(&mut file.scopes);
		*self.says.lock().unwrap() = Some(file);
	}
}

/// Numbers of the envelopes of each tier.
fn numbers(file: &EmergencyFile) -> Vec<(EmergencyTier, Vec<u8>)> {
	let of = |scope: &ScopeEnvelopes| {
		let mut numbers: Vec<u8> = scope.envelopes.iter().map(|one| one.number).collect();
		numbers.sort_unstable();
		(scope.tier, numbers)
	};
	let mut all: Vec<_> = file.scopes.iter().map(of).collect();
	all.sort();
	all
}

#[tokio::test]
async fn envelopes_that_the_chain_does_not_have_are_passed_over() {
	let liar = Liar::new().await;
	let ground = liar.ground().await;
	let handle = ground.sealed(9).await;
	let physician = ground.physician(REQUESTER);
	let truth = physician.gateway.emergency_file(&handle, CUSTODIAN).await.unwrap();
	assert_eq!(numbers(&truth).len(), 2, "from the holders, while the custodian answers nothing");
	type Change = fn(&mut Vec<ScopeEnvelopes>);
	let lies: [(&str, Change); 7] = [
		("another salt", |scopes| scopes[0].envelopes[0].salt.0[0] ^= 1),
		("another envelope", |scopes| scopes[0].envelopes[0].envelope.ct[0] ^= 1),
		("another epoch", |scopes| scopes[0].epoch += 1),
		("another committee", |scopes| scopes[0].committee.0 += 1),
		("another key", |scopes| scopes[0].key_id.0[0] ^= 1),
		("the other tier's", |scopes| {
			let tier = scopes[0].tier;
			scopes[0].tier = scopes[1].tier;
			scopes[1].tier = tier;
		}),
		("one of them again and again", |scopes| {
			let one = scopes[0].envelopes[0].clone();
			scopes[0].envelopes = vec![one; 8];
		}),
	];
	for (what, change) in lies {
		liar.say(&truth, change);
		let file = physician.gateway.emergency_file(&handle, CUSTODIAN).await.unwrap();
		assert_eq!(numbers(&file), numbers(&truth), "{what}");
		ground.prepare(&physician, &file, EmergencyTier::Summary).await;
	}
	// Nor does it say what is a drill.
	liar.say(&truth, |scopes| scopes.iter_mut().for_each(|scope| scope.drill = true));
	let file = physician.gateway.emergency_file(&handle, CUSTODIAN).await.unwrap();
	assert!(file.scopes.iter().all(|scope| !scope.drill));
}

#[tokio::test]
async fn others_are_asked_while_something_is_missing() {
	let liar = Liar::new().await;
	let ground = liar.ground().await;
	let handle = ground.sealed(9).await;
	let physician = ground.physician(REQUESTER);
	let truth = physician.gateway.emergency_file(&handle, CUSTODIAN).await.unwrap();
	type Change = fn(&mut Vec<ScopeEnvelopes>);
	let parts: [(&str, Change); 2] =
		[("a tier", |scopes| drop(scopes.pop())), ("some envelopes", |scopes| scopes[0].envelopes.truncate(1))];
	for (what, change) in parts {
		liar.say(&truth, change);
		let file = physician.gateway.emergency_file(&handle, CUSTODIAN).await.unwrap();
		assert_eq!(numbers(&file), numbers(&truth), "{what}");
	}
}

#[tokio::test]
async fn a_holder_that_lacks_a_tier_itself_asks_for_it() {
	let ground = Ground::new().await;
	let handle = ground.sealed(9).await;
	let holder = ground.league.service(HOLDERS[0].0);
	let wider = crate::index::deposit_key(&handle, EmergencyTier::Wider, 0);
	holder.index.remove(&EMERGENCY_DEPOSITS, wider).unwrap();
	let file = ground.physician(HOLDERS[0]).gateway.emergency_file(&handle, CUSTODIAN).await.unwrap();
	assert_eq!(numbers(&file).len(), TIERS.len());
}

#[tokio::test]
async fn there_is_no_file_when_every_envelope_is_used_up() {
	let ground = Ground::new().await;
	let handle = ground.sealed(9).await;
	ground.league.emergency(|emergency| {
		for scope in emergency.scopes.values_mut() {
			scope.sealed.iter_mut().for_each(|set| set.consumed = u8::MAX);
		}
	});
	let error = ground.physician(REQUESTER).gateway.emergency_file(&handle, CUSTODIAN).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::NOT_FOUND));
}
