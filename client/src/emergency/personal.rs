//! A patient's own guardians: inviting them, their answers, and the one dealing that makes them a committee.
//!
//! A guardian makes a fresh account for each patient who asks: accounts that were used twice would tell every reader of the chain whose
//! guardian is whose. The invitation does not name the patient's handle either.

use super::sealing_key;
use crate::{
	chain::calls::{PersonalMember, PersonalSetup},
	keystore::AccountKey,
	wire::{Account, Bytes32},
};
use salus_primitives::{CommitteeId, Guardian, InstitutionId, Moment};
use salus_threshold::{
	committee::{prove_sealing_key, verify_sealing_key, CommitteeContext, Threshold, MAX_MEMBERS, MIN_MEMBERS},
	dealing::{Dealing, DealingContext, DealingError},
	group::{Point, SecretScalar},
	proof::SchnorrProof,
	rand_core::OsRng,
};
use serde::{Deserialize, Serialize};

/// Numbers of personal committees begin here; below, the chain counts those of the consortium.
pub const FIRST_PERSONAL_COMMITTEE: u32 = 1 << 31;
/// Version of the members that a patient's dealing makes.
const VERSION: u32 = 1;
/// The patient, as dealer.
const PATIENT: u16 = 0;

/// What a patient gives to somebody who shall be a guardian.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Invitation {
	/// Hash of the genesis block.
	pub genesis: Bytes32,
	/// The patient's custodian, whose gateway has the words behind each request.
	pub custodian: InstitutionId,
	/// Where that gateway is.
	pub gateway: String,
	/// What the patient wants the guardian to read: who asks, and how to reach them.
	pub words: String,
}

/// What a guardian gives back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InvitationAnswer {
	/// Hash of the genesis block.
	pub genesis: Bytes32,
	/// The guardian's fresh account.
	pub account: Account,
	/// Ristretto255 key that the share is to be sealed to.
	pub sealing: Bytes32,
	/// Proof that its secret is known.
	pub proof: SchnorrProof,
	/// The institution that the guardian works at: the two have one vote together, and none about its own requests.
	pub affiliation: Option<InstitutionId>,
}

/// Why no committee can be made of these guardians.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SetupError {
	/// Of another chain.
	#[error("the answer of {0} is for another chain")]
	OtherChain(Account),
	/// Not proven.
	#[error("the answer of {0} does not prove its sealing key: ask for a new one")]
	Unproven(Account),
	/// Twice.
	#[error("a guardian is named twice")]
	Twice,
	/// Size.
	#[error(
		"{n} guardians of whom {k} decide cannot be a committee: {MIN_MEMBERS} to {MAX_MEMBERS} guardians, \
		more than half of them to decide, and at most all but two"
	)]
	Threshold {
		/// Guardians.
		n: usize,
		/// How many decide.
		k: u16,
	},
	/// An institution's key on chain is none.
	#[error("a guardian's sealing key is not a key")]
	BadKey,
	/// Dealing.
	#[error("the shares cannot be dealt: {0}")]
	Dealing(DealingError),
}

impl InvitationAnswer {
	/// The answer of a guardian with this fresh account.
	pub fn new(genesis: &[u8; 32], key: &AccountKey, affiliation: Option<InstitutionId>) -> Self {
		let (secret, account) = (sealing_key(key), key.account());
		Self {
			genesis: (*genesis).into(),
			account,
			sealing: secret.public().to_bytes().into(),
			proof: prove_sealing_key(genesis, &account.0, &secret, &mut OsRng),
			affiliation,
		}
	}

	/// The guardian as a member of a committee.
	///
	/// # Errors
	/// [`SetupError::OtherChain`], [`SetupError::Unproven`].
	pub fn member(&self, genesis: &[u8; 32]) -> Result<PersonalMember, SetupError> {
		if self.genesis.0 != *genesis {
			return Err(SetupError::OtherChain(self.account));
		}
		match verify_sealing_key(genesis, &self.account.0, &self.sealing.0, &self.proof) {
			true => Ok(PersonalMember {
				guardian: Guardian::Person(self.account),
				affiliation: self.affiliation,
				sealing: self.sealing.0,
			}),
			false => Err(SetupError::Unproven(self.account)),
		}
	}
}

/// How a patient's own guardians decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
	/// How many of them open an envelope.
	pub k: u16,
	/// Milliseconds after which the consortium's committee may be asked; `None`: never.
	pub fallback_after: Option<Moment>,
	/// First moment at which they no longer decide.
	pub valid_until: Moment,
}

