//! The numbers that name messages, mailboxes and states, each a type of its own.

use core::{
    fmt,
    num::{NonZeroU32, ParseIntError, TryFromIntError},
    str::FromStr,
};

/// A number from 1 of 32 bits that can stand in a set.
pub trait Number: sealed::Sealed + Copy + Eq + Ord + fmt::Display {
    /// The number in its type.
    fn from_non_zero(number: NonZeroU32) -> Self;
    /// The number as it is.
    fn to_non_zero(self) -> NonZeroU32;
}

mod sealed {
    pub trait Sealed {}
}

macro_rules! number {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
        #[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
        #[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
        pub struct $name(NonZeroU32);

        impl $name {
            /// The least one.
            pub const MIN: Self = Self(NonZeroU32::MIN);
            /// The greatest one.
            pub const MAX: Self = Self(NonZeroU32::MAX);

            /// The number, or nothing for 0.
            pub const fn new(number: u32) -> Option<Self> {
                match NonZeroU32::new(number) {
                    Some(number) => Some(Self(number)),
                    None => None,
                }
            }

            /// The number, from 1.
            pub const fn get(self) -> u32 {
                self.0.get()
            }

            /// The number that is so much higher, or nothing beyond the greatest one.
            pub const fn checked_add(self, steps: u32) -> Option<Self> {
                match self.0.checked_add(steps) {
                    Some(number) => Some(Self(number)),
                    None => None,
                }
            }

            /// The number that is so much lower, or nothing below the least one.
            pub const fn checked_sub(self, steps: u32) -> Option<Self> {
                match self.0.get().checked_sub(steps) {
                    Some(number) => Self::new(number),
                    None => None,
                }
            }
        }

        impl TryFrom<u32> for $name {
            type Error = TryFromIntError;

            fn try_from(number: u32) -> Result<Self, TryFromIntError> {
                NonZeroU32::try_from(number).map(Self)
            }
        }

        impl FromStr for $name {
            type Err = ParseIntError;

            fn from_str(text: &str) -> Result<Self, ParseIntError> {
                text.parse().map(Self)
            }
        }

        impl From<$name> for u32 {
            fn from(number: $name) -> Self {
                number.get()
            }
        }

        impl From<$name> for NonZeroU32 {
            fn from(number: $name) -> Self {
                number.0
            }
        }

        impl Number for $name {
            fn from_non_zero(number: NonZeroU32) -> Self {
                Self(number)
            }

            fn to_non_zero(self) -> NonZeroU32 {
                self.0
            }
        }

        impl sealed::Sealed for $name {}

        impl From<NonZeroU32> for $name {
            fn from(number: NonZeroU32) -> Self {
                Self(number)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }
    };
}

number! {
    /// The place of a message in a mailbox, from 1; it changes when messages before it are expunged.
    SeqNum
}

number! {
    /// The unique identifier of a message in a mailbox, valid together with its [`UidValidity`].
    Uid
}

number! {
    /// Which generation of UIDs a mailbox has: if it changes, all UIDs that are known are void.
    UidValidity
}

impl Number for NonZeroU32 {
    fn from_non_zero(number: NonZeroU32) -> Self {
        number
    }

    fn to_non_zero(self) -> NonZeroU32 {
        self
    }
}

impl sealed::Sealed for NonZeroU32 {}

/// A modification sequence of CONDSTORE: 63 bits, 0 where the standard has a meaning for it
/// ([RFC 7162 section 7](https://www.rfc-editor.org/rfc/rfc7162#section-7)).
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct ModSeq(u64);

impl ModSeq {
    /// 0, which no change has.
    pub const ZERO: Self = Self(0);
    /// The greatest one.
    pub const MAX: Self = Self(i64::MAX as u64);

    /// The value, or nothing if it is over 63 bits.
    pub const fn new(value: u64) -> Option<Self> {
        if value <= i64::MAX as u64 { Some(Self(value)) } else { None }
    }

    /// The value; one over 63 bits becomes the greatest.
    pub(crate) fn clamped(value: u64) -> Self {
        Self(value.min(i64::MAX as u64))
    }

    /// The value.
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl From<u32> for ModSeq {
    fn from(value: u32) -> Self {
        Self(value.into())
    }
}

impl TryFrom<u64> for ModSeq {
    type Error = TryFromIntError;

    fn try_from(value: u64) -> Result<Self, TryFromIntError> {
        i64::try_from(value).map(|_| Self(value))
    }
}

impl From<ModSeq> for u64 {
    fn from(value: ModSeq) -> Self {
        value.0
    }
}

impl fmt::Display for ModSeq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_other_kinds() {
        let seven = Uid::new(7).unwrap();
        assert_eq!((Uid::try_from(7), "7".parse(), Uid::try_from(0).ok()), (Ok(seven), Ok(seven), None));
        for text in ["", "0", "-1", "4294967296", "x", "7 "] {
            assert!(text.parse::<Uid>().is_err(), "{text}");
        }
        assert_eq!((u32::from(seven), NonZeroU32::from(seven).get()), (7, 7));
        assert_eq!((seven.checked_add(1), seven.checked_sub(6)), (Uid::new(8), Some(Uid::MIN)));
        assert_eq!((Uid::MAX.checked_add(1), seven.checked_sub(7), seven.checked_sub(8)), (None, None, None));
        let most = i64::MAX as u64;
        assert_eq!((ModSeq::try_from(most), u64::from(ModSeq::MAX)), (Ok(ModSeq::MAX), most));
        assert!(ModSeq::try_from(most + 1).is_err() && ModSeq::from(0) == ModSeq::ZERO);
    }
}
