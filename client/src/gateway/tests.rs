use super::*;

#[test]
fn an_address_without_http_is_refused() {
	assert!(Gateway::new("ws://127.0.0.1:9944", InstitutionId(1), None).is_err());
	assert_eq!(Gateway::new("http://localhost:8080/", InstitutionId(1), None).unwrap().url, "http://localhost:8080");
}

/// Answers one request with `status` and `answer`; hands over what was received.
fn answering(status: &'static str, answer: &'static str) -> (String, std::thread::JoinHandle<String>) {
	use std::io::{Read, Write};
	let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
	let url = format!("http://{}", listener.local_addr().unwrap());
	let server = std::thread::spawn(move || {
		let (mut stream, _) = listener.accept().unwrap();
		let (mut received, mut buffer) = (Vec::new(), [0; 4096]);
		let whole = |received: &[u8]| {
			let text = String::from_utf8_lossy(received).to_lowercase();
			let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
			let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
			body.len() >= length.map_or(0, |length| length.trim().parse().unwrap())
		};
		while !whole(&received) {
			let count = stream.read(&mut buffer).unwrap();
			received.extend_from_slice(&buffer[..count]);
		}
		let length = answer.len();
		write!(stream, "HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{answer}").unwrap();
		String::from_utf8(received).unwrap()
	});
	(url, server)
}

/// Verifies a request as a gateway of institution 7 does, from the bytes on the wire.
fn verified(received: &str) -> crate::signature::VerifiedRequest {
	use crate::signature::{RequestParts, UnverifiedRequest};
	let (head, body) = received.split_once("\r\n\r\n").unwrap();
	let mut lines = head.lines();
	let mut first = lines.next().unwrap().split(' ');
	let (method, target) = (first.next().unwrap(), first.next().unwrap());
	let headers: Vec<(&str, &str)> = lines.filter_map(|line| line.split_once(": ")).collect();
	let header = |name: &str| headers.iter().find(|(key, _)| *key == name).map(|(_, value)| *value);
	let (path, query) = target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
	let parts = RequestParts {
		method,
		path,
		query,
		content_digest: header(CONTENT_DIGEST),
		signature_input: header(SIGNATURE_INPUT),
		signature: header(SIGNATURE),
		body: body.as_bytes(),
	};
	let now = crate::now() / 1_000;
	UnverifiedRequest::read(&parts).unwrap().verify_account(InstitutionId(7), now).unwrap()
}

fn signer() -> HttpSigner {
	HttpSigner::Gateway(subxt_signer::sr25519::Keypair::from_secret_key([1; 32]).unwrap())
}

#[tokio::test]
async fn what_is_sent_is_what_was_signed() {
	let handle = PatientHandle([1; 32]);
	let (url, server) = answering("200 OK", r#"{"accepted":0}"#);
	let gateway = Gateway::new(&url, InstitutionId(7), Some(signer())).unwrap();
	let delivery = wire::OpeningsDelivery { openings: Vec::new() };
	assert_eq!(gateway.deliver_openings(&delivery).await.unwrap().accepted, 0);
	verified(&server.join().unwrap());

	let (url, server) = answering("200 OK", r#"{"handle":"0x","tag_epoch":0,"tags":[]}"#);
	let gateway = Gateway::new(&url, InstitutionId(7), Some(signer())).unwrap();
	let classes = [LabelClass::Normal, LabelClass::Restricted];
	let answer = gateway.scope_tags(&handle, &[Category::VitalSigns, Category::Laboratory], &classes).await;
	assert!(matches!(answer, Err(GatewayError::Unreadable(_))), "the handle of the answer is none");
	let received = server.join().unwrap();
	assert!(received.contains("?categories=vital-signs,laboratory&classes=N,R "), "{received}");
	verified(&received);
}

#[tokio::test]
async fn a_refusal_carries_code_and_advice() {
	let (url, server) =
		answering("403 Forbidden", r#"{"error":"not_entitled","message":"No.","what_to_do":"Ask a registrar."}"#);
	let gateway = Gateway::new(&url, InstitutionId(7), Some(signer())).unwrap();
	let error = gateway.records(&PatientHandle([1; 32])).await.unwrap_err();
	assert_eq!(error.code(), Some(wire::codes::NOT_ENTITLED));
	assert!(error.to_string().contains("Ask a registrar."));
	server.join().unwrap();

	let (url, server) = answering("502 Bad Gateway", "<html>");
	let gateway = Gateway::new(&url, InstitutionId(7), Some(signer())).unwrap();
	assert!(matches!(gateway.status().await, Err(GatewayError::Refused { status: 502, .. })));
	server.join().unwrap();
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
	let (url, server) = answering("307 Temporary Redirect\r\nlocation: http://127.0.0.1:1/v1/status", "");
	let gateway = Gateway::new(&url, InstitutionId(7), Some(signer())).unwrap();
	let error = gateway.status().await.unwrap_err();
	assert!(matches!(error, GatewayError::Refused { status: 307, .. }), "{error}");
	server.join().unwrap();
}

#[tokio::test]
async fn what_another_machine_says_is_kept_short_and_plain() {
	let (url, server) = answering(
		"403 Forbidden",
		r#"{"error":"not_entitled","message":"No.\u001b[2J\nerror: all is well","what_to_do":"Ask."}"#,
	);
	let gateway = Gateway::new(&url, InstitutionId(7), Some(signer())).unwrap();
	let text = gateway.status().await.unwrap_err().to_string();
	assert!(!text.contains(['\u{1b}', '\n']), "{text:?}");
	server.join().unwrap();

	let long: &'static str = Box::leak(format!("{{\"error\":\"{}\"}}", "x".repeat(MAX_REFUSAL)).into_boxed_str());
	let (url, server) = answering("403 Forbidden", long);
	let gateway = Gateway::new(&url, InstitutionId(7), Some(signer())).unwrap();
	assert!(matches!(gateway.status().await, Err(GatewayError::Unreadable(_))));
	server.join().ok();
}

#[tokio::test]
async fn a_gateway_that_is_not_there_says_what_to_do() {
	// Port 1 is reserved and closed.
	let error = Gateway::status_of("http://127.0.0.1:1").await.unwrap_err();
	assert!(matches!(error, GatewayError::Unreachable { .. }));
	assert!(error.to_string().contains("--gateway"), "{error}");
}

#[tokio::test]
async fn what_is_asked_about_an_emergency_is_what_was_signed() {
	let handle = PatientHandle([1; 32]);
	let asked = |answer: &'static str| {
		let (url, server) = answering("200 OK", answer);
		(Gateway::new(&url, InstitutionId(7), Some(signer())).unwrap(), server)
	};
	let (gateway, server) = asked(r#"{"handle":"0x","custodian":3,"scopes":[]}"#);
	let answer = gateway.emergency_file(&handle, InstitutionId(3)).await;
	assert!(matches!(answer, Err(GatewayError::Unreadable(_))), "the handle of the answer is none");
	let received = server.join().unwrap();
	assert!(received.starts_with(&format!("GET /v1/emergency/files/{handle}?custodian=3 ")), "{received}");
	verified(&received);

	for (after, query) in [(0, ""), (5, "?after=5")] {
		let (gateway, server) = asked(r#"{"handle":"0x","notices":[]}"#);
		assert!(gateway.notices(&handle, after).await.is_err());
		let received = server.join().unwrap();
		assert!(received.starts_with(&format!("GET /v1/patients/{handle}/notices{query} ")), "{received}");
		verified(&received);
	}
}
