"""The server as a process: first start, second start, a second process, plaintext, the end."""

import re
import socket
import ssl
import stat
import subprocess

from conftest import BINARY, Server, kurodo, refused


def test_the_first_start_says_all_that_one_needs(own_server):
    assert re.search(r"ready in \d+ ms", own_server.banner)
    for needed in (own_server.endpoint, str(own_server.data_dir), "ca.pem", "credentials"):
        assert needed in own_server.banner


def test_credentials_are_for_their_owner_only(own_server):
    mode = stat.S_IMODE((own_server.data_dir / "credentials").stat().st_mode)
    assert mode == 0o600


def test_env_makes_the_cli_work_unchanged(own_server):
    script = f'eval "$({BINARY} env --data-dir {own_server.data_dir})" && aws sts get-caller-identity --output text'
    answer = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True)
    assert ":root" in answer.stdout


def test_a_second_start_on_the_same_data_just_works(own_server):
    before = own_server.root().account
    assert own_server.stop() == 0
    assert own_server.start().root().account == before


def test_a_second_process_is_told_the_pid_of_the_first(own_server):
    command = [BINARY, "serve", "--data-dir", own_server.data_dir, "--listen", "127.0.0.1:0"]
    second = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert second.returncode != 0
    assert str(own_server.process.pid) in second.stderr


def test_the_account_id_can_be_chosen(tmp_path):
    server = Server(tmp_path / "data", "--account-id", "000011112222").start()
    try:
        assert server.root().account == "000011112222"
    finally:
        server.stop()


def test_ephemeral_leaves_nothing_behind(tmp_path):
    command = [BINARY, "serve", "--ephemeral", "--listen", "127.0.0.1:0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    banner = ""
    for line in process.stdout:
        banner += line
        if "kurodo env" in line:
            break
    folder = re.search(r"--data-dir (\S+?)\)", banner).group(1)
    process.send_signal(2)
    assert process.wait(timeout=60) == 0
    assert subprocess.run(["ls", folder], capture_output=True).returncode != 0


def test_a_plaintext_request_is_refused_once_and_clearly(server):
    with socket.create_connection(("127.0.0.1", server.port)) as plain:
        plain.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        answer = b"".join(iter(lambda: plain.recv(4096), b""))
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.count(b"HTTP/1.1") == 1
    assert b"TLS" in answer


def test_tls_1_1_is_refused(server):
    context = ssl.create_default_context(cafile=server.ca)
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_2
    with socket.create_connection(("127.0.0.1", server.port)) as plain:
        with context.wrap_socket(plain, server_hostname="localhost") as secured:
            assert secured.version() == "TLSv1.2"
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
    old.set_ciphers("ALL:@SECLEVEL=0")
    old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    with socket.create_connection(("127.0.0.1", server.port)) as plain:
        try:
            old.wrap_socket(plain, server_hostname="localhost")
        except (ssl.SSLError, OSError):
            return
    raise AssertionError("TLS 1.1 was accepted")


def test_config_names_the_source_of_every_setting(tmp_path):
    file = tmp_path / "kurodo.toml"
    file.write_text('region = "eu-central-1"\n')
    shown = kurodo("config", "--config", file, "--account-id", "000011112222").stdout
    assert re.search(r"region +\S*eu-central-1\S* +file", shown)
    assert re.search(r"account_id +\S*000011112222\S* +flag", shown)
    assert re.search(r"audit_data +\S+ +default", shown)


def test_an_unknown_setting_in_the_file_is_refused(tmp_path):
    file = tmp_path / "kurodo.toml"
    file.write_text('regoin = "eu-central-1"\n')
    answer = kurodo("config", "--config", file, check=False)
    assert answer.returncode != 0
    assert "regoin" in answer.stderr


def test_an_unknown_service_is_told_so(root):
    refused(lambda: root.client("sqs").list_queues(), "UnknownService")
