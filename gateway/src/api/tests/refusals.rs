use super::*;
use crate::{
	index::NOTICES,
	testing::{gateway_key, COMPACT},
};
use salus_client::{
	gateway::Gateway,
	signature::{sign_request, HttpSigner, CONTENT_DIGEST, SIGNATURE, SIGNATURE_INPUT},
	wire::{codes, ApiError, GrantNotice, ReleaseChallengeRequest},
};
use salus_primitives::{CapabilityId, MemberStatus, PurposeClasses};
use tokio::{
	io::{AsyncReadExt, AsyncWriteExt},
	net::TcpStream,
};

/// A request as bytes; the answer's status and body.
async fn raw(url: &str, method: &str, path: &str, headers: &[(&str, String)], body: &[u8]) -> (u16, String) {
	let address = url.strip_prefix("http://").unwrap();
	let mut stream = TcpStream::connect(address).await.unwrap();
	let mut head = format!("{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n");
	if !headers.iter().any(|(name, _)| *name == "content-length") {
		head += &format!("content-length: {}\r\n", body.len());
	}
	for (name, value) in headers {
		head += &format!("{name}: {value}\r\n");
	}
	stream.write_all(format!("{head}\r\n").as_bytes()).await.unwrap();
	stream.write_all(body).await.unwrap();
	let mut answer = Vec::new();
	stream.read_to_end(&mut answer).await.unwrap();
	let answer = String::from_utf8(answer).unwrap();
	let (head, body) = answer.split_once("\r\n\r\n").unwrap();
	(head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}

fn code(answer: &(u16, String)) -> (u16, String) {
	(answer.0, serde_json::from_str::<ApiError>(&answer.1).unwrap().error)
}

fn signed(signer: &HttpSigner, to: u32, method: &str, path: &str, body: &[u8]) -> Vec<(&'static str, String)> {
	let now = salus_client::now() / 1_000;
	let headers = sign_request(signer, InstitutionId(to), method, path, None, body, now);
	vec![
		(CONTENT_DIGEST, headers.content_digest),
		(SIGNATURE_INPUT, headers.signature_input),
		(SIGNATURE, headers.signature),
	]
}

#[tokio::test]
async fn a_request_counts_once_unaltered_and_for_this_gateway() {
	let staffed = Staffed::new().await;
	let url = &staffed.region.urls[0];
	let path = format!("/v1/patients/{}/records", PatientHandle([1; 32]));
	let signer = staffed.physician.key.http_signer();
	let headers = signed(&signer, 1, "GET", &path, b"");
	assert_eq!(code(&raw(url, "GET", &path, &headers, b"").await), (403, codes::NOT_ENTITLED.into()));
	let refused = (401, codes::BAD_SIGNATURE.to_owned());
	assert_eq!(code(&raw(url, "GET", &path, &headers, b"").await), refused, "a second time");
	assert_eq!(code(&raw(url, "GET", &path, &[], b"").await), refused, "unsigned");
	let headers = signed(&signer, 2, "GET", &path, b"");
	assert_eq!(code(&raw(url, "GET", &path, &headers, b"").await), refused, "for another gateway");
	let headers = signed(&signer, 1, "POST", &path, b"{}");
	assert_eq!(code(&raw(url, "POST", &path, &headers, b"[]").await), refused, "another body");
	let stranger = PractitionerKey::generate().http_signer();
	let headers = signed(&stranger, 1, "GET", &path, b"");
	assert_eq!(code(&raw(url, "GET", &path, &headers, b"").await), refused, "an unknown key");
}

#[tokio::test]
async fn every_error_has_the_same_form() {
	let staffed = Staffed::new().await;
	let url = &staffed.region.urls[0];
	let get = |path: &'static str| async move { code(&raw(url, "GET", path, &[], b"").await) };
	assert_eq!(get("/v1/nothing").await, (404, codes::NOT_FOUND.into()));
	assert_eq!(get("/v1/patients/0x12/records").await, (400, codes::BAD_REQUEST.into()));
	assert_eq!(get("/v1/patients").await, (400, codes::BAD_REQUEST.into()));
	let long = [("content-length", "99999999".to_owned())];
	let answer = raw(url, "POST", "/v1/patients", &long, b"").await;
	assert_eq!(code(&answer), (413, codes::TOO_LARGE.into()));
	let body = b"{\"control\":";
	let headers = signed(&staffed.registrar.key.http_signer(), 1, "POST", "/v1/patients", body);
	let answer = raw(url, "POST", "/v1/patients", &headers, body).await;
	assert_eq!(code(&answer), (400, codes::BAD_REQUEST.into()));
}

#[tokio::test]
async fn a_body_without_a_stated_length_is_bounded_as_well() {
	let region = Region::with(|config| config.limits.json_bytes = 1_000).await;
	let staffed = Staffed::over(region);
	let body = vec![b' '; 2_000];
	let mut headers = signed(&staffed.registrar.key.http_signer(), 1, "POST", "/v1/patients", &body);
	headers.push(("transfer-encoding", "chunked".into()));
	headers.push(("content-length-is", "not stated".into()));
	let chunked = [b"7d0\r\n".to_vec(), body, b"\r\n0\r\n\r\n".to_vec()].concat();
	let address = staffed.region.urls[0].strip_prefix("http://").unwrap();
	let mut head = format!("POST /v1/patients HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n");
	for (name, value) in headers {
		head += &format!("{name}: {value}\r\n");
	}
	let mut stream = TcpStream::connect(address).await.unwrap();
	stream.write_all(format!("{head}\r\n").as_bytes()).await.unwrap();
	stream.write_all(&chunked).await.unwrap();
	let mut answer = vec![0; 64];
	let count = stream.read(&mut answer).await.unwrap();
	assert!(answer[..count].starts_with(b"HTTP/1.1 413"), "{}", String::from_utf8_lossy(&answer[..count]));
}

#[tokio::test]
async fn roles_and_houses_are_held_apart() {
	let staffed = Staffed::new().await;
	let handle = staffed.custodial_patient(1).await;
	let refused = |error: GatewayError| assert_eq!(error.code(), Some(codes::NOT_ENTITLED), "{error}");
	refused(staffed.witness.gateway.ingest(&handle, COMPACT.to_vec()).await.unwrap_err());
	let control = PatientControl::Custodial { evidence: staffed.paper(WitnessedAct::Register, 2) };
	refused(staffed.physician.gateway.register_patient(&RegisterPatient { control }).await.unwrap_err());
	// Staff of hospital 2 at the gateway of hospital 1.
	let abroad = staffed.region.gateway(1, staffed.cardiologist.key.http_signer());
	refused(abroad.ingest(&handle, COMPACT.to_vec()).await.unwrap_err());
	refused(abroad.records(&handle).await.unwrap_err());
	refused(abroad.release_challenge(&ReleaseChallengeRequest { permit: PermitId(1) }).await.unwrap_err());
	// A suspended institution's gateway, and an account that is none.
	let peer = staffed.region.gateway(1, HttpSigner::Gateway(gateway_key(2)));
	peer.release_challenge(&ReleaseChallengeRequest { permit: PermitId(1) }).await.unwrap();
	staffed.region.chain.world().institutions.get_mut(&InstitutionId(2)).unwrap().status = MemberStatus::Suspended;
	refused(peer.release_challenge(&ReleaseChallengeRequest { permit: PermitId(1) }).await.unwrap_err());
	let nobody = staffed.region.gateway(1, HttpSigner::Gateway(gateway_key(9)));
	refused(nobody.release_challenge(&ReleaseChallengeRequest { permit: PermitId(1) }).await.unwrap_err());
}

#[tokio::test]
async fn staff_whose_entry_ended_are_strangers() {
	let staffed = Staffed::new().await;
	let handle = staffed.custodial_patient(1).await;
	staffed.region.chain.world().staff.get_mut(&staffed.physician.key.id).unwrap().invalid_from = Some(0);
	let error = staffed.physician.gateway.ingest(&handle, COMPACT.to_vec()).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::BAD_SIGNATURE));
}

