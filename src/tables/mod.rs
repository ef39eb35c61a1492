//! Canonical tables: typed frames that only ingestion can build.
