//! Form II.06a as a workbook, laid out as the paper is.

use super::{Report06a, TOTAL};
use crate::error::AppError;
use jiff::civil::DateTime;
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};

/// What stands round the numbers.
#[derive(Clone, Debug)]
pub struct SheetHead {
    /// Who reports.
    pub from_whom: String,
    /// To whom.
    pub to_whom: String,
    /// "Từ ngày … đến hết ngày …".
    pub period: String,
    /// When it was counted.
    pub counted_at: DateTime,
    /// Lines under the table, and in a demonstration that nothing of it is real.
    pub notes: Vec<String>,
}

/// Heads over several columns or rows: first row, first column, last row, last column, words.
const HEADS: [(u32, u16, u32, u16, &str); 16] = [
    (3, 0, 5, 0, "TT"),
    (3, 1, 5, 1, "Lĩnh vực, công việc giải quyết theo cấp"),
    (3, 2, 3, 5, "Số lượng hồ sơ tiếp nhận"),
    (3, 6, 3, 9, "Số lượng hồ sơ đã giải quyết"),
    (3, 10, 3, 12, "Số lượng hồ sơ đang giải quyết"),
    (4, 2, 5, 2, "Tổng số"),
    (4, 3, 4, 4, "Trong kỳ"),
    (4, 5, 5, 5, "Từ kỳ trước"),
    (4, 6, 5, 6, "Tổng số"),
    (4, 7, 5, 7, "Trước hạn"),
    (4, 8, 5, 8, "Đúng hạn"),
    (4, 9, 5, 9, "Quá hạn"),
    (4, 10, 5, 10, "Tổng số"),
    (4, 11, 5, 11, "Trong hạn"),
    (4, 12, 5, 12, "Quá hạn"),
    (0, 2, 0, 9, "TÌNH HÌNH, KẾT QUẢ GIẢI QUYẾT THỦ TỤC HÀNH CHÍNH"),
];
/// How the form numbers its columns.
const NUMBERS: [&str; 13] = [
    "(1)",
    "(2)",
    "(3)=(4)+(5)+(6)",
    "(4)",
    "(5)",
    "(6)",
    "(7)=(8)+(9)+(10)",
    "(8)",
    "(9)",
    "(10)",
    "(11)=(12)+(13)",
    "(12)",
    "(13)",
];
/// First row of the numbers.
const FIRST: u32 = 7;
/// Paper A4, as the format of workbooks numbers it.
const A4: u8 = 9;

impl Report06a {
    /// The form as a workbook (.xlsx).
    ///
    /// # Errors
    /// More rows than a sheet can have.
    pub fn xlsx(&self, head: &SheetHead) -> Result<Vec<u8>, AppError> {
        self.workbook(head).map_err(|why| AppError::fault("writing form 06a as a workbook", why))
    }

    fn workbook(&self, head: &SheetHead) -> Result<Vec<u8>, XlsxError> {
        let mut book = Workbook::new();
        let at = head.counted_at;
        let year = u16::try_from(at.year()).unwrap_or(1900);
        let made = ExcelDateTime::from_ymd(year, at.month().unsigned_abs(), at.day().unsigned_abs())?;
        book.set_properties(&DocProperties::new().set_title("Biểu II.06a/VPCP/KSTT").set_creation_datetime(&made));
        let sheet = book.add_worksheet();
        sheet.set_name("06a")?;
        lay_out(sheet)?;
        write_head(sheet, head)?;
        let last = self.write_rows(sheet)?;
        for (line, note) in (last + 2..).zip(&head.notes) {
            sheet.write_string(line, 1, note)?;
        }
        book.save_to_buffer()
    }

    fn write_rows(&self, sheet: &mut Worksheet) -> Result<u32, XlsxError> {
        let cell = Format::new().set_border(FormatBorder::Thin);
        let count = cell.clone().set_num_format("#,##0");
        let (bold, total) = (cell.clone().set_bold(), count.clone().set_bold());
        let wrapped = cell.clone().set_text_wrap();
        let mut line = FIRST;
        for row in &self.rows {
            sheet.write_number_with_format(line, 0, f64::from(line - FIRST + 1), &cell)?;
            sheet.write_string_with_format(line, 1, row.label(self), &wrapped)?;
            write_counts(sheet, line, &row.columns.values(), &count)?;
            line += 1;
        }
        sheet.write_string_with_format(line, 0, "", &bold)?;
        sheet.write_string_with_format(line, 1, TOTAL, &bold)?;
        write_counts(sheet, line, &self.total.values(), &total)?;
        Ok(line)
    }
}

/// Columns 3 to 13: the online share of column 7 has no column of its own on the paper.
fn write_counts(sheet: &mut Worksheet, line: u32, values: &[i64; 12], format: &Format) -> Result<(), XlsxError> {
    let own = values.iter().enumerate().filter(|(place, _)| *place != 5).map(|it| *it.1);
    // A workbook knows no other numbers; counts stay far below 2^53.
    for (column, value) in (2..).zip(own) {
        sheet.write_number_with_format(line, column, value as f64, format)?;
    }
    Ok(())
}

fn lay_out(sheet: &mut Worksheet) -> Result<(), XlsxError> {
    sheet.set_landscape().set_paper_size(A4).set_print_fit_to_pages(1, 0);
    sheet.set_repeat_rows(3, 6)?;
    sheet.set_freeze_panes(FIRST, 2)?;
    sheet.set_column_width(0, 5)?;
    sheet.set_column_width(1, 42)?;
    for column in 2..13 {
        sheet.set_column_width(column, 13)?;
    }
    Ok(())
}

fn write_head(sheet: &mut Worksheet, head: &SheetHead) -> Result<(), XlsxError> {
    let centred = Format::new().set_align(FormatAlign::Center).set_align(FormatAlign::VerticalCenter).set_text_wrap();
    let (bold, boxed) = (centred.clone().set_bold(), centred.clone().set_bold().set_border(FormatBorder::Thin));
    for (top, left, bottom, right, words) in HEADS {
        let format = if top == 0 { &bold } else { &boxed };
        sheet.merge_range(top, left, bottom, right, words, format)?;
    }
    for (column, words) in [(3, "Trực tuyến"), (4, "Trực tiếp, dịch vụ bưu chính")] {
        sheet.write_string_with_format(5, column, words, &boxed)?;
    }
    let small = centred.clone().set_italic().set_border(FormatBorder::Thin);
    for (column, words) in (0..).zip(NUMBERS) {
        sheet.write_string_with_format(6, column, words, &small)?;
    }
    sheet.write_string_with_format(0, 0, "Biểu số II.06a/VPCP/KSTT", &Format::new().set_bold())?;
    sheet.merge_range(1, 2, 1, 9, &head.period, &centred)?;
    sheet.write_string(0, 10, format!("Đơn vị báo cáo: {}", head.from_whom))?;
    sheet.write_string(1, 10, format!("Đơn vị nhận báo cáo: {}", head.to_whom))?;
    sheet.write_string(2, 10, "Đơn vị tính: hồ sơ TTHC")?;
    Ok(())
}
