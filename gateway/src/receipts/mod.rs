//! Receipts: written down before anything is handed out, chained by hash, filed on chain in batches.

mod filing;
mod log;
mod openings;

pub use filing::{file_pending, resolve_unfiled, Filed};
pub use log::{Draft, ReceiptLog};
pub use openings::receipts_about;

#[cfg(test)]
mod tests;
