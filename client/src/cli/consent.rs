//! `salus consent`. A patient acts with the own key; a registrar acts for a custodial patient on paper ([`super::paper`]).

use super::{
	arguments::{when, When},
	context::Context,
	error::CliError,
	output::{moment, short, table, Report},
	paper,
	patient_act::PatientAct,
	state::{OwnPolicy, PatientState},
};
use clap::{Args, Subcommand};
use salus_client::{
	chain::{calls, calls::Grant},
	primitives::{
		Act, CapabilityId, Commitment, InstitutionId, Moment, PatientHandle, PractitionerId, PurposeClass,
		PurposeClasses,
	},
	wire::{PolicyDelivery, TagMeaning, POLICY_TAG},
};
use salus_envelope::{commit::salted, wrap::wrap_hash};
use salus_policy::{
	Category, ControllerStatement, DenyRule, Department, Grantee, LabelClass, PolicyDocument, Purpose, Role,
};
use salus_runtime_api::CapabilityInfo;
use serde_json::json;
use std::{collections::BTreeSet, path::PathBuf};

/// Commands about consent.
#[derive(Debug, Subcommand)]
pub enum Command {
	/// As a patient: permit an institution to read
	Grant(Box<GrantArguments>),
	/// For a custodial patient: write down what the paper permits, for the witness and the registrar
	Draft(Box<GrantArguments>),
	/// As a registrar, for a custodial patient: permit what a witnessed paper says
	GrantOnPaper {
		/// What `salus consent draft` printed as JSON
		#[arg(long, value_name = "FILE")]
		draft: PathBuf,
		/// What `salus patient witness ... consent` printed as JSON
		#[arg(long, value_name = "FILE")]
		evidence: PathBuf,
	},
	/// What is permitted now
	List {
		/// The handle
		handle: PatientHandle,
	},
	/// End one permission
	Revoke {
		/// The handle
		handle: PatientHandle,
		/// The institution
		#[arg(long = "to", value_name = "NO")]
		grantee: u32,
		/// Number of the capability, as `salus consent list` shows it
		#[arg(long)]
		capability: u64,
	},
	/// End everything that an institution was permitted
	RevokeAll {
		/// The handle
		handle: PatientHandle,
		/// The institution
		#[arg(long = "to", value_name = "NO")]
		grantee: u32,
	},
	/// As a patient: hand what the custodian has not acknowledged yet over again
	Deliver {
		/// The handle
		handle: PatientHandle,
	},
}

/// What is granted.
#[derive(Debug, Args)]
pub struct GrantArguments {
	/// The handle
	pub(super) handle: PatientHandle,
	/// The institution that may read
	#[arg(long = "to", value_name = "NO")]
	grantee: u32,
	/// Categories, e.g. laboratory, conditions
	#[arg(long = "category", required = true, value_name = "CATEGORY")]
	categories: Vec<Category>,
	/// Label classes: N, R, or a sensitivity such as PSY or HIV
	#[arg(long = "class", value_name = "CLASS", default_value = "N")]
	classes: Vec<LabelClass>,
	/// Purposes of use, e.g. TREAT
	#[arg(long = "purpose", value_name = "CODE", default_value = "TREAT")]
	purposes: Vec<Purpose>,
	/// Only these roles
	#[arg(long = "role", value_name = "ROLE")]
	roles: Vec<Role>,
	/// Only these departments
	#[arg(long = "department", value_name = "CODE")]
	departments: Vec<Department>,
	/// Only these practitioners
	#[arg(long = "practitioner", value_name = "ID")]
	practitioners: Vec<PractitionerId>,
	/// Not these practitioners, whatever else applies
	#[arg(long = "not-practitioner", value_name = "ID")]
	not_practitioners: Vec<PractitionerId>,
	/// Not these departments, whatever else applies
	#[arg(long = "not-department", value_name = "CODE")]
	not_departments: Vec<Department>,
	/// Only records of this time or later
	#[arg(long, value_parser = when)]
	data_from: Option<When>,
	/// Only records before this time
	#[arg(long, value_parser = when)]
	data_until: Option<When>,
	/// From when it holds; from now unless given
	#[arg(long, value_parser = when)]
	from: Option<When>,
	/// Until when it holds
	#[arg(long, value_parser = when, default_value = "30d")]
	until: When,
	/// How often the institution may pass it on
	#[arg(long, default_value_t = 0)]
	pub(super) delegation_depth: u8,
}

