//! Ages of the childminders: at home on the left, in a MAM on the right.

use super::cadre::{HAUTEUR, Habillage, LARGEUR, Zone, citer, dates, notes, sous_titre};
use super::phrase;
use super::toile::{Ancre, Image, Legende, Texte, Toile, rectangle};
use crate::deliverables::look::{self, Couleur, ESPACE_INSECABLE, corps, palette};
use crate::deliverables::{Contexte, ErreurLivrable};
use crate::indicators::catalogue::CLASSES_AGE;
use crate::indicators::{Figure, Niveau, Statut};

pub(super) const NOM: &str = "pyramide-ages";

/// Fewer persons than this could be recognised.
const MINIMUM: f64 = 11.0;
const LIEUX: [(&str, &str, Couleur); 2] =
    [("domicile", "À domicile", palette::BLEU), ("mam", "En MAM", palette::BLEU_CLAIR)];
/// Width of the middle alley, where the classes are named, mm.
const ALLEE: f64 = 27.0;
/// Room for the value beyond the longest bar, mm.
const BOUT: f64 = 8.0;
/// Where « 55 ans et plus » begins.
const SEUIL_55: i32 = 55;

struct Pyramide {
    annee: i32,
    /// By class of [`CLASSES_AGE`], at home then in a MAM.
    classes: Vec<[Option<Figure>; 2]>,
    inconnus: [Option<Figure>; 2],
    part_55: Option<Figure>,
}

/// Draws the pyramid of the last year that has one; none if it is withheld or too small.
pub(super) fn dessiner(contexte: &Contexte<'_>) -> Result<Option<Image>, ErreurLivrable> {
    let derniere = contexte.table.annees().into_iter().rev().filter(|a| *a <= contexte.annee);
    let Some(pyramide) = derniere.map(|a| lire(contexte, a)).find(Pyramide::a_des_lignes) else {
        return Ok(None);
    };
    if !pyramide.est_montrable() {
        return Ok(None);
    }
    let habillage = pyramide.habiller(contexte);
    let mut toile = Toile::new(LARGEUR, HAUTEUR);
    let zone = habillage.poser(&mut toile);
    pyramide.tracer(&mut toile, zone);
    let description = super::decrire(&habillage, &pyramide.en_mots());
    toile.terminer(NOM, Legende { titre: habillage.titre, description }).map(Some)
}

fn lire(contexte: &Contexte<'_>, annee: i32) -> Pyramide {
    let figure = |id: &str, modalite: &str| {
        contexte.table.figure(Niveau::Territoire, contexte.code_territoire, id, modalite, annee)
    };
    let paire = |classe: &str| LIEUX.map(|(lieu, ..)| figure("pyramide_ages", &format!("{classe}:{lieu}")));
    let mut pyramide = Pyramide {
        annee,
        classes: CLASSES_AGE.iter().map(|(classe, ..)| paire(classe)).collect(),
        inconnus: paire("inconnu"),
        part_55: figure("part_55_plus", "").filter(|f| f.statut.est_connu()),
    };
    if pyramide.a_des_secrets() {
        // With the other classes, the share would give the one that is withheld.
        pyramide.part_55 = None;
    }
    pyramide
}

/// A bar: its value; none if the figure is not known.
fn connu(figure: Option<&Figure>) -> Option<f64> {
    figure.filter(|f| f.statut.est_connu()).and_then(|f| f.valeur)
}

impl Pyramide {
    fn figures(&self) -> impl Iterator<Item = &Figure> {
        self.classes.iter().flatten().chain(&self.inconnus).flatten()
    }

    fn a_des_lignes(&self) -> bool {
        self.figures().next().is_some()
    }

    /// Persons whose class is known.
    fn somme(&self) -> f64 {
        self.classes.iter().flatten().filter_map(|f| connu(f.as_ref())).sum()
    }

    /// True if some class is withheld: then no total is given, from which it could be worked out.
    fn a_des_secrets(&self) -> bool {
        self.figures().any(|f| matches!(f.statut, Statut::Secret | Statut::SecretSource))
    }

    fn est_montrable(&self) -> bool {
        self.somme() >= MINIMUM
    }

    fn habiller(&self, contexte: &Contexte<'_>) -> Habillage {
        let mut note = Vec::new();
        if !self.a_des_secrets() {
            let inconnus: f64 = self.inconnus.iter().filter_map(|f| connu(f.as_ref())).sum();
            let somme = look::compter(self.somme() + inconnus, "assistant maternel", "assistants maternels");
            note.push(match inconnus {
                0.0 => format!("{somme}, tous d’âge connu."),
                _ => format!("{somme}, dont {} d’âge inconnu, non représentés.", look::nombre(inconnus, 0)),
            });
        }
        note.push(notes(self.figures().map(|f| ("", f)), "Barre hachurée"));
        let part =
            self.part_55.as_ref().and_then(|f| f.valeur).map(|v| {
                format!("55{ESPACE_INSECABLE}ans et plus{ESPACE_INSECABLE}: {}", look::pourcent(v, 1))
            });
        Habillage {
            titre: format!("Âge des assistants maternels en {}", self.annee),
            sous_titre: sous_titre(&[
                contexte.territoire,
                "nombre par classe d’âge",
                &dates(self.figures()),
                part.as_deref().unwrap_or_default(),
            ]),
            note: note.join(" ").trim().to_owned(),
            source: citer(contexte, self.figures()),
        }
    }

