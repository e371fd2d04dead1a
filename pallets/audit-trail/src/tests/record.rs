//! Attacks on, and uses of, the glue trait through which other pallets record.

use super::*;
use frame_support::{assert_noop, assert_ok, assert_storage_noop, traits::Hooks};
use proptest::prelude::*;
use salus_primitives::MINUTE;

#[test]
fn record_appends_to_chain_and_block_when_there_is_room() {
	execute(|| {
		assert_eq!(note(patient(1), 7), Ok(Recorded { sequence: 0, at: START }));
		Clock::set(START + MINUTE);
		assert_eq!(note(patient(1), 8), Ok(Recorded { sequence: 1, at: START + MINUTE }));

		let entries = AuditTrail::entries_of_block();
		assert_eq!(AuditTrail::head(patient(1)), plain_head(&entries));
		assert_eq!((entries[0].at, entries[1].at), (START, START + MINUTE));
		System::assert_last_event(
			Event::<Test>::EntryRecorded {
				chain: patient(1),
				sequence: 1,
				act: Act::Request,
				outcome: OutcomeClass::Empty,
				commitment: Commitment([8; 32]),
			}
			.into(),
		);
	});
}

#[test]
fn record_counts_each_chain_apart_when_a_patient_and_an_institution_have_equal_numbers() {
	execute(|| {
		let institution = AuditChain::Institution(InstitutionId(1));
		for (chain, sequence) in [(patient(1), 0), (institution, 0), (patient(2), 0), (patient(1), 1), (institution, 1)]
		{
			assert_eq!(note(chain, 0).map(|recorded| recorded.sequence), Ok(sequence));
		}
	});
}

#[test]
fn head_is_zero_when_nothing_was_recorded() {
	execute(|| assert_eq!(AuditTrail::head(patient(1)), ChainHead::default()));
}

#[test]
fn head_differs_when_an_entry_is_left_out_changed_or_moved() {
	execute(|| {
		for commitment in 1..=4 {
			assert_ok!(note(patient(1), commitment));
		}
		let head = AuditTrail::head(patient(1));
		let entries = AuditTrail::entries_of_block();
		assert_eq!(plain_head(&entries), head);

		let mut without = entries.clone();
		without.remove(1);
		let mut changed = entries.clone();
		changed[2].outcome = OutcomeClass::Permitted;
		let mut moved = entries.clone();
		moved.swap(0, 1);
		let mut shortened = entries;
		shortened.pop();
		for forged in [without, changed, moved, shortened] {
			assert_ne!(plain_head(&forged), head);
		}
	});
}

#[test]
fn record_fails_when_the_block_is_full() {
	execute(|| {
		for i in 0..MaxEntriesPerBlock::get() {
			assert_ok!(note(patient(1), i as u8));
		}
		assert_noop!(note(patient(1), 0), Error::<Test>::BlockFull);
		// Another chain finds no room either, and the next block has room again.
		assert_noop!(note(patient(2), 0), Error::<Test>::BlockFull);
		let header = close_block();
		open_block(2, header.hash());
		assert_eq!(note(patient(1), 0).map(|recorded| recorded.sequence), Ok(MaxEntriesPerBlock::get() as u64));
	});
}

#[test]
fn record_fails_when_the_chain_cannot_count_further() {
	new_test_ext().execute_with(|| {
		Heads::<Test>::insert(patient(1), ChainHead { head: [1; 32], count: u64::MAX });
		assert_noop!(note(patient(1), 0), Error::<Test>::ChainExhausted);
	});
}

#[test]
fn record_writes_nothing_when_it_fails_without_a_storage_layer() {
	new_test_ext().execute_with(|| {
		for i in 0..MaxEntriesPerBlock::get() {
			assert_ok!(note(patient(1), i as u8));
		}
		assert_storage_noop!(assert!(note(patient(3), 0).is_err()));
	});
}

#[test]
fn weight_of_a_block_is_reserved_when_it_is_full_of_entries() {
	new_test_ext().execute_with(|| {
		let entries = MaxEntriesPerBlock::get();
		let reserved = AuditTrail::on_initialize(1)
			.saturating_add(<AuditTrail as AuditLog>::record_weight().saturating_mul(entries.into()));
		let used = <() as WeightInfo>::on_initialize().saturating_add(<() as WeightInfo>::on_finalize(entries));
		assert!(reserved.all_gte(used), "{reserved} < {used}");
	});
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(64))]

	/// Whatever is recorded in whichever block, the head of each chain is what replaying its entries gives.
	#[test]
	fn heads_recompute_from_entries_of_many_blocks(
		blocks in prop::collection::vec(prop::collection::vec((0u8..5, any::<u8>()), 0..12), 1..12),
	) {
		new_test_ext().execute_with(|| {
			let mut all = Vec::new();
			for (number, block) in (1u64..).zip(blocks) {
				for (chain, commitment) in block {
					let chain = if chain == 4 { AuditChain::Institution(A) } else { patient(chain) };
					assert_ok!(note(chain, commitment));
				}
				all.extend(AuditTrail::entries_of_block());
				AuditTrail::do_try_state().expect("the invariants hold");
				let header = close_block();
				AuditTrail::do_try_state().expect("the invariants hold");
				open_block(number + 1, header.hash());
			}
			for chain in [patient(0), patient(1), patient(2), patient(3), AuditChain::Institution(A)] {
				let of_chain: Vec<_> = all.iter().filter(|entry| entry.chain == chain).cloned().collect();
				assert_eq!(AuditTrail::head(chain), plain_head(&of_chain));
			}
		});
	}
}
