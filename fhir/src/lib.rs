#![doc = include_str!("../README.md")]

mod bundle;
mod concept;
mod deidentify;
pub mod demographics;
mod error;
mod identity;
mod json;
mod kinds;
mod label;
mod reference;
mod split;
pub mod summary;
mod terms;
mod time_of;
mod valueset;

pub use bundle::{parse_resource, Bundle, BundleType, Resource, MAX_BUNDLE_BYTES};
pub use demographics::Demographics;
pub use error::{FhirError, RejoinError};
pub use identity::PatientIdentity;
pub use kinds::category_of_kind;
pub use split::{rejoin, split, Split};
pub use valueset::sensitivities_of_code;