#[tokio::test]
async fn only_the_custodian_tells_what_was_granted_and_only_what_the_chain_says() {
	let staffed = Staffed::new().await;
	let handle = staffed.custodial_patient(1).await;
	let granted = staffed.grant(&handle, 2, &[Category::Laboratory]).await;
	let service = staffed.region.service(2);
	let stored: Vec<GrantNotice> =
		service.index.scan(&NOTICES, handle.0).unwrap().into_iter().map(|(_, notice)| notice).collect();
	assert_eq!(stored.len(), 1);
	let good = stored[0].clone();
	assert_eq!(good.capability, granted.capability);

	let custodian = staffed.region.gateway(2, HttpSigner::Gateway(gateway_key(1)));
	custodian.notify_grant(&good).await.unwrap();
	let widened = GrantNotice { purposes: PurposeClasses(0b11_1111), valid_until: u64::MAX, ..good.clone() };
	custodian.notify_grant(&widened).await.unwrap();
	let kept = service.index.scan(&NOTICES, handle.0).unwrap().remove(0).1;
	assert_eq!(kept, good, "times and purposes are the chain's");
	let mut foreign = good.clone();
	foreign.tags[0].tag.0[0] ^= 1;
	assert_eq!(custodian.notify_grant(&foreign).await.unwrap_err().code(), Some(codes::BAD_REQUEST));
	let itself = staffed.region.gateway(2, HttpSigner::Gateway(gateway_key(2)));
	assert_eq!(itself.notify_grant(&good).await.unwrap_err().code(), Some(codes::NOT_ENTITLED));
}

