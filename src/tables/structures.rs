//! Structures at a date: EAJE and MAM.

use super::Ingestion;
use super::en_jours;
use super::ingestion::Communes;
use crate::quality::{Bilan, Motif, Probleme};
use crate::sources::disposition::Tableau;
use crate::sources::valeurs::{self, Financement, Gestionnaire, TypeStructure};
use chrono::NaiveDate;
use polars::prelude::*;

/// One row per structure of a census.
///
/// Columns: `date_observation` (date of the census), `source` (str), `type` (str), `nom` (str), `code`
/// (str), `places` (u32, null if unknown), `financement` (str: `psu`, `paje`, or null), `gestionnaire`
/// (str: `public`, `associatif`, `prive`, or null), `ouverture`, `fermeture` (date, null if unknown or
/// still open), `longitude`, `latitude` (f64, null if unknown).
#[derive(Debug, Clone)]
pub struct Structures(pub(super) DataFrame);

struct Structure {
    genre: TypeStructure,
    nom: String,
    code: String,
    places: Option<u32>,
    financement: Option<&'static str>,
    gestionnaire: Option<&'static str>,
    ouverture: Option<NaiveDate>,
    fermeture: Option<NaiveDate>,
    position: Option<(f64, f64)>,
}

impl Structures {
    /// Reads a census of structures.
    ///
    /// # Errors
    /// Only if Polars cannot build the frame.
    pub fn lire(tableau: &Tableau, ingestion: &Ingestion<'_>, bilan: &mut Bilan) -> PolarsResult<Self> {
        let mut communes = Communes::new(ingestion.rapprocheur);
        let mut structures = Vec::with_capacity(tableau.hauteur());
        for rang in 0..tableau.hauteur() {
            let lecture = Ligne { tableau, rang };
            let Some(commune) = communes.trouver(tableau, rang, bilan) else { continue };
            let Some(type_structure) = lecture.type_structure(bilan) else { continue };
            let Ok(places) = lecture.places(bilan) else { continue };
            bilan.lues += 1;
            structures.push(Structure {
                genre: type_structure,
                nom: lecture.texte("nom").unwrap_or("(sans nom)").to_owned(),
                code: commune.code.as_str().to_owned(),
                places,
                financement: lecture.modalite(
                    "financement",
                    |t| valeurs::financement(t).map(Financement::code),
                    bilan,
                ),
                gestionnaire: lecture.modalite(
                    "gestionnaire",
                    |t| valeurs::gestionnaire(t).map(Gestionnaire::code),
                    bilan,
                ),
                ouverture: lecture.date("ouverture", bilan),
                fermeture: lecture.date("fermeture", bilan),
                position: lecture.position(bilan),
            });
        }
        communes.conclure(bilan);
        trame(&structures, ingestion).map(Self)
    }

    /// Brings censuses together.
    ///
    /// # Errors
    /// If there is none, or if Polars cannot run the plan.
    pub fn reunir(parties: &[Self]) -> PolarsResult<Self> {
        concat(parties.iter().map(|p| p.0.clone().lazy()).collect::<Vec<_>>(), UnionArgs::default())?
            .collect()
            .map(Self)
    }

    /// The frame.
    pub fn trame(&self) -> &DataFrame {
        &self.0
    }
}

struct Ligne<'a> {
    tableau: &'a Tableau,
    rang: usize,
}

