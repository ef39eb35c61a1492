//! Sheets of one workbook that may all be the table: which holds the others, and which say other things.

use super::en_toml;
use crate::quality::{Lieu, Motif, Probleme};
use crate::sources::Genre;
use crate::sources::disposition::{
    self, Disposition, Tableau, annee_d_entete, compte_au_lieu_de_naissance, nomme_un_autre_compte,
};
use crate::sources::grille::Grille;
use crate::sources::valeurs::{TypeStructure, replier, type_structure};
use crate::tables::dit_une_autre_unite;
use std::collections::{BTreeMap, BTreeSet};

/// What names a row of a list, from one sheet to another; and what it says that counts.
type Ligne = (Vec<String>, Vec<String>);

/// The fields that tell a row of a list from the others; none where only the whole row does.
fn cles(genre: Genre) -> &'static [&'static str] {
    match genre {
        Genre::Pmi => &["nom", "nom_usage", "prenom"],
        Genre::Structures => &["nom", "commune"],
        Genre::Activite => &["mesure"],
        _ => &[],
    }
}

fn textes(tableau: &Tableau, rang: usize, champs: &[&str]) -> Vec<String> {
    champs.iter().map(|champ| tableau.cellule(rang, champ).map(replier).unwrap_or_default()).collect()
}

fn lignes(genre: Genre, tableau: &Tableau) -> BTreeSet<Ligne> {
    let dits: &[&str] = match genre {
        Genre::Pmi => &["commune", "capacite"],
        Genre::Structures => &["type", "places"],
        _ => &["valeur"],
    };
    let lire = |rang| (textes(tableau, rang, cles(genre)), textes(tableau, rang, dits));
    (0..tableau.hauteur()).map(lire).collect()
}

/// The rank of the sheet that holds all that the others do, sorted otherwise or in part; none where one of them says more,
/// or where it is nearly as long: that is another state of the list.
pub(super) fn la_plus_complete(genre: Genre, tableaux: &[Tableau]) -> Option<usize> {
    let lues: Vec<BTreeSet<Ligne>> = tableaux.iter().map(|tableau| lignes(genre, tableau)).collect();
    let (rang, complete) = lues.iter().enumerate().rev().max_by_key(|(_, lignes)| lignes.len())?;
    let noms: BTreeSet<&Vec<String>> = complete.iter().map(|(nom, _)| nom).collect();
    let tient = |autre: &BTreeSet<Ligne>| {
        let partielle = autre.len() * 5 < complete.len() * 4;
        // A part may tell other things of the same people.
        let connue = |ligne: &Ligne| complete.contains(ligne) || partielle && noms.contains(&ligne.0);
        (partielle || autre.len() == complete.len()) && autre.iter().all(connue)
    };
    let autres = lues.iter().enumerate().filter(|(autre, _)| *autre != rang);
    autres.map(|(_, lignes)| lignes).all(tient).then_some(rang)
}

/// The filled cells of each row of a list that names whom no other one does.
pub(super) fn que_d_autres_ne_disent_pas(
    genre: Genre,
    tableau: &Tableau,
    autres: &[Tableau],
) -> Vec<Vec<String>> {
    let cle = |tableau: &Tableau, rang: usize| -> Vec<String> {
        match cles(genre) {
            [] => tableau.textes(rang).map(replier).collect(),
            cles => textes(tableau, rang, cles),
        }
    };
    let dites: BTreeSet<Vec<String>> =
        autres.iter().flat_map(|autre| (0..autre.hauteur()).map(|rang| cle(autre, rang))).collect();
    // What such a list counts nowhere is not lost: a MAM in a census, what is nobody in a list of people.
    let du_genre = |rang: usize| match genre {
        Genre::Structures => tableau
            .cellule(rang, "type")
            .is_none_or(|texte| !matches!(type_structure(texte), Ok(TypeStructure::Mam))),
        Genre::Pmi => ["prenom", "date_naissance", "date_agrement", "nom_usage"]
            .iter()
            .any(|champ| tableau.cellule(rang, champ).is_some()),
        _ => true,
    };
    let perdues =
        (0..tableau.hauteur()).filter(|rang| du_genre(*rang) && !dites.contains(&cle(tableau, *rang)));
    perdues.map(|rang| tableau.textes(rang).map(str::to_owned).collect()).collect()
}

