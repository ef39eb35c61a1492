//! Places by mode of care over the years: one stacked bar a year, its total above.

use super::cadre::{
    HAUTEUR, Habillage, LARGEUR, Panneau, Zone, a_la_place, annees_connues, citer, dates, de, notes,
    sous_titre, valeur,
};
use super::toile::{Ancre, Image, Legende, Texte, Toile, rectangle};
use super::{phrase, serie};
use crate::deliverables::look::{self, Couleur, ESPACE_INSECABLE, Graisse, corps, palette};
use crate::deliverables::{Contexte, ErreurLivrable};
use crate::indicators::{Figure, Statut};

pub(super) const NOM: &str = "offre-par-mode";

/// One layer of the bars, from the bottom up.
struct Mode {
    nom: &'static str,
    couleur: Couleur,
    figures: Vec<Figure>,
}

/// Draws the chart; none if no mode has a known value.
pub(super) fn dessiner(contexte: &Contexte<'_>) -> Result<Option<Image>, ErreurLivrable> {
    let modes = modes(contexte);
    let annees = annees_connues(modes.iter().map(|m| m.figures.as_slice()));
    if annees.is_empty() {
        return Ok(None);
    }
    let figures = || modes.iter().flat_map(|m| &m.figures).filter(|f| annees.contains(&f.annee));
    let habillage = Habillage {
        titre: format!(
            "Places d’accueil par mode, {}",
            Some(look::annees(&annees)).filter(|q| q.starts_with("de")).unwrap_or_else(|| format!(
                "en {}",
                look::annees(&annees)
            ))
        ),
        sous_titre: sous_titre(&[contexte.territoire, "nombre de places", &dates(figures())]),
        note: notes(figures(), "Barre hachurée"),
        source: citer(contexte, figures()),
    };
    let mut toile = Toile::new(LARGEUR, HAUTEUR);
    let zone = habillage.poser(&mut toile);
    tracer(&mut toile, zone, &modes, &annees);
    let description = super::decrire(&habillage, &en_mots(&modes, &annees));
    toile.terminer(NOM, Legende { titre: habillage.titre, description }).map(Some)
}

/// The modes of which some year is known. Collective places whose payment nobody told stay apart:
/// they are neither PSU nor PAJE.
fn modes(contexte: &Contexte<'_>) -> Vec<Mode> {
    let psu = serie(contexte, "eaje_places", "financement:psu");
    let paje = serie(contexte, "eaje_places", "financement:paje");
    let collectif = serie(contexte, "eaje_places", "");
    let reste = sans_financement(&collectif, &psu, &paje);
    [
        ("À domicile", palette::BLEU, serie(contexte, "am_places", "domicile")),
        ("En MAM", palette::BLEU_CLAIR, serie(contexte, "am_places", "mam")),
        ("Collectif PSU", palette::ORANGE, psu),
        ("Collectif PAJE", palette::ORANGE_CLAIR, paje),
        ("Collectif, financement non connu", palette::GRIS, reste),
    ]
    .into_iter()
    .map(|(nom, couleur, figures)| Mode { nom, couleur, figures })
    .filter(|m| m.figures.iter().any(|f| f.valeur.is_some_and(|v| v > 0.0)))
    .collect()
}

fn sans_financement(collectif: &[Figure], psu: &[Figure], paje: &[Figure]) -> Vec<Figure> {
    collectif
        .iter()
        .filter(|f| f.statut.est_connu())
        .filter_map(|f| {
            // A withheld part must not come back as a difference.
            let connu_ou_absent = |serie: &[Figure]| match de(serie, f.annee) {
                None => Some(0.0),
                Some(_) => valeur(serie, f.annee),
            };
            let reste = f.valeur? - connu_ou_absent(psu)? - connu_ou_absent(paje)?;
            (reste > 0.0).then(|| Figure { valeur: Some(reste), ..f.clone() })
        })
        .collect()
}

/// A mode that has a row, or other years, but no value for this one.
fn manque(mode: &Mode, annee: i32) -> bool {
    de(&mode.figures, annee).is_some_and(|f| !f.statut.est_connu() && f.statut != Statut::SansObjet)
}

/// The sum of the year, if no mode misses.
fn total(modes: &[Mode], annee: i32) -> Option<f64> {
    if modes.iter().any(|m| manque(m, annee)) {
        return None;
    }
    modes.iter().map(|m| valeur(&m.figures, annee)).fold(None, |somme, v| match (somme, v) {
        (Some(somme), Some(v)) => Some(somme + v),
        (somme, v) => somme.or(v),
    })
}

