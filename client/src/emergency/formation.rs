//! How a guardian comes to its share of a committee's key, and passes it on.
//!
//! Everything follows from the committee as the chain shows it and the guardian's own sealing key. Nothing is kept between two steps, and a
//! share is never stored: whoever was interrupted, at whatever point, looks at the chain again and does what is missing.

use crate::wire::Account;
use salus_primitives::{Guardian, Moment};
use salus_runtime_api::{CommitteeInfo, CommitteeKind, CommitteeMemberInfo, CommitteeStatus, PendingSetInfo};
use salus_threshold::{
	committee::{
		prove_possession, public_keys_of_dealings, public_keys_of_resharing, CommitteeContext, PublicKeys, Threshold,
	},
	dealing::{Dealing, DealingContext, DealingDispute},
	group::{Point, SecretScalar},
	proof::SchnorrProof,
	rand_core::{CryptoRng, RngCore},
	share::Share,
};

/// Version of the members of a committee that came out of a key generation, or of a patient's dealing. Later ones are reshared.
pub const FIRST_VERSION: u32 = 1;

/// Dealer of the one dealing of a personal committee.
const PATIENT: u16 = 0;

/// A committee and a guardian of it, at one finalized block.
#[derive(Clone, Copy, Debug)]
pub struct FormationCase<'a> {
	/// Hash of the genesis block.
	pub genesis: &'a [u8; 32],
	/// Slot time of the block: the chain compares its deadlines with it.
	pub now: Moment,
	/// The committee.
	pub committee: &'a CommitteeInfo<Account>,
	/// The dealings of its version.
	pub dealings: &'a [(u16, Dealing)],
	/// The dealings of the version that is to take over; none without a resharing.
	pub reshared: &'a [(u16, Dealing)],
	/// Who the guardian is.
	pub own: &'a Guardian<Account>,
	/// The secret of its sealing key.
	pub sealing: &'a SecretScalar,
}

/// What a guardian has to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
	/// Post a dealing.
	Deal(Box<Dealing>),
	/// Accuse a dealer.
	Dispute {
		/// Index of the dealer.
		dealer: u16,
		/// The proof.
		dispute: Box<DealingDispute>,
	},
	/// Prove that the share arrived.
	Confirm(SchnorrProof),
	/// Say that the time for the formation is over.
	Abandon,
}

/// A guardian's share, found again from the chain.
#[derive(Debug)]
pub struct OwnShare {
	/// Index of the guardian.
	pub index: u16,
	/// The share.
	pub share: Share,
}

/// Why a guardian cannot take part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum FormationError {
	/// The chain has a sealing key for this guardian whose secret is not the one at hand.
	#[error(
		"the committee was formed with another sealing key of this guardian than the one at hand: restore the keyfile, or have the committee reshared"
	)]
	OtherSealingKey,
	/// The committee's size and threshold are none that a committee may have.
	#[error("the chain shows a committee whose size and threshold no committee may have")]
	BadThreshold,
	/// A sealing key of a member is none.
	#[error("the chain shows a sealing key that is not a key")]
	BadSealingKey,
	/// The guardian is no member of this set.
	#[error("this guardian is not a member of the committee")]
	NotAMember,
	/// Not all dealings are there.
	#[error("the dealings of this committee are not complete")]
	Incomplete,
	/// A dealing gives this guardian a share that does not fit what its dealer committed to.
	#[error("dealer {0} dealt a share that does not fit its commitments")]
	BadDealing(u16),
	/// The keys that the chain shows do not follow from the dealings that it shows.
	#[error("the committee's public keys do not follow from its dealings: the node does not show the chain as it is")]
	OtherKeys,
	/// No dealing could be made.
	#[error("no dealing can be made for this committee")]
	NoDealing,
}

