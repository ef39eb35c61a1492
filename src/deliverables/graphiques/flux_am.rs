//! Arrivals above zero, departures below, and the balance of each year.

use super::cadre::{
    HAUTEUR, Habillage, LARGEUR, Panneau, Zone, a_la_place, annees_connues, citer, de, notes, sous_titre,
    valeur,
};
use super::toile::{Ancre, Image, Legende, Texte, Toile, rectangle};
use super::{phrase, serie};
use crate::deliverables::apparence::{Role, Teintes};
use crate::deliverables::look::{self, Couleur, ESPACE_INSECABLE, Graisse, corps, palette};
use crate::deliverables::{Contexte, ErreurLivrable};
use crate::indicators::{Figure, Niveau, Statut};

pub(super) const NOM: &str = "flux-am";

struct Flux {
    annees: Vec<i32>,
    /// Those of which something is known.
    connues: Vec<i32>,
    /// Those that the relais declares: two lists are needed to count, and the two counts differ.
    declarees: Vec<i32>,
    arrivees: Vec<Figure>,
    departs: Vec<Figure>,
    teintes: Teintes,
}

/// Of these years, those whose arrivals or departures are what the relais declares, for want of two lists.
pub(crate) fn annees_declarees(contexte: &Contexte<'_>, annees: &[i32]) -> Vec<i32> {
    let lire = |id: &str, modalite: &str, annee: i32| {
        let figure = contexte.table.figure(Niveau::Territoire, contexte.code_territoire, id, modalite, annee);
        figure.filter(|f| f.statut.est_connu())
    };
    let declare = |id: &str, annee: i32| {
        let paire = lire(id, "", annee).zip(lire(id, "declare", annee));
        paire.is_some_and(|(montree, declaree)| montree.sources == declaree.sources)
    };
    let declaree = |annee: &&i32| ["am_arrivees", "am_departs"].iter().any(|id| declare(id, **annee));
    annees.iter().filter(declaree).copied().collect()
}

/// « Arrivées et départs déclarés par le relais en 2018 et 2019… », of the years whose arrivals or departures are known;
/// nothing if none is declared.
pub(crate) fn dire_les_declarees(declarees: &[i32], connues: &[i32]) -> String {
    let comptees: Vec<i32> = connues.iter().filter(|annee| !declarees.contains(annee)).copied().collect();
    match (declarees, comptees.as_slice()) {
        ([], _) => String::new(),
        (declarees, []) => {
            format!("Arrivées et départs déclarés par le relais {}.", look::en_annees(declarees))
        }
        (declarees, comptees) => format!(
            "Arrivées et départs déclarés par le relais {}, comptés d’une liste de la PMI à la suivante {}\u{a0}: les deux comptes ne se comparent pas.",
            look::en_annees(declarees),
            look::en_annees(comptees)
        ),
    }
}

/// Most years of which what the relais declares is told one by one.
const ANNEES_DITES: usize = 5;

/// Of the years that are counted from lists, what the relais declares where it is not the same; nothing if it is.
pub(crate) fn dire_l_ecart(contexte: &Contexte<'_>, annees: &[i32]) -> String {
    let declarees = annees_declarees(contexte, annees);
    let lire = |id: &str, modalite: &str, annee: i32| {
        let figure = contexte.table.figure(Niveau::Territoire, contexte.code_territoire, id, modalite, annee);
        figure.filter(|f| f.statut.est_connu()).and_then(|f| f.valeur)
    };
    let dire = |(id, aucun, un, plusieurs): (&str, &str, &str, &str)| {
        let comptees = annees.iter().filter(|annee| !declarees.contains(annee));
        let paires: Vec<(i32, f64, f64)> = comptees
            .filter_map(|annee| Some((*annee, lire(id, "", *annee)?, lire(id, "declare", *annee)?)))
            .collect();
        if paires.iter().all(|(_, listes, relais)| (listes - relais).abs() < 0.5) {
            return None;
        }
        let autres: Vec<&(i32, f64, f64)> = paires.iter().filter(|(_, l, r)| (l - r).abs() >= 0.5).collect();
        // Where the relais counts more in some years and fewer in others, their sum would say that it counts more.
        if autres.len() <= ANNEES_DITES {
            let dits: Vec<String> = autres
                .iter()
                .map(|(annee, listes, relais)| {
                    format!(
                        "{} en {annee} (listes\u{a0}: {})",
                        look::nombre(*relais, 0),
                        look::nombre(*listes, 0)
                    )
                })
                .collect();
            return Some(format!(
                "Le relevé d’activité du relais compte d’autres nombres {}\u{a0}: {}.",
                if plusieurs.starts_with('a') { "d’arrivées" } else { "de départs" },
                dits.join(", ")
            ));
        }
        let quand: Vec<i32> = paires.iter().map(|p| p.0).collect();
        let somme = |lire: fn(&(i32, f64, f64)) -> f64| paires.iter().map(lire).sum::<f64>();
        Some(format!(
            "Le relevé d’activité du relais compte {} {}\u{a0}; les listes en montrent {}.",
            look::compter_ou_aucun(somme(|p| p.2), aucun, un, plusieurs),
            look::en_annees(&quand),
            look::nombre(somme(|p| p.1), 0)
        ))
    };
    let flux =
        [("am_arrivees", "aucune", "arrivée", "arrivées"), ("am_departs", "aucun", "départ", "départs")];
    flux.into_iter().filter_map(dire).collect::<Vec<_>>().join(" ")
}

