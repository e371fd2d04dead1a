//! Every call of the runtime is either admitted for somebody, in some lane, or refused on purpose.

use codec::Encode;
use frame_support::{
	dispatch::{DispatchClass, GetDispatchInfo},
	traits::GetCallMetadata,
};
use pallet_consortium::{Admission, ClassifyCall, Config, Lane, Tunable, Who};
use salus_primitives::{Commitment, InstitutionId, NodeId, PatientHandle, PractitionerId, PurposeClass};
use salus_runtime::{AccountId, Parameter, Runtime, RuntimeCall, SessionKeys};
use sp_keyring::Sr25519Keyring::Alice;

type Calls = <Runtime as Config>::Admission;

fn classify(call: &RuntimeCall) -> Option<Admission> {
	<Calls as ClassifyCall<RuntimeCall, AccountId>>::classify(call)
}

const HANDLE: PatientHandle = PatientHandle([7; 32]);
const ENTRY: Commitment = Commitment([9; 32]);

fn admitted() -> Vec<(RuntimeCall, Lane, Who)> {
	use pallet_audit_trail::Call as Audit;
	use pallet_consent::Call as Consent;
	use pallet_consortium::Call as Consortium;
	use pallet_patient_registry::{Call as Registry, Control, ControlProof};
	use pallet_record_anchors::Call as Anchors;
	let proof = || ControlProof { expires_at: 0, signature: sp_core::sr25519::Signature::default().into() };
	let grant = pallet_consent::Grant {
		grantee: InstitutionId(1),
		tags: Default::default(),
		purposes: Default::default(),
		valid_from: 0,
		valid_until: 1,
		delegation_depth: 0,
		policy: ENTRY,
		wraps: [0; 32],
	};
	let staff = || pallet_consortium::PractitionerRecord {
		signing_key: [0; 32],
		encryption_key_hash: [0; 32],
		roles: Default::default(),
		departments: Default::default(),
		valid_from: 0,
		valid_until: 1,
		emergency_authorised: false,
	};
	let patient = Who::Controller(HANDLE);
	let motion = || Box::new(RuntimeCall::System(frame_system::Call::remark { remark: vec![] }));
	let practitioner = PractitionerId([1; 32]);
	vec![
		(Consortium::register_gateway { gateway: Alice.to_account_id() }.into(), Lane::Governance, Who::Operator),
		(Consortium::remove_gateway { gateway: Alice.to_account_id() }.into(), Lane::Governance, Who::Operator),
		(Consortium::register_node { node: NodeId([1; 32]) }.into(), Lane::Governance, Who::Operator),
		(Consortium::remove_node { node: NodeId([1; 32]) }.into(), Lane::Governance, Who::Operator),
		(
			Consortium::register_practitioner { practitioner, record: staff() }.into(),
			Lane::Governance,
			Who::GatewayOrOperator,
		),
		(
			Consortium::update_practitioner { practitioner, record: staff() }.into(),
			Lane::Governance,
			Who::GatewayOrOperator,
		),
		(
			Consortium::end_practitioner { practitioner, invalid_from: 0 }.into(),
			Lane::Governance,
			Who::GatewayOrOperator,
		),
		(
			Consortium::request_pause { call: salus_runtime::Pausable::RequestAccess }.into(),
			Lane::Governance,
			Who::CouncilMember,
		),
		(Consortium::expire_membership { institution: InstitutionId(1) }.into(), Lane::Bulk, Who::AnyMember),
		(frame_system::Call::apply_authorized_upgrade { code: vec![] }.into(), Lane::Governance, Who::CouncilMember),
		(
			pallet_collective::Call::propose { threshold: 2, proposal: motion(), length_bound: 9 }.into(),
			Lane::Governance,
			Who::CouncilMember,
		),
		(
			pallet_collective::Call::vote { proposal: Default::default(), index: 0, approve: true }.into(),
			Lane::Governance,
			Who::CouncilMember,
		),
		(
			pallet_collective::Call::close {
				proposal_hash: Default::default(),
				index: 0,
				// The heaviest motion must be within reach of those who carry it out.
				proposal_weight_bound:
					<Runtime as pallet_collective::Config<pallet_collective::Instance1>>::MaxProposalWeight::get(),
				length_bound: 9,
			}
			.into(),
			Lane::Governance,
			Who::CouncilMember,
		),
		(
			pallet_collective::Call::release_proposal_cost { proposal_hash: Default::default() }.into(),
			Lane::Governance,
			Who::CouncilMember,
		),
		(pallet_session::Call::set_keys { keys: keys(), proof: vec![] }.into(), Lane::Governance, Who::Validator),
		(
			Registry::register_patient {
				handle: HANDLE,
				control: Control::Custodial { evidence: ENTRY },
				entry: ENTRY,
			}
			.into(),
			Lane::Bulk,
			Who::Gateway,
		),
		(
			Registry::claim_handle {
				handle: HANDLE,
				controller: Alice.to_account_id(),
				proof: proof(),
				evidence: ENTRY,
				entry: ENTRY,
			}
			.into(),
			Lane::Decisions,
			Who::Gateway,
		),
		(
			Registry::rotate_controller {
				handle: HANDLE,
				new_controller: Alice.to_account_id(),
				proof: proof(),
				entry: ENTRY,
			}
			.into(),
			Lane::PatientRights,
			patient,
		),
		(Registry::retire_handle { handle: HANDLE, entry: ENTRY }.into(), Lane::PatientRights, patient),
		(
			Registry::merge_handle {
				provisional: HANDLE,
				into: HANDLE,
				statement: ENTRY,
				entry: ENTRY,
				into_entry: ENTRY,
			}
			.into(),
			Lane::Decisions,
			Who::Gateway,
		),
		(
			Registry::unmerge_handle { provisional: HANDLE, statement: ENTRY, entry: ENTRY, into_entry: ENTRY }.into(),
			Lane::Decisions,
			Who::Gateway,
		),
		(
			Anchors::anchor_records { handle: HANDLE, commitments: Default::default(), entry: ENTRY }.into(),
			Lane::Bulk,
			Who::Gateway,
		),
		(Anchors::anchor_batch { root: [0; 32], leaf_count: 1 }.into(), Lane::Bulk, Who::Gateway),
		(Consent::grant_capability { handle: HANDLE, grant, entry: ENTRY }.into(), Lane::PatientRights, patient),
		(
			Consent::revoke_capability {
				handle: HANDLE,
				grantee: InstitutionId(1),
				id: Default::default(),
				entry: ENTRY,
			}
			.into(),
			Lane::PatientRights,
			patient,
		),
		(
			Consent::revoke_grantee { handle: HANDLE, grantee: InstitutionId(1), entry: ENTRY }.into(),
			Lane::PatientRights,
			patient,
		),
		(
			Consent::request_access {
				handle: HANDLE,
				tags: Default::default(),
				purpose: PurposeClass::Treatment,
				requester: [0; 32],
				entry: ENTRY,
			}
			.into(),
			Lane::Decisions,
			Who::Gateway,
		),
		(Consent::remove_expired_permits { ids: Default::default() }.into(), Lane::Bulk, Who::AnyMember),
		(
			Audit::file_receipts { root: [0; 32], count: 1, from: 0, until: 1, entry: ENTRY }.into(),
			Lane::Bulk,
			Who::Gateway,
		),
	]
	.into_iter()
	.chain(admitted_of_emergency_access())
	.collect()
}

