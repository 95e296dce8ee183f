//! What generated models are written in.

/// Declares a structure, and how it becomes a value and comes from one.
#[macro_export]
macro_rules! shape {
    ($(#[$meta:meta])* pub struct $name:ident: $schema:path { $($field:ident: $type:ty = $member:literal),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq)]
        pub struct $name {
            $(#[doc = concat!("`", $member, "`")] pub $field: $type),*
        }

        impl $crate::Valued for $name {
            fn from_value(value: $crate::Value) -> Result<Self, $crate::ShapeError> {
                let [$($field),*] = $crate::members(value)?;
                Ok(Self { $($field: $crate::take($field, $member)?),* })
            }
            fn into_value(self) -> $crate::Value {
                $crate::Value::structure([$($crate::Valued::into_value(self.$field)),*])
            }
        }

        impl $crate::Shape for $name {
            fn schema() -> &'static $crate::Schema {
                &$schema
            }
        }
    };
}

/// Declares a union as an enum, and how it becomes a value and comes from one.
#[macro_export]
macro_rules! union {
    ($(#[$meta:meta])* pub enum $name:ident: $schema:path { $($variant:ident($type:ty) = $at:literal $member:literal),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq)]
        pub enum $name {
            $(#[doc = concat!("`", $member, "`")] $variant($type)),*
        }

        impl $crate::Valued for $name {
            fn from_value(value: $crate::Value) -> Result<Self, $crate::ShapeError> {
                match $crate::union_member(value, stringify!($name))? {
                    $(($at, value) => $crate::take(value, $member).map(Self::$variant),)*
                    _ => Err($crate::ShapeError::Union(stringify!($name))),
                }
            }
            fn into_value(self) -> $crate::Value {
                let (at, value) = match self {
                    $(Self::$variant(value) => ($at, $crate::Valued::into_value(value))),*
                };
                $crate::union_value::<{ [$($at),*].len() }>(at, value)
            }
        }

        impl $crate::Shape for $name {
            fn schema() -> &'static $crate::Schema {
                &$schema
            }
        }
    };
}

/// Gives a sensitive structure or union a `Debug` that shows nothing.
#[macro_export]
macro_rules! redacted {
    ($name:ident) => {
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        }
    };
}

/// Declares an enum whose values are words on the wire.
///
/// The enum is closed: validation refuses other words before a service sees the input. What follows the word on the wire
/// is read for it too, and never written.
#[macro_export]
macro_rules! words {
    ($(#[$meta:meta])* pub enum $name:ident { $($variant:ident = $word:literal $(| $other:literal)*),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $(#[doc = concat!("`", $word, "`")] $variant),*
        }

        impl $name {
            /// All values, in the API facts' order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word on the wire.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }

            /// The value that this word stands for.
            pub fn parse(word: &str) -> Option<Self> {
                match word {
                    $($word $(| $other)* => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl $crate::Valued for $name {
            fn from_value(value: $crate::Value) -> Result<Self, $crate::ShapeError> {
                let word = value.as_str().and_then(Self::parse);
                word.ok_or($crate::ShapeError::Enum(stringify!($name)))
            }
            fn into_value(self) -> $crate::Value {
                $crate::Value::String(self.as_str().to_owned())
            }
        }
    };
}

/// Declares the operations of a service as types.
#[macro_export]
macro_rules! operations {
    ($service:literal; $($name:ident($input:ty) -> $output:ty = $schema:path;)*) => {
        $(
            #[doc = concat!("AWS `", $service, ":", stringify!($name), "`.")]
            #[derive(Debug, Clone, Copy)]
            pub struct $name;

            impl $crate::Operation for $name {
                type Input = $input;
                type Output = $output;
                const NAME: &'static str = stringify!($name);
                fn schema() -> &'static $crate::OperationSchema {
                    &$schema
                }
            }
        )*
    };
}
