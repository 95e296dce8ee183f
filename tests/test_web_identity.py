"""Sign-in with tokens of an OpenID Connect provider: verified against keys that the provider shows, decided by the role's
trust policy, and held to what the session may do."""

import hashlib
import hmac
import json
import time

import dynamodb
import pytest
from botocore.exceptions import ClientError
from conftest import Principal, document, fresh, kurodo, refused, statement
from identity_provider import Key, Provider, encoded

NOT_FETCHED = (
    "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity "
    "documentation for requirements"
)
NO_JWT = "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)"
DENIED = "Not authorized to perform sts:AssumeRoleWithWebIdentity"
ASSUME = "sts:AssumeRoleWithWebIdentity"


@pytest.fixture(scope="module")
def provider():
    provider = Provider()
    yield provider
    provider.stop()


@pytest.fixture(scope="module")
def arn(iam, provider):
    return registered(iam, provider)


def registered(iam, provider, *client_ids, thumbprint=None):
    answer = iam.create_open_id_connect_provider(
        Url=provider.issuer,
        ClientIDList=list(client_ids) or ["app"],
        ThumbprintList=[thumbprint or provider.thumbprint],
    )
    return answer["OpenIDConnectProviderArn"]


def role(iam, federated, *, actions=ASSUME, policy=None, conditions=None, **more):
    name = fresh("role")
    trust = {"Effect": "Allow", "Principal": {"Federated": federated}, "Action": actions}
    trust = {**trust, **({"Condition": conditions} if conditions else {})}
    made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document(trust), **more)["Role"]["Arn"]
    if policy:
        iam.put_role_policy(RoleName=name, PolicyName="given", PolicyDocument=document(*policy))
    return made


@pytest.fixture
def assume(anonymous):
    def assume(role, token, **more):
        parameters = {"RoleSessionName": "session", **more}
        return anonymous("sts").assume_role_with_web_identity(RoleArn=role, WebIdentityToken=token, **parameters)

    return assume


