"""Seals and opens by the page alone (docs/parties.md), with Debian's python3-cryptography.

A JSON document a line in, one a line out.
"""
import json
import sys

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

CODES = {"aes": 1, "sm": 2}
NONCE = {"aes": 12, "sm": 16}


def keyed(suite, key, *parts):
    mac = hmac.HMAC(key, hashes.SHA256() if suite == "aes" else hashes.SM3())
    for part in parts:
        mac.update(part)
    return mac.finalize()


def sm4(master, nonce, text):
    key = keyed("sm", master, b"seal")[:16]
    both = Cipher(algorithms.SM4(key), modes.CTR(nonce)).encryptor()
    return both.update(text) + both.finalize()


def sm_tag(master, head, row, nonce, hidden):
    length = len(row).to_bytes(4, "big")
    return keyed("sm", keyed("sm", master, b"mac"), head, length, row, nonce, hidden)


def seal(suite, master, version, row, text, nonce):
    head = bytes([CODES[suite]]) + version.to_bytes(2, "big")
    if suite == "aes":
        key = keyed(suite, master, b"seal")
        return head + nonce + AESGCM(key).encrypt(nonce, text, head + row)
    hidden = sm4(master, nonce, text)
    return head + nonce + hidden + sm_tag(master, head, row, nonce, hidden)


def unseal(suite, master, row, sealed):
    head, rest = sealed[:3], sealed[3:]
    nonce, rest = rest[: NONCE[suite]], rest[NONCE[suite] :]
    if suite == "aes":
        return AESGCM(keyed(suite, master, b"seal")).decrypt(nonce, rest, head + row)
    hidden, tag = rest[:-32], rest[-32:]
    if sm_tag(master, head, row, nonce, hidden) != tag:
        raise InvalidTag
    return sm4(master, nonce, hidden)


def answer(asked):
    suite, master = asked["suite"], bytes.fromhex(asked["master"])
    row = asked["context"].encode()
    if asked["do"] == "seal":
        nonce = bytes.fromhex(asked["nonce"])
        sealed = seal(suite, master, asked["version"], row, asked["text"].encode(), nonce)
        return {"sealed": sealed.hex()}
    if asked["do"] == "lookup":
        own = keyed(suite, master, b"lookup:" + asked["field"].encode())
        return {"hash": keyed(suite, own, asked["normal"].encode()).hex()}
    try:
        return {"text": unseal(suite, master, row, bytes.fromhex(asked["sealed"])).decode()}
    except InvalidTag:
        return {"text": None}


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))))
