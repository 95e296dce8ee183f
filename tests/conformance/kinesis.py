"""Runs kinesalite's own test suite against Kurodo, over TLS, and says of each case whether it passes.

    KURODO_BIN=target/debug/kurodo python tests/conformance/kinesis.py CHECKOUT [FILE..]

CHECKOUT is mhart/kinesalite at release 3.3.3, after `npm ci`; it is copied, and nothing in it is changed. The suite signs
for an address, and so names no service: the copy of its helpers signs for `kinesis` in `us-east-1`, asks for the host
`kinesis.localhost`, and starts no server of its own. Each file is run for itself.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from conftest import Server  # noqa: E402

OPTIONS = """requestOpts = {host: 'kinesis.localhost', port: +process.env.KURODO_PORT, method: 'POST', ssl: true,
  service: 'kinesis', region: 'us-east-1', servername: 'localhost',
  lookup: function(name, how, cb) { how.all ? cb(null, [{address: '127.0.0.1', family: 4}]) : cb(null, '127.0.0.1', 4) }}
"""
# What stands for the server that the suite would start.
NONE = "{listen: function(port, cb) { cb() }, close: function(cb) { cb() }}"
# Cases that wait for longer than anything here takes.
TIMEOUT = "20s"


def prepare(checkout, place):
    """A copy of the suite that asks Kurodo."""
    shutil.copytree(checkout, place, symlinks=True, ignore=shutil.ignore_patterns(".git"))
    helpers = place / "test" / "helpers.js"
    text = helpers.read_text()
    start, end = text.index("requestOpts = "), text.index("var kinesaliteServer")
    text = text[:start] + OPTIONS + "\n" + text[end:]
    text = text.replace("kinesalite({path: process.env.KINESALITE_PATH})", NONE)
    helpers.write_text(text)
    return place


def run(suite, server, name):
    """The cases of a file: its title, and why it does not pass."""
    account = server.root().arn.split(":")[4] if hasattr(server.root(), "arn") else "000000000000"
    environment = {
        **os.environ,
        **{key: server.env[key] for key in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")},
        "AWS_REGION": "us-east-1",
        "AWS_ACCOUNT_ID": account,
        "KURODO_PORT": str(server.port),
        "NODE_EXTRA_CA_CERTS": server.ca,
        "NODE_TLS_REJECT_UNAUTHORIZED": "0",
    }
    command = ["node_modules/.bin/mocha", "--require", "should", "--reporter", "json", "-t", TIMEOUT, "--exit"]
    command += ["test/helpers.js", f"test/{name}.js"]
    result = subprocess.run(command, cwd=suite, env=environment, capture_output=True, text=True)
    start = result.stdout.find('{\n  "stats"')
    if start < 0:
        sys.exit(f"{name}: {result.stdout[-2000:]}{result.stderr[-2000:]}")
    report = json.loads(result.stdout[start:])
    return report["stats"], report["failures"], report["passes"]


def main():
    checkout, chosen = Path(sys.argv[1]), sys.argv[2:]
    with tempfile.TemporaryDirectory() as place:
        suite = prepare(checkout, Path(place) / "suite")
        server = Server(Path(place) / "data").start()
        try:
            every = sorted(path.stem for path in (suite / "test").glob("*.js") if path.stem != "helpers")
            passed = total = 0
            for name in chosen or every:
                _, failures, passes = run(suite, server, name)
                cases = len(failures) + len(passes)
                passed, total = passed + len(passes), total + cases
                print(f"| {name} | {cases} | {len(passes)} |", flush=True)
                for failure in failures:
                    message = failure["err"].get("message", "")[:600]
                    print(f"    {failure['fullTitle']}: {message}", flush=True)
            print(f"together {passed} of {total}")
        finally:
            server.stop()


if __name__ == "__main__":
    main()
