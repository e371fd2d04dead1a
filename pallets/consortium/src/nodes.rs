//! Which nodes belong on the network: each member lists those that it runs.
//!
//! Each has a list of its own, so nobody can take another's node away by listing it first. A node belongs on the network while
//! an active member lists it, and as long as the set needs its member's validators: a suspension must not cut off at once what
//! the guards let go step by step.

use crate::{Config, Departing, Error, Nodes, Pallet, Sessions};
use alloc::vec::Vec;
use frame_support::{ensure, traits::Get, BoundedVec};
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
			|| Departing::<T>::get(id).iter().any(T::Sessions::is_in_use)
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

	/// Forgets the nodes of an institution that leaves for good: now, or once the set has let go of these validators.
	pub(crate) fn release_nodes(id: InstitutionId, validators: Vec<T::AccountId>) {
		// They were on the list of all validators, which is as long: nothing is cut off.
		Departing::<T>::insert(id, BoundedVec::truncate_from(validators));
		Self::forget_departed();
	}

	/// Forgets the nodes of institutions that have left for good and whose validators the set does not need any more.
	pub(crate) fn forget_departed() {
		let gone = |validators: &BoundedVec<_, _>| !validators.iter().any(T::Sessions::is_in_use);
		let departed: Vec<_> = Departing::<T>::iter().filter(|(_, validators)| gone(validators)).collect();
		for (id, _) in departed {
			Departing::<T>::remove(id);
			Nodes::<T>::remove(id);
		}
	}
}