/// What the guardian has to do next; `None` when nothing is missing, or it is for others to act.
///
/// # Errors
/// [`FormationError`]: an operator has to look.
pub fn next_step<R: RngCore + CryptoRng>(
	case: &FormationCase<'_>,
	rng: &mut R,
) -> Result<Option<Step>, FormationError> {
	if case.committee.status == CommitteeStatus::Failed {
		// It ran out unfinished, and counts against whom it names until somebody ends it.
		let is_named = case.committee.members.iter().any(|member| member.guardian == *case.own);
		return Ok(is_named.then_some(Step::Abandon));
	}
	let Some(forming) = case.forming()? else { return Ok(None) };
	let member = forming.members.member(case.own, case.sealing)?;
	// Who replaced its key since has no share to deal on, and takes part again as a member of the new set.
	let dealer = forming.dealers.as_ref().and_then(|set| set.member(case.own, case.sealing).ok().flatten());
	if member.is_none() && dealer.is_none() {
		return Ok(None);
	}
	if case.now >= forming.deadline {
		return Ok(Some(Step::Abandon));
	}
	if let Some(step) = member.and_then(|member| forming.members.accuse(member.index, case.sealing, rng)) {
		return Ok(Some(step));
	}
	if let Some(index) = dealer.map(|dealer| dealer.index) {
		if !forming.members.is_complete() && !forming.members.has_dealt(index) {
			let secret = match &forming.dealers {
				Some(old) if forming.members.origin == Origin::Reshared => {
					old.share(index, case.sealing)?.secret().clone()
				}
				_ => SecretScalar::random(rng),
			};
			return forming.members.deal(index, &secret, rng).map(Some);
		}
	}
	match member {
		Some(member) if forming.members.is_complete() && !member.confirmed => {
			let share = forming.members.share(member.index, case.sealing)?;
			forming.check_group_key()?;
			let proof = prove_possession(&forming.members.context, member.index, &share, rng);
			Ok(Some(Step::Confirm(proof)))
		}
		_ => Ok(None),
	}
}

/// The guardian's share in the set of members that approves now.
///
/// # Errors
/// [`FormationError`].
pub fn recover_share(case: &FormationCase<'_>) -> Result<OwnShare, FormationError> {
	let set = case.present()?;
	let index = set.member(case.own, case.sealing)?.ok_or(FormationError::NotAMember)?.index;
	let share = set.share(index, case.sealing)?;
	Ok(OwnShare { index, share })
}

/// Where the secrets of a set of members come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
	/// Every member deals a random one; the sum is shared.
	Generated,
	/// The patient dealt one.
	Patient,
	/// Members of the set before dealt their shares.
	Reshared,
}

/// A set of members and what was dealt to it.
struct MemberSet<'a> {
	context: CommitteeContext,
	threshold: Threshold,
	members: &'a [CommitteeMemberInfo<Account>],
	dealings: &'a [(u16, Dealing)],
	origin: Origin,
	/// Number of dealings that make the keys.
	needed: usize,
}

/// A formation or resharing under way.
struct Forming<'a> {
	members: MemberSet<'a>,
	/// The set whose members deal; `None` when the patient did.
	dealers: Option<MemberSet<'a>>,
	/// The key that has to come out, in a resharing.
	group_key: Option<[u8; 32]>,
	deadline: Moment,
}

impl<'a> FormationCase<'a> {
	fn context(&self, version: u32) -> CommitteeContext {
		CommitteeContext { genesis: *self.genesis, committee: self.committee.id.0, version }
	}

	/// The set of members that the committee has now.
	fn present(&self) -> Result<MemberSet<'a>, FormationError> {
		let committee = self.committee;
		let threshold = Threshold::new(committee.n, committee.k).ok_or(FormationError::BadThreshold)?;
		let origin = match committee.kind {
			_ if committee.version > FIRST_VERSION => Origin::Reshared,
			CommitteeKind::Consortium => Origin::Generated,
			CommitteeKind::Personal(_) => Origin::Patient,
		};
		let needed = match origin {
			Origin::Generated => usize::from(threshold.n),
			Origin::Patient => 1,
			// The threshold of the set before is not on chain any more: what is kept is what made the keys.
			Origin::Reshared => self.dealings.len().max(1),
		};
		let (members, dealings) = (committee.members.as_slice(), self.dealings);
		Ok(MemberSet { context: self.context(committee.version), threshold, members, dealings, origin, needed })
	}

	/// The set of members that is to take over.
	fn successor(&self, pending: &'a PendingSetInfo<Account>) -> Result<MemberSet<'a>, FormationError> {
		let threshold = Threshold::new(pending.n, pending.k).ok_or(FormationError::BadThreshold)?;
		let (members, dealings) = (pending.members.as_slice(), self.reshared);
		let (context, needed) = (self.context(pending.version), usize::from(self.committee.k));
		Ok(MemberSet { context, threshold, members, dealings, origin: Origin::Reshared, needed })
	}

	fn forming(&self) -> Result<Option<Forming<'a>>, FormationError> {
		let committee = self.committee;
		match (committee.status, &committee.pending) {
			(CommitteeStatus::Dealing | CommitteeStatus::Confirming, _) => {
				let members = self.present()?;
				let dealers = match members.origin {
					Origin::Generated => Some(self.present()?),
					Origin::Patient | Origin::Reshared => None,
				};
				Ok(Some(Forming { members, dealers, group_key: None, deadline: committee.deadline }))
			}
			(CommitteeStatus::Active | CommitteeStatus::Superseded, Some(pending)) => Ok(Some(Forming {
				members: self.successor(pending)?,
				dealers: Some(self.present()?),
				group_key: committee.group_key,
				deadline: pending.deadline,
			})),
			_ => Ok(None),
		}
	}
}

