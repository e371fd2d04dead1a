//! `salus emergency`.

mod card;
mod committee;
mod drill;
mod duty;
mod find;
mod guardian;
mod handover;
mod notes;
mod open;
mod patient;
mod request;
mod review;
mod session;
mod setup;
mod suspend;
mod words;

use super::{context::Context, error::CliError, output::Report};
use clap::Subcommand;
use salus_client::primitives::{EmergencyRequestId, PatientHandle};

/// Who does what, in the order of the night; shown by `salus emergency --help`.
const ROLES: &str = "\
At the bedside (physician, nurse or paramedic, authorised for emergencies in the staff registry):
  find     --locate: by name and birth date, when there is no card; guardians help without learning the name
  request  ask the guardians; waits until enough of them gave their key share, or said no
  open     put the shares together, decrypt, show what you need to know
  close    end the session; its keys are wiped here and the patient's are renewed
  drill    all of it at once on a registered test patient

On the telephone: request --for-caller, then handover --to the colleague at the bedside, who has run `ready` and now runs take-over.

As a patient: setup your own guardians (or leave it to the consortium's), carry a card, watch notices, dispute.
As a guardian: accept an invitation, then watch (you are asked) or serve (standing orders answer).
At a guardian hospital: duty. Where the patient stands in person: suspend. As a privacy officer: reviews, report. As an operator: committee.

Guardians never see the record. Every request, vote and reading stands in the patient's audit trail, with the names of those who took part.

Exit codes: 0 done; 3 something is not as it must be (report it); 4 refused, not answered in time, or not there; 5 no answer from node or gateway.";

/// Commands about emergencies.
#[derive(Debug, Subcommand)]
#[command(after_help = ROLES)]
pub enum Command {
	/// At the bedside: ask the guardians for a patient's emergency record
	Request(request::Request),
	/// At the bedside: open what an active session gives, and show it
	Open(open::Open),
	/// At the bedside: end a session. Its secrets are wiped here, the patient's keys are renewed
	Close(session::End),
	/// Find a patient without a card by name and birth date: at the desk one who is here, at the bedside one who cannot speak
	Find(find::Find),
	/// Take a request back that was not answered yet
	Cancel(session::End),
	/// List the sessions that were asked for, or taken over, on this machine
	Sessions,
	/// Leave your encryption key at your institution's gateway, so that sessions can be handed over to you
	Ready,
	/// Give a session to a colleague of your institution
	Handover(handover::HandOver),
	/// Take a session over that a colleague gave you
	TakeOver {
		/// The session
		id: EmergencyRequestId,
	},
	/// Run request, open and close on a registered test patient, and tell how long each took
	Drill(drill::Drill),
	/// As a patient: invite somebody to be one of your guardians
	Invite(setup::Invite),
	/// As a guardian: accept an invitation with a fresh identity
	Accept(setup::Accept),
	/// As a patient: choose your own guardians, who decide before the consortium's
	Setup(setup::Setup),
	/// As a patient: dissolve your own guardians; the consortium's decide from then on
	Dissolve {
		/// Your handle
		handle: PatientHandle,
	},
	/// Make the card that tells a rescuer where your records are. It opens nothing
	Card(card::CardArguments),
	/// As a patient: guardians, what is sealed, and every session about you
	Status {
		/// Your handle
		handle: PatientHandle,
	},
	/// As a patient, or a privacy officer: what happened around the emergency access
	Notices(patient::NoticesArguments),
	/// As a patient: contradict a session. Two guardians can then stop it
	Dispute {
		/// Your handle
		handle: PatientHandle,
		/// The session
		id: EmergencyRequestId,
	},
	/// At another hospital, as a registrar or authorised for emergencies: stop a session whose patient stands before you
	Suspend(suspend::Suspend),
	/// As a guardian: be asked about each request, on this terminal
	Watch(guardian::Watch),
	/// As a guardian: let standing orders answer; what they do not cover waits for you
	Serve(guardian::Serve),
	/// As a duty officer of a guardian hospital: decide about what no server may decide
	#[command(subcommand)]
	Duty(duty::Command),
	/// As a privacy officer: judge the sessions about your patients; a regulator's judges any, by its id
	#[command(subcommand)]
	Reviews(review::Command),
	/// As a privacy officer: every session about your patients in one table
	Report,
	/// The consortium's committees of guardians
	#[command(subcommand)]
	Committee(committee::Command),
}

/// Runs a command.
pub async fn run(command: Command, context: &Context) -> Result<Report, CliError> {
	match command {
		Command::Request(arguments) => request::run(context, arguments).await,
		Command::Open(arguments) => open::run(context, arguments).await,
		Command::Close(arguments) => session::close(context, arguments).await,
		Command::Find(arguments) => find::run(context, arguments).await,
		Command::Cancel(arguments) => session::cancel(context, arguments).await,
		Command::Sessions => session::list(context).await,
		Command::Ready => handover::ready(context).await,
		Command::Handover(arguments) => handover::hand_over(context, arguments).await,
		Command::TakeOver { id } => handover::take_over(context, id).await,
		Command::Drill(arguments) => drill::run(context, arguments).await,
		Command::Invite(arguments) => setup::invite(context, arguments).await,
		Command::Accept(arguments) => setup::accept(context, arguments).await,
		Command::Setup(arguments) => setup::set_up(context, arguments).await,
		Command::Dissolve { handle } => setup::dissolve(context, handle).await,
		Command::Card(arguments) => card::run(context, arguments).await,
		Command::Status { handle } => patient::status(context, handle).await,
		Command::Notices(arguments) => patient::notices(context, arguments).await,
		Command::Dispute { handle, id } => patient::dispute(context, handle, id).await,
		Command::Suspend(arguments) => suspend::run(context, arguments).await,
		Command::Watch(arguments) => guardian::watch(context, arguments).await,
		Command::Serve(arguments) => guardian::serve(context, arguments).await,
		Command::Duty(command) => duty::run(context, command).await,
		Command::Reviews(command) => review::run(context, command).await,
		Command::Report => review::report(context).await,
		Command::Committee(command) => committee::run(context, command).await,
	}
}
