//! The services whose keys are known by their look: `services.txt`, parsed.

use alloc::vec::Vec;

/// The file.
pub const TEXT: &str = include_str!("../services.txt");

/// One kind of key of a service.
#[derive(Clone, Debug)]
pub struct Kind<'t> {
    /// The id of the service.
    pub service: &'t str,
    /// What the service calls such a key.
    pub name: &'t str,
    /// What it is for: `secret`, `publishable` or `identifier`.
    pub purpose: &'t str,
    /// Whether it is of test mode.
    pub is_test: bool,
    /// Whether its shape begins like anything.
    pub needs_context: bool,
    /// `documented` or `observed`.
    pub certainty: &'t str,
    /// What it looks like, in one of these shapes.
    pub shapes: Vec<&'t str>,
    /// `title: …; send: …`, in the first line of a service.
    pub facts: &'t str,
}

impl<'t> Kind<'t> {
    /// Reads a line of the file.
    pub fn parse(line: &'t str) -> Option<Self> {
        let mut fields = line.split(" | ");
        let (service, name) = (fields.next()?, fields.next()?);
        let mut words = fields.next()?.split(' ');
        let mut kind = Kind {
            service,
            name,
            purpose: words.next()?,
            is_test: false,
            needs_context: false,
            certainty: fields.next()?,
            shapes: fields.next()?.split(' ').collect(),
            facts: fields.next().unwrap_or_default(),
        };
        for word in words {
            match word {
                "test" => kind.is_test = true,
                "context" => kind.needs_context = true,
                _ => return None,
            }
        }
        let is_known = ["secret", "publishable", "identifier"].contains(&kind.purpose)
            && ["documented", "observed"].contains(&kind.certainty)
            && fields.next().is_none();
        is_known.then_some(kind)
    }

    /// A fact of the service, such as its `title`.
    pub fn fact(&self, name: &str) -> Option<&'t str> {
        self.facts.split("; ").find_map(|fact| fact.strip_prefix(name)?.strip_prefix(": "))
    }
}

/// All kinds, in the order of the file.
pub fn kinds() -> impl Iterator<Item = Kind<'static>> {
    lines().filter_map(Kind::parse)
}

/// The lines that are no comment.
pub fn lines() -> impl Iterator<Item = &'static str> {
    TEXT.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_field_by_field() {
        let line = "acme | api-key | secret test context | documented | a b | title: A; send: bearer";
        let kind = Kind::parse(line).unwrap();
        assert_eq!((kind.service, kind.name, kind.purpose), ("acme", "api-key", "secret"));
        assert_eq!((kind.is_test, kind.needs_context, kind.certainty), (true, true, "documented"));
        assert_eq!((kind.shapes.as_slice(), kind.facts), (["a", "b"].as_slice(), "title: A; send: bearer"));
        let facts = ["title", "send", "page", "titl"].map(|name| kind.fact(name));
        assert_eq!(facts, [Some("A"), Some("bearer"), None, None]);
        for (words, expected) in [
            ("secret", (false, false)),
            ("identifier test", (true, false)),
            ("publishable context", (false, true)),
        ] {
            let line = ["acme | key | ", words, " | observed | a"].concat();
            let kind = Kind::parse(&line).unwrap();
            assert_eq!(
                (kind.is_test, kind.needs_context, kind.facts),
                (expected.0, expected.1, ""),
                "{words}"
            );
        }
    }

    #[test]
    fn a_line_that_is_not_understood_is_none() {
        for line in [
            "",
            "acme",
            "acme | key | secret | observed",
            "acme | key | private | observed | a",
            "acme | key | secret | guessed | a",
            "acme | key | secret prod | observed | a",
            "acme | key | secret | observed | a | title: A | b",
        ] {
            assert!(Kind::parse(line).is_none(), "{line}");
        }
    }

    #[test]
    fn each_line_but_comments_is_a_kind() {
        assert!(lines().all(|line| Kind::parse(line).is_some()));
        let others = TEXT.lines().filter(|line| line.starts_with('#') || line.is_empty()).count();
        assert_eq!(lines().count() + others, TEXT.lines().count());
        assert_eq!(kinds().next().map(|kind| (kind.service, kind.name)), Some(("keylatch", "key")));
    }
}
