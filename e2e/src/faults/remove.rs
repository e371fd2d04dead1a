//! Members of every kind stop, come back and leave, and validators with them, by motions and by themselves.

use super::{sets::wait_for_set, standing::Standing, Bench, Figures, Load, Watch, ALL};
use crate::{
	council::{decide_at_desks, refused_at_desks},
	network::{ALPHA, EPSILON, HOSPITALS, OPERATORS, ZETA},
	person::{exit, number, Answer, Person},
	waiting::until,
};
use anyhow::{ensure, Context, Result};
use salus_client::{
	chain::{Chain, Keypair},
	keystore::AccountKey,
	primitives::{InstitutionId, MemberStatus},
	wire::Account,
};
use serde_json::Value;
use std::time::{Duration, Instant};

/// The regulator's number.
const AUTHORITY: usize = 6;
/// For how long a membership is given, as the command takes it.
const TERM: &str = "3m";
/// How long it may take until that is over.
const TERM_LIMIT: Duration = Duration::from_secs(480);

/// A member that is not one of the four hospitals.
struct Member {
	number: u32,
	operator: Person,
	account: Account,
}

/// The council, as a scenario plays it.
struct Council<'a> {
	bench: &'a Bench,
	chain: Chain,
	/// The operators that vote, the four hospitals' first.
	voting: Vec<Person>,
}

pub async fn remove(bench: &Bench) -> Result<Figures> {
	let mut figures = Figures::default();
	let alpha = &bench.validators[ALPHA];
	let rpc = &alpha.rpc()?;
	let eve = AccountKey::from_uri("//Eve")?.account();
	let [fifth, fourth] = [HOSPITALS + 1, HOSPITALS];
	let load = Load::start(bench, &ALL).await?;
	let watch = Watch::start(&bench.validators)?;
	let began = Instant::now();
	let voting = bench.operators.clone();
	let mut council = Council { bench, chain: bench.chain(ALPHA).await?, voting };

	let clinic = council.admit_clinic().await?;
	let members = [member(bench, EPSILON)?, member(bench, ZETA)?, member(bench, AUTHORITY)?, clinic];
	let [.., clinic] = &members;

	for one in &members {
		council.stops("suspend", one, MemberStatus::Suspended).await?;
	}
	bench.progress.set_message("remove: the suspended hospital's validator leaves the set");
	wait_for_set(rpc, "a set without the suspended hospital", |set| set.authors.len() == fourth).await?;
	council.keeps_the_minimum().await?;
	for one in &members {
		council.reinstates(one).await?;
	}
	let timed = Instant::now();
	council.does("a membership for some minutes", &["set-end", &clinic.number.to_string(), "--until", TERM]).await?;
	wait_for_set(rpc, "a set with the hospital again", |set| set.authors.contains(&eve.0)).await?;

	bench.progress.set_message("remove: a validator leaves by motion");
	let leaving = Instant::now();
	council.does("a validator leaves", &["remove-validator", &eve.to_string()]).await?;
	let set = wait_for_set(rpc, "a set without the validator", |set| !set.authors.contains(&eve.0)).await?;
	ensure!(set.voters.len() == fifth - 1, "{} vote", set.voters.len());
	figures.seconds("from the motion to the set without the validator", leaving.elapsed());

	council.term_ends(clinic, timed).await?;
	council.does("the membership goes on", &["set-end", &clinic.number.to_string(), "--permanent"]).await?;
	council.reinstates(clinic).await?;

	bench.progress.set_message("remove: members leave for good");
	for one in &members {
		council.stops("deactivate", one, MemberStatus::Deactivated).await?;
	}
	let seats = council.chain.council_members().await?.len();
	ensure!(seats == fourth, "{seats} seats are left");

	figures.count("members suspended and reinstated", members.len() as u64, "members");
	figures.count("members that left", members.len() as u64, "members");
	figures.blocks(&watch, began);
	figures.seconds("longest time without finality", watch.longest_without_finality());
	figures.load(&load.finish(&bench.validators).await?);
	bench.agree_all().await?;
	Ok(figures)
}

/// A founder of that number, with its operator.
fn member(bench: &Bench, number: usize) -> Result<Member> {
	let account = AccountKey::from_uri(OPERATORS[number])?.account();
	Ok(Member { number: u32::try_from(number)?, operator: bench.operators[number].clone(), account })
}

