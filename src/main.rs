//! The command `observatoire`: see [`observatoire::cli`].

/// Large tables come and go: the allocator of the system gives little of their memory back.
#[cfg(all(feature = "distribution", not(target_env = "msvc")))]
#[global_allocator]
static ALLOCATEUR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> std::process::ExitCode {
    // Whoever reads what is printed may close the pipe (`| head`): that is an end, and no failure.
    sigpipe::reset();
    observatoire::cli::main()
}
