//! What clients are told about emergencies is what the state says at that time.

use pallet_emergency_access::{
	Committee, CommitteeKind, CommitteeStatus, Committees, LocateSession, LocateSessions, Member, MemberSet,
	NextCommittee, Resharing,
};
use salus_primitives::{
	Commitment, CommitteeId, CommitteePurpose, EmergencyRequestId, EmergencyTier, Guardian, InstitutionId, Moment,
	PatientHandle, DAY,
};
use salus_runtime::{AccountId, Runtime};
use salus_runtime_api as api;
use salus_runtime_api::runtime_decl_for_emergency_api::EmergencyApi;
use salus_threshold::committee::{PublicKeys, Threshold};

const NOW: Moment = 20_000 * DAY;
const HANDLE: PatientHandle = PatientHandle([7; 32]);

fn at(now: Moment, test: impl FnOnce()) {
	sp_io::TestExternalities::default().execute_with(|| {
		pallet_timestamp::Now::<Runtime>::put(now);
		test();
	});
}

fn set(version: u32, dealers: &[u16]) -> MemberSet<AccountId> {
	let member = |index: u8| Member {
		guardian: match index {
			5 => Guardian::Person(AccountId::new([5; 32])),
			_ => Guardian::Institution(InstitutionId(index.into())),
		},
		affiliation: None,
		sealing: [index; 32],
		key_version: 1,
		confirmed: index == 2,
	};
	MemberSet {
		version,
		threshold: Threshold { n: 5, k: 3 },
		members: (1..=5).map(member).collect::<Vec<_>>().try_into().unwrap(),
		dealers: dealers.to_vec().try_into().unwrap(),
		keys: None,
		valid_until: NOW + 2 * DAY,
		deadline: NOW + DAY,
	}
}

fn committee(status: CommitteeStatus, set: MemberSet<AccountId>) -> Committee<AccountId> {
	let last_version = set.version;
	Committee {
		kind: CommitteeKind::Consortium,
		purpose: CommitteePurpose::Release,
		status,
		set,
		key_id: None,
		on_behalf: None,
		fallback_after: None,
		last_version,
	}
}

#[test]
fn nothing_is_told_when_nothing_is_there() {
	at(NOW, || {
		assert_eq!(Runtime::committee(CommitteeId(0)), None);
		assert!(Runtime::committees().is_empty());
		assert_eq!(Runtime::consortium_committee(CommitteePurpose::Release), None);
		assert_eq!(Runtime::scope(HANDLE, EmergencyTier::Summary), api::EmergencyScopeInfo::default());
		assert_eq!(Runtime::session(EmergencyRequestId([1; 32])), None);
		assert!(Runtime::sessions(HANDLE).is_empty());
		assert_eq!(Runtime::locate_session(EmergencyRequestId([1; 32])), None);
	});
}

#[test]
fn a_committee_is_shown_with_who_dealt_confirmed_and_counts() {
	at(NOW, || {
		Committees::<Runtime>::insert(CommitteeId(0), committee(CommitteeStatus::Dealing, set(1, &[1, 3])));
		let info = Runtime::committee(CommitteeId(0)).unwrap();
		assert_eq!((info.n, info.k, info.version, info.status), (5, 3, 1, api::CommitteeStatus::Dealing));
		let indices = |chosen: fn(&api::CommitteeMemberInfo<AccountId>) -> bool| -> Vec<u16> {
			info.members.iter().filter(|member| chosen(member)).map(|member| member.index).collect()
		};
		assert_eq!(indices(|member| member.dealt), [1, 3]);
		assert_eq!(indices(|member| member.confirmed), [2]);
		// No institution is a member of the consortium here; a person needs not be one.
		assert_eq!(indices(|member| member.counts), [5]);
		assert_eq!(indices(|member| member.public_share.is_some()), [0; 0]);
		assert_eq!(info.pending, None);
	});
}

