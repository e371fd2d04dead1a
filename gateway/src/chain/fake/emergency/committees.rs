//! Committees: how their keys are made, and who is in them.

use super::{index_of, refused, EmergencyWorld, Members, GENESIS};
use codec::Encode;
use salus_client::{
	chain::{calls::PersonalMember, ChainError},
	emergency::personal::{set_up, Rules},
	wire::Account,
};
use salus_primitives::{CommitteeId, CommitteePurpose, Guardian, InstitutionId, PatientHandle, DAY, MINUTE};
use salus_runtime_api::{
	CommitteeInfo, CommitteeKind, CommitteeMemberInfo, CommitteeStatus, GuardianKeyInfo, PendingSetInfo,
};
use salus_threshold::{
	committee::{
		key_id, public_keys_of_dealings, public_keys_of_resharing, verify_possession, verify_sealing_key,
		CommitteeContext, PublicKeys, Threshold,
	},
	dealing::{Dealing, DealingContext, DealingDispute},
	proof::SchnorrProof,
};

impl EmergencyWorld {
	fn members(&self, institutions: &[u32]) -> Members {
		let member = |(index, institution): (u16, &u32)| CommitteeMemberInfo {
			index,
			guardian: Guardian::Institution(InstitutionId(*institution)),
			affiliation: None,
			sealing: self.guardian_keys[&InstitutionId(*institution)].sealing,
			public_share: None,
			dealt: false,
			confirmed: false,
			counts: true,
		};
		(1..).zip(institutions).map(member).collect()
	}

	/// As a motion of the council does. The members have registered their keys.
	pub fn form_committee(&mut self, id: u32, institutions: &[u32], k: u16) -> CommitteeId {
		let now = salus_client::now();
		let id = CommitteeId(id);
		let members = self.members(institutions);
		let committee = CommitteeInfo {
			id,
			kind: CommitteeKind::Consortium,
			purpose: CommitteePurpose::Release,
			status: CommitteeStatus::Dealing,
			n: members.len() as u16,
			k,
			version: 1,
			key_id: None,
			group_key: None,
			members,
			valid_until: now + 100 * DAY,
			fallback_after: None,
			deadline: now + DAY,
			pending: None,
		};
		self.committees.insert(id, committee);
		id
	}

	/// As a patient does, who deals a key to guardians that are asked by nobody.
	pub fn form_personal_committee(&mut self, handle: PatientHandle, institutions: &[u32], k: u16) -> CommitteeId {
		let members = self.members(institutions).into_iter().map(|member| PersonalMember {
			guardian: member.guardian,
			affiliation: member.affiliation,
			sealing: member.sealing,
		});
		let rules = Rules { k, fallback_after: Some(MINUTE), valid_until: salus_client::now() + 100 * DAY };
		let (id, setup) = set_up(&GENESIS, members.collect(), rules).unwrap();
		self.form_committee(id.0, institutions, k);
		let committee = self.committees.get_mut(&id).unwrap();
		(committee.kind, committee.fallback_after) = (CommitteeKind::Personal(handle), setup.fallback_after);
		self.dealings.insert((id, committee.version), vec![(0, setup.dealing)]);
		self.set_keys(id, 1);
		id
	}

	/// As a motion of the council does.
	pub fn reshare_committee(&mut self, id: CommitteeId, institutions: &[u32], k: u16) {
		let now = salus_client::now();
		let members = self.members(institutions);
		let committee = self.committees.get_mut(&id).unwrap();
		committee.pending = Some(PendingSetInfo {
			version: committee.version + 1,
			n: members.len() as u16,
			k,
			members,
			dealers: Vec::new(),
			valid_until: now + 100 * DAY,
			deadline: now + DAY,
		});
	}

	/// A committee with its status as of now, and which votes count.
	pub fn committee(&self, id: CommitteeId) -> Option<CommitteeInfo<Account>> {
		let now = salus_client::now();
		let mut committee = self.committees.get(&id)?.clone();
		committee.status = match committee.status {
			CommitteeStatus::Dealing | CommitteeStatus::Confirming if committee.deadline <= now => {
				CommitteeStatus::Failed
			}
			CommitteeStatus::Active | CommitteeStatus::Superseded if committee.valid_until <= now => {
				CommitteeStatus::Retired
			}
			status => status,
		};
		for member in &mut committee.members {
			if let Guardian::Institution(institution) = member.guardian {
				member.counts = self.guardian_keys.get(&institution).map(|key| key.sealing) == Some(member.sealing);
			}
		}
		Some(committee)
	}

