use std::{future::Future, pin::Pin, sync::Arc};

use kurodo_authz::Demand;
use kurodo_wire::OperationSchema;

use crate::{ChoreEntry, ChoreFacts, Handler, Mount, Received, Row, Sent, Service, ServiceFacts, way};

/// What a service's table says; only [`service!`](crate::service) implements it.
pub trait Table: Service {
    /// A row for every operation that the service serves.
    const ROWS: &'static [Entry<Self>];
    /// The operations that AWS has and this service refuses by name.
    const REFUSED: &'static [&'static str];
    /// The actions.
    const ACTIONS: &'static [ActionFacts];
    /// A row for everything that the service does of its own accord.
    const CHORES: &'static [ChoreEntry<Self>];

    /// The service, for the gateway to mount. The table implements it, so that the code of all operations is compiled
    /// with the service and not again with the binary.
    fn mount(self) -> Arc<dyn Mount>;
    /// The table as a reviewer reads it; likewise.
    fn facts() -> TableFacts;
}

/// A table as a reviewer reads it.
#[derive(Debug)]
pub struct TableFacts {
    /// The service.
    pub service: &'static ServiceFacts,
    /// The rows, with the actions that each may demand.
    pub rows: Vec<(RowFacts, Vec<&'static str>)>,
    /// The actions.
    pub actions: &'static [ActionFacts],
    /// What the service does of its own accord, with the actions that it may demand for it.
    pub chores: Vec<(ChoreFacts, Vec<&'static str>)>,
    /// The operations that AWS has and this service refuses by name.
    pub refused: &'static [&'static str],
}

impl TableFacts {
    /// What a service's table says.
    pub fn of<S: Table>() -> Self {
        Self {
            service: S::FACTS,
            rows: S::ROWS.iter().map(|row| (row.facts, (row.actions)())).collect(),
            actions: S::ACTIONS,
            chores: S::CHORES.iter().map(|chore| (chore.facts, (chore.actions)())).collect(),
            refused: S::REFUSED,
        }
    }
}

/// A row as a reviewer reads it.
#[derive(Debug, Clone, Copy)]
pub struct RowFacts {
    /// The operation's name.
    pub operation: &'static str,
    /// The row's text after the name.
    pub line: &'static str,
    /// Why the operation needs no permission; `None` for all that need one.
    pub open: Option<&'static str>,
    /// Members that AWS knows and this operation does not honour: a request that has one is refused.
    pub refuses: &'static [&'static str],
}

/// An action as a reviewer reads it.
#[derive(Debug, Clone, Copy)]
pub struct ActionFacts {
    /// Such as `s3:GetObject`.
    pub name: &'static str,
    /// `Read` or `Write`.
    pub access: &'static str,
    /// The resource's ARN, as a template.
    pub resource: &'static str,
}

type Operate<S> = for<'a> fn(&'a S, Received<'a>) -> Pin<Box<dyn Future<Output = Sent> + Send + 'a>>;

/// A row with the code that it leads to.
pub struct Entry<S: Service> {
    /// What the row says.
    pub facts: RowFacts,
    /// The operation's shapes.
    pub schema: fn() -> &'static OperationSchema,
    /// The actions that the row may demand.
    pub actions: fn() -> Vec<&'static str>,
    /// Takes a request of this operation all its way.
    pub operate: Operate<S>,
}

impl<S: Service> Entry<S> {
    /// The entry for a row whose operation has a handler.
    pub const fn new<O: Row<S>>(facts: RowFacts) -> Self
    where
        S: Handler<O>,
    {
        Self {
            facts,
            schema: O::schema,
            actions: <O::Demand as Demand>::actions,
            operate: |service, received| Box::pin(way::operate::<S, O>(service, received)),
        }
    }
}

