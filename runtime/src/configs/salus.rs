//! The pallets of Salus. What the council tunes lies in the state: see `parameters`.

use frame_support::{
	parameter_types,
	traits::{ConstU32, ConstU8},
};
use pallet_consortium::PalletSession;
use pallet_emergency_access::EmergencyLimits;
use salus_primitives::{Moment, DAY, HOUR, MINUTE};

use super::{
	consensus::{BONDING_SESSIONS, MAX_AUTHORITIES},
	council::{Majority, SeatChange, TwoThirds},
	system::LongestEra,
};
use crate::{
	admission::Calls,
	enactment::ByCouncil,
	parameters::{
		DefaultQuota, EmergencyPause, GuaranteedQuota, GuardianQuota, MaxPause, MaxPermitValidity, MaxReceiptsAge,
		MaxRefusalsPerDay, MinValidators, NodesPerMember, Parameter, PatientQuota, PauseCooldown, SessionLength,
	},
	pausing::Pausable,
	AuditTrail, Consortium, Council, EmergencyAccess, PatientRegistry, Runtime, Signature, Timestamp, SLOT_DURATION_MS,
};

/// Most members that are not deactivated, and so seats in the council.
pub const MAX_INSTITUTIONS: u32 = 100;

/// Most nodes that the council can let a member list.
pub const MAX_NODES: u32 = 32;

parameter_types! {
	/// Blocks' worth of a quota that may be used at once: two minutes.
	pub const BurstBlocks: u32 = (120_000 / SLOT_DURATION_MS) as u32;
	/// How long a custodian still controls a handle that its patient has claimed: long enough to notice a mistaken claim.
	pub const ClaimDelay: Moment = DAY;
	/// How far ahead a proof of possession may expire.
	pub const MaxProofValidity: Moment = HOUR;
	/// Periods and caps of emergency access until the council sets others.
	pub const DefaultLimits: EmergencyLimits = EmergencyLimits {
		formation: DAY,
		committee_validity: 400 * DAY,
		fallback: HOUR,
		fallback_window: HOUR,
		request_validity: 30 * MINUTE,
		session_validity: HOUR,
		review_period: 7 * DAY,
		locate_validity: 10 * MINUTE,
		shift_requests: 10,
		institution_requests: 200,
		open_sessions: 32,
		shift_locates: 10,
		institution_locates: 64,
		enrolments: 4_096,
		dispute_quorum: 2,
		suspensions: 3,
	};
}

impl pallet_consortium::Config for Runtime {
	type AdmissionOrigin = TwoThirds;
	type ParameterOrigin = Majority;
	type Enactment = ByCouncil;
	type Parameter = Parameter;
	type Pausable = Pausable;
	type Council = Council;
	type Sessions = PalletSession<Runtime>;
	type Handles = PatientRegistry;
	type Guardians = EmergencyAccess;
	type Admission = Calls;
	type Time = Timestamp;
	type MaxInstitutions = ConstU32<MAX_INSTITUTIONS>;
	type MaxGateways = ConstU32<8>;
	type MaxValidators = ConstU32<MAX_AUTHORITIES>;
	type MinValidators = MinValidators;
	type MaxNodes = ConstU32<MAX_NODES>;
	type NodesPerMember = NodesPerMember;
	type SessionLength = SessionLength;
	type SessionsKept = ConstU32<{ BONDING_SESSIONS as u32 }>;
	type LongestEra = LongestEra;
	type DefaultQuota = DefaultQuota;
	type PatientQuota = PatientQuota;
	type GuardianQuota = GuardianQuota;
	type GuaranteedQuota = GuaranteedQuota;
	type BurstBlocks = BurstBlocks;
	type MaxPause = MaxPause;
	type EmergencyPause = EmergencyPause;
	type PauseCooldown = PauseCooldown;
	type SeatChange = SeatChange;
	type WeightInfo = pallet_consortium::weights::SubstrateWeight<Runtime>;
}

impl pallet_patient_registry::Config for Runtime {
	type Members = Consortium;
	type Roles = Consortium;
	type Audit = AuditTrail;
	type Time = Timestamp;
	type ClaimDelay = ClaimDelay;
	type MaxProofValidity = MaxProofValidity;
	type MaxControllers = ConstU32<4>;
	type MaxMerges = ConstU32<8>;
	type Signature = Signature;
	type WeightInfo = pallet_patient_registry::weights::SubstrateWeight<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = ();
}

impl pallet_record_anchors::Config for Runtime {
	type Members = Consortium;
	type Handles = PatientRegistry;
	type Audit = AuditTrail;
	type Time = Timestamp;
	type MaxAnchors = ConstU32<64>;
	type WeightInfo = pallet_record_anchors::weights::SubstrateWeight<Runtime>;
}

impl pallet_consent::Config for Runtime {
	type Members = Consortium;
	type Handles = PatientRegistry;
	type Audit = AuditTrail;
	type Time = Timestamp;
	type MaxCapabilities = ConstU32<16>;
	type MaxPermitValidity = MaxPermitValidity;
	type MaxRefusalsPerDay = MaxRefusalsPerDay;
	type MaxDelegationDepth = ConstU8<3>;
	type WeightInfo = pallet_consent::weights::SubstrateWeight<Runtime>;
}

impl pallet_emergency_access::Config for Runtime {
	type Members = Consortium;
	type Handles = PatientRegistry;
	type Roles = Consortium;
	type Audit = AuditTrail;
	type Time = Timestamp;
	type CommitteeOrigin = TwoThirds;
	type DefaultLimits = DefaultLimits;
	type WeightInfo = pallet_emergency_access::weights::SubstrateWeight<Runtime>;
}

impl pallet_audit_trail::Config for Runtime {
	type Members = Consortium;
	type Time = Timestamp;
	type MaxEntriesPerBlock = ConstU32<8_192>;
	type MaxReceiptsAge = MaxReceiptsAge;
	type WeightInfo = pallet_audit_trail::weights::SubstrateWeight<Runtime>;
}
