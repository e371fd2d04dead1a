//! The FHIR bundles that the story plays on: the project's own samples, or two from a folder.

use anyhow::{ensure, Context, Result};
use salus_fhir::Bundle;
use salus_policy::{Category, LabelClass};
use serde_json::Value;
use std::{
	collections::BTreeSet,
	fs,
	path::{Path, PathBuf},
};

/// Categories that the story's patient grants.
pub const GRANTED: [Category; 2] = [Category::Laboratory, Category::Conditions];
/// Bundles from a folder that are longer than this are left to the test of all bundles.
const MAX_STORY_BYTES: u64 = 2_000_000;

/// A bundle and where it came from.
#[derive(Clone, Debug)]
pub struct Sample {
	/// The file.
	pub path: PathBuf,
	/// Its bytes.
	pub bytes: Vec<u8>,
}

/// One resource of a bundle, as the gateway is expected to keep it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
	/// FHIR resource type.
	pub kind: String,
	/// Its exact bytes.
	pub original: Vec<u8>,
	/// Its category.
	pub category: Category,
	/// Whether nothing about it is restricted or sensitive.
	pub ordinary: bool,
}

/// The two patients of the story.
#[derive(Clone, Debug)]
pub struct Samples {
	/// Of the patient who holds her own key: some of her records are restricted.
	pub with_restricted: Sample,
	/// Of the patient in custody.
	pub other: Sample,
}

impl Sample {
	/// Reads a bundle.
	///
	/// # Errors
	/// When it cannot be read.
	pub fn read(path: &Path) -> Result<Self> {
		let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
		Ok(Self { path: path.to_owned(), bytes })
	}

	/// Its name for people.
	pub fn name(&self) -> String {
		self.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
	}

	/// The words of its first allergy.
	///
	/// # Errors
	/// When it has none.
	pub fn allergy(&self) -> Result<String> {
		let allergy = self.all()?.into_iter().find(|resource| resource["resourceType"] == "AllergyIntolerance");
		let words =
			allergy.as_ref().and_then(|one| one.pointer("/code/text").or(one.pointer("/code/coding/0/display")));
		Ok(words.and_then(Value::as_str).with_context(|| format!("{} names no allergy", self.name()))?.to_owned())
	}

	/// What its patient is called: family name, given names, birth date.
	///
	/// # Errors
	/// When it does not say.
	pub fn person(&self) -> Result<(String, String, String)> {
		let patient = self.patient()?;
		let text = |pointer: &str| {
			let found = patient.pointer(pointer).and_then(Value::as_str).map(ToOwned::to_owned);
			found.with_context(|| format!("{} has no {pointer} of its patient", self.name()))
		};
		Ok((text("/name/0/family")?, text("/name/0/given/0")?, text("/birthDate")?))
	}

	/// The same records of somebody with another family name and birth date.
	///
	/// # Errors
	/// When it does not say what its patient is called.
	pub fn of(&self, family: &str, birth_date: &str) -> Result<Self> {
		let (own_family, _, own_date) = self.person()?;
		let text = String::from_utf8(self.bytes.clone()).context("a bundle is text")?;
		let bytes = text.replace(&own_family, family).replace(&own_date, birth_date).into_bytes();
		Ok(Self { path: self.path.clone(), bytes })
	}

	/// Words that tell who its patient is, and what of. Shorter ones are found in random bytes, too.
	///
	/// # Errors
	/// When it has no patient.
	pub fn telling_words(&self) -> Result<BTreeSet<String>> {
		/// What a word has to have, bytes.
		const LEAST: usize = 6;
		let patient = self.patient()?;
		let of_patient =
			["/name/0/family", "/address/0/line/0", "/birthDate", "/telecom/0/value", "/identifier/0/value"];
		let mut words: Vec<Value> = of_patient.iter().filter_map(|pointer| patient.pointer(pointer).cloned()).collect();
		for resource in self.all()? {
			let named = ["/medicationCodeableConcept/text", "/code/text", "/vaccineCode/text"];
			words.extend(named.iter().filter_map(|pointer| resource.pointer(pointer).cloned()));
		}
		let words = words.iter().filter_map(Value::as_str).filter(|word| word.len() >= LEAST);
		Ok(words.map(ToOwned::to_owned).collect())
	}

	fn patient(&self) -> Result<Value> {
		let patient = self.all()?.into_iter().find(|resource| resource["resourceType"] == "Patient");
		patient.with_context(|| format!("{} has no patient", self.name()))
	}

	fn all(&self) -> Result<Vec<Value>> {
		let mut bundle: Value = serde_json::from_slice(&self.bytes)?;
		let entries = bundle["entry"].as_array_mut().context("a bundle has entries")?;
		Ok(entries.iter_mut().map(|entry| entry["resource"].take()).collect())
	}

