//! The tags of a request. A request always names the same number of them, so that its shape does not tell whether anything was granted.

use crate::index::Index;
use salus_client::wire::GrantNotice;
use salus_policy::Category;
use salus_primitives::{InstitutionId, Moment, PatientHandle, PurposeClass, ScopeTag, MAX_TAGS};
use std::collections::BTreeSet;

/// The tags for these categories that custodians told us and that hold now, the newest grants first, filled up with tags that mean nothing.
///
/// The filling is derived from a key of this gateway and repeats with the request, so that comparing two requests does not tell it apart;
/// the order tells nothing either.
pub fn tags(
	index: &Index,
	notices: &[GrantNotice],
	handle: &PatientHandle,
	custodian: InstitutionId,
	categories: &[Category],
	purpose: PurposeClass,
	now: Moment,
) -> Vec<ScopeTag> {
	let most = usize::try_from(MAX_TAGS).unwrap_or(usize::MAX);
	let mut live: Vec<&GrantNotice> = notices
		.iter()
		.filter(|notice| notice.custodian == custodian && notice.handle == *handle)
		.filter(|notice| notice.purposes.contains(purpose) && notice.valid_from <= now && now < notice.valid_until)
		.collect();
	live.sort_by_key(|notice| std::cmp::Reverse(notice.capability));
	let mut tags: BTreeSet<ScopeTag> = BTreeSet::new();
	for meaning in live.iter().flat_map(|notice| &notice.tags) {
		if tags.len() < most && categories.contains(&meaning.category) {
			tags.insert(meaning.tag);
		}
	}
	let mut number = 0u32;
	while tags.len() < most {
		let random =
			index.pseudonym("salus/filling-tag/v1", &[&handle.0, &custodian.0.to_le_bytes(), &number.to_le_bytes()]);
		let mut tag = [0; 16];
		tag.copy_from_slice(&random[..16]);
		tags.insert(ScopeTag(tag));
		number = number.saturating_add(1);
	}
	// A set gives them in the order of their bytes, which are as good as random.
	tags.into_iter().collect()
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::index::StorageKey;
	use salus_client::wire::TagMeaning;
	use salus_policy::LabelClass;
	use salus_primitives::{CapabilityId, PurposeClasses};

	const HANDLE: PatientHandle = PatientHandle([1; 32]);
	const CUSTODIAN: InstitutionId = InstitutionId(1);

	fn notice(tag: u8, category: Category) -> GrantNotice {
		GrantNotice {
			handle: HANDLE,
			custodian: CUSTODIAN,
			capability: CapabilityId(tag.into()),
			tags: vec![TagMeaning { tag: ScopeTag([tag; 16]), category, class: LabelClass::Normal }],
			purposes: PurposeClasses::of(&[PurposeClass::Treatment]),
			valid_from: 10,
			valid_until: 20,
		}
	}

	#[test]
	fn a_request_names_the_same_number_of_tags_whatever_was_granted() {
		let folder = tempfile::tempdir().unwrap();
		let index = Index::open(&folder.path().join("i"), StorageKey::from_bytes([1; 32])).unwrap();
		let ask = |notices: &[GrantNotice], now| {
			tags(&index, notices, &HANDLE, CUSTODIAN, &[Category::Laboratory], PurposeClass::Treatment, now)
		};
		let told = [notice(7, Category::Laboratory), notice(8, Category::Conditions)];
		let (with, without) = (ask(&told, 15), ask(&[], 15));
		assert_eq!((with.len(), without.len()), (32, 32));
		assert!(with.contains(&ScopeTag([7; 16])));
		assert!(!with.contains(&ScopeTag([8; 16])), "not asked for");
		assert_eq!(ask(&told, 20), without, "an ended grant is not asked with");
		assert_eq!(ask(&[], 15), without, "the filling repeats");
		assert_eq!(with.iter().filter(|tag| without.contains(tag)).count(), 31);
		let distinct: BTreeSet<_> = without.iter().collect();
		assert_eq!(distinct.len(), 32);
		let many: Vec<GrantNotice> = (0..60).map(|number| notice(number, Category::Laboratory)).collect();
		assert_eq!(ask(&many, 15).len(), 32);
	}
}
