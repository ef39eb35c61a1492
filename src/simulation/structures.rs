//! EAJE and MAM of the fictional territory.

use super::{Assistante, Commune, Flux, Mam, Parametres, carte, noms};
use chrono::NaiveDate;
use geo::Point;
use rand::RngExt;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha8Rng;

/// What a structure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Genre {
    /// Public EAJE paid by the PSU.
    MultiAccueil,
    /// Private micro-crèche paid by the PAJE.
    MicroCreche,
    /// Maison d'assistants maternels: its places are those of its assistants maternels.
    Mam,
}

/// A structure, open or closed.
#[derive(Debug, Clone)]
pub struct Structure {
    /// What it is.
    pub genre: Genre,
    /// Its name.
    pub nom: String,
    /// Rank of its commune.
    pub commune: usize,
    /// Its address.
    pub adresse: String,
    /// Places at the last date.
    pub places: u32,
    /// First day.
    pub ouverture: NaiveDate,
    /// Last day, if it has closed.
    pub fermeture: Option<NaiveDate>,
    /// Where it stands, inside its commune (WGS 84).
    pub position: Point<f64>,
}

impl Structure {
    /// True if it is open that day.
    pub fn est_ouverte_le(&self, jour: NaiveDate) -> bool {
        self.ouverture <= jour && self.fermeture.is_none_or(|fin| jour <= fin)
    }
}

/// The structures: public EAJE, micro-crèches, MAM, then a micro-crèche that has closed.
pub(super) fn ouvrir(
    parametres: &Parametres,
    communes: &[Commune],
    assistantes: &[Assistante],
    mam: &[Mam],
) -> Vec<Structure> {
    let mut hasard = Flux::Structures.ouvrir(parametres.graine);
    let mut structures = Vec::new();
    for (rang, &places) in parametres.eaje_publics.iter().enumerate() {
        let commune = rang % communes.len();
        let ouverture = jour(&mut hasard, [1996, 2003, 2010][rang % 3]);
        let nom = noms::eaje_public(rang);
        structures.push(implanter(
            &mut hasard,
            communes,
            Genre::MultiAccueil,
            (nom, commune, places, ouverture),
        ));
    }
    // The large communes attract micro-crèches; the small ones have none.
    let poids: Vec<u32> = communes.iter().map(|c| c.population.saturating_sub(1_000)).collect();
    let rangs: Vec<usize> = (0..communes.len()).collect();
    for (rang, micro) in parametres.micro_creches.iter().enumerate() {
        let commune = rangs.choose_weighted(&mut hasard, |&c| poids[c]).copied().unwrap_or(0);
        let ouverture = jour(&mut hasard, micro.ouverture);
        let nom = noms::micro_creche(rang);
        structures.push(implanter(
            &mut hasard,
            communes,
            Genre::MicroCreche,
            (nom, commune, micro.places, ouverture),
        ));
    }
    let derniere = parametres.derniere_annee();
    for (rang, maison) in mam.iter().enumerate() {
        let agrements = assistantes.iter().filter_map(|a| a.agrements.get(&derniere));
        let places = agrements.filter(|a| a.mam == Some(rang)).map(|a| a.places).sum();
        let ouverture = jour(&mut hasard, maison.ouverture);
        let identite = (maison.nom.clone(), maison.commune, places, ouverture);
        let structure = implanter(&mut hasard, communes, Genre::Mam, identite);
        structures.push(Structure { adresse: maison.adresse.clone(), ..structure });
    }
    structures.push(fermee(&mut hasard, parametres, communes));
    structures
}

/// A micro-crèche that closed two years before the first list: no date of the demonstration counts it.
fn fermee(hasard: &mut ChaCha8Rng, parametres: &Parametres, communes: &[Commune]) -> Structure {
    let annee = parametres.millesimes[0].annee - 2;
    let nom = noms::micro_creche(parametres.micro_creches.len());
    let ouverture = jour(hasard, annee - 4);
    let structure = implanter(hasard, communes, Genre::MicroCreche, (nom, 0, 10, ouverture));
    Structure { fermeture: NaiveDate::from_ymd_opt(annee, 8, 31), ..structure }
}

fn jour(hasard: &mut ChaCha8Rng, annee: i32) -> NaiveDate {
    // Structures open at the start of a month, rarely in the summer.
    let mois = [1, 2, 3, 4, 5, 9, 9, 9, 10, 11];
    let mois = mois[hasard.random_range(0..mois.len())];
    NaiveDate::from_ymd_opt(annee, mois, hasard.random_range(1..8)).unwrap_or(NaiveDate::MIN)
}

fn implanter(
    hasard: &mut ChaCha8Rng,
    communes: &[Commune],
    genre: Genre,
    (nom, commune, places, ouverture): (String, usize, u32, NaiveDate),
) -> Structure {
    let adresse = noms::adresse(hasard);
    let position = carte::point_dans(hasard, &communes[commune].contour);
    Structure { genre, nom, commune, adresse, places, ouverture, fermeture: None, position }
}

#[cfg(test)]
mod tests {
    use super::super::Territoire;
    use super::*;
    use geo::Contains;

    fn places(territoire: &Territoire, genre: Genre, annee: i32) -> (usize, u32) {
        let jour = NaiveDate::from_ymd_opt(annee, 12, 31).expect("date");
        let ouvertes = territoire.structures.iter().filter(|s| s.genre == genre && s.est_ouverte_le(jour));
        ouvertes.fold((0, 0), |(n, p), s| (n + 1, p + s.places))
    }

    #[test]
    fn places_collectives_aux_dates_publiees() {
        let territoire = Territoire::imaginer(&Parametres::demo(2024)).expect("territoire");
        assert_eq!(places(&territoire, Genre::MultiAccueil, 2024), (3, 85));
        assert_eq!(places(&territoire, Genre::MicroCreche, 2018).1, 97);
        assert_eq!(places(&territoire, Genre::MicroCreche, 2019), (9, 97));
        assert_eq!(places(&territoire, Genre::MicroCreche, 2020).0, 11);
        assert_eq!(places(&territoire, Genre::MicroCreche, 2024), (16, 175));
        assert!(territoire.structures.iter().all(|s| s.genre != Genre::MicroCreche || s.places <= 12));
    }

    #[test]
    fn les_places_d_une_mam_sont_celles_de_ses_assistants_maternels() {
        let territoire = Territoire::imaginer(&Parametres::demo(2024)).expect("territoire");
        let (nombre, total) = places(&territoire, Genre::Mam, 2024);
        let en_mam: u32 =
            territoire.liste(2024).filter(|(_, a)| a.mam.is_some()).map(|(_, a)| a.places).sum();
        assert_eq!((nombre, total), (12, en_mam));
        assert_eq!(places(&territoire, Genre::Mam, 2019).0, 6);
    }

    #[test]
    fn chaque_structure_est_dans_sa_commune() {
        let territoire = Territoire::imaginer(&Parametres::demo(2024)).expect("territoire");
        for structure in &territoire.structures {
            assert!(territoire.communes[structure.commune].contour.contains(&structure.position));
        }
    }
}
