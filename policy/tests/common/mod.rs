//! A document, a request and a record that fit together; the tests change one part at a time.

#![allow(dead_code)]

use salus_policy::*;

pub const DAY: Moment = 86_400_000;
pub const NOW: Moment = 20_000 * DAY;
pub const CUSTODIAN: u32 = 1;
pub const GRANTEE: u32 = 2;
pub const CARDIOLOGIST: [u8; 32] = [7; 32];

/// Thirty days for the cardiology of the grantee: laboratory and conditions, normal records only, for treatment.
pub fn document() -> PolicyDocument {
	PolicyDocument {
		version: PolicyDocument::VERSION,
		handle: [9; 32],
		custodian: CUSTODIAN,
		grantee: Grantee {
			institution: GRANTEE,
			roles: Default::default(),
			departments: [Department::new("cardiology")].into(),
			practitioners: Default::default(),
		},
		purposes: [Purpose::Treatment].into(),
		categories: [Category::Laboratory, Category::Conditions].into(),
		classes: [LabelClass::Normal].into(),
		data_from: None,
		data_until: None,
		valid_from: NOW - DAY,
		valid_until: NOW + 29 * DAY,
		deny: Vec::new(),
		given_by: ControllerStatement::Patient,
	}
}

pub fn cardiologist() -> Context {
	Context {
		institution: GRANTEE,
		practitioner: CARDIOLOGIST,
		roles: [Role::Physician].into(),
		departments: [Department::new("cardiology")].into(),
		purpose: Purpose::Treatment,
		now: NOW,
	}
}

pub fn laboratory() -> RecordLabels {
	RecordLabels { category: Category::Laboratory, classes: [LabelClass::Normal].into(), recorded_at: NOW - 400 * DAY }
}