/// True for a sheet beside the counts, by its name: shares, gaps, other years, « dont monoparentales », deaths.
pub(super) fn compte_autre_chose(genre: Genre, feuille: &str) -> bool {
    const DEBUTS: [&str; 14] = [
        "rsa",
        "aeeh",
        "msa",
        "bas revenu",
        "monoparent",
        "evol",
        "structure",
        "historique",
        "dont",
        "qpv",
        "qf",
        "arrondi",
        "annee precedente",
        "precedent",
    ];
    let replie = replier(feuille);
    let a_cote =
        DEBUTS.iter().any(|debut| replie.starts_with(debut)) || matches!(replie.as_str(), "n 1" | "n 2");
    let des_comptes = matches!(
        genre,
        Genre::Naissances | Genre::Imaje | Genre::CafIris | Genre::InseeAges | Genre::InseeFam6
    );
    let naissances = genre == Genre::Naissances;
    des_comptes && (a_cote || dit_une_autre_unite(feuille))
        || naissances && (nomme_un_autre_compte(feuille) || compte_au_lieu_de_naissance(feuille))
}

/// True for the name of the sheet of all of them.
fn dit_le_tout(feuille: &str) -> bool {
    matches!(
        replier(feuille).as_str(),
        "ensemble" | "total" | "totaux" | "les deux sexes" | "tous" | "toutes"
    )
}

/// Among the sheets that fit, those that say to be the whole, or what the kind wants.
pub(super) fn dites<'l, 'g>(
    genre: Genre,
    lues: &[&'l (&'g Grille, Tableau)],
) -> Vec<&'l (&'g Grille, Tableau)> {
    let mots: &[&str] = match genre {
        Genre::Naissances => &["naissances", "domicile", "domiciliees"],
        Genre::Imaje | Genre::CafIris | Genre::InseeAges | Genre::InseeFam6 => &["effectifs"],
        Genre::Trajets => &["voiture"],
        _ => return Vec::new(),
    };
    let nom = |(grille, _): &(&Grille, Tableau)| grille.origine.feuille.clone().unwrap_or_default();
    let tout: Vec<_> = lues.iter().filter(|lue| dit_le_tout(&nom(lue))).copied().collect();
    if !tout.is_empty() {
        return tout;
    }
    let voulue = |lue: &&&(&Grille, Tableau)| replier(&nom(lue)).split(' ').any(|mot| mots.contains(&mot));
    lues.iter().filter(voulue).copied().collect()
}

/// The rank of the first of tables that all say their years, if no other one gives other numbers of the same; else that of
/// the whole.
pub(super) fn qui_ne_contredit_pas(disposition: &Disposition, tableaux: &[Tableau]) -> Option<usize> {
    let nom = |tableau: &Tableau| tableau.origine.feuille.clone().unwrap_or_default();
    let (premier, autres) = tableaux.split_first()?;
    if !autres.iter().any(|autre| se_contredisent(disposition, premier, autre)) {
        return Some(0);
    }
    tableaux.iter().position(|tableau| dit_le_tout(&nom(tableau)))
}

/// True if two tables of counts give, for the same thing of the same commune and year, another number.
pub(super) fn se_contredisent(disposition: &Disposition, un: &Tableau, autre: &Tableau) -> bool {
    let (un, autre) = (nombres(disposition, un), nombres(disposition, autre));
    un.iter().any(|(cle, nombre)| autre.get(cle).is_some_and(|autre| autre != nombre))
}

