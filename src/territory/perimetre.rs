//! Which communes make up the territory, and since when.

use super::CodeCommune;
use super::cog::Cog;
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

/// What has become of a commune of the territory that is no commune any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fin {
    /// It is counted with this member: code and name.
    Avec(CodeCommune, String),
    /// It is a part of this commune, which is not wholly of the territory.
    Ailleurs(CodeCommune, String),
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

    /// The same, of communes of today: those that have ended are counted with the member that they have become a part of,
    /// or under today's code where all of the commune was of the territory. Gives those that were, and what each of them is
    /// now; a commune that has become a part of one of elsewhere stays as it is, and is given too.
    #[must_use]
    pub fn d_aujourd_hui(self, cog: &Cog) -> (Self, Vec<(Membre, Fin)>) {
        let mut membres = self.membres.clone();
        let mut finies = Vec::new();
        for ancien in &self.membres {
            let actuels = cog.actuels(ancien.code);
            let [code] = actuels.as_slice() else { continue };
            if *code == ancien.code {
                continue;
            }
            let parts = cog.formee_de(*code);
            // A commune that had the code before is a part too, of which nothing says that it was of the territory.
            let toutes = !cog.a_change(*code) && parts.iter().all(|part| self.membre(*part).is_some());
            let Some(nom) = cog.nom(*code) else { continue };
            let actuel = membres.iter().position(|m| m.code == *code);
            match actuel {
                // It joined when its parts became one: it was of the territory as soon as all of them were.
                Some(rang) if membres[rang].depuis.is_some() && toutes => {
                    let depuis = parts.iter().filter_map(|part| self.membre(*part)?.depuis).max();
                    membres[rang].depuis = depuis.min(membres[rang].depuis);
                }
                Some(rang) if membres[rang].depuis.is_none() => {}
                None if toutes => {
                    let depuis = parts.iter().filter_map(|part| self.membre(*part)?.depuis).max();
                    let nouvelle = Membre { code: *code, nom: nom.to_owned(), depuis, ..ancien.clone() };
                    membres.push(Membre { population: None, ..nouvelle });
                }
                _ => {
                    finies.push((ancien.clone(), Fin::Ailleurs(*code, nom.to_owned())));
                    continue;
                }
            }
            membres.retain(|m| m.code != ancien.code);
            finies.push((ancien.clone(), Fin::Avec(*code, nom.to_owned())));
        }
        let voisines = self.voisines.clone();
        (Self::new(self.code, self.nom, membres).avec_voisines(voisines), finies)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::territory::cog::{CommuneCog, Etat, Modification, Mouvement, TypeCommune};

    fn jour(annee: i32) -> NaiveDate {
        NaiveDate::from_ymd_opt(annee, 1, 1).unwrap()
    }

    fn membre(code: &str, depuis: Option<i32>, fin: Option<i32>) -> Membre {
        Membre {
            code: code.parse().unwrap(),
            nom: format!("Commune {code}"),
            depuis: depuis.map(jour),
            jusqu_a: fin.and_then(|annee| jour(annee + 1).pred_opt()),
            population: None,
        }
    }

    /// In 2022, 96103 became a part of 96102, and 96104 was given the code 96204.
    fn cog() -> Cog {
        let commune = |code: &str| CommuneCog {
            type_commune: TypeCommune::Commune,
            code: code.parse().unwrap(),
            nom: format!("Commune {code}"),
            parent: None,
        };
        let etat = |code: &str| Etat {
            type_commune: TypeCommune::Commune,
            code: code.parse().unwrap(),
            nom: format!("Commune {code}"),
        };
        let mouvement = |modification, avant: &str, apres: &str| Mouvement {
            modification,
            date: jour(2022),
            avant: Some(etat(avant)),
            apres: Some(etat(apres)),
        };
        let nouvelle = Modification::CommuneNouvelle;
        Cog::new(
            ["96101", "96102", "96204"].map(commune),
            [
                mouvement(nouvelle, "96102", "96102"),
                mouvement(nouvelle, "96103", "96102"),
                mouvement(Modification::ChangementDeDepartement, "96104", "96204"),
            ],
            Some(jour(2025)),
        )
    }

    fn codes(perimetre: &Perimetre) -> Vec<(String, Option<NaiveDate>)> {
        perimetre.membres().iter().map(|m| (m.code.to_string(), m.depuis)).collect()
    }

    #[test]
    fn une_commune_qui_n_est_plus_est_comptee_avec_celle_d_aujourd_hui() {
        // Left in the list, or declared as gone when it ended.
        for ancienne in [(None, None), (None, Some(2021))] {
            let membres = vec![
                membre("96101", None, None),
                membre("96102", None, None),
                membre("96103", ancienne.0, ancienne.1),
            ];
            let (perimetre, finies) = Perimetre::new("x", "x", membres).d_aujourd_hui(&cog());
            assert_eq!(codes(&perimetre), [("96101".to_owned(), None), ("96102".to_owned(), None)]);
            assert!(matches!(&finies[..], [(ancien, Fin::Avec(code, _))]
                if ancien.code.as_str() == "96103" && code.as_str() == "96102"));
        }
    }

    #[test]
    fn un_ancien_code_devient_celui_d_aujourd_hui() {
        let membres = vec![membre("96101", None, None), membre("96104", Some(2020), None)];
        let (perimetre, finies) = Perimetre::new("x", "x", membres).d_aujourd_hui(&cog());
        assert_eq!(codes(&perimetre), [("96101".to_owned(), None), ("96204".to_owned(), Some(jour(2020)))]);
        assert_eq!(finies.len(), 1);
    }

    /// 96102 was never of the territory: all of it is not to be counted for a part.
    #[test]
    fn une_commune_devenue_partie_d_une_autre_d_ailleurs_reste_et_se_dit() {
        let membres = vec![membre("96101", None, None), membre("96103", None, None)];
        let (perimetre, finies) = Perimetre::new("x", "x", membres).d_aujourd_hui(&cog());
        assert_eq!(codes(&perimetre).len(), 2);
        assert!(matches!(&finies[..], [(_, Fin::Ailleurs(code, _))] if code.as_str() == "96102"));
    }
}
