//! `methode.pdf`: what each figure means, where it comes from, what contradicts it, what is missing.

use super::look::{self, ESPACE_INSECABLE};
use super::pages::{Base, Cellule, Document, Groupe, Releve, Tableau};
use super::{Contexte, ErreurLivrable, Livrable, messages};
use crate::disclosure::Audience;
use crate::disclosure::{COMMUNES_DETAILLEES, SEUIL};
use crate::indicators::accessibilite::Variante;
use crate::indicators::{
    FAMILLES, Indicateur, Niveau, Parametres, ParametresProjection, ParametresTension, Statut,
    controler_la_projection, indicateur,
};
use crate::quality::Contradiction;
use crate::sources::Genre;
use crate::territory::CommuneGeo;
use serde::Serialize;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Contradictions listed; the quality report has them all.
const CONTRADICTIONS: usize = 30;

/// Its name among the deliverables.
pub(crate) const NOM: &str = "methode";

/// The statement of method.
#[derive(Debug)]
pub(crate) struct Methode;

/// What the template says.
#[derive(Debug, Serialize)]
struct Releves {
    base: Base,
    territoire: String,
    annee: i32,
    statuts: Vec<(String, String)>,
    petits_nombres: PetitsNombres,
    familles: Vec<FamilleDite>,
    sources: Tableau,
    contradictions: Tableau,
    /// How many are not listed.
    autres_contradictions: usize,
    /// False where the audience does not see them.
    montre_les_contradictions: bool,
    manques: Tableau,
    parametres: Tableau,
    sensibilite: Tableau,
    controle: Tableau,
}

/// What is not shown out of the relais: see [`crate::disclosure`].
#[derive(Debug, Serialize)]
struct PetitsNombres {
    /// Fewest persons that a sensitive count may show.
    seuil: f64,
    /// Fewest childminders of a pyramid of ages.
    pyramide: Option<u32>,
    /// Communes beyond which ages are not given commune by commune.
    communes_detaillees: usize,
    /// True if the territory has more.
    grand: bool,
}

impl PetitsNombres {
    fn de(contexte: &Contexte<'_>) -> Self {
        let pyramide = indicateur("pyramide_ages").and_then(|i| i.protection.minimum);
        Self {
            seuil: SEUIL,
            pyramide: pyramide.map(|(minimum, _)| minimum),
            communes_detaillees: COMMUNES_DETAILLEES,
            grand: contexte.table.nombre_de_lieux(Niveau::Commune) > COMMUNES_DETAILLEES,
        }
    }
}

#[derive(Debug, Serialize)]
struct FamilleDite {
    titre: &'static str,
    indicateurs: Vec<Definition>,
}

#[derive(Debug, Serialize)]
struct Definition {
    libelle: &'static str,
    sens: &'static str,
    formule: String,
    unite: &'static str,
    source: &'static str,
    precaution: &'static str,
}

impl Livrable for Methode {
    fn nom(&self) -> &'static str {
        NOM
    }

    fn produire(&self, contexte: &Contexte<'_>, dossier: &Path) -> Result<Vec<PathBuf>, ErreurLivrable> {
        let titre = format!("Relevé de méthode {}", contexte.annee);
        let description = format!("Définitions et sources des chiffres, {}", contexte.territoire);
        let releves = Releves {
            base: Base::new(contexte, titre, description),
            territoire: contexte.territoire.to_owned(),
            annee: contexte.annee,
            statuts: statuts(),
            petits_nombres: PetitsNombres::de(contexte),
            familles: familles(contexte),
            sources: sources(contexte),
            contradictions: contradictions(contexte.contradictions),
            autres_contradictions: contexte.contradictions.len().saturating_sub(CONTRADICTIONS),
            montre_les_contradictions: contexte.audience == crate::disclosure::Audience::Interne,
            manques: manques(contexte),
            parametres: parametres(contexte.parametres, contexte.audience),
            sensibilite: sensibilite(contexte),
            controle: controle(contexte),
        };
        Document {
            modele: "methode.typ",
            donnees: &releves,
            images: contexte.apparence.images(),
            date: contexte.date,
            identifiant: format!("methode {} {}", contexte.annee, contexte.audience.dossier()),
        }
        .ecrire(contexte.reprises, dossier, "methode.pdf")
    }
}

