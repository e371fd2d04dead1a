//! A bundle of one patient: parsed once, its resources borrowed from the input.

use crate::{
	deidentify::patches,
	identity::PatientIdentity,
	json::{Kind, Tape, Value},
	kinds::{category_of_kind, is_surrounding},
	label::{category, own_classes, ClassBits},
	reference::{check_subject, decides_labels, references, Index},
	split::apply,
	time_of, FhirError, Split,
};
use salus_policy::{LabelClass, Moment, RecordLabels, UNKNOWN_TIME};
use std::borrow::Cow;

/// Largest bundle that is taken at once, bytes.
pub const MAX_BUNDLE_BYTES: usize = 64 * 1024 * 1024;

/// Types of bundles that carry records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BundleType {
	/// All or nothing.
	Transaction,
	/// Each by itself.
	Batch,
	/// A set.
	Collection,
	/// A document; its first entry is the Composition.
	Document,
	/// Results of a search.
	Searchset,
}

impl BundleType {
	fn read(text: &str) -> Option<Self> {
		match text {
			"transaction" => Some(Self::Transaction),
			"batch" => Some(Self::Batch),
			"collection" => Some(Self::Collection),
			"document" => Some(Self::Document),
			"searchset" => Some(Self::Searchset),
			_ => None,
		}
	}
}

/// One resource.
#[derive(Clone)]
pub struct Resource<'a> {
	/// FHIR resource type.
	pub kind: &'a str,
	/// Its id, when it has one.
	pub id: Option<Cow<'a, str>>,
	/// The `fullUrl` of its entry, when it has one.
	pub full_url: Option<Cow<'a, str>>,
	/// Its exact bytes.
	pub original: &'a [u8],
	/// Category, classes and clinical time.
	pub labels: RecordLabels,
	node: u32,
}

impl Resource<'_> {
	/// Clinical time, ms; see [`RecordLabels::recorded_at`].
	pub fn recorded_at(&self) -> Moment {
		self.labels.recorded_at
	}
}

/// Type and labels only: content must not reach a log.
impl std::fmt::Debug for Resource<'_> {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		f.debug_struct("Resource")
			.field("kind", &self.kind)
			.field("bytes", &self.original.len())
			.finish_non_exhaustive()
	}
}

/// An R4 bundle about one patient.
pub struct Bundle<'a> {
	kind: BundleType,
	tape: Tape<'a>,
	resources: Vec<Resource<'a>>,
	patient: usize,
	identity: PatientIdentity,
}

/// Counts only: content must not reach a log.
impl std::fmt::Debug for Bundle<'_> {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		let resources = self.resources.len();
		f.debug_struct("Bundle").field("kind", &self.kind).field("resources", &resources).finish_non_exhaustive()
	}
}

impl<'a> Bundle<'a> {
	/// Parses and checks a bundle and labels its resources. Nothing is taken over when any part is refused.
	pub fn parse(bytes: &'a [u8]) -> Result<Self, FhirError> {
		let bytes = checked_size(bytes)?;
		let tape = Tape::parse(bytes)?;
		let kind = bundle_type(tape.root())?;
		let entries = entries(tape.root())?;
		let mut resources = Vec::with_capacity(entries.len());
		let mut index = Index::default();
		for (entry, node) in entries {
			let resource = read_resource(tape.value(node), entry.text_of("fullUrl"), bytes)?;
			let (id, url) = (resource.id.as_deref(), resource.full_url.as_deref());
			if resource.kind == "Patient" && resources.iter().any(|other: &Resource<'_>| other.kind == "Patient") {
				return Err(FhirError::TwoPatients { path: tape.path(node) });
			}
			if !index.insert(resource.kind, id, url, resources.len()) {
				return Err(FhirError::DuplicateResource { path: tape.path(node) });
			}
			resources.push(resource);
		}
		let patient = resources.iter().position(|resource| resource.kind == "Patient").ok_or(FhirError::NoPatient)?;
		let identity =
			PatientIdentity::read(tape.value(resources[patient].node), resources[patient].full_url.as_deref());
		let timestamp = tape.root().get("timestamp").and_then(time_of::moment);
		label(&tape, &mut resources, &index, &identity, timestamp)?;
		Ok(Self { kind, tape, resources, patient, identity })
	}

