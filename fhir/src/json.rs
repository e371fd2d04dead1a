//! A flat index over a JSON text: one pass, every value by its byte span, nothing copied. Texts are never written again from
//! parsed values, because numbers (`7.10`), escapes and blanks would not come back as they were.

use crate::FhirError;
use serde::de::IgnoredAny;
use std::borrow::Cow;

/// Far above what FHIR resources nest.
const MAX_DEPTH: usize = 128;
/// Far above what FHIR elements have; keeps every search for a member short.
const MAX_MEMBERS: usize = 256;
const NONE: u32 = u32::MAX;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
	Object,
	Array,
	/// A string without escapes: its text is the bytes between the quotes.
	Plain,
	/// A string with escapes.
	Escaped,
	Number,
	/// `true`, `false`, `null`.
	Word,
}

#[derive(Clone, Copy, Debug)]
struct Node {
	kind: Kind,
	/// Span of the value, quotes and brackets included.
	start: u32,
	end: u32,
	/// Span of the member name without quotes; empty for elements and the root.
	key_start: u32,
	key_end: u32,
	/// The node after this one and all that it holds.
	next: u32,
	parent: u32,
}

pub(crate) struct Tape<'a> {
	text: &'a str,
	nodes: Vec<Node>,
}

impl<'a> Tape<'a> {
	pub(crate) fn parse(bytes: &'a [u8]) -> Result<Self, FhirError> {
		let text = std::str::from_utf8(bytes).map_err(|error| match error.error_len() {
			None => FhirError::Truncated { offset: bytes.len() },
			Some(_) => FhirError::NotUtf8 { offset: error.valid_up_to() },
		})?;
		// The grammar is checked by serde_json; the index below relies on it.
		if let Err(error) = serde_json::from_str::<IgnoredAny>(text) {
			let offset = offset_of(text, error.line(), error.column());
			// A cut behind a sign or inside a word is an error at the last byte.
			let at_the_end = offset + 1 >= text.len() && !text.ends_with(['}', ']']);
			return Err(if error.is_eof() || at_the_end {
				FhirError::Truncated { offset: text.len() }
			} else {
				FhirError::NotJson { offset }
			});
		}
		let tape = Self { text, nodes: Indexer::new(text).run()? };
		tape.check_member_names()?;
		Ok(tape)
	}

	pub(crate) fn root(&self) -> Value<'_, 'a> {
		self.value(0)
	}

	pub(crate) fn value(&self, index: u32) -> Value<'_, 'a> {
		Value { tape: self, index }
	}

	fn node(&self, index: u32) -> &Node {
		&self.nodes[index as usize]
	}

	/// One name twice in one object, or a name with an escape, would let two readers see two different resources.
	fn check_member_names(&self) -> Result<(), FhirError> {
		let mut names: Vec<&str> = Vec::new();
		let objects = self.nodes.iter().enumerate().filter(|(_, node)| node.kind == Kind::Object);
		for object in objects.map(|(index, _)| self.value(index as u32)) {
			names.clear();
			for member in object.children() {
				let name = member.key();
				if name.is_empty() || name.contains('\\') {
					return Err(FhirError::BadMemberName { path: object.path() });
				}
				if names.contains(&name) {
					return Err(FhirError::DuplicateMember { path: member.path() });
				}
				if names.len() == MAX_MEMBERS {
					return Err(FhirError::TooManyMembers { path: object.path() });
				}
				names.push(name);
			}
		}
		Ok(())
	}

	/// The path of a value, e.g. `Bundle.entry[3].resource.subject`. Its first part is the resource type of the root.
	pub(crate) fn path(&self, index: u32) -> String {
		let mut parts = Vec::new();
		let mut at = index;
		while at != NONE {
			let node = self.node(at);
			if node.key_end > node.key_start {
				parts.push(format!(".{}", self.value(at).key()));
			} else if node.parent != NONE {
				let position = self.value(node.parent).children().position(|child| child.index == at).unwrap_or(0);
				parts.push(format!("[{position}]"));
			}
			at = node.parent;
		}
		let kind = self.root().get("resourceType").and_then(|kind| kind.plain());
		let kind = kind.filter(|kind| kind.len() <= 64 && kind.bytes().all(|byte| byte.is_ascii_alphanumeric()));
		parts.push(kind.unwrap_or("$").to_owned());
		parts.reverse();
		parts.concat()
	}
}

