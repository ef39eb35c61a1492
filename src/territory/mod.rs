//! Commune codes, names, movements, perimeter in time, contours.

mod code;
mod departements;
mod nom;

pub mod cog;
pub mod contours;
pub mod geographie;
pub mod perimetre;
pub mod rapprochement;

pub use code::{CodeCommune, CodeInvalide};
pub(crate) use geographie::Reperage;
pub use geographie::{CommuneGeo, Geographie};
pub use nom::{cle_litterale, normaliser};
pub use perimetre::{Fin, Membre, Perimetre};
