use super::*;

const CHEAP: KdfParams = KdfParams { memory_kib: 8, passes: 1, lanes: 1 };

fn store() -> (tempfile::TempDir, Keystore) {
	let home = tempfile::tempdir().unwrap();
	let store = Keystore::with_params(home.path(), CHEAP).unwrap();
	(home, store)
}

#[test]
fn an_identity_of_each_kind_comes_back() {
	let (_home, store) = store();
	for kind in [IdentityKind::Practitioner, IdentityKind::Patient, IdentityKind::Account] {
		let identity = Identity::generate(kind).unwrap();
		let stored = store.create(&kind.to_string(), &identity, "correct horse").unwrap();
		assert_eq!(stored.public.kind(), kind);
		let loaded = store.load(&kind.to_string(), "correct horse").unwrap();
		assert_eq!(loaded.public(), identity.public());
		assert_eq!(*loaded.secret_bytes(), *identity.secret_bytes());
	}
	let names: Vec<_> = store.list().unwrap().into_iter().map(|stored| stored.name).collect();
	assert_eq!(names, ["account", "patient", "practitioner"]);
}

#[test]
fn a_wrong_passphrase_is_told_apart_from_damage() {
	let (home, store) = store();
	let identity = Identity::generate(IdentityKind::Practitioner).unwrap();
	store.create("ana", &identity, "correct horse").unwrap();
	let error = store.load("ana", "wrong horse").unwrap_err();
	assert!(error.is_wrong_passphrase(), "{error}");
	assert!(store.create("ben", &identity, "").is_err());

	let path = home.path().join("keys/ana.json");
	let text = std::fs::read_to_string(&path).unwrap();
	std::fs::write(&path, &text[..text.len() / 2]).unwrap();
	let error = store.load("ana", "correct horse").unwrap_err();
	assert!(!error.is_wrong_passphrase() && error.to_string().contains("damaged"), "{error}");
}

#[test]
fn a_key_is_never_overwritten() {
	let (_home, store) = store();
	let identity = Identity::generate(IdentityKind::Account).unwrap();
	store.create("op", &identity, "secret").unwrap();
	let error = store.create("op", &Identity::generate(IdentityKind::Account).unwrap(), "secret").unwrap_err();
	assert!(matches!(error, KeystoreError::Keyfile { error: KeyfileError::AlreadyThere(_), .. }));
	assert_eq!(store.load("op", "secret").unwrap().public(), identity.public());
}

#[test]
fn names_that_leave_the_folder_are_refused() {
	let (_home, store) = store();
	for name in ["", "../x", "a/b", ".hidden", "a b", &"x".repeat(65)] {
		assert!(matches!(store.show(name), Err(KeystoreError::BadName(_))), "{name}");
	}
	assert!(matches!(store.show("nobody"), Err(KeystoreError::NotFound(..))));
}

#[test]
fn an_exchanged_public_part_is_refused() {
	let (home, store) = store();
	store.create("ana", &Identity::generate(IdentityKind::Account).unwrap(), "x").unwrap();
	let path = home.path().join("keys/ana.json");
	let other = Identity::generate(IdentityKind::Account).unwrap().public().write();
	let mine = store.show("ana").unwrap().public.write();
	let text = std::fs::read_to_string(&path).unwrap().replace(&mine, &other);
	std::fs::write(&path, text).unwrap();
	assert!(store.load("ana", "x").is_err());
}

#[test]
fn a_phrase_with_a_wrong_word_is_refused() {
	let root = PatientRoot::generate().unwrap();
	assert_eq!(root.phrase().split(' ').count(), 24);
	assert_eq!(
		PatientRoot::from_phrase(root.phrase()).unwrap().handle_key(3).public_key().0,
		root.handle_key(3).public_key().0
	);
	let wrong = root.phrase().replacen(' ', " zzzz ", 1);
	assert!(matches!(PatientRoot::from_phrase(&wrong), Err(KeystoreError::BadImport(_))));
}

#[test]
fn development_accounts_can_be_imported() {
	let alice = AccountKey::from_uri("//Alice\n").unwrap();
	assert_eq!(alice.account().to_string(), "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY");
}
