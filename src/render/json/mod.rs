//! The JSON of reports: contracts, apart from the types of the program.
