//! What every command works with: home folder, configuration, identity, node and gateway.

use super::{
	error::CliError,
	output::Progress,
	state::{read_json, write_private},
	Global,
};
use salus_client::{
	chain::{Chain, Keypair},
	gateway::Gateway,
	keystore::{make_private_folder, Identity, IdentityKind, IdentityPublic, Keystore, StoredIdentity},
	primitives::{InstitutionId, Moment, MINUTE},
	signature::HttpSigner,
};
use serde::{Deserialize, Serialize};
use std::{
	fs,
	io::{self, IsTerminal},
	path::{Path, PathBuf},
};
use tokio::sync::OnceCell;
use zeroize::Zeroizing;

/// Node that is asked unless named.
const DEFAULT_NODE: &str = "ws://127.0.0.1:9944";

/// How far the best block may be ahead of the finalized one, milliseconds, before a command of the council goes by it.
const FINALITY_STANDS: Moment = MINUTE;

/// `config.json` in the home folder.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
	/// Node.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub node: Option<String>,
	/// Gateway.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub gateway: Option<String>,
	/// The institution that this gateway said to act for when it was configured. Requests to it are signed for no other.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub institution: Option<InstitutionId>,
	/// Identity.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub identity: Option<String>,
}

/// What a command works with.
pub struct Context {
	home: PathBuf,
	profile: Profile,
	global: Global,
	chain: OnceCell<Chain>,
}

impl Context {
	/// Finds the home folder and reads its configuration.
	pub fn new(global: Global) -> Result<Self, CliError> {
		let home = match &global.home {
			Some(home) => home.clone(),
			None => dirs::data_dir()
				.map(|folder| folder.join("salus"))
				.ok_or_else(|| CliError::Usage("this platform has no data folder: name one with --home".to_owned()))?,
		};
		make_private_folder(&home).map_err(|error| CliError::File(home.clone(), error))?;
		let path = home.join("config.json");
		let profile = match path.exists() {
			true => read_json(&path, "a configuration")?,
			false => Profile::default(),
		};
		Ok(Self { home, profile, global, chain: OnceCell::new() })
	}

	/// The home folder.
	pub fn home(&self) -> &Path {
		&self.home
	}

	/// The configuration as it is on disk.
	pub fn profile(&self) -> &Profile {
		&self.profile
	}

	/// Writes a configuration.
	pub fn save_profile(&self, profile: &Profile) -> Result<(), CliError> {
		write_private(&self.home.join("config.json"), profile)
	}

	/// The node's address.
	pub fn node_url(&self) -> &str {
		self.global.node.as_deref().or(self.profile.node.as_deref()).unwrap_or(DEFAULT_NODE)
	}

	/// The gateway's address, when one is named.
	pub fn gateway_url(&self) -> Option<&str> {
		self.global.gateway.as_deref().or(self.profile.gateway.as_deref())
	}

	/// The gateway's address as the command line names it, leaving the configuration aside.
	pub fn gateway_flag(&self) -> Option<&str> {
		self.global.gateway.as_deref()
	}

	/// The chain, connected once.
	pub async fn chain(&self) -> Result<&Chain, CliError> {
		Ok(self.chain.get_or_try_init(|| Chain::connect(self.node_url())).await?)
	}

	/// The chain for what the council decides. While finality stands it goes by the best block: votes are how finality comes
	/// back.
	pub async fn governed_chain(&self) -> Result<&Chain, CliError> {
		let connect = || async {
			let chain = Chain::connect(self.node_url()).await?;
			let (best, finalized) = (chain.best_head().await?, chain.finalized_head().await?);
			// The genesis block has no time of its own.
			let last = match finalized.number {
				0 if best.number > 0 => chain.block_at(1).await?,
				_ => finalized,
			};
			let behind = chain.time_at(&best).await?.saturating_sub(chain.time_at(&last).await?);
			if behind <= FINALITY_STANDS {
				return Ok(chain);
			}
			if !self.quiet() {
				eprintln!("Finality stands since block {}: going by block {}.", finalized.number, best.number);
			}
			Ok(chain.before_finality())
		};
		self.chain.get_or_try_init(connect).await
	}

	/// A spinner that says what is waited for.
	pub fn waiting(&self, what: &str) -> Progress {
		Progress::waiting(self.quiet(), what)
	}

	/// Whether JSON is printed.
	pub fn json(&self) -> bool {
		self.global.json
	}

	/// Whether progress is hidden.
	pub fn quiet(&self) -> bool {
		self.global.quiet || self.global.json
	}

	/// The keys.
	pub fn keystore(&self) -> Result<Keystore, CliError> {
		Ok(Keystore::open(&self.home)?)
	}

