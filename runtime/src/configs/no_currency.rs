//! A currency that does not exist: every balance is zero and nothing can be moved.
//!
//! Session wants something that can hold deposits for keys. Salus has no balances; the deposit is zero, and whatever would need
//! more fails.

use frame_support::traits::tokens::{
	fungible::{hold, Dust, Inspect, Mutate, Unbalanced},
	DepositConsequence, Fortitude, Preservation, Provenance, WithdrawConsequence,
};
use sp_runtime::{DispatchError, DispatchResult, TokenError};

use crate::{AccountId, RuntimeHoldReason};

/// See the module's documentation.
pub struct NoCurrency;

impl Inspect<AccountId> for NoCurrency {
	type Balance = u64;

	fn total_issuance() -> u64 {
		0
	}
	fn minimum_balance() -> u64 {
		0
	}
	fn total_balance(_: &AccountId) -> u64 {
		0
	}
	fn balance(_: &AccountId) -> u64 {
		0
	}
	fn reducible_balance(_: &AccountId, _: Preservation, _: Fortitude) -> u64 {
		0
	}
	fn can_deposit(_: &AccountId, amount: u64, _: Provenance) -> DepositConsequence {
		match amount {
			0 => DepositConsequence::Success,
			_ => DepositConsequence::UnknownAsset,
		}
	}
	fn can_withdraw(_: &AccountId, amount: u64) -> WithdrawConsequence<u64> {
		match amount {
			0 => WithdrawConsequence::Success,
			_ => WithdrawConsequence::UnknownAsset,
		}
	}
}

impl Unbalanced<AccountId> for NoCurrency {
	fn handle_dust(_: Dust<AccountId, Self>) {}
	fn write_balance(_: &AccountId, amount: u64) -> Result<Option<u64>, DispatchError> {
		nothing_but_zero(amount).map(|()| None)
	}
	fn set_total_issuance(_: u64) {}
}

impl Mutate<AccountId> for NoCurrency {}

impl hold::Inspect<AccountId> for NoCurrency {
	type Reason = RuntimeHoldReason;

	fn total_balance_on_hold(_: &AccountId) -> u64 {
		0
	}
	fn balance_on_hold(_: &RuntimeHoldReason, _: &AccountId) -> u64 {
		0
	}
}

impl hold::Unbalanced<AccountId> for NoCurrency {
	fn set_balance_on_hold(_: &RuntimeHoldReason, _: &AccountId, amount: u64) -> DispatchResult {
		nothing_but_zero(amount)
	}
}

impl hold::Mutate<AccountId> for NoCurrency {}

fn nothing_but_zero(amount: u64) -> DispatchResult {
	match amount {
		0 => Ok(()),
		_ => Err(TokenError::UnknownAsset.into()),
	}
}
