//! What withholds a record.

use super::*;

#[test]
fn a_record_is_withheld_when_the_permit_lacks_its_tag() {
	let mut parts = Parts::good();
	parts.permit().tags.remove(0);
	assert_eq!(parts.released(), [2]);
	assert_eq!(parts.why(1), Withheld::TagMissing);
}

#[test]
fn a_record_of_two_classes_needs_the_tags_of_both() {
	let mut parts = Parts::good();
	parts.records = vec![record(1, Category::Laboratory, &[LabelClass::Normal, HIV], 500)];
	parts.redocument(|document| document.classes = [LabelClass::Normal, HIV].into());
	assert_eq!(parts.why(1), Withheld::TagMissing);
	let hiv = tag(Category::Laboratory, HIV);
	parts.permit().tags.push(hiv);
	assert_eq!(parts.why(1), Withheld::TagMissing, "the capability itself has to cover it as well");
	parts.capabilities[0].tags.push(hiv);
	assert_eq!(parts.released(), [1]);
}

#[test]
fn a_record_is_withheld_when_it_was_replaced() {
	let mut parts = Parts::good();
	parts.records[0].2 = false;
	assert_eq!(parts.released(), [2]);
	assert_eq!(parts.why(1), Withheld::Superseded);
}

#[test]
fn a_record_is_withheld_when_its_category_was_not_asked_for() {
	let mut parts = Parts::good();
	parts.restate(|statement| statement.categories = vec![Category::Conditions]);
	assert_eq!(parts.released(), [2]);
}

/// Changes to the chain's capability that each end its effect.
#[test]
fn nothing_is_covered_when_the_capability_is_gone_ended_of_another_or_for_another_purpose() {
	let changes: [fn(&mut Parts); 6] = [
		|parts| parts.capabilities.clear(),
		|parts| parts.capabilities[0].valid_until = NOW,
		|parts| parts.capabilities[0].valid_from = NOW + 1,
		|parts| parts.capabilities[0].grantee = InstitutionId(3),
		|parts| parts.capabilities[0].purposes = PurposeClasses::of(&[PurposeClass::Research]),
		|parts| parts.permit().capabilities = vec![CapabilityId(99)],
	];
	for (number, change) in changes.iter().enumerate() {
		let mut parts = Parts::good();
		change(&mut parts);
		assert!(parts.released().is_empty(), "{number}");
		assert_eq!(parts.why(1), Withheld::Policy(Basis::NoPolicy), "{number}");
	}
}

#[test]
fn nothing_is_covered_when_the_document_is_not_what_the_chain_commits_to() {
	let changes: [fn(&mut Parts); 4] = [
		|parts| parts.policies.clear(),
		|parts| parts.policies[0].salt = [0; 32].into(),
		|parts| parts.policies[0].document.classes = [HIV].into(),
		|parts| parts.policies[0].capability = CapabilityId(99),
	];
	for (number, change) in changes.iter().enumerate() {
		let mut parts = Parts::good();
		change(&mut parts);
		assert!(parts.released().is_empty(), "{number}");
	}
}

#[test]
fn nothing_is_covered_when_a_committed_document_means_another_handle_custodian_or_grantee() {
	let changes: [fn(&mut PolicyDocument); 4] = [
		|document| document.handle = [1; 32],
		|document| document.custodian = 3,
		|document| document.grantee.institution = 3,
		|document| document.purposes.clear(),
	];
	for (number, change) in changes.into_iter().enumerate() {
		let mut parts = Parts::good();
		parts.redocument(change);
		assert!(parts.released().is_empty(), "{number}");
	}
}

#[test]
fn the_document_is_applied_to_each_record() {
	let basis = |change: fn(&mut PolicyDocument)| {
		let mut parts = Parts::good();
		parts.redocument(change);
		(parts.released(), parts.why(1))
	};
	let department = |document: &mut PolicyDocument| {
		document.grantee.departments = [Department::new("oncology")].into();
	};
	assert_eq!(basis(department), (vec![], Withheld::Policy(Basis::OtherDepartment)));
	let role = |document: &mut PolicyDocument| document.grantee.roles = [Role::Nurse].into();
	assert_eq!(basis(role), (vec![], Withheld::Policy(Basis::OtherRole)));
	let category = |document: &mut PolicyDocument| document.categories = [Category::Conditions].into();
	assert_eq!(basis(category), (vec![2], Withheld::Policy(Basis::OtherCategory)));
	let class = |document: &mut PolicyDocument| document.classes = [HIV].into();
	assert_eq!(basis(class), (vec![], Withheld::Policy(Basis::WithheldClass(LabelClass::Normal))));
	let window = |document: &mut PolicyDocument| document.data_from = Some(600);
	assert_eq!(basis(window), (vec![], Withheld::Policy(Basis::OutsideDataWindow)));
	let expired = |document: &mut PolicyDocument| document.valid_until = NOW;
	assert_eq!(basis(expired), (vec![], Withheld::Policy(Basis::Expired)));
	let purpose = |document: &mut PolicyDocument| document.purposes = [Purpose::EmergencyRoomTreatment].into();
	assert_eq!(basis(purpose), (vec![], Withheld::Policy(Basis::OtherPurpose)), "of the same class on chain");
	let person = |document: &mut PolicyDocument| document.grantee.practitioners = [[1; 32]].into();
	assert_eq!(basis(person), (vec![], Withheld::Policy(Basis::OtherPractitioner)));
	let deny = |document: &mut PolicyDocument| {
		document.deny = vec![DenyRule { categories: [Category::Laboratory].into(), ..DenyRule::default() }];
	};
	assert_eq!(basis(deny), (vec![2], Withheld::Policy(Basis::DenyRule(0))));
}

