//! Ages of the childminders: at home on the left, in a MAM on the right; where that detail is withheld,
//! the classes alone.

use super::cadre::{HAUTEUR, HAUTEUR_NUE, Habillage, LARGEUR, Zone, citer, dates, notes, sous_titre};
use super::phrase;
use super::toile::{Ancre, Image, Legende, Texte, Toile, rectangle};
use crate::deliverables::apparence::{Role, Teintes};
use crate::deliverables::look::{self, Couleur, ESPACE_INSECABLE, corps, palette};
use crate::deliverables::{Contexte, ErreurLivrable};
use crate::indicators::CLASSES_AGE;
use crate::indicators::{Figure, Niveau, Statut};

pub(super) const NOM: &str = "pyramide-ages";

/// Fewer persons than this could be recognised.
const MINIMUM: f64 = 11.0;
/// The sides of the detailed pyramid: what follows the class in the modality, name, words.
const LIEUX: [Cote; 2] = [
    Cote { suffixe: ":domicile", nom: "À domicile", mots: " à domicile" },
    Cote { suffixe: ":mam", nom: "En MAM", mots: " en MAM" },
];
/// The only side of the pyramid of totals.
const ENSEMBLE: [Cote; 1] = [Cote { suffixe: "", nom: "", mots: "" }];
/// Width of the alley where the classes are named, mm.
const ALLEE: f64 = 27.0;
/// Room for the value beyond the longest bar, mm.
const BOUT: f64 = 8.0;
/// Where « 55 ans et plus » begins.
const SEUIL_55: i32 = 55;
/// Where the classes begin that `part_60_plus` counts.
const SOIXANTE: i32 = 60;
/// Why the pyramid has one side.
const SANS_DETAIL: &str = "Le détail à domicile / en MAM n’est pas diffusé\u{a0}: \
                           trop peu de personnes dans certaines classes.";

struct Cote {
    suffixe: &'static str,
    nom: &'static str,
    mots: &'static str,
}

struct Classe {
    nom: &'static str,
    /// First age.
    depuis: i32,
    /// One for each side.
    figures: Vec<Option<Figure>>,
}

struct Pyramide {
    annee: i32,
    /// Two sides if the detail is known, otherwise one.
    cotes: &'static [Cote],
    /// From the youngest, those of [`CLASSES_AGE`]; the oldest as one where only their sum is shown.
    classes: Vec<Classe>,
    inconnus: Vec<Option<Figure>>,
    /// Childminders of the year, whatever their age.
    agrees: Option<Figure>,
    part_55: Option<Figure>,
    /// True if the detail exists and is withheld.
    detail_retenu: bool,
}

/// Draws the pyramid of the last year that has one; none if it is withheld or too small.
pub(super) fn dessiner(contexte: &Contexte<'_>) -> Result<Option<Image>, ErreurLivrable> {
    let Some(pyramide) = derniere(contexte) else { return Ok(None) };
    let habillage = pyramide.habiller(contexte);
    let mut toile = Toile::new(LARGEUR, HAUTEUR);
    let zone = habillage.poser(&mut toile);
    pyramide.finir(contexte, toile, zone, &habillage).map(Some)
}

/// The same for a slide, with what is said under it.
pub(super) fn dessiner_nue(contexte: &Contexte<'_>) -> Result<Option<(Image, String)>, ErreurLivrable> {
    let Some(pyramide) = derniere(contexte) else { return Ok(None) };
    let habillage = pyramide.habiller(contexte);
    let toile = Toile::new(LARGEUR, HAUTEUR_NUE);
    let zone = Habillage::laisser_nue(&toile);
    let image = pyramide.finir(contexte, toile, zone, &habillage)?;
    Ok(Some((image, habillage.pied())))
}

/// That of the last year that has one; none if it is withheld or too small.
fn derniere(contexte: &Contexte<'_>) -> Option<Pyramide> {
    let annees = contexte.table.annees().into_iter().rev().filter(|a| *a <= contexte.annee);
    let derniere = annees.map(|a| lire(contexte, a)).find(Pyramide::a_des_lignes);
    derniere.filter(Pyramide::est_montrable)
}

/// The pyramid in detail if every cell of it is known, otherwise that of the totals.
fn lire(contexte: &Contexte<'_>, annee: i32) -> Pyramide {
    let detaillee = lire_cotes(contexte, annee, &LIEUX);
    let entiere = detaillee.figures().all(|f| f.statut.est_connu());
    if detaillee.a_des_lignes() && entiere {
        return detaillee;
    }
    Pyramide { detail_retenu: detaillee.a_des_secrets(), ..lire_cotes(contexte, annee, &ENSEMBLE) }
}

