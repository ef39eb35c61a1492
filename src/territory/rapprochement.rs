//! From a commune as an office writes it to its code, or to a question for the person.
