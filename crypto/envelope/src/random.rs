//! Randomness of the operating system.

use zeroize::Zeroizing;

/// The operating system gave no random bytes. Nothing was written; try again once the machine has entropy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the operating system gave no random bytes")]
pub struct NoRandomness;

/// `N` random bytes that need no secrecy: salts, nonces.
pub(crate) fn public<const N: usize>() -> Result<[u8; N], NoRandomness> {
	let mut bytes = [0; N];
	getrandom::fill(&mut bytes).map_err(|_| NoRandomness)?;
	Ok(bytes)
}

/// `N` random bytes of key material.
pub(crate) fn secret<const N: usize>() -> Result<Zeroizing<[u8; N]>, NoRandomness> {
	let mut bytes = Zeroizing::new([0; N]);
	getrandom::fill(bytes.as_mut_slice()).map_err(|_| NoRandomness)?;
	Ok(bytes)
}
