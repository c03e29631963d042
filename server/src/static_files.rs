//! The page at `/` and the npm package at `/keylatch/`.

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use tower_http::services::ServeDir;

use crate::config::Config;
use crate::state::App;

/// The kinds of file that the package publishes to a browser.
const PACKAGE_FILES: [&str; 4] = [".js", ".d.ts", ".wasm", ".json"];

/// Adds the files to the routes.
pub(crate) fn serve(routes: Router<App>, config: &Config) -> Router<App> {
    let mut routes = routes;
    if let Some(directory) = &config.pkg {
        let files = Router::new().fallback_service(ServeDir::new(directory));
        routes = routes.nest("/keylatch", files.layer(from_fn(published_only)).layer(from_fn(as_file)));
    }
    if let Some(directory) = &config.www {
        let files = Router::new().fallback_service(ServeDir::new(directory));
        routes = routes.fallback_service(files.layer(from_fn(as_file)));
    }
    routes
}

/// Nothing hidden, the right type, and browsers ask each time whether the file
/// has changed.
async fn as_file(request: Request, next: Next) -> Response {
    let path = request.uri().path().to_ascii_lowercase();
    if !may_be_file(&path) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let mut response = next.run(request).await;
    let found = response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED;
    if found {
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        if let Some(kind) = content_type(&path) {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        }
    }
    response
}

async fn published_only(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let published = PACKAGE_FILES.iter().any(|ending| path.ends_with(ending));
    if published && !path.contains("/node_modules/") {
        next.run(request).await
    } else {
        StatusCode::NOT_FOUND.into_response()
    }
}

/// Refuses what is hidden (`.git`), what climbs (`..`), what hides a slash or a
/// dot behind an encoding, and the addresses of the API. ServeDir refuses the
/// second by itself; this does not rely on it.
fn may_be_file(lower_path: &str) -> bool {
    let is_hidden = |part: &str| part.starts_with('.') || part.starts_with("%2e");
    let is_api = lower_path == "/v1" || lower_path.starts_with("/v1/");
    let is_disguised = ["//", "\\", "%2f", "%5c", "%00"].iter().any(|text| lower_path.contains(text));
    !is_api && !is_disguised && !lower_path.split('/').any(is_hidden)
}

/// The types that the table of ServeDir has differently, or without charset.
fn content_type(lower_path: &str) -> Option<&'static str> {
    match lower_path.rsplit('.').next()? {
        "js" | "mjs" => Some("text/javascript; charset=utf-8"),
        "css" => Some("text/css; charset=utf-8"),
        "html" | "/" => Some("text/html; charset=utf-8"),
        "ts" | "md" | "txt" => Some("text/plain; charset=utf-8"),
        _ if lower_path.ends_with('/') => Some("text/html; charset=utf-8"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_and_disguised_paths_are_no_files() {
        for (path, may) in [
            ("/", true),
            ("/index.html", true),
            ("/js/app.mjs", true),
            ("/a.b/c%20d.css", true),
            ("/.env", false),
            ("/js/.git/config", false),
            ("/%2eenv", false),
            ("/..", false),
            ("/js/../../secret", false),
            ("/%2e%2e/secret", false),
            ("/..%2fsecret", false),
            ("/js%2f.env", false),
            ("/..\\secret", false),
            ("/..%5csecret", false),
            ("//example.com", false),
            ("/a%00.html", false),
            ("/v1", false),
            ("/v1/keys", false),
            ("/v1.html", true),
        ] {
            assert_eq!(may_be_file(path), may, "{path}");
        }
    }
}
