"""IAM: one sample for every row of its table. A sample sets up what its operation needs, under the name that it
is given, and tells the parameters of a call that succeeds."""

from conftest import document, statement

# What is said to who did not sign, and to who may not.
UNSIGNED = ("MissingAuthenticationToken", 403)
DENIED = ("AccessDenied", 403)

TAGS = [{"Key": "team", "Value": "a"}]
POLICY = document(statement("Allow", "s3:ListAllMyBuckets"))
TRUST = document({"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"})
THUMBPRINT = "0123456789abcdef0123456789abcdef01234567"
METADATA = (
    "<EntityDescriptor xmlns='urn:oasis:names:tc:SAML:2.0:metadata' entityID='https://idp.example.com'>"
    "<IDPSSODescriptor protocolSupportEnumeration='urn:oasis:names:tc:SAML:2.0:protocol'/></EntityDescriptor>"
) + " " * 1000
PASSWORD = "Correct-Horse-7"
LINKED = "redshift.amazonaws.com"


def nothing(world, name):
    return {}


def user(world, name):
    world.iam.create_user(UserName=name, Tags=TAGS)
    return {"UserName": name}


def group(world, name):
    world.iam.create_group(GroupName=name)
    return {"GroupName": name}


def role(world, name):
    world.iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST, Tags=TAGS)
    return {"RoleName": name}


def policy(world, name):
    made = world.iam.create_policy(PolicyName=name, PolicyDocument=POLICY, Tags=TAGS)
    return {"PolicyArn": made["Policy"]["Arn"]}


def profile(world, name):
    world.iam.create_instance_profile(InstanceProfileName=name, Tags=TAGS)
    return {"InstanceProfileName": name}


def device(world, name):
    made = world.iam.create_virtual_mfa_device(VirtualMFADeviceName=name, Tags=TAGS)["VirtualMFADevice"]
    return {"SerialNumber": made["SerialNumber"]}, made["Base32StringSeed"]


def saml(world, name):
    made = world.iam.create_saml_provider(Name=name, SAMLMetadataDocument=METADATA, Tags=TAGS)
    return {"SAMLProviderArn": made["SAMLProviderArn"]}


def oidc(world, name):
    url = f"https://{name.lower()}.example.com"
    made = world.iam.create_open_id_connect_provider(Url=url, ClientIDList=["a"], ThumbprintList=[THUMBPRINT], Tags=TAGS)
    return {"OpenIDConnectProviderArn": made["OpenIDConnectProviderArn"]}


def key(world, name):
    user(world, name)
    made = world.iam.create_access_key(UserName=name)["AccessKey"]
    return {"UserName": name, "AccessKeyId": made["AccessKeyId"]}


def login(world, name):
    user(world, name)
    world.iam.create_login_profile(UserName=name, Password=PASSWORD)
    return {"UserName": name}


def own_login(world, name):
    """The prober's own password, set anew."""
    try:
        world.iam.delete_login_profile(UserName=world.prober.name)
    except world.iam.exceptions.NoSuchEntityException:
        pass
    world.iam.create_login_profile(UserName=world.prober.name, Password=PASSWORD)
    return {"OldPassword": PASSWORD, "NewPassword": PASSWORD + "2"}


def member(world, name):
    return {**user(world, name), **group(world, name)}


def joined(world, name):
    both = member(world, name)
    world.iam.add_user_to_group(**both)
    return both


def version(world, name):
    arn = policy(world, name)
    world.iam.create_policy_version(**arn, PolicyDocument=POLICY)
    return {**arn, "VersionId": "v2"}


def attached(kind):
    def sample(world, name):
        both = {**kind(world, name), **policy(world, name)}
        getattr(world.iam, f"attach_{kind.__name__}_policy")(**both)
        return both

    return sample


def attachable(kind):
    return lambda world, name: {**kind(world, name), **policy(world, name)}


def inline(kind):
    def sample(world, name):
        who = {**kind(world, name), "PolicyName": "inline"}
        getattr(world.iam, f"put_{kind.__name__}_policy")(**who, PolicyDocument=POLICY)
        return who

    return sample


def bounded(kind):
    def sample(world, name):
        who, arn = kind(world, name), policy(world, name)["PolicyArn"]
        getattr(world.iam, f"put_{kind.__name__}_permissions_boundary")(**who, PermissionsBoundary=arn)
        return who

    return sample


def boundable(kind):
    return lambda world, name: {**kind(world, name), "PermissionsBoundary": policy(world, name)["PolicyArn"]}


def with_role(world, name):
    both = {**profile(world, name), **role(world, name)}
    world.iam.add_role_to_instance_profile(**both)
    return both


def codes(seed):
    from test_iam_mfa import code, mid_step

    mid_step()
    return {"AuthenticationCode1": code(seed, -1), "AuthenticationCode2": code(seed)}


