//! From a file to grids of text cells.
