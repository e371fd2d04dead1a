//! What a call declares before it runs.

use super::*;
use frame_support::dispatch::{DispatchClass, GetDispatchInfo};

#[test]
fn class_is_the_one_with_reserved_room_when_a_right_or_a_decision_is_at_stake() {
	execute(|| {
		let (handle, grantee, entry) = (ANA, ASKER, ENTRY);
		let grant = grant_of(grantee, &[1]);
		let (tags, purpose, requester) = (tags(&[1]), PurposeClass::Treatment, KEY);
		let calls: [(Call<Test>, DispatchClass); 5] = [
			(Call::grant_capability { handle, grant, entry }, DispatchClass::Operational),
			(Call::revoke_capability { handle, grantee, id: CapabilityId(0), entry }, DispatchClass::Operational),
			(Call::revoke_grantee { handle, grantee, entry }, DispatchClass::Operational),
			(Call::request_access { handle, tags, purpose, requester, entry }, DispatchClass::Operational),
			(Call::remove_expired_permits { ids: Default::default() }, DispatchClass::Normal),
		];
		for (call, class) in calls {
			assert_eq!(call.get_dispatch_info().class, class, "{call:?}");
		}
	});
}
