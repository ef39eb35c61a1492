//! Which communes make up the territory, and since when.

use super::CodeCommune;
use chrono::NaiveDate;
use std::collections::BTreeSet;

/// One commune of the territory, with the time it belongs to it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Membre {
    /// Today's code.
    pub code: CodeCommune,
    /// Official name.
    pub nom: String,
    /// First day of membership; none if it has always been a member.
    pub depuis: Option<NaiveDate>,
    /// Last day of membership; none if it still is a member.
    pub jusqu_a: Option<NaiveDate>,
    /// Legal population, when known.
    pub population: Option<u32>,
}

impl Membre {
    /// True if the commune belongs to the territory on that day.
    pub fn est_membre_le(&self, jour: NaiveDate) -> bool {
        self.depuis.is_none_or(|d| d <= jour) && self.jusqu_a.is_none_or(|d| jour <= d)
    }
}

/// The communes of a territory, sorted by code.
#[derive(Debug, Clone, Default, serde::Serialize)]
pub struct Perimetre {
    /// SIREN of the EPCI, or the code that the pipeline gives to the territory.
    pub code: String,
    /// Name of the territory.
    pub nom: String,
    membres: Vec<Membre>,
    /// Communes of elsewhere that the same file names, with their names: those of the départements of the members.
    voisines: Vec<(CodeCommune, String)>,
}

impl Perimetre {
    /// A perimeter; the members are sorted by code.
    pub fn new(code: impl Into<String>, nom: impl Into<String>, mut membres: Vec<Membre>) -> Self {
        membres.sort_by_key(|m| m.code);
        Self { code: code.into(), nom: nom.into(), membres, voisines: Vec::new() }
    }

    /// The same, which knows communes of elsewhere by their names; only those of its départements are kept.
    #[must_use]
    pub fn avec_voisines(self, voisines: impl IntoIterator<Item = (CodeCommune, String)>) -> Self {
        let departements: BTreeSet<&str> = self.membres.iter().map(|m| m.code.departement()).collect();
        let ici =
            |code: &CodeCommune| departements.contains(code.departement()) && self.membre(*code).is_none();
        let voisines = voisines.into_iter().filter(|(code, _)| ici(code)).collect();
        drop(departements);
        Self { voisines, ..self }
    }

    /// Communes of elsewhere that are known by their names.
    pub fn voisines(&self) -> &[(CodeCommune, String)] {
        &self.voisines
    }

    /// Every commune that is, was or will be a member, sorted by code.
    pub fn membres(&self) -> &[Membre] {
        &self.membres
    }

    /// The members on a day.
    pub fn membres_le(&self, jour: NaiveDate) -> impl Iterator<Item = &Membre> {
        self.membres.iter().filter(move |m| m.est_membre_le(jour))
    }

    /// The member with that code, whatever the date.
    pub fn membre(&self, code: CodeCommune) -> Option<&Membre> {
        self.membres.binary_search_by_key(&code, |m| m.code).ok().map(|i| &self.membres[i])
    }
}
