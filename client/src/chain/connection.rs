//! The connection to a node, and the checks that it is the right one.

use super::{compatibility::check_runtime, nonce::Nonces, AtBlock, ChainError, Config, Rpc, SPEC_NAME};
use crate::wire::{BlockId, Bytes32};
use std::{
	fmt,
	sync::Arc,
	time::{Duration, Instant},
};
use subxt::{
	backend::LegacyBackend,
	config::substrate::{SubstrateHeader, H256},
	rpcs::{
		client::{jsonrpsee_client, JsonrpseeRpcClient, RpcClient},
		Error as RpcError,
	},
	OnlineClient,
};
use tokio::sync::{Mutex, RwLock};

/// How long one look at the finalized head serves for signing: transactions stay mortal by far more blocks.
const HEAD_FOR_SIGNING: Duration = Duration::from_secs(6);
/// How long a node may take to accept a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// What names a chain.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct ChainIdentity {
	/// Hash of the genesis block.
	pub genesis: Bytes32,
	/// Version of the runtime.
	pub spec_version: u32,
}

/// A chain behind one node. Cheap to clone; clones share connection and nonces.
///
/// A lost connection is made again at the next use, and the runtime is checked again then.
#[derive(Clone)]
pub struct Chain {
	url: Arc<str>,
	connection: Arc<RwLock<Arc<Connection>>>,
	pub(super) nonces: Nonces,
	before_finality: bool,
}

impl fmt::Debug for Chain {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "Chain({})", self.url)
	}
}

/// One live connection.
pub(super) struct Connection {
	socket: Arc<JsonrpseeRpcClient>,
	pub(super) client: RpcClient,
	pub(super) rpc: Rpc,
	pub(super) online: OnlineClient<Config>,
	genesis: Bytes32,
	signing_head: Mutex<Option<(Instant, AtBlock)>>,
}

impl Chain {
	/// Connects to a node (`ws://` or `wss://`) and checks that it runs a Salus runtime whose calls mean what this client takes them for.
	/// Calls that the runtime does not have are refused when they are made.
	///
	/// # Errors
	/// [`ChainError::Unreachable`], [`ChainError::OtherChain`], [`ChainError::StaleRuntime`].
	pub async fn connect(url: &str) -> Result<Self, ChainError> {
		let connection = Connection::open(url).await?;
		let connection = Arc::new(RwLock::new(Arc::new(connection)));
		Ok(Self { url: url.into(), connection, nonces: Nonces::default(), before_finality: false })
	}

	/// The same chain by its best block: reads there, signs from there, and is content with a transaction in a block. For what
	/// the council has to do while finality stands; anything that was read can be taken back.
	pub fn before_finality(&self) -> Self {
		Self { before_finality: true, ..self.clone() }
	}

	/// Whether it goes by the best block.
	pub fn is_before_finality(&self) -> bool {
		self.before_finality
	}

	/// Where the node is.
	pub fn url(&self) -> &str {
		&self.url
	}

	/// Genesis, and the version of the runtime in which transactions are signed now.
	///
	/// # Errors
	/// [`ChainError::Unreachable`] and the other errors of [`Self::connect`], when the connection was lost; [`ChainError::Node`].
	pub async fn identity(&self) -> Result<ChainIdentity, ChainError> {
		let genesis = self.connected().await?.genesis;
		Ok(ChainIdentity { genesis, spec_version: self.signing_head().await?.spec_version() })
	}

	/// Hash of the genesis block.
	///
	/// # Errors
	/// Those of [`Self::connect`], when the connection was lost.
	pub async fn genesis(&self) -> Result<[u8; 32], ChainError> {
		Ok(self.connected().await?.genesis.0)
	}

	/// The connection, made anew when it was lost.
	pub(super) async fn connected(&self) -> Result<Arc<Connection>, ChainError> {
		let current = self.connection.read().await.clone();
		if current.socket.is_connected() {
			return Ok(current);
		}
		let mut slot = self.connection.write().await;
		if !slot.socket.is_connected() {
			*slot = Arc::new(Connection::open(&self.url).await?);
		}
		Ok(slot.clone())
	}

	/// The newest finalized block that the node knows; of [`Self::before_finality`] the best one.
	///
	/// # Errors
	/// [`ChainError::Unreachable`], [`ChainError::Node`].
	pub async fn finalized_head(&self) -> Result<BlockId, ChainError> {
		if self.before_finality {
			return self.best_head().await;
		}
		let connection = self.connected().await?;
		let hash = connection.rpc.chain_get_finalized_head().await.map_err(|error| self.node_error(error))?;
		self.block_of(hash).await
	}

	/// The newest block that the node would build on.
	///
	/// # Errors
	/// [`ChainError::Unreachable`], [`ChainError::Node`].
	pub async fn best_head(&self) -> Result<BlockId, ChainError> {
		let connection = self.connected().await?;
		let hash = connection.rpc.chain_get_block_hash(None).await.map_err(|error| self.node_error(error))?;
		self.block_of(hash.ok_or_else(|| ChainError::Node("there is no best block".to_owned()))?).await
	}

