//! Emergency access: this institution as guardian of others' patients, as custodian of its own, and as the one that asks.

mod desk;
pub mod duty;
pub mod guardian;
pub mod holder;
pub mod member;
pub mod notices;
pub mod openings;
pub mod packages;
mod policy;
pub mod requesting;
mod retention;
pub mod reviews;
mod rounds;
pub mod scope;
mod seats;
pub mod suspension;
mod tally;
#[cfg(test)]
pub mod testing;
mod view;

pub use desk::{Desk, InWork};
pub use notices::Sessions;
pub use policy::{Counts, Policy, PolicyError, Rules, Why};
pub(crate) use rounds::Due;
pub use rounds::{keep, Rounds};

#[cfg(test)]
mod tests;
