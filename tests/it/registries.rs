//! What is listed in one place is there in all others: kinds, diagnostics, commands, and the tables of the README.

use std::collections::BTreeSet;

use guestlist::cli::Exit;
use guestlist::diag::{code, nearest};
use guestlist::lint::LINTS;
use guestlist::model::{Kind, Name, Waiver};
use guestlist::scenario::{Ground, MailWord};

use crate::support::{Golden, Sandbox, files_below, repository, rust, schema};

/// Codes that no test can reach, with the reason.
const UNREACHABLE: &[(&str, &str)] = &[(
    "GL0002",
    "needs a disk that fails, or a user without rights; the tests may run as root",
)];

#[test]
fn every_kind_has_a_file() {
    let folder = repository("src/model/kinds");
    let files: BTreeSet<String> = std::fs::read_dir(&folder)
        .expect("the kinds have a folder")
        .map(|entry| entry.expect("an entry of a folder can be read").path())
        .map(|path| {
            path.file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned()
        })
        .filter(|name| name != "mod")
        .collect();
    let kinds: BTreeSet<String> = Kind::ALL
        .iter()
        .map(|kind| {
            kind.as_str()
                .rsplit('/')
                .next()
                .unwrap_or_default()
                .replace('-', "_")
        })
        .collect();
    assert_eq!(files, kinds);
}

#[test]
fn every_kind_has_a_section_of_its_own_and_a_schema() {
    let sections: BTreeSet<&str> = Kind::ALL.iter().map(|kind| kind.section()).collect();
    assert_eq!(sections.len(), Kind::ALL.len());
    let schema = std::fs::read_to_string(repository("schemas/policy.schema.json"))
        .expect("the schema of policy files is there");
    for kind in Kind::ALL {
        let key = format!("\"{}\":", kind.section());
        assert!(schema.contains(&key), "the schema has no section {key}");
        assert!(
            !schema::description(*kind).is_empty(),
            "`{kind}` has no description"
        );
    }
}

#[test]
fn every_kind_has_a_case() {
    let texts = texts_of_cases("yaml");
    for kind in Kind::ALL {
        let key = format!("{}:", kind.section());
        assert!(texts.contains(&key), "no case declares `{key}`");
    }
}

#[test]
fn every_code_is_listed_once_and_used() {
    let list = std::fs::read_to_string(repository("src/diag/code.rs")).expect("the list is there");
    let mut used = BTreeSet::new();
    for file in files_below(&repository("src")) {
        if file.ends_with("diag/code.rs") {
            continue;
        }
        let text = std::fs::read_to_string(&file).expect("a source file can be read");
        let code = rust::code(&text);
        for word in code.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')) {
            used.insert(word.to_owned());
        }
    }
    for code in code::ALL {
        let constant = list
            .lines()
            .find(|line| line.contains(code.id) && line.contains(" = "))
            .and_then(|line| line.split_whitespace().next())
            .expect("every code stands in the list");
        assert!(
            used.contains(constant),
            "{code} ({constant}) is listed and never used"
        );
    }
}

#[test]
fn every_code_is_reached_by_a_test() {
    let mut shown = texts_of_cases("txt");
    for more in [
        "tests/it/hostile.rs",
        "tests/it/faults/around.rs",
        "tests/it/absence.rs",
        "tests/it/guards.rs",
        "tests/it/invariants/undecided.rs",
        "tests/it/audit.rs",
        "tests/it/governance/golden/bulk.txt",
        "tests/it/governance/golden/directory-csv.txt",
    ] {
        shown += &std::fs::read_to_string(repository(more)).expect("the test is there");
    }
    let unreachable = |id: &str| UNREACHABLE.iter().any(|(code, _)| *code == id);
    for code in code::ALL {
        assert!(
            shown.contains(code.id) != unreachable(code.id),
            "{code} ({}) is reached by no test, or by one although it is called unreachable",
            code.title
        );
    }
}

