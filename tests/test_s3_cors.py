"""Pages of other origins: what their browsers are told."""

import http.client
import ssl

import pytest

from conftest import refused

ORIGIN = "https://shop.example.com"


@pytest.fixture
def s3(root):
    return root.client("s3")


@pytest.fixture
def shared(s3, bucket):
    """A bucket that lets the pages of a shop put and look, and everybody's look."""
    put(s3, bucket, [
        {
            "ID": "shop",
            "AllowedOrigins": ["https://*.example.com"],
            "AllowedMethods": ["PUT", "GET"],
            "AllowedHeaders": ["x-amz-*", "Content-Type"],
            "ExposeHeaders": ["ETag"],
            "MaxAgeSeconds": 60,
        },
        {"AllowedOrigins": ["*"], "AllowedMethods": ["GET"]},
    ])
    return bucket


def put(s3, bucket, rules):
    return s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": rules})


def ask(server, method, path, **headers):
    """What an unsigned request is answered: status, header fields, text."""
    context = ssl.create_default_context(cafile=server.ca)
    connection = http.client.HTTPSConnection("localhost", server.port, context=context, timeout=60)
    connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, text


def preflight(server, path, origin=ORIGIN, method="PUT", **more):
    return ask(server, "OPTIONS", path, Origin=origin, Access_Control_Request_Method=method, **more)


def test_rules_come_back_and_go(s3, bucket):
    answer = refused(lambda: s3.get_bucket_cors(Bucket=bucket), "NoSuchCORSConfiguration", 404)
    assert answer["Error"]["Message"] == "The CORS configuration does not exist"
    rule = {"ID": "a", "AllowedOrigins": ["*"], "AllowedMethods": ["GET", "HEAD"], "MaxAgeSeconds": 5}
    put(s3, bucket, [rule])
    assert s3.get_bucket_cors(Bucket=bucket)["CORSRules"] == [rule]
    for _ in range(2):
        assert s3.delete_bucket_cors(Bucket=bucket)["ResponseMetadata"]["HTTPStatusCode"] == 204
    refused(lambda: s3.get_bucket_cors(Bucket=bucket), "NoSuchCORSConfiguration", 404)


@pytest.mark.parametrize("changes, message", [
    ({"AllowedMethods": ["OPTIONS"]}, "Found unsupported HTTP method in CORS config. Unsupported method is OPTIONS"),
    ({"AllowedOrigins": ["https://*.*"]}, 'AllowedOrigin "https://*.*" can not have more than one wildcard.'),
    ({"AllowedHeaders": ["*-*"]}, 'AllowedHeader "*-*" can not have more than one wildcard.'),
    ({"ExposeHeaders": ["x-*"]},
     'ExposeHeader "x-*" contains wildcard. We currently do not support wildcard for ExposeHeader.'),
])
def test_rules_that_are_none(s3, bucket, changes, message):
    rule = {"AllowedOrigins": ["*"], "AllowedMethods": ["GET"], **changes}
    refused(lambda: put(s3, bucket, [rule]), "InvalidRequest", 400, message)
    refused(lambda: put(s3, bucket, []), "MalformedXML", 400)
    many = [{"AllowedOrigins": ["*"], "AllowedMethods": ["GET"]}] * 101
    refused(lambda: put(s3, bucket, many), "InvalidRequest", 400)


def test_a_browser_that_asks_beforehand_is_told(server, shared):
    status, headers, text = preflight(
        server, f"/{shared}/key", Access_Control_Request_Headers="X-Amz-Date, content-type"
    )
    assert (status, text) == (200, "")
    assert headers["access-control-allow-origin"] == ORIGIN
    assert headers["access-control-allow-methods"] == "PUT, GET"
    assert headers["access-control-allow-headers"] == "x-amz-date, content-type"
    assert headers["access-control-expose-headers"] == "ETag"
    assert headers["access-control-max-age"] == "60"
    assert headers["access-control-allow-credentials"] == "true"
    assert "Origin" in headers["vary"]
    assert headers["x-amz-request-id"]
    # The second rule names everybody, and lets no credentials through.
    status, headers, _ = preflight(server, f"/{shared}", "https://other.org", "GET")
    assert status == 200 and headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in headers


def test_a_browser_that_may_not_is_told_why(server, s3, shared, bucket):
    for asked in (
        {"origin": "https://other.org"},
        {"method": "DELETE"},
        {"Access_Control_Request_Headers": "x-other"},
    ):
        status, headers, text = preflight(server, f"/{shared}/key", **asked)
        assert status == 403 and "<Code>AccessForbidden</Code>" in text
        assert "CORSResponse: This CORS request is not allowed." in text
        assert "<ResourceType>OBJECT</ResourceType>" in text
        assert "access-control-allow-origin" not in headers
    status, _, text = ask(server, "OPTIONS", f"/{shared}")
    assert status == 400 and "Insufficient information. Origin request header needed." in text
    status, _, text = ask(server, "OPTIONS", f"/{shared}", Origin=ORIGIN)
    assert status == 400 and "Invalid Access-Control-Request-Method: null" in text
    status, _, text = preflight(server, f"/{shared}-none/key")
    assert status == 403 and "CORSResponse: Bucket not found" in text
    s3.delete_bucket_cors(Bucket=bucket)
    status, _, text = preflight(server, f"/{bucket}/key")
    assert status == 403 and "CORSResponse: CORS is not enabled for this bucket." in text


def test_rules_show_answers_and_let_nobody_in(server, root, s3, shared):
    s3.put_object(Bucket=shared, Key="key", Body=b"content")
    # Whoever does not sign is denied; the page sees that.
    status, headers, _ = ask(server, "GET", f"/{shared}/key", Origin=ORIGIN)
    assert status == 403 and headers["access-control-allow-origin"] == ORIGIN
    status, headers, _ = ask(server, "GET", f"/{shared}/key")
    assert status == 403 and "access-control-allow-origin" not in headers
    status, headers, _ = ask(server, "DELETE", f"/{shared}/key", Origin=ORIGIN)
    assert status == 403 and "access-control-allow-origin" not in headers
    signer = root.client("s3", signature_version="s3v4")
    url = signer.generate_presigned_url("get_object", Params={"Bucket": shared, "Key": "key"})
    path = url.split(f":{server.port}", 1)[1]
    status, headers, text = ask(server, "GET", path, Origin=ORIGIN)
    assert (status, text, headers["access-control-expose-headers"]) == (200, "content", "ETag")
