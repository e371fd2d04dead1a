//! Sessions on this machine: what they are about, and their one-time secrets, encrypted until the session is over.
//!
//! Two files for each in `emergency/` of the home folder: `<id>.json` with the notes, `<id>.key` with the secrets under the practitioner's
//! passphrase. The secrets are on disk before the request leaves the machine, and overwritten and removed when the session is over.

use crate::cli::{
	context::Context,
	error::CliError,
	state::{read_json, write_private},
};
use salus_client::{
	emergency::{handover::SessionFacts, request::SessionSecrets},
	keystore::{make_private_folder, Identity, PractitionerKey},
	primitives::{EmergencyRequestId, Moment, PractitionerId},
};
use salus_envelope::keyfile::{self, KdfParams, KeyfileInfo};
use serde::{Deserialize, Serialize};
use std::{
	fs,
	io::{self, Write},
	path::{Path, PathBuf},
};
use zeroize::Zeroizing;

/// Kind of the keyfiles.
const KEY_KIND: &str = "emergency-session";

/// Where the secrets of a session are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Held {
	/// The secrets are here.
	Secrets,
	/// They are here, and a colleague has them too.
	HandedTo(PractitionerId),
	/// The session is over and they were wiped.
	Nothing,
}

/// Notes about one session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionNotes {
	/// What it is about.
	pub facts: SessionFacts,
	/// The identity that asked, or took it over.
	pub identity: String,
	/// When it was asked for, or taken over, by this machine's clock.
	pub since: Moment,
	/// Whether its secrets are here.
	pub held: Held,
}

/// The folder of sessions.
pub struct Sessions {
	folder: PathBuf,
	params: KdfParams,
}

impl Sessions {
	/// The session that a command means: the named one, or the newest one of the identity that acts.
	pub fn meant(&self, context: &Context, id: Option<EmergencyRequestId>) -> Result<SessionNotes, CliError> {
		self.named_or_newest(id, context.identity_name().ok().as_deref())
	}

	/// The folder in a home folder.
	pub fn of(context: &Context) -> Self {
		Self { folder: context.home().join("emergency"), params: KdfParams::default() }
	}

	/// Writes notes and secrets of a new session.
	pub fn keep(&self, notes: &SessionNotes, secrets: &SessionSecrets, passphrase: &str) -> Result<(), CliError> {
		make_private_folder(&self.folder).map_err(|error| CliError::File(self.folder.clone(), error))?;
		let id = notes.facts.id;
		let info = KeyfileInfo { kind: KEY_KIND.to_owned(), public: id.to_string() };
		keyfile::create(&self.key_path(&id), &info, secrets.to_bytes().as_slice(), passphrase, self.params)
			.map_err(|error| CliError::Failed(error.to_string()))?;
		self.save(notes)
	}

	/// Replaces the notes of a session.
	pub fn save(&self, notes: &SessionNotes) -> Result<(), CliError> {
		write_private(&self.notes_path(&notes.facts.id), notes)
	}

	/// The notes of a session.
	pub fn load(&self, id: &EmergencyRequestId) -> Result<SessionNotes, CliError> {
		let path = self.notes_path(id);
		match path.exists() {
			true => read_json(&path, "notes about an emergency session"),
			false => Err(CliError::NotThere(format!(
				"no session {id} was asked for on this machine; `salus emergency sessions` shows those that were"
			))),
		}
	}

	/// The named session, or the newest one of the acting identity whose secrets are here.
	fn named_or_newest(
		&self,
		id: Option<EmergencyRequestId>,
		identity: Option<&str>,
	) -> Result<SessionNotes, CliError> {
		if let Some(id) = id {
			return self.load(&id);
		}
		let mine = |notes: &SessionNotes| identity.is_none_or(|identity| notes.identity == identity);
		let open = self.all()?.into_iter().filter(|notes| notes.held != Held::Nothing && mine(notes));
		open.max_by_key(|notes| notes.since).ok_or_else(|| {
			CliError::NotThere("no session is running on this machine: ask with `salus emergency request`".to_owned())
		})
	}

	/// Every session, the oldest first.
	pub fn all(&self) -> Result<Vec<SessionNotes>, CliError> {
		if !self.folder.exists() {
			return Ok(Vec::new());
		}
		let failed = |error| CliError::File(self.folder.clone(), error);
		let mut notes: Vec<SessionNotes> = Vec::new();
		for entry in fs::read_dir(&self.folder).map_err(failed)? {
			let path = entry.map_err(failed)?.path();
			if path.extension().is_some_and(|extension| extension == "json") {
				notes.push(read_json(&path, "notes about an emergency session")?);
			}
		}
		notes.sort_by_key(|notes| notes.since);
		Ok(notes)
	}