	/// The block at a height on the best chain.
	///
	/// # Errors
	/// [`ChainError::Pruned`] when there is none; [`ChainError::Unreachable`], [`ChainError::Node`].
	pub async fn block_at(&self, number: u32) -> Result<BlockId, ChainError> {
		let connection = self.connected().await?;
		let hash =
			connection.rpc.chain_get_block_hash(Some(number.into())).await.map_err(|error| self.node_error(error))?;
		let hash = hash.ok_or_else(|| ChainError::Pruned(format!("block {number}")))?;
		Ok(BlockId { hash: hash.0.into(), number })
	}

	/// A client at the newest block to go by.
	pub(super) async fn client_at_head(&self) -> Result<AtBlock, ChainError> {
		let connection = self.connected().await?;
		if !self.before_finality {
			return connection.finalized_client().await;
		}
		let best = H256(self.best_head().await?.hash.0);
		connection.online.at_block(best).await.map_err(|error| ChainError::Node(error.to_string()))
	}

	/// A client at a recent block to go by, from which transactions are mortal.
	pub(super) async fn signing_head(&self) -> Result<AtBlock, ChainError> {
		match self.before_finality {
			true => self.client_at_head().await,
			false => self.connected().await?.signing_head().await,
		}
	}

	pub(super) async fn block_of(&self, hash: H256) -> Result<BlockId, ChainError> {
		let header = self.header(hash).await?;
		let number = u32::try_from(header.number).map_err(|_| ChainError::Unreadable {
			what: "a block header".to_owned(),
			reason: "the height exceeds 32 bits".to_owned(),
		})?;
		Ok(BlockId { hash: hash.0.into(), number })
	}

	pub(super) async fn header(&self, hash: H256) -> Result<SubstrateHeader<H256>, ChainError> {
		let connection = self.connected().await?;
		let header = connection.rpc.chain_get_header(Some(hash)).await.map_err(|error| self.node_error(error))?;
		header.ok_or_else(|| ChainError::Pruned(format!("the block {hash:?}")))
	}

	/// A failed request: the connection, or what the node said.
	pub(super) fn node_error(&self, error: RpcError) -> ChainError {
		match error {
			RpcError::User(error) if error.message.contains("State already discarded") => {
				ChainError::Pruned("the state of that block".to_owned())
			}
			RpcError::User(error) => {
				let data = error.data.map(|data| format!(" ({})", data.get().trim_matches('"'))).unwrap_or_default();
				ChainError::Node(format!("{}{data}", error.message))
			}
			RpcError::Client(error) => self.unreachable(error),
			other => ChainError::Node(other.to_string()),
		}
	}

	pub(super) fn unreachable(&self, reason: impl ToString) -> ChainError {
		ChainError::Unreachable { url: self.url.to_string(), reason: reason.to_string() }
	}
}

impl Connection {
	async fn open(url: &str) -> Result<Self, ChainError> {
		let unreachable = |reason: String| ChainError::Unreachable { url: url.to_owned(), reason };
		let socket = tokio::time::timeout(CONNECT_TIMEOUT, jsonrpsee_client(url))
			.await
			.map_err(|_| unreachable("no answer within 10 seconds".to_owned()))?
			.map_err(|error| unreachable(root_cause(&error)))?;
		let socket = Arc::new(socket);
		let client = RpcClient::new(socket.clone());
		let rpc = Rpc::new(client.clone());

		let version = rpc.state_get_runtime_version(None).await.map_err(|error| unreachable(root_cause(&error)))?;
		let found = version.other.get("specName").and_then(|name| name.as_str()).unwrap_or("unknown").to_owned();
		if found != SPEC_NAME {
			return Err(ChainError::OtherChain { url: url.to_owned(), found });
		}
		let backend = LegacyBackend::builder().build(client.clone());
		let online = OnlineClient::<Config>::from_backend(Arc::new(backend))
			.await
			.map_err(|error| unreachable(error.to_string()))?;
		let at_block = online.at_current_block().await.map_err(|error| unreachable(error.to_string()))?;
		check_runtime(&at_block)?;
		let genesis = online.genesis_hash().0.into();
		let signing_head = Mutex::new(Some((Instant::now(), at_block)));
		Ok(Self { socket, client, rpc, online, genesis, signing_head })
	}

	/// A client at the newest finalized block.
	async fn finalized_client(&self) -> Result<AtBlock, ChainError> {
		self.online.at_current_block().await.map_err(|error| ChainError::Node(error.to_string()))
	}

	/// A client at a recent finalized block.
	async fn signing_head(&self) -> Result<AtBlock, ChainError> {
		let mut cached = self.signing_head.lock().await;
		if let Some((_, at_block)) = cached.as_ref().filter(|(taken, _)| taken.elapsed() < HEAD_FOR_SIGNING) {
			return Ok(at_block.clone());
		}
		let at_block = self.finalized_client().await?;
		*cached = Some((Instant::now(), at_block.clone()));
		Ok(at_block)
	}
}

/// The innermost cause: what the operating system or the node said.
fn root_cause(error: &dyn std::error::Error) -> String {
	let mut cause = error;
	while let Some(source) = cause.source() {
		cause = source;
	}
	// The client library keeps its cause inside the text.
	let text = cause.to_string();
	["RPC error: ", "client error: "]
		.iter()
		.fold(text.as_str(), |text, part| text.strip_prefix(part).unwrap_or(text))
		.to_owned()
}
