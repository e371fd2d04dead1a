#!/usr/bin/env python3
"""Second, independent implementation of the protocol of the chain side, for the frozen vectors beside it.

Usage: reference.py          compare every vector file with what this program computes; exit status 1 on a difference
       reference.py --write  write the files (only for a new version of the protocol: vectors of a version never change)

Written from RFC 9496 (Ristretto255) and RFC 9162 (trees) with Python's standard library alone. Slow, not constant-time.
"""

import json
import sys
from hashlib import blake2b, sha256, sha512
from pathlib import Path

# Ristretto255, RFC 9496 section 4.

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ONE_MINUS_D_SQ = (1 - D * D) % P
D_MINUS_ONE_SQ = (D - 1) ** 2 % P
SQRT_M1 = pow(2, (P - 1) // 4, P)
IDENTITY = (0, 1, 1, 0)


def negative(x):
    return x % P & 1


def absolute(x):
    return (-x if negative(x) else x) % P


def sqrt_ratio(u, v):
    r = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    check = v * r * r % P
    correct, flipped, flipped_i = check == u % P, check == -u % P, check == -u * SQRT_M1 % P
    if flipped or flipped_i:
        r = r * SQRT_M1 % P
    return correct or flipped, absolute(r)


INVSQRT_A_MINUS_D = sqrt_ratio(1, -1 - D)[1]
SQRT_AD_MINUS_ONE = sqrt_ratio(-D - 1, 1)[1]
# The RFC names the odd root 25063068953384623474111414158702152701244531502492656460079210482610430750235.
if SQRT_AD_MINUS_ONE != 25063068953384623474111414158702152701244531502492656460079210482610430750235:
    SQRT_AD_MINUS_ONE = -SQRT_AD_MINUS_ONE % P


def add(a, b):
    x1, y1, z1, t1 = a
    x2, y2, z2, t2 = b
    aa, bb = (y1 - x1) * (y2 - x2) % P, (y1 + x1) * (y2 + x2) % P
    c, d = 2 * t1 * t2 * D % P, 2 * z1 * z2 % P
    e, f, g, h = bb - aa, d - c, d + c, bb + aa
    return e * f % P, g * h % P, f * g % P, e * h % P


def multiply(scalar, point):
    result = IDENTITY
    while scalar:
        if scalar & 1:
            result = add(result, point)
        point = add(point, point)
        scalar >>= 1
    return result


def decode(data):
    """The point, or None when the bytes are not its canonical encoding."""
    s = int.from_bytes(data, "little")
    if s >= P or negative(s):
        return None
    ss = s * s % P
    u1, u2 = (1 - ss) % P, (1 + ss) % P
    v = (-(D * u1 * u1) - u2 * u2) % P
    square, invsqrt = sqrt_ratio(1, v * u2 * u2 % P)
    den_x = invsqrt * u2 % P
    den_y = invsqrt * den_x * v % P
    x, y = absolute(2 * s * den_x), u1 * den_y % P
    t = x * y % P
    if not square or negative(t) or y == 0:
        return None
    return x, y, 1, t


def encode(point):
    x0, y0, z0, t0 = point
    u1, u2 = (z0 + y0) * (z0 - y0) % P, x0 * y0 % P
    _, invsqrt = sqrt_ratio(1, u1 * u2 * u2 % P)
    den1, den2 = invsqrt * u1 % P, invsqrt * u2 % P
    z_inv = den1 * den2 * t0 % P
    if negative(t0 * z_inv):
        x, y, den_inv = y0 * SQRT_M1 % P, x0 * SQRT_M1 % P, den1 * INVSQRT_A_MINUS_D % P
    else:
        x, y, den_inv = x0, y0, den2
    if negative(x * z_inv):
        y = -y % P
    return absolute(den_inv * (z0 - y)).to_bytes(32, "little")


def map_to_point(t):
    r = SQRT_M1 * t * t % P
    u = (r + 1) * ONE_MINUS_D_SQ % P
    v = (-1 - r * D) * (r + D) % P
    square, s = sqrt_ratio(u, v)
    if not square:
        s = -absolute(s * t) % P
    c = -1 if square else r
    n = (c * (r - 1) * D_MINUS_ONE_SQ - v) % P
    w0, w1 = 2 * s * v % P, n * SQRT_AD_MINUS_ONE % P
    w2, w3 = (1 - s * s) % P, (1 + s * s) % P
    return w0 * w3 % P, w2 * w1 % P, w1 * w3 % P, w0 * w2 % P


def from_uniform(data):
    halves = (int.from_bytes(half, "little") % 2**255 for half in (data[:32], data[32:]))
    return add(*(map_to_point(half) for half in halves))


GENERATOR = decode(bytes.fromhex("e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76"))

# SCALE, as far as the protocol uses it.


def u16(n):
    return n.to_bytes(2, "little")


def u32(n):
    return n.to_bytes(4, "little")


def u64(n):
    return n.to_bytes(8, "little")


def compact(n):
    if n < 2**6:
        return bytes([n << 2])
    if n < 2**14:
        return (n << 2 | 1).to_bytes(2, "little")
    return (n << 2 | 2).to_bytes(4, "little")


def string(data):
    data = data.encode() if isinstance(data, str) else data
    return compact(len(data)) + data


# Trees, RFC 9162 section 2.1. Proofs follow the recursive definitions, checks are done by rebuilding what a path implies.


def leaf_hash(leaf):
    return sha256(b"\0" + leaf).digest()


def node_hash(left, right):
    return sha256(b"\1" + left + right).digest()


def split(n):
    return 1 << (n - 1).bit_length() - 1


def root(hashes):
    if not hashes:
        return sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    k = split(len(hashes))
    return node_hash(root(hashes[:k]), root(hashes[k:]))


def path(m, hashes):
    if len(hashes) <= 1:
        return []
    k = split(len(hashes))
    if m < k:
        return path(m, hashes[:k]) + [root(hashes[k:])]
    return path(m - k, hashes[k:]) + [root(hashes[:k])]


def implied_root(index, size, leaf, siblings):
    """The root that a path implies, or None when it does not have the length that index and size ask for."""
    if size == 1:
        return None if siblings else leaf
    if not siblings:
        return None
    k = split(size)
    if index < k:
        left, right = implied_root(index, k, leaf, siblings[:-1]), siblings[-1]
    else:
        left, right = siblings[-1], implied_root(index - k, size - k, leaf, siblings[:-1])
    return None if left is None or right is None else node_hash(left, right)


def included(expected, leaf, index, size, siblings):
    return index < size and implied_root(index, size, leaf, siblings) == expected


def subproof(m, hashes, whole):
    if m == len(hashes):
        return [] if whole else [root(hashes)]
    k = split(len(hashes))
    if m <= k:
        return subproof(m, hashes[:k], whole) + [root(hashes[k:])]
    return subproof(m - k, hashes[k:], False) + [root(hashes[:k])]


def peaks(hashes):
    found = []
    for bit in reversed(range(len(hashes).bit_length())):
        if len(hashes) >> bit & 1:
            start = len(hashes) >> bit + 1 << bit + 1
            found.append(root(hashes[start : start + (1 << bit)]))
    return found


# The vectors.


def sample(label):
    return sha256(b"salus/sample/" + label.encode()).digest()


def text(value):
    if isinstance(value, bytes):
        return "0x" + value.hex()
    if isinstance(value, dict):
        return {key: text(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [text(entry) for entry in value]
    return value


def anchor(number, institution, attribute_root):
    genesis, handle = sample("genesis"), sample(f"handle {number}")
    message = sha512(string("salus/anchor/v1") + genesis + u32(institution) + handle + attribute_root).digest()
    message = int.from_bytes(message, "little") % ORDER
    blinding = int.from_bytes(sha512(sample(f"blinding {number}")).digest(), "little") % ORDER
    commitment = encode(add(multiply(message, GENERATOR), multiply(blinding, H)))
    return {
        "genesis": genesis,
        "institution": institution,
        "handle": handle,
        "attributeRoot": attribute_root,
        "message": message.to_bytes(32, "little"),
        "blinding": blinding.to_bytes(32, "little"),
        "commitment": commitment,
        "recordId": blake2b(u32(institution) + handle + commitment, digest_size=32).digest(),
    }


H = from_uniform(sha512(string("salus/pedersen/H/v1")).digest())


def pedersen():
    refused = {
        "identity": ["00" * 32],
        "field element not reduced": [
            "00" + "ff" * 31,
            "ff" * 31 + "7f",
            "f3" + "ff" * 30 + "7f",
            "ed" + "ff" * 30 + "7f",
        ],
        "negative field element": [
            "01" + "00" * 31,
            "01" + "ff" * 30 + "7f",
            "ed57ffd8c914fb201471d1c3d245ce3c746fcbe63a3679d51b6a516ebebe0e20",
        ],
        "not a square": [
            "26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371",
            "4eac077a713c57b4f4397629a4145982c661f48044dd3f96427d40b147d9742f",
            "bcab477be20861e01e4a0e295284146a510150d9817763caf1a6f4b422d67042",
        ],
        "negative product xy": [
            "3eb858e78f5a7254d8c9731174a94f76755fd3941c0ac93735c07ba14579630e",
            "a45fdc55c76448c049a1ab33f17023edfb2be3581e9c7aade8a6125215e04220",
        ],
        "y is zero": ["ec" + "ff" * 30 + "7f"],
    }
    points = [{"why": why, "point": bytes.fromhex(h)} for why, list_ in refused.items() for h in list_]
    assert all(decode(entry["point"]) in (None, IDENTITY) for entry in points)
    scalars = {"zero": 0, "group order": ORDER, "one more": ORDER + 1, "highest bit set": 2**255, "all ones": 2**256 - 1}
    return {
        "secondGenerator": encode(H),
        "anchors": [anchor(n, n * 255, sample(f"attribute root {n}")) for n in range(4)]
        + [anchor(4, 2**32 - 1, attributes()["root"])],
        "refusedPoints": points,
        "refusedBlindings": [{"why": why, "scalar": n.to_bytes(32, "little")} for why, n in scalars.items()],
    }


def tree():
    leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    leaves = [bytes.fromhex(leaf) for leaf in leaves]
    hashes = [leaf_hash(leaf) for leaf in leaves]
    top = root(hashes)

    def proof(index, size, siblings):
        return {"index": index, "size": size, "path": siblings}

    def consistency(old, new, siblings):
        return {"oldSize": old, "newSize": new, "path": siblings}

    seven = root(hashes[:7])
    good = path(3, hashes)
    pair = hashes[2] + hashes[3]
    inclusion = [
        ("truncated at the root", top, hashes[3], proof(3, 8, good[:-1])),
        ("truncated at the leaf", top, hashes[3], proof(3, 8, good[1:])),
        ("empty path", top, hashes[3], proof(3, 8, [])),
        ("extended", top, hashes[3], proof(3, 8, good + [hashes[0]])),
        ("order reversed", top, hashes[3], proof(3, 8, good[::-1])),
        ("other leaf", top, hashes[4], proof(3, 8, good)),
        ("other index", top, hashes[3], proof(2, 8, good)),
        ("index beyond the size", top, hashes[3], proof(8, 8, good)),
        ("index of the far end", top, hashes[3], proof(2**64 - 1, 2**64 - 1, good)),
        ("empty tree", root([]), root([]), proof(0, 0, [])),
        ("size of a lower tree", top, hashes[3], proof(3, 4, good)),
        ("size of a higher tree", top, hashes[3], proof(3, 9, good)),
        ("inner node's children shown as a leaf", top, leaf_hash(pair), proof(1, 4, good[1:])),
        ("other root", seven, hashes[3], proof(3, 8, good)),
        ("last leaf of an odd tree with the size of the even one", seven, hashes[6], proof(6, 8, path(6, hashes[:7]))),
    ]
    assert not any(included(r, leaf, p["index"], p["size"], p["path"]) for _, r, leaf, p in inclusion)
    from_3 = subproof(3, hashes[:7], True)
    from_4 = subproof(4, hashes[:7], True)
    three, four = root(hashes[:3]), root(hashes[:4])
    changed = root([hashes[0], hashes[2], hashes[1]])
    refused_consistency = [
        ("truncated", three, seven, consistency(3, 7, from_3[:-1])),
        ("first node missing", three, seven, consistency(3, 7, from_3[1:])),
        ("empty path", three, seven, consistency(3, 7, [])),
        ("extended", three, seven, consistency(3, 7, from_3 + [hashes[0]])),
        ("history changed", changed, seven, consistency(3, 7, from_3)),
        ("old root in a complete tree changed", changed, seven, consistency(4, 7, from_4)),
        ("roots exchanged", seven, three, consistency(3, 7, from_3)),
        ("sizes exchanged", three, seven, consistency(7, 3, from_3)),
        ("old tree empty", root([]), seven, consistency(0, 7, [])),
        ("equal sizes, other root", four, three, consistency(4, 4, [])),
        ("equal sizes with a path", four, four, consistency(4, 4, [hashes[0]])),
        ("wrong old size", three, seven, consistency(2, 7, from_3)),
        ("wrong new size", three, seven, consistency(3, 9, from_3)),
    ]
    return {
        "leaves": leaves,
        "leafHashes": hashes,
        "roots": [root(hashes[:n]) for n in range(9)],
        "frontiers": [u64(n) + compact(len(peaks(hashes[:n]))) + b"".join(peaks(hashes[:n])) for n in range(9)],
        "inclusion": [proof(i, n, path(i, hashes[:n])) for n in range(1, 9) for i in range(n)],
        "consistency": [consistency(m, n, subproof(m, hashes[:n], True)) for n in range(1, 9) for m in range(1, n + 1)],
        "refusedInclusion": [{"why": w, "root": r, "leafHash": h, "proof": p} for w, r, h, p in inclusion],
        "refusedConsistency": [
            {"why": w, "oldRoot": o, "newRoot": n, "proof": p} for w, o, n, p in refused_consistency
        ],
        "refusedOnlyWithTrustedSize": [
            {"root": seven, "size": 7, "leafHash": hashes[0], "proof": proof(0, n, path(0, hashes[:7]))}
            for n in (5, 6, 8)
        ],
    }


NAMES = ["author", "category", "labels", "recordedAt", "version", "supersedes", "contentId", "header"]


def attributes():
    values = [
        sample("author"),
        b"laboratory",
        string("N") + string("HIV"),
        u64(1_793_404_800_000),
        u32(2),
        sample("record"),
        sample("content"),
        sample("header"),
    ]
    salts = [sample(f"salt {name}") for name in NAMES]
    encoded = [bytes([i]) + salts[i] + string(values[i]) for i in range(len(NAMES))]
    hashes = [leaf_hash(string("salus/attr/v1") + data) for data in encoded]
    listed = [{"name": n, "salt": s, "value": v} for n, s, v in zip(NAMES, salts, values)]

    def opened(position, **changes):
        proof = {"index": position, "size": 8, "path": path(position, hashes)}
        return {"attribute": {**listed[position], **changes}, "proof": proof}

    labels = opened(2)
    return {
        "attributes": listed,
        "encoded": b"".join(encoded),
        "leafHashes": hashes,
        "root": root(hashes),
        "opened": [opened(i) for i in range(len(NAMES))],
        "refused": [
            {"why": "lower label", "opened": opened(2, value=string("N"))},
            {"why": "other salt", "opened": opened(2, salt=salts[3])},
            {"why": "value under another name", "opened": opened(2, name="category")},
            {"why": "place of another attribute", "opened": {**labels, "proof": opened(3)["proof"]}},
            {"why": "other size", "opened": {**labels, "proof": {**labels["proof"], "size": 7}}},
            {"why": "truncated", "opened": {**labels, "proof": {**labels["proof"], "path": labels["proof"]["path"][:2]}}},
        ],
    }


def chain():
    entries = [b"", b"entry", bytes(range(200))]
    head, heads = bytes(32), []
    for entry in entries:
        head = sha256(string("salus/head/v1") + head + leaf_hash(entry)).digest()
        heads.append(head)
    blocks, hashes = [], []
    for number, count in ((1, 0), (2, 2), (3, 1)):
        parent, entries_root = sample(f"block {number - 1}"), root([leaf_hash(e) for e in entries[:count]])
        hashes.append(leaf_hash(u32(number) + parent + u32(count) + entries_root))
        item = {"number": number, "parentHash": parent, "entryCount": count, "entriesRoot": entries_root}
        log_root = root(hashes)
        blocks.append({**item, "logRoot": log_root, "digest": entries_root + log_root + u64(len(hashes))})
    salt = sample("entry salt")
    return {
        "heads": [{"entry": e, "head": h} for e, h in zip(entries, heads)],
        "commitments": [
            {"salt": salt, "entry": e, "commitment": sha256(string("salus/entry/v1") + salt + string(e)).digest()}
            for e in entries
        ],
        "log": blocks,
    }


# Emergency key release. Whatever is random comes from a stream that the tests of the crate draw from too.


class Stream:
    def __init__(self, label):
        self.label, self.position, self.block = label.encode(), 0, b""

    def take(self, count):
        while len(self.block) < count:
            self.block += sha256(b"salus/sample-stream/" + self.label + u64(self.position)).digest()
            self.position += 1
        taken, self.block = self.block[:count], self.block[count:]
        return taken

    def scalar(self):
        return int.from_bytes(self.take(64), "little") % ORDER


def listed(values):
    return compact(len(values)) + b"".join(values)


def le(scalar):
    return (scalar % ORDER).to_bytes(32, "little")


def times(scalar, point=GENERATOR):
    return encode(multiply(scalar % ORDER, point))


def hash_scalar(data):
    return int.from_bytes(sha512(data).digest(), "little") % ORDER


def nonce(stream, transcript, secret):
    return hash_scalar(string("salus/nonce/v1") + le(secret) + sha512(transcript).digest() + stream.take(32))


def schnorr(tag, statement, secret, stream):
    transcript = string(tag) + statement + times(secret)
    k = nonce(stream, transcript, secret)
    e = hash_scalar(transcript + times(k))
    return {"e": le(e), "f": le(k + e * secret)}


def dleq(tag, statement, base, secret, stream):
    """Equal logarithms to G and to the base."""
    points = encode(GENERATOR) + times(secret) + encode(base) + times(secret, base)
    transcript = string(tag) + statement + points
    k = nonce(stream, transcript, secret)
    e = hash_scalar(transcript + times(k) + times(k, base))
    return {"e": le(e), "f": le(k + e * secret)}


def point(data):
    """The point, or None when it is malformed or the identity."""
    decoded = decode(data)
    return None if decoded is None or encode(decoded) == bytes(32) else decoded


def holds(tag, statement, proof, points, logs):
    """Whether a proof holds for the logarithms of these (base, point), absorbed as `points`."""
    e, f = (int.from_bytes(proof[key], "little") for key in "ef")
    decoded = [tuple(point(data) for data in pair) for pair in logs]
    if e >= ORDER or f >= ORDER or any(None in pair for pair in decoded):
        return False
    commitments = [encode(add(multiply(f, b), multiply(ORDER - e, p))) for b, p in decoded]
    return e == hash_scalar(string(tag) + statement + points + b"".join(commitments))


def part_holds(index, part, transcript, base, key):
    g, value = encode(GENERATOR), part["value"]
    logs, statement = [(g, key), (base, value)], transcript + u16(index)
    return index > 0 and holds("salus/part/v1", statement, part["proof"], g + key + base + value, logs)


def header_holds(label, header, gbar):
    u, ubar, e, f, ct_hash = (header[i : i + 32] for i in range(0, 160, 32))
    g, proof = encode(GENERATOR), {"e": e, "f": f}
    return holds("salus/envelope/proof/v1", label + ct_hash, proof, g + u + gbar + ubar, [(g, u), (gbar, ubar)])


def request_holds(request, q_point, proof, gbar):
    label, requester, header = request[:105], request[113:117], request[149:]
    if not header_holds(label, header, gbar) or point(q_point) is None:
        return False
    if encode(add(point(header[:32]), point(q_point))) == bytes(32):
        return False
    request_id = blake2b(label[:32] + requester + q_point, digest_size=32).digest()
    logs = [(encode(GENERATOR), q_point)]
    return holds("salus/emergency-request/v1", request_id + request, proof, q_point, logs)


def dealing_holds(context, k, keys, dealing):
    commitments, sealed, proof = dealing["commitments"], dealing["sealed"], dealing["proof"]
    if len(commitments) != k or len(sealed) != len(keys) or None in [point(c) for c in commitments]:
        return False
    e, *replies = (int.from_bytes(proof[key], "little") for key in ("e", "constantTerm", "ephemeral"))
    points = [point(commitments[0]), point(dealing["ephemeral"])]
    if max(e, *replies, *(int.from_bytes(s, "little") for s in sealed)) >= ORDER or None in points:
        return False
    transcript = string("salus/dealing/proof/v1") + context + listed(keys)
    transcript += listed(commitments) + dealing["ephemeral"] + listed(sealed)
    for f, p in zip(replies, points):
        transcript += encode(add(multiply(f, GENERATOR), multiply(ORDER - e, p)))
    return e == hash_scalar(transcript)


def lagrange(indices):
    weights = []
    for i in indices:
        weight = 1
        for j in indices:
            weight = weight * j * pow(j - i, -1, ORDER) % ORDER if j != i else weight
        weights.append(weight)
    return weights


def dealing_bytes(dealing):
    proof = dealing["proof"]
    head = listed(dealing["commitments"]) + dealing["ephemeral"] + listed(dealing["sealed"])
    return head + proof["e"] + proof["constantTerm"] + proof["ephemeral"]


def deal(context, k, secret, keys, stream, cheat=0, last=None, commit=None, stolen=None):
    """A dealing and its polynomial. A dealer that cheats adds `cheat` to the share of member 2, takes `last` as last
    coefficient, commits to its secret as `commit`, or shows the ephemeral key `stolen`."""
    polynomial = [secret] + [stream.scalar() for _ in range(k - 1)]
    polynomial[-1] = polynomial[-1] if last is None else last
    r = stream.scalar()
    commitments, ephemeral, sealed = [times(a) for a in polynomial], stolen or times(r), []
    commitments[0] = commit or commitments[0]
    for i, key in enumerate(keys, 1):
        shared = times(r, decode(key))
        mask = hash_scalar(string("salus/dealing/mask/v1") + context + u16(i) + ephemeral + shared)
        sealed.append(le(evaluate(polynomial, i) + mask + (cheat if i == 2 else 0)))
    transcript = string("salus/dealing/proof/v1") + context + listed(keys)
    transcript += listed(commitments) + ephemeral + listed(sealed)
    nonces = [nonce(stream, transcript, x) for x in (secret, r)]
    e = hash_scalar(transcript + b"".join(times(k) for k in nonces))
    proof = {"e": le(e), "constantTerm": le(nonces[0] + e * secret), "ephemeral": le(nonces[1] + e * r)}
    dealing = {"commitments": commitments, "ephemeral": ephemeral, "sealed": sealed, "proof": proof}
    return dealing, polynomial


def evaluate(polynomial, i):
    return sum(a * i**j for j, a in enumerate(polynomial)) % ORDER


def hash_to_group(data):
    """HashToGroup of RFC 9497 section 4.1; expand_message_xmd of RFC 9380 section 5.3.1 for 64 bytes."""
    dst = b"HashToGroup-OPRFV1-\0-ristretto255-SHA512"
    dst += bytes([len(dst)])
    first = sha512(bytes(128) + data + b"\0\x40" + b"\0" + dst).digest()
    return from_uniform(sha512(first + b"\1" + dst).digest())


def emergency():
    genesis, number, n, k = sample("genesis"), 3, 5, 3
    gbar = from_uniform(sha512(string("salus/tdh2/gbar/v1")).digest())
    context = genesis + u32(number) + u32(1)
    stream = Stream("guardians")
    sealing = [stream.scalar() for _ in range(n)]
    sealing_keys = [times(e) for e in sealing]

    # Key generation: every member deals.
    dealings, polynomials = [], []
    for dealer in range(1, n + 1):
        stream = Stream(f"dealing {dealer}")
        dealt = deal(context + u16(dealer) + u16(n) + u16(k), k, stream.scalar(), sealing_keys, stream)
        dealings.append(dealt[0])
        polynomials.append(dealt[1])
    total = [sum(coefficients) % ORDER for coefficients in zip(*polynomials)]
    shares = [evaluate(total, i) for i in range(1, n + 1)]
    group, members = times(total[0]), [times(x) for x in shares]
    key_id = blake2b(string("salus/key-id/v1") + genesis + u32(number) + group, digest_size=32).digest()

    # A dealer cheats member 2, who says so.
    stream = Stream("cheat")
    bad_context = context + u16(4) + u16(n) + u16(k)
    bad = deal(bad_context, k, stream.scalar(), sealing_keys, stream, cheat=1)[0]
    ephemeral, statement = decode(bad["ephemeral"]), bad_context + u16(2) + dealing_bytes(bad)
    dispute = {
        "shared": times(sealing[1], ephemeral),
        "proof": dleq("salus/dealing/dispute/v1", statement, ephemeral, sealing[1], Stream("dispute")),
    }

    # Three old members deal their shares to six new ones, four of whom are needed from now on.
    dealers, new_keys, new_k = [1, 3, 4], sealing_keys[::-1] + sealing_keys[:1], 4
    new_context = genesis + u32(number) + u32(2)
    reshared = []
    for dealer in dealers:
        head = new_context + u16(dealer) + u16(6) + u16(new_k)
        reshared.append(deal(head, new_k, shares[dealer - 1], new_keys, Stream(f"resharing {dealer}")))
    new_shares = [
        sum(w * evaluate(p, i) for w, (_, p) in zip(lagrange(dealers), reshared)) % ORDER for i in range(1, 7)
    ]

    # An envelope, a request for it, and the parts of all members.
    label = genesis + key_id + sample("handle") + bytes([1]) + u32(7) + u32(2)
    stream = Stream("envelope")
    r, ct = stream.scalar(), sample("ct") + sample("tag")[:16]
    ct_hash = sha256(string("salus/envelope/ct/v1") + ct).digest()
    proof = dleq("salus/envelope/proof/v1", label + ct_hash, gbar, r, stream)
    header = times(r) + times(r, gbar) + proof["e"] + proof["f"] + ct_hash
    salt, requester, stream = sample("salt"), 9, Stream("request")
    request = label + u32(number) + u32(1) + u32(requester) + sample("one-time key") + header
    q = stream.scalar()
    request_id = blake2b(genesis + u32(requester) + times(q), digest_size=32).digest()
    request_proof = schnorr("salus/emergency-request/v1", request_id + request, q, stream)
    transcript = sha256(string("salus/emergency-session/v1") + request_id + request + times(q)).digest()
    base = add(multiply(r, GENERATOR), multiply(q, GENERATOR))

    # An evaluation of the oblivious function by the same members.
    locate_context = genesis + key_id + u32(number) + u32(1) + u32(requester) + sample("one-time key")
    text_input, blind = b"Ruiz|Ana|1961-04-02", Stream("locate").scalar()
    element = multiply(blind, hash_to_group(text_input))
    locate = sha256(string("salus/locate/session/v1") + locate_context + encode(element)).digest()
    unblinded = times(total[0], hash_to_group(text_input))
    output = len(text_input).to_bytes(2, "big") + text_input + b"\0\x20" + unblinded + b"Finalize"

    def parts(tag, about, point, stream_label):
        return [
            {
                "value": times(x, point),
                "proof": dleq(tag, about + u16(i), point, x, Stream(f"{stream_label} {i}")),
            }
            for i, x in enumerate(shares, 1)
        ]

    refused = {
        "requests": refused_requests(request, q, request_proof, r, gbar),
        "parts": refused_parts(transcript, base, shares, members),
        "dealings": refused_dealings(context, n, k, sealing_keys, dealings),
    }

    return {
        "gbar": encode(gbar),
        "committeeContext": context,
        "sealingSecrets": [le(e) for e in sealing],
        "sealingKeys": sealing_keys,
        "sealingProof": schnorr("salus/sealing-key/v1", genesis + string(u32(7)), sealing[0], Stream("sealing")),
        "dealings": dealings,
        "shares": [le(x) for x in shares],
        "keys": {"group": group, "members": members},
        "keyId": key_id,
        "possession": [
            schnorr("salus/possession/v1", context + u16(i), x, Stream(f"possession {i}"))
            for i, x in enumerate(shares, 1)
        ],
        "badDealing": bad,
        "dispute": dispute,
        "resharing": {
            "committeeContext": new_context,
            "dealers": dealers,
            "sealingKeys": new_keys,
            "dealings": [dealing for dealing, _ in reshared],
            "shares": [le(x) for x in new_shares],
            "keys": {"group": group, "members": [times(x) for x in new_shares]},
        },
        "label": label,
        "ct": ct,
        "shared": times(r * total[0]),
        "header": header,
        "salt": salt,
        "commitment": sha256(string("salus/envelope/v1") + salt + header).digest(),
        "request": request,
        "q": le(q),
        "point": times(q),
        "requestId": request_id,
        "requestProof": request_proof,
        "base": encode(base),
        "transcript": transcript,
        "parts": parts("salus/part/v1", transcript, base, "part"),
        "locate": {
            "context": locate_context,
            "input": text_input,
            "blind": le(blind),
            "element": encode(element),
            "parts": parts("salus/locate/part/v1", locate, element, "locate part"),
            "output": sha512(output).digest(),
        },
        "refused": refused,
    }


def plus_order(scalar):
    return (int.from_bytes(scalar, "little") + ORDER).to_bytes(32, "little")


def refused_requests(request, q, proof, r, gbar):
    header, stream, not_canonical = request[149:], Stream("refused requests"), ORDER.to_bytes(32, "little")

    def proven(altered):
        request_id = blake2b(altered[:32] + altered[113:117] + times(q), digest_size=32).digest()
        return altered, times(q), schnorr("salus/emergency-request/v1", request_id + altered, q, stream)

    # The u of another envelope minus the own one; the envelope moved by t under a label of one's own.
    other, t = stream.scalar(), stream.scalar()
    e, f = (int.from_bytes(header[i : i + 32], "little") for i in (64, 96))
    mauled = times(r + t) + times(r + t, gbar) + le(e) + le(f + e * t) + header[128:]
    own = request[:64] + sample("own handle") + request[96:149]
    cases = [
        ("rogue point", (request, times(other - r), proof)),
        ("envelope mauled from another", proven(own + mauled)),
        ("envelope of another epoch", proven(request[:97] + u32(8) + request[101:])),
        ("u not canonical", proven(request[:149] + not_canonical + request[181:])),
        ("u and ubar exchanged", proven(request[:149] + header[32:64] + header[:32] + header[64:])),
        ("another requester's proof", (request[:113] + u32(10) + request[117:], times(q), proof)),
        ("another member set", (request[:109] + u32(2) + request[113:], times(q), proof)),
        ("point is the identity", (request, bytes(32), proof)),
        ("u + Q is the identity", (request, times(-r), proof)),
        ("order added to the challenge", (request, times(q), {**proof, "e": plus_order(proof["e"])})),
        ("order added to the response", (request, times(q), {**proof, "f": plus_order(proof["f"])})),
    ]
    assert request_holds(request, times(q), proof, encode(gbar))
    assert not any(request_holds(*case, encode(gbar)) for _, case in cases)
    return [{"why": why, "request": about, "point": q, "proof": proof} for why, (about, q, proof) in cases]


def refused_parts(transcript, base, shares, members):
    """Parts that are not those of the member with this index."""
    stream = Stream("refused parts")

    def made(about, base, index, share):
        proof = dleq("salus/part/v1", about + u16(index), base, share, stream)
        return {"value": times(share, base), "proof": proof}

    good = made(transcript, base, 1, shares[0])
    proof, elsewhere = good["proof"], multiply(stream.scalar(), GENERATOR)
    cases = [
        ("another member's share", 1, made(transcript, base, 1, shares[1])),
        ("another member's index", 2, good),
        ("index 0", 0, made(transcript, base, 0, shares[0])),
        ("another session", 1, made(sample("other session"), base, 1, shares[0])),
        ("another point", 1, made(transcript, elsewhere, 1, shares[0])),
        ("identity", 1, {**good, "value": bytes(32)}),
        ("value not canonical", 1, {**good, "value": ORDER.to_bytes(32, "little")}),
        ("order added to the challenge", 1, {**good, "proof": {**proof, "e": plus_order(proof["e"])}}),
        ("order added to the response", 1, {**good, "proof": {**proof, "f": plus_order(proof["f"])}}),
    ]

    def accepted(index, part):
        return part_holds(index, part, transcript, encode(base), members[max(index, 1) - 1])

    assert accepted(1, good) and not any(accepted(index, part) for _, index, part in cases)
    return [{"why": why, "index": index, "part": part} for why, index, part in cases]


def refused_dealings(context, n, k, keys, dealings):
    """Dealings of dealer 2. Where that one knew enough to make the proof, it did."""
    stream, own, victim = Stream("refused dealings"), context + u16(2) + u16(n) + u16(k), dealings[0]

    def dealt(k=k, **cheat):
        return deal(own, k, stream.scalar(), keys, stream, **cheat)[0]

    good = dealt()
    others = multiply(ORDER - 1, decode(victim["commitments"][0]))
    cases = [
        ("k - 1 commitments", dealt(k - 1)),
        ("last commitment is the identity", dealt(last=0)),
        ("constant term cancels another dealer's", dealt(commit=encode(add(GENERATOR, others)))),
        ("another dealer's ephemeral key", dealt(stolen=victim["ephemeral"])),
        ("another dealer's dealing", victim),
        ("share not below the order", {**good, "sealed": [plus_order(good["sealed"][0])] + good["sealed"][1:]}),
        ("one share too few", {**good, "sealed": good["sealed"][:-1]}),
    ]
    assert dealing_holds(own, k, keys, good) and not any(dealing_holds(own, k, keys, d) for _, d in cases)
    return [{"why": why, "dealing": dealing} for why, dealing in cases]


def main():
    # The vector for one generator multiple in RFC 9496 appendix A.1, and the map's in A.3, guard this program itself.
    assert encode(add(GENERATOR, GENERATOR)).hex() == "6a493210f7499cd17fecb510ae0cea23a110e8d5b901f8acadd3095c73a3b919"
    espresso = sha512(b"Ristretto is traditionally a short shot of espresso coffee").digest()
    assert encode(from_uniform(espresso)).hex() == "3066f82a1a747d45120d1740f14358531a8f04bbffe6a819f86dfe50f44a0a46"
    folder, differs = Path(__file__).parent, False
    for make in (pedersen, tree, attributes, chain, emergency):
        file, content = folder / f"{make.__name__}.json", json.dumps(text(make()), indent="\t") + "\n"
        if sys.argv[1:] == ["--write"]:
            file.write_text(content)
        elif not file.exists() or file.read_text() != content:
            differs = True
            print(f"{file.name} differs", file=sys.stderr)
    sys.exit(differs)


if __name__ == "__main__":
    main()