	/// The secrets of a session.
	pub fn secrets(&self, notes: &SessionNotes, passphrase: &str) -> Result<SessionSecrets, CliError> {
		if notes.held == Held::Nothing {
			return Err(CliError::NotThere("the session is over; its secrets were wiped".to_owned()));
		}
		let path = self.key_path(&notes.facts.id);
		let opened = keyfile::load(&path, passphrase).map_err(|error| CliError::Failed(error.to_string()))?;
		let fits = opened.info.kind == KEY_KIND && opened.info.public == notes.facts.id.to_string();
		fits.then(|| SessionSecrets::from_bytes(&opened.secret))
			.flatten()
			.ok_or_else(|| CliError::Failed(format!("{} does not hold the secrets of this session", path.display())))
	}

	/// Wipes the secrets of a session that is over.
	pub fn wipe(&self, notes: &SessionNotes) -> Result<(), CliError> {
		self.wipe_key(&notes.facts.id)?;
		self.save(&SessionNotes { held: Held::Nothing, ..notes.clone() })
	}

	/// Forgets a session that never came about.
	pub fn forget(&self, id: &EmergencyRequestId) -> Result<(), CliError> {
		self.wipe_key(id)?;
		let path = self.notes_path(id);
		removed(&path, fs::remove_file(&path))
	}

	/// Overwritten first: the file is encrypted, and what is removed can be found on a disk for a while.
	fn wipe_key(&self, id: &EmergencyRequestId) -> Result<(), CliError> {
		let path = self.key_path(id);
		removed(&path, overwrite(&path).and_then(|()| fs::remove_file(&path)))
	}

	fn notes_path(&self, id: &EmergencyRequestId) -> PathBuf {
		self.folder.join(format!("{id}.json"))
	}

	fn key_path(&self, id: &EmergencyRequestId) -> PathBuf {
		self.folder.join(format!("{id}.key"))
	}
}

fn overwrite(path: &Path) -> io::Result<()> {
	let length = usize::try_from(fs::metadata(path)?.len()).unwrap_or(usize::MAX);
	let mut file = fs::OpenOptions::new().write(true).open(path)?;
	file.write_all(&vec![0; length])?;
	file.sync_all()
}

/// What is gone already is gone.
fn removed(path: &Path, outcome: io::Result<()>) -> Result<(), CliError> {
	match outcome {
		Err(error) if error.kind() != io::ErrorKind::NotFound => Err(CliError::File(path.into(), error)),
		_ => Ok(()),
	}
}

/// The practitioner who acts, with the passphrase under which sessions are kept.
pub struct Practitioner {
	/// Name of the identity.
	pub name: String,
	/// The keys.
	pub key: PractitionerKey,
	/// The passphrase.
	pub passphrase: Zeroizing<String>,
}

impl Practitioner {
	/// Opens the acting identity.
	pub fn unlock(context: &Context) -> Result<Self, CliError> {
		Self::unlock_named(context, context.identity_name()?)
	}

	/// Opens the identity that a session belongs to.
	pub fn of(context: &Context, notes: &SessionNotes) -> Result<Self, CliError> {
		Self::unlock_named(context, notes.identity.clone())
	}

