//! The gateway's HTTP API from the caller's side.

use crate::{
	signature::{sign_request, HttpSigner, CONTENT_DIGEST, SIGNATURE, SIGNATURE_INPUT},
	wire::{self, paths, ApiError},
};
use salus_policy::{Category, LabelClass};
use salus_primitives::{CapabilityId, InstitutionId, PatientHandle, PermitId, RecordId};
use serde::{de::DeserializeOwned, Serialize};
use std::time::Duration;

/// How long an ingest of a large bundle, or a decision that waits for finality, may take.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(300);
/// How long a gateway may take to accept a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Longest answer that is read, bytes: a release of a long history, and no more than a machine can hold.
const MAX_ANSWER: usize = 512 * 1024 * 1024;
/// Longest refusal that is read, bytes.
const MAX_REFUSAL: usize = 64 * 1024;
/// Longest text of a refusal that is handed on, characters.
const MAX_TEXT: usize = 500;
/// Media type of FHIR resources.
const FHIR_JSON: &str = "application/fhir+json";
const JSON: &str = "application/json";

/// An error of a gateway or of the way to it.
#[derive(Debug, thiserror::Error)]
pub enum GatewayError {
	/// No connection.
	#[error("the gateway at {url} does not answer ({reason}). Start it, or name another one with --gateway")]
	Unreachable {
		/// Where it was looked for.
		url: String,
		/// What the connection said.
		reason: String,
	},
	/// The gateway said no.
	#[error("{error}")]
	Refused {
		/// HTTP status.
		status: u16,
		/// Why, and what to do.
		error: ApiError,
	},
	/// The answer cannot be read.
	#[error("the gateway's answer cannot be read: {0}. Check that client and gateway are of one release")]
	Unreadable(String),
	/// The address is none.
	#[error("`{0}` is not an address of a gateway: expected http:// or https://")]
	BadUrl(String),
}

impl GatewayError {
	/// The code of [`wire::codes`], when the gateway said no.
	pub fn code(&self) -> Option<&str> {
		match self {
			Self::Refused { error, .. } => Some(&error.error),
			_ => None,
		}
	}
}

/// An answer to a GET or POST of FHIR bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnRead {
	/// The original bytes of the resource.
	pub bytes: Vec<u8>,
	/// Hash of the receipt that the gateway wrote first.
	pub receipt: Option<String>,
}

/// A gateway, called by one signer.
#[derive(Debug)]
pub struct Gateway {
	url: String,
	http: reqwest::Client,
	institution: InstitutionId,
	signer: Option<HttpSigner>,
}

/// A body on its way.
enum Body {
	None,
	Json(Vec<u8>),
	Fhir(Vec<u8>),
}

impl Gateway {
	/// A gateway at `url` that acts for `institution`: requests are signed for it alone.
	///
	/// # Errors
	/// [`GatewayError::BadUrl`].
	pub fn new(url: &str, institution: InstitutionId, signer: Option<HttpSigner>) -> Result<Self, GatewayError> {
		Ok(Self { url: checked_url(url)?, http: http_client()?, institution, signer })
	}

	/// What a gateway says about itself, before anything is known about it.
	///
	/// # Errors
	/// [`GatewayError::Unreachable`], [`GatewayError::Unreadable`], [`GatewayError::BadUrl`].
	pub async fn status_of(url: &str) -> Result<wire::GatewayStatus, GatewayError> {
		Self::new(url, InstitutionId(0), None)?.status().await
	}

	/// The institution that requests are signed for.
	pub fn institution(&self) -> InstitutionId {
		self.institution
	}

	/// `GET /v1/status`.
	///
	/// # Errors
	/// As every method here: [`GatewayError`].
	pub async fn status(&self) -> Result<wire::GatewayStatus, GatewayError> {
		self.get(paths::STATUS, None).await
	}

	async fn get<T: DeserializeOwned>(&self, path: &str, query: Option<&str>) -> Result<T, GatewayError> {
		let (bytes, _) = self.send("GET", path, query, Body::None).await?;
		read(&bytes)
	}