impl Forming<'_> {
	/// A resharing keeps the key to which envelopes are sealed.
	fn check_group_key(&self) -> Result<(), FormationError> {
		let keys = self.members.keys().ok_or(FormationError::OtherKeys)?;
		match self.group_key.is_none_or(|group_key| group_key == keys.group) {
			true => Ok(()),
			false => Err(FormationError::OtherKeys),
		}
	}
}

impl MemberSet<'_> {
	/// The guardian's place in the set.
	fn member(
		&self,
		own: &Guardian<Account>,
		sealing: &SecretScalar,
	) -> Result<Option<&CommitteeMemberInfo<Account>>, FormationError> {
		let member = self.members.iter().find(|member| member.guardian == *own);
		match member {
			Some(member) if member.sealing != sealing.public().to_bytes() => Err(FormationError::OtherSealingKey),
			member => Ok(member),
		}
	}

	fn is_complete(&self) -> bool {
		self.dealings.len() >= self.needed
	}

	fn has_dealt(&self, dealer: u16) -> bool {
		self.dealings.iter().any(|(index, _)| *index == dealer)
	}

	fn dealing_context(&self, dealer: u16) -> DealingContext {
		DealingContext { committee: self.context, dealer, threshold: self.threshold }
	}

	fn deal<R: RngCore + CryptoRng>(
		&self,
		dealer: u16,
		secret: &SecretScalar,
		rng: &mut R,
	) -> Result<Step, FormationError> {
		let keys = self.members.iter().map(|member| Point::from_bytes(&member.sealing));
		let recipients = keys.collect::<Option<Vec<_>>>().ok_or(FormationError::BadSealingKey)?;
		let dealing = Dealing::deal(&self.dealing_context(dealer), secret, &recipients, rng);
		dealing.map(|dealing| Step::Deal(Box::new(dealing))).map_err(|_| FormationError::NoDealing)
	}

	/// The first dealer that cheated this member.
	fn accuse<R: RngCore + CryptoRng>(&self, index: u16, sealing: &SecretScalar, rng: &mut R) -> Option<Step> {
		self.dealings.iter().find_map(|(dealer, dealing)| {
			let dispute = DealingDispute::raise(&self.dealing_context(*dealer), dealing, index, sealing, rng)?;
			Some(Step::Dispute { dealer: *dealer, dispute: Box::new(dispute) })
		})
	}

	/// The public keys that follow from the dealings.
	fn keys(&self) -> Option<PublicKeys> {
		let commitments = self.dealings.iter().map(|(dealer, dealing)| (*dealer, dealing.commitments.as_slice()));
		match self.origin {
			Origin::Generated | Origin::Patient => {
				let commitments: Vec<_> = commitments.map(|(_, commitments)| commitments).collect();
				public_keys_of_dealings(self.threshold.n, &commitments)
			}
			Origin::Reshared => public_keys_of_resharing(self.threshold.n, &commitments.collect::<Vec<_>>()),
		}
	}

	/// The share of the member with this index, when it is the one behind the key that the chain shows and that the dealings give.
	fn share(&self, index: u16, sealing: &SecretScalar) -> Result<Share, FormationError> {
		if !self.is_complete() {
			return Err(FormationError::Incomplete);
		}
		let mut parts = Vec::with_capacity(self.dealings.len());
		for (dealer, dealing) in self.dealings {
			if (*dealer == PATIENT) != (self.origin == Origin::Patient) {
				return Err(FormationError::OtherKeys);
			}
			let part = dealing.open(&self.dealing_context(*dealer), index, sealing);
			parts.push((*dealer, part.map_err(|_| FormationError::BadDealing(*dealer))?));
		}
		let share = match self.origin {
			Origin::Generated | Origin::Patient => {
				let parts: Vec<_> = parts.into_iter().map(|(_, part)| part).collect();
				Share::combine_dealt(&parts)
			}
			Origin::Reshared => Share::combine_reshared(&parts),
		};
		let share = share.ok_or(FormationError::OtherKeys)?;
		let derived = self.keys().and_then(|keys| keys.member(index).copied());
		let shown = self.members.iter().find(|member| member.index == index).and_then(|member| member.public_share);
		match derived {
			Some(derived) if Some(derived) == shown && share.verifies(&derived) => Ok(share),
			_ => Err(FormationError::OtherKeys),
		}
	}
}

#[cfg(test)]
mod tests;
