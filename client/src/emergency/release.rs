//! What a holder releases: the second half of a scope's secret, and the package that the secret opens.

use crate::wire::emergency::EmergencyRelease;
use codec::Encode;
use salus_envelope::{
	emergency::{EmergencyError, PackageContext, ScopeHalf, ScopeSecret},
	record,
	wrap::{self, WrapPublic},
	RecordError, WrapContext, WrapError, XWingSecret,
};
use salus_primitives::{Moment, PurposeClass};
use salus_threshold::envelope::EnvelopeLabel;
use sha2::{Digest, Sha256};

/// Domain of what a wrap of a second half is about.
const HALF_TAG: &str = "salus/emergency-half/v1";

/// Why a release does not open.
#[derive(Debug, thiserror::Error)]
pub enum ReleaseError {
	/// The second half was wrapped to another key, for another envelope or time, or altered.
	#[error("the holder's half: {0}")]
	Half(#[from] WrapError),
	/// The half is not the one that the holder names.
	#[error("the holder's half is another one than it names")]
	OtherHalf,
	/// The two halves do not give the secret of this package.
	#[error("the package's key: {0}")]
	Key(#[from] EmergencyError),
	/// The package.
	#[error("the package: {0}")]
	Package(#[from] RecordError),
}

/// What a wrap of a second half is bound to, the same at the custodian (to the holder's key), at the holder (to the requester's one-time key) and at
/// the requester. `commitment` is [`ScopeHalf::commitment`], `expires_at` is [`Moment::MAX`] while the half lies with a holder.
pub fn half_context<P: WrapPublic>(
	label: &EnvelopeLabel,
	recipient: &P,
	expires_at: Moment,
	commitment: [u8; 32],
) -> WrapContext {
	WrapContext {
		subject: Sha256::digest((HALF_TAG, label).encode()).into(),
		epoch: label.scope_epoch,
		recipient: recipient.hash(),
		purpose: PurposeClass::Emergency as u8,
		expires_at,
		key_commitment: commitment,
	}
}

/// What the key of a package is wrapped for. The committee is not in it: all envelopes of an epoch open the same package.
pub fn package_context(label: &EnvelopeLabel, package: u32) -> PackageContext {
	PackageContext {
		genesis: label.genesis,
		handle: label.handle,
		scope: label.scope,
		scope_epoch: label.scope_epoch,
		package,
	}
}

/// The FHIR bundle of a release: `first` is what the guardians' parts opened out of the envelope with this label.
///
/// # Errors
/// [`ReleaseError`].
pub fn open_release(
	one_time: &XWingSecret,
	label: &EnvelopeLabel,
	first: &ScopeHalf,
	release: &EmergencyRelease,
) -> Result<Vec<u8>, ReleaseError> {
	let half = &release.half;
	let context = half_context(label, one_time.public(), half.expires_at, half.commitment.0);
	let second = ScopeHalf::from_bytes(*wrap::unwrap(one_time, &half.wrap.0, &label.genesis, &context)?);
	if second.commitment() != half.commitment.0 {
		return Err(ReleaseError::OtherHalf);
	}
	let package = &release.package;
	let key = ScopeSecret::join(first, &second).unwrap(&package_context(label, package.version), &package.wrap.0)?;
	Ok(record::open(&key, &package.blob.0)?)
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::wire::emergency::{ReleasedHalf, SealedPackage};
	use salus_envelope::Dek;
	use salus_primitives::{EmergencyRequestId, EmergencyTier, InstitutionId, PatientHandle};

	const LABEL: EnvelopeLabel =
		EnvelopeLabel { genesis: [1; 32], key_id: [2; 32], handle: [3; 32], scope: 0, scope_epoch: 4, number: 1 };

	/// A release of an invented bundle, with the key that it is for and the first half.
	fn released() -> (XWingSecret, ScopeHalf, EmergencyRelease) {
		let (one_time, scope, key) =
			(XWingSecret::generate().unwrap(), ScopeSecret::generate().unwrap(), Dek::generate().unwrap());
		let (first, second) = scope.split().unwrap();
		let context = half_context(&LABEL, one_time.public(), 99, second.commitment());
		let wrap = wrap::wrap(one_time.public(), second.expose(), &LABEL.genesis, &context).unwrap();
		let release = EmergencyRelease {
			id: EmergencyRequestId([5; 32]),
			handle: PatientHandle(LABEL.handle),
			custodian: InstitutionId(1),
			holder: InstitutionId(2),
			tier: EmergencyTier::Summary,
			epoch: LABEL.scope_epoch,
			half: ReleasedHalf { commitment: second.commitment().into(), expires_at: 99, wrap: wrap.into() },
			package: SealedPackage {
				version: 7,
				blob: record::seal(&key, b"bundle").unwrap().into(),
				wrap: scope.wrap(&package_context(&LABEL, 7), &key).unwrap().into(),
			},
			receipt: [0; 32].into(),
		};
		(one_time, first, release)
	}

	#[test]
	fn both_halves_open_the_package() {
		let (one_time, first, release) = released();
		assert_eq!(open_release(&one_time, &LABEL, &first, &release).unwrap(), b"bundle");
	}

	#[test]
	fn a_release_does_not_open_when_anything_about_it_differs() {
		let (one_time, first, release) = released();
		let thief = XWingSecret::generate().unwrap();
		assert!(matches!(open_release(&thief, &LABEL, &first, &release), Err(ReleaseError::Half(_))));
		for label in [
			EnvelopeLabel { number: 2, ..LABEL },
			EnvelopeLabel { scope: 1, ..LABEL },
			EnvelopeLabel { scope_epoch: 5, ..LABEL },
			EnvelopeLabel { handle: [9; 32], ..LABEL },
			EnvelopeLabel { genesis: [9; 32], ..LABEL },
		] {
			assert!(
				matches!(open_release(&one_time, &label, &first, &release), Err(ReleaseError::Half(_))),
				"{label:?}"
			);
		}
		let other = ScopeHalf::generate().unwrap();
		assert!(matches!(open_release(&one_time, &LABEL, &other, &release), Err(ReleaseError::Key(_))));
		let mut changed = release.clone();
		changed.package.version = 8;
		assert!(matches!(open_release(&one_time, &LABEL, &first, &changed), Err(ReleaseError::Key(_))));
		let mut changed = release.clone();
		changed.half.expires_at += 1;
		assert!(matches!(open_release(&one_time, &LABEL, &first, &changed), Err(ReleaseError::Half(_))));
		let mut changed = release;
		*changed.package.blob.0.last_mut().unwrap() ^= 1;
		assert!(matches!(open_release(&one_time, &LABEL, &first, &changed), Err(ReleaseError::Package(_))));
	}
}
