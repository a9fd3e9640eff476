//! Access reviews.

use std::io;

use super::card::Card;
use crate::render::doc::{Block, Line, Role, Table, Writer};
use crate::render::json::v1::{Review, ReviewDecided, ReviewItem, ReviewList, ReviewShow};
use crate::render::row::second;
use crate::render::view::count;

/// Lowers a list of rounds.
///
/// # Errors
///
/// Those of the writer.
pub fn reviews(list: &ReviewList, out: &mut dyn Writer) -> io::Result<()> {
    if !list.reviews.is_empty() {
        out.block(&Block::Table(Table {
            columns: &["REVIEW", "POLICY", "STATE", "CLOSES", "UNDECIDED", "OF"],
            rows: list
                .reviews
                .iter()
                .map(|review| {
                    vec![
                        review.number.to_string().into(),
                        policy(review).into(),
                        review.state.into(),
                        second(review.closes).into(),
                        review.undecided.to_string().into(),
                        review.items.to_string().into(),
                    ]
                })
                .collect(),
        }))?;
    }
    out.block(&Block::Paragraph(vec![Line::new().and(
        Role::Strong,
        count(list.reviews.len(), "review", "reviews"),
    )]))
}

fn policy(review: &Review) -> String {
    review.policy.clone().unwrap_or_else(|| "gone".to_owned())
}

/// Lowers one round with its decisions.
///
/// # Errors
///
/// Those of the writer.
pub fn review(show: &ReviewShow, out: &mut dyn Writer) -> io::Result<()> {
    let review = &show.review;
    Card::new(format!("review {}", review.number), review.state)
        .fact("policy", policy(review))
        .fact("round", review.round.to_string())
        .fact("opened", second(review.opens))
        .fact("closes", second(review.closes))
        .fact("no answer", review.on_no_response.to_owned())
        .fact("keep", review.kept.to_string())
        .fact("remove", review.removed.to_string())
        .fact("undecided", review.undecided.to_string())
        .fact(
            "note",
            review
                .void
                .then(|| "closed without applying: the policy is gone".to_owned()),
        )
        .write(out)?;
    if show.items.is_empty() {
        return Ok(());
    }
    out.block(&Block::Table(Table {
        columns: &["ITEM", "PERSON", "SUGGESTED", "DECISION", "BY", "REVIEWERS"],
        rows: show.items.iter().map(row).collect(),
    }))
}

fn row(item: &ReviewItem) -> Vec<std::borrow::Cow<'_, str>> {
    let suggested = match item.recommendation {
        Some("approve") => "keep",
        Some("deny") => "remove",
        Some(_) => "no information",
        None => "",
    };
    vec![
        item.number.to_string().into(),
        item.person.as_str().into(),
        suggested.into(),
        item.decision.unwrap_or("").into(),
        item.by.as_deref().unwrap_or("").into(),
        item.reviewers.join(", ").into(),
    ]
}

/// Lowers what became of a decision.
///
/// # Errors
///
/// Those of the writer.
pub fn review_decided(report: &ReviewDecided, out: &mut dyn Writer) -> io::Result<()> {
    let text = format!(
        "{} recorded in review {}, {} left to you. They can be changed until it closes.",
        count(report.decided, "decision", "decisions"),
        report.review,
        count(report.left, "decision is", "decisions are"),
    );
    out.block(&Block::Paragraph(vec![Line::plain(text)]))
}
