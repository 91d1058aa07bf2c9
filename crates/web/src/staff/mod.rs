//! The pages of the office: counter, work-list, dossier, acts, leader, control, administration.
//!
//! Every route stands here with its door. A handler reads its form, asks `app`, fills a view of [`views`] and renders it.

mod act_forms;
mod act_readings;
mod acts;
mod admin;
mod announcements;
mod answer_fields;
mod batch;
mod bulk;
mod calendars;
mod catalogue;
mod control;
mod correcting;
mod dossier;
mod findings;
mod handover;
mod intake;
mod integrity;
mod leader;
mod marks;
mod notice_texts;
mod online;
mod people;
pub(crate) mod phrases;
mod postings;
mod proving;
mod reform;
mod report;
mod routing;
mod satisfaction;
mod search;
mod side;
pub(crate) mod sign_in;
mod slips;
mod staged;
mod talking;
mod uncollected;
pub mod views;
pub(crate) mod work_list;

pub(crate) use phrases::masked_number;

use crate::door::{Door, Routes};
use domain::post::Post;

/// Those who sit at a one-stop desk.
const DESK: Door = Door::Posts(&[Post::Reception]);
/// Those who work on dossiers.
const OFFICE: Door = Door::Posts(&[Post::Reception, Post::Specialist, Post::Head, Post::Leader, Post::Clerk]);
/// Those who lead.
const LEADING: Door = Door::Posts(&[Post::Head, Post::Leader]);
/// Those who read reports.
const WATCHING: Door = Door::Posts(&[Post::ControlOfficer, Post::Leader, Post::Head]);
/// Those who watch over procedures.
const CONTROL: Door = Door::Posts(&[Post::ControlOfficer]);
/// Those who sign or check what is handed over in a reorganisation.
const HANDING_OVER: Door = Door::Posts(&[Post::Leader, Post::ControlOfficer]);
/// Those who say to which successor a dossier of a split unit belongs.
const ROUTING: Door = Door::Posts(&[Post::Reception, Post::Head, Post::Leader, Post::ControlOfficer]);
/// Those who write the texts of notices.
const WRITING: Door = Door::Posts(&[Post::ControlOfficer, Post::Administrator]);
/// Those who keep the installation.
const ADMINISTRATION: Door = Door::Posts(&[Post::Administrator]);
/// Most bytes of a form with files: more than any office allows, so that a file too large is refused in words beside its field.
const FILES_BYTES_MAX: usize = 320 << 20;

/// Most bytes of a form with a list of people: more than any list, so that one too large is refused in words beside its field.
const LIST_BYTES_MAX: usize = 65 << 20;

/// The address people are told: it leads to where staff sign in.
pub const DOOR: &str = "/can-bo";

/// Where staff sign in.
pub const SIGN_IN: &str = "/can-bo/dang-nhap";

/// Their routes.
pub fn routes(routes: Routes) -> Routes {
    let routes = routes
        .get(DOOR, Door::Anyone, sign_in::door)
        .get(SIGN_IN, Door::Anyone, sign_in::page)
        .post(SIGN_IN, Door::Anyone, sign_in::enter)
        .get(proving::CODE, Door::Anyone, proving::page)
        .post(proving::CODE, Door::Anyone, proving::prove)
        .get(proving::PASSWORD, Door::Anyone, proving::page)
        .post(proving::PASSWORD, Door::Anyone, proving::choose)
        .post("/can-bo/bo-dang-nhap", Door::Anyone, proving::give_up)
        .get("/quay", DESK, intake::to_counter)
        .get("/quay/tiep-nhan", DESK, intake::page)
        .post_files("/quay/tiep-nhan", DESK, intake::post, FILES_BYTES_MAX)
        .post("/quay/tiep-nhan/xem-truoc", DESK, intake::part)
        .get(online::ADDRESS, DESK, online::page)
        .post("/quay/truc-tuyen/ke-tiep", DESK, online::take_next)
        .post("/quay/truc-tuyen/{code}/tra-lai", DESK, online::give_back)
        .get(uncollected::ADDRESS, DESK, uncollected::page)
        .post("/quay/cho-tra/nhac-het", DESK, uncollected::remind_all)
        .post("/quay/cho-tra/{code}/nhac", DESK, uncollected::remind)
        .get(batch::ADDRESS, DESK, batch::page)
        .post_files(batch::ADDRESS, DESK, batch::post, LIST_BYTES_MAX)
        .get(postings::ADDRESS, DESK, postings::list)
        .get("/quay/niem-yet/{id}", DESK, postings::sheets)
        .get(slips::ADDRESS, DESK, slips::list)
        .get("/quay/phieu/{id}", DESK, slips::paper)
        .get("/sap-xep/{id}/ban-giao", HANDING_OVER, handover::page)
        .get("/lanh-dao", LEADING, leader::page)
        .get("/lanh-dao/ho-so", LEADING, leader::behind);
    administration(reform::routes(calendars::routes(catalogue::routes(watching(working(routes))))))
}

