//! Mail addresses as the directory takes them.

use super::{Domain, Malformed, text_type};

text_type! {
    /// A mail address with an ASCII local part, in lower case; `+tags` cannot be delivered in the directory.
    Email, "email-address", pattern = "^[^@\\s+%!\"(),:;<>\\[\\]\\\\]+@[^@\\s]+$", maxLength = 254
}

impl Email {
    /// Reads an address; capital letters become small ones, for addresses are compared without regard to case.
    ///
    /// # Errors
    ///
    /// Says which part is wrong.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let problem = |message: &str| Malformed::new(message.to_owned());
        let (local, domain) = text.split_once('@').ok_or_else(|| {
            problem("not a mail address").help("write one such as `jane@fabrikam.com`")
        })?;
        if domain.contains('@') {
            return Err(problem("a mail address has one `@`"));
        }
        if local.is_empty() || local.len() > 64 || text.len() > 254 {
            return Err(problem(
                "the part before `@` has 1 to 64 characters, the whole at most 254",
            ));
        }
        if let Some((plain, _)) = local.split_once('+') {
            return Err(problem("an address with a `+tag` cannot be invited")
                .help(format!("write `{plain}@{domain}`")));
        }
        let atom = |b: u8| b.is_ascii_alphanumeric() || b"._-'".contains(&b);
        if let Some(odd) = local.chars().find(|c| !c.is_ascii() || !atom(*c as u8)) {
            return Err(problem(&format!("`{odd}` does not belong before the `@`")));
        }
        if local.starts_with(['.', '-']) || local.ends_with(['.', '-']) || local.contains("..") {
            return Err(problem(
                "`.` and `-` stand only between other characters before the `@`",
            ));
        }
        let domain = Domain::parse(&domain.to_ascii_lowercase())?;
        Ok(Self(
            format!("{}@{domain}", local.to_ascii_lowercase()).into(),
        ))
    }

    /// Returns the domain.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.0.rsplit('@').next().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compares_without_regard_to_case() {
        assert_eq!(
            Email::parse("Jane.Doe@Fabrikam.COM")
                .expect("valid")
                .as_str(),
            "jane.doe@fabrikam.com"
        );
    }

    #[test]
    fn refuses_what_the_directory_cannot_deliver() {
        for text in [
            "jane",
            "@fabrikam.com",
            "a@b@c.com",
            "jane+x@fabrikam.com",
            "\"j\"@fabrikam.com",
            "j%x@fabrikam.com",
            ".j@fabrikam.com",
            "j.@fabrikam.com",
            "j..x@fabrikam.com",
            "jäne@fabrikam.com",
            "j\r\n@fabrikam.com",
            "jane@fabrikam",
            "jane@[10.0.0.1]",
            "jane@fabrikam.com.",
        ] {
            assert!(Email::parse(text).is_err(), "{text}");
        }
    }
}
