//! `salus patient`.

use super::{
	arguments::{when, When},
	context::{no_gateway, Context},
	error::CliError,
	output::{mark, moment, short, table, Report},
	paper::{self, PaperPurpose},
	state::{read_json, HandleState, PatientState},
};
use clap::{Args, Subcommand, ValueEnum};
use salus_client::{
	chain::calls,
	keystore::IdentityKind,
	patient::{new_handle, prove_control},
	primitives::{Act, InstitutionId, PatientHandle, PractitionerId},
	wire::{
		Account, CareKind, CareRelationshipRequest, ClaimHandle, HandlesMerged, MergeHandle, PaperEvidence,
		PatientControl, ProofOfControl, RegisterPatient, UnmergeHandle,
	},
};
use salus_runtime_api::{ControllerOf, HandleInfo, HandleStatus};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::path::{Path, PathBuf};

/// Commands about patients.
#[derive(Debug, Subcommand)]
pub enum Command {
	/// On the patient's device: draw a handle (or name the one to claim) and prove that its key is held. For the registrar's desk
	Prepare {
		/// The hospital's number
		#[arg(long)]
		custodian: u32,
		/// The custodial handle that is to be claimed
		#[arg(long)]
		handle: Option<PatientHandle>,
	},
	/// As a witness: confirm that a paper was signed, for one act and no other
	Witness {
		/// Scan of the paper
		#[arg(long, value_name = "FILE")]
		scan: PathBuf,
		/// What the paper is for
		#[command(subcommand)]
		purpose: PaperPurpose,
	},
	/// As a registrar: register a patient
	Register(Registration),
	/// As a registrar, the patient present: hand a custodial handle to the patient
	Claim {
		/// The handle
		handle: PatientHandle,
		/// What `salus patient prepare --handle` printed as JSON
		#[arg(long, value_name = "FILE")]
		offer: PathBuf,
		/// What `salus patient witness ... claim` printed as JSON
		#[arg(long, value_name = "FILE")]
		evidence: PathBuf,
	},
	/// As a registrar: say whose handle a provisional one is, now that the patient was recognised. Its records count as that patient's
	Merge {
		/// The provisional handle
		provisional: PatientHandle,
		/// The patient's handle here
		into: PatientHandle,
		/// How the patient was recognised
		#[arg(long, value_name = "WORDS")]
		statement: String,
	},
	/// As a registrar: take a merge back. The records are the provisional handle's again
	Unmerge {
		/// The provisional handle
		provisional: PatientHandle,
		/// How the mistake was found
		#[arg(long, value_name = "WORDS")]
		statement: String,
	},
	/// As a registrar or physician: record why somebody treats the patient
	Care {
		/// The handle
		handle: PatientHandle,
		/// One person
		#[arg(long, value_name = "ID", required_unless_present = "department", conflicts_with = "department")]
		practitioner: Option<PractitionerId>,
		/// Or a department
		#[arg(long, value_name = "CODE")]
		department: Option<String>,
		/// Why
		#[arg(long, default_value = "encounter")]
		kind: Care,
		/// Until when. For oneself or the own department at most 24 hours
		#[arg(long, value_parser = when, default_value = "30d")]
		until: When,
	},
	/// As a patient: the own handles
	Handles,
	/// What the chain knows of a handle
	Show {
		/// The handle
		handle: PatientHandle,
	},
	/// As a patient: replace the key of a handle
	Rotate {
		/// The handle
		handle: PatientHandle,
	},
	/// As a patient: close a handle for good
	Retire {
		/// The handle
		handle: PatientHandle,
	},
}

/// How a patient is registered.
#[derive(Debug, Args)]
pub struct Registration {
	/// Self-held: what `salus patient prepare` printed as JSON on the patient's device
	#[arg(long, value_name = "FILE", required_unless_present_any = ["custodial", "provisional"], conflicts_with_all = ["custodial", "provisional"])]
	offer: Option<PathBuf>,
	/// The hospital keeps control on the patient's behalf
	#[arg(long, requires = "evidence", conflicts_with = "provisional")]
	custodial: bool,
	/// Custodial: what `salus patient witness ... register` printed as JSON
	#[arg(long, value_name = "FILE", conflicts_with = "provisional")]
	evidence: Option<PathBuf>,
	/// Nobody can identify the patient, who is treated under a provisional handle
	#[arg(long)]
	provisional: bool,
}

