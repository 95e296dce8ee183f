//! What every operation of STS demands.
//!
//! Source: Service Authorization Reference, "Actions, resources, and condition keys for AWS Security Token
//! Service".

use kurodo_gateway::service;

use crate::Sts;

service! { Sts:
    resources {
        Role { account, path, name } = "arn:aws:iam::{account}:role{path}{name}";
        // A role, as whoever comes with a token of another identity system asks for it.
        RoleByToken { account, path, name } = "arn:aws:iam::{account}:role{path}{name}";
        FederatedUser { account, name } = "arn:aws:sts::{account}:federated-user/{name}";
        Everything {} = "*";
    }
    actions {
        // No session is stored, so that no action of this service opens a door to write.
        AssumeRole: Read on Role = "sts:AssumeRole";
        AssumeRoleWithWebIdentity: Read on RoleByToken = "sts:AssumeRoleWithWebIdentity";
        DecodeAuthorizationMessage: Read on Everything = "sts:DecodeAuthorizationMessage";
        GetAccessKeyInfo: Read on Everything = "sts:GetAccessKeyInfo";
        GetFederationToken: Read on FederatedUser = "sts:GetFederationToken";
        SetSourceIdentity: Read on Role = "sts:SetSourceIdentity";
        SetSourceIdentityByToken: Read on RoleByToken = "sts:SetSourceIdentity";
        TagFederatedUser: Read on FederatedUser = "sts:TagSession";
        TagSession: Read on Role = "sts:TagSession";
        TagSessionByToken: Read on RoleByToken = "sts:TagSession";
    }
    operations {
        AssumeRole: [AssumeRole, TagSession if asked, SetSourceIdentity if asked] by needs::assume_role
            refusing ["ProvidedContexts", "MinimumSessionTokenSize"];
        // Nobody signs: the caller is whom the token's issuer vouches for.
        AssumeRoleWithWebIdentity: [AssumeRoleWithWebIdentity by another, TagSessionByToken by another if asked,
                SetSourceIdentityByToken by another if asked] by needs::assume_role_with_web_identity
            refusing ["ProviderId", "MinimumSessionTokenSize"];
        DecodeAuthorizationMessage: DecodeAuthorizationMessage on everything();
        GetAccessKeyInfo: GetAccessKeyInfo on everything();
        GetCallerIdentity: [open] because "it tells callers who they are, which they know already";
        GetFederationToken: [GetFederationToken, TagFederatedUser if asked] by needs::get_federation_token
            refusing ["MinimumSessionTokenSize"];
        GetSessionToken: [open] because "it gives callers no more than they have, for a shorter time"
            refusing ["MinimumSessionTokenSize"];
    }
    refused {
        AssumeRoleWithSAML,
        AssumeRoot,
        GetDelegatedAccessToken,
        GetWebIdentityToken,
    }
}

#[cfg(test)]
mod tests {
    use kurodo_gateway::Table;

    use crate::{Sts, model::FACTS_OPERATIONS};

    #[test]
    fn every_operation_is_served_or_refused() {
        let rows = Sts::ROWS.iter().map(|row| row.facts.operation);
        let mut known: Vec<_> = rows.chain(Sts::REFUSED.iter().copied()).collect();
        known.sort_unstable();
        assert_eq!(known, FACTS_OPERATIONS);
    }
}
