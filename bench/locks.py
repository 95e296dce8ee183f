"""What each lock costs: a load of `cargo xtask bench` while perf samples the server, the samples divided by what they were
taken in. Needs wrk, curl and perf, and a build with frame pointers:

    RUSTFLAGS="-C force-frame-pointers=yes" cargo build --profile measure -p kurodo -p kurodo-bench --target-dir target/framed
    python bench/locks.py target/framed/measure "S3 GetObject 4" ["DynamoDB GetItem" ..]

Prints for each load and part its share of the server's processor time, and its microseconds per request; with `--top N` the
largest functions of each part. `--stacks FILE` keeps the stacks too, as flamegraph.pl and inferno read them.
"""

import argparse
import collections
import re
import subprocess
import time

# The first row that any frame of the stack matches tells what the time went to.
PARTS = [
    ("audit trail", r"kurodo_audit|kurodo_gateway::trail|kurodo_store::log"),
    ("signature", r"kurodo_gateway::authenticate|kurodo_sigv4|kurodo_gateway::signature"),
    ("policies", r"kurodo_authz::desk|kurodo_policy|Demand>::grant|Demand>::decide|kurodo_gateway::find"),
    ("TLS and sockets", r"rustls|kurodo_gateway::guard|tokio::net|::registration::|TcpStream"),
    ("encryption on disk", r"kurodo_keys|aead_aes_gcm|EVP_AEAD|::seal"),
    ("records", r"kurodo_store|redb"),
]
# Where none does, the innermost frame that one of these matches.
AROUND = [
    ("HTTP", r"^<?hyper|httparse|^<?http::"),
    ("request and answer as structures", r"kurodo_wire"),
    ("TLS and sockets", r"__libc_recv|tcp_|aws_lc"),
    ("the operation", r"kurodo_(s3|dynamodb|kinesis|iam|sts|cloudwatch|logs|kms)"),
    ("the front door", r"kurodo_gateway|kurodo_authz|kurodo_arn"),
    ("the runtime", r"tokio|std::|core::|\[kernel\]|epoll|futex|clone3|start_thread"),
]


def stacks(process, seconds):
    """Samples of a process: for each the names of its frames, from the outermost inwards."""
    data = f"/tmp/kurodo-locks-{process}.data"
    watch = ["perf", "record", "--quiet", "-e", "cpu-clock", "-F", "1999", "-g", "--pid", str(process), "-o", data]
    subprocess.run([*watch, "--", "sleep", str(seconds)], check=True, stdout=subprocess.DEVNULL)
    shown = ["perf", "script", "-i", data, "--no-inline", "-F", "ip,sym"]
    text = subprocess.run(shown, check=True, capture_output=True, text=True).stdout
    for sample in text.split("\n\n"):
        names = [line.strip().split(" ", 1)[-1] for line in sample.splitlines() if line.strip()]
        if names:
            yield [re.sub(r"::h[0-9a-f]{16}$", "", name) for name in reversed(names)]


def part(frames):
    for name, pattern in PARTS:
        if any(re.search(pattern, frame) for frame in frames):
            return name
    for frame in reversed(frames):
        for name, pattern in AROUND:
            if re.search(pattern, frame):
                return name
    return "else"


def measure(built, load, keep):
    """Puts the load on a server of its own, and samples it in the middle."""
    asked = ["cargo", "xtask", "bench", "--built", built, "--servers", "Kurodo", "--rounds", "1", "--seconds", "14"]
    bench = subprocess.Popen([*asked, "--loads", load], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    time.sleep(10)
    [process] = subprocess.run(
        ["pgrep", "-f", f"{built}/kurodo serve"], capture_output=True, text=True, check=True
    ).stdout.split()
    taken = list(stacks(process, 6))
    output = bench.communicate()[0]
    rows = [line.split("|") for line in output.splitlines() if line.startswith("| Kurodo |") and "µs" in line]
    cost = float(rows[-1][5].strip().removesuffix(" µs"))
    title = next(line for line in output.splitlines() if line.startswith("### "))
    if keep:
        with open(keep, "a") as file:
            folded = collections.Counter(";".join(frame.replace(";", ":") for frame in frames) for frames in taken)
            file.writelines(f"{stack} {count}\n" for stack, count in folded.items())
    return title, cost, taken


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("built")
    parser.add_argument("loads", nargs="+")
    parser.add_argument("--stacks")
    parser.add_argument("--top", type=int, default=0, help="print this many functions of each part, with what they call")
    options = parser.parse_args()
    for load in options.loads:
        title, cost, taken = measure(options.built, load, options.stacks)
        shares = collections.Counter(part(frames) for frames in taken)
        print(f"{title}\n\n{cost:.0f} µs of server CPU per request, {len(taken)} samples.\n")
        print("| part | share | µs per request |\n|---|---|---|")
        for name, count in shares.most_common():
            print(f"| {name} | {100 * count / len(taken):.0f} % | {cost * count / len(taken):.1f} |")
        print()
        if options.top:
            for name, _ in shares.most_common():
                within = collections.Counter()
                for frames in taken:
                    if part(frames) == name:
                        within.update({frame for frame in frames if "kurodo" in frame} | {f"{frames[-1]} itself"})
                for frame, count in within.most_common(options.top):
                    print(f"    {name}: {cost * count / len(taken):.2f} µs in {frame[:150]}")
            print()


if __name__ == "__main__":
    main()