#[test]
fn every_lint_has_a_file_and_a_case() {
    let folder = repository("src/lint/rules");
    let files: BTreeSet<String> = files_below(&folder)
        .iter()
        .filter_map(|file| file.file_stem())
        .map(|name| name.to_string_lossy().replace('_', "-"))
        .filter(|name| name != "mod")
        .collect();
    let lints = || LINTS.iter().map(|lint| lint.info());
    let names: BTreeSet<String> = lints().map(|info| info.code.id.to_owned()).collect();
    assert_eq!(files, names);
    assert_eq!(names.len(), LINTS.len(), "a lint stands twice");
    for info in lints() {
        let name = info.code.id;
        let case = repository(&format!("tests/cases/lint-{name}/expected/lint.txt"));
        let found = std::fs::read_to_string(&case).unwrap_or_default();
        let tag = format!("{}[{name}]: ", info.severity.as_str());
        assert!(
            found.contains(&tag),
            "{} does not show `{name}`",
            case.display()
        );
        let others = found.lines().filter(|line| {
            let tag = line.split(": ").nth(1).unwrap_or_default();
            line.starts_with("tree.yaml:") && tag.ends_with(']') && !tag.contains(name)
        });
        assert_eq!(others.count(), 0, "{} shows other lints", case.display());
    }
}

/// What a lint says is shown as it stands, and the name of none could be meant for a guard.
#[test]
fn every_lint_says_in_whole_sentences_why_and_what_to_do() {
    for info in LINTS.iter().map(|lint| lint.info()) {
        let name = info.code.id;
        assert!(Name::parse(name).is_ok(), "{name}");
        assert!(!info.code.title.ends_with('.'), "{name}");
        for text in [info.why, info.mend] {
            assert!(
                text.ends_with('.') && !text.contains('\n'),
                "{name}: {text}"
            );
        }
        let guards = Waiver::GUARDS.iter().copied().chain(["protection"]);
        assert_eq!(nearest(name, guards), None, "{name} is like a guard");
    }
}

fn texts_of_cases(extension: &str) -> String {
    files_below(&repository("tests/cases"))
        .into_iter()
        .filter(|file| file.extension().is_some_and(|found| found == extension))
        .filter_map(|file| std::fs::read_to_string(file).ok())
        .collect()
}

#[test]
fn the_tables_of_the_readme_are_fresh() {
    let file = repository("README.md");
    let mut text = std::fs::read_to_string(&file).expect("there is a README");
    replace(&mut text, "kinds", &kinds());
    replace(&mut text, "codes", &codes());
    replace(&mut text, "lints", &lints());
    replace(&mut text, "commands", &commands());
    replace(&mut text, "exits", &exits());
    replace(&mut text, "plan", &plan());
    replace(&mut text, "test", &test());
    replace(&mut text, "words", &words());
    let mut golden = Golden::default();
    golden.compare(&file, &text);
    golden.finish();
}

/// Replaces what stands between `<!-- name:begin -->` and `<!-- name:end -->`.
fn replace(text: &mut String, name: &str, block: &str) {
    let (begin, end) = (
        format!("<!-- {name}:begin -->\n"),
        format!("<!-- {name}:end -->"),
    );
    let start = text.find(&begin).map(|at| at + begin.len());
    let (Some(start), Some(stop)) = (start, text.find(&end)) else {
        panic!("the README has no block `{name}`");
    };
    text.replace_range(start..stop, block);
}

/// Returns the words that a test expects and that no file of the tree declares.
fn words() -> String {
    let grounds = Ground::ALL.iter().map(|one| one.as_str());
    let mails = MailWord::ALL.iter().map(|one| one.as_str());
    let listed = |title: &str, words: &mut dyn Iterator<Item = &'static str>| {
        let words: Vec<String> = words.map(|word| format!("`{word}`")).collect();
        format!("* **{title}**: {}.\n", words.join(", "))
    };
    listed("Grounds of a refusal", &mut { grounds }) + &listed("Mails", &mut { mails })
}

fn kinds() -> String {
    let mut table = "| section | address | what it is |\n|---|---|---|\n".to_owned();
    for kind in Kind::ALL {
        let section = match kind.parent() {
            Some(parent) => format!("{}: … {}:", parent.section(), kind.section()),
            None if *kind == Kind::CrossTenant => {
                format!("{}: … {}:", Kind::Organization.section(), kind.section())
            }
            None => format!("{}:", kind.section()),
        };
        let address = match (kind.is_singleton(), kind.parent()) {
            (true, _) => kind.to_string(),
            (false, Some(parent)) => format!("{kind}/<{parent}>/<name>"),
            (false, None) => format!("{kind}/<name>"),
        };
        let what = schema::description(*kind);
        table += &format!("| `{section}` | `{address}` | {what} |\n");
    }
    table
}