/// Each with the heaviest arguments that it takes.
fn admitted_of_emergency_access() -> Vec<(RuntimeCall, Lane, Who)> {
	use pallet_emergency_access::{Call as Emergency, EmergencyRequest, LocateRequest, PersonalMember, PersonalSetup};
	use salus_primitives::{CommitteeId, EmergencyRequestId, EmergencyTier, Guardian, ReviewVerdict};
	use salus_threshold::{
		committee::MAX_MEMBERS,
		dealing::{Dealing, DealingDispute, DealingProof},
		envelope::EnvelopeHeader,
		locate::LocatePart,
		part::DecryptionPart,
		proof::{DleqProof, SchnorrProof},
	};
	let n = usize::from(MAX_MEMBERS);
	let (zero, id, committee) = ([0; 32], EmergencyRequestId([1; 32]), CommitteeId(0));
	let (handle, tier, entry) = (HANDLE, EmergencyTier::Summary, ENTRY);
	let proof = SchnorrProof { e: zero, f: zero };
	let dleq = DleqProof { e: zero, f: zero };
	let dealing = || Dealing {
		commitments: vec![zero; n - 2],
		ephemeral: zero,
		sealed: vec![zero; n],
		proof: DealingProof { e: zero, constant_term: zero, ephemeral: zero },
	};
	let guardian = |number: usize| PersonalMember {
		guardian: Guardian::Person(AccountId::new([number as u8; 32])),
		affiliation: None,
		sealing: zero,
	};
	let setup = PersonalSetup {
		members: (0..n).map(guardian).collect::<Vec<_>>().try_into().unwrap(),
		k: MAX_MEMBERS - 2,
		dealing: dealing(),
		fallback_after: Some(1),
		valid_until: 1,
	};
	let header = EnvelopeHeader { u: zero, ubar: zero, e: zero, f: zero, ct_hash: zero };
	let (point, key_hash, salt, shift_tag) = (zero, zero, zero, [0; 16]);
	let request =
		EmergencyRequest { handle, tier, committee, envelope: 0, salt, header, point, key_hash, proof, shift_tag };
	let locate = LocateRequest { committee, blinded: zero, key_hash, shift_tag, enrol: None };
	let part = DecryptionPart { value: zero, proof: dleq };
	let patient = Who::Controller(HANDLE);
	let listed: [(Emergency<Runtime>, Lane, Who); 22] = [
		(Emergency::register_guardian_key { sealing: zero, kem_hash: zero, proof }, Lane::Bulk, Who::Gateway),
		(Emergency::post_dealing { committee, dealing: dealing() }, Lane::Decisions, Who::Gateway),
		(
			Emergency::dispute_dealing { committee, dealer: 1, dispute: DealingDispute { shared: zero, proof: dleq } },
			Lane::Decisions,
			Who::GuardianIn(committee),
		),
		(Emergency::confirm_share { committee, proof }, Lane::Decisions, Who::GuardianIn(committee)),
		(Emergency::abandon_formation { committee }, Lane::Bulk, Who::AnyMember),
		(Emergency::set_personal_committee { handle, committee, setup, entry }, Lane::PatientRights, patient),
		(Emergency::remove_personal_committee { handle, entry }, Lane::PatientRights, patient),
		(Emergency::retire_committee { committee }, Lane::Bulk, Who::AnyMember),
		(
			Emergency::seal_envelopes {
				handle,
				tier,
				epoch: 0,
				committee,
				envelopes: vec![ENTRY; 8].try_into().unwrap(),
				drill: false,
			},
			Lane::Bulk,
			Who::Gateway,
		),
		(Emergency::request_emergency { request, entry }, Lane::Decisions, Who::Gateway),
		(Emergency::approve_request { id, part, entry }, Lane::Decisions, Who::Guardian),
		(Emergency::reject_request { id, entry }, Lane::Decisions, Who::Guardian),
		(Emergency::cancel_request { id, entry }, Lane::Decisions, Who::Gateway),
		(Emergency::close_session { id, entry }, Lane::Decisions, Who::Gateway),
		(Emergency::expire_session { id }, Lane::Bulk, Who::AnyMember),
		(Emergency::dispute_session { handle, id, entry }, Lane::PatientRights, patient),
		(Emergency::confirm_dispute { id, entry }, Lane::Decisions, Who::Guardian),
		(Emergency::suspend_in_person { id, evidence: ENTRY, entry }, Lane::Decisions, Who::Gateway),
		(Emergency::review_session { id, verdict: ReviewVerdict::Justified, entry }, Lane::Decisions, Who::Gateway),
		(Emergency::escalate_review { id }, Lane::Bulk, Who::AnyMember),
		(Emergency::request_locate { request: locate, entry }, Lane::Decisions, Who::Gateway),
		(
			Emergency::evaluate_locate { id, part: LocatePart { value: zero, proof: dleq }, entry },
			Lane::Decisions,
			Who::Gateway,
		),
	];
	listed.into_iter().map(|(call, lane, who)| (call.into(), lane, who)).collect()
}

