use super::*;
use crate::wire::Account;
use salus_primitives::{PatientHandle, PractitionerId};

const NOW: u64 = 1_790_000_000;
const OWN: InstitutionId = InstitutionId(7);
const BODY: &[u8] = br#"{"categories":["laboratory"]}"#;

fn practitioner() -> (HttpSigner, [u8; 32]) {
	let key = ed25519_dalek::SigningKey::from_bytes(&[3; 32]);
	let public = key.verifying_key().to_bytes();
	(HttpSigner::Practitioner(PractitionerId([1; 32]), key), public)
}

fn account(seed: u8) -> subxt_signer::sr25519::Keypair {
	subxt_signer::sr25519::Keypair::from_secret_key([seed; 32]).unwrap()
}

struct Sent {
	method: &'static str,
	path: &'static str,
	query: Option<&'static str>,
	body: Vec<u8>,
	headers: SignatureHeaders,
}

impl Sent {
	fn by(signer: &HttpSigner) -> Self {
		let (method, path, query) = ("POST", "/v1/access-requests", Some("a=b"));
		let headers = sign_request(signer, OWN, method, path, query, BODY, NOW);
		Self { method, path, query, body: BODY.to_vec(), headers }
	}

	fn read(&self) -> Result<UnverifiedRequest, SignatureError> {
		UnverifiedRequest::read(&RequestParts {
			method: self.method,
			path: self.path,
			query: self.query,
			content_digest: Some(&self.headers.content_digest),
			signature_input: Some(&self.headers.signature_input),
			signature: Some(&self.headers.signature),
			body: &self.body,
		})
	}
}

#[test]
fn a_request_is_accepted_from_each_kind_of_key() {
	let (signer, public) = practitioner();
	let request = Sent::by(&signer).read().unwrap();
	assert_eq!(*request.key_id(), KeyId::Practitioner(PractitionerId([1; 32])));
	assert_eq!(request.verify(&public, OWN, NOW).unwrap().created, NOW);

	let controller = HttpSigner::Controller(PatientHandle([5; 32]), account(1));
	for signer in [controller, HttpSigner::Gateway(account(2)), HttpSigner::Guardian(account(3))] {
		let request = Sent::by(&signer).read().unwrap();
		assert_eq!(request.verify_account(OWN, NOW).unwrap().key_id, signer.key_id());
	}
}

#[test]
fn a_request_without_query_and_body_is_signed_too() {
	let (signer, public) = practitioner();
	let headers = sign_request(&signer, OWN, "GET", "/v1/patients/0x00/records", None, b"", NOW);
	let mut sent = Sent { method: "GET", path: "/v1/patients/0x00/records", query: None, body: Vec::new(), headers };
	sent.read().unwrap().verify(&public, OWN, NOW).unwrap();
	sent.query = Some("all=true");
	assert_eq!(sent.read().unwrap().verify(&public, OWN, NOW), Err(SignatureError::Mismatch));
}

#[test]
fn a_request_is_refused_when_the_body_was_altered() {
	let mut sent = Sent::by(&practitioner().0);
	sent.body[3] ^= 1;
	assert_eq!(sent.read().unwrap_err(), SignatureError::Digest);
	sent.headers.content_digest = content_digest(&sent.body);
	assert_eq!(sent.read().unwrap().verify(&practitioner().1, OWN, NOW), Err(SignatureError::Mismatch));
}

#[test]
fn a_signature_is_verified_before_the_body_is_there_and_the_body_after() {
	let (signer, public) = practitioner();
	let sent = Sent::by(&signer);
	let parts = RequestParts {
		method: sent.method,
		path: sent.path,
		query: sent.query,
		content_digest: Some(&sent.headers.content_digest),
		signature_input: Some(&sent.headers.signature_input),
		signature: Some(&sent.headers.signature),
		body: &[],
	};
	let request = UnverifiedRequest::read_headers(&parts).unwrap();
	request.verify(&public, OWN, NOW).unwrap();
	request.check_body(BODY).unwrap();
	assert_eq!(request.check_body(b""), Err(SignatureError::Digest));
}

#[test]
fn a_request_is_refused_when_method_path_or_query_was_altered() {
	let (signer, public) = practitioner();
	let alter: [fn(&mut Sent); 4] = [
		|sent| sent.method = "DELETE",
		|sent| sent.path = "/v1/access-requests/1/fetch",
		|sent| sent.query = None,
		|sent| sent.query = Some("a=c"),
	];
	for change in alter {
		let mut sent = Sent::by(&signer);
		change(&mut sent);
		assert_eq!(sent.read().unwrap().verify(&public, OWN, NOW), Err(SignatureError::Mismatch));
	}
}

#[test]
fn a_request_is_refused_by_another_key() {
	let other = ed25519_dalek::SigningKey::from_bytes(&[4; 32]).verifying_key().to_bytes();
	let request = Sent::by(&practitioner().0).read().unwrap();
	assert_eq!(request.verify(&other, OWN, NOW), Err(SignatureError::Mismatch));
	assert_eq!(request.verify(&[0; 32], OWN, NOW), Err(SignatureError::Mismatch));

	let mut sent = Sent::by(&HttpSigner::Gateway(account(1)));
	let claimed = KeyId::Gateway(Account(account(2).public_key().0)).to_string();
	let actual = HttpSigner::Gateway(account(1)).key_id().to_string();
	sent.headers.signature_input = sent.headers.signature_input.replace(&actual, &claimed);
	assert_eq!(sent.read().unwrap().verify_account(OWN, NOW), Err(SignatureError::Mismatch));
}

