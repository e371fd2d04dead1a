//! Frozen vectors. A second implementation made them (`tests/vectors/reference.py`, on OpenSSL); what was written once
//! must open for ever, so a change that breaks one of these needs a new version of the format instead.

use super::pattern;
use crate::{
	commit, emergency, key_service, keyfile, locate,
	one_time::OneTimeKeys,
	record,
	wrap::{self, WrapContext, X25519Secret, XWingSecret},
	ContentId, Dek, HandleSecret, KdfParams, LocateKeys, PackageContext, ScopeHalf, ScopeSecret,
};
use codec::Encode;
use serde::{de::Error as _, Deserialize, Deserializer};
use serde_json::Value;

/// Bytes in hexadecimal.
struct Hex<T>(T);

impl<'de, T: TryFrom<Vec<u8>>> Deserialize<'de> for Hex<T> {
	fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
		let bytes = hex::decode(String::deserialize(deserializer)?).map_err(D::Error::custom)?;
		T::try_from(bytes).map(Self).map_err(|_| D::Error::custom("wrong length"))
	}
}

type Hex32 = Hex<[u8; 32]>;

fn read<T: for<'de> Deserialize<'de>>(text: &str) -> T {
	serde_json::from_str(text).expect("the vectors have these fields")
}

#[derive(Deserialize)]
struct RecordCase {
	length: usize,
	dek: Hex32,
	salt: Hex32,
	header: Hex<Vec<u8>>,
	header_hash: Hex32,
	blob_len: usize,
	blob_sha256: Hex32,
	content_id: String,
	blob: Option<Hex<Vec<u8>>>,
}

#[test]
fn records_are_frozen() {
	#[derive(Deserialize)]
	struct File {
		cases: Vec<RecordCase>,
	}
	for case in read::<File>(include_str!("../../tests/vectors/records.json")).cases {
		let dek = Dek::from_bytes(case.dek.0);
		let plaintext = pattern(case.length);
		let blob = record::seal_with_salt(&dek, &plaintext, case.salt.0).unwrap();
		assert_eq!(blob[..record::HEADER_LEN], case.header.0);
		assert_eq!(blob.len(), case.blob_len);
		assert_eq!(record::header_hash(&blob).unwrap(), case.header_hash.0);
		assert_eq!(record::key_commitment(&blob).unwrap(), case.header.0[56..]);
		assert_eq!(ContentId::of(&blob), ContentId(case.blob_sha256.0));
		assert_eq!(ContentId::of(&blob).to_string(), case.content_id);
		assert_eq!(case.content_id.parse(), Ok(ContentId(case.blob_sha256.0)));
		if let Some(stored) = case.blob {
			assert_eq!(stored.0, blob);
		}
		assert_eq!(record::open(&dek, &blob).unwrap(), plaintext);
	}
}

#[derive(Deserialize)]
struct WrapCase {
	kem: String,
	seed: Hex32,
	public: Hex<Vec<u8>>,
	key: Hex32,
	genesis: Hex32,
	subject: Hex32,
	epoch: u32,
	recipient: Hex32,
	purpose: u8,
	expires_at: u64,
	key_commitment: Hex32,
	aad: Hex<Vec<u8>>,
	wrap: Hex<Vec<u8>>,
	wrap_hash: Hex32,
}

