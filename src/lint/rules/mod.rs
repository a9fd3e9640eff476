//! The lints, one file each, and their one list.

mod approver_asked_twice;
mod blocked_for_good;
mod blocked_tenant;
mod closed_catalog;
mod closed_to_guests;
mod empty_package;
mod extends_without_end;
mod guests_invite_guests;
mod guests_see_everybody;
mod idle_extension;
mod idle_organization;
mod never_expires;
mod no_approval;
mod no_fallback_approver;
mod one_way_incompatibility;
mod only_approver_asks;
mod organization_without_sponsors;
mod outsiders_review_themselves;
mod package_without_policy;
mod passcode_off;
mod past_end;
mod policy_for_nobody;
mod proposed_organization;
mod refused_domain;
mod same_display_name;
mod silence_keeps_access;
mod strangers_behind_allow_list;
mod strangers_can_browse;
mod strangers_without_approval;
mod unpublished_catalog;

use super::Lint;

/// Every lint, in the order of people's questions: who comes in, who says yes, for how long, what they get, what they see.
pub const LINTS: &[&dyn Lint] = &[
    &strangers_without_approval::StrangersWithoutApproval,
    &no_approval::NoApproval,
    &strangers_can_browse::StrangersCanBrowse,
    &strangers_behind_allow_list::StrangersBehindAllowList,
    &passcode_off::PasscodeOff,
    &closed_catalog::ClosedCatalog,
    &unpublished_catalog::UnpublishedCatalog,
    &refused_domain::RefusedDomain,
    &blocked_tenant::BlockedTenant,
    &no_fallback_approver::NoFallbackApprover,
    &approver_asked_twice::ApproverAskedTwice,
    &only_approver_asks::OnlyApproverAsks,
    &never_expires::NeverExpires,
    &extends_without_end::ExtendsWithoutEnd,
    &idle_extension::IdleExtension,
    &past_end::PastEnd,
    &policy_for_nobody::PolicyForNobody,
    &blocked_for_good::BlockedForGood,
    &proposed_organization::ProposedOrganization,
    &idle_organization::IdleOrganization,
    &organization_without_sponsors::OrganizationWithoutSponsors,
    &one_way_incompatibility::OneWayIncompatibility,
    &closed_to_guests::ClosedToGuests,
    &empty_package::EmptyPackage,
    &package_without_policy::PackageWithoutPolicy,
    &same_display_name::SameDisplayName,
    &guests_see_everybody::GuestsSeeEverybody,
    &guests_invite_guests::GuestsInviteGuests,
    &silence_keeps_access::SilenceKeepsAccess,
    &outsiders_review_themselves::OutsidersReviewThemselves,
];