#[test]
fn a_request_is_refused_by_another_gateway() {
	let (signer, public) = practitioner();
	let request = Sent::by(&signer).read().unwrap();
	assert_eq!(request.verify(&public, InstitutionId(8), NOW), Err(SignatureError::Audience));
}

#[test]
fn a_request_is_refused_outside_its_time() {
	let (signer, public) = practitioner();
	let request = Sent::by(&signer).read().unwrap();
	request.verify(&public, OWN, NOW + DEFAULT_VALIDITY).unwrap();
	assert_eq!(request.verify(&public, OWN, NOW + DEFAULT_VALIDITY + 1), Err(SignatureError::Expired));
	request.verify(&public, OWN, NOW - MAX_CLOCK_SKEW).unwrap();
	assert_eq!(request.verify(&public, OWN, NOW - MAX_CLOCK_SKEW - 1), Err(SignatureError::NotYet));
}

#[test]
fn a_request_cannot_give_itself_more_time() {
	let (signer, public) = practitioner();
	let mut sent = Sent::by(&signer);
	let expires = format!("expires={}", NOW + DEFAULT_VALIDITY);
	sent.headers.signature_input = sent.headers.signature_input.replace(&expires, &format!("expires={}", NOW + 9_999));
	assert_eq!(sent.read().unwrap().verify(&public, OWN, NOW), Err(SignatureError::Mismatch));
}

#[test]
fn a_request_is_accepted_once() {
	let (signer, public) = practitioner();
	let verified = Sent::by(&signer).read().unwrap().verify(&public, OWN, NOW).unwrap();
	let mut seen = SeenNonces::new(NOW, 10);
	seen.accept(&verified, NOW).unwrap();
	assert_eq!(seen.accept(&verified, NOW + 1), Err(SignatureError::Replayed));
	let second = Sent::by(&signer).read().unwrap().verify(&public, OWN, NOW).unwrap();
	seen.accept(&second, NOW).unwrap();
}

#[test]
fn a_request_from_before_the_start_is_refused() {
	let (signer, public) = practitioner();
	let verified = Sent::by(&signer).read().unwrap().verify(&public, OWN, NOW).unwrap();
	assert_eq!(SeenNonces::new(NOW + 1, 10).accept(&verified, NOW + 1), Err(SignatureError::Expired));
}

#[test]
fn a_full_memory_refuses_and_frees_itself_with_time() {
	let (signer, public) = practitioner();
	let verified = || Sent::by(&signer).read().unwrap().verify(&public, OWN, NOW).unwrap();
	let mut seen = SeenNonces::new(NOW, 2);
	seen.accept(&verified(), NOW).unwrap();
	seen.accept(&verified(), NOW).unwrap();
	assert_eq!(seen.accept(&verified(), NOW), Err(SignatureError::Replayed));
	seen.accept(&verified(), NOW + DEFAULT_VALIDITY + 1).unwrap();
}

#[test]
fn headers_outside_the_profile_are_refused() {
	let (signer, _) = practitioner();
	let edits: [(&str, &str); 8] = [
		(" \"content-digest\"", ""),
		("\"@method\" \"@path\"", "\"@path\" \"@method\""),
		("\"@path\"", "\"@path\";req"),
		(";alg=\"ed25519\"", ";alg=\"hmac-sha256\""),
		(";alg=\"ed25519\"", ""),
		(";tag=\"salus:7\"", ";tag=\"salus:7\";extra"),
		("sig1=", "sig2="),
		("keyid=\"0x", "keyid=\"1x"),
	];
	for (from, to) in edits {
		let mut sent = Sent::by(&signer);
		let edited = sent.headers.signature_input.replace(from, to);
		assert_ne!(edited, sent.headers.signature_input, "{from}");
		sent.headers.signature_input = edited;
		assert!(matches!(sent.read().unwrap_err(), SignatureError::Profile(_)), "{from} -> {to}");
	}
	let mut sent = Sent::by(&signer);
	sent.headers.signature_input = "sig1=(\"@method\"".to_owned();
	assert!(matches!(sent.read().unwrap_err(), SignatureError::Malformed(..)));
	let mut sent = Sent::by(&signer);
	sent.headers.content_digest = "md5=:1B2M2Y8AsgTpgAmY7PhCfg==:".to_owned();
	assert!(matches!(sent.read().unwrap_err(), SignatureError::Malformed(..)));
}

#[test]
fn the_base_is_as_rfc_9421_writes_it() {
	let base = signature_base("POST", "/v1/x", None, "sha-256=:AA==:", "(\"@method\");created=1");
	assert_eq!(
		base,
		"\"@method\": POST\n\"@path\": /v1/x\n\"@query\": ?\n\"content-digest\": sha-256=:AA==:\n\"@signature-params\": (\"@method\");created=1"
	);
}
