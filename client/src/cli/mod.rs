//! The commands of `salus`. Each returns a report; printing and exit codes are in one place.

mod access;
mod arguments;
mod audit;
mod config;
mod consent;
mod consortium;
mod context;
mod emergency;
mod error;
mod keys;
mod member;
mod output;
mod paper;
mod patient;
mod patient_act;
mod record;
mod staff;
mod state;
mod status;

use clap::{Args, Parser, Subcommand};
use context::Context;
use error::CliError;
use output::Report;
use std::{path::PathBuf, process::ExitCode};

/// What every exit code means; shown by `--help`.
const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  failed; the message says what to do
  2  the command line is wrong
  3  a finding: something in records or audit trail is not as it must be
  4  nothing was permitted, or the answer is empty
  5  the node or the gateway does not answer

Environment: SALUS_HOME, SALUS_NODE, SALUS_GATEWAY, SALUS_IDENTITY, SALUS_PASSPHRASE_FILE, NO_COLOR.";

/// Salus for people: keys, members and staff, patients, records, consent, access, emergencies and the audit trail.
#[derive(Debug, Parser)]
#[command(name = "salus", version, about, after_help = EXIT_CODES, propagate_version = true)]
pub struct Cli {
	#[command(flatten)]
	global: Global,
	#[command(subcommand)]
	command: Command,
}

/// Options of every command. Their ids are set apart: a command's own argument of the same name would be taken for them.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Options of every command")]
pub struct Global {
	/// Folder of configuration, keys and notes; the platform's data folder unless given
	#[arg(id = "global-home", long = "home", global = true, env = "SALUS_HOME", value_name = "DIR")]
	home: Option<PathBuf>,
	/// Node of the chain (ws:// or wss://)
	#[arg(id = "global-node", long = "node", global = true, env = "SALUS_NODE", value_name = "URL")]
	node: Option<String>,
	/// Gateway of the own institution; for patients, of the custodian (http:// or https://)
	#[arg(id = "global-gateway", long = "gateway", global = true, env = "SALUS_GATEWAY", value_name = "URL")]
	gateway: Option<String>,
	/// Identity that acts
	#[arg(id = "global-as", long = "as", global = true, env = "SALUS_IDENTITY", value_name = "NAME")]
	identity: Option<String>,
	/// File whose first line is the passphrase; asked for on the terminal unless given
	#[arg(
		id = "global-passphrase-file",
		long = "passphrase-file",
		global = true,
		env = "SALUS_PASSPHRASE_FILE",
		value_name = "FILE"
	)]
	passphrase_file: Option<PathBuf>,
	/// Print JSON
	#[arg(id = "global-json", long = "json", global = true)]
	json: bool,
	/// Show no progress
	#[arg(id = "global-quiet", long = "quiet", short = 'q', global = true)]
	quiet: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
	/// Node, gateway and identity that are used unless named
	#[command(subcommand)]
	Config(config::Command),
	/// Keys of people and institutions, encrypted at rest
	#[command(subcommand)]
	Keys(keys::Command),
	/// Members of the consortium and motions about them
	#[command(subcommand)]
	Member(member::Command),
	/// How the consortium governs itself: members, validators, parameters, upgrades, pauses
	#[command(subcommand)]
	Consortium(consortium::Command),
	/// Staff registry
	#[command(subcommand)]
	Staff(staff::Command),
	/// Patients and their handles
	#[command(subcommand)]
	Patient(patient::Command),
	/// Records at the own institution
	#[command(subcommand)]
	Record(record::Command),
	/// What a patient permits
	#[command(subcommand)]
	Consent(consent::Command),
	/// Records of another institution
	#[command(subcommand)]
	Access(access::Command),
	/// When a life is at risk: ask the guardians, open, hand over, guard, review
	#[command(subcommand)]
	Emergency(emergency::Command),
	/// Who did and tried what
	#[command(subcommand)]
	Audit(audit::Command),
	/// State of the chain and of gateways
	Status(status::Status),
}

