use std::{marker::PhantomData, sync::Arc};

use kurodo_policy::Context;

use crate::{Access, Action, Caller, Denial, Desk, Grant, Permit, Resource, grant::sealed};

/// What an operation demands: an action, or a combination of demands. The service's table writes it,
/// and the types of the needs and of the permits follow from it.
///
/// | in the table | demand | permits |
/// |---|---|---|
/// | `A` | the action | `Permit<A>` |
/// | `A, B` | both | a tuple |
/// | `A or B` | [`OneOf`] | whichever the request chose |
/// | `A if asked` | `Option` | a permit where the request asks for it |
/// | `A for all` | `Vec` | a permit for every item, or a denial of the whole |
/// | `A for each` | [`Each`] | a permit or a denial for each item |
/// | `A for each by another` | [`ByAnother`] | the same, each for the caller that the need brings |
/// | `A by another` | [`ByAnother`] | a permit for the caller that the need brings |
/// | `may A` | [`May`] | a permit where the caller has it; never a denial |
pub trait Demand {
    /// What the operation's parameters ask for.
    type Needs: Send;
    /// What the handler gets.
    type Permits<'r>: Send;

    /// Decides the needs.
    ///
    /// # Errors
    /// The first denial.
    fn grant<'r>(needs: Self::Needs, desk: &mut Desk<'r>) -> Result<Self::Permits<'r>, Box<Denial>>;

    /// The names of the actions that the demand may ask for.
    fn actions() -> Vec<&'static str>;

    /// Whether any of the actions opens write doors.
    fn writes() -> bool;
}

/// Nothing is demanded; only rows that are `open because ".."` say so.
impl Demand for () {
    type Needs = ();
    type Permits<'r> = ();

    fn grant<'r>((): (), _: &mut Desk<'r>) -> Result<(), Box<Denial>> {
        Ok(())
    }

    fn actions() -> Vec<&'static str> {
        Vec::new()
    }

    fn writes() -> bool {
        false
    }
}

impl<D: Demand> Demand for Option<D> {
    type Needs = Option<D::Needs>;
    type Permits<'r> = Option<D::Permits<'r>>;

    fn grant<'r>(needs: Self::Needs, desk: &mut Desk<'r>) -> Result<Self::Permits<'r>, Box<Denial>> {
        needs.map(|needs| D::grant(needs, desk)).transpose()
    }

    fn actions() -> Vec<&'static str> {
        D::actions()
    }

    fn writes() -> bool {
        D::writes()
    }
}

impl<D: Demand> Demand for Vec<D> {
    type Needs = Vec<D::Needs>;
    type Permits<'r> = Vec<D::Permits<'r>>;

    fn grant<'r>(needs: Self::Needs, desk: &mut Desk<'r>) -> Result<Self::Permits<'r>, Box<Denial>> {
        needs.into_iter().map(|needs| D::grant(needs, desk)).collect()
    }

    fn actions() -> Vec<&'static str> {
        D::actions()
    }

    fn writes() -> bool {
        D::writes()
    }
}

/// Each item of a batch is decided for itself.
pub struct Each<D>(PhantomData<D>);

impl<D: Demand> Demand for Each<D> {
    type Needs = Vec<D::Needs>;
    type Permits<'r> = Vec<Result<D::Permits<'r>, Box<Denial>>>;

    fn grant<'r>(needs: Self::Needs, desk: &mut Desk<'r>) -> Result<Self::Permits<'r>, Box<Denial>> {
        Ok(needs.into_iter().map(|needs| D::grant(needs, desk)).collect())
    }

    fn actions() -> Vec<&'static str> {
        D::actions()
    }

    fn writes() -> bool {
        D::writes()
    }
}

/// Decided for a caller of its own, with all that its policies and the resource's say: a service that does a chore does
/// part of it in the name of another, such as a role that it was given; and who shows a token of another identity system is
/// known by that.
pub struct ByAnother<D>(PhantomData<D>);

/// What another caller needs.
pub struct Another<N> {
    /// Who.
    pub caller: Arc<Caller>,
    /// The condition keys of the caller and of the occasion.
    pub context: Arc<Context>,
    /// What for.
    pub needs: N,
}

