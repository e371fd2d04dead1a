//! When this institution's server approves without a person.
//!
//! The rules are one JSON file that the institution's management answers for. Without it nothing is approved by the server: every session
//! waits for a duty officer. The wider tier, and whatever the chain calls manual, waits for one in any case. Searches by name, and what
//! custodians enter for them, have rules of their own; without those they are not answered.

use salus_client::emergency::guardian::VerifiedSession;
use salus_primitives::{EmergencyTier, InstitutionId, StaffRole};
use serde::{Deserialize, Serialize};
use std::{
	io,
	path::{Path, PathBuf},
};

/// The version that a policy file carries.
const VERSION: u32 = 1;

/// Why a policy file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
	/// It cannot be read.
	#[error("the emergency policy {0}: {1}")]
	Io(PathBuf, io::Error),
	/// It is not the JSON of a policy, or has a field that this version does not know.
	#[error("{0} is not an emergency policy: {1}")]
	Malformed(PathBuf, serde_json::Error),
	/// It is of another version.
	#[error("{0} is an emergency policy of version {1}; this gateway reads version 1")]
	OtherVersion(PathBuf, u32),
}

/// The rules.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
	summary: Option<Rules>,
	locate: Option<Rules>,
	enrol: Option<EnrolRules>,
}

/// The file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PolicyFile {
	/// 1.
	version: u32,
	/// For the summary tier; without them a person decides.
	#[serde(default)]
	summary: Option<Rules>,
	/// For searches by name; without them none is evaluated.
	#[serde(default)]
	locate: Option<Rules>,
	/// For what custodians enter, so that their patients are found by name; without them nothing is evaluated.
	#[serde(default)]
	enrol: Option<EnrolRules>,
}

/// When the server approves a session of the summary tier, or evaluates a search by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
	/// Roles of the practitioner who asks, one of which is enough. The chain's registry has to authorise for emergencies besides.
	pub roles: Vec<StaffRole>,
	/// Approvals without a person for one practitioner in 24 hours.
	pub per_practitioner: u32,
	/// Approvals without a person for one institution in 24 hours.
	pub per_institution: u32,
	/// Institutions whose requests always wait for a person.
	#[serde(default)]
	pub never_for: Vec<InstitutionId>,
}

/// When the server evaluates a name for the custodian who enters it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnrolRules {
	/// Evaluations for one institution in 24 hours. By each of them it could test a name against an index that it has seen.
	pub per_institution: u32,
}

/// What this server approved without a person in the last 24 hours, drills left aside.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
	/// For the practitioner who asks.
	pub practitioner: u32,
	/// For the institution that asks.
	pub institution: u32,
}

/// Why a person has to decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Why {
	/// No rules for this tier.
	#[error("this institution has no rules for votes without a person")]
	NoRules,
	/// The patient's dispute.
	#[error("the patient contradicts this request: people decide")]
	Disputed,
	/// The wider tier.
	#[error("more than the summary is asked for: people decide")]
	Wider,
	/// A cap of the chain was reached.
	#[error("the practitioner or the institution asked more often than a day's limit: people decide")]
	Manual,
	/// The role of the practitioner.
	#[error("the practitioner's role is none that this institution approves without a person")]
	Role,
	/// The institution that asks.
	#[error("this institution never approves requests of that institution without a person")]
	Institution,
	/// The own cap for one practitioner.
	#[error("this server has approved as many requests of the practitioner as its rules allow in a day")]
	PractitionerCap,
	/// The own cap for one institution.
	#[error("this server has approved as many requests of that institution as its rules allow in a day")]
	InstitutionCap,
}

impl Policy {
	/// The policy that a configuration names. Without a name, and when the file is not there, nothing is approved without a person.
	///
	/// # Errors
	/// [`PolicyError`] for a file that is there and cannot be used: its author meant something.
	pub fn of_config(path: Option<&Path>) -> Result<Self, PolicyError> {
		let Some(path) = path else { return Ok(Self::default()) };
		match Self::load(path) {
			Err(PolicyError::Io(path, error)) if error.kind() == io::ErrorKind::NotFound => {
				tracing::error!(path = %path.display(), "the emergency policy is not there: every session waits for a duty officer");
				Ok(Self::default())
			}
			loaded => loaded,
		}
	}

