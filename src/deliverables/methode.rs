//! `methode.pdf`: what each figure means, where it comes from, what contradicts it, what is missing.

use super::look::{self, ESPACE_INSECABLE};
use super::pages::{Base, Cellule, Document, Groupe, Releve, Tableau};
use super::{Contexte, ErreurLivrable, Livrable};
use crate::disclosure::{COMMUNES_DETAILLEES, SEUIL};
use crate::indicators::accessibilite::Variante;
use crate::indicators::{FAMILLES, Indicateur, Niveau, Statut, indicateur};
use crate::quality::Contradiction;
use crate::territory::CommuneGeo;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
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
    formule: &'static str,
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
            parametres: parametres(contexte)?,
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
        formule: i.formule,
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
        .map(|source| {
            let fichier = source.fichier.rsplit(['/', '\\']).next().unwrap_or(&source.fichier);
            vec![Cellule::new(source.en_clair()), Cellule::new(fichier)]
        })
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

fn manques(contexte: &Contexte<'_>) -> Tableau {
    let ligne = |manque: &crate::quality::ChiffreManquant| {
        let raison = match manque.sources.len() {
            0 => "la source ne le donne pas pour cette année".to_owned(),
            _ => manque.sources.join(", "),
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

/// What the pipeline sets, and the defaults of what it leaves out.
fn parametres(contexte: &Contexte<'_>) -> Result<Tableau, ErreurLivrable> {
    let valeur = serde_json::to_value(contexte.parametres)
        .map_err(|e| ErreurLivrable::Page { nom: "methode.pdf".to_owned(), cause: e.to_string() })?;
    let mut lignes = BTreeMap::new();
    aplatir("", &valeur, &mut lignes);
    let lignes = lignes.into_iter().map(|(cle, valeur)| vec![Cellule::new(cle), Cellule::new(valeur)]);
    Ok(Tableau {
        entetes: vec!["Réglage du pipeline".to_owned(), "Valeur".to_owned()],
        groupes: vec![Groupe { titre: String::new(), lignes: lignes.collect() }],
        ..Tableau::default()
    })
}

/// `tension.solde` → `0`; what is not set is left out.
fn aplatir(prefixe: &str, valeur: &serde_json::Value, lignes: &mut BTreeMap<String, String>) {
    use serde_json::Value;
    let texte = match valeur {
        Value::Null => return,
        Value::Object(champs) => {
            for (cle, valeur) in champs {
                let cle = if prefixe.is_empty() { cle.clone() } else { format!("{prefixe}.{cle}") };
                aplatir(&cle, valeur, lignes);
            }
            return;
        }
        Value::String(texte) => texte.clone(),
        Value::Bool(oui) => if *oui { "oui" } else { "non" }.to_owned(),
        Value::Array(valeurs) => valeurs.iter().map(en_une_ligne).collect::<Vec<_>>().join("\u{202f}; "),
        Value::Number(nombre) => nombre.to_string().replace('.', ","),
    };
    lignes.insert(prefixe.to_owned(), texte);
}

/// An element of a list: « minutes 10, poids 1 ».
fn en_une_ligne(valeur: &serde_json::Value) -> String {
    let mut champs = BTreeMap::new();
    aplatir("", valeur, &mut champs);
    let dire = |(cle, valeur): (String, String)| format!("{cle} {valeur}").trim().to_owned();
    champs.into_iter().map(dire).collect::<Vec<_>>().join(", ")
}

/// What other settings would make of the accessibility. The lowest and the highest value are those of communes:
/// nothing is said where that of one of them is withheld.
fn sensibilite(contexte: &Contexte<'_>) -> Tableau {
    let retenue = |commune: &&CommuneGeo| {
        let code = commune.code.as_str();
        let figure = contexte.table.figure(Niveau::Commune, code, "accessibilite", "", contexte.annee);
        figure.is_some_and(|f| f.statut == Statut::Secret)
    };
    let connues = contexte.variantes.iter().any(|v| v.communes > 0);
    if !connues || contexte.geographie.membres().any(|commune| retenue(&commune)) {
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
        ]
    };
    let reglages = contexte.variantes.first().map_or("", |v| v.reglages.as_str());
    let entetes = ["Réglages", "Territoire", "Le moins", "Le plus", "Changent de rang"];
    let lignes = contexte.variantes.iter().map(ligne).collect();
    Tableau {
        entetes: entetes.map(str::to_owned).to_vec(),
        groupes: vec![Groupe { titre: String::new(), lignes }],
        note: format!(
            "Places accessibles pour 100 enfants : dans le territoire, dans la commune qui en a le moins et dans \
             celle qui en a le plus. « Changent de rang » : nombre de communes qui ne sont plus dans le même \
             cinquième du classement qu’avec les réglages retenus. Réglages retenus : {reglages}."
        )
        .replace(" :", "\u{a0}:"),
        ..Tableau::default()
    }
}

/// The projection held against the years that are known.
fn controle(contexte: &Contexte<'_>) -> Tableau {
    let mut releve = Releve::new(contexte, Niveau::Territoire, contexte.code_territoire);
    let (Some(controle), Some(erreur)) = (indicateur("projection_controle"), indicateur("projection_erreur"))
    else {
        return Tableau::default();
    };
    let serie = contexte.table.serie(Niveau::Territoire, contexte.code_territoire, controle.id, "prevu");
    let annees: Vec<i32> = serie.iter().filter(|f| f.statut.est_connu()).map(|f| f.annee).collect();
    let mut lignes = Vec::new();
    for annee in annees {
        let mut ligne = vec![Cellule::new(annee.to_string())];
        for modalite in ["prevu", "prevu:bas", "prevu:haut", "observe"] {
            ligne.push(releve.cellule(controle, modalite, annee));
        }
        ligne.push(releve.cellule(erreur, "", annee));
        lignes.push(ligne);
    }
    let entetes = ["Année", "Annoncé", "Borne basse", "Borne haute", "Observé", "Écart"];
    Tableau {
        titre: String::new(),
        entetes: entetes.map(str::to_owned).to_vec(),
        groupes: if lignes.is_empty() { Vec::new() } else { vec![Groupe { titre: String::new(), lignes }] },
        note: format!("{}{ESPACE_INSECABLE}: {}", controle.libelle, controle.definition),
        source: releve.source(),
    }
}
