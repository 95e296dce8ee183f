"""An OpenID Connect provider for the tests: keys, tokens, and a server that shows the keys over TLS."""

import base64
import datetime
import hashlib
import ipaddress
import json
import ssl
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.x509.oid import NameOID

CURVES = {"ES256": (ec.SECP256R1(), hashes.SHA256(), 32, "P-256"), "ES384": (ec.SECP384R1(), hashes.SHA384(), 48, "P-384")}
HASHES = {"RS256": hashes.SHA256(), "RS384": hashes.SHA384(), "RS512": hashes.SHA512()}


def encoded(value):
    value = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def number(value, length=None):
    return encoded(value.to_bytes(length or (value.bit_length() + 7) // 8, "big"))


class Key:
    """A key pair that signs tokens."""

    def __init__(self, algorithm="RS256", kid="first"):
        self.algorithm, self.kid = algorithm, kid
        curve = CURVES.get(algorithm)
        self.private = ec.generate_private_key(curve[0]) if curve else rsa.generate_private_key(65537, 2048)

    def shown(self):
        """As an issuer shows it."""
        public = self.private.public_key().public_numbers()
        shown = {"kid": self.kid, "use": "sig", "alg": self.algorithm}
        if self.algorithm in CURVES:
            _, _, length, name = CURVES[self.algorithm]
            return {**shown, "kty": "EC", "crv": name, "x": number(public.x, length), "y": number(public.y, length)}
        return {**shown, "kty": "RSA", "n": number(public.n), "e": number(public.e)}

    def sign(self, claims, **header):
        signed = f"{encoded({'alg': self.algorithm, 'kid': self.kid, **header})}.{encoded(claims)}"
        return f"{signed}.{encoded(self.signature(signed.encode()))}"

    def signature(self, message):
        if self.algorithm in CURVES:
            _, digest, length, _ = CURVES[self.algorithm]
            r, s = decode_dss_signature(self.private.sign(message, ec.ECDSA(digest)))
            return r.to_bytes(length, "big") + s.to_bytes(length, "big")
        return self.private.sign(message, padding.PKCS1v15(), HASHES[self.algorithm])


class Provider:
    """An issuer with a certificate authority of its own, that listens on a free port."""

    def __init__(self, *keys, realm="realms/people"):
        self.keys = list(keys) or [Key()]
        self.asked = 0
        self.authority, certificate, private = certificates()
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                provider.asked += 1
                found = provider.documents().get(self.path)
                content = json.dumps(found).encode() if found else b""
                self.send_response(200 if found else 404)
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "server.pem"
            path.write_bytes(private + certificate + self.authority)
            context.load_cert_chain(path)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.realm = realm
        self.url = f"localhost:{self.server.server_port}/{realm}"
        self.issuer = f"https://{self.url}"

    def documents(self):
        keys = f"/{self.realm}/keys"
        return {
            f"/{self.realm}/.well-known/openid-configuration": {
                "issuer": self.issuer,
                "jwks_uri": f"https://localhost:{self.server.server_port}{keys}",
            },
            keys: {"keys": [key.shown() for key in self.keys]},
        }

    @property
    def thumbprint(self):
        return hashlib.sha1(x509.load_pem_x509_certificate(self.authority).public_bytes(serialization.Encoding.DER)).hexdigest()

    def claims(self, **more):
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": "app", "sub": "ada", "iat": now, "exp": now + 600, **more}
        return {name: value for name, value in claims.items() if value is not None}

    def token(self, **claims):
        return self.keys[0].sign(self.claims(**claims))

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


def certificates():
    """An authority, and a certificate for this machine with its key; all as PEM."""
    now = datetime.datetime.now(datetime.timezone.utc)

    def build(name, issuer, key, signer, ca, names=None):
        builder = x509.CertificateBuilder(
            issuer_name=x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]),
            subject_name=x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]),
            public_key=key.public_key(),
            serial_number=x509.random_serial_number(),
            not_valid_before=now - datetime.timedelta(days=1),
            not_valid_after=now + datetime.timedelta(days=2),
        ).add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        return builder.sign(signer, hashes.SHA256())

    root, own = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = build("authority", "authority", root, root, True)
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    certificate = build("localhost", "authority", own, root, False, names)
    pem = serialization.Encoding.PEM
    private = own.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return authority.public_bytes(pem), certificate.public_bytes(pem), private
