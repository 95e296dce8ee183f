"""Simulations decide as requests are decided."""

import json

import pytest

from conftest import document, fresh, refused, statement

GET = document(statement("Allow", "s3:GetObject", "arn:aws:s3:::mine/*", Sid="mine"))
DENY = '{"Version":"2012-10-17",\n "Statement":[\n  {"Effect":"Deny","Action":"s3:*","Resource":"*"}]}'


def custom(iam, policies, actions=("s3:GetObject",), **more):
    answer = iam.simulate_custom_policy(PolicyInputList=list(policies), ActionNames=list(actions), **more)
    return answer["EvaluationResults"]


def decisions(results):
    return [result["EvalDecision"] for result in results]


def test_allowed_denied_and_neither(iam):
    mine = {"ResourceArns": ["arn:aws:s3:::mine/a"]}
    assert decisions(custom(iam, [GET], **mine)) == ["allowed"]
    assert decisions(custom(iam, [GET], ResourceArns=["arn:aws:s3:::other/a"])) == ["implicitDeny"]
    assert decisions(custom(iam, [GET, DENY], **mine)) == ["explicitDeny"]
    assert decisions(custom(iam, [GET], ["s3:GetObject", "s3:PutObject"], **mine)) == ["allowed", "implicitDeny"]


def test_the_statement_that_decides_is_cited_with_its_place(iam):
    result = custom(iam, [GET, DENY], ResourceArns=["arn:aws:s3:::mine/a"])[0]
    [cited] = result["MatchedStatements"]
    assert cited["SourcePolicyId"] == "PolicyInputList.2"
    assert cited["StartPosition"] == {"Line": 3, "Column": 3}
    [cited] = custom(iam, [GET], ResourceArns=["arn:aws:s3:::mine/a"])[0]["MatchedStatements"]
    assert cited["SourcePolicyId"] == "PolicyInputList.1"


def test_keys_that_the_policies_need_are_named_and_used(iam):
    needs = document(statement("Allow", "s3:*", Condition={"StringEquals": {"aws:PrincipalTag/team": "a"}}))
    [result] = custom(iam, [needs])
    assert result["EvalDecision"] == "implicitDeny" and result["MissingContextValues"] == ["aws:PrincipalTag/team"]
    entry = {"ContextKeyName": "aws:PrincipalTag/team", "ContextKeyValues": ["a"], "ContextKeyType": "string"}
    [result] = custom(iam, [needs], ContextEntries=[entry])
    assert result["EvalDecision"] == "allowed" and result["MissingContextValues"] == []
    assert iam.get_context_keys_for_custom_policy(PolicyInputList=[needs])["ContextKeyNames"] == ["aws:PrincipalTag/team"]


def test_boundaries_and_organisations_limit_simulations_too(iam):
    everything = document(statement("Allow", "*"))
    [result] = custom(iam, [everything], PermissionsBoundaryPolicyInputList=[GET])
    assert result["EvalDecision"] == "implicitDeny"
    assert result["PermissionsBoundaryDecisionDetail"] == {"AllowedByPermissionsBoundary": False}


def test_a_resource_s_policy_counts(iam, account):
    caller = f"arn:aws:iam::{account}:user/bob"
    bucket = json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Principal": {"AWS": caller}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}],
        }
    )
    more = {"ResourceArns": ["arn:aws:s3:::b/x"], "ResourcePolicy": bucket}
    assert decisions(custom(iam, [document(statement("Allow", "ec2:*"))], CallerArn=caller, **more)) == ["allowed"]
    other = "111122223333"
    [result] = custom(iam, [document(statement("Allow", "ec2:*"))], CallerArn=caller, ResourceOwner=other, **more)
    assert result["EvalDecision"] == "implicitDeny"
    refused(lambda: custom(iam, [GET], **more), "InvalidInput", 400)


def test_a_principal_is_simulated_as_it_would_be_decided(root, iam, account):
    bob = root.user(policy=[statement("Allow", "iam:ListGroups"), statement("Deny", "iam:ListUsers")])
    group = fresh("group")
    iam.create_group(GroupName=group)
    iam.put_group_policy(GroupName=group, PolicyName="g", PolicyDocument=document(statement("Allow", "iam:ListRoles")))
    iam.add_user_to_group(GroupName=group, UserName=bob.name)
    arn = f"arn:aws:iam::{account}:user/{bob.name}"
    asked = ["iam:ListGroups", "iam:ListUsers", "iam:ListRoles", "iam:ListPolicies"]
    results = iam.simulate_principal_policy(PolicySourceArn=arn, ActionNames=asked)["EvaluationResults"]
    assert decisions(results) == ["allowed", "explicitDeny", "allowed", "implicitDeny"]
    own = bob.client("iam")
    own.list_groups()
    own.list_roles()
    refused(own.list_users, "AccessDenied", 403)
    refused(own.list_policies, "AccessDenied", 403)
    sources = {s["SourcePolicyId"] for result in results for s in result["MatchedStatements"]}
    assert sources == {f"user_{bob.name}_given", f"group_{group}_g"}
    more = document(statement("Allow", "iam:ListPolicies"))
    results = iam.simulate_principal_policy(PolicySourceArn=arn, ActionNames=["iam:ListPolicies"], PolicyInputList=[more])
    assert decisions(results["EvaluationResults"]) == ["allowed"]


def test_the_keys_of_a_principal_s_policies_are_listed(root, iam, account):
    bob = root.user(policy=[statement("Allow", "s3:*", Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}})])
    arn = f"arn:aws:iam::{account}:user/{bob.name}"
    assert iam.get_context_keys_for_principal_policy(PolicySourceArn=arn)["ContextKeyNames"] == ["aws:SourceIp"]


def test_results_come_in_pages(iam):
    actions = [f"s3:Get{name}" for name in ("Object", "ObjectAcl", "ObjectTagging", "BucketAcl", "BucketPolicy")]
    pages = iam.get_paginator("simulate_custom_policy").paginate(
        PolicyInputList=[GET], ActionNames=actions, PaginationConfig={"PageSize": 2}
    )
    assert [it["EvalActionName"] for page in pages for it in page["EvaluationResults"]] == actions


@pytest.mark.parametrize("action", ["GetObject", "s3:Get*", "s3:"])
def test_actions_are_named_in_full(iam, action):
    refused(lambda: custom(iam, [GET], [action]), "InvalidInput", 400)


def test_who_is_not_there_cannot_be_simulated(iam, account):
    arn = f"arn:aws:iam::{account}:user/{fresh('nobody')}"
    refused(lambda: iam.simulate_principal_policy(PolicySourceArn=arn, ActionNames=["s3:GetObject"]), "NoSuchEntity", 404)
