"""The envelope of Tencent's callbacks: signatures by sorted SHA-1, bodies by AES-256-CBC.

Owns: ``signature``, ``open_envelope``, ``seal``. Source: "消息加解密说明" of developers.weixin.qq.com; checked with
Tencent's published samples (tests/webhooks/data/vectors.json). Every fault is the same ``Forged``.

plaintext = 16 random bytes | length of the message, uint32 big-endian | message | receiver id; PKCS#7 to 32 bytes.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from ..channels.base import Forged

BLOCK = 32
HEAD = 20  # random bytes and length


def signature(*parts: str) -> str:
    """SHA-1 over the sorted parts.

    >>> signature("AAAAA", "1714036504", "1514711492")
    'f464b24fc39322e44b38aa78f5edd27bd1441696'
    """
    return hashlib.sha1("".join(sorted(parts)).encode("utf-8", "surrogatepass")).hexdigest()


def prove(given: str, *parts: str) -> None:
    """``Forged`` unless ``given`` is the signature of the parts. Constant time."""
    if not hmac.compare_digest(given.encode("utf-8", "replace"), signature(*parts).encode()):
        raise Forged("signature")


def open_envelope(encrypted: str, aes_key: str, receiver: str) -> bytes:
    """The message inside; ``Forged`` where anything of it is not as it must be."""
    try:
        raw = base64.b64decode("".join(encrypted.split()), validate=True)  # some senders wrap it at 76
    except (binascii.Error, ValueError):
        raise Forged("envelope") from None
    if not raw or len(raw) % 16:
        raise Forged("envelope")
    key = key_of(aes_key)
    opener = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
    plain = opener.update(raw) + opener.finalize()
    pad = plain[-1]
    content = plain[: len(plain) - pad]
    if not 1 <= pad <= BLOCK or plain[-pad:] != bytes([pad]) * pad or len(content) < HEAD:
        raise Forged("envelope")
    (length,) = struct.unpack(">I", content[16:HEAD])
    message, whose = content[HEAD : HEAD + length], content[HEAD + length :]
    if len(message) != length or not hmac.compare_digest(whose, receiver.encode()):
        raise Forged("envelope")
    return message


def seal(message: bytes, aes_key: str, receiver: str, random16: bytes) -> str:
    """The other way: for answers in the response, and for tests."""
    key = key_of(aes_key)
    plain = random16 + struct.pack(">I", len(message)) + message + receiver.encode()
    pad = BLOCK - len(plain) % BLOCK
    sealer = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(sealer.update(plain + bytes([pad]) * pad) + sealer.finalize()).decode()


def key_of(aes_key: str) -> bytes:
    """The 32 bytes of an EncodingAESKey of 43 characters."""
    return base64.b64decode(aes_key + "=")
