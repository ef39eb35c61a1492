//! The criteria, and what each assumption changes.

use super::{Redaction, textes};
use crate::deliverables::ErreurLivrable;
use crate::deliverables::etude::feuilles::{Bloc, Case, Section, Table, ecrire};
use crate::deliverables::etude::{dessins, phrases};
use crate::deliverables::look::ESPACE_INSECABLE;
use crate::etude::{Chiffre, Issue, SorteDeCritere};
use crate::indicators::Statut;

impl Redaction<'_> {
    pub(super) fn hypotheses(&self) -> Result<Section, ErreurLivrable> {
        let etude = self.etude;
        let mut blocs = vec![Bloc::Texte(
            "Aucune note, aucun avis\u{a0}: des critères, chacun avec sa valeur et le repère auquel on le compare, et ce que chaque hypothèse y change.".to_owned(),
        )];
        blocs.push(Bloc::Table(self.criteres()));
        if let Some(image) = dessins::tornade(etude)? {
            blocs.push(Bloc::Image {
                image: Box::new(image),
                note: "Places accessibles pour 100 enfants, avec le projet\u{a0}: écart entre la commune et l’ensemble du territoire, tous deux sous la même hypothèse. Chaque barre en change une seule\u{202f}; en gras, celles qui font passer la commune de l’autre côté de l’ensemble du territoire. Un écart se réduit aussi quand le territoire perd plus que la commune\u{202f}; plus vite, on atteint plus de places, mais plus d’enfants se les partagent\u{a0}: l’accès d’une commune peut monter ou baisser.".to_owned(),
                source: String::new(),
            });
        }
        if etude.sensibilite.reference.avec.commune.is_some() {
            blocs.push(Bloc::Table(self.sensibilite()));
        } else {
            blocs.push(Bloc::Texte(
                "Les hypothèses ne sont pas comparées\u{a0}: les places à la portée des enfants de la commune ne sont pas connues.".to_owned(),
            ));
        }
        blocs.push(Bloc::Texte("Ce que cette étude ne dit pas\u{a0}:".to_owned()));
        blocs.push(Bloc::Liste(phrases::inconnu(etude)));
        Ok(Section { titre: "4. Critères et hypothèses".to_owned(), blocs })
    }

    fn criteres(&self) -> Table {
        let (terrain, rang) = (&self.etude.terrain, self.etude.evaluation.rang);
        let lignes = self.etude.sensibilite.criteres.iter().map(|critere| {
            let mots = phrases::lire(critere, terrain, rang);
            let decimales =
                u32::from(matches!(critere.sorte, SorteDeCritere::Accessibilite | SorteDeCritere::Collectif));
            let seuil = |chiffre: Chiffre| ecrire(chiffre, decimales, false);
            let (sans, avec) = (seuil(critere.seuil), seuil(critere.seuil_avec));
            let repere = if sans == avec { sans } else { format!("{sans} sans le projet, {avec} avec") };
            vec![
                Case::texte(mots.nom),
                Case::nombre(critere.avant, decimales),
                critere.apres.map_or_else(|| Case::texte("–"), |c| Case::nombre(c, decimales)),
                Case::texte(format!("{repere} ({})", mots.repere)),
                Case::texte(mots.sens),
            ]
        });
        Table {
            titre: "Les critères".to_owned(),
            feuille: "Critères",
            entetes: textes(&["Critère", "Sans le projet", "Avec", "Repère", "Lecture"]),
            lignes: lignes.collect(),
            note: String::new(),
            source: String::new(),
            colonnes: vec![2.6, 0.8, 0.8, 2.2, 1.8],
            textes: true,
        }
    }

    fn sensibilite(&self) -> Table {
        let sensibilite = &self.etude.sensibilite;
        let nombre = |valeur: Option<f64>| Chiffre::peut_etre(valeur, Statut::Estime);
        let cote = |issue: Issue| match issue.est_dessous() {
            Some(true) => "au-dessous",
            Some(false) => "au niveau ou au-dessus",
            None => "n.d.",
        };
        let ligne = |nom: String, issue: Issue| {
            vec![
                Case::Texte(nom),
                Case::nombre(nombre(issue.commune), 1),
                Case::nombre(nombre(issue.ensemble), 1),
                Case::texte(cote(issue)),
            ]
        };
        let reference = sensibilite.reference;
        let mut lignes = vec![
            ligne("Sans le projet".to_owned(), reference.sans),
            ligne("Avec le projet, rien d’autre ne change".to_owned(), reference.avec),
        ];
        for hypothese in &sensibilite.hypotheses {
            lignes.extend(hypothese.bornes.iter().map(|borne| {
                ligne(format!("{}{ESPACE_INSECABLE}: {}", hypothese.libelle, borne.libelle), borne.issue)
            }));
        }
        Table {
            titre: "Chaque hypothèse, l’une après l’autre".to_owned(),
            feuille: "Hypothèses",
            entetes: textes(&["Hypothèse", "Commune", "Territoire", "La commune est… du territoire"]),
            lignes,
            note: "Places accessibles pour 100 enfants, avec le projet sauf à la première ligne. Dans cinq ans, ou en activité seulement, les places d’assistants maternels changent dans chaque commune comme dans l’ensemble du territoire.".to_owned(),
            source: String::new(),
            colonnes: vec![3.4, 0.8, 0.8, 1.6],
            textes: false,
        }
    }
}