fn keys() -> SessionKeys {
	SessionKeys { aura: Alice.public().into(), grandpa: sp_keyring::Ed25519Keyring::Alice.public().into() }
}

#[test]
fn a_call_travels_in_its_lane_and_for_its_signer() {
	for (call, lane, who) in admitted() {
		assert_eq!(classify(&call), Some(Admission { lane, who }), "{call:?}");
	}
}

#[test]
fn every_call_of_the_salus_pallets_is_classified_or_decided_by_the_council_only() {
	// Decided by motions: as a transaction of its own, such a call could only fail.
	const BY_MOTION: [(&str, &str); 13] = [
		("Consortium", "admit_institution"),
		("Consortium", "suspend_institution"),
		("Consortium", "reinstate_institution"),
		("Consortium", "deactivate_institution"),
		("Consortium", "set_quota"),
		("Consortium", "add_validator"),
		("Consortium", "remove_validator"),
		("Consortium", "replace_operator"),
		("Consortium", "enact"),
		("Consortium", "set_membership_end"),
		("EmergencyAccess", "form_committee"),
		("EmergencyAccess", "reshare_committee"),
		("EmergencyAccess", "set_limits"),
	];
	use frame_support::traits::GetCallName;
	let listed: std::collections::BTreeSet<(String, String)> = admitted()
		.iter()
		.map(|(call, ..)| {
			let metadata = call.get_call_metadata();
			(metadata.pallet_name.to_string(), metadata.function_name.to_string())
		})
		.collect();
	let all: [(&str, &[&str]); 6] = [
		("Consortium", pallet_consortium::Call::<Runtime>::get_call_names()),
		("PatientRegistry", pallet_patient_registry::Call::<Runtime>::get_call_names()),
		("RecordAnchors", pallet_record_anchors::Call::<Runtime>::get_call_names()),
		("Consent", pallet_consent::Call::<Runtime>::get_call_names()),
		("EmergencyAccess", pallet_emergency_access::Call::<Runtime>::get_call_names()),
		("AuditTrail", pallet_audit_trail::Call::<Runtime>::get_call_names()),
	];
	for (pallet, calls) in all {
		for call in calls {
			assert!(
				listed.contains(&(pallet.to_string(), call.to_string())) || BY_MOTION.contains(&(pallet, call)),
				"{pallet}::{call} has no lane: add it to src/admission.rs and to this test"
			);
		}
	}
}

