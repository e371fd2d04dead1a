//! Trees and proofs against frozen vectors, and attacks on proofs.

mod common;

use codec::{Decode, Encode, MaxEncodedLen};
use common::{vectors, Bytes};
use salus_threshold::tree::{
	empty_root, leaf_hash, node_hash, prove_consistency, prove_inclusion, root, verify_consistency, verify_inclusion,
	AppendError, ConsistencyProof, Frontier, Hash, InclusionProof, Tree, TreeHead, MAX_PEAKS,
};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Vectors {
	leaves: Vec<Bytes>,
	leaf_hashes: Vec<Bytes>,
	roots: Vec<Bytes>,
	frontiers: Vec<Bytes>,
	inclusion: Vec<InclusionProof>,
	consistency: Vec<ConsistencyProof>,
	refused_inclusion: Vec<RefusedInclusion>,
	refused_consistency: Vec<RefusedConsistency>,
	refused_only_with_trusted_size: Vec<AmbiguousSize>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RefusedInclusion {
	why: String,
	root: Bytes,
	leaf_hash: Bytes,
	proof: InclusionProof,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RefusedConsistency {
	why: String,
	old_root: Bytes,
	new_root: Bytes,
	proof: ConsistencyProof,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AmbiguousSize {
	root: Bytes,
	size: u64,
	leaf_hash: Bytes,
	proof: InclusionProof,
}

fn frozen() -> Vectors {
	vectors(include_str!("vectors/tree.json"))
}

impl Vectors {
	fn hashes(&self) -> Vec<Hash> {
		self.leaf_hashes.iter().map(Bytes::fixed).collect()
	}
}

#[test]
fn leaf_hashes_and_roots_equal_their_vectors() {
	let frozen = frozen();
	let hashes: Vec<Hash> = frozen.leaves.iter().map(|leaf| leaf_hash(&leaf.0)).collect();
	assert_eq!(hashes, frozen.hashes());
	assert_eq!(frozen.roots.len(), hashes.len() + 1);
	assert_eq!(empty_root(), frozen.roots[0].fixed());
	for (size, expected) in frozen.roots.iter().enumerate() {
		assert_eq!(root(&hashes[..size]), expected.fixed());
		assert_eq!(Tree::new(hashes[..size].to_vec()).head(), TreeHead { root: expected.fixed(), size: size as u64 });
	}
}

#[test]
fn frontiers_equal_their_vectors() {
	let frozen = frozen();
	let mut frontier = Frontier::default();
	for (size, encoded) in frozen.frontiers.iter().enumerate() {
		assert_eq!(frontier.encode(), encoded.0);
		assert_eq!(Frontier::decode(&mut encoded.0.as_slice()).as_ref(), Ok(&frontier));
		assert_eq!(frontier.head(), TreeHead { root: frozen.roots[size].fixed(), size: size as u64 });
		if let Some(hash) = frozen.leaf_hashes.get(size) {
			assert_eq!(frontier.append(hash.fixed()), Ok(()));
		}
	}
}

#[test]
fn inclusion_proofs_equal_their_vectors() {
	let frozen = frozen();
	let hashes = frozen.hashes();
	assert_eq!(frozen.inclusion.len(), 36);
	for proof in &frozen.inclusion {
		let leaves = &hashes[..proof.size as usize];
		assert_eq!(prove_inclusion(leaves, proof.index).as_ref(), Some(proof));
		assert!(verify_inclusion(&root(leaves), &leaves[proof.index as usize], proof));
	}
}

#[test]
fn consistency_proofs_equal_their_vectors() {
	let frozen = frozen();
	let hashes = frozen.hashes();
	assert_eq!(frozen.consistency.len(), 36);
	for proof in &frozen.consistency {
		let (old, new) = (&hashes[..proof.old_size as usize], &hashes[..proof.new_size as usize]);
		assert_eq!(prove_consistency(new, proof.old_size).as_ref(), Some(proof));
		assert!(verify_consistency(&root(old), &root(new), proof));
	}
}

#[test]
fn verify_inclusion_refuses_every_negative_vector() {
	let refused = frozen().refused_inclusion;
	assert!(refused.len() >= 15);
	for RefusedInclusion { why, root, leaf_hash, proof } in refused {
		assert!(!verify_inclusion(&root.fixed(), &leaf_hash.fixed(), &proof), "{why}");
	}
}

#[test]
fn verify_consistency_refuses_every_negative_vector() {
	let refused = frozen().refused_consistency;
	assert!(refused.len() >= 13);
	for RefusedConsistency { why, old_root, new_root, proof } in refused {
		assert!(!verify_consistency(&old_root.fixed(), &new_root.fixed(), &proof), "{why}");
	}
}

/// Trees of several sizes share a path: only a size from the verifier's own source tells them apart.
#[test]
fn includes_refuses_proof_when_size_is_not_the_trusted_one() {
	for AmbiguousSize { root, size, leaf_hash, proof } in frozen().refused_only_with_trusted_size {
		let head = TreeHead { root: root.fixed(), size };
		assert!(verify_inclusion(&head.root, &leaf_hash.fixed(), &proof));
		assert!(!head.includes(&leaf_hash.fixed(), &proof));
		assert!(head.includes(&leaf_hash.fixed(), &InclusionProof { size, ..proof }));
	}
}

#[test]
fn extends_refuses_proof_when_a_size_is_not_the_trusted_one() {
	let hashes = frozen().hashes();
	let head = |size: usize| Tree::new(hashes[..size].to_vec()).head();
	let (old, new) = (head(3), head(7));
	let proof = prove_consistency(&hashes[..7], 3).expect("3 of 7");
	assert!(new.extends(&old, &proof));
	assert!(!TreeHead { size: 8, ..new }.extends(&old, &proof));
	assert!(!new.extends(&TreeHead { size: 4, ..old }, &proof));
	assert!(!new.extends(&old, &ConsistencyProof { new_size: 8, ..proof }));
}

/// Without separate prefixes an inner node would pass as a leaf that nobody wrote.
#[test]
fn verify_inclusion_refuses_inner_node_when_shown_as_leaf() {
	let hashes = frozen().hashes();
	let children = [hashes[0], hashes[1]].concat();
	let proof =
		InclusionProof { index: 0, size: 4, path: prove_inclusion(&hashes, 0).expect("leaf 0").path[1..].to_vec() };
	// The shape is right: the node's own hash leads to the root. Its preimage as a leaf does not.
	assert!(verify_inclusion(&root(&hashes), &node_hash(&hashes[0], &hashes[1]), &proof));
	assert!(!verify_inclusion(&root(&hashes), &leaf_hash(&children), &proof));
	assert!(!TreeHead { root: root(&hashes), size: 8 }.includes(&node_hash(&hashes[0], &hashes[1]), &proof));
}

#[test]
fn prove_inclusion_is_none_when_index_is_beyond_the_leaves() {
	assert_eq!(prove_inclusion(&[], 0), None);
	assert_eq!(prove_inclusion(&[[1; 32]], 1), None);
	assert_eq!(Tree::new(vec![[1; 32]; 3]).prove_inclusion(u64::MAX), None);
}

#[test]
fn prove_consistency_is_none_when_old_size_is_zero_or_larger() {
	assert_eq!(prove_consistency(&[], 0), None);
	assert_eq!(prove_consistency(&[[1; 32]], 0), None);
	assert_eq!(prove_consistency(&[[1; 32]], 2), None);
}

fn raw_frontier(size: u64, peaks: usize) -> Vec<u8> {
	(size, vec![[9u8; 32]; peaks]).encode()
}

#[test]
fn append_is_refused_when_the_tree_is_full() {
	let encoded = raw_frontier(u64::MAX, MAX_PEAKS);
	let mut frontier = Frontier::decode(&mut encoded.as_slice()).expect("64 peaks decode");
	let before = frontier.clone();
	assert!(frontier.is_well_formed());
	assert_eq!(frontier.append([1; 32]), Err(AppendError::Full));
	assert_eq!(frontier, before);
	assert_eq!(encoded.len(), Frontier::max_encoded_len());
}

#[test]
fn append_is_refused_when_peaks_contradict_the_size() {
	for (size, peaks) in [(0, 1), (1, 0), (3, 1), (4, 2), (u64::MAX, 63)] {
		let mut frontier = Frontier::decode(&mut raw_frontier(size, peaks).as_slice()).expect("decodes");
		let before = frontier.clone();
		assert!(!frontier.is_well_formed());
		assert_eq!(frontier.append([1; 32]), Err(AppendError::Malformed));
		assert_eq!(frontier, before);
	}
}

#[test]
fn frontier_is_not_decoded_when_it_has_more_than_64_peaks() {
	assert!(Frontier::decode(&mut raw_frontier(u64::MAX, MAX_PEAKS + 1).as_slice()).is_err());
}

#[test]
fn proofs_read_back_from_json_and_scale() {
	let frozen = frozen();
	for proof in frozen.inclusion {
		let json = serde_json::to_string(&proof).expect("writes");
		assert_eq!(serde_json::from_str::<InclusionProof>(&json).expect("reads"), proof);
		assert_eq!(InclusionProof::decode(&mut proof.encode().as_slice()), Ok(proof));
	}
	let head = TreeHead { root: [0xab; 32], size: u64::MAX };
	let json = serde_json::to_string(&head).expect("writes");
	assert_eq!(json, format!(r#"{{"root":"0x{}","size":{}}}"#, "ab".repeat(32), u64::MAX));
	assert_eq!(serde_json::from_str::<TreeHead>(&json).expect("reads"), head);
}

#[test]
fn json_is_refused_when_a_hash_is_malformed() {
	for hash in ["", "0x", "abab", "0xzz", &format!("0x{}", "ab".repeat(31)), &format!("0x{}", "ab".repeat(33))] {
		let json = format!(r#"{{"index":0,"size":2,"path":["{hash}"]}}"#);
		assert!(serde_json::from_str::<InclusionProof>(&json).is_err(), "{hash}");
	}
	assert!(serde_json::from_str::<InclusionProof>(r#"{"index":0,"size":1,"path":[],"more":1}"#).is_err());
}