	fn unlock_named(context: &Context, name: String) -> Result<Self, CliError> {
		let keystore = context.keystore()?;
		keystore.show(&name)?;
		let passphrase = context.passphrase(&name)?;
		let identity = keystore.load(&name, &passphrase)?;
		identity.practitioner(&name)?;
		match identity {
			Identity::Practitioner(key) => Ok(Self { name, key, passphrase }),
			_ => Err(CliError::Failed("the identity changed while it was read".to_owned())),
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use salus_client::{
		emergency::request::Target,
		primitives::{CommitteeId, EmergencyTier, InstitutionId, PatientHandle},
	};
	use salus_threshold::envelope::{Envelope, EnvelopeLabel};

	fn notes(number: u8) -> SessionNotes {
		let label =
			EnvelopeLabel { genesis: [1; 32], key_id: [2; 32], handle: [3; 32], scope: 0, scope_epoch: 4, number: 0 };
		let envelope = Envelope { u: [1; 32], ubar: [2; 32], e: [3; 32], f: [4; 32], ct: [5; 48] };
		let target = Target {
			committee: CommitteeId(0),
			version: 1,
			k: 3,
			group_key: [6; 32].into(),
			label,
			envelope,
			salt: [7; 32].into(),
			drill: true,
		};
		let facts = SessionFacts {
			id: EmergencyRequestId([number; 32]),
			handle: PatientHandle([3; 32]),
			custodian: InstitutionId(1),
			tier: EmergencyTier::Summary,
			target,
		};
		SessionNotes { facts, identity: "ana".into(), since: number.into(), held: Held::Secrets }
	}

	fn sessions(home: &Path) -> Sessions {
		Sessions { folder: home.join("emergency"), params: KdfParams { memory_kib: 8, passes: 1, lanes: 1 } }
	}

	#[test]
	fn a_session_comes_back_with_its_secrets() {
		let home = tempfile::tempdir().unwrap();
		let (sessions, secrets) = (sessions(home.path()), SessionSecrets::generate().unwrap());
		sessions.keep(&notes(1), &secrets, "pass").unwrap();
		let loaded = sessions.load(&notes(1).facts.id).unwrap();
		assert_eq!(loaded, notes(1));
		assert_eq!(*sessions.secrets(&loaded, "pass").unwrap().to_bytes(), *secrets.to_bytes());
		assert!(sessions.secrets(&loaded, "other").is_err());
		let raw = fs::read(sessions.key_path(&notes(1).facts.id)).unwrap();
		let q = &secrets.to_bytes()[..32];
		assert!(!raw.windows(32).any(|window| window == q), "in the clear");
	}

	#[test]
	fn the_secrets_of_one_session_do_not_serve_another() {
		let home = tempfile::tempdir().unwrap();
		let sessions = sessions(home.path());
		for number in [1, 2] {
			sessions.keep(&notes(number), &SessionSecrets::generate().unwrap(), "pass").unwrap();
		}
		fs::copy(sessions.key_path(&notes(1).facts.id), sessions.key_path(&notes(2).facts.id)).unwrap();
		assert!(sessions.secrets(&notes(2), "pass").is_err());
	}

	#[test]
	fn wiped_secrets_are_gone_and_the_notes_stay() {
		let home = tempfile::tempdir().unwrap();
		let sessions = sessions(home.path());
		sessions.keep(&notes(1), &SessionSecrets::generate().unwrap(), "pass").unwrap();
		sessions.wipe(&notes(1)).unwrap();
		let loaded = sessions.load(&notes(1).facts.id).unwrap();
		assert_eq!(loaded.held, Held::Nothing);
		assert!(!sessions.key_path(&notes(1).facts.id).exists());
		assert!(matches!(sessions.secrets(&loaded, "pass"), Err(CliError::NotThere(_))));
		sessions.wipe(&loaded).unwrap();
	}

	#[test]
	fn the_newest_running_session_is_meant_unless_one_is_named() {
		let home = tempfile::tempdir().unwrap();
		let sessions = sessions(home.path());
		assert!(matches!(sessions.named_or_newest(None, Some("ana")), Err(CliError::NotThere(_))));
		for number in [1, 3, 2] {
			sessions.keep(&notes(number), &SessionSecrets::generate().unwrap(), "pass").unwrap();
		}
		assert_eq!(sessions.named_or_newest(None, Some("ana")).unwrap(), notes(3));
		assert_eq!(sessions.named_or_newest(Some(notes(1).facts.id), None).unwrap(), notes(1));
		sessions.wipe(&notes(3)).unwrap();
		assert_eq!(sessions.named_or_newest(None, Some("ana")).unwrap(), notes(2));
		assert!(matches!(sessions.named_or_newest(None, Some("bob")), Err(CliError::NotThere(_))));
		sessions.forget(&notes(2).facts.id).unwrap();
		assert_eq!(sessions.all().unwrap().len(), 2);
	}

	#[test]
	fn no_session_takes_the_place_of_another() {
		let home = tempfile::tempdir().unwrap();
		let sessions = sessions(home.path());
		sessions.keep(&notes(1), &SessionSecrets::generate().unwrap(), "pass").unwrap();
		assert!(sessions.keep(&notes(1), &SessionSecrets::generate().unwrap(), "pass").is_err());
	}
}
