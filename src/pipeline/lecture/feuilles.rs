//! The tables of a file: which of its sheets are read, and what they say beside what is read.

mod rivales;

use crate::pipeline::SourceDeclaree;
use crate::pipeline::indices::Indice;
use crate::quality::{Bilan, Lieu, Motif, Probleme, lettres_de_colonne, texte_sur};
use crate::sources::disposition::{
    ColonneTexte, Disposition, Tableau, TitreDeCommune, annee_d_entete, annonce_un_compte,
    est_celle_des_sorties, nomme_seulement_le_tableau,
};
use crate::sources::grille::Grille;
use crate::sources::valeurs::{est_familial, replier};
use crate::sources::{Genre, lecture};
use crate::tables::{
    colonnes_non_employees, commune_d_un_titre, dire_les_colonnes, dit_qu_il_n_y_a_personne, dit_ses_annees,
    fiche_en_table,
};
use crate::territory::rapprochement::Rapprocheur;
use chrono::Datelike;
use std::path::Path;

/// The tables of a file: one, or one per sheet where each sheet is the fiche of a commune.
pub(super) fn tableaux(
    source: &SourceDeclaree,
    chemin: &Path,
    nom: &str,
    rapprocheur: &Rapprocheur<'_>,
) -> Result<Vec<Tableau>, Probleme> {
    let disposition = source
        .genre
        .disposition()
        .map_err(|e| Probleme::new(Motif::EnTeteAbsent, Lieu::fichier(nom), e.to_string()))?;
    let (grilles, masquees) = visibles(source, &disposition, lecture::lire(chemin, nom)?);
    let (grilles, d_autres_annees) = de_l_annee(source, grilles);
    let mut tableaux =
        reconnaitre(source, &disposition, chemin, grilles).or_else(|erreur| match erreur.motif {
            Motif::ColonneAbsente | Motif::EnTeteAbsent => {
                par_titres(source, &disposition, chemin, nom, rapprocheur).unwrap_or(Err(erreur))
            }
            _ => Err(erreur),
        })?;
    if let [tableau] = tableaux.as_mut_slice() {
        tableau.autres_feuilles.extend(masquees.into_iter().chain(d_autres_annees));
    }
    Ok(tableaux)
}

/// The table of a list without a column of communes, whose titles name them. The file is read again: few lists are so made.
fn par_titres(
    source: &SourceDeclaree,
    disposition: &Disposition,
    chemin: &Path,
    nom: &str,
    rapprocheur: &Rapprocheur<'_>,
) -> Option<Result<Vec<Tableau>, Probleme>> {
    let liste = source.genre == Genre::Pmi;
    if !liste && source.genre != Genre::Structures {
        return None;
    }
    let (grilles, _) = visibles(source, disposition, lecture::lire(chemin, nom).ok()?);
    let (mut grilles, _) = de_l_annee(source, grilles);
    if liste {
        grilles = sans_celles_des_sorties(source, grilles);
    }
    let titre = |titre: &str| match commune_d_un_titre(titre, rapprocheur) {
        Some(commune) => TitreDeCommune::Celle(commune.to_owned()),
        None if dit_qu_il_n_y_a_personne(titre) || est_un_compte(titre) => TitreDeCommune::Rien,
        None => TitreDeCommune::Inconnue,
    };
    let tableau =
        disposition.reconnaitre_par_titres(grilles, source.feuille.as_deref(), &source.colonnes, titre)?;
    let tableau = if liste { qui_n_est_pas_des_sorties(source, tableau, chemin) } else { Ok(tableau) };
    Some(tableau.map(|tableau| vec![tableau]))
}

/// « 12 », « Total : 12 », « 4 assistantes maternelles », « Effectif 12 »: of those above, or below.
fn est_un_compte(titre: &str) -> bool {
    let commence_par_un_nombre =
        titre.split_whitespace().next().is_some_and(|mot| mot.parse::<u32>().is_ok());
    commence_par_un_nombre || annonce_un_compte(titre) && titre.contains(|c: char| c.is_ascii_digit())
}

