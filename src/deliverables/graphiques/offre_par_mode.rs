//! Places by mode of care over the years: one stacked bar a year, its total above.

use super::cadre::{
    HAUTEUR, Habillage, LARGEUR, Panneau, Zone, annees_connues, citer, collectif_passe, dates, de, notes,
    sous_titre, valeur,
};
use super::toile::{Ancre, Image, Legende, Texte, Toile, couper, rectangle};
use super::{phrase, serie};
use crate::deliverables::apparence::Role;
use crate::deliverables::look::{self, Couleur, ESPACE_INSECABLE, Graisse, corps, palette};
use crate::deliverables::{Contexte, ErreurLivrable};
use crate::indicators::{Figure, Niveau, Statut};

pub(super) const NOM: &str = "offre-par-mode";

/// Width of the names at the right of the bars, mm.
const NOMS: f64 = 28.0;
/// A layer lower than this does not carry its value, mm.
const COUCHE_LISIBLE: f64 = 2.0;

/// One layer of the bars: the years in which it is drawn.
struct Mode {
    nom: &'static str,
    couleur: Couleur,
    figures: Vec<Figure>,
}

/// A family of care: its total, and the layers it is divided into.
struct Famille {
    nom: &'static str,
    total: Vec<Figure>,
    modes: Vec<Mode>,
}

impl Famille {
    /// Divides a total into two parts. What the parts do not explain stays apart, named `reste`; in a
    /// year when a part is withheld the total is not divided at all, so that nothing can be worked
    /// out by difference.
    fn new(nom: &'static str, total: Vec<Figure>, parts: [Mode; 2], reste: (&'static str, Couleur)) -> Self {
        let mut parts = parts;
        let retenue = |parts: &[Mode; 2], annee: i32| {
            parts
                .iter()
                .filter_map(|p| de(&p.figures, annee))
                .any(|f| matches!(f.statut, Statut::Secret | Statut::SecretSource))
        };
        let secretes: Vec<i32> =
            total.iter().map(|f| f.annee).filter(|annee| retenue(&parts, *annee)).collect();
        for part in &mut parts {
            part.figures.retain(|f| f.statut.est_connu() && !secretes.contains(&f.annee));
        }
        let restes = total.iter().filter(|f| f.statut.est_connu()).filter_map(|f| {
            let explique: f64 = parts.iter().filter_map(|p| valeur(&p.figures, f.annee)).sum();
            let reste = f.valeur? - explique;
            (reste > 0.0).then(|| Figure { valeur: Some(reste), ..f.clone() })
        });
        let reste = Mode { nom: reste.0, couleur: reste.1, figures: restes.collect() };
        let modes = parts.into_iter().chain([reste]);
        let modes = modes.filter(|m| m.figures.iter().any(|f| f.valeur.is_some_and(|v| v > 0.0)));
        Self { nom, total, modes: modes.collect() }
    }
}

/// Everything the chart shows.
struct Offre {
    familles: [Famille; 2],
    annees: Vec<i32>,
}

/// Draws the chart; none if no mode has a known value.
pub(super) fn dessiner(contexte: &Contexte<'_>) -> Result<Option<Image>, ErreurLivrable> {
    let familles = familles(contexte);
    let annees = annees_a_montrer(&familles);
    let offre = Offre { familles, annees };
    if offre.annees.is_empty() {
        return Ok(None);
    }
    let figures = || offre.figures();
    let mut note = notes(figures(), "Barre hachurée");
    for famille in offre.familles.iter().filter(|f| f.modes.is_empty()) {
        note = format!("{note} {}{ESPACE_INSECABLE}: non disponible.", famille.nom);
    }
    let lieu = (Niveau::Territoire, contexte.code_territoire);
    note = look::enchainer([&note, collectif_passe(contexte, lieu, offre.annees.iter().copied())]);
    let habillage = Habillage {
        titre: format!("Places d’accueil par mode, {}", look::en_annees(&offre.annees)),
        sous_titre: sous_titre(&[contexte.territoire, "nombre de places", &dates(figures().map(|f| f.1))]),
        note: note.trim().to_owned(),
        source: citer(contexte, figures().map(|f| f.1)),
    };
    let mut toile = Toile::new(LARGEUR, HAUTEUR);
    let zone = habillage.poser(&mut toile);
    offre.tracer(&mut toile, zone);
    let description = super::decrire(&habillage, &offre.en_mots());
    toile.terminer(NOM, Legende { titre: habillage.titre, description }).map(Some)
}

