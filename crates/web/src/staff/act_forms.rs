//! The questions of each act, and what is said beside them.

use super::answer_fields;
use super::correcting;
use super::marks;
use super::staged;
use super::views::{ChoiceView, ControlView, StaffField};
use super::work_list::short;
use crate::Web;
use crate::citizen::put_right::part_of;
use crate::posted::Posted;
use crate::telling::within;
use crate::texts;
use app::dossiers::DossierView;
use app::rows::Document;
use app::words;
use domain::calendar::TimeLimit;
use domain::dossier::{Act, Outcome, SupplementItem, form_of};
use domain::ids::{PersonId, UnitId};
use domain::post::Post;
use domain::procedure::{FeeEstimate, Need, Requirement, RequirementGroup, Step, StepKind};
use domain::regime::FormSet;

/// What the name of a file brought back begins with.
pub const KEPT_PREFIX: &str = "co-";
/// Lines of a financial duty that can be asked at once.
pub const DUTY_LINES: usize = 4;
/// What files are taken.
const ACCEPT: &str = ".pdf,.jpg,.jpeg,.png,.docx,.xlsx";
/// Why papers are asked for, where each is marked with its own reason.
const MARKED: &str = "Có giấy tờ, mục khai chưa đạt, như ghi ở từng dòng.";
/// What is seldom asked, and only where a law allows it.
const OUTSIDE: &str = "Yêu cầu giấy tờ khác, ngoài danh mục";
/// Days a citizen can be given to supply, beside the regime's.
const DAYS: [u16; 5] = [5, 10, 15, 30, 60];

/// The form of one act.
pub struct Form {
    /// The questions.
    pub fields: Vec<StaffField>,
    /// What happens to clocks and holder.
    pub effects: Vec<String>,
    /// Papers that will be made.
    pub papers: Vec<String>,
    /// Words of the button.
    pub button: String,
    /// Can be asked to show what the citizen gets.
    pub previews: bool,
    /// Legal basis.
    pub legal: String,
}

/// The form of an act on a dossier, with what was typed.
pub fn form(web: &Web, view: &DossierView, act: Act, typed: &Posted) -> Form {
    let fields = questions(web, view, act);
    let fields = if typed.has("mot-lan") { fields.into_iter().map(|it| kept(it, typed)).collect() } else { fields };
    Form {
        fields,
        effects: effects(view, act),
        papers: papers(act, web.house.forms_on(view.now.day()).unwrap_or(FormSet::Of2018)),
        button: button(act),
        previews: tells_citizen(act),
        legal: legal(act).to_owned(),
    }
}

/// A question with what was typed.
fn kept(mut field: StaffField, typed: &Posted) -> StaffField {
    let given = typed.all(&field.name);
    match &mut field.control {
        ControlView::Line { .. } | ControlView::Lines { .. } => {
            field.value = given.first().cloned().unwrap_or_default();
        }
        ControlView::Select(choices) | ControlView::Radios(choices) | ControlView::Ticks(choices) => {
            for choice in choices {
                choice.chosen = given.contains(&choice.value);
            }
        }
        ControlView::Tick(choice) => choice.chosen = given.contains(&choice.value),
        ControlView::File { .. } => {}
    }
    field
}

/// The questions with their mistakes, and under each file question the file that came before.
pub fn finished(
    web: &Web,
    owner: PersonId,
    fields: Vec<StaffField>,
    staged: &[(String, Document)],
    wrong: &[(String, String)],
) -> Vec<StaffField> {
    let mut all = Vec::with_capacity(fields.len());
    for mut field in fields {
        if let Some((_, words)) = wrong.iter().find(|it| it.0 == field.name) {
            field.error.clone_from(words);
        }
        let file = staged.iter().find(|it| it.0 == field.name).map(|it| &it.1);
        if let (ControlView::File { kept, .. }, Some(file)) = (&mut field.control, file) {
            *kept = staged::described(file);
            let choice =
                ChoiceView::new(staged::signed(web, owner, file), format!("Dùng tệp đã tải lên: {}", file.name));
            let name = format!("{KEPT_PREFIX}{}", field.name);
            all.push(field);
            all.push(StaffField::tick(name, String::new(), choice.chosen()));
        } else {
            all.push(field);
        }
    }
    all
}

