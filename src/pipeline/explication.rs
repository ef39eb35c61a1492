//! Where one figure comes from: its formula with the numbers in it, its sources, the rows that took part.

use super::historique::Historique;
use super::lancement::{Calcul, calculer};
use super::lecture::Lues;
use super::{Declaration, ErreurLancement, Options, Suivi};
use crate::deliverables::look;
use crate::deliverables::modalites::nommer;
use crate::indicators::{Agregation, Figure, Indicateur, Niveau, TableIndicateurs, indicateur};
use crate::tables::{AssistantsMaternels, Declarations, Reponses, Structures};
use crate::territory::Membre;
use crate::territory::normaliser;
use chrono::Datelike;
use polars::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;

/// A figure that cannot be explained, because it is not one.
#[derive(Debug, thiserror::Error)]
pub enum ErreurExplication {
    /// The run itself fails.
    #[error(transparent)]
    Lancement(#[from] ErreurLancement),
    /// No such indicator.
    #[error(
        "l’indicateur « {demande} » n’existe pas{}. « observatoire catalogue » les donne tous",
        proposer(proches)
    )]
    IndicateurInconnu {
        /// What was asked for.
        demande: String,
        /// Those whose name is near.
        proches: Vec<&'static str>,
    },
    /// No such commune.
    #[error("« {demande} » n’est pas une commune de {territoire}. Communes : {communes}")]
    CommuneInconnue {
        /// What was asked for.
        demande: String,
        /// Name of the territory.
        territoire: String,
        /// Names of its communes.
        communes: String,
    },
    /// The table holds nothing of that year.
    #[error("{}", AnneeSansChiffre(indicateur, lieu, *annee, annees))]
    SansChiffre {
        /// The entry of the catalogue.
        indicateur: &'static Indicateur,
        /// Commune or territory.
        lieu: String,
        /// The year that was asked for.
        annee: i32,
        /// Those of which there is something.
        annees: BTreeSet<i32>,
    },
}

/// An indicator, a place, a year without a figure, and those that have one.
struct AnneeSansChiffre<'a>(&'a Indicateur, &'a str, i32, &'a BTreeSet<i32>);

impl fmt::Display for AnneeSansChiffre<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(indicateur, lieu, annee, annees) = self;
        let (libelle, entrees) = (indicateur.libelle, indicateur.entrees.join(" ou "));
        if annees.is_empty() {
            return write!(
                f,
                "« {libelle} » n’a aucun chiffre pour {lieu} : il faut une source de type {entrees}"
            );
        }
        let annees: Vec<String> = annees.iter().map(i32::to_string).collect();
        write!(
            f,
            "« {libelle} » n’a aucun chiffre pour {lieu} en {annee}. Années connues, pour « --annee » : {}",
            annees.join(", ")
        )
    }
}

fn proposer(proches: &[&str]) -> String {
    if proches.is_empty() { String::new() } else { format!(" (cherchiez-vous {} ?)", proches.join(", ")) }
}

/// One figure of one modality, explained. Texts are French.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Explication {
    /// Modality: what pages call it, empty for the whole.
    pub modalite: String,
    /// The figure as pages write it.
    pub valeur: String,
    /// The calculation with its numbers; empty for a plain count of one commune.
    pub calcul: String,
    /// What the figure is worth and why.
    pub statut: String,
    /// Communes whose part is known, of those expected.
    pub parties: String,
    /// The communes whose part is missing, with the reason.
    pub manquantes: Vec<String>,
    /// Each source with its file, its date, and how many of its rows took part.
    pub sources: Vec<String>,
}

/// The figures of an indicator for a territory or one commune and one year.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Explications {
    /// The entry of the catalogue.
    pub indicateur: &'static Indicateur,
    /// Its formula, with what the territory chose.
    pub formule: String,
    /// Commune or territory.
    pub lieu: String,
    /// Year.
    pub annee: i32,
    /// The whole first, then each modality that has a row.
    pub figures: Vec<Explication>,
}

/// What is asked.
#[derive(Debug, Clone)]
pub struct Demande {
    /// Identifier of the indicator.
    pub indicateur: String,
    /// Name or code of a commune; the territory if none.
    pub commune: Option<String>,
    /// The year; that of the report if none.
    pub annee: Option<i32>,
}

