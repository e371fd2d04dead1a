//! Enumerations that have a stable number for keys and SCALE, and a stable name for people and JSON.

/// Two names are the same when they differ in case, `-`, `_` and blanks only.
pub(crate) fn same_name(left: &str, right: &str) -> bool {
	let plain = |text: &str| {
		text.bytes().filter(|byte| !matches!(byte, b'-' | b'_' | b' ')).map(|byte| byte.to_ascii_lowercase()).collect()
	};
	let (left, right): (alloc::vec::Vec<u8>, alloc::vec::Vec<u8>) = (plain(left), plain(right));
	left == right
}

/// Reads and writes a type in JSON by its name.
macro_rules! serde_by_name {
	($name:ident) => {
		impl core::fmt::Display for $name {
			fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
				f.pad(self.name())
			}
		}

		impl serde::Serialize for $name {
			fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
				serializer.serialize_str(self.name())
			}
		}

		impl<'de> serde::Deserialize<'de> for $name {
			fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
				let text = <alloc::string::String as serde::Deserialize>::deserialize(deserializer)?;
				text.parse().map_err(serde::de::Error::custom)
			}
		}
	};
}

/// An enumeration without data. Its code is its position: variants are only ever added at the end.
macro_rules! coded_enum {
	($(#[$doc:meta])* $name:ident, $what:literal { $($(#[$variant_doc:meta])* $variant:ident = $text:literal,)+ }) => {
		$(#[$doc])*
		#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, codec::Encode, codec::Decode)]
		pub enum $name {
			$($(#[$variant_doc])* $variant,)+
		}

		impl $name {
			/// Every value, in the order of its code.
			pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

			/// The stable number: position in [`Self::ALL`] and index in SCALE.
			pub const fn code(self) -> u8 {
				self as u8
			}

			/// The value of a stable number.
			pub fn from_code(code: u8) -> Option<Self> {
				Self::ALL.get(usize::from(code)).copied()
			}

			/// The stable name, as in JSON.
			pub const fn name(self) -> &'static str {
				match self {
					$(Self::$variant => $text,)+
				}
			}
		}

		impl core::str::FromStr for $name {
			type Err = $crate::vocabulary::UnknownName;

			fn from_str(text: &str) -> Result<Self, Self::Err> {
				Self::ALL
					.iter()
					.copied()
					.find(|value| $crate::coded::same_name(value.name(), text))
					.ok_or_else(|| $crate::vocabulary::UnknownName::new($what, text))
			}
		}

		$crate::coded::serde_by_name!($name);
	};
}

pub(crate) use {coded_enum, serde_by_name};