/// One value in a [`Tape`].
#[derive(Clone, Copy)]
pub(crate) struct Value<'t, 'a> {
	tape: &'t Tape<'a>,
	index: u32,
}

impl<'t, 'a> Value<'t, 'a> {
	fn node(self) -> &'t Node {
		self.tape.node(self.index)
	}

	pub(crate) fn index(self) -> u32 {
		self.index
	}

	pub(crate) fn kind(self) -> Kind {
		self.node().kind
	}

	pub(crate) fn is_string(self) -> bool {
		matches!(self.kind(), Kind::Plain | Kind::Escaped)
	}

	/// Another value of the same tape.
	pub(crate) fn at(self, index: u32) -> Self {
		Self { tape: self.tape, index }
	}

	/// The node after this value and all that it holds.
	pub(crate) fn next(self) -> u32 {
		self.node().next
	}

	/// Byte span in the text of the tape, quotes and brackets included.
	pub(crate) fn span(self) -> (usize, usize) {
		(self.node().start as usize, self.node().end as usize)
	}

	/// The value as it is written.
	pub(crate) fn raw(self) -> &'a str {
		let (start, end) = self.span();
		&self.tape.text[start..end]
	}

	/// The member name; empty for elements of arrays and the root.
	pub(crate) fn key(self) -> &'a str {
		&self.tape.text[self.node().key_start as usize..self.node().key_end as usize]
	}

	/// The member name of the value, or of the array it is an element of.
	pub(crate) fn element_name(self) -> &'a str {
		let mut at = self;
		while at.key().is_empty() {
			match at.parent() {
				Some(parent) => at = parent,
				None => return "",
			}
		}
		at.key()
	}

	pub(crate) fn parent(self) -> Option<Self> {
		let parent = self.node().parent;
		(parent != NONE).then_some(Self { tape: self.tape, index: parent })
	}

	/// Members of an object, elements of an array.
	pub(crate) fn children(self) -> impl Iterator<Item = Self> + 't {
		let (tape, end) = (self.tape, self.next());
		let mut at = self.index + 1;
		std::iter::from_fn(move || {
			(at < end).then(|| {
				let child = Self { tape, index: at };
				at = child.next();
				child
			})
		})
	}

	/// This value and everything it holds, in the order of the text.
	pub(crate) fn descendants(self) -> impl Iterator<Item = Self> + 't {
		let tape = self.tape;
		(self.index..self.next()).map(move |index| Self { tape, index })
	}

	/// The member of an object.
	pub(crate) fn get(self, key: &str) -> Option<Self> {
		(self.kind() == Kind::Object).then(|| self.children().find(|child| child.key() == key)).flatten()
	}

	/// The value itself, or its elements when it is an array.
	pub(crate) fn each(self) -> impl Iterator<Item = Self> + 't {
		let array = self.kind() == Kind::Array;
		(!array).then_some(self).into_iter().chain(array.then(|| self.children()).into_iter().flatten())
	}

	/// The bytes between the quotes of a string without escapes.
	pub(crate) fn plain(self) -> Option<&'a str> {
		(self.kind() == Kind::Plain).then(|| {
			let raw = self.raw();
			&raw[1..raw.len() - 1]
		})
	}

	/// The text of a string.
	pub(crate) fn text(self) -> Option<Cow<'a, str>> {
		match self.kind() {
			Kind::Plain => self.plain().map(Cow::Borrowed),
			// A lone surrogate was refused while indexing, so decoding succeeds.
			Kind::Escaped => serde_json::from_str::<String>(self.raw()).ok().map(Cow::Owned),
			_ => None,
		}
	}

	/// The text of a string member.
	pub(crate) fn text_of(self, key: &str) -> Option<Cow<'a, str>> {
		self.get(key).and_then(Self::text)
	}

	pub(crate) fn path(self) -> String {
		self.tape.path(self.index)
	}
}

