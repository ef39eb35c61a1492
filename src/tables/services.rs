//! What each commune offers: schools, périscolaire, canteen, centre de loisirs, contacts of the mairie.

use super::en_jours;
use super::ingestion::Communes;
use super::{Ingestion, personnel};
use crate::quality::{Bilan, Motif, Probleme};
use crate::sources::disposition::{ColonneTexte, Tableau};
use crate::sources::grille::{Constructeur, Grille};
use crate::sources::valeurs::replier;
use chrono::NaiveDate;
use polars::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// One row per commune and service that is said.
///
/// Columns: `date_observation` (date), `code` (str), `service` (str: as the file calls it), `valeur` (str: as
/// the file says it, without names of persons, nor e-mail or phone unless of the mairie), `source` (str). By commune, in
/// the order of the file.
#[derive(Debug, Clone)]
pub struct Services(pub(super) DataFrame);

/// By commune, each service and what is said of it, in the order of the file.
type Dits = BTreeMap<String, Vec<(String, String)>>;

/// Rows among which the commune of a fiche is looked for.
const LIGNES_D_ENTETE: usize = 20;

impl Services {
    /// Reads fiches: a row per commune and a column per service, or a row per commune and service.
    ///
    /// # Errors
    /// Only if Polars cannot build the frame.
    pub fn lire(tableau: &Tableau, ingestion: &Ingestion<'_>, bilan: &mut Bilan) -> PolarsResult<Self> {
        let mut communes = Communes::new(ingestion.rapprocheur);
        let mut services = Dits::new();
        let colonnes = colonnes_de_services(tableau, bilan);
        let mut de_personnes: BTreeSet<String> = BTreeSet::new();
        for rang in 0..tableau.hauteur() {
            let Some(commune) = communes.trouver(tableau, rang, bilan) else { continue };
            let mut dits: Vec<(String, String)> = colonnes
                .iter()
                .filter_map(|c| Some((net(&c.entete), c.valeurs.get(rang)?.to_owned())))
                .collect();
            if let Some(service) = tableau.cellule(rang, "service") {
                let valeur = tableau.cellule(rang, "valeur").unwrap_or_default();
                dits.push((net(service), valeur.to_owned()));
            }
            let connus = services.entry(commune.code.to_string()).or_default();
            if let Some((service, _)) = dits.iter().find(|(s, _)| connus.iter().any(|(connu, _)| connu == s))
            {
                let detail = format!("la commune {} a déjà « {service} »", commune.code);
                bilan.noter(Probleme::new(Motif::ValeurEnDouble, tableau.lieu_ligne(rang), detail));
                continue;
            }
            bilan.lues += 1;
            for (service, valeur) in dits.into_iter().filter(|(_, valeur)| !valeur.is_empty()) {
                let personnel =
                    personnel::entete_personnel(&service) || personnel::nomme_des_gens(&service, &valeur);
                if personnel && !est_de_la_mairie(&service) {
                    de_personnes.insert(service);
                    continue;
                }
                // The phone of the mairie is public, not who answers it.
                let valeur = if personnel::nomme_des_gens(&service, &valeur) {
                    personnel::retirer_le_premier_nom(&personnel::retirer_les_noms(&valeur))
                } else if est_de_la_mairie(&service) {
                    personnel::retirer_les_noms(&valeur)
                } else {
                    personnel::retirer(&valeur)
                };
                connus.push((service, valeur));
            }
        }
        if !de_personnes.is_empty() {
            let rubriques: Vec<String> =
                de_personnes.iter().map(|service| format!("« {service} »")).collect();
            let detail = format!("{} : des personnes y sont nommées", rubriques.join(", "));
            bilan.noter(Probleme::new(Motif::ColonnePersonnelle, tableau.origine.lieu(), detail));
        }
        communes.conclure(bilan);
        trame(&services, ingestion.source, ingestion.date).map(Self)
    }

    /// Brings fiches together. Where two say the same service, the first in the pipeline is kept.
    ///
    /// # Errors
    /// If there is none, or if Polars cannot run the plan.
    pub fn reunir(parties: &[Self]) -> PolarsResult<Self> {
        concat(parties.iter().map(|p| p.0.clone().lazy()).collect::<Vec<_>>(), UnionArgs::default())?
            .unique_stable(Some(cols(["code", "service"])), UniqueKeepStrategy::First)
            .collect()
            .map(Self)
    }

    /// The frame.
    pub fn trame(&self) -> &DataFrame {
        &self.0
    }
}