	/// Name of the identity that acts: `--as`, the configured one, or the only one there is.
	pub fn identity_name(&self) -> Result<String, CliError> {
		if let Some(name) = self.global.identity.as_ref().or(self.profile.identity.as_ref()) {
			return Ok(name.clone());
		}
		match self.keystore()?.list()?.as_slice() {
			[only] => Ok(only.name.clone()),
			[] => Err(CliError::Usage("there is no identity yet: make one with `salus keys new`".to_owned())),
			_ => Err(CliError::Usage(
				"there are several identities: name one with --as, or `salus config set --as NAME`".to_owned(),
			)),
		}
	}

	/// The acting identity without its secret.
	pub fn acting(&self) -> Result<StoredIdentity, CliError> {
		Ok(self.keystore()?.show(&self.identity_name()?)?)
	}

	/// The acting identity, opened.
	pub fn unlock(&self) -> Result<(String, Identity), CliError> {
		let name = self.identity_name()?;
		let keystore = self.keystore()?;
		// Asked for only when there is such an identity.
		keystore.show(&name)?;
		let identity = keystore.load(&name, &self.passphrase(&name)?)?;
		Ok((name, identity))
	}

	/// The passphrase of an identity that exists: from the file, or asked for on the terminal.
	pub fn passphrase(&self, name: &str) -> Result<Zeroizing<String>, CliError> {
		match &self.global.passphrase_file {
			Some(file) => first_line(file),
			None => prompt(&format!("Passphrase of {name}: ")),
		}
	}

	/// A passphrase for a new identity: from the file, or asked for twice.
	pub fn new_passphrase(&self, name: &str) -> Result<Zeroizing<String>, CliError> {
		if let Some(file) = &self.global.passphrase_file {
			return first_line(file);
		}
		let first = prompt(&format!("New passphrase of {name}: "))?;
		let second = prompt("The same again: ")?;
		match *first == *second {
			true => Ok(first),
			false => Err(CliError::Failed("the two passphrases differ; nothing was written".to_owned())),
		}
	}

	/// The acting account, opened.
	pub fn account(&self) -> Result<Keypair, CliError> {
		let (name, identity) = self.unlock()?;
		Ok(identity.account(&name)?.pair().clone())
	}

	/// The acting member of staff, as a signer of requests.
	pub fn staff_signer(&self) -> Result<HttpSigner, CliError> {
		let (name, identity) = self.unlock()?;
		Ok(identity.practitioner(&name)?.http_signer())
	}

	/// Whether the acting identity is a patient.
	pub fn acts_as_patient(&self) -> Result<bool, CliError> {
		Ok(matches!(self.acting()?.public, IdentityPublic::Patient {}))
	}

	/// The own gateway, with this signer. Requests are signed for the institution that was configured with it; a gateway that is only
	/// named on the command line is asked.
	pub async fn gateway(&self, signer: HttpSigner) -> Result<Gateway, CliError> {
		let url = self.gateway_url().ok_or_else(no_gateway)?;
		let configured = self.profile.institution.filter(|_| self.profile.gateway.as_deref() == Some(url));
		let institution = match configured {
			Some(institution) => institution,
			None => Gateway::status_of(url).await?.institution,
		};
		Ok(Gateway::new(url, institution, Some(signer))?)
	}

	/// Fails unless the acting identity is of this kind.
	pub fn require(&self, expected: IdentityKind) -> Result<(), CliError> {
		let StoredIdentity { name, public } = self.acting()?;
		match public.kind() {
			found if found == expected => Ok(()),
			found => Err(salus_client::keystore::KeystoreError::WrongKind { name, expected, found }.into()),
		}
	}
}

/// No gateway is known.
pub fn no_gateway() -> CliError {
	CliError::Usage("no gateway is named: use --gateway, or `salus config set --gateway URL`".to_owned())
}

fn first_line(file: &Path) -> Result<Zeroizing<String>, CliError> {
	let text = Zeroizing::new(fs::read_to_string(file).map_err(|error| CliError::File(file.into(), error))?);
	Ok(Zeroizing::new(text.lines().next().unwrap_or_default().to_owned()))
}

fn prompt(question: &str) -> Result<Zeroizing<String>, CliError> {
	if !io::stdin().is_terminal() {
		return Err(CliError::Usage(
			"a passphrase is needed: name a file that holds it with --passphrase-file".to_owned(),
		));
	}
	rpassword::prompt_password(question)
		.map(Zeroizing::new)
		.map_err(|error| CliError::Failed(format!("the passphrase could not be read: {error}")))
}
