//! A guardian's share: confirmed when a committee is formed, found again from the chain when it is needed.

use super::{Post, NO_SESSION};
use crate::cli::error::CliError;
use salus_client::{
	chain::{calls::emergency_access as call, Call, ChainError},
	emergency::{
		formation::{next_step, recover_share, FormationCase, OwnShare, Step},
		guardian::votes_for,
	},
	primitives::{CommitteeId, InstitutionId, Moment},
	wire::{Account, BlockId},
};
use salus_runtime_api::{CommitteeInfo, CommitteeKind};
use salus_threshold::{dealing::Dealing, rand_core::OsRng};
use serde_json::json;

/// A guardian's place in a committee.
pub(super) struct Seat {
	pub(super) share: OwnShare,
	/// The institution that it has one vote together with.
	pub(super) votes_for: Option<InstitutionId>,
}

impl Post<'_> {
	/// Whether a committee that names this guardian is that of its invitation, as far as the invitation tells; says when it is not.
	pub(super) async fn is_invited(
		&mut self,
		head: &BlockId,
		committee: &CommitteeInfo<Account>,
	) -> Result<bool, CliError> {
		let CommitteeKind::Personal(handle) = committee.kind else { return Ok(false) };
		let is_invited = self.notes.invited_by(self.chain.handle_at(head, &handle).await?.as_ref());
		if !is_invited {
			let text = format!(
				"committee {}: its patient is at another institution than the one of your invitation; your share is not confirmed",
				committee.id
			);
			self.say_once(NO_SESSION, &text)?;
		}
		Ok(is_invited)
	}

	/// Confirms the own share in a committee that is being formed, or says that it is wrong.
	pub(super) async fn join(&mut self, head: &BlockId, committee: &CommitteeInfo<Account>) -> Result<(), CliError> {
		let dealings = self.chain.dealings_at(head, committee.id, committee.version).await?;
		let now = self.chain.time_at(head).await?;
		let id = committee.id;
		match next_step(&self.formation(now, committee, &dealings), &mut OsRng) {
			Ok(Some(Step::Confirm(proof))) => {
				if !self.submit(id, &call::confirm_share(id, proof)).await? {
					return Ok(());
				}
				let text = format!("Confirmed that you hold your share (committee {id}).");
				self.tell(json!({ "event": "confirmed", "committee": id }), text)
			}
			Ok(Some(Step::Dispute { dealer, dispute })) => {
				if !self.submit(id, &call::dispute_dealing(id, dealer, *dispute)).await? {
					return Ok(());
				}
				let text = format!(
					"The share that you were dealt in committee {id} is wrong, and the chain says so now. The patient has to set the guardians up anew."
				);
				self.tell(json!({ "event": "disputed_dealing", "committee": id }), text)
			}
			Ok(_) => Ok(()),
			Err(error) => self.say_once(NO_SESSION, &format!("committee {id}: {error}")),
		}
	}

	fn formation<'b>(
		&'b self,
		now: Moment,
		committee: &'b CommitteeInfo<Account>,
		dealings: &'b [(u16, Dealing)],
	) -> FormationCase<'b> {
		let (genesis, own, sealing) = (&self.genesis, &self.own, &self.sealing);
		FormationCase { genesis, now, committee, dealings, reshared: &[], own, sealing }
	}

	/// The own share, found again from the chain.
	pub(super) async fn seat(
		&mut self,
		head: &BlockId,
		committee: &CommitteeInfo<Account>,
	) -> Result<Option<Seat>, CliError> {
		let dealings = self.chain.dealings_at(head, committee.id, committee.version).await?;
		let now = self.chain.time_at(head).await?;
		let recovered = recover_share(&self.formation(now, committee, &dealings));
		let votes_for = committee.members.iter().find(|member| member.guardian == self.own).and_then(votes_for);
		match recovered {
			Ok(share) => Ok(Some(Seat { share, votes_for })),
			Err(error) => self.say_once(NO_SESSION, &format!("committee {}: {error}", committee.id)).map(|()| None),
		}
	}

	/// Sends a step of a formation. Tells whether the chain took it: a refusal is said, and does not end the guard.
	async fn submit(&mut self, committee: CommitteeId, call: &Call) -> Result<bool, CliError> {
		let progress = self.context.waiting("waiting for finality");
		let outcome = self.chain.submit_finalized(self.key.pair(), call).await;
		drop(progress);
		match outcome {
			Ok(_) => Ok(true),
			Err(error @ (ChainError::Refused(_) | ChainError::NotAccepted { .. })) => {
				self.say_once(NO_SESSION, &format!("committee {committee}: {error}"))?;
				Ok(false)
			}
			Err(error) => Err(error.into()),
		}
	}
}
