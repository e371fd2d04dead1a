//! Custodians and requesters that act as real ones do, for tests and benchmarks. What is random in earnest follows from names.

use crate::{
	rehearsal::{secret, Rng},
	Committees, Config, EmergencyRequest, Pallet, SessionOf,
};
use codec::Encode;
use salus_primitives::{Commitment, CommitteeId, EmergencyRequestId, EmergencyTier, InstitutionId, PatientHandle};
use salus_threshold::{
	envelope::{envelope_commitment, Envelope, EnvelopeHeader, EnvelopeLabel, EnvelopeSeal},
	group::{Point, SecretScalar},
	locate::{LocateContext, LocatePart},
	part::DecryptionPart,
	request::{prove_request, request_id, RequestContext},
	share::Share,
};
use sp_io::hashing::blake2_256;

/// An envelope as its custodian knows it.
pub struct Sealed {
	pub envelope: Envelope,
	pub salt: [u8; 32],
	/// What opens it: benchmarks open nothing.
	#[cfg_attr(not(test), allow(dead_code))]
	pub shared: [u8; 32],
}

impl Sealed {
	pub fn header(&self) -> EnvelopeHeader {
		self.envelope.header()
	}

	/// What stands on chain for it.
	pub fn commitment(&self) -> Commitment {
		Commitment(envelope_commitment(&self.salt, &self.header()))
	}
}

/// The label of an envelope to a committee that has a key.
pub fn label<T: Config>(
	committee: CommitteeId,
	handle: PatientHandle,
	tier: EmergencyTier,
	epoch: u32,
	number: u8,
) -> Option<EnvelopeLabel> {
	let key_id = Committees::<T>::get(committee)?.key_id?;
	Some(Pallet::<T>::label(key_id, &handle, tier, epoch, number))
}

/// An envelope under this label, sealed to the committee's key.
pub fn sealed<T: Config>(committee: CommitteeId, label: &EnvelopeLabel) -> Option<Sealed> {
	let group_key = Point::from_bytes(&Committees::<T>::get(committee)?.group_key()?)?;
	let rng = &mut Rng::new(&("envelope", label));
	let seal = EnvelopeSeal::begin(&group_key, rng);
	let shared = **seal.shared();
	let envelope = seal.finish(label, [7; 48], rng);
	Some(Sealed { envelope, salt: blake2_256(&("salt", label).encode()), shared })
}

/// The secret of Q of whoever asks for an envelope.
pub fn point_secret(requester: InstitutionId, label: &EnvelopeLabel) -> SecretScalar {
	secret(&("q", requester, label))
}

/// What an honest requester proves about.
pub fn request_context<T: Config>(
	requester: InstitutionId,
	committee: CommitteeId,
	label: &EnvelopeLabel,
	key_hash: [u8; 32],
) -> Option<RequestContext> {
	let version = Committees::<T>::get(committee)?.set.version;
	let header = sealed::<T>(committee, label)?.header();
	Some(RequestContext { label: *label, committee: committee.0, version, requester: requester.0, key_hash, header })
}

/// An honest request for an envelope that is sealed in the running epoch.
pub fn request<T: Config>(
	requester: InstitutionId,
	committee: CommitteeId,
	handle: PatientHandle,
	tier: EmergencyTier,
	number: u8,
) -> Option<EmergencyRequest> {
	let epoch = Pallet::<T>::scope(&handle, tier).epoch;
	let label = label::<T>(committee, handle, tier, epoch, number)?;
	let sealed = sealed::<T>(committee, &label)?;
	let q = point_secret(requester, &label);
	let key_hash = blake2_256(&("one-time keys", requester, label).encode());
	let context = request_context::<T>(requester, committee, &label, key_hash)?;
	Some(EmergencyRequest {
		handle,
		tier,
		committee,
		envelope: number,
		salt: sealed.salt,
		header: sealed.header(),
		point: q.public().to_bytes(),
		key_hash,
		proof: prove_request(&context, &q, &mut Rng::new(&("request", context))),
		shift_tag: [1; 16],
	})
}

/// The id that a request will have.
pub fn id_of<T: Config>(requester: InstitutionId, request: &EmergencyRequest) -> EmergencyRequestId {
	EmergencyRequestId(request_id(&Pallet::<T>::genesis(), requester.0, &request.point))
}

/// What guardians of a session prove about.
pub fn session_context<T: Config>(session: &SessionOf<T>) -> Option<RequestContext> {
	let committee = Committees::<T>::get(session.committee)?;
	Pallet::<T>::request_context(session, &committee).ok()
}

/// The part of a guardian with this index and share.
pub fn part<T: Config>(session: &SessionOf<T>, index: u16, share: &Share) -> Option<DecryptionPart> {
	let context = session_context::<T>(session)?;
	let rng = &mut Rng::new(&("part", context, index));
	DecryptionPart::make(&context, &session.point, &session.proof, index, share, rng).ok()
}

/// The evaluation of a guardian with this index and share.
pub fn evaluation(context: &LocateContext, blinded: &[u8; 32], index: u16, share: &Share) -> Option<LocatePart> {
	LocatePart::make(context, blinded, index, share, &mut Rng::new(&("evaluation", context, index))).ok()
}
