//! What other pallets ask the consortium.

use crate::{AccountRoles as RoleCount, Config, Error, Gateways, Institutions, Pallet, Practitioners};
use frame_support::ensure;
use salus_primitives::{
	permitted_purposes, InstitutionId, InstitutionKind, Members, PractitionerId, PractitionerSummary, PurposeClass,
};
use sp_runtime::{DispatchError, DispatchResult};

impl<T: Config> Members<T::AccountId> for Pallet<T> {
	fn institution_of(gateway: &T::AccountId) -> Option<InstitutionId> {
		Gateways::<T>::get(gateway)
	}

	fn active_institution(gateway: &T::AccountId) -> Result<InstitutionId, DispatchError> {
		let id = Gateways::<T>::get(gateway).ok_or(Error::<T>::NotAGateway)?;
		Self::active(id).map(|_| id)
	}

	fn ensure_member(account: &T::AccountId) -> DispatchResult {
		match Self::serves(account) {
			Some(institution) => Self::active(institution).map(|_| ()),
			None => {
				ensure!(RoleCount::<T>::contains_key(account), Error::<T>::NotAMember);
				Ok(())
			}
		}
	}

	fn is_active(institution: InstitutionId) -> bool {
		Self::institution_is_active(institution)
	}

	fn kind(institution: InstitutionId) -> Option<InstitutionKind> {
		Institutions::<T>::get(institution).map(|member| member.kind)
	}

	fn may_claim(institution: InstitutionId, purpose: PurposeClass) -> bool {
		Self::active(institution).is_ok_and(|member| permitted_purposes(member.kind).contains(purpose))
	}

	fn practitioner(id: &PractitionerId) -> Option<PractitionerSummary> {
		let entry = Practitioners::<T>::get(id)?;
		Some(PractitionerSummary {
			institution: entry.institution,
			signing_key: entry.signing_key,
			valid: Self::is_valid(&entry),
		})
	}

	/// Panics when there is no room for one more member: for benchmarks only.
	#[cfg(feature = "runtime-benchmarks")]
	fn benchmark_member(gateway: &T::AccountId, kind: InstitutionKind) -> InstitutionId {
		if let Some(id) = Gateways::<T>::get(gateway) {
			return id;
		}
		let operator = frame_benchmarking::account("operator", crate::NextInstitution::<T>::get().0, 0);
		let name = b"Benchmark".to_vec().try_into().expect("the name is shorter than the bound; qed");
		let id = Self::insert_institution(kind, name, &operator).expect("benchmarks leave room for a member");
		Self::change_seats(Some(&operator), None).expect("a seat for the new member");
		Self::insert_gateway(id, gateway).expect("the account serves nobody yet");
		id
	}
}
