"""Prometheus scrapes figures with a credential that is good for nothing else."""

import base64
import http.client
import ssl
import time
import urllib.parse

import pytest
from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from prometheus_client.parser import text_string_to_metric_families

from cloudwatch import at, began, cloudwatch, namespace, put, value  # noqa: F401
from conftest import Principal, document, fresh
from test_audit import tail

ALLOWED = [{"Effect": "Allow", "Action": "cloudwatch:GetMetricData", "Resource": "*"}]
PATH = "/metrics"


def signed(principal, path=PATH, method="GET", service="monitoring", region="us-east-1", expires=3600, **parameters):
    """The query of a presigned request."""
    url = f"{principal.server.endpoint}{path}"
    request = AWSRequest(method, f"{url}?{urllib.parse.urlencode(parameters)}" if parameters else url)
    credentials = Credentials(principal.access_key_id, principal.secret, principal.token)
    SigV4QueryAuth(credentials, service, region, expires=expires).add_auth(request)
    return urllib.parse.urlsplit(request.url).query


def token(principal, **more):
    return base64.urlsafe_b64encode(signed(principal, **more).encode()).decode().rstrip("=")


class Answer:
    """What was answered to a request whose path nobody tidies."""

    def __init__(self, response):
        self.status, self.headers = response.status, response.headers
        self.kind, self.text = response.headers["content-type"], response.read().decode()


def get(server, path=PATH, bearer=None, method="GET", headers=(), data=None):
    context = ssl.create_default_context(cafile=server.ca)
    connection = http.client.HTTPSConnection(urllib.parse.urlsplit(server.endpoint).netloc, context=context, timeout=60)
    credential = {"Authorization": f"Bearer {bearer}"} if bearer else {}
    try:
        connection.request(method, path, data, {**credential, **dict(headers)})
        return Answer(connection.getresponse())
    finally:
        connection.close()


def samples(response):
    assert response.status == 200, response.text
    assert response.kind == "text/plain; version=0.0.4; charset=utf-8"
    families = list(text_string_to_metric_families(response.text))
    assert len({family.name for family in families}) == len(families)
    found = {}
    for sample in (sample for family in families for sample in family.samples):
        key = (sample.name, *sorted(sample.labels.items()))
        assert key not in found
        found[key] = (sample.value, float(sample.timestamp))
    return found


@pytest.fixture
def scraper(root):
    return root.user(policy=ALLOWED)


def test_prometheus_reads_the_newest_minute_of_every_metric(root, scraper, cloudwatch, namespace):
    odd = 'quote " back \\ slash'
    dimensions = [{"Name": "Queue.Name", "Value": odd}, {"Name": "Host", "Value": "a"}]
    put(cloudwatch, namespace, *[value("Load", number, 2, Unit="Count", Dimensions=dimensions) for number in (2, 4, 9)])
    put(cloudwatch, namespace, value("Load", 100, 3, Unit="Count", Dimensions=dimensions), value("Old", 1, 30))
    put(cloudwatch, fresh("other"), value("Else", 1))
    labels = {
        "namespace": namespace,
        "metric": "Load",
        "unit": "Count",
        "dimension_Host": "a",
        "U__dimension__Queue_2e_Name": odd,
    }
    for response in [
        get(root.server, bearer=token(scraper, namespace=namespace)),
        get(root.server, f"{PATH}?{signed(scraper, namespace=namespace)}"),
    ]:
        want = {"sum": 15, "sample_count": 3, "average": 5, "minimum": 2, "maximum": 9}
        assert samples(response) == {
            (f"cloudwatch_{name}", *sorted(labels.items())): (number, at(2).timestamp()) for name, number in want.items()
        }
    names = {dict(key[1:])["metric"] for key in samples(get(root.server, bearer=token(scraper)))}
    assert {"Load", "Else"} <= names and "Old" not in names
    assert samples(get(root.server, bearer=token(scraper, region="eu-west-1", namespace=namespace))) == {}


