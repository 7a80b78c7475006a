"""The DTLS handshake of one call, as its server (RFC 5764): datagrams in and out, SRTP keys at the end.

The certificate is made once per process; a peer is who its SDP's fingerprint says, nobody else.
Not here: sockets (``wire.py``), the packets the keys are for (pylibsrtp).
"""

from __future__ import annotations

import datetime
import functools
import secrets
from typing import Any

from aiortc.rtcdtlstransport import SRTP_PROFILES
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from OpenSSL import SSL
from pylibsrtp import Policy, Session

MTU = 1200
RECORD_HEADER = 13
CIPHERS = b"ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES256-GCM-SHA384"
HASHES: dict[str, type[hashes.HashAlgorithm]] = {
    "sha-256": hashes.SHA256,
    "sha-384": hashes.SHA384,
    "sha-512": hashes.SHA512,
}


class DtlsError(Exception):
    """The handshake cannot succeed any more."""


@functools.cache
def certificate() -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    """Ours: self-signed, as in WebRTC; the SDP's fingerprint vouches for it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, secrets.token_hex(8))])
    now = datetime.datetime.now(datetime.UTC)
    built = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    built = built.serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=1))
    return key, built.not_valid_after(now + datetime.timedelta(days=3650)).sign(key, hashes.SHA256())


def fingerprint(of: x509.Certificate, algorithm: str = "sha-256") -> str:
    """``AB:CD:...`` of a certificate."""
    return of.fingerprint(HASHES[algorithm]()).hex(":").upper()


@functools.cache
def own_fingerprint() -> str:
    """Ours, sha-256."""
    return fingerprint(certificate()[1])


@functools.cache
def _context() -> SSL.Context:
    key, own = certificate()
    context = SSL.Context(SSL.DTLS_SERVER_METHOD)
    context.set_options(SSL.OP_NO_TICKET)
    context.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT, lambda *_: True)  # the fingerprint decides
    context.use_certificate(own)
    context.use_privatekey(key)
    context.set_cipher_list(CIPHERS)
    context.set_tlsext_use_srtp(b":".join(each.openssl_profile for each in SRTP_PROFILES))
    return context


class Handshake:
    """Feed it what comes, send what ``take_out`` gives; ``is_done`` when both sides have proved their keys."""

    def __init__(self) -> None:
        self.is_done = False
        self._connection = SSL.Connection(_context(), None)
        self._connection.set_ciphertext_mtu(MTU)
        self._connection.set_accept_state()

    def feed(self, datagram: bytes) -> None:
        """One datagram from the peer. DtlsError when it ends the handshake."""
        self._connection.bio_write(datagram)
        self._go_on()

    def tick(self) -> None:
        """Now and then: what was lost is sent again."""
        left = self._connection.DTLSv1_get_timeout()
        if left is not None and left <= 0:
            self._connection.DTLSv1_handle_timeout()

    def _go_on(self) -> None:
        try:
            if self.is_done:
                self._connection.recv(MTU)  # a close, or noise
            else:
                self._connection.do_handshake()
                self.is_done = True
        except SSL.WantReadError:
            return
        except SSL.ZeroReturnError:
            raise DtlsError("the peer closed") from None
        except SSL.Error as error:
            raise DtlsError(str(error)) from None

    def take_out(self) -> list[bytes]:
        """The datagrams to send now: whole records, each at most ``MTU`` bytes."""
        written = bytearray()
        while True:
            try:
                written += self._connection.bio_read(65_536)
            except SSL.WantReadError:
                break
            except SSL.Error:
                break
        datagrams: list[bytes] = []
        at = 0
        while at + RECORD_HEADER <= len(written):
            end = at + RECORD_HEADER + int.from_bytes(written[at + 11 : at + 13], "big")
            record = bytes(written[at:end])
            if datagrams and len(datagrams[-1]) + len(record) <= MTU:
                datagrams[-1] += record
            else:
                datagrams.append(record)
            at = end
        return datagrams

    def is_from(self, algorithm: str, wanted: str) -> bool:
        """Whether the peer's certificate is the one its SDP named."""
        shown = self._connection.get_peer_certificate(as_cryptography=True)
        return shown is not None and fingerprint(shown, algorithm) == wanted

    def sessions(self) -> tuple[Any, Any]:
        """(what protects our packets, what opens theirs). DtlsError where no profile was agreed on."""
        name = self._connection.get_selected_srtp_profile()
        profile = next((each for each in SRTP_PROFILES if each.openssl_profile == name), None)
        if profile is None:
            raise DtlsError("no SRTP profile in common")
        length = 2 * (profile.key_length + profile.salt_length)
        keys = self._connection.export_keying_material(b"EXTRACTOR-dtls_srtp", length)
        made = []
        for index, direction in ((1, Policy.SSRC_ANY_OUTBOUND), (0, Policy.SSRC_ANY_INBOUND)):  # we are the server
            policy = Policy(
                key=profile.get_key_and_salt(keys, index), ssrc_type=direction, srtp_profile=profile.libsrtp_profile
            )
            policy.allow_repeat_tx = True
            policy.window_size = 1024
            made.append(Session(policy))
        return made[0], made[1]
