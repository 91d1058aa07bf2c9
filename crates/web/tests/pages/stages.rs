//! A house in which every page has something to show: dossiers at every stage of their life, and an address for each that stays while
//! the dossier behind it is replaced by another of the same stage.

use app::actor::Actor;
use app::announcements::NewAnnouncement;
use app::queue::{DeskAct, Wish};
use domain::dossier::{Command, Draft, Evidence, NextAct, Outcome, Proxy, Status, SupplementItem};
use domain::ids::DossierId;
use domain::post::Post;
use domain::queue::Lane;
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};
use testkit::Office;

const BIRTH: &str = "dang-ky-khai-sinh@ward";
/// A procedure that is written, tried and published while others are filed.
const WRITTEN: &str = "dang-ky-khai-tu@ward";
const PLAN: &str = include_str!("reform.toml");

/// How far a dossier is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Begun by the citizen, not sent.
    Begun,
    /// Sent online; its citizen asked something and lets somebody follow it.
    Sent,
    /// Received, with the specialists.
    Received,
    /// Taken on.
    TakenOn,
    /// Papers and an answer are asked for.
    Asked,
    /// To be signed.
    ToSign,
    /// To be numbered and sealed.
    ToIssue,
    /// To be handed over.
    ToHandOver,
    /// Handed over.
    Ended,
}

impl Stage {
    pub const ALL: [Self; 9] = [
        Self::Begun,
        Self::Sent,
        Self::Received,
        Self::TakenOn,
        Self::Asked,
        Self::ToSign,
        Self::ToIssue,
        Self::ToHandOver,
        Self::Ended,
    ];

    /// What stands for its dossier in an address.
    pub const fn mark(self) -> &'static str {
        match self {
            Self::Begun => "zz-begun-zz",
            Self::Sent => "zz-sent-zz",
            Self::Received => "zz-received-zz",
            Self::TakenOn => "zz-taken-on-zz",
            Self::Asked => "zz-asked-zz",
            Self::ToSign => "zz-to-sign-zz",
            Self::ToIssue => "zz-to-issue-zz",
            Self::ToHandOver => "zz-to-hand-over-zz",
            Self::Ended => "zz-ended-zz",
        }
    }

    fn of(page: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| page.contains(it.mark()))
    }
}

pub struct World {
    pub office: Office,
    /// The code, or the draft, that stands for each stage now.
    codes: BTreeMap<Stage, String>,
    ticket: String,
}

impl World {
    /// The house with everything in it. Nobody is ever locked out of it.
    pub async fn new() -> Self {
        let office = Office::open_with(|rules| {
            (rules.login_tries, rules.lookup_tries) = (1_000_000, 1_000_000);
            (rules.address_tries, rules.queue_tickets_per_address) = (1_000_000, 1_000_000);
            rules.speech_command = vec!["cat".to_owned()];
            rules.files_max = 1_000;
        });
        Self::of(office).await
    }

    /// The same in an office that is there.
    pub async fn of(office: Office) -> Self {
        let mut world = Self { office, codes: BTreeMap::new(), ticket: String::new() };
        world.furnish().await;
        for stage in Stage::ALL {
            let code = world.made(stage).await;
            world.codes.insert(stage, code);
        }
        world
    }

    async fn furnish(&mut self) {
        let office = &self.office;
        let (house, staff) = (&office.house, office.staff);
        office.open_desk(office.ward).await;
        let take = async || {
            let id = app::queue::fresh_id(house);
            let (unit, series) = (office.ward, "A".parse().unwrap());
            let wish = Wish { unit, series, lane: Lane::Ordinary, id, from: IpAddr::V4(Ipv4Addr::LOCALHOST) };
            app::queue::take(house, wish).await.unwrap()
        };
        for act in [DeskAct::Sit(1), DeskAct::Next] {
            take().await;
            app::queue::act(house, staff.reception, office.ward, act).await.unwrap();
        }
        self.ticket = take().await.to_string();
        let day = house.clock.now().day();
        let said = NewAnnouncement {
            title: "Nghỉ lễ".to_owned(),
            text: "Bộ phận Một cửa nghỉ.".to_owned(),
            from: Some(day),
            until: Some(day),
            ..NewAnnouncement::default()
        };
        app::announcements::announce(house, staff.administrator, said).await.unwrap();
        app::reform_drafts::bring_in(house, staff.control, "thu.toml", PLAN).await.unwrap();
    }

