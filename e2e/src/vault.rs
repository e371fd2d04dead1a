//! A gateway's vault as an attacker, or a failing disk, sees it: files.

use anyhow::{Context, Result};
use std::{
	collections::BTreeSet,
	fs,
	path::{Path, PathBuf},
};

/// The file below `folder` that holds the sealed bytes with this SHA-256.
///
/// # Errors
/// When there is none.
pub fn file_of(folder: &Path, content: &[u8; 32]) -> Result<PathBuf> {
	let name = salus_envelope::ContentId(*content).to_string();
	let mut folders = vec![folder.to_owned()];
	while let Some(folder) = folders.pop() {
		for entry in fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))? {
			let path = entry?.path();
			if path.is_dir() {
				folders.push(path);
			} else if path.file_name().is_some_and(|found| found == name.as_str()) {
				return Ok(path);
			}
		}
	}
	anyhow::bail!("{} holds no blob {name}", folder.display())
}

/// Which of the words stand readable in a file below a folder.
///
/// # Errors
/// When a folder cannot be read.
pub fn leaks(folder: &Path, words: &BTreeSet<String>) -> Result<Vec<String>> {
	let mut found = Vec::new();
	let mut folders = vec![folder.to_owned()];
	while let Some(folder) = folders.pop() {
		for entry in fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))? {
			let path = entry?.path();
			if path.is_dir() {
				folders.push(path);
				continue;
			}
			// A file that is replaced while it is read holds the next one's bytes.
			let Ok(bytes) = fs::read(&path) else { continue };
			found.extend(words_in(&bytes, words).iter().map(|word| format!("{word} in {}", path.display())));
		}
	}
	Ok(found)
}

/// Which of the words stand in some bytes.
pub fn words_in<'a>(bytes: &[u8], words: &'a BTreeSet<String>) -> BTreeSet<&'a str> {
	let mut begins = [false; 256];
	words.iter().filter_map(|word| word.bytes().next()).for_each(|first| begins[usize::from(first)] = true);
	let places = bytes.iter().enumerate().filter(|(_, byte)| begins[usize::from(**byte)]);
	let at = |place: usize| words.iter().filter(move |word| bytes[place..].starts_with(word.as_bytes()));
	places.flat_map(|(place, _)| at(place)).map(String::as_str).collect()
}

/// A file that is put back as it was when this is dropped.
#[derive(Debug)]
pub struct Tampered {
	path: PathBuf,
	original: Vec<u8>,
}

impl Tampered {
	/// Replaces a file's bytes by what `change` makes of them; `None` removes the file.
	///
	/// # Errors
	/// When it cannot be read or written.
	pub fn with(path: &Path, change: impl FnOnce(Vec<u8>) -> Option<Vec<u8>>) -> Result<Self> {
		let original = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
		match change(original.clone()) {
			Some(bytes) => fs::write(path, bytes),
			None => fs::remove_file(path),
		}
		.with_context(|| format!("cannot change {}", path.display()))?;
		Ok(Self { path: path.to_owned(), original })
	}

	/// Flips one bit in the middle.
	///
	/// # Errors
	/// As [`Self::with`].
	pub fn flip_one_bit(path: &Path) -> Result<Self> {
		Self::with(path, |mut bytes| {
			let middle = bytes.len() / 2;
			if let Some(byte) = bytes.get_mut(middle) {
				*byte ^= 0b0001_0000;
			}
			Some(bytes)
		})
	}

	/// The bytes before the change.
	pub fn original(&self) -> &[u8] {
		&self.original
	}
}

impl Drop for Tampered {
	fn drop(&mut self) {
		if let Err(error) = fs::write(&self.path, &self.original) {
			eprintln!("could not put {} back: {error}", self.path.display());
		}
	}
}

#[cfg(test)]
// A failed test may panic.
#[allow(clippy::unwrap_used)]
mod tests {
	use super::*;

	#[test]
	fn a_file_is_found_by_its_content_changed_and_put_back() {
		let folder = tempfile::tempdir().unwrap();
		let id = salus_envelope::ContentId::of(b"sealed");
		let path = folder.path().join("ab").join(id.to_string());
		fs::create_dir(folder.path().join("ab")).unwrap();
		fs::write(&path, b"sealed").unwrap();
		let found = file_of(folder.path(), &id.0).unwrap();
		let tampered = Tampered::flip_one_bit(&found).unwrap();
		assert_ne!(fs::read(&path).unwrap(), b"sealed");
		drop(tampered);
		drop(Tampered::with(&found, |_| None).unwrap());
		assert_eq!(fs::read(&path).unwrap(), b"sealed");
		assert!(file_of(folder.path(), &[0; 32]).is_err());
	}

	#[test]
	fn a_name_on_the_disk_is_found() {
		let folder = tempfile::tempdir().unwrap();
		fs::create_dir(folder.path().join("deep")).unwrap();
		fs::write(folder.path().join("deep/file"), b"\x00\x01Mustermann\xff").unwrap();
		assert_eq!(leaks(folder.path(), &["Mustermann".to_owned(), "Musterfrau".to_owned()].into()).unwrap().len(), 1);
	}
}
