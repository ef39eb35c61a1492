//! `diagnostic-schema.pdf`: the diagnostic of the schéma pluriannuel (CASF, D.214-10-1): what is offered, what
//! is needed, where the two come apart, and the figures that objectives may rest on.

mod phrases;

use super::graphiques::{
    annees_declarees, annees_des_flux, collectif_passe, dessiner, dire_les_declarees, regrouper,
};
use super::indicateurs::PARQUET;
use super::look;
use super::pages::{Base, Cellule, Document, Groupe, Illustration, Releve, Tableau};
use super::perimetre::memes_lacunes;
use super::{Contexte, ErreurLivrable, Livrable, SourceCitee};
use crate::indicators::{Indicateur, Niveau, TableIndicateurs, Unite, indicateur};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const FICHIER: &str = "diagnostic-schema.pdf";

/// The diagnostic.
#[derive(Debug)]
pub(crate) struct Diagnostic;

/// Communes of which the tables still are read: no département has as many. Beyond, they fill hundreds of pages.
const COMMUNES_DES_TABLEAUX: usize = 1_000;

/// What the template says.
#[derive(Debug, Serialize)]
struct QuatreParties {
    base: Base,
    territoire: String,
    annee: i32,
    jour: String,
    parties: Vec<Partie>,
    limites: Vec<String>,
    sources: Vec<String>,
}

/// One part of the text.
#[derive(Debug, Serialize)]
struct Partie {
    titre: &'static str,
    /// What the text asks for.
    objet: &'static str,
    phrases: Vec<String>,
    note: String,
    source: String,
    tableaux: Vec<Tableau>,
    images: Vec<Illustration>,
}

