//! The sections of a study, in the order of its pages.

mod autour;
mod bilan;
mod comparaison;
mod hypotheses;

pub(super) use comparaison::implantations;

use super::feuilles::{Bloc, Case, Section, Table};
use crate::deliverables::look;
use crate::deliverables::pages::Releve;
use crate::deliverables::{Contexte, ErreurLivrable};
use crate::disclosure::Audience;
use crate::etude::{Chiffre, Commune, Etude, am_equivalents};
use crate::indicators::{Niveau, Statut};

/// What the sections are made from.
pub(super) struct Redaction<'a> {
    pub(super) contexte: &'a Contexte<'a>,
    pub(super) etude: &'a Etude<'a>,
}

fn textes(mots: &[&str]) -> Vec<String> {
    mots.iter().map(ToString::to_string).collect()
}

/// An article is not cut from its number.
fn insecable(texte: &str) -> String {
    ["art. ", "R. ", "L. ", "nº "]
        .iter()
        .fold(texte.to_owned(), |texte, debut| texte.replace(debut, &debut.replace(' ', "\u{a0}")))
}

/// Minutes, those begun counted: what is over ten minutes is not written as ten. An estimate unless the table of
/// travel times says so.
fn minutes(valeur: f64, mesure: bool) -> Case {
    let statut = if mesure { Statut::Observe } else { Statut::Estime };
    Case::nombre(Chiffre::new(valeur.ceil(), statut), 0)
}

impl Redaction<'_> {
    /// Every section.
    pub(super) fn sections(&self) -> Result<Vec<Section>, ErreurLivrable> {
        let mut sections = vec![self.autour()?, self.avant_apres()?, self.avenir(), self.hypotheses()?];
        if !self.etude.variantes.is_empty() {
            sections.push(self.comparaison());
        }
        if !self.etude.implantations.is_empty() {
            let (terrain, projet) = (&self.etude.terrain, &self.etude.evaluation.projet);
            sections.push(implantations(self.contexte, terrain, projet.places, &self.etude.implantations));
        }
        sections.extend([self.regles(), self.methode()]);
        Ok(sections)
    }

    /// Sources of the figures of the communes within reach, and of the territory.
    fn sources(&self, ids: &[&str]) -> String {
        let contexte = self.contexte;
        let mut releve = Releve::new(contexte, Niveau::Territoire, contexte.code_territoire);
        for id in ids {
            releve.montrer("", &releve.lire(id, "", contexte.annee));
        }
        for voisine in &self.etude.entourage.voisines {
            let code = &self.etude.terrain.communes[voisine.rang].code;
            let mut autre = Releve::new(contexte, Niveau::Commune, code.as_str());
            for id in ids {
                autre.montrer("", &autre.lire(id, "", contexte.annee));
            }
            releve.joindre(autre);
        }
        releve.source()
    }

    fn regles(&self) -> Section {
        let lignes = self.etude.evaluation.regles.iter().map(|regle| {
            let texte = if regle.a_verifier {
                format!("{} (à vérifier)", insecable(regle.texte))
            } else {
                insecable(regle.texte)
            };
            vec![Case::texte(regle.enonce.clone()), Case::texte(regle.constat.clone()), Case::texte(texte)]
        });
        let table = Table {
            titre: String::new(),
            feuille: "Règles",
            entetes: textes(&["La règle", "Pour ce projet", "Le texte"]),
            lignes: lignes.collect(),
            note:
                "« À vérifier »\u{a0}: à faire relire par la PMI, la Caf ou un juriste avant de s’y appuyer."
                    .to_owned(),
            source: String::new(),
            colonnes: vec![2.2, 2.0, 1.5],
            textes: true,
        };
        Section { titre: "Les règles de ce type de projet".to_owned(), blocs: vec![Bloc::Table(table)] }
    }

    /// Why the study gives places within reach that the report of its readers does not; nothing if both do.
    fn ecart_avec_le_rapport(&self) -> Option<String> {
        let retenue = |commune: &Commune| commune.accessibilite.statut == Statut::Secret;
        self.etude.terrain.communes.iter().any(retenue).then(|| {
            "Le rapport de l’année ne donne pas à ces lecteurs les places accessibles de chaque commune\u{a0}: elles tiennent compte de nombres d’enfants trop petits pour être diffusés, qu’on pourrait retrouver. Celles de l’étude n’en tiennent pas compte\u{a0}: calculées avec les naissances à leur place, elles sont des estimations, un peu différentes de celles que connaît le relais, et n’apprennent rien de ces enfants.".to_owned()
        })
    }

    fn methode(&self) -> Section {
        let [sans, avec, moitie] = self.etude.evaluation.conservation;
        let nombre = |v: f64| look::nombre((v * 1e6).round() / 1e6, 1);
        let parametres = self.contexte.parametres.accessibilite.phrase();
        let mut lignes = vec![
            format!(
                "Places accessibles\u{a0}: chaque commune partage ses places entre les enfants qui peuvent y venir, selon le temps de trajet\u{a0}: {parametres}."
            ),
            "Les écarts sont ceux des valeurs affichées.".to_owned(),
        ];
        if self.etude.evaluation.est_mesuree() {
            lignes.push(format!(
                "Contrôle\u{a0}: les places que les enfants reçoivent sont celles qu’ils peuvent atteindre, rien ne se perd. Sans le projet\u{a0}: {} reçues, {} atteignables\u{202f}; avec\u{a0}: {} et {}\u{202f}; avec, la moitié en remplacement\u{a0}: {} et {}.",
                nombre(sans.recues),
                nombre(sans.atteignables),
                nombre(avec.recues),
                nombre(avec.atteignables),
                nombre(moitie.recues),
                nombre(moitie.atteignables)
            ));
        }
        if self.contexte.audience != Audience::Interne {
            lignes.push("Secret des petits nombres\u{a0}: l’étude ne part que des chiffres diffusés. Là où le nombre d’enfants ne l’est pas, le calcul prend les naissances de trois ans, qui sont publiques\u{202f}; une somme dont une commune est retenue l’est aussi (s.).".to_owned());
            lignes.extend(self.ecart_avec_le_rapport());
        }
        if am_equivalents(&self.etude.terrain, 1).is_none() {
            lignes.push("Le nombre moyen de places d’un assistant maternel n’est pas connu\u{a0}: les équivalents en personnes manquent.".to_owned());
        }
        Section { titre: "Méthode".to_owned(), blocs: vec![Bloc::Liste(lignes)] }
    }
}
