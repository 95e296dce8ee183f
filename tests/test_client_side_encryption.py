"""The stock S3 Encryption Client: what it hands in is sealed already, and opens again with the customer's key alone."""

import os
import uuid

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from s3_encryption import S3EncryptionClient, S3EncryptionClientConfig
from s3_encryption.exceptions import S3EncryptionClientError
from s3_encryption.materials.kms_keyring import KmsKeyring
from test_at_rest import search


class KeyHolder:
    """Whoever holds the customer's key, and speaks as KMS does: it gives data keys, sealed by a key that never leaves
    it. Nothing of it is known to the server."""

    def __init__(self):
        self.key = AESGCM(AESGCM.generate_key(256))
        # The client notes its own version here.
        self.meta = boto3.client("kms", region_name="us-east-1", config=Config(signature_version=UNSIGNED)).meta

    def generate_data_key(self, KeyId, KeySpec, EncryptionContext):
        plain, nonce = os.urandom(32), os.urandom(12)
        sealed = self.key.encrypt(nonce, plain, bound(EncryptionContext))
        return {"Plaintext": plain, "CiphertextBlob": nonce + sealed}

    def decrypt(self, KeyId, CiphertextBlob, EncryptionContext):
        nonce, sealed = CiphertextBlob[:12], CiphertextBlob[12:]
        return {"Plaintext": self.key.decrypt(nonce, sealed, bound(EncryptionContext))}


def bound(context):
    return repr(sorted(context.items())).encode()


def client(principal, holder):
    keyring = KmsKeyring(holder, "alias/customer")
    return S3EncryptionClient(principal.client("s3"), S3EncryptionClientConfig(keyring=keyring))


@pytest.mark.parametrize("size", [0, 1, 1000, 6 << 20])
def test_the_stock_client_gets_back_what_it_put(root, bucket, size):
    where, content = {"Bucket": bucket, "Key": "sealed"}, os.urandom(size)
    encrypting = client(root, KeyHolder())
    encrypting.put_object(**where, Body=content, Metadata={"mood": "fine"})
    assert encrypting.get_object(**where)["Body"].read() == content
    # What the service has is longer by the seal, and something else.
    found = root.client("s3").get_object(**where)
    stored = found["Body"].read()
    assert len(stored) == size + 16 and (size < 16 or content[:16] not in stored)
    assert found["Metadata"]["mood"] == "fine"


def test_another_key_opens_nothing(root, bucket):
    where = {"Bucket": bucket, "Key": "sealed"}
    client(root, KeyHolder()).put_object(**where, Body=b"content")
    with pytest.raises((InvalidTag, S3EncryptionClientError)):
        client(root, KeyHolder()).get_object(**where)["Body"].read()


def test_the_service_never_has_the_plaintext(own_server):
    root, text = own_server.root(), f"plain-{uuid.uuid4().hex}"
    bucket = f"b-{uuid.uuid4().hex[:16]}"
    root.client("s3").create_bucket(Bucket=bucket)
    encrypting = client(root, KeyHolder())
    where = {"Bucket": bucket, "Key": "sealed"}
    encrypting.put_object(**where, Body=text.encode() * 4096)
    # The service's own key opens what lies on the disk, and finds the client's seal in it.
    stored = root.client("s3").get_object(**where)["Body"].read()
    assert text.encode() not in stored
    assert not list(search(own_server.data_dir, [text]))
    assert encrypting.get_object(**where)["Body"].read() == text.encode() * 4096
