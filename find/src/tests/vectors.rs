//! The catalogue against known keys: each checksum has a vector, each kind is found.

use std::collections::BTreeMap;
use std::string::String;
use std::sync::OnceLock;
use std::vec::Vec;

use keylatch_format::services::{Kind, kinds, lines};

use crate::Engine;

/// The catalogue, and the kind of each shape.
pub(super) fn catalogue() -> (Engine, Vec<Kind<'static>>) {
    let mut engine = Engine::new();
    let mut owners = Vec::new();
    for kind in kinds() {
        for shape in &kind.shapes {
            let added = engine.add(shape, !kind.needs_context);
            added.unwrap_or_else(|why| panic!("{} {}: {shape}: {why}", kind.service, kind.name));
            owners.push(kind.clone());
        }
    }
    let without = engine.compile().map(|number| &owners[number]);
    assert!(without.is_none(), "{without:?} begins like anything, so it is marked by `context`");
    (engine, owners)
}

/// The same, made once.
pub(super) fn shared() -> &'static (Engine, Vec<Kind<'static>>) {
    static SHARED: OnceLock<(Engine, Vec<Kind<'static>>)> = OnceLock::new();
    SHARED.get_or_init(catalogue)
}

#[test]
fn every_line_is_understood_and_the_services_are_told_by_their_first_line() {
    assert_eq!(lines().count(), kinds().count());
    let mut titles: BTreeMap<&str, usize> = BTreeMap::new();
    let mut names: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for kind in kinds() {
        *titles.entry(kind.service).or_default() += usize::from(kind.fact("title").is_some());
        *names.entry((kind.service, kind.name)).or_default() += 1;
    }
    for own in ["keylatch", "lambda", "conduce"] {
        assert_eq!(titles.remove(own), Some(0), "{own} has its title in the crate's own services");
    }
    assert!(titles.len() >= 60, "{}", titles.len());
    assert!(titles.values().all(|count| *count == 1), "{titles:?}");
    assert!(names.values().all(|count| *count == 1), "{names:?}");
    for kind in kinds().filter(|kind| !kind.facts.is_empty()) {
        assert!(kind.fact("from").is_some(), "{}: no source", kind.service);
        let is_known =
            |fact: &str| ["title", "send", "env", "page", "from"].contains(&fact.split(": ").next().unwrap());
        assert!(kind.facts.split("; ").all(is_known), "{}", kind.facts);
    }
}

#[test]
fn an_example_of_each_kind_is_one_and_is_found_in_a_text() {
    let (engine, owners) = catalogue();
    for (number, kind) in owners.iter().enumerate() {
        for seed in 1..20 {
            let key = engine.example(number as u32, seed * 7919);
            let mut own = false;
            engine.is(key.as_bytes(), |found, is_doubtful| own |= found == number as u32 && !is_doubtful);
            assert!(own, "{} {}: {key}", kind.service, kind.name);
            if kind.needs_context {
                continue;
            }
            for (before, after) in [
                ("", ""),
                ("x = '", "';"),
                ("{\\\"k\\\":\\\"", "\\\"}"),
                ("\u{e9}\\n", "\\n"),
                ("q=%3D", "&a"),
                ("a\u{1b}[31m", "\u{1b}[0m"),
                ("q%253D", "%2526"),
                ("<a b=3D\"a&#61;", "&quot;"),
            ] {
                let text = [before, &key, after].concat();
                let mut found = Vec::new();
                engine.scan(text.as_bytes(), 0, true, &mut found);
                let whole = found
                    .iter()
                    .any(|found| found.start <= before.len() && found.end >= before.len() + key.len());
                assert!(whole && found.len() == 1, "{} {}: {text} {found:?}", kind.service, kind.name);
            }
        }
    }
}

/// A key, and what is said of it: `ok`, `doubtful` (an observed checksum fails) or `no`.
const VECTORS: &[(&str, &str, &str)] = &[
    ("github", "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", "ok"),
    ("github", "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", "ok"),
    ("github", "ghu_16C7e42F292c6912E7710c838347Ae178B4a", "no"),
    ("github", "ghr_1B4a2e77838347a7E420ce178F2E7c6912E169246c34E1ccbF66C46812d16D5B1A9Dc86A1498", "no"),
    ("npm", "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", "ok"),
    ("npm", "npm_qkJaB6MffYVzZXWqmcoF49yrUxP3wf0lSAKp", "doubtful"),
    ("grafana", "glsa_iNValIdinValiDinvalidinvalidinva_5b582697", "ok"),
    ("grafana", "glsa_iNValIdinValiDinvalidinvalidinva_9726585b", "no"),
    ("crates-io", "cio_tp_gGK6jurSwKyl9V3Az19z7YEFQI9aoOOd", "ok"),
    ("crates-io", "cio_tp_0000000000000000000000000000000w", "ok"),
    ("crates-io", "cio_tp_00000000000000000000000000000000", "no"),
    ("cloudflare", "cfut_aAbBcCdDeEfFgGhHiIjJkKlLmMnNoOpPqQrRsStT03fa099b", "ok"),
    ("cloudflare", "cfut_aAbBcCdDeEfFgGhHiIjJkKlLmMnNoOpPqQrRsStT9b09fa03", "doubtful"),
    ("gitlab", "glpat-AAAAAAAAAAAAAAAAAAAAAAAAAAA.01.0r1jbw1s6", "ok"),
    ("gitlab", "glpat-AAAAAAAAAAAAAAAAAAAAAAAAAAA.01.0r1jbw1s7", "no"),
    ("vercel", "vcp_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA1cGWCC", "ok"),
    ("vercel", "vcp_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA1cGWCD", "doubtful"),
    ("aws", "AKIAIOSFODNN7EXAMPLE", "ok"),
    ("aws", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "ok"),
    ("stripe", "sk_test_4eC39HqLyjWDarjtT1zdp7dc", "ok"),
    ("heroku", "HRKU-AALJCYR7SRzPkj9_BGqhi1jAI1J5P4WfD6ITENvdVydAPCnNcAlrMMahHrTo", "ok"),
    ("heroku", "HRKU-57dce771-afad-4c41-a8a5-d10b7fbc743c", "ok"),
    ("discord", "MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs", "ok"),
    // The samples of the service are one character shorter than what it issues.
    ("telegram", "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw", "no"),
    ("supabase", "sb_publishable_ACJWlzQHlZjBrEguHvfOxg_3BJgxAaH", "ok"),
    ("supabase", "sb_secret_N7UND0UgjKTVK-Uodkm0Hg_xSvEMPvz", "ok"),
    (
        "azure",
        "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==",
        "ok",
    ),
    ("google", "AIzaSyabcdefghijklmnopqrstuvwxyz1234567", "ok"),
    ("dockerhub", "dckr_pat_124509ugsdjga93", "no"),
    ("hetzner", "LRK9DAWQ1ZAEFSrCNEEzLCUwhYX1U3g7wMg4dTlkkDC96fyDuyJ39nVbVjCKSDfj", "ok"),
    (
        "github",
        "github_pat_11AAAAAAAAAAAAAAAAAAAA_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAU2X4U7I7AAAAAAAA",
        "ok",
    ),
];

#[test]
fn the_vectors_of_vendors_and_scanners_are_answered_as_known() {
    let (engine, owners) = catalogue();
    for (service, key, expected) in VECTORS {
        let mut answer = "no";
        engine.is(key.as_bytes(), |number, is_doubtful| {
            if owners[number as usize].service == *service && answer != "ok" {
                answer = if is_doubtful { "doubtful" } else { "ok" };
            }
        });
        assert_eq!(answer, *expected, "{key}");
    }
    let atlassian = ["ATATT3xFfGF0", &"A".repeat(171), "=9F90C792"].concat();
    let mut is_good = false;
    engine.is(atlassian.as_bytes(), |_, is_doubtful| is_good |= !is_doubtful);
    assert!(is_good);
}

#[test]
fn each_checksum_is_claimed_where_a_vector_passes_it() {
    let (engine, owners) = catalogue();
    for kind in owners.iter().filter(|kind| {
        kind.shapes
            .iter()
            .any(|shape| shape.contains("crc32-") || shape.contains("xor-") || shape.contains("sha256-"))
    }) {
        if matches!(kind.service, "keylatch" | "atlassian") {
            continue;
        }
        // The same algorithm of the same service, whatever stands before it.
        let algorithm = kind.shapes[0]
            .split('<')
            .find_map(|part| part.split_once(':').map(|(name, _)| name).filter(|name| name.contains('-')))
            .unwrap();
        let proven = VECTORS.iter().any(|(service, key, expected)| {
            let mut is_good = false;
            engine.is(key.as_bytes(), |number, is_doubtful| {
                let own = &owners[number as usize];
                is_good |= own.service == *service && !is_doubtful && own.shapes[0].contains(algorithm);
            });
            *expected == "ok" && *service == kind.service && is_good
        });
        assert!(proven, "{} {}: {algorithm}", kind.service, kind.name);
    }
}

#[test]
fn text_that_only_looks_filled_is_no_key() {
    let (engine, _) = catalogue();
    for text in [
        "sk_live_xxxxxxxxxxxxxxxxxxxxxxxx",
        "AIzaSyabcdefghijklmnopqrstuvwxyz1234567",
        "AKIAIOSFODNN7EXAMPLE",
        "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",
        "6f1d2c1e-0000-4000-8000-000000000001",
        "d41d8cd98f00b204e9800998ecf8427e",
        "integrity sha512-zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq17zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq17w==",
    ] {
        let mut found = Vec::new();
        engine.scan(text.as_bytes(), 0, true, &mut found);
        assert!(found.is_empty(), "{text}: {found:?}");
    }
}

#[test]
fn every_shape_is_told_with_the_place_that_does_not_fit() {
    let (engine, owners) = catalogue();
    let github: Vec<usize> = (0..owners.len()).filter(|number| owners[*number].service == "github").collect();
    let range = github[0]..github[github.len() - 1] + 1;
    for (text, at) in
        [("ghp_zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq18", 34), ("ghp_zQWBuTSO!", 12), ("ghp", 3), ("xyz", 0)]
    {
        let nearest = engine.nearest(text.as_bytes(), range.clone()).unwrap();
        assert_eq!(nearest.at, at, "{text} {}", String::from(owners[nearest.kind as usize].name));
    }
}
