//! One-time codes of virtual MFA devices (RFC 6238, SHA-1, 6 digits, 30 seconds).

use aws_lc_rs::{constant_time::verify_slices_are_equal, hmac};
use zeroize::Zeroizing;

use crate::{RandomError, Secret, id};

/// Seconds that a code is current.
const STEP: i64 = 30;
/// Steps before and after the current one whose codes are taken, for clocks that differ.
const DRIFT: i64 = 1;
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// A new seed: 64 characters of base32 (40 bytes), as AWS's `Base32StringSeed` has.
///
/// # Errors
/// [`RandomError`].
pub fn new_seed() -> Result<Secret, RandomError> {
    let bytes = Zeroizing::new(id::random::<64>()?);
    let letter = |&byte: &u8| BASE32.get(usize::from(byte & 31)).map(|&letter| char::from(letter));
    Ok(Secret::new(bytes.iter().filter_map(letter).collect()))
}

/// The step, counted since 1970, whose code this is; `None` for a wrong or outdated code. A step must
/// not be taken twice: remember the last one.
pub fn step_of(seed: &Secret, code: &str, now: i64) -> Option<i64> {
    let key = decode(seed.expose())?;
    let current = now.div_euclid(STEP);
    // Every candidate is compared, whichever matches.
    (current - DRIFT..=current + DRIFT)
        .filter(|&step| verify_slices_are_equal(code_at(&key, step).as_bytes(), code.as_bytes()).is_ok())
        .max()
}

/// Whether two codes follow each other, as enabling a device asks for.
pub fn consecutive(seed: &Secret, first: &str, second: &str, now: i64) -> bool {
    // The first code may be older than those that would be taken to sign in with.
    let first = step_of(seed, first, now).or_else(|| step_of(seed, first, now - STEP));
    matches!((first, step_of(seed, second, now)), (Some(first), Some(second)) if second == first + 1)
}

fn code_at(key: &[u8], step: i64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, key);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let offset = tag.as_ref().last().map_or(0, |last| usize::from(last & 15));
    let part = tag.as_ref().get(offset..offset + 4).and_then(|part| part.first_chunk()).copied();
    let number = u32::from_be_bytes(part.unwrap_or_default()) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

fn decode(base32: &str) -> Option<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(base32.len() * 5 / 8));
    let (mut bits, mut held) = (0_u32, 0_u32);
    for letter in base32.trim_end_matches('=').bytes() {
        let digit = BASE32.iter().position(|&known| known == letter.to_ascii_uppercase())?;
        bits = bits << 5 | u32::try_from(digit).ok()?;
        held += 5;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held & 0xff).ok()?);
        }
        bits &= 0xff;
    }
    (!bytes.is_empty()).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The seed of RFC 6238, appendix B: `12345678901234567890`.
    fn seed() -> Secret {
        Secret::new("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ".to_owned())
    }

    #[test]
    fn codes_are_those_of_the_standard() {
        for (time, code) in
            [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (20_000_000_000, "353130")]
        {
            assert_eq!(step_of(&seed(), code, time), Some(time / 30), "{time}");
        }
    }

    #[test]
    fn neighbours_are_taken_and_others_not() {
        assert_eq!(step_of(&seed(), "287082", 59 + 30), Some(1));
        assert_eq!(step_of(&seed(), "287082", 29), Some(1));
        assert_eq!(step_of(&seed(), "287082", 59 + 61), None);
        for code in ["", "28708", "2870822", "287083", "２８７０８２"] {
            assert_eq!(step_of(&seed(), code, 59), None, "{code}");
        }
    }

    #[test]
    fn two_codes_in_a_row_are_asked_for() {
        let key = decode(seed().expose()).unwrap();
        let code = |step| code_at(&key, step);
        assert!(consecutive(&seed(), &code(99), &code(100), 3001));
        assert!(consecutive(&seed(), &code(98), &code(99), 3001));
        assert!(!consecutive(&seed(), &code(100), &code(100), 3001));
        assert!(!consecutive(&seed(), &code(100), &code(99), 3001));
        assert!(!consecutive(&seed(), &code(50), &code(51), 3001));
    }

    #[test]
    fn new_seeds_can_be_read() {
        let seed = new_seed().unwrap();
        assert_eq!(seed.expose().len(), 64);
        let key = decode(seed.expose()).unwrap();
        assert_eq!(key.len(), 40);
        assert!(step_of(&seed, &code_at(&key, 7), 7 * 30).is_some());
    }
}