/// Why somebody treats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Care {
	/// An out-patient encounter
	Encounter,
	/// An in-patient stay
	Admission,
	/// A referral inside the house
	Referral,
}

/// What a patient's device hands to the registrar's desk.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Offer {
	/// The handle.
	pub handle: PatientHandle,
	/// For which custodian.
	pub custodian: InstitutionId,
	/// The account.
	pub controller: Account,
	/// Proof of possession.
	pub proof: ProofOfControl,
}

/// Runs a command.
pub async fn run(command: Command, context: &Context) -> Result<Report, CliError> {
	match command {
		Command::Prepare { custodian, handle } => prepare(context, InstitutionId(custodian), handle).await,
		Command::Witness { scan, purpose } => paper::witness(context, &scan, &purpose).await,
		Command::Register(registration) => register(context, registration).await,
		Command::Claim { handle, offer, evidence } => claim(context, handle, &offer, &evidence).await,
		Command::Merge { provisional, into, statement } => merge(context, provisional, into, statement).await,
		Command::Unmerge { provisional, statement } => unmerge(context, provisional, statement).await,
		Command::Care { handle, practitioner, department, kind, until } => {
			let kind = match kind {
				Care::Encounter => CareKind::Encounter,
				Care::Admission => CareKind::Admission,
				Care::Referral => CareKind::Referral,
			};
			let until = until.moment(context.chain().await?.now().await?);
			care(context, handle, CareRelationshipRequest { practitioner, department, kind, until }).await
		}
		Command::Handles => handles(context).await,
		Command::Show { handle } => show(context, handle).await,
		Command::Rotate { handle } => rotate(context, handle).await,
		Command::Retire { handle } => retire(context, handle).await,
	}
}

async fn prepare(
	context: &Context,
	custodian: InstitutionId,
	handle: Option<PatientHandle>,
) -> Result<Report, CliError> {
	let (name, identity) = context.unlock()?;
	let root = identity.patient(&name)?;
	let chain = context.chain().await?;
	let (genesis, now) = (chain.genesis().await?, chain.now().await?);
	let mut state = PatientState::load(context.home(), &name)?;
	let handle = handle.unwrap_or_else(new_handle);
	// A second offer for the same handle repeats its key; the proof is fresh.
	let index = match state.handle(&handle) {
		Some(known) => known.index,
		None => {
			let index = state.take_index();
			state.handles.push(HandleState {
				handle,
				custodian,
				gateway: context.gateway_url().map(ToOwned::to_owned),
				index,
				next_index: None,
				account: Account(root.handle_key(index).public_key().0),
				prepared_at: salus_client::now(),
				openings: Vec::new(),
				policies: Vec::new(),
			});
			index
		}
	};
	// Before the offer leaves: a handle whose index is lost could be found again only by trial.
	state.save(context.home(), &name)?;
	let key = root.handle_key(index);
	let proof = prove_control(&key, &genesis, custodian, &handle, now);
	let offer = Offer { handle, custodian, controller: Account(key.public_key().0), proof };
	let text = format!(
		"Handle {handle}\nfor institution {custodian}, controlled by {}.\nHand the output of this command with --json to the registrar until {}.",
		offer.controller,
		moment(proof.expires_at)
	);
	Report::new(&offer, text)
}

async fn register(context: &Context, registration: Registration) -> Result<Report, CliError> {
	let control = match (registration.offer, registration.evidence) {
		(Some(offer), _) => {
			let Offer { handle, controller, proof, .. } =
				read_json(&offer, "an offer of `salus patient prepare --json`")?;
			PatientControl::SelfHeld { handle, controller, proof }
		}
		(None, Some(evidence)) => {
			PatientControl::Custodial { evidence: read_json(&evidence, "evidence of `salus patient witness --json`")? }
		}
		(None, None) if registration.provisional => PatientControl::Provisional,
		(None, None) => {
			let usage = "name --offer, --custodial with --evidence, or --provisional";
			return Err(CliError::Usage(usage.to_owned()));
		}
	};
	let gateway = context.gateway(context.staff_signer()?).await?;
	let _progress = context.waiting("waiting for finality");
	let registered = gateway.register_patient(&RegisterPatient { control }).await?;
	let text = format!(
		"Registered {}\nat institution {}, block {}.",
		registered.handle, registered.custodian, registered.block.number
	);
	Report::new(&registered, text)
}

