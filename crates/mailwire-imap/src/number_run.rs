//! Thousands of numbers in one line, as SEARCH and SORT find them: the one rule where a nanosecond counts.

use alloc::vec::Vec;

use crate::{
    grammar::{ONES, digits},
    input::{Input, Parsed},
};

/// `*(SP nz-number)`, up to a parenthesis or the end.
pub(crate) fn nz_numbers(input: Input<'_>) -> Parsed<'_, Vec<u32>> {
    // Numbers have four digits and more where there are many of them.
    let mut numbers = Vec::with_capacity(input.rest().len() / 5 + 1);
    let mut rest = plain(input, &mut numbers);
    while rest.first() == Some(b' ') {
        let here = rest.skip(1);
        rest = match digits(here) {
            Ok((after, value)) => {
                let Ok(value) = u32::try_from(value) else { return here.expected("number of 32 bits") };
                if value != 0 {
                    numbers.push(value);
                } else if !here.quirks().loose_numbers {
                    return here.expected("number from 1 to 4294967295");
                }
                plain(after, &mut numbers)
            }
            // Spaces between and at the end, the MODSEQ of CONDSTORE.
            Err(_) if matches!(here.first(), None | Some(b' ')) && here.quirks().loose_spaces => here,
            Err(_) if here.first() == Some(b'(') => return Ok((here, numbers)),
            Err(error) => return Err(error),
        };
    }
    Ok((rest, numbers))
}

/// Reads numbers of one to eight digits, each between two spaces, as long as there is nothing else.
///
/// Where they end is looked for in 64 octets at once: then one number needs not wait for the one before it.
fn plain<'a>(input: Input<'a>, numbers: &mut Vec<u32>) -> Input<'a> {
    let frame = input.context.frame.octets();
    // A number is loaded with what is before it, so that there are eight octets.
    let mut windows = input.offset().checked_sub(8).and_then(|start| frame.get(start..)).unwrap_or_default();
    if input.first() != Some(b' ') {
        return input;
    }
    let (mut block, mut space) = (0, 0);
    while let Some(window) = windows.first_chunk::<72>() {
        let mut ends = others(window);
        if block == 0 {
            // The space before the first number ends none.
            ends &= !1;
        }
        while ends != 0 {
            let place = ends.trailing_zeros() as usize;
            ends &= ends - 1;
            let length = block + place - space - 1;
            let Some(chunk) = window.get(place..).and_then(<[u8]>::first_chunk) else { break };
            let value = eight_digits(*chunk, length);
            if value == 0 || window.get(place + 8) != Some(&b' ') {
                return input.skip(space);
            }
            numbers.push(value);
            space = block + place;
        }
        block += 64;
        windows = windows.get(64..).unwrap_or_default();
    }
    input.skip(space)
}

/// A bit for each octet but the first eight that is no digit.
// Apart, so that the loop over the numbers has all registers.
#[inline(never)]
fn others(window: &[u8; 72]) -> u64 {
    let mut bits = 0;
    for (index, chunk) in window.as_chunks::<8>().0.iter().skip(1).enumerate() {
        // Digits become 0 to 9, to which 0x76 can be added without a carry out of seven bits.
        let values = u64::from_le_bytes(*chunk) ^ (ONES * 0x30);
        let high = (((values & (ONES * 0x7F)) + ONES * 0x76) | values) & (ONES * 0x80);
        // The highest bits of eight octets, side by side.
        bits |= ((high >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56) << (index * 8);
    }
    bits
}

/// The number that the last digits make, two, four and eight of them at once; 0 if they are none or more.
#[inline]
fn eight_digits(chunk: [u8; 8], length: usize) -> u32 {
    let digits = u64::from_le_bytes(chunk) & LAST_DIGITS.get(length).copied().unwrap_or(0);
    let pairs = (digits.wrapping_mul(10) + (digits >> 8)) & 0x00FF_00FF_00FF_00FF;
    let fours = (pairs.wrapping_mul(100) + (pairs >> 16)) & 0x0000_FFFF_0000_FFFF;
    (fours.wrapping_mul(10_000).wrapping_add(fours >> 32)) as u32
}

/// The values of so many octets at the end of eight.
const LAST_DIGITS: [u64; 9] = {
    let all = ONES * 0x0F;
    [0, all << 56, all << 48, all << 40, all << 32, all << 24, all << 16, all << 8, all]
};

#[cfg(test)]
mod tests {
    use alloc::format;

    use proptest::prelude::*;

    use super::*;
    use crate::table::RESPONSE;

    #[test]
    fn all_lengths_at_all_places() {
        for shift in 0..70 {
            for digits in 1..=10 {
                let number: u32 = "4234567891"[..digits].parse().unwrap();
                let sevens = " 7".repeat(shift);
                let mut expected = alloc::vec![7; shift];
                expected.extend([number, 1, 22, 333]);
                for end in ["", " ", "   "] {
                    let wire = format!("* SORT{sevens} {number} 1 22 333{end}");
                    let found = RESPONSE.lenient().read(|input| nz_numbers(input.skip(6)), &wire);
                    assert_eq!(found, Ok(expected.clone()), "{wire}");
                }
            }
        }
    }

    proptest! {
        #[test]
        fn others_are_no_digits(octets in proptest::collection::vec(any::<u8>(), 72)) {
            let window: [u8; 72] = octets.try_into().unwrap();
            let bits = others(&window);
            prop_assert!((0..64).all(|place| (bits >> place & 1 == 0) == window[place + 8].is_ascii_digit()));
        }

        #[test]
        fn the_digits_of_any_number(before in "[0-9 ]{8}", value in 0_u32..100_000_000) {
            let digits = format!("{value}");
            let octets = format!("{before}{digits}").into_bytes();
            prop_assert_eq!(eight_digits(*octets.last_chunk().unwrap(), digits.len()), value);
        }
    }
}
