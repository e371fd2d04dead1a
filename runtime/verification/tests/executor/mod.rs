//! The executor of the node, with the blob of this crate.

use codec::{Decode, Encode};
use salus_verification::{Check, WASM_BINARY};
use sc_executor::WasmExecutor;
use sp_core::traits::{CallContext, CodeExecutor, RuntimeCode, WrappedRuntimeCode};

/// Makes checks in wasm.
pub struct InWasm(WasmExecutor<sp_io::SubstrateHostFunctions>);

impl InWasm {
	/// With the settings that the node has unless told otherwise.
	pub fn new() -> Self {
		Self(WasmExecutor::builder().build())
	}

	/// Whether the check holds each time.
	pub fn holds(&self, check: &Check, times: u32) -> bool {
		let blob = WrappedRuntimeCode(WASM_BINARY.expect("the blob is built").into());
		let code = RuntimeCode { code_fetcher: &blob, heap_pages: None, hash: b"salus-verification".to_vec() };
		let mut state = sp_io::TestExternalities::default();
		let arguments = (check, times).encode();
		let (answer, _) = self.0.call(&mut state.ext(), &code, "check", &arguments, CallContext::Offchain);
		bool::decode(&mut &answer.expect("the blob answers")[..]).expect("a boolean")
	}
}
