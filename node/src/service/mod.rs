//! The parts of a node and how they are put together: [`partial`] for every command that opens the database, [`full`]
//! for a running node.

mod finality;
mod full;
mod nodes;
mod partial;

pub(crate) use full::full;
pub(crate) use nodes::PeerRules;
pub(crate) use partial::{partial, Partial};

use salus_runtime::{opaque::Block, RuntimeApi};
use sc_executor::WasmExecutor;

/// The runtime runs as wasm only: what the council authorised is what every node executes.
pub(crate) type Executor = WasmExecutor<sp_io::SubstrateHostFunctions>;
/// Access to blocks and state.
pub(crate) type Client = sc_service::TFullClient<Block, RuntimeApi, Executor>;
/// The database.
pub(crate) type Backend = sc_service::TFullBackend<Block>;
/// Transactions that wait for a block.
pub(crate) type Pool = sc_transaction_pool::TransactionPoolHandle<Block, Client>;
/// Aura builds on the longest chain; GRANDPA says what of it is final.
pub(crate) type SelectChain = sc_consensus::LongestChain<Backend, Block>;

type GrandpaBlockImport = sc_consensus_grandpa::GrandpaBlockImport<Backend, Block, Client, SelectChain>;
type GrandpaLink = sc_consensus_grandpa::LinkHalf<Block, Client, SelectChain>;
