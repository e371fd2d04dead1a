#![doc = include_str!("../README.md")]

pub mod asking;
pub mod binaries;
pub mod flood;
pub mod gateways;
pub mod ground;
pub mod network;
pub mod person;
pub mod ports;
pub mod process;
pub mod rpc;
pub mod samples;
pub mod story;
pub mod validators;
pub mod vault;
pub mod waiting;
