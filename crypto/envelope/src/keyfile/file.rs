//! Keyfiles on disk: readable by their owner alone, written whole or not at all.

use super::{inspect, open, seal, KdfParams, Keyfile, KeyfileError, KeyfileInfo};
use std::{
	fs::{self, File, OpenOptions},
	io::{self, Write},
	path::{Path, PathBuf},
};

/// Writes a new keyfile and refuses when there is a file of this name.
///
/// # Errors
/// [`KeyfileError::AlreadyThere`], [`KeyfileError::Io`], and those of [`seal`].
pub fn create(
	path: &Path,
	info: &KeyfileInfo,
	secret: &[u8],
	passphrase: &str,
	params: KdfParams,
) -> Result<(), KeyfileError> {
	if path.try_exists().map_err(io_error(path))? {
		return Err(KeyfileError::AlreadyThere(path.into()));
	}
	let temporary = Temporary::write(path, &seal(info, secret, passphrase, params)?)?;
	// A link fails when the name is taken, which a rename would not: two programs cannot overwrite each other's key.
	fs::hard_link(&temporary.path, path).map_err(|error| match error.kind() {
		io::ErrorKind::AlreadyExists => KeyfileError::AlreadyThere(path.into()),
		_ => io_error(path)(error),
	})?;
	temporary.remove()?;
	sync_folder(path)
}

/// Writes a keyfile in place of the one that is there, if any.
///
/// # Errors
/// [`KeyfileError::Io`], and those of [`seal`].
pub fn replace(
	path: &Path,
	info: &KeyfileInfo,
	secret: &[u8],
	passphrase: &str,
	params: KdfParams,
) -> Result<(), KeyfileError> {
	let temporary = Temporary::write(path, &seal(info, secret, passphrase, params)?)?;
	temporary.rename(path)?;
	sync_folder(path)
}

/// Reads a keyfile. Refuses one that others may read.
///
/// # Errors
/// [`KeyfileError::Io`], [`KeyfileError::OpenToOthers`], and those of [`open`].
pub fn load(path: &Path, passphrase: &str) -> Result<Keyfile, KeyfileError> {
	open(&read(path)?, passphrase)
}

/// What a keyfile says without its passphrase. Checked for damage, **not** authenticated.
///
/// # Errors
/// [`KeyfileError::Io`], [`KeyfileError::OpenToOthers`], and those of [`inspect`].
pub fn peek(path: &Path) -> Result<KeyfileInfo, KeyfileError> {
	inspect(&read(path)?)
}

/// Encrypts a keyfile anew under another passphrase. The old file stays until the new one is on disk.
///
/// # Errors
/// Those of [`load`] and [`replace`].
pub fn change_passphrase(path: &Path, old: &str, new: &str, params: KdfParams) -> Result<(), KeyfileError> {
	let Keyfile { info, secret } = load(path, old)?;
	replace(path, &info, &secret, new, params)
}

fn read(path: &Path) -> Result<String, KeyfileError> {
	#[cfg(unix)]
	{
		use std::os::unix::fs::PermissionsExt;
		let mode = fs::metadata(path).map_err(io_error(path))?.permissions().mode() & 0o777;
		if mode & 0o077 != 0 {
			return Err(KeyfileError::OpenToOthers { path: path.into(), mode });
		}
	}
	fs::read_to_string(path).map_err(|error| match error.kind() {
		io::ErrorKind::InvalidData => KeyfileError::Damaged("it is not text"),
		_ => io_error(path)(error),
	})
}

/// A whole keyfile under a name that nobody looks for, removed unless it gets its real one.
struct Temporary {
	path: PathBuf,
	gone: bool,
}

impl Temporary {
	fn write(target: &Path, text: &str) -> Result<Self, KeyfileError> {
		let mut name = target.file_name().unwrap_or_default().to_os_string();
		name.push(format!(".{}.tmp", hex::encode(crate::random::public::<8>()?)));
		let path = target.with_file_name(name);
		let mut options = OpenOptions::new();
		options.write(true).create_new(true);
		#[cfg(unix)]
		std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
		let mut file = options.open(&path).map_err(io_error(&path))?;
		let temporary = Self { path, gone: false };
		file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(io_error(&temporary.path))?;
		Ok(temporary)
	}

	fn rename(mut self, target: &Path) -> Result<(), KeyfileError> {
		fs::rename(&self.path, target).map_err(io_error(target))?;
		self.gone = true;
		Ok(())
	}

	fn remove(mut self) -> Result<(), KeyfileError> {
		fs::remove_file(&self.path).map_err(io_error(&self.path))?;
		self.gone = true;
		Ok(())
	}
}

impl Drop for Temporary {
	fn drop(&mut self) {
		if !self.gone {
			// Nothing better can be done here than to try; the error that led here is on its way to the caller.
			fs::remove_file(&self.path).ok();
		}
	}
}

/// Makes the new name durable.
fn sync_folder(path: &Path) -> Result<(), KeyfileError> {
	#[cfg(unix)]
	{
		let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
		File::open(folder).and_then(|folder| folder.sync_all()).map_err(io_error(folder))?;
	}
	Ok(())
}

fn io_error(path: &Path) -> impl Fn(io::Error) -> KeyfileError + '_ {
	move |source| KeyfileError::Io { path: path.into(), source }
}
