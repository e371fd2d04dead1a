#!/usr/bin/env python3
"""Second, independent implementation of the formats of salus-envelope; it made the vectors in this folder.

usage: python3 reference.py <folder to write to>
needs: pip install cryptography argon2-cffi   (OpenSSL with ML-KEM)

The wraps are randomized and so differ with each run; everything else comes out the same. The vectors are frozen: write
to another folder and compare, never over the committed files unless a new version of a format is defined.
"""
import hashlib, hmac, json, math, os, struct, sys

from argon2.low_level import Type, hash_secret_raw
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

CHUNK = 65536


def fixed(label, size=32):
    """Test bytes that look random and are the same each time."""
    return hashlib.shake_256(b"salus test vector: " + label.encode()).digest(size)


def extract(salt, key_material, name="sha256"):
    return hmac.digest(salt or bytes(32), key_material, name)


def expand(prk, info, size, name="sha256"):
    output, block, counter = b"", b"", 1
    while len(output) < size:
        block = hmac.digest(prk, block + info + bytes([counter]), name)
        output, counter = output + block, counter + 1
    return output[:size]


def hkdf(key_material, salt, info, size):
    return expand(extract(salt, key_material), info, size)


def compact(n):
    """SCALE compact integer."""
    if n < 1 << 6:
        return bytes([n << 2])
    if n < 1 << 14:
        return struct.pack("<H", n << 2 | 1)
    if n < 1 << 30:
        return struct.pack("<I", n << 2 | 2)
    raise ValueError(n)


def scale_bytes(data):
    return compact(len(data)) + data


def padme(length):
    if length <= 256:
        return 256
    exponent = math.floor(math.log2(length))
    unit = 1 << (exponent - (math.floor(math.log2(exponent)) + 1))
    return (length + unit - 1) // unit * unit


def record(dek, salt, plaintext):
    padded = padme(8 + len(plaintext))
    keys = hkdf(dek, salt, b"salus/rec/v1" + struct.pack(">H", 1), 71)
    header = b"SALUSREC" + struct.pack(">HHIQ", 1, 0, CHUNK, padded) + salt + keys[32:64]
    header_hash = hashlib.sha256(b"salus/rec-header/v1" + header).digest()
    content = (struct.pack(">Q", len(plaintext)) + plaintext).ljust(padded, b"\0")
    chunks = [content[at : at + CHUNK] for at in range(0, padded, CHUNK)]
    blob, cipher = header, AESGCM(keys[:32])
    for position, chunk in enumerate(chunks):
        nonce = keys[64:] + struct.pack(">IB", position, position + 1 == len(chunks))
        blob += cipher.encrypt(nonce, chunk, header_hash)
    return header, header_hash, blob


def cid(digest):
    bits = "".join(f"{byte:08b}" for byte in b"\x01\x55\x12\x20" + digest)
    bits += "0" * (-len(bits) % 5)
    return "b" + "".join("abcdefghijklmnopqrstuvwxyz234567"[int(bits[i : i + 5], 2)] for i in range(0, len(bits), 5))


def pattern(length):
    return bytes((i * 31 + 7) % 251 for i in range(length))


def records():
    cases = []
    for length in [0, 1, 248, 249, 1000, 65_528, 65_529, 131_000, 200_000]:
        dek, salt = fixed(f"dek {length}"), fixed(f"salt {length}")
        header, header_hash, blob = record(dek, salt, pattern(length))
        digest = hashlib.sha256(blob).digest()
        case = dict(length=length, dek=dek.hex(), salt=salt.hex(), header=header.hex(), header_hash=header_hash.hex())
        case |= dict(blob_len=len(blob), blob_sha256=digest.hex(), content_id=cid(digest))
        cases.append(case | (dict(blob=blob.hex()) if len(blob) < 2000 else {}))
    return dict(plaintext="byte i is (31 i + 7) mod 251", cases=cases)


