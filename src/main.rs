//! The `guestlist` program.

/// Serves the many small strings of a tree faster than the system's allocator does.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    guestlist::cli::main().into()
}
