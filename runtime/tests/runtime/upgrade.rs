//! An upgrade in place: decided by a motion, applied by whoever sends the code, with the migration of what is stored.

use crate::support::{decide, start};
use codec::{Decode, Encode};
use frame_support::{
	assert_noop, assert_ok,
	storage::unhashed,
	traits::{GetStorageVersion, StorageVersion, UnfilteredDispatchable},
};
use pallet_consortium::{
	migration::InstitutionV0, Action, Call as Consortium, Institution, Institutions, SessionBegan,
};
use salus_runtime::{
	configs::system::Header, Executive, Hash, Runtime, RuntimeEvent, RuntimeOrigin, Session, System,
	UncheckedExtrinsic, LOCAL_TESTNET_PRESET, VERSION,
};
use sp_core::traits::{Externalities, ReadRuntimeVersion, ReadRuntimeVersionExt};
use sp_runtime::{
	traits::{Hash as _, Header as _},
	transaction_validity::TransactionSource,
	DispatchError, DispatchResult,
};
use sp_version::RuntimeVersion;

type Error = frame_system::Error<Runtime>;

/// Reads code that consists of its version and nothing else.
struct CodeIsVersion;

impl ReadRuntimeVersion for CodeIsVersion {
	fn read_runtime_version(&self, code: &[u8], _: &mut dyn Externalities) -> Result<Vec<u8>, String> {
		RuntimeVersion::decode(&mut &code[..]).map(|_| code.to_vec()).map_err(|error| error.to_string())
	}
}

fn run(test: impl FnOnce()) {
	let mut ext = start(LOCAL_TESTNET_PRESET);
	ext.register_extension(ReadRuntimeVersionExt::new(CodeIsVersion));
	ext.execute_with(test);
}

fn code(spec_name: &'static str, spec_version: u32) -> Vec<u8> {
	RuntimeVersion { spec_name: spec_name.into(), spec_version, ..VERSION }.encode()
}

fn next() -> Vec<u8> {
	code("salus", VERSION.spec_version + 1)
}

fn authorize(code: &[u8], check_version: bool) {
	let code_hash = <Runtime as frame_system::Config>::Hashing::hash(code);
	let action = Action::AuthorizeUpgrade { code_hash, check_version };
	assert_eq!(decide(Consortium::<Runtime>::enact { action }, 5), Some(Ok(())));
}

/// By anybody, signed or not.
fn apply(code: &[u8]) -> DispatchResult {
	let call = frame_system::Call::<Runtime>::apply_authorized_upgrade { code: code.to_vec() };
	call.dispatch_bypass_filter(RuntimeOrigin::none()).map(|_| ()).map_err(|refused| refused.error)
}

fn rejected() -> Option<DispatchError> {
	System::events().into_iter().rev().find_map(|record| match record.event {
		RuntimeEvent::System(frame_system::Event::RejectedInvalidAuthorizedUpgrade { error, .. }) => Some(error),
		_ => None,
	})
}

fn installed() -> Option<Vec<u8>> {
	unhashed::get_raw(sp_core::storage::well_known_keys::CODE)
}

#[test]
fn the_code_that_two_thirds_agreed_on_runs_when_anybody_sends_it() {
	run(|| {
		authorize(&next(), true);
		assert_ok!(apply(&next()));
		assert_eq!(installed(), Some(next()));
		assert_noop!(apply(&next()), Error::NothingAuthorized);
	});
}

#[test]
fn other_code_is_refused() {
	run(|| {
		assert_noop!(apply(&next()), Error::NothingAuthorized);
		authorize(&next(), true);
		assert_noop!(apply(&code("salus", VERSION.spec_version + 2)), Error::Unauthorized);
		assert_noop!(apply(b"not a runtime"), Error::Unauthorized);
	});
}

#[test]
fn the_pool_takes_authorized_code_without_a_signature_and_no_other() {
	run(|| {
		let validate = |code: Vec<u8>| {
			let call = frame_system::Call::apply_authorized_upgrade { code };
			let bare = UncheckedExtrinsic::new_bare(call.into());
			Executive::validate_transaction(TransactionSource::External, bare, Default::default())
		};
		assert!(validate(next()).is_err());
		authorize(&next(), true);
		assert!(validate(next()).is_ok());
		assert!(validate(code("salus", VERSION.spec_version + 2)).is_err());
	});
}

