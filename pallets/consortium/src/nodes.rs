//! Which nodes belong on the network: each member lists those that it runs.
//!
//! Each has a list of its own, so nobody can take another's node away by listing it first. A node belongs on the
//! network while an active member lists it, and as long as the set needs its member's validators, removed ones too:
//! neither a suspension nor an end must cut off at once what the guards let go step by step.

use crate::{Config, Departing, Error, Nodes, Pallet, Sessions};
use alloc::vec::Vec;
use frame_support::{ensure, traits::Get};
use salus_primitives::{InstitutionId, NodeId};
use sp_runtime::DispatchResult;

impl<T: Config> Pallet<T> {
	/// The nodes that belong on the network, sorted. One that several members list stands there for each.
	pub fn nodes() -> Vec<(NodeId, InstitutionId)> {
		let mut all: Vec<_> = Nodes::<T>::iter()
			.filter(|(id, _)| Self::is_on_the_network(*id))
			.flat_map(|(id, nodes)| nodes.into_iter().map(move |node| (node, id)))
			.collect();
		all.sort();
		all
	}

	fn is_on_the_network(id: InstitutionId) -> bool {
		Self::institution_is_active(id)
			|| Self::validators_of(id).iter().any(T::Sessions::is_in_use)
			|| Departing::<T>::get(id).iter().any(Self::is_departing)
	}

	/// Lists a node of this institution.
	pub(crate) fn insert_node(id: InstitutionId, node: NodeId) -> DispatchResult {
		ensure!(node.0 != [0; 32], Error::<T>::InvalidKey);
		Nodes::<T>::try_mutate(id, |nodes| {
			ensure!(!nodes.contains(&node), Error::<T>::NodeAlreadyListed);
			ensure!(nodes.len() < T::NodesPerMember::get() as usize, Error::<T>::TooManyNodes);
			nodes.try_push(node).map_err(|_| Error::<T>::TooManyNodes.into())
		})
	}

	/// Takes a node of this institution off its list.
	pub(crate) fn drop_node(id: InstitutionId, node: NodeId) -> DispatchResult {
		Nodes::<T>::try_mutate(id, |nodes| {
			let at = nodes.iter().position(|listed| *listed == node).ok_or(Error::<T>::NodeNotListed)?;
			nodes.remove(at);
			Ok(())
		})
	}

	/// Remembers a validator that was removed, while it is in use.
	pub(crate) fn note_departing(id: InstitutionId, validator: &T::AccountId) {
		if !T::Sessions::is_in_use(validator) {
			return;
		}
		Departing::<T>::mutate(id, |all| {
			// At most f leave from one set to the next, and two sets are in use: there is room.
			if !all.contains(validator) && all.try_push(validator.clone()).is_err() {
				log::error!(target: crate::LOG_TARGET, "no room for a departing validator: its node may be cut off");
			}
		});
	}

	/// Whether a removed validator is still needed, and was not named again, for whichever institution.
	fn is_departing(validator: &T::AccountId) -> bool {
		Self::validator_of(validator).is_none() && T::Sessions::is_in_use(validator)
	}

	/// Forgets the removed validators that the set does without, and the nodes that were kept for them.
	pub(crate) fn forget_departed() {
		let all: Vec<_> = Departing::<T>::iter().collect();
		for (id, mut validators) in all {
			validators.retain(Self::is_departing);
			if validators.is_empty() {
				Departing::<T>::remove(id);
				Self::release_nodes(id);
			} else {
				Departing::<T>::insert(id, validators);
			}
		}
	}

	/// Forgets the nodes of an institution that has left for good, unless the set needs one of its validators.
	pub(crate) fn release_nodes(id: InstitutionId) {
		if Self::present(id).is_err() && !Self::is_on_the_network(id) {
			Nodes::<T>::remove(id);
		}
	}
}
