//! Who sends a request. Nothing below this file sees a request whose signature was not verified.

use crate::{
	chain::Head,
	control::{is_kept_by, is_self_held_by},
	failure::Failure,
	service::Service,
	staff::Staff,
};
use axum::{
	body::{to_bytes, Bytes},
	extract::{FromRequest, Request},
	http::{header::CONTENT_LENGTH, HeaderMap},
};
use salus_client::{
	signature::{
		KeyId, RequestParts, SignatureError, UnverifiedRequest, VerifiedRequest, CONTENT_DIGEST, SIGNATURE,
		SIGNATURE_INPUT,
	},
	wire::{codes, Account},
};
use salus_primitives::{CommitteeId, InstitutionId, MemberStatus, PatientHandle, PractitionerId, StaffRole, SECOND};
use std::{
	sync::{Arc, PoisonError},
	time::Duration,
};
use tokio::sync::OwnedSemaphorePermit;

/// How long a body may take to arrive: a slow sender must not hold a slot for ever.
const BODY_TIMEOUT: Duration = Duration::from_secs(60);

/// Largest body of a route, bytes.
#[derive(Clone, Copy, Debug)]
pub struct BodyLimit(pub usize);

/// Marks routes by which own staff reads in the own house, also while the node is away. Everywhere else an entry that is only remembered serves for
/// nothing, and the node is waited for.
#[derive(Clone, Copy, Debug)]
pub struct OwnReading;

/// Whom a signature was verified for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caller {
	/// A practitioner with a valid registry entry, of any institution.
	Staff(Staff),
	/// The patient who controls this handle, which is kept here.
	Controller(PatientHandle),
	/// The gateway of an active institution.
	Gateway(InstitutionId),
	/// A person whom a patient chose as guardian, and the committees this is for.
	Guardian(Account, Vec<CommitteeId>),
}

impl Caller {
	/// Own staff with one of these roles, by a registry entry that was looked up just now.
	///
	/// # Errors
	/// 403; 503 when the registry is out of reach.
	pub fn staff(self, own: InstitutionId, roles: &[StaffRole]) -> Result<Staff, Failure> {
		let staff = self.own_staff(own)?;
		if staff.remembered {
			return Err(Failure::node_unreachable());
		}
		match roles.is_empty() || staff.has_role(roles) {
			true => Ok(staff),
			false => Err(Failure::not_entitled(
				"your roles in the staff registry do not allow this",
				"Ask a colleague who has the role, or have the registry corrected.",
			)),
		}
	}

	/// Own staff, also by an entry that is remembered because the node is away: for own reads alone.
	///
	/// # Errors
	/// 403.
	pub fn own_staff(self, own: InstitutionId) -> Result<Staff, Failure> {
		match self {
			Self::Staff(staff) if staff.info.institution == own => Ok(staff),
			_ => Err(Failure::not_entitled(
				"only staff of this institution may do this",
				"Sign with the key of a practitioner of this institution.",
			)),
		}
	}

	/// Whether the caller is the patient of this handle.
	pub fn controls(&self, handle: &PatientHandle) -> bool {
		matches!(self, Self::Controller(controlled) if controlled == handle)
	}

	/// The patient of this handle.
	///
	/// # Errors
	/// 403.
	pub fn controller(&self, handle: &PatientHandle) -> Result<(), Failure> {
		match self.controls(handle) {
			true => Ok(()),
			false => Err(not_controller()),
		}
	}

	/// The institution of a gateway.
	///
	/// # Errors
	/// 403.
	pub fn gateway(&self) -> Result<InstitutionId, Failure> {
		match self {
			Self::Gateway(institution) => Ok(*institution),
			_ => Err(Failure::not_entitled(
				"only another institution's gateway may do this",
				"Ask through the gateway of your own institution.",
			)),
		}
	}
}

impl Caller {
	/// The committees in which a personal guardian is a member, in formation or active.
	///
	/// # Errors
	/// 403.
	pub fn guardian(&self) -> Result<&[CommitteeId], Failure> {
		match self {
			Self::Guardian(_, committees) => Ok(committees),
			_ => Err(not_guardian()),
		}
	}
}

fn not_guardian() -> Failure {
	Failure::not_entitled(
		"this account is not a patient's guardian",
		"Sign with the account that the patient named as guardian.",
	)
}

/// The same whether the handle is unknown, kept elsewhere or controlled by another.
fn not_controller() -> Failure {
	Failure::not_entitled("this key does not control the handle here", "Sign with the handle's current key.")
}

