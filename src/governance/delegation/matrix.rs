//! The matrix: which role may do what. Entra's facts on delegation, row by row.

use Right::{Always as Y, Never as N, Own as O};

/// Declares the roles, in the order of the columns.
macro_rules! roles {
    ($($(#[$doc:meta])* $name:ident = $word:literal;)*) => {
        /// A role that something may be delegated to: a column of the matrix.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum DelegatedRole { $($(#[$doc])* $name,)* }

        impl DelegatedRole {
            /// Every role, in the order of the columns.
            pub const ALL: [Self; COLUMNS] = [$(Self::$name),*];

            /// Returns the name that people read.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word),* }
            }
        }
    };
}

const COLUMNS: usize = 7;

roles! {
    /// Global Administrator or Identity Governance Administrator.
    Administrator = "Global Administrator or Identity Governance Administrator";
    /// Of the tenant.
    OrganizationAdministrator = "Connected Organization Administrator";
    /// Of the tenant.
    CatalogCreator = "Catalog creator";
    /// Of a catalog.
    Owner = "owner";
    /// Of a catalog.
    Reader = "reader";
    /// Of a catalog.
    PackageManager = "package manager";
    /// Of a catalog.
    AssignmentManager = "assignment manager";
}

impl DelegatedRole {
    /// Returns true for a role that is had in a catalog and not in the whole tenant.
    #[must_use]
    pub const fn is_of_catalog(self) -> bool {
        matches!(
            self,
            Self::Owner | Self::Reader | Self::PackageManager | Self::AssignmentManager
        )
    }
}

/// Whether a role may do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// No.
    Never,
    /// In the catalogs that somebody owns.
    Own,
    /// Wherever the role is had.
    Always,
}

/// Declares the tasks with the words that complete "may not …".
macro_rules! tasks {
    ($($(#[$doc:meta])* $name:ident = $words:literal;)*) => {
        /// Something that a role may allow: a row of the matrix.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Task { $($(#[$doc])* $name,)* }

        impl Task {
            /// Every task, in the order of the rows.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// Returns what it is to do, to complete "may not …".
            #[must_use]
            pub const fn words(self) -> &'static str {
                match self { $(Self::$name => $words),* }
            }
        }
    };
}

tasks! {
    /// Change settings of the tenant, people and groups, and name catalog creators.
    ManageTenant = "change people, groups and settings of the tenant";
    /// Add and change connected organizations.
    ManageOrganizations = "change connected organizations";
    /// Create a catalog, and become its owner.
    CreateCatalog = "create catalogs";
    /// Change or delete a catalog, and give its roles.
    ManageCatalog = "change this catalog or give its roles";
    /// Put resources into a catalog or take them out. Entra wants rights on the resource besides.
    ManageResources = "add or remove resources of this catalog";
    /// Create, change, hide, delete packages.
    ManagePackages = "change packages";
    /// Change what a package grants.
    ManagePackageRoles = "change what packages grant";
    /// Create and change policies.
    ManagePolicies = "change policies";
    /// Create and change policies that assign by a rule.
    ManageAutomaticPolicies = "change policies that assign by a rule";
    /// Assign a package directly, or take it away.
    Assign = "assign packages or take them away";
    /// See assignments, requests, delivery errors.
    SeeAssignments = "see assignments and requests";
    /// Reprocess and cancel requests.
    ManageRequests = "reprocess or cancel requests of others";
    /// See the packages of a catalog.
    ViewPackages = "see the packages of this catalog";
    /// Approve or deny a request.
    Decide = "decide on this request";
}

/// Who may do what. The columns are those of [`DelegatedRole::ALL`].
pub const MATRIX: [(Task, [Right; COLUMNS]); 14] = [
    // Administrator, organization administrator, catalog creator, owner, reader, package manager, assignment manager
    (Task::ManageTenant, [Y, N, N, N, N, N, N]),
    (Task::ManageOrganizations, [Y, Y, N, N, N, N, N]),
    (Task::CreateCatalog, [Y, N, Y, N, N, N, N]),
    (Task::ManageCatalog, [Y, N, N, Y, N, N, N]),
    (Task::ManageResources, [Y, N, N, Y, N, N, N]),
    (Task::ManagePackages, [Y, N, N, Y, N, Y, N]),
    (Task::ManagePackageRoles, [Y, N, N, Y, N, Y, N]),
    (Task::ManagePolicies, [Y, N, N, Y, N, Y, N]),
    (Task::ManageAutomaticPolicies, [Y, N, N, N, N, N, N]),
    (Task::Assign, [Y, N, N, Y, N, Y, Y]),
    (Task::SeeAssignments, [Y, N, N, Y, N, Y, Y]),
    (Task::ManageRequests, [Y, N, N, Y, N, Y, Y]),
    (Task::ViewPackages, [Y, N, O, Y, Y, Y, Y]),
    // No role decides on requests: named approvers do, and never on their own.
    (Task::Decide, [N, N, N, N, N, N, N]),
];

impl DelegatedRole {
    /// Returns what it allows wherever it is had, in the order of the rows.
    pub fn allows(self) -> impl Iterator<Item = Task> {
        let column = Self::ALL.iter().position(|role| *role == self);
        let rows = MATRIX.iter().filter(move |(_, rights)| {
            column.and_then(|column| rights.get(column)) == Some(&Right::Always)
        });
        rows.map(|(task, _)| *task)
    }
}

impl Task {
    /// Returns the roles that allow it.
    pub(super) fn roles(self) -> impl Iterator<Item = (DelegatedRole, Right)> {
        let row = MATRIX.iter().find(|(task, _)| *task == self);
        let rights = row.map_or([N; COLUMNS], |(_, rights)| *rights);
        let all = DelegatedRole::ALL.into_iter().zip(rights);
        all.filter(|(_, right)| *right != N)
    }
}
