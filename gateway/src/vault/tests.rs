use super::{testing::FullAfter, *};
use std::{fs, path::PathBuf};
use tempfile::TempDir;

fn store() -> (TempDir, FolderStore) {
	let folder = tempfile::tempdir().unwrap();
	let store = FolderStore::open(&folder.path().join("vault")).unwrap();
	(folder, store)
}

/// Every file below a folder.
fn files(folder: &std::path::Path) -> Vec<PathBuf> {
	let mut found = Vec::new();
	for entry in fs::read_dir(folder).unwrap() {
		let path = entry.unwrap().path();
		match path.is_dir() {
			true => found.extend(files(&path)),
			false => found.push(path),
		}
	}
	found
}

#[test]
fn a_blob_is_read_as_it_was_written() {
	let (folder, store) = store();
	let id = store.put(b"sealed").unwrap();
	assert_eq!(id, ContentId::of(b"sealed"));
	assert!(store.exists(&id).unwrap());
	assert_eq!(store.get(&id).unwrap(), b"sealed");
	assert_eq!(store.get_range(&id, 2..4).unwrap(), b"al");
	assert!(matches!(store.get_range(&id, 2..7), Err(VaultError::OutOfRange { .. })));
	assert_eq!(store.put(b"sealed").unwrap(), id);
	assert_eq!(files(folder.path()).len(), 1, "the same blob is stored once");
}

#[test]
fn many_blobs_are_stored_at_once() {
	let (folder, store) = store();
	let blobs: Vec<Vec<u8>> = (0u8..50).map(|number| vec![number; 100]).collect();
	store.put_all(&blobs.iter().map(Vec::as_slice).collect::<Vec<_>>()).unwrap();
	assert_eq!(files(folder.path()).len(), 50);
	assert_eq!(store.get(&ContentId::of(&blobs[7])).unwrap(), blobs[7]);
}

#[test]
fn a_flipped_bit_is_found_on_read() {
	let (folder, store) = store();
	let id = store.put(b"sealed bytes").unwrap();
	let file = files(folder.path()).remove(0);
	let mut bytes = fs::read(&file).unwrap();
	bytes[3] ^= 1;
	fs::write(&file, bytes).unwrap();
	assert!(matches!(store.get(&id), Err(VaultError::Altered(altered)) if altered == id));
}

#[test]
fn an_exchanged_blob_is_found_on_read() {
	let (folder, store) = store();
	let one = store.put(b"one record").unwrap();
	store.put(b"two record").unwrap();
	let paths = files(folder.path());
	let (first, second) = (fs::read(&paths[0]).unwrap(), fs::read(&paths[1]).unwrap());
	fs::write(&paths[0], second).unwrap();
	fs::write(&paths[1], first).unwrap();
	assert!(matches!(store.get(&one), Err(VaultError::Altered(_))));
}

#[test]
fn a_missing_blob_is_named() {
	let (_folder, store) = store();
	let id = store.put(b"sealed").unwrap();
	store.delete(&id).unwrap();
	store.delete(&id).unwrap();
	assert!(!store.exists(&id).unwrap());
	assert!(matches!(store.get(&id), Err(VaultError::Missing(missing)) if missing == id));
	assert!(matches!(store.get_range(&id, 0..1), Err(VaultError::Missing(_))));
}

#[test]
fn a_blob_that_was_cut_off_is_replaced_by_the_next_put() {
	let (folder, store) = store();
	let id = store.put(b"sealed bytes").unwrap();
	fs::write(files(folder.path()).remove(0), b"seal").unwrap();
	assert!(matches!(store.get(&id), Err(VaultError::Altered(_))));
	store.put(b"sealed bytes").unwrap();
	assert_eq!(store.get(&id).unwrap(), b"sealed bytes");
}

#[test]
fn what_a_crash_left_half_written_is_removed_at_the_next_start() {
	let (folder, store) = store();
	store.put(b"sealed").unwrap();
	let vault = folder.path().join("vault");
	fs::write(vault.join("incoming").join("half"), b"sea").unwrap();
	let store = FolderStore::open(&vault).unwrap();
	assert_eq!(files(&vault).len(), 1);
	assert!(store.is_writable());
	assert_eq!(files(&vault).len(), 1, "the probe leaves nothing");
}

#[test]
fn a_full_disk_is_said_to_be_full() {
	let (folder, store) = store();
	let store = FullAfter::new(store, 1);
	store.put(b"one").unwrap();
	assert!(matches!(store.put(b"two"), Err(VaultError::DiskFull)));
	assert!(matches!(store.put_all(&[b"two"]), Err(VaultError::DiskFull)));
	assert!(!store.is_writable());
	assert_eq!(files(folder.path()).len(), 1);
	store.make_room(5);
	store.put(b"two").unwrap();
}

#[test]
fn each_custodian_has_a_store_and_a_quota_of_its_own() {
	let folder = tempfile::tempdir().unwrap();
	let open = || Deposits::new(folder.path().join("deposits"), 10);
	let (deposits, one, two) = (open(), InstitutionId(1), InstitutionId(2));
	let id = deposits.of(one).unwrap().put(b"123456").unwrap();
	deposits.of(two).unwrap().put(b"123456").unwrap();
	deposits.of(one).unwrap().put(b"123456").unwrap();
	let refused = |deposits: &Deposits| deposits.of(one).unwrap().put(b"abcde").unwrap_err();
	assert!(matches!(refused(&deposits), VaultError::QuotaUsedUp(custodian) if custodian == one));
	assert!(matches!(refused(&open()), VaultError::QuotaUsedUp(_)), "also after a restart");
	deposits.of(one).unwrap().put(b"abcd").unwrap();
	deposits.of(one).unwrap().delete(&id).unwrap();
	deposits.of(one).unwrap().delete(&id).unwrap();
	assert_eq!(deposits.of(two).unwrap().get(&id).unwrap(), b"123456", "the other's is left alone");
	deposits.of(one).unwrap().put(b"abcdef").unwrap();
	assert!(deposits.of(one).unwrap().put(b"x").is_err());
}
