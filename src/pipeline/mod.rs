//! The declared pipeline, the stages in order, the journal, the atomic publication.