def enabling(world, name):
    serial, seed = device(world, name)
    return {**user(world, name), **serial, **codes(seed)}


def enabled(world, name):
    whole = enabling(world, name)
    world.iam.enable_mfa_device(**whole)
    return whole


def held(world, name):
    whole = enabled(world, name)
    return {"UserName": name, "SerialNumber": whole["SerialNumber"]}


def linked_role(world, name):
    try:
        world.iam.create_service_linked_role(AWSServiceName=LINKED)
    except world.iam.exceptions.InvalidInputException:
        pass
    return {"RoleName": "AWSServiceRoleForRedshift"}


def unlinked(world, name):
    world.iam.delete_service_linked_role(**linked_role(world, name))
    return {"AWSServiceName": LINKED}


def task(world, name):
    return {"DeletionTaskId": world.iam.delete_service_linked_role(**linked_role(world, name))["DeletionTaskId"]}


def password_policy(world, name):
    world.iam.update_account_password_policy()
    return {}


def alias(world, name):
    world.iam.create_account_alias(AccountAlias=name.lower())
    return {"AccountAlias": name.lower()}


def report(world, name):
    world.iam.generate_credential_report()
    return {}


def source(world, name):
    return {"PolicySourceArn": f"arn:aws:iam::{world.account}:user/{user(world, name)['UserName']}"}


def having(sample, **more):
    """What a sample sets up, and further parameters."""
    return lambda world, name: {**sample(world, name), **more}


def only(sample, *kept):
    """What a sample sets up, and only these of its parameters."""

    def cut(world, name):
        whole = sample(world, name)
        return {key: whole[key] for key in kept}

    return cut


tags, keys = {"Tags": TAGS}, {"TagKeys": ["team"]}
new_policy = {"PolicyName": "inline", "PolicyDocument": POLICY}


def named(parameter, **more):
    """A call that makes the thing of this name."""
    return lambda world, name: {parameter: name, **more}