fn questions(web: &Web, view: &DossierView, act: Act) -> Vec<StaffField> {
    let reason = |label: &str| StaffField::lines("ly-do", label, 3);
    let law = || StaffField::line("can-cu", "Căn cứ pháp lý");
    match act {
        Act::Accept | Act::TakeOn | Act::Sign => Vec::new(),
        Act::Forward => vec![
            person_field(view, next_step(view), "Giao cho ai ở bước sau"),
            StaffField::lines("ghi", "Lời nhắn cho người nhận", 2).as_optional(),
        ],
        Act::SubmitForSignature => submission(view),
        Act::Issue => vec![
            StaffField::line("so", "Số văn bản đã vào sổ").with_hint("Ví dụ 125/QĐ-UBND"),
            StaffField::file("tep-ket-qua", "Bản kết quả đã ký", ACCEPT).as_optional(),
        ],
        Act::Deliver => delivery(view),
        Act::Correct => correcting::questions(view),
        Act::RequestSupplement => supplement(view),
        Act::Supply => supplied(view),
        Act::Assign => vec![assignment(view), StaffField::lines("ghi", "Lời nhắn cho người nhận", 2).as_optional()],
        Act::SendBack => vec![sending_back(view), reason("Vì sao chuyển trả")],
        Act::Recall => vec![reason("Vì sao thu hồi")],
        Act::NotifyObligation => duty(),
        Act::RecordPayment => payment(view),
        Act::SetFee => fee(view),
        Act::Refund => refund(view),
        Act::Apologise => apology(web, view),
        Act::Refuse => vec![
            reason("Lý do không tiếp nhận")
                .with_hint("Công dân đọc nguyên văn. Ghi rõ thiếu gì, nộp ở đâu, làm gì tiếp."),
            law().as_optional(),
        ],
        Act::Withdraw => vec![reason("Công dân rút hồ sơ vì sao").with_hint("Theo lời hoặc đơn của công dân.")],
        Act::Discontinue => {
            vec![reason("Lý do dừng giải quyết").with_hint("Công dân đọc nguyên văn."), law().as_optional()]
        }
        Act::Route => vec![routing(view), reason("Vì sao thuộc đơn vị này")],
        Act::Erase => {
            vec![law().with_hint("Văn bản yêu cầu xóa và điều luật cho phép. Việc này không lấy lại được.")]
        }
        Act::Examine
        | Act::File
        | Act::ReceiveAtDesk
        | Act::ChooseCollection
        | Act::Confirm
        | Act::TakeSilence
        | Act::LapseSupplement
        | Act::Transfer => Vec::new(),
    }
}

/// The step after the one the dossier is at.
fn next_step(view: &DossierView) -> Option<&Step> {
    let it = &view.dossier;
    view.revision
        .steps
        .iter()
        .filter(|step| step.number > it.step.number && step.kind != StepKind::Receive)
        .filter(|step| step.only_channel.is_none_or(|only| only == it.channel))
        .min_by_key(|step| step.number)
}

/// Holders of a post today, by name.
fn holders(view: &DossierView, unit: UnitId, post: Post) -> Vec<ChoiceView> {
    let mut found: Vec<ChoiceView> = view
        .known
        .mandates
        .holders(unit, post, view.now.day())
        .map(|person| ChoiceView::new(person.to_string(), view.known.staff_name(person)))
        .collect();
    found.sort_by(|a, b| a.label.cmp(&b.label));
    found
}

fn person_field(view: &DossierView, step: Option<&Step>, label: &str) -> StaffField {
    let Some(step) = step else { return StaffField::select("nguoi", label, Vec::new()).as_optional() };
    let today = view.now.day();
    let competent = view.known.organisation.responsible_now(&view.dossier);
    let unit = view.known.organisation.seat_of(competent, step.post, today);
    let mut choices = vec![ChoiceView::new("", "Chưa chỉ định, ai ở vị trí đó nhận")];
    choices.extend(holders(view, unit, step.post));
    let hint = format!("Bước sau: {}, {}.", step.action, within(view.unit_name(unit, view.now)));
    StaffField::select("nguoi", label, choices).with_hint(hint).as_optional()
}

