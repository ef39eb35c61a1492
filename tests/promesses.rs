//! Promises to the people who use the product; one file each.
