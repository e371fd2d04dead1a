#![doc = include_str!("../README.md")]

pub mod api;
pub mod asking;
pub mod background;
pub mod chain;
pub mod concerns;
pub mod config;
pub mod control;
pub mod daemon;
pub mod emergency;
pub mod enforcement;
pub mod evidence;
pub mod failure;
pub mod finding;
pub mod granting;
pub mod index;
pub mod ingest;
pub mod init;
pub mod keys;
pub mod limits;
pub mod locate;
pub mod openings;
pub mod outbox;
pub mod peers;
pub mod reading;
pub mod receipts;
pub mod service;
pub mod staff;
pub mod vault;

#[cfg(test)]
mod testing;
