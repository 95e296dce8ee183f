//! A picture of a two-dimensional barcode.
//!
//! Sources: Portable Network Graphics specification (W3C, third edition); RFC 1950 and 1951 for the stored
//! blocks of its data.

use qrcodegen::{QrCode, QrCodeEcc};
use zeroize::Zeroizing;

/// Pixels to a module.
const SCALE: usize = 6;
/// Modules of white around the code.
const MARGIN: usize = 4;
/// The most bytes that a stored block holds.
const BLOCK: usize = 0xffff;

/// The barcode of a text as a PNG of black and white; `None` for a text that is too long for one.
pub(super) fn barcode(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let side = (usize::try_from(code.size()).ok()? + 2 * MARGIN) * SCALE;
    let mut rows = Zeroizing::new(Vec::new());
    for y in 0..side {
        rows.push(0); // No filter.
        for byte in 0..side.div_ceil(8) {
            rows.push((0..8).fold(0, |bits, bit| bits << 1 | u8::from(is_white(&code, byte * 8 + bit, y))));
        }
    }
    let length = u32::try_from(side).ok()?.to_be_bytes();
    let mut png = Zeroizing::new(b"\x89PNG\r\n\x1a\n".to_vec());
    // One bit to a pixel, grey, deflated, without interlacing.
    chunk(&mut png, *b"IHDR", &[length.as_slice(), &length, &[1, 0, 0, 0, 0]].concat())?;
    chunk(&mut png, *b"IDAT", &stored(&rows)?)?;
    chunk(&mut png, *b"IEND", &[])?;
    Some(png)
}

fn is_white(code: &QrCode, x: usize, y: usize) -> bool {
    let module = |pixel: usize| (pixel / SCALE).checked_sub(MARGIN).and_then(|it| i32::try_from(it).ok());
    match (module(x), module(y)) {
        // Outside of the code there are no black modules.
        (Some(x), Some(y)) => !code.get_module(x, y),
        _ => true,
    }
}

/// A zlib stream of stored blocks.
fn stored(data: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let mut stream = Zeroizing::new(vec![0x78, 0x01]);
    let mut blocks = data.chunks(BLOCK).peekable();
    while let Some(block) = blocks.next() {
        let length = u16::try_from(block.len()).ok()?;
        stream.push(u8::from(blocks.peek().is_none()));
        stream.extend(length.to_le_bytes());
        stream.extend((!length).to_le_bytes());
        stream.extend(block);
    }
    stream.extend(adler32(data).to_be_bytes());
    Some(stream)
}

fn chunk(png: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) -> Option<()> {
    png.extend(u32::try_from(data.len()).ok()?.to_be_bytes());
    png.extend(kind);
    png.extend(data);
    png.extend(crc32(&kind, data).to_be_bytes());
    Some(())
}

fn adler32(data: &[u8]) -> u32 {
    const PRIME: u32 = 65_521;
    let (a, b) = data.iter().fold((1, 0), |(a, b), &byte| {
        let a = (a + u32::from(byte)) % PRIME;
        (a, (b + a) % PRIME)
    });
    b << 16 | a
}

fn crc32(kind: &[u8], data: &[u8]) -> u32 {
    let step = |crc: u32, &byte: &u8| {
        (0..8).fold(
            crc ^ u32::from(byte),
            |crc, _| if crc & 1 == 1 { 0xedb8_8320 ^ crc >> 1 } else { crc >> 1 },
        )
    };
    !kind.iter().chain(data).fold(u32::MAX, step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_those_of_the_standards() {
        assert_eq!(crc32(b"1234", b"56789"), 0xcbf4_3926);
        assert_eq!(crc32(b"IEND", b""), 0xae42_6082);
        assert_eq!(adler32(b"Wikipedia"), 0x11e6_0398);
    }

    #[test]
    fn the_picture_is_square_and_white_at_its_edge() {
        let png = barcode("otpauth://totp/a?secret=GEZDGNBVGY3TQOJQ").unwrap();
        assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
        assert_eq!(png[16..20], png[20..24]);
        let side = usize::try_from(u32::from_be_bytes(png[16..20].try_into().unwrap())).unwrap();
        assert_eq!(side % SCALE, 0);
        // The first row follows the header, the data chunk's own header and those of zlib and of the block.
        let first = 8 + 25 + 8 + 2 + 5;
        assert_eq!(png[first], 0);
        assert!(png[first + 1..first + 1 + side.div_ceil(8)].iter().all(|&byte| byte == 0xff));
    }

    #[test]
    fn long_data_takes_several_blocks() {
        let data = vec![7; BLOCK + 1];
        let stream = stored(&data).unwrap();
        assert_eq!(stream[2], 0);
        assert_eq!(stream[2 + 5 + BLOCK], 1);
        assert_eq!(stream.len(), 2 + 5 + BLOCK + 5 + 1 + 4);
    }
}
