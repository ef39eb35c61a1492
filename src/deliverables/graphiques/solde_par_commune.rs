//! Places less need, commune by commune: bars on both sides of zero.

use super::cadre::{Habillage, LARGEUR, Zone, citer, dates, nom_en_lignes, notes, sous_titre};
use super::phrase;
use super::toile::{Ancre, Image, Legende, Texte, Toile, largeur};
use crate::deliverables::apparence::Teintes;
use crate::deliverables::look::{self, ESPACE_INSECABLE, Graisse, corps, palette};
use crate::deliverables::{Contexte, ErreurLivrable};
use crate::indicators::{Besoin, Figure, Niveau, Statut};

pub(super) const NOM: &str = "solde-par-commune";

/// Width of the names, mm.
const NOMS: f64 = 60.0;
/// Size of the longest names, pt.
const CORPS_DES_LONGS: f64 = 5.5;
/// Room for a value at the end of a bar, mm.
const VALEURS: f64 = 12.0;
/// Height of a row, mm.
const RANGEE: f64 = 5.0;
/// Communes that a page holds.
const COMMUNES: usize = 40;

/// Draws the chart; none if no commune has a known balance, or if they are more than a page holds.
pub(super) fn dessiner(contexte: &Contexte<'_>) -> Result<Option<Image>, ErreurLivrable> {
    let mut lignes: Vec<(String, Figure)> = contexte
        .geographie
        .membres()
        .filter_map(|c| {
            let lue = contexte.table.figure(
                Niveau::Commune,
                c.code.as_str(),
                "solde_places",
                "",
                contexte.annee,
            )?;
            Some((c.nom.replace('\'', "’"), lue))
        })
        .collect();
    if lignes.len() > COMMUNES || !lignes.iter().any(|(_, f)| f.statut.est_connu()) {
        return Ok(None);
    }
    // From the most wanting to the best served; what is not known comes last.
    lignes.sort_by(|(a, f), (b, g)| {
        let cle = |figure: &Figure| figure.valeur.unwrap_or(f64::MAX);
        cle(f).total_cmp(&cle(g)).then_with(|| look::cle_alphabetique(a).cmp(&look::cle_alphabetique(b)))
    });
    let figures = || lignes.iter().map(|(_, f)| f);
    let habillage = Habillage {
        titre: format!("Places d’accueil moins besoin, par commune, en {}", contexte.annee),
        sous_titre: sous_titre(&[
            contexte.territoire,
            besoin(contexte.parametres.besoin),
            &dates(figures()),
        ]),
        note: format!(
            "En dessous de zéro, il manque des places. Un agrément n’est pas une activité : des places comptées ne sont pas offertes. Le solde d’une commune ignore ses voisines, où les familles trouvent aussi des places. {}",
            notes(figures().map(|f| ("", f)), "Barre claire")
        )
        .trim()
        .to_owned(),
        source: citer(contexte, figures()),
    };
    let hauteur = 42.0 + RANGEE * lignes.len() as f64;
    let mut toile = Toile::new(LARGEUR, hauteur);
    let zone = habillage.poser(&mut toile);
    tracer(&mut toile, zone, &lignes, contexte.apparence.teintes());
    let mots: Vec<String> =
        lignes.iter().map(|(nom, f)| phrase(&format!("{nom}{ESPACE_INSECABLE}: {}", ecrire(f)))).collect();
    let description = super::decrire(&habillage, &mots);
    toile.terminer(NOM, Legende { titre: habillage.titre, description }).map(Some)
}

/// What is compared, as the pipeline chose it.
fn besoin(besoin: Besoin) -> &'static str {
    match besoin {
        Besoin::ParentsActifs => {
            "places agréées ou autorisées, moins les enfants dont tous les parents travaillent"
        }
        Besoin::MoinsDe3Ans => "places agréées ou autorisées, moins les enfants de moins de 3\u{a0}ans",
        Besoin::Recours => {
            "places agréées ou autorisées, moins les enfants accueillis et les demandes sans solution"
        }
    }
}

fn ecrire(figure: &Figure) -> String {
    match (figure.statut.abreviation(), figure.valeur) {
        (None, Some(valeur)) => look::ecart(valeur, 0),
        (Some((court, _)), _) => court.to_owned(),
        (None, None) => "n.d.".to_owned(),
    }
}

fn tracer(toile: &mut Toile, zone: Zone, lignes: &[(String, Figure)], teintes: Teintes) {
    let connues = || lignes.iter().filter_map(|(_, f)| f.valeur);
    let (bas, haut) = (connues().fold(0.0, f64::min), connues().fold(0.0, f64::max));
    let echelle = (zone.largeur() - NOMS - 2.0 * VALEURS) / (haut - bas).max(1.0);
    let zero = zone.gauche + NOMS + VALEURS - bas * echelle;
    let pas = zone.hauteur() / lignes.len() as f64;
    for (rang, (nom, figure)) in lignes.iter().enumerate() {
        let y = zone.haut + pas * (rang as f64 + 0.5);
        // A long name is set smaller before it is cut: two communes may begin alike.
        let tient = |corps: &f64| largeur(nom, *corps, Graisse::Normal) <= NOMS - 2.0;
        let corps =
            [corps::AXE, corps::NOTE, CORPS_DES_LONGS].into_iter().find(tient).unwrap_or(CORPS_DES_LONGS);
        let nom = nom_en_lignes(nom, NOMS - 2.0, corps, 1).concat();
        toile.texte(Texte::new(nom, zone.gauche, y, corps).centre_sur(y));
        let Some(valeur) = figure.valeur else {
            toile
                .texte(Texte::new(ecrire(figure), zero + 1.5, y, corps::AXE).italique().pale().centre_sur(y));
            continue;
        };
        let bout = zero + valeur * echelle;
        let couleur = if valeur < 0.0 { teintes.seconde } else { teintes.premiere };
        let couleur = if figure.statut == Statut::Estime { palette::delaver(couleur, 0.55) } else { couleur };
        toile.rectangle(zero.min(bout), y - pas * 0.36, zero.max(bout), y + pas * 0.36, couleur);
        let texte = Texte::new(ecrire(figure), 0.0, y, corps::AXE).gras().centre_sur(y);
        toile.texte(if valeur < 0.0 {
            texte.ancre(Ancre::Fin).a(bout - 1.2, y).centre_sur(y)
        } else {
            texte.a(bout + 1.2, y).centre_sur(y)
        });
    }
    toile.segment((zero, zone.haut), (zero, zone.bas), palette::AXE, 0.25);
}
