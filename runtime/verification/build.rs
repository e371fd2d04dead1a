//! Builds the wasm blob, with the profile and flags of the runtime's.

fn main() {
	#[cfg(feature = "std")]
	substrate_wasm_builder::WasmBuilder::init_with_defaults().disable_runtime_version_section_check().build();
}