/// What a part is made of: its figures over the years, its figures by commune, its pictures.
struct Plan {
    titre: &'static str,
    objet: &'static str,
    phrases: fn(&mut Releve<'_>) -> Vec<String>,
    evolution: (&'static str, &'static [(&'static str, &'static str)]),
    communes: (&'static str, &'static [&'static str]),
    images: &'static [&'static str],
}

const PLANS: [Plan; 4] = [
    Plan {
        titre: "1. L’offre d’accueil existante",
        objet: "État des lieux de l’offre d’accueil du jeune enfant, individuelle et collective.",
        phrases: phrases::offre,
        evolution: (
            "L’offre, année après année",
            &[
                ("am_agrees", ""),
                ("am_places", ""),
                ("mam", ""),
                ("mam_places", ""),
                ("eaje", ""),
                ("eaje_places", ""),
                ("eaje_places", "financement:psu"),
                ("eaje_places", "financement:paje"),
                ("places_total", ""),
                ("part_individuel", ""),
                ("taux_activite", ""),
            ],
        ),
        communes: (
            "L’offre, commune par commune",
            &["am_agrees", "am_places", "mam", "eaje", "eaje_places", "places_total"],
        ),
        images: &["am-et-places", "offre-par-mode"],
    },
    Plan {
        titre: "2. Les besoins des familles",
        objet: "Nombre d’enfants, activité des parents, modes d’accueil employés, demandes des familles.",
        phrases: phrases::besoins,
        evolution: (
            "Les besoins, année après année",
            &[
                ("naissances", ""),
                ("enfants_0_2", ""),
                ("enfants_0_2_parents_actifs", ""),
                ("enfants_3_5", ""),
                ("enfants_am", ""),
                ("enfants_eaje", ""),
                ("enfants_cmg_domicile", ""),
                ("enfants_cmg_structure", ""),
                ("demandes", ""),
                ("demandes", "atypique"),
                ("demandes", "urgence"),
                ("demandes", "handicap"),
                ("preinscriptions", "enfants"),
            ],
        ),
        communes: (
            "Les besoins, commune par commune",
            &["naissances", "naissances_moy3", "enfants_0_2", "enfants_0_2_parents_actifs"],
        ),
        images: &["naissances"],
    },
    Plan {
        titre: "3. Les zones où l’offre est insuffisante",
        objet: "Comparaison de l’offre et des besoins, et communes où l’écart est le plus grand.",
        phrases: phrases::zones,
        evolution: (
            "L’équilibre, année après année",
            &[
                ("places_pour_100", ""),
                ("accessibilite", ""),
                ("solde_places", ""),
                ("taux_couverture_cnaf", ""),
                ("sans_offre", ""),
            ],
        ),
        communes: (
            "L’équilibre, commune par commune",
            &["places_pour_100", "accessibilite", "solde_places", "places_tendance", "tension"],
        ),
        images: &["carte-places-pour-100", "carte-accessibilite"],
    },
    Plan {
        titre: "4. Les chiffres utiles aux objectifs",
        objet: "Renouvellement des assistants maternels. Les objectifs, les emplois, le calendrier et \
                l’évaluation sont du ressort de la collectivité.",
        phrases: phrases::objectifs,
        evolution: (
            "Le renouvellement, année après année",
            &[
                ("am_arrivees", ""),
                ("am_departs", ""),
                ("am_solde", ""),
                ("taux_remplacement", ""),
                ("age_median", ""),
                ("part_55_plus", ""),
                ("departs_5_ans", ""),
            ],
        ),
        communes: ("", &[]),
        images: &["pyramide-ages", "flux-am"],
    },
];

impl Livrable for Diagnostic {
    fn nom(&self) -> &'static str {
        "diagnostic"
    }

    fn omission(&self, table: &TableIndicateurs) -> Option<String> {
        trop_de_communes(table).map(|communes| {
            format!(
                "{FICHIER} n’a pas ses tableaux commune par commune : {communes} communes y rempliraient des centaines de pages. Les fiches et {PARQUET} (livrable « indicateurs ») ont ces chiffres."
            )
        })
    }

    fn produire(&self, contexte: &Contexte<'_>, dossier: &Path) -> Result<Vec<PathBuf>, ErreurLivrable> {
        let mut images = contexte.apparence.images();
        let parties = PLANS
            .iter()
            .map(|plan| plan.remplir(contexte, &mut images))
            .collect::<Result<Vec<_>, ErreurLivrable>>()?;
        let titre = format!("Diagnostic du schéma de l’accueil du jeune enfant, {}", contexte.annee);
        let description = format!("Offre, besoins et zones peu pourvues, {}", contexte.territoire);
        let sources: Vec<SourceCitee> = contexte.sources.values().cloned().collect();
        let diagnostic = QuatreParties {
            base: Base::new(contexte, titre, description),
            territoire: contexte.territoire.to_owned(),
            annee: contexte.annee,
            jour: look::date(contexte.date),
            parties,
            limites: phrases::limites(contexte),
            sources: regrouper(&sources),
        };
        Document {
            modele: "diagnostic.typ",
            donnees: &diagnostic,
            images,
            date: contexte.date,
            identifiant: format!("diagnostic {} {}", contexte.annee, contexte.audience.dossier()),
        }
        .ecrire(contexte.reprises, dossier, FICHIER)
    }
}

impl Plan {
    fn remplir(
        &self,
        contexte: &Contexte<'_>,
        images: &mut BTreeMap<&'static str, Vec<u8>>,
    ) -> Result<Partie, ErreurLivrable> {
        let mut releve = Releve::new(contexte, Niveau::Territoire, contexte.code_territoire);
        let phrases = (self.phrases)(&mut releve);
        let tableaux = [evolution(contexte, &self.evolution), par_commune(contexte, &self.communes)];
        let mut illustrations = Vec::new();
        for nom in self.images {
            if let Some(image) = dessiner(nom, contexte)? {
                images.insert(*nom, image.svg_pour_page().into_bytes());
                // Title, notes and sources stand in the picture.
                illustrations.push(Illustration::new(nom, &image, String::new(), String::new()));
            }
        }
        Ok(Partie {
            titre: self.titre,
            objet: self.objet,
            phrases,
            note: releve.note(),
            source: releve.source(),
            tableaux: tableaux.into_iter().flatten().collect(),
            images: illustrations,
        })
    }
}

/// Years of a table over the years, the last one first reached by these steps back.
const RECULS: [i32; 4] = [5, 3, 1, 0];

/// Figures of the territory over the years; none if nothing is known.
fn evolution(contexte: &Contexte<'_>, plan: &(&str, &[(&'static str, &str)])) -> Option<Tableau> {
    let mut releve = Releve::new(contexte, Niveau::Territoire, contexte.code_territoire);
    let annees: Vec<i32> = RECULS
        .iter()
        .map(|recul| contexte.annee - recul)
        .filter(|annee| plan.1.iter().any(|(id, m)| releve.valeur(id, m, *annee).is_some()))
        .collect();
    let mut lignes = Vec::new();
    let (mut partielles, mut changeantes) = (false, false);
    for (id, modalite) in plan.1 {
        let Some(indicateur) = indicateur(id) else { continue };
        if annees.iter().all(|annee| releve.valeur(id, modalite, *annee).is_none()) {
            continue;
        }
        let mut ligne = vec![Cellule::new(libelle(indicateur, modalite))];
        for annee in &annees {
            let figure = releve.lire(id, modalite, *annee);
            ligne.push(releve.cellule_de(indicateur.libelle, &figure, indicateur));
        }
        if ligne.iter().any(|cellule| !cellule.parties.is_empty()) {
            partielles = true;
            changeantes |= !memes_lacunes(contexte, id, modalite, &annees);
        }
        lignes.push(ligne);
    }
    let flux = plan.1.iter().any(|(id, _)| matches!(*id, "am_arrivees" | "am_departs"));
    let connues = if flux { annees_des_flux(contexte, &annees) } else { Vec::new() };
    let declarees = annees_declarees(contexte, &connues);
    let collectif = plan.1.iter().any(|(id, _)| matches!(*id, "eaje" | "eaje_places" | "places_total"));
    let lieu = (Niveau::Territoire, contexte.code_territoire);
    let passe = collectif_passe(contexte, lieu, annees.iter().copied().filter(|_| collectif));
    let partielles = if partielles { look::PARTIELLES } else { "" };
    let changeantes = if changeantes { look::A_NE_PAS_COMPARER } else { "" };
    let entetes = std::iter::once("Le territoire".to_owned()).chain(annees.iter().map(i32::to_string));
    (!lignes.is_empty()).then(|| Tableau {
        titre: plan.0.to_owned(),
        entetes: entetes.collect(),
        groupes: vec![Groupe { titre: String::new(), lignes }],
        note: look::enchainer([
            partielles,
            changeantes,
            &dire_les_declarees(&declarees, &connues),
            &releve.note(),
            passe,
        ]),
        source: releve.source(),
    })
}

