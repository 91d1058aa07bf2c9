//! `motcua reorganise`: a plan looked at, carried out, taken back; what became of all of them; and the certificate.

mod words;

use super::verify::progress;
use crate::ended::{Ended, Outcome, Stop, print, say};
use crate::wiring::{Place, hold, open_existing, settings};
use anyhow::Context;
use app::house::House;
use app::reform::{self, Counts, Editions, Listed, PlanError, State, UndoError, Undone, faults};
use app::reform_drafts::Foreseen;
use domain::ids::ReformId;
use domain::organisation::reform::Reorganisation;
use domain::procedure::ImportProblem;
use indicatif::ProgressBar;
use serde_json::{Value as Json, json};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use words::Words;

/// A file that is larger is not read any further: the plan is refused by its size.
const READ_BYTES_MAX: u64 = 64 << 20;
/// Between two looks at how far a plan is.
const LOOKED_EVERY: Duration = Duration::from_millis(200);

/// What is asked about reorganisations.
#[derive(Clone, Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("act").required(true).args(["plan", "undo", "list", "certificate"])))]
pub struct ReorganiseArgs {
    /// Carry out the plan of this file: prepared now, in force at its instant.
    #[arg(long, value_name = "FILE")]
    plan: Option<PathBuf>,
    /// Only say what follows from it, and what must be settled first; nothing begins.
    #[arg(long, requires = "plan")]
    dry_run: bool,
    /// When it comes into force: at the instant its file names, or now.
    #[arg(long, value_enum, requires = "plan", default_value = "effective")]
    at: When,
    /// Take a plan back: by its id, or the key of its file.
    #[arg(long, value_name = "ID")]
    undo: Option<String>,
    /// List every plan and what became of it.
    #[arg(long)]
    list: bool,
    /// Print the certificate of a plan: that nothing was lost.
    #[arg(long, value_name = "ID")]
    certificate: Option<String>,
    /// Count the stored events again, and name each line of the certificate that does not hold.
    #[arg(long, requires = "certificate")]
    check: bool,
    /// For programs.
    #[arg(long)]
    json: bool,
}

/// When a plan comes into force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum When {
    /// At the instant its file names.
    Effective,
    /// Now: the day of today is the first of the new units.
    Now,
}

/// Answers what is asked.
///
/// # Errors
/// A plan with something wrong in it, an act that is not lawful, an unknown plan, or the house failed.
pub fn command(place: &Place, asked: &ReorganiseArgs) -> Outcome {
    if let Some(file) = &asked.plan {
        return if asked.dry_run { foretell(place, file, asked) } else { carry_out(place, file, asked) };
    }
    if let Some(id) = &asked.undo {
        return undo(place, id, asked.json);
    }
    let house = open_existing(&settings(place)?)?;
    match &asked.certificate {
        Some(id) => certificate(&house, id, asked),
        None => list(&house, asked.json),
    }
}

fn runtime() -> Result<tokio::runtime::Runtime, Stop> {
    Ok(tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().context("starting")?)
}

fn read(file: &Path) -> Result<String, Stop> {
    let shown = file.display();
    let mut bytes = Vec::new();
    let read = std::fs::File::open(file).and_then(|it| it.take(READ_BYTES_MAX).read_to_end(&mut bytes));
    read.map_err(|why| Stop::refused(format!("Không đọc được {shown}: {why}")))?;
    String::from_utf8(bytes).map_err(|why| {
        let good = why.as_bytes().iter().take(why.utf8_error().valid_up_to());
        let line = 1 + good.filter(|byte| **byte == b'\n').count();
        say(&format!("{shown}:{line}: cần chữ UTF-8; dòng này có byte không phải UTF-8."));
        Stop::refused("Tệp không phải là văn bản UTF-8: lưu lại dưới dạng UTF-8; chưa làm gì cả.")
    })
}

fn checked(house: &House, file: &Path, text: &str, at: When) -> Result<Reorganisation, PlanError> {
    let shown = file.display().to_string();
    match at {
        When::Effective => reform::check(house, &shown, text),
        When::Now => reform::check_for_now(house, &shown, text),
    }
}

