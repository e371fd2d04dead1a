//! Emergency access, the part of people and servers: guarding a share, approving with it, asking, opening.

pub mod card;
pub mod formation;
pub mod guardian;
pub mod handover;
pub mod locate;
pub mod orders;
pub mod personal;
pub mod release;
pub mod request;

#[cfg(test)]
mod testing;

use crate::keystore::AccountKey;
use hmac::{Hmac, KeyInit, Mac};
use salus_primitives::{Moment, PractitionerId, StaffRole};
use salus_runtime_api::{PractitionerInfo, SealedSetInfo};
use salus_threshold::group::SecretScalar;
use sha2::{Sha256, Sha512};
use zeroize::Zeroizing;

/// Who may ask in an emergency, besides being authorised for it in the registry.
pub const EMERGENCY_ROLES: [StaffRole; 3] = [StaffRole::Physician, StaffRole::Nurse, StaffRole::Paramedic];

/// Whether a registry entry counts at this moment, by the times it states and by what the chain said when it was read.
pub fn is_valid(info: &PractitionerInfo, now: Moment) -> bool {
	info.valid
		&& info.valid_from <= now
		&& now < info.valid_until
		&& info.invalid_from.is_none_or(|invalid_from| now < invalid_from)
}

/// Whether the roles of a registry entry are among those that ask in an emergency.
pub fn has_emergency_role(info: &PractitionerInfo) -> bool {
	info.roles.iter().any(|role| EMERGENCY_ROLES.contains(role))
}

/// Whether a registry entry lets somebody ask in an emergency.
pub fn may_ask(info: &PractitionerInfo) -> bool {
	info.emergency_authorised && has_emergency_role(info)
}

/// Whether no request used the envelope with this number up.
pub fn is_unused(set: &SealedSetInfo, number: u8) -> bool {
	set.consumed.checked_shr(number.into()).is_some_and(|bits| bits & 1 == 0)
}

/// Domain tag of [`sealing_key`].
const SEALING_KEY_TAG: &[u8] = b"salus/personal-sealing-key/v1";

/// The tag of a practitioner's day in a session on chain: the first half of `HMAC-SHA256(shift key, practitioner id)`. Whoever was not given the
/// shift key cannot tell whose it is; within the day the chain can count by it.
pub fn shift_tag(shift_key: &[u8; 32], practitioner: &PractitionerId) -> [u8; 16] {
	let mut mac = Hmac::<Sha256>::new_from_slice(shift_key).expect("HMAC takes keys of any length; qed");
	mac.update(&practitioner.0);
	let mut tag = [0; 16];
	tag.copy_from_slice(&mac.finalize().into_bytes()[..16]);
	tag
}

/// The secret that opens what is dealt to a personal guardian: `HMAC-SHA512(secret URI of the account, "salus/personal-sealing-key/v1")` cut to
/// 252 bits. The words of the account bring it back, and the share with it.
pub fn sealing_key(account: &AccountKey) -> SecretScalar {
	let mut mac = Hmac::<Sha512>::new_from_slice(account.uri().as_bytes()).expect("HMAC takes keys of any length; qed");
	mac.update(SEALING_KEY_TAG);
	let mut bytes = Zeroizing::new([0; 32]);
	bytes.copy_from_slice(&Zeroizing::new(mac.finalize().into_bytes())[..32]);
	// The group order is just above 2^252.
	bytes[31] &= 0x0f;
	SecretScalar::from_bytes(&bytes).expect("below the group order, and zero with a chance of 2^-252; qed")
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn an_entry_counts_within_its_times_until_it_was_ended() {
		let entry = PractitionerInfo {
			institution: salus_primitives::InstitutionId(1),
			roles: vec![StaffRole::Paramedic],
			departments: Vec::new(),
			signing_key: [0; 32],
			encryption_key_hash: [0; 32],
			emergency_authorised: true,
			valid_from: 10,
			valid_until: 20,
			invalid_from: None,
			valid: true,
		};
		assert!(!is_valid(&entry, 9) && is_valid(&entry, 10) && is_valid(&entry, 19) && !is_valid(&entry, 20));
		let ended = PractitionerInfo { invalid_from: Some(15), ..entry.clone() };
		assert!(is_valid(&ended, 14) && !is_valid(&ended, 15));
		assert!(!is_valid(&PractitionerInfo { valid: false, ..entry.clone() }, 15));
		assert!(may_ask(&entry));
		assert!(!may_ask(&PractitionerInfo { emergency_authorised: false, ..entry.clone() }));
		assert!(!may_ask(&PractitionerInfo { roles: vec![StaffRole::Registrar], ..entry }));
	}

	#[test]
	fn envelopes_are_used_up_by_their_numbers() {
		let set = SealedSetInfo {
			committee: salus_primitives::CommitteeId(0),
			key_id: [0; 32],
			envelopes: Vec::new(),
			consumed: 0b101,
		};
		assert_eq!([0, 1, 2, 3, 255].map(|number| is_unused(&set, number)), [false, true, false, true, false]);
	}

	#[test]
	fn a_shift_tag_names_one_practitioner_on_one_day() {
		let (one, two) = (PractitionerId([1; 32]), PractitionerId([2; 32]));
		let tag = shift_tag(&[7; 32], &one);
		assert_eq!(tag, shift_tag(&[7; 32], &one));
		assert_ne!(tag, shift_tag(&[7; 32], &two));
		assert_ne!(tag, shift_tag(&[8; 32], &one));
	}

	#[test]
	fn the_words_of_an_account_bring_its_sealing_key_back() {
		let account = AccountKey::generate().unwrap();
		let again = AccountKey::from_uri(account.uri()).unwrap();
		assert_eq!(sealing_key(&account), sealing_key(&again));
		assert_ne!(sealing_key(&account), sealing_key(&AccountKey::generate().unwrap()));
	}
}
