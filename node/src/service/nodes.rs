//! Which nodes may connect: once the council says so, those that the members list on the chain, and nobody else but
//! those that this node's operator named.
//!
//! List and decision are read from the state of the newest finalized block. While finality stands still it is the best
//! block's: validators that come back on new hosts, and are needed for finality, could not be listed otherwise. While a
//! node catches up it does not look: it would turn away those that it catches up from because they were not listed yet
//! in the blocks that it has come to. A node that may not connect gets no block announcements and gives none; GRANDPA's
//! votes and transactions go to those that do (`sc-network-gossip`, `sc-network-transactions`), so it neither hears nor
//! tells of them. That is all: the port stays open, other nodes' addresses can be learned there, and who speaks the
//! protocol for it can ask for old blocks and states. Closing the port to strangers is the firewall's part.

use super::Client;
use futures::StreamExt;
use salus_primitives::NodeId;
use salus_runtime::{opaque::Block, AccountId, Hash};
use salus_runtime_api::ConsortiumApi;
use sc_client_api::BlockchainEvents;
use sc_consensus_aura::{find_pre_digest, SyncOracle};
use sc_network::{service::traits::NetworkService, PeerId};
use sc_network_sync::SyncingService;
use sp_api::{ApiError, ApiExt, ProvideRuntimeApi};
use sp_blockchain::HeaderBackend;
use sp_consensus_aura::{sr25519::AuthoritySignature, SlotDuration};
use sp_timestamp::Timestamp;
use std::{
	collections::{BTreeSet, HashSet},
	iter,
	sync::Arc,
	time::{Duration, Instant},
};

/// The parameter of the council that puts the list in force, when it is 1.
const ONLY_LISTED: &str = "OnlyListedNodes";
/// Age of a block, milliseconds, from which on it is not taken for the newest.
const LATE_MS: u64 = 60_000;
/// The version of the runtime's interface that brought the list.
const LIST_SINCE: u32 = 2;

/// What the operator said about other nodes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PeerRules {
	/// The chain's list is not followed.
	pub any_peer: bool,
	/// Nodes to stay connected to, listed or not.
	pub reserved: HashSet<PeerId>,
	/// Nodes that may connect, listed or not: a node that was away for long finds its way back by them, however old its
	/// list.
	pub boot: HashSet<PeerId>,
}

/// What the chain says about nodes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Listed {
	nodes: BTreeSet<NodeId>,
	only_listed: bool,
}

impl Listed {
	/// As of the newest finalized block, however old it is. A node that begins with a warp sync has no state yet, and
	/// no list.
	pub(super) fn last(client: &Client) -> Result<Self, ApiError> {
		client.info().finalized_state.map_or_else(|| Ok(Self::default()), |(block, _)| Self::at(client, block))
	}

	fn at(client: &Client, block: Hash) -> Result<Self, ApiError> {
		let api = client.runtime_api();
		// A runtime without a list keeps nobody away.
		if !api.has_api_with::<dyn ConsortiumApi<Block, AccountId>, _>(block, |version| version >= LIST_SINCE)? {
			return Ok(Self::default());
		}
		let parameters = api.parameters(block)?;
		let only_listed = parameters.iter().any(|parameter| parameter.name == ONLY_LISTED && parameter.value == 1);
		Ok(Self { nodes: api.nodes(block)?.into_iter().map(|(node, _)| node).collect(), only_listed })
	}

	fn peers(&self) -> impl Iterator<Item = PeerId> + '_ {
		// What is no point of the curve is nobody's key.
		self.nodes.iter().filter_map(|node| PeerId::from_ed25519(&node.0))
	}

	fn has(&self, own: &PeerId) -> bool {
		self.peers().any(|peer| peer == *own)
	}
}

/// Who may connect.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Access {
	/// Anybody, as long as there is room.
	Anyone,
	/// These.
	Only(HashSet<PeerId>),
}

