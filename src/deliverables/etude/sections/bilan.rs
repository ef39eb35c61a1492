//! Before and after, commune by commune; and the years to come.

use super::{Redaction, minutes, textes};
use crate::deliverables::ErreurLivrable;
use crate::deliverables::etude::feuilles::{Bloc, Case, Section, Table};
use crate::deliverables::etude::{dessins, phrases};
use crate::deliverables::{look, messages};
use crate::etude::{Chiffre, Etat, Ligne, MOITIE, SUBSTITUTIONS, Sort, difference};
use crate::indicators::{Niveau, Statut};

/// Communes listed on paper.
const COMMUNES: usize = 16;

impl Redaction<'_> {
    pub(super) fn avant_apres(&self) -> Result<Section, ErreurLivrable> {
        let etude = self.etude;
        let suite = if self.compte_d_autres_projets() {
            "le même avec le projet, et avec tous les projets connus"
        } else {
            "et le même avec le projet"
        };
        let mut blocs = vec![Bloc::Texte(format!(
            "Une place se partage entre les enfants qui peuvent y venir\u{a0}: un projet profite aussi aux communes voisines. Le tableau compare le territoire d’aujourd’hui, {suite}."
        ))];
        if let Some(image) = dessins::avant_apres(etude)? {
            blocs.push(Bloc::Image {
                image: Box::new(image),
                note: "Places à portée de 100 enfants de moins de 3 ans de la commune, en voiture, partagées avec les enfants des communes proches. Un point caché est sous celui qui lui est égal.".to_owned(),
                source: self.sources(&["places_total", "enfants_0_2"]),
            });
        }
        blocs.push(Bloc::Table(self.communes()));
        blocs.push(match etude.evaluation.retirees.filter(|_| etude.evaluation.est_mesuree()) {
            Some(retirees) => Bloc::Table(self.substitutions(retirees)),
            None => Bloc::Texte(
                "L’effet sur les assistants maternels ne peut pas être mesuré ici\u{a0}: leurs places, ou les places à la portée des enfants, ne sont pas connues.".to_owned(),
            ),
        });
        blocs.extend(phrases::papillon(&etude.terrain, &etude.evaluation).map(Bloc::Texte));
        Ok(Section { titre: "2. Avant et après".to_owned(), blocs })
    }

    fn compte_d_autres_projets(&self) -> bool {
        self.etude.entourage.projets.iter().any(|(_, sort)| *sort == Sort::Compte)
    }

    fn communes(&self) -> Table {
        let (terrain, evaluation) = (&self.etude.terrain, &self.etude.evaluation);
        let autres = self.compte_d_autres_projets();
        let ligne = |nom: Case, trajet: Case, ligne: &Ligne| {
            let (sans, avec) = (&ligne.sans, &ligne.avec[0]);
            let couple = |lire: fn(&Etat) -> Chiffre, decimales: u32| {
                let (avant, apres) = (lire(sans), lire(avec));
                [Case::nombre(avant, decimales), Case::nombre(apres, decimales)]
            };
            let mut cases = vec![nom, trajet];
            cases.extend(couple(|e| e.places, 0));
            cases.extend(couple(|e| e.pour_100, 1));
            cases.extend([sans.solde, avec.solde].map(|solde| Case::ecart(solde, 0)));
            cases.extend(couple(|e| e.acces, 1));
            cases.push(Case::ecart(difference(sans.acces, avec.acces), 1).en_gras());
            if autres {
                cases.push(Case::nombre(ligne.tous.acces, 1));
            }
            cases
        };
        let mut lignes: Vec<Vec<Case>> = self
            .etude
            .entourage
            .voisines
            .iter()
            .take(COMMUNES)
            .map(|v| {
                let nom = Case::texte(terrain.communes[v.rang].nom.clone());
                let ici = v.rang == evaluation.rang;
                let trajet = if ici { Case::texte("–") } else { minutes(v.minutes, v.mesure) };
                ligne(if ici { nom.en_gras() } else { nom }, trajet, &evaluation.lignes[v.rang])
            })
            .collect();
        lignes.push(ligne(Case::texte("Territoire").en_gras(), Case::texte("–"), &evaluation.ensemble));
        let mut entetes = textes(&[
            "Commune",
            "Trajet (min)",
            "Places, sans",
            "Places, avec",
            "Pour 100, sans",
            "Pour 100, avec",
            "Solde, sans",
            "Solde, avec",
            "Accessibles, sans",
            "Accessibles, avec",
            "Écart d’accès",
        ]);
        let mut colonnes = vec![2.1, 0.8, 0.75, 0.75, 0.75, 0.75, 0.95, 0.95, 1.1, 1.1, 0.8];
        if autres {
            entetes.push("tous projets".to_owned());
            colonnes.push(0.9);
        }
        let reste = self.etude.entourage.voisines.len().saturating_sub(COMMUNES);
        let reste = match reste {
            0 => String::new(),
            n => format!(
                " {} à 20 minutes au plus dans le classeur.",
                look::compter(n as f64, "autre commune", "autres communes")
            ),
        };
        Table {
            titre: "Commune par commune, sans le projet puis avec".to_owned(),
            feuille: "Avant et après",
            entetes,
            lignes,
            note: format!(
                "Pour 100\u{a0}: places pour 100 enfants de la commune. Solde\u{a0}: places moins le besoin. Accessibles\u{a0}: places à portée de 100 enfants de la commune, partagées avec les communes voisines. {}.{}{reste}",
                if evaluation.projet.genre.emploie_des_agrements() {
                    "Tous les agréments du projet sont nouveaux"
                } else {
                    "Sans départ d’assistant maternel"
                },
                phrases::hors_de_l_ensemble(terrain, evaluation)
            ),
            source: self.sources(&["places_total", "enfants_0_2", "solde_places"]),
            colonnes,
            textes: false,
        }
    }

    /// `retirees`: places of childminders that go, by hypothesis.
    fn substitutions(&self, retirees: [f64; SUBSTITUTIONS.len()]) -> Table {
        let (terrain, evaluation) = (&self.etude.terrain, &self.etude.evaluation);
        let moyenne = terrain.ensemble("am_places_moyenne", "", self.contexte.annee);
        let agrements = evaluation.projet.genre.emploie_des_agrements();
        // Half a place is written, so that what goes and what is left add up.
        let decimales = retirees.iter().map(|r| phrases::decimales_de_places(*r)).max().unwrap_or(0);
        let lignes = (0..SUBSTITUTIONS.len()).map(|hypothese| {
            let retirees = Chiffre::new(retirees[hypothese], Statut::Estime);
            let changements = evaluation.changements(hypothese);
            let compter = |f: fn(&(usize, f64)) -> bool| {
                Chiffre::new(changements.iter().filter(|c| f(c)).count() as f64, Statut::Estime)
            };
            let (ici, ensemble) = (&evaluation.ici().avec[hypothese], &evaluation.ensemble.avec[hypothese]);
            vec![
                Case::texte(format!("{}\u{202f}%", look::nombre(SUBSTITUTIONS[hypothese] * 100.0, 0))),
                Case::nombre(retirees, decimales),
                Case::nombre(retirees.sur(moyenne, 1.0), 1),
                Case::ecart(difference(evaluation.ensemble.sans.places, ensemble.places), decimales)
                    .en_gras(),
                Case::nombre(ici.acces, 1),
                Case::nombre(compter(|c| c.1 > 0.0), 0),
                Case::nombre(compter(|c| c.1 < 0.0), 0),
            ]
        });
        let ici = &terrain.communes[evaluation.rang].nom;
        let (titre, feuille, part, perdues) = if agrements {
            (
                "Si une part des agréments du projet est déjà en exercice",
                "Agréments déjà en exercice",
                "Part des places qui ne sont pas nouvelles",
                "Places d’assistants maternels déjà comptées",
            )
        } else {
            (
                "Si des assistants maternels s’arrêtent",
                "Si des AM s’arrêtent",
                "Part des places du projet qui en remplacent",
                "Places d’assistants maternels en moins",
            )
        };
        let mut entetes = textes(&[part, perdues, "soit en assistants maternels", "Offre du territoire"]);
        entetes.push(format!("Accessibles pour 100, {ici}"));
        entetes.extend(textes(&["Communes qui gagnent", "Communes qui perdent"]));
        Table {
            titre: titre.to_owned(),
            feuille,
            entetes,
            lignes: lignes.collect(),
            note: "Les places en moins sont prises autour du projet, là où il y a le plus d’assistants maternels et le moins de trajet, jamais plus qu’il n’y en a. Une commune gagne ou perd des places à sa portée.".to_owned(),
            source: String::new(),
            colonnes: vec![1.6, 1.3, 1.1, 1.0, 1.3, 1.0, 1.0],
            textes: false,
        }
    }

    pub(super) fn avenir(&self) -> Section {
        let horizon = &self.etude.horizon;
        let titre = "3. Les années à venir".to_owned();
        if horizon.lignes.is_empty() {
            let absent = "La projection du territoire n’est pas connue\u{a0}: il y faut au moins deux listes successives d’assistants maternels.";
            return Section { titre, blocs: vec![Bloc::Texte(absent.to_owned())] };
        }
        let mut lignes = Vec::new();
        for scenario in &horizon.lignes {
            let rangees: [(String, &[Chiffre], bool); 5] = [
                (scenario.libelle.to_owned(), &scenario.sans, false),
                ("\u{2003}avec le projet".to_owned(), &scenario.avec[0], false),
                (
                    "\u{2003}avec le projet, la moitié en remplacement".to_owned(),
                    &scenario.avec[MOITIE],
                    false,
                ),
                ("\u{2003}solde, sans le projet".to_owned(), &scenario.solde_sans, true),
                ("\u{2003}solde, avec le projet".to_owned(), &scenario.solde_avec, true),
            ];
            for (rang, (nom, serie, signe)) in rangees.into_iter().enumerate() {
                if serie.iter().all(|c| c.connu().is_none()) {
                    continue;
                }
                let nom = Case::texte(nom);
                let mut ligne = vec![if rang == 0 { nom.en_gras() } else { nom }];
                ligne.extend(
                    serie.iter().map(|c| if signe { Case::ecart(*c, 0) } else { Case::nombre(*c, 0) }),
                );
                lignes.push(ligne);
                if rang == 0 {
                    lignes.extend(entre_les_bornes(&scenario.bornes));
                }
            }
        }
        let mut entetes = vec!["Places d’accueil du territoire".to_owned()];
        let premiere = horizon.annees.first().copied().unwrap_or_default();
        entetes.extend(horizon.annees.iter().map(|a| match a - premiere {
            0 => a.to_string(),
            ans => format!("{a} (N+{ans})"),
        }));
        let autres = match horizon.autres {
            n if n > 0.0 => {
                format!(" Les autres projets connus ({}) n’y sont pas.", look::compter(n, "place", "places"))
            }
            _ => String::new(),
        };
        let tenue = self.contexte.table.figure(
            Niveau::Territoire,
            self.contexte.code_territoire,
            "projection_tenue",
            "",
            self.contexte.annee,
        );
        let tenue = messages::tenue_de_la_projection(tenue.as_ref());
        let table = Table {
            titre: "L’offre du territoire selon le renouvellement des assistants maternels".to_owned(),
            feuille: "Années à venir",
            entetes,
            lignes,
            note: format!(
                "Places en établissement d’aujourd’hui et places projetées chez les assistants maternels\u{202f}; le projet compte à partir de {}.{autres} Une projection prolonge ce qui a été vu, ce n’est pas une prévision\u{a0}: les deux bornes enferment neuf cas sur dix, si les années à venir ressemblent aux années observées\u{202f}; avec le projet, et pour le solde, elles sont à la même distance. {tenue} Solde\u{a0}: places moins le besoin, qui suit les naissances à venir, comptées {}.{}",
                horizon.ouverture,
                self.contexte.parametres.projection.naissances.en_clair(),
                phrases::hors_de_l_ensemble(&self.etude.terrain, &self.etude.evaluation)
            ),
            // The checks rest on the same lists as the projection.
            source: self.sources(&["am_places", "eaje_places", "projection_tenue", "solde_places"]),
            colonnes: Vec::new(),
            textes: false,
        };
        Section { titre, blocs: vec![Bloc::Table(table)] }
    }
}

/// « entre 819 et 1 373 », year by year; nothing for a year that is known, nor where no bound is.
fn entre_les_bornes([bas, haut]: &[Vec<Chiffre>; 2]) -> Option<Vec<Case>> {
    let dire = |(bas, haut): (&Chiffre, &Chiffre)| {
        let (bas, haut) = bas.connu().zip(haut.connu()).filter(|(bas, haut)| bas < haut)?;
        Some(format!("{} à {}", look::nombre(bas, 0), look::nombre(haut, 0)))
    };
    let dites: Vec<Option<String>> = bas.iter().zip(haut).map(dire).collect();
    dites.iter().any(Option::is_some).then(|| {
        let cases = dites.into_iter().map(|dite| Case::texte(dite.unwrap_or_default()));
        std::iter::once(Case::texte("\u{2003}entre deux bornes".to_owned())).chain(cases).collect()
    })
}
