//! Committees: their guardians, the way to a common key, and what becomes of them.

use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use salus_primitives::{CommitteeId, CommitteePurpose, Guardian, InstitutionId, Moment, PatientHandle};
use salus_threshold::{
	committee::{KeyId, PublicKeys, Threshold, MAX_MEMBERS},
	dealing::Dealing,
};
use scale_info::TypeInfo;

/// Largest number of members of a committee.
pub type MaxMembers = ConstU32<{ MAX_MEMBERS as u32 }>;

/// Ids from here on belong to personal committees, and their makers draw them: a dealing is bound to the id, so it has to be
/// known beforehand. Those below are counted.
pub const FIRST_PERSONAL_COMMITTEE: CommitteeId = CommitteeId(1 << 31);

/// In how many committees the patients of one custodian may name a guardian that has not proved its share there.
pub const MAX_UNCONFIRMED: u32 = 32;

/// That a patient named a guardian, which has not proved its share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Naming {
	/// Who named it.
	pub patient: PatientHandle,
	/// The patient's custodian at that time.
	pub custodian: InstitutionId,
}

/// The keys with which an institution takes part in committees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct GuardianKey {
	/// Ristretto255 key that its shares are sealed to.
	pub sealing: [u8; 32],
	/// `blake2_256` of its gateway's X-Wing public key.
	pub kem_hash: [u8; 32],
	/// From 1; grows when the sealing key is replaced.
	pub version: u32,
}

/// Whose emergencies a committee decides on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum CommitteeKind {
	/// Those of all patients without a committee of their own. Its members generate the key together.
	Consortium,
	/// Those of one patient, who chose the guardians and dealt the key.
	Personal(PatientHandle),
}

/// Where a committee stands. Time is compared on read: see [`Committee::status_at`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum CommitteeStatus {
	/// Its members are posting their dealings.
	Dealing,
	/// The key is known; members prove that they hold their shares.
	Confirming,
	/// It decides.
	Active,
	/// Another one took its place. It still decides on what was sealed to it.
	Superseded,
	/// It did not come about in time. It goes when somebody says so.
	Failed,
	/// It decides nothing any more.
	Retired,
}

/// A guardian in a set of members.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Member<AccountId> {
	/// Who it is.
	pub guardian: Guardian<AccountId>,
	/// The institution that a person works for; the two have one vote together.
	pub affiliation: Option<InstitutionId>,
	/// The key that its share is sealed to.
	pub sealing: [u8; 32],
	/// Version of an institution's guardian key when the set was proposed; 0 for a person.
	pub key_version: u32,
	/// Whether it proved that it holds its share.
	pub confirmed: bool,
}

impl<AccountId> Member<AccountId> {
	/// The institution whose one vote this is: the guardian itself, or a person's employer.
	pub fn institution(&self) -> Option<InstitutionId> {
		match self.guardian {
			Guardian::Institution(institution) => Some(institution),
			Guardian::Person(_) => self.affiliation,
		}
	}
}

/// The members of a committee between two resharings.
///
/// Invariant: as many members as the threshold says, no guardian and no institution twice; the dealers are distinct.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct MemberSet<AccountId> {
	/// Counts the sets of a committee from 1, those that never came about included.
	pub version: u32,
	/// How many members there are, and how many parts open an envelope.
	pub threshold: Threshold,
	/// The members; the first one has index 1.
	pub members: BoundedVec<Member<AccountId>, MaxMembers>,
	/// Who has dealt, in this order: indices in this set, in a resharing those in the set before, and 0 for a patient.
	pub dealers: BoundedVec<u16, MaxMembers>,
	/// The common key and those of the shares, once all dealings that count are there.
	pub keys: Option<PublicKeys>,
	/// First moment at which the committee no longer decides with this set.
	pub valid_until: Moment,
	/// First moment at which the set can no longer become usable. Without meaning once it is.
	pub deadline: Moment,
}

impl<AccountId: PartialEq> MemberSet<AccountId> {
	/// A set of which nobody has dealt. `None` for a threshold that is not allowed, or too many members.
	pub(crate) fn new(
		version: u32,
		k: u16,
		members: Vec<Member<AccountId>>,
		valid_until: Moment,
		deadline: Moment,
	) -> Option<Self> {
		let threshold = Threshold::new(u16::try_from(members.len()).ok()?, k)?;
		let members = BoundedVec::try_from(members).ok()?;
		Some(Self { version, threshold, members, dealers: BoundedVec::new(), keys: None, valid_until, deadline })
	}

