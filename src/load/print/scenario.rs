//! A test as a person would have written it, to be pasted into a file.

use std::fmt::Write as _;

use super::emit;
use super::lean::Item;
use crate::model::Name;
use crate::scenario::Script;

/// Returns the lines of a section `tests:` with one test in it.
///
/// # Panics
///
/// Never: every test is JSON.
#[must_use]
pub fn test(name: &Name, script: &Script) -> String {
    let text = serde_json::to_string(script).expect("INVARIANT: a test is JSON");
    let item: Item = serde_json::from_str(&text).expect("INVARIANT: JSON is read back");
    let mut out = String::from("tests:\n");
    let _ = writeln!(out, "  {}:", emit::key(name.as_str()));
    emit::keys(&item, 4, &mut out);
    out
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::load::parse::parse;
    use crate::source::SourceFile;

    /// A test with most of what one can say, as this program writes it.
    const TEST: &str = r#"tests:
  an-agency-comes-and-goes:
    description: Fabrikam asks, and two stages say yes
    given:
      date: 2028-02-01
      people:
        ada@fabrikam.com: visitor
        jane@fabrikam.com: guest
        mia@contoso.com:
          kind: member
          manager: ana@contoso.com
          groups: [marketing-leads]
        sam@wingtip.example:
          kind: guest
          name: Sam
          organization: wingtip
          signIn: passcode
          sponsors: [user:mia@contoso.com]
          roles: [Guest Inviter]
          governed: true
          invited: true
          blocked: true
          lastSignIn: 2028-01-01
          company: Wingtip
          attributes: { department: Photos }
      assignments:
        - person: jane@fabrikam.com
          package: campaign-partner
          policy: agencies
          since: 2028-01-01
          until: 2028-03-01
          answers: { "1": PO-123456 }
      before:
        organization/wingtip: gone
        policy/campaign-partner/agencies: { expires: { after: 30d } }
    steps:
      - ask:
          as: ada@fabrikam.com
          package: campaign-partner
          justification: The summer
          answers: { What is it?: [a, b] }
        expect:
          request: pendingApproval
          policy: agencies
          stage: 1
          approvers: [ana@contoso.com, mia@contoso.com]
          mails: { decide: [ana@contoso.com, mia@contoso.com] }
      - approve: { as: ana@contoso.com, for: ada@fabrikam.com, justification: Fine }
      - wait: 14d
      - until: 2028-06-30
        expect: { assignment: delivered, ends: never }
      - apply: {}
      - apply: { organization/wingtip: gone }
      - redeem: { as: ada@fabrikam.com, consent: false }
        expect: { refused: consent }
      - expect:
          access:
            ada@fabrikam.com: [campaign-partner]
            jane@fabrikam.com: []
          roles:
            ada@fabrikam.com:
              campaign-site: Members
              crm: [Partner User, Standard User]
          accounts: { ada@fabrikam.com: blocked }
          mails: {}
"#;

    #[test]
    fn a_test_comes_back_as_it_was_written() {
        let file = SourceFile::new("a.yaml", TEST);
        let (tree, problems) = parse(&file, None);
        assert!(problems.is_empty(), "{problems:?}");
        let tree = tree.expect("YAML");
        let section = tree.root().get("tests").expect("the section");
        let entry = section.entries().next().expect("a test");
        let script = Script::deserialize(entry.value).expect("a test");
        let name = Name::parse(entry.key).expect("a name");
        assert_eq!(test(&name, &script), TEST);
    }
}
