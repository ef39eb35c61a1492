//! Commune codes, names, movements, perimeter in time, contours.

mod code;

pub mod cog;
pub mod contours;
pub mod geographie;
pub mod perimetre;
pub mod rapprochement;

pub use code::{CodeCommune, CodeInvalide};
pub use geographie::{CommuneGeo, Geographie};
pub use perimetre::{Membre, Perimetre};
