//! A sheet of text cells, column by column.