struct Indexer<'a> {
	bytes: &'a [u8],
	at: usize,
	nodes: Vec<Node>,
	open: Vec<u32>,
	key: Option<(u32, u32)>,
}

impl<'a> Indexer<'a> {
	fn new(text: &'a str) -> Self {
		Self {
			bytes: text.as_bytes(),
			at: 0,
			nodes: Vec::with_capacity(text.len() / 24 + 8),
			open: Vec::new(),
			key: None,
		}
	}

	fn run(mut self) -> Result<Vec<Node>, FhirError> {
		while let Some(byte) = self.bytes.get(self.at) {
			match byte {
				b' ' | b'\t' | b'\r' | b'\n' | b',' | b':' => self.at += 1,
				b'{' => self.open(Kind::Object)?,
				b'[' => self.open(Kind::Array)?,
				b'}' | b']' => self.close(),
				b'"' => self.string()?,
				b't' | b'f' | b'n' => self.scalar(Kind::Word),
				_ => self.scalar(Kind::Number),
			}
		}
		Ok(self.nodes)
	}

	fn push(&mut self, kind: Kind, start: usize, end: usize) -> u32 {
		let index = self.nodes.len() as u32;
		let (key_start, key_end) = self.key.take().unwrap_or_default();
		let parent = self.open.last().copied().unwrap_or(NONE);
		let (start, end) = (start as u32, end as u32);
		self.nodes.push(Node { kind, start, end, key_start, key_end, next: index + 1, parent });
		index
	}

	fn open(&mut self, kind: Kind) -> Result<(), FhirError> {
		if self.open.len() == MAX_DEPTH {
			return Err(FhirError::TooDeep { offset: self.at });
		}
		let index = self.push(kind, self.at, self.at);
		self.open.push(index);
		self.at += 1;
		Ok(())
	}

	fn close(&mut self) {
		self.at += 1;
		let next = self.nodes.len() as u32;
		if let Some(index) = self.open.pop() {
			let node = &mut self.nodes[index as usize];
			(node.end, node.next) = (self.at as u32, next);
		}
	}

	fn string(&mut self) -> Result<(), FhirError> {
		let start = self.at;
		let mut escaped = false;
		self.at += 1;
		while self.bytes[self.at] != b'"' {
			let skip = if self.bytes[self.at] == b'\\' { 2 } else { 1 };
			escaped |= skip == 2;
			self.at += skip;
		}
		self.at += 1;
		let in_object = self.open.last().is_some_and(|index| self.nodes[*index as usize].kind == Kind::Object);
		if in_object && self.key.is_none() {
			self.key = Some((start as u32 + 1, self.at as u32 - 1));
			return Ok(());
		}
		if escaped && serde_json::from_slice::<String>(&self.bytes[start..self.at]).is_err() {
			return Err(FhirError::NotJson { offset: start });
		}
		self.push(if escaped { Kind::Escaped } else { Kind::Plain }, start, self.at);
		Ok(())
	}

	fn scalar(&mut self, kind: Kind) {
		let start = self.at;
		let more = |byte: &u8| !matches!(byte, b',' | b'}' | b']' | b' ' | b'\t' | b'\r' | b'\n');
		self.at += self.bytes[start..].iter().take_while(|byte| more(byte)).count();
		self.push(kind, start, self.at);
	}
}