#[test]
fn wraps_are_frozen() {
	fn check<S: wrap::WrapSecret>(case: &WrapCase, secret: &S) {
		let context = WrapContext {
			subject: case.subject.0,
			epoch: case.epoch,
			recipient: case.recipient.0,
			purpose: case.purpose,
			expires_at: case.expires_at,
			key_commitment: case.key_commitment.0,
		};
		assert_eq!(wrap::WrapPublic::as_bytes(secret.public()), case.public.0);
		assert_eq!(wrap::WrapPublic::hash(secret.public()), case.recipient.0);
		assert_eq!(context.encode(), case.aad.0);
		assert_eq!(wrap::wrap_hash(&case.wrap.0), case.wrap_hash.0);
		assert_eq!(*wrap::unwrap(secret, &case.wrap.0, &case.genesis.0, &context).unwrap(), case.key.0);
	}

	#[derive(Deserialize)]
	struct File {
		cases: Vec<WrapCase>,
	}
	let cases = read::<File>(include_str!("../../tests/vectors/wraps.json")).cases;
	assert_eq!(cases.len(), 2);
	for case in &cases {
		match case.kem.as_str() {
			"x-wing" => check(case, &XWingSecret::from_seed(case.seed.0)),
			"x25519" => check(case, &X25519Secret::from_seed(case.seed.0)),
			other => panic!("unknown KEM {other}"),
		}
	}
}

#[derive(Deserialize)]
struct ClassCase {
	category: u8,
	label: u8,
	month: u32,
	epoch: u32,
	secret: Hex32,
	commitment: Hex32,
}

#[derive(Deserialize)]
struct TagCase {
	category: u8,
	label: u8,
	epoch: u32,
	tag: Hex<[u8; 16]>,
}

#[derive(Deserialize)]
struct SeedCase {
	path: String,
	seed: Hex32,
}

#[derive(Deserialize)]
struct DekWrapCase {
	labels: u8,
	dek: Hex32,
	record_id: Hex32,
	salt: Hex32,
	wrap: Hex<Vec<u8>>,
}

#[test]
fn key_service_is_frozen() {
	#[derive(Deserialize)]
	struct File {
		handle_secret: Hex32,
		classes: Vec<ClassCase>,
		scope_tags: Vec<TagCase>,
		dek_wraps: Vec<DekWrapCase>,
		root: Hex32,
		root_seeds: Vec<SeedCase>,
	}
	let file: File = read(include_str!("../../tests/vectors/key_service.json"));
	let handle = HandleSecret::from_bytes(file.handle_secret.0);
	for case in file.classes {
		let secret = key_service::class_secret(&handle, case.category, case.label, case.month, case.epoch);
		assert_eq!((secret.expose(), secret.commitment()), (&case.secret.0, case.commitment.0));
	}
	for case in file.scope_tags {
		assert_eq!(key_service::scope_tag(&handle, case.category, case.label, case.epoch), case.tag.0);
	}
	for case in file.dek_wraps {
		let secrets: Vec<_> = (0..case.labels).map(|label| handle.class_secret(0, label, 24_322, 0)).collect();
		let (dek, record_id) = (Dek::from_bytes(case.dek.0), case.record_id.0);
		let wrap = key_service::wrap_dek_with_salt(&secrets, &record_id, &dek, &case.salt.0).unwrap();
		assert_eq!(wrap, case.wrap.0);
		assert_eq!(key_service::unwrap_dek(&secrets, &record_id, &case.wrap.0).unwrap(), dek);
	}
	for case in file.root_seeds {
		assert_eq!(XWingSecret::from_root(&file.root.0, &case.path).expose(), &case.seed.0);
	}
}

#[test]
fn emergency_keys_are_frozen() {
	#[derive(Deserialize)]
	struct File {
		genesis: Hex32,
		handle: Hex32,
		scope: u8,
		scope_epoch: u32,
		label: Hex<Vec<u8>>,
		shared: Hex32,
		first_half: Hex32,
		sealed_half: Hex<[u8; 48]>,
		secret: Hex32,
		second_half: Hex32,
		commitment: Hex32,
		package: u32,
		dek: Hex32,
		salt: Hex32,
		package_wrap: Hex<Vec<u8>>,
	}
	let file: File = read(include_str!("../../tests/vectors/emergency.json"));
	let (shared, label) = (&file.shared.0, &file.label.0[..]);
	let [first, second] = [file.first_half.0, file.second_half.0].map(ScopeHalf::from_bytes);
	assert_eq!(emergency::seal_half(shared, label, &first), file.sealed_half.0);
	assert_eq!(emergency::open_half(shared, label, &file.sealed_half.0).unwrap(), first);
	assert_eq!(second.commitment(), file.commitment.0);
	let secret = ScopeSecret::join(&first, &second);
	assert_eq!(secret.expose(), &file.secret.0);
	let (genesis, handle) = (file.genesis.0, file.handle.0);
	let File { scope, scope_epoch, package, .. } = file;
	let context = PackageContext { genesis, handle, scope, scope_epoch, package };
	let dek = Dek::from_bytes(file.dek.0);
	assert_eq!(secret.wrap_with_salt(&context, &dek, &file.salt.0).unwrap(), file.package_wrap.0);
	assert_eq!(secret.unwrap(&context, &file.package_wrap.0).unwrap(), dek);
}