#[test]
fn calls_that_nobody_may_send_are_refused() {
	let refused: Vec<RuntimeCall> = vec![
		frame_system::Call::remark { remark: vec![] }.into(),
		frame_system::Call::set_code { code: vec![] }.into(),
		frame_system::Call::set_storage { items: vec![] }.into(),
		frame_system::Call::authorize_upgrade { code_hash: Default::default() }.into(),
		pallet_timestamp::Call::set { now: 1 }.into(),
		pallet_session::Call::purge_keys {}.into(),
		pallet_collective::Call::set_members { new_members: vec![], prime: None, old_count: 0 }.into(),
		pallet_collective::Call::disapprove_proposal { proposal_hash: Default::default() }.into(),
		pallet_collective::Call::execute {
			proposal: Box::new(frame_system::Call::remark { remark: vec![] }.into()),
			length_bound: 9,
		}
		.into(),
		pallet_consortium::Call::add_validator { institution: InstitutionId(0), validator: Alice.to_account_id() }
			.into(),
		pallet_emergency_access::Call::set_limits { limits: Default::default() }.into(),
		pallet_utility::Call::dispatch_as {
			as_origin: Box::new(frame_system::RawOrigin::Root.into()),
			call: Box::new(frame_system::Call::remark { remark: vec![] }.into()),
		}
		.into(),
	];
	for call in refused {
		assert_eq!(classify(&call), None, "{call:?}");
	}
}

#[test]
fn a_batch_is_admitted_only_when_all_of_it_is_for_one_signer() {
	let calls = |calls: Vec<RuntimeCall>| RuntimeCall::from(pallet_utility::Call::batch_all { calls });
	let revoke = |handle| -> RuntimeCall {
		pallet_consent::Call::revoke_grantee { handle, grantee: InstitutionId(1), entry: ENTRY }.into()
	};
	let anchor: RuntimeCall = pallet_record_anchors::Call::anchor_batch { root: [0; 32], leaf_count: 1 }.into();
	let request: RuntimeCall = pallet_consent::Call::request_access {
		handle: HANDLE,
		tags: Default::default(),
		purpose: PurposeClass::Treatment,
		requester: [0; 32],
		entry: ENTRY,
	}
	.into();
	let patient = Admission { lane: Lane::PatientRights, who: Who::Controller(HANDLE) };
	assert_eq!(classify(&calls(vec![revoke(HANDLE), revoke(HANDLE)])), Some(patient));
	// An anchor cannot ride in the lane of a decision.
	assert_eq!(
		classify(&calls(vec![request, anchor.clone()])),
		Some(Admission { lane: Lane::Bulk, who: Who::Gateway })
	);
	// Somebody else's handle, a gateway's call, a nested batch, an empty one, a refused one.
	assert_eq!(classify(&calls(vec![revoke(HANDLE), revoke(PatientHandle([8; 32]))])), None);
	assert_eq!(classify(&calls(vec![revoke(HANDLE), anchor])), None);
	assert_eq!(classify(&calls(vec![calls(vec![revoke(HANDLE)])])), None);
	assert_eq!(classify(&calls(vec![])), None);
	assert_eq!(classify(&calls(vec![frame_system::Call::remark { remark: vec![] }.into()])), None);
	assert_eq!(classify(&calls(vec![revoke(HANDLE); 129])), None);
}

