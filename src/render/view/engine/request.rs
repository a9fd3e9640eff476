//! One request.

use std::io;

use super::card::Card;
use crate::render::doc::Writer;
use crate::render::json::v1::Request;

/// Lowers one request.
///
/// # Errors
///
/// Those of the writer.
pub fn request(request: &Request, out: &mut dyn Writer) -> io::Result<()> {
    let instant = |at: Option<jiff::Timestamp>| at.map(|at| at.to_string());
    Card::new(format!("request {}", request.number), request.state)
        .fact("for", request.person.clone())
        .fact("asked by", request.by.clone())
        .fact("package", request.package.clone())
        .fact("policy", request.policy.clone())
        .fact("status", request.status.clone())
        .fact("approvers", request.approvers.join(", "))
        .fact("decide by", instant(request.decide_by))
        .fact("starts", instant(request.start))
        .fact("ends", instant(request.end))
        .fact("why", request.justification.clone())
        .fact(
            "assignment",
            request.assignment.map(|number| number.to_string()),
        )
        .write(out)
}
