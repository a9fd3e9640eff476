//! The one list of codes. A code never changes its meaning and is never used again for another.

use std::fmt;

/// A stable code of a diagnostic, such as `GL0401`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code {
    /// The code itself.
    pub id: &'static str,
    /// What it is about, in a few words.
    pub title: &'static str,
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id)
    }
}

macro_rules! codes {
    ($($name:ident = $id:literal, $title:literal;)*) => {
        $(#[doc = $title] pub const $name: Code = Code { id: $id, title: $title };)*

        /// Every code, in order.
        pub const ALL: &[Code] = &[$($name),*];
    };
}

codes! {
    // Files of the tree.
    EMPTY_TREE = "GL0001", "the tree holds no policy file";
    UNREADABLE = "GL0002", "a file or folder cannot be read";
    NOT_REGULAR = "GL0003", "a symbolic link, device or pipe where a file is expected";
    FILE_LIMIT = "GL0004", "a file or the tree is larger than allowed";
    CASE_CLASH = "GL0005", "two paths differ only in case";
    NESTED_PROJECT = "GL0006", "a project inside the project";
    NO_OBJECTS = "GL0007", "the tree declares nothing";
    MISSING_FILE = "GL0008", "a file that the settings list is missing";
    // YAML and its subset.
    ENCODING = "GL0101", "a file is not UTF-8";
    SYNTAX = "GL0102", "the text is not YAML";
    FORBIDDEN_YAML = "GL0103", "an anchor, alias, tag, directive or merge key";
    DUPLICATE_KEY = "GL0104", "a key stands twice in one mapping";
    NULL_VALUE = "GL0105", "a value is missing";
    YAML_LIMIT = "GL0106", "nesting, nodes or text beyond the limits";
    CHARACTER = "GL0107", "a character that hides or reorders text";
    NOT_A_MAPPING = "GL0108", "a file is not one mapping";
    KEY_TYPE = "GL0109", "a key that is not text";
    // Shape: what the schema says.
    UNKNOWN_KEY = "GL0201", "a key that nothing reads";
    WRONG_TYPE = "GL0202", "a value of the wrong type";
    MISSING_KEY = "GL0203", "a required key is missing";
    NOT_A_CHOICE = "GL0204", "a word that is none of the choices";
    BAD_FORMAT = "GL0205", "a text that is not what it should be";
    OUT_OF_LIMITS = "GL0206", "too long, too many, too few, too large or too small";
    REPEATED_ITEM = "GL0207", "an item stands twice in a list";
    BAD_VERSION = "GL0208", "a version of the language that this program does not read";
    SECRET_KEY = "GL0209", "a key that looks like a secret";
    // Names and references.
    DUPLICATE_NAME = "GL0301", "a name is declared twice";
    UNKNOWN_REFERENCE = "GL0302", "a reference to something that is not declared";
    WRONG_REFERENCE = "GL0303", "a reference to something of another kind";
    UNKNOWN_VARIABLE = "GL0304", "a variable that is not declared";
    BAD_RENAME = "GL0306", "a rename that cannot be followed";
    BAD_FORGET = "GL0307", "an object that is both declared and let go";
    // Rules of one object.
    KEYS_EXCLUDE = "GL0401", "keys that exclude each other";
    KEY_NEEDED = "GL0402", "a key that another key demands";
    BAD_ESCALATION = "GL0403", "an escalation that cannot happen";
    BAD_REVIEW = "GL0404", "a review that cannot happen";
    BAD_APPROVER = "GL0405", "an approver that cannot be found";
    BAD_REQUESTOR = "GL0406", "requestors and settings that do not fit";
    BAD_QUESTION = "GL0407", "a question that cannot be asked";
    BAD_RESOURCE = "GL0408", "a resource that cannot be used";
    BAD_LIFECYCLE = "GL0409", "a lifecycle key that does not fit";
    // Rules across objects.
    NOT_IN_CATALOG = "GL0501", "a resource that is not in the package's catalog";
    NO_SUCH_ROLE = "GL0502", "a role that the resource lacks";
    NO_SPONSORS = "GL0503", "sponsors where there are none";
    DUPLICATE_IDENTITY = "GL0504", "two objects with one identity";
    TOO_MANY_AUTOMATIC = "GL0505", "a package with several automatic policies";
    SELF_INCOMPATIBLE = "GL0506", "a package that is incompatible with itself";
    WAIVER_EXPIRED = "GL0507", "a waiver that has ended";
    TENANT_LIMIT = "GL0508", "more objects than a tenant takes";
    OWN_DOMAIN = "GL0509", "a domain of our own where a partner's belongs";
    WAIVED_NOTHING = "GL0510", "a waiver that lifts nothing";
    BROKEN_INVARIANT = "GL0511", "an invariant that does not hold";
    IDLE_INVARIANT = "GL0512", "an invariant that is about nothing";
    UNDECIDED_INVARIANT = "GL0513", "an invariant that cannot be decided";
    NO_OWN_DOMAIN = "GL0514", "people from outside where no domain is our own";
    // Settings.
    SETTINGS = "GL0601", "a setting that cannot be used";
    // The world around.
    CLOCK_BACK = "GL0701", "a clock that went back";
    HEADS_TORN = "GL0702", "a heads file that ends in the middle of a line";
    STORE_RESTORED = "GL0703", "a store that was put back";
    HEADS_LOST = "GL0704", "a heads file that lacks a head which the audit log remembers";
    // Lists of people.
    NO_TABLE = "GL0801", "a list that is neither a table nor JSON of the form asked for";
    MANAGER_CIRCLE = "GL0802", "people who manage each other in a circle";
    NO_FIT = "GL0803", "a row that does not fit what is there";
    NOT_ADMITTED = "GL0804", "an invitation that would be refused";
    // Tests of the tree.
    TEST_FAILED = "GL0901", "a test that does not hold";
    TEST_BROKEN = "GL0902", "a test that cannot be played";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_in_order() {
        assert!(ALL.windows(2).all(|pair| pair[0].id < pair[1].id));
    }
}