/// A request whose signature was verified.
pub struct Verified {
	/// By whom.
	pub caller: Caller,
	/// The body, as signed.
	pub body: Bytes,
	/// The query, as signed.
	pub query: Option<String>,
	/// Held while the request is in work.
	_slot: OwnedSemaphorePermit,
}

impl FromRequest<Arc<Service>> for Verified {
	type Rejection = Failure;

	async fn from_request(request: Request, service: &Arc<Service>) -> Result<Self, Failure> {
		let slot = service.slots.clone().try_acquire_owned().map_err(|_| Failure::too_many())?;
		let (parts, body) = request.into_parts();
		let limit = parts.extensions.get::<BodyLimit>().map_or(0, |limit| limit.0);
		let stated = header(&parts.headers, CONTENT_LENGTH.as_str()).and_then(|value| value.parse::<usize>().ok());
		if stated.is_some_and(|length| length > limit) {
			return Err(too_large(limit));
		}
		let query = parts.uri.query().map(ToOwned::to_owned);
		// Before the body: nobody without a registered key fills memory, or holds a slot for longer than a look at the registry takes.
		let unverified = UnverifiedRequest::read_headers(&RequestParts {
			method: parts.method.as_str(),
			path: parts.uri.path(),
			query: query.as_deref(),
			content_digest: header(&parts.headers, CONTENT_DIGEST),
			signature_input: header(&parts.headers, SIGNATURE_INPUT),
			signature: header(&parts.headers, SIGNATURE),
			body: &[],
		})?;
		let caller = identify(service, &unverified, parts.extensions.get::<OwnReading>().is_some()).await?;
		let body = tokio::time::timeout(BODY_TIMEOUT, to_bytes(body, limit))
			.await
			.map_err(|_| Failure::bad_request("the body did not arrive within a minute"))?
			// Without a stated length there is no telling an overlong body from a broken connection, whose sender does not read the answer.
			.map_err(|_| too_large(limit))?;
		unverified.check_body(&body)?;
		Ok(Self { caller, body, query, _slot: slot })
	}
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
	let mut values = headers.get_all(name).iter();
	// Two headers of one name could be read differently by a proxy and here.
	match (values.next(), values.next()) {
		(Some(value), None) => value.to_str().ok(),
		_ => None,
	}
}

fn too_large(limit: usize) -> Failure {
	let message = format!("the body is longer than the {limit} bytes that are taken here");
	Failure::new(codes::TOO_LARGE, message, "Send less at once.")
}

async fn identify(service: &Service, unverified: &UnverifiedRequest, reads: bool) -> Result<Caller, Failure> {
	let now = salus_client::now();
	match *unverified.key_id() {
		KeyId::Practitioner(id) => practitioner(service, unverified, &id, reads, now).await,
		// Anybody can draw a key and sign with it: only those that the chain knows take up room among the nonces and buckets.
		KeyId::Controller(handle, account) => {
			let verified = unverified.verify_account(service.own, now / SECOND)?;
			let caller = controller(service, handle, &account, now).await?;
			admit(service, &verified, now).map(|()| caller)
		}
		KeyId::Gateway(account) => {
			let verified = unverified.verify_account(service.own, now / SECOND)?;
			let caller = gateway(service, &account).await?;
			admit(service, &verified, now).map(|()| caller)
		}
		KeyId::Guardian(account) => {
			let verified = unverified.verify_account(service.own, now / SECOND)?;
			let caller = guardian(service, account).await?;
			admit(service, &verified, now).map(|()| caller)
		}
	}
}

async fn practitioner(
	service: &Service,
	unverified: &UnverifiedRequest,
	id: &PractitionerId,
	reads: bool,
	now: u64,
) -> Result<Caller, Failure> {
	let chain = service.chain.as_ref();
	let staff = match reads {
		true => service.staff.find_for_reading(chain, id, now).await?,
		false => service.staff.find(chain, id, now).await?,
	};
	// An unknown practitioner and a wrong key get the same answer.
	let staff = staff.ok_or(SignatureError::Mismatch)?;
	admit(service, &unverified.verify(&staff.info.signing_key, service.own, now / SECOND)?, now)?;
	Ok(Caller::Staff(staff))
}

async fn controller(service: &Service, handle: PatientHandle, account: &Account, now: u64) -> Result<Caller, Failure> {
	let head = service.head().await?;
	let info = service.chain.handle(&head.block, &handle).await?;
	let controls = |info: &salus_runtime_api::HandleInfo<Account>| {
		is_kept_by(info, service.own) && is_self_held_by(info, account, now.max(head.time))
	};
	info.filter(controls).map(|_| Caller::Controller(handle)).ok_or_else(not_controller)
}

