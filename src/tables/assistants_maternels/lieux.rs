//! Where people work: at home, in which MAM, for a crèche familiale.

use super::Agrement;
use crate::quality::{Bilan, Motif, Probleme, masquer};
use crate::sources::disposition::Tableau;
use crate::sources::valeurs::{self, LieuExercice};
use crate::tables::ingestion::Communes;
use crate::territory::CodeCommune;
use std::collections::{BTreeMap, BTreeSet};

/// People at one address from which a list that says nothing of MAM holds one.
const PERSONNES_D_UNE_MAM: usize = 3;

/// The place of exercise of a row, and what is to be told of the cells that do not tell it.
pub(super) fn lire(
    tableau: &Tableau,
    rang: usize,
    communes: &mut Communes<'_>,
) -> (LieuExercice, Vec<Probleme>) {
    let cellule = |champ: &str| tableau.cellule(rang, champ);
    let dit =
        |champ: &str, colonne| cellule(champ).and_then(|brut| valeurs::lieu_d_une_colonne(brut, colonne));
    let mut problemes = Vec::new();
    if dit("creche_familiale", LieuExercice::CrecheFamiliale) == Some(LieuExercice::CrecheFamiliale) {
        return (LieuExercice::CrecheFamiliale, problemes);
    }
    if let Some(brut) = cellule("employeur") {
        match valeurs::est_une_creche_familiale(brut) {
            Ok(true) => return (LieuExercice::CrecheFamiliale, problemes),
            Ok(false) => {}
            Err(erreur) => {
                // The name of a parent is personal.
                let probleme = erreur.a(tableau.lieu(rang, "employeur")).avec_valeur(masquer(brut));
                let detail = format!("{} ; valeur masquée, car c’est peut-être un nom", probleme.detail);
                problemes.push(Probleme { detail, ..probleme });
            }
        }
    }
    if let Some(brut) = cellule("exercice") {
        match valeurs::lieu_exercice(brut) {
            Ok(lieu) => return (lieu, problemes),
            // « Lieu d’exercice : Aizenay » is where, and not what.
            Err(_) if communes.est_une_commune(brut) || valeurs::est_une_adresse(brut) => {}
            Err(erreur) => problemes.push(erreur.a(tableau.lieu(rang, "exercice")).avec_valeur(brut)),
        }
    }
    let en_mam = || dit("adresse_mam", LieuExercice::Mam);
    (dit("mam", LieuExercice::Mam).or_else(en_mam).unwrap_or(LieuExercice::Domicile), problemes)
}

/// The name of the commune where somebody works, as the place of exercise or the address of the MAM tells it, and the field
/// that does.
pub(super) fn commune_de_travail(
    tableau: &Tableau,
    rang: usize,
    lieu: LieuExercice,
    communes: &mut Communes<'_>,
) -> Option<(&'static str, String)> {
    let exercice = tableau.cellule(rang, "exercice").filter(|dit| valeurs::lieu_exercice(dit).is_err());
    if let Some(nom) = exercice.filter(|dit| communes.est_une_commune(dit)) {
        return Some(("exercice", nom.to_owned()));
    }
    if let Some(adresse) = exercice.filter(|dit| valeurs::est_une_adresse(dit)) {
        return communes.d_une_adresse(adresse).map(|nom| ("exercice", nom));
    }
    if lieu != LieuExercice::Mam {
        return None;
    }
    // « MAM Les Lutins, 4 rue du Four 85190 Aizenay » under « Lieu d’exercice » or « MAM » tells it too.
    ["adresse_mam", "exercice", "mam"].into_iter().find_map(|champ| {
        let nom = communes.d_une_adresse(tableau.cellule(rang, champ)?)?;
        Some((champ, nom))
    })
}

/// What tells the MAM of a row from another of its commune: its name in either column, or else its address. The same
/// MAM for the people who give the same.
pub(super) fn nommer_la_mam(tableau: &Tableau, rang: usize) -> Option<String> {
    let cellule = |champ: &str| tableau.cellule(rang, champ);
    let adresse = || cellule("adresse_mam").or_else(|| cellule("adresse")).map(str::to_owned);
    nom_de_la_mam(tableau, rang).or_else(adresse)
}

