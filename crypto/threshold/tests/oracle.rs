//! Trees of random sizes against `ct-merkle`, another implementation of the same RFC.

use ct_merkle::{
	mem_backed_tree::MemoryBackedTree, ConsistencyProof as OracleConsistency, InclusionProof as OracleInclusion,
};
use proptest::prelude::*;
use salus_threshold::tree::{
	leaf_hash, prove_consistency, prove_inclusion, root, verify_consistency, verify_inclusion, ConsistencyProof,
	Frontier, Hash, InclusionProof, Tree,
};
use sha2::Sha256;

type Oracle = MemoryBackedTree<Sha256, Vec<u8>>;

fn oracle(leaves: &[Vec<u8>]) -> Oracle {
	let mut tree = Oracle::new();
	leaves.iter().for_each(|leaf| tree.push(leaf.clone()));
	tree
}

fn hashes(leaves: &[Vec<u8>]) -> Vec<Hash> {
	leaves.iter().map(|leaf| leaf_hash(leaf)).collect()
}

fn counted(count: usize) -> Vec<Vec<u8>> {
	(0..count).map(|i| i.to_le_bytes()[..i % 9].to_vec()).collect()
}

fn check_root(leaves: &[Vec<u8>]) {
	let hashes = hashes(leaves);
	let expected: Hash = (*oracle(leaves).root().as_bytes()).into();
	let mut frontier = Frontier::default();
	for hash in &hashes {
		assert_eq!(frontier.append(*hash), Ok(()));
	}
	assert_eq!(root(&hashes), expected);
	assert_eq!(frontier.root(), expected);
	assert_eq!(Tree::new(hashes).head(), frontier.head());
	assert!(frontier.is_well_formed());
}

fn check_inclusion(leaves: &[Vec<u8>], index: usize) {
	let (oracle, hashes) = (oracle(leaves), hashes(leaves));
	let proof = prove_inclusion(&hashes, index as u64).expect("index is a leaf");
	assert_eq!(proof.path.concat(), oracle.prove_inclusion(index).as_bytes());
	assert!(verify_inclusion(&root(&hashes), &hashes[index], &proof));
	let theirs = OracleInclusion::<Sha256>::try_from_bytes(proof.path.concat()).expect("whole hashes");
	assert!(oracle.root().verify_inclusion(&leaves[index], index as u64, &theirs).is_ok());
}

fn check_consistency(leaves: &[Vec<u8>], old_size: usize) {
	let (new, old, hashes) = (oracle(leaves), oracle(&leaves[..old_size]), hashes(leaves));
	let proof = prove_consistency(&hashes, old_size as u64).expect("old size is in range");
	assert_eq!(proof.path.concat(), new.prove_consistency(leaves.len() - old_size).as_bytes());
	assert!(verify_consistency(&root(&hashes[..old_size]), &root(&hashes), &proof));
	let theirs = OracleConsistency::<Sha256>::try_from_bytes(proof.path.concat()).expect("whole hashes");
	assert!(new.root().verify_consistency(&old.root(), &theirs).is_ok());
}

#[test]
fn every_root_and_proof_equals_the_oracle_up_to_70_leaves() {
	for size in 0..=70 {
		let leaves = counted(size);
		check_root(&leaves);
		for position in 0..size {
			check_inclusion(&leaves, position);
			check_consistency(&leaves, position + 1);
		}
	}
}

fn leaves(sizes: core::ops::Range<usize>) -> impl Strategy<Value = Vec<Vec<u8>>> {
	prop::collection::vec(prop::collection::vec(any::<u8>(), 0..48), sizes)
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(64))]

	#[test]
	fn random_trees_equal_the_oracle(leaves in leaves(1..600), at: prop::sample::Index) {
		let position = at.index(leaves.len());
		check_root(&leaves);
		check_inclusion(&leaves, position);
		check_consistency(&leaves, position + 1);
	}

	/// Whatever index, size and path are shown for a random tree: if the oracle refuses, so does the crate, and the reverse.
	#[test]
	fn mutated_inclusion_proofs_are_judged_as_the_oracle_judges(
		leaves in leaves(1..40),
		at: prop::sample::Index,
		index in 0u64..48,
		size in 1u64..48,
		mutation in 0u8..5,
		bit in 0usize..256,
	) {
		let all = hashes(&leaves);
		let position = at.index(leaves.len());
		let mut proof = prove_inclusion(&all, position as u64).expect("index is a leaf");
		match mutation {
			0 => proof.index = index,
			1 => proof.size = size,
			2 => { proof.path.pop(); },
			3 => proof.path.push([bit as u8; 32]),
			_ => if let Some(hash) = proof.path.last_mut() { hash[bit / 8] ^= 1 << (bit % 8) },
		}
		let InclusionProof { index, size, path } = proof.clone();
		let claimed = ct_merkle::RootHash::<Sha256>::new(root(&all).into(), size);
		let theirs = OracleInclusion::try_from_bytes(path.concat()).expect("whole hashes");
		let expected = claimed.verify_inclusion(&leaves[position], index, &theirs).is_ok();
		prop_assert_eq!(verify_inclusion(&root(&all), &all[position], &proof), expected);
	}

	#[test]
	fn mutated_consistency_proofs_are_judged_as_the_oracle_judges(
		leaves in leaves(1..40),
		at: prop::sample::Index,
		sizes in (1u64..48, 1u64..48),
		mutation in 0u8..5,
		bit in 0usize..256,
	) {
		let all = hashes(&leaves);
		let old = at.index(leaves.len()) + 1;
		let mut proof = prove_consistency(&all, old as u64).expect("old size is in range");
		match mutation {
			0 => proof.old_size = sizes.0,
			1 => proof.new_size = sizes.1,
			2 => { proof.path.pop(); },
			3 => proof.path.push([bit as u8; 32]),
			_ => if let Some(hash) = proof.path.first_mut() { hash[bit / 8] ^= 1 << (bit % 8) },
		}
		let ConsistencyProof { old_size, new_size, path } = proof.clone();
		let (old_root, new_root) = (root(&all[..old]), root(&all));
		let head = |root: Hash, size| ct_merkle::RootHash::<Sha256>::new(root.into(), size);
		let theirs = OracleConsistency::try_from_bytes(path.concat()).expect("whole hashes");
		let expected = head(new_root, new_size).verify_consistency(&head(old_root, old_size), &theirs).is_ok();
		prop_assert_eq!(verify_consistency(&old_root, &new_root, &proof), expected);
	}

	/// No proof, however made, takes the verifier down.
	#[test]
	fn verification_never_panics(index: u64, size: u64, other: u64, path: Vec<Hash>, hash: Hash) {
		let inclusion = InclusionProof { index, size, path: path.clone() };
		prop_assert!(!verify_inclusion(&hash, &[1; 32], &inclusion));
		let consistency = ConsistencyProof { old_size: index.min(other), new_size: other.max(index), path };
		prop_assert!(!verify_consistency(&hash, &[1; 32], &consistency));
	}
}
