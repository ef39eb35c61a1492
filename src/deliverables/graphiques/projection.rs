//! Childminders in ten years by three scenarios, each with its interval of nine cases out of ten.

use super::cadre::{Habillage, LARGEUR, Panneau, Zone, annees_connues, citer, sous_titre, valeur};
use super::courbe::place;
use super::toile::{Ancre, Image, Legende, Texte, Toile, couper};
use super::{phrase, serie};
use crate::deliverables::apparence::Role;
use crate::deliverables::look::{self, Couleur, ESPACE_INSECABLE, Graisse, corps, palette};
use crate::deliverables::{Contexte, ErreurLivrable, messages};
use crate::indicators::{Figure, Niveau};
use geo::{Coord, coord};

pub(super) const NOM: &str = "projection-am";

/// Height of the picture, mm.
const HAUTEUR: f64 = 82.0;
/// Space between two panels, mm.
const ECART: f64 = 6.0;

const SCENARIOS: [(&str, &str, Role); 3] = [
    ("sans_renouvellement", "Sans renouvellement\u{a0}: personne n’arrive", Role::SansRenouvellement),
    ("tendance", "Tendance", Role::Tendance),
    ("cible", "Cible", Role::Cible),
];

/// What was seen, then one scenario and its bounds.
struct Scenario {
    id: &'static str,
    titre: String,
    couleur: Couleur,
    milieu: Vec<Figure>,
    bas: Vec<Figure>,
    haut: Vec<Figure>,
}

/// Draws the chart; none without a projection. One panel for each scenario, all of one scale: three bands on
/// one another would not be told apart.
pub(super) fn dessiner(contexte: &Contexte<'_>) -> Result<Option<Image>, ErreurLivrable> {
    let lire = |modalite: &str| {
        contexte.table.serie(Niveau::Territoire, contexte.code_territoire, "projection_am", modalite)
    };
    let teintes = contexte.apparence.teintes();
    let scenarios: Vec<Scenario> = SCENARIOS
        .iter()
        .map(|(id, titre, role)| Scenario {
            id,
            titre: arrivees(contexte, id).map_or_else(
                || nommer(contexte, id, titre).to_owned(),
                |suite| format!("{}{ESPACE_INSECABLE}: {suite}", nommer(contexte, id, titre)),
            ),
            couleur: teintes.de(*role),
            milieu: lire(id),
            bas: lire(&format!("{id}:bas")),
            haut: lire(&format!("{id}:haut")),
        })
        .filter(|s| s.milieu.iter().any(|f| f.statut.est_connu()))
        .collect();
    let vus = serie(contexte, "am_agrees", "");
    let tenue = serie(contexte, "projection_tenue", "").into_iter().find(|f| f.annee == contexte.annee);
    let annees = annees_connues(scenarios.iter().map(|s| s.milieu.as_slice()).chain([vus.as_slice()]));
    if scenarios.is_empty() {
        return Ok(None);
    }
    let titre = messages::SCENARIOS.iter().find_map(|(id, debut)| {
        let s = scenarios.iter().find(|s| s.id == *id)?;
        messages::projection(
            debut,
            s.bas.last()?,
            s.haut.last()?,
            ("assistant maternel", "assistants maternels"),
        )
    });
    let habillage = Habillage {
        titre: titre.unwrap_or_else(|| "Assistants maternels, projection à dix ans".to_owned()),
        sous_titre: sous_titre(&[contexte.territoire, "assistants maternels agréés, observés puis projetés (valeurs estimées)"]),
        note: format!(
            "Une projection n’est pas une prévision. Bande claire\u{a0}: neuf cas sur dix, si les années à venir ressemblent aux années observées. {} {}",
            messages::tenue_de_la_projection(tenue.as_ref()),
            messages::reserve_de_projection(vus.iter().find(|f| f.annee == contexte.annee))
        )
        .trim()
        .to_owned(),
        source: citer(contexte, vus.iter().chain(scenarios.iter().flat_map(|s| &s.milieu))),
    };
    let mut toile = Toile::new(LARGEUR, HAUTEUR);
    let zone = habillage.poser(&mut toile);
    let maximum =
        scenarios.iter().flat_map(|s| s.haut.iter().chain(&vus)).filter_map(|f| f.valeur).fold(0.0, f64::max);
    let largeur = (zone.largeur() - ECART * (scenarios.len() as f64 - 1.0)) / scenarios.len() as f64;
    for (rang, scenario) in scenarios.iter().enumerate() {
        let gauche = zone.gauche + (largeur + ECART) * rang as f64;
        scenario.tracer(
            &mut toile,
            Zone { gauche, droite: gauche + largeur, ..zone },
            (&vus, &annees),
            maximum,
        );
    }
    let mots: Vec<String> = scenarios.iter().map(Scenario::en_mots).collect();
    let description = super::decrire(&habillage, &mots);
    toile.terminer(NOM, Legende { titre: habillage.titre, description }).map(Some)
}

