use std::sync::Arc;

use kurodo_policy::{Attached, Context, Principal, PrincipalKind};

/// Who makes a request, with all that limits and lets them: found once per credential, then shared.
#[derive(Debug)]
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
}

impl Caller {
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
        }
    }

    /// Whether the request carried no signature.
    pub fn is_anonymous(&self) -> bool {
        self.principal.kind == PrincipalKind::Anonymous
    }
}