SAMPLES = {
    "CreateUser": named("UserName", **tags),
    "GetUser": user,
    "ListUsers": nothing,
    "UpdateUser": lambda world, name: {**user(world, name), "NewUserName": f"{name}-new"},
    "DeleteUser": user,
    "TagUser": having(user, **tags),
    "UntagUser": having(user, **keys),
    "ListUserTags": user,
    "PutUserPermissionsBoundary": boundable(user),
    "DeleteUserPermissionsBoundary": bounded(user),
    "CreateAccessKey": user,
    "UpdateAccessKey": having(key, Status="Inactive"),
    "DeleteAccessKey": key,
    "ListAccessKeys": user,
    "GetAccessKeyLastUsed": only(key, "AccessKeyId"),
    "CreateLoginProfile": having(user, Password=PASSWORD),
    "GetLoginProfile": login,
    "UpdateLoginProfile": having(login, Password=PASSWORD + "2"),
    "DeleteLoginProfile": login,
    "ChangePassword": own_login,
    "GetAccountPasswordPolicy": password_policy,
    "UpdateAccountPasswordPolicy": nothing,
    "DeleteAccountPasswordPolicy": password_policy,
    "CreateGroup": named("GroupName"),
    "GetGroup": group,
    "ListGroups": nothing,
    "UpdateGroup": lambda world, name: {**group(world, name), "NewGroupName": f"{name}-new"},
    "DeleteGroup": group,
    "AddUserToGroup": member,
    "RemoveUserFromGroup": joined,
    "ListGroupsForUser": user,
    "CreateRole": named("RoleName", AssumeRolePolicyDocument=TRUST, **tags),
    "GetRole": role,
    "ListRoles": nothing,
    "UpdateRole": having(role, Description="new"),
    "UpdateRoleDescription": having(role, Description="new"),
    "UpdateAssumeRolePolicy": having(role, PolicyDocument=TRUST),
    "DeleteRole": role,
    "TagRole": having(role, **tags),
    "UntagRole": having(role, **keys),
    "ListRoleTags": role,
    "PutRolePermissionsBoundary": boundable(role),
    "DeleteRolePermissionsBoundary": bounded(role),
    "CreateServiceLinkedRole": unlinked,
    "DeleteServiceLinkedRole": linked_role,
    "GetServiceLinkedRoleDeletionStatus": task,
    "CreateInstanceProfile": named("InstanceProfileName", **tags),
    "GetInstanceProfile": profile,
    "ListInstanceProfiles": nothing,
    "ListInstanceProfilesForRole": role,
    "AddRoleToInstanceProfile": lambda world, name: {**profile(world, name), **role(world, name)},
    "RemoveRoleFromInstanceProfile": with_role,
    "DeleteInstanceProfile": profile,
    "TagInstanceProfile": having(profile, **tags),
    "UntagInstanceProfile": having(profile, **keys),
    "ListInstanceProfileTags": profile,
    "CreatePolicy": named("PolicyName", PolicyDocument=POLICY, **tags),
    "GetPolicy": policy,
    "ListPolicies": nothing,
    "DeletePolicy": policy,
    "CreatePolicyVersion": having(policy, PolicyDocument=POLICY),
    "GetPolicyVersion": version,
    "ListPolicyVersions": policy,
    "SetDefaultPolicyVersion": version,
    "DeletePolicyVersion": version,
    "TagPolicy": having(policy, **tags),
    "UntagPolicy": having(policy, **keys),
    "ListPolicyTags": policy,
    "ListEntitiesForPolicy": policy,
    "AttachUserPolicy": attachable(user),
    "DetachUserPolicy": attached(user),
    "ListAttachedUserPolicies": user,
    "AttachGroupPolicy": attachable(group),
    "DetachGroupPolicy": attached(group),
    "ListAttachedGroupPolicies": group,
    "AttachRolePolicy": attachable(role),
    "DetachRolePolicy": attached(role),
    "ListAttachedRolePolicies": role,
    "PutUserPolicy": having(user, **new_policy),
    "GetUserPolicy": inline(user),
    "ListUserPolicies": user,
    "DeleteUserPolicy": inline(user),
    "PutGroupPolicy": having(group, **new_policy),
    "GetGroupPolicy": inline(group),
    "ListGroupPolicies": group,
    "DeleteGroupPolicy": inline(group),
    "PutRolePolicy": having(role, **new_policy),
    "GetRolePolicy": inline(role),
    "ListRolePolicies": role,
    "DeleteRolePolicy": inline(role),
    "CreateVirtualMFADevice": named("VirtualMFADeviceName", **tags),
    "ListVirtualMFADevices": nothing,
    "DeleteVirtualMFADevice": lambda world, name: device(world, name)[0],
    "EnableMFADevice": enabling,
    "ResyncMFADevice": enabled,
    "DeactivateMFADevice": held,
    "GetMFADevice": held,
    "ListMFADevices": user,
    "TagMFADevice": lambda world, name: {**device(world, name)[0], **tags},
    "UntagMFADevice": lambda world, name: {**device(world, name)[0], **keys},
    "ListMFADeviceTags": lambda world, name: device(world, name)[0],
    "ListSSHPublicKeys": user,
    "ListSigningCertificates": user,
    "ListServiceSpecificCredentials": user,
    "ListServerCertificates": nothing,
    "CreateSAMLProvider": named("Name", SAMLMetadataDocument=METADATA, **tags),
    "GetSAMLProvider": saml,
    "ListSAMLProviders": nothing,
    "UpdateSAMLProvider": having(saml, SAMLMetadataDocument=METADATA),
    "DeleteSAMLProvider": saml,
    "TagSAMLProvider": having(saml, **tags),
    "UntagSAMLProvider": having(saml, **keys),
    "ListSAMLProviderTags": saml,
    "CreateOpenIDConnectProvider": lambda world, name: {"Url": f"https://{name.lower()}.example.com", **tags},
    "GetOpenIDConnectProvider": oidc,
    "ListOpenIDConnectProviders": nothing,
    "AddClientIDToOpenIDConnectProvider": having(oidc, ClientID="b"),
    "RemoveClientIDFromOpenIDConnectProvider": having(oidc, ClientID="a"),
    "UpdateOpenIDConnectProviderThumbprint": having(oidc, ThumbprintList=[THUMBPRINT]),
    "DeleteOpenIDConnectProvider": oidc,
    "TagOpenIDConnectProvider": having(oidc, **tags),
    "UntagOpenIDConnectProvider": having(oidc, **keys),
    "ListOpenIDConnectProviderTags": oidc,
    "CreateAccountAlias": lambda world, name: {"AccountAlias": name.lower()},
    "ListAccountAliases": nothing,
    "DeleteAccountAlias": alias,
    "GetAccountSummary": nothing,
    "GetAccountAuthorizationDetails": nothing,
    "GenerateCredentialReport": nothing,
    "GetCredentialReport": report,
    "SimulateCustomPolicy": lambda world, name: {"PolicyInputList": [POLICY], "ActionNames": ["s3:GetObject"]},
    "SimulatePrincipalPolicy": having(source, ActionNames=["s3:GetObject"]),
    "GetContextKeysForCustomPolicy": lambda world, name: {"PolicyInputList": [POLICY]},
    "GetContextKeysForPrincipalPolicy": source,
}

# Parameters that ask for more than the operation's own action.
ASKING = {
    **{f"Create{kind}": ("Tags",) for kind in ("User", "Role", "Policy", "InstanceProfile", "SAMLProvider")},
    "CreateVirtualMFADevice": ("Tags",),
    "CreateOpenIDConnectProvider": ("Tags",),
    "UpdateUser": ("NewUserName",),
    "UpdateGroup": ("NewGroupName",),
}
