//! Events of a transaction, as far as people and gateways act on them.

use super::{ChainError, Config};
use salus_primitives::{
	AuditChain, CapabilityId, InstitutionId, Moment, OutcomeClass, PatientHandle, PermitId, RecordId,
};
use subxt::{dynamic::Value, ext::scale_value::At, extrinsics::ExtrinsicEvents};

/// An event with its fields.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
	/// Name of the pallet.
	pub pallet: String,
	/// Name of the event.
	pub name: String,
	/// SCALE of its fields, in the order of the pallet's declaration.
	pub bytes: Vec<u8>,
	/// The fields by name.
	pub fields: Value,
}

/// The events of one transaction.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Events(pub Vec<Event>);

/// A decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccessDecided {
	/// Permitted at least in part, or not.
	pub outcome: OutcomeClass,
	/// The permit.
	pub permit: Option<PermitId>,
	/// Position of the audit entry in its chain.
	pub sequence: u64,
}

impl Events {
	pub(super) fn read(events: &ExtrinsicEvents<Config>) -> Result<Self, ChainError> {
		let unreadable = |error: subxt::error::EventsError| ChainError::Unreadable {
			what: "an event".to_owned(),
			reason: error.to_string(),
		};
		events
			.iter()
			.map(|event| {
				let event = event.map_err(unreadable)?;
				let fields: subxt::ext::scale_value::Composite<()> =
					event.decode_fields_unchecked_as().map_err(unreadable)?;
				Ok(Event {
					pallet: event.pallet_name().to_owned(),
					name: event.event_name().to_owned(),
					bytes: event.field_bytes().to_vec(),
					fields: Value { value: subxt::ext::scale_value::ValueDef::Composite(fields), context: () },
				})
			})
			.collect::<Result<_, _>>()
			.map(Self)
	}

	/// The first event of this name.
	pub fn find(&self, pallet: &str, name: &str) -> Option<&Event> {
		self.0.iter().find(|event| event.pallet == pallet && event.name == name)
	}

	/// A field of the first event of this name, by its SCALE type.
	fn number(&self, pallet: &str, name: &str, field: &str) -> Option<u128> {
		self.find(pallet, name)?.number(field)
	}

	/// The decision, after `request_access`.
	pub fn access_decided(&self) -> Option<AccessDecided> {
		let event = self.find("Consent", "AccessDecided")?;
		let outcome = match event.variant("outcome")? {
			"Permitted" => OutcomeClass::Permitted,
			_ => OutcomeClass::Empty,
		};
		let permit = match event.variant("permit")? {
			"Some" => Some(PermitId(number_in(event.fields.at("permit")?)?.try_into().ok()?)),
			_ => None,
		};
		Some(AccessDecided { outcome, permit, sequence: event.number("sequence")?.try_into().ok()? })
	}

	/// The new capability, after `grant_capability`.
	pub fn capability_granted(&self) -> Option<CapabilityId> {
		let id = self.find("Consent", "CapabilityGranted")?.number("id")?;
		Some(CapabilityId(id.try_into().ok()?))
	}

	/// The new institution, after `admit_institution`.
	pub fn institution_admitted(&self) -> Option<InstitutionId> {
		Some(InstitutionId(self.number("Consortium", "InstitutionAdmitted", "institution")?.try_into().ok()?))
	}

	/// When the custodian's rights end, after `claim_handle`.
	pub fn custodian_until(&self) -> Option<Moment> {
		self.number("PatientRegistry", "HandleClaimed", "custodian_until")?.try_into().ok()
	}

	/// The anchored records, after `anchor_records`.
	pub fn records_anchored(&self) -> Vec<RecordId> {
		// (handle, records): fixed 32 bytes and a vector of 32 bytes each.
		self.find("RecordAnchors", "RecordsAnchored")
			.and_then(|event| {
				super::query::decode::<(PatientHandle, Vec<RecordId>)>("RecordsAnchored", &event.bytes).ok()
			})
			.map(|(_, records)| records)
			.unwrap_or_default()
	}

	/// Chain and position of the audit entry that the act left.
	pub fn entry_recorded(&self) -> Option<(AuditChain, u64)> {
		let event = self.find("AuditTrail", "EntryRecorded")?;
		// The fields start with (chain, sequence).
		<(AuditChain, u64) as codec::Decode>::decode(&mut &event.bytes[..]).ok()
	}

	/// Number of the filed batch, after `file_receipts`.
	pub fn receipts_filed(&self) -> Option<u32> {
		self.number("AuditTrail", "ReceiptsFiled", "number")?.try_into().ok()
	}
}

impl Event {
	/// A field that is a number, or a newtype around one.
	pub fn number(&self, field: &str) -> Option<u128> {
		number_in(self.fields.at(field)?)
	}

	/// Name of the variant of a field that is an enumeration.
	pub fn variant(&self, field: &str) -> Option<&str> {
		match &self.fields.at(field)?.value {
			subxt::ext::scale_value::ValueDef::Variant(variant) => Some(&variant.name),
			_ => None,
		}
	}
}

/// The number inside a value, through newtypes and `Some`.
fn number_in(value: &Value) -> Option<u128> {
	use subxt::ext::scale_value::ValueDef;
	match &value.value {
		ValueDef::Primitive(_) => value.as_u128(),
		ValueDef::Composite(fields) if fields.len() == 1 => number_in(fields.values().next()?),
		ValueDef::Variant(variant) if variant.values.len() == 1 => number_in(variant.values.values().next()?),
		_ => None,
	}
}