impl<D: Demand> Demand for ByAnother<D> {
    type Needs = Another<D::Needs>;
    type Permits<'r> = D::Permits<'r>;

    fn grant<'r>(needs: Self::Needs, desk: &mut Desk<'r>) -> Result<Self::Permits<'r>, Box<Denial>> {
        let Another { caller, context, needs } = needs;
        desk.aside(caller, context, |desk| D::grant(needs, desk))
    }

    fn actions() -> Vec<&'static str> {
        D::actions()
    }

    fn writes() -> bool {
        D::writes()
    }
}

/// What the caller may also do changes the answer, but is not demanded: who may list a bucket is told
/// that a key is missing, others are denied.
pub struct May<D>(PhantomData<D>);

impl<D: Demand> Demand for May<D> {
    type Needs = D::Needs;
    type Permits<'r> = Option<D::Permits<'r>>;

    fn grant<'r>(needs: Self::Needs, desk: &mut Desk<'r>) -> Result<Self::Permits<'r>, Box<Denial>> {
        Ok(D::grant(needs, desk).ok())
    }

    fn actions() -> Vec<&'static str> {
        D::actions()
    }

    fn writes() -> bool {
        D::writes()
    }
}

/// One of two, chosen by the request: naming a version asks for another action than naming none.
pub enum OneOf<A, B> {
    /// The first.
    First(A),
    /// The second.
    Second(B),
}

impl<A: Demand, B: Demand> Demand for OneOf<A, B> {
    type Needs = OneOf<A::Needs, B::Needs>;
    type Permits<'r> = OneOf<A::Permits<'r>, B::Permits<'r>>;

    fn grant<'r>(needs: Self::Needs, desk: &mut Desk<'r>) -> Result<Self::Permits<'r>, Box<Denial>> {
        match needs {
            OneOf::First(needs) => Ok(OneOf::First(A::grant(needs, desk)?)),
            OneOf::Second(needs) => Ok(OneOf::Second(B::grant(needs, desk)?)),
        }
    }

    fn actions() -> Vec<&'static str> {
        [A::actions(), B::actions()].concat()
    }

    fn writes() -> bool {
        A::writes() || B::writes()
    }
}

impl<A: Action, B: Action> sealed::Minted for OneOf<Permit<'_, A>, Permit<'_, B>> {}

/// Either permit proves the same thing where both are for the same resource and open the same doors.
impl<'r, A, B, R, X> Grant for OneOf<Permit<'r, A>, Permit<'r, B>>
where
    A: Action<Resource = R, Access = X>,
    B: Action<Resource = R, Access = X>,
    R: Resource,
    X: Access,
{
    type Access = X;
    type Resource = R;

    fn resource(&self) -> &R {
        match self {
            Self::First(permit) => permit.resource(),
            Self::Second(permit) => permit.resource(),
        }
    }
}

macro_rules! all {
    ($($d:ident . $i:tt),+) => {
        impl<$($d: Demand),+> Demand for ($($d,)+) {
            type Needs = ($($d::Needs,)+);
            type Permits<'r> = ($($d::Permits<'r>,)+);

            fn grant<'r>(needs: Self::Needs, desk: &mut Desk<'r>) -> Result<Self::Permits<'r>, Box<Denial>> {
                Ok(($($d::grant(needs.$i, desk)?,)+))
            }

            fn actions() -> Vec<&'static str> {
                [$($d::actions()),+].concat()
            }

            fn writes() -> bool {
                $($d::writes())||+
            }
        }
    };
}
all!(A.0, B.1);
all!(A.0, B.1, C.2);
all!(A.0, B.1, C.2, D.3);
all!(A.0, B.1, C.2, D.3, E.4);
all!(A.0, B.1, C.2, D.3, E.4, F.5);
all!(A.0, B.1, C.2, D.3, E.4, F.5, G.6);
all!(A.0, B.1, C.2, D.3, E.4, F.5, G.6, H.7);
all!(A.0, B.1, C.2, D.3, E.4, F.5, G.6, H.7, I.8);
all!(A.0, B.1, C.2, D.3, E.4, F.5, G.6, H.7, I.8, J.9);