/// The sheets that are shown, where the layout knows one of them; and the names of the hidden ones that it knows as well.
fn visibles(
    source: &SourceDeclaree,
    disposition: &Disposition,
    grilles: Vec<Grille>,
) -> (Vec<Grille>, Vec<String>) {
    let connue =
        |grille: &Grille| disposition.reconnaitre(vec![grille.clone()], None, &source.colonnes).is_ok();
    let masque = source.feuille.is_none() && grilles.iter().any(|grille| grille.masquee);
    if !masque || !grilles.iter().any(|grille| !grille.masquee && connue(grille)) {
        return (grilles, Vec::new());
    }
    let (masquees, visibles): (Vec<_>, Vec<_>) = grilles.into_iter().partition(|grille| grille.masquee);
    let connues = masquees.iter().filter(|grille| connue(grille));
    (visibles, connues.map(|grille| format!("{} (masquée)", nom_de(grille))).collect())
}

/// How the words begin that make of a sheet another one than the list.
const A_COTE: [&str; 15] = [
    "previ",
    "projet",
    "projec",
    "brouillon",
    "objectif",
    "ferme",
    "ancien",
    "essai",
    "test",
    "exemple",
    "modele",
    "filtre",
    "publipost",
    "archiv",
    "hors",
];
/// The same, of a list of people.
const SANS_AGREMENT: [&str; 18] = [
    "nouve",
    "sorti",
    "depart",
    "refus",
    "instruction",
    "demande",
    "attente",
    "candidat",
    "demenag",
    "retrait",
    "radi",
    "suspen",
    "garde",
    "exterieur",
    "stagiaire",
    "corbeille",
    "renouvel",
    "mutation",
];
/// The same, of a census of structures: what is for children who go to school.
const POUR_LES_ECOLIERS: [&str; 4] = ["alsh", "ecole", "periscolaire", "extrascolaire"];

/// « Prévisions 2024 », « Refus », « Assistants familiaux »: beside the list.
fn est_a_cote(genre: Genre, feuille: &str) -> bool {
    let de_gens = genre == Genre::Pmi;
    let dit = |mot: &str, debuts: &[&str]| debuts.iter().any(|debut| mot.starts_with(debut));
    let replie = replier(feuille);
    let a_cote = |mot: &str| {
        dit(mot, &A_COTE)
            || de_gens && dit(mot, &SANS_AGREMENT)
            || genre == Genre::Structures && dit(mot, &POUR_LES_ECOLIERS)
    };
    let finis = ["fin agrement", "fin d agrement", "fin d activite"];
    let partis =
        || est_celle_des_sorties(feuille) == Some(true) || finis.iter().any(|f| replie.starts_with(f));
    de_gens && (est_familial(feuille) || partis()) || replie == "n 1" || replie.split(' ').any(a_cote)
}

/// Rows of a sheet that says that nobody is there.
const LIGNES_DE_NEANT: usize = 3;

/// « 2024 (2) », « Copie de 2024 »: of the same year as « 2024 », and not its table.
fn est_une_copie(feuille: &str) -> bool {
    let replie = replier(feuille);
    let numerotee = feuille.contains('(') && replie.split(' ').any(|mot| mot.parse::<u8>().is_ok());
    numerotee || replie.starts_with("copie")
}

fn nom_de(grille: &Grille) -> &str {
    grille.origine.feuille.as_deref().unwrap_or_default()
}

/// The sheets that are not of another year than the source, where one is of its year by its name; and the names of the
/// others.
fn de_l_annee(source: &SourceDeclaree, grilles: Vec<Grille>) -> (Vec<Grille>, Vec<String>) {
    let annee = |grille: &Grille| annee_d_entete(nom_de(grille));
    let voulue = source.date.filter(|_| source.feuille.is_none()).map(|date| date.year());
    let nette = |grille: &Grille| {
        annee(grille) == voulue && !est_a_cote(source.genre, nom_de(grille)) && !est_une_copie(nom_de(grille))
    };
    if voulue.is_none() || !grilles.iter().any(nette) {
        return (grilles, Vec::new());
    }
    let (siennes, autres): (Vec<_>, Vec<_>) =
        grilles.into_iter().partition(|grille| nette(grille) || annee(grille).is_none());
    (siennes, autres.iter().map(|grille| nom_de(grille).to_owned()).collect())
}

