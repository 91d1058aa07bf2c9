//! What the citizen of the guided walks wrote and was answered, and a dossier somebody in the house lets them follow. Invented.

use super::people::Citizen;
use crate::ended::Stop;
use app::actor::Actor;
use app::handle::{Asked, handle};
use app::house::House;
use app::rows::ListCard;
use app::{dossiers, exchanges, sharing};
use domain::dossier::{Collection, Command};
use std::sync::Arc;

const ASKED: [&str; 2] = [
    "Cho tôi hỏi hồ sơ còn thiếu gì không, cuối tuần tôi có việc phải đi xa.",
    "Tôi muốn con gái nhận kết quả thay thì cần giấy tờ gì?",
];
const ANSWERED: &str = "Người nhận thay mang giấy hẹn, căn cước của mình và giấy ủy quyền của bạn có chứng thực.";

/// One question that was answered, one that waits, another way to get a decision, and one dossier of a neighbour to follow.
///
/// # Errors
/// The house failed.
pub async fn talk(house: &Arc<House>, citizens: &[Citizen]) -> Result<(), Stop> {
    let Some(citizen) = citizens.first() else { return Ok(()) };
    let mut open: Vec<ListCard> = dossiers::of_citizen(house, citizen.person.id).await?;
    open.retain(|it| it.is_open);
    for (card, text) in open.iter().zip(ASKED) {
        exchanges::ask(house, citizen.person.id, card.id, text).await?;
    }
    let known = house.now_known();
    if let Some(card) = open.get(1) {
        let owner = known.organisation.owner_now(card);
        let today = house.clock.now().day();
        let holder = known.mandates.holders(owner.unit, owner.post, today).next();
        let own = owner.person.filter(|it| known.mandates.holds(*it, owner.unit, owner.post, today));
        if let Some(person) = own.or(holder) {
            exchanges::answer(house, person, card.id, ANSWERED).await?;
        }
    }
    another_way(house, citizens).await?;
    for other in citizens.iter().skip(1).filter(|it| it.has_account) {
        let cards = dossiers::of_citizen(house, other.person.id).await?;
        let Some(card) = cards.iter().find(|it| it.is_open) else { continue };
        sharing::offer(house, other.person.id, &card.code).await?;
        let offered = sharing::followers(house, other.person.id, &card.code).await?;
        let Some(code) = offered.into_iter().find_map(|it| it.code) else { continue };
        sharing::accept(house, citizen.person.id, &code).await?;
        break;
    }
    Ok(())
}

/// Somebody will be away and wants the decision by post after all.
async fn another_way(house: &Arc<House>, citizens: &[Citizen]) -> Result<(), Stop> {
    for citizen in citizens.iter().filter(|it| it.has_account) {
        let cards = dossiers::of_citizen(house, citizen.person.id).await?;
        let Some(card) = cards.iter().find(|it| it.is_open && it.finished_at.is_none()) else { continue };
        let how = Collection::Post { address: "Số 9 ngõ Mẫu, quận Lê Chân".to_owned() };
        let asked = Asked {
            actor: Actor::Citizen(citizen.person.id),
            id: card.id,
            version: None,
            command: Command::ChooseCollection(how),
            once: None,
        };
        handle(house, asked).await?;
        break;
    }
    Ok(())
}
