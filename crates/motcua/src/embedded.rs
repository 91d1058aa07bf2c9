//! The seed within the program: calendar, regimes, catalogue and units, so that it runs without a checkout.

use crate::ended::Stop;
use app::catalogue::{ImportError, SearchWords};
use app::search::CatalogueIndex;
use domain::procedure::{ProcedureRevision, build, read_flagship, read_option_lists, read_rows};

/// Days off, published and projected.
pub const HOLIDAYS: &str = include_str!("../../../catalogue/holidays.toml");
/// The legal regimes.
pub const REGIMES: &str = include_str!("../../../catalogue/regimes.toml");
/// The units of Lê Chân on 1 December 2024, before its fifteen wards became seven.
pub const UNITS: &str = include_str!("../../../catalogue/units/le-chan-2024-12-01.toml");
/// Their file's name, for messages.
pub const UNITS_FILE: &str = "units/le-chan-2024-12-01.toml";
/// The reorganisation of 1 January 2025: its file's name, for messages, and the plan.
pub const REFORM_A: (&str, &str) =
    ("reforms/le-chan-2025-01-01.toml", include_str!("../../../catalogue/reforms/le-chan-2025-01-01.toml"));
/// The reorganisation of 1 July 2025.
pub const REFORM_B: (&str, &str) =
    ("reforms/le-chan-2025-07-01.toml", include_str!("../../../catalogue/reforms/le-chan-2025-07-01.toml"));

const ROWS_FILE: &str = "le-chan-2025-q1.csv";
const ROWS: &str = include_str!("../../../catalogue/le-chan-2025-q1.csv");
const OPTION_LISTS: &str = include_str!("../../../catalogue/option-lists.toml");

macro_rules! flagships {
    ($($name:literal)+) => {
        [$((concat!("flagship/", $name, ".toml"), include_str!(concat!("../../../catalogue/flagship/", $name, ".toml")))),+]
    };
}

/// Procedures described in full, by file.
const FLAGSHIPS: [(&str, &str); 18] = flagships! {
    "cap-ban-sao-tu-so-goc" "chung-thuc-ban-sao-tu-ban-chinh" "chung-thuc-chu-ky" "chuyen-muc-dich-su-dung-dat"
    "dang-ky-ket-hon" "dang-ky-khai-sinh" "dang-ky-khai-tu" "dang-ky-thanh-lap-ho-kinh-doanh"
    "giai-quyet-khieu-nai-lan-dau" "giay-chung-nhan-du-dieu-kien-attp" "giay-phep-xay-dung-nha-o-rieng-le"
    "ho-tro-mai-tang" "lien-thong-khai-sinh-thuong-tru-bhyt" "thay-doi-cai-chinh-ho-tich" "trich-luc-ho-tich"
    "tro-cap-xa-hoi-hang-thang" "xac-dinh-muc-do-khuyet-tat" "xac-nhan-tinh-trang-hon-nhan"
};

/// How people say things, for the search.
pub fn search_words() -> SearchWords {
    SearchWords {
        phrasings: include_str!("../../../catalogue/phrasings.csv").to_owned(),
        elsewhere: include_str!("../../../catalogue/elsewhere.csv").to_owned(),
        synonyms: include_str!("../../../catalogue/synonyms.csv").to_owned(),
    }
}

/// The procedures of the seed.
///
/// # Errors
/// The seed contradicts itself: a test would have said so.
pub fn revisions() -> Result<Vec<ProcedureRevision>, ImportError> {
    let mut flagships = Vec::with_capacity(FLAGSHIPS.len());
    for (file, text) in FLAGSHIPS {
        flagships.push(read_flagship(file, text).map_err(ImportError::Problems)?);
    }
    let rows = read_rows(ROWS_FILE, ROWS).map_err(ImportError::Problems)?;
    let lists = read_option_lists("option-lists.toml", OPTION_LISTS).map_err(ImportError::Problems)?;
    build(&rows, &flagships, &lists).map_err(ImportError::Problems)
}

/// The search over the seed, where there is no house to ask.
///
/// # Errors
/// The seed contradicts itself.
pub fn index(revisions: &[ProcedureRevision]) -> Result<CatalogueIndex, Stop> {
    Ok(search_words().index(revisions)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn the_program_carries_every_procedure_file_of_the_checkout() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalogue/flagship");
        let mut there: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|it| format!("flagship/{}", it.unwrap().file_name().to_string_lossy()))
            .collect();
        there.sort();
        assert_eq!(there, FLAGSHIPS.map(|it| it.0));
    }

    #[test]
    fn the_seed_can_be_read() {
        let revisions = revisions().unwrap();
        assert_eq!(revisions.len(), 252 + 114);
        assert!(index(&revisions).is_ok());
        assert!(domain::calendar::WorkingCalendar::parse(HOLIDAYS).is_ok());
        assert!(domain::regime::Regimes::parse(REGIMES).is_ok());
    }
}