/// Deals a fresh key to these guardians. The key itself is forgotten here: from now on k of them are needed.
///
/// # Errors
/// [`SetupError`].
pub fn set_up(
	genesis: &[u8; 32],
	members: Vec<PersonalMember>,
	rules: Rules,
) -> Result<(CommitteeId, PersonalSetup), SetupError> {
	let Rules { k, fallback_after, valid_until } = rules;
	let n = u16::try_from(members.len()).unwrap_or(u16::MAX);
	let threshold = Threshold::new(n, k).ok_or(SetupError::Threshold { n: members.len(), k })?;
	let is_twice = |(at, member): (usize, &PersonalMember)| {
		members[..at].iter().any(|before| before.guardian == member.guardian || before.sealing == member.sealing)
	};
	if members.iter().enumerate().any(is_twice) {
		return Err(SetupError::Twice);
	}
	let recipients: Option<Vec<Point>> = members.iter().map(|member| Point::from_bytes(&member.sealing)).collect();
	let committee = fresh_number();
	let context = CommitteeContext { genesis: *genesis, committee: committee.0, version: VERSION };
	let context = DealingContext { committee: context, dealer: PATIENT, threshold };
	let secret = SecretScalar::random(&mut OsRng);
	let dealing = Dealing::deal(&context, &secret, &recipients.ok_or(SetupError::BadKey)?, &mut OsRng)
		.map_err(SetupError::Dealing)?;
	Ok((committee, PersonalSetup { members, k, dealing, fallback_after, valid_until }))
}

/// Drawn by the patient, because the dealing is bound to it. The chain refuses one that is taken.
fn fresh_number() -> CommitteeId {
	let bytes: [u8; 32] = crate::random_bytes();
	CommitteeId(u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]) | FIRST_PERSONAL_COMMITTEE)
}

#[cfg(test)]
mod tests {
	use super::*;

	const GENESIS: [u8; 32] = [1; 32];
	const RULES: Rules = Rules { k: 3, fallback_after: Some(300_000), valid_until: 9 };

	fn answers() -> Vec<(AccountKey, InvitationAnswer)> {
		let answer = |_| {
			let key = AccountKey::generate().unwrap();
			let answer = InvitationAnswer::new(&GENESIS, &key, None);
			(key, answer)
		};
		(0..5).map(answer).collect()
	}

	fn members(answers: &[(AccountKey, InvitationAnswer)]) -> Vec<PersonalMember> {
		answers.iter().map(|(_, answer)| answer.member(&GENESIS).unwrap()).collect()
	}

	#[test]
	fn every_guardian_finds_its_share_in_the_dealing() {
		let answers = answers();
		let (committee, setup) = set_up(&GENESIS, members(&answers), RULES).unwrap();
		assert!(committee.0 >= FIRST_PERSONAL_COMMITTEE);
		let context = DealingContext {
			committee: CommitteeContext { genesis: GENESIS, committee: committee.0, version: 1 },
			dealer: 0,
			threshold: Threshold::new(5, 3).unwrap(),
		};
		let recipients: Vec<_> = setup.members.iter().map(|member| member.sealing).collect();
		setup.dealing.verify(&context, &recipients).unwrap();
		for (index, (key, _)) in (1..).zip(&answers) {
			assert!(setup.dealing.open(&context, index, &sealing_key(key)).is_ok(), "{index}");
		}
		assert!(setup.dealing.open(&context, 1, &sealing_key(&answers[1].0)).is_err(), "another's share");
	}

	#[test]
	fn an_answer_is_refused_when_it_was_exchanged() {
		let answers = answers();
		let (one, two) = (answers[0].1, answers[1].1);
		let swapped = InvitationAnswer { sealing: two.sealing, ..one };
		assert_eq!(swapped.member(&GENESIS), Err(SetupError::Unproven(one.account)));
		let replayed = InvitationAnswer { account: two.account, ..one };
		assert_eq!(replayed.member(&GENESIS), Err(SetupError::Unproven(two.account)));
		assert_eq!(one.member(&[2; 32]), Err(SetupError::OtherChain(one.account)));
		let moved = InvitationAnswer { genesis: [2; 32].into(), ..one };
		assert_eq!(moved.member(&[2; 32]), Err(SetupError::Unproven(one.account)));
	}

	#[test]
	fn a_committee_of_a_wrong_size_is_refused() {
		let members = members(&answers());
		for (n, k) in [(4, 3), (5, 2), (5, 4), (5, 0)] {
			let refused = set_up(&GENESIS, members[..n].to_vec(), Rules { k, ..RULES });
			assert_eq!(refused.err(), Some(SetupError::Threshold { n, k }), "{k} of {n}");
		}
	}

	#[test]
	fn a_guardian_named_twice_is_refused() {
		let mut members = members(&answers());
		members[4] = members[0].clone();
		assert_eq!(set_up(&GENESIS, members, RULES).err(), Some(SetupError::Twice));
	}

	#[test]
	fn an_answer_reads_back_and_takes_nothing_else() {
		let (_, answer) = answers().remove(0);
		let json = serde_json::to_value(answer).unwrap();
		assert_eq!(serde_json::from_value::<InvitationAnswer>(json.clone()).unwrap(), answer);
		let mut more = json;
		more["handle"] = serde_json::json!("0x00");
		assert!(serde_json::from_value::<InvitationAnswer>(more).is_err());
	}
}