def test_a_scrape_needs_a_credential_that_may_get_metric_data(root, scraper):
    server = root.server
    stranger = root.user()
    denied = get(server, bearer=token(stranger))
    assert denied.status == 403 and "cloudwatch:GetMetricData" in denied.text
    assert get(server).status in (403, 404)
    assert get(server, bearer="c2VjcmV0").status in (400, 403)
    basic = base64.b64encode(f"{scraper.access_key_id}:{scraper.secret}".encode()).decode()
    assert get(server, headers={"Authorization": f"Basic {basic}"}).status in (400, 403)
    forged = token(scraper)
    scraper.secret = "another"
    assert "SignatureDoesNotMatch" in get(server, bearer=token(scraper)).text
    assert get(server, bearer=forged).status == 200
    root.client("iam").update_access_key(UserName=scraper.name, AccessKeyId=scraper.access_key_id, Status="Inactive")
    assert get(server, bearer=forged).status == 403


def test_credentials_of_scrapes_last_a_week_at_most(root, scraper):
    assert get(root.server, bearer=token(scraper, expires=604_800)).status == 200
    assert get(root.server, bearer=token(scraper, expires=604_801)).status == 400


def test_the_credential_of_a_scrape_is_good_for_nothing_else(root, bucket):
    everything = root.user(policy=[{"Effect": "Allow", "Action": "*", "Resource": "*"}])
    server, bearer, query = root.server, token(everything), signed(everything)
    assert get(server, bearer=bearer).status == 200
    # As a token it is known at one place only, and the query cannot be given another parameter, place or method.
    for path in ["/", "//metrics", "/./metrics", "/x/../metrics", "/metrics/", f"/{bucket}", "/metrics?list-type=2"]:
        assert get(server, path, bearer=bearer).status in (400, 403), path
    call = "Action=ListMetrics&Version=2010-08-01"
    for path in ["/", "//metrics", "/./metrics", "/x/../metrics", "/metrics/", "/metrics/.", f"/{bucket}", "/%6detrics"]:
        assert get(server, f"{path}?{query}").status in (400, 403), path
    for path in [f"{PATH}?{call}&{query}", f"{PATH}?{query}&{call}", f"{PATH}?{query}&namespace=a", f"/?{call}&{query}"]:
        assert get(server, path).status in (400, 403), path
    for method in ["POST", "PUT", "DELETE", "PATCH"]:
        for more in ({"bearer": bearer}, {"path": f"{PATH}?{query}"}):
            assert get(server, **{"method": method, **more}).status in (400, 403, 405), (method, more)
    # Fields that name an operation are refused where the signature does not cover them.
    kinds = [("GraniteServiceVersion20100801.ListMetrics", "1.0"), ("DynamoDB_20120810.ListTables", "1.0")]
    for path in [PATH, "//metrics", "/./metrics", "/x/../metrics"]:
        for target, version in kinds:
            headers = {"X-Amz-Target": target, "Content-Type": f"application/x-amz-json-{version}"}
            for more in ({"bearer": bearer, "path": path}, {"path": f"{path}?{query}"}):
                answer = get(server, headers=headers, **more)
                assert answer.status in (400, 403), (path, target, answer.text)
    content = {"data": call, "headers": {"Content-Type": "application/x-www-form-urlencoded"}}
    assert get(server, f"{PATH}?{query}", **content).status in (400, 403)
    # A call of the operation that was presigned is no scrape, and a parameter that scrapes do not have is refused.
    assert get(server, bearer=token(everything, Action="ListMetrics", Version="2010-08-01")).status == 400
    assert get(server, bearer=token(everything, service="dynamodb")).status in (400, 403, 404)


def test_sessions_scrape_and_every_scrape_is_audited(root, scraper, iam, account):
    role = fresh("prometheus")
    anybody = {"AWS": f"arn:aws:iam::{account}:root"}
    trust = document({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": anybody})
    iam.create_role(RoleName=role, AssumeRolePolicyDocument=trust)
    iam.put_role_policy(RoleName=role, PolicyName="scrapes", PolicyDocument=document(*ALLOWED))
    assume = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}
    keys = root.user(policy=[assume]).client("sts").assume_role(
        RoleArn=f"arn:aws:iam::{account}:role/{role}", RoleSessionName="prometheus"
    )["Credentials"]
    session = Principal(root.server, keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])
    answer = get(root.server, bearer=token(session))
    samples(answer)
    time.sleep(0.3)  # How it ended is written a little after the answer.
    record = next(one for one in tail(root.server) if one["request_id"] == answer.headers["x-amzn-requestid"])
    assert record["operation"] == "GetMetricData" and record["principal"].endswith(f"assumed-role/{role}/prometheus")
    assert record["decision"]["verdict"] == "allowed" and record["ending"]["status"] == 200
