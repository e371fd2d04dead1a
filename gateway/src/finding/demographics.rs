//! Finding somebody who is there by name and birth date (in the manner of IHE PDQm, between gateways).
//!
//! The index holds keyed hashes of names and dates under the gateway's own key: who copies it finds nobody by trying names. An institution
//! answers with one handle or with nothing, whether nobody matches or several people do. Each question counts against a daily quota on both
//! sides, and each leaves a receipt on both; the patient reads the answers in the own log.

use crate::{
	chain::Head,
	control::{is_kept_by, is_provisional},
	enforcement::is_valid,
	failure::Failure,
	index::{compose, Index, IndexError, DEMOGRAPHICS, DEMOGRAPHICS_ASKED, PATIENTS},
	receipts::Draft,
	service::{blocking, Service, CATCH_UP},
	staff::Staff,
};
use futures::future::join_all;
use salus_client::wire::{
	DemographicsAnswer, DemographicsMatch, FoundPatient, PatientsFound, PersonSought, ReceiptKind, NOBODY,
};
use salus_fhir::{demographics::plain, Demographics, FhirError, PatientIdentity};
use salus_policy::Purpose;
use salus_primitives::{InstitutionId, InstitutionKind, Moment, PatientHandle, PractitionerId, StaffRole, DAY};
use std::{collections::BTreeSet, sync::Arc, time::Duration};

/// Questions of one institution that are answered in a day (UTC).
pub const PER_INSTITUTION: u32 = 500;
/// Questions of one registrar that are passed on in a day (UTC).
pub const PER_REGISTRAR: u32 = 100;
/// How long another gateway may take: the person stands at the desk.
const PATIENCE: Duration = Duration::from_secs(10);

/// What the person of a `Patient` resource is found by: each name with the birth date, by itself and with each identifier.
///
/// # Errors
/// [`FhirError`].
pub fn tags_of(index: &Index, original: &[u8]) -> Result<BTreeSet<[u8; 32]>, FhirError> {
	let identity = PatientIdentity::of_patient(original, None)?;
	let numbers: Vec<String> = identity.identifiers().filter_map(|(_, value)| plain(value)).collect();
	let names = Demographics::of_patient(original)?;
	Ok(names
		.iter()
		.flat_map(|name| {
			let with_number = numbers.iter().map(move |number| tag(index, name, Some(number)));
			with_number.chain([tag(index, name, None)])
		})
		.collect())
}

fn tag(index: &Index, person: &Demographics, number: Option<&str>) -> [u8; 32] {
	let [family, given, birth_date] = person.parts().map(str::as_bytes);
	index.pseudonym(
		"salus/demographics/v1",
		&[family, given, birth_date, &[u8::from(number.is_some())], number.unwrap_or_default().as_bytes()],
	)
}

/// Who is sought, in the form in which names are compared.
struct Sought {
	name: Demographics,
	number: Option<String>,
}

impl Sought {
	fn read(person: &PersonSought) -> Result<Self, Failure> {
		let PersonSought { family, given, birth_date, identifier } = person;
		let name = Demographics::new(family, given, birth_date);
		let name =
			name.ok_or_else(|| Failure::bad_request("family and given name and the whole birth date are needed"))?;
		let unusable = || Failure::bad_request("`identifier` holds no letters or digits, or too many");
		let number = identifier.as_deref().map(|text| plain(text).ok_or_else(unusable)).transpose()?;
		Ok(Self { name, number })
	}

	fn tag(&self, index: &Index) -> [u8; 32] {
		tag(index, &self.name, self.number.as_deref())
	}
}

/// Asks all institutions, the own one included, for somebody who stands before this registrar.
///
/// # Errors
/// 400 for half a name or date; 429 when the registrar's quota of the day is used up; 503.
pub async fn ask(service: &Arc<Service>, registrar: &Staff, person: PersonSought) -> Result<PatientsFound, Failure> {
	let sought = Sought::read(&person)?;
	count(service, &registrar.id.0, PER_REGISTRAR)?;
	let question = DemographicsMatch { person, practitioner: registrar.id };
	let peers: Vec<InstitutionId> =
		service.peers.institutions().filter(|institution| *institution != service.own).collect();
	let answers = join_all(peers.iter().map(|institution| {
		let question = &question;
		async move {
			let gateway = service.peers.gateway(*institution).ok()?;
			let answer = tokio::time::timeout(PATIENCE, gateway.match_demographics(question)).await;
			Some(answer.ok()?.ok()?.found)
		}
	}));
	let own = only_match(service, &sought);
	let (answers, own) = tokio::join!(answers, own);
	let mut found = Vec::new();
	found.extend(own?.map(|handle| FoundPatient { handle, custodian: service.own }));
	let mut unanswered = Vec::new();
	for (custodian, answer) in peers.into_iter().zip(answers) {
		match answer {
			Some(handle) => found.extend(handle.map(|handle| FoundPatient { handle, custodian })),
			None => unanswered.push(custodian),
		}
	}
	let handles: Vec<PatientHandle> = match found.is_empty() {
		true => vec![NOBODY],
		false => found.iter().map(|found| found.handle).collect(),
	};
	let (shared, registrar) = (service.clone(), registrar.id);
	blocking(move || {
		for handle in handles {
			let kind = ReceiptKind::DemographicsQuery;
			shared.receipts.append(&draft(kind, handle, registrar, shared.own), salus_client::now())?;
		}
		Ok::<_, Failure>(())
	})
	.await?;
	Ok(PatientsFound { found, unanswered })
}

