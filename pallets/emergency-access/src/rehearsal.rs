//! Guardians that act as real ones do, for tests and benchmarks: their secrets come from names, everything else from the chain.

use crate::{Committees, Config, MemberSetOf, Pallet, Resharing};
use alloc::vec::Vec;
use codec::Encode;
use rand_core_chain::{CryptoRng, Error, RngCore};
use salus_primitives::{CommitteeId, InstitutionId};
use salus_threshold::{
	committee::{prove_possession, prove_sealing_key},
	dealing::{Dealing, DealingContext},
	group::{Point, SecretScalar},
	proof::SchnorrProof,
	share::Share,
};
use sp_io::hashing::blake2_256;

/// Numbers that repeat with each run. Never for secrets that anybody relies on.
pub struct Rng {
	seed: [u8; 32],
	drawn: u64,
}

impl Rng {
	pub fn new(name: &impl Encode) -> Self {
		Self { seed: blake2_256(&name.encode()), drawn: 0 }
	}
}

impl RngCore for Rng {
	fn next_u32(&mut self) -> u32 {
		rand_core_chain::impls::next_u32_via_fill(self)
	}
	fn next_u64(&mut self) -> u64 {
		rand_core_chain::impls::next_u64_via_fill(self)
	}
	fn fill_bytes(&mut self, bytes: &mut [u8]) {
		for chunk in bytes.chunks_mut(32) {
			self.drawn += 1;
			chunk.copy_from_slice(&blake2_256(&(self.seed, self.drawn).encode())[..chunk.len()]);
		}
	}
	fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Error> {
		self.fill_bytes(bytes);
		Ok(())
	}
}

impl CryptoRng for Rng {}

/// The secret of this name.
pub fn secret(name: &impl Encode) -> SecretScalar {
	SecretScalar::random(&mut Rng::new(&("secret", name)))
}

/// The sealing secret of an institution; each generation is another one.
pub fn sealing_secret(institution: InstitutionId, generation: u32) -> SecretScalar {
	secret(&("institution", institution, generation))
}

/// That an institution holds a sealing secret.
pub fn key_proof<T: Config>(institution: InstitutionId, sealing: &SecretScalar) -> SchnorrProof {
	let rng = &mut Rng::new(&("key proof", institution));
	prove_sealing_key(&Pallet::<T>::genesis(), &institution.encode(), sealing, rng)
}

/// The set of a committee with this version: the one that decides, or the one that is coming about.
pub fn set<T: Config>(id: CommitteeId, version: u32) -> Option<MemberSetOf<T>> {
	let current = Committees::<T>::get(id).map(|committee| committee.set);
	current.into_iter().chain(Resharing::<T>::get(id)).find(|set| set.version == version)
}

/// The context of a dealer in a set.
pub fn dealing_context<T: Config>(id: CommitteeId, set: &MemberSetOf<T>, dealer: u16) -> DealingContext {
	let committee = Pallet::<T>::context(id, set.version);
	DealingContext { committee, dealer, threshold: set.threshold }
}

/// A dealing of this secret to the holders of these keys.
pub fn dealing(context: &DealingContext, secret: &SecretScalar, recipients: &[[u8; 32]]) -> Option<Dealing> {
	let recipients = recipients.iter().map(Point::from_bytes).collect::<Option<Vec<_>>>()?;
	Dealing::deal(context, secret, &recipients, &mut Rng::new(&("dealing", context))).ok()
}

/// The share of a member, from the chain and its sealing secret alone.
pub fn share<T: Config>(id: CommitteeId, version: u32, index: u16, sealing: &SecretScalar) -> Option<Share> {
	let set = set::<T>(id, version)?;
	let open = |(dealer, dealing): (u16, Dealing)| {
		let part = dealing.open(&dealing_context::<T>(id, &set, dealer), index, sealing);
		part.ok().map(|part| (dealer, part))
	};
	let parts = Pallet::<T>::dealings_of(id, version).into_iter().map(open).collect::<Option<Vec<_>>>()?;
	if version == 1 {
		Share::combine_dealt(&parts.into_iter().map(|(_, part)| part).collect::<Vec<_>>())
	} else {
		Share::combine_reshared(&parts)
	}
}

/// A member's proof that it holds its share.
pub fn possession<T: Config>(id: CommitteeId, version: u32, index: u16, share: &Share) -> SchnorrProof {
	let context = Pallet::<T>::context(id, version);
	prove_possession(&context, index, share, &mut Rng::new(&("possession", context, index)))
}