fn assignment(view: &DossierView) -> StaffField {
    let owner = view.owner();
    let mut choices = holders(view, owner.unit, owner.post);
    for choice in &mut choices {
        choice.chosen = owner.person.is_some_and(|it| it.to_string() == choice.value);
    }
    let hint = format!("{}, {}.", texts::post(owner.post), within(view.unit_name(owner.unit, view.now)));
    StaffField::select("nguoi", "Giao cho ai", choices).with_hint(hint)
}

fn submission(view: &DossierView) -> Vec<StaffField> {
    let before = view.dossier.draft.as_ref().and_then(|it| it.1.get()).map(|it| it.text.clone()).unwrap_or_default();
    vec![
        StaffField::radios(
            "ket-qua",
            "Đề xuất",
            vec![
                ChoiceView::new("dong-y", "Giải quyết theo yêu cầu").chosen(),
                ChoiceView::new("tu-choi", "Từ chối giải quyết")
                    .with_note("lý do dưới đây được gửi nguyên văn cho công dân"),
            ],
        ),
        StaffField::lines("noi-dung", "Nội dung trình, hoặc lý do từ chối", 5).with_value(before).as_optional(),
        StaffField::file("tep-du-thao", "Dự thảo kết quả", ACCEPT).as_optional(),
        person_field(view, next_step(view), "Trình ai ký"),
    ]
}

fn delivery(view: &DossierView) -> Vec<StaffField> {
    let owner = view.dossier.filing.get().map(|it| it.owner().name.clone()).unwrap_or_default();
    vec![
        StaffField::line("nguoi-nhan", "Người nhận kết quả").with_value(owner),
        StaffField::radios(
            "ai",
            "Là ai",
            vec![
                ChoiceView::new("chu", "Chủ hồ sơ").chosen(),
                ChoiceView::new("thay", "Người được ủy quyền").with_note("phải xem giấy ủy quyền"),
            ],
        ),
        StaffField::digits("so-cuoi", "Số giấy tờ tùy thân của người nhận, 4 số cuối")
            .with_hint("Xem thẻ căn cước của người đang đứng ở quầy, ví dụ 6218.")
            .as_optional(),
        StaffField::line("giay-to", "Giấy tờ tùy thân đã xem").as_optional(),
        StaffField::line("uy-quyen", "Giấy ủy quyền số, ngày").as_optional(),
        StaffField::line("bang-chung", "Bằng chứng đã trả")
            .with_hint("Chữ ký trên giấy hẹn, số bưu gửi, biên nhận điện tử.")
            .as_optional(),
    ]
}

/// Papers that can be asked for.
pub fn askable(view: &DossierView) -> impl Iterator<Item = &Requirement> {
    let asked = |it: &&Requirement| it.need != Need::Never && it.group != RequirementGroup::Information;
    view.revision.requirements.iter().filter(asked)
}

fn supplement(view: &DossierView) -> Vec<StaffField> {
    let marked: Vec<(&Requirement, String)> =
        askable(view).map(|it| (it, marks::reason_for(view, &it.id))).filter(|it| !it.1.is_empty()).collect();
    let said = |id: &str| marked.iter().find(|it| it.0.id == id).map_or("", |it| it.1.as_str());
    let choices = askable(view)
        .map(|it| ChoiceView { chosen: !said(&it.id).is_empty(), ..ChoiceView::new(&it.id, &it.name) })
        .collect();
    let mut fields =
        vec![StaffField::ticks("giay", "Cần bổ sung giấy tờ nào", choices).with_hint(if marked.is_empty() {
            "Chỉ giấy tờ trong thành phần hồ sơ đã công bố; ngoài ra phải nêu căn cứ."
        } else {
            "Đã điền theo đánh giá của bạn. Chỉ giấy tờ trong thành phần hồ sơ đã công bố; ngoài ra phải nêu căn cứ."
        })];
    for it in askable(view) {
        let label = format!("Sai ở đâu, sửa thế nào: {}", short(&it.name));
        let field = StaffField::lines(format!("noi-dung-{}", it.id), label, 2).with_value(said(&it.id));
        fields.push(field.under(&it.id));
    }
    let answers = marks::questions(view);
    let usual = if marked.is_empty() && answers.is_empty() { "" } else { MARKED };
    fields.extend(answers);
    fields.push(
        StaffField::lines("ly-do", "Lý do chung", 2)
            .with_value(usual)
            .with_hint("Vì sao hồ sơ chưa đủ để giải quyết; in trong phiếu."),
    );
    fields.push(StaffField::select("han", "Công dân có bao nhiêu ngày", days(view.regime.supplement_days)));
    fields.push(
        StaffField::line("them-ten", "Giấy tờ khác, ngoài danh mục")
            .with_hint("Chỉ khi một văn bản pháp luật cho phép.")
            .folded(OUTSIDE)
            .as_optional(),
    );
    let how = StaffField::lines("them-noi-dung", "Giấy tờ khác đó cần thế nào", 2);
    fields.push(how.folded(OUTSIDE).as_optional());
    let law = StaffField::line("can-cu", "Văn bản cho phép yêu cầu giấy tờ khác");
    fields.push(law.folded(OUTSIDE).as_optional());
    let it = &view.dossier;
    let asked = if it.received_at.is_some() { it.asked_at_appraisal } else { it.asked_at_intake };
    if asked >= view.regime.supplement_max_per_stage {
        let label = format!("Vì sao yêu cầu lần thứ {}", asked + 1);
        fields.push(
            StaffField::lines("ly-do-lanh-dao", label, 2)
                .with_hint("Mỗi giai đoạn chỉ yêu cầu một lần. Lãnh đạo yêu cầu thêm phải ghi lý do."),
        );
    }
    fields
}