fn libelle(indicateur: &Indicateur, modalite: &str) -> String {
    if modalite.is_empty() {
        return indicateur.libelle.to_owned();
    }
    let precision = indicateur.libelle_modalite(modalite);
    match precision.strip_prefix("dont ") {
        Some(precision) => format!("\u{2003}dont {precision}"),
        None => format!("\u{2003}{precision}"),
    }
}

/// A rank by the name of its class: « 2 » → « modérée ».
fn classer(entree: &Indicateur, mut cellule: Cellule) -> Cellule {
    let rang = cellule.texte.parse().ok().filter(|_| entree.unite == Unite::Rang);
    if let Some(nom) = rang.and_then(look::nom_de_rang) {
        nom.clone_into(&mut cellule.texte);
    }
    cellule
}

/// How many communes there are, in words, if they are too many for tables.
fn trop_de_communes(table: &TableIndicateurs) -> Option<String> {
    let communes = table.nombre_de_lieux(Niveau::Commune);
    (communes > COMMUNES_DES_TABLEAUX).then(|| look::nombre(communes as f64, 0))
}

/// Figures of each commune in the year of the report; none if nothing is known, or if they are too many.
fn par_commune(contexte: &Contexte<'_>, plan: &(&str, &[&str])) -> Option<Tableau> {
    let annee = contexte.annee;
    if trop_de_communes(contexte.table).is_some() {
        return None;
    }
    let communes = super::fiche::communes_de(contexte);
    let indicateurs: Vec<&'static Indicateur> = plan
        .1
        .iter()
        .filter_map(|id| indicateur(id))
        .filter(|i| {
            communes.iter().any(|(code, _)| {
                Releve::new(contexte, Niveau::Commune, code).valeur(i.id, "", annee).is_some()
            })
        })
        .collect();
    if indicateurs.is_empty() {
        return None;
    }
    let mut montrees = Releve::new(contexte, Niveau::Territoire, contexte.code_territoire);
    let mut lignes = Vec::new();
    for (code, nom) in &communes {
        let mut releve = Releve::new(contexte, Niveau::Commune, code);
        let mut ligne = vec![Cellule::new(nom.as_str())];
        ligne.extend(indicateurs.iter().map(|i| classer(i, releve.cellule(i, "", annee))));
        lignes.push(ligne);
        montrees.joindre(releve);
    }
    let mut total = vec![Cellule::new(contexte.territoire).en("gras")];
    for indicateur in &indicateurs {
        let figure = montrees.lire(indicateur.id, "", annee);
        let cellule = montrees.cellule_de(indicateur.libelle, &figure, indicateur);
        total.push(classer(indicateur, cellule).en_valeur());
    }
    lignes.push(total);
    let entetes = std::iter::once("Commune").chain(indicateurs.iter().map(|i| i.libelle));
    Some(Tableau {
        titre: format!("{}, {annee}", plan.0),
        entetes: entetes.map(str::to_owned).collect(),
        groupes: vec![Groupe { titre: String::new(), lignes }],
        note: montrees.note(),
        source: montrees.source(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deliverables::graphiques::essai::Essai;

    #[test]
    fn de_trop_de_communes_il_n_y_a_pas_de_tableaux_et_c_est_dit() {
        let plan = ("Les besoins", &["naissances"][..]);
        let mut essai = Essai::new();
        let contexte = essai.contexte();
        assert!(par_commune(&contexte, &plan).is_some() && Diagnostic.omission(contexte.table).is_none());
        essai.peupler(COMMUNES_DES_TABLEAUX);
        let contexte = essai.contexte();
        assert!(par_commune(&contexte, &plan).is_none());
        let omission = Diagnostic.omission(contexte.table).unwrap();
        assert!(omission.contains("1\u{202f}015 communes"), "{omission}");
        let limites = phrases::limites(&contexte);
        assert!(limites.iter().any(|limite| limite.contains("1\u{202f}015 communes")), "{limites:?}");
    }
}