/// Explains a figure from the files as they are now: nothing is written.
///
/// # Errors
/// If the run cannot read or compute, if there is no such indicator or commune, or nothing of that year.
pub fn expliquer(
    chemin: &Path,
    demande: &Demande,
    options: &Options,
    suivi: &dyn Suivi,
) -> Result<Explications, ErreurExplication> {
    let indicateur = trouver_indicateur(&demande.indicateur)?;
    let declaration = Declaration::lire(chemin).map_err(ErreurLancement::from)?;
    let historique = Historique::new(&options.donnees, &declaration.nom());
    let Calcul { lues, table, .. } = calculer(&declaration, options, &historique, suivi)?;
    let commune = demande.commune.as_deref().map(|nom| trouver_commune(nom, &lues)).transpose()?;
    let (niveau, code, lieu) = match commune {
        Some(membre) => (Niveau::Commune, membre.code.to_string(), membre.nom.clone()),
        None => (Niveau::Territoire, lues.perimetre.code.clone(), lues.perimetre.nom.clone()),
    };
    let annee = demande.annee.unwrap_or(declaration.observation.date.year());
    let siens =
        || table.suivis_de(indicateur.id).filter(|s| s.lieu().niveau == niveau && s.lieu().code == code);
    let annees: BTreeSet<i32> = siens().flat_map(|suivi| suivi.annees()).collect();
    if !annees.contains(&annee) {
        return Err(ErreurExplication::SansChiffre { indicateur, lieu, annee, annees });
    }
    let genres = declaration.sources.iter().map(|source| source.genre.mot()).collect();
    let cas = Cas { indicateur, lues: &lues, table: &table, genres, niveau, code: &code, annee };
    // The whole, the details of the catalogue in its order, then those of surveys.
    let rang = |modalite: &str| indicateur.modalites.iter().position(|(id, _)| *id == modalite);
    let mut modalites: Vec<&str> = siens().map(|suivi| suivi.modalite()).collect();
    modalites.sort_by_key(|m| (!m.is_empty(), rang(m).unwrap_or(usize::MAX), *m));
    let figures = modalites
        .into_iter()
        .filter_map(|modalite| {
            let figure = table.figure(niveau, &code, indicateur.id, modalite, annee)?;
            Some(cas.expliquer(modalite, &figure))
        })
        .collect::<PolarsResult<Vec<_>>>()
        .map_err(ErreurLancement::from)?;
    let formule = indicateur.formule_selon(&declaration.parametres).into_owned();
    Ok(Explications { indicateur, formule, lieu, annee, figures })
}

fn trouver_indicateur(demande: &str) -> Result<&'static Indicateur, ErreurExplication> {
    let normalise = normaliser(demande);
    let par_libelle =
        || crate::indicators::catalogue().find(|i| normaliser(i.libelle) == normalise || i.id == demande);
    indicateur(demande).or_else(par_libelle).ok_or_else(|| {
        let mut proches: Vec<(f64, &str)> = crate::indicators::catalogue()
            .map(|i| (strsim::jaro_winkler(i.id, demande), i.id))
            .filter(|(note, _)| *note > 0.8)
            .collect();
        proches.sort_by(|a, b| b.0.total_cmp(&a.0));
        let proches = proches.into_iter().take(3).map(|(_, id)| id).collect();
        ErreurExplication::IndicateurInconnu { demande: demande.to_owned(), proches }
    })
}

fn trouver_commune<'a>(demande: &str, lues: &'a Lues) -> Result<&'a Membre, ErreurExplication> {
    let membres = lues.perimetre.membres();
    let normalise = normaliser(demande);
    membres.iter().find(|m| m.code.as_str() == demande || normaliser(&m.nom) == normalise).ok_or_else(|| {
        ErreurExplication::CommuneInconnue {
            demande: demande.to_owned(),
            territoire: lues.perimetre.nom.clone(),
            communes: membres.iter().map(|m| m.nom.as_str()).collect::<Vec<_>>().join(", "),
        }
    })
}

/// Terms of a sum that are written out one by one.
const TERMES_ECRITS: usize = 20;

