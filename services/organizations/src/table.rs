//! What every operation of Organizations demands.
//!
//! Source: Service Authorization Reference, "Actions, resources, and condition keys for AWS Organizations".

use kurodo_gateway::service;

use crate::Organizations;

service! { Organizations:
    resources {
        // What `{node}` stands for is `root/o-../r-..`, `ou/o-../ou-..` or `account/o-../123456789012`.
        Node { management, node } = "arn:aws:organizations::{management}:{node}";
        // `{owner}` is the management account, or `aws` for the policies that every organisation has.
        Policy { owner, policy } = "arn:aws:organizations::{owner}:policy/{policy}";
        Tagged { owner, tagged } = "arn:aws:organizations::{owner}:{tagged}";
        Organization {} = "*";
        Membership {} = "*";
    }
    actions {
        AttachPolicy: Write on Policy = "organizations:AttachPolicy";
        AttachPolicyTo: Write on Node = "organizations:AttachPolicy";
        CreateAccount: Write on Organization = "organizations:CreateAccount";
        CreateOrganizationalUnit: Write on Node = "organizations:CreateOrganizationalUnit";
        CreatePolicy: Write on Organization = "organizations:CreatePolicy";
        DeleteOrganizationalUnit: Write on Node = "organizations:DeleteOrganizationalUnit";
        DeletePolicy: Write on Policy = "organizations:DeletePolicy";
        DescribeAccount: Read on Node = "organizations:DescribeAccount";
        DescribeCreateAccountStatus: Read on Organization = "organizations:DescribeCreateAccountStatus";
        DescribeOrganization: Read on Membership = "organizations:DescribeOrganization";
        DescribeOrganizationalUnit: Read on Node = "organizations:DescribeOrganizationalUnit";
        DescribePolicy: Read on Policy = "organizations:DescribePolicy";
        DetachPolicy: Write on Policy = "organizations:DetachPolicy";
        DetachPolicyFrom: Write on Node = "organizations:DetachPolicy";
        DisablePolicyType: Write on Node = "organizations:DisablePolicyType";
        EnablePolicyType: Write on Node = "organizations:EnablePolicyType";
        ListAccounts: Read on Organization = "organizations:ListAccounts";
        ListAccountsForParent: Read on Node = "organizations:ListAccountsForParent";
        ListChildren: Read on Node = "organizations:ListChildren";
        ListCreateAccountStatus: Read on Organization = "organizations:ListCreateAccountStatus";
        ListOrganizationalUnitsForParent: Read on Node = "organizations:ListOrganizationalUnitsForParent";
        ListParents: Read on Node = "organizations:ListParents";
        ListPolicies: Read on Organization = "organizations:ListPolicies";
        ListPoliciesForTarget: Read on Node = "organizations:ListPoliciesForTarget";
        ListRoots: Read on Organization = "organizations:ListRoots";
        ListTagsForResource: Read on Tagged = "organizations:ListTagsForResource";
        ListTargetsForPolicy: Read on Policy = "organizations:ListTargetsForPolicy";
        MoveAccount: Write on Node = "organizations:MoveAccount";
        TagResource: Write on Tagged = "organizations:TagResource";
        UntagResource: Write on Tagged = "organizations:UntagResource";
        UpdateOrganizationalUnit: Write on Node = "organizations:UpdateOrganizationalUnit";
        UpdatePolicy: Write on Policy = "organizations:UpdatePolicy";
    }
    operations {
        // Every account may be allowed to see what it belongs to.
        DescribeOrganization: DescribeOrganization on membership();
        ListRoots: ListRoots on organization();

        // Accounts. No bill is written here, so that access to it cannot be given.
        CreateAccount: [CreateAccount, TagResource if asked] by needs::create_account
            refusing ["IamUserAccessToBilling"];
        DescribeCreateAccountStatus: DescribeCreateAccountStatus on organization();
        ListCreateAccountStatus: ListCreateAccountStatus on organization();
        DescribeAccount: DescribeAccount on node(account_id);
        ListAccounts: ListAccounts on organization();
        ListAccountsForParent: ListAccountsForParent on node(parent_id);
        MoveAccount: MoveAccount on node(account_id), MoveAccount on node(source_parent_id),
            MoveAccount on node(destination_parent_id);

        // Units.
        CreateOrganizationalUnit: [CreateOrganizationalUnit, TagResource if asked]
            by needs::create_organizational_unit;
        DescribeOrganizationalUnit: DescribeOrganizationalUnit on node(organizational_unit_id);
        UpdateOrganizationalUnit: UpdateOrganizationalUnit on node(organizational_unit_id);
        DeleteOrganizationalUnit: DeleteOrganizationalUnit on node(organizational_unit_id);
        ListOrganizationalUnitsForParent: ListOrganizationalUnitsForParent on node(parent_id);
        ListChildren: ListChildren on node(parent_id);
        ListParents: ListParents on node(child_id);

        // Policies.
        CreatePolicy: [CreatePolicy, TagResource if asked] by needs::create_policy;
        DescribePolicy: DescribePolicy on policy(policy_id);
        UpdatePolicy: UpdatePolicy on policy(policy_id);
        DeletePolicy: DeletePolicy on policy(policy_id);
        ListPolicies: ListPolicies on organization() with "organizations:PolicyType" = filter;
        AttachPolicy: AttachPolicy on policy(policy_id), AttachPolicyTo on node(target_id);
        DetachPolicy: DetachPolicy on policy(policy_id), DetachPolicyFrom on node(target_id);
        ListPoliciesForTarget: ListPoliciesForTarget on node(target_id)
            with "organizations:PolicyType" = filter;
        ListTargetsForPolicy: ListTargetsForPolicy on policy(policy_id);
        EnablePolicyType: EnablePolicyType on node(root_id) with "organizations:PolicyType" = policy_type;
        DisablePolicyType: DisablePolicyType on node(root_id) with "organizations:PolicyType" = policy_type;

        // Tags.
        TagResource: TagResource on tagged(resource_id)
            with "aws:RequestTag/*" = tags with "aws:TagKeys" = tags;
        UntagResource: UntagResource on tagged(resource_id) with "aws:TagKeys" = tag_keys;
        ListTagsForResource: ListTagsForResource on tagged(resource_id);
    }
    refused {
        AcceptHandshake, CancelHandshake, CloseAccount, CreateGovCloudAccount, CreateOrganization,
        DeclineHandshake, DeleteOrganization, DeleteResourcePolicy, DeregisterDelegatedAdministrator,
        DescribeEffectivePolicy, DescribeHandshake, DescribeResourcePolicy, DescribeResponsibilityTransfer,
        DisableAWSServiceAccess, EnableAWSServiceAccess, EnableAllFeatures, InviteAccountToOrganization,
        InviteOrganizationToTransferResponsibility, LeaveOrganization, ListAWSServiceAccessForOrganization,
        ListAccountsWithInvalidEffectivePolicy, ListDelegatedAdministrators,
        ListDelegatedServicesForAccount, ListEffectivePolicyValidationErrors, ListHandshakesForAccount,
        ListHandshakesForOrganization, ListInboundResponsibilityTransfers,
        ListOutboundResponsibilityTransfers, PutResourcePolicy, RegisterDelegatedAdministrator,
        RemoveAccountFromOrganization, TerminateResponsibilityTransfer, UpdateResponsibilityTransfer,
    }
}

#[cfg(test)]
mod tests {
    use kurodo_gateway::Table;

    use crate::{Organizations, model::FACTS_OPERATIONS};

    #[test]
    fn every_operation_is_served_or_refused() {
        let rows = Organizations::ROWS.iter().map(|row| row.facts.operation);
        let mut known: Vec<_> = rows.chain(Organizations::REFUSED.iter().copied()).collect();
        known.sort_unstable();
        assert_eq!(known, FACTS_OPERATIONS);
    }
}
