//! Parsers of the values that French offices write.
