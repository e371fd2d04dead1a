//! What a decision rests on, and the checks that come before any record is looked at.

use super::{is_valid, Refusal};
use crate::index::PolicyRow;
use salus_client::wire::{Account, Bytes32, Bytes64, EntryOpening, ReleaseChallenge, SignedRequest, CHALLENGE_TAG};
use salus_policy::{Category, LabelClass, RecordLabels};
use salus_primitives::{Act, InstitutionId, Moment, PermitId, RecordId, ScopeTag};
use salus_runtime_api::{CapabilityInfo, HandleInfo, HandleStatus, PermitInfo, PractitionerInfo};

/// A record as far as a decision needs it.
#[derive(Clone, Copy, Debug)]
pub struct RecordView<'a> {
	/// The record.
	pub record: RecordId,
	/// What a policy can say about it.
	pub labels: &'a RecordLabels,
	/// Whether no newer version replaced it.
	pub current: bool,
}

/// Everything that a release is decided on. What is of the chain was read at one finalized head.
#[derive(Clone, Copy)]
pub struct ReleaseCase<'a> {
	/// Hash of the genesis block.
	pub genesis: &'a [u8; 32],
	/// The institution that decides.
	pub own: InstitutionId,
	/// Time of the decision.
	pub now: Moment,
	/// The institution whose gateway asks.
	pub caller: InstitutionId,
	/// The permit's number.
	pub permit_id: PermitId,
	/// The permit, when it is live.
	pub permit: Option<&'a PermitInfo>,
	/// The handle of the permit.
	pub handle: Option<&'a HandleInfo<Account>>,
	/// Registry entry of the practitioner whom the request names.
	pub practitioner: Option<&'a PractitionerInfo>,
	/// The practitioner's request.
	pub request: &'a SignedRequest,
	/// The opened audit entry of the request.
	pub opening: &'a EntryOpening,
	/// The challenge, which was drawn here, for this permit and caller, and is used now for the first time.
	pub nonce: &'a Bytes32,
	/// Signature under the challenge.
	pub signature: &'a Bytes64,
	/// The capabilities of the handle.
	pub capabilities: &'a [CapabilityInfo],
	/// The policy documents that are held for the handle.
	pub policies: &'a [PolicyRow],
	/// The records of the handle.
	pub records: &'a [RecordView<'a>],
	/// The tag of a category and class under the handle.
	pub tag_of: &'a dyn Fn(Category, LabelClass) -> ScopeTag,
}

/// What stands once nothing forbids a release as a whole.
pub(super) struct Standing<'a> {
	pub permit: &'a PermitInfo,
	pub practitioner: &'a PractitionerInfo,
}

impl<'a> ReleaseCase<'a> {
	pub(super) fn standing(&self) -> Result<Standing<'a>, Refusal> {
		let permit = self.live_permit()?;
		self.check_handle()?;
		self.check_keys(permit)?;
		let practitioner = self.check_practitioner(permit)?;
		self.check_request(permit, practitioner)?;
		self.check_opening(permit)?;
		Ok(Standing { permit, practitioner })
	}

	fn live_permit(&self) -> Result<&'a PermitInfo, Refusal> {
		let permit = self.permit.filter(|permit| permit.id == self.permit_id).ok_or(Refusal::PermitNotLive)?;
		if permit.expires_at <= self.now {
			return Err(Refusal::PermitExpired);
		}
		if permit.institution != self.caller {
			return Err(Refusal::OtherInstitution);
		}
		if permit.tags.is_empty() || permit.capabilities.is_empty() {
			return Err(Refusal::PermitNotLive);
		}
		Ok(permit)
	}

	fn check_handle(&self) -> Result<(), Refusal> {
		match self.handle {
			Some(info) if info.custodian != self.own => Err(Refusal::NotKeptHere),
			Some(info) if info.status == HandleStatus::Active => Ok(()),
			Some(_) => Err(Refusal::HandleRetired),
			None => Err(Refusal::NotKeptHere),
		}
	}

	/// Who asks now is who asked then: the permit is bound to the one-time keys, and the signing one signs the challenge.
	fn check_keys(&self, permit: &PermitInfo) -> Result<(), Refusal> {
		let keys = self.request.statement.one_time_keys().map_err(|_| Refusal::KeysNotBound)?;
		if keys.binding() != permit.requester {
			return Err(Refusal::KeysNotBound);
		}
		let message = ReleaseChallenge::message(self.genesis, self.own, self.permit_id, self.nonce);
		keys.verify(CHALLENGE_TAG, &message, &self.signature.0).map_err(|_| Refusal::ChallengeSignature)
	}

	fn check_practitioner(&self, permit: &PermitInfo) -> Result<&'a PractitionerInfo, Refusal> {
		let info = self.practitioner.ok_or(Refusal::UnknownPractitioner)?;
		if info.institution != permit.institution {
			return Err(Refusal::PractitionerElsewhere);
		}
		is_valid(info, self.now).then_some(info).ok_or(Refusal::PractitionerNotValid)
	}

	fn check_request(&self, permit: &PermitInfo, practitioner: &PractitionerInfo) -> Result<(), Refusal> {
		let statement = &self.request.statement;
		if !self.request.is_signed_by(self.genesis, &practitioner.signing_key) {
			return Err(Refusal::RequestSignature);
		}
		if statement.handle != permit.handle {
			return Err(Refusal::OtherHandle);
		}
		if statement.custodian != self.own {
			return Err(Refusal::OtherCustodian);
		}
		if statement.purpose.class_code() != permit.purpose as u8 {
			return Err(Refusal::OtherPurpose);
		}
		Ok(())
	}

	/// The entry that the patient will read says the same as the request that is answered.
	fn check_opening(&self, permit: &PermitInfo) -> Result<(), Refusal> {
		let entry = self.opening.full_entry().ok_or(Refusal::OtherOpening)?;
		let inside = entry.request.and_then(|bytes| serde_json::from_slice::<SignedRequest>(&bytes.0).ok());
		// The commitment on chain is the one thing in the opening that the requester cannot choose now.
		let same = self.opening.commitment == permit.entry
			&& inside.as_ref() == Some(self.request)
			&& entry.event.act == Act::Request
			&& entry.actor.institution == Some(permit.institution)
			&& entry.actor.practitioner == Some(self.request.statement.practitioner)
			&& entry.patient == Some(permit.handle);
		same.then_some(()).ok_or(Refusal::OtherOpening)
	}
}
