//! What a patient's acts have in common: the notes about the handle, the audit entry, its delivery to the custodian.

use super::{
	context::Context,
	error::CliError,
	patient::gateway_url_for,
	state::{HandleState, OwnOpening, PatientState},
};
use salus_client::{
	chain::{Call, Chain, InBlock},
	gateway::Gateway,
	keystore::{Identity, PatientRoot},
	primitives::{Act, AuditChain, PatientHandle},
	wire::{Actor, EntryOpening, FullEntry, OpeningsDelivery},
};

/// An act of a patient on one handle.
pub struct PatientAct<'a> {
	context: &'a Context,
	name: String,
	/// The patient's root.
	pub root: PatientRoot,
	/// The patient's notes.
	pub state: PatientState,
	/// The chain.
	pub chain: &'a Chain,
	/// Hash of its genesis block.
	pub genesis: [u8; 32],
	handle: PatientHandle,
}

/// Whether the custodian has what was to be delivered.
#[derive(Debug)]
pub enum Delivery {
	/// It has.
	Done,
	/// Not yet, and why.
	Later(String),
}

impl Delivery {
	/// Whether it has.
	pub fn done(&self) -> bool {
		matches!(self, Self::Done)
	}

	/// A sentence for people when it has not.
	pub fn advice(&self) -> String {
		match self {
			Self::Done => String::new(),
			Self::Later(why) => {
				format!("\nThe custodian has not acknowledged it yet ({why}). Run `salus consent deliver` later.")
			}
		}
	}
}

impl<'a> PatientAct<'a> {
	/// Opens the acting patient's identity and the notes about the handle.
	pub async fn begin(context: &'a Context, handle: PatientHandle) -> Result<Self, CliError> {
		let (name, identity) = context.unlock()?;
		identity.patient(&name)?;
		let Identity::Patient(root) = identity else {
			return Err(CliError::Failed("the identity changed while it was read".to_owned()));
		};
		let state = PatientState::load(context.home(), &name)?;
		if state.handle(&handle).is_none() {
			return Err(CliError::NotThere(format!(
				"`{name}` has no notes about {handle}; `salus patient handles` shows those it has"
			)));
		}
		let chain = context.chain().await?;
		let genesis = chain.genesis().await?;
		Ok(Self { context, name, root, state, chain, genesis, handle })
	}

	/// The notes about the handle.
	pub fn notes(&self) -> Result<&HandleState, CliError> {
		self.state.handle(&self.handle).ok_or_else(lost_notes)
	}

	/// The notes about the handle.
	pub fn notes_mut(&mut self) -> Result<&mut HandleState, CliError> {
		self.state.handle_mut(&self.handle).ok_or_else(lost_notes)
	}

	/// Writes the notes.
	pub fn save(&self) -> Result<(), CliError> {
		self.state.save(self.context.home(), &self.name)
	}

	/// The sealed audit entry of an act by the patient.
	pub fn entry(&self, act: Act, details: impl FnOnce(&mut FullEntry)) -> Result<EntryOpening, CliError> {
		let notes = self.notes()?;
		let actor = Actor {
			institution: None,
			account: notes.account,
			practitioner: None,
			roles: Vec::new(),
			departments: Vec::new(),
			on_behalf: false,
		};
		let mut entry =
			FullEntry::new(act, salus_client::now(), actor, "the patient's own decision, by the patient's key");
		entry.patient = Some(self.handle);
		entry.custodian = Some(notes.custodian);
		details(&mut entry);
		entry.seal().map_err(|error| CliError::Failed(error.to_string()))
	}

	/// Keeps the opening, submits the call with the handle's key, and notes where the entry stands.
	pub async fn submit(&mut self, call: &Call, entry: EntryOpening) -> Result<InBlock, CliError> {
		let commitment = entry.commitment;
		let key = self.root.handle_key(self.notes()?.index);
		// First on disk, then on chain: an entry whose opening is lost would be a finding against the patient.
		self.notes_mut()?.openings.push(OwnOpening { opening: entry, delivered: false });
		self.save()?;
		let _progress = self.context.waiting("waiting for finality");
		let outcome = self.chain.submit_finalized(&key, call).await;
		let included = match outcome {
			Ok(included) => included,
			Err(error) => {
				// What the chain refused left no entry. In any other case it may still come.
				if error.pallet_error().is_some()
					|| matches!(error, salus_client::chain::ChainError::NotAccepted { .. })
				{
					self.notes_mut()?.openings.retain(|own| own.opening.commitment != commitment);
					self.save()?;
				}
				return Err(error.into());
			}
		};
		let place = included.events.entry_recorded();
		for own in self.notes_mut()?.openings.iter_mut().filter(|own| own.opening.commitment == commitment) {
			own.opening.chain = place.map(|(chain, _)| chain).or(own.opening.chain);
			own.opening.sequence = place.map(|(_, sequence)| sequence);
		}
		self.save()?;
		Ok(included)
	}

	/// The custodian's gateway, signed for by the handle's key.
	pub fn gateway(&self) -> Result<Gateway, CliError> {
		let notes = self.notes()?;
		let url = gateway_url_for(self.context, Some(notes))?;
		let signer = self.root.http_signer(self.handle, notes.index);
		Ok(Gateway::new(&url, notes.custodian, Some(signer))?)
	}

	/// Hands the openings that the custodian lacks over. Failing is no failure of the act: they are kept and handed over later.
	pub async fn deliver_openings(&mut self) -> Delivery {
		match self.try_deliver_openings().await {
			Ok(()) => Delivery::Done,
			Err(error) => Delivery::Later(error.to_string()),
		}
	}

	async fn try_deliver_openings(&mut self) -> Result<(), CliError> {
		let known = |own: &&OwnOpening| !own.delivered && own.opening.chain == Some(AuditChain::Patient(self.handle));
		let openings: Vec<_> = self.notes()?.openings.iter().filter(known).map(|own| own.opening.clone()).collect();
		if openings.is_empty() {
			return Ok(());
		}
		let sent: Vec<_> = openings.iter().map(|opening| opening.commitment).collect();
		self.gateway()?.deliver_own_openings(&self.handle, &OpeningsDelivery { openings }).await?;
		for own in self.notes_mut()?.openings.iter_mut() {
			own.delivered |= sent.contains(&own.opening.commitment);
		}
		self.save()
	}

	/// Marks an opening as delivered: it went with another message.
	pub fn mark_delivered(&mut self, entry: &salus_client::primitives::Commitment) -> Result<(), CliError> {
		for own in self.notes_mut()?.openings.iter_mut().filter(|own| own.opening.commitment == *entry) {
			own.delivered = true;
		}
		self.save()
	}
}

fn lost_notes() -> CliError {
	CliError::Failed("the notes about the handle are gone; restore the home folder from a backup".to_owned())
}