/// Each number of a table of counts by what tells it from the others: the texts of its row, and its column.
fn nombres<'t>(disposition: &Disposition, tableau: &'t Tableau) -> BTreeMap<(Vec<String>, &'t str), String> {
    use disposition::Genre::{Compte, Entier, Nombre};
    let motif = |champ: &str| disposition.champs.get(champ).map(|champ| champ.motif);
    let est_un_nombre = |champ: &str| matches!(motif(champ), Some(Compte | Entier | Nombre));
    let (mesures, cles): (Vec<_>, Vec<_>) =
        tableau.champs.iter().partition(|(champ, _)| est_un_nombre(champ));
    let annuelles = tableau.autres.iter().filter(|colonne| annee_d_entete(&colonne.entete).is_some());
    let mesures: Vec<_> = mesures
        .iter()
        .map(|(champ, colonne)| (champ.as_str(), &colonne.valeurs))
        .chain(annuelles.map(|colonne| (colonne.entete.as_str(), &colonne.valeurs)))
        .collect();
    let mut nombres = BTreeMap::new();
    for rang in 0..tableau.hauteur() {
        let cle = cles.iter().map(|(_, colonne)| colonne.valeurs.get(rang).map(replier).unwrap_or_default());
        let cle: Vec<String> = cle.collect();
        for (mesure, valeurs) in &mesures {
            if let Some(valeur) = valeurs.get(rang) {
                nombres.insert((cle.clone(), *mesure), replier(valeur));
            }
        }
    }
    nombres
}

/// True if two tables have the same headers.
pub(super) fn ont_les_memes_colonnes(un: &Tableau, autre: &Tableau) -> bool {
    let entetes = |tableau: &Tableau| -> BTreeSet<String> {
        tableau.champs.values().chain(&tableau.autres).map(|colonne| replier(&colonne.entete)).collect()
    };
    entetes(un) == entetes(autre)
}

/// The rank of the table that has all the rows of the others; none if each has some of its own.
pub(super) fn qui_tient_les_autres(tableaux: &[Tableau]) -> Option<usize> {
    let lignes = |tableau: &Tableau| -> BTreeSet<Vec<String>> {
        let textes = |rang: usize| tableau.textes(rang).map(replier).collect();
        (0..tableau.hauteur()).map(textes).collect()
    };
    let lignes: Vec<_> = tableaux.iter().map(lignes).collect();
    let (rang, complete) = lignes.iter().enumerate().rev().max_by_key(|(_, lignes)| lignes.len())?;
    lignes.iter().all(|autres| autres.is_subset(complete)).then_some(rang)
}

/// True if two of these tables name the same thing.
fn ont_des_mesures_communes(tableaux: &[&Tableau]) -> bool {
    let mut vues = BTreeSet::new();
    tableaux.iter().any(|tableau| {
        let siennes =
            tableau.colonne("mesure").into_iter().flat_map(|colonne| colonne.valeurs.iter().flatten());
        let siennes: BTreeSet<String> = siennes.map(replier).collect();
        let communes = siennes.iter().any(|mesure| vues.contains(mesure));
        vues.extend(siennes);
        communes
    })
}

/// The problem of several sheets that fit, with the lines to paste.
pub(super) fn dire<'t>(genre: Genre, tableaux: impl IntoIterator<Item = &'t Tableau>) -> Probleme {
    let tableaux: Vec<&Tableau> = tableaux.into_iter().collect();
    let nom = |tableau: &&Tableau| en_toml(tableau.origine.feuille.clone().unwrap_or_default());
    let noms: Vec<String> = tableaux.iter().map(nom).collect();
    let longue = tableaux.iter().rev().max_by_key(|tableau| tableau.hauteur()).map(nom);
    let parties = match genre {
        // Two sheets of the same measures are of two years, or of two places.
        Genre::Activite if ont_des_mesures_communes(&tableaux) => String::new(),
        _ if !genre.se_lit_par_feuilles() && genre != Genre::Questionnaire => {
            " ; si leurs nombres s’ajoutent (filles et garçons), faites-en d’abord une seule feuille"
                .to_owned()
        }
        _ => format!(
            " ; si chacune est une partie (une commune, un type de structure, une période), écrivez : feuilles = [{}]",
            noms.join(", ")
        ),
    };
    let detail = format!(
        "{} feuilles du classeur conviennent, et disent des choses différentes : {}. Si l’une est la bonne, écrivez son nom sous cette source, par exemple : feuille = {}{parties}",
        noms.len(),
        noms.join(", "),
        longue.unwrap_or_default()
    );
    let fichier = tableaux.first().map(|tableau| tableau.origine.fichier.clone()).unwrap_or_default();
    Probleme::new(Motif::FeuillesRivales, Lieu::fichier(fichier), detail)
}
