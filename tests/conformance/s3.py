"""Runs the Ceph project's s3-tests against the built binary, and counts.

    KURODO_BIN=target/debug/kurodo python tests/conformance/s3.py CHECKOUT [arguments of pytest]

CHECKOUT is a checkout of github.com/ceph/s3-tests; what it needs is in its requirements.txt. Its principals are accounts
of a new server, made the way users make them. docs/conformance/s3.md says what comes of it.
"""

import configparser
import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from conftest import Server, kurodo, new_account  # noqa: E402
from identity_provider import Provider  # noqa: E402

# Marks of tests that fail on AWS itself, or that are of extensions which AWS does not have.
UNMARKED = "not fails_on_aws"
# The suite makes its buckets without a location, which only this region takes.
REGION = "us-east-1"
ELSEWHERE = "us-west-2"


def section(principal, name):
    """What the suite must know of an account: its keys and its canonical id."""
    owner = principal.client("s3", region=REGION).list_buckets()["Owner"]["ID"]
    return {
        "display_name": name,
        "user_id": owner,
        "email": f"{name}@example.com",
        "access_key": principal.access_key_id,
        "secret_key": principal.secret,
    }


def account(server, name):
    return section(new_account(server, name), name)


def member(administrator, name):
    """A user who may do everything in his account. The suite knows users and accounts by one id, so he is named as his
    account is; what it gives to and takes from users by that name, it does as the account's administrator."""
    found = section(administrator, name)
    user = administrator.user(name=found["user_id"])
    everything = "arn:aws:iam::aws:policy/AdministratorAccess"
    administrator.client("iam").attach_user_policy(UserName=user.name, PolicyArn=everything)
    return {**found, "access_key": user.access_key_id, "secret_key": user.secret}


def rooted(principal, name):
    """What the suite calls a root user's id is the account's."""
    return {**section(principal, name), "user_id": principal.account}


def keys(principal):
    """Two keys of KMS, by their ARNs: S3 shows keys so, and the suite compares."""
    kms = principal.client("kms", region=REGION)
    first, second = (kms.create_key()["KeyMetadata"]["Arn"] for _ in range(2))
    return {"kms_keyid": first, "kms_keyid2": second}


def identity(provider):
    """A provider that stands in for the Keycloak which the suite wants, and tokens of it."""
    tags = {"principal_tags": {"Department": ["Engineering"]}}
    later = int(time.time()) + 3600
    return {
        "thumbprint": provider.thumbprint,
        "aud": "app",
        "azp": "app",
        "sub": "ada",
        "KC_REALM": provider.realm.rsplit("/", 1)[1],
        "token": provider.token(azp="app", exp=later),
        "user_token": provider.token(exp=later, **{"https://aws.amazon.com/tags": tags}),
        "address": provider.url.split("/", 1)[0],
    }


def principals(server, provider):
    root, main, alt = server.root(), new_account(server, "main"), new_account(server, "alt")
    return {
        "fixtures": {"bucket prefix": "s3tests-{random}-"},
        "s3 main": {
            **section(main, "main"),
            **keys(main),
            "api_name": ELSEWHERE,
            "storage_classes": "INTELLIGENT_TIERING, GLACIER_IR",
        },
        "s3 alt": member(alt, "alt"),
        "s3 tenant": {**account(server, "tenant"), "tenant": ""},
        "iam": section(alt, "alt"),
        "iam root": rooted(root, "root"),
        "iam alt root": account(server, "altroot"),
        "webidentity": identity(provider),
    }


def configuration(server, sections):
    config = configparser.RawConfigParser()
    place = {"host": "localhost", "port": server.port, "is_secure": "True", "ssl_verify": "True"}
    config.read_dict({"DEFAULT": place, **sections})
    with open(server.data_dir.parent / "s3tests.conf", "w") as file:
        config.write(file)
    return file.name


def accounts(server):
    lines = kurodo("account", "list", "--data-dir", server.data_dir).stdout.splitlines()
    return [line.split()[0] for line in lines]


def run(checkout, folder, arguments):
    provider = Provider(realm="auth/realms/people")
    server = Server(folder / "data", "--region", REGION).start()
    try:
        sections, signing = principals(server, provider), accounts(server)
        server.stop()
        # Some tests sign with Signature Version 2, which accounts must be let.
        server.start({"KURODO_SIGNATURE_V2": ",".join(signing)})
        environment = {
            **os.environ,
            "S3TEST_CONF": configuration(server, sections),
            "S3TEST_CA": server.ca,
            "AWS_CA_BUNDLE": server.ca,
            "REQUESTS_CA_BUNDLE": server.ca,
            "SSL_CERT_FILE": server.ca,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_MAX_ATTEMPTS": "1",
            "PYTHONPATH": os.pathsep.join([str(HERE), os.environ.get("PYTHONPATH", "")]),
        }
        found = folder / "found.xml"
        subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "s3_plugin", "-m", UNMARKED, f"--junitxml={found}", *arguments],
            cwd=checkout,
            env=environment,
        )
        return found
    finally:
        server.kill()
        provider.stop()


def report(found):
    """One line for each test that did not pass, and the totals."""
    totals = Counter()
    for case in ElementTree.parse(found).iter("testcase"):
        kinds = {child.tag for child in case} & {"failure", "error", "skipped"}
        outcome = next((kind for kind in ("failure", "error", "skipped") if kind in kinds), "passed")
        totals[outcome] += 1
        if outcome != "passed":
            message = case.find(outcome).get("message", "").splitlines() or [""]
            module = case.get("classname").rsplit(".", 1)[1]
            print(f"{outcome:8} {module}::{case.get('name')}: {message[0][:200]}")
    print(dict(totals), "of", totals.total())


if __name__ == "__main__":
    checkout, *arguments = sys.argv[1:]
    kept = os.environ.get("KURODO_CONFORMANCE_DIR")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(kept or temporary)
        report(run(Path(checkout), folder, arguments or ["s3tests/functional"]))
