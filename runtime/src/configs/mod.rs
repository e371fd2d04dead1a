//! Configuration of the pallets, by theme.

pub mod consensus;
pub mod council;
mod no_currency;
pub mod salus;
pub mod system;
