//! What the tests share: the sample patients, and the bundles of the corpus when they are there.

#![allow(dead_code)]

use std::{fs, path::PathBuf};

pub const HANDLE: [u8; 32] = [0x5a; 32];
pub const RESTRICTED: &str = "patient-with-restricted-records.json";
pub const PLAIN: &str = "patient-without-restricted-records.json";
pub const COMPACT: &str = "patient-in-compact-form.json";

fn root() -> PathBuf {
	PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

pub fn sample(name: &str) -> Vec<u8> {
	fs::read(root().join("samples").join(name)).unwrap()
}

pub fn samples() -> Vec<(String, Vec<u8>)> {
	[RESTRICTED, PLAIN, COMPACT].iter().map(|name| (name.to_string(), sample(name))).collect()
}

/// The bundles beside the checkout; none, with a message, when they are not there.
pub fn corpus() -> Vec<(String, Vec<u8>)> {
	let folder = root().join("../shared/data/fhir-r4");
	let Ok(entries) = fs::read_dir(&folder) else {
		eprintln!("skipped: no bundles in ../shared/data/fhir-r4");
		return Vec::new();
	};
	let paths = entries.map(|entry| entry.unwrap().path());
	let mut bundles: Vec<_> = paths
		.filter(|path| path.extension().is_some_and(|extension| extension == "json"))
		.map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(&path).unwrap()))
		.collect();
	bundles.sort();
	bundles
}