/// The table of one of the sheets that the pipeline names as parts. Told once, to the first of them: the other sheets that
/// the layout knows; and whom they name that no part does, which may be lost with them.
fn partie(
    source: &SourceDeclaree,
    disposition: &Disposition,
    grilles: Vec<Grille>,
) -> Result<Tableau, Probleme> {
    let lire = |grille: &Grille| lire_une_partie(source, disposition, grille);
    let nommee =
        |grille: &Grille| source.parties.iter().any(|partie| replier(partie) == replier(nom_de(grille)));
    let premiere = source.parties.first() == source.feuille.as_ref();
    let annee = source.date.map(|date| date.year());
    let d_une_autre_annee = |grille: &Grille| {
        let dite = Indice::lire(nom_de(grille), "").map(|indice| indice.date.year());
        dite.is_some() && annee.is_some() && dite != annee
    };
    let connues = grilles.iter().filter(|grille| {
        premiere
            && (nommee(grille) || !est_a_cote(source.genre, nom_de(grille)) && !d_une_autre_annee(grille))
    });
    let (parties, autres): (Vec<_>, Vec<_>) = connues.partition(|grille| nommee(grille));
    let tables = |grilles: Vec<&Grille>| -> Vec<Tableau> {
        grilles.into_iter().filter_map(|grille| lire(grille).ok().filter(|lue| lue.hauteur() > 0)).collect()
    };
    let (parties, autres) =
        if autres.is_empty() { (Vec::new(), Vec::new()) } else { (tables(parties), tables(autres)) };
    let mut tableau = match grilles.iter().find(|grille| {
        source.feuille.as_deref().is_some_and(|feuille| replier(feuille) == replier(nom_de(grille)))
    }) {
        Some(grille) => lire(grille)?,
        None => disposition.reconnaitre(grilles, source.feuille.as_deref(), &source.colonnes)?,
    };
    for autre in autres {
        let nom = autre.origine.feuille.clone().unwrap_or_default();
        let perdues = rivales::que_d_autres_ne_disent_pas(source.genre, &autre, &parties);
        if perdues.is_empty() {
            tableau.autres_feuilles.push(nom);
            continue;
        }
        let nommees: Vec<String> = source.parties.iter().cloned().chain([nom.clone()]).map(en_toml).collect();
        let detail = format!(
            "« {} », dont {} ligne(s) ne sont dans aucune des feuilles nommées ; si elle est de la liste, écrivez : feuilles = [{}]",
            texte_sur(&nom),
            perdues.len(),
            nommees.join(", ")
        );
        tableau.doutes.push(Probleme::new(Motif::FeuilleOubliee, autre.origine.lieu(), detail));
        tableau.decalees.extend(perdues);
    }
    Ok(tableau)
}

/// A sheet that is a part of a list: one without any row is of nobody, and one that tells no commune is of that of its name.
fn lire_une_partie(
    source: &SourceDeclaree,
    disposition: &Disposition,
    grille: &Grille,
) -> Result<Tableau, Probleme> {
    let lue = disposition.reconnaitre_meme_vide(vec![grille.clone()], None, &source.colonnes);
    let par_commune = || disposition.reconnaitre_par_commune(grille.clone(), &source.colonnes);
    match lue {
        Err(probleme) if source.genre.se_lit_par_feuilles() && probleme.motif == Motif::ColonneAbsente => {
            par_commune().ok_or(probleme)
        }
        Err(_) if dit_seulement_qu_il_n_y_a_personne(grille) => Ok(sans_personne(grille)),
        lue => lue,
    }
}

/// « Néant », alone or under the name of the commune.
fn dit_seulement_qu_il_n_y_a_personne(grille: &Grille) -> bool {
    let mut textes = (0..grille.hauteur()).flat_map(|rang| grille.ligne(rang).map(|(_, texte)| texte));
    grille.hauteur() <= LIGNES_DE_NEANT && textes.any(dit_qu_il_n_y_a_personne)
}

/// A list of nobody: its rows are titles.
fn sans_personne(grille: &Grille) -> Tableau {
    let titre = |rang| Probleme::new(Motif::LigneDeTotal, grille.lieu(rang), "c’est un titre");
    let ecartees: Vec<Probleme> = (0..grille.hauteur()).map(titre).collect();
    let total = u32::try_from(ecartees.len()).unwrap_or(u32::MAX);
    Tableau { origine: grille.origine.clone(), ecartees, total, ..Tableau::default() }
}

