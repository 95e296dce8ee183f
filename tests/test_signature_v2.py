"""The historic Signature Version 2: refused by name, but to accounts that were opted in."""

from conftest import Server, kurodo, refused


def test_it_is_refused_by_name(root):
    client = root.client("sts", signature_version="v2")
    answer = refused(client.get_caller_identity, "InvalidSignatureVersion", 400)
    assert "AWS4-HMAC-SHA256" in answer["Error"]["Message"]


def test_an_account_is_opted_in_and_out_by_the_operator(tmp_path):
    account = "000011112222"
    server = Server(tmp_path / "data", "--account-id", account, "--signature-v2", account).start()
    try:
        user = server.root().user()
        assert user.client("sts", signature_version="v2").get_caller_identity()["Account"] == account
        refused(user.client("iam", signature_version="v2").list_users, "AccessDenied", 403)
        user.secret = "another"
        forged = user.client("sts", signature_version="v2")
        refused(forged.get_caller_identity, "SignatureDoesNotMatch", 403)
        server.stop()
        server.flags = ()
        root = server.start().root()
        refused(root.client("sts", signature_version="v2").get_caller_identity, "InvalidSignatureVersion", 400)
        assert root.account == account
    finally:
        server.stop()


def test_only_accounts_that_exist_are_opted_in(tmp_path):
    answer = kurodo(
        "serve", "--data-dir", tmp_path, "--listen", "127.0.0.1:0", "--signature-v2", "000011112223", check=False
    )
    assert answer.returncode != 0
    assert "000011112223 is no account" in answer.stderr