#[test]
fn the_index_of_patients_is_frozen() {
	#[derive(Deserialize)]
	struct File {
		genesis: Hex32,
		names: [String; 3],
		person: Hex<Vec<u8>>,
		input: Hex32,
		output: Hex<[u8; 64]>,
		tag: Hex32,
		handle: Hex32,
		custodian: u32,
		nonce: Hex<[u8; 12]>,
		sealed: Hex<[u8; locate::SEALED_ENTRY_LEN]>,
	}
	let file: File = read(include_str!("../../tests/vectors/locate.json"));
	assert_eq!(file.names.encode(), file.person.0);
	assert_eq!(*locate::input(&file.person.0, &file.genesis.0), file.input.0);
	let keys = LocateKeys::from_output(&file.output.0);
	assert_eq!(*keys.tag(), file.tag.0);
	assert_eq!(keys.seal_with_nonce(&file.handle.0, file.custodian, file.nonce.0), file.sealed.0);
	assert_eq!(keys.open(&file.sealed.0), Some((file.handle.0, file.custodian)));
}

#[derive(Deserialize)]
struct SaltedCase {
	domain: String,
	salt: Hex32,
	length: usize,
	commitment: Hex32,
}

#[derive(Deserialize)]
struct OneTimeCase {
	seeds: Hex<[u8; 64]>,
	signing: Hex32,
	binding: Hex32,
	domain: String,
	message: Hex<Vec<u8>>,
	signature: Hex<[u8; 64]>,
}

#[test]
fn commitments_and_one_time_keys_are_frozen() {
	#[derive(Deserialize)]
	struct File {
		salted: Vec<SaltedCase>,
		one_time: OneTimeCase,
	}
	let file: File = read(include_str!("../../tests/vectors/commitments.json"));
	for case in file.salted {
		assert_eq!(commit::salted(&case.domain, &case.salt.0, &pattern(case.length)), case.commitment.0);
	}
	let OneTimeCase { seeds, signing, binding, domain, message, signature } = file.one_time;
	let keys = OneTimeKeys::from_seeds(&seeds.0);
	assert_eq!(keys.public().signing, signing.0);
	assert_eq!(keys.binding(), binding.0);
	assert_eq!(keys.sign(&domain, &message.0), signature.0);
	assert_eq!(keys.public().verify(&domain, &message.0, &signature.0), Ok(()));
}

#[test]
fn keyfiles_are_frozen() {
	#[derive(Deserialize)]
	struct File {
		passphrase: String,
		secret: Hex<Vec<u8>>,
		salt: Hex32,
		nonce: Hex<[u8; 12]>,
		file: Value,
	}
	let vector: File = read(include_str!("../../tests/vectors/keyfile.json"));
	let opened = keyfile::open(&vector.file.to_string(), &vector.passphrase).unwrap();
	assert_eq!(*opened.secret, vector.secret.0);
	let params = KdfParams { memory_kib: 64, passes: 2, lanes: 1 };
	let (salt, nonce) = (vector.salt.0, vector.nonce.0);
	let text = keyfile::seal_with(&opened.info, &opened.secret, &vector.passphrase, params, salt, nonce).unwrap();
	assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), vector.file);
}