impl Council<'_> {
	/// Proposes, votes and closes by command.
	async fn does(&self, what: &str, command: &[&str]) -> Result<Value> {
		self.bench.progress.set_message(format!("remove: {what}"));
		decide_at_desks(&self.voting, &[&["consortium", "propose"], command].concat()).await.context(what.to_owned())
	}

	async fn admit_clinic(&mut self) -> Result<Member> {
		let key = AccountKey::generate()?;
		let operator = self.bench.desk("clinic-operator", key.uri(), &self.bench.validators[ALPHA])?;
		let account = key.account();
		let admit = ["admit", "--kind", "clinic", "--name", "Omicron Clinic", "--operator", &account.to_string()];
		let number = u32::try_from(number(&self.does("a clinic joins", &admit).await?, "/institution")?)?;
		self.voting.push(operator.clone());
		Ok(Member { number, operator, account })
	}

	/// Stops a member by motion, `suspend` or `deactivate`: it loses its seat, and can do nothing.
	async fn stops(&mut self, how: &str, member: &Member, status: MemberStatus) -> Result<()> {
		self.voting.retain(|operator| operator.name != member.operator.name);
		let what = format!("{how} institution {}", member.number);
		self.does(&what, &[how, &member.number.to_string()]).await?;
		self.stands(member, status).await
	}

	/// Lets a suspended member act again.
	async fn reinstates(&mut self, member: &Member) -> Result<()> {
		let what = format!("reinstate institution {}", member.number);
		self.does(&what, &["reinstate", &member.number.to_string()]).await?;
		self.voting.push(member.operator.clone());
		self.stands(member, MemberStatus::Active).await
	}

	/// Fails unless the member has this status, a seat when it is active, and can act only then.
	async fn stands(&self, member: &Member, status: MemberStatus) -> Result<()> {
		let info = self.chain.institution(InstitutionId(member.number)).await?.context("the member is gone")?;
		ensure!(info.status == status, "institution {} is {:?}, not {status:?}", member.number, info.status);
		let has_seat = self.chain.council_members().await?.contains(&member.account);
		ensure!(has_seat == (status == MemberStatus::Active), "institution {} has a seat: {has_seat}", member.number);
		match status {
			MemberStatus::Active => member.acts().await?.done().map(drop),
			_ => member.is_refused().await,
		}
	}

	/// With as few validators as the chain needs none leaves, neither alone nor with its institution.
	async fn keeps_the_minimum(&self) -> Result<()> {
		let node = &self.bench.validators[ALPHA];
		let before = Standing::at(node).await?;
		let alice = AccountKey::from_uri("//Alice")?.account().to_string();
		for command in [&["remove-validator", &alice][..], &["deactivate", "0"]] {
			self.bench.progress.set_message("remove: the minimum stays");
			let command = [&["consortium", "propose"], command].concat();
			refused_at_desks(&self.voting, &command, "Consortium.TooFewValidators").await?;
			ensure!(Standing::at(node).await? == before, "`{}` was refused, and changed something", command.join(" "));
		}
		Ok(())
	}

	/// A membership for a time ends by itself, whether anybody writes that down or not; then somebody does.
	async fn term_ends(&mut self, member: &Member, since: Instant) -> Result<()> {
		self.bench.progress.set_message("remove: a membership ends");
		let (chain, id) = (&self.chain, InstitutionId(member.number));
		until("the end of the membership", TERM_LIMIT.saturating_sub(since.elapsed()), || async move {
			let ends = chain.membership_ends().await?;
			let (_, end) = ends.iter().find(|(of, _)| *of == id).context("the membership has no end")?;
			Ok((chain.now().await? >= *end).then_some(()))
		})
		.await?;
		self.voting.retain(|operator| operator.name != member.operator.name);
		member.is_refused().await?;
		let number = member.number.to_string();
		self.voting[0].does(&["consortium", "expire", &number]).await?;
		self.stands(member, MemberStatus::Suspended).await
	}
}

impl Member {
	/// Does what operators do, for an account that nobody uses.
	async fn acts(&self) -> Result<Answer> {
		let account = Account(Keypair::from_secret_key(salus_client::random_bytes())?.public_key().0);
		self.operator.salus(&["member", "add-gateway", &account.to_string()]).await
	}

	async fn is_refused(&self) -> Result<()> {
		let answer = self.acts().await?;
		ensure!(answer.exit != exit::DONE, "institution {} acted: {}", self.number, answer.json);
		ensure!(answer.error_code() == "not_accepted", "it was refused otherwise: {}", answer.message());
		Ok(())
	}
}
