//! What a call declares before it runs.

use crate::{mock::*, Call, WeightInfo};
use frame_support::dispatch::{DispatchClass, GetDispatchInfo};

#[test]
fn weight_holds_the_share_of_the_audit_trail_when_a_call_writes_an_entry() {
	let commitments = vec![commitment(0), commitment(1)].try_into().unwrap();
	let call = Call::<Test>::anchor_records { handle: HANDLE, commitments, entry: ENTRY };
	let info = call.get_dispatch_info();
	assert_eq!(info.call_weight, <() as WeightInfo>::anchor_records(2).saturating_add(ENTRY_WEIGHT));
	// Bulk: it may not take the room that is kept for patients and decisions.
	assert_eq!(info.class, DispatchClass::Normal);
}

#[test]
fn weight_is_the_calls_own_when_it_writes_no_entry() {
	let info = Call::<Test>::anchor_batch { root: [0; 32], leaf_count: 1 }.get_dispatch_info();
	assert_eq!((info.call_weight, info.class), (<() as WeightInfo>::anchor_batch(), DispatchClass::Normal));
}
