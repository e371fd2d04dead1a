//! What is wrong with a plain specification, said before the runtime stumbles over it: that would name a wasm address and no
//! reason, or take of two entries for one validator the later.
//!
//! A raw specification is the state itself: it was checked when it was made from a plain one.

use crate::service::Executor;
use salus_runtime::AccountId;
use serde::Deserialize;
use sp_core::{traits::ReadRuntimeVersion, Bytes};
use sp_state_machine::BasicExternalities;
use std::{
	collections::{BTreeMap, BTreeSet},
	fs,
	path::Path,
};

#[derive(Deserialize)]
struct Specification {
	genesis: Genesis,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Genesis {
	runtime_genesis: Option<RuntimeGenesis>,
}

#[derive(Deserialize)]
struct RuntimeGenesis {
	code: Bytes,
	#[serde(default, alias = "config")]
	patch: Config,
}

#[derive(Default, Deserialize)]
struct Config {
	#[serde(default)]
	consortium: Consortium,
	#[serde(default)]
	session: Session,
}

#[derive(Default, Deserialize)]
struct Consortium {
	#[serde(default)]
	institutions: Vec<Institution>,
}

#[derive(Deserialize)]
struct Institution {
	operator: AccountId,
	#[serde(default)]
	validators: Vec<AccountId>,
}

#[derive(Default, Deserialize)]
struct Session {
	/// Account, validator (the same), and its public keys by their kind, written as addresses.
	#[serde(default)]
	keys: Vec<(AccountId, AccountId, BTreeMap<String, AccountId>)>,
}

/// Reads the specification in a file, and says what is wrong with its genesis.
pub(crate) fn check(path: &Path) -> Result<(), String> {
	let text = fs::read(path).map_err(|error| error.to_string())?;
	let specification: Specification = serde_json::from_slice(&text).map_err(|error| error.to_string())?;
	let Some(genesis) = specification.genesis.runtime_genesis else { return Ok(()) };
	check_code(&genesis.code)?;
	check_once(&genesis.patch)
}

fn check_code(code: &[u8]) -> Result<(), String> {
	Executor::builder()
		.build()
		.read_runtime_version(code, &mut BasicExternalities::new_empty())
		.map(|_| ())
		.map_err(|error| format!("its code is no runtime: {error}"))
}

/// Each operator, each validator, and each of its keys, once.
fn check_once(genesis: &Config) -> Result<(), String> {
	let operators = genesis.consortium.institutions.iter().map(|member| ("operator".into(), &member.operator));
	let validators = genesis.consortium.institutions.iter().flat_map(|institution| &institution.validators);
	let validators = validators.map(|account| ("validator".into(), account));
	let owners = genesis.session.keys.iter().map(|(_, validator, _)| ("session keys of".into(), validator));
	let keys = genesis.session.keys.iter().flat_map(|(_, _, keys)| keys);
	let keys = keys.map(|(kind, key)| (format!("{kind} key"), key));
	let mut seen = BTreeSet::<(String, &AccountId)>::new();
	for entry in operators.chain(validators).chain(owners).chain(keys) {
		if let Some((what, who)) = seen.replace(entry) {
			return Err(format!("its genesis has the {what} {who} twice"));
		}
	}
	Ok(())
}

#[cfg(test)]
mod tests {
	use super::*;
	use serde_json::{json, Value};

	/// What is said about the specification of the local test network when it is changed so.
	fn said(change: impl FnOnce(&mut Value)) -> Result<(), String> {
		let spec = crate::chain_spec::load("local").unwrap();
		let mut spec: Value = serde_json::from_str(&spec.as_json(false).unwrap()).unwrap();
		change(&mut spec["genesis"]["runtimeGenesis"]);
		let name = format!("salus-genesis-{}-{:?}.json", std::process::id(), std::thread::current().id());
		let path = std::env::temp_dir().join(name);
		fs::write(&path, spec.to_string()).unwrap();
		let said = check(&path);
		fs::remove_file(&path).unwrap();
		said
	}

	fn keys(genesis: &mut Value, validator: usize) -> &mut Value {
		&mut genesis["patch"]["session"]["keys"][validator]
	}

	#[test]
	fn the_local_network_is_in_order() {
		said(|_| ()).unwrap();
	}

	#[test]
	fn a_validator_is_named_when_it_stands_there_twice() {
		let why = said(|genesis| {
			let institutions = &mut genesis["patch"]["consortium"]["institutions"];
			let first = institutions[0]["validators"][0].clone();
			institutions[1]["validators"].as_array_mut().unwrap().push(first);
		});
		assert_eq!(why.unwrap_err(), format!("its genesis has the validator {ALICE} twice"));
	}

	#[test]
	fn an_operator_is_named_when_two_institutions_have_it() {
		let why = said(|genesis| {
			let institutions = &mut genesis["patch"]["consortium"]["institutions"];
			institutions[1]["operator"] = institutions[0]["operator"].clone();
		});
		let why = why.unwrap_err();
		assert!(why.starts_with("its genesis has the operator 5") && why.ends_with(" twice"), "{why}");
	}

	#[test]
	fn a_validator_is_named_when_it_has_session_keys_twice() {
		let why = said(|genesis| {
			let account = keys(genesis, 0)[1].clone();
			keys(genesis, 1)[1] = account;
		});
		assert_eq!(why.unwrap_err(), format!("its genesis has the session keys of {ALICE} twice"));
	}

	#[test]
	fn a_session_key_is_named_when_two_validators_have_it() {
		for kind in ["aura", "grandpa"] {
			let why = said(|genesis| {
				let key = keys(genesis, 0)[2][kind].clone();
				keys(genesis, 3)[2][kind] = key;
			});
			let why = why.unwrap_err();
			assert!(why.starts_with(&format!("its genesis has the {kind} key 5")) && why.ends_with(" twice"), "{why}");
		}
	}

	#[test]
	fn one_key_may_serve_as_account_and_for_aura() {
		// The development keys do.
		said(|genesis| {
			let keys = keys(genesis, 0);
			assert_eq!(keys[1], keys[2]["aura"]);
		})
		.unwrap();
	}

	#[test]
	fn code_is_refused_when_it_is_no_runtime() {
		// Nothing; no wasm; a wasm module without anything in it.
		for code in ["0x", "0xdeadbeef", "0x0061736d01000000"] {
			let why = said(|genesis| genesis["code"] = json!(code)).unwrap_err();
			assert!(why.starts_with("its code is no runtime: "), "{code}: {why}");
		}
	}

	#[test]
	fn an_address_is_refused_when_it_does_not_parse() {
		let why = said(|genesis| keys(genesis, 0)[2]["aura"] = json!("5Nobody"));
		assert!(why.unwrap_err().contains("line 1 column"));
	}

	const ALICE: &str = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
}
