//! The sections of a study, in the order of its pages.

use super::dessins;
use super::feuilles::{Bloc, Case, Section, Table, ecrire};
use super::phrases;
use crate::deliverables::carte::Atteinte;
use crate::deliverables::graphiques::Image;
use crate::deliverables::look::{self, ESPACE_INSECABLE};
use crate::deliverables::pages::Releve;
use crate::deliverables::{Contexte, ErreurLivrable};
use crate::disclosure::Audience;
use crate::etude::{
    CERCLES, Cercle, Chiffre, Etat, Etude, Evaluation, Implantation, Ligne, SUBSTITUTIONS, Sort, Terrain,
    am_equivalents, difference,
};
use crate::indicators::{Niveau, Statut, indicateur};

/// Structures listed on paper; the others are counted under the table.
const STRUCTURES: usize = 16;
/// Communes listed on paper.
const COMMUNES: usize = 16;

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

/// Minutes: an estimate unless the table of travel times says so.
fn minutes(valeur: f64, mesure: bool) -> Case {
    let statut = if mesure { Statut::Observe } else { Statut::Estime };
    Case::nombre(Chiffre::new(valeur, statut), 0)
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
            sections.push(implantations(terrain, projet.places, &self.etude.implantations));
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

    fn autour(&self) -> Result<Section, ErreurLivrable> {
        let mut blocs = Vec::new();
        if let Some(image) = self.carte()? {
            let note = self.note_des_trajets();
            blocs.push(Bloc::Image { image, note, source: self.source_des_contours() });
        }
        blocs.push(Bloc::Table(self.cercles()));
        blocs.push(Bloc::Texte(self.demandes()));
        if !self.etude.entourage.structures.is_empty() {
            blocs.push(Bloc::Table(self.structures()));
        }
        if self.etude.entourage.projets.is_empty() {
            blocs.push(Bloc::Texte("Le relais n’a déclaré aucun autre projet d’accueil.".to_owned()));
        } else {
            blocs.push(Bloc::Table(self.projets()));
        }
        Ok(Section { titre: "1. Autour du projet".to_owned(), blocs })
    }

    fn carte(&self) -> Result<Option<Image>, ErreurLivrable> {
        let etude = self.etude;
        let ici = &etude.terrain.communes[etude.evaluation.rang];
        let Some(projet) = etude.evaluation.projet.adresse.or(ici.centre) else { return Ok(None) };
        let Some(indicateur) = indicateur("accessibilite") else { return Ok(None) };
        let proches = etude.entourage.voisines.iter();
        let atteinte = Atteinte {
            contexte: self.contexte,
            indicateur,
            ici: ici.code,
            projet,
            minutes: proches.map(|v| (etude.terrain.communes[v.rang].code, v.minutes)).collect(),
            cercles: CERCLES,
            structures: etude.entourage.structures.iter().filter_map(|s| s.position).collect(),
        };
        atteinte.dessiner("Les communes selon le temps de trajet jusqu’au projet")
    }

    fn source_des_contours(&self) -> String {
        let structures = self.sources(&["eaje_places"]);
        structures.replace("Source\u{a0}:", "Structures\u{a0}:")
    }

    /// How times are known.
    fn note_des_trajets(&self) -> String {
        let parametres = &self.contexte.parametres.accessibilite;
        let mesures = self.etude.entourage.voisines.iter().filter(|v| v.mesure).count();
        let estimes = self.etude.entourage.voisines.len().saturating_sub(mesures + 1);
        let distance = format!(
            "distance à vol d’oiseau entre les points de référence des communes, multipliée par {} et parcourue à {}{ESPACE_INSECABLE}km/h",
            look::nombre(parametres.detour, 1),
            look::nombre(parametres.vitesse_km_h, 0)
        );
        match (mesures, estimes) {
            (0, _) => format!("Temps estimés\u{a0}: {distance}."),
            (_, 0) => "Temps de la table de trajets du pipeline.".to_owned(),
            (_, n) => format!(
                "Temps de la table de trajets du pipeline\u{202f}; pour {}, où elle ne dit rien\u{a0}: {distance}.",
                look::compter(n as f64, "commune", "communes")
            ),
        }
    }

    fn cercles(&self) -> Table {
        let (terrain, annee) = (&self.etude.terrain, self.contexte.annee);
        let ici = &terrain.communes[self.etude.evaluation.rang];
        let ensemble = |id: &str| terrain.ensemble(id, "", annee);
        let [dix, quinze, vingt] = &self.etude.entourage.cercles;
        type Rangee<'a> = (&'a str, Chiffre, fn(&Cercle) -> Chiffre, Chiffre, u32);
        let rangees: [Rangee<'_>; 10] = [
            ("Enfants de moins de 3 ans", ici.enfants, |c| c.enfants, ensemble("enfants_0_2"), 0),
            (
                "\u{2003}dont tous les parents travaillent",
                ici.parents_actifs,
                |c| c.parents_actifs,
                ensemble("enfants_0_2_parents_actifs"),
                0,
            ),
            (
                "Naissances des trois dernières années",
                ici.naissances,
                |c| c.naissances,
                self.naissances(0),
                0,
            ),
            (
                "\u{2003}les trois années d’avant",
                ici.naissances_avant,
                |c| c.naissances_avant,
                self.naissances(3),
                0,
            ),
            ("Assistants maternels agréés", ici.am, |c| c.am, ensemble("am_agrees"), 0),
            (
                "\u{2003}à l’âge de la retraite d’ici cinq ans",
                ici.departs_5_ans,
                |c| c.departs_5_ans,
                ensemble("departs_5_ans"),
                0,
            ),
            ("Leurs places", ici.places_am, |c| c.places_am, ensemble("am_places"), 0),
            (
                "\u{2003}places libres déclarées",
                ici.places_libres,
                |c| c.places_libres,
                ensemble("places_libres"),
                0,
            ),
            ("Places en établissement", ici.places_eaje, |c| c.places_eaje, ensemble("eaje_places"), 0),
            (
                "Places pour 100 enfants de moins de 3 ans",
                ici.places.sur(ici.enfants, 100.0),
                |c| c.places.sur(c.enfants, 100.0),
                ensemble("places_pour_100"),
                1,
            ),
        ];
        let lignes = rangees.into_iter().map(|(nom, ici, lire, ensemble, decimales)| {
            let mut ligne = vec![Case::texte(nom), Case::nombre(ici, decimales).en_gras()];
            ligne.extend([dix, quinze, vingt].map(|cercle| Case::nombre(lire(cercle), decimales)));
            ligne.push(Case::nombre(ensemble, decimales));
            ligne
        });
        let entete = |cercle: &Cercle| {
            format!(
                "{}{ESPACE_INSECABLE}min ({})",
                look::nombre(cercle.minutes, 0),
                look::compter(cercle.communes as f64, "commune", "communes")
            )
        };
        let mut entetes = vec!["En voiture jusqu’au projet".to_owned(), ici.nom.clone()];
        entetes.extend([dix, quinze, vingt].map(entete));
        entetes.push("Territoire".to_owned());
        Table {
            titre: format!("Les enfants et l’offre autour, {annee}"),
            feuille: "Autour",
            entetes,
            lignes: lignes.collect(),
            note: "Chaque cercle comprend le précédent.".to_owned(),
            source: self.sources(&[
                "enfants_0_2",
                "enfants_0_2_parents_actifs",
                "naissances",
                "am_agrees",
                "eaje_places",
            ]),
            colonnes: vec![2.4, 1.1, 1.0, 1.0, 1.0, 1.0],
            textes: false,
        }
    }

    /// Births of the territory, added up over three years; `recul`: that many years before.
    fn naissances(&self, recul: i32) -> Chiffre {
        let terrain = &self.etude.terrain;
        let en = |annee: i32| terrain.ensemble("naissances", "", annee);
        let annee = self.contexte.annee;
        let derniere = (annee - 2..=annee).rev().find(|a| en(*a).connu().is_some()).unwrap_or(annee) - recul;
        let annees: Vec<Chiffre> = (derniere - 2..=derniere).map(en).collect();
        if annees.iter().all(|c| c.connu().is_some() && !c.est_partiel()) {
            Chiffre { connues: 1, attendues: 1, ..Chiffre::somme(annees) }
        } else {
            Chiffre::ABSENT
        }
    }

    /// Requests and waiting lists, which have no commune.
    fn demandes(&self) -> String {
        let ensemble =
            |id: &str, modalite: &str| self.etude.terrain.ensemble(id, modalite, self.contexte.annee);
        let (demandes, attente) = (ensemble("demandes", ""), ensemble("preinscriptions", "enfants"));
        let phrase =
            |chiffre: Chiffre, avant: &str, un: &str, plusieurs: &str, absent: &str| match chiffre.connu() {
                Some(nombre) => format!("{avant}{}", look::compter(nombre, un, plusieurs)),
                None => absent.to_owned(),
            };
        format!(
            "Dans tout le territoire en {}\u{a0}: {}\u{202f}; {}. Ces demandes n’ont pas de commune.",
            self.contexte.annee,
            phrase(
                demandes,
                "le relais a reçu ",
                "demande d’accueil",
                "demandes d’accueil",
                "les demandes reçues par le relais ne sont pas connues"
            ),
            phrase(
                attente,
                "",
                "enfant est sur une liste d’attente",
                "enfants sont sur les listes d’attente des établissements",
                "les listes d’attente des établissements ne sont pas connues"
            ),
        )
    }

    fn structures(&self) -> Table {
        let (terrain, structures) = (&self.etude.terrain, &self.etude.entourage.structures);
        let modalites = indicateur("eaje_places").map_or(&[][..], |i| i.modalites);
        let genre = |code: &str| match code {
            "mam" => "MAM".to_owned(),
            _ => {
                let cle = format!("type:{code}");
                modalites.iter().find(|(id, _)| *id == cle).map_or(code, |(_, nom)| nom).to_owned()
            }
        };
        let lignes = structures.iter().take(STRUCTURES).map(|s| {
            let places = s.places.map_or(Chiffre::ABSENT, |p| Chiffre::new(f64::from(p), Statut::Observe));
            let ouverture = match s.ouverture {
                Some(jour) if jour > self.contexte.date => format!("prévue le {}", look::date(jour)),
                Some(jour) => look::date(jour),
                None => "n.d.".to_owned(),
            };
            vec![
                Case::texte(s.nom.clone()),
                Case::texte(genre(&s.genre)),
                Case::texte(terrain.communes[s.rang].nom.clone()),
                minutes(s.minutes, s.mesure),
                Case::nombre(Chiffre::peut_etre(s.kilometres, Statut::Observe), 1),
                Case::nombre(places, 0),
                Case::texte(match (s.financement.as_deref(), s.genre.as_str()) {
                    (Some(f), _) => f.to_uppercase(),
                    (None, "mam") => "–".to_owned(),
                    (None, _) => "n.d.".to_owned(),
                }),
                Case::texte(ouverture),
            ]
        });
        let reste = structures.len().saturating_sub(STRUCTURES);
        let reste = match reste {
            0 => String::new(),
            n => format!(
                " Les plus proches\u{a0}; {} de plus à moins de 20 minutes.",
                look::compter(n as f64, "structure", "structures")
            ),
        };
        Table {
            titre: "Les structures déjà ouvertes, de la plus proche à la plus lointaine".to_owned(),
            feuille: "Structures",
            entetes: textes(&[
                "Structure",
                "Type",
                "Commune",
                "Trajet (min)",
                "À vol d’oiseau (km)",
                "Places",
                "Financement",
                "Ouverture",
            ]),
            lignes: lignes.collect(),
            note: format!("Les places d’une MAM sont celles de ses assistants maternels.{reste}")
                .replace('\u{a0}', " ")
                .replace(" ;", "\u{202f};"),
            source: self.sources(&["eaje_places"]),
            colonnes: vec![2.3, 1.3, 2.0, 0.8, 0.8, 0.6, 0.9, 1.0],
            textes: true,
        }
    }

    fn projets(&self) -> Table {
        let interne = self.contexte.audience == Audience::Interne;
        let lignes = self.etude.entourage.projets.iter().map(|(projet, sort)| {
            let places = projet.places.map_or_else(|| "n.d.".to_owned(), |p| p.to_string());
            let mut ligne = vec![
                Case::texte(projet.genre.clone()),
                Case::texte(projet.lieu.clone()),
                Case::texte(projet.annee.to_string()),
                Case::texte(places),
            ];
            if interne {
                ligne.push(Case::texte(projet.pertinence.clone()));
            }
            ligne.push(Case::texte(sort.libelle()));
            ligne
        });
        let mut entetes = textes(&["Projet", "Où", "Reçu en", "Places"]);
        let mut colonnes = vec![1.6, 1.8, 0.7, 0.6];
        if interne {
            entetes.push("Avis du relais".to_owned());
            colonnes.push(2.0);
        }
        entetes.push("Dans cette étude".to_owned());
        colonnes.push(2.6);
        Table {
            titre: "Les autres projets que le relais connaît".to_owned(),
            feuille: "Autres projets",
            entetes,
            lignes: lignes.collect(),
            note: String::new(),
            source: "Source\u{a0}: projets déclarés par le relais.".to_owned(),
            colonnes,
            textes: true,
        }
    }

    fn avant_apres(&self) -> Result<Section, ErreurLivrable> {
        let etude = self.etude;
        let mut blocs = vec![Bloc::Texte(
            "Une place se partage entre les enfants qui peuvent y venir\u{a0}: un projet profite aussi aux communes voisines. Le tableau compare le territoire d’aujourd’hui, le même avec le projet, et avec tous les projets connus.".to_owned(),
        )];
        if let Some(image) = dessins::avant_apres(etude)? {
            blocs.push(Bloc::Image {
                image,
                note: "Places à portée de 100 enfants de moins de 3 ans de la commune, en voiture, partagées avec les enfants des communes proches. En bleu\u{a0}: ce que le projet ajoute.".to_owned(),
                source: self.sources(&["places_total", "enfants_0_2"]),
            });
        }
        blocs.push(Bloc::Table(self.communes()));
        blocs.push(Bloc::Table(self.substitutions()));
        blocs.extend(phrases::papillon(&etude.terrain, &etude.evaluation).map(Bloc::Texte));
        Ok(Section { titre: "2. Avant et après".to_owned(), blocs })
    }

    fn communes(&self) -> Table {
        let (terrain, evaluation) = (&self.etude.terrain, &self.etude.evaluation);
        let autres = self.etude.entourage.projets.iter().any(|(_, sort)| *sort == Sort::Compte);
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
            "Places",
            "avec",
            "Pour 100",
            "avec",
            "Solde",
            "avec",
            "Accessibles pour 100",
            "avec",
            "Écart",
        ]);
        let mut colonnes = vec![2.6, 0.9, 0.7, 0.7, 0.8, 0.8, 0.7, 0.7, 1.0, 0.8, 0.8];
        if autres {
            entetes.push("tous projets".to_owned());
            colonnes.push(0.9);
        }
        let reste = self.etude.entourage.voisines.len().saturating_sub(COMMUNES);
        let reste = match reste {
            0 => String::new(),
            n => format!(
                " {} à moins de 20 minutes dans le classeur.",
                look::compter(n as f64, "autre commune", "autres communes")
            ),
        };
        Table {
            titre: "Commune par commune, sans le projet puis avec".to_owned(),
            feuille: "Avant et après",
            entetes,
            lignes,
            note: format!(
                "Pour 100\u{a0}: places pour 100 enfants de la commune. Solde\u{a0}: places moins le besoin. Accessibles\u{a0}: places à portée de 100 enfants, partagées avec les communes voisines. Sans départ d’assistant maternel.{reste}"
            ),
            source: self.sources(&["places_total", "enfants_0_2", "solde_places"]),
            colonnes,
            textes: false,
        }
    }

    fn substitutions(&self) -> Table {
        let (terrain, evaluation) = (&self.etude.terrain, &self.etude.evaluation);
        let moyenne = terrain.ensemble("am_places_moyenne", "", self.contexte.annee);
        let agrements = evaluation.projet.genre.emploie_des_agrements();
        let lignes = (0..SUBSTITUTIONS.len()).map(|hypothese| {
            let retirees = Chiffre::new(evaluation.retirees[hypothese], Statut::Estime);
            let changements = evaluation.changements(hypothese);
            let compter = |f: fn(&(usize, f64)) -> bool| {
                Chiffre::new(changements.iter().filter(|c| f(c)).count() as f64, Statut::Estime)
            };
            let (ici, ensemble) = (&evaluation.ici().avec[hypothese], &evaluation.ensemble.avec[hypothese]);
            vec![
                Case::texte(format!("{}\u{202f}%", look::nombre(SUBSTITUTIONS[hypothese] * 100.0, 0))),
                Case::nombre(retirees, 0),
                Case::nombre(retirees.sur(moyenne, 1.0), 1),
                Case::ecart(difference(evaluation.ensemble.sans.places, ensemble.places), 0).en_gras(),
                Case::nombre(ici.acces, 1),
                Case::nombre(compter(|c| c.1 > 0.0), 0),
                Case::nombre(compter(|c| c.1 < 0.0), 0),
            ]
        });
        let ici = &terrain.communes[evaluation.rang].nom;
        let (titre, part, perdues) = if agrements {
            (
                "Si une part des agréments du projet est déjà en exercice",
                "Part des places qui ne sont pas nouvelles",
                "Places d’assistants maternels déjà comptées",
            )
        } else {
            (
                "L’effet papillon\u{a0}: si des assistants maternels s’arrêtent",
                "Part des places du projet qui en remplacent",
                "Places d’assistants maternels en moins",
            )
        };
        let mut entetes = textes(&[part, perdues, "soit en assistants maternels", "Offre du territoire"]);
        entetes.push(format!("Accessibles pour 100, {ici}"));
        entetes.extend(textes(&["Communes qui gagnent", "Communes qui perdent"]));
        Table {
            titre: titre.to_owned(),
            feuille: "Effet papillon",
            entetes,
            lignes: lignes.collect(),
            note: "Les places en moins sont prises autour du projet, là où il y a le plus d’assistants maternels et le moins de trajet. Une commune gagne ou perd des places à sa portée.".to_owned(),
            source: String::new(),
            colonnes: vec![1.6, 1.3, 1.1, 1.0, 1.3, 1.0, 1.0],
            textes: false,
        }
    }

    fn avenir(&self) -> Section {
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
                ("\u{2003}avec le projet, la moitié en remplacement".to_owned(), &scenario.avec[2], false),
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
        let table = Table {
            titre: "L’offre du territoire selon le renouvellement des assistants maternels".to_owned(),
            feuille: "Années à venir",
            entetes,
            lignes,
            note: format!(
                "Places en établissement d’aujourd’hui et places projetées chez les assistants maternels\u{202f}; le projet compte à partir de {}.{autres} Une projection prolonge ce qui a été vu, ce n’est pas une prévision. Solde\u{a0}: places moins le besoin.",
                horizon.ouverture
            ),
            source: self.sources(&["am_places", "eaje_places"]),
            colonnes: Vec::new(),
            textes: false,
        };
        Section { titre, blocs: vec![Bloc::Table(table)] }
    }

    fn hypotheses(&self) -> Result<Section, ErreurLivrable> {
        let etude = self.etude;
        let mut blocs = vec![Bloc::Texte(
            "Aucune note, aucun avis\u{a0}: des critères, chacun avec sa valeur et le repère auquel on le compare, et ce que chaque hypothèse y change.".to_owned(),
        )];
        blocs.push(Bloc::Table(self.criteres()));
        if let Some(image) = dessins::tornade(etude)? {
            blocs.push(Bloc::Image {
                image,
                note: "Places accessibles pour 100 enfants de la commune, avec le projet. Chaque barre change une seule hypothèse\u{202f}; en gras, celles qui font passer la commune de l’autre côté de l’ensemble du territoire.".to_owned(),
                source: String::new(),
            });
        }
        blocs.push(Bloc::Table(self.sensibilite()));
        blocs.push(Bloc::Texte("Ce que cette étude ne dit pas\u{a0}:".to_owned()));
        blocs.push(Bloc::Liste(phrases::inconnu(etude)));
        Ok(Section { titre: "4. Critères et hypothèses".to_owned(), blocs })
    }

    fn criteres(&self) -> Table {
        let (terrain, rang) = (&self.etude.terrain, self.etude.evaluation.rang);
        let lignes = self.etude.sensibilite.criteres.iter().map(|critere| {
            let mots = phrases::lire(critere, terrain, rang);
            let decimales = u32::from(matches!(
                critere.sorte,
                crate::etude::SorteDeCritere::Accessibilite | crate::etude::SorteDeCritere::Collectif
            ));
            vec![
                Case::texte(mots.nom),
                Case::nombre(critere.avant, decimales),
                critere.apres.map_or_else(|| Case::texte("–"), |c| Case::nombre(c, decimales)),
                Case::texte(format!("{} ({})", ecrire(critere.seuil, decimales, false), mots.repere)),
                Case::texte(mots.lecture),
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
        let cote = |issue: crate::etude::Issue| match issue.est_dessous() {
            Some(true) => "au-dessous",
            Some(false) => "au niveau ou au-dessus",
            None => "n.d.",
        };
        let ligne = |nom: String, issue: crate::etude::Issue| {
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
            note: "Places accessibles pour 100 enfants, avec le projet sauf à la première ligne.".to_owned(),
            source: String::new(),
            colonnes: vec![3.4, 0.8, 0.8, 1.6],
            textes: false,
        }
    }

    fn comparaison(&self) -> Section {
        let terrain = &self.etude.terrain;
        let toutes: Vec<&Evaluation> =
            std::iter::once(&self.etude.evaluation).chain(&self.etude.variantes).collect();
        type Rangee = (&'static str, fn(&Evaluation) -> Chiffre, u32, bool);
        let rangees: [Rangee; 9] = [
            ("Enfants de moins de 3 ans de la commune", |_| Chiffre::ABSENT, 0, false),
            ("Places de la commune, sans", |e| e.ici().sans.places, 0, false),
            ("Places accessibles pour 100, sans", |e| e.ici().sans.acces, 1, false),
            ("Places accessibles pour 100, avec", |e| e.ici().avec[0].acces, 1, false),
            ("Écart dans la commune", |e| difference(e.ici().sans.acces, e.ici().avec[0].acces), 1, true),
            (
                "Écart si la moitié remplace des places d’assistants maternels",
                |e| difference(e.ici().sans.acces, e.ici().avec[2].acces),
                1,
                true,
            ),
            ("Communes qui ont plus de places à leur portée", |e| compte(e, 0, true), 0, false),
            ("Communes qui en auraient moins si la moitié en remplace", |e| compte(e, 2, false), 0, false),
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

    fn methode(&self) -> Section {
        let [sans, avec, moitie] = self.etude.evaluation.conservation;
        let nombre = |v: f64| look::nombre((v * 1e6).round() / 1e6, 1);
        let parametres = self.contexte.parametres.accessibilite.phrase();
        let mut lignes = vec![
            format!(
                "Places accessibles\u{a0}: chaque commune partage ses places entre les enfants qui peuvent y venir, selon le temps de trajet\u{a0}: {parametres}."
            ),
            format!(
                "Contrôle\u{a0}: les places que les enfants reçoivent sont celles qu’ils peuvent atteindre, rien ne se perd. Sans le projet\u{a0}: {} reçues, {} atteignables\u{202f}; avec\u{a0}: {} et {}\u{202f}; avec, la moitié en remplacement\u{a0}: {} et {}.",
                nombre(sans.recues),
                nombre(sans.atteignables),
                nombre(avec.recues),
                nombre(avec.atteignables),
                nombre(moitie.recues),
                nombre(moitie.atteignables)
            ),
            "Les écarts sont ceux des valeurs affichées.".to_owned(),
        ];
        if self.contexte.audience != Audience::Interne {
            lignes.push("Secret des petits nombres\u{a0}: l’étude ne part que des chiffres diffusés. Là où le nombre d’enfants ne l’est pas, le calcul prend les naissances de trois ans, qui sont publiques\u{202f}; une somme dont une commune est retenue l’est aussi (s.).".to_owned());
        }
        if am_equivalents(&self.etude.terrain, 1).is_none() {
            lignes.push("Le nombre moyen de places d’un assistant maternel n’est pas connu\u{a0}: les équivalents en personnes manquent.".to_owned());
        }
        Section { titre: "Méthode".to_owned(), blocs: vec![Bloc::Liste(lignes)] }
    }
}

fn compte(evaluation: &Evaluation, hypothese: usize, gagnent: bool) -> Chiffre {
    let nombre = evaluation.changements(hypothese).iter().filter(|(_, e)| (*e > 0.0) == gagnent).count();
    Chiffre::new(nombre as f64, Statut::Estime)
}

/// Where the same places would serve best.
pub(super) fn implantations(terrain: &Terrain<'_>, places: u32, implantations: &[Implantation]) -> Section {
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
        "Où que l’on ouvre {}, les enfants en reçoivent autant\u{a0}: ce qui change, c’est qui les reçoit. Le classement compte les places qui iraient à des enfants de communes moins bien servies que l’ensemble du territoire, jusqu’à ce niveau. La dernière colonne suppose que plusieurs projets de même taille ouvrent l’un après l’autre, le meilleur à chaque tour.",
        look::compter(f64::from(places), "place", "places")
    );
    let limites = "Limites\u{a0}: choisir le meilleur à chaque tour n’est pas toujours choisir le meilleur ensemble\u{202f}; l’offre hors du territoire, les locaux, le personnel, les autres projets et les prix ne sont pas comptés.".to_owned();
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
            "avec",
            "Tour",
            "Places utiles à ce tour",
        ]),
        lignes: lignes.collect(),
        note: limites,
        source: String::new(),
        colonnes: vec![2.4, 1.5, 1.2, 0.8, 0.6, 1.1],
        textes: false,
    };
    Section {
        titre: "Où ces places serviraient le plus".to_owned(),
        blocs: vec![Bloc::Texte(texte), Bloc::Table(table)],
    }
}