fn days(usual: u16) -> Vec<ChoiceView> {
    let mut all: Vec<u16> = DAYS.into_iter().chain([usual]).collect();
    all.sort_unstable();
    all.dedup();
    all.into_iter()
        .map(|it| ChoiceView { chosen: it == usual, ..ChoiceView::new(it.to_string(), format!("{it} ngày")) })
        .collect()
}

fn supplied(view: &DossierView) -> Vec<StaffField> {
    let mut fields = Vec::new();
    let asked = view.dossier.supplement.as_ref().and_then(|it| it.request.get());
    for (place, item) in asked.map(|it| it.items.as_slice()).unwrap_or_default().iter().enumerate() {
        if item.field.is_some() {
            continue;
        }
        let key = item.requirement.clone().unwrap_or_else(|| format!("khac-{}", place + 1));
        fields.push(
            StaffField::digits(format!("chinh-{key}"), format!("{}: số bản chính", item.name))
                .with_hint(format!("Đã yêu cầu: {}", if item.what.is_empty() { "nộp giấy này" } else { &item.what }))
                .as_optional(),
        );
        fields.push(StaffField::digits(format!("sao-{key}"), format!("{}: số bản sao", item.name)).as_optional());
        fields.push(StaffField::file(format!("tep-{key}"), format!("{}: bản quét", item.name), ACCEPT).as_optional());
    }
    fields.extend(answers_to_put_right(view));
    fields.push(StaffField::lines("ghi", "Ghi thêm", 2).as_optional());
    fields
}

/// Answers the citizen was asked to put right, with what is wrong with each.
fn answers_to_put_right(view: &DossierView) -> Vec<StaffField> {
    let asked: Vec<&str> = view.dossier.asked_fields().collect();
    let (Some(form), Some(filing)) = (form_of(&view.revision), view.dossier.filing.get()) else { return Vec::new() };
    if asked.is_empty() {
        return Vec::new();
    }
    let items = view.dossier.supplement.as_ref().and_then(|it| it.request.get()).map(|it| it.items.as_slice());
    let fields = answer_fields::fields_with(&part_of(form, &asked), &filing.answers.to_raw(), view.now.day());
    let said = |field: StaffField| {
        let own = |item: &&SupplementItem| {
            item.field.as_deref().is_some_and(|it| answer_fields::control_of(it) == field.name)
        };
        match items.unwrap_or_default().iter().find(own) {
            Some(item) => field.with_hint(format!("Cần sửa: {}", item.what)),
            None => field,
        }
    };
    fields.into_iter().map(said).collect()
}

fn sending_back(view: &DossierView) -> StaffField {
    let it = &view.dossier;
    let here = view.revision.step(it.step.number);
    let choices: Vec<ChoiceView> = here
        .map(|step| step.send_back_to.as_slice())
        .unwrap_or_default()
        .iter()
        .filter(|to| **to < it.step.number)
        .filter_map(|to| view.revision.step(*to))
        .map(|step| {
            ChoiceView::new(step.number.to_string(), format!("Bước {}: {}", step.number, step.action))
                .with_note(texts::post(step.post))
        })
        .collect();
    let single = choices.len() == 1;
    let choices = choices.into_iter().map(|it| if single { it.chosen() } else { it }).collect();
    StaffField::radios("buoc", "Chuyển trả về bước nào", choices)
}

