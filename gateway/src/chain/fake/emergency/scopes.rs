//! What custodians seal, and who used it up.

use super::{refused, sessions::REQUEST_VALIDITY, EmergencyWorld, World};
use salus_client::{chain::ChainError, emergency::is_unused};
use salus_primitives::{Commitment, CommitteeId, EmergencyTier, InstitutionId, Moment, PatientHandle};
use salus_runtime_api::{EmergencyScopeInfo, EmergencySessionInfo, SealedSetInfo};

const TIERS: [EmergencyTier; 2] = [EmergencyTier::Summary, EmergencyTier::Wider];
/// Envelopes of a set that one institution may use up for nothing within twice the time that guardians have.
const MAX_SPENT: usize = 3;
/// The last envelopes of a set are for institutions that used none up in that time.
const RESERVED: usize = 2;

/// An envelope that was used up, and so far for nothing.
pub(super) struct Spent {
	number: u8,
	institution: InstitutionId,
	at: Moment,
}

impl World {
	pub(super) fn seal_envelopes(
		&mut self,
		own: InstitutionId,
		(handle, tier): (PatientHandle, EmergencyTier),
		epoch: u32,
		committee: CommitteeId,
		envelopes: Vec<Commitment>,
		drill: bool,
	) -> Result<(), ChainError> {
		if self.handles.get(&handle).map(|info| info.custodian) != Some(own) {
			return Err(refused("NotCustodian"));
		}
		let emergency = &mut self.emergency;
		let key_id = emergency.committee(committee).and_then(|committee| committee.key_id);
		let key_id = key_id.ok_or_else(|| refused("UnknownCommittee"))?;
		let running = emergency.scopes.get(&(handle, tier)).map_or(0, |scope| scope.epoch);
		let begins = epoch == running + 1;
		let was_drill = TIERS.iter().find_map(|tier| emergency.scopes.get(&(handle, *tier))).map(|scope| scope.drill);
		// Test data may become real with a new epoch, and real ones never become test data.
		if was_drill.is_some_and(|was_drill| was_drill != drill && !(was_drill && begins)) {
			return Err(refused("DrillIsFixed"));
		}
		if epoch != running && !begins {
			return Err(refused("WrongEpoch"));
		}
		if begins {
			emergency.begin_epoch(handle, tier);
		}
		let scope = emergency.scopes.entry((handle, tier)).or_default();
		scope.drill = drill;
		let consumed = scope.sealed.iter().find(|set| set.committee == committee).map_or(0, |set| set.consumed);
		if consumed != 0 && !envelopes.is_empty() {
			return Err(refused("EnvelopesInUse"));
		}
		scope.sealed.retain(|set| set.committee != committee);
		// What was used up is not forgotten before the epoch ends.
		if consumed != 0 || !envelopes.is_empty() {
			scope.sealed.push(SealedSetInfo { committee, key_id, envelopes, consumed });
		}
		if !drill {
			emergency.make_real(handle, tier);
		}
		Ok(())
	}
}

impl EmergencyWorld {
	/// Ends the running epoch of a scope.
	pub(super) fn begin_epoch(&mut self, handle: PatientHandle, tier: EmergencyTier) {
		let scope = self.scopes.entry((handle, tier)).or_default();
		scope.epoch += 1;
		scope.sealed.clear();
		self.spent.retain(|(of, within, _), _| (*of, *within) != (handle, tier));
	}

	/// Nothing that was sealed for drills is left in the other tier.
	fn make_real(&mut self, handle: PatientHandle, sealed: EmergencyTier) {
		for tier in TIERS.into_iter().filter(|tier| *tier != sealed) {
			let drill = self.scopes.get(&(handle, tier)).filter(|scope| scope.drill);
			if let Some(EmergencyScopeInfo { epoch, .. }) = drill {
				let epoch = epoch + 1;
				self.scopes.insert((handle, tier), EmergencyScopeInfo { epoch, ..Default::default() });
			}
		}
	}

	/// Whether an institution may use up another envelope of a set.
	pub(super) fn leaves_enough(
		&self,
		handle: PatientHandle,
		tier: EmergencyTier,
		set: &SealedSetInfo,
		institution: InstitutionId,
	) -> bool {
		let since = salus_client::now() - 2 * REQUEST_VALIDITY;
		let spent = self.spent.get(&(handle, tier, set.committee)).into_iter().flatten();
		let spent = spent.filter(|spent| spent.institution == institution && since < spent.at).count();
		let unused = (0..).take(set.envelopes.len()).filter(|number| is_unused(set, *number)).count();
		spent == 0 || (spent < MAX_SPENT && unused > RESERVED)
	}

	/// Writes down who used the envelope of a session up.
	pub(super) fn note_spent(&mut self, session: &EmergencySessionInfo) {
		let spent = Spent { number: session.envelope, institution: session.institution, at: session.requested_at };
		self.spent.entry((session.handle, session.tier, session.committee)).or_default().push(spent);
	}

	/// The envelope of a session was not used up for nothing.
	pub(super) fn forgive(&mut self, session: &EmergencySessionInfo) {
		let in_epoch = self.scopes.get(&(session.handle, session.tier)).map(|scope| scope.epoch);
		let of_set = self.spent.get_mut(&(session.handle, session.tier, session.committee));
		if let Some(spent) = of_set.filter(|_| in_epoch == Some(session.epoch)) {
			spent.retain(|spent| spent.number != session.envelope);
		}
	}
}
