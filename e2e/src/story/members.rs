//! Steps 1 and 2: members, gateways, staff, patients.

use super::{stage::institution, Stage, Telling};
use crate::{
	network::{ALPHA, BETA, OPERATORS},
	person::{block, list, number, text, Person},
};
use anyhow::{Context, Result};
use futures::future::{try_join, try_join_all, LocalBoxFuture};
use salus_client::primitives::PatientHandle;
use serde_json::Value;

/// Members of the genesis, by kind.
const KINDS: [&str; 7] = ["Hospital", "Hospital", "Hospital", "Hospital", "Clinic", "ResearchBody", "Regulator"];
/// A paper as a registrar's desk scans it.
const PAPER: &str =
	"I agree that Alpha University Hospital keeps control of my records on my behalf. Signed: (a signature)";

/// A member of staff to be registered: who, role, department, and whether records may be opened in emergencies.
type Newcomer<'a> = (&'a Person, &'a str, &'a str, bool);

pub(super) async fn members_and_staff(stage: &mut Stage<'_>, telling: &mut Telling) -> Result<()> {
	let cast = stage.cast.clone();
	telling.busy("making keys");
	try_join_all(cast.operators.iter().zip(OPERATORS).map(|(operator, secret)| operator.import_account(secret)))
		.await?;
	let staff = [
		&cast.registrar,
		&cast.witness,
		&cast.physician,
		&cast.privacy_officer,
		&cast.cardiologist,
		&cast.nurse,
		&cast.rescuer,
		&cast.beta_colleague,
	];
	try_join_all(staff.iter().map(|person| person.make_keys("practitioner"))).await?;
	let accounts = [&cast.custodian_key, &cast.stranger];
	try_join_all(accounts.iter().map(|person| person.make_keys("account"))).await?;

	let members = cast.registrar.does(&["member", "list"]).await?;
	let kinds: Vec<&str> =
		list(&members, "/institutions")?.iter().filter_map(|one| one["info"]["kind"].as_str()).collect();
	telling.expect_equal(
		"four hospitals, a clinic, a research body and a regulator are members",
		kinds,
		KINDS.to_vec(),
	);
	let active = list(&members, "/institutions")?.iter().all(|one| one["info"]["status"] == "Active");
	telling.expect("all of them are active", active, format!("active: {active}"));

	telling.busy("registering gateways and staff");
	let alpha: &[Newcomer<'_>] = &[
		(&cast.registrar, "registrar", "admissions", false),
		(&cast.witness, "registrar", "admissions", false),
		(&cast.physician, "physician", "internal-medicine", false),
		(&cast.privacy_officer, "privacy-officer", "administration", false),
	];
	let beta: &[Newcomer<'_>] = &[
		(&cast.cardiologist, "physician", "cardiology", false),
		(&cast.nurse, "nurse", "surgery", false),
		(&cast.rescuer, "physician", "emergency", true),
		(&cast.beta_colleague, "physician", "emergency", true),
	];
	let desks: Vec<_> = (0..cast.operators.len())
		.map(|hospital| {
			let newcomers = match hospital {
				ALPHA => alpha,
				BETA => beta,
				_ => &[],
			};
			register_hospital(stage, hospital, newcomers)
		})
		.collect();
	let blocks = try_join_all(desks).await?;
	let last = blocks.iter().flatten().copied().max().context("nothing was registered")?;
	telling.say_in_block(
		last,
		format!("{} gateways and {} members of staff are registered.", cast.operators.len(), staff.len()),
	);

	// Each operator used the own node.
	cast.registrar.sees(last).await?;
	let entries = cast.registrar.does(&["staff", "list"]).await?;
	let valid = list(&entries, "/staff")?.iter().filter(|entry| entry["info"]["valid"] == true).count();
	telling.expect_equal("every one of them is a valid entry of the staff registry", valid, staff.len());
	let urls: Vec<String> = stage.network.gateways.iter().map(|gateway| gateway.url()).collect();
	let arguments: Vec<&str> = ["status"].into_iter().chain(urls.iter().map(String::as_str)).collect();
	let status = cast.registrar.does(&arguments).await?;
	let ready = list(&status, "/gateways")?.iter().filter(|one| one["status"]["ready"] == true).count();
	telling.expect_equal("all gateways are ready", ready, urls.len());
	let mut heights = Vec::new();
	for validator in &stage.network.validators {
		heights.push(validator.metrics()?.value("substrate_block_height").await?);
	}
	let grown = heights.iter().all(|height| *height > 0.0);
	telling.expect("all nodes serve metrics", grown, format!("block heights {heights:?}"));
	Ok(())
}

