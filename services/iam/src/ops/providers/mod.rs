//! Identity providers. The sessions that they open are STS's business.

mod add_client_id;
mod create_oidc_provider;
mod create_saml_provider;
mod delete_oidc_provider;
mod delete_saml_provider;
mod get_oidc_provider;
mod get_saml_provider;
mod list_oidc_provider_tags;
mod list_oidc_providers;
mod list_saml_provider_tags;
mod list_saml_providers;
mod metadata;
mod remove_client_id;
mod tag_oidc_provider;
mod tag_saml_provider;
mod untag_oidc_provider;
mod untag_saml_provider;
mod update_saml_provider;
mod update_thumbprints;