fn codes() -> String {
    let mut table = "| code | what it is about |\n|---|---|\n".to_owned();
    for code in code::ALL {
        table += &format!("| `{}` | {} |\n", code.id, code.title);
    }
    table
}

fn lints() -> String {
    let mut table = "| lint | level | what it finds |\n|---|---|---|\n".to_owned();
    for info in LINTS.iter().map(|lint| lint.info()) {
        let (code, level) = (info.code, info.severity.as_str());
        table += &format!("| `{}` | {level} | {} |\n", code.id, code.title);
    }
    table
}

fn exits() -> String {
    let rows = Exit::ALL.map(|exit| format!("| {} | {} |\n", exit.code(), exit.about()));
    format!("| exit code | means |\n|---|---|\n{}", rows.concat())
}

/// Returns the table of commands, from the program's own help.
fn commands() -> String {
    let help = Sandbox::new().run(["--help"]).exits(0).stdout;
    let mut table = "| command | does |\n|---|---|\n".to_owned();
    let lines = help
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| line.starts_with("  "));
    for line in lines {
        let Some(row) = line.strip_prefix("  ").filter(|row| !row.starts_with(' ')) else {
            // A description that went on to the next line.
            table = table.trim_end_matches(" |\n").to_owned() + " " + line.trim() + " |\n";
            continue;
        };
        let (name, does) = row.split_once(' ').unwrap_or((row, ""));
        if name != "help" {
            table += &format!("| `{name}` | {} |\n", does.trim());
        }
    }
    table
}

/// Returns what `plan` says after three changes to the worked example that was applied before.
fn plan() -> String {
    let sandbox = Sandbox::new();
    sandbox.holds(&repository("policies"));
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(0);
    edit(
        &sandbox,
        "catalogs/marketing.yaml",
        "expires: { after: 30d }",
        "expires: never",
    );
    edit(
        &sandbox,
        "catalogs/marketing.yaml",
        "[fabrikam, wingtip]",
        "[fabrikam, lamna]",
    );
    edit(
        &sandbox,
        "organizations/agencies.yaml",
        "  wingtip:\n    displayName: Wingtip Studio\n    description: Photographers\n    domains: [wingtip.example]\n",
        "  lamna:\n    displayName: Lamna Studio\n    description: Photographers\n    domains: [lamna.example]\n",
    );
    let plan = sandbox.run(["plan"]).exits(4).stdout;
    format!("```text\n$ guestlist plan\n{}\n```\n", plan.trim_end())
}

/// Returns a test of the worked example, and what `test` says of it once the policy is another.
fn test() -> String {
    let sandbox = Sandbox::new();
    sandbox.holds(&repository("policies"));
    let file = std::fs::read_to_string(sandbox.path("tests/agencies.yaml"));
    let file = file.expect("a file of the example can be read");
    let name = "an-artist-comes-for-a-month";
    let from = file.find(&format!("  {name}:")).expect("the test is there");
    let yaml = file[from..].split("\n\n").next().unwrap_or_default();
    edit(
        &sandbox,
        "catalogs/marketing.yaml",
        "expires: { after: 30d }",
        "expires: { after: 60d }",
    );
    let shown = sandbox.run(["test", "an-artist-*"]).exits(3).stdout;
    format!(
        "```yaml\ntests:\n{yaml}\n```\n\nSomebody who doubles the time that artists get reads at once what it means:\n\n```text\n$ guestlist test 'an-artist-*'\n{}\n```\n",
        shown.trim_end()
    )
}

fn edit(sandbox: &Sandbox, path: &str, from: &str, to: &str) {
    let path = sandbox.path(path);
    let text = std::fs::read_to_string(&path).expect("a file of the example can be read");
    assert_eq!(
        text.matches(from).count(),
        1,
        "`{from}` stands once in {}",
        path.display()
    );
    std::fs::write(path, text.replace(from, to)).expect("a file of the example can be written");
}
