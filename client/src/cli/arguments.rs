//! Arguments that several commands read.

use salus_client::primitives::{InstitutionKind, Moment, StaffRole, DAY, HOUR, MINUTE};
use salus_policy::Role;
use time::{format_description::well_known::Rfc3339, macros::format_description, Date, OffsetDateTime};

/// A time: `30d`, `12h` or `10m` from now, a date (its beginning in UTC), or RFC 3339.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
	/// So long from now.
	FromNow(Moment),
	/// Then.
	At(Moment),
}

impl When {
	/// The moment, seen from `now`.
	pub fn moment(self, now: Moment) -> Moment {
		match self {
			Self::FromNow(span) => now.saturating_add(span),
			Self::At(at) => at,
		}
	}
}

/// Reads a [`When`].
pub fn when(text: &str) -> Result<When, String> {
	if let Some((digits, unit)) = text.char_indices().last().map(|(at, _)| text.split_at(at)) {
		let unit = match unit {
			"d" => Some(DAY),
			"h" => Some(HOUR),
			"m" => Some(MINUTE),
			_ => None,
		};
		if let (Some(unit), Ok(count)) = (unit, digits.parse::<u64>()) {
			return count.checked_mul(unit).map(When::FromNow).ok_or_else(|| "too long".to_owned());
		}
	}
	let day = Date::parse(text, format_description!("[year]-[month]-[day]")).map(|date| date.midnight().assume_utc());
	let time = day.or_else(|_| OffsetDateTime::parse(text, &Rfc3339));
	time.ok()
		.and_then(|time| u64::try_from(time.unix_timestamp_nanos() / 1_000_000).ok())
		.map(When::At)
		.ok_or_else(|| "expected 30d, 12h, 10m, a date like 2026-12-31, or a time like 2026-12-31T08:00:00Z".to_owned())
}

/// Reads an institution's kind.
pub fn institution_kind(text: &str) -> Result<InstitutionKind, String> {
	use InstitutionKind::*;
	let kinds = [Hospital, Clinic, Laboratory, Payer, ResearchBody, Regulator];
	let plain = |text: &str| text.to_lowercase().replace(['-', '_', ' '], "");
	kinds
		.into_iter()
		.find(|kind| plain(&format!("{kind:?}")) == plain(text))
		.ok_or_else(|| "expected hospital, clinic, laboratory, payer, research-body or regulator".to_owned())
}

/// Reads a staff role in the spelling of the policy vocabulary or of the chain.
pub fn staff_role(text: &str) -> Result<StaffRole, String> {
	let role: Role = text.parse().map_err(|error: salus_policy::UnknownName| error.to_string())?;
	Ok(chain_role(role))
}

/// The chain's role for a policy role: the same numbers.
pub fn chain_role(role: Role) -> StaffRole {
	match role {
		Role::Physician => StaffRole::Physician,
		Role::Nurse => StaffRole::Nurse,
		Role::Pharmacist => StaffRole::Pharmacist,
		Role::LaboratoryTechnician => StaffRole::LaboratoryTechnician,
		Role::Paramedic => StaffRole::Paramedic,
		Role::Registrar => StaffRole::Registrar,
		Role::PrivacyOfficer => StaffRole::PrivacyOfficer,
		Role::Researcher => StaffRole::Researcher,
		Role::Administrator => StaffRole::Administrator,
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn times_are_read_in_each_form() {
		assert_eq!(when("30d"), Ok(When::FromNow(30 * DAY)));
		assert_eq!(when("12h"), Ok(When::FromNow(12 * HOUR)));
		assert_eq!(when("10m"), Ok(When::FromNow(10 * MINUTE)));
		assert_eq!(when("2020-09-13"), Ok(When::At(1_599_955_200_000)));
		assert_eq!(when("2020-09-13T12:26:40Z"), Ok(When::At(1_600_000_000_000)));
		for wrong in ["", "d", "30", "-5d", "soon", "1969-01-01", "2020-13-01", "ä"] {
			assert!(when(wrong).is_err(), "{wrong}");
		}
	}

	#[test]
	fn kinds_and_roles_are_read_in_the_spellings_of_people() {
		assert_eq!(institution_kind("research-body"), Ok(InstitutionKind::ResearchBody));
		assert_eq!(institution_kind("Hospital"), Ok(InstitutionKind::Hospital));
		assert!(institution_kind("bank").is_err());
		assert_eq!(staff_role("privacy-officer"), Ok(StaffRole::PrivacyOfficer));
		assert!(staff_role("janitor").is_err());
	}

	#[test]
	fn roles_have_the_numbers_of_the_chain() {
		use codec::Encode;
		for role in Role::ALL {
			assert_eq!(role.encode(), chain_role(*role).encode(), "{role}");
		}
	}
}
