//! Files of the page and of the package, and the headers on every answer.

use std::fs;

use axum::http::Method;

use crate::harness::Service;

/// A service that serves a page and a package; a secret lies beside them.
async fn service() -> (Service, tempfile::TempDir) {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path();
    for (path, text) in [
        ("secret.txt", "hush"),
        ("www/index.html", "<!doctype html>"),
        ("www/app.js", "export {}"),
        ("www/more.mjs", "export {}"),
        ("www/look.css", "a {}"),
        ("www/icon.svg", "<svg/>"),
        ("www/.env", "hush"),
        ("www/.git/config", "hush"),
        ("www/sub/index.html", "<!doctype html>"),
        ("www/v1/keys", "not the API"),
        ("docs/index.html", "<!doctype html>"),
        ("docs/guides/hono.html", "<!doctype html>"),
        ("docs/.env", "hush"),
        ("pkg/index.js", "export {}"),
        ("pkg/index.d.ts", "export {}"),
        ("pkg/package.json", "{}"),
        ("pkg/wasm/keylatch_bg.wasm", "\0asm"),
        ("pkg/README.md", "hush"),
        ("pkg/keylatch.tgz", "hush"),
        ("pkg/index.ts", "hush"),
        ("pkg/.npmrc", "hush"),
        ("pkg/node_modules/x/index.js", "hush"),
    ] {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let [www, pkg, docs] = ["www", "pkg", "docs"].map(|name| Some(root.join(name)));
    let service = Service::with(|config| (config.www, config.pkg, config.docs) = (www, pkg, docs)).await;
    (service, directory)
}

#[tokio::test]
async fn files_have_their_type_and_are_asked_for_anew() {
    let (service, _directory) = service().await;
    for (path, kind) in [
        ("/", "text/html; charset=utf-8"),
        ("/index.html", "text/html; charset=utf-8"),
        ("/sub/", "text/html; charset=utf-8"),
        ("/app.js", "text/javascript; charset=utf-8"),
        ("/more.mjs", "text/javascript; charset=utf-8"),
        ("/look.css", "text/css; charset=utf-8"),
        ("/icon.svg", "image/svg+xml"),
        ("/docs/", "text/html; charset=utf-8"),
        ("/docs/guides/hono.html", "text/html; charset=utf-8"),
        ("/keylatch/index.js", "text/javascript; charset=utf-8"),
        ("/keylatch/index.d.ts", "text/plain; charset=utf-8"),
        ("/keylatch/package.json", "application/json"),
        ("/keylatch/wasm/keylatch_bg.wasm", "application/wasm"),
    ] {
        let answer = service.get(path).await;
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.header("content-type"), kind, "{path}");
        assert_eq!(answer.header("cache-control"), "no-cache", "{path}");
        assert_eq!(service.call(Method::HEAD, path).await.status, 200, "{path}");
        let known = service.get(path).header("if-modified-since", answer.header("last-modified"));
        assert_eq!(known.await.status, 304, "{path}");
    }
}

#[tokio::test]
async fn files_are_compressed_and_revalidated_by_their_tag_and_answers_of_the_api_are_not() {
    let (service, directory) = service().await;
    let long = "export const word = 'again and again';\n".repeat(100);
    fs::write(directory.path().join("www/app.js"), &long).unwrap();
    fs::write(directory.path().join("pkg/index.js"), &long).unwrap();
    for path in ["/app.js", "/keylatch/index.js"] {
        let whole = service.get(path).await;
        assert_eq!(whole.text, long, "{path}");
        assert!(!whole.headers.contains_key("content-encoding"), "{path}");
        for encoding in ["br", "gzip"] {
            let packed = service.get(path).header("accept-encoding", encoding).await;
            assert_eq!(packed.header("content-encoding"), encoding, "{path}");
            assert!(packed.text.len() < long.len() / 5, "{path}");
            assert_eq!(packed.header("etag"), format!("W/{}", whole.header("etag")), "{path}");
            let known = service
                .get(path)
                .header("accept-encoding", encoding)
                .header("if-none-match", packed.header("etag"));
            assert_eq!(known.await.status, 304, "{path}");
        }
        let other = service.get(path).header("if-none-match", "\"another\"").await;
        assert_eq!(other.status, 200, "{path}");
    }
    let api = service.get("/openapi.json").header("accept-encoding", "br, gzip").await;
    assert!(!api.headers.contains_key("content-encoding"));
}

