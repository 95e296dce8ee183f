use kurodo_policy::Decision;

/// That the authorizer refused an action on a resource, and why.
#[derive(Debug)]
pub struct Denial {
    /// The principal's ARN; `None` for an anonymous caller.
    pub principal: Option<String>,
    /// The principal's unique id, where it has one.
    pub principal_id: Option<String>,
    /// Whether the principal is known by a token of another identity system only.
    pub federated: bool,
    /// The action, such as `s3:GetObject`.
    pub action: &'static str,
    /// The resource's ARN.
    pub resource: String,
    /// What messages call the resource: its ARN, or as AWS calls it.
    pub called: String,
    /// Whether the resource belongs to the caller's account.
    pub own: bool,
    /// Whether the resource belongs to an account outside of the caller's account and organisation.
    pub foreign: bool,
    /// The decision.
    pub decision: Decision,
    /// The whole evaluation, for the audit trail and `kurodo why`.
    pub explanation: serde_json::Value,
}

impl Denial {
    /// The reason, in AWS's words: `because no identity-based policy allows the s3:GetObject action`.
    pub fn clause(&self) -> String {
        self.decision.clause(self.action)
    }

    /// The message that S3 answers with: it puts the resource in quotation marks, and tells strangers nothing.
    ///
    /// Source: S3 User Guide, "Troubleshoot access denied (403 Forbidden) errors in Amazon S3".
    pub fn s3_message(&self) -> String {
        let (action, resource, clause) = (self.action, &self.called, self.clause());
        match &self.principal {
            Some(arn) if !self.foreign => {
                format!(
                    "User: {arn} is not authorized to perform: {action} on resource: \"{resource}\" {clause}"
                )
            }
            _ => "Access Denied".to_owned(),
        }
    }

    /// The message that most services answer with.
    ///
    /// Source: IAM User Guide, "Troubleshoot access denied error messages".
    pub fn message(&self) -> String {
        let (action, resource, clause) = (self.action, &self.called, self.clause());
        match &self.principal {
            // AWS tells strangers no more.
            Some(_) if self.federated => format!("Not authorized to perform {action}"),
            Some(arn) => {
                format!("User: {arn} is not authorized to perform: {action} on resource: {resource} {clause}")
            }
            None => format!(
                "User: anonymous is not authorized to perform: {action} on resource: {resource} {clause}"
            ),
        }
    }
}
