//! Programs that do not answer.

use super::Verdict;
use anyhow::{ensure, Context, Result};
use salus_client::{patient::new_handle, wire::codes};
use salus_e2e::ground::{ensure_refused, institution, Ground};
use salus_e2e::{
	asking::Asking,
	network::{ALPHA, DELTA},
	person::exit,
	ports,
	samples::Samples,
	waiting::until,
};
use salus_policy::Category;
use std::time::Duration;

/// Within what a gateway notices that its node is away or back.
const NOTICE_LIMIT: Duration = Duration::from_secs(180);

pub async fn a_command_says_what_to_start_when_node_or_gateway_do_not_answer(ground: &Ground<'_>) -> Result<Verdict> {
	let person = ground.newcomer(ALPHA, "offline")?;
	let port = ports::free(1)?[0];
	let lost = person.at_gateway(&format!("http://127.0.0.1:{port}"));
	let answer = lost.salus(&["record", "list", &new_handle().to_string()]).await?;
	ensure!(answer.exit == exit::UNREACHABLE && answer.error_code() == "gateway_unreachable", "{}", answer.message());
	ensure!(answer.message().contains("--gateway"), "{}", answer.message());
	let lost = person.at_node(&format!("ws://127.0.0.1:{port}"));
	let answer = lost.salus(&["member", "list"]).await?;
	ensure!(answer.exit == exit::UNREACHABLE && answer.error_code() == "node_unreachable", "{}", answer.message());
	ensure!(answer.message().contains("--node"), "{}", answer.message());
	Ok(Verdict::Passed)
}

pub async fn the_ward_reads_on_when_its_node_is_away(ground: &Ground<'_>) -> Result<Verdict> {
	let ward = ground.ward(DELTA).await?;
	let patient = ground.patient(&ward).await?;
	let report = ward.gateway.ingest(&patient.handle, Samples::own()?.other.bytes).await?;
	let record = report.records.first().context("nothing was taken in")?.record;
	ward.gateway.record(&patient.handle, &record).await.context("before")?;

	ground.network.validators[DELTA].stop().await?;
	let gateway = &ward.gateway;
	until("the gateway's notice that its node is away", NOTICE_LIMIT, || async {
		Ok((!gateway.status().await?.ready).then_some(()))
	})
	.await?;
	ward.gateway.record(&patient.handle, &record).await.context("the ward, without its node")?;
	let asking = Asking {
		gateway: &ward.gateway,
		key: &ward.key,
		genesis: ground.genesis(),
		handle: new_handle(),
		custodian: institution(ALPHA)?,
	};
	let refused = asking.request(&[Category::Laboratory], "While the node is away").await;
	let refused = refused.map_err(|error| error.downcast::<salus_client::gateway::GatewayError>());
	match refused {
		Err(Ok(error)) => ensure!(
			matches!(error.code(), Some(codes::NODE_UNREACHABLE | codes::HEAD_TOO_OLD)),
			"another refusal was wanted: {error}"
		),
		Err(Err(other)) => return Err(other),
		Ok(_) => anyhow::bail!("a decision was made without a node"),
	}
	let bundle = Samples::own()?.with_restricted.bytes;
	ensure_refused(ward.gateway.ingest(&patient.handle, bundle).await, codes::NODE_UNREACHABLE, "")?;

	// Three of four validators are enough for finality.
	let chain = ground.chain(ALPHA);
	let height = chain.finalized_head().await?.number;
	ground.network.validators[ALPHA].wait_finalized(u64::from(height) + 2).await.context("finality of three")?;
	ground.network.validators[DELTA].start()?;
	ground.network.validators[DELTA].wait_finalized(u64::from(height) + 2).await.context("the node that came back")?;
	until("the gateway's notice that its node is back", NOTICE_LIMIT, || async {
		Ok(gateway.status().await?.ready.then_some(()))
	})
	.await?;
	let (answer, _) = asking.request(&[Category::Laboratory], "With the node back").await?;
	ensure!(answer.permit.is_none(), "an unknown handle was permitted");
	Ok(Verdict::Passed)
}
