//! Keeping the installation: what waits to be sent, who works here, sessions, settings, proof.

use askama::Template;

use super::{ChipView, LinkView, Num, StaffField, TabView};
use crate::page::{FieldLink, Icon, Page, Pager, Tone};
use crate::texts::Vietnamese;

/// A message to the outside that waits, went, or is dead.
#[derive(Debug, Clone, Default)]
pub struct OutboxRow {
    /// Number of the row, sent as `id`.
    pub id: String,
    /// When it was written.
    pub at: String,
    /// "tin nhắn", "thư điện tử".
    pub channel: &'static str,
    /// Dossier it belongs to.
    pub dossier: Option<LinkView>,
    /// To whom, masked.
    pub to: String,
    /// What it says, in short.
    pub about: String,
    /// State.
    pub state: ChipView,
    /// How often it was tried, and when it is tried next.
    pub tries: String,
    /// How far a text message came, as its partner reports; none where nobody reports.
    pub reach: Option<ChipView>,
    /// Last answer of the other side; empty for none.
    pub fault: String,
    /// May be sent again.
    pub resendable: bool,
}

/// What waits to leave the house, with its dead letters.
#[doc(alias = "hộp gửi")]
#[derive(Debug, Template)]
#[template(path = "staff/outbox.html")]
pub struct OutboxPage {
    /// Frame of the page.
    pub page: Page,
    /// Waiting, sent, dead: with counts.
    pub tabs: Vec<TabView>,
    /// Messages.
    pub rows: Vec<OutboxRow>,
    /// All dead letters of the list can be sent again at once.
    pub resend_all: bool,
    /// Where in the list.
    pub pager: Pager,
    /// Said when there is no row.
    pub empty: &'static str,
}

/// A post that a person holds, with its dates.
#[doc(alias = "chức vụ, thẩm quyền")]
#[derive(Debug, Clone, Default)]
pub struct MandateView {
    /// Post.
    pub post: String,
    /// Unit by its name today.
    pub unit: String,
    /// "từ 01/07/2025", "đến hết 30/06/2025".
    pub dates: String,
    /// In force now.
    pub current: bool,
    /// In force now or to come: it can be ended.
    pub lasts: bool,
    /// Its key, sent as `chuc`.
    pub key: String,
}

/// One staff account.
#[derive(Debug, Clone, Default)]
pub struct StaffRow {
    /// Person.
    pub person: String,
    /// Their page.
    pub href: String,
    /// Account name.
    pub login: String,
    /// Posts, current ones first.
    pub mandates: Vec<MandateView>,
    /// "đang dùng", "đã khóa".
    pub state: ChipView,
    /// Last signed in, in words.
    pub seen: String,
    /// Dossiers held now.
    pub holds: Num,
    /// Those dossiers.
    pub holds_href: String,
}

/// Who works here, in which posts, since when.
#[doc(alias = "cán bộ")]
#[derive(Debug, Template)]
#[template(path = "staff/staff_list.html")]
pub struct StaffListPage {
    /// Frame of the page.
    pub page: Page,
    /// What was typed to narrow the list.
    pub text: String,
    /// Units to choose from (`don-vi`).
    pub units: Vec<super::ChoiceView>,
    /// The people.
    pub rows: Vec<StaffRow>,
    /// Where in the list.
    pub pager: Pager,
}

/// One of the staff, with what an administrator may change.
#[doc(alias = "cán bộ")]
#[derive(Debug, Template)]
#[template(path = "staff/person.html")]
pub struct PersonPage {
    /// Frame of the page.
    pub page: Page,
    /// Full name.
    pub person: String,
    /// Account name; empty where there is no account.
    pub login: String,
    /// The account can be signed in to.
    pub is_open: bool,
    /// The administrator looks at their own page.
    pub is_self: bool,
    /// A device of the second proof is set up.
    pub has_device: bool,
    /// One of their posts asks for it.
    pub must_have_device: bool,
    /// Open sessions: "2 phiên đang mở".
    pub sessions: String,
    /// Dossiers held now: "đang giữ 3 hồ sơ".
    pub holds: String,
    /// Posts, current ones first.
    pub mandates: Vec<MandateView>,
    /// The form for one more post.
    pub fields: Vec<StaffField>,
    /// What is wrong, with links to the fields.
    pub errors: Vec<FieldLink>,
    /// A password said once; empty for none.
    pub password: String,
    /// Where its forms are sent, without the last part.
    pub action: String,
}

/// Somebody new on the staff.
#[doc(alias = "thêm cán bộ")]
#[derive(Debug, Template)]
#[template(path = "staff/new_member.html")]
pub struct NewMemberPage {
    /// Frame of the page.
    pub page: Page,
    /// The form.
    pub fields: Vec<StaffField>,
    /// What is wrong, with links to the fields.
    pub errors: Vec<FieldLink>,
}

/// A session that is open.
#[derive(Debug, Clone, Default)]
pub struct SessionRow {
    /// Key of the session, sent as `id`; not the secret itself.
    pub id: String,
    /// Who.
    pub person: String,
    /// "cán bộ", "công dân".
    pub kind: &'static str,
    /// Signed in at.
    pub since: String,
    /// Last seen.
    pub seen: String,
    /// Browser and place, in short.
    pub device: String,
    /// The session that looks at this page.
    pub own: bool,
}