/// The byte at a line and column as serde_json counts them, both from 1.
fn offset_of(text: &str, line: usize, column: usize) -> usize {
	let before: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
	(before + column.saturating_sub(1)).min(text.len())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	fn json() -> impl Strategy<Value = serde_json::Value> {
		let leaf = prop_oneof![
			Just(serde_json::Value::Null),
			any::<bool>().prop_map(Into::into),
			any::<i64>().prop_map(Into::into),
			"\\PC*".prop_map(Into::into),
			"[\"\\\\\n\t/a\u{1F600}é]{0,8}".prop_map(Into::into),
		];
		leaf.prop_recursive(4, 48, 6, |inner| {
			prop_oneof![
				prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
				prop::collection::btree_map("[a-zA-Z]{1,8}", inner, 0..6)
					.prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
			]
		})
	}

	fn rebuilt(value: Value<'_, '_>) -> serde_json::Value {
		match value.kind() {
			Kind::Object => value
				.children()
				.map(|member| (member.key().to_owned(), rebuilt(member)))
				.collect::<serde_json::Map<_, _>>()
				.into(),
			Kind::Array => value.children().map(rebuilt).collect::<Vec<_>>().into(),
			Kind::Plain | Kind::Escaped => value.text().unwrap().into_owned().into(),
			Kind::Number | Kind::Word => serde_json::from_str(value.raw()).unwrap(),
		}
	}

	proptest! {
		#[test]
		fn the_index_sees_what_serde_json_sees(value in json(), pretty: bool) {
			let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) }.unwrap();
			let tape = Tape::parse(text.as_bytes()).unwrap();
			prop_assert_eq!(rebuilt(tape.root()), value);
			prop_assert_eq!(tape.root().raw(), text.trim());
		}

		#[test]
		fn any_bytes_give_an_index_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
			drop(Tape::parse(&bytes));
		}

		#[test]
		fn any_cut_of_a_text_is_called_truncated(value in json(), cut in any::<prop::sample::Index>()) {
			let text = serde_json::to_string(&serde_json::json!([value])).unwrap();
			let cut = cut.index(text.len());
			let error = Tape::parse(&text.as_bytes()[..cut]).err();
			prop_assert!(matches!(error, Some(FhirError::Truncated { .. })), "{error:?}");
		}
	}

	fn error(text: &str) -> FhirError {
		Tape::parse(text.as_bytes()).err().unwrap()
	}

	#[test]
	fn doubled_members_and_endless_objects_are_refused() {
		assert_eq!(error(r#"{"a":{"b":1,"b":2}}"#), FhirError::DuplicateMember { path: "$.a.b".into() });
		let object = |count: usize, names: usize| {
			let members: Vec<_> = (0..count).map(|i| format!("\"m{}\":{i}", i % names)).collect();
			format!("{{{}}}", members.join(","))
		};
		assert_eq!(error(&object(60, 50)), FhirError::DuplicateMember { path: "$.m0".into() });
		assert!(Tape::parse(object(256, 256).as_bytes()).is_ok());
		assert_eq!(error(&object(257, 257)), FhirError::TooManyMembers { path: "$".into() });
	}

	#[test]
	fn member_names_with_escapes_are_refused() {
		assert_eq!(error(r#"{"\u0073ubject":1}"#), FhirError::BadMemberName { path: "$".into() });
	}

	#[test]
	fn the_first_wrong_byte_is_told() {
		assert_eq!(error("{\n \"a\": x}"), FhirError::NotJson { offset: 8 });
		assert_eq!(error("[\"\\ud800\"]"), FhirError::NotJson { offset: 1 });
		assert_eq!(Tape::parse(b"[\"\xff\"]").err(), Some(FhirError::NotUtf8 { offset: 2 }));
		let deep = format!("{}{}", "[".repeat(129), "]".repeat(129));
		assert_eq!(error(&deep), FhirError::TooDeep { offset: 128 });
	}

	#[test]
	fn a_path_names_members_and_positions() {
		let tape = Tape::parse(br#"{"resourceType":"Bundle","entry":[{},{"resource":{"id":"x"}}]}"#).unwrap();
		let id = tape.root().descendants().find(|value| value.key() == "id").unwrap();
		assert_eq!(id.path(), "Bundle.entry[1].resource.id");
		assert_eq!(id.element_name(), "id");
	}
}
