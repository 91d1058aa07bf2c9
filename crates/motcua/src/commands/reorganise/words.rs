//! What a plan and its certificate say on a command line.

use app::house::{House, Snapshot};
use app::reform::{Broken, Certificate, Claim, Line, Mismatch, Sums, UndoError};
use app::reform_drafts::Foreseen;
use app::words::{dong, moment, short_day};
use domain::dossier::Status;
use domain::ids::{PersonId, UnitId};
use domain::organisation::reform::{Conflict, Matter, Reorganisation};
use domain::post::Post;
use domain::time::Instant;
use serde_json::{Value as Json, json};
use storage::verify::Flaw;

/// A moment of local time, for programs.
pub fn local(at: Instant) -> String {
    at.local().strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

/// What is written as the reason: nothing, so that the file is refused at that line until somebody writes one.
const WHY: &str = "";
/// Most ways to settle one conflict that people are shown beside leaving it as it is; programs get all.
const WAYS_MAX: usize = 2;

/// Says what follows from one plan, with the names of its units.
pub struct Words<'a> {
    plan: &'a Reorganisation,
    known: &'a Snapshot,
    foreseen: &'a Foreseen,
}

impl<'a> Words<'a> {
    /// For what was foreseen.
    pub fn new(foreseen: &'a Foreseen) -> Self {
        Self { plan: &foreseen.plan, known: &foreseen.known, foreseen }
    }

    fn unit(&self, id: UnitId) -> &str {
        let begun = self.plan.begins.iter().find(|(unit, _)| *unit == id).map(|(_, it)| it.name.as_str());
        let eve = self.plan.effective_on().yesterday().unwrap_or(self.plan.effective_on());
        begun.unwrap_or_else(|| self.known.organisation.name_on(id, eve))
    }

    fn units(&self, ids: &[UnitId]) -> String {
        ids.iter().map(|id| self.unit(*id)).collect::<Vec<_>>().join(", ")
    }

    fn person(&self, id: PersonId) -> &str {
        self.known.staff_name(id)
    }

    /// Everything somebody must settle, each with what is to be written into the file: that it may stay as it is comes first.
    pub fn conflicts(&self) -> String {
        let conflicts = &self.foreseen.found.conflicts;
        let mut text = format!(
            "{} việc phải giải quyết trước. Với mỗi việc, thêm một trong các mục dưới nó vào cuối tệp phương án; ghi lý do vào dòng reason.\n",
            conflicts.len()
        );
        for (number, it) in (1..).zip(conflicts) {
            text.push_str(&format!("\n{number}. {}\n", self.conflict(it)));
            let mut entries = self.foreseen.entries(it, WHY);
            // The last way is to leave it as it is.
            if !matches!(it, Conflict::TwoWorkflows { .. })
                && let Some(as_it_is) = entries.pop()
            {
                entries.insert(0, as_it_is);
            }
            for entry in entries.iter().take(1 + WAYS_MAX) {
                text.push('\n');
                text.extend(entry.lines().map(|line| format!("   {line}\n")));
            }
            match entries.len().saturating_sub(1 + WAYS_MAX) {
                _ if entries.is_empty() => text.push_str("   Phải sửa chính phương án.\n"),
                0 => {}
                more => text.push_str(&format!("\n   và {more} cách khác (xem --dry-run --json)\n")),
            }
        }
        text
    }