#[test]
fn a_deny_rule_of_one_document_wins_over_the_grant_of_another() {
	let mut parts = Parts::good();
	let second = CapabilityId(4);
	let mut denying = document();
	denying.categories = [Category::Imaging].into();
	denying.deny = vec![DenyRule { practitioners: [CARDIOLOGIST.0].into(), ..DenyRule::default() }];
	let purposes = PurposeClasses::of(&[PurposeClass::Treatment]);
	let imaging = vec![tag(Category::Imaging, LabelClass::Normal)];
	parts.capabilities.push(capability(second, imaging, policy_commitment(&denying, &SALT), purposes));
	parts.policies.push(policy(second, denying));
	parts.permit().capabilities.push(second);
	assert!(parts.released().is_empty());
}

/// The chain puts into a permit only the capabilities that back a requested tag: whoever is excepted asks for less.
#[test]
fn a_deny_rule_holds_also_when_the_permit_does_not_rest_on_its_document() {
	for class in [PurposeClass::Treatment, PurposeClass::Research] {
		let mut parts = Parts::good();
		let second = CapabilityId(4);
		let mut denying = document();
		denying.categories = [Category::Imaging].into();
		denying.deny = vec![DenyRule { practitioners: [CARDIOLOGIST.0].into(), ..DenyRule::default() }];
		let imaging = vec![tag(Category::Imaging, LabelClass::Normal)];
		let commitment = policy_commitment(&denying, &SALT);
		parts.capabilities.push(capability(second, imaging, commitment, PurposeClasses::of(&[class])));
		parts.policies.push(policy(second, denying));
		assert_eq!(parts.permit().capabilities, [CAPABILITY]);
		assert!(parts.released().is_empty());
		assert_eq!(parts.why(1), Withheld::Policy(Basis::DenyRule(0)));
		parts.capabilities[1].valid_until = NOW;
		assert_eq!(parts.released(), [1, 2], "over with its capability");
	}
}

#[test]
fn a_document_that_the_permit_does_not_rest_on_grants_nothing() {
	let mut parts = Parts::good();
	let second = CapabilityId(4);
	parts.permit().capabilities = vec![second];
	assert!(parts.released().is_empty());
	assert_eq!(parts.why(1), Withheld::Policy(Basis::NoPolicy));
}

#[test]
fn the_grant_of_one_document_does_not_borrow_the_tags_of_another() {
	let mut parts = Parts::good();
	// The second capability has the tag; its document does not cover laboratory. The first document does, its capability lacks the tag.
	parts.capabilities[0].tags = vec![tag(Category::Conditions, LabelClass::Normal)];
	let second = CapabilityId(4);
	let mut narrow = document();
	narrow.categories = [Category::Imaging].into();
	let purposes = PurposeClasses::of(&[PurposeClass::Treatment]);
	let laboratory = vec![tag(Category::Laboratory, LabelClass::Normal)];
	parts.capabilities.push(capability(second, laboratory, policy_commitment(&narrow, &SALT), purposes));
	parts.policies.push(policy(second, narrow));
	parts.permit().capabilities.push(second);
	assert_eq!(parts.released(), [2]);
}

#[test]
fn research_gets_the_persona_only_when_it_was_granted() {
	let mut parts = Parts::good();
	parts.restate(|statement| statement.purpose = Purpose::Research);
	parts.permit().purpose = PurposeClass::Research;
	parts.redocument(|document| document.purposes = [Purpose::Research].into());
	parts.capabilities[0].purposes = PurposeClasses::of(&[PurposeClass::Research]);
	assert_eq!(parts.released(), [1, 2]);
	assert!(parts.decide().unwrap().granted.iter().all(|granted| !granted.persona));
	parts.redocument(|document| {
		document.purposes = [Purpose::Research].into();
		document.categories.insert(Category::Persona);
	});
	assert!(parts.decide().unwrap().granted.iter().all(|granted| granted.persona));
}
