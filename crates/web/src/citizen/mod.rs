//! The citizens' pages: finding a procedure, applying, following a dossier, one's own account.

pub mod account;
pub mod acting;
pub mod applying;
pub mod catalogue;
pub mod collecting;
pub mod dossier;
pub mod figures;
pub mod files;
pub mod following;
pub mod forgotten;
pub mod form_view;
pub mod procedure;
pub mod put_right;
pub mod rating;
pub mod readers;
pub mod reform;
pub mod reviewing;
pub mod sharing;
pub mod supplying;
pub mod talking;
pub mod views;
pub mod words;

use crate::Web;
use crate::door::{Door, Routes};
use crate::problem::Problem;
use crate::visitor::Visitor;
use app::AppError;
use app::dossiers::DossierView;
use app::rows::Reading;
use domain::dossier::DossierCode;
use domain::ids::{DossierId, PersonId};
use std::collections::HashMap;

/// Most bytes of a form with files: more than any office allows, so that a file too large is refused in words beside its field.
const FILES_BYTES_MAX: usize = 320 << 20;

/// The parts of a query.
type Asked = axum::extract::Query<HashMap<String, String>>;

/// Their routes.
pub fn routes(routes: Routes) -> Routes {
    let routes = routes
        .get("/", Door::Anyone, catalogue::home)
        .get("/tim", Door::Anyone, catalogue::search)
        .get("/tim/goi-y", Door::Anyone, catalogue::suggest)
        .get("/thu-tuc", Door::Anyone, catalogue::list)
        .get("/thu-tuc/{id}", Door::Anyone, procedure::page)
        .get("/tra-cuu", Door::Anyone, following::look_up_page)
        .post("/tra-cuu", Door::Anyone, following::look_up)
        .get(figures::ADDRESS, Door::Anyone, figures::page)
        .get("/so-lieu.csv", Door::Anyone, figures::csv)
        .get(reform::ADDRESS, Door::Anyone, reform::list)
        .get("/sap-xep/{id}", Door::Anyone, reform::page)
        .get("/dang-nhap", Door::Anyone, account::sign_in_page)
        .post("/dang-nhap", Door::Anyone, account::sign_in)
        .get("/dang-ky", Door::Anyone, account::register_page)
        .post("/dang-ky", Door::Anyone, account::register)
        .get(forgotten::ADDRESS, Door::Anyone, forgotten::page)
        .post(forgotten::ADDRESS, Door::Anyone, forgotten::send_code)
        .get("/quen-mat-khau/ma", Door::Anyone, forgotten::again)
        .post("/quen-mat-khau/ma", Door::Anyone, forgotten::set_password)
        .get("/dang-xuat", Door::Anyone, account::home)
        .post("/dang-xuat", Door::Anyone, account::sign_out)
        .get("/tai-khoan", Door::Account, account::page)
        .get("/tai-khoan/thoat", Door::Account, account::back)
        .post("/tai-khoan/thoat", Door::Account, account::revoke)
        .get("/tai-khoan/mat-khau", Door::Account, account::back)
        .post("/tai-khoan/mat-khau", Door::Account, account::password)
        .get("/tai-khoan/thoat-het", Door::Account, account::back)
        .post("/tai-khoan/thoat-het", Door::Account, account::revoke_others)
        .get("/tai-khoan/lien-lac", Door::Citizen, account::back)
        .post("/tai-khoan/lien-lac", Door::Citizen, account::contact)
        .get("/tai-khoan/ai-da-xem", Door::Citizen, readers::page)
        .get("/tep/{document}", Door::Account, files::open);
    dossier_routes(apply_routes(routes))
}