	/// The member with this index; indices begin at 1.
	pub fn member(&self, index: u16) -> Option<&Member<AccountId>> {
		self.members.get(usize::from(index).checked_sub(1)?)
	}

	pub(crate) fn member_mut(&mut self, index: u16) -> Option<&mut Member<AccountId>> {
		self.members.get_mut(usize::from(index).checked_sub(1)?)
	}

	/// The index of a guardian.
	pub fn index_of(&self, guardian: &Guardian<AccountId>) -> Option<u16> {
		(1..).zip(&self.members).find_map(|(index, member)| (member.guardian == *guardian).then_some(index))
	}

	/// The keys that shares are sealed to, by index.
	pub fn recipients(&self) -> Vec<[u8; 32]> {
		self.members.iter().map(|member| member.sealing).collect()
	}

	/// Whether every member proved that it holds its share.
	pub fn is_confirmed(&self) -> bool {
		self.keys.is_some() && self.members.iter().all(|member| member.confirmed)
	}

	/// The members that are institutions.
	pub fn institutions(&self) -> impl Iterator<Item = InstitutionId> + '_ {
		self.members.iter().filter_map(|member| match member.guardian {
			Guardian::Institution(institution) => Some(institution),
			Guardian::Person(_) => None,
		})
	}

	/// Whether no guardian stands twice and no institution has two votes, by itself or through persons who work for it.
	pub(crate) fn is_distinct(&self) -> bool {
		self.members.iter().enumerate().all(|(position, member)| {
			self.members[..position].iter().all(|other| {
				other.guardian != member.guardian
					&& (member.institution().is_none() || other.institution() != member.institution())
			})
		})
	}
}

/// A committee. One that decided stays when it has ended, so that sessions can be traced to the guardians who decided.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Committee<AccountId> {
	/// Whose emergencies.
	pub kind: CommitteeKind,
	/// What its key is for.
	pub purpose: CommitteePurpose,
	/// Where it stands, time left aside.
	pub status: CommitteeStatus,
	/// The members that decide; while it comes about, those that are to.
	pub set: MemberSet<AccountId>,
	/// Names the common key, once there is one. A resharing keeps both.
	pub key_id: Option<KeyId>,
	/// The custodian that set it up on behalf of the patient; `None` when the patient did, and for the consortium's.
	pub on_behalf: Option<InstitutionId>,
	/// How long a request waits for personal guardians before the consortium's committee may be asked, in milliseconds;
	/// `None` when it never may.
	pub fallback_after: Option<Moment>,
	/// The highest version that any set of it had, so that no version means two sets.
	pub last_version: u32,
}

impl<AccountId> Committee<AccountId> {
	/// The common key.
	pub fn group_key(&self) -> Option<[u8; 32]> {
		self.set.keys.as_ref().map(|keys| keys.group)
	}

	/// Where it stands at this moment: what has run out has ended, whether anybody said so or not.
	pub fn status_at(&self, now: Moment) -> CommitteeStatus {
		use CommitteeStatus::*;
		match self.status {
			Dealing | Confirming if now >= self.set.deadline => Failed,
			Active | Superseded if now >= self.set.valid_until => Retired,
			status => status,
		}
	}

	/// Whether it is coming about for the first time, and so never decided anything. Time is left aside.
	pub fn is_forming(&self) -> bool {
		matches!(self.status, CommitteeStatus::Dealing | CommitteeStatus::Confirming)
	}

	/// Whether it is coming about, or deciding: not failed or retired. Time is left aside.
	pub fn is_alive(&self) -> bool {
		!matches!(self.status, CommitteeStatus::Failed | CommitteeStatus::Retired)
	}
}

/// A guardian as a patient names it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct PersonalMember<AccountId> {
	/// An institution, or a person by an account that serves for this patient alone.
	pub guardian: Guardian<AccountId>,
	/// The institution that a person works for, so that it has no second vote; `None` for an institution.
	pub affiliation: Option<InstitutionId>,
	/// The key that its share is sealed to; for an institution its registered one.
	pub sealing: [u8; 32],
}

/// A patient's own guardians and the key dealt to them.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct PersonalSetup<AccountId> {
	/// The guardians; the first one gets index 1.
	pub members: BoundedVec<PersonalMember<AccountId>, MaxMembers>,
	/// How many of them open an envelope.
	pub k: u16,
	/// Dealing of dealer 0 for version 1 of the committee.
	pub dealing: Dealing,
	/// How long a request waits for them before the consortium's committee may be asked, in milliseconds; `None`: it never may.
	pub fallback_after: Option<Moment>,
	/// First moment at which they no longer decide.
	pub valid_until: Moment,
}
