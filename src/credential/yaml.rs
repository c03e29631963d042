//! As much of YAML as Conduce's configuration file uses, with the place of everything in the
//! text, so that one value can be replaced and all else stays. Parts that are not needed are
//! skipped by their indentation; a part that is needed and not understood is an error with
//! its line.

use crate::text::{before, replace};

/// The line, counted from 1, that is not understood.
pub type Fault = usize;

/// A member of a mapping.
pub struct Member {
    pub key: String,
    pub value: Node,
    /// Where its text ends; of a block's member, with its last line.
    pub end: usize,
}

/// A value, and where it is.
pub enum Node {
    /// Nothing after the colon, or a word that says so; the bytes in whose place
    /// something could be put.
    Nothing(usize, usize),
    /// A text and the bytes that it takes up, quotes included.
    Scalar(String, usize, usize),
    /// `{…}`, and where its brace closes.
    Flow(Vec<Member>, usize),
    /// Indented lines; their indentation and where they end.
    Block(Vec<Member>, usize, usize),
    /// Something else, which begins in this line.
    Other(Fault),
}

impl Node {
    /// The members, if it is a mapping.
    pub fn members(&self) -> &[Member] {
        match self {
            Node::Flow(members, _) | Node::Block(members, ..) => members,
            _ => &[],
        }
    }

    /// The value of a member.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.members().iter().find(|member| member.key == key).map(|member| &member.value)
    }

    /// The text, if it is one.
    pub fn text(&self) -> Option<&str> {
        match self {
            Node::Scalar(text, ..) => Some(text),
            _ => None,
        }
    }
}

/// The mapping that the whole file is.
pub fn parse(text: &str) -> Result<Node, Fault> {
    let mut lines = Vec::new();
    let mut start = 0;
    while let Some(rest) = text.get(start..).filter(|rest| !rest.is_empty()) {
        let whole = rest.get(..=before(rest, "\n").len()).unwrap_or(rest);
        let line = whole.trim_end_matches(['\n', '\r']);
        let content = line.trim_start_matches(' ');
        lines.push(Line {
            start,
            end: start + line.len(),
            indent: line.len() - content.len(),
            next: start + whole.len(),
        });
        start += whole.len();
    }
    Parser { text, lines }.document()
}

fn is_any(letter: char, of: &str) -> bool {
    of.chars().any(|one| one == letter)
}

/// A text as it can stand in any place of a file.
pub fn quoted(text: &str) -> String {
    let plain = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._@-+".contains(&b))
        // Words that YAML takes for true, false or nothing.
        && !["y", "n", "yes", "no", "on", "off", "true", "false", "null"]
            .iter()
            .any(|word| text.eq_ignore_ascii_case(word));
    if plain { text.into() } else { String::from("'") + &replace(text, "'", "''") + "'" }
}

struct Line {
    start: usize,
    end: usize,
    indent: usize,
    next: usize,
}

struct Parser<'a> {
    text: &'a str,
    lines: Vec<Line>,
}

