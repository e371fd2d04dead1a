//! Committee keys, envelopes, requests and parts: that they work together, that each mandatory check refuses what it is for, and
//! that each attack of the protocol fails.

#[path = "../common/mod.rs"]
mod common;

mod committee;
mod dealing;
mod envelope;
mod fixture;
mod locate;
mod part;
mod proof;
mod request;
mod resharing;
mod totality;
mod transcript;
mod vectors;
