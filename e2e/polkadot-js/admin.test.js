// The node is a local consortium of seven institutions whose operators are the development accounts. SALUS_NODE names it.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ApiPromise, Keyring, WsProvider } from '@polkadot/api';

const NODE = process.env.SALUS_NODE ?? 'ws://127.0.0.1:9944';
const OPERATORS = ['//Alice//stash', '//Bob//stash', '//Charlie//stash', '//Dave//stash', '//Eve//stash'];
const NAME = `Eta Day Clinic ${Date.now()}`;

let api;
let operators;
let candidate;

before(async () => {
	const provider = new WsProvider(NODE);
	api = await ApiPromise.create({ provider, noInitWarn: true, throwOnConnect: true });
	const keyring = new Keyring({ type: 'sr25519', ss58Format: api.registry.chainSS58 });
	operators = OPERATORS.map((uri) => keyring.addFromUri(uri));
	candidate = keyring.addFromUri(`//Candidate//${NAME}`);
});

after(async () => {
	await api?.disconnect();
});

/** Signs, sends, and waits until the transaction is final; its events, or the error by name. */
function send(transaction, signer) {
	return new Promise((resolve, reject) => {
		let unsubscribe = () => {};
		const done = (settle, value) => {
			unsubscribe();
			settle(value);
		};
		transaction
			.signAndSend(signer, { nonce: -1 }, ({ status, events, dispatchError, isError }) => {
				if (dispatchError) {
					done(reject, new Error(nameOf(dispatchError)));
				} else if (status.isFinalized) {
					done(resolve, events.map(({ event }) => event));
				} else if (isError) {
					done(reject, new Error(`the transaction is ${status.type}`));
				}
			})
			.then((stop) => (unsubscribe = stop), reject);
	});
}

function nameOf(error) {
	if (!error.isModule) {
		return error.toString();
	}
	const { section, name, docs } = api.registry.findMetaError(error.asModule);
	return `${section}.${name}: ${docs.join(' ')}`;
}

function found(events, section, method) {
	const event = events.find((one) => one.section === section && one.method === method);
	assert.ok(event, `no ${section}.${method} among ${events.map((one) => `${one.section}.${one.method}`).join(', ')}`);
	return event;
}

describe('an admin with polkadot.js', () => {
	it('reads what the chain says about itself', async () => {
		const [chain, properties] = await Promise.all([api.rpc.system.chain(), api.rpc.system.properties()]);
		assert.match(chain.toString(), /Salus/);
		assert.ok(properties.tokenSymbol.isSome, 'apps want a token symbol even where there is no currency');
		assert.ok(properties.tokenDecimals.isSome);
		assert.equal(api.runtimeVersion.specName.toString(), 'salus');
	});

	it('reads constants', () => {
		const slot = api.consts.timestamp.minimumPeriod.toNumber() * 2;
		assert.ok(slot === 2_000 || slot === 1_000, `a slot of ${slot} ms`);
		assert.ok(api.consts.system.blockHashCount.toNumber() >= 4096, 'transactions live longer than a few minutes');
		assert.ok(api.consts.consortium.maxInstitutions.toNumber() >= 7);
	});

	it('finds no way to Root and no currency', () => {
		assert.equal(api.tx.sudo, undefined);
		assert.equal(api.tx.balances, undefined);
	});

	it('reads storage: institutions, seats, validators', async () => {
		const institutions = await api.query.consortium.institutions.entries();
		assert.ok(institutions.length >= 7);
		const first = await api.query.consortium.institutions(0);
		assert.ok(first.isSome);
		assert.equal(first.unwrap().operator.toString(), operators[0].address);
		const seats = await api.query.council.members();
		assert.ok(operators.every(({ address }) => seats.some((seat) => seat.toString() === address)));
		assert.equal((await api.query.session.validators()).length, 4);
	});

	it('admits an institution by a motion, and decodes the events', async () => {
		const seats = (await api.query.council.members()).length;
		const threshold = Math.ceil((seats * 2) / 3);
		assert.ok(threshold <= operators.length, `${threshold} votes are needed`);
		const call = api.tx.consortium.admitInstitution('Clinic', NAME, candidate.address);
		const bound = call.method.encodedLength + 64;

		const proposed = await send(api.tx.council.propose(threshold, call, bound), operators[0]);
		const motion = found(proposed, 'council', 'Proposed').data;
		assert.equal(motion.threshold.toNumber(), threshold);
		const [hash, index] = [motion.proposalHash, motion.proposalIndex];

		const votes = operators.slice(0, threshold).map((voter) => send(api.tx.council.vote(hash, index, true), voter));
		for (const events of await Promise.all(votes)) {
			assert.ok(found(events, 'council', 'Voted').data.voted.isTrue);
		}

		const weight = { refTime: 200_000_000_000n, proofSize: 1_000_000n };
		const closed = await send(api.tx.council.close(hash, index, weight, bound), operators[1]);
		assert.ok(found(closed, 'council', 'Executed').data.result.isOk, 'the motion was carried out');
		const admitted = found(closed, 'consortium', 'InstitutionAdmitted').data;
		const stored = await api.query.consortium.institutions(admitted.institution);
		assert.equal(stored.unwrap().name.toUtf8(), NAME);
		assert.equal((await api.query.council.members()).length, seats + 1, 'a member has a seat');
	});

	it('asks the typed runtime API', async () => {
		const institutions = await api.call.salusApi.institutions();
		const added = institutions.find(([, info]) => info.name.toUtf8?.() === NAME || info.name.toString() === NAME);
		assert.ok(added, `${NAME} is not among ${institutions.toString()}`);
		const [id, info] = added;
		assert.equal(info.operator.toString(), candidate.address);
		assert.ok(info.kind.isClinic && info.status.isActive);
		const one = await api.call.salusApi.institution(id);
		assert.ok(one.isSome);
		const nobody = await api.call.salusApi.handle(new Uint8Array(32));
		assert.ok(nobody.isNone);
	});

	it('is told by name why a call failed', async () => {
		// A motion that needs votes cannot be closed at once.
		const call = api.tx.consortium.suspendInstitution(6, null);
		const bound = call.method.encodedLength + 64;
		const proposed = await send(api.tx.council.propose(3, call, bound), operators[0]);
		const { proposalHash, proposalIndex } = found(proposed, 'council', 'Proposed').data;
		const weight = { refTime: 200_000_000_000n, proofSize: 1_000_000n };
		const close = api.tx.council.close(proposalHash, proposalIndex, weight, bound);
		await assert.rejects(send(close, operators[1]), /council\.TooEarly/);
	});

	it('cannot make an unknown account speak', async () => {
		const stranger = new Keyring({ type: 'sr25519' }).addFromUri(`//Nobody//${NAME}`);
		const call = api.tx.consortium.registerGateway(stranger.address);
		await assert.rejects(send(call, stranger), /1010|Invalid Transaction/);
	});
});