fn tracer(toile: &mut Toile, zone: Zone, modes: &[Mode], annees: &[i32]) {
    let marge = 31.0;
    let interieur = Zone {
        gauche: zone.gauche + 9.0,
        haut: zone.haut + 5.0,
        droite: zone.droite - marge,
        bas: zone.bas - 5.0,
    };
    let hauteur_de = |annee: &i32| modes.iter().filter_map(|m| valeur(&m.figures, *annee)).sum::<f64>();
    let panneau = Panneau::new(interieur, 0.0, annees.iter().map(hauteur_de).fold(0.0, f64::max));
    panneau.quadriller(toile, |v| look::nombre(v, 0));
    let pas = interieur.largeur() / annees.len() as f64;
    let demi = (pas * 0.34).min(9.0);
    for (rang, annee) in annees.iter().enumerate() {
        let x = interieur.gauche + pas * (rang as f64 + 0.5);
        barre(toile, &panneau, (x, demi), modes, *annee);
        let texte = Texte::new(annee.to_string(), x, interieur.bas + 4.2, corps::AXE);
        toile.texte(texte.pale().ancre(Ancre::Milieu));
    }
    // The names stand where the last bar shows their colour.
    let derniere = annees.last().copied().unwrap_or_default();
    let bord = interieur.droite - pas * 0.5 + demi;
    nommer(toile, &panneau, modes, derniere, (bord, zone.droite));
}

fn barre(toile: &mut Toile, panneau: &Panneau, (x, demi): (f64, f64), modes: &[Mode], annee: i32) {
    let mut base = 0.0;
    for mode in modes {
        let Some(v) = valeur(&mode.figures, annee).filter(|v| *v > 0.0) else { continue };
        let (haut, bas) = (panneau.y(base + v), panneau.y(base));
        let estime = de(&mode.figures, annee).is_some_and(|f| f.statut == Statut::Estime);
        if estime {
            toile.rectangle(x - demi, haut, x + demi, bas, palette::delaver(mode.couleur, 0.22));
            let bloc = rectangle(x - demi, haut, x + demi, bas).into();
            toile.hachures(&bloc, 1.5, mode.couleur, 0.3);
        } else {
            toile.rectangle(x - demi, haut, x + demi, bas, mode.couleur);
        }
        toile.segment((x - demi, bas), (x + demi, bas), palette::PAPIER, 0.25);
        if bas - haut > 4.0 {
            let milieu = f64::midpoint(haut, bas);
            let fond = if estime { palette::PAPIER } else { mode.couleur };
            let mut texte = Texte::new(look::nombre(v, 0), x, milieu, corps::AXE)
                .en(palette::encre_sur(fond))
                .ancre(Ancre::Milieu)
                .centre_sur(milieu);
            if estime {
                texte = texte.halo(palette::PAPIER);
            }
            toile.texte(texte);
        }
        base += v;
    }
    let y = panneau.y(base) - 1.6;
    let milieu = |texte: String, corps: f64| Texte::new(texte, x, y, corps).ancre(Ancre::Milieu);
    toile.texte(match total(modes, annee) {
        Some(total) => milieu(look::nombre(total, 0), corps::VALEUR).gras().halo(palette::PAPIER),
        None => milieu("total n.d.".to_owned(), corps::AXE).italique().pale().halo(palette::PAPIER),
    });
}

/// Direct labels at the right of the last bar, pushed apart so that they do not touch.
fn nommer(toile: &mut Toile, panneau: &Panneau, modes: &[Mode], annee: i32, (bord, droite): (f64, f64)) {
    let gauche = bord + 4.0;
    let mut base = 0.0;
    let mut plancher = panneau.zone.bas + 1.0;
    for mode in modes {
        let v = valeur(&mode.figures, annee).unwrap_or(0.0);
        let vise = panneau.y(base + v / 2.0);
        base += v;
        let lignes = super::toile::couper(mode.nom, droite - gauche - 3.5, corps::AXE, Graisse::Gras);
        let hauteur = 3.4 * lignes.len() as f64;
        let milieu = vise.min(plancher - hauteur / 2.0);
        plancher = milieu - hauteur / 2.0 - 0.6;
        toile.segment((bord + 0.5, vise), (gauche - 0.6, milieu), palette::AXE, 0.15);
        toile.rectangle(gauche, milieu - 1.1, gauche + 2.2, milieu + 1.1, mode.couleur);
        let mut y = milieu - hauteur / 2.0 + 1.7;
        for ligne in lignes {
            toile.texte(Texte::new(ligne, gauche + 3.4, y, corps::AXE).gras().centre_sur(y));
            y += 3.4;
        }
    }
}

fn en_mots(modes: &[Mode], annees: &[i32]) -> Vec<String> {
    annees
        .iter()
        .map(|annee| {
            let mut parts: Vec<String> = modes
                .iter()
                .filter(|m| de(&m.figures, *annee).is_some())
                .map(|m| {
                    let v = valeur(&m.figures, *annee).map_or_else(
                        || a_la_place(&m.figures, *annee).to_owned(),
                        |v| look::nombre(v, 0),
                    );
                    format!("{} {v}", m.nom.to_lowercase().replace("mam", "MAM").replace("psu", "PSU").replace("paje", "PAJE"))
                })
                .collect();
            let total = total(modes, *annee).map_or_else(|| "n.d.".to_owned(), |t| look::nombre(t, 0));
            parts.push(format!("total {total}"));
            phrase(&format!("{annee}{ESPACE_INSECABLE}: {}", parts.join(", ")))
        })
        .collect()
}