fn working(routes: Routes) -> Routes {
    routes
        .get("/nghiep-vu", OFFICE, work_list::page)
        .get(routing::ADDRESS, ROUTING, routing::page)
        .get("/nghiep-vu/tim", Door::Staff, search::page)
        .get("/nghiep-vu/ho-so/{code}", Door::Staff, dossier::page)
        .get("/nghiep-vu/ho-so/{code}/ly-do", Door::Staff, dossier::reason_page)
        .post("/nghiep-vu/ho-so/{code}/ly-do", Door::Staff, dossier::give_reason)
        .get(talking::ADDRESS, OFFICE, talking::list)
        .get("/nghiep-vu/ho-so/{code}/trao-doi", Door::Staff, talking::back)
        .post("/nghiep-vu/ho-so/{code}/trao-doi", Door::Staff, talking::answer)
        .get("/nghiep-vu/ho-so/{code}/giay-hen", Door::Staff, dossier::slip)
        .get("/nghiep-vu/ho-so/{code}/phieu/{seq}", Door::Staff, dossier::letter)
        .get("/nghiep-vu/ho-so/{code}/giay-to", Door::Staff, side::page)
        .post("/nghiep-vu/hang-loat", OFFICE, bulk::post)
        .get("/nghiep-vu/ho-so/{code}/tep/{id}", Door::Staff, dossier::file)
        .post("/nghiep-vu/ho-so/{code}/danh-gia", Door::Staff, marks::post)
        .post("/nghiep-vu/ho-so/{code}/nhan-viec", Door::Staff, acts::take_on)
        .get("/nghiep-vu/ho-so/{code}/viec/{act}", Door::Staff, acts::page)
        .post_files("/nghiep-vu/ho-so/{code}/viec/{act}", Door::Staff, acts::post, FILES_BYTES_MAX)
}

fn watching(routes: Routes) -> Routes {
    routes
        .get("/kiem-soat", WATCHING, report::page)
        .get(satisfaction::ADDRESS, WATCHING, satisfaction::page)
        .get("/kiem-soat/06a/ho-so", WATCHING, report::behind)
        .get("/kiem-soat/06a.csv", WATCHING, report::csv)
        .get("/kiem-soat/06a.xlsx", WATCHING, report::xlsx)
        .get("/kiem-soat/06a.json", WATCHING, report::json)
        .get("/kiem-soat/chua-co-thoi-han", WATCHING, control::termless)
        .get("/kiem-soat/chua-co-thoi-han/{id}", CONTROL, control::term_page)
        .post("/kiem-soat/chua-co-thoi-han/{id}", CONTROL, control::enter_term)
        .get("/kiem-soat/phieu", WATCHING, slips::counts)
        .get("/kiem-soat/bo-sung", CONTROL, control::extra_requests)
        .get("/kiem-soat/nhat-ky", CONTROL, control::reading_log)
        .get(notice_texts::ADDRESS, WRITING, notice_texts::list)
        .get("/kiem-soat/mau-tin/{id}", WRITING, notice_texts::text)
        .post("/kiem-soat/mau-tin/{id}", WRITING, notice_texts::write)
}

fn administration(routes: Routes) -> Routes {
    routes
        .get("/quan-tri", ADMINISTRATION, admin::outbox)
        .post("/quan-tri/gui-lai", ADMINISTRATION, admin::resend)
        .post("/quan-tri/gui-lai-het", ADMINISTRATION, admin::resend_all)
        .get("/quan-tri/can-bo", ADMINISTRATION, people::list)
        .get("/quan-tri/can-bo/moi", ADMINISTRATION, people::new_page)
        .post("/quan-tri/can-bo/moi", ADMINISTRATION, people::add)
        .get("/quan-tri/can-bo/{person}", ADMINISTRATION, people::page)
        .post("/quan-tri/can-bo/{person}/chuc-vu", ADMINISTRATION, people::give_mandate)
        .post("/quan-tri/can-bo/{person}/thoi-chuc-vu", ADMINISTRATION, people::end_mandate)
        .post("/quan-tri/can-bo/{person}/tai-khoan", ADMINISTRATION, people::account)
        .get(announcements::ADDRESS, WRITING, announcements::page)
        .post(announcements::ADDRESS, WRITING, announcements::announce)
        .get("/quan-tri/thong-bao/{id}", WRITING, announcements::bulletin)
        .post("/quan-tri/thong-bao/{id}/rut", WRITING, announcements::withdraw)
        .post("/quan-tri/thong-bao/{id}/doc", WRITING, announcements::speak)
        .get("/quan-tri/phien", ADMINISTRATION, admin::sessions)
        .post("/quan-tri/phien/ket-thuc", ADMINISTRATION, admin::end_session)
        .get("/quan-tri/cau-hinh", ADMINISTRATION, admin::settings)
        .get(integrity::ADDRESS, ADMINISTRATION, integrity::page)
        .post(integrity::ADDRESS, ADMINISTRATION, integrity::begin)
}