/// Runs a command.
pub async fn run(command: Command, context: &Context) -> Result<Report, CliError> {
	match command {
		Command::Grant(arguments) => match context.acts_as_patient()? {
			true => grant_as_patient(context, *arguments).await,
			false => Err(CliError::Usage(
				"this identity is no patient's: a registrar grants by `salus consent draft` and `salus consent grant-on-paper`"
					.to_owned(),
			)),
		},
		Command::Draft(arguments) => paper::draft(context, &arguments).await,
		Command::GrantOnPaper { draft, evidence } => paper::grant(context, &draft, &evidence).await,
		Command::List { handle } => list(context, handle).await,
		Command::Revoke { handle, grantee, capability } => {
			revoke(context, handle, InstitutionId(grantee), Some(CapabilityId(capability))).await
		}
		Command::RevokeAll { handle, grantee } => revoke(context, handle, InstitutionId(grantee), None).await,
		Command::Deliver { handle } => deliver(context, handle).await,
	}
}

impl GrantArguments {
	/// The document that these arguments describe.
	pub(super) fn document(
		&self,
		custodian: InstitutionId,
		given_by: ControllerStatement,
		now: Moment,
	) -> Result<PolicyDocument, CliError> {
		let ids = |ids: &[PractitionerId]| ids.iter().map(|id| id.0).collect::<BTreeSet<_>>();
		let deny = DenyRule { practitioners: ids(&self.not_practitioners), ..DenyRule::default() };
		let deny_departments =
			DenyRule { departments: self.not_departments.iter().cloned().collect(), ..DenyRule::default() };
		let document = PolicyDocument {
			version: PolicyDocument::VERSION,
			handle: self.handle.0,
			custodian: custodian.0,
			grantee: Grantee {
				institution: self.grantee,
				roles: self.roles.iter().copied().collect(),
				departments: self.departments.iter().cloned().collect(),
				practitioners: ids(&self.practitioners),
			},
			purposes: self.purposes.iter().copied().collect(),
			categories: self.categories.iter().copied().collect(),
			classes: self.classes.iter().copied().collect(),
			data_from: self.data_from.map(|when| when.moment(now)),
			data_until: self.data_until.map(|when| when.moment(now)),
			valid_from: self.from.map_or(now, |when| when.moment(now)),
			valid_until: self.until.moment(now),
			deny: [deny, deny_departments].into_iter().filter(|rule| !rule.is_empty()).collect(),
			given_by,
		};
		document.check().map_err(|error| CliError::Usage(error.to_string()))?;
		Ok(document)
	}
}

/// The purpose classes of a document, as the chain knows them.
fn purpose_classes(purposes: &BTreeSet<Purpose>) -> PurposeClasses {
	let classes: Vec<PurposeClass> = PurposeClass::ALL
		.into_iter()
		.filter(|class| purposes.iter().any(|purpose| purpose.class_code() == *class as u8))
		.collect();
	PurposeClasses::of(&classes)
}