	async fn post<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<T, GatewayError> {
		let body = serde_json::to_vec(body).map_err(|error| GatewayError::Unreadable(error.to_string()))?;
		let (bytes, _) = self.send("POST", path, None, Body::Json(body)).await?;
		read(&bytes)
	}

	async fn post_fhir<T: DeserializeOwned>(&self, path: &str, resource: Vec<u8>) -> Result<T, GatewayError> {
		let (bytes, _) = self.send("POST", path, None, Body::Fhir(resource)).await?;
		read(&bytes)
	}

	async fn delete<T: DeserializeOwned>(&self, path: &str) -> Result<T, GatewayError> {
		let (bytes, _) = self.send("DELETE", path, None, Body::None).await?;
		read(&bytes)
	}

	/// Sends a request; the answer is its body and the receipt header.
	async fn send(
		&self,
		method: &'static str,
		path: &str,
		query: Option<&str>,
		body: Body,
	) -> Result<(Vec<u8>, Option<String>), GatewayError> {
		let (media_type, bytes) = match body {
			Body::None => (None, Vec::new()),
			Body::Json(bytes) => (Some(JSON), bytes),
			Body::Fhir(bytes) => (Some(FHIR_JSON), bytes),
		};
		let query_part = query.map(|query| format!("?{query}")).unwrap_or_default();
		let url = format!("{}{path}{query_part}", self.url);
		let verb = method.parse().map_err(|_| GatewayError::BadUrl(url.clone()))?;
		let mut request = self.http.request(verb, &url);
		if let Some(signer) = &self.signer {
			let headers = sign_request(signer, self.institution, method, path, query, &bytes, crate::now() / 1_000);
			request = request
				.header(CONTENT_DIGEST, headers.content_digest)
				.header(SIGNATURE_INPUT, headers.signature_input)
				.header(SIGNATURE, headers.signature);
		}
		if let Some(media_type) = media_type {
			request = request.header("content-type", media_type);
		}
		let response = request.body(bytes).send().await.map_err(|error| self.unreachable(error))?;
		let status = response.status();
		let receipt =
			response.headers().get(wire::RECEIPT_HEADER).and_then(|value| value.to_str().ok()).map(ToOwned::to_owned);
		if status.is_success() {
			return Ok((self.body(response, MAX_ANSWER).await?, receipt));
		}
		let bytes = self.body(response, MAX_REFUSAL).await?;
		let error = serde_json::from_slice(&bytes).map(tidy).unwrap_or_else(|_| {
			ApiError::new(
				"unreadable",
				format!("the gateway answered with HTTP status {}", status.as_u16()),
				"Check that the address is a Salus gateway's.",
			)
		});
		Err(GatewayError::Refused { status: status.as_u16(), error })
	}

	/// The body of an answer, unless it is longer than `limit`: the other side may not mean well.
	async fn body(&self, mut response: reqwest::Response, limit: usize) -> Result<Vec<u8>, GatewayError> {
		let mut body = Vec::new();
		while let Some(chunk) = response.chunk().await.map_err(|error| self.unreachable(error))? {
			if body.len().saturating_add(chunk.len()) > limit {
				return Err(GatewayError::Unreadable(format!("it is longer than {limit} bytes")));
			}
			body.extend_from_slice(&chunk);
		}
		Ok(body)
	}

	fn unreachable(&self, error: reqwest::Error) -> GatewayError {
		let mut cause: &dyn std::error::Error = &error;
		while let Some(source) = cause.source() {
			cause = source;
		}
		GatewayError::Unreachable { url: self.url.clone(), reason: cause.to_string() }
	}
}

