"""The AWS SDK for JavaScript v3: another language, another HTTP stack, other defaults."""

import os
import shutil
import subprocess
from pathlib import Path

SCRIPTS = Path(__file__).parent / "javascript"
MODULES = Path(os.environ["KURODO_JAVASCRIPT"])


def node(principal, script):
    """Runs a script beside its modules; an assertion that fails there fails here."""
    shutil.copy(SCRIPTS / script, MODULES)
    answer = subprocess.run(
        ["node", MODULES / script], capture_output=True, text=True, env=principal.env(), timeout=120
    )
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


def test_a_user_with_a_narrow_policy_may_do_that_and_nothing_else(root):
    request_id = node(root, "denied.mjs").strip()
    assert request_id


def test_the_document_client_of_dynamodb(root):
    assert node(root, "document.mjs").strip() == "done"


def test_records_of_kinesis_pushed_over_http_2(root):
    assert node(root, "kinesis.mjs").strip() == "done"
