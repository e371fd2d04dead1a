//! Finding phrases in text by whole words, whatever stands between the words and in whichever case they are written.

use std::collections::HashMap;

/// A run of letters, or a run of digits: `01T20` is three words, so a date is found inside an instant.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
	Letter,
	Digit,
	Between,
}

fn class(char: char) -> Class {
	if char.is_ascii_digit() || (!char.is_ascii() && char.is_numeric()) {
		Class::Digit
	} else if char.is_alphanumeric() || is_mark(char) {
		Class::Letter
	} else {
		Class::Between
	}
}

/// Combining marks belong to the letter before them.
fn is_mark(char: char) -> bool {
	matches!(char, '\u{300}'..='\u{36F}' | '\u{64B}'..='\u{65F}' | '\u{900}'..='\u{DFF}' | '\u{E31}'..='\u{E4E}')
}

/// Scripts that put no blanks between words: there a name is looked for anywhere.
pub(crate) fn without_blanks(char: char) -> bool {
	matches!(char, '\u{E00}'..='\u{EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}' | '\u{2E80}'..='\u{A4CF}'
		| '\u{AC00}'..='\u{D7AF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

/// The words of a text with their byte spans.
pub(crate) fn words(text: &str) -> impl Iterator<Item = (usize, usize)> + '_ {
	let mut chars = text.char_indices().peekable();
	std::iter::from_fn(move || loop {
		let (start, first) = chars.next()?;
		let kind = class(first);
		if kind == Class::Between {
			continue;
		}
		let mut end = start + first.len_utf8();
		while let Some((at, char)) = chars.next_if(|(_, char)| class(*char) == kind) {
			end = at + char.len_utf8();
		}
		return Some((start, end));
	})
}

fn lower_into(word: &str, out: &mut String) {
	out.clear();
	if word.is_ascii() {
		out.push_str(word);
		out.make_ascii_lowercase();
	} else {
		out.extend(word.chars().flat_map(char::to_lowercase));
	}
}

struct Phrase<T> {
	words: Vec<String>,
	value: T,
}

/// Phrases, each with what it means.
pub(crate) struct PhraseTable<T> {
	by_first_word: HashMap<String, Vec<Phrase<T>>>,
	anywhere: Vec<(String, T)>,
	/// First bytes of first words, so that most words of a text are passed over without hashing.
	first_bytes: [bool; 256],
}

impl<T: Copy> PhraseTable<T> {
	pub(crate) fn new<S: AsRef<str>>(phrases: impl IntoIterator<Item = (S, T)>) -> Self {
		let mut table = Self { by_first_word: HashMap::new(), anywhere: Vec::new(), first_bytes: [false; 256] };
		for (phrase, value) in phrases {
			table.insert(phrase.as_ref(), value);
		}
		table
	}

	fn insert(&mut self, phrase: &str, value: T) {
		if phrase.chars().any(without_blanks) {
			self.anywhere.push((phrase.trim().to_owned(), value));
			return;
		}
		let mut words = words(phrase).map(|(start, end)| {
			let mut word = String::new();
			lower_into(&phrase[start..end], &mut word);
			word
		});
		let Some(first) = words.next() else { return };
		let rest = words.collect();
		for byte in [first.as_bytes()[0], first.as_bytes()[0].to_ascii_uppercase()] {
			self.first_bytes[usize::from(byte)] = true;
		}
		if !first.is_ascii() {
			// The upper-case form may begin with another byte.
			self.first_bytes[0x80..].fill(true);
			self.first_bytes[usize::from(b'A')..=usize::from(b'Z')].fill(true);
		}
		self.by_first_word.entry(first).or_default().push(Phrase { words: rest, value });
	}

	/// Every phrase in the text with its span, ascending; spans may overlap.
	pub(crate) fn find(&self, text: &str) -> Vec<(usize, usize, T)> {
		let mut found = Vec::new();
		let mut word = String::new();
		for (start, end) in words(text) {
			if !self.first_bytes[usize::from(text.as_bytes()[start])] {
				continue;
			}
			lower_into(&text[start..end], &mut word);
			for phrase in self.by_first_word.get(word.as_str()).into_iter().flatten() {
				if let Some(end) = follows(&phrase.words, text, end) {
					found.push((start, end, phrase.value));
				}
			}
		}
		if !self.anywhere.is_empty() && !text.is_ascii() {
			for (phrase, value) in &self.anywhere {
				found.extend(text.match_indices(phrase).map(|(at, hit)| (at, at + hit.len(), *value)));
			}
			found.sort_by_key(|(start, end, _)| (*start, *end));
		}
		found
	}
}

/// Where the phrase ends when its further words follow in the text from `end` on.
fn follows(rest: &[String], text: &str, mut end: usize) -> Option<usize> {
	let from = end;
	let mut next = words(&text[from..]);
	let mut lower = String::new();
	for expected in rest {
		let (start, stop) = next.next()?;
		lower_into(&text[from + start..from + stop], &mut lower);
		if lower != *expected {
			return None;
		}
		end = from + stop;
	}
	Some(end)
}

#[cfg(test)]
mod tests {
	use super::*;

	fn spans(phrases: &[&str], text: &str) -> Vec<String> {
		let table = PhraseTable::new(phrases.iter().map(|phrase| (*phrase, ())));
		table.find(text).into_iter().map(|(start, end, ())| text[start..end].to_owned()).collect()
	}

	#[test]
	fn whole_words_are_found_in_any_case_and_punctuation() {
		assert_eq!(spans(&["Conn"], "Mrs. CONN, Conn's son; Connor; disconn"), ["CONN", "Conn"]);
		assert_eq!(spans(&["999-34-1238"], "SSN 999 34 1238 or 999341238"), ["999 34 1238"]);
		assert_eq!(spans(&["1970-01-02"], "from 1970-01-02T20:37 to 1970-01-021"), ["1970-01-02"]);
		assert_eq!(spans(&["Müller-Lüdenscheidt"], "frau MÜLLER LÜDENSCHEIDT kam"), ["MÜLLER LÜDENSCHEIDT"]);
		assert_eq!(spans(&["Ärzteweg 3"], "wohnt im ärzteweg 3."), ["ärzteweg 3"]);
	}

	#[test]
	fn names_in_scripts_without_blanks_are_found_anywhere() {
		assert_eq!(spans(&["山田"], "患者の山田さんは"), ["山田"]);
		assert_eq!(spans(&["สมชาย"], "คุณสมชายมาพบแพทย์"), ["สมชาย"]);
	}

	#[test]
	fn an_empty_phrase_finds_nothing() {
		assert!(spans(&["", " - "], "a - b").is_empty());
	}
}