/// Of these years, those whose arrivals or departures are known.
pub(crate) fn annees_des_flux(contexte: &Contexte<'_>, annees: &[i32]) -> Vec<i32> {
    let [arrivees, departs] = ["am_arrivees", "am_departs"].map(|id| serie(contexte, id, ""));
    let connue = |annee: &&i32| [&arrivees, &departs].iter().any(|s| valeur(s, **annee).is_some());
    annees.iter().filter(connue).copied().collect()
}

/// Draws the chart; none if no year has arrivals or departures.
pub(super) fn dessiner(contexte: &Contexte<'_>) -> Result<Option<Image>, ErreurLivrable> {
    let (arrivees, departs) = (serie(contexte, "am_arrivees", ""), serie(contexte, "am_departs", ""));
    let annees = annees_connues([arrivees.as_slice(), departs.as_slice()]);
    if annees.is_empty() {
        return Ok(None);
    }
    let connues = annees_des_flux(contexte, &annees);
    let declarees = annees_declarees(contexte, &annees);
    let flux = Flux { annees, connues, declarees, arrivees, departs, teintes: contexte.apparence.teintes() };
    let figures = || flux.arrivees.iter().chain(&flux.departs).filter(|f| flux.annees.contains(&f.annee));
    let habillage = Habillage {
        titre: flux.titre(),
        sous_titre: sous_titre(&[contexte.territoire, flux.comment()]),
        note: look::enchainer([
            &flux.claires(),
            &notes(figures().map(|f| ("", f)), "Barre hachurée"),
            &dire_l_ecart(contexte, &flux.annees),
        ]),
        source: citer(contexte, figures()),
    };
    let mut toile = Toile::new(LARGEUR, HAUTEUR);
    let zone = habillage.poser(&mut toile);
    flux.tracer(&mut toile, zone);
    let description = super::decrire(&habillage, &flux.en_mots());
    toile.terminer(NOM, Legende { titre: habillage.titre, description }).map(Some)
}

