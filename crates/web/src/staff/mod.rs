//! The pages of the staff.

pub mod views;

use crate::door::Routes;

/// Their routes.
pub fn routes(routes: Routes) -> Routes {
    routes
}