	pub(super) fn committees_of(&self, institution: InstitutionId) -> Vec<CommitteeId> {
		let own = Guardian::Institution(institution);
		let stands_in = |committee: &&CommitteeInfo<Account>| {
			let pending = committee.pending.iter().flat_map(|pending| &pending.members);
			committee.members.iter().chain(pending).any(|member| member.guardian == own)
		};
		self.committees.values().filter(stands_in).map(|committee| committee.id).collect()
	}

	pub(super) fn register_guardian_key(
		&mut self,
		own: InstitutionId,
		sealing: [u8; 32],
		kem_hash: [u8; 32],
		proof: &SchnorrProof,
	) -> Result<(), ChainError> {
		if !verify_sealing_key(&GENESIS, &own.encode(), &sealing, proof) {
			return Err(refused("BadProof"));
		}
		let version = match self.guardian_keys.get(&own) {
			Some(known) if known.sealing == sealing => known.version,
			Some(known) => known.version + 1,
			None => 1,
		};
		self.guardian_keys.insert(own, GuardianKeyInfo { sealing, kem_hash, version });
		Ok(())
	}

	pub(super) fn post_dealing(
		&mut self,
		own: InstitutionId,
		id: CommitteeId,
		dealing: Dealing,
	) -> Result<(), ChainError> {
		let status = self.committee(id).ok_or_else(|| refused("UnknownCommittee"))?.status;
		let committee = self.committees.get_mut(&id).unwrap();
		let index_of_own = index_of(&committee.members, own).ok_or_else(|| refused("NotAMember"))?;
		let (version, threshold, recipients, needed) = match &committee.pending {
			None if status == CommitteeStatus::Dealing => {
				let threshold = Threshold::new(committee.n, committee.k).unwrap();
				(committee.version, threshold, sealing_keys(&committee.members), usize::from(committee.n))
			}
			Some(pending) => {
				let old_share = committee.members[usize::from(index_of_own) - 1].public_share;
				if old_share != dealing.commitments.first().copied() {
					return Err(refused("OtherSecret"));
				}
				let threshold = Threshold::new(pending.n, pending.k).unwrap();
				(pending.version, threshold, sealing_keys(&pending.members), usize::from(committee.k))
			}
			None => return Err(refused("NotDealing")),
		};
		let dealt = self.dealings.entry((id, version)).or_default();
		if dealt.len() >= needed || dealt.iter().any(|(dealer, _)| *dealer == index_of_own) {
			return Err(refused("AlreadyDealt"));
		}
		let context = DealingContext { committee: context(id, version), dealer: index_of_own, threshold };
		dealing.verify(&context, &recipients).map_err(|_| refused("BadDealing"))?;
		dealt.push((index_of_own, dealing));
		if let Some(pending) = &mut committee.pending {
			pending.dealers.push(index_of_own);
		}
		if dealt.len() == needed {
			self.set_keys(id, version);
		}
		Ok(())
	}

	/// Computes the keys of a version whose dealings are complete.
	pub fn set_keys(&mut self, id: CommitteeId, version: u32) {
		let committee = self.committees.get_mut(&id).unwrap();
		let dealt = self.dealings[&(id, version)].iter();
		let commitments = dealt.map(|(dealer, dealing)| (*dealer, dealing.commitments.as_slice()));
		match &mut committee.pending {
			Some(pending) => {
				let keys = public_keys_of_resharing(pending.n, &commitments.collect::<Vec<_>>()).unwrap();
				assert_eq!(Some(keys.group), committee.group_key, "a resharing keeps the key");
				show_keys(&mut pending.members, &keys);
			}
			None => {
				let commitments: Vec<_> = commitments.map(|(_, commitments)| commitments).collect();
				let keys = public_keys_of_dealings(committee.n, &commitments).unwrap();
				show_keys(&mut committee.members, &keys);
				committee.key_id = Some(key_id(&GENESIS, id.0, &keys.group));
				committee.group_key = Some(keys.group);
				committee.status = CommitteeStatus::Confirming;
			}
		}
	}