	/// The type of the bundle.
	pub fn bundle_type(&self) -> BundleType {
		self.kind
	}

	/// Every resource, the patient among them, in the order of the file.
	pub fn resources(&self) -> std::slice::Iter<'_, Resource<'a>> {
		self.resources.iter()
	}

	/// The patient.
	pub fn patient(&self) -> &Resource<'a> {
		&self.resources[self.patient]
	}

	/// What ties the resources to the patient.
	pub fn identity(&self) -> &PatientIdentity {
		&self.identity
	}

	/// Splits a resource of this bundle, as [`crate::split`] does, without parsing it again.
	pub fn split(&self, resource: &Resource<'a>, handle: &[u8; 32]) -> Split {
		let value = self.tape.value(resource.node);
		apply(resource.original, value.span().0, &patches(value, &self.identity, handle))
	}
}

/// Parses, checks and labels one resource by itself, e.g. an amended one, for a patient who is known already.
///
/// What it refers to is not at hand: a claim whose diagnoses lie elsewhere becomes restricted.
pub fn parse_resource<'a>(bytes: &'a [u8], identity: &PatientIdentity) -> Result<Resource<'a>, FhirError> {
	let bytes = checked_size(bytes)?;
	let tape = Tape::parse(bytes)?;
	let resource = read_resource(tape.root(), None, bytes)?;
	let same = |id: &Cow<'_, str>| identity.is_meant_by(&format!("Patient/{id}"));
	if resource.kind == "Patient" && !resource.id.as_ref().is_some_and(same) {
		return Err(FhirError::ForeignSubject { path: tape.path(0) });
	}
	let mut resources = [resource];
	label(&tape, &mut resources, &Index::default(), identity, None)?;
	let [resource] = resources;
	Ok(resource)
}

/// Within the limit, and without the byte order mark that some systems write.
fn checked_size(bytes: &[u8]) -> Result<&[u8], FhirError> {
	if bytes.len() > MAX_BUNDLE_BYTES {
		return Err(FhirError::TooLarge { bytes: bytes.len(), limit: MAX_BUNDLE_BYTES });
	}
	Ok(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes))
}

fn bundle_type(root: Value<'_, '_>) -> Result<BundleType, FhirError> {
	let found = match (root.kind(), root.text_of("resourceType")) {
		(Kind::Object, Some(kind)) if kind == "Bundle" => None,
		(Kind::Object, Some(kind)) => {
			Some(if is_type_name(&kind) { kind.into_owned() } else { "something else".into() })
		}
		(Kind::Object, None) => Some("JSON without a resource type".into()),
		_ => Some("JSON that is no object".into()),
	};
	if let Some(found) = found {
		return Err(FhirError::NotABundle { found });
	}
	let stated = root.text_of("type").unwrap_or_default();
	BundleType::read(&stated).ok_or_else(|| {
		let found = if stated.len() <= 32 { stated.into_owned() } else { "something else".into() };
		FhirError::UnsupportedBundleType { found }
	})
}

/// Each entry with the node of its resource. Outcomes of a search are no records.
fn entries<'t, 'a>(root: Value<'t, 'a>) -> Result<Vec<(Value<'t, 'a>, u32)>, FhirError> {
	let mut found = Vec::new();
	for entry in root.get("entry").into_iter().flat_map(Value::each) {
		let mode = entry.get("search").and_then(|search| search.text_of("mode"));
		if mode.as_deref() == Some("outcome") {
			continue;
		}
		match entry.get("resource").filter(|resource| resource.kind() == Kind::Object) {
			Some(resource) => found.push((entry, resource.index())),
			None => return Err(FhirError::MissingResource { path: entry.path() }),
		}
	}
	if found.is_empty() {
		return Err(FhirError::EmptyBundle);
	}
	Ok(found)
}

fn is_type_name(text: &str) -> bool {
	text.len() <= 64
		&& text.starts_with(|first: char| first.is_ascii_uppercase())
		&& text.bytes().all(|b| b.is_ascii_alphabetic())
}