/// Answers another institution's question.
///
/// # Errors
/// 403 for institutions that treat nobody, and for others than their registrars; 400 for half a name or date; 429 when the institution's
/// quota of the day is used up; 503.
pub async fn answer(
	service: &Arc<Service>,
	asker: InstitutionId,
	question: DemographicsMatch,
) -> Result<DemographicsAnswer, Failure> {
	let head = service.head().await?;
	let institution = service.chain.institution(&head.block, asker).await?;
	if !institution.is_some_and(|info| matches!(info.kind, InstitutionKind::Hospital | InstitutionKind::Clinic)) {
		return Err(Failure::not_entitled("only hospitals and clinics look for patients", "Ask where the patient is."));
	}
	// Somebody who was registered just now may be known in the asker's node and not yet in ours.
	let registrar = &question.practitioner;
	let find = |head: Head| async move { Ok(service.chain.practitioner(&head.block, registrar).await?) };
	let (head, practitioner) = service.catch_up(CATCH_UP, Option::is_some, find).await?;
	let is_registrar = practitioner.is_some_and(|info| {
		info.institution == asker && is_valid(&info, head.now()) && info.roles.contains(&StaffRole::Registrar)
	});
	if !is_registrar {
		return Err(Failure::not_entitled(
			"a registrar of the asking institution looks for patients",
			"Name the registrar before whom the patient stands.",
		));
	}
	let sought = Sought::read(&question.person)?;
	count(service, &asker.0.to_be_bytes(), PER_INSTITUTION)?;
	let found = only_match(service, &sought).await?;
	let receipt = draft(ReceiptKind::DemographicsAnswer, found.unwrap_or(NOBODY), question.practitioner, asker);
	let shared = service.clone();
	blocking(move || shared.receipts.append(&receipt, salus_client::now())).await?;
	Ok(DemographicsAnswer { found })
}

/// The one patient of this house who is known by that name and date.
async fn only_match(service: &Service, sought: &Sought) -> Result<Option<PatientHandle>, Failure> {
	let head = service.head().await?;
	let mut found = None;
	for (key, ()) in service.index.scan(&DEMOGRAPHICS, sought.tag(&service.index))? {
		let Some(handle) = key.last_chunk::<32>().map(|handle| PatientHandle(*handle)) else { continue };
		let registered = service.index.get(&PATIENTS, handle.0)?.is_some_and(|row| row.registered.is_some());
		let info = service.chain.handle(&head.block, &handle).await?;
		let known = info.is_some_and(|info| is_kept_by(&info, service.own) && !is_provisional(&info, head.now()));
		if !registered || !known {
			continue;
		}
		if found.replace(handle).is_some() {
			// Two people of one name: an answer would be the wrong one for one of them.
			return Ok(None);
		}
	}
	Ok(found)
}

fn draft(kind: ReceiptKind, handle: PatientHandle, practitioner: PractitionerId, institution: InstitutionId) -> Draft {
	Draft {
		kind,
		handle,
		practitioner: Some(practitioner),
		institution,
		purpose: Purpose::Treatment,
		permit: None,
		records: Vec::new(),
		basis: "the patient was at the desk and gave name and birth date".to_owned(),
	}
}

/// Counts one more question of somebody today. Earlier days are forgotten.
fn count(service: &Service, asker: &[u8], most: u32) -> Result<(), Failure> {
	let asked = counted(&service.index, asker, salus_client::now(), most)?;
	match asked {
		true => Ok(()),
		false => Err(Failure::too_many_searches()),
	}
}

fn counted(index: &Index, asker: &[u8], now: Moment, most: u32) -> Result<bool, IndexError> {
	index.write(|batch| {
		let today = compose(&[asker, &(now / DAY).to_be_bytes()]);
		let before = batch.get(&DEMOGRAPHICS_ASKED, &today)?.unwrap_or(0);
		if before >= most {
			return Ok(false);
		}
		for (key, _) in batch.scan(&DEMOGRAPHICS_ASKED, asker)? {
			if key != today && key.len() == today.len() {
				batch.remove(&DEMOGRAPHICS_ASKED, key)?;
			}
		}
		batch.put(&DEMOGRAPHICS_ASKED, &today, &(before + 1))?;
		Ok(true)
	})
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::index::StorageKey;

	#[test]
	fn a_day_has_its_quota_and_the_next_one_its_own() {
		let folder = tempfile::tempdir().unwrap();
		let index = Index::open(&folder.path().join("i"), StorageKey::from_bytes([1; 32])).unwrap();
		let ask = |asker: &[u8], now| counted(&index, asker, now, 2).unwrap();
		assert!(ask(&[0, 0, 0, 1], 5) && ask(&[0, 0, 0, 1], DAY - 1));
		assert!(!ask(&[0, 0, 0, 1], 6));
		assert!(ask(&[0, 0, 0, 2], 6), "others are not crowded out");
		assert!(ask(&[0, 0, 0, 1], DAY));
		assert_eq!(index.scan(&DEMOGRAPHICS_ASKED, [0, 0, 0, 1]).unwrap().len(), 1, "yesterday is forgotten");
	}
}
