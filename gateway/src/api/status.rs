//! `GET /v1/status`: for anybody, says nothing about patients.

use crate::{
	chain::Head,
	failure::Failure,
	service::{blocking, Service},
};
use axum::{extract::State, Json};
use salus_client::wire::GatewayStatus;
use std::sync::{atomic::Ordering, Arc};

/// The answer.
///
/// # Errors
/// 503 when this gateway never saw its chain: it cannot say which one that is.
pub async fn status(State(service): State<Arc<Service>>) -> Result<Json<GatewayStatus>, Failure> {
	let genesis = service.genesis().await?;
	let identity = service.chain.identity().await.ok();
	let head = Head::any(service.chain.as_ref()).await.ok();
	let age = head.map(|head| head.age(salus_client::now()));
	let shared = service.clone();
	let receipts_pending = blocking(move || shared.receipts.pending()).await?;
	let writable = service.vault_writable.load(Ordering::Relaxed);
	let ready = age.is_some_and(|age| age <= service.config.max_head_age()) && writable;
	Ok(Json(GatewayStatus {
		api: "v1".to_owned(),
		version: env!("CARGO_PKG_VERSION").to_owned(),
		institution: service.own,
		gateway: service.account,
		genesis: genesis.into(),
		spec_version: identity.map_or(0, |identity| identity.spec_version),
		finalized: head.map(|head| head.block),
		head_age_ms: age,
		receipts_pending,
		ready,
		concerns: service.concerns.words(),
	}))
}
