//! What the answer to a request must state before it counts as a success.
//!
//! Together with the requests that they belong to, these are one table: for each
//! operation of each service the statuses, and what the body says. It is read
//! in one place, `lifecycle/stated.rs`, and everything else is `bad_response`.

use super::endpoint::{Endpoint, Operation};

/// A row of the table.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// The statuses that mean success.
    pub statuses: Statuses,
    /// What stands in the body. A 204 has none.
    pub states: States,
}

impl Answer {
    /// A row with the usual statuses.
    pub const fn stating(states: States) -> Self {
        Answer { statuses: states.statuses(), states }
    }

    /// A row of a built-in service that documents its statuses.
    pub const fn new(statuses: &[u16], states: States) -> Self {
        Answer { statuses: Statuses::of(statuses), states }
    }

    /// The row of a declared endpoint that says nothing of its answer.
    /// `tells_validity` says that the declaration has a place for the answer to
    /// validate.
    pub fn derived(operation: Operation, endpoint: &Endpoint, tells_validity: bool) -> Self {
        let is_probe = operation == Operation::Validate && !tells_validity && !endpoint.uses("secret");
        let states = match States::of(operation) {
            // A cheap call that stands in for validate: that it succeeds is all there is.
            _ if is_probe => States::Anything,
            [first, ..] => *first,
            [] => States::Anything,
        };
        Answer::stating(states)
    }
}

/// Some of the statuses from 200 to 231, a bit for each.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Statuses(u32);

impl Statuses {
    /// These.
    pub const fn of(mut statuses: &[u16]) -> Self {
        let mut bits = 0;
        while let [status, rest @ ..] = statuses {
            bits |= Statuses::bit(*status);
            statuses = rest;
        }
        Statuses(bits)
    }

    /// Whether it is one of them.
    pub const fn has(self, status: u16) -> bool {
        self.0 & Statuses::bit(status) != 0
    }

    /// All of them, in order.
    pub fn iter(self) -> impl Iterator<Item = u16> {
        (200..=231).filter(move |status| self.has(*status))
    }

    const fn bit(status: u16) -> u32 {
        match status {
            200..=231 => 1 << (status - 200),
            _ => 0,
        }
    }
}

/// What the body of an answer states.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum States {
    /// A key: for get, revoke and delete the one that was asked for.
    Key,
    /// A key, and its secret.
    NewKey,
    /// A list of keys.
    Keys,
    /// Whose credential it is.
    Account,
    /// Whether the key works: true or false.
    Valid,
    /// That a key has ended: the key that was asked for, or a few words.
    End,
    /// Nothing: there is no body.
    Nothing,
    /// Something that nobody reads. A web page or an error is still no success.
    Anything,
}

impl States {
    /// All of them.
    pub const ALL: [States; 8] = [
        States::Key,
        States::NewKey,
        States::Keys,
        States::Account,
        States::Valid,
        States::End,
        States::Nothing,
        States::Anything,
    ];

    /// As it stands in declarations.
    pub fn as_str(self) -> &'static str {
        match self {
            States::Key => "key",
            States::NewKey => "newKey",
            States::Keys => "keys",
            States::Account => "account",
            States::Valid => "valid",
            States::End => "end",
            States::Nothing => "nothing",
            States::Anything => "anything",
        }
    }

    /// As it stands in "expected status 200 with _".
    pub fn phrase(self) -> &'static str {
        match self {
            States::Key => "the key",
            States::NewKey => "the new key",
            States::Keys => "the list of keys",
            States::Account => "the account",
            States::Valid => "true or false",
            States::End => "the key that was ended",
            States::Nothing => "no body",
            States::Anything => "an answer of its API",
        }
    }

    /// What the answer to an operation can state; first what it states in a
    /// declaration that says no other.
    pub fn of(operation: Operation) -> &'static [States] {
        match operation {
            Operation::SignIn => &[States::Anything, States::Account, States::Nothing],
            Operation::Whoami => &[States::Account],
            Operation::Create | Operation::Rotate => &[States::NewKey],
            Operation::List => &[States::Keys],
            Operation::Get => &[States::Key],
            Operation::Revoke | Operation::Delete => {
                &[States::End, States::Key, States::Nothing, States::Anything]
            }
            Operation::Validate => &[States::Valid, States::Account, States::Anything],
            Operation::SignOut | Operation::TakeBack => &[States::Nothing, States::Anything],
            Operation::CheckSession => &[States::Anything, States::Nothing],
        }
    }

    /// The usual statuses. A 202 states that something will be done, which is no
    /// success yet (RFC 9110, section 15.3.3).
    pub const fn statuses(self) -> Statuses {
        match self {
            States::Nothing => Statuses::of(&[204]),
            States::End => Statuses::of(&[200, 201, 204]),
            States::Anything => Statuses(!Statuses::bit(202)),
            States::Key | States::NewKey | States::Keys | States::Account | States::Valid => {
                Statuses::of(&[200, 201])
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;
    use crate::http::Method;
    use crate::provider::{Template, Text, builtins};

    #[test]
    fn statuses_are_a_set() {
        let some = Statuses::of(&[200, 204, 404]);
        assert!(some.has(200) && some.has(204) && !some.has(201) && !some.has(404));
        assert!(some.iter().eq([200, 204]));
        let any = States::Anything.statuses();
        assert!(any.has(200) && any.has(226) && !any.has(202) && !any.has(300) && !any.has(0));
    }

    #[test]
    fn each_built_in_answer_is_one_that_its_operation_can_have() {
        for provider in builtins() {
            for (operation, Endpoint { answer, .. }) in provider.endpoints.0.iter() {
                let what = format!("{}, {}", provider.id, operation.name());
                assert!(States::of(*operation).contains(&answer.states), "{what}");
                assert!(answer.statuses.iter().next().is_some(), "{what}");
            }
        }
    }

    #[test]
    fn what_a_declaration_leaves_open_follows_from_the_request() {
        static SECRET: &[(Text, Template)] = &[(Cow::Borrowed("k"), Template::text("{secret}"))];
        let any = Answer::new(&[200], States::Anything);
        let plain = Endpoint::new(Method::Get, "/x", &[], any);
        let asking = Endpoint::new(Method::Post, "/x", SECRET, any);
        let states = |operation, endpoint, declared| Answer::derived(operation, endpoint, declared).states;
        assert!(states(Operation::Validate, &plain, false) == States::Anything);
        assert!(states(Operation::Validate, &plain, true) == States::Valid);
        assert!(states(Operation::Validate, &asking, false) == States::Valid);
        assert!(states(Operation::Revoke, &plain, false) == States::End);
        assert!(Answer::derived(Operation::SignOut, &plain, false) == Answer::new(&[204], States::Nothing));
        assert!(
            Answer::derived(Operation::Create, &plain, false) == Answer::new(&[200, 201], States::NewKey)
        );
    }
}
