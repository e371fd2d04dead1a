//! The people of the story.

use crate::{
	network::{node_of, Network, ALPHA, BETA, MEMBERS},
	person::Person,
};
use anyhow::Result;

/// Everybody who has a desk, a phone or a key.
#[derive(Clone, Debug)]
pub struct Cast {
	/// The operators of the members that have a gateway, by number.
	pub operators: Vec<Person>,
	/// Registers patients at Alpha.
	pub registrar: Person,
	/// The second person who sees a paper signed at Alpha.
	pub witness: Person,
	/// Treats at Alpha.
	pub physician: Person,
	/// Works in Beta's cardiology.
	pub cardiologist: Person,
	/// Works in Beta's surgery.
	pub nurse: Person,
	/// Works in Beta's emergency department, and may open records in emergencies.
	pub rescuer: Person,
	/// Works there too, and may do the same.
	pub beta_colleague: Person,
	/// Reviews emergencies at Alpha.
	pub privacy_officer: Person,
	/// The patient with a key of her own.
	pub selma: Person,
	/// The patient who is registered on paper and claims her handle later.
	pub clara: Person,
	/// A second gateway account of Alpha: the custodian's key outside the gateway.
	pub custodian_key: Person,
	/// An account that nobody admitted.
	pub stranger: Person,
}

impl Cast {
	/// Gives everybody an empty desk. Who belongs to a member uses its node and gateway.
	pub(super) fn new(network: &Network) -> Result<Self> {
		let folder = network.folder.join("people");
		let person = |name: &str, hospital: usize| {
			let (node, gateway) = (network.validators[node_of(hospital)].url(), network.gateways[hospital].url());
			Person::new(&network.binaries.salus, &folder, name, &node, Some(&gateway))
		};
		Ok(Self {
			operators: (0..network.gateways.len())
				.map(|index| person(&format!("{}-operator", MEMBERS[index]), index))
				.collect::<Result<_>>()?,
			registrar: person("alpha-registrar", ALPHA)?,
			witness: person("alpha-witness", ALPHA)?,
			physician: person("alpha-physician", ALPHA)?,
			cardiologist: person("beta-cardiologist", BETA)?,
			nurse: person("beta-nurse", BETA)?,
			rescuer: person("beta-rescuer", BETA)?,
			beta_colleague: person("beta-colleague", BETA)?,
			privacy_officer: person("alpha-privacy-officer", ALPHA)?,
			selma: person("selma", ALPHA)?,
			clara: person("clara", ALPHA)?,
			custodian_key: person("alpha-second-gateway", ALPHA)?,
			stranger: person("stranger", ALPHA)?,
		})
	}
}