    /// A dossier of that stage nobody touched yet, or a draft: its code, or its id.
    async fn made(&self, stage: Stage) -> String {
        let office = &self.office;
        if stage == Stage::Begun {
            let id = BIRTH.parse().unwrap();
            return app::applying::begin(&office.house, office.citizen, &id, office.ward).await.unwrap().to_string();
        }
        let filed = office.file_online(BIRTH).await;
        match stage {
            Stage::Begun | Stage::Sent => {
                let citizen = office.citizen;
                app::exchanges::ask(&office.house, citizen, filed.id, "Bao giờ xong?").await.unwrap();
                app::sharing::offer(&office.house, citizen, &filed.code).await.unwrap();
            }
            Stage::Received => drop(office.act(office.staff.reception, filed.id, Command::Accept).await.unwrap()),
            Stage::TakenOn => self.until(filed.id, |it| it.owner.person == Some(office.staff.specialist)).await,
            Stage::Asked => {
                self.until(filed.id, |it| it.owner.person == Some(office.staff.specialist)).await;
                self.ask(filed.id).await;
            }
            Stage::ToSign => self.until(filed.id, |it| it.next_act() == Some(NextAct::Sign)).await,
            Stage::ToIssue => self.until(filed.id, |it| it.next_act() == Some(NextAct::Issue)).await,
            Stage::ToHandOver => self.until(filed.id, |it| it.next_act() == Some(NextAct::HandOver)).await,
            Stage::Ended => self.until(filed.id, |it| it.next_act().is_none()).await,
        }
        filed.code.to_string()
    }

    async fn ask(&self, id: DossierId) {
        let item = |field: Option<&str>, name: &str| SupplementItem {
            requirement: None,
            field: field.map(str::to_owned),
            name: name.to_owned(),
            what: "Chưa rõ".to_owned(),
        };
        let command = Command::RequestSupplement {
            items: vec![item(None, "Giấy chứng sinh"), item(Some("con_ngay_sinh"), "Ngày sinh")],
            reason: "Chưa đủ".to_owned(),
            legal_basis: "NĐ 61/2018/NĐ-CP".to_owned(),
            override_reason: String::new(),
            days: None,
        };
        self.office.act(self.office.staff.specialist, id, command).await.unwrap();
    }

    /// Whoever it waits for does what it waits for, until it stands there.
    async fn until(&self, id: DossierId, stands: impl Fn(&domain::dossier::Dossier) -> bool) {
        let (office, staff) = (&self.office, self.office.staff);
        for _ in 0..20 {
            let it = office.dossier(id);
            if stands(&it) {
                return;
            }
            let person = match it.owner.post {
                Post::Reception => staff.reception,
                Post::Leader => staff.leader,
                Post::Clerk => staff.clerk,
                _ => staff.specialist,
            };
            let draft = Draft { text: "Đồng ý".to_owned(), document: None };
            let evidence = Evidence { receiver: "Trâm".to_owned(), ..Evidence::default() };
            let command = match it.next_act() {
                None => return,
                Some(NextAct::HandOver) => Command::Deliver { evidence, by_proxy: Proxy::Owner },
                Some(NextAct::Sign) => Command::Sign,
                Some(NextAct::Issue) => Command::Issue { number: "1/2025".to_owned(), document: None },
                Some(_) if it.status == Status::New => Command::Accept,
                Some(_) if it.owner.person.is_none() && it.owner.post == Post::Specialist => Command::TakeOn,
                Some(_) => {
                    let submit = Command::SubmitForSignature { outcome: Outcome::Granted, draft, to: None };
                    if office.act(person, id, submit).await.is_ok() {
                        continue;
                    }
                    Command::Forward { to: None, note: String::new() }
                }
            };
            office.ask(Actor::Staff(person), id, command, None).await.unwrap();
        }
        panic!("it never stood there");
    }

