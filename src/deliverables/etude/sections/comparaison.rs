//! Several places or sizes side by side; where the same places would serve best.

use super::{Redaction, textes};
use crate::deliverables::etude::feuilles::{Bloc, Case, Section, Table};
use crate::deliverables::pages::Releve;
use crate::deliverables::{Contexte, look};
use crate::etude::{Chiffre, Evaluation, Implantation, MOITIE, Terrain, difference};
use crate::indicators::{Niveau, Statut};

/// A row: label, how it is read, decimals, and whether it is a change.
type Rangee = (&'static str, fn(&Evaluation) -> Chiffre, u32, bool);

impl Redaction<'_> {
    pub(super) fn comparaison(&self) -> Section {
        let terrain = &self.etude.terrain;
        let toutes: Vec<&Evaluation> =
            std::iter::once(&self.etude.evaluation).chain(&self.etude.variantes).collect();
        let rangees: [Rangee; 9] = [
            ("Enfants de moins de 3 ans de la commune", |_| Chiffre::ABSENT, 0, false),
            ("Places de la commune, sans", |e| e.ici().sans.places, 0, false),
            ("Places accessibles pour 100, sans", |e| e.ici().sans.acces, 1, false),
            ("Places accessibles pour 100, avec", |e| e.ici().avec[0].acces, 1, false),
            ("Écart dans la commune", |e| difference(e.ici().sans.acces, e.ici().avec[0].acces), 1, true),
            (
                "Écart si la moitié remplace des places d’assistants maternels",
                |e| difference(e.ici().sans.acces, e.ici().avec[MOITIE].acces),
                1,
                true,
            ),
            ("Communes qui ont plus de places à leur portée", |e| compte(e, 0, true), 0, false),
            (
                "Communes qui en auraient moins si la moitié en remplace",
                |e| compte(e, MOITIE, false),
                0,
                false,
            ),
            (
                "Places qui vont à des communes moins bien servies que l’ensemble",
                |e| Chiffre::peut_etre(e.utiles, Statut::Estime),
                1,
                false,
            ),
        ];
        let lignes = rangees.into_iter().map(|(nom, lire, decimales, signe)| {
            let mut ligne = vec![Case::texte(nom)];
            ligne.extend(toutes.iter().map(|e| {
                let chiffre =
                    if nom.starts_with("Enfants") { terrain.communes[e.rang].enfants } else { lire(e) };
                if signe { Case::ecart(chiffre, decimales) } else { Case::nombre(chiffre, decimales) }
            }));
            ligne
        });
        let mut entetes = vec![String::new()];
        entetes.extend(toutes.iter().map(|e| {
            format!(
                "{}, {} de {}",
                terrain.communes[e.rang].nom,
                e.projet.genre.libelle(),
                look::compter(f64::from(e.projet.places), "place", "places")
            )
        }));
        let mut colonnes = vec![2.4];
        colonnes.extend(toutes.iter().map(|_| 1.2));
        let table = Table {
            titre: "Les lieux et les tailles, côte à côte".to_owned(),
            feuille: "Comparaison",
            entetes,
            lignes: lignes.collect(),
            note: "Chaque projet est seul à ouvrir\u{202f}; la première colonne est celui de l’étude."
                .to_owned(),
            source: self.sources(&["places_total", "enfants_0_2"]),
            colonnes,
            textes: false,
        };
        Section { titre: "Comparaison".to_owned(), blocs: vec![Bloc::Table(table)] }
    }
}

fn compte(evaluation: &Evaluation, hypothese: usize, gagnent: bool) -> Chiffre {
    if !evaluation.est_mesuree() {
        return Chiffre::ABSENT;
    }
    let nombre = evaluation.changements(hypothese).iter().filter(|(_, e)| (*e > 0.0) == gagnent).count();
    Chiffre::new(nombre as f64, Statut::Estime)
}

/// Where the same places would serve best.
pub(in crate::deliverables::etude) fn implantations(
    contexte: &Contexte<'_>,
    terrain: &Terrain<'_>,
    places: u32,
    implantations: &[Implantation],
) -> Section {
    let mut releve = Releve::new(contexte, Niveau::Territoire, contexte.code_territoire);
    for id in ["places_total", "enfants_0_2", "accessibilite"] {
        releve.montrer("", &releve.lire(id, "", contexte.annee));
    }
    let estime = |valeur: f64| Chiffre::new(valeur, Statut::Estime);
    let lignes = implantations.iter().enumerate().map(|(numero, i)| {
        let acces =
            |lire: fn((f64, f64)) -> f64| i.acces.map_or(Chiffre::ABSENT, |couple| estime(lire(couple)));
        vec![
            Case::texte(format!("{}. {}", numero + 1, terrain.communes[i.rang].nom)),
            Case::nombre(estime(i.utiles), 1).en_gras(),
            Case::nombre(acces(|c| c.0), 1),
            Case::nombre(acces(|c| c.1), 1),
            Case::texte(i.tour.map_or_else(|| "–".to_owned(), |(tour, _)| format!("{tour}"))),
            i.tour.map_or_else(|| Case::texte("–"), |(_, utiles)| Case::nombre(estime(utiles), 1)),
        ]
    });
    let texte = format!(
        "Où que l’on ouvre {}, les enfants en reçoivent autant\u{a0}: ce qui change, c’est qui les reçoit. Le classement compte les places qui iraient à des enfants de communes moins bien servies que l’ensemble du territoire, jusqu’à ce niveau. La dernière colonne suppose que plusieurs projets de même taille ouvrent l’un après l’autre, le meilleur à chaque tour, une fois au plus par commune.",
        look::compter(f64::from(places), "place", "places")
    );
    let limites = "Limites\u{a0}: une commune où vivent plus d’enfants mal servis passe avant une autre qui l’est plus encore\u{202f}; choisir le meilleur à chaque tour n’est pas toujours choisir le meilleur ensemble\u{202f}; l’offre hors du territoire, les locaux, le personnel, les autres projets et les prix ne sont pas comptés.".to_owned();
    let table = Table {
        titre: format!(
            "Les communes où {} serviraient le plus",
            look::compter(f64::from(places), "place", "places")
        ),
        feuille: "Implantations",
        entetes: textes(&[
            "Commune",
            "Places vers des communes moins bien servies",
            "Accessibles pour 100, sans",
            "Accessibles pour 100, avec",
            "Tour",
            "Places utiles à ce tour",
        ]),
        lignes: lignes.collect(),
        note: limites,
        source: releve.source(),
        colonnes: vec![2.4, 1.5, 1.2, 1.2, 0.6, 1.1],
        textes: false,
    };
    Section {
        titre: "Où ces places serviraient le plus".to_owned(),
        blocs: vec![Bloc::Texte(texte), Bloc::Table(table)],
    }
}