	pub(super) fn dispute_dealing(
		&mut self,
		own: InstitutionId,
		id: CommitteeId,
		dealer: u16,
		dispute: &DealingDispute,
	) -> Result<(), ChainError> {
		let committee = self.committees.get_mut(&id).ok_or_else(|| refused("UnknownCommittee"))?;
		let (version, n, k, members) = match &committee.pending {
			Some(pending) => (pending.version, pending.n, pending.k, &pending.members),
			None => (committee.version, committee.n, committee.k, &committee.members),
		};
		let index = index_of(members, own).ok_or_else(|| refused("NotAMember"))?;
		let threshold = Threshold::new(n, k).unwrap();
		let context = DealingContext { committee: context(id, version), dealer, threshold };
		let dealt = self.dealings.get(&(id, version)).into_iter().flatten();
		let (_, dealing) =
			dealt.into_iter().find(|(known, _)| *known == dealer).ok_or_else(|| refused("UnknownDealing"))?;
		if !dispute.is_founded(&context, dealing, index, &members[usize::from(index) - 1].sealing) {
			return Err(refused("UnfoundedDispute"));
		}
		match committee.pending.take() {
			Some(_) => {}
			// Nothing stays of what never decided.
			None => drop(self.committees.remove(&id)),
		}
		Ok(())
	}

	pub(super) fn confirm_share(
		&mut self,
		own: InstitutionId,
		id: CommitteeId,
		proof: &SchnorrProof,
	) -> Result<(), ChainError> {
		let committee = self.committees.get_mut(&id).ok_or_else(|| refused("UnknownCommittee"))?;
		let (version, members) = match &mut committee.pending {
			Some(pending) => (pending.version, &mut pending.members),
			None if committee.status == CommitteeStatus::Confirming => (committee.version, &mut committee.members),
			None => return Err(refused("NotConfirming")),
		};
		let index = index_of(members, own).ok_or_else(|| refused("NotAMember"))?;
		let member = &mut members[usize::from(index) - 1];
		let key = member.public_share.ok_or_else(|| refused("NotConfirming"))?;
		if member.confirmed {
			return Err(refused("AlreadyConfirmed"));
		}
		if !verify_possession(&context(id, version), index, &key, proof) {
			return Err(refused("BadProof"));
		}
		member.confirmed = true;
		if members.iter().all(|member| member.confirmed) {
			if let Some(pending) = committee.pending.take() {
				(committee.version, committee.n, committee.k) = (pending.version, pending.n, pending.k);
				(committee.members, committee.valid_until) = (pending.members, pending.valid_until);
			}
			committee.status = CommitteeStatus::Active;
			let former = match committee.kind {
				CommitteeKind::Consortium => self.consortium.insert(committee.purpose, id),
				CommitteeKind::Personal(handle) => self.personal.insert(handle, id),
			};
			if let Some(former) = former.filter(|former| *former != id) {
				self.committees.get_mut(&former).unwrap().status = CommitteeStatus::Superseded;
			}
		}
		Ok(())
	}

	pub(super) fn abandon_formation(&mut self, id: CommitteeId) -> Result<(), ChainError> {
		let now = salus_client::now();
		let committee = self.committees.get_mut(&id).ok_or_else(|| refused("UnknownCommittee"))?;
		match committee.pending.as_ref().map(|pending| pending.deadline) {
			Some(deadline) if deadline <= now => committee.pending = None,
			None if committee.deadline <= now => drop(self.committees.remove(&id)),
			_ => return Err(refused("FormationNotOver")),
		}
		Ok(())
	}
}

fn context(id: CommitteeId, version: u32) -> CommitteeContext {
	CommitteeContext { genesis: GENESIS, committee: id.0, version }
}

fn sealing_keys(members: &Members) -> Vec<[u8; 32]> {
	members.iter().map(|member| member.sealing).collect()
}

fn show_keys(members: &mut Members, keys: &PublicKeys) {
	for member in members {
		member.public_share = keys.member(member.index).copied();
	}
}