def principal(server, answer):
    found = answer["Credentials"]
    return Principal(server, found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"])


def test_who_has_a_token_gets_a_session(server, iam, account, provider, arn, assume):
    made = role(iam, arn, conditions={"StringEquals": {f"{provider.url}:aud": "app", f"{provider.url}:sub": "ada"}})
    answer = assume(made, provider.token(), DurationSeconds=900)
    assert answer["SubjectFromWebIdentityToken"] == "ada"
    assert (answer["Provider"], answer["Audience"]) == (arn, "app")
    name = made.rsplit("/", 1)[1]
    session = principal(server, answer)
    identity = session.client("sts").get_caller_identity()
    assert identity["Arn"] == answer["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{account}:assumed-role/{name}/session"
    left = answer["Credentials"]["Expiration"].timestamp() - time.time()
    assert 800 < left <= 900
    refused(lambda: session.client("iam").list_users(), "AccessDenied", 403)


@pytest.mark.parametrize("algorithm", ["RS256", "RS384", "RS512", "ES256", "ES384"])
def test_keys_of_every_kind_are_verified(iam, assume, algorithm):
    provider = Provider(Key(algorithm), Key("RS256", "another"))
    made = role(iam, registered(iam, provider))
    assert assume(made, provider.token())["SubjectFromWebIdentityToken"] == "ada"
    head, claims, signature = provider.token().split(".")
    forged = f"{head}.{encoded(provider.claims(sub='eve'))}.{signature}"
    refused(lambda: assume(made, forged), "InvalidIdentityToken", 400)
    provider.stop()


def test_the_trust_policy_decides(iam, account, provider, arn, assume):
    token = provider.token()
    key = provider.url
    for conditions in [
        {"StringEquals": {f"{key}:sub": "bob"}},
        {"StringEquals": {f"{key}:aud": "other"}},
        {"StringEquals": {f"{key}:email": "ada@example.com"}},
        {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
        {"NotIpAddress": {"aws:SourceIp": "127.0.0.1"}},
        {"StringEquals": {"sts:RoleSessionName": "another"}},
    ]:
        refused(lambda: assume(role(iam, arn, conditions=conditions), token), "AccessDenied", 403, DENIED)
    refused(lambda: assume(role(iam, arn, actions="sts:AssumeRole"), token), "AccessDenied", 403, DENIED)
    for who in [{"AWS": account}, {"AWS": "*"}, {"Federated": arn + "x"}]:
        name = fresh("role")
        trust = document({"Effect": "Allow", "Principal": who, "Action": "sts:*"})
        made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        refused(lambda: assume(made, token), "AccessDenied", 403, DENIED)
    refused(lambda: assume(f"arn:aws:iam::{account}:role/{fresh()}", token), "AccessDenied", 403, DENIED)
    # And lets in who has what it asks for.
    conditions = {
        "StringLike": {f"{key}:sub": "a?a", f"{key}:oaud": "api"},
        "ForAnyValue:StringEquals": {f"{key}:amr": "otp"},
        "StringEquals": {f"{key}:email": "ada@example.com", "aws:FederatedProvider": arn},
        "IpAddress": {"aws:SourceIp": "127.0.0.1"},
    }
    claims = {"email": "ada@example.com", "amr": ["pwd", "otp"], "aud": ["api"], "azp": "app"}
    assume(role(iam, arn, conditions=conditions), provider.token(**claims))


def test_a_deny_of_everybody_holds(iam, arn, provider, assume):
    name = fresh("role")
    allow = {"Effect": "Allow", "Principal": {"Federated": arn}, "Action": ASSUME}
    deny = {**allow, "Effect": "Deny", "Principal": {"AWS": "*"}, "Condition": {"StringEquals": {f"{provider.url}:sub": "eve"}}}
    made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document(allow, deny))["Role"]["Arn"]
    assume(made, provider.token())
    refused(lambda: assume(made, provider.token(sub="eve")), "AccessDenied", 403, DENIED)


def test_tokens_that_do_not_hold_are_refused(iam, provider, arn, assume):
    made = role(iam, arn)

    def no(token, message, code="InvalidIdentityToken"):
        answer = refused(lambda: assume(made, token), code, 400)
        assert message in answer["Error"]["Message"], answer

    claims, key = provider.claims(), provider.keys[0]
    now = claims["iat"]
    no(provider.token(exp=now - 301), f"must be before the expiration date/time {now - 301}", "ExpiredTokenException")
    no(provider.token(nbf=now + 400), "not valid yet")
    no(provider.token(aud="other"), "Incorrect token audience")
    no(provider.token(azp="other"), "Incorrect token audience")
    no(provider.token(aud=["other"]), "Incorrect token audience")
    for claim in ["sub", "aud", "exp", "iat"]:
        no(provider.token(**{claim: None}), f"Missing a required claim: {claim}")
    no(provider.token(iss=f"https://{provider.url}/"), "No OpenIDConnect provider found in your account for ")
    no(provider.token(iss=provider.url), "No OpenIDConnect provider found in your account for ")
    # Signed by nobody, by another key of the same name, and by the public key as if it were a secret.
    no(f"{encoded({'alg': 'none'})}.{encoded(claims)}.", NO_JWT)
    no(f"{encoded({'alg': 'none'})}.{encoded(claims)}.{encoded(b'x')}", NO_JWT)
    no(Key(kid=key.kid).sign(claims), "signature")
    no(Key("ES256", kid=key.kid).sign(claims), "signature")
    head = f"{encoded({'alg': 'HS256', 'kid': key.kid})}.{encoded(claims)}"
    for secret in [json.dumps(key.shown()).encode(), key.shown()["n"].encode()]:
        no(f"{head}.{encoded(hmac.new(secret, head.encode(), hashlib.sha256).digest())}", NO_JWT)
    # The key that the token brings along is nobody's.
    own = Key(kid="own")
    no(own.sign(claims, jwk=own.shown(), kid=key.kid), "signature")
    no(key.sign(claims, crit=["exp"]), NO_JWT)
    no("not a token", NO_JWT)
    middle = provider.token()
    no(middle[:-40] + ("A" if middle[-40] != "A" else "B") + middle[-39:], "signature")
    no(provider.token() + ".x", NO_JWT)


def test_another_account_trusts_for_itself(server, provider, arn, other, iam, assume):
    theirs = other.client("iam")
    # Their role may name our provider: the tokens are for providers of the role's account.
    made = role(theirs, arn)
    refused(lambda: assume(made, provider.token()), "InvalidIdentityToken", 400)
    own = registered(theirs, provider, "their-app")
    refused(lambda: assume(made, provider.token(aud="their-app")), "AccessDenied", 403, DENIED)
    made = role(theirs, own)
    refused(lambda: assume(made, provider.token()), "InvalidIdentityToken", 400, "Incorrect token audience")
    assume(made, provider.token(aud="their-app"))


def test_keys_are_fetched_from_who_is_trusted(iam, assume):
    provider = Provider()
    wrong = registered(iam, provider, thumbprint="0" * 40)
    made = role(iam, wrong)
    refused(lambda: assume(made, provider.token()), "InvalidIdentityToken", 400, NOT_FETCHED)
    assert provider.asked == 0
    iam.update_open_id_connect_provider_thumbprint(
        OpenIDConnectProviderArn=wrong, ThumbprintList=[provider.thumbprint.upper()]
    )
    assume(made, provider.token())
    # The configuration of one issuer is none of another.
    impostor = Provider()
    impostor.issuer, issuer = provider.issuer, impostor.issuer
    arn = iam.create_open_id_connect_provider(
        Url=issuer, ClientIDList=["app"], ThumbprintList=[impostor.thumbprint]
    )["OpenIDConnectProviderArn"]
    token = impostor.token(iss=issuer)
    refused(lambda: assume(role(iam, arn), token), "InvalidIdentityToken", 400, NOT_FETCHED)
    provider.stop()
    impostor.stop()


def test_keys_that_are_new_are_fetched_and_old_ones_end(iam, assume):
    provider = Provider()
    made = role(iam, registered(iam, provider))
    old = provider.token()
    assume(made, old)
    asked = provider.asked
    assume(made, old)
    assert provider.asked == asked
    provider.keys = [Key(kid="second")]
    begun = time.time()
    while True:
        try:
            assume(made, provider.token())
            break
        except ClientError as error:
            assert error.response["Error"]["Code"] == "InvalidIdentityToken" and time.time() < begun + 60
            time.sleep(0.5)
    # Whoever floods us with unknown keys does not flood the issuer.
    asked = provider.asked
    for number in range(20):
        refused(lambda: assume(made, Key(kid=f"k{number}").sign(provider.claims())), "InvalidIdentityToken", 400)
    assert provider.asked - asked <= 2 * (1 + (time.time() - begun) / 5)
    refused(lambda: assume(made, old), "InvalidIdentityToken", 400)
    provider.stop()


def test_tags_and_source_identity_come_with_the_token(server, iam, provider, arn, assume):
    claims = {
        "https://aws.amazon.com/tags": {"principal_tags": {"team": ["blue"]}, "transitive_tag_keys": ["team"]},
        "https://aws.amazon.com/source_identity": "ada@example.com",
    }
    token = provider.token(**claims)
    for actions in [ASSUME, [ASSUME, "sts:TagSession"], [ASSUME, "sts:SetSourceIdentity"]]:
        refused(lambda: assume(role(iam, arn, actions=actions), token), "AccessDenied", 403)
    every = [ASSUME, "sts:TagSession", "sts:SetSourceIdentity"]
    wrong = {"StringEquals": {"aws:RequestTag/team": "red"}}
    refused(lambda: assume(role(iam, arn, actions=every, conditions=wrong), token), "AccessDenied", 403)
    right = {"StringEquals": {"aws:RequestTag/team": "blue", "sts:SourceIdentity": "ada@example.com"}}
    policy = [
        statement("Allow", "iam:ListUsers", Condition={"StringEquals": {
            "aws:PrincipalTag/team": "blue", "aws:SourceIdentity": "ada@example.com", "aws:FederatedProvider": arn,
        }})
    ]
    answer = assume(role(iam, arn, actions=every, conditions=right, policy=policy), token)
    assert answer["SourceIdentity"] == "ada@example.com" and answer["PackedPolicySize"] > 0
    principal(server, answer).client("iam").list_users()
    bad = provider.token(**{"https://aws.amazon.com/tags": {"principal_tags": {"aws:x": ["y"]}}})
    refused(lambda: assume(role(iam, arn, actions=every), bad), "ValidationError", 400)
    bad = provider.token(**{"https://aws.amazon.com/source_identity": "a b"})
    refused(lambda: assume(role(iam, arn, actions=every), bad), "InvalidIdentityToken", 400)


def test_a_session_reaches_its_own_things_only(server, root, iam, account, provider, arn, assume):
    """The claims of the token are variables in the policies of the session."""
    client = root.client("dynamodb")
    table = dynamodb.create(client)
    for owner in ["ada", "bob"]:
        client.put_item(TableName=table, Item={"h": dynamodb.s(owner), "r": dynamodb.n(1)})
    s3, bucket = root.client("s3"), fresh("bucket")
    s3.create_bucket(Bucket=bucket)
    subject = f"${{{provider.url}:sub}}"
    policy = [
        statement("Allow", "dynamodb:GetItem", Condition={"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": [subject]}}),
        statement("Allow", "s3:PutObject", f"arn:aws:s3:::{bucket}/{subject}/*"),
    ]
    made = role(iam, arn, policy=policy)
    ada = principal(server, assume(made, provider.token()))
    key = {"r": dynamodb.n(1)}
    ada.client("dynamodb").get_item(TableName=table, Key={"h": dynamodb.s("ada"), **key})
    other = {"TableName": table, "Key": {"h": dynamodb.s("bob"), **key}}
    refused(lambda: ada.client("dynamodb").get_item(**other), "AccessDeniedException", 400)
    ada.client("s3").put_object(Bucket=bucket, Key="ada/x", Body=b"x")
    refused(lambda: ada.client("s3").put_object(Bucket=bucket, Key="bob/x", Body=b"x"), "AccessDenied", 403)
    bob = principal(server, assume(made, provider.token(sub="bob")))
    bob.client("dynamodb").get_item(**other)
    # A session policy takes away, as always.
    less = document(statement("Allow", "s3:PutObject"))
    ada = principal(server, assume(made, provider.token(), Policy=less))
    own = {"TableName": table, "Key": {"h": dynamodb.s("ada"), **key}}
    refused(lambda: ada.client("dynamodb").get_item(**own), "AccessDeniedException", 400)
    # Nobody becomes another by a name that looks like a pattern or a variable.
    for subject in ["*", "b?b", "${aws:userid}"]:
        eve = principal(server, assume(made, provider.token(sub=subject)))
        refused(lambda: eve.client("dynamodb").get_item(**other), "AccessDeniedException", 400)
        refused(lambda: eve.client("s3").put_object(Bucket=bucket, Key="bob/x", Body=b"x"), "AccessDenied", 403)


def test_limits_of_the_role_and_of_the_operation_hold(iam, provider, arn, assume):
    made = role(iam, arn)
    token = provider.token()
    refused(lambda: assume(made, token, DurationSeconds=3601), "ValidationError", 400)
    refused(lambda: assume(made, token, ProviderId="www.amazon.com"), "NotImplemented", 501)
    refused(lambda: assume(made, token, Policy="{}"), "MalformedPolicyDocument", 400)
    refused(lambda: assume("arn:aws:iam::1:role/x", token), "ValidationError", 400)


def test_the_trail_says_who_came(server, iam, provider, arn, assume):
    token = provider.token(sub="carol")
    made = role(iam, arn, conditions={"StringEquals": {f"{provider.url}:sub": "ada"}})
    answer = refused(lambda: assume(made, token), "AccessDenied", 403)
    told = kurodo("why", answer["ResponseMetadata"]["RequestId"], "--data-dir", server.data_dir).stdout
    assert f"caller     {provider.url}:app:carol\n" in told and f"resource   {made}\n" in told
    allowed = assume(role(iam, arn), token)["ResponseMetadata"]["RequestId"]
    tail = kurodo("audit", "tail", "--data-dir", server.data_dir).stdout
    (line,) = [json.loads(line) for line in tail.splitlines() if allowed in line]
    assert line["principal"] == f"{provider.url}:app:carol" and token not in tail