fn statuts() -> Vec<(String, String)> {
    let mut dits: Vec<(String, String)> = Vec::new();
    for (court, long) in Statut::TOUS.into_iter().filter_map(Statut::abreviation) {
        let long = long.replace(" : ", "\u{a0}: ");
        match dits.iter_mut().find(|(c, _)| c == court) {
            Some((_, deja)) => *deja = format!("{deja}, ou {long}"),
            None => dits.push((court.to_owned(), long)),
        }
    }
    dits
}

/// The families of the indicators that have some value.
fn familles(contexte: &Contexte<'_>) -> Vec<FamilleDite> {
    let table = contexte.table;
    let est_connu = |id: &&str| table.suivis_de(id).any(|s| s.figures().any(|f| f.valeur.is_some()));
    let connus: BTreeSet<&str> = table.indicateurs().filter(est_connu).collect();
    let definir = |i: &Indicateur| Definition {
        libelle: i.libelle,
        sens: i.definition,
        formule: i.formule_selon(contexte.parametres).into_owned(),
        unite: i.unite.mot(),
        source: i.source,
        precaution: i.precaution,
    };
    let dire = |famille: &crate::indicators::Famille| FamilleDite {
        titre: famille.titre,
        indicateurs: famille.indicateurs.iter().filter(|i| connus.contains(i.id)).map(definir).collect(),
    };
    FAMILLES.iter().map(dire).filter(|f| !f.indicateurs.is_empty()).collect()
}

fn sources(contexte: &Contexte<'_>) -> Tableau {
    let lignes = contexte
        .sources
        .values()
        .map(|source| vec![Cellule::new(source.en_clair()), Cellule::new(source.nom_du_fichier())])
        .collect();
    Tableau {
        entetes: vec!["Source".to_owned(), "Fichier".to_owned()],
        groupes: vec![Groupe { titre: String::new(), lignes }],
        ..Tableau::default()
    }
}

fn contradictions(contradictions: &[Contradiction]) -> Tableau {
    let lignes = contradictions
        .iter()
        .take(CONTRADICTIONS)
        .map(|contradiction| {
            let valeurs = contradiction.valeurs.iter().map(|v| {
                let date = v.date.map(|d| format!(" au {}", look::date(d))).unwrap_or_default();
                let retenue = if v.retenue { ", retenu" } else { "" };
                format!("{} ({}{date}{retenue})", look::nombre(v.valeur, 0), v.libelle)
            });
            vec![
                Cellule::new(format!(
                    "{}, {}, {}",
                    contradiction.commune, contradiction.annee, contradiction.quoi
                )),
                Cellule::new(valeurs.collect::<Vec<_>>().join("\u{202f}; ")),
            ]
        })
        .collect();
    Tableau {
        entetes: vec!["Chiffre".to_owned(), "Ce que dit chaque source".to_owned()],
        groupes: vec![Groupe { titre: String::new(), lignes }],
        ..Tableau::default()
    }
}

/// « imaje » → « Caf, imaje ».
fn dire_la_source(mot: &str) -> &str {
    Genre::TOUS.into_iter().find(|genre| genre.mot() == mot).map_or(mot, |genre| genre.libelle())
}

fn manques(contexte: &Contexte<'_>) -> Tableau {
    let ligne = |manque: &crate::quality::ChiffreManquant| {
        let raison = match manque.sources.len() {
            0 => "à ajouter aux fichiers lus, qui ne le disent pas".to_owned(),
            _ => manque.sources.iter().map(|mot| dire_la_source(mot)).collect::<Vec<_>>().join("\u{202f}; "),
        };
        vec![Cellule::new(manque.libelle.as_str()), Cellule::new(raison)]
    };
    let groupe = |titre: &str, lacune: bool| Groupe {
        titre: titre.to_owned(),
        lignes: contexte.manques.iter().filter(|m| m.lacune == lacune).map(ligne).collect(),
    };
    let groupes =
        [groupe("Chiffres attendus", true), groupe("Chiffres que le territoire ne suit pas", false)];
    Tableau {
        entetes: vec!["Chiffre".to_owned(), "Ce qu’il faudrait".to_owned()],
        groupes: groupes.into_iter().filter(|g| !g.lignes.is_empty()).collect(),
        ..Tableau::default()
    }
}

