//! Why nothing is read of an activity that is told part by part: its rows are those of a commune, of an antenne, of a month.

use crate::quality::{Motif, Probleme};
use crate::sources::disposition::{ColonneTexte, Tableau};
use crate::sources::valeurs::replier;
use crate::tables::Ingestion;
use crate::tables::une_annee::{annee_seule, est_une_periode};
use crate::territory::rapprochement::{Methode, Rapprochement, Rapprocheur};
use chrono::Datelike;
use std::collections::BTreeSet;

/// What the rows are parts of, if a column or a title among them says so. `sans_annee`: no column says the year.
pub(super) fn refus_des_parties(
    tableau: &Tableau,
    ingestion: &Ingestion<'_>,
    sans_annee: bool,
) -> Option<Probleme> {
    par_commune(tableau, ingestion.rapprocheur).or_else(|| par_titres(tableau, ingestion, sans_annee))
}

/// Rows of several communes, or of one that is not the whole territory.
fn par_commune(tableau: &Tableau, rapprocheur: &Rapprocheur<'_>) -> Option<Probleme> {
    let nommee = |colonne: &&ColonneTexte| {
        matches!(replier(&colonne.entete).as_str(), "commune" | "communes" | "code commune" | "code insee")
    };
    let colonne = tableau.autres.iter().find(nommee)?;
    let dites: BTreeSet<String> = colonne.valeurs.iter().flatten().map(replier).collect();
    let entete = &colonne.entete;
    let detail = match dites.first() {
        Some(_) if dites.len() > 1 => format!("la colonne « {entete} » en fait plusieurs lignes par mesure"),
        Some(commune) if est_une_commune_parmi_d_autres(commune, rapprocheur) => {
            format!("la colonne « {entete} » dit que c’est l’activité d’une seule commune")
        }
        _ => return None,
    };
    Some(Probleme::new(Motif::ActiviteParCommune, tableau.lieu_colonne(0, colonne), detail))
}

/// Titles among the rows: « Oux », « Secteur Nord », « Janvier », « 1er semestre », « Année 2023 ».
fn par_titres(tableau: &Tableau, ingestion: &Ingestion<'_>, sans_annee: bool) -> Option<Probleme> {
    let annee = ingestion.date.year();
    (0..tableau.hauteur()).filter(|rang| tableau.textes(*rang).count() == 1).find_map(|rang| {
        let titre = tableau.cellule(rang, "mesure")?;
        let (motif, detail) = if est_un_lieu(titre, ingestion.rapprocheur) {
            (
                Motif::ActiviteParCommune,
                "ce titre dit que les lignes au-dessous sont d’une partie du territoire",
            )
        } else if est_une_periode(titre) {
            (Motif::AnneeInachevee, "ce titre dit que les lignes au-dessous sont d’une partie de l’année")
        } else if sans_annee && annee_seule(titre).is_some_and(|autre| autre != annee) {
            (Motif::AnneeInachevee, "ce titre dit que les lignes au-dessous sont d’une autre année")
        } else {
            return None;
        };
        Some(Probleme::new(motif, tableau.lieu(rang, "mesure"), detail).avec_valeur(titre))
    })
}

fn est_une_commune_parmi_d_autres(nom: &str, rapprocheur: &Rapprocheur<'_>) -> bool {
    let trouve = rapprocheur.rapprocher(Some(nom), None);
    let certain = matches!(trouve, Rapprochement::Certain { methode, .. } if methode != Methode::Proche);
    certain && rapprocheur.communes() > 1
}

/// « Oux », « Secteur Nord », « Antenne d’Oux », « Site 2 »; not « Secteur associatif ».
fn est_un_lieu(titre: &str, rapprocheur: &Rapprocheur<'_>) -> bool {
    let replie = replier(titre);
    let mots: Vec<&str> = replie.split(' ').collect();
    let [premier, suite @ ..] = mots.as_slice() else { return false };
    let de = |mot: &&str| matches!(*mot, "de" | "du" | "d");
    let nom: Vec<&str> = suite.iter().copied().skip_while(de).collect();
    let numero = |mot: &str| mot.len() == 1 || mot.parse::<u32>().is_ok();
    let oriente = |mot: &str| matches!(mot, "nord" | "sud" | "est" | "ouest" | "centre");
    let nomme = match nom.as_slice() {
        [seul] if numero(seul) || oriente(seul) => true,
        [_, ..] => est_une_commune_parmi_d_autres(&nom.join(" "), rapprocheur),
        [] => false,
    };
    let partie = matches!(*premier, "secteur" | "antenne" | "site" | "pole" | "zone" | "commune");
    partie && nomme || est_une_commune_parmi_d_autres(titre, rapprocheur)
}