impl Access {
	/// An empty list is none: it would leave every node alone.
	fn of(listed: &Listed, rules: &PeerRules, own: &PeerId) -> Self {
		if !listed.only_listed || listed.nodes.is_empty() {
			return Self::Anyone;
		}
		Self::only(listed.peers(), rules, own)
	}

	/// These, and those that the operator named.
	fn only(peers: impl Iterator<Item = PeerId>, rules: &PeerRules, own: &PeerId) -> Self {
		let named = rules.reserved.iter().chain(&rules.boot).copied();
		Self::Only(peers.chain(named).filter(|peer| peer != own).collect())
	}
}

/// What of the network is needed to let in and keep out.
trait Network {
	/// Stays connected to these, and to no others that it was told before.
	fn reserve(&self, peers: HashSet<PeerId>);
	/// Whether others than the reserved ones are kept out.
	fn reserved_only(&self, only: bool);
}

impl Network for (Arc<dyn NetworkService>, Arc<SyncingService<Block>>) {
	fn reserve(&self, peers: HashSet<PeerId>) {
		let (network, sync) = self;
		// Both, or the limits on the number of peers would cut off a part of a large consortium.
		sync.set_no_slot_peers(peers.clone());
		network.set_authorized_peers(peers);
	}

	fn reserved_only(&self, only: bool) {
		self.0.set_authorized_only(only);
	}
}

/// Lets in whom the chain and the operator let in.
pub(super) struct Door {
	rules: PeerRules,
	access: Access,
	listed: Option<Listed>,
}

impl Door {
	/// Before the network runs, with what the chain says at this moment. Without an answer it is closed to all but the
	/// reserved nodes; the others that the operator named come in when somebody [attends](Self::attend) to it.
	pub(super) fn new(rules: PeerRules, listed: Option<&Listed>) -> Self {
		let open = listed.is_some_and(|listed| !listed.only_listed || listed.nodes.is_empty());
		let access = if open { Access::Anyone } else { Access::Only(rules.reserved.clone()) };
		Self { rules, access, listed: None }
	}

	/// Whether the network has to start with nobody but the reserved nodes.
	pub(super) fn is_closed(&self) -> bool {
		self.access != Access::Anyone
	}

	/// Goes by the list for as long as the node runs: at the start by the one that it has, however old.
	pub(super) async fn attend(
		mut self,
		client: Arc<Client>,
		network: Arc<dyn NetworkService>,
		sync: Arc<SyncingService<Block>>,
		slot: SlotDuration,
	) {
		let own = network.local_peer_id();
		let network = (network, sync);
		let mut blocks = client.import_notification_stream();
		let mut listed = Listed::last(&client);
		let mut lateness = Lateness::default();
		loop {
			match listed {
				Ok(listed) => self.heed(listed, &own, &network),
				Err(error) => {
					if client.info().finalized_state.is_some() {
						log::warn!("The list of nodes cannot be read, the last one stays in force: {error}");
					} else {
						log::debug!("There is no state yet to read the list of nodes from: {error}");
					}
					self.go_on_without(&own, &network);
				}
			}
			let block = loop {
				if blocks.next().await.is_none() {
					return;
				}
				if let Some(block) = newest(&client, slot) {
					break block;
				}
				if lateness.is_news(Instant::now(), network.1.is_major_syncing()) {
					log::warn!(
						"Blocks come, and all are more than {} s old by this machine's clock: is it ahead (salus-node \
						 check-host)? Meanwhile the list of nodes is not followed",
						LATE_MS / 1_000,
					);
				}
			};
			lateness = Lateness::default();
			listed = Listed::at(&client, block);
		}
	}

	/// Tells the network what follows from a list, unless it is the one that it goes by.
	fn heed(&mut self, listed: Listed, own: &PeerId, network: &impl Network) {
		if self.listed.as_ref() == Some(&listed) {
			return;
		}
		if !listed.nodes.is_empty() && !listed.has(own) {
			log::warn!(
				"No member lists this node: others {} it. The operator of its institution does: salus consortium add-node {own}",
				if listed.only_listed { "refuse" } else { "would refuse" },
			);
		}
		let access = Access::of(&listed, &self.rules, own);
		if access != self.access {
			self.change(access, network);
		}
		self.listed = Some(listed);
	}

