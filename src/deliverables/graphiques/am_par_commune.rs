//! Childminders over the years in each commune: small panels of one scale, so that they compare.

use super::cadre::{
    Habillage, LARGEUR, Panneau, Zone, annees_connues, citer, dates, de, nom_en_lignes, notes, sous_titre,
};
use super::courbe::place;
use super::phrase;
use super::toile::{Ancre, Image, Legende, Texte, Toile};
use crate::deliverables::apparence::Role;
use crate::deliverables::look::{self, Couleur, ESPACE_INSECABLE, corps, palette};
use crate::deliverables::{Contexte, ErreurLivrable};
use crate::indicators::{Figure, Niveau};

pub(super) const NOM: &str = "am-par-commune";

/// Panels side by side.
const COLONNES: usize = 5;
/// Height of a panel and its name, mm.
const RANGEE: f64 = 29.0;
/// Communes that a page holds.
const COMMUNES: usize = 40;

/// Draws the panels; none if no commune is known, or if they are more than a page holds.
pub(super) fn dessiner(contexte: &Contexte<'_>) -> Result<Option<Image>, ErreurLivrable> {
    let couleur = contexte.apparence.teintes().de(Role::Individuel);
    let mut communes: Vec<(String, Vec<Figure>)> = contexte
        .geographie
        .membres()
        .map(|c| {
            let mut serie = contexte.table.serie(Niveau::Commune, c.code.as_str(), "am_agrees", "");
            serie.retain(|f| f.annee <= contexte.annee);
            (c.nom.replace('\'', "’"), serie)
        })
        .collect();
    communes.sort_by_cached_key(|(nom, _)| look::cle_alphabetique(nom));
    let annees = annees_connues(communes.iter().map(|(_, figures)| figures.as_slice()));
    if annees.is_empty() || communes.len() > COMMUNES {
        return Ok(None);
    }
    let figures = || communes.iter().flat_map(|(_, f)| f).filter(|f| annees.contains(&f.annee));
    let habillage = Habillage {
        titre: format!("Assistants maternels agréés dans chaque commune, {}", look::en_annees(&annees)),
        sous_titre: sous_titre(&[contexte.territoire, "nombre, même échelle pour toutes", &dates(figures())]),
        note: notes(figures().map(|f| ("", f)), "Point creux"),
        source: citer(contexte, figures()),
    };
    let rangs = communes.len().div_ceil(COLONNES);
    let mut toile = Toile::new(LARGEUR, 36.0 + RANGEE * rangs as f64);
    let zone = habillage.poser(&mut toile);
    let maximum = figures().filter_map(|f| f.valeur).fold(0.0, f64::max);
    let (largeur, hauteur) = (zone.largeur() / COLONNES as f64, zone.hauteur() / rangs as f64);
    for (rang, (nom, serie)) in communes.iter().enumerate() {
        let (ligne, colonne) = (rang / COLONNES, rang % COLONNES);
        let gauche = zone.gauche + largeur * colonne as f64;
        let haut = zone.haut + hauteur * ligne as f64;
        let case = Zone { gauche, haut, droite: gauche + largeur - 4.0, bas: haut + hauteur - 2.0 };
        tracer(&mut toile, case, (nom, serie, couleur), &annees, maximum);
    }
    let mots: Vec<String> = communes.iter().map(|(nom, serie)| en_mots(nom, serie, &annees)).collect();
    let description = super::decrire(&habillage, &mots);
    toile.terminer(NOM, Legende { titre: habillage.titre, description }).map(Some)
}

fn tracer(
    toile: &mut Toile,
    case: Zone,
    (nom, serie, couleur): (&str, &[Figure], Couleur),
    annees: &[i32],
    maximum: f64,
) {
    let lignes = nom_en_lignes(nom, case.largeur(), corps::NOTE, 3);
    for (rang, ligne) in lignes.into_iter().enumerate() {
        toile.texte(Texte::new(ligne, case.gauche, case.haut + 2.0 + 2.7 * rang as f64, corps::NOTE).gras());
    }
    let panneau = Panneau::new(Zone { haut: case.haut + 11.5, bas: case.bas - 3.0, ..case }, 0.0, maximum);
    let base = panneau.y(0.0);
    toile.segment((case.gauche, base), (case.droite, base), palette::AXE, 0.2);
    let point = |annee: i32| {
        let lue = de(serie, annee).filter(|f| f.statut.est_connu())?;
        Some((place(&panneau, annees, annee), panneau.y(lue.valeur?), lue.valeur?))
    };
    for paire in annees.windows(2) {
        if let (Some(a), Some(b)) = (point(paire[0]), point(paire[1])) {
            toile.segment((a.0, a.1), (b.0, b.1), couleur, 0.5);
        }
    }
    let mut bouts: Vec<i32> = annees.first().into_iter().chain(annees.last()).copied().collect();
    bouts.dedup();
    for annee in bouts {
        let x = place(&panneau, annees, annee);
        toile.texte(Texte::new(annee.to_string(), x, base + 2.8, corps::NOTE).pale().ancre(Ancre::Milieu));
        let texte = match point(annee) {
            Some((x, y, valeur)) => {
                toile.disque(x, y, 0.7, couleur);
                Texte::new(look::nombre(valeur, 0), x, y - 1.3, corps::AXE).gras().en(couleur)
            }
            None => Texte::new(ecrire(serie, annee), x, base - 1.3, corps::NOTE).italique().pale(),
        };
        toile.texte(texte.ancre(Ancre::Milieu).halo(palette::PAPIER));
    }
}

fn ecrire(serie: &[Figure], annee: i32) -> String {
    match de(serie, annee).map(|f| (f.statut.abreviation(), f.valeur)) {
        Some((None, Some(valeur))) => look::nombre(valeur, 0),
        Some((Some((court, _)), _)) => court.to_owned(),
        _ => "n.d.".to_owned(),
    }
}

fn en_mots(nom: &str, serie: &[Figure], annees: &[i32]) -> String {
    let mots: Vec<String> =
        annees.iter().map(|a| format!("{a}{ESPACE_INSECABLE}: {}", ecrire(serie, *a))).collect();
    phrase(&format!("{nom}, {}", mots.join("\u{202f}; ")))
}
