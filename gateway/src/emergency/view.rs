//! Sessions and guardians with their names.

use crate::{chain::Head, failure::Failure, service::Service};
use salus_client::wire::{
	emergency::{PartView, SessionView},
	Account,
};
use salus_primitives::{Guardian, InstitutionId, PractitionerId};
use salus_runtime_api::{CommitteeInfo, EmergencySessionInfo};

/// The name of an institution; its number when the chain does not know it.
///
/// # Errors
/// The chain.
pub async fn institution_name(service: &Service, head: &Head, id: InstitutionId) -> Result<String, Failure> {
	let info = service.chain.institution(&head.block, id).await?;
	Ok(info.map_or_else(|| format!("institution {id}"), |info| info.name))
}

/// The guardians of a session, by the set of members that decides about it.
pub struct Guardians {
	committee: Option<CommitteeInfo<Account>>,
}

impl Guardians {
	/// Of this session.
	///
	/// # Errors
	/// The chain.
	pub async fn of(service: &Service, head: &Head, session: &EmergencySessionInfo) -> Result<Self, Failure> {
		let committee = service.chain.committee(&head.block, session.committee).await?;
		// After a resharing the same index is somebody else.
		Ok(Self { committee: committee.filter(|committee| committee.version == session.version) })
	}

	/// Who has this index, for a sentence.
	///
	/// # Errors
	/// The chain.
	pub async fn name(&self, service: &Service, head: &Head, index: u16) -> Result<String, Failure> {
		let members = self.committee.iter().flat_map(|committee| &committee.members);
		let member = members.into_iter().find(|member| member.index == index);
		match member.map(|member| &member.guardian) {
			Some(Guardian::Institution(id)) => institution_name(service, head, *id).await,
			Some(Guardian::Person(_)) => Ok("a person whom the patient chose".to_owned()),
			None => Ok(format!("guardian {index}")),
		}
	}

	async fn names(&self, service: &Service, head: &Head, indices: &[u16]) -> Result<Vec<String>, Failure> {
		let mut names = Vec::with_capacity(indices.len());
		for index in indices {
			names.push(self.name(service, head, *index).await?);
		}
		Ok(names)
	}
}

/// A session as people read it.
///
/// # Errors
/// The chain.
pub async fn session_view(
	service: &Service,
	head: &Head,
	session: &EmergencySessionInfo,
	practitioner: Option<PractitionerId>,
	handed_to: Option<PractitionerId>,
) -> Result<SessionView, Failure> {
	let guardians = Guardians::of(service, head, session).await?;
	let mut parts = Vec::with_capacity(session.parts.len());
	for (index, value) in &session.parts {
		let guardian = guardians.name(service, head, *index).await?;
		parts.push(PartView { index: *index, guardian, value: (*value).into() });
	}
	Ok(SessionView {
		id: session.id,
		handle: session.handle,
		custodian: session.custodian,
		institution: session.institution,
		institution_name: institution_name(service, head, session.institution).await?,
		tier: session.tier,
		epoch: session.epoch,
		envelope: session.envelope,
		committee: session.committee,
		status: session.status,
		manual: session.manual,
		drill: session.drill,
		required: session.required,
		parts,
		rejected: guardians.names(service, head, &session.rejected).await?,
		refused: guardians.names(service, head, &session.refused).await?,
		requested_at: session.requested_at,
		expires_at: session.expires_at,
		active_until: session.active_until,
		disputed: session.disputed,
		review_due: session.review_due,
		overdue: session.overdue,
		verdict: session.verdict,
		practitioner,
		handed_to,
		block: head.block,
	})
}
