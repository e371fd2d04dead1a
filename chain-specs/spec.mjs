// usage: spec.mjs bare                                                    a spec without its code, stdin to stdout
//        spec.mjs founders                                                the founders' table of a plain spec, stdin to stdout
//        spec.mjs found <founders.tsv> <id> <name> [--well-known <spec>] [<boot node>...]   a plain spec of them, on the spec at stdin
// Called by scripts/chain_specs.sh, with what node has built in.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

const CODE = "0x3a636f6465"; // ":code"
const KINDS = ["Hospital", "Clinic", "Laboratory", "Payer", "ResearchBody", "Regulator"];
const ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const HEADER = "# kind\tname\toperator\tvalidator\tsession keys";

const fail = (message) => {
	console.error(`chain specs: ${message}`);
	process.exit(1);
};
const checksum = (bytes) => createHash("blake2b512").update("SS58PRE").update(bytes).digest().subarray(0, 2);

/** 32 bytes as an address of this chain, https://docs.polkadot.com/reference/glossary/#ss58 (prefix 42). */
const address = (key) => {
	const bytes = Buffer.concat([Buffer.from([42]), key]);
	let number = BigInt(`0x${Buffer.concat([bytes, checksum(bytes)]).toString("hex")}`);
	let text = "";
	for (; number > 0n; number /= 58n) text = ALPHABET[Number(number % 58n)] + text;
	return text;
};

/** The 32 bytes of such an address; undefined for anything else. */
const keyOf = (text) => {
	const number = [...text].reduce((sum, letter) => sum * 58n + BigInt(ALPHABET.indexOf(letter)), 0n);
	const key = Buffer.from(number.toString(16).padStart(70, "0").slice(2, 66), "hex");
	return address(key) === text ? key : undefined;
};

const bare = (spec) => {
	delete spec.genesis.runtimeGenesis?.code;
	delete spec.genesis.raw?.top[CODE];
	return spec;
};

const patchOf = (spec) => spec.genesis.runtimeGenesis?.patch ?? fail("this is not a plain spec");

const foundersOf = (spec) => {
	const { consortium, session } = patchOf(spec);
	const keys = new Map(session.keys.map(([account, , { aura, grandpa }]) => [account, [aura, grandpa]]));
	const lines = consortium.institutions.map(({ kind, name, operator, validators: [validator = "-"] }) => {
		const pair = keys.get(validator)?.map((key) => keyOf(key).toString("hex")).join("");
		return [kind, name, operator, validator, pair ? `0x${pair}` : "-"].join("\t");
	});
	return [HEADER, ...lines].join("\n");
};

/** Institutions and session keys as the runtime's genesis takes them. What is wrong is said with its line. */
const read = (table, refused) => {
	const [institutions, keys, seen] = [[], [], new Map()];
	table.split("\n").forEach((line, index) => {
		if (line.trim() === "" || line.startsWith("#")) return;
		const wrong = (why) => fail(`line ${index + 1}: ${why}`);
		const once = (what, value) => {
			if (refused.has(value)) wrong(`${what} ${value} belongs to the local consortium: everybody knows its secret`);
			// An account and a session key that are the same are two things; an account with two roles is one too many.
			const entry = `${what === "session key" ? "key" : "account"} ${value}`;
			if (seen.has(entry)) wrong(`${what} ${value} stands in line ${seen.get(entry)} already`);
			seen.set(entry, index + 1);
			return value;
		};
		const account = (what, value) => (keyOf(value) ? once(what, value) : wrong(`${what} ${value} is no address with prefix 42`));
		const fields = line.split("\t").map((field) => field.trim());
		if (fields.length !== 5) wrong("five fields, parted by tabs, are expected");
		const [kind, name, operator, validator, session] = fields;
		if (!KINDS.includes(kind)) wrong(`the kind is one of ${KINDS.join(", ")}`);
		if (name === "" || Buffer.byteLength(name) > 64) wrong("the name has 1 to 64 bytes");
		const validators = validator === "-" ? [] : [account("validator", validator)];
		if ((session === "-") !== (validators.length === 0)) wrong("a validator has session keys, and nobody else");
		institutions.push({ kind, name, operator: account("operator", operator), gateways: [], validators, quota: null });
		if (validators.length === 0) return;
		if (!/^0x[0-9a-f]{128}$/.test(session)) wrong("session keys are 64 bytes, 0x and small hexadecimal digits, as session-keys prints them");
		const [aura, grandpa] = [session.slice(2, 66), session.slice(66)].map((hex) => once("session key", address(Buffer.from(hex, "hex"))));
		keys.push([validator, validator, { aura, grandpa }]);
	});
	if (keys.length < 4) fail(`${keys.length} validators: with fewer than four none may fail`);
	return { consortium: { institutions }, session: { keys } };
};

const found = (base, [file, id, name, ...rest]) => {
	const known = rest[0] === "--well-known" ? JSON.parse(readFileSync(rest[1])) : undefined;
	const bootNodes = known ? rest.slice(2) : rest;
	const { consortium, session } = known ? patchOf(known) : { consortium: { institutions: [] }, session: { keys: [] } };
	const refused = new Set([
		...consortium.institutions.flatMap(({ operator, validators }) => [operator, ...validators]),
		...session.keys.flatMap(([, , { aura, grandpa }]) => [aura, grandpa]),
	]);
	if (!/^[a-z][a-z0-9_]{2,31}$/.test(id)) fail("the id is 3 to 32 small letters, digits and _: it names folders");
	base.genesis.runtimeGenesis.patch = read(readFileSync(file, "utf8"), refused);
	return { ...base, name, id, chainType: "Live", bootNodes };
};

const [command, ...rest] = process.argv.slice(2);
const spec = JSON.parse(readFileSync(0, "utf8"));
const show = (value) => console.log(JSON.stringify(value, null, 2));
switch (command) {
	case "bare": show(bare(spec)); break;
	case "founders": console.log(foundersOf(spec)); break;
	case "found": show(found(spec, rest)); break;
	default: fail("bare, founders or found");
}
