//! `salus-node session-keys`: the keys that a validator makes blocks and votes with, and the proof that it holds them.
//!
//! It writes into the keystore folder, where a running node finds them at once: JSON-RPC need not be opened for
//! `author_rotateKeysWithOwner`, and nothing is restarted. Until `session.setKeys` has named them on the chain and the next
//! session but one begins, the old keys stay in use: they are left where they are.

use crate::chain_spec;
use clap::Args;
use codec::Encode;
use salus_runtime::{AccountId, SessionKeys};
use sc_cli::{Error, KeystoreParams, Result, SubstrateCli};
use sc_keystore::LocalKeystore;
use sc_service::{config::KeystoreConfig, BasePath};
use serde::Serialize;
use sp_core::bytes::to_hex;
use sp_keystore::{KeystoreExt, KeystorePtr};
use sp_state_machine::BasicExternalities;
use std::path::PathBuf;

/// For whom, and where the keys are to lie.
#[derive(Debug, Args)]
pub(crate) struct MakeSessionKeys {
	/// The validator's account: the keys are proven to it, and it sends `session.setKeys`
	#[arg(long, value_name = "ACCOUNT")]
	pub owner: AccountId,

	/// The chain of the node
	#[arg(long, value_name = "CHAIN_SPEC")]
	pub chain: String,

	/// The folder that the node's database lies in
	#[arg(long, short = 'd', value_name = "PATH")]
	pub base_path: Option<PathBuf>,

	/// As the node is started.
	#[command(flatten)]
	pub keystore: KeystoreParams,

	/// Print JSON
	#[arg(long)]
	pub json: bool,
}

/// What `session.setKeys` is given.
#[derive(Debug, Serialize)]
struct Made {
	owner: AccountId,
	keys: String,
	proof: String,
}

impl MakeSessionKeys {
	/// Makes one key of each kind and prints them with the proof.
	///
	/// # Errors
	/// When the chain is not known, or the keystore cannot be written.
	pub(crate) fn run<Cli: SubstrateCli>(&self) -> Result<()> {
		let base_path = match &self.base_path {
			Some(path) => BasePath::new(path),
			None => BasePath::from_project("", "", &Cli::executable_name()),
		};
		let folder = base_path.config_dir(chain_spec::load(&self.chain)?.id());
		let KeystoreConfig::Path { path, password } = self.keystore.keystore_config(&folder)? else {
			return Err(Error::Input("session keys are kept in files: a keystore in memory would lose them".into()));
		};
		let made = make(&self.owner, LocalKeystore::open(&path, password).map_err(boxed)?.into());
		match self.json {
			true => println!("{}", serde_json::to_string_pretty(&made).map_err(boxed)?),
			false => println!("keys   {}\nproof  {}\n\nin {}", made.keys, made.proof, path.display()),
		}
		Ok(())
	}
}

fn make(owner: &AccountId, keystore: KeystorePtr) -> Made {
	let mut externalities = BasicExternalities::new_empty();
	externalities.extensions().register(KeystoreExt::from(keystore));
	let made = externalities.execute_with(|| SessionKeys::generate(&owner.encode(), None));
	Made { owner: owner.clone(), keys: to_hex(&made.keys.encode(), false), proof: to_hex(&made.proof.encode(), false) }
}

fn boxed(error: impl std::error::Error + Send + Sync + 'static) -> Error {
	Error::Application(error.into())
}

#[cfg(test)]
mod tests {
	use super::*;
	use codec::Decode;
	use sp_core::bytes::from_hex;
	use sp_keystore::{testing::MemoryKeystore, Keystore};
	use sp_runtime::traits::OpaqueKeys;
	use std::sync::Arc;

	const OWNER: AccountId = AccountId::new([7; 32]);

	#[test]
	fn the_proof_convinces_the_chain_for_this_owner_alone() {
		let keystore = Arc::new(MemoryKeystore::new());
		let made = make(&OWNER, keystore.clone());
		let (keys, proof) = (from_hex(&made.keys).unwrap(), from_hex(&made.proof).unwrap());
		let keys = SessionKeys::decode(&mut &keys[..]).unwrap();
		assert!(keys.ownership_proof_is_valid(&OWNER.encode(), &proof));
		assert!(!keys.ownership_proof_is_valid(&[8; 32], &proof));
		let held = SessionKeys::key_ids().iter().map(|id| (keys.get_raw(*id).to_vec(), *id)).collect::<Vec<_>>();
		assert_eq!(held.len(), 2);
		assert!(keystore.has_keys(&held), "the secrets are in the keystore");
	}

	#[test]
	fn keys_lie_in_the_folder_that_a_node_with_the_same_arguments_reads() {
		let base = std::env::temp_dir().join(format!("salus-session-keys-{}", std::process::id()));
		let command = MakeSessionKeys {
			owner: OWNER,
			chain: "local".into(),
			base_path: Some(base.clone()),
			keystore: KeystoreParams {
				keystore_path: None,
				password_interactive: false,
				password: None,
				password_filename: None,
			},
			json: true,
		};
		command.run::<crate::cli::Cli>().unwrap();
		let files = std::fs::read_dir(base.join("chains/salus_local/keystore")).unwrap().count();
		std::fs::remove_dir_all(&base).unwrap();
		assert_eq!(files, 2);
	}
}
