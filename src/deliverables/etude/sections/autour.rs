//! What is around a project: map, circles, structures, other projects.

use super::{Redaction, minutes, textes};
use crate::deliverables::ErreurLivrable;
use crate::deliverables::carte::Atteinte;
use crate::deliverables::etude::feuilles::{Bloc, Case, Section, Table};
use crate::deliverables::graphiques::Image;
use crate::deliverables::look::{self, ESPACE_INSECABLE};
use crate::disclosure::Audience;
use crate::etude::{CERCLES, Cercle, Chiffre, Commune, TypeProjet};
use crate::indicators::{Statut, indicateur};

/// Structures listed on paper; the others are counted under the table.
const STRUCTURES: usize = 16;

/// A row of the circles: label, how a commune, a circle and the territory are read, decimals.
type Rangee =
    (&'static str, fn(&Commune) -> Chiffre, fn(&Cercle) -> Chiffre, fn(&Redaction<'_>) -> Chiffre, u32);

const RANGEES: [Rangee; 11] = [
    ("Enfants de moins de 3 ans", |c| c.enfants, |c| c.enfants, |r| r.ensemble("enfants_0_2"), 0),
    (
        "\u{2003}dont tous les parents travaillent",
        |c| c.parents_actifs,
        |c| c.parents_actifs,
        |r| r.ensemble("enfants_0_2_parents_actifs"),
        0,
    ),
    (
        "Naissances des trois dernières années",
        |c| c.naissances,
        |c| c.naissances,
        |r| r.somme(|c| c.naissances),
        0,
    ),
    (
        "\u{2003}les trois années d’avant",
        |c| c.naissances_avant,
        |c| c.naissances_avant,
        |r| r.somme(|c| c.naissances_avant),
        0,
    ),
    ("Assistants maternels agréés", |c| c.am, |c| c.am, |r| r.ensemble("am_agrees"), 0),
    (
        "\u{2003}de 55 ans et plus",
        |c| c.am_55_plus,
        |c| c.am_55_plus,
        |r| r.etude.terrain.numerateur("part_55_plus"),
        0,
    ),
    (
        "\u{2003}à l’âge de la retraite d’ici cinq ans",
        |c| c.departs_5_ans,
        |c| c.departs_5_ans,
        |r| r.ensemble("departs_5_ans"),
        0,
    ),
    ("Leurs places", |c| c.places_am, |c| c.places_am, |r| r.ensemble("am_places"), 0),
    (
        "\u{2003}places libres déclarées",
        |c| c.places_libres,
        |c| c.places_libres,
        |r| r.ensemble("places_libres"),
        0,
    ),
    ("Places en établissement", |c| c.places_eaje, |c| c.places_eaje, |r| r.ensemble("eaje_places"), 0),
    (
        "Places pour 100 enfants de moins de 3 ans",
        |c| c.places.sur(c.enfants, 100.0),
        |c| c.pour_100,
        |r| r.ensemble("places_pour_100"),
        1,
    ),
];