/// The operator of a hospital registers its gateways, then its staff. The blocks.
fn register_hospital<'a>(
	stage: &'a Stage<'_>,
	hospital: usize,
	newcomers: &'a [Newcomer<'a>],
) -> LocalBoxFuture<'a, Result<Vec<u64>>> {
	let cast = &stage.cast;
	let operator = &cast.operators[hospital];
	let account = stage.network.gateways[hospital].account().to_owned();
	Box::pin(async move {
		let mut gateways = vec![account];
		if hospital == ALPHA {
			gateways.push(text(&cast.custodian_key.public().await?, "/account/account")?.to_owned());
		}
		let mut blocks = Vec::new();
		for gateway in &gateways {
			blocks.push(block(&operator.does(&["member", "add-gateway", gateway]).await?)?);
		}
		// All at the same time: a transaction whose nonce another command took is signed again.
		let staff = newcomers.iter().map(|(person, role, department, emergency)| async move {
			let file = operator.hand_over(&format!("{}.json", person.name), &person.public().await?)?;
			let mut arguments =
				vec!["staff", "register", "--public-file", &file, "--role", role, "--department", department];
			if *emergency {
				arguments.push("--emergency");
			}
			block(&operator.does(&arguments).await?)
		});
		blocks.extend(try_join_all(staff).await?);
		Ok(blocks)
	})
}

pub(super) async fn two_patients(stage: &mut Stage<'_>, telling: &mut Telling) -> Result<()> {
	let cast = stage.cast.clone();
	// Two registrations by one person at the same time: the gateway orders them.
	let (selma, clara) = try_join(register_self_held(&cast.selma, &cast.registrar), async {
		let paper = witnessed_paper(&cast.witness, &cast.registrar, PAPER, &["register"]).await?;
		cast.registrar.does(&["patient", "register", "--custodial", "--evidence", &paper]).await
	})
	.await?;
	let selma_handle: PatientHandle = handle_of(&selma)?;
	let clara_handle: PatientHandle = handle_of(&clara)?;
	telling.say_in_block(block(&selma)?, "Selma drew her handle on her own device and proved that she holds its key.");
	telling.say_in_block(block(&clara)?, "Clara signed a paper; the chain knows a salted commitment to it.");

	for (handle, key, who) in [(selma_handle, "selfHeld", "Selma"), (clara_handle, "Custodian", "Clara")] {
		let shown = cast.registrar.does(&["patient", "show", &handle.to_string()]).await?;
		let controllers = list(&shown, "/info/controllers")?;
		let kinds: Vec<String> = controllers.iter().map(|one| kind_of(&one["controller"])).collect();
		let wanted = vec![key.to_lowercase()];
		telling.expect_equal(&format!("{who}'s handle is controlled by {key} alone"), kinds, wanted);
		let custodian = number(&shown, "/info/custodian")?;
		telling.expect_equal("its custodian is Alpha, institution 0", custodian, u64::from(institution(ALPHA).0));
	}
	for handle in [selma_handle, clara_handle] {
		let count = stage.entries(handle).await?;
		telling.expect_equal("the registration is the first entry of the log", count, 1);
	}
	stage.facts.selma = Some(selma_handle);
	stage.facts.clara = Some(clara_handle);
	Ok(())
}

/// The name of an enumeration's variant as JSON writes it, in lower case.
fn kind_of(controller: &Value) -> String {
	let name = controller.as_str().map(ToOwned::to_owned);
	let name = name.or_else(|| controller.as_object().and_then(|object| object.keys().next().cloned()));
	name.unwrap_or_default().to_lowercase()
}

/// The patient's device prepares, the registrar registers.
async fn register_self_held(patient: &Person, registrar: &Person) -> Result<Value> {
	patient.make_keys("patient").await?;
	let custodian = institution(ALPHA).to_string();
	let offer = patient.does(&["patient", "prepare", "--custodian", &custodian]).await?;
	let offer = registrar.hand_over(&format!("{}-offer.json", patient.name), &offer)?;
	registrar.does(&["patient", "register", "--offer", &offer]).await
}

/// A witness confirms a paper for one purpose, as the command line names it; the statement lies at the registrar's desk afterwards.
pub(super) async fn witnessed_paper(
	witness: &Person,
	registrar: &Person,
	words: &str,
	purpose: &[&str],
) -> Result<String> {
	let scan = witness.write("scan", words)?.display().to_string();
	let statement = witness.does(&[&["patient", "witness", "--scan", &scan], purpose].concat()).await?;
	let name = text(&statement, "/scan_sha256")?.trim_start_matches("0x")[..16].to_owned();
	registrar.hand_over(&format!("paper-{name}.json"), &statement)
}

/// The handle that a report names.
pub(crate) fn handle_of(report: &Value) -> Result<PatientHandle> {
	text(report, "/handle")?.parse().map_err(anyhow::Error::msg)
}
