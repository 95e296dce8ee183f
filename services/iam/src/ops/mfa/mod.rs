//! Virtual MFA devices: one-time codes of RFC 6238.

mod create_virtual_mfa_device;
mod deactivate_mfa_device;
mod delete_virtual_mfa_device;
mod device;
mod enable_mfa_device;
mod get_mfa_device;
mod list_mfa_device_tags;
mod list_mfa_devices;
mod list_virtual_mfa_devices;
mod png;
mod resync_mfa_device;
mod tag_mfa_device;
mod untag_mfa_device;
