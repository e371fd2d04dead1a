//! What must hold for the runtime as a whole. One program, because each that is linked takes as long as all of its tests together.
#![allow(missing_docs, clippy::unwrap_used)]

mod admission;
mod consortium_queries;
mod council;
mod emergency_queries;
mod metadata;
mod parameters;
mod pausing;
mod presets;
mod root;
mod sessions;
mod support;
mod upgrade;
mod written_down;
