//! Finding patients: by name and birth date while they are there, and later, whom nobody could identify at first.

pub mod demographics;
pub mod merges;
