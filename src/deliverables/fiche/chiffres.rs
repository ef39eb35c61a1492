//! The figures of a fiche: cards, the table over the years, the offer by mode.

use crate::deliverables::graphiques::collectif_passe;
use crate::deliverables::look::{self, ESPACE_INSECABLE};
use crate::deliverables::pages::{Cellule, Groupe, Releve, Tableau};
use crate::indicators::{Figure, Indicateur, Niveau, Statut, Unite, indicateur};
use serde::Serialize;

/// How far back a fiche looks, in years.
const RECULS: [i32; 2] = [5, 1];

/// A figure in large type, with what it was before.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Cle {
    valeur: String,
    libelle: String,
    estime: bool,
    avant: Vec<Cellule>,
}

/// The figures that a mayor looks for first.
pub(super) fn cles(mut releve: Releve<'_>) -> (Vec<Cle>, Releve<'_>) {
    let choix = ["am_agrees", "places_total", "enfants_0_2", "places_pour_100"];
    let annee = releve.contexte.annee;
    let mut cles = Vec::new();
    for indicateur in choix.into_iter().filter_map(indicateur) {
        let figure = releve.lire(indicateur.id, "", annee);
        releve.montrer("", &figure);
        let mut avant = Vec::new();
        for recul in RECULS.into_iter().rev() {
            let ancienne = releve.lire(indicateur.id, "", annee - recul);
            if !ancienne.statut.est_connu() {
                continue;
            }
            let ecart = ecart(&ancienne, &figure, indicateur);
            let texte = format!(
                "{}{ESPACE_INSECABLE}: {}{}",
                annee - recul,
                look::ecrire(&ancienne, indicateur),
                ecart.map_or_else(String::new, |e| format!(" ({})", e.texte))
            );
            avant.push(Cellule::new(texte).en(ton(&ancienne)));
            releve.montrer("", &ancienne);
        }
        cles.push(Cle {
            valeur: look::ecrire(&figure, indicateur),
            libelle: indicateur.libelle.to_owned(),
            estime: figure.statut == Statut::Estime,
            avant,
        });
    }
    (cles, releve)
}

/// What changed between two known figures, in italics if one of them is an estimate. Percents change by points.
fn ecart(avant: &Figure, apres: &Figure, indicateur: &Indicateur) -> Option<Cellule> {
    let connus = avant.statut.est_connu() && apres.statut.est_connu();
    let ecart = apres.valeur.zip(avant.valeur).filter(|_| connus).map(|(apres, avant)| apres - avant)?;
    let points = if indicateur.unite == Unite::Pourcent { "\u{a0}pt" } else { "" };
    let texte = format!("{}{points}", look::ecart(arrondi(ecart), indicateur.decimales));
    Some(Cellule::new(texte).en(if ton(apres).is_empty() { ton(avant) } else { ton(apres) }))
}

fn ton(figure: &Figure) -> &'static str {
    if figure.statut == Statut::Estime { "italique" } else { "" }
}

/// Without the binary tail that a subtraction leaves.
fn arrondi(valeur: f64) -> f64 {
    (valeur * 1e6).round() / 1e6
}

