//! Canonical tables that come back from what an earlier run kept: their shape is checked against that of
//! the table without rows, since nothing past this module checks it again.

use super::{
    Comptes, Declarations, Liste, Portee, Questionnaire, Reponses, Services, Structures, TauxPublies,
    Trajets, assistants_maternels, comptes, declarations, du_jour, reponses, services, structures,
    taux_publies, trajets,
};
use chrono::Datelike;
use polars::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The columns of a table, in order, whatever else the frame holds.
fn verifier(trame: &DataFrame, vide: &DataFrame) -> PolarsResult<DataFrame> {
    for colonne in vide.columns() {
        let (nom, attendu) = (colonne.name(), colonne.dtype());
        let vu = trame.column(nom)?.dtype();
        polars_ensure!(vu == attendu, SchemaMismatch: "{} : {} au lieu de {}", nom, vu, attendu);
    }
    trame.select(vide.columns().iter().map(|colonne| colonne.name().clone()))
}

impl Liste {
    /// Year that the list speaks of.
    pub fn annee(&self) -> i32 {
        self.annee
    }

    /// The frame: the columns of [`super::AssistantsMaternels`], `nom` (u64, pseudonym of the name alone),
    /// `prenom` and `famille` (u64, pseudonyms of each half of the name with the birth date), `nom_entier` (bool: whether that
    /// name has a first name) and `prenoms` (bool: whether the list gives first names in a column), before lists are brought
    /// together.
    pub fn trame(&self) -> &DataFrame {
        &self.trame
    }

    /// Who stands on the list with a row that could not be placed: `annee` (i32), `source` (str), `nom`, `cle` (u64),
    /// `code` (str: a commune that it may be of; empty where the row names none).
    pub fn non_places(&self) -> &DataFrame {
        &self.non_places
    }

    /// A list that was kept, with those whose row could not be placed, if they were kept too. A list of an earlier
    /// version does not tell whether it gives first names.
    ///
    /// # Errors
    /// If the frames have not the columns of [`Liste::trame`] and [`Liste::non_places`].
    pub fn reprendre(annee: i32, trame: &DataFrame, non_places: Option<&DataFrame>) -> PolarsResult<Self> {
        let prenoms = trame.column("prenoms").and_then(|prenoms| prenoms.bool().cloned());
        let prenoms = prenoms.unwrap_or_else(|_| BooleanChunked::full_null("prenoms".into(), trame.height()));
        let mut trame = verifier(trame, &assistants_maternels::vide()?)?;
        trame.with_column(prenoms.into_column())?;
        let aucun = assistants_maternels::aucun_non_place()?;
        let non_places = verifier(non_places.unwrap_or(&aucun), &aucun)?;
        let (portee, douteuses) = (Portee::Toutes, Arc::default());
        Ok(Self { annee, trame, non_places, portee, douteuses, complete: true })
    }

    /// The same list, which speaks of these communes alone.
    #[must_use]
    pub fn avec_portee(self, portee: Portee) -> Self {
        Self { portee, ..self }
    }

    /// The same list, another one of that year being lost: of the communes that it speaks of, it does of those that it
    /// names, and nobody is followed to it, nor from it.
    ///
    /// # Errors
    /// Only if the frame has not its columns.
    pub fn incomplete(self) -> PolarsResult<Self> {
        let nommees = Portee::seulement(self.trame.column("code")?.str()?.iter().flatten());
        Ok(Self { portee: self.portee.et(&nommees), complete: false, ..self })
    }

    /// The same list, which says nothing of some of all these communes.
    #[must_use]
    pub fn taisant<'a>(self, toutes: impl IntoIterator<Item = &'a str>, tues: &BTreeSet<String>) -> Self {
        let dites = Portee::seulement(toutes.into_iter().filter(|code| !tues.contains(*code)));
        Self { portee: self.portee.et(&dites), ..self }
    }

    /// The same list, which counts too few people, perhaps, in these communes.
    #[must_use]
    pub fn doutant(self, douteuses: BTreeSet<String>) -> Self {
        Self { douteuses: Arc::new(douteuses), ..self }
    }

    /// True if it speaks of that commune.
    pub fn parle_de(&self, code: &str) -> bool {
        self.portee.parle_de(code)
    }

    /// False if another list of that year could not be read.
    pub fn est_complete(&self) -> bool {
        self.complete
    }
}

