"""Organizations: one sample for every row of its table."""

from conftest import document, statement

# What is said to who did not sign, and to who may not.
UNSIGNED = ("MissingAuthenticationTokenException", 400)
DENIED = ("AccessDeniedException", 400)

# What differs from run to run, and what the page shows instead.
SHOWN = [
    (r"\bo-[a-z0-9]{10,32}\b", "{organization}"),
    (r"\bou-[a-z0-9]{4,32}-[a-z0-9]{8,32}\b", "{unit}"),
    (r"\br-[a-z0-9]{4,32}\b", "{root}"),
    (r"\bp-[a-z0-9]{8,128}\b", "{policy}"),
    (r"/\d{12}\b", "/{member}"),
]

# What every account of an organisation may be allowed to see.
SHARED = {"DescribeOrganization"}

TAGS = [{"Key": "team", "Value": "a"}]
CONTENT = document(statement("Deny", "s3:DeleteBucket"))
SCP = "SERVICE_CONTROL_POLICY"
RCP = "RESOURCE_CONTROL_POLICY"


def nothing(world, name):
    return {}


def root(world):
    return world.organizations.list_roots()["Roots"][0]["Id"]


def unit(world, name):
    made = world.organizations.create_organizational_unit(ParentId=root(world), Name=name, Tags=TAGS)
    return {"OrganizationalUnitId": made["OrganizationalUnit"]["Id"]}


def member(world, name):
    made = world.organizations.create_account(AccountName=name, Email=f"{name}@example.com")
    return made["CreateAccountStatus"]


def policy(world, name):
    made = world.organizations.create_policy(Content=CONTENT, Description="", Name=name, Type=SCP, Tags=TAGS)
    return {"PolicyId": made["Policy"]["PolicySummary"]["Id"]}


def target(world, name):
    return {**policy(world, name), "TargetId": unit(world, name)["OrganizationalUnitId"]}


def attached(world, name):
    both = target(world, name)
    world.organizations.attach_policy(**both)
    return both


def moving(world, name):
    source, account = root(world), member(world, name)["AccountId"]
    return {
        "AccountId": account,
        "SourceParentId": source,
        "DestinationParentId": unit(world, name)["OrganizationalUnitId"],
    }


def policy_type(enabled):
    """Resource control policies, switched on or off."""

    def sample(world, name):
        asked = {"RootId": root(world), "PolicyType": RCP}
        types = [one["Type"] for one in world.organizations.list_roots()["Roots"][0]["PolicyTypes"]]
        if enabled and RCP not in types:
            world.organizations.enable_policy_type(**asked)
        if not enabled and RCP in types:
            world.organizations.disable_policy_type(**asked)
        return asked

    return sample


def having(sample, **more):
    """What a sample sets up, and further parameters."""
    return lambda world, name: {**sample(world, name), **more}


def called(parameter, sample, key):
    """One of the things that a sample sets up, under the name of another parameter."""
    return lambda world, name: {parameter: sample(world, name)[key]}


SAMPLES = {
    "DescribeOrganization": nothing,
    "ListRoots": nothing,
    "CreateAccount": lambda world, name: {"AccountName": name, "Email": f"{name}@example.com", "Tags": TAGS},
    "DescribeCreateAccountStatus": called("CreateAccountRequestId", member, "Id"),
    "ListCreateAccountStatus": nothing,
    "DescribeAccount": called("AccountId", member, "AccountId"),
    "ListAccounts": nothing,
    "ListAccountsForParent": called("ParentId", unit, "OrganizationalUnitId"),
    "MoveAccount": moving,
    "CreateOrganizationalUnit": lambda world, name: {"ParentId": root(world), "Name": name, "Tags": TAGS},
    "DescribeOrganizationalUnit": unit,
    "UpdateOrganizationalUnit": lambda world, name: {**unit(world, name), "Name": f"{name}-new"},
    "DeleteOrganizationalUnit": unit,
    "ListOrganizationalUnitsForParent": called("ParentId", unit, "OrganizationalUnitId"),
    "ListChildren": having(called("ParentId", unit, "OrganizationalUnitId"), ChildType="ACCOUNT"),
    "ListParents": called("ChildId", unit, "OrganizationalUnitId"),
    "CreatePolicy": lambda world, name: {
        "Content": CONTENT,
        "Description": "",
        "Name": name,
        "Type": SCP,
        "Tags": TAGS,
    },
    "DescribePolicy": policy,
    "UpdatePolicy": having(policy, Description="new"),
    "DeletePolicy": policy,
    "ListPolicies": lambda world, name: {"Filter": SCP},
    "AttachPolicy": target,
    "DetachPolicy": attached,
    "ListPoliciesForTarget": having(called("TargetId", unit, "OrganizationalUnitId"), Filter=SCP),
    "ListTargetsForPolicy": policy,
    "EnablePolicyType": policy_type(enabled=False),
    "DisablePolicyType": policy_type(enabled=True),
    "TagResource": having(called("ResourceId", policy, "PolicyId"), Tags=TAGS),
    "UntagResource": having(called("ResourceId", policy, "PolicyId"), TagKeys=["team"]),
    "ListTagsForResource": called("ResourceId", policy, "PolicyId"),
}

# Parameters that ask for more than the operation's own action.
ASKING = {"CreateAccount": ("Tags",), "CreateOrganizationalUnit": ("Tags",), "CreatePolicy": ("Tags",)}