async fn claim(context: &Context, handle: PatientHandle, offer: &Path, evidence: &Path) -> Result<Report, CliError> {
	let offer: Offer = read_json(offer, "an offer of `salus patient prepare --json`")?;
	if offer.handle != handle {
		return Err(CliError::Usage(format!("the offer is for the handle {}, not for {handle}", offer.handle)));
	}
	let evidence: PaperEvidence = read_json(evidence, "evidence of `salus patient witness --json`")?;
	let gateway = context.gateway(context.staff_signer()?).await?;
	let _progress = context.waiting("waiting for finality");
	let claim = ClaimHandle { controller: offer.controller, proof: offer.proof, evidence };
	let claimed = gateway.claim(&handle, &claim).await?;
	let text = format!(
		"The patient controls {handle} from block {} on; the custodian's rights end at {}.",
		claimed.block.number,
		moment(claimed.custodian_until)
	);
	Report::new(&claimed, text)
}

async fn merge(
	context: &Context,
	provisional: PatientHandle,
	into: PatientHandle,
	statement: String,
) -> Result<Report, CliError> {
	let gateway = context.gateway(context.staff_signer()?).await?;
	let _progress = context.waiting("waiting for finality");
	let merged = gateway.merge_handle(&provisional, &MergeHandle { into, statement }).await?;
	let HandlesMerged { provisional, into, block } = merged;
	Report::new(&merged, format!("{provisional}\nis {into}'s from block {} on.", block.number))
}

async fn unmerge(context: &Context, provisional: PatientHandle, statement: String) -> Result<Report, CliError> {
	let gateway = context.gateway(context.staff_signer()?).await?;
	let _progress = context.waiting("waiting for finality");
	let unmerged = gateway.unmerge_handle(&provisional, &UnmergeHandle { statement }).await?;
	let HandlesMerged { provisional, into, block } = unmerged;
	let text = format!("{provisional}\nis provisional again from block {} on, and no more {into}'s.", block.number);
	Report::new(&unmerged, text)
}

async fn care(context: &Context, handle: PatientHandle, request: CareRelationshipRequest) -> Result<Report, CliError> {
	let gateway = context.gateway(context.staff_signer()?).await?;
	let recorded = gateway.care_relationship(&handle, &request).await?;
	Report::new(&recorded, format!("Recorded until {}.", moment(recorded.until)))
}

async fn handles(context: &Context) -> Result<Report, CliError> {
	context.require(IdentityKind::Patient)?;
	let name = context.identity_name()?;
	let state = PatientState::load(context.home(), &name)?;
	let chain = context.chain().await?;
	let mut listed = Vec::new();
	for known in &state.handles {
		listed.push((known, chain.handle(&known.handle).await?));
	}
	let rows = listed.iter().map(|(known, info)| {
		let standing = standing(info.as_ref(), &known.account);
		[known.handle.to_string(), known.custodian.to_string(), mark(standing == "controlled by you", standing)]
	});
	let text = table(["Handle", "Custodian", "State"], rows);
	let json: Vec<_> = listed
		.iter()
		.map(|(known, info)| {
			json!({
				"handle": known.handle, "custodian": known.custodian, "account": known.account, "gateway": known.gateway,
				"standing": standing(info.as_ref(), &known.account), "info": info,
			})
		})
		.collect();
	Report::new(&json!({ "handles": json }), text)
}

/// What a handle is to the owner of an account, at this machine's time.
fn standing(info: Option<&HandleInfo<Account>>, account: &Account) -> &'static str {
	let now = salus_client::now();
	match info {
		None => "not registered",
		Some(info) if info.status == HandleStatus::Retired => "closed",
		Some(info) if info.status == HandleStatus::Merged => "merged into another handle",
		Some(info) => {
			let live = info.controllers.iter().filter(|entry| entry.valid_until.is_none_or(|until| now < until));
			let mine = live.clone().any(|entry| entry.controller == ControllerOf::SelfHeld(*account));
			match (mine, live.count()) {
				(true, 1) => "controlled by you",
				(true, _) => "controlled by you, and by the custodian for a while",
				(false, _) => "controlled by another",
			}
		}
	}
}

