"""Identity providers: stored, listed, changed. The calls that use them come later."""

import pytest

from conftest import fresh, refused

THUMBPRINT = "0123456789abcdef0123456789abcdef01234567"


def metadata(name):
    key = "<ds:KeyInfo xmlns:ds='http://www.w3.org/2000/09/xmldsig#'><ds:X509Data><ds:X509Certificate>MIIB</ds:X509Certificate></ds:X509Data></ds:KeyInfo>"
    return (
        f"<EntityDescriptor xmlns='urn:oasis:names:tc:SAML:2.0:metadata' entityID='https://{name}.example.com/idp'>"
        f"<IDPSSODescriptor protocolSupportEnumeration='urn:oasis:names:tc:SAML:2.0:protocol'>"
        f"<KeyDescriptor use='signing'>{key}</KeyDescriptor>"
        f"<SingleSignOnService Binding='urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST' Location='https://{name}.example.com/sso'/>"
        f"</IDPSSODescriptor></EntityDescriptor>" + " " * 1000
    )


@pytest.fixture
def oidc(iam):
    name = fresh("issuer")
    answer = iam.create_open_id_connect_provider(
        Url=f"https://{name}.example.com/path", ClientIDList=["app"], ThumbprintList=[THUMBPRINT]
    )
    return answer["OpenIDConnectProviderArn"]


@pytest.fixture
def saml(iam):
    name = fresh("saml")
    return iam.create_saml_provider(Name=name, SAMLMetadataDocument=metadata(name))["SAMLProviderArn"]


def test_an_oidc_provider_is_made_found_and_deleted(iam, account):
    host = f"{fresh('issuer')}.example.com"
    made = iam.create_open_id_connect_provider(Url=f"https://{host}", ClientIDList=["a", "b"], ThumbprintList=[THUMBPRINT])
    arn = made["OpenIDConnectProviderArn"]
    assert arn == f"arn:aws:iam::{account}:oidc-provider/{host}"
    found = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    assert (found["Url"], found["ClientIDList"], found["ThumbprintList"]) == (host, ["a", "b"], [THUMBPRINT])
    assert arn in [it["Arn"] for it in iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]]
    message = f"Provider with url https://{host} already exists."
    refused(lambda: iam.create_open_id_connect_provider(Url=f"https://{host}"), "EntityAlreadyExists", 409, message)
    iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    message = f"OpenIDConnect Provider not found for arn {arn}"
    refused(lambda: iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn), "NoSuchEntity", 404, message)


def test_an_oidc_provider_is_changed(iam, oidc):
    iam.add_client_id_to_open_id_connect_provider(OpenIDConnectProviderArn=oidc, ClientID="web")
    iam.add_client_id_to_open_id_connect_provider(OpenIDConnectProviderArn=oidc, ClientID="web")
    iam.remove_client_id_from_open_id_connect_provider(OpenIDConnectProviderArn=oidc, ClientID="app")
    iam.update_open_id_connect_provider_thumbprint(OpenIDConnectProviderArn=oidc, ThumbprintList=[THUMBPRINT[::-1]])
    found = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=oidc)
    assert (found["ClientIDList"], found["ThumbprintList"]) == (["web"], [THUMBPRINT[::-1]])
    iam.tag_open_id_connect_provider(OpenIDConnectProviderArn=oidc, Tags=[{"Key": key, "Value": ""} for key in "abc"])
    iam.untag_open_id_connect_provider(OpenIDConnectProviderArn=oidc, TagKeys=["b"])
    tags = iam.list_open_id_connect_provider_tags(OpenIDConnectProviderArn=oidc)["Tags"]
    assert [tag["Key"] for tag in tags] == ["a", "c"]


@pytest.mark.parametrize("url", ["http://id.example.com", "id.example.com", "https://id.example.com?x=1"])
def test_an_issuer_is_reached_over_tls(iam, url):
    message = "Invalid Open ID Connect Provider URL"
    refused(lambda: iam.create_open_id_connect_provider(Url=url), "ValidationError", 400, message)


def test_a_saml_provider_is_made_found_changed_and_deleted(iam, account):
    name = fresh("saml")
    arn = iam.create_saml_provider(Name=name, SAMLMetadataDocument=metadata(name))["SAMLProviderArn"]
    assert arn == f"arn:aws:iam::{account}:saml-provider/{name}"
    found = iam.get_saml_provider(SAMLProviderArn=arn)
    assert found["SAMLMetadataDocument"] == metadata(name) and found["ValidUntil"] > found["CreateDate"]
    assert arn in [it["Arn"] for it in iam.list_saml_providers()["SAMLProviderList"]]
    refused(lambda: iam.create_saml_provider(Name=name, SAMLMetadataDocument=metadata(name)), "EntityAlreadyExists", 409)
    iam.update_saml_provider(SAMLProviderArn=arn, SAMLMetadataDocument=metadata("other"))
    assert "other.example.com" in iam.get_saml_provider(SAMLProviderArn=arn)["SAMLMetadataDocument"]
    iam.delete_saml_provider(SAMLProviderArn=arn)
    refused(lambda: iam.get_saml_provider(SAMLProviderArn=arn), "NoSuchEntity", 404, f"Manifest not found for arn {arn}")


def test_a_saml_provider_is_tagged(iam, saml):
    iam.tag_saml_provider(SAMLProviderArn=saml, Tags=[{"Key": key, "Value": ""} for key in "abc"])
    iam.untag_saml_provider(SAMLProviderArn=saml, TagKeys=["b"])
    assert [tag["Key"] for tag in iam.list_saml_provider_tags(SAMLProviderArn=saml)["Tags"]] == ["a", "c"]


def test_what_is_no_metadata_is_refused(iam):
    for document in ("x" * 1000, metadata("a").replace("IDPSSODescriptor", "SPSSODescriptor")):
        refused(lambda: iam.create_saml_provider(Name=fresh("saml"), SAMLMetadataDocument=document), "InvalidInput", 400)


def test_members_that_are_not_honoured_are_refused_by_name(iam, saml):
    answer = refused(
        lambda: iam.update_saml_provider(SAMLProviderArn=saml, AssertionEncryptionMode="Required"), "NotImplemented", 501
    )
    assert "AssertionEncryptionMode" in answer["Error"]["Message"]
