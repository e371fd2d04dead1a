#![doc = include_str!("../README.md")]

pub mod commit;
pub mod content_id;
pub mod emergency;
mod kdf;
pub mod key_service;
pub mod keyfile;
pub mod locate;
pub mod one_time;
mod padding;
mod random;
pub mod record;
pub mod retention;
mod secret;
pub mod wrap;

pub use content_id::{ContentId, ContentIdError};
pub use emergency::{EmergencyError, PackageContext, ScopeHalf, ScopeSecret};
pub use key_service::{ClassSecret, HandleSecret, KeyServiceError};
pub use keyfile::{KdfParams, KeyfileError};
pub use locate::LocateKeys;
pub use one_time::{OneTimeKeys, OneTimePublic};
pub use random::NoRandomness;
pub use record::{Dek, ReadAt, RecordError};
pub use wrap::{WrapContext, WrapError, X25519Public, X25519Secret, XWingPublic, XWingSecret};

#[cfg(test)]
// A failed test may panic.
#[allow(clippy::unwrap_used)]
mod tests;
