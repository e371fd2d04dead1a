//! Who somebody is, as it is compared when a patient is looked for: name and birth date, without what people write differently.

use crate::{
	json::{Tape, Value},
	FhirError,
};
use std::fmt;

/// Longest name that is compared, bytes.
const MAX_NAME: usize = 200;

/// Family name, given name and birth date. Equal when they are the same letters: case, accents, blanks and hyphens do not count.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Demographics {
	family: String,
	given: String,
	birth_date: String,
}

impl Demographics {
	/// `None` when a name has no letters or is longer than anybody's, or the date is not a whole one (`YYYY-MM-DD`).
	pub fn new(family: &str, given: &str, birth_date: &str) -> Option<Self> {
		let (family, given) = (plain(family)?, plain(given)?);
		is_date(birth_date).then(|| Self { family, given, birth_date: birth_date.to_owned() })
	}

	/// What is compared.
	pub fn parts(&self) -> [&str; 3] {
		[&self.family, &self.given, &self.birth_date]
	}

	/// Under which names the person of a `Patient` resource may be looked for: each family name with the first given name and with all of them.
	///
	/// # Errors
	/// [`FhirError`] when the bytes are no JSON.
	pub fn of_patient(original: &[u8]) -> Result<Vec<Self>, FhirError> {
		let tape = Tape::parse(original)?;
		let patient = tape.root();
		let Some(birth_date) = patient.text_of("birthDate") else { return Ok(Vec::new()) };
		let mut found = Vec::new();
		for name in patient.get("name").into_iter().flat_map(Value::each) {
			let Some(family) = name.text_of("family") else { continue };
			let given: Vec<_> = name.get("given").into_iter().flat_map(Value::each).filter_map(Value::text).collect();
			let first = given.first().map(ToString::to_string).unwrap_or_default();
			for given in [first, given.concat()] {
				found.extend(Self::new(&family, &given, &birth_date));
			}
		}
		found.sort_unstable();
		found.dedup();
		Ok(found)
	}
}

/// Nothing: names must not reach a log.
impl fmt::Debug for Demographics {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("Demographics").finish_non_exhaustive()
	}
}

/// The letters and digits of a text in lower case, Latin ones without accents. `None` when there are none.
pub fn plain(text: &str) -> Option<String> {
	if text.len() > MAX_NAME {
		return None;
	}
	let mut plain = String::with_capacity(text.len());
	for char in text.chars().flat_map(char::to_lowercase) {
		match without_accent(char) {
			Some(letters) => plain.push_str(letters),
			// An accent that stands by itself falls away with the blanks and hyphens.
			None if char.is_alphanumeric() => plain.push(char),
			None => {}
		}
	}
	(!plain.is_empty()).then_some(plain)
}

/// The Latin letters of Europe's names in the letters that every keyboard has.
fn without_accent(char: char) -> Option<&'static str> {
	Some(match char {
		'à'..='å' | 'ā' | 'ă' | 'ą' => "a",
		'æ' => "ae",
		'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => "c",
		'ð' | 'ď' | 'đ' => "d",
		'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => "e",
		'ĝ' | 'ğ' | 'ġ' | 'ģ' => "g",
		'ĥ' | 'ħ' => "h",
		'ì'..='ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' => "i",
		'ĵ' => "j",
		'ķ' => "k",
		'ĺ' | 'ļ' | 'ľ' | 'ł' => "l",
		'ñ' | 'ń' | 'ņ' | 'ň' => "n",
		'ò'..='ö' | 'ø' | 'ō' | 'ŏ' | 'ő' => "o",
		'œ' => "oe",
		'ŕ' | 'ŗ' | 'ř' => "r",
		'ś' | 'ŝ' | 'ş' | 'š' | 'ș' => "s",
		'ß' => "ss",
		'ţ' | 'ť' | 'ț' | 'ŧ' => "t",
		'þ' => "th",
		'ù'..='ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' => "u",
		'ŵ' => "w",
		'ý' | 'ÿ' | 'ŷ' => "y",
		'ź' | 'ż' | 'ž' => "z",
		_ => return None,
	})
}

/// A date with a day, so far as its form goes.
fn is_date(text: &str) -> bool {
	let bytes = text.as_bytes();
	bytes.len() == 10
		&& bytes.iter().enumerate().all(|(at, byte)| match at {
			4 | 7 => *byte == b'-',
			_ => byte.is_ascii_digit(),
		})
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn what_people_write_differently_does_not_count() {
		let same = |one: (&str, &str), other: (&str, &str)| {
			let of = |(family, given): (&str, &str)| Demographics::new(family, given, "1961-02-03").unwrap();
			of(one) == of(other)
		};
		assert!(same(("Müller-Lüdenscheidt", "Änne"), ("MULLER LUDENSCHEIDT", "anne")));
		assert!(same(("Mu\u{308}ller", "Zoe\u{308}"), ("Müller", "Zoë")), "composed or not");
		assert!(same(("Łukasz", "Şule"), ("lukasz", "sule")));
		assert!(same(("O’Neill", "Ana Maria"), ("Oneill", "AnaMaria")));
		assert!(same(("Straße", "Öz"), ("STRASSE", "oz")));
		assert!(!same(("Müller", "Anne"), ("Mueller", "Anne")));
		assert!(!same(("Ivanova", "Анна"), ("Ivanova", "Anna")));
	}

	#[test]
	fn nobody_is_looked_for_by_half_a_name_or_half_a_date() {
		let person = |family, given, date| Demographics::new(family, given, date);
		assert!(person("Rossi", "Ada", "1961-02-03").is_some());
		for (family, given, date) in [
			("", "Ada", "1961-02-03"),
			("Rossi", " - ", "1961-02-03"),
			("Rossi", "Ada", "1961"),
			("Rossi", "Ada", "1961-02"),
			("Rossi", "Ada", "1961/02/03"),
			("Rossi", "Ada", "1961-02-030"),
		] {
			assert!(person(family, given, date).is_none(), "{family} {given} {date}");
		}
		assert!(person(&"a".repeat(MAX_NAME + 1), "Ada", "1961-02-03").is_none());
	}

	#[test]
	fn a_patient_is_found_by_every_family_name_with_one_given_name_or_all() {
		let patient = br#"{"resourceType":"Patient","birthDate":"1961-02-03","name":[
			{"family":"Rossi","given":["Ada","Maria"]},{"use":"maiden","family":"Bianchi","given":["Ada"]},{"text":"Ada"}]}"#;
		let found = Demographics::of_patient(patient).unwrap();
		let expected = [("Bianchi", "Ada"), ("Rossi", "Ada"), ("Rossi", "Ada Maria")]
			.map(|(family, given)| Demographics::new(family, given, "1961-02-03").unwrap());
		assert_eq!(found, expected);
		assert!(Demographics::of_patient(br#"{"resourceType":"Patient","name":[{"family":"Rossi"}]}"#)
			.unwrap()
			.is_empty());
	}

	#[test]
	fn no_name_reaches_a_log() {
		let person = Demographics::new("Rossi", "Ada", "1961-02-03").unwrap();
		assert_eq!(format!("{person:?}"), "Demographics { .. }");
	}
}
