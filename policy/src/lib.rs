#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod coded;
pub mod default;
pub mod document;
pub mod evaluate;
pub mod hex;
pub mod vocabulary;

pub use default::{
	evaluate_own, CarePartner, CareRelationship, DefaultPolicy, OwnAccess, RelationshipKind, CLINICAL_ROLES,
};
pub use document::{ControllerStatement, DenyRule, DocumentError, Grantee, PolicyDocument, COMMITMENT_DOMAIN};
pub use evaluate::{evaluate, evaluate_all, Basis, Context, Verdict};
pub use vocabulary::{
	Category, Department, LabelClass, Purpose, RecordLabels, Role, Sensitivity, UnknownName, UNKNOWN_TIME,
};

/// UTC time in milliseconds since the Unix epoch, as on the chain.
pub type Moment = u64;
