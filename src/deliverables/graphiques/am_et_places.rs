//! Childminders and their places over time: two panels, each with its own scale, never a double axis.

use super::cadre::{
    HAUTEUR, Habillage, LARGEUR, Panneau, Zone, annees_connues, citer, dates, notes, sous_titre,
};
use super::courbe::{Courbe, ecrire_les_annees, titre_d_evolution};
use super::toile::{Image, Legende, Texte, Toile};
use super::{phrase, serie};
use crate::deliverables::look::{self, Couleur, corps, palette};
use crate::deliverables::{Contexte, ErreurLivrable};
use crate::indicators::Figure;

pub(super) const NOM: &str = "am-et-places";

struct Volet {
    titre: &'static str,
    couleur: Couleur,
    figures: Vec<Figure>,
}

/// Draws the chart; none if neither series has a known value.
pub(super) fn dessiner(contexte: &Contexte<'_>) -> Result<Option<Image>, ErreurLivrable> {
    let volets: Vec<Volet> = [
        ("Assistants maternels agréés", palette::BLEU, "am_agrees"),
        ("Places chez les assistants maternels", palette::ORANGE, "am_places"),
    ]
    .into_iter()
    .map(|(titre, couleur, id)| Volet { titre, couleur, figures: serie(contexte, id, "") })
    .filter(|v| !annees_connues([v.figures.as_slice()]).is_empty())
    .collect();
    // The same years in both panels: they are read across.
    let annees = annees_connues(volets.iter().map(|v| v.figures.as_slice()));
    if annees.is_empty() {
        return Ok(None);
    }
    let figures = || volets.iter().flat_map(|v| &v.figures).filter(|f| annees.contains(&f.annee));
    let habillage = Habillage {
        titre: titre(&volets, &annees),
        sous_titre: sous_titre(&[contexte.territoire, "nombre", &dates(figures())]),
        note: notes(figures(), "Point creux et tirets"),
        source: citer(contexte, figures()),
    };
    let mut toile = Toile::new(LARGEUR, HAUTEUR);
    let zone = habillage.poser(&mut toile);
    let mut mots = Vec::new();
    for (rang, volet) in volets.iter().enumerate() {
        let part = tranche(zone, rang, volets.len());
        let courbe = Courbe {
            serie: &volet.figures,
            axe: &annees,
            annees: &annees,
            couleur: volet.couleur,
            toutes_valeurs: annees.len() <= 7,
        };
        tracer(&mut toile, part, volet, &courbe);
        mots.push(phrase(&format!("{}\u{a0}: {}", volet.titre, courbe.en_mots())));
    }
    let description = super::decrire(&habillage, &mots);
    toile.terminer(NOM, Legende { titre: habillage.titre, description }).map(Some)
}

fn titre(volets: &[Volet], annees: &[i32]) -> String {
    let evolution = volets.first().and_then(|v| {
        let noms = if v.couleur == palette::BLEU {
            ("assistant maternel agréé", "assistants maternels agréés")
        } else {
            ("place chez les assistants maternels", "places chez les assistants maternels")
        };
        titre_d_evolution(&v.figures, annees, noms)
    });
    evolution.unwrap_or_else(|| {
        let quand = look::annees(annees);
        let liaison = if quand.starts_with("de") { "" } else { "en " };
        format!("Assistants maternels agréés et leurs places, {liaison}{quand}")
    })
}

/// The panel of that rank, panels side by side.
fn tranche(zone: Zone, rang: usize, nombre: usize) -> Zone {
    let ecart = 8.0;
    let largeur = (zone.largeur() - ecart * (nombre as f64 - 1.0)) / nombre as f64;
    let gauche = zone.gauche + rang as f64 * (largeur + ecart);
    Zone { gauche, droite: gauche + largeur, ..zone }
}

fn tracer(toile: &mut Toile, part: Zone, volet: &Volet, courbe: &Courbe<'_>) {
    toile.texte(Texte::new(volet.titre, part.gauche, part.haut + 2.4, corps::VALEUR).gras().en(volet.couleur));
    let zone = Zone { gauche: part.gauche + 9.0, haut: part.haut + 9.0, bas: part.bas - 5.0, ..part };
    let panneau = Panneau::new(zone, 0.0, courbe.maximum());
    panneau.quadriller(toile, |v| look::nombre(v, 0));
    courbe.tracer(toile, &panneau);
    ecrire_les_annees(toile, &panneau, courbe.axe);
}
