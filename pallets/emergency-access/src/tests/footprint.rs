//! What one session costs in bytes: of state, and of the block bodies that carry it. These are the figures of the documentation.

use super::{stage::*, *};
use codec::{Encode, MaxEncodedLen};
use frame_support::traits::StorageInfoTrait;
use salus_primitives::EmergencyRequestId;
use sp_runtime::AccountId32;

/// Bytes of the call's encoding in an extrinsic: its pallet's index and the call.
fn call_len(call: Call<Test>) -> usize {
	RuntimeCall::from(call).encode().len()
}

/// Bytes of all keys and values of the state.
fn state_len() -> usize {
	let (mut key, mut len) = (Vec::new(), 0);
	while let Some(next) = sp_io::storage::next_key(&key) {
		len += next.len() + sp_io::storage::get(&next).map_or(0, |value| value.len());
		key = next;
	}
	len
}

/// Bytes of one session's items in the state: key and value of the session, and of what lists it with the patient.
fn session_len(id: EmergencyRequestId) -> usize {
	let session = stored(id);
	Sessions::<Test>::hashed_key_for(id).len()
		+ session.encoded_size()
		+ SessionsOf::<Test>::hashed_key_for(session.handle, id).len()
}

#[test]
fn calls_of_a_session_of_three_parts_have_these_bytes() {
	run(|| {
		let committee = ready();
		let (entry, handle, tier) = (ENTRY, ANA, SUMMARY);
		let envelopes = envelopes(committee, ANA, SUMMARY, 0, 4);
		let seal = call_len(Call::seal_envelopes { handle, tier, epoch: 0, committee, envelopes, drill: false });
		let request = call_len(Call::request_emergency { request: request_of(ASKER, committee, 0), entry });
		let id = requested(committee, 0);
		let approve = call_len(Call::approve_request { id, part: part_of(id, hospital(1)), entry });
		let close = call_len(Call::close_session { id, entry });
		assert_eq!([seal, request, approve, close], [173, 408, 162, 66]);
		assert_eq!(request + 3 * approve + close, 960);
	});
}

#[test]
fn items_of_a_session_of_three_parts_have_these_bytes() {
	run(|| {
		let committee = ready();
		let id = requested(committee, 0);
		assert_eq!(session_len(id), 629);
		approved(id, 1..=3);
		assert_eq!(session_len(id), 739);
		assert_ok!(close(id));
		assert_eq!(session_len(id), 747);
	});
}

#[test]
fn nothing_else_stays_of_a_session_that_has_ended() {
	run(|| {
		let committee = ready();
		// What a first session leaves for the day, and the patient's scope, are there already.
		assert_ok!(close(opened(committee, 0)));
		with_envelopes(ANA, SUMMARY, committee);
		let ours = || state_len() - Trail::entries().encoded_size() - System::events().encoded_size();
		System::reset_events();
		let before = ours();
		let id = opened(committee, 0);
		assert_ok!(close(id));
		with_envelopes(ANA, SUMMARY, committee);
		System::reset_events();
		assert_eq!(ours() - before, session_len(id));
	});
}

#[test]
fn items_are_bounded() {
	assert_eq!(
		[
			Session::<AccountId32>::max_encoded_len(),
			LocateSession::max_encoded_len(),
			Scope::max_encoded_len(),
			DayUse::max_encoded_len(),
		],
		[1_574, 753, 806, 5_134]
	);
	assert!(EmergencyAccess::storage_info().iter().all(|item| item.max_size.is_some()));
}