/// Runs a command, prints its report, and tells the exit code.
pub async fn run(cli: Cli) -> ExitCode {
	let printer = output::Printer::new(cli.global.json);
	let outcome = match Context::new(cli.global) {
		Ok(context) => dispatch(cli.command, &context).await,
		Err(error) => Err(error),
	};
	let code = match outcome {
		Ok(report) => printer.report(&report),
		Err(error) => printer.error(&error),
	};
	ExitCode::from(code)
}

async fn dispatch(command: Command, context: &Context) -> Result<Report, CliError> {
	match command {
		Command::Config(command) => config::run(command, context).await,
		Command::Keys(command) => keys::run(command, context),
		Command::Member(command) => member::run(command, context).await,
		Command::Consortium(command) => consortium::run(command, context).await,
		Command::Staff(command) => staff::run(command, context).await,
		Command::Patient(command) => patient::run(command, context).await,
		Command::Record(command) => record::run(command, context).await,
		Command::Consent(command) => consent::run(command, context).await,
		Command::Access(command) => access::run(command, context).await,
		Command::Emergency(command) => emergency::run(command, context).await,
		Command::Audit(command) => audit::run(command, context).await,
		Command::Status(command) => status::run(command, context).await,
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use clap::CommandFactory;
	use salus_client::primitives::InstitutionId;

	#[test]
	fn the_command_line_is_consistent() {
		Cli::command().debug_assert();
	}

	/// One line for each command; ids are written as `H` (32 bytes), accounts as `A`, session keys as `K` and
	/// their proof as `P`, peer ids as `12D3KooW`.
	const LINES: &str = "
		config show
		config set --gateway http://x --as ana
		keys new ana --kind practitioner
		keys import op --kind account --secret-file f
		keys list
		keys show
		member list
		member show 1
		member propose admit --kind research-body --name X --operator A
		member propose suspend 1 --invalid-from 2026-01-01
		member propose reinstate 1
		member propose deactivate 1
		member propose add-validator 1 A
		member propose remove-validator A
		member propose replace-operator 1 A
		member propose set-quota 1 --bulk 1 --decisions 2
		member motions
		member vote H --against
		member close H
		member add-gateway A
		member remove-gateway A
		consortium status
		consortium members
		consortium validators
		consortium nodes
		consortium add-node 12D3KooW
		consortium remove-node 12D3KooW
		consortium parameters
		consortium motions
		consortium propose suspend 1 --invalid-from 2026-01-01
		consortium propose set-end 1 --until 365d
		consortium propose set-end 1 --permanent
		consortium propose upgrade f --any-version
		consortium propose stalled --best-finalized 7 --delay 30
		consortium propose set-parameter MotionDuration 43200
		consortium propose pause RequestAccess --blocks 600
		consortium propose resume RequestAccess
		consortium vote H --against
		consortium close H
		consortium request-pause RequestAccess
		consortium apply-upgrade f
		consortium set-keys K P
		consortium expire 1
		staff register --identity ana --role physician --department cardiology --until 1d --emergency
		staff update --public-file f --role nurse
		staff list --institution 1
		staff show H
		staff end H --from 2026-01-01
		patient prepare --custodian 1
		patient prepare --custodian 1 --handle H
		patient witness --scan f register
		patient witness --scan f claim --offer f
		patient witness --scan f consent --draft f
		patient register --offer f
		patient register --custodial --evidence f
		patient claim H --offer f --evidence f
		patient care H --department ward-3 --kind admission --until 5d
		patient handles
		patient show H
		patient rotate H
		patient retire H
		record add H a b
		record list H
		record get H H -o f
		record amend H H f
		consent grant H --to 2 --category laboratory --category conditions --class N --purpose TREAT --role nurse --department d --practitioner H --not-practitioner H --not-department e --data-from 2020-01-01 --data-until 2026-01-01 --from 1d --until 30d --delegation-depth 1
		consent draft H --to 2 --category laboratory --until 30d
		consent grant-on-paper --draft f --evidence f
		consent list H
		consent revoke H --to 2 --capability 3
		consent revoke-all H --to 2
		consent deliver H
		access request H --custodian 1 --category laboratory --purpose TREAT --reason follow-up
		access fetch 3 -o d
		access list
		emergency request H --custodian 1 --tier wider --reason fall --encounter E-1 --for-caller neighbour --fall-back --no-wait
		emergency request --card SALUS1:CARD --reason fall --evidence found
		emergency open H --out f
		emergency open
		emergency close H --reason done
		emergency cancel
		emergency sessions
		emergency find --family Rossi --given Ada --birth-date 1961-02-03 --identifier 7 --present
		emergency find --family Rossi --given Ada --birth-date 1961-02-03 --locate --because fall --encounter E-1
		emergency ready
		emergency handover H --to H
		emergency take-over H
		emergency drill H --tier summary
		emergency invite H --words hello --out f
		emergency accept g --invitation f --answer f --works-at 2
		emergency setup H --guardian f --guardian g --institution 1 --institution 2 --institution 3 --threshold 3 --fallback-after 5m --until 30d
		emergency setup H --institution 1 --threshold 3 --no-fallback
		emergency dissolve H
		emergency card H --out f
		emergency status H
		emergency notices H --after 3 --watch
		emergency dispute H H
		emergency watch --once
		emergency serve --orders f --once
		emergency duty list
		emergency duty approve H --reason fits
		emergency duty reject H --reason none
		emergency reviews list
		emergency reviews decide H --verdict justified --reason fits
		emergency report
		emergency committee form --purpose locate --members 1,2,3,4,5 --threshold 3 --until 30d
		emergency committee status 0
		emergency committee reshare 0 --members 1,2,3,4,6 --threshold 3
		emergency committee retire 0
		audit list H --from-block 3
		audit institution 1
		status http://x
	";

	#[test]
	fn every_command_is_read_with_every_global_option() {
		let id = format!("0x{}", "01".repeat(32));
		let (keys, proof) = (format!("0x{}", "02".repeat(64)), format!("0x{}", "03".repeat(128)));
		let card = salus_client::emergency::card::Card { handle: id.parse().unwrap(), custodian: InstitutionId(1) }
			.to_string();
		for line in LINES.lines().map(str::trim).filter(|line| !line.is_empty()) {
			let own = line.split_whitespace().map(|word| match word {
				"H" | "A" => id.as_str(),
				"K" => keys.as_str(),
				"P" => proof.as_str(),
				"12D3KooW" => "12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5",
				"SALUS1:CARD" => card.as_str(),
				word => word,
			});
			let global = ["--home", "h", "--node", "ws://y", "--passphrase-file", "p", "--json", "-q"];
			let words = ["salus"].into_iter().chain(own).chain(global);
			let cli = Cli::try_parse_from(words).unwrap_or_else(|error| panic!("{line}: {error}"));
			assert_eq!(cli.global.node.as_deref(), Some("ws://y"), "{line}");
			assert_eq!(cli.global.gateway.as_deref(), line.contains("--gateway").then_some("http://x"), "{line}");
			assert!(cli.global.json && cli.global.quiet && cli.global.passphrase_file.is_some(), "{line}");
		}
	}

	#[test]
	fn the_acting_identity_is_told_apart_from_a_commands_own() {
		let words = ["salus", "staff", "register", "--identity", "ana", "--role", "nurse", "--as", "gw"];
		assert_eq!(Cli::try_parse_from(words).unwrap().global.identity.as_deref(), Some("gw"));
	}

	#[test]
	fn help_tells_the_exit_codes() {
		let help = Cli::command().render_long_help().to_string();
		for code in ["3  a finding", "4  nothing was permitted", "5  the node"] {
			assert!(help.contains(code), "{code}");
		}
	}
}
