//! `observatoire`: the childcare observatory of a *relais petite enfance*, in one command.
//!
//! The crate is an hourglass. [`sources`] turns any office file into cells of text that know where
//! they come from; [`tables`] types them, once and for all, into canonical Polars frames;
//! [`indicators`] reduces those frames to one long table of figures with a status each;
//! [`disclosure`] decides who may see which figure; [`deliverables`] draws what is left.
//! No module imports one that stands below it in this list:
//!
//! 1. [`quality`]: what can go wrong with a file, a row or a cell, and how it is told;
//! 2. [`territory`]: commune codes, names, movements, perimeters, contours;
//! 3. [`sources`]: readers and value parsers;
//! 4. [`tables`]: canonical tables;
//! 5. [`indicators`]: catalogue, indicator table, one file per family;
//! 6. [`disclosure`]: audiences and suppression;
//! 7. [`etude`]: what a project of care would change, from the disclosed table;
//! 8. [`deliverables`]: charts, maps, GeoJSON, files;
//! 9. [`pipeline`], [`open_data`], [`simulation`]: the rim (files, clock, chance);
//! 10. [`cli`]: the only one that prints.
//!
//! `parallele`, `disque`, `toml_a_la_main` and [`reprises`], which know nothing of childcare, serve them all.

pub mod cli;
mod defaut;
pub mod deliverables;
pub mod disclosure;
mod disque;
pub mod etude;
pub mod indicators;
pub mod open_data;
mod parallele;
pub mod pipeline;
pub mod quality;
pub mod reprises;
pub mod simulation;
pub mod sources;
pub mod tables;
pub mod territory;
mod toml_a_la_main;