def labeled_extract(suite, salt, label, key_material):
    return extract(salt, b"HPKE-v1" + suite + label + key_material)


def labeled_expand(suite, prk, label, info, size):
    return expand(prk, struct.pack(">H", size) + b"HPKE-v1" + suite + label + info, size)


def xwing_expand(seed):
    expanded = hashlib.shake_256(seed).digest(96)
    return MLKEM768PrivateKey.from_seed_bytes(expanded[:64]), X25519PrivateKey.from_private_bytes(expanded[64:])


def xwing_public(seed):
    lattice, curve = xwing_expand(seed)
    return lattice.public_key().public_bytes_raw() + curve.public_key().public_bytes_raw()


def xwing_encapsulate(seed):
    lattice, curve = xwing_expand(seed)
    shared_m, ciphertext_m = lattice.public_key().encapsulate()
    ephemeral = X25519PrivateKey.generate()
    ciphertext_x, public_x = ephemeral.public_key().public_bytes_raw(), curve.public_key().public_bytes_raw()
    shared_x = ephemeral.exchange(curve.public_key())
    shared = hashlib.sha3_256(shared_m + shared_x + ciphertext_x + public_x + b"\\.//^\\").digest()
    return shared, ciphertext_m + ciphertext_x


def x25519_public(seed):
    return X25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def x25519_encapsulate(seed):
    public, ephemeral, suite = x25519_public(seed), X25519PrivateKey.generate(), b"KEM" + struct.pack(">H", 0x20)
    encapsulated = ephemeral.public_key().public_bytes_raw()
    shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(public))
    prk = labeled_extract(suite, b"", b"eae_prk", shared)
    return labeled_expand(suite, prk, b"shared_secret", encapsulated + public, 32), encapsulated


def hpke_seal(kem, shared, info, aad, plaintext):
    suite = b"HPKE" + struct.pack(">HHH", kem, 1, 2)
    context = b"\0" + labeled_extract(suite, b"", b"psk_id_hash", b"") + labeled_extract(suite, b"", b"info_hash", info)
    secret = labeled_extract(suite, shared, b"secret", b"")
    key = labeled_expand(suite, secret, b"key", context, 32)
    return AESGCM(key).encrypt(labeled_expand(suite, secret, b"base_nonce", context, 12), plaintext, aad)


def blake2_256(data):
    return hashlib.blake2b(data, digest_size=32).digest()


def wraps():
    cases = []
    for name, kem, public, encapsulate in [
        ("x-wing", 0x647A, xwing_public, xwing_encapsulate),
        ("x25519", 0x0020, x25519_public, x25519_encapsulate),
    ]:
        seed, key, genesis = fixed(f"{name} seed"), fixed(f"{name} key"), fixed("genesis")
        subject, commitment = fixed("subject"), fixed("key commitment")
        epoch, purpose, expires_at, recipient = 7, 3, 1_800_000_000_000, blake2_256(public(seed))
        aad = subject + struct.pack("<I", epoch) + recipient + struct.pack("<BQ", purpose, expires_at) + commitment
        shared, encapsulated = encapsulate(seed)
        sealed = hpke_seal(kem, shared, b"salus/wrap/v1" + genesis, aad, key)
        wrap = struct.pack(">HHH", kem, 1, 2) + encapsulated + sealed
        case = dict(kem=name, seed=seed.hex(), public=public(seed).hex(), key=key.hex(), genesis=genesis.hex())
        case |= dict(subject=subject.hex(), epoch=epoch, recipient=recipient.hex(), purpose=purpose)
        case |= dict(expires_at=expires_at, key_commitment=commitment.hex(), aad=aad.hex())
        cases.append(case | dict(wrap=wrap.hex(), wrap_hash=blake2_256(wrap).hex()))
    return dict(cases=cases)


