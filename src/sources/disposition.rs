//! Layouts: which header means which column of a canonical table.