/// Says why a plan is not taken; what is wrong with its file, line by line.
fn not_taken(why: PlanError) -> Stop {
    match why {
        PlanError::Wrong(problems) => refused(&problems),
        PlanError::HouseChanged => Stop::refused(
            "Đơn vị, quyền hoặc thủ tục vừa thay đổi trong lúc tính những gì kéo theo; chưa làm gì cả. Chạy lại lệnh này.",
        ),
        PlanError::House(error) => error.into(),
    }
}

/// Says what is wrong with a plan, line by line.
fn refused(problems: &[ImportProblem]) -> Stop {
    for problem in problems {
        say(&faults::line(problem));
    }
    Stop::refused(format!("{} lỗi trong phương án; chưa làm gì cả.", problems.len()))
}

fn foretell(place: &Place, file: &Path, asked: &ReorganiseArgs) -> Outcome {
    let (house, text) = (open_existing(&settings(place)?)?, read(file)?);
    let plan = match checked(&house, file, &text, asked.at) {
        Ok(plan) => plan,
        Err(PlanError::Wrong(problems)) => {
            if asked.json {
                print(json!({ "problems": problems }))?;
            }
            return Err(refused(&problems));
        }
        Err(other) => return Err(not_taken(other)),
    };
    let foreseen = Foreseen::new(&house, plan)?;
    let words = Words::new(&foreseen);
    if asked.json {
        print(serde_json::to_string_pretty(&words.json()).context("writing what follows")?)?;
    } else {
        print(words.text().trim_end())?;
    }
    let conflicts = foreseen.found.conflicts.len();
    if conflicts == 0 {
        return Ok(Ended::Done);
    }
    say(&format!("{conflicts} việc phải giải quyết trước khi thực hiện."));
    Ok(Ended::Wanting)
}

fn carry_out(place: &Place, file: &Path, asked: &ReorganiseArgs) -> Outcome {
    let (settings, text) = (settings(place)?, read(file)?);
    let _held = hold(&settings)?;
    let house = open_existing(&settings)?;
    let runtime = runtime()?;
    let listed = runtime.block_on(async {
        // What was cut off is finished first, as a server does before it serves.
        let was_due = !reform::flip_due(&house).await?.is_empty();
        if was_due || !house.now_known().in_force.is_empty() {
            reform::settle(&house).await?;
        }
        let id = match reform::begun(&house, &text)? {
            Some(before) => {
                say(if before.state == State::Settled {
                    "Phương án này đã thực hiện xong từ trước; không còn gì để làm."
                } else {
                    "Phương án này đã bắt đầu từ trước: làm tiếp phần còn lại."
                });
                if asked.at == When::Now && before.effective_at > house.clock.now() {
                    say("--at now không đổi được thời điểm đã ghi: muốn thực hiện ngay thì bỏ phương án (--undo) rồi chạy lại.");
                }
                go_on(&house, &before).await?;
                before.id
            }
            None => begin(&house, file, &text, asked.at).await?,
        };
        settled(&house, id).await?;
        find(&house, &id.to_string())
    })?;
    say_how_far(&house, &listed);
    if asked.json {
        print(one(&listed))?
    } else {
        print(format!("{}\t{}", listed.id, listed.state_word()))?
    }
    Ok(Ended::Done)
}

/// Checks a plan and prepares it.
async fn begin(house: &Arc<House>, file: &Path, text: &str, at: When) -> Result<ReformId, Stop> {
    // Before anything is looked at: what changes while one counts is then noticed when the plan is begun.
    let counted_in = Editions::now(house)?;
    let plan = checked(house, file, text, at).map_err(not_taken)?;
    let foreseen = Foreseen::new(house, plan)?;
    let conflicts = &foreseen.found.conflicts;
    if !conflicts.is_empty() {
        let words = Words::new(&foreseen);
        say(words.conflicts().trim_end());
        return Err(Stop::refused(format!("{} việc phải giải quyết trước; chưa làm gì cả.", conflicts.len())));
    }
    let bar = progress("hồ sơ đã chuẩn bị");
    bar.set_length(foreseen.found.transfers.len() as u64);
    let plan = &foreseen.plan;
    let begun = reform::plan_as_counted(house, plan, None, counted_in);
    watched(&bar, house, plan.id, |it| it.moved, begun).await.map_err(not_taken)?;
    Ok(plan.id)
}