fn lire_cotes(contexte: &Contexte<'_>, annee: i32, cotes: &'static [Cote]) -> Pyramide {
    let figure = |id: &str, modalite: &str| {
        contexte.table.figure(Niveau::Territoire, contexte.code_territoire, id, modalite, annee)
    };
    let ligne = |classe: &str| {
        cotes.iter().map(|c| figure("pyramide_ages", &format!("{classe}{}", c.suffixe))).collect()
    };
    let classe = |(id, nom, depuis, _): &(&str, &'static str, i32, i32)| Classe {
        nom,
        depuis: *depuis,
        figures: ligne(id),
    };
    let mut classes: Vec<Classe> = CLASSES_AGE.iter().map(classe).collect();
    if let Some(part) = figure("part_60_plus", "").filter(|_| cotes.len() == 1) {
        reunir_les_plus_ages(&mut classes, part);
    }
    Pyramide {
        annee,
        cotes,
        classes,
        inconnus: ligne("inconnu"),
        agrees: figure("am_agrees", ""),
        part_55: figure("part_55_plus", ""),
        detail_retenu: false,
    }
}

/// The classes of 60 and over, as one where each is withheld and their number is not.
fn reunir_les_plus_ages(classes: &mut Vec<Classe>, part: Figure) {
    let tus = |classe: &Classe| {
        let tu = |f: &Option<Figure>| f.as_ref().is_some_and(|f| f.statut == Statut::Secret);
        classe.depuis < SOIXANTE || classe.figures.iter().all(tu)
    };
    if classes.iter().all(tus) && part.statut.est_connu() && part.numerateur.is_some() {
        classes.retain(|classe| classe.depuis < SOIXANTE);
        let ensemble = Figure { valeur: part.numerateur, numerateur: None, denominateur: None, ..part };
        classes.push(Classe { nom: "60 ans et plus", depuis: SOIXANTE, figures: vec![Some(ensemble)] });
    }
}

/// A bar: its value; none if the figure is not known.
fn connu(figure: Option<&Figure>) -> Option<f64> {
    figure.filter(|f| f.statut.est_connu()).and_then(|f| f.valeur)
}

/// What stands in place of a bar.
fn abreviation(figure: Option<&Figure>) -> &'static str {
    figure.and_then(|f| f.statut.abreviation()).map_or("n.d.", |a| a.0)
}

impl Pyramide {
    fn finir(
        &self,
        contexte: &Contexte<'_>,
        mut toile: Toile,
        zone: Zone,
        habillage: &Habillage,
    ) -> Result<Image, ErreurLivrable> {
        self.tracer(&mut toile, zone, contexte.apparence.teintes());
        let description = super::decrire(habillage, &self.en_mots());
        toile.terminer(NOM, Legende { titre: habillage.titre.clone(), description })
    }

    fn figures(&self) -> impl Iterator<Item = &Figure> {
        self.classes.iter().map(|classe| &classe.figures).chain([&self.inconnus]).flatten().flatten()
    }

    fn a_des_lignes(&self) -> bool {
        self.figures().next().is_some()
    }

    /// Persons whose class is known.
    fn somme(&self) -> f64 {
        self.classes.iter().flat_map(|c| &c.figures).filter_map(|f| connu(f.as_ref())).sum()
    }

    fn a_des_secrets(&self) -> bool {
        self.figures().any(|f| matches!(f.statut, Statut::Secret | Statut::SecretSource))
    }

    fn est_montrable(&self) -> bool {
        self.somme() >= MINIMUM
    }

    /// « 312 assistants maternels, dont 4 d’âge inconnu, non représentés. » The total is the one that the
    /// table gives, never a sum; how many have no known age is said only if the table says it.
    fn effectif(&self) -> Option<String> {
        let agrees = connu(self.agrees.as_ref())?;
        let compte = look::compter(agrees, "assistant maternel", "assistants maternels");
        let inconnus: Option<f64> = self.inconnus.iter().map(|f| connu(f.as_ref())).sum();
        Some(match inconnus {
            None => format!("{compte} en tout."),
            Some(0.0) => format!("{compte}, tous d’âge connu."),
            Some(n) => {
                let pluriel = if n < 2.0 { "" } else { "s" };
                format!("{compte}, dont {} d’âge inconnu, non représenté{pluriel}.", look::nombre(n, 0))
            }
        })
    }

