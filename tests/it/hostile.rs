//! Trees that cannot lie in a repository: links, pipes, files too large, bytes that are no text, letters that hide.

use crate::support::Sandbox;

const INVALID: i32 = 3;

const ORGANIZATION: &str = "version: 1\norganizations:\n  fabrikam:\n    displayName: Fabrikam\n    domains: [fabrikam.com]\n";

fn refuses(sandbox: &Sandbox, code: &str) {
    let _ = sandbox.run(["validate"]).exits(INVALID).says(code);
    let _ = sandbox
        .run(["apply", "--auto-approve"])
        .exits(INVALID)
        .says(code);
    assert!(
        !sandbox.path("guestlist.db").exists(),
        "a refused tree leaves a store behind"
    );
}

#[cfg(unix)]
#[test]
fn refuses_a_symbolic_link_even_to_a_good_file() {
    let sandbox = Sandbox::project().write("partners.yaml", ORGANIZATION);
    std::os::unix::fs::symlink(sandbox.path("partners.yaml"), sandbox.path("same.yaml"))
        .expect("a link can be made");
    refuses(&sandbox, "GL0003");
}

#[cfg(unix)]
#[test]
fn refuses_a_link_to_a_folder() {
    let elsewhere = Sandbox::new().write("partners.yaml", ORGANIZATION);
    let sandbox = Sandbox::project().write("own.yaml", ORGANIZATION);
    std::os::unix::fs::symlink(elsewhere.root(), sandbox.path("linked"))
        .expect("a link can be made");
    refuses(&sandbox, "GL0003");
}

#[cfg(unix)]
#[test]
fn refuses_a_pipe_without_waiting_for_it() {
    let sandbox = Sandbox::project().write("partners.yaml", ORGANIZATION);
    let made = std::process::Command::new("mkfifo")
        .arg(sandbox.path("pipe.yaml"))
        .status()
        .expect("a pipe can be made");
    assert!(made.success());
    refuses(&sandbox, "GL0003");
}

#[cfg(target_os = "linux")]
#[test]
fn refuses_two_files_that_differ_only_in_case() {
    let sandbox = Sandbox::project()
        .write("partners.yaml", ORGANIZATION)
        .write("Partners.yaml", ORGANIZATION.replace("fabrikam", "litware"));
    refuses(&sandbox, "GL0005");
}

#[test]
fn refuses_a_file_of_more_than_a_mebibyte() {
    let long = format!("{ORGANIZATION}{}", "# nothing to see here\n".repeat(50_000));
    refuses(&Sandbox::project().write("partners.yaml", long), "GL0004");
}

#[test]
fn refuses_bytes_that_are_no_text() {
    let latin = ORGANIZATION
        .replace("Fabrikam", "F\u{1}brikam")
        .into_bytes();
    let latin: Vec<u8> = latin
        .into_iter()
        .map(|b| if b == 1 { 0xe4 } else { b })
        .collect();
    refuses(&Sandbox::project().write("partners.yaml", latin), "GL0101");
    refuses(
        &Sandbox::project().write("partners.yaml", b"\xff\xfev\0e\0r\0"),
        "GL0101",
    );
}

#[test]
fn refuses_letters_that_hide_or_reorder_text() {
    for odd in [
        "\u{202e}",
        "\u{200b}",
        "\u{0}",
        "\u{7f}",
        "\u{e0041}",
        "\u{e000}",
        "e\u{301}",
    ] {
        for text in [
            ORGANIZATION.replace("Fabrikam", &format!("Fabri{odd}kam")),
            format!("{ORGANIZATION}# for {odd} reviewers\n"),
        ] {
            refuses(&Sandbox::project().write("partners.yaml", text), "GL0107");
        }
    }
}

#[test]
fn never_shows_such_letters_on_a_terminal() {
    let text = ORGANIZATION.replace("Fabrikam", "Fabri\u{202e}kam");
    let outcome = Sandbox::project()
        .write("partners.yaml", text)
        .run(["validate"])
        .exits(INVALID);
    assert!(!outcome.text().contains('\u{202e}'));
}

#[test]
fn refuses_nesting_without_end() {
    let deep = format!("version: 1\nvars: {}{}\n", "[".repeat(100), "]".repeat(100));
    refuses(&Sandbox::project().write("deep.yaml", deep), "GL0106");
}

#[test]
fn refuses_more_nodes_than_a_file_may_have() {
    let wide = format!("version: 1\nforget: [{}]\n", "package/x, ".repeat(60_000));
    refuses(&Sandbox::project().write("wide.yaml", wide), "GL0106");
}

#[test]
fn refuses_a_text_of_more_than_16_kibibytes() {
    let long = format!("version: 1\nvars:\n  long: {}\n", "x".repeat(17 * 1024));
    refuses(&Sandbox::project().write("long.yaml", long), "GL0106");
}

#[test]
fn says_that_it_was_not_asked_to_write_without_a_terminal() {
    let sandbox = Sandbox::project().write("partners.yaml", ORGANIZATION);
    let outcome = sandbox.run(["apply"]).says("--auto-approve");
    assert_ne!(outcome.code, Some(0));
    assert!(
        !sandbox.path("guestlist.db").exists()
            || sandbox.run(["plan", "--detailed-exitcode"]).code == Some(2)
    );
}

#[test]
fn shows_fifty_problems_and_counts_the_rest() {
    let many: String = (0..60)
        .map(|n| format!("  o{n}: {{ displayName: x{n}, domain: a }}\n"))
        .collect();
    let sandbox =
        Sandbox::project().write("many.yaml", format!("version: 1\norganizations:\n{many}"));
    let outcome = sandbox.run(["validate"]).exits(INVALID);
    let shown = outcome.text().matches("error[GL").count();
    assert_eq!(shown, 50, "{}", outcome.text());
}

#[test]
fn says_that_a_tenant_takes_fewer_catalogs() {
    let catalogs = |from: u32| -> String {
        let each = (from..from + 4_000).map(|n| format!("  c{n}: {{ displayName: C {n} }}\n"));
        "version: 1\ncatalogs:\n".to_owned() + &each.collect::<String>()
    };
    let sandbox = Sandbox::project()
        .write("a.yaml", catalogs(0))
        .write("b.yaml", catalogs(4_000));
    let _ = sandbox.run(["validate"]).says("GL0508");
}