fn duty() -> Vec<StaffField> {
    let mut fields = Vec::new();
    for line in 1..=DUTY_LINES {
        let (name, amount) = (
            StaffField::line(format!("khoan-{line}"), format!("Khoản {line}")),
            StaffField::digits(format!("tien-{line}"), format!("Số tiền khoản {line} (đồng)")),
        );
        let first = line == 1;
        fields.push(if first { name } else { name.as_optional() });
        fields.push(if first { amount } else { amount.as_optional() });
    }
    fields.push(StaffField::day("han-nop", "Hạn nộp").with_hint("Ghi như 30/04/2025.").as_optional());
    fields.push(StaffField::lines("ghi", "Lời nhắn cho công dân", 2).as_optional());
    fields
}

/// The questions of a payment.
pub fn payment(view: &DossierView) -> Vec<StaffField> {
    let owed = view.dossier.still_owed_vnd();
    vec![
        StaffField::digits("so-tien", "Số tiền (đồng)")
            .with_value(owed.to_string())
            .with_hint(format!("Còn phải nộp {}.", words::dong(owed))),
        StaffField::radios(
            "cach",
            "Nộp bằng",
            vec![
                ChoiceView::new("tien-mat", "Tiền mặt").chosen(),
                ChoiceView::new("chuyen-khoan", "Chuyển khoản"),
                ChoiceView::new("truc-tuyen", "Nền tảng thanh toán trực tuyến"),
            ],
        ),
        StaffField::line("bien-lai", "Số biên lai").as_optional(),
    ]
}

/// The questions of a fee that is set anew: what the answers come to stands there already.
fn fee(view: &DossierView) -> Vec<StaffField> {
    let written = view.dossier.fee_vnd;
    let by_answers = view.dossier.filing.get().map(|it| view.revision.fee_of(&it.answers));
    let counted = by_answers.filter(FeeEstimate::is_whole).map(|it| it.total_vnd);
    let mut hint = format!("Đang ghi {}.", words::dong(written));
    if let Some(counted) = counted.filter(|it| *it != written) {
        hint.push_str(&format!(" Theo tờ khai và mức của thủ tục: {}.", words::dong(counted)));
    }
    vec![
        StaffField::digits("so-tien", "Phí, lệ phí của hồ sơ (đồng)")
            .with_value(counted.unwrap_or(written).to_string())
            .with_hint(hint),
        StaffField::lines("ly-do", "Vì sao định lại", 2)
            .with_hint("Ví dụ: bản chính 5 trang, 2 bản. Công dân đọc nguyên văn."),
    ]
}

/// The questions of money that goes back.
fn refund(view: &DossierView) -> Vec<StaffField> {
    let over = view.dossier.overpaid_vnd();
    vec![
        StaffField::digits("so-tien", "Số tiền trả lại (đồng)")
            .with_value(over.to_string())
            .with_hint(format!("Nộp thừa {}.", words::dong(over))),
        StaffField::radios(
            "cach",
            "Trả bằng",
            vec![ChoiceView::new("tien-mat", "Tiền mặt").chosen(), ChoiceView::new("chuyen-khoan", "Chuyển khoản")],
        ),
        StaffField::line("bien-lai", "Số phiếu chi").as_optional(),
    ]
}

fn apology(web: &Web, view: &DossierView) -> Vec<StaffField> {
    let today = view.now.day();
    let root = view.known.root_unit(today, view.responsible());
    let mut units: Vec<ChoiceView> = view
        .known
        .organisation
        .standing_on(today)
        .filter(|(id, _)| view.known.organisation.is_within(*id, root, today))
        .map(|(id, it)| ChoiceView { chosen: id == view.owner().unit, ..ChoiceView::new(id.to_string(), &it.name) })
        .collect();
    units.sort_by(|a, b| a.label.cmp(&b.label));
    let promised = view.dossier.promised_at().map(|at| words::moment(at.local())).unwrap_or_default();
    let suggested = view
        .dossier
        .promised_at()
        .map(|at| at.max(view.now))
        .and_then(|at| app::desk::after(&web.house, view, at, 3 * 480).ok());
    let (day, time) = suggested.map_or_else(Default::default, |at| {
        let local = at.local();
        (words::short_day(local.date()), format!("{}:{:02}", local.hour(), local.minute()))
    });
    vec![
        StaffField::lines("ly-do", "Lý do chậm", 3).with_hint("Công dân đọc nguyên văn trong phiếu xin lỗi."),
        StaffField::select("don-vi", "Đơn vị để chậm", units),
        StaffField::day("ngay", "Ngày hẹn mới").with_value(day).with_hint(format!("Đã hẹn {promised}.")),
        StaffField::line("gio", "Giờ hẹn mới").with_value(time).with_hint("Trong giờ làm việc, ghi như 9:30."),
    ]
}

