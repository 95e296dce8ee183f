//! What nobody has here: it cannot be made, and who cleans up after a user asks for it all the same.

use kurodo_gateway::Handler;

use super::{Answer, Asked};
use crate::{
    Error, Iam,
    model::{
        ListSSHPublicKeysOutput, ListServerCertificatesOutput, ListServiceSpecificCredentialsOutput,
        ListSigningCertificatesOutput, op,
    },
    page::Paging,
    resources,
    room::{Look, Room},
};

impl Handler<op::ListSSHPublicKeys> for Iam {
    async fn handle(&self, asked: Asked<'_, op::ListSSHPublicKeys>) -> Answer<op::ListSSHPublicKeys> {
        let (room, input) = (Room::open(&self.store, &asked.permits), &asked.input);
        known(&room, asked.permits.resource())?;
        Paging::read("ListSSHPublicKeys", room.account(), input.marker.as_ref(), input.max_items)?;
        let (ssh_public_keys, is_truncated, marker) = (Some(Vec::new()), Some(false), None);
        Ok(ListSSHPublicKeysOutput { ssh_public_keys, is_truncated, marker }.into())
    }
}

impl Handler<op::ListSigningCertificates> for Iam {
    async fn handle(
        &self,
        asked: Asked<'_, op::ListSigningCertificates>,
    ) -> Answer<op::ListSigningCertificates> {
        let (room, input) = (Room::open(&self.store, &asked.permits), &asked.input);
        known(&room, asked.permits.resource())?;
        Paging::read("ListSigningCertificates", room.account(), input.marker.as_ref(), input.max_items)?;
        let (certificates, is_truncated, marker) = (Vec::new(), Some(false), None);
        Ok(ListSigningCertificatesOutput { certificates, is_truncated, marker }.into())
    }
}

impl Handler<op::ListServiceSpecificCredentials> for Iam {
    async fn handle(
        &self,
        asked: Asked<'_, op::ListServiceSpecificCredentials>,
    ) -> Answer<op::ListServiceSpecificCredentials> {
        let (room, input) = (Room::open(&self.store, &asked.permits), &asked.input);
        known(&room, asked.permits.resource())?;
        let operation = "ListServiceSpecificCredentials";
        Paging::read(operation, room.account(), input.marker.as_ref(), input.max_items)?;
        let (service_specific_credentials, is_truncated, marker) = (Some(Vec::new()), Some(false), None);
        Ok(ListServiceSpecificCredentialsOutput { service_specific_credentials, is_truncated, marker }.into())
    }
}

impl Handler<op::ListServerCertificates> for Iam {
    async fn handle(
        &self,
        asked: Asked<'_, op::ListServerCertificates>,
    ) -> Answer<op::ListServerCertificates> {
        let (room, input) = (Room::open(&self.store, &asked.permits), &asked.input);
        Paging::read("ListServerCertificates", room.account(), input.marker.as_ref(), input.max_items)?;
        let (server_certificate_metadata_list, is_truncated, marker) = (Vec::new(), Some(false), None);
        Ok(ListServerCertificatesOutput { server_certificate_metadata_list, is_truncated, marker }.into())
    }
}

/// That the user is there, where one is named; the root user always is.
fn known(look: &impl Look, user: &resources::User) -> Result<(), Error> {
    if user.name().is_some() { user.load(look).map(drop) } else { Ok(()) }
}
