//! One file per call; what holds for all of them is in `invariants`.

mod anchor_batch;
mod anchor_records;
mod invariants;
mod weight;