fn button(act: Act) -> String {
    match act {
        Act::Accept => "Tiếp nhận hồ sơ".to_owned(),
        Act::RequestSupplement => "Gửi yêu cầu bổ sung".to_owned(),
        Act::Deliver => "Ghi đã trả kết quả".to_owned(),
        Act::Correct => "Ghi đính chính".to_owned(),
        Act::Apologise => "Gửi phiếu xin lỗi".to_owned(),
        Act::NotifyObligation => "Gửi thông báo nộp tiền".to_owned(),
        Act::TakeOn
        | Act::Forward
        | Act::SubmitForSignature
        | Act::Sign
        | Act::Issue
        | Act::Supply
        | Act::Confirm
        | Act::ChooseCollection
        | Act::TakeSilence
        | Act::Assign
        | Act::SendBack
        | Act::Recall
        | Act::RecordPayment
        | Act::SetFee
        | Act::Refund
        | Act::Refuse
        | Act::Withdraw
        | Act::Discontinue
        | Act::LapseSupplement
        | Act::Transfer
        | Act::Route
        | Act::Erase
        | Act::Examine
        | Act::File
        | Act::ReceiveAtDesk => texts::act(act),
    }
}

/// Acts whose message or paper says what is typed: it is looked at before it binds.
pub const fn is_worded(act: Act) -> bool {
    matches!(act, Act::RequestSupplement | Act::NotifyObligation | Act::Apologise | Act::Refuse | Act::Discontinue)
}

fn tells_citizen(act: Act) -> bool {
    matches!(
        act,
        Act::Accept
            | Act::Issue
            | Act::Deliver
            | Act::Correct
            | Act::RequestSupplement
            | Act::Supply
            | Act::NotifyObligation
            | Act::Apologise
            | Act::Refuse
            | Act::Withdraw
            | Act::Discontinue
            | Act::Route
    )
}

fn papers(act: Act, forms: FormSet) -> Vec<String> {
    let paper = match act {
        Act::Apologise if forms == FormSet::Of2025 => {
            "Văn bản xin lỗi và đề nghị gia hạn thời gian giải quyết (mẫu 04)"
        }
        Act::Accept => "Giấy tiếp nhận hồ sơ và hẹn trả kết quả (mẫu 01)",
        Act::RequestSupplement => "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ (mẫu 02)",
        Act::Correct => "Giấy tiếp nhận hồ sơ và hẹn trả kết quả, bản thay thế (mẫu 01)",
        Act::Deliver => "Phiếu trả kết quả, có chỗ ký của người nhận",
        Act::Refuse => "Phiếu từ chối tiếp nhận giải quyết hồ sơ (mẫu 03)",
        Act::Apologise => "Phiếu xin lỗi và hẹn lại ngày trả kết quả (mẫu 04)",
        _ => return Vec::new(),
    };
    vec![paper.to_owned()]
}

fn legal(act: Act) -> &'static str {
    match act {
        Act::Accept | Act::Refuse | Act::RequestSupplement => "Nghị định 61/2018/NĐ-CP, Điều 17",
        Act::Assign | Act::Forward | Act::SubmitForSignature | Act::Sign | Act::SendBack => {
            "Nghị định 61/2018/NĐ-CP, Điều 18 và 19"
        }
        Act::Apologise => "Nghị định 61/2018/NĐ-CP, Điều 19 (hẹn lại không quá một lần)",
        Act::Deliver => "Nghị định 61/2018/NĐ-CP, Điều 20",
        Act::Route => "Nghị quyết 190/2025/QH15, Điều 5 khoản 2",
        Act::Erase => "Nghị định 13/2023/NĐ-CP, Điều 16",
        _ => "",
    }
}