#[test]
fn rights_and_decisions_have_room_that_bulk_cannot_take() {
	for (call, lane, _) in admitted() {
		let class = call.get_dispatch_info().class;
		match lane {
			Lane::PatientRights | Lane::Decisions => assert_eq!(class, DispatchClass::Operational, "{call:?}"),
			Lane::Bulk => assert_eq!(class, DispatchClass::Normal, "{call:?}"),
			Lane::Governance => {}
		}
	}
}

/// What a lane gets per block when every parameter is as small as the council can make it.
fn smallest_quota(lane: Lane, who: Who) -> u64 {
	let least = |parameter: Parameter| parameter.range().least;
	match (lane, who) {
		(Lane::PatientRights, _) => least(Parameter::PatientQuota),
		// The smaller of what institutions and the persons whom a patient chose have for it.
		(Lane::Decisions, Who::Guardian | Who::GuardianIn(_)) => {
			least(Parameter::NewMemberDecisions).min(least(Parameter::GuardianQuota))
		}
		(Lane::Decisions, _) => least(Parameter::NewMemberDecisions),
		(Lane::Bulk, _) => least(Parameter::NewMemberBulk),
		(Lane::Governance, _) => least(Parameter::GuaranteedQuota),
	}
}

#[test]
fn the_heaviest_call_of_a_lane_fits_into_one_burst_of_the_smallest_quota_that_can_be_set() {
	let burst = u64::from(<Runtime as Config>::BurstBlocks::get());
	for (call, lane, who) in admitted() {
		let info = call.get_dispatch_info();
		let limit = smallest_quota(lane, who);
		assert!(
			info.call_weight.ref_time() < limit * burst,
			"{} ps of {} exceed {} ps",
			info.call_weight.ref_time(),
			call.get_call_metadata().function_name,
			limit * burst
		);
	}
}

#[test]
fn all_guardians_of_the_largest_personal_committee_can_confirm_and_vote_at_once() {
	use pallet_emergency_access::Call as Emergency;
	let burst = Parameter::GuardianQuota.range().least * u64::from(<Runtime as Config>::BurstBlocks::get());
	let most = u64::from(salus_threshold::committee::MAX_MEMBERS);
	for (call, lane, who) in admitted_of_emergency_access() {
		let once = matches!(
			call,
			RuntimeCall::EmergencyAccess(Emergency::confirm_share { .. } | Emergency::approve_request { .. })
		);
		if once {
			assert_eq!(lane, Lane::Decisions);
			assert!(matches!(who, Who::Guardian | Who::GuardianIn(_)), "{who:?}");
			let info = call.get_dispatch_info();
			assert!(most * info.total_weight().ref_time() < burst, "{}", call.get_call_metadata().function_name);
		}
	}
}

/// The compressed code of a runtime, with room to grow, by whoever has a seat.
#[test]
fn a_runtime_fits_into_the_bytes_of_a_block_and_of_one_burst() {
	const CODE: u64 = 2_500_000;
	let lengths = <Runtime as frame_system::Config>::BlockLength::get();
	let most = u64::from(*lengths.max.get(DispatchClass::Operational));
	assert!(CODE < most);
	let block = <Runtime as frame_system::Config>::BlockWeights::get().max_block.ref_time();
	let burst = Parameter::GuaranteedQuota.range().least * u64::from(<Runtime as Config>::BurstBlocks::get());
	assert!(block / most * CODE < burst);
}

#[test]
fn every_transaction_is_mortal_and_looks_to_clients_as_if_the_frame_checked_it() {
	use sp_runtime::traits::TransactionExtension;
	let metadata = <salus_runtime::TxExtension as TransactionExtension<RuntimeCall>>::metadata();
	let names: Vec<_> = metadata.into_iter().map(|item| item.identifier).collect();
	assert_eq!(names.iter().position(|name| *name == "CheckMortality"), Some(5), "{names:?}");
	// Fails to compile when the runtime takes the frame's own extension, which admits immortal transactions.
	let _: fn(salus_runtime::TxExtension) -> pallet_consortium::CheckMortal<Runtime> = |extensions| extensions.5;
}

#[test]
fn the_extension_adds_no_byte_to_a_transaction() {
	assert!(pallet_consortium::CheckMember::<Runtime>::new().encode().is_empty());
}
