//! What proofs are bound to. Prover and verifier of the other tests take it from the same function: here it is written down.

use super::{stage::*, *};
use crate::enactment::{request, session_context};
use salus_threshold::{
	committee::{key_id, CommitteeContext},
	envelope::EnvelopeLabel,
	request::RequestContext,
};

/// Hash of the first block.
fn genesis() -> [u8; 32] {
	let genesis = System::block_hash(0).0;
	assert_ne!(genesis, [0; 32]);
	genesis
}

#[test]
fn sets_of_members_are_bound_to_chain_committee_and_version() {
	run(|| {
		let expected = CommitteeContext { genesis: genesis(), committee: OWN.0, version: 3 };
		assert_eq!(EmergencyAccess::context(OWN, 3), expected);
	});
}

#[test]
fn guardian_key_fails_when_its_proof_is_of_another_chain() {
	run(|| {
		let secret = sealing_secret(hospital(1), 1);
		let owner = codec::Encode::encode(&hospital(1));
		let register = |genesis| {
			let rng = &mut Rng::new(&"another chain");
			let proof = salus_threshold::committee::prove_sealing_key(genesis, &owner, &secret, rng);
			let sealing = secret.public().to_bytes();
			EmergencyAccess::register_guardian_key(signed(gateway(hospital(1))), sealing, [1; 32], proof)
		};
		assert_noop!(register(&[1; 32]), Error::<Test>::BadKeyProof);
		assert_noop!(register(&[0; 32]), Error::<Test>::BadKeyProof);
		assert_ok!(register(&genesis()));
	});
}

#[test]
fn keys_are_named_by_chain_committee_and_key() {
	run(|| {
		active(5, 3);
		personal(OWN, five(), 3);
		for id in [active(5, 3), OWN] {
			let committee = committee(id);
			let group = committee.group_key().expect("a key");
			assert_eq!(committee.key_id, Some(key_id(&genesis(), id.0, &group)));
		}
	});
}

/// None of these is zero, so that a field that is left out is not the same as one that is there.
#[test]
fn sessions_are_bound_to_everything_that_they_are_about() {
	run(|| {
		active(5, 3);
		let id = active(5, 3);
		resharing(id, hospitals(2..=6), 3);
		dealt(id);
		confirmed(id);
		assert_ok!(seal_for(ANA, WIDER, 1, id));
		let request = request::<Test>(ASKER, id, ANA, WIDER, 2).expect("sealed");
		let session = stored(asked(ASKER, request.clone()));
		let key_id = committee(id).key_id.expect("a key");
		let label = EnvelopeLabel { genesis: genesis(), key_id, handle: ANA.0, scope: 1, scope_epoch: 1, number: 2 };
		let expected = RequestContext {
			label,
			committee: 1,
			version: 2,
			requester: ASKER.0,
			key_hash: request.key_hash,
			header: request.header,
		};
		assert_eq!(session_context::<Test>(&session), Some(expected));
		assert_ne!(request.key_hash, [0; 32]);
	});
}