    fn tracer(&self, toile: &mut Toile, zone: Zone) {
        let [gauche, droite] = [0, 1].map(|cote| {
            self.classes.iter().filter_map(|paire| connu(paire[cote].as_ref())).fold(1.0, f64::max)
        });
        // One scale for both sides; each side as wide as its longest bar asks, within reason.
        let part = (gauche / (gauche + droite)).clamp(0.3, 0.7);
        let libre = zone.largeur() - ALLEE - 2.0 * BOUT;
        let echelle = (libre * part / gauche).min(libre * (1.0 - part) / droite);
        let milieu = zone.gauche + BOUT + libre * part + ALLEE / 2.0;
        let entete = 7.0;
        let pas = (zone.hauteur() - entete) / self.classes.len() as f64;
        let cotes = [(milieu - ALLEE / 2.0, Ancre::Fin), (milieu + ALLEE / 2.0, Ancre::Debut)];
        for ((_, nom, couleur), (x, ancre)) in LIEUX.iter().zip(cotes) {
            let encre = if *couleur == palette::BLEU { *couleur } else { palette::ENCRE };
            toile.texte(Texte::new(*nom, x, zone.haut + 2.6, corps::VALEUR).gras().en(encre).ancre(ancre));
        }
        // Oldest on top, as a pyramid is read.
        for (rang, (classe, paire)) in CLASSES_AGE.iter().zip(&self.classes).rev().enumerate() {
            let haut = zone.haut + entete + pas * rang as f64;
            if classe.2 == SEUIL_55 {
                self.seuil(toile, zone, haut + pas);
            }
            let y = haut + pas / 2.0;
            toile.texte(
                Texte::new(classe.1.replace(" ans", "\u{a0}ans"), milieu, y, corps::AXE)
                    .pale()
                    .ancre(Ancre::Milieu)
                    .centre_sur(y),
            );
            for ((figure, (.., couleur)), sens) in paire.iter().zip(LIEUX).zip([-1.0, 1.0]) {
                let base = milieu + sens * ALLEE / 2.0;
                barre(
                    toile,
                    figure.as_ref(),
                    (base, haut + pas * 0.12, haut + pas * 0.88),
                    sens * echelle,
                    couleur,
                );
            }
        }
        for x in [milieu - ALLEE / 2.0, milieu + ALLEE / 2.0] {
            toile.segment((x, zone.haut + entete - 0.5), (x, zone.bas + 0.5), palette::AXE, 0.25);
        }
    }

    /// The line under the classes of 55 and more.
    fn seuil(&self, toile: &mut Toile, zone: Zone, y: f64) {
        if self.part_55.is_none() {
            return;
        }
        toile.tirets((zone.gauche, y), (zone.droite, y), palette::AXE, 0.2);
        let texte = format!("55{ESPACE_INSECABLE}ans et plus");
        toile.texte(Texte::new(texte, zone.droite, y - 1.0, corps::NOTE).italique().pale().ancre(Ancre::Fin));
    }

    fn en_mots(&self) -> Vec<String> {
        CLASSES_AGE
            .iter()
            .zip(&self.classes)
            .map(|(classe, paire)| {
                let dire = |figure: Option<&Figure>| {
                    let court = figure.and_then(|f| f.statut.abreviation()).map_or("n.d.", |a| a.0);
                    connu(figure).map_or_else(|| court.to_owned(), |v| look::nombre(v, 0))
                };
                let [domicile, mam] = paire;
                phrase(&format!(
                    "{}{ESPACE_INSECABLE}: {} à domicile, {} en MAM",
                    classe.1,
                    dire(domicile.as_ref()),
                    dire(mam.as_ref())
                ))
            })
            .collect()
    }
}

/// One bar from its base; `echelle` is signed, mm per person.
fn barre(
    toile: &mut Toile,
    figure: Option<&Figure>,
    (base, haut, bas): (f64, f64, f64),
    echelle: f64,
    couleur: Couleur,
) {
    let y = f64::midpoint(haut, bas);
    let (sens, ancre) = if echelle < 0.0 { (-1.0, Ancre::Fin) } else { (1.0, Ancre::Debut) };
    let Some(valeur) = connu(figure) else {
        let court = figure.and_then(|f| f.statut.abreviation()).map_or("n.d.", |a| a.0);
        let texte = Texte::new(court, base + sens * 1.2, y, corps::AXE);
        toile.texte(texte.italique().pale().ancre(ancre).centre_sur(y));
        return;
    };
    let bout = base + valeur * echelle;
    let (gauche, droite) = (base.min(bout), base.max(bout));
    if figure.is_some_and(|f| f.statut == Statut::Estime) {
        toile.rectangle(gauche, haut, droite, bas, palette::delaver(couleur, 0.2));
        toile.hachures(&rectangle(gauche, haut, droite, bas).into(), 1.4, couleur, 0.3);
    } else if valeur > 0.0 {
        toile.rectangle(gauche, haut, droite, bas, couleur);
    }
    let texte = Texte::new(look::nombre(valeur, 0), bout + sens * 1.2, y, corps::AXE);
    toile.texte(texte.ancre(ancre).centre_sur(y));
}
