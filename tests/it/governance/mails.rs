//! The mails: every text in every language, what a message is made of, and what foreign words cannot do to it.

use std::os::unix::fs::PermissionsExt;

use guestlist::app::governance::Folder;
use guestlist::app::governance::Mailer;
use guestlist::app::governance::mail::{LANGUAGES, Texts, Writer};
use guestlist::governance::{Facts, Mail, Outcome, Template};
use jiff::tz::TimeZone;

use super::scene::{instant, mail as address};
use crate::support::{Golden, Sandbox, repository};

fn facts() -> Facts {
    Facts {
        to_name: "Ana Lima".to_owned(),
        person: "Jane Doe <jane@fabrikam.com>".to_owned(),
        organization: "Fabrikam".to_owned(),
        package: "Campaign partner".to_owned(),
        request: Some(17),
        justification: "To work on the campaign".to_owned(),
        asked: Some(instant("T0")),
        start: Some(instant("T1")),
        end: Some(instant("T180")),
        until: Some(instant("T14")),
        link: "https://access.contoso.com/@contoso.com#/access-packages/campaign".to_owned(),
        message: "Until the autumn".to_owned(),
    }
}

pub(crate) fn mail(template: Template, language: &str) -> Mail {
    Mail {
        template,
        to: address("ana@contoso.com"),
        copy_to: None,
        language: Some(language.to_owned()),
        facts: facts(),
    }
}

pub(crate) fn writer() -> Writer {
    Writer {
        texts: Texts::new(None).unwrap(),
        language: String::new(),
        tenant: "Contoso".to_owned(),
        zone: TimeZone::get("Europe/Amsterdam").unwrap(),
        from: "Contoso access <access@contoso.com>".parse().unwrap(),
        reply_to: None,
        project: "contoso".to_owned(),
    }
}

/// Returns the files of a folder, in order.
pub(crate) fn files(folder: &std::path::Path) -> Vec<(String, String)> {
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, std::fs::read_to_string(path).unwrap())
        })
        .collect();
    files.sort();
    files
}

#[test]
fn every_mail_reads_well_in_every_language() {
    let mut golden = Golden::default();
    let writer = writer();
    for language in LANGUAGES {
        let mut all = String::new();
        for template in Template::ALL {
            let composed = writer.compose(&mail(*template, language));
            assert_eq!(composed.language, *language);
            all.push_str(&format!(
                "==== {}\nSubject: {}\n\n{}\n",
                template.as_str(),
                composed.subject,
                composed.body
            ));
        }
        let file = repository(&format!("tests/it/governance/mails/{language}.txt"));
        golden.compare(&file, &all);
    }
    golden.finish();
}

#[test]
fn an_approver_is_told_who_why_from_when_until_when_and_where_to_decide() {
    let composed = writer().compose(&mail(Template::Decide, "en"));
    assert_eq!(
        composed.subject,
        "Action required: approve or deny the request by Jane Doe <jane@fabrikam.com>"
    );
    for line in [
        "Requestor: Jane Doe <jane@fabrikam.com>",
        "Organization: Fabrikam",
        "Justification: To work on the campaign",
        "Access from: 2027-01-02 01:00 CET",
        "Access until: 2027-06-30 02:00 CEST",
        "Submitted: 2027-01-01 01:00 CET",
        "Decide by: 2027-01-15 01:00 CET",
        "Approve or deny: https://access.contoso.com/@contoso.com#/access-packages/campaign",
    ] {
        assert!(composed.body.lines().any(|found| found == line), "{line}");
    }
}

#[test]
fn a_mail_into_the_folder_is_one_file_for_us_alone_however_often_it_is_sent() {
    let mut golden = Golden::default();
    let sandbox = Sandbox::new();
    let mut folder = Folder::new(sandbox.path("mail"), writer());
    let mut mail = mail(Template::AccessGranted, "de");
    mail.copy_to = Some(address("ben@contoso.com"));
    for _ in 0..2 {
        let sent = folder.send("request/17/access-granted/3", &mail, instant("T1"));
        assert_eq!(sent, Outcome::Done);
    }
    let files = files(&sandbox.path("mail"));
    assert_eq!(files.len(), 1);
    let (name, text) = &files[0];
    assert!(
        name.starts_with("20270102T000000Z-access-granted-"),
        "{name}"
    );
    let mode = |path: &str| {
        let found = std::fs::metadata(sandbox.path(path)).unwrap();
        found.permissions().mode() & 0o777
    };
    assert_eq!(
        (mode("mail"), mode(&format!("mail/{name}"))),
        (0o700, 0o600)
    );
    let file = repository("tests/it/governance/mails/message.eml.txt");
    golden.compare(&file, &text.replace("\r\n", "\n"));
    golden.finish();

    // Another mail, and the same one of another day, are files of their own.
    let _ = folder.send("request/18/access-granted/3", &mail, instant("T1"));
    let _ = folder.send("request/17/access-granted/3", &mail, instant("T2"));
    assert_eq!(self::files(&sandbox.path("mail")).len(), 3);
}

