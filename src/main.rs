//! The command `observatoire`: see [`observatoire::cli`].

fn main() -> std::process::ExitCode {
    observatoire::cli::main()
}
