//! What a patient's client has to remember beside keys: handles, openings of own acts, policy documents.
//!
//! One file per patient identity, readable by its owner alone, replaced whole. It holds no key; it does hold handles and documents, so it
//! belongs on an encrypted disk.

use super::error::CliError;
use salus_client::{
	keystore::make_private_folder,
	primitives::{CapabilityId, InstitutionId, Moment, PatientHandle},
	wire::{Account, Bytes32, EntryOpening},
};
use salus_policy::PolicyDocument;
use serde::{de::DeserializeOwned, Deserialize, Serialize};
use std::{
	fs,
	io::Write,
	path::{Path, PathBuf},
};

/// A patient's notes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PatientState {
	/// Handles, in the order in which they were prepared.
	#[serde(default)]
	pub handles: Vec<HandleState>,
	/// The next derivation index.
	#[serde(default)]
	pub next_index: u32,
}

/// Notes about one handle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandleState {
	/// The handle.
	pub handle: PatientHandle,
	/// Its custodian.
	pub custodian: InstitutionId,
	/// The custodian's gateway.
	pub gateway: Option<String>,
	/// Derivation index of the key that controls it.
	pub index: u32,
	/// Derivation index of the key that is to replace it, while a rotation is on its way.
	#[serde(default)]
	pub next_index: Option<u32>,
	/// The account of that key.
	pub account: Account,
	/// When it was prepared.
	pub prepared_at: Moment,
	/// Openings of the entries that own acts left.
	#[serde(default)]
	pub openings: Vec<OwnOpening>,
	/// Documents behind own grants.
	#[serde(default)]
	pub policies: Vec<OwnPolicy>,
}

/// An opening, and whether the custodian has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnOpening {
	/// The opening.
	pub opening: EntryOpening,
	/// Whether the custodian has acknowledged it.
	pub delivered: bool,
}

/// A document behind a grant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnPolicy {
	/// The capability; `None` until the block is known.
	pub capability: Option<CapabilityId>,
	/// The grantee.
	pub grantee: InstitutionId,
	/// The document.
	pub document: PolicyDocument,
	/// Salt of its commitment.
	pub salt: Bytes32,
	/// Its opening among [`HandleState::openings`], by commitment.
	pub entry: salus_client::primitives::Commitment,
	/// Whether the custodian has acknowledged it.
	pub delivered: bool,
}

impl PatientState {
	/// Reads the notes of an identity; none when there is no file yet.
	pub fn load(home: &Path, identity: &str) -> Result<Self, CliError> {
		let path = file(home, identity);
		match path.exists() {
			true => read_json(&path, "a file of patient notes"),
			false => Ok(Self::default()),
		}
	}

	/// Writes the notes.
	pub fn save(&self, home: &Path, identity: &str) -> Result<(), CliError> {
		write_private(&file(home, identity), self)
	}

	/// The notes about a handle.
	pub fn handle_mut(&mut self, handle: &PatientHandle) -> Option<&mut HandleState> {
		self.handles.iter_mut().find(|state| state.handle == *handle)
	}

	/// The notes about a handle.
	pub fn handle(&self, handle: &PatientHandle) -> Option<&HandleState> {
		self.handles.iter().find(|state| state.handle == *handle)
	}

	/// Takes the next derivation index; no index serves two handles.
	pub fn take_index(&mut self) -> u32 {
		let index = self.next_index;
		self.next_index += 1;
		index
	}
}

fn file(home: &Path, identity: &str) -> PathBuf {
	home.join("patients").join(format!("{identity}.json"))
}

/// Reads JSON from a file.
pub fn read_json<T: DeserializeOwned>(path: &Path, what: &'static str) -> Result<T, CliError> {
	let bytes = fs::read(path).map_err(|error| CliError::File(path.into(), error))?;
	serde_json::from_slice(&bytes).map_err(|error| CliError::Content(path.into(), what, error.to_string()))
}

/// Writes JSON to a file that its owner alone can read, whole or not at all.
pub fn write_private(path: &Path, content: &impl Serialize) -> Result<(), CliError> {
	let text = serde_json::to_vec_pretty(content).map_err(|error| CliError::Failed(error.to_string()))?;
	write_private_bytes(path, &text)
}

/// Writes a line of text as [`write_private`] does.
pub fn write_private_text(path: &Path, line: &str) -> Result<(), CliError> {
	write_private_bytes(path, format!("{line}\n").as_bytes())
}

fn write_private_bytes(path: &Path, text: &[u8]) -> Result<(), CliError> {
	let failed = |error| CliError::File(path.into(), error);
	let folder = path.parent().unwrap_or(Path::new("."));
	make_private_folder(folder).map_err(failed)?;
	let temporary = path.with_extension(format!("{}.tmp", std::process::id()));
	let mut options = fs::OpenOptions::new();
	options.write(true).create(true).truncate(true);
	#[cfg(unix)]
	std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
	let mut file = options.open(&temporary).map_err(failed)?;
	file.write_all(text).and_then(|()| file.sync_all()).map_err(failed)?;
	fs::rename(&temporary, path).map_err(failed)
}

/// Writes what was read of a patient to a file that, when it is new, its owner alone can read.
pub fn write_record(path: &Path, bytes: &[u8]) -> Result<(), CliError> {
	let failed = |error| CliError::File(path.into(), error);
	let mut options = fs::OpenOptions::new();
	options.write(true).create(true).truncate(true);
	#[cfg(unix)]
	std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
	options.open(path).and_then(|mut file| file.write_all(bytes)).map_err(failed)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[cfg(unix)]
	#[test]
	fn a_record_is_for_its_reader_alone() {
		use std::os::unix::fs::PermissionsExt;
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("record.json");
		write_record(&path, b"{}").unwrap();
		assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o077, 0);
		write_record(&path, b"[").unwrap();
		assert_eq!(fs::read(&path).unwrap(), b"[");
	}

	#[test]
	fn notes_come_back_and_are_private() {
		let home = tempfile::tempdir().unwrap();
		let mut state = PatientState::load(home.path(), "eva").unwrap();
		assert_eq!(state, PatientState::default());
		let index = state.take_index();
		state.handles.push(HandleState {
			handle: PatientHandle([1; 32]),
			custodian: InstitutionId(1),
			gateway: None,
			index,
			next_index: None,
			account: Account([2; 32]),
			prepared_at: 5,
			openings: Vec::new(),
			policies: Vec::new(),
		});
		state.save(home.path(), "eva").unwrap();
		assert_eq!(PatientState::load(home.path(), "eva").unwrap(), state);
		#[cfg(unix)]
		{
			use std::os::unix::fs::PermissionsExt;
			let mode = fs::metadata(file(home.path(), "eva")).unwrap().permissions().mode();
			assert_eq!(mode & 0o077, 0);
		}
	}

	#[test]
	fn no_index_is_taken_twice() {
		let mut state = PatientState::default();
		assert_eq!((state.take_index(), state.take_index()), (0, 1));
	}

	#[test]
	fn a_damaged_file_says_which() {
		let home = tempfile::tempdir().unwrap();
		let path = home.path().join("x.json");
		fs::write(&path, "{").unwrap();
		let error = read_json::<PatientState>(&path, "a file of patient notes").unwrap_err();
		assert!(error.to_string().contains("x.json"), "{error}");
	}
}
