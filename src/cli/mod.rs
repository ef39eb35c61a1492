//! The command line: one file per command; the only module that prints.