async fn show(context: &Context, handle: PatientHandle) -> Result<Report, CliError> {
	let chain = context.chain().await?;
	let info = chain.handle(&handle).await?;
	let info = info.ok_or_else(|| CliError::NotThere(format!("the chain has no handle {}", short(&handle))))?;
	let (anchors, capabilities) = (chain.anchors(&handle).await?, chain.capabilities(&handle).await?);
	let merges = chain.merges(&handle).await?;
	let controllers = info.controllers.iter().map(|entry| {
		let who = match &entry.controller {
			ControllerOf::Custodian => "the custodian, on behalf of the patient".to_owned(),
			ControllerOf::SelfHeld(account) => account.to_string(),
			ControllerOf::Provisional => "nobody: the patient is not identified".to_owned(),
		};
		[who, moment(entry.valid_from), entry.valid_until.map_or("no end set".to_owned(), moment)]
	});
	let text = format!(
		"{handle}\n  custodian     {}\n  registered    {}\n  status        {:?}\n  records       {}\n  capabilities  {}\n{}",
		info.custodian,
		moment(info.registered_at),
		info.status,
		anchors.len(),
		capabilities.len(),
		table(["Controlled by", "From", "Until"], controllers)
	);
	let merged: String = merges
		.iter()
		.map(|merge| format!("\n{} is {}'s since {}", merge.provisional, merge.into, moment(merge.at)))
		.collect();
	let anchors: Vec<_> =
		anchors.iter().map(|(record, anchor)| json!({ "record": record, "anchor": anchor })).collect();
	let json = json!({
		"handle": handle, "info": info, "anchors": anchors, "capabilities": capabilities, "merges": merges,
	});
	Report::new(&json, text + &merged)
}

async fn rotate(context: &Context, handle: PatientHandle) -> Result<Report, CliError> {
	let mut act = super::patient_act::PatientAct::begin(context, handle).await?;
	// The index is kept before anything is sent: the new key must be found again whatever happens.
	let next = match act.notes()?.next_index {
		Some(index) => index,
		None => act.state.take_index(),
	};
	act.notes_mut()?.next_index = Some(next);
	act.save()?;
	let key = act.root.handle_key(next);
	let account = Account(key.public_key().0);
	let custodian = act.notes()?.custodian;
	let proof = prove_control(&key, &act.genesis, custodian, &handle, act.chain.now().await?);
	let entry = act.entry(Act::Rotate, |_| {})?;
	let call = calls::patient_registry::rotate_controller(handle, account, proof.into(), entry.commitment);
	let included = act.submit(&call, entry).await?;
	let notes = act.notes_mut()?;
	(notes.index, notes.account, notes.next_index) = (next, account, None);
	act.save()?;
	let delivered = act.deliver_openings().await;
	let text = format!("{account} controls {handle} from block {} on.{}", included.block.number, delivered.advice());
	Report::new(
		&json!({ "handle": handle, "controller": account, "block": included.block, "opening_delivered": delivered.done() }),
		text,
	)
}

async fn retire(context: &Context, handle: PatientHandle) -> Result<Report, CliError> {
	let mut act = super::patient_act::PatientAct::begin(context, handle).await?;
	let entry = act.entry(Act::Retire, |_| {})?;
	let call = calls::patient_registry::retire_handle(handle, entry.commitment);
	let included = act.submit(&call, entry).await?;
	let delivered = act.deliver_openings().await;
	let text = format!("{handle} is closed for good (block {}).{}", included.block.number, delivered.advice());
	Report::new(&json!({ "handle": handle, "block": included.block, "opening_delivered": delivered.done() }), text)
}

/// The custodian's gateway for a handle: the flag, the notes, the configuration.
pub fn gateway_url_for(context: &Context, notes: Option<&HandleState>) -> Result<String, CliError> {
	context
		.gateway_flag()
		.or_else(|| notes.and_then(|notes| notes.gateway.as_deref()))
		.or_else(|| context.gateway_url())
		.map(ToOwned::to_owned)
		.ok_or_else(no_gateway)
}
