//! What every operation of IAM demands.
//!
//! Source: Service Authorization Reference, "Actions, resources, and condition keys for AWS Identity and
//! Access Management".

use kurodo_gateway::service;

use crate::Iam;

service! { Iam:
    resources {
        // What `{user}` stands for is `user/division/bob` or `root`; `{identity}` also `role/..`, `group/..`.
        User { account, user } = "arn:aws:iam::{account}:{user}";
        Users { account, path } = "arn:aws:iam::{account}:user{path}";
        Group { account, path, name } = "arn:aws:iam::{account}:group{path}{name}";
        Groups { account, path } = "arn:aws:iam::{account}:group{path}";
        Role { account, path, name } = "arn:aws:iam::{account}:role{path}{name}";
        Roles { account, path } = "arn:aws:iam::{account}:role{path}";
        Identity { account, identity } = "arn:aws:iam::{account}:{identity}";
        // `{owner}` is an account, or `aws` for the policies that come with it.
        Policy { owner, path, name } = "arn:aws:iam::{owner}:policy{path}{name}";
        Policies { path } = "policy path {path}";
        InstanceProfile { account, path, name } = "arn:aws:iam::{account}:instance-profile{path}{name}";
        InstanceProfiles { account, path } = "arn:aws:iam::{account}:instance-profile{path}";
        MfaDevice { account, path, name } = "arn:aws:iam::{account}:mfa{path}{name}";
        MfaDevices { account } = "arn:aws:iam::{account}:mfa/";
        SamlProvider { account, name } = "arn:aws:iam::{account}:saml-provider/{name}";
        SamlProviders { account } = "arn:aws:iam::{account}:saml-provider/";
        OidcProvider { account, url } = "arn:aws:iam::{account}:oidc-provider/{url}";
        OidcProviders { account } = "arn:aws:iam::{account}:oidc-provider/";
        Account {} = "*";
    }
    actions {
        AddClientIDToOpenIDConnectProvider: Write on OidcProvider = "iam:AddClientIDToOpenIDConnectProvider";
        AddRoleToInstanceProfile: Write on InstanceProfile = "iam:AddRoleToInstanceProfile";
        AddUserToGroup: Write on Group = "iam:AddUserToGroup";
        AttachGroupPolicy: Write on Group = "iam:AttachGroupPolicy";
        AttachRolePolicy: Write on Role = "iam:AttachRolePolicy";
        AttachUserPolicy: Write on User = "iam:AttachUserPolicy";
        ChangePassword: Write on User = "iam:ChangePassword";
        CreateAccessKey: Write on User = "iam:CreateAccessKey";
        CreateAccountAlias: Write on Account = "iam:CreateAccountAlias";
        CreateGroup: Write on Group = "iam:CreateGroup";
        CreateInstanceProfile: Write on InstanceProfile = "iam:CreateInstanceProfile";
        CreateLoginProfile: Write on User = "iam:CreateLoginProfile";
        CreateOpenIDConnectProvider: Write on OidcProvider = "iam:CreateOpenIDConnectProvider";
        CreatePolicy: Write on Policy = "iam:CreatePolicy";
        CreatePolicyVersion: Write on Policy = "iam:CreatePolicyVersion";
        CreateRole: Write on Role = "iam:CreateRole";
        CreateSAMLProvider: Write on SamlProvider = "iam:CreateSAMLProvider";
        CreateServiceLinkedRole: Write on Role = "iam:CreateServiceLinkedRole";
        CreateUser: Write on User = "iam:CreateUser";
        CreateVirtualMFADevice: Write on MfaDevice = "iam:CreateVirtualMFADevice";
        DeactivateMFADevice: Write on User = "iam:DeactivateMFADevice";
        DeleteAccessKey: Write on User = "iam:DeleteAccessKey";
        DeleteAccountAlias: Write on Account = "iam:DeleteAccountAlias";
        DeleteAccountPasswordPolicy: Write on Account = "iam:DeleteAccountPasswordPolicy";
        DeleteGroup: Write on Group = "iam:DeleteGroup";
        DeleteGroupPolicy: Write on Group = "iam:DeleteGroupPolicy";
        DeleteInstanceProfile: Write on InstanceProfile = "iam:DeleteInstanceProfile";
        DeleteLoginProfile: Write on User = "iam:DeleteLoginProfile";
        DeleteOpenIDConnectProvider: Write on OidcProvider = "iam:DeleteOpenIDConnectProvider";
        DeletePolicy: Write on Policy = "iam:DeletePolicy";
        DeletePolicyVersion: Write on Policy = "iam:DeletePolicyVersion";
        DeleteRole: Write on Role = "iam:DeleteRole";
        DeleteRolePermissionsBoundary: Write on Role = "iam:DeleteRolePermissionsBoundary";
        DeleteRolePolicy: Write on Role = "iam:DeleteRolePolicy";
        DeleteSAMLProvider: Write on SamlProvider = "iam:DeleteSAMLProvider";
        DeleteServiceLinkedRole: Write on Role = "iam:DeleteServiceLinkedRole";
        DeleteUser: Write on User = "iam:DeleteUser";
        DeleteUserPermissionsBoundary: Write on User = "iam:DeleteUserPermissionsBoundary";
        DeleteUserPolicy: Write on User = "iam:DeleteUserPolicy";
        DeleteVirtualMFADevice: Write on MfaDevice = "iam:DeleteVirtualMFADevice";
        DetachGroupPolicy: Write on Group = "iam:DetachGroupPolicy";
        DetachRolePolicy: Write on Role = "iam:DetachRolePolicy";
        DetachUserPolicy: Write on User = "iam:DetachUserPolicy";
        EnableMFADevice: Write on User = "iam:EnableMFADevice";
        GenerateCredentialReport: Write on Account = "iam:GenerateCredentialReport";
        GetAccessKeyLastUsed: Read on User = "iam:GetAccessKeyLastUsed";
        GetAccountAuthorizationDetails: Read on Account = "iam:GetAccountAuthorizationDetails";
        GetAccountPasswordPolicy: Read on Account = "iam:GetAccountPasswordPolicy";
        GetAccountSummary: Read on Account = "iam:GetAccountSummary";
        GetContextKeysForCustomPolicy: Read on Account = "iam:GetContextKeysForCustomPolicy";
        GetContextKeysForPrincipalPolicy: Read on Identity = "iam:GetContextKeysForPrincipalPolicy";
        GetCredentialReport: Read on Account = "iam:GetCredentialReport";
        GetGroup: Read on Group = "iam:GetGroup";
        GetGroupPolicy: Read on Group = "iam:GetGroupPolicy";
        GetInstanceProfile: Read on InstanceProfile = "iam:GetInstanceProfile";
        GetLoginProfile: Read on User = "iam:GetLoginProfile";
        GetMFADevice: Read on User = "iam:GetMFADevice";
        GetOpenIDConnectProvider: Read on OidcProvider = "iam:GetOpenIDConnectProvider";
        GetPolicy: Read on Policy = "iam:GetPolicy";
        GetPolicyVersion: Read on Policy = "iam:GetPolicyVersion";
        GetRole: Read on Role = "iam:GetRole";
        GetRolePolicy: Read on Role = "iam:GetRolePolicy";
        GetSAMLProvider: Read on SamlProvider = "iam:GetSAMLProvider";
        GetServiceLinkedRoleDeletionStatus: Read on Role = "iam:GetServiceLinkedRoleDeletionStatus";
        GetUser: Read on User = "iam:GetUser";
        GetUserPolicy: Read on User = "iam:GetUserPolicy";
        ListAccessKeys: Read on User = "iam:ListAccessKeys";
        ListAccountAliases: Read on Account = "iam:ListAccountAliases";
        ListAttachedGroupPolicies: Read on Group = "iam:ListAttachedGroupPolicies";
        ListAttachedRolePolicies: Read on Role = "iam:ListAttachedRolePolicies";
        ListAttachedUserPolicies: Read on User = "iam:ListAttachedUserPolicies";
        ListEntitiesForPolicy: Read on Policy = "iam:ListEntitiesForPolicy";
        ListGroupPolicies: Read on Group = "iam:ListGroupPolicies";
        ListGroups: Read on Groups = "iam:ListGroups";
        ListGroupsForUser: Read on User = "iam:ListGroupsForUser";
        ListInstanceProfileTags: Read on InstanceProfile = "iam:ListInstanceProfileTags";
        ListInstanceProfiles: Read on InstanceProfiles = "iam:ListInstanceProfiles";
        ListInstanceProfilesForRole: Read on Role = "iam:ListInstanceProfilesForRole";
        ListMFADeviceTags: Read on MfaDevice = "iam:ListMFADeviceTags";
        ListMFADevices: Read on User = "iam:ListMFADevices";
        ListOpenIDConnectProviderTags: Read on OidcProvider = "iam:ListOpenIDConnectProviderTags";
        ListOpenIDConnectProviders: Read on OidcProviders = "iam:ListOpenIDConnectProviders";
        ListPolicies: Read on Policies = "iam:ListPolicies";
        ListPolicyTags: Read on Policy = "iam:ListPolicyTags";
        ListPolicyVersions: Read on Policy = "iam:ListPolicyVersions";
        ListRolePolicies: Read on Role = "iam:ListRolePolicies";
        ListRoleTags: Read on Role = "iam:ListRoleTags";
        ListRoles: Read on Roles = "iam:ListRoles";
        ListSAMLProviderTags: Read on SamlProvider = "iam:ListSAMLProviderTags";
        ListSAMLProviders: Read on SamlProviders = "iam:ListSAMLProviders";
        ListSSHPublicKeys: Read on User = "iam:ListSSHPublicKeys";
        ListServerCertificates: Read on Account = "iam:ListServerCertificates";
        ListServiceSpecificCredentials: Read on User = "iam:ListServiceSpecificCredentials";
        ListSigningCertificates: Read on User = "iam:ListSigningCertificates";
        ListUserPolicies: Read on User = "iam:ListUserPolicies";
        ListUserTags: Read on User = "iam:ListUserTags";
        ListUsers: Read on Users = "iam:ListUsers";
        ListVirtualMFADevices: Read on MfaDevices = "iam:ListVirtualMFADevices";
        PassRole: Read on Role = "iam:PassRole";
        PutGroupPolicy: Write on Group = "iam:PutGroupPolicy";
        PutRolePermissionsBoundary: Write on Role = "iam:PutRolePermissionsBoundary";
        PutRolePolicy: Write on Role = "iam:PutRolePolicy";
        PutUserPermissionsBoundary: Write on User = "iam:PutUserPermissionsBoundary";
        PutUserPolicy: Write on User = "iam:PutUserPolicy";
        RemoveClientIDFromOpenIDConnectProvider: Write on OidcProvider = "iam:RemoveClientIDFromOpenIDConnectProvider";
        RemoveRoleFromInstanceProfile: Write on InstanceProfile = "iam:RemoveRoleFromInstanceProfile";
        RemoveUserFromGroup: Write on Group = "iam:RemoveUserFromGroup";
        ResyncMFADevice: Write on User = "iam:ResyncMFADevice";
        SetDefaultPolicyVersion: Write on Policy = "iam:SetDefaultPolicyVersion";
        SimulateCustomPolicy: Read on Account = "iam:SimulateCustomPolicy";
        SimulatePrincipalPolicy: Read on Identity = "iam:SimulatePrincipalPolicy";
        TagInstanceProfile: Write on InstanceProfile = "iam:TagInstanceProfile";
        TagMFADevice: Write on MfaDevice = "iam:TagMFADevice";
        TagOpenIDConnectProvider: Write on OidcProvider = "iam:TagOpenIDConnectProvider";
        TagPolicy: Write on Policy = "iam:TagPolicy";
        TagRole: Write on Role = "iam:TagRole";
        TagSAMLProvider: Write on SamlProvider = "iam:TagSAMLProvider";
        TagUser: Write on User = "iam:TagUser";
        UntagInstanceProfile: Write on InstanceProfile = "iam:UntagInstanceProfile";
        UntagMFADevice: Write on MfaDevice = "iam:UntagMFADevice";
        UntagOpenIDConnectProvider: Write on OidcProvider = "iam:UntagOpenIDConnectProvider";
        UntagPolicy: Write on Policy = "iam:UntagPolicy";
        UntagRole: Write on Role = "iam:UntagRole";
        UntagSAMLProvider: Write on SamlProvider = "iam:UntagSAMLProvider";
        UntagUser: Write on User = "iam:UntagUser";
        UpdateAccessKey: Write on User = "iam:UpdateAccessKey";
        UpdateAccountPasswordPolicy: Write on Account = "iam:UpdateAccountPasswordPolicy";
        UpdateAssumeRolePolicy: Write on Role = "iam:UpdateAssumeRolePolicy";
        UpdateGroup: Write on Group = "iam:UpdateGroup";
        UpdateLoginProfile: Write on User = "iam:UpdateLoginProfile";
        UpdateOpenIDConnectProviderThumbprint: Write on OidcProvider = "iam:UpdateOpenIDConnectProviderThumbprint";
        UpdateRole: Write on Role = "iam:UpdateRole";
        UpdateRoleDescription: Write on Role = "iam:UpdateRoleDescription";
        UpdateSAMLProvider: Write on SamlProvider = "iam:UpdateSAMLProvider";
        UpdateUser: Write on User = "iam:UpdateUser";
    }
    operations {
        // `new_..` does not exist yet. `bounded_..` is one whose boundary is the condition key
        // `iam:PermissionsBoundary`. `use_of_..` is the same resource again, for the record of when it was last
        // used, which lies apart. `aws:RequestTag/*` brings `aws:TagKeys` along.

        // Users. Where no user is named, the caller is meant.
        CreateUser: CreateUser on new_user(path, user_name) with "aws:RequestTag/*" = tags
                with "iam:PermissionsBoundary" = permissions_boundary,
            TagUser on new_user(path, user_name) with "aws:RequestTag/*" = tags
                with "iam:PermissionsBoundary" = permissions_boundary if tags;
        GetUser: GetUser on user_or_caller(user_name);
        ListUsers: ListUsers on users(path_prefix);
        UpdateUser: [UpdateUser, UpdateUser if asked] by needs::update_user;
        DeleteUser: DeleteUser on user(user_name);
        TagUser: TagUser on user(user_name) with "aws:RequestTag/*" = tags;
        UntagUser: UntagUser on user(user_name) with "aws:TagKeys" = tag_keys;
        ListUserTags: ListUserTags on user(user_name);
        PutUserPermissionsBoundary: PutUserPermissionsBoundary on user(user_name)
            with "iam:PermissionsBoundary" = permissions_boundary;
        DeleteUserPermissionsBoundary: DeleteUserPermissionsBoundary on bounded_user(user_name);

        // Access keys.
        CreateAccessKey: CreateAccessKey on user_or_caller(user_name);
        UpdateAccessKey: UpdateAccessKey on user_or_caller(user_name);
        DeleteAccessKey: DeleteAccessKey on user_or_caller(user_name);
        ListAccessKeys: ListAccessKeys on user_or_caller(user_name);
        GetAccessKeyLastUsed: GetAccessKeyLastUsed on holder_of_key(access_key_id),
            GetAccessKeyLastUsed on use_of_key(access_key_id);

        // Passwords.
        CreateLoginProfile: CreateLoginProfile on user_or_caller(user_name);
        GetLoginProfile: GetLoginProfile on user_or_caller(user_name);
        UpdateLoginProfile: UpdateLoginProfile on user(user_name);
        DeleteLoginProfile: DeleteLoginProfile on user_or_caller(user_name);
        ChangePassword: ChangePassword on caller();
        GetAccountPasswordPolicy: GetAccountPasswordPolicy on account();
        UpdateAccountPasswordPolicy: UpdateAccountPasswordPolicy on account();
        DeleteAccountPasswordPolicy: DeleteAccountPasswordPolicy on account();

        // Groups.
        CreateGroup: CreateGroup on new_group(path, group_name);
        GetGroup: GetGroup on group(group_name);
        ListGroups: ListGroups on groups(path_prefix);
        UpdateGroup: [UpdateGroup, UpdateGroup if asked] by needs::update_group;
        DeleteGroup: DeleteGroup on group(group_name);
        AddUserToGroup: AddUserToGroup on group(group_name);
        RemoveUserFromGroup: RemoveUserFromGroup on group(group_name);
        ListGroupsForUser: ListGroupsForUser on user(user_name);

        // Roles.
        CreateRole: CreateRole on new_role(path, role_name) with "aws:RequestTag/*" = tags
                with "iam:PermissionsBoundary" = permissions_boundary,
            TagRole on new_role(path, role_name) with "aws:RequestTag/*" = tags
                with "iam:PermissionsBoundary" = permissions_boundary if tags;
        GetRole: GetRole on bounded_role(role_name), GetRole on use_of_role(role_name);
        ListRoles: ListRoles on roles(path_prefix);
        UpdateRole: UpdateRole on bounded_role(role_name);
        UpdateRoleDescription: UpdateRoleDescription on bounded_role(role_name);
        UpdateAssumeRolePolicy: UpdateAssumeRolePolicy on bounded_role(role_name);
        DeleteRole: DeleteRole on bounded_role(role_name);
        TagRole: TagRole on role(role_name) with "aws:RequestTag/*" = tags;
        UntagRole: UntagRole on role(role_name) with "aws:TagKeys" = tag_keys;
        ListRoleTags: ListRoleTags on role(role_name);
        PutRolePermissionsBoundary: PutRolePermissionsBoundary on role(role_name)
            with "iam:PermissionsBoundary" = permissions_boundary;
        DeleteRolePermissionsBoundary: DeleteRolePermissionsBoundary on bounded_role(role_name);
        CreateServiceLinkedRole: CreateServiceLinkedRole on service_linked_role(aws_service_name)
            with "iam:AWSServiceName" = aws_service_name refusing ["CustomSuffix"];
        DeleteServiceLinkedRole: DeleteServiceLinkedRole on role(role_name);
        GetServiceLinkedRoleDeletionStatus: GetServiceLinkedRoleDeletionStatus on role_of_task(deletion_task_id);

        // Instance profiles. Who puts a role into one passes it to EC2.
        CreateInstanceProfile: CreateInstanceProfile on new_instance_profile(path, instance_profile_name)
                with "aws:RequestTag/*" = tags,
            TagInstanceProfile on new_instance_profile(path, instance_profile_name)
                with "aws:RequestTag/*" = tags if tags;
        GetInstanceProfile: GetInstanceProfile on instance_profile(instance_profile_name);
        ListInstanceProfiles: ListInstanceProfiles on instance_profiles(path_prefix);
        ListInstanceProfilesForRole: ListInstanceProfilesForRole on role(role_name);
        AddRoleToInstanceProfile: AddRoleToInstanceProfile on instance_profile(instance_profile_name),
            PassRole on role_for_ec2(role_name);
        RemoveRoleFromInstanceProfile: RemoveRoleFromInstanceProfile on instance_profile(instance_profile_name);
        DeleteInstanceProfile: DeleteInstanceProfile on instance_profile(instance_profile_name);
        TagInstanceProfile: TagInstanceProfile on instance_profile(instance_profile_name)
            with "aws:RequestTag/*" = tags;
        UntagInstanceProfile: UntagInstanceProfile on instance_profile(instance_profile_name)
            with "aws:TagKeys" = tag_keys;
        ListInstanceProfileTags: ListInstanceProfileTags on instance_profile(instance_profile_name);

        // Managed policies.
        CreatePolicy: CreatePolicy on new_policy(path, policy_name) with "aws:RequestTag/*" = tags,
            TagPolicy on new_policy(path, policy_name) with "aws:RequestTag/*" = tags if tags;
        GetPolicy: GetPolicy on policy(policy_arn);
        ListPolicies: ListPolicies on policies(path_prefix);
        DeletePolicy: DeletePolicy on policy(policy_arn);
        CreatePolicyVersion: CreatePolicyVersion on policy(policy_arn);
        GetPolicyVersion: GetPolicyVersion on policy(policy_arn);
        ListPolicyVersions: ListPolicyVersions on policy(policy_arn);
        SetDefaultPolicyVersion: SetDefaultPolicyVersion on policy(policy_arn);
        DeletePolicyVersion: DeletePolicyVersion on policy(policy_arn);
        TagPolicy: TagPolicy on policy(policy_arn) with "aws:RequestTag/*" = tags;
        UntagPolicy: UntagPolicy on policy(policy_arn) with "aws:TagKeys" = tag_keys;
        ListPolicyTags: ListPolicyTags on policy(policy_arn);
        ListEntitiesForPolicy: ListEntitiesForPolicy on policy(policy_arn);

        // What is attached to whom.
        AttachUserPolicy: AttachUserPolicy on bounded_user(user_name) with "iam:PolicyARN" = policy_arn;
        DetachUserPolicy: DetachUserPolicy on bounded_user(user_name) with "iam:PolicyARN" = policy_arn;
        ListAttachedUserPolicies: ListAttachedUserPolicies on user(user_name);
        AttachGroupPolicy: AttachGroupPolicy on group(group_name) with "iam:PolicyARN" = policy_arn;
        DetachGroupPolicy: DetachGroupPolicy on group(group_name) with "iam:PolicyARN" = policy_arn;
        ListAttachedGroupPolicies: ListAttachedGroupPolicies on group(group_name);
        AttachRolePolicy: AttachRolePolicy on bounded_role(role_name) with "iam:PolicyARN" = policy_arn;
        DetachRolePolicy: DetachRolePolicy on bounded_role(role_name) with "iam:PolicyARN" = policy_arn;
        ListAttachedRolePolicies: ListAttachedRolePolicies on role(role_name);

        // Inline policies.
        PutUserPolicy: PutUserPolicy on bounded_user(user_name);
        GetUserPolicy: GetUserPolicy on user(user_name);
        ListUserPolicies: ListUserPolicies on user(user_name);
        DeleteUserPolicy: DeleteUserPolicy on bounded_user(user_name);
        PutGroupPolicy: PutGroupPolicy on group(group_name);
        GetGroupPolicy: GetGroupPolicy on group(group_name);
        ListGroupPolicies: ListGroupPolicies on group(group_name);
        DeleteGroupPolicy: DeleteGroupPolicy on group(group_name);
        PutRolePolicy: PutRolePolicy on bounded_role(role_name);
        GetRolePolicy: GetRolePolicy on role(role_name);
        ListRolePolicies: ListRolePolicies on role(role_name);
        DeleteRolePolicy: DeleteRolePolicy on bounded_role(role_name);

        // Multi-factor authentication.
        CreateVirtualMFADevice: CreateVirtualMFADevice on new_mfa_device(path, virtual_mfa_device_name)
                with "aws:RequestTag/*" = tags,
            TagMFADevice on new_mfa_device(path, virtual_mfa_device_name)
                with "aws:RequestTag/*" = tags if tags;
        ListVirtualMFADevices: ListVirtualMFADevices on mfa_devices();
        DeleteVirtualMFADevice: DeleteVirtualMFADevice on mfa_device(serial_number);
        EnableMFADevice: EnableMFADevice on user_or_root(user_name);
        ResyncMFADevice: ResyncMFADevice on user(user_name);
        DeactivateMFADevice: DeactivateMFADevice on user_or_caller(user_name);
        GetMFADevice: GetMFADevice on user_or_caller(user_name);
        ListMFADevices: ListMFADevices on user_or_caller(user_name);
        TagMFADevice: TagMFADevice on mfa_device(serial_number)
            with "aws:RequestTag/*" = tags;
        UntagMFADevice: UntagMFADevice on mfa_device(serial_number) with "aws:TagKeys" = tag_keys;
        ListMFADeviceTags: ListMFADeviceTags on mfa_device(serial_number);

        // Credentials that nobody has here: they cannot be made, and who cleans up asks for them.
        ListSSHPublicKeys: ListSSHPublicKeys on user_or_caller(user_name);
        ListSigningCertificates: ListSigningCertificates on user_or_caller(user_name);
        ListServiceSpecificCredentials: ListServiceSpecificCredentials on user_or_caller(user_name)
            refusing ["AllUsers"];
        ListServerCertificates: ListServerCertificates on account();

        // Identity providers.
        CreateSAMLProvider: CreateSAMLProvider on new_saml_provider(name) with "aws:RequestTag/*" = tags,
            TagSAMLProvider on new_saml_provider(name) with "aws:RequestTag/*" = tags if tags
            refusing ["AssertionEncryptionMode", "AddPrivateKey"];
        GetSAMLProvider: GetSAMLProvider on saml_provider(saml_provider_arn);
        ListSAMLProviders: ListSAMLProviders on saml_providers();
        UpdateSAMLProvider: UpdateSAMLProvider on saml_provider(saml_provider_arn)
            refusing ["AssertionEncryptionMode", "AddPrivateKey", "RemovePrivateKey"];
        DeleteSAMLProvider: DeleteSAMLProvider on saml_provider(saml_provider_arn);
        TagSAMLProvider: TagSAMLProvider on saml_provider(saml_provider_arn)
            with "aws:RequestTag/*" = tags;
        UntagSAMLProvider: UntagSAMLProvider on saml_provider(saml_provider_arn) with "aws:TagKeys" = tag_keys;
        ListSAMLProviderTags: ListSAMLProviderTags on saml_provider(saml_provider_arn);
        CreateOpenIDConnectProvider: CreateOpenIDConnectProvider on new_oidc_provider(url) with "aws:RequestTag/*" = tags,
            TagOpenIDConnectProvider on new_oidc_provider(url) with "aws:RequestTag/*" = tags if tags;
        GetOpenIDConnectProvider: GetOpenIDConnectProvider on oidc_provider(open_id_connect_provider_arn);
        ListOpenIDConnectProviders: ListOpenIDConnectProviders on oidc_providers();
        AddClientIDToOpenIDConnectProvider: AddClientIDToOpenIDConnectProvider
            on oidc_provider(open_id_connect_provider_arn);
        RemoveClientIDFromOpenIDConnectProvider: RemoveClientIDFromOpenIDConnectProvider
            on oidc_provider(open_id_connect_provider_arn);
        UpdateOpenIDConnectProviderThumbprint: UpdateOpenIDConnectProviderThumbprint
            on oidc_provider(open_id_connect_provider_arn);
        DeleteOpenIDConnectProvider: DeleteOpenIDConnectProvider on oidc_provider(open_id_connect_provider_arn);
        TagOpenIDConnectProvider: TagOpenIDConnectProvider on oidc_provider(open_id_connect_provider_arn)
            with "aws:RequestTag/*" = tags;
        UntagOpenIDConnectProvider: UntagOpenIDConnectProvider on oidc_provider(open_id_connect_provider_arn)
            with "aws:TagKeys" = tag_keys;
        ListOpenIDConnectProviderTags: ListOpenIDConnectProviderTags
            on oidc_provider(open_id_connect_provider_arn);

        // The account.
        CreateAccountAlias: CreateAccountAlias on account();
        ListAccountAliases: ListAccountAliases on account();
        DeleteAccountAlias: DeleteAccountAlias on account();
        GetAccountSummary: GetAccountSummary on account();
        GetAccountAuthorizationDetails: GetAccountAuthorizationDetails on account(),
            GetAccountAuthorizationDetails on usage();
        GenerateCredentialReport: GenerateCredentialReport on account(), GenerateCredentialReport on usage();
        GetCredentialReport: GetCredentialReport on account();

        // Asking what policies would decide.
        SimulateCustomPolicy: SimulateCustomPolicy on account() refusing ["ResourceHandlingOption"];
        SimulatePrincipalPolicy: SimulatePrincipalPolicy on identity(policy_source_arn)
            refusing ["PolicyExclusionList", "ResourceHandlingOption"];
        GetContextKeysForCustomPolicy: GetContextKeysForCustomPolicy on account();
        GetContextKeysForPrincipalPolicy: GetContextKeysForPrincipalPolicy on identity(policy_source_arn);
    }
    refused {
        AcceptDelegationRequest, AcquireRole, AssociateDelegationRequest, CreateDelegationRequest,
        CreateServiceSpecificCredential, DeleteSSHPublicKey, DeleteServerCertificate,
        DeleteServiceSpecificCredential, DeleteSigningCertificate,
        DisableOrganizationsRootCredentialsManagement, DisableOrganizationsRootSessions,
        DisableOutboundWebIdentityFederation, EnableOrganizationsRootCredentialsManagement,
        EnableOrganizationsRootSessions, EnableOutboundWebIdentityFederation,
        GenerateOrganizationsAccessReport, GenerateServiceLastAccessedDetails, GetAccountProperties,
        GetDelegationRequest, GetHumanReadableSummary, GetOrganizationsAccessReport,
        GetOutboundWebIdentityFederationInfo, GetRoleTemplateVersion, GetSSHPublicKey,
        GetServerCertificate, GetServiceLastAccessedDetails, GetServiceLastAccessedDetailsWithEntities,
        ListDelegationRequests, ListOrganizationsFeatures, ListPoliciesGrantingServiceAccess,
        ListServerCertificateTags, PutAccountProperties,
        RejectDelegationRequest, ResetServiceSpecificCredential, SendDelegationToken,
        SetSecurityTokenServicePreferences, TagServerCertificate, UntagServerCertificate,
        UpdateDelegationRequest, UpdateSSHPublicKey, UpdateServerCertificate,
        UpdateServiceSpecificCredential, UpdateSigningCertificate, UploadSSHPublicKey,
        UploadServerCertificate, UploadSigningCertificate,
    }
}
