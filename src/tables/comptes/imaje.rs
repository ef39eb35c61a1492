//! The shapes in which the Caf's counts by commune arrive.

use super::{Comptes, Mesure, Releve, annee_de_la_ligne, lire_compte};
use crate::quality::{Bilan, Motif, Probleme, Statut};
use crate::sources::Genre;
use crate::sources::disposition::{Champ, ColonneTexte, Disposition, Tableau};
use crate::sources::valeurs::replier;
use crate::tables::Ingestion;
use crate::tables::ingestion::{Communes, Ecartees};
use polars::prelude::PolarsResult;
use std::collections::BTreeMap;

/// Recognises a measure by the headers of the layout.
struct Mesures(Disposition);

impl Mesures {
    fn new() -> Self {
        Self(Genre::Imaje.disposition().unwrap_or_default())
    }

    /// The measure that a label names: exactly first, then by the words that it holds.
    fn lire(&self, libelle: &str) -> Option<Mesure> {
        let replie = replier(libelle);
        let de = |nomme: fn(&Champ, &str) -> bool| {
            let mut mesures = Mesure::TOUTES
                .into_iter()
                .filter(|m| self.0.champs.get(m.mot()).is_some_and(|champ| nomme(champ, &replie)));
            mesures.next().filter(|_| mesures.next().is_none())
        };
        Mesure::TOUTES
            .into_iter()
            .find(|m| replier(m.mot()) == replie)
            .or_else(|| de(|champ, t| champ.entetes.iter().any(|e| replier(e) == t)))
            .or_else(|| de(nomme_par_ses_mots))
    }
}

fn nomme_par_ses_mots(champ: &Champ, replie: &str) -> bool {
    let porte = |debut: &str| replie.split(' ').any(|mot| mot.starts_with(debut));
    !champ.sauf.iter().any(|s| porte(&replier(s)))
        && champ.contient.iter().any(|groupe| replier(groupe).split(' ').all(porte))
}

/// The columns of counts: those that the layout found, and those of one year each.
pub(super) fn colonnes_de_mesures(tableau: &Tableau) -> Vec<(Option<i32>, Mesure, &ColonneTexte)> {
    let mesures = Mesures::new();
    let nommees = Mesure::TOUTES.into_iter().filter_map(|m| Some((None, m, tableau.colonne(m.mot())?)));
    let annuelles = tableau.colonnes_annees().into_iter().filter_map(|(annee, colonne)| {
        let libelle = colonne.entete.replace(&annee.to_string(), " ");
        Some((Some(annee), mesures.lire(&libelle)?, colonne))
    });
    nommees.chain(annuelles).collect()
}

/// The positions of the columns beside the fields of the layout that counts are read from.
pub(in crate::tables) fn positions_lues(tableau: &Tableau) -> Vec<u32> {
    let en_long = tableau.colonne("mesure").is_some();
    let annuelles = tableau.colonnes_annees().into_iter().map(|(_, colonne)| colonne.position);
    match (en_long, tableau.colonne("valeur")) {
        (true, Some(_)) => Vec::new(),
        (true, None) => annuelles.collect(),
        (false, _) => {
            colonnes_de_mesures(tableau).into_iter().map(|(.., colonne)| colonne.position).collect()
        }
    }
}

/// Rows `commune, annee, mesure, valeur`, or `commune, mesure` and a column per year.
pub(super) fn lire_en_long(
    tableau: &Tableau,
    ingestion: &Ingestion<'_>,
    bilan: &mut Bilan,
) -> PolarsResult<Comptes> {
    let mesures = Mesures::new();
    let mut communes = Communes::new(ingestion.rapprocheur);
    let (mut releve, mut ecartees) = (Releve::default(), Ecartees::default());
    let mut connues: BTreeMap<String, Option<Mesure>> = BTreeMap::new();
    let mut colonnes: Vec<(Option<i32>, &ColonneTexte)> =
        tableau.colonnes_annees().into_iter().map(|(annee, c)| (Some(annee), c)).collect();
    if let Some(valeur) = tableau.colonne("valeur") {
        colonnes = vec![(None, valeur)];
    }
    for rang in 0..tableau.hauteur() {
        let libelle = tableau.cellule(rang, "mesure").unwrap_or_default();
        let mesure = *connues.entry(libelle.to_owned()).or_insert_with(|| mesures.lire(libelle));
        let Some(mesure) = mesure else {
            ecartees.noter(Motif::HorsSujet, tableau.lieu(rang, "mesure"), libelle);
            continue;
        };
        let Some(commune) = communes.trouver(tableau, rang, bilan) else { continue };
        let Some(annee) = annee_de_la_ligne(tableau, rang, ingestion.date, bilan) else { continue };
        let Some(comptes) = lire_ligne(tableau, rang, &colonnes, annee, bilan) else { continue };
        let doublon =
            comptes.iter().any(|(a, ..)| releve.contient_deja((*a, commune.code, mesure), commune.ancienne));
        if doublon {
            let detail = format!("la commune {} a déjà cette mesure pour cette année", commune.code);
            bilan.noter(Probleme::new(Motif::ValeurEnDouble, tableau.lieu_ligne(rang), detail));
            continue;
        }
        bilan.lues += 1;
        for (annee, valeur, statut) in comptes {
            releve.ajouter((annee, commune.code, mesure), valeur, statut, commune.ancienne);
        }
    }
    communes.conclure(bilan);
    ecartees.conclure(bilan);
    releve.en_comptes(ingestion.source)
}

fn lire_ligne(
    tableau: &Tableau,
    rang: usize,
    colonnes: &[(Option<i32>, &ColonneTexte)],
    annee: i32,
    bilan: &mut Bilan,
) -> Option<Vec<(i32, Option<f64>, Statut)>> {
    let mut comptes = Vec::with_capacity(colonnes.len());
    for (annee_de_colonne, colonne) in colonnes {
        let brut = colonne.valeurs.get(rang).unwrap_or_default();
        let (valeur, statut) = lire_compte(brut, tableau.lieu_colonne(rang, colonne), bilan)?;
        comptes.push((annee_de_colonne.unwrap_or(annee), valeur, statut));
    }
    Some(comptes)
}
