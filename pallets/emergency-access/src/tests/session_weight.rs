//! What the calls of sessions declare before they run.

use super::{stage::*, *};
use frame_support::{
	dispatch::{DispatchClass, GetDispatchInfo},
	weights::Weight,
};
use salus_primitives::{test_support::ENTRY_WEIGHT, EmergencyRequestId, ReviewVerdict};
use salus_threshold::locate::LocatePart;

/// Every call of a session: what it weighs itself, and whether it writes an entry.
fn calls() -> Vec<(Call<Test>, Weight, bool)> {
	let committee = ready();
	let (id, entry, handle, tier) = (EmergencyRequestId([0; 32]), ENTRY, ANA, SUMMARY);
	let request = request_of(ASKER, committee, 0);
	let part = part_of(requested(committee, 1), hospital(1));
	let locate = LocateRequest { committee, blinded: [1; 32], key_hash: [2; 32], shift_tag: [3; 16], enrol: None };
	let evaluation = LocatePart { value: part.value, proof: part.proof };
	let envelopes = envelopes(committee, ANA, SUMMARY, 0, 4);
	vec![
		(
			Call::seal_envelopes { handle, tier, epoch: 0, committee, envelopes, drill: false },
			<()>::seal_envelopes(4),
			false,
		),
		(Call::request_emergency { request, entry }, <()>::request_emergency(), true),
		(Call::approve_request { id, part, entry }, <()>::approve_request(), true),
		(Call::reject_request { id, entry }, <()>::reject_request(), true),
		(Call::cancel_request { id, entry }, <()>::cancel_request(), true),
		(Call::close_session { id, entry }, <()>::close_session(), true),
		(Call::expire_session { id }, <()>::expire_session(), false),
		(Call::dispute_session { handle, id, entry }, <()>::dispute_session(), true),
		(Call::confirm_dispute { id, entry }, <()>::confirm_dispute(), true),
		(Call::suspend_in_person { id, evidence: entry, entry }, <()>::suspend_in_person(), true),
		(Call::review_session { id, verdict: ReviewVerdict::Justified, entry }, <()>::review_session(), true),
		(Call::escalate_review { id }, <()>::escalate_review(), false),
		(Call::request_locate { request: locate, entry }, <()>::request_locate(), true),
		(Call::evaluate_locate { id, part: evaluation, entry }, <()>::evaluate_locate(), true),
	]
}

#[test]
fn weight_holds_the_share_of_the_audit_trail_and_the_class_room_when_a_call_writes_an_entry() {
	run(|| {
		for (call, weight, records) in calls() {
			let info = call.get_dispatch_info();
			let expected = if records { weight.saturating_add(ENTRY_WEIGHT) } else { weight };
			assert_eq!(info.call_weight, expected, "{call:?}");
			let class = if records { DispatchClass::Operational } else { DispatchClass::Normal };
			assert_eq!(info.class, class, "{call:?}");
		}
	});
}
