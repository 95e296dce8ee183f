"""Nothing is silently ignored: every operation that AWS has and Kurodo has not is refused by its name, once it is signed."""

import json

import pytest
from botocore.exceptions import ClientError

from conftest import kurodo

# Operations of S3's API that are signed for services of their own, which are not there at all.
FOREIGN = {
    "ListDirectoryBuckets",
    "WriteGetObjectResponse",
    "DeleteAccessPointScope",
    "GetAccessPointScope",
    "ListAccessPointsForDirectoryBuckets",
    "PutAccessPointScope",
}
# Older forms of what is served: a request of theirs is one of the newer operation.
OLDER = {
    ("s3", verb + noun) for verb in ("Get", "Put") for noun in ("BucketLifecycle", "BucketNotification")
}
REFUSED = [
    (table["service"], name)
    for table in json.loads(kurodo("table", "--json").stdout)
    for name in table["refused"]
    # Outposts' buckets: without an outpost in the request, it is one for a bucket named `v20180820`.
    if (table["service"], name) not in {("s3control", "CreateBucket"), *OLDER}
]


def least(shape, name=""):
    """The least that the client's model takes for this shape."""
    match shape.type_name:
        case "structure":
            members = shape.members.items()
            return {key: least(member, key) for key, member in members if key in shape.required_members}
        case "list":
            return [least(shape.member)]
        case "map":
            return {least(shape.key): least(shape.value)}
        case "integer" | "long" | "float" | "double":
            return 1
        case "boolean":
            return True
        case "blob":
            return b"x"
        case "timestamp":
            return "2026-01-01T00:00:00Z"
    words = getattr(shape, "enum", None)
    return words[0] if words else name.lower() or "word"


@pytest.mark.parametrize("service,operation", REFUSED, ids=lambda part: part)
def test_what_is_not_served_is_refused_by_name(root, service, operation):
    # The client writes `stream-` before the host for some of the logs' operations: there is no such host here.
    client = root.client(service, parameter_validation=False, inject_host_prefix=service != "logs")
    model = client.meta.service_model
    found = next((name for name in model.operation_names if name == operation), None)
    if found is None:
        pytest.skip("this client no longer has the operation")
    method = next(method for method, name in client.meta.method_to_api_mapping.items() if name == operation)
    shape = model.operation_model(operation).input_shape
    parameters = least(shape) if shape else {}
    if "AccountId" in parameters:
        parameters["AccountId"] = root.account
    with pytest.raises(ClientError) as error:
        getattr(client, method)(**parameters)
    answer = error.value.response
    if operation in FOREIGN:
        assert answer["Error"]["Code"] == "UnknownService", answer
        return
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 501, answer
    assert answer["Error"]["Code"].endswith("NotImplemented"), answer
    assert operation in answer["Error"]["Message"], answer