fn read_resource<'a>(
	value: Value<'_, 'a>,
	full_url: Option<Cow<'a, str>>,
	bytes: &'a [u8],
) -> Result<Resource<'a>, FhirError> {
	let kind = value.get("resourceType").and_then(Value::plain).filter(|kind| is_type_name(kind));
	let kind = kind.ok_or_else(|| FhirError::MissingResourceType { path: value.path() })?;
	let Some(category) = category_of_kind(kind) else {
		return Err(FhirError::UnknownResourceType { path: value.path(), found: kind.to_owned() });
	};
	let (start, end) = value.span();
	let labels = RecordLabels { category, classes: Default::default(), recorded_at: UNKNOWN_TIME };
	let id = value.text_of("id");
	Ok(Resource { kind, id, full_url, original: &bytes[start..end], labels, node: value.index() })
}

/// Checks whom the resources are about, and labels each by what it holds and by what it refers to.
fn label(
	tape: &Tape<'_>,
	resources: &mut [Resource<'_>],
	index: &Index,
	identity: &PatientIdentity,
	timestamp: Option<Moment>,
) -> Result<(), FhirError> {
	let mut bits = Vec::with_capacity(resources.len());
	let mut lends = Vec::new();
	let mut visits = vec![None; resources.len()];
	for (position, resource) in resources.iter().enumerate() {
		let value = tape.value(resource.node);
		check_contained(value)?;
		let mut own = own_classes(resource.kind, value);
		for reference in references(value) {
			// A Patient may link to other records of the same person, which are taken out with the rest of it.
			if resource.kind != "Patient" {
				check_subject(&reference, identity)?;
			}
			let Some(target) = reference.target.as_deref().filter(|target| !target.starts_with('#')) else { continue };
			match index.resolve(target) {
				Some(to) if is_surrounding(resources[to].kind) => {
					visits[position] =
						visits[position].or(matches!(reference.element, "encounter" | "context").then_some(to));
				}
				Some(to) => lends.push((to, position)),
				None if decides_labels(reference.element) => own.insert(LabelClass::Restricted),
				None => {}
			}
		}
		bits.push(own);
	}
	spread(&mut bits, lends);
	let stated: Vec<_> = resources.iter().map(|resource| time_of::stated(tape.value(resource.node))).collect();
	let newest = stated.iter().flatten().max().copied();
	for (position, resource) in resources.iter_mut().enumerate() {
		let value = tape.value(resource.node);
		let at = stated[position].or_else(|| stated[visits[position]?]).or_else(|| time_of::last_updated(value));
		resource.labels = RecordLabels {
			category: category(resource.kind, value),
			classes: bits[position].classes(),
			recorded_at: at.or(timestamp).or(newest).unwrap_or(UNKNOWN_TIME),
		};
	}
	Ok(())
}

/// A contained patient is a second one, whose names nobody would look for.
fn check_contained(resource: Value<'_, '_>) -> Result<(), FhirError> {
	let contained = resource.get("contained").into_iter().flat_map(Value::each);
	match contained.into_iter().find(|inner| inner.text_of("resourceType").as_deref() == Some("Patient")) {
		Some(patient) => Err(FhirError::TwoPatients { path: patient.path() }),
		None => Ok(()),
	}
}

/// Lets each resource carry the classes of what it refers to, through any number of steps: a claim refers to a prescription,
/// which refers to a diagnosis. `lends` holds who is referred to and who refers.
fn spread(bits: &mut [ClassBits], mut lends: Vec<(usize, usize)>) {
	lends.sort_unstable();
	let mut changed: Vec<usize> = (0..bits.len()).collect();
	// A resource comes back only with a class that it did not have, so at most once for each class.
	while let Some(from) = changed.pop() {
		let lent = bits[from];
		let first = lends.partition_point(|(lender, _)| *lender < from);
		for (_, to) in lends[first..].iter().take_while(|(lender, _)| *lender == from) {
			if bits[*to].absorb(lent) {
				changed.push(*to);
			}
		}
	}
}