	/// Keeps to the last list. When there was none, lets those in that the operator named.
	fn go_on_without(&mut self, own: &PeerId, network: &impl Network) {
		let access = Access::only(iter::empty(), &self.rules, own);
		if self.listed.is_none() && self.is_closed() && access != self.access {
			self.change(access, network);
		}
	}

	fn change(&mut self, access: Access, network: &impl Network) {
		match &access {
			Access::Anyone => {
				log::warn!("Nodes that no member lists may connect from now on");
				network.reserved_only(false);
				network.reserve(self.rules.reserved.clone());
			}
			Access::Only(peers) => {
				log::info!("{} nodes may connect, and no others", peers.len());
				if !self.is_closed() {
					// At this step litep2p takes every connection for one that closes, and closes those of peers that
					// are not reserved. One that it left open could never be closed again, so nobody is reserved for
					// the moment: all connections close, and those of reserved nodes open again seconds later.
					network.reserve(HashSet::new());
					network.reserved_only(true);
				}
				network.reserve(peers.clone());
			}
		}
		self.access = access;
	}
}

/// For how long every block was late though the node has nothing to catch up with: what a clock that is ahead looks
/// like.
#[derive(Default)]
struct Lateness {
	since: Option<Instant>,
	told: bool,
}

impl Lateness {
	/// At a late block: whether somebody should hear of it, which is the case once.
	fn is_news(&mut self, now: Instant, is_syncing: bool) -> bool {
		if is_syncing {
			self.since = None;
			return false;
		}
		let since = *self.since.get_or_insert(now);
		let is_due = now.duration_since(since) >= Duration::from_millis(LATE_MS);
		is_due && !std::mem::replace(&mut self.told, true)
	}
}

/// The block to go by, unless the node has yet to catch up.
fn newest(client: &Client, slot: SlotDuration) -> Option<Hash> {
	let info = client.info();
	let finalized = info.finalized_state.map(|(block, _)| block);
	let dated = |block| {
		let header = client.header(block).ok()??;
		Some((block, find_pre_digest::<Block, AuthoritySignature>(&header).ok()?.timestamp(slot)?))
	};
	first_young([finalized, Some(info.best_hash)].into_iter().flatten().filter_map(dated), Timestamp::current())
}

fn first_young<B>(blocks: impl IntoIterator<Item = (B, Timestamp)>, now: Timestamp) -> Option<B> {
	let young = |(_, at): &(B, Timestamp)| now.as_millis().saturating_sub(at.as_millis()) < LATE_MS;
	blocks.into_iter().find(young).map(|(block, _)| block)
}

#[cfg(test)]
mod tests {
	use super::*;
	use std::cell::RefCell;

	#[derive(Debug, PartialEq, Eq)]
	enum Told {
		Reserve(HashSet<PeerId>),
		ReservedOnly(bool),
	}
	use Told::{Reserve, ReservedOnly};

	#[derive(Default)]
	struct Record(RefCell<Vec<Told>>);

	impl Network for Record {
		fn reserve(&self, peers: HashSet<PeerId>) {
			self.0.borrow_mut().push(Reserve(peers));
		}

		fn reserved_only(&self, only: bool) {
			self.0.borrow_mut().push(ReservedOnly(only));
		}
	}

	impl Record {
		fn taken(&self) -> Vec<Told> {
			self.0.take()
		}
	}

	fn node(seed: u8) -> NodeId {
		use sp_core::Pair;
		NodeId(sp_core::ed25519::Pair::from_seed(&[seed; 32]).public().0)
	}

	fn peer(seed: u8) -> PeerId {
		PeerId::from_ed25519(&node(seed).0).unwrap()
	}

	fn peers(seeds: &[u8]) -> HashSet<PeerId> {
		seeds.iter().copied().map(peer).collect()
	}

