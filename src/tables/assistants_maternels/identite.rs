//! Who stands on a list: by which pseudonyms they are known, and whether the list names them enough; those of whom nothing is counted.

use super::{Agrement, Liste, age};
use crate::quality::{Bilan, Motif, Probleme};
use crate::sources::disposition::Tableau;
use crate::tables::Ingestion;
use crate::territory::CodeCommune;
use chrono::NaiveDate;
use polars::prelude::*;
use std::collections::BTreeSet;

/// Pseudonyms of a person: of the name alone, with the birth date, and of each half of the name with it.
#[derive(Default)]
pub(super) struct Identite {
    pub(super) nom: Option<u64>,
    pub(super) cle: Option<u64>,
    pub(super) prenom: Option<u64>,
    pub(super) famille: Option<u64>,
}

impl Identite {
    /// Of whoever bears that name (family name, first name), born that day; a day that is of no adult is none.
    pub(super) fn de(
        (nom, prenom): (&str, &str),
        naissance: Option<NaiveDate>,
        ingestion: &Ingestion<'_>,
    ) -> Self {
        let pseudonymes = ingestion.pseudonymes;
        let naissance = naissance.filter(|jour| age::est_d_un_adulte(*jour, ingestion.date));
        let (entier, cle) = pseudonymes.personne(nom, prenom, naissance);
        let famille = naissance.filter(|_| !prenom.is_empty()).map(|jour| pseudonymes.famille(nom, jour));
        let prenom = naissance.and_then(|jour| pseudonymes.prenom(prenom, jour));
        Self { nom: Some(entier), cle, prenom, famille }
    }
}

/// Somebody who stands on the list and is counted nowhere.
pub(super) struct NonPlace {
    pub(super) identite: Identite,
    /// The communes that the row may be of, or what stands in place of their codes.
    pub(super) codes: Vec<String>,
}

impl NonPlace {
    /// Somebody of whom only the communes are known that the row names.
    pub(super) fn quelque_part(communes: &BTreeSet<CodeCommune>) -> Self {
        let codes: Vec<String> = communes.iter().map(CodeCommune::to_string).collect();
        let codes = if codes.is_empty() { vec![Liste::SANS_COMMUNE.to_owned()] } else { codes };
        Self { identite: Identite::default(), codes }
    }

    /// Somebody of that commune: what is counted there is an estimate.
    pub(super) fn dans(code: CodeCommune) -> Self {
        Self::quelque_part(&BTreeSet::from([code]))
    }
}

/// True if the list tells first names, in a column of their own or after the family name. With the family name alone,
/// five Martins would be one person.
pub(super) fn donne_des_noms_entiers(tableau: &Tableau) -> bool {
    let Some(noms) = tableau.colonne("nom").or_else(|| tableau.colonne("nom_usage")) else { return false };
    let (remplis, entiers) = noms.valeurs.iter().flatten().fold((0u32, 0u32), |(n, entiers), nom| {
        (n + 1, entiers + u32::from(nom.split_whitespace().count() > 1))
    });
    tableau.colonne("prenom").is_some() || entiers * 2 > remplis
}

/// Tells that people are not followed where only their family names are known.
pub(super) fn dire_les_noms_de_famille(
    agrements: &[Agrement],
    noms_entiers: bool,
    tableau: &Tableau,
    bilan: &mut Bilan,
) {
    let sans_cle = agrements.iter().filter(|a| a.cle.is_none()).count();
    if noms_entiers || sans_cle == 0 || tableau.colonne("nom").is_none() {
        return;
    }
    let detail = format!(
        "{sans_cle} personne(s) n’ont qu’un nom de famille : deux du même nom sont comptées deux fois, sauf à la même adresse, et personne n’est suivi d’une année à l’autre"
    );
    bilan.noter(Probleme::new(Motif::NomsDeFamilleSeuls, tableau.origine.lieu(), detail));
}

/// Nobody: what the columns of [`Liste::non_places`] are.
pub(in crate::tables) fn aucun_non_place() -> PolarsResult<DataFrame> {
    trame_des_non_places(&[], 0, "")
}

pub(super) fn trame_des_non_places(
    non_places: &[NonPlace],
    annee: i32,
    source: &str,
) -> PolarsResult<DataFrame> {
    let lignes: Vec<(&Identite, Option<&str>)> = non_places
        .iter()
        .flat_map(|NonPlace { identite, codes }| {
            let inconnue = codes.is_empty().then_some((identite, None));
            inconnue.into_iter().chain(codes.iter().map(move |code| (identite, Some(code.as_str()))))
        })
        .collect();
    df!(
        "annee" => vec![annee; lignes.len()],
        "source" => vec![source; lignes.len()],
        "nom" => lignes.iter().map(|(i, _)| i.nom).collect::<Vec<Option<u64>>>(),
        "cle" => lignes.iter().map(|(i, _)| i.cle).collect::<Vec<Option<u64>>>(),
        "code" => lignes.iter().map(|(_, code)| *code).collect::<Vec<Option<&str>>>(),
    )
}
