//! Own staff in an emergency. What each call checks is said with the functions of [`requesting`].

use crate::{
	api::{params, params::Params, to_the_end, Verified},
	emergency::requesting::{self, Ending},
	failure::Failure,
	service::Service,
	staff::Staff,
};
use axum::{extract::State, Json};
use salus_client::wire::emergency::{
	EmergencyChallenge, EmergencyClosed, EmergencyFile, EmergencyRelease, EmergencyRequested, Handover, HandoverKept,
	ReceiverKey, SessionView,
};
use salus_primitives::{EmergencyRequestId, InstitutionId, PatientHandle, PractitionerId};
use std::sync::Arc;

/// Own staff whom the registry authorises for emergencies, by an entry that was looked up just now.
fn emergency_staff(service: &Service, request: &Verified) -> Result<Staff, Failure> {
	requesting::authorised(own_staff(service, request)?)
}

fn own_staff(service: &Service, request: &Verified) -> Result<Staff, Failure> {
	request.caller.clone().staff(service.own, &[])
}

/// `GET /v1/emergency/files/{handle}?custodian=N`.
///
/// # Errors
/// 403, 404, 409.
pub async fn file(
	State(service): State<Arc<Service>>,
	Params(handle): Params<PatientHandle>,
	request: Verified,
) -> Result<Json<EmergencyFile>, Failure> {
	emergency_staff(&service, &request)?;
	let custodian = params::list::<u32>(request.query.as_deref(), "custodian")?;
	let [custodian] = custodian[..] else { return Err(Failure::bad_request("name one `custodian`")) };
	requesting::file(&service, handle, InstitutionId(custodian)).await.map(Json)
}

/// `POST /v1/emergency/requests`.
///
/// # Errors
/// 400, 403, 404, 409, 422.
pub async fn ask(State(service): State<Arc<Service>>, request: Verified) -> Result<Json<EmergencyRequested>, Failure> {
	let staff = emergency_staff(&service, &request)?;
	let form = params::body(&request.body)?;
	to_the_end(async move {
		let requested = requesting::ask(&service, &staff, form).await?;
		drop(request);
		Ok(Json(requested))
	})
	.await
}

/// `GET /v1/emergency/requests/{id}`.
///
/// # Errors
/// 403, 404.
pub async fn view(
	State(service): State<Arc<Service>>,
	Params(id): Params<EmergencyRequestId>,
	request: Verified,
) -> Result<Json<SessionView>, Failure> {
	let staff = own_staff(&service, &request)?;
	requesting::view(&service, &staff, &id).await.map(Json)
}

/// `POST /v1/emergency/requests/{id}/challenge`.
///
/// # Errors
/// 403, 404, 502.
pub async fn challenge(
	State(service): State<Arc<Service>>,
	Params(id): Params<EmergencyRequestId>,
	request: Verified,
) -> Result<Json<EmergencyChallenge>, Failure> {
	let staff = emergency_staff(&service, &request)?;
	requesting::challenge(&service, &staff, id).await.map(Json)
}

/// `POST /v1/emergency/requests/{id}/fetch`.
///
/// # Errors
/// 403, 404, 410, 502.
pub async fn fetch(
	State(service): State<Arc<Service>>,
	Params(id): Params<EmergencyRequestId>,
	request: Verified,
) -> Result<Json<EmergencyRelease>, Failure> {
	let staff = emergency_staff(&service, &request)?;
	let body = params::body(&request.body)?;
	requesting::fetch(&service, &staff, id, body).await.map(Json)
}

/// `POST /v1/emergency/requests/{id}/close`.
///
/// # Errors
/// 400, 403, 404, 422.
pub async fn close(
	state: State<Arc<Service>>,
	id: Params<EmergencyRequestId>,
	request: Verified,
) -> Result<Json<EmergencyClosed>, Failure> {
	end(state, id, request, Ending::Close).await
}

/// `POST /v1/emergency/requests/{id}/cancel`.
///
/// # Errors
/// 400, 403, 404, 422.
pub async fn cancel(
	state: State<Arc<Service>>,
	id: Params<EmergencyRequestId>,
	request: Verified,
) -> Result<Json<EmergencyClosed>, Failure> {
	end(state, id, request, Ending::Cancel).await
}

async fn end(
	State(service): State<Arc<Service>>,
	Params(id): Params<EmergencyRequestId>,
	request: Verified,
	ending: Ending,
) -> Result<Json<EmergencyClosed>, Failure> {
	// Whoever asked may also end it after having lost the authorisation.
	let staff = own_staff(&service, &request)?;
	let act = params::body(&request.body)?;
	to_the_end(async move {
		let closed = requesting::end(&service, &staff, id, ending, act).await?;
		drop(request);
		Ok(Json(closed))
	})
	.await
}

/// `POST /v1/emergency/requests/{id}/handover`.
///
/// # Errors
/// 400, 403, 404, 409.
pub async fn hand_over(
	State(service): State<Arc<Service>>,
	Params(id): Params<EmergencyRequestId>,
	request: Verified,
) -> Result<Json<HandoverKept>, Failure> {
	let staff = emergency_staff(&service, &request)?;
	let handover = params::body(&request.body)?;
	requesting::hand_over(&service, &staff, id, handover).await.map(Json)
}

/// `GET /v1/emergency/requests/{id}/handover`.
///
/// # Errors
/// 403, 404.
pub async fn handed_over(
	State(service): State<Arc<Service>>,
	Params(id): Params<EmergencyRequestId>,
	request: Verified,
) -> Result<Json<Handover>, Failure> {
	let staff = emergency_staff(&service, &request)?;
	requesting::handed_over(&service, &staff, &id).map(Json)
}

/// `POST /v1/emergency/receivers`.
///
/// # Errors
/// 400, 403.
pub async fn leave_key(State(service): State<Arc<Service>>, request: Verified) -> Result<Json<ReceiverKey>, Failure> {
	let staff = emergency_staff(&service, &request)?;
	let key = params::body(&request.body)?;
	requesting::leave_key(&service, &staff, key).map(Json)
}

/// `GET /v1/emergency/receivers/{practitioner}`.
///
/// # Errors
/// 403, 404.
pub async fn receiver_key(
	State(service): State<Arc<Service>>,
	Params(practitioner): Params<PractitionerId>,
	request: Verified,
) -> Result<Json<ReceiverKey>, Failure> {
	own_staff(&service, &request)?;
	requesting::receiver_key(&service, &practitioner).map(Json)
}