/// What the relais chose, and the defaults of what it left, in words. No field is left out: a new one does not compile
/// before it is told.
fn parametres(choisis: &Parametres, audience: Audience) -> Tableau {
    let Parametres { besoin, accessibilite, tension, projection } = choisis;
    let ParametresTension { solde, accessibilite: acces, tendance, part_55_plus, criteres_minimum: _ } =
        tension;
    let ParametresProjection {
        age_retraite,
        taux_depart_defaut,
        arrivees_cible,
        am_cible,
        naissances,
        naissances_prevues,
    } = projection;
    let naissances = naissances.en_clair();
    let prevues: Vec<String> = naissances_prevues
        .iter()
        .map(|(annee, nombre)| format!("{annee}{ESPACE_INSECABLE}: {}", look::nombre(*nombre, 0)))
        .collect();
    // A whole number is written whole.
    let reel = |v: f64| look::nombre(v, u32::from(v.fract() != 0.0));
    let part = |v: f64| look::pourcent(v, u32::from(v.fract() != 0.0));
    let lignes = [
        ("Besoin auquel les places sont comparées", Some(besoin.libelle().to_owned())),
        ("Places accessibles", Some(accessibilite.phrase())),
        ("Tension, manque de places", Some(format!("solde inférieur à {}", reel(*solde)))),
        (
            "Tension, accès faible",
            Some(format!("moins de {} places accessibles pour 100 enfants", reel(*acces))),
        ),
        ("Tension, places en recul", Some(format!("évolution de {} ou pire en trois ans", part(*tendance)))),
        (
            "Tension interne, assistants maternels âgés",
            // A criterion of a class that the relais alone sees.
            (audience == Audience::Interne)
                .then(|| format!("au moins {} ont 55 ans ou plus", part(*part_55_plus))),
        ),
        (
            "Tension, critères connus pour classer une commune",
            Some(format!("au moins {}", tension.criteres_connus())),
        ),
        ("Âge de départ à la retraite", Some(format!("{age_retraite} ans"))),
        (
            "Départs par an, là où deux listes ne les disent pas",
            taux_depart_defaut.map(|taux| format!("{} pour 100 assistants maternels", reel(taux))),
        ),
        ("Scénario « cible », arrivées par an", arrivees_cible.map(reel)),
        (
            "Scénario « cible », effectif voulu dans dix ans",
            am_cible.map(|n| look::compter(f64::from(n), "assistant maternel", "assistants maternels")),
        ),
        ("Naissances à venir", Some(naissances.to_owned())),
        (
            "Naissances à venir, données par le relais",
            Some(prevues.join("\u{202f}; ")).filter(|t| !t.is_empty()),
        ),
    ];
    let ligne =
        |(quoi, valeur): (&str, Option<String>)| Some(vec![Cellule::new(quoi), Cellule::new(valeur?)]);
    Tableau {
        entetes: vec!["Réglage".to_owned(), "Choix du relais".to_owned()],
        groupes: vec![Groupe {
            titre: String::new(),
            lignes: lignes.into_iter().filter_map(ligne).collect(),
        }],
        ..Tableau::default()
    }
}

