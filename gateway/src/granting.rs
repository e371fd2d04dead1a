//! What custodial grants and grants by patients have in common: tags, documents, and telling the grantee.

use crate::{
	chain::Head,
	failure::Failure,
	index::{compose, Key, Parcel, PatientRow, PolicyRow, POLICIES},
	outbox,
	service::Service,
};
use salus_client::wire::{codes, GrantNotice, TagMeaning, POLICY_TAG};
use salus_envelope::commit::salted;
use salus_policy::{Category, LabelClass, PolicyDocument, Purpose};
use salus_primitives::{
	CapabilityId, Commitment, InstitutionId, PatientHandle, PurposeClass, PurposeClasses, MAX_TAGS,
};
use salus_runtime_api::CapabilityInfo;
use std::{collections::BTreeSet, time::Duration};

/// Key of a capability of a handle.
pub fn capability_key(handle: &PatientHandle, capability: CapabilityId) -> Key {
	compose(&[&handle.0, &capability.0.to_be_bytes()])
}

/// One tag for each pair of category and class, whether or not there are such records.
pub fn tags(
	patient: &PatientRow,
	categories: impl IntoIterator<Item = Category>,
	classes: &BTreeSet<LabelClass>,
) -> Vec<TagMeaning> {
	let meaning =
		|category: Category, class: LabelClass| TagMeaning { tag: patient.tag(category, class), category, class };
	let categories: BTreeSet<Category> = categories.into_iter().collect();
	categories.into_iter().flat_map(|category| classes.iter().map(move |class| meaning(category, *class))).collect()
}

/// At most as many tags as a capability holds.
///
/// # Errors
/// 400.
pub fn check_count(tags: &[TagMeaning]) -> Result<(), Failure> {
	let most = usize::try_from(MAX_TAGS).unwrap_or(usize::MAX);
	match (1..=most).contains(&tags.len()) {
		true => Ok(()),
		false => Err(Failure::bad_request(format!(
			"categories times classes make {} scope tags; a capability holds 1 to {MAX_TAGS}. Grant in several steps",
			tags.len()
		))),
	}
}

/// Commitment to a document, as it stands on chain.
pub fn policy_commitment(document: &PolicyDocument, salt: &[u8; 32]) -> Commitment {
	Commitment(salted(POLICY_TAG, salt, &document.canonical_bytes()))
}

/// The purpose classes of a document, as the chain knows them.
pub fn purpose_classes(purposes: &BTreeSet<Purpose>) -> PurposeClasses {
	let classes: Vec<PurposeClass> = PurposeClass::ALL
		.into_iter()
		.filter(|class| purposes.iter().any(|purpose| purpose.class_code() == *class as u8))
		.collect();
	PurposeClasses::of(&classes)
}

/// Checks a document for a handle that is kept here.
///
/// # Errors
/// 400.
pub fn check_document(document: &PolicyDocument, own: InstitutionId, handle: &PatientHandle) -> Result<(), Failure> {
	document.check().map_err(|error| Failure::bad_request(error.to_string()))?;
	if document.handle != handle.0 || document.custodian != own.0 {
		return Err(Failure::bad_request("the policy document is about another handle or another custodian"));
	}
	Ok(())
}

/// A capability at our finalized head. The caller may have seen it in a node that is a little ahead: it is waited for.
///
/// # Errors
/// 409 when it does not come; 503.
pub async fn find_capability(
	service: &Service,
	handle: &PatientHandle,
	id: CapabilityId,
	within: Duration,
) -> Result<CapabilityInfo, Failure> {
	let find = |head: Head| async move {
		let capabilities = service.chain.capabilities(&head.block, handle).await?;
		Ok(capabilities.into_iter().find(|capability| capability.id == id))
	};
	let (_, found) = service.catch_up(within, Option::is_some, find).await?;
	found.ok_or_else(|| {
		Failure::conflict(
			"the finalized chain has no such live capability of this handle",
			"Wait until the grant is final. If it was revoked or has ended, grant again.",
		)
	})
}

/// Keeps a document behind a capability and tells the grantee's gateway its tags. Whether that was told now.
///
/// # Errors
/// 409 when the document does not open the capability's commitment; the index.
pub async fn keep_policy(
	service: &Service,
	patient: &PatientRow,
	handle: &PatientHandle,
	capability: &CapabilityInfo,
	document: PolicyDocument,
	salt: [u8; 32],
) -> Result<bool, Failure> {
	let commitment = policy_commitment(&document, &salt);
	if commitment != capability.policy || document.grantee.institution != capability.grantee.0 {
		return Err(Failure::new(
			codes::COMMITMENT_MISMATCH,
			"the policy document does not open the commitment of the capability on chain",
			"Send the document and salt that the grant was made with.",
		));
	}
	// Only tags that stand on chain are told, with their meaning.
	let mut tags = tags(patient, document.categories.iter().copied(), &document.classes);
	tags.retain(|meaning| capability.tags.contains(&meaning.tag));
	let key = capability_key(handle, capability.id);
	let known = service.index.get(&POLICIES, &key)?;
	if known.as_ref().is_some_and(|known| known.told) {
		return Ok(true);
	}
	let row = PolicyRow {
		capability: capability.id,
		grantee: capability.grantee,
		commitment,
		document,
		salt: salt.into(),
		tags: tags.clone(),
		purposes: capability.purposes,
		told: false,
	};
	service.index.put(&POLICIES, &key, &row)?;
	// What it denies for emergencies is taken out of the packages.
	service.rounds.hurry(handle);
	let notice = GrantNotice {
		handle: *handle,
		custodian: service.own,
		capability: capability.id,
		tags,
		purposes: capability.purposes,
		valid_from: capability.valid_from,
		valid_until: capability.valid_until,
	};
	match known {
		// It waits in the outbox already.
		Some(_) => Ok(false),
		None => outbox::tell(service, capability.grantee, Parcel::Notice(notice)).await,
	}
}
