//! Lengths that say little about the content.

/// The smallest padded length: below it every record looks the same.
pub(crate) const FLOOR: u64 = 256;

/// PADMÉ: rounds `length` up so that at most `O(log log length)` bits of it show, for at most 12% more bytes.
///
/// From Nikitin et al., "Reducing Metadata Leakage from Encrypted Files and Communication with PURBs" (PETS 2019),
/// with the floor [`FLOOR`]. `None` when the result does not fit 64 bits.
pub(crate) fn padme(length: u64) -> Option<u64> {
	if length <= FLOOR {
		return Some(FLOOR);
	}
	let exponent = length.ilog2();
	// Bits that the floating-point form of the length keeps; `exponent` is at least 8 here.
	let kept = exponent.ilog2() + 1;
	let mask = (1u64 << (exponent - kept)) - 1;
	length.checked_add(mask).map(|sum| sum & !mask)
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	#[test]
	fn padme_rounds_as_the_paper_says() {
		for (length, padded) in [
			(0, 256),
			(1, 256),
			(256, 256),
			(257, 272),
			(272, 272),
			(273, 288),
			(1_000, 1_024),
			(1_025, 1_088),
			(65_536, 65_536),
			(65_537, 67_584),
			(1_000_000, 1_015_808),
		] {
			assert_eq!(padme(length), Some(padded), "{length}");
		}
		assert_eq!(padme(u64::MAX), None);
	}

	proptest! {
		#[test]
		fn padme_is_stable_monotone_and_costs_at_most_an_eighth(length in 0u64..1 << 60) {
			let padded = padme(length).expect("fits");
			prop_assert!(padded >= length);
			prop_assert_eq!(padme(padded), Some(padded));
			prop_assert!(padme(length + 1).expect("fits") >= padded);
			if length > FLOOR {
				prop_assert!((padded - length) as f64 <= 0.12 * length as f64 + 1.0);
			}
		}
	}
}
