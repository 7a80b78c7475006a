"""Tencent's envelope as its servers make it: the fakes of WeChat and WeCom seal their callbacks with it.

Owns: the sorted SHA-1, the sealing. Written apart from ``webhooks.wechat.crypt``, so that each proves the other.
"""

from __future__ import annotations

import base64
import hashlib
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 32


def sorted_sha1(*parts: str) -> str:
    """The signature of the parts."""
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()


def sealed(content: bytes, aes_key: str, receiver: str) -> str:
    """The envelope; the same content is the same bytes: its random 16 come from its words."""
    key = base64.b64decode(aes_key + "=")
    plain = hashlib.md5(content).digest() + struct.pack(">I", len(content)) + content + receiver.encode()
    pad = BLOCK - len(plain) % BLOCK
    sealer = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(sealer.update(plain + bytes([pad]) * pad) + sealer.finalize()).decode()
