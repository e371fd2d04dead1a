use super::*;
use salus_primitives::InstitutionId;
use std::sync::{
	atomic::{AtomicBool, Ordering},
	Arc,
};

fn meta(institution: u32) -> Meta {
	Meta { institution: InstitutionId(institution), genesis: None }
}

fn open(folder: &tempfile::TempDir, key: u8) -> Result<Index, IndexError> {
	Index::open(&folder.path().join("index.redb"), StorageKey::from_bytes([key; 32]))
}

#[test]
fn values_are_read_back_after_a_restart() {
	let folder = tempfile::tempdir().unwrap();
	open(&folder, 1).unwrap().put(&META, META_KEY, &meta(7)).unwrap();
	assert_eq!(open(&folder, 1).unwrap().get(&META, META_KEY).unwrap(), Some(meta(7)));
}

#[test]
fn another_storage_key_is_refused_at_the_start() {
	let folder = tempfile::tempdir().unwrap();
	open(&folder, 1).unwrap().put(&META, META_KEY, &meta(7)).unwrap();
	assert!(matches!(open(&folder, 2), Err(IndexError::Sealed("meta"))));
}

#[test]
fn two_processes_cannot_use_one_index() {
	let folder = tempfile::tempdir().unwrap();
	let _first = open(&folder, 1).unwrap();
	assert!(matches!(open(&folder, 1), Err(IndexError::InUse)));
}

#[test]
fn a_value_that_was_moved_to_another_key_does_not_open() {
	let sealer = Sealer::new(StorageKey::from_bytes([1; 32]));
	let sealed = sealer.seal("meta", b"one", &meta(7)).unwrap();
	assert_eq!(sealer.open::<Meta>("meta", b"one", &sealed).unwrap(), meta(7));
	assert!(matches!(sealer.open::<Meta>("meta", b"two", &sealed), Err(IndexError::Sealed(_))));
	assert!(matches!(sealer.open::<Meta>("staff", b"one", &sealed), Err(IndexError::Sealed(_))));
	let mut altered = sealed.clone();
	*altered.last_mut().unwrap() ^= 1;
	assert!(matches!(sealer.open::<Meta>("meta", b"one", &altered), Err(IndexError::Sealed(_))));
}

#[test]
fn nothing_readable_stands_in_the_file() {
	let folder = tempfile::tempdir().unwrap();
	let index = open(&folder, 1).unwrap();
	let row = ReceiptRow { bytes: b"somebody read something".to_vec().into(), at: 5 };
	index.put(&RECEIPTS, number_key(0), &row).unwrap();
	drop(index);
	let file = std::fs::read(folder.path().join("index.redb")).unwrap();
	let base64 = serde_json::to_string(&row.bytes).unwrap();
	let needles = [&b"somebody"[..], base64.trim_matches('"').as_bytes(), b"bytes\":"];
	for needle in needles {
		assert!(!file.windows(needle.len()).any(|window| window == needle));
	}
}

#[test]
fn a_scan_finds_what_starts_with_the_prefix_only() {
	let folder = tempfile::tempdir().unwrap();
	let index = open(&folder, 1).unwrap();
	index
		.write(|batch| {
			for (handle, number) in [(1u8, 1u64), (1, 2), (2, 1), (0xff, 9)] {
				batch.put(&RECEIPTS_OF, compose(&[&[handle; 32], &number_key(number)]), &())?;
			}
			Ok::<_, IndexError>(())
		})
		.unwrap();
	assert_eq!(index.scan(&RECEIPTS_OF, [1; 32]).unwrap().len(), 2);
	assert_eq!(index.scan(&RECEIPTS_OF, [0xff; 32]).unwrap().len(), 1);
	assert_eq!(index.scan(&RECEIPTS_OF, [3; 32]).unwrap().len(), 0);
	assert_eq!(index.scan(&RECEIPTS_OF, []).unwrap().len(), 4);
}

#[test]
fn nothing_is_written_when_a_part_fails() {
	let folder = tempfile::tempdir().unwrap();
	let index = open(&folder, 1).unwrap();
	let result = index.write(|batch| {
		batch.put(&META, META_KEY, &meta(1))?;
		Err::<(), _>(IndexError::DiskFull)
	});
	assert!(matches!(result, Err(IndexError::DiskFull)));
	assert_eq!(index.get(&META, META_KEY).unwrap(), None);
}

#[test]
fn fingerprints_need_the_key_and_the_handle() {
	let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
	let (one, two) = (open(&one, 1).unwrap(), open(&two, 2).unwrap());
	let (here, there) = (salus_primitives::PatientHandle([1; 32]), salus_primitives::PatientHandle([2; 32]));
	assert_eq!(one.fingerprint(&here, b"x"), one.fingerprint(&here, b"x"));
	assert_ne!(one.fingerprint(&here, b"x"), one.fingerprint(&there, b"x"));
	assert_ne!(one.fingerprint(&here, b"x"), two.fingerprint(&here, b"x"));
}

/// A file on a disk that can be full.
#[derive(Debug)]
struct Disk {
	file: redb::backends::FileBackend,
	full: Arc<AtomicBool>,
}

impl Disk {
	fn check(&self) -> io::Result<()> {
		match self.full.load(Ordering::SeqCst) {
			true => Err(io::ErrorKind::StorageFull.into()),
			false => Ok(()),
		}
	}
}

impl redb::StorageBackend for Disk {
	fn len(&self) -> io::Result<u64> {
		self.file.len()
	}

	fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
		self.file.read(offset, out)
	}

	fn set_len(&self, len: u64) -> io::Result<()> {
		self.check().and_then(|()| self.file.set_len(len))
	}

	fn sync_data(&self) -> io::Result<()> {
		self.file.sync_data()
	}

	fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
		self.check().and_then(|()| self.file.write(offset, data))
	}

	fn close(&self) -> io::Result<()> {
		self.file.close()
	}
}

#[test]
fn a_full_disk_is_said_and_survived_without_a_restart() {
	let folder = tempfile::tempdir().unwrap();
	let (path, full) = (folder.path().join("index.redb"), Arc::new(AtomicBool::new(false)));
	let switch = full.clone();
	let open = move || {
		let file = std::fs::OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
		let file = redb::backends::FileBackend::new(file.map_err(redb::StorageError::from)?)?;
		Database::builder().create_with_backend(Disk { file, full: full.clone() })
	};
	let index = Index::over(Box::new(open), StorageKey::from_bytes([1; 32])).unwrap();
	index.put(&META, META_KEY, &meta(1)).unwrap();

	switch.store(true, Ordering::SeqCst);
	for _ in 0..3 {
		assert!(matches!(index.put(&META, META_KEY, &meta(2)), Err(IndexError::DiskFull)));
	}
	switch.store(false, Ordering::SeqCst);
	assert_eq!(index.get(&META, META_KEY).unwrap(), Some(meta(1)), "nothing was written");
	index.put(&META, META_KEY, &meta(3)).unwrap();
	assert_eq!(index.get(&META, META_KEY).unwrap(), Some(meta(3)));
}
