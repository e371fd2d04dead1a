//! Which transactions are admitted at all: the runtime says who may sign a call and in which lane it travels, this
//! module checks the signer. Nothing here replaces the checks of a call: nested calls never pass an extension.

use crate::{AccountRoles as RoleCount, Config, Gateways, Lane, Operators, Pallet, Payer};
use salus_primitives::{CommitteeId, ControllerKind, Guardians, Handles, InstitutionId, PatientHandle};
use sp_runtime::transaction_validity::{InvalidTransaction, TransactionValidityError};

/// Says of every call of a runtime who may sign it. Written by the runtime.
pub trait ClassifyCall<Call, AccountId> {
	/// Who may sign this call and in which lane it travels; `None` refuses it whoever signs.
	fn classify(call: &Call) -> Option<Admission>;
}

/// Refuses everything.
impl<Call, AccountId> ClassifyCall<Call, AccountId> for () {
	fn classify(_: &Call) -> Option<Admission> {
		None
	}
}

/// How a call is admitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Admission {
	/// Priority and quota.
	pub lane: Lane,
	/// Who may sign.
	pub who: Who,
}

/// Who may sign a call. An account of an institution that is not active is none of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
	/// A gateway of an active institution.
	Gateway,
	/// A gateway or the operator of an active institution.
	GatewayOrOperator,
	/// The operator of an active institution.
	Operator,
	/// A validator account of an active institution, or its operator.
	Validator,
	/// The holder of a council seat.
	CouncilMember,
	/// Whoever controls this handle now.
	Controller(PatientHandle),
	/// A gateway of an active institution, or a person who guards a patient.
	Guardian,
	/// The same, or a person whom a patient named in this committee and who does not guard yet. It may be named by several, and
	/// only the one in whose committee it acts pays for that.
	GuardianIn(CommitteeId),
	/// Any account with a role.
	AnyMember,
}

impl Admission {
	/// Whose bucket pays when this account signs. Reads only.
	///
	/// # Errors
	/// `BadSigner` when the account may not sign this call, `Call` when the runtime's answer makes no sense.
	pub fn payer<T: Config>(&self, signer: &T::AccountId) -> Result<Payer, TransactionValidityError> {
		// Without a handle the lane of patients would have no bucket of its own.
		if self.lane == Lane::PatientRights && !matches!(self.who, Who::Controller(_)) {
			return Err(InvalidTransaction::Call.into());
		}
		self.who.find::<T>(signer, self.lane).ok_or_else(|| InvalidTransaction::BadSigner.into())
	}
}

impl Who {
	fn find<T: Config>(&self, signer: &T::AccountId, lane: Lane) -> Option<Payer> {
		let institution = |id| Payer::Institution(id, lane);
		match self {
			Self::Gateway => active::<T>(Gateways::<T>::get(signer)).map(institution),
			Self::Operator => active::<T>(Operators::<T>::get(signer)).map(institution),
			Self::GatewayOrOperator => match Operators::<T>::get(signer) {
				Some(id) => active::<T>(Some(id)).map(institution),
				// A stolen gateway key must not fill the bucket from which the operator votes, and removes that gateway.
				None if lane == Lane::Governance => {
					active::<T>(Gateways::<T>::get(signer)).map(|id| Payer::Institution(id, Lane::Bulk))
				}
				None => active::<T>(Gateways::<T>::get(signer)).map(institution),
			},
			Self::Validator => {
				active::<T>(Pallet::<T>::validator_of(signer).or_else(|| Operators::<T>::get(signer))).map(institution)
			}
			Self::CouncilMember => {
				let id = active::<T>(Operators::<T>::get(signer))?;
				Pallet::<T>::has_seat(signer).then_some(institution(id))
			}
			// A patient's own key never draws on what an institution can exhaust, nor a custodian on what the patient
			// needs.
			Self::Controller(handle) => match T::Handles::controller(handle, signer)? {
				ControllerKind::SelfHeld => Some(Payer::Patient(*handle)),
				ControllerKind::Custodian(id) => active::<T>(Some(id)).map(institution),
			},
			Self::Guardian | Self::GuardianIn(_) => match Gateways::<T>::get(signer) {
				Some(id) => active::<T>(Some(id)).map(institution),
				None => self.guarded::<T>(signer).map(Payer::GuardiansOf),
			},
			Self::AnyMember => match Pallet::<T>::serves(signer) {
				Some(id) => active::<T>(Some(id)).map(institution),
				None => RoleCount::<T>::contains_key(signer).then_some(Payer::Shared),
			},
		}
	}

	/// The handle for which a person acts as a guardian.
	fn guarded<T: Config>(&self, person: &T::AccountId) -> Option<PatientHandle> {
		let named = match self {
			Self::GuardianIn(committee) => T::Guardians::named_handle(person, *committee),
			_ => None,
		};
		named.or_else(|| T::Guardians::personal_handle(person))
	}
}

fn active<T: Config>(id: Option<InstitutionId>) -> Option<InstitutionId> {
	id.filter(|id| Pallet::<T>::institution_is_active(*id))
}
