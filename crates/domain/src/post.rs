//! Posts of an office: what a person is there to do, relative to the unit that is responsible for a dossier.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A post in an office, relative to the responsible unit: a workflow names posts and never people or units, so that a
/// pinned procedure revision survives both a new colleague and a merger.
///
/// Căn cứ: NĐ 61/2018/NĐ-CP Điều 10 (cán bộ, công chức ở Bộ phận Một cửa), Điều 17 (phân công, thẩm định, trình ký).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[doc(alias = "chức vụ, vị trí việc làm")]
pub enum Post {
    /// The officer of the one-stop desk who receives dossiers and hands decisions over.
    #[doc(alias = "cán bộ tiếp nhận và trả kết quả")]
    Reception,
    /// The case officer who appraises a dossier and drafts the decision.
    #[doc(alias = "chuyên viên thụ lý")]
    Specialist,
    /// The head of a specialised division, who assigns and reviews.
    #[doc(alias = "lãnh đạo phòng")]
    Head,
    /// The leader of the authority, who signs.
    #[doc(alias = "lãnh đạo UBND")]
    Leader,
    /// The clerk of the registry, who numbers, seals and enters what was signed.
    #[doc(alias = "văn thư")]
    Clerk,
    /// The officer who watches over procedures and their terms.
    #[doc(alias = "cán bộ kiểm soát thủ tục hành chính")]
    ControlOfficer,
    /// The administrator of the installation, who decides nothing in a dossier.
    #[doc(alias = "quản trị hệ thống")]
    Administrator,
}

impl Post {
    /// Every post, in the order of a dossier's way through the office.
    pub const ALL: [Self; 7] = [
        Self::Reception,
        Self::Specialist,
        Self::Head,
        Self::Leader,
        Self::Clerk,
        Self::ControlOfficer,
        Self::Administrator,
    ];

    /// The stored name, as in settings and files: `control_officer`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reception => "reception",
            Self::Specialist => "specialist",
            Self::Head => "head",
            Self::Leader => "leader",
            Self::Clerk => "clerk",
            Self::ControlOfficer => "control_officer",
            Self::Administrator => "administrator",
        }
    }
}

impl fmt::Display for Post {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that names no post.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a post: reception, specialist, head, leader, clerk, control_officer or administrator")]
pub struct UnknownPost(pub String);

impl FromStr for Post {
    type Err = UnknownPost;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|post| post.as_str() == text).ok_or_else(|| UnknownPost(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_post_is_written_and_read_the_same_way_everywhere() {
        for post in Post::ALL {
            assert_eq!(post.to_string().parse::<Post>(), Ok(post));
            assert_eq!(serde_json::to_string(&post).unwrap(), format!("\"{post}\""));
        }
        assert_eq!("Leader".parse::<Post>(), Err(UnknownPost("Leader".to_owned())));
    }
}
