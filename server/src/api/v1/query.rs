//! Reading a query by hand, so that a misspelt parameter is an error and not a
//! longer list.

use crate::applications::look::Page;
use crate::http::problem::{Problem, ProblemCode};

/// What a page has when nothing else is asked for.
pub(super) const DEFAULT_LIMIT: usize = 50;

/// The parameters of a query, each of which stands once.
pub(super) struct Query(Vec<(&'static str, String)>);

impl Query {
    /// # Errors
    /// 422 for a parameter that is not among the known ones, or stands twice.
    pub(super) fn read(query: Option<&str>, known: &[&'static str]) -> Result<Self, Problem> {
        let mut read: Vec<(&'static str, String)> = Vec::new();
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            let name = known.iter().find(|known| **known == name).ok_or_else(|| unknown(known))?;
            if read.iter().any(|(earlier, _)| earlier == name) {
                return Err(Problem::field(*name, "This parameter stands twice in the query. Send it once."));
            }
            read.push((name, value.into_owned()));
        }
        Ok(Query(read))
    }

    /// The value of a parameter, if it is there.
    pub(super) fn take(&mut self, name: &str) -> Option<String> {
        let index = self.0.iter().position(|(known, _)| *known == name)?;
        Some(self.0.swap_remove(index).1)
    }

    /// `limit`: how much of a list is asked for at once.
    pub(super) fn limit(&mut self) -> Result<Option<usize>, Problem> {
        self.number("limit", 1, 100)
    }

    /// `ends_within_days`: what ends soon.
    pub(super) fn ends_within_days(&mut self) -> Result<Option<u32>, Problem> {
        self.number("ends_within_days", 1, 3660)
    }

    /// `cursor` and `limit`.
    pub(super) fn page(&mut self) -> Result<Page, Problem> {
        let limit = self.limit()?.unwrap_or(DEFAULT_LIMIT);
        Ok(Page { cursor: self.take("cursor").unwrap_or_default(), limit })
    }

    /// `status`, which is one of these words; the last of them when it is absent.
    pub(super) fn status(&mut self, words: &[&'static str]) -> Result<String, Problem> {
        let value =
            self.take("status").or_else(|| words.last().map(|word| (*word).to_owned())).unwrap_or_default();
        if words.contains(&value.as_str()) {
            return Ok(value);
        }
        Err(Problem::field("status", format!("`status` must be one of {}.", words.join(", "))))
    }

    /// `search`, without the white space around it.
    pub(super) fn search(&mut self) -> Result<String, Problem> {
        let value = self.take("search").unwrap_or_default();
        let value = value.trim();
        if value.chars().count() > 100 || value.contains(char::is_control) {
            return Err(Problem::field(
                "search",
                "`search` is part of a name: at most 100 characters, no control characters.",
            ));
        }
        Ok(value.to_owned())
    }

    fn number<N>(&mut self, name: &'static str, least: N, most: N) -> Result<Option<N>, Problem>
    where
        N: std::str::FromStr + PartialOrd + Copy + std::fmt::Display,
    {
        let Some(text) = self.take(name) else { return Ok(None) };
        let number = text.parse().ok().filter(|number| (least..=most).contains(number));
        number
            .map(Some)
            .ok_or_else(|| Problem::field(name, format!("`{name}` must be a number from {least} to {most}.")))
    }
}

fn unknown(known: &[&'static str]) -> Problem {
    let detail = match known {
        [most @ .., last] if !most.is_empty() => format!("There are {} and {last}.", most.join(", ")),
        known => format!("There is {}.", known.concat()),
    };
    Problem::new(
        ProblemCode::InvalidRequest,
        format!("The query has a parameter that is not known here. {detail}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_is_known_and_stands_once() {
        let read = |query| Query::read(Some(query), &["status", "cursor", "limit"]);
        let mut query = read("limit=7&cursor=a%20b").unwrap();
        let page = query.page().unwrap();
        assert_eq!((page.limit, page.cursor.as_str()), (7, "a b"));
        assert!(query.take("status").is_none());
        let detail = read("limti=7").err().unwrap().detail;
        assert!(detail.ends_with("There are status, cursor and limit."), "{detail}");
        assert_eq!(read("limit=1&limit=1").err().unwrap().field.as_deref(), Some("limit"));
        for wrong in ["limit=0", "limit=101", "limit=", "limit=x", "limit=-1"] {
            assert!(read(wrong).unwrap().limit().is_err(), "{wrong}");
        }
    }
}