impl Redaction<'_> {
    pub(super) fn autour(&self) -> Result<Section, ErreurLivrable> {
        let mut blocs = Vec::new();
        if let Some(image) = self.carte()? {
            let note = self.note_des_trajets();
            blocs.push(Bloc::Image { image: Box::new(image), note, source: self.source_des_contours() });
        }
        blocs.push(Bloc::Table(self.cercles()));
        blocs.push(Bloc::Texte(self.demandes()));
        if !self.etude.entourage.structures.is_empty() {
            blocs.push(Bloc::Table(self.structures()));
        }
        if self.etude.entourage.projets.is_empty() {
            blocs.push(Bloc::Texte(self.sans_autre_projet()));
        } else {
            blocs.push(Bloc::Table(self.projets()));
        }
        Ok(Section { titre: "1. Autour du projet".to_owned(), blocs })
    }

    /// No other project is declared one by one; the relais may count those who came to it all the same.
    fn sans_autre_projet(&self) -> String {
        let annee = self.etude.terrain.annee();
        let recus = self.etude.terrain.ensemble("porteurs_de_projet", "", annee).connu();
        let detail = "Le relais n’a déclaré aucun autre projet d’accueil";
        match recus.filter(|recus| *recus > 0.0) {
            None => format!("{detail}."),
            Some(recus) => format!(
                "{detail} en détail\u{202f}; il a reçu {} en {annee}, dont rien ici ne dit où ils s’installeraient. {}",
                look::compter(recus, "porteur de projet", "porteurs de projet"),
                self.sources(&["porteurs_de_projet"])
            ),
        }
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
            structures: etude.entourage.positions.clone(),
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
            "distance à vol d’oiseau entre les communes (de chacune, le point le plus loin de ses limites), multipliée par {} et parcourue à {}{ESPACE_INSECABLE}km/h",
            look::nombre(parametres.detour, 1),
            look::nombre(parametres.vitesse_km_h, 0)
        );
        let temps = match (mesures, estimes) {
            (0, _) => format!("Temps estimés\u{a0}: {distance}."),
            (_, 0) => "Temps de la table de trajets du relais.".to_owned(),
            (_, n) => format!(
                "Temps de la table de trajets du relais\u{202f}; pour {}, où elle ne dit rien\u{a0}: {distance}.",
                look::compter(n as f64, "commune", "communes")
            ),
        };
        format!("{temps} Toute minute commencée compte.")
    }

    fn cercles(&self) -> Table {
        let (terrain, annee) = (&self.etude.terrain, self.contexte.annee);
        let ici = &terrain.communes[self.etude.evaluation.rang];
        let [dix, quinze, vingt] = &self.etude.entourage.cercles;
        let lignes = RANGEES.iter().map(|(nom, commune, du_cercle, ensemble, decimales)| {
            let mut ligne = vec![Case::texte(*nom), Case::nombre(commune(ici), *decimales).en_gras()];
            ligne.extend([dix, quinze, vingt].map(|cercle| Case::nombre(du_cercle(cercle), *decimales)));
            ligne.push(Case::nombre(ensemble(self), *decimales));
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
            note: "Chaque cercle comprend le précédent, et compte des communes entières, de centre à centre. La liste des établissements va de l’adresse du projet à la leur : un établissement peut y être plus près, ou plus loin.".to_owned(),
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

    /// A figure of the whole territory.
    fn ensemble(&self, id: &str) -> Chiffre {
        self.etude.terrain.ensemble(id, "", self.contexte.annee)
    }

    /// What the members of today add up to: births of several years are those of the same communes, whoever was a
    /// member then.
    fn somme(&self, lire: fn(&Commune) -> Chiffre) -> Chiffre {
        Chiffre::somme(self.etude.terrain.communes.iter().map(lire))
    }

    /// Requests and waiting lists, which have no commune: those of the last known year.
    fn demandes(&self) -> String {
        let derniere = |id: &str, modalite: &str| {
            let (annee, chiffre) = self.etude.terrain.derniere(id, modalite)?;
            Some((annee, chiffre.connu()?))
        };
        let demandes = match derniere("demandes", "") {
            Some((annee, nombre)) => format!(
                "le relais a reçu {} en {annee}",
                look::compter(nombre, "demande d’accueil", "demandes d’accueil")
            ),
            None => "les demandes reçues par le relais ne sont pas connues".to_owned(),
        };
        let attente = match derniere("preinscriptions", "enfants") {
            Some((annee, nombre)) => format!(
                "{} sur les listes d’attente des établissements en {annee}",
                look::compter(nombre, "enfant est", "enfants sont")
            ),
            None => "les listes d’attente des établissements ne sont pas connues".to_owned(),
        };
        format!(
            "Dans tout le territoire\u{a0}: {demandes}\u{202f}; {attente}. Elles ne sont pas comptées par commune."
        )
    }

    fn structures(&self) -> Table {
        let (terrain, structures) = (&self.etude.terrain, &self.etude.entourage.structures);
        let modalites = indicateur("eaje_places").map_or(&[][..], |i| i.modalites);
        let genre = |code: &str| {
            if code == "mam" {
                "MAM".to_owned()
            } else {
                let cle = format!("type:{code}");
                modalites.iter().find(|(id, _)| *id == cle).map_or(code, |(_, nom)| nom).to_owned()
            }
        };
        let lignes = structures.iter().take(STRUCTURES).map(|s| {
            let places = s.places.map_or(Chiffre::ABSENT, |p| Chiffre::new(f64::from(p), Statut::Observe));
            let ouverture = match s.ouverture {
                Some(jour) if jour > self.contexte.date => {
                    Case::texte(format!("prévue le {}", look::date(jour)))
                }
                Some(jour) => Case::Jour(jour),
                None => Case::texte("n.d."),
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
                ouverture,
            ]
        });
        let reste = structures.len().saturating_sub(STRUCTURES);
        let reste = match reste {
            0 => String::new(),
            n => format!(
                " Les plus proches\u{a0}; {} de plus à 20 minutes au plus.",
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
            // What the relais writes is for itself: others read the type and the commune that it names.
            let genre = TypeProjet::lire(&projet.genre).map_or("autre projet", TypeProjet::libelle);
            let commune = projet.commune.and_then(|code| self.etude.terrain.rang(code));
            let commune = commune.map_or("non reconnue", |rang| &self.etude.terrain.communes[rang].nom);
            let (genre, commune) =
                if interne { (projet.genre.as_str(), projet.lieu.as_str()) } else { (genre, commune) };
            let mut ligne = vec![
                Case::texte(genre),
                Case::texte(commune),
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
}
