/// Puts a checksum into the members that an output has for it.
macro_rules! show {
    ($output:expr, $algorithm:expr, $text:expr) => {{
        let text = Some($text);
        match $algorithm {
            $crate::checksum::Algorithm::Crc32 => $output.checksum_crc32 = text,
            $crate::checksum::Algorithm::Crc32c => $output.checksum_crc32c = text,
            $crate::checksum::Algorithm::Crc64Nvme => $output.checksum_crc64nvme = text,
            $crate::checksum::Algorithm::Sha1 => $output.checksum_sha1 = text,
            $crate::checksum::Algorithm::Sha256 => $output.checksum_sha256 = text,
        }
    }};
}
pub(crate) use show;
