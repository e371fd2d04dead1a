//! Events of a transaction, as far as people and gateways act on them.

use super::{Chain, ChainError, Config};
use crate::wire::BlockId;
use codec::Decode;
use salus_primitives::{
	AuditChain, CapabilityId, CommitteeId, EmergencyRequestId, InstitutionId, Moment, OutcomeClass, PatientHandle,
	PermitId, RecordId,
};
use subxt::{
	config::substrate::H256,
	dynamic::Value,
	error::EventsError,
	ext::scale_value::{At, ValueDef},
};

/// Storage key of `System.Events`: `twox_128("System") ++ twox_128("Events")`.
const SYSTEM_EVENTS: [u8; 32] = [
	0x26, 0xaa, 0x39, 0x4e, 0xea, 0x56, 0x30, 0xe0, 0x7c, 0x48, 0xae, 0x0c, 0x95, 0x58, 0xce, 0xf7, 0x80, 0xd4, 0x1e,
	0x5e, 0x16, 0x05, 0x67, 0x65, 0xbc, 0x84, 0x61, 0x85, 0x10, 0x72, 0xc9, 0xd7,
];

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
	pub(super) fn read<'a>(
		events: impl IntoIterator<Item = Result<subxt::events::Event<'a, Config>, EventsError>>,
	) -> Result<Self, ChainError> {
		events
			.into_iter()
			.map(|event| {
				let event = event.map_err(unreadable)?;
				let fields: subxt::ext::scale_value::Composite<()> =
					event.decode_fields_unchecked_as().map_err(unreadable)?;
				Ok(Event {
					pallet: event.pallet_name().to_owned(),
					name: event.event_name().to_owned(),
					bytes: event.field_bytes().to_vec(),
					fields: Value { value: ValueDef::Composite(fields), context: () },
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
		<(AuditChain, u64)>::decode(&mut &event.bytes[..]).ok()
	}

	/// Chain and position of the second audit entry, after an act that leaves two.
	pub fn second_entry_recorded(&self) -> Option<(AuditChain, u64)> {
		let mut recorded =
			self.0.iter().filter(|event| event.pallet == "AuditTrail" && event.name == "EntryRecorded").skip(1);
		<(AuditChain, u64)>::decode(&mut &recorded.next()?.bytes[..]).ok()
	}

	/// The committee whose formation began, after `form_committee` was carried out.
	pub fn committee_proposed(&self) -> Option<CommitteeId> {
		self.find("EmergencyAccess", "CommitteeProposed")?.committee()
	}

	/// The request, after `request_emergency` or `request_locate`.
	pub fn emergency_requested(&self) -> Option<EmergencyRequestId> {
		let requested = |name| self.find("EmergencyAccess", name);
		requested("EmergencyRequested").or_else(|| requested("LocateRequested"))?.request()
	}

	/// Whether the guardian's part was wrong, after `approve_request` or `evaluate_locate`: the call succeeds, so that the chain
	/// can name the guardian.
	pub fn part_refused(&self) -> bool {
		["PartRefused", "LocatePartRefused"].iter().any(|name| self.find("EmergencyAccess", name).is_some())
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

	/// A field of 32 bytes, or a newtype around them.
	pub fn bytes32(&self, field: &str) -> Option<[u8; 32]> {
		bytes_in(self.fields.at(field)?)?.try_into().ok()
	}

	/// The emergency or locate request that an event of `EmergencyAccess` is about: its field `id`.
	pub fn request(&self) -> Option<EmergencyRequestId> {
		self.bytes32("id").map(EmergencyRequestId)
	}

	/// The handle that an event is about.
	pub fn handle(&self) -> Option<PatientHandle> {
		self.bytes32("handle").map(PatientHandle)
	}

	/// The institution that an event names.
	pub fn institution(&self) -> Option<InstitutionId> {
		Some(InstitutionId(self.number("institution")?.try_into().ok()?))
	}

	/// The committee that an event is about.
	pub fn committee(&self) -> Option<CommitteeId> {
		Some(CommitteeId(self.number("committee")?.try_into().ok()?))
	}

	/// Name of the variant of a field that is an enumeration.
	pub fn variant(&self, field: &str) -> Option<&str> {
		match &self.fields.at(field)?.value {
			ValueDef::Variant(variant) => Some(&variant.name),
			_ => None,
		}
	}
}

/// The number inside a value, through newtypes and `Some`.
fn number_in(value: &Value) -> Option<u128> {
	match &value.value {
		ValueDef::Primitive(_) => value.as_u128(),
		ValueDef::Composite(fields) if fields.len() == 1 => number_in(fields.values().next()?),
		ValueDef::Variant(variant) if variant.values.len() == 1 => number_in(variant.values.values().next()?),
		_ => None,
	}
}

/// The bytes inside a value, through newtypes and `Some`.
fn bytes_in(value: &Value) -> Option<Vec<u8>> {
	match &value.value {
		ValueDef::Composite(fields) if fields.len() == 1 => bytes_in(fields.values().next()?),
		ValueDef::Composite(fields) => fields.values().map(|byte| byte.as_u128()?.try_into().ok()).collect(),
		ValueDef::Variant(variant) if variant.values.len() == 1 => bytes_in(variant.values.values().next()?),
		_ => None,
	}
}

impl Chain {
	/// Every event of a block, of its transactions and of what the runtime did around them.
	///
	/// # Errors
	/// [`ChainError::Pruned`], [`ChainError::Unreachable`], [`ChainError::Node`], [`ChainError::Unreadable`].
	pub async fn events_at(&self, at: &BlockId) -> Result<Events, ChainError> {
		let connection = self.connected().await?;
		let bytes = connection
			.rpc
			.state_get_storage(&SYSTEM_EVENTS, Some(H256(at.hash.0)))
			.await
			.map_err(|error| self.node_error(error))?
			.unwrap_or_default();
		let at_block = connection
			.online
			.at_block_hash_and_number(H256(at.hash.0), at.number.into())
			.await
			.map_err(|error| ChainError::Node(error.to_string()))?;
		let events = at_block.events().from_bytes(bytes);
		Events::read(events.iter())
	}
}

fn unreadable(error: EventsError) -> ChainError {
	ChainError::Unreadable { what: "an event".to_owned(), reason: error.to_string() }
}

#[cfg(test)]
mod tests {
	use super::*;

	fn event(fields: Value) -> Event {
		Event { pallet: "EmergencyAccess".to_owned(), name: "EmergencyRequested".to_owned(), bytes: vec![], fields }
	}

	#[test]
	fn ids_are_found_inside_their_newtypes() {
		let newtype = |value| Value::unnamed_composite([value]);
		let event = event(Value::named_composite([
			("id", newtype(Value::from_bytes([7; 32]))),
			("handle", newtype(Value::from_bytes([8; 32]))),
			("institution", newtype(Value::u128(9))),
			("committee", newtype(Value::u128(1 << 31))),
		]));
		assert_eq!(event.request(), Some(EmergencyRequestId([7; 32])));
		assert_eq!(event.handle(), Some(PatientHandle([8; 32])));
		assert_eq!(event.institution(), Some(InstitutionId(9)));
		assert_eq!(event.committee(), Some(CommitteeId(1 << 31)));
		assert_eq!(Events(vec![event]).emergency_requested(), Some(EmergencyRequestId([7; 32])));
	}

	#[test]
	fn bytes_of_another_length_are_no_id() {
		for length in [0, 1, 31, 33] {
			let event = event(Value::named_composite([("id", Value::from_bytes(vec![7; length]))]));
			assert_eq!(event.request(), None, "{length} bytes");
		}
	}
}
