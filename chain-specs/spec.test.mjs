// node --test chain-specs/spec.test.mjs: the founders' table in, a plain spec out, and what is refused.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const local = readFileSync(join(here, "local.json"), "utf8");
const table = readFileSync(join(here, "founders.example.tsv"), "utf8");
const folder = mkdtempSync(join(tmpdir(), "salus-spec-"));
after(() => rmSync(folder, { recursive: true }));

const run = (arguments_, input) => spawnSync(process.execPath, [join(here, "spec.mjs"), ...arguments_], { input, encoding: "utf8" });
const found = (text, ...more) => {
	const file = join(folder, "founders.tsv");
	writeFileSync(file, text);
	return run(["found", file, "salus_test", "Salus Test", ...more], local);
};

test("a_spec_of_the_founders_has_their_accounts_and_keys_when_the_table_is_right", () => {
	const made = found(table, "/dns/a.example/tcp/30333/p2p/12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp");
	assert.equal(made.status, 0, made.stderr);
	const spec = JSON.parse(made.stdout);
	const { consortium, session } = JSON.parse(local).genesis.runtimeGenesis.patch;
	assert.deepEqual(spec.genesis.runtimeGenesis.patch, { consortium, session });
	assert.deepEqual([spec.id, spec.chainType, spec.bootNodes.length], ["salus_test", "Live", 1]);
});

test("the_table_is_refused_with_its_line_when_something_in_it_is_wrong", () => {
	const lines = table.trimEnd().split("\n");
	const [alpha, beta] = [lines[1].split("\t"), lines[2].split("\t")];
	const changed = (column, value) => [lines[0], alpha.map((field, at) => (at === column ? value : field)).join("\t"), ...lines.slice(2)].join("\n");
	const cases = [
		[changed(0, "Bakery"), "the kind is one of"],
		[changed(1, ""), "1 to 64 bytes"],
		[changed(2, `${alpha[2].slice(0, -1)}Z`), "is no address"],
		[changed(2, beta[3]), "stands in line 2 already"],
		[changed(3, beta[3]), "stands in line 2 already"],
		[changed(3, alpha[2]), "stands in line 2 already"],
		[changed(4, beta[4]), "stands in line 2 already"],
		[changed(4, beta[4].slice(0, 66) + alpha[4].slice(66)), "stands in line 2 already"],
		[changed(4, "-"), "a validator has session keys"],
		[changed(4, alpha[4].slice(2)), "session keys are 64 bytes"],
		[lines.slice(0, 4).join("\n"), "3 validators"],
		[table.replaceAll("\t", " "), "five fields"],
	];
	for (const [text, why] of cases) {
		const refused = found(text);
		assert.equal(refused.status, 1, why);
		assert.equal(refused.stdout, "", why);
		assert.ok(refused.stderr.includes(why), `${why}: ${refused.stderr}`);
	}
});

test("keys_that_everybody_knows_are_refused_when_the_consortium_is_a_real_one", () => {
	const refused = found(table, "--well-known", join(here, "local.json"));
	assert.equal(refused.status, 1);
	assert.match(refused.stderr, /everybody knows its secret/);
});

test("an_id_that_cannot_be_a_folder_is_refused", () => {
	const file = join(folder, "founders.tsv");
	writeFileSync(file, table);
	assert.equal(run(["found", file, "../x", "X"], local).status, 1);
});

test("the_code_is_left_out_of_both_kinds_of_spec", () => {
	const plain = { genesis: { runtimeGenesis: { code: "0x00", patch: {} } } };
	const raw = { genesis: { raw: { top: { "0x3a636f6465": "0x00", "0x01": "0x02" } } } };
	assert.deepEqual(JSON.parse(run(["bare"], JSON.stringify(plain)).stdout), { genesis: { runtimeGenesis: { patch: {} } } });
	assert.deepEqual(JSON.parse(run(["bare"], JSON.stringify(raw)).stdout), { genesis: { raw: { top: { "0x01": "0x02" } } } });
});
