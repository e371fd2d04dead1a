//! One file per call, and one per concept that no single call shows.

mod accounts;
mod add_validator;
mod admission;
mod admit_institution;
mod buckets;
mod check_member;
mod deactivate_institution;
mod end_practitioner;
mod genesis;
mod invariants;
mod members;
mod mortality;
mod motions;
mod offences;
mod register_gateway;
mod register_practitioner;
mod reinstate_institution;
mod remove_gateway;
mod remove_validator;
mod replace_operator;
mod sessions;
mod set_quota;
mod suspend_institution;
mod update_practitioner;
