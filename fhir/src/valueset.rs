//! The committed value sets: which public codes belong to which sensitivity, and which code systems are known.

use crate::terms::PhraseTable;
use salus_policy::{LabelClass, Sensitivity};
use serde::Deserialize;
use std::{collections::HashMap, sync::OnceLock};

const FILES: [(&str, &str); 9] = [
	("eth.json", include_str!("../valuesets/eth.json")),
	("ethud.json", include_str!("../valuesets/ethud.json")),
	("opioidud.json", include_str!("../valuesets/opioidud.json")),
	("psy.json", include_str!("../valuesets/psy.json")),
	("sdv.json", include_str!("../valuesets/sdv.json")),
	("hiv.json", include_str!("../valuesets/hiv.json")),
	("gdis.json", include_str!("../valuesets/gdis.json")),
	("sex.json", include_str!("../valuesets/sex.json")),
	("std.json", include_str!("../valuesets/std.json")),
];
const SYSTEMS: &str = include_str!("../valuesets/systems.json");

/// One value set as it is committed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
	sensitivity: Sensitivity,
	#[serde(rename = "title")]
	_title: String,
	#[serde(rename = "source")]
	_source: String,
	#[serde(rename = "licence")]
	_licence: String,
	#[serde(rename = "version")]
	_version: String,
	/// Per code system: code and what it means.
	codes: HashMap<System, HashMap<String, String>>,
	/// Per hierarchical code system: beginnings of codes.
	prefixes: HashMap<System, Vec<String>>,
	/// Phrases that give a display text or a narrative away.
	phrases: Vec<String>,
}

/// A clinical code system whose codes can be judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum System {
	Loinc,
	Snomed,
	Rxnorm,
	Cvx,
	#[serde(rename = "icd-10")]
	Icd10,
	Atc,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SystemsFile {
	#[serde(rename = "source")]
	_source: String,
	#[serde(rename = "licence")]
	_licence: String,
	clinical: HashMap<String, System>,
	administrative: Vec<String>,
	administrative_prefixes: Vec<String>,
	/// Clinical systems under the roof of an administrative prefix for which no value sets exist, e.g. NDC.
	unjudged_prefixes: Vec<String>,
}

/// What a code system is to the labelling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
	/// Clinical, and its codes can be judged.
	Clinical(System),
	/// Statuses, units, kinds of claims and the like: says nothing about health by itself.
	Administrative,
	/// Nothing is known about it.
	Unknown,
}

pub(crate) struct ValueSets {
	codes: HashMap<(System, String), Vec<Sensitivity>>,
	prefixes: Vec<(System, String, Sensitivity)>,
	phrases: PhraseTable<Sensitivity>,
	systems: SystemsFile,
}

/// The value sets, read once.
pub(crate) fn value_sets() -> &'static ValueSets {
	static SETS: OnceLock<ValueSets> = OnceLock::new();
	SETS.get_or_init(|| match ValueSets::load() {
		Ok(sets) => sets,
		// The files are part of the program and a test reads each of them.
		Err(error) => unreachable!("{error}"),
	})
}

/// The sensitivities of a code in the committed value sets, by the FHIR URI of its code system.
pub fn sensitivities_of_code(system: &str, code: &str) -> Vec<Sensitivity> {
	match value_sets().standing(system) {
		Standing::Clinical(system) => value_sets().of_code(system, code),
		_ => Vec::new(),
	}
}

impl ValueSets {
	fn load() -> Result<Self, String> {
		let mut codes = HashMap::<_, Vec<_>>::new();
		let (mut prefixes, mut phrases) = (Vec::new(), Vec::new());
		for (name, text) in FILES {
			let file: File = serde_json::from_str(text).map_err(|error| format!("valuesets/{name}: {error}"))?;
			let sensitivity = file.sensitivity;
			for (system, set) in file.codes {
				for (code, _) in set {
					codes.entry((system, code)).or_default().push(sensitivity);
				}
			}
			for (system, set) in file.prefixes {
				prefixes.extend(set.into_iter().map(|prefix| (system, prefix, sensitivity)));
			}
			phrases.extend(file.phrases.into_iter().map(|phrase| (phrase, sensitivity)));
		}
		let systems = serde_json::from_str(SYSTEMS).map_err(|error| format!("valuesets/systems.json: {error}"))?;
		Ok(Self { codes, prefixes, phrases: PhraseTable::new(phrases), systems })
	}