/// What fiches communes tell of: the beginnings of words of their headers.
const MOTS: [&str; 12] = [
    "ecole",
    "cantine",
    "restauration",
    "periscol",
    "garderie",
    "centre de loisirs",
    "accueil de loisirs",
    "alsh",
    "mairie",
    "maternelle",
    "bibliotheque",
    "ludotheque",
];

/// True if a header or a rubric names something that a commune offers.
pub fn parle_d_un_service(texte: &str) -> bool {
    let replie = format!(" {}", replier(texte));
    MOTS.iter().any(|mot| replie.contains(&format!(" {mot}")))
}

/// The table that a fiche of one commune stands for (`Commune ; Aizenay`, then `rubrique ; valeur`), each row
/// at its line and its columns; none if the sheet is no such fiche.
pub fn fiche_en_table(grille: &Grille) -> Option<Grille> {
    let (rang_commune, commune) = commune_de_la_fiche(grille)?;
    let mut rubriques = (0..grille.hauteur()).filter_map(|rang| grille.cellule(rang, 0));
    if parle_d_un_service(commune) && !rubriques.any(parle_d_un_service) {
        // A table of two columns, `Commune ; Cantine`.
        return None;
    }
    let mut table = Constructeur::new(grille.origine.clone());
    table.ligne(0, [(0, "Rubrique"), (1, "Valeur"), (2, "Commune")], None).ok()?;
    for rang in (0..grille.hauteur()).filter(|rang| *rang != rang_commune) {
        let Some(rubrique) = grille.cellule(rang, 0) else { continue };
        let valeurs: Vec<&str> = grille.ligne(rang).filter(|(c, _)| *c > 0).map(|(_, t)| t).collect();
        // A title, or a heading, says nothing.
        if valeurs.is_empty() {
            continue;
        }
        let valeur = valeurs.join(" ; ");
        let cellules = [(0, rubrique), (1, valeur.as_str()), (2, commune)];
        table.ligne(grille.lignes.get(rang).copied().unwrap_or_default(), cellules, None).ok()?;
    }
    Some(table.finir())
}

fn commune_de_la_fiche(grille: &Grille) -> Option<(usize, &str)> {
    (0..grille.hauteur().min(LIGNES_D_ENTETE)).find_map(|rang| {
        let mut cellules = grille.ligne(rang);
        let ((premiere, etiquette), (_, commune)) = (cellules.next()?, cellules.next()?);
        let nomme = matches!(
            replier(etiquette).as_str(),
            "commune" | "nom de la commune" | "nom commune" | "ville" | "mairie de" | "commune de"
        );
        (premiere == 0 && nomme && cellules.next().is_none()).then_some((rang, commune))
    })
}

fn colonnes_de_services<'t>(tableau: &'t Tableau, bilan: &mut Bilan) -> Vec<&'t ColonneTexte> {
    if tableau.colonne("service").is_some() {
        return Vec::new();
    }
    let nommees = tableau.autres.iter().filter(|c| !c.entete.is_empty());
    let (personnelles, services): (Vec<_>, Vec<_>) =
        nommees.partition(|c| !est_de_la_mairie(&c.entete) && personnel::est_personnelle(c));
    personnel::dire_les_ecartees(tableau, &personnelles, bilan);
    services
}

/// The contacts of an institution are public.
fn est_de_la_mairie(service: &str) -> bool {
    replier(service).split(' ').any(|mot| mot == "mairie")
}

fn net(entete: &str) -> String {
    entete.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The table without rows: what its columns are.
pub(super) fn vide() -> PolarsResult<DataFrame> {
    trame(&Dits::new(), "", NaiveDate::default())
}

fn trame(services: &Dits, source: &str, date: NaiveDate) -> PolarsResult<DataFrame> {
    let lignes = || services.iter().flat_map(|(code, dits)| dits.iter().map(move |(s, v)| (code, s, v)));
    let n = lignes().count();
    DataFrame::new(
        n,
        vec![
            Int32Chunked::full("date_observation".into(), en_jours(date), n).into_date().into_column(),
            StringChunked::from_iter_values("code".into(), lignes().map(|l| l.0)).into_column(),
            StringChunked::from_iter_values("service".into(), lignes().map(|l| l.1)).into_column(),
            StringChunked::from_iter_values("valeur".into(), lignes().map(|l| l.2)).into_column(),
            StringChunked::full("source".into(), source, n).into_column(),
        ],
    )
}