	fn listed(seeds: &[u8], only_listed: bool) -> Listed {
		Listed { nodes: seeds.iter().copied().map(node).collect(), only_listed }
	}

	const OWN: u8 = 1;
	const RESERVED: u8 = 8;
	const BOOT: u8 = 9;

	fn rules() -> PeerRules {
		PeerRules { any_peer: false, reserved: peers(&[RESERVED]), boot: peers(&[BOOT]) }
	}

	/// What a door that opens with the first list tells the network at each of the lists.
	fn told(lists: &[Listed]) -> Vec<Vec<Told>> {
		let mut door = Door::new(rules(), lists.first());
		let network = Record::default();
		let heed = |listed: &Listed| {
			door.heed(listed.clone(), &peer(OWN), &network);
			network.taken()
		};
		lists.iter().map(heed).collect()
	}

	#[test]
	fn a_key_is_a_peer_id_as_the_network_writes_it() {
		let pair: sp_core::ed25519::Pair = sp_core::Pair::from_seed(&[1; 32]);
		let secret = sc_network::config::ed25519::SecretKey::try_from_bytes(&mut [1; 32]).unwrap();
		let public = sc_network::config::ed25519::Keypair::from(secret).public();
		assert_eq!(sp_core::Pair::public(&pair).0, public.to_bytes());
		assert_eq!(public.to_peer_id().to_base58(), peer(1).to_base58());
	}

	#[test]
	fn anybody_may_connect_when_the_list_is_not_in_force_or_empty() {
		for open in [listed(&[OWN, 2], false), listed(&[], true), Listed::default()] {
			assert_eq!(Access::of(&open, &rules(), &peer(OWN)), Access::Anyone);
			assert!(!Door::new(rules(), Some(&open)).is_closed());
			assert!(told(&[open])[0].is_empty());
		}
	}

	#[test]
	fn listed_and_named_nodes_alone_may_connect_when_the_list_is_in_force() {
		let access = Access::of(&listed(&[OWN, 2, 3], true), &rules(), &peer(OWN));
		assert_eq!(access, Access::Only(peers(&[2, 3, RESERVED, BOOT])));
	}

	#[test]
	fn an_entry_is_skipped_when_it_is_no_key() {
		let mut list = listed(&[2], true);
		// y = 2 is on no point of edwards25519.
		list.nodes.insert(NodeId(core::array::from_fn(|at| if at == 0 { 2 } else { 0 })));
		assert_eq!(Access::of(&list, &PeerRules::default(), &peer(OWN)), Access::Only(peers(&[2])));
		// And a list of nothing else still keeps everybody out.
		list.nodes.remove(&node(2));
		assert_eq!(Access::of(&list, &PeerRules::default(), &peer(OWN)), Access::Only(peers(&[])));
	}

	#[test]
	fn every_connection_closes_first_when_the_list_comes_into_force() {
		let steps = told(&[listed(&[OWN, 2, 3], false), listed(&[OWN, 2, 3], true)]);
		assert!(steps[0].is_empty());
		let allowed = peers(&[2, 3, RESERVED, BOOT]);
		assert_eq!(steps[1], [Reserve(peers(&[])), ReservedOnly(true), Reserve(allowed)]);
	}

	#[test]
	fn the_network_starts_closed_when_the_list_is_in_force_or_cannot_be_read() {
		let list = listed(&[OWN, 2], true);
		assert!(Door::new(rules(), Some(&list)).is_closed());
		assert!(Door::new(rules(), None).is_closed());
		// Nothing has to be closed then.
		assert_eq!(told(&[list]), [[Reserve(peers(&[2, RESERVED, BOOT]))]]);
	}

