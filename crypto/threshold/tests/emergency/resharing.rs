//! Other members or another threshold under the same key.

use crate::fixture::{Committee, Guardians, SampleRng};
use salus_threshold::{
	committee::{public_keys_of_resharing, PublicKeys, Threshold},
	dealing::{Dealing, DealingContext},
	group::SecretScalar,
	part::combine,
	share::{Share, SharePart},
};

struct Reshared {
	context: DealingContext,
	dealings: Vec<(u16, Dealing)>,
	guardians: Guardians,
}

impl Reshared {
	/// These old members deal their shares to `n` new ones.
	fn new(old: &Committee, dealers: &[u16], n: u16, k: u16) -> Self {
		let mut rng = SampleRng::new("resharing");
		let guardians = Guardians::new(n, &mut rng);
		let committee = salus_threshold::committee::CommitteeContext { version: 2, ..old.context };
		let context = DealingContext { committee, dealer: 0, threshold: Threshold { n, k } };
		let deal = |dealer: &u16| {
			let context = DealingContext { dealer: *dealer, ..context };
			let secret = old.share(*dealer).secret();
			let dealing = Dealing::deal(&context, secret, &guardians.points(), &mut rng).expect("lengths fit");
			assert_eq!(dealing.verify(&context, &guardians.keys), Ok(()));
			assert_eq!(dealing.commitments.first(), old.keys.member(*dealer));
			(*dealer, dealing)
		};
		let dealings = dealers.iter().map(deal).collect();
		Self { context, dealings, guardians }
	}

	fn keys(&self) -> Option<PublicKeys> {
		let dealings: Vec<_> =
			self.dealings.iter().map(|(dealer, dealing)| (*dealer, dealing.commitments.as_slice())).collect();
		public_keys_of_resharing(self.context.threshold.n, &dealings)
	}

	fn shares(&self) -> Vec<Share> {
		let part = |index: u16, (dealer, dealing): &(u16, Dealing)| -> (u16, SharePart) {
			let context = DealingContext { dealer: *dealer, ..self.context };
			let secret = &self.guardians.secrets[usize::from(index) - 1];
			(*dealer, dealing.open(&context, index, secret).expect("a good share"))
		};
		(1..=self.context.threshold.n)
			.map(|index| {
				let parts: Vec<_> = self.dealings.iter().map(|dealing| part(index, dealing)).collect();
				Share::combine_reshared(&parts).expect("not zero")
			})
			.collect()
	}
}

#[test]
fn resharing_keeps_the_key_when_members_and_threshold_change() {
	let old = Committee::sample();
	for (dealers, n, k) in [(&[1, 2, 3][..], 5, 3), (&[5, 1, 4], 7, 5), (&[2, 3, 5], 16, 9), (&[1, 2, 3, 4, 5], 6, 4)] {
		let reshared = Reshared::new(&old, dealers, n, k);
		let keys = reshared.keys().expect("good dealings");
		assert_eq!(keys.group, old.keys.group);
		for (share, key) in reshared.shares().iter().zip(&keys.members) {
			assert!(share.verifies(key));
		}
	}
}

#[test]
fn reshared_members_open_an_envelope_that_was_sealed_before() {
	let old = Committee::sample();
	let reshared = Reshared::new(&old, &[2, 4, 5], 7, 4);
	let new = Committee {
		context: reshared.context.committee,
		keys: reshared.keys().expect("good dealings"),
		key_id: old.key_id,
		shares: reshared.shares(),
	};
	let request = new.request(0, &mut SampleRng::new("request"));
	let opened = combine(4, &request.parts(&new, &[7, 1, 3, 6]), &request.q, &new.keys.group).expect("good parts");
	assert_eq!(*opened, request.shared);
}

/// Whoever left keeps a share that no longer counts: it does not add up with shares of the new members.
#[test]
fn old_shares_open_nothing_together_with_new_ones() {
	let old = Committee::sample();
	let reshared = Reshared::new(&old, &[1, 2, 3], 5, 3);
	let mut mixed = reshared.shares();
	mixed[0] = old.share(1).clone();
	let mixed = Committee { shares: mixed, keys: reshared.keys().expect("good dealings"), ..Committee::sample() };
	let request = mixed.request(0, &mut SampleRng::new("request"));
	let opened = combine(3, &request.parts(&mixed, &[1, 2, 3]), &request.q, &mixed.keys.group).expect("points");
	assert_ne!(*opened, request.shared);
	let opened = combine(3, &request.parts(&mixed, &[4, 2, 3]), &request.q, &mixed.keys.group).expect("points");
	assert_eq!(*opened, request.shared);
}

#[test]
fn resharing_gives_another_key_when_fewer_than_the_old_threshold_deal() {
	let old = Committee::sample();
	let keys = Reshared::new(&old, &[1, 2], 5, 3).keys().expect("well-formed");
	assert_ne!(keys.group, old.keys.group);
}

/// An old member that deals anything else than its share is seen by the constant term, and the key would be another.
#[test]
fn resharing_gives_another_key_when_a_dealer_deals_another_secret() {
	let old = Committee::sample();
	let mut reshared = Reshared::new(&old, &[1, 2, 3], 5, 3);
	let mut rng = SampleRng::new("another secret");
	let context = DealingContext { dealer: 2, ..reshared.context };
	let secret = SecretScalar::random(&mut rng);
	let dealing = Dealing::deal(&context, &secret, &reshared.guardians.points(), &mut rng).expect("lengths fit");
	assert_eq!(dealing.verify(&context, &reshared.guardians.keys), Ok(()));
	assert_ne!(dealing.commitments.first(), old.keys.member(2));
	reshared.dealings[1].1 = dealing;
	assert_ne!(reshared.keys().expect("well-formed").group, old.keys.group);
}

#[test]
fn public_keys_of_resharing_are_none_when_indices_or_dealings_are_malformed() {
	let old = Committee::sample();
	let reshared = Reshared::new(&old, &[1, 2, 3], 5, 3);
	let commitments = |at: usize| reshared.dealings[at].1.commitments.as_slice();
	let keys = |indices: [u16; 3]| {
		let dealings: Vec<_> = indices.into_iter().zip((0..3).map(commitments)).collect();
		public_keys_of_resharing(5, &dealings)
	};
	assert_eq!(keys([1, 2, 3]), reshared.keys());
	assert_eq!(keys([0, 2, 3]), None);
	assert_eq!(keys([1, 2, 1]), None);
	assert_eq!(public_keys_of_resharing(5, &[]), None);
	assert_eq!(public_keys_of_resharing(5, &[(1, &[])]), None);
	assert_eq!(public_keys_of_resharing(5, &[(1, commitments(0)), (2, &commitments(1)[..2])]), None);
	assert_eq!(public_keys_of_resharing(17, &[(1, commitments(0))]), None);
}

#[test]
fn combine_reshared_is_none_when_indices_are_malformed() {
	let old = Committee::sample();
	let reshared = Reshared::new(&old, &[1, 2], 5, 3);
	let context = DealingContext { dealer: 1, ..reshared.context };
	let part = reshared.dealings[0].1.open(&context, 1, &reshared.guardians.secrets[0]).expect("a good share");
	assert!(Share::combine_reshared(&[(1, part.clone()), (2, part.clone())]).is_some());
	assert!(Share::combine_reshared(&[(0, part.clone()), (2, part.clone())]).is_none());
	assert!(Share::combine_reshared(&[(2, part.clone()), (2, part)]).is_none());
	assert!(Share::combine_reshared(&[]).is_none());
	assert!(Share::combine_dealt(&[]).is_none());
}
