//! What the council tunes by `consortium::enact`: each parameter with its unit, default and bounds.
//!
//! Not here: what types and stored data are sized by (batch sizes, list lengths), what replay protection rests on (eras, the
//! validity of proofs of possession), what the spec decides before a chain begins (the delay of a claim), and the limits of
//! emergency access, which have a call of their own.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::parameter_types;
use pallet_consortium::{ParameterRange, Quota, Tunable};
use salus_primitives::{Moment, DAY, HOUR};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

use crate::{
	configs::{
		consensus::MAX_AUTHORITIES,
		council::MOTIONS_OF_A_SEAT,
		salus::MAX_NODES,
		system::{LongestEra, BLOCK_REF_TIME},
	},
	BlockNumber, Consortium, DAYS,
};

/// A parameter.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
pub enum Parameter {
	/// Validators with session keys that must remain. Four are the fewest of which one may fail.
	#[codec(index = 0)]
	MinValidators,
	/// What a member gets for bulk when it is admitted, picoseconds per block.
	#[codec(index = 1)]
	NewMemberBulk,
	/// What a member gets for decisions when it is admitted, picoseconds per block.
	#[codec(index = 2)]
	NewMemberDecisions,
	/// What a patient with an own key may use, picoseconds per block.
	#[codec(index = 3)]
	PatientQuota,
	/// What the persons may use together whom a patient chose as guardians, picoseconds per block.
	#[codec(index = 4)]
	GuardianQuota,
	/// What no motion takes from a member, picoseconds per block: its votes, and acts on behalf of its patients.
	#[codec(index = 5)]
	GuaranteedQuota,
	/// Motions that a seat may keep open.
	#[codec(index = 6)]
	OpenMotionsPerSeat,
	/// After how many blocks a motion that nobody closed ends.
	#[codec(index = 7)]
	MotionDuration,
	/// Longest validity of a permit, milliseconds: one shift.
	#[codec(index = 8)]
	MaxPermitValidity,
	/// Empty answers to one institution in a day (UTC).
	#[codec(index = 9)]
	MaxRefusalsPerDay,
	/// How far back a batch of receipts may begin, milliseconds.
	#[codec(index = 10)]
	MaxReceiptsAge,
	/// Longest pause of a call by motion, blocks.
	#[codec(index = 11)]
	MaxPause,
	/// Length of a pause by a third of the seats, blocks.
	#[codec(index = 12)]
	EmergencyPause,
	/// Blocks after such a pause in which a third cannot pause the same call again.
	#[codec(index = 13)]
	PauseCooldown,
	/// Length of a session, blocks. A changed one counts for the session that runs.
	#[codec(index = 14)]
	SessionLength,
	/// Nodes that a member may list.
	#[codec(index = 15)]
	NodesPerMember,
	/// Whether nodes that no member lists are kept off the network: 1, or 0 to let everybody connect. The nodes go by it.
	#[codec(index = 16)]
	OnlyListedNodes,
}

impl Parameter {
	/// Every parameter.
	pub const ALL: [Self; 17] = [
		Self::MinValidators,
		Self::NewMemberBulk,
		Self::NewMemberDecisions,
		Self::PatientQuota,
		Self::GuardianQuota,
		Self::GuaranteedQuota,
		Self::OpenMotionsPerSeat,
		Self::MotionDuration,
		Self::MaxPermitValidity,
		Self::MaxRefusalsPerDay,
		Self::MaxReceiptsAge,
		Self::MaxPause,
		Self::EmergencyPause,
		Self::PauseCooldown,
		Self::SessionLength,
		Self::NodesPerMember,
		Self::OnlyListedNodes,
	];

