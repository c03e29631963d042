//! The forms in which a secret is sent, and so may come back.

use keylatch_format::forms;

use crate::secret::Secret;

/// Adds a secret in each form that a text can have in others.
pub(super) fn add_forms(secret: &Secret, to: &mut Vec<Secret>) {
    forms(secret.expose(), &mut |mut form| to.push(Secret::new(core::mem::take(&mut *form))));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::scrubber;

    fn scrubbed(secret: &str, text: &str) -> String {
        let mut secrets = Vec::new();
        add_forms(&secret.into(), &mut secrets);
        scrubber(&secrets)(text.into())
    }

    #[test]
    fn each_form_is_taken_out() {
        let secret = "a\"b\\c/d é🔑<&>'x!\n";
        for form in [
            secret,
            // JSON of JavaScript, of PHP and of Python.
            "a\\\"b\\\\c/d é🔑<&>'x!\\n",
            "a\\\"b\\\\c\\/d é🔑<&>'x!\\n",
            "a\\\"b\\\\c/d \\u00e9\\ud83d\\udd11<&>'x!\\n",
            // encodeURIComponent, RFC 3986, and its lower-case cousin.
            "a%22b%5Cc%2Fd%20%C3%A9%F0%9F%94%91%3C%26%3E'x!%0A",
            "a%22b%5Cc%2Fd%20%C3%A9%F0%9F%94%91%3C%26%3E%27x%21%0A",
            "a%22b%5cc%2fd%20%c3%a9%f0%9f%94%91%3c%26%3e%27x%21%0a",
            "a&quot;b\\c/d é🔑&lt;&amp;&gt;&#39;x!\n",
        ] {
            assert_eq!(scrubbed(secret, &format!("<{form}>")), "<[redacted]>", "{form}");
        }
    }

    #[test]
    fn a_plain_key_has_one_form() {
        let mut secrets = Vec::new();
        add_forms(&"kl_live_0123.x-y~z".into(), &mut secrets);
        assert_eq!(secrets.len(), 1);
    }
}