    /// Where a walk begins: every page the router knows, for a dossier of every stage.
    pub fn first_pages(&self) -> Vec<String> {
        let person = self.office.staff.second_specialist.to_string();
        let mut pages = Vec::new();
        for route in web::route_list() {
            if route.method != axum::http::Method::GET
                || ["{act}", "{seq}", "{document}"].iter().any(|it| route.path.contains(it))
            {
                continue;
            }
            let path = route.path.replace("{unit}", "phuong-hang-kenh").replace("{ticket}", &self.ticket);
            let path = path.replace("{person}", &person).replace("{draft}", Stage::Begun.mark());
            let path = path
                .replace("/danh-muc/{id}", &format!("/danh-muc/{WRITTEN}"))
                .replace("/nop-ho-so/{id}", &format!("/nop-ho-so/{BIRTH}"));
            if path.contains("{code}") {
                pages.extend(Stage::ALL.iter().skip(1).map(|it| path.replace("{code}", it.mark())));
            } else if !path.contains('{') {
                pages.push(path.clone());
            }
            if ["/lay-so", "/kiosk", "/bang-goi-so"].iter().any(|it| path.starts_with(it)) {
                pages.push(format!("{path}?lang=en"));
            }
        }
        pages.retain(|it| !it.contains('{') && !it.ends_with("/luong") && !it.contains("/tep/"));
        pages
    }

    /// The address as it is now.
    pub fn filled(&self, page: &str) -> String {
        Stage::of(page).map_or_else(|| page.to_owned(), |stage| page.replace(stage.mark(), &self.codes[&stage]))
    }

    /// An address of a page with the mark for its dossier; none where it is a dossier of no stage.
    pub fn marked(&self, link: &str) -> Option<String> {
        let path = link.split('?').next()?;
        for (stage, code) in &self.codes {
            if path.contains(code.as_str()) {
                return Some(path.replace(code.as_str(), stage.mark()));
            }
        }
        let is_other = path.starts_with("/nghiep-vu/ho-so/") || path.starts_with("/nop-ho-so/don/");
        let is_other = is_other || path.strip_prefix("/ho-so-cua-toi/").is_some_and(|it| it.starts_with('H'));
        (!is_other).then(|| link.to_owned())
    }

    /// Puts another dossier of the same stage behind an address; false where it is the address of none.
    pub async fn renew(&mut self, page: &str) -> bool {
        let Some(stage) = Stage::of(page) else { return false };
        let code = self.made(stage).await;
        self.codes.insert(stage, code);
        true
    }

    /// What a refusal must not change: dossiers, events and their root.
    pub fn as_it_is(&self) -> (i64, i64, String) {
        let now = domain::time::Instant::from_micros(i64::MAX);
        self.office.house.db.read_now(|tx| storage::verify::root_at(tx, now)).unwrap()
    }

    /// What stands around these texts in the file of the database or in its log, for each that is there.
    pub fn keeps<'r>(&self, never: &[&'r str]) -> BTreeSet<(&'r str, String)> {
        let mut found = BTreeSet::new();
        for name in ["motcua.db", "motcua.db-wal"] {
            let bytes = std::fs::read(self.office.folder().join(name)).unwrap_or_default();
            let text = String::from_utf8_lossy(&bytes);
            for raw in never {
                for (at, _) in text.match_indices(raw) {
                    let from = text.floor_char_boundary(at.saturating_sub(60));
                    let around: String =
                        text[from..at].chars().map(|it| if it.is_control() { '·' } else { it }).collect();
                    found.insert((*raw, around));
                }
            }
        }
        found
    }
}