fn en_toml(texte: String) -> String {
    toml::Value::from(texte).to_string()
}

/// Lays the layout over the sheets; several that fit, none of which the pipeline, its name or what it lists tells from the
/// others, are not chosen from.
fn choisir(
    source: &SourceDeclaree,
    disposition: &Disposition,
    grilles: Vec<Grille>,
) -> Result<Tableau, Probleme> {
    let lire = |grilles| disposition.reconnaitre(grilles, source.feuille.as_deref(), &source.colonnes);
    if !source.parties.is_empty() {
        return partie(source, disposition, grilles);
    }
    if source.feuille.is_some() || grilles.len() < 2 {
        return lire(grilles);
    }
    if !source.genre.se_lit_par_feuilles() {
        return compter(source, disposition, grilles);
    }
    let (a_cote, principales): (Vec<Grille>, Vec<Grille>) =
        grilles.iter().cloned().partition(|grille| est_a_cote(source.genre, nom_de(grille)));
    let mut lues: Vec<Tableau> =
        principales.iter().filter_map(|grille| lire(vec![grille.clone()]).ok()).collect();
    if lues.is_empty() {
        let lue = |grille: &Grille| lire_une_partie(source, disposition, grille).ok();
        let parties: Vec<Tableau> =
            principales.iter().filter_map(lue).filter(|lue| lue.hauteur() > 0).collect();
        if parties.len() > 1 {
            return Err(rivales::dire(source.genre, &parties));
        }
        return lire(grilles);
    }
    // Where the one that fits best cannot be read, another one is not taken in its place.
    lire(principales)?;
    let feuille = |tableau: &Tableau| tableau.origine.feuille.clone().unwrap_or_default();
    let connues: Vec<String> = lues.iter().map(feuille).collect();
    du_jour_de_la_source(source, &mut lues);
    // Each row of an activity may say of which year it is: another sheet is another year, and none of them is zero.
    let datees = source.genre == Genre::Activite && dit_ses_annees(source.genre, &lues[0]);
    let rang = if datees {
        rivales::qui_ne_contredit_pas(disposition, &lues)
    } else {
        rivales::la_plus_complete(source.genre, &lues)
    };
    let choisie = lues.swap_remove(rang.ok_or_else(|| rivales::dire(source.genre, &lues))?);
    // What else the layout knows, and what stands beside, is told.
    let nom = feuille(&choisie);
    let autres = connues.into_iter().chain(a_cote.iter().map(|grille| nom_de(grille).to_owned()));
    Ok(Tableau { autres_feuilles: autres.filter(|autre| *autre != nom).collect(), ..choisie })
}