    fn habiller(&self, contexte: &Contexte<'_>) -> Habillage {
        let mut note: Vec<String> = self.effectif().into_iter().collect();
        if self.detail_retenu {
            note.push(SANS_DETAIL.to_owned());
        }
        let montrees = self.classes.iter().flat_map(|classe| &classe.figures).flatten();
        note.push(notes(montrees.map(|f| ("", f)), "Barre hachurée"));
        let part = connu(self.part_55.as_ref())
            .map(|v| format!("55{ESPACE_INSECABLE}ans et plus{ESPACE_INSECABLE}: {}", look::pourcent(v, 1)));
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

    /// Length of the longest bar of a side, persons.
    fn maximum(&self, cote: usize) -> f64 {
        self.classes.iter().filter_map(|classe| connu(classe.figures[cote].as_ref())).fold(1.0, f64::max)
    }

    fn tracer(&self, toile: &mut Toile, zone: Zone, teintes: Teintes) {
        let couleurs = [Role::Individuel, Role::IndividuelEnMam].map(|role| teintes.de(role));
        let cotes = self.cotes.len();
        let total: f64 = (0..cotes).map(|cote| self.maximum(cote)).sum();
        // Beyond the longest bar there must be room for its value, and for the name of the threshold.
        let nom_du_seuil = self.nom_du_seuil();
        let bout = nom_du_seuil.as_ref().map_or(0.0, Texte::largeur) + BOUT;
        // One scale for both sides, so that their bars are compared.
        let echelle = (zone.largeur() - ALLEE - bout - (cotes - 1) as f64 * BOUT) / total;
        // A single side begins at the left edge, after the names of the classes.
        let gauche = if cotes == 2 { BOUT + self.maximum(0) * echelle } else { 0.0 };
        let allee = [zone.gauche + gauche, zone.gauche + gauche + ALLEE];
        let bases: &[(f64, f64)] =
            if cotes == 2 { &[(allee[0], -1.0), (allee[1], 1.0)] } else { &[(allee[1], 1.0)] };
        let entete = if cotes == 2 { 6.0 } else { 0.5 };
        // A tint would not be read as text.
        let encres = [couleurs[0], palette::ENCRE];
        for ((cote, encre), (x, sens)) in self.cotes.iter().zip(encres).zip(bases) {
            let texte = Texte::new(cote.nom, *x, zone.haut + 2.6, corps::VALEUR).gras().en(encre);
            if cotes == 2 {
                toile.texte(texte.ancre(if *sens < 0.0 { Ancre::Fin } else { Ancre::Debut }));
            }
        }
        let pas = (zone.hauteur() - entete) / self.classes.len() as f64;
        // Oldest on top, as a pyramid is read.
        for (rang, classe) in self.classes.iter().rev().enumerate() {
            let haut = zone.haut + entete + pas * rang as f64;
            if let Some(nom) = nom_du_seuil.as_ref().filter(|_| classe.depuis == SEUIL_55) {
                let y = haut + pas;
                toile.tirets((zone.gauche, y), (zone.droite, y), palette::AXE, 0.2);
                toile.texte(nom.clone().a(zone.droite, y - 1.0));
            }
            let y = haut + pas / 2.0;
            let nom = Texte::new(classe.nom.replace(" ans", "\u{a0}ans"), 0.0, y, corps::AXE);
            let (x, ancre) = if cotes == 2 {
                (f64::midpoint(allee[0], allee[1]), Ancre::Milieu)
            } else {
                (allee[1] - 2.5, Ancre::Fin)
            };
            toile.texte(Texte { x, ..nom }.pale().ancre(ancre).centre_sur(y));
            for ((figure, couleur), (base, sens)) in classe.figures.iter().zip(couleurs).zip(bases) {
                let place = (*base, haut + pas * 0.12, haut + pas * 0.88);
                barre(toile, figure.as_ref(), place, sens * echelle, couleur);
            }
        }
        for (x, _) in bases {
            toile.segment((*x, zone.haut + entete - 0.5), (*x, zone.bas + 0.5), palette::AXE, 0.25);
        }
    }

    /// What is written over the line under the classes of 55 and more, if their share is known.
    fn nom_du_seuil(&self) -> Option<Texte> {
        connu(self.part_55.as_ref())?;
        let texte = format!("55{ESPACE_INSECABLE}ans et plus");
        Some(Texte::new(texte, 0.0, 0.0, corps::NOTE).italique().pale().ancre(Ancre::Fin))
    }

    fn en_mots(&self) -> Vec<String> {
        self.classes
            .iter()
            .map(|classe| {
                let dire = |(figure, cote): (&Option<Figure>, &Cote)| {
                    let figure = figure.as_ref();
                    let nombre =
                        connu(figure).map_or_else(|| abreviation(figure).to_owned(), |v| look::nombre(v, 0));
                    format!("{nombre}{}", cote.mots)
                };
                let parts: Vec<String> = classe.figures.iter().zip(self.cotes).map(dire).collect();
                phrase(&format!("{}{ESPACE_INSECABLE}: {}", classe.nom, parts.join(", ")))
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
        let texte = Texte::new(abreviation(figure), base + sens * 1.2, y, corps::AXE);
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