macro_rules! endpoints {
	($($(#[$doc:meta])* $name:ident($($argument:ident: $kind:ty),*) -> $answer:ty = |$gateway:ident| $call:expr;)+) => {
		impl Gateway {
			$(
				$(#[$doc])*
				///
				/// # Errors
				/// [`GatewayError`].
				pub async fn $name(&self, $($argument: $kind),*) -> Result<$answer, GatewayError> {
					let $gateway = self;
					$call.await
				}
			)+
		}
	};
}

mod emergency;

endpoints! {
	/// Registers a patient. By a registrar.
	register_patient(body: &wire::RegisterPatient) -> wire::RegisteredPatient = |gateway| gateway.post(paths::PATIENTS, body);
	/// Gives a custodial handle to the patient. By a registrar, the patient present.
	claim(handle: &PatientHandle, body: &wire::ClaimHandle) -> wire::HandleClaimed
		= |gateway| gateway.post(&paths::claim(handle), body);
	/// Says whose handle a provisional one is. By a registrar.
	merge_handle(provisional: &PatientHandle, body: &wire::MergeHandle) -> wire::HandlesMerged
		= |gateway| gateway.post(&paths::merge(provisional), body);
	/// Takes that back. By a registrar.
	unmerge_handle(provisional: &PatientHandle, body: &wire::UnmergeHandle) -> wire::HandlesMerged
		= |gateway| gateway.post(&paths::unmerge(provisional), body);
	/// Asks all institutions for somebody who is there. By a registrar.
	find_present(body: &wire::PersonSought) -> wire::PatientsFound
		= |gateway| gateway.post(paths::DEMOGRAPHICS_QUERIES, body);
	/// Asks one institution for somebody who is there. By another institution's gateway.
	match_demographics(body: &wire::DemographicsMatch) -> wire::DemographicsAnswer
		= |gateway| gateway.post(paths::DEMOGRAPHICS_MATCH, body);
	/// Records why staff treat the patient. By a registrar or physician.
	care_relationship(handle: &PatientHandle, body: &wire::CareRelationshipRequest) -> wire::CareRelationshipRecorded
		= |gateway| gateway.post(&paths::care_relationships(handle), body);
	/// Takes a FHIR bundle in. By a physician or registrar.
	ingest(handle: &PatientHandle, bundle: Vec<u8>) -> wire::IngestReport
		= |gateway| gateway.post_fhir(&paths::records(handle), bundle);
	/// Replaces a record by a new version. By a physician.
	amend(handle: &PatientHandle, record: &RecordId, resource: Vec<u8>) -> wire::AmendReport
		= |gateway| gateway.post_fhir(&paths::amend(handle, record), resource);
	/// The records of a patient of the own institution. By own staff.
	records(handle: &PatientHandle) -> wire::RecordList = |gateway| gateway.get(&paths::records(handle), None);
	/// The policy documents of a handle. By its controller, or a registrar.
	policies(handle: &PatientHandle) -> wire::HeldPolicies = |gateway| gateway.get(&paths::policies(handle), None);
	/// Hands the policy document behind a capability over. By the controller.
	deliver_policy(handle: &PatientHandle, body: &wire::PolicyDelivery) -> wire::PolicyAccepted
		= |gateway| gateway.post(&paths::policies(handle), body);
	/// Grants on paper for a custodial handle. By a registrar.
	grant_consent(handle: &PatientHandle, body: &wire::ConsentRequest) -> wire::ConsentGranted
		= |gateway| gateway.post(&paths::consents(handle), body);
	/// Ends one capability of a custodial handle. By a registrar.
	revoke_consent(handle: &PatientHandle, grantee: InstitutionId, capability: CapabilityId) -> wire::ConsentRevoked
		= |gateway| gateway.delete(&paths::consent(handle, grantee, capability));
	/// Ends everything that a custodial handle granted to an institution. By a registrar.
	revoke_consents(handle: &PatientHandle, grantee: InstitutionId) -> wire::ConsentRevoked
		= |gateway| gateway.delete(&paths::consents_of(handle, grantee));
	/// Tells a grantee what it was granted. By the custodian's gateway.
	notify_grant(body: &wire::GrantNotice) -> wire::NoticeAccepted = |gateway| gateway.post(paths::GRANT_NOTICES, body);
	/// Asks another institution for records. By own staff.
	request_access(body: &wire::AccessRequest) -> wire::AccessAnswer = |gateway| gateway.post(paths::ACCESS_REQUESTS, body);
	/// Asks for the custodian's challenge. By the practitioner who asked for access.
	challenge(permit: PermitId) -> wire::ChallengeAnswer = |gateway| gateway.post(&paths::challenge(permit), &());
	/// Fetches what a permit covers. By the practitioner who asked for access.
	fetch(permit: PermitId, body: &wire::FetchRequest) -> wire::Release = |gateway| gateway.post(&paths::fetch(permit), body);
	/// Asks for a challenge. By the asking institution's gateway.
	release_challenge(body: &wire::ReleaseChallengeRequest) -> wire::ReleaseChallenge
		= |gateway| gateway.post(paths::RELEASE_CHALLENGE, body);
	/// Asks for the release. By the asking institution's gateway.
	release(body: &wire::ReleaseRequest) -> wire::Release = |gateway| gateway.post(paths::RELEASE, body);
	/// Hands openings of audit entries to the custodian. By the acting institution's gateway.
	deliver_openings(body: &wire::OpeningsDelivery) -> wire::OpeningsAccepted
		= |gateway| gateway.post(paths::OPENINGS, body);
	/// Hands openings of the patient's own acts to the custodian. By the controller.
	deliver_own_openings(handle: &PatientHandle, body: &wire::OpeningsDelivery) -> wire::OpeningsAccepted
		= |gateway| gateway.post(&paths::patient_openings(handle), body);
	/// The openings of a handle's audit chain, and the receipts. By the controller, or a privacy officer.
	openings(handle: &PatientHandle) -> wire::Openings = |gateway| gateway.get(&paths::patient_openings(handle), None);
}

impl Gateway {
	/// Scope tags for each pair of these categories and classes. By the controller, or a registrar.
	///
	/// # Errors
	/// [`GatewayError`].
	pub async fn scope_tags(
		&self,
		handle: &PatientHandle,
		categories: &[Category],
		classes: &[LabelClass],
	) -> Result<wire::ScopeTags, GatewayError> {
		let names = |names: Vec<&str>| names.join(",");
		let query = format!(
			"categories={}&classes={}",
			names(categories.iter().map(|category| category.name()).collect()),
			names(classes.iter().map(|class| class.name()).collect())
		);
		self.get(&paths::scope_tags(handle), Some(&query)).await
	}

	/// Reads one record at the own institution, without waiting for the chain. By own staff under a care relationship.
	///
	/// # Errors
	/// [`GatewayError`].
	pub async fn record(&self, handle: &PatientHandle, record: &RecordId) -> Result<OwnRead, GatewayError> {
		let (bytes, receipt) = self.send("GET", &paths::record(handle, record), None, Body::None).await?;
		Ok(OwnRead { bytes, receipt })
	}
}

/// What another machine says goes to terminals and logs: short, and without control characters.
fn tidy(error: ApiError) -> ApiError {
	let plain = |text: String| text.chars().filter(|char| !char.is_control()).take(MAX_TEXT).collect::<String>();
	ApiError { error: plain(error.error), message: plain(error.message), what_to_do: plain(error.what_to_do) }
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, GatewayError> {
	serde_json::from_slice(bytes).map_err(|error| GatewayError::Unreadable(error.to_string()))
}

fn checked_url(url: &str) -> Result<String, GatewayError> {
	let good = url.starts_with("http://") || url.starts_with("https://");
	good.then(|| url.trim_end_matches('/').to_owned()).ok_or_else(|| GatewayError::BadUrl(url.to_owned()))
}

fn http_client() -> Result<reqwest::Client, GatewayError> {
	reqwest::Client::builder()
		.timeout(REQUEST_TIMEOUT)
		.connect_timeout(CONNECT_TIMEOUT)
		// A gateway is where it says it is. Following another gateway's redirect would let it choose whom we talk to, inside our own network.
		.redirect(reqwest::redirect::Policy::none())
		.build()
		.map_err(|error| GatewayError::Unreadable(error.to_string()))
}

#[cfg(test)]
mod tests;