/// The name of the MAM of a row, in either column.
fn nom_de_la_mam(tableau: &Tableau, rang: usize) -> Option<String> {
    let cellule = |champ: &str| tableau.cellule(rang, champ);
    let est_une_mam =
        |texte: &&str| valeurs::lieu_d_une_colonne(texte, LieuExercice::Mam) == Some(LieuExercice::Mam);
    let par_colonne = cellule("mam").filter(est_une_mam).and_then(valeurs::nom_de_mam);
    let par_lieu = || {
        let exercice = cellule("exercice").filter(|t| valeurs::lieu_exercice(t) == Ok(LieuExercice::Mam));
        exercice.and_then(valeurs::nom_de_mam)
    };
    par_colonne.or_else(par_lieu)
}

/// Who is in a MAM of which the row gives the address alone is in the one that others name there.
pub(super) fn nommer_par_l_adresse(personnes: &mut [Agrement]) {
    // Without a name, the address stands for the MAM.
    let sans_nom = |p: &Agrement| p.mam.is_some() && p.mam == p.adresse;
    let mut nommees: BTreeMap<u64, BTreeSet<u64>> = BTreeMap::new();
    for personne in personnes.iter().filter(|p| !sans_nom(p) && !p.mam_anonyme) {
        if let Some((adresse, mam)) = personne.adresse.zip(personne.mam) {
            nommees.entry(adresse).or_default().insert(mam);
        }
    }
    for personne in personnes.iter_mut().filter(|p| sans_nom(p)) {
        let siennes = personne.adresse.and_then(|adresse| nommees.get(&adresse));
        if let Some(seule) = siennes.filter(|mam| mam.len() == 1).and_then(|mam| mam.first()) {
            personne.mam = Some(*seule);
        }
    }
}

/// Tells of people of one commune in MAM that nothing tells apart: they count as one.
pub(super) fn dire_les_mam_anonymes(personnes: &[Agrement], tableau: &Tableau, bilan: &mut Bilan) {
    let mut communes: BTreeMap<CodeCommune, Vec<u32>> = BTreeMap::new();
    for personne in personnes.iter().filter(|p| p.mam_anonyme) {
        communes.entry(personne.code).or_default().push(personne.ligne);
    }
    let champ = if tableau.colonne("mam").is_some() { "mam" } else { "exercice" };
    for (code, lignes) in communes.into_iter().filter(|(_, lignes)| lignes.len() > 1) {
        let mut lieu = tableau.lieu(0, champ);
        lieu.ligne = lignes.first().copied();
        let lignes: Vec<String> = lignes.iter().map(u32::to_string).collect();
        let detail = format!("lignes {}, commune {code} : comptées comme une seule MAM", lignes.join(", "));
        bilan.noter(Probleme::new(Motif::MamSansNom, lieu, detail));
    }
}

/// Tells of a MAM that people of several communes name: it counts in each, as if the list said where they live.
pub(super) fn dire_les_mam_de_plusieurs_communes(
    personnes: &[Agrement],
    tableau: &Tableau,
    bilan: &mut Bilan,
) {
    let rangs: BTreeMap<u32, usize> = tableau.lignes.iter().copied().zip(0..).collect();
    let mut maisons: BTreeMap<String, BTreeMap<CodeCommune, Vec<u32>>> = BTreeMap::new();
    for personne in personnes.iter().filter(|p| p.mam.is_some() && !p.mam_anonyme) {
        if let Some(nom) = rangs.get(&personne.ligne).and_then(|rang| nom_de_la_mam(tableau, *rang)) {
            let communes = maisons.entry(valeurs::replier(&nom)).or_default();
            communes.entry(personne.code).or_default().push(personne.ligne);
        }
    }
    let mut partagees: Vec<_> = maisons.into_values().filter(|communes| communes.len() > 1).collect();
    partagees.sort();
    for communes in partagees {
        let mut lieu = tableau.lieu(0, if tableau.colonne("mam").is_some() { "mam" } else { "exercice" });
        lieu.ligne = communes.values().flatten().min().copied();
        let dans = |(code, lignes): (&CodeCommune, &Vec<u32>)| {
            let mot = if lignes.len() > 1 { "lignes" } else { "ligne" };
            let lignes: Vec<String> = lignes.iter().map(u32::to_string).collect();
            format!("{code} ({mot} {})", lignes.join(", "))
        };
        let ou: Vec<String> = communes.iter().map(dans).collect();
        let detail = format!("le même nom dans les communes {} : une MAM dans chacune", ou.join(" et "));
        bilan.noter(Probleme::new(Motif::MamDePlusieursCommunes, lieu, detail));
    }
}