	pub(crate) fn standing(&self, system: &str) -> Standing {
		let systems = &self.systems;
		let begins_with = |prefixes: &[String]| prefixes.iter().any(|prefix| system.starts_with(prefix.as_str()));
		if let Some(clinical) = systems.clinical.get(system) {
			Standing::Clinical(*clinical)
		} else if begins_with(&systems.unjudged_prefixes) {
			Standing::Unknown
		} else if systems.administrative.iter().any(|known| known == system)
			|| begins_with(&systems.administrative_prefixes)
		{
			Standing::Administrative
		} else {
			Standing::Unknown
		}
	}

	pub(crate) fn of_code(&self, system: System, code: &str) -> Vec<Sensitivity> {
		let mut found = self.codes.get(&(system, code.to_owned())).cloned().unwrap_or_default();
		if matches!(system, System::Icd10 | System::Atc) {
			let in_set =
				|(of, prefix, _): &&(System, String, Sensitivity)| *of == system && code.starts_with(prefix.as_str());
			found.extend(self.prefixes.iter().filter(in_set).map(|(_, _, sensitivity)| *sensitivity));
		}
		found
	}

	/// The sensitivities that a text for people gives away.
	pub(crate) fn of_text(&self, text: &str) -> impl Iterator<Item = Sensitivity> {
		self.phrases.find(text).into_iter().map(|(_, _, sensitivity)| sensitivity)
	}
}

/// A security label of `meta.security`, as HL7 codes it.
pub(crate) fn security_label(system: &str, code: &str) -> Option<LabelClass> {
	match system {
		"http://terminology.hl7.org/CodeSystem/v3-Confidentiality" => match code {
			"R" | "V" => Some(LabelClass::Restricted),
			"U" | "L" | "M" | "N" => Some(LabelClass::Normal),
			_ => Some(LabelClass::Restricted),
		},
		"http://terminology.hl7.org/CodeSystem/v3-ActCode" => Some(sensitivity_label(code)),
		_ => None,
	}
}

/// Sensitivities that have no class of their own fall to the nearest one, those that have none to restricted.
fn sensitivity_label(code: &str) -> LabelClass {
	let sensitivity = match code {
		"SUD" | "DRGIS" => Some(Sensitivity::SubstanceUse),
		"PSYTHPN" | "MH" | "BH" | "EMOTDIS" => Some(Sensitivity::Psychiatry),
		"MST" | "VIO" => Some(Sensitivity::Violence),
		"SCA" => Some(Sensitivity::GeneticDisease),
		"PREGNANT" => Some(Sensitivity::SexualHealth),
		_ => Sensitivity::ALL.iter().copied().find(|sensitivity| sensitivity.name() == code),
	};
	sensitivity.map_or(LabelClass::Restricted, LabelClass::Sensitive)
}

/// Whether the code can exist in its system: form, and the check digit where there is one. A code that cannot is unknown.
pub(crate) fn is_well_formed(system: System, code: &str) -> bool {
	let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
	match system {
		// Parts and answers (LP, LA) count their check digit in another way.
		System::Loinc => match code.strip_prefix("LP").or(code.strip_prefix("LA")) {
			Some(rest) => rest.split_once('-').is_some_and(|(number, check)| digits(number) && digits(check)),
			None => code.split_once('-').is_some_and(|(number, check)| {
				digits(number) && number.len() <= 7 && check.len() == 1 && check.as_bytes()[0] == mod10(number)
			}),
		},
		System::Snomed => digits(code) && (6..=18).contains(&code.len()) && verhoeff(code),
		System::Rxnorm => digits(code) && code.len() <= 8,
		System::Cvx => digits(code) && code.len() <= 3,
		System::Icd10 => {
			let bytes = code.as_bytes();
			bytes.len() >= 3
				&& bytes.len() <= 8
				&& bytes[0].is_ascii_uppercase()
				&& bytes[1].is_ascii_digit()
				&& bytes[2].is_ascii_alphanumeric()
				&& bytes[3..].iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'.')
		}
		System::Atc => {
			matches!(code.len(), 1 | 3 | 4 | 5 | 7)
				&& code.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
		}
	}
}