async fn grant_as_patient(context: &Context, arguments: GrantArguments) -> Result<Report, CliError> {
	let mut act = PatientAct::begin(context, arguments.handle).await?;
	let custodian = act.notes()?.custodian;
	let document = arguments.document(custodian, ControllerStatement::Patient, act.chain.now().await?)?;
	let categories: Vec<Category> = document.categories.iter().copied().collect();
	let classes: Vec<LabelClass> = document.classes.iter().copied().collect();
	let tags = act.gateway()?.scope_tags(&arguments.handle, &categories, &classes).await?.tags;
	check_tags(&tags, &document)?;

	let salt = salus_client::random_bytes();
	let policy = Commitment(salted(POLICY_TAG, &salt, &document.canonical_bytes()));
	let grantee = InstitutionId(arguments.grantee);
	let entry = act.entry(Act::Grant, |entry| {
		entry.grantee = Some(grantee);
		entry.policy = Some(policy);
		entry.categories = categories;
		entry.tags = tags.iter().map(|tag| tag.tag).collect();
	})?;
	let grant = Grant {
		grantee,
		tags: tags.iter().map(|tag| tag.tag).collect(),
		purposes: purpose_classes(&document.purposes),
		valid_from: document.valid_from,
		valid_until: document.valid_until,
		delegation_depth: arguments.delegation_depth,
		policy,
		// No key leaves the custodian with a grant: its key service re-wraps at release. The hash of the empty set says so.
		wraps: wrap_hash(&[]),
	};
	let commitment = entry.commitment;
	act.notes_mut()?.policies.push(OwnPolicy {
		capability: None,
		grantee,
		document: document.clone(),
		salt: salt.into(),
		entry: commitment,
		delivered: false,
	});
	let call = calls::consent::grant_capability(arguments.handle, grant, commitment);
	let outcome = act.submit(&call, entry).await;
	let included = match outcome {
		Ok(included) => included,
		Err(error) => {
			let refused = !act.notes()?.openings.iter().any(|own| own.opening.commitment == commitment);
			if refused {
				act.notes_mut()?.policies.retain(|own| own.entry != commitment);
				act.save()?;
			}
			return Err(error);
		}
	};
	let capability = included.events.capability_granted().ok_or_else(|| {
		CliError::Failed(
			"the block holds no CapabilityGranted event: client and runtime are of different releases".to_owned(),
		)
	})?;
	for own in act.notes_mut()?.policies.iter_mut().filter(|own| own.entry == commitment) {
		own.capability = Some(capability);
	}
	act.save()?;
	let delivered = deliver_policies(&mut act).await;
	let later = delivered.as_ref().err().map(|error| {
		format!("\nThe custodian does not have the policy yet ({error}). Run `salus consent deliver` later: until then nothing is released.")
	});
	let text = format!(
		"Granted institution {grantee} until {}: capability {capability}, block {}.{}",
		moment(document.valid_until),
		included.block.number,
		later.unwrap_or_default()
	);
	let json = json!({
		"handle": arguments.handle, "capability": capability, "grantee": grantee, "document": document, "tags": tags,
		"policy": policy, "valid_until": document.valid_until, "block": included.block, "policy_delivered": delivered.is_ok(),
		"grantee_told": delivered.unwrap_or(false),
	});
	Report::new(&json, text)
}

/// The custodian names the tags; at least it must name one for each pair that was asked for, and no other.
fn check_tags(tags: &[TagMeaning], document: &PolicyDocument) -> Result<(), CliError> {
	let expected = document.categories.len() * document.classes.len();
	let distinct: BTreeSet<_> = tags.iter().map(|tag| tag.tag).collect();
	let fits =
		tags.iter().all(|tag| document.categories.contains(&tag.category) && document.classes.contains(&tag.class));
	if tags.len() != expected || distinct.len() != expected || !fits {
		return Err(CliError::Failed(
			"the custodian's gateway answered with other scope tags than were asked for; nothing was granted"
				.to_owned(),
		));
	}
	if expected > 32 {
		return Err(CliError::Usage(format!(
			"{} categories in {} classes make {expected} scope tags; a capability holds 32. Grant in two steps",
			document.categories.len(),
			document.classes.len()
		)));
	}
	Ok(())
}