impl<'a> Ligne<'a> {
    fn texte(&self, champ: &str) -> Option<&'a str> {
        self.tableau.cellule(self.rang, champ)
    }

    fn probleme(&self, motif: Motif, champ: &str, detail: impl Into<String>, vu: &str) -> Probleme {
        Probleme::new(motif, self.tableau.lieu(self.rang, champ), detail).avec_valeur(vu)
    }

    fn type_structure(&self, bilan: &mut Bilan) -> Option<TypeStructure> {
        let brut = self.texte("type").unwrap_or_default();
        valeurs::type_structure(brut)
            .map_err(|erreur| bilan.noter(self.probleme(Motif::TypeInconnu, "type", erreur.detail, brut)))
            .ok()
    }

    /// The places; `Err` if the row must be left.
    fn places(&self, bilan: &mut Bilan) -> Result<Option<u32>, ()> {
        let Some(brut) = self.texte("places") else { return Ok(None) };
        if valeurs::est_manquant(brut) {
            return Ok(None);
        }
        if let Ok(Ok(places)) = valeurs::entier(brut).map(u32::try_from) {
            return Ok(Some(places));
        }
        bilan.noter(self.probleme(Motif::NombreIllisible, "places", "ce n’est pas un nombre de places", brut));
        Err(())
    }

    fn modalite(
        &self,
        champ: &str,
        lire: impl Fn(&str) -> Result<&'static str, valeurs::ValeurInvalide>,
        bilan: &mut Bilan,
    ) -> Option<&'static str> {
        let brut = self.texte(champ)?;
        match lire(brut) {
            Ok(valeur) => Some(valeur),
            Err(erreur) => {
                bilan.noter(self.probleme(Motif::ModaliteInconnue, champ, erreur.detail, brut));
                None
            }
        }
    }

    fn date(&self, champ: &str, bilan: &mut Bilan) -> Option<NaiveDate> {
        let brut = self.texte(champ)?;
        valeurs::date(brut)
            .map_err(|erreur| bilan.noter(self.probleme(Motif::DateIllisible, champ, erreur.detail, brut)))
            .ok()
    }

    fn position(&self, bilan: &mut Bilan) -> Option<(f64, f64)> {
        let (longitude, latitude) = (self.texte("longitude")?, self.texte("latitude")?);
        let position = valeurs::nombre(longitude).ok().zip(valeurs::nombre(latitude).ok());
        let plausible = position.filter(|(x, y)| (-180.0..=180.0).contains(x) && (-90.0..=90.0).contains(y));
        if plausible.is_none() {
            let vu = format!("{longitude} ; {latitude}");
            bilan.noter(self.probleme(
                Motif::CoordonneesIllisibles,
                "longitude",
                "degrés décimaux attendus",
                &vu,
            ));
        }
        plausible
    }
}

fn trame(structures: &[Structure], ingestion: &Ingestion<'_>) -> PolarsResult<DataFrame> {
    let n = structures.len();
    let dates = |nom: &str, lire: fn(&Structure) -> Option<NaiveDate>| {
        Int32Chunked::from_iter_options(nom.into(), structures.iter().map(|s| lire(s).map(en_jours)))
            .into_date()
            .into_column()
    };
    let nombres = |nom: &str, lire: fn(&Structure) -> Option<f64>| {
        Float64Chunked::from_iter_options(nom.into(), structures.iter().map(lire)).into_column()
    };
    let mots = |nom: &str, lire: fn(&Structure) -> Option<&str>| {
        StringChunked::from_iter_options(nom.into(), structures.iter().map(lire)).into_column()
    };
    DataFrame::new(
        n,
        vec![
            Int32Chunked::full("date_observation".into(), en_jours(ingestion.date), n)
                .into_date()
                .into_column(),
            StringChunked::full("source".into(), ingestion.source, n).into_column(),
            mots("type", |s| Some(s.genre.code())),
            mots("nom", |s| Some(&s.nom)),
            mots("code", |s| Some(&s.code)),
            UInt32Chunked::from_iter_options("places".into(), structures.iter().map(|s| s.places))
                .into_column(),
            mots("financement", |s| s.financement),
            mots("gestionnaire", |s| s.gestionnaire),
            dates("ouverture", |s| s.ouverture),
            dates("fermeture", |s| s.fermeture),
            nombres("longitude", |s| s.position.map(|p| p.0)),
            nombres("latitude", |s| s.position.map(|p| p.1)),
        ],
    )
}
