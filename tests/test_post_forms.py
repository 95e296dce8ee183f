"""Forms that browsers post to a bucket, signed by the stock client."""

import http.client
import ssl
import uuid
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from conftest import refused, statement


class Answer:
    def __init__(self, response):
        self.status, self.headers = response.status, response.headers
        self.text = response.read().decode()

    @property
    def code(self):
        return ElementTree.fromstring(self.text).findtext("Code")


def post(server, form, content=b"content", filename="a b.txt", **more):
    """Posts a form as a browser does: the fields in order, then the file."""
    boundary = uuid.uuid4().hex
    lines = []
    for name, value in {**form["fields"], **more}.items():
        lines.append(f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode())
    lines.append(
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{filename}"\r\n'
        f"Content-Type: text/plain\r\n\r\n".encode()
    )
    lines += [content, f"\r\n--{boundary}--\r\n".encode()]
    context = ssl.create_default_context(cafile=server.ca)
    connection = http.client.HTTPSConnection("localhost", server.port, context=context, timeout=60)
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    connection.request("POST", urlsplit(form["url"]).path, b"".join(lines), headers)
    answer = Answer(connection.getresponse())
    connection.close()
    return answer


def client(principal, signature_version="s3v4"):
    """Left to itself, the client still signs forms with version 2."""
    return principal.client("s3", s3={"addressing_style": "path"}, signature_version=signature_version)


@pytest.fixture
def uploader(root, bucket):
    return root.user(policy=[statement("Allow", "s3:PutObject", f"arn:aws:s3:::{bucket}/up/*")])


def test_a_form_puts_an_object(server, root, bucket, uploader):
    form = client(uploader).generate_presigned_post(
        bucket,
        "up/${filename}",
        Fields={"success_action_status": "201", "x-amz-meta-mood": "fine", "Content-Type": "text/x-test"},
        Conditions=[
            {"success_action_status": "201"},
            {"x-amz-meta-mood": "fine"},
            ["starts-with", "$Content-Type", "text/"],
            ["content-length-range", 1, 100],
        ],
    )
    answer = post(server, form)
    assert answer.status == 201, answer.text
    told = ElementTree.fromstring(answer.text)
    assert (told.findtext("Bucket"), told.findtext("Key")) == (bucket, "up/a b.txt")
    found = client(root).get_object(Bucket=bucket, Key="up/a b.txt")
    assert found["Body"].read() == b"content"
    assert (found["Metadata"], found["ContentType"]) == ({"mood": "fine"}, "text/x-test")
    assert told.findtext("ETag") == found["ETag"]
    for content, code in [(b"", "EntityTooSmall"), (b"x" * 101, "EntityTooLarge")]:
        answer = post(server, form, content, "other")
        assert (answer.status, answer.code) == (400, code)
    answer = post(server, form, acl="public-read")
    assert (answer.status, answer.code) == (403, "AccessDenied")
    assert "Extra input fields: acl" in answer.text
    refused(lambda: client(root).head_object(Bucket=bucket, Key="up/other"), "404")


def test_a_large_file_streams(server, root, bucket, uploader):
    form = client(uploader).generate_presigned_post(bucket, "up/large")
    content = bytes(range(251)) * (12 << 12)
    assert post(server, form, content).status == 204
    assert client(root).get_object(Bucket=bucket, Key="up/large")["Body"].read() == content


def test_a_form_gives_no_more_than_its_signer_has(server, bucket, uploader):
    form = client(uploader).generate_presigned_post(bucket, "elsewhere/x")
    answer = post(server, form)
    assert (answer.status, answer.code) == (403, "AccessDenied")
    uploader.secret = "another"
    answer = post(server, client(uploader).generate_presigned_post(bucket, "up/x"))
    assert (answer.status, answer.code) == (403, "SignatureDoesNotMatch")
    answer = post(server, {"url": form["url"], "fields": {"key": "up/x"}})
    assert (answer.status, answer.code) == (403, "AccessDenied")


def test_version_two_is_refused_by_name(server, root, bucket):
    form = client(root, signature_version="s3").generate_presigned_post(bucket, "up/x")
    answer = post(server, form)
    assert (answer.status, answer.code) == (400, "InvalidRequest")


def test_a_form_brings_tags(server, root, bucket):
    """A document in the form; what it takes to put tags is asked for as of any request."""
    document = "<Tagging><TagSet><Tag><Key>team</Key><Value>a + b</Value></Tag></TagSet></Tagging>"

    def posted(principal, text=document):
        form = client(principal).generate_presigned_post(
            bucket, "up/tagged", Fields={"tagging": text}, Conditions=[{"tagging": text}]
        )
        return post(server, form)

    objects = f"arn:aws:s3:::{bucket}/*"
    assert posted(root.user(policy=[statement("Allow", "s3:PutObject", objects)])).status == 403
    tagging = root.user(policy=[statement("Allow", ["s3:PutObject", "s3:PutObjectTagging"], objects)])
    assert posted(tagging, "<Tagging><TagSet>").code == "MalformedXML"
    # A sign that no tag may have.
    assert posted(tagging, document.replace("+", "&amp;")).code == "InvalidTag"
    assert posted(tagging).status == 204
    found = root.client("s3").get_object_tagging(Bucket=bucket, Key="up/tagged")["TagSet"]
    assert found == [{"Key": "team", "Value": "a + b"}]
