//! What a patient carries: where an emergency finds the records. A card opens nothing; it names handle and custodian.
//!
//! The text is `SALUS1:` and base64url (RFC 4648, without padding) of SCALE(handle, custodian) and four bytes of SHA-256 over it, so that a slip
//! of the pen is told from an unknown patient. It fits a QR code of version 4, a wristband and a phone's lock screen.

use base64::{engine::general_purpose::URL_SAFE_NO_PAD, Engine};
use codec::{DecodeAll, Encode};
use qrcode::{render::svg, EcLevel, QrCode};
use salus_primitives::{InstitutionId, PatientHandle};
use sha2::{Digest, Sha256};
use std::{fmt, str::FromStr};

/// What every card begins with.
pub const CARD_PREFIX: &str = "SALUS1:";
/// Bytes of the check.
const CHECK_LEN: usize = 4;

/// An emergency card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Card {
	/// The patient's handle at the custodian.
	pub handle: PatientHandle,
	/// Who keeps the records.
	pub custodian: InstitutionId,
}

/// Why a text is no card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CardError {
	/// Another text.
	#[error("this is not an emergency card: it begins with {CARD_PREFIX}")]
	NotACard,
	/// A slip.
	#[error("the card was not read right: a letter is wrong or missing. Upper and lower case matter")]
	Misread,
}

impl Card {
	/// The text as a QR code (ISO/IEC 18004, version 4, a seventh of it may be dirty), an SVG image of 4 pixels a module.
	pub fn to_svg(&self) -> String {
		self.qr_code().render::<svg::Color>().module_dimensions(4, 4).build()
	}

	fn qr_code(&self) -> QrCode {
		// Infallible: a card is some sixty letters long, and a code takes thousands.
		QrCode::with_error_correction_level(self.to_string(), EcLevel::M).expect("a card is short")
	}
}

impl fmt::Display for Card {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		let content = (self.handle, self.custodian).encode();
		let bytes = [content.as_slice(), &check(&content)].concat();
		write!(f, "{CARD_PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes))
	}
}

impl FromStr for Card {
	type Err = CardError;

	fn from_str(text: &str) -> Result<Self, Self::Err> {
		// Printed cards are cut into groups, and scanners add line ends.
		let text: String = text.split_whitespace().collect();
		let coded = text.strip_prefix(CARD_PREFIX).ok_or(CardError::NotACard)?;
		let bytes = URL_SAFE_NO_PAD.decode(coded).map_err(|_| CardError::Misread)?;
		let (content, found) = bytes.split_last_chunk::<CHECK_LEN>().ok_or(CardError::Misread)?;
		if check(content) != *found {
			return Err(CardError::Misread);
		}
		let (handle, custodian) = DecodeAll::decode_all(&mut &content[..]).map_err(|_| CardError::Misread)?;
		Ok(Self { handle, custodian })
	}
}

fn check(content: &[u8]) -> [u8; CHECK_LEN] {
	let mut check = [0; CHECK_LEN];
	check.copy_from_slice(&Sha256::digest(content)[..CHECK_LEN]);
	check
}

#[cfg(test)]
mod tests {
	use super::*;

	fn card() -> Card {
		Card { handle: PatientHandle([0xab; 32]), custodian: InstitutionId(70_000) }
	}

	#[test]
	fn a_card_is_read_back_however_it_was_cut() {
		let text = card().to_string();
		assert!(text.len() <= 62, "fits a QR code of version 4 (M): {}", text.len());
		assert_eq!(text.parse(), Ok(card()));
		let groups: Vec<String> =
			text.as_bytes().chunks(9).map(|part| String::from_utf8_lossy(part).into_owned()).collect();
		assert_eq!(groups.join(" ").parse(), Ok(card()));
		assert_eq!(format!(" {text}\r\n").parse(), Ok(card()));
	}

	#[test]
	fn a_card_fits_a_code_that_a_wristband_has_room_for() {
		assert_eq!(card().qr_code().version(), qrcode::Version::Normal(4));
		let image = card().to_svg();
		assert!(image.starts_with("<?xml") && image.contains("<svg"), "{image}");
		assert_ne!(image, Card { custodian: InstitutionId(1), ..card() }.to_svg());
	}

	#[test]
	fn a_slip_is_found() {
		let text = card().to_string();
		for at in CARD_PREFIX.len()..text.len() {
			let mut letters: Vec<char> = text.chars().collect();
			letters[at] = if letters[at] == 'A' { 'B' } else { 'A' };
			let altered: String = letters.into_iter().collect();
			assert!(altered == text || altered.parse::<Card>().is_err(), "{at}");
		}
		assert_eq!(text[..text.len() - 1].parse::<Card>(), Err(CardError::Misread));
		assert_eq!(format!("{text}AAAA").parse::<Card>(), Err(CardError::Misread));
	}

	#[test]
	fn another_text_is_no_card() {
		for text in ["", "SALUS1", "salus1:AAAA", "https://example.org", "0xabab"] {
			assert_eq!(text.parse::<Card>(), Err(CardError::NotACard), "{text}");
		}
		assert_eq!(CARD_PREFIX.parse::<Card>(), Err(CardError::Misread));
	}
}