	/// Its resources, in order.
	///
	/// # Errors
	/// When it is no bundle of one patient.
	pub fn resources(&self) -> Result<Vec<Expected>> {
		let bundle = Bundle::parse(&self.bytes).with_context(|| format!("{} is refused", self.path.display()))?;
		Ok(bundle
			.resources()
			.map(|resource| Expected {
				kind: resource.kind.to_owned(),
				original: resource.original.to_vec(),
				category: resource.labels.category,
				ordinary: resource.labels.effective_classes().eq([LabelClass::Normal]),
			})
			.collect())
	}
}

impl Samples {
	/// The project's own: invented people.
	///
	/// # Errors
	/// When the checkout is not complete.
	pub fn own() -> Result<Self> {
		let folder = project_folder().join("samples");
		Ok(Self {
			with_restricted: Sample::read(&folder.join("patient-with-restricted-records.json"))?,
			other: Sample::read(&folder.join("patient-without-restricted-records.json"))?,
		})
	}

	/// Two from a folder of FHIR R4 bundles: as the first, one with both ordinary and restricted records among what will be granted, if
	/// there is such a one.
	///
	/// # Errors
	/// When the folder holds fewer than two bundles of one patient each.
	pub fn from_folder(folder: &Path) -> Result<Self> {
		let mut samples = Vec::new();
		for path in bundles_in(folder)? {
			if path.metadata().is_ok_and(|data| data.len() <= MAX_STORY_BYTES) {
				let sample = Sample::read(&path)?;
				if let Ok(resources) = sample.resources() {
					let granted = |ordinary| {
						resources.iter().any(|one| GRANTED.contains(&one.category) && one.ordinary == ordinary)
					};
					samples.push((granted(true), granted(false), sample));
				}
			}
		}
		ensure!(samples.len() >= 2, "{} holds fewer than two bundles that the story can take", folder.display());
		// False before true: the best candidate comes first, the smallest among equals.
		samples.sort_by_key(|(ordinary, restricted, sample)| {
			(!(*ordinary && *restricted), !*ordinary, sample.bytes.len())
		});
		let with_restricted = samples.remove(0).2;
		samples.sort_by_key(|(ordinary, restricted, sample)| (!*ordinary, *restricted, sample.bytes.len()));
		Ok(Self { with_restricted, other: samples.remove(0).2 })
	}
}

/// The JSON files of a folder, by name.
///
/// # Errors
/// When the folder cannot be read.
pub fn bundles_in(folder: &Path) -> Result<Vec<PathBuf>> {
	let entries = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
	let mut paths = Vec::new();
	for entry in entries {
		let path = entry.with_context(|| format!("cannot read {}", folder.display()))?.path();
		if path.extension().is_some_and(|extension| extension == "json") {
			paths.push(path);
		}
	}
	paths.sort();
	Ok(paths)
}

/// The folder of 42 synthetic patients beside the checkout, when it is there.
pub fn corpus_folder() -> Option<PathBuf> {
	let folder = project_folder().join("../shared/data/fhir-r4");
	folder.is_dir().then_some(folder)
}

/// The root of this checkout.
pub fn project_folder() -> PathBuf {
	Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

#[cfg(test)]
// A failed test may panic.
#[allow(clippy::unwrap_used)]
mod tests {
	use super::*;

	#[test]
	fn the_own_samples_differ_in_what_is_restricted() {
		let samples = Samples::own().unwrap();
		let restricted = |sample: &Sample| {
			sample.resources().unwrap().iter().filter(|one| GRANTED.contains(&one.category) && !one.ordinary).count()
		};
		assert!(restricted(&samples.with_restricted) > 0);
		assert_eq!(restricted(&samples.other), 0);
	}

	#[test]
	fn another_persons_sample_differs_in_who_it_is_of() {
		let own = Samples::own().unwrap().other;
		let other = own.of("Quittenbaum", "1950-02-28").unwrap();
		let (family, given, birth_date) = other.person().unwrap();
		assert_eq!((family.as_str(), birth_date.as_str()), ("Quittenbaum", "1950-02-28"));
		assert_eq!(given, own.person().unwrap().1);
		let words = other.telling_words().unwrap();
		assert!(["Quittenbaum", "1950-02-28", "metformin"].iter().all(|word| words.contains(*word)), "{words:?}");
		assert_eq!(other.resources().unwrap().len(), own.resources().unwrap().len());
	}

	#[test]
	fn the_best_two_of_a_folder_are_chosen() {
		let samples = Samples::from_folder(&project_folder().join("samples")).unwrap();
		assert!(samples.with_restricted.resources().unwrap().iter().any(|one| !one.ordinary));
		assert_ne!(samples.with_restricted.path, samples.other.path);
	}
}