impl Flux {
    /// How the years are counted.
    fn comment(&self) -> &'static str {
        match (self.declarees.len(), self.connues.len()) {
            (0, _) => "nombre par an, d’une liste de la PMI à la suivante",
            (declarees, connues) if declarees == connues => "nombre par an, déclaré par le relais",
            _ => "nombre par an",
        }
    }

    /// What pale bars are, if some are.
    fn claires(&self) -> String {
        if self.sont_toutes_declarees() {
            return String::new();
        }
        dire_les_declarees(&self.declarees, &self.connues).replacen(
            "Arrivées",
            "Barre claire\u{a0}: arrivées",
            1,
        )
    }

    fn sont_toutes_declarees(&self) -> bool {
        self.declarees.len() == self.connues.len()
    }

    /// Totals over the years that are counted alike, if every one of them is known.
    fn titre(&self) -> String {
        let du_meme_compte = |annee: &&i32| !self.declarees.contains(annee) || self.sont_toutes_declarees();
        let annees: Vec<i32> = self.annees.iter().filter(du_meme_compte).copied().collect();
        let somme = |serie: &[Figure]| -> Option<f64> {
            annees.iter().map(|a| valeur(serie, *a)).sum::<Option<f64>>()
        };
        let quand = look::en_annees(&annees);
        match (somme(&self.arrivees), somme(&self.departs)) {
            (Some(arrivees), Some(departs)) => format!(
                "{} et {} d’assistants maternels {quand}",
                look::compter(arrivees, "arrivée", "arrivées"),
                look::compter(departs, "départ", "départs"),
            ),
            _ => format!("Arrivées et départs d’assistants maternels {quand}"),
        }
    }

    fn solde(&self, annee: i32) -> Option<f64> {
        Some(valeur(&self.arrivees, annee)? - valeur(&self.departs, annee)?)
    }

    fn maximum(&self, serie: &[Figure]) -> f64 {
        self.annees.iter().filter_map(|a| valeur(serie, *a)).fold(0.0, f64::max)
    }

    fn tracer(&self, toile: &mut Toile, zone: Zone) {
        let noms = ["Arrivées", "Départs", "Solde"];
        let marge =
            noms.iter().map(|n| super::toile::largeur(n, corps::VALEUR, Graisse::Gras)).fold(0.0, f64::max);
        // Under the bars: the years, then the balance.
        let interieur = Zone {
            gauche: zone.gauche + marge + 3.0,
            haut: zone.haut + 3.0,
            droite: zone.droite,
            bas: zone.bas - 18.0,
        };
        let panneau = Panneau::new(interieur, -self.maximum(&self.departs), self.maximum(&self.arrivees));
        // The bars carry their values: the grid needs no numbers.
        toile.segment(
            (interieur.gauche, panneau.y(0.0)),
            (interieur.droite, panneau.y(0.0)),
            palette::AXE,
            0.25,
        );
        let pas = interieur.largeur() / self.annees.len() as f64;
        let demi = (pas * 0.31).min(9.0);
        for (rang, annee) in self.annees.iter().enumerate() {
            let x = interieur.gauche + pas * (rang as f64 + 0.5);
            let pale = self.declarees.contains(annee) && !self.sont_toutes_declarees();
            let arrivees = self.couleurs(Role::Arrivees, pale);
            let departs = self.couleurs(Role::Departs, pale);
            barre(toile, &panneau, (x, demi), &self.arrivees, *annee, 1.0, arrivees);
            barre(toile, &panneau, (x, demi), &self.departs, *annee, -1.0, departs);
            self.pied(toile, x, interieur.bas + 8.5, *annee);
        }
        let nom = |texte: &str, y: f64, couleur: Couleur| {
            Texte::new(texte, zone.gauche, y, corps::VALEUR).gras().en(couleur)
        };
        let zero = panneau.y(0.0);
        toile.texte(nom(noms[0], zero - 2.0, self.teintes.de(Role::Arrivees)));
        toile.texte(nom(noms[1], zero + 4.2, self.teintes.de(Role::Departs)));
        toile.texte(nom(noms[2], interieur.bas + 15.5, palette::ENCRE));
        let y = interieur.bas + 10.7;
        toile.segment((zone.gauche, y), (zone.droite, y), palette::GRILLE, 0.15);
    }

    /// The colours of a bar and of its value.
    fn couleurs(&self, role: Role, pale: bool) -> (Couleur, Couleur) {
        let couleur = self.teintes.de(role);
        (if pale { palette::delaver(couleur, 0.45) } else { couleur }, couleur)
    }

    /// The year and its balance.
    fn pied(&self, toile: &mut Toile, x: f64, y: f64, annee: i32) {
        let milieu = |texte: String, y: f64, corps: f64| Texte::new(texte, x, y, corps).ancre(Ancre::Milieu);
        toile.texte(milieu(annee.to_string(), y, corps::AXE).pale());
        toile.texte(match self.solde(annee) {
            Some(solde) => milieu(look::ecart(solde, 0), y + 7.0, corps::VALEUR).gras(),
            None => milieu("n.d.".to_owned(), y + 7.0, corps::AXE).italique().pale(),
        });
    }

    fn en_mots(&self) -> Vec<String> {
        let dire = |serie: &[Figure], annee: i32, noms: (&str, &str)| {
            valeur(serie, annee).map_or_else(
                || format!("{} {}", noms.1, a_la_place(serie, annee)),
                |v| look::compter(v, noms.0, noms.1),
            )
        };
        self.annees
            .iter()
            .map(|annee| {
                let solde = self.solde(*annee).map_or_else(|| "n.d.".to_owned(), |s| look::ecart(s, 0));
                phrase(&format!(
                    "{annee}{ESPACE_INSECABLE}: {}, {}, solde {solde}",
                    dire(&self.arrivees, *annee, ("arrivée", "arrivées")),
                    dire(&self.departs, *annee, ("départ", "départs")),
                ))
            })
            .collect()
    }
}

/// One bar from zero, upwards (`sens` 1) or downwards (−1), with its value at its end.
fn barre(
    toile: &mut Toile,
    panneau: &Panneau,
    (x, demi): (f64, f64),
    serie: &[Figure],
    annee: i32,
    sens: f64,
    (couleur, encre): (Couleur, Couleur),
) {
    let zero = panneau.y(0.0);
    let ecrire = |bout: f64| if sens > 0.0 { bout - 1.6 } else { bout + 1.6 + 2.2 };
    let Some(valeur_de) = valeur(serie, annee) else {
        let texte = Texte::new(a_la_place(serie, annee), x, ecrire(zero), corps::AXE);
        toile.texte(texte.italique().pale().ancre(Ancre::Milieu));
        return;
    };
    let bout = panneau.y(valeur_de * sens);
    let (haut, bas) = (bout.min(zero), bout.max(zero));
    if de(serie, annee).is_some_and(|f| f.statut == Statut::Estime) {
        toile.rectangle(x - demi, haut, x + demi, bas, palette::delaver(couleur, 0.15));
        toile.hachures(&rectangle(x - demi, haut, x + demi, bas).into(), 1.4, couleur, 0.25);
        toile.cadre(x - demi, haut, x + demi, bas, couleur, 0.25);
    } else {
        toile.rectangle(x - demi, haut, x + demi, bas, couleur);
    }
    let parties = de(serie, annee).map(look::parties_en_bref).unwrap_or_default();
    let nombre = look::avec_parties(&look::nombre(valeur_de, 0), &parties);
    let texte = Texte::new(nombre, x, ecrire(bout), corps::VALEUR);
    toile.texte(texte.gras().en(encre).ancre(Ancre::Milieu));
}