    /// What somebody must settle.
    fn conflict(&self, it: &Conflict) -> String {
        match it {
            Conflict::TwoWorkflows { one, other } => {
                format!("Hai quy trình cho một thủ tục: {one} và {other}.")
            }
            Conflict::PersonInUnits { person, units } => {
                format!("{} sẽ làm việc ở nhiều đơn vị: {}.", self.person(*person), self.units(units))
            }
            Conflict::PersonLeaves { person, unit } => {
                format!("{} ({}) không còn làm việc ở đâu.", self.person(*person), self.unit(*unit))
            }
            Conflict::PostOpen { unit, post, dossiers } => {
                format!("{} chưa có {}; {dossiers} hồ sơ đang chờ.", self.unit(*unit), post_name(*post))
            }
            Conflict::SplitWithoutRule { unit } => format!("Chưa có quy tắc chia địa bàn của {}.", self.unit(*unit)),
            Conflict::EdgeToEnding { from, to } => {
                format!(
                    "{} chuyển sang {}, nhưng đơn vị này cũng kết thúc trong ngày.",
                    self.unit(*from),
                    self.unit(*to)
                )
            }
            Conflict::PlanOverlaps { plan, unit } => {
                format!("Phương án {plan} cũng sắp xếp {}.", self.unit(*unit))
            }
            Conflict::SameCode { scheme, value, units } => {
                format!("Mã {value} ({scheme}) được dùng cho nhiều đơn vị: {}.", self.units(units))
            }
        }
    }

    /// All that follows, for people.
    pub fn text(&self) -> String {
        let (plan, found) = (self.plan, &self.foreseen.found);
        let mut text = format!(
            "{}\n{}, ký {}; hiệu lực từ {}\n",
            plan.title,
            plan.instrument,
            short_day(plan.signed_on),
            moment(plan.effective_at.local())
        );
        for it in &plan.invented {
            text.push_str(&format!("SỐ LIỆU MẪU: {it}\n"));
        }
        text.push_str(&format!("\n{} hồ sơ sẽ chuyển\n", found.transfers.len()));
        let mut last = None;
        for ((matter, from, to), counted) in &found.counted {
            if last != Some(matter) {
                text.push_str(&format!("\n{}: {}\n", matter_name(matter), found.total(matter)));
                last = Some(matter);
            }
            let money = if counted.vnd == 0 { String::new() } else { format!(", {}", dong(counted.vnd)) };
            let to = to.map(|it| format!(" → {}", self.unit(it))).unwrap_or_default();
            text.push_str(&format!("  {}{to}: {}{money}\n", self.unit(*from), counted.count));
        }
        if !found.conflicts.is_empty() {
            text.push_str(&format!("\n{}", self.conflicts()));
        }
        text
    }

    /// All that follows, for programs.
    pub fn json(&self) -> Json {
        let (plan, found) = (self.plan, &self.foreseen.found);
        let counted = found.counted.iter().map(|((matter, from, to), counted)| {
            let (key, status) = matter_key(matter);
            json!({
                "matter": key, "status": status, "from": self.unit(*from), "to": to.map(|it| self.unit(it)),
                "count": counted.count, "vnd": counted.vnd,
            })
        });
        let conflicts = found.conflicts.iter().map(|it| {
            let entries = self.foreseen.entries(it, WHY);
            json!({ "kind": conflict_key(it), "words": self.conflict(it), "entries": entries })
        });
        json!({
            "plan": {
                "key": plan.key, "title": plan.title, "instrument": plan.instrument, "signed_on": plan.signed_on,
                "effective_at": local(plan.effective_at), "invented": plan.invented,
            },
            "begins": plan.begins.iter().map(|(_, it)| it.name.as_str()).collect::<Vec<_>>(),
            "changes": plan.changes.iter().map(|(id, it)| [self.unit(*id), it.name.as_str()]).collect::<Vec<_>>(),
            "ends": plan.ends.iter().map(|id| self.unit(*id)).collect::<Vec<_>>(),
            "dossiers": found.transfers.len(),
            "counted": counted.collect::<Vec<_>>(),
            "conflicts": conflicts.collect::<Vec<_>>(),
        })
    }
}

const fn conflict_key(it: &Conflict) -> &'static str {
    match it {
        Conflict::TwoWorkflows { .. } => "two_workflows",
        Conflict::PersonInUnits { .. } => "person_in_units",
        Conflict::PersonLeaves { .. } => "person_leaves",
        Conflict::PostOpen { .. } => "post_open",
        Conflict::SplitWithoutRule { .. } => "split_without_rule",
        Conflict::EdgeToEnding { .. } => "edge_to_ending",
        Conflict::PlanOverlaps { .. } => "plan_overlaps",
        Conflict::SameCode { .. } => "same_code",
    }
}