/// « il y faut 28 arrivées par an » for the target, what is observed for the trend.
fn arrivees(contexte: &Contexte<'_>, scenario: &str) -> Option<String> {
    let lire = |modalite: &str| {
        let (code, annee) = (contexte.code_territoire, contexte.annee);
        contexte.table.figure(Niveau::Territoire, code, "projection_arrivees", modalite, annee)
    };
    let dites = messages::arrivees_par_an(&lire(scenario)?)?;
    Some(if scenario == "tendance" {
        format!("{dites}, comme observé")
    } else {
        format!("il y faut {dites}")
    })
}

/// Room that a year takes on its axis, mm.
const ECART_DES_ANNEES: f64 = 9.0;

fn nommer(contexte: &Contexte<'_>, id: &str, titre: &'static str) -> &'static str {
    if id == "cible" { contexte.parametres.projection.nom_de_la_cible() } else { titre }
}

impl Scenario {
    fn tracer(&self, toile: &mut Toile, zone: Zone, (vus, annees): (&[Figure], &[i32]), maximum: f64) {
        let mut y = zone.haut;
        for ligne in couper(&self.titre, zone.largeur(), corps::AXE, Graisse::Gras) {
            toile.texte(Texte::new(ligne, zone.gauche, y + 2.2, corps::AXE).gras().en(self.couleur));
            y += 3.4;
        }
        let interieur =
            Zone { gauche: zone.gauche + 8.0, haut: zone.haut + 11.0, bas: zone.bas - 5.0, ..zone };
        let panneau = Panneau::new(interieur, 0.0, maximum);
        let point =
            |f: &Figure| f.valeur.map(|v| coord! { x: place(&panneau, annees, f.annee), y: panneau.y(v) });
        let ligne = |figures: &[Figure]| figures.iter().filter_map(point).collect::<Vec<Coord<f64>>>();
        let mut bande = ligne(&self.haut);
        bande.extend(ligne(&self.bas).into_iter().rev());
        if bande.len() > 3 {
            toile.surface(bande, palette::delaver(self.couleur, 0.22));
        }
        panneau.quadriller(toile, |v| look::nombre(v, 0));
        for (figures, couleur) in [(vus, palette::ENCRE), (self.milieu.as_slice(), self.couleur)] {
            for paire in figures.windows(2) {
                if let (Some(a), Some(b)) = (point(&paire[0]), point(&paire[1])) {
                    toile.segment(a.into(), b.into(), couleur, 0.6);
                }
            }
        }
        // Where what is seen ends and what is projected begins.
        let dernier = vus.iter().rfind(|f| f.valeur.is_some()).and_then(|f| Some((f, point(f)?)));
        let premier = vus.iter().find_map(point).map_or(interieur.gauche, |p| p.x);
        let loin =
            |p: &Coord<f64>| p.x - premier > ECART_DES_ANNEES && interieur.droite - p.x > ECART_DES_ANNEES;
        if let Some((figure, p)) = dernier.filter(|(_, p)| loin(p)) {
            toile.disque(p.x, p.y, 0.9, palette::ENCRE);
            let valeur = look::nombre(figure.valeur.unwrap_or_default(), 0);
            let texte = Texte::new(valeur, p.x, p.y - 1.8, corps::VALEUR);
            toile.texte(texte.ancre(Ancre::Milieu).halo(palette::PAPIER));
            let texte = Texte::new(figure.annee.to_string(), p.x, interieur.bas + 4.2, corps::AXE);
            toile.texte(texte.pale().ancre(Ancre::Milieu));
        }
        let bouts =
            [vus.iter().find(|f| f.valeur.is_some()), self.milieu.iter().rfind(|f| f.valeur.is_some())];
        for (rang, figure) in bouts.into_iter().enumerate() {
            // The first year is only written where it is not the last too.
            let figure = figure.filter(|f| rang > 0 || annees.last() != Some(&f.annee));
            let Some((figure, p)) = figure.and_then(|f| Some((f, point(f)?))) else { continue };
            let couleur = if rang == 0 { palette::ENCRE } else { self.couleur };
            toile.disque(p.x, p.y, 0.9, couleur);
            let texte =
                Texte::new(look::nombre(figure.valeur.unwrap_or_default(), 0), p.x, p.y - 1.8, corps::VALEUR);
            toile.texte(texte.gras().en(couleur).ancre(Ancre::Milieu).halo(palette::PAPIER));
            let texte = Texte::new(figure.annee.to_string(), p.x, interieur.bas + 4.2, corps::AXE);
            toile.texte(texte.pale().ancre(Ancre::Milieu));
        }
    }

    fn en_mots(&self) -> String {
        let annees = annees_connues([self.milieu.as_slice()]);
        let Some(fin) = annees.last().copied() else { return String::new() };
        let lire = |figures: &[Figure]| {
            valeur(figures, fin).map_or_else(|| "n.d.".to_owned(), |v| look::nombre(v, 0))
        };
        phrase(&format!(
            "{}{ESPACE_INSECABLE}: {} en {fin}, entre {} et {}",
            self.titre.split('\u{a0}').next().unwrap_or_default(),
            lire(&self.milieu),
            lire(&self.bas),
            lire(&self.haut)
        ))
    }
}