/// The years from the first that tells of the places of childminders, if any does: before the first list,
/// the establishments alone would look like the whole offer.
fn annees_a_montrer(familles: &[Famille; 2]) -> Vec<i32> {
    let mut annees = annees_connues(familles.iter().flat_map(|f| &f.modes).map(|m| m.figures.as_slice()));
    if let Some(premiere) = annees_connues([familles[0].total.as_slice()]).first() {
        annees.retain(|annee| annee >= premiere);
    }
    annees
}

fn familles(contexte: &Contexte<'_>) -> [Famille; 2] {
    let teintes = contexte.apparence.teintes();
    let mode = |nom, couleur, id, modalite| Mode { nom, couleur, figures: serie(contexte, id, modalite) };
    [
        Famille::new(
            "Places chez les assistants maternels",
            serie(contexte, "am_places", ""),
            [
                mode("Chez l’assistant maternel", teintes.de(Role::Individuel), "am_places", "domicile"),
                mode("En MAM", teintes.de(Role::IndividuelEnMam), "am_places", "mam"),
            ],
            ("Assistants maternels, lieu non précisé", palette::delaver(teintes.de(Role::Individuel), 0.35)),
        ),
        Famille::new(
            "Places en accueil collectif",
            serie(contexte, "eaje_places", ""),
            [
                mode("Collectif PSU", teintes.de(Role::Collectif), "eaje_places", "financement:psu"),
                mode("Collectif PAJE", teintes.de(Role::CollectifPaje), "eaje_places", "financement:paje"),
            ],
            ("Collectif, financement non précisé", palette::GRIS),
        ),
    ]
}

impl Offre {
    /// The layers from the bottom up.
    fn modes(&self) -> impl Iterator<Item = &Mode> {
        self.familles.iter().flat_map(|f| &f.modes)
    }

    /// The figures shown, each with the name of its family.
    fn figures(&self) -> impl Iterator<Item = (&str, &Figure)> {
        self.familles
            .iter()
            .flat_map(|famille| {
                let modes = famille.modes.iter().flat_map(|m| &m.figures);
                famille.total.iter().chain(modes).map(|f| (famille.nom, f))
            })
            .filter(|(_, f)| self.annees.contains(&f.annee))
    }

    /// Places of every mode; none if a family is not known that year.
    fn total(&self, annee: i32) -> Option<f64> {
        self.familles.iter().map(|f| valeur(&f.total, annee)).sum()
    }

    fn hauteur(&self, annee: i32) -> f64 {
        self.modes().filter_map(|m| valeur(&m.figures, annee)).sum()
    }

    fn tracer(&self, toile: &mut Toile, zone: Zone) {
        let interieur = Zone {
            gauche: zone.gauche + 9.0,
            haut: zone.haut + 3.5,
            droite: zone.droite - NOMS,
            bas: zone.bas - 5.0,
        };
        let maximum = self.annees.iter().map(|a| self.hauteur(*a)).fold(0.0, f64::max);
        let panneau = Panneau::new(interieur, 0.0, maximum);
        panneau.quadriller(toile, |v| look::nombre(v, 0));
        let pas = interieur.largeur() / self.annees.len() as f64;
        let demi = (pas * 0.36).min(9.0);
        for (rang, annee) in self.annees.iter().enumerate() {
            let x = interieur.gauche + pas * (rang as f64 + 0.5);
            let sommet = self.barre(toile, &panneau, (x, demi), *annee);
            toile.texte(self.total_ecrit(*annee, pas).ancre(Ancre::Milieu).a(x, sommet - 1.6));
            let texte = Texte::new(annee.to_string(), x, interieur.bas + 4.2, corps::AXE);
            toile.texte(texte.pale().ancre(Ancre::Milieu));
        }
        // The names stand where the last bar shows their colour.
        let bord = interieur.droite - pas * 0.5 + demi;
        self.nommer(toile, &panneau, (bord, zone.droite));
    }

    /// Draws the layers; gives the height of the top.
    fn barre(&self, toile: &mut Toile, panneau: &Panneau, (x, demi): (f64, f64), annee: i32) -> f64 {
        let mut base = 0.0;
        for mode in self.modes() {
            let Some(v) = valeur(&mode.figures, annee).filter(|v| *v > 0.0) else { continue };
            let (haut, bas) = (panneau.y(base + v), panneau.y(base));
            let estime = de(&mode.figures, annee).is_some_and(|f| f.statut == Statut::Estime);
            couche(toile, (x - demi, haut, x + demi, bas), mode.couleur, estime);
            if base > 0.0 {
                toile.segment((x - demi, bas), (x + demi, bas), palette::PAPIER, 0.25);
            }
            if bas - haut > COUCHE_LISIBLE {
                valeur_de_couche(toile, (x, f64::midpoint(haut, bas)), v, mode.couleur, estime);
            }
            base += v;
        }
        panneau.y(base)
    }

