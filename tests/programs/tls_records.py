# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""
Records of TLS made by hand: a client whose handshake is Python's ssl's, and
which then writes what no library would, properly encrypted.

The ciphers are those with ChaCha20-Poly1305 (RFC 8439), in 1.2 (RFC 7905) and
1.3 (RFC 8446), the keys those that ssl writes for debugging.
"""
import hashlib
import hmac
import os
import ssl
import struct

from harness import KIB

# What echod has to be told, so that these are agreed on.
SETTINGS = {"tls_ciphers": "ECDHE+CHACHA20",
            "tls_cipher_suites": "TLS_CHACHA20_POLY1305_SHA256"}

CHANGE_CIPHER_SPEC, ALERT, HANDSHAKE, DATA = 20, 21, 22, 23
WARNING, FATAL = 1, 2
CLOSE_NOTIFY, USER_CANCELED, NO_RENEGOTIATION = 0, 90, 100
CLIENT_HELLO, NEW_SESSION_TICKET, FINISHED, KEY_UPDATE = 1, 4, 20, 24
MOST = 16 * KIB


def plain(kind, data, version=0x0303, length=None):
    """A record as it is on the wire; its length may be another's."""
    return struct.pack("!BHH", kind, version,
                       len(data) if length is None else length) + data


def message(kind, data, length=None):
    """A message of the handshake."""
    return struct.pack("!I", kind << 24 | (
        len(data) if length is None else length)) + data


def vector(data, length=None):
    """With its length before it, in two bytes."""
    return struct.pack("!H", len(data) if length is None else length) + data


def extension(kind, data):
    return struct.pack("!H", kind) + vector(data)


# What a server needs that has a certificate on P-256: groups, signatures.
USUAL = (extension(10, vector(b"\0\x1d\0\x17")), extension(13, vector(b"\4\3")))


def hello(*extensions, ciphers=b"\xc0\x2b", session=b""):
    """A client's hello, by hand."""
    body = (b"\3\3" + bytes(32) + bytes([len(session)]) + session +
            vector(ciphers) + b"\1\0" + vector(b"".join(extensions)))
    data = message(CLIENT_HELLO, body)
    return b"".join(plain(HANDSHAKE, data[start:start + MOST])
                    for start in range(0, len(data), MOST))


def _quarter(x, a, b, c, d):
    for one, other, add, bits in ((a, d, b, 16), (c, b, d, 12),
                                  (a, d, b, 8), (c, b, d, 7)):
        x[one] = x[one] + x[add] & 0xffffffff
        mixed = x[other] ^ x[one]
        x[other] = (mixed << bits | mixed >> 32 - bits) & 0xffffffff


def chacha20(key, nonce, counter, data):
    """The data, encrypted from that block on."""
    out = bytearray()
    for start in range(0, len(data), 64):
        words = [0x61707865, 0x3320646e, 0x79622d32, 0x6b206574,
                 *struct.unpack("<8I", key), counter + start // 64,
                 *struct.unpack("<3I", nonce)]
        x = list(words)
        for _ in range(10):
            for i in range(4):
                _quarter(x, i, i + 4, i + 8, i + 12)
            for i in range(4):
                _quarter(x, i, (i + 1) % 4 + 4, (i + 2) % 4 + 8,
                         (i + 3) % 4 + 12)
        block = struct.pack("<16I", *(one + other & 0xffffffff
                                      for one, other in zip(x, words)))
        out += bytes(map(int.__xor__, data[start:start + 64], block))
    return bytes(out)


def poly1305(key, data):
    r = int.from_bytes(key[:16], "little") & 0x0ffffffc0ffffffc0ffffffc0fffffff
    total = 0
    for start in range(0, len(data), 16):
        part = int.from_bytes(data[start:start + 16] + b"\x01", "little")
        total = (total + part) * r % ((1 << 130) - 5)
    total += int.from_bytes(key[16:], "little")
    return (total & (1 << 128) - 1).to_bytes(16, "little")


def seal(key, nonce, head, data):
    """The data, encrypted, with the tag."""
    sealed = chacha20(key, nonce, 1, data)
    padded = b"".join(part + bytes(-len(part) % 16) for part in (head, sealed))
    return sealed + poly1305(
        chacha20(key, nonce, 0, bytes(32)),
        padded + struct.pack("<QQ", len(head), len(sealed)))


def expand_label(secret, label, size):
    """HKDF-Expand-Label of TLS 1.3; one block is enough."""
    info = struct.pack("!HB", size, 6 + len(label)) + b"tls13 " + label + b"\0"
    return hmac.digest(secret, info + b"\x01", "sha256")[:size]


def prf(secret, seed, size):
    """TLS 1.2's."""
    out, chain = b"", seed
    while len(out) < size:
        chain = hmac.digest(secret, chain, "sha256")
        out += hmac.digest(secret, chain + seed, "sha256")
    return out[:size]


def shake_hands(sock, tls, incoming, outgoing):
    """Does that; what was sent, and what was received."""
    sent = received = b""
    while True:
        try:
            tls.do_handshake()
            done = True
        except ssl.SSLWantReadError:
            done = False
        part = outgoing.read()
        sock.sendall(part)
        sent += part
        if done:
            return sent, received
        part = sock.recv(64 * KIB)
        if not part:
            raise ConnectionResetError("the end, within the handshake")
        received += part
        incoming.write(part)


class Forger:
    """A client on a connected socket, of TLS 1.2 or 1.3, which has shaken hands
    and can send any records."""

    def __init__(self, sock, context, folder, server_name="localhost"):
        self.sock = sock
        context.keylog_filename = os.path.join(folder, "keys")
        context.set_ciphers("ECDHE+CHACHA20")
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = context.wrap_bio(incoming, outgoing, server_hostname=server_name)
        sent, received = shake_hands(sock, tls, incoming, outgoing)
        self.new = tls.version() == "TLSv1.3"
        with open(context.keylog_filename, encoding="ascii") as file:
            keys = dict(line.split()[::2] for line in file
                        if not line.startswith("#"))
        os.unlink(context.keylog_filename)
        if self.new:
            self.take_secret(bytes.fromhex(keys["CLIENT_TRAFFIC_SECRET_0"]))
            return
        # In both hellos the random follows the version.
        block = prf(bytes.fromhex(keys["CLIENT_RANDOM"]), b"key expansion" +
                    received[11:43] + sent[11:43], 88)
        self.key, self.iv = block[:32], block[64:76]
        self.sequence = 1  # Finished was the first.

    def take_secret(self, secret):
        self.secret, self.sequence = secret, 0
        self.key = expand_label(secret, b"key", 32)
        self.iv = expand_label(secret, b"iv", 12)

    def record(self, kind, data, padding=0):
        """The next record, encrypted."""
        sequence = struct.pack("!Q", self.sequence)
        nonce = bytes(map(int.__xor__, self.iv, bytes(4) + sequence))
        self.sequence += 1
        if self.new:
            data = data + bytes([kind]) + bytes(padding)
            head = struct.pack("!BHH", DATA, 0x0303, len(data) + 16)
            return head + seal(self.key, nonce, head, data)
        head = struct.pack("!BHH", kind, 0x0303, len(data))
        return plain(kind, seal(self.key, nonce, sequence + head, data))

    def update_keys(self, request=False):
        """The record that says that the next ones have new keys."""
        record = self.record(HANDSHAKE, message(KEY_UPDATE, bytes([request])))
        self.take_secret(expand_label(self.secret, b"traffic upd", 32))
        return record

    def send(self, *records):
        self.sock.sendall(b"".join(records))
