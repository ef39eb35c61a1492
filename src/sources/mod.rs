//! Readers: any office file becomes cells of text that know their file, sheet, line and column.

pub mod cog;
pub mod contours;
pub mod disposition;
pub mod grille;
pub mod lecture;
pub mod valeurs;

mod empreinte;
mod genre;

pub use empreinte::{Empreinte, empreinte};
pub use genre::Genre;