/// Prepares what a plan that was cut off has not prepared.
async fn go_on(house: &Arc<House>, before: &Listed) -> Result<(), Stop> {
    if before.state == State::Staging {
        reform::stage(house, before.id).await?;
    }
    Ok(())
}

/// Where the instant of the plan has come, it is carried out to its end.
async fn settled(house: &Arc<House>, id: ReformId) -> Result<(), Stop> {
    reform::flip_due(house).await?;
    let listed = find(house, &id.to_string())?;
    if listed.state != State::InForce {
        return Ok(());
    }
    let bar = progress("hồ sơ đã chuyển");
    bar.set_length(listed.counts.moved);
    watched(&bar, house, id, |it| it.settled, reform::settle(house)).await?;
    Ok(())
}

/// Shows how far a plan is while work on it goes on.
async fn watched<T>(
    bar: &ProgressBar,
    house: &House,
    id: ReformId,
    of: impl Fn(Counts) -> u64,
    work: impl Future<Output = T>,
) -> T {
    let mut work = std::pin::pin!(work);
    loop {
        if let Ok(done) = tokio::time::timeout(LOOKED_EVERY, &mut work).await {
            bar.finish_and_clear();
            return done;
        }
        if let Ok(counts) = reform::counts(house, id) {
            bar.set_position(of(counts));
        }
    }
}

fn say_how_far(house: &House, it: &Listed) {
    let Counts { moved, needs_routing, fell_to_head, .. } = it.counts;
    let at = app::words::moment(it.effective_at.local());
    say(&match it.state {
        State::Staging | State::Staged => {
            format!("Đã chuẩn bị {moved} hồ sơ. Máy chủ tự chuyển vào {at}; đến lúc đó chưa có gì thay đổi.")
        }
        _ => format!("Đã sắp xếp từ {at}: {moved} hồ sơ đã chuyển."),
    });
    if needs_routing > 0 {
        say(&format!("{needs_routing} hồ sơ cần phân tuyến."));
    }
    if fell_to_head > 0 {
        say(&format!("{fell_to_head} hồ sơ đến người đứng đầu vì chưa có ai giữ chức danh đó."));
    }
    if it.state == State::Staged && it.effective_at <= house.clock.now() {
        say("Thời điểm đã đến: chạy lại lệnh này, hoặc khởi động máy chủ.");
    }
}

/// The plan somebody names by its id or its key; of several with one key, the one that holds, else the last.
fn find(house: &House, named: &str) -> Result<Listed, Stop> {
    let id: Option<ReformId> = named.parse().ok();
    let mut all: Vec<Listed> = reform::list(house)?;
    all.retain(|it| Some(it.id) == id || it.key == named);
    let holds = |it: &Listed| !matches!(it.state, State::Undone | State::GivenUp);
    let found = all.iter().rfind(|it| holds(it)).or(all.last()).cloned();
    found.ok_or_else(|| {
        Stop::refused(format!("Không có phương án nào mang mã {named:?}; xem `motcua reorganise --list`."))
    })
}

fn undo(place: &Place, named: &str, json: bool) -> Outcome {
    let settings = settings(place)?;
    let _held = hold(&settings)?;
    let house = open_existing(&settings)?;
    let runtime = runtime()?;
    let listed = runtime.block_on(async {
        let id = find(&house, named)?.id;
        let undone = reform::undo(&house, id, None).await;
        if matches!(undone, Err(UndoError::DoneBefore)) {
            // What takes it back may have been killed on its way: then it is in force, and not told everywhere.
            reform::settle(&house).await?;
        }
        match undone.map_err(|why| not_undone(&house, why))? {
            Undone::GivenUp => say("Đã bỏ phương án khi nó chưa có hiệu lực: không có gì thay đổi."),
            Undone::GivenUpLate { since } => say(&format!(
                "Đã bỏ phương án: thời điểm {} đã qua nhưng phương án chưa đưa vào hiệu lực được, nên chưa có gì thay đổi. Mọi việc tiếp tục như cũ.",
                app::words::moment(since.local())
            )),
            Undone::TakenBack { by, dossiers } => {
                reform::settle(&house).await?;
                say(&format!("Đã thu hồi bằng phương án {by}: {dossiers} hồ sơ trở về nơi cũ."));
            }
        }
        find(&house, &id.to_string())
    })?;
    if json {
        print(one(&listed))?
    } else {
        print(format!("{}\t{}", listed.id, listed.state_word()))?
    }
    Ok(Ended::Done)
}

