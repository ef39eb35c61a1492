//! The files of the *code officiel géographique* and of the EPCI composition.
