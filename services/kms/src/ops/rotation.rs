//! Other material for keys, while what was sealed before still opens.

use kurodo_gateway::Handler;

use super::{Answer, Asked};
use crate::{
    Error, Kms,
    key::Key as Stored,
    model::{
        DisableKeyRotationOutput, EnableKeyRotationOutput, GetKeyRotationStatusOutput, IncludeKeyMaterial,
        KeyMaterialState, ListKeyRotationsOutput, RotateKeyOnDemandOutput, RotationType, RotationsListEntry,
        op,
    },
    pages::Page,
    view::time,
};

/// The days after which material is renewed, unless others are asked for.
const USUAL_DAYS: i32 = 365;
/// The most rotations on demand of a key.
///
/// Source: KMS API Reference, RotateKeyOnDemand.
const MOST: usize = 25;

impl Handler<op::EnableKeyRotation> for Kms {
    async fn handle(&self, asked: Asked<'_, op::EnableKeyRotation>) -> Answer<op::EnableKeyRotation> {
        let (permit, key) = (&asked.permits, asked.permits.resource());
        let mut stored = key.rotatable(key.enabled()?)?;
        let days = asked.input.rotation_period_in_days;
        let known = stored.rotation.map(|rotation| rotation.days);
        stored.rotate_every(days.or(known).unwrap_or(USUAL_DAYS), asked.call.now_ms);
        self.redefine(permit, &stored).await?;
        Ok(EnableKeyRotationOutput {}.into())
    }
}

impl Handler<op::DisableKeyRotation> for Kms {
    async fn handle(&self, asked: Asked<'_, op::DisableKeyRotation>) -> Answer<op::DisableKeyRotation> {
        let (permit, key) = (&asked.permits, asked.permits.resource());
        let stored = Stored { rotation: None, ..key.rotatable(key.enabled()?)? };
        self.redefine(permit, &stored).await?;
        Ok(DisableKeyRotationOutput {}.into())
    }
}

impl Handler<op::GetKeyRotationStatus> for Kms {
    async fn handle(&self, asked: Asked<'_, op::GetKeyRotationStatus>) -> Answer<op::GetKeyRotationStatus> {
        let key = asked.permits.resource();
        let rotation = key.rotatable(key.existing()?)?.rotation;
        Ok(GetKeyRotationStatusOutput {
            key_rotation_enabled: Some(rotation.is_some()),
            key_id: Some(key.called()),
            rotation_period_in_days: rotation.map(|rotation| rotation.days),
            next_rotation_date: rotation.map(|rotation| time(rotation.next)),
            on_demand_rotation_start_date: None,
        }
        .into())
    }
}

impl Handler<op::RotateKeyOnDemand> for Kms {
    async fn handle(&self, asked: Asked<'_, op::RotateKeyOnDemand>) -> Answer<op::RotateKeyOnDemand> {
        let (permit, key) = (&asked.permits, asked.permits.resource());
        let mut stored = key.rotatable(key.enabled()?)?;
        let asked_for = stored.materials.iter().filter(|m| m.came_by() == Some(RotationType::OnDemand));
        if asked_for.count() >= MOST {
            return Err(Error::LimitExceeded(format!(
                "The limit of {MOST} on-demand rotations of {} is reached.",
                key.called()
            )));
        }
        self.renew(key.account, &mut stored, asked.call.now_ms, true).await?;
        self.redefine(permit, &stored).await?;
        Ok(RotateKeyOnDemandOutput { key_id: Some(key.called()) }.into())
    }
}

impl Handler<op::ListKeyRotations> for Kms {
    async fn handle(&self, asked: Asked<'_, op::ListKeyRotations>) -> Answer<op::ListKeyRotations> {
        let (key, input) = (asked.permits.resource(), &asked.input);
        let stored = key.rotatable(key.existing()?)?;
        let whole = input.include_key_material == Some(IncludeKeyMaterial::AllKeyMaterial);
        let last = stored.materials.len().saturating_sub(1);
        let listed = stored.materials.iter().enumerate().filter(|(_, m)| whole || m.came_by().is_some());
        let listed = listed.map(|(at, material)| {
            let state = if at == last { KeyMaterialState::Current } else { KeyMaterialState::NonCurrent };
            let rotated = material.came_by();
            let entry = RotationsListEntry {
                key_id: Some(key.called()),
                key_material_id: Some(material.id.clone()),
                key_material_state: whole.then_some(state),
                rotation_date: rotated.map(|_| time(material.since)),
                rotation_type: rotated,
                ..RotationsListEntry::default()
            };
            (format!("{at:08}"), entry)
        });
        let page = Page::of(listed, input.marker.as_deref(), input.limit, 100)?;
        let truncated = Some(page.truncated());
        Ok(ListKeyRotationsOutput { rotations: Some(page.items), next_marker: page.next, truncated }.into())
    }
}