fn matter_key(it: &Matter) -> (&str, Option<u8>) {
    let key = match it {
        Matter::Dossiers(code) => return ("dossiers", Some(*code)),
        Matter::NeedsRouting => "needs_routing",
        Matter::FellToHead => "fell_to_head",
        Matter::OpenTasks => "open_tasks",
        Matter::OpinionsAsked => "opinions_asked",
        Matter::ShelfPapers => "shelf_papers",
        Matter::UnpaidFees => "unpaid_fees",
        Matter::PaidFees => "paid_fees",
        Matter::MandatesEnded => "mandates_ended",
        Matter::MandatesBegun => "mandates_begun",
        Matter::Sessions => "sessions",
        Matter::SeriesClosed => "series_closed",
        Matter::SeriesOpened => "series_opened",
        Matter::RevisionsCloned => "revisions_cloned",
        Matter::ProceduresLeaving => "procedures_leaving",
        Matter::Notices => "notices",
        Matter::NotTold => "not_told",
        Matter::Other(what) => what,
    };
    (key, None)
}

fn matter_name(it: &Matter) -> String {
    let name = match it {
        Matter::Dossiers(code) => return format!("Hồ sơ: {}", status_name(*code)),
        Matter::NeedsRouting => "Cần phân tuyến",
        Matter::FellToHead => "Đến người đứng đầu",
        Matter::OpenTasks => "Việc đang làm",
        Matter::OpinionsAsked => "Ý kiến đang chờ của đơn vị kết thúc",
        Matter::ShelfPapers => "Giấy tờ trên giá",
        Matter::UnpaidFees => "Phí, lệ phí chưa nộp",
        Matter::PaidFees => "Phí, lệ phí đã nộp",
        Matter::MandatesEnded => "Phân công kết thúc",
        Matter::MandatesBegun => "Phân công bắt đầu",
        Matter::Sessions => "Phiên làm việc phải đăng nhập lại",
        Matter::SeriesClosed => "Dãy số hồ sơ đóng lại",
        Matter::SeriesOpened => "Dãy số hồ sơ mở ra",
        Matter::RevisionsCloned => "Thủ tục cần công bố lại ở cấp mới",
        Matter::ProceduresLeaving => "Thủ tục chuyển đi nơi khác",
        Matter::Notices => "Người dân được báo: giữ mã, giữ ngày hẹn, địa chỉ mới",
        Matter::NotTold => "Không báo được: người nộp không để lại nơi nhận tin, hoặc không muốn nhận",
        Matter::Other(what) if what == "counter" => "Quầy của bộ phận Một cửa",
        Matter::Other(what) if what == "ticket" => "Số thứ tự chưa tiếp của ngày đó",
        Matter::Other(what) => what,
    };
    name.to_owned()
}

const fn post_name(post: Post) -> &'static str {
    match post {
        Post::Reception => "cán bộ tiếp nhận",
        Post::Specialist => "chuyên viên thụ lý",
        Post::Head => "trưởng phòng",
        Post::Leader => "lãnh đạo UBND",
        Post::Clerk => "văn thư",
        Post::ControlOfficer => "cán bộ kiểm soát TTHC",
        Post::Administrator => "quản trị",
    }
}

fn status_name(code: u8) -> &'static str {
    let status = Status::ALL.into_iter().find(|it| it.national_code() == code);
    match status {
        Some(Status::New) => "mới đăng ký",
        Some(Status::Received) => "được tiếp nhận",
        Some(Status::NotAccepted) => "không được tiếp nhận",
        Some(Status::InProgress) => "đang xử lý",
        Some(Status::AwaitingSupplement) => "chờ bổ sung giấy tờ",
        Some(Status::AwaitingPayment) => "chờ thực hiện nghĩa vụ tài chính",
        Some(Status::Withdrawn) => "công dân rút",
        Some(Status::Discontinued) => "dừng xử lý",
        Some(Status::Decided) => "đã có kết quả",
        Some(Status::Delivered) => "đã trả kết quả",
        None => "khác",
    }
}

