//! Routing by hand: a dossier of a split unit that no rule of the plan placed lies with the default successor until somebody says
//! where it belongs. Căn cứ: NQ 190/2025/QH15 Điều 5 khoản 2; handbook §11.2, R4.

use super::words::{body, reason};
use super::{Context, DossierRefusal};
use crate::dossier::Dossier;
use crate::dossier::event::Event;
use crate::dossier::holder::Owner;
use crate::ids::{PersonId, UnitId};
use crate::organisation::{Placed, Placement};
use crate::post::Post;

pub(super) fn route(dossier: &Dossier, to: UnitId, why: &str, context: &Context<'_>) -> Result<Event, DossierRefusal> {
    let why = reason(why)?;
    if !dossier.routes(context.organisation, context.now.day()).contains(&to) {
        return Err(DossierRefusal::NotASuccessor);
    }
    let here = Placement::from(dossier.places());
    let (place, fell_to_head) =
        if to == here.competent { (here, dossier.fell_to_head) } else { moved(&here, to, context) };
    Ok(Event::Routed {
        from_unit: here.competent,
        competent_unit: place.competent,
        desk: place.desk,
        collect_at: place.collect,
        owner: place.owner,
        fell_to_head,
        body: body(why),
    })
}

/// With the competent unit goes what lies at its own desk; a desk elsewhere stays.
fn moved(here: &Placement, to: UnitId, context: &Context<'_>) -> (Placement, bool) {
    let (organisation, today) = (context.organisation, context.now.day());
    let (old, new) = (organisation.authority_of(here.competent, today), organisation.authority_of(to, today));
    let desk_of = |desk: UnitId| if desk == old || desk == here.competent { new } else { desk };
    let (owner, fell_to_head) = owner(here, to, desk_of(here.owner.unit), context);
    (Placement { competent: to, desk: desk_of(here.desk), collect: desk_of(here.collect), owner }, fell_to_head)
}

/// The same post there; where nobody holds it, the head.
fn owner(here: &Placement, to: UnitId, elsewhere: UnitId, context: &Context<'_>) -> (Owner, bool) {
    let (organisation, today) = (context.organisation, context.now.day());
    let Owner { unit, post, person } = here.owner;
    let seat = if unit == organisation.seat_of(here.competent, post, today) {
        organisation.seat_of(to, post, today)
    } else {
        elsewhere
    };
    if seat == unit {
        return (here.owner, false);
    }
    let holders = |unit, post| context.mandates.holders(unit, post, today).collect::<Vec<PersonId>>();
    let at_post = holders(seat, post);
    if !at_post.is_empty() {
        return (Owner::taken_over(seat, post, person, &at_post), false);
    }
    let leads = [(to, Post::Head), (organisation.authority_of(to, today), Post::Leader)];
    for (unit, post) in leads {
        let leading = holders(unit, post);
        if !leading.is_empty() {
            return (Owner::taken_over(unit, post, person, &leading), true);
        }
    }
    (Owner { unit: seat, post, person: None }, false)
}
