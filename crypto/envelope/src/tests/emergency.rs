//! Scope secrets open for both halves of one envelope, and package keys for one package.

use super::{dek, flipped};
use crate::{
	emergency::{open_half, seal_half, EmergencyError, PackageContext, PACKAGE_WRAP_LEN},
	ScopeHalf, ScopeSecret,
};

const LABEL: [u8; 105] = [3; 105];

fn context() -> PackageContext {
	PackageContext { genesis: [1; 32], handle: [2; 32], scope: 0, scope_epoch: 7, package: 1 }
}

#[test]
fn join_gives_the_secret_of_both_halves() {
	let secret = ScopeSecret::generate().unwrap();
	let (first, second) = secret.split().unwrap();
	assert_eq!(ScopeSecret::join(&first, &second), secret);
	assert_eq!(ScopeSecret::join(&second, &first), secret);
}

/// Each envelope has halves of its own: what one session released does not complete another envelope's half.
#[test]
fn join_gives_another_secret_when_the_halves_are_of_two_envelopes() {
	let secret = ScopeSecret::generate().unwrap();
	let (first, second) = secret.split().unwrap();
	let (other_first, other_second) = secret.split().unwrap();
	assert_ne!(first, other_first);
	assert_ne!(ScopeSecret::join(&first, &other_second), secret);
	assert_ne!(ScopeSecret::join(&other_first, &second), secret);
	assert_ne!(ScopeSecret::join(&first, &first), secret);
}

#[test]
fn open_half_gives_the_sealed_half() {
	let half = ScopeHalf::generate().unwrap();
	let sealed = seal_half(&[9; 32], &LABEL, &half);
	assert_eq!(open_half(&[9; 32], &LABEL, &sealed), Ok(half));
}

#[test]
fn open_half_fails_when_point_label_or_bytes_are_others() {
	let half = ScopeHalf::generate().unwrap();
	let sealed = seal_half(&[9; 32], &LABEL, &half);
	assert_eq!(open_half(&[8; 32], &LABEL, &sealed), Err(EmergencyError::Refused));
	for at in [0, 32, 64, 96, 104] {
		assert_eq!(open_half(&[9; 32], &flipped(&LABEL, at), &sealed), Err(EmergencyError::Refused));
	}
	for at in [0, 31, 32, 47] {
		let altered = flipped(&sealed, at).try_into().unwrap();
		assert_eq!(open_half(&[9; 32], &LABEL, &altered), Err(EmergencyError::Refused));
	}
}

#[test]
fn commitment_differs_when_the_half_is_another() {
	let (one, other) = ScopeSecret::generate().unwrap().split().unwrap();
	assert_ne!(one.commitment(), other.commitment());
	assert_eq!(one.commitment(), one.clone().commitment());
}

#[test]
fn unwrap_gives_the_key_of_the_package() {
	let secret = ScopeSecret::generate().unwrap();
	let wrap = secret.wrap(&context(), &dek(1)).unwrap();
	assert_eq!(wrap.len(), PACKAGE_WRAP_LEN);
	assert_eq!(secret.unwrap(&context(), &wrap), Ok(dek(1)));
	assert_ne!(secret.wrap(&context(), &dek(1)).unwrap(), wrap);
}

#[test]
fn unwrap_fails_when_secret_or_package_are_others() {
	let secret = ScopeSecret::generate().unwrap();
	let wrap = secret.wrap(&context(), &dek(1)).unwrap();
	let other = ScopeSecret::generate().unwrap();
	assert_eq!(other.unwrap(&context(), &wrap), Err(EmergencyError::Refused));
	for other in [
		PackageContext { genesis: [9; 32], ..context() },
		PackageContext { handle: [9; 32], ..context() },
		PackageContext { scope: 1, ..context() },
		PackageContext { scope_epoch: 8, ..context() },
		PackageContext { package: 2, ..context() },
	] {
		assert_eq!(secret.unwrap(&other, &wrap), Err(EmergencyError::Refused));
	}
}

#[test]
fn unwrap_fails_when_the_wrap_was_altered() {
	let secret = ScopeSecret::generate().unwrap();
	let wrap = secret.wrap(&context(), &dek(1)).unwrap();
	for at in [1, 32, 33, 64, 65, 80] {
		assert_eq!(secret.unwrap(&context(), &flipped(&wrap, at)), Err(EmergencyError::Refused));
	}
	for malformed in [&wrap[..80], &[&wrap[..], &[0]].concat(), &flipped(&wrap, 0), &[]] {
		assert_eq!(secret.unwrap(&context(), malformed), Err(EmergencyError::Malformed));
	}
}
