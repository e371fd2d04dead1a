//! Builds the wasm blob of the runtime, unless std is off or `SKIP_WASM_BUILD` is set.

fn main() {
	#[cfg(feature = "std")]
	substrate_wasm_builder::WasmBuilder::build_using_defaults();
}