/// The sheet of counts that fits best, unless another one gives other numbers of the same communes: filles and garçons,
/// provisional and final ones. Of several, that which says that it is the whole, or what is wanted. Of answers, the sheet
/// that holds those of the others.
fn compter(
    source: &SourceDeclaree,
    disposition: &Disposition,
    grilles: Vec<Grille>,
) -> Result<Tableau, Probleme> {
    let lire = |grilles| disposition.reconnaitre(grilles, None, &source.colonnes);
    let est_a_cote = |grille: &Grille| {
        est_a_cote(source.genre, nom_de(grille)) || rivales::compte_autre_chose(source.genre, nom_de(grille))
    };
    // Each sheet is laid out once, by itself.
    let lues: Vec<(&Grille, Tableau)> =
        grilles.iter().filter_map(|grille| Some((grille, lire(vec![grille.clone()]).ok()?))).collect();
    let connues: Vec<&(&Grille, Tableau)> = lues.iter().filter(|(grille, _)| !est_a_cote(grille)).collect();
    let hauteur = |lue: &&(&Grille, Tableau)| lue.1.hauteur();
    let principales = match rivales::dites(source.genre, &connues).as_slice() {
        // The sheet of the total alone, of the EPCI alone, is not the whole of the others.
        [seule] if connues.iter().all(|autre| hauteur(autre) <= hauteur(seule)) => vec![*seule],
        _ => connues,
    };
    let Ok(premiere) = lire(principales.iter().map(|(grille, _)| (*grille).clone()).collect()) else {
        return lire(grilles);
    };
    // A copy tells nothing more.
    let les_autres = |lues: &[&(&Grille, Tableau)], sauf: &Tableau| -> Vec<Tableau> {
        let lue = grilles.iter().find(|grille| grille.origine == sauf.origine);
        let autre = |(grille, _): &&&(&Grille, Tableau)| lue.is_none_or(|lue| !grille.dit_la_meme_chose(lue));
        lues.iter().filter(autre).map(|(_, tableau)| tableau.clone()).collect()
    };
    let mut autres = les_autres(&principales, &premiere);
    let choisie = if source.genre == Genre::Questionnaire {
        autres.retain(|autre| rivales::ont_les_memes_colonnes(&premiere, autre));
        autres.insert(0, premiere);
        let complete = rivales::qui_tient_les_autres(&autres);
        autres.swap_remove(complete.ok_or_else(|| rivales::dire(source.genre, &autres))?)
    } else {
        autres.insert(0, premiere);
        du_jour_de_la_source(source, &mut autres);
        let choisie = autres.remove(0);
        autres.retain(|autre| rivales::se_contredisent(disposition, &choisie, autre));
        if !autres.is_empty() {
            return Err(rivales::dire(source.genre, std::iter::once(&choisie).chain(&autres)));
        }
        choisie
    };
    // What else the layout knows is told.
    let autres = les_autres(&lues.iter().collect::<Vec<_>>(), &choisie).into_iter();
    let autres_feuilles = autres.filter_map(|tableau| tableau.origine.feuille).collect();
    Ok(Tableau { autres_feuilles, ..choisie })
}

/// Among sheets of several days, by their names or their titles, keeps those of the day of the source, or of its year; and
/// those of no day that hold as much, where no other one says that it is the table: « Liste » beside « Arrivées 2024 ».
fn du_jour_de_la_source(source: &SourceDeclaree, lues: &mut Vec<Tableau>) {
    let Some(jour) = source.date else { return };
    let date_de = |tableau: &Tableau| {
        let indices = Indice::d_un_tableau(tableau, "");
        Indice::plus_precis(&indices).map(|indice| indice.date)
    };
    let du_jour = |tableau: &Tableau| date_de(tableau) == Some(jour);
    let de_l_annee = |tableau: &Tableau| date_de(tableau).is_none_or(|date| date.year() == jour.year());
    if lues.iter().any(du_jour) {
        let plus_haute = lues.iter().filter(|lue| du_jour(lue)).map(Tableau::hauteur).max().unwrap_or(0);
        let nomme = |lue: &Tableau| lue.origine.feuille.as_deref().is_none_or(nomme_seulement_le_tableau);
        let dite = lues.iter().any(|lue| du_jour(lue) && nomme(lue));
        lues.retain(|lue| du_jour(lue) || !dite && date_de(lue).is_none() && lue.hauteur() >= plus_haute);
    } else if lues.iter().any(de_l_annee) {
        lues.retain(de_l_annee);
    }
}

fn reconnaitre(
    source: &SourceDeclaree,
    disposition: &Disposition,
    chemin: &Path,
    grilles: Vec<Grille>,
) -> Result<Vec<Tableau>, Probleme> {
    if source.genre == Genre::Pmi {
        return liste(source, disposition, grilles, chemin).map(|liste| vec![liste]);
    }
    if source.genre != Genre::Services {
        return Ok(vec![choisir(source, disposition, grilles)?]);
    }
    // Each fiche is told by its content; among sheets that are none, the best is read, as elsewhere.
    let (mut fiches, mut tables) = (Vec::new(), Vec::new());
    for grille in grilles {
        match fiche_en_table(&grille) {
            Some(fiche) => fiches.push(fiche),
            None => tables.push(grille),
        }
    }
    if fiches.is_empty() {
        return Ok(vec![disposition.reconnaitre(tables, source.feuille.as_deref(), &source.colonnes)?]);
    }
    fiches.into_iter().map(|f| disposition.reconnaitre(vec![f], None, &source.colonnes)).collect()
}