#[test]
fn what_is_no_later_runtime_of_this_chain_is_rejected_and_nothing_changes() {
	let cases: [(Vec<u8>, Error); 4] = [
		(b"not a runtime".to_vec(), Error::FailedToExtractRuntimeVersion),
		(code("other", VERSION.spec_version + 1), Error::InvalidSpecName),
		(code("salus", VERSION.spec_version), Error::SpecVersionNeedsToIncrease),
		(code("salus", VERSION.spec_version - 1), Error::SpecVersionNeedsToIncrease),
	];
	for (code, error) in cases {
		run(|| {
			let before = installed();
			authorize(&code, true);
			assert_ok!(apply(&code));
			assert_eq!(rejected(), Some(error.into()));
			assert_eq!(installed(), before);
			// It takes another motion.
			assert_noop!(apply(&code), Error::NothingAuthorized);
		});
	}
}

#[test]
fn an_older_runtime_comes_back_only_when_the_motion_says_so() {
	run(|| {
		let older = code("salus", VERSION.spec_version - 1);
		authorize(&older, false);
		assert_ok!(apply(&older));
		assert_eq!(installed(), Some(older));
	});
}

#[test]
fn what_carries_no_version_of_this_chain_is_rejected_whatever_the_motion_says() {
	let cases = [
		(b"not a runtime".to_vec(), Error::FailedToExtractRuntimeVersion),
		(code("other", VERSION.spec_version + 1), Error::InvalidSpecName),
	];
	for (code, error) in cases {
		run(|| {
			let before = installed();
			authorize(&code, false);
			assert_ok!(apply(&code));
			assert_eq!(rejected(), Some(error.into()));
			assert_eq!(installed(), before);
			// The authorization is used up: nobody can send the code again and again.
			assert_noop!(apply(&code), Error::NothingAuthorized);
		});
	}
}

/// The members of version 2, as that version wrote them.
fn members_of_version_2() -> Vec<(salus_primitives::InstitutionId, InstitutionV0<salus_runtime::AccountId>)> {
	Institutions::<Runtime>::iter()
		.map(|(id, member)| {
			let Institution { kind, name, operator, status, admitted_at, invalid_from, quota, .. } = member;
			(id, InstitutionV0 { kind, name, operator, status, admitted_at, invalid_from, quota })
		})
		.collect()
}

#[test]
fn the_runtime_migrates_what_version_2_stored() {
	run(|| {
		let old = members_of_version_2();
		for (id, member) in &old {
			unhashed::put_raw(&Institutions::<Runtime>::hashed_key_for(id), &member.encode());
		}
		StorageVersion::new(0).put::<salus_runtime::Consortium>();
		assert_eq!(Institutions::<Runtime>::iter().count(), 0, "the code does not read the old bytes");
		Executive::execute_on_runtime_upgrade();
		assert_eq!(salus_runtime::Consortium::on_chain_storage_version(), StorageVersion::new(2));
		assert_eq!(members_of_version_2(), old);
	});
}

/// The chain of version 3 before block `next`, which is the first with this runtime.
fn upgrade_in(next: u32) {
	SessionBegan::<Runtime>::kill();
	StorageVersion::new(1).put::<salus_runtime::Consortium>();
	let older = RuntimeVersion { spec_version: 3, ..VERSION };
	frame_system::LastRuntimeUpgrade::<Runtime>::put(frame_system::LastRuntimeUpgradeInfo::from(older));
	System::set_block_number(next - 1);
	Executive::initialize_block(&header(next));
}

fn header(number: u32) -> Header {
	Header::new(number, Default::default(), Default::default(), Default::default(), Default::default())
}

#[test]
fn the_session_that_version_3_began_ends_in_its_block() {
	for (first, began) in [(1_201, 1_200), (1_799, 1_200), (1_800, 1_800)] {
		run(|| {
			upgrade_in(first);
			assert_eq!(salus_runtime::Consortium::on_chain_storage_version(), StorageVersion::new(2));
			// The session that was due in the first block of this runtime has ended in it.
			assert_eq!(SessionBegan::<Runtime>::get(), began);
			assert_eq!(Session::current_index(), u32::from(first == began));
			assert_eq!(salus_runtime::Consortium::next_session_at(first), began + 600);
		});
	}
}

#[test]
fn no_pallet_is_left_behind_its_storage_version() {
	run(|| {
		let before: Hash = Hash::decode(&mut &sp_io::storage::root(VERSION.state_version())[..]).unwrap();
		Executive::execute_on_runtime_upgrade();
		let after: Hash = Hash::decode(&mut &sp_io::storage::root(VERSION.state_version())[..]).unwrap();
		// A chain that began with this runtime has nothing to migrate.
		assert_eq!(before, after);
	});
}