/// Hands undelivered policies over. Tells whether every grantee is known to be told.
async fn deliver_policies(act: &mut PatientAct<'_>) -> Result<bool, CliError> {
	let gateway = act.gateway()?;
	let pending: Vec<OwnPolicy> =
		act.notes()?.policies.iter().filter(|own| !own.delivered && own.capability.is_some()).cloned().collect();
	let mut all_told = true;
	for own in pending {
		let Some(capability) = own.capability else { continue };
		let opening = act.notes()?.openings.iter().find(|kept| kept.opening.commitment == own.entry);
		let opening = opening.map(|kept| kept.opening.clone()).ok_or_else(|| {
			CliError::Failed(
				"the opening of a grant is gone from the notes; restore the home folder from a backup".to_owned(),
			)
		})?;
		let handle = PatientHandle(own.document.handle);
		let delivery =
			PolicyDelivery { capability, grantee: own.grantee, document: own.document, salt: own.salt, opening };
		let accepted = gateway.deliver_policy(&handle, &delivery).await?;
		all_told &= accepted.grantee_told;
		for kept in act.notes_mut()?.policies.iter_mut().filter(|kept| kept.entry == own.entry) {
			kept.delivered = true;
		}
		act.mark_delivered(&own.entry)?;
	}
	Ok(all_told)
}

async fn deliver(context: &Context, handle: PatientHandle) -> Result<Report, CliError> {
	let mut act = PatientAct::begin(context, handle).await?;
	let told = deliver_policies(&mut act).await?;
	let openings = act.deliver_openings().await;
	let text = format!("The custodian has every policy.{}", openings.advice());
	Report::new(&json!({ "handle": handle, "policies": true, "grantee_told": told, "openings": openings.done() }), text)
}

async fn list(context: &Context, handle: PatientHandle) -> Result<Report, CliError> {
	let capabilities = context.chain().await?.capabilities(&handle).await?;
	let notes = match context.acting() {
		Ok(identity) => PatientState::load(context.home(), &identity.name)?,
		Err(_) => PatientState::default(),
	};
	let known = notes.handle(&handle).map(|notes| notes.policies.as_slice()).unwrap_or_default();
	let document = |capability: &CapabilityInfo| {
		known.iter().find(|own| own.capability == Some(capability.id)).map(|own| &own.document)
	};
	let rows = capabilities.iter().map(|capability| {
		let what = document(capability).map_or_else(|| format!("{} tag(s)", capability.tags.len()), describe);
		[capability.id.to_string(), capability.grantee.to_string(), what, moment(capability.valid_until)]
	});
	let text = table(["No.", "Institution", "May read", "Until"], rows);
	let json: Vec<_> = capabilities
		.iter()
		.map(|capability| json!({ "capability": capability, "document": document(capability) }))
		.collect();
	Report::new(&json!({ "handle": handle, "capabilities": json }), text)
}

/// A document in a few words.
pub(super) fn describe(document: &PolicyDocument) -> String {
	let names = |names: Vec<String>| names.join(", ");
	let categories = names(document.categories.iter().map(ToString::to_string).collect());
	let classes = names(document.classes.iter().map(ToString::to_string).collect());
	let purposes = names(document.purposes.iter().map(ToString::to_string).collect());
	let who = [
		names(document.grantee.roles.iter().map(ToString::to_string).collect()),
		names(document.grantee.departments.iter().map(ToString::to_string).collect()),
		names(document.grantee.practitioners.iter().map(|id| short(&PractitionerId(*id))).collect()),
	];
	let who: Vec<String> = who.into_iter().filter(|part| !part.is_empty()).collect();
	let only = if who.is_empty() { String::new() } else { format!(", only {}", who.join("; ")) };
	format!("{categories} ({classes}) for {purposes}{only}")
}

