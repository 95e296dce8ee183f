"""Runs a suite whose expectations were captured from DynamoDB itself, over TLS, and says of each case that fails why.

    KURODO_BIN=target/debug/kurodo python tests/conformance/dynamodb.py CHECKOUT [FILE..]

CHECKOUT is nubo-db/dynamodb-conformance, after `npm install`; nothing in it is changed.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from conftest import Server  # noqa: E402


def main():
    checkout, chosen = sys.argv[1], sys.argv[2:]
    with tempfile.TemporaryDirectory() as place:
        server = Server(Path(place) / "data").start()
        report = Path(place) / "report.json"
        environment = {
            **os.environ,
            **{key: server.env[key] for key in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")},
            "AWS_REGION": "us-east-1",
            "DYNAMODB_ENDPOINT": server.endpoint,
            "NODE_EXTRA_CA_CERTS": server.ca,
        }
        command = ["node_modules/.bin/vitest", "run", "--reporter=json", f"--outputFile={report}", *chosen]
        subprocess.run(command, cwd=checkout, env=environment, capture_output=True, check=False)
        found = json.loads(report.read_text())
        server.stop()
    for file in found["testResults"]:
        for case in file["assertionResults"]:
            if case["status"] == "failed":
                print(f"{case['fullName']}\n    {case['failureMessages'][0].splitlines()[0]}")
    print(f"{found['numPassedTests']} of {found['numTotalTests']}")


if __name__ == "__main__":
    main()
