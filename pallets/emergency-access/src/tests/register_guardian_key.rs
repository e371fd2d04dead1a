//! Institutions register the keys with which they take part in committees.

use super::*;

fn key(number: u32) -> GuardianKey {
	GuardianKeys::<Test>::get(hospital(number)).expect("registered")
}

#[test]
fn register_guardian_key_stores_the_first_version_when_the_proof_holds() {
	run(|| {
		assert_ok!(register_key(hospital(1), 1));
		let sealing = sealing_secret(hospital(1), 1).public().to_bytes();
		assert_eq!(key(1), GuardianKey { sealing, kem_hash: [1; 32], version: 1 });
		System::assert_last_event(Event::GuardianKeyRegistered { institution: hospital(1), version: 1 }.into());
	});
}

#[test]
fn register_guardian_key_counts_the_version_on_when_the_sealing_key_is_another() {
	run(|| {
		assert_ok!(register_key(hospital(1), 1));
		assert_ok!(register_key(hospital(1), 2));
		assert_eq!(key(1).version, 2);
		// An old key that comes back is a new version: sets that knew it before do not trust it again.
		assert_ok!(register_key(hospital(1), 1));
		assert_eq!(key(1).version, 3);
	});
}

#[test]
fn register_guardian_key_keeps_the_version_when_only_the_kem_key_is_another() {
	run(|| {
		assert_ok!(register_key(hospital(1), 1));
		let sealing = sealing_secret(hospital(1), 1);
		let proof = key_proof::<Test>(hospital(1), &sealing);
		let bytes = sealing.public().to_bytes();
		let register =
			|| EmergencyAccess::register_guardian_key(signed(second_gateway(hospital(1))), bytes, [7; 32], proof);
		assert_ok!(register());
		assert_eq!(key(1), GuardianKey { sealing: bytes, kem_hash: [7; 32], version: 1 });
		assert_noop!(register(), Error::<Test>::KeyUnchanged);
	});
}

#[test]
fn register_guardian_key_is_refused_when_the_proof_is_not_the_holders() {
	run(|| {
		let (own, other) = (sealing_secret(hospital(1), 1), sealing_secret(hospital(2), 1));
		let register = |sealing: [u8; 32], proof| {
			EmergencyAccess::register_guardian_key(signed(gateway(hospital(1))), sealing, [0; 32], proof)
		};
		let own_key = own.public().to_bytes();
		// The key of another institution with that institution's own proof, then a proof of another secret.
		let copied = register(other.public().to_bytes(), key_proof::<Test>(hospital(2), &other));
		assert_noop!(copied, Error::<Test>::BadKeyProof);
		assert_noop!(register(own_key, key_proof::<Test>(hospital(1), &other)), Error::<Test>::BadKeyProof);
		let good = key_proof::<Test>(hospital(1), &own);
		assert_noop!(register(own_key, SchnorrProof { f: [0xff; 32], ..good }), Error::<Test>::BadKeyProof);
		// No point, and the identity.
		assert_noop!(register([0xff; 32], good), Error::<Test>::BadKeyProof);
		assert_noop!(register([0; 32], good), Error::<Test>::BadKeyProof);
		// The same key on another chain.
		frame_system::BlockHash::<Test>::insert(0, sp_core::H256([1; 32]));
		assert_noop!(register(own_key, good), Error::<Test>::BadKeyProof);
	});
}

#[test]
fn register_guardian_key_is_refused_when_the_signer_is_no_gateway_of_an_active_institution() {
	run(|| {
		let sealing = sealing_secret(hospital(1), 1);
		let (bytes, proof) = (sealing.public().to_bytes(), key_proof::<Test>(hospital(1), &sealing));
		let register = |origin| EmergencyAccess::register_guardian_key(origin, bytes, [0; 32], proof);
		assert_noop!(register(signed(ANA_KEY)), salus_primitives::test_support::NOT_A_GATEWAY);
		assert_noop!(register(root()), DispatchError::BadOrigin);
		Consortium::<AccountId>::suspend(hospital(1));
		assert_noop!(register(signed(gateway(hospital(1)))), salus_primitives::test_support::SUSPENDED);
	});
}

#[test]
fn register_guardian_key_is_refused_when_versions_are_used_up() {
	run(|| {
		assert_ok!(register_key(hospital(1), 1));
		GuardianKeys::<Test>::mutate(hospital(1), |key| key.as_mut().expect("registered").version = u32::MAX);
		assert_noop!(register_key(hospital(1), 2), Error::<Test>::IdsExhausted);
	});
}
