//! Crèches familiales that a census has, and of which a list of agréments tells nothing.

use crate::quality::{Lieu, Motif, Probleme};
use crate::sources::valeurs::TypeStructure;
use crate::tables::{AssistantsMaternels, ListeDeLAnnee, Structures, du_jour};
use chrono::{Datelike, NaiveDate};
use polars::prelude::*;

impl Structures {
    /// The lists of agréments that tell of nobody who works for a crèche familiale, though a census says that one was
    /// open on their day: how many do, they do not say.
    ///
    /// # Errors
    /// Only if the frame lacks a column of its table.
    pub fn listes_sans_familiale(&self, am: &AssistantsMaternels) -> PolarsResult<Vec<ListeDeLAnnee>> {
        let creches = self.creches_familiales()?;
        let ouverte =
            |liste: &&ListeDeLAnnee| creches.iter().any(|creche| creche.est_ouverte(liste.annee, liste.jour));
        let muettes = am.couverture().iter().filter(|liste| !liste.familiale);
        Ok(muettes.filter(ouverte).cloned().collect())
    }

    /// What is to be told of these lists, with the source that it is told to.
    ///
    /// # Errors
    /// Those of [`Self::listes_sans_familiale`].
    pub fn familiales_non_dites(&self, am: &AssistantsMaternels) -> PolarsResult<Vec<(String, Probleme)>> {
        let dire = |liste: ListeDeLAnnee| {
            let detail = format!(
                "une crèche familiale est ouverte en {}, et cette liste ne dit de personne qu’elle l’emploie : le nombre de ses assistants maternels n’est pas connu",
                liste.annee
            );
            let source = liste.source.split(';').next().unwrap_or_default().to_owned();
            (source, Probleme::new(Motif::CrecheFamilialeNonDite, Lieu::default(), detail))
        };
        Ok(self.listes_sans_familiale(am)?.into_iter().map(dire).collect())
    }

    fn creches_familiales(&self) -> PolarsResult<Vec<Creche>> {
        let trame = &self.trame;
        let types = trame.column("type")?.str()?;
        let dates = |nom: &str| PolarsResult::Ok(trame.column(nom)?.date()?.physical().clone());
        let (recensees, ouvertures, fermetures) =
            (dates("date_observation")?, dates("ouverture")?, dates("fermeture")?);
        let jour = |colonne: &Int32Chunked, rang| colonne.get(rang).and_then(du_jour);
        let rangs = (0..trame.height())
            .filter(|rang| types.get(*rang) == Some(TypeStructure::CrecheFamiliale.code()));
        Ok(rangs
            .filter_map(|rang| {
                let recensement = jour(&recensees, rang)?;
                Some(Creche {
                    recensement,
                    ouverture: jour(&ouvertures, rang),
                    fermeture: jour(&fermetures, rang),
                })
            })
            .collect())
    }
}

struct Creche {
    recensement: NaiveDate,
    ouverture: Option<NaiveDate>,
    fermeture: Option<NaiveDate>,
}

impl Creche {
    /// A census tells of its year, and of those before.
    fn est_ouverte(&self, annee: i32, jour: NaiveDate) -> bool {
        annee <= self.recensement.year() && super::est_ouverte((self.ouverture, self.fermeture), jour)
    }
}