#[tokio::test]
async fn nothing_else_is_served() {
    let (service, _directory) = service().await;
    for path in [
        "/nothing.html",
        "/.env",
        "/%2eenv",
        "/.git/config",
        "/../secret.txt",
        "/..%2fsecret.txt",
        "/%2e%2e/secret.txt",
        "/%2e%2e%2fsecret.txt",
        "/sub/../../secret.txt",
        "/sub%2f..%2f..%2fsecret.txt",
        "/..%5csecret.txt",
        "//secret.txt",
        "/app.js%00.html",
        "/docs/.env",
        "/docs/../secret.txt",
        "/docs/..%2fsecret.txt",
        "/docs/nothing.html",
        "/keylatch/README.md",
        "/keylatch/keylatch.tgz",
        "/keylatch/index.ts",
        "/keylatch/.npmrc",
        "/keylatch/node_modules/x/index.js",
        "/keylatch/../secret.txt",
        "/keylatch/..%2fwww%2f.env",
        "/keylatch/%2e%2e/secret.json",
        "/keylatch/",
        "/keylatch",
        "/keylatch/wasm",
        "/v1/keys/",
        "/v1/nothing",
    ] {
        let answer = service.get(path).await;
        assert!(!answer.text.contains("hush"), "{path}");
        answer.problem(404, "not_found");
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
    }
    service.get("/v1/keys").await.problem(401, "unauthorized");
    service.post("/index.html").await.problem(405, "invalid_request");
}

#[tokio::test]
async fn the_documents_are_found_without_a_slash() {
    let (service, _directory) = service().await;
    let answer = service.get("/docs").await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (308, "/docs/"));
}

#[tokio::test]
async fn every_answer_tells_browsers_to_be_careful() {
    let (service, _directory) = service().await;
    for path in ["/", "/app.js", "/keylatch/index.js", "/health", "/v1/keys", "/nothing", "/openapi.json"] {
        let answer = service.get(path).await;
        for (header, value) in [
            (
                "content-security-policy",
                "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
                 connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
                 require-trusted-types-for 'script'; trusted-types 'none'",
            ),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(header), value, "{path}");
        }
        assert!(answer.header("permissions-policy").contains("camera=()"), "{path}");
        assert_eq!(answer.headers.get_all("cache-control").iter().count(), 1, "{path}");
    }
}

#[tokio::test]
async fn a_directory_that_is_not_there_is_told_at_the_start() {
    let directory = tempfile::tempdir().unwrap();
    let database = keylatch_server::Database::Sqlite(directory.path().join("keys.db"));
    let mut config = crate::harness::config(database, &crate::harness::clock());
    config.www = Some(directory.path().join("nothing"));
    let error = keylatch_server::App::open(config).await.err().unwrap().to_string();
    assert!(error.contains("nothing") && error.contains("--www"), "{error}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_link_out_of_the_directory_leads_nowhere() {
    let (service, directory) = service().await;
    let root = directory.path();
    let link = |to: &str, from: &str| std::os::unix::fs::symlink(root.join(to), root.join(from)).unwrap();
    link("secret.txt", "www/innocent.txt");
    link("secret.txt", "pkg/innocent.js");
    link("", "www/up");
    link("www/app.js", "www/inside.js");
    for path in
        ["/innocent.txt", "/keylatch/innocent.js", "/up/secret.txt", "/up/www/.env", "/%69nnocent.txt"]
    {
        let answer = service.get(path).await;
        assert_eq!(answer.status, 404, "{path}: {}", answer.text);
        assert!(!answer.text.contains("hush"), "{path}");
    }
    assert_eq!(service.get("/inside.js").await.text, "export {}", "within it is fine");
}