async fn revoke(
	context: &Context,
	handle: PatientHandle,
	grantee: InstitutionId,
	capability: Option<CapabilityId>,
) -> Result<Report, CliError> {
	let before: Vec<CapabilityId> = context
		.chain()
		.await?
		.capabilities(&handle)
		.await?
		.iter()
		.filter(|live| live.grantee == grantee && capability.is_none_or(|id| id == live.id))
		.map(|live| live.id)
		.collect();
	let (block, ended, delivered) = match context.acts_as_patient()? {
		true => {
			let mut act = PatientAct::begin(context, handle).await?;
			let entry = act.entry(Act::Revoke, |entry| {
				entry.grantee = Some(grantee);
				entry.capability = capability;
			})?;
			let call = match capability {
				Some(id) => calls::consent::revoke_capability(handle, grantee, id, entry.commitment),
				None => calls::consent::revoke_grantee(handle, grantee, entry.commitment),
			};
			let included = act.submit(&call, entry).await?;
			(included.block, before, Some(act.deliver_openings().await))
		}
		false => {
			let gateway = context.gateway(context.staff_signer()?).await?;
			let _progress = context.waiting("waiting for the block");
			let revoked = match capability {
				Some(id) => gateway.revoke_consent(&handle, grantee, id).await?,
				None => gateway.revoke_consents(&handle, grantee).await?,
			};
			(revoked.block, revoked.ended, None)
		}
	};
	let numbers: Vec<String> = ended.iter().map(ToString::to_string).collect();
	let advice = delivered.as_ref().map(|delivery| delivery.advice()).unwrap_or_default();
	let text = format!(
		"Ended for institution {grantee}, effective in block {}: capabilities {}.{advice}",
		block.number,
		numbers.join(", ")
	);
	let json = json!({
		"handle": handle, "grantee": grantee, "ended": ended, "block": block,
		"opening_delivered": delivered.is_none_or(|delivery| delivery.done()),
	});
	Report::new(&json, text)
}

#[cfg(test)]
mod tests {
	use super::*;
	use clap::Parser;
	use salus_client::primitives::ScopeTag;

	#[derive(Parser)]
	struct Line {
		#[command(flatten)]
		grant: GrantArguments,
	}

	fn grant(line: &str) -> GrantArguments {
		let handle = PatientHandle([1; 32]).to_string();
		Line::parse_from(["x", &handle].into_iter().chain(line.split_whitespace())).grant
	}

	#[test]
	fn a_grant_becomes_a_document() {
		let arguments = grant("--to 2 --category laboratory --category conditions --department cardiology --until 30d");
		let document = arguments.document(InstitutionId(1), ControllerStatement::Patient, 1_000).unwrap();
		assert_eq!(document.classes, [LabelClass::Normal].into());
		assert_eq!(document.purposes, [Purpose::Treatment].into());
		assert_eq!(document.valid_until, 1_000 + 30 * salus_client::primitives::DAY);
		assert_eq!(describe(&document), "laboratory, conditions (N) for TREAT, only cardiology");
		assert!(document.deny.is_empty());
	}

	#[test]
	fn a_grant_that_ends_before_it_begins_is_refused() {
		let arguments = grant("--to 2 --category laboratory --from 10d --until 5d");
		let error = arguments.document(InstitutionId(1), ControllerStatement::Patient, 1_000).unwrap_err();
		assert!(matches!(error, CliError::Usage(_)), "{error}");
		let arguments = grant("--to 1 --category laboratory");
		assert!(arguments.document(InstitutionId(1), ControllerStatement::Patient, 1_000).is_err(), "to itself");
	}

	#[test]
	fn exceptions_become_deny_rules() {
		let arguments = grant("--to 2 --category laboratory --not-department radiology");
		let document = arguments.document(InstitutionId(1), ControllerStatement::Patient, 1_000).unwrap();
		assert_eq!(document.deny.len(), 1);
	}

	#[test]
	fn purposes_become_classes() {
		let purposes = [Purpose::Treatment, Purpose::EmergencyRoomTreatment, Purpose::Research].into();
		assert_eq!(purpose_classes(&purposes), PurposeClasses::of(&[PurposeClass::Treatment, PurposeClass::Research]));
	}

	#[test]
	fn tags_that_were_not_asked_for_are_refused() {
		let arguments = grant("--to 2 --category laboratory");
		let document = arguments.document(InstitutionId(1), ControllerStatement::Patient, 1_000).unwrap();
		let tag = |tag, category, class| TagMeaning { tag: ScopeTag([tag; 16]), category, class };
		let good = tag(1, Category::Laboratory, LabelClass::Normal);
		check_tags(&[good], &document).unwrap();
		assert!(check_tags(&[], &document).is_err());
		assert!(check_tags(&[good, good], &document).is_err());
		assert!(check_tags(&[tag(1, Category::Laboratory, LabelClass::Restricted)], &document).is_err());
	}
}
