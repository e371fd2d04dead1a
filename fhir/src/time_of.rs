//! The clinical time of a resource.

use crate::json::Value;
use salus_policy::Moment;
use time::{format_description::well_known::Rfc3339, macros::format_description, Date, OffsetDateTime};

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
}
