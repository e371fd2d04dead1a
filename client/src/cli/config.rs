//! `salus config`.

use super::{context::Context, error::CliError, output::Report};
use clap::Subcommand;
use salus_client::{gateway::Gateway, primitives::InstitutionId};
use serde_json::json;

/// Commands about the configuration.
#[derive(Debug, Subcommand)]
pub enum Command {
	/// Show what is used
	Show,
	/// Remember --node, --gateway and --as. The gateway is asked which institution it acts for
	Set,
}

/// Runs a command.
pub async fn run(command: Command, context: &Context) -> Result<Report, CliError> {
	let mut profile = context.profile().clone();
	profile.node = Some(context.node_url().to_owned());
	profile.gateway = context.gateway_url().map(ToOwned::to_owned);
	profile.identity = context.identity_name().ok();
	if matches!(command, Command::Set) {
		profile.institution = match &profile.gateway {
			Some(url) => Some(Gateway::status_of(url).await?.institution),
			None => None,
		};
		context.save_profile(&profile)?;
	}
	let none = || "(none)".to_owned();
	let text = format!(
		"home         {}\nnode         {}\ngateway      {}\ninstitution  {}\nidentity     {}",
		context.home().display(),
		context.node_url(),
		profile.gateway.clone().unwrap_or_else(none),
		profile.institution.as_ref().map_or_else(none, InstitutionId::to_string),
		profile.identity.clone().unwrap_or_else(none),
	);
	let json = json!({
		"home": context.home(), "node": context.node_url(), "gateway": profile.gateway,
		"institution": profile.institution, "identity": profile.identity,
	});
	Report::new(&json, text)
}