/// A list of agréments, which may stand in a workbook beside that of those who left; never that one, unless the pipeline
/// names its sheet.
fn liste(
    source: &SourceDeclaree,
    disposition: &Disposition,
    grilles: Vec<Grille>,
    chemin: &Path,
) -> Result<Tableau, Probleme> {
    let tableau = choisir(source, disposition, sans_celles_des_sorties(source, grilles))?;
    qui_n_est_pas_des_sorties(source, tableau, chemin)
}

/// The sheets without those of who left, unless the pipeline names one, or all are.
fn sans_celles_des_sorties(source: &SourceDeclaree, mut grilles: Vec<Grille>) -> Vec<Grille> {
    let de_sorties = |grille: &Grille| {
        let feuille = grille.origine.feuille.as_deref();
        source.feuille.is_none() && feuille.and_then(est_celle_des_sorties) == Some(true)
    };
    if !grilles.iter().all(de_sorties) {
        grilles.retain(|grille| !de_sorties(grille));
    }
    grilles
}

/// The list, unless it says that it is of those who left.
fn qui_n_est_pas_des_sorties(
    source: &SourceDeclaree,
    tableau: Tableau,
    chemin: &Path,
) -> Result<Tableau, Probleme> {
    let radical = chemin.file_stem().map(|nom| nom.to_string_lossy().into_owned()).unwrap_or_default();
    match tableau.dit_des_sorties(&radical).filter(|_| source.feuille.is_none()) {
        Some(texte) => {
            let detail = format!("« {} » : ces personnes n’y sont plus", texte_sur(&texte));
            Err(Probleme::new(Motif::ListeDesSorties, tableau.origine.lieu(), detail))
        }
        None => Ok(tableau),
    }
}

/// A workbook may hold the same table for another year: what is not read is said.
pub(super) fn dire_les_autres_feuilles(tableau: &Tableau, bilan: &mut Bilan) {
    if tableau.autres_feuilles.is_empty() {
        return;
    }
    let noms: Vec<String> = tableau.autres_feuilles.iter().map(|f| format!("« {f} »")).collect();
    let detail = format!("autre(s) feuille(s) semblable(s), non lue(s) : {}", noms.join(", "));
    bilan.noter(Probleme::new(Motif::FeuilleNonLue, tableau.origine.lieu(), detail));
}

/// A list, a census or counts whose title, sheet or name is of another year than the pipeline says.
pub(super) fn dire_une_autre_annee(
    source: &SourceDeclaree,
    tableau: &Tableau,
    chemin: &Path,
    bilan: &mut Bilan,
) {
    let datee = matches!(
        source.genre,
        Genre::Pmi | Genre::Structures | Genre::Imaje | Genre::CafIris | Genre::Naissances | Genre::Activite
    );
    let Some(date) = source.date.filter(|_| datee && !dit_ses_annees(source.genre, tableau)) else { return };
    let radical = chemin.file_stem().map(|nom| nom.to_string_lossy().into_owned()).unwrap_or_default();
    let indices = Indice::d_un_tableau(tableau, &radical);
    let autre = Indice::plus_precis(&indices).filter(|indice| indice.parle_d_une_autre_annee(date));
    if let Some(indice) = autre {
        let detail =
            format!("{} dit « {} », le pipeline « date = {date} »", indice.ou, texte_sur(&indice.texte));
        let plus_recente = indice.date.year() > date.year();
        let motif = if plus_recente { Motif::AnneePlusRecente } else { Motif::AutreAnnee };
        bilan.noter(Probleme::new(motif, tableau.origine.lieu(), detail));
    }
}

/// The columns that nothing is read from, on the quality page; those that may be what the source wants, as a problem.
pub(super) fn dire_les_colonnes_non_employees(genre: Genre, tableau: &Tableau, bilan: &mut Bilan) {
    let colonnes = colonnes_non_employees(genre, tableau);
    if !bilan.est_perdu() {
        bilan.problemes.extend(dire_les_colonnes(genre, tableau, &colonnes));
    }
    let nommer =
        |colonne: &&ColonneTexte| match colonne.entete.split_whitespace().collect::<Vec<_>>().join(" ") {
            sans_nom if sans_nom.is_empty() => {
                format!("colonne {}, sans en-tête", lettres_de_colonne(colonne.position))
            }
            nom => texte_sur(&nom).into_owned(),
        };
    bilan.colonnes_non_employees.extend(colonnes.iter().map(nommer));
}