/// What other settings would make of the accessibility. The lowest and the highest value are those of communes:
/// nothing is said where that of one of them is withheld.
fn sensibilite(contexte: &Contexte<'_>) -> Tableau {
    let variantes = variantes_montrables(contexte);
    if variantes.is_empty() {
        return Tableau::default();
    }
    let nombre = |valeur: Option<f64>| valeur.map_or_else(|| "n.d.".to_owned(), |v| look::nombre(v, 1));
    let ligne = |variante: &Variante| {
        vec![
            Cellule::new(variante.libelle.as_str()),
            Cellule::new(nombre(variante.territoire)),
            Cellule::new(nombre(variante.minimum)),
            Cellule::new(nombre(variante.maximum)),
            Cellule::new(look::nombre(variante.changent_de_quintile as f64, 0)),
            Cellule::new(look::nombre(variante.sous_le_seuil as f64, 0)),
        ]
    };
    let reglages = variantes.first().map_or("", |v| v.reglages.as_str());
    let entetes = ["Réglages", "Territoire", "Le moins", "Le plus", "Changent de rang", "Accès faible"];
    let lignes = variantes.iter().map(ligne).collect();
    Tableau {
        entetes: entetes.map(str::to_owned).to_vec(),
        groupes: vec![Groupe { titre: String::new(), lignes }],
        note: format!(
            "Places accessibles pour 100 enfants : dans le territoire, dans la commune qui en a le moins et dans \
             celle qui en a le plus. « Changent de rang » : nombre de communes qui ne sont plus dans le même \
             cinquième du classement qu’avec les réglages retenus. « Accès faible » : nombre de communes sous le seuil de la \
             tension. Réglages retenus : {reglages}."
        )
        .replace(" :", "\u{a0}:"),
        ..Tableau::default()
    }
}

/// The accessibility by other settings; none where that of a commune is withheld.
pub(super) fn variantes_montrables<'a>(contexte: &Contexte<'a>) -> &'a [Variante] {
    let retenue = |commune: &CommuneGeo| {
        let code = commune.code.as_str();
        let figure = contexte.table.figure(Niveau::Commune, code, "accessibilite", "", contexte.annee);
        figure.is_some_and(|f| f.statut == Statut::Secret)
    };
    let connues = contexte.variantes.iter().any(|v| v.communes > 0);
    if connues && !contexte.geographie.membres().any(retenue) { contexte.variantes } else { &[] }
}

/// The projection held against the years that are known.
fn controle(contexte: &Contexte<'_>) -> Tableau {
    let mut releve = Releve::new(contexte, Niveau::Territoire, contexte.code_territoire);
    let (Some(controle), Some(erreur)) = (indicateur("projection_controle"), indicateur("projection_erreur"))
    else {
        return Tableau::default();
    };
    let mut groupes: Vec<(i32, Groupe)> = Vec::new();
    for essai in controler_la_projection(contexte.table, contexte.code_territoire) {
        let mut ligne = vec![Cellule::new(essai.annee.to_string())];
        for suite in ["", ":bas", ":haut", ":observe"] {
            ligne.push(releve.cellule(controle, &format!("{}{suite}", essai.horizon), essai.annee));
        }
        ligne.push(releve.cellule(erreur, essai.horizon, essai.annee));
        match groupes.last_mut().filter(|(depuis, _)| *depuis == essai.depuis) {
            Some((_, groupe)) => groupe.lignes.push(ligne),
            None => groupes.push((
                essai.depuis,
                Groupe {
                    titre: format!("Annoncé d’après les listes jusqu’à {}", essai.depuis),
                    lignes: vec![ligne],
                },
            )),
        }
    }
    let tenue = contexte.table.figure(
        Niveau::Territoire,
        contexte.code_territoire,
        "projection_tenue",
        "",
        contexte.annee,
    );
    let entetes = ["Année", "Annoncé", "Borne basse", "Borne haute", "Observé", "Écart"];
    Tableau {
        titre: String::new(),
        entetes: entetes.map(str::to_owned).to_vec(),
        groupes: groupes.into_iter().map(|(_, groupe)| groupe).collect(),
        note: look::enchainer([
            format!("{}{ESPACE_INSECABLE}: {}", controle.libelle, controle.definition).as_str(),
            &messages::tenue_de_la_projection(tenue.as_ref()),
        ]),
        source: releve.source(),
    }
}
