use std::collections::BTreeMap;

use kurodo_policy::{Effect, Explanation, Layer, PolicyTrace, Reason, StatementTrace};

use super::{question::Question, simulator::Simulator};
use crate::{
    Error,
    model::{
        EvaluationResult, OrganizationsDecisionDetail, PermissionsBoundaryDecisionDetail,
        PolicyEvaluationDecisionType, Position, ResourceSpecificResult, Statement,
    },
    page::{Page, Paging},
};

/// A page of the results: one for every action on every resource.
pub(super) fn page(
    paging: &Paging,
    simulator: &Simulator,
    question: &Question,
) -> Result<Page<EvaluationResult>, Error> {
    let pairs = question
        .actions
        .iter()
        .flat_map(|action| question.resources.iter().map(move |resource| (action, resource)));
    let places = pairs.enumerate().map(|(at, pair)| (format!("{at:010}"), pair));
    let cut = paging.cut(places.map(Ok))?;
    let items = cut.items.into_iter().map(|(action, resource)| {
        let explanation = simulator.explain(question, action, resource);
        Told { simulator, question, explanation: &explanation }.result()
    });
    Ok(Page { items: items.collect(), marker: cut.marker })
}

/// One decision, to be told.
struct Told<'a> {
    simulator: &'a Simulator,
    question: &'a Question,
    explanation: &'a Explanation,
}

impl Told<'_> {
    fn result(&self) -> EvaluationResult {
        let specific = ResourceSpecificResult {
            eval_resource_name: self.explanation.resource.clone(),
            eval_resource_decision: self.decision(),
            matched_statements: Some(self.statements()),
            missing_context_values: Some(self.explanation.missing_context.clone()),
            eval_decision_details: self.details(),
            permissions_boundary_decision_detail: self.boundary(),
        };
        EvaluationResult {
            eval_action_name: self.explanation.action.clone(),
            eval_resource_name: Some(self.explanation.resource.clone()),
            eval_decision: self.decision(),
            matched_statements: specific.matched_statements.clone(),
            missing_context_values: specific.missing_context_values.clone(),
            organizations_decision_detail: self.organizations(),
            permissions_boundary_decision_detail: self.boundary(),
            eval_decision_details: specific.eval_decision_details.clone(),
            resource_specific_results: Some(vec![specific]),
        }
    }

    fn decision(&self) -> PolicyEvaluationDecisionType {
        match self.explanation.decision.reason {
            _ if self.explanation.decision.allowed => PolicyEvaluationDecisionType::Allowed,
            Reason::ExplicitDeny { .. } => PolicyEvaluationDecisionType::ExplicitDeny,
            _ => PolicyEvaluationDecisionType::ImplicitDeny,
        }
    }

    /// The statements that made the decision: those that deny, or those that allow.
    fn statements(&self) -> Vec<Statement> {
        let decided = |(policy, statement): &(&PolicyTrace, &StatementTrace)| match self.decision() {
            PolicyEvaluationDecisionType::ExplicitDeny => statement.effect == Effect::Deny,
            PolicyEvaluationDecisionType::Allowed => matches!(policy.kind, Layer::Identity | Layer::Resource),
            PolicyEvaluationDecisionType::ImplicitDeny => false,
        };
        self.explanation.matched().filter(decided).map(|(policy, it)| self.statement(policy, it)).collect()
    }

    fn statement(&self, policy: &PolicyTrace, statement: &StatementTrace) -> Statement {
        let position = |at: kurodo_policy::Position| Position {
            line: i32::try_from(at.line).ok(),
            column: i32::try_from(at.column).ok(),
        };
        Statement {
            source_policy_id: Some(policy.policy.clone()),
            source_policy_type: Some(self.simulator.kind_of(&policy.policy)),
            start_position: Some(position(statement.span.start)),
            end_position: Some(position(statement.span.end)),
        }
    }

    /// Whether every level of the organisation allows; nothing where there is none.
    fn organizations(&self) -> Option<OrganizationsDecisionDetail> {
        let levels = self.simulator.organization.len();
        let effects = |level: usize| {
            let traces = self.of(Layer::Scp).filter(move |trace| trace.level == Some(level));
            traces.filter_map(|trace| trace.effect)
        };
        let denied = (0..levels).any(|level| effects(level).any(|effect| effect == Effect::Deny));
        let all = (0..levels).all(|level| effects(level).any(|effect| effect == Effect::Allow));
        let allowed_by_organizations = Some(all && !denied);
        (levels > 0).then_some(OrganizationsDecisionDetail { allowed_by_organizations })
    }

    fn boundary(&self) -> Option<PermissionsBoundaryDecisionDetail> {
        self.simulator.boundary.as_ref()?;
        let allowed = self.of(Layer::Boundary).all(|trace| trace.effect == Some(Effect::Allow));
        Some(PermissionsBoundaryDecisionDetail { allowed_by_permissions_boundary: Some(allowed) })
    }

    /// Across accounts, what each side decides.
    fn details(&self) -> Option<BTreeMap<String, PolicyEvaluationDecisionType>> {
        let across = self.question.principal.account != Some(self.question.owner);
        let sides = [("IAM policy", Layer::Identity), ("Resource policy", Layer::Resource)];
        across.then(|| sides.into_iter().map(|(name, layer)| (name.to_owned(), self.side(layer))).collect())
    }

    fn side(&self, layer: Layer) -> PolicyEvaluationDecisionType {
        let effects: Vec<Effect> = self.of(layer).filter_map(|trace| trace.effect).collect();
        if effects.contains(&Effect::Deny) {
            PolicyEvaluationDecisionType::ExplicitDeny
        } else if effects.contains(&Effect::Allow) {
            PolicyEvaluationDecisionType::Allowed
        } else {
            PolicyEvaluationDecisionType::ImplicitDeny
        }
    }

    fn of(&self, layer: Layer) -> impl Iterator<Item = &PolicyTrace> {
        self.explanation.policies.iter().filter(move |trace| trace.kind == layer)
    }
}