    /// The total of a year, as large as the width given to its bar lets it be.
    fn total_ecrit(&self, annee: i32, place: f64) -> Texte {
        let ecrire = |texte: &str, corps: f64| Texte::new(texte, 0.0, 0.0, corps).halo(palette::PAPIER);
        let formes = if let Some(total) = self.total(annee) {
            let total = look::nombre(total, 0);
            let estime =
                self.familles.iter().filter_map(|f| de(&f.total, annee)).any(|f| f.statut == Statut::Estime);
            let marquer = |texte: Texte| if estime { texte.gras().italique() } else { texte.gras() };
            [ecrire(&total, corps::VALEUR), ecrire(&total, corps::AXE)].map(marquer)
        } else {
            ["total n.d.", "n.d."].map(|texte| ecrire(texte, corps::AXE).italique().pale())
        };
        let [longue, courte] = formes;
        if longue.largeur() + 1.0 <= place { longue } else { courte }
    }

    /// Direct labels at the right of the last bar, pushed apart so that they do not touch.
    fn nommer(&self, toile: &mut Toile, panneau: &Panneau, (bord, droite): (f64, f64)) {
        let derniere = self.annees.last().copied().unwrap_or_default();
        let gauche = bord + 4.0;
        let mut base = 0.0;
        let mut plancher = panneau.zone.bas + 1.0;
        for mode in self.modes() {
            let present = valeur(&mode.figures, derniere);
            let vise = panneau.y(base + present.unwrap_or(0.0) / 2.0);
            base += present.unwrap_or(0.0);
            let lignes = couper(mode.nom, droite - gauche - 3.4, corps::AXE, Graisse::Gras);
            let hauteur = 3.4 * lignes.len() as f64;
            let milieu = vise.min(plancher - hauteur / 2.0);
            plancher = milieu - hauteur / 2.0 - 0.6;
            if present.is_some() {
                toile.segment((bord + 0.5, vise), (gauche - 0.6, milieu), palette::AXE, 0.15);
            }
            toile.rectangle(gauche, milieu - 1.1, gauche + 2.2, milieu + 1.1, mode.couleur);
            let mut y = milieu - hauteur / 2.0 + 1.7;
            for ligne in lignes {
                toile.texte(Texte::new(ligne, gauche + 3.4, y, corps::AXE).gras().centre_sur(y));
                y += 3.4;
            }
        }
    }

    fn en_mots(&self) -> Vec<String> {
        let sans_capitale = |nom: &str| {
            let mut lettres = nom.chars();
            lettres.next().map_or_else(String::new, |c| c.to_lowercase().chain(lettres).collect())
        };
        let dire = |annee: &i32| {
            let modes = self.modes().filter_map(|m| {
                let v = valeur(&m.figures, *annee)?;
                Some(format!("{} {}", sans_capitale(m.nom), look::nombre(v, 0)))
            });
            let total = self.total(*annee).map_or_else(|| "n.d.".to_owned(), |t| look::nombre(t, 0));
            let parts: Vec<String> = modes.chain([format!("total {total}")]).collect();
            phrase(&format!("{annee}{ESPACE_INSECABLE}: {}", parts.join(", ")))
        };
        self.annees.iter().map(dire).collect()
    }
}

fn couche(toile: &mut Toile, (x0, y0, x1, y1): (f64, f64, f64, f64), couleur: Couleur, estime: bool) {
    if estime {
        toile.rectangle(x0, y0, x1, y1, palette::delaver(couleur, 0.25));
        toile.hachures(&rectangle(x0, y0, x1, y1).into(), 1.5, couleur, 0.3);
    } else {
        toile.rectangle(x0, y0, x1, y1, couleur);
    }
}

fn valeur_de_couche(toile: &mut Toile, (x, y): (f64, f64), v: f64, couleur: Couleur, estime: bool) {
    let texte = Texte::new(look::nombre(v, 0), x, y, corps::AXE).ancre(Ancre::Milieu).centre_sur(y);
    toile.texte(if estime {
        texte.halo(palette::delaver(couleur, 0.25))
    } else {
        texte.en(palette::encre_sur(couleur))
    });
}