/// True if the column of the place of exercise tells it of somebody: one of kinds of care, or of years, tells nothing.
fn dit_ou(tableau: &Tableau) -> bool {
    let exercice = tableau.colonne("exercice").map(|colonne| colonne.valeurs.iter().flatten());
    exercice.into_iter().flatten().any(|texte| valeurs::lieu_exercice(texte).is_ok())
}

/// Where the list says nothing of MAM, an address that several people share is one, and is told: from
/// three people on, for two may be a couple. Where the place of exercise is an address, that one alone counts.
pub(super) fn deduire_les_mam(personnes: &mut [Agrement], tableau: &Tableau, bilan: &mut Bilan) {
    let par_exercice = personnes.iter().any(|personne| personne.adresse_d_exercice.is_some());
    let dit_ou = dit_ou(tableau);
    if tableau.colonne("mam").is_some() || tableau.colonne("adresse_mam").is_some() || dit_ou && !par_exercice
    {
        return;
    }
    let mut adresses: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    for (rang, personne) in personnes.iter().enumerate() {
        let adresse = if par_exercice { personne.adresse_d_exercice } else { personne.adresse };
        if let Some(adresse) = adresse.filter(|_| personne.lieu == LieuExercice::Domicile) {
            adresses.entry(adresse).or_default().push(rang);
        }
    }
    let mut partagees: Vec<(u64, Vec<usize>)> = adresses.into_iter().filter(|(_, r)| r.len() > 1).collect();
    // In the order of the file: the pseudonyms have none.
    partagees.sort_by_key(|(_, rangs)| rangs.first().copied());
    for (adresse, rangs) in partagees {
        let lignes: Vec<String> = rangs.iter().map(|r| personnes[*r].ligne.to_string()).collect();
        let est_une_mam = rangs.len() >= PERSONNES_D_UNE_MAM;
        let suite = if est_une_mam { "comptées comme une MAM" } else { "non comptées comme une MAM" };
        let mut lieu = tableau.lieu(0, if par_exercice { "exercice" } else { "adresse" });
        lieu.ligne = rangs.first().map(|r| personnes[*r].ligne);
        bilan.noter(Probleme::new(
            Motif::MamDeduite,
            lieu,
            format!("lignes {} à la même adresse, {suite}", lignes.join(", ")),
        ));
        for rang in rangs.into_iter().filter(|_| est_une_mam) {
            personnes[rang].lieu = LieuExercice::Mam;
            personnes[rang].mam = Some(adresse);
        }
    }
    // Nothing tells of any MAM: that is no reason to say that there is none.
    if !dit_ou && !personnes.is_empty() && personnes.iter().all(|p| p.lieu != LieuExercice::Mam) {
        let sans_lieu = personnes.iter_mut().filter(|p| p.lieu == LieuExercice::Domicile);
        sans_lieu.for_each(|p| p.lieu = LieuExercice::NonDit);
        let detail = "aucune colonne ne dit qui exerce en MAM : les nombres « à domicile » et « en MAM » ne sont pas connus à cette date";
        bilan.noter(Probleme::new(Motif::LieuNonDit, tableau.origine.lieu(), detail));
    }
}