#[test]
fn foreign_words_add_no_header_and_no_line() {
    let sandbox = Sandbox::new();
    let mut folder = Folder::new(sandbox.path("mail"), writer());
    let evil = "Eve\r\nBcc: all@contoso.com\r\n\r\nHello";
    let mut mail = mail(Template::Decide, "en");
    mail.facts.to_name = evil.to_owned();
    mail.facts.person = evil.to_owned();
    mail.facts.package = format!("{{link}} {evil}");
    mail.facts.justification = "fine\n\nApprove or deny: https://evil.example".to_owned();
    assert_eq!(folder.send("k", &mail, instant("T1")), Outcome::Done);
    let files = files(&sandbox.path("mail"));
    let (head, body) = files[0].1.split_once("\r\n\r\n").unwrap();
    assert!(!head.lines().any(|line| line.starts_with("Bcc")), "{head}");
    assert_eq!(head.matches("\r\nTo: ").count(), 1);
    let links = body
        .lines()
        .filter(|line| line.starts_with("Approve or deny:"));
    assert_eq!(links.count(), 1, "{body}");
}

#[test]
fn the_folder_that_cannot_be_written_is_tried_again() {
    let sandbox = Sandbox::new().write("mail", "a file stands where the folder should");
    let mut folder = Folder::new(sandbox.path("mail"), writer());
    let sent = folder.send("k", &mail(Template::Denied, "en"), instant("T1"));
    assert!(matches!(sent, Outcome::Later(_)), "{sent:?}");
}

const TREE: &str = "
version: 1
resources:
  guests: { group: Design guests }
catalogs:
  marketing: { displayName: Marketing, resources: [guests] }
packages:
  library:
    catalog: marketing
    displayName: Photo library
    grants: { guests: Member }
    policies: { direct: {} }
";

fn project(mail: &str) -> Sandbox {
    let settings = format!(
        "project = \"contoso\"\n[tenant]\nname = \"Contoso\"\ndomains = [\"contoso.com\"]\n{mail}"
    );
    Sandbox::new()
        .write("guestlist.toml", settings)
        .write("tree.yaml", TREE)
}

const GRANT: [&str; 7] = [
    "assignment",
    "grant",
    "bob@wingtip.example",
    "library",
    "--policy",
    "direct",
    "--at=2027-03-01T10:00:00Z",
];

#[test]
fn a_project_has_its_own_words_language_sender_and_portal() {
    let sandbox = project(
        "[mail]\nfrom = \"Access <access@contoso.com>\"\nreply-to = \"help@contoso.com\"\nlanguage = \"nl-BE\"\nfolder = \"out/mails\"\ntemplates = \"texts\"\nportal = \"https://access.contoso.com/\"\n",
    )
    .write(
        "texts/nl/access-granted.txt",
        "Subject: Welkom bij {package}\n\nDag {to-name}!\n\n{link}\n",
    );
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(0);
    let _ = sandbox.run(GRANT).exits(0);
    let files = files(&sandbox.path("out/mails"));
    assert_eq!(files.len(), 1);
    let text = &files[0].1;
    for part in [
        "From: Access <access@contoso.com>\r\n",
        "Reply-To: help@contoso.com\r\n",
        "Subject: Welkom bij Photo library\r\n",
        "Content-Language: nl\r\n",
        "https://access.contoso.com/@contoso.com#/access-packages/library\r\n",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
}

#[test]
fn everything_that_is_wrong_with_own_words_is_told_at_once() {
    let sandbox = project("[mail]\ntemplates = \"texts\"\n")
        .write("texts/nl/access-granted.txt", "Hello {pakage}\n")
        .write("texts/de/welcome.txt", "Subject: x\n\nx\n")
        .write("texts/notes.txt", "x");
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(0);
    let validated = sandbox.run(["validate"]).exits(3);
    assert!(
        validated
            .text()
            .contains("no mail has a text `de/welcome.txt`")
    );
    let told = sandbox.run(GRANT).exits(3);
    for part in [
        "texts/nl/access-granted.txt:1:1",
        "the first line is not `Subject: …`",
        "there is no text after the subject",
        "no mail has a text `de/welcome.txt`",
        "is no folder",
    ] {
        assert!(told.stderr.contains(part), "{part}\n{}", told.text());
    }
}

#[test]
fn everything_that_is_wrong_with_the_settings_is_told_at_once_and_no_password() {
    let sandbox = project(
        "[mail]\nfrom = \"nobody\"\nsmtp = \"smtp://ana:hunter2@mail.contoso.com\"\nfolder = \"../mail\"\nportal = \"http://access.contoso.com\"\nlanguage = \"Dutch!\"\n",
    );
    let told = sandbox.run(["validate"]).exits(3);
    for part in [
        "`nobody` is no address of mail",
        "the URL names no mail server: user names and passwords do not stand in it",
        "`folder` is no path below the project's root",
        "the portal is no `https://` address",
        "guestlist.toml:10:12: error[GL0601]: it is not the tag of a language",
    ] {
        assert!(told.stderr.contains(part), "{part}\n{}", told.text());
    }
    assert!(!told.text().contains("hunter2"), "{}", told.text());
}

#[test]
fn a_password_comes_from_the_environment_or_from_a_file_that_nobody_else_reads() {
    let sandbox = project(
        "[mail]\nsmtp = \"smtp://127.0.0.1:9\"\nuser = \"access\"\npassword-file = \"smtp.pass\"\n",
    )
    .write("smtp.pass", "hunter2\n");
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(0);
    let told = sandbox.run(GRANT).exits(3);
    let told = told.says("others than its owner can read the password file `smtp.pass`");
    assert!(!told.text().contains("hunter2"));
    let _ = std::fs::remove_file(sandbox.path("smtp.pass"));
    let _ = sandbox.run(GRANT).exits(3).says("cannot be read");
}
