//! Figures of the table as slides show them: charts over the years, tables over three years.

use super::{Genre, GraphiqueNatif, Point, Serie, Tableau};
use crate::deliverables::Contexte;
use crate::deliverables::apparence::Role;
use crate::deliverables::graphiques::{annees_connues, citer, notes};
use crate::deliverables::look::{self, ESPACE_INSECABLE};
use crate::deliverables::perimetre::memes_lacunes;
use crate::indicators::{Figure, Niveau, Statut, indicateur};

/// A series, its name and what it is about; true if it is the bound of an interval.
pub(super) type Nommee = (&'static str, Vec<Figure>, Role, bool);

/// A figure of the territory.
pub(super) fn figure(contexte: &Contexte<'_>, id: &str, modalite: &str, annee: i32) -> Option<Figure> {
    contexte.table.figure(Niveau::Territoire, contexte.code_territoire, id, modalite, annee)
}

/// The figures of the territory, up to the year of the report.
pub(super) fn serie(contexte: &Contexte<'_>, id: &str, modalite: &str) -> Vec<Figure> {
    let mut serie = avenir(contexte, id, modalite);
    serie.retain(|f| f.annee <= contexte.annee);
    serie
}

/// The figures of the territory, those of the years to come too.
pub(super) fn avenir(contexte: &Contexte<'_>, id: &str, modalite: &str) -> Vec<Figure> {
    contexte.table.serie(Niveau::Territoire, contexte.code_territoire, id, modalite)
}

/// A chart of at least two years, and its foot; none if there is nothing to compare.
pub(super) fn graphique(
    contexte: &Contexte<'_>,
    genre: Genre,
    series: &[Nommee],
) -> Option<(GraphiqueNatif, String)> {
    let series: Vec<&Nommee> =
        series.iter().filter(|(_, figures, ..)| figures.iter().any(|f| f.statut.est_connu())).collect();
    let annees = annees_connues(series.iter().map(|(_, figures, ..)| figures.as_slice()));
    if annees.len() < 2 {
        return None;
    }
    let de = |figures: &[Figure], annee: i32| figures.iter().find(|f| f.annee == annee).cloned();
    let points = |figures: &[Figure]| {
        annees
            .iter()
            .map(|annee| match de(figures, *annee) {
                Some(f) if f.statut.est_connu() => {
                    Point { valeur: f.valeur, estime: f.statut == Statut::Estime }
                }
                _ => Point { valeur: None, estime: false },
            })
            .collect::<Vec<_>>()
    };
    // Where no series has a value, the year says so; where one lacks communes, too.
    let categories = annees.iter().map(|annee| {
        let lues: Vec<Option<Figure>> = series.iter().map(|(_, figures, ..)| de(figures, *annee)).collect();
        if lues.iter().flatten().any(|f| f.statut.est_connu()) {
            let parties = lues.iter().flatten().map(look::parties_en_bref).filter(|p| !p.is_empty()).min();
            return look::avec_parties(&annee.to_string(), &parties.unwrap_or_default());
        }
        let court = lues.iter().flatten().find_map(|f| f.statut.abreviation()).map_or("n.d.", |a| a.0);
        format!("{annee} ({court})")
    });
    let montrees = || {
        let des_annees = |figures: &'_ [Figure]| {
            figures.iter().filter(|f| annees.contains(&f.annee)).cloned().collect::<Vec<_>>()
        };
        series.iter().map(move |(nom, figures, ..)| (*nom, des_annees(figures)))
    };
    let alternative: Vec<String> = montrees().map(|(nom, figures)| dire(nom, &figures)).collect();
    let lues: Vec<(&str, Figure)> =
        montrees().flat_map(|(nom, figures)| figures.into_iter().map(move |f| (nom, f))).collect();
    let pied = pied(contexte, &lues, "Barre hachurée");
    let graphique = GraphiqueNatif {
        genre,
        categories: categories.collect(),
        series: series
            .iter()
            .map(|(nom, figures, role, borne)| Serie {
                nom: (*nom).to_owned(),
                role: *role,
                borne: *borne,
                points: points(figures),
            })
            .collect(),
        alternative: alternative.join(" "),
    };
    Some((graphique, pied))
}

/// « Arrivées : 2023 : 12 ; 2024 : n.d. »
fn dire(nom: &str, figures: &[Figure]) -> String {
    let valeur = |f: &Figure| match (f.statut.abreviation(), f.valeur) {
        (None, Some(valeur)) => look::nombre(valeur, 0),
        (Some((court, _)), _) => court.to_owned(),
        (None, None) => "n.d.".to_owned(),
    };
    let mots: Vec<String> =
        figures.iter().map(|f| format!("{}{ESPACE_INSECABLE}: {}", f.annee, valeur(f))).collect();
    format!("{nom}{ESPACE_INSECABLE}: {}.", mots.join("\u{202f}; "))
}

/// Notes, then sources.
pub(super) fn pied(contexte: &Contexte<'_>, figures: &[(&str, Figure)], estime: &str) -> String {
    let notes = notes(figures.iter().map(|(nom, f)| (*nom, f)), estime);
    let sources = citer(contexte, figures.iter().map(|(_, f)| f));
    format!("{notes} {sources}").trim().to_owned()
}

/// Rows of the territory over three years: label, indicator, modality. A row of which nothing is known is
/// left out; none if all are.
pub(super) fn sur_trois_ans(
    contexte: &Contexte<'_>,
    lignes: &[(&'static str, &'static str, &'static str)],
) -> Option<(Tableau, String)> {
    let annees = [contexte.annee - 2, contexte.annee - 1, contexte.annee];
    let mut ecrites = Vec::new();
    let (mut lues, mut partielles, mut changeantes) = (Vec::new(), false, false);
    for (libelle, id, modalite) in lignes {
        let figures = annees.map(|annee| figure(contexte, id, modalite, annee));
        if !figures.iter().flatten().any(|f| f.statut != Statut::NonDisponible) {
            continue;
        }
        let mut ligne = vec![(*libelle).to_owned()];
        let ecrire = |f: &Figure| look::avec_parties(&ecrire(f, id), &look::parties_en_bref(f));
        ligne.extend(figures.iter().map(|f| f.as_ref().map_or_else(|| "n.d.".to_owned(), ecrire)));
        ecrites.push(ligne);
        if figures.iter().flatten().any(|f| !look::parties_de(f).is_empty()) {
            partielles = true;
            changeantes |= !memes_lacunes(contexte, id, modalite, &annees);
        }
        // Each says of how many communes it is.
        lues.extend(
            figures.into_iter().flatten().map(|f| ("", Figure { parties: f.parties_attendues, ..f })),
        );
    }
    if ecrites.is_empty() {
        return None;
    }
    let mut entetes = vec![String::new()];
    entetes.extend(annees.map(|annee| annee.to_string()));
    let pied = pied(contexte, &lues, "(e)");
    let partielles = if partielles { look::PARTIELLES } else { "" };
    let changeantes = if changeantes { look::A_NE_PAS_COMPARER } else { "" };
    let pied = look::enchainer([partielles, changeantes, &pied]);
    Some((Tableau::new(entetes, ecrites), pied))
}

/// A figure of a table, marked if it is an estimate.
pub(super) fn ecrire(figure: &Figure, id: &str) -> String {
    let texte = indicateur(id).map_or_else(|| "n.d.".to_owned(), |entree| look::ecrire(figure, entree));
    if figure.statut == Statut::Estime { format!("{texte} (e)") } else { texte }
}