/// Open sessions; each can be ended.
#[doc(alias = "phiên đăng nhập")]
#[derive(Debug, Template)]
#[template(path = "staff/sessions.html")]
pub struct SessionsPage {
    /// Frame of the page.
    pub page: Page,
    /// Sessions.
    pub rows: Vec<SessionRow>,
    /// Where in the list.
    pub pager: Pager,
}

/// A setting as it is.
#[derive(Debug, Clone, Default)]
pub struct SettingRow {
    /// Key: `server.listen`.
    pub key: &'static str,
    /// Value, or why none is shown.
    pub value: String,
    /// The value stands as somebody wrote it, which is not translated.
    pub is_written: bool,
    /// "mặc định", "đã đặt".
    pub source: &'static str,
    /// What it does.
    pub meaning: String,
}

impl SettingRow {
    /// Marks a value.
    pub fn lang(&self) -> Vietnamese {
        Vietnamese { is_so: self.is_written }
    }
}

/// Settings as they are; they change in the file, not here.
#[doc(alias = "cấu hình")]
#[derive(Debug, Template)]
#[template(path = "staff/settings.html")]
pub struct SettingsPage {
    /// Frame of the page.
    pub page: Page,
    /// Where the settings come from, in words.
    pub source: &'static str,
    /// Groups with their settings.
    pub groups: Vec<(&'static str, Vec<SettingRow>)>,
}

/// One check of the stored history.
#[derive(Debug, Clone, Default)]
pub struct ProofRow {
    /// "Chuỗi băm của mọi hồ sơ".
    pub name: String,
    /// How many were looked at: "5.084 hồ sơ, 61.207 sự kiện".
    pub scope: String,
    /// How it went.
    pub state: ChipView,
    /// What differs, one line each.
    pub findings: Vec<LinkView>,
}

/// Whether the history is whole, and when that was last sealed.
#[doc(alias = "kiểm tra toàn vẹn")]
#[derive(Debug, Template)]
#[template(path = "staff/integrity.html")]
pub struct IntegrityPage {
    /// Frame of the page.
    pub page: Page,
    /// The outcome in one sentence.
    pub verdict: String,
    /// Its colour.
    pub tone: Tone,
    /// When it was looked at: "lúc 2 giờ sáng, 08/07/2025, mất 14 giây"; empty where it never was.
    pub at: String,
    /// True while a verification runs.
    pub runs: bool,
    /// How far that is; empty where none runs.
    pub course: String,
    /// Why the last one came to no end; empty where it did.
    pub stopped: String,
    /// The checks.
    pub checks: Vec<ProofRow>,
    /// Checkpoints, newest first: date, root, count, signature.
    pub checkpoints: Vec<CheckpointRow>,
    /// The backups.
    pub backup: BackupView,
}

/// How it stands with the backups.
#[doc(alias = "sao lưu")]
#[derive(Debug, Clone, Default)]
pub struct BackupView {
    /// The outcome in one sentence: "Khôi phục thử gần nhất: 02:14 ngày 31/03/2025, tất cả khớp."
    pub verdict: String,
    /// Its colour.
    pub tone: Tone,
    /// What was compared, or why the last one failed; empty for nothing.
    pub about: String,
}

/// A signed root over all histories.
#[derive(Debug, Clone, Default)]
pub struct CheckpointRow {
    /// When.
    pub at: String,
    /// How many dossiers.
    pub dossiers: Num,
    /// Root hash, its first and last digits.
    pub root: String,
    /// Signature: "đúng khóa a1f3…".
    pub state: ChipView,
}

/// One announcement in the office's list.
#[derive(Debug, Clone, Default)]
pub struct AnnouncementRow {
    /// Its title.
    pub title: String,
    /// Its page, with the text to read aloud.
    pub href: String,
    /// For whom.
    pub to: String,
    /// True where that is everybody, not the name of a unit.
    pub is_for_all: bool,
    /// From when until when.
    pub period: String,
    /// Who wrote it.
    pub by: String,
    /// "đang hiện", "đã rút".
    pub state: ChipView,
    /// Where it is taken back; empty where it cannot be.
    pub withdraw: String,
}

/// What the office says to everybody.
#[doc(alias = "thông báo")]
#[derive(Debug, Template)]
#[template(path = "staff/announcements.html")]
pub struct AnnouncementsPage {
    /// Frame of the page.
    pub page: Page,
    /// What is wrong, with links to the fields.
    pub errors: Vec<FieldLink>,
    /// The form for one more.
    pub fields: Vec<StaffField>,
    /// Those there are.
    pub rows: Vec<AnnouncementRow>,
    /// Where in the list.
    pub pager: Pager,
}

/// An announcement as a ward reads it over its loudspeakers.
#[doc(alias = "bản tin loa phường")]
#[derive(Debug, Template)]
#[template(path = "staff/bulletin.html")]
pub struct BulletinPage {
    /// Frame of the page.
    pub page: Page,
    /// Its title.
    pub title: String,
    /// For whom.
    pub to: String,
    /// True where that is everybody, not the name of a unit.
    pub is_for_all: bool,
    /// From when until when.
    pub period: String,
    /// How long it takes to read, three words a second: "đọc khoảng 40 giây".
    pub seconds: String,
    /// What is read, by lines.
    pub lines: Vec<String>,
    /// A recording can be made.
    pub has_voice: bool,
    /// Where the recording is asked for.
    pub speak: String,
}
