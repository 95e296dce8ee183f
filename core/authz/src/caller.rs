use std::sync::Arc;

use kurodo_arn::AccountId;
use kurodo_policy::{Attached, Context, Kind, Policy, PolicyError, Principal, PrincipalKind};

/// Who makes a request, with all that limits and lets them: found once per credential, then shared.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The principal, as policies name it.
    pub principal: Principal,
    /// The access key that signed, if one did.
    pub access_key_id: Option<String>,
    /// Identity policies: inline, attached, and those of groups.
    pub identity: Vec<Attached>,
    /// The permissions boundary.
    pub boundary: Option<Attached>,
    /// The session's policies; `None` where the session has none.
    pub session: Option<Vec<Attached>>,
    /// Service control policies by level, from the root to the account; empty where none apply.
    pub scps: Vec<Vec<Attached>>,
    /// The principal's condition keys, such as `aws:PrincipalTag/..` and `aws:TokenIssueTime`.
    pub context: Arc<Context>,
    /// The services that ask in the caller's name, one the other, by their host names; none where the caller asks.
    ///
    /// Source: IAM User Guide, "AWS global condition context keys", `aws:CalledVia`.
    pub via: Vec<&'static str>,
}

impl Caller {
    /// The same caller, in whose name a service asks.
    #[must_use]
    pub fn through(&self, service: &'static str) -> Self {
        let mut caller = self.clone();
        caller.via.push(service);
        caller
    }

    /// The caller of a request that carries no signature.
    ///
    /// Source: IAM User Guide, "IAM policy elements: Variables and tags", "Principal key values".
    pub fn anonymous() -> Self {
        let mut context = Context::new();
        context.set("aws:PrincipalType", "Anonymous");
        context.set("aws:userid", "anonymous");
        Self {
            principal: Principal {
                kind: PrincipalKind::Anonymous,
                account: None,
                arn: String::new(),
                role_arn: None,
                federated_by: None,
                canonical_id: None,
                federated: None,
                user_id: None,
            },
            access_key_id: None,
            identity: Vec::new(),
            boundary: None,
            session: None,
            scps: Vec::new(),
            context: Arc::new(context),
            via: Vec::new(),
        }
    }

    /// A service that keeps an account's things in order of its own accord: a session of the role that is linked to
    /// the service. It may do these actions and no others.
    ///
    /// # Errors
    /// The names of the actions make no policy.
    ///
    /// Source: IAM User Guide, "Service-linked roles".
    pub fn steward(
        account: AccountId,
        steward: &Steward<'_>,
        actions: &[&'static str],
    ) -> Result<Self, PolicyError> {
        let Steward { host, role, work } = steward;
        let statement = serde_json::json!({ "Effect": "Allow", "Action": actions, "Resource": "*" });
        let document = serde_json::json!({ "Version": "2012-10-17", "Statement": statement }).to_string();
        let policy = Arc::new(Policy::parse(&document, Kind::Identity)?);
        let arn = format!("arn:aws:sts::{account}:assumed-role/{role}/{work}");
        let role_arn = format!("arn:aws:iam::{account}:role/aws-service-role/{host}/{role}");
        let mut context = Context::new();
        context.set("aws:PrincipalType", "AssumedRole");
        context.set("aws:PrincipalAccount", account);
        context.set("aws:PrincipalArn", role_arn.as_str());
        let principal = Principal {
            kind: PrincipalKind::AssumedRole,
            account: Some(account),
            arn,
            role_arn: Some(role_arn),
            ..Self::anonymous().principal
        };
        let identity = vec![Attached { name: format!("the row of {work}"), policy }];
        Ok(Self { principal, identity, context: Arc::new(context), ..Self::anonymous() })
    }

    /// A service that acts under its own name, for one of the things that it keeps: log delivery for a bucket. Only
    /// policies and lists of what it touches let it in.
    ///
    /// Source: IAM User Guide, "AWS global condition context keys", `aws:PrincipalIsAWSService`, `aws:SourceArn`.
    pub fn service(host: &str, source: &str, account: AccountId) -> Self {
        let mut context = Context::new();
        context.set("aws:PrincipalIsAWSService", true);
        context.set("aws:PrincipalServiceName", host);
        context.set("aws:PrincipalServiceNamesList", vec![host.to_owned()]);
        context.set("aws:SourceArn", source);
        context.set("aws:SourceAccount", account);
        let principal =
            Principal { kind: PrincipalKind::Service, arn: host.to_owned(), ..Self::anonymous().principal };
        Self { principal, context: Arc::new(context), ..Self::anonymous() }
    }

    /// Whether the request carried no signature.
    pub fn is_anonymous(&self) -> bool {
        self.principal.kind == PrincipalKind::Anonymous
    }
}

/// Which service acts of its own accord, and in what.
#[derive(Debug, Clone, Copy)]
pub struct Steward<'a> {
    /// The service's host name in policies, such as `dynamodb.amazonaws.com`.
    pub host: &'a str,
    /// The name of its linked role, such as `AWSServiceRoleForDynamoDB`.
    pub role: &'a str,
    /// The work, by its name in the service's table.
    pub work: &'a str,
}
