//! Blobs as files: `<folder>/<two letters>/<content id>`.

use super::{BlobStore, VaultError};
use salus_client::keystore::make_private_folder;
use salus_envelope::ContentId;
use std::{
	collections::BTreeSet,
	fs::{self, File, OpenOptions},
	io::{self, Read, Seek, SeekFrom, Write},
	ops::Range,
	path::{Path, PathBuf},
};

/// Folder in which blobs are written before they get their names.
const INCOMING: &str = "incoming";

/// A folder of blobs. A blob is written under a random name, synced, renamed to its content id, and the folder synced: after a
/// crash it is there whole or not at all.
#[derive(Debug)]
pub struct FolderStore {
	folder: PathBuf,
}

impl FolderStore {
	/// Opens a folder, made when it is not there for its owner alone. What a crash left half-written is removed.
	///
	/// # Errors
	/// [`VaultError::Io`], [`VaultError::DiskFull`].
	pub fn open(folder: &Path) -> Result<Self, VaultError> {
		let incoming = folder.join(INCOMING);
		make_private_folder(&incoming)?;
		for entry in fs::read_dir(&incoming)? {
			fs::remove_file(entry?.path())?;
		}
		Ok(Self { folder: folder.to_owned() })
	}

	/// The names of all blobs.
	pub(super) fn names(&self) -> Result<Vec<ContentId>, VaultError> {
		let mut names = Vec::new();
		for shard in fs::read_dir(&self.folder)? {
			for blob in fs::read_dir(shard?.path())? {
				// Other files are none of ours.
				names.extend(blob?.file_name().to_str().and_then(|name| name.parse::<ContentId>().ok()));
			}
		}
		Ok(names)
	}

	/// Bytes of all blobs.
	pub(super) fn size(&self) -> Result<u64, VaultError> {
		let mut size: u64 = 0;
		for shard in fs::read_dir(&self.folder)? {
			for blob in fs::read_dir(shard?.path())? {
				size = size.saturating_add(blob?.metadata()?.len());
			}
		}
		Ok(size)
	}

	/// Length of a blob; `None` when there is none of this name.
	pub(super) fn length(&self, id: &ContentId) -> Result<Option<u64>, VaultError> {
		match fs::metadata(self.path(id)) {
			Ok(metadata) => Ok(Some(metadata.len())),
			Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
			Err(error) => Err(error.into()),
		}
	}

	fn shard(&self, name: &str) -> PathBuf {
		// The text of every content id starts alike and ends in bits of the hash; the last letter has few of them.
		self.folder.join(&name[name.len() - 3..name.len() - 1])
	}

	fn path(&self, id: &ContentId) -> PathBuf {
		let name = id.to_string();
		self.shard(&name).join(name)
	}

	/// Writes a blob without making its name durable. Tells the folder that has to be synced, if any.
	fn place(&self, blob: &[u8]) -> Result<Option<PathBuf>, VaultError> {
		let id = ContentId::of(blob);
		let target = self.path(&id);
		if has_length(&target, blob.len() as u64)? {
			return Ok(None);
		}
		let name = id.to_string();
		let shard = self.shard(&name);
		if !shard.exists() {
			make_private_folder(&shard)?;
			sync_folder(&self.folder)?;
		}
		let temporary = Temporary::write(self.folder.join(INCOMING), blob)?;
		temporary.rename(&target)?;
		Ok(Some(shard))
	}
}

impl BlobStore for FolderStore {
	fn put(&self, blob: &[u8]) -> Result<ContentId, VaultError> {
		if let Some(shard) = self.place(blob)? {
			sync_folder(&shard)?;
		}
		Ok(ContentId::of(blob))
	}

	fn put_all(&self, blobs: &[&[u8]]) -> Result<(), VaultError> {
		let mut touched = BTreeSet::new();
		for blob in blobs {
			touched.extend(self.place(blob)?);
		}
		touched.iter().try_for_each(|shard| sync_folder(shard)).map_err(VaultError::from)
	}

	fn get(&self, id: &ContentId) -> Result<Vec<u8>, VaultError> {
		let blob = fs::read(self.path(id)).map_err(|error| missing(id, error))?;
		match ContentId::of(&blob) == *id {
			true => Ok(blob),
			false => Err(VaultError::Altered(*id)),
		}
	}

	fn get_range(&self, id: &ContentId, range: Range<u64>) -> Result<Vec<u8>, VaultError> {
		let mut file = File::open(self.path(id)).map_err(|error| missing(id, error))?;
		let length = file.metadata()?.len();
		let Range { start, end } = range;
		if start > end || end > length {
			return Err(VaultError::OutOfRange { start, end });
		}
		let size = usize::try_from(end - start).map_err(|_| VaultError::OutOfRange { start, end })?;
		let mut part = vec![0; size];
		file.seek(SeekFrom::Start(start))?;
		file.read_exact(&mut part)?;
		Ok(part)
	}

	fn delete(&self, id: &ContentId) -> Result<(), VaultError> {
		let path = self.path(id);
		match fs::remove_file(&path) {
			Ok(()) => Ok(sync_folder(path.parent().unwrap_or(&self.folder))?),
			Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
			Err(error) => Err(error.into()),
		}
	}

	fn exists(&self, id: &ContentId) -> Result<bool, VaultError> {
		Ok(self.path(id).try_exists()?)
	}
}

fn missing(id: &ContentId, error: io::Error) -> VaultError {
	match error.kind() {
		io::ErrorKind::NotFound => VaultError::Missing(*id),
		_ => error.into(),
	}
}

fn has_length(path: &Path, length: u64) -> io::Result<bool> {
	match fs::metadata(path) {
		Ok(metadata) => Ok(metadata.is_file() && metadata.len() == length),
		Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
		Err(error) => Err(error),
	}
}

fn sync_folder(folder: &Path) -> io::Result<()> {
	File::open(folder)?.sync_all()
}

/// A blob on its way, removed unless it gets its name.
struct Temporary {
	path: PathBuf,
	placed: bool,
}

impl Temporary {
	fn write(folder: PathBuf, blob: &[u8]) -> io::Result<Self> {
		let path = folder.join(hex::encode(&salus_client::random_bytes()[..16]));
		let mut options = OpenOptions::new();
		options.write(true).create_new(true);
		#[cfg(unix)]
		std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
		let mut file = options.open(&path)?;
		let temporary = Self { path, placed: false };
		file.write_all(blob)?;
		file.sync_all()?;
		Ok(temporary)
	}

	fn rename(mut self, target: &Path) -> io::Result<()> {
		fs::rename(&self.path, target)?;
		self.placed = true;
		Ok(())
	}
}

impl Drop for Temporary {
	fn drop(&mut self) {
		if !self.placed {
			// The error that led here is on its way to the caller; the next start removes what cannot be removed now.
			fs::remove_file(&self.path).ok();
		}
	}
}
