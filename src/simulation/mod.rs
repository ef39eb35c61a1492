//! Fictional territories, as an office would send them.