fn apply_routes(routes: Routes) -> Routes {
    routes
        .get("/nop-ho-so/{id}", Door::Citizen, applying::start_page)
        .post("/nop-ho-so/{id}", Door::Citizen, applying::start)
        .get("/nop-ho-so/don/{draft}/to-khai", Door::Citizen, applying::form_page)
        .post("/nop-ho-so/don/{draft}/to-khai", Door::Citizen, applying::form)
        .get("/nop-ho-so/don/{draft}/giay-to", Door::Citizen, applying::papers_page)
        .post_files("/nop-ho-so/don/{draft}/giay-to", Door::Citizen, applying::papers, FILES_BYTES_MAX)
        .get("/nop-ho-so/don/{draft}/xem-lai", Door::Citizen, reviewing::page)
        .get("/nop-ho-so/don/{draft}/nop", Door::Citizen, reviewing::back)
        .post("/nop-ho-so/don/{draft}/nop", Door::Citizen, reviewing::send)
        .get("/nop-ho-so/don/{draft}/da-nop", Door::Citizen, reviewing::sent)
        .get("/nop-ho-so/don/{draft}/bo", Door::Citizen, applying::drafts)
        .post("/nop-ho-so/don/{draft}/bo", Door::Citizen, applying::discard)
}

fn dossier_routes(routes: Routes) -> Routes {
    routes
        .get("/ho-so-cua-toi", Door::Citizen, following::mine)
        .get("/ho-so-cua-toi/nhan-chia-se", Door::Citizen, sharing::back)
        .post("/ho-so-cua-toi/nhan-chia-se", Door::Citizen, sharing::accept)
        .get("/ho-so-cua-toi/thoi-theo-doi", Door::Citizen, sharing::back)
        .post("/ho-so-cua-toi/thoi-theo-doi", Door::Citizen, sharing::leave)
        .get("/ho-so-cua-toi/{code}", Door::Citizen, dossier::page)
        .get("/ho-so-cua-toi/{code}/chia-se", Door::Citizen, sharing::page)
        .post("/ho-so-cua-toi/{code}/chia-se", Door::Citizen, sharing::act)
        .get("/ho-so-cua-toi/{code}/trao-doi", Door::Citizen, talking::back)
        .post("/ho-so-cua-toi/{code}/trao-doi", Door::Citizen, talking::ask)
        .get("/ho-so-cua-toi/{code}/cach-nhan", Door::Citizen, collecting::page)
        .post("/ho-so-cua-toi/{code}/cach-nhan", Door::Citizen, collecting::choose)
        .get("/ho-so-cua-toi/{code}/xac-nhan-nop", Door::Citizen, acting::deposit)
        .get("/ho-so-cua-toi/{code}/danh-gia", Door::Citizen, rating::page)
        .post("/ho-so-cua-toi/{code}/danh-gia", Door::Citizen, rating::rate)
        .get("/ho-so-cua-toi/{code}/bo-sung", Door::Citizen, supplying::page)
        .post_files("/ho-so-cua-toi/{code}/bo-sung", Door::Citizen, supplying::supply, FILES_BYTES_MAX)
        .get("/ho-so-cua-toi/{code}/rut", Door::Citizen, acting::withdraw_page)
        .post("/ho-so-cua-toi/{code}/rut", Door::Citizen, acting::withdraw)
        .get("/ho-so-cua-toi/{code}/xac-nhan", Door::Citizen, acting::confirm_page)
        .post("/ho-so-cua-toi/{code}/xac-nhan", Door::Citizen, acting::confirm)
        .get("/ho-so-cua-toi/{code}/giay-hen", Door::Citizen, acting::slip)
        .get("/ho-so-cua-toi/{code}/phieu/{seq}", Door::Citizen, acting::letter)
}

/// The citizen's own dossier of that code; that it was read is written down.
async fn own_dossier(web: &Web, visitor: &Visitor, code: &str, what: &str) -> Result<DossierView, Problem> {
    let code = DossierCode::parse(code).map_err(|_| Problem::from(AppError::NotFound))?;
    let view = app::dossiers::open(&web.house, &visitor.signed_in()?, &code).await?;
    note_reading(web, visitor.person()?, view.dossier.id, what)?;
    Ok(view)
}

/// Writes down who read what of a dossier.
fn note_reading(web: &Web, person: PersonId, dossier: DossierId, what: &str) -> Result<(), Problem> {
    let at = web.house.clock.now();
    Ok(web.journal.read(Reading { person, dossier, at, what: what.to_owned(), reason: String::new() })?)
}

/// Address of a dossier of one's own.
fn dossier_address(code: &DossierCode) -> String {
    format!("/ho-so-cua-toi/{}", crate::frame::encoded(code.as_str()))
}