/// The check digit of LOINC (Luhn, mod 10).
fn mod10(number: &str) -> u8 {
	let sum: u32 = number
		.bytes()
		.rev()
		.enumerate()
		.map(|(position, digit)| {
			let digit = u32::from(digit - b'0');
			let weighted = if position % 2 == 0 { digit * 2 } else { digit };
			weighted / 10 + weighted % 10
		})
		.sum();
	b'0' + ((10 - sum % 10) % 10) as u8
}

/// The check of SNOMED CT identifiers: the dihedral group D5 of Verhoeff.
fn verhoeff(digits: &str) -> bool {
	const TURN: [u8; 10] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
	let multiply = |a: u8, b: u8| match (a < 5, b < 5) {
		(true, true) => (a + b) % 5,
		(true, false) => 5 + (a + b) % 5,
		(false, true) => 5 + (a + 5 - b) % 5,
		(false, false) => (a + 5 - b) % 5,
	};
	let check = digits.bytes().rev().enumerate().fold(0, |check, (position, digit)| {
		let turned = (0..position % 8).fold(digit - b'0', |value, _| TURN[usize::from(value)]);
		multiply(check, turned)
	});
	check == 0
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn every_file_is_read_states_its_source_and_holds_codes_that_can_exist() {
		for (name, text) in FILES {
			let file: File = serde_json::from_str(text).unwrap_or_else(|error| panic!("{name}: {error}"));
			assert_eq!(name, format!("{}.json", file.sensitivity.name().to_lowercase()));
			assert!(!file._source.is_empty() && !file._licence.is_empty(), "{name}");
			for (system, codes) in &file.codes {
				for (code, meaning) in codes {
					assert!(is_well_formed(*system, code), "{name}: {system:?} {code} {meaning}");
				}
			}
			assert!(file.prefixes.keys().all(|system| matches!(system, System::Icd10 | System::Atc)), "{name}");
		}
		assert!(ValueSets::load().is_ok());
	}

	#[test]
	fn check_digits_tell_real_codes_from_mistyped_ones() {
		for code in ["718-7", "20447-9", "8302-2", "LA6576-8"] {
			assert!(is_well_formed(System::Loinc, code), "{code}");
		}
		for code in ["718-6", "20447", "x-1", ""] {
			assert!(!is_well_formed(System::Loinc, code), "{code}");
		}
		for code in ["38341003", "86406008", "428191000124101"] {
			assert!(is_well_formed(System::Snomed, code), "{code}");
		}
		for code in ["38341004", "34552-0", "", "12"] {
			assert!(!is_well_formed(System::Snomed, code), "{code}");
		}
	}

	#[test]
	fn codes_are_found_singly_and_by_their_beginning() {
		let snomed = "http://snomed.info/sct";
		assert_eq!(sensitivities_of_code(snomed, "86406008"), [Sensitivity::Hiv]);
		assert_eq!(sensitivities_of_code(snomed, "38341003"), []);
		assert_eq!(sensitivities_of_code("http://hl7.org/fhir/sid/icd-10-cm", "B20"), [Sensitivity::Hiv]);
		assert_eq!(sensitivities_of_code("http://hl7.org/fhir/sid/icd-10-cm", "F33.1"), [Sensitivity::Psychiatry]);
		assert_eq!(sensitivities_of_code("http://www.whocc.no/atc", "J05AR20"), [Sensitivity::Hiv]);
		assert_eq!(sensitivities_of_code("urn:local", "86406008"), []);
	}

	#[test]
	fn security_labels_of_hl7_become_classes() {
		let confidentiality = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality";
		let act = "http://terminology.hl7.org/CodeSystem/v3-ActCode";
		assert_eq!(security_label(confidentiality, "V"), Some(LabelClass::Restricted));
		assert_eq!(security_label(confidentiality, "N"), Some(LabelClass::Normal));
		assert_eq!(security_label(act, "HIV"), Some(LabelClass::Sensitive(Sensitivity::Hiv)));
		assert_eq!(security_label(act, "MH"), Some(LabelClass::Sensitive(Sensitivity::Psychiatry)));
		assert_eq!(security_label(act, "CEL"), Some(LabelClass::Restricted));
		assert_eq!(security_label("urn:local", "R"), None);
	}
}
