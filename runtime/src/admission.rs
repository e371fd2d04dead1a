//! Every call of the runtime that a transaction may carry, with its lane and who may sign it. A call that is not listed
//! is refused in the pool. This decides what a block spends room on; whether the caller is entitled is decided again in
//! the call.

use pallet_consortium::{Admission, ClassifyCall, Lane, Who};

use crate::{AccountId, RuntimeCall};

/// The classification of this runtime's calls.
pub struct Calls;

/// Calls in one batch. Deeper nesting is refused altogether.
const MAX_BATCH: usize = 128;

impl ClassifyCall<RuntimeCall, AccountId> for Calls {
	fn classify(call: &RuntimeCall) -> Option<Admission> {
		match call {
			RuntimeCall::Utility(call) => batch(call),
			call => single(call),
		}
	}
}

fn single(call: &RuntimeCall) -> Option<Admission> {
	use pallet_audit_trail::Call as Audit;
	use pallet_consent::Call as Consent;
	use pallet_consortium::Call as Consortium;
	use pallet_emergency_access::Call as Emergency;
	use pallet_patient_registry::Call as Registry;
	use pallet_record_anchors::Call as Anchors;

	let (lane, who) = match call {
		RuntimeCall::System(call) => match call {
			// The council has said which code. Anybody may send it without a signature, too; signed it goes in order.
			frame_system::Call::apply_authorized_upgrade { .. } => (Lane::Governance, Who::CouncilMember),
			_ => return None,
		},
		RuntimeCall::Consortium(call) => match call {
			Consortium::register_gateway { .. }
			| Consortium::remove_gateway { .. }
			| Consortium::register_node { .. }
			| Consortium::remove_node { .. } => (Lane::Governance, Who::Operator),
			Consortium::register_practitioner { .. }
			| Consortium::update_practitioner { .. }
			| Consortium::end_practitioner { .. } => (Lane::Governance, Who::GatewayOrOperator),
			Consortium::request_pause { .. } => (Lane::Governance, Who::CouncilMember),
			Consortium::expire_membership { .. } => (Lane::Bulk, Who::AnyMember),
			// Decided by motions of the council: as transactions of their own they could only fail.
			_ => return None,
		},
		RuntimeCall::Council(call) => match call {
			pallet_collective::Call::propose { .. }
			| pallet_collective::Call::vote { .. }
			| pallet_collective::Call::close { .. }
			| pallet_collective::Call::release_proposal_cost { .. } => (Lane::Governance, Who::CouncilMember),
			// No call is for a single seat: `execute` could only take up room.
			_ => return None,
		},
		RuntimeCall::Session(call) => match call {
			pallet_session::Call::set_keys { .. } => (Lane::Governance, Who::Validator),
			// Purging would take a validator out of the set past the guards of `consortium`.
			_ => return None,
		},
		RuntimeCall::PatientRegistry(call) => match call {
			Registry::register_patient { .. } => (Lane::Bulk, Who::Gateway),
			// The patient stands at the desk, or lies in the ward recognised: not behind the institution's own bulk.
			Registry::claim_handle { .. } | Registry::merge_handle { .. } | Registry::unmerge_handle { .. } => {
				(Lane::Decisions, Who::Gateway)
			}
			Registry::rotate_controller { handle, .. } | Registry::retire_handle { handle, .. } => {
				(Lane::PatientRights, Who::Controller(*handle))
			}
			_ => return None,
		},
		RuntimeCall::RecordAnchors(call) => match call {
			Anchors::anchor_records { .. } | Anchors::anchor_batch { .. } => (Lane::Bulk, Who::Gateway),
			_ => return None,
		},
		RuntimeCall::Consent(call) => match call {
			Consent::grant_capability { handle, .. }
			| Consent::revoke_capability { handle, .. }
			| Consent::revoke_grantee { handle, .. } => (Lane::PatientRights, Who::Controller(*handle)),
			Consent::request_access { .. } => (Lane::Decisions, Who::Gateway),
			Consent::remove_expired_permits { .. } => (Lane::Bulk, Who::AnyMember),
			_ => return None,
		},
		RuntimeCall::EmergencyAccess(call) => match call {
			Emergency::register_guardian_key { .. } | Emergency::seal_envelopes { .. } => (Lane::Bulk, Who::Gateway),
			Emergency::abandon_formation { .. }
			| Emergency::retire_committee { .. }
			| Emergency::expire_session { .. }
			| Emergency::escalate_review { .. } => (Lane::Bulk, Who::AnyMember),
			Emergency::post_dealing { .. }
			| Emergency::request_emergency { .. }
			| Emergency::cancel_request { .. }
			| Emergency::close_session { .. }
			| Emergency::suspend_in_person { .. }
			| Emergency::review_session { .. }
			| Emergency::request_locate { .. }
			| Emergency::evaluate_locate { .. } => (Lane::Decisions, Who::Gateway),
			Emergency::dispute_dealing { committee, .. } | Emergency::confirm_share { committee, .. } => {
				(Lane::Decisions, Who::GuardianIn(*committee))
			}
			Emergency::approve_request { .. }
			| Emergency::reject_request { .. }
			| Emergency::confirm_dispute { .. } => (Lane::Decisions, Who::Guardian),
			Emergency::set_personal_committee { handle, .. }
			| Emergency::remove_personal_committee { handle, .. }
			| Emergency::dispute_session { handle, .. } => (Lane::PatientRights, Who::Controller(*handle)),
			_ => return None,
		},
		RuntimeCall::AuditTrail(call) => match call {
			Audit::file_receipts { .. } => (Lane::Bulk, Who::Gateway),
			_ => return None,
		},
		_ => return None,
	};
	Some(Admission { lane, who })
}

/// A batch travels in the lane of its lowest call, and all of its calls must be for the same kind of signer.
fn batch(call: &pallet_utility::Call<crate::Runtime>) -> Option<Admission> {
	use pallet_utility::Call as Utility;
	let calls = match call {
		Utility::batch { calls } | Utility::batch_all { calls } | Utility::force_batch { calls } => calls,
		_ => return None,
	};
	if calls.len() > MAX_BATCH {
		return None;
	}
	let mut admissions = calls.iter().map(single);
	let mut joint = admissions.next()??;
	for admission in admissions {
		let admission = admission?;
		if admission.who != joint.who {
			return None;
		}
		if admission.lane.priority() < joint.lane.priority() {
			joint.lane = admission.lane;
		}
	}
	Some(joint)
}