#[test]
fn keys_are_shown_by_index_once_they_are_known() {
	at(NOW, || {
		let keys = PublicKeys { group: [9; 32], members: (11..16).map(|member| [member; 32]).collect() };
		let set = MemberSet { keys: Some(keys), ..set(1, &[1, 2, 3, 4, 5]) };
		let known = Committee { key_id: Some([8; 32]), ..committee(CommitteeStatus::Active, set) };
		Committees::<Runtime>::insert(CommitteeId(0), known);
		let info = Runtime::committee(CommitteeId(0)).unwrap();
		assert_eq!((info.key_id, info.group_key), (Some([8; 32]), Some([9; 32])));
		let shares: Vec<_> = info.members.iter().map(|member| (member.index, member.public_share)).collect();
		assert_eq!(shares, (1..=5).map(|index| (index, Some([10 + index as u8; 32]))).collect::<Vec<_>>());
	});
}

#[test]
fn dealers_of_a_resharing_are_not_taken_for_members_of_the_new_set() {
	at(NOW, || {
		Committees::<Runtime>::insert(CommitteeId(0), committee(CommitteeStatus::Active, set(2, &[4, 5])));
		Resharing::<Runtime>::insert(CommitteeId(0), set(3, &[1]));
		let info = Runtime::committee(CommitteeId(0)).unwrap();
		assert!(info.members.iter().all(|member| !member.dealt));
		let pending = info.pending.unwrap();
		assert_eq!((pending.version, pending.dealers), (3, vec![1]));
		assert!(pending.members.iter().all(|member| !member.dealt));
	});
}

#[test]
fn a_committee_whose_time_is_over_shows_as_ended() {
	let shown = |now, status| {
		let mut shown = None;
		at(now, || {
			Committees::<Runtime>::insert(CommitteeId(0), committee(status, set(1, &[])));
			NextCommittee::<Runtime>::put(CommitteeId(1));
			let status = Runtime::committee(CommitteeId(0)).unwrap().status;
			shown = Some((status, Runtime::committees().len()));
		});
		shown.unwrap()
	};
	use api::CommitteeStatus as Shown;
	for (now, status, expected) in [
		(NOW + DAY - 1, CommitteeStatus::Dealing, (Shown::Dealing, 1)),
		(NOW + DAY, CommitteeStatus::Dealing, (Shown::Failed, 0)),
		(NOW + DAY, CommitteeStatus::Confirming, (Shown::Failed, 0)),
		(NOW + DAY, CommitteeStatus::Active, (Shown::Active, 1)),
		(NOW + 2 * DAY - 1, CommitteeStatus::Superseded, (Shown::Superseded, 1)),
		(NOW + 2 * DAY, CommitteeStatus::Superseded, (Shown::Retired, 0)),
		(NOW + 2 * DAY, CommitteeStatus::Active, (Shown::Retired, 0)),
	] {
		assert_eq!(shown(now, status), expected, "{status:?}");
	}
}

#[test]
fn a_locate_session_is_active_exactly_while_it_is_complete_and_not_over() {
	let id = EmergencyRequestId([1; 32]);
	let shown = |parts: u16, now| {
		let mut shown = None;
		at(now, || {
			let session = LocateSession {
				committee: CommitteeId(0),
				version: 1,
				institution: InstitutionId(1),
				blinded: [2; 32],
				key_hash: [3; 32],
				shift_tag: [4; 16],
				enrol: None,
				required: 3,
				parts: (1..=parts).map(|index| (index, [5; 32])).collect::<Vec<_>>().try_into().unwrap(),
				refused: Default::default(),
				requested_at: NOW,
				expires_at: NOW + 1,
				entry: Commitment([6; 32]),
			};
			LocateSessions::<Runtime>::insert(id, session);
			shown = Runtime::locate_session(id).map(|info| info.status);
		});
		shown.unwrap()
	};
	use api::EmergencyStatus::*;
	for (parts, now, expected) in [(2, NOW, Requested), (2, NOW + 1, Expired), (3, NOW, Active), (3, NOW + 1, Closed)] {
		assert_eq!(shown(parts, now), expected, "{parts} parts");
	}
}
