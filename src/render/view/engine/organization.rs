//! Organizations and their people.

use std::io;

use super::card::Card;
use crate::render::doc::{Block, Line, Role, Table, Writer};
use crate::render::json::v1::{PartnerList, PartnerShow};
use crate::render::view::count;

/// Lowers every organization.
///
/// # Errors
///
/// Those of the writer.
pub fn partners(list: &PartnerList, out: &mut dyn Writer) -> io::Result<()> {
    if !list.organizations.is_empty() {
        out.block(&Block::Table(Table {
            columns: &[
                "NAME",
                "STATE",
                "DECLARED",
                "PEOPLE",
                "GUESTS",
                "ASSIGNMENTS",
            ],
            rows: list
                .organizations
                .iter()
                .map(|partner| {
                    vec![
                        partner.name.as_str().into(),
                        partner.state.into(),
                        if partner.declared { "yes" } else { "no" }.into(),
                        partner.people.to_string().into(),
                        partner.guests.to_string().into(),
                        partner.assignments.to_string().into(),
                    ]
                })
                .collect(),
        }))?;
    }
    let many = count(list.organizations.len(), "organization", "organizations");
    out.block(&Block::Paragraph(vec![Line::new().and(Role::Strong, many)]))
}

/// Lowers one organization with its people.
///
/// # Errors
///
/// Those of the writer.
pub fn partner(show: &PartnerShow, out: &mut dyn Writer) -> io::Result<()> {
    let partner = &show.organization;
    Card::new(format!("organization {}", partner.name), partner.state)
        .fact("name", partner.display_name.clone())
        .fact(
            "declared",
            if partner.declared { "yes" } else { "no" }.to_owned(),
        )
        .fact("found by", partner.found_by.join(", "))
        .fact("people", partner.people.to_string())
        .fact("guests", partner.guests.to_string())
        .fact("assignments", partner.assignments.to_string())
        .write(out)?;
    if show.people.is_empty() {
        return Ok(());
    }
    let people = show.people.iter().map(|mail| Line::plain(mail.as_str()));
    out.block(&Block::Paragraph(people.collect()))
}