	/// Reads a policy file.
	///
	/// # Errors
	/// [`PolicyError`].
	pub fn load(path: &Path) -> Result<Self, PolicyError> {
		let bytes = std::fs::read(path).map_err(|error| PolicyError::Io(path.into(), error))?;
		let file: PolicyFile =
			serde_json::from_slice(&bytes).map_err(|error| PolicyError::Malformed(path.into(), error))?;
		match file.version {
			VERSION => Ok(Self { summary: file.summary, locate: file.locate, enrol: file.enrol }),
			other => Err(PolicyError::OtherVersion(path.into(), other)),
		}
	}

	/// Whether any session can be approved without a person.
	pub fn is_closed(&self) -> bool {
		self.summary.is_none()
	}

	/// Whether the server approves this session by itself.
	///
	/// # Errors
	/// [`Why`] a person has to.
	pub fn permits(&self, session: &VerifiedSession, counts: Counts) -> Result<(), Why> {
		let asked = Asked {
			tier: session.tier(),
			manual: session.is_manual(),
			disputed: session.session().disputed,
			drill: session.session().drill,
			institution: session.session().institution,
			roles: &session.practitioner().roles,
		};
		self.judge(&asked, counts)
	}

	/// Whether the server evaluates names at all: for searches, and for custodians.
	pub fn evaluates(&self) -> (bool, bool) {
		(self.locate.is_some(), self.enrol.is_some())
	}

	/// Whether the server evaluates a search of somebody with these roles. Nobody but the server could: a person knows no more about a
	/// blinded name.
	///
	/// # Errors
	/// [`Why`] it does not.
	pub fn permits_locate(&self, institution: InstitutionId, roles: &[StaffRole], counts: Counts) -> Result<(), Why> {
		let rules = self.locate.as_ref().ok_or(Why::NoRules)?;
		rules.cover(institution, roles)?;
		rules.has_room(counts)
	}

	/// Whether the server evaluates one more name for a custodian for whom it evaluated so many in 24 hours.
	///
	/// # Errors
	/// [`Why`] it does not.
	pub fn permits_enrolment(&self, evaluated: u32) -> Result<(), Why> {
		let rules = self.enrol.as_ref().ok_or(Why::NoRules)?;
		(evaluated < rules.per_institution).then_some(()).ok_or(Why::InstitutionCap)
	}

	fn judge(&self, asked: &Asked<'_>, counts: Counts) -> Result<(), Why> {
		if asked.disputed {
			return Err(Why::Disputed);
		}
		if asked.tier != EmergencyTier::Summary {
			return Err(Why::Wider);
		}
		if asked.manual {
			return Err(Why::Manual);
		}
		let rules = self.summary.as_ref().ok_or(Why::NoRules)?;
		rules.cover(asked.institution, asked.roles)?;
		match asked.drill {
			true => Ok(()),
			false => rules.has_room(counts),
		}
	}
}

impl Rules {
	/// Whether they are about somebody of this institution with these roles.
	fn cover(&self, institution: InstitutionId, roles: &[StaffRole]) -> Result<(), Why> {
		if self.never_for.contains(&institution) {
			return Err(Why::Institution);
		}
		roles.iter().any(|role| self.roles.contains(role)).then_some(()).ok_or(Why::Role)
	}

	/// Whether their caps leave room.
	fn has_room(&self, counts: Counts) -> Result<(), Why> {
		if counts.practitioner >= self.per_practitioner {
			return Err(Why::PractitionerCap);
		}
		(counts.institution < self.per_institution).then_some(()).ok_or(Why::InstitutionCap)
	}
}

/// What the rules look at.
struct Asked<'a> {
	tier: EmergencyTier,
	manual: bool,
	disputed: bool,
	drill: bool,
	institution: InstitutionId,
	roles: &'a [StaffRole],
}

#[cfg(test)]
mod tests {
	use super::*;

	const FILE: &str =
		r#"{"version":1,"summary":{"roles":["Physician"],"per_practitioner":2,"per_institution":5,"never_for":[9]}}"#;

	fn read(text: &str) -> Result<Policy, PolicyError> {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("policy.json");
		std::fs::write(&path, text).unwrap();
		Policy::load(&path)
	}

