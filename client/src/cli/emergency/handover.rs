//! `salus emergency ready`, `handover` and `take-over`.

use super::{
	notes::{Held, Practitioner, SessionNotes, Sessions},
	words::{drill_mark, is_over, status_name},
};
use crate::cli::{
	context::Context,
	error::CliError,
	output::{moment, short, Report},
};
use clap::Args;
use salus_client::{
	emergency::handover,
	primitives::{EmergencyRequestId, PractitionerId},
	wire::emergency::ReceiverKey,
};
use serde_json::json;

/// A handover.
#[derive(Clone, Debug, Args)]
pub struct HandOver {
	/// The session; the newest one of this machine unless given
	id: Option<EmergencyRequestId>,
	/// The colleague, who has run `salus emergency ready`
	#[arg(long, value_name = "PRACTITIONER")]
	to: PractitionerId,
}

/// `salus emergency ready`.
pub async fn ready(context: &Context) -> Result<Report, CliError> {
	let practitioner = Practitioner::unlock(context)?;
	let gateway = context.gateway(practitioner.key.http_signer()).await?;
	let xwing_key = practitioner.key.encryption_key().public().as_bytes().to_vec().into();
	let left = gateway.leave_receiver_key(&ReceiverKey { practitioner: practitioner.key.id, xwing_key }).await?;
	let text = format!("Sessions can be handed over to you now, as {}.", left.practitioner);
	Report::new(&json!({ "practitioner": left.practitioner, "institution": gateway.institution() }), text)
}

/// `salus emergency handover`.
pub async fn hand_over(context: &Context, arguments: HandOver) -> Result<Report, CliError> {
	let sessions = Sessions::of(context);
	let notes = sessions.meant(context, arguments.id)?;
	let practitioner = Practitioner::of(context, &notes)?;
	if arguments.to == practitioner.key.id {
		return Err(CliError::Usage("the session is yours already".to_owned()));
	}
	let secrets = sessions.secrets(&notes, &practitioner.passphrase)?;
	let gateway = context.gateway(practitioner.key.http_signer()).await?;
	let chain = context.chain().await?;
	let receiver = chain
		.practitioner(&arguments.to)
		.await?
		.ok_or_else(|| CliError::NotThere(format!("the staff registry has no practitioner {}", arguments.to)))?;
	if receiver.institution != gateway.institution() || !receiver.valid || !receiver.emergency_authorised {
		return Err(CliError::Usage(
			"a session can be handed over to a colleague of your own institution who is authorised for emergencies"
				.to_owned(),
		));
	}
	// The gateway hands the key out, the chain says whose it is.
	let key = gateway.receiver_key(&arguments.to).await?.checked(&receiver.encryption_key_hash).map_err(|_| {
		CliError::Finding("the gateway handed out another key than the colleague's registered one".to_owned())
	})?;
	let sealed = handover::hand_over(&notes.facts, &secrets, &practitioner.key, arguments.to, &key, chain.now().await?)
		.map_err(|error| CliError::Failed(error.to_string()))?;
	let kept = gateway.hand_over(&notes.facts.id, &sealed).await?;
	sessions.save(&SessionNotes { held: Held::HandedTo(kept.to), ..notes.clone() })?;
	let text = format!(
		"{}Session {}\ncan be taken over by {} within an hour: `salus emergency take-over {}`.",
		drill_mark(notes.facts.target.drill),
		kept.id,
		short(&kept.to),
		kept.id
	);
	Report::new(&kept, text)
}

/// `salus emergency take-over`.
pub async fn take_over(context: &Context, id: EmergencyRequestId) -> Result<Report, CliError> {
	let practitioner = Practitioner::unlock(context)?;
	let gateway = context.gateway(practitioner.key.http_signer()).await?;
	let chain = context.chain().await?;
	let handed = gateway.handed_over(&id).await?;
	let giver = handed.statement.statement.from;
	let registered = chain.practitioner(&giver).await?.filter(|info| info.institution == gateway.institution());
	let giver_key = registered.map(|info| info.signing_key).ok_or_else(|| {
		CliError::Finding("the session comes from somebody who is not of your institution".to_owned())
	})?;
	let genesis = chain.genesis().await?;
	let taken = handover::take_over(&handed, &id, &genesis, &giver_key, &practitioner.key, chain.now().await?);
	let (facts, secrets) = taken.map_err(|error| match error {
		handover::HandoverError::Over => CliError::NotThere(error.to_string()),
		_ => CliError::Finding(error.to_string()),
	})?;
	let view = gateway.emergency_session(&id).await?;
	if is_over(view.status) {
		return Err(CliError::NotThere(format!("session {} is {}", short(&id), status_name(view.status))));
	}
	let identity = practitioner.name.clone();
	let notes = SessionNotes { facts, identity, since: salus_client::now(), held: Held::Secrets };
	Sessions::of(context).keep(&notes, &secrets, &practitioner.passphrase)?;
	let until = view.active_until.unwrap_or(view.expires_at);
	let text = format!(
		"{}Session {}\nis yours: {}, until {}. Read with `salus emergency open`.",
		drill_mark(view.drill),
		id,
		status_name(view.status),
		moment(until)
	);
	Report::new(&json!({ "id": id, "from": giver, "session": view }), text)
}