impl Parser<'_> {
    fn document(&self) -> Result<Node, Fault> {
        let mut first = 0;
        while self.lines.get(first).is_some_and(|line| self.is_blank(line)) {
            first += 1;
        }
        if self.lines.get(first).is_some_and(|line| self.content(line).trim_end() == "---") {
            first += 1;
        }
        let (members, _) = self.block(first, self.lines.len(), 0, 0)?;
        Ok(Node::Block(members, 0, self.text.len()))
    }

    fn content(&self, line: &Line) -> &str {
        self.text.get(line.start + line.indent..line.end).unwrap_or_default()
    }

    fn is_blank(&self, line: &Line) -> bool {
        let content = self.content(line);
        content.is_empty() || content.starts_with('#')
    }

    /// The members in these lines, and where the last of them ends.
    fn block(&self, from: usize, to: usize, indent: usize, depth: u8) -> Result<(Vec<Member>, usize), Fault> {
        let mut members: Vec<Member> = Vec::new();
        let mut end = self.lines.get(from).map_or(self.text.len(), |line| line.start);
        let mut at = from;
        while at < to {
            let Some(line) = self.lines.get(at) else { break };
            if self.is_blank(line) {
                at += 1;
                continue;
            }
            let content = self.content(line);
            let marker =
                ["---", "...", "- ", "? ", "%", "{", "\t"].iter().any(|mark| content.starts_with(mark));
            if line.indent != indent || marker || content == "-" {
                return Err(at + 1);
            }
            let start = line.start + indent;
            let (key, _, after) = self.scalar(start, line.end, true).ok_or(at + 1)?;
            let after = self.skip_spaces(after, line.end);
            if self.text.get(after..after + 1) != Some(":") {
                return Err(at + 1);
            }
            // The lines that belong to it: deeper ones, and a list at its own depth.
            let mut last = at;
            for (index, below) in self.lines.iter().enumerate().take(to).skip(at + 1) {
                if !self.is_blank(below) {
                    if below.indent <= indent
                        && !(below.indent == indent && self.content(below).starts_with("- "))
                    {
                        break;
                    }
                    last = index;
                }
            }
            let value = self.value(after + 1, at, last + 1, indent, depth)?;
            end = self.lines.get(last).map_or(end, |line| line.next);
            members.push(Member { key, value, end });
            at = last + 1;
        }
        Ok((members, end))
    }

    fn value(&self, at: usize, line: usize, to: usize, indent: usize, depth: u8) -> Result<Node, Fault> {
        let end = self.lines.get(line).map_or(at, |line| line.end);
        let start = self.skip_spaces(at, end);
        let rest = self.text.get(start..end).unwrap_or_default();
        if rest.starts_with('{') {
            let limit = to.checked_sub(1).and_then(|last| self.lines.get(last)).map_or(end, |line| line.end);
            return match self.flow(start, limit, 0) {
                Some((node, after)) if self.is_over(after, limit) => Ok(node),
                _ => Err(line + 1),
            };
        }
        if rest.is_empty() || rest.starts_with('#') {
            let below = (line + 1..to).find_map(|index| {
                self.lines.get(index).filter(|line| !self.is_blank(line)).map(|line| (index, line.indent))
            });
            return match below {
                None => Ok(Node::Nothing(at, at)),
                Some((first, deeper)) if deeper > indent && depth < 8 => {
                    match self.block(first, to, deeper, depth + 1) {
                        Ok((members, end)) => Ok(Node::Block(members, deeper, end)),
                        // Nobody may ever ask for it.
                        Err(fault) => Ok(Node::Other(fault)),
                    }
                }
                Some(_) => Ok(Node::Other(line + 1)),
            };
        }
        match self.scalar(start, end, false) {
            Some((text, from, after)) if to == line + 1 && self.is_over(after, end) => {
                Ok(self.node(at, text, from, after))
            }
            _ => Ok(Node::Other(line + 1)),
        }
    }

    /// A text, or nothing where it is not quoted and says so; `at` is behind the colon.
    fn node(&self, at: usize, text: String, from: usize, after: usize) -> Node {
        match text.as_str() {
            "~" | "null" | "Null" | "NULL" if self.text.get(from..after) == Some(&text) => {
                Node::Nothing(at, after)
            }
            _ => Node::Scalar(text, from, after),
        }
    }

    /// `{…}` from its brace; and what comes after it.
    fn flow(&self, open: usize, limit: usize, depth: u8) -> Option<(Node, usize)> {
        if depth > 8 {
            return None;
        }
        let mut members = Vec::new();
        let mut at = self.skip_blanks(open + 1, limit);
        loop {
            if self.byte(at) == Some(b'}') {
                return Some((Node::Flow(members, at), at + 1));
            }
            let (key, _, after) = self.scalar(at, limit, true)?;
            let colon = self.skip_blanks(after, limit);
            if self.byte(colon) != Some(b':') {
                return None;
            }
            at = self.skip_blanks(colon + 1, limit);
            let (value, end) = match self.byte(at)? {
                b',' | b'}' => (Node::Nothing(colon + 1, colon + 1), colon + 1),
                b'{' => self.flow(at, limit, depth + 1)?,
                b'[' => return None,
                _ => {
                    let (text, from, after) = self.scalar(at, limit, true)?;
                    (self.node(colon + 1, text, from, after), after)
                }
            };
            members.push(Member { key, value, end });
            at = self.skip_blanks(end, limit);
            match self.byte(at)? {
                b',' => at = self.skip_blanks(at + 1, limit),
                b'}' => {}
                _ => return None,
            }
        }
    }

    /// A text from here, where it begins and ends. In a key and in `{…}` a colon
    /// ends a plain one, and a comma and a brace do.
    fn scalar(&self, start: usize, limit: usize, narrow: bool) -> Option<(String, usize, usize)> {
        let rest = self.text.get(start..limit)?;
        let mut letters = rest.char_indices();
        let first = rest.chars().next()?;
        let mut out = String::new();
        if first == '\'' || first == '"' {
            letters.next();
            while let Some((index, letter)) = letters.next() {
                match letter {
                    '\'' if first == '\'' && rest.get(index + 1..)?.starts_with('\'') => {
                        letters.next();
                        out.push('\'');
                    }
                    '\\' if first == '"' => match letters.next()?.1 {
                        c @ ('"' | '\\' | '/') => out.push(c),
                        _ => return None,
                    },
                    '\n' => return None,
                    c if c == first => return Some((out, start, start + index + 1)),
                    c => out.push(c),
                }
            }
            return None;
        }
        if is_any(first, "&*!|>[]{}%@`#,?\r") {
            return None;
        }
        let ends = |index: usize, letter: char| {
            let next = rest.get(index + letter.len_utf8()..).and_then(|rest| rest.chars().next());
            let before = rest.get(..index).unwrap_or_default();
            letter == '\n'
                || (letter == '#' && before.ends_with(' '))
                || (letter == ':' && next.is_none_or(|c| is_any(c, " \r\n") || (narrow && is_any(c, ",}"))))
                || (narrow && is_any(letter, ",{}[]"))
        };
        let end =
            letters.find(|(index, letter)| ends(*index, *letter)).map_or(rest.len(), |(index, _)| index);
        let text = rest.get(..end)?.trim_end();
        // A colon ends a plain value outside of braces too, but may not be there.
        (!text.is_empty()).then(|| (text.into(), start, start + text.len()))
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    fn skip_spaces(&self, mut at: usize, limit: usize) -> usize {
        while at < limit && self.byte(at) == Some(b' ') {
            at += 1;
        }
        at
    }

    /// Over white space, line breaks and comments.
    fn skip_blanks(&self, mut at: usize, limit: usize) -> usize {
        while at < limit {
            match self.byte(at) {
                Some(b' ' | b'\n' | b'\r' | b'\t') => at += 1,
                Some(b'#') if self.begins_a_comment(at) => {
                    let rest = self.text.get(at..limit).unwrap_or_default();
                    at += before(rest, "\n").len();
                }
                _ => break,
            }
        }
        at
    }

    /// Right behind something, a `#` is none.
    fn begins_a_comment(&self, at: usize) -> bool {
        let before = at.checked_sub(1).and_then(|before| self.byte(before));
        matches!(before, None | Some(b' ' | b'\t' | b'\n'))
    }

    /// Whether only white space and comments follow.
    fn is_over(&self, after: usize, limit: usize) -> bool {
        self.skip_blanks(after, limit) >= limit
    }
}
