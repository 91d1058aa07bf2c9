//! Stylesheets, scripts and the sign of the house, inside the program.

use crate::door::{Door, Routes};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

/// Routes of the assets.
pub fn routes(routes: Routes) -> Routes {
    routes
        .get("/tai-san/motcua.css", Door::Anyone, || async {
            asset("text/css; charset=utf-8", include_str!("../assets/motcua.css"))
        })
        .get("/tai-san/desk.css", Door::Anyone, || async {
            asset("text/css; charset=utf-8", include_str!("../assets/desk.css"))
        })
        .get("/tai-san/motcua.js", Door::Anyone, || async {
            asset("text/javascript; charset=utf-8", include_str!("../assets/motcua.js"))
        })
        .get("/tai-san/desk.js", Door::Anyone, || async {
            asset("text/javascript; charset=utf-8", include_str!("../assets/desk.js"))
        })
        .get("/tai-san/queue.css", Door::Anyone, || async {
            asset("text/css; charset=utf-8", include_str!("../assets/queue.css"))
        })
        .get("/tai-san/queue.js", Door::Anyone, || async {
            asset("text/javascript; charset=utf-8", include_str!("../assets/queue.js"))
        })
        .get("/tai-san/icon.svg", Door::Anyone, || async { asset("image/svg+xml", include_str!("../assets/icon.svg")) })
}

fn asset(kind: &'static str, text: &'static str) -> Response {
    ([(CONTENT_TYPE, kind), (CACHE_CONTROL, "public, max-age=3600")], text).into_response()
}