/// Why a plan is not taken back, and what can be done instead.
pub fn not_undone(house: &House, why: &UndoError) -> String {
    let instead = "Không thu hồi được nữa; muốn đổi lại phải có một phương án sắp xếp mới.";
    match why {
        UndoError::NotFound => "Không có phương án này.".to_owned(),
        UndoError::DoneBefore => "Phương án này đã được bỏ hoặc thu hồi từ trước.".to_owned(),
        UndoError::IsUndo => format!("Phương án này chính là việc thu hồi một phương án khác. {instead}"),
        UndoError::ActedOn { code, at, unit_name, .. } => {
            format!("{unit_name} đã xử lý hồ sơ {code} lúc {}. {instead}", moment(at.local()))
        }
        UndoError::FiledSince { code, at, unit_name, .. } => {
            let filed = format!("Hồ sơ {code} đã nộp tại {unit_name} lúc {}", moment(at.local()));
            format!("{filed}, không có đơn vị cũ để trở về. {instead}")
        }
        UndoError::LaterPlan { plan } => {
            let title = house.now_known().staged.iter().find(|it| it.key == *plan).map(|it| it.title.clone());
            format!(
                "Phương án sau, {}, cũng sắp xếp các đơn vị này: thu hồi phương án đó trước.",
                title.unwrap_or_else(|| plan.clone())
            )
        }
        UndoError::House(error) => error.to_string(),
    }
}

/// The certificate, for people.
pub fn certificate(it: &Certificate) -> String {
    let said = &it.statement;
    let mut text = format!(
        "CHỨNG NHẬN BẢO TOÀN\n{}\n{}, ký {}; hiệu lực từ {}\nVăn bản phương án (SHA-256): {}\nĐếm từ nhật ký lúc {}\n",
        said.title,
        said.instrument,
        short_day(said.signed_on),
        moment(said.effective_at.local()),
        if said.plan_sha256.is_empty() { "không có" } else { &said.plan_sha256 },
        moment(said.made_at.local()),
    );
    for it in &said.invented {
        text.push_str(&format!("SỐ LIỆU MẪU: {it}\n"));
    }
    for line in &said.lines {
        text.push_str(&format!("\n{}\n{}", arrow(line), sums(&line.sums.before, &line.sums.after)));
    }
    text.push_str(&format!("\nTất cả\n{}", sums(&said.total.before, &said.total.after)));
    text.push_str(&format!("\nKhóa {}\nChữ ký {}\n", it.public_key, it.signature));
    text
}

fn arrow(line: &Line) -> String {
    format!("{} → {}", line.from_name, line.to_name)
}

fn sums(before: &Sums, after: &Sums) -> String {
    let mut rows = vec![("Hồ sơ".to_owned(), before.dossiers.to_string(), after.dossiers.to_string())];
    for code in before.statuses.keys().chain(after.statuses.keys()).collect::<std::collections::BTreeSet<_>>() {
        let count = |it: &Sums| it.statuses.get(code).copied().unwrap_or(0).to_string();
        rows.push((format!("- {}", status_name(*code)), count(before), count(after)));
    }
    let short = |hash: &str| hash.chars().take(16).collect::<String>();
    rows.extend([
        ("Phải nộp".to_owned(), dong(before.owed_vnd), dong(after.owed_vnd)),
        ("Đã nộp".to_owned(), dong(before.paid_vnd), dong(after.paid_vnd)),
        ("Giấy tờ".to_owned(), before.papers.to_string(), after.papers.to_string()),
        ("Tệp".to_owned(), before.files.to_string(), after.files.to_string()),
        ("Mã hồ sơ".to_owned(), short(&before.codes), short(&after.codes)),
        ("Ngày hẹn trả".to_owned(), short(&before.due_dates), short(&after.due_dates)),
        ("Lịch sử".to_owned(), short(&before.histories), short(&after.histories)),
    ]);
    rows.iter().fold(String::new(), |mut text, (name, before, after)| {
        let sign = if before == after { '=' } else { '≠' };
        let gap = " ".repeat(34_usize.saturating_sub(name.chars().count()));
        text.push_str(&format!("  {name}{gap}{before:>18} {sign} {after}\n"));
        text
    })
}