	#[test]
	fn all_that_the_operator_named_are_let_in_when_the_list_cannot_be_read_at_the_start() {
		let network = Record::default();
		let mut door = Door::new(rules(), None);
		door.go_on_without(&peer(OWN), &network);
		assert_eq!(network.taken(), [Reserve(peers(&[RESERVED, BOOT]))]);
		// Once is enough, and a list that is read later is gone by.
		door.go_on_without(&peer(OWN), &network);
		assert!(network.taken().is_empty());
		door.heed(listed(&[OWN, 2], true), &peer(OWN), &network);
		assert_eq!(network.taken(), [Reserve(peers(&[2, RESERVED, BOOT]))]);
	}

	#[test]
	fn the_last_list_stays_in_force_when_the_next_cannot_be_read() {
		for list in [listed(&[OWN, 2], true), listed(&[OWN, 2], false)] {
			let network = Record::default();
			let mut door = Door::new(rules(), Some(&list));
			door.heed(list, &peer(OWN), &network);
			network.taken();
			let before = door.access.clone();
			door.go_on_without(&peer(OWN), &network);
			assert!(network.taken().is_empty());
			assert_eq!(door.access, before);
		}
	}

	#[test]
	fn late_blocks_are_told_of_once_when_none_was_young_for_a_minute_without_syncing() {
		let start = Instant::now();
		let told = |steps: &[(u64, bool)]| -> Vec<bool> {
			let mut lateness = Lateness::default();
			let at = |after: u64| start + Duration::from_millis(after);
			steps.iter().map(|(after, is_syncing)| lateness.is_news(at(*after), *is_syncing)).collect()
		};
		let (still, syncing) = (false, true);
		assert_eq!(told(&[(0, still), (LATE_MS - 1, still), (LATE_MS, still)]), [false, false, true]);
		assert_eq!(told(&[(0, still), (LATE_MS, still), (3 * LATE_MS, still)]), [false, true, false]);
		// The minute begins anew with what there was to catch up with.
		let caught_up = [(0, still), (LATE_MS, syncing), (LATE_MS + 1, still), (2 * LATE_MS + 1, still)];
		assert_eq!(told(&caught_up), [false, false, false, true]);
	}

	#[test]
	fn only_the_set_of_peers_changes_when_a_node_comes_or_goes() {
		let steps = told(&[
			listed(&[OWN, 2], true),
			listed(&[OWN, 2, 3], true),
			listed(&[OWN, 2, 3], true),
			listed(&[OWN, 3], true),
		]);
		assert_eq!(steps[1], [Reserve(peers(&[2, 3, RESERVED, BOOT]))]);
		assert!(steps[2].is_empty());
		assert_eq!(steps[3], [Reserve(peers(&[3, RESERVED, BOOT]))]);
	}

	#[test]
	fn a_node_that_nobody_lists_keeps_to_the_list_when_it_is_in_force() {
		assert_eq!(told(&[listed(&[2], true)]), [[Reserve(peers(&[2, RESERVED, BOOT]))]]);
	}

	#[test]
	fn the_finalized_block_is_gone_by_unless_it_is_late_and_none_while_the_best_is_late_too() {
		let now = 1_700_000_000_000;
		let by = |finalized: u64, best: u64| {
			let blocks = [("finalized", finalized), ("best", best)];
			first_young(blocks.map(|(block, age)| (block, Timestamp::new(now - age))), Timestamp::new(now))
		};
		assert_eq!(by(LATE_MS - 1, 0), Some("finalized"));
		assert_eq!(by(LATE_MS, 0), Some("best"));
		assert_eq!(by(now, LATE_MS), None);
		// The clock of another author may be ahead.
		assert_eq!(first_young([("finalized", Timestamp::new(now + 1))], Timestamp::new(now)), Some("finalized"));
	}

	#[test]
	fn the_reserved_nodes_alone_stay_reserved_when_the_list_goes_out_of_force() {
		let steps = told(&[listed(&[OWN, 2], true), listed(&[OWN, 2], false), listed(&[OWN, 2], true)]);
		assert_eq!(steps[1], [ReservedOnly(false), Reserve(peers(&[RESERVED]))]);
		assert_eq!(steps[2][..2], [Reserve(peers(&[])), ReservedOnly(true)]);
	}
}