/// The figure that is asked for.
struct Cas<'a> {
    indicateur: &'static Indicateur,
    lues: &'a Lues,
    table: &'a TableIndicateurs,
    /// The kinds of sources that the pipeline declares.
    genres: BTreeSet<&'static str>,
    niveau: Niveau,
    code: &'a str,
    annee: i32,
}

impl Cas<'_> {
    fn expliquer(&self, modalite: &str, figure: &Figure) -> PolarsResult<Explication> {
        let parts = self.parts(modalite);
        let manquantes = parts
            .iter()
            .filter(|(_, part)| !part.statut.est_connu())
            .filter_map(|(nom, part)| Some(format!("{nom} : {}", part.statut.abreviation()?.1)))
            .collect();
        let parties = match (self.niveau, self.indicateur.agregation) {
            (Niveau::Territoire, Agregation::Somme | Agregation::SommeSurSomme) => {
                format!("{} communes sur {}", figure.parties, figure.parties_attendues)
            }
            _ => String::new(),
        };
        Ok(Explication {
            modalite: self.nommer(modalite),
            valeur: look::ecrire(figure, self.indicateur),
            calcul: self.calcul(figure, &parts),
            statut: self.statut(figure, modalite),
            parties,
            manquantes,
            sources: self.sources(figure)?,
        })
    }

    fn nommer(&self, modalite: &str) -> String {
        if modalite.is_empty() {
            return String::new();
        }
        let aucun = BTreeMap::new();
        let reponses = self.lues.autres.reponses.as_ref();
        let questionnaires = reponses.map_or(&aucun, Reponses::questionnaires);
        match nommer(questionnaires, self.indicateur, modalite) {
            (groupe, libelle) if groupe.is_empty() => libelle,
            (groupe, libelle) => format!("{groupe} : {libelle}"),
        }
    }

    /// The figures of the communes of a territory, in the order of their codes.
    fn parts(&self, modalite: &str) -> Vec<(&str, Figure)> {
        if self.niveau != Niveau::Territoire {
            return Vec::new();
        }
        let membres = self.lues.perimetre.membres().iter();
        membres
            .filter_map(|m| {
                let code = m.code.as_str();
                let figure =
                    self.table.figure(Niveau::Commune, code, self.indicateur.id, modalite, self.annee)?;
                Some((m.nom.as_str(), figure))
            })
            .collect()
    }

    fn calcul(&self, figure: &Figure, parts: &[(&str, Figure)]) -> String {
        let ecrire = |valeur: f64| {
            let decimales = u32::from(valeur.fract() != 0.0);
            look::nombre(valeur, decimales)
        };
        let resultat = look::ecrire(figure, self.indicateur);
        if let Some((haut, bas)) = figure.numerateur.zip(figure.denominateur) {
            let facteur = if self.indicateur.facteur() > 1.0 { "100 × " } else { "" };
            return format!("{facteur}{} / {} = {resultat}", ecrire(haut), ecrire(bas));
        }
        if let Some(somme) = self.somme(figure) {
            return format!("{somme} = {resultat}");
        }
        let termes: Vec<String> = parts.iter().filter_map(|(_, p)| p.valeur).map(ecrire).collect();
        if self.indicateur.agregation != Agregation::Somme || termes.is_empty() || figure.valeur.is_none() {
            return String::new();
        }
        if termes.len() <= TERMES_ECRITS {
            return format!("{} = {resultat}", termes.join(" + "));
        }
        format!("somme de {} communes = {resultat}", termes.len())
    }

    /// The other indicators that add up to the figure, where they do at this place.
    fn somme(&self, figure: &Figure) -> Option<String> {
        let termes: Vec<(String, f64)> = self
            .indicateur
            .somme_de
            .iter()
            .map(|(id, modalite)| {
                let valeur = self.table.figure(self.niveau, self.code, id, modalite, self.annee)?.valeur?;
                let libelle = indicateur(id).map_or(*id, |i| i.libelle);
                Some((format!("{} ({libelle})", look::nombre(valeur, 0)), valeur))
            })
            .collect::<Option<_>>()?;
        let total: f64 = termes.iter().map(|(_, valeur)| valeur).sum();
        let textes: Vec<&str> = termes.iter().map(|(texte, _)| texte.as_str()).collect();
        (!textes.is_empty() && Some(total) == figure.valeur).then(|| textes.join(" + "))
    }

    fn statut(&self, figure: &Figure, modalite: &str) -> String {
        use crate::indicators::Statut;
        match figure.statut {
            Statut::Observe => "observé : compté par la source".to_owned(),
            Statut::Estime => format!("estimé. {}", self.indicateur.precaution),
            Statut::SansObjet => "sans objet : rien à rapporter, le dénominateur est zéro".to_owned(),
            Statut::NonDisponible => {
                let entrees = self.indicateur.entrees.join(" ou ");
                let connues = self.annees_connues(modalite);
                if self.indicateur.entrees.iter().any(|genre| self.genres.contains(genre)) {
                    let ailleurs = if connues.is_empty() {
                        String::new()
                    } else {
                        format!(". Années connues, pour « --annee » : {}", connues.join(", "))
                    };
                    format!(
                        "non disponible : les sources de type {entrees} ne le disent pas pour {}, ou pas de façon qui se compte (interne/qualite.html dit ce qui manque et ce qui a été écarté){ailleurs}",
                        self.annee
                    )
                } else {
                    format!("non disponible : aucune source de type {entrees} n’est déclarée")
                }
            }
            Statut::SecretSource => "la source ne le diffuse pas : secret statistique".to_owned(),
            Statut::Secret => "non diffusé : secret statistique".to_owned(),
        }
    }

    /// The years for which the same figure is known.
    fn annees_connues(&self, modalite: &str) -> Vec<String> {
        let serie = self.table.serie(self.niveau, self.code, self.indicateur.id, modalite);
        let connues = serie.iter().filter(|figure| figure.statut.est_connu());
        connues.map(|figure| figure.annee.to_string()).collect()
    }

    fn sources(&self, figure: &Figure) -> PolarsResult<Vec<String>> {
        let ids = figure.sources.split(';').filter(|id| !id.is_empty());
        ids.map(|id| {
            let cite = self.lues.sources.get(id);
            let (libelle, fichier) = cite.map_or((id.to_owned(), ""), |s| (s.en_clair(), s.fichier.as_str()));
            let lignes = self.lignes_de(id)?;
            let lignes = match lignes {
                0 => String::new(),
                n => format!(", {}", look::compter(f64::from(n), "ligne", "lignes")),
            };
            Ok(if fichier.is_empty() {
                format!("{libelle}{lignes}")
            } else {
                format!("{libelle} ({fichier}){lignes}")
            })
        })
        .collect()
    }

    /// The rows of the canonical tables that speak of this place, from that source.
    fn lignes_de(&self, source: &str) -> PolarsResult<u32> {
        let lues = self.lues;
        let tables: [(Option<&DataFrame>, &str, bool); 5] = [
            (lues.assistants_maternels.as_ref().map(AssistantsMaternels::trame), "source", true),
            (lues.structures.as_ref().map(Structures::trame), "source", true),
            (Some(lues.comptes.trame()), "sources", true),
            (lues.autres.declarations.as_ref().map(Declarations::trame), "source", false),
            (lues.autres.reponses.as_ref().map(Reponses::trame), "source", false),
        ];
        let mut total = 0;
        for (trame, colonne, par_commune) in tables {
            let Some(trame) = trame else { continue };
            let mut lignes = trame.clone().lazy().filter(col(colonne).eq(lit(source)));
            if par_commune && self.niveau == Niveau::Commune {
                lignes = lignes.filter(col("code").eq(lit(self.code)));
            }
            if colonne == "sources" {
                // The counts of one file are of several measures: only those of this indicator took part.
                let mesures = [self.indicateur.id, "naissances"].map(|m| col("mesure").eq(lit(m)));
                let mesures = mesures.into_iter().fold(lit(false), Expr::or);
                lignes = lignes.filter(mesures.and(col("annee").eq(lit(self.annee))));
            }
            total += u32::try_from(lignes.collect()?.height()).unwrap_or(u32::MAX);
        }
        Ok(total)
    }
}