fn effects(view: &DossierView, act: Act) -> Vec<String> {
    let said = |lines: &[&str]| lines.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
    let mut lines = match act {
        Act::Accept => {
            let mut lines = said(&["Đồng hồ bắt đầu chạy từ lúc này."]);
            lines.extend(view.revision.time_limit.map(term_line));
            lines
        }
        Act::RequestSupplement => said(&[
            "Đồng hồ dừng đến khi công dân gửi.",
            "Người giữ: công dân. Người thụ lý vẫn chịu trách nhiệm.",
            "Quá hạn không bổ sung: hồ sơ kết thúc.",
        ]),
        Act::Supply => said(&["Đồng hồ chạy tiếp, hẹn trả dời đúng khoảng đã dừng."]),
        Act::NotifyObligation => said(&["Đồng hồ dừng đến khi nộp đủ."]),
        Act::Correct => said(&[
            "Ngày hẹn trả, giấy tờ đã nộp và phí giữ nguyên.",
            "Lịch sử ghi: trước là gì, nay là gì, vì sao, ai sửa.",
        ]),
        Act::Issue => said(&["Đồng hồ dừng hẳn.", "Bộ phận Một cửa giữ kết quả để trả."]),
        Act::Apologise => said(&["Chỉ được xin lỗi và hẹn lại một lần."]),
        Act::Refuse | Act::Withdraw | Act::Discontinue => said(&["Hồ sơ kết thúc."]),
        Act::Erase => said(&["Tên, số, tệp và nội dung mất vĩnh viễn; dòng sự kiện và ngày giờ còn lại."]),
        Act::Sign => draft_lines(view),
        Act::Route => routing_lines(view),
        _ => Vec::new(),
    };
    if let (Act::Forward | Act::SubmitForSignature, Some(step)) = (act, next_step(view)) {
        lines.push(format!("Bước sau: {} ({}).", step.action, texts::post(step.post)));
    }
    lines
}

/// The successors of the unit that was split, as they are called and seated today.
fn routing(view: &DossierView) -> StaffField {
    let (organisation, today) = (&view.known.organisation, view.now.day());
    let units = view.dossier.routes(organisation, today);
    let choices = units.into_iter().map(|unit| {
        let it = organisation.attributes_on(unit, today);
        let seat = it.map_or("", |it| it.seat.as_str());
        let name = organisation.name_on(unit, today);
        ChoiceView::new(unit.to_string(), if seat.is_empty() { name.to_owned() } else { format!("{name}, {seat}") })
    });
    StaffField::radios("don-vi", "Hồ sơ thuộc đơn vị nào", choices.collect())
}

fn routing_lines(view: &DossierView) -> Vec<String> {
    let address = view.dossier.filing.get().map_or("", |it| it.owner().address.as_str());
    let here = view.unit_name(view.responsible(), view.now);
    vec![
        if address.is_empty() {
            "Hồ sơ không ghi địa chỉ: hỏi người nộp hoặc xem giấy tờ.".to_owned()
        } else {
            format!("Địa chỉ của chủ hồ sơ: {address}.")
        },
        format!("Hiện do {here} tạm giữ."),
        "Mã, ngày hẹn trả, giấy tờ và tiền giữ nguyên.".to_owned(),
        "Đổi đơn vị thì người nộp được nhắn địa chỉ mới.".to_owned(),
    ]
}

fn term_line(limit: TimeLimit) -> String {
    format!("Thời hạn: {}.", words::term(limit.binding()))
}

fn draft_lines(view: &DossierView) -> Vec<String> {
    let Some((outcome, draft)) = &view.dossier.draft else { return Vec::new() };
    let mut lines = vec![match outcome {
        Outcome::Granted => "Dự thảo đề xuất: giải quyết theo yêu cầu.".to_owned(),
        Outcome::Declined => "Dự thảo đề xuất: từ chối giải quyết.".to_owned(),
    }];
    if let Some(draft) = draft.get() {
        if !draft.text.is_empty() {
            lines.push(format!("Nội dung trình: {}", draft.text));
        }
        let file = draft.document.and_then(|id| view.documents.iter().find(|it| it.id == id));
        lines.extend(file.map(|it| format!("Dự thảo kèm theo: {}", it.name)));
    }
    lines
}
