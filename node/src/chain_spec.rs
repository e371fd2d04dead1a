//! Chain specifications. The genesis of the two built-in chains is a preset inside the runtime; every other chain comes
//! as a file that the consortium generated once and handed to its members.

use crate::genesis;
use sc_service::{ChainType, GenericChainSpec, Properties};
use sp_genesis_builder::{DEV_RUNTIME_PRESET, LOCAL_TESTNET_RUNTIME_PRESET};
use std::path::PathBuf;

/// A specification without extensions.
pub(crate) type ChainSpec = GenericChainSpec;

const NO_WASM: &str = "this node was built without its runtime: build it again without SKIP_WASM_BUILD";

/// The chain of that name, or the one described in the file at that path. No name means the local test network:
/// commands that only make keys need some chain and do not care which; running a node requires a name.
pub(crate) fn load(name: &str) -> Result<ChainSpec, String> {
	match name {
		"dev" | DEV_RUNTIME_PRESET => {
			built_in("Salus Development", "salus_dev", ChainType::Development, DEV_RUNTIME_PRESET)
		}
		"" | "local" | LOCAL_TESTNET_RUNTIME_PRESET => {
			built_in("Salus Local Testnet", "salus_local", ChainType::Local, LOCAL_TESTNET_RUNTIME_PRESET)
		}
		path => from_file(path.into()),
	}
}

fn built_in(name: &str, id: &str, kind: ChainType, preset: &str) -> Result<ChainSpec, String> {
	let code = salus_runtime::WASM_BINARY.ok_or(NO_WASM)?;
	Ok(ChainSpec::builder(code, None)
		.with_name(name)
		.with_id(id)
		.with_protocol_id("salus")
		.with_chain_type(kind)
		.with_genesis_config_preset_name(preset)
		.with_properties(properties())
		.build())
}

fn from_file(path: PathBuf) -> Result<ChainSpec, String> {
	if !path.is_file() {
		return Err(format!(
			"`{}` is neither a chain that this node knows (dev, local) nor the file of a chain specification",
			path.display()
		));
	}
	genesis::check(&path).map_err(|why| format!("the specification `{}`: {why}", path.display()))?;
	ChainSpec::from_json_file(path)
}

/// What polkadot.js asks of every chain. There is no currency here, hence no decimals; the symbol is never shown with
/// an amount.
fn properties() -> Properties {
	[("tokenSymbol", "SALUS".into()), ("tokenDecimals", 0.into()), ("ss58Format", 42.into())]
		.into_iter()
		.map(|(key, value)| (key.to_owned(), value))
		.collect()
}

#[cfg(test)]
mod tests {
	use super::*;
	use sp_runtime::BuildStorage;

	#[test]
	fn built_in_chains_load_by_name_and_build_their_genesis() {
		for (name, id) in [
			("dev", "salus_dev"),
			("development", "salus_dev"),
			("local", "salus_local"),
			("local_testnet", "salus_local"),
			("", "salus_local"),
		] {
			let spec = load(name).unwrap();
			assert_eq!(spec.id(), id);
			let genesis = spec.build_storage().unwrap();
			assert!(genesis.top.contains_key(sp_core::storage::well_known_keys::CODE), "{name}");
		}
	}

	#[test]
	fn properties_name_symbol_decimals_and_address_format() {
		let properties = load("dev").unwrap().properties();
		for key in ["tokenSymbol", "tokenDecimals", "ss58Format"] {
			assert!(properties.contains_key(key), "{key}");
		}
	}

	#[test]
	fn a_specification_reads_back_from_its_file_when_raw_or_plain() {
		let folder = std::env::temp_dir();
		for raw in [false, true] {
			let path = folder.join(format!("salus-spec-{}-{raw}.json", std::process::id()));
			let spec = load("dev").unwrap();
			std::fs::write(&path, spec.as_json(raw).unwrap()).unwrap();
			let read = load(path.to_str().unwrap());
			std::fs::remove_file(&path).unwrap();
			assert_eq!(read.unwrap().id(), spec.id());
		}
	}

	#[test]
	fn an_unknown_name_is_refused_with_the_known_ones() {
		let error = load("moon").err().unwrap();
		assert!(error.contains("moon") && error.contains("dev, local"), "{error}");
	}

	#[test]
	fn a_broken_file_is_refused() {
		let path = std::env::temp_dir().join(format!("salus-spec-{}-broken.json", std::process::id()));
		std::fs::write(&path, "{").unwrap();
		let read = load(path.to_str().unwrap());
		std::fs::remove_file(&path).unwrap();
		assert!(read.is_err());
	}
}
