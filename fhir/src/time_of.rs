//! The clinical time of a resource.

use crate::json::Value;
use salus_policy::Moment;
use time::{format_description::well_known::Rfc3339, macros::format_description, Date, OffsetDateTime};

/// A day, ms.
pub(crate) const DAY: Moment = 24 * 60 * 60 * 1_000;

/// Elements that state when what is recorded was so, the closest first. A period stands for its start.
const TIMES: &[&str] = &[
	"effectiveDateTime",
	"effectiveInstant",
	"effectivePeriod",
	"performedDateTime",
	"performedPeriod",
	"occurrenceDateTime",
	"occurrencePeriod",
	"occurredDateTime",
	"occurredPeriod",
	"onsetDateTime",
	"onsetPeriod",
	"collection",
	"collectedDateTime",
	"whenHandedOver",
	"whenPrepared",
	"started",
	"billablePeriod",
	"servicedDate",
	"servicedPeriod",
	"period",
	"start",
	"startDate",
	"createdDateTime",
	"createdPeriod",
	"identifiedDateTime",
	"sent",
	"authoredOn",
	"authored",
	"recordedDate",
	"dateAsserted",
	"dateTime",
	"date",
	"issued",
	"recorded",
	"created",
	"statusDate",
	"receivedTime",
];

/// What the resource itself states, ms.
pub(crate) fn stated(resource: Value<'_, '_>) -> Option<Moment> {
	TIMES.iter().filter_map(|name| resource.get(name)).find_map(moment)
}

/// When the resource was last written, ms.
pub(crate) fn last_updated(resource: Value<'_, '_>) -> Option<Moment> {
	resource.get("meta")?.get("lastUpdated").and_then(moment)
}

/// A dateTime, or the start of a period.
pub(crate) fn moment(value: Value<'_, '_>) -> Option<Moment> {
	match value.text() {
		Some(text) => parse(&text),
		None => ["start", "collectedDateTime", "collectedPeriod"].iter().find_map(|name| moment(value.get(name)?)),
	}
}

/// When it was over, ms: the end of a period, and of a year, a month or a day that is stated without a time. `None` for a
/// period without end, and for what cannot be read.
pub(crate) fn ended(value: Value<'_, '_>) -> Option<Moment> {
	end(&value.text().or_else(|| value.get("end")?.text())?)
}

fn end(text: &str) -> Option<Moment> {
	let last = match text.len() {
		4 => parse(&format!("{text}-12-31")),
		7 => (28..=31).rev().find_map(|day| parse(&format!("{text}-{day}"))),
		_ => parse(text),
	}?;
	Some(if text.len() <= 10 { last + DAY - 1 } else { last })
}

/// A FHIR date, dateTime or instant; a year or month stands for its first day, a missing zone for UTC. Before 1970: 1.
fn parse(text: &str) -> Option<Moment> {
	let full = match text.len() {
		4 => format!("{text}-01-01"),
		7 => format!("{text}-01"),
		_ => text.to_owned(),
	};
	let at = if full.len() == 10 {
		Date::parse(&full, format_description!("[year]-[month]-[day]")).ok()?.midnight().assume_utc()
	} else {
		OffsetDateTime::parse(&full, &Rfc3339).or_else(|_| OffsetDateTime::parse(&format!("{full}Z"), &Rfc3339)).ok()?
	};
	let millis = at.unix_timestamp_nanos() / 1_000_000;
	Some(Moment::try_from(millis).unwrap_or(0).max(1))
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn dates_of_every_precision_are_read() {
		for (text, expected) in [
			("2012", Some(1_325_376_000_000)),
			("2012-08", Some(1_343_779_200_000)),
			("2012-08-10", Some(1_344_556_800_000)),
			("2012-08-10T20:37:06+00:00", Some(1_344_631_026_000)),
			("2012-08-10T22:37:06.059+02:00", Some(1_344_631_026_059)),
			("2012-08-10T20:37:06", Some(1_344_631_026_000)),
			("1955-03-01", Some(1)),
			("2012-13-01", None),
			("yesterday", None),
			("", None),
		] {
			assert_eq!(parse(text), expected, "{text}");
		}
	}

	#[test]
	fn a_date_ends_with_the_last_millisecond_of_what_it_states() {
		for (text, next) in [
			("2012", Some("2013-01-01")),
			("2012-02", Some("2012-03-01")),
			("2013-02", Some("2013-03-01")),
			("2012-12", Some("2013-01-01")),
			("2012-08-10", Some("2012-08-11")),
			("2012-08-10T20:37:06Z", Some("2012-08-10T20:37:06.001Z")),
			("2012-13", None),
			("later", None),
		] {
			assert_eq!(end(text).map(|at| at + 1), next.and_then(parse), "{text}");
		}
	}
}
