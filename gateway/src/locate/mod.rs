//! Finding a patient who cannot speak, by name and birth date: this institution as the one that searches, as a guardian, and as the custodian
//! that enters its patients.
//!
//! The name stays with who searches. Guardians multiply a blinded element by their share of a key; what comes of k of them names a place in an
//! index that each guardian keeps, and opens what lies there. So nobody tests names against the index without k guardians that count along.

mod enrolment;
pub mod entries;
pub mod evaluating;
pub mod openings;
pub mod requesting;
pub mod retention;
mod session;

pub use enrolment::{enter, Enrolment};

#[cfg(test)]
mod tests;
