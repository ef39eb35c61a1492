//! The *code officiel géographique*: communes of today and movements that led to them.