impl Structures {
    /// Censuses that were kept, under one name: where they were several, the structures are numbered again,
    /// and the stops cite the new numbers. No stops (`None`) stands for censuses without any.
    ///
    /// # Errors
    /// If the frames have not the columns of [`Structures`] and [`Structures::arrets`], or if a stop is of no
    /// structure.
    pub fn reprendre(trame: &DataFrame, arrets: Option<&DataFrame>, source: &str) -> PolarsResult<Self> {
        let trame = verifier(trame, &structures::vide()?)?;
        let sans_arret = structures::aucun_arret()?;
        let arrets = verifier(arrets.unwrap_or(&sans_arret), &sans_arret)?;
        let rangs: BTreeMap<(String, u32), u32> = paires(&trame)?.into_iter().zip(1..).collect();
        let renumeroter = |trame: &DataFrame| -> PolarsResult<DataFrame> {
            let nouveaux = paires(trame)?.iter().map(|paire| rangs.get(paire).copied()).collect::<Vec<_>>();
            polars_ensure!(nouveaux.iter().all(Option::is_some), ComputeError: "un arrêt n’a pas sa structure");
            let nouveaux = Column::new("structure".into(), nouveaux);
            trame
                .clone()
                .lazy()
                .with_columns([
                    lit(nouveaux.take_materialized_series()).alias("structure"),
                    lit(source).alias("source"),
                ])
                .collect()
        };
        let (trame, arrets) = (renumeroter(&trame)?, renumeroter(&arrets)?);
        Ok(Self {
            trame,
            arrets,
            adresses: Vec::new(),
            portees: BTreeMap::new(),
            complet: true,
            perdues: BTreeSet::new(),
            douteuses: BTreeMap::new(),
        })
    }

    /// The same census, which speaks of these communes alone.
    ///
    /// # Errors
    /// Only if the frame has not its columns.
    pub fn avec_portee(mut self, portee: &Portee) -> PolarsResult<Self> {
        let portees = self.annees()?.into_iter().map(|annee| (annee, portee.clone()));
        self.portees = portees.collect();
        Ok(self)
    }

    /// The same census, another one of that year being lost: it speaks of the communes that it names.
    ///
    /// # Errors
    /// Only if the frame has not its columns.
    pub fn incomplet(self) -> PolarsResult<Self> {
        let portee = Portee::seulement(self.trame.column("code")?.str()?.iter().flatten());
        Ok(Self { complet: false, ..self.avec_portee(&portee)? })
    }

    /// False if another census of that year could not be read.
    pub fn est_complet(&self) -> bool {
        self.complet
    }

    /// The years of its rows.
    ///
    /// # Errors
    /// Only if the frame has not its columns.
    pub fn annees(&self) -> PolarsResult<BTreeSet<i32>> {
        let jours = self.trame.column("date_observation")?.date()?;
        let jours: BTreeSet<i32> = jours.physical().iter().flatten().collect();
        Ok(jours.into_iter().filter_map(du_jour).map(|jour| jour.year()).collect())
    }
}

/// Source and number of each structure, or of that of each stop.
fn paires(trame: &DataFrame) -> PolarsResult<Vec<(String, u32)>> {
    let (sources, rangs) = (trame.column("source")?.str()?, trame.column("structure")?.u32()?);
    let paire = |(source, rang): (Option<&str>, Option<u32>)| {
        (source.unwrap_or_default().to_owned(), rang.unwrap_or_default())
    };
    Ok(sources.iter().zip(rangs.iter()).map(paire).collect())
}

/// `reprendre` of the tables that are one frame.
macro_rules! reprendre {
    ($($table:ident, $module:ident;)*) => {$(
        impl $table {
            /// The table that was kept.
            ///
            /// # Errors
            /// If the frame has not the columns of the table.
            pub fn reprendre(trame: &DataFrame) -> PolarsResult<Self> {
                verifier(trame, &$module::vide()?).map(Self)
            }
        }
    )*};
}

reprendre! {
    Comptes, comptes;
    TauxPublies, taux_publies;
    Declarations, declarations;
    Services, services;
    Trajets, trajets;
}

impl Reponses {
    /// What the questions are, to be kept beside the answers: columns `questionnaire` (str: its key),
    /// `definition` (str: JSON), `source` (str).
    ///
    /// # Errors
    /// Only if Polars cannot run the plan.
    pub fn definitions(&self) -> PolarsResult<DataFrame> {
        let posees = self
            .trame()
            .clone()
            .lazy()
            .select([col("questionnaire"), col("source")])
            .unique_stable(None, UniqueKeepStrategy::First)
            .collect()?;
        let definition = |cle: Option<&str>| {
            let questionnaire = self.questionnaires().get(cle.unwrap_or_default())?;
            serde_json::to_string(questionnaire).ok()
        };
        let definitions: Vec<Option<String>> =
            posees.column("questionnaire")?.str()?.iter().map(definition).collect();
        df!(
            "questionnaire" => posees.column("questionnaire")?.str()?.iter().collect::<Vec<_>>(),
            "definition" => definitions,
            "source" => posees.column("source")?.str()?.iter().collect::<Vec<_>>(),
        )
    }

    /// Answers that were kept, with what [`Reponses::definitions`] said of their questions.
    ///
    /// # Errors
    /// If the frame has not the columns of the table, or if a definition cannot be read.
    pub fn reprendre(trame: &DataFrame, definitions: &DataFrame) -> PolarsResult<Self> {
        let mut questionnaires = BTreeMap::new();
        for texte in definitions.column("definition")?.str()?.iter().flatten() {
            let questionnaire: Questionnaire = serde_json::from_str(texte)
                .map_err(|e| polars_err!(SchemaMismatch: "questionnaire : {e}"))?;
            questionnaires.insert(questionnaire.cle.clone(), questionnaire);
        }
        Ok(Self::des_parties(verifier(trame, &reponses::vide()?)?, questionnaires))
    }
}
