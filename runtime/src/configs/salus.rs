//! The pallets of Salus. What a council would tune is listed here as a constant until parameters live on chain.

use frame_support::{
	parameter_types,
	traits::{ConstU32, ConstU8},
	weights::constants::WEIGHT_REF_TIME_PER_MILLIS,
};
use pallet_consortium::{PalletSession, Quota};
use pallet_emergency_access::EmergencyLimits;
use salus_primitives::{Moment, DAY, HOUR, MINUTE};

use super::{
	consensus::{BONDING_SESSIONS, MAX_AUTHORITIES},
	council::{Majority, TwoThirds},
	system::LongestEra,
};
use crate::{
	admission::Calls, AuditTrail, Consortium, Council, EmergencyAccess, PatientRegistry, Runtime, Signature, Timestamp,
	SLOT_DURATION_MS,
};

/// Most members that are not deactivated, and so seats in the council.
pub const MAX_INSTITUTIONS: u32 = 100;

/// Picoseconds in which a block may execute: a third of the slot.
const BLOCK_REF_TIME: u64 = SLOT_DURATION_MS / 3 * WEIGHT_REF_TIME_PER_MILLIS;

parameter_types! {
	/// A new member may use a quarter of the blocks for bulk and an eighth for decisions over time; bursts are bounded by the
	/// blocks themselves.
	pub const DefaultQuota: Quota = Quota { bulk: BLOCK_REF_TIME / 4, decisions: BLOCK_REF_TIME / 8 };
	/// A patient with an own key may use this of each block: two dozen revocations a minute, or one committee of the largest size
	/// every minute.
	pub const PatientQuota: u64 = BLOCK_REF_TIME / 1_000;
	/// The persons whom a patient chose as guardians may use this of each block together: so much that all of the largest
	/// committee can prove at once that they hold their shares.
	pub const GuardianQuota: u64 = BLOCK_REF_TIME / 250;
	/// What the council cannot take from an institution: its own votes, and acts on behalf of its patients.
	pub const GuaranteedQuota: u64 = BLOCK_REF_TIME / 100;
	/// Blocks' worth of a quota that may be used at once: two minutes.
	pub const BurstBlocks: u32 = (120_000 / SLOT_DURATION_MS) as u32;
	/// How long a custodian still controls a handle that its patient has claimed: long enough to notice a mistaken claim.
	pub const ClaimDelay: Moment = DAY;
	/// How far ahead a proof of possession may expire.
	pub const MaxProofValidity: Moment = HOUR;
	/// One shift.
	pub const MaxPermitValidity: Moment = 12 * HOUR;
	/// Empty answers for one institution and day.
	pub const MaxRefusalsPerDay: u32 = 1_000;
	/// How far back a batch of receipts may begin: a gateway that was offline for a month can still file.
	pub const MaxReceiptsAge: Moment = 31 * DAY;
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
	type Council = Council;
	type Sessions = PalletSession<Runtime>;
	type Handles = PatientRegistry;
	type Guardians = EmergencyAccess;
	type Admission = Calls;
	type Time = Timestamp;
	type MaxInstitutions = ConstU32<MAX_INSTITUTIONS>;
	type MaxGateways = ConstU32<8>;
	type MaxValidators = ConstU32<MAX_AUTHORITIES>;
	type MinValidators = ConstU32<4>;
	type SessionsKept = ConstU32<{ BONDING_SESSIONS as u32 }>;
	type LongestEra = LongestEra;
	type DefaultQuota = DefaultQuota;
	type PatientQuota = PatientQuota;
	type GuardianQuota = GuardianQuota;
	type GuaranteedQuota = GuaranteedQuota;
	type BurstBlocks = BurstBlocks;
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
