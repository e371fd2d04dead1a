//! Answers of the `ConsortiumApi` runtime API, from the state of the block at which they are asked.

use alloc::{format, string::String, vec::Vec};
use codec::{Decode, Encode};
use pallet_consortium::{Institutions, Pauses, SessionBegan, Tunable, Validators};
use salus_primitives::{InstitutionId, MemberStatus, Moment};
use salus_runtime_api::{ParameterInfo, PauseInfo, SessionInfo, UpgradeInfo, ValidatorInfo};

use crate::{AccountId, Consortium, Parameter, Pausable, Runtime, Session, System};

pub fn parameters() -> Vec<ParameterInfo> {
	let info = |parameter: Parameter| {
		let range = parameter.range();
		ParameterInfo {
			name: format!("{parameter:?}"),
			unit: String::from(parameter.unit()),
			value: parameter.value(),
			default: range.default,
			least: range.least,
			most: range.most,
		}
	};
	Parameter::ALL.into_iter().map(info).collect()
}

pub fn pauses() -> Vec<PauseInfo> {
	let now = System::block_number();
	let info = |call: &Pausable| PauseInfo {
		call: format!("{call:?}"),
		until: Consortium::paused_until(*call),
		requests: Consortium::pause_requests(*call).collect(),
		third_may_from: Pauses::<Runtime>::get(call)
			.map(|pause| pause.third_may_from)
			.filter(|from| now < *from)
			.unwrap_or_default(),
	};
	Pausable::ALL.iter().map(info).collect()
}

pub fn validators() -> Vec<ValidatorInfo<AccountId>> {
	let (now, next) = (Session::validators(), pallet_session::QueuedKeys::<Runtime>::get());
	let disabled = Session::disabled_validators();
	let info = |(account, institution): (AccountId, InstitutionId)| {
		let place = now.iter().position(|validator| *validator == account);
		ValidatorInfo {
			institution,
			has_keys: pallet_session::NextKeys::<Runtime>::contains_key(&account),
			in_set: place.is_some(),
			in_next_set: next.iter().any(|(validator, _)| *validator == account),
			disabled: place.and_then(|place| u32::try_from(place).ok()).is_some_and(|place| disabled.contains(&place)),
			account,
		}
	};
	Validators::<Runtime>::get().into_iter().map(info).collect()
}

pub fn membership_ends() -> Vec<(InstitutionId, Moment)> {
	let mut ends: Vec<_> = Institutions::<Runtime>::iter()
		.filter(|(_, member)| member.status != MemberStatus::Deactivated)
		.filter_map(|(id, member)| member.until.map(|until| (id, until)))
		.collect();
	ends.sort();
	ends
}

pub fn authorized_upgrade() -> Option<UpgradeInfo> {
	// Its fields can be read by their bytes only.
	let upgrade = System::authorized_upgrade()?.encode();
	let (code_hash, check_version) = Decode::decode(&mut &upgrade[..]).ok()?;
	Some(UpgradeInfo { code_hash, check_version })
}

pub fn session() -> SessionInfo {
	SessionInfo {
		index: Session::current_index(),
		began: SessionBegan::<Runtime>::get(),
		length: Consortium::session_length(),
		next: Consortium::next_session_at(System::block_number()),
		set_changes: pallet_session::QueuedChanged::<Runtime>::get(),
	}
}
