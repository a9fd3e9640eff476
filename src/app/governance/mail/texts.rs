//! The texts of all mails in all languages: those built in, and those of a project's own, which replace them one by one.

use std::collections::BTreeMap;
use std::path::Path;

use super::template::Template as Text;
use crate::app::settings::is_language;
use crate::diag::{Diagnostic, Diagnostics, code, offer};
use crate::governance::Template;
use crate::source::SourceFile;

/// The languages that every mail is written in, as tags.
pub const LANGUAGES: &[&str] = &["en", "nl", "de", "fr"];

/// The longest text of a project's own, in bytes.
const LONGEST: u64 = 64 * 1024;

/// Declares the texts that are part of the program.
macro_rules! built_in {
    ($($language:literal: $($template:literal)*;)*) => {
        const BUILT_IN: &[(&str, &str, &str)] = &[$($(
            ($language, $template, include_str!(concat!("texts/", $language, "/", $template, ".txt"))),
        )*)*];
    };
}

macro_rules! every_language {
    ($($template:literal)*) => {
        built_in! {
            "en": $($template)*;
            "nl": $($template)*;
            "de": $($template)*;
            "fr": $($template)*;
        }
    };
}

every_language! {
    "escalated" "decide" "decide-reminder" "decide-before-escalation" "decide-before-escalation-reminder"
    "approval-expired" "approved" "stage-approved" "denied" "request-expired"
    "access-granted" "access-ending" "access-ended" "invitation" "passcode"
    "review-started" "review-reminder" "review-ended"
}

/// The texts of all mails.
#[derive(Debug, Clone)]
pub struct Texts(BTreeMap<(String, Template), Text>);

impl Texts {
    /// Returns the texts that are built in, with those of a folder in their place: `nl/access-granted.txt`. A folder may
    /// bring further languages, and as few texts as it likes.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the folder's texts.
    pub fn new(own: Option<&Path>) -> Result<Self, Diagnostics> {
        let mut texts = BTreeMap::new();
        for (language, name, text) in BUILT_IN {
            let template = template(name).expect("INVARIANT: built-in texts are named for mails");
            let text = Text::parse(text).expect("INVARIANT: built-in texts are sound");
            texts.insert(((*language).to_owned(), template), text);
        }
        let mut out = Diagnostics::new();
        if let Some(folder) = own {
            read_folder(folder, &mut texts, &mut out);
        }
        out.sort();
        match out.is_empty() {
            true => Ok(Self(texts)),
            false => Err(out),
        }
    }

    /// Returns a text in the first of these languages that it is written in, and which language that is; in English where
    /// it is in none. A language without a text of its own region has that of the language: `nl-BE` has `nl`.
    pub(super) fn choose(&self, template: Template, languages: &[&str]) -> (&str, &Text) {
        for language in languages.iter().chain(&["en"]) {
            let tag = language.to_ascii_lowercase().replace('_', "-");
            let parts: Vec<&str> = tag.split('-').collect();
            for end in (1..=parts.len()).rev() {
                let tag = parts[..end].join("-");
                if let Some(((language, _), text)) = self.0.get_key_value(&(tag, template)) {
                    return (language, text);
                }
            }
        }
        unreachable!("INVARIANT: every mail has an English text")
    }
}

fn template(name: &str) -> Option<Template> {
    let mut all = Template::ALL.iter().copied();
    all.find(|template| template.as_str() == name)
}

