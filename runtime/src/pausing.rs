//! The calls that can be paused: those that let somebody in, disclose, or fill the chain.
//!
//! Never: what takes back, contradicts, reviews, rejects or ends (sealing envelopes and replacing a guardian's key do, too); what
//! files receipts; a patient's claim of the own handle; votes, session keys and whatever else the council and the validators need to
//! get out of trouble.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use pallet_consortium::PausableCall;
use scale_info::TypeInfo;

use crate::RuntimeCall;

/// Declares the calls, so that a call and its name cannot come apart.
macro_rules! pausable {
	($($(#[$doc:meta])* $index:literal $name:ident = $pallet:ident :: $module:ident :: $call:ident,)+) => {
		/// A call that can be paused.
		#[derive(
			Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
		)]
		pub enum Pausable {
			$($(#[$doc])* #[codec(index = $index)] $name,)+
		}

		impl Pausable {
			/// Every call that can be paused.
			pub const ALL: &'static [Self] = &[$(Self::$name),+];
		}

		impl PausableCall<RuntimeCall> for Pausable {
			fn of(call: &RuntimeCall) -> Option<Self> {
				match call {
					$(RuntimeCall::$pallet($module::Call::$call { .. }) => Some(Self::$name),)+
					_ => None,
				}
			}

			#[cfg(feature = "runtime-benchmarks")]
			fn any() -> Self {
				Self::ALL[0]
			}
		}
	};
}

pausable! {
	/// `Consortium::register_gateway`
	0 RegisterGateway = Consortium::pallet_consortium::register_gateway,
	/// `Consortium::register_practitioner`
	1 RegisterPractitioner = Consortium::pallet_consortium::register_practitioner,
	/// `Consortium::update_practitioner`, which replaces keys and roles
	2 UpdatePractitioner = Consortium::pallet_consortium::update_practitioner,
	/// `PatientRegistry::register_patient`
	3 RegisterPatient = PatientRegistry::pallet_patient_registry::register_patient,
	/// `PatientRegistry::merge_handle`
	4 MergeHandle = PatientRegistry::pallet_patient_registry::merge_handle,
	/// `RecordAnchors::anchor_records`
	5 AnchorRecords = RecordAnchors::pallet_record_anchors::anchor_records,
	/// `RecordAnchors::anchor_batch`
	6 AnchorBatch = RecordAnchors::pallet_record_anchors::anchor_batch,
	/// `Consent::grant_capability`
	7 GrantCapability = Consent::pallet_consent::grant_capability,
	/// `Consent::request_access`
	8 RequestAccess = Consent::pallet_consent::request_access,
	/// `EmergencyAccess::set_personal_committee`
	9 SetPersonalCommittee = EmergencyAccess::pallet_emergency_access::set_personal_committee,
	/// `EmergencyAccess::request_emergency`. The only call of a session: calls that can be paused one after the other would
	/// stop emergencies for longer than each may
	10 RequestEmergency = EmergencyAccess::pallet_emergency_access::request_emergency,
	/// `EmergencyAccess::request_locate`
	11 RequestLocate = EmergencyAccess::pallet_emergency_access::request_locate,
}
