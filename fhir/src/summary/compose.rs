//! Writing the bundles: the frame is made here, the resources are put in as they are.

use super::{
	describe::{entry_words, instant, Substances},
	select::{kind, Selection},
	Made, Section,
};
use crate::json::Tape;
use serde::Serialize;
use serde_json::{json, value::RawValue, Value as Json};

const LOINC: &str = "http://loinc.org";
const EMPTY_REASON: &str = "http://terminology.hl7.org/CodeSystem/list-empty-reason";
/// Says the same in every summary, so that it does not tell whether there is more.
const MORE: &str =
	"Diagnoses that are kept more closely, if there are any, are not part of a summary: ask for the wider scope.";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Bundle<'a> {
	resource_type: &'static str,
	identifier: Json,
	r#type: &'static str,
	timestamp: String,
	entry: Vec<Entry<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry<'a> {
	full_url: String,
	resource: Content<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Content<'a> {
	/// Made here.
	Own(Json),
	/// The bytes that were taken in.
	Original(&'a RawValue),
}

pub(super) struct Frame<'a> {
	pub made: &'a Made<'a>,
}

impl Frame<'_> {
	pub(super) fn collection(&self, tapes: &[Tape<'_>], members: &[usize]) -> Vec<u8> {
		self.bundle("collection", members.iter().map(|at| original(&tapes[*at])).collect())
	}

	pub(super) fn document(&self, tapes: &[Tape<'_>], selection: &Selection) -> Vec<u8> {
		let composition = self.composition(tapes, selection);
		let mut entries = vec![Entry { full_url: self.url(0), resource: Content::Own(composition) }];
		let members = selection.sections.iter().flat_map(|(_, members)| members);
		let all = [&selection.patient].into_iter().chain(members).chain(&selection.supporting);
		entries.extend(all.map(|at| original(&tapes[*at])));
		self.bundle("document", entries)
	}

	fn bundle(&self, kind: &'static str, entry: Vec<Entry<'_>>) -> Vec<u8> {
		let identifier = json!({ "system": "urn:ietf:rfc:3986", "value": self.url(1) });
		let timestamp = instant(self.made.at);
		let bundle = Bundle { resource_type: "Bundle", identifier, r#type: kind, timestamp, entry };
		serde_json::to_vec(&bundle).expect("texts, lists and objects with text keys are JSON; qed")
	}

	/// A UUID (version 8: by the maker's own rule) for one of the things that are made here.
	fn url(&self, number: u8) -> String {
		let mut id = self.made.id;
		id[15] ^= number;
		uuid(id)
	}

	fn composition(&self, tapes: &[Tape<'_>], selection: &Selection) -> Json {
		let sections = selection.sections.iter().map(|(section, members)| self.section(*section, tapes, members));
		json!({
			"resourceType": "Composition",
			"status": "final",
			"type": { "coding": [{ "system": LOINC, "code": "60591-5", "display": "Patient summary Document" }] },
			"subject": { "reference": full_url(&tapes[selection.patient]) },
			"date": instant(self.made.at),
			"author": [{ "type": "Organization", "display": self.made.by }],
			"title": "Emergency patient summary",
			"section": sections.collect::<Vec<_>>(),
		})
	}

	fn section(&self, section: Section, tapes: &[Tape<'_>], members: &[usize]) -> Json {
		let (code, display) = match section {
			Section::Problems => ("11450-4", "Problem list - Reported"),
			Section::Allergies => ("48765-2", "Allergies and adverse reactions Document"),
			Section::Medications => ("10160-0", "History of Medication use Narrative"),
			Section::Results => ("30954-2", "Relevant diagnostic tests/laboratory data Narrative"),
		};
		let mut made = json!({
			"title": section.title(),
			"code": { "coding": [{ "system": LOINC, "code": code, "display": display }] },
			"text": { "status": "generated", "div": narrative(section, tapes, members) },
		});
		match members.is_empty() {
			true => {
				made["emptyReason"] = json!({
					"coding": [{ "system": EMPTY_REASON, "code": "unavailable", "display": "Unavailable" }],
					"text": nothing_on_record(section),
				});
			}
			false => {
				let references = members.iter().map(|at| json!({ "reference": full_url(&tapes[*at]) }));
				made["entry"] = references.collect();
			}
		}
		made
	}
}

/// Said of a section without entries.
pub(super) fn nothing_on_record(section: Section) -> &'static str {
	match section {
		Section::Problems => "No diagnosis on record. That does not mean that there is none.",
		Section::Allergies => "No allergy on record. That does not mean that there is none.",
		Section::Medications => "No current medication on record. That does not mean that there is none.",
		Section::Results => "No blood group on record.",
	}
}

fn narrative(section: Section, tapes: &[Tape<'_>], members: &[usize]) -> String {
	let mut text = String::from("<div xmlns=\"http://www.w3.org/1999/xhtml\">");
	if members.is_empty() {
		text.push_str(&format!("<p>{}</p>", escaped(nothing_on_record(section))));
	} else {
		let substances = Substances::of(tapes.iter().map(Tape::root));
		text.push_str("<ul>");
		for at in members {
			let (what, details) = entry_words(tapes[*at].root(), &substances);
			let sentence = if details.is_empty() { what } else { format!("{what}: {details}") };
			text.push_str(&format!("<li>{}</li>", escaped(&sentence)));
		}
		text.push_str("</ul>");
	}
	if section == Section::Problems {
		text.push_str(&format!("<p>{}</p>", escaped(MORE)));
	}
	text.push_str("</div>");
	text
}

fn escaped(text: &str) -> String {
	text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn original<'a>(tape: &Tape<'a>) -> Entry<'a> {
	let resource = match serde_json::from_str::<&RawValue>(tape.root().raw()) {
		Ok(raw) => Content::Original(raw),
		// The tape was read from it: it is JSON.
		Err(_) => Content::Own(Json::Null),
	};
	Entry { full_url: full_url(tape), resource }
}

/// The name by which the other resources of the patient mean this one: `urn:uuid:<id>`. A resource without such an id gets a UUID from its bytes.
fn full_url(tape: &Tape<'_>) -> String {
	let root = tape.root();
	let id = root.text_of("id").unwrap_or_default();
	match is_uuid(&id) {
		true => format!("urn:uuid:{id}"),
		false => {
			let mut bytes = [0; 16];
			let text = [kind(root).as_str(), "/", &id, if id.is_empty() { root.raw() } else { "" }].concat();
			for (seed, half) in (0..).zip(bytes.chunks_mut(8)) {
				half.copy_from_slice(&digest(seed, text.as_bytes()).to_be_bytes());
			}
			uuid(bytes)
		}
	}
}

fn is_uuid(text: &str) -> bool {
	let parts: Vec<_> = text.split('-').map(str::len).collect();
	parts == [8, 4, 4, 4, 12] && text.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

/// FNV-1a with a seed: names apart, not secret.
fn digest(seed: u64, bytes: &[u8]) -> u64 {
	let start = 0xcbf2_9ce4_8422_2325 ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
	bytes.iter().fold(start, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

fn uuid(mut bytes: [u8; 16]) -> String {
	bytes[6] = bytes[6] & 0x0f | 0x80;
	bytes[8] = bytes[8] & 0x3f | 0x80;
	let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
	format!("urn:uuid:{}-{}-{}-{}-{}", &digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..])
}