fn read_folder(
    folder: &Path,
    texts: &mut BTreeMap<(String, Template), Text>,
    out: &mut Diagnostics,
) {
    let wrong = |message: String| Diagnostic::error(code::SETTINGS, message);
    let list = |folder: &Path| -> std::io::Result<Vec<std::fs::DirEntry>> {
        let mut entries = std::fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
        entries.sort_by_key(std::fs::DirEntry::file_name);
        Ok(entries)
    };
    let unread = |path: &Path, error: &std::io::Error| {
        wrong(format!("`{}` cannot be read: {error}", path.display()))
    };
    let languages = match list(folder) {
        Ok(languages) => languages,
        Err(error) => {
            return out.push(
                unread(folder, &error).help("`templates` under `[mail]` names a folder of texts"),
            );
        }
    };
    for language in languages {
        let tag = language.file_name().to_string_lossy().to_ascii_lowercase();
        if tag.starts_with('.') {
            continue;
        }
        let files = match list(&language.path()) {
            Ok(files) if is_language(&tag) => files,
            Ok(_) => {
                let told = wrong(format!("`{tag}` is not the tag of a language"));
                out.push(told.help("name the folder for a language: `nl`, `pt-br`"));
                continue;
            }
            Err(_) => {
                let told = wrong(format!("`{}` is no folder", language.path().display()));
                out.push(
                    told.help("texts lie in a folder for each language: `nl/access-granted.txt`"),
                );
                continue;
            }
        };
        for file in files {
            let path = file.path();
            let name = file.file_name().to_string_lossy().into_owned();
            if name.starts_with('.') {
                continue;
            }
            let stem = name.strip_suffix(".txt").unwrap_or(&name);
            let Some(template) = template(stem).filter(|_| name.ends_with(".txt")) else {
                let near = offer(stem, Template::ALL.iter().map(|known| known.as_str()));
                let help =
                    near.unwrap_or_else(|| "name it for a mail: `access-granted.txt`".to_owned());
                out.push(wrong(format!("no mail has a text `{tag}/{name}`")).help(help));
                continue;
            };
            match read(&path) {
                Err(error) => out.push(unread(&path, &error)),
                Ok(text) => match Text::parse(&text) {
                    Ok(text) => {
                        texts.insert((tag.clone(), template), text);
                    }
                    Err(problems) => {
                        let shown = format!("{}/{tag}/{name}", folder.display());
                        let file = SourceFile::new(&shown, &text);
                        for (line, problem) in problems {
                            out.push(wrong(problem).at(place(&file, &text, line)));
                        }
                    }
                },
            }
        }
    }
}

fn read(path: &Path) -> std::io::Result<String> {
    let found = std::fs::symlink_metadata(path)?;
    if !found.is_file() || found.len() > LONGEST {
        return Err(std::io::Error::other("it is no file of at most 64 KiB"));
    }
    std::fs::read_to_string(path)
}

/// Returns the place of a line.
fn place(file: &SourceFile, text: &str, line: usize) -> crate::source::Place {
    let start: usize = text
        .split_inclusive('\n')
        .take(line - 1)
        .map(str::len)
        .sum();
    let length = text.get(start..).and_then(|rest| rest.lines().next());
    let end = start + length.map_or(0, str::len);
    file.place(start as u32, end as u32)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_mail_has_a_text_in_every_language_that_speaks_of_the_same_facts() {
        let texts = Texts::new(None).expect("built-in texts are sound");
        assert_eq!(texts.0.len(), LANGUAGES.len() * Template::ALL.len());
        for template in Template::ALL {
            let (_, english) = texts.choose(*template, &["en"]);
            let facts: BTreeSet<_> = english.names();
            for language in LANGUAGES {
                let (found, text) = texts.choose(*template, &[language]);
                assert_eq!(found, *language);
                assert_eq!(text.names(), facts, "{language}/{}", template.as_str());
            }
        }
    }

    #[test]
    fn the_person_s_language_comes_first_then_the_tenant_s_then_english() {
        let texts = Texts::new(None).expect("built-in texts are sound");
        let choose = |languages: &[&str]| texts.choose(Template::Decide, languages).0.to_owned();
        assert_eq!(choose(&["nl-BE", "de"]), "nl");
        assert_eq!(choose(&["de_AT"]), "de");
        assert_eq!(choose(&["ja", "fr"]), "fr");
        assert_eq!(choose(&["", ""]), "en");
    }
}