#[tokio::test]
async fn a_caller_over_its_rate_is_held_up() {
	let region = Region::with(|config| (config.limits.requests_per_minute, config.limits.burst) = (1, 3)).await;
	let staffed = Staffed::over(region);
	let handle = PatientHandle([1; 32]);
	for _ in 0..3 {
		let error = staffed.physician.gateway.records(&handle).await.unwrap_err();
		assert_eq!(error.code(), Some(codes::NOT_ENTITLED));
	}
	let error = staffed.physician.gateway.records(&handle).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::TOO_MANY));
	let error = staffed.registrar.gateway.records(&handle).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::NOT_ENTITLED), "others are not");
}

#[tokio::test]
async fn a_grantee_that_is_away_is_told_later() {
	let staffed = Staffed::new().await;
	let handle = staffed.custodial_patient(1).await;
	// Its gateway refuses while its institution's head is stale; the outbox keeps the notice.
	let world = &staffed.region.chain;
	world.world().institutions.get_mut(&InstitutionId(1)).unwrap().status = MemberStatus::Suspended;
	let granted = staffed.grant(&handle, 2, &[Category::Laboratory]).await;
	assert!(!granted.grantee_told);
	world.world().institutions.get_mut(&InstitutionId(1)).unwrap().status = MemberStatus::Active;
	let service = staffed.region.service(1);
	for (key, row) in service.index.scan(&crate::index::OUTBOX, []).unwrap() {
		assert!(crate::outbox::deliver(service, &key, row).await.unwrap());
	}
	let told = staffed.region.service(2).index.scan(&NOTICES, handle.0).unwrap();
	assert_eq!(told[0].1.capability, granted.capability);
	assert!(service.index.scan(&crate::index::OUTBOX, []).unwrap().is_empty());
	assert!(Gateway::status_of(&staffed.region.urls[1]).await.unwrap().ready);
	assert_ne!(granted.capability, CapabilityId(0));
}