/// The table of a service: its resources, its actions, and what every operation demands.
///
/// ```text
/// service! { S3:
///     resources {
///         Object { bucket, key } = "arn:aws:s3:::{bucket}/{key}";
///     }
///     actions {
///         GetObject: Read on Object = "s3:GetObject";
///     }
///     operations {
///         PutBucketPolicy: PutBucketPolicy on bucket(bucket);
///         AttachUserPolicy: AttachUserPolicy on user(user_name) with "iam:PolicyARN" = policy_arn;
///         CreateGroup: CreateGroup on group(name), TagGroup on group(name) if tags;
///         GetObject: [GetObject or GetObjectVersion, may ListBucket] by needs::get_object;
///         GetCallerIdentity: [open] because "it tells callers who they are";
///     }
///     chores {
///         ExpireObjects: [DeleteObject for all] by needs::expired_objects every 60 seconds;
///     }
///     refused { SelectObjectContent }
/// }
/// ```
///
/// A row demands actions `on` resources, which functions of `crate::resources` find from the named
/// fields of the input, `with` fields as condition keys, and `if` a field is given; or it demands what stands in brackets, and a named function gives the needs.
/// [`kurodo_authz::Demand`] has the words that brackets may hold. What the service does of its own accord is a chore:
/// its function finds what is due, in one account after the other.
#[macro_export]
#[expect(
    clippy::crate_in_macro_def,
    reason = "the table names the resources and the model of the crate that has it"
)]
macro_rules! service {
    (
        $service:ident:
        resources { $($resource:ident { $($part:ident),* } = $template:literal;)* }
        actions { $($action:ident: $access:ident on $target:ident = $name:literal;)* }
        operations { $(
            $op:ident:
            $($does:ident on $locate:ident($($field:ident),*) $(with $key:literal = $value:ident)*
                $(if $given:ident)?),*
            $([$($demand:tt)*] $(by $module:ident::$by:ident)? $(because $why:literal)?)?
            $(refusing [$($refuses:literal),* $(,)?])?
        ;)* }
        $(chores { $(
            $chore:ident: [$($work:tt)*] by $cares:ident::$due:ident every $every:literal seconds
                $(and at the $end:ident)?
        ;)* })?
        refused { $($refused:ident),* $(,)? }
    ) => {
        $(impl $crate::authz::Named for crate::resources::$resource {
            const TEMPLATE: &'static str = $template;
            fn arn(&self) -> String {
                let Self { $($part,)* .. } = self;
                format!($template)
            }
        })*

        /// The actions of this service, as types.
        pub mod action {
            $(
                #[doc = concat!("`", $name, "`")]
                #[derive(Debug)]
                pub enum $action {}

                impl $crate::authz::Action for $action {
                    const NAME: &'static str = $name;
                    type Access = $crate::authz::$access;
                    type Resource = crate::resources::$target;
                }

                $crate::demand_itself!($action);
            )*
        }

        $(
            /// What this service does of its own accord, as types.
            pub mod chore {
                $(
                    #[doc = concat!("`", stringify!($chore), "`")]
                    #[derive(Debug)]
                    pub enum $chore {}
                )*
            }

            $(impl $crate::Chore<$service> for chore::$chore {
                type Demand = $crate::demand!([] $($work)*);

                async fn due<'a>(
                    find: &'a $crate::Find<'a, $service>,
                ) -> Result<
                    Option<<Self::Demand as $crate::authz::Demand>::Needs>,
                    <$service as $crate::Service>::Error,
                > {
                    crate::$cares::$due(find).await
                }
            })*
        )?

        impl $crate::Table for $service {
            const ROWS: &'static [$crate::Entry<Self>] = &[$(
                $crate::Entry::new::<crate::model::op::$op>($crate::RowFacts {
                    operation: stringify!($op),
                    line: stringify!(
                        $($does on $locate($($field),*) $(with $key = $value)* $(if $given)?),*
                        $([$($demand)*] $(by $module::$by)? $(because $why)?)?
                        $(refusing [$($refuses),*])?
                    ),
                    open: $crate::first!($($($why)?)?),
                    refuses: &[$($($refuses),*)?],
                }),
            )*];
            const CHORES: &'static [$crate::ChoreEntry<Self>] = &[$($(
                $crate::ChoreEntry::new::<chore::$chore>($crate::ChoreFacts {
                    name: stringify!($chore),
                    line: stringify!([$($work)*] by $cares::$due every $every seconds $(and at the $end)?),
                    every: $every,
                    at_end: !stringify!($($end)?).is_empty(),
                }),
            )*)?];
            fn mount(self) -> ::std::sync::Arc<dyn $crate::Mount> {
                ::std::sync::Arc::new(self)
            }

            fn facts() -> $crate::TableFacts {
                $crate::TableFacts::of::<Self>()
            }

            const REFUSED: &'static [&'static str] = &[$(stringify!($refused)),*];
            const ACTIONS: &'static [$crate::ActionFacts] = &[$($crate::ActionFacts {
                name: $name,
                access: stringify!($access),
                resource: <crate::resources::$target as $crate::authz::Named>::TEMPLATE,
            }),*];
        }

        $(impl $crate::Row<$service> for crate::model::op::$op {
            type Demand = $crate::demand!([] $($does $(if $given)?),* $($($demand)*)?);

            async fn needs<'a>(
                find: &'a $crate::Find<'a, $service>,
                input: &'a mut Self::Input,
            ) -> Result<
                <Self::Demand as $crate::authz::Demand>::Needs,
                <$service as $crate::Service>::Error,
            > {
                $crate::needs!(find, input;
                    $($does on $locate($($field),*) $(with $key = $value)* $(if $given)?),*
                    $($(by $module::$by)? $(because $why)?)?
                )
            }
        })*
    };
}

