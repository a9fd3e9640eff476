//! The `guestlist` program.

/// Serves the many small strings of a tree faster than the system's allocator does.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    #[cfg(feature = "planted")]
    if let Ok(bug) = std::env::var("GUESTLIST_PLANTED") {
        guestlist::planted::plant(&bug);
    }
    guestlist::cli::main().into()
}
