#![doc = include_str!("../README.md")]

pub mod audit;
pub mod chain;
pub mod emergency;
pub mod gateway;
pub mod keystore;
pub mod patient;
pub mod records;
pub mod signature;
pub mod wire;

pub use salus_primitives as primitives;

/// 32 bytes from the operating system's generator.
///
/// # Panics
/// When the operating system has no randomness to give: nothing secret can be made then.
pub fn random_bytes() -> [u8; 32] {
	let mut bytes = [0; 32];
	getrandom::fill(&mut bytes).expect("the operating system gives randomness; without it nothing secret can be made");
	bytes
}

/// The current time as a [`primitives::Moment`], by this machine's clock.
pub fn now() -> primitives::Moment {
	let since_epoch = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
	u64::try_from(since_epoch.as_millis()).unwrap_or(u64::MAX)
}
