//! The public services, and the cache.