/// The certificate, for programs.
pub fn certificate_json(it: &Certificate) -> Json {
    let said = &it.statement;
    let lines = said.lines.iter().map(|line| {
        json!({
            "from": line.from_name, "to": line.to_name, "before": line.sums.before, "after": line.sums.after,
        })
    });
    json!({
        "reform": said.reform.to_string(), "key": said.key, "title": said.title, "instrument": said.instrument,
        "signed_on": said.signed_on, "plan_sha256": said.plan_sha256, "effective_at": local(said.effective_at),
        "made_at": local(said.made_at), "invented": said.invented, "lines": lines.collect::<Vec<_>>(),
        "total": { "before": said.total.before, "after": said.total.after },
        "public_key": it.public_key, "signature": it.signature,
    })
}

/// A line of the certificate that does not hold.
pub fn mismatch(it: &Mismatch) -> String {
    let place = it.line.as_ref().map(|(from, to)| format!("{from} → {to}: ")).unwrap_or_default();
    match it.what {
        Claim::Signature => "Chữ ký không đúng với nội dung của chứng nhận.".to_owned(),
        Claim::Installation => "Chứng nhận được ký bằng khóa khác khóa của hệ thống này.".to_owned(),
        Claim::Chain => format!("Hồ sơ {}: {}", it.stated, found(it)),
        what => format!("{place}{}: chứng nhận ghi {}, nhật ký cho thấy {}", part_name(what), it.stated, found(it)),
    }
}

/// The same, for programs.
pub fn mismatch_json(it: &Mismatch) -> Json {
    let (from, to) = it.line.clone().unzip();
    json!({ "what": it.what.key(), "from": from, "to": to, "stated": it.stated, "found": found(it) })
}

fn found(it: &Mismatch) -> String {
    it.broken.as_ref().map_or_else(|| it.found.clone(), broken)
}

fn broken(it: &Broken) -> String {
    match it {
        Broken::Flaw(it) => flaw(it),
        Broken::Untold => "không sự kiện nào kể việc chuyển".to_owned(),
        Broken::NothingBefore => "trước việc chuyển không có gì".to_owned(),
        Broken::Refused { why } => why.clone(),
        Broken::AnotherUnit => "dòng chuyển giao ghi đơn vị khác với lịch sử".to_owned(),
    }
}

/// What does not hold of a history: "sự kiện 3 đã bị sửa".
fn flaw(it: &Flaw) -> String {
    match it {
        Flaw::OutOfPlace { seq, place } => format!("sự kiện {seq} đứng ở chỗ thứ {place}"),
        Flaw::Unlinked { seq } => format!("sự kiện {seq} không nối tiếp sự kiện trước"),
        Flaw::Changed { seq } => format!("sự kiện {seq} đã bị sửa"),
        Flaw::WordsChanged { seq } => format!("lời của sự kiện {seq} đã bị sửa"),
        Flaw::WordsMissing { seq } => format!("lời của sự kiện {seq} đã mất"),
        Flaw::Unreadable { seq } => format!("sự kiện {seq} không đọc được"),
        Flaw::FileMissing { file } => format!("không còn dòng của tệp {file}"),
    }
}

fn part_name(what: Claim) -> &'static str {
    match what {
        Claim::Plan => "phương án",
        Claim::Name => "tên đơn vị",
        Claim::Units => "nhật ký đơn vị",
        Claim::Lines => "số cặp đơn vị",
        Claim::Dossiers => "số hồ sơ",
        Claim::Statuses => "trạng thái",
        Claim::Owed => "phải nộp",
        Claim::Paid => "đã nộp",
        Claim::Papers => "giấy tờ",
        Claim::Files => "tệp",
        Claim::Codes => "mã hồ sơ",
        Claim::DueDates => "ngày hẹn trả",
        Claim::Histories => "lịch sử",
        Claim::Signature | Claim::Installation | Claim::Chain => what.key(),
    }
}