async fn gateway(service: &Service, account: &Account) -> Result<Caller, Failure> {
	let not_member = || {
		Failure::not_entitled(
			"this account is not the gateway of an active member",
			"Have the institution's operator register the gateway.",
		)
	};
	let head: Head = service.head().await?;
	let institution = service.chain.gateway_institution(account).await?.ok_or_else(not_member)?;
	let info = service.chain.institution(&head.block, institution).await?;
	match info {
		Some(info) if info.status == MemberStatus::Active => Ok(Caller::Gateway(institution)),
		_ => Err(not_member()),
	}
}

async fn guardian(service: &Service, account: Account) -> Result<Caller, Failure> {
	let head = service.head().await?;
	let committees = service.chain.committees_of_guardian(&head.block, &account).await?;
	match committees.is_empty() {
		true => Err(not_guardian()),
		false => Ok(Caller::Guardian(account, committees)),
	}
}

/// One use per signature, and not too many per caller.
fn admit(service: &Service, request: &VerifiedRequest, now: u64) -> Result<(), Failure> {
	if !service.limiter.admit(&request.key_id, now) {
		return Err(Failure::too_many());
	}
	// A poisoned lock holds a complete map: no code that can panic runs under it.
	let mut nonces = service.nonces.lock().unwrap_or_else(PoisonError::into_inner);
	Ok(nonces.accept(request, now / SECOND)?)
}

#[cfg(test)]
mod tests {
	use crate::{
		emergency::testing::League,
		testing::{gateway_key, Region},
	};
	use salus_client::{
		chain::Keypair,
		signature::HttpSigner,
		wire::{codes, emergency::OpeningQuery, Account, OpeningsDelivery},
	};
	use salus_primitives::{EmergencyRequestId, Guardian};
	use std::{
		io::{Read, Write},
		net::TcpStream,
		sync::PoisonError,
		time::Duration,
	};

	#[tokio::test(flavor = "multi_thread")]
	async fn a_stranger_is_told_before_the_body_is_waited_for() {
		let region = Region::new().await;
		let address = region.urls[0].strip_prefix("http://").unwrap().to_owned();
		let answer = tokio::task::spawn_blocking(move || {
			let mut stream = TcpStream::connect(&address).unwrap();
			stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
			write!(stream, "POST /v1/grant-notices HTTP/1.1\r\nhost: {address}\r\ncontent-length: 1000\r\n\r\n{{")
				.unwrap();
			let mut buffer = [0; 64];
			let count = stream.read(&mut buffer).unwrap();
			String::from_utf8_lossy(&buffer[..count]).into_owned()
		});
		let answer = answer.await.unwrap();
		assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
	}

	#[tokio::test]
	async fn a_personal_guardian_is_whom_the_chain_names() {
		let league = League::new();
		let committee = league.committee().await;
		let key = gateway_key(77);
		let own = Guardian::Person(Account(key.public_key().0));
		let query = OpeningQuery { id: EmergencyRequestId([1; 32]) };
		let gateway = league.serve(6, HttpSigner::Guardian(key)).await;
		let nonces = || league.service(6).nonces.lock().unwrap_or_else(PoisonError::into_inner).len();
		let stranger = gateway.emergency_opening(&query).await.unwrap_err();
		assert_eq!((stranger.code(), nonces()), (Some(codes::NOT_ENTITLED), 0));
		league.emergency(|emergency| emergency.committees.get_mut(&committee).unwrap().members[0].guardian = own);
		let guardian = gateway.emergency_opening(&query).await.unwrap_err();
		assert_eq!((guardian.code(), nonces()), (Some(codes::NOT_FOUND), 1), "known, and there is no such session");
		let duty = gateway.duty().await.unwrap_err();
		assert_eq!(duty.code(), Some(codes::NOT_ENTITLED));
	}

	#[tokio::test]
	async fn a_key_that_the_chain_does_not_know_takes_up_no_nonce() {
		let region = Region::new().await;
		let nonces = || region.service(1).nonces.lock().unwrap_or_else(PoisonError::into_inner).len();
		let send = |key: Keypair| {
			let gateway = region.gateway(1, HttpSigner::Gateway(key));
			async move { gateway.deliver_openings(&OpeningsDelivery { openings: Vec::new() }).await }
		};
		let refused = send(Keypair::from_secret_key([99; 32]).unwrap()).await.unwrap_err();
		assert_eq!((refused.code(), nonces()), (Some(codes::NOT_ENTITLED), 0));
		send(gateway_key(2)).await.unwrap();
		assert_eq!(nonces(), 1);
	}
}