	/// Unit, and default, least and most.
	fn row(self) -> (&'static str, [u64; 3]) {
		const DAY_OF_BLOCKS: u64 = DAYS as u64;
		match self {
			Self::MinValidators => ("validators", [4, 4, MAX_AUTHORITIES as u64]),
			// New members may use a quarter of the blocks for bulk and an eighth for decisions over time; bursts are
			// bounded by the blocks themselves.
			Self::NewMemberBulk => ("ps/block", [BLOCK_REF_TIME / 4, BLOCK_REF_TIME / 20, BLOCK_REF_TIME / 2]),
			Self::NewMemberDecisions => ("ps/block", [BLOCK_REF_TIME / 8, BLOCK_REF_TIME / 40, BLOCK_REF_TIME / 4]),
			// What protects one party from the others can only be raised. Two dozen revocations a minute, or one
			// committee of the largest size every minute.
			Self::PatientQuota => ("ps/block", [BLOCK_REF_TIME / 1_000, BLOCK_REF_TIME / 1_000, BLOCK_REF_TIME / 100]),
			// All of the largest committee can prove at once that they hold their shares.
			Self::GuardianQuota => ("ps/block", [BLOCK_REF_TIME / 250, BLOCK_REF_TIME / 250, BLOCK_REF_TIME / 25]),
			Self::GuaranteedQuota => ("ps/block", [BLOCK_REF_TIME / 100, BLOCK_REF_TIME / 100, BLOCK_REF_TIME / 20]),
			Self::OpenMotionsPerSeat => ("motions", [MOTIONS_OF_A_SEAT as u64, 1, MOTIONS_OF_A_SEAT as u64]),
			Self::MotionDuration => ("blocks", [7 * DAY_OF_BLOCKS, DAY_OF_BLOCKS, 30 * DAY_OF_BLOCKS]),
			Self::MaxPermitValidity => ("ms", [12 * HOUR, HOUR, DAY]),
			Self::MaxRefusalsPerDay => ("answers", [1_000, 10, 100_000]),
			// A gateway that was offline for a month can still file.
			Self::MaxReceiptsAge => ("ms", [31 * DAY, 31 * DAY, 366 * DAY]),
			Self::MaxPause => ("blocks", [30 * DAY_OF_BLOCKS, DAY_OF_BLOCKS, 90 * DAY_OF_BLOCKS]),
			Self::EmergencyPause => ("blocks", [DAY_OF_BLOCKS, DAY_OF_BLOCKS / 24, 3 * DAY_OF_BLOCKS]),
			Self::PauseCooldown => ("blocks", [7 * DAY_OF_BLOCKS, DAY_OF_BLOCKS, 60 * DAY_OF_BLOCKS]),
			// Twenty minutes. Shorter ones would shorten the time in which an equivocation can be proven; an account outlives
			// its last role by two of the longest.
			Self::SessionLength => {
				("blocks", [DAY_OF_BLOCKS / 72, DAY_OF_BLOCKS / 72, u64::from(LongestEra::get() - 1) / 2])
			}
			Self::NodesPerMember => ("nodes", [8, 2, MAX_NODES as u64]),
			Self::OnlyListedNodes => ("0 or 1", [0, 0, 1]),
		}
	}

	/// What it is counted in.
	pub fn unit(self) -> &'static str {
		self.row().0
	}

	/// The value in force.
	pub fn value(self) -> u64 {
		Consortium::parameter(self)
	}

	/// The value of a parameter whose range ends below 2^32.
	fn number(self) -> u32 {
		u32::try_from(self.value()).unwrap_or(u32::MAX)
	}
}

impl Tunable for Parameter {
	fn range(&self) -> ParameterRange {
		let (_, [default, least, most]) = self.row();
		ParameterRange { default, least, most }
	}
}

parameter_types! {
	pub MinValidators: u32 = Parameter::MinValidators.number();
	pub DefaultQuota: Quota = Quota {
		bulk: Parameter::NewMemberBulk.value(),
		decisions: Parameter::NewMemberDecisions.value(),
	};
	pub PatientQuota: u64 = Parameter::PatientQuota.value();
	pub GuardianQuota: u64 = Parameter::GuardianQuota.value();
	pub GuaranteedQuota: u64 = Parameter::GuaranteedQuota.value();
	pub OpenMotionsPerSeat: u32 = Parameter::OpenMotionsPerSeat.number();
	pub MotionDuration: BlockNumber = Parameter::MotionDuration.number();
	pub MaxPermitValidity: Moment = Parameter::MaxPermitValidity.value();
	pub MaxRefusalsPerDay: u32 = Parameter::MaxRefusalsPerDay.number();
	pub MaxReceiptsAge: Moment = Parameter::MaxReceiptsAge.value();
	pub MaxPause: BlockNumber = Parameter::MaxPause.number();
	pub EmergencyPause: BlockNumber = Parameter::EmergencyPause.number();
	pub PauseCooldown: BlockNumber = Parameter::PauseCooldown.number();
	pub SessionLength: BlockNumber = Parameter::SessionLength.number();
	pub NodesPerMember: u32 = Parameter::NodesPerMember.number();
}