def key_service():
    handle = fixed("handle secret")

    def class_secret(category, label, month, epoch):
        return hkdf(handle, b"", b"salus/class/v1" + struct.pack("<BBII", category, label, month, epoch), 32)

    classes, tags = [], []
    for category, label, month, epoch in [(0, 0, 24322, 0), (0, 1, 24322, 0), (3, 5, 24323, 1), (255, 255, 2**32 - 1, 9)]:
        secret = class_secret(category, label, month, epoch)
        case = dict(category=category, label=label, month=month, epoch=epoch, secret=secret.hex())
        classes.append(case | dict(commitment=hashlib.sha256(b"salus/class-commitment/v1" + secret).hexdigest()))
    tag_key = hkdf(handle, b"", b"salus/scope-tag-key/v1", 32)
    for category, label, epoch in [(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1), (12, 7, 70000)]:
        message = b"salus/scope-tag/v1" + struct.pack("<BBI", category, label, epoch)
        tag = hmac.digest(tag_key, message, "sha256")[:16]
        tags.append(dict(category=category, label=label, epoch=epoch, tag=tag.hex()))
    wrapped = []
    for count in [1, 3]:
        secrets = [class_secret(0, label, 24322, 0) for label in range(count)]
        dek, record_id, salt = fixed("wrapped dek"), fixed("record id"), fixed(f"wrap salt {count}")
        info = b"salus/dek-wrap/v1" + struct.pack("<I", count) + record_id
        sealed = AESGCM(hkdf(b"".join(secrets), salt, info, 32)).encrypt(bytes(12), dek, b"\x01")
        case = dict(labels=count, dek=dek.hex(), record_id=record_id.hex(), salt=salt.hex())
        wrapped.append(case | dict(wrap=(b"\x01" + salt + sealed).hex()))
    root, seeds = fixed("patient root"), []
    for path in ["", "handle/0", "handle/1"]:
        seed = expand(extract(b"", root, "sha512"), b"salus/x-wing/v1" + path.encode(), 32, "sha512")
        seeds.append(dict(path=path, seed=seed.hex()))
    file = dict(handle_secret=handle.hex(), classes=classes, scope_tags=tags, dek_wraps=wrapped)
    return file | dict(root=root.hex(), root_seeds=seeds)


def emergency():
    genesis, handle, scope, epoch = fixed("genesis"), fixed("handle"), 1, 7
    label = genesis + fixed("key id") + handle + struct.pack("<BII", scope, epoch, 2)
    shared, half = fixed("shared point"), fixed("first half")
    sealed = AESGCM(hkdf(shared, b"", b"salus/envelope/key/v1" + label, 32)).encrypt(bytes(12), half, b"")
    secret = fixed("scope secret")
    second = bytes(a ^ b for a, b in zip(secret, half))
    package, dek, salt = 3, fixed("package dek"), fixed("package salt")
    aad = b"\x01" + genesis + handle + struct.pack("<BII", scope, epoch, package)
    wrapped = AESGCM(hkdf(secret, salt, b"salus/package-wrap/v1", 32)).encrypt(bytes(12), dek, aad)
    file = dict(genesis=genesis.hex(), handle=handle.hex(), scope=scope, scope_epoch=epoch, label=label.hex())
    file |= dict(shared=shared.hex(), first_half=half.hex(), sealed_half=sealed.hex(), secret=secret.hex())
    file |= dict(second_half=second.hex(), commitment=hashlib.sha256(b"salus/scope-half/v1" + second).hexdigest())
    file |= dict(package=package, dek=dek.hex(), salt=salt.hex())
    return file | dict(package_wrap=(b"\x01" + salt + wrapped).hex())


