//! Births, and resident children under three when they are known: two curves, one scale, in children.

use super::cadre::{
    HAUTEUR, Habillage, LARGEUR, Panneau, Zone, annees_connues, citer, notes, sous_titre, valeur,
};
use super::courbe::{Courbe, ecrire_les_annees, titre_d_evolution};
use super::toile::{Image, Legende, Texte, Toile};
use super::{phrase, serie};
use crate::deliverables::look::{self, Graisse, corps, palette};
use crate::deliverables::{Contexte, ErreurLivrable};
use crate::indicators::Figure;

pub(super) const NOM: &str = "naissances";

/// Draws the chart; none if no year of births is known.
pub(super) fn dessiner(contexte: &Contexte<'_>) -> Result<Option<Image>, ErreurLivrable> {
    let naissances = serie(contexte, "naissances", "");
    let enfants = serie(contexte, "enfants_0_2", "");
    let annees_naissances = annees_connues([naissances.as_slice()]);
    if annees_naissances.is_empty() {
        return Ok(None);
    }
    let annees_enfants = annees_connues([enfants.as_slice()]);
    let debut = annees_naissances.iter().chain(&annees_enfants).min().copied().unwrap_or_default();
    let fin = annees_naissances.iter().chain(&annees_enfants).max().copied().unwrap_or_default();
    let annees: Vec<i32> = (debut..=fin).collect();
    let figures = || {
        let dans = |f: &&Figure| annees.contains(&f.annee);
        naissances.iter().filter(dans).chain(enfants.iter().filter(dans))
    };
    let habillage = Habillage {
        titre: titre_d_evolution(&naissances, &annees_naissances, ("naissance", "naissances"))
            .unwrap_or_else(|| format!("Naissances {}", look::annees(&annees_naissances))),
        sous_titre: sous_titre(&[contexte.territoire, "nombre par an, au domicile de la mère"]),
        note: notes(figures(), "Point creux et tirets"),
        source: citer(contexte, figures()),
    };
    let mut toile = Toile::new(LARGEUR, HAUTEUR);
    let zone = habillage.poser(&mut toile);
    let courbes = [
        ("Naissances", palette::BLEU, naissances.as_slice(), annees_naissances),
        ("Enfants de moins de 3\u{a0}ans", palette::ORANGE, enfants.as_slice(), annees_enfants),
    ];
    let mots = tracer(&mut toile, zone, &annees, &courbes);
    let description = super::decrire(&habillage, &mots);
    toile.terminer(NOM, Legende { titre: habillage.titre, description }).map(Some)
}

type Trace<'a> = (&'static str, look::Couleur, &'a [Figure], Vec<i32>);

/// Draws the curves with their names at the right end; gives each one in words.
fn tracer(toile: &mut Toile, zone: Zone, annees: &[i32], traces: &[Trace<'_>]) -> Vec<String> {
    let presents: Vec<&Trace<'_>> = traces.iter().filter(|t| !t.3.is_empty()).collect();
    // The names stand at the right of the last points: room for the widest line of them.
    let marge = presents
        .iter()
        .flat_map(|t| nom_en_lignes(t.0))
        .map(|l| super::toile::largeur(&l, corps::VALEUR, Graisse::Gras))
        .fold(0.0, f64::max);
    let interieur =
        Zone { gauche: zone.gauche + 9.0, haut: zone.haut + 3.0, droite: zone.droite - marge - 1.0, bas: zone.bas - 5.0 };
    // One x axis for all: each curve draws within it, on its own years.
    let maximum = presents
        .iter()
        .flat_map(|t| t.3.iter().filter_map(|a| valeur(t.2, *a)))
        .fold(0.0, f64::max);
    let panneau = Panneau::new(interieur, 0.0, maximum);
    panneau.quadriller(toile, |v| look::nombre(v, 0));
    let mut mots = Vec::new();
    for (nom, couleur, figures, siennes) in presents {
        let courbe =
            Courbe { serie: figures, axe: annees, annees: siennes, couleur: *couleur, toutes_valeurs: false };
        courbe.tracer(toile, &panneau);
        let derniere = siennes.last().copied().unwrap_or_default();
        if let Some(v) = valeur(figures, derniere) {
            let (x, mut y) = (courbe.x(&panneau, derniere) + 6.0, panneau.y(v) + 1.1);
            for ligne in nom_en_lignes(nom) {
                let texte = Texte::new(ligne, x.min(zone.droite - marge), y, corps::VALEUR);
                toile.texte(texte.gras().en(*couleur).halo(palette::PAPIER));
                y += 3.6;
            }
        }
        mots.push(phrase(&format!("{nom}\u{a0}: {}", courbe.en_mots())));
    }
    ecrire_les_annees(toile, &panneau, annees);
    mots
}

/// A name on lines short enough for the right margin.
fn nom_en_lignes(nom: &str) -> Vec<String> {
    super::toile::couper(nom, 22.0, corps::VALEUR, Graisse::Gras)
}