fn not_undone(house: &House, why: UndoError) -> Stop {
    match why {
        UndoError::House(error) => error.into(),
        other => Stop::refused(words::not_undone(house, &other)),
    }
}

fn one(it: &Listed) -> Json {
    json!({
        "id": it.id.to_string(),
        "key": it.key,
        "title": it.title,
        "instrument": it.instrument,
        "effective_at": words::local(it.effective_at),
        "state": it.state_word(),
        "moved": it.counts.moved,
        "settled": it.counts.settled,
        "needs_routing": it.counts.needs_routing,
        "fell_to_head": it.counts.fell_to_head,
        "undoes": it.undoes.map(|id| id.to_string()),
        "undone_by": it.undone_by.map(|id| id.to_string()),
        "certificate": it.has_certificate,
    })
}

fn list(house: &House, json: bool) -> Outcome {
    let listed = reform::list(house)?;
    if json {
        let all: Vec<Json> = listed.iter().map(one).collect();
        print(serde_json::to_string_pretty(&all).context("writing the list")?)?;
        return Ok(Ended::Done);
    }
    for it in &listed {
        print(format!("{}\t{}\t{}\t{}", it.id, words::local(it.effective_at), it.state_word(), it.instrument))?;
        if let Some(why) = &it.unreadable {
            say(&format!("Không đọc được phương án {}: {why}. Nếu chưa có hiệu lực, bỏ bằng --undo.", it.key));
        }
    }
    Ok(Ended::Done)
}

fn certificate(house: &House, named: &str, asked: &ReorganiseArgs) -> Outcome {
    let listed = find(house, named)?;
    if !asked.check {
        let found = reform::certificate(house, listed.id)?.ok_or_else(|| no_certificate(&listed))?;
        if asked.json {
            let json = words::certificate_json(&found);
            print(serde_json::to_string_pretty(&json).context("writing the certificate")?)?;
        } else {
            print(words::certificate(&found).trim_end())?;
        }
        return Ok(Ended::Done);
    }
    let checked = reform::check_certificate(house, listed.id)?.ok_or_else(|| no_certificate(&listed))?;
    if asked.json {
        let mismatches: Vec<Json> = checked.mismatches.iter().map(words::mismatch_json).collect();
        let json = json!({ "holds": mismatches.is_empty(), "mismatches": mismatches, "erased": checked.erased });
        print(serde_json::to_string_pretty(&json).context("writing what does not hold")?)?;
    } else {
        for it in &checked.mismatches {
            print(words::mismatch(it))?;
        }
    }
    if checked.erased > 0 {
        say(&format!(
            "{} hồ sơ đã xóa dữ liệu cá nhân theo luật: không đếm lại giấy tờ của các hồ sơ này.",
            checked.erased
        ));
    }
    let moved = checked.certificate.statement.total.before.dossiers;
    if checked.mismatches.is_empty() {
        say(&format!("Chứng nhận đúng: {moved} hồ sơ, đếm lại từ nhật ký."));
        return Ok(Ended::Done);
    }
    say(&format!("Chứng nhận không còn đúng ở {} chỗ.", checked.mismatches.len()));
    Ok(Ended::Wanting)
}

fn no_certificate(it: &Listed) -> Stop {
    Stop::refused(format!("Phương án {} chưa có chứng nhận: {}.", it.key, state_words(it.state)))
}

/// What became of a plan, within a sentence.
fn state_words(state: State) -> &'static str {
    match state {
        State::Staging => "còn đang chuẩn bị hồ sơ",
        State::Staged => "đã chuẩn bị xong, chờ đến thời điểm có hiệu lực",
        State::InForce => "đã có hiệu lực, chưa ghi xong lịch sử hồ sơ",
        State::Settled => "đã xong",
        State::Undone => "đã thu hồi",
        State::GivenUp => "đã bỏ trước khi có hiệu lực",
    }
}