/// A row of the table over the years: indicator, modality, label if it is not that of the catalogue, and
/// whether the row stands even if nothing is known.
type Ligne = (&'static str, &'static str, &'static str, bool);

const GROUPES: &[(&str, &[Ligne])] = &[
    (
        "L’offre d’accueil",
        &[
            ("am_agrees", "", "", true),
            ("am_agrees", "mam", "\u{2003}dont en MAM", false),
            ("am_places", "", "", true),
            ("eaje", "", "", true),
            ("eaje_places", "", "", true),
            ("places_total", "", "", true),
            ("part_individuel", "", "", false),
            ("taux_activite", "", "", false),
            ("am_arrivees", "", "", false),
            ("am_departs", "", "", false),
            // Without them, arrivals and departures do not make the numbers of two years.
            ("am_demenagements", "entrees", "Venus d’une autre commune du territoire", false),
            ("am_demenagements", "sorties", "Partis vers une autre commune du territoire", false),
        ],
    ),
    (
        "Les besoins des familles",
        &[
            ("naissances", "", "", true),
            ("enfants_0_2", "", "", true),
            ("enfants_0_2_parents_actifs", "", "", false),
            ("enfants_3_5", "", "", false),
            ("enfants_am", "", "", false),
            ("enfants_eaje", "", "", false),
        ],
    ),
    (
        "L’équilibre",
        &[
            ("places_pour_100", "", "", true),
            ("accessibilite", "", "", false),
            ("solde_places", "", "", false),
            ("taux_couverture_cnaf", "", "", false),
        ],
    ),
    (
        "Les âges des assistants maternels",
        &[
            ("age_median", "", "", false),
            ("part_55_plus", "", "", false),
            ("part_60_plus", "", "", false),
            ("departs_5_ans", "", "", false),
        ],
    ),
];

/// The commune at N−5, N−1 and N, what changed, and the territory at N.
pub(super) fn evolution(mut releve: Releve<'_>) -> Tableau {
    let contexte = releve.contexte;
    let annee = contexte.annee;
    let connue = |recul: &i32| {
        let lignes = GROUPES.iter().flat_map(|(_, lignes)| *lignes);
        lignes.clone().any(|(id, modalite, ..)| releve.valeur(id, modalite, annee - recul).is_some())
    };
    // A year of which nothing is known is no column.
    let reculs: Vec<i32> = RECULS.into_iter().filter(connue).collect();
    let mut territoire = Releve::new(contexte, Niveau::Territoire, contexte.code_territoire);
    let mut groupes = Vec::new();
    let (mut retenues, mut inconnues) = (Vec::new(), Vec::new());
    for (titre, lignes) in GROUPES {
        let mut groupe = Groupe { titre: (*titre).to_owned(), lignes: Vec::new() };
        for (id, modalite, libelle, toujours) in *lignes {
            let Some(indicateur) = indicateur(id) else { continue };
            let connu = |annee| releve.valeur(id, modalite, annee).is_some();
            let nom = if libelle.is_empty() { indicateur.libelle } else { libelle };
            if !toujours && !connu(annee) && !reculs.iter().any(|r| connu(annee - r)) {
                let statut = |annee| releve.lire(id, modalite, annee).statut;
                let tu = |annee| matches!(statut(annee), Statut::Secret | Statut::SecretSource);
                // As the year of the report says; where it says nothing of it, as those before.
                let inconnue = statut(annee) == Statut::NonDisponible;
                if modalite.is_empty() && (tu(annee) || reculs.iter().any(|r| tu(annee - r))) {
                    if inconnue { inconnues.push(nom) } else { retenues.push(nom) }
                }
                continue;
            }
            let mut ligne = vec![Cellule::new(nom)];
            for recul in &reculs {
                ligne.push(releve.cellule(indicateur, modalite, annee - recul));
            }
            ligne.push(releve.cellule(indicateur, modalite, annee).en_valeur());
            for recul in reculs.iter().rev() {
                ligne.push(cellule_d_ecart(&releve, indicateur, modalite, annee - recul));
            }
            let ensemble = territoire.lire(id, modalite, annee);
            ligne.push(territoire.cellule_de(indicateur.libelle, &ensemble, indicateur));
            groupe.lignes.push(ligne);
        }
        if !groupe.lignes.is_empty() {
            groupes.push(groupe);
        }
    }
    let ans = |recul: &i32| if *recul == 1 { "en un an".to_owned() } else { format!("en {recul}\u{a0}ans") };
    let mut entetes = vec!["La commune".to_owned()];
    entetes.extend(reculs.iter().map(|r| (annee - r).to_string()));
    entetes.push(annee.to_string());
    entetes.extend(reculs.iter().rev().map(ans));
    entetes.push(format!("Territoire {annee}"));
    releve.joindre(territoire);
    let passe = collectif_passe(contexte, (releve.niveau, releve.code), reculs.iter().map(|r| annee - r));
    Tableau {
        titre: "La commune année après année".to_owned(),
        entetes,
        groupes,
        note: look::enchainer([&releve.note(), &dire_les_retenues(&retenues, &inconnues, annee), passe]),
        source: releve.source(),
    }
}

/// The rows that have no figure to show: withheld, they exist.
fn dire_les_retenues(retenues: &[&str], inconnues: &[&str], annee: i32) -> String {
    let dire = |quoi: String, lesquelles: &[&str]| {
        let lesquelles = Some(lesquelles.join("\u{202f}; ")).filter(|dites| !dites.is_empty());
        lesquelles.map(|dites| format!("{quoi}{ESPACE_INSECABLE}: {dites}.")).unwrap_or_default()
    };
    let avant = format!("Non connus (n.d.) en {annee}, et non diffusés (s.) avant");
    look::enchainer([
        &dire("Non diffusés (s.) pour la commune".to_owned(), retenues),
        &dire(avant, inconnues),
    ])
}

fn cellule_d_ecart(releve: &Releve<'_>, indicateur: &Indicateur, modalite: &str, avant: i32) -> Cellule {
    let ancienne = releve.lire(indicateur.id, modalite, avant);
    let actuelle = releve.lire(indicateur.id, modalite, releve.contexte.annee);
    ecart(&ancienne, &actuelle, indicateur).unwrap_or_default()
}

/// The places of each mode in the year of the report, as bars.
pub(super) fn offre_par_mode(mut releve: Releve<'_>) -> Tableau {
    let annee = releve.contexte.annee;
    let modes = [
        ("Chez un assistant maternel, à domicile", "am_places", "domicile"),
        ("Chez un assistant maternel, en MAM", "am_places", "mam"),
        ("En établissement, tarif selon les revenus (PSU)", "eaje_places", "financement:psu"),
        ("En micro-crèche, tarif de l’établissement (PAJE)", "eaje_places", "financement:paje"),
    ];
    let maximum = modes.iter().filter_map(|(_, id, m)| releve.valeur(id, m, annee)).fold(0.0, f64::max);
    let mut lignes = Vec::new();
    for (nom, id, modalite) in modes {
        let Some(indicateur) = indicateur(id) else { continue };
        let part = releve.valeur(id, modalite, annee).filter(|_| maximum > 0.0).map(|v| v / maximum);
        let mut cellule = releve.cellule(indicateur, modalite, annee);
        cellule.barre = part;
        lignes.push(vec![Cellule::new(nom), cellule]);
    }
    if let Some(indicateur) = indicateur("places_total") {
        let total = releve.cellule(indicateur, "", annee).en("gras");
        lignes.push(vec![Cellule::new("Ensemble").en("gras"), total]);
    }
    Tableau {
        titre: format!("Les places d’accueil par mode, {annee}"),
        entetes: vec!["Mode d’accueil".to_owned(), "Places".to_owned()],
        groupes: vec![Groupe { titre: String::new(), lignes }],
        note: releve.note(),
        source: releve.source(),
    }
}