def commitments():
    salted = []
    for domain, length in [("salus/policy/v1", 0), ("salus/policy/v1", 63), ("salus/policy/v1", 64), ("salus/entry/v1", 20_000)]:
        data, salt = pattern(length), fixed(f"commitment salt {domain} {length}")
        digest = hashlib.sha256(scale_bytes(domain.encode()) + salt + scale_bytes(data)).hexdigest()
        salted.append(dict(domain=domain, salt=salt.hex(), length=length, commitment=digest))
    signing, xwing = Ed25519PrivateKey.from_private_bytes(fixed("one-time ed25519")), fixed("one-time x-wing")
    public, message = signing.public_key().public_bytes_raw(), b"challenge"
    signed = b"salus/one-time-signature/v1" + scale_bytes(b"salus/release-challenge/v1") + scale_bytes(message)
    seeds = signing.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption()) + xwing
    one_time = dict(seeds=seeds.hex(), signing=public.hex(), domain="salus/release-challenge/v1", message=message.hex())
    one_time |= dict(binding=blake2_256(b"salus/requester/v1" + public + xwing_public(xwing)).hex())
    return dict(salted=salted, one_time=one_time | dict(signature=signing.sign(signed).hex()))


def keyfile():
    kind, public, passphrase, secret = "practitioner", "0x2a", "correct horse battery staple", fixed("keyfile secret", 64)
    memory, passes, lanes, salt, nonce = 64, 2, 1, fixed("keyfile salt"), fixed("keyfile nonce", 12)
    stretched = hash_secret_raw(passphrase.encode(), salt, passes, memory, lanes, 32, Type.ID, 19)
    keys = hkdf(stretched, salt, b"salus/keyfile/v1", 64)
    header = scale_bytes(b"salus/keyfile/v1") + scale_bytes(kind.encode()) + scale_bytes(public.encode())
    header += scale_bytes(b"argon2id") + struct.pack("<III", memory, passes, lanes) + salt
    header += scale_bytes(b"aes-256-gcm") + nonce + keys[32:]
    sealed = AESGCM(keys[:32]).encrypt(nonce, secret, header)
    checksum = hashlib.sha256(b"salus/keyfile-sum/v1" + scale_bytes(header) + scale_bytes(sealed)).hexdigest()
    file = dict(format="salus/keyfile/v1", kind=kind, public=public, kdf="argon2id")
    file |= dict(params=dict(memory_kib=memory, passes=passes, lanes=lanes), salt=salt.hex(), cipher="aes-256-gcm")
    file |= dict(nonce=nonce.hex(), check=keys[32:].hex(), ciphertext=sealed.hex(), checksum=checksum)
    return dict(passphrase=passphrase, secret=secret.hex(), salt=salt.hex(), nonce=nonce.hex(), file=file)


def locate():
    """`output` stands for that of RFC 9497, whose own vectors are in the tests of salus-threshold."""
    genesis, names = fixed("genesis"), ["rossi", "adamaria", "1961-02-03"]
    person = b"".join(scale_bytes(name.encode()) for name in names)
    salt = hashlib.sha256(b"salus/locate/v1" + genesis).digest()[:16]
    file = dict(genesis=genesis.hex(), names=names, person=person.hex(), salt=salt.hex())
    file |= dict(input=hash_secret_raw(person, salt, 3, 64 * 1024, 1, 32, Type.ID, 19).hex())
    output, handle, custodian, nonce = fixed("locate output", 64), fixed("handle"), 0x01020304, fixed("locate nonce", 12)
    tag = hashlib.sha256(scale_bytes(b"salus/locate/tag/v1") + output).digest()
    key = expand(extract(b"", output, "sha512"), b"salus/locate/entry/v1", 32, "sha512")
    entry = handle + struct.pack("<I", custodian)
    sealed = nonce + AESGCM(key).encrypt(nonce, entry, b"salus/locate/entry/v1" + tag)
    file |= dict(output=output.hex(), tag=tag.hex(), key=key.hex(), handle=handle.hex(), custodian=custodian)
    return file | dict(nonce=nonce.hex(), sealed=sealed.hex())


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    for make in [records, wraps, key_service, emergency, commitments, keyfile, locate]:
        with open(os.path.join(sys.argv[1], make.__name__ + ".json"), "w") as out:
            json.dump(make(), out, indent=1)
            out.write("\n")


if __name__ == "__main__":
    main()