/// The type of a demand, from the words of a row.
#[doc(hidden)]
#[macro_export]
macro_rules! demand {
    ([] open) => { () };
    ([$one:ty]) => { $one };
    ([$($done:ty),*]) => { ($($done),*) };
    ([$($done:ty),*] may $a:ident or $b:ident if $given:ident $(, $($rest:tt)*)?) => {
        $crate::demand!(
            [$($done,)* Option<$crate::authz::May<$crate::authz::OneOf<action::$a, action::$b>>>] $($($rest)*)?
        )
    };
    ([$($done:ty),*] may $a:ident if $given:ident $(, $($rest:tt)*)?) => {
        $crate::demand!([$($done,)* Option<$crate::authz::May<action::$a>>] $($($rest)*)?)
    };
    ([$($done:ty),*] may $a:ident $(, $($rest:tt)*)?) => {
        $crate::demand!([$($done,)* $crate::authz::May<action::$a>] $($($rest)*)?)
    };
    ([$($done:ty),*] $a:ident or $b:ident if $given:ident $(, $($rest:tt)*)?) => {
        $crate::demand!([$($done,)* Option<$crate::authz::OneOf<action::$a, action::$b>>] $($($rest)*)?)
    };
    ([$($done:ty),*] $a:ident or $b:ident for each $(, $($rest:tt)*)?) => {
        $crate::demand!([$($done,)* $crate::authz::Each<$crate::authz::OneOf<action::$a, action::$b>>] $($($rest)*)?)
    };
    ([$($done:ty),*] $a:ident or $b:ident $(, $($rest:tt)*)?) => {
        $crate::demand!([$($done,)* $crate::authz::OneOf<action::$a, action::$b>] $($($rest)*)?)
    };
    ([$($done:ty),*] $a:ident by another if $given:ident $(, $($rest:tt)*)?) => {
        $crate::demand!([$($done,)* Option<$crate::authz::ByAnother<action::$a>>] $($($rest)*)?)
    };
    ([$($done:ty),*] $a:ident by another $(, $($rest:tt)*)?) => {
        $crate::demand!([$($done,)* $crate::authz::ByAnother<action::$a>] $($($rest)*)?)
    };
    ([$($done:ty),*] $a:ident if $given:ident $(, $($rest:tt)*)?) => {
        $crate::demand!([$($done,)* Option<action::$a>] $($($rest)*)?)
    };
    ([$($done:ty),*] $a:ident for all $(, $($rest:tt)*)?) => {
        $crate::demand!([$($done,)* Vec<action::$a>] $($($rest)*)?)
    };
    ([$($done:ty),*] $a:ident for each by another $(, $($rest:tt)*)?) => {
        $crate::demand!(
            [$($done,)* $crate::authz::Each<$crate::authz::ByAnother<action::$a>>] $($($rest)*)?
        )
    };
    ([$($done:ty),*] $a:ident for each $(, $($rest:tt)*)?) => {
        $crate::demand!([$($done,)* $crate::authz::Each<action::$a>] $($($rest)*)?)
    };
    ([$($done:ty),*] $a:ident $(, $($rest:tt)*)?) => {
        $crate::demand!([$($done,)* action::$a] $($($rest)*)?)
    };
}

/// The needs of a row: found field by field, by a named function, or none.
#[doc(hidden)]
#[macro_export]
#[expect(
    clippy::crate_in_macro_def,
    reason = "the function that gives the needs is in the crate of the table"
)]
macro_rules! needs {
    ($find:ident, $input:ident; by $module:ident::$by:ident) => {
        crate::$module::$by($find, $input).await
    };
    ($find:ident, $input:ident; because $why:literal) => {{
        let _ = ($find, $input);
        Ok(())
    }};
    ($find:ident, $input:ident;
     $($does:ident on $locate:ident($($field:ident),*) $(with $key:literal = $value:ident)*
        $(if $given:ident)?),+) => {
        Ok(($($crate::where_given!([$($input.$given)?] {
            let need = $crate::authz::Need::<action::$does>::new(
                crate::resources::$locate($find, $(&$input.$field),*).await?,
            );
            $(let need = $crate::ConditionValue::condition(&$input.$value, $key, need);)*
            need
        })),+))
    };
}

/// A need; or, where it hangs on a field, one if the request has the field.
#[doc(hidden)]
#[macro_export]
macro_rules! where_given {
    ([] $need:block) => {
        $need
    };
    ([$given:expr] $need:block) => {
        match $crate::ConditionValue::is_given(&$given) {
            true => Some($need),
            false => None,
        }
    };
}

/// `Some` of the literal that is there, or `None`.
#[doc(hidden)]
#[macro_export]
macro_rules! first {
    () => {
        None
    };
    ($one:literal) => {
        Some($one)
    };
}

/// An action demands itself.
#[doc(hidden)]
#[macro_export]
macro_rules! demand_itself {
    ($action:ident) => {
        impl $crate::authz::Demand for $action {
            type Needs = $crate::authz::Need<Self>;
            type Permits<'r> = $crate::authz::Permit<'r, Self>;

            fn grant<'r>(
                needs: Self::Needs,
                desk: &mut $crate::authz::Desk<'r>,
            ) -> Result<Self::Permits<'r>, Box<$crate::authz::Denial>> {
                desk.permit(needs)
            }

            fn actions() -> Vec<&'static str> {
                vec![<Self as $crate::authz::Action>::NAME]
            }

            fn writes() -> bool {
                <<Self as $crate::authz::Action>::Access as $crate::authz::Access>::WRITES
            }
        }
    };
}