	fn physician() -> Asked<'static> {
		Asked {
			tier: EmergencyTier::Summary,
			manual: false,
			disputed: false,
			drill: false,
			institution: InstitutionId(2),
			roles: &[StaffRole::Nurse, StaffRole::Physician],
		}
	}

	#[test]
	fn the_server_approves_a_summary_within_its_rules() {
		let policy = read(FILE).unwrap();
		assert_eq!(policy.judge(&physician(), Counts::default()), Ok(()));
		assert_eq!(policy.judge(&physician(), Counts { practitioner: 1, institution: 4 }), Ok(()));
	}

	#[test]
	fn people_decide_on_everything_else() {
		let policy = read(FILE).unwrap();
		let cases = [
			(Asked { tier: EmergencyTier::Wider, ..physician() }, Why::Wider),
			(Asked { disputed: true, ..physician() }, Why::Disputed),
			(Asked { manual: true, ..physician() }, Why::Manual),
			(Asked { manual: true, drill: true, ..physician() }, Why::Manual),
			(Asked { institution: InstitutionId(9), ..physician() }, Why::Institution),
			(Asked { roles: &[StaffRole::Nurse], ..physician() }, Why::Role),
			(Asked { roles: &[], ..physician() }, Why::Role),
		];
		for (asked, why) in cases {
			assert_eq!(policy.judge(&asked, Counts::default()), Err(why));
		}
		let used = |practitioner, institution| policy.judge(&physician(), Counts { practitioner, institution });
		assert_eq!(used(2, 2), Err(Why::PractitionerCap));
		assert_eq!(used(0, 5), Err(Why::InstitutionCap));
		let drill = Asked { drill: true, ..physician() };
		assert_eq!(policy.judge(&drill, Counts { practitioner: 9, institution: 9 }), Ok(()), "drills use nothing up");
	}

	const SEARCHES: &str = r#"{"version":1,"locate":{"roles":["Paramedic"],"per_practitioner":2,"per_institution":5,"never_for":[9]},
		"enrol":{"per_institution":3}}"#;

	#[test]
	fn searches_have_rules_of_their_own() {
		let policy = read(SEARCHES).unwrap();
		assert_eq!((policy.evaluates(), policy.is_closed()), ((true, true), true));
		let search = |institution, role, practitioner, counted| {
			let counts = Counts { practitioner, institution: counted };
			policy.permits_locate(InstitutionId(institution), &[role], counts)
		};
		assert_eq!(search(2, StaffRole::Paramedic, 1, 4), Ok(()));
		assert_eq!(search(9, StaffRole::Paramedic, 0, 0), Err(Why::Institution));
		assert_eq!(search(2, StaffRole::Physician, 0, 0), Err(Why::Role));
		assert_eq!(search(2, StaffRole::Paramedic, 2, 2), Err(Why::PractitionerCap));
		assert_eq!(search(2, StaffRole::Paramedic, 0, 5), Err(Why::InstitutionCap));
		assert_eq!(policy.permits_enrolment(2), Ok(()));
		assert_eq!(policy.permits_enrolment(3), Err(Why::InstitutionCap));
	}

	#[test]
	fn without_rules_for_searches_nothing_is_evaluated() {
		let policy = read(FILE).unwrap();
		assert_eq!(policy.evaluates(), (false, false));
		let search = policy.permits_locate(InstitutionId(2), &[StaffRole::Physician], Counts::default());
		assert_eq!((search, policy.permits_enrolment(0)), (Err(Why::NoRules), Err(Why::NoRules)));
	}

	#[test]
	fn without_a_file_people_decide() {
		let folder = tempfile::tempdir().unwrap();
		for policy in [Policy::of_config(None), Policy::of_config(Some(&folder.path().join("gone.json")))] {
			let policy = policy.unwrap();
			assert!(policy.is_closed());
			assert_eq!(policy.judge(&physician(), Counts::default()), Err(Why::NoRules));
		}
		assert_eq!(read(r#"{"version":1}"#).unwrap(), Policy::default());
	}

	#[test]
	fn a_file_that_means_something_else_is_refused() {
		let wrong = [
			FILE.replace("never_for", "never"),
			FILE.replace("\"version\":1", "\"version\":2"),
			FILE.replace("\"per_institution\":5,", ""),
			FILE.replace("\"Physician\"", "\"Doctor\""),
			FILE.replace("}}", "},\"wider\":{}}"),
			SEARCHES.replace("\"enrol\":{", "\"enrol\":{\"roles\":[],"),
			SEARCHES.replace("\"never_for\"", "\"never\""),
			String::new(),
		];
		for text in wrong {
			assert!(read(&text).is_err(), "{text}");
		}
	}
}
